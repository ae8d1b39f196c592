"""WritableCorpus: the writing half of `Corpus`: add, remove, compact, verify."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from ..errors import RecommenderError
from ..paper_names import PaperNames, papers_in
from ..recipe import TextRecipe
from . import verification
from .arrivals import check_moment
from .categories import category_names
from .folder import check_index
from .lookup import find_rows, find_rows_of, name_spellings
from .precomputed import PrecomputedVectors, open_vector_array
from .readable import ReadableCorpus, names_of_paper
from .removal import Absence, removed_by_name
from .report import AddReport
from .source_records import read_sourced
from .sources import PaperSource, source_items
from .text_encoding import LOCAL, executor_of
from .vector_sources import EncoderVectors, VectorSource, refuse_remote
from .withholding import again_names
from .writer import add_papers, checkpoint, compact_corpus, remove_papers, split_paper


class WritableCorpus(ReadableCorpus):
    """What is done to a corpus that is there; `Corpus` makes and opens one."""

    report: AddReport | None = None
    """What the last `build` or `add` of this object did."""

    def add(
        self,
        source: PaperSource,
        *,
        vectors: str | Path | NDArray[Any] | None = None,
        text: str | None = None,
        format: str | None = None,
        mapping: Mapping[str, str] | None = None,
        limit: int | None = None,
        max_record: int | None = None,
        encoding: str | None = None,
        max_size: int | None = None,
        executor: str = LOCAL,
        address: str | None = None,
        workers: int | None = None,
        again: str | Iterable[str] = (),
        at: datetime.datetime | None = None,
    ) -> AddReport:
        """Add papers: new ones, and changed ones in place of what they were; the others are left alone.

        A record of a paper that is there changes it field by field, and takes nothing away. What was removed
        stays out.

        Parameters
        ----------
        source : str, Path, sequence of them, DataFrame or other table, or iterable of Paper or dict
            As for `build`.
        vectors : str, Path or array of shape (papers, dim), optional
            The papers' vectors by the corpus's encoder, as for `build`: compared with the encoder, which must
            be at hand unless the corpus was built of precomputed vectors without it.
        text : str, optional
            How a paper becomes the text that is encoded, see `build`: that of the corpus, or it is refused.
        format : str, optional
            The format of the files, where it is not clear from what they hold.
        mapping : mapping of str to str, optional
            The fields of a paper by the names of columns or keys.
        limit : int, optional
            Take the first so many papers.
        max_record : int, optional
            The longest record that is read, in bytes.
        encoding : str, optional
            What the text of files is in, where their bytes do not tell; see `read_papers`.
        max_size : int, optional
            Bytes that are unpacked of a packed file; see `read_papers`.
        executor : {"local", "ray"}, default "local"
            What encodes: this process, or the workers of a Ray cluster.
        address : str, optional
            Of the Ray cluster; by default one is started here that ends with the addition.
        workers : int, optional
            How many processes encode by Ray.
        again : str or iterable of str, optional
            Removed papers that come again if they are in the source, named as in `row`; a removed category,
            which is then one as any other; ``"all"``.
        at : datetime.datetime, optional
            When the new papers arrive, with a zone: by default each now, as it is stored. What would not be
            later than all papers before comes a microsecond after them.

        Returns
        -------
        AddReport
            How many papers were read, new, changed, unchanged and skipped, and why; also in `report`.

        Raises
        ------
        CorpusLocked
            When another process is writing.
        SourceError, EncoderMismatch, EncoderUnknown, MissingPackage, ParameterError, ClusterError
            As `build`.

        Examples
        --------
        >>> from recommender import Corpus
        >>> corpus = Corpus.in_memory([{"title": "Deep learning"}], encoder="static")
        >>> report = corpus.add([{"title": "Deep learning"}, {"title": "Random forests"}])
        >>> report.new, report.unchanged
        (1, 1)
        """
        remote = executor_of(executor, address, workers)
        recipe = None if text is None else TextRecipe(text)
        wanted = again_names(again)
        check_moment(at)
        self.report = AddReport()
        items = source_items(
            source,
            format=format,
            mapping=mapping,
            limit=limit,
            max_record=max_record,
            encoding=encoding,
            max_size=max_size,
        )
        with contextlib.ExitStack() as stack:

            def source_of_vectors() -> VectorSource:
                if vectors is None:
                    encoder = self.encoder
                    self._state.release()
                    return EncoderVectors(encoder, origin=self._encoder.origin, remote=remote)
                refuse_remote(remote)
                array = stack.enter_context(open_vector_array(vectors))
                snapshot = self.snapshot
                verified, name = snapshot.manifest.verified, snapshot.encoder_name
                known = self.encoder if verified else self._encoder.at_hand(snapshot)
                self._state.release()
                return PrecomputedVectors(array, name=name, encoder=known, limit=limit)

            stack.enter_context(self._changing())
            precomputed = vectors is not None
            add_papers(
                self.path,
                items,
                source_of_vectors,
                self.report,
                precomputed=precomputed,
                recipe=recipe,
                again=wanted,
                at=at,
            )
        return self.report

    def remove(
        self,
        ids: PaperNames = (),
        *,
        categories: str | Iterable[str] = (),
        until: str | datetime.date | None = None,
    ) -> list[str]:
        """Remove papers; they stay away, whoever adds them again, until they are added by name.

        Another version of a removed paper and another source's record of it stay away as well. What its
        records say is kept to know it by.

        Parameters
        ----------
        ids : str, Paper or Recommendation, or iterable of them
            The papers, named as in `row`; a column of ids or a frame with the column `id` as well. Of one
            that was removed before `until` is set.
        categories : str or iterable of str, optional
            Remove all papers that have one of these or one below it (``cs`` stands for ``cs.CL``), and keep
            out new ones that do.
        until : str or datetime.date, optional
            From this day on they may come again: ``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD``, or ``today``.

        Returns
        -------
        list of str
            The names that are of no paper, or of several; nothing was removed for these.

        Raises
        ------
        ParameterError
            For an `until` that is no date, or is past, and for a category that is no text.
        CorpusLocked
            When another process is writing.

        Examples
        --------
        >>> from recommender import Corpus
        >>> corpus = Corpus.sample()
        >>> corpus.remove(["1706.03762", "no such paper"])
        ['no such paper']
        >>> len(corpus)
        231
        """
        absence = Absence.of(until)
        of_categories = category_names(categories)
        self.refresh()  # what others have added can be removed as well
        rows = find_rows_of(self.snapshot, [self._name_of(one) for one in papers_in(ids)])
        found = sorted({row for named in rows.values() if len(named) == 1 for row in named})
        keys = [paper.key for paper in self.snapshot.papers(found)]
        unknown = {text: name_spellings(text) for text, named in rows.items() if not named}
        former = removed_by_name(self.snapshot, unknown)
        with self._changing():
            spelled = [name for text in former if until for name in unknown[text]]
            remove_papers(self.path, keys, absence, categories=of_categories, former=spelled)
        return [text for text, named in rows.items() if len(named) != 1 and text not in former]

    def _name_of(self, paper: Any) -> Any:
        """Of a paper, or what is about one, the name by which it is here, else its own; a name as it is."""
        names = () if isinstance(paper, str) else names_of_paper(paper)
        return next((name for name in names if find_rows(self.snapshot, name)), names[0] if names else paper)

    def split(self, paper: str) -> list[str]:
        """Take a paper that was made of several records apart, for good.

        Its records are not joined again, whoever adds them and how often.

        Parameters
        ----------
        paper : str
            By the id of the paper each of its records becomes one; by the own id of one of the others, that
            record leaves it.

        Returns
        -------
        list of str
            The ids of the papers that it became.

        Raises
        ------
        UnknownPaper
            For a name that is of no paper, or of several.
        CorpusError
            For a paper of one record.
        CorpusLocked
            When another process is writing.
        EncoderUnknown, MissingPackage, EncoderMismatch
            Where a record has a text of its own to encode, and the encoder is not at hand.

        Examples
        --------
        >>> from recommender import Corpus
        >>> records = [
        ...     {"id": "A", "title": "Deep learning of birds", "doi": "10.1000/1"},
        ...     {"id": "B", "title": "Deep learning of birds", "doi": "10.1000/1"},
        ... ]
        >>> corpus = Corpus.in_memory(records, encoder="static")
        >>> len(corpus), corpus.split("A"), len(corpus)
        (1, ['A', 'B'], 2)
        """
        self.refresh()
        row = self.row(paper)
        before = read_sourced(self.snapshot.store, [row])[row]
        self.report = AddReport()

        def source() -> VectorSource:
            encoder = self.encoder
            self._state.release()
            return EncoderVectors(encoder, origin=self._encoder.origin)

        with self._changing():
            split_paper(self.path, before.paper.key, paper, source, self.report)
        records = {(record.source, record.paper.key, record.paper.title) for record in before.records}
        names = {record.paper.key for record in before.records}
        rows = {row for found in find_rows_of(self.snapshot, names).values() for row in found}
        # What a record's name is shared with is no part of what was split.
        return [
            one.paper.id
            for _, one in sorted(read_sourced(self.snapshot.store, sorted(rows)).items())
            if any((its.source, its.paper.key, its.paper.title) in records for its in one.records)
        ]

    def compact(self, *, index: str | None = None, recall: float | None = None) -> None:
        """Drop what `remove` and changes left behind, give the space back, and renew the index file.

        Parameters
        ----------
        index : str, optional
            Another kind of index from now on, as for `build`.
        recall : float, optional
            Another recall of an approximate index from now on, as for `build`.

        Raises
        ------
        ParameterError
            For a bad option.
        CorpusLocked
            When another process is writing.
        CorpusDamaged
            When a vector file is not what was written; then nothing is changed.

        Examples
        --------
        >>> from recommender import Corpus
        >>> corpus = Corpus.sample()
        >>> corpus.remove("1706.03762")
        []
        >>> corpus.info().removed
        1
        >>> corpus.compact()
        >>> corpus.info().removed
        0
        """
        check_index(index, recall)
        with self._changing():
            compact_corpus(self.path, index=index, recall=recall)

    def verify(self) -> list[str]:
        """Read every byte of the corpus on disk and see whether it is what was written, and fits together.

        Returns
        -------
        list of str
            Every problem, in one line each; none when the corpus is well.

        Raises
        ------
        NotACorpus, CorpusTooNew
            Where the folder holds none that can be read.
        CorpusChanged
            Where somebody wrote each time that it was verified.

        Examples
        --------
        >>> from recommender import Corpus
        >>> Corpus.sample().verify()
        []
        """
        return verification.verify(self.path)

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
