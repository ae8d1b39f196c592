"""What each worker does: a block of profiles in, a block of rows out, the same bytes in every worker."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..corpus import Corpus, content_hash
from ..diversity import RERANKS
from ..engine import Answer, answer_profiles, explain_empty
from ..errors import BatchError
from ..profiles import Profile, Skipped
from ..scoring import STRATEGIES
from .asked import BatchOptions
from .output import Row, format_of
from .rows import RowBuilder

__all__ = ["BlockResult", "BlockWorker", "Counts", "block_rows"]


@dataclass(frozen=True)
class Counts:
    """What became of some profiles: `served` got a paper or more, `empty` none, `refused` could not be asked
    for; `recommendations` is how many papers they got, `left_out` how many of theirs are unknown, `unheld`
    how many of their interests in words no paper holds a word of.
    """

    served: int = 0
    empty: int = 0
    refused: int = 0
    recommendations: int = 0
    left_out: int = 0
    unheld: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    @property
    def profiles(self) -> int:
        """How many there were."""
        return self.served + self.empty + self.refused


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
    profiles = [profile for profile in block if isinstance(profile, Profile)]
    scorer, rerank = STRATEGIES[options.strategy], RERANKS[options.rerank]
    answers = answer_profiles(corpus, profiles, scorer, rerank, options.answer, batch_size=len(profiles))
    rows, rejections, counts = list[Row](), list[Skipped](), Counts()
    maker: RowBuilder | None = None
    for profile in block:
        if isinstance(profile, Skipped):
            rejections.append(profile)
            counts += Counts(refused=1)
            continue
        answer = next(answers)
        if isinstance(answer, Answer):
            if maker is None or maker.snapshot is not answer.snapshot:
                maker = RowBuilder(answer.snapshot)
            rows += maker.rows(profile.name, answer)
            unclear = answer.profile.unclear.items()
            rejections += [Skipped(profile.name, "", name, why) for name, why in unclear]
            unheld = answer.profile.unheld.values()
            rejections += [Skipped(profile.name, "", "", f"an interest is left out: {why}") for why in unheld]
            if not len(answer.listed):
                rejections.append(
                    Skipped(profile.name, "", "", explain_empty(options.answer, answer.profile))
                )
            counts += _counted(answer)
        else:
            rejections.append(Skipped(profile.name, "", "", str(answer)))
            counts += Counts(refused=1)
    return rows, rejections, counts


def _counted(answer: Answer) -> Counts:
    found = len(answer.listed)
    return Counts(
        served=int(found > 0),
        empty=int(found == 0),
        recommendations=found,
        left_out=len(answer.profile.unclear),
        unheld=len(answer.profile.unheld),
    )
