//! The order of events, and what each must have by the schema.

use std::io;
use std::sync::Arc;

use serde_json::Value;

use super::*;
use crate::event::{How, ReportTable};

/// A file in memory that two can hold.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no thread panics").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn names() -> Names {
    Names { project: "Halden".to_owned(), ledger: "4711".to_owned(), files: vec!["extracts/hr.csv".to_owned()] }
}

fn began() -> RunEventKind {
    RunEventKind::RunBegan {
        run: "r1".to_owned(),
        plan: "weekly".to_owned(),
        timeslot: "2026-11-16".parse().expect("an id"),
        as_of: "2026-11-16".parse().expect("a day"),
        parent: None,
        stages: vec![StageName::Collect, StageName::Activate],
    }
}

fn collected() -> RunEventKind {
    let rows = vec![
        ["hr", "complete", "identities", "20", "17"].map(str::to_owned).to_vec(),
        ["more", "complete", "identities", "3", "3"].map(str::to_owned).to_vec(),
    ];
    let table = ReportTable::new("sources", &["source", "state", "table", "read", "kept"], rows);
    let report = StageReport { headline: "2 sources".to_owned(), tables: vec![table] };
    RunEventKind::StageEnded { stage: StageName::Collect, report, millis: 1, cpu_millis: 1 }
}

fn ended(verdict: Verdict) -> RunEventKind {
    RunEventKind::RunEnded { verdict, exit_code: 0, head: "1:ab".to_owned(), millis: 9 }
}

fn made(item: &str, rows: u64) -> RunEventKind {
    RunEventKind::Progress {
        stage: StageName::Activate,
        item: item.to_owned(),
        rows,
        bytes: 0,
        how: How::Made,
        millis: 1,
    }
}

fn written(events: Vec<RunEventKind>) -> Vec<Value> {
    let file = Shared::default();
    let lineage = Lineage::new(names(), file.clone());
    for kind in events {
        lineage.notice(&RunEvent { at: "2026-11-16T03:30:00Z".parse().expect("an instant"), kind });
    }
    let bytes = file.0.lock().expect("no thread panics").clone();
    String::from_utf8(bytes).expect("text").lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn confirmed() -> Vec<Value> {
    written(vec![
        began(),
        RunEventKind::StageBegan { stage: StageName::Collect },
        collected(),
        RunEventKind::StageBegan { stage: StageName::Activate },
        made("identities/hr", 17),
        made("identities/more", 3),
        RunEventKind::StageEnded {
            stage: StageName::Activate,
            report: StageReport::default(),
            millis: 1,
            cpu_millis: 1,
        },
        ended(Verdict::Confirmed),
    ])
}

fn order(events: &[Value]) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    events.iter().map(|event| format!("{} {}", text(&event["job"]["name"]), text(&event["eventType"]))).collect()
}

#[test]
fn the_run_encloses_its_stages() {
    let expected = [
        "weekly START",
        "weekly.collect START",
        "weekly.collect COMPLETE",
        "weekly.activate START",
        "weekly.activate COMPLETE",
        "weekly COMPLETE",
    ];
    assert_eq!(order(&confirmed()), expected);
}

#[test]
fn every_event_has_what_the_schema_requires() {
    for event in confirmed() {
        for field in ["eventType", "eventTime", "producer", "schemaURL"] {
            assert!(event[field].is_string(), "{field}: {event}");
        }
        assert_eq!(event["schemaURL"], "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent");
        let id = event["run"]["runId"].as_str().expect("an id");
        assert!(uuid::Uuid::parse_str(id).is_ok(), "{id}");
        let datasets = ["inputs", "outputs"].map(|side| event[side].as_array().expect("datasets").clone()).concat();
        for named in datasets.iter().chain([&event["job"]]) {
            assert!(named["namespace"].is_string() && named["name"].is_string(), "{event}");
        }
        for facet in event["run"]["facets"].as_object().expect("facets").values() {
            assert!(facet["_producer"].is_string() && facet["_schemaURL"].is_string(), "{event}");
        }
    }
}

#[test]
fn a_stage_names_the_run_it_is_a_part_of_and_what_it_read_and_made() {
    let events = confirmed();
    let (run, collect, activate) = (&events[0], &events[2], &events[4]);
    for stage in [collect, activate] {
        assert_eq!(stage["run"]["facets"]["parent"]["run"]["runId"], run["run"]["runId"]);
        assert_eq!(stage["run"]["facets"]["parent"]["job"]["name"], "weekly");
        assert_ne!(stage["run"]["runId"], run["run"]["runId"]);
    }
    assert_eq!(events[1]["run"]["runId"], collect["run"]["runId"], "an end is that of its beginning");
    let rows = |event: &Value| {
        let output = &event["outputs"][0];
        (output["name"].clone(), output["outputFacets"]["outputStatistics"]["rowCount"].clone())
    };
    assert_eq!(collect["inputs"][0]["name"], "extracts/hr.csv");
    assert_eq!(rows(collect), ("staged_identities".into(), 20.into()));
    assert_eq!(activate["inputs"][0]["name"], "staged_identities");
    assert_eq!(rows(activate), ("identities".into(), 20.into()));
}

#[test]
fn a_failure_says_why_and_what_was_told_to_end_is_an_abort() {
    let failed = written(vec![
        began(),
        RunEventKind::StageBegan { stage: StageName::Collect },
        RunEventKind::StageFailed { stage: StageName::Collect, message: "no file".to_owned() },
        ended(Verdict::Failed { stage: Some(StageName::Collect) }),
    ]);
    assert_eq!(order(&failed), ["weekly START", "weekly.collect START", "weekly.collect FAIL", "weekly FAIL"]);
    assert_eq!(failed[2]["run"]["facets"]["errorMessage"]["message"], "no file");
    assert_eq!(failed[3]["run"]["facets"]["errorMessage"]["message"], "collect: no file");
    let told = written(vec![
        began(),
        RunEventKind::StageBegan { stage: StageName::Collect },
        ended(Verdict::Interrupted { signal: 15 }),
    ]);
    assert_eq!(order(&told), ["weekly START", "weekly.collect START", "weekly.collect ABORT", "weekly ABORT"]);
}

#[test]
fn a_run_that_never_began_tells_nothing() {
    assert!(written(vec![ended(Verdict::Failed { stage: None })]).is_empty());
}
