//! Spans of small runs.

use opentelemetry_proto::tonic::common::v1::any_value;

use super::*;
use crate::event::StageReport;

/// Events of a run that begins at 10:00 UTC, each so many milliseconds later.
fn events(kinds: Vec<(u64, RunEventKind)>) -> Vec<RunEvent> {
    let ten: Timestamp = "2026-11-22T10:00:00Z".parse().expect("an instant");
    kinds.into_iter().map(|(millis, kind)| RunEvent { at: after(ten, millis), kind }).collect()
}

fn after(at: Timestamp, millis: u64) -> Timestamp {
    at + SignedDuration::from_millis(i64::try_from(millis).expect("a moment"))
}

fn began() -> RunEventKind {
    RunEventKind::RunBegan {
        run: "r1".to_owned(),
        plan: "weekly".to_owned(),
        timeslot: "2026-11-22".parse().expect("an id"),
        as_of: "2026-11-22".parse().expect("a day"),
        parent: "2026-11-15".parse().ok(),
        stages: Vec::new(),
    }
}

fn progress(stage: StageName, item: &str, millis: u64) -> RunEventKind {
    RunEventKind::Progress { stage, item: item.to_owned(), rows: 17, bytes: 400, how: How::Made, millis }
}

fn stage_ended(stage: StageName) -> RunEventKind {
    let report = StageReport { headline: "1 sources, 17 rows".to_owned(), tables: Vec::new() };
    RunEventKind::StageEnded { stage, report, millis: 90, cpu_millis: 60 }
}

fn ended(verdict: Verdict, exit_code: u8, millis: u64) -> RunEventKind {
    RunEventKind::RunEnded { verdict, exit_code, head: "7:9f3c".to_owned(), millis }
}

fn told(kinds: Vec<(u64, RunEventKind)>, why: Option<&str>) -> Vec<Span> {
    told_in(kinds, why, "")
}

fn told_in(kinds: Vec<(u64, RunEventKind)>, why: Option<&str>, parent: &'static str) -> Vec<Span> {
    let variables = |name: &str| (name == "TRACEPARENT").then(|| parent.to_owned());
    let origin = Origin::of("5d0c", "r1", &variables).expect("a trace");
    let sources = BTreeSet::from(["hr".to_owned()]);
    spans(&Run { origin: &origin, name: "r1", plan: "weekly", sources: &sources, why }, &events(kinds))
}

/// A span in words: its name, in which one it is, from when to when in milliseconds after 10:00, its attributes, its error.
fn shown(span: &Span, all: &[Span]) -> String {
    let parent = all.iter().find(|other| other.span_id == span.parent_span_id).map_or("-", |other| &other.name);
    let ten = 1_795_341_600_000;
    let [from, to] =
        [span.start_time_unix_nano, span.end_time_unix_nano].map(|at| (at / 1_000_000).cast_signed() - ten);
    let attributes: Vec<String> = span.attributes.iter().map(|one| format!("{}={}", one.key, value(one))).collect();
    let error = span.status.as_ref().map_or(String::new(), |status| format!(" !{}", status.message));
    let attributes = attributes.join(" ").replace("ledgerline.", "");
    format!("{} < {parent} {from}..{to} {attributes}{error}", span.name)
}

fn value(attribute: &opentelemetry_proto::tonic::common::v1::KeyValue) -> String {
    match attribute.value.as_ref().and_then(|value| value.value.as_ref()) {
        Some(any_value::Value::StringValue(text)) => text.clone(),
        Some(any_value::Value::IntValue(number)) => number.to_string(),
        Some(any_value::Value::ArrayValue(array)) => array.values.len().to_string(),
        other => panic!("{other:?}"),
    }
}

fn all_shown(spans: &[Span]) -> Vec<String> {
    spans.iter().map(|span| shown(span, spans)).collect()
}

#[test]
fn a_run_has_a_span_and_in_it_each_stage_and_in_that_each_source_and_model() {
    let spans = told(
        vec![
            (0, began()),
            (5, RunEventKind::StageBegan { stage: StageName::Collect }),
            (80, progress(StageName::Collect, "hr", 40)),
            (95, stage_ended(StageName::Collect)),
            (96, RunEventKind::StageBegan { stage: StageName::Reconcile }),
            (99, progress(StageName::Reconcile, "owners/all", 2)),
            (100, stage_ended(StageName::Reconcile)),
            (110, ended(Verdict::Confirmed, 0, 130)),
        ],
        None,
    );
    let expected = [
        "run weekly < - -20..110 run=r1 plan=weekly timeslot=2026-11-22 as_of=2026-11-22 parent=2026-11-15 \
         verdict=confirmed exit_code=0 head=7:9f3c",
        "collect < run weekly 5..95 stage=collect headline=1 sources, 17 rows rows=17 cpu_millis=60",
        "hr < collect 40..80 stage=collect source=hr rows=17 how=made bytes=400",
        "reconcile < run weekly 96..100 stage=reconcile headline=1 sources, 17 rows rows=17 cpu_millis=60",
        "owners/all < reconcile 97..99 stage=reconcile model=owners/all rows=17 how=made",
    ];
    assert_eq!(all_shown(&spans), expected);
    let trace = spans[0].trace_id.clone();
    assert!(spans.iter().all(|span| span.trace_id == trace && span.flags == 0x101 && span.status.is_none()));
}

