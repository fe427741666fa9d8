//! What stands in `users.toml`. Errors name the line and never show it, as it may hold a hash or, by a slip, a password.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use jiff::civil::Date;
use serde::Serialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Password, Role, Token, User, Users, UsersError, is_name, token};
use crate::names::suggest;

const HEADER: &str = "# Who may use the page. `ledgerline user` writes this file anew; comments are not kept.\n";

const USER_KEYS: [&str; 3] = ["roles", "password", "tokens"];
const TOKEN_KEYS: [&str; 4] = ["title", "sha256", "created_on", "expires_on"];

impl Users {
    /// Reads the text of a file.
    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, UsersError> {
        let page = Page { path, text };
        let root = DeTable::parse(text).map_err(|error| {
            let hint = "the file is TOML: a table for each user, as `ledgerline user add` writes it";
            page.wrong(error.span().unwrap_or_default(), "the text is no TOML", hint)
        })?;
        let mut by_name = BTreeMap::new();
        for (name, user) in root.get_ref() {
            if !is_name(name.get_ref()) {
                let error = UsersError::BadName { name: name.get_ref().to_string() };
                return Err(page.wrong(name.span(), error.to_string(), error.hint().unwrap_or_default()));
            }
            let user = page.user(name.get_ref(), user)?;
            by_name.insert(user.name.clone(), user);
        }
        Ok(Self { by_name })
    }

    /// The text of a file with these users.
    pub(super) fn text(&self) -> String {
        let users: BTreeMap<&str, UserRecord<'_>> =
            self.iter().map(|user| (user.name.as_str(), UserRecord::of(user))).collect();
        format!("{HEADER}\n{}", toml::to_string(&users).expect("tables, texts and days are TOML"))
    }
}

/// A user as the file has it.
#[derive(Serialize)]
struct UserRecord<'a> {
    roles: &'a BTreeSet<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tokens: Vec<TokenRecord<'a>>,
}

impl<'a> UserRecord<'a> {
    fn of(user: &'a User) -> Self {
        let token = |token: &'a Token| TokenRecord {
            title: &token.title,
            sha256: &token.sha256,
            created_on: token.created_on,
            expires_on: token.expires_on,
        };
        let password = user.password.as_ref().map(Password::kept);
        Self { roles: &user.roles, password, tokens: user.tokens.iter().map(token).collect() }
    }
}

#[derive(Serialize)]
struct TokenRecord<'a> {
    title: &'a str,
    sha256: &'a str,
    created_on: Date,
    expires_on: Date,
}

/// The text that is read, for errors that name its lines.
struct Page<'a> {
    path: &'a Path,
    text: &'a str,
}

type Value<'a> = Spanned<DeValue<'a>>;

