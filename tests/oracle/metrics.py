#!/usr/bin/env python3
"""Reads what `metrics` prints with the parser of Prometheus' own client, and holds it against what other commands say.

    metrics.py LEDGERLINE PROJECT          needs prometheus_client
"""
import json
import subprocess
import sys

from prometheus_client.parser import text_string_to_metric_families

program, project = sys.argv[1:]


def said(*arguments):
    return subprocess.run([program, "--project", project, *arguments], capture_output=True, text=True, check=True).stdout


families = {family.name: family.samples for family in text_string_to_metric_families(said("metrics"))}
assert all(name.startswith("ledgerline_") for name in families), families.keys()
samples = {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for all in families.values() for sample in all}
assert len(samples) == sum(len(all) for all in families.values()), "a sample twice"
current = [slot for slot in json.loads(said("timeslots", "--format", "json")) if slot["state"] == "current"][0]
rows = {labels["table"]: value for labels, value in ((sample.labels, sample.value) for sample in families["ledgerline_table_rows"])}
for table in ("identities", "accounts", "rights"):
    assert rows[table] == current[table], (table, rows[table], current)
last = json.loads(said("runs", "--format", "json"))[-1]
assert samples["ledgerline_last_run_exit_code", (("plan", last["plan"]),)] == last["exit"], last
print(f"{len(samples)} samples in {len(families)} families are as Prometheus reads them and as the ledger says")
