"""Which records are one paper. All texts are invented."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.identity import group, grouping, keys
from recommender.paper import Paper

PATHS = (
    "Sheep that walk to water after snow use the same paths for many winters, and lambs learn them "
    "from old ewes. We followed twelve flocks in the hills of the north with collars, drew their ways "
    "on maps of the pastures, and compared them with walls, slopes and streams. Most paths keep below "
    "the ridge, cross a stream where stones lie dense, and are left only when a wall falls. Shepherds "
    "who mend walls therefore move the paths."
)
ROOFS = (
    "Roofs of corrugated iron hum in the wind when their sheets are longer than four metres. We "
    "recorded the hum of sixty barns with microphones under the eaves, measured gusts by a mast, and "
    "found that screws loosened by frost raise the pitch. A strip of felt between sheet and beam "
    "silences nearly all of them at low cost."
)
DOI = {"doi": "10.1000/meadow.1"}
OTHER_DOI = {"doi": "10.1000/meadow.2"}


def record(title, abstract="", authors="", year="2019", **more):
    names = tuple(name for name in authors.split("; ") if name)
    return Paper(title=title, abstract=abstract, authors=names, published=year, **more)


def partition(papers, **options):
    """The groups of records as a set of sets of places."""
    labels = group(papers, **options).labels.tolist()
    return {frozenset(i for i, label in enumerate(labels) if label == of) for of in labels}


def is_one(*papers, **options):
    """Whether all of these are one paper, in every order."""
    ways = {len(partition(order, **options)) for order in itertools.permutations(papers)}
    assert len(ways) == 1, "the order counts"
    return ways == {1}


def rules(*papers):
    return {link.rule for link in group(papers).merged}


# What is one paper

GERMAN = Paper(
    id="ZOT1",
    title="Vogelnester in hohen Wiesen und der Zeitpunkt der Mahd",
    abstract="Wann soll gemäht werden, damit Bodenbrüter ihre Jungen aufziehen?",
    published="2021",
    identifiers=DOI,
)
ENGLISH = Paper(
    id="S2X",
    title="Bird nests in tall meadows and the time of mowing",
    abstract="When should we mow so that ground-nesting birds raise their young?",
    published="2021",
    identifiers={"doi": "https://doi.org/10.1000/MEADOW.1"},
)
PREPRINT = Paper(
    id="PRE",
    title="Bird nests in tall meadows: when to mow",
    abstract="We ask when to mow tall meadows for birds that nest on the ground.",
    published="2020",
    identifiers={**DOI, "arxiv": "2001.01234"},
)


def test_another_language_does_not_contradict_an_identifier():
    found = group([GERMAN, ENGLISH, PREPRINT])
    assert found.labels.tolist() == [0, 0, 0]
    assert {link.rule for link in found.merged} == {"doi"}
    assert found.shared == {}
    assert is_one(GERMAN, ENGLISH, PREPRINT)


@pytest.mark.parametrize(
    ("rule", "identifiers", "others"),
    [
        ("doi", {"doi": "10.1000/x.1"}, {"doi": "https://doi.org/10.1000/X.1"}),
        ("arxiv", {"arxiv": "2001.01234v1"}, {"doi": "10.48550/arXiv.2001.01234"}),
        ("pmid", {"pmid": "12345678"}, {"pmid": "https://pubmed.ncbi.nlm.nih.gov/12345678/"}),
        ("pmcid", {"pmcid": "PMC7654321"}, {"pmcid": "7654321"}),
        ("acl", {"acl": "2022.acl-long.1"}, {"acl": "https://aclanthology.org/2022.acl-long.1"}),
        ("openalex", {"openalex": "W2741809807"}, {"openalex": "https://openalex.org/W2741809807"}),
        ("s2", {"s2": "a" * 40}, {"s2": "A" * 40}),
        ("corpusid", {"corpusid": "235458009"}, {"corpusid": "235458009"}),
        ("doi", {"doi": "10.1101/2020.01.02.123456v1"}, {"doi": "10.1101/2020.01.02.123456v2.full"}),
        ("doi", {"doi": "10.21203/rs.3.rs-1234/v1"}, {"doi": "10.21203/rs.3.rs-1234/v2"}),
    ],
)
def test_one_identifier_in_two_spellings(rule, identifiers, others):
    first = record("Sheep paths after the snow", PATHS, identifiers=identifiers, id="a")
    second = record(
        "Paths of sheep when the snow has gone", PATHS[:200], identifiers=others, id="b", year="2017"
    )
    assert is_one(first, second)
    assert rules(first, second) == {rule}


def test_one_id_of_a_source_whose_record_was_filled_in():
    old = record("Sheep paths after the snow", "How sheep find their way.", id="IJKL0000")
    new = record("Sheep paths after the snow", "How sheep find their way.", id="IJKL0000", identifiers=DOI)
    assert is_one(old, new)
    assert rules(old, new) == {"id"}


def test_records_that_are_equal_are_one():
    assert is_one(record("Editorial"), record("Editorial"))
    assert rules(GERMAN, GERMAN) == {"doi"}


SAME = {
    "order of the name": (("Sheep paths after the snow", "", "Piet van Dijk"), ("", "", "van Dijk, P.")),
    "initials together": (("Sheep paths after the snow", "", "John Allen Smith"), ("", "", "SMITH JA")),
    "accents": (("Sheep paths after the snow", "", "Zoë Müller"), ("", "", "Mueller, Zoe")),
    "markup of a formula": (
        ("Song of blackbirds at CO₂ vents", PATHS),
        ("Song of blackbirds at CO2 vents", PATHS),
    ),
    "Greek letters": (("Decay of β-amber in peat bogs", PATHS), ("Decay of beta-amber in peat bogs", PATHS)),
    "ampersand": (
        ("Iron & steel roofs in wind", "", "Ann Ott"),
        ("Iron and steel roofs in wind", "", "Ott A"),
    ),
    "case and marks": (
        ("Sheep paths: after the snow.", "", "Ann Ott"),
        ("SHEEP PATHS - AFTER THE SNOW", "", "A. Ott"),
    ),
    "a year later": (("Sheep paths after the snow", "", "Ann Ott", "2019"), ("", "", "Ann Ott", "2020")),
    "no year": (("Sheep paths after the snow", "", "Ann Ott", "2019"), ("", "", "Ann Ott", "")),
    "years later, same text": (("Sheep paths after snow", PATHS, "", "2015"), ("", PATHS, "", "2019")),
    "no author, same text": (("Sheep paths after the snow", PATHS), ("", PATHS, "Ann Ott")),
    "no author, short text": (("Sheep paths in snow", "How sheep walk."), ("", "How sheep walk.")),
    "the first author elsewhere": (
        ("Sheep paths after the snow", "", "Hill Group; Ann Ott"),
        ("", "", "Ann Ott; Hill Group"),
    ),
    "title a little changed": (
        ("Sheep paths after the snow", PATHS, "Ann Ott"),
        ("The paths of sheep after snow", PATHS, "Ann Ott"),
    ),
    "a subtitle more": (
        ("Sheep paths after the snow", PATHS, "Ann Ott"),
        ("Sheep paths after the snow: twelve flocks", PATHS.replace("twelve", "12"), "Ann Ott"),
    ),
    "text cut off": (
        ("Sheep paths after the snow", PATHS),
        ("The sheep paths after snow", PATHS[:300] + "..."),
    ),
    "text a little changed": (
        ("Sheep paths after the snow", PATHS),
        (
            "Sheep paths after snow",
            PATHS.replace("collars", "radios").replace("Most paths", "Nearly all ways"),
        ),
    ),
    "retracted": (
        ("RETRACTED: Sheep paths after the snow", "", "Ann Ott"),
        ("Sheep paths after the snow", "", "Ann Ott"),
    ),
    "retracted behind": (
        ("Sheep paths after the snow (Retracted article. See vol. 3, p. 1)", "", "Ann Ott"),
        ("Sheep paths after the snow", "", "Ann Ott"),
    ),
    "a short title over one text": (("Paths", PATHS), ("Paths", PATHS, "Ann Ott")),
    "an editorial over one text": (("Editorial", PATHS, "Ann Ott"), ("Editorial", PATHS, "Ott A")),
    "Part II twice": (
        ("Sheep paths. Part II: snow", PATHS, "Ann Ott"),
        ("Sheep paths, part 2: snow", PATHS, "Ott, A"),
    ),
    "Chinese": (("雪后的羊道与牧场围墙的关系", "", "王伟"), ("雪后的羊道与牧场围墙的关系。", "", "王伟")),
    "Cyrillic": (("Овечьи тропы после снега", "", "Анна Отт"), ("Овечьи тропы после снега", "", "Отт А.")),
}


@pytest.mark.parametrize("name", SAME)
def test_one_paper_by_title_or_text(name):
    first, second = (list(fields) for fields in SAME[name])
    second[0] = second[0] or first[0]
    pair = [record(*fields, id=key) for fields, key in ((first, "a"), (second, "b"))]
    assert set(keys(pair[0])) & set(keys(pair[1])), "no key in common"
    assert is_one(*pair)
    assert rules(*pair) <= {"title", "text"}


# What is not

REPLY = (
    "We thank the readers for what they wrote about our paper and are glad to answer them here in some lines."
)
INDEX = (
    "The index of authors has an entry for each author of a paper that stands in these proceedings, by name."
)

# Two records as (title, abstract, authors, year); None stands for what is in the first one. All with one
# author and one year unless said, so that nothing but the rule keeps them apart.
DIFFERENT = [
    # numbers of a series
    (("Sheep paths: Part I",), ("Sheep paths: Part II",)),
    (("Sheep paths, part 1", PATHS), ("Sheep paths, part 2", PATHS)),
    (("Sheep paths I", PATHS), ("Sheep paths II", PATHS)),
    (("Sheep paths", PATHS), ("Sheep paths II", PATHS)),
    (("Sheep paths", PATHS), ("Sheep paths 2", PATHS)),
    (("Sheep paths 2: the thaw", PATHS), ("Sheep paths 3: the thaw", PATHS)),
    (("Sheep paths. Part One", PATHS), ("Sheep paths. Part Two", PATHS)),
    (("Sheep paths. First part", PATHS), ("Sheep paths. Second part", PATHS)),
    (("Sheep paths, Part A", PATHS), ("Sheep paths, Part B", PATHS)),
    (("Poster 12: Sheep paths", PATHS), ("Poster 13: Sheep paths", PATHS)),
    (("P-12. Sheep paths", PATHS), ("P-13. Sheep paths", PATHS)),
    (("1023: Sheep paths", PATHS), ("1024: Sheep paths", PATHS)),
    (("Sheep paths, Volume 3", PATHS), ("Sheep paths, Volume 4", PATHS)),
    (("Sheep paths vol. III", PATHS), ("Sheep paths vol. IV", PATHS)),
    (("The 12th meeting on sheep", PATHS), ("The 13th meeting on sheep", PATHS)),
    (("Sheep of the year 2018", PATHS), ("Sheep of the year 2019", PATHS)),
    (("Schafpfade, Teil 1", PATHS), ("Schafpfade, Teil 2", PATHS)),
    (("Chemins de moutons, tome 1", PATHS), ("Chemins de moutons, tome 2", PATHS)),
    (("FlockWalker: sheep paths by collars", PATHS), ("FlockWalker-V2: sheep paths by radio", PATHS)),
    (("FlockWalker: sheep paths by collars", PATHS), ("FlockWalker++: sheep paths by collars", PATHS)),
    (("FLOCK-3 reads sheep paths", PATHS), ("FLOCK-4 reads sheep paths", PATHS)),
    (("Chapter 2. Paths of sheep", PATHS), ("Chapter 5. Paths of sheep", PATHS)),
    (("Two sheep on one path", PATHS), ("Three sheep on one path", PATHS)),
    (("The sheep survey, day 1", PATHS), ("The sheep survey, day 2", PATHS)),
    # titles that say nothing
    (("Editorial",), ("Editorial.",)),
    (("Editorial", "On sheep."), ("Editorial", "On roofs and walls.")),
    (("Introduction", PATHS), ("Introduction", ROOFS)),
    (("Preface", "", "Ann Ott"), ("PREFACE", "", "Ott, Ann")),
    (("Author index", INDEX, "", "2001"), ("Author index", INDEX, "", "2003")),
    (("Book review", "", "Ann Ott"), ("Book Review", "", "A. Ott")),
    (("Book reviews",), ("Book reviews.",)),
    (("Erratum",), ("Erratum.",)),
    (("Corrigendum", "A line was lost."), ("Corrigendum", "A name was wrong.")),
    (("News",), ("NEWS",)),
    (("Table of contents",), ("Table of Contents.",)),
    (("Reply to the editor", REPLY), ("Reply to the Editor", PATHS)),
    (("Letter to the Editor",), ("Letter to the editor.",)),
    (("In this issue",), ("In This Issue",)),
    (("Message from the editor-in-chief", "May."), ("Message from the Editor-in-Chief", "June.")),
    (("Vorwort",), ("Vorwort.",)),
    (("Введение",), ("Введение.",)),
    (("前言",), ("前言。",)),
    (("Front matter", INDEX, "", "2001"), ("Front Matter", INDEX, "", "2002")),
    (("Discussion",), ("Discussion.",)),
    (("What the Sheep Gazette asks of authors", INDEX, "", "2006"), ("", INDEX, "", "2007")),
    (("Paths",), ("Paths.",)),
    (("Sheep",), ("SHEEP",)),
    # notices of a paper
    (("Sheep paths after the snow", PATHS), ("Erratum: Sheep paths after the snow", PATHS)),
    (("Sheep paths after the snow", PATHS), ("Correction to: Sheep paths after the snow", PATHS)),
    (("Sheep paths after the snow", PATHS), ("Corrigendum to “Sheep paths after the snow”", PATHS)),
    (("Sheep paths after the snow", PATHS), ("Author Correction: Sheep paths after the snow", PATHS)),
    (("Sheep paths after the snow", PATHS), ("Retraction notice to: Sheep paths after the snow", PATHS)),
    (("Sheep paths after the snow", PATHS), ("Retraction: Sheep paths after the snow", PATHS)),
    (("Sheep paths after the snow", PATHS), ("Comment on “Sheep paths after the snow”", PATHS)),
    (("Sheep paths after the snow", PATHS), ("Reply to comment on “Sheep paths after the snow”", PATHS)),
    (("Sheep paths after the snow", PATHS), ("Sheep paths after the snow: Comment", PATHS)),
    (("Sheep paths after the snow: Comment", PATHS), ("Sheep paths after the snow: Reply", PATHS)),
    (("Sheep paths after the snow", PATHS), ("Expression of concern: Sheep paths after the snow", PATHS)),
    (("Sheep paths after the snow", PATHS), ("Addendum to: Sheep paths after the snow", PATHS)),
    (("Sheep paths after the snow", PATHS), ("Sheep paths after the snow (Erratum)", PATHS)),
    (("Sheep paths after the snow", PATHS), ("Berichtigung zu: Sheep paths after the snow", PATHS)),
    # other papers
    (("Sheep paths after the snow", "", "Ann Ott"), ("Sheep paths after the snow.", "", "Ben Lee")),
    (("Sheep paths after the snow", "", "John Smith"), ("Sheep paths after the snow.", "", "Jane Smith")),
    (("Sheep paths after the snow", "", "Wei Zhang"), ("Sheep paths after the snow.", "", "Wei Li")),
    (("Sheep paths in the snow", "", "Ann Ott", "2001"), ("Sheep paths in the snow.", "", "Ann Ott", "2019")),
    (("Sheep paths after the snow", "", ""), ("Sheep paths after the snow.", "", "")),
    (("A survey of paths and roofs", PATHS), ("A survey of paths and roofs.", ROOFS)),
    (("Sheep paths after the snow",), ("Sheep paths after the rain",)),
    (("Sheep paths after the snow",), ("Sheep paths after the snow: twelve flocks",)),
    (("Effects of oats on the wool of ewes",), ("Effects of barley on the wool of ewes",)),
    (("Sheep paths after the snow", PATHS), ("Humming roofs of iron", ROOFS)),
]  # fmt: skip


def pair_of(first, second, **more):
    second = (second[0] or f"{first[0]}.", *second[1:])
    full = [(*fields, *("", "Ann Ott", "2019")[len(fields) - 1 :]) for fields in (first, second)]
    return [record(*fields, id=key, **more) for fields, key in zip(full, "ab", strict=True)]


@pytest.mark.parametrize("number", range(len(DIFFERENT)))
def test_different_papers_stay_two(number):
    assert not is_one(*pair_of(*DIFFERENT[number]))


@pytest.mark.parametrize("number", range(len(DIFFERENT)))
def test_a_shared_doi_does_not_join_what_contradicts_it(number):
    pair = pair_of(*DIFFERENT[number], identifiers=DOI)
    if pair[0].fingerprint == pair[1].fingerprint or "twelve flocks" in pair[1].title:
        return
    found = group(pair)
    assert found.labels.tolist() == [0, 1]
    assert found.shared == {"doi:10.1000/meadow.1": (0, 1)}


def test_there_are_sixty_hard_pairs():
    assert len(DIFFERENT) >= 60


# Identifiers that say nothing

POSTERS = [
    record("Poster 12: Sheep paths", "How sheep find their way.", identifiers=DOI),
    record("Poster 13: Iron roofs", "Why roofs hum.", identifiers=DOI),
    record("Poster 14: Clay walls", "Why walls fall.", identifiers=DOI),
]


@pytest.mark.parametrize("rows", list(itertools.permutations(range(3))))
def test_an_identifier_of_different_papers_identifies_none_of_them(rows):
    found = group([POSTERS[row] for row in rows])
    assert found.labels.tolist() == [0, 1, 2]
    assert found.merged == ()
    assert found.shared == {"doi:10.1000/meadow.1": (0, 1, 2)}


def test_a_poster_from_two_sources_is_one_under_a_doi_that_says_nothing():
    again = record("Poster 13: Iron roofs", identifiers=DOI, id="again", year="2020")
    found = group([*POSTERS, again])
    assert found.labels.tolist() == [0, 1, 2, 1]
    assert [link.rule for link in found.merged] == ["title"]
    assert found.shared == {"doi:10.1000/meadow.1": (0, 1, 2, 3)}


def test_what_contradicts_nothing_does_not_join_by_an_identifier_of_two_papers():
    papers = [
        GERMAN,
        record("Bird nests in tall meadows", PATHS, identifiers=DOI),
        record("Humming roofs of iron", ROOFS, identifiers=DOI),
    ]
    for order in itertools.permutations(papers):
        assert len(partition(order)) == 3


@pytest.mark.parametrize("junk", ["NA", "n/a", "null", "-", "0", "none", "unknown"])
def test_what_stands_for_a_missing_id_identifies_nothing(junk):
    papers = [record("Sheep paths", PATHS, id=junk), record("Iron roofs", ROOFS, id=junk)]
    assert group(papers).labels.tolist() == [0, 1]
    assert group(papers).shared == {f"id:{junk}": (0, 1)}


def test_row_numbers_of_two_tables_identify_nothing():
    tables = [record("Sheep paths", PATHS, id="1"), record("Iron roofs", ROOFS, id="1")]
    in_german = record("Warum Dächer aus Eisen im Wind brummen und wie man sie beruhigt", id="1")
    assert len(partition([*tables, in_german])) == 3


def test_an_arxiv_id_may_be_under_another_title():
    old = record("Where flocks walk", PATHS, id="2001.01234v1")
    new = record("Sheep paths and the walls of shepherds", PATHS[:260] + ROOFS[:60], id="arXiv:2001.01234v3")
    wrong = record("Humming roofs", ROOFS, id="2001.01234")
    assert is_one(old, new)
    assert group([old, wrong]).shared == {"arxiv:2001.01234": (0, 1)}


# Doubt


@pytest.mark.parametrize(
    ("first", "second", "rule"),
    [
        (("Sheep paths after the snow", "", ""), ("Sheep paths after the snow.", "", "Ann Ott"), "title"),
        (("Sheep paths after the snow", "", "Ann Ott", "2010"), ("Sheep paths after the snow.",), "title"),
        (("Sheep paths",), ("Sheep paths.",), "title"),
        (("Sheep paths after the snow",), ("Sheep paths after the snow: twelve flocks",), "text"),
        (("Sheep paths after snow", PATHS, "Ann Ott"), ("Where the flocks walk", PATHS, "Ben Lee"), "text"),
        (("Sheep paths after snow", PATHS, "Ann Ott"), ("Where the flocks walk", PATHS, "Ann Ott"), "text"),
    ],
)
def test_what_looks_like_one_paper_is_in_doubt(first, second, rule):
    found = group(pair_of(first, second))
    assert (found.labels.tolist(), found.merged) == ([0, 1], ())
    assert [(link.first, link.second, link.rule) for link in found.doubtful] == [(0, 1, rule)]


@pytest.mark.parametrize("names", [({"arxiv": "2001.01234"}, {"arxiv": "2002.01234"}), (DOI, OTHER_DOI)])
def test_two_names_of_one_scheme_make_one_title_doubtful(names):
    first, second = (
        record("Sheep paths after the snow", authors="Ann Ott", identifiers=of, id=key)
        for key, of in zip("ab", names, strict=True)
    )
    assert [link.rule for link in group([first, second]).doubtful] == ["title"]


def test_generic_titles_are_not_even_in_doubt():
    assert (
        group([record("Editorial", authors="Ann Ott", id=str(number)) for number in range(5)]).doubtful == ()
    )


def test_a_standing_text_joins_nothing():
    papers = [
        record(f"{kind} of the {house} meeting", PATHS, id=f"{kind} {house}")
        for kind, house in itertools.product(("Tracks", "Barns", "Songs"), ("winter", "spring"))
    ]
    assert len(partition(papers)) == 6
    assert partition(papers[:1] * 2) == {frozenset((0, 1))}


# Sets of records


def test_a_user_splits_a_pair_for_good():
    pair = [record("Sheep paths after the snow", PATHS, id=key, identifiers=DOI) for key in "ab"]
    third = record("Sheep paths after the snow", PATHS, id="c")
    assert is_one(*pair)
    apart = {frozenset("ab")}
    assert not is_one(*pair, apart=apart)
    assert len(partition([*pair, third], apart=apart)) == 2
    assert "doi:10.1000/meadow.1" in group(pair, apart=apart).shared
    assert [link.rule for link in group(pair, apart=apart).doubtful] == ["doi"]


def test_a_chain_does_not_join_what_contradicts():
    first = record("Sheep paths after the snow", PATHS, id="a", identifiers=DOI)
    second = record("Sheep paths after the snow", authors="Ann Ott", id="b", identifiers=DOI)
    third = record("Sheep paths after the snow", ROOFS, authors="Ann Ott", id="c")
    for order in itertools.permutations([first, second, third]):
        found = group(order)
        places = [order.index(paper) for paper in (first, second, third)]
        labels = [int(found.labels[place]) for place in places]
        assert labels[0] == labels[1] != labels[2]
        assert [link.rule for link in found.doubtful] == ["title"]


TITLES = [
    "Sheep paths after the snow",
    "Sheep paths after the snow: Part II",
    "Iron roofs that hum",
    "Editorial",
]
RECORDS = st.builds(
    Paper,
    id=st.sampled_from(["", "1", "2", "NA", "2001.01234"]),
    title=st.sampled_from([*TITLES, "Correction to: Iron roofs that hum", "Schafpfade nach dem Schnee"]),
    abstract=st.sampled_from(["", PATHS, PATHS[:250], ROOFS, "How sheep find their way."]),
    authors=st.sampled_from([(), ("Ann Ott",), ("Ott, A.", "Ben Lee"), ("Ben Lee",)]),
    published=st.sampled_from(["", "2018", "2019", "2023"]),
    identifiers=st.sampled_from([{}, DOI, OTHER_DOI, {"pmid": "123456"}]),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(RECORDS, max_size=9), st.randoms(use_true_random=False))
def test_any_order_has_the_same_groups(papers, random):
    order = list(range(len(papers)))
    random.shuffle(order)
    shuffled = {frozenset(order[i] for i in part) for part in partition([papers[i] for i in order])}
    assert shuffled == partition(papers)


@settings(max_examples=80, deadline=None)
@given(st.lists(RECORDS, max_size=9))
def test_records_that_no_keys_join_do_not_see_each_other(papers):
    """So a corpus needs to look only at the records whose keys new ones have, directly or through others."""
    parts = [{i} for i in range(len(papers))]
    named = [set(keys(paper)) for paper in papers]
    for i, j in itertools.combinations(range(len(papers)), 2):
        if named[i] & named[j] or papers[i] == papers[j]:
            ours, theirs = (next(part for part in parts if n in part) for n in (i, j))
            if ours is not theirs:
                parts.remove(theirs)
                ours |= theirs
    found = set()
    for part in (sorted(part) for part in parts):
        found |= {frozenset(part[i] for i in of) for of in partition([papers[i] for i in part])}
    assert found == partition(papers)


@settings(max_examples=80, deadline=None)
@given(st.lists(RECORDS, max_size=9))
def test_links_and_shared_names_say_what_the_groups_are(papers):
    found = group(papers)
    labels = found.labels.tolist()
    assert all(
        link.first < link.second and labels[link.first] == labels[link.second] for link in found.merged
    )
    assert len(found.merged) == len(papers) - len(set(labels)), "as many links as join each group"
    assert all(labels[link.first] != labels[link.second] for link in found.doubtful)
    for name in {name for paper in papers for name in keys(paper)} - found.shared.keys():
        if name.split(":")[0] in ("id", "doi", "arxiv", "pmid"):
            having = [i for i, paper in enumerate(papers) if name in keys(paper)]
            assert len({labels[i] for i in having}) == 1, f"{name} identifies more than one paper, unsaid"
    for name, places in found.shared.items():
        assert len({labels[i] for i in places}) > 1
        assert places == tuple(i for i, paper in enumerate(papers) if name in keys(paper))


# Many records


def spelled(number):
    """A name for a number, in letters."""
    return "".join("bcdfghjkmn"[int(digit)] for digit in f"{number:04}")


def comparisons(monkeypatch, papers):
    """How often two records are held against each other."""
    count = itertools.count()
    for name in ("by_title", "by_text", "agreement"):
        rule = getattr(grouping, name)
        monkeypatch.setattr(grouping, name, lambda *pair, rule=rule: (next(count), rule(*pair))[1])
    group(papers)
    return next(count)


@pytest.mark.parametrize(
    "titles",
    [
        lambda n: "Editorial",
        lambda n: "Abstracts of the meeting of shepherds",
        lambda n: f"Sheep and roofs and walls {n}",
    ],
)
def test_thousands_of_one_title_are_compared_with_few(monkeypatch, titles):
    papers = [
        record(
            titles(n),
            f"On the {n}th of many hills there is a wall of stones.",
            id=f"r{n}",
            authors=f"A{n} Ott",
        )
        for n in range(1000)
    ]
    assert comparisons(monkeypatch, papers) <= 9 * len(papers)


def test_thousands_with_one_identifier_are_compared_with_few(monkeypatch):
    papers = [record(f"Sheep of hill {n} and its walls", id=f"r{n}", identifiers=DOI) for n in range(1000)]
    same = [record("Sheep paths after the snow", id=f"s{n}", identifiers=OTHER_DOI) for n in range(1000)]
    found = group([*papers, *same])
    assert set(found.shared) == {"doi:10.1000/meadow.1"}
    assert len(set(found.labels.tolist())) == 1001
    assert comparisons(monkeypatch, [*papers, *same]) <= 10 * 2000


def test_two_records_of_one_paper_are_found_among_thousands_of_the_title():
    papers = [
        record("Abstracts of the meeting of shepherds", id=f"r{n}", authors=f"{spelled(n)} Hill")
        for n in range(2000)
    ]
    twin = record(
        "Abstracts of the Meeting of Shepherds", id="twin", authors=f"Hill, {spelled(1234).title()}"
    )
    found = group([*papers, twin])
    assert found.labels[-1] == found.labels[1234]
    assert len(set(found.labels.tolist())) == 2000


# Keys


def test_keys_are_names_titles_and_sketches():
    assert keys(Paper(id="2106.09685v2", title="LoRA")) == ("arxiv:2106.09685",)
    found = keys(record("Sheep paths after the snow: twelve flocks", PATHS, id="x", identifiers=DOI))
    assert [key.partition(":")[0] for key in found] == [
        "id",
        "doi",
        "title",
        "title",
        "text",
        "text",
        "text",
        "text",
    ]
    assert found == keys(Paper.from_json(record(
        "Sheep paths after the snow: twelve flocks", PATHS, id="x", identifiers=DOI
    ).to_json()))  # fmt: skip


def test_keys_are_the_same_for_ever():
    """A corpus stores them."""
    assert keys(record("Sheep paths after the snow", PATHS, id="x")) == (
        "id:x",
        "title:6ed9cc4582610ae2",
        "text:0b8af8e00853d9c00",
        "text:192902f01f0fd1000",
        "text:2d771d50054541d00",
        "text:3dfe3bd003e4b7c00",
    )


def test_titles_that_say_nothing_and_made_ids_are_no_keys():
    assert keys(record("Editorial")) == ()
    assert keys(record("前言")) == ()
