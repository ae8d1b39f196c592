"""One table of files of profiles, and every command and function that reads one: all say the same of it."""

import functools
import gzip
import itertools
import json
import logging
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest
from conftest import make_papers

import recommender.notebook
from recommender import Corpus, Paper, Profile, Recommender, batch, evaluation, plots, read_profiles, topics
from recommender.batch import workers
from recommender.cli import main
from recommender.errors import ProfileError
from recommender.notebook import corpus_and_readers
from recommender.profiles import LibraryPaper, Skipped

A, B, C, D = "2106.09685", "2305.13245", "2112.09118", "10.1145/1234.5678"
ANN, BEN = Profile(name="Ann", liked=[A, B], disliked=[C]), Profile(name="Ben", liked=[D])
DATED = replace(ANN, added={A: "2024-01-01"})
ME = Profile(liked=[A, B])
OF_OWLS, OF_SHEEP = (Paper(id=f"10.5555/{one.lower()}", title=f"Of {one}") for one in ("Owls", "Sheep"))
OWLS, SCREENED = Profile(liked=[OF_OWLS, OF_SHEEP]), Profile(liked=OF_OWLS, disliked=OF_SHEEP)
STARS = "the rating is 'five'; a rating is a number, or one of like, dislike, seen, yes, no"
NAN = "the rating is nan; a rating is a number, or one of like"


def lines(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


def parquet(**columns):
    def write(path):
        pd.DataFrame(columns).to_parquet(path)

    return write


RATED = f"user,paper,rating,date\nAnn,{A},5,2024-01-01\nBen,{D},like,\nAnn,{B},4.5,\nAnn,{C},1,\n"

# Content -> profiles, and "where: the beginning of why" of what is skipped.
READ = {
    "an object": (json.dumps({"user": "Ann", "liked": [A, B], "disliked": [C]}), [ANN], []),
    "other names": (json.dumps({"reader": "Ann", "Likes": [A, B], "negatives": C}), [ANN], []),
    "an object without a name": (json.dumps({"liked": [A, B]}, indent=1), [ME], []),
    "null and blanks": (json.dumps({"name": None, "liked": [A, " ", B], "seen": None}), [ME], []),
    "lines": (lines(ANN.to_dict(), BEN.to_dict()), [ANN, BEN], []),
    "lines in gzip": (gzip.compress(lines(ANN.to_dict(), BEN.to_dict()).encode()), [ANN, BEN], []),
    "an array": (json.dumps([ANN.to_dict(), BEN.to_dict()]), [ANN, BEN], []),
    "rated objects": (
        lines(
            *({"user": "Ann", "paper": paper, "stars": stars} for paper, stars in ((A, 5), (B, 4), (C, 1))),
            {"user": "Ben", "paper": D, "stars": "liked"},
        ),
        [ANN, BEN],
        [],
    ),
    "ids": (f"# read in May\n{A}\n\narXiv:{B}  # good\n", [replace(ME, liked=(A, f"arXiv:{B}"))], []),
    "ids below a heading": (f"arxiv_id\n{A}\n{B}\n", [ME], []),
    "titles below a heading": (
        f"Paper\nOf Owls, and Night\n{A}\n",
        [replace(ME, liked=("Of Owls, and Night", A))],
        [],
    ),
    "ids in an array": (json.dumps([A, B]), [ME], []),
    "csv": (RATED, [DATED, BEN], []),
    "csv with a mark and other names": (
        "\ufeffReader;arXiv_ID;Label\n" + f"Ann;{A};yes\nAnn;{B};true\nAnn;{C};no\nBen;{D};1\n",
        [ANN, BEN],
        [],
    ),
    "tsv of one reader": (f"paper\trating\n{A}\t5\n{B}\t4\n", [ME], []),
    "csv of lists": (f'user,liked,disliked\nAnn,"{A}; {B}",{C}\nBen,"[""{D}""]",\n', [ANN, BEN], []),
    "no rating": (RATED + f"Ben,{A},,\nBen,{B},,\n", [DATED, BEN], []),
    "parquet of ratings": (
        parquet(user=["Ann", "Ann", "Ann", "Ben", "Ben"], paper=[A, B, C, D, A], rating=[5, 4, 1, 5, None]),
        [ANN, BEN],
        [],
    ),
    "parquet of lists": (
        parquet(user=["Ann", "Ben"], liked=[[A, B], [D]], disliked=[[C], None]),
        [ANN, BEN],
        [],
    ),
    "bad rows": (
        RATED + f"Ann,{D},five,\n,{A},5,\nBen,{D}\n",
        [DATED, BEN],
        [f"x, line 6: {STARS}", "x, line 7: the row names no user", "x, line 8: has 2 columns, the header 4"],
    ),
    "bad lines": (
        lines(ANN.to_dict(), {"user": "Ann", "likez": [A]}) + "nothing\n[1]\n" + lines(BEN.to_dict()),
        [ANN, BEN],
        [
            "x, line 2: a profile has no field 'likez'; its fields are liked, disliked, seen,",
            "x, line 3: is not JSON (Expecting value",
            "x, line 4: is not a JSON object but an array",
        ],
    ),
    "NaN": (
        lines(ANN.to_dict(), {"user": "Ann", "paper": D, "rating": float("nan")}),
        [ANN],
        [f"x, line 2: {NAN}"],
    ),
    "a library": ("title,id\nOf Owls,10.5555/owls\nOf Sheep,10.5555/sheep\n", [OWLS], []),
    "a library in lines": (
        lines(OF_OWLS.to_dict(), {"title": "", "id": "10.5555/none"}, OF_SHEEP.to_dict()),
        [OWLS],
        ["x, row 2: has no title"],
    ),
    "a screened table": (
        "title,id,included\nOf Owls,10.5555/owls,1\nOf Sheep,10.5555/sheep,0\n",
        [SCREENED],
        [],
    ),
    "ids, titles and addresses": (
        f"{A}\nOf Owls, and of the night\nhttps://www.example.org/paper\n",
        [Profile(liked=[A, "Of Owls, and of the night", "https://www.example.org/paper"])],
        [],
    ),
    "liked ones below their heading": (f"liked\n{A}\n{B}\n", [ME], []),
    "papers in lists": (
        json.dumps({"liked": [A, {"title": "Of Owls", "id": "10.5555/owls", "added": "2024"}]}),
        [Profile(liked=[A, LibraryPaper(OF_OWLS, added="2024")])],
        [],
    ),
    "one who likes nothing": (
        lines(ANN.to_dict(), {"user": "Ann", "seen": [D]}, BEN.to_dict(), {"interests": ["?!"]}),
        [replace(ANN, seen=(D,)), BEN],
        ["x, line 4: the profile has the interest '?!', which holds no word"],
    ),
}  # fmt: skip

# Content -> what is said of it.
REFUSED = {
    "nothing": ("", "x: no profile is in it: it is empty, or has a header and no row; a profile is a"),
    "a header": ("user,paper,rating\n", "x: no profile is in it: it is empty, or has a header and no row"),
    "an empty array": ("[]", "x: no profile is in it: it is empty"),
    "other columns": ("name,age\nAnn,41\n", "x: no columns user and paper (with rating and date"),
    "a letter": ("Dear Sir", "x: no columns user and paper (with rating and date"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(128, 256)), "x: a binary file; a profile is a"),
    "unknown field": ('{"likez": ["a"]}', "x, line 1: a profile has no field 'likez'; its fields"),
    "two bad rows": (
        "user,paper\n,a\n,b\n",
        "x: no profile in it that can be read; the first of 2 skipped: x, line 2: the row names no user",
    ),
    "a scale that does not tell": (
        "user,paper,rating\nu,a,9\nu,b,1\n",
        "x: its ratings go from 1 to 9, which does not tell what is a like; declare the scale",
    ),
}  # fmt: skip


class Door:
    """One way in: the profiles that come to the engine, and the lines that are said, for a file."""

    def __init__(self, monkeypatch, capsys, caplog, tmp_path, corpus):
        self.monkeypatch, self.capsys, self.caplog = monkeypatch, capsys, caplog
        self.tmp_path, self.corpus = tmp_path, corpus
        self.found = []

    def take(self, profile):
        self.found.append(profile)

    def told(self, lines):
        """Messages with neither the folder nor the program's name."""
        return [line.replace(f"{self.tmp_path}/", "").removeprefix("recommender: ") for line in lines]

    def run(self, *arguments):
        """A command: its lines on stderr."""
        self.capsys.readouterr()
        main([*map(str, arguments)])
        return self.told(self.capsys.readouterr().err.splitlines())


