"""Commands that make, change and inspect a corpus, and the demo."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..display import pluralize
from ..errors import UnknownPaper
from ..option_values import DEFAULT_PRECISION, DEFAULT_RECALL, INDEXES, PRECISIONS
from ..sample import PROFILES
from . import resumable
from .answers import table
from .messages import deliver, echo_error, echo_problems, hand_over, say, strict_option, tell_report
from .options import again_option, corpus_option, executor_options, parse_mapping, source_options, text_option

if TYPE_CHECKING:
    from ..corpus import Corpus, CorpusInfo
    from ..engine import Recommender
    from ..profiles import Profile
    from ..recommendations import Recommendations


_Command = TypeVar("_Command", bound=Callable[..., Any])


def _index_options(command: _Command) -> _Command:
    """What `build` and `compact` may be told of the index."""
    kinds = f"auto (chosen by size, the default), {', '.join(INDEXES)}."
    share = f"Share of the ten nearest that an approximate index finds; default {DEFAULT_RECALL}."
    recall = click.option("--recall", type=float, metavar="R", help=share)
    return click.option("--index", metavar="KIND", help=kinds)(recall(command))


@click.command()
@source_options
@click.option(
    "--encoder",
    default="auto",
    show_default=True,
    metavar="NAME",
    help="minilm, static (far faster), minilm-papers, a sentence-transformers name, or a model's folder; "
    "NAME@128 for fewer dimensions. auto: minilm where it takes less than two minutes, else static.",
)
@text_option
@click.option(
    "--query-prompt",
    metavar="PROMPT",
    help="What stands before texts that search: a prompt's name, or a text such as 'query: '.  [default: as "
    "the model's folder says]",
)
@click.option("--document-prompt", metavar="PROMPT", help="The same before papers.")
@_index_options
@click.option(
    "--precision", metavar="P", help=f"Of the vectors: {', '.join(PRECISIONS)} (default {DEFAULT_PRECISION})."
)
@click.option("--overwrite", is_flag=True, help="Replace the corpus in DIR, once the new one is whole.")
@again_option
@executor_options
@corpus_option
def build(
    sources: tuple[str, ...],
    format_: str | None,
    columns: tuple[str, ...],
    limit: int | None,
    vectors: str | None,
    model_dir: str | None,
    encoder: str,
    text: str | None,
    query_prompt: str | None,
    document_prompt: str | None,
    index: str | None,
    recall: float | None,
    precision: str | None,
    overwrite: bool,
    again: tuple[str, ...],
    executor: str,
    address: str | None,
    workers: int | None,
    folder: str,
) -> int:
    """Make a corpus of papers, or go on where building it was stopped. SOURCE - is standard input.

    \b
    recommender build arxiv-metadata.jsonl.gz --corpus my.corpus --limit 20000
    recommender build library.csv --corpus my.corpus --map title=Title --map abstract=Notes
    recommender build arxiv.parquet --corpus my.corpus --encoder minilm --executor ray --workers 8
    recommender build papers.parquet --vectors vectors.npy --encoder specter2 --text '{title}[SEP]{abstract}'
    recommender build papers.csv --encoder intfloat/e5-base-v2 --document-prompt passage --corpus my.corpus
    """
    from ..corpus import Corpus
    from .opinions import names_of

    with resumable(lambda: _how_far(folder, overwrite=overwrite)):
        corpus = Corpus.build(
            sources,
            folder,
            encoder=encoder,
            model_dir=model_dir,
            vectors=vectors,
            text=text,
            query_prompt=query_prompt,
            document_prompt=document_prompt,
            index=index,
            recall=recall,
            precision=precision,
            format=format_,
            mapping=parse_mapping(columns),
            limit=limit,
            executor=executor,
            address=address,
            workers=workers,
            overwrite=overwrite,
            again=names_of(again, "--again"),
        )
    with corpus:
        status = tell_report(corpus.report) if corpus.report else 0
        command = shlex.join(["recommender", "like", next(iter(corpus)).id, "--corpus", folder])
        say(f"{folder}: {len(corpus):,} papers" + f"; try: {command}" * (len(command) < 200))
    return status


@click.command()
@source_options
@text_option
@executor_options
@click.option(
    "--since",
    metavar="DATE",
    help="Of a source on the network: the first day, or last, where the corpus stopped (the default).",
)
@again_option
@corpus_option
def add(
    sources: tuple[str, ...],
    format_: str | None,
    columns: tuple[str, ...],
    limit: int | None,
    vectors: str | None,
    model_dir: str | None,
    text: str | None,
    executor: str,
    address: str | None,
    workers: int | None,
    since: str | None,
    again: tuple[str, ...],
    folder: str,
) -> int:
    """Add papers to a corpus; changed ones take the place of what they were, field by field: a record that
    says less takes nothing away, and what was removed stays out. SOURCE - is standard input; arxiv:cs.CL,
    biorxiv:, medrxiv:, hf:, openalex:, pubmed: and s2: ask on the network for what is new, or for one paper
    by its id.

    \b
    recommender add more.parquet --corpus my.corpus
    recommender add arxiv:cs.CL --since last --corpus my.corpus
    """
    from ..corpus import Corpus
    from .network import downloaded
    from .opinions import names_of

    with Corpus.open(folder, model_dir=model_dir) as corpus:
        with (
            resumable(lambda: _how_far(folder)),
            downloaded(sources, folder, since, limit, for_files=(format_, columns, vectors)) as files,
        ):
            if not files:
                say(f"{folder}: nothing new, {len(corpus):,} papers")
                return 0
            report = corpus.add(
                files,
                vectors=vectors,
                text=text,
                format=format_,
                mapping=parse_mapping(columns),
                limit=limit,
                executor=executor,
                address=address,
                workers=workers,
                again=names_of(again, "--again"),
            )
        status = tell_report(report)
        say(f"{folder}: {len(corpus):,} papers")
    return status


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID|FILE...]")
@click.option("--file", "files", multiple=True, metavar="FILE", help="Papers one a line, or in any list.")
@click.option(
    "--category",
    "categories",
    multiple=True,
    metavar="C",
    help="All papers of it, and new ones stay out; e.g. cs.CL, or cs for all of it.",
)
@click.option("--until", metavar="DATE", help="From this day on they may come again; default: never.")
@strict_option
@corpus_option
def remove(
    ids: tuple[str, ...], files: tuple[str, ...], categories: tuple[str, ...], until: str | None, folder: str
) -> int:
    """Remove papers. They stay out when they are added again, until they are added by name (`add --again`).
    `compact` gives the space back.

    \b
    recommender remove 2106.09685 --corpus my.corpus
    recommender remove --file withdrawn.txt --until 2027-01-01 --corpus my.corpus
    recommender remove --category cs.CV --corpus my.corpus
    """
    from ..corpus import Corpus
    from .opinions import names_of, names_of_files

    named = [*names_of(ids, "--file"), *names_of_files(files, "--file")]
    if not named and not categories:
        raise click.UsageError("name what is to be removed: ID..., --file FILE or --category C")
    with Corpus.open(folder) as corpus:
        before = len(corpus)
        unknown = corpus.remove(named, categories=categories, until=until)
        message = f"not in {folder}: {', '.join(unknown)}"
        if named and len(unknown) == len(set(named)) and not categories:
            raise UnknownPaper(message)
        say(f"{folder}: {before - len(corpus):,} removed, {len(corpus):,} papers left")
    return echo_problems([message] if unknown else [])


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@corpus_option
def info(as_json: bool, folder: str) -> None:
    """Tell what a corpus holds: papers, encoder, index, dates, sizes.

    \b
    recommender info --corpus my.corpus
    """
    from ..corpus import Corpus

    with Corpus.open(folder) as corpus:
        facts = corpus.info()
    if as_json:
        hand_over(f"{json.dumps({**asdict(facts), 'bytes_per_paper': facts.bytes_per_paper})}\n")
        return
    for name, value in _lines(facts).items():
        say(f"{name:<11} {value}")


@click.command()
@corpus_option
def verify(folder: str) -> int:
    """Check every byte of a corpus that counts.

    \b
    recommender verify --corpus my.corpus
    """
    from ..corpus import Corpus
    from ..corpus import verify as verify_corpus

    problems = verify_corpus(Path(folder))
    for problem in problems:
        echo_error(problem)
    if problems:
        return 1
    with Corpus.open(folder) as corpus:
        say(f"{folder}: {len(corpus):,} papers, all as written")
    return 0


@click.command()
@_index_options
@corpus_option
def compact(index: str | None, recall: float | None, folder: str) -> None:
    """Drop what removals and changes left behind, give the space back, build the index again.

    \b
    recommender compact --corpus my.corpus
    recommender compact --corpus my.corpus --index hnsw --recall 0.995
    """
    from ..corpus import Corpus

    with Corpus.open(folder) as corpus:
        before = corpus.info()
        corpus.compact(index=index, recall=recall)
        after = corpus.info()
    say(f"{folder}: {before.removed:,} vectors dropped, {_size(before)} -> {_size(after)}")


def _how_far(folder: str, *, overwrite: bool = False) -> str:
    """Of a build that was stopped. Raises NotACorpus where nothing is there to go on from."""
    from ..corpus import Corpus, folder_in_work

    place = folder_in_work(Path(folder)) if overwrite else folder
    with Corpus.open(place) as corpus:
        if overwrite and corpus.snapshot.unfinished is None:
            return f"{folder}: the corpus that was there is as it was"
        return f"{place}: {len(corpus):,} papers are in"


def _staying_out(facts: CorpusInfo) -> str:
    """What was removed and is not added again; empty where nothing was."""
    papers = pluralize(facts.staying_out, "removed paper") if facts.staying_out else ""
    names = ", ".join(facts.categories_staying_out)
    return ", and ".join(filter(None, (papers, f"whatever is of {names}" if names else "")))


def _size(facts: CorpusInfo) -> str:
    return _bytes(facts.size_bytes)


def _bytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{size / 1e3:,.0f} kB"


def _fingerprint(facts: CorpusInfo) -> str:
    if facts.verified:
        return f"fingerprint {facts.fingerprint[:12]}"
    return "given vectors, never compared with the encoder"


def _index(facts: CorpusInfo) -> str:
    files = f"{facts.segments} vector file{'s' * (facts.segments != 1)}"
    if facts.index_problem:
        return f"exact, {files} ({facts.index_problem}; `recommender compact` builds the index again)"
    if not facts.indexed:
        return f"{facts.index}, {files}"
    behind = facts.papers + facts.removed - facts.indexed
    later = f"; {behind:,} newer vectors searched exactly" * bool(behind)
    measured = f"recall@10 {facts.recall:.3f} over {facts.recall_sample:,} papers"
    wanted = f"({facts.recall_wanted:g} wanted), effort {facts.effort}"
    return f"{facts.index}, {measured} {wanted}, {_bytes(facts.index_bytes)}, {files}{later}"


def _minute(moment: str) -> str:
    return f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M} UTC"


def _lines(facts: CorpusInfo) -> dict[str, str]:
    from indexes import PRECISIONS

    from ..corpus.info import describe_cosines
    from ..corpus.manifest import describe_prompts

    unfinished = f" of {facts.unfinished:,}; the same build command goes on" if facts.unfinished else ""
    vectorless = f", {facts.without_vector:,} without a dense vector" if facts.without_vector else ""
    retracted = f", {facts.retracted:,} retracted" if facts.retracted else ""
    notices = f", {facts.notices:,} notices of others" if facts.notices else ""
    return {
        "papers": f"{facts.papers:,}{unfinished}{vectorless}{retracted}{notices}",
        "removed": f"{facts.removed:,} vectors that compact would drop",
        **({"stay out": _staying_out(facts)} if _staying_out(facts) else {}),
        "encoder": f"{facts.encoder}, {facts.dim} dimensions, {_fingerprint(facts)}",
        "cosines": describe_cosines(facts),
        "text": facts.text.replace("\n", "\\n"),
        **({"prompts": describe_prompts(facts.prompts)} if facts.prompts else {}),
        "index": _index(facts),
        "published": f"{facts.first_published or '?'} to {facts.last_published or '?'}; "
        f"{facts.undated:,} without a date",
        **({"arrived": f"the last ones {_minute(facts.last_arrived)}"} if facts.last_arrived else {}),
        "categories": ", ".join(f"{name} {count:,}" for name, count in facts.categories) or "none",
        "vectors": f"{facts.precision}, {facts.dim * PRECISIONS[facts.precision].itemsize:,} bytes a paper",
        "size": f"{_size(facts)}, {facts.bytes_per_paper:,.0f} bytes a paper in all",
        **({"languages": facts.advice} if facts.advice else {}),
        "built from": ", ".join(facts.sources),
    }


_SEED = "2306.05284"
_READERS = ("Mei", "Tomás")

# Papers of the first list: what is left of one screen holds three.
_SHORT, _LONG = 3, 5


@click.command()
@click.option("--more", is_flag=True, help="Everything: readers with several interests, and more variety.")
def demo(more: bool) -> None:
    """Show what it does on the embedded sample: no network, no model, nothing to set up.

    \b
    recommender demo
    recommender demo --more
    """
    from ..corpus import Corpus
    from ..engine import Recommender

    with Corpus.sample() as corpus:
        recommender = Recommender(corpus)
        say(f"The embedded sample: {len(corpus)} papers on machine learning and its neighbours.\n")
        count = _LONG if more else _SHORT
        heading = f"{'1. ' * more}More like one paper: {corpus[_SEED].title}"
        _heading(heading, f"recommender like {_SEED} -k {count}")
        _show(recommender.more_like(_SEED, k=count))
        if more:
            _tell_more(recommender)
    _heading("Now with your own papers", "")
    say("  recommender build papers.jsonl --corpus my.corpus     (JSON Lines, CSV, Parquet, arXiv ...)")
    say("  recommender like ID --corpus my.corpus --out next.bib")
    if not more:
        say("  recommender demo --more     (readers with several interests, and more variety)")


def _tell_more(recommender: Recommender) -> None:
    from ..profiles import load_profiles

    readers = {profile.name: profile for profile in load_profiles(PROFILES)}
    for number, name in enumerate(_READERS, 2):
        _heading(f"{number}. {name}. {readers[name].about}", f"recommender recommend {name} -k 6")
        _tell_profile(recommender.corpus, readers[name])
        _show(recommender.recommend(readers[name], k=6))
    _heading("4. The same seed, more variety", f"recommender like {_SEED} -k 5 --diversity 0.4")
    _show(recommender.more_like(_SEED, k=5, diversity=0.4))


def _show(recommendations: Recommendations) -> None:
    deliver(f"{table(recommendations)}\n", None, len(recommendations), table=True)


def _heading(text: str, command: str) -> None:
    say(text, bold=True)
    if command:
        say(f"   $ {command}\n", dim=True)


def _tell_profile(corpus: Corpus, profile: Profile) -> None:
    for mark, ids in (("likes", profile.liked), ("dislikes", profile.disliked), ("has seen", profile.seen)):
        for paper in (corpus[text] for text in ids):
            say(f"   {mark:<8}  {paper.title}")
    say()
