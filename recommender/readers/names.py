"""People's names: from objects that tell the parts, and from texts that hold one or many.

A name is written as a reader would say it, ``Piet van Dijk``, whatever order its source has; names of groups
and those of Chinese, Japanese and Korean script stay as they are.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence

from .values import says_nothing, text


def _any_of(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


_SUFFIX = _any_of(r"(?:jr|sr|junior|senior)\.?", "I{2,3}", "IV", "2nd", "3rd")
_DEGREE = _any_of(
    *(
        r"ph\.?\s?d\.?",
        r"m\.?\s?d\.?",
        r"d\.?\s?phil\.?",
        r"sc\.?\s?d\.?",
        r"[mb]\.?\s?sc\.?",
        r"m\.?\s?p\.?\s?h\.?",
    ),
    *(
        r"m\.?\s?b\.?\s?a\.?",
        r"r\.?\s?n\.?",
        r"d\.?\s?d\.?\s?s\.?",
        r"d\.?\s?v\.?\s?m\.?",
        r"m\.?\s?b\.?\s?b\.?\s?s\.?",
    ),
    *(r"pharm\.?\s?d\.?", r"ed\.?\s?d\.?", r"psy\.?\s?d\.?", r"f\.?r\.?c\.?[sp]\.?", r"esq\.?"),
)
_COMPANY = _any_of(r"(?:inc|ltd|llc|llp|co|corp|gmbh|ag|s\.?a|b\.?v|plc|pty|kg|limited|incorporated)\.?")
_GROUP = re.compile(
    r"\b(?:universi\w+|department|institut\w*|group|consortium|collaborat(?:ion|ors)|team|society|association"
    r"|committee|organi[sz]ation|cent(?:er|re)s?|council|agency|ministry|network|project|initiative|laborator\w+"
    r"|investigators|foundation|office|bureau|academy|college|hospital|school|company|program|programme|trial)\b",
    re.IGNORECASE,
)
_NOBODY = _any_of(
    *(
        r"et\.?\s*al\.?",
        "and others",
        r"others\.?",
        r"anon(?:ymous)?\.?",
        "various(?: authors)?",
        r"u\.\s?a\.",
        r"и др\.?",
    ),
    *(
        "no authors?(?: name)?(?: (?:listed|available|given))?",
        "unknown author",
        "author unknown",
        "not listed",
        "等",
    ),
)
_AND_OTHERS = re.compile(
    r"(?:(?<!\w)et\.?\s*al\b\.?|(?:\band|&)\s+others\b|\bu\.\s?a\.|\bи др\.?|等)\s*$", re.IGNORECASE
)
_PARTICLE = (
    "van von der den de del della di da dos das do du la le ter ten te zu zum zur af av el al bin ibn op 't"
)
_PARTICLES_FIRST = re.compile(rf"(?:(?:{_PARTICLE.replace(' ', '|')})\s+)+\S")
_INITIALS = re.compile(r"(?:[^\W\d_a-zß-ÿ]\.?[\s-]?){1,4}")
_ENDS_IN_INITIAL = re.compile(r"(?:^|[\s.-])[^\W\d_]\.$")
# Smith JA, van der Berg K, Smith J.-A.: MEDLINE's and Scopus's order.
_INITIALS_LAST = re.compile(
    r"((?:[^\W\d_][\w'’-]*\s+){0,4}?[^\W\d_][\w'’-]*[a-zß-ÿ][\w'’-]*)\s+"
    r"([A-ZÀ-Þ]{1,3}|(?:[A-ZÀ-Þ]\.[-\s]?){1,4})"
)
_NO_INITIALS = frozenset("AI ML NLP UK US EU UN IT TV II III IV VR AR HPC LLM GLM LM PI X".split())
_FAMILIES = frozenset(
    "CAI DU FU GU GUO HE HU HUO LAI LI LIU LU LUO MA MAO MO NI OU QI QIU SU TU WU XIA XU YE YU".split()
)
_MAIL = re.compile(r"[<(\[]?\b[\w.+-]+@[\w-]+\.[\w.-]+\b[>)\]]?")
_MARKS = "*†‡§¶‖¹²³⁰⁴-⁹"
_END = r"(?=\s*(?:[,;|]|$|and\b|&))"
_FOOTNOTES = re.compile(
    rf"(?:(?<=[^\W\d_])[ ,]?[{_MARKS}]+\d{{0,2}}|(?<=[a-zß-ÿ])\^?\d{{1,2}}(?!\d))"
    rf"(?:\s?[,*]\s?[\d{_MARKS}]{{1,2}}(?!\d))*{_END}"
)
_BRACKETS = re.compile(rf"(?<=[\w.])\s*[(\[]([^()\[\]]*)[)\]]{_END}")
_NOTED = re.compile(rf"[\d{_MARKS}()\[\]@]")
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]")
_SEPARATORS = re.compile(r"\s*[;|•]\s*")
_AND = re.compile(r"\s*,?\s+(?:and|(?<!von )und)\s+|\s*,?\s+(?<!\\)&\s+|,\s*&\s*")

# Most cells: full names between commas, of which no word is short for anything.
_PLAIN = r"(?:[A-ZÀ-Þ](?:[a-zß-ÿ'’-]++|\.) )++[A-ZÀ-Þ][a-zß-ÿ'’-]++"
_PLAIN_NAME = re.compile(_PLAIN)
_PLAIN_LIST = re.compile(rf"{_PLAIN}(?:, {_PLAIN})*+")
_PERHAPS_NOBODY = re.compile("Author|Others|Not |Et Al|No ")

_WHOLE = "literal name display_name full_name fullname raw_author_name collectivename category".split()
_GIVEN = "given givenname firstname first first_name given_name forename forenames initials".split()
_FAMILY = "family familyname lastname last last_name family_name surname".split()
_PARTICLES = ("dropping-particle", "non-dropping-particle")
_INSIDE = ("author", "person", "creator")


def name_of(value: Mapping[object, object]) -> str:
    """The name in an object, as CSL, Crossref, Zotero, OpenAlex, Semantic Scholar and others write them."""
    known = {str(key).lower(): inner for key, inner in value.items()}
    family = _first(known, _FAMILY)
    if family:
        given = _first(known, _GIVEN)
        middle = _joined(known.get("middle"))
        if _are_east_asian(family, given):
            return family + given
        particles = (_first(known, (name,)) for name in _PARTICLES)
        parts = (given, middle, *particles, family, _first(known, ("suffix",)))
        return " ".join(part for part in parts if part)
    whole = _first(known, _WHOLE)
    if whole:
        return one_name(whole)
    inside = next((known[key] for key in _INSIDE if isinstance(known.get(key), Mapping)), None)
    if isinstance(inside, Mapping) and not any(isinstance(inside.get(key), Mapping) for key in _INSIDE):
        return name_of(inside)
    return _first(known, _GIVEN)


def authors_among(people: Sequence[object]) -> Sequence[object]:
    """Those of a library's creators who wrote it; the editors, or all, where it names no author."""
    kinds = [str(one.get("creatorType", "")) if isinstance(one, Mapping) else "" for one in people]
    for kind in ("author", "editor"):
        if kind in kinds:
            return [one for one, its in zip(people, kinds, strict=True) if its == kind or not its]
    return people


