//! The events of a run as OpenLineage has them, one JSON object a line: START and COMPLETE, FAIL or ABORT for the run and for
//! each of its stages, with what was read and what was made.
//!
//! What a stage may read is told, not what each model did read: `explain` knows that. A table that is carried or reused counts as made.

mod spec;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use self::spec::{Dataset, EventType, Job, OpenLineage, Run, error_message, output_statistics, parent};
use crate::collect::collector::Collector;
use crate::event::{Observer, RunEvent, RunEventKind, StageReport, Verdict};
use crate::ids::StageName;

/// Whose events they are.
pub(crate) struct Names {
    /// The project: the namespace of jobs.
    pub(crate) project: String,
    /// The ledger: the namespace of tables, and part of what ids of runs are made of.
    pub(crate) ledger: String,
    /// Where the files of the sources lie.
    pub(crate) files: Vec<String>,
}

impl Names {
    /// The names of a plan's run.
    pub(crate) fn of(project: &str, ledger: &str, collectors: &[Collector]) -> Self {
        let files = collectors.iter().map(|collector| collector.files.pattern.clone());
        Self { project: project.to_owned(), ledger: ledger.to_owned(), files: files.collect() }
    }
}

/// Writes the events of a run.
pub(crate) struct Lineage<W: Write + Send> {
    names: Names,
    seen: Mutex<Seen<W>>,
}

struct Seen<W> {
    to: W,
    run: String,
    plan: String,
    /// The stage that goes on.
    stage: Option<StageName>,
    /// Tables that the stage has made so far, with their rows.
    made: BTreeMap<String, u64>,
    /// Tables that earlier stages of the run have made, with their rows.
    before: BTreeMap<String, u64>,
    /// Why a stage failed.
    failure: Option<String>,
}

impl<W: Write + Send> Lineage<W> {
    /// Lineage that is written line by line.
    pub(crate) fn new(names: Names, to: W) -> Self {
        let seen = Seen {
            to,
            run: String::new(),
            plan: String::new(),
            stage: None,
            made: BTreeMap::new(),
            before: BTreeMap::new(),
            failure: None,
        };
        Self { names, seen: Mutex::new(seen) }
    }

    fn files(&self) -> Vec<Dataset> {
        let files: BTreeSet<&String> = self.names.files.iter().collect();
        files
            .into_iter()
            .map(|file| Dataset { namespace: "file".to_owned(), name: file.clone(), output_facets: None })
            .collect()
    }

    fn tables(&self, tables: &BTreeMap<String, u64>, has_rows: bool) -> Vec<Dataset> {
        let namespace = format!("ledgerline://{}", self.names.ledger);
        let dataset = |(table, rows): (&String, &u64)| Dataset {
            namespace: namespace.clone(),
            name: table.clone(),
            output_facets: has_rows.then(|| output_statistics(*rows)),
        };
        tables.iter().map(dataset).collect()
    }

    /// An event of the run, or of one of its stages.
    fn event(&self, seen: &Seen<W>, stage: Option<StageName>, event_type: EventType, at: Timestamp) -> OpenLineage {
        let (ledger, run) = (&self.names.ledger, &seen.run);
        let namespace = self.names.project.clone();
        let whole =
            (spec::run_id(&format!("{ledger}\n{run}")), Job { namespace: namespace.clone(), name: seen.plan.clone() });
        let (run_id, job, facets) = match stage {
            None => (whole.0, whole.1, BTreeMap::new()),
            Some(stage) => (
                spec::run_id(&format!("{ledger}\n{run}\n{stage}")),
                Job { namespace, name: format!("{}.{stage}", seen.plan) },
                BTreeMap::from([("parent", parent(&whole.0, &whole.1))]),
            ),
        };
        OpenLineage::new(event_type, at, Run { run_id, facets }, job)
    }

