"""What all readers share: recognition, laziness, bad records, bad files, bounded memory."""

import gzip
import json
import random
import subprocess
import sys
import tracemalloc
from pathlib import Path

import formats
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.errors import ParameterError, SourceError
from recommender.paper import Paper
from recommender.readers import READERS, Item, ReadWarning, Rejected, Source, detect, read_papers

SHARED = Path(__file__).parents[2] / "shared" / "data"
KINDS = [
    *("parquet", "xlsx", "bibtex", "ris", "nbib", "wos", "enw", "arxiv", "hf-daily", "openalex", "s2"),
    *("biorxiv", "crossref", "zotero", "csl", "pubmed", "arxiv-atom", "oai-pmh", "endnote", "acl"),
    *("jsonl", "csv", "hf-page"),
]
OF_SERVICES = [*formats.JSON, *formats.XML]
REFERENCES = [*formats.REFERENCES]
ABSTRACT = "Grebes dive for small fish in cold lakes. " * 6


def record(kind, number, title, abstract):
    if kind == "arxiv":
        return {
            "id": f"2101.{number:05d}",
            "title": title,
            "abstract": abstract,
            "authors_parsed": [["Grebe", "Gwen", ""]],
            "categories": "cs.CL q-bio.PE",
            "versions": [{"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"}],
            "update_date": "2020-01-01",
        }
    if kind == "hf-daily":
        return {
            "paper": {"id": f"2101.{number:05d}", "title": title, "summary": abstract, "upvotes": 7},
            "title": title,
            "publishedAt": "2021-01-05T10:00:00.000Z",
        }
    return {"id": number, "title": title, "abstract": abstract, "year": 2021}


def write(path, kind, *, count=3, bad=None, abstract=ABSTRACT):
    """A file with `count` papers; the record number `bad` has no title."""
    titles = ["" if number == bad else f"Grebes of lake number {number}" for number in range(1, count + 1)]
    abstracts = [abstract(number) if callable(abstract) else abstract for number in range(1, count + 1)]
    records = [record(kind, n, t, a) for n, (t, a) in enumerate(zip(titles, abstracts, strict=True), 1)]
    if kind in OF_SERVICES or kind in REFERENCES:
        path.write_text(formats.text(kind, list(zip(titles, abstracts, strict=True))))
    elif kind == "parquet":
        pq.write_table(pa.Table.from_pylist(records), path, row_group_size=50, compression="none")
    elif kind == "xlsx":
        path.write_bytes(formats.workbook(records))
    elif kind == "csv":
        pd.DataFrame(records).to_csv(path, index=False)
    elif kind == "hf-page":
        path.write_text(
            "Get trending papers in your email inbox!\n\n"
            + "".join(f"{r['title']}\n\n{r['abstract']}\n\n12\n\n" for r in records)
        )
    else:
        path.write_text("".join(json.dumps(r) + "\n" for r in records))
    return path


def noise(number):
    """An abstract that does not compress."""
    return " ".join(random.Random(number).randbytes(2500).hex(" ", 8).split())


def papers(items):
    return [item for item in items if isinstance(item, Paper)]


def rejected(items):
    return [item for item in items if isinstance(item, Rejected)]


# The contract of every reader


def test_all_kinds_are_listed_once():
    assert [reader.name for reader in READERS] == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_content_tells_the_kind_not_the_name(kind, tmp_path):
    path = write(tmp_path / "papers.dat", kind)
    assert detect(Source(path)).name == kind
    assert [p.title for p in papers(read_papers(path))] == [f"Grebes of lake number {n}" for n in (1, 2, 3)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_recognises_no_other_file(kind, tmp_path):
    # JSON objects of a known shape are also objects of any shape, so jsonl is asked after those.
    own = {kind, "arxiv", "hf-daily", *formats.JSON} if kind == "jsonl" else {kind}
    reader = next(reader for reader in READERS if reader.name == kind)
    # A page's paragraphs look like much else: it is asked last of all.
    for other in [kind for kind in KINDS if kind not in REFERENCES] if kind == "hf-page" else KINDS:
        head = Source(write(tmp_path / "papers.dat", other)).head()
        assert reader.recognises(head) == (other in own), other


@pytest.mark.parametrize("kind", KINDS)
def test_format_names_the_reader(kind, tmp_path):
    path = write(tmp_path / "papers.dat", kind)
    assert list(read_papers(path, format=kind)) == list(read_papers(path))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "hf-page"])
