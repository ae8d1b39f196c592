"""Addresses: which may be a link of a page, and which may be written into a file at all.

An address comes with the papers, from anybody, and whoever opens a file of ours may make a link of it: one
that runs a program when it is followed (``javascript:``) or opens a file of the reader's is left out.
"""

from __future__ import annotations

import html
import re

__all__ = ["safe_url", "web_address"]

_WEB = ("http", "https")
# Of the web, and names of papers; nothing runs or opens a file by any of these.
_HARMLESS = frozenset(
    (*_WEB, "ftp", "arxiv", "doi", "pmid", "pubmed", "acl", "openalex", "s2", "hdl", "urn", "info")
)
# Browsers look past white space and controls, anywhere before the colon.
_SKIPPED = re.compile(r"[\s\x00-\x20\x7f-\xa0\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")
_SCHEME = re.compile(r"([^:/?#]*):(.*)", re.DOTALL)
_PORT = re.compile(r"\d+(?:[/?#].*)?", re.DOTALL)


def web_address(url: str) -> str:
    """The address, or nothing where it is not one of the web, ``https://...``."""
    return url if _scheme(url) in _WEB and "://" in url else ""


def safe_url(url: str) -> str:
    """The address as it is, or nothing where it is of a kind that is not on our list of harmless ones.

    One without a scheme, ``example.org/paper``, is as harmless as a name.
    """
    return url if not url or _scheme(url) in ("", *_HARMLESS) else ""


def _scheme(url: str) -> str:
    """What stands before the first colon, as a browser or a converter to HTML reads it; "" without one."""
    found = _SCHEME.match(_SKIPPED.sub("", html.unescape(url)))
    if found is None:
        return ""
    host_and_port = "." in found[1] and _PORT.fullmatch(found[2])  # example.org:8080/paper
    return "" if host_and_port else found[1].lower() or ":"