def python(door, path, names):
    try:
        items = [*read_profiles(path)]
    except (ProfileError, ValueError) as error:
        return door.told([str(error)])
    door.found += [item for item in items if isinstance(item, Profile)]
    return [str(item) for item in items if isinstance(item, Skipped)]


def notebook(door, path, names):
    door.monkeypatch.setenv("RECOMMENDER_PROFILES", str(path))
    door.monkeypatch.setattr(recommender.notebook.Corpus, "sample", lambda: None)
    door.caplog.set_level(logging.WARNING, "recommender")
    try:
        with_names = corpus_and_readers()[1]
    except (ProfileError, ValueError) as error:
        return door.told([str(error)])
    door.found += [replace(one, name="" if one.name == "reader 1" else one.name) for one in with_names]
    return door.told(record.getMessage() for record in door.caplog.records)


def command(*before, **fakes):
    """A command about one reader, run for each by name."""

    def enter(door, path, names):
        for target, result in fakes.items():
            place, name = {
                "recommend": (Recommender, "recommend"),
                "beyond": (Recommender, "beyond"),
                "self_test": (evaluation, "self_test"),
                "plot_map": (plots, "plot_map"),
                "plot_scores": (plots, "plot_scores"),
                "find_topics": (topics, "find_topics"),
            }[target]
            door.monkeypatch.setattr(place, name, result(door))
        chosen = [["--name", name] for name in names if name] or [[]]
        said = [
            door.run(*before, path, "--corpus", door.corpus, *name, *after(before, door)) for name in chosen
        ]
        return list(dict.fromkeys(line for lines in said for line in lines))

    return enter


def after(before, door):
    return ["--out", door.tmp_path / "picture.json"] if before[0] in ("map", "plot") else []


@functools.cache
def some_list():
    with Corpus.sample() as corpus:
        return Recommender(corpus).more_like(A, k=1)


def recommended(door):
    """Takes the profile, and answers as for one that the corpus knows."""

    def recommend(self, profile, **options):
        door.take(profile)
        return some_list()

    return recommend


def self_tested(door):
    def self_test(corpora, profile, **options):
        door.take(profile)
        return SimpleNamespace(warnings=(), to_text=str, to_dict=dict)

    return self_test


def looked_beyond(door):
    def beyond(self, profile, **options):
        door.take(profile)
        return SimpleNamespace(problems=(), filtered=())

    return beyond


def picture(door):
    def draw(*arguments, **options):
        return SimpleNamespace(says="", save=lambda path: path.write_text(""))

    return draw


def batched(door, path, names):
    def answer(corpus, profiles, *others, **options):
        door.found += [replace(one, name="" if one.name == "#1" else one.name) for one in profiles]
        return itertools.repeat(ProfileError("not answered here"))

    door.monkeypatch.setattr(workers, "answer_profiles", answer)
    out = door.tmp_path / "out"
    said = door.run("batch", path, "--corpus", door.corpus, "--out", out, "--workers", 1, "--format", "jsonl")
    if not out.exists() or not (out / "rejected.jsonl").exists():
        return said
    rejected = map(json.loads, (out / "rejected.jsonl").read_text().splitlines())
    lines = [
        f"{one['place']}: {one['reason']}".replace("profile '#4'", "the profile")
        for one in rejected
        if one["place"]
    ]
    return lines or said


