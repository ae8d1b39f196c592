"""The one HTTP client: who we are, how often we ask, what is asked again, what is never followed or told.

The same for every service: an identified client, no more requests than the service allows, time and size
limits, a failure asked again after a while, ``Retry-After`` obeyed. An answer counts when it was looked at:
whoever asks gives a function that makes something of the bytes, and what it refuses is a failure as another.
"""

from __future__ import annotations

import functools
import logging
import os
import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from .._extras import __version__, extra
from ..errors import FetchError, ParameterError
from ..option_values import megabytes
from .waiting import LONGEST_ASKED, asked_wait, back_off

if TYPE_CHECKING:
    import ssl

    import httpx2

_Answer = TypeVar("_Answer")

_LOG = logging.getLogger("recommender")

MAILTO = "RECOMMENDER_MAILTO"
"""The variable with an address at which a service can reach whoever asks too much."""

ATTEMPTS = 6
MAX_RESPONSE = 64 * 2**20
_MAX_REDIRECTS = 5
_CONNECT, _READ, _WHOLE = 15.0, 90.0, 600.0  # seconds: to connect, for the next piece, for one answer
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]+(\.[\w-]+)+", re.ASCII)
_KEY = re.compile(r"[!-~]{1,500}")
_SAID = 160  # characters of what a service says of an error


class Malformed(Exception):
    """An answer is not what it should be: HTML in place of JSON, XML that was cut, another shape."""


@dataclass(frozen=True)
class Host:
    """A service on the network, as the client must know it.

    Attributes
    ----------
    title : str
        As messages call it.
    base : str
        The address that all paths of requests are put behind.
    interval : float
        Seconds from one request to the next, at least.
    keys : tuple of str
        The environment variables that may hold a key; the first that does counts.
    key_header : str
        The header that a key is sent in; empty where the service wants it in the body.
    key_form : str
        How a key stands in that header.
    interval_with_key : float or None
        The seconds where there is a key.
    busy : frozenset of int
        Further statuses by which it says that it was asked too often.
    others : frozenset of str
        Further hosts of the service, to which it may redirect.
    elsewhere : mapping of str to str
        Addresses of paths, by their beginning, that are not behind `base`.
    """

    title: str
    base: str
    interval: float
    keys: tuple[str, ...] = ()
    key_header: str = ""
    key_form: str = "{}"
    interval_with_key: float | None = None
    busy: frozenset[int] = frozenset()
    others: frozenset[str] = frozenset()
    elsewhere: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Clock:
    """What the client knows of time and chance; a test puts its own here, and never sleeps."""

    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    random: Callable[[], float] = random.random


