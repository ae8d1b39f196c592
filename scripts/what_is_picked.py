"""What a community picks: which of a week's papers get onto its lists, told by its earlier lists.

    python scripts/what_is_picked.py ../shared/data --corpus /tmp/corpora/all-static

The lists are the shared daily papers. Candidates are the corpus's papers by week of publication; what a
method knows of lists are those dated before the week's first day. Of each method the setting is chosen by
the mean AUC on weeks of 2025; weeks of 2026 are reported. Intervals are of the mean over weeks of the paired
difference, by bootstrap. With --cache a run that was stopped goes on.
"""

from __future__ import annotations

import argparse
import json
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from picked_methods import (
    YEAR,
    Known,
    Method,
    Setting,
    burst,
    centre,
    centre_of_words,
    density,
    kernels,
    logistic,
    nearest,
    of_authors,
    of_categories,
    product,
    simple_logistic,
    together,
)
from picked_weeks import Floats, Papers, Places, Week, auc, precision

from recommender import Corpus

RESULTS = Path(__file__).parent / "results"
CHOSEN_ON, REPORTED_ON = ("2025-01-06", "2025-12-29"), ("2026-01-05", "2026-07-20")
FIRST_WEEKS = ("2025-01-06", "2026-07-20", 28)  # those of trending_b.py
FOREVER, DRAWS, SMALL = 1e9, 10_000, (5, 20, 100)

SIMPLE, PRODUCT, PLAIN = "logistic of trending_b.py", "the product", Setting()
BEST = "logistic, vectors, words, authors"  # what the product does, with the setting that is chosen

FIRST: dict[str, Method] = {
    "burst of a topic": burst,
    "density": density,
    "centre of 90 days' picks": lambda known: (
        known.papers.minilm[known.week.places] @ known.papers.minilm[known.week.picks(90)].mean(axis=0)
    ),
    "five nearest picks of 90 days": lambda known: np.sort(
        known.papers.minilm[known.week.places] @ known.papers.minilm[known.week.picks(90)].T, axis=1
    )[:, -5:].mean(axis=1),
    SIMPLE: simple_logistic,
    f"{SIMPLE} + half of burst": together((1, simple_logistic), (0.5, burst)),
}

TRIED: dict[str, dict[str, Method]] = {
    "centre of picks, shared vectors": {
        f"half-life {name}": centre(days, "minilm")
        for name, days in (("none", FOREVER), ("30 days", 30), ("90 days", 90))
    },
    "centre of picks, the corpus's vectors": {
        f"half-life {name}": centre(days, "own")
        for name, days in (("none", FOREVER), ("30 days", 30), ("90 days", 90))
    },
    "centre of picks less that of others, words": {
        f"half-life {name}": centre_of_words(days)
        for name, days in (("none", FOREVER), ("30 days", 30), ("60 days", 60), ("120 days", 120))
    },
    "nearest picks, shared vectors": {
        f"{count} nearest, half-life {name}": nearest(count, days, "minilm")
        for count in (5, 20)
        for name, days in (("none", FOREVER), ("120 days", 120))
    },
    "nearest picks, the corpus's vectors": {
        f"{count} nearest, half-life {name}": nearest(count, days, "own")
        for count in (5, 20)
        for name, days in (("none", FOREVER), ("120 days", 120))
    },
    "density of picks to that of others, the corpus's vectors": {
        f"width {width:g}, half-life {days} days": kernels(width, days, "own")
        for width in (0.05, 0.1)
        for days in (60, 120)
    },
    "categories": {"90 days of others": of_categories},
    "authors picked before": {"most picks of one author": of_authors},
    "logistic, shared vectors": {
        "a year": logistic(Setting("minilm", 1.0, words=False, authors=0)),
    },
    "logistic, the corpus's vectors": {"a year": logistic(Setting("own", 1.0, words=False, authors=0))},
    "logistic, words": {"a year": logistic(Setting("", words=True, authors=0))},
    "logistic, vectors and words": {"a year": logistic(Setting(authors=0))},
    "logistic, shared vectors, words, authors": {"a year": logistic(Setting("minilm"))},
    BEST: {
        "half-life 90 days": logistic(PLAIN),
        "half-life 45 days": logistic(Setting(half_life=45)),
        "half-life 180 days": logistic(Setting(half_life=180)),
        "a penalty twice as high": logistic(Setting(penalty=1 / 2100)),
        "authors count twice": logistic(Setting(authors=0.4)),
        "12,000 others": logistic(Setting(others=12_000)),
    },
    "the same and a quarter of density": {
        "half-life 90 days": together((1, logistic(PLAIN)), (0.25, density))
    },
    "the same and a quarter of burst": {"half-life 90 days": together((1, logistic(PLAIN)), (0.25, burst))},
    "the same and a quarter of categories": {
        "half-life 90 days": together((1, logistic(PLAIN)), (0.25, of_categories))
    },
}

