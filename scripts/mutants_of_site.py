"""Mutants of the site: of a folder that is whole at every moment, and of what is whose."""

from __future__ import annotations

from mutant import Mutant

SITE_MUTANTS = (
    Mutant(
        "changed pages before the ones that they lead to",
        "recommender/site/folder.py",
        "    return bool(one.before), _rank(one.path), one.path",
        "    return not one.before, _rank(one.path), one.path",
        "tests/test_site_folder.py::test_at_no_moment_is_there_a_dead_link_or_half_a_file",
    ),
    Mutant(
        "a front page before what it leads to",
        "recommender/site/folder.py",
        "    return bool(one.before), _rank(one.path), one.path",
        "    return bool(one.before), -_rank(one.path), one.path",
        "tests/test_site_folder.py::test_the_first_pages_are_led_to_by_none_before_all_are_there",
    ),
    Mutant(
        "a journal that nobody goes on with",
        "recommender/site/folder.py",
        "        if journal.exists():\n            try:",
        "        if False:\n            try:",
        "tests/test_site_folder.py::test_a_process_that_is_killed_at_any_change_is_finished_by_the_next",
    ),
    Mutant(
        "a foreign file that is written over",
        "recommender/site/folder.py",
        "            if one.changed and one.before and not self._is_ours(one.path, one.before)",
        "            if False",
        "tests/test_site_folder.py::test_what_stands_in_the_way_of_a_page_is_named_and_nothing_is_changed",
    ),
    Mutant(
        "a page changed by hand that is deleted",
        "recommender/site/folder.py",
        '        return digest if self._is_ours(path, digest) else ""',
        "        return digest",
        "tests/test_site_folder.py::test_a_page_that_was_changed_by_hand_is_neither_changed_nor_deleted",
    ),
    Mutant(
        "files of a site that are written through a link",
        "recommender/site/staging.py",
        "            return True\n    return False",
        "            return False\n    return False",
        "tests/test_site_folder.py::test_a_link_or_a_file_in_the_place_of_a_folder_is_named",
    ),
    Mutant(
        "a list of files that tells where private pages are",
        "recommender/site/folder.py",
        "            files = {digest_of(one.path.encode()): one.digest for one in self._staged.values()}",
        "            files = {one.path: one.digest for one in self._staged.values()}",
        "tests/test_site_folder.py::test_the_address_of_a_private_page_stands_in_no_other_file",
    ),
    Mutant(
        "a folder of private pages that a server lists",
        "recommender/site/private.py",
        "    if readers:\n",
        "    if not readers:\n",
        "tests/test_publishing.py::test_a_reader_has_pages_that_no_other_page_leads_to_nor_names",
    ),
    Mutant(
        "pages of days that change every day",
        "recommender/site/publishing.py",
        '        return replace(self._frame, day="")',
        "        return self._frame",
        "tests/test_publishing.py::test_only_what_changed_is_written_again",
    ),
    Mutant(
        "papers that appear on a day before they do",
        "recommender/listing/calendar.py",
        "        return self.days[: bisect_right(self.days, day)]",
        "        return self.days",
        "tests/test_publishing.py::test_papers_that_are_still_to_appear_have_no_day",
    ),
    Mutant(
        "others of a day in any order",
        "recommender/listing/similar.py",
        '    nearest = np.argsort(-cosines, kind="stable")[:count]',
        "    nearest = np.arange(len(cosines))[:count]",
        "tests/test_publishing.py::test_a_paper_page_has_the_others_of_its_day_by_nearness",
    ),
    Mutant(
        "two papers of one page's name",
        "recommender/site/names.py",
        '    return f"{readable}-{mark}"',
        "    return readable",
        "tests/test_site_names.py::test_no_two_papers_have_a_page_of_one_name",
    ),
    Mutant(
        "a site among the editions of readers",
        "recommender/site/publishing.py",
        "        _refuse_editions(site)\n",
        "",
        "tests/test_publishing.py::test_no_site_is_made_among_the_editions_of_readers",
    ),
)
