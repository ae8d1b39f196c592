"""What a job avoids for all of its readers: papers, and topics in words.

It is added to what each reader dislikes and avoids, so that the answer is the one that the reader gets alone
with the same. Who likes such a paper, or has such a text as an interest, keeps the like.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..corpus import Snapshot, ambiguous_paper, find_rows_of
from ..corpus.held_words import holds_any_word
from ..display import pluralize
from ..engine.ban import named_in_short
from ..engine.brought import BroughtPapers, is_same
from ..engine.wanted_words import unheld_avoided
from ..errors import ParameterError
from ..identifiers import canonical
from ..paper import Paper
from ..paper_names import PaperNames, are_words, papers_in
from ..profiles import LibraryPaper, Profile, Skipped
from ..profiles.profile import list_of_texts

_NAMED = 3


@dataclass(frozen=True)
class Avoided:
    """What an option `avoid` holds, in an order of its own.

    Each of the `texts` is a paper of the corpus, or words, as the corpus tells; the `papers` are none but
    papers, whether or not it holds them.
    """

    texts: tuple[str, ...] = ()
    papers: tuple[LibraryPaper, ...] = ()

    @classmethod
    def of(cls, avoided: PaperNames | Avoided | None) -> Avoided:
        """What the option says. Raises ParameterError for what is neither a paper nor words."""
        if isinstance(avoided, Avoided):
            return avoided
        listed = [] if avoided is None else papers_in(avoided, whole=(LibraryPaper,))
        for one in listed:
            if not isinstance(one, (str, Paper, LibraryPaper)) or (isinstance(one, str) and not one.strip()):
                raise ParameterError(
                    f"avoid holds {one!r:.60}, which is no paper and no words; give ids, papers or words"
                )
        texts = list_of_texts("avoid", [one for one in listed if isinstance(one, str)])
        papers = {
            LibraryPaper(one.paper if isinstance(one, LibraryPaper) else one)
            for one in listed
            if not isinstance(one, str)
        }
        return cls(tuple(sorted(texts)), tuple(sorted(papers, key=_line)))

    def __len__(self) -> int:
        return len(self.texts) + len(self.papers)

    def to_dict(self) -> dict[str, Any]:
        """What a job's record says of it."""
        lines = [*(f"text {text}" for text in self.texts), *map(_line, self.papers)]
        digest = hashlib.sha256("\0".join(lines).encode("utf-8", "surrogatepass")).hexdigest()
        return {"count": len(self), "digest": digest}

    def within(self, snapshot: Snapshot) -> AvoidedWithin:
        """What of it is in this state of a corpus."""
        names = [one.paper for one in self.papers if isinstance(one.paper, str)]
        rows = find_rows_of(snapshot, [*self.texts, *names])
        words = [text for text in self.texts if not rows[text] and are_words(text)]
        named = [*dict.fromkeys([*(text for text in self.texts if text not in words), *names])]
        unheld = [text for text in words if not holds_any_word(snapshot, text)]
        missing = [name for name in named if not rows[name]]
        several = [name for name in named if len(rows[name]) > 1]
        problems = [f"avoid: {ambiguous_paper(snapshot, name, rows[name])}" for name in several[:_NAMED]]
        if several[_NAMED:]:
            problems.append(f"avoid: nor is any of these one paper: {named_in_short(several[_NAMED:])}")
        if missing:
            count = f"{len(missing):,} of {pluralize(len(self) - len(words), 'paper')}"
            problems.append(f"avoid: {count} not in this corpus: {named_in_short(missing)}")
        return AvoidedWithin(
            snapshot,
            (
                *(_AvoidedPaper(name, name, rows[name][0]) for name in named if len(rows[name]) == 1),
                *self._brought(snapshot),
            ),
            tuple(text for text in words if text not in unheld),
            (*problems, *unheld_avoided(unheld)),
            tuple(f"avoid {text!r:.80}: no paper of this corpus, taken as words" for text in words),
        )

    def _brought(self, snapshot: Snapshot) -> Iterator[_AvoidedPaper]:
        """Each of the papers that are there themselves, by its name among them."""
        papers = [one for one in self.papers if isinstance(one.paper, Paper)]
        if papers:
            profile = Profile(liked=papers)  # type: ignore[arg-type]
            for name, found in BroughtPapers(snapshot, [profile]).of(profile).items():
                yield _AvoidedPaper(LibraryPaper(profile.papers[name]), name, found.row)


