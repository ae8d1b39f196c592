"""What a browser would see of a piece of HTML."""

import html.parser

ALLOWED = {
    "table",
    "thead",
    "tbody",
    "caption",
    "tr",
    "th",
    "td",
    "a",
    "p",
    "b",
    "br",
    "div",
    "small",
    "span",
}


class Page(html.parser.HTMLParser):
    """Tags, links, hints, captions, the texts of each line's cells, notes; nothing else may be in it."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.hints, self.cells, self.notes, self.captions = [], [], [], [], [], []
        self._open = []
        self.feed(text)
        self.close()
        assert self._open == []
        self.cells = [line for line in self.cells if line]

    def handle_starttag(self, tag, attrs):
        assert tag in ALLOWED, tag
        assert {name for name, _ in attrs} <= {"href", "style", "title"}
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]
        self.hints += [value for name, value in attrs if name == "title"]
        if tag == "br":
            self._put("\n")
            return
        self._open.append(tag)
        if tag == "tr":
            self.cells.append([])
        if tag == "td":
            self.cells[-1].append("")
        if tag == "p":
            self.notes.append("")
        if tag == "caption":
            self.captions.append("")

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self._put(data)

    def _put(self, data):
        for place, texts in (("p", self.notes), ("caption", self.captions)):
            if place in self._open:
                texts[-1] += data
        if "td" in self._open:
            self.cells[-1][-1] += data
