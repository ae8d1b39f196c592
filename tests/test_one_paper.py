"""One paper once: records of several sources become one paper, in any order, and can be taken apart."""

import contextlib
import csv
import dataclasses
import io
import itertools
import json
import sqlite3

import numpy as np
import pytest
from conftest import SHARED, FakeEncoder, kept, make_papers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender import Corpus, Paper, Recommender
from recommender.cli import main
from recommender.corpus.joining import Material, StagedRecord, join
from recommender.corpus.merging import combine
from recommender.corpus.source_records import read_sourced, sourced_of
from recommender.errors import CorpusDamaged, CorpusError, UnknownPaper

CASES = SHARED.parent / "cases"
shared_cases = pytest.mark.skipif(not CASES.is_dir(), reason="the shared cases are not here")

TEXT = (
    "Otters hold hands while they sleep so that the tide does not carry them apart, and we ask how they "
    "choose whose hand to hold. We watched forty rafts of otters for two winters along a cold coast."
)
TITLE = "Whose hand otters hold while they sleep in the tide"
PREPRINT = Paper(
    id="2101.00042",
    title=TITLE,
    abstract=TEXT,
    authors=("Ada Brook", "Ben Stone"),
    published="2021-01-05",
    categories=("q-bio.PE",),
    venue="arXiv",
    url="https://arxiv.org/abs/2101.00042",
)
ARTICLE = Paper(
    id="10.1000/otters",
    title=TITLE,
    abstract=f"{TEXT} Mothers come first.",
    authors=("Ada M. Brook", "Ben Stone"),
    published="2022",
    venue="Journal of Rafts",
    identifiers={"doi": "10.1000/otters"},
)
LISTED = Paper(
    id="KEY1",
    title=TITLE,
    authors=("Brook, A.",),
    published="2021",
    identifiers={"doi": "10.1000/otters", "arxiv": "2101.00042"},
)
OTHERS = [
    Paper(id=f"o{number}", title=f"Another matter of {word} and {word}s", abstract=f"All on {word}.")
    for number, word in enumerate(("bread", "iron", "clay", "glass"))
]


def lines(path, papers):
    path.write_text("".join(f"{paper.to_json()}\n" for paper in papers))
    return path


def built(tmp_path, papers, fake, **options):
    return Corpus.build(papers, tmp_path / "corpus", encoder=fake, **options)


def sources(corpus, name):
    row = corpus.row(name)
    return [
        (one.source, one.paper.id, one.rule)
        for one in read_sourced(corpus.snapshot.store, [row])[row].records
    ]


def shape(corpus):
    """What must be the same in any order: texts, facts, names, which records are together."""
    store = corpus.snapshot.store
    names = {}
    for name, row in store.execute("SELECT name, row FROM names"):
        # Not the ids that were made of titles: they are what came first.
        if not name.startswith("title:"):
            names.setdefault(row, set()).add(name)
    rows = corpus.snapshot.rows().tolist()
    found = read_sourced(store, rows)
    return sorted(
        (
            dataclasses.replace(found[row].paper, id="one").to_json(),
            sorted(names.get(row, ())),
            sorted(one.paper.to_json() for one in found[row].records),
        )
        for row in rows
    )


# Records of several sources


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_parts_come_from_whoever_says_most_in_any_order(tmp_path, fake, order):
    records = [PREPRINT, ARTICLE, LISTED]
    files = [lines(tmp_path / f"{place}.jsonl", [records[place]]) for place in range(3)]
    corpus = built(tmp_path, [files[place] for place in order], fake)
    (paper,) = corpus
    assert paper == Paper(
        id=records[order[0]].id,
        title=TITLE,
        abstract=ARTICLE.abstract,
        authors=ARTICLE.authors,
        published="2021-01-05",
        categories=PREPRINT.categories,
        venue="Journal of Rafts",
        url=PREPRINT.url,
        identifiers={"doi": "10.1000/otters", "arxiv": "2101.00042"},
        revised="2022",
    )
    for name in ("KEY1", "10.1000/otters", "https://doi.org/10.1000/OTTERS", "arXiv:2101.00042v3", TITLE):
        assert corpus[name] == paper
    assert sum(corpus.report.merged.values()) == 2
    assert (corpus.report.new, corpus.report.duplicates) == (1, 2)
    assert corpus.verify() == []


