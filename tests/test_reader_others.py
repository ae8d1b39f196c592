"""Files that hold no papers are refused in one line that says what they are; nothing of them is stored."""

# ruff: noqa: E501  (texts in one line)
import gzip
import io
import json
import pickle
import re
import sqlite3
import tarfile
import zipfile

import pytest

from recommender.errors import SourceError
from recommender.readers import read_papers
from recommender.readers.others import json_kind

LONG = "Grebes dive for small fish in cold lakes, and loons do so in colder ones, as people say. " * 4

# Texts that a reader of papers might take for papers, with what they are said to be.
TEXTS = {
    "an essay": (f"On the habits of water birds\n\n{LONG}\n\nWhat grebes eat\n\n{LONG}\n\nThe end\n\n{LONG}\n", ""),
    "questions and answers": (f"How do grebes dive?\n\n{LONG}\n\nWhy do loons call?\n\n{LONG}\n", ""),
    "a readme": (f"# Grebe\n\n{LONG}\n\n## Installing\n\n    make\n\n{LONG}\n", "Markdown"),
    "another readme": (f"Grebe\n=====\n\n{LONG}\n\nInstalling\n----------\n\n{LONG}\n", "Markdown"),
    "a log": ("2026-01-02 10:11:12,345 INFO grebe: dived, and came up\n" * 40, ""),
    "a log of a server": ('10.0.0.1 - - [02/Jan/2026] "GET /title HTTP/1.1" 200 12\n' * 40, ""),
    "LaTeX": (f"\\documentclass{{article}}\n\\title{{Grebes}}\n\\begin{{abstract}}\n{LONG}\n\\end{{abstract}}\n", "LaTeX"),
    "LaTeX with comments": (f"% grebes\n\n\\section{{Grebes}}\n{LONG}\n", "LaTeX"),
    "LaTeX's bibliography": ("\\begin{thebibliography}{9}\n\\bibitem{a} A. Bee, Grebes, 2021\n\\end{thebibliography}\n", "LaTeX"),
    "Python": ('"""Grebes, and loons."""\n\nimport os, sys\n\n\ndef dive(title, year):\n    return title, year\n', ""),
    "C": ('#include <stdio.h>\n\nint main(int title, char **year) { return 0; }\n', "a program"),
    "a script": ("#!/bin/sh\ntitle=Grebes; year=2021\necho $title, $year\n", "a program"),
    "HTML": (f"<!DOCTYPE html>\n<html><title>Grebes</title><p>{LONG}</p></html>\n", "an HTML page"),
    "a piece of HTML": (f"<div class='x'><h1>Grebes</h1><p>{LONG}</p></div>", "an HTML page"),
    "unknown XML": ('<?xml version="1.0"?>\n<birds><title>Grebes</title></birds>\n', "XML with <birds>"),
    "MODS": ('<?xml version="1.0"?>\n<mods xmlns="x"><titleInfo><title>Grebes</title></titleInfo></mods>\n', "XML with <mods>"),
    "subtitles": ("1\n00:00:01,000 --> 00:00:04,000\nGrebes dive, loons call.\n\n2\n00:00:05,000 --> 00:00:06,000\nYes.\n", "subtitles"),
    "subtitles of the web": ("WEBVTT\n\n00:01.000 --> 00:04.000\nGrebes dive.\n", "subtitles"),
    "mail": (f"From: Ann Bee <a@example.org>\nTo: Cy Dee <c@example.org>\nSubject: Grebes, loons\n\n{LONG}\n", "mail"),
    "a poem": ("Grebes are grey, loons are black\nThey dive deep, and they come back\nSing now, sing on\nGood night, be gone\n", ""),
    "a list": ("- buy fish\n- feed the grebes, loons\n- title: a note\n- go home\n", ""),
    "a list of things": ("milk\nbread\nfish\n", ""),
    "YAML": ("---\ntitle: Grebes\nabstract: They dive\n---\nThe text\n", "YAML"),
    "settings": ("[grebe]\ntitle = Grebes, loons\nyear = 2021\n", "settings"),
    "a chat": ("[10:01] Ann: did you see the grebes, Cy?\n[10:02] Cy: yes, all of them\n" * 9, ""),
    "a recipe": (f"Fish soup\n\n2 fish, 1 onion\n3 carrots, salt\n\n{LONG}\n", ""),
    "fields below one another": (f"Title\nGrebes of the north\nAuthors\nAnn Bee\nAbstract\n{LONG}\n", ""),
    "fields beside their names": (f"title\tGrebes of the north\nauthors\tAnn Bee\nyear\t2021\nabstract\t{LONG}\n", ""),
    "Ovid": ("<1>\nUnique Identifier\n  123\nTitle\n  Grebes.\n", "Ovid"),
    "an unknown tagged format": (f"RECORD 1\nTTL: Grebes of the north\nABS: {LONG}\nEND\nRECORD 2\nTTL: Loons\nABS: {LONG}\nEND\n", ""),
    "PubMed's text": (f"1. Lakes. 2021;3(4):5-6. doi: 10.1000/1.\n\nGrebes of the north.\n\nBee A(1), Dee C(2).\n\n{LONG}\n\nPMID: 123\n\n\n2. Lakes. 2020;3(4):7.\n\nLoons of the south.\n\nDee C(1).\n\n{LONG}\n", ""),
    "a notebook": (json.dumps({"cells": [{"source": ["title"]}], "metadata": {"title": "x"}, "nbformat": 4}), "a Jupyter notebook"),
    "a JSON schema": (json.dumps({"$schema": "x", "title": "Grebe", "description": LONG, "properties": {}}, indent=1), "a JSON schema"),
    "OpenAPI": (json.dumps({"openapi": "3.1", "title": "x", "info": {"title": "Grebes"}}), "an OpenAPI description"),
    "a JSON feed": (json.dumps({"version": "x", "title": "Birds", "items": [{"title": "Grebes"}]}), "a feed"),
    "GeoJSON": (json.dumps({"type": "FeatureCollection", "title": "x", "features": []}), "GeoJSON"),
    "a package": (json.dumps({"name": "grebe", "version": "1", "description": LONG, "dependencies": {}}), "a package"),
    "a log in JSON": ('{"level": "info", "message": "dived", "title": "x"}\n' * 9, "a log"),
    "issues": (json.dumps([{"title": "It does not dive", "body": LONG, "state": "open", "number": 7}]), "issues"),
    "other JSON": (json.dumps({"birds": [{"title": "Grebes"}]}), "no column for the title among 'birds'"),
    "numbers in JSON": ("[1, 2, 3]", "JSON without objects in its array"),
}  # fmt: skip


