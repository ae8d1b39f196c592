"""Editions as mails: the bytes, read back by parsers that share nothing with what wrote them."""

import base64
import email
import email.header
import email.policy
import html
import html.parser
import json
import quopri
import random
import re
from collections import Counter
from dataclasses import replace

import pytest
from conftest import SHARED
from hypothesis import given
from hypothesis import strategies as st

from recommender import Paper
from recommender.errors import ParameterError
from recommender.listing import CorpusState, Entry, InterestPlaces, Listing, Part
from recommender.mail import MOST_BYTES, mail_key, mail_of, message_id, subject_of
from recommender.mail.headers import address_header, machine_header, one_line, text_header
from recommender.mail_addresses import Address, folded_address, parse_address

SENDER, MEI = Address("papers@example.org", "Papers"), Address("mei@example.org", "Mei")

HOSTILE = [
    "Grebes\r\nBcc: everybody@example.org",
    "Grebes\nContent-Type: text/html\n\n<script>alert(1)</script>",
    "=?utf-8?q?Bcc=3A_all=40example.org?=",
    "A =?iso-8859-1?b?/w==?= title",
    "From here to eternity",
    ".",
    "<b>bold</b> & 'quoted' \"twice\" <img src=x onerror=alert(1)>",
    "Über große Modelle für die Wahrscheinlichkeit künftiger Überschwemmungen in Ästuaren des Südens",
    "関係抽出のための大規模言語モデルの知識蒸留と評価に関する包括的な調査研究とその応用について",
    "Ωμέγα και άλφα: μια μελέτη για τα μεγάλα γλωσσικά μοντέλα και τις εφαρμογές τους στην πράξη",
    "e\u0301 combined, \U0001f9e0 astral, \U0001f468\u200d\U0001f469\u200d\U0001f467 joined",
    "right \u202e to left and \u2066 isolated",
    "bell \x07 and escape \x1b[31m",
    "a" * 500,
    "word " * 100,
    "é" * 300,
    "$\\alpha_{<b>}$ and {\\LaTeX} = 100 % _under_ ?= =_ ==",
    "trailing blank ",
    "tab\tand  two blanks",
    "half \ud800 character",
]


def entry(place, title, abstract="From one end to the other.", **fields):
    facts = {
        "title": title if re.search(r"\w", title) else f"{title} x",
        "abstract": abstract,
        "authors": ("Ann Lee", "Bo Ågren"),
        "url": "https://arxiv.org/abs/2401.00001",
        "published": "2026-11-29",
    }
    paper = Paper(id=f"2401.{place:05d}", **facts)
    reasons = {
        "closest": "1",
        "closest_title": "Liked ü",
        "closest_cosine": 0.9 - place / 1000,
        "terms": ("a", "b"),
    }
    return Entry(place, paper, **{**reasons, "score": 0.5, "confidence": 0.61, **fields})


def listing(*entries, kind="personal", **fields):
    facts = {
        "id": "mei-day-2026-11-30",
        "title": f"{len(entries)} papers for Mei · 30 November 2026",
        "reader": "Mei",
        "span": "day",
        "day": "2026-11-30",
        "made": "2026-11-30T06:00:00+01:00",
        "parts": (Part(kind, "For Mei", "ordered by nearness", tuple(entries)),),
        "interests": (),
        "corpus": CorpusState(146_289, 812, "c0ffee"),
    }
    return Listing(**{**facts, **fields})


def read_by_email(mail):
    return email.message_from_bytes(mail, policy=email.policy.default)


def read_by_header(mail, name):
    """As programs did before Python's `email.policy`."""
    raw = email.message_from_bytes(mail)[name]
    return str(email.header.make_header(email.header.decode_header(raw)))


def read_by_rust(mail):
    return pytest.importorskip("fast_mail_parser").parse_email(mail)


def raw_headers(mail):
    """The header lines by name, as they stand in the bytes, with their folds."""
    head = mail.split(b"\r\n\r\n")[0].decode("ascii")
    lines = re.split(r"\r\n(?![ \t])", head)
    return dict(line.split(": ", 1) for line in lines)


