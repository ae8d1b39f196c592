"""Which column of a source holds which field of a paper."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Mapping

from ..errors import SourceError
from .own_tables import AS_WRITTEN, own_columns

# A field of a paper, or a scheme of identifiers -> the columns to try, the first that holds anything wins.
Plan = Mapping[str, tuple[str, ...]]

# Other people's names for a paper's fields, as `normal_name` spells them, the most telling first.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "id": (
        *("id", "paperid", "articleid", "arxivid", "arxiv", "aclid", "doi", "key", "citekey", "bibkey"),
        *("citationkey", "uid", "identifier", "openalexid", "openalex", "s2id", "corpusid", "pmid"),
        *("pubmedid", "medlinepmid", "pmcid", "eid", "utuniquewosid", "accessionnumber", "lensid"),
        *("publicationid", "storeid", "pui"),
    ),
    "title": (
        *("title", "papertitle", "articletitle", "documenttitle", "itemtitle", "displayname", "primarytitle"),
        *(
            "titel",
            "titre",
            "título",
            "titulo",
            "titolo",
            "标题",
            "题名",
            "标题title",
            "题名title",
            "タイトル",
        ),
        *("제목", "название", "заглавие", "tytuł", "název"),
    ),
    "abstract": (
        *("abstract", "summary", "abstracttext", "abstractnote", "description", "abstracten"),
        *("zusammenfassung", "kurzfassung", "résumé", "resume", "resumen", "resumo", "riassunto"),
        *("摘要", "摘要abstract", "要旨", "抄録", "초록", "аннотация", "streszczenie", "abstrakt"),
    ),
    "authors": (
        *("authors", "author", "authornames", "authorlist", "creators", "creator", "authorfullnames"),
        *("authorshipsauthordisplayname", "autor", "autoren", "verfasser", "auteur", "auteurs", "autores"),
        *("autore", "autori", "作者", "作者author", "著者", "저자", "авторы", "автор", "autorzy"),
    ),
    "published": (
        *(
            "publishedwritten",
            "published",
            "publicationdate",
            "publisheddate",
            "publishedat",
            "publishdate",
            "datepublished",
        ),
        *("date", "pubdate", "coverdate", "publicationyear", "year", "pubyear", "publishedyear"),
        *("submitted", "createdat", "created", "createdate", "datum", "jahr", "erscheinungsjahr"),
        *("année", "annee", "annéedepublication", "año", "anio", "ano", "anno", "fecha"),
        *("年份", "年", "发表时间", "发表时间pubtime", "出版年", "연도", "год", "rok"),
    ),
    "categories": (
        *("categories", "category", "subjects", "subject", "fieldsofstudy", "s2fieldsofstudy"),
        *("topics", "tags", "primarycategory", "manualtags", "keywords", "authorkeywords", "wosc"),
        *("primarytopicdisplayname", "schlagwörter", "schlagworte", "motsclés", "palabrasclave"),
        *("palavraschave", "关键词", "关键词keyword", "キーワード"),
    ),
    "venue": (
        *("venue", "journal", "booktitle", "conference", "journalref", "journalname", "publicationtitle"),
        *("containertitle", "publicationvenue", "sourcetitle", "journalbook", "pubtitle"),
        *(
            "primarylocationsourcedisplayname",
            "hostvenuedisplayname",
            "secondarytitle",
            "publication",
            "zeitschrift",
        ),
        *("revue", "revista", "rivista", "来源", "文献来源", "文献来源source", "刊名"),
    ),
    "url": (
        *("url", "link", "paperurl", "landingpage", "urlabs", "pdfurl", "articleurl", "externalurl"),
        *("documenturl", "dimensionsurl", "primarylocationlandingpageurl", "pdflink", "urls"),
    ),
    "upvotes": ("upvotes", "numupvotes"),
    "retracted": ("retracted", "isretracted"),
    "revised": ("revisedwritten", "revised", "revisiondate", "versiondate"),
    "identifiers": ("identifiers", "externalids", "ids"),
}

SCHEMES: Mapping[str, tuple[str, ...]] = {
    "doi": ("doi", "itemdoi", "digitalobjectidentifier", "doilink", "doiurl"),
    "arxiv": ("arxiv", "arxivid"),
    "pmid": ("pmid", "pubmedid", "pubmed", "medlinepmid"),
    "pmcid": ("pmcid", "pmc", "pubmedcentral", "pubmedcentralid"),
    "acl": ("acl", "aclid", "anthologyid"),
    "openalex": ("openalex", "openalexid"),
    "s2": ("s2", "s2id", "semanticscholarid"),
    "corpusid": ("corpusid", "s2corpusid"),
    "isbn": ("isbn", "isbn13"),
    "issn": ("issn", "eissn"),
}

_ALIASES = {**FIELDS, **SCHEMES}

_KEPT_NAMES = 4096  # characters of the names of all columns whose plan is kept


def normal_name(name: str) -> str:
    """A column's name without case and punctuation: ``Publication_Date`` is ``publicationdate``."""
    return "".join(c for c in name.casefold() if c.isalnum())


