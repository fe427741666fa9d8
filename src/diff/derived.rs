//! What differs in tables that are computed: owners, standing findings, effective rights.

use crate::sql;

/// A computed table whose rows can be told apart in any two timeslots.
pub(super) struct Derived {
    pub(super) name: &'static str,
    /// What tells rows apart, each with the value that stands for null in a comparison.
    key: &'static [(&'static str, &'static str)],
    /// What makes a row a modified one.
    values: &'static [&'static str],
    /// Which rows count, over a row `r`.
    rows: &'static str,
    /// The columns that details show, and the query for them over `moved m`; `{keys}` are readable keys.
    pub(super) columns: &'static [&'static str],
    details: &'static str,
}

/// Those that people ask about.
pub(super) const DERIVED: [Derived; 3] = [
    Derived {
        name: "ownership",
        key: &[("account_uid", "-1")],
        values: &["identity_uid", "ownerless"],
        rows: "TRUE",
        columns: &["movement", "account", "old_owner", "new_owner"],
        details: "SELECT m.movement, a.key_text AS account, COALESCE(o.key_text, m.old_ownerless) AS old_owner, COALESCE(n.key_text, m.new_ownerless) AS new_owner
             FROM moved m LEFT JOIN object_keys a ON a.kind = 'account' AND a.uid = m.account_uid
             LEFT JOIN object_keys o ON o.kind = 'identity' AND o.uid = m.old_identity_uid
             LEFT JOIN object_keys n ON n.kind = 'identity' AND n.uid = m.new_identity_uid
             ORDER BY m.movement, a.key_text NULLS LAST",
    },
    Derived {
        name: "findings",
        key: &[("control", "''"), ("kind", "''"), ("uid", "-1"), ("detail", "''")],
        values: &["risk"],
        rows: "r.state <> 'fixed'",
        columns: &["movement", "control", "kind", "key", "detail"],
        details: "SELECT m.movement, m.control, m.kind, s.key_text AS subject_key, m.detail
             FROM moved m LEFT JOIN object_keys s ON s.kind = m.kind AND s.uid = m.uid
             ORDER BY m.movement, m.control, s.key_text NULLS LAST, m.detail NULLS FIRST",
    },
    Derived {
        name: "effective_rights",
        key: &[("identity_uid", "-1"), ("permission_uid", "-1"), ("perimeter", "''")],
        values: &[],
        rows: "TRUE",
        columns: &["movement", "identity", "permission", "perimeter"],
        details: "SELECT m.movement, i.key_text AS identity, p.key_text AS permission, m.perimeter
             FROM moved m LEFT JOIN object_keys i ON i.kind = 'identity' AND i.uid = m.identity_uid
             LEFT JOIN object_keys p ON p.kind = 'permission' AND p.uid = m.permission_uid
             ORDER BY m.movement, i.key_text NULLS LAST, p.key_text NULLS LAST, m.perimeter NULLS FIRST",
    },
];

/// The computed table of that name.
pub(super) fn find(name: &str) -> Option<&'static Derived> {
    DERIVED.iter().find(|derived| derived.name == name)
}

impl Derived {
    /// The rows that moved: `movement`, the key, and each value as `old_..` and `new_..`; `by_value` where a column is
    /// asked for, of the row as it is now, or was.
    fn moved(&self, by: Option<&str>) -> String {
        let by =
            by.map_or_else(|| "CAST(NULL AS VARCHAR)".to_owned(), |by| format!("CAST(r.{} AS VARCHAR)", sql::name(by)));
        let columns: Vec<&str> =
            self.key.iter().map(|(column, _)| *column).chain(self.values.iter().copied()).collect();
        let side = |prefix: &str| {
            let list: Vec<String> = columns.iter().map(|column| format!("r.{column} AS {column}")).collect();
            format!(
                "SELECT {}, {by} AS by_value, TRUE AS is_there FROM {prefix}{} r WHERE {}",
                list.join(", "),
                self.name,
                self.rows
            )
        };
        let same = self
            .key
            .iter()
            .map(|(column, nothing)| format!("COALESCE(n.{column}, {nothing}) = COALESCE(b.{column}, {nothing})"));
        let differs = self.values.iter().map(|value| format!(" OR (n.{value} IS DISTINCT FROM b.{value})"));
        let keys = self.key.iter().map(|(column, _)| format!("COALESCE(n.{column}, b.{column}) AS {column}"));
        let values = self.values.iter().map(|value| format!("b.{value} AS old_{value}, n.{value} AS new_{value}"));
        format!(
            "SELECT CASE WHEN b.is_there IS NULL THEN 'new' WHEN n.is_there IS NULL THEN 'deleted' ELSE 'modified' END AS movement,
               {}, COALESCE(n.by_value, b.by_value) AS by_value
             FROM ({}) n FULL JOIN ({}) b ON {}
             WHERE n.is_there IS NULL OR b.is_there IS NULL{}",
            keys.chain(values).collect::<Vec<_>>().join(", "),
            side(""),
            side("before_"),
            same.collect::<Vec<_>>().join(" AND "),
            differs.collect::<String>(),
        )
    }

    /// What `what` and `by_value` of every row in either and of every row that moved are: what is then counted.
    pub(super) fn counted(&self, by: Option<&str>) -> String {
        let value =
            by.map_or_else(|| "CAST(NULL AS VARCHAR)".to_owned(), |by| format!("CAST(r.{} AS VARCHAR)", sql::name(by)));
        let (name, rows) = (self.name, self.rows);
        format!(
            "SELECT 'before' AS what, {value} AS by_value FROM before_{name} r WHERE {rows}
             UNION ALL SELECT 'now' AS what, {value} AS by_value FROM {name} r WHERE {rows}
             UNION ALL SELECT m.movement AS what, m.by_value FROM ({}) AS m",
            self.moved(by)
        )
    }

    /// Every row that moved, with readable keys.
    pub(super) fn details(&self, keys: &str) -> String {
        format!("WITH {keys}, moved AS ({}) {}", self.moved(None), self.details)
    }
}
