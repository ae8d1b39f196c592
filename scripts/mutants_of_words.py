"""Mutants of the words of a corpus: numbers, who holds them, what removal leaves, what questions find."""

from __future__ import annotations

from mutant import Mutant

_TESTS = "tests/test_corpus_words.py"
_QUESTIONS = "tests/test_questions.py"

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
    Mutant(
        "short papers that gain by it",
        "recommender/lexical/coverage.py",
        "    longer = np.maximum(lengths.astype(np.float64) / mean_length, 1)",
        "    longer = lengths.astype(np.float64) / mean_length",
        f"{_QUESTIONS}::test_a_text_shorter_than_the_mean_gains_nothing_and_a_longer_one_loses",
    ),
    Mutant(
        "no candidates by words",
        "recommender/engine/word_candidates.py",
        "    found.append(_by_terms(snapshot, profile, others, count, allowed, hidden))",
        "    found.append(others[:0])",
        f"{_QUESTIONS}::test_a_seeds_rare_word_brings_a_paper_where_the_encoder_says_nothing",
    ),
    Mutant(
        "words that find what may not come",
        "recommender/engine/questions.py",
        "            rows = rows[allowed[self.snapshot.place(rows)]]",
        "            rows = rows[:]",
        f"{_QUESTIONS}::test_the_best_by_words_are_those_of_all_papers",
    ),
    Mutant(
        "equal papers in the order in which they came",
        "recommender/engine/questions.py",
        "self.snapshot.by_key(equal)[: count - len(better)]",
        "equal[: count - len(better)]",
        f"{_QUESTIONS}::test_the_order_in_which_papers_came_is_none",
    ),
    Mutant(
        "a question compared as a paper is",
        "recommender/engine/hybrid_vectors.py",
        "            cosines[stored] = question.cosines(self.rows[stored], terms)",
        "            pass",
        f"{_QUESTIONS}::test_a_title_that_begins_with_the_question_and_a_colon_holds_all_of_it",
    ),
)
