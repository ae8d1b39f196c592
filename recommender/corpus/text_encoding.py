"""The encoder of a corpus: the check that it made the stored vectors, and encoding on Ray."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._extras import extra
from ..encoders import Encoder, EncoderOrigin, Vectors
from ..encoders.base import encode_documents, limit_threads
from ..encoders.prompts import PromptChoice
from ..errors import EncoderMismatch, EncoderUnknown, MissingPackage, ParameterError
from ..ray_cluster import Cluster, cluster, require_ray, translated_ray_errors
from ..recipe import TextRecipe
from .agreement import SAMPLE, check_encoder_matches, sample_rows
from .manifest import Manifest, check_encoder
from .snapshot import Snapshot
from .staging import Batches, Encoded, Staged

if TYPE_CHECKING:
    import pyarrow

_LOG = logging.getLogger("recommender")


def check_snapshot_encoder(snapshot: Snapshot, encoder: Encoder) -> None:
    """Raise EncoderMismatch unless this encoder made the corpus's vectors.

    Its fingerprint tells; where vectors were given and never compared, a sample of them is now.
    """
    manifest = snapshot.manifest
    if manifest.verified or (encoder.name, encoder.dim) != (manifest.encoder, manifest.dim):
        check_encoder(snapshot.path, manifest, encoder)
        return
    rows = snapshot.comparable
    rows = rows[sample_rows(len(rows), SAMPLE)]
    if len(rows):
        papers = snapshot.papers(rows.tolist())
        check_encoder_matches(
            encoder, papers, snapshot.vectors(rows), str(snapshot.path), recipe=snapshot.recipe
        )


def load_encoder_of(snapshot: Snapshot) -> Encoder:
    """The encoder that made the corpus's vectors.

    Raises EncoderUnknown or MissingPackage where it is not at hand, EncoderMismatch where another one has
    its name.
    """
    manifest = snapshot.manifest
    try:
        encoder = origin_of(manifest).load()
    except (EncoderUnknown, MissingPackage) as error:
        if manifest.verified:
            raise
        raise type(error)(
            f"{snapshot.path} holds given vectors of {manifest.encoder!r}, an encoder that is not at hand: "
            f"its papers can be recommended by, but no free text and no new paper encoded ({error})"
        ) from error
    check_snapshot_encoder(snapshot, encoder)
    if getattr(encoder, "unused_prompts", False):
        _LOG.info(
            "%s: an earlier version encoded its papers and what searches them alike, though %r has a prompt "
            "for each; build it again to use them",
            snapshot.path,
            manifest.encoder,
        )
    return encoder


def origin_of(manifest: Manifest, model_dir: str | Path | None = None) -> EncoderOrigin:
    """What the encoder of a corpus is loaded by: its name and its prompts."""
    return EncoderOrigin.of(manifest.encoder, model_dir, PromptChoice.of_manifest(manifest.prompts))


class TextEncoder:
    """Gives the encoder that made the vectors of a state; another corpus's in its place gets its own."""

    def __init__(
        self,
        snapshot: Snapshot,
        *,
        encoder: Encoder | None = None,
        origin: EncoderOrigin | None = None,
    ) -> None:
        # By what a manifest says of them: a state that is pinned may have another encoder than the newest.
        self._encoders: dict[tuple[str, str], tuple[Encoder, EncoderOrigin | None]] = {}
        if encoder is not None:
            self._encoders[_stored_encoder(snapshot)] = encoder, origin
        self._given = encoder if origin is None else None
        self.origin = origin
        """What the encoder asked for last was loaded by, None where it was given as an object or no one is
        loaded yet.
        """

    @classmethod
    def named(
        cls, snapshot: Snapshot, encoder: str | Encoder | None, model_dir: str | Path | None
    ) -> TextEncoder:
        """Of this name (else the corpus's own) with its weights there, or this object.

        Raises EncoderMismatch unless it made the vectors.
        """
        name = encoder if encoder is not None else snapshot.manifest.encoder
        if not isinstance(name, str):
            check_snapshot_encoder(snapshot, name)
            return cls(snapshot, encoder=name)
        origin = origin_of(snapshot.manifest.replace(encoder=name), model_dir)
        model = origin.load()
        check_snapshot_encoder(snapshot, model)
        return cls(snapshot, encoder=model, origin=origin)

    def get(self, snapshot: Snapshot) -> Encoder:
        """The encoder of this state, loaded when first asked for.

        Raises what `load_encoder_of` raises, and EncoderMismatch where an object was given and another
        encoder made the vectors of what is there by now.
        """
        key = _stored_encoder(snapshot)
        if key not in self._encoders:
            self._encoders[key] = self._found(snapshot)
        encoder, self.origin = self._encoders[key]
        return encoder

    def at_hand(self, snapshot: Snapshot) -> Encoder | None:
        """The encoder of this state, None where nothing has its name here."""
        try:
            return self.get(snapshot)
        except (EncoderUnknown, MissingPackage):
            return None

    def _found(self, snapshot: Snapshot) -> tuple[Encoder, EncoderOrigin | None]:
        for encoder, origin in self._encoders.values():
            # Given vectors, compared meanwhile.
            if (encoder.name, encoder.fingerprint) == _stored_encoder(snapshot):
                return encoder, origin
        if self._given is not None:
            check_snapshot_encoder(snapshot, self._given)
            return self._given, None
        return load_encoder_of(snapshot), origin_of(snapshot.manifest)


def _stored_encoder(snapshot: Snapshot) -> tuple[str, str]:
    return snapshot.manifest.encoder, snapshot.manifest.fingerprint


TEXT, VECTOR = "text", "vector"
"""The columns that come in and go out."""


