import json

from recommender.corpus import Corpus
from recommender.paper import Paper
from recommender.readers import Rejected, Source, detect, read_papers

PAPER = {
    "paperId": "649def34f8be52c8b66281af98ae884c09aef38b",
    "corpusId": 235458009,
    "externalIds": {
        "DOI": "10.1000/Lakes.7",
        "ArXiv": "2101.00007",
        "PubMed": "9000001",
        "PubMedCentral": "700001",
        "ACL": "N19-1423",
        "DBLP": "journals/x/Grebe21",
        "MAG": "7",
        "CorpusId": 235458009,
    },
    "url": "https://www.semanticscholar.org/paper/649def34f8be52c8b66281af98ae884c09aef38b",
    "title": "Grebes dive",
    "abstract": "They dive.",
    "venue": "",
    "publicationVenue": {"id": "x", "name": "Journal of lakes", "type": "journal"},
    "journal": {"name": "J. Lakes", "volume": "3"},
    "year": 2021,
    "publicationDate": "2021-03-07",
    "fieldsOfStudy": ["Biology", "Medicine"],
    "s2FieldsOfStudy": [
        {"category": "Biology", "source": "external"},
        {"category": "Biology", "source": "model"},
    ],
    "authors": [{"authorId": "1", "name": "Gwen Grebe"}, {"authorId": None, "name": "P. van Dijk"}],
    "tldr": {"model": "tldr@v2.0.0", "text": "Birds swim."},
}


def read(tmp_path, text):
    path = tmp_path / "papers"
    path.write_text(text if isinstance(text, str) else json.dumps(text))
    assert detect(Source(path)).name == "s2"
    return list(read_papers(path))


def test_every_field(tmp_path):
    (paper,) = read(tmp_path, {"total": 1, "data": [PAPER]})
    assert paper == Paper(
        id="649def34f8be52c8b66281af98ae884c09aef38b",
        title="Grebes dive",
        abstract="They dive.",
        authors=("Gwen Grebe", "P. van Dijk"),
        published="2021-03-07",
        categories=("Biology", "Medicine"),
        venue="Journal of lakes",
        url=PAPER["url"],
        identifiers=paper.identifiers,
    )
    assert {
        *("doi:10.1000/lakes.7", "arxiv:2101.00007", "pmid:9000001", "acl:N19-1423"),
        "s2:649def34f8be52c8b66281af98ae884c09aef38b",
    } <= set(paper.names)
    assert paper.identifiers["corpusid"] == "235458009"
    assert paper.identifiers["dblp"] == "journals/x/Grebe21"


def test_a_summary_by_a_machine_is_no_abstract(tmp_path):
    (paper,) = read(tmp_path, [{**PAPER, "abstract": None}])
    assert paper.abstract == ""


def test_a_batch_with_papers_that_it_does_not_know(tmp_path):
    found = read(tmp_path, [None, PAPER, None])
    assert [type(item) for item in found] == [Rejected, Paper, Rejected]
    assert found[2] == Rejected("papers, row 3", "is not a JSON object but null")


def test_everything_may_be_null(tmp_path):
    bare = dict.fromkeys(PAPER) | {"paperId": PAPER["paperId"], "title": "Grebes"}
    (paper,) = read(tmp_path, [bare])
    assert (paper.title, paper.authors, paper.published, paper.venue) == ("Grebes", (), "", "")


def test_bulk_lines(tmp_path):
    line = {
        "corpusid": 235458009,
        "externalids": {
            "ACL": None,
            "DBLP": None,
            "ArXiv": "2101.00007",
            "MAG": "7",
            "CorpusId": "235458009",
        },
        "url": "https://www.semanticscholar.org/paper/649def34f8be52c8b66281af98ae884c09aef38b",
        "title": "Grebes dive",
        "authors": [{"authorId": "1", "name": "Gwen Grebe"}],
        "venue": "Lakes",
        "publicationvenueid": None,
        "year": 2021,
        "isopenaccess": False,
        "s2fieldsofstudy": [{"category": "Biology", "source": "s2-fos-model"}],
        "publicationtypes": None,
        "publicationdate": "2021-03-07",
        "journal": None,
    }
    (paper,) = read(tmp_path, json.dumps(line))
    assert (paper.id, paper.published, paper.categories) == ("CorpusID:235458009", "2021-03-07", ("Biology",))
    assert paper.identifiers == {"arxiv": "2101.00007", "corpusid": "235458009", "mag": "7"}


