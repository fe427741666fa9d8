//! Accounts that are open for longer than allowed.

use super::{AS_OF, leavers, rule};
use crate::ids::StageName;
use crate::settings::leavers::Leavers;
use crate::stages::Context;
use crate::stages::check::{Alone, check_stage};
use crate::stages::leavers::overdue_account_models;

const ACCOUNTS: &str = "uid,repository,identifier,is_enabled
1,AD,ann,true\n2,AD,ann-admin,\n3,AD,ann-old,false\n4,ERP,bob,true\n5,ERP,cleo,true\n6,ERP,dan,true\n7,ERP,svc,true\n8,ERP,eva,true";

const OWNERSHIP: &str = "account_uid,identity_uid,ownerless,former_uid
1,1,,\n2,,leaved,1\n3,1,,\n4,2,,\n5,3,,\n6,4,,\n7,,service,\n8,5,,";

const DEPARTURES: &str = "uid,employee_id,reason,departed_on,detected_on
1,E1,departed,2026-10-31,2026-11-07\n2,E2,absent,2026-11-20,2026-11-21\n3,E3,long_leave,2026-06-06,2026-06-06\n4,E4,absent,2026-11-19,2026-11-21";

#[track_caller]
fn check(settings: Leavers, expected: &str) {
    let inputs = [("accounts", ACCOUNTS), ("ownership", OWNERSHIP), ("departures", DEPARTURES)];
    let overdue = |context: &Context<'_>| overdue_account_models(Some(&settings), context);
    check_stage(&Alone(StageName::Reconcile, overdue), AS_OF, &inputs, &[("overdue_accounts", expected)]);
}

#[test]
fn an_account_is_overdue_from_the_day_after_it_was_due() {
    check(
        Leavers { rules: vec![rule("long_leave", "TRUE", true)], ..leavers("", 0) },
        "account_uid,identity_uid,reason,departed_on,detected_on,due_on,days_overdue
         1,1,departed,2026-10-31,2026-11-07,2026-11-01,20
         2,1,departed,2026-10-31,2026-11-07,2026-11-01,20
         6,4,absent,2026-11-19,2026-11-21,2026-11-20,1",
    );
}

#[test]
fn how_long_accounts_may_be_open_is_the_plans_to_say() {
    check(Leavers { closed_within_days: 0, ..leavers("", 0) }, "account_uid,days_overdue\n1,21\n2,21\n4,1\n5,168\n6,2");
    check(Leavers { closed_within_days: u32::MAX, ..leavers("", 0) }, "account_uid\n");
}
