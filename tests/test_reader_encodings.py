"""Text in whatever encoding: what is certain, what is guessed, what somebody says."""

import codecs
import gzip
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender import Corpus, Paper
from recommender.errors import ParameterError
from recommender.readers import ReadNote, ReadWarning, Source, read_papers
from recommender.readers.charset_guess import guess
from recommender.readers.encodings import SAMPLE_BYTES, Charset, Transcoded, judge, named_charset

CASES = Path(__file__).parents[2] / "shared" / "cases"

# What people of each country would have in a list of papers, and what it must be read as.
TEXTS = {
    "German": ("cp1252", 'title,year\n"Über Vögel im Märchen und größere Flüsse",2019\n'),
    "French": ("cp1252", 'title,abstract\n"Forêts brûlées","Où la forêt brûle, l’été est naïf et cœur"\n'),
    "Spanish": ("cp1252", 'title,year\n"Las señales débiles llegan más allá de la noche",2020\n'),
    "Portuguese": ("cp1252", 'title,year\n"Educação e ação: não há solução única",2020\n'),
    "Nordic names": ("cp1252", 'title,authors\nIce,"Bjørn Ångström; Pär Sjögren; Søren Ærø"\n'),
    "Icelandic names": ("cp1252", "title,authors\nIce,Þorgerður Guðmundsdóttir\n"),
    "one accent": ("cp1252", "title,authors\nGossip in large groups,José Lee\n"),
    "quotation marks": ("cp1252", "title,abstract\nA “quiet” house,It’s a study – of sorts\n"),
    "signs": ("cp1252", 'title,abstract\nFlow,"3 m³ at ±5 °C and 10 µm"\n'),
    "Polish": ("cp1250", 'title,year\n"Źródła dźwięku w lesie są ciche, a łąki głośne",2019\n'),
    "Czech": ("cp1250", 'title,year\n"Příliš žluťoučký kůň úpěl ďábelské ódy",2019\n'),
    "Hungarian": ("cp1250", 'title,year\n"Az erdő hangforrásai és a hűvös mezők közötti nő",2019\n'),
    "Russian": ("cp1251", 'title,year\n"Птицы в горах и источники звука в лесу",2019\n'),
    "Ukrainian": ("cp1251", 'title,year\n"Птахи в горах і джерела звуку в лісі",2019\n'),
    "Russian, Unix": ("koi8_r", 'title,year\n"Птицы в горах и источники звука в лесу",2019\n'),
    "Greek": ("cp1253", 'title,year\n"Οι πηγές του ήχου στο δάσος είναι ήσυχες",2019\n'),
    "Turkish": ("cp1254", 'title,year\n"Dağlardaki kuşlar ve ormandaki çalışmalar",2019\n'),
    "Hebrew": ("cp1255", 'title,year\n"ציפורים בהרים",2019\n'),
    "Arabic": ("cp1256", 'title,year\n"الطيور في الجبال",2019\n'),
    "Lithuanian": ("cp1257", 'title,year\n"Žąsys skrenda į pietus, ežerų krantai tušti",2019\n'),
    "Thai": ("cp874", 'title,year\n"นกในภูเขา",2019\n'),
    "Japanese": ("cp932", 'title,abstract\n"山の鳥の歌","森の中の音源は静かで、草原はうるさい。"\n'),
    "Japanese, Unix": ("euc_jp", 'title,abstract\n"山の鳥の歌","森の中の音源は静かで、草原はうるさい。"\n'),
    "Chinese": ("gb18030", 'title,abstract\n"山中鸟类的歌声","森林中的声源很安静，草地却很吵闹。"\n'),
    "Taiwanese": ("big5", 'title,abstract\n"山中鳥類的歌聲","森林中的聲源很安靜，草地卻很吵鬧。"\n'),
    "Korean": ("cp949", 'title,abstract\n"산속 새들의 노래","숲 속의 소리는 조용하고 초원은 시끄럽다."\n'),
    "Macintosh": ("mac_roman", "title,authors\nThe “quiet” café,Jörg Müller\n"),
    "DOS": ("cp850", "title,authors\nA house,Jörg Müller and René Lévy\n"),
}


def text_of(tmp_path, data, **options):
    path = tmp_path / "papers.txt"
    path.write_bytes(data)
    with Source(path, **options).open() as stream:
        return stream.read().decode()


def lines(data):
    return b"\n".join(line for line in data.split(b"\n") if not line.isascii())


@pytest.mark.parametrize("kind", TEXTS)
def test_short_texts_are_read_right(kind, tmp_path):
    codec, text = TEXTS[kind]
    assert guess(lines(text.encode(codec))) == codec
    assert text_of(tmp_path, text.encode(codec)) == text


