"""A paper is cleaned once, and comes back from JSON as it was."""

import calendar
import dataclasses
import datetime
import hashlib
import json
import unicodedata

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from recommender import Paper
from recommender.errors import InputError, InvalidPaper, ParameterError
from recommender.identifiers import title_id
from recommender.iso_dates import first_day, last_day
from recommender.paper import clean_text

# Text as hostile as it comes: lone surrogates and controls included.
ANY = st.text(st.characters() | st.characters(categories=["Cs", "Cc", "Zl", "Zs"]), max_size=12)


# Cleaning


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  a\n b\t\tc\r\n", "a b c"),
        ("a\x00b\x1b[31m\x7fc\x9f", "ab[31mc"),
        ("end\x0cBegin\x0bagain\x85now", "end Begin again now"),
        ("a\u2028b\u00a0c\u3000d", "a b c d"),
        ("a\ud800b\udfff", "a\ufffdb\ufffd"),
        ("\x00 \n", ""),
        ("é 深 🎉 \u202e", "é 深 🎉 \u202e"),
    ],
)
def test_text_is_one_line_of_valid_unicode(text, clean):
    assert clean_text(text) == clean


@settings(max_examples=200, deadline=None)
@given(ANY)
def test_cleaning_twice_changes_nothing_more(text):
    clean = clean_text(text)
    assert clean_text(clean) == clean == " ".join(clean.split())
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in clean)


def test_every_field_is_cleaned():
    paper = Paper(
        id=" x\n1 ",
        title=" A\ntitle\x00 ",
        abstract="one\r\ntwo",
        authors=[" Ada\nLovelace ", "\x00", ""],
        categories=["cs.CL ", "cs.LG", " cs.CL", ""],
        venue="A\tvenue",
        url=" https://example.org/a ",
        identifiers={" doi\n": " 10.1234/x ", "pmid": "", "acl": " \n"},
    )
    assert dataclasses.asdict(paper) == {
        "id": "x 1",
        "title": "A title",
        "abstract": "one two",
        "authors": ("Ada Lovelace",),
        "published": "",
        "categories": ("cs.CL", "cs.LG"),
        "venue": "A venue",
        "url": "https://example.org/a",
        "identifiers": {"doi": "10.1234/x"},
        "upvotes": None,
        "retracted": False,
        "revised": "",
    }


@pytest.mark.parametrize("title", ["", "  ", "\n\x00", "\x1b"])
def test_no_paper_without_a_title(title):
    with pytest.raises(InvalidPaper, match="has no title"):
        Paper(title=title, abstract="words")


def test_no_paper_without_a_word():
    with pytest.raises(InvalidPaper, match=r"no word in its title '\?\?\?' or its abstract"):
        Paper(title="???", abstract="... !")
    assert issubclass(InvalidPaper, InputError)
    assert issubclass(InvalidPaper, ValueError)


def test_a_word_in_the_title_or_in_the_abstract_is_enough():
    assert Paper(title="深").text == "深"
    assert Paper(title="???", abstract="words").text == "???. words"


def test_an_id_is_made_from_the_title_only_where_there_is_none():
    assert Paper(id=" ", title="A Title!").id == title_id("a title")
    assert Paper(id="my-own/7", title="A Title!").id == "my-own/7"
    assert Paper(title="???", abstract="one").id != Paper(title="!!!", abstract="two").id


def test_papers_are_equal_by_value_and_cannot_be_changed():
    paper = Paper(id="1", title="T")
    assert paper == Paper(id="1", title=" T ")
    with pytest.raises(dataclasses.FrozenInstanceError):
        paper.title = "other"


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("title", None, "has title None, which is no text"),
        ("abstract", float("nan"), "has abstract nan, which is no text"),
        ("published", 2020, "has published 2020, which is no text"),
        ("published", datetime.date(2020, 1, 2), "has published datetime.date.*, which is no text"),
        ("authors", "Ann Lee", "has authors 'Ann Lee'; give a tuple of texts, also for one"),
        ("authors", ["Ann Lee", None], "has authors .'Ann Lee', None.; give a tuple of texts"),
        ("categories", "cs.CL", "has categories 'cs.CL'; give a tuple of texts, also for one"),
        ("categories", 3, "has categories 3; give a tuple of texts"),
        ("identifiers", "10.1/x", "has identifiers '10.1/x'; give a dict of texts, such as"),
        ("identifiers", {"doi": 3}, "has identifiers .'doi': 3.; give a dict of texts, such as"),
        ("upvotes", "many", "has upvotes 'many'; give a whole number, or None"),
        ("upvotes", 3.5, "has upvotes 3.5; give a whole number, or None"),
        ("upvotes", True, "has upvotes True; give a whole number, or None"),
    ],
)
def test_a_field_of_another_type_is_refused_by_name(field, value, reason):
    with pytest.raises(InvalidPaper, match=f"^{reason}"):
        Paper(**{"title": "Sleepy cats", field: value})


