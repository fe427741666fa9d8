//! Signing in by a provider: there, and back.

use super::door::{begin, sign_in_page, wanted};
use crate::settings::serve::Oidc;
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::Ask;
use crate::web::oidc::Named;
use crate::web::session::SignedIn;
use crate::web::site::Site;

/// Sends the browser to the provider.
pub(in crate::web) fn away(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let provider = provider(site, ask)?;
    match site.sign_ins.begin(&provider, &wanted(ask), ask.now) {
        Ok((state, to)) => Ok(Answer::Away { state, to: to.into() }),
        Err(error) => Ok(Answer::Page(sign_in_page(site, ask, Some(&error.to_string())))),
    }
}

/// Takes up who comes back from there.
pub(in crate::web) fn back(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let provider = provider(site, ask)?;
    let kept = ask.begun.as_deref().unwrap_or_default();
    let came = site.sign_ins.end(&provider, &ask.query, kept, ask.now);
    let again = |why: &str| Ok(Answer::Page(sign_in_page(site, ask, Some(why))));
    match came {
        Ok((named, to)) => match who(site, &named) {
            Some(who) => begin(site, ask, who, &to),
            None => again(&no_role(&named, &provider)),
        },
        Err(error) => again(&error.to_string()),
    }
}

fn provider(site: &Site, ask: &Ask) -> Result<Oidc, Refusal> {
    let provider = site.project().serve.oidc.clone();
    let provider = provider.ok_or_else(|| Refusal::NotFound("people sign in here by name and password".to_owned()))?;
    // The provider is asked for each of these: nobody makes the page ask it without end.
    if !site.attempts.may_from(ask.from, ask.now) {
        return Err(Refusal::TooMany("too many attempts; wait a minute".to_owned()));
    }
    Ok(provider)
}

/// Whose session it becomes: what stands in the file of users counts for who stands there, whatever groups say.
fn who(site: &Site, named: &Named) -> Option<SignedIn> {
    let Named { name, roles } = named;
    if site.users().find(name).is_some() {
        return Some(SignedIn::local(name));
    }
    (!roles.is_empty()).then(|| SignedIn { name: name.clone(), roles: roles.clone() })
}

fn no_role(named: &Named, provider: &Oidc) -> String {
    let Named { name, .. } = named;
    let by_group = if provider.roles.is_empty() { "" } else { ", or by a group of the provider" };
    format!(
        "{} knows you as `{name}`, who may do nothing here; an administrator gives you a role by `ledgerline user add {name} \
         --role ROLE --no-password`{by_group}",
        provider.title
    )
}
