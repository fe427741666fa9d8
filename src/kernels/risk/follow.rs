//! Who bears a finding: the object itself, the person, the unit, the application.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch};
use rayon::prelude::*;

use super::{BEARERS, Borne, CONTROL, KIND, RISK, UID};
use crate::engine::EngineError;
use crate::kernels::by_uid::ByUid;
use crate::kernels::pick::places_of_words;
use crate::kernels::rows::{column, each, numbers, pairs, text_at, words};
use crate::ledger::{PartRows, Wanted};
use crate::model::TableSet;
use crate::table::{Kind, Type};

/// Every finding that stands by everyone who bears it, with the controls, which are numbered in the order of their names.
pub(super) fn borne(tables: &TableSet) -> Result<(Vec<Borne>, Vec<String>), EngineError> {
    let known = Known::of(tables)?;
    let findings = tables.find("findings");
    let parts = findings.paths()?.par_iter().map(|path| Follow::of_part(&known, path));
    Ok(together(parts.collect::<Result<Vec<_>, _>>()?))
}

/// What was borne of several parts, with the controls of all of them.
fn together(parts: Vec<(Vec<Borne>, Vec<String>)>) -> (Vec<Borne>, Vec<String>) {
    let controls: BTreeSet<&String> = parts.iter().flat_map(|(_, controls)| controls).collect();
    let controls: Vec<String> = controls.into_iter().cloned().collect();
    let mut all = Vec::with_capacity(parts.iter().map(|(borne, _)| borne.len()).sum());
    let mask: u64 = ((1 << (UID - CONTROL)) - 1) << CONTROL;
    for (borne, of_part) in parts {
        let place = |control: &String| controls.binary_search(control).ok().and_then(|place| u64::try_from(place).ok());
        let place_of: Vec<u64> = of_part.iter().map(|control| place(control).expect("it was gathered")).collect();
        all.extend(borne.into_iter().map(|borne| {
            let number = usize::try_from((borne & mask) >> CONTROL).expect("it was counted");
            borne & !mask | place_of[number] << CONTROL
        }));
    }
    (all, controls)
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

/// The applications that the findings of duties of a control are about, by kind and subject, and by detail.
type Causes = HashMap<(Kind, u32), BTreeMap<String, BTreeSet<u32>>>;

/// What leads from subjects to those who bear their risk.
struct Known {
    owners: ByUid<u32>,
    units: ByUid<u32>,
    /// The applications of permissions.
    applications: ByUid<u32>,
    /// By control.
    causes: HashMap<String, Causes>,
}

impl Known {
    fn of(tables: &TableSet) -> Result<Self, EngineError> {
        let people = || -> Result<_, EngineError> {
            let owners = ends(tables, "ownership", "account_uid", "identity_uid")?;
            Ok((owners, ends(tables, "identities", "uid", "organisation_uid")?))
        };
        let (people, applications) = rayon::join(people, || applications(tables));
        let ((owners, units), applications) = (people?, applications?);
        let causes = causes(tables, &applications)?;
        Ok(Self { owners, units, applications, causes })
    }
}

/// Follows the findings of a part to those who bear them.
struct Follow<'k> {
    known: &'k Known,
    /// Controls by the numbers that they get as they come.
    controls: HashMap<String, u64>,
    /// The causes of these.
    causes: Vec<Option<&'k Causes>>,
    borne: Vec<Borne>,
}

