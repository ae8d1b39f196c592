"""The text that is encoded of a paper: recipes, what they refuse, and that all vectors keep to them."""

import dataclasses
import json
import string

import numpy as np
import pytest
from conftest import FakeEncoder, kept, make_papers
from hypothesis import given
from hypothesis import strategies as st

from recommender import Corpus, Paper, Profile, Recommender
from recommender.cli import main
from recommender.errors import CorpusTooNew, EncoderMismatch, ParameterError
from recommender.recipe import DEFAULT_RECIPE, FIELDS, USUAL_RECIPES, TextRecipe

PAPER = Paper(
    title="Deep learning",
    abstract="Layers of features.",
    authors=("Ann Baker", "Bo Li"),
    published="2021-06",
    categories=("cs.LG", "stat.ML"),
    venue="Nature",
)
BARE = Paper(title="Deep learning")
SEP = "{title}[SEP]{abstract}"


@pytest.mark.parametrize(
    ("template", "text", "without"),
    [
        (DEFAULT_RECIPE, "Deep learning. Layers of features.", "Deep learning"),
        (SEP, "Deep learning[SEP]Layers of features.", "Deep learning"),
        ("title: {title} | text: {abstract}", "title: Deep learning | text: Layers of features.",
         "title: Deep learning"),
        ("{title} ({venue})", "Deep learning (Nature)", "Deep learning"),
        ("{venue}: {title}", "Nature: Deep learning", "Deep learning"),
        ("{venue} {published} {title}", "Nature 2021-06 Deep learning", "Deep learning"),
        ("{abstract}", "Layers of features.", "Deep learning"),
        ("{authors}; {categories}", "Ann Baker, Bo Li; cs.LG, stat.ML", "Deep learning"),
        ("{{{title}}}\n", "{Deep learning}\n", "{Deep learning}\n"),
        ("{title} {title}", "Deep learning Deep learning", "Deep learning Deep learning"),
    ],
)  # fmt: skip
def test_a_field_that_is_missing_goes_with_the_text_that_leads_to_it(template, text, without):
    recipe = TextRecipe(template)
    assert recipe.text(PAPER) == text == recipe.filled(PAPER)
    assert recipe.text(BARE) == without


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{titel}. {abstract}", r"\{titel\} in the text .* fields are title, abstract.*mean \{title\}"),
        ("{doi}", r"\{doi\} in the text to encode, '\{doi\}', is no field of a paper"),
        ("title and abstract", "is 'title and abstract' for every paper; name a field in braces"),
        ("", "is '' for every paper"),
        ("{title", "expected '}' before end of string; fields stand in braces"),
        ("title}", "Single '}' encountered"),
        ("{}", r"\{\} in the text to encode"),
        ("{0}", r"\{0\} in the text to encode"),
        ("{title.__class__.__mro__}", r"\{title.__class__.__mro__\} in"),
        ("{title[0]}", r"\{title\[0\]\} in"),
        ("{title!r}", r"\{title!r\} in"),
        ("{title:>9999999999}", r"\{title:>9999999999\} in"),
        ("{title:{abstract}}", r"\{title:\{abstract\}\} in"),
        ("{title}" + "x" * 1000, "has 1,007 characters; 1,000 at most"),
        ("{title}\udcff", r"half a character is no text"),
        (["{title}"], r"is \['\{title\}'\]; write"),
    ],
)  # fmt: skip
def test_what_is_no_recipe_is_refused_and_the_fields_named(template, message):
    with pytest.raises(ParameterError, match=message) as caught:
        TextRecipe(template)
    assert "\n" not in str(caught.value)


_TEXTS = st.text("ab {}[]:\n", max_size=8).map(lambda text: text.replace("{", "{{").replace("}", "}}"))
_TEMPLATES = st.lists(st.tuples(_TEXTS, st.sampled_from(sorted(FIELDS))), min_size=1, max_size=5)


@given(_TEMPLATES, _TEXTS)
def test_with_all_fields_there_it_is_pythons_own_format(parts, end):
    template = "".join(f"{text}{{{field}}}" for text, field in parts) + end
    values = {name: of(PAPER) for name, of in FIELDS.items()}
    assert TextRecipe(template).text(PAPER) == string.Formatter().vformat(template, (), values)
    assert TextRecipe(template).text(BARE)


def stored(corpus):
    return corpus.snapshot.vectors(corpus.snapshot.rows())


@pytest.fixture
def papers():
    return [*make_papers(20), Paper(id="bare", title="Robot arms of old")]


@pytest.fixture
def sep(tmp_path, papers, fake):
    """A corpus of title[SEP]abstract."""
    with Corpus.build(papers, tmp_path / "sep", encoder=fake, text=SEP) as built:
        yield built