def mapped_columns(mapping: Mapping[str, object]) -> dict[str, str]:
    """The columns that somebody named, by field: ``{"year": "Jahr"}`` is ``{"published": "Jahr"}``.

    What is no field's name stays, for `check_columns` to refuse. Raises SourceError for a field that is named
    twice.
    """
    columns: dict[str, str] = {}
    for name, column in mapping.items():
        known = (field for field, aliases in FIELDS.items() if normal_name(str(name)) in aliases)
        field = name if name in _ALIASES else next(known, name)
        if field in columns:
            raise SourceError(
                f"{field} is mapped to {columns[field]!r} and to {column!r}; map it to one of them"
            )
        columns[field] = str(column)
    return columns


def plan_columns(columns: tuple[str, ...], mapping: Mapping[str, str]) -> Plan:
    """The plan for records with these columns; `mapping` (field -> column) goes before the aliases."""
    plan = _kept_plan if sum(map(len, columns)) <= _KEPT_NAMES else _plan
    return plan(columns, tuple(sorted(mapping.items())))


def _plan(columns: tuple[str, ...], mapping: tuple[tuple[str, str], ...]) -> Plan:
    by_name: dict[str, list[str]] = {}
    for column in columns:
        by_name.setdefault(normal_name(column), []).append(column)
    plan = {
        field: tuple(column for alias in aliases for column in by_name.get(alias, ()))
        for field, aliases in _ALIASES.items()
    }
    if not mapping and (own := own_columns(columns)):
        plan[AS_WRITTEN] = own
    for field, column in mapping:
        plan[field] = (column,) if column in columns else tuple(by_name.get(normal_name(column), ()))
    return plan


# Records of one file nearly always have the same columns; hostile ones cannot fill the memory.
_kept_plan = functools.lru_cache(maxsize=64)(_plan)


def check_columns(
    columns: Iterable[str], mapping: Mapping[str, str], place: str, *, named: str = "--map title=COLUMN"
) -> None:
    """Raises SourceError when no column holds the title, or the mapping names what is not there.

    `named` is how a column is named, as whoever gave the source would write it.
    """
    columns = tuple(columns)
    more = ", ..." if len(columns) > 20 else ""
    listed = ", ".join(repr(column[:40]) for column in columns[:20]) + more or "no columns"
    for field, column in mapping.items():
        if field not in _ALIASES:
            known = ", ".join(_ALIASES)
            raise SourceError(
                f"{place}: {field!r} is no field of a paper; map one of {known} to a column, one of {listed}"
            )
        if not plan_columns(columns, {field: column})[field]:
            raise SourceError(f"{place}: no column {column!r} for {field!r} among {listed}")
    if not plan_columns(columns, mapping)["title"]:
        raise SourceError(f"{place}: no column for the title among {listed}; name it with {named}")


# What is told of papers and is no part of one here; nobody misses it.
_BOOKKEEPING = frozenset(
    (
        "abbreviatedsourcetitle access accessdate accesstype affiliation affiliations age archive "
        "archivelocation articlenumber articletype artno authorcount authorid authorids "
        "authorsaffiliations authorsid authorswithaffiliations automatictags bookauthors callnumber "
        "citation citationcount citations citationurl citedby citedbycount citedreferences cites "
        "citespaperauthor citesperauthor citesperyear citesurl close closest closestcosine closesttitle "
        "coden confidence contributions copyright correspondenceaddress country covidence database "
        "datemodified day doctype documenttype ecc edition editor editors endpage entrydate extra "
        "fileattachments firstauthor format fulltexturl gsrank index interest isoa isopenaccess "
        "isretracted issue issuedate issueno issuenumber itemtype journalabbreviation keptof keywordsplus "
        "language languageoforiginaldocument languages library librarycatalog license linkattachments "
        "location month nihmsid notes number numberofvolumes numpages openaccess openaccessstatus page "
        "pageend pages pagestart place placeofpublication position publicationstage publicationtype "
        "publisher publisherlocation pubtype querydate rank recordid ref references relatedurl retracted "
        "rights row score sentence series seriesnumber seriestext seriestitle shorttitle sort source "
        "startpage study terms timescited timescitedallusers timescitedwoscore type unnamed0 updated "
        "versions volume wosid "
    ).split()
)
_NAMED = 3


def unused_columns(columns: tuple[str, ...], used: Collection[str]) -> str:
    """``columns not used: A, B, C and 12 more``; empty where nobody misses what is not used."""
    unused = [name for name in columns if name not in used and normal_name(name) not in {"", *_BOOKKEEPING}]
    if not unused:
        return ""
    more = f" and {len(unused) - _NAMED:,} more" if len(unused) > _NAMED else ""
    return f"columns not used: {', '.join(repr(name[:40]) for name in unused[:_NAMED])}{more}"


def refuse_mapping(mapping: Mapping[str, str], place: str, kind: str) -> None:
    """Raises SourceError for any mapping: files of this kind have nothing to map."""
    for field, column in mapping.items():
        raise SourceError(
            f"{place}: {field}={column} cannot be mapped in the format {kind!r}, whose fields are fixed; "
            "leave the mapping out"
        )
