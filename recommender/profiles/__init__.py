"""Profiles: what readers like, and the one reader of files that say so, for every command."""

from __future__ import annotations

from .library_papers import LibraryPaper
from .profile import Profile
from .reader import choose_profile, load_profiles, read_profiles
from .records import Skipped

__all__ = ["LibraryPaper", "Profile", "Skipped", "choose_profile", "load_profiles", "read_profiles"]
