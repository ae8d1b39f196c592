"""A profile is one reader: what they like, without contradictions."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import Paper, Profile
from recommender.errors import ProfileError
from recommender.profiles import Skipped, choose_profile, read_profiles
from recommender.profiles.profile import profile_fields

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
    known = "liked, disliked, seen, interests, avoid, user, about"
    with pytest.raises(ProfileError, match=f"no field 'likez'; its fields are {known}"):
        Profile.from_dict({"likez": ["a"]})


@pytest.mark.parametrize("record", [None, 3, "2312.00752", ["2312.00752"], [{"liked": "a"}]])
def test_other_json_is_no_profile(record):
    with pytest.raises(ProfileError, match="a profile is a JSON object with liked"):
        Profile.from_dict(record)


@pytest.mark.parametrize(
    "record",
    [
        {"user": "N", "liked": ["a", "7"]},
        {"name": "N", "liked": ["a", 7]},
        {"reader": "N", "Likes": ["a", 7], "seen": None, "about": ""},
        {"user_id": "N", "seed_ids": ["a", " ", "7"], "disliked": []},
        {"name": "N", "user": "N", "liked": ["a", "7"]},
    ],
)
def test_fields_have_several_names(record):
    assert Profile.from_dict(record) == Profile(name="N", liked=["a", "7"])


def test_a_profile_as_json_and_back():
    profile = Profile(name="N", liked=["a"], disliked=["b"], seen=["c"], interests=["d"], about="e")
    assert Profile.from_dict(json.loads(json.dumps(profile.to_dict()))) == profile


def test_fields_are_cleaned_whether_or_not_they_make_a_profile():
    record = {"liked": ["a", " a "], "disliked": "a", "interests": ["?!"], "name": " N\ud800", "about": ""}
    fields = {"liked": ("a",), "disliked": ("a",), "interests": ("?!",), "name": "N?"}
    assert profile_fields(record) == fields
    assert profile_fields({}) == {}


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (7, "a profile is a JSON object"),
        ({"likez": []}, "no field 'likez'"),
        ({"liked": [None]}, r"liked is \[None\]; it must be a list of texts"),
        ({"seen": [1.5]}, r"seen is \[1.5\]; it must be a list of texts"),
        ({"seen": {"a": 1}}, "seen is .*; it must be a list of texts"),
        ({"name": True}, "name is True; it must be a text"),
        ({"likes": ["b"]}, r"liked is \('a',\) and likes is \('b',\); give one of them"),
    ],
)
def test_fields_that_are_none_are_refused_as_a_profile_does(record, reason):
    whole = {"liked": ["a"], **record} if isinstance(record, dict) else record
    with pytest.raises(ProfileError, match=reason) as caught:
        profile_fields(whole)
    with pytest.raises(ProfileError) as other:
        Profile.from_dict(whole)
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
    assert [*read_profiles(file(json.dumps(ADA, indent=indent) + end))] == [Profile(**ADA)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n \n"])
@pytest.mark.parametrize("last", [True, False])
def test_json_lines_are_one_profile_a_line(file, end, last):
    text = json.dumps(ADA) + end + json.dumps(BOB) + end * last
    assert [*read_profiles(str(file(text)))] == [Profile(**ADA), Profile(**BOB)]


def test_a_byte_order_mark_does_no_harm(file):
    assert [*read_profiles(file(b"\xef\xbb\xbf" + json.dumps(ADA).encode()))] == [Profile(**ADA)]


def test_line_separators_inside_a_text_end_no_line(file):
    record = {"liked": ["a\u2028b"], "about": "c\x85d"}
    lines = [json.dumps(record, ensure_ascii=False), json.dumps(ADA)]
    assert [*read_profiles(file("\n".join(lines)))] == [Profile(**record), Profile(**ADA)]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{", "is not JSON (Expecting property name"),
        ("liked: a", "is not JSON (Expecting value"),
        ("[1]", "is not a JSON object but an array"),
        ("{}", "the profile likes no paper"),
        ('{"liked": 7.5}', "liked is 7.5"),
        ('{"likez": ["a"]}', "a profile has no field 'likez'"),
        ('{"liked": ["a"], "disliked": ["a"]}', "the profile both likes and dislikes"),
        ("9" * 5000, "is not JSON that can be read"),
        ("[" * 100_000, "is not JSON that can be read"),
    ],
)
def test_a_bad_line_is_skipped_and_named(file, bad, reason):
    found = [*read_profiles(file(f"{json.dumps(ADA)}\n\n{bad}\n{json.dumps(BOB)}"))]
    assert [item for item in found if isinstance(item, Profile)] == [Profile(**ADA), Profile(**BOB)]
    (skipped,) = [item for item in found if isinstance(item, Skipped)]
    assert skipped.place == "readers.json, line 3"
    assert skipped.reason.startswith(reason)


def test_several_profiles_may_stand_in_an_array(file):
    assert [*read_profiles(file(json.dumps([ADA, BOB], indent=2)))] == [
        *read_profiles(file(f"{json.dumps(ADA)}\n{json.dumps(BOB)}"))
    ]


@pytest.mark.parametrize("bad", ["[7]", "{}", '{"liked": [7.5]}', '{\n "liked": ["a"],\n liked\n}'])
def test_a_file_with_no_profile_is_named(file, bad):
    path = file(bad)
    with pytest.raises(ProfileError) as caught:
        [*read_profiles(path)]
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_json_beyond_the_limits_of_python_is_no_profile(file):
    path = file("[" * 100_000)
    with pytest.raises(ProfileError, match="is not JSON") as caught:
        read_profiles(path)
    assert str(caught.value).startswith(f"{path}: ")


@pytest.mark.parametrize("content", ["id,year\n1,Owls\n", "<p>Owls</p>", "9" * 5000])
def test_of_another_format_it_is_said_what_a_profile_is(file, content):
    says = r"readers\.json: no columns user and paper .*; a profile is a JSON object such as"
    with pytest.raises(ProfileError, match=says) as caught:
        read_profiles(file(content))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "\n \n", b"\xef\xbb\xbf", "user,paper,rating\n", "[]"])
def test_of_a_file_with_nothing_in_it_the_reason_is_said(file, content):
    says = r"readers\.json: no profile is in it: it is empty, or has a header and no row; a profile is a JSON"
    with pytest.raises(ProfileError, match=says):
        read_profiles(file(content))


def test_what_cannot_be_read_is_named(file, tmp_path):
    with pytest.raises(ProfileError, match=r"missing\.json: cannot be read \(No such file"):
        read_profiles(tmp_path / "missing.json")
    with pytest.raises(ProfileError, match=": a folder, not a file"):
        read_profiles(tmp_path)
    with pytest.raises(ProfileError, match=r"readers\.json: a binary file; a profile is a JSON object"):
        read_profiles(file(b"\x89PNG\r\n\x1a\n\xff\xfe" + bytes(range(128, 256))))


# One of several


def test_one_reader_is_chosen_by_name(file):
    path = file(f"{json.dumps(ADA)}\n{json.dumps(BOB)}\n{json.dumps({'user': 'Eve'})}\nnothing\n")
    profile, skipped = choose_profile(path, "Bob")
    assert profile == Profile(**BOB)
    assert skipped == ["readers.json, line 4: is not JSON (Expecting value at character 1)"], "not Eve's"
    with pytest.raises(
        ProfileError, match=r"readers\.json holds 2 profiles; say whose with --name: Ada, Bob"
    ):
        choose_profile(path)
    with pytest.raises(ProfileError, match=r"no reader 'Zoe'; readers\.json has Ada, Bob"):
        choose_profile(path, "Zoe")
    with pytest.raises(ProfileError, match=r"^readers\.json, line 3: profile 'Eve' likes no paper"):
        choose_profile(path, "Eve")


def test_of_many_names_some_are_told(file):
    path = file("".join(f'{{"user": "reader {number}", "liked": "a"}}\n' for number in range(50)))
    with pytest.raises(ProfileError, match=r"holds 50 profiles.*reader 19, \.\.\.$"):
        choose_profile(path)


def test_a_reader_of_the_sample_is_one_where_there_is_no_such_file(file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert choose_profile("Mei", sample=True)[0].name == "Mei"
    with pytest.raises(ProfileError, match=r"no file and no reader 'Moi'; the embedded sample has Amara"):
        choose_profile("Moi", sample=True)
    with pytest.raises(ProfileError, match="Mei: cannot be read"):
        choose_profile("Mei")
    (tmp_path / "Mei").write_text(json.dumps(ADA))
    assert choose_profile("Mei", sample=True)[0] == Profile(**ADA)


def test_only_so_many_skipped_rows_are_told(file):
    path = file(f"{json.dumps(ADA)}\n" + "nothing\n" * 1500)
    _, skipped = choose_profile(path)
    assert len(skipped) == 1001
    assert skipped[-1] == "500 more were skipped"


def test_papers_themselves_are_liked_by_their_ids():
    paper = Paper(id="2106.09685", title="LoRA")
    profile = Profile(liked=[paper, "2312.00752"], disliked=Paper(title="Other"), seen=(paper,))
    assert profile.liked == ("2106.09685", "2312.00752")
    assert (profile.disliked, profile.seen) == ((Paper(title="Other").id,), ("2106.09685",))
    assert profile.papers == {one.id: one for one in (paper, Paper(title="Other"))}
    with pytest.raises(ProfileError, match="must be a list of texts"):
        Profile(interests=[paper])
