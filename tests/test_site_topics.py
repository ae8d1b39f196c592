"""Pages of topics: their papers, when they came, what grows, and what lies near."""

import re
from dataclasses import replace
from urllib.parse import quote

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.corpus.topic_changes import BORN, TopicChange
from recommender.errors import ParameterError
from recommender.listing import topic_listing
from recommender.site import SiteFrame, topic_page, topics_page
from recommender.site.period_bars import PeriodCounts, bars, period_of, period_table
from recommender.topics import count_by_period, find_topics, growing_topics

FRAME = SiteFrame("Papers", "", "2026-11-30", (("Today", "index.html"), ("Topics", "topics.html")))
DAY = "2026-11-30"


class NoPages:
    def page_of(self, paper):
        return None


class AllPages:
    def page_of(self, paper):
        return f"paper/{paper.id}.html"


@pytest.fixture(scope="module")
def topics(sample):
    return find_topics(sample)


def one(topics, number=1, links=NoPages(), day=DAY):  # noqa: B008
    path = f"topic/{number}.html"
    return topic_page(topics, number, path=path, frame=FRAME, links=links, day=day).decode()


def all_of(topics, day=DAY):
    return topics_page(topics, path="topics.html", frame=FRAME, day=day).decode()


# A topic's papers


def test_papers_are_listed_by_nearness_to_the_centre(topics):
    listing = topic_listing(topics, 2, day=DAY, count=7)
    vectors = topics.snapshot.vectors(topics[2].rows)
    cosines = np.sort(vectors @ topics.centres[2])[::-1]
    assert [entry.signal for entry in listing.entries] == [
        f"cosine {cosine:.2f} to the centre" for cosine in cosines[:7]
    ]
    assert [entry.paper.id for entry in listing.entries][:3] == [paper.id for paper in topics[2].papers]
    assert listing.parts[0].order.startswith(f"the first 7 of {len(topics[2])} papers")
    assert topic_listing(topics, 2, day=DAY).parts[0].order.startswith(f"{len(topics[2])} papers")


def test_titles_lead_to_their_pages_here_where_they_have_one(topics):
    paper = topics[0].papers[0]
    assert f'<a href="../paper/{quote(paper.id)}.html">{paper.title}</a>' in one(topics, 1, AllPages())
    assert "../paper/" not in one(topics)


def test_a_number_that_no_topic_has_is_refused(topics):
    with pytest.raises(ParameterError, match="no topic has the number 99; there are 1, 2, 3"):
        one(topics, 99)


def test_a_page_is_of_the_topics_own_number_and_not_of_its_place(topics):
    items = tuple(replace(topic, number=topic.number + 40) for topic in topics)
    moved = replace(topics, items=items)
    assert f"<h1>{topics[1].name}</h1>\n<p>Topic 42 · " in one(moved, 42)
    assert 'href="42.html"' not in one(moved, 42)
    assert re.findall(r'<li value="(\d+)"><a href="topic/(\d+).html">', all_of(moved))[1] == ("42", "42")


def test_the_nearest_topics_are_named_with_their_cosines(topics):
    cosines = topics.centres @ topics.centres[3]
    order = [place for place in np.argsort(-cosines).tolist() if place != 3][:6]
    found = re.findall(
        r'<li><a href="(\d+|\.\./topic/\d+)\.html">(.*?)</a> <small>(.*?)</small>', one(topics, 4)
    )
    assert [(name, cosine) for _, name, cosine in found] == [
        (topics[place].name, f"{cosines[place]:.2f}") for place in order
    ]
    assert [int(address.rpartition("/")[2]) for address, *_ in found] == [
        topics[place].number for place in order
    ]


# When papers came


def test_bars_and_table_and_sentence_say_the_counts(topics):
    periods, counts, _ = count_by_period(topics.snapshot, topics.rows, topics.labels)
    page = one(topics, 1)
    table = re.findall(r'<tr><th scope="row">(.*?)</th><td>(.*?)</td></tr>', page)
    assert [(name.removesuffix(" so far"), int(count)) for name, count in table[::-1]] == [
        *zip(periods, counts[0].tolist(), strict=True)
    ]
    bar = re.findall(r"M([\d.]+) 30v-([\d.]+)", page)
    assert len(bar) == np.count_nonzero(counts[0])
    for at, high in bar:
        assert float(high) == pytest.approx(30 * counts[0][int(float(at))] / counts[0].max(), abs=0.7)
    most = int(counts[0].max())
    assert f"{most} at most, in {periods[int(counts[0].argmax())]}" in page


def test_what_is_dated_later_than_the_day_does_not_count():
    periods = [f"2026-{month:02d}" for month in range(1, 13)]
    counted = PeriodCounts.until("2026-03-15", periods, range(12))
    assert counted == PeriodCounts(("2026-01", "2026-02", "2026-03"), (0, 1, 2), "2026-03")
    assert counted.says == "Papers a month from 2026-01 to 2026-03: 2 at most, in 2026-03 so far"
    assert PeriodCounts.until("2025-01-01", periods, range(12)).says == "No paper has a date until now"


