"""The folder of a site: whole at every moment, and with all that is not its own."""

import errno
import json
import os
import posixpath
import re
from pathlib import Path

import pytest

from recommender.errors import ParameterError, SiteError
from recommender.site.folder import WORKSHOP, SiteFolder, checked_site
from recommender.site.staging import digest_of, staged_name


def page(*targets):
    return "".join(f'<a href="{target}">x</a>' for target in targets).encode()


OLD = {
    "index.html": page("day/1.html", "days.html"),
    "days.html": page("day/1.html"),
    "day/1.html": page("../paper/a.html", "../paper/b.html"),
    "paper/a.html": page("b.html", "a.bib"),
    "paper/b.html": page("a.html"),
    "paper/a.bib": b"@article{a}",
    "private/KEY-of-mei/index.html": b"Mei",
}
# b is gone, c comes, and a and c lead to each other.
NEW = {
    "index.html": page("day/2.html", "days.html"),
    "days.html": page("day/2.html"),
    "day/2.html": page("../paper/a.html", "../paper/c.html"),
    "paper/a.html": page("c.html", "a.bib"),
    "paper/c.html": page("a.html"),
    "paper/a.bib": b"@article{a}",
    "private/KEY-of-mei/index.html": b"Mei",
}


def publish(site, files):
    with SiteFolder.opened(site) as folder:
        folder.put(files)
        return folder.swap()


def files_of(site):
    return {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in sorted(site.rglob("*"))
        if path.is_file() and WORKSHOP not in path.parts
    }


def walk(site):
    """Follow all links from the front page; each file that is met is whole, of the old site or the new."""
    waiting, met = ["index.html"], set()
    while waiting:
        path = waiting.pop()
        if path in met:
            continue
        met.add(path)
        data = (site / path).read_bytes()  # a dead link raises
        assert data in (OLD.get(path), NEW.get(path)), f"half of a file: {path}"
        for target in re.findall(rb'href="([^"]+)"', data):
            waiting.append(posixpath.normpath(posixpath.join(posixpath.dirname(path), target.decode())))
    return met


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    return folder


def test_only_what_changed_is_written_and_what_is_gone_is_deleted(site):
    first = publish(site, OLD)
    assert (first.written, first.deleted, first.unchanged, first.kept) == (len(OLD), 0, 0, ())
    assert files_of(site) == OLD
    before = {path: (site / path).stat().st_ino for path in OLD}
    second = publish(site, NEW)
    assert (second.written, second.deleted, second.unchanged) == (5, 2, 2)
    assert files_of(site) == NEW
    same = {path for path in NEW if (site / path).stat().st_ino == before.get(path)}
    assert same == {"paper/a.bib", "private/KEY-of-mei/index.html"}
    assert publish(site, NEW).written == 0
    assert {path.name for path in (site / WORKSHOP).iterdir()} == {"files", "index.html", "lock"}


def test_a_folder_that_is_empty_afterwards_goes(site):
    publish(site, OLD)
    publish(site, {"index.html": b"alone"})
    assert {path.name for path in site.iterdir()} == {"index.html", WORKSHOP}


def test_what_is_not_the_sites_is_kept_and_told(site):
    others = {
        "CNAME": b"papers.example",
        "day/notes.txt": b"mine",
        "photos/1.png": b"p",
        "photos/2.png": b"q",
    }
    for path, data in others.items():
        (site / path).parent.mkdir(exist_ok=True)
        (site / path).write_bytes(data)
    assert publish(site, OLD).kept == ("CNAME", "day/notes.txt", "photos/")
    assert publish(site, NEW).kept == ("CNAME", "day/notes.txt", "photos/")
    assert files_of(site) == NEW | others


def test_a_name_that_is_no_text_is_kept_and_can_be_told(site):
    try:
        (Path(os.fsdecode(os.fsencode(site) + b"/\xff"))).write_bytes(b"mine")
    except OSError:
        pytest.skip("no such names here")
    assert publish(site, OLD).kept == (r"\xff",)


def test_a_damaged_journal_is_named(site):
    publish(site, OLD)
    (site / WORKSHOP / "new-1").mkdir()
    (site / WORKSHOP / "new-1" / "journal").write_text('{"moved": [1')
    with pytest.raises(SiteError, match=r"new-1/journal: is damaged .*; delete .*new-1, and publish again"):
        publish(site, NEW)
    assert files_of(site) == OLD


@pytest.mark.parametrize("path", ["../mine.txt", "/tmp/mine.txt", "out/mine.txt", ".publish/files"])
def test_a_journal_that_leads_out_of_the_site_is_not_followed(site, path):
    mine = site.parent / "mine.txt"
    mine.write_bytes(b"mine")
    publish(site, OLD)
    (site / "out").symlink_to(site.parent)
    folder = site / WORKSHOP / "new-1"
    folder.mkdir()
    (folder / staged_name(path)).write_bytes(b"theirs")
    for journal in ({"moved": [path], "deleted": {}}, {"moved": [], "deleted": {path: digest_of(b"mine")}}):
        (folder / "journal").write_text(json.dumps(journal | {"files": {}}))
        with pytest.raises(SiteError, match="journal: is damaged"):
            publish(site, NEW)
        assert mine.read_bytes() == b"mine"
        assert files_of(site).items() >= OLD.items()


def test_a_link_in_the_place_of_the_workshop_clears_nothing_away(site):
    mine = site.parent / "mine" / "new-draft"
    mine.mkdir(parents=True)
    (site / WORKSHOP).symlink_to(mine.parent)
    with pytest.raises(SiteError, match=r"\.publish: is a link"):
        publish(site, OLD)
    assert mine.is_dir()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_in_the_place_of_a_page_is_named_and_not_read(site):
    os.mkfifo(site / "index.html")
    with pytest.raises(SiteError, match=r"index\.html"):
        publish(site, OLD)


