"""Any file of papers is a profile, and so is a list of ids, addresses and titles; ratings stay ratings."""

import gzip
import json
from pathlib import Path

import pandas as pd
import pytest
from conftest import FakeEncoder, make_papers
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import Corpus, Paper, Profile, Recommender, read_profiles
from recommender.cli import main
from recommender.errors import InvalidPaper, ProfileError
from recommender.profiles import Skipped, choose_profile
from recommender.profiles.library_papers import LibraryPaper, is_packed, pack, unpack
from recommender.readers import read_papers
from recommender.writers import paper_record, write

OWLS = Paper("10.5555/owls", "Owls and the night", "They hunt.", ("Ann Bell",), "2020", venue="Nocturne")
SHEEP = Paper("2301.00001", "How sheep find home", "They remember.", ("Ben Cole",), "2023-01-02")
BOTH = (OWLS, SHEEP)


def read(tmp_path, content, **options):
    path = tmp_path / "x"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return choose_profile(path, **options)


def titles(profile, role="liked"):
    return [profile.papers[name].title if name in profile.papers else name for name in getattr(profile, role)]


def in_parquet(tmp_path):
    pd.DataFrame([{"title": one.title, "abstract": one.abstract, "doi": one.id} for one in BOTH]).to_parquet(
        tmp_path / "x"
    )
    return (tmp_path / "x").read_bytes()


def of_bibtex(paper):
    names = " and ".join(paper.authors)
    year, doi = paper.published[:4], f"10.5555/{paper.title[0]}"
    fields = {"title": paper.title, "author": names, "abstract": paper.abstract, "year": year, "doi": doi}
    listed = ", ".join(f"{name} = {{{value}}}" for name, value in fields.items())
    return f"@article{{key{paper.title[0]}, {listed}}}\n"


def of_ris(paper):
    lines = [("TY", "JOUR"), ("TI", paper.title), ("AU", paper.authors[0]), ("AB", paper.abstract)]
    return "".join(
        f"{tag}  - {value}\r\n" for tag, value in [*lines, ("PY", paper.published[:4]), ("ER", "")]
    )


LIBRARIES = {
    "ours as JSON Lines": "".join(one.to_json() + "\n" for one in BOTH),
    "ours as an array": json.dumps([one.to_dict() for one in BOTH]),
    "ours in gzip": gzip.compress("".join(one.to_json() + "\n" for one in BOTH).encode()),
    "a list that we wrote as CSV": write([paper_record(one) for one in BOTH], "csv"),
    "a list that we wrote as JSON Lines": write([paper_record(one) for one in BOTH], "jsonl"),
    "a table": "Title,Abstract Note,Year,DOI\n"
    + "".join(f"{p.title},{p.abstract},{p.published[:4]},10.5555/{p.title[0]}\n" for p in BOTH),
    "titles below their heading": "title\n" + "".join(f"{p.title}\n" for p in BOTH),
    "Hugging Face": json.dumps(
        [{"paper": {"id": "2301.00001", "title": p.title, "summary": p.abstract}} for p in BOTH]
    ),
    "the arXiv dump": "".join(
        json.dumps(
            {
                "id": f"2301.0000{n}",
                "title": p.title,
                "abstract": p.abstract,
                "versions": [{"version": "v1", "created": "Mon, 2 Jan 2023 10:00:00 GMT"}],
                "authors_parsed": [["Bell", "Ann", ""]],
            }
        )
        + "\n"
        for n, p in enumerate(BOTH, 1)
    ),
    "OpenAlex": "".join(
        json.dumps({"id": f"https://openalex.org/W{n}", "title": p.title, "authorships": []}) + "\n"
        for n, p in enumerate(BOTH, 1)
    ),
    "CSL-JSON": json.dumps(
        [{"id": p.title[0], "type": "report", "title": p.title, "abstract": p.abstract} for p in BOTH]
    ),
    "Zotero's JSON": json.dumps(
        [
            {"key": f"K{n}", "version": 1, "data": {"itemType": "report", "title": p.title, "key": f"K{n}"}}
            for n, p in enumerate(BOTH)
        ]
    ),
    "BibTeX": "".join(map(of_bibtex, BOTH)),
    "RIS": "".join(map(of_ris, BOTH)),
}


