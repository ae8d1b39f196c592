"""Nearness in time against scipy's Student t and against what it promises a reader."""

import datetime

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers
from scipy.stats import t as student

from recommender import Corpus, Paper, Profile, Recommender
from recommender.corpus.date_density import DateDensity, in_years
from recommender.scoring import SAME_YEARS
from recommender.scoring.dates import MOST, SAME_YEARS_WEIGHT, Dates, date_contributions, date_ratios

FLAT = float(np.log(1 / 40))


def ratios(papers, liked, density=None, middle=2015.0):
    papers = np.array(papers, float)
    found = np.full(len(papers), FLAT) if density is None else np.array(density, float)
    return date_ratios(Dates(papers, found, np.array(liked, float), middle))


@pytest.mark.parametrize("liked", [[2024.2], [2023.1, 2024.9], [1998.0, 2004.5, 2011.0, 2023.5, np.nan]])
def test_it_is_the_predictive_density_of_a_normal_gamma_posterior(liked):
    papers = np.array([1990.0, 2005.5, 2020.0, 2023.9, 2024.3])
    known = np.array([one for one in liked if one == one])
    count, middle, spread, strength = len(known), 2015.0, 1.5, 0.01
    kappa, alpha = strength + count, 1 + count / 2
    centre = (strength * middle + known.sum()) / kappa
    rate = spread**2 + ((known - known.mean()) ** 2).sum() / 2
    rate += strength * count * (known.mean() - middle) ** 2 / (2 * kappa)
    width = np.sqrt(rate * (kappa + 1) / (alpha * kappa))
    expected = np.clip(student.logpdf(papers, 2 * alpha, centre, width) - FLAT, -MOST, MOST)
    np.testing.assert_allclose(ratios(papers, liked), expected, atol=1e-9)


def test_what_has_no_date_gains_and_loses_nothing():
    assert ratios([np.nan, 2024.0], [2024.0]).tolist()[0] == 0
    assert ratios([2024.0, 1990.0], [np.nan]).tolist() == [0, 0]
    assert ratios([2024.0], []).tolist() == [0]


def test_likes_of_decades_keep_nobody_from_classics():
    decades, one_year = [1975.0, 1988.0, 2001.0, 2012.0, 2024.0], [2023.6, 2023.9, 2024.0, 2024.2, 2024.5]
    old = [1980.0, 1995.0]
    assert np.all(ratios(old, one_year) < -4)
    assert np.all(np.abs(ratios(old, decades)) < 1)
    # What that costs is less than what one paper in a hundred gains by its words.
    span = ratios(np.arange(1976.0, 2024.0), decades)
    assert SAME_YEARS_WEIGHT * np.ptp(span) < 0.05


def test_of_one_date_little_follows():
    weights = [
        date_contributions(Dates(np.array([2024.0]), np.array([FLAT]), np.full(n, 2024.0), 2015.0), 1.0)[0]
        / date_ratios(Dates(np.array([2024.0]), np.array([FLAT]), np.full(n, 2024.0), 2015.0))[0]
        for n in (1, 4, 12)
    ]
    assert weights == pytest.approx([1 / 5, 1 / 2, 3 / 4])


def test_years_of_days():
    days = [datetime.date(year, month, day).toordinal() for year, month, day in YEARS]
    assert in_years(np.array([*days, np.nan])).tolist() == pytest.approx(
        [*YEARS.values(), np.nan], nan_ok=True
    )


YEARS = {
    (2024, 1, 1): 2024.5,
    (2024, 7, 2): 2024 + 183 / 366,
    (1900, 12, 31): 1900 + 364 / 365,
    (1, 1, 1): 1.5,
}


def test_the_density_is_that_of_a_smoothed_histogram():
    years = np.array([2020.1, 2020.2, 2020.7, 2024.9])
    density = DateDensity.of(years)
    edges = np.arange(2019, 2026.51, 0.5)
    counts = np.histogram(years, edges)[0] + 0.5
    expected = np.log(np.convolve(counts, [0.25, 0.5, 0.25], "same") / 0.5)
    found = density.at(edges[:-1] + 0.1)
    np.testing.assert_allclose(found - found[0], expected[: len(found)] - expected[0], atol=1e-9)
    total = np.exp(density.logs).sum() * 0.5
    assert total == pytest.approx(1)
    assert np.isnan(density.at(np.array([np.nan])))[0]
    assert DateDensity.of(np.empty(0)) is None
    repeated = DateDensity.of(np.array([2020.1, 2024.9]), np.array([2, 1]))
    np.testing.assert_allclose(repeated.logs, DateDensity.of(np.array([2020.1, 2020.1, 2024.9])).logs)


@pytest.fixture(scope="module")
def dated(tmp_path_factory):
    """Papers of a few subjects, from 2015 to 2024."""
    papers = make_papers(240)
    with Corpus.build(papers, tmp_path_factory.mktemp("dated") / "corpus", encoder=FakeEncoder()) as corpus:
        yield corpus


def year_of(item):
    return int(item.paper.published[:4])


def parts_of(item):
    return {one.id or one.title: one.contribution for one in item.explanation.contributions}


def test_papers_of_the_same_years_come_first_and_it_is_in_the_contributions(dated):
    liked = [paper.id for paper in dated if paper.published[:4] == "2017" and "cs.CV" in paper.categories]
    ask = Recommender(dated)
    found = ask.recommend(Profile(liked=liked), k=20, diversity=0)
    plain = ask.recommend(Profile(liked=liked), k=20, diversity=0, same_years=False)
    away = [np.mean([abs(year_of(item) - 2017) for item in listed]) for listed in (found, plain)]
    assert away[0] < away[1]
    assert not any(SAME_YEARS in parts_of(item) for item in plain)
    density = dated.snapshot.date_density
    for item in found:
        day = datetime.date.fromisoformat(item.paper.published).toordinal()
        years = in_years(np.array([day], float))
        seeds = [datetime.date.fromisoformat(dated[one].published).toordinal() for one in liked]
        expected = date_contributions(
            Dates(years, density.at(years), in_years(np.array(seeds, float)), density.middle),
            SAME_YEARS_WEIGHT,
        )
        assert parts_of(item)[SAME_YEARS] == pytest.approx(float(expected[0]), abs=1e-6)
        assert sum(parts_of(item).values()) == pytest.approx(item.score, abs=1e-5)
        assert item.to_dict()["contributions"][SAME_YEARS] == parts_of(item)[SAME_YEARS]


@pytest.mark.parametrize("filtered", [{"since": "2016"}, {"until": "2023"}])
def test_with_a_date_filter_it_is_of_no_account(dated, filtered):
    liked = [next(iter(dated)).id]
    found = Recommender(dated).recommend(Profile(liked=liked), **filtered)
    plain = Recommender(dated).recommend(Profile(liked=liked), same_years=False, **filtered)
    assert found.ids == plain.ids
    assert found.scores.tolist() == plain.scores.tolist()


def test_a_paper_brought_along_has_its_date(dated):
    stored = next(iter(dated))
    brought = Paper(
        title="Another study", abstract=stored.abstract, published=stored.published, authors=stored.authors
    )
    bare = Paper(title="Another study", abstract=stored.abstract, authors=stored.authors)
    of_date, without = (Recommender(dated).more_like(paper, k=5) for paper in (brought, bare))
    assert all(SAME_YEARS in parts_of(item) for item in of_date)
    assert not any(SAME_YEARS in parts_of(item) for item in without)
