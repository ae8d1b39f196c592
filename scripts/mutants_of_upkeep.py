"""Mutants of settings, backups, and of what tells that the nightly work has stopped."""

from __future__ import annotations

from mutant import Mutant

UPKEEP_MUTANTS = (
    Mutant(
        "settings that are shared and win over the table of the command",
        "recommender/cli/settings.py",
        '    for of_table, chosen in (("", shared), (f" in [{where}]", table)):',
        '    for of_table, chosen in ((f" in [{where}]", table), ("", shared)):',
        "tests/test_settings.py::test_an_option_wins_over_the_environment_and_that_over_the_file",
    ),
    Mutant(
        "paths of settings that are relative to where the command is run",
        "recommender/cli/settings.py",
        "    return str(path.parent / at_home(Path(text)))",
        "    return str(at_home(Path(text)))",
        "tests/test_settings.py::test_another_file_is_named_and_its_paths_are_relative_to_it",
    ),
    Mutant(
        "a shared file of readers that makes every batch leave out what was shown",
        "recommender/cli/jobs.py",
        '    if not since_last and from_settings("ledger"):',
        "    if False:",
        "tests/test_settings.py::test_where_readers_are_does_not_make_a_batch_leave_out_what_was_shown",
    ),
    Mutant(
        "a backup that links a damaged file of the one before",
        "recommender/corpus/copying.py",
        "        if sha256_of(known) == sha256:",
        "        if known.exists():",
        "tests/test_backup.py::test_a_damaged_file_of_the_one_before_is_copied_again",
    ),
    Mutant(
        "a backup that replaces what somebody has written to",
        "recommender/backup.py",
        "    if others:\n",
        "    if False:\n",
        "tests/test_backup.py::test_a_backup_that_was_written_to_is_not_replaced",
    ),
    Mutant(
        "a weekend that is taken for a job that has stopped",
        "recommender/status.py",
        "(every_day or day.weekday() in working)",
        "True",
        "tests/test_status.py::test_the_job_has_stopped_when_a_day_that_should_have_an_edition_has_none",
    ),
)
