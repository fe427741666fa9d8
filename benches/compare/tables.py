#!/usr/bin/env python3
"""Writes a confirmed timeslot of the benchmark's project as the 19 tables of the jobs in other engines, so that both can
be compared row by row. It joins uids to keys, renames and formats; every answer is read from the timeslot's own tables.

    tables.py LEDGER TIMESLOT FOLDER
"""
import json
import pathlib
import sys

import duckdb

TYPES = {"text": "VARCHAR", "integer": "BIGINT", "boolean": "BOOLEAN", "date": "DATE", "timestamp": "TIMESTAMP", "double": "DOUBLE"}

# Tables that the first load of a ledger does not have.
ABSENT_AT_FIRST = {
    "movements": "NULL::VARCHAR table_name, NULL::VARCHAR movement, NULL::VARCHAR kind, NULL::BIGINT uid, NULL::BIGINT related_uid, NULL::VARCHAR detail",
    "identity_movements": "NULL::BIGINT uid, NULL::BOOLEAN is_organisation_changed, NULL::BOOLEAN is_job_changed, NULL::BOOLEAN is_account_changed, NULL::BOOLEAN is_permission_changed",
}

OBJECTS = {
    "organisation": ("organisations", "t.code org_code, t.name org_name, t.parent parent_code, t.head head_id, t.category org_type", ""),
    "identity": (
        "identities",
        """t.employee_id, t.family_name last_name, t.given_name first_name, t.email, t.organisation org_code, t.job_code, t.job_title,
        t.manager manager_ref, t.hired_on hire_date, t.departure_on departure_date, t.status hr_status, t.contract, t.location, t.phone,
        s.status = 'active' active, h.account_count, h.permission_count perm_count,
        coalesce(v.is_organisation_changed, false) orgchanged, coalesce(v.is_job_changed, false) jobchanged,
        coalesce(v.is_account_changed, false) accountchanged, coalesce(v.is_permission_changed, false) permissionchanged,
        k.key manager_id,
        CASE WHEN g.resolver = 'stated' THEN 'direct' WHEN g.distance = 0 THEN 'org_head' WHEN g.distance = 1 THEN 'parent_head' ELSE g.resolver END manager_via""",
        """JOIN identity_status s ON s.uid = t.uid JOIN rule_holdings h ON h.uid = t.uid LEFT JOIN identity_movements v ON v.uid = t.uid
        LEFT JOIN found_managers g ON g.kind = 'identity' AND g.uid = t.uid LEFT JOIN keys_of_identities k ON k.uid = g.identity_uid""",
    ),
    "account": (
        "accounts",
        """t.repository repo, t.identifier "login", t.display_name, t.email mail, t.employee_id employee_number, t.is_enabled enabled,
        t.is_privileged privileged, t.department, t.created_on created, t.last_logon_on last_logon, k.key owner_id,
        CASE WHEN o.identity_uid IS NOT NULL THEN 'owned' WHEN o.account_uid IS NOT NULL THEN 'noowner' END recon_status,
        CASE o.rule WHEN 'employee_number' THEN 'R1_employee' WHEN 'mail' THEN 'R2_mail' WHEN 'login' THEN 'R3_login' ELSE o.rule END recon_rule,
        o.description recon_detail""",
        "LEFT JOIN ownership o ON o.account_uid = t.uid LEFT JOIN keys_of_identities k ON k.uid = o.identity_uid",
    ),
    "grp": ("groups", "t.code group_id, t.repository repo, t.name group_name, t.owner owner_ref", ""),
    "application": (
        "applications",
        """t.code app_code, t.name app_name, t.owner owner_ref, t.organisation org_code, t.criticality, k.key manager_id,
        CASE WHEN g.resolver = 'stated' THEN 'direct' WHEN g.distance = 0 THEN 'org_head' ELSE g.resolver END manager_via""",
        "LEFT JOIN managers g ON g.kind = 'application' AND g.uid = t.uid LEFT JOIN keys_of_identities k ON k.uid = g.identity_uid",
    ),
    "permission": ("permissions", "t.code perm_code, t.application app_code, t.name perm_name, t.sensitivity, t.is_privileged privileged", ""),
}