class Client:
    """Asks one service.

    Parameters
    ----------
    host : Host
        The service.
    base : str, optional
        Another address than the service's own, for tests: one on this machine.
    clock : Clock, optional
        Another time.
    attempts : int, optional
        How often it asks for one answer.
    """

    def __init__(
        self, host: Host, *, base: str | None = None, clock: Clock | None = None, attempts: int = ATTEMPTS
    ) -> None:
        self.host = host
        self._attempts = attempts
        self.base = (base or host.base).rstrip("/")
        self._clock = clock or Clock()
        self._earliest: float | None = None
        self.key = _key(host)
        """Never in a message, a file or an address."""
        self._client = _open_client(self.base)

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(
        self,
        path: str,
        look: Callable[[bytes, Mapping[str, str]], _Answer],
        *,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        json: Any = None,
        empty: frozenset[int] = frozenset(),
    ) -> _Answer:
        """What `look` makes of the answer's bytes and headers; with `data` or `json` the request is a POST.

        A status among `empty` is an answer without bytes. Raises FetchError where there is no answer, after
        all attempts, or at once where asking again would not help.
        """
        failures = 0
        while True:
            self._pace()
            try:
                body, headers = self._answer(path, params, data, json, empty)
                return look(body, headers)
            except Malformed as error:
                failure = _Again(f"its answer {error}", status=200)
            except _Again as error:
                failure = error
            failures += 1
            self._give_up(failures, failure)
            seconds = failure.wait
            if seconds is None:
                seconds = back_off(failures, self._clock.random())
            _LOG.info("%s: %s; trying again in %.0f s", self.host.title, failure, seconds)
            self._clock.sleep(seconds)

    def _give_up(self, failures: int, failure: _Again) -> None:
        """Raise FetchError where it was asked often enough, or is to be asked much later only."""
        title, wait, status = self.host.title, failure.wait, failure.status
        if wait is not None and wait > LONGEST_ASKED:
            then = (self._clock.now() + timedelta(seconds=min(wait, 1e8))).strftime("%Y-%m-%d %H:%M UTC")
            raise FetchError(f"{title} asks to wait until {then} ({failure}); try again then", status)
        if failures >= self._attempts:
            raise FetchError(
                f"{title} gave no answer that can be used in {self._attempts} attempts: {failure}; try again "
                "later",
                status,
            )

    def _pace(self) -> None:
        """Wait until the next request may be sent."""
        moment = self._clock.monotonic()
        if self._earliest is not None and moment < self._earliest:
            self._clock.sleep(self._earliest - moment)
            moment = self._earliest
        host = self.host
        with_key = self.key and host.interval_with_key is not None
        self._earliest = moment + (host.interval_with_key or 0.0 if with_key else host.interval)

    def _answer(
        self,
        path: str,
        params: Mapping[str, str] | None,
        data: Mapping[str, str] | None,
        json: Any,
        empty: frozenset[int],
    ) -> tuple[bytes, Mapping[str, str]]:
        with extra("fetch"):
            import httpx2

        method = "GET" if data is None and json is None else "POST"
        url, redirects = self._address(path), 0
        while True:
            try:
                request = self._client.build_request(
                    method, url, params=params, data=data, json=json, headers=self._key_headers()
                )
                response = self._client.send(request, stream=True)
            except httpx2.TransportError as error:
                raise _Again(_connection_trouble(error)) from None
            except (httpx2.InvalidURL, UnicodeError) as error:
                raise FetchError(f"{self.host.title}: no address can be made of {path[:80]!r}") from error
            try:
                if response.is_redirect:
                    redirects += 1
                    url, params = self._redirected(response, method, redirects), None
                    continue
                if response.status_code in empty:
                    return b"", response.headers
                body = self._body(response)
                if response.status_code == 200:
                    return body, response.headers
                raise self._failed(response, body)
            except (httpx2.TransportError, httpx2.DecodingError) as error:
                raise _Again(_connection_trouble(error)) from None
            finally:
                response.close()

    def _address(self, path: str) -> str:
        own = self.base == self.host.base
        found = (base for start, base in self.host.elsewhere.items() if own and path.startswith(start))
        return f"{next(found, self.base)}{path}"

    def _key_headers(self) -> dict[str, str]:
        if not self.key or not self.host.key_header:
            return {}
        return {self.host.key_header: self.host.key_form.format(self.key)}

    def _redirected(self, response: httpx2.Response, method: str, redirects: int) -> str:
        """Where to ask now: the same service only, and never in the clear."""
        target = response.url.join(response.headers["location"])
        allowed = {urlsplit(self.base).hostname, *self.host.others}
        here = urlsplit(self.base).scheme == "http"  # only a machine's own
        if target.host not in allowed or target.scheme != ("http" if here else "https"):
            raise FetchError(
                f"{self.host.title} redirects to {target.scheme}://{target.host}, which is no address of "
                "its own; a proxy or a page to log in, perhaps: nothing is sent there"
            )
        if here and target.port != response.url.port:
            raise FetchError(f"{self.host.title} redirects to port {target.port}: nothing is sent there")
        if redirects > _MAX_REDIRECTS or (method == "POST" and response.status_code not in (307, 308)):
            raise _Again(f"it redirects without end ({response.status_code})")
        return str(target)

    def _body(self, response: httpx2.Response) -> bytes:
        """All of it, unpacked, as long as it is neither too large nor too slow."""
        pieces, size, end = [], 0, self._clock.monotonic() + _WHOLE
        for piece in response.iter_bytes():
            size += len(piece)
            if size > MAX_RESPONSE:
                raise FetchError(
                    f"{self.host.title}: an answer of more than {megabytes(MAX_RESPONSE)}, no page of papers"
                )
            if self._clock.monotonic() > end:
                raise _Again(f"its answer takes longer than {_WHOLE:.0f} s")
            pieces.append(piece)
        return b"".join(pieces)

    def _failed(self, response: httpx2.Response, body: bytes) -> Exception:
        status = response.status_code
        said = self._without_key(_readable(body))
        trouble = f"it answers {status}" + (f" ({said})" if said else "")
        wait = asked_wait(response.headers.get("retry-after"), self._clock.now())
        # Some say "too many requests" with 403; then they say how long to wait.
        if status in _AGAIN | self.host.busy or (status == 403 and wait is not None):
            return _Again(trouble, wait, status)
        if status in (401, 403) and self.key:
            named = next(name for name in self.host.keys if os.environ.get(name))
            return FetchError(f"{self.host.title}: {trouble}; is the key in {named} right?", status)
        if status in (401, 403) and self.host.keys:
            return FetchError(
                f"{self.host.title}: {trouble}; a key is taken from {self.host.keys[0]}", status
            )
        return FetchError(f"{self.host.title}: {trouble}", status)

    def _without_key(self, text: str) -> str:
        return text.replace(self.key, "...") if self.key else text