def test_lists_may_come_one_by_one_and_numbers_from_numpy():
    paper = Paper(title="Cats", authors=(name for name in ("Ann", "Bo")), upvotes=np.int64(3))
    assert paper.authors == ("Ann", "Bo")
    assert type(paper.upvotes) is int
    assert Paper.from_json(paper.to_json()) == paper


# Dates


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023-02", "2023-02-01", "2023-02-28"),
        ("1900-02", "1900-02-01", "1900-02-28"),
        ("2000-02", "2000-02-01", "2000-02-29"),
        ("2023-12", "2023-12-01", "2023-12-31"),
        ("2023-4", "2023-04-01", "2023-04-30"),
        ("2024-02-29", "2024-02-29", "2024-02-29"),
        (" 2024-1-3 ", "2024-01-03", "2024-01-03"),
        ("2024-01-03T10:11:12Z", "2024-01-03", "2024-01-03"),
        ("2024-01-03 10:11", "2024-01-03", "2024-01-03"),
        ("0001", "0001-01-01", "0001-12-31"),
        ("9999-12", "9999-12-01", "9999-12-31"),
        ("9999", "9999-01-01", "9999-12-31"),
    ],
)
def test_first_and_last_day(text, first, last):
    assert first_day(text) == datetime.date.fromisoformat(first)
    assert last_day(text) == datetime.date.fromisoformat(last)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 9999), st.integers(1, 12))
def test_a_month_lasts_as_long_as_in_the_calendar(year, month):
    text = f"{year:04d}-{month:02d}"
    assert (last_day(text) - first_day(text)).days + 1 == calendar.monthrange(year, month)[1]


@pytest.mark.parametrize(
    "text",
    [
        "soon",
        "",
        " ",
        "24",
        "20240",
        "2023-02-30",
        "2023-02-29",
        "2023-13",
        "2023-13-01",
        "2023-00",
        "2023-01-00",
        "2023-00-00",
        "0000",
        "2023-1-123",
        "2023/01/01",
        "13-03-2024",
        "2023 soon",
        "2024 Dec",
        "2024-05 or so",
        "-2023",
        "2023-",
    ],
)
def test_what_is_no_date_is_refused_by_name(text):
    for read in (first_day, last_day):
        with pytest.raises(ParameterError, match="is not a date") as caught:
            read(text)
        assert repr(text) in str(caught.value)


@pytest.mark.parametrize("text", ["2023-02-30", "soon", "2023-00-00", " "])
def test_a_paper_with_a_bad_date_is_refused(text):
    with pytest.raises(ParameterError, match="is not a date"):
        Paper(title="T", published=text)


@pytest.mark.parametrize(
    ("text", "published", "day"),
    [
        ("", "", None),
        ("2024", "2024", "2024-01-01"),
        ("2024-3", "2024-03", "2024-03-01"),
        ("2024-3-1T23:59", "2024-03-01", "2024-03-01"),
        ("0850-01-01", "0850-01-01", "0850-01-01"),
    ],
)
def test_published_is_written_one_way(text, published, day):
    paper = Paper(title="T", published=text)
    assert paper.published == published
    assert paper.day == (day and datetime.date.fromisoformat(day).toordinal())


# Names and texts


def test_the_key_is_the_canonical_id():
    assert Paper(id="arXiv:2312.00752v2", title="T").key == "arxiv:2312.00752"
    assert Paper(id="arXiv:2312.00752v2", title="T").id == "arXiv:2312.00752v2"
    assert Paper(id="my own", title="T").key == "my own"


def test_names_are_every_identifier_once():
    paper = Paper(
        id="2312.00752v2",
        title="T",
        url="https://arxiv.org/abs/2312.00752",
        identifiers={
            "DOI": "10.18653/v1/N19-1423",
            "pmid": "12345",
            "acl": "N19-1423",
            "openalex": "https://openalex.org/W1",
            "arxiv": "2312.00752",
            "mag": "42",
        },
    )
    assert paper.names[0] == paper.key == "arxiv:2312.00752"
    assert sorted(paper.names) == [
        "acl:N19-1423",
        "arxiv:2312.00752",
        "doi:10.18653/v1/n19-1423",
        "openalex:W1",
        "pmid:12345",
    ]


def test_another_url_is_a_name():
    assert Paper(id="1", title="T", url="http://www.example.org/a/").names == ("1", "url:example.org/a")
    assert Paper(id="1", title="T").names == ("1",)


