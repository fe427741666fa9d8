//! Reports of small facts: what is said, how soon, and that the score adds up.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::collect::source::SourceState;
use crate::ledger::sha256_hex;
use crate::report::facts::Breach;

const NOW: &str = "2026-11-22T08:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// Facts of a ledger of which nothing is known.
fn nothing() -> Facts {
    Facts {
        kind: Kind::Daily,
        project: "Halden".to_owned(),
        at: at(NOW),
        zone: TimeZone::UTC,
        head: None,
        current: None,
        open: None,
        figures: Vec::new(),
        controls: None,
        sources: Vec::new(),
        plans: Vec::new(),
        broken: None,
        operations: Vec::new(),
        verified: Ok(Verified::default()),
        disk: Ok(Disk { free: 1 << 40, load: None }),
        relay: Relay::Nobody,
    }
}

fn figure(name: &str, value: u64) -> Figure {
    Figure { name: name.to_owned(), value: Some(value), from: Origin::Formula("a test".to_owned()) }
}

/// Facts of a ledger with which all is well.
fn well() -> Facts {
    let figures = [
        ("sources.all", 2),
        ("sources.complete", 2),
        ("accounts.present", 10),
        ("accounts.owned", 9),
        ("accounts.classed", 1),
        ("accounts.undecided", 0),
        ("accounts.enabled_told", 10),
        ("leavers.accounts", 1),
        ("leavers.disabled", 1),
        ("identities.present", 5),
        ("identities.risk_high", 0),
    ];
    let run = RunFacts {
        name: "20261122T030000Z-ab12".to_owned(),
        began: Some(at("2026-11-22T03:00:00Z")),
        exit_code: Some(0),
        verdict: "CONFIRMED: timeslot 2026-11-22 is current".to_owned(),
    };
    Facts {
        current: Some(Current {
            id: "2026-11-22".parse().expect("an id"),
            as_of: at(NOW).to_zoned(TimeZone::UTC).date(),
            confirmed_at: None,
        }),
        figures: figures.map(|(name, value)| figure(name, value)).to_vec(),
        controls: Some(Vec::new()),
        sources: ["hr", "erp"].map(source).to_vec(),
        plans: vec![PlanFacts {
            name: "nightly".to_owned(),
            pattern: Some("0 3 * * * UTC".to_owned()),
            well: run.began,
            last: Some(run),
            due: Some(at("2026-11-22T03:00:00Z")),
            next: Some("tomorrow".to_owned()),
            ..PlanFacts::default()
        }],
        verified: Ok(Verified { timeslots: 3, parts: 30, ..Verified::default() }),
        disk: Ok(Disk { free: 1 << 40, load: Some(1 << 20) }),
        relay: Relay::Asked { server: "mail:25".to_owned(), refused: None, waiting: 0, given_up: 0 },
        ..nothing()
    }
}

fn source(name: &str) -> SourceFacts {
    SourceFacts {
        name: name.to_owned(),
        state: SourceState::Complete,
        remarks: Vec::new(),
        complete_on: None,
        same_since: None,
        stale_loads: 0,
    }
}

fn report(facts: &Facts) -> Report {
    Report::of(facts, Earlier::default())
}

fn outcome(facts: &Facts, probe: &str) -> Outcome {
    report(facts).probes.iter().find(|known| known.name == probe).expect("the probe").outcome
}

#[test]
fn where_all_is_well_nobody_is_needed_and_the_score_is_full() {
    let report = report(&well());
    assert_eq!(
        (report.word.as_str(), report.advice.len(), report.score.tenths),
        ("ALL WELL", 0, 1_000),
        "{}",
        report.text()
    );
    assert_eq!(report.score.sum(), "20.0 + 25.0 + 20.0 + 15.0 + 10.0 + 10.0 = 100.0 of 100");
}

#[test]
fn what_nobody_knows_gives_no_points_and_is_no_good_component() {
    let report = report(&nothing());
    assert_eq!(report.score.tenths, 0, "{}", report.text());
    assert!(report.score.parts.iter().all(|part| part.missing.is_some()));
    assert!(report.probes.iter().all(|probe| probe.outcome == Outcome::Unknown), "{}", report.text());
    assert!(report.text().contains("no data: no timeslot is confirmed"), "{}", report.text());
}

