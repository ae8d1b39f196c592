"""Print the oldest versions that pyproject.toml allows the core and the extras named, as pip constraints."""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]


def requirements(extra: str) -> Iterator[str]:
    """The lines of an extra, those of extras that it names in their place."""
    for line in PROJECT["optional-dependencies"][extra]:
        inner = re.fullmatch(rf"{PROJECT['name']}\[(.*)\]", line)
        if inner is None:
            yield line
        else:
            for name in inner[1].split(","):
                yield from requirements(name)


def main(extras: list[str]) -> None:
    """Each with ``>=`` becomes ``==``; one without a lower bound is an error."""
    lines = [*PROJECT["dependencies"], *(line for extra in extras for line in requirements(extra))]
    bounds = {}
    for line in lines:
        name, bound = re.fullmatch(r"([\w.-]+)(?:\[[\w,]+\])?>=([\w.]+)", line).groups()
        bounds[name] = bound
    print("\n".join(f"{name}=={bound}" for name, bound in sorted(bounds.items())))


if __name__ == "__main__":
    main(sys.argv[1:])
