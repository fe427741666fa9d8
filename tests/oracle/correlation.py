#!/usr/bin/env python3
"""midPoint's own cases of correlation, rebuilt as loads: who is in question for an account with which confidence, and
who owns it.

    correlation.py LEDGERLINE FOLDER     FOLDER = model/model-impl/src/test/resources/correlator of Evolveum/midpoint at
                                         commit 61863e1 (Apache-2.0 or EUPL-1.2), fetched to a place of your own

Each CSV there is a table of accounts with the candidates, the result and, item by item, the match that midPoint
expects; the users stand in XML. The rules are ours: each is what the XML beside the CSV says.
"""
import csv
import json
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

from common import check, failures

NAMES = {"givenName": "given_name", "familyName": "family_name", "employeeNumber": "employee_number", "nationalId": "national_id",
         "dateOfBirth": "date_of_birth", "honorificPrefix": "honorific_prefix", "costCenter": "cost_center"}
COLUMNS = ["oid", "any_mark", "alias", *NAMES.values()]
SHORT = {"gn": "given_name", "fn": "family_name", "id": "national_id", "en": "employee_number", "dob": "date_of_birth",
         "hp": "honorific_prefix", "cc": "cost_center"}


def on(account, identity=None, compare="equal", **more):
    pairs = {"account": account, "identity": identity or account, "compare": compare, **more}
    return "{ " + ", ".join(f"{key} = {json.dumps(value)}" for key, value in pairs.items()) + " }"


def rule(name, *comparisons, tier=1, **more):
    more = "".join(f"{key} = {value if key in ('block', 'confirm') else json.dumps(value)}\n" for key, value in more.items())
    return f'[[match]]\nid = "{name}"\ntier = {tier}\non = [{", ".join(comparisons)}]\n{more}\n'


NUMBER = on("employee_number")
CONFIRM = "[" + on("family_name") + "]"
GIVEN, FAMILY = on("given_name", compare="alphanumeric"), on("family_name", compare="alphanumeric")
ALSO = on("given_name", ["given_name", "alias"], "alphanumeric")
DIGITS, WRITTEN = on("national_id", compare="digits"), on("family_name")
BY_LETTER = '[{ account = "{family_name:1}", identity = "{family_name:1}" }]'
COMPLEX = "[scoring]\ncandidate_at = 0.25\n\n" + "".join([
    rule("full", ALSO, WRITTEN, DIGITS),
    rule("both_names", ALSO, WRITTEN, tier=2, weight=0.5, ignore_if_matched_by=["full"]),
    rule("family_name", WRITTEN, tier=2, weight=0.25, ignore_if_matched_by=["both_names"]),
    rule("given_name", ALSO, tier=2, weight=0.1, ignore_if_matched_by=["both_names"]),
    rule("national_id", DIGITS, tier=2, weight=0.75, ignore_if_matched_by=["full"]),
    rule("cost_center", on("cost_center"), tier=2, weight=0.1),
])
# A service of its own there; here its answers, by what it looks at.
ID_MATCH = (rule("national_id", on("national_id"), on("date_of_birth"))
            + rule("person", GIVEN, FAMILY, on("date_of_birth"), weight=0.4, ignore_if_matched_by=["national_id"]))
# A script there, which gives two owners for `*`.
BY_OID = rule("oid", on("employee_number", "oid")) + rule("anybody", on("employee_number", "any_mark"))