def test_bulk_abstracts_stand_alone(tmp_path):
    line = {"corpusid": 7, "openaccessinfo": {"externalids": {}}, "abstract": "They dive."}
    assert read(tmp_path, json.dumps(line)) == [
        Rejected("papers, row 1", "is an abstract without its title; read the data set of papers with it")
    ]


def test_s2orc_of_2020(tmp_path):
    line = {
        "paper_id": "77490025",
        "title": "Grebes dive",
        "authors": [
            {"first": "Gwen", "middle": ["A.", "B."], "last": "Grebe", "suffix": "Jr."},
            {"first": "", "middle": [], "last": "Loon", "suffix": ""},
        ],
        "abstract": "They dive.",
        "year": 2021,
        "arxiv_id": None,
        "acl_id": None,
        "pmc_id": "700001",
        "pubmed_id": "9000001",
        "doi": "10.1000/lakes.7",
        "venue": None,
        "journal": "Journal of lakes",
        "mag_id": "7",
        "mag_field_of_study": ["Biology"],
        "has_pdf_parse": True,
        "s2_url": "https://api.semanticscholar.org/CorpusID:77490025",
    }
    (paper,) = read(tmp_path, json.dumps(line))
    assert paper.authors == ("Gwen A. B. Grebe Jr.", "Loon")
    assert (paper.id, paper.venue, paper.categories) == (
        "CorpusID:77490025",
        "Journal of lakes",
        ("Biology",),
    )
    assert {"doi:10.1000/lakes.7", "pmid:9000001"} <= set(paper.names)


def test_s2orc_of_today(tmp_path):
    written = "Grebes dive\nGwen Grebe\nThey dive.\nThey surface.\nThe body."
    places = {
        part: written.index(part) for part in ("Grebes dive", "Gwen Grebe", "They dive.", "They surface.")
    }

    def spans(*parts):
        return json.dumps([{"start": str(places[part]), "end": places[part] + len(part)} for part in parts])

    line = {
        "corpusid": 7,
        "externalids": {"doi": "10.1000/lakes.7", "arxiv": None},
        "content": {
            "source": {"pdfurls": None},
            "text": written,
            "annotations": {
                "title": spans("Grebes dive"),
                "author": spans("Gwen Grebe"),
                "abstract": spans("They dive.", "They surface."),
                "paragraph": "[",
                "table": None,
            },
        },
    }
    (paper,) = read(tmp_path, json.dumps(line))
    assert (paper.title, paper.abstract, paper.authors) == (
        "Grebes dive",
        "They dive. They surface.",
        ("Gwen Grebe",),
    )
    line["content"]["annotations"]["title"] = "["
    assert read(tmp_path, json.dumps(line)) == [Rejected("papers, row 1", "has no title (id 'CorpusID:7')")]


def test_the_open_research_corpus(tmp_path):
    line = {
        "id": "4cd223df721b722b1c40689caa52932a41fcc223",
        "title": "Grebes dive",
        "paperAbstract": "They dive.",
        "entities": [],
        "s2Url": "https://semanticscholar.org/paper/4cd223df721b722b1c40689caa52932a41fcc223",
        "authors": [{"name": "Gwen Grebe", "ids": ["1"]}],
        "inCitations": [],
        "outCitations": [],
        "year": 2021,
        "venue": "Lakes",
        "doi": "10.1000/lakes.7",
        "pmid": "",
    }
    (paper,) = read(tmp_path, json.dumps(line))
    assert (paper.id, paper.abstract, paper.identifiers) == (
        line["id"],
        "They dive.",
        {"doi": "10.1000/lakes.7"},
    )


def test_vectors_of_the_same_file_stay_with_their_papers(tmp_path):
    lines = [
        {
            "paperId": f"{n:040x}",
            "title": f"Grebes of lake {n}",
            "embedding": {"model": "x", "vector": vector},
        }
        for n, vector in enumerate(([1.0, 0.0], [0.0, 1.0], [0.6, 0.8]))
    ]
    lines[1]["title"] = None
    path = tmp_path / "papers.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert detect(Source(path)).name == "s2"
    corpus = Corpus.build(path, tmp_path / "corpus", vectors=path, encoder="mine")
    assert len(corpus) == 2


def test_a_reference_that_they_could_not_find_has_no_id_of_theirs(tmp_path):
    lost = [{"citedPaper": {"paperId": None, "title": title}} for title in ("Grebes rest", "Coots rest")]
    path = tmp_path / "references.json"
    path.write_text(json.dumps({"offset": 0, "data": lost}))
    found = [paper for paper in read_papers(path) if isinstance(paper, Paper)]
    assert [paper.title for paper in found] == ["Grebes rest", "Coots rest"]
    assert all(paper.id.startswith("title:") for paper in found)
