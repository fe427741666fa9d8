//! One value, read more strictly than JSON asks for: a key that stands twice has two meanings, and a value nested
//! hundreds of levels deep has none.

use std::borrow::Cow;

use super::cursor::Cursor;

/// Levels a record may have.
const DEEPEST: usize = 64;

/// A value that still knows its text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Null,
    /// A number or a boolean, as it is written.
    Literal(&'a str),
    Text(String),
    Array(&'a str, Vec<Value<'a>>),
    Object(&'a str, Object<'a>),
}

/// The entries of an object, in the order of the file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Object<'a>(Vec<(String, Value<'a>)>);

/// Parses one value, whatever the text.
///
/// # Errors
/// The reason as a lower-case fragment.
pub(crate) fn parse(text: &str) -> Result<Value<'_>, String> {
    let mut cursor = Cursor::new(text);
    // Checks the whole syntax without recursion before anything descends into it.
    cursor.value().map_err(|fault| fault.message)?;
    if !cursor.is_at_end() {
        return Err(cursor.unexpected("the end of the record").message);
    }
    parse_checked(text)
}

/// Parses one value whose syntax is known to be right.
///
/// # Errors
/// The reason as a lower-case fragment.
pub(super) fn parse_checked(text: &str) -> Result<Value<'_>, String> {
    descend(&mut Cursor::new(text), 0)
}

fn descend<'a>(cursor: &mut Cursor<'a>, depth: usize) -> Result<Value<'a>, String> {
    let next = cursor.peek();
    let start = cursor.at;
    match next {
        Some(b'{' | b'[') if depth == DEEPEST => Err(format!("nested deeper than {DEEPEST} levels")),
        Some(b'{') => {
            let object = entries(cursor, depth + 1)?;
            Ok(Value::Object(cursor.since(start), object))
        }
        Some(b'[') => {
            let items = items(cursor, depth + 1)?;
            Ok(Value::Array(cursor.since(start), items))
        }
        Some(b'"') => cursor.string().map(Value::Text).map_err(|fault| fault.message),
        _ => match cursor.value().map_err(|fault| fault.message)? {
            "null" => Ok(Value::Null),
            literal => Ok(Value::Literal(literal)),
        },
    }
}

fn items<'a>(cursor: &mut Cursor<'a>, depth: usize) -> Result<Vec<Value<'a>>, String> {
    let mut items = Vec::new();
    cursor.take(b'[');
    while !cursor.take(b']') {
        items.push(descend(cursor, depth)?);
        cursor.take(b',');
    }
    Ok(items)
}

fn entries<'a>(cursor: &mut Cursor<'a>, depth: usize) -> Result<Object<'a>, String> {
    let mut entries = Vec::new();
    cursor.take(b'{');
    while !cursor.take(b'}') {
        let key = cursor.key().map_err(|fault| fault.message)?;
        entries.push((key, descend(cursor, depth)?));
        cursor.take(b',');
    }
    let mut keys: Vec<&str> = entries.iter().map(|(key, _)| key.as_str()).collect();
    keys.sort_unstable();
    match keys.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("the key `{}` stands twice in one object", pair[0])),
        None => Ok(Object(entries)),
    }
}

impl<'a> Object<'a> {
    /// The value of a key.
    pub(super) fn get(&self, wanted: &str) -> Option<&Value<'a>> {
        self.0.iter().find(|(key, _)| key == wanted).map(|(_, value)| value)
    }

    /// The keys in order.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| key.as_str())
    }
}

impl Value<'_> {
    /// The value as the text of a cell; `None` for null. Objects and arrays are compact JSON.
    pub(super) fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Value::Null => None,
            Value::Literal(text) => Some(Cow::Borrowed(text)),
            Value::Text(text) => Some(Cow::Borrowed(text)),
            Value::Array(text, _) | Value::Object(text, _) => Some(Cow::Owned(compact(text))),
        }
    }
}

/// JSON without the blanks between its tokens.
fn compact(text: &str) -> String {
    let (mut is_in_string, mut is_escaped) = (false, false);
    let is_kept = |c: &char| {
        let is_kept = is_in_string || !c.is_ascii_whitespace();
        is_in_string ^= *c == '"' && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        is_kept
    };
    text.chars().filter(is_kept).collect()
}
