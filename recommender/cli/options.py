"""Options that several commands share, and their values; for papers by id or file see `named_papers`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from ..errors import ParameterError
from ..option_values import (
    DEFAULT_DIVERSITY,
    DEFAULT_EXECUTOR,
    DEFAULT_RERANK,
    DEFAULT_STRATEGY,
    EXECUTORS,
    FORMATS,
    MAX_RECORD,
    MAX_SIZE,
    OPTION,
    PREFERENCES,
    READERS,
    READERS_FILE,
    RERANKS,
    SIZE_OPTION,
    STRATEGIES,
    megabytes,
    reading,
    reading_as,
    unpacking,
)
from .messages import excel_option, strict_option

if TYPE_CHECKING:
    _ParamType = click.ParamType[int]
else:
    _ParamType = click.ParamType

OUT = "Write it there; .bib, .ris, .csl, .csv, .json, .jsonl, .md, .parquet or .txt."

_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30}
_WRITTEN = re.compile(r"(\d{1,12}(?:\.\d{1,6})?) ?([kmg]?)i?b?", re.IGNORECASE | re.ASCII)


class Size(_ParamType):
    """A size as a whole number of bytes, at least 1."""

    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number of bytes; fails for anything that is none."""
        if isinstance(value, int):
            return value
        found = _WRITTEN.fullmatch(str(value).strip())
        size = int(float(found[1]) * _UNITS[found[2].lower()]) if found else 0
        if size < 1:
            self.fail(f"{value!r:.40} is no size; write 64MB, 500kB or a number of bytes", param, ctx)
        return size


_Command = TypeVar("_Command", bound=Callable[..., Any])


def _read_up_to(context: click.Context, _: click.Parameter, size: int | None) -> None:
    if size is not None:
        context.with_resource(reading(size))


def _unpack_up_to(context: click.Context, _: click.Parameter, size: int | None) -> None:
    if size is not None:
        context.with_resource(unpacking(size))


def _read_as(context: click.Context, _: click.Parameter, name: str | None) -> None:
    if name is not None:
        from ..readers.encodings import named_charset

        named_charset(name)
        context.with_resource(reading_as(name))


_MODEL_DIR = click.option("--model-dir", metavar="DIR", help="Where the encoder's weights are.")

_MAX_RECORD = click.option(
    OPTION,
    type=Size(),
    callback=_read_up_to,
    expose_value=False,
    help="The largest record that is read; a PROFILE and such may have four times as much.  [default: "
    f"{megabytes(MAX_RECORD)}]",
)

_MAX_SIZE = click.option(
    SIZE_OPTION,
    type=Size(),
    callback=_unpack_up_to,
    expose_value=False,
    help=f"So much is unpacked of a gzip, zip or xlsx file.  [default: {megabytes(MAX_SIZE)}]",
)

_ENCODING = click.option(
    "--encoding",
    metavar="NAME",
    callback=_read_as,
    expose_value=False,
    help="What text is in, e.g. cp1252, utf-16.  [default: its bytes tell, and a guess is said]",
)


def file_options(command: _Command) -> _Command:
    """How files are read, whatever they hold."""
    return _decorated(command, (_MAX_RECORD, _MAX_SIZE, _ENCODING))


corpus_option = click.option(
    "--corpus",
    "folder",
    metavar="DIR",
    required=True,
    envvar="RECOMMENDER_CORPUS",
    help="The corpus's folder (or set RECOMMENDER_CORPUS).",
)

_SOURCE = (
    click.argument("sources", nargs=-1, required=True, metavar="SOURCE..."),
    click.option(
        "--format",
        "format_",
        type=click.Choice(READERS),
        help="Default: told from the content.",
    ),
    click.option(
        "--map", "columns", multiple=True, metavar="FIELD=COLUMN", help="A column, e.g. title=Title."
    ),
    click.option("--limit", type=int, metavar="N", help="Read the first N papers only."),
    click.option(
        "--vectors",
        metavar="FILE",
        help="The papers' vectors, made elsewhere: .npy, .npz with `vectors` (and `scale`), or JSON records.",
    ),
    file_options,
    _MODEL_DIR,
    strict_option,
)

again_option = click.option(
    "--again",
    multiple=True,
    metavar="ID|FILE|all",
    help="Removed papers that may come again, or a removed category; repeatable.",
)

