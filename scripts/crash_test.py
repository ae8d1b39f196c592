"""Crash the product on purpose, in each way and at each moment, and count what it leads to.

    python scripts/crash_test.py                              # all of it: some ten minutes on two cores
    python scripts/crash_test.py --short                      # some of each, in a minute
    python scripts/crash_test.py --only kills --kills 1000 --seed 7

Kills: SIGKILL at random moments of a build, additions, removals, compactions, changes of the index and batch
jobs. Faults: each call that changes something on the disk fails, is torn, is interrupted or is the last one;
of many like calls in a row the first and last two and one between, unless --all-writes. Damages: files of a
corpus and of a batch job flipped, cut, emptied, exchanged. Lost log: the database's log. Beside: `verify` and
readers beside a writer. After each the papers are held against a plain dictionary, the vectors against the
encoder, and the same command must go on.

Exit status 0 where nothing was lost, mixed, wrong, a dead end, a false alarm, a raw error, a hang or left
behind; else 1. Faults need Linux and a C compiler (cc) and are left out without; that is said.
"""

from __future__ import annotations

import argparse
import dataclasses
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

_STARTED = "RECOMMENDER_CRASH_TEST"

_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",  # a hundred short processes a minute: each thread would cost more than it does
    "OPENBLAS_NUM_THREADS": "1",
    "RECOMMENDER_PROGRESS": "off",
    "HF_HUB_OFFLINE": "1",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Start anew with the library that lets calls fail, and there do the work."""
    options = parse(arguments)
    if _STARTED in os.environ:
        return crash(options)
    from crashing import shim

    with tempfile.TemporaryDirectory(prefix="recommender-shim-") as folder:
        environment = {**os.environ, **_ENVIRONMENT, _STARTED: "1"}
        if shim.can_compile():
            environment["LD_PRELOAD"] = str(shim.compiled(Path(folder)))
        command = [sys.executable, __file__, *(sys.argv[1:] if arguments is None else arguments)]
        return subprocess.run(command, env=environment, check=False).returncode


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options, checked."""
    from crashing.scale import FAMILIES, SCALE, SHORT

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", help=f"families, with commas between: {','.join(FAMILIES)}")
    parser.add_argument("--short", action="store_true", help="some of each, in a minute")
    parser.add_argument("--kills", type=int, help=f"so many, in all; {SCALE.kills}")
    parser.add_argument("--every", type=int, help=f"one in so many boundaries; {SCALE.every}")
    parser.add_argument("--all-writes", action="store_true", help="of like writes in a row each one")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--work", type=Path, help="where scratch files go; a new folder in it")
    options = parser.parse_args(arguments)
    options.only = options.only.split(",") if options.only else list(FAMILIES)
    if unknown := [name for name in options.only if name not in FAMILIES]:
        parser.error(f"{unknown[0]!r} is no family; known: {', '.join(FAMILIES)}")
    for name in ("kills", "every", "workers"):
        if (value := getattr(options, name)) is not None and value < 1:
            parser.error(f"--{name} is {value}; it must be at least 1")
    given = {
        name: getattr(options, name) for name in ("kills", "every") if getattr(options, name) is not None
    }
    scale = SHORT if options.short else SCALE
    options.scale = dataclasses.replace(scale, all_of_a_run=options.all_writes, seed=options.seed, **given)
    return options


def crash(options: argparse.Namespace) -> int:
    """Do the tests, print the table; the exit status."""
    from crashing.children import import_first
    from crashing.model import lower_batches
    from crashing.shim import is_loaded
    from crashing.tally import print_tallies
    from crashing.units import run_units, units

    logging.disable()  # what is told once more in the log
    import_first()
    lower_batches()
    if not is_loaded():
        print("no C compiler here, or no Linux: faults and damages of jobs are left out", file=sys.stderr)
    if options.work is not None:
        options.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="recommender-crash-", dir=options.work) as work:
        Path(work).chmod(0o755)  # one of the readers is nobody
        tallies = run_units(units(options.only, options.scale), Path(work).resolve(), workers=options.workers)
    return 0 if print_tallies(tallies) else 1


if __name__ == "__main__":
    sys.exit(main())
