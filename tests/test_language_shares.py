"""In which languages a corpus is said to be. All texts are invented."""

from recommender.corpus.language import LanguageShares

GERMAN = "Wann soll gemäht werden, damit Bodenbrüter ihre Jungen aufziehen, und was verliert der Bauer dabei?"
ENGLISH = (
    "When should meadows be mown so that the birds which nest on the ground can raise their young there?"
)
CHINESE = "什么时候割草才能让在地上筑巢的鸟养大幼鸟"


def test_a_share_is_of_all_papers_also_of_those_too_short_to_tell():
    shares = LanguageShares.of([f"{CHINESE}{n}" for n in range(3)] + ["Iron roofs in wind", "Bird nests"])
    assert shares.shares == (("zh", 0.6),)
    assert shares.advice("static").startswith("mostly not English (zh 60%)")


def test_half_is_not_most():
    texts = [CHINESE, GERMAN, "Iron roofs in wind", ENGLISH]
    shares = LanguageShares.of(texts)
    assert dict(shares.shares) == {"zh": 0.25, "de": 0.25, "en": 0.25}
    assert shares.mostly_english
    assert shares.advice("static") == ""


def test_of_no_text_nothing_is_said():
    assert LanguageShares.of(["", "2021"]).advice("static") == ""
