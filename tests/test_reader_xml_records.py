"""Records cut out of XML: what breaks one costs that one, and nothing grows or is fetched."""

import io
import random
import tracemalloc
from xml.etree import ElementTree

import formats
import pytest

from recommender.errors import SourceError
from recommender.paper import Paper
from recommender.readers import ReadWarning, Rejected, Source, read_papers
from recommender.readers.xml_records import XmlRecord, xml_records, xml_root
from recommender.readers.xml_text import each, first, words

BEFORE, AFTER = '<?xml version="1.0"?>\n<set>', "</set>\n"


def records(tmp_path, text, names=("item",), around=("set",), **options):
    path = tmp_path / "records.xml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(xml_records(Source(path, **options), names, around))


def texts(found):
    return [words(record.element) if isinstance(record, XmlRecord) else record for record in found]


def test_each_element_is_given_with_its_place(tmp_path):
    found = records(tmp_path, f"{BEFORE}<item>a</item> <item/>\n<item n='1'>b</item>{AFTER}")
    assert [record.place for record in found] == [f"records.xml, row {n}" for n in (1, 2, 3)]
    assert texts(found) == ["a", "", "b"]
    assert found[2].element.get("n") == "1"


def test_the_pieces_in_which_a_file_is_read_do_not_matter(tmp_path, monkeypatch):
    inside = "<b>x</b><!-- </item> --><![CDATA[</item>]]><item>inner</item>é"
    items = "".join(f"<s:item>{n}{inside}</s:item>" for n in range(9))
    text = f"<!-- <item> --><s:set xmlns:s='urn:s'>{items}</s:set>"
    whole = texts(records(tmp_path, text))
    assert whole == [f"{n}x</item>inneré" for n in range(9)]

    class Slow(io.BytesIO):
        def read1(self, size=-1):
            return super().read1(min(size, random.Random(self.tell()).randint(1, 7)))

    monkeypatch.setattr(Source, "open", lambda self: Slow(text.encode()))
    assert texts(records(tmp_path, text)) == whole


def test_elements_of_their_own_name_are_a_part_of_a_record(tmp_path):
    found = records(tmp_path, f"{BEFORE}<item>a<item>b<item/></item>c</item><item>d</item>{AFTER}")
    assert texts(found) == ["abc", "d"]


def test_tags_are_without_their_prefix_whatever_it_is(tmp_path):
    text = (
        "<q:set xmlns:q='urn:a' xmlns='urn:b'><q:item><name>Gwen</name><q:name>Lou</q:name></q:item></q:set>"
    )
    (found,) = records(tmp_path, text)
    assert each(found.element, "name") == ["Gwen", "Lou"]


def test_what_stands_around_is_remembered(tmp_path):
    text = "<set id='N19'><volume id='1'><item/></volume><volume id=\"2\"><item/><item/></volume></set>"
    found = records(tmp_path, text, around=("set", "volume"))
    assert [(record.around["set"]["id"], record.around["volume"]["id"]) for record in found] == [
        ("N19", "1"),
        ("N19", "2"),
        ("N19", "2"),
    ]


def test_several_documents_in_one_file_are_as_good_as_one(tmp_path):
    one = f"{BEFORE}<item>a</item>{AFTER}"
    assert texts(records(tmp_path, one * 3)) == ["a", "a", "a"]


@pytest.mark.parametrize("inside", ["<b>never closed", "<b></c>", "<b c=>"])
def test_a_broken_record_costs_itself(tmp_path, inside):
    found = records(tmp_path, f"{BEFORE}<item>a</item><item>{inside}</item><item>c</item>{AFTER}")
    assert texts([found[0], found[2]]) == ["a", "c"]
    assert isinstance(found[1], Rejected)
    assert found[1].place == "records.xml, row 2"
    assert found[1].reason.startswith("is not XML (")


@pytest.mark.parametrize(
    ("inside", "read"),
    [
        ("R&D at 5 < 6 &nbsp;&eacute;", "R&D at 5 < 6 \xa0é"),
        ("a\x0b\x00b&#11;&#x1F;c", "abc"),
        ("<mml:math>x</mml:math>", "x"),
        ("tom &amp; jerry &lt;i&gt; & co", "tom & jerry <i> & co"),
    ],
)
def test_what_no_xml_may_hold_is_read_as_it_is_meant_and_told(tmp_path, inside, read):
    warning, record, last = records(tmp_path, f"{BEFORE}<item>{inside}</item><item>c</item>{AFTER}")
    assert isinstance(warning, ReadWarning)
    assert "read as it seems to be meant" in warning.reason
    assert texts([record, last]) == [read, "c"]


def test_bytes_that_are_no_utf8_cost_themselves(tmp_path, monkeypatch):
    monkeypatch.setattr(Source, "open", lambda self: io.BytesIO(b"<set><item>caf\xe9</item></set>"))
    _, record = records(tmp_path, "")
    assert words(record.element) == "caf\ufffd"


def test_the_declared_encoding_does_not_matter(tmp_path):
    # The bytes are UTF-8 here, whatever they were in the file.
    text = "<?xml version='1.0' encoding='ISO-8859-1'?><set><item>café</item></set>"
    assert texts(records(tmp_path, text)) == ["café"]


def test_a_cut_is_told_after_what_came_before(tmp_path):
    whole = f"{BEFORE}<item>a</item><item>b</item>{AFTER}"
    for cut in ("<item>a</item><item>b", "<item>a</item><!-- ", "<item>a</item>"):
        path = tmp_path / "cut.xml"
        path.write_text(f"{BEFORE}{cut}")
        found = xml_records(Source(path), ("item",), ("set",))
        assert words(next(found).element) == "a"
        with pytest.raises(
            SourceError, match=r"cut\.xml: the XML is cut off .*after row 1$|cut off after row 1$"
        ):
            next(found)
    assert len(records(tmp_path, whole)) == 2


