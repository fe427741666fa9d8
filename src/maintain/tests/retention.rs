//! Retention over a calendar of loads: what stays, by which rule, and what goes.

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Span, Timestamp};

use crate::ids::{Label, TimeslotId};
use crate::ledger::{Act, Entry, Standings};
use crate::maintain::{Fate, Judged, judge};
use crate::settings::maintain::{Keep, PURGE_AFTER, Retention};

/// A log in which so many timeslots were confirmed, one a week, the last for `last`.
fn weekly(loads: usize, last: Date) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for load in (0..loads).rev() {
        let as_of = last.saturating_sub(Span::new().weeks(i64::try_from(load).expect("few loads")));
        let parent = entries.last().map(|entry| entry.timeslot.clone());
        add(&mut entries, as_of, Act::Begin { as_of, parent });
        add(&mut entries, as_of, Act::Activate);
        add(&mut entries, as_of, Act::Confirm { manifest: String::new() });
    }
    entries
}

fn add(entries: &mut Vec<Entry>, as_of: Date, act: Act) {
    let at = as_of.at(12, 0, 0, 0).in_tz("UTC").expect("a day").timestamp();
    let number = entries.len() as u64 + 1;
    let timeslot = TimeslotId::new(as_of, 1);
    entries.push(Entry { number, previous: String::new(), at, by: "a test".to_owned(), run: None, timeslot, act });
}

fn retention(keep_last: Option<u32>, keep: &[&str]) -> Retention {
    Retention {
        keep_last,
        keep: keep.iter().map(|text| text.parse::<Keep>().expect("a rule")).collect(),
        judges_visible: keep_last.is_some() || !keep.is_empty(),
        keep_hidden: None,
        keep_rejected: None,
        purge_after: PURGE_AFTER,
        compared: 1,
    }
}

fn now() -> Timestamp {
    "2026-12-28T12:00:00Z".parse().expect("an instant")
}

fn judged(entries: &[Entry], retention: &Retention, now: Timestamp) -> Vec<Judged> {
    judge(&Standings::follow(entries), retention, now)
}

/// Those that stay, each with what keeps it.
fn staying(judged: &[Judged]) -> Vec<String> {
    let stays = judged.iter().filter(|judged| judged.fate == Fate::Stays);
    stays.map(|judged| format!("{}: {}", judged.timeslot, judged.kept_by.join("; "))).collect()
}

fn fate_of(entries: &[Entry], retention: &Retention, as_of: Date, now: Timestamp) -> Fate {
    let all = judged(entries, retention, now);
    let found = all.into_iter().find(|judged| judged.timeslot == TimeslotId::new(as_of, 1));
    found.expect("it was judged").fate
}

#[test]
fn each_timeslot_that_stays_names_every_rule_that_keeps_it() {
    let entries = weekly(20, date(2026, 12, 28));
    let rules = retention(Some(3), &["first of month for 3 months", "last of quarter"]);
    assert_eq!(
        staying(&judged(&entries, &rules, now())),
        [
            "2026-09-28: last of quarter",
            "2026-10-05: first of month for 3 months",
            "2026-11-02: first of month for 3 months",
            "2026-12-07: first of month for 3 months",
            "2026-12-14: last 3",
            "2026-12-21: what the current timeslot was compared with; last 3",
            "2026-12-28: current; last 3; last of quarter",
        ]
    );
}

#[test]
fn the_worked_example_of_the_page_is_what_is_judged() {
    let page = include_str!("../../../docs/stages/maintain.md");
    let entries = weekly(20, date(2026, 12, 28));
    let rules = retention(Some(3), &["first of month for 3 months", "last of quarter"]);
    let all = judged(&entries, &rules, now());
    assert!(page.contains(&format!("```text\n{}\n```", staying(&all).join("\n"))));
    assert_eq!(all.iter().filter(|judged| matches!(judged.fate, Fate::Marked(_))).count(), 13);
    assert_eq!(entries.first().map(|entry| entry.timeslot.to_string()), Some("2026-08-17".to_owned()));
}

#[test]
fn a_rule_reaches_back_from_the_current_timeslot_and_takes_the_day_itself() {
    let entries = weekly(20, date(2026, 12, 28));
    let all = |text: &str| staying(&judged(&entries, &retention(None, &[text]), now())).len();
    // The current one, its parent, and one two weeks back.
    assert_eq!(all("all for 14 days"), 3);
    assert_eq!(all("all for 13 days"), 2);
}

