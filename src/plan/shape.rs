//! Whether a file has the shape its schema asks for: keys, types, allowed values. All that is wrong, at its place.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::names::{any_of, nearest, suggest};
use crate::plan::codes;
use crate::plan::node::{Node, Spot, Value};
use crate::plan::schema::{self, FileKind};
use crate::plan::units::check_format;
use crate::problem::{Problem, Problems};
use crate::source::{Place, SourceFile};

/// Checks `root` against the schema of its kind and says whether it can be taken into its raw struct. Unknown keys
/// are reported and then taken for the nearest known one, or away: they do not stand in the way.
pub(super) fn check(file: &Arc<SourceFile>, root: &mut Node, kind: FileKind, problems: &mut Problems) -> bool {
    let whole = schema::cached(kind);
    let definitions = whole.get("$defs").and_then(Json::as_object);
    let mut walk = Walk { file, definitions, problems, is_sound: true };
    walk.node(root, whole, &mut Vec::new());
    walk.is_sound
}

struct Walk<'a> {
    file: &'a Arc<SourceFile>,
    definitions: Option<&'a Map<String, Json>>,
    problems: &'a mut Problems,
    is_sound: bool,
}

impl<'a> Walk<'a> {
    fn node(&mut self, node: &mut Node, schema: &'a Json, path: &mut Vec<String>) {
        let alternatives = self.alternatives(schema);
        if matches!(node.value, Value::Unfilled) {
            self.is_sound = false;
            return;
        }
        let fitting: Vec<&'a Json> = alternatives.iter().copied().filter(|one| has_type(node, one)).collect();
        let Some(first) = fitting.first().copied() else {
            self.wrong_type(node, schema, &alternatives);
            return;
        };
        self.allowed(node, &fitting);
        self.bounds(node, first);
        match &mut node.value {
            Value::Text(text) => {
                let least = first.get("minLength").and_then(Json::as_u64).unwrap_or(0);
                if least > 0 && text.trim().is_empty() {
                    self.reject(node, |spot| spot.error(codes::NOT_ALLOWED, "the text must not be empty"));
                    return;
                }
                let format = first.get("format").and_then(Json::as_str).unwrap_or_default();
                if let Err(bad) = check_format(format, text) {
                    let hint = bad.hint;
                    self.reject(node, |spot| spot.error(codes::BAD_UNIT, bad.to_string()).hint(hint));
                }
            }
            Value::Array(items) => {
                let least = first.get("minItems").and_then(Json::as_u64).unwrap_or(0);
                if (items.len() as u64) < least {
                    self.is_sound = false;
                    let place = Place::new(self.file, node.span.clone());
                    self.problems.add(Problem::error(codes::NOT_ALLOWED, "the array must not be empty").at(place));
                }
                if let Some(of) = first.get("items") {
                    for item in items {
                        self.node(item, of, path);
                    }
                }
            }
            Value::Table(_) => self.table(node, first, path),
            _ => {}
        }
    }

    fn table(&mut self, node: &mut Node, schema: &'a Json, path: &mut Vec<String>) {
        let empty = Map::new();
        let properties = schema.get("properties").and_then(Json::as_object);
        let others = schema.get("additionalProperties");
        if others == Some(&Json::Bool(false)) {
            self.rename_unknown(node, properties.unwrap_or(&empty), path);
        }
        self.missing(node, schema, path);
        let Value::Table(entries) = &mut node.value else { return };
        for (key, value) in entries {
            let Some(of) = properties.and_then(|known| known.get(key)).or(others) else { continue };
            path.push(key.clone());
            self.node(value, of, path);
            path.pop();
        }
    }

    /// Reports unknown keys, and takes each for the nearest known key that is not given, or out of the table.
    fn rename_unknown(&mut self, node: &mut Node, known: &Map<String, Json>, path: &[String]) {
        let Value::Table(entries) = &mut node.value else { return };
        let mut kept: Vec<(String, Node)> = Vec::with_capacity(entries.len());
        let mut unknown = Vec::new();
        for (key, value) in std::mem::take(entries) {
            if known.contains_key(&key) { kept.push((key, value)) } else { unknown.push((key, value)) }
        }
        for (key, value) in unknown {
            let hint = suggest(&key, "known keys", known.keys().map(String::as_str));
            let problem = Problem::error(codes::UNKNOWN_KEY, format!("unknown key `{key}` in {}", shown(path)))
                .at(Place::new(self.file, value.key_span.clone()))
                .hint(hint);
            self.problems.add(problem);
            let is_given = |name: &str| kept.iter().any(|(given, _)| given == name);
            if let Some(meant) = nearest(&key, known.keys().map(String::as_str)).filter(|meant| !is_given(meant)) {
                kept.push((meant.to_owned(), value));
            }
        }
        *entries = kept;
    }

    fn missing(&mut self, node: &Node, schema: &Json, path: &[String]) {
        let Value::Table(entries) = &node.value else { return };
        let required = schema.get("required").and_then(Json::as_array);
        for key in required.into_iter().flatten().filter_map(Json::as_str) {
            if !entries.iter().any(|(given, _)| given == key) {
                let about = schema.pointer(&format!("/properties/{key}")).and_then(|of| self.description(of));
                self.reject(node, |spot| {
                    let problem = spot.error(codes::MISSING_KEY, format!("`{key}` is missing in {}", shown(path)));
                    match about {
                        Some(about) => problem.hint(format!("add `{key}`: {about}")),
                        None => problem.hint(format!("add `{key}`")),
                    }
                });
            }
        }
    }

