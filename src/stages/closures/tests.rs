//! Small tables in, small tables out.

use super::closure_models;
use crate::ids::StageName;
use crate::settings::activate::Cycles;
use crate::stages::check::{Alone, Csv, check_stage};
use crate::stages::{Context, Stage};

fn closures(cycles: Cycles) -> impl Stage {
    Alone(StageName::Activate, move |_: &Context<'_>| closure_models(cycles))
}

#[track_caller]
fn check(inputs: &[Csv<'_>], expected: &[Csv<'_>]) {
    check_stage(&closures(Cycles::Cut), "2026-11-21", inputs, expected);
}

#[test]
fn a_group_inside_a_group_reaches_its_outer_groups_by_nesting_and_by_membership() {
    check(
        &[
            ("groups", "uid,code\n1,A\n2,B\n3,C\n4,D"),
            ("group_nesting", "group_uid,parent_uid\n1,2"),
            ("memberships", "account_uid,member_group_uid,group_uid\n,2,3\n77,,4"),
        ],
        &[("group_closure", "group_uid,ancestor_uid,depth\n1,1,0\n1,2,1\n1,3,2\n2,2,0\n2,3,1\n3,3,0\n4,4,0")],
    );
}

#[test]
fn a_unit_reaches_the_units_above_it_that_are_present() {
    check(
        &[("organisations", "uid,code,parent_uid\n1,ROOT,\n2,SALES,1\n3,LOST,9")],
        &[("organisation_closure", "organisation_uid,ancestor_uid,depth\n1,1,0\n2,1,1\n2,2,0\n3,3,0")],
    );
}

#[test]
fn a_role_reaches_what_it_includes_through_other_roles() {
    check(
        &[
            ("permissions", "uid,code\n1,ALL\n2,BUY\n3,READ"),
            ("permission_links", "permission_uid,included_uid\n1,2\n2,3\n1,3"),
        ],
        &[("permission_closure", "permission_uid,included_uid,depth\n1,1,0\n1,2,1\n1,3,1\n2,2,0\n2,3,1\n3,3,0")],
    );
}

#[test]
fn each_cycle_is_a_problem_that_names_its_members_and_no_root_of_itself_is_one() {
    let people: Vec<String> = (1..=23).map(|uid| format!("{uid},E{uid:02},{}", uid % 23 + 1)).collect();
    check(
        &[
            ("groups", "uid,code\n1,A\n2,B\n3,C"),
            ("group_nesting", "group_uid,parent_uid\n2,1\n3,2"),
            ("memberships", "account_uid,member_group_uid,group_uid\n,1,2"),
            ("organisations", "uid,code,parent_uid\n1,ROOT,1\n2,X,3\n3,Y,4\n4,Z,2\n5,V,6\n6,W,5"),
            ("permissions", "uid,code\n1,ALL\n2,BUY"),
            ("permission_links", "permission_uid,included_uid\n1,2\n2,1"),
            ("identities", &format!("uid,employee_id,manager_uid\n{}", people.join("\n"))),
        ],
        &[
            (
                "reference_problems",
                "table_name,column_name,problem,kind,key,source,occurrences
                 group_nesting,parent,cycle,group,A > B,,2
                 organisations,parent,cycle,organisation,X > Y > Z,,3
                 organisations,parent,cycle,organisation,V > W,,2
                 permission_links,included,cycle,permission,ALL > BUY,,2
                 group_nesting,parent,cut,group,A > B,,1
                 organisations,parent,cut,organisation,X > Y,,1
                 organisations,parent,cut,organisation,V > W,,1
                 permission_links,included,cut,permission,ALL > BUY,,1
                 identities,manager,cycle,identity,E01 > E02 > E03 > E04 > E05 > E06 > E07 > E08 > E09 > E10 > E11 > E12 > E13 > E14 > E15 > E16 > E17 > E18 > E19 > E20 > ..,,23",
            ),
        ],
    );
}

#[test]
fn a_cycle_that_is_kept_makes_each_member_lie_below_every_other() {
    check_stage(
        &closures(Cycles::Keep),
        "2026-11-21",
        &[("groups", "uid,code\n1,A\n2,B\n3,C"), ("group_nesting", "group_uid,parent_uid\n1,2\n2,1\n3,1")],
        &[
            ("cycle_members", "table_name,uid\ngroup_nesting,1\ngroup_nesting,2"),
            ("group_closure", "group_uid,ancestor_uid,depth\n1,1,0\n1,2,1\n2,1,1\n2,2,0\n3,1,1\n3,2,2\n3,3,0"),
        ],
    );
}

#[test]
fn a_cycle_is_cut_where_its_smallest_uid_lies_below_another() {
    check(
        &[
            ("groups", "uid,code\n1,A\n2,B\n3,C"),
            ("group_nesting", "group_uid,parent_uid\n1,2\n2,3"),
            ("memberships", "account_uid,member_group_uid,group_uid\n,3,1"),
            ("organisations", "uid,code,parent_uid\n1,ROOT,1\n2,X,3\n3,Y,2"),
        ],
        &[
            ("cut_links", "table_name,uid,parent_uid\ngroup_nesting,1,2\norganisations,2,3"),
            (
                "cycle_members",
                "table_name,cycle_uid,uid\ngroup_nesting,1,1\ngroup_nesting,1,2\ngroup_nesting,1,3\norganisations,2,2\norganisations,2,3",
            ),
            ("group_closure", "group_uid,ancestor_uid,depth\n1,1,0\n2,1,2\n2,2,0\n2,3,1\n3,1,1\n3,3,0"),
            ("organisation_closure", "organisation_uid,ancestor_uid,depth\n1,1,0\n2,2,0\n3,2,1\n3,3,0"),
        ],
    );
}
