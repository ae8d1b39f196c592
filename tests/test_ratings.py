"""What a number, a word or an empty cell means: as declared, by its column, or by the reader's own."""

import json
import math
from pathlib import Path

import pandas as pd
import pytest

from recommender import Profile, read_profiles
from recommender.errors import ParameterError, ProfileError
from recommender.profiles import Skipped
from recommender.profiles.printed import printed_list
from recommender.profiles.ratings import rating_to_label
from recommender.profiles.scales import NO, NOTHING, SCREENED, STARS, YES, RatingScale, Scales, on_scale

# What is declared


@pytest.mark.parametrize(
    ("declared", "ratings"),
    [
        ({"scale": "1:5"}, {0: NOTHING, 1: "disliked", 2: "disliked", 2.5: "seen", 3.9: "seen", 4: "liked"}),
        ({"scale": (0, 10)}, {0: "disliked", 2.5: "disliked", 3: "seen", 7.5: "liked", 11: NOTHING}),
        ({"scale": (1, 10)}, {0: NOTHING, 1: "disliked", 3.25: "disliked", 7: "seen", 8: "liked"}),
        ({"scale": "0:1"}, {0: "disliked", 0.5: "seen", 1: "liked"}),
        ({"scale": "-1:1"}, {-1: "disliked", 0: "seen", 1: "liked"}),
        ({"scale": "1:5", "like": 3}, {2: "disliked", 2.9: "seen", 3: "liked", 6: NOTHING}),
        ({"like": 4}, {0: NOTHING, 2: "disliked", 3: "seen", 4: "liked"}),
        ({"like": 3}, {2: "disliked", 2.9: "seen", 3: "liked"}),
        ({"like": 0.5}, {0: "seen", 0.4: "seen", 0.5: "liked", -0.1: "disliked"}),
        ({"dislike": 1}, {1: "disliked", 2: "seen", 4: "liked"}),
        ({"like": 8, "dislike": 4}, {0: "disliked", 4: "disliked", 5: "seen", 8: "liked"}),
        ({"like": 4, "dislike": 2}, {0: NOTHING, 2: "disliked", 5: "liked"}),
        ({"liked_from": 1, "disliked_to": -1}, {-1: "disliked", 0: "seen", 1: "liked"}),
    ],
)
def test_what_is_declared_holds_for_every_number(declared, ratings):
    thresholds = RatingScale.of(**declared).thresholds
    assert {rating: thresholds.decide(rating) for rating in ratings} == ratings


@pytest.mark.parametrize(
    ("declared", "why"),
    [
        ({"scale": "5:1"}, "scale is '5:1'; it must be the least and the greatest rating, as 1:5"),
        ({"scale": (1, 1)}, r"scale is \(1, 1\); it must be"),
        ({"scale": "1:nan"}, "scale is '1:nan'; it must be"),
        ({"scale": "-1e308:1e308"}, "scale is '-1e308:1e308'; it must be"),
        ({"scale": (0, math.inf)}, "scale is .*inf.*; it must be"),
        ({"scale": "1-5"}, "scale is '1-5'; it must be"),
        ({"scale": (1, 2, 3)}, "scale is .*; it must be"),
        ({"scale": 5}, "scale is 5; it must be"),
        ({"like": math.nan}, "like is nan; it must be a number"),
        ({"dislike": "4"}, "dislike is '4'; it must be a number"),
        ({"like": True}, "like is True; it must be a number"),
        ({"scale": "1:5", "like": 8}, "like is 8, outside the scale 1:5"),
        ({"scale": "1:5", "like": 1.5}, r"liked from 1\.5 and disliked to 2, which overlap"),
        ({"like": 3, "dislike": 3}, "which overlap"),
        ({"liked_from": 2, "disliked_to": 4}, "which overlap"),
        ({"dislike": 4}, "which overlap"),
        ({"like": 8}, "like is 8, and no scale is declared; declare the scale, such as --scale 1:5"),
        ({"like": 4, "liked_from": 5}, "like is 4 and, under its older name, 5; give one"),
    ],
)
def test_a_scale_that_contradicts_itself_is_refused(declared, why):
    with pytest.raises(ParameterError, match=why):
        RatingScale.of(**declared)
    with pytest.raises(ParameterError, match=why):  # before anything is read
        read_profiles("no such file", **declared)


