//! Settings of mail: how summaries leave.

use std::path::PathBuf;

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
    /// Addresses that every summary goes to; at least one.
    pub to: Vec<String>,
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