#[test]
fn each_part_without_its_figure_gives_nothing_and_says_so() {
    let whole = report(&well()).score;
    for (figure, part) in [
        ("sources.all", "sources complete"),
        ("accounts.owned", "accounts with an owner or a class"),
        ("accounts.enabled_told", "accounts of leavers disabled"),
        ("identities.risk_high", "identities without a high risk"),
    ] {
        let mut facts = well();
        facts.figures.retain(|known| known.name != figure);
        let score = report(&facts).score;
        let lacking = score.parts.iter().find(|known| known.name == part).expect("the part");
        assert_eq!((lacking.tenths, lacking.missing.is_some()), (0, true), "{figure}");
        assert_eq!(score.tenths, whole.tenths - lacking.weight * 10, "{figure}");
    }
}

#[test]
fn a_timeslot_that_is_too_old_says_nothing_about_today() {
    let mut facts = well();
    facts.at = at("2027-02-22T08:00:00Z");
    let report = report(&facts);
    assert_eq!(report.score.tenths, 200, "only the ledger and the plans are of today: {}", report.text());
    assert!(report.text().contains("the current timeslot is too old"));
    assert_eq!(outcome(&facts, "sources"), Outcome::Warn);
}

#[test]
fn a_held_timeslot_needs_somebody_today_and_both_commands_are_named() {
    let mut facts = well();
    facts.open = Some(Waiting {
        id: "2026-11-22_2".parse().expect("an id"),
        state: "held".to_owned(),
        since: Some(at("2026-11-21T02:00:00Z")),
        holding: vec!["guard_accounts".to_owned()],
        breaches: vec![Breach {
            threshold: "guard_accounts".to_owned(),
            by: "source dir".to_owned(),
            value: "60.0".to_owned(),
            limit: "10 %".to_owned(),
            sentence: "40 of 100 rows are gone; most of them by repository: AD 40".to_owned(),
        }],
        is_decided_by_a_person: true,
    });
    let report = report(&facts);
    assert_eq!(
        (report.word.as_str(), report.sentence.as_str()),
        ("ACT TODAY", "1 thing needs somebody today; score 100.0 of 100")
    );
    let text = report.text();
    assert!(text.contains("waits for 30 h for a decision (guard_accounts)"), "{text}");
    assert!(text.contains("ledgerline confirm 2026-11-22_2 --override guard_accounts --reason \"..\""), "{text}");
    assert!(text.contains("ledgerline reject 2026-11-22_2 --reason"), "{text}");
    assert!(text.contains("guard_accounts: 40 of 100 rows are gone; most of them by repository: AD 40."), "{text}");
    let table = report.tables.iter().find(|table| table.title == "limits reached by what waits").expect("the table");
    assert_eq!(table.rows[0][..4], ["guard_accounts", "source dir", "60.0", "10 %"]);
}

#[test]
fn accounts_that_outlive_their_owners_need_somebody_today() {
    let mut facts = well();
    facts.figures.extend([figure("overdue.accounts", 3), figure("overdue.most_days", 41)]);
    let text = report(&facts).text();
    assert!(text.starts_with("ACT TODAY"), "{text}");
    assert!(text.contains("3 accounts can still be used for longer than allowed"), "{text}");
    assert!(text.contains("the worst for 41 days"), "{text}");
    assert!(text.contains("FROM overdue_accounts v"), "{text}");
}

#[test]
fn owners_whose_rule_would_not_find_them_now_and_candidates_are_told_where_there_are_any() {
    let mut facts = well();
    let told = ["would not find now", "somebody is in question"];
    let text = report(&facts).text();
    assert!(told.iter().all(|told| !text.contains(told)), "{text}");
    facts.figures.extend([figure("drift.accounts", 4), figure("candidates.orphans", 2)]);
    let text = report(&facts).text();
    assert!(text.starts_with("CAN WAIT"), "{text}");
    assert!(told.iter().all(|told| text.contains(told)), "{text}");
    assert!(text.contains("FROM owner_drift d"), "{text}");
}

