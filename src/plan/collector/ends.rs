//! The words by which a collector gives the ends of a relation: keys of objects, where the table holds their uids.

/// How one relation table is given.
#[derive(Debug)]
pub struct Relation {
    /// The table's name.
    pub table: &'static str,
    /// Of each group at least one word is mapped; a group of one word is required in every row.
    pub needs: &'static [&'static [&'static str]],
    /// Words that may be mapped besides.
    pub optional: &'static [&'static str],
    /// Words of which only the first or the others may be mapped.
    pub exclusive: Option<(&'static str, &'static [&'static str])>,
}

/// Every relation table. `repository` and `application` may be left out where the source does not tell them: the key is
/// then looked up over all of them, and counts as unresolved where several have it.
const RELATIONS: &[Relation] = &[
    Relation {
        table: "memberships",
        needs: &[&["group"], &["account", "member_group", "member"]],
        optional: &["repository"],
        exclusive: Some(("member", &["account", "member_group"])),
    },
    Relation { table: "group_nesting", needs: &[&["group"], &["parent"]], optional: &["repository"], exclusive: None },
    Relation {
        table: "permission_links",
        needs: &[&["permission"], &["included"]],
        optional: &["application", "included_application"],
        exclusive: None,
    },
    Relation {
        table: "rights",
        needs: &[&["account", "group"], &["permission"]],
        optional: &["repository", "application"],
        exclusive: None,
    },
    Relation {
        table: "manager_links",
        needs: &[&["identity"], &["managed", "account", "application", "group", "organisation"]],
        optional: &["repository"],
        exclusive: None,
    },
    Relation {
        table: "theoretical_links",
        needs: &[&["permission"], &["organisation", "job_code"]],
        optional: &["application"],
        exclusive: None,
    },
    Relation {
        table: "duty_conflicts",
        needs: &[&["permission"], &["conflicting"]],
        optional: &["application", "conflicting_application"],
        exclusive: None,
    },
    Relation {
        table: "usages",
        needs: &[&["account"], &["permission"]],
        optional: &["repository", "application"],
        exclusive: None,
    },
    Relation {
        table: "derogations",
        needs: &[&["identity"], &["permission"]],
        optional: &["application"],
        exclusive: None,
    },
];

/// How that table is given; `None` for tables of objects.
#[must_use]
pub fn relation(table: &str) -> Option<&'static Relation> {
    RELATIONS.iter().find(|relation| relation.table == table)
}

impl Relation {
    /// Every word.
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        self.needs.iter().copied().flatten().chain(self.optional).copied()
    }

    /// Whether every row must have a value for the word.
    #[must_use]
    pub fn is_required(&self, word: &str) -> bool {
        word == "repository" || self.needs.iter().any(|group| *group == [word])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Role, Sort};
    use crate::tables::COLLECTED;

    #[test]
    fn every_relation_table_has_words_for_its_ends() {
        for table in COLLECTED.iter().filter(|table| table.sort == Sort::Relation) {
            let relation = relation(table.name).unwrap();
            let ends = table.columns.iter().filter(|column| matches!(column.role, Role::End(_)));
            for end in ends.map(|column| column.name.trim_end_matches("_uid")) {
                assert!(relation.words().any(|word| word == end), "{} {end}", table.name);
            }
        }
    }
}
