//! Random changes of a small company from load to load: what a load takes over from its parent and what it makes of the
//! rest is, byte for byte, what it makes when it takes nothing over.
//!
//! `LEDGERLINE_CHANGES=200 cargo test --test it changes` tries more companies, from another seed with
//! `LEDGERLINE_CHANGES_SEED`.

mod change;
mod company;
mod new_keys;
mod staged;

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::thread;

use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan as _};
use ledgerline::collect::reports_of;
use ledgerline::ledger::{Ledger, Timeslot};
use ledgerline::model::Reuse;
use serde_json::Value;

use self::change::Company;
use crate::support::{Output, Project, Seeded, copy, timeslots_of, told};

/// Companies, where nothing else is said, and those of which only collect is tried.
const COMPANIES: u64 = 1;
const COLLECTED: u64 = 12;

/// Loads of each, the first of which has nothing to take over.
const LOADS: usize = 4;

/// Changes before each further load, at most.
const AT_ONCE: usize = 4;

const FIRST: Date = date(2026, 1, 5);

#[test]
fn a_load_that_takes_over_what_did_not_change_is_byte_for_byte_one_that_takes_nothing_over() {
    let mut reused = 0;
    for seed in seeds(COMPANIES) {
        reused += each_load(seed, |company, load, day, what| match load {
            0 => {
                loaded(company.project(), USUAL, day, &[]).code(0);
                0
            }
            _ => both_ways(company.project(), day, what),
        });
    }
    assert!(reused > 100, "only {reused} parts and sources were taken over: nothing is proved");
}

#[test]
fn a_source_that_is_taken_over_holds_what_it_would_hold_if_it_were_read_again() {
    let mut reused = 0;
    for seed in seeds(COLLECTED) {
        reused += each_load(seed, |company, _, day, what| {
            let timeslot = both_collected(company.project(), day, what);
            reports_of(Some(&timeslot)).iter().filter(|report| report.reused).count()
        });
    }
    assert!(reused > 300, "only {reused} sources were taken over: nothing is proved");
}

fn seeds(companies: u64) -> Range<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let first = number("LEDGERLINE_CHANGES_SEED").unwrap_or(1);
    first..first + number("LEDGERLINE_CHANGES").unwrap_or(companies)
}

/// The loads of one company, its number and day and what happened before it. Gives the sum of what they give.
#[track_caller]
fn each_load(seed: u64, mut each: impl FnMut(&Company, usize, Date, &str) -> usize) -> usize {
    let mut seeded = Seeded(seed);
    let mut company = Company::new(&mut seeded);
    let (mut day, mut sum) = (FIRST, 0);
    for load in 0..LOADS {
        let mut changes = Vec::new();
        if load > 0 {
            day += [0, 1, 7, 40][seeded.below(4)].days();
            for _ in 0..seeded.below(AT_ONCE + 1) {
                changes.push(company.change(&mut seeded));
            }
        }
        sum += each(&company, load, day, &format!("company {seed}, load {load} of {day}, after {changes:?}"));
    }
    sum
}

/// Collects, first on a shadow of the ledger without taking anything over; holds both against each other.
#[track_caller]
fn both_collected(project: &Project, day: Date, what: &str) -> Timeslot {
    let ledger = Ledger::open_or_create(&project.path().join(USUAL), Timestamp::UNIX_EPOCH).expect("a ledger");
    let shadow = project.path().join(FULL);
    let shadowed = ledger.shadow(&shadow).expect("a shadow");
    let full = said(&staged::collected(project.path(), &shadowed, day, Reuse::Never).folder);
    fs::remove_dir_all(shadow).expect("the shadow");
    let usual = staged::collected(project.path(), &ledger, day, Reuse::WhereEqual);
    assert_eq!(differences(&said(&usual.folder), &full), Vec::<String>::new(), "{what}");
    usual
}

