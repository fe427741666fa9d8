#!/usr/bin/env python3
"""Recomputes every model of a timeslot in DuckDB, from what `ledgerline explain` prints, and holds the rows against
those of the timeslot's parts.

    models.py LEDGERLINE PROJECT PLAN [ARGUMENT ..]     the arguments go to explain: --timeslot ID, --var NAME=VALUE
"""
import json
import subprocess
import sys

import duckdb


def main():
    program, project, plan, *rest = sys.argv[1:]
    command = [program, "--project", project, "--format", "json", "explain", plan, *rest]
    explanation = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    database = duckdb.connect()
    for definition in explanation["views"] + explanation["macros"]:
        database.execute(definition["statement"])
    differing = rows = 0
    by_table = {}
    for model in explanation["models"]:
        by_table.setdefault(model["table"], []).append(model)
    for table, models in sorted(by_table.items()):
        columns = ", ".join('"%s"' % column for column in models[0]["columns"])
        recomputed = " UNION ALL ".join(f"(SELECT {columns} FROM ({model['query']}) AS q)" for model in models)
        stored = f"SELECT {columns} FROM {table}"
        try:
            count = database.execute(f"SELECT count(*) FROM ({stored})").fetchone()[0]
            only_stored = database.execute(f"({stored}) EXCEPT ALL ({recomputed}) ORDER BY ALL LIMIT 3").fetchall()
            only_duckdb = database.execute(f"({recomputed}) EXCEPT ALL ({stored}) ORDER BY ALL LIMIT 3").fetchall()
        except duckdb.Error as error:
            differing += 1
            print(f"FAILED {table}: {error}")
            continue
        rows += count
        if only_stored or only_duckdb:
            differing += 1
            print(f"DIFFERS {table}: only stored {only_stored}, only DuckDB {only_duckdb}")
    stale = [f"{model['table']}/{model['model']}: {model['why']}" for model in explanation["models"] if not model["stands"]]
    for model in stale:
        print(f"does not stand: {model}")
    print(f"{len(explanation['models'])} models of {len(by_table)} tables, {rows} rows: {differing} differ, {len(stale)} do not stand")
    print(f"{len(by_table) - differing} passed, {differing + len(stale)} failed")
    sys.exit(bool(differing or stale))


main()