# A reader's own ratings


def labels(*ratings, **facts):
    return Scales(**facts).labels([rating_to_label(rating) for rating in ratings])


@pytest.mark.parametrize("beyond", [False, True])
@pytest.mark.parametrize(
    ("ratings", "said"),
    [
        ((5, 1, 3), ["liked", "disliked", "seen"]),
        ((4, 2, 0), ["liked", "disliked", NOTHING]),
        ((1.5, 0), ["disliked", NOTHING]),
        ((1, 0, -1), ["liked", "seen", "disliked"]),
        ((0.3, -0.2), ["liked", "disliked"]),
        ((True, False), ["liked", "disliked"]),
        ((True, 1, 0), ["liked", "liked", "disliked"]),
        ((False, 0), ["disliked", "disliked"]),
        (("yes", "1", "no", "0"), ["liked", "liked", "disliked", "disliked"]),
        (("like", "dislike", "seen", ""), ["liked", "disliked", "seen", NOTHING]),
        (("like", 5, 1), ["liked", "liked", "disliked"]),
    ],
)
def test_numbers_are_read_beside_those_of_the_same_reader(ratings, said, beyond):
    assert labels(*ratings, beyond=beyond) == said


def test_truth_values_and_ones_and_zeros_are_the_same():
    assert labels(1, 0, 0) == labels(True, False, False) == labels("true", "false", "no")
    frames = [
        pd.DataFrame({"user": "u", "paper": [*"abc"], "rating": r}) for r in ([True, False, False], [1, 0, 0])
    ]
    assert [*read_profiles(frames[0])] == [*read_profiles(frames[1])]


@pytest.mark.parametrize("ratings", [(1, 1), (0,), (0.5, 1), ("like", 1), (1.0, "")])
@pytest.mark.parametrize("beyond", [False, True])
def test_what_can_be_read_in_two_ways_is_refused_with_the_question(ratings, beyond):
    with pytest.raises(
        ProfileError, match=r"of the reader are .* and no other: .* --scale 0:1 or --scale 1:5"
    ):
        labels(*ratings, beyond=beyond)
    for scale in ((0, 1), (1, 5)):  # the answer to it
        labels(*ratings, declared=RatingScale.of(scale).thresholds)


def test_ones_and_zeros_of_one_reader_among_stars_are_asked_about():
    """Library programs write 0 for "not rated": then 1 is a star, and no like."""
    rows = [("Omar", "a", 5), ("Omar", "b", 2), ("Ilse", "c", 1), ("Ilse", "d", 0)]
    ilse = read_all(rows)[-1]
    assert isinstance(ilse, Skipped)
    assert "--scale 0:1 or --scale 1:5" in ilse.reason
    assert [one.name for one in read_all(rows[:2])] == ["Omar"]


def read_all(rows, **options):
    return [*read_profiles(pd.DataFrame(rows, columns=["user", "paper", "rating"]), **options)]


# What the whole source tells: only whether the question is put


@pytest.mark.parametrize("numbers", [(1, 10), (0, 100), (-2, 2), (1, 5.5), (-1, 3)])
def test_a_scale_that_is_not_known_is_asked_for(numbers):
    rows = [("u", "a", numbers[0]), ("v", "b", numbers[1])]
    with pytest.raises(
        ParameterError, match=r"DataFrame: its ratings go from .* declare the scale, such as --scale"
    ):
        read_all(rows)
    with pytest.raises(ParameterError, match="declare the scale"):
        read_all(rows, like=4)


def test_one_reader_on_another_scale_than_the_others_is_no_guess():
    rows = [("Ann", "a", 5), ("Ann", "b", 1), ("Ben", "c", 100), ("Ben", "d", 0)]
    with pytest.raises(ParameterError, match="from 0 to 100"):
        read_all(rows)
    *lost, ben = read_all(rows, scale=(0, 100))
    assert ben == Profile(name="Ben", liked=["c"], disliked=["d"])
    lost, ann, ben = read_all(rows, scale=(1, 5))
    assert (lost.user, lost.paper) == ("Ben", "c")
    assert lost.reason == "the rating is 100, and the scale is 1:5, as it was declared"
    assert ann == Profile(name="Ann", liked=["a"], disliked=["b"])
    assert isinstance(ben, Skipped)


