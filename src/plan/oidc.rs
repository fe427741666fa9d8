//! `[serve.oidc]` of the project, checked.

use std::path::Path;

use url::Url;

use super::serve::secret;
use crate::plan::codes;
use crate::plan::files;
use crate::plan::node::Spot;
use crate::plan::raw::serve::OidcTable;
use crate::problem::Problems;
use crate::settings::address::{BadAddress, callable};
use crate::settings::serve::{BACK, Oidc};

/// What is asked for besides `openid`, if nothing else is said.
const SCOPES: [&str; 2] = ["profile", "email"];

/// The provider; `None` and a problem, where it cannot be used as it is given. It is asked only when somebody signs in.
pub(super) fn check_oidc(
    raw: OidcTable,
    root: &Path,
    url: Option<&str>,
    spot: Spot<'_>,
    problems: &mut Problems,
) -> Option<Oidc> {
    let issuer = check_issuer(&raw.issuer, spot.key("issuer"), problems);
    let secret = raw.client_secret.map(|given| secret(given, root, spot.key("client_secret"), problems));
    if url.is_none() {
        let problem = spot.key_error(codes::KEYS_DISAGREE, "`oidc` needs a `url` in `[serve]`");
        problems.add(problem.hint(format!("the provider sends people back to it, to `{BACK}`; tell it that address")));
    }
    for scope in raw.scopes.iter().flatten() {
        // As RFC 6749 has them.
        let is_scope =
            !scope.is_empty() && scope.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\');
        if !is_scope {
            let problem = spot.key("scopes").error(codes::NOT_ALLOWED, format!("`{scope}` is no scope"));
            problems.add(problem.hint("one word an entry, such as `profile`"));
        }
    }
    let asked = raw.scopes.unwrap_or_else(|| SCOPES.map(str::to_owned).to_vec());
    let mut scopes = vec!["openid".to_owned()];
    scopes.extend(asked.into_iter().filter(|scope| scope != "openid"));
    let issuer = issuer?;
    Some(Oidc {
        title: raw.title.unwrap_or_else(|| issuer.host_str().unwrap_or_default().to_owned()),
        issuer: raw.issuer,
        client_id: raw.client_id,
        client_secret: match secret {
            None => None,
            Some(found) => Some(found?),
        },
        name_claim: raw.name_claim.unwrap_or_else(|| "preferred_username".to_owned()),
        scopes,
        groups_claim: raw.groups_claim.unwrap_or_else(|| "groups".to_owned()),
        roles: raw.roles,
        root_certificate: raw.root_certificate.map(|path| files::join(root, &path)),
        back: format!("{}{BACK}", url?),
    })
}

fn check_issuer(issuer: &str, spot: Spot<'_>, problems: &mut Problems) -> Option<Url> {
    let why = match callable(issuer) {
        Ok(url) if url.query().is_none() && url.fragment().is_none() => return Some(url),
        Err(BadAddress::InTheClear) => format!("`{issuer}` would be asked in the clear"),
        Ok(_) | Err(BadAddress::None) => format!("`{issuer}` is no provider"),
    };
    let problem = spot.error(codes::NOT_ALLOWED, why);
    problems
        .add(problem.hint("write it as the provider names itself, such as `https://login.example.org/realms/main`"));
    None
}
