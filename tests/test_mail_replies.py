"""What replies say, as mail programs write them."""

import email.message
import email.policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.mail.received import html_text, received
from recommender.mail.replies import own_lines, read_reply

PLACES = range(1, 11)
TITLE = "3 papers for Mei · 30 November 2026"
KEY = "0123456789abcdef0123"


def said(text, places=PLACES):
    reply = read_reply(text, places, first_line=TITLE)
    return " ".join(f"{kind}:{place}" for kind, place in reply.said) + (" stop" if reply.stop else "")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1 3", "liked:1 liked:3"),
        ("1, 3; 5 & 7", "liked:1 liked:3 liked:5 liked:7"),
        ("1 and 3", "liked:1 liked:3"),
        ("1 und 3.", "liked:1 liked:3"),
        ("#2 +4", "liked:2 liked:4"),
        ("-2", "disliked:2"),
        ("\u22122", "disliked:2"),
        ("\u20132", "disliked:2"),
        ("1 -2 3", "liked:1 disliked:2 liked:3"),
        ("not 2 3", "disliked:2 disliked:3"),
        ("later 4 5", "later:4 later:5"),
        ("Seen: 6", "seen:6"),
        ("1 later 4", "liked:1 later:4"),
        ("１、３", "liked:1 liked:3"),
        ("None.", " ".join(f"none:{place}" for place in PLACES)),
        ("STOP", " stop"),
        ("Unsubscribe!", " stop"),
        ("1\nstop", "liked:1 stop"),
        ("Thank you!\n\n1 3\n\nBest, Mei", "liked:1 liked:3"),
        ("3\n-3", "liked:3 disliked:3"),
    ],
)
def test_commands_are_read(text, found):
    assert said(text) == found


def test_the_last_paragraph_is_a_command_and_no_signature():
    """Libraries for replies take it for one and drop it."""
    assert said("Interesting list.\n\n-2") == "disliked:2"
    assert said("Interesting list.\n\n-2\n") == "disliked:2"


@pytest.mark.parametrize(
    "text",
    [
        "please stop sending me 3 of these",
        "I saw 1 of 3",
        "none of these fits",
        "stop it",
        "later",
        "",
        "and",
        "1-3",
        "- 2",
        "1 3 are great",
        "10:30 works for me",
    ],
)
def test_prose_is_no_command(text):
    reply = read_reply(text, PLACES)
    assert (reply.said, reply.stop) == ((), False)
    assert len(reply.problems) == 1


def test_every_number_that_the_list_does_not_have_is_told():
    reply = read_reply("0 1 11 -12\n99", PLACES)
    assert reply.said == (("liked", 1),)
    assert reply.problems == tuple(
        f"{number}: the list has no such number, but 1 to 10" for number in (0, 11, 12, 99)
    )
    assert read_reply("1", ()).problems == ("1: the list has no such number; it has none",)


def test_what_was_perhaps_meant_is_told_beside_what_counts():
    reply = read_reply("1 3\n2 is nice too", PLACES)
    assert reply.said == (("liked", 1), ("liked", 3))
    assert len(reply.problems) == 1
    assert "'2 is nice too'" in reply.problems[0]


QUOTED = "\n".join(f"> {line}" for line in (TITLE, "1 3", "-2", "none", "stop"))
BARE = f"{TITLE}\n==========\n\n1 3\n\n-2\n\nnone\n\nstop\n"

ATTRIBUTIONS = {
    "english": "On Mon, Nov 30, 2026 at 6:00 AM Papers <papers@example.org> wrote:",
    "english, two lines": "On Mon, Nov 30, 2026 at 6:00 AM Papers <papers@example.org>\nwrote:",
    "german": "Am Mo., 30. Nov. 2026 um 06:00 Uhr schrieb Papers <papers@example.org>:",
    "german, thunderbird": "Am 30.11.26 um 06:00 schrieb Papers:",
    "french": "Le lun. 30 nov. 2026 à 06:00, Papers <papers@example.org> a écrit :",
    "spanish": "El lun, 30 nov 2026 a las 6:00, Papers (<papers@example.org>) escribió:",
    "japanese": "2026年11月30日(月) 6:00 Papers <papers@example.org>:",
    "chinese": "Papers <papers@example.org> 于2026年11月30日周一 06:00写道：",
    "polish": "W dniu 30.11.2026 o 06:00, Papers pisze:",
}
HEADS = {
    "outlook": (
        "From: Papers <papers@example.org>\nSent: Monday, November 30, 2026 6:00 AM\n"
        "To: Mei <mei@example.org>\nSubject: 3 papers"
    ),
    "outlook, german": (
        "Von: Papers <papers@example.org>\nGesendet: Montag, 30. November 2026 06:00\n"
        "An: Mei <mei@example.org>\nBetreff: 3 papers"
    ),
    "outlook, stars": "*Von:* Papers\n*Gesendet:* Montag\n*An:* Mei\n*Betreff:* 3 papers",
    "chinese": "发件人: Papers\n发送时间: 2026年11月30日\n收件人: Mei\n主题: 3 papers",
    "rule": "-----Original Message-----",
    "rule, german": "-----Ursprüngliche Nachricht-----\nVon: Papers",
    "underscores": "________________________________",
    "dashes": "---------- Forwarded message ---------",
}


