//! Questions over small tables.

use super::*;
use crate::stages::check::{Csv, answer};

const IDENTITIES: Csv<'_> = (
    "identities",
    "uid,employee_id,full_name,full_name_norm,email,email_norm,organisation
     1,E1,Zoë Weiß,zoe weiß,zoe@x,zoe@x,A
     2,E2,Bo O'Hara,bo o'hara,,,
     3,E3,Abel 100%,abel 100%,,,",
);
const ACCOUNTS: Csv<'_> = (
    "accounts",
    "uid,repository,identifier,identifier_norm,display_name_norm
     1,AD,zoë/w,zoe/w,zoe
     2,AD,o'hara,o'hara,
     3,ERP,100%,100%,
     4,ERP,svc <b>,svc <b>,
     5,ERP,lost,lost,",
);
const OWNERSHIP: Csv<'_> = (
    "ownership",
    "account_uid,identity_uid,ownerless,description,rule,decided_on
     1,1,,,by_name,2026-01-01
     4,,service,,svc,2026-01-01",
);
const UIDS: Csv<'_> = (
    "uids",
    "kind,namespace,key,uid
     identity,'',E1,1
     identity,'',E2,2
     account,AD,zoë/w,1
     account,AD,o'hara,2
     account,ERP,svc <b>,4
     group,AD,inner,1
     group,AD,outer,2
     permission,APP,read,1
     permission,APP,role,2
     permission,APP,miss,3
     permission,APP,write,4",
);