@pytest.mark.parametrize("content", LIBRARIES.values(), ids=LIBRARIES)
def test_a_file_of_papers_is_liked(tmp_path, content):
    profile, skipped = read(tmp_path, content)
    assert titles(profile) == [one.title for one in BOTH]
    assert (profile.name, skipped, profile.disliked, profile.seen) == ("", [], (), ())


@pytest.mark.extra("frames")
def test_so_is_a_parquet_file_with_titles(tmp_path):
    profile, skipped = read(tmp_path, in_parquet(tmp_path))
    assert (titles(profile), skipped) == ([one.title for one in BOTH], [])
    assert profile.papers[OWLS.id].abstract == OWLS.abstract


def test_a_record_that_is_no_paper_is_named(tmp_path):
    profile, skipped = read(tmp_path, '{"title": "Owls at night"}\n{"title": ""}\nnothing\n')
    assert titles(profile) == ["Owls at night"]
    assert [line.split(":")[0] for line in skipped] == ["x, row 2", "x, row 3"]


def test_of_many_that_are_no_papers_the_first_are_named(tmp_path):
    _, skipped = read(tmp_path, "title,doi\nOwls at night,\n" + "".join(f",10.5555/{n}\n" for n in range(9)))
    assert len(skipped) == 4
    assert skipped[0].startswith("x, row 2: has no title (id '10.5555/0')")
    assert skipped[3] == "6 more were skipped"


def test_all_papers_of_one_id_are_kept(tmp_path):
    profile, _ = read(tmp_path, "id,title\n7,Owls at night\n7,Sheep by day\n7,Owls at night\n")
    assert titles(profile) == ["Sheep by day", "Owls at night"]
    assert "7" in profile.liked


# What says something of readers, or of lists, is no library


@pytest.mark.parametrize(
    "content",
    [
        "user,paper,title,rating\nAnn,2301.00001,Owls,5\nAnn,2301.00002,Sheep,1\n",
        json.dumps({"user": "Ann", "paper": "2301.00001", "title": "Owls", "rating": 5})
        + "\n"
        + json.dumps({"user": "Ann", "paper": "2301.00002", "title": "Sheep", "rating": 1}),
        json.dumps({"user": "Ann", "liked": ["2301.00001"], "disliked": ["2301.00002"]}),
    ],
)
def test_ratings_stay_ratings(tmp_path, content):
    profile, _ = read(tmp_path, content)
    assert profile == Profile(name="Ann", liked=["2301.00001"], disliked=["2301.00002"])


@pytest.mark.parametrize(
    ("content", "liked", "disliked"),
    [
        ("title,abstract,included\nOwls at night,a,1\nSheep by day,b,0\nBread,c,\n", ["Owls at night"], 1),
        ("title,liked\nOwls at night,yes\nSheep by day,no\n", ["Owls at night"], 1),
        ("title,rating\nOwls at night,5\nSheep by day,1\nBread,3\n", ["Owls at night"], 1),
        ("title,stars\nOwls at night,4\nSheep by day,4\n", ["Owls at night", "Sheep by day"], 0),
        ("title,included\nOwls at night,1\nSheep by day,1\n", ["Owls at night", "Sheep by day"], 0),
    ],
)
def test_a_table_of_titles_may_rate_them(tmp_path, content, liked, disliked):
    profile, _ = read(tmp_path, content)
    assert titles(profile) == liked
    assert titles(profile, "disliked") == ["Sheep by day"][:disliked]


def test_a_score_of_ours_is_no_rating(tmp_path):
    with Corpus.sample() as corpus:
        found = Recommender(corpus).more_like("2106.09685", k=3)
        records = found.to_dicts()
    for text in (write(records, "csv"), write(records, "jsonl")):
        profile, skipped = read(tmp_path, text)
        assert [*profile.liked] == found.ids
        assert (profile.disliked, skipped) == ((), [])
        assert [paper.abstract for paper in profile.papers.values()] == [
            item.paper.abstract for item in found
        ]