@pytest.mark.parametrize("name", ATTRIBUTIONS)
def test_quoted_text_says_nothing(name):
    attribution = ATTRIBUTIONS[name]
    assert said(f"4\n\n{attribution}\n\n{QUOTED}\n") == "liked:4"
    assert said(f"{attribution}\n{QUOTED}\n\n4") == "liked:4"
    assert said(f"{attribution}\n> 1. Grebes\n4\n> 2. Ponds\n-5\n> 3\n") == "liked:4 disliked:5"


@pytest.mark.parametrize("name", [*ATTRIBUTIONS, *HEADS])
def test_an_original_without_marks_says_nothing(name):
    head = {**ATTRIBUTIONS, **HEADS}[name]
    assert said(f"4\n-5\n\n{head}\n\n{BARE}") == "liked:4 disliked:5"
    # Also where the program has changed our first line.
    assert said(f"4\n-5\n\n{head}\n\n[Image]\n1 3\n-2\n") == "liked:4 disliked:5"


def test_the_first_line_of_our_mail_ends_a_reply_in_any_language():
    assert said(f"4\n\nXyzzy:\n{BARE}") == "liked:4"
    wrapped = BARE.replace(TITLE, "*3 papers for Mei · 30\nNovember 2026*")
    assert said(f"4\n\nXyzzy\n{wrapped}") == "liked:4"


def test_a_signature_says_nothing():
    assert said("1\n-- \nMei Lee\n3\nRoom 5") == "liked:1"
    assert said("1\n--\n3") == "liked:1"


def test_only_reply_marks_says_that_nothing_is_in_it():
    assert "no command" in read_reply(f"{ATTRIBUTIONS['english']}\n{QUOTED}", PLACES).problems[0]


@given(st.text(max_size=200))
def test_any_text_is_read(text):
    reply = read_reply(text, PLACES, first_line=TITLE)
    assert reply.said or reply.stop or reply.problems
    assert all(place in PLACES for _, place in reply.said)
    assert not any(line.startswith(">") for line in own_lines(text))


# Mails


def mail(text="1 3", *, html="", charset="utf-8", cte=None, **headers):
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    fields = {"From": "Mei <mei@example.org>", "To": "papers@example.org", "Subject": "Re: 3 papers"}
    fields |= {"Message-ID": "<m1@example.org>", "In-Reply-To": f"<{KEY}@example.org>"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in fields.items():
        if value is not None:
            message[name] = value
    if text is not None:
        message.set_content(text, charset=charset, cte=cte)
    if html:
        if text is None:
            message.set_content(html, subtype="html", cte=cte)
        else:
            message.add_alternative(html, subtype="html")
    return message.as_bytes()


@pytest.mark.parametrize("cte", ["quoted-printable", "base64", "8bit"])
@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "iso-8859-15", "windows-1252"])
def test_texts_of_any_coding_are_read(cte, charset):
    found = received(mail("Schöne Grüße\n-2\n", charset=charset, cte=cte))
    assert found.text.split() == ["Schöne", "Grüße", "-2"]


def test_a_charset_that_nobody_knows_costs_its_letters_only():
    content = mail("1 3", cte="8bit").replace(b'charset="utf-8"', b'charset="klingon"')
    assert b"klingon" in content
    assert received(content).text == "1 3"


def test_the_plain_text_counts_before_html():
    assert received(mail("1", html="<p>3</p>")).text == "1"
    assert received(mail("  \n", html="<p>3</p>")).text == "3"


def test_html_alone_is_read_without_what_it_quotes():
    gmail = (
        '<html><head><style>p {color: red}</style></head><body><div dir="ltr">1&nbsp;3<br>-2</div><br>'
        '<div class="gmail_quote"><div dir="ltr">On Mon, Nov 30, 2026 at 6:00 AM Papers &lt;'
        '<a href="mailto:papers@example.org">papers@example.org</a>&gt; wrote:<br></div>'
        f"<blockquote><h1>{TITLE}</h1><p>4</p><blockquote>5</blockquote><p>none</p></blockquote></div></body>"
    )
    assert said(received(mail(None, html=gmail)).text) == "liked:1 liked:3 disliked:2"
    outlook = (
        "<body><p class=MsoNormal>4<o:p></o:p></p><div><div style='border-top:solid #E1E1E1 1.0pt'>"
        "<p class=MsoNormal><b>Von:</b> Papers<br><b>Gesendet:</b> Montag, 30. November 2026 06:00"
        f"<br><b>An:</b> Mei<br><b>Betreff:</b> 3 papers</p></div></div><h1>{TITLE}</h1>"
        "<p>5</p><p>stop</p></body>"
    )
    assert said(received(mail(None, html=outlook)).text) == "liked:4"
    web = f'<div>6</div><hr><div id="divRplyFwdMsg">Von</div><h1>{TITLE}</h1><p>7</p>'
    assert said(received(mail(None, html=web)).text) == "liked:6"


