"""Whether a venue's name is that of a journal, a conference or a preprint server."""

from __future__ import annotations

import re
from typing import Literal

from .base import AnyRecord
from .identifiers import arxiv_id

__all__ = ["VenueKind", "venue_kind"]

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
