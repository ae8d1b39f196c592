"""How the dates of a corpus's papers lie: their density, smoothed."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .store import CorpusStore

# The width of a bin in years; a bin's count is shared with its neighbours, a quarter for each.
_BIN, _SHARED = 0.5, (0.25, 0.5, 0.25)


_EPOCH = datetime.date(1970, 1, 1).toordinal()


def in_years(days: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return days as decimal years; a bare year, which is stored as its first day, as its middle.

    Parameters
    ----------
    days : ndarray of float64
        Proleptic Gregorian ordinals, of any shape; NaN where none is known.

    Returns
    -------
    ndarray of float64
        Of the same shape.

    Examples
    --------
    >>> import datetime
    >>> import numpy as np
    >>> from recommender.corpus.date_density import in_years
    >>> day = datetime.date(2024, 4, 1).toordinal()
    >>> in_years(np.array([day, datetime.date(2024, 1, 1).toordinal()])).round(2).tolist()
    [2024.25, 2024.5]
    """
    known = ~np.isnan(days)
    dates = np.where(known, days - _EPOCH, 0).astype("datetime64[D]")
    years = dates.astype("datetime64[Y]")
    starts, ends = years.astype("datetime64[D]"), (years + 1).astype("datetime64[D]")
    parts = (dates - starts) / (ends - starts)
    # Few papers are of that very day; those without a day are as many as a corpus likes.
    found = years.astype(np.int64) + 1970 + np.where(parts == 0, 0.5, parts)
    return np.where(known, found, np.nan)


@dataclass(frozen=True)
class DateDensity:
    """The density of dates, in papers a year of all papers that have one.

    Attributes
    ----------
    first : float
        Where the first bin begins, in years.
    logs : ndarray of float64, shape (bins,)
        The logarithm of the density in each bin.
    middle : float
        The mean date.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.corpus.date_density import DateDensity
    >>> density = DateDensity.of(np.array([2020.1, 2020.2, 2024.9]))
    >>> bool(density.at(np.array([2020.0])) > density.at(np.array([2022.0])))
    True
    """

    first: float
    logs: NDArray[np.float64]
    middle: float

    @classmethod
    def of(cls, years: NDArray[np.float64], counts: NDArray[np.int64] | None = None) -> DateDensity | None:
        """Measure the density of dates.

        Parameters
        ----------
        years : ndarray of float64, shape (n,)
            The dates in decimal years.
        counts : ndarray of int64, shape (n,), optional
            How many papers are of each.

        Returns
        -------
        DateDensity or None
            None of no dates at all.
        """
        if not len(years):
            return None
        first = np.floor(years.min()) - 1
        places = ((years - first) / _BIN).astype(np.int64)
        bins = int((np.ceil(years.max()) + 1 - first) / _BIN) + 1
        # Half a paper in each: no date is impossible.
        filled = np.bincount(places, counts, minlength=bins) + 0.5
        smooth = np.convolve(filled, _SHARED, mode="same")
        return cls(
            float(first), np.log(smooth / smooth.sum() / _BIN), float(np.average(years, weights=counts))
        )

    def at(self, years: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the logarithm of the density at these dates.

        Parameters
        ----------
        years : ndarray of float64
            Decimal years, of any shape; NaN where none is known.

        Returns
        -------
        ndarray of float64
            Of the same shape; NaN for NaN. Beyond the first and the last bin it is theirs.
        """
        places = (np.nan_to_num(years, nan=self.first) - self.first) / _BIN
        found = self.logs[np.clip(places, 0, len(self.logs) - 1).astype(np.int64)]
        return np.where(np.isnan(years), np.nan, found)


def read_date_density(store: CorpusStore) -> DateDensity | None:
    """That of all papers in the state which a store holds; None where none has a date."""
    lines = store.execute("SELECT day, count(*) FROM papers WHERE day IS NOT NULL GROUP BY day").fetchall()
    days, counts = np.array(lines, np.int64).reshape(-1, 2).T
    return DateDensity.of(in_years(days.astype(np.float64)), counts)
