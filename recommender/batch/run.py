"""Run a batch job: stage the profiles, answer them block by block, join the output."""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Callable, Container, Generator, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..corpus import LOCAL, Corpus, Snapshot, allowed_mask, filter_warnings
from ..errors import BatchError, ParameterError, ProfileError
from ..files import SAFE, checked_path, refuse_undecodable
from ..profiles.records import NAMELESS
from ..profiles.scales import RatingScale, ScaleOption
from ..profiles.sources import is_parquet, no_profile
from ..profiles.store import ProfileStore
from ..progress import progress
from ..readership.ledger import Ledger, locked_ledger
from ..readership.taking_over import default_ledger_locked
from .folder import OutFolder
from .formats import format_of
from .history import History, add_finished_runs, drop_unfinished_runs
from .job import BLOCK, BatchOptions, Job
from .resume import check_folder, resume_or_start
from .unfinished import DamagedBlock
from .workers import BlockResult, Blocks, Counts, Executor


def log_progress(total: int, done: int) -> AbstractContextManager[Callable[[int], None]]:
    """Yields a function to call with the number of profiles just served; `done` were served before."""
    return progress("recommending", total, unit="profiles", done=done)


@dataclass(frozen=True)
class BatchReport:
    """A finished job: where its output is, and what ``manifest.json`` says of it.

    Attributes
    ----------
    path : Path
        The output folder.
    manifest : dict
        What ``manifest.json`` says: the job, its options, counts, warnings, timings and files.
    ran : bool
        Whether it was this call that finished it; False for a job that was done already.
    """

    path: Path
    manifest: dict[str, Any]
    ran: bool = True

    @property
    def output(self) -> Path | None:
        """The file of recommendations.

        Returns
        -------
        Path or None
            None where it is no more.
        """
        return OutFolder(self.path).output()

    @property
    def rejected(self) -> int:
        """How many profiles, rows, papers and interests were not served.

        Returns
        -------
        int
            The lines of ``rejected.jsonl``.
        """
        return int(self.manifest["counts"]["rejected"])

    @property
    def left_out(self) -> int:
        """How many rows, readers, papers and interests could not be served.

        Returns
        -------
        int
            An honest empty list is not among them, nor a row that was read without its date, nor a paper
            that the job avoids and the reader likes.
        """
        counts = self.manifest["counts"]
        return self.rejected - sum(int(counts.get(kind, 0)) for kind in ("empty", "cells", "wanted"))


_LOG = logging.getLogger("recommender")


