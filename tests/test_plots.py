"""Pictures: what they are drawn of, that they can be drawn, and what they say where they cannot."""

import json
import re
import struct
import xml.etree.ElementTree as ElementTree
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape

from recommender import Corpus, Paper, Profile, Recommendations, Recommender
from recommender.errors import MissingPackage, ParameterError, RecommenderError
from recommender.evaluation import EncoderChoice, MeasuredEncoder
from recommender.plots import (
    FORMATS,
    Picture,
    plot_encoders,
    plot_interests,
    plot_map,
    plot_scores,
    plot_similarities,
    plot_timeline,
    plot_tradeoff,
    tradeoff,
    tradeoff_frame,
)
from recommender.plots.layout import project_2d
from recommender.plots.picture import INK, _script
from recommender.profiles import read_profiles
from recommender.sample import PROFILES
from recommender.topics import find_topics

READERS = {profile.name: profile for profile in read_profiles(PROFILES)}
MEI = READERS["Mei"]
CHOICE = EncoderChoice(
    10,
    3,
    (
        MeasuredEncoder("good", 0.5, 0.4, 0.6, 40.0, 768),
        MeasuredEncoder("fast", 0.4, 0.3, 0.5, 9000.0, 512),
        MeasuredEncoder("small", 0.3, 0.2, 0.4, 8000.0, 128),
        MeasuredEncoder("bad", 0.2, 0.1, 0.3, 7000.0, 512),
    ),
)


@pytest.fixture(scope="module")
def recs(sample):
    return Recommender(sample).recommend(MEI, k=8)


@pytest.fixture(scope="module")
def pictures(sample, recs):
    topics = find_topics(sample)
    return {
        "map": plot_map(sample, topics=topics, profile=MEI, recommendations=recs),
        "timeline": plot_timeline(topics),
        "similarities": plot_similarities(recs),
        "interests": plot_interests(recs),
        "scores": plot_scores(recs),
        "tradeoff": plot_tradeoff(Recommender(sample), MEI, k=8),
        "encoders": plot_encoders(CHOICE),
    }


KINDS = ["map", "timeline", "similarities", "interests", "scores", "tradeoff", "encoders"]


def values(picture, field):
    """All data of a picture that has this field."""
    return [line for data in picture.spec["datasets"].values() for line in data if field in line]


# All of them


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_each_is_drawn_in_every_format(pictures, kind, tmp_path):
    picture = pictures[kind]
    for ending in FORMATS:
        written = picture.save(tmp_path / f"{kind}{ending}").read_bytes()
        if ending == ".png":
            assert written[:8] == b"\x89PNG\r\n\x1a\n"
            assert min(struct.unpack(">II", written[16:24])) > 100
        elif ending == ".svg":
            texts = "".join(ElementTree.fromstring(written).itertext())
            assert len(texts) > 20
        elif ending == ".json":
            assert json.loads(written)["$schema"].endswith("v5.json")
        else:
            assert written.startswith(b"<!DOCTYPE html>")
            around = written.replace(_script().encode(), b"")
            assert not re.findall(rb"(?:src|href|import)\s*[=(]", around), "nothing else is loaded"


@pytest.mark.parametrize("kind", KINDS)
def test_each_is_shown_live_as_an_image_and_in_words(pictures, kind):
    shown, about = pictures[kind]._repr_mimebundle_()
    assert shown["application/vnd.vegalite.v5+json"]["description"] == shown["text/plain"]
    assert shown["text/plain"] == str(pictures[kind]) == pictures[kind].says
    assert len(shown["image/png"]) > 1000
    assert '"href"' not in json.dumps(shown["application/vnd.vegalite.v5+json"]), (
        "a click would leave the notebook"
    )
    assert about["image/png"]["width"] > 100
    json.dumps(shown)


@pytest.mark.parametrize("kind", KINDS)
def test_no_colour_but_the_background_is_left_to_the_theme_of_a_page(pictures, kind):
    spec = pictures[kind].spec
    assert "background" not in spec
    assert "background" not in spec["config"]
    config = spec["config"]
    inks = [config["axis"]["labelColor"], config["title"]["color"], config["text"]["color"]]
    inks += [config["legend"]["labelColor"], config["header"]["labelColor"]]
    assert inks == [INK] * 5