def test_papers_are_encoded_as_their_corpus_says_and_it_remembers(sep, papers, fake):
    texts = [f"{paper.title}[SEP]{paper.abstract}" if paper.abstract else paper.title for paper in papers]
    assert fake.encoded == texts
    np.testing.assert_array_equal(stored(sep), kept(fake.encode(texts)))
    assert (sep.info().text, sep.verify()) == (SEP, [])
    fake.encoded.clear()
    with Corpus.open(sep.path, encoder=fake) as again:
        again.add(make_papers(1, start=90))
        draft = Paper(title="A draft", abstract="robot arm")
        Recommender(again).recommend(Profile(liked=["A draft"], papers={"A draft": draft}), k=3)
    (added,) = make_papers(1, start=90)
    assert fake.encoded == [f"{added.title}[SEP]{added.abstract}", "A draft[SEP]robot arm"]


def test_another_text_than_the_corpus_has_is_refused_with_both(sep, papers, fake):
    both = r"holds vectors of the text '\{title\}\[SEP\]\{abstract\}', not of '\{title\}'; vectors of two"
    with pytest.raises(EncoderMismatch, match=both):
        sep.add(make_papers(1, start=90), text="{title}")
    with pytest.raises(EncoderMismatch, match=both):
        Corpus.build(papers, sep.path, encoder=fake, text="{title}")
    assert sep.add(make_papers(1, start=90), text=SEP).new == 1
    anew = Corpus.build(papers, sep.path, encoder=fake, text="{title}", overwrite=True)
    assert (anew.info().text, len(anew), anew.verify()) == ("{title}", 21, [])


def test_what_the_text_reads_decides_whether_a_paper_is_encoded_again(tmp_path, papers, fake):
    def with_venue(paper, venue):
        return dataclasses.replace(paper, venue=venue)

    first = [with_venue(paper, "Workshop") for paper in papers]
    later = [with_venue(paper, "Proceedings of everything") for paper in papers]
    plain = Corpus.build(first, tmp_path / "plain", encoder=fake)
    fake.encoded.clear()
    assert (plain.add(later).changed, fake.encoded) == (21, [])
    corpus = Corpus.build(first, tmp_path / "c", encoder=fake, text="{title} ({venue})")
    fake.encoded.clear()
    corpus.add([dataclasses.replace(later[0], url="https://example.org/1")])
    assert fake.encoded == [f"{papers[0].title} (Proceedings of everything)"]
    corpus.add(later)
    fresh = Corpus.build(list(corpus), tmp_path / "fresh", encoder=fake, text="{title} ({venue})")
    np.testing.assert_array_equal(stored(corpus), stored(fresh))
    assert (corpus.verify(), corpus.add(later).unchanged) == ([], 21)


def test_an_abstract_that_the_text_does_not_read_still_counts_among_the_words(tmp_path, papers, fake):
    corpus = Corpus.build(papers, tmp_path / "c", encoder=fake, text="{title}")
    corpus.add([dataclasses.replace(papers[0], abstract="quokkas, quokkas and wombats of the whole island")])
    found = Recommender(corpus, strategy="lexical").search("quokkas", k=1)
    assert found.ids == [papers[0].id]


def test_a_stopped_build_begins_anew_with_another_text(tmp_path, papers, monkeypatch):
    from recommender.corpus import ingest

    def stopping(*_):
        raise KeyboardInterrupt

    real, calls = ingest.write_segment, []
    monkeypatch.setattr(ingest, "BATCH", 8)

    def second(*arguments):
        calls.append(1)
        return stopping() if len(calls) > 1 else real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(ingest, "write_segment", second)
        with pytest.raises(KeyboardInterrupt):
            Corpus.build(papers, tmp_path / "c", encoder=FakeEncoder(), text="{title}")
    assert len(Corpus.open(tmp_path / "c")) == 8
    corpus = Corpus.build(papers, tmp_path / "c", encoder=FakeEncoder(), text=SEP)
    whole = Corpus.build(papers, tmp_path / "whole", encoder=FakeEncoder(), text=SEP)
    np.testing.assert_array_equal(stored(corpus), stored(whole))
    assert (corpus.info().text, corpus.verify()) == (SEP, [])


def given_vectors(papers, template):
    return FakeEncoder().encode([template.format(title=p.title, abstract=p.abstract) for p in papers])


def test_vectors_from_elsewhere_are_agreed_with_once_their_text_is_said(tmp_path, papers):
    given = given_vectors(papers, "{abstract}")
    corpus = Corpus.build(papers, tmp_path / "c", encoder=FakeEncoder(), vectors=given, text="{abstract}")
    assert (corpus.info().verified, corpus.info().text, corpus.report.given) == (True, "{abstract}", 21)
    more = make_papers(5, start=50)
    assert corpus.add(more, vectors=given_vectors(more, "{abstract}")).given == 5
    with pytest.raises(
        EncoderMismatch, match=r"encoded as '\{abstract\}': over 5 of them .* agree with --text"
    ):
        corpus.add(make_papers(5, start=60), vectors=given_vectors(make_papers(5, start=60), "{title}"))


