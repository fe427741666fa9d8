#!/usr/bin/env python3
"""Groups nested very deep, and a circle of very many: both finish, and who is at the bottom has what lies at the top.

    nesting.py LEDGERLINE [DEEP [ROUND]]   10,000 groups in a chain and 1,000 in a circle unless said otherwise
"""
import pathlib
import subprocess
import sys
import tempfile

from access import ask, load
from common import check, failures


def tables(deep, round_):
    chain, circle = [f"chain{at}" for at in range(deep)], [f"circle{at}" for at in range(round_)]
    steps = [*zip(chain, chain[1:]), *zip(circle, circle[1:] + circle[:1])]
    return {
        "people": (["ID"], [["E1"], ["E2"]]),
        "accounts": (["ID"], [["E1"], ["E2"]]),
        "permissions": (["ID"], [["TOP"], ["ROUND"]]),
        "groups": (["ID"], [[code] for code in chain + circle]),
        "nesting": (["FROM", "TO"], steps),
        "members": (["WHO", "WHAT"], [["E1", chain[0]], ["E2", circle[round_ // 2]]]),
        "group_rights": (["ID", "WHAT"], [[chain[-1], "TOP"], [circle[round_ // 2 - 1], "ROUND"]]),
    }


def main():
    ledgerline = sys.argv[1]
    deep = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    round_ = int(sys.argv[3]) if len(sys.argv) > 3 else 1_000
    for cycles in ["cut", "keep"]:
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            took = load(ledgerline, folder, cycles, tables(deep, round_))
            print(f"{deep} groups deep and {round_} in a circle, which is {cycles}: {took:.1f} s")
            held = ask(ledgerline, folder, "SELECT i.employee_id, p.code FROM effective_rights e JOIN identities i ON i.uid = e.identity_uid JOIN permissions p ON p.uid = e.permission_uid")
            # One step short of once around: cut anywhere else, the circle does not lead there.
            expected = [["E1", "TOP"]] + ([["E2", "ROUND"]] if cycles == "keep" else [])
            check(f"{cycles}: {held}", sorted(held) == expected)
            pairs = int(ask(ledgerline, folder, "SELECT COUNT(*) AS n FROM group_closure")[0][0])
            of_circle = round_ * round_ if cycles == "keep" else round_ * (round_ + 1) // 2
            check(f"{cycles}: {pairs} pairs of groups", pairs == deep * (deep + 1) // 2 + of_circle)
            why = subprocess.run([ledgerline, "why", "E1", "B/TOP", "--project", folder, "--format", "csv"], capture_output=True, text=True)
            steps = why.stdout.count(" > group ")
            check(f"{cycles}: one path of {steps} groups says why", why.returncode == 0 and steps == deep)
    sys.exit(bool(failures))


main()