@pytest.mark.parametrize("kind", TEXTS)
def test_a_few_words_among_much_english_are_read_right(kind, tmp_path):
    codec, text = TEXTS[kind]
    text = "title,abstract\n" + "Grebes dive,for small fish in cold lakes\n" * 20_000 + text
    assert text_of(tmp_path, text.encode(codec)) == text


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("kind", TEXTS)
def test_marks_of_unicode_are_certain(codec, kind, tmp_path):
    text = TEXTS[kind][1]
    path = tmp_path / "papers.csv"
    path.write_bytes(("\ufeff" + text).encode(codec))
    source = Source(path)
    assert source.head().decode("utf-8-sig") == text
    assert source.notes() == ()


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_utf_16_without_a_mark_is_told_by_its_zeros(codec, tmp_path):
    path = tmp_path / "papers.csv"
    path.write_bytes("title,abstract\r\nGrebes – birds,Sie tauchen früh\r\n".encode(codec))
    note, paper = read_papers(path)
    assert (paper.title, paper.abstract) == ("Grebes – birds", "Sie tauchen früh")
    name = codec.upper().replace("-LE", "LE").replace("-BE", "BE")
    assert note == ReadNote("papers.csv", f"read as {name} (a guess; --encoding decides)")


def test_a_guess_is_said_and_can_be_decided(tmp_path):
    path = tmp_path / "papers.csv"
    path.write_bytes("title,abstract\nÜber Vögel,früh\n".encode("latin-1"))
    note, paper = read_papers(path)
    assert note == ReadNote("papers.csv", "read as ISO-8859-1 (a guess; --encoding decides)")
    assert paper.title == "Über Vögel"
    [paper] = read_papers(path, encoding="latin-1")
    assert paper.title == "Über Vögel"
    [paper] = read_papers(path, encoding="cp1251")
    assert paper.title == "Ьber Vцgel"
    path.write_bytes("title,abstract\n“Über” Vögel,früh\n".encode("cp1252"))
    note, paper = read_papers(path)
    assert note.text == "read as Windows-1252 (a guess; --encoding decides)"
    assert paper.title == "“Über” Vögel"


def test_a_corpus_is_told_the_encoding_too(tmp_path):
    path = tmp_path / "papers.csv"
    path.write_bytes("title,abstract\nÜber Vögel,früh\n".encode("cp1252"))
    with Corpus.build(path, tmp_path / "c", encoder="static", encoding="cp1251") as corpus:
        assert next(iter(corpus)).title == "Ьber Vцgel"
        corpus.add(path, encoding="cp1252", max_size=2**20)
        assert "Über Vögel" in [paper.title for paper in corpus]


def test_utf_8_is_tried_first_and_damage_stays_damage(tmp_path):
    path = tmp_path / "papers.csv"
    good = "title,abstract\nÜber Vögel im Märchen,früh\n".encode()
    path.write_bytes(good + b"A broken \xff word,x\n")
    found = list(read_papers(path))
    assert [type(item) for item in found] == [Paper, ReadWarning, Paper]
    assert found[2].title == "A broken \ufffd word"
    assert Source(path).notes() == ()


@pytest.mark.parametrize("cut", range(1, 4))
def test_letters_cut_by_the_sample_are_whole(cut, tmp_path):
    text = "x" * (SAMPLE_BYTES - cut) + "鳥" * SAMPLE_BYTES
    assert text_of(tmp_path, text.encode()) == text
    assert text_of(tmp_path, text.encode("utf-16")).removeprefix("\ufeff") == text


def test_ascii_that_turns_out_to_be_latin_late_is_read_right(tmp_path):
    path = tmp_path / "papers.jsonl"
    row = '{"title": "Grebes dive", "abstract": "for small fish"}\n'
    text = (
        row * 6000 + '{"title": "Vögel", "abstract": "früh"}\n' + row * 3000 + '{"title": "Märchen – spät"}\n'
    )
    path.write_bytes(text.encode("cp1252"))
    found = list(read_papers(path))
    papers = [item for item in found if isinstance(item, Paper)]
    assert len(papers) == 9002
    assert papers[6000].title == "Vögel"
    assert papers[-1].title == "Märchen – spät"
    assert [item.text for item in found if isinstance(item, ReadNote)] == [
        "read as ISO-8859-1 (a guess; --encoding decides)"
    ]


@pytest.mark.parametrize(
    "start", ['<?xml version="1.0" encoding="iso-8859-2"?>', '<html><meta charset="iso-8859-2">']
)
def test_what_a_text_declares_is_tried_before_a_guess(start, tmp_path):
    text = f"{start}\n<t>Gömbölyű őz: über</t>\n"
    assert text_of(tmp_path, text.encode("iso8859-2")) == text
    assert text_of(tmp_path, text.encode()) == text  # a declaration that UTF-8 belies


