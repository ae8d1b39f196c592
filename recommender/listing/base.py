"""The protocol of a listing's writer: a listing in, the bytes of a file out."""

from __future__ import annotations

from typing import Protocol

from .listing import Listing


class ListingWriter(Protocol):
    """One way to show a listing.

    Attributes
    ----------
    name : str
        What it is called.
    ending : str
        How the name of its file ends, ``.html``; "" for what is no file, as a terminal.
    """

    name: str
    ending: str

    def write(self, listing: Listing) -> bytes:
        """Write a listing.

        Parameters
        ----------
        listing : Listing
            The listing.

        Returns
        -------
        bytes
            The file, text in UTF-8; the same for the same listing.
        """
        ...
