"""The protocol of a writer (records in, text out); identifiers, dates and venues for reference formats."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Literal, Protocol, TypeAlias, TypedDict, cast

from ..arxiv_ids import ARXIV_ARCHIVES
from ..display import safe_url
from ..dois import doi_of
from ..identifiers import parse_identifier
from ..iso_dates import dates_text
from ..paper import Paper, clean_text


class PaperRecord(TypedDict):
    """A paper's facts, in the order in which formats show them; what is unknown is empty."""

    id: str
    title: str
    authors: list[str]
    published: str
    categories: list[str]
    venue: str
    url: str
    abstract: str
    identifiers: dict[str, str]
    upvotes: int | None
    retracted: bool
    revised: str


class Record(TypedDict):
    """One recommendation with the paper's facts, in the order in which formats show them.

    `closest` is the id of the liked paper this one is closest to, or the reader's own words;
    then `closest_title` is empty. `published` is empty, ``2024``, ``2024-05`` or ``2024-05-17``;
    `revised` is when the last version appeared, where one is later. Any fact that is unknown is empty.

    `score` is None where no reader's taste put the paper there.

    The reasons: `confidence` (None where unknown) in [0, 1], the `interest` it serves (empty where all are
    one), the `terms` in common, the `sentence` that carries the match, and each paper's part in the score.
    """

    rank: int
    id: str
    title: str
    score: float | None
    confidence: float | None
    interest: str
    closest: str
    closest_title: str
    closest_cosine: float
    terms: list[str]
    sentence: str
    contributions: dict[str, float]
    authors: list[str]
    published: str
    categories: list[str]
    venue: str
    url: str
    abstract: str
    identifiers: dict[str, str]
    retracted: bool
    revised: str


AnyRecord: TypeAlias = Record | PaperRecord
"""What formats write: recommendations, or papers by themselves."""


class Writer(Protocol):
    """One format."""

    name: str

    def write(self, records: Sequence[AnyRecord]) -> str | bytes:
        """Write records as text, or as the bytes of a file where the format is none of text.

        Parameters
        ----------
        records : sequence of Record or of PaperRecord
            All of one kind.

        Returns
        -------
        str or bytes
            The records in the order given; a text ends with one newline unless it is empty.
        """
        ...


def without_unsafe_url(record: AnyRecord) -> AnyRecord:
    """The record itself, or where its address is none that may be written, one that has none."""
    if safe_url(record["url"]) == record["url"]:
        return record
    return cast(AnyRecord, {**record, "url": ""})


_ARXIV_CLASS = re.compile(rf"(?:{'|'.join(ARXIV_ARCHIVES)})(?:\.[A-Za-z-]+)?")


def arxiv_id(record: AnyRecord) -> str:
    """The arXiv id without prefix and version, or an empty text."""
    return _value(record, "arxiv")


def arxiv_class(record: AnyRecord) -> str:
    """The first category that arXiv knows (``cs.CL``), or an empty text."""
    return next((name for name in record["categories"] if _ARXIV_CLASS.fullmatch(name)), "")


def doi(record: AnyRecord) -> str:
    """The DOI without a prefix or resolver, as it was written, or an empty text."""
    return _value(record, "doi")


def keywords(categories: Sequence[str]) -> str:
    """All in one text, parted by semicolons; a single one that holds a comma ends with one."""
    names = [name for name in map(clean_text, categories) if name]
    return "; ".join(names) + ";" * (len(names) == 1 and "," in names[0])


_OTHERS = {
    "pmid": "PMID",
    "pmcid": "PMCID",
    "acl": "ACL",
    "openalex": "OpenAlex",
    "s2": "S2",
    "corpusid": "CorpusID",
    "isbn": "ISBN",
    "issn": "ISSN",
    "citekey": "Citation Key",
}
"""Schemes that the formats of references have no field for, as Zotero writes them into its field Extra."""


def identifier_of(record: AnyRecord, scheme: str) -> str:
    """The record's identifier of that scheme as it was written, without the scheme's name, or empty."""
    written = next((v for key, v in record["identifiers"].items() if key.lower() == scheme), "")
    return clean_text(re.sub(rf"^{scheme}:\s*", "", written, flags=re.IGNORECASE))


def other_identifiers(record: AnyRecord, *, without: Collection[str] = ()) -> list[str]:
    """A line for each identifier that is no DOI and of no arXiv paper: ``PMID: 24034244``."""
    wanted = {scheme: name for scheme, name in _OTHERS.items() if scheme not in without}
    found = ((name, identifier_of(record, scheme)) for scheme, name in wanted.items())
    return [f"{name}: {value}" for name, value in found if value]


