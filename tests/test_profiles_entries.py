"""Any source of profiles is read as what it says; what it says badly is named and left out."""

import datetime
import decimal
import gzip
import json
import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.errors import ParameterError, ProfileError
from recommender.identifiers import canonical
from recommender.profiles.ratings import parse_timestamp, rating_to_label
from recommender.profiles.reader import read_profiles
from recommender.profiles.records import ProfileRecord, RatedPaper, Skipped
from recommender.profiles.sources import read_entries

ADA, BOB = {"name": "Ada", "liked": ["a", "b"]}, {"user": "Bob", "interests": ["robots"], "about": "x"}


@pytest.fixture
def entries(tmp_path):
    def read(content, name="profiles.dat"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(read_entries(path))

    return read


def parquet(path, columns):
    pq.write_table(pa.table(columns), path)
    return list(read_entries(path))


def rejected(found):
    return [(r.user, r.place, r.paper, r.reason) for r in found if isinstance(r, Skipped)]


# Profiles

LINES = [
    ProfileRecord("Ada", {"liked": ("a", "b")}, "profiles.dat, line 1"),
    ProfileRecord("Bob", {"interests": ("robots",), "about": "x"}, "profiles.dat, line 3"),
    ProfileRecord(" #3", {"liked": ("c",)}, "profiles.dat, line 4"),
]
UNNAMED = {"liked": "c"}


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_json_lines(entries, start, pack):
    text = f"{json.dumps(ADA)}\n\n{json.dumps(BOB)}\r\n{json.dumps(UNNAMED)}"
    assert entries(pack(start + text.encode())) == LINES


@pytest.mark.parametrize("indent", [None, 2])
def test_a_json_array(entries, indent):
    found = entries(json.dumps([ADA, BOB, UNNAMED], indent=indent))
    assert found == [e._replace(place=f"profiles.dat, profile {n}") for n, e in enumerate(LINES, 1)]


@pytest.mark.parametrize("count", [2, 40_000])
def test_one_object_however_printed(entries, count):
    liked = [f"paper {number}" for number in range(count)]
    (found,) = entries(json.dumps({"user": "Ada", "liked": liked}, indent=2))
    assert found == ProfileRecord("Ada", {"liked": tuple(liked)}, "profiles.dat, profile 1")


@pytest.mark.parametrize(
    ("bad", "user", "reason"),
    [
        ("{", "", "is not JSON (Expecting property name enclosed in double quotes at character 3)"),
        ("liked: a", "", "is not JSON (Expecting value at character 1)"),
        ("[1]", "", "is not a JSON object but an array"),
        ('{"name": "E", "likez": ["a"]}', "E", "a profile has no field 'likez'; its fields are liked,"),
        ('{"name": "E", "liked": 7.5}', "E", "liked is 7.5; it must be a list of texts"),
        ('{"name": "E", "liked": ["a", null]}', "E", "liked is ['a', None]; it must be a list of texts"),
        ('{"name": "E", "liked": [["a"]]}', "E", "liked is [['a']]; it must be a list of texts"),
        ('{"name": ["E"], "liked": ["a"]}', "", "name is ['E']; it must be a text"),
        ('{"user": true, "liked": ["a"]}', "", "user is True; it must be a text"),
        ('{"user": "E", "name": "F", "liked": ["a"]}', "", "user is 'E' and name is 'F'; give one"),
        (f'{{"user": "{"x" * 1001}", "liked": ["a"]}}', "", "user has 1,001 characters; at most 1,000"),
        ("9" * 5000, "", "is not JSON that can be read"),
        ("[" * 100_000, "", "is not JSON that can be read"),
        (f'{{"{"k" * 10**6}": 1}}', "", "a profile has no field 'kkk"),
    ],
)
def test_a_bad_line_is_one_rejection(entries, bad, user, reason):
    found = entries(f"{json.dumps(ADA)}\n{bad}\n{json.dumps(BOB)}\n")
    assert [entry.user for entry in found] == ["Ada", user, "Bob"]
    ((_, place, paper, why),) = rejected(found)
    assert (place, paper) == ("profiles.dat, line 2", "")
    assert why.startswith(reason)
    assert len(why) <= 400
    assert "\n" not in why


def test_a_bad_first_line_hides_no_others(entries):
    found = entries(f"# profiles of May\n{json.dumps(ADA)}\n{json.dumps(BOB)}\n")
    assert [type(entry) for entry in found] == [Skipped, ProfileRecord, ProfileRecord]


def test_who_is_no_profile_alone_may_be_one_with_others(entries):
    found = entries('{"name": "A", "liked": ["a"], "disliked": ["a"]}\n{"name": "A"}\n{"user": 7}\n')
    assert [entry.fields for entry in found] == [{"liked": ("a",), "disliked": ("a",)}, {}, {}]
    assert [entry.user for entry in found] == ["A", "A", "7"]


def test_halves_of_characters_can_be_stored(entries):
    (found,) = entries('{"user": "A", "liked": ["b\\udfff", "\\u0000c"]}')
    assert (found.user, found.fields) == ("A", {"liked": ("b?", "\0c")})


@pytest.mark.parametrize(
    "content",
    [
        b"user,paper\nJ\xf6rg,a\nJ\xfcrg,b\nAnn," + "Über Vögel früh\n".encode(),
        b'{"user": "J\xf6rg"}\n{"user": "J\xfcrg"}\n{"user": "Ann", "about": "'
        + "früh, spät, süß".encode()
        + b'"}\n',
        b'{"user": "J\\ud800rg"}\n{"name": "J\\ud801rg"}\n{"user": "Ann"}\n',
    ],
)
def test_readers_whose_names_have_lost_letters_are_not_taken_for_one(tmp_path, content):
    path = tmp_path / "profiles"
    path.write_bytes(content)
    *lost, ann = read_entries(path)
    assert ann.user == "Ann"
    assert len(lost) == 2
    assert all("'J\ufffdrg', where letters were lost that are not UTF-8" in one.reason for one in lost)


def test_nothing_after_an_array_is_lost_in_silence(entries):
    with pytest.raises(ProfileError, match="what follows row 1 stands after the end of the array"):
        entries(f"[{json.dumps(ADA)}]\n[{json.dumps(BOB)}]")


# Ratings


RATINGS = [("u1", "a", "5", "2024-05-01"), ("u2", "b, c", "2.5", ""), ("u1", "d", "", "2024-05-02T10:00:00")]
RATED = [
    RatedPaper("u1", "a", 5.0, "2024-05-01", "profiles.dat, line 2"),
    RatedPaper("u2", "b, c", 2.5, "", "profiles.dat, line 4"),
    RatedPaper("u1", "d", "", "2024-05-02T10:00:00", "profiles.dat, line 5"),
]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("header", ["user paper rating date", "READER arXiv_ID Score Timestamp"])
def test_delimited_text(entries, delimiter, end, header):
    rows = [header.split(), RATINGS[0], [""], *RATINGS[1:]]
    text = end.join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    assert entries("\ufeff" + text) == RATED


def test_columns_in_any_order_and_more_of_them(entries):
    (found,) = entries("note,doi,user_id,arxiv_id,User\nx,10.1/y,u1,,u2\n")
    assert found == RatedPaper("u2", "10.1/y", "unrated", "", "profiles.dat, line 2")
    (found,) = entries("user,paper,user,paper\nu1,a,u2,b\n")
    assert (found.user, found.paper) == ("u1", "a")


@pytest.mark.parametrize(
    ("row", "user", "paper", "reason"),
    [
        ("u1,a,5", "", "", "has 3 columns, the header 4: 'u1'"),
        ("u1,a,b,5,2024", "", "", "has 5 columns, the header 4: 'u1'"),
        (",a,5,", "", "a", "the row names no user"),
        ("u1, ,5,", "u1", "", "the row names no paper"),
        ("nan,a,5,", "nan", "a", "the row names no user, but nan"),
        ("u1,None,5,", "u1", "None", "the row names no paper, but None"),
        ("u1,a,five,", "u1", "a", "the rating is 'five'; a rating is a number, or one of like"),
        ("u1,a,nan,", "u1", "a", "the rating is 'nan'; a rating is"),
        ("u1,a,-inf,", "u1", "a", "the rating is '-inf'; a rating is"),
        ("u1,a,1e999,", "u1", "a", "the rating is '1e999'; a rating is"),
        ("u1,a,1_0,", "u1", "a", "the rating is '1_0'; a rating is"),
        ("u1,a,٣,", "u1", "a", "the rating is '٣'; a rating is"),
        ('u1,"a,5,', "", "", "has a quotation mark that is never closed: 'u1,\"a,5,'"),
        (f"{'u' * 1001},a,5,", "u" * 197 + "...", "a", "the user's name has 1,001 characters"),
        (f"u1,{'p' * 10**6},5,", "u1", "p" * 197 + "...", "the paper's name has 1,000,000 characters"),
    ],
)
def test_a_bad_row_is_one_rejection(entries, row, user, paper, reason):
    found = entries(f"user,paper,rating,date\nu1,a,5,\n{row}\nu2,b,4,\n")
    assert [type(entry) for entry in found] == [RatedPaper, Skipped, RatedPaper]
    ((who, place, what, why),) = rejected(found)
    assert (who, place, what) == (user, "profiles.dat, line 3", paper)
    assert why.startswith(reason)


@pytest.mark.parametrize("date", ["last week", "31/12"])
def test_a_date_that_cannot_be_read_costs_the_date(entries, date):
    _, found, _ = entries(f"user,paper,rating,date\nu1,a,5,\nu1,b,5,{date}\nu2,b,4,\n")
    lost = f"the date is {date!r}, and is left out; write YYYY-MM-DD, or leave it empty"
    assert found == RatedPaper("u1", "b", 5.0, "", "profiles.dat, line 3", lost)


def test_lines_are_counted_through_quoted_ones_and_stray_quotation_marks(entries):
    found = entries('user,paper\nu1,"a\nb"\n\nu2,"c\nu3,d\nu4,e\n')
    assert [(entry.user, entry.place.split()[-1]) for entry in found] == [
        ("u1", "2"),
        ("", "5"),
        ("u3", "6"),
        ("u4", "7"),
    ]


def test_bytes_that_are_no_text_do_not_stop_it(entries):
    found = entries(b"user,paper\nu\0,a\nu\xff,b\n")
    assert [(entry.user, entry.paper) for entry in found] == [("u\0", "a"), ("u\u00ff", "b")]


# Tables


@pytest.mark.parametrize("kind", ["parquet", "frame"])
def test_tables_of_ratings(kind, tmp_path):
    columns = {
        "user_id": [1, 2, 1, 3],
        "paper": ["a", "b", "c", None],
        "stars": [5.0, None, math.inf, 4.0],
        "date": [datetime.datetime(2024, 5, 1, 10), None, None, None],
    }
    if kind == "parquet":
        found, name = parquet(tmp_path / "t", columns), "t"
    else:
        found, name = list(read_entries(pd.DataFrame(columns))), "DataFrame"
    assert found == [
        RatedPaper("1", "a", "5.0 of 1:5", "2024-05-01T10:00:00", f"{name}, row 1"),
        RatedPaper("2", "b", "nothing", "", f"{name}, row 2"),
        Skipped("1", f"{name}, row 3", "c", found[2].reason),
        Skipped("3", f"{name}, row 4", "", "the row names no paper"),
    ]
    assert found[2].reason.startswith("the rating is inf")


@pytest.mark.parametrize("kind", ["parquet", "frame"])
def test_tables_of_readers(kind, tmp_path):
    columns = {
        "name": ["Ada", None, "Eve", "Zoe"],
        "liked": [["a", "b"], ["c"], ["d", None], None],
        "seen": [[], None, None, ["e"]],
        "shoe_size": [1, 2, 3, 4],
    }
    if kind == "parquet":
        found = parquet(tmp_path / "t", columns)
    else:
        frame = pd.DataFrame(columns)
        frame["liked"] = frame["liked"].map(lambda one: np.array(one, dtype=object) if one else one)
        found = list(read_entries(frame))
    assert [entry.user for entry in found] == ["Ada", " #2", "Eve", "Zoe"]
    assert [e.fields for e in found if isinstance(e, ProfileRecord)] == [
        {"liked": ("a", "b")},
        {"liked": ("c",)},
        {"seen": ("e",)},
    ]
    assert found[2].reason == "liked is ['d', None]; it must be a list of texts"


def test_words_of_a_table_and_the_index_of_a_frame():
    frame = pd.DataFrame({"paper": ["a", "b", "c"], "liked": [True, False, None]}, index=["u", "u", "v"])
    found = read_entries(frame.rename_axis("user"))
    assert [(e.user, e.paper, e.rating) for e in found] == [
        ("u", "a", "yes"),
        ("u", "b", "no"),
        ("v", "c", ""),
    ]


def test_ids_that_became_numbers_are_refused():
    found = list(read_entries(pd.DataFrame({"user": ["u", "u"], "paper": [2101.1, 7.0]})))
    assert found[0].reason == "the paper is a decimal number; keep ids as text (dtype=str)"
    assert found[1].paper == "7"


def test_a_frame_may_hold_halves_of_characters():
    frame = pd.DataFrame({"user": ["u", "u\ud800"], "paper": ["p\udfff", "p"]}, dtype=object)
    found, lost = read_entries(frame)
    assert found[:2] == ("u", "p?")
    assert "letters were lost" in lost.reason


# Sources of no use


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (bytes(range(128, 256)) * 9, "a binary file; a profile is a JSON object"),
        (
            "user,title\nu,a\n",
            r"no columns user and paper \(with rating and date, if known\), nor .* among 'user', 'title'; "
            r"name those that are called otherwise with --map user=COLUMN --map paper=COLUMN; a profile is",
        ),
        ("u1,2312.00752\nu1,2312.00753\n", "no columns user and paper"),
        ("Dear Sir", "no columns user and paper .* among 'Dear Sir'"),
        (
            "user,paper\n,a\n,b\n",
            "no profile in it that can be read; the first of 2 skipped: profiles.dat, line 2",
        ),
        (
            "[1, 2]",
            "no profile in it that can be read; the first of 2 skipped: profiles.dat, profile 1: is not",
        ),
        (gzip.compress(b"user,paper\n" + b"u,a\n" * 9999)[:-20], "the gzip data is cut off"),
        (b"PAR1 and nothing more", "damaged Parquet after row 0"),
    ],
)
def test_a_source_of_no_use_is_named(entries, content, reason):
    with pytest.raises(ProfileError, match=rf"profiles\.dat: {reason}") as caught:
        entries(content)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize(
    "content", ["", "\ufeff \n", "user,paper\n", "user,paper,rating,date", "[]", "[\n]\n"]
)
def test_the_file_of_a_day_without_readers_says_nothing(entries, content, pack):
    assert entries(pack(content.encode())) == []


