"""Systems that are compared: a corpus with a strategy and a diversity, and their rankings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from ..corpus import Corpus, find_rows_of
from ..diversity import DEFAULT_DIVERSITY, DEFAULT_RERANK, RERANKS
from ..engine import AnswerOptions, named_kind
from ..engine.candidates import find_candidates, given_candidates
from ..engine.pipeline import make_answers
from ..engine.resolution import MOST_SEEDS, resolve_profile
from ..errors import ProfileError, UnknownPaper
from ..profiles import Profile
from ..progress import progress
from ..scoring import DEFAULT_STRATEGY, STRATEGIES, half_life_years
from .benchmark import Benchmark, NormalisedIds, Query, all_names, normalise_ids


@dataclass(frozen=True)
class System:
    """One way to recommend: an encoder by its corpus, a strategy, a diversity and a rerank.

    Parameters
    ----------
    corpus : Corpus
        The papers; it says which encoder.
    strategy : str, default "interests"
        One of `recommender.scoring`.
    diversity : float, default 0.2
        In [0, 1]; 0 is the order of the scores.
    rerank : str, default "msd"
        One of `recommender.diversity`.
    half_life : float, optional
        Years in which a like comes to count half.

    Examples
    --------
    >>> from recommender import Corpus, Profile
    >>> from recommender.evaluation import System
    >>> system = System(Corpus.sample(), strategy="mean", diversity=0)
    >>> system.label
    'minilm mean 0'
    >>> len(system.rank(Profile(liked=["2106.09685"]), k=50))
    50
    """

    corpus: Corpus
    strategy: str = DEFAULT_STRATEGY
    diversity: float = DEFAULT_DIVERSITY
    rerank: str = DEFAULT_RERANK
    half_life: float | None = None

    @property
    def encoder(self) -> str:
        """The name of the corpus's encoder."""
        return self.corpus.snapshot.encoder_name

    @property
    def label(self) -> str:
        """Encoder, strategy and diversity, in one word each; rerank and half-life where they count."""
        rerank = "" if self.rerank == DEFAULT_RERANK else f" {self.rerank}"
        half_life = "" if self.half_life is None else f" half-life {self.half_life:g}"
        return f"{self.encoder} {self.strategy} {self.diversity:g}{rerank}{half_life}"

    @property
    def is_default(self) -> bool:
        """Whether this is what is used where nothing else is said."""
        return self == System(self.corpus)

    def rank(
        self,
        profile: Profile,
        *,
        candidates: Sequence[str] | None = None,
        k: int = 1000,
        rerank_depth: int = 20,
    ) -> list[tuple[str, float]]:
        """Rank papers for a reader: those named in `candidates`, all of them, or the best k of the corpus.

        The first `rerank_depth` are those of a list so long, in its order, then come all others by score.

        Parameters
        ----------
        profile : Profile
            The reader; its own papers are in no ranking.
        candidates : sequence of str, optional
            Papers by name; what the corpus does not hold is left out. By default all papers.
        k : int, default 1000
            How many, where no candidates are named.
        rerank_depth : int, default 20
            How many are reranked.

        Returns
        -------
        list of tuple of (str, float)
            Ids and scores, best first.

        Raises
        ------
        ParameterError
            For an unknown strategy or rerank, a k below 1, and a diversity not in [0, 1].
        UnknownPaper
            Where the corpus has nothing that is liked.
        """
        scorer = named_kind(self.strategy, STRATEGIES, "strategy")
        rerank = named_kind(self.rerank, RERANKS, "rerank")
        options = AnswerOptions(k=k, diversity=self.diversity)
        snapshot = self.corpus.snapshot
        resolved = resolve_profile(self.corpus, snapshot, profile, scorer, half_life=self.half_life)
        if candidates is None:
            (found,) = find_candidates(snapshot, [resolved], scorer, k, options.filters)
        else:
            rows = list(chain.from_iterable(find_rows_of(snapshot, candidates).values()))
            found = given_candidates(snapshot, resolved, np.unique(np.array(rows, np.int64)))
            k = len(found)
        depth = replace(options, k=max(min(k, rerank_depth), 1))
        (answer,) = make_answers(snapshot, [resolved], scorer, rerank, depth, [found])
        listed, scores = answer.ranked.positions, answer.scored.overall
        order = np.argsort(-scores, kind="stable")
        order = np.concatenate([listed, order[~np.isin(order, listed)]])[:k]
        ranked = answer.rows[order].tolist()
        labels = snapshot.labels(ranked)
        return [(labels[row][0], float(score)) for row, score in zip(ranked, scores[order], strict=True)]