impl<'k> Follow<'k> {
    /// What is borne of a part, and its controls by the numbers that they have there.
    fn of_part(known: &'k Known, path: &Path) -> Result<(Vec<Borne>, Vec<String>), EngineError> {
        let mut follow = Self { known, controls: HashMap::new(), causes: Vec::new(), borne: Vec::new() };
        let columns = ["control", "kind", "uid", "state", "risk", "exception"];
        let dictionaries = ["control", "kind", "state"].map(str::to_owned).to_vec();
        let wanted = Wanted { dictionaries, ..Wanted::default() };
        follow.read(path, &columns, &wanted, Self::finding)?;
        // The details are long, and of most findings nobody asks for them.
        if follow.causes.iter().any(Option::is_some) {
            let columns = ["control", "kind", "uid", "detail", "state", "risk", "exception"];
            let rows = places_of_words(path, "control", |control| known.causes.contains_key(control))?;
            follow.read(path, &columns, &Wanted { rows: Some(rows), ..wanted }, Self::conflict)?;
        }
        let mut controls: Vec<(u64, String)> =
            follow.controls.into_iter().map(|(control, number)| (number, control)).collect();
        controls.sort_unstable();
        Ok((follow.borne, controls.into_iter().map(|(_, control)| control).collect()))
    }

