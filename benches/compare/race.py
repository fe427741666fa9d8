#!/usr/bin/env python3
"""Races Ledgerline against the jobs in DuckDB and Polars over the same extracts: interleaved, two threads each, a first and
a second load, so many times. Prints a page in Markdown: medians with the least and the most, ratios, stages, and beside
them what it costs merely to parse the files, to hash them, and to load them when little or nothing changed.

    race.py LEDGERLINE --shared FOLDER --data FOLDER [--sizes 10k 100k] [--repeats 3] [--work FOLDER] [--out PAGE]

`--data` has a folder per size, such as `d10k`; one that is not there is generated. Give it a release build.
"""
import argparse
import datetime
import json
import math
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from statistics import median

from changed import change
from jobs import Ours, Theirs, bytes_of, shared_or_skip

MEASURES = {"wall": "wall, s", "cpu": "CPU, s", "memory": "peak memory, MB", "kept": "kept on disk, MB", "written": "written, MB"}


def measure(command, environment, kept=None, well=(0,)):
    """Runs a command: wall and CPU seconds of its process tree, its peak memory, what it wrote, and its output. `well` are the
    exit codes that it may end with."""
    before = bytes_of(kept) if kept else 0
    with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as complaints:
        busy_before, began = busy(), time.monotonic()
        child = subprocess.Popen(command, env={**os.environ, **environment}, stdout=told, stderr=complaints)
        _, state, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(state)
        wall, spent = time.monotonic() - began, used.ru_utime + used.ru_stime
        told.seek(0), complaints.seek(0)
        if child.returncode not in well:
            sys.exit(f"{' '.join(map(str, command))} ended with {child.returncode}\n{complaints.read().decode()[-2000:]}")
        others = max(0.0, (busy() - busy_before - spent) / (os.cpu_count() * wall))
        return {
            "wall": wall, "cpu": spent, "memory": used.ru_maxrss / 1024, "written": used.ru_oublock * 512 / 1e6,
            "kept": (bytes_of(kept) - before) / 1e6 if kept else 0.0, "others": others, "told": told.read().decode(),
        }


def busy():
    """CPU seconds that the machine was busy since it started."""
    fields = [int(field) for field in open("/proc/stat").readline().split()[1:]]
    return (sum(fields[:3]) + sum(fields[5:8])) / os.sysconf("SC_CLK_TCK")


def warm(folder):
    for path in sorted(pathlib.Path(folder).glob("*.csv")):
        with open(path, "rb", buffering=0) as file:
            while file.read(1 << 20):
                pass


def stages_of(job, told):
    """Wall and CPU seconds of each stage: from the newest event log, or from what the job printed."""
    if job.name != "ours":
        return {stage: (facts["wall"], facts["cpu"]) for stage, facts in json.loads(told.strip().splitlines()[-1])["stages"].items()}
    newest = max((job.ledger / "runs").iterdir(), key=lambda run: run.stat().st_mtime)
    events = [json.loads(line)["kind"] for line in (newest / "events.jsonl").read_text().splitlines()]
    ended = [event["stage_ended"] for event in events if "stage_ended" in event]
    return {event["stage"]: (event["millis"] / 1000, event["cpu_millis"] / 1000) for event in ended}


def people(size):
    return int(size[:-1]) * {"k": 1_000, "M": 1_000_000}[size[-1]]


def data_of(folder, size, shared):
    """The extracts of a size, such as `10k`."""
    data = pathlib.Path(folder).resolve() / f"d{size}"
    if not (data / "meta.json").exists():
        subprocess.run([sys.executable, str(shared / "gen.py"), "--identities", str(people(size)), "--timeslots", "2", "--out", str(data)], check=True, stdout=subprocess.DEVNULL)
    return data


