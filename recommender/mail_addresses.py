"""Addresses of mail: what can be sent to, and when two are the same.

Only what every server takes is an address here: letters, digits and a few marks before the ``@``, the name of
a host behind it. A line break in one would be another header, a comma another reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import ParameterError

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<mail>[^<>]*)>")

# RFC 5321, 4.5.3.1: of what stands before the @, of a host's name and its parts, of the whole.
_LONGEST_LOCAL, _LONGEST_DOMAIN, _LONGEST_LABEL, _LONGEST = 64, 253, 63, 254

_EXAMPLE = "write mei@example.org, or Mei <mei@example.org>"


@dataclass(frozen=True)
class Address:
    """An address of mail.

    Attributes
    ----------
    mail : str
        ``mei@example.org``, in ASCII.
    name : str
        What stands before it for people; "" where nothing does.

    Examples
    --------
    >>> from recommender.mail import parse_address
    >>> parse_address("Papers <papers@example.org>", "--from").domain
    'example.org'
    """

    mail: str
    name: str = ""

    @property
    def domain(self) -> str:
        """What stands behind the ``@``."""
        return self.mail.rpartition("@")[2]


def parse_address(text: str, what: str) -> Address:
    """Read an address that mail can be sent to.

    Parameters
    ----------
    text : str
        ``mei@example.org`` or ``Mei <mei@example.org>``. A host's name in other letters than ASCII's is
        written as the net knows it.
    what : str
        What it is, for messages: ``--from``.

    Returns
    -------
    Address
        The address.

    Raises
    ------
    ParameterError
        For what no mail can be sent to.

    Examples
    --------
    >>> from recommender.mail import parse_address
    >>> parse_address("Mei <mei@bücher.example>", "--mail")
    Address(mail='mei@xn--bcher-kva.example', name='Mei')
    """
    named = _NAMED.fullmatch(text.strip())
    name, mail = (named["name"].strip().strip('"').strip(), named["mail"]) if named else ("", text)
    mail = mail.strip()
    local, _, domain = mail.rpartition("@")
    domain = _ascii(domain)
    if not text.strip().isprintable() or not _is_local(local) or not _is_domain(domain):
        raise ParameterError(f"{what}: {text[:80]!r} is no address that mail can be sent to; {_EXAMPLE}")
    if len(local) + 1 + len(domain) > _LONGEST:
        raise ParameterError(f"{what}: {text[:80]!r}... has more than {_LONGEST} characters")
    return Address(f"{local}@{domain}", name)


def folded_address(mail: str) -> str:
    """The spelling by which two addresses are compared: in small letters.

    Parameters
    ----------
    mail : str
        The address, without a name.

    Returns
    -------
    str
        The same for ``Mei@Example.org`` and ``mei@example.org``.

    Examples
    --------
    >>> folded_address(" Mei@Example.ORG")
    'mei@example.org'
    """
    return mail.strip().lower()


def _is_local(local: str) -> bool:
    return len(local) <= _LONGEST_LOCAL and _LOCAL.fullmatch(local) is not None


def _is_domain(domain: str) -> bool:
    short = len(domain) <= _LONGEST_DOMAIN and all(len(part) <= _LONGEST_LABEL for part in domain.split("."))
    return short and _DOMAIN.fullmatch(domain) is not None


def _ascii(domain: str) -> str:
    """A host's name as the net knows it; as it is where it is none."""
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain
