"""Addresses that run a program or open a file are in nothing that we write."""

import json

import pytest
from conftest import make_papers
from pages import Page

from recommender import Corpus, Paper, Profile, Recommender
from recommender.cli import main
from recommender.display import safe_url, web_address
from recommender.plots import plot_map
from recommender.topics import find_topics
from recommender.writers import WRITERS, encode, paper_record

UNSAFE = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "  javascript:alert(1)",
    "\x01javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "java\u200bscript:alert(1)",
    "javascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "&#106;avascript:alert(1)",
    "javascript://https://example.org/%0aalert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "file:///etc/hosts",
    "view-source:javascript:alert(1)",
    "blob:https://example.org/1",
    "C:\\papers\\1.pdf",
    ":x",
]
SAFE = [
    "https://arxiv.org/abs/2401.00010",
    "HTTP://example.org/a?b=1&copy=2#c:d",
    "ftp://ftp.example.org/paper.ps",
    "example.org/paper",
    "example.org:8080/paper",
    "//example.org/paper",
    "/paper:1",
    "doi:10.1/x",
    "arXiv:2401.00010",
    "urn:isbn:9780000000000",
    "",
]


@pytest.mark.parametrize("url", UNSAFE)
def test_what_runs_or_opens_a_file_is_no_address(url):
    assert safe_url(url) == web_address(url) == ""


@pytest.mark.parametrize("url", SAFE)
def test_what_is_harmless_is_as_it_was(url):
    assert safe_url(url) == url
    assert web_address(url) == (url if url.lower().startswith("http") else "")


def paper(url):
    return Paper(id="x", title="Grebes dive", abstract="They dive.", url=url)


@pytest.mark.parametrize("url", UNSAFE)
@pytest.mark.parametrize("format", WRITERS)
def test_no_writer_writes_it(format, url):
    ranked = {"rank": 1, "score": 0.5, "confidence": None, "interest": "", "closest": "", "closest_title": ""}
    ranked |= {"closest_cosine": 0.0, "terms": [], "sentence": "", "contributions": {}}
    for record in (paper_record(paper(url)), paper_record(paper(url)) | {"url": url}):
        for found in (record, ranked | record):
            assert encode([found], format) == encode([found | {"url": ""}], format)
    assert b"example.org" in encode([paper_record(paper("https://example.org/1"))], format)


def test_no_page_leads_there(tmp_path, fake):
    papers = [paper("javascript:alert(1)"), *make_papers(30)]
    with Corpus.build(papers, tmp_path / "corpus", encoder=fake) as corpus:
        assert corpus["x"].url == "javascript:alert(1)"  # what the corpus was given it keeps
        recs = Recommender(corpus).recommend(Profile(liked=[papers[1].id]), k=30)
        shown = [recs, recs[recs.ids.index("x")], corpus, corpus["x"]]
        for thing in shown:
            html = thing._repr_html_()
            assert "javascript" not in html
            assert not [link for link in Page(html).links if not link.startswith("https://")]
        for text in (recs.to_csv(), recs.to_json(), recs.to_bibtex(), recs.to_ris()):
            assert "javascript" not in text
        picture = plot_map(corpus, topics=find_topics(corpus, n_topics=2))
        assert "javascript:alert" not in json.dumps(picture.spec)
        assert "https://arxiv.org" in json.dumps(picture.spec)


@pytest.mark.parametrize("format", ["jsonl", "csv"])
def test_no_batch_writes_it(tmp_path, fake_by_name, format):
    papers = [paper("javascript:alert(1)"), *make_papers(12)]
    Corpus.build(papers, tmp_path / "corpus", encoder="fake").close()
    (tmp_path / "readers.jsonl").write_text(json.dumps({"user": "Ann", "liked": [papers[1].id]}))
    place = {name: str(tmp_path / name) for name in ("readers.jsonl", "corpus", "out")}
    where = [place["readers.jsonl"], "--corpus", place["corpus"], "--out", place["out"]]
    assert main(["batch", *where, "--format", format, "-k", "12"]) == 0
    written = (tmp_path / "out" / f"recommendations.{format}").read_text()
    assert "Grebes dive" in written
    assert "javascript" not in written