@pytest.mark.parametrize("path", ["index.html", "paper/b.html"])
def test_what_stands_in_the_way_of_a_page_is_named_and_nothing_is_changed(site, path):
    (site / path).parent.mkdir(exist_ok=True)
    (site / path).write_bytes(b"mine")
    with pytest.raises(SiteError, match=f"1 of the site's files .*: {path};"):
        publish(site, OLD)
    assert files_of(site) == {path: b"mine"}


def test_a_page_that_was_changed_by_hand_is_neither_changed_nor_deleted(site):
    publish(site, OLD)
    (site / "days.html").write_bytes(b"mine")
    with pytest.raises(SiteError, match=r"changed by hand: days\.html"):
        publish(site, NEW)
    assert files_of(site) == OLD | {"days.html": b"mine"}
    (site / "days.html").write_bytes(OLD["days.html"])
    (site / "paper/b.html").write_bytes(b"mine")  # a page that is gone
    assert publish(site, NEW).kept == ("paper/b.html",)
    assert files_of(site) == NEW | {"paper/b.html": b"mine"}


def test_a_page_that_is_lost_comes_back(site):
    publish(site, OLD)
    (site / "days.html").unlink()
    assert publish(site, OLD).written == 1
    assert files_of(site) == OLD


def test_a_link_or_a_file_in_the_place_of_a_folder_is_named(site, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (site / "paper").symlink_to(elsewhere)
    (site / "day").write_bytes(b"mine")
    with pytest.raises(SiteError, match=r"4 of the site's files .*day/1\.html, paper/a\.bib"):
        publish(site, OLD)
    assert list(elsewhere.iterdir()) == []


def steps_patched(monkeypatch, before_step):
    """Call `before_step` before each file is moved or deleted."""
    replace, unlink = Path.replace, Path.unlink

    def stepping(change):
        def changed(path, *arguments, **options):
            before_step()
            return change(path, *arguments, **options)

        return changed

    monkeypatch.setattr(Path, "replace", stepping(replace))
    monkeypatch.setattr(Path, "unlink", stepping(unlink))


def killed_at(site, files, step):
    """Publish in a process that dies before its change number `step`; whether it died."""
    child = os.fork()
    if not child:
        steps = iter(range(step))
        with pytest.MonkeyPatch.context() as monkeypatch:
            steps_patched(monkeypatch, lambda: next(steps, None) is None and os._exit(9))
            try:
                publish(site, files)
            except BaseException:
                os._exit(1)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, 9)
    return status == 9


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.parametrize("then", [OLD, NEW], ids=["old", "new"])
def test_a_process_that_is_killed_at_any_change_is_finished_by_the_next(tmp_path, then):
    step = 0
    while True:
        site = tmp_path / str(step)
        site.mkdir()
        publish(site, OLD)
        if not killed_at(site, NEW, step):
            break
        walk(site)
        assert publish(site, then).kept == ()
        assert files_of(site) == then
        assert not list((site / WORKSHOP).glob("new-*"))
        step += 1
    assert step > 8


def test_at_no_moment_is_there_a_dead_link_or_half_a_file(site, monkeypatch):
    publish(site, OLD)
    seen = []
    steps_patched(monkeypatch, lambda: seen.append(walk(site)))
    publish(site, NEW)
    assert len(seen) > 8
    assert seen[0] <= set(OLD)
    assert walk(site) < set(NEW)


def test_the_first_pages_are_led_to_by_none_before_all_are_there(site, monkeypatch):
    begun = []
    steps_patched(monkeypatch, lambda: begun.append((site / "index.html").exists()))
    publish(site, OLD)
    while begun[-1]:
        begun.pop()  # the journal and the list of files, afterwards
    assert len(begun) >= len(OLD)
    assert not any(begun)


def test_the_address_of_a_private_page_stands_in_no_other_file(site):
    publish(site, OLD)
    workshop = [path for path in (site / WORKSHOP).rglob("*") if path.is_file()]
    assert not any(b"KEY-of-mei" in path.read_bytes() for path in workshop)


def test_a_folder_without_room_is_left_as_it_was(site, monkeypatch):
    publish(site, OLD)
    write, left = Path.write_bytes, [2]

    def full(path, data):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(SiteError, match="No space left on device; nothing of the site was changed"):
        publish(site, NEW)
    assert files_of(site) == OLD
    assert not list((site / WORKSHOP).glob("new-*"))


def test_one_publishes_at_a_time(site):
    with SiteFolder.opened(site), pytest.raises(SiteError, match="another process publishes to it"):
        publish(site, NEW)


def test_a_path_out_of_the_site_is_never_written(site):
    for path in ("../x", "/etc/x", "a//b", "a/.b", ""):
        with pytest.raises(ValueError, match="no path of a site"):
            publish(site, {path: b""})


def test_where_a_site_cannot_be(tmp_path):
    corpus = tmp_path / "my.corpus"
    corpus.mkdir()
    (tmp_path / "file").write_text("")
    beside = {"the corpus": corpus}
    for out, why in (
        (corpus / "site", "lies in the corpus"),
        (corpus, "lies in the corpus"),
        (tmp_path, "the corpus .* lies in .* and would be public with it"),
        (tmp_path / "file", "is no folder"),
        (tmp_path / "file" / "x", "Not a directory"),
        ("", "the path is empty"),
    ):
        with pytest.raises(ParameterError, match=why):
            checked_site(out, beside)
    assert checked_site(tmp_path / "new" / "site", beside).is_dir()
