"""Downloads: what is written and told; stopped anywhere and gone on with, nothing is lost or doubled."""

import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from offline import SOURCE_PATH
from player import Answer, Player, StillClock, as_json
from services import Network, works

from recommender import Paper
from recommender.errors import FetchError, InvalidPaper, ParameterError
from recommender.fetch import SERVICES, arxiv, daily_papers, download, fetch, openalex, progress_file, pubmed
from recommender.fetch.progress_file import ProgressFile, part_of, state_of
from recommender.readers import Deleted, Source, detect, read_papers

pytestmark = pytest.mark.extra("fetch")

WORKS = works(23)

QUESTIONS = {
    "arxiv": {"category": "cs.CL", "since": "2026-11-01"},
    "biorxiv": {"since": "2026-11-01"},
    "hf": {"since": "2026-11-01", "until": "2026-11-08"},
    "openalex": {"search": "grebe", "since": "2026-11-01"},
    "pubmed": {"search": "grebe", "since": "2026-11-01"},
    "s2": {"search": "grebe", "since": "2026-11-01"},
}
CHANGED = {"category": "cs.CL", "since": "2026-11-01", "changed": True}


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    monkeypatch.setattr(daily_papers, "_PAGE", 2)
    monkeypatch.setattr(pubmed, "_PAGE", 5)
    monkeypatch.setattr(openalex, "_IDS", 4)
    monkeypatch.setattr(arxiv, "_IDS", 4)


@pytest.fixture
def network():
    return Network(WORKS)


@pytest.fixture
def player(network):
    with Player(network) as player:
        yield player
        assert player.failed == []


@pytest.fixture
def out(tmp_path):
    return tmp_path / "new.jsonl"


def get(player, out, name, clock=None, **question):
    return fetch(name, out, base=player.base, clock=clock or StillClock(), **(question or QUESTIONS[name]))


def papers(out):
    return list(read_papers(out))


def titles(out):
    return sorted(paper.title for paper in papers(out))


ALL = sorted(work.title for work in WORKS)


# What comes


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_paper_is_written_once_and_read_back_as_it_was(player, out, name):
    report = get(player, out, name)
    assert (report.papers, report.notes, report.problems) == (23, (), ())
    assert str(report) == "23 papers"
    assert titles(out) == ALL
    assert [path.name for path in out.parent.iterdir()] == ["new.jsonl"]
    for line, paper in zip(out.read_text().splitlines(), papers(out), strict=True):
        assert Paper.from_json(line) == paper
        assert paper.abstract.startswith("We watched the ")
        assert paper.published.startswith("2026-11")
        assert paper.authors[0] in ("Ada Lovelace", "A. Lovelace", "Lovelace, A.")


def test_what_went_is_written_as_that(player, network, out):
    network.papers = works(7, deleted={2, 5})
    report = get(player, out, "arxiv", **CHANGED)
    assert (report.papers, report.deleted, report.notes) == (5, 2, ())
    assert str(report) == "5 papers, 2 withdrawn"
    found = [item for item in papers(out) if isinstance(item, Deleted)]
    assert [Paper(title="x", id=item.id).key for item in found] == ["arxiv:2611.00002", "arxiv:2611.00005"]


def test_a_withdrawal_without_an_id_is_named(player, network, out):
    network.papers = works(2, deleted={1})
    network.papers[1].arxiv = ""
    whole = network._oai
    network._oai = lambda params: Answer(whole(params).body.replace("oai:arXiv.org:<", "<"))
    report = get(player, out, "arxiv", **CHANGED)
    assert (report.papers, report.deleted, report.rejected, report.notes) == (1, 0, 1, ())
    assert report.problems == ("arXiv, page from 1, row 2: withdraws a paper without an id",)


def test_a_limit_is_kept(player, out):
    assert get(player, out, "hf", **QUESTIONS["hf"], limit=7).papers == 7
    assert titles(out) == sorted(work.title for work in WORKS[:7])
    assert len(player.asked) == 5
    with pytest.raises(ParameterError, match="limit is 0"):
        get(player, out, "hf", **QUESTIONS["hf"], limit=0)


def test_nothing_is_an_empty_file(player, out):
    report = get(player, out, "hf", since="2026-11-20", until="2026-11-21")
    assert (str(report), out.read_bytes()) == ("0 papers", b"")


