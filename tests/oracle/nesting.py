#!/usr/bin/env python3
"""Groups nested very deep, and a circle of very many: both finish, and who is at the bottom has what lies at the top.

    nesting.py LEDGERLINE [DEEP [ROUND]]   10,000 groups in a chain and 1,000 in a circle unless said otherwise
"""
import csv
import io
import pathlib
import subprocess
import sys
import tempfile
import time

from common import check, failures

COLLECTORS = {
    "people": '[table.identities.columns]\nemployee_id = "ID"\n',
    "accounts": '[table.accounts.columns]\nrepository = { value = "B" }\nidentifier = "ID"\nemployee_id = "ID"\n',
    "permissions": '[table.permissions.columns]\napplication = { value = "B" }\ncode = "ID"\n',
    "groups": '[table.groups.columns]\nrepository = { value = "B" }\ncode = "ID"\n',
    "nesting": '[table.group_nesting.columns]\nrepository = { value = "B" }\ngroup = "FROM"\nparent = "TO"\n',
    "members": '[table.memberships.columns]\nrepository = { value = "B" }\naccount = "WHO"\ngroup = "WHAT"\n',
    "rights": '[table.rights.columns]\nrepository = { value = "B" }\ngroup = "ID"\napplication = { value = "B" }\npermission = "WHAT"\n',
}
OWNERS = '[[match]]\nid = "by_id"\naccount = "employee_id"\nidentity = "employee_id"\n'
PLAN = """[plan]
title = "Nesting"
[stage.collect]
sources = [%s]
[stage.activate]
cycles = "%s"
[stage.reconcile]
policy = "owners"
[stage.validate]
guards = false
[stage.confirm]
mode = "auto"
"""


def project(folder, deep, round_, cycles):
    for name in ["plans", "collectors", "policies"]:
        (folder / name).mkdir()
    (folder / "ledgerline.toml").write_text('[project]\nname = "Nesting"\nledger = "ledger"\n')
    (folder / "plans" / "load.toml").write_text(PLAN % (", ".join(f'"{name}"' for name in COLLECTORS), cycles))
    (folder / "policies" / "owners.toml").write_text(OWNERS)
    chain, circle = [f"chain{at}" for at in range(deep)], [f"circle{at}" for at in range(round_)]
    tables = {
        "people": [["ID"], ["E1"], ["E2"]],
        "accounts": [["ID"], ["E1"], ["E2"]],
        "permissions": [["ID"], ["TOP"], ["ROUND"]],
        "groups": [["ID"], *([code] for code in chain + circle)],
        "nesting": [["FROM", "TO"], *zip(chain, chain[1:]), *zip(circle, circle[1:] + circle[:1])],
        "members": [["WHO", "WHAT"], ["E1", chain[0]], ["E2", circle[round_ // 2]]],
        "rights": [["ID", "WHAT"], [chain[-1], "TOP"], [circle[round_ // 2 - 1], "ROUND"]],
    }
    for name, text in COLLECTORS.items():
        (folder / "collectors" / f"{name}.toml").write_text(f'[source]\nfiles = "../{name}.csv"\nformat = "csv"\n{text}')
        with open(folder / f"{name}.csv", "w", newline="") as file:
            csv.writer(file).writerows(tables[name])


def main():
    ledgerline = sys.argv[1]
    deep = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    round_ = int(sys.argv[3]) if len(sys.argv) > 3 else 1_000
    for cycles in ["cut", "keep"]:
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            project(folder, deep, round_, cycles)
            began = time.monotonic()
            run = subprocess.run([ledgerline, "run", "load", "--project", folder, "--as-of", "2026-01-05"], capture_output=True, text=True)
            took = time.monotonic() - began
            check(f"{deep} groups deep and {round_} in a circle, which is {cycles}: {took:.1f} s", run.returncode == 0)
            if run.returncode:
                print(run.stdout + run.stderr)
                continue

            def ask(query):
                told = subprocess.run([ledgerline, "query", query, "--project", folder, "--format", "csv"], capture_output=True, text=True, check=True)
                return list(csv.reader(io.StringIO(told.stdout)))[1:]

            held = ask("SELECT i.employee_id, p.code FROM effective_rights e JOIN identities i ON i.uid = e.identity_uid JOIN permissions p ON p.uid = e.permission_uid")
            # One step short of once around: cut anywhere else, the circle does not lead there.
            expected = [["E1", "TOP"]] + ([["E2", "ROUND"]] if cycles == "keep" else [])
            check(f"{cycles}: {held}", sorted(held) == expected)
            pairs = int(ask("SELECT COUNT(*) AS n FROM group_closure")[0][0])
            of_circle = round_ * round_ if cycles == "keep" else round_ * (round_ + 1) // 2
            check(f"{cycles}: {pairs} pairs of groups", pairs == deep * (deep + 1) // 2 + of_circle)
            why = subprocess.run([ledgerline, "why", "E1", "B/TOP", "--project", folder, "--format", "csv"], capture_output=True, text=True)
            steps = why.stdout.count(" > group ")
            check(f"{cycles}: one path of {steps} groups says why", why.returncode == 0 and steps == deep)
    sys.exit(bool(failures))


main()
