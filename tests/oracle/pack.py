#!/usr/bin/env python3
"""Runs the tests that the controls of a pack carry in DuckDB: the same small tables in, the same rows out.

    pack.py REPOSITORY

Columns and types of tables are those of docs/tables.md and of the pack's columns.toml; a rule that others read has the
columns that DuckDB finds for it.
"""
import re
import sys
import tomllib
from pathlib import Path

import duckdb

TYPES = {"text": "VARCHAR", "integer": "BIGINT", "boolean": "BOOLEAN", "date": "DATE", "double": "DOUBLE"}


def tables_of(root):
    """Column and type of every table."""
    tables, name = {}, None
    for line in (root / "docs/tables.md").read_text().splitlines():
        if found := re.match(r"### `(\w+)`", line):
            name = found[1]
            tables[name] = {}
        elif (found := re.match(r"\| `(\w+)` \| (\w+) \|", line)) and name:
            tables[name][found[1]] = found[2]
    return tables


def literal(kind, value):
    """A parameter as the program writes it."""
    value = value.strip().removeprefix("'").removesuffix("'")
    if kind == "texts":
        return ", ".join(literal("text", one.strip()) for one in value.split(","))
    escaped = value.replace("'", "''")
    return {
        "text": f"'{escaped}'", "integer": f"({value})", "boolean": value.upper(),
        "date": f"DATE '{value}'", "double": f"CAST({value} AS DOUBLE)",
    }[kind]


def question(text):
    """Parameters, tests and SQL of a file."""
    parameters, tests, grid = {}, [], None
    lines = text.splitlines()
    head = next(at for at, line in enumerate(lines) if not line.startswith("--"))
    for line in (line[2:].strip() for line in lines[:head]):
        if found := re.match(r"parameter (\w+) (\w+) = (.*)", line):
            parameters[found[1]] = (found[2], found[3])
        elif line.startswith("test:"):
            tests.append({"name": line[5:].strip(), "with": {}, "given": {}, "expect": None})
        elif found := re.match(r"with (\w+) = (.*)", line):
            tests[-1]["with"][found[1]] = found[2]
        elif "|" in line and tests:
            what, *cells = line.split("|")
            cells = [cell.strip() for cell in cells]
            if what.startswith("given"):
                grid = tests[-1]["given"].setdefault(what.split()[1], [])
            elif what.startswith("expect"):
                grid = tests[-1]["expect"] = []
            grid.append(cells)
    return parameters, tests, "\n".join(lines[head:])


def filled(sql, parameters, test):
    values = {"as_of": f"DATE '{test['with'].get('as_of', '2000-01-01')}'"}
    for name, (kind, default) in parameters.items():
        values[name] = literal(kind, test["with"].get(name, default))
    return re.sub(r"\{(\w+)\}", lambda found: values[found[1]], sql)


def fill(database, tables, given):
    """Every table with the rows of a test, or none."""
    for name, columns in tables.items():
        for prefix in ("", "before_"):
            database.execute(f'DELETE FROM "{prefix}{name}"')
    for name, (header, *rows) in given.items():
        for row in rows:
            cells = ["NULL" if cell == "" else "'" + ("" if cell == "''" else cell.replace("'", "''")) + "'" for cell in row]
            names = ", ".join(f'"{column}"' for column in header)
            database.execute(f'INSERT INTO "{name}" ({names}) VALUES ({", ".join(cells)})')


def main():
    root = Path(sys.argv[1])
    tables = tables_of(root)
    passed = failed = 0
    for pack in sorted(path for path in (root / "packs").iterdir() if path.is_dir()):
        for table, columns in tomllib.loads((pack / "columns.toml").read_text()).items():
            tables[table] |= {name: TYPES[entry["type"]] for name, entry in columns.items()}
        database = duckdb.connect()
        for name, columns in tables.items():
            for prefix in ("", "before_"):
                listed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
                database.execute(f'CREATE TABLE "{prefix}{name}" ({listed})')
        files = {path.stem: question(path.read_text()) for path in sorted(pack.rglob("*.sql"))}
        waiting = {name for name in files if name.startswith("pack_")}
        while waiting:
            for name in sorted(waiting):
                parameters, tests, sql = files[name]
                if any(f"rule_{other}" in sql and re.search(rf"rule_{other}\b", sql) for other in waiting):
                    continue
                query = filled(sql, parameters, tests[0])
                columns = {row[0]: row[1] for row in database.execute(f"DESCRIBE {query}").fetchall()}
                tables[f"rule_{name}"] = columns
                for prefix in ("", "before_"):
                    listed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
                    database.execute(f'CREATE TABLE "{prefix}rule_{name}" ({listed})')
                waiting.discard(name)
                break
            else:
                sys.exit(f"questions wait for each other: {sorted(waiting)}")
        for name, (parameters, tests, sql) in files.items():
            for test in tests:
                fill(database, tables, test["given"])
                header, *rows = test["expect"]
                query = f"SELECT {', '.join(header)} FROM ({filled(sql, parameters, test)}) AS answer"
                found = [["" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell) for cell in row]
                         for row in database.execute(query).fetchall()]
                if sorted(found) == sorted(rows):
                    passed += 1
                else:
                    failed += 1
                    print(f"{name}: {test['name']}: found {sorted(found)}, expected {sorted(rows)}")
    print(f"{passed} passed, {failed} failed")
    sys.exit(bool(failed))


main()
