//! Small tables in, small tables out.
#![expect(clippy::format_collect, clippy::format_push_string, reason = "tables are written as texts")]

mod baselines;
mod blocking;
mod brake;
mod guards;
mod rates;

use super::{leads, movers};
use crate::collect::source::{SourceReport, SourceState};
use crate::settings::Mode;
use crate::settings::validate::{Amount, Baseline, Limit, Metric, Side, Threshold, Validate};
use crate::source::{Place, SourceFile, SqlText};
use crate::stages::check::{check_stage, check_stage_with};

const AS_OF: &str = "2026-11-21";

fn guards() -> Validate {
    Validate { has_guards: true, thresholds: Vec::new(), max_stale_loads: None, first_load: Mode::Auto, brake: None }
}

fn only(threshold: Threshold) -> Validate {
    Validate { has_guards: false, thresholds: vec![threshold], ..guards() }
}

fn threshold(metric: &str, by: Option<&str>, limits: Vec<Limit>) -> Threshold {
    let metric = Metric::Named(metric.to_owned());
    Threshold {
        id: "it".to_owned(),
        metric,
        by: by.map(str::to_owned),
        limits,
        min_base: None,
        baseline: Baseline::Previous,
    }
}

fn hold(of: Side, hold: Amount) -> Limit {
    Limit { of, warn: None, hold: Some(hold) }
}

/// So many accounts of a repository, from an uid on.
fn accounts(counts: &[(&str, usize)]) -> String {
    let mut text = "uid,repository,identifier,source".to_owned();
    let mut uid = 0;
    for (repository, count) in counts {
        for _ in 0..*count {
            uid += 1;
            text.push_str(&format!("\n{uid},{repository},a{uid},dir"));
        }
    }
    text
}

#[test]
fn a_limit_is_reached_by_a_change_as_large_as_it_and_never_by_none() {
    let cases = [
        (100, 90, Side::Drop, Amount::Share(0.1), "hold"),
        (100, 91, Side::Drop, Amount::Share(0.1), "ok"),
        (70, 63, Side::Drop, Amount::Share(0.1), "hold"),
        (100, 110, Side::Drop, Amount::Share(0.0), "ok"),
        (100, 100, Side::Change, Amount::Share(0.0), "ok"),
        (100, 99, Side::Change, Amount::Number(0.0), "hold"),
        (100, 120, Side::Rise, Amount::Number(20.0), "hold"),
        (100, 119, Side::Rise, Amount::Number(20.0), "ok"),
        (100, 4, Side::Min, Amount::Number(5.0), "hold"),
        (100, 5, Side::Min, Amount::Number(5.0), "ok"),
        (1, 6, Side::Max, Amount::Number(5.0), "hold"),
    ];
    for (before, now, side, amount, severity) in cases {
        check_stage(
            &only(threshold("accounts.count", None, vec![hold(side, amount)])),
            AS_OF,
            &[("accounts", &accounts(&[("AD", now)])), ("before_accounts", &accounts(&[("AD", before)]))],
            &[("threshold_results", &format!("threshold,severity\nit,{severity}"))],
        );
    }
}

#[test]
fn a_metric_is_broken_down_and_its_breach_names_the_value() {
    let limit = Limit { of: Side::Drop, warn: Some(Amount::Share(0.02)), hold: Some(Amount::Share(0.1)) };
    let report = check_stage(
        &only(threshold("accounts.count", Some("repository"), vec![limit])),
        AS_OF,
        &[
            ("accounts", &accounts(&[("AD", 80), ("CRM", 49), ("NEW", 3)])),
            ("before_accounts", &accounts(&[("AD", 100), ("CRM", 50), ("OLD", 1)])),
        ],
        &[
            (
                "metrics",
                "threshold,by_column,by_value,before_value,value\nit,repository,AD,100.0,80.0\nit,repository,CRM,50.0,49.0\nit,repository,NEW,0.0,3.0\nit,repository,OLD,1.0,0.0",
            ),
            (
                "threshold_results",
                "by_value,side,severity,limit_text\nAD,drop,hold,10 %\nCRM,drop,warn,2 %\nNEW,drop,ok,2 %\nOLD,drop,hold,10 %",
            ),
        ],
    );
    assert_eq!(report.headline, "4 limits judged: 1 thresholds hold, 1 warnings");
    assert_eq!(
        report.tables[0].rows[0],
        [
            "hold",
            "it",
            "`accounts.count` where `repository` is `AD` fell from 100 to 80 (by 20, 20.0 %), the limit is 10 %"
        ]
    );
}

