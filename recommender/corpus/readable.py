"""ReadableCorpus: the reading half of `Corpus`, of the newest state or a pinned one."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeAlias

from ..encoders import Encoder
from ..errors import CorpusError, ParameterError, UnknownPaper
from ..files import discard
from ..identifiers import parse_identifier
from ..paper import Paper, papers_frame
from ..paper_names import PaperName, PaperNames, as_paper, papers_in
from ..processes import free_in_child
from .database import DATABASE, file_state
from .duplicates import Duplicate, find_duplicates
from .info import CorpusInfo, describe, to_html
from .lookup import ambiguous_paper, find_rows
from .snapshot import Snapshot
from .store import GATE, close_in_child
from .text_encoding import TextEncoder

if TYPE_CHECKING:
    import pandas as pd


_State: TypeAlias = tuple[int, ...]


class ChangeWatch:
    """Looks at SQLite's change counter, by a connection that holds no state and keeps nobody from writing.

    The counter also moves when the log is emptied, so `changed` may be true of a state that is the same, but
    is never false of another one. A database that was put in place of the old one is another one.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / DATABASE
        self._file: _State = ()
        self._connection: sqlite3.Connection | None = None
        self._seen: _State = ()
        self.changed()
        close_in_child(self)

    def changed(self) -> bool:
        """Whether anything was committed since this was asked last; a few microseconds."""
        state = self._state()
        new, self._seen = state != self._seen, state
        return new

    def close(self) -> None:
        """Let go of the database."""
        with GATE:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()

    def leave(self) -> None:
        """In a forked child: close what the parent opened, and take the state there for a new one."""
        self.close()
        self._file = self._seen = ()

    def _state(self) -> _State:
        found = file_state(self._path)
        file = found[:2]
        if file != self._file:
            self.close()
            self._file = file
            self._connect()
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error), GATE:
                (version,) = self._connection.execute("PRAGMA data_version").fetchone()
                return (*file, int(version))
        # Where the log may not be opened for want of rights, nobody else is writing, but somebody may have.
        return found

    def _connect(self) -> None:
        with contextlib.suppress(sqlite3.Error), GATE:
            uri = f"{self._path.absolute().as_uri()}?mode=ro"
            connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
            self._connection = connection
            weakref.finalize(self, _close, connection)


def _close(connection: sqlite3.Connection) -> None:
    with GATE:
        connection.close()


_LOG = logging.getLogger("recommender")


class LiveSnapshot:
    """Gives the newest snapshot of the corpus in a folder; threads may ask at once."""

    def __init__(self, folder: Path, snapshot: Snapshot | None, watch: ChangeWatch | None) -> None:
        """Without a `watch` the state stays as it is until `refresh` or `release`."""
        self._folder = folder
        self._snapshot = snapshot
        self._watch = watch
        self._looking = threading.Lock()
        free_in_child(self, "_looking")
        self.closed = False

    @classmethod
    def open(cls, folder: Path, *, immutable: bool = False) -> LiveSnapshot:
        """Of the corpus in the folder, to which nobody writes while it is `immutable`.

        Raises what `Snapshot.open` raises.
        """
        watch = None if immutable else ChangeWatch(folder)  # before the state: no change is missed
        snapshot = Snapshot.open(folder, immutable=immutable)
        if snapshot.index_problem:
            remedy = "search is exact until `recommender compact` builds the index again"
            _LOG.warning("%s; %s", snapshot.index_problem, remedy)
        return cls(folder, snapshot, watch)

    def get(self) -> Snapshot:
        """The state now. Raises CorpusError after `close`, and what opening a newer one raises."""
        if self.closed:
            raise CorpusError(f"{self._folder}: this corpus was closed; open it again")
        with self._looking:
            changed = self._watch is not None and self._watch.changed()
            if changed or self._snapshot is None:
                self._snapshot = None  # where opening fails, the next question tries again
                self._snapshot = Snapshot.open(self._folder)
            return self._snapshot

    def pinned(self) -> LiveSnapshot:
        """The state now, whatever is written afterwards."""
        return LiveSnapshot(self._folder, self.get(), None)

    def refresh(self) -> None:
        """See the newest state now, also where it is pinned."""
        self._snapshot = Snapshot.open(self._folder)

    def release(self) -> None:
        """Let go of the state, so that a writer can empty the log; the next question opens it again."""
        self._snapshot = None

    def close(self) -> None:
        """Let go of the files for good."""
        self.closed = True
        self._snapshot = None
        if self._watch is not None:
            self._watch.close()


