//! Who bears a finding: the object itself, the person, the unit, the application.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch};

use super::{BEARERS, Borne, CONTROL, KIND, RISK, UID};
use crate::engine::EngineError;
use crate::kernels::pick::add_row;
use crate::kernels::rows::{column, each, numbers, text_at, words};
use crate::ledger::{PartRows, Wanted};
use crate::model::TableSet;
use crate::table::{Kind, Type};

/// Every finding that stands by everyone who bears it, with the controls, which are numbered in the order of their names.
pub(super) fn borne(tables: &TableSet) -> Result<(Vec<Borne>, Vec<String>), EngineError> {
    let mut follow = Follow::of(tables)?;
    let columns = ["control", "kind", "uid", "detail", "state", "risk", "exception"];
    let dictionaries = ["control", "kind", "state"].map(str::to_owned).to_vec();
    let wanted = Wanted { dictionaries, ..Wanted::default() };
    for (_, rows) in tables.find("findings").open_as(&columns, |_| Ok(wanted.clone()))? {
        for batch in rows {
            follow.findings(&batch.map_err(EngineError::from_ledger)?)?;
        }
    }
    Ok(follow.borne())
}

/// A finding that is not fixed.
struct Finding<'a> {
    control: u64,
    kind: Kind,
    uid: u32,
    detail: Option<&'a str>,
    risk: u32,
    is_excepted: bool,
}

/// Controls by the numbers that they get as they come.
#[derive(Default)]
struct Numbers(HashMap<String, u64>);

impl Numbers {
    fn of(&mut self, control: &str) -> u64 {
        if let Some(known) = self.0.get(control) {
            return *known;
        }
        let next = u64::try_from(self.0.len()).unwrap_or(u64::MAX);
        self.0.insert(control.to_owned(), next);
        next
    }
}

/// The applications that findings of duties are about, by control, kind and subject, and by detail.
type Causes = HashMap<(u64, Kind, u32), BTreeMap<String, BTreeSet<u32>>>;

/// Follows findings to those who bear them.
struct Follow {
    owners: HashMap<u32, u32>,
    units: HashMap<u32, u32>,
    /// The applications of permissions.
    applications: HashMap<u32, u32>,
    causes: Causes,
    controls: Numbers,
    borne: Vec<Borne>,
}

impl Follow {
    fn of(tables: &TableSet) -> Result<Self, EngineError> {
        let owners = pairs(tables, "ownership", ["account_uid", "identity_uid"])?;
        let units = pairs(tables, "identities", ["uid", "organisation_uid"])?;
        let applications = applications(tables)?;
        let mut controls = Numbers::default();
        let causes = causes(tables, &applications, &mut controls)?;
        Ok(Self { owners, units, applications, causes, controls, borne: Vec::new() })
    }

    fn findings(&mut self, batch: &RecordBatch) -> Result<(), EngineError> {
        let controls = words(batch, "control", |control| Some(self.controls.of(control)))?;
        let kinds = words(batch, "kind", Kind::named)?;
        let is_fixed = words(batch, "state", |word| Some(word == "fixed"))?;
        let (uids, risks) = (numbers(batch, "uid")?, numbers(batch, "risk")?);
        let (details, exceptions) = (column(batch, "detail", Type::Text), column(batch, "exception", Type::Text));
        let details = details.as_string::<i32>();
        for row in (0..batch.num_rows()).filter(|row| is_fixed[*row] == Some(false)) {
            let (Some(control), Some(kind), Some(uid), Some(risk)) = (controls[row], kinds[row], uids[row], risks[row])
            else {
                continue;
            };
            let (detail, is_excepted) = (text_at(details, row), exceptions.is_valid(row));
            self.finding(&Finding { control, kind, uid, detail, risk, is_excepted });
        }
        Ok(())
    }

    fn finding(&mut self, finding: &Finding<'_>) {
        // Other risks than 0 to 5 have no weight.
        if finding.risk > 5 {
            return;
        }
        let mut bear = |kind: Kind, uid: u32| {
            let place = BEARERS.iter().position(|known| *known == kind).expect("only these bear risk");
            let place = u64::try_from(place).unwrap_or(u64::MAX);
            let is_excepted = u64::from(finding.is_excepted);
            let risk = u64::from(finding.risk);
            self.borne
                .push(place << KIND | u64::from(uid) << UID | finding.control << CONTROL | risk << RISK | is_excepted);
        };
        match finding.kind {
            Kind::Account | Kind::Organisation | Kind::Application => bear(finding.kind, finding.uid),
            Kind::Permission => {
                if let Some(application) = self.applications.get(&finding.uid) {
                    bear(Kind::Application, *application);
                }
            }
            Kind::Identity | Kind::Group | Kind::Repository => {}
        }
        let person = match finding.kind {
            Kind::Identity => Some(finding.uid),
            Kind::Account => self.owners.get(&finding.uid).copied(),
            _ => None,
        };
        if let Some(person) = person {
            bear(Kind::Identity, person);
            if let Some(unit) = self.units.get(&person) {
                bear(Kind::Organisation, *unit);
            }
        }
        if let Some(causes) = self.causes.get(&(finding.control, finding.kind, finding.uid)) {
            for application in causes.get(finding.detail.unwrap_or_default()).into_iter().flatten() {
                bear(Kind::Application, *application);
            }
        }
    }

