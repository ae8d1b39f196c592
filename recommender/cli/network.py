"""Commands that ask services on the network, and sources of `add` that are there."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import FetchError, ParameterError
from ..files import checked_path
from ..option_values import source_encoding
from . import resumable
from .messages import echo_error, echo_notice, echo_problems, say, strict_option

if TYPE_CHECKING:
    from ..fetch import FetchReport
    from ..fetch.fetching import Request

_SHOWN = 20

_OUT = click.option(
    "--out", metavar="FILE", required=True, help="Write them there, as JSON Lines that build and add read."
)
_LIMIT = click.option("--limit", type=int, metavar="N", help="The first N papers only.")
_IDS = click.option(
    "--ids",
    metavar="FILE",
    help="These papers: ids, DOIs or urls one a line, or any file of papers.",
)
_KNOWN = click.option(
    "--corpus",
    "known",
    metavar="DIR",
    help="With ids: leave out the papers that this corpus has.",
)
_SINCE = click.option(
    "--since", default="", metavar="DATE", help="The first day: 2026-11-01, 2026-11, 7d, 2w, yesterday."
)
_UNTIL = click.option("--until", default="", metavar="DATE", help="The last day; by default today.")
_SEARCH = click.option(
    "--search", "--query", "search", default="", metavar="TEXT", help="Words to search for."
)


def _options(*own: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Those of one service, and those of all."""

    def decorate(command: Any) -> Any:
        for option in reversed((*own, _IDS, _KNOWN, _LIMIT, _OUT, strict_option)):
            command = option(command)
        return command

    return decorate


def _category(what: str) -> Callable[[Any], Any]:
    return click.option("--category", default="", metavar="C", help=what)


@click.group()
def fetch() -> None:
    """Ask a service on the network for papers, and write them to a file; add arxiv:... does both at once.

    A fetch that was stopped is gone on with by the same command. Keys, where a service has any, come from
    the environment: OPENALEX_API_KEY, S2_API_KEY, NCBI_API_KEY; RECOMMENDER_MAILTO tells the services whom
    to write to.

    \b
    recommender fetch arxiv --category cs.CL --since 2026-11-01 --out new.jsonl
    recommender fetch ids dois.txt --out papers.jsonl
    """


@fetch.command()
@_options(
    _category("E.g. cs.CL, or cs for all of it."),
    _SEARCH,
    _SINCE,
    _UNTIL,
    click.option(
        "--changed", is_flag=True, help="What was added, changed or withdrawn in these days, of a category."
    ),
)
def arxiv(**given: Any) -> int:
    """Papers of arXiv: by category, words, days of submission, or ids.

    \b
    recommender fetch arxiv --category cs.CL --since 2026-11-01 --out new.jsonl
    recommender fetch arxiv --search "ti:grebe AND abs:pond" --out grebes.jsonl
    """
    return _run("arxiv", **given)


@fetch.command()
@_options(
    _category("E.g. neuroscience."),
    _SINCE,
    _UNTIL,
    click.option("--medrxiv", is_flag=True, help="Of medRxiv, its sister for the health sciences."),
)
def biorxiv(medrxiv: bool, **given: Any) -> int:
    """The preprints that bioRxiv, or medRxiv, had in some days; or by DOI.

    \b
    recommender fetch biorxiv --category neuroscience --since 7d --out new.jsonl
    """
    return _run("biorxiv", collection="medrxiv" if medrxiv else "", **given)


@fetch.command()
@_options(_SINCE, _UNTIL)
def hf(**given: Any) -> int:
    """Hugging Face's daily papers: day by day, or by arXiv id.

    \b
    recommender fetch hf --since 7d --out daily.jsonl
    """
    return _run("hf", **given)


@fetch.command()
@_options(
    _SEARCH,
    click.option("--filter", default="", metavar="TEXT", help="OpenAlex's own, e.g. topics.id:T10028."),
    _SINCE,
    _UNTIL,
)
def openalex(**given: Any) -> int:
    """OpenAlex: by words, filter, days of publication, or ids of any kind.

    \b
    recommender fetch openalex --search "grebe courtship" --since 2026 --out new.jsonl
    """
    return _run("openalex", **given)