def test_text_is_what_an_encoder_sees_and_its_hash_follows_it_alone():
    paper = Paper(id="1", title="A title", abstract="An abstract")
    assert paper.text == "A title. An abstract"
    assert Paper(title="A title").text == "A title"
    assert paper.text_hash == hashlib.sha256(b"A title. An abstract").digest()
    assert dataclasses.replace(paper, id="2", venue="V", upvotes=3).text_hash == paper.text_hash
    assert dataclasses.replace(paper, abstract="Another").text_hash != paper.text_hash


# JSON

papers = st.builds(
    Paper,
    id=ANY,
    title=ANY.map(lambda text: f"t{text}"),
    abstract=ANY,
    authors=st.lists(ANY, max_size=3).map(tuple),
    published=st.just("") | st.dates().map(str) | st.integers(1, 9999).map(lambda year: f"{year:04d}"),
    categories=st.lists(ANY, max_size=3).map(tuple),
    venue=ANY,
    url=ANY,
    identifiers=st.dictionaries(ANY, ANY, max_size=3),
    upvotes=st.none() | st.integers(0, 10**6),
)


@settings(max_examples=200, deadline=None)
@given(papers)
@example(Paper(title="T", identifiers={" b": "2", "a": "1", "\nb": "3", "c": "\x00"}))
def test_from_json_gives_back_what_to_json_wrote(paper):
    line = paper.to_json()
    again = Paper.from_json(line)
    assert again == paper
    assert again.names == paper.names
    assert again.to_json() == line
    assert "\n" not in line
    assert line.encode().decode() == line


def test_the_same_paper_is_the_same_bytes():
    one = Paper(id="1", title="T", identifiers={"a": "1", "b": "2"}, authors=["É"])
    other = Paper(identifiers={"b": "2", "a": "1"}, authors=("É",), title="T", id="1")
    assert one.to_json() == other.to_json()
    later = {"retracted", "revised"}
    fields = sorted(field.name for field in dataclasses.fields(Paper) if field.name not in later)
    assert list(json.loads(one.to_json())) == fields
    assert "É" in one.to_json()


def test_a_retracted_paper_stays_one_and_others_keep_their_bytes():
    paper = Paper(id="1", title="T", retracted=True)
    assert json.loads(paper.to_json())["retracted"] is True
    assert Paper.from_json(paper.to_json()) == paper
    assert "retracted" not in Paper(id="1", title="T").to_json()
    assert Paper.from_json(Paper(id="1", title="T").to_json()).retracted is False


def test_a_revised_paper_keeps_both_dates_and_others_keep_their_bytes():
    paper = Paper(id="1", title="T", published="2021-03", revised="2024-2-1")
    assert (paper.published, paper.revised) == ("2021-03", "2024-02-01")
    assert json.loads(paper.to_json())["revised"] == "2024-02-01"
    assert Paper.from_json(paper.to_json()) == paper
    assert paper.revised_day == datetime.date(2024, 2, 1).toordinal()
    assert "2021-03, revised 2024-02-01" in str(paper)
    assert "2021-03, revised 2024-02-01" in paper._repr_html_()
    assert "revised" not in Paper(id="1", title="T").to_json()
    assert Paper.from_json(Paper(id="1", title="T").to_json()).revised == ""


@pytest.mark.parametrize(
    ("published", "revised", "kept"),
    [
        ("2021-03-05", "2021-03-05", ""),  # its first version
        ("2021-03-05", "2020", ""),
        ("2021-03-05", "2021", ""),  # no later, as far as it says
        ("2021", "2021-03-05", "2021-03-05"),
        ("", "2024", "2024"),
    ],
)
def test_a_last_version_is_later_than_the_paper(published, revised, kept):
    assert Paper(title="T", published=published, revised=revised).revised == kept


def test_a_revision_that_is_no_date_is_refused():
    with pytest.raises(ParameterError, match="'last year' is not a date"):
        Paper(title="T", revised="last year")


DAMAGED = [
    {"title": 5},
    {"title": ""},
    {"id": None},
    {"url": None},
    {"authors": "Ada"},
    {"authors": [1]},
    {"categories": None},
    {"identifiers": [1, 2]},
    {"identifiers": {"doi": 5}},
    {"published": "not a date"},
    {"published": 20},
    {"upvotes": "many"},
    {"unknown": 1},
]


@pytest.mark.parametrize("change", DAMAGED, ids=str)
def test_a_record_of_another_shape_is_read_as_a_new_paper_is_or_refused(change):
    written = {**json.loads(Paper(id="p", title="T", authors=("Ada",)).to_json()), **change}
    try:
        wanted = Paper(**written)
    except (ValueError, TypeError) as error:
        with pytest.raises(type(error)):
            Paper.from_json(json.dumps(written))
    else:
        assert Paper.from_json(json.dumps(written)) == wanted