DOORS = {
    "read_profiles": python,
    "notebook": notebook,
    "batch": batched,
    "recommend": command("recommend", recommend=recommended),
    "evaluate": command("evaluate", self_test=self_tested),
    "beyond": command("beyond", beyond=looked_beyond),
    "map": command("map", recommend=recommended, plot_map=picture, find_topics=picture),
    "plot": command("plot", "scores", recommend=recommended, plot_scores=picture),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("contract") / "corpus"
    Corpus.build(make_papers(12), place, encoder="static").close()
    return place


@pytest.fixture(autouse=True)
def _list_is_made():
    some_list()  # before what makes it is replaced


@pytest.fixture
def door(monkeypatch, capsys, caplog, tmp_path, folder):
    monkeypatch.delenv("RECOMMENDER_CORPUS", raising=False)
    return Door(monkeypatch, capsys, caplog, tmp_path, folder)


def written(tmp_path, content):
    path = tmp_path / "x"
    if callable(content):
        content(path)
    else:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("enter", DOORS.values(), ids=DOORS)
@pytest.mark.parametrize(("content", "profiles", "skipped"), READ.values(), ids=READ)
def test_every_way_in_reads_the_same(door, enter, tmp_path, content, profiles, skipped):
    said = enter(door, written(tmp_path, content), [profile.name for profile in profiles])
    assert door.found == profiles
    about = [line for line in said if line.startswith("x, ")]
    assert len(about) == len(skipped), said
    for line, beginning in zip(sorted(about), sorted(skipped), strict=True):
        assert line.startswith(beginning)


@pytest.mark.parametrize("enter", DOORS.values(), ids=DOORS)
@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED)
def test_every_way_in_says_the_same_of_what_is_no_profile(door, enter, tmp_path, content, reason):
    said = enter(door, written(tmp_path, content), [""])
    assert door.found == []
    assert any(line.startswith(reason) for line in said), said


MAPPED = "Leser,Werk,Note\n" + f"Ann,{A},9\nAnn,{B},8\nAnn,{C},2\n"
MAPPING = {"user": "Leser", "paper": "werk", "stars": "Note"}


@pytest.mark.parametrize("name", [name for name in DOORS if name != "notebook"])
def test_every_way_in_takes_columns_and_thresholds(door, name, tmp_path):
    path = written(tmp_path, MAPPED)
    if name == "read_profiles":
        door.found += read_profiles(path, mapping=MAPPING, liked_from=8, disliked_to=3)
    else:
        run, options = door.run, ("--liked-from", 8, "--disliked-to", 3)
        columns = [part for field, column in MAPPING.items() for part in ("--map", f"{field}={column}")]
        door.monkeypatch.setattr(door, "run", lambda *before: run(*before, *columns, *options))
        DOORS[name](door, path, ["Ann"])
    assert door.found == [ANN]


def test_a_frame_and_an_iterable_say_the_same(tmp_path):
    ratings = pd.DataFrame(
        {"user": ["Ann", "Ann", "Ann", "Ben"], "paper": [A, B, C, D], "rating": [5, 4, 1, 5]}
    )
    for source in (
        ratings,
        ratings.to_dict("records"),
        iter([ANN, BEN]),
        [ANN.to_dict(), BEN],
        pd.DataFrame([ANN.to_dict(), BEN.to_dict()]),
    ):
        assert [*read_profiles(source)] == [ANN, BEN]
    assert [*read_profiles([A, B])] == [*read_profiles({"liked": [A, B]})] == [*read_profiles(ME)] == [ME]
    frame = batch.recommend_frame(Corpus.sample(), pd.DataFrame({"user": ["u"], "paper": [A]}), k=2)
    assert frame["user"].tolist() == ["u", "u"]


def test_a_mapping_that_is_none_is_refused(tmp_path):
    path = written(tmp_path, MAPPED)
    for mapping, reason in (
        (
            {"title": "Werk"},
            "'title' is no field of a profile; map one of liked, disliked, seen, interests, avoid",
        ),
        ({"user": "Wer"}, "no column 'Wer' for 'user' among 'Leser', 'Werk', 'Note'"),
        ({"user": "Leser", "reader": "Werk"}, "user is mapped to 'Leser' and to 'Werk'"),
    ):
        with pytest.raises(ProfileError, match=reason):
            read_profiles(path, mapping=mapping)


def test_a_large_file_is_not_in_memory(tmp_path):
    """Its readers are rated in no order, and come out one by one."""
    path = tmp_path / "many.csv"
    path.write_text("user,paper\n" + "".join(f"u{n % 3000},p{n}\n" for n in range(6000)))
    profiles = read_profiles(path)
    assert next(profiles) == Profile(name="u0", liked=["p0", "p3000"])
    assert sum(1 for _ in profiles) == 2999
