"""Make listings of what readers like and of the papers that their editions choose among."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from indexes import Rows

from ..corpus import Corpus, Snapshot, filter_warnings, rows_of_names
from ..display import pluralize, shortened
from ..diversity import DEFAULT_RERANK, RERANKS
from ..engine import Answer, answer_profiles, to_recommendations
from ..engine.neighbour_fields import find_fields
from ..errors import RecommenderError
from ..identity import Record, are_twins
from ..paper import Paper
from ..profiles import Profile
from ..recommendations import Recommendation, Recommendations
from ..scoring import DEFAULT_STRATEGY, STRATEGIES
from .choice import Choice
from .communal import Known, communal_part
from .listing import CorpusState, Entry, InterestPlaces, Listing, Part, Span, placed
from .spans import NAMES
from .wording import long_day

COMMUNAL = 5
"""Places of a reader's edition for what is for everybody."""

_LONGEST_TITLE = 120


@dataclass(frozen=True)
class Newer:
    """A paper of which a later version is there than the one that the reader was shown: its row, and when
    that was, ``YYYY-MM-DD``.
    """

    row: int
    shown: str


@dataclass(frozen=True)
class Request:
    """All that makes one reader's edition, but for the corpus; or everybody's, where there is no `reader`.

    Attributes
    ----------
    id : str
        Of the listing.
    reader : str
        The name.
    profile : Profile or None
        None where nothing is liked.
    known : tuple of str
        Ids of papers that the reader said something of or was shown.
    beyond : int
        Places for what lies beyond the library.
    choice : Choice
        What it chooses among.
    newer : tuple of Newer
        The newer versions that are to be told of.
    span : {"day", "week", "month"}
    day : str
        The last day.
    made : str
        When, with the zone.
    opinions : int
        The number of the last thing that the reader said.
    is_past : bool
        Whether the day is over and its papers are chosen by when they appeared.
    notes : tuple of str
        What is to be said of how it was made.
    """

    id: str
    reader: str
    profile: Profile | None
    known: tuple[str, ...]
    beyond: int
    choice: Choice
    newer: tuple[Newer, ...]
    span: Span
    day: str
    made: str
    opinions: int = 0
    is_past: bool = False
    notes: tuple[str, ...] = ()

    @property
    def when(self) -> str:
        """The span, as people call it: ``today``."""
        return f"that {self.span}" if self.is_past else NAMES[self.span]


@dataclass(frozen=True)
class Composer:
    """Makes listings from a corpus of this `content`: of `k` places at most, each so sure at least."""

    corpus: Corpus
    k: int
    min_confidence: float
    content: str

    def listings(self, requests: Sequence[Request]) -> list[Listing]:
        """A listing for each request, in order; the same whoever else asks."""
        made: dict[int, Listing] = {}
        for choice in dict.fromkeys(request.choice for request in requests):
            places = [place for place, request in enumerate(requests) if request.choice == choice]
            some = [requests[place] for place in places]
            made |= zip(places, self._of_choice(choice, some), strict=True)
        return [made[place] for place in range(len(requests))]

    def _of_choice(self, choice: Choice, requests: Sequence[Request]) -> Iterator[Listing]:
        """Those who choose among the same papers are answered together."""
        profiles = [
            replace(one.profile, seen=(*one.profile.seen, *one.known)) for one in requests if one.profile
        ]
        options = choice.options(k=self.k, min_confidence=self.min_confidence)
        answers = answer_profiles(
            self.corpus,
            profiles,
            STRATEGIES[DEFAULT_STRATEGY],
            RERANKS[DEFAULT_RERANK],
            options,
            batch_size=max(len(profiles), 1),
        )
        for request in requests:
            yield _Making(self, request, next(answers) if request.profile else None).listing()