def test_a_bad_record_in_the_middle_is_named_and_the_rest_is_read(kind, tmp_path):
    path = write(tmp_path / "papers.dat", kind, bad=2)
    found = list(read_papers(path))
    assert [type(item) for item in found] == [Paper, Rejected, Paper]
    assert found[1].place == "papers.dat, row 2"
    assert found[1].reason.startswith("has no title (id '")


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("parquet", "xlsx")])
def test_what_precedes_a_cut_is_read_lazily_and_then_the_cut_is_named(kind, tmp_path):
    whole = write(tmp_path / "whole", kind, count=200, abstract=noise)
    data = gzip.compress(whole.read_bytes())
    cut = tmp_path / "papers.gz"
    cut.write_bytes(data[: len(data) * 3 // 4])

    first = next(read_papers(cut))  # the damage lies behind it and is not met
    assert first == next(read_papers(whole))

    found = []
    with pytest.raises(SourceError, match=r"papers\.gz: the gzip data is cut off after (row|line) \d+$"):
        found.extend(read_papers(cut))
    # No half paper at the cut, and hardly one lost before it.
    assert found == list(read_papers(whole))[: len(found)]
    assert 140 <= len(found) < 160


@pytest.mark.parametrize("kind", KINDS)
def test_papers_are_read_as_they_are_asked_for(kind, tmp_path, monkeypatch):
    path = write(tmp_path / "papers.dat", kind, count=400, abstract=noise)
    if kind == "parquet":
        data = bytearray(path.read_bytes())
        middle = len(data) // 2
        data[middle : middle + 5000] = bytes(5000)
        path.write_bytes(data)
        assert next(read_papers(path)).title == "Grebes of lake number 1"
        return
    taken = []
    opened = Source.open

    def counting(self):
        stream = opened(self)
        readline, read1 = stream.readline, stream.read1

        class Counted:
            def __enter__(self):
                return self

            def __exit__(self, *_):
                stream.close()

            def readline(self, size=-1):
                taken.append(len(line := readline(size)))
                return line

            def read1(self, size=-1):
                taken.append(len(piece := read1(size)))
                return piece

        return Counted()

    items = read_papers(path)
    monkeypatch.setattr(Source, "open", counting)
    next(items)
    assert sum(taken) < path.stat().st_size / 2


@pytest.mark.parametrize("kind", ["arxiv", "hf-daily", "jsonl", *formats.JSON])
def test_json_arrays_are_as_good_as_lines(kind, tmp_path):
    lines = write(tmp_path / "lines", kind)
    array = tmp_path / "array"
    array.write_text(json.dumps([json.loads(line) for line in lines.read_text().splitlines()], indent=1))
    assert list(read_papers(array)) == list(read_papers(lines))


@pytest.mark.parametrize("kind", ["arxiv", "hf-daily", *REFERENCES, "hf-page", *OF_SERVICES])
def test_kinds_with_fixed_fields_refuse_a_mapping(kind, tmp_path):
    path = write(tmp_path / "papers.dat", kind)
    with pytest.raises(SourceError, match=r"title=name cannot be mapped in the format"):
        list(read_papers(path, mapping={"title": "name"}))


@pytest.mark.parametrize("kind", ["parquet", "xlsx", "jsonl", "csv"])
def test_a_mapping_goes_before_the_usual_names(kind, tmp_path):
    path = write(tmp_path / "papers.dat", kind)
    found = papers(read_papers(path, mapping={"venue": "Abstract", "abstract": "title"}))
    assert (found[0].venue, found[0].abstract) == (ABSTRACT.strip(), "Grebes of lake number 1")


@pytest.mark.parametrize("kind", ["parquet", "xlsx", "jsonl", "csv"])
@pytest.mark.parametrize("mapping", [{"title": "Titel"}, {"colour": "title"}])
def test_a_mapping_to_nothing_names_the_columns(kind, mapping, tmp_path):
    path = write(tmp_path / "papers.dat", kind)
    with pytest.raises(SourceError, match=r"papers\.dat: .*'id', 'title', 'abstract', 'year'"):
        list(read_papers(path, mapping=mapping))


# What is no file of papers


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty file: no papers"),
        (b" \n\t\r\n", "empty file: no papers"),
        (b"\xef\xbb\xbf", "empty file: no papers"),
        (bytes(range(256)) * 20, "a binary file, not papers"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", "a picture"),
        (b"a,b\n1,2\n", r"no column for the title among 'a', 'b'; name it with --map title=COLUMN"),
        (b"a,b\n", r"no column for the title among 'a', 'b'; name it with --map title=COLUMN"),
        (b'{"a": 1, "b": 2}\n', r"no column for the title among 'a', 'b'; name it with --map title=COLUMN"),
        (b'[{"a": 1}, {"b": 2}]', r"no column for the title among 'a', 'b'; name it with --map title=COLUMN"),
        (b"[1, 2, 3]", "JSON without objects in its array"),
        (b"%PDF-1.7 and so on", "a PDF"),
        (b"<!DOCTYPE html><html></html>", "an HTML page"),
        (
            b"<?xml version='1.0'?><mods:mods/>",
            "XML with <mods> around it; PubMed's, arXiv's, OAI-PMH, EndNote's",
        ),
        (b"@article{grebe}", "BibTeX without entries"),
        (b"TY  - JOUR\n", "RIS without records"),
        (b"Just a word\n", "text of another format; give JSON Lines, CSV"),
    ],
)
def test_other_files_are_refused_in_one_line(content, message, tmp_path):
    path = tmp_path / "papers.txt"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=rf"papers\.txt: {message}") as caught:
        list(read_papers(path))
    assert "\n" not in str(caught.value)


