"""The folder of a site: it changes from one whole site to the next, and holds on to what is not its own.

All files of the new site are written beside it first, into ``SITE/.publish``. Then a journal of what is to be
moved is put on the disk, and from that moment on the new site will be there: whatever stops the process, the
next one goes on. Files come into their places in an order in which nobody meets a link to what is not there:
first those that nothing leads to yet, then those that are changed, the front page last, and what is gone is
deleted after that.

``SITE/.publish/files`` has a digest of the path and of the bytes of each file that was written here, and no
path, as a private page is found by nothing else. A file is the site's where both fit.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import ParameterError, SiteError
from ..files import checked_path, refuse_undecodable, sync_folder, write_whole
from .staging import Staged, Staging, checked_site_path, digest_of, digest_there, is_blocked, staged_name

WORKSHOP = ".publish"
"""The folder in a site where its next state is made ready."""

_FILES, _JOURNAL, _LOCK, _STAGE = "files", "journal", "lock", "new-"
_FRONT, _PAPERS = "index.html", "paper/"
_NAMED = 3


@dataclass(frozen=True)
class Change:
    """What became of a site's folder.

    Attributes
    ----------
    written, deleted, unchanged : int
        Files.
    kept : tuple of str
        What else lies there: files, and folders of which nothing is the site's, those with a slash.
    """

    written: int
    deleted: int
    unchanged: int
    kept: tuple[str, ...]


def checked_site(out: str | os.PathLike[str], beside: Mapping[str, Path]) -> Path:
    """The folder of a site, made if it is not there; `beside` are files and folders by what they are called.

    Raises ParameterError for what is no folder, one that lies in one of these, and one in which one of these
    lies: who publishes it would publish that as well.
    """
    path = checked_path(out, "the site's folder")
    refuse_undecodable(path, "the site's folder")
    real = Path(os.path.realpath(path))  # not `Path.resolve`, which raises what is no OSError in a circle
    for what, other in beside.items():
        others = Path(os.path.realpath(other))
        if real.is_relative_to(others):
            raise ParameterError(f"{path} lies in {what} {other}; choose a folder elsewhere")
        if others.is_relative_to(real):
            raise ParameterError(f"{what} {other} lies in {path}, and would be public with it; move either")
    if os.path.lexists(path) and not path.is_dir():
        raise ParameterError(f"{path} is no folder; a site needs one, name another")
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ParameterError(f"{path}: {error.strerror or error}; name another folder for --out") from error
    return path


class SiteFolder:
    """A site's folder while its next state is made; nobody else makes one meanwhile, see `opened`."""

    def __init__(self, site: Path, staging: Staging, files: Mapping[str, str]) -> None:
        self.site = site
        self.staging = staging
        self._files = files
        self._staged: dict[str, Staged] = {}

    @classmethod
    @contextlib.contextmanager
    def opened(cls, site: Path) -> Iterator[SiteFolder]:
        """The folder, when what an earlier process began is finished; what was staged goes at the end.

        Raises SiteError where it cannot be written to, or another process publishes to it.
        """
        workshop = site / WORKSHOP
        if workshop.is_symlink():
            raise SiteError(f"{workshop}: is a link; what it leads to would be cleared away, so delete it")
        with _told(site):
            workshop.mkdir(mode=0o700, exist_ok=True)
            (workshop / "index.html").touch()  # a server that lists folders shows this instead
        with _locked(site, workshop / _LOCK):
            with _told(site):
                _finish(site, workshop)
                folder = workshop / f"{_STAGE}{secrets.token_hex(16)}"  # a journal names private pages
                folder.mkdir(mode=0o700)
            try:
                yield cls(site, Staging(site, folder), _read_files(workshop / _FILES))
            finally:
                if not (folder / _JOURNAL).exists():
                    shutil.rmtree(folder, ignore_errors=True)

    def add(self, staged: Iterable[Staged]) -> None:
        """Files that were staged, in this process or another, belong to the new site."""
        for one in staged:
            if one.path in self._staged:
                raise ValueError(f"two files of the site are called {one.path}")
            self._staged[one.path] = one

    def put(self, files: Mapping[str, bytes]) -> None:
        """Stage files here."""
        self.add(self.staging.put(path, data) for path, data in files.items())

    def check(self) -> None:
        """Raise SiteError where something that is not the site's stands in the place of a file so far."""
        foreign = sorted(
            one.path
            for one in self._staged.values()
            if one.changed and one.before and not self._is_ours(one.path, one.before)
        )
        if foreign:
            names = ", ".join(foreign[:_NAMED]) + " ..." * (len(foreign) > _NAMED)
            raise SiteError(
                f"{self.site}: {len(foreign):,} of the site's files cannot be written, as something else "
                f"stands there, or they were changed by hand: {names}; move it away, or name another folder"
            )

    def swap(self) -> Change:
        """Put the new site into the place of the old one.

        Raises SiteError, before anything is changed, where `check` does; and where a file cannot be moved:
        the next process goes on then.
        """
        self.check()
        with _told(self.site):
            there, kept = self._there()
        gone = {path: there[path] for path in sorted(there.keys() - self._staged, key=_last_first)}
        changed = sorted((one for one in self._staged.values() if one.changed), key=_order)
        workshop = self.site / WORKSHOP
        with _told(self.site, "the same command finishes it"):
            files = {digest_of(one.path.encode()): one.digest for one in self._staged.values()}
            if changed or gone or files != self._files:
                _sync()  # the journal is not to be there before what it tells of
                journal = {"moved": [one.path for one in changed], "deleted": gone, "files": files}
                write_whole(self.staging.folder / _JOURNAL, json.dumps(journal))
                _finish(self.site, workshop)
        names = (os.fsencode(name).decode("utf-8", "backslashreplace") for name in kept)
        return Change(len(changed), len(gone), len(self._staged) - len(changed), tuple(names))

    def _there(self) -> tuple[dict[str, str], list[str]]:
        """The site's files that are there with their digests, and what else is."""
        found: dict[str, str] = {}
        folders = {folder for path in self._staged for folder in _folders_of(path)}
        return found, sorted(self._foreign("", folders, found))

    def _foreign(self, folder: str, folders: Container[str], found: dict[str, str]) -> Iterator[str]:
        """What lies in a folder and is not the site's; what is, comes to `found`."""
        with os.scandir(self.site / folder) as entries:
            names = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries)
        for name, is_folder in names:
            path = f"{folder}{name}"
            if is_folder and path != WORKSHOP:
                before = len(found)
                others = list(self._foreign(f"{path}/", folders, found))
                is_ours = len(found) > before or f"{path}/" in folders
                yield from others if is_ours else [f"{path}/"]
            elif not is_folder:
                digest = self._own_digest(path)
                if digest:
                    found[path] = digest
                else:
                    yield path

    def _own_digest(self, path: str) -> str:
        """The digest of a file of the site as it is there; "" for another file."""
        if path in self._staged:
            return self._staged[path].before
        if digest_of(os.fsencode(path)) not in self._files:
            return ""
        digest = digest_there(self.site, path)
        return digest if self._is_ours(path, digest) else ""

    def _is_ours(self, path: str, digest: str) -> bool:
        return self._files.get(digest_of(path.encode())) == digest


