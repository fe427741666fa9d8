//! Owners that stand before any rule is tried: a walk along the accounts and what the parent knew of them.

mod decided;
mod ownership;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Date32Array, Int64Array, RecordBatch, StringArray, StringBuilder};
use arrow::datatypes::Int64Type;

use self::decided::{Decided, Decision};
pub use self::ownership::Ownership;
use super::Kernel;
use super::matching::{Forgotten, forbidden};
use super::pick::pick;
use super::presence::Uids;
use super::rows::{names, text_at};
use super::sorted::{Shape, SortedRow, SortedRows};
use crate::engine::{EngineError, RowSink};
use crate::ledger::arrow_schema;
use crate::model::{BEFORE, TableSet};
use crate::table::{Field, Type};

/// Rows that are handed over at once.
const BATCH_ROWS: usize = 65_536;

/// Owners that stand before any rule is tried.
#[derive(Debug)]
pub struct CarriedOwnership {
    /// The day of the load, in days since 1970.
    pub as_of: i32,
    /// Whether who left and is listed again owns what was left behind.
    pub restores: bool,
    /// What a rule decided before this day is found anew.
    pub expired: Option<i32>,
}

/// What decides an account, by its name in `rule`; who was carried keeps the rule that found them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Class,
    Pin(i64),
    Stated,
    Leaved,
    Returned(i64),
    Carried,
}

/// What is known of all accounts.
struct Known<'k> {
    kernel: &'k CarriedOwnership,
    listed: Uids,
    decided: Decided,
    forgotten: Forgotten,
    forbidden: HashSet<(i64, i64)>,
    /// The identities that are no longer listed: employee id and full name.
    vanished: HashMap<i64, [Option<String>; 2]>,
}

/// An account with an owner, or ownerless.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Owned<'r> {
    account: i64,
    identity: Option<i64>,
    ownerless: Option<&'r str>,
    description: Option<&'r str>,
    rule: Option<&'r str>,
    decided_on: Option<i32>,
    former: Option<i64>,
}

/// Rows on their way out.
#[derive(Default)]
struct Rows {
    accounts: Vec<i64>,
    identities: Vec<Option<i64>>,
    texts: [StringBuilder; 3],
    days: Vec<Option<i32>>,
    former: Vec<Option<i64>>,
}

impl Kernel for CarriedOwnership {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let text = |name| Field::new(name, Type::Text);
        let numbers = |name: &str| vec![name.to_owned()];
        let of_account = vec![text("ownerless"), text("repository")];
        let of_before = vec![
            Field::new("identity_uid", Type::Integer),
            text("ownerless"),
            text("description"),
            text("rule"),
            Field::new("decided_on", Type::Date),
            Field::new("former_uid", Type::Integer),
        ];
        let before = tables.find(&format!("{BEFORE}ownership"));
        let shape = |key: &str, attributes| Shape { numbers: numbers(key), texts: Vec::new(), attributes };
        let mut accounts = SortedRows::open(&tables.find("accounts"), &shape("uid", of_account))?;
        let mut before = SortedRows::open(&before, &shape("account_uid", of_before))?;
        let known = Known {
            kernel: self,
            listed: Uids::of(&tables.find("identities"))?,
            decided: Decided::of(tables)?,
            forgotten: Forgotten::of(tables)?,
            forbidden: forbidden(tables)?,
            vanished: vanished(tables)?,
        };
        let mut rows = Rows::default();
        while let Some(account) = accounts.row() {
            let uid = account.number(0);
            while before.row().is_some_and(|row| row.number(0) < uid) {
                before.advance()?;
            }
            if let Some(uid) = uid {
                let before = before.row().filter(|row| row.number(0) == Some(uid)).map(Before::of);
                known.judge(uid, account, before, &mut rows);
            }
            accounts.advance()?;
            if rows.len() >= BATCH_ROWS {
                sink(rows.take(columns)?)?;
            }
        }
        if rows.len() == 0 { Ok(()) } else { sink(rows.take(columns)?) }
    }
}

