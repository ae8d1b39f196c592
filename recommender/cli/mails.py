"""Commands of mail: editions are sent, and what readers answer is counted."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ..errors import ParameterError, SourceError
from ..files import checked_path
from ..option_values import SEND_TRIES
from . import resumable
from .messages import echo_error, echo_notice, echo_problems, say, strict_option
from .options import as_option, readers_option
from .stored_readers import corpus_of_readers, corpus_of_readers_option, now, readers_place, snapshot_of

_NAMED = 20


@click.command()
@click.option("--smtp", metavar="HOST[:PORT]", help="The mail server; port 587, or 465 with TLS at once.")
@click.option(
    "--from",
    "sender",
    required=True,
    metavar="ADDRESS",
    help="Who sends, and where answers come: NAME <A@B>.",
)
@click.option("--user", default="", metavar="NAME", help="Who we are at the server.")
@click.option(
    "--password-file",
    metavar="FILE",
    help="The password, in a file of mode 600; by default that in RECOMMENDER_SMTP_PASSWORD.",
)
@click.option(
    "--insecure-smtp", is_flag=True, help="In clear and without a password, to a server on this machine only."
)
@click.option("--out", metavar="DIR", help="Only the editions that digest wrote there.  [default: all]")
@click.option(
    "--tries",
    type=click.IntRange(1, 1_000),
    default=SEND_TRIES,
    show_default=True,
    metavar="N",
    help="Runs in which a mail is tried before it is given up.",
)
@click.option("--base-url", default="", metavar="URL", help="Of a server of yours; see --one-click.")
@click.option(
    "--one-click", is_flag=True, help="The server at --base-url ends mails when URL/u/KEY is posted to."
)
@click.option("--dry-run", is_flag=True, help="Write each mail beside its page, as .eml, and send nothing.")
@readers_option
@corpus_of_readers_option
@strict_option
def send(
    *,
    smtp: str | None,
    sender: str,
    user: str,
    password_file: str | None,
    insecure_smtp: bool,
    out: str | None,
    tries: int,
    base_url: str,
    one_click: bool,
    dry_run: bool,
    readers: str | None,
    folder: str | None,
) -> int:
    """Send the editions that are due to their readers, each once; what a server refuses is named, and what it
    puts off is tried again by the next run. A server has to encrypt, or it gets nothing.

    \b
    recommender send --smtp smtp.example.org --user papers --from papers@example.org --corpus my.corpus
    recommender send --dry-run --out mails --from papers@example.org --corpus my.corpus
    """
    from ..mail import Sender, parse_address, parse_server, read_password, send_due, write_due
    from ..readership import Readership

    if one_click and not base_url:
        raise ParameterError("--one-click needs --base-url, the address of the server that answers it")
    who = Sender(parse_address(sender, "--from"), f"{base_url.rstrip('/')}/u" if one_click else "")
    place = readers_place(readers, folder)
    inside = None if out is None else checked_path(out, "--out")
    if inside is not None and not inside.is_dir():
        raise ParameterError(f"--out {out}: is no folder; name the one that digest wrote to")
    if dry_run:
        with Readership.read(place) as file:
            for path in write_due(file, who, at=now(), folder=inside):
                say(_nearby(path))
        return 0
    if smtp is None:
        raise ParameterError("--smtp HOST[:PORT] says where the mails go; or write them with --dry-run")
    password = "" if insecure_smtp and password_file is None else read_password(password_file)
    server = parse_server(smtp, user=user, password=password, insecure=insecure_smtp)
    with resumable(), Readership.job(place) as file:
        report = send_due(file, server, who, at=now(), folder=inside, tries=tries)
    problems = report.problems
    harmless = not (report.refused or report.given_up or report.put_off)
    status = echo_problems(problems[:_NAMED], max(0, len(problems) - _NAMED), harmless=harmless)
    say(str(report))
    return status


def _nearby(path: Path) -> str:
    """The path from here, where it lies below."""
    from_here = os.path.relpath(path)
    return str(path) if from_here.startswith(os.pardir) else from_here


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@as_option
@readers_option
@corpus_of_readers_option
@strict_option
def noted(files: tuple[str, ...], *, reader_name: str | None, readers: str | None, folder: str | None) -> int:
    """Count what readers answered, each answer once: mails (.eml, or a mailbox), what a page saved (JSON), or
    CSV with the columns paper and kind, and reader where --as does not say whose they are.

    A reply counts where it answers an edition of the very reader whose address it comes from: "1 3" likes the
    first and the third paper, "-2" is not for the reader, "later 4" and "seen 5" say so, "none" takes back
    what was said of the list, "stop" ends the mails.

    \b
    recommender noted ~/Mail/papers.mbox --corpus my.corpus
    recommender noted mei-day-2026-11-30.feedback.json opinions.csv --as Mei --corpus my.corpus
    """
    from ..mail import note_answers
    from ..readership import Readership, find_reader

    status, counted = 0, 0
    with (
        corpus_of_readers(readers, folder) as corpus,
        Readership.open(readers_place(readers, folder)) as readership,
    ):
        if reader_name:
            find_reader(readership, reader_name)
        for file in files:
            try:
                report = note_answers(
                    readership, [file], at=now(), reader=reader_name or "", snapshot=snapshot_of(corpus)
                )
            except SourceError as error:
                status = echo_error(str(error))
                continue
            counted += 1
            problems = report.problems
            status |= echo_problems(problems[:_NAMED], max(0, len(problems) - _NAMED))
            say(f"{Path(file).name}: {report}")
    if counted < len(files):
        echo_notice(f"{len(files) - counted:,} of {len(files):,} files could not be read")
    return status