def _folders_of(path: str) -> Iterator[str]:
    """``day/`` of ``day/2026-11-30.html``."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield f"{path}/"


def _order(one: Staged) -> tuple[bool, int, str]:
    """First what nothing leads to yet; papers before lists, and the front page last."""
    return bool(one.before), _rank(one.path), one.path


def _last_first(path: str) -> tuple[int, str]:
    return -_rank(path), path


def _rank(path: str) -> int:
    """0 for papers, which lead to few others, up to 3 for the front page."""
    if "/" in path:
        return 0 if path.startswith(_PAPERS) else 1
    return 3 if path == _FRONT else 2


def _sync() -> None:
    if hasattr(os, "sync"):  # not on Windows
        os.sync()


def _finish(site: Path, workshop: Path) -> None:
    """Do what a journal says, as far as it is not done yet, and clear away what has none."""
    for folder in sorted(workshop.glob(f"{_STAGE}*")):
        journal = folder / _JOURNAL
        if journal.exists():
            try:
                _carry_out(site, workshop, folder, json.loads(journal.read_bytes()))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise SiteError(
                    f"{journal}: is damaged ({error}); delete {folder}, and publish again"
                ) from error
            journal.unlink()
        shutil.rmtree(folder)


def _carry_out(site: Path, workshop: Path, folder: Path, journal: Mapping[str, Mapping[str, str]]) -> None:
    for path in (*journal["moved"], *journal["deleted"]):  # who sent the folder may have written the journal
        if is_blocked(site, checked_site_path(path)):
            raise ValueError(f"{path!r:.80} leads out of the site")
    for path in journal["moved"]:
        staged = folder / staged_name(path)
        if staged.exists():  # else it was moved by whoever was stopped
            (site / path).parent.mkdir(parents=True, exist_ok=True)
            staged.replace(site / path)
    for path, digest in journal["deleted"].items():
        if digest_there(site, path) == digest:
            (site / path).unlink()
            _drop_empty(site, (site / path).parent)
    _sync()
    lines = (f"{path} {digest}\n" for path, digest in sorted(journal["files"].items()))
    write_whole(workshop / _FILES, "".join(lines))
    sync_folder(workshop)


def _drop_empty(site: Path, folder: Path) -> None:
    with contextlib.suppress(OSError):
        while folder != site:
            folder.rmdir()
            folder = folder.parent


def _read_files(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text("ascii").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SiteError(f"{path}: cannot be read ({error}); delete it, or name another folder") from error
    pairs = (line.split() for line in lines)
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


@contextlib.contextmanager
def _told(site: Path, after: str = "nothing of the site was changed") -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SiteError(f"{site}: {error.strerror or error}; {after}") from error


@contextlib.contextmanager
def _locked(site: Path, path: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise SiteError(f"{site}: another process publishes to it; wait for it") from error
    except (OSError, NotImplementedError) as error:
        raise SiteError(f"{site}: cannot be locked ({error}); name another folder") from error
    try:
        yield
    finally:
        lock.release()
