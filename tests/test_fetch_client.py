"""The HTTP client: who it is, how often it asks, what it asks again, what it never follows or tells."""

import gzip
import json
import logging
import socket
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from player import Answer, Player, StillClock, as_json

from recommender import __version__
from recommender.errors import FetchError, ParameterError
from recommender.fetch import client as client_module
from recommender.fetch.client import ATTEMPTS, Client, Host, Malformed, user_agent
from recommender.fetch.waiting import LONGEST_ASKED, LONGEST_BACK_OFF, asked_wait, back_off

pytestmark = pytest.mark.extra("fetch")

HOST = Host("The Service", "https://api.example.org", 3.0)
KEYED = Host(
    "The Service", "https://api.example.org", 3.0, ("TEST_KEY", "OTHER_KEY"), "x-api-key", "Bearer {}", 0.5
)
KEY = "s3cret-of-mine"


def whole(body, headers):
    try:
        return json.loads(body)
    except ValueError as error:
        raise Malformed("is not JSON") from error


@pytest.fixture
def player():
    with Player(lambda asked: as_json(asked.params)) as player:
        yield player
        assert player.failed == []


@pytest.fixture
def clock():
    return StillClock()


def client(player, clock, host=HOST, **options):
    return Client(host, base=player.base, clock=clock, **options)


def ask(player, clock, host=HOST, path="/works", **options):
    with client(player, clock, host) as asking:
        return asking.ask(path, whole, **options)


def test_it_says_who_it_is(player, clock, monkeypatch):
    ask(player, clock)
    assert player.asked[-1].headers["user-agent"] == f"paper-recommender/{__version__}"
    monkeypatch.setenv("RECOMMENDER_MAILTO", "ada@example.org")
    ask(player, clock)
    assert (
        player.asked[-1].headers["user-agent"] == f"paper-recommender/{__version__} (mailto:ada@example.org)"
    )


@pytest.mark.parametrize("mail", ["ada", "ada@example.org\r\nX-Other: 1", "a@b", "a b@example.org"])
def test_an_address_that_is_none_is_refused(monkeypatch, mail):
    monkeypatch.setenv("RECOMMENDER_MAILTO", mail)
    with pytest.raises(ParameterError, match="RECOMMENDER_MAILTO is"):
        user_agent()


def test_parameters_arrive_as_they_are(player, clock):
    params = {"q": "a&b=c d/é?#[1 TO 2]", "empty": "x"}
    assert ask(player, clock, params=params) == params


def test_what_is_posted_arrives(player, clock):
    ask(player, clock, data={"id": "1,2"})
    assert (player.asked[-1].method, player.asked[-1].form) == ("POST", {"id": "1,2"})
    ask(player, clock, json={"ids": ["a"]})
    assert (player.asked[-1].method, player.asked[-1].json) == ("POST", {"ids": ["a"]})


# How often


def test_requests_keep_their_distance(player, clock):
    with client(player, clock) as asking:
        for _ in range(3):
            asking.ask("/", whole)
        assert clock.slept == [3.0, 3.0]
        clock.passed += 2.0
        asking.ask("/", whole)
        clock.passed += 60.0
        asking.ask("/", whole)
    assert clock.slept == [3.0, 3.0, 1.0]


def test_with_a_key_they_may_be_closer(player, clock, monkeypatch):
    monkeypatch.setenv("TEST_KEY", KEY)
    with client(player, clock, KEYED) as asking:
        for _ in range(3):
            asking.ask("/", whole)
    assert clock.slept == [0.5, 0.5]


# What is asked again


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_failure_is_asked_again_later_each_time(player, clock, status):
    player.first = [Answer("busy", status)] * 3
    assert ask(player, clock, params={"a": "1"}) == {"a": "1"}
    assert clock.slept == [2.0, 1.0, 4.0, 8.0]  # the distance of 3 s is kept as well
    assert len({asked.path + str(asked.params) for asked in player.asked}) == 1


@pytest.mark.parametrize("cut", [0, 10])
def test_a_connection_that_is_dropped_is_asked_again(player, clock, cut):
    player.first = [Answer('{"a": "a long answer"}', cut=cut)] * 2
    assert ask(player, clock) == {}
    assert len(player.asked) == 3