CAVEATS = """\
What the data is: in 2025 and 2026 a list is of a week, with 50 papers and a Friday's date. The corpus holds
all listed papers and a sample of the others, so that precision is higher than among all papers; AUC is not
touched by that. Of picks more lack categories and authors than of others, and those that lack
categories have the list's day as their date. So no method looks at the day of the week, nor at how many
authors there are, and a missing field counts as nothing known: it tells for no paper that it was picked.
"""

Figures = tuple[float, float]
"""The AUC and the precision at 20 of a method in one week."""


class Measured:
    """What was measured of each week, kept in a file from run to run where one is named."""

    def __init__(self, papers: Papers, cache: Path | None) -> None:
        self.papers, self._cache = papers, cache
        there = cache is not None and cache.is_file()
        self._found: dict[str, dict[str, Figures]] = (
            json.loads(cache.read_text("utf-8")) if there and cache else {}
        )

    def of(
        self, weeks: Sequence[Week], methods: Mapping[str, Method], *, whole: bool = False
    ) -> dict[str, list[Figures]]:
        """By method the figures of each week; of papers with `whole` records alone where that is wanted."""
        kept = {name: f"{name}; whole records" if whole else name for name in methods}
        for week in weeks:
            found = self._found.setdefault(week.name, {})
            left = {name: method for name, method in methods.items() if kept[name] not in found}
            known = Known(week)
            among = week.whole if whole else np.ones(len(week.places), np.bool_)
            for name, method in left.items():
                scores = method(known)[among]
                of = week.is_picked[among]
                found[kept[name]] = auc(of, scores), precision(of, scores)
            if left and self._cache is not None:
                self._cache.write_text(json.dumps(self._found), encoding="utf-8")
            print(f"{week.name}: {len(left)} of {len(methods)} methods", flush=True)
        return {name: [self._found[week.name][kept[name]] for week in weeks] for name in methods}


def interval(differences: Floats) -> tuple[float, float]:
    """The middle 95% of the means of as many weeks, drawn again and again."""
    draws = np.random.default_rng(0).choice(differences, (DRAWS, len(differences))).mean(axis=1)
    low, high = np.quantile(draws, (0.025, 0.975))
    return float(low), float(high)


def flat(tried: Mapping[str, Mapping[str, Method]]) -> dict[str, Method]:
    """All settings of all methods by one name."""
    return {
        f"{name}; {label}": method for name, settings in tried.items() for label, method in settings.items()
    }


def made_by(command: str, papers: int, encoder: str) -> str:
    """How the file was made."""
    return (
        f"Made by `scripts/{command}`, over {papers:,} papers with the encoder {encoder}, on "
        f"{platform.machine()}.\n"
    )


