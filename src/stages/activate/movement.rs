//! Movements: what is new, modified or deleted since the parent, attribute by attribute and link by link.

use super::{Context, Load, Model};
use crate::collect::side_columns;
use crate::collect::source::SourceReport;
use crate::kernels::{Changes, MovedLinks, Movements, UnitPeople, is_walkable};
use crate::sql;
use crate::stages::relation;
use crate::table::{Field, Kind, Role, Sort, Type};

/// The movements of a table, and what they change.
pub(super) fn models(load: &Load<'_>, context: &Context<'_>) -> Vec<Model> {
    if let Sort::Object(kind) = load.table.sort {
        return objects(load, kind, context);
    }
    let mut models = vec![relations(load, context), unresolved(load, context)];
    if let Some(query) = link_changes(load.table.name) {
        let kernel = MovedLinks { table: load.table.name };
        models.push(Model::sql("link_changes", load.table.name, query).by(kernel));
    }
    models
}

/// New, modified and deleted objects by their row hash; and the attributes of the modified ones.
///
/// Where collectors bring other columns than for the parent, hashes would differ for everyone: the common columns are
/// compared one by one.
fn objects(load: &Load<'_>, kind: Kind, context: &Context<'_>) -> Vec<Model> {
    let table = load.table.name;
    let (now, before) = (compared(context.sources, table), compared(context.sources_before, table));
    let common: Vec<&str> = attributes(load)
        .into_iter()
        .filter(|name| before.is_empty() || (now.contains(name) && before.contains(name)))
        .filter(|name| Load::parent_has(context, table, name))
        .collect();
    let differs: Vec<String> = common.iter().map(|name| differs_in(name)).collect();
    let is_by_hash = now == before || differs.is_empty();
    let modified =
        if is_by_hash { "n.row_hash <> b.row_hash".to_owned() } else { format!("({})", differs.join(" OR ")) };
    let is_compared = |column: &&Field| {
        if is_by_hash { column.name == "row_hash" } else { common.contains(&column.name.as_str()) }
    };
    let compared: Vec<Field> = load.columns.iter().filter(is_compared).cloned().collect();
    let causes = context.causes.of_sources(load.table);
    let cause = causes.sql("COALESCE(n.source, b.source)");
    let movements = format!(
        "SELECT '{table}' AS table_name, CASE WHEN b.uid IS NULL THEN 'new' WHEN n.uid IS NULL THEN 'deleted' ELSE 'modified' END AS movement,\n       '{kind}' AS kind, COALESCE(n.uid, b.uid) AS uid, CAST(NULL AS VARCHAR) AS related_kind, CAST(NULL AS BIGINT) AS related_uid, CAST(NULL AS VARCHAR) AS detail, {cause} AS cause\nFROM {table} n FULL JOIN before_{table} b ON b.uid = n.uid\nWHERE n.uid IS NULL OR b.uid IS NULL OR {modified}"
    );
    let mut models = Vec::new();
    let branches: Vec<String> = common
        .iter()
        .map(|name| {
            let text = |alias: &str| as_text(load, alias, name);
            format!(
                "SELECT '{table}' AS table_name, n.uid AS uid, '{name}' AS attribute, {} AS old_value, {} AS new_value, {cause} AS cause\nFROM {table} n JOIN before_{table} b ON b.uid = n.uid WHERE {modified} AND {}",
                text("b"),
                text("n"),
                differs_in(name),
                cause = causes.sql("n.source"),
            )
        })
        .collect();
    if !branches.is_empty() {
        let model = Model::sql("changes", table, branches.join("\nUNION ALL\n"));
        let attributes: Vec<Field> = told(load, &common);
        let kernel = Changes {
            table: load.table,
            compared: compared.clone(),
            attributes: attributes.clone(),
            causes: causes.clone(),
        };
        let is_alike = are_as_before(&compared, load, context) && are_as_before(&attributes, load, context);
        models.push(if is_alike { model.by(kernel) } else { model });
    }
    let model = Model::sql("movements", table, movements);
    let is_alike = are_as_before(&compared, load, context);
    let kernel = Movements { table: load.table, attributes: compared, causes: causes.clone() };
    models.push(if is_alike { model.by(kernel) } else { model });
    if kind == Kind::Identity {
        let query = sql::fill(include_str!("unit_people.sql"), &[("cause", &cause)]);
        models.push(Model::sql("link_changes", table, query).by(UnitPeople { causes }));
    }
    models
}

/// Those columns.
fn told(load: &Load<'_>, names: &[&str]) -> Vec<Field> {
    load.columns.iter().filter(|column| names.contains(&column.name.as_str())).cloned().collect()
}

/// Whether columns have the types that they had in the parent. Only then they are compared as they are stored.
fn are_as_before(columns: &[Field], load: &Load<'_>, context: &Context<'_>) -> bool {
    let before = context.tables.find(&format!("before_{}", load.table.name)).columns.clone();
    columns.iter().all(|column| before.iter().all(|was| was.name != column.name || was.kind == column.kind))
}

/// A condition that a column is not what it was. In brackets: a parser may take what follows for its right side.
fn differs_in(column: &str) -> String {
    format!("(n.{0} IS DISTINCT FROM b.{0})", sql::name(column))
}

/// The lasting columns that collectors fill in a table.
fn compared<'a>(reports: &'a [SourceReport], table: &str) -> std::collections::BTreeSet<&'a str> {
    let counts = reports.iter().flat_map(|report| &report.tables).filter(|counts| counts.table == table);
    counts.flat_map(|counts| counts.columns.iter().map(String::as_str)).collect()
}

