"""What a title says of another paper, and what it says of its own."""

import pytest

from recommender import Paper
from recommender.notices import notice_of
from recommender.retraction_marks import remark_says_withdrawn, says_retracted, title_without_mark

NOTICES = [
    (
        "Publisher\u2019s Note: Lime mortar of walls [Phys. Walls 12, 34 (2020)]",
        "erratum",
        "Lime mortar of walls",
    ),
    ("Re: Lime mortar and the age of walls", "comment", "Lime mortar and the age of walls"),
    (
        "Correction to: Lime mortar and garden walls",
        "erratum",
        "Lime mortar and garden walls",
    ),
    (
        "Erratum: Lime mortar and garden walls",
        "erratum",
        "Lime mortar and garden walls",
    ),
    (
        'Retraction notice to "Lime mortar and garden walls" [J. Walls 12 (2021) 44-51]',
        "retraction",
        "Lime mortar and garden walls",
    ),
    (
        'Reply to comments on "Lime mortar and garden walls"',
        "reply",
        "Lime mortar and garden walls",
    ),
    ("Erratum to: Lime mortar", "erratum", "Lime mortar"),
    ("Erratum to “Lime mortar” [J. Walls 12 (2021) 44–51]", "erratum", "Lime mortar"),
    ('Corrigendum to "Lime mortar" [J. Walls 12 (2021) 44-51]', "erratum", "Lime mortar"),
    ("Corrigendum: Lime mortar", "erratum", "Lime mortar"),
    ("CORRIGENDUM", "erratum", ""),
    ("Erratum", "erratum", ""),
    ("Errata.", "erratum", ""),
    ("Author Correction: Lime mortar", "erratum", "Lime mortar"),
    ("Publisher Correction: Lime mortar", "erratum", "Lime mortar"),
    ("Author's correction to: Lime", "erratum", "Lime"),
    ("Correction: Lime mortar and walls", "erratum", "Lime mortar and walls"),
    ("Correction for Smith et al., Lime mortar and walls", "erratum", "Lime mortar and walls"),
    ("Correction for ‘Lime mortar’ by A. Smith et al., J. Walls, 2021, 3, 4", "erratum", "Lime mortar"),
    ("Corrections to “Lime mortar and walls”", "erratum", "Lime mortar and walls"),
    ("Correction to “Lime mortar and walls”", "erratum", "Lime mortar and walls"),
    ("Addendum: Lime mortar", "erratum", "Lime mortar"),
    ("Addendum to: Lime mortar", "erratum", "Lime mortar"),
    ("Retraction: Lime mortar and walls", "retraction", "Lime mortar and walls"),
    ("Retraction Note: Lime mortar and walls", "retraction", "Lime mortar and walls"),
    ("Retraction Note to: Lime mortar and walls", "retraction", "Lime mortar and walls"),
    ('Retraction note on "Lime"', "retraction", "Lime"),
    ("RETRACTION: Lime mortar", "retraction", "Lime mortar"),
    ("Statement of Retraction: Lime mortar and walls", "retraction", "Lime mortar and walls"),
    ("Notice of Retraction: Lime mortar and walls", "retraction", "Lime mortar and walls"),
    ("Retraction for Smith et al., Lime mortar and walls", "retraction", "Lime mortar and walls"),
    ("Retraction of “Lime mortar and walls”", "retraction", "Lime mortar and walls"),
    ("Editorial Expression of Concern: Lime mortar", "concern", "Lime mortar"),
    ("Expression of Concern: Lime mortar", "concern", "Lime mortar"),
    ("Expression of concern to Lime mortar", "concern", "Lime mortar"),
    ("Reply to: Lime mortar", "reply", "Lime mortar"),
    ("Reply to Smith et al.: walls are old", "reply", "walls are old"),
    ('Response to comment on "Lime mortar"', "reply", "Lime mortar"),
    ("Response to Letter to the Editor", "reply", ""),
    ("Response to the letter to the editor: walls", "reply", "walls"),
    ('Response to "Lime mortar"', "reply", "Lime mortar"),
    ("Response to: Lime mortar", "reply", "Lime mortar"),
    ("Authors' reply", "reply", ""),
    ("Author’s response to reviewers", "reply", "reviewers"),
    ("Author response: Lime mortar", "reply", "Lime mortar"),
    ("The authors reply", "reply", ""),
    ("In reply", "reply", ""),
    ("Reply", "reply", ""),
    ("Rejoinder: Lime mortar", "reply", "Lime mortar"),
    ('Rejoinder to "Lime"', "reply", "Lime"),
    ('Comment on "Lime mortar" [J. Walls]', "comment", "Lime mortar"),
    ("Comments on “Lime mortar”", "comment", "Lime mortar"),
    ("Comment on: Lime mortar", "comment", "Lime mortar"),
    ("Comment on Smith et al.", "comment", ""),
    ("Lime mortar and walls – CORRIGENDUM", "erratum", "Lime mortar and walls"),
    ("Lime mortar and walls (Erratum)", "erratum", "Lime mortar and walls"),
    ("Lime mortar and walls: Erratum", "erratum", "Lime mortar and walls"),
    ("Lime mortar and walls [Corrigendum]", "erratum", "Lime mortar and walls"),
    ("Lime mortar and walls—Reply", "reply", "Lime mortar and walls"),
    ("Lime mortar and walls - CORRECTION", "erratum", "Lime mortar and walls"),
    ("Lime mortar and walls (vol 12, pg 44, 2021)", "erratum", "Lime mortar and walls"),
    ("Lime mortar and walls (Retraction of vol 12, pg 44, 2021)", "retraction", "Lime mortar and walls"),
    ("Korrigendum zu: Kalkmörtel und Mauern", "erratum", "Kalkmörtel und Mauern"),
    ("Berichtigung zu: Kalkmörtel", "erratum", "Kalkmörtel"),
    ("Fe de erratas: Mortero de cal", "erratum", "Mortero de cal"),
    ("Rectificatif: Mortier de chaux", "erratum", "Mortier de chaux"),
    ("Rectificatif à « Mortier de chaux »", "erratum", "Mortier de chaux"),
    ("Errata corrige", "erratum", ""),
    ("Corrección: Mortero de cal", "erratum", "Mortero de cal"),
    ("更正：石灰砂浆", "erratum", "石灰砂浆"),
    (
        "ERRATUM TO: LIME MORTAR AND GARDEN WALLS",
        "erratum",
        "LIME MORTAR AND GARDEN WALLS",
    ),
    ("[Correction to: Lime mortar]", "erratum", "Lime mortar"),
    ("Erratum for Lime mortar and walls", "erratum", "Lime mortar and walls"),
    ("Notice of correction: Lime", "erratum", "Lime"),
    ('Reply to the comment by Smith on "Lime"', "reply", "Lime"),
    ("Reply to comment on 'Lime mortar'", "reply", "Lime mortar"),
    ("Response to commentary on: lime", "reply", "lime"),
    ("Replies to comments by Smith", "reply", "Smith"),
    ("Withdrawal notice to: Lime", "retraction", "Lime"),
    ('Removal notice to "Lime"', "retraction", "Lime"),
    ("Partial retraction: Lime mortar", "retraction", "Lime mortar"),
    ("Lime mortar and walls (Correction)", "erratum", "Lime mortar and walls"),
    ("Lime mortar and walls — Retraction", "retraction", "Lime mortar and walls"),
    ("Исправление к статье: Известь", "erratum", "Известь"),
    ("Commentary on “Lime”", "comment", "Lime"),
    ("In Reply to “Lime mortar”", "reply", "Lime mortar"),
    ('A reply to Stone et al\'s (2020) "Lime mortar"', "reply", "Lime mortar"),
    ('Reply to correspondence "Lime mortar"', "reply", "Lime mortar"),
    ("Response to Stone letter to editor Re lime mortar", "reply", "Re lime mortar"),
    ("Reply on RC2", "reply", ""),
    ("Comment on egusphere-2022-498", "comment", ""),
    ("Lime mortar and walls: Reply", "reply", "Lime mortar and walls"),
    ("Lime mortar and walls - Reply", "reply", "Lime mortar and walls"),
    ("Lime mortar and walls: Comment", "comment", "Lime mortar and walls"),
    ("Correction to Lime mortar (J. Walls (2020) 7(4) (e15-e16), (S22), (10.1))", "erratum", "Lime mortar"),
    ("Correction to J. Walls 2021; 8: 121-29", "erratum", "J. Walls 2021; 8: 121-29"),
]
PAPERS = [
    "Re: Imagining walls",
    "Software: publishers and their notes on walls",
    "Error correction to improve speech recognition",
    "Corrections to scaling in random walks",
    "Correction to the Moliere theory of scattering",
    "Correction of scoliosis with rods",
    "Correction for multiple testing",
    "Reply to all: email habits of engineers",
    "Reply Brief Generation",
    "Comments on lime mortar",
    "Comment on the theory of walls",
    "Comment sections and their readers",
    "Comments considered harmful",
    "Commentary on the Iliad",
    "Response to treatment in walls",
    "Response to comments in social media",
    "Response to stress",
    "Response time analysis",
    "Responses to letters of recommendation",
    "Retraction of the lung in surgery",
    "Retraction methods on manifolds",
    "Retracted papers and who cites them",
    "Retractions: a survey of reasons",
    "Addendum machines",
    "Erratum detection in texts",
    "Errata in biomedical publishing",
    "Expression of concern genes",
    "Expression of concerns by nurses in walls",
    "Withdrawn behaviour in children",
    "Letter to the editor: walls",
    "Editorial: walls",
    "Automatic correction: a survey",
    "Grammatical Error Correction",
    "Gamma correction",
    "Lossless volume compression (vol rendering)",
    'Discussion of "Lime"',
    "Query: reply prediction",
    "Email reply suggestion",
    "Smart Reply: Automated Response Suggestion for Email",
    "Learning to reply",
    "Author response prediction",
    "Amendments to the constitution of walls",
    "Correcting walls",
    "Color Correction: A Review",
    "Comment on classify: toxic comments",
    "Removal of noise",
    "Withdrawal symptoms",
    "Correction-based learning",
    "The reply problem - reply",
    "Response to letter frequency in reading",
    "Correction to the 2021 census",
    "Comment on classification: a survey",
    "Reply on demand",
    "In reply to nature: walls",
    "Concern: walls",
    "Colour of walls (correction)",
    "Lime mortar (reply)",
    "Voice commands — a reply",
    "Paper removal: walls",
    "Amendment of soils",
    "Amendments to soil: lime",
    "Retractions, errata and concerns in walls: what Expression of Concern means",
    "A study of walls: comments",
    "Corrections in walls - a reply",
    "Double correction (vol rendering)",
    "Lime (vol. 2)",
]