def test_a_later_addition_keeps_the_id_and_says_by_which_rule(tmp_path, fake):
    corpus = built(tmp_path, lines(tmp_path / "mine.jsonl", [LISTED, *OTHERS]), fake)
    report = corpus.add(lines(tmp_path / "articles.jsonl", [ARTICLE]))
    assert (report.new, report.changed, report.encoded, report.merged) == (0, 1, 1, {"doi": 1})
    assert "1 record merged into papers that were there or read before: 1 by DOI" in report.remarks
    assert corpus["10.1000/otters"].id == "KEY1"
    assert sources(corpus, "KEY1") == [
        ("mine.jsonl", "KEY1", ""),
        ("articles.jsonl", "10.1000/otters", "doi"),
    ]
    again = corpus.add([tmp_path / "mine.jsonl", tmp_path / "articles.jsonl"])
    assert (again.new, again.changed, again.encoded, again.merged) == (0, 0, 0, {})
    assert corpus.verify() == []


def test_a_newer_record_of_the_same_source_replaces_the_older_shorter_or_not(tmp_path, fake):
    (tmp_path / "new").mkdir()
    old = lines(tmp_path / "a.jsonl", [ARTICLE])
    corpus = built(tmp_path, [old, lines(tmp_path / "b.jsonl", [PREPRINT])], fake)
    shorter = dataclasses.replace(ARTICLE, abstract=TEXT.replace("We watched forty rafts of", "We saw forty"))
    report = corpus.add(lines(tmp_path / "new" / "a.jsonl", [shorter]))
    assert report.changed == 1
    assert corpus["10.1000/otters"].abstract == TEXT  # the preprint's is the longest now
    corpus.add(lines(tmp_path / "new" / "a.jsonl", [dataclasses.replace(shorter, abstract="", authors=())]))
    assert corpus["10.1000/otters"].authors == ARTICLE.authors
    assert corpus.verify() == []


def test_a_retraction_stays_until_the_same_source_takes_it_back(tmp_path, fake):
    corpus = built(tmp_path, [dataclasses.replace(ARTICLE, retracted=True), *OTHERS], fake)
    corpus.add(lines(tmp_path / "b.jsonl", [PREPRINT]))
    assert corpus[PREPRINT.id].retracted
    assert corpus.snapshot.store.column("SELECT row FROM retracted").tolist() == [corpus.row(TITLE)]
    corpus.add([ARTICLE])
    assert not corpus[PREPRINT.id].retracted
    assert corpus.snapshot.store.count("retracted") == 0
    assert corpus.verify() == []


def test_the_same_record_from_another_file_adds_nothing(tmp_path, fake):
    corpus = built(tmp_path, [lines(tmp_path / f"{name}.jsonl", [ARTICLE]) for name in "ab"], fake)
    corpus.add(lines(tmp_path / "c.jsonl", [ARTICLE]))
    assert sources(corpus, TITLE) == [("a.jsonl", ARTICLE.id, "")]
    assert corpus.snapshot.store.count("records") == 0


