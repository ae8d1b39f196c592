"""What is answered and written now, frozen: to be compared after every change that should change nothing.

python tests/frozen_answers.py           what is other than in tests/frozen
python tests/frozen_answers.py --write   freeze what is answered and written now

Frozen are the answers to the sample's readers by every strategy and rerank, those of the other questions,
the tables and vectors of a small corpus, and the output of a small batch job. Processors differ in the
seventh digit of a cosine: figures may differ by `CLOSE`, and two papers may change places only where their
scores do not differ by more. All that is asked goes through the public names.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import json
import re
import sqlite3
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from recommender import Corpus, Profile, Recommender, read_profiles
from recommender.cli import main as command
from recommender.sample import PAPERS, PROFILES

FOLDER = Path(__file__).parent / "frozen"
CLOSE = 1e-5

STRATEGIES = ("hybrid", "interests", "lexical", "linear", "max", "mean", "nearest", "recency")
RERANKS = ("dpp", "mmr", "msd", "none", "ssd", "xquad")
RERANK = "msd"  # of the answers that are frozen with their reasons
TEXTS = ("state space models", "speech recognition for languages with little data", "xylophonic zeugma")
FEW = 20  # the small corpus has one paper of the sample in so many

FIGURE = re.compile(r"-?(?<![\w.])[01]\.\d{3,}(?:e-?\d+)?\b")  # no paper's id
# What a vector file is called and its checksums tell of the last digit of a vector, or of the disk.
OF_VECTORS = re.compile(r"vectors-[0-9a-f-]+\.npy|\b[0-9a-f]{64}\b")


# The public names that may come to be called otherwise, each in one place


def recommender(corpus: Corpus, strategy: str = "interests", rerank: str = RERANK) -> Recommender:
    return Recommender(corpus, strategy=strategy, rerank=rerank)


def reasons(item) -> dict:
    record = item.to_dict()
    names = ("confidence", "interest", "closest", "closest_cosine", "terms", "sentence")
    return {**{name: record[name] for name in names}, "contributions": record["contributions"]}


def warnings(answer) -> dict:
    return {"notes": list(answer.problems), "warnings": list(answer.warnings[len(answer.problems) :])}


def fields_beyond(corpus: Corpus, profile: Profile):
    return recommender(corpus).beyond(profile, k=3)


# What is frozen


def frozen() -> dict[str, object]:
    """By the name of a file, what stands in it."""
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
        sample, static = Corpus.sample(), Path(folder) / "static"
        readers = [*read_profiles(PROFILES)]
        with Corpus.build(PAPERS, static, encoder="static") as corpus:
            return {
                "answers.json": {
                    strategy: dict(strategy_answers(sample, readers, strategy)) for strategy in STRATEGIES
                },
                "questions.json": dict(questions(sample, readers, corpus)),
                "corpus.json": small_corpus(Path(folder) / "small"),
                "batch.json": batch(static, Path(folder) / "out"),
            }


def strategy_answers(corpus, readers, strategy):
    """By reader, the answers by every rerank, and the reasons of the first two papers of one of them."""
    whole = {rerank: recommender(corpus, strategy, rerank).recommend_many(readers) for rerank in RERANKS}
    for reader, *answers in zip(readers, *whole.values(), strict=True):
        found = dict(zip(whole, answers, strict=True))
        first = {item.paper.id: reasons(item) for item in found[RERANK][:2]}
        yield reader.name, {**listed(found), "first": first, **warnings(found[RERANK])}


def questions(sample, readers, static):
    """Other questions than a reader's, and with other options."""
    rec, by_words = recommender(sample), recommender(static)
    liked = [paper for reader in readers[:3] for paper in reader.liked]
    dated = {"since": "2021", "until": "2023-06", "categories": ["cs.CL", "cs.CV"]}
    for paper in liked[:3]:
        yield f"like {paper}", answer(rec.more_like(paper, k=5))
    yield "like several", answer(rec.more_like(*liked[:4], k=20, diversity=0))
    yield "varied", answer(rec.recommend(readers[0], k=5, diversity=1))
    yield "filtered", answer(rec.recommend(readers[1], **dated))
    yield "sure", answer(rec.recommend(readers[2], min_confidence=0.5))
    yield "between", answer(rec.between(readers[0].liked, readers[1].liked))
    yield "but not", answer(rec.but_not(readers[1].liked, readers[2].liked))
    for text in TEXTS:
        yield f"search {text}", answer(by_words.search(text))
    yield "both", answer(by_words.recommend(Profile(liked=liked[:2], interests=TEXTS)))
    fields = fields_beyond(sample, readers[0])
    yield (
        "beyond",
        [
            [*field.terms, field.size, field.closeness, *(paper.id for paper in field.papers)]
            for field in fields
        ],
    )


def answer(recommendations) -> dict:
    """One list with its first reasons and all remarks."""
    return {
        **listed({"list": recommendations}),
        "first": {item.paper.id: reasons(item) for item in recommendations[:2]},
        **warnings(recommendations),
    }


def listed(answers) -> dict:
    """By the name of each list its ids and their scores."""
    return {
        "lists": {name: [each.ids, [float(score) for score in each.scores]] for name, each in answers.items()}
    }


