"""Packed files: gzip, and a zip with one file in it, unpacked as they stream, up to a limit."""

import contextlib
import gzip
import io
import json
import tracemalloc
import zipfile

import pytest
from click.testing import CliRunner

from recommender.cli import cli
from recommender.errors import ParameterError, SourceError
from recommender.option_values import max_size, unpacking
from recommender.readers import Source, read_papers

CSV = b"title,abstract\nGrebes,Dive for fish\nLoons,Call at night\n"


def zipped(path, files, **options):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def titles(path, **options):
    return [paper.title for paper in read_papers(path, **options)]


def until_error(items):
    """What comes before the items end in an error."""
    found = []
    with contextlib.suppress(SourceError, EOFError):
        for item in items:
            found.append(item)
    return found


def test_a_zip_with_one_file_is_that_file(tmp_path):
    assert titles(zipped(tmp_path / "a.zip", {"library.csv": CSV})) == ["Grebes", "Loons"]
    assert titles(zipped(tmp_path / "a", {"a folder/deep/x": CSV})) == ["Grebes", "Loons"]


def test_what_systems_put_beside_a_file_is_none(tmp_path):
    files = {
        "folder/": b"",
        "folder/library.csv": CSV,
        "__MACOSX/folder/._library.csv": b"x",
        "folder/.DS_Store": b"x",
        "._library.csv": b"x",
        "folder/Thumbs.db": b"x",
        "desktop.ini": b"x",
    }
    assert titles(zipped(tmp_path / "a.zip", files)) == ["Grebes", "Loons"]


def test_several_files_or_none_are_named(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a.csv": CSV, "b.csv": CSV})
    with pytest.raises(SourceError, match=r"a\.zip: a zip with 2 files \('a\.csv', 'b\.csv'\); unpack it"):
        titles(path)
    path = zipped(tmp_path / "a.zip", {f"{number}.csv": CSV for number in range(12)})
    with pytest.raises(SourceError, match=r"a zip with 12 files \('0\.csv', .* and 7 more\)"):
        titles(path)
    for files in ({}, {"folder/": b""}):
        with pytest.raises(SourceError, match="a zip with no file"):
            titles(zipped(tmp_path / "a.zip", files))


def test_a_zip_comes_through_a_pipe_too(tmp_path, monkeypatch):
    path = zipped(tmp_path / "a.zip", {"a.csv": CSV})

    class Stdin:
        buffer = io.BytesIO(path.read_bytes())

    monkeypatch.setattr("sys.stdin", Stdin)
    assert titles("-") == ["Grebes", "Loons"]


def test_damaged_and_locked_zips_are_named_in_one_line(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a.csv": CSV * 3000})
    data = path.read_bytes()
    path.write_bytes(data[:200])
    with pytest.raises(SourceError, match=r"a\.zip: the zip data is damaged \("):
        titles(path)
    at = data.index(b"a.csv") + 60
    path.write_bytes(data[:at] + bytes(40) + data[at + 40 :])
    with pytest.raises(SourceError, match=r"a\.zip: .*damaged"):
        titles(path)
    locked = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[data.index(mark) + at] |= 1
    path.write_bytes(bytes(locked))
    with pytest.raises(SourceError, match=r"a zip that cannot be unpacked here \(.*encrypted") as caught:
        titles(path)
    assert "\n" not in str(caught.value)


def test_papers_before_the_damage_are_read(tmp_path):
    rows = [
        json.dumps({"title": f"Grebes {number}", "abstract": str(hash(str(number)))})
        for number in range(9999)
    ]
    path = zipped(tmp_path / "a.zip", {"a.jsonl": "\n".join(rows)})
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] + bytes(99) + data[len(data) // 2 + 99 :])
    with pytest.raises(SourceError, match=r"a\.zip: .*damaged after row \d+"):
        list(read_papers(path))
    assert len(until_error(read_papers(path))) > 1000


@pytest.mark.parametrize("kind", ["gz", "zip"])
def test_no_more_is_unpacked_than_the_limit(kind, tmp_path):
    line = b'{"title": "Grebes", "abstract": "' + b"x" * 960 + b'"}\n'
    data = line * 10_000
    path = tmp_path / f"bomb.{kind}"
    if kind == "gz":
        path.write_bytes(gzip.compress(data))
    else:
        zipped(path, {"a.jsonl": data})
    found = until_error(read_papers(path, max_size=2**20))
    with pytest.raises(SourceError) as caught:
        list(read_papers(path, max_size=2**20))
    message = str(caught.value)
    assert (
        f"bomb.{kind}: unpacks to more than 1MB, the most that is unpacked (--max-size raises this)"
        in message
    )
    assert 900 < len(found) <= 1024 * 1024 // len(line)
    assert sum(1 for _ in read_papers(path, max_size=len(data))) == 10_000
    with unpacking(2**20):
        assert max_size() == 2**20
        with pytest.raises(SourceError, match="more than 1MB"):
            list(read_papers(path))
    assert max_size() == 64 * 2**30


def test_a_bomb_in_one_line_takes_little_memory(tmp_path):
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"title,abstract\n" + bytes(300 * 2**20), 1))
    tracemalloc.start()
    with pytest.raises(SourceError, match="more than 256MB"):
        list(read_papers(path, format="csv", max_size=2**28))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 * 2**20


@pytest.mark.parametrize("wrong", [0, -1, "64GB", 1.5, True])
def test_max_size_is_a_number_of_bytes(wrong, tmp_path):
    with pytest.raises(ParameterError, match="max_size is"):
        read_papers(tmp_path / "a", max_size=wrong)


def test_the_command_obeys_and_tells_the_limit(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a.csv": CSV * 100})
    build = ["build", str(path), "--encoder", "static", "--corpus", str(tmp_path / "c")]
    done = CliRunner().invoke(cli, [*build, "--max-size", "1kB"], standalone_mode=False)
    assert "unpacks to more than 1kB" in str(done.exception)
    assert CliRunner().invoke(cli, [*build, "--max-size", "1MB", "--encoding", "latin-1"]).exit_code == 0


def test_the_command_refuses_an_unknown_encoding(tmp_path):
    build = ["build", "a.csv", "--corpus", str(tmp_path / "c"), "--encoding", "latin-one"]
    done = CliRunner().invoke(cli, build, standalone_mode=False)
    assert isinstance(done.exception, ParameterError)
    assert "'latin-one' is no encoding; write one such as" in str(done.exception)


def test_gzip_keeps_what_stands_before_a_cut(tmp_path):
    data = gzip.compress(b"".join(b'{"title": "Grebes %d"}\n' % number for number in range(50_000)))
    path = tmp_path / "a.gz"
    path.write_bytes(data[: len(data) // 2])
    with Source(path).open() as stream:
        assert len(until_error(iter(stream.readline, b""))) > 20_000
