"""The options of a batch job, the record that identifies it, and the manifest of its output."""

from __future__ import annotations

import hashlib
import json
import logging
import math
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeGuard

from .._extras import __version__
from ..corpus import Snapshot, content_hash
from ..diversity import DEFAULT_DIVERSITY, DEFAULT_RERANK, RERANKS
from ..engine import AnswerOptions, Date, check_half_life, named_kind
from ..errors import BatchError
from ..paper_names import PaperNames
from ..scoring import DEFAULT_STRATEGY, STRATEGIES
from .avoided import Avoided
from .formats import COLUMNS, DEFAULT_FORMAT, FORMATS, Parquet, format_of

_LOG = logging.getLogger("recommender")


@dataclass(frozen=True, init=False)
class BatchOptions:
    """What a batch job does for every reader, checked.

    Parameters
    ----------
    k : int, default 10
        Papers of each list.
    offset : int, default 0
        How many papers of each list come before these, and are left out.
    diversity : float, default 0.2
        Between 0, by score alone, and 1, all variety.
    since, until : str or date, optional
        Published in these days; ``7d`` is seven days before today, fixed now: a job may be resumed tomorrow.
    categories : str or sequence of str, optional
        Only papers of one of these, and of none with a minus.
    primary : bool, default False
        Whether only the first of a paper's categories counts.
    authors : str or sequence of str, optional
        A paper needs one of these authors: ``Hinton``, ``G. Hinton``, ``Hinton, Geoffrey``.
    venues : str or sequence of str, optional
        A paper needs one of these venues, by words of its name: ``Nature Communications``.
    min_confidence : float, default 0.0
        Leave out what is less sure to be of the reader's kind.
    half_life : float or str, optional
        Years, or ``6m``, ``90d``, after which a like counts half; by when it was liked, else published.
    retracted : bool, default False
        Whether papers that were retracted may come as well.
    notices : bool, default False
        Whether corrections, replies and other notices of papers may come as well.
    revised_since : str or date, optional
        Only papers of which a version appeared on this day or later, after the first.
    ban : str or Paper, or several, default ()
        Papers that nobody is shown, in no version.
    same_years : bool, default True
        Whether papers of the years that the liked ones are of come first; of no account with `since` or
        `until`.
    prefer : str, optional
        ``recent``: newer papers gain up to 0.02, a contribution of its own, instead of `same_years`.
    avoid : str or Paper, or several, default ()
        Papers to keep away from, and topics, in words: what is no paper of the corpus and looks like no id.
        For a reader who likes such a paper, or has such a text as an interest, it does not count.
    strategy : str, default "interests"
        How seeds become a score.
    rerank : str, default "msd"
        How a varied list is chosen.
    format : str, default "parquet"
        Of the output: parquet, jsonl or csv.

    Raises
    ------
    ParameterError
        Naming the option that cannot be used.

    Examples
    --------
    >>> from recommender.batch import BatchOptions
    >>> BatchOptions(k=5, format="csv").to_dict()["k"]
    5
    """

    answer: AnswerOptions
    avoid: Avoided
    strategy: str
    rerank: str
    format: str

    def __init__(
        self,
        *,
        k: int = 10,
        offset: int = 0,
        diversity: float = DEFAULT_DIVERSITY,
        since: Date = None,
        until: Date = None,
        categories: Sequence[str] | str | None = None,
        primary: bool = False,
        authors: Sequence[str] | str | None = None,
        venues: Sequence[str] | str | None = None,
        min_confidence: float = 0.0,
        half_life: float | str | None = None,
        retracted: bool = False,
        notices: bool = False,
        revised_since: Date = None,
        ban: PaperNames = (),
        same_years: bool = True,
        prefer: str | None = None,
        avoid: PaperNames | Avoided = (),
        strategy: str = DEFAULT_STRATEGY,
        rerank: str = DEFAULT_RERANK,
        format: str = DEFAULT_FORMAT,
    ) -> None:
        named_kind(strategy, STRATEGIES, "strategy")
        named_kind(rerank, RERANKS, "rerank")
        format_of(format)
        answer = AnswerOptions(
            k=k,
            offset=offset,
            diversity=diversity,
            since=since,
            until=until,
            categories=categories,
            primary=primary,
            authors=authors,
            venues=venues,
            min_confidence=min_confidence,
            half_life=half_life,
            retracted=retracted,
            notices=notices,
            revised_since=revised_since,
            ban=ban,
            same_years=same_years,
            prefer=prefer,
        )
        check_half_life(STRATEGIES[strategy], answer.years)
        for resolved in answer.filters.resolved:
            _LOG.info("%s", resolved)
        # Its dates are absolute now: the workers may look at other clocks.
        for name, value in (
            ("answer", replace(answer)),
            ("avoid", Avoided.of(avoid)),
            ("strategy", strategy),
            ("rerank", rerank),
            ("format", format),
        ):
            object.__setattr__(self, name, value)

    def to_dict(self) -> dict[str, Any]:
        """The options by name, as they stand in a job's record.

        Returns
        -------
        dict of str
            Texts, numbers and lists, for JSON.
        """
        parts = {"strategy": self.strategy, "rerank": self.rerank, "format": self.format}
        avoid = {"avoid": self.avoid.to_dict()} if self.avoid else {}  # as jobs were recorded before
        return self.answer.to_dict() | avoid | parts


