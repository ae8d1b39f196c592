"""A poorer record of a paper never takes away from a richer one."""

import dataclasses
import itertools

import numpy as np
import pytest
from conftest import SHARED, FakeEncoder, kept
from hypothesis import given
from hypothesis import strategies as st

from recommender import Corpus, Paper
from recommender.cli import main
from recommender.corpus.merging import combine, differing_fields, merge
from recommender.errors import EncoderError

ABSTRACT = "Grebes build floating nests of reeds and carry their young on their backs. " * 15

RICH = Paper(
    id="2106.09685",
    title="Floating nests: how grebes build among reeds",
    abstract=ABSTRACT.strip(),
    authors=(
        "Edward J. Hu",
        "Yelong Shen",
        "Phillip Wallis",
        "Zeyuan Li",
        "Yuanzhi Li",
        "Shean Wang",
        "Lu Wang",
    ),
    published="2021-06-17",
    categories=("cs.CL", "cs.AI", "cs.LG"),
    venue="Journal of Reeds",
    url="https://arxiv.org/abs/2106.09685",
    identifiers={"doi": "10.1103/reeds", "s2": "77"},
    upvotes=12,
)


def changed(**fields):
    return dataclasses.replace(RICH, **fields)


@pytest.mark.parametrize(
    ("field", "poorer"),
    [
        ("title", "Floating nests: how grebes"),
        ("title", "FLOATING NESTS: HOW GREBES ..."),
        ("title", "Floating nests: how grebes build among \ufffdeeds"),
        ("abstract", ""),
        ("abstract", RICH.abstract[:30]),
        ("abstract", RICH.abstract[:900] + "..."),
        ("abstract", RICH.abstract[100:900]),
        ("abstract", "[No abstract available]"),
        ("abstract", "Other words by a curator of the list, with an end that is cut off " * 10 + "\u2026"),
        ("abstract", RICH.abstract.replace("young", "yo\ufffdng")),
        ("authors", ()),
        ("authors", RICH.authors[:2]),
        ("authors", ("Hu et al.",)),
        ("authors", ("E. J. Hu", "Y. Shen", "P. Wallis", "Z. Li", "Y. Li", "S. Wang", "L. Wang")),
        ("published", ""),
        ("published", "2021"),
        ("published", "2021-06"),
        ("published", "2020"),
        ("categories", ()),
        ("categories", ("cs.AI",)),
        ("venue", ""),
        ("venue", "arXiv"),
        ("venue", "Journal of"),
        ("url", ""),
        ("identifiers", {}),
        ("identifiers", {"doi": "10.48550/arXiv.2106.09685"}),
        ("upvotes", None),
    ],
)
def test_a_field_that_says_less_stays_as_it_was(field, poorer):
    merged = merge(RICH, changed(**{field: poorer}))
    assert merged.paper == RICH
    assert merged.retained == (field,)


@pytest.mark.parametrize(
    ("field", "correction"),
    [
        ("title", "Floating nests: how grebes build among the reeds"),
        ("title", "Nests that float"),
        ("abstract", RICH.abstract + " They dance, too."),
        ("abstract", "Another version, written anew. " * 25),
        ("authors", (*RICH.authors, "Weizhu Chen")),
        ("authors", RICH.authors[::-1]),
        ("published", "2021-06-16"),
        ("revised", "2022-01"),
        ("categories", ("stat.ML", "cs.AI", "cs.LG")),
        ("categories", (*RICH.categories, "stat.ML")),
        ("venue", "Annals of Ponds"),
        ("url", "https://example.org/nests"),
        ("upvotes", 13),
    ],
)
def test_a_correction_comes_in(field, correction):
    merged = merge(RICH, changed(**{field: correction}))
    assert merged.paper == changed(**{field: correction})
    assert merged.retained == ()


def test_identifiers_and_categories_of_another_scheme_join_those_that_are_there():
    merged = merge(RICH, changed(identifiers={"doi": "10.1103/Reeds.2", "pmid": "5"}))
    assert merged.paper.identifiers == {"doi": "10.1103/Reeds.2", "s2": "77", "pmid": "5"}
    merged = merge(RICH, changed(categories=("Computer Science", "Birds", "Water", "Nests")))
    assert merged.paper.categories == (*RICH.categories, "Computer Science", "Birds", "Water", "Nests")