def test_where_nothing_lies_on_the_scale_that_is_what_is_said():
    for rows in ([("Ben", "c", 100)], [("Ben", "c", 100), ("Ben", "d", 90)]):
        with pytest.raises(ProfileError, match="the rating is 100, and the scale is 1:5, as it was declared"):
            read_all(rows, scale=(1, 5))


def test_ratings_that_are_all_equal():
    assert read_all([("u", "a", 4), ("u", "b", 4)]) == [Profile(name="u", liked=["a", "b"])]
    with pytest.raises(ProfileError, match=r"the ratings of the reader are 1 and no other"):
        read_all([("u", "a", 1), ("u", "b", 1)])
    assert read_all([("u", "a", 1), ("u", "b", 1)], scale=(0, 1)) == [Profile(name="u", liked=["a", "b"])]
    with pytest.raises(ProfileError, match="likes no paper"):
        read_all([("u", "a", 3)])


def test_rows_that_are_left_out_still_tell_the_scale(tmp_path):
    """The five stars stand in a row without a paper: the one that is left is no flag."""
    path = tmp_path / "r.csv"
    path.write_text("user,paper,rating\nIlse,,5\nIlse,a,1\nIlse,b,0\nOmar,c,4\n")
    lost, ilse, omar = read_profiles(path)
    assert lost.reason == "the row names no paper"
    assert "likes no paper" in ilse.reason
    assert omar.liked == ("c",)
    path.write_text("user,paper,rating\n,x,9\nIlse,a,4\n")
    with pytest.raises(ParameterError, match="from 4 to 9"):
        read_profiles(path)


@pytest.mark.parametrize("bad", ["five", "5 stars", "nan", "4/5", "1e999"])
def test_a_rating_that_cannot_be_read_changes_nothing_about_others(tmp_path, bad):
    path = tmp_path / "r.csv"
    rows = ["Ilse,a,5", "Ilse,b,1", "Ilse,c,", "Omar,d,0", "Omar,e,4"]
    found = []
    for extra in ([], [f"Ilse,x,{bad}"], [f"Zoe,x,{bad}"]):
        path.write_text("\n".join(["user,paper,rating", *extra, *rows]) + "\n")
        found.append([one for one in read_profiles(path) if isinstance(one, Profile)])
    assert found[0] == found[1] == found[2]
    assert found[0][0] == Profile(name="Ilse", liked=["a"], disliked=["b"])


# What columns tell


@pytest.mark.parametrize(
    ("header", "ratings", "liked", "disliked"),
    [
        ("userId,movieId,rating,timestamp", ["1,a,1.0,874724710", "1,b,4.5,874724711"], "b", "a"),
        ("user,item,rating", ["1,a,1", "1,b,5", "1,c,0"], "b", "a"),
        ("user_id,item_id,rating,timestamp", ["1,a,2,874724710", "1,b,4,874724711"], "b", "a"),
        (
            "user_id:token\titem_id:token\trating:float\ttimestamp:float",
            ["1\ta\t1\t874724710", "1\tb\t5\t874724711"],
            "b",
            "a",
        ),
        ("user,paper,stars", ["1,a,1", "1,b,5"], "b", "a"),
        ("user,paper,liked", ["1,a,1", "1,b,0"], "a", "b"),
        ("user_id:token,item_id:token,label:float", ["1,a,1", "1,b,-1"], "a", "b"),
        ("user,paper,included", ["1,a,1", "1,b,0", "1,c,-1", "1,d,"], "a", "b"),
        ("user,paper,asreview_label", ["1,a,1", "1,b,0", "1,c,-1", "1,d,"], "a", "b"),
        (
            "doi,title,included,year",
            ["10.1/a,A,1,2020", "10.1/b,B,0,2020", "10.1/c,C,,2020"],
            "10.1/a",
            "10.1/b",
        ),
        ("doi,included", ["10.1/a,1", "10.1/b,0", "10.1/c,"], "10.1/a", "10.1/b"),
    ],
)
def test_the_names_of_columns_tell_a_scale(tmp_path, header, ratings, liked, disliked):
    path = tmp_path / "r.csv"
    path.write_text("\n".join([header, *ratings]) + "\n")
    (profile,) = read_profiles(path)
    assert (profile.liked, profile.disliked, profile.seen) == ((liked,), (disliked,), ())
    separator = "\t" if "\t" in header else ","
    frame = pd.read_csv(path, sep=separator, dtype={0: str, 1: str})
    (profile,) = read_profiles(frame)
    assert (profile.liked, profile.disliked, profile.seen) == ((liked,), (disliked,), ())


