//! What is left behind goes; what no rule keeps goes later, and nothing else does.

mod retention;

use std::fs::{self, File};

use jiff::SignedDuration;

use super::*;
use crate::env::{FixedClock, Stop};
use crate::event::Silent;
use crate::ledger::{Beginning, Ledger};

fn later(days: i64) -> Timestamp {
    Timestamp::now() + SignedDuration::from_hours(24 * days)
}

fn left_sandbox(ledger: &Ledger) {
    let writer = ledger.lock("a test").expect("the lock").0;
    let deed = Deed { at: Timestamp::now(), by: "a test".to_owned(), account: None, run: None };
    let beginning = Beginning {
        as_of: jiff::civil::date(2026, 11, 21),
        plan: "weekly".to_owned(),
        configuration: String::new(),
        engine: String::new(),
        planned: Vec::new(),
    };
    writer.begin(&deed, beginning).expect("a sandbox");
}

#[test]
fn a_sandbox_left_for_longer_than_the_plan_keeps_it_is_rejected_and_an_active_one_never() {
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = Ledger::open_or_create(folder.path(), Timestamp::now()).expect("a ledger");
    left_sandbox(&ledger);
    let settings = Maintain::default();
    assert_eq!(chores(&ledger, &settings, later(6)).expect("chores"), []);
    let clock = FixedClock(later(8));
    let env = Env { clock: &clock, observer: &Silent, person: "a test", stop: &Stop::default() };
    let writer = ledger.lock("a test").expect("the lock").0;
    let (writer, done) = maintain(writer, &settings, None, env).expect("tidied");
    assert_eq!(done.len(), 1);
    assert!(writer.standings().open().is_none());
    drop(writer);

    left_sandbox(&ledger);
    let writer = ledger.lock("a test").expect("the lock").0;
    let id = writer.standings().open().expect("one is open").id.clone();
    let deed = Deed { at: Timestamp::now(), by: "a test".to_owned(), account: None, run: None };
    let active = writer.resume(&id).expect("taken up").activate(&deed).expect("active");
    drop(active);
    assert_eq!(chores(&ledger, &settings, later(80)).expect("chores"), []);
}

#[test]
fn a_probe_goes_once_nobody_holds_it_and_records_of_runs_stay() {
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = Ledger::open_or_create(folder.path(), Timestamp::now()).expect("a ledger");
    let runs = ledger.runs_folder();
    for path in [".20261121T000000Z-ab12-probe", "20261121T000000Z-cd34/dry", "20261121T000000Z-ef56"] {
        fs::create_dir_all(runs.join(path)).expect("a folder");
    }
    let lock = File::create(runs.join("20261121T000000Z-cd34/dry/lock")).expect("a lock");
    lock.try_lock().expect("it is free");
    let found = |now| chores(&ledger, &Maintain::default(), now).expect("chores");
    assert_eq!(found(Timestamp::now()), []);
    let probe = runs.join(".20261121T000000Z-ab12-probe");
    assert_eq!(found(later(1)), [Chore::RemoveFolder { path: probe }]);
    drop(lock);
    assert_eq!(found(later(1)).len(), 2);
}
