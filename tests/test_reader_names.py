"""Names of people: whatever a source's order and marks, people as one says them, and nobody who is none."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.readers.lists import names


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        # Family, Given
        ("van Dijk, Piet", ("Piet van Dijk",)),
        ("García Márquez, Gabriel", ("Gabriel García Márquez",)),
        ("von Neumann, John", ("John von Neumann",)),
        ("Ortega y Gasset, José", ("José Ortega y Gasset",)),
        ("O'Neil, Sean", ("Sean O'Neil",)),
        ("Li, Na", ("Na Li",)),
        ("Smith, NA", ("NA Smith",)),
        ("Lloyd, A.C.", ("A.C. Lloyd",)),
        ("King, Jr., Martin Luther", ("Martin Luther King Jr.",)),
        ("King, Martin Luther, Jr.", ("Martin Luther King Jr.",)),
        ("Martin Luther King, Jr.", ("Martin Luther King Jr.",)),
        ("Lee, Ann; Chi, Bo", ("Ann Lee", "Bo Chi")),
        ("Lee, Ann|Chi, Bo", ("Ann Lee", "Bo Chi")),
        ("Smith, J., Doe, A.", ("J. Smith", "A. Doe")),
        ("Smith, J., & Doe, A.", ("J. Smith", "A. Doe")),
        ("Smith, J., Doe, A., & Lee, B.", ("J. Smith", "A. Doe", "B. Lee")),
        ("Smith, John A., Doe, Ann B.", ("John A. Smith", "Ann B. Doe")),
        ("de Finetti, Bruno and Smith, John", ("Bruno de Finetti", "John Smith")),
        (
            "García Márquez, Gabriel José and Bell Gee, Ann Lou",
            ("Gabriel José García Márquez", "Ann Lou Bell Gee"),
        ),
        ("Smith, J.; Doe, A., Jr.", ("J. Smith", "A. Doe Jr.")),
        # Given Family
        ("Ann Lee, Bo Chi & Cy Dee", ("Ann Lee", "Bo Chi", "Cy Dee")),
        ("Ann Lee, Bo Chi, and Cy Dee", ("Ann Lee", "Bo Chi", "Cy Dee")),
        ("Ann Lee und Bo Chi", ("Ann Lee", "Bo Chi")),
        ("Ann Lee; Bo Chi and Cy Dee", ("Ann Lee", "Bo Chi", "Cy Dee")),
        ("John von Neumann, Ann Lee", ("John von Neumann", "Ann Lee")),
        ("Ann Lee\nBo Chi", ("Ann Lee", "Bo Chi")),
        ("A. Bee, C. Dee", ("A. Bee", "C. Dee")),
        # MEDLINE and Scopus
        ("Lloyd AC", ("AC Lloyd",)),
        ("Smith J, Doe A", ("J Smith", "A Doe")),
        ("Smith JA, van der Berg K", ("JA Smith", "K van der Berg")),
        ("Smith J.A., Doe B.", ("J.A. Smith", "B. Doe")),
        ("Smith J.A.; Doe B.", ("J.A. Smith", "B. Doe")),
        (["Smith J", "Doe A"], ("J Smith", "A Doe")),
        (["Meta AI", "Ann Lee"], ("Meta AI", "Ann Lee")),
        ("Team GLM", ("Team GLM",)),
        # Groups
        ("{Barnes and Noble} and Bee, Ann", ("{Barnes and Noble}", "Ann Bee")),
        ("World Health Organization (WHO)", ("World Health Organization (WHO)",)),
        (["Department of Health, University of Lake"], ("Department of Health, University of Lake",)),
        (["Barnes and Noble, Inc."], ("Barnes and Noble, Inc.",)),
        ("AT&T Labs", ("AT&T Labs",)),
        # Nobody
        ("Lee AB, et al.", ("AB Lee",)),
        ("Ann Lee et al.", ("Ann Lee",)),
        ("Lee, Ann and others", ("Ann Lee",)),
        (["Ann Lee", "et al."], ("Ann Lee",)),
        ("[No author name available]", ()),
        ("Anonymous", ()),
        ("NA", ()),
        (["NA"], ()),
        ("n/a", ()),
        ("-", ()),
        ("unknown", ()),
        # Marks, affiliations, degrees, addresses
        ("Ann Lee1,2, Bo Chi*2 and Cy Dee†", ("Ann Lee", "Bo Chi", "Cy Dee")),
        ("Ann Lee (University of Lake; Hills), Bo Chi (Reed Institute)", ("Ann Lee", "Bo Chi")),
        ("Ann Lee, MD, PhD; Bo Chi, MSc", ("Ann Lee", "Bo Chi")),
        ("Ann Lee, PhD", ("Ann Lee",)),
        ("Ann Lee <ann@lake.org>, Bo Chi <bo@lake.org>", ("Ann Lee", "Bo Chi")),
        ("Emile (Bob) Lee", ("Emile (Bob) Lee",)),
        # Chinese, Japanese, Korean
        ("李明", ("李明",)),
        ("李, 明", ("李明",)),
        ("王小明，李四", ("王小明", "李四")),
        ("김철수, 이영희", ("김철수", "이영희")),
    ],
)
def test_cells(cell, expected):
    assert names(cell) == expected


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ({"literal": "The Meadow Consortium"}, "The Meadow Consortium"),
        ({"name": "The Meadow Consortium", "creatorType": "author"}, "The Meadow Consortium"),
        ({"firstName": "Ann", "lastName": "Lee"}, "Ann Lee"),
        ({"first": "Ann", "last": "Lee"}, "Ann Lee"),
        ({"first": "Ann", "middle": ["B.", "C."], "last": "Lee", "suffix": "Jr."}, "Ann B. C. Lee Jr."),
        ({"given": "Piet", "family": "Dijk", "non-dropping-particle": "van"}, "Piet van Dijk"),
        (
            {"given": "Jean", "dropping-particle": "de", "non-dropping-particle": "La", "family": "Fontaine"},
            "Jean de La Fontaine",
        ),
        ({"author": {"display_name": "Ann Lee"}, "author_position": "first"}, "Ann Lee"),
        ({"author": {"id": None}, "raw_author_name": "Ann Lee"}, "Ann Lee"),
        ({"name": "Lee, Ann", "givenName": "Ann", "familyName": "Lee"}, "Ann Lee"),
        ({"name": "Lee, Ann"}, "Ann Lee"),
        ({"given": None, "family": "Lee"}, "Lee"),
        ({"family": "李", "given": "明"}, "李明"),
        ({"CollectiveName": "The Group"}, "The Group"),
    ],
)
def test_objects(person, expected):
    assert names([person]) == (expected,)


def test_of_a_library_s_creators_only_authors_count():
    ann = {"firstName": "Ann", "lastName": "Lee", "creatorType": "editor"}
    bo = {"firstName": "Bo", "lastName": "Chi", "creatorType": "author"}
    assert names([ann, bo]) == ("Bo Chi",)
    assert names([ann, {**bo, "creatorType": "translator"}]) == ("Ann Lee",)
    assert names([{**bo, "creatorType": "inventor"}]) == ("Bo Chi",)


WORDS = st.sampled_from("Ann Bo Cy Gwen Lou Grebe Loon Duck van der O'Neil García J. A.B.".split())


@given(
    st.lists(st.lists(WORDS, min_size=1, max_size=3).map(" ".join), min_size=1, max_size=4),
    st.sampled_from(["; ", ", ", " and ", " & "]),
)
def test_no_word_of_a_name_is_lost(people, mark):
    written = mark.join(people)
    assert sorted(" ".join(names(written)).split()) == sorted(" ".join(people).split())
    assert sorted(" ".join(names(people)).split()) == sorted(" ".join(people).split())


@pytest.mark.parametrize(
    "text",
    [
        *("a, " * 30_000, "A. " * 30_000, "Smith J, " * 20_000, "a and " * 20_000, " " * 50_000 + "x"),
        *(
            "Ann Lee1,2," * 10_000,
            "(a" * 30_000,
            "a@b." * 20_000,
            "van " * 20_000,
            "et al " * 20_000,
            "* " * 30_000,
        ),
        *("1," * 50_000, "a;" * 50_000, ",;" * 30_000, " ," * 50_000, "\n" * 50_000, "x\n" * 50_000),
    ],
)
def test_no_text_is_slow(text):
    start = time.process_time()
    names(text)
    assert time.process_time() - start < 5