def test_one_star_is_a_dislike_and_one_label_a_like_where_columns_say_so():
    for column, said in (("stars", "likes no paper"), ("liked", ""), ("label", ""), ("included", "")):
        rows = pd.DataFrame({"user": "u", "paper": ["a", "b"], column: 1})
        if said:
            with pytest.raises(ProfileError, match=said):
                [*read_profiles(rows)]
        else:
            assert [*read_profiles(rows)] == [Profile(name="u", liked=["a", "b"])]
    with pytest.raises(ParameterError, match="from 1 to 7"):
        read_profiles(pd.DataFrame({"user": "u", "paper": ["a", "b"], "stars": [1, 7]}))


def test_a_label_that_is_none_costs_its_cell():
    assert on_scale(1.0, SCREENED) == YES
    assert on_scale(0.0, SCREENED) == NO
    assert on_scale(4.0, STARS) == "4.0 of 1:5"
    with pytest.raises(ValueError, match="the label is 7; it is 1, 0, or -1 where nobody has looked"):
        on_scale(7.0, SCREENED)


# Empty cells


def jsonl(path, to):
    records = pd.read_csv(path, dtype=str).to_dict("records")
    clean = [{name: None if pd.isna(cell) else cell for name, cell in one.items()} for one in records]
    to.write_text("".join(json.dumps(one) + "\n" for one in clean))
    return to


def parquet(path, to):
    pd.read_csv(path).to_parquet(to)
    return to


SCREENING = "title,abstract,doi,{}\nOwls at night,a,10.1/a,1\nSheep by day,b,10.1/b,0\nBread,c,10.1/c,{}\n"


@pytest.mark.parametrize(
    ("column", "nobody"),
    [("included", ""), ("included", "-1"), ("asreview_label", "-1"), ("final_included", ""), ("liked", "")],
)
def test_what_nobody_has_looked_at_is_neither_liked_nor_seen(tmp_path, column, nobody):
    path = tmp_path / "screening.csv"
    path.write_text(SCREENING.format(column, nobody))
    also = [jsonl(path, tmp_path / "j")] if column != "liked" else []  # in JSON that is a list of a reader
    for source in (path, pd.read_csv(path), parquet(path, tmp_path / "p"), *also):
        (profile,) = read_profiles(source)
        assert [len(profile.liked), len(profile.disliked), len(profile.seen)] == [1, 1, 0]
        assert {paper.title for paper in profile.papers.values()} == {"Owls at night", "Sheep by day"}
    path.write_text(f"title,doi,{column}\n" + "".join(f"Paper {n},10.1/{n},{nobody}\n" for n in range(5)))
    for source in (path, pd.read_csv(path)):
        with pytest.raises(ProfileError, match="likes no paper"):
            [*read_profiles(source)]


RIS = "TY  - JOUR\nTI  - {}\nN1  - {}\nER  - \n\n"


@pytest.mark.parametrize(
    "notes",
    [
        ("ASReview_relevant", "ASReview_irrelevant", "ASReview_not_seen"),
        (
            'RAYYAN-INCLUSION: {"Ann"=>"Included"} | RAYYAN-LABELS: x',
            'RAYYAN-INCLUSION: {"Ann"=>"Excluded"}',
            'RAYYAN-INCLUSION: {"Ann"=>"Maybe"}',
        ),
    ],
)
def test_a_screening_export_as_ris(tmp_path, notes):
    path = tmp_path / "screened.ris"
    names = ("Owls at night", "Sheep by day", "Bread at dawn")
    path.write_text("".join(RIS.format(*one) for one in zip(names, notes, strict=True)))
    (profile,) = read_profiles(path)
    titles = {name: paper.title for name, paper in profile.papers.items()}
    lists = [[titles[name] for name in part] for part in (profile.liked, profile.disliked, profile.seen)]
    assert lists == [["Owls at night"], ["Sheep by day"], []]


