"""Notices of other papers (corrections, retractions, replies, comments), by the form of their titles.

Only what a title cannot say of a paper of its own counts: "Correction to: Lime mortar" and 'Comments on "Lime
mortar"' are notices, "Corrections to scaling" and "Comments on lime mortar" are papers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ERRATUM, RETRACTION, CONCERN, REPLY, COMMENT = "erratum", "retraction", "concern", "reply", "comment"

NAMED_BY = {"corrects": ERRATUM, "retracts": RETRACTION, "concerns": CONCERN}
"""Schemes of identifiers under which a notice names its paper, and the kind of notice that does."""


@dataclass(frozen=True)
class Notice:
    """What a title says of another paper."""

    kind: str
    """``erratum``, ``retraction``, ``concern``, ``reply`` or ``comment``."""

    about: str
    """The title of the other paper as it is written there; empty where it is not."""


def notice_of(title: str, abstract: str = "") -> Notice | None:
    """What a title, or the beginning of an abstract, says of another paper; None for a paper of its own.

    Examples
    --------
    >>> notice_of('Retraction notice to "Lime mortar and walls" [J. Walls 12 (2021) 44-51]')
    Notice(kind='retraction', about='Lime mortar and walls')
    >>> notice_of("Corrections to scaling in random walks") is None
    True
    """
    folded = title.casefold()
    if any(map(folded.__contains__, _HINTS)):
        for kind, form in _BEGINS:
            if (found := form.match(title)) is not None:
                return Notice(kind, _quoted_title(title[found.end() :]))
        for form in _ENDS:
            if (found := form.match(title)) is not None:
                return Notice(_kind_of(found["word"] or ""), found["about"].strip())
    if (found := _TEXT.match(abstract[:_HEAD])) is not None:
        return Notice(RETRACTION if found["verb"].lower() == "retracts" else ERRATUM, title)
    return None


# What one of the forms below holds.
_HINTS = (
    *("errat", "corrig", "korrig", "correct", "correcc", "correç", "korrekt", "bericht", "rectif", "rettif"),
    *("rettel", "rättel", "sprost", "addend", "amendment", "retract", "withdraw", "removal", "concern"),
    *("reply", "replies", "respon", "rejoind", "rebutt", "antwort", "répon", "respu", "comment", "komment"),
    *(
        "coment",
        "(vol",
        "re:",
        "publisher",
        "更正",
        "勘误",
        "勘誤",
        "訂正",
        "正誤",
        "撤稿",
        "撤回",
        "исправ",
        "поправ",
    ),
)

_QUOTE = "[\"\u201c-\u201f\u2018-\u201b\u00ab\u00bb\u2039\u203a'`\u300c\u300e]"
_DASH = "[\u2010-\u2015]"
_TO = r"\s+(?:to|for|of|on|regarding|re|about|concerning|zu|zur|zum|auf|aux?|à|al?|del?|do|da|к\s+статье)\b"
_COLON = rf"\s*(?::|：|{_DASH}\s|\s-\s|\.?\s*$)"
_QUOTED = rf"\s*:?\s*(?={_QUOTE}(?!s\b))"
_ET_AL = r"\s+(?=[^:\u201c\"]{1,60}\bet\s+al\b)"
# Behind a word that only notices begin with, and behind one that papers begin with as well.
_AFTER = rf"(?:{_TO}\s*:?|{_COLON}|{_QUOTED}|\s*[\[(])"
# Embase's "(Lancet (2020) 7(4) (e15-e16), ...)" and journals' own "Lancet 2021; 8: 121-29" behind the word.
_WHERE = rf"{_TO}(?=.*\([^()]*\((?:19|20)\d\d\)|.{{0,60}}\b(?:19|20)\d\d\s*;)"
_CLOSER = rf"(?:{_COLON}|{_TO}\s*:|(?:{_TO})?{_QUOTED}|{_TO}{_ET_AL}|{_WHERE})"
_WHO = r"(?:(?:authors?|publishers?|editors?|editorial)(?:['\u2019]?s?['\u2019]?)?\s+|partial\s+|minor\s+)?"
_ERRATUM = (
    r"(?:erratum|errata(?:\s+corrige)?|[ck]orrigend(?:um|a)|berichtigung|rectificatifs?|rectificatie"
    r"|fe\s+de\s+erratas?|sprostowanie|rättelse|rettelse|correction\s+not(?:e|ice)"
    r"|notice\s+of\s+(?:correction|erratum)|更正|勘误|勘誤|訂正|正誤表)"
)
_CORRECTION = (
    r"(?:corrections?|addend(?:um|a)|amendments?|correcci[oó]n(?:es)?|correção|korrektur|rettifica"
    r"|исправлени[ея]|поправк[аи])"
)
_RETRACTION = (
    r"(?:(?:retraction|withdrawal|removal)\s+(?:note|notice|statement)|撤稿(?:声明|聲明)?|論文撤回"
    r"|(?:notice|statement|note)\s+of\s+(?:retraction|withdrawal|removal))"
)
_CONCERN = r"(?:editorial\s+)?(?:expression|statement|note|notice)\s+of\s+(?:editorial\s+)?concern"
_ANSWER = r"(?:repl(?:y|ies)|responses?|rejoinder|rebuttal|antwort|réponse|respuesta)"
_ANSWERED = (
    r"(?:the\s+)?(?:\w+\s+)?(?:comments?|letters?|discussions?|critiques?|commentar(?:y|ies)|correspondence)"
    rf"(?:\s+to\s+the\s+editors?)?(?:\s*:|\s+(?:on|by|from|regarding|about|concerning)\b|\s*$|{_QUOTED})"
)
_AUTHORS = r"(?:the\s+)?authors?['\u2019]?s?['\u2019]?\s+"
_COMMENT = r"(?:a\s+)?(?:comments?|commentary|kommentar|commentaires?|comentarios?)"

_BEGINS = tuple(
    (kind, re.compile(rf"\W*(?:{form})", re.IGNORECASE))
    for kind, form in (
        (ERRATUM, rf"{_WHO}{_ERRATUM}{_AFTER}"),
        (ERRATUM, r"(?:author|publisher)(?:['\u2019]s)?\s+(?:correction|addendum)\b\s*(?:to\b\s*)?:?"),
        (ERRATUM, r"publisher['\u2019]?s['\u2019]?\s+notes?\s*:"),
        (ERRATUM, rf"{_WHO}{_CORRECTION}{_CLOSER}"),
        (RETRACTION, rf"{_WHO}{_RETRACTION}{_AFTER}"),
        (RETRACTION, rf"{_WHO}retraction{_CLOSER}"),
        (CONCERN, rf"{_CONCERN}(?:{_CLOSER}|\s+to\b)"),
        (REPLY, rf"(?:an?\s+|in\s+)?{_WHO}{_ANSWER}\s+(?:to|on)\s*(?::|{_QUOTED}|{_ET_AL})"),
        (REPLY, rf"{_WHO}{_ANSWER}\s+to\s+{_ANSWERED}(?:{_QUOTED})?"),
        (REPLY, rf"{_AUTHORS}(?:{_ANSWER}|respond)(?:{_COLON}|\s+to\b|\s*[\[(])"),
        (REPLY, rf"(?:reply|rejoinder|in\s+reply|reply\s+(?:by|from)\s+(?:the\s+)?authors?){_COLON}"),
        (REPLY, rf"{_ANSWER}\s+to\s.{{0,40}}\bletters?\s+to\s+(?:the\s+)?editor"),
        (REPLY, r"rejoinder\s+(?:to|on)\b"),
        (REPLY, r"reply\s+on\s+[A-Z]C\d+\s*$"),
        (COMMENT, rf"{_COMMENT}{_TO}(?:{_QUOTED}|{_ET_AL})"),
        (COMMENT, r"re\s*:\s+(?=(?:\S+\s+){3}\S)"),
        (COMMENT, r"comment\s+on\s*(?::|[a-z]+-\d{4}-\d+\s*$)"),
    )
)
# Behind a title: "... : Erratum"; "... (Correction)" and "... - REPLY", where a word in small letters may be
# the paper's own; and Web of Science's "... (Retraction of vol 12, pg 44, 2021)".
_ENDS = (
    re.compile(
        rf"(?P<about>.{{8,}}?)(?:\s*(?:[:\[(]|{_DASH})\s*|\.\s+|\s-\s)(?P<word>{_ERRATUM}|{_RETRACTION}|{_CONCERN}"
        rf"|(?:author|publisher)\s+correction|{_AUTHORS}(?:reply|response)|reply\s+by\s+(?:the\s+)?authors?"
        r"|rejoinder)\s*[\])]?\W*$",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?P<about>.{8,}?)(?:\s*[\u2013\u2014]\s*|\s-\s(?=[A-Z]{5})|\s*[\[(]\s*)"
        r"(?P<word>C(?i:orrection)|R(?i:etraction|eply)|A(?i:ddendum))\s*[\])]?\W*$"
    ),
    re.compile(r"(?P<about>.{8,}?)(?::|\s-)\s(?P<word>R(?i:eply)|C(?i:omment))\W*$"),
    re.compile(
        r"(?P<about>.{8,}?)\s*\((?:(?P<word>retraction|withdrawal|expression of concern|correction)\s+"
        r"(?:of|to|for)\s+)?vol\.?\s*[\w-]+\s*,[^()]*\b(?:pg|pp?|pages?|art\w*)\.?\s*[\w-]+[^()]*\)\W*$",
        re.IGNORECASE,
    ),
)
# What indexes write instead of the text of a notice that has its paper's title.
_TEXT = re.compile(r"\W*this\s+(?P<verb>corrects|retracts)\s+the\s+article\b", re.IGNORECASE)
_HEAD = 80


def _kind_of(word: str) -> str:
    """The kind of notice that ends with such a word, an erratum where there is none."""
    word = word.casefold()
    return next((kind for kind, parts in _PARTS if any(part in word for part in parts)), ERRATUM)


_PARTS = (
    (RETRACTION, ("retract", "withdraw", "removal", "撤")),
    (CONCERN, ("concern",)),
    (REPLY, ("reply", "response", "rejoinder")),
    (COMMENT, ("comment",)),
)


_IN_QUOTES = re.compile(rf"\W*?{_QUOTE}+(?P<about>.+){_QUOTE}+(?P<rest>.*)$")
_LATER_QUOTES = re.compile('["\u201c\u201e\u00ab](?P<about>.+)["\u201d\u201c\u00bb]')
_EDGES = re.compile(rf"^(?:[\s:.-]|{_DASH})+|\s+$")
# [J. Walls 12 (2021) 44-51], (J. Walls (2021) 12(3) (44-51), (S1), (10.1000/x))
_CITED = re.compile(r"\s*(?:\[[^\[\]]*\]|\((?=[^)]*\d)(?:[^()]|\([^()]*\))*\))\W*$")
# Smith et al., Lime mortar
_NAMED = re.compile(r".{0,60}?\bet\s+al\b(?:['\u2019]s)?\.?[,:.]?\s*(?:\(?\d{4}\)?)?[,:]?\s*", re.IGNORECASE)


def _quoted_title(rest: str) -> str:
    """The title in what follows upon the words of a notice, without quotes and without where it stood."""
    quoted = _IN_QUOTES.match(rest)
    if quoted is not None and (len(quoted["rest"]) < len(quoted["about"]) or quoted["rest"][:4] == " by "):
        return quoted["about"].strip()
    if (later := _LATER_QUOTES.search(rest)) is not None:
        return later["about"].strip()
    bare = _CITED.sub("", _EDGES.sub("", rest))
    named = _NAMED.match(bare)
    return (bare[named.end() :] if named is not None else bare).strip(" []\"'")
