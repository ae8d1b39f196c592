"""Papers from the network: arXiv, OpenAlex, Semantic Scholar, PubMed, bioRxiv, Hugging Face; and Zotero."""

from .client import Clock
from .download import FetchReport
from .fetching import fetch
from .services import SERVICES
from .zotero import library_items

__all__ = ["SERVICES", "Clock", "FetchReport", "fetch", "library_items"]