_EXECUTOR = (
    click.option(
        "--executor",
        "--engine",
        "executor",
        type=click.Choice(EXECUTORS),
        default=DEFAULT_EXECUTOR,
        show_default=True,
        help="local: this process. ray: many, with the same outcome.",
    ),
    click.option(
        "--address", metavar="ADDRESS", help="host:port of a Ray cluster, or auto; default: started here."
    ),
    click.option("--workers", type=int, metavar="N", help="For the executor ray; default: one for each CPU."),
)

corpus_or_sample_option = click.option(
    "--corpus",
    "folder",
    metavar="DIR",
    envvar="RECOMMENDER_CORPUS",
    help="Default: RECOMMENDER_CORPUS, else the embedded sample.",
)


readers_option = click.option(
    "--readers",
    metavar="FILE",
    help=f"The file of readers.  [default: {READERS_FILE} in the folder that the corpus is in]",
)

as_option = click.option("--as", "reader_name", metavar="NAME", help="A stored reader, see `reader add`.")


def ban_option(command: _Command) -> _Command:
    """Papers that nobody is shown, by id or file, as the command's `ban`."""

    @wraps(command)
    def with_ban(*, ban: tuple[str, ...], **options: Any) -> Any:
        from .opinions import named_papers

        return command(ban=named_papers(ban, "--ban"), **options)

    return cast("_Command", _BAN(with_ban))


_BAN = click.option(
    "--ban",
    multiple=True,
    metavar="ID|FILE",
    help="A paper that nobody is shown, in no version, or a file of them; repeatable.",
)

_FILTERS = (
    click.option(
        "--since",
        metavar="DATE",
        help="Published on or after: 2024, 2024-05, 2024-05-17, 7d, 2w, 3m, 1y, yesterday, today.",
    ),
    click.option("--until", metavar="DATE", help="Published on or before, written in the same ways."),
    click.option(
        "--revised-since", metavar="DATE", help="With a later version than the first, of on or after DATE."
    ),
    click.option(
        "--category",
        "categories",
        multiple=True,
        metavar="C",
        help="E.g. cs.CL, cs or cs.* for all of it, -cs.CV for none of it, in any case; repeatable.",
    ),
    click.option("--primary", is_flag=True, help="Of a paper's categories only the first counts."),
    click.option(
        "--author", "authors", multiple=True, metavar="NAME", help="E.g. Hinton, or 'G. Hinton'; repeatable."
    ),
    click.option(
        "--venue", "venues", multiple=True, metavar="NAME", help="By words of its name; repeatable."
    ),
    ban_option,
    _MODEL_DIR,
)

_WHICH = (
    click.option("-k", "k", type=int, default=10, show_default=True, metavar="N", help="How many."),
    click.option("--retracted", is_flag=True, help="Also papers that were retracted."),
    click.option("--notices", is_flag=True, help="Also corrections, replies and other notices of papers."),
    *_FILTERS,
)

_SKIP = click.option(
    "--skip",
    "offset",
    type=int,
    default=0,
    show_default=True,
    metavar="N",
    help="Leave out the first N of the list: -k 10 --skip 10 is the second page.",
)

_DIVERSITY = click.option(
    "--diversity",
    type=float,
    default=DEFAULT_DIVERSITY,
    show_default=True,
    metavar="D",
    help="0: by score alone ... 1: all variety.",
)

_VARIED = (_SKIP, _DIVERSITY)

_SHOWN = (
    click.option("--why", is_flag=True, help="Tell why each paper is there, and what diversity cost."),
    click.option(
        "--format",
        "format_",
        type=click.Choice(FORMATS),
        help="Default: a table, or by the name of --out.",
    ),
    click.option("--out", metavar="FILE", help=OUT),
    excel_option,
)

_LIST = (*_VARIED, *_SHOWN)

_STRATEGY = click.option(
    "--strategy",
    type=click.Choice(STRATEGIES),
    default=DEFAULT_STRATEGY,
    show_default=True,
    help="How the seeds are combined; `recommender evaluate` tells which suits you.",
)

_MIN_CONFIDENCE = click.option(
    "--min-confidence",
    type=float,
    default=0.0,
    show_default=True,
    metavar="P",
    help="Leave out what is less sure to be of your kind, 0 ... 1, even if few papers are left.",
)

_HALF_LIFE = click.option(
    "--half-life",
    metavar="YEARS",
    help="Likes count half after so long, by when they were liked, else published: 2, 6m, 90d.",
)