def test_an_answer_that_is_none_is_asked_again(player, clock):
    player.first = [Answer("<html>Down for maintenance</html>"), Answer('{"a": ')]
    assert ask(player, clock) == {}
    player.first = [Answer("<html>")] * 9
    with pytest.raises(FetchError) as caught:
        ask(player, clock)
    assert str(caught.value) == (
        "The Service gave no answer that can be used in 6 attempts: its answer is not JSON; try again later"
    )


def test_packed_answers_are_unpacked_and_damaged_ones_asked_again(player, clock):
    packed = gzip.compress(b'{"a": 1}')
    good = Answer(packed, headers={"Content-Encoding": "gzip"})
    player.first = [Answer(packed[:-9] + b"x" * 9, headers=good.headers), good]
    assert ask(player, clock) == {"a": 1}


def test_it_gives_up_after_some_attempts(player, clock):
    player.first = [Answer("<h1>Bad <b>gateway</b></h1><script>x()</script>", 502)] * 20
    with pytest.raises(FetchError) as caught:
        ask(player, clock)
    assert len(player.asked) == ATTEMPTS
    assert "in 6 attempts: it answers 502 (Bad gateway); try again later" in str(caught.value)
    assert caught.value.status == 502


def test_where_nobody_listens_it_says_so(clock):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    said = r"in 6 attempts: the connection failed \(.+\); try again later"
    with (
        Client(HOST, base=f"http://127.0.0.1:{port}", clock=clock) as asking,
        pytest.raises(FetchError, match=said),
    ):
        asking.ask("/", whole)
    assert len(clock.slept) >= ATTEMPTS - 1


@pytest.mark.parametrize("status", [400, 404, 410, 422])
def test_what_would_fail_again_is_not_asked_again(player, clock, status):
    player.first = [as_json({"error": "no such filter"})]
    player.first[0].status = status
    with pytest.raises(FetchError) as caught:
        ask(player, clock)
    assert str(caught.value) == f'The Service: it answers {status} ({{"error": "no such filter"}})'
    assert (len(player.asked), caught.value.status) == (1, status)


def test_a_status_may_stand_for_nothing(player, clock):
    player.first = [Answer("no such date", 404)]
    with client(player, clock) as asking:
        assert asking.ask("/", lambda body, headers: body, empty=frozenset({404})) == b""


# Retry-After


@pytest.mark.parametrize("status", [403, 429, 503])
def test_it_waits_as_long_as_it_is_asked_to(player, clock, status):
    player.first = [Answer("", status, {"Retry-After": "77"})]
    ask(player, clock)
    assert clock.slept == [77.0]


def test_a_date_will_do(player, clock):
    player.first = [Answer("", 503, {"Retry-After": "Mon, 30 Nov 2026 05:02:00 GMT"})]
    ask(player, clock)
    assert clock.slept == [120.0]


def test_it_says_when_to_try_again_where_that_is_much_later(player, clock):
    player.first = [Answer("daily quota", 429, {"Retry-After": "43200"})]
    with pytest.raises(FetchError) as caught:
        ask(player, clock)
    assert str(caught.value) == (
        "The Service asks to wait until 2026-11-30 17:00 UTC (it answers 429 (daily quota)); try again then"
    )
    assert clock.slept == []


NOW = datetime(2026, 11, 30, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        (" 12 ", 12.0),
        ("1.5", 1.5),
        ("Mon, 30 Nov 2026 04:00:00 GMT", 0.0),
        ("Mon, 30 Nov 2026 06:00:00 +0100", 0.0),
        ("Mon, 30 Nov 2026 05:00:09 -0000", 9.0),
        ("Monday, 30-Nov-26 05:01:00 GMT", 60.0),
        ("-3", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("1e9", None),
        ("٣", None),
    ],
)
def test_how_a_wait_is_written(header, seconds):
    assert asked_wait(header, NOW) == seconds


@settings(max_examples=50)
@given(st.text(max_size=40))
def test_no_header_is_too_odd(text):
    found = asked_wait(text, NOW)
    assert found is None or found >= 0


@given(st.integers(1, 500), st.floats(0, 1))
def test_back_off_is_bounded_and_grows(failures, chance):
    assert 1 <= back_off(failures, chance) <= LONGEST_BACK_OFF < LONGEST_ASKED
    assert back_off(failures, chance) <= back_off(failures + 1, chance)


