"""From profiles to arrays: which papers are meant, which the corpus lacks, and what is compared with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..corpus import Corpus, Snapshot, ambiguous_paper, find_rows_of, rows_of_names
from ..corpus.held_words import holds_any_word
from ..corpus.versions import with_few
from ..display import pluralize, shortened
from ..errors import ProfileError, RecommenderError, UnknownPaper
from ..identifiers import canonical
from ..interests import MAX_INTERESTS
from ..iso_dates import first_day
from ..paper import Paper
from ..profiles import Profile
from ..queries import Followed, followed_in
from ..scoring import Scorer
from .brought import Brought, BroughtPapers, BroughtVectors, is_same
from .followed import FollowedNames, followed_weights
from .hybrid_vectors import HybridVectors, background_similarity, sample_background
from .library_retractions import library_retractions
from .profile_vectors import ProfileVectors, Seed
from .seed_weights import check_half_life, days_and_weights
from .vectorless import vectorless_problems
from .wanted_words import WantedWords

_Item = TypeVar("_Item")


MOST_SEEDS = 500
"""Of more liked (or disliked) papers than these, so many drawn evenly stand for all in comparisons."""

# Finding the nearest spellings reads all ids: done for the first few unknown names only.
_NAMED = 3
_LONGEST = 60
_MANY_UNKNOWN = 20


def resolve_profile(
    corpus: Corpus, snapshot: Snapshot, profile: Profile, scorer: Scorer, *, half_life: float | None = None
) -> ProfileVectors:
    """The profile's papers in this state of the corpus.

    Raises UnknownPaper when nothing that is liked is there, ProfileError for a contradiction.
    """
    (resolved,) = resolve_profiles(corpus, snapshot, [profile], scorer, suggest=True, half_life=half_life)
    if isinstance(resolved, RecommenderError):
        raise resolved
    return resolved


def resolve_profiles(
    corpus: Corpus,
    snapshot: Snapshot,
    profiles: Sequence[Profile],
    scorer: Scorer,
    *,
    suggest: bool = False,
    half_life: float | None = None,
) -> list[ProfileVectors | UnknownPaper | ProfileError]:
    """What `resolve_profile` gives or raises for each of many profiles, in a few questions to the corpus.

    `suggest`: for unknown names the nearest spellings are told, which takes a look at all papers.
    `half_life`: years after which a seed counts half, instead of what the strategy says of its weight.
    """
    check_half_life(scorer, half_life)
    brought = BroughtPapers(snapshot, profiles)
    listed = ((one.papers, name) for one in profiles for name in (*one.liked, *one.disliked))
    rows = find_rows_of(snapshot, (name for papers, name in listed if name not in papers))
    lexical = scorer.lexical > 0
    followed = FollowedNames.of(snapshot, (text for profile in profiles for text in profile.interests))
    wanted = {text for profile in profiles for text in profile.interests if followed_in(text) is None}
    avoided = {text for profile in profiles for text in profile.avoid}
    avoidable = frozenset(text for text in avoided if holds_any_word(snapshot, text))
    texts = sorted(wanted | avoidable)
    words = WantedWords(corpus, snapshot, tuple(texts), avoidable, lexical=lexical)
    named = [_named(snapshot, one, brought.of(one), rows, followed, suggest=suggest) for one in profiles]
    papers = [paper for one in named if isinstance(one, _Named) for paper in one.lacked]
    vectors = BroughtVectors(corpus, snapshot, list(dict.fromkeys(papers)), lexical=lexical)
    return [
        _resolved(snapshot, one, words, followed, vectors, scorer, half_life)
        if isinstance(one, _Named)
        else one
        for one in named
    ]


@dataclass(frozen=True)
class _Named:
    """The papers of a profile: of many liked or disliked ones those that stand for all."""

    profile: Profile
    liked: list[int | Paper]
    disliked: list[int | Paper]
    excluded: Rows
    problems: list[str]
    unclear: Mapping[str, str]
    liked_lacked: list[Paper]
    """All liked papers that the corpus lacks, those not compared with among them."""
    strange: tuple[Paper, ...]
    """All papers that the corpus lacks, those seen among them."""
    rows: Mapping[str, int]
    """By name, the row of each liked paper that is one."""

    @property
    def lacked(self) -> list[Paper]:
        """Those of them that the corpus lacks."""
        return [paper for paper in (*self.liked, *self.disliked) if isinstance(paper, Paper)]


def _named(
    snapshot: Snapshot,
    profile: Profile,
    brought: Mapping[str, Brought],
    rows_of: Mapping[str, list[int]],
    followed: FollowedNames,
    *,
    suggest: bool,
) -> _Named | UnknownPaper | ProfileError:
    named = [_rows(names, brought, rows_of) for names in (profile.liked, profile.disliked)]
    unclear = _unclear(snapshot, {**named[0], **named[1]}, suggest=suggest)
    problems = _problems(unclear, len(profile.liked) + len(profile.disliked))
    liked, disliked = (snapshot.by_key(_only(rows)).tolist() for rows in named)
    # Of what a reader has seen this corpus holds a part, and a title may be of several papers.
    seen = _held(snapshot, profile.seen, brought)
    both = sorted(set(liked) & set(disliked))
    if both:
        titles = ", ".join(repr(paper.title) for paper in snapshot.papers(both[:3]))
        if not brought:
            return ProfileError(f"the profile both likes and dislikes {titles}; choose one")
        problems.append(f"both liked and disliked, and taken for liked: {titles}")
        disliked = [row for row in disliked if row not in both]
    lacked = [_lacked(names, profile.papers, brought) for names in (profile.liked, profile.disliked)]
    unknown = followed.unheld(profile.interests)
    if not liked and not lacked[0] and len(unknown) == len(profile.interests):
        if profile.liked:
            return UnknownPaper(_none_known(profile, problems))
        return ProfileError(f"nothing else is liked, and {'; '.join(unknown.values())}")
    problems += [f"an interest is left out: {why}" for why in unknown.values()]
    versions = [row for one in brought.values() for row in one.versions]
    strange = {profile.papers[name] for name, one in brought.items() if one.row is None}
    return _Named(
        profile,
        _drawn(_by_key(snapshot, liked, lacked[0]), "liked", problems),
        _drawn(_by_key(snapshot, disliked, lacked[1]), "disliked", problems),
        with_few(seen, np.array([*liked, *disliked, *both, *versions], np.int64)),
        problems,
        unclear,
        lacked[0],
        tuple(sorted(strange, key=lambda paper: (paper.key, paper.text))),
        {name: rows[0] for name, rows in named[0].items() if len(rows) == 1},
    )


def rows_by_role(snapshot: Snapshot, profile: Profile) -> dict[str, Rows]:
    """The rows of what is liked, disliked and seen, ascending; of a name that several papers have all."""
    brought = BroughtPapers(snapshot, [profile]).of(profile)
    roles = {"liked": profile.liked, "disliked": profile.disliked, "seen": profile.seen}
    return {role: _held(snapshot, names, brought) for role, names in roles.items()}


def _held(snapshot: Snapshot, names: Sequence[str], brought: Mapping[str, Brought]) -> Rows:
    """The rows of the papers of these names: none of those that this corpus does not hold, and of a title
    that several have all.
    """
    if not brought:
        return rows_of_names(snapshot, names)
    rows = [brought[name].row for name in names if name in brought]
    held = np.array([row for row in rows if row is not None], np.int64)
    return np.union1d(rows_of_names(snapshot, [name for name in names if name not in brought]), held)


def _rows(
    names: Iterable[str], brought: Mapping[str, Brought], rows_of: Mapping[str, list[int]]
) -> dict[str, list[int]]:
    """The rows that each of the names has; papers that were brought along and the corpus lacks left out."""
    found = {}
    for name in names:
        if name not in brought:
            found[name] = rows_of[name]
        elif (row := brought[name].row) is not None:
            found[name] = [row]
    return found


def _lacked(names: Iterable[str], papers: Mapping[str, Paper], brought: Mapping[str, Brought]) -> list[Paper]:
    """The papers of these names that the corpus lacks, each once, in an order of their own."""
    lacked = (papers[name] for name in names if name in brought and brought[name].row is None)
    by_title: dict[str, list[Paper]] = {}
    # The longest abstract first: of two records of one paper that is kept.
    for paper in sorted(set(lacked), key=lambda paper: (-len(paper.abstract), paper.key, paper.text)):
        same = by_title.setdefault(paper.fingerprint, [])
        if not any(is_same(paper, other) for other in same):
            same.append(paper)
    return sorted(chain.from_iterable(by_title.values()), key=lambda paper: (paper.key, paper.text))


def _by_key(snapshot: Snapshot, rows: list[int], lacked: list[Paper]) -> list[int | Paper]:
    """Both in the order of their keys, so that it makes no difference which of them the corpus has."""
    if not lacked:
        return [*rows]
    keys: dict[int | Paper, str] = {row: canonical(name) for row, (name, _) in snapshot.labels(rows).items()}
    keys |= {paper: paper.key for paper in lacked}
    return sorted([*rows, *lacked], key=keys.__getitem__)


def _counted(named: _Named, *, encoded: bool) -> tuple[str, ...]:
    """One line on what became of the liked papers, where some were brought along."""
    liked, papers, lacked = named.profile.liked, named.profile.papers, named.liked_lacked
    if not any(name in papers for name in liked):
        return ()
    compared = sum(isinstance(seed, Paper) for seed in named.liked)
    how = "encoded on the fly" if encoded else "compared by words alone"
    titles = sum(not paper.abstract for paper in lacked)
    how += f" ({titles:,} by title alone)" if titles and compared == len(lacked) else ""
    unknown = sum(name not in named.rows and name not in papers for name in liked)
    counts = {
        "in this corpus": len(named.rows),
        how if compared == len(lacked) else f"not in it, of which {compared:,} {how}": len(lacked),
        "there more than once": len(liked) - len(named.rows) - unknown - len(lacked),
        "unknown": unknown,
    }
    parts = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    return (f"{pluralize(len(liked), 'liked paper')}: {parts}",)


def _resolved(
    snapshot: Snapshot,
    named: _Named,
    words: WantedWords,
    names: FollowedNames,
    vectors: BroughtVectors,
    scorer: Scorer,
    half_life: float | None,
) -> ProfileVectors:
    problems, lexical = [*named.problems], scorer.lexical > 0
    background = sample_background(snapshot, scorer.background, named.excluded) if scorer.background else ()
    interests = sorted(text for text in named.profile.interests if followed_in(text) is None)
    followed = names.known(named.profile.interests)
    avoided = sorted(text for text in named.profile.avoid if text in words.avoidable)
    problems += words.unheld_avoided(named.profile.avoid)
    parts = [
        *_vectors(snapshot, named.liked, vectors, lexical=lexical),
        *([words.vectors(interests)] if interests else []),
        *([names.vectors(followed, lexical=lexical)] if followed else []),
        *_vectors(snapshot, named.disliked, vectors, lexical=lexical),
        *([words.vectors(avoided)] if avoided else []),
        *_vectors(snapshot, [*background], vectors, lexical=lexical),
    ]
    references = HybridVectors.concatenate(parts) if len(parts) > 1 else parts[0]
    seeds: tuple[Seed, ...] = (*named.liked, *interests, *followed)
    if named.lacked and vectors.problem:
        count = pluralize(len(named.lacked), "paper")
        problems.append(f"{count} of the profile cannot be encoded: {vectors.problem}")
    problems += vectorless_problems(snapshot, seeds, references, scorer.lexical)
    days, weights = days_and_weights(snapshot, seeds, _added(named), scorer, half_life)
    weights = followed_weights(weights, len(followed))
    collections, collection_of = _collections(named, seeds)
    return ProfileVectors(
        references=references,
        liked=seeds,
        disliked=(*named.disliked, *avoided),
        days=days,
        weights=weights,
        excluded_rows=named.excluded,
        lexical=scorer.lexical,
        background_similarity=background_similarity(snapshot, scorer.lexical) if len(seeds) > 1 else None,
        problems=tuple(problems),
        unclear=named.unclear,
        unheld=names.unheld(named.profile.interests),
        collections=collections,
        collection_of=collection_of,
        lacked=named.strange,
        date_density=snapshot.date_density,
        notes=(
            *_counted(named, encoded=not vectors.problem),
            *library_retractions(snapshot, named.profile, named.rows),
        ),
        followed=names.seeds(followed, len(seeds) - len(followed)),
    )


def _vectors(
    snapshot: Snapshot, papers: Sequence[int | Paper], brought: BroughtVectors, *, lexical: bool
) -> list[HybridVectors]:
    """Those of rows, and of papers that the corpus lacks, in turn as they come."""
    parts = []
    for is_row, some in groupby(papers, key=lambda paper: not isinstance(paper, Paper)):
        if is_row:
            rows = np.array([*some], np.int64)
            parts.append(HybridVectors.load(snapshot, rows, lexical=lexical))
        else:
            parts.append(brought.of([paper for paper in some if isinstance(paper, Paper)]))
    return parts


def _seeds_of(named: _Named, name: str) -> tuple[Seed, ...]:
    """What a liked name stands for."""
    if name in named.rows:
        return (named.rows[name],)
    return (named.profile.papers[name],) if name in named.profile.papers else ()


def _added(named: _Named) -> dict[Seed, int]:
    """The day on which the reader liked each seed, or took it into a library, where that is known."""
    added = named.profile.added.items()
    return {seed: first_day(day).toordinal() for name, day in added for seed in _seeds_of(named, name)}


def _collections(named: _Named, seeds: Sequence[Seed]) -> tuple[tuple[str, ...], NDArray[np.int64] | None]:
    """The collections that are the reader's interests, and which of them each seed is of, -1 for none.

    A paper in several is of the smallest of them, of equal ones of the innermost. None where fewer than two
    hold a seed; the largest count, `MAX_INTERESTS` - 1 with those whom the reader follows, who come first.
    """
    of: dict[Seed, str] = {}
    held = named.profile.collections
    smallest = sorted(held, key=lambda name: (len(held[name]), -name.count("/"), name))
    for collection in smallest:
        for name in held[collection]:
            for seed in _seeds_of(named, name):
                of.setdefault(seed, collection)
    sizes = Counter(filter(None, (of.get(seed, "") for seed in seeds)))
    followed = [seed for seed in seeds if isinstance(seed, Followed)][: MAX_INTERESTS - 1]
    kept = sorted(sizes, key=lambda name: (-sizes[name], name))[: MAX_INTERESTS - 1 - len(followed)]
    kept = kept if len(kept) > 1 else []
    if not kept and not followed:
        return (), None
    place_of: dict[Seed, int] = {seed: len(kept) + place for place, seed in enumerate(followed)}
    place_of |= {seed: kept.index(name) for seed, name in of.items() if name in kept}
    names = (*kept, *map(str, followed))
    return names, np.array([place_of.get(seed, -1) for seed in seeds], np.int64)


def resolve_seed_sets(
    corpus: Corpus, snapshot: Snapshot, first: Profile, second: Profile, scorer: Scorer
) -> ProfileVectors:
    """The liked papers of both, each set counting alike however many papers it has, for what lies between;
    and what both dislike, which is the same for either.

    Raises ProfileError when both sets name one paper; UnknownPaper when nothing of one set is there.
    """
    sets = [resolve_profile(corpus, snapshot, profile, scorer) for profile in (first, second)]
    both = [seed for seed in sets[0].liked if isinstance(seed, int | Paper) and seed in sets[1].liked]
    if both:
        found = (one if isinstance(one, Paper) else snapshot.papers([one])[0] for one in both[:3])
        titles = ", ".join(repr(paper.title) for paper in found)
        raise ProfileError(f"both sides name {titles}; between a paper and itself there is nothing")
    counts, disliked = [len(one.liked) for one in sets], len(sets[0].disliked)
    parts = [one.references.take(np.arange(len(one.liked))) for one in sets]
    if disliked:
        parts.append(sets[0].references.take(counts[0] + np.arange(disliked)))
    return replace(
        sets[0],
        references=HybridVectors.concatenate(parts),
        liked=(*sets[0].liked, *sets[1].liked),
        days=np.concatenate([one.days for one in sets]),
        weights=np.concatenate([0.5 * one.weights for one in sets]),
        excluded_rows=np.union1d(sets[0].excluded_rows, sets[1].excluded_rows),
        problems=tuple(dict.fromkeys((*sets[0].problems, *sets[1].problems))),
        seed_sets=np.repeat([0, 1], counts),
        collections=(),
        collection_of=None,
        followed=(),
        lacked=tuple(dict.fromkeys((*sets[0].lacked, *sets[1].lacked))),
        notes=(*sets[0].notes, *sets[1].notes),
    )


def _none_known(profile: Profile, problems: list[str]) -> str:
    """Of several likes that they are all unknown; of one, which it is like."""
    if len(profile.liked) == 1:
        return problems[0]
    liked = len(profile.liked)
    return f"none of the {liked:,} liked papers is one paper of this corpus; the first: {problems[0]}"


def _drawn(papers: list[_Item], what: str, problems: list[str]) -> list[_Item]:
    """All papers, or `MOST_SEEDS` of them at even distances in their order."""
    if len(papers) <= MOST_SEEDS:
        return papers
    count = f"{len(papers):,} {what} papers"
    problems.append(f"{count}: {MOST_SEEDS} of them, drawn evenly, stand for all; none is shown again")
    return [papers[place * len(papers) // MOST_SEEDS] for place in range(MOST_SEEDS)]


def _only(rows: Mapping[str, list[int]]) -> Rows:
    """The rows of the names that are one paper's, without repetition."""
    return np.array(list({named[0] for named in rows.values() if len(named) == 1}), np.int64)


def _unclear(snapshot: Snapshot, rows_of: Mapping[str, list[int]], *, suggest: bool) -> dict[str, str]:
    """Why a name is no paper's; the nearest spellings are told of the first few."""
    unclear = [name for name, rows in rows_of.items() if len(rows) != 1]
    return {
        name: ambiguous_paper(snapshot, name, rows_of[name], suggest=suggest and place < _NAMED)
        for place, name in enumerate(unclear)
    }


def _problems(unclear: Mapping[str, str], listed: int) -> list[str]:
    """Why the first few names are no paper's, and the others in one line; of very many how many they are."""
    names = list(unclear)
    if len(names) > _MANY_UNKNOWN:
        first = ", ".join(repr(shortened(name, _LONGEST)) for name in names[:_NAMED])
        count = f"{len(names):,} of {listed:,}"
        why = "are not in this corpus, and no title is known to encode"
        return [f"{count} {why}: {first} and {len(names) - _NAMED:,} more"]
    problems = [unclear[name] for name in names[:_NAMED]]
    if names[_NAMED:]:
        problems.append(f"nor is any of these one paper of this corpus: {', '.join(names[_NAMED:])}")
    return problems