@fetch.command()
@_options(_SEARCH, _SINCE, _UNTIL)
def pubmed(**given: Any) -> int:
    """PubMed: by its searches and the days on which it had the articles first, or by PMID or DOI.

    \b
    recommender fetch pubmed --search "grebe[ti] AND pond" --since 30d --out new.jsonl
    """
    return _run("pubmed", **given)


@fetch.command()
@_options(_SEARCH, _category("A field of study, e.g. Biology."), _SINCE, _UNTIL)
def s2(**given: Any) -> int:
    """Semantic Scholar: by words and days of publication, or ids of any kind.

    \b
    recommender fetch s2 --search "grebe courtship" --since 2026 --out new.jsonl
    """
    return _run("s2", **given)


@fetch.command("ids")
@click.argument("ids", metavar="FILE")
@_KNOWN
@_LIMIT
@_OUT
@strict_option
def by_ids(**given: Any) -> int:
    """Papers by id, DOI or url, of any kind: each from the service that knows it best.

    \b
    recommender fetch ids wanted.txt --corpus my.corpus --out new.jsonl
    """
    return _run("ids", **given)


def _run(
    service: str, *, ids: str | None, known: str | None, limit: int | None, out: str, **words: Any
) -> int:
    """Fetch into the file; the exit status."""
    from ..fetch.fetching import Request, fetched
    from ..fetch.service import Question

    names = None
    if ids is not None:
        if given := [f"--{name}" for name, value in words.items() if value]:
            raise ParameterError(f"--ids names the papers; {', '.join(given)} would choose others")
        names = _wanted(ids, known)
    elif known is not None:
        raise ParameterError("--corpus says which papers are there already, and needs --ids")
    request = Request(service, Question(**words), limit, names)
    with resumable(), fetched(request, checked_path(out, "--out")) as (files, report):
        files.finish()
    status = _tell(report)
    if names and not report.papers:
        return echo_error(f"{out}: none of {len(names):,} papers is known there")
    say(f"{out}: {report}")
    return status


def _tell(report: FetchReport) -> int:
    """What was odd, and what is not known; the exit status."""
    problems = [*report.problems, *(f"not known there: {name}" for name in report.unknown)]
    more = max(0, len(problems) - _SHOWN)
    # What is only odd was taken all the same.
    harmless = not (report.rejected or report.unknown)
    status = echo_problems(problems[:_SHOWN], more, harmless=harmless)
    for note in report.notes:
        echo_notice(note)
    return status


def _wanted(file: str, known: str | None) -> tuple[str, ...]:
    """The papers that a file names, but for those that the corpus has."""
    from ..fetch.wanted import best_name, names_in_file

    papers = list(names_in_file(checked_path(file, "--ids")))
    if known is not None:
        from ..corpus import Corpus, find_rows_of

        with Corpus.open(known) as corpus:
            rows = find_rows_of(corpus.snapshot, {name for names in papers for name in names})
            papers = [names for names in papers if not any(rows[name] for name in names)]
    return tuple(dict.fromkeys(best_name(names) for names in papers))


# Sources of `add`

FIRST_TIME = "7d"
"""What ``last`` means for a corpus that never had the source."""

LAST = "last"

_PREFIX = re.compile(
    r"(arxiv|biorxiv|medrxiv|hf|openalex|pubmed|s2|doi|pmid|acl):(.*)", re.IGNORECASE | re.DOTALL
)
_SERVICE = {"medrxiv": "biorxiv"}
_BY_CATEGORY = frozenset({"arxiv", "biorxiv", "medrxiv"})
_ONLY_IDS = frozenset({"doi", "pmid", "acl"})


@dataclass(frozen=True)
class _Source:
    """A source on the network."""

    name: str
    """As the corpus remembers it."""
    request: Request
    remembered: bool


