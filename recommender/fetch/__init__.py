"""Papers from the network: arXiv, OpenAlex, Semantic Scholar, PubMed, bioRxiv, Hugging Face; and Zotero."""

from .client import Clock
from .zotero import library_items

__all__ = ["Clock", "library_items"]