def text_of(mail):
    """The text, as one line."""
    return " ".join(read_by_email(mail).get_body(("plain",)).get_content().split())


def words_of_html(text):
    """What a reader of HTML sees."""

    class Words(html.parser.HTMLParser):
        seen, hidden = "", False

        def handle_starttag(self, tag, attributes):
            self.hidden = self.hidden or tag == "head"
            self.seen += " "

        def handle_endtag(self, tag):
            self.hidden = self.hidden and tag != "head"
            self.seen += " " if tag not in ("a", "b") else ""

        def handle_data(self, data):
            self.seen += "" if self.hidden else data

    parser = Words()
    parser.feed(text)
    return parser.seen.split()


# Headers


def subjects_come_back(titles):
    for title in titles:
        made = listing(entry(1, title))
        mail = mail_of(made, sender=SENDER, to=MEI)
        subject = subject_of(made)
        assert read_by_email(mail)["Subject"] == subject
        assert read_by_header(mail, "Subject") == subject
        assert read_by_rust(mail).subject == subject


def test_hostile_subjects_come_back_letter_by_letter():
    subjects_come_back(HOSTILE)


@pytest.mark.extra("frames")
@pytest.mark.skipif(not (SHARED / "corpus_ml.parquet").exists(), reason="the shared corpus is not there")
def test_subjects_of_5000_real_titles_come_back_letter_by_letter():
    import pandas as pd

    fast = pytest.importorskip("fast_mail_parser")
    titles = pd.read_parquet(SHARED / "corpus_ml.parquet", columns=["title"])["title"]
    strange = titles[~titles.str.isascii()].tolist()
    chosen = [*strange, *random.Random(0).sample(titles.tolist(), 5_000)][:5_000]
    assert len(chosen) == 5_000
    for number, title in enumerate(chosen):
        line = text_header("Subject", f"3 papers · nearest: {title}")
        mail = f"{line}From: a@example.org\r\n\r\nbody\r\n".encode("ascii")
        whole = f"3 papers · nearest: {one_line(title)}"
        assert read_by_header(mail, "Subject") == whole
        assert number % 25 or read_by_email(mail)["Subject"] == whole  # the same parser, and slow
        assert fast.parse_email(mail).subject == whole


@given(st.text(max_size=300))
def test_any_subject_comes_back(text):
    line = text_header("Subject", text)
    assert line.isascii()
    assert all(len(part) <= 76 for part in line.split("\r\n"))
    mail = f"{line}From: a@example.org\r\n\r\nbody\r\n".encode("ascii")
    assert read_by_header(mail, "Subject") == one_line(text)
    assert read_by_rust(mail).subject == one_line(text)


def decoded_alone(line):
    """The text of each encoded word, decoded by itself, as RFC 2047 has it."""
    for code, word in re.findall(r"=\?utf-8\?([qb])\?(.*?)\?=", line):
        coded = word.replace("_", " ").encode()
        yield (quopri.decodestring(coded) if code == "q" else base64.b64decode(word)).decode()


@pytest.mark.parametrize("letter", ["é", "漢", "\U0001f9e0"])
@pytest.mark.parametrize("before", ["a", "ü"])
def test_no_letter_is_cut_in_two(letter, before):
    for length in range(60):
        text = f"{before * length}{letter}{'b' * 60}"
        assert "".join(decoded_alone(text_header("Subject", text))) == text