#[test]
fn a_total_names_who_moved_most() {
    let report = check_stage(
        &only(threshold("accounts.count", None, vec![hold(Side::Drop, Amount::Number(1.0))])),
        AS_OF,
        &[
            ("accounts", &accounts(&[("A", 1), ("B", 1), ("C", 9), ("D", 4)])),
            ("before_accounts", &accounts(&[("A", 3), ("B", 6), ("C", 5), ("D", 5), ("E", 2)])),
        ],
        &[],
    );
    assert_eq!(
        report.tables[0].rows[0][2],
        "`accounts.count` fell from 21 to 15 (by 6, 28.6 %), the limit is 1; most of it: B 5, A 2, E 2"
    );
}

#[test]
fn any_rise_from_nothing_is_a_percentage_unless_there_is_a_smallest_base() {
    let rise = threshold("accounts.count", None, vec![hold(Side::Rise, Amount::Share(9.0))]);
    let before = "uid,repository,identifier\n";
    for (min_base, severity) in [(None, "hold"), (Some(1), "ok")] {
        check_stage(
            &only(Threshold { min_base, ..rise.clone() }),
            AS_OF,
            &[("accounts", &accounts(&[("AD", 1)])), ("before_accounts", before)],
            &[("threshold_results", &format!("severity\n{severity}"))],
        );
    }
}

#[test]
fn a_first_load_is_not_compared_but_its_values_are_judged() {
    let limits = vec![hold(Side::Drop, Amount::Number(1.0)), hold(Side::Min, Amount::Number(3.0))];
    check_stage(
        &Validate { has_guards: true, ..only(threshold("accounts.count", None, limits)) },
        AS_OF,
        &[("accounts", &accounts(&[("AD", 2)]))],
        &[
            ("metrics", "threshold,before_value,value\nit,,2.0"),
            (
                "threshold_results",
                "side,severity,limit_text,sentence\nmin,hold,3,`accounts.count` is 2, below the limit of 3",
            ),
        ],
    );
}

