//! The header: where the wanted columns stand, and what a header says about a file that is not what it should be.
//!
//! Names match exactly after blanks at both ends. Anything nearer than that (case, a no-break space, one letter) is
//! suggested and never assumed: a column that changed its name may have changed its meaning.

use super::{Fault, Notice};

/// Columns a hint lists before it gives up.
const LISTED: usize = 100;

/// The columns of a file and where the wanted ones stand.
#[derive(Debug)]
pub(super) struct Header {
    /// All columns, in file order, without blanks at both ends.
    pub(super) names: Vec<String>,
    /// For every wanted column its place in `names`.
    pub(super) places: Vec<usize>,
}

impl Header {
    /// Finds the wanted columns.
    ///
    /// # Errors
    /// A [`Fault`] where a name stands twice, or a wanted column is missing. Columns without a name are nobody's,
    /// and may be several.
    pub(super) fn new(names: &[String], wanted: &[String], line: u64) -> Result<Self, Fault> {
        let names: Vec<String> = names.iter().map(|name| trimmed(name).to_owned()).collect();
        if let Some(name) = repeated(&names) {
            return Err(Fault::new(format!("the header has the column `{name}` twice")).at(line));
        }
        let place = |column: &String| names.iter().position(|name| name == trimmed(column));
        let missing: Vec<&str> = wanted.iter().filter(|column| place(column).is_none()).map(String::as_str).collect();
        if !missing.is_empty() {
            return Err(missing_columns(&missing, &names).at(line));
        }
        let places = wanted.iter().filter_map(place).collect();
        Ok(Self { names, places })
    }

    /// What is reported of the header at the end of the file.
    pub(super) fn into_notice(self, records: u64) -> Notice {
        let unused_columns = (self.names.iter().enumerate())
            .filter(|(at, name)| !self.places.contains(at) && !name.is_empty())
            .map(|(_, name)| name.clone())
            .collect();
        Notice { records, unused_columns, unseen_columns: Vec::new(), header: self.names }
    }
}

/// Only ASCII blanks: a no-break space in a name is a change worth being told.
fn trimmed(name: &str) -> &str {
    name.trim_matches(|c: char| c.is_ascii_whitespace())
}

fn repeated(names: &[String]) -> Option<&str> {
    let mut sorted: Vec<&str> = names.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    sorted.sort_unstable();
    sorted.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
}

fn missing_columns(missing: &[&str], names: &[String]) -> Fault {
    let nearest: Vec<String> = missing.iter().filter_map(|column| nearest(column, names)).map(ticked).collect();
    let mut hint = String::new();
    if !nearest.is_empty() {
        hint = format!("did you mean {}? ", nearest.join(", "));
    }
    let listed: Vec<String> = names.iter().take(LISTED).map(|name| ticked(name)).collect();
    hint.push_str("the file has ");
    hint.push_str(&listed.join(", "));
    if names.len() > LISTED {
        hint.push_str(", ...");
    }
    let missing: Vec<String> = missing.iter().map(|column| ticked(column)).collect();
    let verb = if missing.len() == 1 { "the column" } else { "the columns" };
    Fault::new(format!("{verb} {} missing in the header", are(&missing))).hint(hint)
}

fn are(columns: &[String]) -> String {
    format!("{} {}", columns.join(", "), if columns.len() == 1 { "is" } else { "are" })
}

/// Shows what the eye would miss, such as a no-break space.
fn ticked(name: &str) -> String {
    format!("`{}`", name.escape_debug())
}

fn nearest<'a>(column: &str, names: &'a [String]) -> Option<&'a str> {
    let plain = folded(column);
    let similarity = |name: &str| strsim::jaro_winkler(&plain, &folded(name));
    (names.iter().map(|name| (similarity(name), name.as_str())))
        .filter(|(similarity, _)| *similarity > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// A name without what differs between writers: case, blanks of any kind, separators.
fn folded(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &[&str], wanted: &[&str]) -> Result<Header, Fault> {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        Header::new(&owned(names), &owned(wanted), 1)
    }

    fn hint(names: &[&str], wanted: &[&str]) -> String {
        header(names, wanted).expect_err("a fault").hint.expect("a hint")
    }

    #[test]
    fn columns_are_found_by_name_in_any_order() {
        let header = header(&["a", " b ", "c"], &["c", "b"]).expect("both");
        assert_eq!(header.places, [2, 1]);
        assert_eq!(header.into_notice(7).unused_columns, ["a"]);
    }

    #[test]
    fn a_name_that_stands_twice_after_trimming_is_a_fault() {
        let fault = header(&["login", "name", "login "], &["name"]).expect_err("twice");
        assert_eq!(fault.message, "the header has the column `login` twice");
        assert_eq!(fault.line, Some(1));
    }

    #[test]
    fn columns_without_a_name_may_be_several() {
        assert!(header(&["login", "", " "], &["login"]).is_ok());
    }

    #[test]
    fn a_missing_column_is_a_fault_that_lists_the_others() {
        let fault = header(&["id", "mail"], &["department"]).expect_err("missing");
        assert_eq!(fault.message, "the column `department` is missing in the header");
        assert_eq!(fault.hint.as_deref(), Some("the file has `id`, `mail`"));
    }

    #[test]
    fn all_missing_columns_are_named_at_once() {
        let fault = header(&["id"], &["login", "mail"]).expect_err("missing");
        assert_eq!(fault.message, "the columns `login`, `mail` are missing in the header");
    }

    #[test]
    fn a_near_name_is_suggested_and_never_assumed() {
        for near in ["Login", "LOGIN", "log_in", "logn", "login_", "log in"] {
            assert!(hint(&["id", near], &["login"]).starts_with(&format!("did you mean `{near}`?")), "{near}");
        }
    }

    #[test]
    fn a_no_break_space_in_a_name_is_shown() {
        assert!(hint(&["login\u{a0}"], &["login"]).starts_with("did you mean `login\\u{a0}`?"));
    }
}