impl Page<'_> {
    fn wrong(&self, span: Range<usize>, message: impl Into<String>, hint: impl Into<String>) -> UsersError {
        let before = self.text.bytes().take(span.start);
        let line = before.filter(|byte| *byte == b'\n').count() + 1;
        UsersError::Wrong { path: self.path.to_owned(), line, message: message.into(), hint: hint.into() }
    }

    fn user(&self, name: &str, value: &Value<'_>) -> Result<User, UsersError> {
        let table = self.table(value, &USER_KEYS)?;
        let roles = self.key(value, table, "roles")?;
        let password = table.get("password").map(|password| {
            Password::parse(self.text(password)?).map_err(|what| {
                let hint = format!("`ledgerline user password {name}` writes one");
                self.wrong(password.span(), format!("the password of `{name}` {what}"), hint)
            })
        });
        let mut tokens: Vec<Token> = Vec::new();
        for value in table.get("tokens").map(|value| self.array(value)).transpose()?.unwrap_or_default() {
            let token = self.token(value)?;
            if tokens.iter().any(|known| known.title == token.title) {
                let message = format!("`{name}` has two tokens `{}`", token.title);
                return Err(self.wrong(value.span(), message, "give each token a title of its own"));
            }
            tokens.push(token);
        }
        Ok(User { name: name.to_owned(), roles: self.roles(roles)?, password: password.transpose()?, tokens })
    }

    fn roles(&self, value: &Value<'_>) -> Result<BTreeSet<Role>, UsersError> {
        let mut roles = BTreeSet::new();
        let names = Role::ALL.map(Role::as_str);
        for item in self.array(value)? {
            let text = self.text(item)?;
            let role = Role::named(text).ok_or_else(|| {
                self.wrong(item.span(), format!("there is no role `{text}`"), suggest(text, "roles", names))
            })?;
            roles.insert(role);
        }
        if roles.is_empty() {
            return Err(self.wrong(value.span(), "a user needs a role", suggest("", "roles", names)));
        }
        Ok(roles)
    }

    fn token(&self, value: &Value<'_>) -> Result<Token, UsersError> {
        let table = self.table(value, &TOKEN_KEYS)?;
        let title = self.key(value, table, "title")?;
        if !token::is_title(self.text(title)?) {
            let error = UsersError::BadTitle;
            return Err(self.wrong(title.span(), error.to_string(), "name what the token is for, such as \"ci\""));
        }
        let sha256 = self.key(value, table, "sha256")?;
        let digits = self.text(sha256)?;
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if digits.len() != 64 || !digits.bytes().all(is_hex) {
            let hint =
                "it has 64 lower-case hexadecimal digits; `ledgerline user token` makes a token and writes its own";
            return Err(self.wrong(sha256.span(), "`sha256` is no SHA-256", hint));
        }
        let [created_on, expires_on] = ["created_on", "expires_on"].map(|key| self.day(self.key(value, table, key)?));
        Ok(Token {
            title: self.text(title)?.to_owned(),
            sha256: digits.to_owned(),
            created_on: created_on?,
            expires_on: expires_on?,
        })
    }

    fn day(&self, value: &Value<'_>) -> Result<Date, UsersError> {
        let day = self.text(value)?.parse();
        day.map_err(|_| self.wrong(value.span(), "the text is no day", "write it as \"2026-11-22\""))
    }

    /// A table without keys that it may not have.
    fn table<'v, 't>(&self, value: &'v Value<'t>, known: &[&str]) -> Result<&'v DeTable<'t>, UsersError> {
        let table = value.get_ref().as_table().ok_or_else(|| {
            let message = format!("expected a table, found {}", value.get_ref().type_str());
            self.wrong(value.span(), message, "begin a user with `[name]`, and a token with `[[name.tokens]]`")
        })?;
        match table.keys().find(|key| !known.contains(&key.get_ref().as_ref())) {
            Some(key) => {
                let hint = suggest(key.get_ref(), "keys", known.iter().copied());
                Err(self.wrong(key.span(), format!("unknown key `{}`", key.get_ref()), hint))
            }
            None => Ok(table),
        }
    }

    fn key<'v, 't>(&self, of: &Value<'_>, table: &'v DeTable<'t>, key: &str) -> Result<&'v Value<'t>, UsersError> {
        let missing = || self.wrong(of.span(), format!("`{key}` is missing"), "`ledgerline user` writes all keys");
        table.get(key).ok_or_else(missing)
    }

    fn array<'v, 't>(&self, value: &'v Value<'t>) -> Result<&'v [Value<'t>], UsersError> {
        let not = || {
            let message = format!("expected an array, found {}", value.get_ref().type_str());
            self.wrong(value.span(), message, "put it into brackets, such as `[\"viewer\"]`")
        };
        value.get_ref().as_array().map(|array| &**array).ok_or_else(not)
    }

    fn text<'v>(&self, value: &'v Value<'_>) -> Result<&'v str, UsersError> {
        let not = || {
            let message = format!("expected a text, found {}", value.get_ref().type_str());
            self.wrong(value.span(), message, "put it into quotes")
        };
        value.get_ref().as_str().ok_or_else(not)
    }
}