#[test]
fn every_named_metric_can_be_measured() {
    let tables = [
        ("accounts", "uid,repository,identifier\n1,AD,a\n2,AD,b\n3,AD,c\n4,CRM,d"),
        ("before_accounts", "uid,repository,identifier\n1,AD,a\n2,AD,b\n3,AD,c\n9,AD,x"),
        ("ownership", "account_uid,identity_uid,ownerless\n1,1,\n2,,leaved"),
        ("before_ownership", "account_uid,identity_uid,ownerless\n1,1,\n2,2,\n3,2,\n9,1,"),
        ("identities", "uid,employee_id,organisation\n1,E1,IT\n2,E2,SALES"),
        ("effective_rights", "identity_uid,permission_uid\n1,5"),
        ("identity_status", "uid,status\n1,active\n2,inactive"),
        ("before_identities", "uid,employee_id,organisation\n1,E1,IT\n2,E2,IT\n3,E3,SALES\n4,E4,SALES"),
        ("before_identity_status", "uid,status\n1,active\n2,active\n3,active\n4,inactive"),
        (
            "findings",
            "control,kind,uid,state,opened_on,first_opened_on\nc,account,1,opened,2026-11-21,2026-11-21\nc,identity,2,persisting,2026-11-14,2026-11-14\nd,permission,5,fixed,2026-11-14,2026-11-14",
        ),
        ("rejects", "source,table_name,reason\nhr,identities,bad"),
        (
            "movements",
            "table_name,movement,kind,uid,related_kind,related_uid\naccounts,new,account,4,,\naccounts,deleted,account,9,,\nrights,deleted,account,9,permission,5\nrights,new,account,4,permission,5",
        ),
        ("rights", "account_uid,permission_uid,source\n4,5,dir"),
        ("before_rights", "account_uid,permission_uid,source\n9,5,dir"),
        (
            "uids",
            "kind,namespace,key,uid\npermission,ERP,PAY,5\naccount,AD,x,9\naccount,AD,a,1\naccount,AD,b,2\naccount,AD,c,3\naccount,CRM,d,4",
        ),
        ("before_metrics", "threshold,value:double\nit,7.0"),
    ];
    let cases = [
        ("accounts.count", None, ",4.0,4.0"),
        ("accounts.new", None, ",7.0,1.0"),
        ("accounts.new", Some("repository"), "CRM,,1.0"),
        ("accounts.deleted", Some("repository"), "AD,,1.0"),
        ("accounts.orphans", None, ",0.0,2.0"),
        ("accounts.owned", Some("repository"), "AD,4.0,1.0"),
        ("accounts.ownerless", None, ",0.0,1.0"),
        ("identities.active", None, ",3.0,1.0"),
        ("identities.inactive", None, ",1.0,1.0"),
        ("identities.leavers", None, ",7.0,2.0"),
        ("identities.leavers", Some("organisation"), "SALES,,1.0\nIT,,1.0"),
        ("findings.standing", Some("control"), "c,0.0,2.0"),
        ("findings.opened", None, ",0.0,1.0"),
        ("rejects.count", Some("source"), "hr,0.0,1.0"),
        ("owners.lost", None, ",7.0,2.0"),
        ("owners.lost", Some("repository"), "AD,,2.0"),
        ("rights.count", Some("application"), "ERP,1.0,1.0"),
        ("rights.deleted", Some("application"), "ERP,,1.0"),
        ("rights.deleted", Some("repository"), "AD,,1.0"),
        ("rights.new", Some("permission"), "ERP/PAY,,1.0"),
        ("rights.count", Some("organisation"), "IT,1.0,0.0\n,0.0,1.0"),
        ("effective_rights.count", Some("application"), "ERP,0.0,1.0"),
        ("effective_rights.count", Some("organisation"), "IT,0.0,1.0"),
        ("ownership.count", Some("repository"), "AD,4.0,2.0"),
        ("ownership.count", Some("organisation"), "IT,4.0,1.0\n,0.0,1.0"),
        ("findings.count", Some("repository"), "AD,0.0,1.0\n,0.0,2.0"),
        ("findings.count", Some("application"), "ERP,0.0,1.0\n,0.0,2.0"),
        ("findings.count", Some("organisation"), "IT,0.0,1.0\nSALES,0.0,1.0\n,0.0,1.0"),
    ];
    for (metric, by, row) in cases {
        check_stage(
            &only(threshold(metric, by, vec![hold(Side::Max, Amount::Number(99.0))])),
            AS_OF,
            &tables,
            &[("metrics", &format!("by_value,before_value,value\n{row}"))],
        );
    }
}

#[test]
fn a_metric_in_sql_is_compared_with_what_the_parent_measured() {
    let text = "SELECT COUNT(*) FROM accounts WHERE repository = 'AD'; -- those";
    let place = Place::new(&SourceFile::new("plans/p.toml", text), 0..text.len());
    let metric = Metric::Sql(SqlText { text: text.to_owned(), place });
    let limit = hold(Side::Rise, Amount::Share(0.5));
    check_stage(
        &only(Threshold { metric, ..threshold("", None, vec![limit]) }),
        AS_OF,
        &[
            ("accounts", &accounts(&[("AD", 3), ("X", 9)])),
            ("before_metrics", "threshold,value:double\nit,2.0\nother,9.0"),
        ],
        &[
            ("metrics", "threshold,before_value,value\nit,2.0,3.0"),
            ("threshold_results", "severity,sentence\nhold,`it` rose from 2 to 3 (by 1, 50.0 %), the limit is 50 %"),
        ],
    );
}