/// What the parent knew of an account.
#[derive(Clone, Copy)]
struct Before<'r> {
    identity: Option<i64>,
    ownerless: Option<&'r str>,
    description: Option<&'r str>,
    rule: Option<&'r str>,
    decided_on: Option<i32>,
    former: Option<i64>,
}

impl<'r> Before<'r> {
    fn of(row: SortedRow<'r>) -> Self {
        Self {
            identity: row.attribute_number(0),
            ownerless: row.attribute_text(1),
            description: row.attribute_text(2),
            rule: row.attribute_text(3),
            decided_on: row.attribute_day(4),
            former: row.attribute_number(5),
        }
    }
}

impl Known<'_> {
    fn judge(&self, uid: i64, account: SortedRow<'_>, before: Option<Before<'_>>, rows: &mut Rows) {
        match self.decided.of_account(uid) {
            [] => rows.extend(self.conclude(uid, account, before, None)),
            decisions => {
                let owned = decisions.iter().filter_map(|decision| self.conclude(uid, account, before, Some(decision)));
                let mut owned: Vec<Owned<'_>> = owned.collect();
                owned.sort();
                rows.extend(owned);
            }
        }
    }

    fn conclude<'r>(
        &'r self,
        uid: i64,
        account: SortedRow<'r>,
        before: Option<Before<'r>>,
        decision: Option<&'r Decision>,
    ) -> Option<Owned<'r>> {
        let (stated, repository) = (account.attribute_text(0), account.attribute_text(1));
        let way = self.way(uid, stated, repository, before, decision)?;
        Some(self.concluded(uid, way, stated, before, decision))
    }

    /// What decides an account, if anything does before the rules.
    fn way(
        &self,
        uid: i64,
        stated: Option<&str>,
        repository: Option<&str>,
        before: Option<Before<'_>>,
        decision: Option<&Decision>,
    ) -> Option<Way> {
        if self.decided.is_broken(uid) {
            return None;
        }
        match decision {
            Some(Decision { is_pin: false, .. }) => return Some(Way::Class),
            Some(Decision { is_pin: true, pinned: Some(identity), .. }) => return Some(Way::Pin(*identity)),
            _ => {}
        }
        let is_somebodys = self.decided.is_somebodys(uid);
        if stated.is_some() && !is_somebodys {
            return Some(Way::Stated);
        }
        let before = before.filter(|before| !matches!(before.rule, Some("stated" | "class")))?;
        // Of an account that is somebody's, only whose it is or was is carried.
        if is_somebodys && before.identity.is_none() && before.rule != Some("leaved") {
            return None;
        }
        if before.identity.is_some_and(|identity| self.forbidden.contains(&(uid, identity)))
            || repository.is_some_and(|code| self.forgotten.has_repository(code))
            || before.rule.is_some_and(|rule| self.forgotten.has_rule(rule))
        {
            return None;
        }
        let former = before.identity.and_then(|identity| self.vanished.get(&identity));
        // A pin lasts as long as the file has it; if its person left meanwhile, the account is left behind too.
        let is_in_file = || {
            let (decided, former) = (decision?.value.as_ref()?, former?[0].as_ref()?);
            (decided == former).then_some(())
        };
        if before.rule == Some("pin") && is_in_file().is_none() {
            return None;
        }
        if former.is_some() {
            return Some(Way::Leaved);
        }
        let may_own = |former: &i64| self.listed.contains(*former) && !self.forbidden.contains(&(uid, *former));
        let back = before.former.filter(|_| self.kernel.restores && before.rule == Some("leaved")).filter(may_own);
        if let Some(former) = back {
            return Some(Way::Returned(former));
        }
        let is_found = before.rule.is_some_and(|rule| !matches!(rule, "pin" | "leaved"));
        let is_expired = |day: i32| before.decided_on.is_some_and(|decided_on| decided_on < day);
        if is_found && self.kernel.expired.is_some_and(is_expired) {
            return None;
        }
        Some(Way::Carried)
    }

    fn concluded<'r>(
        &'r self,
        account: i64,
        way: Way,
        stated: Option<&'r str>,
        before: Option<Before<'r>>,
        decision: Option<&'r Decision>,
    ) -> Owned<'r> {
        let former = before.and_then(|before| self.vanished.get(&before.identity?));
        let reason = || decision.and_then(|decision| decision.reason.as_deref());
        let (identity, ownerless, description, rule) = match way {
            Way::Class => (None, decision.and_then(|decision| decision.value.as_deref()), reason(), Some("class")),
            Way::Pin(identity) => (Some(identity), None, reason(), Some("pin")),
            Way::Stated => (None, stated, None, Some("stated")),
            Way::Leaved => (None, Some("leaved"), former.and_then(|former| former[1].as_deref()), Some("leaved")),
            Way::Returned(identity) => (Some(identity), None, None, Some("returned")),
            Way::Carried => before.map_or((None, None, None, None), |before| {
                (before.identity, before.ownerless, before.description, before.rule)
            }),
        };
        let is_as_before = |before: &Before<'_>| {
            rule.is_some() && (rule, identity, ownerless) == (before.rule, before.identity, before.ownerless)
        };
        let decided_on = before.filter(is_as_before).map_or(Some(self.kernel.as_of), |before| before.decided_on);
        let former = before.and_then(|before| match way {
            Way::Leaved => before.identity,
            Way::Carried => before.former,
            _ => None,
        });
        Owned { account, identity, ownerless, description, rule, decided_on, former }
    }
}

