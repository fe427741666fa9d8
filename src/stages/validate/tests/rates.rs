//! Shares: churn, keys replaced, filled columns, and one value in the place of all others.

use super::*;

/// Accounts by uid, each with a value of the column `email`.
fn with_emails(emails: &[(u32, &str)]) -> String {
    let rows: Vec<String> = emails.iter().map(|(uid, email)| format!("{uid},AD,a{uid},{email},dir")).collect();
    format!("uid,repository,identifier,email,source\n{}", rows.join("\n"))
}

/// Accounts of these uids.
fn numbered(uids: impl Iterator<Item = u32>) -> String {
    with_emails(&uids.map(|uid| (uid, "")).collect::<Vec<_>>())
}

/// Movements that say of accounts that they are new or gone.
fn movements(new: impl Iterator<Item = u32>, gone: impl Iterator<Item = u32>) -> String {
    let row = |what: &'static str| move |uid: u32| format!("accounts,account,{uid},{what}");
    let rows: Vec<String> = new.map(row("new")).chain(gone.map(row("deleted"))).collect();
    format!("table_name,kind,uid,movement\n{}", rows.join("\n"))
}

fn max(metric: &str, most: Amount) -> Validate {
    only(threshold(metric, None, vec![hold(Side::Max, most)]))
}

#[test]
fn churn_counts_what_came_and_went_where_the_net_is_nothing() {
    // Of ten accounts two went and two came.
    let inputs = [
        ("accounts", &*numbered(3..=12)),
        ("before_accounts", &*numbered(1..=10)),
        ("movements", &*movements(11..=12, 1..=2)),
    ];
    let net = only(threshold("accounts.count", None, vec![hold(Side::Change, Amount::Number(1.0))]));
    check_stage(&net, AS_OF, &inputs, &[("threshold_results", "severity\nok")]);
    let report = check_stage(
        &max("accounts.churn", Amount::Share(0.39)),
        AS_OF,
        &inputs,
        &[("metrics", "value,counted,out_of\n40.0,4.0,10.0"), ("threshold_results", "severity\nhold")],
    );
    assert_eq!(
        report.tables[0].rows[0][2],
        "`accounts.churn` is 40.0 % (4 of 10), above the limit of 39 %; most of it: AD 4; such as AD/a1, AD/a11, AD/a12, AD/a2"
    );
    // What is not more than the limit is within it.
    let exactly = max("accounts.churn", Amount::Share(0.4));
    check_stage(&exactly, AS_OF, &inputs, &[("threshold_results", "severity\nok")]);
}

#[test]
fn keys_are_replaced_where_as_many_come_as_go_and_not_where_a_table_grows() {
    let replaced = max("accounts.keys_replaced", Amount::Share(0.2));
    let moved =
        |new: std::ops::RangeInclusive<u32>, gone: std::ops::RangeInclusive<u32>, severity: &str, value: &str| {
            check_stage(
                &replaced,
                AS_OF,
                &[
                    ("accounts", &numbered((1..=10).filter(|uid| !gone.contains(uid)).chain(new.clone()))),
                    ("before_accounts", &numbered(1..=10)),
                    ("movements", &movements(new, gone)),
                ],
                &[("threshold_results", &format!("severity\n{severity}")), ("metrics", &format!("value\n{value}"))],
            );
        };
    moved(11..=19, 2..=10, "hold", "90.0");
    moved(11..=30, 1..=2, "ok", "20.0");
    #[expect(clippy::reversed_empty_ranges, reason = "nothing went")]
    moved(11..=30, 2..=1, "ok", "0.0");
}

#[test]
fn a_column_that_comes_empty_is_told_though_no_row_is_missing() {
    let (full, gaps) = ([(1, "x"), (2, "y"), (3, "z"), (4, "u")], [(1, "x"), (2, "''"), (3, ""), (4, "u")]);
    let inputs = [("accounts", &*with_emails(&gaps)), ("before_accounts", &*with_emails(&full))];
    let limits = vec![hold(Side::Min, Amount::Share(0.95)), hold(Side::Drop, Amount::Number(5.0))];
    let report = check_stage(
        &only(threshold("accounts.email.fill", None, limits)),
        AS_OF,
        &inputs,
        &[
            ("metrics", "before_value,value,counted,out_of\n100.0,50.0,2.0,4.0"),
            ("threshold_results", "side,severity\nmin,hold\ndrop,hold"),
        ],
    );
    let told: Vec<&str> = report.tables[0].rows.iter().map(|row| row[2].as_str()).collect();
    assert_eq!(
        told,
        [
            "`accounts.email.fill` fell from 100.0 % to 50.0 % (2 of 4) (by 50.0 points), the limit is 5; most of it: AD 2; such as AD/a2, AD/a3",
            "`accounts.email.fill` is 50.0 % (2 of 4), below the limit of 95 %; most of it: AD 2; such as AD/a2, AD/a3",
        ]
    );
}

#[test]
fn one_value_in_the_place_of_all_others_is_named() {
    let (now, before) = ([(1, "x"), (2, "x"), (3, "x"), (4, "y"), (5, "")], [(1, "x"), (2, "y"), (3, "z"), (4, "u")]);
    let inputs = [("accounts", &*with_emails(&now)), ("before_accounts", &*with_emails(&before))];
    let report = check_stage(
        &max("accounts.email.top", Amount::Number(50.0)),
        AS_OF,
        &inputs,
        &[("metrics", "before_value,value,counted,out_of\n25.0,60.0,3.0,5.0")],
    );
    assert_eq!(
        report.tables[0].rows[0][2],
        "`accounts.email.top` is 60.0 % (3 of 5), above the limit of 50; most of it: AD 3; such as AD/a1, AD/a2, AD/a3; the values held most are x 3, y 1"
    );
}

