//! Runs that the page starts and ends. Each is a process of its own, as if started at the command line: whatever becomes of it,
//! the page goes on, and the other way round.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, setpriority_process};

use super::answer::Refusal;
use crate::ledger::Ledger;
use crate::runs::{self, Process};

/// So long it is waited for a run to say that it began.
const LOOKS: u32 = 200;
const LOOK: Duration = Duration::from_millis(50);

/// How much a run steps back behind the page where both want the processor: pages stay quick while a load is under way.
const NICE: i32 = 10;

/// Starts this program with some words behind the project, for a person. Returns the run that it became; `None` where it
/// takes longer than usual to say so.
///
/// # Errors
/// Where it cannot be started, or ends before it begins a run: with what it had to say.
pub(super) fn start(root: &Path, ledger: &Path, person: &str, words: &[String]) -> Result<Option<String>, Refusal> {
    let broken = |what: &str, error: &dyn std::fmt::Display| Refusal::Broken(format!("{what}: {error}"));
    let exe = std::env::current_exe().map_err(|error| broken("where is this program?", &error))?;
    let mut told = tempfile::tempfile().map_err(|error| broken("no file for what the run says", &error))?;
    let heard = told.try_clone().map_err(|error| broken("no file for what the run says", &error))?;
    let mut child = Command::new(&exe)
        .arg("--project")
        .arg(root)
        .args(words)
        .env("LEDGERLINE_USER", person)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(heard)
        .spawn()
        .map_err(|error| broken(&format!("cannot start `{}`", exe.display()), &error))?;
    let process = Process::of(child.id());
    let _ = setpriority_process(Some(Pid::from_child(&child)), NICE);
    for _ in 0..LOOKS {
        if let Some(run) = begun_by(ledger, &process) {
            wait_for(child);
            return Ok(Some(run));
        }
        if child.try_wait().ok().flatten().is_some() {
            return begun_by(ledger, &process).map(Some).ok_or_else(|| Refusal::Conflict(said(&mut told)));
        }
        sleep(LOOK);
    }
    wait_for(child);
    Ok(None)
}

/// Waits for the end of a process, so that none is left behind as a zombie.
fn wait_for(mut child: Child) {
    std::thread::spawn(move || child.wait());
}

/// Tells the process of a run to end: it stops between two pieces of work and keeps what stands.
///
/// # Errors
/// Where it does not go on, or belongs to another account or machine.
pub(super) fn cancel(ledger: &Ledger, run: &str) -> Result<(), Refusal> {
    let gone = || Refusal::Conflict(format!("run {run} is not under way on this machine"));
    let process = runs::asked(ledger, run).and_then(|asked| asked.process).ok_or_else(gone)?;
    if process.goes_on() != Some(true) {
        return Err(gone());
    }
    let pid = i32::try_from(process.pid).ok().and_then(Pid::from_raw).ok_or_else(gone)?;
    kill_process(pid, Signal::TERM)
        .map_err(|error| Refusal::Conflict(format!("run {run} cannot be told to end: {error}")))
}

/// The run that a process is.
fn begun_by(ledger: &Path, process: &Process) -> Option<String> {
    let ledger = Ledger::open(ledger).ok()?;
    let names = runs::names(&ledger).ok()?;
    // Names sort by time; a process that began just now is among the last.
    names
        .into_iter()
        .rev()
        .take(5)
        .find(|name| runs::asked(&ledger, name).is_some_and(|asked| asked.process.as_ref() == Some(process)))
}

/// What a process had to say, at most so much that it can be read.
fn said(told: &mut File) -> String {
    const MOST: u64 = 16 << 10;
    let mut text = Vec::new();
    let _ = told.rewind().and_then(|()| told.take(MOST).read_to_end(&mut text));
    let text = String::from_utf8_lossy(&text).trim().to_owned();
    if text.is_empty() { "it ended without a word".to_owned() } else { text }
}