# What is never followed, told or read


def test_it_follows_the_service_itself(player, clock):
    player.first = [Answer("", 301, {"Location": "/moved?b=2"})]
    assert ask(player, clock, params={"a": "1"}) == {"b": "2"}


@pytest.mark.parametrize(
    "target",
    [
        "https://login.example.com/wifi",
        "http://192.0.2.1/",
        "https://127.0.0.1/x",
        "http://127.0.0.1:1/other",
        "file:///etc/passwd",
        "//192.0.2.7/x",
    ],
)
def test_it_never_follows_elsewhere(player, clock, target):
    player.first = [Answer("", 302, {"Location": target})]
    with pytest.raises(FetchError, match=r"The Service redirects to .*nothing is sent there"):
        ask(player, clock)
    assert len(player.asked) == 1


def test_a_service_is_never_asked_in_the_clear(clock):
    with pytest.raises(ParameterError, match="is no address to ask: https"):
        Client(HOST, base="http://api.example.org", clock=clock)


def test_redirections_end(player, clock):
    player.play = lambda asked: Answer("", 302, {"Location": "/round"})
    with pytest.raises(FetchError, match="redirects without end"):
        ask(player, clock)


def test_what_is_posted_is_not_turned_into_a_question(player, clock):
    player.play = lambda asked: Answer("", 302, {"Location": "/other"})
    with pytest.raises(FetchError, match="redirects without end"):
        ask(player, clock, data={"key": KEY})
    player.first = [Answer("", 307, {"Location": "/other"})]
    player.play = lambda asked: as_json(asked.path)
    assert ask(player, clock, data={"key": KEY}) == "/other"
    assert player.asked[-1].form == {"key": KEY}


@pytest.mark.parametrize("name", ["TEST_KEY", "OTHER_KEY"])
def test_a_key_goes_into_its_header_and_nowhere_else(player, clock, monkeypatch, caplog, name):
    monkeypatch.setenv(name, f" {KEY}\n")
    caplog.set_level(logging.DEBUG)
    player.first = [Answer(f"busy, {KEY}", 503), Answer(f"the key {KEY} is unknown", 401)]
    with pytest.raises(FetchError) as caught:
        ask(player, clock, KEYED, params={"q": "1"})
    assert [asked.headers["x-api-key"] for asked in player.asked] == [f"Bearer {KEY}"] * 2
    assert all(KEY not in f"{asked.path}{asked.params}{asked.body}" for asked in player.asked)
    assert KEY not in str(caught.value) + caplog.text
    assert f"it answers 401 (the key ... is unknown); is the key in {name} right?" in str(caught.value)


def test_a_key_that_is_none_is_not_repeated(player, clock, monkeypatch):
    monkeypatch.setenv("TEST_KEY", f"{KEY}\nX-Other: 1")
    with pytest.raises(ParameterError) as caught:
        ask(player, clock, KEYED)
    assert str(caught.value) == "TEST_KEY holds something that is no key"


def test_where_a_key_is_missing_it_says_where_it_is_taken_from(player, clock):
    player.first = [Answer("", 401)]
    with pytest.raises(FetchError, match="a key is taken from TEST_KEY"):
        ask(player, clock, KEYED)


def test_an_answer_too_large_is_not_read_to_its_end(player, clock, monkeypatch):
    monkeypatch.setattr(client_module, "MAX_RESPONSE", 100_000)
    bomb = gzip.compress(bytes(50_000_000))
    player.first = [Answer(bomb, headers={"Content-Encoding": "gzip"})]
    with pytest.raises(FetchError, match=r"an answer of more than 97\.7kB, no page of papers"):
        ask(player, clock)
    assert len(player.asked) == 1


def test_an_answer_too_slow_is_given_up(player, clock):
    class Slow(StillClock):
        def monotonic(self):
            self.passed += 400
            return self.passed

    player.first = [Answer(json.dumps("x" * 300_000))] * 20
    with pytest.raises(FetchError, match="its answer takes longer than 600 s"):
        ask(player, Slow())


def test_the_services_own_time_is_the_real_one():
    clock = client_module.Clock()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert 0 <= clock.random() <= 1
