//! Settings of what is called over HTTP: a webhook, and a watch that misses runs that do not come.

use std::path::PathBuf;

use super::mail::{On, Secret};

/// `[notify]` of the project. Addresses hold secrets, and are kept as such.
#[derive(Debug, Clone, Default)]
pub struct Notify {
    /// What is told of runs and decisions, where something is.
    pub webhook: Option<Webhook>,
    /// The address of a check that waits for runs, where there is one.
    pub ping: Option<Secret>,
    /// Certificates in PEM form that are trusted in place of those of this machine.
    pub root_certificate: Option<PathBuf>,
}

/// `[notify.webhook]`
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Where its address is found.
    pub url: Secret,
    /// What it is told of; `None` = everything.
    pub on: Option<Vec<On>>,
}

impl Webhook {
    /// Whether it is told of something; `None` = of what has no name in `on`.
    #[must_use]
    pub fn wants(&self, what: Option<On>) -> bool {
        self.on.as_ref().is_none_or(|on| what.is_some_and(|what| on.contains(&what)))
    }
}