def test_a_rated_library_is_the_same_in_every_format(tmp_path):
    path = tmp_path / "library.csv"
    path.write_text("title,rating\nOwls at night,5\nSheep by day,1\nBread,\nSalt,3\nHay,0\n")
    for source in (path, pd.read_csv(path), parquet(path, tmp_path / "p"), jsonl(path, tmp_path / "j")):
        (profile,) = read_profiles(source)
        titles = {name: paper.title for name, paper in profile.papers.items()}
        lists = [[titles[name] for name in part] for part in (profile.liked, profile.disliked, profile.seen)]
        assert lists == [["Owls at night"], ["Sheep by day"], ["Salt"]]


def test_a_library_of_a_frame_without_ratings_is_liked():
    (profile,) = read_profiles(
        pd.DataFrame({"title": ["Owls at night", "Sheep by day"], "year": [2020, 2021]})
    )
    assert len(profile.liked) == 2
    lists = pd.DataFrame({"title": ["x"], "liked": [["2106.09685", "2305.13245"]]})
    assert [*read_profiles(lists)] == [Profile(liked=["2106.09685", "2305.13245"])]


def test_pandas_own_names_of_a_column_of_ratings():
    matrix = pd.DataFrame({"a": [5.0, None], "b": [1.0, None], "c": [None, 4.0]}, index=["Ilse", "Omar"])
    matrix = matrix.rename_axis(index="user", columns="paper")
    for rows in (matrix.reset_index().melt(id_vars="user"), matrix.unstack().reset_index()):
        ilse, omar = read_profiles(rows)
        assert (ilse.liked, ilse.disliked, omar.liked, omar.disliked) == (("a",), ("b",), ("c",), ())


@pytest.mark.parametrize("column", ["label", "include", "included_label", "decision"])
@pytest.mark.parametrize("words", [("1", "0", ""), ("yes", "no", ""), ("1", "0", "-1")])
def test_other_names_of_what_screeners_decided(tmp_path, column, words):
    rows = [f"{name},Walls of the {name},{cell}" for name, cell in zip("abc", words, strict=True)]
    (tmp_path / "export.csv").write_text("\n".join([f"id,title,{column}", *rows]), "utf-8")
    (profile,) = read_profiles(tmp_path / "export.csv")
    assert (profile.liked, profile.disliked, profile.seen) == (("a",), ("b",), ())


def test_a_label_that_decides_nothing_takes_no_paper_out(tmp_path):
    (tmp_path / "mine.csv").write_text("title,label\nHives of the dawn,green\nWalls of the dawn,\n", "utf-8")
    (profile,) = read_profiles(tmp_path / "mine.csv")
    assert len(profile.liked) == 2


def test_ratings_whose_reader_and_paper_are_an_index():
    rows = pd.DataFrame({"user": ["Ilse", "Ilse"], "item": ["a", "b"], "rating": [5.0, 1.0]})
    (profile,) = read_profiles(rows.set_index(["user", "item"]))
    assert (profile.name, profile.liked, profile.disliked) == ("Ilse", ("a",), ("b",))


@pytest.mark.parametrize("line", ['{"id": "%s"}', '{"doi": null, "id": "%s"}'])
def test_ids_one_an_object_are_a_list(tmp_path, line):
    (tmp_path / "ids.jsonl").write_text("\n".join(line % paper for paper in "abc"), "utf-8")
    (profile,) = read_profiles(tmp_path / "ids.jsonl")
    assert profile.liked == ("a", "b", "c")


def test_thumbs_and_decimal_commas():
    said = {"up": "liked", "Thumbs down": "disliked", "👍": "liked", "👎": "disliked", "4,5": 4.5}
    assert {word: rating_to_label(word) for word in said} == said


def test_gaps_in_a_column_of_numbers_are_no_likes_even_alone(tmp_path):
    rows = pd.DataFrame({"user": ["Ilse", "Ilse", "Omar"], "paper": [*"abc"], "rating": [5, None, None]})
    omar = rows[rows.user == "Omar"]
    omar.to_parquet(tmp_path / "omar")
    for source in (omar, tmp_path / "omar"):
        with pytest.raises(ProfileError, match="likes no paper"):
            [*read_profiles(source)]


def test_a_row_without_the_field_is_a_like_unless_its_reader_rates():
    rows = [
        {"user": "A", "paper": "x"},
        {"user": "B", "paper": "y"},
        {"user": "B", "paper": "z", "rating": 5},
    ]
    assert [*read_profiles(rows)] == [Profile(name="A", liked=["x"]), Profile(name="B", liked=["z"])]
    assert [*read_profiles(rows[:1])] == [Profile(name="A", liked=["x"])]