#[test]
fn a_metric_in_sql_may_give_a_number_for_each_value() {
    let text = "SELECT repository, COUNT(*) FROM accounts GROUP BY repository";
    let place = Place::new(&SourceFile::new("plans/p.toml", text), 0..text.len());
    let metric = Metric::Sql(SqlText { text: text.to_owned(), place });
    let limit = hold(Side::Drop, Amount::Share(0.5));
    check_stage(
        &only(Threshold { metric, ..threshold("", Some("place"), vec![limit]) }),
        AS_OF,
        &[
            ("accounts", &accounts(&[("AD", 3), ("NEW", 9)])),
            (
                "before_metrics",
                "threshold,by_column,by_value,value:double\nit,place,AD,7.0\nit,place,OLD,1.0\nit,other,X,9.0",
            ),
        ],
        &[
            (
                "metrics",
                "threshold,by_column,by_value,before_value,value\nit,place,AD,7.0,3.0\nit,place,NEW,0.0,9.0\nit,place,OLD,1.0,0.0",
            ),
            (
                "threshold_results WHERE by_value = 'AD'",
                "severity,sentence\nhold,`it` where `place` is `AD` fell from 7 to 3 (by 4, 57.1 %), the limit is 50 %",
            ),
        ],
    );
}

/// The sentence of a threshold that is reached.
#[track_caller]
fn sentence(metric: &str, by: Option<&str>, limit: Limit, tables: &[(&str, &str)]) -> String {
    let report = check_stage(&only(threshold(metric, by, vec![limit])), AS_OF, tables, &[]);
    report.tables[0].rows[0][2].clone()
}

#[test]
fn a_breach_names_some_of_the_rows_behind_it_and_what_most_of_them_belong_to() {
    let moved = "table_name,movement,kind,uid,related_kind,related_uid\naccounts,deleted,account,3,,\naccounts,deleted,account,4,,\naccounts,deleted,account,5,,\naccounts,deleted,account,6,,
        rights,deleted,account,3,permission,1\nrights,deleted,account,4,permission,1\nrights,deleted,account,4,permission,2\nrights,new,account,1,permission,2";
    let uids: String = (1..=6).map(|uid| format!("\naccount,AD,a{uid},{uid}")).collect();
    let tables = [
        ("accounts", "uid,repository,identifier\n1,AD,a1\n2,AD,a2"),
        ("before_accounts", "uid,repository,identifier\n1,AD,a1\n2,AD,a2\n3,AD,a3\n4,AD,a4\n5,AD,a5\n6,CRM,a6"),
        ("rights", "account_uid,permission_uid\n1,2"),
        ("before_rights", "account_uid,permission_uid\n3,1\n4,1\n4,2"),
        ("ownership", "account_uid,identity_uid,rule\n"),
        ("before_ownership", "account_uid,identity_uid,rule\n1,1,by_id\n2,2,by_name\n3,3,by_name"),
        ("uids", &format!("kind,namespace,key,uid{uids}\npermission,ERP,PAY,1\npermission,ERP,READ,2")),
        ("movements", moved),
    ];
    let drop = hold(Side::Drop, Amount::Number(1.0));
    assert_eq!(
        sentence("accounts.count", None, drop, &tables),
        "`accounts.count` fell from 6 to 2 (by 4, 66.7 %), the limit is 1; most of it: AD 3, CRM 1; such as AD/a3, AD/a4, AD/a5, CRM/a6"
    );
    assert_eq!(
        sentence("accounts.count", Some("repository"), drop, &tables),
        "`accounts.count` where `repository` is `AD` fell from 5 to 2 (by 3, 60.0 %), the limit is 1; such as AD/a3, AD/a4, AD/a5"
    );
    assert_eq!(
        sentence("rights.count", None, drop, &tables),
        "`rights.count` fell from 3 to 1 (by 2, 66.7 %), the limit is 1; most of it: ERP/PAY 2; such as AD/a3 > ERP/PAY, AD/a4 > ERP/PAY, AD/a4 > ERP/READ"
    );
    assert_eq!(
        sentence("rights.deleted", None, hold(Side::Max, Amount::Number(1.0)), &tables),
        "`rights.deleted` is 3, above the limit of 1; most of it: ERP/PAY 2, ERP/READ 1; such as AD/a3 > ERP/PAY, AD/a4 > ERP/PAY, AD/a4 > ERP/READ"
    );
    assert_eq!(
        sentence("accounts.owned", None, drop, &tables),
        "`accounts.owned` fell from 3 to 0 (by 3, 100.0 %), the limit is 1; most of it: AD 3; such as AD/a1, AD/a2, AD/a3"
    );
    assert_eq!(
        sentence("owners.lost", None, hold(Side::Max, Amount::Number(1.0)), &tables),
        "`owners.lost` is 2, above the limit of 1; most of it: AD 2; such as AD/a1, AD/a2"
    );
    assert_eq!(
        sentence("ownership.count", None, drop, &tables),
        "`ownership.count` fell from 3 to 0 (by 3, 100.0 %), the limit is 1; most of it: by_name 2, by_id 1; such as AD/a1, AD/a2, AD/a3"
    );
}

