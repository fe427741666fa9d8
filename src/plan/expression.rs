//! Expressions over permissions: `(ERP/A or ERP/B) and not ERP/C`. What is wrong with one is told by its bytes.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::collect::key::KeyForms;
use crate::settings::PermissionName;
use crate::settings::duties::Term;

/// So many ways to fulfil an expression there may be.
const MOST_TERMS: usize = 256;

/// So deep brackets may stand in each other.
const DEEPEST: usize = 64;

/// What is wrong, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) at: Range<usize>,
    pub(super) message: String,
    pub(super) hint: String,
}

/// An expression in which `not` stands before single permissions alone.
#[derive(Debug, Clone)]
enum Expression {
    One { name: PermissionName, is_held: bool },
    All(Vec<Self>),
    Any(Vec<Self>),
}

/// Every way to fulfil an expression, sorted, none twice.
pub(super) fn terms(text: &str, forms: &KeyForms) -> Result<Vec<Term>, Wrong> {
    let tokens = tokens(text)?;
    let mut reader = Reader { text, tokens: &tokens, at: 0, forms, depth: 0 };
    let expression = reader.any(true)?;
    if let Some((token, span)) = reader.next() {
        let shown = token.shown();
        let what = if token == Token::Close { "closes no bracket" } else { "needs `and` or `or` before it" };
        return Err(wrong(span, format!("{shown} {what}"), "write it as in `(ERP/A or ERP/B) and not ERP/C`"));
    }
    let whole = 0..text.len();
    let terms = expression.terms().ok_or_else(|| {
        let message = format!("there are more than {MOST_TERMS} ways to fulfil this");
        wrong(whole.clone(), message, "make it several activities")
    })?;
    if terms.is_empty() {
        return Err(wrong(
            whole,
            "nobody can fulfil this: what is asked for is excluded".to_owned(),
            "take one of the two out",
        ));
    }
    if terms.iter().any(|term| term.held.is_empty()) {
        let message = "whoever holds nothing fulfils this".to_owned();
        return Err(wrong(whole, message, "ask for at least one permission that is held, on every side of an `or`"));
    }
    Ok(terms)
}

fn wrong(at: Range<usize>, message: String, hint: &str) -> Wrong {
    Wrong { at, message, hint: hint.to_owned() }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    And,
    Or,
    Not,
    Name(String),
}

impl Token {
    fn shown(&self) -> String {
        match self {
            Self::Open => "`(`".to_owned(),
            Self::Close => "`)`".to_owned(),
            Self::And => "`and`".to_owned(),
            Self::Or => "`or`".to_owned(),
            Self::Not => "`not`".to_owned(),
            Self::Name(name) => format!("`{name}`"),
        }
    }
}

type Placed = (Token, Range<usize>);

fn tokens(text: &str) -> Result<Vec<Placed>, Wrong> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let start = at;
        at += first.len_utf8();
        let token = match first {
            _ if first.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            '\'' | '"' => {
                let Some(length) = text[at..].find(first) else {
                    return Err(wrong(
                        start..text.len(),
                        "the quote is not closed".to_owned(),
                        "close it behind the name",
                    ));
                };
                let name = text[at..at + length].to_owned();
                at += length + 1;
                Token::Name(name)
            }
            _ => {
                let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')');
                at = start + text[start..].find(ends).unwrap_or(text.len() - start);
                match &text[start..at] {
                    "and" => Token::And,
                    "or" => Token::Or,
                    "not" => Token::Not,
                    name => Token::Name(name.to_owned()),
                }
            }
        };
        tokens.push((token, start..at));
    }
    Ok(tokens)
}

struct Reader<'a> {
    text: &'a str,
    tokens: &'a [Placed],
    at: usize,
    forms: &'a KeyForms,
    depth: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<Placed> {
        let next = self.tokens.get(self.at).cloned();
        self.at += usize::from(next.is_some());
        next
    }

    fn takes(&mut self, token: &Token) -> bool {
        let is_it = self.tokens.get(self.at).is_some_and(|(next, _)| next == token);
        self.at += usize::from(is_it);
        is_it
    }

    /// `is_held`: false behind a `not`, which turns `and` and `or` round.
    fn any(&mut self, is_held: bool) -> Result<Expression, Wrong> {
        let mut all = vec![self.all(is_held)?];
        while self.takes(&Token::Or) {
            all.push(self.all(is_held)?);
        }
        Ok(if is_held { Expression::Any(all) } else { Expression::All(all) })
    }

    fn all(&mut self, is_held: bool) -> Result<Expression, Wrong> {
        let mut all = vec![self.one(is_held)?];
        while self.takes(&Token::And) {
            all.push(self.one(is_held)?);
        }
        Ok(if is_held { Expression::All(all) } else { Expression::Any(all) })
    }

    fn one(&mut self, is_held: bool) -> Result<Expression, Wrong> {
        let sample = "write a permission such as `ERP/PAYMENT_RUN`, in quotes where it has blanks or brackets";
        let Some((token, span)) = self.next() else {
            let end = self.text.len();
            return Err(wrong(end..end, "a permission is missing at the end".to_owned(), sample));
        };
        match token {
            Token::Name(name) => match PermissionName::parse(&name, self.forms) {
                Some(name) => Ok(Expression::One { name, is_held }),
                None => Err(wrong(span, format!("`{name}` is no permission"), sample)),
            },
            Token::Not | Token::Open if self.depth == DEEPEST => Err(wrong(
                span,
                format!("more than {DEEPEST} brackets stand in each other"),
                "make it several activities",
            )),
            Token::Not => {
                self.depth += 1;
                let one = self.one(!is_held);
                self.depth -= 1;
                one
            }
            Token::Open => {
                self.depth += 1;
                let inner = self.any(is_held)?;
                self.depth -= 1;
                if self.takes(&Token::Close) {
                    return Ok(inner);
                }
                match self.next() {
                    None => Err(wrong(span, "the bracket is not closed".to_owned(), "add a `)`")),
                    Some((token, span)) => {
                        let message = format!("{} needs `and` or `or` before it", token.shown());
                        Err(wrong(span, message, "write it as in `(ERP/A or ERP/B) and not ERP/C`"))
                    }
                }
            }
            Token::And | Token::Or | Token::Close => {
                Err(wrong(span, format!("a permission is missing before {}", token.shown()), sample))
            }
        }
    }
}

