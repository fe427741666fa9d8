//! Accounts that neither hold a right nor are in a group: two columns are read as one bit for each account.

use crate::engine::{EngineError, RowSink};
use crate::kernels::Kernel;
use crate::kernels::pick::pick_where;
use crate::kernels::presence::Uids;
use crate::model::TableSet;
use crate::table::Field;

/// The question of the standard pack that this answers.
pub(super) const QUESTION: &str = include_str!("../../../packs/standard/shared/pack_bare.sql");

/// Accounts without rights and memberships.
#[derive(Debug)]
pub(super) struct BareAccounts;

impl Kernel for BareAccounts {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let holders = Uids::of_column(&tables.find("rights"), "account_uid")?;
        let members = Uids::of_column(&tables.find("memberships"), "account_uid")?;
        let is_bare = |uid: i64| !holders.contains(uid) && !members.contains(uid);
        let accounts = tables.find("rule_pack_accounts");
        let bare = pick_where(&accounts, columns, &["account_uid"], |row| row[0].is_none_or(is_bare))?;
        bare.into_iter().try_for_each(sink)
    }
}
