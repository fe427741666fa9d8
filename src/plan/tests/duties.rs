//! Matrices of duties, activities, and what a plan says of findings that hold a timeslot.

use super::*;
use crate::settings::controls::{Blocks, Conflict};
use crate::settings::duties::Pair;

const ACTIVITIES: &str = "[[activity]]\nid = 'supply'\ntitle = 'Makes suppliers'\nholds = '(E/A or E/B) and not E/C'\n\
                          [[activity]]\nid = 'pay'\ntitle = 'Pays'\nholds = 'E/PAY'\n";

fn files(control: &str, matrix: &str) -> Files {
    let control = format!("title = 'x'\nrisk = 1\nkind = 'segregation_of_duties'\n{control}\n");
    Files::new()
        .with("plans/weekly.toml", &format!("{PLAN}[stage.controls]\nactivities = 'activities'\n"))
        .with("policies/activities.toml", ACTIVITIES)
        .with("policies/sod.csv", matrix)
        .with("controls/sod.toml", &control)
}

fn pairs(files: &Files) -> Vec<Pair> {
    let plan = files.plan().map_err(|problems| files.shown(&problems)).unwrap();
    let Check::SegregationOfDuties { conflict: Conflict::Pairs(pairs), .. } =
        &plan.stages.controls.as_ref().unwrap().controls[0].check
    else {
        panic!("pairs")
    };
    pairs.clone()
}

fn shown(pairs: &[Pair]) -> Vec<String> {
    let risk = |pair: &Pair| pair.risk.map(|risk| format!(" {risk}")).unwrap_or_default();
    pairs.iter().map(|pair| format!("{}{}", pair.detail, risk(pair))).collect()
}

#[track_caller]
fn told(files: &Files, expected: &[&str]) {
    let problems = files.plan().expect_err("something is wrong");
    let shown = files.shown(&problems);
    for text in expected {
        assert!(shown.contains(text), "{text}\n{shown}");
    }
    assert_eq!(problems.count(crate::problem::Severity::Error), expected.len(), "{shown}");
}

#[test]
fn a_matrix_is_a_square_half_or_full_or_a_list_of_pairs() {
    let matrix = "matrix = 'sod.csv'";
    let half = files(matrix, ",E/A,supply,E/B\nE/A,-,4,\nsupply,,-,\nE/B,x,,\n");
    assert_eq!(shown(&pairs(&half)), ["E/A + supply 4", "E/A + E/B"]);
    let full = files(matrix, ";E/A;supply\r\nsupply;3;\r\nE/A;;3\r\n");
    assert_eq!(shown(&pairs(&full)), ["supply + E/A 3"]);
    let list = files(matrix, "Rule,Left,Right,Severity,Title\nS1,pay,supply,5,\"Makes, and pays\"\n,E/A,E/PAY,,\n");
    let pairs = pairs(&list);
    assert_eq!(shown(&pairs), ["S1: pay + supply 5", "E/A + E/PAY"]);
    assert_eq!(pairs[0].title.as_deref(), Some("Makes, and pays"));
    assert_eq!(pairs[0].right.terms.len(), 2);
    let plan = list.plan().expect("it loads");
    assert!(plan.files.iter().any(|file| file.path().ends_with("sod.csv")), "it is part of the configuration");
    let named: Vec<String> = plan.names.iter().map(|name| name.key.clone()).collect();
    assert!(["A", "B", "C", "PAY"].iter().all(|name| named.contains(&(*name).to_owned())), "{named:?}");
}

#[test]
fn what_is_wrong_with_a_matrix_is_told_with_line_and_column() {
    let matrix = "matrix = 'sod.csv'";
    for (text, expected) in [
        (",E/A,E/B\nE/A,,3\nE/B,4,\n", "sod.csv:3:5 `4` here and `3` at line 2, column 6 are said of the same pair"),
        (",E/A,E/B\nE/A,2,3\nE/B,,\n", "sod.csv:2:5 `E/A` excludes itself"),
        (",E/A,E/B\nE/A,,7\nE/B,,\n", "sod.csv:2:6 `7` is no severity"),
        (",E/A,E/B\nE/A,,3\n", "sod.csv:1:6 `E/B` stands above and not beside"),
        (",E/A,E/A\nE/A,,3\n", "sod.csv:1:6 `E/A` stands here and at line 1, column 2"),
        (",E/A,suply\nE/A,,3\nsuply,,\n", "sod.csv:1:6 there is no activity `suply`"),
        ("left,right\nE/A,E/A\n", "sod.csv:2:5 `E/A` excludes itself"),
        (
            "left,right\nE/A,E/B\nE/B,E/A\n",
            "sod.csv:3:1 `E/B` and `E/A` exclude each other already, at line 2, column 1",
        ),
        ("left,right,weight\nE/A,E/B,1\n", "sod.csv:1:12 `weight` is no column of pairs"),
        ("left,right\nE/A\n", "sod.csv:2:1 this row has 1 cells, the header 2"),
        ("left,right\nE/A,\n", "sod.csv:2:1 a pair has a left and a right side"),
        ("left,right\nE/A,\"E/B\n", "sod.csv:2:5 the quote is not closed"),
        ("left,right\n", "sod.csv:1:1 the matrix has no pair"),
        ("", "sod.csv:1:1 the matrix has no line"),
    ] {
        let problems = files(matrix, text).plan().expect_err("something is wrong");
        let first = files(matrix, text).shown(&problems);
        let (place, message) = expected.split_once(' ').expect("a place");
        assert!(first.contains(place) && first.contains(message), "{expected}\n{first}");
    }
    told(&files("matrix = 'sot.csv'", ""), &["sot.csv` does not exist"]);
    told(&files("matrix = 'sod.csv'\nuse_collected = true", "left,right\nE/A,E/B\n"), &["must be said once"]);
}

