//! Questions of the standard pack that a kernel answers: told word for word, whatever their parameters are.

/// The values that stand in `query` for the placeholders of a question, in their order, where it is the question. The
/// question is a file of the pack: comments, and then its SQL.
pub(super) fn values<'q>(question: &str, query: &'q str) -> Option<Vec<&'q str>> {
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
pub(super) fn number<T: std::str::FromStr>(literal: &str) -> Option<T> {
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