def test_everything_that_a_first_record_lacks_comes_in():
    poor = Paper(id=RICH.id, title=RICH.title, authors=("E. J. Hu",), published="2021", venue="arXiv")
    assert merge(poor, RICH).paper == RICH
    assert merge(poor, RICH).retained == ()
    assert merge(RICH, poor).paper == RICH


def test_a_whole_text_is_that_of_one_record():
    later = changed(title="Another title of it", abstract="")
    assert merge(RICH, later).paper.title == "Another title of it"
    assert merge(RICH, later, whole_text=True).paper == RICH
    later = changed(title="Another title of it", abstract=RICH.abstract + " And more.")
    assert merge(RICH, later, whole_text=True).paper == later


WORDS = st.sampled_from(
    ["", "reeds", "reeds and nests", "arXiv", "Other words", "reeds ...", "r\ufffdeds", ABSTRACT]
)
PAPERS = st.builds(
    Paper,
    id=st.just("a"),
    title=WORDS.filter(bool),
    abstract=WORDS,
    authors=st.lists(st.sampled_from(["A. Bee", "Ann Bee", "C. Dee"]), max_size=3).map(tuple),
    published=st.sampled_from(["", "2020", "2020-05", "2020-05-17", "2021", "2021-02-03"]),
    categories=st.lists(st.sampled_from(["cs.CL", "cs.AI", "Birds", "Reeds"]), max_size=3).map(tuple),
    venue=WORDS,
    url=st.sampled_from(["", "https://a.org", "https://b.org"]),
    identifiers=st.dictionaries(st.sampled_from(["doi", "s2"]), st.sampled_from(["10.48550/a", "10.1/x"])),
    upvotes=st.sampled_from([None, 1, 2]),
    revised=st.sampled_from(["", "2021", "2022-02"]),
)


@given(PAPERS, PAPERS, st.booleans())
def test_no_field_is_ever_emptied_and_merging_again_changes_nothing(earlier, later, whole):
    merged = merge(earlier, later, whole_text=whole).paper
    for field in differing_fields(Paper(title="none"), earlier):
        assert getattr(merged, field) not in ("", (), {}, None)
    assert len(merged.authors) >= len(earlier.authors)
    assert len(merged.published) >= len(earlier.published)
    assert merged.identifiers.keys() == {*earlier.identifiers, *later.identifiers}
    assert merge(merged, merged).paper == merged
    assert merge(earlier, earlier).paper == earlier
    again = merge(merged, later, whole_text=whole).paper
    assert again == merged
    if whole:
        assert merged.text in (earlier.text, later.text)


# The date of a paper, and that of its last version


def version(number, published, **fields):
    return Paper(id=f"2101.00042v{number}", title="Reeds and nests", published=published, **fields)


@pytest.mark.parametrize(
    ("dates", "published", "revised"),
    [
        (["2021-01-05", "2024-02-01"], "2021-01-05", "2024-02-01"),
        (["2021-01-05", "2024"], "2021-01-05", "2024"),
        (["2021", "2021-03-05"], "2021-03-05", ""),  # one date, the more exact
        (["2021-03-05", "2021"], "2021-03-05", ""),
        (["2021", "2024", "2021-03-05"], "2021-03-05", "2024"),
        (["2021", "2023", "2022"], "2021", "2023"),
        (["2024-02-01", "2021-01-05"], "2021-01-05", ""),  # a correction: no version is named
    ],
)
def test_a_paper_of_2021_stays_one_of_2021(dates, published, revised):
    paper, *others = (changed(published=date) for date in dates)
    for other in others:
        paper = merge(paper, other).paper
    assert (paper.published, paper.revised) == (published, revised)


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
def test_versions_that_are_named_may_come_in_any_order(order):
    dates = {1: "2021-01-05", 2: "2022-07", 3: "2024-02-01"}
    paper, *others = (version(number, dates[number]) for number in order)
    for other in others:
        paper = merge(paper, other).paper
    assert (paper.published, paper.revised) == ("2021-01-05", "2024-02-01")
    assert combine([version(number, dates[number]) for number in order]).revised == "2024-02-01"


def test_what_a_source_says_of_its_versions_stays():
    paper = merge(version(2, "2021-01-05", revised="2023"), version(2, "2021-01-05")).paper
    assert paper.revised == "2023"
    merged = merge(version(2, "2021-01-05", revised="2023"), version(3, "2021-01-05", revised="2024"))
    assert (merged.paper.revised, merged.retained) == ("2024", ())


