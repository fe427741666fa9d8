//! Why somebody holds a permission, or should: every path that brings it, and everything that speaks of it.

use super::object::{follow, standing, timeslot_query};
use crate::rights::why::why;
use crate::settings::PermissionName;
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::Ask;
use crate::web::asked::Asked;
use crate::web::page::{Block, Cell, Link, Page, Table};
use crate::web::question::escaped;
use crate::web::site::Site;

/// Paths that are shown.
const PATHS: usize = 200;

/// The page: `/identities/{identity}/why?permission=APPLICATION/PERMISSION`.
pub(in crate::web) fn why_page(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let ledger = site.ledger()?;
    let asked = Asked::named_or_current(&ledger, &ask.query)?;
    let id = &asked.timeslot.manifest.timeslot;
    let identity = ask.pieces.whole("identity").unwrap_or_default();
    let named = ask.query.whole("permission").unwrap_or_default();
    // Keys come from links of pages, in key form.
    let permission = named.split_once('/').filter(|(application, code)| !application.is_empty() && !code.is_empty());
    let permission = permission
        .map(|(application, code)| PermissionName { application: application.to_owned(), code: code.to_owned() })
        .ok_or_else(|| Refusal::Wrong("`permission` names no permission: write APPLICATION/PERMISSION".to_owned()))?;
    let found = why(asked.tables(), site.engine(), identity, &permission, PATHS)?;
    let name = found.full_name.map_or_else(|| identity.to_owned(), |name| format!("{name} ({identity})"));
    let is_held = found.reasons.iter().any(|reason| reason.what == "held");
    let mut about = format!(
        "{name}{} {} {permission}.",
        if found.is_active { "" } else { ", who is not active," },
        if is_held { "holds" } else { "does not hold" }
    );
    if found.is_cut {
        about.push_str(&format!(" There are more paths than these {PATHS}, which are the shortest."));
    }
    let rows = found
        .reasons
        .into_iter()
        .map(|reason| vec![Cell::from(reason.what), Cell::of(reason.perimeter), Cell::Text(reason.how)]);
    let mut table = Table {
        title: "What brings it, and what speaks of it".to_owned(),
        about: Some(about),
        columns: ["what", "perimeter", "how"].map(str::to_owned).to_vec(),
        rows: rows.collect(),
        empty: "Nothing brings it, and nothing speaks of it.".to_owned(),
        ..Table::default()
    };
    follow(&mut table, &asked, site)?;
    let person = format!("/identities/{}{}", escaped(identity), timeslot_query(ask));
    let links = vec![Link::new("All that the person has", person)];
    let title = format!("Why {permission}: {}", standing(&ledger, id)?);
    let blocks = vec![Block::Table(table), Block::Links { title: None, links }];
    Ok(Answer::Page(Page { title, under: "/identities", blocks, live: None }))
}
