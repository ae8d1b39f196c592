"""Does it recommend well? Makes scripts/results/evaluation.md, on judged sets that nothing was tuned on.

    python scripts/evaluate.py ../shared/data --cache /tmp/corpora           # all of it
    python scripts/evaluate.py ../shared/data --cache /tmp/corpora --quick   # a few queries, static only

Each set is the final part of scripts/judged_sets.py; half of each list is hidden. The corpora are built
in the cache folder, and used again. A line is a strategy, a rerank and a diversity; the default is what
`recommender` does when nothing is said. Differences are paired, default minus each.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from baselines import Rank, arxiv_sanity, mean_of_seeds, tfidf_mean
from evaluate_encoder import lines
from evaluation_bars import bars_of, default_over_sets, diversity_cost, share_error, small_interest
from evaluation_tables import Bar, Table, as_markdown
from judged_authors import authors
from judged_sets import Asked, citations, libraries, mixtures, reading_lists
from numpy.typing import NDArray
from static_data import read_corpus, teacher_vectors, text_of

from recommender import Corpus, Profile
from recommender.diversity import DEFAULT_DIVERSITY, RERANKS
from recommender.evaluation import System, compare_values, compute_metrics, intra_list_distance, system_grid
from recommender.identifiers import canonical
from recommender.scoring import STRATEGIES

K, HEAD, DEPTH = 10, 20, 100
READERS = 400  # authors
DIVERSITIES = (0.0, 0.1, 0.2, 0.3, 0.5)
RESULTS = Path(__file__).parent / "results"

Values = dict[str, NDArray[np.float64]]


def product(corpus: Corpus) -> list[System]:
    """The default, every strategy, every diversity of the default, every rerank at diversity 0.3."""
    varied = [*system_grid([corpus]), *system_grid([corpus], tuple(STRATEGIES))]
    varied += system_grid([corpus], diversities=DIVERSITIES)
    reranks = [name for name in RERANKS if name != "none"]
    varied += system_grid([corpus], diversities=(0.3,), reranks=reranks)
    return list(dict.fromkeys(varied))


def default_and(corpus: Corpus) -> list[System]:
    """The default, and every strategy."""
    return list(dict.fromkeys([*system_grid([corpus]), *system_grid([corpus], tuple(STRATEGIES))]))


def later_papers(data: Path) -> list[Asked]:
    """Authors as readers, see `judged_authors`."""
    found = authors(data, most=READERS)
    return [Asked(one.liked, one.wanted, one.group, one.source, one.among) for one in found]


def ranked(system: System, asked: Sequence[Asked]) -> Iterator[list[str]]:
    """The best hundred papers of each query, of all or of those that it is among."""
    for query in asked:
        # The first twenty are the list of twenty that a reader gets, the others come by score.
        among = query.among or None
        found = system.rank(Profile(query.liked), candidates=among, k=2 * DEPTH, rerank_depth=HEAD)
        yield [canonical(paper) for paper, _ in found[:DEPTH]]


def baseline(rank: Rank, ids: Sequence[str], asked: Sequence[Asked]) -> Iterator[list[str]]:
    """The same of a baseline, over papers of these ids."""
    row = {paper: place for place, paper in enumerate(ids)}
    for query in asked:
        yield [ids[place] for place in rank([row[canonical(paper)] for paper in query.liked])]


def values(asked: Sequence[Asked], lists: Iterator[list[str]], corpus: Corpus | None) -> Values:
    """Each measure's value for each query; distances where there is a corpus with the vectors."""
    found = {str(place): papers for place, papers in enumerate(lists)}
    grades = {str(place): dict.fromkeys(map(canonical, q.wanted), 1) for place, q in enumerate(asked)}
    measured = compute_metrics(grades, found, k=K)
    kept = {name: measured[name] for name in (f"nDCG@{K}", "nDCG@20", "RR", f"R@{K}", "R@50", "R@100")}
    kept[f"ILD@{K}"] = np.array(
        [np.nan if corpus is None else distance(corpus, papers[:K]) for papers in found.values()]
    )
    return kept


def tell(name: str, found: Values) -> None:
    """How far the work is."""
    print(f"{name}: nDCG@{K} {np.nanmean(found[f'nDCG@{K}']):.4f}", flush=True)


def distance(corpus: Corpus, papers: Sequence[str]) -> float:
    """The intra-list distance of the papers by the corpus's vectors."""
    return intra_list_distance(corpus.snapshot.vectors(np.array([corpus.row(name) for name in papers])))