def test_how_many_rows_say_nothing_is_told(tmp_path, caplog):
    caplog.set_level("INFO", "recommender")
    path = tmp_path / "r.csv"
    path.write_text("user,paper,rating\nu,a,5\nu,b,\nu,c,0\nu,d,0\nv,e,\n")
    [*read_profiles(path)]
    assert f"{path}: 2 rows without a rating, among others that are rated, say nothing" in caplog.text
    assert f"{path}: 2 ratings of 0, beside a scale that begins above it, say nothing" in caplog.text
    assert f"{path}: its ratings are read on the scale 1:5, liked from 4, disliked to 2" in caplog.text
    path.write_text("user,paper,rating\nu,a,\nu,b,\n")
    assert [*read_profiles(path)] == [Profile(name="u", liked=["a", "b"])]
    assert (
        f"{path}: no row has a rating, so that each paper counts as liked; leave that column out"
        in caplog.text
    )


# Lists that were printed into cells


@pytest.mark.parametrize(
    ("cell", "texts"),
    [
        ("['bees-0', 'bees-1']", ["bees-0", "bees-1"]),
        ("['bees-0' 'bees-1'\n 'bees-2']", ["bees-0", "bees-1", "bees-2"]),
        ("('a',)", ["a"]),
        ("{'a', \"O'Hara, and b\"}", ["a", "O'Hara, and b"]),
        (r"['it\'s', 'caf\xe9']", ["it's", "café"]),
        ("[7, 12]", ["7", "12"]),
        ("[]", []),
        ("['a' ... 'b']", None),
        ("['a', ['b']]", None),
        ("['a', open('x')]", None),
        (r"['\N{no such}']", None),
        ("[1.5]", None),
        ("['a'", None),
        ("[", None),
    ],
)
def test_a_list_as_python_or_numpy_prints_it(cell, texts):
    assert printed_list(cell) == texts


def test_lists_come_back_from_a_table(tmp_path):
    frame = pd.DataFrame({"user": ["Ilse", "Omar"], "liked": [["bees-0", "O'Hara's, a title"], ["b"]]})
    frame["seen"] = [("c", "d"), ()]
    frame.to_csv(tmp_path / "r.csv", index=False)
    expected = [
        Profile(name="Ilse", liked=["bees-0", "O'Hara's, a title"], seen=["c", "d"]),
        Profile(name="Omar", liked=["b"]),
    ]
    assert (
        [*read_profiles(tmp_path / "r.csv")] == [*read_profiles(pd.read_csv(tmp_path / "r.csv"))] == expected
    )
    assert [*read_profiles([{"user": "J", "liked": json.loads('["x"]')}])] == [Profile(name="J", liked=["x"])]


# Tables from public reports


SITUATIONS = Path(__file__).parents[2] / "shared" / "cases" / "situations"


@pytest.mark.skipif(not SITUATIONS.is_dir(), reason="the situations are not there")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ratings_zero", Profile(name="Ilse", liked=["bees-0"])),
        (
            "ratings_bad_date",  # 04/03/2026: whichever is the month, the year is said
            Profile(name="Ilse", liked=["bees-0"], disliked=["bread-1"], added={"bees-0": "2026"}),
        ),
    ],
)
def test_the_tables_of_the_reports(name, expected):
    found = [*read_profiles(SITUATIONS / f"{name}.csv")]
    assert found[-1] == expected
    assert [one for one in found if isinstance(one, Skipped)] == []


@pytest.mark.parametrize("kind", ["csv", "frame"])
def test_a_column_that_may_be_of_ratings_and_is_not_known_is_named(tmp_path, caplog, kind):
    frame = pd.DataFrame({"user": ["Ilse", "Ilse"], "paper": ["a", "b"], "grade": [5, 1]})
    frame.to_csv(tmp_path / "rows.csv", index=False)
    with caplog.at_level("INFO", logger="recommender"):
        list(read_profiles(tmp_path / "rows.csv" if kind == "csv" else frame))
    (said,) = [
        record.getMessage() for record in caplog.records if "no column of ratings" in record.getMessage()
    ]
    assert "every row is a like; not used: 'grade'" in said or "not used: grade" in said
    assert "--map rating=COLUMN" in said
