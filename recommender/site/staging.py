"""Staging: files of a site, written beside it by whatever process before any is in its place."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from ..errors import SiteError

_PATH = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*")

NOT_A_FILE = "-"
"""Stands for the digest of what is no plain file: a folder, a link, or what lies behind one."""


@dataclass(frozen=True)
class Staged:
    """A file of the new site.

    Attributes
    ----------
    path : str
        Below the site's root.
    digest : str
        Of its bytes.
    before : str
        The digest of what is there now; "" where nothing is, `NOT_A_FILE` for what is no plain file.
    """

    path: str
    digest: str
    before: str

    @property
    def changed(self) -> bool:
        """Whether it is to be put into its place."""
        return self.before != self.digest


@dataclass(frozen=True)
class Staging:
    """Where files are written beside a site; it can be sent to another process.

    Attributes
    ----------
    site : Path
        The site's root.
    folder : Path
        An empty folder of the same file system.
    """

    site: Path
    folder: Path

    def put(self, path: str, data: bytes) -> Staged:
        """Write the file that is to lie at `path`, unless it lies there already.

        Raises SiteError where it cannot be written, ValueError for a path that might leave the site.
        """
        staged = Staged(checked_site_path(path), digest_of(data), digest_there(self.site, path))
        if staged.changed:
            try:
                (self.folder / staged_name(path)).write_bytes(data)
            except OSError as error:
                reason = error.strerror or error
                raise SiteError(f"{self.site}: {reason}; nothing of the site was changed") from error
        return staged


def checked_site_path(path: str) -> str:
    """The path of a file of a site. Raises ValueError for one that might leave it."""
    if not _PATH.fullmatch(path):
        raise ValueError(f"{path!r:.80} is no path of a site")
    return path


def staged_name(path: str) -> str:
    """The name of a staged file: of a private page it does not tell where that will be."""
    return digest_of(path.encode())


def digest_of(data: bytes) -> str:
    """32 hexadecimal digits that stand for some bytes."""
    return hashlib.sha256(data).hexdigest()[:32]


def digest_there(site: Path, path: str) -> str:
    """The digest of the file at a path; "" where nothing is, `NOT_A_FILE` for what is no plain file."""
    there = site / path
    try:
        if not stat.S_ISREG(there.lstat().st_mode):  # who reads from a pipe may wait for ever
            return NOT_A_FILE
        data = there.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return NOT_A_FILE if is_blocked(site, path) else ""
    except OSError:
        return NOT_A_FILE
    return NOT_A_FILE if is_blocked(site, path) else digest_of(data)


def is_blocked(site: Path, path: str) -> bool:
    """Whether a folder on the way to a path is none, or is a link out of the site."""
    folder = site
    for name in path.split("/")[:-1]:
        folder /= name
        if os.path.lexists(folder) and (folder.is_symlink() or not folder.is_dir()):
            return True
    return False
