"""What a script adds to the map: the title of the paper under the mouse, and a click that leads to its page.

Without it a dot leads to its topic. Titles lie in a file of their own, which is loaded when a mouse first
comes onto the map: a phone never asks for it.
"""

from __future__ import annotations

import numpy as np

from indexes import Rows

from ..topics import Topics
from .map_drawing import MOST_DOTS, SIDE
from .pages import Links
from .shell import address_of
from .titles import script_row

MAP_SCRIPT = f"""
"use strict";
const REACH = 14;
const figure = document.querySelector(".mapped"), map = figure.querySelector(".map");
const topics = [...map.querySelectorAll(".dots a")];
const dots = [], tip = document.createElement("p");
let page = "";

function begin() {{
  for (const topic of topics) {{
    const drawn = topic.firstElementChild, name = drawn.firstElementChild;
    for (const found of drawn.getAttribute("d").matchAll(/M(\\d+) (\\d+)h0/g))
      dots.push({{x: found[1] / {SIDE}, y: found[2] / {SIDE}, topic: name.textContent}});
    name.remove();
  }}
  tip.className = "tip";
  tip.hidden = true;
  figure.append(tip);
  const papers = document.createElement("script");
  papers.src = figure.dataset.papers;
  document.head.append(papers);
}}

function nearest(x, y, box) {{
  let found = -1, least = REACH * REACH;
  dots.forEach((dot, at) => {{
    const away = (dot.x * box.width - x) ** 2 + (dot.y * box.height - y) ** 2;
    if (away < least) [found, least] = [at, away];
  }});
  return found;
}}

function hide() {{
  tip.hidden = true;
  page = "";
}}

function point(event) {{
  if (event.pointerType !== "mouse") return;
  if (!dots.length) begin();
  hide();
  if (typeof PAPERS === "undefined" || event.target.closest(".names")) return;
  const box = map.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
  const at = nearest(x, y, box);
  if (at < 0) return;
  page = PAPERS[2 * at + 1];
  const topic = document.createElement("small");
  topic.textContent = dots[at].topic;
  tip.replaceChildren(PAPERS[2 * at], topic);
  tip.hidden = false;
  const inside = Math.min(dots[at].x * box.width + 10, figure.clientWidth - tip.offsetWidth);
  tip.style.left = Math.max(inside, 0) + "px";
  tip.style.top = box.top - figure.getBoundingClientRect().top + dots[at].y * box.height + 12 + "px";
}}

function open(event) {{
  if (!page || !event.target.closest(".dots") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  location.assign(page);
}}

map.addEventListener("pointermove", point);
map.addEventListener("pointerleave", hide);
map.addEventListener("click", open);
addEventListener("keydown", (event) => {{ if (event.key === "Escape") hide(); }});
""".strip()

_TITLE = 160  # characters


def drawn_rows(topics: Topics) -> Rows:
    """The papers in the order in which their dots are drawn; none where cells are drawn."""
    if len(topics.rows) > MOST_DOTS:
        return np.empty(0, np.int64)
    return topics.rows[np.argsort(topics.labels, kind="stable")]


def map_titles(topics: Topics, *, path: str, links: Links) -> bytes:
    """Write the titles of the papers on the map, which its script reads.

    Parameters
    ----------
    topics : Topics
        The topics of a corpus.
    path : str
        Of the file, which lies beside the page of the map.
    links : Links
        Which papers have a page.

    Returns
    -------
    bytes
        A script that names titles and pages in the order of the dots and does nothing:
        ``const PAPERS = [title, page, ...]``; the page is "" where a paper has none.

    Examples
    --------
    >>> from recommender import Corpus
    >>> from recommender.site.map_script import map_titles
    >>> from recommender.topics import find_topics
    >>> class NoPages:
    ...     def page_of(self, paper):
    ...         return None
    >>> titles = map_titles(find_topics(Corpus.sample()), path="map.js", links=NoPages())
    >>> titles.count(b'"",') == 231, titles.startswith(b"const PAPERS = [")
    (True, True)
    """
    papers = topics.snapshot.papers(drawn_rows(topics).tolist())
    pages = (links.page_of(paper) for paper in papers)
    rows = ",\n".join(
        script_row(paper, "" if page is None else address_of(page, path), most=_TITLE)
        for paper, page in zip(papers, pages, strict=True)
    )
    return f"const PAPERS = [\n{rows}\n];\n".encode("utf-8", "replace")
