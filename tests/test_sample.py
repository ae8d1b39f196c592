import importlib.util
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from recommender.paper import Paper
from recommender.sample import PAPERS, PROFILES

ROOT = Path(__file__).parents[1]
DATA = Path(__file__).parents[2] / "shared" / "data"
CORPUS, DAILY = DATA / "corpus_ml.parquet", DATA / "hf_daily_papers.jsonl.gz"

needs_data = pytest.mark.skipif(not (CORPUS.is_file() and DAILY.is_file()), reason="no shared data")


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("build_sample", ROOT / "scripts" / "build_sample.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def papers():
    return [json.loads(line) for line in PAPERS.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def profiles():
    return [json.loads(line) for line in PROFILES.read_text("utf-8").splitlines()]


# The papers


def test_at_least_200_papers_on_12_topics(papers):
    topics = Counter(paper["topic"] for paper in papers)
    assert len(papers) >= 200
    assert len([topic for topic, size in topics.items() if size >= 5]) >= 12


def test_papers_are_sorted_by_topic_then_id(papers):
    assert papers == sorted(papers, key=lambda paper: (paper["topic"], paper["id"]))


def test_each_record_is_a_valid_paper(papers):
    for record in papers:
        fields = {name: tuple(value) if isinstance(value, list) else value for name, value in record.items()}
        topic = fields.pop("topic")
        paper = Paper(**fields)
        assert topic
        assert re.fullmatch(r"arxiv:\d{4}\.\d{4,5}", paper.id)
        assert paper.key == paper.id
        assert paper.id in paper.names
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", paper.published)
        assert paper.url == f"https://arxiv.org/abs/{paper.id.removeprefix('arxiv:')}"
        assert {name: getattr(paper, name) for name in fields} == fields, "cleaning changes nothing"


def test_no_id_and_no_title_occurs_twice(papers):
    built = [Paper(id=paper["id"], title=paper["title"]) for paper in papers]
    assert len({paper.key for paper in built}) == len(papers)
    assert len({paper.fingerprint for paper in built}) == len(papers)


def test_synopses_have_60_to_120_words(papers, script):
    assert list(script.wrong_lengths(papers)) == []


def test_synopses_are_not_in_the_first_person(papers):
    first_person = re.compile(r"\b(we|our|ours|us|We|Our|Ours)\b")
    assert [paper["id"] for paper in papers if first_person.search(paper["abstract"])] == []


def test_synopses_do_not_all_open_alike(papers):
    openings = Counter(" ".join(paper["abstract"].split()[:3]) for paper in papers)
    assert openings.most_common(1)[0][1] <= 3


def test_some_author_lists_are_whole_and_no_name_is_cut(papers):
    lists = [paper["authors"] for paper in papers if paper["authors"]]
    assert lists
    assert all(name.strip() == name and name for names in lists for name in names)
    assert not any("et al" in name for names in lists for name in names)


# The profiles


def test_eight_profiles_with_unique_names(profiles):
    assert len({profile["name"] for profile in profiles}) == len(profiles) == 8
    for profile in profiles:
        assert set(profile) == {"name", "about", "liked", "disliked", "seen"}
        assert profile["about"].count(".") == 1, "one sentence"


def test_profiles_like_3_to_8_papers_of_the_sample(papers, profiles):
    known = {paper["id"] for paper in papers}
    for profile in profiles:
        assert 3 <= len(profile["liked"]) <= 8
        named = [*profile["liked"], *profile["disliked"], *profile["seen"]]
        assert set(named) <= known
        assert len(set(named)) == len(named), "no paper is named twice"


def test_some_profiles_have_two_interests_dislikes_or_papers_seen(papers, profiles):
    topic = {paper["id"]: paper["topic"] for paper in papers}
    unrelated = [profile for profile in profiles if re.search("unrelated|never meet", profile["about"])]
    assert len(unrelated) >= 3
    assert all(len({topic[liked] for liked in profile["liked"]}) == 2 for profile in unrelated)
    assert len([profile for profile in profiles if profile["disliked"]]) >= 3
    assert len([profile for profile in profiles if profile["seen"]]) >= 2


def test_each_interest_leaves_papers_to_recommend(papers, profiles):
    topic = {paper["id"]: paper["topic"] for paper in papers}
    for profile in profiles:
        spent = {*profile["liked"], *profile["disliked"], *profile["seen"]}
        left = Counter(topic[paper["id"]] for paper in papers if paper["id"] not in spent)
        assert all(left[topic[liked]] >= 3 for liked in profile["liked"])


# The script


def test_authors_are_given_as_far_as_the_source_has_them(script):
    cut = "Ada Lovelace, Charles Babbage, " + "x" * 129
    assert len(cut) == 160
    assert script.authors("Ada Lovelace, Charles Babbage", partial=False) == [
        "Ada Lovelace",
        "Charles Babbage",
    ]
    assert script.authors(cut, partial=False) == []
    assert script.authors("", partial=False) == []
    assert script.authors("Ada Lovelace", partial=True) == []


def test_building_refuses_unknown_and_repeated_ids(script):
    facts = {"title": "T", "authors": [], "published": "2024", "categories": [], "url": ""}
    line = {"id": "arxiv:2401.00001", "topic": "t", "synopsis": "two\n words"}
    assert script.build([line], {line["id"]: facts}) == [
        {"id": line["id"], "abstract": "two words", "topic": "t", **facts}
    ]
    with pytest.raises(ValueError, match=r"2401\.00001 has 2 synopses"):
        script.build([line, line], {line["id"]: facts})
    with pytest.raises(ValueError, match=r"2401\.00001 is not in the corpus"):
        script.build([line], {})


def test_a_run_of_eight_words_is_found_whatever_its_case_and_punctuation(script):
    paper = {"id": "a", "abstract": "So it is: one two, three four; five six seven eight."}
    assert list(script.shared_runs([paper], [("b", "One two three (four five) six seven EIGHT nine")])) == [
        "a: 'one two three four five six seven eight' stands in b too"
    ]
    assert list(script.shared_runs([paper], [("b", "one two three four five six seven nine")])) == []


@needs_data
def test_facts_are_those_of_the_corpus(papers, script):
    assert (
        list(script.wrong_facts(papers, script.facts(CORPUS, DAILY, {paper["id"] for paper in papers}))) == []
    )


def test_facts_are_compared_one_by_one(papers, script):
    known = {paper["id"]: paper for paper in papers}
    changed = [{**papers[0], "published": "1999-01-01"}, {**papers[1], "id": "arxiv:9901.00001"}]
    wrong = list(script.wrong_facts(changed, known))
    assert len(wrong) == 2
    assert "published is '1999-01-01'" in wrong[0]
    assert wrong[1] == "arxiv:9901.00001: is not in the corpus"


@needs_data
def test_building_from_the_sample_itself_changes_nothing(tmp_path, script):
    assert script.main(["--corpus", str(CORPUS), "--daily", str(DAILY), "--out", str(tmp_path)]) == 0
    assert (tmp_path / "papers.jsonl").read_bytes() == PAPERS.read_bytes()


@needs_data
def test_no_synopsis_shares_eight_words_with_the_papers_own_abstracts_or_the_listing(papers, script):
    ids = {paper["id"] for paper in papers}
    assert list(script.shared_runs(papers, script.abstracts(CORPUS, ids))) == []
    assert list(script.shared_runs(papers, script.listing(CORPUS))) == []


@needs_data
@pytest.mark.slow
def test_no_synopsis_shares_eight_words_with_the_whole_corpus(capsys, script):
    assert script.main(["--check", "--corpus", str(CORPUS), "--daily", str(DAILY)]) == 0
    assert capsys.readouterr().out.endswith(" papers checked, 0 problems\n")
