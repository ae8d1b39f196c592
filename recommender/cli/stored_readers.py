"""Stored readers: the options that name one, and the file and the corpus that a command works with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from ..display import pluralize
from ..errors import NotACorpus, ProfileError
from ..option_values import DATABASE
from .messages import echo_notice

if TYPE_CHECKING:
    from ..corpus import Corpus, Snapshot
    from ..profiles import Profile
    from ..readership import Opinion, Reader, Readership

_NAMED, _LONGEST = 5, 60  # papers in one line, and characters of each

required_as_option = click.option(
    "--as", "reader_name", metavar="NAME", required=True, help="Which reader, see `reader add`."
)

corpus_of_readers_option = click.option(
    "--corpus",
    "folder",
    metavar="DIR",
    envvar="RECOMMENDER_CORPUS",
    help="Default: RECOMMENDER_CORPUS, else the embedded sample, else none where --readers is given.",
)


def now() -> datetime:
    """The present moment, in the machine's zone."""
    return datetime.now().astimezone()


def is_of_nobody(readers: str | None, reader_name: str | None) -> bool:
    """Whether a file of readers is named, in the command itself, and none of them."""
    source = click.get_current_context().get_parameter_source("readers")
    return readers is not None and reader_name is None and source is ParameterSource.COMMANDLINE


def readers_place(readers: str | None, folder: str | None) -> Path:
    """Where the file of readers is. Raises NotACorpus where it should lie beside what is no corpus."""
    from ..files import checked_path
    from ..readership import readers_file

    if readers is not None:
        return checked_path(readers, "--readers")
    if folder is not None and not (checked_path(folder, "--corpus") / DATABASE).is_file():
        raise NotACorpus(
            f"{folder} holds no corpus, beside which the file of readers is; name it with --readers"
        )
    return readers_file(folder)


@contextmanager
def corpus_of_readers(readers: str | None, folder: str | None) -> Iterator[Corpus | None]:
    """The corpus that knows the papers; None where only a file of readers is named."""
    from ..corpus import Corpus

    if folder is None and readers is not None:
        yield None
        return
    if folder is None:
        corpus = Corpus.sample()
        echo_notice(f"(no --corpus: the embedded sample of {len(corpus)} papers)")
    else:
        corpus = Corpus.open(folder)
    with corpus:
        yield corpus


def snapshot_of(corpus: Corpus | None) -> Snapshot | None:
    """The state of a corpus, if there is one."""
    return None if corpus is None else corpus.snapshot


def profile_of(readership: Readership, reader: Reader, corpus: Corpus) -> Profile:
    """A stored reader's profile. Raises ProfileError, which says how to begin, where nothing is liked."""
    from ..readership import stored_profile

    profile = stored_profile(readership, reader, corpus.snapshot)
    if profile is None:
        raise ProfileError(
            f"{reader.name} likes no paper yet: recommender mark liked ID --as {_quoted(reader.name)}, or "
            f"recommender reader add {_quoted(reader.name)} --from FILE"
        )
    return profile


def as_reader(
    profile: Profile | None, name: str, readers: str | None, folder: str | None, corpus: Corpus
) -> Profile:
    """The profile of a stored reader; where a question has its own, that without what the reader has seen,
    saved for later or does not like.
    """
    from ..readership import Readership, find_reader, papers_to_leave_out

    with Readership.read(readers_place(readers, folder)) as readership:
        reader = find_reader(readership, name)
        if profile is None:
            return profile_of(readership, reader, corpus)
        left_out = papers_to_leave_out(readership, reader, corpus.snapshot)
    return replace(profile, seen=(*profile.listed("seen"), *left_out))  # type: ignore[arg-type]


def _quoted(name: str) -> str:
    import shlex

    return shlex.quote(name)


def titles_of(corpus: Corpus | None, lines: list[Opinion]) -> dict[int, str]:
    """By number, each opinion's paper with its title, as far as the corpus or a library knows it."""
    import json

    titles: dict[str, str] = {line.id: "" for line in lines}
    for line in lines:
        if line.record:
            titles[line.id] = titles[line.id] or str(json.loads(line.record).get("title", ""))
    labels = labels_of(corpus, titles)
    return {line.number: labels[line.id] for line in lines}


def labels_of(corpus: Corpus | None, titles: Mapping[str, str]) -> dict[str, str]:
    """By its id, each paper with its title: that of the corpus, else the one that it is given with."""
    found = titles_in(corpus, titles)
    return {name: f"{title} [{name}]" if title else name for name, title in found.items()}


def titles_in(corpus: Corpus | None, titles: Mapping[str, str]) -> dict[str, str]:
    """The titles of papers by their ids, those of the corpus where it has them."""
    from ..corpus import find_rows_of

    if corpus is None:
        return {**titles}
    rows = {name: rows[0] for name, rows in find_rows_of(corpus.snapshot, titles).items() if len(rows) == 1}
    labels = corpus.snapshot.labels(rows.values())
    return {**titles, **{name: labels[row][1] for name, row in rows.items()}}


def lacking_papers(unknown: Sequence[str], then: str = "") -> list[str]:
    """A line on papers that the corpus lacks, and what becomes of them, where there are any."""
    if not unknown:
        return []
    more = f" and {len(unknown) - _NAMED:,} more" if len(unknown) > _NAMED else ""
    are = "is" if len(unknown) == 1 else "are"
    return [
        f"{pluralize(len(unknown), 'paper')} {are} not in this corpus{then}: "
        f"{', '.join(map(_short, unknown[:_NAMED]))}{more}"
    ]


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 3]}..."
