#!/usr/bin/env bash
# After a fork not only the inherited connection is of no use: one that the child opens for itself, to the same file,
# takes no lock as long as the inherited one is open there, since SQLite keeps its locks by process and file and
# believes that it has them. A checkpoint then empties the log under the child's open read. Once the child has closed
# what it inherited, its own connection holds its state (and the parent keeps its locks).
# Guessed: a connection that is opened after the fork is as good as any.
# So for our code: a child closes what it inherited, while SQLite is at rest, and opens its own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q apsw==3.51.0.0
venv/bin/python - <<'PY'
import os
import sys

import apsw

print("apsw", apsw.apsw_version(), "SQLite", apsw.sqlite_lib_version())
COUNT = "SELECT count(*) FROM t"


def run(connection, *statements):
    return [connection.execute(statement).fetchall() for statement in statements]


def opened():
    return apsw.Connection("data.sqlite")


writer = opened()
run(writer, "PRAGMA journal_mode = WAL", "PRAGMA wal_autocheckpoint = 0", "CREATE TABLE t (x)")
writer.close()
seen = []
for closes_first in (False, True):
    parent = opened()
    run(parent, "BEGIN", COUNT)
    reading, done = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        if closes_first:
            parent.close()
        own = opened()
        run(own, "BEGIN", COUNT)
        os.write(reading[1], b".")
        os.read(done[0], 1)
        os._exit(0)
    os.read(reading[0], 1)
    parent.close()
    writer = opened()
    run(writer, "INSERT INTO t VALUES (1)")
    (((busy, *_),),) = run(writer, "PRAGMA wal_checkpoint(TRUNCATE)")
    left = os.path.getsize("data.sqlite-wal")
    print(f"inherited one {'closed' if closes_first else 'open'} in the child, which reads by one of its own:")
    print(f"  the checkpoint was {'kept waiting' if busy else 'done'}, the log has {left} bytes")
    seen.append((bool(busy), left > 0))
    os.write(done[1], b".")
    os.waitpid(child, 0)
    writer.close()
sys.exit(0 if seen == [(False, False), (True, True)] else f"changed: {seen}")
PY