def race(asked, shared, size, work):
    """All runs of a size, by load and job, and the extra rows."""
    data = data_of(asked.data, size, shared)
    little = work / f"little_{size}"
    runs, extra = {}, {"nothing": [], "little": [], "hash": [], "parse": {}}
    change(data / "in/ts=2", little / "in/ts=2")
    for _ in range(asked.repeats):
        jobs = [Ours(asked.ledgerline, work / "ours", asked.threads)]
        jobs += [Theirs(name, shared, work / name, asked.threads) for name in ("duckdb", "polars")]
        for load in (1, 2):
            warm(data / f"in/ts={load}")
            for job in jobs:
                command, environment = job.command(data, load)
                run = measure(command, environment, job.kept())
                run["stages"] = stages_of(job, run.pop("told"))
                runs.setdefault((load, job.name), []).append(run)
        ours = jobs[0]
        second = work / "ledger_of_two"
        shutil.rmtree(second, ignore_errors=True)
        shutil.copytree(ours.ledger, second, copy_function=os.link)
        command, environment = ours.command(data, 3, source=2)
        extra["nothing"].append(measure(command, environment, ours.kept()))
        extra["hash"].append(measure([sys.executable, "-c", HASH, *map(str, sorted((data / "in/ts=2").glob("*.csv")))], {}))
        shutil.rmtree(ours.ledger)
        os.rename(second, ours.ledger)
        warm(little / "in/ts=2")
        command, environment = ours.command(little, 3, source=2)
        extra["little"].append(measure(command, environment, ours.kept()))
        parsed = measure([sys.executable, str(shared / "limits.py"), str(data / "in/ts=2"), str(jobs[1].folder(2))], {})
        for line in parsed["told"].splitlines():
            probe = json.loads(line)
            extra["parse"].setdefault(probe["probe"], []).append(probe["cpu"])
    size_of_inputs = sum(path.stat().st_size for path in (data / "in/ts=2").glob("*.csv"))
    return runs, extra, size_of_inputs


HASH = "import hashlib, sys\nfor path in sys.argv[1:]:\n    with open(path, 'rb') as file: hashlib.file_digest(file, 'sha256')"


def number(value):
    return f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 100 else f"{value:,.0f}"


def spread(values):
    """Least, median and most; of one value that one."""
    if len(values) == 1:
        return number(values[0])
    return " / ".join(number(value) for value in (min(values), median(values), max(values)))


def ratios(left, right):
    return spread([a / b for a, b in zip(left, right) if b]) if any(right) else ""


def page(asked, size, runs, extra, inputs):
    of = lambda load, job, what: [run[what] for run in runs[load, job]]
    lines = [f"## {size} identities, {inputs / 1e6:,.0f} MB of CSV", ""]
    for load in (1, 2):
        lines += [f"Load {load}", "", "| | ours | DuckDB | Polars | ours / DuckDB | ours / Polars |", "|---|---|---|---|---|---|"]
        for what, title in MEASURES.items():
            ours, duckdb, polars = (of(load, job, what) for job in ("ours", "duckdb", "polars"))
            lines.append(f"| {title} | {spread(ours)} | {spread(duckdb)} | {spread(polars)} | {ratios(ours, duckdb)} | {ratios(ours, polars)} |")
        busy = [100 * run["others"] for job in ("ours", "duckdb", "polars") for run in runs[load, job]]
        lines += ["", f"Other processes took {min(busy):.0f} to {max(busy):.0f} % of the machine meanwhile.", ""]
    lines += ["Stages of load 2, wall / CPU seconds:", "", "| job | stages |", "|---|---|"]
    for job in ("ours", "duckdb", "polars"):
        names = runs[2, job][0]["stages"]
        middle = lambda name, which: number(median([run["stages"][name][which] for run in runs[2, job]]))
        told = ", ".join(f"{name} {middle(name, 0)} / {middle(name, 1)}" for name in names)
        lines.append(f"| {job} | {told} |")
    cpu, duckdb = of(2, "ours", "cpu"), of(2, "duckdb", "cpu")
    parses = {name: values for name, values in extra["parse"].items() if " csv " in name}
    fastest = min(parses, key=lambda name: median(parses[name]))
    nothing, little, hashed = ([run["cpu"] for run in extra[name]] for name in ("nothing", "little", "hash"))
    lines += ["", "| beside it | CPU, s | ours in proportion |", "|---|---|---|"]
    for name, values in extra["parse"].items():
        of_load = f"load 2: {ratios(cpu, values)}" if name in parses else ""
        lines.append(f"| {name}{' (the fastest)' if name == fastest else ''} | {spread(values)} | {of_load} |")
    lines.append(f"| SHA-256 of the inputs | {spread(hashed)} | nothing changed: {ratios(nothing, hashed)} |")
    lines.append(f"| ours, nothing changed (wall {spread([run['wall'] for run in extra['nothing']])}) | {spread(nothing)} | of our load 2: {ratios(nothing, cpu)} |")
    lines.append(f"| ours, one row in {asked.every} of every file changed | {spread(little)} | of DuckDB's load 2: {ratios(little, duckdb)} |")
    return lines + [""]


