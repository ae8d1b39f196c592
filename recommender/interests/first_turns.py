"""First turns: a great interest comes early, however many of the ranks are free."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .turns import min_list_sizes

# Of 415 readers' libraries (final part, static, half of each hidden) 94 lists of 20 changed with it: nDCG@20
# .1909 -> .1908, nDCG@10 .1612 -> .1614, neither more than chance. Of 76 readers with two such interests 20
# had both among the first two papers, then 73. With fewer free ranks for such readers (.2 in place of .8)
# nDCG@20 was .1890.
_GREAT = 0.4

# Shares are rounded: 1 / share may be a little more than the whole number that it is meant to be.
_ROUNDING = 1e-9


class FirstTurns:
    """Gives great interests a free rank where a first paper of theirs is due.

    An interest of two fifths of the reader's weight or more has a paper of its own by the rank at which its
    share of all ranks, free ones too, makes a whole one: the second or third. Where none has come by then
    that rank is the interest's, though it be free or another's, who gets the interest's next turn for it. All
    else stays as it is dealt.

    Parameters
    ----------
    shares : ndarray of float64, shape (m + 1,)
        The share of the ranks that each of m interests has by its turns, and then that of the free ranks;
        or of one interest alone its own.
    order : ndarray of int64, shape (m + 1,)
        Who comes first where two are due at once.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.interests import FirstTurns
    >>> first = FirstTurns(np.array([0.1, 0.1, 0.8]), np.array([2, 0, 1]))
    >>> turns = []
    >>> for dealt in [2, 2, 2, 0, 1]:
    ...     turns.append(first.turn(dealt))
    ...     first.came(1 if turns[-1] == 1 else 0)
    >>> turns
    [2, 1, 2, 0, 1]
    """

    def __init__(self, shares: NDArray[np.float64], order: NDArray[np.int64]) -> None:
        self._free = len(shares) - 1
        due = due_ranks(shares)
        great = [one for one in order.tolist() if one < len(due) and due[one]]
        self._due: dict[int, int] = {one: int(due[one]) for one in sorted(great, key=due.__getitem__)}
        self._owed: dict[int, int] = {}  # by whose turn it is as dealt, who has it instead
        self._rank = 0

    def turn(self, dealt: int) -> int:
        """Say whose turn it is at the next rank.

        Parameters
        ----------
        dealt : int
            Whose it is as dealt: an interest's, or the free ranks', whose number is the last.

        Returns
        -------
        int
            Whose it is.
        """
        self._rank += 1
        dealt = self._owed.pop(dealt, dealt)
        late = self._late()
        # The first paper of all is of one of the two interests, where two are due at the second rank.
        turn = dealt if late is None or self._rank == 1 else late
        if turn != dealt and dealt != self._free:
            self._owed[turn] = dealt  # as where that has had a free rank: the two exchange their turns
        self._due.pop(turn, None)  # also where it has no paper: then none comes by another turn either
        return turn

    def _late(self) -> int | None:
        """Who has to come now, if anybody."""
        for one, due in self._due.items():
            if self._rank + sum(other <= due for other in self._due.values()) > due:
                return one
        return None

    def came(self, interest: int) -> None:
        """Take note of the interest that the paper at this rank is of.

        Parameters
        ----------
        interest : int
            Its number.
        """
        self._due.pop(interest, None)


def due_ranks(shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the rank by which each interest has a paper of its own, 0 for those that are not great.

    Parameters
    ----------
    shares : ndarray of float64, shape (m + 1,)
        As for `FirstTurns`.

    Returns
    -------
    ndarray of int64, shape (m,)
        Two or three, and 0 for all where no ranks are free: then `deal` sees to it.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.interests.first_turns import due_ranks
    >>> due_ranks(np.array([0.12, 0.08, 0.8])).tolist()
    [2, 3]
    """
    own = shares[:-1]
    if len(own) < 2 or not shares[-1]:
        return np.zeros(len(own), np.int64)
    parts = own / own.sum()
    great = parts >= _GREAT - _ROUNDING
    return np.where(great, np.ceil(1 / np.maximum(parts, _ROUNDING) - _ROUNDING), 0).astype(np.int64)


def first_ranks(shares: NDArray[np.float64], order: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rank by which each interest surely has its first turn, or a paper of its own.

    Parameters
    ----------
    shares, order : ndarray
        As for `FirstTurns`; `order` is that in which they are dealt.

    Returns
    -------
    ndarray of int64, shape (m,)
        Of one interest alone shape (1,).

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.interests.first_turns import first_ranks
    >>> first_ranks(np.array([0.1, 0.1, 0.8]), np.array([2, 0, 1])).tolist()
    [2, 2]
    """
    wanted = order[shares[order] > 0]
    first = np.zeros(len(shares), np.int64)
    first[wanted] = min_list_sizes(shares[wanted])
    if len(shares) == 1:
        return first
    due = due_ranks(shares)
    return np.where(due > 0, np.minimum(first[:-1], due), first[:-1])
