//! Expressions over permissions and activities: `(ERP/A or ERP/B) and not approves`. What is wrong with one is told by its bytes.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::collect::key::KeyForms;
use crate::settings::PermissionName;
use crate::settings::duties::{Duty, Term};

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

/// What a name in an expression stands for, or what is wrong with it and what to do.
pub(super) type Naming<'a> = dyn Fn(&str) -> Result<Duty, [String; 2]> + 'a;

/// What to write where a permission is lacking.
pub(super) const SAMPLE: &str =
    "write a permission such as `ERP/PAYMENT_RUN`, in quotes where it has blanks or brackets";

/// An expression in which `not` stands before single permissions alone.
#[derive(Debug, Clone)]
enum Expression {
    One { name: PermissionName, is_held: bool },
    All(Vec<Self>),
    Any(Vec<Self>),
}

/// Every way to fulfil an expression, sorted, none twice; none where it names a duty that has none, whose mistake is told elsewhere.
pub(super) fn terms(text: &str, naming: &Naming<'_>) -> Result<Vec<Term>, Wrong> {
    let tokens = tokens(text)?;
    let mut reader = Reader { text, tokens: &tokens, at: 0, naming, depth: 0, is_broken: false };
    let expression = reader.any(true)?;
    if let Some((token, span)) = reader.next() {
        let shown = token.shown();
        let what = if token == Token::Close { "closes no bracket" } else { "needs `and` or `or` before it" };
        return Err(wrong(span, format!("{shown} {what}"), "write it as in `(ERP/A or ERP/B) and not ERP/C`"));
    }
    if reader.is_broken {
        return Ok(Vec::new());
    }
    expression.fulfilled().map_err(|[message, hint]| Wrong { at: 0..text.len(), message, hint })
}

/// Every way to exercise several duties together; none where one of them has none.
pub(super) fn all_of(duties: &[Duty]) -> Result<Vec<Term>, [String; 2]> {
    if duties.iter().any(|duty| duty.terms.is_empty()) {
        return Ok(Vec::new());
    }
    Expression::All(duties.iter().map(|duty| Expression::of(duty, true)).collect()).fulfilled()
}

/// The permissions that an expression names, in key form, each where it first does.
pub(super) fn names_in(text: &str, forms: &KeyForms) -> Vec<(PermissionName, Range<usize>)> {
    let mut found: Vec<(PermissionName, Range<usize>)> = Vec::new();
    for (token, span) in tokens(text).unwrap_or_default() {
        if let Token::Name(name) = token
            && let Some(name) = PermissionName::parse(&name, forms)
            && !found.iter().any(|(known, _)| *known == name)
        {
            found.push((name, span));
        }
    }
    found
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
    naming: &'a Naming<'a>,
    depth: usize,
    /// Whether a duty has no term.
    is_broken: bool,
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
        let Some((token, span)) = self.next() else {
            let end = self.text.len();
            return Err(wrong(end..end, "a permission is missing at the end".to_owned(), SAMPLE));
        };
        match token {
            Token::Name(name) => {
                let duty = (self.naming)(&name).map_err(|[message, hint]| Wrong { at: span, message, hint })?;
                self.is_broken |= duty.terms.is_empty();
                Ok(Expression::of(&duty, is_held))
            }
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
                Err(wrong(span, format!("a permission is missing before {}", token.shown()), SAMPLE))
            }
        }
    }
}

type Ways = BTreeSet<(BTreeSet<PermissionName>, BTreeSet<PermissionName>)>;

impl Expression {
    /// A duty, or that it is not exercised.
    fn of(duty: &Duty, is_held: bool) -> Self {
        let one = |name: &PermissionName, is_held: bool| Self::One { name: name.clone(), is_held };
        let term = |term: &Term| {
            let held = term.held.iter().map(|name| one(name, is_held));
            let all = held.chain(term.not_held.iter().map(|name| one(name, !is_held))).collect();
            if is_held { Self::All(all) } else { Self::Any(all) }
        };
        let terms = duty.terms.iter().map(term).collect();
        if is_held { Self::Any(terms) } else { Self::All(terms) }
    }

    /// Its terms; what is wrong and what to do where nobody, or everybody, fulfils it.
    fn fulfilled(&self) -> Result<Vec<Term>, [String; 2]> {
        let told = |message: &str, hint: &str| Err([message.to_owned(), hint.to_owned()]);
        let Some(terms) = self.terms() else {
            return told(
                &format!("there are more than {MOST_TERMS} ways to fulfil this"),
                "make it several activities, or pairs of them",
            );
        };
        if terms.is_empty() {
            return told("nobody can fulfil this: what is asked for is excluded", "take one of the two out");
        }
        if terms.iter().any(|term| term.held.is_empty()) {
            let hint = "ask for at least one permission that is held, on every side of an `or`";
            return told("whoever holds nothing fulfils this", hint);
        }
        Ok(terms)
    }

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

    fn of(held: &[&str], not_held: &[&str]) -> Term {
        let [held, not_held] = [held, not_held].map(|names| {
            names.iter().map(|name| PermissionName::parse(name, &KeyForms::default()).expect("a permission")).collect()
        });
        Term { held, not_held }
    }

    fn read(text: &str) -> Result<String, String> {
        let shown = |term: &Term| {
            let held = term.held.iter().map(ToString::to_string);
            held.chain(term.not_held.iter().map(|name| format!("!{name}"))).collect::<Vec<_>>().join(" ")
        };
        let pays = Duty { name: "pays".to_owned(), terms: vec![of(&["E/A", "E/B"], &["E/C"]), of(&["E/D"], &[])] };
        let broken = Duty { name: "broken".to_owned(), terms: Vec::new() };
        let naming = |name: &str| match [&pays, &broken].into_iter().find(|duty| duty.name == name) {
            Some(duty) => Ok(duty.clone()),
            None => PermissionName::parse(name, &KeyForms::default())
                .map(Duty::permission)
                .ok_or_else(|| [format!("`{name}` is no permission"), SAMPLE.to_owned()]),
        };
        let found = terms(text, &naming);
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
            ("pays and E/X", "E/A E/B E/X !E/C | E/D E/X"),
            ("E/X and not pays", "E/C E/X !E/D | E/X !E/A !E/D | E/X !E/B !E/D"),
            ("pays and not E/D", "E/A E/B !E/C !E/D"),
            ("not broken and E/A", ""),
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