@pytest.mark.parametrize("template", ["{title}", "{abstract}"])
def test_a_disagreement_names_the_text_with_which_they_agree(tmp_path, papers, template):
    with pytest.raises(EncoderMismatch) as caught:
        Corpus.build(papers, tmp_path / "c", encoder=FakeEncoder(), vectors=given_vectors(papers, template))
    assert f"they agree with --text '{template}' (mean cosine 1.000): build with that" in str(caught.value)
    assert not (tmp_path / "c").exists()


def test_where_no_usual_text_agrees_it_is_still_named_as_a_cause(tmp_path, papers):
    other = given_vectors(papers, "abstract abstract {title} abstract abstract abstract")
    with pytest.raises(
        EncoderMismatch, match=r"none of the usual ones: say by --text \(text=\) how it was put"
    ):
        Corpus.build(papers, tmp_path / "c", encoder=FakeEncoder(), vectors=other)


def test_papers_without_an_abstract_agree_however_a_script_left_it_out(tmp_path):
    titles = ["First words of a long story", "Other words", "Last of all"]
    papers = [Paper(id=str(number), title=title) for number, title in enumerate(titles)]
    for texts in (titles, [f"{title}[SEP]" for title in titles]):
        place = tmp_path / str(len(texts[0]))
        assert Corpus.build(
            papers, place, encoder=FakeEncoder(), vectors=FakeEncoder().encode(texts), text=SEP
        )


def test_without_the_encoder_the_text_is_kept_until_it_is_there(tmp_path, papers, monkeypatch):
    from recommender.encoders import ENCODERS
    from recommender.errors import EncoderUnknown

    def nowhere(name):
        raise EncoderUnknown(name)

    monkeypatch.setattr("recommender.encoders.download", nowhere)
    given = given_vectors(papers, "{abstract}")
    given[-1] = FakeEncoder().encode([papers[-1].title])[0]
    Corpus.build(papers, tmp_path / "c", encoder="late", vectors=given, text="{abstract}").close()
    monkeypatch.setitem(ENCODERS, "late", lambda folder: FakeEncoder("late"))
    with Corpus.open(tmp_path / "c") as corpus:
        corpus.add(make_papers(2, start=50))
        assert (corpus.info().verified, corpus.verify()) == (True, [])


def test_a_text_of_a_later_version_is_not_guessed_at(sep):
    import hashlib
    import sqlite3

    with sqlite3.connect(sep.path / "corpus.sqlite") as connection:
        (document,) = connection.execute("SELECT document FROM manifest").fetchone()
        document = json.dumps(json.loads(document) | {"recipe": "{title} {keywords}"}, sort_keys=True)
        digest = hashlib.sha256(document.encode()).digest()
        connection.execute("UPDATE manifest SET document = ?, sha256 = ?", (document, digest))
    connection.close()
    with pytest.raises(CorpusTooNew, match=r"\{keywords\} in the text to encode"):
        Corpus.open(sep.path)


def test_from_the_command_line(tmp_path, papers, capsys, fake_by_name):
    source = tmp_path / "papers.jsonl"
    source.write_text("".join(paper.to_json() + "\n" for paper in papers))
    place = ["--corpus", str(tmp_path / "c")]
    assert main(["build", str(source), "--encoder", "fake", "--text", r"{title}\n{abstract}", *place]) == 0
    capsys.readouterr()
    assert fake_by_name.encoded[0] == f"{papers[0].title}\n{papers[0].abstract}"
    assert main(["info", "--json", *place]) == 0
    assert json.loads(capsys.readouterr().out)["text"] == "{title}\n{abstract}"
    assert main(["info", *place]) == 0
    assert r"text        {title}\n{abstract}" in capsys.readouterr().out
    assert main(["add", str(source), "--text", "{title}", *place]) == 1
    assert "not of '{title}'; vectors of two texts do not mix" in capsys.readouterr().err
    assert main(["build", str(source), "--encoder", "fake", "--text", "{titel}", *place]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "did you mean {title}?" in line


def test_the_usual_texts_are_recipes_and_the_default_is_the_first():
    assert USUAL_RECIPES[0] == DEFAULT_RECIPE
    assert all(TextRecipe(template).text(PAPER) for template in USUAL_RECIPES)
    assert TextRecipe().text(PAPER) == PAPER.text
    assert TextRecipe().text_hash(PAPER) == PAPER.text_hash == TextRecipe(SEP).text_hash(PAPER)
