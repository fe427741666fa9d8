//! What each control adds to the risk of an account, a person, a unit and an application: every open finding is followed to
//! those who bear it, as one number each, and equal numbers are counted.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray};
use rayon::slice::ParallelSliceMut;

use super::Kernel;
use super::pick::add_row;
use super::rows::{column, each, numbers, text_at, words};
use crate::engine::{EngineError, RowSink};
use crate::ledger::{PartRows, Wanted, arrow_schema};
use crate::model::TableSet;
use crate::table::{Field, Kind, Type};

/// The kinds that bear risk, in the order of their names.
const BEARERS: [Kind; 4] = [Kind::Account, Kind::Application, Kind::Identity, Kind::Organisation];

/// Rows that are handed over at once.
const BATCH: usize = 1 << 16;

/// Points by object, control and risk.
#[derive(Debug)]
pub struct RiskPoints {
    /// What an open finding adds, by its risk from 0 to 5.
    pub weights: [u32; 6],
}

/// A bearer, a control, a risk, and whether the finding stands under an exception: as a number that is ordered like these.
type Borne = u64;

/// Where the parts of [`Borne`] begin, from the lowest bit.
const RISK: u32 = 1;
const CONTROL: u32 = 4;
const UID: u32 = 20;
const KIND: u32 = 52;

impl Kernel for RiskPoints {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let mut follow = Follow::of(tables)?;
        each_finding(tables, |finding| follow.finding(finding))?;
        let (mut borne, controls) = follow.borne();
        borne.par_sort_unstable();
        let counted: Vec<&[Borne]> = borne.chunk_by(|one, other| one >> RISK == other >> RISK).collect();
        for rows in counted.chunks(BATCH) {
            sink(self.batch(rows, &controls, columns)?)?;
        }
        Ok(())
    }
}

impl RiskPoints {
    fn batch(&self, rows: &[&[Borne]], controls: &[String], columns: &[Field]) -> Result<RecordBatch, EngineError> {
        let part = |row: &[Borne], start: u32, bits: u32| row[0] >> start & ((1 << bits) - 1);
        let place =
            |row: &[Borne], start: u32, bits: u32| usize::try_from(part(row, start, bits)).unwrap_or(usize::MAX);
        let risk = |row: &[Borne]| place(row, RISK, CONTROL - RISK);
        let weight = |row: &[Borne]| i64::from(self.weights[risk(row)]);
        let count = |row: &[Borne], is_excepted: u64| {
            i64::try_from(row.iter().filter(|one| **one & 1 == is_excepted).count()).unwrap_or(i64::MAX)
        };
        let whole = |value: &dyn Fn(&[Borne]) -> i64| -> ArrayRef {
            Arc::new(rows.iter().map(|row| value(row)).collect::<Int64Array>())
        };
        let kinds = rows.iter().map(|row| BEARERS[place(row, KIND, 2)].as_str());
        let named = rows.iter().map(|row| controls[place(row, CONTROL, UID - CONTROL)].as_str());
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from_iter_values(kinds)),
            whole(&|row| i64::try_from(part(row, UID, KIND - UID)).unwrap_or(i64::MAX)),
            Arc::new(StringArray::from_iter_values(named)),
            whole(&|row| i64::try_from(risk(row)).unwrap_or(i64::MAX)),
            whole(&weight),
            whole(&|row| count(row, 0)),
            whole(&|row| count(row, 0) * weight(row)),
            whole(&|row| count(row, 1)),
            whole(&|row| count(row, 1) * weight(row)),
        ];
        RecordBatch::try_new(arrow_schema(columns), arrays).map_err(EngineError::from_arrow)
    }
}

/// A finding that is not fixed.
struct Finding<'a> {
    control: &'a str,
    kind: Kind,
    uid: u32,
    detail: Option<&'a str>,
    risk: u32,
    is_excepted: bool,
}

