import json
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from older_formats import older_format

from recommender import Corpus, Profile, Recommender, writers
from recommender.cli import cli
from recommender.corpus import staging
from recommender.errors import ParameterError, ProfileError, SourceError
from recommender.lexical import HASHED, count_terms
from recommender.option_values import READ_CHARACTERS, fits, max_file, max_record, reading
from recommender.paper import Paper, clean_text
from recommender.profiles import read_profiles
from recommender.readers import ReadWarning, Rejected, read_papers
from recommender.readers.columns import plan_columns
from recommender.writers.base import paper_record

KILOBYTES_64 = 2**16


def titles(rows):
    return [f"Grebes, part {row}" for row in range(rows)]


def repeated(text, rows):
    """One text in a dictionary, and its place in every row."""
    return pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array([text]))


def write(path, columns, **options):
    options = {"compression": "zstd", "dictionary_pagesize_limit": 2**30, **options}
    pq.write_table(pa.table(columns), path, **options)
    return path


def named(items):
    return {item.place: item.reason for item in items if not isinstance(item, Paper)}


# Peak memory


PEAK = """
import sys
from recommender.cli import main
sys.argv = ["recommender", *sys.argv[1:]]
try:
    main()
finally:
    line = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print("peak", line.split()[1], file=sys.stderr)
"""


