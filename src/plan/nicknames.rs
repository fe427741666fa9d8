//! Names that may mean the same person: those that come with Ledgerline, and files of two columns beside a policy.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::collect::key::normalise;
use crate::plan::list::lines;
use crate::problem::Problems;
use crate::source::SourceFile;

/// What a policy calls the names that come with Ledgerline.
pub(super) const COMMON: &str = "common";

/// Those names: English, German, French, Spanish and Slavic ones, each with one that is used for it.
const COMMON_NAMES: &str = include_str!("nicknames.csv");

/// The first line of a file.
const HEADER: &str = "name,nickname";

/// The pairs that come with Ledgerline, both ways.
pub(super) fn common() -> BTreeSet<(String, String)> {
    let lines = COMMON_NAMES.lines().skip(1).filter_map(|line| line.split_once(','));
    lines.flat_map(|(name, nickname)| both_ways(name, nickname)).collect()
}

/// The pairs of a file, both ways, by letters and digits. A line that is no pair is told.
pub(super) fn of_file(file: &Arc<SourceFile>, problems: &mut Problems) -> BTreeSet<(String, String)> {
    let mut pairs = BTreeSet::new();
    lines(file, HEADER, "robert,bob", problems, |line| {
        let names: Vec<String> = line.split(',').map(letters).collect();
        match names.as_slice() {
            [name, nickname] if !name.is_empty() && !nickname.is_empty() && name != nickname => {
                pairs.extend(both_ways(name, nickname));
                Ok(())
            }
            _ => Err(("this is no pair of two different names".to_owned(), None)),
        }
    });
    pairs
}

/// A name as it is compared.
fn letters(name: &str) -> String {
    normalise(name).chars().filter(char::is_ascii_alphanumeric).collect()
}

fn both_ways(name: &str, nickname: &str) -> [(String, String); 2] {
    let (name, nickname) = (name.to_owned(), nickname.to_owned());
    [(name.clone(), nickname.clone()), (nickname, name)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Severity;

    #[test]
    fn names_that_come_along_are_pairs_both_ways() {
        let common = common();
        let has = |one: &str, other: &str| common.contains(&(one.to_owned(), other.to_owned()));
        assert!(has("robert", "bob") && has("bob", "robert") && !has("bob", "bob"));
        assert_eq!(COMMON_NAMES.lines().next(), Some(HEADER));
        assert!(common.iter().all(|(one, other)| one == &letters(one) && one != other));
    }

    #[test]
    fn a_line_that_is_no_pair_is_told_with_its_place() {
        let file = SourceFile::new("nicknames.csv", "name,nickname\nJosé, Pepe\n\nx\nbob,bob\n");
        let mut problems = Problems::new();
        let pairs = of_file(&file, &mut problems);
        let name = |name: &str| name.to_owned();
        assert_eq!(pairs, BTreeSet::from([(name("jose"), name("pepe")), (name("pepe"), name("jose"))]));
        assert_eq!(problems.count(Severity::Error), 2);
    }
}