def test_missing_files_folders_and_odd_paths_are_refused(tmp_path):
    with pytest.raises(SourceError, match=r"none\.jsonl: cannot be read \(No such file or directory\)"):
        read_papers(tmp_path / "none.jsonl")
    with pytest.raises(SourceError, match="a folder, not a file"):
        read_papers(str(tmp_path))
    with pytest.raises(SourceError, match="cannot be read"):
        read_papers("a\0b")


def test_gzip_without_any_data_is_cut_off_not_empty(tmp_path):
    path = tmp_path / "papers.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"title": "Grebes"}\n')[:12])
    with pytest.raises(SourceError, match=r"papers\.jsonl\.gz: the gzip data is cut off"):
        read_papers(path)
    path.write_bytes(gzip.compress(b""))
    with pytest.raises(SourceError, match="empty file"):
        read_papers(path)


def test_damaged_gzip_is_named(tmp_path):
    data = bytearray(gzip.compress(b'{"title": "Grebes"}\n' * 5))
    data[-6] ^= 1  # the checksum
    path = tmp_path / "papers.jsonl.gz"
    path.write_bytes(data)
    items = read_papers(path)
    assert [next(items).title for _ in range(5)] == ["Grebes"] * 5
    with pytest.raises(SourceError, match="the gzip data is damaged after row 5"):
        next(items)


def test_unknown_formats_are_refused_with_the_known():
    with pytest.raises(ParameterError, match="'docx' is no format of papers; choose one of parquet, xlsx, "):
        read_papers("papers.docx", format="docx")


def test_format_reads_an_unrecognised_file(tmp_path):
    path = tmp_path / "papers.txt"
    path.write_text("Grebes and loons\n\nThey dive.\n")
    with pytest.raises(SourceError):
        read_papers(path)
    assert rejected(read_papers(path, format="jsonl"))
    path.write_text("")
    with pytest.raises(SourceError, match="empty file"):
        read_papers(path, format="csv")


