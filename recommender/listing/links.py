"""Where a paper is read: its page, and its PDF where an identifier tells it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from ..display import web_address
from ..paper import Paper
from ..writers import PaperRecord, paper_record
from ..writers.base import arxiv_id, doi, identifier_of, other_identifiers


def page_address(paper: Paper) -> str:
    """The address of a paper's page.

    Its own address, unless that is a PDF and an identifier tells a page.

    Parameters
    ----------
    paper : Paper
        The paper.

    Returns
    -------
    str
        Of the web, ``https://...``; "" where none is known.

    Examples
    --------
    >>> from recommender import Paper
    >>> from recommender.listing import page_address
    >>> page_address(Paper(id="2106.09685", title="LoRA", url="https://arxiv.org/pdf/2106.09685"))
    'https://arxiv.org/abs/2106.09685'
    """
    own = _own_address(paper)
    return own if own and not _is_pdf(own) else _identified_page(paper_record(paper)) or own


def pdf_address(paper: Paper) -> str:
    """The address of a paper's PDF.

    Parameters
    ----------
    paper : Paper
        The paper.

    Returns
    -------
    str
        Of arXiv and the ACL Anthology by the identifier, of others where the paper's own address is a PDF;
        "" where none is known.

    Examples
    --------
    >>> from recommender import Paper
    >>> from recommender.listing import pdf_address
    >>> pdf_address(Paper(id="2106.09685", title="LoRA"))
    'https://arxiv.org/pdf/2106.09685'
    """
    record = paper_record(paper)
    if arxiv := arxiv_id(record):
        return f"https://arxiv.org/pdf/{_quoted(arxiv)}"
    if acl := identifier_of(record, "acl"):
        return f"https://aclanthology.org/{_quoted(acl)}.pdf"
    own = _own_address(paper)
    return own if _is_pdf(own) else ""


def paper_name(paper: Paper) -> str:
    """The identifier that people know: ``arXiv:2106.09685``, ``doi:10.1/x``; "" where it has none."""
    record = paper_record(paper)
    if arxiv := arxiv_id(record):
        return f"arXiv:{arxiv}"
    name = doi(record)
    return f"doi:{name}" if name else ""


def identifier_links(paper: Paper) -> tuple[tuple[str, str], ...]:
    """Give all names of a paper and where each leads.

    Parameters
    ----------
    paper : Paper
        The paper.

    Returns
    -------
    tuple of (str, str)
        ``arXiv:2106.09685`` and its address, "" where a name leads nowhere; the best known names first.

    Examples
    --------
    >>> from recommender import Paper
    >>> from recommender.listing import identifier_links
    >>> identifier_links(Paper(title="LoRA", id="2106.09685", identifiers={"isbn": "978-3-16-148410-0"}))
    (('arXiv:2106.09685', 'https://arxiv.org/abs/2106.09685'), ('ISBN: 978-3-16-148410-0', ''))
    """
    record = paper_record(paper)
    others = ((name, "") for name in other_identifiers(record, without=("pmid", "acl", "citekey")))
    return (*_identified_pages(record), *others)


def _identified_page(record: PaperRecord) -> str:
    return next((address for _, address in _identified_pages(record)), "")


def _identified_pages(record: PaperRecord) -> Iterator[tuple[str, str]]:
    if arxiv := arxiv_id(record):
        yield f"arXiv:{arxiv}", f"https://arxiv.org/abs/{_quoted(arxiv)}"
    if acl := identifier_of(record, "acl"):
        yield f"ACL: {acl}", f"https://aclanthology.org/{_quoted(acl)}/"
    if name := doi(record):
        yield f"doi:{name}", f"https://doi.org/{_quoted(name)}"
    if pmid := identifier_of(record, "pmid"):
        yield f"PMID: {pmid}", f"https://pubmed.ncbi.nlm.nih.gov/{_quoted(pmid)}/"


def _own_address(paper: Paper) -> str:
    """The paper's address with nothing in it that could end it where it is written."""
    return quote(web_address(paper.url), safe="%/:?#[]@!$&'()*+,;=~")


def _quoted(name: str) -> str:
    return quote(name, safe="/:.;,~")


def _is_pdf(address: str) -> bool:
    path = urlsplit(address).path.lower()
    return path.endswith(".pdf") or "/pdf/" in path