#[test]
fn of_a_count_that_is_too_large_or_too_small_what_moved_it_is_named() {
    let moved =
        "table_name,movement,kind,uid\naccounts,deleted,account,3\naccounts,deleted,account,4\naccounts,new,account,5";
    let (before, now) = (accounts(&[("AD", 2), ("CRM", 2)]), "uid,repository,identifier\n1,AD,a1\n2,AD,a2\n5,ERP,a5");
    let tables = [("before_accounts", before.as_str()), ("accounts", now), ("movements", moved)];
    assert_eq!(
        sentence("accounts.count", None, hold(Side::Min, Amount::Number(4.0)), &tables),
        "`accounts.count` is 3, below the limit of 4; most of it: CRM 2; such as CRM/a3, CRM/a4"
    );
    assert_eq!(
        sentence("accounts.count", None, hold(Side::Max, Amount::Number(2.0)), &tables),
        "`accounts.count` is 3, above the limit of 2; most of it: ERP 1; such as ERP/a5"
    );
    // On a first load all rows are there only now; what is missing has no name.
    let first = [("accounts", now)];
    assert_eq!(
        sentence("accounts.count", None, hold(Side::Max, Amount::Number(2.0)), &first),
        "`accounts.count` is 3, above the limit of 2; most of it: AD 2, ERP 1; such as AD/a1, AD/a2, ERP/a5"
    );
    assert_eq!(
        sentence("accounts.count", None, hold(Side::Min, Amount::Number(4.0)), &first),
        "`accounts.count` is 3, below the limit of 4"
    );
}

#[test]
fn what_most_rows_belong_to_is_never_a_person() {
    let person = |kind: crate::table::Kind| leads::is_of_a_person(kind);
    for table in crate::tables::COLLECTED.iter().chain(crate::tables::DERIVED) {
        let Some(column) = movers::belongs_to(table) else { continue };
        let kind = crate::table::Kind::ALL.into_iter().find(|kind| kind.as_str() == column);
        assert!(!kind.is_some_and(person), "{}: {column}", table.name);
    }
    assert_eq!(movers::belongs_to(&crate::tables::MANAGER_LINKS), Some("organisation"));
}

#[test]
fn a_breach_of_findings_names_the_control_and_who_is_concerned() {
    let findings = "control,kind,uid,state\npays,identity,1,opened\npays,identity,2,persisting\nidle,account,1,opened\nidle,account,2,fixed";
    let tables = [
        ("findings", findings),
        ("before_findings", "control,kind,uid,state\npays,identity,2,opened\nidle,account,2,opened"),
        ("uids", "kind,namespace,key,uid\nidentity,,E1,1\nidentity,,E2,2\naccount,AD,a1,1\naccount,AD,a2,2"),
    ];
    assert_eq!(
        sentence("findings.standing", None, hold(Side::Rise, Amount::Number(1.0)), &tables),
        "`findings.standing` rose from 2 to 3 (by 1, 50.0 %), the limit is 1; most of it: pays 1; such as AD/a1, E1"
    );
    assert_eq!(
        sentence("findings.standing", None, hold(Side::Max, Amount::Number(2.0)), &tables),
        "`findings.standing` is 3, above the limit of 2; most of it: pays 2, idle 1; such as AD/a1, E1, E2"
    );
}
