"""Mutants of listings: what is escaped and cleaned in them, and where they lead."""

from __future__ import annotations

from mutant import Mutant

LISTING_MUTANTS = (
    Mutant(
        "a title that is not escaped",
        "recommender/listing/page.py",
        "    shown = html_formulas(title)\n    return link",
        "    shown = Markup(title)\n    return link",
        "tests/test_listing_writers.py::test_a_hostile_text_is_no_markup",
    ),
    Mutant(
        "a title that is not escaped in a mail",
        "recommender/listing/mail_page.py",
        "    title = readable_formulas(entry.title)",
        "    title = Markup(readable_formulas(entry.title))",
        "tests/test_listing_writers.py::test_a_hostile_text_is_no_markup",
    ),
    Mutant(
        "a formula that is not cleaned",
        "recommender/listing/formulas.py",
        "        return nh3.clean(written, tags=set(MATHML_TAGS), attributes=_ATTRIBUTES)",
        "        return written",
        "tests/test_listing_formulas.py::test_nothing_foreign_is_in_a_formula",
    ),
    Mutant(
        "a formula whose signs are markup",
        "recommender/listing/formulas.py",
        '        written = tostring(tree, encoding="unicode", short_empty_elements=False)',
        '        written = html.unescape(tostring(tree, encoding="unicode"))',
        "tests/test_listing_formulas.py::test_signs_in_the_text_of_a_formula_are_text",
    ),
    Mutant(
        "the PDF as the first link of a feed's entry",
        "recommender/listing/atom.py",
        '_link(node, "alternate", item.page, ',
        '_link(node, "alternate", item.pdf or item.page, ',
        "tests/test_listing_feeds.py::test_the_first_link_is_the_page_and_the_enclosure_the_pdf",
    ),
    Mutant(
        "the id of a feed's entry by its place",
        "recommender/listing/feeds.py",
        '            name = f"{listing.id}/{entry.paper.key}"',
        '            name = f"{listing.id}/{entry.place - listing.entries[0].place}"',
        "tests/test_listing_feeds.py::test_ids_are_tags_and_stay",
    ),
    Mutant(
        "a mark of direction that is obeyed",
        "recommender/listing/wording.py",
        '_NO_CHARACTERS.sub("", without_controls(clean_text(text)))',
        "clean_text(text)",
        "tests/test_listing_writers.py::test_nothing_that_is_obeyed_is_in_any_file",
    ),
    Mutant(
        "an address that runs a program",
        "recommender/listing/links.py",
        "quote(web_address(paper.url), ",
        "quote(paper.url, ",
        "tests/test_listing_page.py::test_addresses",
    ),
    Mutant(
        "a mail that is cut by a provider",
        "recommender/listing/mail_page.py",
        "        if _size(written := _written(words, foot)) <= most:",
        "        if written := _written(words, foot):",
        "tests/test_listing_mail.py::test_a_mail_is_small_enough_whatever_it_holds",
    ),
    Mutant(
        "a page that may load from elsewhere",
        "recommender/listing/style.py",
        """    return f"default-src 'none'; style-src""",
        """    return f"default-src *; style-src""",
        "tests/test_listing_page.py::test_a_page_asks_nobody_for_anything",
    ),
    Mutant(
        "a page for everybody that runs a script",
        "recommender/listing/page.py",
        '        script = FEEDBACK_SCRIPT if listing.reader else ""',
        "        script = FEEDBACK_SCRIPT",
        "tests/test_listing_page.py::test_a_page_for_everybody_runs_nothing",
    ),
)
