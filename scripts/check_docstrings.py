"""Check the docstrings of all public names by numpydoc's rules.

    python scripts/check_docstrings.py                         # everything but what is listed as UNCONVERTED
    python scripts/check_docstrings.py recommender.topics      # a package, also where it is listed
    python scripts/check_docstrings.py recommender.Corpus      # a class or a function

Public is what the `__all__` of the public packages names, and the public methods of its classes. Every
parameter has a type and a description, a value that is returned or yielded has one, and each function and
class has an example. That the examples are right is tested by `tests/test_docstrings.py`.
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import importlib
import inspect
import sys
import typing
from collections.abc import Iterator
from typing import Any

PACKAGES = (
    "recommender",
    "recommender.batch",
    "recommender.evaluation",
    "recommender.profiles",
    "recommender.topics",
    "recommender.plots",
    "recommender.scoring",
    "recommender.interests",
    "recommender.diversity",
    "recommender.explain",
    "recommender.lexical",
    "recommender.mail",
    "recommender.notebook",
    "recommender.writers",
    "recommender.listing",
    "recommender.readers",
    "recommender.readership",
    "recommender.encoders",
    "recommender.fetch",
    "indexes",
)
"""The packages whose `__all__` is public."""

UNCONVERTED = ()
"""What is still to be written so: packages, classes, functions; a line goes when its docstrings are right."""

_OURS = ("recommender", "indexes")

# Sections, their order and contents; what is not here is a matter of taste, or is known from the signature.
RULES = {
    *("GL03", "GL05", "GL06", "GL07", "GL08", "GL10"),
    *("PR01", "PR02", "PR03", "PR04", "PR05", "PR07", "PR10"),
    *("RT01", "RT03", "YD01", "EX01", "SS01", "SS03", "SS06"),
}


def main() -> int:
    """Print a line for each fault; 1 where there is any."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "names", nargs="*", help="packages, classes or functions; default: all converted ones"
    )
    wanted = parser.parse_args().names
    faults = 0
    for name in public_names():
        if any(_is_within(name, one) for one in wanted) if wanted else not _is_unconverted(name):
            for fault in faults_of(name):
                print(f"{name}: {fault}")
                faults += 1
    for name in () if wanted else UNCONVERTED:
        if not any(any(faults_of(one)) for one in public_names() if _is_within(one, name)):
            print(f"{name}: has no fault any more; take it out of UNCONVERTED")
            faults += 1
    return int(bool(faults))


@functools.cache
def public_names() -> tuple[str, ...]:
    """The dotted names of all public classes, functions and methods, by the first package that has each."""
    names: dict[int, str] = {}
    for package in PACKAGES:
        module = importlib.import_module(package)
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.isclass(thing) or inspect.isfunction(thing):
                names.setdefault(id(thing), f"{package}.{name}")
                for method in _methods(thing):
                    member = inspect.getattr_static(thing, method)
                    names.setdefault(id(member), f"{package}.{name}.{method}")
    return tuple(names.values())


def _methods(thing: Any) -> Iterator[str]:
    """The public methods and properties that a class defines, or a class of ours of which it is one."""
    ours = (
        [one for one in thing.__mro__ if one.__module__.startswith(_OURS)] if inspect.isclass(thing) else []
    )
    for name, member in {name: one for base in reversed(ours) for name, one in vars(base).items()}.items():
        kinds = (classmethod, staticmethod, property, functools.cached_property)
        if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, kinds)):
            yield name


@functools.cache
def faults_of(name: str) -> tuple[str, ...]:
    """What numpydoc's rules have against the docstring of this name.

    The class of a result, which nobody makes by hand, names its fields as attributes and needs no example:
    the function that gives it has one. So does a method's class; errors, protocols and typed dicts need none.
    """
    from numpydoc.docscrape import NumpyDocString, get_doc_object
    from numpydoc.validate import validate

    thing, is_member = _thing(name)
    rules, own = set(RULES), []
    if is_member or (inspect.isclass(thing) and issubclass(thing, Exception)):
        rules -= {"EX01"}
    if typing.is_typeddict(thing) or getattr(thing, "_is_protocol", False):
        rules -= {"EX01", "PR01"}
    if isinstance(thing, property | functools.cached_property):
        rules -= {"RT01", "YD01"}
    attributes = NumpyDocString(inspect.getdoc(thing) or "")["Attributes"] if inspect.isclass(thing) else []
    if attributes:
        rules -= {"EX01", "PR01"}
        named = {name for one in attributes for name in one.name.split(", ")}
        missing = sorted(_fields(thing) - named)
        own += [f"attribute {field} is not documented" for field in missing]
    # By the object: a function may be called as its module is, and then the name stands for that.
    found = validate(get_doc_object(thing.__func__ if isinstance(thing, classmethod) else thing))["errors"]
    return (*(f"{rule} {what}" for rule, what in found if rule in rules), *own)


def _fields(kind: type) -> set[str]:
    """The fields of a dataclass; of a protocol its properties."""
    if dataclasses.is_dataclass(kind):
        return {field.name for field in dataclasses.fields(kind) if not field.name.startswith("_")}
    return {name for name in _methods(kind) if isinstance(inspect.getattr_static(kind, name), property)}


def _thing(name: str) -> tuple[Any, bool]:
    """What a dotted name stands for, and whether it is a member of a class."""
    package = max((one for one in PACKAGES if name.startswith(f"{one}.")), key=len)
    thing: Any = importlib.import_module(package)
    is_member = False
    for part in name.removeprefix(f"{package}.").split("."):
        is_member = inspect.isclass(thing)
        thing = inspect.getattr_static(thing, part) if is_member else getattr(thing, part)
    return thing, is_member


def _is_within(name: str, whole: str) -> bool:
    return name == whole or name.startswith(f"{whole}.")


def _is_unconverted(name: str) -> bool:
    return any(_is_within(name, one) for one in UNCONVERTED)


if __name__ == "__main__":
    sys.exit(main())