def names_of_paper(paper: object) -> tuple[str, ...]:
    """By what a paper is looked for, in this order; nothing for what is neither a paper nor a name."""
    one = as_paper(paper)
    if isinstance(one, Paper):
        names = [name for name in one.names if not name.startswith("url:")]  # which several may share
        named = any(map(parse_identifier, names))  # else its title must do
        return (one.id, *names, *(() if named else (one.title,)))
    return (one,) if isinstance(one, str) else ()


# Ids that Tab chooses from: of more it would be slow to answer.
_OFFERED = 200_000


class ReadableCorpus:
    """What a corpus can be asked without being changed; `Corpus` is one that can be.

    Parameters
    ----------
    folder : Path
        Where it lies.
    state : LiveSnapshot
        Gives the newest state, or one that is pinned.
    encoder : TextEncoder, optional
        Encodes free texts; by default the one that the corpus names.
    """

    def __init__(self, folder: Path, state: LiveSnapshot, *, encoder: TextEncoder | None = None) -> None:
        self.path = folder
        self.name = str(folder)
        """What it is called where it is shown."""
        self._state = state
        self._encoder = TextEncoder(state.get()) if encoder is None else encoder
        self._pinned_from: ReadableCorpus | None = None

    @property
    def snapshot(self) -> Snapshot:
        """The state that this object shows: the newest one, unless it is pinned.

        Returns
        -------
        Snapshot
            It stays as it is, whatever is written meanwhile.

        Raises
        ------
        CorpusError
            After `close`.
        NotACorpus
            Where the corpus was deleted meanwhile.
        """
        return self._state.get()

    def pinned(self) -> Self:
        """The corpus in the state that it has now, whatever is written to it afterwards.

        For work of many questions that must not see two states.

        Returns
        -------
        Corpus
            It shows this state until its `refresh` is called; of a pinned one, it itself.

        Examples
        --------
        >>> from recommender import Corpus
        >>> corpus = Corpus.sample()
        >>> before = corpus.pinned()
        >>> corpus.remove(["arxiv:2403.17888"])
        []
        >>> len(before), len(corpus)
        (232, 231)
        """
        if self._pinned_from is not None:
            return self
        fixed = type(self)(self.path, self._state.pinned(), encoder=self._encoder)
        fixed.name = self.name
        fixed._pinned_from = self  # whose folder may go with it
        return fixed

    @property
    def encoder(self) -> Encoder:
        """The encoder that made the vectors, loaded when first asked for.

        Returns
        -------
        Encoder
            It encodes free texts as the papers were.

        Raises
        ------
        EncoderUnknown, MissingPackage
            When it is not at hand.
        EncoderMismatch
            When it has changed, or when precomputed vectors turn out to be another one's.
        """
        return self.encoder_of(self.snapshot)

    def encoder_of(self, snapshot: Snapshot) -> Encoder:
        """The encoder of a state, which need not be the newest.

        Parameters
        ----------
        snapshot : Snapshot
            A state of this corpus.

        Returns
        -------
        Encoder
            The one that made its vectors.

        Raises
        ------
        EncoderUnknown, MissingPackage, EncoderMismatch
            As `encoder`.
        """
        return self._encoder.get(snapshot)

    def info(self) -> CorpusInfo:
        """What the corpus holds, and how.

        Returns
        -------
        CorpusInfo
            Counts, encoder, index, dates, categories and sizes.

        Examples
        --------
        >>> from recommender import Corpus
        >>> info = Corpus.sample().info()
        >>> info.papers, info.encoder, info.dim, info.index
        (232, 'minilm', 384, 'exact')
        """
        return describe(self.snapshot)

    def row(self, text: PaperName) -> int:
        """The row of the one paper that a text names.

        Parameters
        ----------
        text : str, Paper or Recommendation
            An id in any spelling, a url, or an exact title; or a paper, which is found by its id, else by its
            identifiers, else by its title.

        Returns
        -------
        int
            Its place in the corpus, never given to another paper.

        Raises
        ------
        UnknownPaper
            With the nearest spellings, or with the papers where several are so called.
        ParameterError
            For what is no text.

        Examples
        --------
        >>> from recommender import Corpus
        >>> corpus = Corpus.sample()
        >>> corpus.row("https://arxiv.org/abs/1706.03762") == corpus.row("attention is all you need")
        True
        """
        snapshot, names = self.snapshot, names_of_paper(text)
        if not names:
            raise ParameterError(f"{text!r:.60} names no paper: give an id, a url or an exact title")
        rows = next(filter(None, (find_rows(snapshot, name) for name in names)), [])
        if len(rows) != 1:
            raise UnknownPaper(ambiguous_paper(snapshot, names[0], rows))
        return rows[0]

    def duplicates(self) -> list[Duplicate]:
        """What was taken for one paper and by which rule, what looks like one and was not, what was split.

        Returns
        -------
        list of Duplicate
            Each a pair of records.

        Examples
        --------
        >>> from recommender import Corpus
        >>> records = [
        ...     {"id": "A", "title": "Deep learning of birds", "doi": "10.1000/1"},
        ...     {"id": "B", "title": "Deep learning of birds", "doi": "10.1000/1"},
        ... ]
        >>> [found] = Corpus.in_memory(records, encoder="static").duplicates()
        >>> found.kind, found.rule, found.id, found.other_id
        ('merged', 'doi', 'A', 'B')
        """
        return list(find_duplicates(self.snapshot))

    def to_frame(self, names: PaperNames | None = None, *, flat: bool = False) -> pd.DataFrame:
        """Papers as a frame, one line each.

        Parameters
        ----------
        names : str, Paper, or iterable of them, optional
            Which papers, named as in `row`, in this order. All of them by default.
        flat : bool, default False
            Lists and dicts as JSON, for databases and CSV. `build` reads either form again.

        Returns
        -------
        pandas.DataFrame
            Columns id, title, abstract, authors, published, published_written, categories, venue, url,
            identifiers, upvotes, retracted. `published` is the first day that a date may be, and
            `published_written` the date as far as it is known, such as ``2019-05``. A cell of `authors` or
            `categories` is a tuple, one of `identifiers` a dict or None; neither changes in place, and in CSV
            and SQLite they are JSON.

        Raises
        ------
        UnknownPaper
            For a name that is of no paper, or of several.

        Examples
        --------
        >>> from recommender import Corpus
        >>> Corpus.sample().to_frame(["1706.03762"])[["id", "published"]]
                         id   published
        0  arxiv:1706.03762  2017-06-12
        """
        if names is None:
            return papers_frame(self, flat=flat)
        rows = [self.row(name) for name in papers_in(names)]
        return papers_frame(self.snapshot.papers(rows), flat=flat)

    def refresh(self) -> None:
        """See the newest state now, also where this corpus is pinned; who reads the old one may go on.

        Raises
        ------
        NotACorpus
            Where the corpus was deleted meanwhile.
        """
        self._state.refresh()

    def close(self) -> None:
        """Let go of the files; those of a temporary corpus are deleted.

        A corpus is a context manager, which closes it in the end.

        Examples
        --------
        >>> from recommender import Corpus
        >>> with Corpus.sample() as corpus:
        ...     len(corpus)
        232
        """
        self._state.close()
        discard(self)

    def __getitem__(self, paper: PaperName) -> Paper:
        """The paper as it is stored, by a name of it or by one like it from elsewhere."""
        return self.snapshot.papers([self.row(paper)])[0]

    def __contains__(self, paper: object) -> bool:
        snapshot = self.snapshot
        return any(find_rows(snapshot, name) for name in names_of_paper(paper))

    def __len__(self) -> int:
        return len(self.snapshot)

    def __iter__(self) -> Iterator[Paper]:
        return iter(self.snapshot)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._state.closed:
            return f"Corpus({self.name!r}, closed)"
        return f"Corpus({self.name!r}, {len(self):,} papers, encoder {self.snapshot.encoder_name!r})"

    def _repr_html_(self) -> str | None:
        return None if self._state.closed else to_html(self.name, self.info(), self.snapshot)

    def _ipython_key_completions_(self) -> list[str]:
        """What Tab offers after ``corpus["``: the ids, those of arXiv also as they are most often written."""
        ids = self.snapshot.first_ids(_OFFERED)
        return ids + [name.removeprefix("arxiv:") for name in ids if name.startswith("arxiv:")]