# Of each relation: the ledger's table, its two ends as (kind, column without `_uid`), which rows of it, and the columns:
# of the resolved rows over the keys `a` and `b`, of the unresolved ones over `u`.
RELATIONS = {
    "group_nesting": ("group_nesting", ("group", "group"), ("group", "parent"), ["a.key child_group", "b.key parent_group"], ["u.group_key", "u.parent_key"], ["d[2]", "d[4]"]),
    "group_permission": ("rights", ("group", "group"), ("permission", "permission"), ["a.key group_id", "b.key perm_code"], ["u.group_key", "u.permission_key"], ["d[4]", "d[6]"]),
    "group_member": (
        "memberships", ("account", "account"), ("group", "group"),
        ["a.namespace repo", "b.key group_id", 'a.key "login"'], ["u.account_repository", "u.group_key", "u.account_key"], ["d[1]", "d[6]", "d[2]"],
    ),
    "right": (
        "rights", ("account", "account"), ("permission", "permission"),
        ["a.namespace repo", 'a.key "login"', "b.key perm_code"], ["u.account_repository", "u.account_key", "u.permission_key"], ["d[1]", "d[2]", "d[6]"],
    ),
}

RULES = {
    "R-DORMANT": ("dormant", "account"), "R-ORPHAN": ("orphan", "account"), "R-INACTIVE-OWNER": ("inactive_owner", "account"),
    "R-LEAVED-ENABLED": ("leaved_enabled", "account"), "R-NOACCOUNT": ("no_account", "identity"), "R-UNUSED-PERM": ("unused_permission", "permission"),
}

# What a control is called, and the thresholds that judge its rate.
RATES = {
    "C-SOD": ["duties_rate"], "C-PRIV-NOMGR": ["privileged_rate"], "C-ORPHAN-RATE": ["orphan_rate", "orphan_rate_of_repositories"],
}

SOURCES = {"account_groups": "groups"}
DATES = {"hire_date", "departure_date", "created", "last_logon", "granted_on"}


def letter(movement):
    return f"CASE WHEN {movement} = 'new' THEN 'N' WHEN {movement} = 'modified' THEN 'M' ELSE 'U' END"


def key_of(kind, alias="k"):
    """The key of an object as the other jobs write it."""
    return f"{alias}.namespace || '|' || {alias}.key" if kind == "account" else f"{alias}.key"


