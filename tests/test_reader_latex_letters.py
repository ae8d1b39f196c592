"""Letters of the Latin blocks that TeX has accents for come back as themselves, however they are spelled."""

import unicodedata

import pytest

from recommender.readers.latex import plain_name, plain_text, plain_title

ACCENTS = dict(
    zip(
        "\u0300\u0301\u0302\u0303\u0308\u0304\u0307\u0306\u030c\u030b\u0327\u0328\u030a\u0323\u0331",
        "`'^~\"=.uvHckrdb",
        strict=True,
    )
)
LETTERS = [chr(code) for block in ((0xC0, 0x250), (0x1E00, 0x1F00)) for code in range(*block)]


def spellings(letter):
    base, *marks = unicodedata.normalize("NFD", letter)
    if not marks or not {*marks} <= {*ACCENTS} or base == "ſ":  # a long s is printed as an s
        return
    inner = base
    for mark in marks:
        accent = ACCENTS[mark]
        inner = f"\\{accent}{{{inner}}}"
    yield inner
    yield f"{{{inner}}}"
    if len(marks) == 1:
        accent = ACCENTS[marks[0]]
        yield f"{{\\{accent} {base}}}" if accent.isalpha() else f"{{\\{accent}{base}}}"
        if base in "ij":
            yield f"\\{accent}{{\\{base}}}"


@pytest.mark.parametrize("read", [plain_title, plain_name, plain_text])
def test_every_letter_of_the_latin_blocks_comes_back(read):
    wrong = {}
    tried = 0
    for letter in LETTERS:
        assert read(f"X{letter}z") == f"X{letter}z"
        for spelled in spellings(letter):
            tried += 1
            found = unicodedata.normalize("NFC", read(f"X{spelled}z word"))
            if found != f"X{letter}z word":
                wrong[spelled] = found
    assert tried > 1000
    assert wrong == {}


@pytest.mark.parametrize(
    ("spelled", "letters"),
    [
        (r"\L{}ukasz {\l}ab \O{}re {\aa} \AA{} \ss{} {\ae} {\oe}", "Łukasz łab Øre å Å ß æ œ"),
        (r"\DJ{} \dj{} \TH{} \th{} \NG{} \ng{} \DH{} \dh{}", "Đ đ Þ þ Ŋ ŋ Ð ð"),
        (r"Sz{\H u}cs and Sz\H{u}cs", "Szűcs and Szűcs"),
        (r"p \textless{} 0.05 \textbar{} 5\%", "p < 0.05 | 5%"),
    ],
)
def test_letters_and_signs_of_their_own(spelled, letters):
    assert plain_title(spelled) == plain_text(spelled) == letters
