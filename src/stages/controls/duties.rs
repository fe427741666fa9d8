//! Segregation of duties: who holds permissions that nobody may hold together, and which rights bring that about.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::pairs;
use crate::kernels::{BringingConflict, Conflicting, Found, HeldInConflict, OfFound, Sieve};
use crate::settings::PermissionName;
use crate::settings::controls::{Conflict, Holder, Within};
use crate::settings::duties::{Duty, Pair};
use crate::sql;
use crate::stages::permissions::any_of;

/// A control of duties: what conflicts, for whom, and where.
#[derive(Clone, Copy)]
pub(super) struct Duties<'a> {
    pub(super) on: Holder,
    pub(super) conflict: &'a Conflict,
    pub(super) within: Within,
}

impl Duties<'_> {
    /// Who has the conflict: identities through all of their accounts, accounts through their groups and roles.
    pub(super) fn holders(self, control: &str) -> String {
        if let Conflict::Pairs(_) = self.conflict {
            return pairs::holders(control, self);
        }
        format!("WITH {},\n{}\n{}", self.wanted(), self.held(), self.conflicts())
    }

    /// The perimeter of a right `r`, as far as it counts.
    pub(super) fn perimeter(self) -> &'static str {
        match self.within {
            Within::SamePerimeter => "r.perimeter",
            Within::Anywhere => "CAST(NULL AS VARCHAR)",
        }
    }

    /// Whether a way `w` counts at the place of `m`.
    pub(super) fn is_there(self) -> &'static str {
        match self.within {
            Within::SamePerimeter => "w.perimeter IS NULL OR m.place = 'in ' || w.perimeter",
            Within::Anywhere => "TRUE",
        }
    }

    /// Who holds what of `wanted`, and where.
    pub(super) fn held(self) -> String {
        let perimeter = self.perimeter();
        match self.on {
            Holder::Identity => format!(
                "held AS (
  SELECT DISTINCT r.identity_uid AS uid, w.side, w.name, {perimeter} AS perimeter
  FROM effective_rights r JOIN wanted w ON w.uid = r.permission_uid
)"
            ),
            // Only the permissions concerned are followed.
            Holder::Account => sql::fill(include_str!("account_holders.sql").trim_end(), &[("perimeter", perimeter)]),
        }
    }

    /// The rights that bring about the findings of a control, which stand in `control_hits`.
    pub(super) fn causes(self, control: &str, kind: &str) -> String {
        if let Conflict::Pairs(_) = self.conflict {
            return pairs::causes(control, kind, self);
        }
        let control = sql::text(control);
        let concerned = match self.conflict {
            Conflict::AllOf(_) => format!(
                "  SELECT h.uid, h.detail, w.uid AS wanted_uid FROM control_hits h CROSS JOIN wanted w WHERE h.control = {control}"
            ),
            Conflict::Collected | Conflict::Pairs(_) => format!(
                "  SELECT h.uid, h.detail, w.uid AS wanted_uid FROM control_hits h JOIN wanted w ON w.name = h.detail WHERE h.control = {control}"
            ),
            Conflict::Between { .. } => ["l", "r"]
                .map(|side| {
                    format!(
                        "  SELECT h.uid, h.detail, {side}.uid AS wanted_uid
  FROM wanted l CROSS JOIN wanted r JOIN control_hits h ON h.detail = l.name || ' + ' || r.name
  WHERE l.side = 'left' AND r.side = 'right' AND h.control = {control}"
                    )
                })
                .join("\n  UNION\n"),
        };
        let holders = match self.on {
            Holder::Identity => {
                "  SELECT DISTINCT c.uid, o.account_uid FROM concerned c JOIN ownership o ON o.identity_uid = c.uid"
            }
            Holder::Account => "  SELECT DISTINCT c.uid, c.uid AS account_uid FROM concerned c",
        };
        let wanted_count = match self.conflict {
            Conflict::AllOf(names) => names.len(),
            Conflict::Between { .. } | Conflict::Collected | Conflict::Pairs(_) => 2,
        };
        let (covered, only) = match self.within {
            Within::Anywhere => (String::new(), ""),
            Within::SamePerimeter => (
                sql::fill(include_str!("covered.sql").trim_end(), &[("wanted_count", &wanted_count.to_string())]),
                "\nLEFT JOIN covered k ON k.uid = c.uid AND k.detail_key = c.detail_key AND k.perimeter = c.perimeter\nWHERE c.perimeter IS NULL OR k.uid IS NOT NULL",
            ),
        };
        sql::fill(
            include_str!("causes.sql"),
            &[
                ("control", &control),
                ("kind", &sql::text(kind)),
                ("wanted", &self.wanted()),
                ("concerned", &concerned),
                ("holders", holders),
                ("covered", &covered),
                ("only", only),
            ],
        )
    }

    /// What leaves the rights that conflict, of those that `holders` asks for.
    pub(super) fn sieves(self) -> Vec<(String, Arc<dyn Sieve>)> {
        let conflicting = self.conflicting();
        match self.on {
            Holder::Identity => vec![("effective_rights".to_owned(), Arc::new(HeldInConflict(conflicting)))],
            Holder::Account => vec![("rights".to_owned(), Arc::new(BringingConflict { conflicting, of: None }))],
        }
    }

    /// What leaves the rights that conflict and the groups, of those about whom `causes` asks.
    pub(super) fn sieves_of_causes(self, control: &str) -> Vec<(String, Arc<dyn Sieve>)> {
        let found = Found { control: control.to_owned(), are_people: self.on == Holder::Identity };
        let rights = BringingConflict { conflicting: self.conflicting(), of: Some(found.clone()) };
        vec![("rights".to_owned(), Arc::new(rights)), ("memberships".to_owned(), Arc::new(OfFound(found)))]
    }

    fn conflicting(self) -> Conflicting {
        let name = |name: &PermissionName| (name.application.clone(), name.code.clone());
        match self.conflict {
            Conflict::AllOf(names) => Conflicting::Sides(names.iter().map(|one| BTreeSet::from([name(one)])).collect()),
            Conflict::Between { left, right } => {
                Conflicting::Sides([left, right].map(|side| side.iter().map(name).collect()).into())
            }
            Conflict::Collected => Conflicting::Collected,
            Conflict::Pairs(pairs) => pairs::conflicting(pairs),
        }
    }

    /// The permissions of the conflict that the ledger knows.
    pub(super) fn wanted(self) -> String {
        let query = match self.conflict {
            Conflict::AllOf(names) => named("all", names),
            Conflict::Between { left, right } => {
                format!("{}\n  UNION ALL\n{}", named("left", left), named("right", right))
            }
            Conflict::Collected | Conflict::Pairs(_) => include_str!("collected_pairs.sql").trim_end().to_owned(),
        };
        format!("wanted AS (\n{query}\n)")
    }

    /// Who of `held` has the conflict: one row a holder, or one a holder and conflicting pair. A right without a
    /// perimeter holds in each.
    fn conflicts(self) -> String {
        match (self.conflict, self.within) {
            (Conflict::AllOf(names), Within::Anywhere) => format!(
                "SELECT h.uid AS uid, CAST(NULL AS VARCHAR) AS detail FROM held h GROUP BY h.uid HAVING COUNT(DISTINCT h.name) = {}",
                names.len()
            ),
            (Conflict::AllOf(names), Within::SamePerimeter) => format!(
                "SELECT DISTINCT a.uid AS uid, CAST(NULL AS VARCHAR) AS detail
FROM (
  SELECT p.uid, p.perimeter FROM (SELECT DISTINCT uid, perimeter FROM held) p JOIN held h ON h.uid = p.uid
  WHERE h.perimeter IS NULL OR h.perimeter = p.perimeter
  GROUP BY p.uid, p.perimeter
  HAVING COUNT(DISTINCT h.name) = {}
) a",
                names.len()
            ),
            (conflict, within) => {
                let place = match within {
                    Within::Anywhere => "",
                    Within::SamePerimeter => {
                        "\n  AND (l.perimeter IS NULL OR r.perimeter IS NULL OR l.perimeter = r.perimeter)"
                    }
                };
                // A collected pair has one name on both sides.
                let (detail, pair) = match conflict {
                    Conflict::Collected => ("l.name", " AND r.name = l.name"),
                    _ => ("l.name || ' + ' || r.name", ""),
                };
                format!(
                    "SELECT l.uid AS uid, {detail} AS detail
FROM held l JOIN held r ON r.uid = l.uid{pair} WHERE l.side = 'left' AND r.side = 'right'{place}"
                )
            }
        }
    }
}

/// The rows of permissions of these names, as a side of a conflict.
pub(super) fn named(side: &str, names: &[PermissionName]) -> String {
    format!(
        "  SELECT p.uid, '{side}' AS side, p.application || '/' || p.code AS name FROM permissions p WHERE {}",
        any_of("p", names)
    )
}

/// The permissions of a conflict, each once.
pub(super) fn permissions(conflict: &Conflict) -> BTreeSet<&PermissionName> {
    match conflict {
        Conflict::AllOf(names) => names.iter().collect(),
        Conflict::Between { left, right } => left.iter().chain(right).collect(),
        Conflict::Collected => BTreeSet::new(),
        Conflict::Pairs(pairs) => pairs.iter().flat_map(Pair::sides).flat_map(Duty::permissions).collect(),
    }
}
