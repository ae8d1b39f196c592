"""Each service's protocol: what it is asked, page by page, and what is made of its odd answers."""

import json
import time

import pytest
from player import Answer, Player, StillClock, as_json
from services import Network, works

from recommender.errors import FetchError, ParameterError
from recommender.fetch import SERVICES, arxiv, biorxiv, daily_papers, openalex, pubmed, semantic_scholar
from recommender.fetch.client import Client, Malformed
from recommender.fetch.service import BeginAgain, Question, halves, xml_outline
from recommender.fetch.services import can_resolve, divided, service_for

pytestmark = pytest.mark.extra("fetch")

WORKS = works(23)
TODAY = "2026-11-30"


@pytest.fixture
def network():
    return Network(WORKS)


@pytest.fixture
def player(network):
    with Player(network) as player:
        yield player
        assert player.failed == []


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    monkeypatch.setattr(daily_papers, "_PAGE", 2)
    monkeypatch.setattr(pubmed, "_PAGE", 5)
    monkeypatch.setattr(openalex, "_IDS", 4)
    monkeypatch.setattr(semantic_scholar, "_IDS", 4)
    monkeypatch.setattr(arxiv, "_IDS", 4)


def pages(player, name, *, question=None, steps=None, clock=None, **parts):
    """All pages of all steps of a question."""
    service = SERVICES[name]
    steps = service.steps(question or Question(today=TODAY, **parts)) if steps is None else steps
    found = []
    with Client(service.host, base=f"{player.base}/{name}", clock=clock or StillClock()) as client:
        steps = list(steps)
        while steps:
            step, cursor = steps.pop(0), None
            while True:
                page = service.page(client, step, cursor)
                steps[:0] = page.instead
                found.append(page)
                cursor = page.next
                if cursor is None:
                    break
    return found


def received(found):
    return [page.received for page in found]


