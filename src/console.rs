//! A run on the terminal: a line per stage, and below it what is being done; plain lines where there is no terminal.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::event::{Observer, RunEvent, RunEventKind};
use crate::ids::StageName;

/// Shows a run on stderr.
pub struct Console {
    bar: ProgressBar,
    stages: Mutex<Vec<StageName>>,
}

impl Console {
    /// A console that is live on a terminal.
    #[must_use]
    pub fn new() -> Self {
        Self::with(if std::io::stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() })
    }

    /// A console of plain lines, whatever it is shown on.
    #[must_use]
    pub fn plain() -> Self {
        Self::with(ProgressBar::hidden())
    }

    fn with(bar: ProgressBar) -> Self {
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} [{elapsed}]") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar, stages: Mutex::new(Vec::new()) }
    }

    /// Takes the live line away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn line(&self, text: &str) {
        if self.bar.is_hidden() {
            // Nobody may be reading any more; that is no reason to end.
            let _ = writeln!(std::io::stderr(), "{text}");
        } else {
            self.bar.println(text);
        }
    }

    /// The stage's place among those that run: `3/7`.
    fn place(&self, stage: StageName) -> String {
        let stages = self.stages.lock().map(|stages| stages.clone()).unwrap_or_default();
        let at = stages.iter().position(|other| *other == stage).map_or(0, |at| at + 1);
        format!("{at:>2}/{}", stages.len())
    }
}

impl Default for Console {
    fn default() -> Self {
        Self::new()
    }
}

impl Observer for Console {
    fn notice(&self, event: &RunEvent) {
        match &event.kind {
            RunEventKind::RunBegan { plan, timeslot, parent, stages, .. } => {
                if let Ok(mut known) = self.stages.lock() {
                    known.clone_from(stages);
                }
                let parent =
                    parent.as_ref().map_or_else(|| "the first load".to_owned(), |id| format!("compared with {id}"));
                self.line(&format!("plan {plan}: timeslot {timeslot}, {parent}"));
            }
            RunEventKind::Note { message } => self.line(&format!("note: {message}")),
            RunEventKind::StageBegan { stage } => self.bar.set_message(stage.to_string()),
            RunEventKind::Progress { stage, item, rows, .. } => {
                self.bar.set_message(format!("{stage}: {item}, {rows} rows"));
            }
            RunEventKind::StageEnded { stage, report, millis, .. } => {
                let place = self.place(*stage);
                self.line(&format!("{place}  {stage:<13} {}  {:>8}", pad(&report.headline), seconds(*millis)));
            }
            RunEventKind::StageFailed { stage, .. } => {
                let place = self.place(*stage);
                self.line(&format!("{place}  {stage:<13} failed"));
            }
            RunEventKind::RunEnded { .. } => {}
        }
    }
}

/// A headline of a fixed width, so that times stand below each other.
fn pad(headline: &str) -> String {
    format!("{headline:<64}")
}

/// Milliseconds as seconds.
fn seconds(millis: u64) -> String {
    format!("{}.{:02} s", millis / 1000, millis % 1000 / 10)
}