def test_what_is_not_there_or_no_source(tmp_path):
    for path in ("a\0b", ""):
        with pytest.raises(ParameterError, match="the profile: "):
            read_entries(path)
    for path in (tmp_path / "missing.csv", tmp_path):
        with pytest.raises(ProfileError, match=r"cannot be read|a folder"):
            list(read_entries(path))
    with pytest.raises(ParameterError, match="a int is no source of profiles; give a path, a DataFrame"):
        read_entries(7)
    with pytest.raises(ProfileError, match=r"DataFrame: no columns user and paper .* among 'a'"):
        read_entries(pd.DataFrame({"a": [1]}))
    assert list(read_entries(pd.DataFrame({"user": [], "paper": []}))) == []


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=200), st.sampled_from([b"", b"user,paper,rating,date\n", b'{"liked": ["a"]}\n', b"["])
)
def test_any_bytes_give_entries_or_one_error(tmp_path_factory, data, start):
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(start + data)
    try:
        found = list(read_entries(path))
    except ProfileError:
        return
    # A list or a table that ends before its first entry has none.
    assert found or not data.strip(b" \t\r\n\x0b\x0c\xef\xbb\xbf,]")
    assert all(entry.place.startswith("any, ") for entry in found)
    assert any(not isinstance(entry, Skipped) for entry in found) or not found


