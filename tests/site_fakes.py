"""Plain pages for tests of the site's engine: all that they are made of, as JSON and links."""

import json

from recommender.site import relative
from recommender.site.pages import MAP_TITLES, topic_path


def _page(path, data, links):
    targets = "".join(f'<a href="{relative(link, path)}">x</a>\n' for link in links if link)
    return f"{targets}<pre>{json.dumps(data, sort_keys=True)}</pre>".encode()


def _sections(frame):
    return [path for _, path in frame.sections]


class PlainPages:
    """Writers of pages without any look."""

    def shared_files(self):
        return {"style.css": b"body {}"}

    def listing_page(self, listing, *, path, frame, links, lead="", neighbours=(None, None), pages=()):
        others = [link.path for link in (*neighbours, *pages) if link]
        papers = [links.page_of(entry.paper) for entry in listing.entries]
        data = {"listing": listing.to_dict(), "day": frame.day}
        return _page(path, data, [*_sections(frame), *others, *papers, "style.css", "feed.atom"])

    def paper_page(self, paper, similar, others, *, path, frame, links):
        assert frame.day == ""
        entries = [*similar.entries, *(others.entries if others else ())]
        files = [path.removesuffix(".html") + ending for ending in (".bib", ".json")]
        data = {
            "id": paper.id,
            "similar": [[entry.paper.id, entry.score] for entry in similar.entries],
            "others": [[entry.paper.id, entry.score] for entry in others.entries] if others else None,
        }
        return _page(path, data, [*_sections(frame), *files, *(links.page_of(one.paper) for one in entries)])

    def paper_files(self, paper):
        return {".bib": f"@misc{{{paper.id}}}".encode(), ".json": json.dumps(paper.to_dict()).encode()}

    def days_page(self, days, *, path, frame):
        data = [[day.label, day.papers, *day.curators] for day in days]
        return _page(path, data, [*_sections(frame), *(day.path for day in days)])

    def titles_pages(self, papers, *, folder, frame, links):
        path = f"{folder}/index.html"
        return {path: _page(path, [paper.title for paper in papers], map(links.page_of, papers))}

    def search_page(self, *, path, frame, titles, script):
        return _page(path, "", [titles, script])

    def titles_script(self, papers, *, path, links):
        return json.dumps([[paper.title, links.page_of(paper)] for paper in papers]).encode()

    def private_page(self, listing, *, path, frame, neighbours=()):
        return _page(path, {"listing": listing.to_dict()}, [link.path for link in neighbours])

    def map_page(self, topics, *, path, frame, links):
        return _page(path, len(topics), [MAP_TITLES, *(topic_path(topic.number) for topic in topics)])

    def map_titles(self, topics, *, path, links):
        return json.dumps([links.page_of(paper) for paper in topics[0].papers]).encode()

    def topics_page(self, topics, *, path, frame, day):
        return _page(path, [topic.name for topic in topics], [topic_path(topic.number) for topic in topics])

    def topic_page(self, topics, number, *, path, frame, links, day):
        (topic,) = (one for one in topics if one.number == number)
        return _page(path, topic.name, [*_sections(frame), *map(links.page_of, topic.papers)])
