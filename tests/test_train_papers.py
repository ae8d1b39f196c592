"""How the matrix of minilm-papers is trained, on a small world of made-up papers."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

torch = pytest.importorskip("torch")
train_papers = pytest.importorskip("train_papers")

PAPERS, DIM, KINDS = 240, 24, 8


@pytest.fixture(scope="module")
def world():
    """Unit rows in which loud dimensions say nothing and eight quiet ones say of which kind a paper is."""
    rng = np.random.default_rng(0)
    kind = np.arange(PAPERS) % KINDS
    rows = rng.standard_normal((PAPERS, DIM))
    rows[:, :KINDS] = 0.8 * np.eye(KINDS)[kind] + 0.1 * rng.standard_normal((PAPERS, KINDS))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float32), kind


def anyone(rows, rng):
    return rng.integers(0, PAPERS, len(rows))


@pytest.fixture(scope="module")
def sources(world):
    rows, kind = world
    pairs = np.array([(one, one + KINDS * step) for one in range(120) for step in (1, 4, 9)])
    pairs = pairs[pairs[:, 1] < PAPERS]
    assert (kind[pairs[:, 0]] == kind[pairs[:, 1]]).all()
    return [
        train_papers.Pairs(rows, pairs, anyone),
        train_papers.Sections(rows, [np.flatnonzero(kind == one) for one in range(4)], anyone),
    ]


def same_kind(rows, kind):
    """How many of the five nearest are of a paper's own kind."""
    cosines = rows @ rows.T
    np.fill_diagonal(cosines, -2)
    return np.mean(kind[np.argsort(-cosines, axis=1)[:, :5]] == kind[:, None])


def turned(rows, change):
    found = rows + rows @ change
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_training_brings_together_what_belongs_together_and_gives_the_same_bytes(world, sources, monkeypatch):
    rows, kind = world
    monkeypatch.setattr(train_papers, "STAYING", 1.0)
    monkeypatch.setattr(train_papers, "RATE", 0.02)
    change = train_papers.fit(sources, steps=60, rank=8)
    assert change.tobytes() == train_papers.fit(sources, steps=60, rank=8).tobytes()
    assert np.linalg.matrix_rank(change, tol=1e-4) <= 8
    assert same_kind(turned(rows, change), kind) > same_kind(rows, kind) + 0.1


def test_cosines_stay_the_more_the_more_that_weighs(world, sources, monkeypatch):
    rows, _ = world
    monkeypatch.setattr(train_papers, "RATE", 0.02)
    moved = []
    for weight in (0.0, 100.0):
        monkeypatch.setattr(train_papers, "STAYING", weight)
        after = turned(rows, train_papers.fit(sources, steps=30, rank=8))
        moved.append(np.square(after @ after.T - rows @ rows.T).mean())
    assert moved[1] < moved[0] / 2


def test_the_loss_is_that_of_its_definition():
    rng = np.random.default_rng(3)
    rows = rng.standard_normal((8, 5))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    right = np.zeros((2, 5), dtype=bool)
    right[0, 3] = right[0, 0] = True
    batch = train_papers.Batch(
        np.arange(3), np.array([0, 0, 1]), np.array([3, 4]), np.array([5, 6, 7]), right
    )
    means = [rows[0] + rows[1], rows[2]]
    expected = []
    for place, mean in enumerate(means):
        scores = np.exp(rows[3:] @ mean / np.linalg.norm(mean) / train_papers.TEMPERATURE)
        scores[right[place] & (np.arange(5) != place)] = 0
        expected.append(-np.log(scores[place] / scores.sum()))
    found = train_papers.loss_of(batch, torch.from_numpy(rows.astype(np.float32)))
    assert found.item() == pytest.approx(np.mean(expected), rel=1e-4)


def test_a_batch_holds_no_wrong_wrong_answer(sources):
    pairs, sections = sources
    rng = np.random.default_rng(1)
    batch = pairs.draw(rng)
    keys = np.concatenate([batch.wanted, batch.others])
    together = {(seed, key) for seed, key in pairs._pairs.tolist()}
    for seed, row in zip(batch.seeds.tolist(), batch.right, strict=True):
        near = [key == seed or (seed, key) in together or (key, seed) in together for key in keys.tolist()]
        assert row.tolist() == near
    batch = sections.draw(rng)
    counts = np.bincount(batch.owner)
    assert counts.min() >= 1
    assert counts.max() <= train_papers.MOST_SEEDS
    for place in range(len(batch.wanted)):
        assert batch.wanted[place] not in batch.seeds[batch.owner == place]
        assert batch.right[place, place]


def test_no_pair_of_an_author_of_the_final_part_is_trained_on():
    names = [f"Given{number} Family{number}" for number in range(40)]
    final = [name for name in names if train_papers.part_of("author" + name) == "final"]
    tune = [name for name in names if train_papers.part_of("author" + name) == "tune"]
    texts = [f"{name}, Somebody" for name in names for _ in range(3)]
    both = [f"{tune[0]}, {final[0]}"] * 2
    many = [f"{tune[1]}, Alone"] * 30
    pairs = train_papers.pairs_of_authors([*texts, *both, *many])
    allowed = {name for name in tune if name != tune[1]}
    lines = [*texts, *both, *many]
    assert len(pairs)
    for one, other in pairs.tolist():
        shared = {name.strip() for name in lines[one].split(",")} & {
            name.strip() for name in lines[other].split(",")
        }
        assert shared & allowed
        assert not shared & set(final)


def test_others_are_of_the_same_primary_category():
    categories = ["cs.CL cs.AI", "cs.AI", "cs.CL", "", "cs.AI cs.CL", "", "cs.CL"] * 20
    others = train_papers.of_one_category(categories)
    rows = np.arange(len(categories)).repeat(10)
    found = others(rows, np.random.default_rng(0))
    first = np.array([text.split(" ")[0] for text in categories])
    assert (first[found] == first[rows]).all()
    assert len(np.unique(found)) > 60


def test_the_matrix_keeps_the_cosines_of_the_changed_rows_and_says_most_first(world, monkeypatch):
    rows, _ = world
    monkeypatch.setattr(train_papers, "DIM", DIM)
    change = 0.1 * np.random.default_rng(2).standard_normal((DIM, DIM)).astype(np.float32)
    first, second = rows[:, :16], rows[:, 16:]
    first, second = (part / np.linalg.norm(part, axis=1, keepdims=True) for part in (first, second))
    both = train_papers.side_by_side(first, second).astype(np.float32)
    np.testing.assert_allclose(np.linalg.norm(both, axis=1), 1, atol=1e-3)
    matrix = train_papers.best_first(change, both, 16)
    expected = both + train_papers.KEPT * both @ change
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    found = np.concatenate([first, second], axis=1) @ matrix
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    np.testing.assert_allclose(found @ found.T, expected @ expected.T, atol=5e-3)
    share = (found**2).mean(axis=0)
    assert (np.diff(share) <= 1e-6).all()