def _line(one: LibraryPaper) -> str:
    """All by which one paper is told from another."""
    paper = one.paper
    if isinstance(paper, str):
        return f"name {paper}"
    return f"paper {paper.key}\n{paper.title}\n{paper.abstract}"


@dataclass(frozen=True)
class _AvoidedPaper:
    """A paper as a profile takes it, what it is called, and its row where the corpus has it."""

    item: str | LibraryPaper
    name: str
    row: int | None

    @property
    def paper(self) -> Paper | None:
        """The paper itself, where it was given."""
        paper = self.item.paper if isinstance(self.item, LibraryPaper) else None
        return paper if isinstance(paper, Paper) else None


@dataclass(frozen=True)
class AvoidedWithin:
    """What a job avoids in one state of a corpus.

    `problems` are lines on what is not there, `notes` on what was taken as words.
    """

    snapshot: Snapshot
    papers: tuple[_AvoidedPaper, ...]
    words: tuple[str, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]

    def added_to(self, block: Sequence[Profile | Skipped]) -> list[tuple[Profile | Skipped, list[Skipped]]]:
        """The block, each profile with what is to be avoided, and a line on each thing that does not count
        for its reader, who likes it.
        """
        if not self.papers and not self.words:
            return [(one, []) for one in block]
        liked = _LikedPapers(self.snapshot, [one for one in block if isinstance(one, Profile)])
        return [self._added(one, liked) if isinstance(one, Profile) else (one, []) for one in block]

    def _added(self, profile: Profile, liked: _LikedPapers) -> tuple[Profile, list[Skipped]]:
        likes = liked.of(profile) if self.papers else None
        own = [one for one in self.papers if likes is not None and likes.hold(one)]
        interests = [text for text in self.words if text in profile.interests]
        papers = [one.item for one in self.papers if one not in own] if own else [p.item for p in self.papers]
        lists: dict[str, Any] = {
            "disliked": (*profile.listed("disliked"), *papers),
            "avoid": (*profile.avoid, *(text for text in self.words if text not in interests)),
        }
        # A paper may be avoided by two names.
        names = {one.name if one.row is None else one.row: one.name for one in reversed(own)}
        lines = [Skipped(profile.name, "", name, _LIKED) for name in sorted(names.values())]
        lines += [Skipped(profile.name, "", "", f"{_INTEREST} {text!r:.80}") for text in interests]
        return replace(profile, **lists), lines


_LIKED = "the job avoids it, and this reader likes it: it counts as liked"
_INTEREST = "the job avoids what is an interest of this reader, and counts as that:"


class _LikedPapers:
    """What the readers of a block like, looked up in a few questions to the corpus."""

    def __init__(self, snapshot: Snapshot, readers: Sequence[Profile]) -> None:
        self._brought = BroughtPapers(snapshot, readers)
        names = (name for one in readers for name in one.liked if name not in one.papers)
        self._rows = find_rows_of(snapshot, names)

    def of(self, profile: Profile) -> _Likes:
        """What one of them likes."""
        brought = self._brought.of(profile) if profile.papers else {}
        rows, lacked = set[int](), defaultdict[str, list[Paper]](list)
        for name in profile.liked:
            if name not in brought:
                # A title of several papers is no like of any of them.
                rows |= set(self._rows[name]) if len(self._rows[name]) == 1 else set()
            elif (row := brought[name].row) is not None:
                rows.add(row)
            else:
                lacked[profile.papers[name].fingerprint].append(profile.papers[name])
        return _Likes(profile, frozenset(rows), lacked, frozenset(map(canonical, profile.liked)))


@dataclass(frozen=True)
class _Likes:
    """The likes of one reader: the rows, by title those that the corpus lacks, and all names."""

    profile: Profile
    rows: frozenset[int]
    lacked: defaultdict[str, list[Paper]]
    names: frozenset[str]

    def hold(self, one: _AvoidedPaper) -> bool:
        """Whether a paper is among them."""
        if one.row in self.rows or self._has_name_of(one):
            return True
        paper = one.paper
        if paper is None or one.row is not None:
            return False
        return any(is_same(paper, other) for other in self.lacked.get(paper.fingerprint, ()))

    def _has_name_of(self, one: _AvoidedPaper) -> bool:
        """Whether a profile could not tell them by their names: of two papers that are there themselves it
        can, though one id be given to both.
        """
        if canonical(one.name) not in self.names:
            return False
        own, paper = self.profile.papers.get(one.name), one.paper
        return own is None or paper is None or own.fingerprint == paper.fingerprint