@pytest.mark.parametrize(("title", "kind", "about"), NOTICES)
def test_notices_are_known_by_their_titles(title, kind, about):
    found = notice_of(title)
    assert (found.kind, found.about) == (kind, about)
    assert Paper(title=title).notice == kind


@pytest.mark.parametrize("title", PAPERS)
def test_what_may_be_a_title_of_its_own_is_no_notice(title):
    assert notice_of(title) is None
    assert Paper(title=title).notice == ""


@pytest.mark.parametrize(
    ("abstract", "kind"),
    [
        ("[This corrects the article DOI: 10.1371/journal.pone.0248420.].", "erratum"),
        ("This retracts the article DOI: 10.1155/2021/1234.", "retraction"),
        ("This corrects the articulation of walls.", ""),
        ("We show that this corrects the article.", ""),
    ],
)
def test_an_index_says_it_instead_of_the_text(abstract, kind):
    assert Paper(title="Lime mortar", abstract=abstract).notice == kind


@pytest.mark.parametrize(
    ("title", "without"),
    [
        ("RETRACTED: Lime mortar", "Lime mortar"),
        ("REMOVED: Lime mortar", "Lime mortar"),
        ("TEMPORARY REMOVAL: Lime mortar", "Lime mortar"),
        ("Removed: how walls are taken down", None),
        ("Retracted: Lime mortar", "Lime mortar"),
        ("RETRACTED ARTICLE: Lime mortar", "Lime mortar"),
        ("Retracted Article: Lime mortar", "Lime mortar"),
        ("[Retracted] Lime mortar", "Lime mortar"),
        ("(Retracted) Lime mortar", "Lime mortar"),
        ("WITHDRAWN: Lime mortar", "Lime mortar"),
        ("Withdrawn Article: Lime mortar", "Lime mortar"),
        ("Lime mortar (Retracted article. See vol. 3, pg 4)", "Lime mortar"),
        ("Lime mortar [RETRACTED]", "Lime mortar"),
        ("Retracted papers and who cites them", None),
        ("Retracted-paper detection", None),
        ("Withdrawn: how patients leave", None),
        ("Withdrawn behaviour", None),
        ("Lime mortar", None),
    ],
)
def test_a_retracted_paper_says_so_in_its_title(title, without):
    assert title_without_mark(title) == without
    assert Paper(title=title).retracted == (without is not None)
    assert Paper(title=title).notice == ""


