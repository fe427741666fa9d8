//! Which columns a collector may give a table, and the names that new columns may have.

use crate::ids::is_slug;
use crate::plan::collector::ends::{Relation, relation};
use crate::table::{Role, Table, Type};

/// What a collector's column is to its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// A part of the object's key.
    Key,
    /// A key of another object, an end of a relation among them.
    Reference,
    /// A column the table is born with.
    Known { kind: Type, is_volatile: bool },
    /// A column the collector adds.
    New,
}

/// Words of SQL that cannot name a column without quotes.
const RESERVED: &[&str] = &[
    "all",
    "and",
    "any",
    "as",
    "asc",
    "between",
    "by",
    "case",
    "cast",
    "check",
    "column",
    "constraint",
    "create",
    "cross",
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "delete",
    "desc",
    "distinct",
    "drop",
    "else",
    "end",
    "except",
    "exists",
    "false",
    "fetch",
    "for",
    "foreign",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "in",
    "inner",
    "insert",
    "intersect",
    "interval",
    "into",
    "is",
    "join",
    "lateral",
    "left",
    "like",
    "limit",
    "natural",
    "not",
    "null",
    "offset",
    "on",
    "or",
    "order",
    "outer",
    "over",
    "partition",
    "primary",
    "qualify",
    "references",
    "right",
    "select",
    "session_user",
    "set",
    "some",
    "table",
    "then",
    "to",
    "true",
    "union",
    "unique",
    "update",
    "user",
    "using",
    "values",
    "when",
    "where",
    "window",
    "with",
];

/// The part of a column, or why it cannot be given and what to do instead.
pub(super) fn part(table: &Table, name: &str) -> Result<Part, (String, String)> {
    if relation(table.name).is_some_and(|relation| relation.words().any(|word| word == name) && !is_own(table, name)) {
        return Ok(Part::Reference);
    }
    if let Some(column) = table.column(name) {
        return match column.role {
            Role::Key | Role::Namespace(_) => Ok(Part::Key),
            Role::Reference(_) => Ok(Part::Reference),
            Role::Attribute | Role::KeyPart => Ok(Part::Known { kind: column.kind, is_volatile: false }),
            Role::Volatile => Ok(Part::Known { kind: column.kind, is_volatile: true }),
            Role::Norm(of) => Err(made(name, &format!("map `{of}`: its normalised form follows"))),
            Role::End(_) | Role::ReferenceUid(_) => {
                Err(made(name, &format!("map `{}`: the key is turned into a number", name.trim_end_matches("_uid"))))
            }
            Role::KeySource => Err(made(
                name,
                &format!("map `{}`: the text of the source is kept too", name.trim_end_matches("_source")),
            )),
            Role::Uid | Role::System => Err(made(name, "remove it")),
        };
    }
    new_name(name).map(|()| Part::New)
}

/// A key part of a relation that is a column of its own rather than a reference: `job_code`.
fn is_own(table: &Table, name: &str) -> bool {
    table.column(name).is_some()
}

fn made(name: &str, hint: &str) -> (String, String) {
    (format!("`{name}` is made by the ledger and cannot be mapped"), hint.to_owned())
}

fn new_name(name: &str) -> Result<(), (String, String)> {
    // A leading `_` marks a column that only the filter sees.
    if name.strip_prefix('_').is_some_and(is_slug) {
        return Ok(());
    }
    if !is_slug(name) {
        let hint = "begin with a lower-case letter and go on with lower-case letters, digits and `_`";
        return Err((format!("`{name}` is no name of a column"), hint.to_owned()));
    }
    if RESERVED.contains(&name) {
        return Err((format!("`{name}` is a word of SQL"), format!("choose another name, such as `{name}_name`")));
    }
    if matches!(name, "uid" | "row_hash" | "source" | "stale_loads") {
        return Err(made(name, "choose another name"));
    }
    match ["_norm", "_uid", "_source"].into_iter().find(|ending| name.ends_with(ending)) {
        Some(ending) => {
            Err((format!("names that end in `{ending}` are the ledger's own"), "choose another name".to_owned()))
        }
        None => Ok(()),
    }
}

/// The columns of a table that a collector can give besides new ones.
pub(super) fn known(table: &'static Table) -> impl Iterator<Item = &'static str> {
    let own = table.columns.iter().map(|column| column.name).filter(|name| part(table, name).is_ok());
    relation(table.name).into_iter().flat_map(Relation::words).chain(own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::{ACCOUNTS, IDENTITIES, RIGHTS, THEORETICAL_LINKS};

    #[test]
    fn what_the_ledger_makes_cannot_be_mapped() {
        for name in
            ["uid", "row_hash", "email_norm", "manager_uid", "employee_id_source", "x_uid", "Name", "user", "order"]
        {
            assert!(part(&IDENTITIES, name).is_err(), "{name}");
        }
        assert!(part(&RIGHTS, "account_uid").is_err());
    }

    #[test]
    fn a_column_is_a_key_a_reference_a_known_one_or_new() {
        assert_eq!(part(&ACCOUNTS, "repository"), Ok(Part::Key));
        assert_eq!(part(&IDENTITIES, "manager"), Ok(Part::Reference));
        assert_eq!(part(&RIGHTS, "group"), Ok(Part::Reference));
        assert_eq!(part(&THEORETICAL_LINKS, "job_code"), Ok(Part::Known { kind: Type::Text, is_volatile: false }));
        assert_eq!(part(&ACCOUNTS, "last_logon_on"), Ok(Part::Known { kind: Type::Date, is_volatile: true }));
        assert_eq!(part(&ACCOUNTS, "cost_centre"), Ok(Part::New));
    }
}