def test_what_was_there_is_replaced_when_all_have_come(player, out):
    out.write_text("old\n")
    player.first = [Answer("", 400)]
    with pytest.raises(FetchError):
        get(player, out, "hf")
    assert out.read_text() == "old\n"
    get(player, out, "hf")
    assert titles(out) == ALL


def test_days_may_be_written_in_any_way(player, out):
    clock = StillClock(datetime(2026, 11, 5, 12, 0, tzinfo=UTC))
    get(player, out, "hf", clock=clock, since="2d", until="yesterday")
    assert {asked.params["date"] for asked in player.asked} == {"2026-11-03", "2026-11-04"}
    player.asked.clear()
    get(player, out, "hf", clock=clock, since="2026-11")
    assert {asked.params["date"] for asked in player.asked} == {f"2026-11-0{day}" for day in range(1, 6)}
    for wrong in ({"since": "soon"}, {"since": "2026-11-06"}, {"since": "2026-11-02", "until": "2026-11-01"}):
        with pytest.raises(ParameterError):
            get(player, out, "hf", clock=clock, **wrong)


def test_what_a_service_does_not_take_is_refused(player, out):
    with pytest.raises(ParameterError, match="Hugging Face does not take a category, a search"):
        get(player, out, "hf", search="x", category="y", since="7d")
    with pytest.raises(ParameterError, match="'scholar' is no service; known: arxiv, biorxiv"):
        get(player, out, "scholar", search="x")
    assert player.asked == []
    assert list(out.parent.iterdir()) == []


# Counts


def test_less_than_was_announced_is_told(player, network, out):
    whole = network.openalex

    def ending(path, asked):
        answer = whole(path, asked)
        if asked.params["cursor"] == "c15":
            answer.body = answer.body.replace('"next_cursor": "c20"', '"next_cursor": null')
        return answer

    network.openalex = ending
    report = get(player, out, "openalex")
    assert (report.papers, report.notes) == (20, ("OpenAlex announced 23 records and gave 20",))
    network.s2 = lambda path, asked: as_json({"total": 23, "token": None, "data": [network._s2(WORKS[0])]})
    assert get(player, out, "s2").notes == ("Semantic Scholar announced about 23 records and gave 1",)


def test_of_numbers_that_change_the_last_counts(player, network, out):
    whole = network._details
    network._details = lambda preprints, total, cursor: whole(preprints, 23 if cursor else 29, cursor)
    assert get(player, out, "biorxiv").notes == ()
    network._details = lambda preprints, total, cursor: whole(preprints[:4], 23, cursor)
    assert (get(player, out, "biorxiv").papers, titles(out)) == (23, ALL), "a page may be shorter"


def test_of_the_versions_of_a_preprint_the_newest_of_a_page_is_written(player, network, out):
    whole = network._details

    def doubled(preprints, total, cursor):
        some = [{**each, "version": version} for each in preprints for version in ("2", "1")]
        return whole(some, 46, cursor)

    network.page = 100
    network._details = doubled
    report = get(player, out, "biorxiv")
    assert (report.papers, report.notes, titles(out)) == (23, (), ALL)
    assert {paper.url[-2:] for paper in papers(out)} == {"v2"}


def test_what_was_retracted_is_marked(player, out):
    get(player, out, "openalex")
    assert [paper.title for paper in papers(out) if paper.retracted] == [WORKS[2].title]


def test_a_record_that_comes_twice_over_a_border_is_written_once_and_one_is_missed(player, network, out):
    whole = network._between

    def shifting(first, last, papers=None):
        found = whole(first, last, papers)
        return found if len(player.asked) == 1 else [found[0], *found]  # somebody put one before

    network._between = shifting
    network.shifted = True
    report = get(player, out, "arxiv")
    assert (report.papers, report.twice) == (23, 1)
    assert report.notes == ("arXiv announced 24 records from 2026-11-01 to 2026-11-30 and gave 23",)
    assert titles(out) == ALL


def test_a_record_that_is_no_paper_is_counted_and_named(player, network, out):
    network.papers = works(4)
    network.papers[1].title = network.papers[1].abstract = ""
    report = get(player, out, "hf")
    assert (report.papers, report.rejected) == (3, 1)
    assert report.problems == ("Hugging Face, page from 1, row 2: has no title (id '2611.00001')",)


