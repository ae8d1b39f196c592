"""The formats of a batch job's output: rows of each block as bytes, all blocks as one file."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol, TypeAlias

from .._extras import extra, require
from ..corpus import Snapshot
from ..display import bare_cell, harmless_cell, safe_url
from ..engine import Answer, to_recommendations
from ..errors import OutputDamaged, ParameterError
from ..paper import Paper, clean_text
from ..recommendations import Recommendation

if TYPE_CHECKING:
    import pyarrow


_FIRST = ("user", "rank", "id", "title", "score", "closest", "interest", "closest_title", "confidence")
_LISTS = ("terms", "authors")

COLUMNS = (*_FIRST, "terms", "sentence", "authors", "published", "venue", "url", "doi")
"""What is told of each recommendation, enough for a mail: `closest` is the liked paper (or words) it is
closest to, with its title, `interest` the reader's interest that it serves, empty where all are one;
`confidence` is None where it is unknown; `terms` are what it has in common with the likes, and `sentence` the
one of its abstract that says so.
"""

Row: TypeAlias = tuple[Any, ...]
"""One recommendation, in the order of `COLUMNS`; terms and authors are lists."""


class Format(Protocol):
    """One format."""

    name: str

    def part(self, rows: Sequence[Row]) -> bytes:
        """Some rows, to be joined later."""
        ...

    def join(self, parts: Iterable[bytes], file: IO[bytes]) -> None:
        """Write the rows of all parts, in their order, as one file that can be read."""
        ...


class JsonLines:
    """One object a line."""

    name = "jsonl"

    def part(self, rows: Sequence[Row]) -> bytes:
        """The lines."""
        records = (dict(zip(COLUMNS, map(_rounded, row), strict=True)) for row in rows)
        lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        # A lone surrogate cannot be written to a file; its backslash escape is JSON's own.
        return "".join(lines).encode("utf-8", "backslashreplace")

    def join(self, parts: Iterable[bytes], file: IO[bytes]) -> None:
        """One after the other."""
        _append(parts, file)


class Csv:
    """A header, and one line a row; the parts of a list are parted by ``; ``.

    Texts are on one line, but for the user's name, which is as it was given. None of them is a formula to a
    spreadsheet: see `harmless_cell`.
    """

    name = "csv"

    def part(self, rows: Sequence[Row]) -> bytes:
        """The lines without the header."""
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        # Of what ends a line for a reader, Python puts only its own mark in quotes.
        careful = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
        for user, *others in rows:
            cells = [harmless_cell(user), *map(_cell, others)]
            (careful if "\r" in user else table).writerow(cells)
        return text.getvalue().encode("utf-8", "replace")

    def join(self, parts: Iterable[bytes], file: IO[bytes]) -> None:
        """The header, and all lines."""
        file.write((",".join(COLUMNS) + "\n").encode())
        _append(parts, file)


class Parquet:
    """A table, with a row group for each block."""

    name = "parquet"

    def part(self, rows: Sequence[Row]) -> bytes:
        """A table of these rows."""
        with extra("frames"):
            import pyarrow as pa
            import pyarrow.parquet as pq

        columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, _schema(), strict=True)]
        sink = io.BytesIO()
        pq.write_table(pa.table(arrays, schema=_schema()), sink, compression="zstd")
        return sink.getvalue()

    def join(self, parts: Iterable[bytes], file: IO[bytes]) -> None:
        """All tables as one."""
        with extra("frames"):
            import pyarrow.parquet as pq

        with pq.ParquetWriter(file, _schema(), compression="zstd") as writer:
            for part in parts:
                table = pq.read_table(io.BytesIO(part), schema=_schema(), partitioning=None)
                if len(table):
                    writer.write_table(table)


FORMATS: dict[str, Format] = {kind.name: kind for kind in (Parquet(), JsonLines(), Csv())}
"""Every format by name; it is also the ending of the file."""

DEFAULT_FORMAT = "parquet"

_READ_AT_ONCE = 4096  # rows
_LONGEST_LINE = 2**24  # characters; of a list of ten thousand authors it is a fiftieth


def format_of(name: str) -> Format:
    """The format of this name.

    Raises ParameterError for one that is none, MissingPackage where what writes it is not installed.
    """
    if name not in FORMATS:
        raise ParameterError(f"{name!r} is no format of a batch's output; known: {', '.join(FORMATS)}")
    if name == Parquet.name:
        require("pyarrow", "frames", instead="--format jsonl")
    return FORMATS[name]


def read_impressions(path: Path) -> Iterator[tuple[str, str, str]]:
    """The user, id and title of each row of an output file, in its order.

    In a CSV file of a version that cleaned names, two blanks in one are one.

    Raises OutputDamaged for a file that is none.
    """
    try:
        for row in _read_columns(path, ("user", "id", "title")):
            if not all(isinstance(value, str) for value in row):
                raise ValueError(f"a row has {row!r:.60}")
            "".join(row).encode()  # a half of a character can be stored nowhere
            user, paper, title = row
            yield user, paper, title
    except (OSError, ValueError, KeyError, TypeError, RecursionError, csv.Error) as error:
        raise OutputDamaged(f"{path}: is no output of a batch job ({error!s:.200})") from error


def _read_columns(path: Path, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    if path.suffix == ".parquet":
        with extra("frames"):
            import pyarrow.parquet as pq

        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_READ_AT_ONCE, columns=[*columns]):
                yield from zip(*(batch.column(name).to_pylist() for name in columns), strict=True)
        return
    with path.open(encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            records = csv.DictReader(file)
            if missing := set(columns) - {*(records.fieldnames or ())}:
                raise ValueError(f"no column {min(missing)}")
            for record in records:
                yield tuple(bare_cell(record[name]) for name in columns)
            return
        while line := file.readline(_LONGEST_LINE):
            record = json.loads(line)
            yield tuple(record[name] for name in columns)


def _schema() -> pyarrow.Schema:
    with extra("frames"):
        import pyarrow as pa

    kinds: dict[str, Any] = {"rank": pa.int32(), "score": pa.float32(), "confidence": pa.float32()}
    kinds |= dict.fromkeys(_LISTS, pa.list_(pa.string()))
    return pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])


def _rounded(value: Any) -> Any:
    return round(value, 6) if isinstance(value, float) else value


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return str(_rounded(value))
    return harmless_cell(clean_text("; ".join(value) if isinstance(value, list) else value))


def _append(parts: Iterable[bytes], file: IO[bytes]) -> None:
    for part in parts:
        file.write(part)


class RowBuilder:
    """Makes the rows of the readers of one block, all answered from one state of a corpus."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._papers: dict[int, Paper] = {}
        self._dois: dict[int, str] = {}
        self._labels: dict[int, tuple[str, str]] = {}

    def rows(self, user: str, answer: Answer) -> list[Row]:
        """The rows of one reader's list, in its order."""
        listed = answer.listed.tolist()
        self._read_papers(listed)
        self._read_labels(seed for seed in answer.profile.liked if isinstance(seed, int))
        items = to_recommendations(answer, labels=self._labels, papers=self._papers, told=False)
        shown = listed[answer.options.offset :]
        return [_row(user, item, self._dois[row]) for item, row in zip(items, shown, strict=True)]

    def _read_papers(self, rows: Iterable[int]) -> None:
        new = [row for row in rows if row not in self._papers]
        if new:
            papers = dict(zip(new, self.snapshot.papers(new), strict=True))
            self._papers |= papers
            self._dois |= {row: _doi(paper) for row, paper in papers.items()}
            self._labels |= {row: (paper.id, paper.title) for row, paper in papers.items()}

    def _read_labels(self, rows: Iterable[int]) -> None:
        new = [row for row in rows if row not in self._labels]
        if new:
            self._labels |= self.snapshot.labels(new)


def _row(user: str, item: Recommendation, doi: str) -> Row:
    paper, why, confidence = item.paper, item.explanation, item.confidence
    return (
        user,
        item.rank,
        paper.id,
        paper.title,
        item.score,
        item.closest,
        item.interest,
        item.closest_title,
        None if confidence is None or math.isnan(confidence) else float(confidence),
        [*why.terms] if why else [],
        why.sentence if why else "",
        [*paper.authors],
        paper.published,
        paper.venue,
        safe_url(paper.url),
        doi,
    )


def _doi(paper: Paper) -> str:
    """The paper's DOI in its canonical spelling, as it stands there where it has none, empty without one."""
    names = (name.removeprefix("doi:") for name in paper.names if name.startswith("doi:"))
    return next(names, paper.identifiers.get("doi", ""))