def run_batch(
    profiles: str | os.PathLike[str],
    corpus: str | os.PathLike[str],
    out: str | os.PathLike[str],
    options: BatchOptions,
    *,
    mapping: Mapping[str, str] | None = None,
    scale: ScaleOption = None,
    like: float | None = None,
    dislike: float | None = None,
    liked_from: float | None = None,
    disliked_to: float | None = None,
    since_last: bool = False,
    ledger: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
    executor: str = LOCAL,
    address: str | None = None,
    workers: int | None = None,
    model_dir: str | None = None,
    block_size: int = BLOCK,
) -> BatchReport:
    """Recommend to every reader of a file of profiles, into a folder.

    The folder gets ``recommendations.parquet`` (or .jsonl, .csv) with a row for each recommendation,
    ``rejected.jsonl`` with what could not be served, and ``manifest.json``. The first two are the same bytes
    for the same profiles, corpus and options, whatever the executor, workers and interruptions. A job that
    was stopped is resumed when it is begun again. In a script call this under
    ``if __name__ == "__main__":``, as `multiprocessing` demands.

    Parameters
    ----------
    profiles : str or path
        A file of profiles, see `read_profiles`; it is read twice, so it is no pipe.
    corpus : str or path
        The corpus's folder.
    out : str or path
        A folder of its own for the output.
    options : BatchOptions
        What is done for every reader.
    mapping : dict of str to str, optional
        Columns of `profiles` that are called otherwise (field -> column).
    scale : tuple of float, or str, optional
        The least and the greatest rating, such as ``(1, 5)``, see `read_profiles`.
    like, dislike : float, optional
        Ratings of `like` and more are likes, of `dislike` and less dislikes.
    liked_from, disliked_to : float, optional
        The same under older names.
    since_last : bool, default False
        What a reader was shown by earlier jobs does not come again; a reader without a name is rejected.
    ledger : str or path, optional
        Where it is kept what earlier jobs and editions showed: by default the file of readers beside the
        corpus, where there is one, else `LEDGER` beside `out`. Finished jobs that lie beside `out` count as
        well. Of several jobs at once on one ledger each waits for the one before.
    overwrite : bool, default False
        Replace what another job left in `out`.
    executor : str, default "local"
        Who does the work: local, processes of this machine, or ray.
    address : str, optional
        Of a Ray cluster; without it Ray is started here.
    workers : int, optional
        By default one for each processor.
    model_dir : str, optional
        Where the encoder's weights are.
    block_size : int, default 1024
        Profiles that are processed together, which is what an interruption may cost each worker; what was
        begun with one size is resumed with the same.

    Returns
    -------
    BatchReport
        The finished job, also where it was finished before.

    Raises
    ------
    BatchError
        When the folder cannot be used, or holds another job.
    ProfileError
        When `profiles` cannot be read.
    ParameterError
        For an option that cannot be used.
    CorpusError
        When the corpus cannot be opened.

    Examples
    --------
    >>> from recommender import Corpus
    >>> from recommender.batch import BatchOptions, run_batch
    >>> with Corpus.sample() as corpus:
    ...     with Corpus.build(list(corpus), "my.corpus", encoder="static"):
    ...         pass
    >>> with open("readers.csv", "w") as file:
    ...     _ = file.write("user,paper\\nAnn,2106.09685\\n")
    >>> report = run_batch("readers.csv", "my.corpus", "monday", BatchOptions(k=2, format="csv"), workers=1)
    >>> report.manifest["counts"]["recommendations"]
    2
    """
    chosen = Executor(executor, workers, address)
    if block_size < 1:
        raise ParameterError(f"block_size is {block_size}; at least 1 is needed")
    reading = _Reading(
        profiles,
        mapping,
        RatingScale.of(scale, like, dislike, liked_from=liked_from, disliked_to=disliked_to),
    )
    if ledger is not None and not since_last:
        raise ParameterError(f"the ledger {os.fspath(ledger)} is of use with since_last only")
    folder = OutFolder(checked_path(out, "the output folder"))
    refuse_undecodable(folder.path, "the output folder")
    if _real(folder.path).is_relative_to(_real(checked_path(corpus, "the corpus"))):
        raise BatchError(f"{folder.path} lies in the corpus {os.fspath(corpus)}; choose a folder elsewhere")
    if ledger is not None:
        ledger = checked_path(ledger, "the ledger")
    with contextlib.ExitStack() as stack:
        with Corpus.open(Path(corpus), model_dir=model_dir) as checked:
            # A category that no paper has is refused now; what filters hide is said once for all readers.
            allowed_mask(checked.snapshot, options.answer.filters)
            for warning in filter_warnings(checked.snapshot, options.answer.filters):
                _LOG.warning(warning)
        reading.digest()
        stack.enter_context(folder.locked())
        check_folder(folder, overwrite=overwrite)
        shown = None
        if since_last:
            shown = stack.enter_context(
                locked_ledger(Path(ledger)) if ledger else default_ledger_locked(corpus, folder.path)
            )
        # Looked at when it is our turn: while another job had the ledger much may have changed.
        opened = stack.enter_context(Corpus.open(Path(corpus), model_dir=model_dir)).pinned()
        digest = reading.digest()
        if shown is not None:
            _catch_up(shown, folder, opened.snapshot)
        runs = shown.runs if shown else None
        job = Job.of(
            opened.snapshot, digest, options, runs, block=block_size, from_parquet=is_parquet(profiles)
        )
        job, finished = resume_or_start(folder, job, shown, overwrite=overwrite)
        if shown is not None and not shown.holds(job.name, folder.path) and shown.runs_in(folder.path):
            _LOG.info("%s is made again: what it showed before counts as not shown", folder.path)
        if finished is not None:
            return BatchReport(folder.path, finished, ran=False)
        avoided = options.avoid.within(opened.snapshot)
        for note in avoided.notes:
            _LOG.info(note)
        for problem in (*options.answer.banned.problems(opened.snapshot), *avoided.problems):
            _LOG.warning(problem)
        if not folder.is_staged():
            with _cleared(folder):
                reading.stage(folder.store, named=shown is not None)
                folder.begin(job.to_dict())
        store = stack.enter_context(ProfileStore.open(folder.store))
        run = _Run(folder, job, opened.snapshot, store, shown, chosen, Path(corpus), model_dir)
        return BatchReport(folder.path, run.finished())


