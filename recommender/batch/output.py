"""The formats of a batch job's output: each block of rows as bytes of its own, all blocks as one file."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol, TypeAlias

from ..errors import BatchError, ParameterError
from ..paper import clean_text

if TYPE_CHECKING:
    import pyarrow

__all__ = ["COLUMNS", "DEFAULT_FORMAT", "FORMATS", "Format", "Row", "format_of", "read_shown"]

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

    def join(self, parts: Iterable[Path], file: IO[bytes]) -> None:
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

    def join(self, parts: Iterable[Path], file: IO[bytes]) -> None:
        """One after the other."""
        _append(parts, file)


class Csv:
    """A header, and one line a row; the parts of a list are parted by ``; ``."""

    name = "csv"

    def part(self, rows: Sequence[Row]) -> bytes:
        """The lines without the header."""
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerows([_cell(value) for value in row] for row in rows)
        return text.getvalue().encode("utf-8", "replace")

    def join(self, parts: Iterable[Path], file: IO[bytes]) -> None:
        """The header, and all lines."""
        file.write((",".join(COLUMNS) + "\n").encode())
        _append(parts, file)


class Parquet:
    """A table, with a row group for each block."""

    name = "parquet"

    def part(self, rows: Sequence[Row]) -> bytes:
        """A table of these rows."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, _schema(), strict=True)]
        sink = io.BytesIO()
        pq.write_table(pa.table(arrays, schema=_schema()), sink, compression="zstd")
        return sink.getvalue()

    def join(self, parts: Iterable[Path], file: IO[bytes]) -> None:
        """All tables as one."""
        import pyarrow.parquet as pq

        with pq.ParquetWriter(file, _schema(), compression="zstd") as writer:
            for part in parts:
                table = pq.read_table(part, schema=_schema(), partitioning=None)
                if len(table):
                    writer.write_table(table)


FORMATS: dict[str, Format] = {kind.name: kind for kind in (Parquet(), JsonLines(), Csv())}
"""Every format by name; it is also the ending of the file."""

DEFAULT_FORMAT = "parquet"


def format_of(name: str) -> Format:
    """The format of this name. Raises ParameterError for one that is none."""
    if name not in FORMATS:
        raise ParameterError(f"{name!r} is no format of a batch's output; known: {', '.join(FORMATS)}")
    return FORMATS[name]


def read_shown(path: Path) -> Iterator[tuple[str, str, str]]:
    """The user, id and title of each row of an output file, in its order.

    Raises BatchError for a file that is none.
    """
    columns = ["user", "id", "title"]
    try:
        if path.suffix == ".parquet":
            import pyarrow.parquet as pq

            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(columns=columns):
                    yield from zip(*(batch.column(name).to_pylist() for name in columns), strict=True)
            return
        with path.open(encoding="utf-8", newline="") as lines:
            records = csv.DictReader(lines) if path.suffix == ".csv" else map(json.loads, lines)
            for record in records:
                yield record["user"], record["id"], record["title"]
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise BatchError(f"{path}: is no output of a batch job ({error})") from error


def _schema() -> pyarrow.Schema:
    import pyarrow as pa

    kinds: dict[str, Any] = {"rank": pa.int32(), "score": pa.float32(), "confidence": pa.float32()}
    kinds |= dict.fromkeys(_LISTS, pa.list_(pa.string()))
    return pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])


def _rounded(value: Any) -> Any:
    return round(value, 6) if isinstance(value, float) else value


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return clean_text("; ".join(value) if isinstance(value, list) else str(_rounded(value)))


def _append(parts: Iterable[Path], file: IO[bytes]) -> None:
    for part in parts:
        with part.open("rb") as source:
            shutil.copyfileobj(source, file)
