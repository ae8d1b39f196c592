"""Papers from the network: arXiv, OpenAlex, Semantic Scholar, PubMed, bioRxiv, Hugging Face; and Zotero."""

from .download import FetchReport
from .fetching import fetch
from .services import SERVICES
from .zotero import library_items

__all__ = ["SERVICES", "FetchReport", "fetch", "library_items"]
