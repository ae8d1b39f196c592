"""The search box's grammar: never an error, its own text again, and the traps of real queries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import ParameterError
from recommender.queries import Clause, ClausePattern, Query, parse_query


def said(text):
    """(what it is about, the conditions) of a query."""
    query = parse_query(text)
    return query.words, [str(condition) for condition in query.conditions]


@pytest.mark.parametrize(
    ("text", "words", "conditions"),
    [
        ("graph networks", "graph networks", []),
        ("graphs -molecules", "graphs", ["-molecules"]),
        ("graphs \u2212molecules", "graphs", ["-molecules"]),
        ("graphs NOT molecules", "graphs", ["-molecules"]),
        ('graphs NOT "drug design" now', "graphs now", ['-"drug design"']),
        ("graphs NOT NOT molecules", "graphs", ["-molecules"]),
        ("graphs NOT -molecules", "graphs", ["-molecules"]),
        ("GPT NOT BERT", "GPT", ["-BERT"]),
        ("graphs NOT 5", "graphs", ['-"5"']),
        ("graphs not molecules", "graphs not molecules", []),
        ("learning without forgetting", "learning without forgetting", []),
        ("THIS PAPER IS NOT ABOUT CATS", "THIS PAPER IS NOT ABOUT CATS", []),
        ("to be or NOT", "to be or NOT", []),
        ("graphs +molecules", "graphs molecules", ["+molecules"]),
        ('"message passing" graphs', "message passing graphs", ['"message passing"']),
        ('+"message passing"', "message passing", ['+"message passing"']),
        ('graphs -"message passing"', "graphs", ['-"message passing"']),
        ("author:Hinton capsules", "capsules", ["author:Hinton"]),
        ('author:"van der Waals" gas', "gas", ['author:"van der Waals"']),
        ("gas author:“van der Waals”", "gas", ['author:"van der Waals"']),
        ("capsules -author:Hinton", "capsules", ["-author:Hinton"]),
        ("capsules AUTHOR:Nguyễn", "capsules", ["author:Nguyễn"]),
        ("capsules authors:Hinton", "capsules", ["author:Hinton"]),
        ("title:capsules venue:NeurIPS", "capsules", ["title:capsules", "venue:NeurIPS"]),
        ("author:Hinton", "", ["author:Hinton"]),
        # What is plain words
        ("state-of-the-art parsers", "state-of-the-art parsers", []),
        ("a - b", "a - b", []),
        ("- -- + ++ a", "- -- + ++ a", []),
        ("--flag parsing", "--flag parsing", []),
        ("C++ and A* in R&D", "C++ and A* in R&D", []),
        ("x+y", "x+y", []),
        ("at -5 degrees, +1", "at -5 degrees, +1", []),
        ("Attention: all you need", "Attention: all you need", []),
        ("venue: a study", "venue: a study", []),
        ("title:", "title:", []),
        ("https://arxiv.org/abs/2106.09685", "https://arxiv.org/abs/2106.09685", []),
        ("doi:10.1000/x-y", "doi:10.1000/x-y", []),
        ("O'Brien's 'graph' models don't", "O'Brien's 'graph' models don't", []),
        ('a 5" pipe', 'a 5" pipe', []),
        # A mark without its other
        ('"graph networks', "graph networks", []),
        ('graphs "', "graphs", []),
        ('graphs -"molecules', "graphs", ["-molecules"]),
        ("“graph networks", "“graph networks", []),
        ('"" graphs ""', "graphs", []),
        ('graphs author:""', "graphs", []),
        # Other marks, also where nothing is between words
        ("图「神经网络」学习", "图 神经网络 学习", ['"神经网络"']),
        ("《图神经网络》", "图神经网络", ['"图神经网络"']),
        ("„Graphen“ «réseaux»", "Graphen réseaux", ['"Graphen"', '"réseaux"']),
        ("graphs －molecules", "graphs", ["-molecules"]),
    ],
)
def test_what_a_query_says(text, words, conditions):
    assert said(text) == (words, conditions)


@pytest.mark.parametrize("text", ["-molecules", "NOT molecules", '-"drug design" -author:Hinton', "-title:x"])
def test_what_is_only_not_wanted_is_refused_with_what_is_missing(text):
    with pytest.raises(ParameterError, match="says only what is not wanted; write before it what"):
        parse_query(text)


PIECES = st.sampled_from(
    [
        *(
            '"',
            "-",
            "+",
            ":",
            "*",
            "“",
            "”",
            "«",
            "»",
            "「",
            "」",
            " ",
            "  ",
            "\u2212",
            "：",
            "\n",
            "图",
            "é",
        ),
        *("NOT", "not", "author:", "title:", "venue:", "a", "B5", "5", "graph", "x-y", "C++", "-a", '"a b"'),
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join) | st.lists(PIECES, max_size=9).map(" ".join) | st.text())
def test_a_query_is_never_an_error_and_is_its_own_text_again(text):
    try:
        query = parse_query(text)
    except ParameterError:  # it says only what is not wanted
        return
    assert parse_query(str(query)) == query
    assert all(isinstance(clause, Clause) and clause.text for clause in query.clauses)
    if not query.conditions and not {*'"“”«»「」'} & {*text}:
        assert query.words == " ".join(text.split())


def test_a_query_of_nothing_says_nothing():
    assert parse_query(' "" ') == Query(())


@pytest.mark.parametrize(
    ("wanted", "text", "there"),
    [
        ("graph networks", "On Graph-Networks.", True),
        ("graph networks", "networks of graphs", False),
        ("graph", "Subgraphs and paragraphs", False),
        ("Rényi", "renyi entropy", True),
        ("state-of-the-art", "the state of the art is", True),
        ("GPT-4", "we ask GPT4 and others", True),
        ("GPT-4", "we ask GPT-4 and others", True),
        ("GPT4", "we ask GPT-4 and others", True),
        ("GPT-4", "we ask GPT-3 and 4 others", False),
        ("C++", "written in C++, not C", True),
        ("C++", "written in C", False),
        ("A*", "the A* algorithm", True),
        ("of the", "state of the art", True),
        ("神经网络", "图神经网络的学习", True),
        ("神经网络", "神经的网络", False),
        ("...", "what ...", False),
    ],
)
def test_what_a_text_holds(wanted, text, there):
    pattern = ClausePattern(wanted)
    assert pattern.is_in(text) == there


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=12))
def test_a_text_holds_each_of_its_parts(before, after, wanted):
    pattern = ClausePattern(wanted)
    if any(map(str.isalnum, wanted)) and pattern.words:
        assert pattern.is_in(f"{before} . {wanted} . {after}")