@pytest.mark.parametrize("kind", KINDS)
def test_each_is_read_on_light_and_on_dark(pictures, kind):
    """A dark theme, as JupyterLab gives it to Vega on a dark page, sets a dark background."""
    import vl_convert

    spec = pictures[kind].spec
    light = vl_convert.vegalite_to_svg(spec, vl_version="5.21")
    dark = vl_convert.vegalite_to_svg(spec, vl_version="5.21", theme="dark")
    for svg, background, ink in ((light, "white", "#222222"), (dark, "#333", "#EEEEEE")):
        field, *rest = re.findall(r'<(?:rect|text|g|path)[^>]*? fill="(?!none|transparent)[^"]*"[^>]*>', svg)
        assert f'fill="{background}"' in field
        written = {re.search(r'fill="([^"]*)"', tag)[1] for tag in rest if tag.startswith("<text")}
        assert ink in written
        other = {"#222222": "#EEEEEE", "#EEEEEE": "#222222"}[ink]
        on_colour = {"map": {"#222222", "#FFFFFF"}, "similarities": {"#222222", "white"}}.get(kind, set())
        assert other not in written - on_colour


def test_what_is_done_with_one_picture_leaves_the_others_alone(pictures):
    spec = pictures["scores"].spec
    spec["config"]["axis"]["labelColor"] = "red"
    spec["config"]["background"] = "black"
    assert "background" not in pictures["scores"].spec["config"]
    assert pictures["scores"].spec["config"]["axis"]["labelColor"] == INK
    own = Picture(pictures["tradeoff"].chart.configure_title(fontSize=30), "mine")
    assert own.spec["config"]["title"] == {"fontSize": 30}
    assert own.spec["config"]["axis"]["labelColor"] == INK


def test_the_same_twice(sample, recs, pictures):
    again = plot_map(sample, profile=MEI, recommendations=recs)
    assert again.to_json() == pictures["map"].to_json()
    assert again.to_svg() == pictures["map"].to_svg()
    assert plot_scores(recs).to_json() == pictures["scores"].to_json()
    assert pictures["similarities"].to_svg() == pictures["similarities"].to_svg()


