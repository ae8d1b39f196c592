"""A folder for each reader, and files that are put there whole."""

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import ReadershipError
from recommender.listing.folders import edition_name, folder_name, write_files

PLAIN = ["mei", "mei-li", "a1", "2pac"]
OTHERS = [
    *("Mei", "MEI", "mei ", "méi", "mei/", "../mei", "mei.li", "-mei", "mei--li", "", ".", "..", "everybody"),
    *("feeds", "梅", "mei-0123abcd", "m" * 41, "con\x00", "a/b", "a b", "a-b-"),
]


def test_a_plain_name_is_its_folder():
    assert [folder_name(name) for name in PLAIN] == PLAIN


def test_no_two_names_fall_together_also_where_case_counts_nothing():
    found = [folder_name(name) for name in (*PLAIN, *OTHERS)]
    assert len({name.casefold() for name in found}) == len(found)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in found)
    assert folder_name("Mei Li") == f"mei-li-{hashlib.sha256(b'Mei Li').hexdigest()[:8]}"


@given(st.text(max_size=60), st.text(max_size=60))
def test_names_and_folders(name, other):
    assert (folder_name(name) == folder_name(other)) == (name == other)
    assert len(folder_name(name)) <= 50
    # A name that is a folder's is not that folder's.
    assert folder_name(folder_name(name)) == folder_name(name) if folder_name(name) == name else True
    assert name in PLAIN or folder_name(name) == name or folder_name(folder_name(name)) != folder_name(name)


def test_what_editions_are_called():
    spans = ("day", "week", "month")
    assert [edition_name(span, "2026-11-30") for span in spans] == [
        "2026-11-30",
        "2026-11-30.week",
        "2026-11-30.month",
    ]


def test_a_file_is_written_where_it_is_not_as_it_should_be(tmp_path):
    folder = tmp_path / "new"
    assert write_files(folder, {"a": b"1", "b": b"2"}) == 2
    assert write_files(folder, {"a": b"1", "b": b"3"}) == 1
    assert (folder / "b").read_bytes() == b"3"
    # Not through a link: what it leads to is somebody else's.
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"3")
    (folder / "b").unlink()
    (folder / "b").symlink_to(elsewhere)
    assert write_files(folder, {"b": b"3"}) == 1
    assert not (folder / "b").is_symlink()
    assert elsewhere.read_bytes() == b"3"


def test_what_is_in_the_way_is_named(tmp_path):
    (tmp_path / "2026.html").mkdir()
    with pytest.raises(ReadershipError, match=r"2026\.html: .*; what is done is kept"):
        write_files(tmp_path, {"2026.html": b"1"})
    (tmp_path / "mei").write_text("a file")
    with pytest.raises(ReadershipError, match=r"what is done is kept"):
        write_files(tmp_path / "mei", {"2026.html": b"1"})