def test_a_page_that_is_none_of_the_service_is_told_in_a_line(player, out):
    player.play = lambda asked: as_json([{"title": "x"}])
    with pytest.raises(FetchError, match=r"its answer has entries without a paper; try again later$"):
        get(player, out, "hf")


# Stopped, and gone on with


class Stop(BaseException):
    """As if the process had been killed: nothing is tidied up by us."""


def stopped_at(monkeypatch, where, moment):
    """Stop before or after the nth call of a method of ProgressFile."""
    calls = [0]
    whole = getattr(ProgressFile, where)

    def stopping(self, *arguments):
        calls[0] += 1
        if moment == (calls[0], "before"):
            raise Stop
        found = whole(self, *arguments)
        if moment == (calls[0], "after"):
            raise Stop
        return found

    monkeypatch.setattr(ProgressFile, where, stopping)


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("where", ["save", "write"])
@pytest.mark.parametrize("moment", [(1, "before"), (1, "after"), (4, "before"), (4, "after")])
def test_stopped_anywhere_it_goes_on_and_comes_to_the_same(player, out, monkeypatch, name, where, moment):
    get(player, out, name)
    whole, full = sorted(out.read_bytes().splitlines()), len(player.asked)
    out.unlink()
    with monkeypatch.context() as patched:
        stopped_at(patched, where, moment)
        with pytest.raises(Stop):
            get(player, out, name)
    assert not out.exists()
    report = get(player, out, name)
    assert report.resumed == (where == "write" or moment != (1, "before"))
    assert sorted(out.read_bytes().splitlines()) == whole
    assert (report.papers, report.notes) == (23, ())
    assert [path.name for path in out.parent.iterdir()] == ["new.jsonl"]
    if moment[1] == "after" and where == "save":
        assert len(player.asked) == 2 * full, "a page that had come was asked for again"


@pytest.mark.parametrize("moment", [(1, "before"), (1, "after")])
def test_stopped_at_the_end_it_ends(player, out, monkeypatch, moment):
    with monkeypatch.context() as patched:
        stopped_at(patched, "finish", moment)
        with pytest.raises(Stop):
            get(player, out, "hf")
    asked = len(player.asked)
    get(player, out, "hf")
    assert titles(out) == ALL
    assert (len(player.asked) == asked) == (moment[1] == "before")


def test_stopped_between_the_two_last_steps_it_begins_as_if_it_had_ended(player, out, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(progress_file, "sync_folder", lambda folder: raise_if(not part_of(out).exists()))
        with pytest.raises(Stop):
            get(player, out, "hf")
    assert out.exists()
    assert state_of(out).exists()
    assert not get(player, out, "hf").resumed
    assert titles(out) == ALL


def raise_if(wrong):
    if wrong:
        raise Stop


def test_half_a_line_after_what_counts_is_cut_off(player, out):
    player.first = [*[as_json([])] * 3, Answer("", 400)]
    with pytest.raises(FetchError):
        get(player, out, "hf")
    with part_of(out).open("ab") as file:
        file.write(b'{"half": ')
    get(player, out, "hf")
    assert b"half" not in out.read_bytes()


def test_a_failure_says_that_what_came_is_kept(player, out):
    whole = player.play
    player.play = lambda asked: whole(asked) if len(player.asked) < 5 else Answer("no", 400)
    with pytest.raises(FetchError) as caught:
        get(player, out, "hf")
    assert str(caught.value) == (
        "Hugging Face: it answers 400 (no); 6 papers have come, and the same command goes on"
    )
    player.play = whole
    report = get(player, out, "hf")
    assert str(report) == "23 papers (gone on with)"
    assert titles(out) == ALL


def test_the_days_of_a_stopped_fetch_stay_those_of_its_beginning(player, out):
    player.first = [as_json([]), Answer("", 400)]
    early, late = (StillClock(datetime(2026, 11, day, tzinfo=UTC)) for day in (5, 9))
    with pytest.raises(FetchError):
        get(player, out, "hf", clock=early, since="2d")
    get(player, out, "hf", clock=late, since="2d")
    assert {asked.params["date"] for asked in player.asked} == {f"2026-11-0{day}" for day in (3, 4, 5)}


def test_another_question_does_not_go_on_with_it(player, out):
    whole = player.play
    player.play = lambda asked: whole(asked) if len(player.asked) < 2 else Answer("", 400)
    with pytest.raises(FetchError):
        get(player, out, "hf")
    with pytest.raises(
        ParameterError, match=r"new.jsonl.fetching belongs to another fetch.*service=hf since="
    ):
        get(player, out, "hf", since="2026-11-02")
    state_of(out).unlink()
    part_of(out).write_text("something\n")
    with pytest.raises(ParameterError, match=r"new.jsonl.part is there, and nothing says of which fetch"):
        get(player, out, "hf")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 9}', '{"version": 1}', "null"])
