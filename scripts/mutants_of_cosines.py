"""Mutants of the scale of cosines."""

from __future__ import annotations

from mutant import Mutant

COSINE_MUTANTS = (
    Mutant(
        "cosines of a narrow range taken as they are",
        "recommender/engine/hybrid_vectors.py",
        "return self.scale.of(self.dense @ others.dense.T)",
        "return self.dense @ others.dense.T",
        "tests/test_cosine_scale.py::test_lists_are_the_same_however_narrow_the_range",
    ),
    Mutant(
        "limits of a narrow range taken as they are",
        "recommender/cosine_scale.py",
        "return limit if self.offset == 0 else self.offset + (1 - self.offset) * limit",
        "return limit",
        "tests/test_cosine_scale.py::test_the_offset_is_a_part_and_limits_come_back",
    ),
    Mutant(
        "a corpus of one subject taken for a narrow encoder",
        "recommender/corpus/snapshot.py",
        "return CosineScale(found.typical, found.spread, found.usual_typical, found.usual_spread)",
        "return CosineScale(found.typical, found.spread)",
        "tests/test_cosine_scale.py::test_a_corpus_of_one_subject_is_no_narrow_encoder",
    ),
    Mutant(
        "what another state had taken for what this one has",
        "recommender/corpus/snapshot.py",
        "if known is not None and (known.papers, known.next_row) == state:",
        "if known is not None:",
        "tests/test_cosine_scale.py::test_what_another_state_had_is_not_taken_for_this_one",
    ),
    Mutant(
        "reranks that compare papers in a narrow range",
        "recommender/diversity/base.py",
        "vectors = np.ascontiguousarray(self._scale.embed(vectors))",
        "vectors = np.pad(vectors, ((0, 0), (0, self._vectors.shape[1] - vectors.shape[1])))",
        "tests/test_cosine_scale.py::test_reranks_choose_the_same_however_narrow_the_range",
    ),
)
