"""Executors of a batch job: this process, several processes of this machine, or a Ray cluster.

What Ray does here is its own: it places the actors, starts one again that dies, and gives its block to it
once more. The bytes are those of the local executor.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

from .._extras import extra
from ..corpus import EXECUTORS, LOCAL, Corpus, content_hash
from ..diversity import RERANKS
from ..engine import Answer, answer_profiles, explain_empty
from ..errors import BatchError, ParameterError
from ..option_values import refuse_beyond
from ..profiles import Profile, Skipped
from ..ray_cluster import cluster, require_ray, translated_ray_errors
from ..scoring import STRATEGIES
from .formats import Row, RowBuilder, format_of
from .job import BatchOptions
from .pool import process_in_order, use_one_thread


@dataclass(frozen=True)
class Counts:
    """What became of some profiles: `served` got a paper or more, `empty` none, `refused` could not be asked
    for; `recommendations` is how many papers they got, `left_out` how many of theirs are unknown, `unheld`
    how many of their interests in words no paper holds a word of, `wanted` how many papers and texts that
    the job avoids are among their own likes and interests.
    """

    served: int = 0
    empty: int = 0
    refused: int = 0
    recommendations: int = 0
    left_out: int = 0
    unheld: int = 0
    wanted: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    @property
    def profiles(self) -> int:
        """How many there were."""
        return self.served + self.empty + self.refused

    def to_dict(self) -> dict[str, int]:
        """As JSON; `wanted` where there are any, as jobs were counted before one could avoid anything."""
        return {name: count for name, count in asdict(self).items() if count or name != _LATER}


_LATER = "wanted"


@dataclass(frozen=True)
class BlockResult:
    """A block of output: the rows in their format, what was rejected, and what that comes to.

    `shown` is for the ledger, which is told of names as they are and not as a format can write them: a line
    of JSON for each row, with its user, id and title.
    """

    part: bytes
    rejections: tuple[Skipped, ...]
    counts: Counts
    shown: bytes = b""


class BlockWorker:
    """Serves blocks of profiles from a corpus that does not change."""

    def __init__(self, corpus: Corpus, options: BatchOptions) -> None:
        self._corpus = corpus
        self._options = options

    @classmethod
    def open(
        cls,
        folder: Path,
        options: BatchOptions,
        content: str,
        *,
        model_dir: str | None = None,
        immutable: bool = False,
    ) -> BlockWorker:
        """On the corpus in `folder`, which nobody writes to while it is `immutable`.

        Raises BatchError unless it holds what it held when the job began.
        """
        corpus = Corpus.open(folder, model_dir=model_dir, immutable=immutable)
        if content_hash(corpus.snapshot) != content:
            raise BatchError(
                f"{folder}: the corpus was changed while the job ran; begin again with --overwrite"
            )
        return cls(corpus, options)

    def process(self, block: Sequence[Profile | Skipped]) -> BlockResult:
        """The answers to one block, the same bytes whoever serves it and whenever."""
        rows, rejections, counts = block_rows(self._corpus, self._options, block)
        shown = "".join(json.dumps([user, paper, title]) + "\n" for user, _, paper, title, *_ in rows)
        part = format_of(self._options.format).part(rows)
        return BlockResult(part, tuple(rejections), counts, shown.encode())


def block_rows(
    corpus: Corpus, options: BatchOptions, block: Sequence[Profile | Skipped]
) -> tuple[list[Row], list[Skipped], Counts]:
    """The rows of a block, what was rejected, and how many of what."""
    avoiding = options.avoid.within(corpus.snapshot).added_to(block)
    profiles = [profile for profile, _ in avoiding if isinstance(profile, Profile)]
    scorer, rerank = STRATEGIES[options.strategy], RERANKS[options.rerank]
    answers = answer_profiles(corpus, profiles, scorer, rerank, options.answer, batch_size=len(profiles))
    rows, rejections, counts = list[Row](), list[Skipped](), Counts()
    builder: RowBuilder | None = None
    for profile, wanted in avoiding:
        rejections += wanted
        counts += Counts(wanted=len(wanted))
        if isinstance(profile, Skipped):
            rejections.append(profile)
            counts += Counts(refused=1)
            continue
        answer = next(answers)
        if isinstance(answer, Answer):
            if builder is None or builder.snapshot is not answer.snapshot:
                builder = RowBuilder(answer.snapshot)
            rows += builder.rows(profile.name, answer)
            unclear = answer.profile.unclear.items()
            rejections += [Skipped(profile.name, "", name, why) for name, why in unclear]
            unheld = answer.profile.unheld.values()
            rejections += [Skipped(profile.name, "", "", f"an interest is left out: {why}") for why in unheld]
            if not len(answer.shown):
                rejections.append(Skipped(profile.name, "", "", explain_empty(answer)))
            counts += _counted(answer)
        else:
            rejections.append(Skipped(profile.name, "", "", str(answer)))
            counts += Counts(refused=1)
    return rows, rejections, counts


def _counted(answer: Answer) -> Counts:
    found = len(answer.shown)
    return Counts(
        served=int(found > 0),
        empty=int(found == 0),
        recommendations=found,
        left_out=len(answer.profile.unclear),
        unheld=len(answer.profile.unheld),
    )


Block: TypeAlias = Sequence[Profile | Skipped]

Blocks: TypeAlias = Iterator[tuple[int, Block]]
"""Numbered blocks of profiles; the next one is read when there is somebody to serve it."""


@dataclass(frozen=True)
class _Opening:
    """How a worker process opens the corpus, see `BlockWorker.open`."""

    folder: Path
    options: BatchOptions
    content: str
    model_dir: str | None

    def __call__(self) -> Callable[[Block], BlockResult]:
        """What processes a block."""
        return BlockWorker.open(self.folder, self.options, self.content, model_dir=self.model_dir).process


def process_locally(
    blocks: Blocks,
    count: int,
    folder: Path,
    options: BatchOptions,
    content: str,
    *,
    model_dir: str | None = None,
    workers: int | None = None,
) -> Generator[tuple[int, BlockResult], None, None]:
    """Each of `count` blocks as it is served, in order, see `process_in_order`."""
    yield from process_in_order(blocks, count, _Opening(folder, options, content, model_dir), workers=workers)


_KEPT = "what is done is kept, the same command goes on"


class RayBlockWorker:
    """A worker; it opens the corpus with its first block, so that what goes wrong is that block's error."""

    def __init__(self, folder: str, options: BatchOptions, content: str, model_dir: str | None) -> None:
        use_one_thread()
        self._opening = (Path(folder), options, content, model_dir)
        self._service: BlockWorker | None = None

    def process(self, number: int, block: Block) -> tuple[int, BlockResult]:
        """The block of this number."""
        if self._service is None:
            folder, options, content, model_dir = self._opening
            # Nobody writes meanwhile, and SQLite's log would not work on a network file system.
            self._service = BlockWorker.open(folder, options, content, model_dir=model_dir, immutable=True)
        return number, self._service.process(block)


