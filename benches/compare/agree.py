#!/usr/bin/env python3
"""Runs two loads of the benchmark here and in DuckDB, and holds all 19 tables of both against each other row by row, with
the comparison of the shared folder as it is.

    agree.py LEDGERLINE --shared FOLDER --data FOLDER [--work FOLDER]     the data: in/ts=1 and in/ts=2, as the generator writes them
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

from jobs import Ours, Theirs, shared_or_skip

HERE = pathlib.Path(__file__).resolve().parent


def run(command, environment):
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ledgerline")
    parser.add_argument("--shared")
    parser.add_argument("--data", required=True)
    parser.add_argument("--work")
    asked = parser.parse_args()
    shared = shared_or_skip(asked.shared)
    with tempfile.TemporaryDirectory() as temporary:
        work = pathlib.Path(asked.work or temporary).resolve()
        ours = Ours(os.path.abspath(asked.ledgerline), work / "ours", 2)
        duckdb = Theirs("duckdb", shared, work / "duckdb", 2)
        differing = 0
        for load in (1, 2):
            for job in (ours, duckdb):
                run(*job.command(os.path.abspath(asked.data), load))
            tables = work / "tables" / f"ts={load}"
            timeslot = ours.folder(load).name.split("=")[1]
            run([sys.executable, str(HERE / "tables.py"), str(ours.ledger), timeslot, str(tables)], {})
            print(f"load {load}: DuckDB, ours", flush=True)
            compared = subprocess.run([sys.executable, str(shared / "compare.py"), str(duckdb.folder(load)), str(tables)])
            differing += compared.returncode != 0
    sys.exit(bool(differing))


if __name__ == "__main__":
    main()