/// What a source says about objects of the table, bookkeeping left out.
fn attributes<'a>(load: &'a Load<'_>) -> Vec<&'a str> {
    let is_attribute = |column: &&Field| match load.table.column(&column.name) {
        // A key that became another is the same object's.
        Some(born) => matches!(born.role, Role::Attribute | Role::Reference(_) | Role::Key),
        None => !column.name.ends_with("_norm"),
    };
    load.columns.iter().filter(is_attribute).map(|column| column.name.as_str()).collect()
}

/// A column as text, alike on every engine.
fn as_text(load: &Load<'_>, alias: &str, name: &str) -> String {
    let column = format!("{alias}.{}", sql::name(name));
    match load.columns.iter().find(|column| column.name == name).map(|column| column.kind) {
        Some(Type::Text) => column,
        Some(Type::Timestamp) => format!("REPLACE(CAST({column} AS VARCHAR), 'T', ' ')"),
        _ => format!("CAST({column} AS VARCHAR)"),
    }
}

/// New, modified and deleted relations by their key.
fn relations(load: &Load<'_>, context: &Context<'_>) -> Model {
    let table = load.table.name;
    let is_compared = |column: &&Field| {
        let role = load.table.column(&column.name).map(|column| column.role);
        !matches!(role, Some(Role::End(_) | Role::KeyPart | Role::System))
            && Load::parent_has(context, table, &column.name)
    };
    let attributes: Vec<Field> = load.columns.iter().filter(is_compared).cloned().collect();
    let differs: Vec<String> = attributes.iter().map(|column| differs_in(&column.name)).collect();
    let modified = if differs.is_empty() { String::new() } else { format!(" OR {}", differs.join(" OR ")) };
    let about = relation::about(load.table, &|column| format!("COALESCE(n.{column}, b.{column})"));
    let causes = context.causes.of_sources(load.table);
    let query = format!(
        "SELECT '{table}' AS table_name, CASE WHEN b.source IS NULL THEN 'new' WHEN n.source IS NULL THEN 'deleted' ELSE 'modified' END AS movement,\n       {} AS kind, {} AS uid, {} AS related_kind, {} AS related_uid, {} AS detail, {cause} AS cause\nFROM {table} n FULL JOIN before_{table} b ON {}\nWHERE n.source IS NULL OR b.source IS NULL{modified}",
        about.kind,
        about.uid,
        about.related_kind,
        about.related_uid,
        about.detail,
        relation::same_key(load.table, "n", "b"),
        cause = causes.sql("COALESCE(n.source, b.source)"),
    );
    let model = Model::sql("movements", table, query);
    if is_walkable(load.table) && are_as_before(&attributes, load, context) {
        model.by(Movements { table: load.table, attributes, causes })
    } else {
        model
    }
}

/// New and deleted unresolved rows, by all they say.
fn unresolved(load: &Load<'_>, context: &Context<'_>) -> Model {
    let table = format!("unresolved_{}", load.table.name);
    let is_key = |column: &&Field| match load.table.column(&column.name) {
        Some(born) => born.role == Role::KeyPart,
        None => relation::ends(load.table).iter().any(|(end, kind)| {
            let end = end.trim_end_matches("_uid");
            column.name == format!("{end}_key")
                || kind.namespace().is_some_and(|namespace| column.name == format!("{end}_{namespace}"))
        }),
    };
    let side = side_columns(load.table, &load.columns);
    let key: Vec<&Field> = side.iter().filter(is_key).collect();
    let rest = side.iter().filter(|column| {
        !is_key(column)
            && !["problem", "problem_column", "source"].contains(&column.name.as_str())
            && Load::parent_has(context, &table, &column.name)
    });
    let differs: Vec<String> = rest.map(|column| differs_in(&column.name)).collect();
    let modified = if differs.is_empty() { String::new() } else { format!(" OR {}", differs.join(" OR ")) };
    let same: Vec<String> = key
        .iter()
        .map(|column| format!("COALESCE(n.{0}, '') = COALESCE(b.{0}, '')", sql::name(&column.name)))
        .collect();
    let detail: Vec<String> =
        key.iter().map(|column| format!("COALESCE(n.{0}, b.{0}, '')", sql::name(&column.name))).collect();
    let query = format!(
        "SELECT '{table}' AS table_name, CASE WHEN b.source IS NULL THEN 'new' WHEN n.source IS NULL THEN 'deleted' ELSE 'modified' END AS movement,\n       CAST(NULL AS VARCHAR) AS kind, CAST(NULL AS BIGINT) AS uid, CAST(NULL AS VARCHAR) AS related_kind, CAST(NULL AS BIGINT) AS related_uid,\n       {} AS detail, {cause} AS cause\nFROM {table} n FULL JOIN before_{table} b ON {}\nWHERE n.source IS NULL OR b.source IS NULL{modified}",
        detail.join(" || '|' || "),
        same.join(" AND "),
        cause = context.causes.of_sources(load.table).sql("COALESCE(n.source, b.source)"),
    );
    Model::sql("movements", &table, query)
}

/// What the movements of a relation mean to both that it ties together. `None` where it ties no holder to anything.
fn link_changes(table: &str) -> Option<String> {
    let change = "CASE movement WHEN 'new' THEN 'gained' ELSE 'lost' END AS change";
    let one_way = format!("SELECT kind, uid, {change}, related_kind, related_uid, detail, table_name, cause");
    let other_way = format!(
        "SELECT related_kind AS kind, related_uid AS uid, {change}, kind AS related_kind, uid AS related_uid, detail, table_name, cause"
    );
    let moved = format!("FROM movements WHERE table_name = '{table}' AND movement IN ('new', 'deleted')");
    match table {
        "rights" | "memberships" | "group_nesting" | "permission_links" => {
            Some(format!("{one_way}\n{moved}\nUNION ALL\n{other_way}\n{moved}"))
        }
        _ => None,
    }
}
