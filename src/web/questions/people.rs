//! People and accounts: who there is, what they have, and why.

use super::findings::contains;
use super::ownerless::identity_page;
use crate::collect::key::normalise;
use crate::sql;
use crate::web::ask::Fields;
use crate::web::question::{Question, Row, escaped};

/// People by `q`, a part of name, employee id or mail; all without it.
pub(in crate::web) fn identities(fields: &Fields) -> Question {
    let filter = fields.get("q").map_or_else(
        || "TRUE".to_owned(),
        |part| {
            let folded = sql::text(&normalise(part));
            let holds = |column: &str| format!("STRPOS(COALESCE(i.{column}, ''), {folded}) > 0");
            format!("({} OR {} OR {})", holds("full_name_norm"), holds("email_norm"), contains("i.employee_id", part))
        },
    );
    Question {
        title: "Identities".to_owned(),
        about: None,
        needs: &["identities"],
        rows: include_str!("identity_search.sql").to_owned(),
        found: Some(sql::fill(include_str!("identity_found.sql"), &[("filter", &filter)])),
        given: Vec::new(),
        order: "name NULLS LAST, employee_id NULLS LAST",
        empty: "Nobody is called so.",
        leads: vec![("employee_id", |row| identity_page(row[0].as_deref()))],
    }
}

/// The accounts of the person `identity`.
pub(in crate::web) fn identity_accounts(fields: &Fields) -> Question {
    Question {
        title: "Accounts".to_owned(),
        about: None,
        needs: &["ownership"],
        rows: include_str!("identity_accounts.sql").to_owned(),
        found: None,
        given: person_and_accounts(fields),
        order: "repository NULLS LAST, identifier NULLS LAST",
        empty: "No account is known to be theirs.",
        leads: vec![("identifier", |row| Some(account_page("/accounts", row[0].as_deref()?, row[1].as_deref()?)))],
    }
}

/// What the person `identity` holds and should hold.
pub(in crate::web) fn identity_rights(fields: &Fields) -> Question {
    Question {
        title: "Rights".to_owned(),
        about: Some(
            "What is held through all accounts; below “should by” stands the rule of the rights model that justifies it. A gap is over (held without reason) or under (missing), in its perimeter where the model judges these."
                .to_owned(),
        ),
        needs: &["effective_rights"],
        rows: include_str!("identity_rights.sql").to_owned(),
        found: None,
        given: vec![("person", person(fields))],
        order: "application NULLS LAST, permission NULLS LAST, perimeter NULLS FIRST, held NULLS LAST",
        empty: "No right is held, and none is missing.",
        leads: Vec::new(),
    }
}

/// By which accounts, groups and roles the person `identity` holds each right.
pub(in crate::web) fn identity_ways(fields: &Fields) -> Question {
    ways("Why: what brings each right", person_and_accounts(fields).split_off(1))
}

/// By which groups and roles an account holds each right: `repository`, `identifier`.
pub(in crate::web) fn account_ways(fields: &Fields) -> Question {
    ways("Rights", vec![("accounts", one_account(fields))])
}

fn ways(title: &str, given: Vec<(&'static str, String)>) -> Question {
    Question {
        title: title.to_owned(),
        about: Some("A right is held by the account itself, or by a group it is in, or by a group that this one lies in; or a role that is held includes it.".to_owned()),
        needs: &["rights", "group_closure", "permission_closure"],
        rows: include_str!("held_by_ways.sql").to_owned(),
        found: None,
        given,
        order: "application NULLS LAST, permission NULLS LAST, perimeter NULLS FIRST, repository NULLS LAST, account NULLS LAST, member_of NULLS FIRST, inside_of NULLS FIRST, by_role NULLS FIRST",
        empty: "Nothing brings a right.",
        leads: vec![("account", |row| Some(account_page("/accounts", row[3].as_deref()?, row[4].as_deref()?)))],
    }
}

/// Findings about the person `identity` and about their accounts.
pub(in crate::web) fn identity_findings(fields: &Fields) -> Question {
    let whose = "(f.kind = 'identity' AND f.uid IN ({person})) OR (f.kind = 'account' AND f.uid IN ({accounts}))";
    about(whose, person_and_accounts(fields))
}

/// Findings about an account: `repository`, `identifier`.
pub(in crate::web) fn account_findings(fields: &Fields) -> Question {
    about("f.kind = 'account' AND f.uid IN ({account})", vec![("account", one_account(fields))])
}

fn about(about: &str, given: Vec<(&'static str, String)>) -> Question {
    Question {
        title: "Findings".to_owned(),
        about: None,
        needs: &["findings"],
        rows: sql::fill(include_str!("findings_about.sql"), &[("about", about)]),
        found: None,
        given,
        order: "fixed_on DESC NULLS FIRST, risk DESC NULLS LAST, control NULLS LAST, kind NULLS LAST, repository NULLS FIRST, subject NULLS LAST, detail NULLS FIRST",
        empty: "No control found anything.",
        leads: vec![
            ("control", |row| Some(format!("/controls/{}", escaped(row[0].as_deref()?)))),
            ("subject", subject_page),
        ],
    }
}

/// The groups an account is in: `repository`, `identifier`.
pub(in crate::web) fn account_groups(fields: &Fields) -> Question {
    Question {
        title: "Groups".to_owned(),
        about: Some("Each group with those it lies in, and how many steps these are away.".to_owned()),
        needs: &["memberships", "group_closure"],
        rows: include_str!("account_groups.sql").to_owned(),
        found: None,
        given: vec![("account", one_account(fields))],
        order: "member_of NULLS LAST, steps NULLS LAST, inside_of NULLS LAST, role NULLS FIRST",
        empty: "It is in no group.",
        leads: Vec::new(),
    }
}

fn subject_page(row: &Row) -> Option<String> {
    let subject = row[5].as_deref()?;
    match row[3].as_deref()? {
        "identity" => identity_page(Some(subject)),
        "account" => Some(account_page("/accounts", row[4].as_deref()?, subject)),
        _ => None,
    }
}

/// The address of an account below a page.
pub(in crate::web) fn account_page(page: &str, repository: &str, identifier: &str) -> String {
    format!("{page}/{}/{}", escaped(repository), escaped(identifier))
}

/// The page of a person or an account that is named as people write it.
pub(in crate::web) fn object_page(kind: &str, name: &str) -> Option<String> {
    match kind {
        "identity" => identity_page(Some(name)),
        "account" => {
            let (repository, key) = name.split_once('/')?;
            // With another `/`, nobody can tell where the repository ends.
            (!key.contains('/')).then(|| account_page("/accounts", repository, key))
        }
        _ => None,
    }
}

/// The account that the fields `repository` and `identifier` name.
pub(super) fn one_account(fields: &Fields) -> String {
    let literal = |name: &str| sql::text(fields.whole(name).unwrap_or_default());
    let (repository, identifier) = (literal("repository"), literal("identifier"));
    format!("SELECT a.uid FROM accounts a WHERE a.repository = {repository} AND a.identifier = {identifier}")
}

/// The person that the field `identity` names.
fn person(fields: &Fields) -> String {
    let key = sql::text(fields.whole("identity").unwrap_or_default());
    format!("SELECT i.uid FROM identities i WHERE i.employee_id = {key}")
}

/// The same, and their accounts.
fn person_and_accounts(fields: &Fields) -> Vec<(&'static str, String)> {
    let person = person(fields);
    let accounts = format!("SELECT o.account_uid FROM ownership o WHERE o.identity_uid IN ({person})");
    vec![("person", person), ("accounts", accounts)]
}