def table(
    name: str,
    asked: Sequence[Asked],
    corpus: Corpus,
    systems: Sequence[System],
    others: dict[str, Values],
) -> Table:
    """All systems and baselines on one set, each compared with the first."""
    measured = {}
    for system in systems:
        measured[system.label] = values(asked, ranked(system, asked), corpus)
        tell(f"{name}: {system.label}", measured[system.label])
    measured |= others
    figures = compare_values(list(measured.values()), groups=[query.group for query in asked])
    sources = np.array([query.source for query in asked])
    by_list = {
        label: float(np.mean([np.nanmean(found[f"nDCG@{K}"][sources == s]) for s in np.unique(sources)]))
        for label, found in measured.items()
    }
    return Table(name, len(asked), len(corpus), dict(zip(measured, figures, strict=True)), by_list)


def given_baselines(
    ids: Sequence[str], texts: Sequence[str], vectors: NDArray[np.float32] | None, asked: Sequence[Asked]
) -> dict[str, Values]:
    """The baselines, fitted on these texts, on one set."""
    ranks: dict[str, Callable[[], Rank]] = {
        "TF-IDF mean (scikit-learn)": lambda: tfidf_mean(texts),
        "arxiv-sanity-lite (LinearSVC)": lambda: arxiv_sanity(texts),
    }
    if vectors is not None:
        given = vectors
        ranks = {"mean of seeds, MiniLM": lambda: mean_of_seeds(given), **ranks}
    found = {}
    for name, rank in ranks.items():
        found[name] = values(asked, baseline(rank(), ids, asked), None)
        tell(name, found[name])
    return found


def lists_over_everything(data: Path, cache: Path, quick: bool) -> tuple[list[Table], list[Bar]]:
    """Reading lists over the whole shared corpus, by static and by the given minilm vectors; the bars."""
    asked = thinned(reading_lists(data), quick)
    papers = read_corpus(data)
    ids = [canonical(paper) for paper in papers["id"]]
    others = given_baselines(ids, text_of(papers), teacher_vectors(data), asked)
    tables, bars = [], []
    vectors_of = {"static": None} if quick else {"static": None, "minilm": data / "corpus_ml_minilm.npz"}
    for encoder, vectors in vectors_of.items():
        folder = cache / f"everything-{encoder}"
        with Corpus.build(data / "corpus_ml.parquet", folder, encoder=encoder, vectors=vectors) as corpus:
            found = table(f"reading lists, {encoder}", asked, corpus, product(corpus), others)
            tables.append(found)
            later = thinned(later_papers(data), quick)
            tables.append(table(f"authors' later papers, {encoder}", later, corpus, default_and(corpus), {}))
            mixed = thinned(mixtures(data), quick)
            bars += bars_of(found, tuple(others), encoder)
            bars += diversity_cost(corpus, found, encoder)
            bars += small_interest(corpus, mixed, encoder)
            bars += share_error(corpus, asked[:: max(1, len(asked) // 25)], encoder)
    return tables, bars


def small_set(name: str, asked: list[Asked], source: Path, cache: Path, quick: bool) -> list[Table]:
    """A set over its own papers, by both encoders."""
    asked = thinned(asked, quick)
    records = lines(source)
    texts = [". ".join(filter(None, (p.get("title"), p.get("abstract")))) for p in records]
    others = given_baselines([canonical(paper["id"]) for paper in records], texts, None, asked)
    tables = []
    for encoder in ("static",) if quick else ("minilm", "static"):
        with Corpus.build(source, cache / f"{name}-{encoder}", encoder=encoder) as corpus:
            tables.append(table(f"{name}, {encoder}", asked, corpus, product(corpus), others))
    return tables


def thinned(queries: list[Any], quick: bool) -> list[Any]:
    """All of them, or about twenty."""
    return queries[:: max(1, len(queries) // 20)] if quick else queries


def main() -> None:
    """Measure, print, and write evaluation.md and evaluation.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder of the shared data")
    parser.add_argument("--cache", type=Path, required=True, help="where the corpora are kept")
    parser.add_argument("--quick", action="store_true", help="a few queries, static only")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    data, cache, quick = options.data, options.cache, options.quick
    tables, bars = lists_over_everything(data, cache, quick)
    tables += small_set("citations", citations(data), data / "ieeevis_papers.jsonl.gz", cache, quick)
    tables += small_set("libraries", libraries(data), data / "libraries_dev_papers.jsonl.gz", cache, quick)
    bars = [*default_over_sets(tables), *bars]
    text = as_markdown(tables, bars, K, DEFAULT_DIVERSITY, quick)
    print(text)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "evaluation.md").write_text(text, encoding="utf-8")
    record = {
        "quick": quick,
        "bars": [bar.to_dict() for bar in bars],
        "tables": [t.to_dict() for t in tables],
    }
    (options.out / "evaluation.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