def peak(*arguments):
    """Kilobytes that a command takes at most, and what it says."""
    done = subprocess.run(
        [sys.executable, "-c", PEAK, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    said, _, number = done.stderr.rpartition("peak ")
    return int(number), said + done.stdout


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no system that tells")
@pytest.mark.parametrize("kind", ["parquet", "jsonl"])
def test_a_hostile_file_takes_at_most_twice_the_memory_of_an_honest_one(kind, tmp_path):
    # 900 MB of a few kilobytes, each text over a limit that is lowered.
    rows, long = 800, "grebes dive. " * 90_000
    honest = [
        {"title": title, "abstract": f"{title} dive in {number}."}
        for number, title in enumerate(titles(rows))
    ]
    hostile = tmp_path / f"hostile.{kind}"
    sound = tmp_path / f"sound.{kind}"
    if kind == "parquet":
        write(hostile, {"title": titles(rows), "abstract": repeated(long, rows)})
        pq.write_table(pa.Table.from_pylist(honest), sound)
    else:
        hostile.write_text(
            json.dumps({"title": "Grebes", "abstract": long * 100}) + "\n" + json.dumps(honest[0])
        )
        sound.write_text("\n".join(map(json.dumps, honest)))
    options = ("--encoder", "static", "--max-record", "256kB")
    usual, _ = peak("build", sound, "--corpus", tmp_path / "sound.corpus", *options)
    most, said = peak("build", hostile, "--corpus", tmp_path / "hostile.corpus", *options)
    assert "--max-record raises this" in said
    assert most <= 2 * usual


def test_nothing_long_is_kept_for_the_next_record():
    words = [f"{number}{'z' * 10_000}" for number in range(100)]
    tracemalloc.start()
    try:
        for word in words:
            plan_columns(("title", word), {})
            count_terms([word])
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 200_000


# Parquet


def test_a_cell_over_the_limit_costs_its_row(tmp_path):
    texts = [f"grebe {number} " * 20 for number in range(60)]
    texts[7] = "grebes dive " * 1500
    # Of 18 kilobytes, in a plain page and in a dictionary.
    for plain in (True, False):
        columns = {"title": titles(60), "abstract": texts}
        path = write(tmp_path / "papers.parquet", columns, use_dictionary=not plain, compression="none")
        items = list(read_papers(path, max_record=2**14))
        assert named(items) == {
            "papers.parquet, row 8": "is larger than 16kB, the largest record that is read "
            "(--max-record raises this)"
        }
        assert [item.title for item in items if isinstance(item, Paper)] == titles(7) + titles(60)[8:]
        assert len(list(read_papers(path))) == 60


def test_a_text_that_a_dictionary_repeats_is_made_once(tmp_path):
    path = write(
        tmp_path / "papers.parquet", {"title": titles(50), "abstract": repeated("grebes dive " * 4000, 50)}
    )
    first, second, *_ = read_papers(path, max_record=KILOBYTES_64)
    assert len(first.abstract) == 47_999
    assert first.abstract == second.abstract


def test_nested_values_of_a_dictionary_are_those_that_were_written(tmp_path):
    people = [
        [{"name": f"Gwen Grebe {n % 3}"}, {"name": "Lou Loon" * 50}] if n % 4 else None for n in range(300)
    ]
    plain = [[f"cs.{'AB'[n % 2]}" + "x" * 60, None] if n % 5 else [] for n in range(300)]
    records = [
        {"title": title, "authors": people[n], "categories": plain[n], "venue": "Grebe " * 60}
        for n, title in enumerate(titles(300))
    ]
    path = tmp_path / "papers.parquet"
    pq.write_table(pa.Table.from_pylist(records), path)
    pq.write_table(pa.Table.from_pylist(records), tmp_path / "plain.parquet", use_dictionary=False)
    # So low that every column is read as places in a dictionary, a few rows at a time.
    found = list(read_papers(path, max_record=4096))
    assert found == list(read_papers(tmp_path / "plain.parquet"))
    assert found[1].authors == ("Gwen Grebe 1", "Lou Loon" * 50)


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_a_list_too_long_costs_its_column(version, tmp_path):
    # A run of equal levels takes a few bytes, whatever its length.
    count = 9_000
    lists = pa.ListArray.from_arrays(
        pa.array([0, 1, 1 + count, 2 + count], pa.int32()), repeated("Gwen", 2 + count)
    )
    path = write(
        tmp_path / "papers.parquet", {"title": titles(3), "authors": lists}, data_page_version=version
    )
    assert path.stat().st_size < 4000
    warning, *papers = read_papers(path, max_record=2**14)
    assert warning.place == "papers.parquet, rows 1 to 3"
    assert f"the column 'authors' is left out: a list of it has {count:,} values" in warning.reason
    assert [paper.authors for paper in papers] == [(), (), ()]
    assert [len(paper.authors) for paper in read_papers(path)] == [1, count, 1]


def test_a_page_that_unpacks_to_too_much_costs_its_column_in_one_group(tmp_path):
    texts = ["grebes dive " * 9000] * 4 + ["loons"] * 4
    path = write(
        tmp_path / "papers.parquet",
        {"title": titles(8), "abstract": texts},
        use_dictionary=False,
        row_group_size=4,
    )
    warning, *papers = read_papers(path, max_record=KILOBYTES_64)
    assert isinstance(warning, ReadWarning)
    assert warning.place == "papers.parquet, rows 1 to 4"
    assert "the column 'abstract' is left out: a page of" in warning.reason
    assert [paper.abstract for paper in papers] == [""] * 4 + ["loons"] * 4


def test_values_that_repeat_the_one_before_are_read_a_few_at_a_time(tmp_path):
    texts = ["grebes dive " * 1000 + str(number) for number in range(100)]
    path = write(
        tmp_path / "papers.parquet",
        {"title": titles(100), "abstract": texts},
        use_dictionary=False,
        column_encoding={"abstract": "DELTA_BYTE_ARRAY"},
    )
    assert [paper.abstract for paper in read_papers(path, max_record=2**15)] == texts


def test_a_file_that_unpacks_to_far_more_than_its_bytes_is_read_so_far(tmp_path):
    path = write(
        tmp_path / "papers.parquet",
        {"title": titles(9000), "abstract": repeated("grebes dive " * 1000, 9000)},
        row_group_size=300,
    )
    found = []
    with pytest.raises(SourceError, match=r"what follows row \d+ is not read: it unpacks to more than"):
        found.extend(read_papers(path, max_record=2**15))
    assert 300 <= len(found) < 9000
    assert all(isinstance(item, Paper) for item in found)


# Options


def test_the_option_raises_the_limit(tmp_path, caplog):
    source = tmp_path / "papers.jsonl"
    source.write_text('{"title": "Loons"}\n' + json.dumps({"title": "Grebes", "abstract": "dive " * 10_000}))
    arguments = ["build", str(source), "--encoder", "static", "--corpus"]
    done = CliRunner().invoke(cli, [*arguments, str(tmp_path / "a"), "--max-record", "40kB"])
    assert "papers.jsonl, row 2: is larger than 40kB" in caplog.text
    assert "1 papers" in done.output
    strict = CliRunner().invoke(
        cli, [*arguments, str(tmp_path / "b"), "--max-record", "40kB", "--strict"], standalone_mode=False
    )
    assert strict.return_value == 1
    done = CliRunner().invoke(cli, [*arguments, str(tmp_path / "c"), "--max-record", "60 kB"])
    assert "2 papers" in done.output
    assert done.exit_code == 0
    assert max_record() == 2**22, "it holds for one command"
    for wrong in ("0", "much", "-1"):
        done = CliRunner().invoke(cli, [*arguments, str(tmp_path / "d"), "--max-record", wrong])
        assert done.exit_code == 2


def test_a_limit_in_python(tmp_path):
    source = tmp_path / "papers.jsonl"
    source.write_text('{"title": "Loons"}\n' + json.dumps({"title": "Grebes", "abstract": "dive " * 10_000}))
    with Corpus.build(source, tmp_path / "a", encoder="static", max_record=40_000) as corpus:
        assert (len(corpus), corpus.report.rejected) == (1, 1)
        assert corpus.add(source, max_record=60_000).new == 1
    for wrong in (0, "64MB", True):
        with pytest.raises(ParameterError, match="it must be a number of bytes"):
            read_papers(source, max_record=wrong)
    with reading(40_000):
        assert sum(isinstance(item, Rejected) for item in read_papers(source)) == 1


def test_a_profile_is_read_up_to_a_limit(tmp_path, monkeypatch):
    path = tmp_path / "me.json"
    path.write_text(json.dumps({"liked": [f"2106.{number:05}" for number in range(10_000)]}))
    with reading(2**15):
        with pytest.raises(
            ProfileError,
            match=r"me\.json, line 1: is larger than 128kB, .*--max-record raises",
        ):
            read_profiles(path)
        path.write_text(json.dumps({"liked": ["2106.09685"]}) + " " * 50_000)
        assert len([*read_profiles(path)]) == 1
        path.write_text('{"liked": [' + "[]," * 20_000 + "1]}")  # fifty times as much, once it is parsed
        with pytest.raises(ProfileError, match="is larger than"):
            read_profiles(path)
    assert max_file() == 2**24


def test_no_more_of_a_pipe_is_read_than_is_taken(monkeypatch):
    pieces = []

    class Endless:
        def read(self, size):
            pieces.append(size)
            return b" " * size

    monkeypatch.setattr(sys, "stdin", type("Input", (), {"buffer": Endless()}))
    with reading(1000), pytest.raises(ProfileError, match="standard input: is larger than"):
        read_profiles("-")
    assert sum(pieces) <= 4000 + 2 * 64 * 1024


def test_the_command_names_the_option_for_a_profile(tmp_path):
    path = tmp_path / "me.json"
    path.write_text(json.dumps({"liked": ["2106.09685"], "about": "x" * 9000}))
    done = CliRunner().invoke(cli, ["recommend", str(path), "--max-record", "2kB"])
    assert "is larger than 8kB, the largest record that is read (--max-record raises this)" in str(
        done.exception
    )
    assert CliRunner().invoke(cli, ["recommend", str(path), "--max-record", "4kB"]).exit_code == 0


def test_what_fits():
    assert fits(b"[" + b"0," * 10 + b"0]", 2**20)
    assert not fits(b"x" * 101, 100)
    assert not fits(b"[" * 90, 100)


# Long texts


def test_a_long_text_is_counted_and_explained_as_far_as_it_is_encoded(tmp_path):
    start = "Grebes dive for fish in northern lakes. " * 20
    beyond = "word " * (READ_CHARACTERS // 5) + "Zebras graze upon savannas."
    papers = [
        Paper(id="a", title="Grebes", abstract=start + beyond),
        Paper(id="b", title="Diving birds", abstract="Grebes dive from boats. " + "term " + beyond),
        Paper(id="c", title="Loons", abstract="Loons call at night."),
    ]
    with Corpus.build(papers, tmp_path / "c", encoder="static") as corpus:
        (text,) = corpus.snapshot.texts([0])
        assert text == papers[0].text[:READ_CHARACTERS]
        assert corpus.snapshot.texts([0], whole=True) == [papers[0].text]
        first = Recommender(corpus).recommend(Profile(liked=["a"]), k=1)[0]
        assert "grebe" in first.explanation.sentence.lower()
        assert not {"zebras", "savannas"} & {
            word for term in first.explanation.terms for word in term.lower().split()
        }
        packed = corpus.snapshot.store.execute("SELECT packed FROM terms WHERE row = 0")
        assert packed.fetchone()[0] == count_terms([text]).pack()[0]
        (occurrences,) = corpus.snapshot._occurrences._values.values()
        assert sum(map(len, occurrences.texts)) <= READ_CHARACTERS
        assert corpus.verify() == []


def test_a_long_text_is_shown_from_its_beginning_and_written_whole():
    record = paper_record(Paper(id="a", title="Grebes", abstract="dive " * READ_CHARACTERS + "zebras"))
    table = writers.write([record], "table")
    assert "characters more; another format has them all" in " ".join(table.split())
    assert "zebras" not in table
    assert "zebras" in writers.write([record], "jsonl")


def test_terms_that_an_earlier_version_counted_of_a_whole_text_are_no_damage(tmp_path):
    import sqlite3

    paper = Paper(id="a", title="Grebes", abstract="dive " * READ_CHARACTERS + "zebras")
    with Corpus.build([paper], tmp_path / "c", encoder="static"):
        pass
    older_format(tmp_path / "c", 7)  # the last one whose versions may have done so
    (database,) = (tmp_path / "c").glob("*.sqlite")
    whole, part, other = (
        count_terms([text], HASHED).pack(HASHED)[0]
        for text in (paper.text, paper.text[:READ_CHARACTERS], "zebras")
    )
    assert whole != part
    for packed, damaged in ((whole, False), (part, False), (other, True)):
        with sqlite3.connect(database) as connection:
            connection.execute("UPDATE terms SET packed = ?", (packed,))
        problems = Corpus.open(tmp_path / "c").verify()
        assert any("its terms" in problem for problem in problems) == damaged
    with Corpus.open(tmp_path / "c") as corpus:  # whoever writes next counts what is read now
        corpus.add([Paper(id="b", title="Loons")])
        assert corpus.verify() == []


def test_papers_are_staged_by_their_size_as_well(tmp_path, monkeypatch):
    papers = [
        Paper(id=str(number), title=title, abstract="dive " * 300) for number, title in enumerate(titles(40))
    ]
    with Corpus.build(papers, tmp_path / "a", encoder="static") as corpus:
        usual = list(corpus)
    sizes = []
    monkeypatch.setattr(staging, "_CHUNK_CHARACTERS", 4000)
    taken = staging._first

    def counted(*arguments):
        found = list(taken(*arguments))
        sizes.append(len(found))
        return iter(found)

    monkeypatch.setattr(staging, "_first", counted)
    with Corpus.build(papers, tmp_path / "b", encoder="static") as corpus:
        assert list(corpus) == usual
        assert corpus.verify() == []
    assert max(sizes) == 3


@pytest.mark.parametrize("text", ["a  b", " a \n b\t", "a\u00a0b", "\n", "a b", "a\x00  \u2003b", "é  è\r\n"])
def test_white_space_is_one_space_however_it_is_found(text):
    assert clean_text(text) == " ".join(text.replace("\x00", "").split())