/// Something about a ledger with which all is well that changes.
type Change = fn(&mut Facts);

#[test]
fn each_component_that_is_not_well_is_told_with_what_to_do() {
    let changes: [(&str, Outcome, &str, Change); 9] = [
        ("ledger", Outcome::Bad, "ledgerline verify --data", |facts| {
            facts.verified = Ok(Verified { damages: vec!["`a.parquet` is gone".to_owned()], ..Verified::default() });
        }),
        ("ledger", Outcome::Bad, "ledgerline verify --data", |facts| facts.verified = Err("no log".to_owned())),
        ("disk", Outcome::Bad, "docs/runbooks/disk_full.md", |facts| facts.disk = Ok(Disk { free: 9, load: Some(10) })),
        ("disk", Outcome::Warn, "docs/runbooks/disk_full.md", |facts| {
            facts.disk = Ok(Disk { free: 29, load: Some(10) });
        }),
        ("schedule", Outcome::Bad, "ledgerline check", |facts| facts.broken = Some("2 errors".to_owned())),
        ("mail", Outcome::Bad, "ledgerline mail test", |facts| {
            facts.relay =
                Relay::Asked { server: "m".to_owned(), refused: Some("no".to_owned()), waiting: 1, given_up: 0 };
        }),
        ("plan nightly", Outcome::Bad, "ledgerline retry 20261122T030000Z-ab12", |facts| {
            let last = facts.plans[0].last.as_mut().expect("a run");
            (last.exit_code, last.verdict) = (Some(7), "FAILED in collect: hr is not there".to_owned());
        }),
        ("plan nightly", Outcome::Bad, "ledgerline run nightly --batch", |facts| {
            facts.plans[0].due = Some(at("2026-11-22T04:00:00Z"));
        }),
        ("sources", Outcome::Bad, "docs/runbooks/failed_source.md", |facts| {
            facts.sources[0].state = SourceState::Failed;
        }),
    ];
    for (probe, expected, command, change) in changes {
        let mut facts = well();
        change(&mut facts);
        assert_eq!(outcome(&facts, probe), expected, "{probe}");
        let text = report(&facts).text();
        assert!(text.contains(command), "{probe}: {text}");
        assert_eq!(text.starts_with("ACT TODAY"), expected == Outcome::Bad, "{text}");
        assert_eq!(report(&facts).turned(&report(&well())).iter().filter(|turned| turned.name == probe).count(), 1);
    }
}

#[test]
fn a_schedule_that_nobody_is_known_to_watch_is_not_known_to_be_well() {
    let mut facts = well();
    facts.plans[0].due = None;
    assert_eq!(outcome(&facts, "schedule"), Outcome::Unknown, "nothing was due yet, and nobody waits");
    facts.plans[0].is_watched = true;
    assert_eq!(outcome(&facts, "schedule"), Outcome::Good);
    facts.plans[0].missed.push(at("2026-11-21T03:00:00Z"));
    assert_eq!(outcome(&facts, "schedule"), Outcome::Warn);
}