def small_corpus(folder: Path) -> dict:
    """All that is in the tables, and the vectors."""
    lines = PAPERS.read_text("utf-8").splitlines()[::FEW]
    source = folder.with_name("small.jsonl")
    source.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    Corpus.build(source, folder, encoder="static", at=datetime(2026, 11, 30, tzinfo=UTC)).close()
    with contextlib.closing(sqlite3.connect(folder / "corpus.sqlite")) as connection:
        tables = {
            name: {
                "schema": " ".join(schema.split()),
                "rows": [cells(row) for row in rows_of(connection, name)],
            }
            for name, schema in connection.execute(
                "SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name"
            ).fetchall()
        }
    tables["segments"]["rows"] = [
        [OF_VECTORS.sub("*", str(cell)) for cell in row] for row in tables["segments"]["rows"]
    ]
    tables["manifest"]["rows"] = [
        [json.loads(row[1].replace(str(folder.parent), "*"))] for row in tables["manifest"]["rows"]
    ]
    files = [OF_VECTORS.sub("*", path.name) for path in sorted(folder.iterdir())]
    vectors = [np.load(path) for path in sorted(folder.glob("vectors-*.npy"))]
    return {
        "files": sorted({name for name in files if not name.startswith("corpus.sqlite-")}),
        "tables": tables,
        "vectors": [[str(each.dtype), *each.shape] for each in vectors],
        "values": [value for each in vectors for value in each[:, ::16].astype(float).ravel().tolist()],
    }


def rows_of(connection, table):
    return sorted(connection.execute(f"SELECT * FROM {table}"), key=repr)


def cells(row):
    """A row as JSON holds it: bytes as hex digits, of many their checksum."""
    return [
        (cell if len(cell) <= 32 else hashlib.sha256(cell).digest()).hex()
        if isinstance(cell, bytes)
        else cell
        for cell in row
    ]


def batch(corpus: Path, out: Path) -> dict:
    """The files of a job, line by line, and what its manifest says."""
    made = {}
    for form in ("jsonl", "csv"):
        arguments = ("batch", PROFILES, "--corpus", corpus, "--out", out / form, "--format", form, "-k", 3)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            assert command([str(argument) for argument in arguments]) == 0
        made[form] = (out / form / f"recommendations.{form}").read_bytes().decode().splitlines(keepends=True)
    made["rejected"] = (out / "jsonl" / "rejected.jsonl").read_bytes().decode().splitlines(keepends=True)
    manifest = json.loads((out / "jsonl" / "manifest.json").read_text("utf-8"))
    # Of the time, of other packages' versions, and of the last digits of vectors and scores.
    for name in ("job", "finished", "versions", "timings", "files"):
        del manifest[name]
    del manifest["corpus"]["content"]
    return {**made, "manifest": manifest}


# Comparing


def differences(was: object, now: object, place: str = ""):
    """What is other now, a line each."""
    match was, now:
        case dict(), dict():
            for name in sorted(was.keys() | now.keys()):
                if name not in was or name not in now:
                    yield f"{place}/{name}: only {'before' if name in was else 'now'}"
                else:
                    compare = moved if place.endswith("/lists") else differences
                    yield from compare(was[name], now[name], f"{place}/{name}")
        case list(), list() if len(was) == len(now):
            for number, pair in enumerate(zip(was, now, strict=True)):
                yield from differences(*pair, f"{place}/{number}")
        case float(), float():
            if not abs(was - now) <= CLOSE:
                yield f"{place}: {was!r} before, {now!r} now"
        case str(), str() if FIGURE.search(was):
            figures = (float(figure) for text in (was, now) for figure in FIGURE.findall(text))
            if FIGURE.split(was) != FIGURE.split(now) or list(differences(*halves(figures))):
                yield f"{place}: {was!r} before, {now!r} now"
        case _ if was != now:
            yield f"{place}: {was!r} before, {now!r} now"


def halves(values):
    """The first and the second half of some values, as lists."""
    values = list(values)
    return values[: len(values) // 2], values[len(values) // 2 :]


def moved(was, now, place):
    """What is other in a list: its papers, a score, or places changed by two whose scores are not close."""
    before, after = (dict(zip(*each, strict=True)) for each in (was, now))
    if before.keys() != after.keys():
        yield f"{place}: {was[0]} before, {now[0]} now"
        return
    yield from differences(before, after, f"{place}/scores")
    for rank, (old, new) in enumerate(zip(was[0], now[0], strict=True), 1):
        if abs(before[old] - before[new]) > CLOSE:
            yield f"{place}: {old} at {rank} before, {new} now"


def read(name: str) -> object:
    return json.loads((FOLDER / name).read_text("utf-8"))


def dump(value: object, indent: str = "\n") -> str:
    """As JSON, with a line for each list or dict that holds no other, and for each of many texts."""
    within = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if not any(isinstance(each, (dict, list)) or "\n" in str(each) for each in within):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        lines = [f"{json.dumps(name)}: {dump(each, indent + ' ')}" for name, each in value.items()]
    else:
        lines = [dump(each, indent + " ") for each in within]
    first, last = "{}" if isinstance(value, dict) else "[]"
    return f"{first}{indent} {f',{indent} '.join(lines)}{indent}{last}"


def rounded(value):
    """Figures as far as they are compared, tuples as lists."""
    if isinstance(value, dict):
        return {name: rounded(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(each) for each in value]
    return round(value, 7) if isinstance(value, float) else value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="freeze what is answered and written now")
    arguments = parser.parse_args()
    now = {name: rounded(value) for name, value in frozen().items()}
    if arguments.write:
        FOLDER.mkdir(exist_ok=True)
        for name, value in now.items():
            (FOLDER / name).write_text(dump(value) + "\n", "utf-8")
        return
    found = [f"{name}{line}" for name, value in now.items() for line in differences(read(name), value)]
    print("\n".join(found) or "nothing is other than it was")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