_LARGEST = 16 * 2**20  # bytes; of a million readers as of one, a record has some kilobytes
_DEEPEST = 20
_SHA256 = 64
_CHECKSUM = "sha256"


def read_record(path: Path, remedy: str) -> dict[str, Any] | None:
    """The JSON object in a file; None where there is none.

    Raises BatchError, which says why and the `remedy`, for whatever else is there.
    """
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode):  # a pipe would be waited for, a link may lead anywhere
            raise BatchError(f"{path}: is no file that a batch job wrote; {remedy}")
        if found.st_size > _LARGEST:
            raise BatchError(f"{path}: has {found.st_size:,} bytes, too many for a batch job's; {remedy}")
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BatchError(f"{path}: cannot be read ({error.strerror or error}); {remedy}") from error
    except (ValueError, RecursionError) as error:
        raise BatchError(f"{path}: is damaged, or no batch job's ({_why(error)}); {remedy}") from error
    if not isinstance(record, dict) or _is_deep(record, _DEEPEST):
        raise BatchError(f"{path}: is damaged, or no batch job's; {remedy}")
    return record


def with_checksum(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record and the SHA-256 of it."""
    return {**record, _CHECKSUM: _checksum(record)}


def checked(record: Mapping[str, Any]) -> dict[str, Any] | None:
    """The record that `with_checksum` was given; None where it is another."""
    found = {name: value for name, value in record.items() if name != _CHECKSUM}
    return found if record.get(_CHECKSUM) == _checksum(found) else None


def is_count(value: object) -> bool:
    """Whether it is a number of things."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def is_number(value: object) -> bool:
    """Whether it is a number that can be told."""
    return (isinstance(value, float) and math.isfinite(value)) or is_count(value)


def is_description(value: object) -> TypeGuard[dict[str, object]]:
    """Whether it is the size and the SHA-256 of a file."""
    return (
        isinstance(value, dict)
        and value.keys() == {"bytes", "sha256"}
        and is_count(value["bytes"])
        and isinstance(value["sha256"], str)
        and len(value["sha256"]) == _SHA256
    )


def _checksum(record: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def _why(error: ValueError | RecursionError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return str(error)
    if isinstance(error, UnicodeDecodeError):
        return "no text in UTF-8"
    return "it is nested too deeply" if isinstance(error, RecursionError) else "a number of it is too long"


def _is_deep(value: object, left: int) -> bool:
    inner: Iterable[object] = ()
    if isinstance(value, Mapping):
        inner = value.values()
    elif isinstance(value, list):
        inner = value
    return left < 0 or any(_is_deep(one, left - 1) for one in inner)


BLOCK = 1024
"""Profiles that are served together, and that an interruption may cost each worker."""

_OPTIONS = "parameters"
_MADE_BY = ("numpy", "faiss-cpu")
_PARQUET = "pyarrow"


@dataclass(frozen=True)
class Job:
    """The corpus as `content_hash` sees it, the profiles by their digest, and the `options`.

    `runs` is how many jobs of the ledger count as shown, None without a ledger; `block` how many profiles are
    served together; `from_parquet` whether the profiles are Parquet. `unneeded` is the version of pyarrow in
    the record of a job that needs none, as older versions wrote it.
    """

    corpus: str
    encoder: tuple[str, str]
    profiles: str
    options: BatchOptions
    runs: int | None
    block: int = BLOCK
    from_parquet: bool = False
    unneeded: str | None = None

    @classmethod
    def of(
        cls,
        snapshot: Snapshot,
        profiles: str,
        options: BatchOptions,
        runs: int | None,
        *,
        block: int = BLOCK,
        from_parquet: bool = False,
    ) -> Job:
        """The job with these options on this corpus."""
        encoder = snapshot.encoder_name, snapshot.encoder_fingerprint
        return cls(content_hash(snapshot), encoder, profiles, options, runs, block, from_parquet)

    def to_dict(self) -> dict[str, Any]:
        """As JSON: equal for two jobs exactly if their outputs are."""
        return {
            "corpus": {"content": self.corpus},
            "encoder": dict(zip(("name", "fingerprint"), self.encoder, strict=True)),
            "profiles": {"digest": self.profiles},
            _OPTIONS: self.options.to_dict(),
            "columns": list(COLUMNS),
            "shown_by_runs": self.runs,
            "block": self.block,
            "versions": self._versions(),
        }

    def as_of(self, record: Mapping[str, Any]) -> Job:
        """The same job as a `record` of it names it, with what its output does not depend on.

        That is when the ledger, if it has one, held so many runs; and where no Parquet is read or written the
        version of pyarrow, which may have been installed or removed since.
        """
        runs, versions = record.get("shown_by_runs"), record.get("versions")
        job = replace(self, runs=runs) if self.runs is not None and runs is not None else self
        if self._needs_pyarrow or not isinstance(versions, Mapping):
            return job
        found = versions.get(_PARQUET)
        return replace(job, unneeded=found if isinstance(found, str) else None)

    @property
    def name(self) -> str:
        """SHA-256 of the record."""
        return _checksum(self.to_dict())

    @property
    def _needs_pyarrow(self) -> bool:
        return self.from_parquet or self.options.format == Parquet.name

    def _versions(self) -> dict[str, str]:
        """Of what makes the output."""
        packages = (*_MADE_BY, _PARQUET) if self._needs_pyarrow else _MADE_BY
        versions = {"paper-recommender": __version__}
        for package in packages:
            with suppress(PackageNotFoundError):
                versions[package] = version(package)
        return versions if self.unneeded is None else versions | {_PARQUET: self.unneeded}


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """What of a job's record was another before, in a few words; empty where nothing was."""
    return "; ".join(_differences(before, now, ""))


def _differences(before: Mapping[str, Any], now: Mapping[str, Any], place: str) -> Iterator[str]:
    # Of the options those that say nothing are in no record.
    names = dict.fromkeys([*now, *before]) if place == f"{_OPTIONS}." else now
    for name in names:
        new = now.get(name)
        old, where = before.get(name), f"{place}{name}"
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _differences(old, new, f"{where}.")
        elif old != new:
            yield f"{where} was {_short(old)}, is {_short(new)}"


def _short(value: object) -> str:
    # Half a letter, as a forged record may hold, can be written nowhere.
    text = json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
    return f"{text[:12]}...{text[-1]}" if len(text) > 40 else text


MANIFEST, REJECTED = "manifest.json", "rejected.jsonl"

RECOMMENDATIONS = "recommendations"
"""What the file of recommendations is called, without its ending."""

OUTPUTS = (*(f"{RECOMMENDATIONS}.{kind}" for kind in FORMATS), REJECTED)
"""What the files may be called that a job leaves beside its manifest."""

REMEDY = "choose another folder for --out, or move away what is in this one"
"""What helps where a file is in the way that may be somebody else's."""

_COUNTS = {"profiles", "served", "empty", "recommendations", "merged", "rejected"}
_TIMINGS = {"seconds", "profiles_per_second"}


def read_manifest(path: Path) -> dict[str, Any] | None:
    """What a finished job wrote; None where there is no such file.

    Raises BatchError, which names the file and what of it cannot be, for anything that no job has written.
    """
    found = read_record(path, REMEDY)
    if found is None:
        return None
    for name, is_sound in _SOUND.items():
        if not is_sound(found.get(name)):
            raise BatchError(f"{path}: is damaged, or no batch job's (its {name!r}); {REMEDY}")
    return found


def is_ours(record: Mapping[str, Any]) -> bool:
    """Whether a record says, rightly or not, that a job wrote it."""
    return {"job", "finished"} <= record.keys()


def output_of(manifest: Mapping[str, Any]) -> str:
    """The name of the file of recommendations."""
    return next(name for name in OUTPUTS if name in manifest["files"] and name != REJECTED)


def _are_files(value: object) -> bool:
    """Only names that a job writes: none leads out of its folder."""
    return (
        isinstance(value, dict)
        and value.keys() <= {*OUTPUTS}
        and len(value.keys() - {REJECTED}) == 1
        and all(map(is_description, value.values()))
    )


def _are_counts(value: object) -> bool:
    return isinstance(value, dict) and value.keys() >= _COUNTS and all(map(is_count, value.values()))


def _are_timings(value: object) -> bool:
    return isinstance(value, dict) and all(
        value.get(name) is None or is_number(value[name]) for name in _TIMINGS
    )


_SOUND: dict[str, Callable[[object], bool]] = {
    "job": lambda value: isinstance(value, str),
    "finished": lambda value: isinstance(value, str),
    "shown_by_runs": lambda value: value is None or is_count(value),
    "unnamed": lambda value: value is None or isinstance(value, str),
    "counts": _are_counts,
    "timings": _are_timings,
    "files": _are_files,
}
