"""Whether a name that somebody wrote is an author's: in any order, without accents, with initials."""

from __future__ import annotations

from collections.abc import Sequence

from .authors import PARTICLES, parts


def wanted_name(text: str) -> tuple[str, ...]:
    """The parts of a name that somebody looks for; () for what can be nobody's.

    A name of initials and particles alone would be half of all people's.
    """
    found = parts(text)
    return found if any(is_telling(part) for part in found) else ()


def is_telling(part: str) -> bool:
    """Whether a part of a name tells people apart: no initial, and no particle such as "van"."""
    return not is_initial(part) and part not in PARTICLES


def is_initial(part: str) -> bool:
    """Whether it is one letter of a script that has capitals: a Chinese sign is a name of its own."""
    return len(part) == 1 and part.upper() != part.lower()


def is_named(author: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether an author, by the parts of the name, has this name.

    Each wanted part is a part of the author's own, and an initial on either side stands for a part that
    begins with it. One part that is neither initial nor particle must be there in full; where the author has
    an initial for a wanted part, all such parts of the author must: Geoffrey H. Moore is no Geoffrey Hinton.

    >>> is_named(("geoffrey", "e", "hinton"), ("hinton", "g")), is_named(("g", "hinton"), ("alice", "hinton"))
    (True, False)
    """
    free, left, whole = list(author), [], False
    for part in wanted:
        if part in free:
            free.remove(part)
            whole = whole or is_telling(part)
        else:
            left.append(part)
    abbreviated = False
    for part in left:
        match = next((other for other in free if _abbreviates(part, other)), None)
        if match is None:
            return False
        free.remove(match)
        abbreviated = abbreviated or (is_initial(match) and not is_initial(part))
    return whole and not (abbreviated and any(map(is_telling, free)))


def _abbreviates(part: str, other: str) -> bool:
    return (is_initial(part) and other.startswith(part)) or (is_initial(other) and part.startswith(other))
