"""Give it the papers you care about; it finds the ones to read next, varied and explained."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from ._extras import __version__

if TYPE_CHECKING:
    from .corpus import Corpus
    from .engine import Recommender
    from .errors import RecommenderError
    from .paper import Paper
    from .profiles import Profile, read_profiles
    from .recommendations import Recommendation, Recommendations

__all__ = [
    "Corpus",
    "Paper",
    "Profile",
    "Recommendation",
    "Recommendations",
    "Recommender",
    "RecommenderError",
    "__version__",
    "read_profiles",
]

# Where each is defined. Loaded when it is wanted: who completes a word in a shell does not wait for numpy.
_HOMES = {
    "Corpus": "corpus",
    "Paper": "paper",
    "Profile": "profiles",
    "Recommendation": "recommendations",
    "Recommendations": "recommendations",
    "Recommender": "engine",
    "RecommenderError": "errors",
    "read_profiles": "profiles",
}


def __getattr__(name: str) -> Any:
    """A public name, or a module of this package, loaded now."""
    if name in _HOMES:
        value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
        globals()[name] = value
        return value
    if not name.startswith("_") and find_spec(f"{__name__}.{name}") is not None:
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """What a prompt completes."""
    return sorted(__all__)
