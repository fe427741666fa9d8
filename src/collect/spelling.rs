//! Keys that are one only because they are brought into key form: told with the ways in which the source writes them.

use std::collections::{BTreeMap, BTreeSet};

use super::numbered::Key;

/// How many keys a remark shows.
const SHOWN: usize = 5;

/// The keys of a source that it writes in several ways, by namespace and key.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Spellings(BTreeMap<(String, String), BTreeSet<String>>);

impl Spellings {
    /// Those among rows that are sorted by key.
    pub(super) fn of(sorted: &[u32], key: &Key) -> Self {
        let mut several = BTreeMap::new();
        for copies in sorted.chunk_by(|a, b| key.order(*a, *b).is_eq()).filter(|copies| copies.len() > 1) {
            let written: BTreeSet<&str> = copies.iter().map(|row| key.source(*row)).collect();
            if written.len() > 1 {
                let (namespace, text) = key.texts(copies[0]);
                let written = written.into_iter().map(str::to_owned).collect();
                several.insert((namespace.to_owned(), text.to_owned()), written);
            }
        }
        Self(several)
    }

    /// What a reject adds of its key.
    pub(super) fn written(&self, namespace: &str, key: &str) -> String {
        let written = self.0.get(&(namespace.to_owned(), key.to_owned()));
        written.map(|written| format!(", written {}", listed(written))).unwrap_or_default()
    }

    /// The remark about a table's keys, where there are any.
    pub(super) fn remark(&self, table: &str) -> Option<String> {
        let shown: Vec<String> = self.0.values().take(SHOWN).map(listed).collect();
        let more = match self.0.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!("; and {more} more"),
        };
        let keys = if self.0.len() == 1 { "1 key".to_owned() } else { format!("{} keys", self.0.len()) };
        (!shown.is_empty()).then(|| {
            format!("{keys} of `{table}` written in several ways, equal in key form alone: {}{more}", shown.join("; "))
        })
    }
}

/// Texts with what the eye would miss made visible.
fn listed(texts: &BTreeSet<String>) -> String {
    let ticked: Vec<String> = texts.iter().map(|text| format!("`{}`", text.escape_debug())).collect();
    ticked.join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_keys_are_shown_and_the_rest_counted() {
        let spellings = |keys: usize| {
            let both = |key: usize| [format!("E{key}"), format!("e{key}\u{a0}")].into();
            Spellings((0..keys).map(|key| ((String::new(), format!("E{key}")), both(key))).collect())
        };
        assert_eq!(spellings(0).remark("groups"), None);
        let one = "1 key of `groups` written in several ways, equal in key form alone: `E0` and `e0\\u{a0}`";
        assert_eq!(spellings(1).remark("groups").as_deref(), Some(one));
        assert!(spellings(7).remark("groups").expect("a remark").ends_with("`E4` and `e4\\u{a0}`; and 2 more"));
        assert_eq!(spellings(1).written("", "E0"), ", written `E0` and `e0\\u{a0}`");
        assert_eq!(spellings(1).written("", "E1"), "");
    }
}