def is_on_network(source: str) -> bool:
    """Whether a source of `add` is asked for on the network; a file of this name is a file."""
    return _PREFIX.fullmatch(source) is not None and not _is_there(source)


def _is_there(source: str) -> bool:
    try:
        return Path(source).exists()
    except (OSError, ValueError):
        return False


@contextmanager
def downloaded(
    sources: Sequence[str],
    folder: str,
    since: str | None,
    limit: int | None,
    for_files: Sequence[object] = (),
) -> Iterator[tuple[str, ...]]:
    """The sources, with a file in the place of each that is on the network.

    The files lie in the corpus's folder. When the block has ended well its papers are in, and only then the
    corpus remembers up to which day it has a source; what was downloaded stays until then. With a limit
    nothing is remembered: there may be more. `for_files` are options that say how files are to be read.
    """
    from ..corpus import remember_fetched
    from ..fetch.fetching import fetched

    place = Path(folder)
    asked_for = [source for source in sources if is_on_network(source)]
    if since is not None and not asked_for:
        raise ParameterError("--since is for sources on the network, such as arxiv:cs.CL")
    if asked_for and (any(for_files) or source_encoding()):
        raise ParameterError(
            f"--format, --map, --encoding and --vectors are for files, not for {asked_for[0][:80]}"
        )
    with ExitStack() as stack:
        files, done = [], []
        for source in dict.fromkeys(sources):
            if source not in asked_for:
                files.append(source)
                continue
            asked = _source(source, place, since or LAST, limit)
            path = place / f"fetching-{_slug(asked.name)}.jsonl"
            progress, report = stack.enter_context(fetched(asked.request, path, anew=True))
            _tell(report)
            if not (report.papers or report.deleted) and report.unknown:
                raise FetchError(f"{source}: not known there")
            say(f"{source}: {report}")
            if progress.path.stat().st_size:
                files.append(str(progress.path))
            done.append((asked, progress))
        yield tuple(files)
        for asked, progress in done:
            if asked.remembered and progress.state is not None:
                remember_fetched(place, asked.name, progress.state.day)
            progress.drop()


def _source(written: str, folder: Path, since: str, limit: int | None) -> _Source:
    from ..fetch.fetching import Request
    from ..fetch.service import Question
    from ..identifiers import parse_identifier

    found = _PREFIX.fullmatch(written)
    assert found is not None
    prefix, rest = found[1].lower(), found[2].strip()
    identifier = parse_identifier(written)
    if identifier is not None:
        return _Source(identifier, Request("ids", Question(), named=(identifier,)), remembered=False)
    if prefix in _ONLY_IDS:
        raise ParameterError(f"{written[:80]!r} is no identifier of a paper")
    name = f"{prefix}:{rest}"
    service = _SERVICE.get(prefix, prefix)
    question = Question(
        category=rest if prefix in _BY_CATEGORY else "",
        search="" if prefix in _BY_CATEGORY or prefix == "hf" else rest,
        since=_first_day(service, name, folder, since),
        changed=prefix == "arxiv",
        collection="medrxiv" if prefix == "medrxiv" else "",
    )
    if prefix == "hf" and rest:
        raise ParameterError(f"{written[:80]!r}: the daily papers have no parts; write hf:")
    return _Source(name, Request(service, question, limit), remembered=limit is None)


def _first_day(service: str, name: str, folder: Path, since: str) -> str:
    """Since when to ask: a little before the day up to which the corpus has the source."""
    from ..corpus import last_fetched
    from ..fetch import SERVICES

    if since != LAST:
        return since
    last = last_fetched(folder, name)
    if last is None:
        return FIRST_TIME
    before = datetime.timedelta(days=SERVICES[service].overlap)
    return (datetime.date.fromisoformat(last) - before).isoformat()


def _slug(name: str) -> str:
    """A file's name for a source."""
    plain = re.sub(r"[^A-Za-z0-9.]+", "-", name)[:60].strip("-.")
    return f"{plain}-{hashlib.sha256(name.encode(errors='replace')).hexdigest()[:8]}"