def growth(medians):
    """By which power of the number of people our load 2 grows from each size to the next."""
    if len(medians) < 2:
        return []
    lines = ["## Growth of our load 2", "", "| from | to | wall | CPU | peak memory |", "|---|---|---|---|---|"]
    for (small, one), (large, other) in zip(medians, medians[1:]):
        power = lambda what: math.log(other[what] / one[what]) / math.log(people(large) / people(small))
        lines.append(f"| {small} | {large} | {power('wall'):.2f} | {power('cpu'):.2f} | {power('memory'):.2f} |")
    return lines + [""]


def starts(program):
    """Milliseconds of `--version` and of `check` of the sample project, of eleven runs each."""
    sample = pathlib.Path(__file__).resolve().parent.parent.parent
    lines = ["## Start", "", "| | wall, ms |", "|---|---|"]
    commands = {"--version": ["--version"], "check of the sample project": ["--project", str(sample), "check", "weekly"]}
    for title, arguments in commands.items():
        runs = [1000 * measure([program, *arguments], {})["wall"] for _ in range(11)]
        lines.append(f"| {title} | {spread(runs)} |")
    return lines + [""]


def head(asked):
    models = [line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    memory = int(open("/proc/meminfo").readline().split()[1]) / 1024 / 1024
    versions = subprocess.run([sys.executable, "-c", "import duckdb, polars; print(f'DuckDB {duckdb.__version__}, Polars {polars.__version__}')"], capture_output=True, text=True).stdout.strip()
    ours = subprocess.run([asked.ledgerline, "--version"], capture_output=True, text=True).stdout.strip()
    return [
        f"{datetime.date.today()}; {len(models)} cores {models[0] if models else platform.machine()}, {memory:.0f} GiB; {ours}, {versions}.",
        f"{asked.repeats} interleaved runs each, {asked.threads} threads; least / median / most. Ratios are of runs of the same round.", "",
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ledgerline", type=os.path.abspath)
    parser.add_argument("--shared")
    parser.add_argument("--data", required=True)
    parser.add_argument("--sizes", nargs="+", default=["10k"])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--work")
    parser.add_argument("--out")
    asked = parser.parse_args()
    asked.every = 20
    shared = shared_or_skip(asked.shared)
    with tempfile.TemporaryDirectory() as temporary:
        work = pathlib.Path(asked.work or temporary).resolve()
        work.mkdir(parents=True, exist_ok=True)
        lines, medians = head(asked) + starts(asked.ledgerline), []
        for size in asked.sizes:
            runs, extra, inputs = race(asked, shared, size, work)
            lines += page(asked, size, runs, extra, inputs)
            medians.append((size, {what: median([run[what] for run in runs[2, "ours"]]) for what in MEASURES}))
            text = "\n".join(lines + growth(medians))
            if asked.out:
                pathlib.Path(asked.out).write_text(text)
    print(text)


if __name__ == "__main__":
    main()
