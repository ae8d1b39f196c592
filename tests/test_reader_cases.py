"""The inputs of ../shared/cases that are about values: what each should give. Skipped where they are not."""

import subprocess
import sys
from pathlib import Path

import pytest

from recommender import Corpus, Paper
from recommender.readers import read_papers
from recommender.writers import WRITERS, paper_record

CASES = Path(__file__).parents[2] / "shared" / "cases"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the shared cases are not here")


def papers(name):
    return [item for item in read_papers(CASES / name) if isinstance(item, Paper)]


def test_na_is_no_value():
    sheep, iron, clay, harvest = papers("r_na.csv")
    assert [paper.identifiers for paper in (sheep, iron, clay)] == [{}, {}, {}]
    assert [paper.authors for paper in (sheep, iron, clay)] == [("Piet van Dijk",), (), ("Nils Berg",)]
    assert (clay.published, harvest.abstract) == ("", "")
    assert harvest.identifiers == {"doi": "10.1016/j.example.2021.01.004"}


def test_what_went_through_a_spreadsheet():
    found = papers("floats.csv")
    assert [paper.identifiers["arxiv"] for paper in found] == [
        "2101.00010",
        "0704.0001",
        "2312.00752",
        "1206.5520",
    ]
    assert [paper.published for paper in found] == ["2021", "", "2019", "2018"]
    assert [paper.identifiers.get("pmid") for paper in found] == ["24034244", None, "1234567", "99"]


def test_a_junk_cell_costs_the_cell():
    found = papers("rayyan_junk_doi.csv")
    assert [paper.identifiers for paper in found] == [{"doi": f"10.1000/{number}"} for number in range(3)]


def test_placeholders_are_no_abstracts():
    found = papers("placeholder.csv")
    assert [bool(paper.abstract) for paper in found] == [False] * 10 + [True] * 2


def test_jats_leaves_nothing_behind():
    found = papers("jats.jsonl")
    assert found[0].title == "Song of Turdus merula at CO2 vents" == found[3].title
    assert found[0].abstract == "Aim: Blackbirds sing near vents."
    assert found[1].title == "Iron & steel roofs in the wind"
    assert not any(mark in paper.text for paper in found for mark in ("<", "jats", "&amp;"))


def test_the_arxiv_dump_in_few_fields():
    found = papers("arxiv_small.jsonl")
    assert [paper.published for paper in found] == ["2021-06", "2007-04", "1999-01", "1999-01"]
    assert found[1].title == "Schrödinger operators and L^2 bounds"


WHOLE = [
    "10.1061/(ASCE)0733-9399(2001)127:3(234)",
    "10.1002/(SICI)1096-9861(19960129)365:1<113::AID-CNE9>3.0.CO;2-6",
    "10.1577/1548-8659(1981)110<446:EOTOFR>2.0.CO;2",
    "10.1145/3292500.3330701",
    "10.1000/abc_def&ghi#1",
]


def test_dois_are_exported_whole():
    found = papers("dois.jsonl")
    assert [paper.identifiers["doi"] for paper in found] == WHOLE
    records = [paper_record(paper) for paper in found]
    ris = [line[6:] for line in WRITERS["ris"].write(records).splitlines() if line.startswith("DO  - ")]
    assert ris == WHOLE


def test_every_spelling_finds_its_paper(tmp_path, fake):
    spellings = {
        "Words from both sides": ["N19-1423", "https://aclanthology.org/N19-1423.pdf", "acl:N19-1423"],
        "A large corpus of papers": [
            "2020.acl-main.447",
            "https://www.aclweb.org/anthology/2020.acl-main.447",
        ],
        "Small matrices beside large ones": [
            "CorpusID:235458009",
            "https://api.semanticscholar.org/CorpusID:235458009",
        ],
        "Cells and their size": [
            "PMC1234567",
            "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1234567/",
            "https://pmc.ncbi.nlm.nih.gov/articles/PMC1234567/",
        ],
        "The size of cells": ["pmid:24034244", "PMID: 24034244", "https://pubmed.ncbi.nlm.nih.gov/24034244/"],
        "Open reviews read": ["https://openreview.net/pdf?id=abc123XYZ", "openreview:abc123XYZ"],
        "Open access and citations": ["W2741809807", "https://api.openalex.org/works/W2741809807"],
        "A preprint in biology": [
            "10.1101/2020.01.31.929299",
            "https://www.biorxiv.org/content/10.1101/2020.01.31.929299v2.full.pdf",
            "https://www.biorxiv.org/content/10.1101/2020.01.31.929299v1",
        ],
        "A DOI in a publisher url": ["10.1145/3292500.3330701", "https://doi.org/10.1145/3292500.3330701"],
    }
    with Corpus.build(CASES / "ids.jsonl", tmp_path / "ids", encoder=fake) as corpus:
        for title, texts in spellings.items():
            assert {text: corpus[text].title for text in texts} == dict.fromkeys(texts, title)
    with Corpus.build(CASES / "dois.jsonl", tmp_path / "dois", encoder=fake) as corpus:
        for doi in WHOLE:
            for text in (doi, doi.lower(), f"https://doi.org/{doi.replace('#', '%23')}", f"doi:{doi}"):
                assert corpus[text].identifiers["doi"] == doi


def test_the_script_on_dates_and_names_runs():
    done = subprocess.run(
        [sys.executable, CASES / "dates_and_names.py"], capture_output=True, text=True, check=True
    )
    dates = [line for line in done.stdout.splitlines() if line.startswith("date")]
    assert len(dates) == 16
    assert not any(line.endswith("None") for line in done.stdout.splitlines())
