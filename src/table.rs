//! What a table of the ledger is: its columns, their types, and the part each plays.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What kind of object a uid numbers. Uids of two kinds share nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A row of `organisations`.
    Organisation,
    /// A row of `identities`.
    Identity,
    /// A row of `repositories`.
    Repository,
    /// A row of `accounts`; its namespace is the repository.
    Account,
    /// A row of `groups`; its namespace is the repository.
    Group,
    /// A row of `applications`.
    Application,
    /// A row of `permissions`; its namespace is the application.
    Permission,
}

impl Kind {
    /// Every kind, in the order of the registry.
    pub const ALL: [Self; 7] = [
        Self::Organisation,
        Self::Identity,
        Self::Repository,
        Self::Account,
        Self::Group,
        Self::Application,
        Self::Permission,
    ];

    /// The kind that stands so in `kind` columns.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The kind as it stands in `kind` columns.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::Identity => "identity",
            Self::Repository => "repository",
            Self::Account => "account",
            Self::Group => "group",
            Self::Application => "application",
            Self::Permission => "permission",
        }
    }

    /// The column that holds the namespace of such an object's key, where it has one.
    #[must_use]
    pub fn namespace(self) -> Option<&'static str> {
        match self {
            Self::Account | Self::Group => Some("repository"),
            Self::Permission => Some("application"),
            _ => None,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    /// UTF-8 text. SQL: VARCHAR.
    Text,
    /// A 64-bit signed whole number. SQL: BIGINT.
    Integer,
    /// SQL: BOOLEAN.
    Boolean,
    /// A day of the Gregorian calendar without a zone. SQL: DATE.
    Date,
    /// An instant in UTC, to the microsecond, stored without a zone. SQL: TIMESTAMP.
    Timestamp,
    /// A finite 64-bit floating-point number. SQL: DOUBLE.
    Double,
}

impl Type {
    /// The type's name in SQL, understood alike by DataFusion and DuckDB.
    #[must_use]
    pub fn sql(self) -> &'static str {
        match self {
            Self::Text => "VARCHAR",
            Self::Integer => "BIGINT",
            Self::Boolean => "BOOLEAN",
            Self::Date => "DATE",
            Self::Timestamp => "TIMESTAMP",
            Self::Double => "DOUBLE",
        }
    }
}

/// The part a column plays in its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The number of the object this row describes.
    Uid,
    /// The namespace of the natural key: a key of another kind, in its key form.
    Namespace(Kind),
    /// The natural key, in key form.
    Key,
    /// The natural key as the source wrote it.
    KeySource,
    /// What the source says about the object.
    Attribute,
    /// Like an attribute, but expected to change without meaning anything: no part of `row_hash`.
    Volatile,
    /// The key of another object, as text in key form.
    Reference(Kind),
    /// The uid of the object that a reference names; filled by activate.
    ReferenceUid(Kind),
    /// The normalised form of the named column, for matching.
    Norm(&'static str),
    /// One end of a relation.
    End(Kind),
    /// A further part of a relation's key.
    KeyPart,
    /// Bookkeeping of the ledger.
    System,
}

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Lower-snake name, the same in SQL, Parquet and collectors.
    pub name: &'static str,
    /// The type of its values.
    pub kind: Type,
    /// Its part.
    pub role: Role,
    /// What the values mean, with units and the meaning of null.
    pub about: &'static str,
}

/// Whether rows of a table are objects, relations between objects, or something computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Each row is one object of the kind.
    Object(Kind),
    /// Each row ties objects together; its key is its ends and key parts.
    Relation,
    /// Made by the ledger itself.
    Derived,
}

/// A table of the ledger: its name and the columns every timeslot has, in order. Values are consts in `tables.rs`.
#[derive(Debug)]
pub struct Table {
    /// Plural, lower-snake.
    pub name: &'static str,
    /// What a row says, and which rows are there.
    pub about: &'static str,
    /// What its rows are.
    pub sort: Sort,
    /// The columns that every part of it has; collectors may add more to collected tables.
    pub columns: &'static [Column],
}

impl Table {
    /// The column of that name, where the table is born with it.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whether collectors fill this table.
    #[must_use]
    pub fn is_collected(&self) -> bool {
        self.sort != Sort::Derived
    }
}

/// The name and type of a column that a table really has, with those a collector added.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Field {
    /// The column's name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Type,
}

impl Field {
    /// A field of that name and type.
    pub fn new(name: impl Into<String>, kind: Type) -> Self {
        Self { name: name.into(), kind }
    }
}