@dataclass(frozen=True)
class _Making:
    """One listing that is made of one answer."""

    composer: Composer
    request: Request
    answer: Answer | RecommenderError | None

    @property
    def _snapshot(self) -> Snapshot:
        return self.composer.corpus.snapshot

    def listing(self) -> Listing:
        """The listing."""
        snapshot, request = self._snapshot, self.request
        found = to_recommendations(self.answer, told=False) if isinstance(self.answer, Answer) else None
        personal = [*self._personal(found), *self._beyond(), *self._newer()] if request.reader else []
        parts = tuple(placed([*personal, self._communal(personal)]))
        arrived = len(request.choice.rows(snapshot))
        return Listing(
            id=request.id,
            title=_title(request, parts),
            reader=request.reader,
            span=request.span,
            day=request.day,
            made=request.made,
            parts=parts,
            interests=_interests(found),
            corpus=CorpusState(len(snapshot), arrived, self.composer.content),
            notes=(*request.notes, *self._notes(found)),
        )

    def _personal(self, found: Recommendations | None) -> Iterator[Part]:
        """The reader's own part; where the reader likes nothing yet, how to begin."""
        title = f"For {self.request.reader}"
        if self.answer is None:
            yield Part("beginning", title, "", (), _beginning(self.request.reader))
            return
        if found is None:
            yield Part("personal", title, "", (), f"Nothing for you {self.request.when}: {self.answer}")
            return
        turns = ", each of your interests in its turn" if len(found.interests) > 1 else ""
        order = f"by nearness to what you like{turns}"
        yield Part("personal", title, order, tuple(map(entry_of, found)), self._nothing())

    def _nothing(self) -> str:
        """Why there is no paper, and how near the nearest was; "" where there are some."""
        assert isinstance(self.answer, Answer)
        if len(self.answer.shown):
            return ""
        nearest = nearest_paper(self.answer)
        if nearest is None:
            came = "that you do not know" if len(self.request.choice.rows(self._snapshot)) else "at all"
            return f"Nothing for you {self.request.when}: no paper came {came}"
        paper, confidence = nearest
        return (
            f"Nothing for you {self.request.when}: the nearest, “{shortened(paper.title, _LONGEST_TITLE)}”, "
            f"has a confidence of {confidence:.2g}, and {self.composer.min_confidence:.2g} is the least"
        )

    def _beyond(self) -> Iterator[Part]:
        """What lies beyond the library, from as many fields as there are places."""
        request = self.request
        if not request.beyond or not isinstance(self.answer, Answer):
            return
        listed = [*map(Record, self._snapshot.papers(self.answer.shown.tolist()))]
        fields = find_fields(self._snapshot, self.answer.profile, self.answer.options.filters, request.beyond)
        entries = []
        for field in fields:
            # Every other paper of the list is another one, whatever it is called there.
            others = (one for one in field.papers if not any(are_twins(Record(one), had) for had in listed))
            if (paper := next(others, None)) is not None:
                listed.append(Record(paper))
                entries.append(Entry(0, paper, signal=f"of a field near yours: {', '.join(field.terms)}"))
        nothing = "" if entries else f"Nothing lies beyond your library {request.when}"
        yield Part("beyond", "Beyond your library", "the nearest fields first", tuple(entries), nothing)

    def _newer(self) -> Iterator[Part]:
        newer = self.request.newer
        if newer:
            papers = self._snapshot.papers([one.row for one in newer])
            entries = tuple(
                Entry(0, paper, before=one.shown) for paper, one in zip(papers, newer, strict=True)
            )
            yield Part("versions", "Newer versions of papers you were shown", "the newest first", entries)

    def _communal(self, personal: Sequence[Part]) -> Part:
        """What is for everybody, but for what the reader knows or has on the list already."""
        request, snapshot = self.request, self._snapshot
        if not request.reader:
            return communal_part(snapshot, request.choice, Known(_NO_ROWS), self.composer.k)
        names = [*request.known, *(entry.paper.id for part in personal for entry in part.entries)]
        profile = self.answer.profile if isinstance(self.answer, Answer) else None
        if profile is None and request.profile is not None:
            names += [*request.profile.liked, *request.profile.disliked, *request.profile.seen]
        known = Known(rows_of_names(snapshot, names), profile)
        return communal_part(snapshot, request.choice, known, COMMUNAL)

    def _notes(self, found: Recommendations | None) -> Iterator[str]:
        """What of the profile and of the corpus could not be used."""
        if found is not None:
            yield from found.problems
        options = self.request.choice.options(k=1, min_confidence=0)
        yield from filter_warnings(self._snapshot, options.filters)


_NO_ROWS: Rows = np.empty(0, np.int64)


def nearest_paper(answer: Answer) -> tuple[Paper, float] | None:
    """The paper of the highest score that could have come, whatever the least confidence, and the confidence
    in it; None where there is no candidate.
    """
    scores = answer.scored.best
    if not len(scores):
        return None
    position = int(scores.argmax())
    (paper,) = answer.snapshot.papers([int(answer.rows[position])])
    return paper, float(answer.confidence.confidence_of(scores[position : position + 1])[0])


def entry_of(item: Recommendation) -> Entry:
    """A paper of an answer, with its reasons, as an entry without a place."""
    record = item.to_dict()
    return Entry(
        place=0,
        paper=item.paper,
        score=float(item.score),
        confidence=record["confidence"],
        interest=item.interest,
        closest=item.closest,
        closest_title=item.closest_title,
        closest_cosine=float(item.closest_cosine),
        terms=tuple(record["terms"]),
        sentence=record["sentence"],
        contributions={name: float(part) for name, part in record["contributions"].items()},
    )


def _interests(found: Recommendations | None) -> tuple[InterestPlaces, ...]:
    """Quota and outcome of each interest, where there are several."""
    if found is None or len(found.interests) < 2:
        return ()
    return tuple(InterestPlaces(one.name, one.share, one.quota, one.outcome) for one in found.interests)


def _beginning(reader: str) -> str:
    name = shlex.quote(reader)
    return (
        f"You like nothing yet: say what with `recommender mark liked ID --as {name}`, or bring your library "
        f"with `recommender reader add {name} --from refs.bib`, and papers of your own come here"
    )


def _title(request: Request, parts: Sequence[Part]) -> str:
    """``3 papers for Mei · 30 November 2026``."""
    is_own = request.profile is not None
    kinds = ("personal", "beyond") if is_own else ("communal",)
    count = sum(len(part.entries) for part in parts if part.kind in kinds)
    papers = pluralize(count, "paper") if count else "Nothing"
    until = {"day": "", "week": "the week to ", "month": "the month to "}[request.span]
    return f"{papers} for {request.reader if is_own else 'everybody'} · {until}{long_day(request.day)}"


def past_note(made: str) -> str:
    """What is said of an edition of a day that is over."""
    return f"Made on {made[:10]} of the corpus of that day: papers are here by the day they appeared"
