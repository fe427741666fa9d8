//! One account: whose it is and why, its rights and groups, what became of it.

use super::decide::Account;
use super::object::{attributes, facts, past, standing, table, timeslot_query};
use super::owner::standing_now;
use crate::table::Kind;
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::Ask;
use crate::web::asked::Asked;
use crate::web::page::{Block, Link, Page};
use crate::web::questions::account_page;
use crate::web::site::Site;

/// The page: `/accounts/{repository}/{identifier}`.
pub(in crate::web) fn account(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let ledger = site.ledger()?;
    let asked = Asked::named_or_current(&ledger, &ask.query)?;
    let id = &asked.timeslot.manifest.timeslot;
    let account = Account::of(ask);
    let (repository, identifier) = (account.repository, account.identifier);
    let told = attributes(site, &asked, Kind::Account, &account.is_it("t"))?;
    let is_there = told.is_some();
    let mut banner = standing_now(site, &asked, &account)?;
    let decide = account_page("/ownerless", repository, identifier);
    banner.links.push(Link::new("Decide who owns it", format!("{decide}{}", timeslot_query(ask))));
    let mut blocks = vec![Block::Banner(banner)];
    if let Some(told) = told {
        blocks.push(facts("The account", told));
        for name in ["account_ways", "account_groups", "account_findings", "account_decisions"] {
            blocks.push(Block::Table(table(site, &asked, name, &account.fields)?));
        }
    }
    let here = account_page("/accounts", repository, identifier);
    let here = format!("{here}{}", timeslot_query(ask));
    let history = past(site, ask, Kind::Account, repository, identifier, &here)?;
    let is_known = history.iter().any(|block| matches!(block, Block::Table(table) if !table.rows.is_empty()));
    if !is_there && !is_known {
        return Err(Refusal::NotFound(format!("there is no account `{identifier}` of `{repository}`")));
    }
    blocks.extend(history);
    let title = format!("{repository}/{identifier}: {}", standing(&ledger, id)?);
    Ok(Answer::Page(Page { title, under: "/identities", blocks, live: None }))
}
