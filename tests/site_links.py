"""A checker of links: what of a site's pages, sheets, scripts and feeds leads to nothing.

It reads the files as they lie in the folder and asks nobody: an address of the web is not followed, unless it
is one of the site itself.
"""

import html.parser
import json
import posixpath
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

ATTRIBUTES = ("href", "src", "xlink:href", "action", "poster", "data", "srcset", "data-papers")
LOADED = {"script", "img", "iframe", "object", "embed", "video", "audio", "source", "image", "use"}

URL_OF_A_SHEET = re.compile(r"url\(\s*[\"']?([^\"')]+)|@import\s+[\"']([^\"']+)")
TITLES_OF_A_SCRIPT = re.compile(r"const (?:TITLES|PAPERS) = (\[.*?\n\]);", re.DOTALL)
ATOM = "{http://www.w3.org/2005/Atom}"


@dataclass
class Document(html.parser.HTMLParser):
    """The addresses that a page leads to and those that it loads, and the names that fragments may have."""

    text: str
    leads: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def __post_init__(self):
        super().__init__()
        self.feed(self.text)
        self.close()

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if found.get("id") is not None:
            self.names.append(found["id"])
        is_sheet = tag == "link" and "stylesheet" in (found.get("rel") or "").split()
        for name in ATTRIBUTES:
            if found.get(name) is not None:
                (self.loads if tag in LOADED or is_sheet else self.leads).append(found[name])
        if tag == "meta" and (found.get("http-equiv") or "").lower() == "refresh":
            self.leads.append(found["content"].partition("url=")[2])
        if tag == "link" and "canonical" in (found.get("rel") or ""):
            self.leads.remove(found["href"])  # a name, looked at by `canonical`

    @cached_property
    def canonical(self):
        found = re.search(r'<link rel="canonical" href="([^"]*)"', self.text)
        return "" if found is None else html.unescape(found[1])


@dataclass(frozen=True)
class Site:
    """A folder of pages; `base_url` is where it is published, without a slash at its end."""

    folder: Path
    base_url: str = ""

    @cached_property
    def files(self):
        """All files by their path below the folder."""
        return {
            path.relative_to(self.folder).as_posix(): path
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and not path.relative_to(self.folder).parts[0].startswith(".")
        }

    @cached_property
    def pages(self):
        return {
            name: Document(path.read_text("utf-8"))
            for name, path in self.files.items()
            if name.endswith(".html")
        }

    @cached_property
    def addresses(self):
        """(file, address) of all that the files of the site lead to or load."""
        return [*self._of_pages(), *self._of_sheets(), *self._of_scripts(), *self._of_feeds()]

    def _of_pages(self):
        for name, page in self.pages.items():
            yield from ((name, address) for address in (*page.leads, *page.loads))
            if page.canonical:
                yield name, page.canonical

    def _of_sheets(self):
        for name, path in self.files.items():
            if name.endswith(".css"):
                for found in URL_OF_A_SHEET.findall(path.read_text("utf-8")):
                    yield name, "".join(found)

    def _of_scripts(self):
        """The pages of an index of titles, which the page beside it leads to."""
        for name, path in self.files.items():
            if name.endswith(".js"):
                for found in TITLES_OF_A_SCRIPT.findall(path.read_text("utf-8")):
                    yield from ((name, address) for address in json.loads(found)[1::2] if address)

    def _of_feeds(self):
        for name, path in self.files.items():
            if name.endswith(".atom"):
                tree = ElementTree.parse(path)
                yield from ((name, link.get("href")) for link in tree.iter(f"{ATOM}link"))
                for content in tree.iter(f"{ATOM}content"):
                    yield from ((name, address) for address in Document(content.text or "").leads)
            if name.endswith("feed.json"):
                feed = json.loads(path.read_bytes())
                items = feed.get("items", [])
                for holder in (feed, *items):
                    keys = ("home_page_url", "feed_url", "next_url", "url", "external_url")
                    yield from ((name, holder[key]) for key in keys if holder.get(key))
                for item in items:
                    yield from ((name, address) for address in Document(item.get("content_html", "")).leads)

    def target(self, name, address):
        """The (path, fragment) that an address in this file is of, within the site; None for one outside."""
        if self.base_url and (address == self.base_url or address.startswith(f"{self.base_url}/")):
            # A host shows its front page for a folder.
            name, address = "", address.removeprefix(self.base_url).lstrip("/") or "index.html"
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            return None
        path = unquote(parts.path)
        joined = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
        return joined, unquote(parts.fragment)

    def what_is_wrong(self, name, address):
        """Why an address leads to nothing, or "" where it leads somewhere."""
        found = self.target(name, address)
        if found is None:
            return "" if urlsplit(address).scheme in ("http", "https", "mailto") else "of an odd kind"
        path, fragment = found
        if path.startswith(("/", "..")):
            return "outside of the site"
        if path not in self.files:
            return "no such file"
        if fragment and path.endswith(".html") and fragment not in self.pages[path].names:
            return "no such place on the page"
        return ""

    def dead_links(self):
        """``file: address: what is wrong`` of each address that leads to nothing."""
        return [
            f"{name}: {address}: {wrong}"
            for name, address in self.addresses
            if (wrong := self.what_is_wrong(name, address))
        ]

    def loaded_from_elsewhere(self):
        """(page, address) of what pages load and that is no file of the site."""
        return [
            (name, address)
            for name, page in self.pages.items()
            for address in page.loads
            if self.target(name, address) is None or self.what_is_wrong(name, address)
        ]

    def repeated_names(self):
        """(page, id) of each id that a page has more than once."""
        return [
            (name, one)
            for name, page in self.pages.items()
            for one in sorted({one for one in page.names if page.names.count(one) > 1})
        ]

    def reached(self, start="index.html"):
        """The files that links lead to, from page to page."""
        leads = {}
        for name, address in self.addresses:
            leads.setdefault(name, []).append(address)
        seen, waiting = set(), [start]
        while waiting:
            name = waiting.pop()
            if name in seen or name not in self.files:
                continue
            seen.add(name)
            targets = (self.target(name, address) for address in leads.get(name, ()))
            waiting += [target[0] for target in targets if target is not None]
        return seen
