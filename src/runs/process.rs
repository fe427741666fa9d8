//! The process that a run is, so that a run that died is told from one that goes on.

use std::fs;

use serde::{Deserialize, Serialize};

/// A process of a machine: its number alone would soon be another's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Process {
    /// Its number.
    pub(crate) pid: u32,
    /// When it began, in ticks since the machine did; 0 where the system does not tell.
    pub(crate) began: u64,
    /// The machine.
    pub(crate) host: String,
    /// Which time this machine is up; empty where the system does not tell.
    pub(crate) boot: String,
}

impl Process {
    /// This process.
    pub(crate) fn own() -> Self {
        Self::of(std::process::id())
    }

    /// A process of this machine, by its number.
    pub(crate) fn of(pid: u32) -> Self {
        let began = stat(pid).map_or(0, |stat| stat.began);
        Self { pid, began, host: host(), boot: boot() }
    }

    /// Whether it goes on; `None` where it is on another machine, so that nobody here can tell.
    pub(crate) fn goes_on(&self) -> Option<bool> {
        if self.host != host() {
            return None;
        }
        let is_same = |stat: &Stat| !stat.is_dead && stat.began == self.began;
        Some(self.boot == boot() && stat(self.pid).as_ref().is_some_and(is_same))
    }
}

struct Stat {
    is_dead: bool,
    began: u64,
}

/// What proc(5)'s `stat` says of a process: field 3, where `Z` is one that has ended and was not asked how, and field 22. The
/// name of the program comes before them in brackets and may hold anything.
fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, behind_the_name) = text.rsplit_once(')')?;
    let mut fields = behind_the_name.split_ascii_whitespace();
    let state = fields.next()?;
    Some(Stat { is_dead: matches!(state, "Z" | "X"), began: fields.nth(18)?.parse().ok()? })
}

fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

fn boot() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn a_process_goes_on_until_it_ends_and_no_other_is_taken_for_it() {
        let own = Process::own();
        assert_eq!(own.goes_on(), Some(true));
        assert_eq!(Process { began: own.began + 1, ..own.clone() }.goes_on(), Some(false));
        assert_eq!(Process { boot: "another".to_owned(), ..own.clone() }.goes_on(), Some(false));
        assert_eq!(Process { host: "elsewhere".to_owned(), ..own.clone() }.goes_on(), None);
        let mut child = Command::new("sleep").arg("60").stdin(Stdio::null()).spawn().expect("there is `sleep`");
        let began = stat(child.id()).expect("it runs").began;
        let process = Process { pid: child.id(), began, ..own };
        assert_eq!(process.goes_on(), Some(true));
        child.kill().expect("it can be killed");
        let ended = (0..100).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(20));
            process.goes_on() == Some(false)
        });
        assert!(ended, "it has ended, though nobody asked how");
        child.wait().expect("it has ended");
    }
}