impl<'r> Extend<Owned<'r>> for Rows {
    fn extend<I: IntoIterator<Item = Owned<'r>>>(&mut self, rows: I) {
        for row in rows {
            self.accounts.push(row.account);
            self.identities.push(row.identity);
            for (builder, text) in self.texts.iter_mut().zip([row.ownerless, row.description, row.rule]) {
                builder.append_option(text);
            }
            self.days.push(row.decided_on);
            self.former.push(row.former);
        }
    }
}

impl Rows {
    fn len(&self) -> usize {
        self.accounts.len()
    }

    fn take(&mut self, columns: &[Field]) -> Result<RecordBatch, EngineError> {
        let Self { accounts, identities, mut texts, days, former } = std::mem::take(self);
        let [ownerless, description, rule]: [StringArray; 3] = texts.each_mut().map(StringBuilder::finish);
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(Int64Array::from(accounts)),
            Arc::new(Int64Array::from(identities)),
            Arc::new(ownerless),
            Arc::new(description),
            Arc::new(rule),
            Arc::new(Date32Array::from(days)),
            Arc::new(Int64Array::from(former)),
        ];
        RecordBatch::try_new(arrow_schema(columns), arrays).map_err(EngineError::from_arrow)
    }
}

/// The identities of the parent that are not listed any more: employee id and full name.
fn vanished(tables: &TableSet) -> Result<HashMap<i64, [Option<String>; 2]>, EngineError> {
    let before = tables.find(&format!("{BEFORE}identities"));
    let (listed, listed_before) = (Uids::of(&tables.find("identities"))?, Uids::of(&before)?);
    let mut gone = Uids::default();
    listed_before.iter().filter(|uid| !listed.contains(*uid)).for_each(|uid| gone.insert(uid));
    let columns = ["employee_id", "full_name"].map(|name| Field::new(name, Type::Text));
    let columns = [vec![Field::new("uid", Type::Integer)], columns.to_vec()].concat();
    let mut vanished = HashMap::new();
    for batch in pick(&before, &columns, "uid", &gone)? {
        let texts = [batch.column(1).as_string::<i32>(), batch.column(2).as_string::<i32>()];
        for (row, uid) in batch.column(0).as_primitive::<Int64Type>().iter().enumerate() {
            let text = |texts| text_at(texts, row).map(str::to_owned);
            vanished.extend(uid.map(|uid| (uid, texts.map(text))));
        }
    }
    Ok(vanished)
}
