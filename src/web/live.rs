//! The events of a run as they come, each with the number of its line in the log, so that a browser that lost the connection takes
//! up where it stopped. Told is only what happened in which stage: reports name people, whom not everybody may read of.

use std::convert::Infallible;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::body::Body;
use axum::http::Response;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::StreamExt;
use futures::stream::{iter, unfold};

use crate::event::{RunEvent, RunEventKind};
use crate::runs;

/// How often the log is looked at, and how often a silent connection is kept awake.
const LOOK: Duration = Duration::from_millis(300);
const AWAKE: Duration = Duration::from_secs(15);

/// The log of a run, read so far.
struct Tail {
    events: PathBuf,
    folder: PathBuf,
    /// Bytes read, and lines told or skipped.
    bytes: u64,
    lines: u64,
    from: u64,
    is_over: bool,
}

/// The lines behind `from`, then those that come, then `end`.
pub(super) fn live(events: PathBuf, from: u64) -> Response<Body> {
    let folder = events.parent().map(Path::to_owned).unwrap_or_default();
    let tail = Tail { events, folder, bytes: 0, lines: 0, from, is_over: false };
    let events = unfold(tail, |tail| async move {
        if tail.is_over {
            return None;
        }
        let (told, tail) = tokio::task::spawn_blocking(move || tail.look()).await.ok()?;
        if told.is_empty() {
            tokio::time::sleep(LOOK).await;
        }
        Some((iter(told.into_iter().map(Ok::<_, Infallible>)), tail))
    });
    Sse::new(events.flatten()).keep_alive(KeepAlive::new().interval(AWAKE)).into_response()
}

/// What happened, in a word or two.
fn told_of(line: &str) -> String {
    match serde_json::from_str::<RunEvent>(line).map(|event| event.kind) {
        Ok(RunEventKind::RunBegan { .. }) => "began".to_owned(),
        Ok(RunEventKind::Note { .. }) => "note".to_owned(),
        Ok(RunEventKind::StageBegan { stage }) => format!("{stage} began"),
        Ok(RunEventKind::Progress { stage, .. }) => format!("{stage} goes on"),
        Ok(RunEventKind::StageEnded { stage, .. }) => format!("{stage} ended"),
        Ok(RunEventKind::StageFailed { stage, .. }) => format!("{stage} failed"),
        Ok(RunEventKind::RunEnded { .. }) => "ended".to_owned(),
        // A line of a later version.
        Err(_) => "something happened".to_owned(),
    }
}

impl Tail {
    /// What was written since the last look; `end` behind the last line of a run that has ended, or died.
    fn look(mut self) -> (Vec<Event>, Self) {
        // Asked before reading: what a run wrote before it ended is then read for sure.
        let is_over = !runs::is_under_way(&self.folder);
        let mut told = Vec::new();
        for line in self.read().split_inclusive('\n').filter(|line| line.ends_with('\n')) {
            self.bytes += line.len() as u64;
            self.lines += 1;
            if self.lines > self.from {
                told.push(Event::default().id(self.lines.to_string()).data(told_of(line)));
            }
        }
        if is_over {
            told.push(Event::default().event("end").data("the run is over"));
            self.is_over = true;
        }
        (told, self)
    }

    fn read(&self) -> String {
        let mut text = Vec::new();
        if let Ok(mut file) = File::open(&self.events)
            && file.seek(SeekFrom::Start(self.bytes)).is_ok()
        {
            let _ = file.read_to_end(&mut text);
        }
        // A line is whole or not yet there; in between, a character may be cut.
        String::from_utf8_lossy(&text).into_owned()
    }
}
