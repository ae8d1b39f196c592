"""Take guarantees out, one at a time, and see that a test notices.

python scripts/mutants.py            all of them
python scripts/mutants.py fsync      those with this in their name

Each mutant is one change of one line, and names the tests that must fail with it. The change is made in a
copy of the project; the tests pass there first without any. Exits with 1 when a mutant lives.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mutant import Mutant
from mutants_of_arrivals import ARRIVAL_MUTANTS
from mutants_of_community import COMMUNITY_MUTANTS
from mutants_of_confidence import CONFIDENCE_MUTANTS
from mutants_of_cosines import COSINE_MUTANTS
from mutants_of_curating import CURATING_MUTANTS
from mutants_of_editions import EDITION_MUTANTS
from mutants_of_encoders import ENCODER_MUTANTS
from mutants_of_fields import FIELD_MUTANTS
from mutants_of_listings import LISTING_MUTANTS
from mutants_of_mail import MAIL_MUTANTS
from mutants_of_maps import MAP_MUTANTS
from mutants_of_pages import PAGE_MUTANTS
from mutants_of_picks import PICK_MUTANTS
from mutants_of_readers import READER_MUTANTS
from mutants_of_scores import SCORE_MUTANTS
from mutants_of_searches import SEARCH_MUTANTS
from mutants_of_site import SITE_MUTANTS
from mutants_of_site_pages import SITE_PAGE_MUTANTS
from mutants_of_tables import TABLE_MUTANTS
from mutants_of_upkeep import UPKEEP_MUTANTS
from mutants_of_versions import VERSION_MUTANTS
from mutants_of_words import WORD_MUTANTS

ROOT = Path(__file__).parents[1]
COPIED = ("recommender", "indexes", "tests", "scripts", "pyproject.toml", "README.md", "docs")
# Seconds: of a mutant's tests, and of all tests without one. Tests that a mutant keeps from ending notice it.
LIMIT, LIMIT_OF_ALL = 300, 3600
ENDLESS = -1


MUTANTS = (
    Mutant(
        "a sentence of the paper taken for a publisher's line",
        "recommender/closing_forms.py",
        "return not _is_prose(line) and _is_notice(line)",
        "return _is_notice(line)",
        "tests/test_closing_lines.py::test_a_sentence_of_the_paper_stays",
    ),
    Mutant(
        "lines that stay counted in a corpus of an older format",
        "recommender/corpus/upgrading.py",
        "        respell_papers(store)",
        "        pass",
        "tests/test_closing_lines.py::test_a_corpus_of_an_older_format_is_counted_again_without_the_lines",
    ),
    Mutant(
        "letters that are left as they came",
        "recommender/spelling.py",
        'return text if text.isascii() else unicodedata.normalize("NFC", text)',
        "return text",
        "tests/test_spellings.py::test_what_comes_in_is_composed",
    ),
    Mutant(
        "an accent that makes another word",
        "recommender/lexical/terms.py",
        "    return word if plain in STOP_WORDS else plain",
        "    return word",
        "tests/test_spellings.py::test_one_word_in_every_spelling",
    ),
    Mutant(
        "a stop word made of another word",
        "recommender/lexical/terms.py",
        "    return word if plain in STOP_WORDS else plain",
        "    return plain",
        "tests/test_spellings.py::test_an_accent_does_not_make_a_stop_word_of_a_word",
    ),
    Mutant(
        "C++ that is C",
        "recommender/identifiers.py",
        "    title = named_signs(title)",
        "    pass",
        "tests/test_spellings.py::test_c_and_its_kin_are_three_titles",
    ),
    Mutant(
        "topics that begin anew each day",
        "recommender/corpus/writer.py",
        "    keep_topics(store)\n    update_facts(store, staging)",
        "    update_facts(store, staging)",
        "tests/test_topics_tomorrow.py::test_a_corpus_has_none_stored_until_it_changes_and_then_those_of_before",
    ),
    Mutant(
        "a topic that leaves its papers for new ones",
        "recommender/interests/centres.py",
        "work = _Groups(vectors, centres, len(centres))",
        "work = _Groups(vectors, kmeans_from(vectors, centres), len(centres))",
        "tests/test_interests_centres.py::test_a_new_subject_takes_a_centre_from_two_that_are_one",
    ),
    Mutant(
        "an identifier that different papers share",
        "recommender/identity/grouping.py",
        "if any(_contradicts(records, pair, part) for pair in different):",
        "if False:",
        "tests/test_identity.py::test_what_contradicts_nothing_does_not_join_by_an_identifier_of_two_papers",
    ),
    Mutant(
        "Part I and Part II of a paper",
        "recommender/identity/titles.py",
        "return _others(first, second) or _others(first.head, second.head)",
        "return False",
        "tests/test_identity.py::test_different_papers_stay_two",
    ),
    Mutant(
        "exact search without its error bound",
        "indexes/exact.py",
        "last + missing * np.abs(last) + _ROUNDING * lengths",
        "last",
        "tests/test_indexes_close_rows.py",
    ),
    Mutant(
        "sketches without what lies outside of their directions",
        "recommender/corpus/sketches.py",
        "return np.column_stack([inside, np.sqrt(np.maximum(squares, 0))])",
        "return np.column_stack([inside, 0 * squares])",
        "tests/test_sketches.py",
    ),
    Mutant(
        "a ban that holds for one version",
        "recommender/engine/ban.py",
        "return snapshot.twins.of(np.unique(np.array(found, np.int64)))",
        "return np.unique(np.array(found, np.int64))",
        "tests/test_ban.py",
    ),
    Mutant(
        "a ban that lets near-equal abstracts through",
        "recommender/engine/known.py",
        "for known in (profile.excluded_rows, banned):",
        "for known in (profile.excluded_rows,):",
        "tests/test_ban.py",
    ),
    Mutant(
        "ranked scores as they come",
        "recommender/engine/ranked_among.py",
        "return StandardScores(scorer, *centre_and_spread(random_scores(snapshot, profile, scorer)))",
        "return StandardScores(scorer, 0.0, 1.0)",
        "tests/test_rank.py",
    ),
    Mutant(
        "known papers whose vectors are read each time",
        "recommender/corpus/sketches.py",
        "self._made[some] = True",
        "pass",
        "tests/test_sketches.py::test_no_more_vectors_are_read_for_a_longer_history",
    ),
    Mutant(
        "a name of several papers that stands for the first",
        "recommender/corpus/named_rows.py",
        "others += several",
        "others += several[:1]",
        "tests/test_named_rows.py",
    ),
    Mutant(
        "a vector file that is not fsynced",
        "recommender/corpus/stored_vectors.py",
        "os.fsync(file.fileno())",
        "pass",
        "tests/test_synced.py::test_a_corpus_names_no_file_that_is_not_on_the_disk",
    ),
    Mutant(
        "an index file that is not fsynced",
        "recommender/corpus/search.py",
        "os.fsync(file.fileno())",
        "pass",
        "tests/test_synced.py::test_a_corpus_names_no_file_that_is_not_on_the_disk",
    ),
    Mutant(
        "a batch output that is not fsynced",
        "recommender/batch/storage.py",
        "os.fsync(file.fileno())",
        "pass",
        "tests/test_synced.py::test_a_batch_job_names_no_file_that_is_not_on_the_disk",
    ),
    Mutant(
        "vectors of another corpus under the same name",
        "recommender/corpus/stored_vectors.py",
        "if segment.ends and ends_of(path) != segment.ends:",
        "if False:",
        "tests/test_unbroken.py::test_5_vectors_of_another_corpus_under_the_same_name_are_refused",
    ),
    Mutant(
        "zeros in a vector file",
        "recommender/corpus/stored_vectors.py",
        "        self._check(rows, vectors)\n        return vectors",
        "        return vectors",
        "tests/test_stored_vectors.py::test_whoever_asks_for_such_a_paper_is_told_the_file",
    ),
    Mutant(
        "a replaced file deleted before the database lets go of it",
        "recommender/corpus/immutable.py",
        "if not waiting or not _log_is_moved(store):",
        "if not waiting:",
        "tests/test_retired.py::test_a_log_that_is_lost_after_a_compaction_leaves_the_old_state_whole",
    ),
    Mutant(
        "a marked file deleted though a commit names it",
        "recommender/corpus/immutable.py",
        "if marked not in named:",
        "if True:",
        "tests/test_immutable.py::test_what_a_dead_writer_wrote_goes_with_its_marker_unless_it_is_named",
    ),
    Mutant(
        "verify that does not look again beside a writer",
        "recommender/corpus/verification.py",
        "if not problems or not watch.changed():",
        "if True:",
        "tests/test_verification.py::test_a_problem_of_a_state_that_is_no_more_is_none",
    ),
    Mutant(
        "a split that is forgotten",
        "recommender/corpus/ingest.py",
        "        put_decisions(store, staging)\n        papers = (staged.sourced(now) for staged in batch)",
        "        papers = (staged.sourced(now) for staged in batch)",
        "tests/test_one_paper.py::test_a_paper_is_split_for_good",
    ),
    Mutant(
        "a poorer record that overwrites a richer one",
        "recommender/corpus/merging.py",
        "        len(content),\n        _UNREADABLE not in paper.title,",
        "        -len(content),\n        _UNREADABLE not in paper.title,",
        "tests/test_one_paper.py::test_the_parts_come_from_whoever_says_most_in_any_order",
    ),
    Mutant(
        "a paper found by the names of one of its records alone",
        "recommender/corpus/source_records.py",
        "found += [*record.paper.names, *record.former]",
        "found += record.former",
        "tests/test_one_paper.py::test_the_parts_come_from_whoever_says_most_in_any_order",
    ),
    Mutant(
        "an identifier of several papers that is one's id",
        "recommender/corpus/joining.py",
        "free = (one for one in wanted if names[_key(one)] == int(_key(one) in ours))",
        "free = iter(wanted)",
        "tests/test_one_paper.py::test_an_identifier_of_several_papers_is_none_of_theirs_in_any_order",
    ),
    Mutant(
        "a team of threads in a forked child",
        "indexes/base.py",
        "os.register_at_fork(after_in_child=_forked)",
        "pass",
        "tests/test_fork.py::test_a_child_has_one_thread_and_its_parent_as_many_as_before",
    ),
    Mutant(
        "an index file opened by its ends alone",
        "recommender/corpus/search.py",
        "return _same(folder / index_file.file, sha256_of(folder / index_file.file), index_file.sha256)",
        "return check_ends(folder, index_file)",
        "tests/test_indexes_soundness.py::"
        "test_a_corpus_opens_no_file_with_another_bit_answers_exactly_and_builds_it_again",
    ),
    Mutant(
        "a block of a batch job without its checksum",
        "recommender/batch/unfinished.py",
        "if _description(data) != expected:",
        "if False:",
        "tests/test_batch_blocks.py::test_a_block_of_which_a_file_is_another_is_none",
    ),
    Mutant(
        "a formula in a cell",
        "recommender/display.py",
        """return f"'{text}" if _BEGINS.match(text) else text""",
        "return text",
        "tests/test_unbroken.py::test_8_cells_that_a_spreadsheet_would_compute_are_made_harmless",
    ),
    Mutant(
        "removed papers that still count",
        "recommender/corpus/terms.py",
        "count_statistics(store) if left is None else left)",
        "load_statistics(store) or count_statistics(store))",
        "tests/test_corpus_terms.py::test_a_removed_paper_counts_no_more_at_once",
    ),
    Mutant(
        "likes in the order of their rows",
        "recommender/engine/resolution.py",
        "liked, disliked = (snapshot.by_key(_only(rows)).tolist() for rows in named)",
        "liked, disliked = (_only(rows).tolist() for rows in named)",
        "tests/test_history.py::test_what_a_corpus_went_through_does_not_show",
    ),
    Mutant(
        "a map that keeps the nearest few only",
        "recommender/plots/layout.py",
        "_PERPLEXITY = 30.0",
        "_PERPLEXITY = 5.0",
        "tests/test_plots_layout.py::test_wide_neighbourhoods_are_kept_too",
    ),
    Mutant(
        "an empty cell among ratings that is a like",
        "recommender/profiles/scales.py",
        'EMPTY: NOTHING if own or self.rated else "liked",',
        'EMPTY: "liked",',
        "tests/test_profiles_store.py::test_an_empty_rating_is_no_like_where_any_row_has_one",
    ),
    Mutant(
        "numbers read beside those of other readers",
        "recommender/profiles/scales.py",
        "if not numbers or max(numbers) > 1:",
        "if not numbers or max(numbers) > 1 or self.beyond:",
        "tests/test_ratings_alone.py::test_a_profile_is_the_same_from_the_readers_own_rows",
    ),
    Mutant(
        "one star alone that is a like",
        "recommender/profiles/scales.py",
        "(said or (len(numbers) == 2 and not self.beyond))",
        "True",
        "tests/test_ratings.py::test_what_can_be_read_in_two_ways_is_refused_with_the_question",
    ),
    Mutant(
        "the scale looked at after rows are left out",
        "recommender/profiles/store_writer.py",
        "(one.user or unnamed(1), one.rating)",
        '("nobody", one.rating)',
        "tests/test_ratings.py::test_rows_that_are_left_out_still_tell_the_scale",
    ),
    Mutant(
        "a replaced run that stays in the ledger",
        "recommender/readership/ledger.py",
        """self._delete("substr(job, instr(job, ' ') + 1) = ?", self._place(folder))""",
        "pass",
        "tests/test_batch_history.py::test_what_is_replaced_counts_no_more_and_what_replaced_it_does",
    ),
    Mutant(
        "a job that reads what it replaces",
        "recommender/batch/history.py",
        "self._replaced = ledger.runs_in(folder)",
        "self._replaced = list[int]()",
        "tests/test_batch_history.py::test_a_job_that_is_done_again_gives_the_same_list",
    ),
    Mutant(
        "a run that did not finish and counts",
        "recommender/batch/history.py",
        "ledger.take_out(job, folder)",
        "pass",
        "tests/test_batch_history.py::test_what_did_not_come_to_its_end_was_not_shown",
    ),
    Mutant(
        "names of readers as they are composed",
        "recommender/profiles/records.py",
        'return user if user.isascii() else unicodedata.normalize("NFC", user)',
        "return user",
        "tests/test_batch_history.py::test_a_name_is_one_reader_however_its_letters_are_composed",
    ),
    *ENCODER_MUTANTS,
    *FIELD_MUTANTS,
    *LISTING_MUTANTS,
    *MAIL_MUTANTS,
    *MAP_MUTANTS,
    *PAGE_MUTANTS,
    *READER_MUTANTS,
    *SEARCH_MUTANTS,
    *WORD_MUTANTS,
    *SITE_MUTANTS,
    *TABLE_MUTANTS,
    *CONFIDENCE_MUTANTS,
    *COSINE_MUTANTS,
    *CURATING_MUTANTS,
    *EDITION_MUTANTS,
    *SCORE_MUTANTS,
    *VERSION_MUTANTS,
    *ARRIVAL_MUTANTS,
    *UPKEEP_MUTANTS,
    *COMMUNITY_MUTANTS,
    *PICK_MUTANTS,
    *SITE_PAGE_MUTANTS,
)


def main() -> None:
    """Parse, check the tests without any change, try each mutant, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="parts of names; default: all mutants")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    names = arguments.names
    chosen = [mutant for mutant in MUTANTS if not names or any(part in mutant.name for part in names)]
    if not chosen:
        parser.error(f"no mutant is called {' or '.join(names)}")
    tests = sorted({test for mutant in chosen for test in mutant.tests.split()})
    with ThreadPoolExecutor(arguments.workers) as pool:
        whole = pool.submit(run, None, tests)
        lives = []
        outcomes = pool.map(lambda mutant: run(mutant, mutant.tests.split()), chosen)
        for mutant, status in zip(chosen, outcomes, strict=True):
            # 1: tests failed. Else no test noticed: none was found, or pytest itself went wrong.
            noticed = status in (1, ENDLESS)
            lives += [] if noticed else [mutant.name]
            print(f"{'dies  ' if noticed else 'LIVES '} {mutant.name}", flush=True)
    if whole.result() != 0:
        sys.exit("the tests fail without any mutant")
    if lives:
        sys.exit(f"{len(lives)} of {len(chosen)} mutants live: {'; '.join(lives)}")


def run(mutant: Mutant | None, tests: Sequence[str]) -> int:
    """The exit status of these tests in a copy of the project with this change."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        copy = Path(folder)
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, copy / name)
        if mutant is not None:
            change(copy / mutant.file, mutant)
        environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-m", "", "-p", "no:cacheprovider", *tests]
        limit = LIMIT_OF_ALL if mutant is None else LIMIT
        try:
            done = subprocess.run(
                command, cwd=copy, env=environment, timeout=limit, capture_output=True, check=False
            )
        except subprocess.TimeoutExpired:
            return ENDLESS
        return done.returncode


def change(path: Path, mutant: Mutant) -> None:
    """Make the change. Exits where the line is not there, or more than once: then the list is out of date."""
    text = path.read_text(encoding="utf-8")
    count = text.count(mutant.old)
    if count != 1:
        raise SystemExit(f"{mutant.file}: {mutant.old!r} stands there {count} times, not once")
    path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")


if __name__ == "__main__":
    main()
