"""`fetch` and `add arxiv:...` as commands: what is asked, said, remembered, and left when stopped."""

import json

import pytest
from conftest import FakeEncoder, make_papers
from player import Answer, Player, as_json
from services import Network, works

from recommender import Corpus
from recommender.cli import main, network
from recommender.corpus import last_fetched, remember_fetched
from recommender.fetch import client, fetching
from recommender.readers import read_papers

pytestmark = pytest.mark.extra("fetch")

WORKS = works(6)


class Instant(client.Clock):
    """The real day, and no waiting."""

    def __init__(self):
        super().__init__(sleep=lambda seconds: None)


@pytest.fixture
def services(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(fetching, "Clock", Instant)
    with Player(Network(WORKS, page=100)) as player:
        monkeypatch.setenv("RECOMMENDER_FETCH_BASE", player.base)
        yield player
        assert player.failed == []


@pytest.fixture
def corpus(tmp_path):
    Corpus.build(make_papers(4), tmp_path / "c", encoder="static").close()
    return tmp_path / "c"


def run(capsys, line):
    status = main(line.split())
    said = capsys.readouterr()
    return status, said.out, said.err


def titles(path):
    return sorted(paper.title for paper in read_papers(path))


def test_fetch_writes_a_file_and_says_how_many(services, capsys, tmp_path):
    status, out, err = run(capsys, "fetch hf --since 2026-11-01 --until 2026-11-02 --out new.jsonl")
    assert (status, out, err) == (0, "new.jsonl: 6 papers\n", "")
    assert titles(tmp_path / "new.jsonl") == sorted(work.title for work in WORKS)


def test_ids_that_are_not_known_are_named(services, capsys, tmp_path):
    (tmp_path / "ids.txt").write_text("# wanted\n2611.00001 # the grebes\n\narXiv:2611.77777,\n")
    line = "fetch hf --ids ids.txt --out new.jsonl"
    status, out, err = run(capsys, line)
    assert (status, out) == (0, "new.jsonl: 1 paper, 1 unknown there\n")
    assert err == "recommender: not known there: arxiv:2611.77777\n"
    assert run(capsys, f"{line} --strict")[0] == 1


def test_what_the_corpus_has_is_not_asked_for(services, capsys, tmp_path, corpus):
    have = make_papers(4)
    (tmp_path / "ids.txt").write_text(f"{have[0].url}\narXiv:2611.00001\n")
    assert run(capsys, "fetch hf --ids ids.txt --corpus c --out new.jsonl")[0] == 0
    assert [asked.path for asked in services.asked] == ["/hf/api/papers/2611.00001"]
    (tmp_path / "ids.txt").write_text(f"{have[0].url}\n")
    assert run(capsys, "fetch ids ids.txt --corpus c --out new.jsonl")[1] == "new.jsonl: 0 papers\n"


def test_any_file_of_papers_names_ids(services, capsys, tmp_path):
    papers = [
        {"title": "One", "doi": "10.48550/arXiv.2611.00002", "url": "https://example.org/1"},
        {"title": "Two", "id": "x7", "arxiv_id": "2611.00003v2"},
    ]
    (tmp_path / "library.json").write_text(json.dumps(papers))
    assert run(capsys, "fetch hf --ids library.json --out new.jsonl")[0] == 0
    assert titles(tmp_path / "new.jsonl") == sorted(WORKS[number].title for number in (2, 3))


@pytest.mark.parametrize(
    "text", ["id\n2611.00002\n2611.00003\n", '"arXiv ID"\n"2611.00002"\n"2611.00003";\n']
)
def test_a_column_of_ids_names_them(services, capsys, tmp_path, text):
    (tmp_path / "ids.csv").write_text(text)
    assert run(capsys, "fetch hf --ids ids.csv --out new.jsonl") == (0, "new.jsonl: 2 papers\n", "")


def test_a_bibliography_names_papers(services, capsys, tmp_path):
    (tmp_path / "refs.bib").write_text(
        "@article{a, title={One}, doi={10.1101/2026.11.00001}}\n"
        "@misc{b, title={Two}, eprint={2611.00002}, archiveprefix={arXiv}}\n"
        "@misc{c, title={Three, of which nothing is known}}\n"
    )
    status, out, err = run(capsys, "fetch s2 --ids refs.bib --out new.jsonl")
    assert (status, out) == (0, "new.jsonl: 2 papers, 1 unknown there\n")
    assert "no identifier: 'Three, of which nothing is known'" in err
    assert titles(tmp_path / "new.jsonl") == sorted(WORKS[number].title for number in (1, 2))


def test_ids_and_a_question_do_not_go_together(services, capsys, tmp_path):
    (tmp_path / "ids.txt").write_text("2611.00001\n")
    status, _, err = run(capsys, "fetch hf --ids ids.txt --since 7d --out new.jsonl")
    assert status == 2
    assert err.startswith("recommender: --ids names the papers; --since would choose others")


def test_a_failure_is_one_line_and_the_same_command_goes_on(services, capsys, tmp_path):
    whole = services.play
    services.play = lambda asked: whole(asked) if asked.params["date"] < "2026-11-02" else Answer("no", 400)
    status, out, err = run(capsys, "fetch hf --since 2026-11-01 --until 2026-11-02 --out new.jsonl")
    assert (status, out) == (1, "")
    assert err == (
        "recommender: Hugging Face: it answers 400 (no); 3 papers have come, and the same command goes on\n"
    )
    services.play = whole
    status, out, err = run(capsys, "fetch hf --since 2026-11-01 --until 2026-11-02 --out new.jsonl")
    assert (status, out) == (0, "new.jsonl: 6 papers (gone on with)\n")


def test_what_is_odd_and_was_taken_is_no_failure_where_all_must_be_taken(services, capsys, tmp_path):
    services.play._hf = lambda work: {"id": work.arxiv, "title": work.title, "publishedAt": "soon"}
    line = "fetch hf --since 2026-11-01 --until 2026-11-01 --out new.jsonl --strict"
    status, out, err = run(capsys, line)
    assert (status, out) == (0, "new.jsonl: 3 papers\n")
    assert "Hugging Face, page from 1, row 1: 'soon' is no date" in err


def test_where_nothing_came_nothing_is_left(services, capsys, tmp_path):
    services.first = [Answer("no", 400)]
    assert run(capsys, "fetch s2 --search x --out new.jsonl")[0] == 1
    assert list(tmp_path.iterdir()) == []


def test_no_key_is_ever_shown_or_written(services, capsys, tmp_path, monkeypatch):
    key = "s3cret-k3y"
    for name in ("S2_API_KEY", "OPENALEX_API_KEY", "NCBI_API_KEY"):
        monkeypatch.setenv(name, key)
    for service in ("s2", "openalex", "pubmed"):
        services.first = [Answer(f"bad key {key}", 401)]
        said = run(capsys, f"fetch {service} --search x --out {service}.jsonl --verbose")
        assert said[0] == 1
        assert key not in "".join(said[1:])
    for path in tmp_path.iterdir():
        assert key.encode() not in path.read_bytes()
    assert not [option for option in run(capsys, "fetch s2 --help")[1].split() if "key" in option.lower()]


# add


def test_add_asks_for_what_is_new_and_remembers_where_it_stopped(services, capsys, corpus, monkeypatch):
    first = run(capsys, "add hf: --since 2026-11-01 --corpus c")
    assert first[0] == 0
    assert first[1] == "hf:: 6 papers\nc: 10 papers\n"
    day = last_fetched(corpus, "hf:")
    assert day == str(Instant().now().date())
    assert [path.name for path in corpus.iterdir() if "fetching" in path.name] == []
    remember_fetched(corpus, "hf:", "2020-01-01")
    assert last_fetched(corpus, "hf:") == day, "it does not go back"
    services.asked.clear()
    assert run(capsys, "add hf: --corpus c")[0] == 0
    days = sorted({asked.params["date"] for asked in services.asked})
    assert (days[-1], len(days)) == (day, 4), "three days before are asked once more"


def test_the_first_time_is_a_week(services, capsys, corpus):
    assert run(capsys, "add hf: --since last --corpus c")[0] == 0
    assert len({asked.params["date"] for asked in services.asked}) == 8


def test_nothing_new_is_no_failure_and_is_remembered(services, capsys, corpus):
    services.play.papers = []
    status, out, _ = run(capsys, "add hf: --corpus c")
    assert (status, out) == (0, "hf:: 0 papers\nc: nothing new, 4 papers\n")
    assert last_fetched(corpus, "hf:") is not None


def test_files_and_sources_on_the_network_are_added_together(services, capsys, corpus, tmp_path):
    (tmp_path / "more.csv").write_text("id,title\nx1,Grebes dive\n")
    assert run(capsys, "add more.csv hf: --since 2026-11-01 --corpus c")[0] == 0
    with Corpus.open(corpus) as opened:
        assert len(opened) == 11


def test_a_paper_is_added_by_its_id(services, capsys, corpus):
    assert run(capsys, "add arxiv:2611.00002 --corpus c")[0] == 0
    with Corpus.open(corpus) as opened:
        assert opened["2611.00002"].title == WORKS[2].title
    assert last_fetched(corpus, "arxiv:2611.00002") is None
    status, _, err = run(capsys, "add arxiv:2611.77777 --corpus c")
    assert (status, err.splitlines()[-1]) == (1, "recommender: arxiv:2611.77777: not known there")


def test_state_moves_only_when_the_papers_are_in(services, capsys, corpus, monkeypatch):
    whole = Corpus.add

    def failing(self, *arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(Corpus, "add", failing)
    status, _, err = run(capsys, "add hf: --since 2026-11-01 --corpus c")
    assert status == 130
    assert "the same command goes on from there" in err
    assert last_fetched(corpus, "hf:") is None
    asked = len(services.asked)
    monkeypatch.setattr(Corpus, "add", whole)
    assert run(capsys, "add hf: --since 2026-11-01 --corpus c")[0] == 0
    assert len(services.asked) == asked, "what was downloaded is not asked for again"
    with Corpus.open(corpus) as opened:
        assert len(opened) == 10
        assert opened.verify() == []


def test_with_a_limit_nothing_is_remembered(services, capsys, corpus):
    assert run(capsys, "add hf: --since 2026-11-01 --limit 2 --corpus c")[0] == 0
    with Corpus.open(corpus) as opened:
        assert len(opened) == 6
    assert last_fetched(corpus, "hf:") is None


def test_a_mistyped_question_is_not_in_the_way_of_the_right_one(services, capsys, tmp_path):
    services.first = [Answer("no such words", 400)]
    assert run(capsys, "fetch s2 --search grebbe --out new.jsonl")[0] == 1
    assert run(capsys, "fetch s2 --search grebe --out new.jsonl")[0] == 0
    assert len(titles(tmp_path / "new.jsonl")) == 6


def test_a_link_stays_one(services, capsys, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link.jsonl").symlink_to("real/new.jsonl")
    assert run(capsys, "fetch s2 --search grebe --out link.jsonl")[0] == 0
    assert (tmp_path / "link.jsonl").is_symlink()
    assert len(titles(tmp_path / "real" / "new.jsonl")) == 6


def test_another_question_takes_the_place_of_a_stopped_one(services, capsys, corpus):
    services.first = [as_json([]), Answer("no", 400)]
    assert run(capsys, "add hf: --since 2026-11-02 --corpus c")[0] == 1
    assert run(capsys, "add hf: --since 2026-11-01 --corpus c")[0] == 0
    with Corpus.open(corpus) as opened:
        assert len(opened) == 10


def test_what_is_left_of_a_download_does_not_keep_a_corpus_from_being_replaced(services, capsys, corpus):
    services.first = [as_json([]), Answer("no", 400)]
    assert run(capsys, "add hf: --since 2026-11-02 --corpus c")[0] == 1
    assert any(path.name.startswith("fetching-") for path in corpus.iterdir())
    Corpus.build(make_papers(3), corpus, encoder=FakeEncoder(), overwrite=True).close()
    with Corpus.open(corpus, encoder=FakeEncoder()) as opened:
        assert len(opened) == 3


@pytest.mark.parametrize(
    ("line", "status", "said"),
    [
        ("add hf:cs.CL --corpus c", 2, "the daily papers have no parts; write hf:"),
        ("add arxiv:birds --corpus c", 2, "'birds' is no category of arXiv"),
        ("add doi:x --corpus c", 2, "'doi:x' is no identifier of a paper"),
        ("add hf: --since soon --corpus c", 2, "'soon' is not a date"),
        ("add more.csv --since 7d --corpus c", 2, "--since is for sources on the network"),
        ("add hf: --corpus none", 1, "none"),
        ("add hf: --map title=x --corpus c", 2, "--encoding and --vectors are for files, not for hf:"),
        ("add hf: --encoding cp1252 --corpus c", 2, "--encoding and --vectors are for files, not for hf:"),
        ("add hf: --limit 0 --corpus c", 2, "limit is 0"),
        ("fetch hf --since 7d --corpus c --out n", 2, "--corpus says which papers are there already"),
    ],
)
def test_what_cannot_be_added_is_told(services, capsys, corpus, tmp_path, line, status, said):
    (tmp_path / "more.csv").write_text("id,title\nx1,Grebes dive\n")
    found = run(capsys, line)
    assert found[0] == status
    assert said in found[2]
    assert services.asked == []


def test_a_file_of_such_a_name_is_a_file(services, capsys, corpus, tmp_path):
    (tmp_path / "hf:").write_text('{"title": "Grebes dive"}\n')
    assert run(capsys, "add hf: --corpus c")[0] == 0
    assert services.asked == []
    assert not network.is_on_network("a\0b")
    assert not network.is_on_network("x" * 5000)
    assert network.is_on_network("arxiv:" + "x" * 5000)


def test_add_takes_away_what_its_service_has_withdrawn(services, capsys, corpus):
    services.play.papers = works(6)
    assert run(capsys, "add arxiv:cs.CL --since 2026-11-01 --corpus c")[0] == 0
    with Corpus.open(corpus) as opened:
        assert len(opened) == 10
    services.play.papers[2].deleted = True
    assert run(capsys, "add arxiv:cs.CL --since 2026-11-01 --corpus c")[0] == 0
    with Corpus.open(corpus) as opened:
        assert len(opened) == 9
        assert "2611.00002" not in opened