@pytest.mark.parametrize(
    "content",
    [
        "user,title\nAnn,Owls\n",
        '{"likez": ["a"], "title": "My profile"}',
        "Leser,Werk,Note\nAnn,a,5\n",
        "name,age\nAnn,41\n",
        "Dear Sir\n",
        "<html><p>Owls</p></html>",
    ],
)
def test_what_is_none_is_still_refused(tmp_path, content):
    if "likez" in content:
        profile, _ = read(tmp_path, content)  # an object with a title is a paper
        assert titles(profile) == ["My profile"]
    else:
        with pytest.raises(ProfileError, match="no columns user and paper"):
            read(tmp_path, content)


def test_a_table_of_identifiers_without_titles_is_a_list(tmp_path):
    profile, skipped = read(tmp_path, "DOI,Comment\n10.5555/owls,to be read\n,nothing\n10.5555/sheep,\n")
    assert profile == Profile(liked=["10.5555/owls", "10.5555/sheep"])
    assert len(skipped) == 1
    assert skipped[0].startswith("x, line 3: the row names no paper")


# Lists


@pytest.mark.parametrize(
    ("content", "liked"),
    [
        ("2301.00001\ndoi:10.5555/owls\n", ["2301.00001", "doi:10.5555/owls"]),
        ("https://arxiv.org/abs/2301.00001\nhttps://www.example.org/a/paper\n", None),
        ("Owls and the night, again\n2301.00001\nhttps://doi.org/10.5555/owls\n", None),
        ("Owls and the night\nHow sheep find home: a review\n", None),
        ("liked\n2301.00001\nhep-th/9901001\n", ["2301.00001", "hep-th/9901001"]),
        ("url\nhttps://arxiv.org/abs/2301.00001\n", ["https://arxiv.org/abs/2301.00001"]),
        ("\ufeffDOI\r\n10.5555/owls\r\n", ["10.5555/owls"]),
        (
            "- 2301.00001\n* 2301.00002\n1. 2301.00003\n[2] 2301.00004\n",
            [f"2301.0000{n}" for n in (1, 2, 3, 4)],
        ),
        (
            "Owls and the night - https://doi.org/10.5555/owls.\n"
            "How sheep find home (https://arxiv.org/abs/2301.00001)\n",
            ["https://doi.org/10.5555/owls", "https://arxiv.org/abs/2301.00001"],
        ),
        ("Owls, sheep, and the night of long ago\nBread, yeast, and what it is for\n", None),
    ],
)
def test_a_list_one_a_line(tmp_path, content, liked):
    profile, skipped = read(tmp_path, content)
    assert [*profile.liked] == (content.splitlines() if liked is None else liked)
    assert (profile.papers, skipped) == ({}, [])


def test_below_a_heading_they_may_be_disliked(tmp_path):
    (profile,) = (item for item in read_profiles_of(tmp_path, "disliked\n2301.00001\n") if item)
    assert isinstance(profile, Skipped)
    assert "likes no paper" in profile.reason


def read_profiles_of(tmp_path, content):
    (tmp_path / "x").write_text(content)
    with pytest.raises(ProfileError) as caught:
        list(read_profiles(tmp_path / "x"))
    return [Skipped("", "x", "", str(caught.value))]


# One text for all that is known of a paper


def test_a_paper_of_a_library_as_one_text():
    for item in (
        LibraryPaper(OWLS, ("A", "B/C"), "2024-05"),
        LibraryPaper("2301.00001", ("A",)),
        LibraryPaper(SHEEP),
    ):
        assert is_packed(pack(item))
        assert unpack(pack(item)) == item
    assert unpack("2301.00001") == LibraryPaper("2301.00001")
    assert not is_packed("{Owls}")


TEXT = st.text(max_size=40)


