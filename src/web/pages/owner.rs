//! Who owns one account: what is known of it, who is in question, what people decided.

use super::choose::{forms, search, with_choices, withdrawal};
use super::decide::{Account, Decisions, decision_file};
use super::object::{attributes, facts, standing, table, timeslot_query};
use crate::collect::decisions::{Known, decisions_about};
use crate::table::Kind;
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::Ask;
use crate::web::asked::Asked;
use crate::web::page::{Banner, Block, Cell, Link, Page, Table, Tone};
use crate::web::question::escaped;
use crate::web::questions::account_page;
use crate::web::site::Site;
use crate::web::users::May;

/// The page: `/ownerless/{repository}/{identifier}`.
pub(in crate::web) fn owner(site: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    let ledger = site.ledger()?;
    let asked = Asked::named_or_latest(&ledger, &ask.query)?;
    let account = Account::of(ask);
    let file = decision_file(site, &asked);
    let known = match &file {
        Decisions::In(path) => {
            decisions_about(path, &site.project().key_forms, account.repository, account.identifier)?
        }
        Decisions::Nowhere(_) => Vec::new(),
    };
    let told = attributes(site, &asked, Kind::Account, &account.is_it("t"))?;
    if told.is_none() && known.is_empty() {
        let id = &asked.timeslot.manifest.timeslot;
        let (repository, identifier) = (account.repository, account.identifier);
        return Err(Refusal::NotFound(format!("timeslot {id} has no account `{identifier}` of `{repository}`")));
    }
    let mut blocks = vec![Block::Banner(standing_now(site, &asked, &account)?)];
    if is_waiting(site, &asked, &account, &known)? {
        blocks.push(Block::Banner(Banner {
            tone: Tone::Busy,
            word: "WAITS".to_owned(),
            sentence: "The decisions in the file are not those that this timeslot was made with. The next load reads the file; nothing has changed yet.".to_owned(),
            links: vec![Link::new("Run a plan", "/launch")],
        }));
    }
    if let Decisions::In(path) = &file {
        blocks.push(Block::Table(in_file(&known, &path.display().to_string())));
        if ask.may(May::Operate) {
            blocks.extend(known.iter().map(|known| Block::Form(withdrawal(ask, &account, known))));
        }
    }
    // Whoever has chosen a person is to see at once what can be decided.
    let is_chosen = ask.query.get("identity").is_some();
    let decided = match &file {
        Decisions::Nowhere(told) => {
            let title = Some("Nothing can be decided here yet".to_owned());
            vec![Block::Text { title, paragraphs: vec![told.clone()] }]
        }
        Decisions::In(_) if ask.may(May::Operate) => forms(ask, &account).map(Block::Form).collect(),
        Decisions::In(_) => Vec::new(),
    };
    let (first, last) = if is_chosen { (decided, Vec::new()) } else { (Vec::new(), decided) };
    blocks.extend(first);
    blocks.extend(told.map(|told| facts("The account", told)));
    blocks.push(Block::Table(with_choices(table(site, &asked, "account_candidates", &account.fields)?, ask, &account)));
    // Only a policy whose rules add up has scores, and only a load behind another has drift.
    if asked.has("owner_scores") {
        let scores = table(site, &asked, "account_scores", &account.fields)?;
        blocks.push(Block::Table(with_choices(scores, ask, &account)));
    }
    blocks.push(Block::Table(table(site, &asked, "account_matches", &account.fields)?));
    if asked.has("owner_drift") {
        blocks.push(Block::Table(table(site, &asked, "account_drift", &account.fields)?));
    }
    blocks.extend(search(site, ask, &asked, &account)?);
    blocks.extend(last);
    blocks.push(Block::Table(table(site, &asked, "account_decisions", &account.fields)?));
    let more = account_page("/accounts", account.repository, account.identifier);
    let links = vec![Link::new("Its rights, groups, findings and history", format!("{more}{}", timeslot_query(ask)))];
    blocks.push(Block::Links { title: Some("More about the account".to_owned()), links });
    let title = format!("Who owns {}/{}?", account.repository, account.identifier);
    Ok(Answer::Page(Page { title, under: "/ownerless", blocks, live: None }))
}

