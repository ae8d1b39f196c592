import datetime
import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recommender.errors import SourceError
from recommender.paper import Paper
from recommender.readers import Rejected, Source, parquet_rows, read_papers


def test_typed_columns(tmp_path):
    table = pa.table(
        {
            "id": pa.array([7, None]),
            "title": ["Grebes", "Loons"],
            "authors": [["Gwen Grebe", "Lou Loon"], None],
            "published": pa.array([datetime.datetime(2024, 1, 31, 5), None], pa.timestamp("ns")),
            "categories": pa.array(["cs.CL cs.LG", None]).dictionary_encode(),
            "upvotes": [3, None],
            "unused": [b"x", b"y"],
        }
    )
    path = tmp_path / "papers.parquet"
    pq.write_table(table, path)
    first, second = read_papers(path)
    assert first == Paper(
        id="7",
        title="Grebes",
        authors=("Gwen Grebe", "Lou Loon"),
        published="2024-01-31",
        categories=("cs.CL", "cs.LG"),
        upvotes=3,
    )
    assert second == Paper(title="Loons")


def test_values_python_cannot_hold_cost_no_row(tmp_path):
    text = pa.Array.from_buffers(pa.string(), 2, pa.array([b"Grebes \xff", b"Loons"]).buffers())
    far = pa.array([10**15, 0], pa.int64()).cast(pa.timestamp("ms"))
    path = tmp_path / "papers.parquet"
    pq.write_table(pa.table({"title": text, "date": far, "id": [None, 8]}), path)
    assert [
        (paper.id, paper.title, paper.published) for paper in read_papers(path) if isinstance(paper, Paper)
    ] == [
        (Paper(title="Grebes �").id, "Grebes �", ""),
        ("8", "Loons", "1970-01-01"),
    ]


def test_wrong_columns_and_rows(tmp_path):
    path = tmp_path / "papers.parquet"
    pq.write_table(pa.table({"a": [1], "b": [2]}), path)
    with pytest.raises(SourceError, match=r"papers\.parquet: no column for the title among 'a', 'b'"):
        list(read_papers(path))
    pq.write_table(pa.table({"title": [None, "Grebes"], "id": ["x", "y"]}), path)
    assert next(read_papers(path)) == Rejected("papers.parquet, row 1", "has no title (id 'x')")


def test_a_damaged_file_gives_what_precedes_the_damage(tmp_path):
    path = tmp_path / "papers.parquet"
    table = pa.table({"title": [f"Grebes {number} {number**30}" for number in range(100)]})
    pq.write_table(table, path, row_group_size=10, write_page_checksum=True)
    data = bytearray(path.read_bytes())
    chunk = pq.read_metadata(path).row_group(5).column(0)
    data[chunk.data_page_offset + chunk.total_compressed_size // 2] ^= 1  # in a page, which has a checksum
    path.write_bytes(data)
    found = []
    with pytest.raises(SourceError, match=r"papers\.parquet: damaged Parquet after row \d+ \("):
        found.extend(read_papers(path))
    assert [paper.title[:8] for paper in found[:2]] == ["Grebes 0", "Grebes 1"]
    assert len(found) % 10 == 0
    path.write_bytes(data[:-100])
    with pytest.raises(SourceError, match="damaged Parquet after row 0"):
        list(read_papers(path))


def test_gzip_around_parquet_is_named(tmp_path):
    path = tmp_path / "papers.parquet.gz"
    pq.write_table(pa.table({"title": ["Grebes"]}), tmp_path / "plain")
    path.write_bytes(gzip.compress((tmp_path / "plain").read_bytes()))
    with pytest.raises(SourceError, match="Parquet inside gzip"):
        list(read_papers(path))


def test_rows_with_long_lists_are_taken_a_few_at_a_time(tmp_path):
    path = tmp_path / "papers.parquet"
    records = [{"a": [f"{row} {number}" for number in range(100)], "b": row} for row in range(50)]
    pq.write_table(pa.Table.from_pylist(records), path)
    found = list(parquet_rows.parquet_rows(Source(path), lambda names: {*names} - {"b"}, batch_bytes=1000))
    assert found == [(row, {"a": record["a"]}) for row, record in enumerate(records, 1)]