@settings(max_examples=100)
@given(TEXT, TEXT, st.lists(TEXT, max_size=3), TEXT)
def test_any_paper_comes_back_from_a_text_and_from_a_profile(title, abstract, authors, name):
    try:
        paper = Paper(id=name, title=title, abstract=abstract, authors=tuple(authors))
    except InvalidPaper:
        return
    item = LibraryPaper(paper, ("A",), "2024-05-01")
    assert unpack(pack(item)) == item
    profile = Profile(liked=[item])
    assert Profile.from_dict(json.loads(json.dumps(profile.to_dict()))) == profile


# What people have: see the README there

CASES = Path(__file__).parents[2] / "shared" / "cases"


@pytest.mark.skipif(not CASES.is_dir(), reason="needs ../shared")
@pytest.mark.extra("bibliography")
@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("zotero.bib", ["Harvest timing of Alpine", "LoRA: Low-Rank"]),
        ("zotero.ris", ["Harvest timing of Alpine", "LoRA: Low-Rank"]),
        ("zotero.xlsx", ["Harvest timing of Alpine", "LoRA: Low-Rank", ""]),
        (
            "urls.txt",
            ["https://arxiv.org/abs/2106", "https://arxiv.org/pdf/2305.13245v1", "doi:10.48550"],
        ),
        ("liked.csv", ["2106.09685", "hep-th/9901001"]),
        ("csl.json", None),
        ("arxiv_dump.json", None),
        ("openalex.jsonl", None),
        ("wrapped.nbib", None),
    ],
)
def test_a_case_is_a_profile_and_is_answered(tmp_path, name, found):
    profile, _ = choose_profile(CASES / name)
    if found is not None:
        assert len(profile.liked) == len(found)
        for title, beginning in zip(titles(profile), found, strict=True):
            assert title.startswith(beginning)
    papers = [item for item in read_papers(CASES / "arxiv_dump.json") if isinstance(item, Paper)]
    with Corpus.build([*papers, *make_papers(20)], tmp_path / "c", encoder=FakeEncoder()) as corpus:
        answer = Recommender(corpus).recommend(profile, k=2)
        assert len(answer) == 2
        if "LoRA: Low-Rank" in (found or ()):
            others = len(found) - 1
            said = f"{len(found)} liked papers: 1 in this corpus, {others} encoded on the fly"
            assert answer.notes[0].startswith(said)
            assert "2106.09685" not in answer.ids


# The commands


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("libraries") / "corpus"
    Corpus.build(make_papers(40), place, encoder="static").close()
    return place


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RECOMMENDER_CORPUS", raising=False)
    return tmp_path


LIBRARY = [
    {"id": make_papers(1)[0].id, "title": "Anything", "collections": []},
    {"title": "Grasping with a soft robot arm", "abstract": "motion and torque of a robot arm", "year": 2021},
    {"title": "Robot hands", "year": 2022},
]


AS_ROWS = ("--format", "jsonl")


def run(capsys, *arguments):
    code = main([*map(str, arguments)])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


@pytest.mark.parametrize("option", [(), ("--liked",)])
def test_a_library_is_answered_and_counted(here, folder, capsys, option):
    (here / "me.jsonl").write_text("".join(json.dumps(one) + "\n" for one in LIBRARY))
    code, out, err = run(
        capsys, "recommend", *option, "me.jsonl", "--corpus", folder, "-k", 8, "--format", "jsonl"
    )
    assert code == 0
    assert err == "(3 liked papers: 1 in this corpus, 2 encoded on the fly (1 by title alone))\n"
    rows = [json.loads(line) for line in out.splitlines()]
    assert "Grasping with a soft robot arm" in {row["closest_title"] for row in rows}


