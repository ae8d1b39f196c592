"""Search over titles in the page: a small script of ours, and without it the way to the list of titles."""

from __future__ import annotations

from ..display import filled, join_html
from .blocks import title_block
from .pages import SiteFrame
from .shell import feed_links, named_link, site_page

SEARCH_SCRIPT = """
"use strict";
const MOST = 50;
const LETTERS = {ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", æ: "ae", œ: "oe", ı: "i", ß: "ss"};
const UNSPACED = /[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}\\p{sc=Khmer}]/u;

function fold(text) {
  const bare = text.normalize("NFKD").replace(/[\\u0300-\\u036f]+/g, "").normalize("NFC").toLowerCase();
  return bare.replace(/[øłđðþæœıß]/g, (letter) => LETTERS[letter]);
}

function words(text) {
  return fold(text).split(/[^\\p{L}\\p{M}\\p{N}]+/u).filter(Boolean);
}

function put(parent, tag, text, fields = {}) {
  const node = document.createElement(tag);
  node.textContent = text;
  for (const [name, value] of Object.entries(fields)) node.setAttribute(name, value);
  parent.append(node);
  return node;
}

function begin() {
  const place = document.querySelector("#search");
  place.replaceChildren();
  put(place, "label", "Words of a title, or their beginnings", {for: "words"});
  const kind = {id: "words", type: "search", autocomplete: "off", spellcheck: "false"};
  const field = put(place, "input", "", kind);
  const status = put(place, "p", "", {role: "status"});
  const list = put(place, "ol", "", {class: "near", "aria-label": "Titles found"});
  const papers = [];
  for (let at = 0; at < TITLES.length; at += 2)
    papers.push({title: TITLES[at], page: TITLES[at + 1], words: " " + words(TITLES[at]).join(" ")});
  const all = papers.length.toLocaleString("en") + (papers.length === 1 ? " title" : " titles");
  const known = papers.length < TOTAL ? "The newest " + all + " of " + TOTAL.toLocaleString("en") : all;

  function has(paper, word) {
    return paper.words.includes(" " + word) || (UNSPACED.test(word) && paper.words.includes(word));
  }

  function search() {
    const wanted = words(field.value);
    const found = wanted.length ? papers.filter((paper) => wanted.every((word) => has(paper, word))) : [];
    list.replaceChildren();
    for (const paper of found.slice(0, MOST)) {
      const line = put(list, "li", "");
      put(put(line, "bdi", ""), "a", paper.title, {href: paper.page});
    }
    const count = found.length.toLocaleString("en") + (found.length === 1 ? " title" : " titles");
    const more = found.length > MOST ? ", the first " + MOST + " here; more words find fewer" : "";
    const none = "No title has these words, or words that begin so. Try fewer, or only their beginnings.";
    status.textContent = !wanted.length ? known + " to search" : found.length ? count + more : none;
    history.replaceState(null, "", wanted.length ? "#q=" + encodeURIComponent(field.value) : "#");
  }

  function take() {
    const asked = /^#q=(.*)$/.exec(location.hash);
    try { field.value = decodeURIComponent(asked ? asked[1] : ""); } catch { field.value = ""; }
    search();
  }

  field.addEventListener("input", search);
  addEventListener("hashchange", take);
  take();
  field.focus();
}

if (typeof TITLES !== "undefined") begin();
""".strip()
"""It makes text and links to pages of the site only, and sends nothing; what is sought stands in the page's
own address behind ``#``, which no server is told.
"""


def search_page(*, path: str, frame: SiteFrame, titles: str, script: str) -> bytes:
    """Write the page that searches titles.

    Parameters
    ----------
    path : str
        Its path below the site's root.
    frame : SiteFrame
        The site.
    titles : str
        The path of the first page of `titles_pages`.
    script : str
        The path of what `titles_script` wrote, in the folder of the page.

    Returns
    -------
    bytes
        The page; where no script runs it leads to the titles.

    Examples
    --------
    >>> from recommender.site import SiteFrame, search_page
    >>> frame = SiteFrame("Papers", "", "", ())
    >>> page = search_page(path="search.html", frame=frame, titles="titles/index.html", script="titles.js")
    >>> b'<a href="titles/index.html">' in page
    True
    """
    way = named_link("the titles by their first letter", titles, path)
    main = (
        title_block("Search titles"),
        filled('<div id="search" class="search" role="search"><p>{}</p></div>', _WITHOUT),
        filled('<p class="other">Or go through {}.</p>', way),
    )
    return site_page(
        "Search titles",
        join_html("\n", main),
        path=path,
        frame=frame,
        head=feed_links(path),
        script=SEARCH_SCRIPT,
        loads=script,
    )


_WITHOUT = "Search needs a script, which does not run here."
