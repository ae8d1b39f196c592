"""A real mail server on this machine, which takes, refuses, hangs up or falls silent as a test wants it."""

import asyncio
import contextlib
import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

pytest.importorskip("aiosmtpd")
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


@dataclass
class Box:
    """What the server did, and what it is to do."""

    mails: list[tuple[str, str, bytes]] = field(default_factory=list)
    """From whom, to whom, and the bytes, of each mail that it took."""
    logins: list[tuple[str, str]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    """What it says to RCPT of an address, or to all mails to it, in the place of 250."""
    senders: dict[str, str] = field(default_factory=dict)
    """What it says to MAIL FROM an address."""
    hangs_up: dict[str, int] = field(default_factory=dict)
    """So often it takes a mail to an address, and hangs up before it says so."""
    ehlos: list[str] = field(default_factory=list)

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        self.ehlos.append(hostname)
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        if address in self.senders:
            return self.senders[address]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.answers.get(address, "").startswith("rcpt "):
            return self.answers[address].removeprefix("rcpt ")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        (address,) = envelope.rcpt_tos
        if address in self.answers:
            return self.answers[address]
        self.mails.append((envelope.mail_from, address, envelope.original_content))
        if self.hangs_up.get(address, 0) > 0:
            self.hangs_up[address] -= 1
            server.transport.abort()
            await asyncio.sleep(0)
            return "421 gone"
        return "250 taken as number 7"

    def authenticate(self, server, session, envelope, mechanism, data):
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"sesame", handled=False)


class _Server(Controller):
    """As aiosmtpd's, at a port that is free."""

    def __init__(self, box, *, context, at_once, auth):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.smtp_options = {
            "tls_context": None if at_once else context,
            "authenticator": box.authenticate if auth else None,
            "auth_require_tls": False,
        }
        super().__init__(box, hostname="127.0.0.1", port=port, ssl_context=context if at_once else None)

    def factory(self):
        return SMTP(self.handler, hostname="mail.test", enable_SMTPUTF8=False, **self.smtp_options)


@contextlib.contextmanager
def mail_server(box, *, context=None, at_once=False, auth=False) -> Iterator[int]:
    """The server; yields its port. With a context it has STARTTLS, or TLS from the beginning."""
    server = _Server(box, context=context, at_once=at_once, auth=auth)
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


def certificate(folder: Path, name: str = "localhost") -> Path:
    """A certificate and its key in one file, for a name and 127.0.0.1."""
    path = folder / f"{name}.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2".split()
    names = f"subjectAltName=DNS:{name}" + (",IP:127.0.0.1" if name == "localhost" else "")
    try:
        subprocess.run(
            [*command, "-subj", f"/CN={name}", "-addext", names, "-keyout", path, "-out", f"{path}.crt"],
            check=True,
            capture_output=True,
        )
    except FileNotFoundError:
        pytest.skip("there is no openssl to make a certificate with")
    path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


def server_context(path: Path) -> ssl.SSLContext:
    """Of a server with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
