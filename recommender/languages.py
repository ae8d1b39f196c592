"""Which language a text is in, told by its script and its commonest words.

A script tells most of the languages that do not share theirs; among those that do, the words that stand in
every second sentence ("the", "und", "que") and the letters that only some alphabets have decide. What says
too little, such as a title of three nouns, is in no language that we could name.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping

_WORDS: Mapping[str, str] = {
    "en": "the of and to in is that for with we are this by on as from which be it an at our have can "
    "not these their or how has was were been when what between using does than its should whether "
    "they",
    "de": "der die das und in den von zu mit für auf ist im eine ein des dem nicht sich als auch werden "
    "wird wie bei einer einem aus zur zum oder wir sind nach über durch einen damit ihre kann "
    "wurde wurden zwischen",
    "fr": "le la les de des et en un une du est pour que dans qui par sur au aux avec ce cette sont pas "
    "nous plus ou ses leur comme être entre ces ont chez deux été se son sa quand où dont",
    "es": "el la los las de del y en un una que es por para con se su al lo como más sus este esta son "
    "entre pero sobre ha desde también muy fue han cuando sin durante estos estas según hacia nos",
    "pt": "o a os as de do da dos das e em um uma que é por para com se no na nos nas ao como mais não "
    "sua seu são entre foi pela pelo à uso sobre foram este esta também ou quando nas aos às",
    "it": "il lo la i gli le di del della dei delle e in un una che è per con si nel nella dal dalla al "
    "alla sono come non più questo questa tra da anche sul sulla degli nei ai agli su ed stato "
    "quando dello",
    "nl": "de het een van en in is dat op te met voor zijn aan niet er door om bij ook uit als naar "
    "worden wordt deze dit die tussen over wij hoe kan heeft hun tot werd meer wanneer of",
    "sv": "och när ska så att det som en på är av för med till den inte om ett från har kan vi i eller hur "
    "när mellan var de sig vid genom efter under detta denna dessa även blir där samt utan",
    "da": "og hvornår skal så nogle at det som en på er af for med til den ikke om et fra har kan vi i "
    "eller hvordan når mellem var de sig ved gennem efter under dette denne disse også bliver hvor "
    "mod blev deres",
    "no": "og når skal så noen at det som en på er av for med til den ikke om et fra har kan vi i eller "
    "hvordan når mellom var de seg ved gjennom etter under dette denne disse også blir hvor mot ble "
    "deres",
    "fi": "ja on ei että se oli joka ovat mutta myös kun tai sekä kuin voi niiden tämä tässä ole jotka hän "
    "vain sen mitä miten olla välillä ovatko vaikutus tutkimus kanssa jossa",
    "pl": "i w na z do się nie jest że o jak to dla przez od po za są oraz przy ich ze lub które który "
    "która jego tym być między ma został była ale u czy",
    "cs": "a v na se je že s z do o pro jsou by jako při ve k ale nebo mezi jak které který která byla bylo "
    "také od za po jejich tento této být když podle již",
    "tr": "ve bir bu için ile da de olarak olan daha çok gibi en arasında kadar ise sonra göre nasıl "
    "üzerinde olduğu değil hem veya her ne tarafından üzerine etkisi",
    "hu": "a az és hogy egy nem is van meg ez azt mint volt csak vagy már ezek között amely való által "
    "szerint illetve ami valamint során alapján esetén",
    "ro": "și în de la cu pe a să nu este care din pentru o un că mai sunt ale prin al dintre sau ca "
    "după acest această fost între cele cel lor asupra unui unei",
    "id": "yang dan di dari untuk dengan ini pada dalam itu adalah tidak ke oleh sebagai atau akan juga "
    "dapat terhadap antara karena telah bahwa secara tersebut lebih",
    "ru": "и в на не что с по для как к из это от о при или его между также у но был была были их все "
    "является которые который может так чтобы когда мы после",
    "uk": "і в на не що з по для як до із це від про при або його між також у та але був була були їх "
    "є які який може так щоб коли ми після та й",
    "bg": "и в на не че с по за като да от е при или са между също се но беше който които това може "
    "така ние след със във към",
    "fa": "و در به از که این است را با برای آن یک می های بر تا شده شود بین",
    "ar": "في من على إلى أن هذا هذه التي الذي عن مع كان بين ما لا أو كما هو هي",
}
"""The commonest words of each language, in its own spelling."""

_LETTERS: Mapping[str, str] = {
    "de": "ßäöü", "fr": "éèêàçœùâîô", "es": "ñáéíóú¿¡", "pt": "ãõçáéíóúâê", "it": "èàùòì", "sv": "åäö",
    "da": "æøå", "no": "æøå", "fi": "äö", "pl": "łąęśżźćń", "cs": "řěůčšžýť", "tr": "ğışçöü", "hu": "őűáéö",
    "ro": "țșăâî", "uk": "їєіґ", "ru": "ыэё", "bg": "ъ", "fa": "پچژگکی", "ar": "ةىأإي",
}  # fmt: skip
"""Letters that its alphabet has and most others lack."""

_ALONE: Mapping[str, str] = {
    "HANGUL": "ko", "GREEK": "el", "HEBREW": "he", "THAI": "th", "DEVANAGARI": "hi", "BENGALI": "bn",
    "TAMIL": "ta", "GEORGIAN": "ka", "ARMENIAN": "hy",
}  # fmt: skip
"""Scripts that (nearly) one language is written in."""

_SHARED: Mapping[str, frozenset[str]] = {
    "CYRILLIC": frozenset({"ru", "uk", "bg"}),
    "ARABIC": frozenset({"ar", "fa"}),
}
_OTHER_SCRIPTS = frozenset().union(*_SHARED.values())
_LATIN = frozenset(_WORDS) - _OTHER_SCRIPTS

_SPOKEN: Mapping[str, tuple[str, ...]] = {
    word: tuple(code for code, words in _WORDS.items() if word in words.split())
    for words in _WORDS.values()
    for word in words.split()
}
_MARKED: Mapping[str, tuple[str, ...]] = {
    letter: tuple(code for code, letters in _LETTERS.items() if letter in letters)
    for letters in _LETTERS.values()
    for letter in letters
}

_WORD = re.compile(r"[^\W\d_]+")
_SPELT = re.compile(r"[^\W\d_]{3}")  # a word, not a variable
_READ = 2000  # characters: what follows says nothing new
_ENOUGH = 1.0
_LEAD = 1.25
_FAIR = 0.3  # of a text's letters: a script that is more than a quotation


def script(text: str) -> str:
    """The script that most letters of a text are in.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        As Unicode's names begin: ``LATIN``, ``CYRILLIC``, ``CJK``, ``HIRAGANA``, ...; "" without a letter.
        Japanese, which mixes three, is ``HIRAGANA`` where a tenth of its letters are kana.
    """
    text = text[:_READ]
    if text.isascii():
        return "LATIN" if any(c.isalpha() for c in text) else ""
    counts = Counter(_script_of(c) for c in text if c.isalpha())
    if not counts:
        return ""
    kana = counts["HIRAGANA"] + counts["KATAKANA"]
    east = kana + counts["CJK"]
    most = max(counts, key=lambda name: (counts[name], name))
    # A sign says as much as two or three letters.
    if east * 2.5 >= counts[most] and east >= counts["HANGUL"]:
        return "HIRAGANA" if kana * 10 >= east else "CJK"
    return most


def _script_of(letter: str) -> str:
    return "LATIN" if letter < "\u0250" else unicodedata.name(letter, "").split(" ", 1)[0].split("-", 1)[0]


def language(text: str) -> str:
    """The language that a text is in.

    Parameters
    ----------
    text : str
        A title, an abstract or both.

    Returns
    -------
    str
        Its ISO 639-1 code, such as ``en``; "" where the text says too little or we do not know the language.

    Examples
    --------
    >>> language("Wann soll gemäht werden, damit Bodenbrüter ihre Jungen aufziehen?")
    'de'
    >>> language("LoRA")
    ''
    """
    text = unicodedata.normalize("NFC", text[:_READ])
    written = script(text)
    if written in _ALONE:
        return _ALONE[written] if written != "GREEK" or _SPELT.search(text) else ""
    if written in ("HIRAGANA", "CJK"):
        return "ja" if written == "HIRAGANA" else "zh"
    among = _SHARED.get(written, _LATIN if written == "LATIN" else frozenset())
    return _by_words(text.lower(), among)


def _by_words(text: str, among: frozenset[str]) -> str:
    """The language whose words and letters a text has, where it leads the second by enough."""
    scores: dict[str, float] = dict.fromkeys(sorted(among), 0.0)
    for word in _WORD.findall(text):
        spoken = _SPOKEN.get(word, ())
        # A word of one letter is a variable or an initial as often as a word.
        weight = (1.0 if len(word) > 1 else 0.4) / (len(spoken) or 1) ** 0.5
        for code in spoken:
            if code in scores:
                scores[code] += weight
    if not text.isascii():
        for letter, count in Counter(text).items():
            marked = _MARKED.get(letter, ())
            for code in marked:
                if code in scores:
                    scores[code] += 0.5 * min(count, 4) / len(marked) ** 0.5
    first, second = sorted(scores.values(), reverse=True)[:2] if scores else (0.0, 0.0)
    if first < _ENOUGH or first < _LEAD * second:
        return ""
    return max(scores, key=lambda code: scores[code])
