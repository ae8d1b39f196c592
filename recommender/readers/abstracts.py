"""What stands in the place of an abstract that is missing, and what stands above one."""

from __future__ import annotations

import re

from .values import says_nothing

ABSTRACT_HEADINGS = tuple(
    "abstract summary zusammenfassung kurzfassung résumé resumé resumen resumo riassunto sommario "
    "samenvatting sammanfattning streszczenie аннотация реферат 摘要 要旨 抄録 초록".split()
)
"""What an abstract is called above itself."""

_LONGEST = 200  # characters of a sentence that stands for none
_WHAT = (
    r"(?:abstracts?|summary|description|zusammenfassung|kurzfassung|résumé|resume|resumen|resumo|riassunto"
    r"|sommario|samenvatting|sammanfattning|streszczeni[ea]|аннотаци[яи]|реферата?)"
)
_HERE = (
    r"(?: (?:is|are|was|were|has been|ist|est|está|è))?(?: currently| yet)?"
    r"(?: (?:available|provided|given|supplied|included|prepared|found|present|verfügbar|vorhanden"
    r"|disponibles?|disponível|disponibile|beschikbaar|tillgänglig|dostępn[ey]))?"
    r"(?: (?:for|in|with|to|at|from|on|para|pour|für) .{1,80})?"
)
_NONE = re.compile(
    r"(?:there (?:is|was) )?(?:no|without|keine?|ohne|sans|pas de|sin|no hay|sem|senza|nessun|geen|ingen|brak"
    r"|нет)"
    rf" {_WHAT}{_HERE}"
    rf"|(?:an? |the |this |l'|le |el |o |il )?{_WHAT}(?: (?:is|was|ist|est|está|è))?"
    r"(?: (?:not|nicht|non|no|não|niet|ej|nie)(?: yet| currently)?"
    r" (?:available|provided|given|supplied|included|found|present|applicable|verfügbar|vorhanden|disponible"
    r"|disponível|disponibile|beschikbaar|tillgänglig|dostępne)| unavailable| missing| отсутствует)"
    r"(?: (?:for|in|with|to|at|from|on) .{1,80})?"
    r"|(?:publisher: )?(?:abstract )?available (?:from|at|in \S{2,20} from) (?:the )?"
    r"(?:publisher|journal|doi)(?:'s)?(?: (?:web ?)?site)?"
    r"|an abstract is not available for this content.*"  # Cambridge
    r"|(?:inter)?national audience"  # HAL
    r"|click to increase image size(?:click to decrease image size)?"
    r"|(?:\[?(?:figure|formula|table): see text\]?[. ]*)+"  # PubMed
    r"|to (?:view|read|access|see) the (?:full )?abstract,? please .{3,80}"
    rf"|this .{{3,40}} (?:has|contains|comes with|had) no {_WHAT}"
    rf"|this .{{3,40}} does not (?:have|include|contain) an? {_WHAT}"
    r"|(?:see|please see|click|please click) .{0,20}(?:pdf|full ?text|article|link)(?: .{0,40})?"
    r"|暂无摘要|无摘要|摘要なし|抄録なし|초록 없음|no items? found",
    re.IGNORECASE,
)
_HEADING = re.compile(
    rf"(?:{'|'.join(ABSTRACT_HEADINGS)})\s*(?:[:：.]|\s[-–]\s|—|\|)\s*(?=\S)", re.IGNORECASE
)
# A line of its own, or capitals before a sentence: "ABSTRACT ART" is no heading.
_LINE = re.compile(rf"\s*(?:{'|'.join(ABSTRACT_HEADINGS)})[ \t]*:?[ \t]*\r?\n\s*(?=\S)", re.IGNORECASE)
_CAPITALS = re.compile(r"(?:ABSTRACT|SUMMARY|RÉSUMÉ|RESUMEN|RESUMO)\s+(?=[A-ZÀ-Þ](?:[a-zß-ÿ]|\s+[a-zß-ÿ]))")


def stands_for_none(text: str) -> bool:
    """Whether a text says that there is no abstract, or is a heading without one."""
    if len(text) > _LONGEST:
        return False
    bare = " ".join(text.split()).strip(" []().:!*-–—_")
    if not bare or says_nothing(bare):
        return True
    bare = bare.casefold()
    return bare in ABSTRACT_HEADINGS or _NONE.fullmatch(bare) is not None


def without_heading(text: str) -> str:
    """The abstract without the word "Abstract" above it.

    A mark behind the word, its capitals, or a line of its own say that it is a heading.
    """
    while (found := _HEADING.match(text) or _LINE.match(text) or _CAPITALS.match(text)) is not None:
        text = text[found.end() :]
    return text