/// Loads as it is, and on a copy of the ledger without taking anything over; holds both against each other.
#[track_caller]
fn both_ways(project: &Project, day: Date, what: &str) -> usize {
    let full = project.path().join(FULL);
    if full.exists() {
        fs::remove_dir_all(&full).expect("the copy of the load before");
    }
    copy(&project.path().join(USUAL), &full);
    let (usual, full) = thread::scope(|scope| {
        let full = scope.spawn(|| loaded(project, FULL, day, &["--full"]));
        (loaded(project, USUAL, day, &[]), full.join().expect("it ends"))
    });
    assert_eq!(usual.exit_code(), full.exit_code(), "{what}: {usual}\n\n{full}");
    assert_eq!(usual.exit_code(), 0, "{what}: {usual}");
    let [usual, full] = [USUAL, FULL].map(|ledger| project.path().join(ledger));
    assert_eq!(differences(&said(&newest(&usual)), &said(&newest(&full))), Vec::<String>::new(), "{what}");
    assert_eq!(taken_over(&full), 0, "{what}");
    taken_over(&usual)
}

/// A load into one of the two ledgers.
#[track_caller]
fn loaded(project: &Project, ledger: &str, day: Date, flags: &[&str]) -> Output {
    let day = day.to_string();
    let arguments = [&["run", "load", "--as-of", &day, "--batch"], flags].concat();
    project.run_in(&[("LEDGER", ledger)], &arguments)
}

/// The two ledgers of a company.
const USUAL: &str = "ledger";
const FULL: &str = "full";

#[track_caller]
fn newest(ledger: &Path) -> PathBuf {
    timeslots_of(ledger).pop().expect("a timeslot")
}

/// All that a timeslot says, by a name for each thing: columns and parts of its tables, and what each stage had to say.
#[track_caller]
fn said(folder: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(folder.join("manifest.json")).expect("a manifest");
    let manifest: Value = serde_json::from_str(&text).expect("a manifest is JSON");
    let mut said = BTreeMap::new();
    for (table, record) in manifest["tables"].as_object().expect("tables") {
        said.insert(format!("columns of {table}"), record["columns"].to_string());
        for part in record["parts"].as_array().expect("parts") {
            // Parts of the registry have one name; their rows tell them apart.
            let name = format!("part {table}/{} {}", part["name"], part["sha256"]);
            said.insert(name, part["rows"].to_string());
        }
    }
    for (stage, report) in manifest["stages"].as_object().expect("stages") {
        let pointed =
            report.as_array().map(|sources| sources.iter().map(|source| (source["source"].to_string(), source)));
        let Some(sources) = pointed else {
            said.insert(format!("stage {stage}"), report.to_string());
            continue;
        };
        for (source, report) in sources {
            let mut report = report.clone();
            report["reused"] = Value::Null;
            said.insert(format!("stage {stage} {source}"), report.to_string());
        }
    }
    said
}

/// What one says and the other does not.
fn differences(usual: &BTreeMap<String, String>, full: &BTreeMap<String, String>) -> Vec<String> {
    let lacking = |who: &str, these: &BTreeMap<String, String>, others: &BTreeMap<String, String>| -> Vec<String> {
        let other = these.iter().filter(|(name, text)| others.get(*name) != Some(text));
        other.map(|(name, text)| format!("{who}: {name}: {text}")).collect()
    };
    [lacking("usual", usual, full), lacking("full", full, usual)].concat()
}

/// How many parts and sources the newest run of a ledger took over.
#[track_caller]
fn taken_over(ledger: &Path) -> usize {
    let runs = fs::read_dir(ledger.join("runs")).expect("runs").flatten().map(|run| run.path());
    let newest = runs.max().expect("a run");
    let events = fs::read_to_string(newest.join("events.jsonl")).expect("its events");
    let count = events.lines().filter(|line| line.contains("\"how\":\"reused\"")).count();
    told(&format!("{}: {count} taken over", newest.display()));
    count
}
