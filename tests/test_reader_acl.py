import pytest

from recommender.paper import Paper
from recommender.readers import Deleted, Source, detect, read_papers
from recommender.readers.acl import anthology_id

FILE = """<?xml version='1.0' encoding='UTF-8'?>
<collection id="2020.lakes">
 <volume id="main" ingest-date="2020-06-21" type="proceedings"><meta>
   <booktitle>Proceedings of the Meeting of <fixed-case>L</fixed-case>akes</booktitle>
   <editor><first>Ed</first><last>Coot</last></editor><publisher>Pond Press</publisher>
   <month>July</month><year>2020</year><url hash="0">2020.lakes-main</url><venue>lakes</venue></meta>
  <frontmatter><url hash="0">2020.lakes-main.0</url><bibkey>lakes-2020-main</bibkey></frontmatter>
  <paper id="447"><title><fixed-case>G</fixed-case>rebes: Diving of <i>Podiceps</i> in
    <tex-math>$L^2$</tex-math></title>
   <author><first>Piet</first><last>van Dijk</last><affiliation>A lake</affiliation></author>
   <author><first/><last>Loon</last></author><pages>1–9</pages>
   <abstract>They dive <b>deep</b>.</abstract><url hash="0">2020.lakes-main.447</url>
   <doi>10.18653/v1/2020.lakes-main.447</doi><bibkey>van-dijk-loon-2020-grebes</bibkey></paper>
  <paper id="448"><title>Loons call</title><author><first>Lou</first><last>Loon</last></author>
   <retracted date="2021-01-01">Copied.</retracted></paper>
  <paper id="449"><title>Coots walk</title><removed date="2021-01-01">Asked for.</removed></paper>
 </volume>
 <volume id="demo"><meta><booktitle>Demonstrations</booktitle><month>July 5-10</month><year>2020</year></meta>
  <paper id="1"><title>A demo</title></paper></volume>
</collection>"""


def read(tmp_path, text=FILE):
    path = tmp_path / "collection.xml"
    path.write_text(text)
    assert detect(Source(path)).name == "acl"
    return list(read_papers(path))


def test_every_field(tmp_path):
    first = read(tmp_path)[0]
    assert first == Paper(
        id="2020.lakes-main.447",
        title="Grebes: Diving of Podiceps in L^2",
        abstract="They dive deep.",
        authors=("Piet van Dijk", "Loon"),
        published="2020-07",
        venue="Proceedings of the Meeting of Lakes",
        url="https://aclanthology.org/2020.lakes-main.447/",
        identifiers=first.identifiers,
    )
    assert {"acl:2020.lakes-main.447", "doi:10.18653/v1/2020.lakes-main.447"} <= set(first.names)
    assert first.identifiers["citekey"] == "van-dijk-loon-2020-grebes"


def test_volumes_and_what_became_of_papers(tmp_path):
    _, retracted, removed, demo = read(tmp_path)
    assert retracted.retracted
    assert removed == Deleted("collection.xml, row 3", "2020.lakes-main.449")
    assert (demo.id, demo.venue) == ("2020.lakes-demo.1", "Demonstrations")
    assert demo.published.startswith("2020-07")


@pytest.mark.parametrize(
    ("parts", "acl_id"),
    [
        (("2020.acl", "main", "447"), "2020.acl-main.447"),
        (("N19", "1", "423"), "N19-1423"),
        (("P00", "1", "7"), "P00-1007"),
        (("W18", "63", "1"), "W18-6301"),
        (("D19", "1", "12"), "D19-1012"),
        (("D19", "50", "1"), "D19-5001"),
        (("C69", "1", "1"), "C69-0101"),
        (("", "1", "1"), ""),
    ],
)
def test_ids(parts, acl_id):
    assert anthology_id(*parts) == acl_id
