"""Services on the network as a `Player` plays them: a few papers each, in the shapes of their protocols."""

import datetime
import html
import itertools

from player import Answer, as_json

WORDS = "grebe loon heron egret stork plover dunlin curlew".split()


class Work:
    """One paper, as all services know it."""

    def __init__(self, number, day, *, deleted=False, category="cs.CL"):
        self.number = number
        self.day = day
        self.deleted = deleted
        self.category = category
        self.arxiv = f"2611.{number:05d}"
        self.doi = f"10.1101/2026.11.{number:05d}"
        self.pmid = str(40_000_000 + number)
        self.openalex = f"W{7_000_000 + number}"
        self.s2 = f"{number:040x}"
        first, second = WORDS[number % 8], WORDS[number // 8 % 8]
        self.title = f"Study {number}: how a {first} & a {second} share 1 < 2 ponds"
        self.abstract = f"We watched the {first} and the {second} number {number} for a year, and counted."


def works(count, *, first="2026-11-01", deleted=()):
    """So many, three on each day."""
    start = datetime.date.fromisoformat(first)
    return [
        Work(number, (start + datetime.timedelta(days=number // 3)).isoformat(), deleted=number in deleted)
        for number in range(count)
    ]


class Network:
    """All services, each below its own name; `page` is how many records an answer has."""

    def __init__(self, papers, *, page=5):
        self.papers = papers
        self.page = page
        self.tokens = set()
        self.kept = {}
        self.number = itertools.count()

    def __call__(self, asked):
        _, service, *rest = asked.path.split("/")
        return getattr(self, service)("/".join(rest), asked)

    def alive(self):
        return [work for work in self.papers if not work.deleted]

    def _between(self, first, last, papers=None):
        return [work for work in papers or self.alive() if first <= work.day <= last]

    # arXiv

    def arxiv(self, path, asked):
        return self._atom(asked.params) if path == "api/query" else self._oai(asked.params)

    def _atom(self, params):
        if "id_list" in params:
            found = [work for work in self.alive() if work.arxiv in params["id_list"].split(",")]
        else:
            query, _, days = params["search_query"].partition(" AND submittedDate:")
            first, last = (f"{d[:4]}-{d[4:6]}-{d[6:8]}" for d in days.strip("[]").split(" TO "))
            self.query = query
            found = self._between(first, last)
        start, most = int(params.get("start", 0)), int(params.get("max_results", 10))
        some = found[start : start + min(most, self.page)]
        entries = "".join(self._entry(work) for work in some)
        return Answer(
            '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
            'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">'
            "<id>http://arxiv.org/api/cHxbiOdZaP56</id><title>arXiv Query</title>"
            f"<opensearch:totalResults>{len(found)}</opensearch:totalResults>"
            f"<opensearch:startIndex>{start}</opensearch:startIndex>{entries}</feed>"
        )

    def _entry(self, work):
        return (
            f"<entry><id>http://arxiv.org/abs/{work.arxiv}v1</id>"
            f"<updated>{work.day}T17:00:00Z</updated><published>{work.day}T17:00:00Z</published>"
            f"<title>{html.escape(work.title)}</title><summary>{html.escape(work.abstract)}</summary>"
            "<author><name>Ada Lovelace</name></author>"
            f'<link href="http://arxiv.org/abs/{work.arxiv}v1" rel="alternate" type="text/html"/>'
            f'<category term="{work.category}" scheme="http://arxiv.org/schemas/atom"/></entry>'
        )

    def _oai(self, params):
        assert params["verb"] == "ListRecords"
        if "resumptionToken" in params:
            assert set(params) == {"verb", "resumptionToken"}
            if params["resumptionToken"] not in self.tokens:
                return self._oai_answer('<error code="badResumptionToken">expired</error>')
            first, last, start = params["resumptionToken"].split("|")[1:]
        else:
            assert params["metadataPrefix"] == "arXivRaw"
            first, last, start = params["from"], params["until"], "0"
            self.set = params["set"]
        found = self._between(first, last, self.papers)
        if not found:
            return self._oai_answer('<error code="noRecordsMatch">nothing</error>')
        begin, end = int(start), int(start) + self.page
        token = f"{next(self.number)}|{first}|{last}|{end}" if end < len(found) else ""
        self.tokens.add(token)
        sizes = f'cursor="{begin}" completeListSize="{len(found)}"'
        resume = f"<resumptionToken {sizes}>{token}</resumptionToken>" if len(found) > self.page else ""
        records = "".join(self._record(work) for work in found[begin:end])
        return self._oai_answer(f"<ListRecords>{records}{resume}</ListRecords>")

    def _record(self, work):
        head = f"<identifier>oai:arXiv.org:{work.arxiv}</identifier><datestamp>{work.day}</datestamp>"
        if work.deleted:
            return f'<record><header status="deleted">{head}</header></record>'
        return (
            f"<record><header>{head}<setSpec>cs:cs:CL</setSpec></header><metadata>"
            '<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/">'
            f"<id>{work.arxiv}</id><submitter>A. L.</submitter>"
            f'<version version="v1"><date>{_rfc(work.day)}</date><size>10kb</size></version>'
            f"<title>{html.escape(work.title)}</title><authors>Ada Lovelace, Mary Somerville</authors>"
            f"<categories>{work.category} cs.LG</categories>"
            f"<abstract>{html.escape(work.abstract)}</abstract></arXivRaw></metadata></record>"
        )

    def _oai_answer(self, inner):
        return Answer(
            '<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
            f"<responseDate>2026-11-30T05:00:00Z</responseDate><request>x</request>{inner}</OAI-PMH>"
        )

    # OpenAlex

    def openalex(self, path, asked):
        if path.startswith("works/"):
            name = path.removeprefix("works/").removeprefix("doi:")
            found = [work for work in self.alive() if work.doi == name]
            return as_json(self._work(found[0])) if found else Answer('{"error": "no such work"}', 404)
        assert path == "works"
        found = self.alive()
        for part in filter(None, asked.params.get("filter", "").split(",")):
            name, _, value = part.partition(":")
            found = [work for work in found if self._passes(work, name, value)]
        cursor = asked.params["cursor"]
        start = 0 if cursor == "*" else int(cursor.removeprefix("c"))
        some = found[start : start + min(self.page, int(asked.params["per_page"]))]
        meta = {"count": len(found), "next_cursor": f"c{start + len(some)}" if some else None}
        return as_json({"meta": meta, "results": [self._work(work) for work in some], "group_by": []})

    def _passes(self, work, name, value):
        if name == "from_publication_date":
            return work.day >= value
        if name == "to_publication_date":
            return work.day <= value
        values = value.split("|")
        own = {"doi": work.doi, "pmid": work.pmid, "openalex": work.openalex}
        return own.get(name) in values or (name == "doi" and f"10.48550/arxiv.{work.arxiv}" in values)

    def _work(self, work):
        places = {}
        for place, word in enumerate(work.abstract.split()):
            places.setdefault(word, []).append(place)
        return {
            "id": f"https://openalex.org/{work.openalex}",
            "doi": f"https://doi.org/{work.doi}",
            "title": work.title,
            "display_name": work.title,
            "publication_date": work.day,
            "publication_year": int(work.day[:4]),
            "ids": {
                "openalex": f"https://openalex.org/{work.openalex}",
                "doi": f"https://doi.org/{work.doi}",
                "pmid": f"https://pubmed.ncbi.nlm.nih.gov/{work.pmid}",
            },
            "authorships": [{"author": {"display_name": "Ada Lovelace"}, "raw_author_name": "Ada Lovelace"}],
            "abstract_inverted_index": places,
            "is_retracted": work.number == 2,
            "type": "article",
        }

    # Semantic Scholar

    def s2(self, path, asked):
        if path == "graph/v1/paper/batch":
            return as_json([self._s2_by(name) for name in asked.json["ids"]])
        assert path == "graph/v1/paper/search/bulk"
        days = asked.params.get("publicationDateOrYear", "0:9").split(":")
        found = self._between(days[0] or "0", days[1] or "9")
        start = int(asked.params.get("token", "t0")[1:])
        end = start + self.page
        token = f"t{end}" if end < len(found) else None
        data = [self._s2(work) for work in found[start:end]]
        return as_json({"total": len(found), "token": token, "data": data})

    def _s2_by(self, name):
        scheme, _, value = name.rpartition(":")
        own = {"ARXIV": "arxiv", "DOI": "doi", "PMID": "pmid", "": "s2"}
        found = (work for work in self.alive() if scheme in own and getattr(work, own[scheme]) == value)
        return next((self._s2(work) for work in found), None)

    def _s2(self, work):
        return {
            "paperId": work.s2,
            "corpusId": 9_000_000 + work.number,
            "externalIds": {"DOI": work.doi, "ArXiv": work.arxiv, "PubMed": work.pmid},
            "url": f"https://www.semanticscholar.org/paper/{work.s2}",
            "title": work.title,
            "abstract": work.abstract,
            "venue": "",
            "year": int(work.day[:4]),
            "publicationDate": work.day,
            "authors": [{"authorId": "1", "name": "Ada Lovelace"}],
        }

    # Hugging Face

    def hf(self, path, asked):
        if path.startswith("api/papers/"):
            found = [work for work in self.alive() if work.arxiv == path.removeprefix("api/papers/")]
            return as_json(self._hf(found[0])) if found else Answer('{"error": "Paper not found"}', 404)
        assert path == "api/daily_papers"
        found = self._between(asked.params["date"], asked.params["date"])
        start = int(asked.params["p"]) * int(asked.params["limit"])
        some = found[start : start + int(asked.params["limit"])]
        return as_json([{"paper": self._hf(work), "title": work.title, "numComments": 0} for work in some])

    def _hf(self, work):
        return {
            "id": work.arxiv,
            "title": work.title,
            "summary": work.abstract,
            "authors": [{"name": "Ada Lovelace", "hidden": False}],
            "publishedAt": f"{work.day}T00:00:00.000Z",
            "upvotes": work.number,
        }

    # PubMed

    def pubmed(self, path, asked):
        form = asked.form
        assert (asked.method, form["db"], form["tool"]) == ("POST", "pubmed", "paper-recommender")
        if path == "esearch.fcgi":
            found = self.alive()
            if "mindate" in form:
                assert form["datetype"] == "edat"
                first, last = (form[name].replace("/", "-") for name in ("mindate", "maxdate"))
                found = self._between(first, last)
            if "[doi]" in form["term"]:
                found = [work for work in found if f'"{work.doi}"[doi]' in form["term"]]
            name = f"MCID_{next(self.number)}"
            self.kept[name] = found
            kept = {"count": str(len(found)), "retmax": "0", "retstart": "0", "idlist": []}
            return as_json({"esearchresult": {**kept, "querykey": "1", "webenv": name}})
        assert path == "efetch.fcgi"
        if "id" in form:
            found = [work for work in self.alive() if work.pmid in form["id"].split(",")]
            if not found:
                return Answer("Error: ID list is empty! Possibly it has no correct IDs.", 400)
        elif form["WebEnv"] not in self.kept:
            return Answer("<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>")
        else:
            start = int(form["retstart"])
            found = self.kept[form["WebEnv"]][start : start + int(form["retmax"])]
        articles = "".join(self._article(work) for work in found)
        doctype = (
            '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "https://dtd.example/x.dtd">'
        )
        return Answer(f'<?xml version="1.0" ?>{doctype}<PubmedArticleSet>{articles}</PubmedArticleSet>')

    def _article(self, work):
        year, month, day = work.day.split("-")
        date = f"<Year>{year}</Year><Month>{month}</Month><Day>{day}</Day>"
        return (
            f'<PubmedArticle><MedlineCitation><PMID Version="1">{work.pmid}</PMID><Article>'
            f"<Journal><JournalIssue><PubDate>{date}</PubDate></JournalIssue><Title>Ponds</Title></Journal>"
            f"<ArticleTitle>{html.escape(work.title)}</ArticleTitle>"
            f"<Abstract><AbstractText>{html.escape(work.abstract)}</AbstractText></Abstract>"
            "<AuthorList><Author><LastName>Lovelace</LastName><ForeName>Ada</ForeName></Author></AuthorList>"
            "</Article></MedlineCitation><PubmedData><ArticleIdList>"
            f'<ArticleId IdType="pubmed">{work.pmid}</ArticleId>'
            f'<ArticleId IdType="doi">{work.doi}</ArticleId>'
            "</ArticleIdList></PubmedData></PubmedArticle>"
        )

    # bioRxiv

    def biorxiv(self, path, asked):
        what, server, *rest = path.split("/")
        assert (what, rest[-1]) == ("details", "json")
        if rest[-2] == "na":
            doi = "/".join(rest[:-2])
            odd = "medrxiv" if int(doi[-5:]) % 2 else "biorxiv"
            found = [work for work in self.alive() if work.doi == doi and server == odd]
            some = [self._preprint(work, version) for work in found for version in (1, 2)]
            return self._details(some, len(some), 0)
        first, last, start = rest[0], rest[1], int(rest[2])
        found = self._between(first, last)
        if asked.params.get("category") not in (None, "zoology"):
            found = self.alive()  # what it does not know it leaves out
        some = found[start : start + self.page]
        return self._details([self._preprint(work) for work in some], len(found), start)

    def _details(self, preprints, total, cursor):
        if not preprints:
            return as_json({"messages": [{"status": "no posts found"}], "collection": []})
        message = {"status": "ok", "cursor": cursor, "count": len(preprints), "total": str(total)}
        return as_json({"messages": [message], "collection": preprints})

    def _preprint(self, work, version=1):
        return {
            "title": work.title,
            "authors": "Lovelace, A.; Somerville, M.",
            "doi": work.doi,
            "date": work.day,
            "version": str(version),
            "type": "new results",
            "category": "zoology",
            "abstract": work.abstract,
            "published": "NA",
            "server": "bioRxiv",
        }


def _rfc(day):
    return datetime.date.fromisoformat(day).strftime("%a, %d %b %Y 17:00:00 GMT")