def test_the_period_that_is_not_over_is_said_to_be_so():
    counted = PeriodCounts.until("2026-11-30", ["2025", "2026"], [7, 2])
    assert counted.says == "Papers a year from 2025 to 2026: 7 at most, in 2025; 2 in 2026 so far"
    assert bars(counted).count('class="now"') == 1
    assert "2026 so far" in period_table(counted)
    assert "2025 so far" not in period_table(counted)
    past = PeriodCounts.until("2027-01-01", ["2025", "2026"], [7, 2])
    assert "so far" not in past.says
    assert 'class="now"' not in bars(past)


@pytest.mark.parametrize("by", ["year", "quarter", "month", "week", "day"])
def test_the_period_of_a_day_is_called_as_trends_call_it(tmp_path, fake, by):
    days = ["2024-12-30", "2025-01-01", "2025-06-30", "2026-11-30"]
    papers = [replace(paper, published=day) for paper, day in zip(make_papers(4), days, strict=True)]
    with Corpus.build(papers, tmp_path / "corpus", encoder=fake) as corpus:
        rows = np.arange(4)
        periods, counts, _ = count_by_period(corpus.snapshot, rows, np.zeros_like(rows), by=by)
    dated = [period for period, count in zip(periods, counts[0].tolist(), strict=True) for _ in range(count)]
    assert dated == [period_of(day, periods[0]) for day in days]


def test_a_corpus_without_dates_says_so(tmp_path, fake):
    papers = [replace(paper, published="") for paper in make_papers(30)]
    with Corpus.build(papers, tmp_path / "corpus", encoder=fake) as corpus:
        topics = find_topics(corpus)
        page, listed = one(topics), all_of(topics)
    assert "No paper here has a date that says when it came." in page
    assert "No paper has a date that says the day" in listed
    assert "<svg" not in page + listed


# What grows


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """Four topics, of which that of robots came in the last days and the others before."""
    folder = tmp_path_factory.mktemp("grown") / "corpus"
    months = {True: "2026-11", False: "2026-09"}
    papers = [
        replace(paper, published=f"{months[paper.categories == ('cs.RO',)]}-{place % 20 + 9:02d}")
        for place, paper in enumerate(make_papers(200))
    ]
    papers[:40] = [
        replace(paper, published=f"2026-11-{10 + place % 9}") for place, paper in enumerate(papers[:40])
    ]
    with Corpus.build(papers, folder, encoder=FakeEncoder()) as corpus:
        yield find_topics(corpus, n_topics=4)


def test_growing_topics_are_told_with_counts_and_intervals(grown):
    growth = growing_topics(grown, until=DAY)
    (growing,) = growth.growing
    page = all_of(grown)
    assert growth.sentence(growing) in page
    assert growth.order in page
    section = page.partition('id="growing"')[2].partition("</section>")[0]
    assert section.count("<a ") == 1
    assert f">{growing.name}</a>" in section
    place = [topic.number for topic in grown].index(growing.number)
    assert growth.sentence(growth.topics[place])[1:] in one(grown, growing.number)


def test_where_nothing_grows_it_says_so(topics):
    growth = growing_topics(topics, until=DAY)
    assert growth.nothing
    assert f'<p class="nothing">{growth.nothing}.</p>' in all_of(topics)


# All topics


def test_all_topics_are_listed_with_their_sizes(topics):
    found = re.findall(
        r'<li value="\d+"><a href="(.*?)">(.*?)</a> <span class="count">(.*?)</span>', all_of(topics)
    )
    assert found == [(f"topic/{topic.number}.html", topic.name, f"{len(topic)} papers") for topic in topics]


def test_what_became_of_topics_is_told(topics):
    changed = replace(topics, changes=(TopicChange(BORN, 4, "<b>knots</b>"),))
    assert "<li>born: &lt;b&gt;knots&lt;/b&gt;</li>" in all_of(changed)
    assert "What changed" not in all_of(topics)


def test_names_are_escaped_and_pages_are_small(topics):
    hostile = '<script>alert(1)</script>\u202e & "x"'
    items = tuple(replace(topic, name=f"{hostile * 20} {topic.number}") for topic in topics)
    changed = replace(topics, items=items)
    for page in (one(changed), all_of(changed)):
        assert "<script" not in page
        assert "\u202e" not in page
        assert len(page.encode()) < 60_000
        assert " style=" not in page


def test_a_page_of_long_titles_is_small_and_says_what_it_has_no_room_for(tmp_path, fake):
    papers = [replace(paper, title=f"{paper.title} {'<' * 900} {paper.id}") for paper in make_papers(60)]
    with Corpus.build(papers, tmp_path / "corpus", encoder=fake) as corpus:
        page = one(find_topics(corpus, n_topics=1))
    assert len(page.encode()) < 60_000
    shown = page.count("<article")
    assert 0 < shown < 50
    assert f"{50 - shown} more papers, for which this page has no room" in page