def test_an_article_is_a_version_of_its_preprint_and_two_dates_of_one_article_are_none():
    preprint = Paper(id="2101.00042", title="Reeds and nests", published="2021-01-05", venue="arXiv")
    listed = Paper(id="S1", title="Reeds and nests", published="2021-02-01", venue="arXiv")
    article = Paper(id="10.1000/reeds", title="Reeds and nests", published="2023", venue="Journal of Reeds")
    on_screen = dataclasses.replace(article, id="W1", published="2022-11")
    for records, published, revised in (
        ([preprint, article], "2021-01-05", "2023"),
        ([preprint, listed], "2021-01-05", ""),  # two sources on one event
        ([on_screen, article], "2022-11", ""),  # on the screen and in print
        ([preprint, on_screen, article], "2021-01-05", "2023"),
    ):
        for order in itertools.permutations(records):
            found = combine(order)
            assert (found.published, found.revised) == (published, revised)


# In a corpus


def built(tmp_path, papers, fake, **options):
    return Corpus.build(papers, tmp_path / "c", encoder=fake, **options)


def test_a_poorer_record_leaves_a_stored_paper_unchanged_and_says_so(tmp_path, fake):
    corpus = built(tmp_path, [RICH], fake)
    fake.encoded.clear()
    poor = Paper(
        id="arXiv:2106.09685v2",
        title=RICH.title,
        abstract=RICH.abstract[:30],
        authors=RICH.authors[:2],
        published="2021",
    )
    report = corpus.add([poor])
    assert (report.new, report.changed, report.unchanged, report.encoded) == (0, 0, 1, 0)
    assert fake.encoded == []
    assert list(corpus) == [RICH]
    assert report.changed_fields == {}
    assert report.retained_fields == dict.fromkeys(differing_fields(RICH, poor), 1)
    expected = "richer fields retained (abstract 1, authors 1, published 1, categories 1, venue 1, url 1, "
    assert expected in str(report)
    assert "\n" not in str(report)
    assert corpus.verify() == []


def test_a_correction_is_counted_by_field(tmp_path, fake):
    corpus = built(tmp_path, [RICH, Paper(id="b", title="Other")], fake)
    report = corpus.add(
        [changed(published="2021", venue="Annals of Ponds"), Paper(id="b", title="Other", url="u")]
    )
    assert (report.changed, report.unchanged, report.encoded) == (2, 0, 0)
    assert report.changed_fields == {"venue": 1, "url": 1}
    assert report.retained_fields == {"published": 1}
    assert "2 changed (venue 1, url 1), 0 unchanged, richer fields retained (published 1)" in str(report)
    assert corpus[RICH.id] == changed(venue="Annals of Ponds")


def test_a_removed_paper_may_come_back_poorer(tmp_path, fake):
    corpus = built(tmp_path, [RICH, Paper(id="b", title="Other")], fake)
    corpus.remove([RICH.id])
    corpus.add([changed(abstract="")], again=RICH.id)
    assert corpus[RICH.id] == changed(abstract="")


@pytest.mark.parametrize("apart", [0, 3_000])
def test_records_of_one_paper_in_one_source_are_merged(tmp_path, fake, apart):
    """Also when they lie further apart than what is staged at once."""
    between = [Paper(id=f"p{number}", title=f"Paper {number}") for number in range(apart)]
    poor = changed(abstract="", authors=RICH.authors[:1], published="2021", venue="Annals of Ponds")
    source = [RICH, *between, poor, *between[:5], poor]
    corpus = built(tmp_path, source, fake)
    assert corpus[RICH.id] == changed(venue="Annals of Ponds")
    assert (corpus.report.read, corpus.report.new) == (len(source), 1 + apart)
    assert corpus.report.retained_fields == {"abstract": 2, "authors": 2, "published": 2}
    report = corpus.add(source)
    assert (report.changed, report.unchanged, report.encoded) == (0, 1 + apart, 0)


