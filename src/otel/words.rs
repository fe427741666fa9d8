//! Sentences that leave the machine: a failure may quote a value of a row, which may be about a person.

/// A sentence in which only known names are quoted: from the first other quote on, it is cut to the last one.
pub(super) fn known_only(sentence: &str, is_known: impl Fn(&str) -> bool) -> String {
    let mut from = 0;
    while let Some((open, quote)) = first_quote(sentence, from) {
        let begin = open + quote.len_utf8();
        let piece = sentence[begin..].find(quote).map(|length| &sentence[begin..begin + length]);
        match piece {
            Some(piece) if is_known(piece) => from = begin + piece.len() + quote.len_utf8(),
            _ => {
                let end = sentence.rfind(is_quote).filter(|end| *end > open);
                let rest = end.map_or("", |end| &sentence[end + 1..]);
                return format!("{}`..`{rest}", &sentence[..open]);
            }
        }
    }
    sentence.to_owned()
}

/// Where a quote opens; an apostrophe within a word is none.
fn first_quote(sentence: &str, from: usize) -> Option<(usize, char)> {
    let quotes = sentence[from..].char_indices().map(|(at, c)| (from + at, c)).filter(|(_, c)| is_quote(*c));
    let is_within = |at: usize| sentence[..at].chars().next_back().is_some_and(char::is_alphanumeric);
    quotes.into_iter().find(|(at, c)| *c != '\'' || !is_within(*at))
}

fn is_quote(c: char) -> bool {
    matches!(c, '`' | '\'' | '"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_a_row_stays_at_home() {
        let said = |sentence: &str| known_only(sentence, |name| ["hr", "weekly"].contains(&name));
        assert_eq!(said("source `hr` is not ready"), "source `hr` is not ready");
        assert_eq!(said("`hr`: `Zoe` is no day of `weekly`; see"), "`hr`: `..`; see");
        assert_eq!(said("the engine's cast: 'Zoe' to Int"), "the engine's cast: `..` to Int");
        assert_eq!(said("`hr`: \"Zoe's\" it is"), "`hr`: `..` it is");
        assert_eq!(said("it is `Zoe"), "it is `..`");
        assert_eq!(said("the plan's end"), "the plan's end");
    }
}
