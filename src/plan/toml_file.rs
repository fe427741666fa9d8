//! One TOML file: read, parsed, variables filled, held against the schema of its kind, taken into its raw struct.
//!
//! Every step reports all it finds. A file with syntax errors goes no further; a misspelt key is taken for the one it
//! is nearest to, so that what lies behind it is checked too.

use std::path::Path;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use toml::de::DeTable;

use crate::plan::codes;
use crate::plan::node::{Node, Spot, Value, content_span};
use crate::plan::schema::FileKind;
use crate::plan::shape;
use crate::plan::variables::{BadVariable, Scope};
use crate::problem::{Problem, Problems};
use crate::source::{Place, SourceFile};

/// A parsed file: what it says, with places.
pub(super) struct TomlFile {
    pub(super) file: Arc<SourceFile>,
    root: Node,
}

/// Reads a text file.
pub(super) fn read(path: &Path, problems: &mut Problems) -> Option<Arc<SourceFile>> {
    let shown = path.display();
    match std::fs::read(path).map(String::from_utf8) {
        Ok(Ok(text)) => return Some(SourceFile::new(path, text)),
        Ok(Err(error)) => problems.add(
            Problem::error(codes::UNREADABLE, format!("`{shown}` is no UTF-8 text"))
                .hint(format!("byte {} cannot be read; save the file as UTF-8", error.utf8_error().valid_up_to() + 1)),
        ),
        Err(error) => problems.add(Problem::error(codes::UNREADABLE, format!("failed to read `{shown}`: {error}"))),
    }
    None
}

impl TomlFile {
    /// Parses a file; `None` where its syntax is wrong.
    pub(super) fn parse(file: Arc<SourceFile>, problems: &mut Problems) -> Option<Self> {
        let (root, errors) = parse(&file, problems);
        (errors == 0).then_some(Self { file, root })
    }

    /// The whole file.
    /// The folder in which it lies.
    pub(super) fn folder(&self) -> &Path {
        self.file.path().parent().unwrap_or(Path::new(""))
    }

    pub(super) fn root(&self) -> Spot<'_> {
        Spot::new(&self.file, &self.root)
    }

    /// Replaces the variables of every string.
    pub(super) fn fill(&mut self, scope: &Scope<'_>, problems: &mut Problems) {
        fill(&self.file, &mut self.root, scope, problems);
    }

    /// The file as its raw struct, if it has the shape of its kind but for unknown keys.
    pub(super) fn take<T: DeserializeOwned>(&mut self, kind: FileKind, problems: &mut Problems) -> Option<T> {
        if !shape::check(&self.file, &mut self.root, kind, problems) {
            return None;
        }
        match T::deserialize(self.root.to_toml()) {
            Ok(raw) => Some(raw),
            Err(error) => {
                let reason = error.message().to_owned();
                problems.add(Problem::error(codes::NOT_TAKEN, reason).at(Place::new(&self.file, 0..0)));
                None
            }
        }
    }
}

/// What the parser read, and how many errors mean that it must not be relied on.
fn parse(file: &Arc<SourceFile>, problems: &mut Problems) -> (Node, usize) {
    let text = file.text();
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        let at = Place::new(file, span.clone());
        problems.add(if error.message().contains("duplicate key") {
            let key = text.get(span).unwrap_or_default();
            Problem::error(codes::DUPLICATE_KEY, format!("`{key}` is given twice in the same table"))
                .at(at)
                .hint("remove one of the two")
        } else {
            Problem::error(codes::SYNTAX, lower_first(error.message())).at(at)
        });
    }
    let syntax_errors = errors.iter().filter(|error| !error.message().contains("duplicate key")).count();
    let root = Node::new(0..0, 0..0, &toml::de::DeValue::Table(table.into_inner()));
    (root, syntax_errors)
}

fn lower_first(message: &str) -> String {
    let message = message.trim().replace('\n', ", ");
    let mut chars = message.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

fn fill(file: &Arc<SourceFile>, node: &mut Node, scope: &Scope<'_>, problems: &mut Problems) {
    match &mut node.value {
        Value::Text(text) if text.contains('$') => match scope.fill(text) {
            Ok(filled) => *text = filled,
            Err(bad) => {
                let content = Place::new(file, content_span(file.text(), &node.span));
                for bad in bad {
                    problems.add(variable_problem(bad, &content, text));
                }
                node.value = Value::Unfilled;
            }
        },
        Value::Array(items) => items.iter_mut().for_each(|item| fill(file, item, scope, problems)),
        Value::Table(entries) => entries.iter_mut().for_each(|(_, node)| fill(file, node, scope, problems)),
        _ => {}
    }
}

fn variable_problem(bad: BadVariable, content: &Place, text: &str) -> Problem {
    match bad {
        BadVariable::Unset { name, at } => {
            Problem::error(codes::UNSET_VARIABLE, format!("variable `{name}` is not set"))
                .at(content.within(text, at))
                .hint(format!("give it with `--var {name}=..`, under `[vars]` of the plan, or in the environment"))
        }
        BadVariable::Malformed { at } => Problem::error(codes::BAD_VARIABLE, "`${` needs a name and `}` behind it")
            .at(content.within(text, at))
            .hint("write `$${` for a literal `${`"),
    }
}
