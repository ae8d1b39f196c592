"""Corpus: the durable, searchable collection of papers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from indexes import PRECISIONS

from ..encoders import Encoder
from ..errors import ParameterError, RecommenderError, UnknownPaper
from ..paper import Paper, papers_frame
from ..temporary import discard, in_temporary_folder
from . import verification
from .embedded import sample_encoder, sample_papers
from .executors import LOCAL, executor_of
from .given import GivenVectors
from .info import CorpusInfo, describe
from .live import LiveSnapshot
from .lookup import find_rows, not_one_paper
from .makers import EncoderMaker, Maker, maker_of, refuse_given
from .manifest import AUTO
from .options import check_index, check_known, corpus_folder, refuse_other_files
from .overwriting import replaced
from .page import page
from .report import AddReport
from .snapshot import Snapshot
from .sources import PaperSource, source_items, source_names
from .text_encoder import TextEncoder
from .vector_files import given_array
from .writer import add_papers, build_papers, checkpoint, compact_corpus, remove_papers

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Corpus", "PaperSource"]

# Ids that Tab chooses from: of more it would be slow to answer.
_OFFERED = 200_000


class Corpus:
    """A folder of papers and their vectors, in its newest state.

    Made by `build`, `open`, `in_memory` or `sample`. Another process may write meanwhile: its commits are
    seen at the next question. A question is answered from one state, and so are all of `recommend_many` and
    of a batch job. `pinned` gives a corpus that goes on showing the state it has.
    """

    def __init__(self, folder: Path, state: LiveSnapshot, *, encoder: TextEncoder | None = None) -> None:
        self.path = folder
        self.name = str(folder)
        """What it is called where it is shown."""
        self.report: AddReport | None = None
        """What the last `build` or `add` of this object did."""
        self._state = state
        self._encoder = TextEncoder(folder, state.get()) if encoder is None else encoder
        self._pinned_from: Corpus | None = None

    @classmethod
    def build(
        cls,
        source: PaperSource,
        path: str | Path,
        *,
        encoder: str | Encoder = AUTO,
        model_dir: str | Path | None = None,
        vectors: str | Path | NDArray[Any] | None = None,
        index: str | None = None,
        recall: float | None = None,
        precision: str | None = None,
        format: str | None = None,
        mapping: Mapping[str, str] | None = None,
        limit: int | None = None,
        max_record: int | None = None,
        executor: str = LOCAL,
        address: str | None = None,
        workers: int | None = None,
        overwrite: bool = False,
    ) -> Corpus:
        """Make a corpus in the folder `path`, or go on where building it from the same source stopped.

        `encoder` is an `Encoder` or a name for `load_encoder`, with the weights in `model_dir`; ``auto``
        is minilm where it is installed and encodes the papers in less than two minutes on this machine,
        measured on some of them (fewer than 1,000 are not measured), else static; for a corpus that is
        there the one it has. Another encoder than that of a build that was stopped drops what it stored.
        `vectors` (an array, or a .npy or .npz file) are the papers' vectors by that encoder, made
        elsewhere: one row for each paper read, in order, or one for each record where some were
        skipped; float rows of any length, or int8. Where the encoder is at hand a sample is compared
        with it; where it is not, the corpus is one of stored papers only, until it is.
        `index` is a kind of index, chosen by size unless one is named; `recall` the share of the ten
        nearest papers that an approximate one must find. Vectors are kept as `precision`, float16
        unless float32 or int8 is asked for.
        `format`, `mapping` and `max_record` are for `read_papers`; `limit` takes the first so many papers.
        What was read and skipped is in `report`.
        `executor` says what encodes: ``local`` this process, ``ray`` so many `workers` of the Ray cluster
        at `address`, or of one started here that ends with the build. The corpus is the same.
        `overwrite` puts it in place of the corpus that is there, once it is whole: see `overwriting`.

        Raises SourceError when nothing can be read, EncoderMismatch and CorpusExists when the folder
        holds a corpus of another encoder, of another source, or of fewer papers than the source now
        has, ParameterError for a bad option, ClusterError where Ray cannot go on. A build that fails
        before its first paper is stored leaves nothing behind.
        """
        folder = corpus_folder(path)
        names = source_names(source)
        check_index(index, recall)
        check_known(precision, PRECISIONS, "precision")
        refuse_other_files(folder)
        elsewhere = executor_of(executor, address, workers)
        report = AddReport()
        with maker_of(encoder, model_dir, vectors, limit, elsewhere) as choice:
            items = source_items(source, format=format, mapping=mapping, limit=limit, max_record=max_record)
            with replaced(folder, names, precision) if overwrite else contextlib.nullcontext(folder) as place:
                maker = build_papers(
                    place,
                    items,
                    choice,
                    report,
                    sources=names,
                    precision=precision,
                    index=index,
                    recall=recall,
                    only=overwrite,
                )
            state = LiveSnapshot.open(folder)
            texts = TextEncoder(folder, state.get(), encoder=maker.encoder, origin=maker.origin)
            corpus = cls(folder, state, encoder=texts)
        corpus.report = report
        return corpus

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        encoder: str | Encoder | None = None,
        model_dir: str | Path | None = None,
        immutable: bool = False,
    ) -> Corpus:
        """Open the corpus in the folder `path`; no model is loaded before a text must be encoded.

        `encoder` or `model_dir` say where the corpus's encoder is, when its name alone does not.
        `immutable`: nobody writes to it while it is open, so that it may lie on a network file system.
        Raises NotACorpus, CorpusTooNew, CorpusDamaged or EncoderMismatch; CorpusError where it is to be
        immutable and changes wait in the database's log.
        """
        folder = corpus_folder(path)
        state = LiveSnapshot.open(folder, immutable=immutable)
        if encoder is None and model_dir is None:
            return cls(folder, state)
        return cls(folder, state, encoder=TextEncoder.named(folder, state.get(), encoder, model_dir))

    @classmethod
    def in_memory(cls, source: PaperSource, *, encoder: str | Encoder = AUTO, **options: Any) -> Corpus:
        """A corpus for this session, as for a notebook: it is nobody else's, and goes when no longer used.

        It takes the other `options` of `build`, and raises what that raises. Its files are temporary ones.
        """
        corpus = in_temporary_folder(lambda folder: cls.build(source, folder, encoder=encoder, **options))
        corpus.name = "a temporary corpus"
        return corpus

    @classmethod
    def sample(cls) -> Corpus:
        """A private copy of the embedded sample, some hundred papers; it goes when no longer used."""
        corpus = cls.in_memory(sample_papers(), encoder=sample_encoder())
        corpus.name = "the embedded sample"
        # The stored vectors know no other text: the real minilm does.
        corpus._encoder = TextEncoder(corpus.path, corpus.snapshot)
        return corpus

    @property
    def snapshot(self) -> Snapshot:
        """The state that this object shows: the newest one, unless it is pinned.

        Raises CorpusError after `close`, and NotACorpus where the corpus was deleted meanwhile.
        """
        return self._state.get()

    def pinned(self) -> Corpus:
        """The corpus in the state that it has now, whatever is written to it afterwards, until `refresh`.

        For work of many questions that must not see two states; of a pinned one, it itself.
        """
        if self._pinned_from is not None:
            return self
        fixed = Corpus(self.path, self._state.pinned(), encoder=self._encoder)
        fixed.name = self.name
        fixed._pinned_from = self  # whose folder may go with it
        return fixed

    @property
    def encoder(self) -> Encoder:
        """The encoder that made the vectors, loaded when first asked for.

        Raises EncoderUnknown when it is not at hand and EncoderMismatch when it has changed, or when
        vectors that were given as its own turn out to be others.
        """
        return self.encoder_of(self.snapshot)

    def encoder_of(self, snapshot: Snapshot) -> Encoder:
        """The encoder of this state, which need not be the newest; raises what `encoder` raises."""
        return self._encoder.get(snapshot)

    def add(
        self,
        source: PaperSource,
        *,
        vectors: str | Path | NDArray[Any] | None = None,
        format: str | None = None,
        mapping: Mapping[str, str] | None = None,
        limit: int | None = None,
        max_record: int | None = None,
        executor: str = LOCAL,
        address: str | None = None,
        workers: int | None = None,
    ) -> AddReport:
        """Add papers: new ones, and changed ones in place of what they were; the others are left alone.

        A record of a paper that is there changes it field by field, and takes nothing away: see `merging`.
        `vectors` are theirs by the corpus's encoder, as for `build`: compared with the encoder, which
        must be at hand unless the corpus was built of given vectors without it. The others as for `build`.
        Raises what `build` raises; CorpusLocked when another process is writing.
        """
        elsewhere = executor_of(executor, address, workers)
        self.report = AddReport()
        items = source_items(source, format=format, mapping=mapping, limit=limit, max_record=max_record)
        with contextlib.ExitStack() as stack:

            def maker() -> Maker:
                if vectors is None:
                    encoder = self.encoder
                    self._state.release()
                    return EncoderMaker(encoder, origin=self._encoder.origin, elsewhere=elsewhere)
                refuse_given(elsewhere)
                given = stack.enter_context(given_array(vectors))
                manifest = self.snapshot.manifest
                known = self.encoder if manifest.verified else self._encoder.at_hand(self.snapshot)
                self._state.release()
                return GivenVectors(given, name=manifest.encoder, encoder=known, limit=limit)

            stack.enter_context(self._changing())
            add_papers(self.path, items, maker, self.report, given=vectors is not None)
        return self.report

    def remove(self, ids: Iterable[str]) -> list[str]:
        """Remove papers, named as in `row`, and return the names that are of no paper, or of several."""
        self.refresh()  # what others have added can be removed as well
        texts = [ids] if isinstance(ids, str) else list(ids)
        rows = {text: find_rows(self.snapshot, text) for text in texts}
        found = sorted({row for named in rows.values() if len(named) == 1 for row in named})
        keys = [paper.key for paper in self.snapshot.papers(found)]
        with self._changing():
            remove_papers(self.path, keys)
        return [text for text, named in rows.items() if len(named) != 1]

    def compact(self, *, index: str | None = None, recall: float | None = None) -> None:
        """Drop what `remove` and changes left behind, give the space back, and renew the index file.

        `index` and `recall` change what was asked for in `build`. Raises ParameterError for a bad one.
        """
        check_index(index, recall)
        with self._changing():
            compact_corpus(self.path, index=index, recall=recall)

    def verify(self) -> list[str]:
        """Every problem of the corpus on disk, in one line each; see `verification.verify`."""
        return verification.verify(self.path)

    def info(self) -> CorpusInfo:
        """Counts, encoder, index, dates, categories and sizes."""
        return describe(self.path, self.snapshot)

    def refresh(self) -> None:
        """See the newest state now, also where this corpus is pinned; who reads the old one may go on."""
        self._state.refresh()

    def close(self) -> None:
        """Let go of the files; those of a temporary corpus are deleted."""
        self._state.close()
        discard(self)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Let go of the old state, so that the log can be emptied, and see the new one afterwards."""
        self._state.release()
        try:
            yield
        finally:
            self._state.release()
            with contextlib.suppress(RecommenderError):  # a longer log does no harm, a hidden error does
                checkpoint(self.path)

    def row(self, text: str) -> int:
        """The row of the paper that an id in any spelling, a url or an exact title names.

        Raises UnknownPaper: naming the nearest spellings, or the papers where several are so called; and
        ParameterError for what is no text.
        """
        if not isinstance(text, str):
            raise ParameterError(f"{text!r:.60} names no paper: give an id, a url or an exact title")
        rows = find_rows(self.snapshot, text)
        if len(rows) != 1:
            raise UnknownPaper(not_one_paper(self.snapshot, text, rows))
        return rows[0]

    def __getitem__(self, text: str) -> Paper:
        return self.snapshot.papers([self.row(text)])[0]

    def __contains__(self, text: object) -> bool:
        return isinstance(text, str) and bool(find_rows(self.snapshot, text))

    def __len__(self) -> int:
        return len(self.snapshot)

    def __iter__(self) -> Iterator[Paper]:
        return iter(self.snapshot)

    def __enter__(self) -> Corpus:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def to_frame(self, names: Iterable[str] | None = None) -> pd.DataFrame:
        """One line for each paper named as in `row`, in that order, or for all of them."""
        if names is None:
            return papers_frame(self)
        rows = [self.row(name) for name in ([names] if isinstance(names, str) else names)]
        return papers_frame(self.snapshot.papers(rows))

    def __repr__(self) -> str:
        if self._state.closed:
            return f"Corpus({self.name!r}, closed)"
        return f"Corpus({self.name!r}, {len(self):,} papers, encoder {self.snapshot.manifest.encoder!r})"

    def _repr_html_(self) -> str | None:
        return None if self._state.closed else page(self.name, self.info(), self.snapshot)

    def _ipython_key_completions_(self) -> list[str]:
        """What Tab offers after ``corpus["``: the ids, those of arXiv also as they are most often written."""
        some = self.snapshot.select("SELECT id FROM papers ORDER BY row LIMIT ?", (_OFFERED,))
        ids = [paper_id for (paper_id,) in some]
        return ids + [name.removeprefix("arxiv:") for name in ids if name.startswith("arxiv:")]