#[test]
fn a_failure_is_told_without_the_values_that_it_quotes() {
    let spans = told(
        vec![
            (0, began()),
            (5, RunEventKind::StageBegan { stage: StageName::Collect }),
            (6, progress(StageName::Collect, "hr", 1)),
            (
                7,
                RunEventKind::StageFailed {
                    stage: StageName::Collect,
                    message: "`hr` of `accounts/all` is not ready: `Zoe Hidden` is no number".to_owned(),
                },
            ),
            (9, ended(Verdict::Failed { stage: Some(StageName::Collect) }, 7, 9)),
        ],
        Some("`Zoe Hidden` once more"),
    );
    let shown = all_shown(&spans);
    assert!(
        shown[0].ends_with(
            "verdict=failed exit_code=7 head=7:9f3c !collect: `hr` of `accounts/all` is not ready: `..` is no number"
        ),
        "{shown:?}"
    );
    assert_eq!(
        shown[1],
        "collect < run weekly 5..7 stage=collect !`hr` of `accounts/all` is not ready: `..` is no number"
    );
    assert!(!format!("{spans:?}").contains("Zoe"));
}

#[test]
fn a_run_that_is_told_to_end_ends_its_stage() {
    let spans = told(
        vec![
            (0, began()),
            (5, RunEventKind::StageBegan { stage: StageName::Collect }),
            (9, ended(Verdict::Interrupted { signal: 15 }, 143, 9)),
        ],
        None,
    );
    let shown = all_shown(&spans);
    assert!(shown[0].ends_with("verdict=interrupted exit_code=143 head=7:9f3c !the run was told to end by signal 15"));
    assert_eq!(shown[1], "collect < run weekly 5..9 stage=collect !the stage did not come to its end");
}

#[test]
fn a_dry_run_says_what_would_have_become_of_it_and_a_held_one_is_no_error() {
    let held = Verdict::Held { thresholds: vec!["guard".to_owned(), "other".to_owned()] };
    let spans = told(vec![(0, began()), (9, ended(Verdict::DryRun { would: Box::new(held) }, 3, 9))], None);
    let shown = all_shown(&spans);
    assert!(shown[0].ends_with("verdict=dry_run exit_code=3 head=7:9f3c would=held thresholds=2"), "{shown:?}");
}

#[test]
fn a_run_that_could_not_begin_is_told_and_one_that_goes_on_is_not() {
    let spans = told(vec![(9, ended(Verdict::Failed { stage: None }, 6, 9))], Some("run `r0` has the lock"));
    let expected =
        "run weekly < - 0..9 run=r1 plan=weekly verdict=failed exit_code=6 head=7:9f3c !run `..` has the lock";
    assert_eq!(all_shown(&spans), [expected]);
    assert!(told(vec![(0, began())], None).is_empty());
}

#[test]
fn a_run_within_something_else_is_a_part_of_it() {
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let kinds = vec![
        (0, began()),
        (5, RunEventKind::StageBegan { stage: StageName::Collect }),
        (7, stage_ended(StageName::Collect)),
        (9, ended(Verdict::Confirmed, 0, 9)),
    ];
    let spans = told_in(kinds, None, parent);
    assert_eq!(spans[0].parent_span_id, [0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31]);
    assert_eq!(spans.iter().map(|span| span.flags).collect::<Vec<_>>(), [0x301, 0x101]);
    assert!(spans.iter().all(|span| span.trace_id[..2] == [0x0a, 0xf7]));
}

#[test]
fn a_clock_that_is_put_back_leaves_everything_within_the_run() {
    let spans = told(
        vec![
            (5_000, began()),
            (5_001, RunEventKind::StageBegan { stage: StageName::Collect }),
            (2_000, stage_ended(StageName::Collect)),
            (2_001, ended(Verdict::Confirmed, 0, 0)),
        ],
        None,
    );
    for span in &spans {
        assert!(span.start_time_unix_nano <= span.end_time_unix_nano);
        assert!(spans[0].start_time_unix_nano <= span.start_time_unix_nano);
        assert!(span.end_time_unix_nano <= spans[0].end_time_unix_nano);
    }
}
