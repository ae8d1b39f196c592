"""Listings for tests: an ordinary one, an empty one, and one whose every text is hostile."""

from dataclasses import replace

from recommender import Paper
from recommender.listing import CorpusState, Entry, InterestPlaces, Listing, Part

LORA = Paper(
    id="2106.09685",
    title="LoRA: Low-Rank Adaptation of Large Language Models",
    abstract="An important paradigm of language processing is large-scale pre-training. We propose LoRA.",
    authors=("Edward Hu", "Yelong Shen", "Phillip Wallis", "Zeyuan Allen-Zhu"),
    published="2021-06-17",
    revised="2021-10-16",
    categories=("cs.CL", "cs.AI"),
    venue="ICLR",
    url="https://arxiv.org/abs/2106.09685",
)
KNOTS = Paper(
    id="knots",
    title="Knots and their sums",
    authors=("Ada Okafor",),
    published="2026-11-29",
    identifiers={"doi": "10.1234/knots(1)"},
    retracted=True,
)
PLAIN = Paper(title="A title alone")
VOTED = Paper(
    id="P19-1001",
    title="Voted for by many",
    abstract="Votes are counted.",
    identifiers={"acl": "P19-1001"},
    upvotes=12,
)

LISTING = Listing(
    id="mei-day-2026-11-30",
    title="4 papers for Mei · 30 November 2026",
    reader="Mei",
    span="day",
    day="2026-11-30",
    made="2026-11-30T06:00:00+01:00",
    parts=(
        Part(
            "personal",
            "For Mei",
            "ordered by nearness to what you liked",
            (
                Entry(
                    1,
                    LORA,
                    score=0.8125,
                    confidence=0.74,
                    interest="adapters, fine-tuning",
                    closest="1902.00751",
                    closest_title="Parameter-Efficient Transfer Learning for NLP",
                    closest_cosine=0.8125,
                    terms=("low-rank", "adaptation"),
                    sentence="We propose LoRA.",
                    contributions={"1902.00751": 0.8125},
                    before="2026-11-03",
                ),
                Entry(
                    2, KNOTS, score=0.5, confidence=0.31, closest="knots that are sums", closest_cosine=0.5
                ),
            ),
            "Only two papers today: the next nearest is at 0.41, and below your threshold.",
        ),
        Part(
            "beyond",
            "Beyond your library",
            "near to it, of fields of which it has none",
            (Entry(3, PLAIN, score=0.3),),
        ),
        Part(
            "communal",
            "For everybody",
            "ordered by upvotes",
            (Entry(4, VOTED, signal="12 upvotes"),),
        ),
    ),
    interests=(
        InterestPlaces("adapters, fine-tuning", 0.6, 1, 1),
        InterestPlaces("knots", 0.4, 2, 1),
    ),
    corpus=CorpusState(146289, 312, "c0ffee"),
    notes=("Made of the corpus of that day.", "Two papers have no date."),
)
"""Every field of a listing says something here."""

NOTHING = replace(
    LISTING,
    id="mei-day-2026-12-01",
    title="Nothing for Mei · 1 December 2026",
    day="2026-12-01",
    made="2026-12-01T06:00:00+01:00",
    parts=(Part("personal", "For Mei", "", (), "Nothing for you today: the nearest is at 0.39."),),
    interests=(),
)
"""A day that abstains."""

EMPTY = replace(NOTHING, id="mei-day-2026-12-02", title="Mei · 2 December 2026", parts=(), notes=())
"""A listing that says nothing by itself."""

MARKUP = '</title></style><script>alert("x")</script>&amp;<img src=x onerror=alert(1)>'
CONTROLS = "\x1b[2J\x07\x00red\u202egnp.exe\u2066\u200f\ufffe"
LINES = "first\nBcc: all@example.org\r\n\u2028From nobody\x85\nlast"
FORMULA = '=HYPERLINK("https://evil.example","click")'
SYNTAX = "[bold]*stars* `code` [a](javascript:alert(1)) {x} <b> 1. # | $5 ~~no~~ :smile: @{TeX} \\end"
HOSTILE = (MARKUP, CONTROLS, LINES, FORMULA, SYNTAX, "-2", "1. none", "]]>", "שלום \u202e עולם", "\ud800half")


def hostile_listing(text):
    """A listing in which everything that comes from papers and readers is this text."""
    paper = Paper(
        id=text,
        title=f"{text} title",
        abstract=f"{text} abstract",
        authors=(f"{text} author",),
        venue=text,
        categories=(text,),
        url="javascript:alert(1)",
        identifiers={"doi": f"10.1/{text}"},
    )
    entry = Entry(
        1,
        paper,
        score=0.5,
        confidence=0.5,
        interest=text,
        closest=text,
        closest_title=text,
        closest_cosine=0.5,
        terms=(text,),
        sentence=text,
        contributions={text: 0.5},
        before=text,
        signal=text,
    )
    part = Part("personal", text, text, (entry,), text)
    return replace(
        LISTING,
        title=text,
        reader=text,
        parts=(part,),
        notes=(text,),
        interests=(InterestPlaces(text, 0.5, 1, 1),),
    )
