"""A mail server: what is known of it, a connection that nobody else reads, and what it says of a mail.

Nothing is sent in clear: a connection is encrypted from its beginning (port 465) or by STARTTLS before
anything else is said, its certificate is checked, and a server that offers neither is refused. Only to a
server on this machine itself can mails go without, and a password never does.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
import smtplib
import socket
import ssl
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from ..display import shortened
from ..errors import MailError, ParameterError
from ..files import at_home, checked_path
from ..mail_addresses import Address

PASSWORD = "RECOMMENDER_SMTP_PASSWORD"
"""The variable that holds the password."""

TLS_PORT, STARTTLS_PORT = 465, 587
"""Where a connection is encrypted from its beginning; where it is asked to be."""

_TIMEOUT = 60  # seconds
_WORDS = 300  # characters of what a server said
_SERVER = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:/@\[\]]+)(?::(?P<port>\d{1,5}))?")


@dataclass(frozen=True)
class Server:
    """A mail server, and who we are there.

    Attributes
    ----------
    host : str
        Its name or address.
    port : int
        465 is encrypted from the beginning, any other by STARTTLS.
    user, password : str
        Empty where it wants none.
    insecure : bool
        Whether mails go there in clear, which only this machine itself may be sent.
    """

    host: str
    port: int = STARTTLS_PORT
    user: str = ""
    password: str = field(default="", repr=False)
    insecure: bool = False


def parse_server(text: str, *, user: str = "", password: str = "", insecure: bool = False) -> Server:
    """Read where mails are to be sent.

    Parameters
    ----------
    text : str
        ``HOST`` or ``HOST:PORT``; the port is 587 by default.
    user, password : str, default ""
        Who we are there.
    insecure : bool, default False
        Whether mails go there in clear.

    Returns
    -------
    Server
        The server.

    Raises
    ------
    ParameterError
        For what names no server, a user without a password or the other way round, and a password in clear.

    Examples
    --------
    >>> from recommender.mail import parse_server
    >>> parse_server("smtp.example.org:465").port
    465
    """
    found = _SERVER.fullmatch(text.strip())
    port = int(found["port"] or STARTTLS_PORT) if found else 0
    if found is None or not 0 < port < 65_536:
        raise ParameterError(f"--smtp {text[:80]!r} is no server; write HOST or HOST:PORT")
    if bool(user) != bool(password):
        missing = f"its password: set {PASSWORD}, or name a file" if user else "--user"
        raise ParameterError(f"{'--user' if user else 'a password'} is there without {missing}")
    if insecure and password:
        raise ParameterError("--insecure-smtp sends no password, since it would be read; leave --user out")
    return Server(found["host"].strip("[]"), port, user, password, insecure)


def read_password(file: str | os.PathLike[str] | None, environment: Mapping[str, str] = os.environ) -> str:
    """Read the password, from the file that is named or else from the environment.

    Parameters
    ----------
    file : str, path or None
        A file that only its owner can read; its first line is the password.
    environment : mapping of str to str
        The variables.

    Returns
    -------
    str
        The password; "" where there is none.

    Raises
    ------
    MailError
        For a file that cannot be read, or that others than its owner can.

    Examples
    --------
    >>> from recommender.mail import read_password
    >>> read_password(None, {"RECOMMENDER_SMTP_PASSWORD": "open sesame"})
    'open sesame'
    """
    if file is None:
        return environment.get(PASSWORD, "")
    path = at_home(checked_path(file, "--password-file"))
    try:
        with path.open(encoding="utf-8") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
                raise MailError(f"{path}: others can read it; make it yours alone: chmod 600 {path}")
            password = stream.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise MailError(f"{path}: {getattr(error, 'strerror', None) or 'is no text'}") from error
    if not password:
        raise MailError(f"{path}: its first line is empty; write the password there")
    return password


@dataclass(frozen=True)
class Answered:
    """What a server said of a mail.

    Attributes
    ----------
    code : int
        250 took it; 4xx not now; 5xx never. 0 where the connection ended without a word.
    said : str
        The code and its words, as one line.
    """

    code: int
    said: str

    @property
    def took_it(self) -> bool:
        """Whether the server has the mail now."""
        return 200 <= self.code < 300

    @property
    def refused(self) -> bool:
        """Whether it will never take it."""
        return 500 <= self.code < 600


class Connection:
    """A connection to a server, made when it is needed and made again where it ended.

    Parameters
    ----------
    server : Server
        The server.
    sender : Address
        Who sends.
    context : ssl.SSLContext, optional
        What certificates are trusted; by default those that the system trusts.
    """

    def __init__(self, server: Server, sender: Address, context: ssl.SSLContext | None = None) -> None:
        self._server, self._sender = server, sender
        self._context = ssl.create_default_context() if context is None else context
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye, if anybody is there."""
        if self._smtp is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
            self._drop()

    def open(self) -> smtplib.SMTP:
        """Connect, unless that was done.

        Returns
        -------
        smtplib.SMTP
            The connection, encrypted and after the login.

        Raises
        ------
        MailError
            Where the server cannot be reached, is not safe, or does not take us.
        """
        if self._smtp is None:
            try:
                self._smtp = self._connected()
            except (OSError, smtplib.SMTPException) as error:
                raise MailError(f"{self._name}: {_trouble(error)}") from error
        return self._smtp

    def send(self, to: Address, mail: bytes) -> Answered:
        """Send a mail, once.

        Parameters
        ----------
        to : Address
            To whom.
        mail : bytes
            The mail. It is sent as it is: ``smtplib.send_message`` would write another.

        Returns
        -------
        Answered
            What the server said.

        Raises
        ------
        MailError
            Where it takes no mail of this sender at all; as `open`.
        """
        smtp, sender = self.open(), self._sender.mail
        words: bytes | str
        try:
            code, words = smtp.mail(sender, [f"size={len(mail)}"] if smtp.has_extn("size") else [])
            if 500 <= code < 600 and code != 552:  # 552: this mail is too large
                raise MailError(f"{self._name}: takes no mail from {sender}: {_words(code, words)}")
            if code == 250:
                code, words = smtp.rcpt(to.mail)
            if code in (250, 251):
                code, words = smtp.data(mail)
        except smtplib.SMTPDataError as error:
            code, words = error.smtp_code, error.smtp_error
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            self._drop()
            return Answered(0, f"the connection ended before an answer: {_trouble(error)}")
        if code == 421:
            self._drop()  # it closes
        elif code != 250:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                smtp.rset()
        return Answered(code, _words(code, words))

    @property
    def _name(self) -> str:
        return f"{self._server.host}:{self._server.port}"

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _connected(self) -> smtplib.SMTP:
        server, ours = self._server, self._sender.domain
        if server.insecure:  # before anything is sent to anybody
            found = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
            _refuse_other_machines(server, {str(one[4][0]) for one in found})
        if server.port == TLS_PORT and not server.insecure:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, ours, timeout=_TIMEOUT, context=self._context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, ours, timeout=_TIMEOUT)
        try:
            if server.insecure and smtp.sock is not None:  # a name may lead elsewhere by now
                _refuse_other_machines(server, {str(smtp.sock.getpeername()[0])})
            smtp.ehlo_or_helo_if_needed()
            if not server.insecure:
                self._encrypt(smtp)
            if server.user:
                self._log_in(smtp)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _encrypt(self, smtp: smtplib.SMTP) -> None:
        if isinstance(smtp.sock, ssl.SSLSocket):
            return
        if not smtp.has_extn("starttls"):
            raise MailError(
                f"{self._name}: offers no STARTTLS, and in clear anybody on the way reads all; use port "
                f"{TLS_PORT} or another server"
            )
        smtp.starttls(context=self._context)
        smtp.ehlo()

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        if not isinstance(smtp.sock, ssl.SSLSocket):
            raise MailError(f"{self._name}: no password is sent in clear")
        try:
            smtp.login(self._server.user, self._server.password)
        except smtplib.SMTPAuthenticationError as error:
            words = _words(error.smtp_code, error.smtp_error)
            raise MailError(f"{self._name}: does not take --user {self._server.user}: {words}") from None


def _refuse_other_machines(server: Server, addresses: Iterable[str]) -> None:
    if not all(ipaddress.ip_address(one.partition("%")[0]).is_loopback for one in addresses):
        raise ParameterError(
            f"--insecure-smtp is for a server on this machine, which {server.host} is not: leave it out"
        )


def _words(code: int, words: bytes | str) -> str:
    """As one line. Servers may write anything."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return shortened(" ".join(f"{code} {text}".split()), _WORDS)


def _trouble(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not to be trusted ({error.verify_message})"
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, error.smtp_error)
    reason = getattr(error, "strerror", None) or " ".join(str(error).split()) or type(error).__name__
    return shortened(reason, _WORDS)
