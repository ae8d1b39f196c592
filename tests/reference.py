"""What the engine should answer, recomputed in double precision over a whole small corpus."""

import datetime

import numpy as np
from sklearn.svm import LinearSVC

from recommender.interests import discover
from recommender.lexical import NAMED, count_terms
from recommender.lexical.numbering import FIRST_PAIR
from recommender.lexical.search_words import search_words, split_paper

LEXICAL = {"mean": 0, "max": 0, "nearest": 0, "lexical": 1, **dict.fromkeys(("hybrid", "interests"), 0.7)}
LEXICAL |= dict.fromkeys(("linear", "recency"), 0.7)


def letters(title):
    return "".join(c for c in title.lower() if c.isalnum())


def points(texts, vectors, lexical, stored=None):
    """One joint vector a text; the first `stored` texts are the corpus, whose terms are counted."""
    stored = len(texts) if stored is None else stored
    counted = count_terms(texts)
    known, column = np.unique(counted.numbers, return_inverse=True)
    place_of = NAMED.places(known)
    frequencies = np.zeros(NAMED.n_places)
    lines = np.zeros((len(texts), len(known)))
    for place in range(len(texts)):
        terms = slice(counted.starts[place], counted.starts[place + 1])
        lines[place, column[terms]] = 1 + np.log(counted.counts[terms].astype(float))
        np.add.at(frequencies, place_of[column[terms]], place < stored)
    frequencies = np.minimum(frequencies, stored)
    lines *= (np.log((stored + 1) / (frequencies + 1)) + 1)[place_of]
    lines /= np.linalg.norm(lines, axis=1, keepdims=True)
    return np.hstack([np.sqrt(1 - lexical) * np.asarray(vectors, float), np.sqrt(lexical) * lines])


def covered(papers, text):
    """What stands for the lexical cosine of each paper to a text: half of what it holds of it, shape (n,)."""
    read = [split_paper(paper.title, paper.text)[1] for paper in papers]
    lengths = np.array([paper.length for paper in read], float)
    longer = np.maximum(lengths / lengths.mean(), 1)
    sums, most = np.zeros(len(papers)), 0.0
    for word in (found.word for found in search_words(text)):
        times = np.array([paper.counts.get(word, 0) for paper in read], float)
        holders = np.count_nonzero(times)
        if holders:
            weight = np.log(1 + (len(papers) - holders + 0.5) / (holders + 0.5))
            times += [2 * (word in paper.titled) for paper in read]
            sums += weight * times / (times + 2 * (0.25 + 0.75 * longer))
            most += weight
    terms = [set(count_terms([each]).numbers.tolist()) for each in [*(paper.text for paper in papers), text]]
    for pair in (number for number in terms[-1] if number >= FIRST_PAIR):
        holds = np.array([pair in own for own in terms[:-1]], float)
        weight = 0.5 * (np.log((len(papers) + 1) / (holds.sum() + 1)) + 1)
        sums += weight * holds / (1 + 2 * (0.25 + 0.75 * longer))
        most += weight
    return 0.5 * sums / most


def twins(papers):
    """Which two papers are one: the same title, or one abstract that is long enough; shape (n, n)."""
    titles = np.array([letters(paper.title) for paper in papers])
    texts = np.array([letters(paper.abstract) for paper in papers])
    long = np.array([len(text) >= 100 for text in texts])
    return (titles[:, None] == titles) | ((texts[:, None] == texts) & long)


def collapsed(order, twin):
    """Those of `order`, best first, that are no twin of a better one."""
    kept = []
    for place in order:
        if not any(twin[place, other] for other in kept):
            kept.append(place)
    return kept


def scores(name, joint, shown, liked, disliked, *, seen=(), dates=None):
    """The scores of the places `shown` under each interest, shape (interests, shown)."""
    candidates, seeds, others = joint[shown], joint[liked], joint[disliked]
    if name == "linear":
        return machine(joint, shown, liked, disliked, seen)[None]
    if name in ("mean", "lexical", "recency"):
        weights = faded(dates) if name == "recency" else np.full(len(liked), 1 / len(liked))
        aim = weights @ seeds - (0.5 * others.mean(axis=0) if len(others) else 0)
        return (candidates @ aim / np.linalg.norm(aim))[None]
    if name in ("max", "nearest"):
        nearest = np.sort(candidates @ seeds.T, axis=1)[:, -{"max": 1, "nearest": 3}[name] :]
        return (nearest.mean(axis=1) - lacking(candidates, seeds, others))[None]
    if name == "interests":
        groups = [*interests_of(joint, liked), np.arange(len(liked))]
        return np.stack(
            [
                attended(candidates, seeds[group]) - lacking(candidates, seeds[group], others, 0.05)
                for group in groups
            ]
        )
    aim = seeds.mean(axis=0)
    return (candidates @ aim / np.linalg.norm(aim) - lacking(candidates, seeds, others))[None]


def attended(candidates, seeds):
    """The mean of the cosines, each counting exp(5 times itself)."""
    cosines = (candidates @ seeds.T).astype(float)
    counts = np.exp(5 * cosines)
    return (cosines * counts).sum(axis=1) / counts.sum(axis=1)


def interests_of(joint, liked):
    labels = discover((joint[liked] @ joint[liked].T).astype(np.float32)).labels
    return [np.flatnonzero(labels == label) for label in range(labels.max() + 1)]


def lacking(candidates, seeds, others, margin=0.1):
    if not len(others):
        return np.zeros(len(candidates))
    lead = (candidates @ seeds.T).max(axis=1) - (candidates @ others.T).max(axis=1)
    return np.maximum(margin - lead, 0)


def faded(dates):
    """Half as much for every two years before the newest; the mean for what has no date."""
    days = [
        datetime.date.fromisoformat((date + "-01-01")[:10]).toordinal() if date else None for date in dates
    ]
    newest = max((day for day in days if day is not None), default=0)
    each = [None if day is None else max(0.5 ** ((newest - day) / 730.5), 1e-6) for day in days]
    known = [weight for weight in each if weight is not None] or [1.0]
    each = np.array([np.mean(known) if weight is None else weight for weight in each])
    return each / each.sum()


def machine(joint, shown, liked, disliked, seen):
    """The papers liked against all others, for a corpus of no more papers than the scorer draws."""
    rest = np.setdiff1d(np.arange(len(joint)), [*liked, *disliked, *seen])
    train = np.concatenate([joint[liked], joint[disliked], joint[rest]])
    positive = np.arange(len(train)) < len(liked)
    weights = np.where(positive, 9.7 / len(liked), 1 / (len(train) - len(liked))) * len(train) / 10.7
    fitted = LinearSVC(C=0.1, random_state=0, max_iter=10_000).fit(train, positive, sample_weight=weights)
    normal = fitted.coef_[0]
    return joint[shown] @ normal / np.linalg.norm(normal)