QUESTIONS = {
    "arxiv": {"category": "cs.CL", "since": "2026-11-01"},
    "biorxiv": {"since": "2026-11-01"},
    "hf": {"since": "2026-11-01", "until": "2026-11-08"},
    "openalex": {"search": "grebe", "since": "2026-11-01"},
    "pubmed": {"search": "grebe", "since": "2026-11-01"},
    "s2": {"search": "grebe", "since": "2026-11-01"},
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_all_pages_come_and_their_number_is_what_was_announced(player, name):
    found = pages(player, name, **QUESTIONS[name])
    assert sum(received(found)) == 23
    if name != "hf":
        assert max(received(found)) == 5
        assert {page.announced for page in found if page.received} == {23}
    assert len(player.asked) == len(found) + (name == "pubmed")


@pytest.mark.parametrize("name", QUESTIONS)
def test_nothing_is_an_answer_too(network, player, name):
    network.papers = []
    found = pages(player, name, **QUESTIONS[name])
    assert not any(page.received or page.content for page in found)
    assert {page.announced for page in found} <= {0, None}


@pytest.mark.parametrize("name", [name for name in QUESTIONS if name != "hf"])
@pytest.mark.parametrize(
    "body", ["<html><body>Maintenance</body></html>", "", "[]", '{"a": 1}', "<feed", "null"]
)
def test_a_malformed_page_is_asked_again_and_then_told(player, name, body):
    player.first = [Answer(body)]
    assert sum(received(pages(player, name, **QUESTIONS[name]))) == 23
    player.play = lambda asked: Answer(body)
    with pytest.raises(
        FetchError, match=r"in 6 attempts: its answer (is|has|says|holds) .*; try again later"
    ):
        pages(player, name, **QUESTIONS[name])


def test_a_page_that_declares_entities_is_none(player):
    bomb = '<!DOCTYPE feed [<!ENTITY a "aaaa">]><feed xmlns="http://www.w3.org/2005/Atom">&a;</feed>'
    player.first = [Answer(bomb)]
    assert sum(received(pages(player, "arxiv", **QUESTIONS["arxiv"]))) == 23


def test_a_broken_record_is_the_readers_and_costs_no_page(network, player):
    whole = network._entry
    odd = "<title>An \x0b odd &nbsp; title & more</title>"
    network._entry = lambda work: whole(work).replace("</author>", f"</author>{odd}", 1)
    assert sum(received(pages(player, "arxiv", **QUESTIONS["arxiv"]))) == 23
    assert len(player.asked) == 5


@pytest.mark.parametrize("text", ["<entry>", "<entry ", "<a:entry x='", "</entry", "<entry></", "<" * 10])
def test_no_page_takes_long_to_be_refused(text):
    body = (f'<feed xmlns="http://www.w3.org/2005/Atom">{text * (2_000_000 // len(text))}').encode()
    started = time.process_time()
    with pytest.raises(Malformed):
        xml_outline(body, "feed", "entry")
    assert time.process_time() - started < 10


def test_a_page_that_is_cut_within_a_record_is_asked_again(network, player):
    for name, path in (("arxiv", "api/query"), ("pubmed", "efetch.fcgi")):
        player.asked.clear()
        whole = player.play

        def cutting(asked, whole=whole, path=path):
            answer = whole(asked)
            if asked.path.endswith(path) and not any(each.headers.get("cut") for each in player.asked):
                asked.headers["cut"] = "yes"
                answer.body = answer.body[: len(answer.body) * 2 // 3]
            return answer

        player.play = cutting
        assert sum(received(pages(player, name, **QUESTIONS[name]))) == 23
        assert len(player.asked) == 6 + (name == "pubmed")
        player.play = whole


# What each is asked


def test_arxiv_is_searched_by_category_words_and_days(player, network):
    pages(
        player, "arxiv", category="cs.CL", search='state "long grebe"', since="2026-11-02", until="2026-11-05"
    )
    assert network.query == 'cat:cs.CL AND all:state AND all:"long grebe"'
    first = player.asked[0].params
    assert first["search_query"].endswith("submittedDate:[202611020000 TO 202611052359]")
    assert (first["sortBy"], first["sortOrder"]) == ("submittedDate", "ascending")
    pages(player, "arxiv", category="hep-th", search="ti:grebe ANDNOT au:Auk")
    assert network.query == "(cat:hep-th OR cat:hep-th.*) AND (ti:grebe ANDNOT au:Auk)"


def test_arxiv_tells_what_changed_by_sets(player, network):
    found = pages(player, "arxiv", category="cs.CL", since="2026-11-01", changed=True)
    assert (received(found), network.set) == ([5, 5, 5, 5, 3], "cs:cs:CL")
    assert {page.announced for page in found} == {23}
    for category, name in {
        "hep-th": "physics:hep-th",
        "astro-ph.CO": "physics:astro-ph:CO",
        "math": "math:math",
        "q-bio.BM": "q-bio:q-bio:BM",
    }.items():
        pages(player, "arxiv", category=category, since="2026-11-01", changed=True)
        assert network.set == name


def test_one_page_of_changes_has_no_size_of_its_own(player, network):
    network.page = 100
    (page,) = pages(player, "arxiv", category="cs.CL", since="2026-11-01", changed=True)
    assert (page.received, page.announced) == (23, 23)


def test_a_token_that_was_forgotten_begins_anew(player, network):
    step = SERVICES["arxiv"].steps(Question(category="cs.CL", since="2026-11-01", changed=True, today=TODAY))[
        0
    ]
    with Client(SERVICES["arxiv"].host, base=f"{player.base}/arxiv", clock=StillClock()) as client:
        page = SERVICES["arxiv"].page(client, step, None)
        network.tokens.clear()
        with pytest.raises(BeginAgain):
            SERVICES["arxiv"].page(client, step, page.next)
        player.first = [network._oai_answer('<error code="noRecordsMatch">gone</error>')]
        with pytest.raises(BeginAgain):
            SERVICES["arxiv"].page(client, step, page.next)


def test_an_empty_page_of_arxiv_in_the_middle_is_asked_again(player, network):
    whole = network._atom
    player.first = [whole({"search_query": "x AND submittedDate:[20261101 TO 20261130]", "start": "0"})]
    empty = player.first[0].body.split("<entry>")[0] + "</feed>"
    player.first.append(Answer(empty))
    assert received(pages(player, "arxiv", **QUESTIONS["arxiv"])) == [5, 5, 5, 5, 3]


def test_a_search_too_deep_is_asked_in_parts(player, network, monkeypatch):
    monkeypatch.setattr(arxiv, "_DEEPEST", 10)
    found = pages(player, "arxiv", **QUESTIONS["arxiv"])
    assert sum(received(found)) == 23
    windows = {tuple(asked.params["search_query"].rpartition("[")[2].split()) for asked in player.asked}
    assert ("202611010000", "TO", "202611302359]") in windows
    assert len(windows) > 3
    monkeypatch.setattr(pubmed, "_DEEPEST", 10)
    assert sum(received(pages(player, "pubmed", **QUESTIONS["pubmed"]))) == 23


def test_halves_of_days_leave_none_out():
    step = {"since": "2026-11-01", "until": "2026-11-04", "x": 1}
    assert halves(step) == [
        {"since": "2026-11-01", "until": "2026-11-02", "x": 1},
        {"since": "2026-11-03", "until": "2026-11-04", "x": 1},
    ]
    assert halves({"since": "2026-11-01", "until": "2026-11-01"}) == []


def test_an_error_that_arxiv_writes_as_a_paper_is_told(player):
    player.first = [
        Answer(
            '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:o="http://a9.com/-/spec/opensearch/1.1/">'
            "<o:totalResults>1</o:totalResults><entry><id>http://arxiv.org/api/errors#x</id>"
            "<summary>incorrect id format for 1</summary></entry></feed>"
        )
    ]
    with pytest.raises(FetchError, match="arXiv refuses this: incorrect id format for 1"):
        pages(player, "arxiv", **QUESTIONS["arxiv"])


def test_openalex_is_asked_by_filters_and_a_cursor(player):
    pages(player, "openalex", search="grebe", filter="type:article", since="2026-11-02", until="2026-11-05")
    first = player.asked[0].params
    assert first == {
        "search": "grebe",
        "filter": "type:article,from_publication_date:2026-11-02,to_publication_date:2026-11-05",
        "per_page": "100",
        "cursor": "*",
    }


def test_semantic_scholar_is_asked_for_a_field_and_days(player):
    found = pages(player, "s2", search="grebe", category="Biology", since="2026-11-02")
    first = player.asked[0].params
    assert (first["query"], first["fieldsOfStudy"]) == ("grebe", "Biology")
    assert first["publicationDateOrYear"] == "2026-11-02:"
    assert all(page.roughly for page in found)


def test_hugging_face_is_asked_day_by_day(player):
    found = pages(player, "hf", since="2026-11-02", until="2026-11-03")
    assert received(found) == [2, 1, 2, 1]
    assert [(asked.params["date"][-2:], asked.params["p"]) for asked in player.asked] == [
        ("02", "0"),
        ("02", "1"),
        ("03", "0"),
        ("03", "1"),
    ]


def test_the_list_of_today_may_not_be_there_yet(player):
    player.first = [as_json([])] * 2 + [Answer('{"error": "Invalid date"}', 400)]
    assert received(pages(player, "hf", since="2026-11-28", until="2026-12-31")) == [0, 0, 0]
    assert [asked.params["date"] for asked in player.asked] == ["2026-11-28", "2026-11-29", "2026-11-30"]
    player.first = [Answer("", 400)]
    with pytest.raises(FetchError):
        pages(player, "hf", since="2026-11-28")


def test_openalex_says_by_403_that_it_is_asked_too_often(player):
    player.first = [Answer("slow down", 403)]
    assert sum(received(pages(player, "openalex", **QUESTIONS["openalex"]))) == 23


def test_pubmed_keeps_a_search_and_hands_it_out(player, monkeypatch):
    monkeypatch.setenv("NCBI_API_KEY", "k-e-y")
    monkeypatch.setenv("RECOMMENDER_MAILTO", "ada@example.org")
    pages(player, "pubmed", search="grebe[ti]", since="2026-11-01", until="2026-11-30")
    first = player.asked[0].form
    assert (first["term"], first["mindate"], first["maxdate"]) == ("grebe[ti]", "2026/11/01", "2026/11/30")
    assert {asked.form["api_key"] for asked in player.asked} == {"k-e-y"}
    assert {asked.form["email"] for asked in player.asked} == {"ada@example.org"}
    assert not any(asked.params for asked in player.asked)
    assert [asked.form["retstart"] for asked in player.asked[1:]] == ["0", "5", "10", "15", "20"]


def test_a_search_that_pubmed_forgot_begins_anew(player, network):
    service = SERVICES["pubmed"]
    (step,) = service.steps(Question(search="grebe", today=TODAY))
    with Client(service.host, base=f"{player.base}/pubmed", clock=StillClock()) as client:
        page = service.page(client, step, None)
        network.kept.clear()
        with pytest.raises(BeginAgain):
            service.page(client, step, page.next)
        player.first = [Answer("<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>", 400)]
        with pytest.raises(BeginAgain):
            service.page(client, step, page.next)


def test_what_pubmed_does_not_understand_is_told(player):
    player.first = [as_json({"esearchresult": {"ERROR": "Empty term and query_key - nothing todo"}})]
    with pytest.raises(FetchError, match="PubMed refuses this: Empty term"):
        pages(player, "pubmed", search="grebe")
    lost = {"count": "0", "errorlist": {"phrasesnotfound": ["grebbe"], "fieldsnotfound": []}}
    player.first = [as_json({"esearchresult": lost})]
    (page,) = pages(player, "pubmed", search="grebbe")
    assert page.notes == ("PubMed does not know: grebbe",)


def test_biorxiv_is_asked_for_a_category_and_either_collection(player):
    pages(player, "biorxiv", category="Zoology", since="2026-11-01", until="2026-11-08", collection="medrxiv")
    assert player.asked[0].path == "/biorxiv/details/medrxiv/2026-11-01/2026-11-08/0/json"
    assert player.asked[0].params == {"category": "zoology"}
    with pytest.raises(FetchError, match="biorxiv has no category 'ornithology'; some that it has: zoology"):
        pages(player, "biorxiv", category="ornithology", since="2026-11-01")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("arxiv", {}),
        ("arxiv", {"category": "birds"}),
        ("arxiv", {"category": "cs.CL OR all:x"}),
        ("arxiv", {"search": "x", "changed": True}),
        ("arxiv", {"changed": True}),
        ("openalex", {"since": "2026-11-01"}),
        ("s2", {"since": "2026-11-01"}),
        ("hf", {}),
        ("pubmed", {"search": " "}),
        ("biorxiv", {"collection": "chemrxiv", "since": "2026-11-01"}),
        ("biorxiv", {"collection": "medrxiv"}),
    ],
)
def test_what_cannot_be_asked_is_told_before_anything_is(name, parts):
    with pytest.raises(ParameterError):
        SERVICES[name].steps(Question(today=TODAY, **parts))