type Ways = BTreeSet<(BTreeSet<PermissionName>, BTreeSet<PermissionName>)>;

impl Expression {
    /// `None` where there are too many.
    fn terms(&self) -> Option<Vec<Term>> {
        let ways = self.ways()?;
        // Who fulfils a longer way fulfils the shorter one in it.
        let is_needed = |(held, not_held): &&(BTreeSet<PermissionName>, BTreeSet<PermissionName>)| {
            !ways.iter().any(|(less, not_less)| {
                (less, not_less) != (held, not_held) && less.is_subset(held) && not_less.is_subset(not_held)
            })
        };
        let term = |(held, not_held): &(BTreeSet<PermissionName>, BTreeSet<PermissionName>)| Term {
            held: held.iter().cloned().collect(),
            not_held: not_held.iter().cloned().collect(),
        };
        Some(ways.iter().filter(is_needed).map(term).collect())
    }

    fn ways(&self) -> Option<Ways> {
        let ways = match self {
            Self::One { name, is_held } => {
                let one = BTreeSet::from([name.clone()]);
                Ways::from([if *is_held { (one, BTreeSet::new()) } else { (BTreeSet::new(), one) }])
            }
            Self::Any(all) => {
                let mut ways = Ways::new();
                for one in all {
                    ways.extend(one.ways()?);
                    if ways.len() > MOST_TERMS {
                        return None;
                    }
                }
                ways
            }
            Self::All(all) => {
                let mut ways = Ways::from([(BTreeSet::new(), BTreeSet::new())]);
                for one in all {
                    let with = one.ways()?;
                    let mut both = Ways::new();
                    for (held, not_held) in &ways {
                        for (more, not_more) in &with {
                            let held: BTreeSet<_> = held.union(more).cloned().collect();
                            let not_held: BTreeSet<_> = not_held.union(not_more).cloned().collect();
                            if held.is_disjoint(&not_held) {
                                both.insert((held, not_held));
                            }
                        }
                        if both.len() > MOST_TERMS {
                            return None;
                        }
                    }
                    ways = both;
                }
                ways
            }
        };
        Some(ways)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, String> {
        let shown = |term: &Term| {
            let held = term.held.iter().map(ToString::to_string);
            held.chain(term.not_held.iter().map(|name| format!("!{name}"))).collect::<Vec<_>>().join(" ")
        };
        let found = terms(text, &KeyForms::default());
        found
            .map(|terms| terms.iter().map(shown).collect::<Vec<_>>().join(" | "))
            .map_err(|wrong| format!("{}..{} {}", wrong.at.start, wrong.at.end, wrong.message))
    }

    #[test]
    fn an_expression_is_every_way_to_fulfil_it() {
        for (text, ways) in [
            ("E/A", "E/A"),
            ("(E/A or E/B) and not E/C", "E/A !E/C | E/B !E/C"),
            ("E/A and (E/B or E/C) and E/A", "E/A E/B | E/A E/C"),
            ("E/A or E/A and E/B", "E/A"),
            ("E/A and not (E/B or not E/C)", "E/A E/C !E/B"),
            ("E/A and not (E/B and E/C)", "E/A !E/B | E/A !E/C"),
            ("'E/FB 01 (post)' or \"E/x'y\"", "E/FB 01 (post) | E/x'y"),
            ("E/A or (E/B and not E/B)", "E/A"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(ways), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_with_an_expression_is_told_by_its_place() {
        for (text, told) in [
            ("", "0..0 a permission is missing at the end"),
            ("E/A and", "7..7 a permission is missing at the end"),
            ("E/A E/B", "4..7 `E/B` needs `and` or `or` before it"),
            ("(E/A or E/B", "0..1 the bracket is not closed"),
            ("(E/A E/B)", "5..8 `E/B` needs `and` or `or` before it"),
            ("E/A)", "3..4 `)` closes no bracket"),
            ("or E/A", "0..2 a permission is missing before `or`"),
            ("E/A AND E/B", "4..7 `AND` needs `and` or `or` before it"),
            ("E/A and PAY", "8..11 `PAY` is no permission"),
            ("'E/A", "0..4 the quote is not closed"),
            ("not E/A", "0..7 whoever holds nothing fulfils this"),
            ("E/A or not E/B", "0..14 whoever holds nothing fulfils this"),
            ("E/A and not E/A", "0..15 nobody can fulfil this: what is asked for is excluded"),
        ] {
            assert_eq!(read(text), Err(told.to_owned()), "{text}");
        }
        let deep = format!("{}E/A{}", "(".repeat(1000), ")".repeat(1000));
        assert!(read(&deep).is_err_and(|told| told.contains("brackets")));
        let many: Vec<String> =
            (0..9).map(|at| "(E/A or E/B or E/C or E/D)".replace("E/", &format!("E{at}/"))).collect();
        assert!(read(&many.join(" and ")).is_err_and(|told| told.contains("256 ways")));
    }
}
