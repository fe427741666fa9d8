#!/usr/bin/env python3
"""baton-sdk's sets for the expansion of grants: what a connector synced, and what their expander made of it. Their
entitlements are ours twice over: as permissions that include each other, and as groups inside each other.

    baton.py LEDGERLINE FOLDER   FOLDER holds pairs <name>.unexpanded and <name>.expanded (github.com/ConductorOne/baton-sdk,
                                 pkg/sync/expand/testdata); where only the first is there, the number of grants is told
"""
import pathlib
import sqlite3
import sys
import tempfile

import pyarrow

from access import ask, load
from common import check, failures

EXPANDABLE = b"c1.connector.v2.GrantExpandable"

# Entitlements that include each other, and entitlements that are groups inside each other.
WAYS = {
    "roles": ["people", "accounts", "permissions", "inclusions", "rights"],
    "groups": ["people", "accounts", "permissions", "groups", "nesting", "members", "group_rights"],
}


def fields(message):
    """The fields of a message in protobuf's wire format: number and value, bytes where they have a length."""
    at = 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        key = number()
        if key & 7 == 2:
            length = number()
            yield key >> 3, message[at : at + length]
            at += length
        elif key & 7 == 0:
            yield key >> 3, number()
        else:
            raise ValueError(f"wire type {key & 7}")


def database(path, folder):
    raw = path.read_bytes()
    if raw[:5] != b"C1ZF\0":
        raise SystemExit(f"{path} is no file of theirs")
    copy = folder / (path.name + ".db")
    copy.write_bytes(pyarrow.CompressedInputStream(pyarrow.BufferReader(raw[5:]), "zstd").read())
    return sqlite3.connect(copy)


def grants(path, folder):
    """(principal, entitlement) -> their sources, and the edges that grants say: source, destination."""
    found, edges = {}, set()
    query = "SELECT entitlement_id, principal_resource_type_id, principal_resource_id, data FROM v1_grants"
    for entitlement, kind, resource, data in database(path, folder).execute(query):
        sources = set()
        for number, value in fields(data):
            if number == 5:
                entries = (entry for one, entry in fields(value) if one == 1)
                sources |= {key.decode() for entry in entries for one, key in fields(entry) if one == 1}
            if number == 4:
                any_of = dict(fields(value))
                if EXPANDABLE in any_of[1]:
                    edges |= {(source.decode(), entitlement) for one, source in fields(any_of[2]) if one == 1}
        found[f"{kind}:{resource}", entitlement] = sources
    return found, edges


def entitlements(path, folder):
    return [row[0] for row in database(path, folder).execute("SELECT external_id FROM v1_entitlements")]


def expand(ledgerline, way, direct, edges, codes, folder):
    """What a load makes of it: each pair with the entitlements right before it that bring it, itself where it is direct."""
    people = sorted({(who,) for who, _ in direct})
    codes = set(codes) | {code for edge in edges for code in edge} | {code for _, code in direct}
    named = [(code,) for code in sorted(codes)]
    steps, rights = (["FROM", "TO"], sorted(edges)), (["WHO", "WHAT"], sorted(direct))
    tables = {"people": (["ID"], people), "accounts": (["ID"], people), "permissions": (["ID"], named), "inclusions": steps, "rights": rights,
              "groups": (["ID"], named), "nesting": steps, "members": rights, "group_rights": (["ID", "WHAT"], [code * 2 for code in named])}
    took = load(ledgerline, folder, "keep", {name: tables[name] for name in WAYS[way]})
    links = "SELECT permission_uid AS uid, included_uid AS parent_uid FROM permission_links" if way == "roles" else (
        "SELECT f.uid, t.uid AS parent_uid FROM group_nesting n JOIN groups g ON g.uid = n.group_uid JOIN groups h ON h.uid = n.parent_uid "
        "JOIN permissions f ON f.code = g.code JOIN permissions t ON t.code = h.code")
    own = "SELECT account_uid, permission_uid FROM rights" if way == "roles" else (
        "SELECT m.account_uid, p.uid AS permission_uid FROM memberships m JOIN groups g ON g.uid = m.group_uid JOIN permissions p ON p.code = g.code")
    pairs = ask(ledgerline, folder, "SELECT i.employee_id, p.code FROM effective_rights e JOIN identities i ON i.uid = e.identity_uid JOIN permissions p ON p.uid = e.permission_uid")
    found = {(who, code): set() for who, code in pairs}
    for who, code, source in ask(
        ledgerline, folder,
        f"SELECT i.employee_id, p.code, s.code AS source FROM effective_rights e JOIN ({links}) l ON l.parent_uid = e.permission_uid "
        "JOIN effective_rights h ON h.identity_uid = e.identity_uid AND h.permission_uid = l.uid "
        "JOIN identities i ON i.uid = e.identity_uid JOIN permissions p ON p.uid = e.permission_uid JOIN permissions s ON s.uid = l.uid"
    ):
        found[who, code].add(source)
    for who, code in ask(
        ledgerline, folder,
        f"SELECT i.employee_id, p.code FROM ({own}) r JOIN ownership o ON o.account_uid = r.account_uid "
        "JOIN identities i ON i.uid = o.identity_uid JOIN permissions p ON p.uid = r.permission_uid"
    ):
        # They name the entitlement itself only beside others.
        if found[who, code]:
            found[who, code].add(code)
    return found, took


def main():
    ledgerline, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    given = sorted(folder.glob("*.unexpanded"))
    if not given:
        raise SystemExit(f"{folder} has no *.unexpanded")
    for path in given:
        with tempfile.TemporaryDirectory() as temporary:
            temporary = pathlib.Path(temporary)
            direct, edges = grants(path, temporary)
            codes = entitlements(path, temporary)
            after = path.with_suffix(".expanded")
            expected = grants(after, temporary)[0] if after.exists() else None
            for way in WAYS:
                (temporary / way).mkdir()
                found, took = expand(ledgerline, way, direct, edges, codes, temporary / way)
                name = f"{path.stem} as {way}: {len(direct)} grants and {len(edges)} edges"
                if expected is None:
                    print(f"{name} -> {len(found)} grants in {took:.2f} s")
                    continue
                check(f"{name} -> {len(expected)} grants in {took:.2f} s", set(found) == set(expected))
                differ = {pair for pair in expected if pair in found and found[pair] != expected[pair]}
                check(f"{name}: sources of {sum(map(bool, expected.values()))} of them, {len(differ)} differ", not differ)
    sys.exit(1 if failures else 0)


main()
