"""Mutants of the community: votes, signals, curated days and submissions, under any name of a paper."""

from __future__ import annotations

from mutant import Mutant

_VOTES = "tests/test_readership_votes.py"
_SIGNALS = "tests/test_readership_signals.py"
_CURATION = "tests/test_readership_curation.py"
_SUBMISSIONS = "tests/test_readership_submissions.py"
_VERSIONS = "tests/test_readership_versions.py"
_COMMANDS = "tests/test_reader_commands.py"
_LISTS = "tests/test_daily_lists.py"
_ROWS = "tests/test_signal_rows.py"
_CURATING = "tests/test_curating.py"
_SUBMITTING = "tests/test_submitting.py"

COMMUNITY_MUTANTS = (
    Mutant(
        "a second vote by another id of the paper",
        "recommender/readership/votes.py",
        "            if works[numbers[one.id]] not in has_vote:",
        "            if numbers[one.id] not in there:",
        f"{_VOTES}::test_papers_that_a_corpus_learns_to_be_one_have_one_vote_of_a_reader",
    ),
    Mutant(
        "a vote that is taken back under one of its ids alone",
        "recommender/readership/votes.py",
        "for paper in there if works[paper] in gone)",
        "for paper in there if paper in gone)",
        f"{_VOTES}::test_papers_that_a_corpus_learns_to_be_one_have_one_vote_of_a_reader",
    ),
    Mutant(
        "two votes for papers that came to be one",
        "recommender/readership/community.py",
        "            voted, when = (reader, rows[paper]), _in_utc(at)",
        "            voted, when = (reader, paper), _in_utc(at)",
        f"{_VOTES}::test_papers_that_a_corpus_learns_to_be_one_have_one_vote_of_a_reader",
    ),
    Mutant(
        "a vote that counts when it was cast last",
        "recommender/readership/community.py",
        "            first[voted] = min(first.get(voted, when), when)",
        "            first[voted] = max(first.get(voted, when), when)",
        f"{_VOTES}::test_papers_that_a_corpus_learns_to_be_one_have_one_vote_of_a_reader",
    ),
    Mutant(
        "votes of all readers that are one",
        "recommender/readership/community.py",
        "voted, when = (reader, rows[paper]), _in_utc(at)",
        "voted, when = (0, rows[paper]), _in_utc(at)",
        f"{_VOTES}::test_twins_in_a_corpus_have_one_vote_and_one_row_whichever_was_named",
    ),
    Mutant(
        "a row that depends on which of two twins was named",
        "recommender/readership/one_row.py",
        "    while len(wider := snapshot.twins.of(found)) > len(found):",
        "    while len(wider := found) > len(found):",
        f"{_VOTES}::test_twins_in_a_corpus_have_one_vote_and_one_row_whichever_was_named",
    ),
    Mutant(
        "a vote that tells the zone of its reader",
        "recommender/readership/community.py",
        '.astimezone(UTC).isoformat(timespec="seconds")',
        '.isoformat(timespec="seconds")',
        f"{_VOTES}::test_a_time_of_a_vote_tells_no_zone",
    ),
    Mutant(
        "a vote of a reader who was forgotten",
        "recommender/readership/readers.py",
        "    if reader_by_number(readership, reader.number) is None:",
        "    if False:",
        f"{_VOTES}::test_votes_of_a_reader_who_is_not_there_are_refused",
    ),
    Mutant(
        "two papers of one title that are one to readers",
        "recommender/readership/papers.py",
        "            if not by_id or _is_one_of(snapshot, row, by_id)",
        "            if True",
        f"{_VOTES}::test_a_title_of_several_papers_gets_no_vote_and_each_of_them_its_own",
    ),
    Mutant(
        "a count that stays when it is counted again",
        "recommender/readership/signals.py",
        "INSERT OR REPLACE INTO signals",
        "INSERT OR IGNORE INTO signals",
        f"{_SIGNALS}::test_the_same_of_one_day_and_source_again_replaces_and_all_else_stands_beside",
    ),
    Mutant(
        "counts of several sources that are one",
        "recommender/readership/community.py",
        "            measured = (rows[paper], name, source, day)",
        '            measured = (rows[paper], name, "", day)',
        f"{_SIGNALS}::test_the_same_of_one_day_and_source_again_replaces_and_all_else_stands_beside",
    ),
    Mutant(
        "a count that is no number",
        "recommender/readership/signals.py",
        "    if not 0 <= count < math.inf:",
        "    if count < 0 or count == math.inf:",
        f"{_SIGNALS}::test_what_is_no_signal_is_refused_by_name",
    ),
    Mutant(
        "a day in another writing of ISO 8601",
        "recommender/readership/moments.py",
        'date.fromisoformat(day if _DAY.fullmatch(day) else "")',
        "date.fromisoformat(day)",
        f"{_SIGNALS}::test_what_is_no_signal_is_refused_by_name",
    ),
    Mutant(
        "what was counted that goes with a reader",
        "recommender/readership/forgetting.py",
        '_NAMING = ("shown", "opinions", "votes", "signals", "curated", "submissions")',
        '_NAMING = ("shown", "opinions", "votes", "curated", "submissions")',
        f"{_SIGNALS}::test_what_was_counted_is_nobodys_and_stays_when_a_reader_is_forgotten",
    ),
    Mutant(
        "a curator's list that gives way unasked",
        "recommender/readership/curation.py",
        "            if there is not None and not replaces:",
        "            if False:",
        f"{_CURATION}::test_a_second_list_of_one_curator_is_refused_unless_it_replaces",
    ),
    Mutant(
        "one list for a day, whoever chose",
        "recommender/readership/curation.py",
        '"DELETE FROM curations WHERE day = ? AND curator = ?", (day, curator)',
        '"DELETE FROM curations WHERE day = ? AND ? <> 0", (day, curator)',
        f"{_CURATION}::test_several_curators_of_a_day_stand_side_by_side_and_one_may_withdraw",
    ),
    Mutant(
        "a list in the order of ids",
        "recommender/readership/community.py",
        "WHERE curation = ? ORDER BY place",
        "WHERE curation = ? ORDER BY papers.id",
        f"{_CURATION}::test_a_day_has_the_papers_in_the_curators_order_each_once",
    ),
    Mutant(
        "a chosen paper twice in a list",
        "recommender/readership/curation.py",
        "        first.setdefault(works[numbers[one[0].id]], one)",
        "        first[len(first)] = one",
        f"{_CURATION}::test_a_day_has_the_papers_in_the_curators_order_each_once",
    ),
    Mutant(
        "a chosen paper that the corpus lacks and nobody is told of",
        "recommender/readership/community.py",
        "            missing.append(called)",
        "            pass",
        f"{_CURATION}::test_a_day_has_the_papers_in_the_curators_order_each_once",
    ),
    Mutant(
        "a chosen paper whose title is forgotten",
        "recommender/readership/curation.py",
        "    return paper if paper.known or not title else replace(paper, title=title)",
        "    return paper",
        f"{_CURATION}::test_a_paper_that_came_to_the_corpus_later_is_found_also_by_its_title_alone",
    ),
    Mutant(
        "lists of a forgotten reader that stay",
        "recommender/readership/forgetting.py",
        '        file.rows("DELETE FROM curations WHERE curator = ?", (reader.name,))',
        "        pass",
        f"{_COMMANDS}::test_a_forgotten_reader_leaves_no_byte",
    ),
    Mutant(
        "a list that keeps the name of before",
        "recommender/readership/readers.py",
        '    readership.file.rows("UPDATE curations SET curator = ? WHERE curator = ?", (new, name))',
        "    pass",
        f"{_CURATION}::test_lists_of_a_forgotten_readers_name_go_and_take_another_name_with_a_rename",
    ),
    Mutant(
        "an answer to a forgotten reader that stays",
        "recommender/readership/forgetting.py",
        "\"UPDATE submissions SET reader = NULL, said = '' WHERE reader = ?\"",
        '"UPDATE submissions SET reader = NULL WHERE reader = ?"',
        f"{_COMMANDS}::test_a_forgotten_reader_leaves_no_byte",
    ),
    Mutant(
        "an export without votes",
        "recommender/readership/summaries.py",
        '        "votes": [asdict(one) for one in votes_of(readership, reader)],',
        '        "votes": [],',
        f"{_COMMANDS}::test_an_export_is_a_profile_and_with_all_everything",
    ),
    Mutant(
        "an export of everybody's submissions",
        "recommender/readership/summaries.py",
        "for one in submissions(readership, reader=reader)",
        "for one in submissions(readership)",
        f"{_COMMANDS}::test_an_export_is_a_profile_and_with_all_everything",
    ),
    Mutant(
        "a paper that waits twice",
        "recommender/readership/submissions.py",
        "            if work in proposed:",
        "            if False:",
        f"{_SUBMISSIONS}::test_what_waits_or_was_taken_is_not_proposed_again_under_any_name",
    ),
    Mutant(
        "a declined paper that nobody can propose again",
        "recommender/readership/submissions.py",
        "FROM submissions WHERE state <> 'declined'",
        "FROM submissions WHERE state <> ''",
        f"{_SUBMISSIONS}::test_what_waits_or_was_taken_is_not_proposed_again_under_any_name",
    ),
    Mutant(
        "a submission with what a library says of it",
        "recommender/readership/submissions.py",
        '    return given.to_json() if isinstance(given, Paper) else ""',
        '    return named.record if isinstance(given, Paper) else ""',
        f"{_SUBMISSIONS}::test_what_a_library_says_beside_a_paper_is_not_proposed",
    ),
    Mutant(
        "feeds that have another address after an upgrade",
        "recommender/readership/database.py",
        "INSERT OR IGNORE INTO secret",
        "INSERT OR REPLACE INTO secret",
        f"{_VERSIONS}::test_a_file_of_before_is_brought_to_this_version_in_place_with_all_it_held",
    ),
    Mutant(
        "an older file that is written as it is read",
        "recommender/readership/database.py",
        "            connection.close()\n            return cls.copy_of(path, called)",
        "            connection.close()\n            return cls.at(path, called)",
        f"{_VERSIONS}::test_a_file_of_before_is_read_from_a_copy_and_stays",
    ),
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
