//! Passwords: what they must be, and what is kept of them.
//!
//! The rules are those of NIST SP 800-63B: long rather than odd, and any characters. Kept is an argon2id hash that says its
//! own salt and costs, so that the costs can be raised without touching what stands.

use std::fmt;
use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use unicode_normalization::UnicodeNormalization;

use super::UsersError;

const FEWEST_CHARACTERS: usize = 12;
const MOST_BYTES: usize = 1024;

/// Memory in KiB, passes and lanes: what OWASP asks of argon2id.
const COSTS: Costs = Costs { memory: 19_456, passes: 2, lanes: 1 };
/// More than this in a file is a slip or a trap: a login would take all memory.
const MOST_COSTS: Costs = Costs { memory: 1_048_576, passes: 100, lanes: 16 };

/// What making or trying one password costs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Costs {
    pub(super) memory: u32,
    pub(super) passes: u32,
    pub(super) lanes: u32,
}

/// What is kept of a password. The password cannot be found from it, but must be guessed.
#[derive(Clone)]
pub struct Password(PasswordHash);

impl Password {
    /// A new password of a user.
    ///
    /// # Errors
    /// Where it is shorter than 12 characters, longer than 1024 bytes or the user's name, or the system has no random numbers.
    pub fn new(user: &str, password: &str) -> Result<Self, UsersError> {
        Self::new_at(COSTS, user, password)
    }

    pub(super) fn new_at(costs: Costs, user: &str, password: &str) -> Result<Self, UsersError> {
        if password.len() > MOST_BYTES {
            return Err(UsersError::PasswordTooLong);
        }
        let typed = normalised(password);
        if typed.to_lowercase() == user {
            return Err(UsersError::PasswordIsName);
        }
        if typed.chars().count() < FEWEST_CHARACTERS {
            return Err(UsersError::PasswordTooShort);
        }
        let cannot = |reason: String| UsersError::NotHashed { reason };
        let params = Params::new(costs.memory, costs.passes, costs.lanes, None);
        let params = params.map_err(|error| cannot(error.to_string()))?;
        let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        hasher.hash_password(typed.as_bytes()).map(Self).map_err(|error| cannot(error.to_string()))
    }

    /// What a file keeps of a password; the error says what is wrong with it, and nothing of what it is.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let hash = PasswordHash::new(text).map_err(|_| "is no hash of a password")?;
        if hash.algorithm.as_str() != "argon2id" {
            return Err("is no argon2id hash");
        }
        if hash.version.is_some_and(|version| version != u32::from(Version::V0x13)) {
            return Err("is an argon2id hash of another version than 19");
        }
        if hash.salt.is_none() || hash.hash.is_none() {
            return Err("is a hash that was cut short");
        }
        let cost = |name| hash.params.get_decimal(name).unwrap_or_default();
        let is_too_costly =
            cost("m") > MOST_COSTS.memory || cost("t") > MOST_COSTS.passes || cost("p") > MOST_COSTS.lanes;
        if is_too_costly {
            return Err("is a hash whose costs are beyond reason");
        }
        Params::try_from(&hash).map_err(|_| "is a hash with costs that cannot be")?;
        Ok(Self(hash))
    }

    /// Whether this is the password.
    pub(super) fn is(&self, password: &str) -> bool {
        // No password is longer; what is told by the haste is only that.
        password.len() <= MOST_BYTES
            && Argon2::default().verify_password(normalised(password).as_bytes(), &self.0).is_ok()
    }

    /// As a file keeps it.
    pub(super) fn kept(&self) -> String {
        self.0.to_string()
    }

    /// What is tried where there are no users: it costs what a real one does.
    pub(super) fn stand_in() -> &'static Self {
        static STAND_IN: LazyLock<Password> = LazyLock::new(|| {
            let params = Params::new(COSTS.memory, COSTS.passes, COSTS.lanes, None).expect("the costs are allowed");
            let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            Password(hasher.hash_password_with_salt(b"nobody's", &[0; 16]).expect("password and salt have fit lengths"))
        });
        &STAND_IN
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// One form for what keyboards and systems spell in several ways.
fn normalised(password: &str) -> String {
    password.nfkc().collect()
}