def test_lines_of_html_source_are_no_lines():
    assert html_text("<p>1\n3</p>\n<p>\n-2</p>").split("\n") == ["1 3", "", "-2"]
    assert html_text("<script>1</script>4<!-- 5 --><title>6</title>") == "4"
    assert html_text("</blockquote>1<blockquote>2<p>3</blockquote>4").split() == ["1", "4"]


def test_attachments_say_nothing():
    message = email.message_from_bytes(mail("1"), policy=email.policy.SMTP)
    message.add_attachment("2", filename="two.txt")
    message.add_attachment(email.message_from_bytes(mail("3"), policy=email.policy.SMTP))
    assert received(message.as_bytes()).text == "1"


def test_the_nearest_mail_that_is_answered_comes_first():
    others = [f"{digit * 20}" for digit in "abc"]
    references = " ".join(f"<{one}@example.org>" for one in (*others, KEY))
    found = received(mail(References=references))
    assert found.keys == (KEY, "c" * 20, "b" * 20, "a" * 20)
    assert received(mail(In_Reply_To=None, References=references)).keys == found.keys
    assert received(mail(In_Reply_To="<other@example.org>")).keys == ()


def test_an_id_that_was_written_as_encoded_words_is_read():
    """As Python's own mailer does with long ones."""
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["In-Reply-To"] = f"<{KEY}@{'papers.' * 10}example.org>"
    assert b"=?utf-8?q?" in message.as_bytes()
    assert received(message.as_bytes()).keys == (KEY,)


def test_the_link_to_unsubscribe_writes_a_mail_that_is_known():
    assert received(mail("", Subject=f"stop {KEY}", In_Reply_To=None)).stops == KEY
    assert received(mail("", Subject=f"Unsubscribe  {KEY.upper()} ")).stops == KEY
    assert received(mail("", Subject="stop")).stops == ""


@pytest.mark.parametrize(
    ("sender", "found"),
    [
        ("Mei <mei@example.org>", "mei@example.org"),
        ("=?utf-8?q?M=C3=A9i?= <mei@example.org>", "mei@example.org"),
        ('"a@b.c" <mei@example.org>', "mei@example.org"),
        ("mei@example.org, bo@example.org", ""),
        ("nobody", "nobody"),
        ("", ""),
    ],
)
def test_a_mail_is_from_one_address(sender, found):
    content = mail(From=None)
    assert received(f"From: {sender}\r\n".encode() + content).sender == found


def test_two_senders_are_none():
    assert received(b"From: bo@example.org\r\n" + mail()).sender == ""


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied (vacation)"},
        {"Auto-Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"Return-Path": "<>"},
        {"X-Autoreply": "yes"},
    ],
)
def test_what_programs_wrote_is_known(headers):
    assert received(mail(**headers)).automatic


def test_what_people_wrote_is_not_automatic():
    assert not received(mail()).automatic
    assert not received(mail(**{"Auto-Submitted": "no", "Return-Path": "<mei@example.org>"})).automatic


def test_a_mail_is_the_same_wherever_it_is_stored():
    content = mail("1 3")
    stored = b"Status: RO\r\nX-Mozilla-Status: 0001\r\n" + content
    assert received(stored).identity == received(content).identity
    assert received(mail("1 4")).identity != received(content).identity
    assert received(mail("1 3", Message_ID="<m2@example.org>")).identity != received(content).identity


@given(st.binary(max_size=300))
def test_any_bytes_are_read(content):
    found = received(content)
    assert isinstance(found.text, str)


@pytest.mark.parametrize(
    "content",
    [
        b"From: =?utf-8?b?//8=?= <mei@example.org>\n\n1",
        b"From: \xff\xfe <mei@example.org>\nIn-Reply-To: \xff\n\n1",
        b"Subject: =?utf-8?b?broken\nFrom: [mei@example.org\n\n1",
        b"Content-Type: multipart/mixed\n\n1",
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\n" * 100 + b"\n1\n--x--",
        b"Content-Type: text/plain; charset=\xff\nContent-Transfer-Encoding: base64\n\n!!!!",
        b"Content-Type: text/html\n\n<p" + b"<a " * 10_000,
        b"Content-Type: message/rfc822\n\nFrom: x\n\n1",
    ],
)
def test_hostile_mails_cost_themselves_only(content):
    found = received(content)
    assert read_reply(found.text, PLACES).said in ((), (("liked", 1),))