@pytest.mark.parametrize(
    ("abstract", "said"),
    [
        ("This paper has been withdrawn by the author.", True),
        ("This article has been retracted: please see the policy.", True),
        ("The manuscript was withdrawn.", True),
        ("This paper has been withdrawn from circulation in libraries, and we ask why.", False),
        ("This paper asks which drugs were withdrawn.", False),
        ("The product was withdrawn.", False),
    ],
)
def test_its_abstract_may_say_so_at_its_beginning(abstract, said):
    assert says_retracted("Lime mortar", abstract) == said
    assert Paper(title="Lime mortar", abstract=abstract).retracted == said


def test_a_notice_is_not_retracted_itself():
    notice = Paper(title="Retraction note: Lime mortar", abstract="This article has been retracted.")
    assert (notice.notice, notice.retracted) == ("retraction", False)


def test_what_a_source_names_is_a_notice_whatever_its_title():
    assert Paper(title="Lime mortar", identifiers={"corrects": "10.1000/lime"}).notice == "erratum"
    assert (
        Paper(title="Reply to: Lime mortar", identifiers={"retracts": "10.1000/lime"}).notice == "retraction"
    )
    assert "doi:10.1000/lime" not in Paper(title="Lime", identifiers={"corrects": "10.1000/lime"}).names


@pytest.mark.parametrize(
    ("remark", "said"),
    [("Withdrawn", True), ("This paper has been withdrawn by arXiv", True), ("Withdrawn from ICML", False)],
)
def test_a_remark_may_say_so(remark, said):
    assert remark_says_withdrawn(remark) == said