def process_on_ray(
    blocks: Blocks,
    count: int,
    folder: Path,
    options: BatchOptions,
    content: str,
    *,
    model_dir: str | None = None,
    workers: int | None = None,
    address: str | None = None,
) -> Generator[tuple[int, BlockResult], None, None]:
    """Each of `count` blocks as it is served, in no order, by the Ray at `address` or one started here.

    Every machine of the cluster must have this library, and the corpus at the same path. Raises
    ClusterError where no cluster answers or its workers cannot go on, and what a worker raises.
    """
    if not count:
        return
    with cluster(address=address, workers=workers) as found, translated_ray_errors(_KEPT):
        with extra("ray"):
            import ray

        remote = ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=-1)(RayBlockWorker)
        arguments = (str(folder.resolve()), options, content, model_dir)
        free = [remote.remote(*arguments) for _ in range(min(found.workers, count))]
        at_work: dict[Any, Any] = {}
        for number, block in blocks:
            actor = free.pop()
            at_work[actor.process.remote(number, block)] = actor
            if not free:
                yield _first_done(at_work, free)
        while at_work:
            yield _first_done(at_work, free)


def _first_done(at_work: dict[Any, Any], free: list[Any]) -> tuple[int, BlockResult]:
    """What the first worker has that is done; it is free then."""
    with extra("ray"):
        import ray

    (done,), _ = ray.wait(list(at_work), num_returns=1)
    free.append(at_work.pop(done))
    served: tuple[int, BlockResult] = ray.get(done)
    return served


@dataclass(frozen=True)
class Executor:
    """What processes the blocks, which does not change a byte: how many `workers`, at which Ray `address`."""

    name: str = LOCAL
    workers: int | None = None
    address: str | None = None

    def __post_init__(self) -> None:
        if self.name not in EXECUTORS:
            raise ParameterError(f"{self.name!r} is no executor; known: {', '.join(EXECUTORS)}")
        if self.workers is not None and self.workers < 1:
            raise ParameterError(f"workers is {self.workers}; at least 1 is needed")
        refuse_beyond("workers", self.workers)
        if self.address is not None and self.name != "ray":
            raise ParameterError(f"address {self.address!r} is for the executor ray, not {self.name}")
        if self.name == "ray":
            require_ray(address=self.address, workers=self.workers)

    def process(
        self,
        blocks: Blocks,
        count: int,
        folder: Path,
        options: BatchOptions,
        content: str,
        *,
        model_dir: str | None,
    ) -> Generator[tuple[int, BlockResult], None, None]:
        """Each of the `count` numbered blocks as it is processed on the corpus in `folder`, in some order."""
        if self.name == "ray":
            return process_on_ray(
                blocks,
                count,
                folder,
                options,
                content,
                model_dir=model_dir,
                workers=self.workers,
                address=self.address,
            )
        return process_locally(
            blocks, count, folder, options, content, model_dir=model_dir, workers=self.workers
        )
