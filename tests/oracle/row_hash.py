#!/usr/bin/env python3
"""Recomputes `row_hash` and every `*_norm` of the sample's last load from the source files alone, without the program's
code: the rules are written here once more, from the words of the documentation.

    row_hash.py PROJECT LOAD            PROJECT/ledger must have the timeslot LOAD, collected from sample-data/LOAD
"""
import csv
import datetime
import json
import re
import sys
import unicodedata

import duckdb
import xxhash

BLANKS = "\u200b\u200c\u200d\ufeff"


def trim(text):
    while text and (text[0].isspace() or text[0] in BLANKS):
        text = text[1:]
    while text and (text[-1].isspace() or text[-1] in BLANKS):
        text = text[:-1]
    return text


def norm(text):
    if text is None:
        return None
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.category(c).startswith("M"))
    return bare.lower().strip()


def iso(text):
    return date(text, r"(\d{4})-(\d\d)-(\d\d)", (1, 2, 3))


def european(text):
    return date(text, r"(\d\d)/(\d\d)/(\d{4})", (3, 2, 1))


def date(text, pattern, order):
    match = re.fullmatch(pattern, text)
    try:
        return datetime.date(*(int(match.group(part)) for part in order)).isoformat() if match else None
    except ValueError:
        return None


def flag(true, false):
    return lambda text: "true" if text.lower() in true else "false" if text.lower() in false else None


YES = flag({"true", "1", "y", "yes"}, {"false", "0", "n", "no"})
UPPER, LOWER, SAME = str.upper, str.lower, str
IDENTITIES = {
    "employee_id": ("EMPLOYEE_ID", UPPER), "given_name": ("FIRST_NAME", SAME), "family_name": ("LAST_NAME", SAME),
    "email": ("MAIL", LOWER), "organisation": ("ORG", UPPER), "job_code": ("JOB_CODE", UPPER), "job_title": ("JOB_TITLE", SAME),
    "manager": ("MANAGER_ID", UPPER), "hired_on": ("HIRE_DATE", iso), "departure_on": ("END_DATE", iso),
    "status": ("STATUS", UPPER), "contract": ("CONTRACT", SAME), "location": ("SITE", SAME), "phone": ("PHONE", SAME),
}
DIRECTORY = {
    "identifier": ("SAM", LOWER), "display_name": ("DISPLAY_NAME", SAME), "email": ("MAIL", LOWER),
    "employee_id": ("EMPLOYEE_NUMBER", UPPER), "is_enabled": ("ENABLED", YES), "is_privileged": ("ADMIN", YES),
    "department": ("DEPARTMENT", SAME), "created_on": ("CREATED", iso),
}
ERP = {
    "identifier": ("USER", LOWER), "display_name": ("NAME", SAME), "employee_id": ("PERSNO", UPPER),
    "is_enabled": ("ACTIVE", YES), "is_privileged": ("PRIVILEGED", YES), "created_on": ("VALID_FROM", european),
}
CRM = {
    "identifier": ("login", LOWER), "display_name": ("name", SAME), "email": ("mail", LOWER), "is_enabled": ("enabled", YES),
    "created_on": ("createdOn", iso),
}


def cleaned(record, columns, constants):
    row = dict(constants)
    for name, (source, clean) in columns.items():
        text = record.get(source)
        text = trim(str(text).lower() if isinstance(text, bool) else text) if text is not None else ""
        value = clean(text) if text else None
        if value is not None:
            row[name] = unicodedata.normalize("NFC", value) if name in ("employee_id", "identifier") else value
    return row


def row_hash(row):
    text = "".join(f"{name}\x1f{row[name]}\x1e" for name in sorted(row))
    return int.from_bytes(xxhash.xxh3_64_digest(text.encode()), "big", signed=True)


def csv_records(path, **format):
    encoding = format.pop("encoding", "utf-8")
    with open(path, newline="", encoding=encoding) as file:
        yield from csv.DictReader(file, **format)


def main():
    project, load = sys.argv[1:]
    folder = f"{project}/sample-data/{load}"
    identities, accounts = {}, {}
    for record in csv_records(f"{folder}/hr_identities.csv"):
        row = cleaned(record, IDENTITIES, {})
        names = [row[name] for name in ("given_name", "family_name") if name in row]
        if names:
            row["full_name"] = " ".join(names)
        if "employee_id" in row:
            identities.setdefault(row["employee_id"], row)
    with open(f"{folder}/crm_accounts.jsonl", encoding="utf-8") as file:
        crm = [json.loads(line) for line in file if line.strip()]
    sources = [
        (csv_records(f"{folder}/directory_accounts.csv"), DIRECTORY, "AD"),
        (csv_records(f"{folder}/erp_accounts.csv", delimiter=";", encoding="cp1252"), ERP, "ERP"),
        (crm, CRM, "CRM"),
    ]
    for records, columns, repository in sources:
        for record in records:
            row = cleaned(record, columns, {"repository": repository})
            if "identifier" in row:
                accounts.setdefault((repository, row["identifier"]), row)

    database = duckdb.connect()
    checked = wrong = 0
    tables = [
        ("identities", ["employee_id"], identities, ["given_name", "family_name", "full_name", "email"]),
        ("accounts", ["repository", "identifier"], accounts, ["identifier", "display_name", "email", "employee_id"]),
    ]
    for table, key, rows, matched in tables:
        names = key + ["row_hash"] + [f"{name}_norm" for name in matched]
        path = f"{project}/ledger/timeslot={load}/{table}/*.parquet"
        stored = database.execute(f"SELECT {', '.join(names)} FROM read_parquet('{path}', union_by_name = true)").fetchall()
        for values in stored:
            found = dict(zip(names, values))
            wanted = rows.get(values[0] if len(key) == 1 else tuple(values[:2]))
            expected = None
            if wanted is not None:
                expected = {name: wanted[name] for name in key} | {"row_hash": row_hash(wanted)}
                expected |= {f"{name}_norm": norm(wanted.get(name)) for name in matched}
            checked += 1
            if found != expected:
                wrong += 1
                print(f"DIFFERS {table}: stored {found}, recomputed {expected}")
        missing = len(rows) - len(stored)
        if missing:
            wrong += abs(missing)
            print(f"DIFFERS {table}: {len(stored)} rows stored, {len(rows)} recomputed")
    print(f"{checked - wrong} passed, {wrong} failed")
    sys.exit(bool(wrong) or not checked)


main()