def test_a_mapping_makes_a_table_recognisable(tmp_path):
    path = tmp_path / "papers.txt"
    path.write_text("Naam\nFuten en duikers\n")
    with pytest.raises(SourceError, match="text of another format"):
        read_papers(path)
    assert papers(read_papers(path, mapping={"title": "Naam"}))[0].title == "Futen en duikers"
    path.write_text('{"Naam": "Futen"}\n')
    assert papers(read_papers(path, mapping={"title": "Naam"}))[0].title == "Futen"


def test_importing_the_readers_imports_no_parser():
    parsers = "{'pyarrow', 'pylatexenc'}"
    code = f"import sys, recommender.readers; sys.exit(bool({parsers} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# Sources that are no files


def test_papers_pass_through_and_nothing_else_does():
    paper = Paper(title="Grebes")
    found = list(read_papers(iter([paper, "Grebes", None])))
    assert found[0] is paper
    assert found[1] == Rejected("papers, item 2", "is a str, neither a Paper nor a dict")
    assert found[2] == Rejected("papers, item 3", "is a NoneType, neither a Paper nor a dict")


@pytest.mark.parametrize("source", [5, None, b"papers.csv", {"title": "Grebes"}, Paper(title="Grebes")])
def test_other_sources_are_refused(source):
    with pytest.raises(
        ParameterError, match="is no source of papers; give a path, a DataFrame or another table, or a list"
    ):
        read_papers(source)


def test_frames_are_read():
    frame = pd.DataFrame({"Title": ["Grebes", None], "id": [1.0, float("nan")]})
    first, second = read_papers(frame)
    assert (first.id, first.title) == ("1", "Grebes")
    assert second == Rejected("DataFrame, row 2", "has no title")


# Hostile records


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "openalex"])  # whose words are few
def test_an_abstract_of_ten_megabytes_is_kept_where_the_limit_is_raised(kind, tmp_path):
    path = write(
        tmp_path / "papers.dat",
        kind,
        count=2,
        abstract=lambda n: ("grebe" * 20 + " ") * (100_000 if n == 2 else 3),
    )
    first, long, *_ = read_papers(path)
    assert isinstance(first, Paper)
    assert isinstance(long, Rejected)
    assert long.reason == "is larger than 4MB, the largest record that is read (--max-record raises this)"
    first, warning, second = read_papers(path, max_record=2**25)
    assert isinstance(first, Paper)
    assert isinstance(warning, ReadWarning)
    assert "10,099,999 characters: kept whole, encoded from its beginning" in warning.reason
    assert len(second.abstract) == 10_099_999


def test_an_abstract_of_four_megabytes_in_the_first_record(tmp_path):
    for name, text in (("lines", "%s\n%s\n"), ("array", "[%s, %s]")):
        records = [{"abstract": "grebe" * 800_000, "title": "Grebes"}, {"title": "Loons"}]
        path = tmp_path / name
        path.write_text(text % tuple(map(json.dumps, records)))
        assert [p.title for p in papers(read_papers(path))] == ["Grebes", "Loons"]


def test_a_very_long_list_of_authors_is_cut_with_a_warning():
    many = [f"Author {number}" for number in range(10_001)]
    for authors in (many, "; ".join(many)):
        warning, paper = read_papers([{"title": "Grebes", "authors": authors}])
        assert "more than 10,000 authors: kept with the first of them" in warning.reason
        assert paper.authors == tuple(many[:10_000])
        (paper,) = read_papers([{"title": "Grebes", "authors": authors[:-1] if authors is many else "A; B"}])