CASES = {
    "filter-by-employee-number": ("users-traditional", rule("number", NUMBER)),
    "filter-by-employee-number-confirm-by-family-name": ("users-traditional", rule("number", NUMBER, confirm=CONFIRM)),
    "filter-by-employee-number-confirm-by-family-name-except-for-single-result":
        ("users-traditional", rule("number", NUMBER, confirm=CONFIRM, confirm_single=False)),
    "id-match": ("users-traditional", ID_MATCH),
    "owner-expression": ("users-traditional", BY_OID),
    "owner-ref-expression": ("users-traditional", BY_OID),
    "smart-by-name-fuzzy": ("users-smart-basic", rule(
        "names", on("given_name", compare="edit_distance", at_most=3), on("family_name", compare="trigram", at_least=0.2), block=BY_LETTER)),
    "smart-by-name-fuzzy-fixed-confidence": ("users-smart-basic", rule(
        "names", on("given_name", compare="edit_distance", at_most=1, confidence=1.0),
        on("family_name", compare="trigram", at_least=0.5, confidence=1.0), block=BY_LETTER)),
    "smart-by-name-with-default-indexing": ("users-smart-basic", rule("names", ALSO, FAMILY)),
    "smart-by-name-with-original-indexing": ("users-smart-basic", rule("names", on("given_name"), on("family_name"), confidence=0.7)),
    "smart-multi-rule-complex": ("users-smart-basic", COMPLEX),
    "smart-with-matching-rules": ("users-smart-matching-rules", rule(
        "items", GIVEN, FAMILY, on("cost_center", compare="normalised"), on("honorific_prefix"), NUMBER)),
}


def local(element):
    return element.tag.rsplit("}", 1)[-1]


def users(path):
    """The users of an XML file: name, attributes, and other given names."""
    found = []
    for user in ElementTree.parse(path).getroot():
        row = {"name": user.findtext("{*}name"), "oid": user.get("oid", "")}
        for element in [*user, *(user.find("{*}extension") or [])]:
            if local(element) in NAMES:
                row[NAMES[local(element)]] = element.text
        others = {element.text for element in user.iter() if local(element) == "givenName"} - {row.get("given_name")}
        row["alias"] = ";".join(sorted(others))
        found.append(row)
    return found


def cases(path):
    """The rows of a CSV, as midPoint writes them."""
    lines = [line for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]
    rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [dict(zip(rows[0], row)) for row in rows[1:]]