# By identifiers


def ids(scheme, numbers, unknown=()):
    return (*(f"{scheme}:{getattr(WORKS[number], scheme)}" for number in numbers), *unknown)


@pytest.mark.parametrize(
    ("name", "scheme", "unknown", "sizes"),
    [
        ("arxiv", "arxiv", "arxiv:2611.99999", [4, 2]),
        ("biorxiv", "doi", "doi:10.1101/2026.11.99999", None),
        ("hf", "arxiv", "arxiv:2611.99999", [1] * 6 + [0]),
        ("openalex", "doi", "doi:10.1234/other", [4, 2]),
        ("openalex", "arxiv", "arxiv:2611.99999", [4, 2]),
        ("openalex", "pmid", "pmid:1", [4, 2]),
        ("openalex", "openalex", "openalex:W1", [4, 2]),
        ("pubmed", "pmid", "pmid:1", [5, 1]),
        ("pubmed", "doi", "doi:10.1234/other", [5, 1]),
        ("s2", "doi", "doi:10.1234/other", [4, 2]),
        ("s2", "arxiv", "arxiv:2611.99999", [4, 2]),
        ("s2", "s2", f"s2:{'f' * 40}", [4, 2]),
    ],
)
def test_papers_are_asked_for_by_their_identifiers(player, name, scheme, unknown, sizes):
    wanted = ids(scheme, [0, 1, 2, 9, 10, 22], [unknown])
    assert all(can_resolve(SERVICES[name], each) for each in wanted)
    found = pages(player, name, ids=wanted)
    assert sum(received(found)) == 6
    assert sizes is None or received(found) == sizes
    told = [each for page in found if page.unknown is not None for each in page.unknown]
    assert told == ([unknown] if name in ("biorxiv", "hf", "s2") else [])


