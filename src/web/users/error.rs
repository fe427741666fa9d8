//! What can be wrong with users and their file. No message holds a password, a hash or a token.

use std::io;
use std::path::{Path, PathBuf};

use crate::names::any_of;

/// Why users could not be read, changed or kept.
#[derive(Debug, thiserror::Error)]
pub enum UsersError {
    /// Others than its owner may read or write the file.
    #[error("`{path}` has mode {mode:04o}: it holds hashes of passwords, and is for its owner alone")]
    TooOpen {
        /// The file.
        path: PathBuf,
        /// The permissions it has.
        mode: u32,
    },
    /// The file says what it may not.
    #[error("`{path}`, line {line}: {message}")]
    Wrong {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// The disk.
    #[error("cannot {what} `{path}`")]
    Io {
        /// What was tried.
        what: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A name that is none.
    #[error("`{name}` cannot be a user's name")]
    BadName {
        /// The name.
        name: String,
    },
    /// A user without a role.
    #[error("user `{name}` needs a role")]
    NoRole {
        /// The user.
        name: String,
    },
    /// A name that is taken.
    #[error("there is a user `{name}` already")]
    UserExists {
        /// The name.
        name: String,
    },
    /// A name that nobody has.
    #[error("there is no user `{name}`")]
    NoUser {
        /// The name.
        name: String,
        /// The nearest that somebody has.
        near: Option<String>,
    },
    /// A title that is none.
    #[error("a token's title has 1 to 64 characters, and no line breaks")]
    BadTitle,
    /// A title that is taken.
    #[error("user `{name}` has a token `{title}` already")]
    TokenExists {
        /// The user.
        name: String,
        /// The title.
        title: String,
    },
    /// A title that no token has.
    #[error("user `{name}` has no token `{title}`")]
    NoToken {
        /// The user.
        name: String,
        /// The title.
        title: String,
        /// Those that there are.
        titles: Vec<String>,
    },
    /// A token that would never expire.
    #[error("a token cannot be valid for {days} days")]
    TooManyDays {
        /// How long.
        days: u32,
    },
    /// A password that is soon guessed.
    #[error("a password has at least 12 characters")]
    PasswordTooShort,
    /// A password that is a book.
    #[error("a password has at most 1024 bytes")]
    PasswordTooLong,
    /// A password that everybody knows.
    #[error("a password is not the user's name")]
    PasswordIsName,
    /// The hash could not be made.
    #[error("the password cannot be hashed: {reason}")]
    NotHashed {
        /// Why not.
        reason: String,
    },
    /// The system has no random numbers.
    #[error("the system gives no random numbers: {reason}")]
    NotRandom {
        /// Why not.
        reason: String,
    },
}

impl UsersError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::TooOpen { path, .. } => format!("`chmod 600 {}`", path.display()),
            Self::Wrong { hint, .. } => hint.clone(),
            Self::BadName { .. } => {
                "a name has lower-case letters, digits, `.`, `_`, `@` and `-`, begins with a letter or digit, and has at most 64 characters"
                    .to_owned()
            }
            Self::UserExists { name } => {
                format!("`ledgerline user password {name}` gives another password, `user roles {name}` other roles")
            }
            Self::NoUser { near: Some(near), .. } => format!("did you mean `{near}`?"),
            Self::NoUser { near: None, .. } => "`ledgerline user list` says who there is".to_owned(),
            Self::TokenExists { name, title } => {
                format!("give another title, or take that one back: `ledgerline user revoke {name} '{title}'`")
            }
            Self::NoToken { titles, .. } if !titles.is_empty() => {
                format!("there is {}", any_of(titles.iter().map(String::as_str)))
            }
            Self::PasswordTooShort => "several words in a row are long and easily kept in mind".to_owned(),
            _ => return None,
        })
    }
}

/// Makes a closure that wraps an I/O error with what was tried on `path`.
pub(super) fn failed(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> UsersError {
    let path = path.to_owned();
    move |source| UsersError::Io { what, path, source }
}
