"""Lines at an abstract's ends that are no words of the paper: cut from what is encoded, counted and named."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st
from older_formats import older_format

from recommender import Corpus, Paper, Recommender
from recommender.closing_lines import without_closing_lines
from recommender.corpus.repeated_lines import repeated_lines
from recommender.corpus.verification import verify
from recommender.identity import keys

BODY = "Tides move sand along the northern shore. Harbours that were dredged in spring silt up by autumn."

LINES = [
    "(c) 2031 Marram Press Ltd. All rights reserved.",
    "(C) 2031 MARRAM PRESS LTD. ALL RIGHTS RESERVED.",
    "© 2031 The Author(s).",
    "© 2031, Marram Verlag GmbH, part of Dune Group.",
    "© The Author(s), under exclusive licence to Marram Nature Limited 2031.",
    "Copyright 2031, The Authors, under exclusive license to Marram Holding AG.",
    "Copyright © 2031 Dune & Sons, Ltd. Published by Marram B.V.",
    "Â© 2031 Marram Press Inc.",
    "&copy; 2031 Marram Press Inc.",
    "© 2031 M. B. Shoal et al.; licensee Marram Ltd.",
    "2031 Marram Press Ltd.",
    "© Author(s) (or their employer(s)) 2031. Re-use permitted under CC BY-NC. No commercial re-use. "
    "See rights and permissions. Published by MAR.",
    "© Author(s) (or their employer(s)) 2031. No commercial re-use. See rights and permissions. "
    "Published by MAR.",
    "Crown Copyright © 2031 Published by Marram Ltd. All rights reserved.",
    "This journal is © The Royal Society of Harbours 2031.",
    "PsycINFO Database Record (c) 2031 APA, all rights reserved.",
    "arXiv admin note: text overlap with arXiv:2101.00042.",
    "Comment in: Tides 2031; 5:1.",
    "Accepted for publication in ApJ.",
    "Published by Marram B.V.",
    "Published by Dune Press on behalf of the Society of Harbours. All rights reserved.",
    "This is an open access article under the CC BY licence (http://creativecommons.org/licenses/by/4.0/).",
    "This article is distributed under the terms of the Creative Commons Attribution 4.0 Licence.",
    "Copyright of Harbours & Tides is the property of Marram Press and its content may not be copied. "
    "However, users may print articles for individual use. (Copyright applies to all Abstracts.)",
    "[ABSTRACT FROM AUTHOR]",
    "(Figure presented).",
    "This article is protected by copyright. All rights reserved.",
    "This article is a U.S. Government work and is in the public domain in the USA.",
    "Tous droits réservés.",
    "Publié par Marram SAS. Tous droits réservés.",
    "Alle Rechte vorbehalten.",
    "Todos los derechos reservados.",
    "版权所有。",
    "Comment: 8 pages, 3 figures.",
    "Comments: accepted at the Workshop on Harbours 2031, 12 pages.",
    "8 pages, 3 figures, 2 tables.",
    "Accepted at HARB 2031.",
    "To appear in Proceedings of the 4th Symposium on Tides.",
    "Subjects: Machine Learning (cs.LG); Fluid Dynamics (physics.flu-dyn)",
    "Supported by grant 12-7 of the Marram Foundation.",
    "This work was supported by the National Council of Harbours under grant 77.",
    "Funding: Marram Trust.",
    "FUNDING: none.",
    "Funding This study was funded by the Ministry of Harbours (number 31-4).",
    "This article is a preprint and has not been peer reviewed.",
    "This preprint has not been certified by peer review.",
    "Conflict of interest: none declared.",
    "The authors declare no competing interests.",
    "Disclosure No significant relationships.",
    "The online version contains supplementary material available at 10.9999/s0-31.",
    "Harb Tides Res. 2031;12(3):45-67. doi:10.9999/htr.31.",
    "<p>© 2031 Marram Press Ltd.</p>",
    "Marram & Dune Ltd. All rights reserved.",
    "Published by Marram & Dune.",
    "Licensed under CC BY 4.0.",
    "Este es un artículo Open Access bajo la licencia CC BY.",
    "Preprint, not peer-reviewed.",
    "We thank the Marram Foundation for support.",
    "No external funding was received for this work.",
    "Received 3 May 2031; accepted 4 June 2031.",
    "Corresponding author: shoal@marram.example.",
    "Publisher's note: Marram remains neutral with regard to claims in published maps.",
    "JEL classification: C02, I15.",
]

WORDS = [
    "Who holds the copyright in a tide table?",
    "Our code is available at https://harbours.example/code under the MIT license.",
    "The data set is released under a CC BY licence.",
    "Growers supported by these figures may sow earlier.",
    "The method is supported by measurements in four harbours of the National Council.",
    "Funding for harbours has been cut, and silt is left where it is.",
    "Funding agencies should ask for tide tables.",
    "Harbours compete for interest, and no conflict of interest was found between them.",
    "Each boat has (a) oars, (b) sails and (c) 2000 nets of hemp.",
    "A book of 300 pages was read by 20 pupils.",
    "Comments: pupils wrote 40 of them below each page of the book, and we read all.",
    "Accepted wisdom of 1931 says so.",
    "Tide tables published by Marram Press show no silt.",
    "The charts of Marram Press Ltd. were drawn in 1931.",
    "Papers published by women in 1931 are fewer than those published by men.",
    "Peer review has not been studied in harbours.",
    "This is a preprint server with an index of harbours.",
    "We thank nobody who dredges, since silt comes back.",
    "Pupils received 3 May flowers from the harbour.",
    "Published by women, tide tables sell twice.",
    "We study preprints that have not been peer reviewed.",
    "All rights of fishermen reserved by the crown were sold.",
    "This is an open access harbour which brings together tides and silt.",
    "The licence of a pilot is given by the harbour.",
    "ClinicalTrials.gov number, NCT00000000.",
    "Keywords: tides, silt, harbours.",
    "Disclosure: nothing to disclose. Keywords: tides, silt.",
    "We open 12 harbours; the authors of the plan report no silt.",
]


@pytest.mark.parametrize("line", LINES)
def test_a_line_that_is_no_word_of_the_paper_is_cut(line):
    assert without_closing_lines(f"{BODY} {line}") == BODY
    assert without_closing_lines(f"{BODY} {line} {LINES[0]}") == BODY
    assert without_closing_lines(f"{BODY} {LINES[-15]} {line}") == BODY


@pytest.mark.parametrize("words", WORDS)
def test_a_sentence_of_the_paper_stays(words):
    assert without_closing_lines(f"{BODY} {words}") == f"{BODY} {words}"
    assert without_closing_lines(f"{BODY} {words} {LINES[0]}") == f"{BODY} {words}"


@pytest.mark.parametrize("line", [LINES[0], LINES[2], LINES[6]])
def test_a_line_before_the_abstract_is_cut_and_one_within_stays(line):
    assert without_closing_lines(f"{line} {BODY}") == BODY
    for words in (BODY, "Tides move sand all summer."):
        within = f"{BODY} {line} {words}"
        assert without_closing_lines(within) == within


def test_an_abstract_that_is_nothing_else_is_empty():
    owned = "Copyright © 2031 Dune & Sons, Ltd. Published by Marram B.V."
    assert without_closing_lines(f"Tous droits réservés. {owned}") == ""
    assert without_closing_lines(f"{owned} Tous droits réservés.") == ""
    assert without_closing_lines("© 2031 Marram Press Ltd. All rights reserved.") == ""
    paper = Paper(title="Tides", abstract="© 2031 Marram Press Ltd. All rights reserved.")
    assert (paper.content, paper.words) == ("", "Tides")


def test_the_line_before_a_sign_without_its_word_is_cut_as_well():
    lines = "Tous droits réservés. Copyright © 2031 Dune & Sons, Ltd. Published by Marram B.V."
    assert without_closing_lines(lines) == without_closing_lines(f"{lines} {lines}") == ""
    assert without_closing_lines(f"{BODY} {lines} Crown Copyright © 2031.") == BODY


@given(st.lists(st.sampled_from([BODY, *LINES, *WORDS]), max_size=8))
def test_what_is_left_is_a_part_of_the_abstract_and_has_no_line_left(parts):
    abstract = " ".join(parts)
    left = without_closing_lines(abstract)
    assert left in abstract
    assert without_closing_lines(left) == left


@given(st.text(max_size=300))
def test_any_text_is_read(text):
    assert without_closing_lines(text) in text


def test_the_line_is_kept_in_the_record_and_counts_in_nothing_else():
    plain = Paper(id="a", title="Tides and sand", abstract=BODY)
    marked = Paper(id="a", title="Tides and sand", abstract=f"{BODY} {LINES[0]}")
    assert marked.abstract.endswith("reserved.")
    assert marked.text.endswith("reserved.")
    assert Paper.from_json(marked.to_json()).abstract == marked.abstract
    assert (marked.words, marked.text_hash) == (plain.words, plain.text_hash)
    assert keys(marked) == keys(plain)


ROWS = [
    Paper(id=f"p{number}", title=title, abstract=f"{abstract} {LINES[number % 3] if number < 6 else ''}")
    for number, (title, abstract) in enumerate(
        [
            ("Tides and sand", BODY),
            ("Bread at dawn", "Bakers knead sourdough before the sun rises over the mill."),
            ("Bees in walls", "Wild bees nest in dry stone walls of old orchards."),
            ("Salt roads", "Caravans carried salt over the hills to the northern shore."),
            ("Hay songs", "Songs are sung while hay is brought in from the hills."),
            ("Dry stone", "Walls of dry stone stand for centuries without mortar in orchards."),
            ("Mills", "A mill by the shore ground salt and grain for bakers."),
            ("Harbours", "Harbours silt up where tides bring sand."),
        ]
    )
]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("closing")
    bare = [Paper(id=paper.id, title=paper.title, abstract=paper.content) for paper in ROWS]
    return tuple(
        Corpus.build(papers, folder / name, encoder="static")
        for name, papers in (("marked", ROWS), ("bare", bare))
    )


def test_answers_and_reasons_are_those_of_papers_without_lines(built):
    marked, bare = map(Recommender, built)
    for paper in ROWS:
        ours, theirs = (one.more_like(paper.id, k=7) for one in (marked, bare))
        assert (ours.ids, list(ours.scores)) == (theirs.ids, list(theirs.scores))
        for one, other in zip(ours, theirs, strict=True):
            assert one.explanation.terms == other.explanation.terms
            assert one.explanation.sentence == other.explanation.sentence
    assert marked.corpus["p0"].abstract.endswith("reserved.")
    texts = marked.corpus.snapshot.texts(marked.corpus.snapshot.rows().tolist())
    assert texts == [paper.words for paper in marked.corpus]


def test_two_records_one_with_the_line_are_one_paper_and_the_vector_stays(tmp_path):
    corpus = Corpus.build(
        [Paper(id="a", title="Tides and sand", abstract=BODY)], tmp_path / "c", encoder="static"
    )
    report = corpus.add([Paper(id="a", title="Tides and sand", abstract=f"{BODY} {LINES[0]}")])
    assert (report.encoded, report.changed, len(corpus)) == (0, 1, 1)
    assert corpus["a"].abstract.endswith("reserved.")


def test_a_line_alone_takes_no_abstract_s_place(tmp_path):
    line = (
        "Copyright of Harbours & Tides is the property of Marram Press and its content may not be copied. "
        "However, users may print articles for individual use. This abstract may be abridged. "
        "No warranty is given. Users should refer to the original. (Copyright applies to all.)"
    )
    papers = [Paper(id="a", title="Tides and sand", abstract=text) for text in (BODY, line)]
    assert papers[1].content == ""
    for order in (papers, papers[::-1]):
        corpus = Corpus.build(order, tmp_path / order[0].abstract[:5], encoder="static")
        assert [paper.abstract for paper in corpus] == [BODY]


def test_a_corpus_of_an_older_format_is_counted_again_without_the_lines(tmp_path, monkeypatch, caplog):
    with monkeypatch.context() as before:
        before.setattr("recommender.paper.without_closing_lines", lambda abstract: abstract)
        Corpus.build([Paper(**paper.to_dict()) for paper in ROWS], tmp_path / "old", encoder="static")
        older_format(tmp_path / "old", 6)
    old, new = Corpus.open(tmp_path / "old"), Corpus.build(ROWS, tmp_path / "new", encoder="static")
    counted = old.snapshot.terms(old.snapshot.rows())
    caplog.set_level("INFO", "recommender")
    for corpus in (old, new):
        corpus.add([Paper(id="q", title="Eels", abstract="Eels of the shore hide in silt.")])
    ours, fresh = (corpus.snapshot.terms(corpus.snapshot.rows()) for corpus in (old, new))
    assert caplog.text.count("6 abstracts with lines that are no words of the paper") == 1
    assert len(counted.numbers) > len(fresh.numbers)
    assert (ours.numbers == fresh.numbers).all()
    assert (ours.weights == fresh.weights).all()
    assert list(old.verify()) == []
    assert old.add(ROWS).unchanged == len(ROWS)


def test_a_corpus_of_an_older_format_is_verified_as_it_was_written(tmp_path, monkeypatch, caplog):
    with monkeypatch.context() as before:
        before.setattr("recommender.paper.without_closing_lines", lambda abstract: abstract)
        Corpus.build([Paper(**paper.to_dict()) for paper in ROWS], tmp_path / "old", encoder="static").close()
        older_format(tmp_path / "old", 6)
    caplog.set_level("INFO", "recommender")
    assert verify(tmp_path / "old") == []
    assert "format 6 read the text of 6 papers otherwise than this version does" in caplog.text
    with sqlite3.connect(tmp_path / "old" / "corpus.sqlite") as connection:
        connection.execute("UPDATE papers SET record = replace(record, 'reserved', 'observed') WHERE row = 0")
        connection.execute("UPDATE terms SET packed = x'00' WHERE row = 1")
        connection.execute("DELETE FROM terms WHERE row = 2")
    connection.close()
    problems = [problem.partition(":")[0] for problem in verify(tmp_path / "old")]
    assert problems[:3] == ["row 0 (p0)", "row 1", "row 2"]


@pytest.mark.parametrize("count", [4, 5])
def test_a_sentence_that_ends_many_abstracts_is_no_reason(tmp_path, count):
    line = "Kindly read the {} quarrelsome marmalade bulletin of Dunmore."
    papers = [
        Paper(
            id=paper.id,
            title=paper.title,
            abstract=f"{paper.content} {line.format(1990 + number) * (number < count)}",
        )
        for number, paper in enumerate(ROWS)
    ]
    recommender = Recommender(Corpus.build(papers, tmp_path / "c", encoder="static"))
    said = [
        " ".join((*one.explanation.terms, one.explanation.sentence))
        for paper in papers[:count]
        for one in recommender.more_like(paper.id, k=7)
    ]
    assert any("marmalade" in text for text in said) == (count < 5)
    assert repeated_lines(recommender.corpus.snapshot) == (
        frozenset() if count < 5 else {"kindly read the quarrelsome marmalade bulletin of dunmore"}
    )
