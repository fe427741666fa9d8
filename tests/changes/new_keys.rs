//! A source that did not change says something else when a key it names is new.

use ledgerline::ledger::Timeslot;

use super::{FIRST, both_collected};
use crate::support::Project;

/// A company of groups, accounts, permissions, and of members, rights and loans that name them by their codes alone.
fn company(references: &str) -> Project {
    let source = |name: &str, table: &str| {
        let demands = "min_rows = 0\nmax_rejects = \"100 %\"\nmax_keyless_rows = 9\n";
        format!("[source]\nfiles = \"../{name}*.csv\"\nformat = \"csv\"\n{demands}[table.{table}.columns]\n")
    };
    let project = Project::new()
        .collector("groups", &(source("groups", "groups") + "repository = { value = \"AD\" }\ncode = \"CODE\"\n"))
        .collector(
            "accounts",
            &(source("accounts", "accounts")
                + "repository = { value = \"AD\" }\nidentifier = \"LOGIN\"\nstatus = { from = \"STATUS\", required = true }\n"),
        )
        .collector(
            "permissions",
            &(source("permissions", "permissions") + "application = \"APP\"\ncode = \"CODE\"\n"),
        )
        .collector(
            "members",
            &(source("members", "memberships")
                + "repository = { value = \"AD\" }\ngroup = \"GROUP\"\nmember = \"MEMBER\"\n"),
        )
        .collector(
            "rights",
            &(source("rights", "rights")
                + "repository = { value = \"AD\" }\naccount = \"LOGIN\"\npermission = \"PERMISSION\"\n"),
        )
        .plan_of(&["groups", "accounts", "permissions", "members", "rights"])
        .file("groups.csv", "CODE\nstaff\nheads\n")
        .file("accounts.csv", "LOGIN,STATUS\nann,on\nbob,on\nbob,off\ncem,\n")
        .file("permissions.csv", "APP,CODE\nERP,READ\nERP,POST\n")
        .file("members.csv", "GROUP,MEMBER\nstaff,ann\nstaff,heads\nnone,ann\nnone,heads\n")
        .file("rights.csv", "LOGIN,PERMISSION\nann,READ\ndua,POST\n");
    let plan = project.read("plans/load.toml");
    project.write("plans/load.toml", plan.replace("[stage.activate]\n", &format!("[stage.activate]\n{references}\n")));
    project
}

/// Loads it, and again after a change. Gives the second timeslot, and which sources it took over.
#[track_caller]
fn after(references: &str, change: impl Fn(&Project)) -> (Timeslot, String) {
    let project = company(references);
    both_collected(&project, FIRST, "the first load");
    change(&project);
    let timeslot = both_collected(&project, FIRST, "the second load");
    let reports = ledgerline::collect::reports_of(Some(&timeslot));
    let reused: Vec<String> = reports.into_iter().filter(|report| report.reused).map(|report| report.source).collect();
    (timeslot, reused.join(" "))
}

fn rows(timeslot: &Timeslot, table: &str) -> u64 {
    let record = timeslot.manifest.tables.get(table);
    record.into_iter().flat_map(|record| &record.parts).map(|part| part.rows).sum()
}

#[test]
fn nothing_new_leaves_every_source_as_it_is() {
    let (timeslot, reused) = after("", |_| {});
    assert_eq!(reused, "groups accounts permissions members rights");
    assert_eq!(rows(&timeslot, "staged_unresolved_memberships"), 2, "two members of a group that nobody knows");
}

#[test]
fn a_code_that_a_second_application_has_is_ambiguous() {
    let (timeslot, reused) =
        after("", |project| project.write("permissions.csv", "APP,CODE\nERP,READ\nCRM,READ\nERP,POST\n"));
    assert_eq!((reused.as_str(), rows(&timeslot, "staged_rights")), ("groups accounts members", 0));
}

#[test]
fn a_member_that_was_a_group_is_an_account_once_there_is_one_of_that_name() {
    let (_, reused) = after("", |project| project.write("accounts.csv", "LOGIN,STATUS\nann,on\nheads,on\n"));
    assert_eq!(reused, "groups permissions rights");
}

#[test]
fn a_right_that_was_rejected_for_its_account_is_one_when_the_account_comes() {
    let references = "references = { rights = { account = \"reject\" } }";
    let (timeslot, reused) =
        after(references, |project| project.write("accounts.csv", "LOGIN,STATUS\nann,on\ndua,on\n"));
    assert_eq!((reused.as_str(), rows(&timeslot, "staged_rights")), ("groups permissions members", 2));
}

#[test]
fn a_rejected_row_speaks_of_an_account_that_another_source_brought_meanwhile() {
    let references = "references = { rights = { account = \"stub\" } }";
    let project = company(references);
    both_collected(&project, FIRST, "the first load");
    project.write("rights.csv", "LOGIN,PERMISSION\ncem,READ\n");
    both_collected(&project, FIRST, "with a stub of whom a reject speaks");
    let timeslot = both_collected(&project, FIRST, "when the reject can say so");
    let reports = ledgerline::collect::reports_of(Some(&timeslot));
    let accounts = reports.iter().find(|report| report.source == "accounts").expect("it was collected");
    assert_eq!((accounts.reused, accounts.tables[0].carrying), (false, 1));
}

#[test]
fn rejects_name_the_file_that_is_there() {
    let (_, reused) = after("", |project| {
        for source in ["accounts", "groups"] {
            let text = project.read(&format!("{source}.csv"));
            project.remove(&format!("{source}.csv"));
            project.write(&format!("{source}_of_monday.csv"), text);
        }
    });
    assert_eq!(reused, "groups permissions members rights");
}