class Timeslot:
    """The tables of a timeslot as views, by the parts that its manifest lists."""

    def __init__(self, ledger, name):
        folder = pathlib.Path(ledger) / f"timeslot={name}"
        self.manifest = json.loads((folder / "manifest.json").read_text())
        self.is_first = self.manifest["parent"] is None
        self.database = duckdb.connect()
        for table, record in self.manifest["tables"].items():
            columns = ", ".join(f'NULL::{TYPES[column["type"]]} "{column["name"]}"' for column in record["columns"])
            paths = [str(folder / part["path"]) for part in record["parts"] if part["rows"]]
            rows = f"SELECT * FROM read_parquet({paths}, hive_partitioning = false, union_by_name = true)" if paths else f"SELECT {columns} WHERE false"
            self.database.execute(f'CREATE VIEW "{table}" AS {rows}')
        for table, columns in ABSENT_AT_FIRST.items():
            self.database.execute(f"CREATE VIEW IF NOT EXISTS {table} AS SELECT {columns} WHERE false")
        for table, kind in [("identities", "identity"), ("accounts", "account"), ("groups", "group"), ("permissions", "permission"), ("organisations", "organisation"), ("applications", "application")]:
            self.database.execute(f"CREATE TABLE keys_of_{table} AS SELECT namespace, key, uid FROM uids WHERE kind = '{kind}'")

    def status(self, expression):
        return "'N'" if self.is_first else letter(expression)

    def objects(self, name):
        table, columns, joins = OBJECTS[name]
        return f"""SELECT {columns}, {self.status('m.movement')} status FROM {table} t
            LEFT JOIN movements m ON m.table_name = '{table}' AND m.movement <> 'deleted' AND m.uid = t.uid {joins}"""

    def relation(self, name):
        table, (kind, first), (related, second), columns, side, _ = RELATIONS[name]
        more, more_side = (", t.granted_on", ", u.granted_on") if name == "right" else ("", "")
        text = self.side_text(table)
        return f"""SELECT {', '.join(columns)}{more}, {self.status('m.movement')} status FROM {table} t
            JOIN keys_of_{kind}s a ON a.uid = t.{first}_uid JOIN keys_of_{related}s b ON b.uid = t.{second}_uid
            LEFT JOIN movements m ON m.table_name = '{table}' AND m.movement <> 'deleted' AND m.kind = '{kind}' AND m.uid = t.{first}_uid AND m.related_uid = t.{second}_uid
            UNION ALL
            SELECT {', '.join(side)}{more_side}, {self.status('m.movement')} FROM unresolved_{table} u
            LEFT JOIN movements m ON m.table_name = 'unresolved_{table}' AND m.movement <> 'deleted' AND m.detail = {text}
            WHERE u.{first}_key IS NOT NULL"""

    def side_text(self, table):
        """The text by which movements name an unresolved row."""
        left_out = {"problem_column", "problem", "source", "granted_on", "role"}
        columns = [column["name"] for column in self.manifest["tables"][f"unresolved_{table}"]["columns"]]
        return " || '|' || ".join(f"coalesce(u.{column}, '')" for column in columns if column not in left_out)

    def deleted(self):
        queries = []
        for name, (table, _, _) in OBJECTS.items():
            kind = {"grp": "group"}.get(name, name)
            queries.append(f"""SELECT '{name}' table_name, {key_of(kind)} object_key FROM movements m JOIN keys_of_{table} k ON k.uid = m.uid
                WHERE m.movement = 'deleted' AND m.table_name = '{table}'""")
        for name, (table, (kind, first), (related, _), columns, _, parts) in RELATIONS.items():
            key = ", ".join(column.rsplit(" ", 1)[0] for column in columns)
            queries.append(f"""SELECT '{name}', concat_ws('|', {key}) FROM movements m JOIN keys_of_{kind}s a ON a.uid = m.uid JOIN keys_of_{related}s b ON b.uid = m.related_uid
                WHERE m.movement = 'deleted' AND m.table_name = '{table}' AND m.kind = '{kind}'""")
            first_key = RELATIONS[name][5][0 if kind == "group" else 1 if name == "right" else 2]
            queries.append(f"""SELECT '{name}', concat_ws('|', {', '.join(parts)}) FROM (SELECT string_split(detail, '|') d FROM movements
                WHERE movement = 'deleted' AND table_name = 'unresolved_{table}') WHERE {first_key} <> ''""")
        return " UNION ALL ".join(queries)

    def rule_result(self):
        tables = {"account": "accounts", "identity": "identities", "permission": "permissions"}
        queries = [
            f"SELECT '{code}' rule_code, {key_of(kind)} object_key FROM rule_{rule} r JOIN keys_of_{tables[kind]} k ON k.uid = r.uid"
            for code, (rule, kind) in RULES.items()
        ]
        queries.append("SELECT 'R-DANGLING-RIGHT', concat_ws('|', account_repository, account_key, permission_key) FROM rule_dangling_right")
        return " UNION ALL ".join(queries)

    def control_result(self):
        pair = "d.rule || ': ' || a.namespace || '/' || a.key || ' + ' || b.namespace || '/' || b.key"
        return f"""SELECT 'C-SOD' control_code, p.rule || '|' || k.key object_key, p.severity detail
            FROM control_hits h JOIN keys_of_identities k ON k.uid = h.uid
            JOIN (SELECT d.rule, d.severity, {pair} detail FROM duty_conflicts d
                  JOIN keys_of_permissions a ON a.uid = d.permission_uid JOIN keys_of_permissions b ON b.uid = d.conflicting_uid) p ON p.detail = h.detail
            WHERE h.control = 'duties'
            UNION ALL
            SELECT 'C-PRIV-NOMGR', {key_of('account')}, coalesce(i.key, '')
            FROM control_hits h JOIN keys_of_accounts k ON k.uid = h.uid
            LEFT JOIN ownership o ON o.account_uid = h.uid LEFT JOIN keys_of_identities i ON i.uid = o.identity_uid
            WHERE h.control = 'privileged_without_manager'"""

    def control_summary(self):
        judged = " UNION ALL ".join(
            f"SELECT '{code}|' || coalesce(by_value, 'ALL') name, limit_text, severity FROM threshold_results WHERE threshold IN ({', '.join(repr(t) for t in thresholds)})"
            for code, thresholds in RATES.items()
        )
        return f"""SELECT split_part(f.by_value, '|', 1) control_code, split_part(f.by_value, '|', 2) scope, f.value::BIGINT n, b.value::BIGINT base,
            r.limit_text::INT threshold, r.severity <> 'ok' breached
            FROM metrics f JOIN metrics b ON b.threshold = 'judged' AND b.by_value = f.by_value JOIN ({judged}) r ON r.name = f.by_value
            WHERE f.threshold = 'found'"""

    def validation(self):
        moved = lambda movement: "v.value" if self.is_first and movement == "new" else f"(SELECT value FROM metrics m WHERE m.threshold = 'moved' AND m.by_value = v.by_value || ' {movement}')"
        return f"""SELECT v.by_value table_name, v.before_value::BIGINT prev_count, v.value::BIGINT cur_count,
            coalesce({moved('new')}, 0)::BIGINT n_new, coalesce({moved('modified')}, 0)::BIGINT n_modified, coalesce({moved('deleted')}, 0)::BIGINT n_deleted,
            EXISTS (SELECT 1 FROM threshold_results r WHERE r.threshold IN ('rows', 'many_rows') AND r.by_value = v.by_value AND r.severity <> 'ok') breached
            FROM metrics v WHERE v.threshold = 'rows'"""

    def collect_stats(self):
        """From the summary of collect in the manifest, and the rejects."""
        null_keys = dict(self.database.execute("SELECT source, count(*) FROM rejects WHERE reason = 'has no value' GROUP BY source").fetchall())
        rows = []
        for source in self.manifest["stages"]["collect"]:
            name, [counts] = source["source"], source["tables"]
            if counts["table"] in ("theoretical_links", "duty_conflicts"):
                continue
            named = SOURCES.get(name) or (f"accounts_{name[9:].upper()}" if name.startswith("accounts_") else name)
            bad_dates = sum(count for column, count in counts["nulled"].items() if column in DATES)
            rows.append((named, counts["read"], null_keys.get(name, 0), counts["duplicate"], bad_dates, counts["kept"]))
        self.database.execute("CREATE TABLE stats(source VARCHAR, rows_read BIGINT, null_keys BIGINT, duplicates BIGINT, bad_dates BIGINT, kept BIGINT)")
        self.database.executemany("INSERT INTO stats VALUES (?, ?, ?, ?, ?, ?)", rows)
        return "SELECT * FROM stats"

    def pairs(self, table, columns):
        return f"SELECT DISTINCT i.key employee_id, p.key perm_code{columns} FROM {table} t JOIN keys_of_identities i ON i.uid = t.identity_uid JOIN keys_of_permissions p ON p.uid = t.permission_uid"

    def queries(self):
        yield from ((name, self.objects(name)) for name in OBJECTS)
        yield from ((name, self.relation(name)) for name in RELATIONS)
        yield "effective", self.pairs("effective_rights", ", t.is_direct direct, t.is_through_group via_group")
        yield "theoretical", self.pairs("theoretical_rights", "")
        yield "gap", self.pairs("entitlement_gaps", ", CASE t.gap WHEN 'under' THEN 'missing' ELSE 'surplus' END kind")
        yield "deleted", self.deleted()
        yield "rule_result", self.rule_result()
        yield "control_result", self.control_result()
        yield "control_summary", self.control_summary()
        yield "validation", self.validation()
        yield "collect_stats", self.collect_stats()


def main():
    ledger, name, folder = sys.argv[1:]
    timeslot = Timeslot(ledger, name)
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    for table, query in timeslot.queries():
        timeslot.database.execute(f"COPY ({query}) TO '{folder}/{table}.parquet' (FORMAT parquet)")


if __name__ == "__main__":
    main()