#[test]
fn of_a_value_that_took_over_in_some_repositories_the_rows_of_each_are_named() {
    let now = "uid,repository,identifier,email,source\n1,AD,a,x,dir\n2,AD,b,x,dir\n3,AD,c,y,dir\n4,CRM,d,y,dir\n5,CRM,e,y,dir\n6,CRM,f,x,dir";
    let report = check_stage(
        &only(threshold("accounts.email.top", Some("repository"), vec![hold(Side::Max, Amount::Number(50.0))])),
        AS_OF,
        &[("accounts", now), ("before_accounts", now)],
        &[("threshold_results", "by_value,severity\nAD,hold\nCRM,hold")],
    );
    let told: Vec<&str> = report.tables[0].rows.iter().map(|row| row[2].as_str()).collect();
    assert_eq!(
        told,
        [
            "`accounts.email.top` where `repository` is `AD` is 66.7 % (2 of 3), above the limit of 50; such as AD/a, AD/b; the values held most are x 2, y 1",
            "`accounts.email.top` where `repository` is `CRM` is 66.7 % (2 of 3), above the limit of 50; such as CRM/d, CRM/e; the values held most are y 2, x 1",
        ]
    );
    // A value may be that of a person.
    assert!(report.tables[0].mailed_rows().iter().all(|row| row[2].ends_with("the limit of 50")));
}

#[test]
fn a_share_of_few_rows_is_not_judged_below_its_smallest_base() {
    let inputs = [("accounts", &*with_emails(&[(1, ""), (2, "")])), ("before_accounts", &*with_emails(&[(1, "x")]))];
    for (min_base, severity) in [(2, "hold"), (3, "ok")] {
        let limits = vec![hold(Side::Min, Amount::Share(0.5)), hold(Side::Drop, Amount::Share(0.1))];
        let fill = threshold("accounts.email.fill", None, limits);
        check_stage(
            &only(Threshold { min_base: Some(min_base), ..fill }),
            AS_OF,
            &inputs,
            &[("threshold_results", &format!("side,severity\nmin,{severity}\ndrop,{severity}"))],
        );
    }
}

#[test]
fn shares_are_broken_down_and_values_without_rows_have_none() {
    let accounts = "uid,repository,identifier,email,source\n1,AD,a,x,dir\n2,AD,b,,dir\n3,CRM,c,,dir";
    let before = "uid,repository,identifier,email,source\n1,AD,a,x,dir\n9,OLD,z,x,dir";
    check_stage(
        &only(threshold("accounts.email.fill", Some("repository"), vec![hold(Side::Min, Amount::Share(0.4))])),
        AS_OF,
        &[("accounts", accounts), ("before_accounts", before)],
        &[
            ("metrics", "by_value,before_value,value\nAD,100.0,50.0\nCRM,,0.0"),
            ("threshold_results", "by_value,severity\nAD,ok\nCRM,hold"),
        ],
    );
}

#[test]
fn a_first_load_has_no_churn_and_its_columns_are_filled_or_not() {
    let limits = || vec![hold(Side::Max, Amount::Share(0.1)), hold(Side::Min, Amount::Share(0.1))];
    let thresholds = vec![
        Threshold { id: "moved".to_owned(), ..threshold("accounts.churn", None, limits()) },
        Threshold { id: "filled".to_owned(), ..threshold("accounts.email.fill", None, limits()) },
    ];
    check_stage(
        &Validate { thresholds, has_guards: false, ..guards() },
        AS_OF,
        &[("accounts", &with_emails(&[(1, "x")]))],
        &[("threshold_results", "threshold,side,severity\nfilled,max,hold\nfilled,min,ok")],
    );
}

#[test]
fn the_worked_example_of_the_page_is_what_is_judged() {
    let emails = |uids: std::ops::RangeInclusive<u32>, filled: u32| -> Vec<(u32, &str)> {
        uids.map(|uid| (uid, if uid <= filled { "x" } else { "" })).collect()
    };
    let threshold =
        |id: &str, metric: &str, limit: Limit| Threshold { id: id.to_owned(), ..threshold(metric, None, vec![limit]) };
    let thresholds = vec![
        threshold("net", "accounts.count", hold(Side::Change, Amount::Number(1.0))),
        threshold("exchanged", "accounts.churn", hold(Side::Max, Amount::Share(0.39))),
        threshold("mails", "accounts.email.fill", hold(Side::Drop, Amount::Number(5.0))),
    ];
    let report = check_stage(
        &Validate { thresholds, has_guards: false, ..guards() },
        AS_OF,
        &[
            ("accounts", &with_emails(&emails(3..=12, 8))),
            ("before_accounts", &with_emails(&emails(1..=10, 10))),
            ("movements", &movements(11..=12, 1..=2)),
        ],
        &[("threshold_results", "threshold,severity\nnet,ok\nexchanged,hold\nmails,hold")],
    );
    let told = report.tables[0].rows.iter().map(|row| format!("\n{}: {}", row[1], row[2]));
    let page = include_str!("../../../../docs/stages/validate.md");
    assert!(page.contains(&format!("```text\nnet: ok{}\n```", told.collect::<String>())), "{report:?}");
}