#[test]
fn left_and_right_may_name_activities() {
    let found = files("left = ['supply', 'E/X']\nright = ['pay']", "");
    assert_eq!(shown(&pairs(&found)), ["supply + pay", "E/X + pay"]);
    told(&files("left = ['suply']\nright = ['pay']", ""), &["there is no activity `suply`"]);
    let broken = files("left = ['supply']\nright = ['pay']", "")
        .with("policies/activities.toml", &ACTIVITIES.replace("and not E/C", "and E/C)"));
    let problems = broken.plan().expect_err("something is wrong");
    assert!(broken.shown(&problems).contains("activities.toml:4:30"), "{}", broken.shown(&problems));
}

#[test]
fn an_expression_and_all_of_may_name_activities() {
    let term = |text: &str| -> Vec<String> {
        let found = pairs(&files(text, ""));
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].left, found[0].right, "{text}: nobody may exercise it at all");
        let shown = |term: &crate::settings::duties::Term| {
            let held = term.held.iter().map(ToString::to_string);
            held.chain(term.not_held.iter().map(|name| format!("!{name}"))).collect::<Vec<_>>().join(" ")
        };
        [vec![found[0].detail.clone()], found[0].left.terms.iter().map(shown).collect()].concat()
    };
    assert_eq!(
        term("all_of = ['supply', 'pay', 'E/X']"),
        ["supply + pay + E/X", "E/A E/PAY E/X !E/C", "E/B E/PAY E/X !E/C"]
    );
    assert_eq!(
        term("expression = 'pay  and E/X and not supply'"),
        ["pay and E/X and not supply", "E/C E/PAY E/X", "E/PAY E/X !E/A !E/B"]
    );
    told(&files("all_of = ['supply', 'E/C', 'pay']", ""), &["nobody can fulfil this"]);
    told(&files("all_of = ['supply', 'pay', 'pay']", ""), &["`pay` is given twice"]);
    told(&files("all_of = ['suply', 'pay', 'E/X']", ""), &["there is no activity `suply`"]);
    for (text, place) in [
        ("expression = 'pay and suply'", "sod.toml:4:23 "),
        ("expression = 'pay and (E/A'", "sod.toml:4:23 "),
        ("expression = 'not pay'", "sod.toml:4:15 "),
    ] {
        let wrong = files(text, "");
        let shown = wrong.shown(&wrong.plan().expect_err("something is wrong"));
        assert!(shown.contains(place.trim()), "{place}\n{shown}");
    }
    // A mistake in an activity is told once, where it is.
    for control in ["expression = 'supply and not pay'", "all_of = ['supply', 'pay', 'E/X']"] {
        let broken =
            files(control, "").with("policies/activities.toml", &ACTIVITIES.replace("and not E/C", "and E/C)"));
        told(&broken, &["activities.toml:4:30"]);
    }
    let plan = files("expression = 'pay and E/X'", "").plan().expect("it loads");
    let place = &plan.names.iter().find(|name| name.key == "X").expect("it is named").place;
    assert_eq!(place.file.position(place.span.start), (4, 23), "{place}");
}

#[test]
fn which_findings_hold_is_said_by_the_plan_by_a_control_and_for_one_control() {
    let blocks = |settings: &str, control: &str| {
        let files = Files::new().with("plans/weekly.toml", &format!("{PLAN}[stage.controls]\n{settings}")).with(
            "controls/sod.toml",
            &format!("title = 'x'\nrisk = 1\nkind = 'segregation_of_duties'\nall_of = ['E/A', 'E/B']\n{control}\n"),
        );
        let plan = files.plan().map_err(|problems| files.shown(&problems))?;
        Ok::<_, String>(plan.stages.controls.unwrap().controls[0].blocks)
    };
    assert_eq!(blocks("", "").unwrap().which, Some(Blocks::None));
    assert_eq!(blocks("blocks = 'new'\n", "").unwrap().which, Some(Blocks::New));
    assert_eq!(blocks("blocks = 'new'\n", "blocks = 'all'").unwrap().which, Some(Blocks::All));
    let set = blocks("blocks = 'all'\n[stage.controls.set.sod]\nblocks_since = '2026-10-01'\n", "").unwrap();
    assert_eq!((set.which, set.since.map(|day| day.to_string()).as_deref()), (Some(Blocks::New), Some("2026-10-01")));
    assert!(blocks("", "blocks_since = '1.10.2026'").is_err_and(|told| told.contains("is no day")));
    assert!(
        blocks("", "blocks = 'all'\nblocks_since = '2026-10-01'")
            .is_err_and(|told| told.contains("tells new findings"))
    );
    assert!(blocks("", "blocks = 'some'").is_err());
    assert!(blocks("exceptions_alarm = '7 days'\n", "").is_err_and(|told| told.contains("no file of exceptions")));
}
