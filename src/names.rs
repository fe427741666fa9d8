//! Names: in messages the nearest known one, and lists of them; and new ones that nothing has yet.

use std::collections::BTreeSet;

/// The known name nearest to `name`, if it is near enough to be what was meant.
#[must_use]
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&name, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= 1.max(candidate.chars().count().max(name.chars().count()) / 3))
        .min()
        .map(|(_, candidate)| candidate)
}

/// The name, or the first of `name_2`, `name_3`, .. that is not taken; it is taken from then on. Cut so that it stays an id.
#[must_use]
pub(crate) fn untaken(name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut untaken: String = name.chars().take(LONGEST).collect();
    let start = untaken.clone();
    let mut number = 2;
    while !taken.insert(untaken.clone()) {
        untaken = format!("{start}_{number}");
        number += 1;
    }
    untaken
}

/// Characters of a name that leave an id room for a number.
const LONGEST: usize = 55;

/// The known name that `name` is one slip of the fingers away from.
#[must_use]
pub(crate) fn slip_of<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known.into_iter().find(|known| known.len() >= 4 && strsim::damerau_levenshtein(name, known) == 1)
}

/// `a`, `b` or `c`, each in backticks.
#[must_use]
pub(crate) fn any_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut ticked: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match ticked.pop() {
        None => "nothing".to_owned(),
        Some(last) if ticked.is_empty() => last,
        Some(last) => format!("{} or {last}", ticked.join(", ")),
    }
}

/// A hint that offers the nearest known name, and lists all of them where they fit a line.
#[must_use]
pub(crate) fn suggest<'a>(name: &str, what: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let mut known: Vec<&str> = known.into_iter().collect();
    known.sort_unstable();
    let list = match known.len() {
        0 => format!("there are no {what}"),
        1..=30 => {
            let ticked: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
            format!("{what}: {}", ticked.join(", "))
        }
        many => format!("there are {many} {what}"),
    };
    match nearest(name, known) {
        Some(near) => format!("did you mean `{near}`? {list}"),
        None => list,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered_only_if_it_is_near() {
        assert_eq!(nearest("sorces", ["sources", "retire"]), Some("sources"));
        assert_eq!(nearest("SOURCES", ["sources"]), Some("sources"));
        assert_eq!(nearest("colour", ["sources", "retire"]), None);
        assert_eq!(nearest("hr", ["ad"]), None);
    }

    #[test]
    fn a_list_reads_as_a_sentence() {
        assert_eq!(any_of(["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(suggest("hrr", "collectors", ["hr", "ad"]), "did you mean `hr`? collectors: `ad`, `hr`");
    }
}
