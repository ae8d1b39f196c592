"""A benchmark: a folder of papers, of queries (who likes what), and of people's judgements."""

from __future__ import annotations

import contextlib
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..corpus import Corpus, find_rows_of
from ..errors import ProfileError, SourceError
from ..files import checked_path
from ..identifiers import canonical
from ..profiles import Profile
from ..profiles.columns import LISTS, first_field
from ..profiles.profile import list_of_texts
from ..readers import Source
from ..readers.json_objects import NotAnObject, json_objects
from .trec import read_qrels

_ID = ("query", "query_id", "qid", "user", "user_id", "reader", "topic", "name", "id", "_id")
_POOL = ("pool", "candidates", "pool_ids", "candidate_ids", "candidate_pool")
_WORDS = ("text",)

_SHOWN = 5


@dataclass(frozen=True)
class Query:
    """One question of a benchmark: who asks, and the papers to rank.

    Attributes
    ----------
    name : str
        The query's id.
    profile : Profile
        Who asks.
    pool : tuple of str or None
        The papers to rank, as the benchmark spells them; None for the whole corpus.
    """

    name: str
    profile: Profile
    pool: tuple[str, ...] | None = None

    @property
    def own(self) -> tuple[str, ...]:
        """The papers of the profile: none of them is an answer."""
        return (*self.profile.liked, *self.profile.disliked, *self.profile.seen)


