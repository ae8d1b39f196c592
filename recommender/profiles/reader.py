"""The one reader of profiles: any file or object that says what readers like, for every command."""

from __future__ import annotations

import itertools
import logging
import os
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ProfileError
from ..sample import PROFILES
from .library_papers import LibraryPaper, is_packed, unpack
from .profile import Profile
from .records import Entry, ProfileRecord, RatedPaper, Skipped, is_unnamed, one_spelling, unnamed
from .scales import ABSENT, EMPTY, LABELS, NOTHING, RatingScale, ScaleOption, Scales, scales_of, tells_scale
from .sources import (
    ProfileSource,
    is_list,
    no_profile,
    nothing_but,
    opened_file,
    read_entries,
    read_file,
    source_name,
)
from .zotero import is_zotero

if TYPE_CHECKING:
    from .store import ProfileStore


_LOG = logging.getLogger("recommender")

_MOST_WARNINGS = 1000
_MOST_OF_A_LIBRARY = 3
_MOST_NAMES = 20


def read_profiles(
    source: ProfileSource,
    *,
    mapping: Mapping[str, str] | None = None,
    scale: ScaleOption = None,
    like: float | None = None,
    dislike: float | None = None,
    liked_from: float | None = None,
    disliked_to: float | None = None,
) -> Iterator[Profile | Skipped]:
    """Read the profiles of a file, a DataFrame or an iterable, and what of it was skipped.

    A file's content tells what it is, not its name: JSON (one object, an array, or an object a line), CSV or
    the like, Parquet, or ids, urls and titles one a line; all but Parquet may be gzipped, and ``-`` is
    standard input. Any file that `read_papers` reads and that says nothing of readers is a library: its
    papers are liked, unless it rates them. A row
    or object says what one reader likes (`user`, `liked`, `disliked`, `seen`, `interests`, `about`), or how a
    reader rated one paper (`user`, `paper`, `rating`, `date`). All that is said of one reader becomes one
    profile: of several ratings of a paper the newest counts. However large a file is, little of it is in
    memory.

    Parameters
    ----------
    source : str, path, DataFrame, Profile, dict, or iterable of Profile, dict or str
        Where the profiles are. Texts in an iterable are papers that one reader likes.
    mapping : dict of str to str, optional
        Columns, or keys, that are called otherwise: ``{"user": "Leser"}`` (field -> column).
    scale : tuple of float, or str, optional
        The least and the greatest rating: ``(1, 5)`` or ``"1:5"``. Its upper quarter is liked, its lower one
        disliked. Undeclared, the ratings of a reader are stars (liked from 4, disliked to 2) where one is
        above 1, signs where one is below 0, yes and no where there are 1 and 0; columns such as `stars` and
        `included` tell theirs.
    like, dislike : float, optional
        Ratings of `like` and more are likes, of `dislike` and less dislikes.
    liked_from, disliked_to : float, optional
        The same under older names.

    Returns
    -------
    iterator of Profile or Skipped
        First what could not be used, then each reader in the order in which the source first names them: a
        Profile, or a Skipped where what is said of them makes none.

    Raises
    ------
    ProfileError
        At once when the source is missing, binary, empty or without the columns of any of these, or cannot be
        read any further; at the end when nobody in it has a profile.
    ParameterError
        For a `source` of another type, for a scale that contradicts itself and for ratings whose scale does
        not tell what is a like.

    Examples
    --------
    >>> from recommender import read_profiles
    >>> row = {"user": "Ann", "paper": "2106.09685", "rating": 5}
    >>> skipped, ann = read_profiles([row, {**row, "rating": "?"}])
    >>> ann.liked
    ('2106.09685',)
    >>> print(skipped.place)
    profiles, item 2
    """
    from .store import ProfileStore

    declared = RatingScale.of(scale, like, dislike, liked_from=liked_from, disliked_to=disliked_to)
    store = ProfileStore.temporary(source, mapping=mapping, scale=declared)
    name = source_name(source)
    if not len(store):
        with closing(store):
            lost = [*store.skipped()]
        raise ProfileError(nothing_but(name, lost[0], len(lost)) if lost else no_profile(name))
    return _profiles(store, name)


def _profiles(store: ProfileStore, name: str) -> Iterator[Profile | Skipped]:
    first, count, has_profile = None, 0, False
    with closing(store):
        for item in itertools.chain(store.skipped(), store.profiles()):
            if isinstance(item, Skipped):
                first, count = first or item, count + 1
            else:
                has_profile = True
            yield item
    if first is not None and not has_profile:
        raise ProfileError(nothing_but(name, first, count))


def load_profiles(source: ProfileSource, **options: Any) -> list[Profile]:
    """Read all profiles of a source into a list, and log what was skipped.

    Parameters
    ----------
    source : str, path, DataFrame, Profile, dict, or iterable of Profile, dict or str
        Where the profiles are, see `read_profiles`.
    **options : object
        Those of `read_profiles`.

    Returns
    -------
    list of Profile
        At least one.

    Raises
    ------
    ProfileError
        As `read_profiles`.

    Examples
    --------
    >>> from recommender.profiles import load_profiles
    >>> [profile.name for profile in load_profiles([{"user": "Ann", "liked": "2106.09685"}])]
    ['Ann']
    """
    profiles: list[Profile] = []
    for item in read_profiles(source, **options):
        if isinstance(item, Profile):
            profiles.append(item)
        else:
            _LOG.warning("%s", item)
    return profiles


