//! A project in a folder of its own, and the real program run on it.

mod ledger;
mod output;
mod page;
mod project;
mod sample;
pub(crate) mod smtp;

use std::path::PathBuf;

pub(crate) use self::ledger::{Part, parts_of, timeslots_of};
pub(crate) use self::output::{Output, Table};
pub(crate) use self::page::{PASSWORD, Page, Visitor, user};
pub(crate) use self::project::Project;
pub(crate) use self::sample::{LOADS, copy, sample};

/// A folder of data that is shared between projects and not part of the repository; `None` tells that the test is
/// skipped.
#[must_use]
pub(crate) fn shared_data(name: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    if folder.is_dir() {
        return Some(folder.canonicalize().expect("it is there"));
    }
    told(&format!("SKIPPED: `{}` is not there", folder.display()));
    None
}

/// Says what was skipped or counted; `--nocapture` shows it.
#[expect(clippy::print_stderr, reason = "it must be seen")]
pub(crate) fn told(text: &str) {
    eprintln!("{text}");
}

/// Numbers that are the same for the same seed: splitmix64.
pub(crate) struct Seeded(pub(crate) u64);

impl Seeded {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("it is below a usize")
    }

    /// A number from 0 to 99.
    pub(crate) fn percent(&mut self) -> u8 {
        u8::try_from(self.below(100)).expect("it is below 100")
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}
