//! The same of collect alone, which takes milliseconds: sources that are taken over hold what they would hold if they were
//! read again.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use ledgerline::collect::{Collection, collect};
use ledgerline::env::{Env, FixedClock, Stop};
use ledgerline::event::Silent;
use ledgerline::ledger::{Beginning, Deed, Ledger, Timeslot};
use ledgerline::model::Reuse;
use ledgerline::plan::{Plan, Project, Variables};

/// Collects what lies in a project's folder into a ledger and confirms it.
#[track_caller]
pub(super) fn collected(root: &Path, ledger: &Ledger, as_of: Date, reuse: Reuse) -> Timeslot {
    let (given, environment) = (BTreeMap::new(), |_: &str| Some("ledger".to_owned()));
    let variables = Variables::new(&given, &environment);
    let project = Project::load(root, &variables).unwrap_or_else(|problems| panic!("{problems:?}"));
    let plan = Plan::load(&project, &root.join("plans/load.toml"), &variables)
        .unwrap_or_else(|problems| panic!("{problems:?}"));
    let deed = Deed { at: Timestamp::UNIX_EPOCH, by: "a test".to_owned(), account: None, run: None };
    let beginning = Beginning {
        as_of,
        plan: "load".to_owned(),
        configuration: String::new(),
        engine: "a test".to_owned(),
        planned: Vec::new(),
    };
    let parent = ledger.current().expect("a ledger");
    let mut sandbox = ledger.lock("a test").expect("nobody else").0.begin(&deed, beginning).expect("a sandbox");
    let (clock, stop) = (FixedClock(Timestamp::UNIX_EPOCH), Stop::default());
    let env = Env { clock: &clock, observer: &Silent, person: "a test", stop: &stop };
    let collection = Collection {
        collectors: &plan.collectors,
        forms: &project.key_forms,
        references: &plan.stages.activate.references,
        retire: &[],
        left_out: &[],
    };
    collect(&collection, &mut sandbox, parent.as_ref(), reuse, env).expect("every source may be missing");
    let active = sandbox.activate(&deed).expect("active");
    active.confirm(&deed).expect("confirmed").1
}