def test_a_state_that_says_nothing_is_named(player, out, text):
    state_of(out).write_text(text)
    with pytest.raises(ParameterError, match=r"new.jsonl.fetching says nothing of a fetch"):
        get(player, out, "hf")


def test_where_the_records_are_gone_it_begins_anew(player, out):
    player.first = [*[as_json([])] * 2]
    whole = player.play
    player.play = lambda asked: whole(asked) if len(player.asked) < 8 else Answer("no", 400)
    with pytest.raises(FetchError):
        get(player, out, "hf")
    part_of(out).unlink()
    player.play = whole
    assert not get(player, out, "hf").resumed
    assert titles(out) == ALL


def test_two_do_not_fetch_into_one_file(player, out):
    with progress_file.opened(out), pytest.raises(FetchError, match="another process is fetching into"):
        get(player, out, "hf")
    get(player, out, "hf")


@pytest.mark.parametrize("base", ["http://192.0.2.1/", "https://example.org", "example.org"])
def test_services_are_played_on_this_machine_only(out, monkeypatch, base):
    monkeypatch.setenv("S2_API_KEY", "s3cret")
    monkeypatch.setenv("RECOMMENDER_FETCH_BASE", base)
    with pytest.raises(ParameterError, match="is not on this machine"):
        fetch("s2", out, search="grebe", clock=StillClock())


def test_a_folder_and_a_place_that_is_not_there_are_refused(player, tmp_path):
    with pytest.raises(ParameterError, match="is no file"):
        get(player, tmp_path, "hf")
    with pytest.raises(ParameterError, match="there is no folder"):
        get(player, tmp_path / "none" / "x", "hf")


def test_a_window_that_was_forgotten_is_begun_anew_without_doubles(player, network, out):
    whole, forgotten = network._oai, []

    def forgetful(params):
        if len(player.asked) == 4:
            network.tokens.clear()
            forgotten.append(params)
        return whole(params)

    network._oai = forgetful
    report = get(player, out, "arxiv", **CHANGED)
    assert (report.papers, report.twice, report.notes, len(forgotten)) == (23, 0, (), 1)
    assert titles(out) == ALL
    network._oai = lambda params: whole(params | ({"resumptionToken": "x"} if len(params) == 2 else {}))
    with pytest.raises(FetchError, match="arXiv forgets where it was, 4 times in a row"):
        get(player, out, "arxiv", **CHANGED)


KILLED = """
import os, sys
sys.path.insert(0, sys.argv[4])
from datetime import UTC, datetime
from player import StillClock
from recommender.fetch import fetch, daily_papers
daily_papers._PAGE = 2
class Killing(StillClock):
    def sleep(self, seconds):
        super().sleep(seconds)
        if len(self.slept) == int(sys.argv[3]):
            os.kill(os.getpid(), 9)
fetch("hf", sys.argv[1], since="2026-11-01", until="2026-11-08", base=sys.argv[2], clock=Killing())
"""


def test_a_process_that_is_killed_is_gone_on_with_by_another(player, out):
    tests = os.path.dirname(__file__)  # noqa: PTH120
    for moment in ("9", "4", "99"):
        command = [sys.executable, "-c", KILLED, str(out), player.base, moment, tests]
        done = subprocess.run(command, env={**os.environ, "PYTHONPATH": SOURCE_PATH}, check=False)
        assert done.returncode == (0 if moment == "99" else -9)
        assert out.exists() == (moment == "99")
    assert titles(out) == ALL
    assert len(player.asked) <= 18 + 2


# By identifiers


