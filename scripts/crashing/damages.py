"""Files of a corpus and of an unfinished batch job, damaged in every way: what is then answered and told."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from recommender import Corpus
from recommender.corpus import verify
from recommender.errors import RecommenderError

from .children import Ended, as_ended, run
from .damage import DAMAGES
from .faults import Looked
from .inspection import answers
from .jobs import JobScenario
from .model import Operation, State, perform, state_of
from .papers import WordEncoder
from .shim import MODES, arm, calls_of
from .tally import Tally

__all__ = ["damage_corpora", "damage_jobs"]

_MEMORY_MB = 1024
"""Many times what a sound corpus or job of this size takes."""

_RECORDS = ("job.json", "manifest.json", ".lock")
"""What tells that a folder is a job's, and a lock, which is empty: one that holds something is somebody's."""

_CHANCES = ("a bit flipped", "a sector of zeros", "a sector of noise", "cut", "longer")


def damage_corpora(kind: str, work: Path, *, flips: int, every: int, seed: int) -> Tally:
    """Each file of a corpus with such an index, damaged in every way, each chance taken `flips` times."""
    tally = Tally("damages", f"{kind} corpus")
    sound, other, damaged = work / "sound", work / "other", work / "damaged"
    for folder, text in ((sound, 0), (other, 1)):
        made = run(_corpus, folder, kind, text)
        if made.how != "answered":
            raise RuntimeError(f"a corpus cannot be made: {made}")
    reference = [run(_reference, sound, exactly).value for exactly in (False, True)]
    for case, path in _cases(sound, other, damaged, flips, every, seed):
        ended = run(_damaged_corpus, damaged, reference, path.name, memory_mb=_MEMORY_MB)
        outcome, troubles = _outcome(ended)
        tally.count(f"{kind} corpus, {case}", outcome, troubles)
    shutil.rmtree(work)
    return tally


def _cases(
    sound: Path, other: Path | None, damaged: Path, flips: int, every: int, seed: int
) -> Iterator[tuple[str, Path]]:
    """Copies of a folder with one file damaged, one in `every`; what was done to which."""
    names = sorted(path.relative_to(sound) for path in sound.rglob("*") if path.is_file())
    cases = [
        (name, how, number)
        for name in names
        for how in DAMAGES
        for number in range(flips if how in _CHANCES else 1)
    ]
    for name, how, number in cases[seed % every :: every]:
        shutil.rmtree(damaged, ignore_errors=True)
        shutil.copytree(sound, damaged)
        chance = random.Random(f"{seed} {name} {how} {number}")
        if DAMAGES[how](damaged / name, chance, _like(name, sound, other)):
            yield f"{name}: {how}, chance {number}", damaged / name


def _like(name: Path, sound: Path, other: Path | None) -> Path | None:
    """A file of the same kind: in the other folder, or beside it."""
    start = name.name.split("-")[0]
    place = other / name.parent if other is not None else (sound / name).parent
    alike = [path for path in place.iterdir() if path.is_file() and path.name.startswith(start)]
    ending = [path for path in place.iterdir() if path.is_file() and path.suffix == name.suffix]
    found = [path for path in sorted(alike or ending) if path != sound / name]
    return found[-1] if found else None


def _corpus(folder: Path, kind: str, text: int) -> None:
    papers = tuple((number, text, 0) for number in range(60))
    perform(Operation("build", papers[:50]), folder)
    perform(Operation("compact", index=kind), folder)
    perform(Operation("remove", gone=(3, 4, 5)), folder)
    perform(Operation("add", papers[50:]), folder)


def _reference(folder: Path, exactly: bool) -> list[Any]:
    """Papers and answers, with the index file or without."""
    if exactly:
        copy = folder.with_name("exactly")
        shutil.copytree(folder, copy)
        for path in copy.glob("index-*"):
            path.unlink()
        folder = copy
    return _all_of(folder)


def _all_of(folder: Path) -> list[Any]:
    with Corpus.open(folder, encoder=WordEncoder()) as corpus:
        return [state_of(corpus), answers(folder)]


def _damaged_corpus(folder: Path, references: list[Any], name: str) -> dict[str, Any]:
    """What a damaged corpus answers; whether `verify` names it; and that `compact` does not hide it."""
    troubles: Looked = []
    outcome = _asked(folder, references)
    named, error = _verified(folder)
    if outcome == "differs":
        outcome = "by verify" if named else "right"
        if not named:
            troubles.append(("wrong", "other papers or answers, and verify finds nothing"))
    if error:
        troubles.append(("raw errors", f"verify: {error}"))
    if outcome.startswith("raw"):
        troubles.append(("raw errors", f"asking: {outcome}"))
        outcome = "told"
    troubles += _compacted(folder, references[0][0], name)
    return {"outcome": outcome, "troubles": troubles}


def _asked(folder: Path, references: list[Any]) -> str:
    """``right``, ``told``, ``differs``, or the error that is none of ours."""
    try:
        found = _all_of(folder)
    except RecommenderError:
        return "told"
    except Exception as error:
        return f"raw {type(error).__name__}: {error}"[:300]
    return "right" if found in references else "differs"


def _verified(folder: Path) -> tuple[bool, str]:
    """Whether `verify` names a problem, and the error that is none of ours."""
    try:
        return bool(verify(folder)), ""
    except RecommenderError:
        return True, ""
    except Exception as error:
        return True, f"{type(error).__name__}: {error}"[:300]


def _compacted(folder: Path, papers: State, name: str) -> Looked:
    """`compact` builds a damaged index again, and hides no other damage."""
    is_index = name.startswith("index-")
    try:
        perform(Operation("compact"), folder)
    except RecommenderError as error:
        return [("dead ends", f"compact does not build the index again: {error}")] if is_index else []
    except Exception as error:
        return [("raw errors", f"compact: {type(error).__name__}: {error}"[:300])]
    named, strange = _verified(folder)
    if strange:
        return [("raw errors", f"verify after compact: {strange}")]
    if named:
        return [("dead ends", "compact does not build the index again")] if is_index else []
    with Corpus.open(folder, encoder=WordEncoder()) as corpus:
        return [] if state_of(corpus) == papers else [("wrong", "compact hides the damage")]


def _outcome(ended: Ended) -> tuple[str, Looked]:
    """What a child has seen of something damaged, or how it ended instead."""
    if ended.how == "answered":
        return ended.value["outcome"], [(kind, seen) for kind, seen in ended.value["troubles"]]
    if ended.how == "hung":
        return "told", [("hangs", "no answer")]
    return "told", [("raw errors", f"{ended.how} with status {ended.status} {ended.error} {ended.message}")]


def damage_jobs(format: str, work: Path, *, flips: int, every: int, seed: int) -> Tally:
    """Each file of a job that was stopped half way, and of one that is finished, damaged; then the same
    command.
    """
    scenario = JobScenario(format=format)
    tally = Tally("damages", f"{format} job")
    base, damaged = work / "base", work / "damaged"
    base.mkdir(parents=True)
    prepared = run(scenario.prepare, base)
    if prepared.how != "answered":
        raise RuntimeError(f"a job cannot be prepared: {prepared}")
    for stage, stop in (("unfinished", _stop_half_way), ("finished", _finish)):
        sound = work / stage
        shutil.copytree(base, sound)
        run(stop, scenario, sound)
        out = scenario.output(sound).relative_to(sound)
        for case, path in _cases(sound / out, None, damaged / out, flips, every, seed):
            for name in ("a.corpus", "readers.jsonl"):
                if not (damaged / name).exists():
                    (damaged / name).symlink_to(sound / name)
            ended = run(
                _damaged_job, scenario, damaged, prepared.value, path.name in _RECORDS, memory_mb=_MEMORY_MB
            )
            outcome, troubles = _outcome(ended)
            tally.count(f"{stage} {format} job, {case}", outcome, troubles)
        shutil.rmtree(damaged)
    shutil.rmtree(work)
    return tally


def _stop_half_way(scenario: JobScenario, folder: Path) -> None:
    """End the job between its blocks, as a kill would."""
    apart = folder.with_name("apart")
    shutil.copytree(folder, apart)
    calls = calls_of(lambda: scenario.command(apart), apart)
    shutil.rmtree(apart)
    of_blocks = [number for number, call in enumerate(calls, 1) if "/unfinished/parts/" in call]
    arm(MODES["ended before"], of_blocks[len(of_blocks) * 3 // 4], folder)
    scenario.command(folder)


def _finish(scenario: JobScenario, folder: Path) -> None:
    scenario.command(folder)


def _damaged_job(
    scenario: JobScenario, folder: Path, undisturbed: dict[str, Any], is_record: bool
) -> dict[str, Any]:
    """The same command ends rightly, or says what is wrong, and then begins anew where that is asked for.

    `is_record`: the file is what says that a job has written there; nothing need be deleted without it.
    """
    try:
        scenario.command(folder)
    except RecommenderError:
        outcome = "told"
    except Exception as error:
        ended = as_ended(error)
        return {"outcome": "told", "troubles": [("raw errors", f"{ended.error}: {ended.message}")]}
    else:
        outcome = "right"
    if outcome == "told":
        try:
            scenario.begin_anew(folder)
        except Exception as error:
            ended = as_ended(error)
            refused = is_record and ended.is_ours
            seen = [] if refused else [("dead ends", f"with overwrite: {ended.error}: {ended.message}")]
            return {"outcome": outcome, "troubles": seen}
    return {"outcome": outcome, "troubles": scenario.look(folder, undisturbed, done=True)}