@functools.lru_cache(maxsize=2**14)
def one_name(written: str) -> str:
    """The name of one person or group, its given name first; empty where it names nobody."""
    if _PLAIN_NAME.fullmatch(written) and not _PERHAPS_NOBODY.search(written):
        return written
    name = _AND_OTHERS.sub("", _without_notes(" ".join(written.split()))).strip(" ,;")
    if not name or names_nobody(name):
        return ""
    parts = _with_suffixes([part.strip() for part in name.split(",") if part.strip()])
    return _inverted(parts) or name if len(parts) > 1 else parts[0]


def names_nobody(name: str) -> bool:
    """Whether it stands for no person: et al., Anonymous, NA."""
    bare = name.strip(" ()[]{}")
    return not bare or says_nothing(bare) or _NOBODY.fullmatch(bare) is not None


def split_names(written: str) -> list[str]:
    """The names in a text, however it parts them."""
    if _PLAIN_LIST.fullmatch(written) and not _PERHAPS_NOBODY.search(written):
        return written.split(", ")
    # One space between words: white space without end would make what follows slow.
    lines = (" ".join(line.split()) for line in written.split("\n"))
    written = _AND_OTHERS.sub("", _without_notes("\n".join(filter(None, lines)))).rstrip(" ,;")
    if _EAST_ASIAN.search(written):
        written = re.sub("[、，；]", ";", written)
    if _SEPARATORS.search(written):
        parts = _SEPARATORS.split(written)
        return in_one_order(one_name(one) for part in parts for one in _people_in(part))
    if "\n" in written and "," not in written and not re.search(r"\band\b", written):
        return in_one_order(map(one_name, written.split("\n")))
    lists = [[part for part in map(str.strip, chunk.split(",")) if part] for chunk in _AND.split(written)]
    lists = [_with_suffixes([part for part in parts if not _is_nobody(part)]) for parts in lists]
    return [name for name in _of_lists([parts for parts in lists if parts]) if name]


