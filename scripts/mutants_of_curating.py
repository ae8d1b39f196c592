"""Mutants of what comes into a community: lists by day, counts and submissions, out of files and commands."""

from __future__ import annotations

from mutant import Mutant

_LISTS = "tests/test_daily_lists.py"
_ROWS = "tests/test_signal_rows.py"
_CURATING = "tests/test_curating.py"
_SUBMITTING = "tests/test_submitting.py"
_COMMANDS = "tests/test_reader_commands.py"

CURATING_MUTANTS = (
    Mutant(
        "a paper on the list of the day that it appeared on, where the file names another",
        "recommender/readers/daily_lists.py",
        "        day = entry.listed or self.wanted or entry.appeared",
        "        day = self.wanted or entry.appeared or entry.listed",
        f"{_LISTS}::test_days_are_those_of_the_lists_in_the_files_order",
    ),
    Mutant(
        "papers of other days on the list of the day that was asked for",
        "recommender/readers/daily_lists.py",
        "        elif self.wanted is not None and day != self.wanted:",
        "        elif self.wanted is not None and day < self.wanted:",
        f"{_LISTS}::test_one_day_alone",
    ),
    Mutant(
        "a list of a day that has not begun",
        "recommender/readers/daily_lists.py",
        "        elif day > self.latest:",
        '        elif day > "9999":',
        f"{_LISTS}::test_a_day_that_has_not_begun_has_no_list",
    ),
    Mutant(
        "no upvotes that count as none",
        "recommender/readers/daily_lists.py",
        '        return None, ""\n    return None, f"{text(value)[:40]!r}',
        '        return 0, ""\n    return None, f"{text(value)[:40]!r}',
        f"{_LISTS}::test_what_is_no_number_of_upvotes_costs_the_number_alone",
    ),
    Mutant(
        "a list in the order of its upvotes",
        "recommender/readers/daily_lists.py",
        "    days = {one: tuple(found.days[one].values()) for one in sorted(found.days)}",
        "    days = {\n"
        "        one: tuple(sorted(found.days[one].values(), key=lambda paper: -(paper.upvotes or 0)))\n"
        "        for one in sorted(found.days)\n"
        "    }",
        f"{_LISTS}::test_days_are_those_of_the_lists_in_the_files_order",
    ),
    Mutant(
        "a count of nothing",
        "recommender/readers/signal_rows.py",
        "    if value is None or value < 0:",
        "    value = value or 0.0\n    if value < 0:",
        f"{_ROWS}::test_0_is_a_count_and_nothing_is_none",
    ),
    Mutant(
        "a count of a day still to come",
        "recommender/readers/signal_rows.py",
        "    if day > until:",
        '    if day > "9999":',
        f"{_ROWS}::test_a_bad_row_is_named_and_the_others_read",
    ),
    Mutant(
        "upvotes that were counted before the list was made",
        "recommender/readership/importing.py",
        "    if last > measured:",
        '    if last > "9999":',
        f"{_CURATING}::test_upvotes_are_measured_on_the_day_that_is_said_and_never_before_the_list",
    ),
    Mutant(
        "an import of which a half is noted",
        "recommender/readership/importing.py",
        "    with readership.file.transaction():\n        for day, listed",
        "    if True:\n        for day, listed",
        f"{_CURATING}::test_an_import_is_noted_whole_or_not_at_all",
    ),
    Mutant(
        "a list that gives way where nobody said so",
        "recommender/readership/importing.py",
        "                    replaces=replaces,",
        "                    replaces=True,",
        f"{_CURATING}::test_again_it_changes_nothing_and_a_list_that_grew_needs_replace",
    ),
    Mutant(
        "what was chosen for tomorrow",
        "recommender/cli/curating.py",
        "    if day > latest_day(here):",
        "    if False:",
        f"{_CURATING}::test_a_day_that_is_none_or_still_to_come_is_refused",
    ),
    Mutant(
        "a submission that is called taken before the corpus has its paper",
        "recommender/readership/taken_papers.py",
        "    added = corpus.add(records) if records else None\n",
        "    added = None\n",
        f"{_SUBMITTING}::test_the_record_of_what_is_taken_comes_into_the_corpus",
    ),
    Mutant(
        "a submission of what was removed that is called taken",
        "recommender/readership/taken_papers.py",
        "    refused = {one.number: _why(one) for one in _lacking(corpus, lacked)}",
        "    refused = {one.number: _why(one) for one in lacked if one.record is None}",
        f"{_SUBMITTING}::test_what_was_removed_before_is_not_brought_back_by_the_way",
    ),
    Mutant(
        "a submission that the corpus has under another id and does not know",
        "recommender/readership/taken_papers.py",
        "    named, _ = papers_named(one.record or one.paper, corpus.snapshot)",
        "    named, _ = papers_named(one.paper, corpus.snapshot)",
        f"{_SUBMITTING}::test_a_record_under_an_id_of_its_own_library_is_known_when_it_is_taken",
    ),
    Mutant(
        "a file of papers that ends mark with a traceback",
        "recommender/cli/opinions.py",
        '    "ID": ("liked", "disliked", "seen"),\n',
        "",
        f"{_COMMANDS}::test_the_papers_of_a_file_are_marked",
    ),
)