BOMB = (
    '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "'
    + "&lol;" * 10
    + '"><!ENTITY lol3 "'
    + "&lol2;" * 10
    + '">]>'
)
EXTERNAL = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x.dtd"> %x;]>'


@pytest.mark.parametrize("declaration", [BOMB, EXTERNAL, PARAMETER])
@pytest.mark.parametrize("kind", formats.XML)
def test_entities_are_refused_in_one_line_that_names_the_file(tmp_path, kind, declaration):
    text = formats.text(kind, [("Grebes", "They dive.")])
    start = text.index("<", text.index("?>")) if "<!DOCTYPE" not in text else text.index("<PubmedArticleSet>")
    path = tmp_path / "bomb.xml"
    path.write_text('<?xml version="1.0"?>' + declaration + text[start:].replace("They dive.", "&lol3;&x;"))
    with pytest.raises(SourceError) as caught:
        list(read_papers(path))
    assert str(caught.value) == f"{path}: declares XML entities, which are not read"


def test_an_entity_of_a_later_document_is_refused_too(tmp_path):
    text = formats.text("pubmed", [("Grebes", "They dive.")])
    path = tmp_path / "two.xml"
    path.write_text(text + BOMB + "<PubmedArticleSet></PubmedArticleSet>")
    items = read_papers(path)
    assert next(items).title == "Grebes"
    with pytest.raises(SourceError, match="declares XML entities, which are not read after row 1"):
        next(items)


def test_a_record_that_never_seems_to_end_costs_itself_and_no_memory(tmp_path, monkeypatch):
    class Long(io.RawIOBase):
        """A first record, one of 13 MB, and a last one."""

        pieces = (
            [b"<set><item>a</item><item>"]
            + [b"words <b>and</b> words " * 3000] * 200
            + [b"</item><item>c</item></set>"]
        )

        def __init__(self):
            self.left = iter(self.pieces)

        def read1(self, size=-1):
            return next(self.left, b"")

    monkeypatch.setattr(Source, "open", lambda self: Long())
    tracemalloc.start()
    first_one, long, last = xml_records(Source(tmp_path / "x", max_record=2**20), ("item",), ("set",))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert texts([first_one, last]) == ["a", "c"]
    assert long.reason.startswith("is larger than 1MB, the largest record that is read")
    assert peak < 8e6


def test_a_record_of_nothing_but_tags_is_too_large(tmp_path):
    deep = "<b>" * 100_000 + "</b>" * 100_000
    found = records(tmp_path, f"{BEFORE}<item>{deep}</item><item>c</item>{AFTER}", max_record=2**20)
    assert isinstance(found[0], Rejected)
    assert words(found[1].element) == "c"


def test_twenty_megabytes_take_no_more_memory_than_one_record(tmp_path, monkeypatch):
    entry = formats.text("pubmed", [("Grebes", "They dive for fish. " * 1000)]).encode()
    begin, end = entry.index(b"<PubmedArticle>"), entry.index(b"</PubmedArticleSet>")

    class Many(io.RawIOBase):
        def __init__(self):
            self.left = iter([entry[:begin], *[entry[begin:end]] * 1000, entry[end:]])

        def read1(self, size=-1):
            return next(self.left, b"")

    path = tmp_path / "x"
    path.write_bytes(entry)
    monkeypatch.setattr(Source, "open", lambda self: Many())
    tracemalloc.start()
    count = sum(isinstance(item, XmlRecord) for item in xml_records(Source(path), ("PubmedArticle",), ()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 1000
    assert peak < 3e6


def test_the_text_of_an_element_holds_that_of_its_markup():
    def said(inside):
        return words(ElementTree.fromstring(f"<a>{inside}</a>"))

    assert said("CO<sub>2</sub> of <i>Turdus <b>merula</b></i>.") == "CO2 of Turdus merula."
    assert said("one<p>two</p>three").split() == ["one", "two", "three"]
    assert said("so <math>\n <mi>x</mi>\n <mo>=</mo>\n <mn>1</mn>\n</math> is") == "so x=1 is"
    assert said("<math><semantics><mi>x</mi><annotation>\\x</annotation></semantics></math> is") == "x is"
    assert words(None) == ""
    assert first(ElementTree.fromstring("<a><b> </b><c>d</c></a>"), "b", "c") == "d"


@pytest.mark.parametrize(
    ("head", "root"),
    [
        (b"<feed>", "feed"),
        (b"\xef\xbb\xbf <?xml version='1.0'?>\n<!-- <x> -->\n<a:feed xmlns:a='b'>", "feed"),
        (
            b'<!DOCTYPE PubmedArticleSet PUBLIC "-//N" "https://x/y.dtd">\n<PubmedArticleSet>',
            "PubmedArticleSet",
        ),
        (b"<!DOCTYPE a [<!ELEMENT a (b)>]><a>", "a"),
        (b"words <feed>", ""),
        (b"<?xml?>" * 5000, ""),
        (b"<!---->" * 50_000, ""),
    ],
)
def test_the_root_is_the_first_element(head, root):
    assert xml_root(head) == root


def test_papers_come_from_each_of_many_small_files_joined(tmp_path):
    path = tmp_path / "joined.xml"
    path.write_text(
        "".join(formats.text("pubmed", [(f"Grebes of lake {n}", "They dive.")]) for n in range(20))
    )
    found = list(read_papers(path))
    assert [paper.title for paper in found if isinstance(paper, Paper)] == [
        f"Grebes of lake {n}" for n in range(20)
    ]