#[test]
fn the_first_of_a_month_is_the_first_that_is_in_sight() {
    let mut entries = weekly(8, date(2026, 12, 28));
    let rules = retention(None, &["first of month"]);
    let fate = |entries: &[Entry]| fate_of(entries, &rules, date(2026, 12, 14), now());
    assert!(matches!(fate(&entries), Fate::Marked(_)));
    add(&mut entries, date(2026, 12, 7), Act::Hide { reason: "wrong".to_owned() });
    assert_eq!(fate(&entries), Fate::Stays);
}

#[test]
fn without_rules_for_them_confirmed_hidden_and_rejected_ones_stay() {
    let mut entries = weekly(4, date(2026, 12, 28));
    add(&mut entries, date(2026, 12, 7), Act::Hide { reason: "wrong".to_owned() });
    let keeps_rejected = Retention { keep_rejected: Some(PURGE_AFTER), ..retention(None, &[]) };
    assert_eq!(staying(&judged(&entries, &keeps_rejected, now())).len(), 4);
}

#[test]
fn what_thresholds_compare_with_stays() {
    let entries = weekly(12, date(2026, 12, 28));
    let rules = Retention { compared: 8, ..retention(Some(2), &[]) };
    let stays = staying(&judged(&entries, &rules, now()));
    assert_eq!(stays.len(), 8);
    assert_eq!(stays[0], "2026-11-09: thresholds compare with the last 8");
}

#[test]
fn what_is_out_of_sight_goes_when_its_time_is_over_by_the_clock() {
    let mut entries = weekly(4, date(2026, 12, 28));
    let keeps_hidden = Retention { keep_hidden: Some(PURGE_AFTER), ..retention(None, &[]) };
    add(&mut entries, date(2026, 12, 7), Act::Hide { reason: "wrong".to_owned() });
    let fate = |days: i64| {
        let at = entries.last().expect("entries").at + SignedDuration::from_hours(24 * days);
        fate_of(&entries, &keeps_hidden, date(2026, 12, 7), at)
    };
    assert_eq!(fate(29), Fate::Stays);
    let Fate::Marked(to_go) = fate(30) else { panic!("it is to go") };
    assert_eq!(to_go.reason, "hidden since 2026-12-07");
}

#[test]
fn what_is_to_go_waits_and_goes_then_and_a_hold_a_label_or_a_release_keeps_it() {
    let mut entries = weekly(6, date(2026, 12, 28));
    let (rules, victim) = (retention(Some(1), &[]), date(2026, 11, 30));
    let Fate::Marked(to_go) = fate_of(&entries, &rules, victim, now()) else { panic!("it is to go") };
    assert_eq!(to_go.after, now() + SignedDuration::from_hours(30 * 24));
    add(&mut entries, victim, Act::Mark { after: to_go.after, reason: to_go.reason });
    let before = to_go.after - SignedDuration::from_secs(1);
    assert!(matches!(fate_of(&entries, &rules, victim, before), Fate::Waits(_)));
    assert!(matches!(fate_of(&entries, &rules, victim, to_go.after), Fate::Goes(_)));
    assert_eq!(fate_of(&entries, &retention(Some(6), &[]), victim, to_go.after), Fate::Spared);

    let reason = || "audit".to_owned();
    let quarter: Label = "quarter-4".parse().expect("a label");
    let with = |acts: &[Act]| {
        let mut entries = entries.clone();
        for act in acts {
            add(&mut entries, victim, act.clone());
        }
        fate_of(&entries, &rules, victim, to_go.after)
    };
    assert_eq!(with(&[Act::LegalHold { reason: reason() }]), Fate::Stays);
    assert_eq!(with(&[Act::Label { label: quarter.clone(), reason: reason() }]), Fate::Stays);
    // Who is released goes after as long again.
    let released = [Act::LegalHold { reason: reason() }, Act::Release { reason: reason() }];
    assert!(matches!(with(&released), Fate::Marked(_)));
    assert!(matches!(with(&[Act::Release { reason: reason() }]), Fate::Marked(_)));
}