@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_breaks_a_header_or_the_body(title):
    made = listing(entry(1, title, abstract=f"{title} in it"), title=title, notes=(title,))
    mail = mail_of(made, sender=SENDER, to=MEI)
    assert set(raw_headers(mail)) == {
        *("From", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe"),
        *("Auto-Submitted", "MIME-Version", "Content-Type"),
    }
    parsed = read_by_email(mail)
    assert not parsed.defects
    assert [part.get_content_type() for part in parsed.iter_parts()] == ["text/plain", "text/html"]
    shown = parsed.get_body(("html",)).get_content()
    assert "<script" not in shown
    assert "<img" not in shown


def test_what_programs_read_is_one_line_and_never_encoded():
    address = f"{'p' * 60}@{'papers.' * 20}example.org"
    long = replace(listing(entry(1, "Grebes")), id="-".join(["mei"] * 40))
    link = f"https://papers.example.org/u/{'k' * 300}"
    headers = raw_headers(mail_of(long, sender=Address(address), to=MEI, one_click=link))
    for name in ("From", "Message-ID", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Date"):
        assert "\r\n" not in headers[name]
        assert "=?" not in headers[name]
    assert headers["List-Unsubscribe"].startswith(f"<{link}>, <mailto:{address}?subject=stop%20")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("identity", ["mei-day-2026-11-30", "r" * 200, "everybody-month-2026-11-30"])
def test_an_answer_can_name_the_mail_in_one_line(identity):
    """Mailers write a longer id as encoded words, and the answer would belong to nothing."""
    found = message_id(mail_key(replace(listing(), id=identity)), SENDER)
    answer = email.message.EmailMessage(policy=email.policy.SMTP)
    answer["In-Reply-To"] = found
    answer["References"] = found
    assert answer.as_bytes().decode() == f"In-Reply-To: {found}\r\nReferences: {found}\r\n\r\n"


def test_one_click_is_promised_only_where_a_server_answers():
    made = listing(entry(1, "Grebes"))
    headers = raw_headers(mail_of(made, sender=SENDER, to=MEI))
    assert "List-Unsubscribe-Post" not in headers
    assert headers["List-Unsubscribe"] == f"<mailto:papers@example.org?subject=stop%20{mail_key(made)}>"
    for wrong in ("http://example.org/u", "https://example.org/ä", "https://example.org/>\r\nBcc: a@b"):
        with pytest.raises(ParameterError, match="https"):
            mail_of(made, sender=SENDER, to=MEI, one_click=wrong)


@pytest.mark.parametrize(
    "name", ["Mei", "Die Tägliche", "李梅", 'Mei "M" Lee, PhD', "=?x?q?y?=", "Mei\r\nBcc: x@y"]
)
def test_the_names_before_addresses_come_back(name):
    mail = address_header("From", Address("papers@example.org", name)).encode() + b"\r\nbody\r\n"
    found = read_by_email(mail)["From"].addresses
    assert [(one.display_name, one.addr_spec) for one in found] == [(one_line(name), "papers@example.org")]
    assert all(len(line) <= 78 for line in mail.split(b"\r\n"))


def test_a_header_for_programs_takes_nothing_else():
    for wrong in ("two\r\nlines", "ümlaut", "x" * 1_000):
        with pytest.raises(ParameterError, match="List-Id"):
            machine_header("List-Id", wrong)


# The same bytes


def test_the_same_edition_is_the_same_bytes():
    made = listing(entry(1, "Grebes"), entry(2, "Ponds"))
    again = Listing.from_dict(json.loads(json.dumps(made.to_dict())))
    assert mail_of(again, sender=SENDER, to=MEI) == mail_of(made, sender=SENDER, to=MEI)


def test_another_edition_has_another_id_that_nobody_guesses():
    made = listing(entry(1, "Grebes"))
    others = (replace(made, day="2026-12-01"), listing(entry(1, "Grebes", score=0.4)))
    keys = {mail_key(one) for one in (made, *others)}
    assert len(keys) == 3
    assert all(re.fullmatch("[0-9a-f]{20}", key) for key in keys)
    mail = mail_of(made, sender=SENDER, to=MEI, key="0" * 20)
    assert raw_headers(mail)["Message-ID"] == f"<{'0' * 20}@example.org>" == message_id("0" * 20, SENDER)


def test_the_date_is_the_edition_s():
    assert raw_headers(mail_of(listing(), sender=SENDER, to=MEI))["Date"] == "Mon, 30 Nov 2026 06:00:00 +0100"
    with pytest.raises(ParameterError, match="no zone"):
        mail_of(listing(made="2026-11-30T06:00:00"), sender=SENDER, to=MEI)


# The subject


def test_the_subject_tells_the_content():
    near, far = entry(1, "Near"), entry(2, "Far")
    assert subject_of(listing(near)) == "1 paper · nearest: Near"
    # In varied order the first is not always the nearest.
    assert subject_of(listing(replace(far, place=1), replace(near, place=2))) == "2 papers · nearest: Near"
    assert subject_of(listing()) == "nothing for you today"
    assert subject_of(listing(span="month")) == "nothing for you this month"
    past = replace(listing(), day="2026-08-09")
    assert subject_of(past) == "nothing for you on 9 August 2026"
    assert subject_of(replace(past, span="week")) == "nothing for you in the week to 9 August 2026"
    assert subject_of(replace(past, span="month")) == "nothing for you in the month to 9 August 2026"
    communal = Part("communal", "For everybody", "the newest", (near, far))
    assert subject_of(listing(parts=(Part("personal", "For Mei", nothing="none"), communal))) == (
        "nothing for you today"
    )
    assert subject_of(listing(parts=(communal,))) == "2 papers for everybody"
    versions = Part("versions", "Newer versions", "", (near,))
    assert subject_of(listing(parts=(versions,))) == "1 newer version of what you were shown"
    long = subject_of(listing(entry(1, "long " * 100)))
    assert len(long) < 150
    assert long.endswith("…")


# The body


def everything():
    """A listing that says all that one can."""
    parts = (
        Part("personal", "For Mei", "ordered by nearness", (entry(1, "Grebes", interest="birds"),)),
        Part("beyond", "Beyond your library", "", (entry(2, "Ponds", sentence="It ponders."),)),
        Part("versions", "Newer versions", "", (entry(3, "Reeds", before="2026-11-20"),)),
        Part("communal", "For everybody", "by votes", (entry(4, "Otters", signal="12 upvotes"),)),
        Part("personal", "None", nothing="Nothing was near; the nearest had 0.12."),
    )
    interests = (InterestPlaces("birds", 0.75, 2, 1), InterestPlaces("water", 0.25, 1, 1))
    return listing(parts=parts, interests=interests, notes=("Made of the corpus of that day.",))


def test_both_alternatives_say_the_same():
    parsed = read_by_email(mail_of(everything(), sender=SENDER, to=MEI))
    text, marked = (parsed.get_body((kind,)).get_content() for kind in ("plain", "html"))
    shown, links = words_of_html(marked), re.findall(r'href="([^"]+)"', marked)
    words = [re.sub(r"[][:“”]", "", word) for word in text.split() if not word.startswith("https://")]
    counted = Counter(word for word in words if re.search(r"\w", word))
    assert counted == Counter(word for one in shown if re.search(r"\w", word := re.sub("[:“”]", "", one)))
    assert re.findall(r"https://\S+", text) != []
    assert set(re.findall(r"https://\S+", text)) == set(links)


def test_all_that_a_listing_says_is_in_the_mail():
    text = text_of(mail_of(everything(), sender=SENDER, to=MEI))
    for said in (
        *("1. Grebes", "2. Ponds", "3. Reeds", "4. Otters", "12 upvotes", "shown on 20 November 2026"),
        *("interest: birds", "“It ponders.”", "closest to “Liked ü” (0.90)", "in common: a, b"),
        *(
            "confidence 0.61",
            "birds: 1 place, 2 due to 75% of your likes",
            "Nothing was near",
            "Made of the corpus of that day.",
        ),
        *("ordered by nearness", "Ann Lee, Bo Ågren", "2026-11-29", "812 papers; the corpus has 146,289"),
        *("https://arxiv.org/abs/2401.00001", "From one end to the other.", '"-2"', '"stop"'),
    ):
        assert said in text, said


def test_nothing_in_a_mail_asks_anybody_for_anything():
    mail = mail_of(everything(), sender=SENDER, to=MEI)
    marked = read_by_email(mail).get_body(("html",)).get_content()
    tags = set(re.findall(r"<([a-z0-9]+)", marked))
    assert tags <= set("html head meta title body div h1 h2 h3 p blockquote hr a".split())
    assert "url(" not in marked
    assert not re.search(r"\b(?:src|action|background|srcset|poster)=", marked)
    assert all(link.startswith("https://arxiv.org/") for link in re.findall(r'href="([^"]+)"', marked))


def test_a_link_that_runs_something_is_none():
    paper = replace(entry(1, "Grebes").paper, url="javascript:alert(1)")
    mail = mail_of(listing(replace(entry(1, "Grebes"), paper=paper)), sender=SENDER, to=MEI)
    assert b"javascript" not in mail


# Wherever a line is broken, one begins with each of these.
STARTS = " ".join(f"{'From ' * 20} {'. ' * 40} {'x' * length}" for length in range(40))


@pytest.mark.parametrize("abstract", ["From here. " * 60, "From\nFrom here\n.\n..", "漢字" * 700, STARTS])
def test_no_line_of_the_bytes_is_changed_on_its_way(abstract):
    """mboxes write ">From", and SMTP doubles a dot: there is neither at the beginning of a line."""
    mail = mail_of(listing(entry(1, "From . to", abstract=abstract)), sender=SENDER, to=MEI)
    body = mail.split(b"\r\n\r\n", 1)[1]
    lines = body.split(b"\r\n")
    assert body.replace(b"\r\n", b"").isascii()
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert not [line for line in lines if line.startswith((b"From ", b"."))]
    assert max(map(len, lines)) <= 76
    assert not [line for line in lines if line.endswith((b" ", b"\t"))]
    parsed, other = read_by_email(mail), read_by_rust(mail)
    for kind, read in (("plain", other.text_plain), ("html", other.text_html)):
        assert parsed.get_body((kind,)).get_content().split() == read[0].split()
        assert " ".join(abstract.split()) in " ".join(read[0].split())


def test_a_mail_is_short_and_the_abstracts_go_first():
    long = listing(*(entry(place, f"Grebes {place}", abstract="word " * 900) for place in range(1, 21)))
    mail = mail_of(long, sender=SENDER, to=MEI)
    assert MOST_BYTES / 3 < len(mail) < MOST_BYTES
    text = read_by_email(mail).get_body(("plain",)).get_content()
    assert re.findall(r"(?m)^ *(\d+)\. Grebes \1\r$", text) == [*map(str, range(1, 21))]
    assert "word…" in text


def test_a_list_without_an_end_says_how_many_are_left_out():
    endless = listing(*(entry(place, f"Grebes {place} {'x' * 300}") for place in range(1, 401)))
    mail = mail_of(endless, sender=SENDER, to=MEI)
    assert len(mail) < MOST_BYTES
    text = read_by_email(mail).get_body(("plain",)).get_content()
    there = [int(place) for place in re.findall(r"^ *(\d+)\. Grebes", text, re.MULTILINE)]
    assert there == [*range(1, len(there) + 1)]
    assert len(there) > 20
    assert f"{400 - len(there)} more papers" in text


def test_a_text_of_megabytes_costs_nothing_but_itself():
    made = listing(entry(1, "Grebes", abstract="é" * 3_000_000))
    assert len(mail_of(made, sender=SENDER, to=MEI)) < MOST_BYTES


# Addresses


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mei@example.org", Address("mei@example.org")),
        (" Mei Lee <mei.lee+papers@uni.example.org> ", Address("mei.lee+papers@uni.example.org", "Mei Lee")),
        ('"Lee, Mei" <mei@localhost>', Address("mei@localhost", "Lee, Mei")),
        ("mei@bücher.example", Address("mei@xn--bcher-kva.example")),
    ],
)
def test_addresses_are_read(text, found):
    assert parse_address(text, "--mail") == found


@pytest.mark.parametrize(
    "text",
    [
        *("", "mei", "@example.org", "mei@", "a@b@c", "a..b@example.org", "mei@exa mple.org", "mei@-x.org"),
        *("mei@example.org\r\nBcc: x@y", "mei@example.org, bo@example.org", "Mei\r\n <mei@example.org>"),
        *("mëi@example.org", f"{'a' * 65}@example.org", f"mei@{'a' * 64}.org", f"mei@{'a.' * 130}org"),
        *("mei@.org", "<mei@example.org"),
    ],
)
def test_what_no_mail_can_go_to_is_refused(text):
    with pytest.raises(ParameterError, match="--mail"):
        parse_address(text, "--mail")


def test_addresses_are_compared_in_small_letters():
    assert folded_address("Mei@Example.org ") == folded_address("mei@example.org")