/// What the timeslot knows of the owner.
pub(super) fn standing_now(site: &Site, asked: &Asked, account: &Account<'_>) -> Result<Banner, Refusal> {
    let sql = format!(
        "SELECT u.key, i.full_name, o.ownerless, o.rule, CAST(o.decided_on AS VARCHAR) FROM accounts a
         LEFT JOIN ownership o ON o.account_uid = a.uid
         LEFT JOIN uids u ON u.kind = 'identity' AND u.uid = o.identity_uid
         LEFT JOIN identities i ON i.uid = o.identity_uid WHERE {}",
        account.is_it("a")
    );
    let when = standing(&site.ledger()?, &asked.timeslot.manifest.timeslot)?;
    let row = asked.rows(site, &sql)?.into_iter().next();
    let banner = |tone, word: &str, sentence: String, links| Banner { tone, word: word.to_owned(), sentence, links };
    let Some(row) = row else {
        let told = format!("The account is not in {when}; only decisions about it stand.");
        return Ok(banner(Tone::Warn, "GONE", told, Vec::new()));
    };
    let [key, name, reason, rule, day] = <[Option<String>; 5]>::try_from(row).unwrap_or_default();
    let by = format!("by {} on {}", rule.unwrap_or_default(), day.unwrap_or_default());
    Ok(match (key, reason) {
        (Some(key), _) => banner(
            Tone::Good,
            "OWNED",
            format!("{} ({key}) owns it in {when}, as was found {by}.", name.unwrap_or_default()),
            vec![Link::new("The person", format!("/identities/{}", escaped(&key)))],
        ),
        (None, Some(reason)) => {
            banner(Tone::Plain, "OWNERLESS", format!("Nobody owns it in {when}: {reason}, {by}."), Vec::new())
        }
        (None, None) => banner(Tone::Warn, "ORPHAN", format!("Nobody knows whose it is in {when}."), Vec::new()),
    })
}

/// Whether the file says otherwise than the timeslot was made with.
fn is_waiting(site: &Site, asked: &Asked, account: &Account<'_>, known: &[Known]) -> Result<bool, Refusal> {
    let sql = format!(
        "SELECT DISTINCT d.decision, d.value, d.reason, d.who, CAST(d.decided_on AS VARCHAR) FROM decisions d WHERE {}",
        account.is_it("d")
    );
    let mut read: Vec<Vec<Option<String>>> = if asked.has("decisions") { asked.rows(site, &sql)? } else { Vec::new() };
    let mut stand: Vec<Vec<Option<String>>> = known
        .iter()
        .map(|known| {
            let day = known.decided_on.map(|day| day.to_string());
            vec![Some(known.decision.clone()), known.value.clone(), known.reason.clone(), known.who.clone(), day]
        })
        .collect();
    read.sort();
    stand.sort();
    stand.dedup();
    Ok(read != stand)
}

fn in_file(known: &[Known], path: &str) -> Table {
    let row = |known: &Known| {
        vec![
            Cell::Text(known.decision.clone()),
            Cell::of(known.value.clone()),
            Cell::of(known.reason.clone()),
            Cell::of(known.who.clone()),
            Cell::of(known.decided_on.map(|day| day.to_string())),
            Cell::of(known.problem.clone()),
        ]
    };
    Table {
        title: "Decisions that stand".to_owned(),
        about: Some(format!(
            "In {path}, which every load reads. Who adds or withdraws one here stands in the operations log; what is written into the file by hand is noted nowhere."
        )),
        columns: ["decision", "value", "why", "who", "when", "problem"].map(str::to_owned).to_vec(),
        rows: known.iter().map(row).collect(),
        empty: "Nobody has decided anything about this account.".to_owned(),
        ..Table::default()
    }
}
