"""Mutants of the words of a corpus: their numbers, who holds them, and what removal leaves."""

from __future__ import annotations

from mutant import Mutant

_TESTS = "tests/test_corpus_words.py"

WORD_MUTANTS = (
    Mutant(
        "two words of one hash with one number",
        "recommender/corpus/dictionary.py",
        "            while free in taken:",
        "            while False:",
        f"{_TESTS}::test_a_dictionary_gives_the_next_free_number",
    ),
    Mutant(
        "texts that know nothing of moved words",
        "recommender/corpus/snapshot.py",
        "count_terms(map(read_part, texts), weights.numbering, weights.moved)",
        "count_terms(map(read_part, texts), weights.numbering)",
        f"{_TESTS}::test_two_words_with_one_hash_have_two_numbers",
    ),
    Mutant(
        "removed papers that are found by their words",
        "recommender/corpus/words.py",
        '        return np.asarray(self._removed.take(places, mode="clip") != rows)',
        "        return np.ones(len(rows), np.bool_)",
        f"{_TESTS}::test_each_state_finds_its_papers",
    ),
    Mutant(
        "papers that wait and are not found",
        "recommender/corpus/words.py",
        "parts.append(decoded(self._pending.entries(number), self._pending.first_row))",
        "parts.append(decoded(self._pending.entries(number)[:0], self._pending.first_row))",
        f"{_TESTS}::test_an_addition_that_was_stopped_is_found_all_the_same",
    ),
    Mutant(
        "a merged segment whose rows are not moved",
        "recommender/corpus/postings.py",
        "    both = np.concatenate([keys, others + shift])",
        "    both = np.concatenate([keys, others])",
        f"{_TESTS}::test_each_state_finds_its_papers",
    ),
    Mutant(
        "a damaged segment that is merged all the same",
        "recommender/corpus/postings.py",
        "    if _digest(segment.lengths, keys) != segment.digest:",
        "    if False:",
        f"{_TESTS}::test_damage_is_found_and_compaction_mends_it",
    ),
    Mutant(
        "all words of a name in several authors' names",
        "recommender/corpus/name_words.py",
        "    if len(wanted) == 1 or field == VENUE or not len(rows):",
        "    if True:",
        f"{_TESTS}::test_papers_are_found_by_one_name_of_an_author",
    ),
)