/// Hands over the findings that stand.
fn each_finding(tables: &TableSet, mut take: impl FnMut(&Finding<'_>)) -> Result<(), EngineError> {
    let stored = tables.find("findings");
    let columns = ["control", "kind", "uid", "detail", "state", "risk", "exception"];
    let dictionaries = ["control", "kind", "state"].map(str::to_owned).to_vec();
    for (_, rows) in
        stored.open_as(&columns, |_| Ok(Wanted { dictionaries: dictionaries.clone(), ..Wanted::default() }))?
    {
        for batch in rows {
            let batch = batch.map_err(EngineError::from_ledger)?;
            let mut controls: Vec<String> = Vec::new();
            let found = std::cell::RefCell::new(&mut controls);
            let number = |word: &str| {
                let mut known = found.borrow_mut();
                known.push(word.to_owned());
                Some(known.len() - 1)
            };
            let of_control = words(&batch, "control", number)?;
            let kinds = words(&batch, "kind", Kind::named)?;
            let is_fixed = words(&batch, "state", |word| Some(word == "fixed"))?;
            let (uids, risks) = (numbers(&batch, "uid")?, numbers(&batch, "risk")?);
            let (details, exceptions) = (column(&batch, "detail", Type::Text), column(&batch, "exception", Type::Text));
            let (details, exceptions) = (details.as_string::<i32>(), exceptions.as_string::<i32>());
            for row in (0..batch.num_rows()).filter(|row| is_fixed[*row] == Some(false)) {
                let (Some(control), Some(kind), Some(uid), Some(risk)) =
                    (of_control[row], kinds[row], uids[row], risks[row])
                else {
                    continue;
                };
                let is_excepted = exceptions.is_valid(row);
                let detail = text_at(details, row);
                take(&Finding { control: &controls[control], kind, uid, detail, risk, is_excepted });
            }
        }
    }
    Ok(())
}

/// What findings of duties are about: the applications of their causes, by control, kind, subject and detail.
type Causes = HashMap<String, HashMap<(Kind, u32, String), BTreeSet<u32>>>;

/// Follows findings to those who bear them.
struct Follow {
    owners: HashMap<u32, u32>,
    units: HashMap<u32, u32>,
    /// The applications of permissions.
    applications: HashMap<u32, u32>,
    causes: Causes,
    controls: HashMap<String, u64>,
    borne: Vec<Borne>,
}

impl Follow {
    fn of(tables: &TableSet) -> Result<Self, EngineError> {
        let owners = pairs(tables, "ownership", ["account_uid", "identity_uid"])?;
        let units = pairs(tables, "identities", ["uid", "organisation_uid"])?;
        let applications = applications(tables)?;
        let causes = causes(tables, &applications)?;
        Ok(Self { owners, units, applications, causes, controls: HashMap::new(), borne: Vec::new() })
    }

    fn finding(&mut self, finding: &Finding<'_>) {
        let next = u64::try_from(self.controls.len()).unwrap_or(u64::MAX);
        let control = match self.controls.get(finding.control) {
            Some(known) => *known,
            None => *self.controls.entry(finding.control.to_owned()).or_insert(next),
        };
        let mut bear = |kind: Kind, uid: u32| {
            let place = BEARERS.iter().position(|known| *known == kind).expect("only these bear risk");
            let place = u64::try_from(place).unwrap_or(u64::MAX);
            let is_excepted = u64::from(finding.is_excepted);
            let risk = u64::from(finding.risk);
            self.borne.push(place << KIND | u64::from(uid) << UID | control << CONTROL | risk << RISK | is_excepted);
        };
        // Other risks than 0 to 5 have no weight.
        if finding.risk > 5 {
            return;
        }
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
        if let Some(causes) = self.causes.get(finding.control) {
            let detail = finding.detail.unwrap_or_default().to_owned();
            for application in causes.get(&(finding.kind, finding.uid, detail)).into_iter().flatten() {
                bear(Kind::Application, *application);
            }
        }
    }

    /// What was borne, with the controls numbered in the order of their names.
    fn borne(mut self) -> (Vec<Borne>, Vec<String>) {
        let mut controls: Vec<(String, u64)> = self.controls.into_iter().collect();
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

fn causes(tables: &TableSet, applications: &HashMap<u32, u32>) -> Result<Causes, EngineError> {
    let mut causes = Causes::new();
    each(tables, "finding_causes", &["control", "kind", "uid", "detail", "wanted_uid"], |batch| {
        let text = |name| column(batch, name, Type::Text);
        let (controls, kinds, details) = (text("control"), text("kind"), text("detail"));
        let (controls, kinds, details) =
            (controls.as_string::<i32>(), kinds.as_string::<i32>(), details.as_string::<i32>());
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
            let of_control = causes.entry(control.to_owned()).or_default();
            of_control.entry((kind, uid, detail)).or_default().insert(*application);
        }
        Ok(())
    })?;
    Ok(causes)
}
