//! `[table.<name>]` of a collector: the columns of one ledger table, and that its keys are among them.

use crate::collect::collector::{ColumnMap, OnDuplicate, TableMap};
use crate::names::{any_of, slip_of, suggest};
use crate::plan::codes;
use crate::plan::collector::column::{self, Given};
use crate::plan::collector::ends::{Relation, relation};
use crate::plan::collector::names::{Part, known, part};
use crate::plan::node::Spot;
use crate::plan::raw::collector::TableTable;
use crate::problem::{Problem, Problems};
use crate::table::{Role, Table};
use crate::tables;

/// The map of one table.
pub(super) fn check(
    name: &str,
    mut raw: TableTable,
    spot: Spot<'_>,
    given: &Given<'_>,
    problems: &mut Problems,
) -> Option<TableMap> {
    let table = find(name, spot, problems)?;
    let columns_spot = spot.key("columns");
    let mut columns: Vec<ColumnMap> = Vec::new();
    let mut mapped = Vec::new();
    for (name, spot) in columns_spot.entries() {
        mapped.push(name);
        let Some(entry) = raw.columns.remove(name) else { continue };
        match part(table, name) {
            Ok(part) => columns.extend(column::check(table, name, part, entry, spot, given, problems)),
            Err((message, hint)) => problems.add(spot.key_error(codes::BAD_COLUMN, message).hint(hint)),
        }
    }
    warn_of_misspelt(table, columns_spot, &mapped, problems);
    check_keys(table, columns_spot, &mapped, problems);
    Some(TableMap {
        table,
        keep: spot.get("keep").and_then(Spot::sql),
        on_duplicate: on_duplicate(raw.on_duplicate.as_deref(), spot.key("on_duplicate"), &mapped, problems),
        columns,
    })
}

fn find(name: &str, spot: Spot<'_>, problems: &mut Problems) -> Option<&'static Table> {
    let collected = || tables::COLLECTED.iter().map(|table| table.name);
    match tables::by_name(name) {
        Some(table) if table.is_collected() => Some(table),
        Some(_) => {
            let message = format!("`{name}` is made by the ledger: no collector fills it");
            problems.add(spot.key_error(codes::BAD_TABLE, message).hint(suggest("", "tables", collected())));
            None
        }
        None => {
            let message = format!("the ledger has no table `{name}`");
            problems.add(spot.key_error(codes::BAD_TABLE, message).hint(suggest(name, "tables", collected())));
            None
        }
    }
}

fn warn_of_misspelt(table: &'static Table, columns: Spot<'_>, mapped: &[&str], problems: &mut Problems) {
    for (name, spot) in columns.entries().into_iter().filter(|(name, _)| part(table, name) == Ok(Part::New)) {
        let free = known(table).filter(|known| !mapped.contains(known));
        if let Some(near) = slip_of(name, free) {
            let message = format!("`{name}` becomes a new column of `{}`", table.name);
            problems.add(
                Problem::warning(codes::PROBABLY_MISSPELT, message)
                    .at(spot.on_key())
                    .hint(format!("if you mean the ledger's own column, write `{near}`")),
            );
        }
    }
}

/// Every key column is mapped, and every end of a relation.
fn check_keys(table: &'static Table, columns: Spot<'_>, mapped: &[&str], problems: &mut Problems) {
    let is_mapped = |name: &str| mapped.contains(&name);
    let mut lacks = |names: &[&str], what: &str| {
        let problem =
            columns.key_error(codes::KEY_NOT_MAPPED, format!("`{}` needs {}", table.name, any_of(names.to_vec())));
        problems.add(problem.hint(format!("{what}: add `{} = \"<column of the source>\"`", names[0])));
    };
    match relation(table.name) {
        None => {
            let keys = table.columns.iter().filter(|column| matches!(column.role, Role::Key | Role::Namespace(_)));
            for key in keys.filter(|key| !is_mapped(key.name)) {
                lacks(&[key.name], key.about);
            }
        }
        Some(relation) => {
            for group in relation.needs.iter().filter(|group| !group.iter().any(|word| is_mapped(word))) {
                lacks(group, "an end of the relation is not given");
            }
            check_exclusive(relation, columns, &is_mapped, problems);
        }
    }
}

fn check_exclusive(relation: &Relation, columns: Spot<'_>, is_mapped: &dyn Fn(&str) -> bool, problems: &mut Problems) {
    let Some((one, others)) = relation.exclusive.filter(|(one, _)| is_mapped(one)) else { return };
    for other in others.iter().filter(|other| is_mapped(other)) {
        let message = format!("`{one}` and `{other}` give the same end twice");
        problems.add(columns.key(one).key_error(codes::KEYS_DISAGREE, message).hint("remove one of the two"));
    }
}

fn on_duplicate(text: Option<&str>, spot: Spot<'_>, mapped: &[&str], problems: &mut Problems) -> OnDuplicate {
    let column = match text {
        None | Some("reject") => return OnDuplicate::Reject,
        Some("first") => return OnDuplicate::First,
        Some("last") => return OnDuplicate::Last,
        Some(text) => text.strip_prefix("min(").and_then(|rest| rest.strip_suffix(')')).map(str::trim),
    };
    match column {
        Some(column) if mapped.contains(&column) => return OnDuplicate::Min(column.to_owned()),
        Some(column) => {
            let problem = spot.error(codes::UNKNOWN_COLUMN, format!("column `{column}` is not mapped here"));
            problems.add(problem.hint(suggest(column, "columns", mapped.iter().copied())));
        }
        None => {
            let message = format!("`{}` is no way to deal with duplicates", text.unwrap_or_default());
            problems
                .add(spot.error(codes::NOT_ALLOWED, message).hint("use `reject`, `first`, `last` or `min(column)`"));
        }
    }
    OnDuplicate::Reject
}