fn fields(pairs: &[(&str, &str)]) -> Fields {
    Fields(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

/// The whole answer, which is also that of a page that is long enough.
#[track_caller]
fn rows(question: &Question, inputs: &[Csv<'_>]) -> Vec<String> {
    let whole = answer(&question.sql(), inputs);
    let find = |sql: &str| Ok::<_, ()>(answer(sql, inputs));
    let known = question.known(find).expect("uids");
    let page = known.part(0, 1000, find).expect("uids");
    assert_eq!(answer(&known.count(), inputs), [whole.len().to_string()]);
    assert_eq!(answer(&page, inputs), whole, "{page}");
    whole
}

/// The first cells of each row.
fn beginnings(rows: Vec<String>, cells: usize) -> Vec<String> {
    rows.into_iter().map(|row| row.split(',').take(cells).collect::<Vec<_>>().join(",")).collect()
}

#[test]
fn an_orphan_is_an_account_that_is_neither_owned_nor_ownerless() {
    let candidates = ("owner_candidates", "rule,account_uid,identity_uid,compared\nr,2,1,x\nr,2,2,x\ns,2,2,y");
    let inputs = [ACCOUNTS, OWNERSHIP, candidates];
    let found = rows(&orphans(false, &Fields::default()), &inputs);
    assert_eq!(found, ["AD,o'hara,,,,,,,2", "ERP,100%,,,,,,,0", "ERP,lost,,,,,,,0"]);
    let of = |pairs: &[(&str, &str)]| beginnings(rows(&orphans(false, &fields(pairs)), &inputs), 2);
    assert_eq!(of(&[("repository", "ERP"), ("q", "%")]), ["ERP,100%"], "a percent sign stands for itself");
    assert_eq!(of(&[("q", "O'HARA")]), ["AD,o'hara"]);
    assert_eq!(of(&[("q", "zoe")]), Vec::<String>::new(), "it has an owner");
    assert_eq!(of(&[("repository", "' OR TRUE --")]), Vec::<String>::new());
    let scores = ("owner_scores", "account_uid,identity_uid,score:double\n2,2,0.25\n2,3,0.5");
    let found = rows(&orphans(true, &Fields::default()), &[&inputs[..], &[scores]].concat());
    assert_eq!(found[0], "AD,o'hara,,,,,,,3", "who is in question by score counts, each once");
}

#[test]
fn accounts_that_have_no_owner_for_a_reason_are_told_by_it() {
    let inputs = [ACCOUNTS, OWNERSHIP];
    let of = |pairs: &[(&str, &str)]| beginnings(rows(&ownerless(&fields(pairs)), &inputs), 4);
    assert_eq!(of(&[("reason", "any")]), ["ERP,svc <b>,,service"]);
    assert_eq!(of(&[("reason", "leaved")]), Vec::<String>::new());
    assert_eq!(
        rows(&without_owner(), &inputs),
        ["AD,not known (orphan),1", "ERP,not known (orphan),2", "ERP,service,1"]
    );
}

#[test]
fn people_are_found_by_a_part_of_name_mail_or_employee_id_whatever_the_accents() {
    let rights = ("effective_rights", "identity_uid,permission_uid,perimeter\n1,1,\n1,4,x");
    let status = ("identity_status", "uid,status,reason,since_on\n1,active,,2026-01-01");
    let inputs = [IDENTITIES, OWNERSHIP, rights, status];
    let found = rows(&identities(&fields(&[("q", "ZOÉ")])), &inputs);
    assert_eq!(found, ["E1,Zoë Weiß,active,A,,zoe@x,1,2"]);
    let of = |part: &str| beginnings(rows(&identities(&fields(&[("q", part)])), &inputs), 1);
    assert_eq!(of("e2"), ["E2"]);
    assert_eq!(of("0%"), ["E3"]);
    assert_eq!(of("o'h"), ["E2"]);
    assert_eq!(of("_"), Vec::<String>::new());
    assert_eq!(beginnings(rows(&identities(&Fields::default()), &inputs), 1), ["E3", "E2", "E1"], "by name");
}

#[test]
fn rights_are_told_with_what_the_model_says_and_those_that_lack_too() {
    let inputs = [
        IDENTITIES,
        UIDS,
        (
            "effective_rights",
            "identity_uid,permission_uid,perimeter,is_direct,is_through_group,is_through_role
             1,1,,true,false,false
             1,4,P,false,true,true
             2,1,,true,false,false",
        ),
        ("theoretical_rights", "identity_uid,permission_uid,rule\n1,1,b\n1,1,a\n1,3,c"),
        (
            "entitlement_gaps",
            "identity_uid,permission_uid,gap,first_seen_on,excused_until_on
             1,4,over,2026-01-01,2026-12-31
             1,3,under,2026-01-02,
             2,1,over,2026-01-01,",
        ),
        ("permissions", "uid,application,code,name\n1,APP,read,Read"),
    ];
    let found = rows(&identity_rights(&fields(&[("identity", "E1")])), &inputs);
    assert_eq!(
        found,
        [
            "APP,miss,,,not held,c,under,2026-01-02,",
            "APP,read,Read,,direct,a and 1 more,,,",
            "APP,write,,P,group role,,over,2026-01-01,2026-12-31",
        ]
    );
}

#[test]
fn each_fact_about_a_right_is_one_row_in_its_own_perimeter() {
    let person = fields(&[("identity", "E1")]);
    let permissions = ("permissions", "uid,application,code,name\n1,APP,read,Read");
    let judged = [
        IDENTITIES,
        UIDS,
        permissions,
        (
            "effective_rights",
            "identity_uid,permission_uid,perimeter,is_direct,is_through_group,is_through_role
             1,1,FR,true,false,false
             1,1,IT,true,false,false
             1,2,,true,false,false
             1,2,FR,true,false,false
             1,4,,true,false,false
             1,4,FR,true,false,false",
        ),
        (
            "theoretical_rights",
            "identity_uid,permission_uid,rule,perimeter
             1,1,in_france,FR\n1,1,in_germany,DE\n1,1,anywhere,
             1,2,in_france,FR\n1,3,anywhere,\n1,3,in_germany,DE",
        ),
        (
            "entitlement_gaps",
            "identity_uid,permission_uid,gap,perimeter,first_seen_on,excused_until_on
             1,1,under,DE,2026-01-01,
             1,2,over,,2026-01-02,2026-12-31
             1,3,under,,2026-01-03,
             1,3,under,DE,2026-01-04,
             1,4,over,,2026-01-05,
             1,4,over,FR,2026-01-06,",
        ),
    ];
    assert_eq!(
        rows(&identity_rights(&person), &judged),
        [
            "APP,miss,,,not held,anywhere,under,2026-01-03,",
            "APP,miss,,DE,not held,in_germany,under,2026-01-04,",
            "APP,read,Read,DE,not held,in_germany,under,2026-01-01,",
            "APP,read,Read,FR,direct,anywhere and 1 more,,,",
            "APP,read,Read,IT,direct,anywhere,,,",
            "APP,role,,,direct,,over,2026-01-02,2026-12-31",
            "APP,role,,FR,direct,in_france,,,",
            "APP,write,,,direct,,over,2026-01-05,",
            "APP,write,,FR,direct,,over,2026-01-06,",
        ]
    );
    let not_judged = [
        IDENTITIES,
        UIDS,
        permissions,
        (
            "effective_rights",
            "identity_uid,permission_uid,perimeter,is_direct,is_through_group,is_through_role
             1,1,FR,true,false,false
             1,4,FR,true,false,false
             1,4,IT,true,false,false",
        ),
        (
            "theoretical_rights",
            "identity_uid,permission_uid,rule,perimeter\n1,1,in_germany,DE\n1,3,anywhere,\n1,3,in_germany,DE",
        ),
        (
            "entitlement_gaps",
            "identity_uid,permission_uid,gap,perimeter,first_seen_on,excused_until_on
             1,3,under,,2026-01-03,\n1,4,over,,2026-01-05,",
        ),
    ];
    assert_eq!(
        rows(&identity_rights(&person), &not_judged),
        [
            "APP,miss,,,not held,anywhere and 1 more,under,2026-01-03,",
            "APP,read,Read,FR,direct,in_germany,,,",
            "APP,write,,FR,direct,,over,2026-01-05,",
            "APP,write,,IT,direct,,over,2026-01-05,",
        ],
        "a gap without a perimeter is about all of them"
    );
}

#[test]
fn a_right_comes_by_the_account_by_its_groups_and_by_roles() {
    let inputs = [
        IDENTITIES,
        UIDS,
        ACCOUNTS,
        OWNERSHIP,
        ("rights", "account_uid,group_uid,permission_uid,perimeter\n1,,1,\n,2,2,P\n2,,4,"),
        ("memberships", "account_uid,group_uid,role\n1,1,member\n2,2,"),
        ("group_closure", "group_uid,ancestor_uid,depth\n1,1,0\n1,2,1\n2,2,0"),
        ("permission_closure", "permission_uid,included_uid,depth\n1,1,0\n2,2,0\n2,1,1\n3,3,0\n4,4,0"),
    ];
    let of_person = rows(&identity_ways(&fields(&[("identity", "E1")])), &inputs);
    assert_eq!(
        of_person,
        ["APP,read,,AD,zoë/w,,,", "APP,read,P,AD,zoë/w,inner,AD/outer,role", "APP,role,P,AD,zoë/w,inner,AD/outer,",]
    );
    let account = fields(&[("repository", "AD"), ("identifier", "o'hara")]);
    assert_eq!(
        rows(&account_ways(&account), &inputs),
        ["APP,read,P,AD,o'hara,outer,,role", "APP,role,P,AD,o'hara,outer,,", "APP,write,,AD,o'hara,,,"]
    );
    assert_eq!(rows(&account_groups(&account), &inputs), ["AD,outer,,outer,0"]);
}

#[test]
fn findings_about_a_person_are_also_those_about_their_accounts() {
    let findings = (
        "findings",
        "control,kind,uid,detail,state,opened_on,first_opened_on,fixed_on,risk
         a,identity,1,,opened,2026-01-01,2026-01-01,,3
         b,account,1,,opened,2026-01-01,2026-01-01,,4
         c,account,4,,opened,2026-01-01,2026-01-01,,4
         d,identity,2,,opened,2026-01-01,2026-01-01,,4
         e,identity,1,,fixed,2026-01-01,2026-01-01,2026-01-02,5",
    );
    let inputs = [IDENTITIES, ACCOUNTS, UIDS, OWNERSHIP, findings];
    let of_person = rows(&identity_findings(&fields(&[("identity", "E1")])), &inputs);
    assert_eq!(
        beginnings(of_person, 6),
        ["b,4,opened,account,AD,zoë/w", "a,3,opened,identity,,E1", "e,5,fixed,identity,,E1"]
    );
    let of_account = rows(&account_findings(&fields(&[("repository", "ERP"), ("identifier", "svc <b>")])), &inputs);
    assert_eq!(beginnings(of_account, 1), ["c"]);
}

#[test]
fn the_address_of_an_account_holds_whatever_its_key_holds() {
    let address = |key: &str| account_page("/accounts", "A/D", key);
    assert_eq!(address("a b/ß'%<"), "/accounts/A%2FD/a%20b%2F%C3%9F%27%25%3C");
    assert_eq!(address("x?y=1&z#f"), "/accounts/A%2FD/x%3Fy%3D1%26z%23f");
}

#[test]
fn what_is_told_a_page_at_a_time_is_what_is_told_of_all() {
    let held = ("effective_rights", "identity_uid,permission_uid\n1,1\n1,2\n3,1");
    let status = ("identity_status", "uid,status\n1,active\n2,leaver");
    let candidates = ("owner_candidates", "rule,account_uid,identity_uid,compared\nr,2,1,x\nr,2,2,x\ns,5,2,y");
    let tables = [IDENTITIES, ACCOUNTS, OWNERSHIP, held, status, candidates];
    for question in [identities(&fields(&[])), identities(&fields(&[("q", "e")])), orphans(false, &fields(&[]))] {
        let whole = rows(&question, &tables);
        assert!(whole.len() > 1, "{whole:?}");
        let find = |sql: &str| Ok::<_, ()>(answer(sql, &tables));
        let part = |first: usize| answer(&question.part(first as u64, 1, find).expect("found"), &tables);
        assert_eq!((0..=whole.len()).flat_map(part).collect::<Vec<_>>(), whole, "{}", question.title);
        assert_eq!(answer(&question.count(), &tables), [whole.len().to_string()]);
    }
}

#[test]
fn who_is_in_question_by_score_is_told_with_the_arithmetic_and_drift_with_whom_the_rule_would_find() {
    let account = fields(&[("repository", "AD"), ("identifier", "o'hara")]);
    let scores = (
        "owner_scores",
        "account_uid,identity_uid,score:double,outcome,tier,rule,arithmetic\n2,2,0.25,candidate,2,b,b 0.250000\n2,1,0.5,candidate,2,a,a 0.500000\n5,1,1,owner,1,a,a 1",
    );
    let uids = ("uids", "kind,namespace,key,uid\nidentity,,E1,1\nidentity,,E2,2");
    let found = rows(&account_scores(&account), &[ACCOUNTS, IDENTITIES, uids, scores]);
    assert_eq!(beginnings(found.clone(), 1), ["E1", "E2"]);
    assert!(found[0].ends_with("candidate,0.5,a 0.500000"), "{found:?}");
    let drift =
        ("owner_drift", "account_uid,identity_uid,rule,drift,found_uid,first_seen_on\n2,1,mail,other,2,2026-01-05");
    let found = rows(&account_drift(&account), &[ACCOUNTS, IDENTITIES, drift]);
    assert!(found[0].starts_with("mail,other,") && found[0].ends_with("2026-01-05"), "{found:?}");
    let found = rows(&super::drift(), &[ACCOUNTS, IDENTITIES, uids, drift]);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("AD,o'hara,,E1,") && found[0].contains(",mail,other,E2,"), "{found:?}");
}

#[test]
fn the_shortest_way_to_a_right_is_told_with_what_is_passed_and_nothing_twice() {
    let found = (
        "finding_paths",
        "control,kind,uid,detail,wanted_uid,account_uid,member_of_uid,group_uid,permission_uid,perimeter,steps
         c,identity,1,a + b,1,1,1,2,2,FR,4
         c,identity,1,a + b,4,1,1,1,4,,2
         c,identity,1,a + b,3,1,,,3,,1
         other,identity,1,a + b,1,1,,,1,,1",
    );
    let question = paths(&fields(&[("control", "c")]));
    assert_eq!(
        rows(&question, &[UIDS, found]),
        [
            "identity,E1,a + b,APP/miss,AD/zoë/w > APP/miss,,1",
            "identity,E1,a + b,APP/read,AD/zoë/w > AD/inner > AD/outer > APP/role > APP/read,FR,4",
            "identity,E1,a + b,APP/write,AD/zoë/w > AD/inner > APP/write,,2",
        ]
    );
    let [(column, lead)] = question.leads.as_slice() else { panic!("one column leads somewhere") };
    let row = ["identity", "E1"].map(|text| Some(text.to_owned()));
    assert_eq!((*column, lead(&row).as_deref()), ("subject", Some("/identities/E1")));
}

#[test]
fn what_moved_changed_was_gained_and_lost_is_told_with_its_cause() {
    let moves = (
        "movements",
        "table_name,movement,kind,uid,related_kind,related_uid,detail,cause
         accounts,new,account,2,,,,data
         accounts,deleted,account,4,,,,configuration
         accounts,modified,account,1,,,,both
         rights,new,account,2,permission,1,FR,data",
    );
    let counts = answer(include_str!("movements.sql"), &[moves]);
    assert_eq!(counts.len(), 2);
    assert!(["accounts,1,1,1,1,1,1", "rights,1,0,0,1,0,0"].iter().all(|row| counts.contains(&(*row).to_owned())));
    assert_eq!(
        rows(&moved(&fields(&[("table", "accounts"), ("movement", "deleted")])), &[UIDS, moves]),
        ["accounts,deleted,account,ERP/svc <b>,,,,configuration"]
    );
    let changed =
        ("changes", "table_name,uid,attribute,old_value,new_value,cause\nidentities,1,full_name,Zoe,Zoë,data");
    assert_eq!(rows(&changes(&Fields::default()), &[UIDS, changed]), ["identities,E1,full_name,Zoe,Zoë,data"]);
    let links = (
        "link_changes",
        "kind,uid,change,related_kind,related_uid,detail,table_name,cause
         identity,1,gained,permission,4,FR,effective_rights,configuration
         permission,4,gained,identity,1,FR,effective_rights,configuration
         account,2,lost,group,1,,memberships,data",
    );
    let of = |pairs: &[(&str, &str)]| rows(&link_changes(&fields(pairs)), &[UIDS, links]);
    let gained = [
        "effective_rights,gained,identity,E1,permission,APP/write,FR,configuration",
        "effective_rights,gained,permission,APP/write,identity,E1,FR,configuration",
    ];
    let lost = ["memberships,lost,account,AD/o'hara,group,AD/inner,,data"];
    assert_eq!(of(&[]), [&gained[..], &lost].concat());
    assert_eq!(of(&[("table", "effective_rights")]), gained);
    assert_eq!(of(&[("change", "lost")]), lost);
}
