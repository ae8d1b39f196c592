"""Give it the papers you care about; it finds the ones to read next, varied and explained."""

from .corpus import Corpus
from .engine import Recommender
from .errors import RecommenderError
from .paper import Paper
from .profile import Profile, read_profiles
from .recommendations import Recommendation, Recommendations

__all__ = [
    "Corpus",
    "Paper",
    "Profile",
    "Recommendation",
    "Recommendations",
    "Recommender",
    "RecommenderError",
    "read_profiles",
]