    fn description(&self, schema: &Json) -> Option<String> {
        let resolved = self.resolve(schema);
        let text = schema.get("description").or_else(|| resolved.get("description"))?.as_str()?;
        let line: String = text.lines().next()?.trim_end_matches('.').to_owned();
        let mut chars = line.chars();
        chars.next().map(|first| first.to_lowercase().chain(chars).collect())
    }

    /// A string among named ones only.
    fn allowed(&mut self, node: &Node, fitting: &[&Json]) {
        let Value::Text(text) = &node.value else { return };
        let mut names = Vec::new();
        for one in fitting {
            match (one.get("const"), one.get("enum")) {
                (Some(Json::String(name)), _) => names.push(name.as_str()),
                (_, Some(Json::Array(several))) => names.extend(several.iter().filter_map(Json::as_str)),
                _ => return,
            }
        }
        if !names.contains(&text.as_str()) {
            self.reject(node, |spot| {
                let message = format!("`{text}` is not {}", any_of(names.iter().copied()));
                let problem = spot.error(codes::NOT_ALLOWED, message);
                match nearest(text, names) {
                    Some(near) => problem.hint(format!("did you mean `{near}`?")),
                    None => problem,
                }
            });
        }
    }

    fn bounds(&mut self, node: &Node, schema: &Json) {
        let number = match node.value {
            Value::Integer(number) => number,
            Value::HugeInteger => {
                self.reject(node, |spot| spot.error(codes::NOT_ALLOWED, "the number is too large"));
                return;
            }
            Value::Float(number) if !number.is_finite() => {
                self.reject(node, |spot| spot.error(codes::NOT_ALLOWED, "the number is not finite"));
                return;
            }
            _ => return,
        };
        let bound = |name: &str| schema.get(name).and_then(Json::as_i64);
        let least = bound("minimum").unwrap_or(i64::MIN);
        let most = bound("maximum").unwrap_or(match schema.get("format").and_then(Json::as_str) {
            Some("uint8") => i64::from(u8::MAX),
            Some("uint16") => i64::from(u16::MAX),
            Some("uint32") => i64::from(u32::MAX),
            _ => i64::MAX,
        });
        if number < least || number > most {
            let range = if number < least { format!("at least {least}") } else { format!("at most {most}") };
            self.reject(node, |spot| spot.error(codes::NOT_ALLOWED, format!("`{number}` must be {range}")));
        }
    }

    fn wrong_type(&mut self, node: &Node, schema: &Json, alternatives: &[&Json]) {
        let mut wanted: Vec<&str> = alternatives.iter().filter_map(|one| wanted_type(one)).collect();
        wanted.dedup();
        let hint = std::iter::once(schema).chain(alternatives.iter().copied()).find_map(|one| one.get("x-hint"));
        let wants_text = wanted == ["a string"] && !matches!(node.value, Value::Array(_) | Value::Table(_));
        self.reject(node, |spot| {
            let message = format!("expected {}, found {}", wanted.join(" or "), node.type_name());
            let problem = spot.error(codes::WRONG_TYPE, message);
            match hint.and_then(Json::as_str) {
                Some(hint) => problem.hint(hint),
                None if wants_text => problem.hint("put it in quotes"),
                None if wanted == ["an array"] => problem.hint("put it in square brackets"),
                None if matches!(node.value, Value::Text(_)) => problem.hint("write it without quotes"),
                None => problem,
            }
        });
    }

    fn reject(&mut self, node: &Node, problem: impl FnOnce(Spot<'_>) -> Problem) {
        self.is_sound = false;
        self.problems.add(problem(Spot::new(self.file, node)));
    }

    fn resolve(&self, schema: &'a Json) -> &'a Json {
        let name = schema.get("$ref").and_then(Json::as_str).and_then(|path| path.strip_prefix("#/$defs/"));
        name.and_then(|name| self.definitions?.get(name)).unwrap_or(schema)
    }

    /// The schemas one of which must hold.
    fn alternatives(&self, schema: &'a Json) -> Vec<&'a Json> {
        let schema = self.resolve(schema);
        match schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Json::as_array) {
            Some(several) => several.iter().flat_map(|one| self.alternatives(one)).collect(),
            None => vec![schema],
        }
    }
}

fn has_type(node: &Node, schema: &Json) -> bool {
    let wanted = schema.get("type").and_then(Json::as_str);
    let fits = |wanted: &str| match node.value {
        Value::Text(_) | Value::Unfilled => wanted == "string",
        Value::Integer(_) | Value::HugeInteger => matches!(wanted, "integer" | "number"),
        Value::Float(_) => wanted == "number",
        Value::Boolean(_) => wanted == "boolean",
        Value::Array(_) => wanted == "array",
        Value::Table(_) => wanted == "object",
        Value::Datetime(_) => false,
    };
    wanted.is_none_or(fits)
}

fn wanted_type(schema: &Json) -> Option<&'static str> {
    match schema.get("type")?.as_str()? {
        "string" => Some("a string"),
        "integer" => Some("an integer"),
        "number" => Some("a number"),
        "boolean" => Some("a boolean"),
        "array" => Some("an array"),
        "object" => Some("a table"),
        _ => None,
    }
}

fn shown(path: &[String]) -> String {
    if path.is_empty() { "the file".to_owned() } else { format!("`[{}]`", path.join(".")) }
}
