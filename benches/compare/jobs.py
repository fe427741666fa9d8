"""The three jobs over the benchmark's extracts: ours, and those in DuckDB and Polars. Each is a command that makes one
timeslot from `DATA/in/ts=LOAD` and the timeslot before it, and leaves it in a folder of its own.
"""
import os
import pathlib
import shutil
import sys

DAYS = {1: "2026-01-04", 2: "2026-01-11", 3: "2026-01-18"}
PROJECT = pathlib.Path(__file__).resolve().parent.parent / "workload"


class Ours:
    """Ledgerline over the project of the benchmark, with so many threads."""

    name = "ours"

    def __init__(self, program, work, threads):
        self.program, self.ledger, self.project = program, work / "ledger", work / "project"
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(PROJECT, self.project)
        with open(self.project / "ledgerline.toml", "a") as settings:
            settings.write(f"\n[engine]\nthreads = {threads}\n")

    def command(self, data, load, source=None):
        """Makes timeslot `load`, from the extracts of `source` where they are another load's."""
        variables = {"data": data, "load": source or load, "ledger": self.ledger}
        given = [text for name, value in variables.items() for text in ("--var", f"{name}={value}")]
        return [self.program, "--project", str(self.project), "run", "load", "--as-of", DAYS[load], "--batch", *given], {}

    def folder(self, load):
        return self.ledger / f"timeslot={DAYS[load]}"

    def kept(self):
        return self.ledger


class Theirs:
    """A job of the shared folder."""

    def __init__(self, name, shared, work, threads):
        self.name, self.script, self.work, self.threads = name, shared / f"{name}_job.py", work, threads
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)

    def command(self, data, load, source=None):
        before = self.folder(load - 1) if load > 1 else "none"
        inputs = f"{data}/in/ts={source or load}"
        command = [sys.executable, str(self.script), "--in", inputs, "--prev", str(before), "--out", str(self.folder(load))]
        return [*command, "--date", DAYS[load], "--threads", str(self.threads)], {"POLARS_MAX_THREADS": str(self.threads)}

    def folder(self, load):
        return self.work / f"ts={load}"

    def kept(self):
        return self.work


def shared_or_skip(path):
    """The shared folder, or the end of the program where it is not there: it is no part of the repository."""
    if path is None or not (pathlib.Path(path) / "duckdb_job.py").exists():
        print(f"SKIPPED: the jobs in other engines are not there: {path or 'give --shared FOLDER'}")
        sys.exit(0)
    return pathlib.Path(path).resolve()


def bytes_of(folder):
    """Bytes of the files below a folder; one that is linked several times counts once."""
    files = {}
    for root, _, names in os.walk(folder):
        for name in names:
            facts = os.lstat(os.path.join(root, name))
            files[facts.st_ino] = facts.st_size
    return sum(files.values())
