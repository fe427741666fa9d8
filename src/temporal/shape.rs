//! What tells the rows of a table apart over time: of an object its uid, of a relation its key, of a rule's answer all that
//! it says.

use crate::table::{Field, Kind, Role, Sort, Table, Type};
use crate::tables;

/// A table whose rows are followed.
pub(super) struct Shape {
    pub(super) table: String,
    pub(super) key: Vec<Key>,
    /// Whether no two rows of a load have the same key.
    pub(super) is_unique: bool,
}

/// A column by which rows are told apart.
pub(super) struct Key {
    pub(super) name: String,
    pub(super) kind: Type,
    pub(super) uid: Option<Uid>,
    pub(super) is_text: bool,
}

/// Of which kind of object a column has the uids.
pub(super) enum Uid {
    Of(Kind),
    /// As another column says.
    By(&'static str),
}

/// Computed tables that are followed, each by these columns.
const COMPUTED: [(&str, &[&str]); 6] = [
    ("identity_status", &["uid", "status"]),
    ("ownership", &["account_uid", "identity_uid", "ownerless"]),
    ("managers", &["kind", "uid", "domain", "identity_uid"]),
    ("effective_rights", &["identity_uid", "permission_uid", "perimeter"]),
    ("theoretical_rights", &["identity_uid", "permission_uid", "perimeter"]),
    ("entitlement_gaps", &["gap", "identity_uid", "permission_uid", "perimeter"]),
];

/// Before the name of a rule's answer.
const ANSWER: &str = "rule_";

/// What a followed table adds to its key.
pub(super) const TOLD: [(&str, Type); 7] = [
    ("first_seen", Type::Date),
    ("last_seen", Type::Date),
    ("gone_on", Type::Date),
    ("since", Type::Date),
    ("loads", Type::Integer),
    ("gap_count", Type::Integer),
    ("loads_seen", Type::Integer),
];

impl Shape {
    /// How the rows of a table with these columns are followed. `None` where they are not.
    pub(super) fn of(table: &str, columns: &[Field]) -> Option<Self> {
        if table.starts_with(ANSWER) {
            // What an answer calls like a column of the view is left to the view.
            let is_told = |name: &str| TOLD.iter().any(|(told, _)| *told == name);
            let key = columns.iter().filter(|column| column.kind != Type::Double && !is_told(&column.name));
            let key = key.map(|column| Key::of(column, None));
            return Some(Self { table: table.to_owned(), key: key.collect(), is_unique: false });
        }
        let known = tables::by_name(table)?;
        let computed = COMPUTED.iter().find(|(name, _)| *name == table).map(|(_, key)| *key);
        let key: Vec<Key> = known
            .columns
            .iter()
            .filter(|column| match computed {
                Some(key) => key.contains(&column.name),
                None => matches!(column.role, Role::Uid | Role::End(_) | Role::KeyPart),
            })
            .map(|column| Key::of(&Field::new(column.name, column.kind), uid_of(known, column.name, column.role)))
            .collect();
        let is_followed = computed.is_some() || known.is_collected();
        is_followed.then(|| Self { table: table.to_owned(), key, is_unique: true })
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.key.iter().map(|column| column.name.as_str())
    }

    /// The columns of the view.
    pub(super) fn columns(&self) -> Vec<Field> {
        let told = TOLD.iter().map(|(name, kind)| Field::new(*name, *kind));
        self.key.iter().map(|key| Field::new(&key.name, key.kind)).chain(told).collect()
    }

    /// Whether it can be told whom a row speaks of in a load that numbers objects otherwise.
    pub(super) fn names_its_uids(&self) -> bool {
        !self.table.starts_with(ANSWER)
    }

    /// Whether a load that lacks the table says that nothing is there, rather than nothing at all.
    pub(super) fn is_collected(&self) -> bool {
        tables::by_name(&self.table).is_some_and(Table::is_collected)
    }
}

impl Key {
    fn of(column: &Field, uid: Option<Uid>) -> Self {
        Self { name: column.name.clone(), kind: column.kind, uid, is_text: column.kind == Type::Text }
    }
}

fn uid_of(table: &Table, name: &str, role: Role) -> Option<Uid> {
    match (role, table.sort, name) {
        (Role::End(kind), _, _) | (Role::Uid, Sort::Object(kind), _) => Some(Uid::Of(kind)),
        (_, _, "uid") if table.name == "managers" => Some(Uid::By("kind")),
        (_, _, "uid" | "identity_uid") => Some(Uid::Of(Kind::Identity)),
        (_, _, "account_uid") => Some(Uid::Of(Kind::Account)),
        (_, _, "permission_uid") => Some(Uid::Of(Kind::Permission)),
        _ => None,
    }
}
