"""The weights of `confidence`, as scripts/fit_confidence.py found them."""

OFFSET = {
    "one": -1.0,
    "words": 0.0,
    "liked": 0.0,
    "searched": -0.2,
    "words searched": 0.0,
    "nearest": 0.0,
    "one by nearest": 0.0,
    "random": 0.0,
}
SLOPE = {
    "one": 0.5,
    "words": 0.0,
    "liked": 0.0,
    "searched": 0.0,
    "words searched": 0.0,
    "nearest": 0.0,
    "one by nearest": 0.0,
    "random": 0.0,
}
