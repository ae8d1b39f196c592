"""A server on this machine that plays a service on the network, and remembers what it was asked."""

import contextlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    params: dict
    headers: dict
    body: bytes

    @property
    def form(self):
        return dict(parse_qsl(self.body.decode()))

    @property
    def json(self):
        return json.loads(self.body)


@dataclass
class Answer:
    """What is sent; with `cut` the connection ends after so many bytes of the body."""

    body: bytes | str = b""
    status: int = 200
    headers: dict = field(default_factory=dict)
    cut: int | None = None


def as_json(value, **headers):
    return Answer(json.dumps(value), headers={"Content-Type": "application/json", **headers})


class Player:
    """Answers by `play`, after what stands in `first`: answers to the next requests, whatever they are."""

    def __init__(self, play: Callable[[Asked], Answer]):
        self.play = play
        self.first = []
        self.asked = []
        self.failed = []
        player = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 2**16  # head and body in one packet: the second would wait for the first's receipt

            def log_message(self, *args):
                pass

            def do_GET(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                parts = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
                player.asked.append(request)
                try:
                    answer = player.first.pop(0) if player.first else player.play(request)
                except Exception as error:
                    player.failed.append(error)
                    answer = Answer(repr(error), 400)
                self.send(answer)

            do_POST = do_GET

            def send(self, answer):
                body = answer.body.encode() if isinstance(answer.body, str) else answer.body
                with contextlib.suppress(OSError):
                    self.send_response(answer.status)
                    for name, value in answer.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body[: answer.cut])
                    self.wfile.flush()
                    if answer.cut is not None:
                        self.close_connection = True
                        self.connection.shutdown(2)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class StillClock:
    """A time that goes on only when somebody sleeps, which takes none."""

    def __init__(self, now=datetime(2026, 11, 30, 5, 0, tzinfo=UTC)):
        self.start = now
        self.passed = 0.0
        self.slept = []

    def sleep(self, seconds):
        assert seconds >= 0
        self.slept.append(seconds)
        self.passed += seconds

    def monotonic(self):
        return self.passed

    def now(self):
        return self.start + timedelta(seconds=self.passed)

    def random(self):
        return 1.0
