"""Answers of a process and of its children, forked or spawned; none is waited for without a limit.

`python answers_in_children.py FOLDER` answers from the corpus there, then asks a pool of each kind the same.
"""

import hashlib
import multiprocessing
import os
import pickle
import select
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from recommender import Corpus, Profile, Recommender

LIMIT = 120  # seconds: a child that has not answered by then never will

inherited = {}
"""What a forked child finds here its parent left."""


def answers(corpus):
    """Answers of every kind, to the last bit: one reader, several interests, filters, words, many at once."""
    recommender = Recommender(corpus)
    ids = [
        paper_id
        for (paper_id,) in corpus.snapshot.store.execute("SELECT id FROM papers ORDER BY row LIMIT 200")
    ]
    five, one_topic = Profile(liked=ids[:5]), Profile(liked=ids[0:20:4], seen=ids[40:60])
    filters = {"since": "2018-01-01", "categories": ["cs.CV", "cs.RO"]}
    asked = [
        recommender.recommend(five, k=20),
        recommender.recommend(one_topic, k=20, diversity=0.4),
        recommender.recommend(five, k=20, **filters),
        recommender.more_like(ids[7], k=20),
        recommender.more_like(ids[7], k=5, until="2017-01-01"),
        *recommender.recommend_many([five, one_topic, *(Profile(liked=ids[n : n + 3]) for n in range(6))]),
    ]
    lists = [(answer.ids, np.asarray(answer.scores).tobytes()) for answer in asked]
    snapshot = corpus.snapshot
    for count in (1, 3, 120):  # one thread, a team, a product of matrices
        rows, cosines = snapshot.search(snapshot.vectors(snapshot.comparable[:count]), 15)
        lists.append((rows.tolist(), cosines.tobytes()))
    return lists


def opened_answers(folder):
    """Of a corpus that the child itself opens."""
    with Corpus.open(folder) as corpus:
        return answers(corpus)


def inherited_answers(_=None):
    """Of the corpus that was open in the parent."""
    return answers(inherited["corpus"])


def in_fork(function, *arguments, limit=LIMIT):
    """What the function gives in a child of `os.fork`."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            with os.fdopen(writing, "wb") as out:
                try:
                    out.write(pickle.dumps(function(*arguments)))
                except BaseException as error:
                    out.write(pickle.dumps(repr(error)))
        finally:
            os._exit(0)
    os.close(writing)
    parts = []
    try:
        with os.fdopen(reading, "rb", buffering=0) as found:
            while select.select([found], [], [], limit)[0] and (part := found.read(1 << 20)):
                parts.append(part)
            else:
                ended = bool(select.select([found], [], [], 0)[0])
    finally:
        if not ended:
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert ended, f"a child did not answer within {limit} seconds"
    return pickle.loads(b"".join(parts))


def in_pools(folder):
    """By kind of pool, whether its workers gave what their parent had given before, to the last bit."""
    command = [sys.executable, __file__, str(folder)]
    # A session of its own: where a worker hangs, all of them are ended.
    environment = {**os.environ, "OMP_NUM_THREADS": "2"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True
    ) as process:
        try:
            out, _ = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out = process.communicate()[0]
    return dict(line.split(": ") for line in out.splitlines())


def _digest(folder=None):
    return hashlib.sha256(pickle.dumps(opened_answers(folder) if folder else inherited_answers())).hexdigest()


def main(folder):
    """Print a line for each kind of pool: its name, and "same" or "other"."""
    inherited["corpus"] = Corpus.open(folder)
    parents = _digest()
    for name, argument in (("fork inherited", None), ("fork own", folder), ("spawn own", folder)):
        context = multiprocessing.get_context(name.split()[0])
        with context.Pool(2) as pool:
            same = pool.map(_digest, [argument] * 2, chunksize=1) == [parents] * 2
        print(f"{name} pool: {'same' if same else 'other'}", flush=True)
    with ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as executor:
        same = list(executor.map(_digest, [None] * 2)) == [parents] * 2
    print(f"fork inherited executor: {'same' if same else 'other'}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
