//! Tests in the header of a rule: small tables in, the rows of the answer.
//!
//! ```text
//! -- test: an account that nobody used for long is found
//! -- with as_of = 2026-11-21
//! -- given accounts | uid | last_logon_on
//! --                | 1   | 2026-01-01
//! --                | 2   | 2026-11-01
//! -- expect | uid
//! --        | 1
//! ```

use jiff::civil::Date;

use crate::ids::is_slug;
use crate::plan::codes;
use crate::plan::rule::reads_as;
use crate::problem::{Problem, Problems};
use crate::settings::rules::{AS_OF, Grid, Parameter, RuleTest, type_name};
use crate::source::Place;

/// The tests of a header, line by line.
#[derive(Default)]
pub(super) struct Tests {
    tests: Vec<RuleTest>,
    /// Whether rows now belong to what is expected, and no longer to a table that is given.
    is_expecting: bool,
}

impl Tests {
    /// Begins a test.
    pub(super) fn begin(&mut self, name: &str, place: Place) {
        self.is_expecting = false;
        let test =
            RuleTest { name: name.to_owned(), place, as_of: None, with: Vec::new(), given: Vec::new(), expected: None };
        self.tests.push(test);
    }

    /// Takes a line if it is one of a test; says what is wrong with it otherwise. Other comments are none.
    pub(super) fn line(&mut self, comment: &str, place: &Place) -> Result<(), Box<Problem>> {
        let bad = |message: &str, hint: &str| {
            Box::new(Problem::error(codes::BAD_HEADER, message).at(place.clone()).hint(hint))
        };
        let Some(test) = self.tests.last_mut() else {
            let is_row = comment.starts_with('|');
            return if is_row { Err(bad("a row without a test", "begin with `-- test: ..`")) } else { Ok(()) };
        };
        if let Some(setting) = comment.strip_prefix("with ") {
            let (name, value) =
                setting.split_once('=').ok_or_else(|| bad("no value is set", "write `-- with days = 30`"))?;
            test.with.push((name.trim().to_owned(), value.trim().to_owned(), place.clone()));
            return Ok(());
        }
        let Some((what, cells)) = comment.split_once('|') else { return Ok(()) };
        let cells: Vec<&str> = cells.split('|').map(str::trim).collect();
        let grid = || Grid {
            columns: cells.iter().map(|cell| (*cell).to_owned()).collect(),
            rows: Vec::new(),
            place: place.clone(),
        };
        match what.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["given", table] => {
                self.is_expecting = false;
                test.given.push(((*table).to_owned(), grid()));
            }
            ["expect"] if test.expected.is_none() => {
                self.is_expecting = true;
                test.expected = Some(grid());
            }
            ["expect"] => return Err(bad("a test expects once", "begin another one with `-- test: ..`")),
            [] => {
                let open = if self.is_expecting {
                    test.expected.as_mut()
                } else {
                    test.given.last_mut().map(|(_, grid)| grid)
                };
                let open =
                    open.ok_or_else(|| bad("a row of no table", "write `-- given TABLE | COLUMN | ..` above it"))?;
                if cells.len() != open.columns.len() {
                    let message = format!("{} cells where {} columns are", cells.len(), open.columns.len());
                    return Err(bad(&message, "an empty cell is null, and `''` the empty text"));
                }
                let cell = |cell: &&str| match *cell {
                    "" => None,
                    "''" => Some(String::new()),
                    plain => Some(plain.to_owned()),
                };
                open.rows.push(cells.iter().map(cell).collect());
            }
            _ => {
                return Err(bad(
                    "this is no line of a test",
                    "write `-- given TABLE | COLUMN | ..` or `-- expect | COLUMN | ..`",
                ));
            }
        }
        Ok(())
    }

    /// The tests, once the parameters of the rule are known.
    pub(super) fn checked(self, parameters: &[Parameter], needs_as_of: bool, problems: &mut Problems) -> Vec<RuleTest> {
        let mut tests = self.tests;
        for test in &mut tests {
            for (name, value, place) in &mut test.with {
                let text =
                    value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(value).to_owned();
                let kind = parameters.iter().find(|parameter| parameter.name == *name).map(|parameter| parameter.kind);
                let problem = match kind {
                    None if name == AS_OF => {
                        test.as_of = text.parse::<Date>().ok();
                        (test.as_of.is_none()).then(|| format!("`{text}` is no day of the form 2026-11-21"))
                    }
                    None => Some(format!("`{name}` is no parameter of this rule")),
                    Some(kind) => {
                        (!reads_as(&text, kind)).then(|| format!("parameter `{name}` is {}", type_name(kind)))
                    }
                };
                if let Some(message) = problem {
                    problems.add(Problem::error(codes::BAD_HEADER, message).at(place.clone()));
                }
                *value = text;
            }
            for grid in test.given.iter().map(|(_, grid)| grid).chain(&test.expected) {
                for column in grid.columns.iter().filter(|column| !is_slug(column)) {
                    let problem = Problem::error(codes::BAD_HEADER, format!("`{column}` is no column"));
                    problems.add(problem.at(grid.place.clone()));
                }
            }
            let lacks = match (&test.expected, test.as_of) {
                (None, _) => {
                    Some(("a test says what it expects", "add `-- expect | COLUMN | ..`, with or without rows"))
                }
                (_, None) if needs_as_of && !test.with.iter().any(|(name, ..)| name == AS_OF) => {
                    Some(("the query asks for the day of the load", "add `-- with as_of = 2026-11-21`"))
                }
                _ => None,
            };
            if let Some((message, hint)) = lacks {
                problems.add(Problem::error(codes::BAD_HEADER, message).at(test.place.clone()).hint(hint));
            }
        }
        tests
    }
}
