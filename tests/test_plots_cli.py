"""Pictures from the shell."""

import pytest

from recommender.cli import main


def test_a_map_from_the_shell(tmp_path, capsys):
    out = tmp_path / "map.html"
    assert main(["map", "Mei", "-k", "3", "--topics", "5", "--layout", "pca", "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert told.startswith("map of 232 papers in 5 topics\n")
    assert "on top: 6 liked, 2 disliked, 3 recommended\n" in told
    assert f"{out}: " in told
    assert out.read_text().startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("kind", ["timeline", "tradeoff", "similarities", "interests", "scores"])
def test_the_other_pictures_from_the_shell(tmp_path, capsys, kind):
    out = tmp_path / "x.svg"
    assert main(["plot", kind, *(["Mei"] if kind != "timeline" else []), "--out", str(out)]) == 0
    assert out.read_text().startswith("<svg")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "option"),
    [
        ("timeline", ["--by", "month"]),
        ("tradeoff", ["-k", "4"]),
        ("similarities", ["-k", "4"]),
        ("similarities", ["--diversity", "0.9"]),
        ("interests", ["-k", "4"]),
        ("scores", ["--min-confidence", "0.9"]),
        ("scores", ["--diversity", "0.9"]),
    ],
)
def test_each_option_changes_the_picture(tmp_path, capsys, kind, option):
    reader, drawn = ["Mei"] if kind != "timeline" else [], []
    for given in ([], option):
        out = tmp_path / f"{len(given)}.json"
        assert main(["plot", kind, *reader, *given, "--out", str(out)]) == 0
        drawn.append(out.read_bytes())
    assert drawn[0] != drawn[1]


def test_a_map_of_a_reader_without_a_list_says_why(tmp_path, capsys):
    papers = tmp_path / "papers.csv"
    papers.write_text("id,title\na,Grebes dive\nb,Loons dive\n")
    (tmp_path / "me.json").write_text('{"liked": ["a", "nobody"], "seen": ["b"]}')
    folder = str(tmp_path / "corpus")
    assert main(["build", str(papers), "--corpus", folder, "--encoder", "static"]) == 0
    out = str(tmp_path / "map.png")
    assert main(["map", str(tmp_path / "me.json"), "--corpus", folder, "--out", out]) == 0
    assert "no paper 'nobody'" in capsys.readouterr().err


def test_encoders_from_the_shell(tmp_path, capsys):
    out = tmp_path / "x.png"
    asked = ["plot", "encoders", "Mei", "--encoder", "static", "--encoder", "static@64", "--out", str(out)]
    assert main(asked) == 0
    told = capsys.readouterr().out
    assert "| static@64 |" in told
    assert "papers of 1 reader," in told
    assert out.stat().st_size > 1000


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["map", "--out", "x.gif"], 2, "x.gif: a picture is written as"),
        (["map", "--out", "no/x.png"], 2, "there is no folder no"),
        (["map"], 2, "Missing option '--out'"),
        (["map", "nobody", "--out", "x.png"], 1, "no file and no reader 'nobody'"),
        (["map", "-k", "3", "--out", "x.png"], 2, "-k is of a reader's list; name a PROFILE"),
        (["map", "--topics", "0", "--out", "x.png"], 2, "there may be 1 to 500"),
        (["plot", "scores", "--out", "x.png"], 2, "Missing argument 'PROFILE'"),
        (["plot", "scores", "Mei", "--min-confidence", "2", "--out", "x.png"], 2, "2.0 is not in the range"),
        (["plot", "encoders", "Mei", "--out", "x.png"], 2, "Missing option '--encoder'"),
        (["plot", "clouds", "--out", "x.png"], 2, "No such command 'clouds'"),
        (["plot", "timeline", "Mei", "--out", "x.png"], 2, "unexpected extra argument (Mei)"),
        (["plot", "tradeoff", "Mei", "--diversity", "1", "--out", "x.png"], 2, "No such option"),
        (["plot", "scores", "Mei", "--out", "."], 2, "a picture is written as"),
    ],
)
def test_wrong_usage_is_one_line(tmp_path, monkeypatch, capsys, arguments, status, message):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == status
    lines = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("(no --corpus")]
    assert len(lines) == 1
    assert message in lines[0]
    assert list(tmp_path.iterdir()) == []