@dataclass(frozen=True)
class Benchmark:
    """Queries with people's judgements of papers.

    Attributes
    ----------
    folder : Path
        Where it was read.
    queries : tuple of Query
        The queries that can be used.
    grades : mapping of str to mapping of str to float
        Query -> paper -> grade, the higher the better.
    spelling : mapping of str to str
        Canonical id -> the benchmark's own spelling of it, see `original_id`.
    problems : tuple of str
        One line each on what could not be read.
    mismatches : tuple of str
        One line each on what is odd but no fault: queries without judgements, judgements without a query.
    """

    folder: Path
    queries: tuple[Query, ...]
    grades: Mapping[str, Mapping[str, float]]
    spelling: Mapping[str, str]
    problems: tuple[str, ...] = ()
    mismatches: tuple[str, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """All that is to be said of what was read, one line each."""
        return (*self.problems, *self.mismatches)

    def original_id(self, paper: str) -> str:
        """Give the benchmark's spelling of an id.

        Parameters
        ----------
        paper : str
            The id, in any spelling.

        Returns
        -------
        str
            The benchmark's spelling; the id itself where the benchmark does not have it.
        """
        return self.spelling.get(canonical(paper), paper)


def papers_file(folder: Path) -> Path:
    """Find the papers of a benchmark.

    Parameters
    ----------
    folder : Path
        The benchmark's folder.

    Returns
    -------
    Path
        Its papers.jsonl or papers.jsonl.gz.

    Raises
    ------
    SourceError
        Where there is neither.

    Examples
    --------
    >>> from pathlib import Path
    >>> from recommender.evaluation import papers_file
    >>> Path("papers.jsonl").touch()
    >>> papers_file(Path()).name
    'papers.jsonl'
    """
    found = [path for path in (folder / "papers.jsonl", folder / "papers.jsonl.gz") if path.exists()]
    if not found:
        raise SourceError(f"{folder}: no papers.jsonl in it; add it, or name a corpus with --corpus")
    return found[0]


def read_benchmark(folder: str | Path) -> Benchmark:
    r"""Read a benchmark: `queries.jsonl`, `qrels.tsv`, and the ids of `papers.jsonl` where there is one.

    A query is an object with an id (`query`, `qid`, `user`, ...), `liked` ids, and, if wanted, `disliked`,
    `seen`, `interests` and a `pool` of candidates (or `candidates`). A judgement is a line of query, paper
    and grade, or TREC's own. What cannot be used is named in `problems`, and the rest is used.

    Parameters
    ----------
    folder : str or Path
        The benchmark's folder.

    Returns
    -------
    Benchmark
        What can be used of it.

    Raises
    ------
    SourceError
        When a file is missing, or holds nothing that can be used.

    Examples
    --------
    >>> from pathlib import Path
    >>> from recommender.evaluation import read_benchmark
    >>> Path("queries.jsonl").write_text('{"query": "q1", "liked": ["2106.09685"]}')
    40
    >>> Path("qrels.tsv").write_text("q1\t2305.13245\t1")
    15
    >>> read_benchmark(".").queries[0].name
    'q1'
    """
    folder = checked_path(folder, "the benchmark")
    if not folder.is_dir():
        raise SourceError(f"{folder}: no folder; a benchmark has papers.jsonl, queries.jsonl and qrels.tsv")
    problems: list[str] = []
    grades = read_qrels(_one_of(folder, "qrels.tsv", "qrels.txt"), problems.append)
    path = _one_of(folder, "queries.jsonl", "queries.jsonl.gz")
    queries = tuple(_queries(path, grades, problems))
    if not queries:
        raise SourceError(
            f"{path}: no query can be used; {problems[-1] if problems else 'the file is empty'}"
        )
    mismatches = _mismatches(queries, grades)
    return Benchmark(folder, queries, grades, _spelling(folder, queries, grades), tuple(problems), mismatches)


def _one_of(folder: Path, *names: str) -> Path:
    for name in names:
        if (folder / name).exists():
            return folder / name
    raise SourceError(
        f"{folder}: no {names[0]} in it; a benchmark has papers.jsonl, queries.jsonl and qrels.tsv"
    )


def _queries(path: Path, judged: Container[str], problems: list[str]) -> Iterator[Query]:
    names: set[str] = set()
    for number, record in json_objects(Source(path)):
        try:
            query = _query(record, judged)
        except ValueError as error:  # a ProfileError is a ValueError
            problems.append(f"{path}, line {number}: {error}")
            continue
        if query.name in names:
            problems.append(
                f"{path}, line {number}: there is a query {query.name!r} already; this one is left out"
            )
            continue
        names.add(query.name)
        yield query


def _query(record: Mapping[str, object] | NotAnObject, judged: Container[str]) -> Query:
    if isinstance(record, NotAnObject):
        raise ProfileError(f"{record}; a query has an id and liked papers")
    names = [str(record[key]).strip() for key in _ID if isinstance(record.get(key), str | int)]
    # Of several fields that could be the id it is the one that the judgements know.
    name = next((name for name in names if name in judged), next(filter(None, names), None))
    if name is None:
        raise ProfileError('no id; give the query one, as in {"query": "q1", "liked": [...]}')
    try:
        profile = Profile.from_dict(_profile_of(record))
        pool = next(((key, record[key]) for key in _POOL if record.get(key) is not None), None)
        return Query(name, profile, None if pool is None else list_of_texts(*pool))
    except ProfileError as error:
        raise ProfileError(f"query {name!r}: {error}") from error


def _profile_of(record: Mapping[str, object]) -> dict[str, object]:
    """The lists of a profile in a query, which may have fields of its own; of two names of one the first."""
    fields = {field: first_field(record, field) for field in LISTS}
    words = next((record[key] for key in _WORDS if record.get(key) is not None), None)
    fields["interests"] = words if fields["interests"] is None else fields["interests"]
    return fields


def _mismatches(queries: Iterable[Query], grades: Mapping[str, object]) -> tuple[str, ...]:
    names = [query.name for query in queries]
    unjudged, unasked = [n for n in names if n not in grades], sorted(grades.keys() - set(names))
    mismatches = [
        (unjudged, "without judgements, ranked but not measured"),
        (unasked, "judged but never asked"),
    ]
    return tuple(f"{_named(missing)}: {what}" for missing, what in mismatches if missing)


def _named(names: list[str]) -> str:
    """How many queries, and the first few names."""
    shown = ", ".join(names[:_SHOWN]) + ", ..." * (len(names) > _SHOWN)
    return f"{len(names):,} quer{'y' if len(names) == 1 else 'ies'} ({shown})"


def _spelling(
    folder: Path, queries: Iterable[Query], grades: Mapping[str, Mapping[str, float]]
) -> dict[str, str]:
    """Canonical id -> as the benchmark writes it; what the judgements write comes first."""
    spelling: dict[str, str] = {}
    judged = (paper for papers in grades.values() for paper in papers)
    pooled = (paper for query in queries for paper in query.pool or ())
    for paper in (*judged, *pooled):
        spelling.setdefault(canonical(paper), paper)
    with contextlib.suppress(SourceError):
        for _, record in json_objects(Source(papers_file(folder))):
            name = None if isinstance(record, NotAnObject) else record.get("id")
            if isinstance(name, str | int):
                spelling.setdefault(canonical(str(name)), str(name))
    return spelling


@dataclass(frozen=True)
class NormalisedIds:
    """`ids`: the id in the corpus of each name that is one paper's; `others`: the canonical spelling of
    each that is none's, or several papers'.
    """

    ids: Mapping[str, str]
    others: Mapping[str, str]

    def key(self, name: str) -> str:
        """The same for all names of one paper: its id, else the canonical spelling."""
        return self.ids.get(name) or self.others[name]


def normalise_ids(corpus: Corpus, names: Iterable[str]) -> NormalisedIds:
    """Look all names up in a few questions."""
    snapshot = corpus.snapshot
    found = find_rows_of(snapshot, names)
    rows = list(dict.fromkeys(rows[0] for rows in found.values() if len(rows) == 1))
    id_of = {row: paper.id for row, paper in zip(rows, snapshot.papers(rows), strict=True)}
    return NormalisedIds(
        {name: id_of[rows[0]] for name, rows in found.items() if len(rows) == 1},
        {name: canonical(name) for name, rows in found.items() if len(rows) != 1},
    )


def all_names(benchmark: Benchmark) -> list[str]:
    """All papers that the benchmark names, those of the profiles first."""
    own = (name for query in benchmark.queries for name in query.own)
    judged = (name for papers in benchmark.grades.values() for name in papers)
    pooled = (name for query in benchmark.queries for name in query.pool or ())
    return list(dict.fromkeys([*own, *judged, *pooled]))
