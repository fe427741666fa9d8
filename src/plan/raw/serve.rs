//! `[serve]` as it is written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::project::SecretTable;
use crate::settings::role::Role;

/// `[serve]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServeTable {
    /// Where the page listens, such as `127.0.0.1:8470`, the default. Elsewhere than on this machine only with a certificate.
    pub address: Option<String>,
    /// The file of local users, made by `ledgerline user add`. Default: `users.toml`.
    pub users: Option<String>,
    /// A certificate in PEM form, with those between it and a known one behind it.
    pub certificate: Option<String>,
    /// Its private key in PEM form.
    pub key: Option<String>,
    /// How others reach the page, such as `https://ledger.example.org`: what links in mails begin with.
    pub url: Option<String>,
    /// A proxy that signs people in and says who they are. Their roles are in the file of users.
    pub proxy: Option<ProxyTable>,
    /// An OpenID Connect provider whose accounts people sign in with.
    pub oidc: Option<OidcTable>,
}

/// `[serve.proxy]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProxyTable {
    /// The header in which the proxy names the user, such as `X-Remote-User`.
    #[schemars(length(min = 1))]
    pub header: String,
    /// What the proxy proves itself with, in the header `X-Ledgerline-Proxy-Secret`.
    pub secret: SecretTable,
}

/// `[serve.oidc]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OidcTable {
    /// The provider, exactly as it names itself: `https://login.example.org/realms/main`.
    #[schemars(length(min = 1))]
    pub issuer: String,
    /// By what name the provider knows the page.
    #[schemars(length(min = 1))]
    pub client_id: String,
    /// What the page proves itself with to the provider, where it was given something.
    pub client_secret: Option<SecretTable>,
    /// What stands on the button to sign in. Default: the name of the provider's machine.
    #[schemars(length(min = 1))]
    pub title: Option<String>,
    /// The claim that is the user's name here; one that people cannot change themselves. Default: `preferred_username`.
    #[schemars(length(min = 1))]
    pub name_claim: Option<String>,
    /// What is asked for besides `openid`. Default: `profile` and `email`.
    pub scopes: Option<Vec<String>>,
    /// The claim that lists the groups of a user. Default: `groups`.
    #[schemars(length(min = 1))]
    pub groups_claim: Option<String>,
    /// The role that members of a group have, where they do not stand in the file of users: `"ledger-approvers" = "approver"`.
    #[serde(default)]
    pub roles: BTreeMap<String, Role>,
    /// Certificates in PEM form that are trusted in place of those of this machine, relative to this file.
    #[schemars(length(min = 1))]
    pub root_certificate: Option<String>,
}