class _Again(Exception):
    """What may go better another time; `wait` are the seconds that the service asks for."""

    def __init__(self, trouble: str, wait: float | None = None, status: int | None = None) -> None:
        super().__init__(trouble)
        self.wait = wait
        self.status = status


def user_agent() -> str:
    """What we say we are. Raises ParameterError for a `MAILTO` that is no address."""
    mail = os.environ.get(MAILTO, "").strip()
    if mail and not _ADDRESS.fullmatch(mail):
        raise ParameterError(f"{MAILTO} is {mail[:60]!r}; it must be an address such as name@example.org")
    return f"paper-recommender/{__version__}" + (f" (mailto:{mail})" if mail else "")


def mail_address() -> str:
    """The address of whoever asks, empty where none is set."""
    return os.environ.get(MAILTO, "").strip()


def _key(host: Host) -> str:
    for name in host.keys:
        key = os.environ.get(name, "").strip()
        if key and not _KEY.fullmatch(key):
            raise ParameterError(f"{name} holds something that is no key")
        if key:
            return key
    return ""


def is_here(address: str) -> bool:
    """Whether an address is one of this machine."""
    parts = urlsplit(address)
    return parts.scheme == "http" and parts.hostname in _HERE


def _open_client(base: str) -> httpx2.Client:
    with extra("fetch"):
        import httpx2

    if not base.startswith("https://") and not is_here(base):
        raise ParameterError(f"{base[:80]!r} is no address to ask: https, or http on this machine")
    return httpx2.Client(
        headers={"User-Agent": user_agent()},
        verify=_certificates(),
        timeout=httpx2.Timeout(_READ, connect=_CONNECT),
        follow_redirects=False,
        # A proxy is for what is elsewhere.
        trust_env=not is_here(base),
    )


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Those that this machine trusts; to load them takes a tenth of a second."""
    with extra("fetch"):
        import httpx2

    return httpx2.create_ssl_context()


def _connection_trouble(error: Exception) -> str:
    said = " ".join(str(error).split())[:_SAID]
    return f"the connection failed ({said or type(error).__name__})"


def _readable(body: bytes) -> str:
    """The beginning of what an error page says, without its markup."""
    text = body[:4000].decode("utf-8", "replace")
    text = re.sub(r"(?is)<(script|style)\b.*?(</\1>|$)|<[^>]*>", " ", text)
    said = " ".join(text.split())
    return said if len(said) <= _SAID else f"{said[:_SAID]}..."
