//! Who may use the page, and what each may do there: local users, with passwords and tokens, in one TOML file.

mod error;
mod file;
mod password;
#[cfg(test)]
mod tests;
mod text;
mod token;

use std::collections::{BTreeMap, BTreeSet, btree_map};

use jiff::civil::Date;

pub use self::error::UsersError;
pub use self::password::Password;
pub use self::token::Token;
use crate::names::nearest;
pub use crate::settings::role::{May, Role};

/// Somebody, or some program, that may use the page.
#[derive(Debug, Clone)]
pub struct User {
    /// Lower case, as it is typed and as the log will say.
    pub name: String,
    /// Never empty.
    pub roles: BTreeSet<Role>,
    /// What is kept of the password; `None` = this user is signed in by a proxy or a provider only.
    pub password: Option<Password>,
    /// What programs show in place of a password, the oldest first. No two have one title.
    pub tokens: Vec<Token>,
}

impl User {
    /// Somebody who does not stand in the file, and whose roles come from a provider's groups.
    #[must_use]
    pub fn of_groups(name: String, roles: BTreeSet<Role>) -> Self {
        Self { name, roles, password: None, tokens: Vec::new() }
    }

    /// Whether any role of this user allows it.
    #[must_use]
    pub fn may(&self, what: May) -> bool {
        self.roles.iter().any(|role| role.may(what))
    }
}

/// All users, by name.
#[derive(Debug, Clone, Default)]
pub struct Users {
    by_name: BTreeMap<String, User>,
}

impl Users {
    /// The user of that name and password. It takes as long where there is no such user.
    #[must_use]
    pub fn check(&self, name: &str, password: &str) -> Option<&User> {
        let own = self.find(name).and_then(|user| user.password.as_ref());
        // Somebody else's password is tried then and its answer thrown away: it costs what this one would have.
        let tried = own.or_else(|| self.iter().find_map(|user| user.password.as_ref()));
        let is_right = tried.unwrap_or(Password::stand_in()).is(password);
        self.find(name).filter(|_| own.is_some() && is_right)
    }

    /// The user whom a token speaks for, unless it has expired by `today`.
    #[must_use]
    pub fn of_token(&self, token: &str, today: Date) -> Option<&User> {
        let sha256 = token::sha256(token)?;
        self.iter().find(|user| user.tokens.iter().any(|token| token.sha256 == sha256 && token.is_valid(today)))
    }

    /// The user of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&User> {
        self.by_name.get(name)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// Each, by name.
    pub fn iter(&self) -> btree_map::Values<'_, String, User> {
        self.by_name.values()
    }

    /// Whether nobody signs in by password.
    #[must_use]
    pub fn has_no_password(&self) -> bool {
        self.iter().all(|user| user.password.is_none())
    }

    /// Takes a new user in; without a password where a proxy or a provider signs people in.
    ///
    /// # Errors
    /// Where the name is none or taken, or no role is given.
    pub fn add(&mut self, name: &str, roles: BTreeSet<Role>, password: Option<Password>) -> Result<(), UsersError> {
        self.check_new(name)?;
        if roles.is_empty() {
            return Err(UsersError::NoRole { name: name.to_owned() });
        }
        self.by_name.insert(name.to_owned(), User { name: name.to_owned(), roles, password, tokens: Vec::new() });
        Ok(())
    }

    /// Whether a new user may have that name.
    ///
    /// # Errors
    /// Where the name is none or taken.
    pub fn check_new(&self, name: &str) -> Result<(), UsersError> {
        if !is_name(name) {
            return Err(UsersError::BadName { name: name.to_owned() });
        }
        if self.by_name.contains_key(name) {
            return Err(UsersError::UserExists { name: name.to_owned() });
        }
        Ok(())
    }

    /// Gives a user another password.
    ///
    /// # Errors
    /// Where there is no such user.
    pub fn set_password(&mut self, name: &str, password: Password) -> Result<(), UsersError> {
        self.known_mut(name)?.password = Some(password);
        Ok(())
    }

    /// Gives a user these roles in place of the earlier ones.
    ///
    /// # Errors
    /// Where there is no such user, or no role is given.
    pub fn set_roles(&mut self, name: &str, roles: BTreeSet<Role>) -> Result<(), UsersError> {
        if roles.is_empty() {
            return Err(UsersError::NoRole { name: name.to_owned() });
        }
        self.known_mut(name)?.roles = roles;
        Ok(())
    }

    /// Takes a user out, with all tokens.
    ///
    /// # Errors
    /// Where there is no such user.
    pub fn remove(&mut self, name: &str) -> Result<User, UsersError> {
        self.known(name)?;
        self.by_name.remove(name).ok_or_else(|| self.unknown(name))
    }

    /// Lets a token speak for a user.
    ///
    /// # Errors
    /// Where there is no such user, or a token of this user has that title.
    pub fn add_token(&mut self, name: &str, token: Token) -> Result<(), UsersError> {
        let user = self.known_mut(name)?;
        if user.tokens.iter().any(|known| known.title == token.title) {
            return Err(UsersError::TokenExists { name: name.to_owned(), title: token.title });
        }
        user.tokens.push(token);
        Ok(())
    }

    /// Takes a token back.
    ///
    /// # Errors
    /// Where there is no such user, or no such token.
    pub fn revoke(&mut self, name: &str, title: &str) -> Result<(), UsersError> {
        let user = self.known_mut(name)?;
        let Some(at) = user.tokens.iter().position(|token| token.title == title) else {
            let titles = user.tokens.iter().map(|token| token.title.clone()).collect();
            return Err(UsersError::NoToken { name: name.to_owned(), title: title.to_owned(), titles });
        };
        user.tokens.remove(at);
        Ok(())
    }

    /// The user of that name.
    ///
    /// # Errors
    /// Where there is none; the error offers the nearest.
    pub fn known(&self, name: &str) -> Result<&User, UsersError> {
        self.find(name).ok_or_else(|| self.unknown(name))
    }

    fn known_mut(&mut self, name: &str) -> Result<&mut User, UsersError> {
        let unknown = self.unknown(name);
        self.by_name.get_mut(name).ok_or(unknown)
    }

    fn unknown(&self, name: &str) -> UsersError {
        let near = nearest(name, self.by_name.keys().map(String::as_str)).map(str::to_owned);
        UsersError::NoUser { name: name.to_owned(), near }
    }
}

impl<'a> IntoIterator for &'a Users {
    type Item = &'a User;
    type IntoIter = btree_map::Values<'a, String, User>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Whether a text can be a user's name: lower-case letters, digits, and behind the first of them `.`, `_`, `@` and `-`; at
/// most 64 characters.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.len() <= 64
        && text.bytes().next().is_some_and(is_plain)
        && text.bytes().all(|byte| is_plain(byte) || b"._@-".contains(&byte))
}