def summed(counts: Counts, store: ProfileStore, staged: int) -> dict[str, int]:
    """What the manifest counts; of the source so many rows or cells were left out when it was `staged`."""
    return {
        "profiles": counts.profiles,
        **counts.to_dict(),
        "unnamed": store.unnamed,
        "merged": store.merged,
        "rows": staged - store.cells,
        "cells": store.cells,
        "rejected": (
            staged + counts.refused + counts.empty + counts.left_out + counts.unheld + counts.wanted
        ),
    }


def _real(path: str | os.PathLike[str]) -> Path:
    # Not `Path.resolve`: it raises what is no OSError where links lead in a circle.
    return Path(os.path.realpath(path))


@contextlib.contextmanager
def _cleared(folder: OutFolder) -> Iterator[None]:
    """Where no job comes to be leave nothing; one that was begun before is kept."""
    if folder.job() is None:
        folder.prepare()
    try:
        yield
    except BaseException:
        with contextlib.suppress(BatchError):
            if folder.job() is None:
                folder.clear_unfinished()
        raise


@dataclass(frozen=True)
class _Reading:
    """The file of profiles, and how it is read."""

    profiles: str | os.PathLike[str]
    mapping: Mapping[str, str] | None
    scale: RatingScale

    def digest(self) -> str:
        """What tells whether the profiles are the same."""
        return ProfileStore.digest_of(self.profiles, **self._options)

    def stage(self, path: Path, *, named: bool) -> None:
        """Read the profiles into a store; where readers must be `named` one at least has to be.

        That nobody is among them is no failure of a nightly job, but it is told.
        """
        with ProfileStore.stage(self.profiles, path, **self._options) as store:
            if named and 0 < store.unnamed == len(store):
                raise ProfileError(f"{os.fspath(self.profiles)}: {NAMELESS}")
            for warning in store.warnings:
                _LOG.warning("%s: %s", os.fspath(self.profiles), warning)
            if not len(store):
                _LOG.info(no_profile(os.fspath(self.profiles)))

    @property
    def _options(self) -> dict[str, Any]:
        return {"mapping": self.mapping, "scale": self.scale}


def warnings_for_all(snapshot: Snapshot, options: BatchOptions) -> tuple[str, ...]:
    """A line each on what filters hide from all readers for want of a date, and on what is banned or to be
    avoided and not there.
    """
    answer, avoided = options.answer, options.avoid.within(snapshot)
    return (
        *filter_warnings(snapshot, answer.filters),
        *answer.banned.problems(snapshot),
        *avoided.problems,
    )


def _catch_up(ledger: Ledger, folder: OutFolder, snapshot: Snapshot) -> None:
    """Take what lies beside the output folder into the ledger, and say so."""
    new = ledger.is_new
    drop_unfinished_runs(ledger, folder.path)
    runs = ", ".join(run.name for run in add_finished_runs(ledger, folder.path, snapshot))
    here = Path.cwd()
    place = ledger.path.relative_to(here) if ledger.path.is_relative_to(here) else ledger.path
    if new:
        told = f"it begins with {runs}" if runs else "nobody was shown anything yet"
        _LOG.info("the ledger %s is new: %s", place, told)
    elif runs:
        _LOG.info("the ledger %s did not know of %s yet", place, runs)