def _people_in(part: str) -> list[str]:
    """What stands between semicolons is one person, but for the last two of a list."""
    return [part] if "," in part or _GROUP.search(part) else re.split(r"\s+and\s+", part)


def _is_nobody(part: str) -> bool:
    return part != "NA" and names_nobody(part)  # NA may be somebody's initials: Smith, NA


def _of_lists(lists: list[list[str]]) -> list[str]:
    """The names in what stands between "and"s, each the parts between commas."""
    flat = [part for parts in lists for part in parts]
    if len(flat) == 1:
        return [_given_first(flat[0])]
    if len(flat) > 1 and all(map(_INITIALS_LAST.fullmatch, flat)):
        return [_given_first(part, certain=True) for part in flat]
    pairs = [parts for parts in lists if len(parts) > 1]
    if len(pairs) == len(lists) > 1 and all(len(parts) == 2 for parts in lists):
        return [_inverted(parts) or ", ".join(parts) for parts in lists]
    if _are_pairs(flat):
        return [_inverted(flat[at : at + 2]) or flat[at] for at in range(0, len(flat), 2)]
    return [name for parts in lists for name in _of_parts(parts)]


def _of_parts(parts: list[str]) -> list[str]:
    if len(parts) == 2 and _is_inverted(*parts):
        return [_inverted(parts) or ", ".join(parts)]
    if len(parts) > 2 and _are_pairs(parts):
        return [_inverted(parts[at : at + 2]) or parts[at] for at in range(0, len(parts), 2)]
    return [one_name(part) for part in parts]


def _is_inverted(family: str, given: str) -> bool:
    """Whether two parts are one person: in a list of names each would have a space."""
    if _COMPANY.fullmatch(given):
        return True
    if _are_east_asian(family, given):
        return len(family) == 1
    family = _without_suffix(family)[0]
    one_word = " " not in family or " " not in given or _PARTICLES_FIRST.match(family) is not None
    return one_word or _ENDS_IN_INITIAL.search(given) is not None


def _are_pairs(parts: list[str]) -> bool:
    """Whether the parts are family and given names in turn, of which the initials are a sign."""
    if len(parts) < 4 or len(parts) % 2:
        return False
    given = parts[1::2]
    initials = [_INITIALS.fullmatch(part) or _ENDS_IN_INITIAL.search(part) for part in given]
    families = [" " not in part or _PARTICLES_FIRST.match(part) for part in parts[::2]]
    return all(initials) or (any(initials) and all(families) and not any(map(_GROUP.search, given)))


