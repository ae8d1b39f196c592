"""What a title says of its paper: words, numbers, whether it is a notice of another one, or says nothing."""

from __future__ import annotations

import functools
import re

from ..spelling import named_signs, signs
from .texts import fold, letters, stem, words

STOP = frozenset(
    "a an the of and or in on at to for from by with as is are be its it this that these those we "
    "our i via into than how what when why where which who do does can der die das und von zu im "
    "ein eine des le la les des et en un une du el los las y del il lo di e per o os da do".split()
)

# Titles that stand above thousands of texts: every word is one of these.
_GENERIC = frozenset(
    """
    editorial editorials introduction introductory preface foreword prologue epilogue afterword erratum
    errata corrigendum corrigenda correction corrections addendum news contents content table book books
    review reviews editor editors reply replies letter letters message note notes special issue issues
    index abstract abstracts proceedings annual meeting report reports conference program programme
    obituary memoriam acknowledgement acknowledgements acknowledgment acknowledgments reviewer reviewers
    referees thanks guest author authors response responses comment comments commentary announcement
    announcements calendar events cover front back matter masthead board instructions information untitled
    title poster posters session sessions keynote keynotes panel welcome committee committees summary
    summaries conclusion conclusions discussion discussions appendix references bibliography volume part
    chapter section number paper papers article articles research original short brief communication
    communications oral presentation presentations invited talk talks workshop symposium congress overview
    remarks opening closing perspective perspectives viewpoint opinion highlights spotlight briefs digest
    forum correspondence question questions answers about us chair chairs president presidents column
    columns page pages publication publications list lists year years retraction withdrawn withdrawal
    notice concern expression supplement supplementary material materials background methods results aims
    january february march april may june july august september october november december spring summer
    autumn fall winter first second third fourth fifth vol no nr pp inside look back forward new vorwort
    einleitung einfuhrung inhalt inhaltsverzeichnis buchbesprechung buchbesprechungen rezension
    rezensionen nachrichten mitteilungen geleitwort zusammenfassung nachruf avant propos sommaire
    actualites preambule comptes rendus prologo introduccion prefacio editoriale prefazione introduzione
    indice resenas resena nota inleiding voorwoord redactioneel forord inledning ledare wstep recenzje od
    redakcji uvod recenze введение предисловие рецензия содержание от редакции редакционная статья новости
    хроника chief in copyright cumulative subject contributors listing sponsors organizers organization staff
    advertisement advertisements
    """.split()
)
_GENERIC_EAST = frozenset(
    "序 序言 前言 编者按 編集後記 はじめに 目次 目录 目錄 "
    "书评 書評 巻頭言 消息 卷首语 后记 머리말 목차 서평".split()
)

_NUMBER_WORDS = {
    word: str(number)
    for number, pair in enumerate(
        "one first,two second,three third,four fourth,five fifth,six sixth,seven "
        "seventh,eight eighth,nine ninth,ten tenth,eleven eleventh,twelve twelfth".split(","),
        start=1,
    )
    for word in pair.split()
} | {"1st": "1", "2nd": "2", "3rd": "3"}
_ROMAN = re.compile(r"(?=[IVX])(X{0,3})(IX|IV|V?I{0,3})")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}
_NOTHING = re.compile(
    "(?:"
    + "|".join(
        sorted(word for word in _GENERIC | STOP | _NUMBER_WORDS.keys() if word.isalpha() and len(word) > 1)
    )
    + r"|\d)*"
)
_SERIAL = frozenset(
    "part parts pt poster posters volume vol chapter section sect lecture session abstract no nr "
    "number num issue supplement suppl day case appendix book band teil tome partie parte study "
    "experiment report letter phase series episode tutorial fascicle heft kapitel capitulo "
    "chapitre paper problem note step stage lesson module unit figure fig table article talk item "
    "example edition installment deel del osa часть том глава".split()
)
_SERIES_TOKEN = re.compile(r"[vV]\d{1,2}|[IVX]+")
_TOKEN = re.compile(r"[^\W_]+")
_LABEL = re.compile(r"\W*(?P<label>[A-Z]{0,3}-?\d{1,4}(?:[-.]\d{1,4})*)\s*[.:)\]|]\s*\D")
_PLUS = re.compile(r"(?<=\w)\++")  # "EvGrass++" is not "EvGrass"
_YEAR = re.compile(r"(?:19|20)\d\d")
_DIGITS = re.compile(r"\d+")
_SEGMENT = re.compile(r"\s*(?:[:?!;]|\.(?=\s)|\s[-\u2010-\u2015]+\s|[\u2013\u2014])\s*")

