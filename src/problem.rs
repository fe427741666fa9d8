//! Problems with what people wrote: a code, a place, what is wrong and what to do. Collected, never thrown one by one.
//!
//! A message is a lower-case fragment with its values in backticks and no full stop; a hint says what to do.

use std::fmt;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Serialize;

use crate::source::Place;

/// A kind of problem, with a name that never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// `LL` and four digits.
    pub id: &'static str,
    /// What such problems are about.
    pub about: &'static str,
}

impl Code {
    /// A code of that name.
    #[must_use]
    pub const fn new(id: &'static str, about: &'static str) -> Self {
        Self { id, about }
    }
}

/// Whether a problem stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing runs.
    Error,
    /// Probably not what was meant.
    Warning,
}

/// One thing that is wrong.
#[derive(Debug, Clone)]
pub struct Problem {
    /// What kind of problem it is.
    pub code: Code,
    /// Whether it stands in the way.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Where; `None` where no file can be named.
    pub place: Option<Place>,
    /// What to do.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem that stands in the way.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Error, message: message.into(), place: None, hint: None }
    }

    /// A problem that does not stand in the way.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// The same problem, at a place.
    #[must_use]
    pub fn at(self, place: Place) -> Self {
        Self { place: Some(place), ..self }
    }

    /// The same problem, with what to do about it.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    fn group(&self) -> Group<'_> {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut group = Group::with_title(level.primary_title(self.message.as_str()).id(self.code.id));
        if let Some(place) = &self.place {
            group = group.element(
                Snippet::source(place.file.text())
                    .path(place.file.path().to_string_lossy())
                    .annotation(AnnotationKind::Primary.span(place.file.clamp(&place.span))),
            );
        }
        match &self.hint {
            Some(hint) => group.element(Level::HELP.with_name("hint").message(hint.as_str())),
            None => group,
        }
    }
}

/// A problem as `--format json` shows it.
#[derive(Serialize)]
struct ProblemRecord<'a> {
    code: &'a str,
    severity: Severity,
    message: &'a str,
    file: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    hint: Option<&'a str>,
}

impl Serialize for Problem {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let start = self.place.as_ref().map(|place| place.file.position(place.span.start));
        let end = self.place.as_ref().map(|place| place.file.position(place.span.end));
        ProblemRecord {
            code: self.code.id,
            severity: self.severity,
            message: &self.message,
            file: self.place.as_ref().map(|place| place.file.path().to_string_lossy().into_owned()),
            line: start.map(|(line, _)| line),
            column: start.map(|(_, column)| column),
            end_line: end.map(|(line, _)| line),
            end_column: end.map(|(_, column)| column),
            hint: self.hint.as_deref(),
        }
        .serialize(serializer)
    }
}

/// How problems are shown to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// For files and pipes.
    Plain,
    /// With the colours of a terminal.
    Coloured,
}

/// All problems of what was read, by file and position; those without a file come first.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(transparent)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// No problems.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one more, at its place in the order.
    pub fn add(&mut self, problem: Problem) {
        let at = self.0.partition_point(|known| sort_key(known) <= sort_key(&problem));
        self.0.insert(at, problem);
    }

    /// Takes all of `others`.
    pub fn extend(&mut self, others: Self) {
        for problem in others.0 {
            self.add(problem);
        }
    }

    /// Whether nothing at all was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many of that severity there are.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.0.iter().filter(|problem| problem.severity == severity).count()
    }

    /// Whether any of them stands in the way.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// Each in order.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }

    /// All of them as text, as rustc shows its own, with an empty line between two and a line break at the end.
    #[must_use]
    pub fn render(&self, look: Look) -> String {
        let renderer = match look {
            Look::Plain => Renderer::plain(),
            Look::Coloured => Renderer::styled(),
        };
        let shown: Vec<String> = self.0.iter().map(|problem| renderer.render(&[problem.group()])).collect();
        shown.iter().map(|problem| format!("{problem}\n")).collect::<Vec<_>>().join("\n")
    }
}

fn sort_key(problem: &Problem) -> Option<(&std::path::Path, usize, usize)> {
    problem.place.as_ref().map(|place| (place.file.path(), place.span.start, place.span.end))
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Look::Plain))
    }
}

impl std::error::Error for Problems {}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::*;
    use crate::source::SourceFile;

    const CODE: Code = Code::new("LL9999", "tests");

    fn two_problems() -> Problems {
        let file = SourceFile::new("plans/weekly.toml", "[plan]\ntitle = 3\nteh = \"x\"\n");
        let mut problems = Problems::new();
        problems.add(Problem::warning(CODE, "unknown key `teh`").at(Place::new(&file, 17..20)).hint("remove it"));
        problems.add(Problem::error(CODE, "expected a string").at(Place::new(&file, 15..16)));
        problems
    }

    #[test]
    fn problems_are_shown_in_the_order_of_the_file() {
        assert_eq!(
            two_problems().render(Look::Plain),
            "\
error[LL9999]: expected a string
 --> plans/weekly.toml:2:9
  |
2 | title = 3
  |         ^

warning[LL9999]: unknown key `teh`
 --> plans/weekly.toml:3:1
  |
3 | teh = \"x\"
  | ^^^
  |
  = hint: remove it
"
        );
        assert!(two_problems().render(Look::Coloured).contains('\u{1b}'));
    }

    #[test]
    fn a_problem_as_json_has_line_and_column() {
        let json = serde_json::to_string(&two_problems()).unwrap();
        assert!(json.starts_with(
            r#"[{"code":"LL9999","severity":"error","message":"expected a string","file":"plans/weekly.toml","line":2,"column":9,"end_line":2,"end_column":10,"hint":null}"#
        ));
    }

    #[test]
    fn a_span_beyond_the_text_is_shown_at_its_end() {
        let mut problems = Problems::new();
        let file = SourceFile::new("a.toml", "é");
        for span in [0..99, 1..1, 50..60, Range { start: 2, end: 1 }] {
            problems.add(Problem::error(CODE, "odd").at(Place::new(&file, span)));
        }
        assert_eq!(problems.render(Look::Plain).matches("a.toml:1:").count(), 4);
    }
}
