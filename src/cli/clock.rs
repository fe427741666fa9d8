//! The machine's clock, and what the process has used of its processors.

use std::fs;
use std::time::Duration;

use jiff::Timestamp;

use crate::env::Clock;

/// The machine's clock.
pub(super) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn cpu(&self) -> Duration {
        fs::read_to_string("/proc/self/stat").ok().and_then(|stat| cpu_of(&stat)).unwrap_or_default()
    }
}

/// User and system time in a line of proc(5)'s `stat`: fields 14 and 15, in hundredths of a second. The name of the program
/// comes before them in brackets and may hold anything.
fn cpu_of(stat: &str) -> Option<Duration> {
    let (_, behind_the_name) = stat.rsplit_once(')')?;
    let mut ticks = behind_the_name.split_ascii_whitespace().skip(11).map(|field| field.parse::<u64>().ok());
    Some(Duration::from_millis(10 * (ticks.next()?? + ticks.next()??)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_behind_the_last_bracket_of_the_name() {
        let stat = "7 (a) name) S 1 2 3 4 5 6 7 8 9 10 150 25 0 0 20 0 4 0 100 0 0";
        assert_eq!(cpu_of(stat), Some(Duration::from_millis(1_750)));
        assert_eq!(cpu_of("7 (a) S 1"), None);
    }
}