    fn read(
        &mut self,
        path: &Path,
        columns: &[&str],
        wanted: &Wanted,
        take: fn(&mut Self, &Finding<'_>),
    ) -> Result<(), EngineError> {
        for batch in PartRows::open_as(path, columns, wanted).map_err(EngineError::from_ledger)? {
            self.each(&batch.map_err(EngineError::from_ledger)?, take)?;
        }
        Ok(())
    }

    fn number(&mut self, control: &str) -> u64 {
        if let Some(known) = self.controls.get(control) {
            return *known;
        }
        let next = u64::try_from(self.causes.len()).unwrap_or(u64::MAX);
        self.controls.insert(control.to_owned(), next);
        self.causes.push(self.known.causes.get(control));
        next
    }

    /// Hands over each finding of some rows that is not fixed.
    fn each(&mut self, batch: &RecordBatch, take: fn(&mut Self, &Finding<'_>)) -> Result<(), EngineError> {
        let controls = words(batch, "control", |control| Some(self.number(control)))?;
        let kinds = words(batch, "kind", Kind::named)?;
        let is_fixed = words(batch, "state", |word| Some(word == "fixed"))?;
        let (uids, risks) = (numbers(batch, "uid")?, numbers(batch, "risk")?);
        let details = batch.column_by_name("detail").map(AsArray::as_string::<i32>);
        let exceptions = column(batch, "exception", Type::Text);
        for row in (0..batch.num_rows()).filter(|row| is_fixed[*row] == Some(false)) {
            let (Some(control), Some(kind), Some(uid), Some(risk)) = (controls[row], kinds[row], uids[row], risks[row])
            else {
                continue;
            };
            // Other risks than 0 to 5 have no weight.
            if risk <= 5 {
                let detail = details.and_then(|details| text_at(details, row));
                take(self, &Finding { control, kind, uid, detail, risk, is_excepted: exceptions.is_valid(row) });
            }
        }
        Ok(())
    }

    fn bear(&mut self, finding: &Finding<'_>, kind: Kind, uid: u32) {
        let place = BEARERS.iter().position(|known| *known == kind).expect("only these bear risk");
        let place = u64::try_from(place).unwrap_or(u64::MAX);
        let (risk, is_excepted) = (u64::from(finding.risk), u64::from(finding.is_excepted));
        self.borne
            .push(place << KIND | u64::from(uid) << UID | finding.control << CONTROL | risk << RISK | is_excepted);
    }

    /// By all but the applications of conflicts.
    fn finding(&mut self, finding: &Finding<'_>) {
        match finding.kind {
            Kind::Account | Kind::Organisation | Kind::Application => self.bear(finding, finding.kind, finding.uid),
            Kind::Permission => {
                if let Some(application) = self.known.applications.get(finding.uid) {
                    self.bear(finding, Kind::Application, application);
                }
            }
            Kind::Identity | Kind::Group | Kind::Repository => {}
        }
        let person = match finding.kind {
            Kind::Identity => Some(finding.uid),
            Kind::Account => self.known.owners.get(finding.uid),
            _ => None,
        };
        if let Some(person) = person {
            self.bear(finding, Kind::Identity, person);
            if let Some(unit) = self.known.units.get(person) {
                self.bear(finding, Kind::Organisation, unit);
            }
        }
    }

    /// By the applications of a conflict.
    fn conflict(&mut self, finding: &Finding<'_>) {
        let place = usize::try_from(finding.control).expect("it was counted");
        let Some(causes) = self.causes[place].and_then(|causes| causes.get(&(finding.kind, finding.uid))) else {
            return;
        };
        let applications = causes.get(finding.detail.unwrap_or_default()).into_iter().flatten().copied();
        for application in applications {
            self.bear(finding, Kind::Application, application);
        }
    }
}

/// The second of two numbers by the first, where both are there.
fn ends(tables: &TableSet, table: &str, one: &str, other: &str) -> Result<ByUid<u32>, EngineError> {
    let mut ends = ByUid::default();
    for (one, other) in pairs(tables, table, one, other)? {
        ends.set(one, other);
    }
    Ok(ends)
}

/// The uids of the applications of permissions.
fn applications(tables: &TableSet) -> Result<ByUid<u32>, EngineError> {
    let uids = uids(tables)?;
    let mut applications = ByUid::default();
    each(tables, "permissions", &["uid", "application"], |batch| {
        let codes = column(batch, "application", Type::Text);
        for (uid, code) in numbers(batch, "uid")?.into_iter().zip(codes.as_string::<i32>()) {
            if let (Some(uid), Some(application)) = (uid, code.and_then(|code| uids.get(code))) {
                applications.set(uid, *application);
            }
        }
        Ok(())
    })?;
    Ok(applications)
}

/// The uids of applications by code, as the registry of keys has them.
fn uids(tables: &TableSet) -> Result<HashMap<String, u32>, EngineError> {
    // Of its many rows few are of applications, and they lie together.
    let only_applications = |path: &Path| {
        let places = places_of_words(path, "kind", |kind| kind == Kind::Application.as_str())?;
        Ok(Wanted { rows: Some(places), ..Wanted::default() })
    };
    let mut uids = HashMap::new();
    for (_, rows) in tables.find("uids").open_as(&["namespace", "key", "uid"], only_applications)? {
        for batch in rows {
            let batch = batch.map_err(EngineError::from_ledger)?;
            let [namespaces, keys] = ["namespace", "key"].map(|name| column(&batch, name, Type::Text));
            let (namespaces, keys) = (namespaces.as_string::<i32>(), keys.as_string::<i32>());
            for (row, uid) in numbers(&batch, "uid")?.into_iter().enumerate() {
                if let (Some(""), Some(key), Some(uid)) = (text_at(namespaces, row), text_at(keys, row), uid) {
                    uids.insert(key.to_owned(), uid);
                }
            }
        }
    }
    Ok(uids)
}

fn causes(tables: &TableSet, applications: &ByUid<u32>) -> Result<HashMap<String, Causes>, EngineError> {
    let mut causes: HashMap<String, Causes> = HashMap::new();
    each(tables, "finding_causes", &["control", "kind", "uid", "detail", "wanted_uid"], |batch| {
        let texts = ["control", "kind", "detail"].map(|name| column(batch, name, Type::Text));
        let [controls, kinds, details] = texts.each_ref().map(AsArray::as_string::<i32>);
        let (uids, wanted) = (numbers(batch, "uid")?, numbers(batch, "wanted_uid")?);
        for row in 0..batch.num_rows() {
            let kind = text_at(kinds, row).and_then(Kind::named);
            let application = wanted[row].and_then(|wanted| applications.get(wanted));
            let (Some(control), Some(kind), Some(uid), Some(application)) =
                (text_at(controls, row), kind, uids[row], application)
            else {
                continue;
            };
            let detail = text_at(details, row).unwrap_or_default().to_owned();
            if !causes.contains_key(control) {
                causes.insert(control.to_owned(), Causes::new());
            }
            let of_subject = causes.get_mut(control).expect("it is there").entry((kind, uid)).or_default();
            of_subject.entry(detail).or_default().insert(application);
        }
        Ok(())
    })?;
    Ok(causes)
}