class Load:
    """A project with these people and accounts, loaded once."""

    def __init__(self, program, people, accounts, policy):
        self.program = program
        self.folder = tempfile.TemporaryDirectory()
        root = pathlib.Path(self.folder.name)
        mapped = "".join(f'{name} = {{ from = "{name}", match = true }}\n' if name not in ("given_name", "family_name")
                         else f'{name} = "{name}"\n' for name in COLUMNS)
        of_accounts = mapped.replace('given_name = "given_name"', 'given_name = { from = "given_name", match = true }')
        of_accounts = of_accounts.replace('family_name = "family_name"', 'family_name = { from = "family_name", match = true }')
        files = {
            "ledgerline.toml": '[project]\nname = "Cases"\nzone = "UTC"\n',
            "plans/load.toml": '[plan]\ntitle = "Cases"\n[stage.collect]\nsources = ["people", "accounts"]\n[stage.activate]\n'
                               '[stage.reconcile]\npolicy = "owners"\n[stage.validate]\nguards = false\n[stage.confirm]\nmode = "auto"\n',
            "collectors/people.toml": '[source]\nfiles = "../people.csv"\nformat = "csv"\n[table.identities.columns]\nemployee_id = "name"\n' + mapped,
            "collectors/accounts.toml": '[source]\nfiles = "../accounts.csv"\nformat = "csv"\n[table.accounts.columns]\n'
                                        'repository = { value = "HR" }\nidentifier = "uid"\n' + of_accounts,
            "policies/owners.toml": policy,
        }
        for name, text in files.items():
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_text(text)
        for name, first, rows in [("people.csv", "name", people), ("accounts.csv", "uid", accounts)]:
            with open(root / name, "w", newline="") as file:
                writer = csv.DictWriter(file, [first, *COLUMNS], extrasaction="ignore", restval="")
                writer.writeheader()
                writer.writerows(rows)
        self.run("run", "load", "--as-of", "2026-01-05", "--batch")

    def run(self, *arguments):
        done = subprocess.run([self.program, "--project", self.folder.name, *arguments], capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def scores(self):
        """Candidates with score by account, and owners."""
        question = ("SELECT a.identifier, i.employee_id, s.score, s.outcome FROM accounts a JOIN owner_scores s ON s.account_uid = a.uid "
                    "JOIN identities i ON i.uid = s.identity_uid ORDER BY 1 NULLS FIRST, 2 NULLS FIRST")
        found, owners = {}, {}
        for row in json.loads(self.run("--format", "json", "query", question)):
            found.setdefault(row["identifier"], {})[row["employee_id"]] = float(row["score"])
            if row["outcome"] == "owner":
                owners[row["identifier"]] = row["employee_id"]
        return found, owners

    def matches(self, account):
        """How each column of each candidate matches: F in full, P by another value, N not."""
        found = json.loads(self.run("--format", "json", "reconcile", "candidates", "load", "HR", account))
        letters = {"full": "F", "partial": "P", "none": "N"}
        best = {}
        for row in found:
            at = (row["employee_id"], row["account_column"])
            best[at] = min(best.get(at, "N"), letters[row["degree"]], key="FPN".index)
        return best


def expected_candidates(text):
    pairs = [pair.split(":") for pair in text.split(";") if pair]
    return {name: float(score) for name, score in pairs}


def agrees(load, found, owners, row):
    """What differs from what midPoint expects of a row; nothing where it agrees."""
    candidates, owner = found.get(row["uid"], {}), owners.get(row["uid"])
    expected = expected_candidates(row["expCandidates"])
    result = row["expResult"].rstrip("#")
    problems = []
    if candidates.keys() != expected.keys() or any(abs(candidates[name] - score) > 0.001 for name, score in expected.items()):
        # A rule that never asks for candidates below its threshold says `_none#`, whatever it computed on the way.
        if not (row["expResult"].endswith("#") and not candidates):
            problems.append(f"candidates {candidates}, not {expected}")
    said = owner or ("_uncertain" if candidates else "_none")
    if said != result:
        problems.append(f"result {said}, not {result}")
    if row.get("expMatch") and candidates:
        matches = load.matches(row["uid"])
        for name, items in zip(expected, row["expMatch"].split(";")):
            for item in items.split(","):
                short, degree = item.split(":")
                if matches.get((name, SHORT[short])) != degree:
                    problems.append(f"{name} {short}: {matches.get((name, SHORT[short]))}, not {degree}")
    return problems


def correlation(program, folder):
    for name, (people, policy) in CASES.items():
        rows = cases(folder / "correlation" / f"{name}.csv")
        known = users(folder / "correlation" / f"{people}.xml")
        if "expression" in name:
            known.append({"name": "administrator", "oid": "00000000-0000-0000-0000-000000000002"})
            for person in known:
                person["any_mark"] = "*" if person["name"] in ("ismith", "administrator") else ""
        accounts = [{"uid": row["uid"], **{NAMES[key]: value for key, value in row.items() if key in NAMES}} for row in rows]
        load = Load(program, known, accounts, policy)
        found, owners = load.scores()
        for row in rows:
            problems = agrees(load, found, owners, row)
            check(f"{name} {row['uid']}: {'; '.join(problems) or row['expResult']}", not problems)


def identities_one_by_one(program, folder):
    """Accounts in the order of their uid: each is somebody new, somebody known, or a question for an operator, whose
    answer is in the file. An account stands for the identity that it was given."""
    known, given = [], {}
    for row in cases(folder / "matching" / "accounts.csv"):
        attributes = {NAMES[key]: value for key, value in row.items() if key in NAMES}
        account = {"uid": row["uid"], **attributes}
        load = Load(program, known or [{"name": "nobody"}], [account], ID_MATCH)
        found, owners = load.scores()
        candidates, owner, test = set(found.get(row["uid"], {})), owners.get(row["uid"]), row["test"]
        if test == "new":
            holds, answer = not candidates, row["uid"]
        elif test.startswith("="):
            holds, answer = owner == given[test[1:]], test[1:]
        else:
            options, answer = test[1:].split(":")
            # Its own uid among the options is the offer to take somebody new.
            holds = owner is None and candidates == {given[option] for option in options.split(",") if option != row["uid"]}
            answer = row["uid"] if answer == "new" else answer
        check(f"matching {row['uid']}: {test}, candidates {sorted(candidates)}, owner {owner}", holds)
        if answer == row["uid"]:
            known.append({"name": f"p{answer}", **attributes})
        given[row["uid"]] = given.get(answer, f"p{answer}")


def main():
    program, folder = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
    correlation(program, folder)
    identities_one_by_one(program, folder)
    print(f"{len(failures)} failed")
    sys.exit(bool(failures))


main()