#[test]
fn trends_compare_with_the_last_report_of_an_earlier_day_and_with_one_a_week_old() {
    let names = [
        "daily-2026-11-14",
        "daily-2026-11-15",
        "daily-2026-11-20",
        "daily-2026-11-21",
        "daily-2026-11-21_2",
        "daily-2026-11-22",
    ];
    let days: Vec<_> = names.map(|name| (name.to_owned(), name[6..16].parse().expect("a day"))).to_vec();
    let of = |day: &str| earlier_of(&days, day.parse().expect("a day"));
    assert_eq!(of("2026-11-22"), (Some("daily-2026-11-21_2"), Some("daily-2026-11-15")));
    assert_eq!(of("2026-11-15"), (Some("daily-2026-11-14"), None));
    let mut before = well();
    before.figures.iter_mut().find(|figure| figure.name == "identities.risk_high").expect("it is there").value =
        Some(2);
    let before = Report { name: "daily-2026-11-21".to_owned(), ..report(&before) };
    let now = Report::of(&well(), Earlier { day: Some(&before), week: None });
    let text = now.text();
    assert!(
        text.contains("trends: no report of a week ago is kept") && text.contains("since daily-2026-11-21"),
        "{text}"
    );
    let row = |name: &str| now.changes().rows.into_iter().find(|row| row[0] == name).expect("a row");
    assert_eq!(row("high-risk identities")[1..], ["0", "-2"]);
    assert_eq!(row("score")[1..], ["100.0", "+6.0"]);
    let back = Report::of(&facts_with_risk(3), Earlier { day: Some(&before), week: None });
    let row = |name: &str| back.changes().rows.into_iter().find(|row| row[0] == name).expect("a row");
    assert_eq!(row("high-risk identities")[1..], ["3", "+1, worse"]);
    assert_eq!(row("open findings")[1..], ["no data", "no data"]);
}

fn facts_with_risk(high: u64) -> Facts {
    let mut facts = well();
    facts.figures.iter_mut().find(|figure| figure.name == "identities.risk_high").expect("it is there").value =
        Some(high);
    facts
}

#[test]
fn what_a_control_or_a_project_is_called_runs_nowhere() {
    let mut facts = well();
    facts.project = "<script>x</script>\r\nBcc: a@example.org".to_owned();
    facts.controls = Some(vec![ControlFacts {
        id: "c".to_owned(),
        kind: "account".to_owned(),
        title: Some("<img src=x>\u{1b}[31m".to_owned()),
        mitigation: None,
        risk: 5,
        open: 1,
        opened: 1,
        oldest: "2026-11-22".to_owned(),
        excepted: 0,
    }]);
    let report = report(&facts);
    let page = html(&report);
    assert!(page.contains("&lt;img src=x&gt;") && !page.contains("<img") && !page.contains("<script"), "{page}");
    assert!(!report.subject().contains(['\r', '\n']), "{}", report.subject());
    assert!(!report.text().contains('\u{1b}'));
}

#[test]
fn a_kept_report_is_read_back_as_it_was() {
    let report = report(&well());
    let back: Report = serde_json::from_str(&report.json()).expect("a report");
    assert_eq!(back, report);
    assert_eq!(sha256_hex(html(&back).as_bytes()), sha256_hex(html(&report).as_bytes()));
}

proptest! {
    #[test]
    fn the_score_is_the_sum_of_its_parts_and_never_more_than_whole(
        shares in proptest::collection::vec((0_u64..2_000_000, 1_u64..1_000_000), 4),
    ) {
        let mut facts = well();
        let names = [
            ("sources.complete", "sources.all"),
            ("accounts.owned", "accounts.present"),
            ("leavers.disabled", "leavers.accounts"),
            ("identities.risk_high", "identities.present"),
        ];
        for ((good, all), (good_name, all_name)) in shares.iter().zip(names) {
            for figure in &mut facts.figures {
                if figure.name == good_name {
                    figure.value = Some(*good);
                } else if figure.name == all_name {
                    figure.value = Some(*all);
                }
            }
        }
        let score = report(&facts).score;
        prop_assert_eq!(score.parts.iter().map(|part| part.weight).sum::<u64>(), 100);
        prop_assert_eq!(score.tenths, score.parts.iter().map(|part| part.tenths).sum::<u64>());
        for part in &score.parts {
            let (good, all) = part.share.expect("there are data");
            prop_assert!(part.tenths <= part.weight * 10);
            prop_assert_eq!(part.tenths == part.weight * 10, good >= all, "only what is whole gives all: {:?}", part);
        }
        // What is printed adds up, read back as a person would.
        let sum = score.sum();
        let (parts, total) = sum.split_once(" = ").expect("a sum");
        let tenths = |text: &str| text.replace('.', "").parse::<u64>().expect("a number");
        let printed: u64 = parts.split(" + ").map(tenths).sum();
        prop_assert_eq!(printed, tenths(total.trim_end_matches(" of 100")));
    }
}
