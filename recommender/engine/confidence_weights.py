"""The weights of `confidence`, as scripts/fit_confidence.py found them."""

OFFSET = {
    "one": -0.8309,
    "words": -1.0810,
    "liked": -0.1334,
    "searched": -0.2130,
    "words searched": 0.1579,
    "nearest": -0.5445,
    "one by nearest": 0.0937,
    "random": -0.4383,
}
SLOPE = {
    "one": 1.0396,
    "words": -0.4933,
    "liked": 0.1676,
    "searched": -0.0477,
    "words searched": 0.0236,
    "nearest": 0.0054,
    "one by nearest": 0.5686,
    "random": 0.0554,
}
