//! Who bears a finding: the object itself, the person, the unit, the application.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch};

use super::{BEARERS, Borne, CONTROL, KIND, RISK, UID};
use crate::engine::EngineError;
use crate::kernels::pick::places_of_words;
use crate::kernels::rows::{column, each, numbers, text_at, words};
use crate::ledger::Wanted;
use crate::model::TableSet;
use crate::table::{Kind, Type};

/// Every finding that stands by everyone who bears it, with the controls, which are numbered in the order of their names.
pub(super) fn borne(tables: &TableSet) -> Result<(Vec<Borne>, Vec<String>), EngineError> {
    let mut follow = Follow::of(tables)?;
    let findings = tables.find("findings");
    // Most are borne by two or three.
    follow.borne.reserve(2 * usize::try_from(findings.rows()).unwrap_or(0));
    let columns = ["control", "kind", "uid", "state", "risk", "exception"];
    let dictionaries = ["control", "kind", "state"].map(str::to_owned).to_vec();
    let wanted = Wanted { dictionaries, ..Wanted::default() };
    for (_, rows) in findings.open_as(&columns, |_| Ok(wanted.clone()))? {
        for batch in rows {
            follow.each(&batch.map_err(EngineError::from_ledger)?, Follow::finding)?;
        }
    }
    // The details are long, and of most findings nobody asks for them.
    let columns = ["control", "kind", "uid", "detail", "state", "risk", "exception"];
    let of_causes = |path: &Path| {
        let rows = places_of_words(path, "control", |control| follow.has_causes(control))?;
        Ok(Wanted { rows: Some(rows), ..wanted.clone() })
    };
    let conflicts = if follow.causes.is_empty() { Vec::new() } else { findings.open_as(&columns, of_causes)? };
    for (_, rows) in conflicts {
        for batch in rows {
            follow.each(&batch.map_err(EngineError::from_ledger)?, Follow::conflict)?;
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

/// What uids lead to: they are given one after the other, so that their places are few.
#[derive(Default)]
struct Ends(Vec<Option<u32>>);

impl Ends {
    fn lead(&mut self, uid: u32, end: u32) {
        let at = uid as usize;
        if self.0.len() <= at {
            self.0.resize(at + 1, None);
        }
        self.0[at] = Some(end);
    }

    fn get(&self, uid: u32) -> Option<u32> {
        self.0.get(uid as usize).copied().flatten()
    }
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
    owners: Ends,
    units: Ends,
    /// The applications of permissions.
    applications: Ends,
    causes: Causes,
    /// The controls of these.
    of_causes: BTreeSet<u64>,
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
        let of_causes = causes.keys().map(|(control, ..)| *control).collect();
        Ok(Self { owners, units, applications, causes, of_causes, controls, borne: Vec::new() })
    }

    /// Hands over each finding of some rows that is not fixed.
    fn each(&mut self, batch: &RecordBatch, take: fn(&mut Self, &Finding<'_>)) -> Result<(), EngineError> {
        let controls = words(batch, "control", |control| Some(self.controls.of(control)))?;
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
                if let Some(application) = self.applications.get(finding.uid) {
                    self.bear(finding, Kind::Application, application);
                }
            }
            Kind::Identity | Kind::Group | Kind::Repository => {}
        }
        let person = match finding.kind {
            Kind::Identity => Some(finding.uid),
            Kind::Account => self.owners.get(finding.uid),
            _ => None,
        };
        if let Some(person) = person {
            self.bear(finding, Kind::Identity, person);
            if let Some(unit) = self.units.get(person) {
                self.bear(finding, Kind::Organisation, unit);
            }
        }
    }

    /// By the applications of a conflict.
    fn conflict(&mut self, finding: &Finding<'_>) {
        let Some(causes) = self.causes.get(&(finding.control, finding.kind, finding.uid)) else { return };
        let applications = causes.get(finding.detail.unwrap_or_default()).cloned().unwrap_or_default();
        for application in applications {
            self.bear(finding, Kind::Application, application);
        }
    }

    /// Whether a control has findings of which causes are known.
    fn has_causes(&self, control: &str) -> bool {
        self.controls.0.get(control).is_some_and(|number| self.of_causes.contains(number))
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
fn pairs(tables: &TableSet, table: &str, columns: [&str; 2]) -> Result<Ends, EngineError> {
    let mut pairs = Ends::default();
    each(tables, table, &columns, |batch| {
        for pair in numbers(batch, columns[0])?.into_iter().zip(numbers(batch, columns[1])?) {
            if let (Some(one), Some(other)) = pair {
                pairs.lead(one, other);
            }
        }
        Ok(())
    })?;
    Ok(pairs)
}

/// The uids of the applications of permissions.
fn applications(tables: &TableSet) -> Result<Ends, EngineError> {
    let uids = uids(tables)?;
    let mut applications = Ends::default();
    each(tables, "permissions", &["uid", "application"], |batch| {
        let codes = column(batch, "application", Type::Text);
        for (uid, code) in numbers(batch, "uid")?.into_iter().zip(codes.as_string::<i32>()) {
            if let (Some(uid), Some(application)) = (uid, code.and_then(|code| uids.get(code))) {
                applications.lead(uid, *application);
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

fn causes(tables: &TableSet, applications: &Ends, numbers_of: &mut Numbers) -> Result<Causes, EngineError> {
    let mut causes = Causes::new();
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
            let of_subject = causes.entry((numbers_of.of(control), kind, uid)).or_default();
            of_subject.entry(detail).or_default().insert(application);
        }
        Ok(())
    })?;
    Ok(causes)
}
