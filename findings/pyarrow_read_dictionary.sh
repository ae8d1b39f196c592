#!/usr/bin/env bash
# A Parquet column that was written without a dictionary and is read with `read_dictionary`, batch by batch: each
# batch's dictionary holds all values of the row group that were read before it, so that the sizes of the batches
# add up to many times the column; `MapArray.keys` and `.items` of a slice are those of the whole array.
# Guessed: the dictionary of a batch has the values of that batch; keys of a slice are the slice's.
# So for our code: plain columns are read plain; sizes are counted before values are made; offsets are followed by
# hand.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q pyarrow==26.0.1
venv/bin/python - <<'PY'
import io
import sys
from importlib.metadata import version

import pyarrow as pa
import pyarrow.parquet as pq

print("pyarrow", version("pyarrow"))
values = [f"abstract number {number}" for number in range(20_000)]
file = io.BytesIO()
pq.write_table(pa.table({"abstract": values}), file, use_dictionary=False)
seen = []
for options in ({}, {"read_dictionary": ["abstract"]}):
    batches = list(pq.ParquetFile(file, **options).iter_batches(batch_size=1000))
    columns = [batch.column(0) for batch in batches]
    held = [len(column.dictionary) if options else len(column) for column in columns]
    seen.append((len(columns), held[0], held[-1]))
    print(options or "plain", f"{len(columns)} batches, values held by the first {held[0]}, by the last {held[-1]},")
    print(f"  bytes in all {sum(column.nbytes for column in columns):,}")

pairs = pa.array([[("a", 1)], [("b", 2), ("c", 3)]], pa.map_(pa.string(), pa.int64()))
slice = pairs.slice(1)
print("slice", slice.to_pylist(), "keys", slice.keys.to_pylist())
seen.append(slice.keys.to_pylist())
expected = [(20, 1000, 1000), (20, 1000, 20_000), ["a", "b", "c"]]
sys.exit(0 if seen == expected else f"changed: {seen}")
PY
