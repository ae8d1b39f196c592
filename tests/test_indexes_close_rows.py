"""Exact search among rows that lie close together, where rounding of the stored values decides.

The quick scan adds up stored values, the answer is ranked by the restored unit rows: without the bound on
how far the two may differ the scan leaves out rows that belong to the answer.
"""

import contextlib

import numpy as np
import pytest
from test_indexes import brute_force

from indexes import open_index, restore, store


def cone(n, dim, seed, width):
    """Unit rows around one direction, as the papers of one field are; its length lies in all values, as
    int8 demands."""
    rng = np.random.default_rng(seed)
    centre = rng.choice([-1, 1], dim) * np.linspace(0.6, 1.4, dim)
    rows = centre + width * rng.standard_normal((n, dim))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def stored_cone(n, dim, seed, width, precision):
    """The first n rows of a cone that fit into the precision: of few values some do not fit into int8."""
    kept = []
    for row in cone(2 * n, dim, seed, width):
        with contextlib.suppress(ValueError):
            kept.append(store(row[None], precision)[0])
    assert len(kept) >= n
    return np.array(kept[:n])


@pytest.mark.parametrize("dim", [8, 32, 384])
@pytest.mark.parametrize(("precision", "width"), [("float32", 0.1), ("float16", 0.02), ("int8", 0.1)])
def test_exact_search_is_exact_among_rows_that_lie_close_together(precision, width, dim):
    for seed in range(3):
        stored = stored_cone(600, dim, seed, width, precision)
        queries = cone(6, dim, seed + 1000, width)
        queries[:3] = restore(stored[:3])
        rows, cosines = open_index("exact", np.split(stored, [250]), dim=dim).search(queries, 10)
        # Added up as doubles: two rows nearer than float32 can tell may change places, no others.
        exact = queries.astype(np.float64) @ restore(stored).astype(np.float64).T
        true_rows, _ = brute_force(restore(stored).astype(np.float64), queries.astype(np.float64), 10)
        chosen = np.take_along_axis(exact, rows, axis=1)
        best = np.take_along_axis(exact, true_rows, axis=1)
        np.testing.assert_allclose(np.sort(chosen)[:, ::-1], best, atol=3e-7, rtol=0)
        np.testing.assert_allclose(cosines, chosen, atol=1e-6)