def of_first_weeks(measured: Measured) -> Iterator[str]:
    """The table that trending_b.py prints."""
    start, last, step = FIRST_WEEKS
    weeks = [week for number, week in enumerate(measured.papers.weeks(start, last)) if number * 7 % step == 0]
    found = measured.of(weeks, FIRST)
    candidates = np.mean([len(week.places) for week in weeks])
    picked = np.mean([week.is_picked.sum() for week in weeks])
    yield f"\n## The {len(weeks)} weeks of `trending_b.py`\n"
    yield f"Every fourth from {start}: {candidates:,.0f} papers a week, of which {picked:.0f} were picked.\n"
    yield "| method | AUC | precision at 20 |"
    yield "|---|---|---|"
    for name, figures in found.items():
        yield f"| {name} | {_mean(figures)} |"


def of_2025(weeks: Sequence[Week], measured: Measured, chosen: dict[str, str]) -> Iterator[str]:
    """All that was tried; the best setting of each method is noted in `chosen`."""
    found = measured.of(weeks, {SIMPLE: simple_logistic} | flat(TRIED))
    yield f"## Chosen on {len(weeks)} weeks of 2025\n"
    yield "| method | setting | AUC | precision at 20 |"
    yield "|---|---|---|---|"
    yield f"| {SIMPLE} | as it is | {_mean(found[SIMPLE])} |"
    for name, settings in TRIED.items():
        best = max(settings, key=lambda label: float(np.mean(found[f"{name}; {label}"], axis=0)[0]))
        chosen[name] = best
        for label in settings:
            mark = " (chosen)" if label == best and len(settings) > 1 else ""
            yield f"| {name} | {label}{mark} | {_mean(found[f'{name}; {label}'])} |"


def of_2026(weeks: Sequence[Week], measured: Measured, chosen: Mapping[str, str]) -> Iterator[str]:
    """Each method as it was chosen, against the simple logistic one, and two of them week by week."""
    methods = {f"{name}; {label}": TRIED[name][label] for name, label in chosen.items()}
    methods = {SIMPLE: simple_logistic, "density": density, "burst": burst} | methods
    found = measured.of(weeks, methods)
    simple = np.array(found[SIMPLE])
    yield f"\n## Reported on {len(weeks)} weeks of 2026\n"
    yield f"Differences are from the {SIMPLE}, with their 95% intervals.\n"
    yield "| method | AUC | precision at 20 | difference in AUC | difference in precision |"
    yield "|---|---|---|---|---|"
    for name, figures in sorted(found.items(), key=lambda one: -float(np.mean(one[1], axis=0)[0])):
        gaps = (np.array(figures) - simple).T
        shown = " | ".join("" if name == SIMPLE else _gap(gap) for gap in gaps)
        yield f"| {name} | {_mean(figures)} | {shown} |"
    yield "\nWeek by week:\n"
    best = found[f"{BEST}; {chosen[BEST]}"]
    yield f"| week | papers | picked | AUC, {SIMPLE} | {BEST} | precision at 20 of the one | of the other |"
    yield "|---|---|---|---|---|---|---|"
    for week, one, two in zip(weeks, found[SIMPLE], best, strict=True):
        columns = f"{one[0]:.3f} | {two[0]:.3f} | {one[1]:.2f} | {two[1]:.2f}"
        yield f"| {week.name} | {len(week.places):,} | {week.is_picked.sum()} | {columns} |"


def of_product(weeks: Sequence[Week], measured: Measured) -> Iterator[str]:
    """What `like_picks` says of a corpus."""
    found = measured.of(weeks, {PRODUCT: product})[PRODUCT]
    simple = np.array(measured.of(weeks, {SIMPLE: simple_logistic})[SIMPLE])
    yield "\n## The product's own code\n"
    yield "| method | AUC | precision at 20 | difference in AUC | difference in precision |"
    yield "|---|---|---|---|---|"
    yield f"| {PRODUCT} | {_mean(found)} | {' | '.join(map(_gap, (np.array(found) - simple).T))} |"