def test_a_record_that_links_two_stored_papers_joins_them_and_their_names_live_on(tmp_path, fake):
    """Apart they share nothing: another title, another text, two identifiers."""
    one = Paper(id="A1", title="Otters at rest", identifiers={"doi": "10.1000/otters"}, abstract="Of otters.")
    corpus = built(
        tmp_path, [lines(tmp_path / "a.jsonl", [dataclasses.replace(ARTICLE, id="A1"), *OTHERS])], fake
    )
    other = dataclasses.replace(PREPRINT, title="Rafts of otters", abstract="On rafts we looked.")
    corpus.add(lines(tmp_path / "b.jsonl", [other]))
    assert len(corpus) == 6
    link = Paper(
        id="L1",
        title=TITLE + ": rafts of otters",
        abstract="On rafts we looked. " + TEXT,
        authors=PREPRINT.authors,
        published="2021",
        identifiers={"doi": "10.1000/otters", "arxiv": "2101.00042"},
    )
    corpus.add(lines(tmp_path / "c.jsonl", [link]))
    assert one.id in corpus
    if len(corpus) == 5:  # the rules may want more than that
        assert corpus["2101.00042"] == corpus["A1"] == corpus["L1"]
    rows = corpus.snapshot.rows()
    expected = kept(fake.encode([paper.text for paper in corpus]))
    np.testing.assert_array_equal(corpus.snapshot.vectors(rows), expected)
    assert corpus.verify() == []


def test_like_names_neither_the_paper_nor_its_other_records(tmp_path, fake):
    files = [lines(tmp_path / "a.jsonl", [PREPRINT, *OTHERS]), lines(tmp_path / "b.jsonl", [ARTICLE, LISTED])]
    corpus = built(tmp_path, files, fake)
    for name in ("10.1000/otters", "KEY1", "2101.00042"):
        found = Recommender(corpus).more_like(name, k=9, diversity=0)
        assert sorted(found.ids) == [paper.id for paper in OTHERS]


def test_never_again_holds_for_all_records_of_a_paper(tmp_path, fake_by_name, capsys):
    """What was shown as one source's record does not come back as another's."""
    folder, corpus = str(tmp_path / "c"), ["--corpus", str(tmp_path / "c")]
    lines(tmp_path / "mine.jsonl", [PREPRINT, *make_papers(3)])
    (tmp_path / "readers.jsonl").write_text(json.dumps({"user": "A", "liked": [make_papers(1)[0].id]}) + "\n")
    assert main(["build", str(tmp_path / "mine.jsonl"), *corpus, "--encoder", "fake"]) == 0
    job = ["batch", str(tmp_path / "readers.jsonl"), *corpus, "--since-last", "--format", "csv", "-k", "9"]
    assert main([*job, "--out", str(tmp_path / "out" / "1")]) == 0
    shown = read_ids(tmp_path / "out" / "1")
    assert PREPRINT.id in shown
    # Its place is taken by a corpus where the paper has another id, then one where it is merged.
    for number, papers in enumerate(([ARTICLE, LISTED], [LISTED, PREPRINT], [ARTICLE, PREPRINT])):
        lines(tmp_path / "mine.jsonl", [*papers, *make_papers(3)])
        assert main(["build", str(tmp_path / "mine.jsonl"), *corpus, "--encoder", "fake", "--overwrite"]) == 0
        assert len(Corpus.open(folder)) == 4
        assert main([*job, "--out", str(tmp_path / "out" / f"n{number}")]) == 0
        assert read_ids(tmp_path / "out" / f"n{number}") == []


def read_ids(folder):
    return [line["id"] for line in csv.DictReader(io.StringIO((folder / "recommendations.csv").read_text()))]


