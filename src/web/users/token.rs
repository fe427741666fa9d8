//! Tokens: what programs show in place of a password. Of a token only its SHA-256 is kept; it is random enough to need no more.

use jiff::Span;
use jiff::civil::Date;

use super::UsersError;
use crate::ledger::sha256_hex;
use crate::web::random::digits;

/// So that a token is known as one, where it was left lying about too.
const PREFIX: &str = "ll_";
const DIGITS: usize = 64;

/// What is kept of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is for.
    pub title: String,
    /// Of the token's text, in lower-case hex.
    pub sha256: String,
    /// When it was made.
    pub created_on: Date,
    /// From this day on it is no longer taken.
    pub expires_on: Date,
}

impl Token {
    /// A new token that is valid for some days, the first of them `today`; and the token's text, which is kept nowhere.
    ///
    /// # Errors
    /// Where the title is empty or has line breaks, the days lead out of the calendar, or the system has no random numbers.
    pub fn new(title: &str, today: Date, days: u32) -> Result<(Self, String), UsersError> {
        if !is_title(title) {
            return Err(UsersError::BadTitle);
        }
        let span = Span::new().try_days(i64::from(days));
        let expires_on = span.and_then(|span| today.checked_add(span)).map_err(|_| UsersError::TooManyDays { days })?;
        let random = digits().map_err(|error| UsersError::NotRandom { reason: error.to_string() })?;
        let text = format!("{PREFIX}{random}");
        let sha256 = sha256_hex(text.as_bytes());
        Ok((Self { title: title.to_owned(), sha256, created_on: today, expires_on }, text))
    }

    /// Whether it is taken on a day.
    #[must_use]
    pub fn is_valid(&self, today: Date) -> bool {
        today < self.expires_on
    }
}

/// What a token is known by; `None` where the text is none.
pub(super) fn sha256(text: &str) -> Option<String> {
    let digits = text.strip_prefix(PREFIX)?;
    (digits.len() == DIGITS).then(|| sha256_hex(text.as_bytes()))
}

/// Whether a text can be a token's title.
pub(super) fn is_title(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= 64 && !text.chars().any(char::is_control)
}