def test_ids_of_every_kind_are_divided_and_those_that_nobody_knows_are_listed(player, network, out):
    wanted = [
        f"https://arxiv.org/abs/{WORKS[0].arxiv}v2",
        f"https://doi.org/10.48550/arXiv.{WORKS[1].arxiv}",
        f"doi:{WORKS[2].doi}",
        f"PMID: {WORKS[3].pmid}",
        WORKS[4].s2,
        f"https://openalex.org/{WORKS[5].openalex}",
        "doi:10.1234/nowhere",
        "arXiv:2611.99999",
        "A title of something",
        "https://example.org/page",
        f"arXiv:{WORKS[0].arxiv}",
    ]
    report = get(player, out, "ids", ids=wanted)
    assert titles(out) == sorted(work.title for work in WORKS[:6])
    assert {*report.unknown} == {
        "doi:10.1234/nowhere",
        "arxiv:2611.99999",
        "A title of something",
        "https://example.org/page",
    }
    assert report.notes == ("no identifier: 'A title of something', 'https://example.org/page'",)
    assert str(report) == "6 papers, 4 unknown there"
    services = [asked.path.split("/")[1] for asked in player.asked]
    assert {*services} == {"arxiv", "biorxiv", "pubmed", "s2", "openalex"}


def test_what_a_service_cannot_find_by_is_listed(player, out):
    report = get(player, out, "hf", ids=[f"arXiv:{WORKS[3].arxiv}", "doi:10.1234/x", "2611.99999"])
    assert titles(out) == [WORKS[3].title]
    assert report.unknown == ("doi:10.1234/x", "arxiv:2611.99999")
    assert report.notes == ("Hugging Face finds nothing by: 'doi:10.1234/x'",)


def test_no_ids_are_no_papers(player, out):
    assert get(player, out, "ids", ids=[]).papers == 0
    assert player.asked == []


# The lines


def test_a_file_of_deletions_alone_is_read(tmp_path):
    path = tmp_path / "gone.jsonl"
    path.write_text('{"deleted": true, "id": "arXiv:2611.00001"}\n{"deleted": true, "id": "2611.00002"}\n')
    assert papers(path) == [
        Deleted("gone.jsonl, row 1", "arXiv:2611.00001"),
        Deleted("gone.jsonl, row 2", "2611.00002"),
    ]


def test_what_was_cleaned_once_is_not_cleaned_again(tmp_path):
    paper = Paper(
        id="x",
        title="Costs of $5 and $6 {in brackets} \\alpha",
        abstract="a <b> & c \\emph{d}",
        identifiers={"doi": "10.1/x", "pmcid": "PMC1", "own": "7"},
        retracted=True,
        upvotes=3,
    )
    path = tmp_path / "own.jsonl"
    path.write_text(f"{paper.to_json()}\n{Paper(title='Other').to_json()}\n")
    assert papers(path) == [paper, Paper(title="Other")]
    fields = json.loads(paper.to_json())
    path.write_text(json.dumps({**fields, "published": "soon", "title": "$\\alpha$"}))
    assert [item.title for item in papers(path) if isinstance(item, Paper)] == ["α"]


IDS = st.sampled_from(
    ["", "2611.00001", "https://openalex.org/W1", "W12345", "10.1101/2026.11.1", "hep-th/9901001", "f" * 40]
)
TEXTS = st.text(max_size=60)


@settings(max_examples=150)
@given(
    IDS,
    TEXTS.filter(lambda text: any(c.isalnum() for c in text)),
    TEXTS,
    st.lists(TEXTS, max_size=3),
    st.lists(TEXTS, max_size=2),
    st.dictionaries(st.sampled_from(["doi", "openalex", "arxiv", "s2", "own"]), TEXTS, max_size=3),
    st.booleans(),
)
def test_every_paper_is_read_back_as_it_was(
    name, title, abstract, authors, categories, identifiers, retracted
):
    try:
        paper = Paper(
            id=name,
            title=title,
            abstract=abstract,
            authors=tuple(authors),
            published="2026-11-01" if authors else "",
            categories=tuple(categories),
            url=name if name.startswith("http") else "",
            identifiers=identifiers,
            retracted=retracted,
            upvotes=len(title) if retracted else None,
        )
    except InvalidPaper:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "own.jsonl")
        path.write_bytes(f"{paper.to_json()}\n".encode())
        assert papers(path) == [paper]
        assert detect(Source(path)).name == "jsonl"


def test_every_service_has_a_reader_for_its_pages():
    assert set(QUESTIONS) == set(SERVICES)
    assert download.MAX_RESPONSE > 2**20
