"""The two texts of a mail: equal in content, small enough, and with nothing in them but text and links."""

import re
from dataclasses import replace

import pytest
from listings import HOSTILE, LISTING, LORA, hostile_listing

from recommender.listing import mail_texts
from recommender.listing.mail_page import MOST_BYTES

FOOT = ("Reply “1 3” if you like the first and the third.", "Reply stop to stop.")


def size(texts):
    return len(texts.text.encode()) + len(texts.html.encode())


def many(count, **changes):
    paper = replace(LORA, **changes)
    entries = tuple(
        replace(LISTING.entries[0], place=place, paper=replace(paper, title=f"Paper number {place}."))
        for place in range(1, count + 1)
    )
    return replace(LISTING, parts=(replace(LISTING.parts[0], entries=entries), *LISTING.parts[1:2]))


def test_the_foot_stands_below_both():
    texts = mail_texts(LISTING, foot=FOOT)
    assert texts.text.endswith("\n\n" + "\n".join(FOOT) + "\n")
    assert all(f">{line}</p>" in texts.html for line in FOOT)


@pytest.mark.parametrize("listing", [LISTING, *map(hostile_listing, HOSTILE)], ids=range(len(HOSTILE) + 1))
def test_there_is_nothing_but_text_and_links_to_papers(listing):
    page = mail_texts(listing, foot=FOOT).html
    assert {*re.findall(r"<([a-z0-9]+)", page)} <= {
        *("html", "head", "meta", "title", "body", "div", "h1", "h2", "h3", "p", "hr", "a", "blockquote")
    }
    assert all(address.startswith("https://") for address in re.findall('href="([^"]*)"', page))
    assert not re.search(r"url\(|@import|<style|refresh|src=|\bon[a-z]+=", re.sub(r">[^<]*", ">", page))


@pytest.mark.parametrize(
    ("count", "abstract"),
    [(1, 200), (10, 1500), (10, 3000), (40, 1500), (400, 1500)],
)
def test_a_mail_is_small_enough_whatever_it_holds(count, abstract):
    texts = mail_texts(many(count, abstract="Größer & größer. " * (abstract // 17)), foot=FOOT)
    assert size(texts) <= MOST_BYTES
    told = {int(place) for place in re.findall(r"Paper number (\d+)\.", texts.text)}
    assert told == {int(place) for place in re.findall(r"Paper number (\d+)\.", texts.html)}
    assert told == {*range(1, len(told) + 1)}
    if count <= 10:
        assert len(told) == count
    else:
        assert size(texts) > MOST_BYTES * 0.5
    left = count + 1 - len(told) - texts.text.count("A title alone")
    note = f"{left} more paper{'s' if left > 1 else ''} on the page of this list"
    assert (note in texts.text, note in texts.html) == ((left > 0),) * 2


def test_abstracts_are_whole_where_there_is_room():
    abstract = "A sentence of the abstract. " * 50
    texts = mail_texts(many(10, abstract=abstract))
    assert texts.html.count(abstract.strip()) == 10
    assert " ".join(texts.text.split()).count(abstract.strip()) == 10


def test_abstracts_are_shortened_alike():
    texts = mail_texts(many(10, abstract="word " * 2000))
    cut = re.findall(r"((?:word )+word…)", " ".join(texts.text.split()))
    assert len(cut) == 10
    assert len({*cut}) == 1
    assert texts.html.count(f">{cut[0]}<") == 10


def test_a_title_without_an_end_costs_no_mail():
    texts = mail_texts(many(3, authors=("<&" * 50_000,), venue="&" * 100_000), foot=FOOT)
    assert size(texts) <= MOST_BYTES
    assert all(f"Paper number {place}." in texts.html for place in (1, 2, 3))
