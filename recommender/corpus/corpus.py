"""Corpus: the durable, searchable collection of papers."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from indexes import PRECISIONS

from ..encoders import Encoder
from ..encoders.prompts import PromptChoice
from ..files import in_temporary_folder
from .arrivals import check_moment
from .folder import check_index, check_known, corpus_folder, refuse_other_files, replaced
from .manifest import AUTO
from .readable import LiveSnapshot
from .report import AddReport
from .sources import PaperSource, sample_encoder, sample_papers, source_items, source_names
from .text_encoding import LOCAL, TextEncoder, executor_of
from .vector_sources import VectorOptions
from .withholding import again_names
from .writable import WritableCorpus
from .writer import build_papers


class Corpus(WritableCorpus):
    """A folder of papers and their vectors, in its newest state.

    Made by `build`, `open`, `in_memory` or `sample`. Another process may write meanwhile: its commits are
    seen at the next question. A question is answered from one state, and so are all of `recommend_many` and
    of a batch job. `pinned` gives a corpus that goes on showing the state it has.

    Parameters
    ----------
    folder : Path
        Where it lies.
    state : LiveSnapshot
        Gives the newest state, or one that is pinned.
    encoder : TextEncoder, optional
        Encodes free texts; by default the one that the corpus names.

    Examples
    --------
    >>> from recommender import Corpus
    >>> corpus = Corpus.sample()
    >>> len(corpus)
    232
    >>> corpus["1706.03762"].title
    'Attention Is All You Need'
    >>> "1706.03762" in corpus
    True
    """

    @classmethod
    def build(
        cls,
        source: PaperSource,
        path: str | Path,
        *,
        encoder: str | Encoder = AUTO,
        model_dir: str | Path | None = None,
        vectors: str | Path | NDArray[Any] | None = None,
        text: str | None = None,
        query_prompt: str | None = None,
        document_prompt: str | None = None,
        index: str | None = None,
        recall: float | None = None,
        precision: str | None = None,
        format: str | None = None,
        mapping: Mapping[str, str] | None = None,
        limit: int | None = None,
        max_record: int | None = None,
        encoding: str | None = None,
        max_size: int | None = None,
        executor: str = LOCAL,
        address: str | None = None,
        workers: int | None = None,
        overwrite: bool = False,
        again: str | Iterable[str] = (),
        at: datetime.datetime | None = None,
    ) -> Corpus:
        """Make a corpus in a folder, or go on where building it from the same source stopped.

        A build that fails before its first paper is stored leaves nothing behind. What was read and skipped
        is in `report`.

        Parameters
        ----------
        source : str, Path, sequence of them, DataFrame or other table, or iterable of Paper or dict
            One file of papers or several (``-``: standard input), or the papers themselves; a table of
            polars, Arrow, Ray or another library is read as a stream, see `read_papers`.
        path : str or Path
            The folder of the corpus, which is made.
        encoder : str or Encoder, default "auto"
            A name for `load_encoder`, or an object. ``auto`` is minilm where it is installed and encodes the
            papers in less than two minutes on this machine, measured on some of them (fewer than 1,000 are
            not measured), else static; for a corpus that is there the one it has. Another encoder than that
            of a build that was stopped drops what it stored.
        model_dir : str or Path, optional
            The folder of the encoder's weights, where they are not where its name says.
        vectors : str, Path or array of shape (papers, dim), optional
            The papers' vectors by that encoder, made elsewhere: an array, or a .npy or .npz file; one row for
            each paper read, in order, or one for each record where some were skipped; float rows of any
            length, or int8. Where the encoder is at hand a sample is compared with it; where it is not, the
            corpus is one of stored papers only, until it is.
        text : str, optional
            How a paper becomes the text that is encoded: fields in braces, of title, abstract, authors,
            categories, venue and published, such as ``"{title}[SEP]{abstract}"``. A field that a paper lacks
            is left out with the text that leads to it. By default ``"{title}. {abstract}"``; the corpus
            remembers it.
        query_prompt, document_prompt : str, optional
            What stands before texts that search, and before papers, of a model that is named: a prompt that
            it defines by its name, or a text, which holds a space or a colon (empty: nothing). By default
            what the model's folder defines for each.
        index : str, optional
            The kind of index: auto, exact, hnsw or ivf. Chosen by size by default.
        recall : float, optional
            The share of the ten nearest papers that an approximate index must find, default 0.99.
        precision : {"float16", "float32", "int8"}, optional
            The numbers that vectors are kept in, default float16.
        format : str, optional
            The format of the files, where it is not clear from what they hold; see `read_papers`.
        mapping : mapping of str to str, optional
            The fields of a paper by the names of columns or keys; see `read_papers`.
        limit : int, optional
            Take the first so many papers.
        max_record : int, optional
            The longest record that is read, in bytes; see `read_papers`.
        encoding : str, optional
            What the text of files is in, where their bytes do not tell; see `read_papers`.
        max_size : int, optional
            Bytes that are unpacked of a packed file; see `read_papers`.
        executor : {"local", "ray"}, default "local"
            What encodes: this process, or the workers of a Ray cluster. The corpus is the same.
        address : str, optional
            Of the Ray cluster; by default one is started here that ends with the build.
        workers : int, optional
            How many processes encode by Ray.
        overwrite : bool, default False
            Put the corpus in place of the one that is there, once it is whole. What was removed or split in
            that one is so in this one, and its papers arrived when they did there.
        again : str or iterable of str, optional
            Removed papers that may come again; see `add`.
        at : datetime.datetime, optional
            When the papers arrive, with a zone; see `add`.

        Returns
        -------
        Corpus
            The corpus, open.

        Raises
        ------
        SourceError
            When nothing can be read.
        EncoderMismatch, CorpusExists
            When the folder holds a corpus of another encoder, of another text, of another source, or of fewer
            papers than the source now has.
        ParameterError
            For a bad option.
        EncoderUnknown, MissingPackage
            For an encoder that is not at hand.
        ClusterError
            Where Ray cannot go on.

        Examples
        --------
        >>> from recommender import Corpus
        >>> papers = [
        ...     {"title": "Deep learning", "abstract": "Layers of features, learned from examples."},
        ...     {"title": "Random forests", "abstract": "Many trees, each of some of the features."},
        ... ]
        >>> corpus = Corpus.build(papers, "my.corpus", encoder="static")
        >>> len(corpus), corpus.report.new
        (2, 2)
        """
        folder = corpus_folder(path)
        names = source_names(source)
        wanted = again_names(again)
        check_moment(at)
        check_index(index, recall)
        check_known(precision, PRECISIONS, "precision")
        refuse_other_files(folder)
        remote = executor_of(executor, address, workers)
        report = AddReport()
        options = VectorOptions(
            encoder,
            model_dir,
            vectors,
            limit,
            remote,
            text=text,
            prompts=PromptChoice(query_prompt, document_prompt),
        )
        with options.choice() as choice:
            items = source_items(
                source,
                format=format,
                mapping=mapping,
                limit=limit,
                max_record=max_record,
                encoding=encoding,
                max_size=max_size,
            )
            with replaced(folder, names, precision) if overwrite else contextlib.nullcontext(folder) as place:
                chosen = build_papers(
                    place,
                    items,
                    choice,
                    report,
                    sources=names,
                    precision=precision,
                    index=index,
                    recall=recall,
                    instead_of=folder if overwrite else None,
                    again=wanted,
                    at=at,
                )
            state = LiveSnapshot.open(folder)
            texts = TextEncoder(state.get(), encoder=chosen.encoder, origin=chosen.origin)
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
        """Open a corpus; no model is loaded before a text must be encoded.

        Parameters
        ----------
        path : str or Path
            The corpus's folder.
        encoder : str or Encoder, optional
            The corpus's encoder, where its name alone does not say where it is.
        model_dir : str or Path, optional
            The folder of the encoder's weights.
        immutable : bool, default False
            Nobody writes to it while it is open, so that it may lie on a network file system.

        Returns
        -------
        Corpus
            The corpus, in its newest state.

        Raises
        ------
        NotACorpus, CorpusTooNew, CorpusDamaged
            Where the folder holds none that can be read.
        EncoderMismatch
            Where `encoder` is not the one that made the vectors.
        CorpusError
            Where it is to be immutable and changes wait in the database's log.

        Examples
        --------
        >>> from recommender import Corpus
        >>> Corpus.build([{"title": "Deep learning"}], "one.corpus", encoder="static").close()
        >>> with Corpus.open("one.corpus") as corpus:
        ...     [paper.title for paper in corpus]
        ['Deep learning']
        """
        folder = corpus_folder(path)
        state = LiveSnapshot.open(folder, immutable=immutable)
        if encoder is None and model_dir is None:
            return cls(folder, state)
        return cls(folder, state, encoder=TextEncoder.named(state.get(), encoder, model_dir))

    @classmethod
    def in_memory(cls, source: PaperSource, *, encoder: str | Encoder = AUTO, **options: Any) -> Corpus:
        """A corpus for this session, as for a notebook: it is nobody else's, and goes when no longer used.

        Its files are temporary ones.

        Parameters
        ----------
        source : str, Path, sequence of them, DataFrame or other table, or iterable of Paper or dict
            As for `build`.
        encoder : str or Encoder, default "auto"
            As for `build`.
        **options : Any
            The other options of `build`.

        Returns
        -------
        Corpus
            The corpus, open.

        Raises
        ------
        RecommenderError
            What `build` raises.

        Examples
        --------
        >>> from recommender import Corpus
        >>> Corpus.in_memory([{"title": "Deep learning"}], encoder="static")
        Corpus('a temporary corpus', 1 papers, encoder 'static')
        """
        corpus = in_temporary_folder(lambda folder: cls.build(source, folder, encoder=encoder, **options))
        corpus.name = "a temporary corpus"
        return corpus

    @classmethod
    def sample(cls) -> Corpus:
        """A private copy of the embedded sample, some hundred papers; it goes when no longer used.

        Returns
        -------
        Corpus
            The corpus, with vectors that minilm made.

        Examples
        --------
        >>> from recommender import Corpus
        >>> Corpus.sample()
        Corpus('the embedded sample', 232 papers, encoder 'minilm')
        """
        corpus = cls.in_memory(sample_papers(), encoder=sample_encoder())
        corpus.name = "the embedded sample"
        # The stored vectors know no other text: the real minilm does.
        corpus._encoder = TextEncoder(corpus.snapshot)
        return corpus