def refused(path):
    with pytest.raises(SourceError) as caught:
        list(read_papers(path))
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 400 + len(str(path))
    return message


@pytest.mark.parametrize("kind", TEXTS)
def test_texts_of_other_formats_are_never_read_as_papers(kind, tmp_path):
    text, what = TEXTS[kind]
    path = tmp_path / "papers.txt"
    path.write_text(text)
    message = refused(path)
    assert re.search(what, message), message


def zipped(*names, **stored):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in stored.items():
            archive.writestr(name, text)
        for name in names:
            archive.writestr(name, "<x/>")
    return data.getvalue()


def tarred():
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("papers.csv"), io.BytesIO())
    return data.getvalue()


TYPES = "[Content_Types].xml"
BINARY = {
    "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
    "a Word document": zipped(TYPES, "_rels/.rels", "word/document.xml"),
    "a presentation": zipped(TYPES, "_rels/.rels", "ppt/presentation.xml"),
    "an OpenDocument spreadsheet": zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"),
    "an OpenDocument text": zipped(mimetype="application/vnd.oasis.opendocument.text"),
    "an e-book": zipped(mimetype="application/epub+zip"),
    "a binary Excel workbook": zipped(TYPES, "xl/workbook.bin"),
    "an old Office file": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
    "rich text": b"{\\rtf1\\ansi Title, Author}",
    "a tar archive": tarred(),
    "packed by bzip2": b"BZh91AY&SY" + bytes(range(200)),
    "packed by xz": b"\xfd7zXZ\x00\x00\x04" + bytes(range(200)),
    "packed by zstd": b"\x28\xb5\x2f\xfd\x04" + bytes(range(200)),
    "a 7z archive": b"7z\xbc\xaf\x27\x1c" + bytes(range(200)),
    "a RAR archive": b"Rar!\x1a\x07\x00" + bytes(range(200)),
    "an Arrow or Feather file": b"ARROW1\0\0" + bytes(range(200)),
    "an HDF5 file": b"\x89HDF\r\n\x1a\n" + bytes(range(200)),
    "a numpy array": b"\x93NUMPY\x01\x00" + bytes(range(200)),
    "a Python pickle": pickle.dumps([{"title": "Grebes", "abstract": LONG}] * 3),
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00",
    "an R data file": gzip.compress(b"RDX3\nX\n\0\0\0\3" + bytes(200)),
}  # fmt: skip


@pytest.mark.parametrize("what", BINARY)
def test_binary_files_are_named_with_what_to_do(what, tmp_path):
    path = tmp_path / "papers.csv"
    path.write_bytes(BINARY[what])
    message = refused(path)
    assert what in message
    assert "; " in message


def test_a_database_is_named(tmp_path):
    path = tmp_path / "zotero.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("create table items (title text)")
    connection.close()
    assert "an SQLite database; export what it holds as CSV, RIS or BibTeX" in refused(path)


def test_keys_of_papers_are_of_no_other_kind():
    for keys in (
        "title abstract year",
        "id name version title",
        "title body",
        "type title items",
        "level title",
    ):
        assert json_kind(dict.fromkeys(keys.split())) == ""


@pytest.mark.slow
def test_hostile_beginnings_take_no_time(tmp_path):
    path = tmp_path / "papers.txt"
    for piece in (b"<a ", b"<a>", b"%\n", b"A: b\n", b"PK\x03\x04", b"=", b"---\n", b'"', b"[", b"\\"):
        path.write_bytes(piece * 50_000)
        refused(path)
