"""Mutants of the site's map and of its topics: of where dots lie, who comes to them, and what is counted."""

from __future__ import annotations

from mutant import Mutant

MAP_MUTANTS = (
    Mutant(
        "places of a map by as many threads as there are",
        "recommender/plots/layout.py",
        "    with threadpool_limits(1):",
        "    with threadpool_limits(None):",
        "tests/test_plots_layout.py::test_places_do_not_depend_on_the_number_of_threads",
    ),
    Mutant(
        "a map upside down",
        "recommender/site/map_drawing.py",
        "np.column_stack([places[:, 0], 1 - places[:, 1]])",
        "np.column_stack([places[:, 0], places[:, 1]])",
        "tests/test_site_map.py::test_a_dot_for_each_paper_where_it_lies",
    ),
    Mutant(
        "dots that the keyboard stops at",
        "recommender/site/map_drawing.py",
        """'<a href="{}" tabindex="-1"><path""",
        """'<a href="{}" tabindex="0"><path""",
        "tests/test_site_map.py::test_keyboard_and_screen_readers_come_to_names_and_pass_by_the_dots",
    ),
    Mutant(
        "names of all widths at once",
        "recommender/site/drawing_style.py",
        ".names {{ display: none }}",
        ".names {{ display: inline }}",
        "tests/test_site_map.py::test_the_sheet_shows_the_names_of_one_width_at_a_time",
    ),
    Mutant(
        "white numbers on any colour",
        "recommender/site/map_drawing.py",
        '    ink = ink_on(color, dark="#000000")',
        '    ink = "#FFFFFF"',
        "tests/test_site_map.py::test_numbers_are_read_on_their_colours_by_the_contrast_of_wcag_aa",
    ),
    Mutant(
        "a dot for each of 200,000 papers",
        "recommender/site/map_drawing.py",
        "    if len(labels) <= MOST_DOTS:",
        "    if len(labels) <= 10 * MOST_DOTS**2:",
        "tests/test_site_map.py::test_of_more_papers_cells_are_drawn_the_fuller_the_stronger",
    ),
    Mutant(
        "titles in another order than the dots",
        "recommender/site/map_script.py",
        '    return topics.rows[np.argsort(topics.labels, kind="stable")]',
        "    return topics.rows",
        "tests/test_site_map.py::test_titles_lie_in_the_order_of_the_dots",
    ),
    Mutant(
        "a map that ends in an error without its extra",
        "recommender/site/map_page.py",
        '    if importlib.util.find_spec("sklearn") is None:',
        "    if False:",
        "tests/test_site_map.py::test_without_the_extra_it_says_what_to_install_and_lists_the_topics",
    ),
    Mutant(
        "a name that is called otherwise than it is seen",
        "recommender/site/map_drawing.py",
        'whole if whole.startswith(shown) else f"{shown}: {whole}"',
        "whole",
        "tests/test_site_map.py::test_what_is_seen_of_a_name_is_what_it_is_called_first",
    ),
    Mutant(
        "the page of a topic by its place",
        "recommender/site/topic_page.py",
        "if topic.number == number), None)",
        "if place + 1 == number), None)",
        "tests/test_site_topics.py::test_a_page_is_of_the_topics_own_number_and_not_of_its_place",
    ),
    Mutant(
        "papers of tomorrow among those of today",
        "recommender/site/period_bars.py",
        "        past = sum(period <= now for period in periods)",
        "        past = len(periods)",
        "tests/test_site_topics.py::test_what_is_dated_later_than_the_day_does_not_count",
    ),
    Mutant(
        "a month that is not over and does not say so",
        "recommender/site/period_bars.py",
        '        return " so far" if self.now == self.periods[-1] else ""',
        '        return ""',
        "tests/test_site_topics.py::test_the_period_that_is_not_over_is_said_to_be_so",
    ),
    Mutant(
        "the growth of another topic",
        "recommender/site/topic_page.py",
        "    for one in growth.topics[place : place + 1]:",
        "    for one in growth.topics[:1]:",
        "tests/test_site_topics.py::test_growing_topics_are_told_with_counts_and_intervals",
    ),
    Mutant(
        "cosines of the first papers beside those that are listed",
        "recommender/listing/by_topic.py",
        "    cosines = topics.cosines[np.searchsorted(topics.rows, rows)].tolist()",
        "    cosines = topics.cosines[: len(rows)].tolist()",
        "tests/test_site_topics.py::test_papers_are_listed_by_nearness_to_the_centre",
    ),
    Mutant(
        "the topics farthest away as neighbours",
        "recommender/site/topic_page.py",
        '    nearest = np.argsort(-cosines, kind="stable")',
        '    nearest = np.argsort(cosines, kind="stable")',
        "tests/test_site_topics.py::test_the_nearest_topics_are_named_with_their_cosines",
    ),
    Mutant(
        "a topic's page without a bound",
        "recommender/site/topic_page.py",
        "    return divided(papers, _ROOM)[0]",
        "    return papers",
        "tests/test_site_topics.py::test_a_page_of_long_titles_is_small_and_says_what_it_has_no_room_for",
    ),
)