def of_whole_records(weeks: Sequence[Week], measured: Measured) -> Iterator[str]:
    """The same among papers whose authors and categories are known."""
    found = measured.of(weeks, {SIMPLE: simple_logistic, PRODUCT: product}, whole=True)
    simple, ours = (np.array(found[name])[:, 0] for name in (SIMPLE, PRODUCT))
    share = np.mean([week.whole[week.is_picked].mean() for week in weeks])
    others = np.mean([week.whole[~week.is_picked].mean() for week in weeks])
    yield "\n## Whether missing fields tell picks\n"
    yield (
        f"Of picks {share:.0%} have authors and categories in the shared data, of other papers {others:.0%}. "
        f"Among those alone, every fourth week of 2026: AUC {simple.mean():.3f} ({SIMPLE}), "
        f"{ours.mean():.3f} ({PRODUCT}), difference {_gap(ours - simple)}."
    )


def of_small_communities(weeks: Sequence[Week], measured: Measured) -> Iterator[str]:
    """AUC where only some of the year's picks are known, drawn at random."""
    yield "\n## Where little was picked\n"
    yield "So many random picks of the year before, every fourth week of 2026; AUC.\n"
    yield "| picks | centre, the corpus's vectors | three nearest | the product |"
    yield "|---|---|---|---|"
    for count in SMALL:
        found = measured.of(weeks, {f"{count} picks; {name}": of(count) for name, of in FEW.items()})
        shown = (f"{np.mean(figures, axis=0)[0]:.3f}" for figures in found.values())
        yield f"| {count} | {' | '.join(shown)} |"


def _some_picks(known: Known, count: int) -> Places:
    week = known.week
    return np.random.default_rng(week.first).choice(week.picks(YEAR), count, replace=False)


def _cosines(known: Known, count: int) -> Floats:
    own = known.papers.own
    return np.asarray(own[known.week.places] @ own[_some_picks(known, count)].T, np.float64)


FEW: dict[str, Callable[[int], Method]] = {
    "centre": lambda count: lambda known: _cosines(known, count).mean(axis=1),
    "three nearest": lambda count: lambda known: np.sort(_cosines(known, count), axis=1)[:, -3:].mean(axis=1),
    PRODUCT: lambda count: lambda known: product(known, picks=_some_picks(known, count)),
}


def _mean(figures: Sequence[Figures]) -> str:
    of_ranks, of_first = np.mean(figures, axis=0)
    return f"{of_ranks:.3f} | {of_first:.3f}"


def _gap(differences: Floats) -> str:
    low, high = interval(differences)
    return f"{differences.mean():+.3f} ({low:+.3f} to {high:+.3f})"


def main() -> None:
    """Measure, print, and write what_is_picked.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder of the shared data")
    parser.add_argument("--corpus", type=Path, required=True, help="a corpus of all shared papers")
    parser.add_argument("--every", type=int, default=1, help="choose on every so manieth week of 2025")
    parser.add_argument(
        "--without-product", action="store_true", help="not what its own code says, which is slow"
    )
    parser.add_argument("--cache", type=Path, help="a file that keeps what was measured")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    lines = ["# What is picked: which of a week's papers a community lists\n"]
    with Corpus.open(options.corpus) as corpus:
        papers = Papers.of(options.data, corpus)
        measured = Measured(papers, options.cache)
        command = f"what_is_picked.py DATA --corpus CORPUS --every {options.every}"
        command += " --without-product" * options.without_product
        lines += [made_by(command, len(corpus), corpus.snapshot.encoder_name), CAVEATS]
        chosen: dict[str, str] = {}
        of_year = list(papers.weeks(*CHOSEN_ON))[:: options.every]
        weeks = list(papers.weeks(*REPORTED_ON))
        lines += of_2025(of_year, measured, chosen)
        lines += of_2026(weeks, measured, chosen)
        lines += of_first_weeks(measured)
        if not options.without_product:
            lines += of_product(weeks, measured)
            lines += of_whole_records(weeks[::4], measured)
            lines += of_small_communities(weeks[::4], measured)
    text = "\n".join(lines) + "\n"
    print(text)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "what_is_picked.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
