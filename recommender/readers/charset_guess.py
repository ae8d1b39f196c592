"""Which encoding a text is in that is not UTF-8, from a piece of it: short, mostly English, a few names.

A detector that counts letters needs pages of one language; a list of papers has a handful of words that are
not English, of several languages. So each encoding is asked how many of these words it makes readable: all
letters of one language, capitals where capitals stand, no sign inside a word. Chinese, Japanese and Korean
are told by their commonest characters.
"""

from __future__ import annotations

import functools
import importlib.util
import re
import unicodedata
from collections.abc import Mapping

FALLBACK = "cp1252"
"""What a text is read as of which nothing is certain; ISO-8859-1 is a part of it."""

_WESTERN = (
    *(
        "äöüß",
        "åäöšž",
        "àâæçèéêëîïôùûüÿœ",
        "áéíñóúü",
        "àáâãçéêíóôõúü",
        "àèéìîòóù",
        "æøåéö",
        "åäöéü",
        "áéëïíóöúüè",
    ),
    *("àçèéíïòóúü·", "áæéíðóöúýþ", "áéíóúẁẃŵŷâêîôû", "àèìòùáéíóú"),
)
_CENTRAL = (
    *("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "čćđšž", "äöüß", "áéó"),
    "ëç",
)
_CYRILLIC = (
    "абвгдежзийклмнопрстуфхцчшщъыьэюяё",
    "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "абвгдђежзијклљмнњопрстћуфхцчџш",
    "абвгдеёжзійклмнопрстуўфхцчшыьэюя",
    "абвгдѓежзѕијклљмнњопрстќуфхцчџш",
)
# Each encoding with the letters of its languages, the likeliest first: the first of equals is taken.
_SINGLE: Mapping[str, tuple[str, ...]] = {
    FALLBACK: _WESTERN,
    "cp1250": _CENTRAL,
    "cp1251": _CYRILLIC,
    "cp1255": ("אבגדהוזחטיךכלםמןנסעףפץצקרשת",),
    "koi8_r": _CYRILLIC[:1],
    "koi8_u": _CYRILLIC[1:2],
    "cp1253": ("αάβγδεέζηήθιίϊΐκλμνξοόπρσςτυύϋΰφχψωώ",),
    "cp1254": ("çğıöşüâîû",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž"),
    "cp1256": ("ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژگک",),
    "mac_roman": _WESTERN,
    "cp850": _WESTERN,
    "iso8859_2": _CENTRAL,
    "cp852": _CENTRAL,
    "cp866": _CYRILLIC[:1],
    "iso8859_5": _CYRILLIC,
}
# The commonest letters of other scripts: half of any text is made of them.
_COMMONEST = frozenset("оеаинтсрвліјαοιετνσρςκυπיוהלאמרתבנשالينمتربوعده")
_LEAST_COMMONEST = 0.45
_THAI = "cp874"
_JAPANESE = ("cp932", "euc_jp")
_CHINESE: Mapping[str, str] = {
    "gb18030": (
        "的一是在不和了有中大国为上个学分对成会可主发年动同工能下过子说产种面而方后多定行法所民经十三之进"
        "着等部度家电力里如水化高自二理起小物现实量都两体制机当使点从业本去把性好应开它合还因由其些然前外"
        "天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结"
        "解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老"
        "头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处研"
        "究析模型算习网络森林声源鸟类歌草地"
    ),
    "big5": (
        "的一是在不和了有中大國為上個學分對成會可主發年動同工能下過子說產種面而方後多定行法所民經十三之進"
        "著等部度家電力裡如水化高自二理起小物現實量都兩體制機當使點從業本去把性好應開它合還因由其些然前外"
        "天政四日那社義事平形相全表間樣與關各重新線內數正心反你明看原又麼利比或但質氣第向道命此變條只沒結"
        "解問意建月公無系軍很情者最立代想已通並提直題黨程展五果料象員革位入常文總次品式活設及管特件長求老"
        "頭基資邊流路級少圖山統接知較將組見計別她手角期根論運農指幾九區強放決西被幹做必戰先回則任取據處研"
        "究析模型算習網絡森林聲源鳥類歌草地"
    ),
    "cp949": (
        "의이는에을를은가다고로한하지기사인자정시대리도연구서수어나적와과안전일스비아장보부동성제조모상들"
        "라할해"
    ),
}
_LEAST_COMMON = 0.15  # of the characters; texts of other encodings have a tenth of it
_LEAST_KANA = 0.2
_MOST_WRONG = 0.01
_LONG = 200  # bytes that are not ASCII
_ASCII = bytes(range(128))
_READABLE = 0.8
_LEAST_RATIO = 0.5

# Between words: ASCII that is no letter or digit, quotation marks, dashes, the marks of French and Spanish.
_MARKS = "‘’‚“”„–—…«»‹›¿¡•"
_BETWEEN = re.compile(f"[\\x00-/:-@\\[-`{{-\\x7f{_MARKS}\xa0]+")
_TYPESET = re.compile(f"[{_MARKS}]")
_SIGNS = "°±²³¹µ×÷©®™§€£¥%·ºª½¼¾†‡¶"
_VOWELS = frozenset("aeiouyıæøœ")


def guess(sample: bytes) -> str:
    """Python's name of the encoding that makes most of the sample readable; empty where none does."""
    for name in _JAPANESE:
        wide = _wide(sample, name)
        if wide and sum("\u3041" <= c <= "\u30fe" for c in wide) >= _LEAST_KANA * len(wide):
            return name
    ratios = {name: _readable(sample, name) for name in _SINGLE}
    single = max(ratios, key=ratios.__getitem__)
    if ratios[single] >= _READABLE:
        return single
    common = {name: _common(sample, name) for name in _CHINESE}
    wide_name = max(common, key=common.__getitem__)
    if common[wide_name] >= _LEAST_COMMON:
        return wide_name
    if _is_thai(sample):
        return _THAI
    if ratios[single] >= _LEAST_RATIO:
        return single
    if ratios[single] == 0 == ratios[FALLBACK]:  # signs, as in 5 m³
        return FALLBACK
    return _by_charset_normalizer(sample)


def _wide(sample: bytes, name: str) -> str:
    """The characters outside ASCII, as this encoding has them; none where it cannot be that encoding."""
    text = sample.decode(name, "replace")
    wide = "".join(c for c in text if c > "\x7f")
    return "" if wide.count("\ufffd") > max(1, _MOST_WRONG * len(wide)) else wide


def _is_thai(sample: bytes) -> bool:
    wide = _wide(sample, _THAI)
    runs = len(re.findall(b"[\x80-\xff]+", sample))
    return len(wide) >= 4 * runs and all("\u0e00" <= c <= "\u0e5b" for c in wide)


def _common(sample: bytes, name: str) -> float:
    wide = _wide(sample, name)
    known = frozenset(_CHINESE[name])
    return sum(c in known for c in wide) / len(wide) if wide else 0.0


def _readable(sample: bytes, name: str) -> float:
    """How many of the words outside ASCII are readable, less those that cannot be, of all; 1 is each."""
    text = sample.decode(name, "replace")
    marks = [_word(word, name) for word in _BETWEEN.split(text) if not word.isascii()]
    told = [mark for mark in marks if mark] + [1] * len(_TYPESET.findall(text))
    other = [c for c in text.lower() if c > "\u0250" and c.isalpha()]
    if sum(c in _COMMONEST for c in other) < _LEAST_COMMONEST * len(other):
        return -1.0
    return sum(told) / len(told) if told else 0.0


def _word(word: str, name: str) -> int:
    """1 for a word that is readable, -1 for one that cannot be, 0 where it says nothing."""
    letters = word.strip(_SIGNS)
    if letters.isascii() or (len(letters) == 1 and letters.isalpha()):
        return 0
    if not letters.isalpha() or not _cased(letters):
        return -1
    return 1 if _of_one_language(letters.lower(), name) else -1


def _cased(word: str) -> bool:
    """Whether capitals stand where they may: at the beginning, everywhere, or, as in McGarrón, in ASCII."""
    return word == word.upper() or all(c == c.lower() or c.isascii() for c in word[1:])


def _of_one_language(word: str, name: str) -> bool:
    special = {c for c in word if c > "\x7f"}
    if min(special) >= "\u0250":
        if word.translate(_NO_ASCII) != word:  # letters of two scripts in one word
            return False
    elif not _VOWELS.intersection(unicodedata.normalize("NFD", word)):
        return False
    return any(special <= letters for letters in _languages(name))


_NO_ASCII = dict.fromkeys(range(128))


@functools.lru_cache(maxsize=len(_SINGLE))
def _languages(name: str) -> tuple[frozenset[str], ...]:
    return tuple(map(frozenset, _SINGLE[name]))


def _by_charset_normalizer(sample: bytes) -> str:
    """What the package thinks, where it is installed: a hundred encodings, from longer texts."""
    if len(sample.translate(None, _ASCII)) < _LONG or importlib.util.find_spec("charset_normalizer") is None:
        return ""
    from .._extras import extra

    with extra("bibliography"):
        from charset_normalizer import from_bytes
    best = from_bytes(sample).best()
    return best.encoding if best is not None else ""