def test_odd_values_become_papers_or_reasons(tmp_path):
    path = tmp_path / "papers.jsonl"
    path.write_text(
        '{"id": 7, "title": "Grebes\\u0000 \\ud800 and\\tloons\\u001b[0m"}\n'
        '{"id": 8, "title": "???"}\n'
        '{"id": 9, "title": NaN}\n'
        '{"id": NaN, "title": "Loons", "abstract": NaN, "date": "soon", "upvotes": "many"}\n'
        '{"id": [], "title": {}, "abstract": 5, "authors": 7}\n'
    )
    unread, first, second, third, warning, loons, last = read_papers(path)
    assert "could not be read" in unread.reason
    assert (first.id, first.title) == ("7", "Grebes � and loons[0m")
    assert second.reason == "has no word in its title '???' or its abstract (id '8')"
    assert third.reason == "has no title (id '9')"
    assert warning.reason == "'soon' is no date: kept without one; write YYYY, YYYY-MM or YYYY-MM-DD"
    assert (loons.id[:6], loons.abstract, loons.published, loons.upvotes) == ("title:", "", "", None)
    assert last.reason == "has no title"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    "id title abstract authors date year categories venue url upvotes doi externalIds paper versions "
    "update_date authors_parsed journal-ref summary publishedAt".split()
)
RECORDS = st.dictionaries(FIELDS, JSON_VALUES | st.text(st.characters(), max_size=200), max_size=10)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    records=st.lists(RECORDS, min_size=1, max_size=4), kind=st.sampled_from(["jsonl", "arxiv", "hf-daily"])
)
def test_any_json_record_gives_items(records, kind, tmp_path):
    path = tmp_path / "papers.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in [{"title": "Grebes"}, *records]))
    found = list(read_papers(path, format=kind))
    assert len(papers(found)) + len(rejected(found)) == len(records) + 1


@settings(max_examples=100, deadline=None)
@given(record=st.dictionaries(st.text(max_size=8) | FIELDS, JSON_VALUES, max_size=8))
def test_any_frame_row_gives_items(record):
    rows = [{**record, "title": "Grebes"}, {**record, "title": record.get("title")}]
    frame = pd.DataFrame(rows, dtype=object)  # of itself pandas refuses what is no valid Unicode
    found = list(read_papers(frame))
    assert len(papers(found)) + len(rejected(found)) == 2


TEXTS = st.text(st.sampled_from('{}[]",:;\t\n\r\0 \\ntitle1é$@<#|'), max_size=120).map(str.encode)
BEGINNINGS = st.sampled_from(
    [
        b"",
        b"title,abstract\n",
        b"title\tid\n",
        b'{"title": "a"}\n',
        b'[{"title": "a"}, ',
        b"PAR1",
        b"\x1f\x8b",
        b"\xef\xbb\xbf",
    ]
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    beginning=BEGINNINGS,
    content=st.binary(max_size=200) | TEXTS,
    kind=st.none() | st.sampled_from(KINDS),
    zipped=st.sampled_from([None, 1.0, 0.7]),
)
def test_any_bytes_give_items_or_a_source_error(beginning, content, kind, zipped, tmp_path):
    data = beginning + content
    if zipped:
        data = gzip.compress(data)
        data = data[: int(len(data) * zipped)]
    path = tmp_path / "papers.dat"
    path.write_bytes(data)
    message = "papers.dat"
    try:
        found = list(read_papers(path, format=kind))
    except SourceError as error:
        message, found = str(error), []
    assert "papers.dat" in message
    assert "\n" not in message
    assert all(isinstance(item, Item) for item in found)


def test_sixty_megabytes_need_little_memory(tmp_path):
    path = tmp_path / "dump.jsonl"
    line = json.dumps(record("arxiv", 1, "Grebes of the north", ("grebe" * 20 + " ") * 300))
    with path.open("w") as file:
        for _ in range(60_000_000 // len(line)):
            file.write(line + "\n")
    tracemalloc.start()
    try:
        count = sum(isinstance(item, Paper) for item in read_papers(path))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 60_000_000 // len(line)
    assert peak < 30e6


# Real files


@pytest.mark.parametrize(
    ("name", "kind", "count"),
    [
        ("hf_papers_page.txt", "hf-page", 90),
        ("hf_daily_papers.jsonl.gz", "jsonl", 7488),
        ("ieeevis_papers.jsonl.gz", "jsonl", 4660),
    ],
)
def test_shared_files_are_read_whole(name, kind, count):
    if not (SHARED / name).exists():
        pytest.skip("the shared data is not here")
    assert detect(Source(SHARED / name)).name == kind
    found = list(read_papers(SHARED / name))
    assert len(found) == len(papers(found)) == count