def _value(record: AnyRecord, scheme: str) -> str:
    """The value of the record's identifier of that scheme, whichever field holds it."""
    named = (value for key, value in record["identifiers"].items() if key.lower() == scheme)
    for text in (*named, record["id"]):
        found = parse_identifier(text)
        if found is not None and found.startswith(f"{scheme}:"):
            value = found.removeprefix(f"{scheme}:")
            if scheme == "doi":  # whole: with its version, and in the case that it was written in
                return doi_of(text) or value
            start = text.lower().find(value)  # the canonical spelling has lost the case
            return text[start : start + len(value)] if start >= 0 else value
    return ""


_DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(\d{2}))?)?", re.ASCII)


def date_parts(published: str) -> tuple[str, str, str]:
    """Year, month and day in digits, empty where unknown: ``("2024", "05", "")`` for ``2024-05``."""
    found = _DATE.fullmatch(published)
    if found is None:
        return "", "", ""
    year, month, day = found.groups(default="")
    return year, month, day


def dates_of(record: AnyRecord) -> str:
    """When the paper appeared and when its last version did, for people to read."""
    return dates_text(record["published"], record["revised"])


VenueKind = Literal["journal", "conference", "preprint", "unknown"]

_PREPRINT = re.compile(r"\b(?:arxiv|corr|bio-?rxiv|med-?rxiv|chem-?rxiv|ssrn|preprints?)\b", re.IGNORECASE)
# Asked before conferences: "Proceedings of the IEEE" and its like are journals by another name.
_JOURNAL = re.compile(
    r"\b(?:journal|transactions|trans\.|letters|magazine|annals|tacl|tmlr|jmlr|pnas)\b"
    r"|\bproceedings of the (?:national academy|royal society|vldb endowment|ieee$|acm on )",
    re.IGNORECASE,
)
_CONFERENCE = re.compile(
    r"\b(?:proceedings|proc\.|conference|conf\.|workshops?|symposium|colloquium|meeting|congress|findings of"
    r"|advances in neural information processing systems)(?!\w)",
    re.IGNORECASE,
)
# Case counts here: "Chi" is a name, CHI a conference. A year may hang on: ICML'23, NeurIPS2024.
_ACRONYM = re.compile(
    r"\b(?:AAAI|AAMAS|ACCV|ACL|AISTATS|ALT|ASPLOS|BMVC|CADE|CCS|CHI|CIKM|COLING|COLM|COLT|CONLL|CRYPTO|CVPR"
    r"|CoLM|CoNLL|CoRL|EACL|ECAI|ECCV|ECIR|ECML|EMNLP|FAccT|FOCS|FSE|ICALP|ICASSP|ICCV|ICDE|ICDM|ICLR|ICML"
    r"|ICRA|ICSE|IJCAI|IJCNLP|INTERSPEECH|IROS|ISCA|ISMIR|ISWC|ITCS|Interspeech|KDD|LICS|LREC|MICCAI|MICRO"
    r"|MLSys|NAACL|NIPS|NSDI|NeurIPS|OSDI|PLDI|PODS|POPL|RSS|RecSys|SDM|SIGCOMM|SIGGRAPH|SIGIR|SIGKDD|SIGMOD"
    r"|SODA|SOSP|STACS|STOC|UAI|UIST|USENIX|VLDB|WACV|WMT|WSDM|WWW)(?:\W?(?:19|20)?\d{2})?\b"
)


def venue_kind(record: AnyRecord) -> VenueKind:
    """What the venue's name looks like; a journal is what looks like nothing else."""
    venue = record["venue"]
    if not venue:
        return "preprint" if arxiv_id(record) else "unknown"
    if _PREPRINT.search(venue):
        return "preprint"
    if _JOURNAL.search(venue):
        return "journal"
    return "conference" if _CONFERENCE.search(venue) or _ACRONYM.search(venue) else "journal"


def paper_record(paper: Paper) -> PaperRecord:
    """Give all that is known of a paper, as formats write it.

    Parameters
    ----------
    paper : Paper
        The paper.

    Returns
    -------
    PaperRecord
        A dict; what reads JSON makes the same paper of it.

    Examples
    --------
    >>> from recommender import Paper
    >>> from recommender.writers import paper_record
    >>> paper_record(Paper(id="2106.09685", title="LoRA"))["title"]
    'LoRA'
    """
    return {
        "id": paper.id,
        "title": paper.title,
        "authors": list(paper.authors),
        "published": paper.published,
        "categories": list(paper.categories),
        "venue": paper.venue,
        "url": paper.url,
        "abstract": paper.abstract,
        "identifiers": dict(paper.identifiers),
        "upvotes": paper.upvotes,
        "retracted": paper.retracted,
        "revised": paper.revised,
    }