_ANY_YEAR = click.option(
    "--any-year",
    "same_years",
    flag_value=False,
    default=True,
    help="Papers of all years alike; else those of the years of the liked papers come first.",
)

_PREFER = click.option(
    "--prefer",
    type=click.Choice(PREFERENCES),
    help="recent: newer papers before others that suit you as well, instead of those of your years.",
)

_HOW = (
    _ANY_YEAR,
    _PREFER,
    _STRATEGY,
    click.option(
        "--rerank",
        type=click.Choice(RERANKS),
        default=DEFAULT_RERANK,
        show_default=True,
        help="How a varied list is chosen.",
    ),
    _MIN_CONFIDENCE,
    _HALF_LIFE,
)

avoid_option = click.option(
    "--avoid",
    multiple=True,
    metavar="ID|FILE|WORDS",
    help="A paper that is not liked, a file of them, or words; repeatable.",
)

_READER = (
    click.option(
        "--liked",
        multiple=True,
        metavar="ID|FILE|WORDS",
        help="Another paper that is liked, a file of them, or words; repeatable.",
    ),
    avoid_option,
    click.option(
        "--seen", multiple=True, metavar="ID|FILE", help="A paper not to show again, or a file; repeatable."
    ),
    file_options,
)


anyway_option = click.option(
    "--anyway", is_flag=True, help="List the nearest papers even for words that no paper holds."
)


def source_options(command: _Command) -> _Command:
    """What `build` and `add` read."""
    return _decorated(command, _SOURCE)


def _recipe(_: click.Context, __: click.Parameter, text: str | None) -> str | None:
    r"""The template, ``\n`` as a new line: a shell hands it over as two letters."""
    return None if text is None else text.replace("\\n", "\n")


text_option = click.option(
    "--text",
    metavar="TEXT",
    callback=_recipe,
    help="What is encoded of a paper, fields in braces: title, abstract, authors, categories, venue, "
    "published.  [default: '{title}. {abstract}']",
)


def executor_options(command: _Command) -> _Command:
    """What does the work, and where."""
    return _decorated(command, _EXECUTOR)


def answer_options(command: _Command) -> _Command:
    """What `like`, `search` and `recommend` have in common."""
    stored = (as_option, readers_option)
    return _decorated(
        command, (corpus_or_sample_option, *stored, *_WHICH, *_LIST, *_HOW, *_READER, strict_option)
    )


def question_options(command: _Command) -> _Command:
    """Of a list all that `recommend` has but how it is shown."""
    return _decorated(command, (corpus_or_sample_option, *_WHICH, *_VARIED, *_HOW, *_READER, strict_option))


def ranking_options(command: _Command) -> _Command:
    """What `rank` has: the filters, and what is done with the ranking."""
    first = click.option("-k", "k", type=int, metavar="N", help="Only the first N.  [default: all]")
    how = (_ANY_YEAR, _PREFER, _STRATEGY, _MIN_CONFIDENCE, _HALF_LIFE)
    shared = (corpus_or_sample_option, first, *_FILTERS, *_SHOWN, *how, *_READER, strict_option)
    return _decorated(command, shared)


def batch_options(command: _Command) -> _Command:
    """What `batch` asks for every reader."""
    shared = (corpus_option, *_WHICH, *_VARIED, *_HOW, avoid_option, file_options, strict_option)
    return _decorated(command, shared)


def list_options(command: _Command) -> _Command:
    """What a command has that lists papers for no reader in particular."""
    return _decorated(command, (corpus_or_sample_option, *_WHICH, *_LIST, strict_option))


def where_options(command: _Command) -> _Command:
    """Which papers of which corpus, and how many."""
    return _decorated(command, (corpus_or_sample_option, *_WHICH, file_options, strict_option))


def parse_mapping(columns: tuple[str, ...]) -> dict[str, str]:
    """``("title=Title",)`` as a dict. Raises ParameterError for a text without ``=``."""
    for text in columns:
        if not all(text.partition("=")):
            raise ParameterError(
                f"--map {text!r}: write FIELD=COLUMN, such as title=Name (papers) or user=Name (readers)"
            )
    return {field: column for field, _, column in (text.partition("=") for text in columns)}


def _decorated(command: _Command, decorators: tuple[Callable[[_Command], _Command], ...]) -> _Command:
    for decorate in reversed(decorators):
        command = decorate(command)
    return command
