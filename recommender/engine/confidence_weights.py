"""The weights of `confidence`, as scripts/fit_confidence.py found them."""

OFFSET = {
    "one": -0.5840,
    "words": -1.5617,
    "liked": -0.1096,
    "searched": -0.2746,
    "words searched": 0.2252,
    "nearest": -0.4120,
    "one by nearest": -0.0469,
    "random": -0.4106,
}
SLOPE = {
    "one": 0.9599,
    "words": -0.4915,
    "liked": 0.1608,
    "searched": -0.0379,
    "words searched": 0.0219,
    "nearest": -0.0074,
    "one by nearest": 0.6435,
    "random": 0.0473,
}
