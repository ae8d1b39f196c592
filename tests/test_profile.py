"""A profile is one reader: what they like, without contradictions."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import Profile
from recommender.errors import ProfileError
from recommender.profile import profile_fields, read_profiles

# Construction


def test_one_text_is_a_list_of_one():
    assert Profile(liked="2312.00752") == Profile(liked=["2312.00752"])
    assert Profile(liked="2312.00752").liked == ("2312.00752",)
    assert Profile(interests="state space models").interests == ("state space models",)


def test_repetitions_are_dropped_and_the_order_is_kept():
    profile = Profile(liked=["b", "a", " b ", "c", "a"], seen=iter(["x", "x"]))
    assert profile.liked == ("b", "a", "c")
    assert profile.seen == ("x",)


@pytest.mark.parametrize("fields", [{}, {"liked": []}, {"disliked": ["a"], "seen": ["b"]}, {"interests": ()}])
def test_who_likes_nothing_is_refused(fields):
    with pytest.raises(ProfileError, match="the profile likes no paper and names no interest"):
        Profile(**fields)


def test_the_message_names_the_reader():
    with pytest.raises(ProfileError, match="profile 'Ada' likes no paper"):
        Profile(name="Ada")


@pytest.mark.parametrize(
    ("liked", "disliked"),
    [
        ("2312.00752", "2312.00752"),
        ("2312.00752", "arXiv:2312.00752v2"),
        ("https://arxiv.org/abs/hep-th/9901001", "hep-th/9901001v1"),
        ("10.18653/v1/N19-1423", "https://doi.org/10.18653/v1/n19-1423"),
        ("Some Title", " Some Title"),
    ],
)
def test_liked_and_disliked_is_a_contradiction_in_any_spelling(liked, disliked):
    with pytest.raises(ProfileError, match=r"both likes and dislikes .*; choose one") as caught:
        Profile(liked=["2101.00001", liked], disliked=[disliked])
    assert liked in str(caught.value)
    assert "2101.00001" not in str(caught.value)


def test_liked_and_seen_is_no_contradiction():
    assert Profile(liked=["a"], seen=["a"]).seen == ("a",)


@pytest.mark.parametrize("field", ["liked", "disliked", "seen", "interests"])
@pytest.mark.parametrize("value", [None, 7, [7], ["a", None], [["a"]], b"a"])
def test_a_list_that_is_none_is_refused_by_name(field, value):
    with pytest.raises(ProfileError, match=f"{field} is .*it must be a list of texts"):
        Profile(**{"liked": "a", field: value})


@pytest.mark.parametrize("field", ["liked", "disliked", "seen", "interests"])
@pytest.mark.parametrize("value", [[""], [" "], "", ["a", "\n"]])
def test_an_empty_text_is_refused_by_name(field, value):
    with pytest.raises(ProfileError, match=f"{field} holds an empty text"):
        Profile(**{"liked": "a", field: value})


@pytest.mark.parametrize("field", ["name", "about"])
def test_a_name_is_a_text(field):
    with pytest.raises(ProfileError, match=f"{field} is 7; it must be a text"):
        Profile(liked="a", **{field: 7})


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters() | st.characters(categories=["Cs"])))
def test_texts_can_always_be_stored(text):
    profile = Profile(liked=["a", f"x{text}"], interests=[f"y{text}"], name=text, about=text)
    for stored in (*profile.liked, *profile.interests, profile.name, profile.about):
        assert stored.encode().decode() == stored


@pytest.mark.parametrize("text", ["?!", "🎉", "--"])
def test_an_interest_without_a_word_is_refused_by_name(text):
    with pytest.raises(ProfileError, match="which holds no word") as caught:
        Profile(interests=["robots", text])
    assert repr(text) in str(caught.value)


# Records


def test_a_record_is_a_profile():
    record = {"liked": ["a"], "disliked": "b", "seen": [], "interests": ["i"], "name": "N", "about": "A"}
    assert Profile.from_dict(record) == Profile(("a",), ("b",), (), ("i",), "N", "A")


def test_an_unknown_field_is_named_with_the_known_ones():
    with pytest.raises(
        ProfileError, match="no field 'likes'; its fields are liked, disliked, seen, interests"
    ):
        Profile.from_dict({"likes": ["a"]})


@pytest.mark.parametrize("record", [None, 3, "2312.00752", ["2312.00752"], [{"liked": "a"}]])
def test_other_json_is_no_profile(record):
    with pytest.raises(ProfileError, match="a profile is a JSON object with liked"):
        Profile.from_dict(record)


def test_fields_are_cleaned_whether_or_not_they_make_a_profile():
    record = {"liked": ["a", " a "], "disliked": "a", "interests": ["?!"], "name": " N\ud800", "about": ""}
    fields = {"liked": ("a",), "disliked": ("a",), "interests": ("?!",), "name": "N?", "about": ""}
    assert profile_fields(record) == fields
    assert profile_fields({}) == {}


@pytest.mark.parametrize("record", [7, {"likes": []}, {"liked": [""]}, {"seen": None}, {"name": 7}])
def test_fields_that_are_none_are_refused_as_a_profile_does(record):
    with pytest.raises(ProfileError) as caught:
        profile_fields(record)
    with pytest.raises(ProfileError) as other:
        Profile.from_dict({"liked": ["a"], **record} if isinstance(record, dict) else record)
    assert str(caught.value) == str(other.value)


# Files


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "readers.json"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


ADA, BOB = {"name": "Ada", "liked": ["a", "b"]}, {"name": "Bob", "interests": ["robots"]}


@pytest.mark.parametrize("end", ["", "\n", "\r\n\r\n"])
@pytest.mark.parametrize("indent", [None, 2])
def test_one_object_however_printed_is_one_profile(file, end, indent):
    assert read_profiles(file(json.dumps(ADA, indent=indent) + end)) == [Profile(**ADA)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n \n"])
@pytest.mark.parametrize("last", [True, False])
def test_json_lines_are_one_profile_a_line(file, end, last):
    text = json.dumps(ADA) + end + json.dumps(BOB) + end * last
    assert read_profiles(str(file(text))) == [Profile(**ADA), Profile(**BOB)]


def test_a_byte_order_mark_does_no_harm(file):
    assert read_profiles(file(b"\xef\xbb\xbf" + json.dumps(ADA).encode())) == [Profile(**ADA)]


def test_line_separators_inside_a_text_end_no_line(file):
    record = {"liked": ["a\u2028b"], "about": "c\x85d"}
    lines = [json.dumps(record, ensure_ascii=False), json.dumps(ADA)]
    assert read_profiles(file("\n".join(lines))) == [Profile(**record), Profile(**ADA)]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{", "Expecting property name"),
        ("liked: a", "Expecting value"),
        ("[1]", "a profile is a JSON object"),
        ("{}", "likes no paper"),
        ('{"liked": 7}', "liked is 7"),
        ('{"likes": ["a"]}', "no field 'likes'"),
        ('{"liked": ["a"], "disliked": ["a"]}', "both likes and dislikes"),
        ("9" * 5000, "digits"),
        ("[" * 100_000, "recursion"),
    ],
)
def test_a_bad_line_is_named(file, bad, reason):
    path = file(f"{json.dumps(ADA)}\n\n{bad}\n{json.dumps(BOB)}")
    with pytest.raises(ProfileError, match=reason) as caught:
        read_profiles(path)
    assert str(caught.value).startswith(f"{path}, line 3: ")
    assert "\n" not in str(caught.value)


def test_several_profiles_may_stand_in_an_array(file):
    assert read_profiles(file(json.dumps([ADA, BOB], indent=2))) == read_profiles(
        file(f"{json.dumps(ADA)}\n{json.dumps(BOB)}")
    )


def test_a_mistake_in_an_indented_file_is_told_with_its_own_line(file):
    with pytest.raises(ProfileError, match="line 3"):
        read_profiles(file('{\n "liked": ["a"],\n liked\n}'))


@pytest.mark.parametrize("bad", ["[]", '["a"]', '[{"liked": ["a"]}, 7]', "{}", '{"liked": [7]}', "null"])
def test_a_single_bad_profile_names_the_file(file, bad):
    path = file(bad)
    with pytest.raises(ProfileError) as caught:
        read_profiles(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_json_beyond_the_limits_of_python_is_no_profile(file):
    path = file("[" * 100_000)
    with pytest.raises(ProfileError) as caught:
        read_profiles(path)
    assert str(caught.value).startswith(f"{path}, line 1: ")


@pytest.mark.parametrize("content", ["id,title\n1,Owls\n", "@article{a, title={Owls}}", "9" * 5000])
def test_of_another_format_it_is_said_what_a_profile_is(file, content):
    says = rf"readers\.json: no JSON, it begins with '{re.escape(content[:8])}.*'; a profile is a JSON object"
    with pytest.raises(ProfileError, match=says) as caught:
        read_profiles(file(content))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "\n \n", b"\xef\xbb\xbf"])
def test_an_empty_file_says_what_a_profile_is(file, content):
    with pytest.raises(ProfileError, match=r"readers\.json: empty; a profile is a JSON object such as"):
        read_profiles(file(content))


def test_what_cannot_be_read_is_named(file, tmp_path):
    with pytest.raises(ProfileError, match=r"missing\.json: no profile can be read from it \(No such file"):
        read_profiles(tmp_path / "missing.json")
    with pytest.raises(ProfileError, match=r"\(Is a directory\)"):
        read_profiles(tmp_path)
    with pytest.raises(ProfileError, match=r"readers\.json: no text in UTF-8; a profile is a JSON object"):
        read_profiles(file(b"\x89PNG\r\n\x1a\n\xff\xfe"))
