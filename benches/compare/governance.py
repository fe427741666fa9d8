#!/usr/bin/env python3
"""What governance costs of a load of an invented company: 500 pairs of duties in a matrix, and the standard pack, each on
top of the project's own weekly load. Loads with and without are interleaved; of each plan the second load counts, in a ledger of its own,
always behind the same first one. Prints a table in Markdown: medians, and how many findings the load has.

    governance.py LEDGERLINE FOLDER [--identities 100000] [--repeats 5] [--threads 2] [--plans pack sod]

FOLDER keeps the extracts between runs. Give it a release build and a machine with nothing else to do.
"""
import argparse
import csv
import json
import pathlib
import random
import shutil
import subprocess
import sys
from statistics import median

from race import measure

PROJECT = pathlib.Path(__file__).resolve().parents[2]
PAIRS = 500
# A week in which so many leave is held for a person to look at: everything but confirm has then run.
HELD = 3
PACK = """packs = ["standard"]
pack_controls = ["*", "!review_*", "!identity_excess_right"]

[stage.controls.set.account_unused]
risk = 1
parameters = { days = 180 }
"""
MATRIX = """title = "Five hundred pairs of duties"
risk = 4
kind = "segregation_of_duties"
on = "identity"
matrix = "five_hundred_pairs.csv"
"""


def prepare(asked, folder):
    """A project with the plans `weekly`, `pack` and `sod`, which differ in their controls alone."""
    if not (folder / "sample-data").exists():
        generate = ["generate", "--identities", str(asked.identities), "--loads", "2", "--out", str(folder / "sample-data")]
        subprocess.run([asked.ledgerline, *generate], check=True, stdout=subprocess.DEVNULL)
    for name in ("collectors", "controls", "plans", "policies", "rules"):
        shutil.copytree(PROJECT / name, folder / name, dirs_exist_ok=True)
    # Of so many more rows, more come without a readable key.
    for collector in (folder / "collectors").glob("*.toml"):
        collector.write_text(collector.read_text().replace("max_keyless_rows = 5", "max_keyless_rows = 100"))
    project = (PROJECT / "ledgerline.toml").read_text()
    (folder / "ledgerline.toml").write_text(f"{project}\n[engine]\nthreads = {asked.threads}\n")
    weekly = (PROJECT / "plans" / "weekly.toml").read_text()
    own = 'controls = ["*"]\n'
    assert own in weekly, "the weekly plan names its controls otherwise"
    names = sorted(path.stem for path in (PROJECT / "controls").glob("*.toml"))
    without = f"controls = {json.dumps(names)}\n"
    (folder / "plans" / "weekly.toml").write_text(weekly.replace(own, without))
    (folder / "plans" / "pack.toml").write_text(weekly.replace(own, without + PACK))
    (folder / "plans" / "sod.toml").write_text(weekly)
    newest = max(path for path in (folder / "sample-data").iterdir() if path.is_dir() and path.name[0] == "2")
    with open(newest / "catalogue_permissions.csv", newline="") as file:
        names = sorted(f"{row['APPLICATION']}/{row['CODE']}" for row in csv.DictReader(file) if row["APPLICATION"] and row["CODE"])
    names = sorted(set(names))
    chosen, drawn = random.Random(5), set()
    while len(drawn) < PAIRS:
        drawn.add(tuple(sorted(chosen.sample(names, 2))))
    lines = ["left,right,severity,rule,title"]
    lines += [f"{left},{right},4,P{at},Pair {at}" for at, (left, right) in enumerate(sorted(drawn), 1)]
    (folder / "policies" / "five_hundred_pairs.csv").write_text("\n".join(lines) + "\n")
    (folder / "controls" / "five_hundred_pairs.toml").write_text(MATRIX)
    return sorted(path.name for path in (folder / "sample-data").iterdir() if path.is_dir() and path.name[0] == "2")[:2]


def load(asked, folder, plan, day):
    run = measure([asked.ledgerline, "--project", str(folder), "run", plan, "--batch", "--var", f"load={day}", "--as-of", day], {}, well=(0, HELD))
    newest = max((folder / "ledger" / "runs").iterdir(), key=lambda path: path.stat().st_mtime)
    events = [json.loads(line)["kind"] for line in (newest / "events.jsonl").read_text().splitlines()]
    ended = [event["stage_ended"] for event in events if "stage_ended" in event]
    stages = {event["stage"]: event["millis"] / 1000 for event in ended}
    return {**run, "governance": stages["rules"] + stages["controls"]}


def findings(asked, folder, day):
    told = subprocess.run([asked.ledgerline, "--project", str(folder), "--format", "csv", "query", "SELECT COUNT(*) FROM findings", "--timeslot", day],
                          check=True, capture_output=True, text=True).stdout
    return int(told.splitlines()[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ledgerline", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("folder", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--identities", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--plans", nargs="+", default=["pack", "sod"], choices=["pack", "sod"])
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    first, second = prepare(asked, asked.folder)
    runs, found = {}, {}
    for at in range(asked.repeats):
        for plan in ("weekly", *asked.plans):
            shutil.rmtree(asked.folder / "ledger", ignore_errors=True)
            load(asked, asked.folder, plan, first)
            runs.setdefault(plan, []).append(load(asked, asked.folder, plan, second))
            found[plan] = findings(asked, asked.folder, second)
            one = runs[plan][-1]
            print(f"{at + 1} {plan}: {one['wall']:.2f} s, rules and controls {one['governance']:.2f}, others {one['others']:.0%}", file=sys.stderr)
    middle = {plan: {what: median(run[what] for run in of) for what in ("wall", "cpu", "governance")} for plan, of in runs.items()}
    print(f"| plan | findings | whole load, s | CPU, s | rules and controls, s | more than `weekly`, s | of the load |\n|---|---|---|---|---|---|---|")
    for plan, of in middle.items():
        more = of["governance"] - middle["weekly"]["governance"]
        print(f"| {plan} | {found[plan]} | {of['wall']:.2f} | {of['cpu']:.2f} | {of['governance']:.2f} | {more:.2f} | {100 * more / of['wall']:.1f} % |")


if __name__ == "__main__":
    main()
