"""The facts about a corpus that `info` gives, as text and as HTML."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from indexes import PRECISIONS

from ..display import Column, Html, bar, facts, join_html, link, shortened, table
from ..recipe import DEFAULT_RECIPE
from .agreement import sample_rows
from .arrivals import moment_of
from .database import DATABASE, size_of
from .language import SAMPLED, LanguageShares
from .manifest import describe_prompts
from .removal import removed_now
from .snapshot import Snapshot


@dataclass(frozen=True)
class CorpusInfo:
    """What a corpus holds, and how; sizes are in bytes.

    Attributes
    ----------
    path : str
        The folder.
    papers, removed, without_vector : int
        How many papers; vectors that `compact` would drop; papers that have no vector.
    unfinished : int or None
        How many papers the build under way will hold in the end; None when none is.
    encoder, fingerprint : str
        The encoder that made the vectors, and what tells it from another one of its name.
    verified : bool
        Whether the vectors are known to be this encoder's.
    prompts : dict of str to str
        What the encoder puts before each text, by ``query`` and ``document``; empty where nothing stands
        there, or nothing is known of it.
    text : str
        How a paper becomes the text that is encoded, see `Corpus.build`.
    dim : int
        Number of dimensions of each vector.
    precision : str
        The numbers that vectors are kept in: float16, float32 or int8.
    index, index_wanted : str
        The kind of index that answers, and the one that was asked for.
    index_problem : str
        Why search is exact although there is an index file; empty when all is well.
    recall, recall_wanted : float
        Recall@10 of an approximate index against exact search, and what was asked for; of an exact one 1.
    recall_sample : int
        Over how many papers the recall was measured; 0 of an exact index.
    effort : int
        How much an approximate index looks at: its search parameter.
    indexed : int
        Rows in the index file; the others are searched exactly.
    segments : int
        Number of vector files.
    format : int
        The format of the corpus on disk.
    first_published, last_published : str
        The first and the last date of a paper; empty where none has one.
    undated : int
        How many papers have no date.
    last_arrived : str
        When papers last came, in UTC as ISO 8601; empty where that is not known.
    categories : tuple of (str, int)
        The ten most frequent categories, each with its number of papers.
    database_bytes, vector_bytes, index_bytes, term_bytes : int
        Sizes: of the database with its log, of the vectors, of the index file, and of the terms, which are
        in the database.
    sources : tuple of str
        The names of the files that the corpus was built from.
    typical_cosine, cosine_spread : float or None
        The mean and the standard deviation of the cosines of two random papers; None where these are too few.
    cosine_offset : float
        What of a cosine all papers have in common by this encoder, and is taken off; see `CosineScale`.
    cosines_stored : bool
        Whether the corpus has these numbers; else they are measured whenever it is opened, until somebody
        writes to it.
    staying_out : int
        How many removed papers stay out when they are added again.
    categories_staying_out : tuple of str
        The categories that were removed, whose papers stay out.
    retracted : int
        How many papers are retracted: they are left out of answers unless asked for.
    notices : int
        How many are corrections, replies and other notices of papers, which are left out as well.
    languages : tuple of (str, float)
        The languages of a sample of the texts, the most frequent first, each with its share.
    advice : str
        What would serve these languages better; empty where nothing would.
    """

    path: str
    papers: int
    removed: int
    without_vector: int
    unfinished: int | None
    encoder: str
    fingerprint: str
    verified: bool
    prompts: dict[str, str]
    text: str
    dim: int
    precision: str
    index: str
    index_wanted: str
    index_problem: str
    recall: float
    recall_sample: int
    recall_wanted: float
    effort: int
    indexed: int
    segments: int
    format: int
    first_published: str
    last_published: str
    undated: int
    last_arrived: str
    categories: tuple[tuple[str, int], ...]
    database_bytes: int
    vector_bytes: int
    index_bytes: int
    term_bytes: int
    sources: tuple[str, ...]
    typical_cosine: float | None
    cosine_spread: float | None
    cosine_offset: float
    cosines_stored: bool
    staying_out: int
    categories_staying_out: tuple[str, ...]
    retracted: int
    notices: int
    languages: tuple[tuple[str, float], ...]
    advice: str

    @property
    def size_bytes(self) -> int:
        """Of all files together."""
        return self.database_bytes + self.vector_bytes + self.index_bytes

    @property
    def bytes_per_paper(self) -> float:
        """Of all files together; 0 for an empty corpus."""
        return self.size_bytes / self.papers if self.papers else 0.0


def describe(snapshot: Snapshot) -> CorpusInfo:
    """The facts of one state."""
    folder = snapshot.path
    manifest = snapshot.manifest
    first, last, undated = snapshot.store.execute(
        "SELECT min(day), max(day), sum(day IS NULL) FROM papers"
    ).fetchone()
    index_file = snapshot.index_file
    measured = index_file.measured if index_file and not snapshot.index_problem else None
    bytes_per_vector = PRECISIONS[manifest.precision].itemsize * manifest.dim
    languages, cosines = _languages(snapshot), snapshot.measured_cosines
    removed, removed_categories = removed_now(snapshot)
    last_arrived = moment_of(snapshot.newest_arrival)
    frequent = "SELECT category, count(*) FROM categories GROUP BY category ORDER BY 2 DESC, 1 LIMIT 10"
    return CorpusInfo(
        path=str(folder),
        papers=len(snapshot),
        removed=sum(segment.count for segment in snapshot.segments) - len(snapshot),
        without_vector=len(snapshot.vectorless),
        unfinished=manifest.unfinished,
        encoder=manifest.encoder,
        fingerprint=manifest.fingerprint,
        verified=manifest.verified,
        prompts=manifest.prompts or {},
        text=manifest.recipe,
        dim=manifest.dim,
        precision=manifest.precision,
        index=snapshot.index_kind,
        index_wanted=manifest.index,
        index_problem=snapshot.index_problem,
        recall=measured.recall if measured else 1.0,
        recall_sample=measured.sample if measured else 0,
        recall_wanted=manifest.recall,
        effort=measured.effort if measured else 0,
        indexed=measured.rows if measured else 0,
        segments=len(snapshot.segments),
        format=snapshot.format,
        first_published=_date(first),
        last_published=_date(last),
        undated=undated or 0,
        last_arrived=last_arrived.isoformat() if last_arrived else "",
        categories=tuple(snapshot.store.execute(frequent)),
        database_bytes=sum(size_of(folder / name) for name in (DATABASE, f"{DATABASE}-wal")),
        vector_bytes=bytes_per_vector * sum(segment.count for segment in snapshot.segments),
        index_bytes=size_of(folder / index_file.file) if index_file else 0,
        term_bytes=snapshot.term_bytes,
        sources=manifest.sources,
        typical_cosine=cosines.typical if cosines else None,
        cosine_spread=cosines.spread if cosines else None,
        cosine_offset=snapshot.cosine_scale.offset,
        cosines_stored=cosines == manifest.cosines,
        staying_out=len(removed),
        categories_staying_out=tuple(one.name for one in removed_categories),
        retracted=len(snapshot.retracted),
        notices=len(snapshot.notices),
        languages=languages.shares,
        advice=languages.advice(manifest.encoder),
    )


def _languages(snapshot: Snapshot) -> LanguageShares:
    rows = snapshot.rows()
    sample = rows[sample_rows(len(rows), SAMPLED)]
    return LanguageShares.of(snapshot.texts(sample.tolist()))


def _date(day: int | None) -> str:
    return datetime.date.fromordinal(day).isoformat() if day else ""


_TITLE = 200

_SHOWN = 5  # of the papers, and of the categories


def to_html(name: str, info: CorpusInfo, snapshot: Snapshot) -> str:
    """What there is, how it is searched, and its first papers."""
    undated = f"; {info.undated:,} without a date" if info.undated else ""
    dates = f"{info.first_published} to {info.last_published}" if info.first_published else ""
    recall = f", recall {info.recall:.3f} on {info.recall_sample:,} papers" if info.recall_sample else ""
    unfinished = f" of {info.unfinished:,}: the same build goes on" if info.unfinished is not None else ""
    removed = f", {info.removed:,} removed ones not yet dropped" if info.removed else ""
    vectorless = f", {info.without_vector:,} without a dense vector" if info.without_vector else ""
    retracted = f", {info.retracted:,} retracted" if info.retracted else ""
    notices = f", {info.notices:,} notices of others" if info.notices else ""
    known = facts(
        [
            ("papers", f"{info.papers:,}{unfinished}{vectorless}{retracted}{notices}{removed}"),
            ("published", f"{dates}{undated}".removeprefix("; ")),
            ("categories", _categories(info)),
            ("encoder", f"{info.encoder}, {info.dim} dimensions as {info.precision}"),
            ("cosines", describe_cosines(info)),
            ("prompts", describe_prompts(info.prompts)),
            ("text", info.text if info.text != DEFAULT_RECIPE else ""),
            ("index", f"{info.index}{recall}"),
            ("size", f"{info.size_bytes / 1e6:,.1f} MB"),
        ],
        caption=name,
        notes=[info.index_problem] if info.index_problem else [],
    )
    return known + _first_papers(snapshot)


def describe_cosines(info: CorpusInfo) -> str:
    """Where the cosines of random papers lie, and what is made of it.

    Parameters
    ----------
    info : CorpusInfo
        Of a corpus.

    Returns
    -------
    str
        One line.

    Examples
    --------
    >>> from recommender import Corpus
    >>> from recommender.corpus.info import describe_cosines
    >>> describe_cosines(Corpus.sample().info())
    'of random papers 0.26, spread 0.12: a usual range'
    """
    if info.typical_cosine is None:
        return "taken as they are: too few papers to say what is typical"
    measured = f"of random papers {info.typical_cosine:.2f}, spread {info.cosine_spread:.2g}"
    when = "" if info.cosines_stored else " (measured now: whoever writes to the corpus next stores it)"
    if info.cosine_offset == 0:
        return f"{measured}: a usual range{when}"
    return f"{measured}: a narrow range, of which {info.cosine_offset:.2f} is taken off{when}"


def _categories(info: CorpusInfo) -> Html:
    papers, shown = max(info.papers, 1), info.categories[:_SHOWN]
    return join_html("", (bar(count / papers, f"{category}: {count:,}") for category, count in shown))


def _first_papers(snapshot: Snapshot) -> str:
    rows = snapshot.store.column("SELECT row FROM papers ORDER BY row LIMIT ?", (_SHOWN,))
    papers = snapshot.papers(rows.tolist())
    lines = [(paper.id, paper.published, link(shortened(paper.title, _TITLE), paper.url)) for paper in papers]
    more = [f"the first {len(lines)} of {len(snapshot):,}"] if len(lines) < len(snapshot) else []
    return (
        table((Column("id"), Column("published", whole=True), Column("title")), lines, notes=more)
        if lines
        else ""
    )