    /// The end of a stage: what it made is what later ones may read.
    fn end_stage(&self, seen: &mut Seen<W>, stage: StageName, event_type: EventType, at: Timestamp) -> OpenLineage {
        let mut event = self.event(seen, Some(stage), event_type, at);
        event.inputs = if stage == StageName::Collect { self.files() } else { self.tables(&seen.before, false) };
        event.outputs = self.tables(&seen.made, true);
        let made = std::mem::take(&mut seen.made);
        seen.before.extend(made);
        seen.stage = None;
        event
    }

    fn take(&self, seen: &mut Seen<W>, event: &RunEvent) -> Vec<OpenLineage> {
        let at = event.at;
        match &event.kind {
            RunEventKind::RunBegan { run, plan, .. } => {
                (seen.run, seen.plan) = (run.clone(), plan.clone());
                vec![self.event(seen, None, EventType::Start, at)]
            }
            RunEventKind::StageBegan { stage } => {
                seen.stage = Some(*stage);
                vec![self.event(seen, Some(*stage), EventType::Start, at)]
            }
            RunEventKind::Progress { stage, item, rows, .. } => {
                // Of sources, the report at the end says more.
                if let Some((table, _)) = item.split_once('/').filter(|_| *stage != StageName::Collect) {
                    *seen.made.entry(table.to_owned()).or_default() += rows;
                }
                Vec::new()
            }
            RunEventKind::StageEnded { stage, report, .. } => {
                if *stage == StageName::Collect {
                    seen.made = staged(report);
                }
                vec![self.end_stage(seen, *stage, EventType::Complete, at)]
            }
            RunEventKind::StageFailed { stage, message } => {
                let mut event = self.end_stage(seen, *stage, EventType::Fail, at);
                event.run.facets.insert("errorMessage", error_message(message));
                seen.failure = Some(format!("{stage}: {message}"));
                vec![event]
            }
            // A run that never began has nothing to end.
            RunEventKind::RunEnded { .. } if seen.run.is_empty() => Vec::new(),
            RunEventKind::RunEnded { verdict, .. } => {
                let event_type = match verdict {
                    Verdict::Failed { .. } => EventType::Fail,
                    Verdict::Interrupted { .. } => EventType::Abort,
                    _ => EventType::Complete,
                };
                let left = seen.stage.map(|stage| self.end_stage(seen, stage, EventType::Abort, at));
                let mut whole = self.event(seen, None, event_type, at);
                whole.inputs = self.files();
                whole.outputs = self.tables(&seen.before, true);
                if event_type == EventType::Fail {
                    let why = seen.failure.take().unwrap_or_else(|| "the run failed".to_owned());
                    whole.run.facets.insert("errorMessage", error_message(&why));
                }
                left.into_iter().chain([whole]).collect()
            }
            RunEventKind::Note { .. } => Vec::new(),
        }
    }
}

impl<W: Write + Send> Observer for Lineage<W> {
    /// Lineage that cannot be written never breaks a run.
    fn notice(&self, event: &RunEvent) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for told in self.take(&mut seen, event) {
            let mut line = serde_json::to_string(&told).expect("events have only text keys");
            line.push('\n');
            // In one piece: several runs may write to one file.
            let _ = seen.to.write_all(line.as_bytes());
        }
    }
}

/// What collect staged, by table, as its report says: rows kept of each source.
fn staged(report: &StageReport) -> BTreeMap<String, u64> {
    let mut made = BTreeMap::new();
    for sources in report.tables.iter().filter(|table| table.title == "sources") {
        let at = |name: &str| sources.columns.iter().position(|column| column == name);
        let (Some(table), Some(kept)) = (at("table"), at("kept")) else { continue };
        for row in &sources.rows {
            if let (Some(table), Some(rows)) = (row.get(table), row.get(kept).and_then(|rows| rows.parse::<u64>().ok()))
            {
                *made.entry(format!("staged_{table}")).or_default() += rows;
            }
        }
    }
    made
}

#[cfg(test)]
mod tests;
