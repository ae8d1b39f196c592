"""Mutants of the community: votes, signals, curated days and submissions, under any name of a paper."""

from __future__ import annotations

from mutant import Mutant

_VOTES = "tests/test_readership_votes.py"
_SIGNALS = "tests/test_readership_signals.py"
_CURATION = "tests/test_readership_curation.py"
_SUBMISSIONS = "tests/test_readership_submissions.py"
_VERSIONS = "tests/test_readership_versions.py"
_COMMANDS = "tests/test_reader_commands.py"

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
)
