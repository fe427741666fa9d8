//! Answers that were given before. The tables of a timeslot are never written again, so that the same question to the same parts has the
//! same answer; pages that many people look at cost the engine nothing but the first time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::ledger::{Timeslot, sha256_hex};
use crate::table::Field;

/// So many bytes of answers are kept; and an answer that is longer than this part of them is not.
const MOST_BYTES: usize = 8 << 20;
const MOST_OF_ONE: usize = MOST_BYTES / 32;

/// An answer: columns, where they were asked for, and rows; `None` is null.
pub(super) type Told = (Vec<Field>, Vec<Vec<Option<String>>>);

/// The answers of all timeslots.
#[derive(Default)]
pub(super) struct Answers(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// By the SHA-256 of parts and question.
    answers: HashMap<String, Entry>,
    bytes: usize,
    /// How often something was asked.
    asked: u64,
}

struct Entry {
    told: Told,
    bytes: usize,
    /// When it was asked for last, as `asked` counts.
    last: u64,
}

/// What tells the tables of a timeslot, and of the one before it, from all others: every part has its own sum.
pub(super) fn stamp(timeslot: &Timeslot, parent: Option<&Timeslot>) -> String {
    let tables = |timeslot: &Timeslot| serde_json::to_string(&timeslot.manifest.tables).unwrap_or_default();
    let both = format!("{}\n{}", tables(timeslot), parent.map(tables).unwrap_or_default());
    sha256_hex(both.as_bytes())
}

impl Answers {
    /// The answer to a question in SQL, from `ask` where nobody asked it yet.
    pub(super) fn of<E>(&self, stamp: &str, sql: &str, ask: impl FnOnce() -> Result<Told, E>) -> Result<Told, E> {
        let key = sha256_hex(format!("{stamp}\n{sql}").as_bytes());
        if let Some(told) = self.known(&key) {
            return Ok(told);
        }
        // Nobody waits meanwhile: two who ask the same at the same time both have it asked.
        let told = ask()?;
        self.keep(key, &told);
        Ok(told)
    }

    fn known(&self, key: &str) -> Option<Told> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.asked += 1;
        let asked = kept.asked;
        let entry = kept.answers.get_mut(key)?;
        entry.last = asked;
        Some(entry.told.clone())
    }

    fn keep(&self, key: String, told: &Told) {
        let bytes = key.len() + size(told);
        if bytes > MOST_OF_ONE {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while kept.bytes + bytes > MOST_BYTES {
            let Some(oldest) = kept.answers.iter().min_by_key(|(_, entry)| entry.last).map(|(key, _)| key.clone())
            else {
                break;
            };
            kept.bytes -= kept.answers.remove(&oldest).map_or(0, |entry| entry.bytes);
        }
        let last = kept.asked;
        let before = kept.answers.insert(key, Entry { told: told.clone(), bytes, last });
        kept.bytes = kept.bytes + bytes - before.map_or(0, |entry| entry.bytes);
    }
}

/// What an answer takes, about.
fn size((columns, rows): &Told) -> usize {
    let cell = |cell: &Option<String>| size_of::<Option<String>>() + cell.as_ref().map_or(0, String::len);
    let cells: usize = rows.iter().map(|row| size_of_val(row) + row.iter().map(cell).sum::<usize>()).sum();
    cells + columns.iter().map(|column| size_of_val(column) + column.name.len()).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Told {
        (Vec::new(), vec![vec![Some(text.to_owned()), None]])
    }

    #[test]
    fn a_question_is_asked_once_as_long_as_the_parts_are_the_same() {
        let answers = Answers::default();
        let mut asked = Vec::new();
        let mut ask = |stamp: &str, sql: &str| {
            let new = format!("{stamp}{sql}");
            let answer = answers.of(stamp, sql, || {
                asked.push(new.clone());
                Ok::<_, String>(told(&new))
            });
            assert_eq!(answer, Ok(told(&new)));
        };
        for (stamp, sql) in [("a", "1"), ("a", "1"), ("b", "1"), ("a", "2"), ("a", "1")] {
            ask(stamp, sql);
        }
        assert_eq!(asked, ["a1", "b1", "a2"]);
        assert_eq!(answers.of("c", "1", || Err("no")), Err("no"));
        assert_eq!(answers.of("c", "1", || Ok::<_, &str>(told("x"))), Ok(told("x")), "a failure is not kept");
    }

    #[test]
    fn what_was_not_asked_for_longest_makes_room() {
        let answers = Answers::default();
        let long = "x".repeat(MOST_OF_ONE - 1024);
        let keep = |sql: &str, text: &str| {
            let _ = answers.of("a", sql, || Ok::<_, String>(told(text)));
        };
        let is_kept = |sql: &str| answers.of("a", sql, || Err(())).is_ok();
        keep("too long", &"x".repeat(MOST_OF_ONE));
        assert!(!is_kept("too long"));
        keep("first", &long);
        for number in 0..31 {
            keep(&number.to_string(), &long);
            assert!(is_kept("first"));
        }
        keep("one more", &long);
        keep("and another", &long);
        assert!(is_kept("first") && is_kept("one more") && is_kept("and another") && !is_kept("0"));
        assert!(answers.0.lock().expect("whole").bytes <= MOST_BYTES);
    }
}
