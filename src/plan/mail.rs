//! `[mail]` of the project, checked; and what a mail address is, for whatever else names one.

use std::collections::BTreeMap;
use std::path::Path;

use crate::plan::node::Spot;
use crate::plan::raw::project::{MailOnTable, MailTable, Recipients};
use crate::plan::serve::secret;
use crate::plan::{codes, files};
use crate::problem::Problems;
use crate::settings::mail::{Login, Mail, On, Security};

/// How mail leaves, and to whom.
pub(super) fn check_mail(raw: MailTable, root: &Path, spot: Spot<'_>, problems: &mut Problems) -> Option<Mail> {
    let is_local = matches!(raw.host.as_str(), "localhost" | "::1") || raw.host.starts_with("127.");
    if raw.security == Security::None && !is_local {
        let message = format!("mail to `{}` would travel in the clear", raw.host);
        let problem = spot.key("security").error(codes::NOT_ALLOWED, message);
        problems.add(problem.hint("use `starttls` or `tls`; `none` is for a server on this machine"));
    }
    for (address, at) in raw.to.iter().zip(spot.key("to").items()).chain([(&raw.from, spot.key("from"))]) {
        check_address(address, at, problems);
    }
    if raw.to.is_empty() {
        problems.add(spot.key("to").error(codes::NOT_ALLOWED, "a mail needs someone to go to"));
    }
    let password = raw.password.and_then(|table| secret(table, root, spot.key("password"), problems));
    let login = match (raw.user, password) {
        (Some(user), Some(password)) => Some(Login { user, password }),
        (None, None) => None,
        (Some(_), None) if spot.get("password").is_some() => return None,
        (Some(_), None) => {
            let problem = spot.key("user").key_error(codes::KEYS_DISAGREE, "`user` needs a `password`");
            problems.add(problem.hint("add `password = { credential = \"..\" }`"));
            None
        }
        (None, Some(_)) => {
            problems.add(spot.key("password").key_error(codes::KEYS_DISAGREE, "`password` needs a `user`"));
            None
        }
    };
    let port = raw.port.unwrap_or(match raw.security {
        Security::Starttls => 587,
        Security::Tls => 465,
        Security::None => 25,
    });
    let root_certificate = raw.root_certificate.map(|path| files::join(root, &path));
    let on = check_on(raw.on, spot.key("on"), problems);
    Some(Mail {
        host: raw.host,
        port,
        security: raw.security,
        login,
        root_certificate,
        from: raw.from,
        to: raw.to,
        on,
        late_after: raw.late_after.map(|after| after.0),
    })
}

/// Who gets which mails, where that is said.
fn check_on(raw: MailOnTable, spot: Spot<'_>, problems: &mut Problems) -> BTreeMap<On, Vec<String>> {
    let given = [
        (On::Confirmed, "confirmed", raw.confirmed),
        (On::Warned, "warned", raw.warned),
        (On::Held, "held", raw.held),
        (On::Failed, "failed", raw.failed),
        (On::Missed, "missed", raw.missed),
        (On::Late, "late", raw.late),
        (On::Decided, "decided", raw.decided),
    ];
    let mut who = BTreeMap::new();
    for (on, key, recipients) in given {
        let at = spot.key(key);
        match recipients {
            None => {}
            Some(Recipients::IsSent(false)) => {
                who.insert(on, Vec::new());
            }
            Some(Recipients::IsSent(true)) => {
                let problem = at.error(codes::NOT_ALLOWED, "`true` says nobody's address");
                problems.add(problem.hint("leave the key out for `to`, or write a list of addresses"));
            }
            Some(Recipients::Addresses(addresses)) => {
                if addresses.is_empty() {
                    let problem = at.error(codes::NOT_ALLOWED, "a mail needs someone to go to");
                    problems.add(problem.hint("write `false` where nobody is to get it"));
                }
                for (address, at) in addresses.iter().zip(at.items()) {
                    check_address(address, at, problems);
                }
                who.insert(on, addresses);
            }
        }
    }
    who
}

/// Whether a text is a mail address, as far as one can tell without sending.
pub(super) fn check_address(address: &str, at: Spot<'_>, problems: &mut Problems) {
    let is_address = address.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    if !is_address || address.contains(|c: char| c.is_control()) {
        problems.add(at.error(codes::NOT_ALLOWED, format!("`{address}` is no mail address")));
    }
}