def test_a_killed_build_of_such_a_source_goes_on(tmp_path, fake):
    poor = [changed(id=f"p{number}", title=f"Paper {number}", abstract="") for number in range(200)]
    rich = [dataclasses.replace(paper, abstract=ABSTRACT.strip(), authors=()) for paper in poor]
    source = [*rich, *poor]

    class Stopping(FakeEncoder):
        def encode(self, texts):
            if len(self.encoded) >= 128:
                raise EncoderError("stopped")
            return super().encode(texts)

    with pytest.raises(EncoderError, match="stopped"):
        Corpus.build(source, tmp_path / "c", encoder=Stopping())
    with Corpus.build(source, tmp_path / "c", encoder=fake) as corpus:
        assert (corpus.report.new, corpus.report.changed, corpus.report.unchanged) == (72, 0, 128)
        whole = [dataclasses.replace(paper, abstract=ABSTRACT.strip()) for paper in poor]
        assert sorted(corpus, key=lambda paper: paper.id) == sorted(whole, key=lambda paper: paper.id)
        assert corpus.verify() == []


def stored(corpus, paper_id):
    return corpus.snapshot.vectors(np.array([corpus.row(paper_id)], np.int64))


def test_a_given_vector_stays_with_the_text_that_it_was_made_of(tmp_path, fake):
    """Of two records the text of one is taken, and its own row; a poorer one's row is not looked at."""
    titled = changed(title="Floating nests: grebes and how they build among reeds", abstract="")
    other = Paper(id="b", title="Other")
    source = [RICH, titled, other, titled]
    vectors = fake.encode([paper.text for paper in source])
    corpus = built(tmp_path, source, fake, vectors=vectors)
    assert corpus[RICH.id] == RICH
    np.testing.assert_array_equal(stored(corpus, RICH.id), kept(vectors[:1]))
    source = [titled, changed(abstract=RICH.abstract + " More.")]
    vectors = fake.encode([paper.text for paper in source])
    report = corpus.add(source, vectors=vectors)
    assert (report.changed, report.given) == (1, 1)
    np.testing.assert_array_equal(stored(corpus, RICH.id), kept(vectors[1:]))
    report = corpus.add([titled], vectors=fake.encode([titled.text]))
    assert (report.changed, report.unchanged, report.given) == (0, 1, 0)
    assert corpus.verify() == []


def test_given_vectors_of_poorer_records_are_compared_with_nothing(tmp_path, fake):
    """They are neither of the stored text nor of one that the encoder is asked for."""
    rich = [changed(id=f"p{number}", title=f"Paper {number}") for number in range(40)]
    corpus = built(tmp_path, rich, fake, vectors=fake.encode([paper.text for paper in rich]))
    poor = [dataclasses.replace(paper, abstract="") for paper in rich]
    source = [*poor, Paper(id="new", title="A new one")]
    report = corpus.add(source, vectors=fake.encode([paper.text for paper in source]))
    assert (report.new, report.unchanged, report.given) == (1, 40, 1)
    np.testing.assert_array_equal(stored(corpus, "new"), kept(fake.encode(["A new one"])))
    assert list(corpus)[:40] == rich


def test_one_row_of_an_export_takes_nothing_from_the_dump(tmp_path, fake):
    cases = SHARED.parent / "cases"
    if not cases.is_dir():
        pytest.skip("the shared cases are not here")
    corpus = Corpus.build(cases / "arxiv_dump.json", tmp_path / "c", encoder=fake)
    before = {paper.id: paper for paper in corpus}
    report = corpus.add(cases / "poor.csv")
    after = {paper.id: paper for paper in corpus}
    assert report.new == 0
    assert len(after) == len(before) == 4
    for paper_id, paper in before.items():
        assert dataclasses.replace(after[paper_id], identifiers=paper.identifiers) == paper


def test_the_command_says_what_changed_in_one_line(capsys, tmp_path, fake_by_name):
    for name, paper in (("rich", RICH), ("poor", changed(abstract="", venue="Annals of Ponds"))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "papers.jsonl").write_text(paper.to_json() + "\n")
    folder = ["--corpus", str(tmp_path / "c")]
    assert main(["build", str(tmp_path / "rich" / "papers.jsonl"), *folder, "--encoder", "fake"]) == 0
    capsys.readouterr()
    assert main(["add", str(tmp_path / "poor" / "papers.jsonl"), *folder]) == 0
    assert (
        capsys.readouterr()
        .err.splitlines()[-1]
        .startswith(
            "1 papers read, 0 new, 1 changed (venue 1), 0 unchanged, richer fields retained (abstract 1), "
            "1 without an abstract; 0 encoded"
        )
    )
