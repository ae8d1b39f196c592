"""Make the lists of a batch job without doing the job: nothing is written, and nothing counts as shown."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO, Any

from ..corpus import Corpus
from ..errors import ParameterError
from ..files import checked_path, temporary_folder
from ..profiles import Skipped
from ..profiles.scales import RatingScale
from ..profiles.store import ProfileStore
from ..readership.ledger import Ledger
from ..readership.taking_over import default_ledger_copy
from .formats import Csv, Format, Parquet, format_of
from .history import History, add_finished_runs, drop_unfinished_runs
from .job import BLOCK, BatchOptions
from .run import log_progress, summed, warnings_for_all
from .workers import Counts, block_rows

_TOLD = 10  # of what was not served


def preview_batch(
    profiles: str | os.PathLike[str],
    corpus: str | os.PathLike[str],
    out: str | os.PathLike[str],
    options: BatchOptions,
    write: Callable[[str], None],
    *,
    mapping: Mapping[str, str] | None = None,
    scale: RatingScale | None = None,
    since_last: bool = False,
    ledger: str | os.PathLike[str] | None = None,
    model_dir: str | None = None,
) -> dict[str, Any]:
    """Make the lists that `run_batch` would make now, and write them nowhere but with `write`.

    They are those of a job that begins: what lies in `out` is not looked at, except that what it showed does
    not count, as the job would replace it. The ledger is read and stays as it is.

    Parameters
    ----------
    profiles, corpus, out : str or path
        As for `run_batch`.
    options : BatchOptions
        What is done for every reader. Of the format ``parquet``, which is no text, the lists are CSV.
    write : callable
        Takes the lists, some at a time, as text in their format.
    mapping : dict of str to str, optional
        Columns of `profiles` that are called otherwise (field -> column).
    scale : RatingScale, optional
        What is declared of the ratings.
    since_last : bool, default False
        Leave out what a reader was shown by earlier jobs.
    ledger : str or path, optional
        What earlier jobs and editions showed, by default as for `run_batch`.
    model_dir : str, optional
        Where the encoder's weights are.

    Returns
    -------
    dict
        What the manifest of the job would say: ``counts``, ``ratings``, ``warnings``; and ``rejected``, the
        first of what was not served.

    Raises
    ------
    ProfileError
        When `profiles` cannot be read.
    ParameterError
        For an option that cannot be used.
    CorpusError
        When the corpus cannot be opened.

    Examples
    --------
    >>> from recommender import Corpus
    >>> from recommender.batch import BatchOptions, preview_batch
    >>> with Corpus.sample() as corpus:
    ...     with Corpus.build(list(corpus), "my.corpus", encoder="static"):
    ...         pass
    >>> with open("readers.csv", "w") as file:
    ...     _ = file.write("user,paper\\nAnn,2106.09685\\n")
    >>> made = preview_batch("readers.csv", "my.corpus", "monday", BatchOptions(k=2), [].append)
    >>> made["counts"]["recommendations"]
    2
    """
    if ledger is not None and not since_last:
        raise ParameterError(f"the ledger {os.fspath(ledger)} is of use with since_last only")
    folder = checked_path(out, "the output folder")
    kind = Csv() if options.format == Parquet.name else format_of(options.format)
    rejected: list[Skipped] = []
    counts = Counts()
    with (
        temporary_folder("batch") as place,
        ProfileStore.stage(profiles, place / "profiles.sqlite", mapping=mapping, scale=scale) as store,
        Corpus.open(Path(corpus), model_dir=model_dir) as opened,
        opened.pinned() as pinned,
    ):
        history = None
        if since_last:
            copy = Ledger.copy_of(Path(ledger)) if ledger else default_ledger_copy(corpus, folder)
            drop_unfinished_runs(copy, folder)
            add_finished_runs(copy, folder, pinned.snapshot)
            history = History(copy, copy.runs, pinned.snapshot, folder)
        rejected += store.skipped()
        staged = len(rejected)
        write(_joined(kind, []))
        with log_progress(len(store), 0) as tick:
            for start in range(0, len(store), BLOCK):
                block = store.block(start, start + BLOCK, named=history is not None)
                shown = block if history is None else history.with_impressions(block)
                rows, refused, of_block = block_rows(pinned, options, shown)
                write(kind.part(rows).decode())
                counts += of_block
                rejected = [*rejected, *refused][:_TOLD]
                tick(len(block))
        return {
            "counts": summed(counts, store, staged),
            "ratings": store.ratings,
            "warnings": [*store.warnings, *warnings_for_all(pinned.snapshot, options)],
            "rejected": [one.to_dict() for one in rejected[:_TOLD]],
        }


def _joined(kind: Format, parts: Iterable[bytes]) -> str:
    file: IO[bytes] = io.BytesIO()
    kind.join(parts, file)
    file.seek(0)
    return file.read().decode()
