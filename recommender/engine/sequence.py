"""The one list of a reader, rank after rank; an answer is a stretch of it.

Whatever is chosen for a rank depends on the ranks before it, never on how many are wanted. So the list of 10
is the head of the list of 20, and two pages are what one page of both would be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexes import Rows, Vectors

from ..cosine_scale import CosineScale
from ..diversity import AreOne, Distinct, Rerank, Scores, Selection
from ..interests import FirstTurns, deal, first_ranks
from ..scoring import Contributions, Similarities
from .candidates import Candidates
from .known import NEAR
from .ranking import Mask, Scored


@dataclass(frozen=True)
class Level:
    """Candidates down to a depth, but for those of the levels before, with their scores.

    `matches` tells which of them match which interest, `allowed` which may come under it at all, both of
    shape (m, n).
    """

    candidates: Candidates
    scored: Scored
    matches: Mask
    allowed: Mask


@dataclass(frozen=True)
class Ranked:
    """The list from its first rank on: positions among the candidates, and for which interest each came.

    `under` is the line of `Scored` that each paper was chosen by: that of an interest, or of all seeds.
    `first` is the rank by which each interest has its first turn. `pool` are the positions that could be
    chosen from, `quota` how many ranks each interest had by its turns, or by free ones that went to it, and
    `filled` how many papers of the list each interest has that match it.
    """

    positions: NDArray[np.int64]
    interests: NDArray[np.int64]
    under: NDArray[np.int64]
    scores: NDArray[np.float32]
    first: NDArray[np.int64]
    pool: NDArray[np.int64]
    quota: NDArray[np.int64]
    filled: NDArray[np.int64]
    shared: bool = True
    """Whether the interests take turns; else a paper is where its score has it."""


_FIRST, _LONGEST = 10, 160  # ranks that are chosen from one pool: ten at first, then twice as many each time
_SPARE = 16  # looked at beside those that are to join a pool: a few of them are others once more
_FACTOR, _MOST = 4, 320


def pool_size(taken: int) -> int:
    """How many papers an interest's next one is chosen from, those taken before it among them.

    A rerank can only vary what it is given: of five times as many papers as it is to choose, and of a long
    list's next hundred of some hundreds. 50 for the first ten, 100 for the next ten, then 200, 400, 480, ...
    """
    end = _pool_end(taken)
    return end + min(_FACTOR * end, _MOST)


def _pool_end(taken: int) -> int:
    """The rank within an interest up to which its pool stays as it is."""
    end = _FIRST
    while end <= taken:
        end += min(end, _LONGEST)
    return end


class RankSequence:
    """The list as far as it is made.

    Each interest has a pool of its own and comes in its turn (`interests.deal`), and so does, where there are
    several, a pool of all papers by their scores for all seeds. A great interest comes early (`FirstTurns`).
    Where one has no papers left, the best that is left for any interest comes. Of papers that are one to
    their reader, as `are_one` tells by their rows, only one comes. Where a pool should be larger than the
    candidates are deep, or nothing is left, the next level of candidates joins; the list ends where a whole
    level has none that may come.
    """

    def __init__(
        self,
        levels: Iterator[tuple[int, Level]],
        shares: NDArray[np.float64],
        rerank: Rerank,
        diversity: float,
        scale: CosineScale,
        are_one: AreOne,
    ) -> None:
        limit = scale.raw(NEAR)
        self.levels: list[Level] = []
        self._deeper, self._depth = levels, 0
        self._found = _Found.empty(len(shares))
        self._shares, self._order = shares, np.arange(len(shares))
        self._turns: Iterator[int] | None = None
        self._first = FirstTurns(shares, self._order)
        self._listed = _Listed(self._found, Distinct(limit, are_one)) if len(shares) > 1 else None
        self._pools = [
            _Pool(interest, rerank.begin(diversity, scale), self._listed, Distinct(limit, are_one))
            for interest in range(len(shares))
        ]
        self._ranks: list[tuple[int, int, int]] = []  # position, interest, whose turn it was

    def ranked(self, count: int) -> Ranked:
        """The first `count` ranks, fewer where no more papers may come."""
        while len(self._ranks) < count and (rank := self._next()) is not None:
            self._ranks.append(rank)
        ranks = np.array(self._ranks[:count], np.int64).reshape(-1, 3)
        positions, under, turns = ranks[:, 0].copy(), ranks[:, 1].copy(), ranks[:, 2]
        of, found = max(len(self._pools) - 1, 1), self._found
        interests = np.where(under < of, under, found.assigned[positions])
        matching = found.matches[interests, positions]
        of_turns = np.where(turns < of, turns, np.where(matching, interests, of))
        return Ranked(
            positions,
            interests,
            under,
            found.scores[under, positions],
            first_ranks(self._shares, self._order),
            np.union1d(np.concatenate([pool.positions for pool in self._pools]), positions),
            np.bincount(of_turns, minlength=of)[:of],
            np.bincount(interests[matching], minlength=of),
        )

    def joined(self) -> tuple[Rows, Similarities, Scored]:
        """The rows, similarities and scores of all candidates so far, to which the positions belong."""
        first, *others = self.levels
        rows = [level.candidates.rows for level in self.levels]
        if not others:
            return rows[0], first.candidates.similarities, first.scored
        similarities = first.candidates.similarities.joined(
            [level.candidates.similarities for level in others]
        )
        parts = zip(*(level.scored.contributions for level in self.levels), strict=True)
        contributions = tuple(Contributions.joined(part) for part in parts)
        return np.concatenate(rows), similarities, Scored(contributions, self._found.scores)

    def _next(self) -> tuple[int, int, int] | None:
        if self._turns is None:
            self._deepen()
            self._order = self._found.by_best()
            self._turns = deal(self._shares[self._order])
            self._first = FirstTurns(self._shares, self._order)
        turn = self._first.turn(int(self._order[next(self._turns)]))
        pool = self._pools[turn]
        while pool.wants > self._depth and self._deepen():
            pass
        while True:
            position, interest = pool.take(self._found), turn
            if position is None and self._listed is not None:
                position = self._listed.best_left()
                interest = turn if position is None else int(self._found.assigned[position])
            if position is not None:
                if self._listed is not None:
                    self._listed.add(position)
                    self._came(position, interest)
                return position, interest, turn
            if not self._deepen():
                return None

    def _came(self, position: int, interest: int) -> None:
        """Take note of a paper, and of the interest that it is of where it matches that."""
        found = self._found
        of = interest if interest < len(self._pools) - 1 else int(found.assigned[position])
        if found.matches[of, position]:
            self._first.came(of)

    def _deepen(self) -> bool:
        """Let the next level join; False where there is none, or none of it may come."""
        depth, level = next(self._deeper, (0, None))
        if level is None:
            return False
        self._depth = depth
        self.levels.append(level)
        new = self._found.join(level)
        for pool in self._pools:
            pool.offer(self._found, new)
        if self._listed is not None:
            self._listed.offer(new)
        if not level.allowed.any():
            self._deeper = iter(())
        return True


@dataclass
class _Found:
    """All candidates so far, one level behind the other."""

    rows: Rows
    dense: Vectors
    codes: NDArray[np.int64]
    scores: NDArray[np.float32]
    matches: Mask
    allowed: Mask
    assigned: NDArray[np.int64]

    @classmethod
    def empty(cls, interests: int) -> _Found:
        scores, none = np.empty((interests, 0), np.float32), np.empty((interests, 0), np.bool_)
        rows, dense, codes = np.empty(0, np.int64), np.empty((0, 0), np.float32), np.empty((0, 0), np.int64)
        return cls(rows, dense, codes, scores, none, none, np.empty(0, np.int64))

    @property
    def best(self) -> Scores:
        """The score of each under the interest that it suits best."""
        return np.asarray(self.scores.max(axis=0, initial=-np.inf), np.float32)

    def by_best(self) -> NDArray[np.int64]:
        """The interests, that of the best paper first."""
        best = np.where(self.matches, self.scores, -np.inf).max(axis=1, initial=-np.inf)
        return np.argsort(-best, kind="stable")

    def join(self, level: Level) -> Rows:
        """Let the candidates of a level join; their positions."""
        dense, before = level.candidates.vectors.dense, len(self.codes)
        self.dense = np.concatenate([self.dense.reshape(before, dense.shape[1]), dense])
        self.codes = _joined(self.codes, level.candidates.codes, self.rows)
        self.rows = np.concatenate([self.rows, level.candidates.rows])
        self.scores = np.concatenate([self.scores, level.scored.by_interest], axis=1)
        self.allowed = np.concatenate([self.allowed, level.allowed], axis=1)
        self.matches = np.concatenate([self.matches, level.matches & level.allowed], axis=1)
        self.assigned = np.concatenate([self.assigned, level.scored.assigned])
        return np.arange(before, len(self.codes))


class _Listed:
    """The papers of the list, for several interests: what is like one of them comes for none."""

    def __init__(self, found: _Found, papers: Distinct) -> None:
        self._found = found
        self._papers = papers
        self._left = np.empty(0, np.int64)

    def add(self, position: int) -> None:
        """Take note of a paper."""
        one, found = slice(position, position + 1), self._found
        self._papers.add(found.dense[one], found.codes[one], found.rows[one], most=1)

    def has(self, positions: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these are, or are like, a paper of the list."""
        found = self._found
        return self._papers.alike(found.dense[positions], found.codes[positions], found.rows[positions])

    def offer(self, new: NDArray[np.int64]) -> None:
        """Look at these as well for what is left."""
        found = self._found
        new = new[found.allowed[found.assigned[new], new]]
        self._left = _by_score(np.concatenate([self._left, new]), found.best)

    def best_left(self) -> int | None:
        """The best paper that may come for any interest, None where there is none."""
        for place, position in enumerate(self._left.tolist()):
            if not self.has(self._left[place : place + 1])[0]:
                self._left = self._left[place + 1 :]
                return position
        self._left = self._left[:0]
        return None