@dataclass(frozen=True)
class _Run:
    """One job whose profiles are staged."""

    folder: OutFolder
    job: Job
    snapshot: Snapshot
    store: ProfileStore
    ledger: Ledger | None
    executor: Executor
    corpus: Path
    model_dir: str | None

    def finished(self) -> dict[str, Any]:
        """Serve what is not served yet, write the output; returns the manifest."""
        started, total = time.monotonic(), -(-len(self.store) // self.job.block)
        before = self._done(total)
        profiles = sum(counts.profiles for counts in before.values())
        self._process(total, before)
        seconds = time.monotonic() - started
        files, counts = self._put_together(total)
        manifest = self._manifest(files, counts)
        rate = (len(self.store) - profiles) / seconds if len(before) < total else None
        manifest["timings"] = {
            "seconds": round(seconds, 3),
            "profiles_per_second": rate and round(rate, 1),
            "blocks_done_before": len(before),
            "executor": self.executor.name,
            "workers": self.executor.workers,
        }
        self.folder.finalize(manifest)
        if self.ledger is not None:
            self.ledger.confirm(self.job.name, self.folder.path)
        return manifest

    def _done(self, total: int) -> dict[int, Counts]:
        return self.folder.done(self.job.name, total, shown=self.ledger is not None)

    def _process(self, total: int, done: Container[int]) -> None:
        """Serve and store all blocks that are not done."""
        todo = [number for number in range(total) if number not in done]
        before = len(self.store) - sum(self._length(number) for number in todo)
        with (
            log_progress(len(self.store), before) as tick,
            contextlib.closing(self._processing(todo)) as serving,
        ):
            for number, served in serving:
                self.folder.commit_part(number, served)
                tick(served.counts.profiles)

    def _length(self, number: int) -> int:
        return min(self.job.block, len(self.store) - number * self.job.block)

    def _put_together(self, total: int) -> tuple[dict[str, dict[str, object]], Counts]:
        """Write the output and tell the ledger; a block that was damaged meanwhile is served again, once."""
        try:
            return self._joined(total)
        except DamagedBlock as damaged:
            _LOG.warning("%s: %s; it is served again", self.folder.unfinished.parts, damaged)
        self._process(total, self._done(total))
        try:
            return self._joined(total)
        except DamagedBlock as damaged:
            raise BatchError(f"{self.folder.unfinished.parts}: {damaged}, twice; {SAFE}") from damaged

    def _joined(self, total: int) -> tuple[dict[str, dict[str, object]], Counts]:
        rejections = (rejection.to_dict() for rejection in self.store.skipped())
        counts = self.folder.counts(total)
        files = self.folder.finish(format_of(self.job.options.format), total, rejections)
        if self.ledger is not None:
            told = self.folder.shown(total)
            self.ledger.add(self.job.name, self.folder.path, told, self.snapshot, pending=True)
        return files, counts

    def _processing(self, todo: list[int]) -> Generator[tuple[int, BlockResult], None, None]:
        options, content = self.job.options, self.job.corpus
        return self.executor.process(
            self._blocks(todo), len(todo), self.corpus, options, content, model_dir=self.model_dir
        )

    def _blocks(self, todo: list[int]) -> Blocks:
        history = None
        if self.ledger is not None and self.job.runs is not None:
            history = History(self.ledger, self.job.runs, self.snapshot, self.folder.path)
        for number in todo:
            span = (number * self.job.block, (number + 1) * self.job.block)
            block = self.store.block(*span, named=history is not None)
            yield number, block if history is None else history.with_impressions(block)

    def _manifest(self, files: dict[str, dict[str, object]], counts: Counts) -> dict[str, Any]:
        record = self.job.to_dict()
        record["corpus"] |= {"papers": len(self.snapshot), "index": self.snapshot.index_kind}
        staged = sum(1 for _ in self.store.skipped())
        return {
            "job": self.job.name,
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            **record,
            **({} if self.store.mark is None else {"unnamed": self.store.mark}),
            "counts": summed(counts, self.store, staged),
            "ratings": self.store.ratings,
            "warnings": [
                *self.store.warnings,
                *warnings_for_all(self.snapshot, self.job.options),
            ],
            "files": files,
        }
