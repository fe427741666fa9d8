//! Short ways of writing a column down.

use crate::table::{Column, Kind, Role, Type};

pub(super) const fn column(name: &'static str, kind: Type, role: Role, about: &'static str) -> Column {
    Column { name, kind, role, about }
}

pub(super) const fn text(name: &'static str, about: &'static str) -> Column {
    column(name, Type::Text, Role::Attribute, about)
}

pub(super) const fn day(name: &'static str, about: &'static str) -> Column {
    column(name, Type::Date, Role::Attribute, about)
}

pub(super) const fn flag(name: &'static str, about: &'static str) -> Column {
    column(name, Type::Boolean, Role::Attribute, about)
}

pub(super) const fn number(name: &'static str, about: &'static str) -> Column {
    column(name, Type::Integer, Role::Attribute, about)
}

pub(super) const fn key(name: &'static str, about: &'static str) -> Column {
    column(name, Type::Text, Role::Key, about)
}

pub(super) const fn reference(name: &'static str, kind: Kind, about: &'static str) -> Column {
    column(name, Type::Text, Role::Reference(kind), about)
}

pub(super) const fn reference_uid(name: &'static str, kind: Kind) -> Column {
    column(
        name,
        Type::Integer,
        Role::ReferenceUid(kind),
        "uid of the object named; null where the registry knows no such key",
    )
}

pub(super) const fn norm(name: &'static str, of: &'static str) -> Column {
    column(name, Type::Text, Role::Norm(of), "NFKD, accents off, lower case, outer blanks off; null for null")
}

pub(super) const fn end(name: &'static str, kind: Kind, about: &'static str) -> Column {
    column(name, Type::Integer, Role::End(kind), about)
}

pub(super) const fn made_text(name: &'static str, about: &'static str) -> Column {
    column(name, Type::Text, Role::System, about)
}

pub(super) const fn made_number(name: &'static str, about: &'static str) -> Column {
    column(name, Type::Integer, Role::System, about)
}

pub(super) const UID: Column =
    column("uid", Type::Integer, Role::Uid, "dense number of the object, given once and carried for ever");
pub(super) const ROW_HASH: Column = made_number(
    "row_hash",
    "xxh3-64, as a signed number, over the cleaned (name, value) pairs that are not null, volatile ones left out",
);
pub(super) const SOURCE: Column = made_text(
    "source",
    "the collector that brought the row; `(stub)` where none lists the object and others refer to it",
);
pub(super) const STALE_LOADS: Column =
    made_number("stale_loads", "how many loads in a row did not bring this row, so that it was carried; 0 = fresh");
pub(super) const CAUSE: Column = made_text(
    "cause",
    "what moved it: data, configuration (what collectors, policies, rules or the plan say, or the program), both = either may have",
);
pub(super) const KEY_SOURCE: Role = Role::KeySource;

pub(super) const fn made_date(name: &'static str, about: &'static str) -> Column {
    column(name, Type::Date, Role::System, about)
}

pub(super) const fn made_flag(name: &'static str, about: &'static str) -> Column {
    column(name, Type::Boolean, Role::System, about)
}

pub(super) const fn made_fraction(name: &'static str, about: &'static str) -> Column {
    column(name, Type::Double, Role::System, about)
}
