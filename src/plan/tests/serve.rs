//! The page and who signs people in, as people write it.

use super::*;
use crate::settings::mail::Secret;
use crate::settings::role::Role;

const URL: &str = "[serve]\nurl = \"https://ledger.example.org/\"\n";

#[test]
fn a_provider_needs_little_and_the_rest_has_defaults() {
    let oidc = |more: &str| {
        let text = format!(
            "{URL}[serve.oidc]\nissuer = \"https://login.example.org/realms/main\"\nclient_id = \"ll\"\n{more}"
        );
        project(&text).unwrap_or_else(|told| panic!("{told}")).serve.oidc.expect("a provider")
    };
    let plain = oidc("");
    assert_eq!(plain.back, "https://ledger.example.org/sign-in/back");
    assert_eq!(
        (&*plain.title, &*plain.name_claim, &*plain.groups_claim),
        ("login.example.org", "preferred_username", "groups")
    );
    assert_eq!(plain.scopes, ["openid", "profile", "email"]);
    assert!(plain.client_secret.is_none() && plain.roles.is_empty());
    let full = oidc(
        "client_secret = { credential = \"oidc\" }\nscopes = [\"openid\", \"groups\"]\nroles = { \"ledger approvers\" = \"approver\" }",
    );
    assert_eq!(full.client_secret, Some(Secret::Credential("oidc".to_owned())));
    assert_eq!(full.scopes, ["openid", "groups"]);
    assert_eq!(full.roles["ledger approvers"], Role::Approver);
}

#[test]
fn a_provider_that_cannot_be_asked_or_cannot_send_back_is_told() {
    let right = "issuer = \"https://login.example.org\"\nclient_id = \"ll\"\n";
    for (wrong, code, words) in [
        (format!("[serve.oidc]\n{right}"), "LL0113", "`oidc` needs a `url` in `[serve]`"),
        (
            format!("{URL}[serve.oidc]\nissuer = \"http://login.example.org\"\nclient_id = \"ll\""),
            "LL0105",
            "asked in the clear",
        ),
        (format!("{URL}[serve.oidc]\nissuer = \"login.example.org\"\nclient_id = \"ll\""), "LL0105", "is no provider"),
        (
            format!("{URL}[serve.oidc]\nissuer = \"https://a.example.org?x=1\"\nclient_id = \"ll\""),
            "LL0105",
            "is no provider",
        ),
        (format!("{URL}[serve.oidc]\nissuer = \"https://a.example.org\""), "LL0104", "client_id"),
        (format!("{URL}[serve.oidc]\n{right}client_secret = \"s3cret\""), "LL0103", "never written"),
        (format!("{URL}[serve.oidc]\n{right}client_secret = {{}}"), "LL0113", "exactly one place"),
        (format!("{URL}[serve.oidc]\n{right}scopes = [\"two words\"]"), "LL0105", "`two words` is no scope"),
        (format!("{URL}[serve.oidc]\n{right}roles = {{ a = \"boss\" }}"), "LL0105", "boss"),
    ] {
        let told = project(&wrong).expect_err("it is wrong");
        assert!(told.contains(code) && told.contains(words), "{wrong}: {told}");
    }
}