def choose_profile(
    source: ProfileSource, name: str | None = None, *, sample: bool = False, **options: Any
) -> tuple[Profile, list[str]]:
    """Read the one profile of a source, or that of the reader of this name.

    Parameters
    ----------
    source : str, path, DataFrame, Profile, dict, or iterable of Profile, dict or str
        Where the profiles are, see `read_profiles`.
    name : str, optional
        Whose profile is wanted; needed where there are several.
    sample : bool, default False
        Whether a source that is no file is the name of a reader of the embedded sample.
    **options : object
        Those of `read_profiles`.

    Returns
    -------
    profile : Profile
        The one that was chosen.
    skipped : list of str
        A line for each row that was skipped; not for those of other readers.

    Raises
    ------
    ProfileError
        Where there is none or more than one, and as `read_profiles`.

    Examples
    --------
    >>> from recommender.profiles import choose_profile
    >>> profile, skipped = choose_profile("Mei", sample=True)
    >>> profile.name, skipped
    ('Mei', [])
    """
    name = None if name is None else one_spelling(name)
    missing, place = "no reader", Path(source_name(source)).name
    if sample and isinstance(source, (str, os.PathLike)) and _is_no_file(source):
        source, name, missing = PROFILES, one_spelling(os.fspath(source)), "no file and no reader"
        place = "the embedded sample"
    chosen: list[Profile] = []
    skipped: list[Skipped] = []
    count: Counter[str] = Counter()
    names: list[str] = []
    for item in read_profiles(source, **options):
        if isinstance(item, Skipped):
            if name is None or item.user in ("", name):
                count["skipped"] += 1
                skipped += [item] if len(skipped) < _MOST_WARNINGS else []
            continue
        count["profiles"] += 1
        names += [item.name] if item.name and len(names) <= _MOST_NAMES else []
        if len(chosen) < 2 and name in (None, item.name):
            chosen.append(item)
    if len(chosen) == 1 and (name is not None or count["profiles"] == 1):
        if chosen[0].papers:  # of a library's records without a title the first few tell
            del skipped[_MOST_OF_A_LIBRARY:]
        more = count["skipped"] - len(skipped)
        return chosen[0], [*map(str, skipped), *([f"{more:,} more were skipped"] if more else [])]
    if name is None:
        listed = _listed(names) or "they have no names"
        raise ProfileError(f"{place} holds {count['profiles']:,} profiles; say whose with --name: {listed}")
    if refused := next((item for item in skipped if item.user == name), None):
        raise ProfileError(str(refused))
    raise ProfileError(f"{missing} {name!r}; {place} has {_listed(names) or 'no names'}")


def _is_no_file(path: str | os.PathLike[str]) -> bool:
    try:
        return os.fspath(path) != "-" and not is_zotero(path) and not Path(path).exists()
    except (OSError, ValueError):
        return False


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_MOST_NAMES]) + ", ..." * (len(names) > _MOST_NAMES)


def reader_names(source: ProfileSource) -> list[str]:
    """What the readers of a source are called, whether or not they have a profile."""
    users = (entry.user for entry in read_entries(source) if not isinstance(entry, Skipped))
    return [user for user in dict.fromkeys(users) if not is_unnamed(user)]


def papers_of(
    path: str | os.PathLike[str], labels: Collection[str], *, scale: RatingScale | None = None
) -> Iterator[str | LibraryPaper]:
    """The papers of a file that any of its readers gave one of these `labels` (liked, disliked, seen); of a
    list, or a library, in which nothing is rated all of them, whatever the labels.

    It is read twice: what a rating means is known when all have been seen. Raises ProfileError where the file
    names no papers at all, and where the ratings of a reader can be read in two ways; ParameterError for
    ratings whose scale does not tell what is a like.
    """
    file = None if is_zotero(path) else opened_file(path)

    def entries() -> Iterator[Entry]:
        return read_entries(path) if file is None else read_file(file)

    ratings: dict[str, list[str | float]] = defaultdict(list)
    for entry in entries():
        if isinstance(entry, RatedPaper):
            ratings[entry.user].append(entry.rating)
        elif isinstance(entry, Skipped) and entry.rating is not None:
            ratings[entry.user or unnamed(1)].append(entry.rating)
    place = os.fspath(path)
    # Where every label counts, the scale of the numbers may say what it likes.
    whatever = {*labels} >= {*LABELS}
    scales = scales_of(
        itertools.chain(*ratings.values()), scale or RatingScale(), place, checked=not whatever
    )
    is_rated = any(map(tells_scale, itertools.chain(*ratings.values())))
    whatever = whatever or (not is_rated and (file is None or is_list(file)))
    said = {} if whatever else {user: _labels(scales, own, place) for user, own in ratings.items()}
    for entry in entries():
        if isinstance(entry, ProfileRecord):
            yield from (paper for label in labels for paper in entry.fields.get(label, ()))
        elif isinstance(entry, RatedPaper):
            is_unrated = entry.rating in (EMPTY, ABSENT, NOTHING) and scales.rated
            if not is_unrated if whatever else said[entry.user][entry.rating] in labels:
                yield unpack(entry.paper) if is_packed(entry.paper) else entry.paper


def _labels(scales: Scales, ratings: list[str | float], place: str) -> dict[str | float, str]:
    """What each of one reader's ratings says. Raises ProfileError where they can be read in two ways."""
    try:
        return dict(zip(ratings, scales.labels(ratings), strict=True))
    except ProfileError as error:
        raise ProfileError(f"{place}: {error}") from None