def test_axes_are_around_the_only_list_there_is(sample):
    recommender = Recommender(sample, rerank="none")
    spec = plot_tradeoff(recommender, MEI).spec
    report = recommender.recommend(MEI).diversity_report
    for axis, figure in (("x", report.distance), ("y", report.relevance)):
        low, high = spec["layer"][0]["encoding"][axis]["scale"]["domain"]
        assert low < figure < high
        assert high - low == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("place", "message"),
    [("no/x.png", "there is no folder"), (".", "a picture is written as"), ("d.png", "is a folder")],
)
def test_a_place_for_no_file_is_refused(pictures, tmp_path, monkeypatch, place, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.png").mkdir()
    with pytest.raises(ParameterError, match=message):
        pictures["map"].save(place)


def test_an_ending_that_says_nothing_is_refused(pictures, tmp_path):
    with pytest.raises(ParameterError, match=r"x\.gif: a picture is written as \.html, \.png, \.svg, \.json"):
        pictures["map"].save(tmp_path / "x.gif")


def test_what_is_not_installed_is_named(monkeypatch, sample):
    monkeypatch.setitem(__import__("sys").modules, "altair", None)
    with pytest.raises(MissingPackage, match=r"altair is not installed.*paper-recommender\[plots\]"):
        plot_map(sample)


# What is in them


def test_in_a_page_a_click_opens_the_paper(pictures):
    # Circles and marks.
    assert json.dumps(pictures["map"].spec["layer"]).count('"href"') == 2
    assert '{target: "_blank"}' in pictures["map"].to_html()


def test_marks_are_as_large_as_their_role_and_lead_to_the_paper(sample, pictures):
    marks = values(pictures["map"], "role")
    assert {mark["role"]: mark["size"] for mark in marks} == {
        "liked": 160,
        "disliked": 130,
        "recommended": 130,
    }
    assert {mark["url"] for mark in marks} <= {paper.url for paper in sample}
    assert all(mark["published"] for mark in marks)


def test_the_map_has_every_paper_and_the_reader(sample, recs, pictures):
    circles = values(pictures["map"], "topic")
    assert {one["id"] for one in circles if "id" in one} == {paper.id for paper in sample}
    marks = values(pictures["map"], "role")
    ranked = {mark["id"]: mark["rank"] for mark in marks if mark["role"] == "recommended"}
    assert ranked == {name: str(rank) for rank, name in enumerate(recs.ids, 1)}
    liked = {mark["id"] for mark in marks if mark["role"] == "liked"}
    assert liked == {sample[name].id for name in MEI.liked}
    assert "6 liked, 2 disliked, 8 recommended" in pictures["map"].says


def test_papers_that_are_not_there_are_counted(sample):
    picture = plot_map(sample, profile=Profile(liked=["2106.09685", "nobody"]))
    assert "not one paper of this corpus: 1 name" in picture.says


def test_topics_of_another_corpus_are_refused(sample, corpus):
    with pytest.raises(ParameterError, match="these topics are not those of the embedded sample"):
        plot_map(sample, topics=find_topics(corpus))
    topics = find_topics(corpus)
    corpus.add([Paper(id="new", title="A new one")])
    with pytest.raises(ParameterError, match="as it is now"):
        plot_map(corpus, topics=topics)


def test_each_circle_is_its_paper_at_its_place_with_its_topic(sample, pictures):
    topics = find_topics(sample)
    places = project_2d(sample.snapshot.vectors(topics.rows))
    papers = sample.snapshot.papers(topics.rows.tolist())
    circles = {one["id"]: one for one in values(pictures["map"], "topic") if "authors" in one}
    assert len(circles) == len(papers) == 232
    for paper, (x, y), label in zip(papers, places.tolist(), topics.labels.tolist(), strict=True):
        circle = circles[paper.id]
        assert (circle["x"], circle["y"]) == pytest.approx((x, y), abs=0.02)
        assert circle["topic"] == topics[label].name
        assert circle["paper"] == paper.title[:120] or circle["paper"].endswith("…")
    for mark in values(pictures["map"], "role"):
        near = circles[mark["id"]]
        assert abs(mark["x"] - near["x"]) < 0.1
        assert abs(mark["y"] - near["y"]) < 0.1


def test_a_name_that_is_not_one_paper_is_not_marked_and_one_paper_only_once(tmp_path, fake):
    twins = [Paper(id=f"t{n}", title="Grebes dive") for n in range(2)]
    others = [Paper(id=f"p{n}", title=f"Loons number {n}") for n in range(5)]
    with Corpus.build([*twins, *others], tmp_path / "corpus", encoder=fake) as corpus:
        me = Profile(liked=["Grebes dive", "p0", "Loons number 0"], seen=["nobody"])
        picture = plot_map(corpus, profile=me)
    assert [(mark["role"], mark["id"]) for mark in values(picture, "role")] == [("liked", "p0")]
    assert "on top: 1 liked\nnot one paper of this corpus: 2 names" in picture.says


def test_a_map_is_zoomed_by_the_wheel_with_ctrl_and_moved_from_where_no_link_is(pictures):
    import vl_convert

    drawn = vl_convert.vegalite_to_vega(pictures["map"].spec, vl_version="5.21")
    steps = [step["events"] for signal in drawn["signals"] for step in signal.get("on", [])]
    events = [event for step in steps if isinstance(step, list) for event in step]
    wheel = [event for event in events if event.get("type") == "wheel"]
    assert wheel
    assert all(event["filter"] == ["event.ctrlKey || event.metaKey"] and event["consume"] for event in wheel)
    pressed = [event for event in events if event.get("type") == "pointerdown"]
    assert [event["filter"] for event in pressed] == [["!event.item || !event.item.href"]]
    assert all(layer["mark"]["clip"] for layer in pictures["map"].spec["layer"])
    assert drawn["config"]["style"]["cell"]["fill"], "on nothing a wheel would not be felt"


@pytest.mark.slow
def test_many_papers_are_drawn_as_cells(sample):
    picture = plot_map(sample, profile=MEI, max_circles=100)
    cells = values(picture, "dense")
    assert sum(cell["papers"] for cell in cells) == 232
    assert len(cells) < 232
    topics = find_topics(sample)
    places = project_2d(sample.snapshot.vectors(topics.rows))
    found = {(cell["x"], cell["y"]): cell for cell in cells}
    assert len(found) == len(cells)
    inside = {}
    for row, (x, y) in zip(topics.rows.tolist(), places.tolist(), strict=True):
        inside.setdefault((min(int(x * 156), 155), min(int(y * 112), 111)), []).append(row)
    assert {spot: len(rows) for spot, rows in inside.items()} == {
        at: one["papers"] for at, one in found.items()
    }
    label_of = dict(zip(topics.rows.tolist(), topics.labels.tolist(), strict=True))
    for spot, rows in inside.items():
        names = Counter(topics[label_of[row]].name for row in rows)
        assert names[found[spot]["topic"]] == max(names.values())
        titles = [paper.title for paper in sample.snapshot.papers(rows)]
        assert any(title.startswith(found[spot]["one of them"].rstrip("…")) for title in titles)
    assert picture.to_png()


def test_the_timeline_has_the_shares_of_the_topics(sample, pictures):
    frame = find_topics(sample).trends()
    totals = frame.groupby("period")["papers"].sum()
    thin = set(totals[totals < 10].index)
    shown = values(pictures["timeline"], "share")
    assert len(shown) == len(frame[~frame["period"].isin(thin)])
    assert thin
    years = sorted(set(totals.index) - thin)
    assert f"shares in {years[0]} -> {years[-1]}" in pictures["timeline"].says
    assert plot_timeline(sample).to_json() == pictures["timeline"].to_json()
    assert f"without shares, for fewer than 10 papers: {', '.join(sorted(thin))}" in pictures["timeline"].says


def test_the_cosines_are_those_of_the_list(recs, pictures):
    shown = values(pictures["similarities"], "cosine")
    assert len(shown) == 8 * 7
    for one in shown:
        first, second = (int(one[name].split()[0]) - 1 for name in ("first", "second"))
        assert one["cosine"] == pytest.approx(recs.similarities[first, second], abs=5e-4)
    distance = 1 - np.mean([one["cosine"] for one in shown])
    assert recs.diversity_report.distance == pytest.approx(distance, abs=1e-3)


@pytest.mark.parametrize("part", [slice(0, 0), slice(0, 1)])
def test_fewer_than_two_papers_are_like_nothing(recs, part):
    with pytest.raises(ParameterError, match="no two papers"):
        plot_similarities(recs[part])


@pytest.mark.slow
def test_a_picture_of_very_many_papers_stays_small(sample):
    spec = plot_similarities(Recommender(sample).recommend(MEI, k=200)).spec
    assert spec["width"] <= 1000


def test_a_long_list_has_no_figures_in_its_cells(sample):
    recs = Recommender(sample).recommend(MEI, k=30)
    picture = plot_similarities(recs)
    assert len(picture.spec["layer"]) == 1
    assert picture.to_png()


@pytest.mark.parametrize(("least", "switch"), [(0.0, 0.64), (0.5, 0.82), (0.8, 0.928), (1.0, 0.964)])
def test_figures_turn_white_where_the_field_is_dark(recs, least, switch, monkeypatch):
    cosines = np.full((8, 8), least, np.float32)
    monkeypatch.setattr(type(recs.reasons), "similarities", property(lambda reasons: cosines))
    (written,) = (layer for layer in plot_similarities(recs).spec["layer"] if layer["mark"]["type"] == "text")
    assert f"datum.cosine > {switch:.3f}" in json.dumps(written)


def test_each_interest_has_its_quota_and_its_papers(recs, pictures):
    shown = {
        one["interest"][:2]: (one["quota"], one["papers"]) for one in values(pictures["interests"], "quota")
    }
    wanted = {f"{number}.": (of.quota, of.outcome) for number, of in enumerate(recs.interests, 1)}
    assert shown == wanted


def test_the_line_is_at_the_least_confidence(recs):
    for least in (0.2, 0.8):
        picture = plot_scores(recs, min_confidence=least)
        (line,) = {json.dumps(one) for one in values(picture, "from") if "to" not in one}
        above = sum(item.confidence >= least for item in recs)
        assert sum(score >= json.loads(line)["from"] - 1e-5 for score in recs.scores) == above
        assert picture.says.startswith(f"{above} of 8 papers at or above score")
    shown = {
        sum(line["papers"] for line in data) for data in picture.spec["datasets"].values() if "to" in data[0]
    }
    found = recs.distribution
    assert shown == {len(scores) for scores in (found.random, found.candidates, found.held_out, recs)}


def test_an_empty_list_has_scores_to_draw_where_there_were_candidates(sample, corpus, papers):
    sure = Recommender(sample).recommend(MEI, min_confidence=0.9999999)
    assert plot_scores(sure).says.startswith("0 of 0 papers at or above score")
    corpus.remove([paper.id for paper in papers[1:]])
    nothing = Recommender(corpus).more_like(papers[0].id)
    with pytest.raises(ParameterError, match="no paper is a candidate for this reader"):
        plot_scores(nothing)


@pytest.mark.parametrize("least", [0, 1, -1, float("nan")])
def test_a_confidence_without_a_score_is_refused(recs, least):
    with pytest.raises(ParameterError, match="min_confidence"):
        plot_scores(recs, min_confidence=least)


def test_the_cost_of_diversity_is_that_of_the_lists(sample):
    recommender = Recommender(sample)
    frame = tradeoff_frame(recommender, MEI, k=6, diversities=(0, 0.5, 1))
    for line in frame.itertuples():
        recs = recommender.recommend(MEI, k=6, diversity=line.diversity)
        assert line.score == pytest.approx(recs.scores.mean(), abs=1e-6)
        assert line.distance == pytest.approx(recs.diversity_report.distance)
    assert frame["score_lost"][0] == frame["distance_gained"][0] == 0
    assert frame["kept"].tolist()[0] == 6
    assert frame["distance"][2] > frame["distance"][0]


def test_lists_that_are_the_same_are_one_point(pictures):
    points = values(pictures["tradeoff"], "kept")
    assert len({(one["score"], one["distance"]) for one in points}) == len(points)
    assert sum(one["default"] for one in points) == 1


def test_only_lists_on_end_are_one_point():
    frame = pd.DataFrame({"diversity": [0, 0.2, 0.3, 0.5], "score": [1, 0.5, 0.5, 1.0]})
    frame = frame.assign(score_lost=0.0, distance=0.5, distance_gained=0.0, kept=3)
    assert [line["diversity"] for line in tradeoff._lists(frame)] == ["0", "0.2–0.3", "0.5"]


def test_without_diversities_there_is_no_curve(sample):
    with pytest.raises(ParameterError, match="no diversity is given"):
        tradeoff_frame(Recommender(sample), MEI, diversities=())


def test_of_encoders_as_fast_the_better_one_is_joined():
    pair = EncoderChoice(10, 1, tuple(MeasuredEncoder(f"q{q}", q, q, q, 90.0, 1) for q in (0.5, 0.6)))
    lines = [data for data in plot_encoders(pair).spec["datasets"].values() if "front" in data[0]]
    assert min(map(len, lines)) == 1


def test_an_encoder_that_is_beaten_in_everything_is_hollow():
    assert [one.encoder for one in CHOICE.front] == ["good", "fast", "small"]
    filled = {one["encoder"]: one["front"] for one in values(plot_encoders(CHOICE), "front")}
    assert {name for name, front in filled.items() if not front} == {"bad"}
    assert CHOICE.to_frame()["front"].tolist() == [True, True, True, False]


# Bad input


HOSTILE = "<script>alert('x')</script><!--<img src=x onerror=alert(1)>&amp;"


def bad_corpora():
    def papers(count, **facts):
        made = [
            {name: fact(n) if callable(fact) else fact for name, fact in facts.items()} for n in range(count)
        ]
        return [Paper(id=f"p{n}", **of) for n, of in enumerate(made)]

    def about(n):
        return f"{HOSTILE} about {' '.join(f'matter{n * i}' for i in range(2, 30))}"

    yield "one", papers(1, title="Alone", abstract="Nothing else", published="2024")
    yield "same", papers(5, title="The same", abstract="The same words", published="2024-01-01")
    yield "long", papers(15, title=lambda n: f"word{n} " * 100, published=lambda n: f"2024-01-{n + 1:02d}")
    yield "html", papers(20, title=lambda n: f"{HOSTILE} {n}", abstract=about, url="javascript:alert(1)")
    yield "dateless", papers(30, title=lambda n: f"title {n}", abstract=lambda n: f"abstract of {n % 3}")
    yield (
        "some dates",
        papers(40, title=lambda n: f"title {n}", published=lambda n: ["", "2020", "2021-05"][n % 3]),
    )


BAD = dict(bad_corpora())
REFUSED = {
    ("one", "similarities"): "no two papers in this list",
    ("one", "scores"): "no paper is a candidate",
    ("one", "tradeoff"): "fewer than two papers are recommended",
    ("same", "similarities"): "no two papers in this list",
    ("same", "scores"): "no paper is a candidate",
    ("same", "tradeoff"): "fewer than two papers are recommended",
    ("html", "timeline"): "no paper of this corpus has a date",
    ("dateless", "timeline"): "no paper of this corpus has a date",
    **{(name, "interests"): "this list serves one interest" for name in BAD},
}


# The others have what one of these has.
WORST = ("one", "html", "dateless")


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=[pytest.mark.slow] * (name not in WORST)) for name in BAD],
)
def bad(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bad") / "corpus"
    with Corpus.build(BAD[request.param], folder, encoder="static") as corpus:
        yield request.param, corpus


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS[:-1])
def test_on_bad_input_each_is_drawn_or_says_why_not(bad, kind):
    name, corpus = bad
    me, recommender = Profile(liked=["p0"]), Recommender(corpus)
    draw = {
        "map": lambda: plot_map(corpus, profile=me, recommendations=recommender.recommend(me)),
        "timeline": lambda: plot_timeline(find_topics(corpus)),
        "similarities": lambda: plot_similarities(recommender.recommend(me)),
        "interests": lambda: plot_interests(recommender.recommend(me)),
        "scores": lambda: plot_scores(recommender.recommend(me)),
        "tradeoff": lambda: plot_tradeoff(recommender, me),
    }[kind]
    if (name, kind) in REFUSED:
        with pytest.raises(RecommenderError, match=REFUSED[name, kind]):
            draw()
        return
    picture = draw()
    assert picture.to_png()
    page = picture.to_html()
    assert page.count("</script>") == 1
    assert page.count("<script") == 1
    ElementTree.fromstring(picture.to_svg())


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(["</script>", "<!--", "]]>", "\u2028", "&lt;", "'", '"', "\\"]) | st.text(max_size=5))
def test_the_data_come_back_from_a_page_as_they_were(text):
    from recommender.plots.picture import page

    spec = {"title": {"text": text, "subtitle": [text, text]}, f" {text}": [text]}
    made = page(spec, text, "SCRIPT")
    drawn = made.split("const spec = ")[1].split(";\n")[0]
    assert json.loads(drawn) == {f" {text}": [text]}
    assert made.count(f"<p>{escape(text)}</p>") == (2 if text else 0)
    assert not set("<>") & set(drawn)
    assert made.count("<script") == made.count("</script>") == 1


@pytest.mark.parametrize("of", ["one like", "another strategy", "free text"])
def test_without_several_interests_there_are_no_quotas(sample, of):
    recs = {
        "one like": lambda: Recommender(sample).more_like("2106.09685"),
        "another strategy": lambda: Recommender(sample, strategy="mean").recommend(MEI),
        "free text": lambda: Recommender(sample).between("2106.09685", "2403.03507"),
    }[of]()
    with pytest.raises(ParameterError, match="no quotas to show"):
        plot_interests(recs)


def test_papers_that_suit_no_interest_are_a_bar_of_their_own(sample):
    recs = Recommender(sample).recommend(MEI, k=100)
    filled = 100 - sum(outcome.outcome for outcome in recs.interests)
    assert filled > 0
    shown = {one["interest"]: one["papers"] for one in values(plot_interests(recs), "why")}
    assert shown["others, in places that were left"] == filled
    assert sum(shown.values()) == 100
    assert plot_interests(recs[:5]).says == plot_interests(recs).says, "it is of the whole list"


def test_a_list_that_knows_nothing_is_refused():
    for draw in (plot_similarities, plot_interests, plot_scores):
        with pytest.raises(ParameterError):
            draw(Recommendations(()))
