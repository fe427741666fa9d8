//! The stages of a run while it goes and behind its end: state, rows, time.

use crate::event::{RunEvent, RunEventKind, Verdict};
use crate::ids::StageName;
use crate::runs::Life;
use crate::summary::Summary;
use crate::web::page::{Cell, Chart, Table, Tone};
use crate::web::pages::runs::seconds;
use crate::web::svg::{Bar, timeline};

/// A stage as far as it came.
struct Stage {
    name: StageName,
    tone: Tone,
    word: &'static str,
    says: String,
    items: u64,
    rows: u64,
    /// When it began and how long it took, in milliseconds from the beginning of the run.
    from: Option<u64>,
    millis: u64,
}

/// The stages of a run, each as far as it came.
pub(super) struct Stages(Vec<Stage>);

impl Stages {
    /// Follows the events: the stages the run was to do, each as far as it came.
    pub(super) fn follow(events: &[RunEvent], summary: &Summary, life: Life, now: jiff::Timestamp) -> Self {
        let mut stages: Vec<Stage> = summary.planned.iter().map(|name| Stage::waiting(*name)).collect();
        let Some(began) = events.first().map(|event| event.at) else { return Self(stages) };
        let since = |at: jiff::Timestamp| u64::try_from(at.duration_since(began).as_millis()).unwrap_or(0);
        for event in events {
            let name = match &event.kind {
                RunEventKind::StageBegan { stage }
                | RunEventKind::Progress { stage, .. }
                | RunEventKind::StageEnded { stage, .. }
                | RunEventKind::StageFailed { stage, .. } => *stage,
                _ => continue,
            };
            let at = stages.iter().position(|stage| stage.name == name).unwrap_or_else(|| {
                stages.push(Stage::waiting(name));
                stages.len() - 1
            });
            let stage = &mut stages[at];
            match &event.kind {
                RunEventKind::StageBegan { .. } => {
                    (stage.tone, stage.word, stage.from) = (Tone::Busy, "under way", Some(since(event.at)));
                    if life != Life::UnderWay {
                        (stage.tone, stage.word) = (Tone::Bad, "stopped");
                    }
                    stage.millis =
                        since(if life == Life::UnderWay { now } else { event.at }).saturating_sub(since(event.at));
                }
                RunEventKind::Progress { item, rows, .. } => {
                    stage.items += 1;
                    stage.rows += rows;
                    stage.says.clone_from(item);
                }
                RunEventKind::StageEnded { report, millis, .. } => {
                    (stage.tone, stage.word, stage.millis) = (Tone::Good, "done", *millis);
                    stage.says.clone_from(&report.headline);
                }
                RunEventKind::StageFailed { message, .. } => {
                    (stage.tone, stage.word) = (Tone::Bad, "failed");
                    stage.says.clone_from(message);
                }
                _ => {}
            }
        }
        for stage in stages.iter_mut().filter(|stage| stage.from.is_none() && life != Life::UnderWay) {
            let is_confirmed = stage.name == StageName::Confirm && summary.verdict == Some(Verdict::Confirmed);
            (stage.tone, stage.word) = if is_confirmed { (Tone::Good, "done") } else { (Tone::Plain, "not reached") };
        }
        Self(stages)
    }

    /// As a table.
    pub(super) fn table(&self) -> Table {
        let count = |count: u64| if count == 0 { Cell::Nothing } else { Cell::count(count) };
        let row = |stage: &Stage| {
            vec![
                Cell::from(stage.name.as_str()),
                Cell::State(stage.tone, stage.word.to_owned()),
                count(stage.items),
                count(stage.rows),
                if stage.from.is_some() { Cell::Text(seconds(stage.millis)) } else { Cell::Nothing },
                Cell::from(stage.says.as_str()),
            ]
        };
        Table {
            title: "Stages".to_owned(),
            columns: ["stage", "state", "parts", "rows", "seconds", "what it says"].map(str::to_owned).to_vec(),
            rows: self.0.iter().map(row).collect(),
            empty: "It has not begun a stage.".to_owned(),
            ..Table::default()
        }
    }

    /// As a timeline; nothing where none began.
    pub(super) fn chart(&self) -> Option<Chart> {
        let bar = |stage: &Stage| {
            Some(Bar { label: stage.name.to_string(), from: stage.from?, millis: stage.millis, tone: stage.tone })
        };
        let bars: Vec<Bar> = self.0.iter().filter_map(bar).collect();
        let longest = bars.iter().max_by_key(|bar| bar.millis)?;
        let words = format!("{} stages; {} took longest, {} s.", bars.len(), longest.label, seconds(longest.millis));
        Some(Chart { title: "When each stage ran".to_owned(), words, svg: timeline(&bars) })
    }
}

impl Stage {
    fn waiting(name: StageName) -> Self {
        let (tone, word) = (Tone::Plain, "not yet");
        Self { name, tone, word, says: String::new(), items: 0, rows: 0, from: None, millis: 0 }
    }
}
