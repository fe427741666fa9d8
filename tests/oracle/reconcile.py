#!/usr/bin/env python3
"""DuckDB recomputes match rules that add up: every kind of likeness, nicknames, letters of other alphabets, classes, confirmation, what expires and
who is back, over two loads of a few people (docs/stages/reconcile.md).

    reconcile.py LEDGERLINE PROJECT     PROJECT has the page
"""
import pathlib
import re
import subprocess
import sys
import tempfile

MORE = """
[[class]]
id = "services"
class = "service"
where = "a.identifier LIKE 'svc%'"

[[match]]
id = "alike"
tier = 3
weight = 0.3
classes = ["personal"]
on = [
    { account = "family_name", identity = ["family_name", "full_name"], compare = "trigram", at_least = 0.2 },
    { account = "given_name", identity = "given_name", compare = "nickname" },
    { account = "family_name", identity = "family_name", compare = "prefix", at_least = 2 },
]
block = [{ account = "{family_name:1}", identity = "{family_name:1}" }]
confirm = [{ account = "given_name", identity = "given_name", compare = "equal" }]
confirm_single = false
"""
PLAN = """[plan]
title = "Load"
[stage.collect]
sources = ["people", "accounts"]
[stage.activate]
[stage.reconcile]
policy = "owners"
[stage.validate]
guards = false
[stage.confirm]
mode = "auto"
"""
PEOPLE = """[source]
files = "../people.csv"
format = "csv"
[table.identities.columns]
employee_id = "ID"
given_name = "FIRST"
family_name = "LAST"
badge = "BADGE"
"""
ACCOUNTS = """[source]
files = "../accounts.csv"
format = "csv"
[table.accounts.columns]
repository = { value = "AD" }
identifier = "LOGIN"
given_name = { from = "FIRST", match = true }
family_name = { from = "LAST", match = true }
badge = "BADGE"
"""


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    page = (pathlib.Path(sys.argv[2]) / "docs" / "stages" / "reconcile.md").read_text()
    models = pathlib.Path(__file__).with_name("models.py")

    def block(first):
        return re.search(r"```\w*\n" + re.escape(first) + r"\n(.*?)```", page, re.S).group(1)

    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        policy = block("# policies/owners.toml").replace(
            "[scoring]\n", 'transliterations = ["letters", "umlauts"]\ncarry_for = "4 weeks"\non_return = "restore"\n\n[scoring]\nnicknames = ["common"]\n', 1)
        files = {
            "ledgerline.toml": '[project]\nname = "Reconcile"\nzone = "UTC"\n', "plans/load.toml": PLAN,
            "collectors/people.toml": PEOPLE, "collectors/accounts.toml": ACCOUNTS, "policies/owners.toml": policy + MORE,
            "people.csv": block("people.csv") + "E4,Robert,Vik,\nE5,Юлия,Щербакова,\nE6,Søren,Groß,\n",
            "accounts.csv": block("accounts.csv") + "bobs,Jon,Smyth,\nsvc-x,X,Y,\nröb,Bob,Vike,\nrv,Robert,Vik,\njs,Iuliia,Shcherbakowa,\nsg,Soeren,Gross,\n",
        }
        for name, text in files.items():
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_text(text)
        # Two are renamed, one leaves, and comes back.
        renamed = files["people.csv"].replace("Smith,0657", "Smithe,0657").replace("Dahl,", "Dohl,")
        without = renamed.replace("E4,Robert,Vik,\n", "")
        for day, people in [("2026-01-05", files["people.csv"]), ("2026-01-12", without), ("2026-02-09", renamed)]:
            (root / "people.csv").write_text(people)
            subprocess.run([program, "--project", folder, "run", "load", "--as-of", day, "--batch"], check=True, capture_output=True)
            subprocess.run([sys.executable, str(models), program, folder, "load"], check=True)


main()
