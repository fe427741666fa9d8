//! What brings about the findings of a rule: the accounts, groups and permissions that its answer names beside the subject.

use super::hits::{answered, finding};
use crate::model::Model;
use crate::settings::controls::{Check, Control};
use crate::sql;
use crate::stages::Context;
use crate::table::{Field, Kind, Type};

/// What an answer may name, with the kind of subject that is named by its own uid.
const NAMED: [(&str, Option<Kind>); 3] = [
    ("account_uid", Some(Kind::Account)),
    ("group_uid", Some(Kind::Group)),
    ("permission_uid", Some(Kind::Permission)),
];

/// What an answer names, for each finding. `None` where it names nothing but the subject, or is another check.
pub(super) fn causes(control: &Control, context: &Context<'_>) -> Option<Model> {
    let Check::Rule { rule, subject } = &control.check else { return None };
    let (rows, columns) = answered(control, rule, context);
    if !names_more(*subject, &columns) {
        return None;
    }
    let (id, kind) = (sql::text(control.id.as_str()), sql::text(subject.as_str()));
    let (uid, detail) = finding(*subject, &columns);
    let named = NAMED.map(|(name, own)| match column(&columns, name, Type::Integer) {
        Some(named) => format!("r.{named} AS {name}"),
        None if own == Some(*subject) => format!("{uid} AS {name}"),
        None => format!("CAST(NULL AS BIGINT) AS {name}"),
    });
    let perimeter = column(&columns, "perimeter", Type::Text);
    let perimeter = perimeter.map_or_else(|| "CAST(NULL AS VARCHAR)".to_owned(), |name| format!("r.{name}"));
    // Not every row of the answer is a finding where the control looks at some subjects alone.
    let found = if control.filter.is_some() {
        format!(
            "\nJOIN control_hits h ON h.control = {id} AND h.uid = a.uid AND COALESCE(h.detail, '') = COALESCE(a.detail, '')"
        )
    } else {
        String::new()
    };
    let query = format!(
        "WITH answered AS (
  SELECT DISTINCT {uid} AS uid, {detail} AS detail, {named}, {perimeter} AS perimeter
  FROM {rows} r WHERE {uid} IS NOT NULL
)
SELECT {id} AS control, {kind} AS kind, a.uid, a.detail, a.account_uid, a.group_uid, a.permission_uid, CAST(NULL AS BIGINT) AS wanted_uid, a.perimeter
FROM answered a{found}",
        named = named.join(", "),
    );
    Some(Model::sql("finding_causes", control.id.as_str(), query))
}

/// Whether an answer names anything of which its subject is not the whole story.
fn names_more(subject: Kind, columns: &[Field]) -> bool {
    NAMED.iter().any(|(name, own)| *own != Some(subject) && column(columns, name, Type::Integer).is_some())
}

fn column<'c>(columns: &'c [Field], name: &str, kind: Type) -> Option<&'c str> {
    columns.iter().find(|column| column.name == name && column.kind == kind).map(|column| column.name.as_str())
}
