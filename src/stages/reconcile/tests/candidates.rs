//! A name that several identities share, or once shared.

use super::*;

#[test]
fn a_name_that_several_share_leads_to_the_next_rule_or_stops() {
    let by_name = matching("by_name", "display_name", "full_name", Form::Normalised);
    let by_mail = matching("by_mail", "email", "email", Form::Equal);
    let accounts = "uid,repository,identifier,display_name,display_name_norm,email\n1,AD,a,Jan Novak,jan novak,jan2@x";
    let tables = [("accounts", accounts), ("identities", PEOPLE)];
    let next = policy(Vec::new(), vec![by_name.clone(), by_mail.clone()]);
    check_stage(&next, AS_OF, &tables, &[("ownership", "account_uid,identity_uid,rule\n1,4,by_mail")]);
    let stops = MatchRule { on_ambiguous: OnAmbiguous::Stop, ..by_name };
    let stop = policy(Vec::new(), vec![stops.clone(), by_mail.clone()]);
    let report = check_stage(&stop, AS_OF, &tables, &[("ownership", "account_uid\n")]);
    assert_eq!(report.tables[2].rows, [["by_name", "1", "1"]]);
    // A rule before it decides all the same.
    let before = policy(Vec::new(), vec![by_mail, stops]);
    check_stage(&before, AS_OF, &tables, &[("ownership", "account_uid,rule\n1,by_mail")]);
}

/// Before, 3 and 4 shared the name of account 2; now only 3 is left of them.
const ONE_JAN_LEFT: [(&str, &str); 4] = [
    ("accounts", "uid,repository,identifier,display_name_norm,email\n2,AD,jan,jan novak,office@x"),
    ("identities", "uid,employee_id,full_name_norm,email\n3,E3,jan novak,jan1@x\n5,E5,lu vik,office@x"),
    ("uids", "kind,namespace,key,uid\nidentity,,E3,3\nidentity,,E4,4\nidentity,,E5,5"),
    ("before_owner_candidates", "rule,account_uid,identity_uid,compared\nby_name,2,3,jan novak\nby_name,2,4,jan novak"),
];

#[test]
fn a_name_that_lost_one_of_its_bearers_still_tells_nobody_apart() {
    let stage = policy(Vec::new(), vec![matching("by_name", "display_name", "full_name", Form::Normalised)]);
    let remembered = "account_uid,identity_uid,compared\n2,3,jan novak\n2,4,jan novak";
    let report = check_stage(
        &stage,
        AS_OF,
        &ONE_JAN_LEFT,
        &[
            ("ownership", "account_uid\n"),
            ("owner_candidates", remembered),
            ("owner_matches", "account_uid,identity_uid,candidates\n2,,2"),
        ],
    );
    assert_eq!(report.tables[2].rows, [["by_name", "1", "1"]]);
    // Nor does it when the last of them goes, or a third one comes.
    let [accounts, _, uids, before] = ONE_JAN_LEFT;
    let nobody = ("identities", "uid,employee_id,full_name_norm\n5,E5,lu vik");
    check_stage(&stage, AS_OF, &[accounts, nobody, uids, before], &[("owner_candidates", remembered)]);
    let third = ("identities", "uid,employee_id,full_name_norm\n6,E6,jan novak");
    let three = ("owner_candidates", "identity_uid\n3\n4\n6");
    check_stage(&stage, AS_OF, &[accounts, third, uids, before], &[("ownership", "account_uid\n"), three]);
}

#[test]
fn people_other_rules_and_the_account_itself_settle_who_was_in_question() {
    let by_name = matching("by_name", "display_name", "full_name", Form::Normalised);
    let stops = MatchRule { on_ambiguous: OnAmbiguous::Stop, ..by_name.clone() };
    let by_mail = matching("by_mail", "email", "email", Form::Equal);
    let [accounts, people, uids, before] = ONE_JAN_LEFT;
    let names_only = policy(Vec::new(), vec![by_name.clone()]);
    // A person said that it is not the one who left.
    let decisions = format!("{DECISIONS}\nAD,jan,forbid,E4,x,eve,2026-01-01,,");
    let tables = [accounts, people, uids, before, ("decisions", &decisions)];
    check_stage(&names_only, AS_OF, &tables, &[("ownership", "account_uid,identity_uid\n2,3")]);
    // Another rule tells, unless the name is to stop it; a name that nobody has any more stops nothing.
    let next = policy(Vec::new(), vec![by_name, by_mail.clone()]);
    check_stage(&next, AS_OF, &ONE_JAN_LEFT, &[("ownership", "account_uid,identity_uid\n2,5")]);
    let stop = policy(Vec::new(), vec![stops, by_mail]);
    check_stage(&stop, AS_OF, &ONE_JAN_LEFT, &[("ownership", "account_uid\n")]);
    let nobody = ("identities", "uid,employee_id,full_name_norm,email\n5,E5,lu vik,office@x");
    let tables = [accounts, nobody, uids, before];
    check_stage(&stop, AS_OF, &tables, &[("ownership", "account_uid,identity_uid\n2,5")]);
    // The policy does not want it remembered.
    let mut forgets = names_only.clone();
    forgets.policy.matches[0].is_remembered = false;
    check_stage(&forgets, AS_OF, &ONE_JAN_LEFT, &[("ownership", "account_uid,identity_uid\n2,3")]);
    // The account got another name.
    let renamed = ("accounts", "uid,repository,identifier,display_name_norm,email\n2,AD,jan,lu vik,");
    let tables = [renamed, people, uids, before];
    check_stage(&names_only, AS_OF, &tables, &[("ownership", "account_uid,identity_uid\n2,5")]);
}

#[test]
fn of_a_name_that_many_share_the_first_twenty_are_in_question() {
    let stage = policy(Vec::new(), vec![matching("by_name", "display_name", "full_name", Form::Normalised)]);
    let rows: String = (1..=25).map(|uid| format!("\n{uid},E{uid},test user")).collect();
    let people = format!("uid,employee_id,full_name_norm{rows}");
    let accounts = "uid,repository,identifier,display_name_norm\n1,AD,a,test user";
    let tables = [("accounts", accounts), ("identities", people.as_str())];
    let counted =
        ("(SELECT CAST(COUNT(*) AS BIGINT) AS n, MAX(identity_uid) AS last FROM owner_candidates) t", "n,last\n20,20");
    check_stage(&stage, AS_OF, &tables, &[counted, ("ownership", "account_uid\n")]);
}