def test_show_says_where_each_part_is_from(tmp_path, fake_by_name, capsys):
    files = [
        str(lines(tmp_path / f"{name}.jsonl", [paper]))
        for name, paper in (("preprints", PREPRINT), ("mine", LISTED))
    ]
    assert main(["build", *files, "--corpus", str(tmp_path / "c"), "--encoder", "fake"]) == 0
    capsys.readouterr()
    assert main(["show", "KEY1", "--corpus", str(tmp_path / "c")]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[-2:] == [
        "from: title, abstract, authors, date, venue, url preprints.jsonl; arXiv id, DOI mine.jsonl",
        "records: preprints.jsonl 2101.00042; mine.jsonl KEY1 (by arXiv id)",
    ]


def test_a_name_that_a_source_has_changed_is_found_still(tmp_path, fake):
    corpus = built(tmp_path, [ARTICLE, *OTHERS], fake)
    corpus.add([dataclasses.replace(ARTICLE, identifiers={"doi": "10.1000/otters.v2", "pmid": "77"})])
    corpus.add([dataclasses.replace(ARTICLE, identifiers={"doi": "10.1000/otters.v3"})])
    for name in ("10.1000/otters", "10.1000/otters.v2", "10.1000/otters.v3", "pmid:77"):
        assert corpus[name].title == TITLE
    corpus.compact()
    assert corpus["10.1000/otters.v2"].title == TITLE
    assert corpus.verify() == []


# What identifies none


POSTERS = [
    Paper(
        id="10.1000/supplement",
        title=f"Poster {number}: {title}",
        abstract=text,
        published="2019",
        identifiers={"doi": "10.1000/supplement"},
    )
    for number, title, text in (
        (12, "Sheep paths", "How sheep find their way."),
        (13, "Iron roofs", "Why roofs hum."),
        (14, "Clay walls", "Why walls fall."),
    )
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("cut", [0, 1, 2])
def test_an_identifier_of_several_papers_is_none_of_theirs_in_any_order(tmp_path, fake, order, cut):
    posters = [POSTERS[place] for place in order]
    corpus = built(tmp_path, [*OTHERS, *posters[:cut]], fake)
    if posters[cut:]:
        corpus.add(posters[cut:])
    found = {paper.title: paper for paper in corpus if paper.title.startswith("Poster")}
    assert sorted(found) == sorted(poster.title for poster in POSTERS)
    for poster in POSTERS:
        assert found[poster.title] == dataclasses.replace(poster, id=found[poster.title].id)
        assert found[poster.title].id.startswith("title:")
    with pytest.raises(UnknownPaper, match="stands for 3 papers"):
        corpus["10.1000/supplement"]
    again = corpus.add(POSTERS)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 3)
    assert corpus.verify() == []


def test_short_titles_without_an_id_are_papers_of_their_own(tmp_path, fake):
    """They have one id made of one title, and nothing else by which they could be found to be one."""
    short = [Paper(title="Ice", abstract=f"All on {word}.") for word in ("rivers", "bread")]
    corpus = built(tmp_path, [*OTHERS, short[0]], fake)
    corpus.add([short[1]])
    corpus.add(short)
    assert len({paper.id for paper in corpus}) == len(corpus) in (5, 6)
    assert corpus.verify() == []


def test_it_is_told_in_one_line(tmp_path, fake):
    report = built(tmp_path, [*OTHERS, *POSTERS], fake).report
    assert report.shared == {"doi:10.1000/supplement": 3}
    assert report.remarks == (
        "3 of 7 records share the DOI '10.1000/supplement', which identifies none of them: kept apart",
    )


def test_a_paper_that_lost_its_id_is_not_shown_again(tmp_path, fake_by_name):
    """A ledger knows the first poster by its DOI, which is nobody's since."""
    corpus = ["--corpus", str(tmp_path / "c")]
    lines(tmp_path / "a.jsonl", [POSTERS[0], *make_papers(2)])
    lines(tmp_path / "b.jsonl", POSTERS[1:])
    (tmp_path / "readers.jsonl").write_text(json.dumps({"user": "A", "liked": [make_papers(1)[0].id]}) + "\n")
    job = ["batch", str(tmp_path / "readers.jsonl"), *corpus, "--since-last", "--format", "csv", "-k", "9"]
    assert main(["build", str(tmp_path / "a.jsonl"), *corpus, "--encoder", "fake"]) == 0
    assert main([*job, "--out", str(tmp_path / "out" / "1")]) == 0
    assert "10.1000/supplement" in read_ids(tmp_path / "out" / "1")
    assert main(["add", str(tmp_path / "b.jsonl"), *corpus]) == 0
    assert main([*job, "--out", str(tmp_path / "out" / "2")]) == 0
    with Corpus.open(tmp_path / "c") as opened:
        assert {opened[one].title for one in read_ids(tmp_path / "out" / "2")} == {
            poster.title for poster in POSTERS[1:]
        }


# Taken apart


def test_a_paper_is_split_for_good(tmp_path, fake):
    files = [lines(tmp_path / "a.jsonl", [PREPRINT, *OTHERS]), lines(tmp_path / "b.jsonl", [ARTICLE])]
    corpus = built(tmp_path, files, fake)
    assert len(corpus) == 5
    assert sorted(corpus.split(PREPRINT.id)) == sorted([PREPRINT.id, ARTICLE.id])
    for change in (lambda: None, lambda: corpus.add(files), corpus.compact, lambda: corpus.add(files[::-1])):
        change()
        assert len(corpus) == 6
        assert corpus[PREPRINT.id] == PREPRINT
        assert corpus[ARTICLE.id] == ARTICLE
        assert corpus.verify() == []
        rows = corpus.snapshot.rows()
        expected = kept(fake.encode([paper.text for paper in corpus]))
        np.testing.assert_array_equal(corpus.snapshot.vectors(rows), expected)
    corpus.remove([paper.id for paper in corpus])
    corpus.add(files, again="all")
    assert len(corpus) == 6
    assert [one.kind for one in corpus.duplicates()] == ["split"]


def test_of_three_records_one_can_leave(tmp_path, fake):
    files = [
        lines(tmp_path / f"{number}.jsonl", [paper])
        for number, paper in enumerate((PREPRINT, ARTICLE, LISTED))
    ]
    corpus = built(tmp_path, files, fake)
    assert len(corpus.split("10.1000/otters")) == 2
    assert len(corpus) == 2
    assert [source for source, _, _ in sources(corpus, "KEY1")] == ["0.jsonl", "2.jsonl"]
    assert corpus.verify() == []


def test_two_records_of_one_id_can_be_split(tmp_path, fake):
    files = [lines(tmp_path / f"{name}.jsonl", [ARTICLE]) for name in "ab"]
    other = lines(tmp_path / "b.jsonl", [dataclasses.replace(ARTICLE, abstract=TEXT)])
    corpus = built(tmp_path, [files[0], other], fake)
    assert len(corpus) == 1
    corpus.split(ARTICLE.id)
    assert len(corpus) == 2
    assert len({paper.id for paper in corpus}) == 2
    corpus.add([files[0], other])
    assert len(corpus) == 2
    assert corpus.verify() == []


def test_a_split_names_no_paper_that_only_shares_a_name(tmp_path, fake):
    other = Paper(id="10.1000/otters", title="Iron roofs", abstract="Why roofs hum.", published="2019")
    files = [lines(tmp_path / f"{at}.jsonl", [one]) for at, one in enumerate((PREPRINT, ARTICLE, other))]
    corpus = built(tmp_path, files, fake)
    assert len(corpus) == 2
    parts = corpus.split(PREPRINT.id)
    assert (len(corpus), len(parts)) == (3, 2)
    assert {corpus[part].title for part in parts} == {TITLE}


def test_what_looks_like_one_paper_is_counted_by_papers_not_by_records(tmp_path, fake):
    again = [dataclasses.replace(PREPRINT, abstract="", authors=PREPRINT.authors[:1]), PREPRINT]
    bare = Paper(id="bare", title=TITLE, published="2021")
    files = [lines(tmp_path / f"{at}.jsonl", [one]) for at, one in enumerate((*again, bare))]
    corpus = built(tmp_path, files, fake)
    assert len(corpus) == 2
    assert corpus.report.doubtful == 1 == sum(one.kind == "doubtful" for one in corpus.duplicates())


def test_what_cannot_be_split_is_told(tmp_path, fake):
    corpus = built(tmp_path, [ARTICLE, *OTHERS], fake)
    with pytest.raises(CorpusError, match="of one record only"):
        corpus.split(ARTICLE.id)
    with pytest.raises(UnknownPaper):
        corpus.split("nothing")
    assert len(corpus) == 5


@pytest.mark.parametrize("place", ["ingest.insert_papers", "ingest.insert_apart", "ingest.register_segment"])
def test_a_split_that_is_stopped_leaves_the_paper_whole(tmp_path, fake, monkeypatch, place):
    files = [lines(tmp_path / "a.jsonl", [PREPRINT, *OTHERS]), lines(tmp_path / "b.jsonl", [ARTICLE])]
    corpus = built(tmp_path, files, fake)

    def stopped(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(f"recommender.corpus.{place}", stopped)
        with pytest.raises(KeyboardInterrupt):
            corpus.split(PREPRINT.id)
    assert (len(corpus), corpus.verify()) == (5, [])
    assert [one.kind for one in corpus.duplicates()] == ["merged"]
    corpus.split(PREPRINT.id)
    assert (len(corpus), corpus.verify()) == (6, [])


def test_the_commands_list_and_split(tmp_path, fake_by_name, capsys):
    files = [str(lines(tmp_path / "a.jsonl", [PREPRINT])), str(lines(tmp_path / "b.jsonl", [ARTICLE]))]
    folder = ["--corpus", str(tmp_path / "c")]
    assert main(["build", *files, *folder, "--encoder", "fake"]) == 0
    capsys.readouterr()
    assert main(["duplicates", *folder, "--format", "csv"]) == 0
    (line,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert line == {
        "kind": "merged",
        "rule": line["rule"],
        "id": "2101.00042",
        "title": TITLE,
        "source": "a.jsonl",
        "other_id": "10.1000/otters",
        "other_title": TITLE,
        "other_source": "b.jsonl",
    }
    assert line["rule"] in ("title", "text")
    assert main(["duplicates", *folder, "--format", "jsonl"]) == 0
    assert json.loads(capsys.readouterr().out) == line
    assert main(["duplicates", *folder]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"merged by {line['rule']}",
        f"  2101.00042 · {TITLE} · a.jsonl",
        f"  10.1000/otters · {TITLE} · b.jsonl",
    ]
    assert main(["split", "2101.00042", *folder]) == 0
    assert "is 2 papers now" in capsys.readouterr().out
    assert main(["duplicates", *folder, "--format", "jsonl"]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == "split"


# Withdrawn


@pytest.fixture
def withdrawing(monkeypatch):
    """A source whose lines may say that a record is withdrawn, in the place of the arXiv dump's."""
    from recommender.readers import Deleted
    from recommender.readers.base import Source
    from recommender.readers.jsonl import Jsonl

    real = Jsonl.read

    def read(self, source: Source, mapping):
        gone = [json.loads(line)["deleted"] for line in source.open() if b'"deleted"' in line]
        yield from (item for item in real(self, source, mapping) if isinstance(item, Paper))
        yield from (Deleted("here", one) for one in gone)

    monkeypatch.setattr(Jsonl, "read", read)


def test_what_a_source_withdraws_goes_and_of_several_records_only_its_own(tmp_path, fake, withdrawing):
    feed = lines(tmp_path / "feed.jsonl", [PREPRINT, *OTHERS])
    corpus = built(tmp_path, [feed, lines(tmp_path / "mine.jsonl", [LISTED])], fake)
    feed.write_text(
        "".join(
            json.dumps({"deleted": name, "title": ""}) + "\n" for name in ("arXiv:2101.00042v1", "o1", "o9")
        )
    )
    report = corpus.add(feed)
    assert report.withdrawn == 2
    assert "2 removed, since their source has withdrawn them" in report.remarks
    assert "o1" not in corpus
    assert corpus["KEY1"].abstract == ""
    assert sources(corpus, "KEY1") == [("mine.jsonl", "KEY1", "")]
    assert len(corpus) == 4
    assert corpus.verify() == []


# Any order, any division


WORDS = ("otter", "raft", "tide", "coast", "winter", "hand", "sleep", "stone", "brook", "shell")


def record(number, title, doi, source):
    words = [WORDS[(number + step * (title + 1)) % len(WORDS)] for step in range(6)]
    return source, Paper(
        id=f"r{number}",
        title=f"On the {' '.join(words[:3])} question number {'one two three'.split()[title]}",
        abstract=" ".join(words * (3 + number % 3)),
        authors=(f"Ada Brook{title}", "Ben Stone"),
        published=f"202{title}-0{1 + number % 9}",
        categories=(f"c{number % 2}",),
        identifiers={"doi": f"10.1000/{doi}"} if doi else {},
    )


RECORDS = st.lists(
    st.builds(
        record, st.integers(0, 7), st.integers(0, 2), st.integers(0, 3), st.sampled_from(["a", "b", "c"])
    ),
    min_size=2,
    max_size=7,
    unique_by=lambda found: (found[0], found[1].id),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(RECORDS, st.randoms(use_true_random=False), st.integers(1, 6))
def test_any_order_and_any_division_give_the_same_papers(tmp_path_factory, records, chance, cut):
    folder = tmp_path_factory.mktemp("orders")
    shapes = []
    for turn in range(2):
        shuffled = list(records)
        if turn:
            chance.shuffle(shuffled)
        corpus = None
        parts = [shuffled] if not turn else [shuffled[:cut], shuffled[cut:]]
        for number, part in enumerate(filter(None, parts)):
            files = []
            for place, (source, paper) in enumerate(part):
                at = folder / f"{turn}{number}{place}"
                at.mkdir()
                files.append(lines(at / f"{source}.jsonl", [paper]))
            if corpus is None:
                corpus = Corpus.build(files, folder / f"c{turn}", encoder=FakeEncoder())
            else:
                corpus.add(files)
        assert corpus.verify() == []
        shapes.append(shape(corpus))
        corpus.close()
    assert shapes[0] == shapes[1]


@given(st.permutations([PREPRINT, ARTICLE, LISTED, dataclasses.replace(ARTICLE, id="x", venue="Rafts")]))
def test_combining_does_not_look_at_the_order(records):
    whole = combine([PREPRINT, ARTICLE, LISTED, dataclasses.replace(ARTICLE, id="x", venue="Rafts")])
    assert dataclasses.replace(combine(records), id="one") == dataclasses.replace(whole, id="one")


def test_joining_gives_stored_papers_back_as_they_are():
    stored = {3: sourced_of(PREPRINT, "a"), 9: sourced_of(OTHERS[0], "a")}
    joined = join(Material(stored, [StagedRecord(1, "a", PREPRINT)]))
    assert [(made.row, made.sourced.paper) for made in joined.papers] == [(3, PREPRINT), (9, OTHERS[0])]
    assert joined.gone == []


# The shared cases


@shared_cases
def test_one_paper_from_three_records_and_like_answers(tmp_path, fake):
    corpus = built(tmp_path, CASES / "samedoi.jsonl", fake)
    assert len(corpus) == 2
    for name in ("10.1016/j.example.2021.01.004", "ZOT1", "S2X", "PRE", "2001.01234"):
        assert Recommender(corpus).more_like(name, k=5, diversity=0).ids == ["OTHER"]
    assert corpus["PRE"].published == "2020"


@shared_cases
def test_na_is_no_id(tmp_path, fake):
    corpus = built(tmp_path, CASES / "r_na.csv", fake)
    assert len(corpus) == 4
    assert {paper.id for paper in corpus if "Harvest" in paper.title} == {"10.1016/j.example.2021.01.004"}
    assert "NA" not in corpus
    assert "1 without a date" in str(corpus.report)


@shared_cases
def test_a_supplement_s_doi_identifies_none_of_three_posters(tmp_path, fake):
    corpus = built(tmp_path, CASES / "shared_doi.csv", fake)
    assert len(corpus) == 3
    assert [line for line in corpus.report.remarks if "10.1000/supplement" in line]


@shared_cases
def test_a_doi_that_was_filled_in_since_changes_one_paper(tmp_path, fake):
    corpus = built(tmp_path, CASES / "zot_v1.csv", fake)
    report = corpus.add(CASES / "zot_v2.csv")
    assert (len(corpus), report.new, report.changed) == (1, 0, 1)
    assert corpus["10.1000/sheep"] == corpus["IJKL0000"]


@shared_cases
def test_a_null_embedding_costs_that_vector(tmp_path):
    source = CASES / "s2_emb_null.jsonl"
    corpus = Corpus.build(source, tmp_path / "c", vectors=source, encoder="specter2")
    assert corpus.report.without_vector == 1


@shared_cases
@pytest.mark.parametrize("name", ["ru.csv", "mix.csv"])
def test_papers_of_other_scripts_have_neighbours_by_their_words_or_are_told_to_have_none(tmp_path, name):
    corpus = Corpus.build(CASES / name, tmp_path / "c", encoder="static")
    assert "mostly not English" in " ".join(corpus.report.remarks)
    assert "mostly not English" in corpus.info().advice
    for paper in corpus:
        found = Recommender(corpus).more_like(paper.id, k=5, diversity=0)
        assert paper.id not in found.ids
        told = " ".join(found.warnings)
        assert found.ids or "no other paper" in told
        assert "version" not in told


# What verify tells


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE records SET rule = 'title' WHERE number = 1", "is not what was written"),
        ("DELETE FROM records WHERE number = 0", "belongs to no paper"),
        ("UPDATE keys SET packed = x'0000000000000000' WHERE row = 1", "is missing from table keys"),
        ("DELETE FROM keys WHERE row = 1", "table keys: "),
        ("INSERT INTO retracted VALUES (1)", "table retracted: 1 lines"),
        ("DELETE FROM names WHERE name = 'KEY1'", "'KEY1' is missing from table names"),
    ],
)
def test_verify_looks_at_what_identity_keeps(tmp_path, fake, change, told):
    files = [lines(tmp_path / "a.jsonl", [PREPRINT, *OTHERS]), lines(tmp_path / "b.jsonl", [LISTED])]
    corpus = built(tmp_path, files, fake)
    assert corpus.verify() == []
    with sqlite3.connect(corpus.path / "corpus.sqlite") as connection:
        connection.execute(change)
    connection.close()
    assert any(told in problem for problem in corpus.verify())


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE records SET former = '[1' WHERE number = 1",
        "UPDATE records SET former = '7' WHERE number = 1",
        "UPDATE apart SET second = '[\"a\"]'",
        "UPDATE OR REPLACE apart SET first = 'x'",
        "DELETE FROM papers WHERE row = (SELECT max(row) FROM papers)",
        "INSERT INTO keys SELECT 999, packed FROM keys WHERE row = 1",
        "UPDATE papers SET source = 99 WHERE id = 'o1'",
    ],
)
def test_what_is_damaged_is_told_and_raises_nothing_else(tmp_path, fake, change):
    files = [
        lines(tmp_path / f"{name}.jsonl", papers)
        for name, papers in (("a", [PREPRINT, *OTHERS]), ("b", [LISTED]), ("c", [ARTICLE]))
    ]
    corpus = built(tmp_path, files, fake)
    corpus.split("10.1000/otters")
    with sqlite3.connect(corpus.path / "corpus.sqlite") as connection:
        assert connection.execute(change).rowcount
    connection.close()
    assert corpus.verify()
    for use in (corpus.duplicates, lambda: corpus.add([dataclasses.replace(PREPRINT, venue="Rafts")])):
        with contextlib.suppress(CorpusDamaged):
            use()
