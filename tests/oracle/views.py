#!/usr/bin/env python3
"""Reads `views.sql` of a ledger in DuckDB and holds every view against the parts it stands for.

    views.py LEDGER
"""
import json
import os
import pathlib
import sys

import duckdb

os.chdir(sys.argv[1])
database = duckdb.connect()
database.execute(pathlib.Path("views.sql").read_text())
views = sorted(name for (name,) in database.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall())
manifests = {path.parent.name.split("=")[1]: json.loads(path.read_text()) for path in pathlib.Path(".").glob("timeslot=*/manifest.json")}
rows = lambda manifest, table: sum(part["rows"] for part in manifest["tables"].get(table, {"parts": []})["parts"])
current = database.execute("SELECT max(timeslot) FROM identities_history").fetchone()[0]
failed = 0
for view in views:
    table, kind = view.rsplit("_", 1)
    found = database.execute(f"SELECT count(*) FROM {view}").fetchone()[0]
    wanted = sum(rows(manifest, table) for manifest in manifests.values()) if kind == "history" else rows(manifests[current], table)
    if found != wanted:
        failed += 1
        print(f"FAILED {view}: {found} rows, {wanted} in the manifests")
    if kind == "named":
        database.execute(f"SELECT * FROM {view} LIMIT 1").fetchone()
print(f"{len(views)} views of {len(manifests)} timeslots: {failed} failed")
sys.exit(bool(failed))
