//! Questions of the standard pack that a kernel answers: told word for word, whatever their parameters are.

mod accounts;
mod atypical;
mod bare;
mod groups;
mod holders;
mod open;
mod reached;
mod sensitive;

use std::sync::Arc;

use self::accounts::KnownAccounts;
use self::atypical::Atypical;
use self::bare::BareAccounts;
use self::groups::{Members, PublicGroups};
use self::holders::Holders;
use self::reached::Reached;
use self::sensitive::SensitiveRights;
use super::Kernel;

/// Makes a kernel with the values of the parameters of a question.
type Make = fn(&[&str]) -> Option<Arc<dyn Kernel>>;

/// The questions that are known, each with its kernel.
const KNOWN: [(&str, Make); 8] = [
    (accounts::QUESTION, |_| Some(Arc::new(KnownAccounts))),
    (atypical::QUESTION, |values| Some(Arc::new(Atypical::of(values)?))),
    (bare::QUESTION, |_| Some(Arc::new(BareAccounts))),
    (groups::MEMBERS, |_| Some(Arc::new(Members))),
    (groups::PUBLIC, |values| Some(Arc::new(PublicGroups::of(values)?))),
    (holders::QUESTION, |_| Some(Arc::new(Holders))),
    (reached::QUESTION, |_| Some(Arc::new(Reached))),
    (sensitive::QUESTION, |values| Some(Arc::new(SensitiveRights::of(values)?))),
];

/// The kernel that gives the answer of a query, where it is a question that one knows, word for word.
#[must_use]
pub fn answering(query: &str) -> Option<Arc<dyn Kernel>> {
    KNOWN.iter().find_map(|(question, make)| make(&values(question, query)?))
}

/// The values that stand in `query` for the placeholders of a question, in their order, where it is the question. The
/// question is a file of the pack: comments, and then its SQL.
fn values<'q>(question: &str, query: &'q str) -> Option<Vec<&'q str>> {
    let mut question = question.trim_end();
    while question.starts_with("--") || question.starts_with('\n') {
        question = question.split_once('\n')?.1;
    }
    let mut left = query.trim();
    let mut values = Vec::new();
    let mut pieces = question.split('{');
    left = left.strip_prefix(pieces.next()?)?;
    for piece in pieces {
        let (_, behind) = piece.split_once('}')?;
        // Literals of numbers and days have none of the text behind them.
        let end = if behind.is_empty() { left.len() } else { left.find(behind)? };
        values.push(&left[..end]);
        left = &left[end + behind.len()..];
    }
    left.is_empty().then_some(values)
}

/// The number that a literal of a parameter is.
fn number<T: std::str::FromStr>(literal: &str) -> Option<T> {
    let cast = literal.strip_prefix("CAST(").and_then(|rest| rest.strip_suffix(" AS DOUBLE)"));
    let bare = literal.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    cast.or(bare).unwrap_or(literal).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_told_with_the_values_of_its_parameters() {
        let question = "-- title: one\n--   more\n\nSELECT 1\nWHERE a >= {least} AND b < {most}\n";
        let asked = |query| values(question, query);
        let filled = asked("SELECT 1\nWHERE a >= (-5) AND b < CAST(0.5 AS DOUBLE)");
        assert_eq!(filled, Some(vec!["(-5)", "CAST(0.5 AS DOUBLE)"]));
        assert_eq!(asked("SELECT 2\nWHERE a >= 5 AND b < 1"), None);
        assert_eq!(asked("SELECT 1\nWHERE a >= 5 OR b < 1"), None);
        assert_eq!(asked(""), None);
        assert_eq!((number("(-5)"), number::<i64>("x")), (Some(-5), None));
        assert_eq!(number("CAST(0.5 AS DOUBLE)"), Some(0.5));
    }
}