_RETRACTED = re.compile(
    r"^\W*(?:retracted|withdrawn)(?:\s+(?:article|paper|chapter|manuscript))?\s*[\]):.\u2013\u2014-]+\s*"
    r"|\s*[\[(]\s*(?:retracted|withdrawn|preprint|retraction of)\b[^\])]*[\])]\W*$"
    r"|^\W*\[\s*(?:retracted|withdrawn)[^\]]*\]\s*",
    re.IGNORECASE,
)
_OPENS = (
    r"(?:(?:author|authors|author's|authors'|publisher|publisher's|editorial|editor's|in)\s+)?"
    r"(?P<kind>erratum|errata|corrigend\w+|corrections?|addend\w+|retraction(?:\s+(?:note|notice))?|"
    r"expression\s+of\s+concern|comments?|commentary|repl(?:y|ies)|response|rejoinder|rebuttal|discussion|"
    r"berichtigung|korrektur|kommentar|antwort|rectificatif|commentaires?|r[eé]ponse|fe\s+de\s+erratas?|"
    r"respuesta|comentarios?|letter|review|book\s+review|notice\s+of\s+retraction|removal)"
)
_NOTICE = re.compile(
    rf"\W*{_OPENS}\s*(?:(?:to|on|of|for|regarding|re|about|zu|zur|zum|auf|sur|[aà]|sobre|de)\b|[:.\u2013\u2014-])",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:[:(\[.]\s*|\s[\u2010-\u2015-]+\s*)(?:an?\s+|the\s+|authors?\W?\s+)?(?P<kind>erratum|corrigendum|comments?|commentary|reply|"
    r"rejoinder|correction|discussion|response|addendum|retraction|retraction\s+notice|rebuttal)\W*$",
    re.IGNORECASE,
)
_KINDS = (
    ("erratum", ("errat", "corrig", "correct", "bericht", "korrekt", "rectif", "fe de")),
    ("retraction", ("retract", "notice of retract", "removal")),
    ("comment", ("comment", "komment", "coment", "discuss")),
    ("reply", ("repl", "respon", "rejoin", "rebut", "antwort", "repon", "respu")),
    ("concern", ("expression",)),
    ("addendum", ("addend",)),
    ("review", ("review", "book")),
    ("letter", ("letter",)),
)

_FEW_LETTERS = 12
_FEW_WORDS = 3
_MAIN_WORDS = 3


def _spelled(text: str) -> bytes:
    text = named_signs(text)
    text = _PLUS.sub(lambda found: " plus" * len(found[0]), text) if "+" in text else text
    return letters(text) if text.isascii() and "&" not in text else letters(fold(text))


class Title:
    """One title, looked at as far as it is asked.

    Parameters
    ----------
    text : str
        The title as written.
    """

    def __init__(self, text: str) -> None:
        self.text = _RETRACTED.sub(" ", text).strip() or text
        self.letters = _spelled(self.text)

    @functools.cached_property
    def main(self) -> bytes:
        """The letters of what stands before a subtitle; of the whole where that says too little."""
        head = _SEGMENT.split(self.text, 1)[0]
        if len(head) == len(self.text) or len(head.split()) < _MAIN_WORDS:
            return self.letters
        found = _spelled(head)
        return found if len(found) >= _FEW_LETTERS else self.letters

    @functools.cached_property
    def head(self) -> Title:
        """What stands before a subtitle, however short, as a title; itself where there is none."""
        head = _SEGMENT.split(self.text, 1)[0]
        return self if not head or head == self.text else Title(head)

    @functools.cached_property
    def words(self) -> list[str]:
        """Its words, folded."""
        return words(fold(self.text))

    @functools.cached_property
    def content(self) -> frozenset[str]:
        """The stems of the words that say what it is about."""
        return frozenset(stem(word) for word in self.words if word not in STOP)

    @functools.cached_property
    def generic(self) -> bool:
        """Whether it stands above any number of texts, such as "Editorial", or holds no word."""
        if "".join(c for c in self.text if c.isalpha()) in _GENERIC_EAST:
            return True
        rest = (word for word in self.words if not word[0].isdigit() and len(word) > 1)
        return all(word in _GENERIC or word in STOP or word in _NUMBER_WORDS for word in rest)

    @functools.cached_property
    def short(self) -> bool:
        """Whether it has too few words to be one paper's alone."""
        if not self.text.isascii() and any(len(word) == _PAIR and not word.isascii() for word in self.words):
            return len(self.words) < _FEW_LETTERS // 2
        return len(self.words) < _FEW_WORDS or len(self.letters) < _FEW_LETTERS

    @functools.cached_property
    def kind(self) -> str:
        """What kind of notice of another paper it heads (``erratum``, ``reply``, ...), "" for none."""
        found = _NOTICE.match(self.text) or _TAIL.search(self.text)
        if found is None:
            return ""
        word = fold(found["kind"])
        return next((kind for kind, starts in _KINDS if word.startswith(starts)), word)

    @functools.cached_property
    def serials(self) -> frozenset[str]:
        """The numbers that tell it from others of a series: "Part II", "Poster 12", "... 3: ..."."""
        return self._all_numbers[0]

    @functools.cached_property
    def numbers(self) -> frozenset[str]:
        """All its numbers: digits, Roman ones and words."""
        return self._all_numbers[1]

    @functools.cached_property
    def _all_numbers(self) -> tuple[frozenset[str], frozenset[str]]:
        serials: set[str] = set()
        numbers: set[str] = {*_PLUS.findall(self.text), *signs(self.text)}
        label = _LABEL.match(self.text)
        if label is not None:
            serials.add(label["label"].casefold())
        for segment in _SEGMENT.split(self.text):
            tokens = _TOKEN.findall(segment)
            for place, token in enumerate(tokens):
                before = fold(tokens[place - 1]) if place else ""
                series, last = before in _SERIAL, place == len(tokens) - 1
                found = _numbers_of(token, series, last and bool(place))
                numbers.update(found)
                if found and (series or (last and token.isdigit()) or _SERIES_TOKEN.fullmatch(token)):
                    serials.update(found)
        return frozenset(serials), frozenset(numbers)


_PAIR = 2
_LONGEST_GENERIC = 60  # letters of a title that says nothing


def says_nothing(fingerprint: str) -> bool:
    """Tell whether the letters of a title are those of words that stand above any number of texts.

    Parameters
    ----------
    fingerprint : str
        Its letters and digits, see `identifiers.title_fingerprint`.

    Returns
    -------
    bool
        True for such as "Editorial" and "Table of contents, volume 12".

    Examples
    --------
    >>> says_nothing("tableofcontentsvolume12"), says_nothing("deeplearning")
    (True, False)
    """
    if len(fingerprint) > _LONGEST_GENERIC:
        return False
    if fingerprint in _GENERIC_EAST:
        return True
    return _NOTHING.fullmatch(fingerprint) is not None


def _numbers_of(token: str, series: bool, last: bool) -> list[str]:
    """The numbers that a word of a title holds; a single letter only behind "Part" or at the end."""
    folded = fold(token)
    if folded in _NUMBER_WORDS:
        return [_NUMBER_WORDS[folded]]
    upper = token.upper() if series else token
    if _ROMAN.fullmatch(upper) and (len(token) > 1 or series or (last and token == "I")):
        return [str(_roman(upper))]
    if series and len(token) == 1 and token.isalpha():
        return [folded]
    return [str(int(digits)) for digits in _DIGITS.findall(folded) if digits.isdecimal() and len(digits) < 10]


def _roman(text: str) -> int:
    values = [_ROMAN_VALUES[letter] for letter in text]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))


def numbers_differ(first: Title, second: Title) -> bool:
    """Whether the numbers of two titles, or of what stands before their subtitles, tell them apart."""
    return _others(first, second) or _others(first.head, second.head)


def _others(first: Title, second: Title) -> bool:
    ours, theirs = first.numbers - second.numbers, second.numbers - first.numbers
    if ours and theirs:
        return True
    # A sequel has nothing but a number more; a year may be put to any title.
    more = {number for number in ours | theirs if not _YEAR.fullmatch(number)}
    return bool(more) and _without_numbers(first) == _without_numbers(second)


def _without_numbers(title: Title) -> frozenset[str]:
    return frozenset(
        word for word in title.content if not any(map(str.isdigit, word)) and word not in _NUMBER_WORDS
    ) - {"i", "ii", "iii", "iv", "v", "vi"}


def serials_differ(first: Title, second: Title) -> bool:
    """Whether two titles are numbers of a series, and not the same one."""
    ours = first.serials - second.serials - second.numbers
    theirs = second.serials - first.serials - first.numbers
    return bool(ours and theirs)
