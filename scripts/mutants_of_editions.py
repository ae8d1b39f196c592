"""Mutants of editions: of what comes once, of files that come back, and of whose they are."""

from __future__ import annotations

from mutant import Mutant

EDITION_MUTANTS = (
    Mutant(
        "a paper that editions show twice",
        "recommender/listing/compose.py",
        "replace(one.profile, seen=(*one.profile.seen, *one.known)) for one in requests if one.profile",
        "one.profile for one in requests if one.profile",
        "tests/test_digest.py::test_a_weekly_list_has_nothing_that_a_daily_one_showed",
    ),
    Mutant(
        "an edition of records that only changed",
        "recommender/listing/memory.py",
        "            arrived_after=None if looked == BY_DAY else looked,",
        "            arrived_after=None,",
        "tests/test_digest.py::test_a_changed_record_does_not_arrive_again",
    ),
    Mutant(
        "a changed record that counts as new in the corpus",
        "recommender/corpus/filters.py",
        "        came = snapshot.arrived > filters.arrived_after",
        "        came = snapshot.arrived >= 0",
        "tests/test_digest.py::test_the_next_edition_is_of_what_arrived_since",
    ),
    Mutant(
        "files of what was made and not of what is stored",
        "recommender/listing/making.py",
        "            listing = _as_stored(new)",
        "            listing = new",
        "tests/test_digest.py::test_a_file_that_is_lost_or_torn_comes_back_and_others_stay",
    ),
    Mutant(
        "an edition that is made anew",
        "recommender/listing/digest.py",
        "            new = [one for one in block if there[one.number] is None]",
        "            new = list(block)",
        "tests/test_digest.py::test_again_it_writes_the_same_files_and_shows_nothing_new",
    ),
    Mutant(
        "for everybody what this reader dislikes",
        "recommender/listing/communal.py",
        "        yield from some[~known.among(snapshot, some)].tolist()",
        "        yield from some.tolist()",
        "tests/test_digest.py::test_a_reader_who_likes_nothing_is_told_how_to_begin",
    ),
    Mutant(
        "two versions of one paper for everybody",
        "recommender/listing/communal.py",
        "        if not any(snapshot.twins.are(row, other) for other in chosen):",
        "        if True:",
        "tests/test_communal.py::test_a_version_of_a_known_paper_is_known_and_versions_of_one_another_come_once",
    ),
    Mutant(
        "a newer version that is told every day",
        "recommender/listing/memory.py",
        "        return bool(before) and paper.revised > max(before)",
        "        return bool(before) and paper.revised != ''",
        "tests/test_digest.py::test_a_newer_version_is_told_once",
    ),
    Mutant(
        "two names with one folder",
        "recommender/listing/folders.py",
        '    return f"{readable}-{digest[:_MARK]}"',
        "    return readable",
        "tests/test_listing_folders.py::test_no_two_names_fall_together_also_where_case_counts_nothing",
    ),
    Mutant(
        "a feed that stays at an address that was revoked",
        "recommender/listing/digest.py",
        "        for counter in range(reader.feed):",
        "        for counter in range(0):",
        "tests/test_digest.py::test_feeds_have_addresses_of_their_own_that_can_be_revoked",
    ),
    Mutant(
        "papers of a day that is over counted as looked at",
        "recommender/listing/digest.py",
        "            through=BY_DAY if request.is_past else snapshot.newest_arrival,",
        "            through=snapshot.newest_arrival,",
        "tests/test_digest.py::test_a_day_that_is_over_is_of_what_appeared_then_and_since_the_one_before",
    ),
    Mutant(
        "a day that begins in the wrong zone",
        "recommender/listing/memory.py",
        "        return today_in(zone_named(reader.zone or self.timezone, self.now), self.now)",
        "        return self.now.date()",
        "tests/test_digest.py::test_a_readers_day_begins_in_the_readers_zone",
    ),
)