# Verdicts and moments


@pytest.mark.parametrize(
    ("value", "said"),
    [
        *((word, "") for word in (None, "", " ")),
        *((word, "liked") for word in ("like", "Liked")),
        *((word, "disliked") for word in ("dislike", "Disliked")),
        *((word, "yes") for word in ("YES", " true ", True, "Included", "relevant")),
        *((word, "no") for word in ("no", "FALSE", False, "excluded", "Irrelevant")),
        *((word, "seen") for word in ("seen", "SEEN")),
        *((value, 4.0) for value in ("4", " 4.0 ", "+4", "4.", "0.4e1", 4, 4.0, decimal.Decimal("4.0"))),
        ("-.5", -0.5),
    ],
)
def test_what_a_rating_says(value, said):
    assert rating_to_label(value) == said


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, 10**400, [4], {}, b"4", decimal.Decimal("sNaN"), "4/5", "x" * 99]
)
def test_what_is_no_rating(value):
    with pytest.raises(ValueError, match=r"the rating is .*; a rating is a number, or one of like"):
        rating_to_label(value)


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        (None, ""),
        ("", ""),
        (" 2024-05-01 ", "2024-05-01"),
        ("2024-05", "2024-05"),
        ("2024", "2024"),
        ("2024-05-01T10:00:00Z", "2024-05-01T10:00:00"),
        ("2024/05/01 10:00:00", "2024-05-01T10:00:00"),
        ("2024-05-01T01:00:00+02:00", "2024-04-30T23:00:00"),
        ("2024-05-01 00:00:00", "2024-05-01"),
        ("1 May 2024", "2024-05-01"),
        ("20240501", "2024-05-01"),
        ("874724710", "1997-09-20T03:05:10"),
        (1714557600, "2024-05-01T10:00:00"),
        (1714557600000.0, "2024-05-01T10:00:00"),
        ("1714557600000000000", "2024-05-01T10:00:00"),
        (pd.Timestamp("2024-05-01 10:00"), "2024-05-01T10:00:00"),
        (np.datetime64("2024-05-01"), "2024-05-01"),
        (pd.NaT, ""),
        (datetime.date(2024, 5, 1), "2024-05-01"),
        (datetime.datetime.min.replace(tzinfo=datetime.timezone(datetime.timedelta(hours=1))), "0001-01-01"),
        ("soon", None),
        ("x" * 10**6, None),
        (True, None),
        ({}, ""),
    ],
)
def test_when_a_rating_was_given(value, spelled):
    assert parse_timestamp(value) == spelled