def test_declared_latin_1_with_quotation_marks_is_windows(tmp_path):
    text = '<?xml version="1.0" encoding="ISO-8859-1"?>\n<t>“früh”</t>\n'
    assert text_of(tmp_path, text.encode("cp1252")) == text


def test_a_declaration_that_cannot_be_is_passed_over(tmp_path):
    for name in ("ascii", "no-such-thing", "hex"):
        text = f'<?xml version="1.0" encoding="{name}"?>\n<t>früh</t>\n'
        assert text_of(tmp_path, text.encode("cp1252")) == text


@pytest.mark.parametrize("codec", ["utf-8", "mac_roman", "utf-16"])
def test_lines_that_end_as_on_old_macintoshes(codec, tmp_path):
    path = tmp_path / "papers.csv"
    rows = "".join(f"Grebes {number},They dive – “deep”\r" for number in range(3000))
    path.write_bytes(f"title,abstract\r{rows}".encode(codec))
    papers = [item for item in read_papers(path) if isinstance(item, Paper)]
    assert len(papers) == 3000
    assert papers[-1].abstract == "They dive – “deep”"


def test_packed_text_is_transcoded_too(tmp_path):
    text = "title,abstract\nÜber Vögel,früh\n"
    (tmp_path / "a.gz").write_bytes(gzip.compress(text.encode("utf-16")))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.csv", text.encode("cp1252"))
    for name in ("a.gz", "a.zip"):
        papers = [item for item in read_papers(tmp_path / name) if isinstance(item, Paper)]
        assert [paper.title for paper in papers] == ["Über Vögel"]


def test_bytes_that_are_no_text_stay_as_they_are(tmp_path):
    for data in (b"PAR1" + bytes(range(256)) * 9, bytes(range(256)) * 40, b"\x89PNG\r\n\x1a\n\0\0\xff" * 9):
        path = tmp_path / "papers.dat"
        path.write_bytes(data)
        source = Source(path)
        assert source.head() == data
        assert source.notes() == ()


@pytest.mark.parametrize("name", ["latin1", "ISO-8859-1", "cp1252", " utf-16 ", "KOI8-R", "big5"])
def test_names_that_python_knows_are_taken(name):
    assert named_charset(name) == Charset(codecs.lookup(name.strip()).name, name.strip())


@pytest.mark.parametrize(
    ("name", "near"), [("latin-one", "latin"), ("cp12522", "cp1252"), ("", "utf-8"), ("a\0b", "utf-8")]
)
def test_other_names_are_refused_with_near_ones(name, near):
    with pytest.raises(ParameterError, match=rf"is no encoding; write one such as .*{near}"):
        named_charset(name)


@pytest.mark.parametrize("name", ["hex", "rot13", "base64", "idna", "punycode", "unicode_escape", "zlib"])
def test_codecs_that_make_no_text_of_letters_are_refused(name):
    with pytest.raises(ParameterError, match="is no encoding"):
        named_charset(name)


class Trickle(io.BytesIO):
    """A stream that gives few bytes at a time."""

    def read1(self, size=-1):
        return super().read1(7)


@given(st.text(max_size=300), st.sampled_from(["utf-8", "utf-16-le", "gb18030"]))
def test_a_named_encoding_gives_the_text_again_in_any_pieces(text, codec):
    data = text.encode(codec, "replace")
    expected = data.decode(codec)
    stream = io.BufferedReader(Transcoded(Trickle(data), Charset(codec, codec)), 5)
    assert stream.read().decode() == expected


@given(st.binary(max_size=400))
def test_any_bytes_have_an_outcome_that_is_utf_8_or_unchanged(data):
    decided = []
    stream = io.BufferedReader(Transcoded(Trickle(data), decided=decided.append))
    found = stream.read()
    if not decided or decided[0].codec == "utf-8":
        assert found == data
    else:
        found.decode()


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=200))
def test_utf_8_is_never_taken_for_another(text):
    data = text.encode()
    if not data.isascii():
        assert judge(data, "cp1251").codec == "utf-8"


@pytest.mark.skipif(not CASES.exists(), reason="needs the shared inputs")
def test_the_case_in_latin_1():
    note, *papers = read_papers(CASES / "latin1.csv")
    assert note.text.startswith("read as ISO-8859-1")
    assert [paper.title for paper in papers] == ["Über Vögel im Märchen", "Señales de radio"]
    assert papers[1].abstract == "Las señales débiles llegan de noche"
