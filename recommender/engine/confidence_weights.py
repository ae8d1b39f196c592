"""The weights of `confidence`, as scripts/fit_confidence.py found them."""

OFFSET = {
    "one": -0.2128,
    "words": -1.1956,
    "liked": -0.2166,
    "searched": -0.2476,
    "words searched": 0.1328,
    "nearest": -0.4531,
    "one by nearest": -0.0028,
    "random": -0.5319,
}
SLOPE = {
    "one": 0.8460,
    "words": -0.3940,
    "liked": 0.1822,
    "searched": -0.0385,
    "words searched": 0.0217,
    "nearest": 0.0002,
    "one by nearest": 0.6023,
    "random": 0.0658,
}
