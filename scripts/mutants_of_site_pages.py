"""Mutants of the site's pages: of what stays text, what is loaded, whose they are, and how heavy."""

from __future__ import annotations

from mutant import Mutant

_PAGES = "tests/test_site_pages.py"

SITE_PAGE_MUTANTS = (
    Mutant(
        "a site that needs an extra",
        "recommender/site/paper_files.py",
        "if ending not in _PACKAGES or",
        "if True or",
        "tests/test_extras.py::test_the_core_needs_no_extra",
    ),
    Mutant(
        "markup of the site that takes texts as they are",
        "recommender/display.py",
        "    return Markup(template.format(*map(escape, texts)))",
        "    return Markup(template.format(*texts))",
        f"{_PAGES}::test_text_from_anybody_stays_text_and_nothing_obeys_it",
    ),
    Mutant(
        "a label of a link that a terminal obeys",
        "recommender/site/shell.py",
        "Markup(more), plain(label))",
        "Markup(more), label)",
        f"{_PAGES}::test_text_from_anybody_stays_text_and_nothing_obeys_it",
    ),
    Mutant(
        "a page that may load from anywhere",
        "recommender/site/shell.py",
        """    return f"default-src 'none'; style-src""",
        """    return f"default-src *; style-src""",
        f"{_PAGES}::test_a_page_loads_nothing_but_the_site_s_own_sheet_and_script",
    ),
    Mutant(
        "a reader's page that search engines find",
        "recommender/site/shell.py",
        """'<meta name="robots" content="noindex">') if private""",
        """'<meta name="robots" content="noindex">') if not private""",
        f"{_PAGES}::test_a_reader_s_page_is_kept_from_search_engines_and_leads_to_nothing_of_the_site",
    ),
    Mutant(
        "a reader's page that leads to what is for all",
        "recommender/site/shell.py",
        """    above, below = ("", "") if private else""",
        """    above, below = ("", "") if not frame.title else""",
        f"{_PAGES}::test_a_reader_s_page_is_kept_from_search_engines_and_leads_to_nothing_of_the_site",
    ),
    Mutant(
        "abstracts that make a list too long for its page",
        "recommender/site/listing_page.py",
        "        if sum(one.size for some in papers for one in some) <= room:",
        "        if True:",
        f"{_PAGES}::test_abstracts_are_folded_in_where_all_have_room_and_on_the_paper_s_page_always",
    ),
    Mutant(
        "a past day that is written anew with every paper of the corpus",
        "recommender/site/listing_page.py",
        '    is_new = "" < frame.day <= listing.day',
        "    is_new = frame.day <= listing.day",
        f"{_PAGES}::test_a_day_that_is_over_says_nothing_that_changes_with_the_corpus",
    ),
    Mutant(
        "formulas that fill a page",
        "recommender/site/bounds.py",
        "    return readable_formulas(text) if has_many_formulas(text) else text",
        "    return text",
        "tests/test_site_papers.py::test_a_sentence_full_of_formulas_is_text",
    ),
    Mutant(
        "further papers that make a page too heavy",
        "recommender/site/bounds.py",
        "        if room < 0:",
        "        if room is None:",
        "tests/test_site_papers.py::test_a_page_that_is_full_of_signs_is_light_still",
    ),
    Mutant(
        "a name that Zotero takes for two",
        "recommender/site/citation.py",
        '    return " ".join(spoken.replace(";", " ").replace(",", " ").split())',
        '    return " ".join(spoken.split())',
        "tests/test_site_papers.py::test_what_zotero_reads",
    ),
    Mutant(
        "a title that ends the index of titles",
        "recommender/site/titles.py",
        """written.replace("<", "\\\\u003c")""",
        """written""",
        "tests/test_site_titles.py::test_no_title_ends_a_text_or_the_script",
    ),
    Mutant(
        "titles that a full page leaves out",
        "recommender/site/blocks.py",
        "            pages.append([])",
        "            break",
        "tests/test_site_titles.py::test_a_letter_with_very_many_titles_goes_on",
    ),
    Mutant(
        "a search that finds any of its words",
        "recommender/site/search.py",
        "wanted.every((word) => has(paper, word))",
        "wanted.some((word) => has(paper, word))",
        "tests/test_site_search.py::test_titles_are_found_by_the_beginnings_of_all_words",
    ),
    Mutant(
        "a search that knows an accent only as it is written",
        "recommender/site/search.py",
        '.replace(/[\\\\u0300-\\\\u036f]+/g, "")',
        "",
        "tests/test_site_search.py::test_titles_are_found_by_the_beginnings_of_all_words",
    ),
    Mutant(
        "a file of a paper that a terminal obeys",
        "recommender/site/paper_files.py",
        "    shown = plain_values(exact)",
        "    shown = exact",
        "tests/test_site_papers.py::test_no_file_but_the_exact_one_holds_what_a_terminal_obeys",
    ),
)