    /// What was borne, with the controls numbered in the order of their names.
    fn borne(mut self) -> (Vec<Borne>, Vec<String>) {
        let mut controls: Vec<(String, u64)> = self.controls.0.into_iter().collect();
        controls.sort_unstable();
        let mut place_of = vec![0; controls.len()];
        for (place, (_, number)) in (0..).zip(&controls) {
            place_of[usize::try_from(*number).expect("it was counted")] = place;
        }
        let mask: u64 = ((1 << (UID - CONTROL)) - 1) << CONTROL;
        for borne in &mut self.borne {
            let number = usize::try_from((*borne & mask) >> CONTROL).expect("it was counted");
            *borne = *borne & !mask | place_of[number] << CONTROL;
        }
        (self.borne, controls.into_iter().map(|(name, _)| name).collect())
    }
}

/// The second of two numbers by the first, where both are there.
fn pairs(tables: &TableSet, table: &str, columns: [&str; 2]) -> Result<HashMap<u32, u32>, EngineError> {
    let mut pairs = HashMap::new();
    each(tables, table, &columns, |batch| {
        let (one, other) = (numbers(batch, columns[0])?, numbers(batch, columns[1])?);
        pairs.extend(one.into_iter().zip(other).filter_map(|(one, other)| Some((one?, other?))));
        Ok(())
    })?;
    Ok(pairs)
}

/// The uids of the applications of permissions.
fn applications(tables: &TableSet) -> Result<HashMap<u32, u32>, EngineError> {
    let uids = uids(tables)?;
    let mut applications = HashMap::new();
    each(tables, "permissions", &["uid", "application"], |batch| {
        let codes = column(batch, "application", Type::Text);
        let pairs = numbers(batch, "uid")?.into_iter().zip(codes.as_string::<i32>());
        applications.extend(pairs.filter_map(|(uid, code)| Some((uid?, *uids.get(code?)?))));
        Ok(())
    })?;
    Ok(applications)
}

/// The uids of applications by code, as the registry of keys has them.
fn uids(tables: &TableSet) -> Result<HashMap<String, u32>, EngineError> {
    // Of its many rows few are of applications, and they lie together.
    let only_applications = |path: &Path| {
        let (mut places, mut start): (Vec<_>, usize) = (Vec::new(), 0);
        for batch in PartRows::open(path, &["kind"]).map_err(EngineError::from_ledger)? {
            let batch = batch.map_err(EngineError::from_ledger)?;
            let kinds = column(&batch, "kind", Type::Text);
            let is_one = |kind: Option<&str>| kind == Some(Kind::Application.as_str());
            let meant = kinds.as_string::<i32>().iter().enumerate().filter(|(_, kind)| is_one(*kind));
            meant.for_each(|(row, _)| add_row(&mut places, start + row));
            start += batch.num_rows();
        }
        Ok(Wanted { rows: Some(places), ..Wanted::default() })
    };
    let mut uids = HashMap::new();
    for (_, rows) in tables.find("uids").open_as(&["kind", "namespace", "key", "uid"], only_applications)? {
        for batch in rows {
            let batch = batch.map_err(EngineError::from_ledger)?;
            let texts = ["kind", "namespace", "key"].map(|name| column(&batch, name, Type::Text));
            let [kinds, namespaces, keys] = texts.each_ref().map(AsArray::as_string::<i32>);
            for (row, uid) in numbers(&batch, "uid")?.into_iter().enumerate() {
                let is_one =
                    text_at(kinds, row) == Some(Kind::Application.as_str()) && text_at(namespaces, row) == Some("");
                if let (true, Some(key), Some(uid)) = (is_one, text_at(keys, row), uid) {
                    uids.insert(key.to_owned(), uid);
                }
            }
        }
    }
    Ok(uids)
}

fn causes(
    tables: &TableSet,
    applications: &HashMap<u32, u32>,
    numbers_of: &mut Numbers,
) -> Result<Causes, EngineError> {
    let mut causes = Causes::new();
    each(tables, "finding_causes", &["control", "kind", "uid", "detail", "wanted_uid"], |batch| {
        let texts = ["control", "kind", "detail"].map(|name| column(batch, name, Type::Text));
        let [controls, kinds, details] = texts.each_ref().map(AsArray::as_string::<i32>);
        let (uids, wanted) = (numbers(batch, "uid")?, numbers(batch, "wanted_uid")?);
        for row in 0..batch.num_rows() {
            let kind = text_at(kinds, row).and_then(Kind::named);
            let application = wanted[row].and_then(|wanted| applications.get(&wanted));
            let (Some(control), Some(kind), Some(uid), Some(application)) =
                (text_at(controls, row), kind, uids[row], application)
            else {
                continue;
            };
            let detail = text_at(details, row).unwrap_or_default().to_owned();
            let of_subject = causes.entry((numbers_of.of(control), kind, uid)).or_default();
            of_subject.entry(detail).or_default().insert(*application);
        }
        Ok(())
    })?;
    Ok(causes)
}
