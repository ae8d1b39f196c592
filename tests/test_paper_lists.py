"""`--seen` and `--avoid` take ids and files; what is not in the corpus is counted and named."""

import io
import json

import pandas as pd
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus, Profile, Recommender
from recommender.cli import main
from recommender.cli.opinions import with_papers
from recommender.errors import ParameterError, ProfileError
from recommender.profiles.reader import papers_of

PAPERS = make_papers(40)
IDS = [paper.id for paper in PAPERS]


@pytest.fixture
def library(tmp_path, fake_by_name):
    with Corpus.build(PAPERS, tmp_path / "corpus", encoder=FakeEncoder()) as built:
        yield built


def as_ids(path):
    path.write_text("\ufeff# read in May\n\n" + "".join(f"arXiv:{name}v3  # it\n" for name in IDS[1:4]))


def as_titles(path):
    path.write_text("".join(f"{paper.title.lower()}\n" for paper in PAPERS[1:4]))


def as_profile(path):
    profile = {"liked": IDS[1:2], "disliked": IDS[2:3], "seen": IDS[3:4], "interests": ["robots"]}
    path.write_text(json.dumps(profile))


def as_profile_of_seen_ones(path):
    path.write_text("".join(json.dumps({"user": name, "seen": [name]}) + "\n" for name in IDS[1:4]))


def as_ratings(path):
    path.write_text("user,paper,rating\n" + "".join(f"me,{IDS[place]},{place + 1}\n" for place in (1, 2, 3)))


def as_papers(path):
    path.write_text("".join(paper.to_json() + "\n" for paper in PAPERS[1:4]))


def as_table_of_papers(path):
    """Other ids than the corpus has: urls and titles tell."""
    frame = pd.DataFrame(
        {"title": [paper.title for paper in PAPERS[1:4]], "abstract": "something", "id": list("abc")}
    )
    frame.to_parquet(path)


@pytest.mark.parametrize(
    "write",
    [as_ids, as_titles, as_profile, as_profile_of_seen_ones, as_ratings, as_papers, as_table_of_papers],
    ids=lambda write: write.__name__,
)
def test_a_file_of_seen_papers(library, tmp_path, write):
    write(tmp_path / "seen")
    profile, found = with_papers(library, Profile(liked=IDS[:1]), avoid=(), seen=(str(tmp_path / "seen"),))
    assert found.problems == []
    found = Recommender(library).recommend(profile, k=40)
    assert set(found.ids) == set(IDS[4:])


def test_a_file_to_avoid(library, tmp_path):
    for write in (as_ids, as_papers):
        write(tmp_path / "avoid")
        profile, _ = with_papers(library, Profile(liked=IDS[:1]), avoid=(str(tmp_path / "avoid"),), seen=())
        assert set(Recommender(library).recommend(profile, k=40).ids) == set(IDS[4:])
    as_profile(tmp_path / "avoid")
    profile, _ = with_papers(
        library, Profile(liked=IDS[:1]), avoid=(str(tmp_path / "avoid"), IDS[9]), seen=()
    )
    assert profile.disliked == (IDS[2], IDS[9])
    (tmp_path / "avoid").write_text(f"user,paper,rating\na,{IDS[1]},1\na,{IDS[2]},5\na,{IDS[3]},dislike\n")
    profile, _ = with_papers(library, Profile(liked=IDS[:1]), avoid=(str(tmp_path / "avoid"),), seen=())
    assert profile.disliked == (IDS[1], IDS[3])


def test_what_is_an_id_is_no_file(library, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / IDS[5]).write_text(IDS[6])
    profile, _ = with_papers(library, Profile(liked=IDS[:1]), avoid=(), seen=(IDS[5], f"./{IDS[5]}"))
    assert profile.seen == (IDS[5], IDS[6])


@pytest.mark.parametrize("command", [["like", IDS[0]], ["search", "robots"], ["recommend", "me.json"]])
def test_what_is_unknown_is_counted_and_named(library, tmp_path, capsys, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "me.json").write_text(json.dumps({"liked": IDS[:1]}))
    (tmp_path / "seen.txt").write_text("".join(f"2901.{number:05d}\n" for number in range(7)) + f"{IDS[1]}\n")
    main(
        [
            *command,
            "--corpus",
            str(library.path),
            "--seen",
            "seen.txt",
            "--seen",
            "gone.txt",
            "--diversity",
            "0",
        ]
    )
    printed = capsys.readouterr()
    assert printed.err.count("\n") == 1
    assert (
        "--seen: 8 of 9 papers not in this corpus: '2901.00000', '2901.00001', '2901.00002', '2901.00003', "
        "'2901.00004' and 3 more\n" in printed.err
    )
    assert PAPERS[1].title not in printed.out


def test_an_unknown_id_to_avoid_has_its_nearest_spellings(library, capsys):
    main(["like", IDS[0], "--corpus", str(library.path), "--avoid", "2901.00001"])
    assert "no paper '2901.00001' in this corpus; nearest: " in capsys.readouterr().err


def test_a_file_of_no_use_is_named(library, tmp_path):
    def told(option, content):
        (tmp_path / "file").write_bytes(content)
        values = {"avoid": (), "seen": (), option: (str(tmp_path / "file"),)}
        with pytest.raises(ParameterError) as caught:
            with_papers(library, Profile(liked=IDS[:1]), **values)
        return str(caught.value)

    for option, content in (
        ("seen", b""),
        ("seen", b"\n# nothing\n"),
        ("seen", bytes(range(128, 256)) * 9),
        ("seen", b'{"a": 1}'),
        ("avoid", json.dumps({"liked": IDS[:1]}).encode()),
    ):
        line = told(option, content)
        assert line.startswith((f"--{option} {tmp_path / 'file'}: ", f"--{option} {tmp_path / 'file'}, ")), (
            line
        )
        assert "\n" not in line
    (tmp_path / "file").write_text(IDS[0])
    with pytest.raises(ProfileError, match="both likes and dislikes"):
        with_papers(library, Profile(liked=IDS[:1]), avoid=(str(tmp_path / "file"),), seen=())


@pytest.mark.parametrize("write", [as_ids, as_titles, as_papers, as_table_of_papers, as_ratings])
@pytest.mark.parametrize("option", ["liked", "seen"])
def test_a_pipe_is_as_good_as_a_file(library, tmp_path, monkeypatch, write, option):
    """It is looked at more than once, and gives its bytes once."""
    path = tmp_path / "papers"
    write(path)
    others = {} if option == "liked" else {"liked": [IDS[20]]}
    _, wanted = with_papers(library, None, **others, **{option: [str(path)]})
    with path.open("rb") as stream, io.TextIOWrapper(stream) as text:
        monkeypatch.setattr("sys.stdin", text)
        _, found = with_papers(library, None, **others, **{option: ["-"]})
    assert found.papers == wanted.papers
    assert found.papers[option]


def test_ids_of_a_source_of_its_own_are_a_list(tmp_path):
    path = tmp_path / "ids.txt"
    path.write_text("KEY7\np0\nX-12:b\n")
    assert [*papers_of(path, ["liked"])] == ["KEY7", "p0", "X-12:b"]
    for text in ("KEY7,5\np0,1\n", "name_1\nx\n", "words\nof\nnothing\n"):
        path.write_text(text)
        with pytest.raises(ProfileError):
            [*papers_of(path, ["liked"])]