def test_no_list_of_ids_ends_at_ten_or_a_hundred(monkeypatch):
    many = works(250)
    monkeypatch.undo()
    network = Network(many, page=10_000)
    with Player(network) as player:
        for name, scheme in (("arxiv", "arxiv"), ("openalex", "doi"), ("pubmed", "pmid"), ("s2", "doi")):
            wanted = tuple(f"{scheme}:{getattr(work, scheme)}" for work in many)
            assert sum(received(pages(player, name, ids=wanted))) == 250, name
        assert player.failed == []


def test_long_identifiers_are_asked_for_in_more_parts(monkeypatch):
    monkeypatch.undo()
    long = tuple(f"doi:10.1234/{number:0300d}" for number in range(20))
    steps = SERVICES["openalex"].steps(Question(ids=long))
    assert [each for step in steps for each in step["asked"]] == list(long)
    assert max(len(step["filter"]) for step in steps) < 2100
    (step,) = SERVICES["openalex"].steps(Question(ids=(f"doi:10.1234/{'9' * 5000}",)))
    assert len(step["asked"]) == 1


def test_where_none_is_known_that_is_no_failure(player):
    for name, unknown in (("pubmed", "pmid:1"), ("pubmed", "doi:10.1234/x"), ("arxiv", "arxiv:2611.99999")):
        assert sum(received(pages(player, name, ids=(unknown,)))) == 0
    player.first = [Answer('{"error":"No valid paper ids given"}', 400)]
    (page,) = pages(player, "s2", ids=("doi:10.1234/x",))
    assert page.unknown == ("doi:10.1234/x",)


