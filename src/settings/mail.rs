//! Settings of mail: how summaries leave.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[mail]` of the project.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Name of the mail server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Protection of the connection.
    pub security: Security,
    /// User and where the password is found.
    pub login: Option<Login>,
    /// A certificate in PEM form that is trusted besides the public ones.
    pub root_certificate: Option<PathBuf>,
    /// Address of the sender.
    pub from: String,
    /// Addresses that mails go to; at least one.
    pub to: Vec<String>,
    /// Who gets the mails about something, where that is not `to`; empty = nobody.
    pub on: BTreeMap<On, Vec<String>>,
    /// A run that takes longer, or began so much behind its due time, is late; `None` = no run is.
    pub late_after: Option<Duration>,
}

impl Mail {
    /// The same for mails about something, to those who get them; `None` = nobody does.
    #[must_use]
    pub fn about(&self, on: On) -> Option<Self> {
        match self.on.get(&on) {
            None => Some(self.clone()),
            Some(nobody) if nobody.is_empty() => None,
            Some(to) => Some(Self { to: to.clone(), ..self.clone() }),
        }
    }
}

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum On {
    /// A run made its timeslot current, and no threshold was reached.
    Confirmed,
    /// A run made its timeslot current, and thresholds warned.
    Warned,
    /// A timeslot waits for a decision.
    Held,
    /// A run failed, did not begin, or was told to end.
    Failed,
    /// A due time was missed or left out.
    Missed,
    /// A run began late, or takes longer than it should.
    Late,
    /// A person decided about a timeslot.
    Decided,
}

/// How to log on to the mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The user.
    pub user: String,
    /// Where the password is found.
    pub password: Secret,
}

/// Where a secret is found; never the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// An environment variable.
    Env(String),
    /// A file that holds nothing but the secret.
    File(PathBuf),
    /// A systemd credential.
    Credential(String),
}

/// Protection of a connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// Encrypted after a greeting in the clear; refused if the server offers no encryption.
    #[default]
    Starttls,
    /// Encrypted from the first byte.
    Tls,
    /// In the clear: for a server on this machine only.
    None,
}
