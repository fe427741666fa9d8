//! Changes from something else than the parent: a label, a median of loads.

use super::*;

/// What loads measured of the threshold.
fn measured(values: &[f64]) -> String {
    let rows: Vec<String> = values.iter().map(|value| format!("it,,,{value:?}")).collect();
    format!("threshold,by_column,by_value,value:double\n{}", rows.join("\n"))
}

fn compared(baseline: Baseline, limit: Limit) -> Validate {
    only(Threshold { baseline, ..threshold("accounts.count", None, vec![limit]) })
}

#[test]
fn a_change_from_a_median_warns_where_one_from_the_parent_is_small() {
    // Ten less each load: no step is large, and the way is.
    let limit = Limit { of: Side::Drop, warn: Some(Amount::Share(0.2)), hold: None };
    let (now, before) = (accounts(&[("AD", 50)]), accounts(&[("AD", 55)]));
    let inputs = |values: &[f64]| {
        [("accounts", now.clone()), ("before_accounts", before.clone()), ("last_10_metrics", measured(values))]
    };
    // Of ten loads asked for, eight will do; of seven nothing is said.
    for (values, expected) in [
        (vec![55.0, 60.0, 60.0, 60.0, 70.0, 80.0, 80.0, 80.0], "65.0,warn"),
        (vec![55.0, 80.0, 60.0, 62.0, 55.0, 80.0, 60.0, 62.0], "61.0,ok"),
        (vec![55.0, 60.0, 65.0, 70.0, 80.0, 60.0, 65.0, 70.0, 80.0], "65.0,warn"),
        (vec![55.0, 60.0, 60.0, 60.0, 70.0, 80.0, 80.0], ",not_evaluated"),
        (vec![], ",not_evaluated"),
    ] {
        let loads = values.len();
        let inputs = inputs(&values);
        let inputs: Vec<(&str, &str)> = inputs.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let report = check_stage(
            &compared(Baseline::Median(10), limit),
            AS_OF,
            &inputs,
            &[("threshold_results", &format!("before_value,severity\n{expected}"))],
        );
        let told = report.tables[0].rows.first().map(|row| row[2].as_str());
        match expected.split_once(',') {
            Some((_, "warn")) => assert_eq!(
                told,
                Some("`accounts.count` fell from 65 (median of 10 loads) to 50 (by 15, 23.1 %), the limit is 20 %")
            ),
            Some((_, "not_evaluated")) => {
                let sentence = format!(
                    "`accounts.count` is 50 and is not compared: not yet, {loads} of 8 loads measured it before"
                );
                assert_eq!(told, Some(sentence.as_str()));
                assert_eq!(report.headline, "0 limits judged, none reached; 1 not evaluated");
            }
            _ => assert_eq!(told, None),
        }
    }
}

#[test]
fn the_median_of_an_odd_number_of_loads_is_the_one_in_the_middle() {
    let limit = Limit { of: Side::Change, warn: Some(Amount::Number(1.0)), hold: None };
    check_stage(
        &compared(Baseline::Median(9), limit),
        AS_OF,
        &[
            ("accounts", &accounts(&[("AD", 5)])),
            ("before_accounts", &accounts(&[("AD", 5)])),
            ("last_9_metrics", &measured(&[9.0, 1.0, 4.0, 8.0, 2.0, 7.0, 3.0, 6.0, 0.5])),
        ],
        &[("threshold_results", "before_value,severity\n4.0,warn")],
    );
}

#[test]
fn a_change_from_a_label_holds_and_says_so_where_the_label_is_unknown() {
    let label = Baseline::Label("quarter-4".parse().expect("a label"));
    let inputs = |values: &[f64]| {
        [
            ("accounts", accounts(&[("AD", 50)])),
            ("before_accounts", accounts(&[("AD", 50)])),
            ("at_quarter_h4_metrics", measured(values)),
        ]
    };
    for (values, severity, told) in [
        (vec![100.0], "hold", "`accounts.count` fell from 100 (quarter-4) to 50 (by 50, 50.0 %), the limit is 10 %"),
        (
            vec![],
            "not_evaluated",
            "`accounts.count` is 50 and is not compared: no timeslot called quarter-4 measured it",
        ),
    ] {
        let inputs = inputs(&values);
        let inputs: Vec<(&str, &str)> = inputs.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let report = check_stage(
            &compared(label.clone(), hold(Side::Drop, Amount::Share(0.1))),
            AS_OF,
            &inputs,
            &[("threshold_results", &format!("severity\n{severity}"))],
        );
        assert_eq!(report.tables[0].rows[0][2], told);
    }
}