def system_grid(
    corpora: Sequence[Corpus],
    strategies: Sequence[str] = (),
    diversities: Sequence[float] = (),
    reranks: Sequence[str] = (),
    half_lives: Sequence[float | str] = (),
) -> list[System]:
    """Combine corpora, strategies, diversities, reranks and half-lives, each with each.

    Parameters
    ----------
    corpora : sequence of Corpus
        One for each encoder.
    strategies : sequence of str, optional
        By default the product's default alone; so with the others.
    diversities : sequence of float, optional
        Each in [0, 1].
    reranks : sequence of str, optional
        Their names.
    half_lives : sequence of float or str, optional
        Years, or ``6m``, ``90d``, beside none.

    Returns
    -------
    list of System
        All combinations, corpus by corpus.

    Examples
    --------
    >>> from recommender import Corpus
    >>> from recommender.evaluation import system_grid
    >>> [system.label for system in system_grid([Corpus.sample()], ["mean", "max"], [0, 0.5])]
    ['minilm mean 0', 'minilm mean 0.5', 'minilm max 0', 'minilm max 0.5']
    """
    return [
        System(corpus, strategy, diversity, rerank, half_life)
        for corpus in corpora
        for strategy in dict.fromkeys(strategies or (DEFAULT_STRATEGY,))
        for rerank in dict.fromkeys(reranks or (DEFAULT_RERANK,))
        for diversity in dict.fromkeys(diversities or (DEFAULT_DIVERSITY,))
        for half_life in dict.fromkeys((None, *map(half_life_years, half_lives)))
    ]


DEPTH = 1000
"""How many papers are ranked where there is no pool."""

_STEP = 1e-6

Ranking = list[tuple[str, float]]


@dataclass(frozen=True)
class Rankings:
    """(paper, score), best first, of each query that could be served, in the benchmark's spelling.

    `own` are the papers of each query's pool that are its profile's: no answers, and so in no ranking.
    `failed` says of each other query why not.
    """

    rankings: Mapping[str, Ranking]
    own: Mapping[str, Sequence[str]]
    failed: Mapping[str, str]

    def whole(self) -> dict[str, Ranking]:
        """The rankings with the papers of the profile last, below every other: each pool is complete."""
        return {query: [*found, *_last(found, self.own[query])] for query, found in self.rankings.items()}


def rank_all(
    system: System, benchmark: Benchmark, *, rerank_depth: int = 10, names: NormalisedIds | None = None
) -> Rankings:
    """Rank for each query of a benchmark its pool, or the best `DEPTH` papers of the corpus.

    The first `rerank_depth` come as in a list so long, varied and calibrated, the others by score. Papers
    of a pool that the corpus does not hold come last, in no order. A paper of the profile is in no ranking.

    Parameters
    ----------
    system : System
        What ranks.
    benchmark : Benchmark
        The queries.
    rerank_depth : int, default 10
        How many are reranked.
    names : NormalisedIds, optional
        The benchmark's papers in the system's corpus, where they have been looked up already.

    Returns
    -------
    Rankings
        The rankings in the benchmark's spelling, and why other queries have none.

    Examples
    --------
    >>> from pathlib import Path
    >>> from recommender import Corpus, Profile
    >>> from recommender.evaluation import Benchmark, Query, System, rank_all
    >>> query = Query("q1", Profile(liked=["2106.09685"]), pool=("2305.13245", "1706.03762"))
    >>> ranked = rank_all(System(Corpus.sample()), Benchmark(Path(), (query,), {}, {}))
    >>> len(ranked.rankings["q1"])
    2
    """
    names = names or normalise_ids(system.corpus, all_names(benchmark))
    rankings: dict[str, Ranking] = {}
    own: dict[str, Sequence[str]] = {}
    failed: dict[str, str] = {}
    with progress(system.label, len(benchmark.queries), unit="queries") as done:
        for query in benchmark.queries:
            try:
                pool, own[query.name] = _parted(query, names)
                held = [names.ids[name] for name in pool if name in names.ids]
                candidates = None if query.pool is None else held
                found = system.rank(query.profile, candidates=candidates, k=DEPTH, rerank_depth=rerank_depth)
            except (UnknownPaper, ProfileError) as error:
                failed[query.name] = str(error)
            else:
                if query.pool is None:
                    rankings[query.name] = [(benchmark.original_id(paper), score) for paper, score in found]
                else:
                    rankings[query.name] = _spelled_as_in(pool, found, names)
            done(1)
    return Rankings(rankings, own, failed)


