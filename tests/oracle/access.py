"""A small project of people, accounts, permissions and groups, each table a file of its own: what oracles of expansion share."""

import csv
import io
import subprocess
import time

REPOSITORY, APPLICATION = 'repository = { value = "B" }\n', 'application = { value = "B" }\n'
TABLES = {
    "people": ("identities", 'employee_id = "ID"\n'),
    "accounts": ("accounts", REPOSITORY + 'identifier = "ID"\nemployee_id = "ID"\n'),
    "permissions": ("permissions", APPLICATION + 'code = "ID"\n'),
    "inclusions": ("permission_links", APPLICATION + 'permission = "FROM"\nincluded = "TO"\n'),
    "rights": ("rights", REPOSITORY + APPLICATION + 'account = "WHO"\npermission = "WHAT"\n'),
    "groups": ("groups", REPOSITORY + 'code = "ID"\n'),
    "nesting": ("group_nesting", REPOSITORY + 'group = "FROM"\nparent = "TO"\n'),
    "members": ("memberships", REPOSITORY + 'account = "WHO"\ngroup = "WHAT"\n'),
    "group_rights": ("rights", REPOSITORY + APPLICATION + 'group = "ID"\npermission = "WHAT"\n'),
}
OWNERS = '[[match]]\nid = "by_id"\naccount = "employee_id"\nidentity = "employee_id"\n'
PLAN = """[plan]
title = "Access"
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


def load(ledgerline, folder, cycles, tables):
    """Writes the project with these tables, each a header and rows, and loads it. Says how long it took."""
    for name in ["plans", "collectors", "policies"]:
        (folder / name).mkdir()
    (folder / "ledgerline.toml").write_text('[project]\nname = "Access"\nledger = "ledger"\n')
    (folder / "plans" / "load.toml").write_text(PLAN % (", ".join(f'"{name}"' for name in tables), cycles))
    (folder / "policies" / "owners.toml").write_text(OWNERS)
    for name, (header, rows) in tables.items():
        table, columns = TABLES[name]
        text = f'[source]\nfiles = "../{name}.csv"\nformat = "csv"\n[table.{table}.columns]\n{columns}'
        (folder / "collectors" / f"{name}.toml").write_text(text)
        with open(folder / f"{name}.csv", "w", newline="") as file:
            csv.writer(file).writerows([header, *rows])
    began = time.monotonic()
    run = subprocess.run([ledgerline, "run", "load", "--project", folder, "--as-of", "2026-01-05"], capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(run.stdout + run.stderr)
    return time.monotonic() - began


def ask(ledgerline, folder, query):
    """The rows of an answer."""
    command = [ledgerline, "query", query, "--project", folder, "--format", "csv"]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    return list(csv.reader(io.StringIO(told.stdout)))[1:]