class EncodingWorker:
    """The encoder of that origin, opened once, on so many threads, for the blocks that this process is given.

    It must have the `fingerprint` that it has where the vectors are wanted.
    """

    def __init__(self, origin: EncoderOrigin, fingerprint: str, threads: int) -> None:
        limit_threads(threads)
        self._origin = origin
        self._fingerprint = fingerprint
        self._encoder: Encoder | None = None

    def __call__(self, block: dict[str, Any]) -> dict[str, Any]:
        """One unit row for each text. Raises EncoderMismatch, or what loading and encoding raise."""
        # Not earlier: what is raised while a worker is made reaches nobody but as a text.
        if self._encoder is None:
            self._encoder = self._load()
        return {VECTOR: encode_documents(self._encoder, [str(text) for text in block[TEXT]])}

    def _load(self) -> Encoder:
        encoder = self._origin.load()
        if encoder.fingerprint != self._fingerprint:
            import platform

            raise EncoderMismatch(
                f"{self._origin.name!r} is {encoder.name!r} with fingerprint {encoder.fingerprint[:12]} "
                f"in a worker on {platform.node()}, but with {self._fingerprint[:12]} here; "
                "install the same model and version of paper-recommender on every machine"
            )
        return encoder


# Ray makes the processes of a pool anew for each window, in some seconds, and at a window's end
# waits for the last of them; but a window's texts lie in memory together, 1.5 kB each and twice. So
# a window is long enough for those seconds to count for little, 8,192 texts taking a process of
# minilm two minutes, and short enough for a laptop. Encoders as fast as static have batches of 4,096.
_TEXTS, _BATCHES = 8192, 16
_MOST_TEXTS = 131_072

# Ray replaces a worker that dies as often as it dies, and gives its batch to the next: where a batch
# is what kills them, or no machine is free, nothing comes any more. A batch takes minutes at most.
_PATIENCE = 30 * 60  # seconds

# So many workers in a row may die before they have begun.
_FALSE_STARTS = 5

_KEPT = "what was committed before is safe, and the same command goes on from there"


class RayEncoding:
    """Encoding on the Ray at `address`, or on one of this machine's own, by so many processes.

    Each batch that one process would encode is encoded by one process as a whole, so the vectors
    are the same. Raises ParameterError where Ray is not installed or a value cannot be used.
    """

    def __init__(self, *, address: str | None = None, workers: int | None = None) -> None:
        require_ray(address=address, workers=workers)
        self._address = address
        self._workers = workers

    def encode(
        self, origin: EncoderOrigin, fingerprint: str, batches: Batches, recipe: TextRecipe
    ) -> Encoded:
        """Each batch with its vectors, in order; `batches` begins anew each time it is called.

        Raises EncoderMismatch where a worker's encoder has another fingerprint, what it raises
        itself, and ClusterError where no cluster answers or its workers cannot go on.
        """
        with cluster(address=self._address, workers=self._workers) as found, translated_ray_errors(_KEPT):
            # The second is read again, batch by batch, as vectors come: papers need not wait in memory.
            waiting, encoded = batches(), batches()
            while window := _window(waiting, found.workers, recipe):
                for vectors in _encoded(window, found, (origin, fingerprint, found.threads)):
                    yield next(encoded), vectors


def _window(batches: Iterator[list[Staged]], workers: int, recipe: TextRecipe) -> list[pyarrow.Table]:
    """The next batches' texts, a table of each batch; none when there are no more."""
    with extra("frames"):
        import pyarrow

    window: list[pyarrow.Table] = []
    count, enough = 0, 1
    while count < enough and (batch := next(batches, None)):
        # In 64 bits, as thousands of long texts can have more than 2 GB together.
        texts = [recipe.text(staged.paper) for staged in batch]
        column = pyarrow.array(texts, pyarrow.large_string())
        window.append(pyarrow.table({TEXT: column}))
        count += len(batch)
        enough = min(workers * max(_TEXTS, _BATCHES * len(batch)), _MOST_TEXTS)
    return window


def _encoded(
    window: list[pyarrow.Table], found: Cluster, arguments: tuple[EncoderOrigin, str, int]
) -> Iterator[Vectors]:
    """The vectors of each batch of the window, in order."""
    with extra("ray"):
        import ray.data

    data = ray.data.from_blocks(window).map_batches(
        EncodingWorker,
        fn_constructor_args=arguments,
        batch_size=None,  # a batch is a block
        compute=ray.data.ActorPoolStrategy(size=min(found.workers, len(window))),
        num_cpus=found.threads,
    )
    context = data.context
    context.execution_options.preserve_order = True
    context.enable_progress_bars = False
    context.raise_original_map_exception = True
    context.execution_no_progress_timeout_s = _PATIENCE
    context.max_consecutive_actor_init_deaths = _FALSE_STARTS
    # One that is stopped halfway is to end at once, with its processes.
    with contextlib.closing(iter(data.iter_batches(batch_size=None, prefetch_batches=0))) as blocks:
        for block in blocks:
            yield block[VECTOR]


LOCAL = "local"
EXECUTORS = (LOCAL, "ray")


def executor_of(name: str, address: str | None, workers: int | None) -> RayEncoding | None:
    """Where to encode elsewhere than in this process, if anywhere.

    Raises ParameterError for an unknown executor, for options that it does not have, and where what it
    needs is not installed.
    """
    if name not in EXECUTORS:
        raise ParameterError(f"{name!r} is no executor; known: {', '.join(EXECUTORS)}")
    if name == "ray":
        return RayEncoding(address=address, workers=workers)
    for option, value in (("address", address), ("workers", workers)):
        if value is not None:
            raise ParameterError(f"{option} is {value}, which only the executor ray can use")
    return None
