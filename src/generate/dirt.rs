//! What is wrong with the extracts, and how often.
//!
//! Each kind befalls a share of all rows, and always the rows of one person, so that even a company of a hundred
//! shows it at every load.

use std::collections::BTreeMap;

use crate::generate::mix::{Draw, Mixer};

/// A kind of dirt.
#[derive(Debug)]
pub(crate) struct Dirt {
    pub(crate) name: &'static str,
    /// How many of all rows have it, 0 to 1.
    share: f64,
    /// The person whose rows always have it.
    exhibit: usize,
}

const fn dirt(name: &'static str, share: f64, exhibit: usize) -> Dirt {
    Dirt { name, share, exhibit }
}

pub(crate) const ID_LOWER: Dirt = dirt("employee id in lower case", 0.01, 24);
pub(crate) const ID_BLANKS: Dirt = dirt("employee id with blanks", 0.01, 25);
pub(crate) const MAIL_MISSING: Dirt = dirt("mail missing", 0.02, 26);
pub(crate) const MAIL_UPPER: Dirt = dirt("mail in upper case", 0.10, 27);
pub(crate) const MAIL_BLANKS: Dirt = dirt("mail with trailing blanks", 0.02, 28);
pub(crate) const GIVEN_UPPER: Dirt = dirt("given name in upper case", 0.05, 29);
pub(crate) const FAMILY_BLANKS: Dirt = dirt("family name with trailing blanks", 0.02, 30);
pub(crate) const JOB_LOWER: Dirt = dirt("job code in lower case", 0.01, 31);
pub(crate) const BAD_DATE: Dirt = dirt("impossible date", 0.003, 32);
pub(crate) const MANAGER_BOGUS: Dirt = dirt("manager nobody knows", 0.05, 33);
pub(crate) const SAME_ROW_TWICE: Dirt = dirt("same row twice", 0.004, 34);
pub(crate) const SAME_KEY_TWICE: Dirt = dirt("same key twice, other values", 0.0002, 35);
pub(crate) const LOGIN_CASE: Dirt = dirt("login in another case", 0.08, 36);
pub(crate) const LOGIN_BLANKS: Dirt = dirt("login with trailing blanks", 0.005, 37);
pub(crate) const NICKNAME: Dirt = dirt("nickname in quotes in the display name", 0.02, 38);
pub(crate) const NO_NUMBER: Dirt = dirt("no employee number", 0.02, 39);

pub(crate) const REFERENCE_CASE: Dirt = dirt("login in another case", 0.01, 24);
pub(crate) const GHOST_LOGIN: Dirt = dirt("login nobody has", 0.001, 25);
pub(crate) const UNKNOWN_PERMISSION: Dirt = dirt("permission nobody knows", 0.0005, 26);
pub(crate) const PERMISSION_BLANKS: Dirt = dirt("permission with trailing blanks", 0.005, 27);
pub(crate) const BAD_GRANT_DATE: Dirt = dirt("impossible date", 0.001, 28);
pub(crate) const SAME_RIGHT_TWICE: Dirt = dirt("same row twice", 0.005, 29);
pub(crate) const OTHER_GRANT_DATE: Dirt = dirt("same key twice, other values", 0.0002, 30);

/// Rows whose key is empty; a fixed number per file.
pub(crate) const NO_KEY: &str = "no key";

/// What stands where a date should be.
pub(crate) const BAD_DATES: [&str; 7] =
    ["31/02/2024", "0000-00-00", "n/a", "2024-13-45", "2024-02-30", "20240105", "-"];

impl Dirt {
    /// Whether the row `of` (numbers that stay the same from load to load) of a person has it.
    pub(crate) fn is_on(&self, mixer: Mixer, of: &[u64], person: Option<usize>) -> bool {
        let salt = self.name.len() as u64 * 64 + self.exhibit as u64;
        let whom: [u64; 4] =
            [salt, of.first().copied().unwrap_or(0), of.get(1).copied().unwrap_or(0), of.get(2).copied().unwrap_or(0)];
        person == Some(self.exhibit) || mixer.chance(Draw::Dirt, &whom, self.share)
    }
}

/// The dirt of one file, counted.
#[derive(Debug)]
pub(crate) struct Soiled {
    mixer: Mixer,
    pub(crate) file: &'static str,
    pub(crate) rows: BTreeMap<&'static str, u64>,
}

impl Soiled {
    pub(crate) fn new(mixer: Mixer, file: &'static str) -> Self {
        Self { mixer, file, rows: BTreeMap::new() }
    }

    /// Whether a row has this dirt; if so it is counted.
    pub(crate) fn has(&mut self, dirt: &Dirt, of: &[u64], person: Option<usize>) -> bool {
        let is_on = dirt.is_on(self.mixer, of, person);
        if is_on {
            self.note(dirt.name);
        }
        is_on
    }

    pub(crate) fn note(&mut self, kind: &'static str) {
        *self.rows.entry(kind).or_insert(0) += 1;
    }

    /// The date, or what stands where it should be.
    pub(crate) fn date(&mut self, dirt: &Dirt, of: &[u64], person: Option<usize>, date: &str) -> String {
        if self.has(dirt, of, person) {
            self.mixer.pick(Draw::BadDate, of, &BAD_DATES).to_owned()
        } else {
            date.to_owned()
        }
    }

    /// The text, or the text with two blanks after it.
    pub(crate) fn blanks(&mut self, dirt: &Dirt, of: &[u64], person: Option<usize>, text: String) -> String {
        if !text.is_empty() && self.has(dirt, of, person) { text + "  " } else { text }
    }
}