@pytest.mark.parametrize(
    "text",
    [
        "2106.09685, hep-th/9901001; https://arxiv.org/abs/2312.00752\n",
        "2106.09685 hep-th/9901001\n2312.00752\n",
        "- [Low rank](https://arxiv.org/abs/2106.09685)\n- [Old](https://arxiv.org/abs/hep-th/9901001) good\n"
        "- [New](https://arxiv.org/abs/2312.00752)\n",
        "liked_papers,when\n2106.09685,2020-01-01\nhep-th/9901001,2021-01-01\n2312.00752,\n",
        "Unnamed: 0,paper\n0,2106.09685\n1,hep-th/9901001\n2,2312.00752\n",
        "Topic;Link to it\na;https://arxiv.org/abs/2106.09685\nb;hep-th/9901001\nc;arXiv:2312.00752\n",
    ],
)
def test_papers_in_lists_and_columns_of_any_form_are_one_readers(tmp_path, text):
    path = tmp_path / "kept.txt"
    path.write_text(text)
    (profile,) = read_profiles(path)
    assert [canonical(paper) for paper in profile.liked] == [
        "arxiv:2106.09685",
        "arxiv:hep-th/9901001",
        "arxiv:2312.00752",
    ]


def test_what_is_rated_in_a_column_of_any_name_keeps_its_rating(tmp_path):
    path = tmp_path / "rated.csv"
    path.write_text(
        "link_to,rating\nhttps://arxiv.org/abs/2106.09685,5\nhttps://arxiv.org/abs/2312.00752,1\n"
    )
    (profile,) = read_profiles(path)
    assert [canonical(paper) for paper in profile.liked] == ["arxiv:2106.09685"]
    path.write_text("link_to,rating,who\nhttps://arxiv.org/abs/2106.09685,5,a\n2312.00752,1,b\n")
    with pytest.raises(ProfileError, match="no columns user and paper"):
        list(read_profiles(path))
