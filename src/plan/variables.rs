//! Variables in strings: `${NAME}` is replaced, `$${` stands for `${`. Nothing else of a file is a template.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Where values of variables come from, but for the plan: first what the caller gives, last the environment.
pub struct Variables<'a> {
    given: &'a BTreeMap<String, String>,
    environment: &'a dyn Fn(&str) -> Option<String>,
    used: RefCell<BTreeSet<String>>,
    taken: RefCell<BTreeMap<String, String>>,
}

/// What is wrong with a variable in a string.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BadVariable {
    /// It has no value.
    Unset { name: String, at: Range<usize> },
    /// `${` is not followed by a name and `}`.
    Malformed { at: Range<usize> },
}

impl<'a> Variables<'a> {
    /// Variables given by the caller (`--var NAME=value`), with the environment behind them.
    #[must_use]
    pub fn new(given: &'a BTreeMap<String, String>, environment: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { given, environment, used: RefCell::default(), taken: RefCell::default() }
    }

    /// Those that were given and that nothing has asked for so far.
    #[must_use]
    pub fn unused(&self) -> Vec<&'a str> {
        let used = self.used.borrow();
        self.given.keys().map(String::as_str).filter(|name| !used.contains(*name)).collect()
    }

    /// Those that the environment gave so far, with their values.
    #[must_use]
    pub fn taken(&self) -> BTreeMap<String, String> {
        self.taken.borrow().clone()
    }

    /// The value that the environment has, which is then known to be used.
    fn of_environment(&self, name: &str) -> Option<String> {
        let value = (self.environment)(name)?;
        self.taken.borrow_mut().insert(name.to_owned(), value.clone());
        Some(value)
    }

    /// The value given by the caller, where there is one.
    pub(super) fn given(&self, name: &str) -> Option<&'a str> {
        self.used.borrow_mut().insert(name.to_owned());
        self.given.get(name).map(String::as_str)
    }
}

/// Variables as one file sees them: those of the caller, those of the plan, the environment.
pub(super) struct Scope<'a> {
    pub(super) variables: &'a Variables<'a>,
    pub(super) plan: &'a BTreeMap<String, String>,
}

impl Scope<'_> {
    fn value(&self, name: &str) -> Option<String> {
        let given = self.variables.given(name).or_else(|| self.plan.get(name).map(String::as_str));
        given.map(str::to_owned).or_else(|| self.variables.of_environment(name))
    }

    /// `text` with every variable replaced, or all that is wrong with them.
    pub(super) fn fill(&self, text: &str) -> Result<String, Vec<BadVariable>> {
        let mut filled = String::with_capacity(text.len());
        let mut bad = Vec::new();
        let mut at = 0;
        while let Some(found) = text[at..].find('$') {
            let dollar = at + found;
            filled.push_str(&text[at..dollar]);
            let rest = &text[dollar..];
            if rest.starts_with("$${") {
                filled.push_str("${");
                at = dollar + 3;
            } else if let Some(behind) = rest.strip_prefix("${") {
                let name = &behind[..behind.find(|c: char| !is_name_part(c)).unwrap_or(behind.len())];
                let is_closed = behind[name.len()..].starts_with('}');
                at = dollar + 2 + name.len() + usize::from(is_closed);
                if !is_closed || name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
                    bad.push(BadVariable::Malformed { at: dollar..at });
                } else if let Some(value) = self.value(name) {
                    filled.push_str(&value);
                } else {
                    bad.push(BadVariable::Unset { name: name.to_owned(), at: dollar..at });
                }
            } else {
                filled.push('$');
                at = dollar + 1;
            }
        }
        filled.push_str(&text[at..]);
        if bad.is_empty() { Ok(filled) } else { Err(bad) }
    }
}

fn is_name_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn fill(text: &str) -> Result<String, Vec<BadVariable>> {
        let environment = |name: &str| matches!(name, "a" | "b" | "c").then(|| "environment".to_owned());
        let (given, plan) = (map(&[("a", "given")]), map(&[("a", "plan"), ("b", "plan")]));
        Scope { variables: &Variables::new(&given, &environment), plan: &plan }.fill(text)
    }

    #[test]
    fn the_caller_wins_over_the_plan_and_the_plan_over_the_environment() {
        assert_eq!(fill("${a} ${b} ${c}").as_deref(), Ok("given plan environment"));
    }

    #[test]
    fn a_doubled_dollar_is_literal_and_a_lone_one_is_itself() {
        assert_eq!(fill("$${a} $5 $ ^x$").as_deref(), Ok("${a} $5 $ ^x$"));
    }

    #[test]
    fn every_bad_variable_is_named_with_its_place() {
        assert_eq!(
            fill("${x}/${a}/${no t}/${"),
            Err(vec![
                BadVariable::Unset { name: "x".to_owned(), at: 0..4 },
                BadVariable::Malformed { at: 10..14 },
                BadVariable::Malformed { at: 18..20 },
            ])
        );
    }

    #[test]
    fn a_given_variable_that_nothing_asks_for_is_told() {
        let given = map(&[("load", "w1"), ("laod", "w2")]);
        let variables = Variables::new(&given, &|_| None);
        assert!(Scope { variables: &variables, plan: &map(&[]) }.fill("${load}").is_ok());
        assert_eq!(variables.unused(), ["laod"]);
    }
}