def _inverted(parts: Sequence[str]) -> str:
    """``Given Family`` of the parts of ``Family, Given``; empty where they are no person's."""
    apart = [_without_suffix(part) for part in parts]
    named = [name for name, _ in apart if name]
    suffixes = [suffix for _, suffix in apart if suffix]
    if len(named) == 1:
        return " ".join([*named, *suffixes])
    if len(named) != 2 or _COMPANY.fullmatch(named[1]) or _GROUP.search(" ".join(named)):
        return ""
    family, given = named
    if _are_east_asian(family, given):
        return family + given if len(family) == 1 else ""
    return " ".join([given, family, *suffixes])


def _without_suffix(name: str) -> tuple[str, str]:
    """A name, and the Jr. that stands behind it."""
    before, _, last = name.rpartition(" ")
    return (before, last) if _SUFFIX.fullmatch(last) else (name, "")


def _with_suffixes(parts: list[str]) -> list[str]:
    """The parts, with Jr. put to the one before, and without degrees."""
    found: list[str] = []
    for part in parts:
        if found and _SUFFIX.fullmatch(part):
            found[-1] = f"{found[-1]} {part}"
        # MD may as well be somebody's initials.
        elif not (found and _DEGREE.fullmatch(part) and (" " in found[-1] or len(found) == 2)):
            found.append(part)
    return found


def _given_first(name: str, *, certain: bool = False) -> str:
    """``Smith JA`` as ``JA Smith``."""
    found = _INITIALS_LAST.fullmatch(name)
    # One letter by itself is as often a family's, as in the south of India; XU is a family.
    if found is None or (not certain and (len(found[2]) == 1 or found[2] in _FAMILIES or _is_group(name))):
        return one_name(name)
    return f"{found[2].strip()} {found[1]}"


def in_one_order(names: Iterable[str]) -> list[str]:
    """Names, of which a whole list in MEDLINE's order (Smith JA) is turned."""
    found = [name for name in names if name]
    # The first letter that is looked at tells most lists apart.
    if (
        len(found) > 1
        and not found[0][-1].islower()
        and all(map(_INITIALS_LAST.fullmatch, found))
        and not any(map(_is_group, found))
    ):
        return [_given_first(name, certain=True) for name in found]
    return found


def _is_group(name: str) -> bool:
    return name.rpartition(" ")[2] in _NO_INITIALS or _GROUP.search(name) is not None


def _without_notes(written: str) -> str:
    """A text without mail addresses, marks of footnotes and affiliations in brackets."""
    if not _NOTED.search(written):
        return written
    if "@" in written:
        bare = _MAIL.sub("", written)
        written = bare if bare.strip(" ,;<>()") else written
    return _BRACKETS.sub(_bracket, _FOOTNOTES.sub("", written))


def _bracket(found: re.Match[str]) -> str:
    """What is in brackets behind a name, where it is the short form of the words before."""
    words = re.findall(r"\b[A-Z]", found.string[max(0, found.start() - 200) : found.start()])
    return found[0] if found[1] and len(found[1]) > 1 and "".join(words).endswith(found[1]) else ""


def _are_east_asian(*parts: str) -> bool:
    """Whether no Latin or other letter is among Chinese, Japanese or Korean ones."""
    return all(parts) and all(_EAST_ASIAN.match(sign) for part in parts for sign in part)


def _first(known: Mapping[str, object], keys: Iterable[str]) -> str:
    return next((found for key in keys if (found := _joined(known.get(key)))), "")


def _joined(value: object) -> str:
    """A part of a name, which may be a list of parts."""
    if isinstance(value, (list, tuple)):
        return " ".join(filter(None, (text(part).strip() for part in value if isinstance(part, str))))
    return text(value).strip() if isinstance(value, str) else ""
