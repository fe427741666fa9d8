//! A source file as the checker sees it: without comments, texts and tests, and with the paths it names.

/// One file below `src/`.
pub(super) struct SourceFile {
    /// Path below `src/`.
    pub(super) path: String,
    /// Whether it begins with `//!`.
    pub(super) opens_with_its_purpose: bool,
    /// Lines but those of its test module.
    pub(super) lines: usize,
    /// The code but its test module, without comments and texts.
    pub(super) code: String,
}

impl SourceFile {
    pub(super) fn new(path: &str, text: &str) -> Self {
        let production = text.find("#[cfg(test)]\nmod tests {").map_or(text, |end| &text[..end]);
        Self {
            path: path.to_owned(),
            opens_with_its_purpose: text.starts_with("//!"),
            lines: production.lines().count(),
            code: without_comments_and_texts(production),
        }
    }

    /// Whether the whole file is test code.
    pub(super) fn is_test(&self) -> bool {
        self.path.ends_with("tests.rs") || self.path.contains("/tests/") || self.path == "stages/check.rs"
    }

    /// Its module, from the root of the crate.
    pub(super) fn module(&self) -> Vec<&str> {
        let stem = self.path.trim_end_matches(".rs");
        let stem = stem.strip_suffix("/mod").unwrap_or(stem);
        stem.split('/').collect()
    }

    /// Every path that begins with one of some roots, groups taken apart; `super` is resolved, so that paths of the
    /// crate begin with `crate`.
    pub(super) fn paths(&self, roots: &[&str]) -> Vec<Vec<String>> {
        let tokens = tokens(&self.code);
        let mut paths = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            let continues = at > 0 && (tokens[at - 1] == "::" || tokens[at - 1] == ".");
            if roots.contains(token) && !continues {
                follow(&tokens, at, &[], &mut paths);
            }
        }
        paths.into_iter().map(|path| self.resolve_super(path)).collect()
    }

    fn resolve_super(&self, path: Vec<String>) -> Vec<String> {
        let supers = path.iter().take_while(|segment| *segment == "super").count();
        if supers == 0 {
            return path;
        }
        let module = self.module();
        let above = module[..module.len().saturating_sub(supers)].iter().map(|segment| (*segment).to_owned());
        ["crate".to_owned()].into_iter().chain(above).chain(path.into_iter().skip(supers)).collect()
    }
}

/// Follows a path from a token on; gives where it ends.
fn follow(tokens: &[&str], at: usize, before: &[String], paths: &mut Vec<Vec<String>>) -> usize {
    let mut path = before.to_vec();
    let mut at = at;
    loop {
        match tokens.get(at) {
            Some(&"{") => {
                at += 1;
                while tokens.get(at).is_some_and(|token| *token != "}") {
                    at = follow(tokens, at, &path, paths);
                    if tokens.get(at) == Some(&",") {
                        at += 1;
                    }
                }
                return at + 1;
            }
            Some(token) => path.push((*token).to_owned()),
            None => break,
        }
        at += 1;
        if tokens.get(at) != Some(&"::") {
            break;
        }
        at += 1;
    }
    paths.push(path);
    // A new name (`as x`) is no part of the path.
    while tokens.get(at).is_some_and(|token| !["{", "}", ",", ";"].contains(token)) {
        at += 1;
    }
    at
}

/// Words, `::`, and single signs.
fn tokens(code: &str) -> Vec<&str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut tokens = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if is_word(first) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        tokens.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    tokens
}

/// The code with a blank for each comment, text and character.
fn without_comments_and_texts(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(length) = raw_text(rest, &code) {
            length
        } else if first == '"' {
            quoted(rest, '"')
        } else if first == '\'' && is_character(rest) {
            quoted(rest, '\'')
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        code.push(' ');
        rest = &rest[skipped..];
    }
    code
}

/// The length of a raw text that begins here.
fn raw_text(rest: &str, before: &str) -> Option<usize> {
    if before.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let hashes = rest.strip_prefix('r')?.chars().take_while(|c| *c == '#').count();
    let opening = 1 + hashes;
    if !rest[opening..].starts_with('"') {
        return None;
    }
    let closing = format!("\"{}", "#".repeat(hashes));
    let end = rest[opening + 1..].find(&closing)?;
    Some(opening + 1 + end + closing.len())
}

/// The length of what stands between two quotes, with them.
fn quoted(rest: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Whether a `'` begins a character, not a lifetime.
fn is_character(rest: &str) -> bool {
    let mut next = rest.chars().skip(1);
    match next.next() {
        Some('\\') => true,
        Some(_) => next.next() == Some('\''),
        None => false,
    }
}