def _parted(query: Query, names: NormalisedIds) -> tuple[list[str], list[str]]:
    """The pool without the papers of the profile, however they are spelled, and those.

    Raises ProfileError where nothing is left to rank.
    """
    own = {names.key(name) for name in query.own}
    parts: tuple[list[str], list[str]] = [], []
    for name in query.pool or ():
        parts[names.key(name) in own].append(name)
    if query.pool is not None and not any(name in names.ids for name in parts[0]):
        raise ProfileError(f"{_nothing(query.pool, *parts)}; it is not ranked, and not measured")
    return parts


def _nothing(pool: Sequence[str], others: Sequence[str], own: Sequence[str]) -> str:
    if not pool:
        return "the pool is empty"
    if not others:
        return f"the pool holds only papers of the profile ({len(own):,})"
    mine = f", but for {len(own):,} that are the profile's" if own else ""
    return f"none of the pool's {len(pool):,} papers is in the corpus{mine}"


def _spelled_as_in(pool: Sequence[str], found: Ranking, names: NormalisedIds) -> Ranking:
    """The pool in the order found, each paper as often as the pool names it; then what was not found."""
    spellings: dict[str, list[str]] = {}
    for name in pool:
        spellings.setdefault(names.key(name), []).append(name)
    ranked = [(name, score) for paper, score in found for name in spellings.pop(paper, ())]
    rest = (name for of_paper in spellings.values() for name in of_paper)
    return [*ranked, *_last(ranked, rest)]


def _last(ranking: Ranking, papers: Iterable[str]) -> Ranking:
    """The papers with one score, below every other of the ranking."""
    least = min((score for _, score in ranking), default=0.0)
    below = float(np.nextafter(np.float32(least - _STEP), np.float32(-np.inf)))
    return [(paper, below) for paper in papers]


_SHOWN = 5


def missing_papers(benchmark: Benchmark, corpora: Sequence[NormalisedIds]) -> Iterator[str]:
    """One line for each kind of names that no corpus holds."""
    queries = benchmark.queries
    kinds = {
        "liked or disliked": [n for q in queries for n in (*q.profile.liked, *q.profile.disliked)],
        "judged": [name for papers in benchmark.grades.values() for name in papers],
        "pooled": [name for query in queries for name in query.pool or ()],
    }
    done = {"liked or disliked": "not used", "judged": "left out", "pooled": "ranked last"}
    for kind, names in kinds.items():
        missing = [name for name in dict.fromkeys(names) if not any(name in held.ids for held in corpora)]
        if missing:
            yield f"{len(missing):,} {kind} papers are not in the corpus, {done[kind]}: {_shown(missing)}"


def unserved_queries(ranked: Sequence[Rankings]) -> list[str]:
    """One line for each query that some system could not serve."""
    reasons = {name: reason for result in ranked for name, reason in result.failed.items()}
    return [f"query {name!r}: {reason}" for name, reason in reasons.items()]


def subsampled(benchmark: Benchmark, corpora: Sequence[NormalisedIds]) -> list[str]:
    """One line where queries have more seeds than are compared with."""
    many = [
        query.name
        for query in benchmark.queries
        if any(
            _distinct(names, held) > MOST_SEEDS
            for held in corpora
            for names in (query.profile.liked, query.profile.disliked)
        )
    ]
    if not many:
        return []
    queries = "1 query has" if len(many) == 1 else f"{len(many):,} queries have"
    return [
        f"{queries} more than {MOST_SEEDS} liked or disliked papers: {MOST_SEEDS} of them, drawn evenly, "
        f"stand for all: {_shown(many)}"
    ]


def _distinct(names: Iterable[str], held: NormalisedIds) -> int:
    return len({held.ids[name] for name in names if name in held.ids})


def _shown(names: Sequence[str]) -> str:
    """The first few."""
    return ", ".join(names[:_SHOWN]) + ", ..." * (len(names) > _SHOWN)
