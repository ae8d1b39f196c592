"""Mutants of stored readers: what they said and were shown, and that it can be forgotten."""

from __future__ import annotations

from mutant import Mutant

_FILE = "tests/test_readership.py"
_MEMORY = "tests/test_one_memory.py"
_COMMANDS = "tests/test_reader_commands.py"

READER_MUTANTS = (
    Mutant(
        "an opinion by another id of the paper that does not count",
        "recommender/readership/works.py",
        "        self._first[high] = low",
        "        pass",
        f"{_FILE}::test_ids_that_a_corpus_learns_to_be_one_paper_are_one",
    ),
    Mutant(
        "twins of which one is liked and one is not",
        "recommender/readership/works.py",
        "            if of_row[one] != of_row[other] and snapshot.twins.are(one, other):",
        "            if False:",
        f"{_FILE}::test_twins_in_a_corpus_are_one_paper_to_their_reader",
    ),
    Mutant(
        "an undo that forgets what was said before",
        "recommender/readership/opinions.py",
        'earlier.kind if earlier else "none"',
        '"none"',
        f"{_FILE}::test_undo_is_another_line_and_goes_back_step_by_step",
    ),
    Mutant(
        "an undo of an undo",
        "recommender/readership/opinions.py",
        "        stands = [line for line in lines if line.undoes is None and line.number not in undone]",
        "        stands = [line for line in lines if line.number not in undone]",
        f"{_FILE}::test_undo_is_another_line_and_goes_back_step_by_step",
    ),
    Mutant(
        "what was saved for later that is recommended",
        "recommender/readership/profile.py",
        '        seen=said.ids("seen", "later"),',
        '        seen=said.ids("seen"),',
        f"{_COMMANDS}::test_marks_are_taken_by_any_name_and_shape_the_list",
    ),
    Mutant(
        "a library that likes again what is disliked now",
        "recommender/readership/libraries.py",
        "        if before is None or before.kind != kind:",
        "        if before is None or self._last[work].kind != kind:",
        f"{_COMMANDS}::test_a_library_that_changed",
    ),
    Mutant(
        "a batch job that forgets editions",
        "recommender/readership/taking_over.py",
        "    return readers if readers.is_file() else _old_ledger(out)",
        "    return _old_ledger(out)",
        f"{_MEMORY}::test_what_an_edition_showed_no_batch_job_shows",
    ),
    Mutant(
        "an old ledger that is copied and stays",
        "recommender/readership/taking_over.py",
        "        old.unlink()",
        "        pass",
        f"{_MEMORY}::test_an_old_ledger_moves_into_the_file_of_readers",
    ),
    Mutant(
        "a job that waited and goes on with the ledger of before",
        "recommender/readership/taking_over.py",
        "            if default_ledger(corpus, out) != place:",
        "            if False:",
        f"{_MEMORY}::test_a_job_that_waited_while_a_file_of_readers_came_to_be_uses_that",
    ),
    Mutant(
        "a forgotten reader's papers that stay",
        "recommender/readership/forgetting.py",
        "        file.rows(_UNUSED)",
        "        pass",
        f"{_COMMANDS}::test_a_forgotten_reader_leaves_no_byte",
    ),
    Mutant(
        "bytes that an older version left",
        "recommender/readership/forgetting.py",
        "    file.compact()",
        "    pass",
        f"{_COMMANDS}::test_what_an_older_version_deleted_and_left_goes_with_the_reader",
    ),
    Mutant(
        "a name of before that stays in the bytes",
        "recommender/readership/database.py",
        'connection.execute("PRAGMA secure_delete = ON")',
        'connection.execute("PRAGMA secure_delete = OFF")',
        f"{_COMMANDS}::test_a_name_that_was_changed_leaves_no_byte",
    ),
    Mutant(
        "a revoked feed that is read",
        "recommender/readership/feed_keys.py",
        '    text = f"feed {reader.number} {reader.feed if counter is None else counter}".encode()',
        '    text = f"feed {reader.number}".encode()',
        f"{_FILE}::test_a_feed_has_a_key_of_its_own_until_it_is_revoked",
    ),
)