@pytest.mark.parametrize(
    "answer",
    [
        Answer('{"message": "not found"}'),
        as_json([None]),
        as_json([None, None, None]),
        as_json([{}, None]),
        Answer("[null, null", 200),
        Answer("Service Unavailable", 503),
    ],
)
def test_a_failure_is_never_taken_for_papers_that_are_not_known(player, answer):
    player.play = lambda asked: answer
    with pytest.raises(FetchError, match="in 6 attempts"):
        pages(player, "s2", ids=("doi:10.1234/x", "doi:10.1234/y"))


def test_the_newest_version_of_a_preprint_counts(player):
    found = pages(player, "biorxiv", ids=ids("doi", [4]))
    (page,) = (page for page in found if page.received)
    assert [each["version"] for each in json.loads(page.content)["collection"]] == ["2"]
    assert len(pages(player, "biorxiv", ids=ids("doi", [3]))) == 2  # of medRxiv


def test_an_identifier_that_would_be_two_in_a_filter_is_asked_for_alone(player):
    odd = "doi:10.1002/(sici)1097-0258(19980815)17:15,3"
    (page,) = pages(player, "openalex", ids=(odd,))
    assert page.unknown == (odd,)
    assert player.asked[0].path == "/openalex/works/doi:10.1002/%28sici%291097-0258%2819980815%2917:15%2C3"
    found = pages(player, "openalex", question=Question(ids=(f"doi:{WORKS[0].doi}", odd)))
    assert received(found) == [1, 0]


@pytest.mark.parametrize(
    ("identifier", "order"),
    [
        ("arxiv:2611.00001", ["arxiv", "openalex", "s2"]),
        ("doi:10.1101/2026.11.00001", ["biorxiv", "openalex", "s2"]),
        ("doi:10.1234/x", ["openalex", "s2"]),
        ("pmid:1", ["pubmed", "openalex", "s2"]),
        ("pmcid:PMC1", ["openalex", "s2"]),
        ("acl:N19-1423", ["s2"]),
        ("openalex:W1", ["openalex"]),
        (f"s2:{'0' * 40}", ["s2"]),
        ("url:example.org", []),
    ],
)
def test_who_is_asked_for_an_identifier_and_who_next(identifier, order):
    found, name = [], service_for(identifier)
    while name is not None:
        found.append(name)
        name = service_for(identifier, name)
    assert found == order


def test_a_mixed_list_is_divided():
    mixed = ["doi:10.1234/x", "arxiv:2611.00001", "acl:N19-1423", "url:example.org", "doi:10.1234/y"]
    assert divided(mixed) == (
        {
            "openalex": ["doi:10.1234/x", "doi:10.1234/y"],
            "arxiv": ["arxiv:2611.00001"],
            "s2": ["acl:N19-1423"],
        },
        ["url:example.org"],
    )


def test_every_service_keeps_its_promises():
    assert set(QUESTIONS) == set(SERVICES)
    for name, service in SERVICES.items():
        assert service.name == name
        assert service.host.base.startswith("https://")
        assert service.host.interval > 0
        assert service.schemes
    assert SERVICES["arxiv"].host.interval == 3
    assert biorxiv.PREFIXES
