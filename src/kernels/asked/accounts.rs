//! Accounts with what is known of their owners: one walk along the accounts, with the owners at the places of uids.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Date32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::Date32Type;

use crate::engine::{EngineError, RowSink};
use crate::kernels::Kernel;
use crate::kernels::by_uid::ByUid;
use crate::kernels::rows::{column, each, numbers, words};
use crate::kernels::sorted::{Shape, SortedRow, SortedRows};
use crate::ledger::{Wanted, arrow_schema};
use crate::model::TableSet;
use crate::table::{Field, Type};

/// The question of the standard pack that this answers.
pub(super) const QUESTION: &str = include_str!("../../../packs/standard/shared/pack_accounts.sql");

/// Every account with what is known of its owner.
#[derive(Debug)]
pub(super) struct KnownAccounts;

impl Kernel for KnownAccounts {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let known = Known::of(tables)?;
        let attribute = |(name, kind): (&str, Type)| Field::new(name, kind);
        let attributes = [
            ("repository", Type::Text),
            ("is_enabled", Type::Boolean),
            ("is_privileged", Type::Boolean),
            ("created_on", Type::Date),
            ("last_logon_on", Type::Date),
        ];
        let attributes = attributes.map(attribute).to_vec();
        let shape = Shape { numbers: vec!["uid".to_owned()], attributes, ..Shape::default() };
        let mut accounts = SortedRows::open(&tables.find("accounts"), &shape)?;
        while let Some(row) = accounts.row() {
            let next = accounts.alone().max(1);
            sink(known.rows(row, next, columns)?)?;
            accounts.advance_by(next)?;
        }
        Ok(())
    }
}

/// A word among those that were met.
type Word = usize;

/// What ownership says of an account.
#[derive(Debug, Clone, Copy, Default)]
struct Owned {
    identity: Option<u32>,
    ownerless: Option<Word>,
    decided_on: Option<i32>,
}

/// What is known of a person.
#[derive(Debug, Clone, Copy, Default)]
struct Person {
    status: Option<Word>,
    hired_on: Option<i32>,
    departure_on: Option<i32>,
}

/// Owners by account, and people by identity.
#[derive(Default)]
struct Known {
    owned: ByUid<Owned>,
    people: ByUid<Person>,
    words: Vec<String>,
}

impl Known {
    fn of(tables: &TableSet) -> Result<Self, EngineError> {
        let mut known = Self::default();
        known.each(
            tables,
            "ownership",
            &["account_uid", "identity_uid", "ownerless", "decided_on"],
            |known, batch| {
                let (accounts, identities) = (numbers(batch, "account_uid")?, numbers(batch, "identity_uid")?);
                let (ownerless, decided) = (known.words(batch, "ownerless")?, days(batch, "decided_on"));
                for (row, account) in accounts.into_iter().enumerate() {
                    let owned =
                        Owned { identity: identities[row], ownerless: ownerless[row], decided_on: day(&decided, row) };
                    if let Some(account) = account {
                        known.owned.set(account, owned);
                    }
                }
                Ok(())
            },
        )?;
        known.each(tables, "identity_status", &["uid", "status"], |known, batch| {
            let status = known.words(batch, "status")?;
            for (row, uid) in numbers(batch, "uid")?.into_iter().enumerate() {
                if let Some(uid) = uid {
                    known.people.of(uid).status = status[row];
                }
            }
            Ok(())
        })?;
        each(tables, "identities", &["uid", "hired_on", "departure_on"], |batch| {
            let (hired, departed) = (days(batch, "hired_on"), days(batch, "departure_on"));
            for (row, uid) in numbers(batch, "uid")?.into_iter().enumerate() {
                let Some(uid) = uid else { continue };
                let person = known.people.of(uid);
                (person.hired_on, person.departure_on) = (day(&hired, row), day(&departed, row));
            }
            Ok(())
        })?;
        Ok(known)
    }

    /// An account and those behind it, so many in all, with what is known of their owners.
    fn rows(&self, account: SortedRow<'_>, count: usize, columns: &[Field]) -> Result<RecordBatch, EngineError> {
        let uids = account.numbers(0, count).ok_or_else(|| EngineError::new("an account has no `uid`"))?;
        let owned: Vec<Owned> = uids.iter().map(|uid| self.owned_by(*uid)).collect::<Result<_, _>>()?;
        let person = |owned: &Owned| owned.identity.and_then(|identity| self.people.get(identity)).unwrap_or_default();
        let owners: Vec<Person> = owned.iter().map(person).collect();
        let word = |word: Option<Word>| word.map(|word| self.words[word].as_str());
        let flag = |at: usize, default: bool| -> ArrayRef {
            let flags = account.attribute(at, count);
            let flags = flags.as_boolean().iter().map(|flag| Some(flag.unwrap_or(default)));
            Arc::new(flags.collect::<BooleanArray>())
        };
        let of_person =
            |day: fn(&Person) -> Option<i32>| -> ArrayRef { Arc::new(owners.iter().map(day).collect::<Date32Array>()) };
        let identities = owned.iter().map(|owned| owned.identity.map(i64::from));
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(Int64Array::from(uids.to_vec())),
            account.attribute(0, count),
            flag(1, true),
            flag(2, false),
            account.attribute(3, count),
            account.attribute(4, count),
            Arc::new(identities.collect::<Int64Array>()),
            Arc::new(owned.iter().map(|owned| word(owned.ownerless)).collect::<StringArray>()),
            Arc::new(owned.iter().map(|owned| owned.decided_on).collect::<Date32Array>()),
            Arc::new(owners.iter().map(|owner| word(owner.status)).collect::<StringArray>()),
            of_person(|person| person.hired_on),
            of_person(|person| person.departure_on),
        ];
        RecordBatch::try_new(arrow_schema(columns), arrays).map_err(EngineError::from_arrow)
    }

    fn owned_by(&self, account: i64) -> Result<Owned, EngineError> {
        let uid = u32::try_from(account).map_err(|_| EngineError::new("a `uid` has more than 32 bits"))?;
        Ok(self.owned.get(uid).unwrap_or_default())
    }

    /// Hands over the rows of a table; texts of few words are read as numbers of these.
    fn each(
        &mut self,
        tables: &TableSet,
        table: &str,
        columns: &[&str],
        take: impl Fn(&mut Self, &RecordBatch) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let wanted = Wanted { dictionaries: ["ownerless", "status"].map(str::to_owned).to_vec(), ..Wanted::default() };
        for (_, rows) in tables.find(table).open_as(columns, |_| Ok(wanted.clone()))? {
            for batch in rows {
                take(self, &batch.map_err(EngineError::from_ledger)?)?;
            }
        }
        Ok(())
    }

    fn words(&mut self, batch: &RecordBatch, name: &str) -> Result<Vec<Option<Word>>, EngineError> {
        words(batch, name, |word| {
            let known = self.words.iter().position(|known| known == word);
            Some(known.unwrap_or_else(|| {
                self.words.push(word.to_owned());
                self.words.len() - 1
            }))
        })
    }
}

fn days(batch: &RecordBatch, name: &str) -> Date32Array {
    column(batch, name, Type::Date).as_primitive::<Date32Type>().clone()
}

fn day(days: &Date32Array, row: usize) -> Option<i32> {
    days.is_valid(row).then(|| days.value(row))
}
