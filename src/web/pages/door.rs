//! Signing in and out.

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use url::form_urlencoded;

use crate::ledger::{Operation, What};
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::Ask;
use crate::web::page::{Banner, Block, Form, Input, Link, Page, Tone};
use crate::web::session::SignedIn;
use crate::web::site::Site;
use crate::web::svg::escaped;

/// The same to whoever has no such name and whoever has no such password.
const WRONG: &str = "name or password are wrong";

/// The form.
pub(in crate::web) fn sign_in(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    Ok(Answer::Page(sign_in_page(site, ask, None)))
}

/// The form, perhaps with what went wrong; it leads back to where it was asked for.
pub(in crate::web) fn sign_in_page(site: &Site, ask: &Ask, wrong: Option<&str>) -> Page {
    let to = wanted(ask);
    let form = Form {
        action: "/sign-in".to_owned(),
        inputs: vec![
            Input::Line {
                name: "name".to_owned(),
                label: "Name".to_owned(),
                value: String::new(),
                hint: None,
                is_required: true,
            },
            Input::Secret {
                name: "password".to_owned(),
                label: "Password".to_owned(),
                autocomplete: "current-password",
            },
            Input::Hidden { name: "to".to_owned(), value: to.clone() },
        ],
        button: "Sign in".to_owned(),
        ..Form::default()
    };
    let mut blocks = Vec::new();
    if let Some(wrong) = wrong {
        let banner =
            Banner { tone: Tone::Bad, word: "NOT SIGNED IN".to_owned(), sentence: wrong.to_owned(), links: Vec::new() };
        blocks.push(Block::Banner(banner));
    }
    let oidc = &site.project().serve.oidc;
    if let Some(provider) = oidc {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("to", &to).finish();
        let link = Link::new(format!("Sign in with {}", provider.title), format!("/sign-in/provider?{query}"));
        blocks.push(Block::Way(link));
    }
    if oidc.is_none() || !site.users().has_no_password() {
        blocks.push(Block::Form(form));
    }
    Page { title: "Sign in".to_owned(), blocks, ..Page::default() }
}

/// The page that somebody wanted when they were asked to sign in.
pub(super) fn wanted(ask: &Ask) -> String {
    let asked = ask.query.get("to").or_else(|| ask.form.get("to"));
    within(asked.unwrap_or(&ask.path)).to_owned()
}

/// Tries name and password.
pub(in crate::web) fn try_to_sign_in(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let name = ask.form.get("name").unwrap_or_default();
    // A password may begin or end with a blank.
    let password = ask.form.0.iter().find(|(field, _)| field == "password").map(|(_, value)| value.as_str());
    if !site.attempts.may(name, ask.from, ask.now) {
        return Err(Refusal::TooMany("too many attempts; wait a minute".to_owned()));
    }
    let users = site.users();
    let found = {
        let _one_at_a_time = site.hashing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        users.check(name, password.unwrap_or_default())
    };
    let Some(user) = found else { return Ok(Answer::Page(sign_in_page(site, ask, Some(WRONG)))) };
    site.attempts.forgive(name);
    begin(site, ask, SignedIn::local(&user.name), "by password", within(ask.form.get("to").unwrap_or("/")))
}

/// Begins a session in place of an earlier one, and leads to a page. `how` somebody signed in is noted where there is a ledger.
pub(super) fn begin(site: &Site, ask: &Ask, who: SignedIn, how: &str, to: &str) -> Result<Answer, Refusal> {
    if let Some(old) = &ask.session {
        site.sessions.end(old);
    }
    let outcome = format!("{how}, from {}", ask.from);
    let noted =
        Operation { at: ask.now, who: who.name.clone(), what: What::SignedIn, about: "page".to_owned(), outcome };
    // On a full disk somebody must still be able to come in.
    site.note(&noted);
    let token = site.sessions.begin(who, ask.now);
    let token = token.map_err(|error| Refusal::Broken(format!("the system has no randomness: {error}")))?;
    Ok(Answer::SignedIn { token, to: to.to_owned() })
}

/// Ends the session.
pub(in crate::web) fn sign_out(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    if let Some(session) = &ask.session {
        site.sessions.end(session);
    }
    Ok(Answer::SignedOut)
}

/// An address of this page, never of another; from what somebody may have put into a link.
fn within(to: &str) -> &str {
    let is_here = to.starts_with('/') && !to.starts_with("//") && !to.contains(['\\', '\r', '\n']);
    if is_here && !to.starts_with("/sign-") { to } else { "/" }
}

/// A browser that follows a link from elsewhere, such as a mail, keeps the session's cookie to itself. Asked again from here, it
/// shows it.
pub(in crate::web) fn come_back(ask: &Ask) -> impl IntoResponse + use<> {
    let to = escaped(within(&ask.path));
    let text = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Ledgerline</title>\
         <meta http-equiv=\"refresh\" content=\"0; url={to}\"></head><body><p><a href=\"{to}\">Go on</a></p></body></html>"
    );
    ([(CONTENT_TYPE, "text/html; charset=utf-8")], text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_led_back_to_this_page_and_to_no_other() {
        assert_eq!(within("/runs/r1?x=1"), "/runs/r1?x=1");
        for elsewhere in ["https://example.org", "//example.org", "/\\example.org", "javascript:x", "", "/sign-out"] {
            assert_eq!(within(elsewhere), "/", "{elsewhere}");
        }
    }
}