class _Pool:
    """What an interest's next paper is chosen from."""

    def __init__(self, interest: int, selection: Selection, listed: _Listed | None, papers: Distinct) -> None:
        self._interest, self._selection, self._listed = interest, selection, listed
        self._papers = papers
        self._left = np.empty(0, np.int64)
        self._taken = 0
        self.positions = np.empty(0, np.int64)  # of the papers that the selection knows by their numbers
        self._end, self.wants = _pool_end(0), pool_size(0)

    def offer(self, found: _Found, new: NDArray[np.int64]) -> None:
        """Look at these as well when the pool grows."""
        new = new[found.matches[self._interest, new]]
        self._left = _by_score(np.concatenate([self._left, new]), found.scores[self._interest])

    def take(self, found: _Found) -> int | None:
        """The position of the next paper, None where none is left."""
        self._grow(found, self.wants - len(self.positions))
        while (number := self._selection.best()) is not None or len(self._left):
            if number is None:
                self._grow(found, _FIRST)
            elif self._listed is not None and self._listed.has(self.positions[number : number + 1])[0]:
                self._selection.drop(number)
            else:
                self._selection.take(number)
                self._taken += 1
                if self._taken == self._end:
                    self._end, self.wants = _pool_end(self._taken), pool_size(self._taken)
                return int(self.positions[number])
        return None

    def _grow(self, found: _Found, room: int) -> None:
        """Let the best of those that are left join, so many, but none that is another once more."""
        while room > 0 and len(self._left):
            some = self._left[: room + room // 8 + _SPARE]
            fresh = some if self._listed is None else some[~self._listed.has(some)]
            joined = self._papers.add(found.dense[fresh], found.codes[fresh], found.rows[fresh], most=room)
            full = len(joined) == room
            last = int(np.flatnonzero(some == fresh[joined[-1]])[0]) + 1 if full else len(some)
            self._left = self._left[last:]
            new = np.sort(fresh[joined])
            self._selection.add(found.dense[new], found.scores[self._interest, new])
            self.positions = np.concatenate([self.positions, new])
            room -= len(new)


def _joined(codes: NDArray[np.int64], more: NDArray[np.int64], rows: Rows) -> NDArray[np.int64]:
    """The codes of these rows, and more behind them; short lines are filled with what no other has."""
    width = max(codes.shape[1], more.shape[1])
    wide = np.repeat((-1 - rows)[:, np.newaxis], width, axis=1)
    wide[:, : codes.shape[1]] = codes
    return np.concatenate([wide, np.pad(more, ((0, 0), (0, width - more.shape[1])), "edge")])


def _by_score(positions: NDArray[np.int64], scores: Scores) -> NDArray[np.int64]:
    """The positions, those of the highest scores first; equal ones in their own order."""
    positions = np.sort(positions)
    return positions[np.argsort(-scores[positions], kind="stable")]