def test_lists_are_added_to_a_profile(here, folder, capsys):
    papers = make_papers(40)
    (here / "me.json").write_text(json.dumps({"liked": [papers[0].id]}))
    (here / "more.csv").write_text("title,abstract\nSoft robot arms,motion and torque of a robot arm\n")
    (here / "no.txt").write_text(f"{papers[4].id}\n{papers[8].title}\n")
    arguments = (
        "recommend",
        "me.json",
        "--liked",
        "more.csv",
        "--avoid",
        "no.txt",
        "--seen",
        papers[2].title,
    )
    code, out, err = run(capsys, *arguments, "--corpus", folder, "-k", 40, "--diversity", 0, *AS_ROWS)
    assert (code, err) == (0, "(2 liked papers: 1 in this corpus, 1 encoded on the fly)\n")
    ids = {json.loads(line)["id"] for line in out.splitlines()}
    assert not ids & {papers[n].id for n in (0, 2, 4, 8)}
    assert len(ids) >= 30


def test_words_are_taken_for_words_and_it_is_said(here, folder, capsys):
    paper = make_papers(1)[0].id
    code, out, err = run(
        capsys, "recommend", "--liked", "robot arm", "--corpus", folder, "-k", 3, "--format", "jsonl"
    )
    assert (code, err) == (0, "(--liked 'robot arm': no paper of this corpus, taken as words)\n")
    assert {json.loads(line)["closest"] for line in out.splitlines()} == {"robot arm"}
    code, out, err = run(capsys, "like", paper, "--avoid", "protein binding", "--corpus", folder, "--why")
    assert (code, err) == (0, "(--avoid 'protein binding': no paper of this corpus, taken as words)\n")
    assert "protein binding" in out
    code, _, err = run(capsys, "like", paper, "--avoid", "xylophonic zeugma", "--corpus", folder, "-k", 2)
    assert "avoid: no paper of this corpus holds any word of 'xylophonic zeugma'" in err


def test_without_a_profile_something_must_be_liked(here, folder, capsys):
    code, _, err = run(capsys, "recommend", "--seen", "2301.00001", "--corpus", folder)
    assert code == 2
    assert "give a PROFILE, --as NAME, or --liked with papers, a file or words" in err
    code, _, err = run(capsys, "recommend", "--liked", "2301.00001", "--name", "Ann", "--corpus", folder)
    assert (code, "--name says whose profile of a PROFILE is meant" in err) == (2, True)


def test_a_batch_of_one_library_is_the_single_answer(here, folder, capsys):
    (here / "me.jsonl").write_text("".join(json.dumps(one) + "\n" for one in LIBRARY))
    for command in (
        (
            "batch",
            "me.jsonl",
            "--corpus",
            folder,
            "--out",
            "out",
            "--format",
            "jsonl",
            "-k",
            5,
            "--workers",
            1,
        ),
        ("recommend", "me.jsonl", "--corpus", folder, "-k", 5, "--format", "jsonl", "--out", "single.jsonl"),
    ):
        assert run(capsys, *command)[0] == 0
    batch, single = (
        [json.loads(line) for line in path.read_text().splitlines()]
        for path in (here / "out" / "recommendations.jsonl", here / "single.jsonl")
    )
    for name in ("id", "closest", "closest_title", "interest"):
        assert [row[name] for row in batch] == [row[name] for row in single]
    assert [row["score"] for row in batch] == pytest.approx([row["score"] for row in single], abs=1e-5)


def test_a_self_test_and_a_map_find_papers_by_any_name(tmp_path):
    from recommender.evaluation import self_test
    from recommender.plots.map_data import with_ids

    papers = make_papers(40)
    with Corpus.build(papers, tmp_path / "c", encoder=FakeEncoder()) as corpus:
        known = [Paper(title=one.title, abstract="Another abstract") for one in papers[:12]]
        profile = Profile(liked=[*known, OWLS])
        assert with_ids(corpus.snapshot, profile).liked == (*(one.id for one in papers[:12]), OWLS.id)
        tested = self_test(corpus, profile, k=5, splits=2, strategies="mean", diversities=[0])
        right = self_test(
            corpus,
            Profile(liked=[one.id for one in papers[:12]]),
            k=5,
            splits=2,
            strategies="mean",
            diversities=[0],
        )
        assert [row.estimates for row in tested.rows] == [row.estimates for row in right.rows]
        assert tested.warnings[0] == (
            "1 of 13 liked papers not in the corpus, and so not tested: 'Owls and the night'"
        )
