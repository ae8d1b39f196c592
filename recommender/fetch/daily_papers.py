"""Hugging Face's daily papers: day by day, and single ones by their arXiv ids."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping

from ..errors import ParameterError
from .client import Client, Host, Malformed
from .service import Cursor, Page, Question, Step, json_object, json_value, objects, of_scheme

_PAGE = 100
_FIRST_DAY = datetime.date(2023, 5, 4)


class DailyPapers:
    """The papers of each day, with the votes that they have now."""

    name = "hf"
    host = Host("Hugging Face", "https://huggingface.co", 1.0)
    schemes = frozenset({"arxiv"})
    overlap = 3
    takes = frozenset({"since", "until"})

    def steps(self, question: Question) -> list[Step]:
        """See `Service.steps`."""
        if question.ids:
            return [{"asked": [each]} for each in question.ids]
        if not question.since:
            raise ParameterError("Hugging Face's papers are listed by day: say since when")
        first = max(datetime.date.fromisoformat(question.since), _FIRST_DAY)
        today = datetime.date.fromisoformat(question.today)
        last = min(datetime.date.fromisoformat(question.last_day), today)
        days = [first + datetime.timedelta(days=day) for day in range((last - first).days + 1)]
        return [{"day": day.isoformat(), "open": day >= today} for day in days]

    def page(self, client: Client, step: Step, cursor: Cursor) -> Page:
        """See `Service.page`."""
        if "asked" in step:
            return _single(client, step["asked"][0])
        place = int(cursor or 0)

        def look(body: bytes, headers: Mapping[str, str]) -> Page:
            entries = objects(json_value(body), "papers") if body or not step["open"] else []
            if not all(isinstance(entry.get("paper"), dict) for entry in entries):
                raise Malformed("has entries without a paper")
            following = place + 1 if len(entries) >= _PAGE else None
            return Page(body if entries else b"", "hf-daily", len(entries), following)

        params = {"date": step["day"], "limit": str(_PAGE), "p": str(place)}
        # The list of today may not be there yet.
        empty = frozenset({400, 404}) if step["open"] else frozenset()
        return client.ask("/api/daily_papers", look, params=params, empty=empty)


def _single(client: Client, asked: str) -> Page:
    def look(body: bytes, headers: Mapping[str, str]) -> Page:
        if not body:
            return Page(b"", "hf-daily", 0, unknown=(asked,))
        paper = json_object(body)
        if "title" not in paper:
            raise Malformed("is no paper")
        return Page(json.dumps([{"paper": paper}]).encode(), "hf-daily", 1, unknown=())

    (name,) = of_scheme([asked], "arxiv")
    return client.ask(f"/api/papers/{name}", look, empty=frozenset({404}))
