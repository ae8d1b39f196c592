"""Measure the product against what a user would pick instead.

    python scripts/benchmark.py --data ../shared/data              # all of it: about half an hour
    python scripts/benchmark.py --only diversity,indexes --quick   # some of it, small

Prints each section and writes benchmark.md and benchmark.json; sections that were not run are kept from
the last time. The other libraries come with `pip install -c .ci/constraints.txt '.[bench]'`; what is not
installed is named and left out.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.answers import answers
from benchmarks.bars import bars_table
from benchmarks.batch import batch
from benchmarks.cold_start import cold_start
from benchmarks.diversity import diversity
from benchmarks.encoding import encoding
from benchmarks.history import history
from benchmarks.index_kinds import indexes
from benchmarks.long_list import long_list
from benchmarks.machine import machine, missing
from benchmarks.reasons import reasons
from benchmarks.report import Section, markdown, print_section
from benchmarks.scale import SCALES, Setting

SECTIONS: dict[str, Callable[[Setting], Section]] = {
    "encoding": encoding,
    "indexes": indexes,
    "answers": answers,
    "reasons": reasons,
    "history": history,
    "diversity": diversity,
    "long-list": long_list,
    "batch": batch,
    "cold-start": cold_start,
}
TITLES = {
    "encoding": "Encoding",
    "indexes": "Indexes",
    "answers": "Answers",
    "reasons": "Reasons",
    "history": "History",
    "diversity": "Diversity",
    "long-list": "A long list",
    "batch": "Batch",
    "cold-start": "Cold start",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the sections asked for, and write the report after each."""
    options = parse(arguments)
    if absent := missing(("psutil", "threadpoolctl")):
        sys.exit(f"benchmark: it measures with what is not installed: {absent}")
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="recommender-benchmark-", dir=options.work) as work:
        setting = Setting(SCALES[options.scale], options.data, Path(work), options.seed)
        for name in options.only:
            print(f"{TITLES[name]} ...", file=sys.stderr)
            begin = time.perf_counter()
            section = SECTIONS[name](setting)
            print_section(TITLES[name], section)
            report = keep(options.out, name, section, options.scale, time.perf_counter() - begin)
    print_section("Bars", bars_of(report))


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options, checked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder of the shared data; without it, vectors are random")
    parser.add_argument("--only", help=f"sections, with commas between: {','.join(SECTIONS)}")
    parser.add_argument("--scale", choices=list(SCALES), default="full")
    parser.add_argument("--quick", action="store_const", const="quick", dest="scale", help="as --scale quick")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results")
    parser.add_argument("--work", type=Path, help="where scratch files go (8 GB for all); a new folder in it")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    options.only = options.only.split(",") if options.only else list(SECTIONS)
    if unknown := [name for name in options.only if name not in SECTIONS]:
        parser.error(f"{unknown[0]!r} is no section; known: {', '.join(SECTIONS)}")
    if options.data is None and options.scale == "full":
        parser.error("the full scale measures real papers: give --data FOLDER, or --quick")
    if options.data is not None and not (options.data / "corpus_ml_minilm.npz").is_file():
        parser.error(f"{options.data} holds no corpus_ml_minilm.npz; give the folder of the shared data")
    return options


def keep(out: Path, name: str, section: Section, scale: str, seconds: float) -> dict[str, Any]:
    """Put the section in place of its last result in both files; all that they hold now."""
    path = out / "benchmark.json"
    report: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {"sections": {}}
    when = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    about = {"when": when, "scale": scale, "seconds": round(seconds), "machine": machine()}
    report["sections"][name] = {**about, **section.to_dict()}
    path.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")
    (out / "benchmark.md").write_text(as_markdown(report), "utf-8")
    return report


def sections_of(report: dict[str, Any]) -> dict[str, Section]:
    """The sections of a report, in the order in which they are run."""
    stored = report["sections"]
    return {name: Section.from_dict(stored[name]) for name in SECTIONS if name in stored}


def bars_of(report: dict[str, Any]) -> Section:
    """The table of bars for what the report holds."""
    scales = {name: stored["scale"] for name, stored in report["sections"].items()}
    return Section([bars_table(sections_of(report), scales)])


def as_markdown(report: dict[str, Any]) -> str:
    """The whole report for reading: bars first, then each section with the machine it ran on."""
    sections = sections_of(report)
    parts = ["# Benchmark\n\nWritten by `scripts/benchmark.py`; medians, and ratios within one run.\n"]
    parts.append(markdown("Bars", bars_of(report)))
    for name, section in sections.items():
        parts.append(markdown(TITLES[name], section) + "\n" + where_it_ran(report["sections"][name]))
    return "\n".join(parts)


def where_it_ran(about: dict[str, Any]) -> str:
    """A line on when, on what and with what a section was measured."""
    on = about["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in on["versions"].items())
    return (
        f"*{about['when']}, scale {about['scale']}, {about['seconds']} s; "
        f"{on['processor']}, {on['cores']} cores ({', '.join(on['flags'])}), "
        f"{on['memory_bytes'] / 2**30:.0f} GiB, {on['system']}; "
        f"Python {on['python']}, {versions}*\n"
    )


if __name__ == "__main__":
    main()
