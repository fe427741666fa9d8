//! What moved a row, told apart by source, by kernels and by queries.

use super::*;
use crate::collect::source::FileFact;
use crate::stages::check::check_stage_after;

fn read(name: &str, table: &str, configuration: &str, bytes: &str) -> SourceReport {
    let file = FileFact { path: "in.csv".to_owned(), bytes: 1, sha256: bytes.to_owned(), columns: Vec::new() };
    SourceReport {
        files: vec![file],
        configuration: configuration.to_owned(),
        fingerprint: format!("{configuration}{bytes}"),
        tables: vec![TableCounts {
            table: table.to_owned(),
            columns: COMPARED.map(str::to_owned).into(),
            ..TableCounts::default()
        }],
        ..source(name, SourceState::Complete, table, 0)
    }
}

const COMPARED: [&str; 2] = ["department", "login"];
const HEAD: &str = "uid,repository,identifier,login,department,row_hash,source,stale_loads";

#[test]
fn rows_of_a_source_move_by_what_moved_that_source() {
    let before =
        format!("{HEAD}\n1,AD,a,a,X,11,one,0\n2,AD,b,b,X,12,two,0\n3,AD,c,c,X,13,three,0\n4,AD,d,d,X,14,gone,0");
    let now = format!(
        "{HEAD}\n1,AD,a,A,X,21,one,0\n2,AD,b,b,Y,22,two,0\n3,AD,c,C,Z,23,three,0\n5,AD,e,e,X,15,one,0\n6,AD,f,f,X,16,fresh,0"
    );
    let table = "accounts";
    check_stage_after(
        &Activate::default(),
        AS_OF,
        [
            &[read("one", table, "new", "1"), read("two", table, "c", "new"), read("three", table, "new", "new"), read("fresh", table, "c", "1")],
            &[read("one", table, "c", "1"), read("two", table, "c", "1"), read("three", table, "c", "1"), read("gone", table, "c", "1")],
        ],
        &[("before_accounts", &before), ("staged_accounts", &now), ("uids", "kind,namespace,key,uid\n")],
        &[
            (
                "movements",
                "movement,uid,cause\nmodified,1,configuration\nmodified,2,data\nmodified,3,both\ndeleted,4,configuration
                 new,5,configuration\nnew,6,configuration",
            ),
            (
                "changes",
                "uid,attribute,old_value,new_value,cause\n1,login,a,A,configuration\n2,department,X,Y,data
                 3,login,c,C,both\n3,department,X,Z,both",
            ),
        ],
    );
}

#[test]
fn a_relation_also_moves_with_the_configuration_of_the_objects_at_its_ends() {
    let objects = "uid,repository,identifier,source,stale_loads\n1,AD,a,people,0\n2,AD,b,people,0";
    let rights = |rows: &str| format!("account_uid,group_uid,permission_uid,source,stale_loads\n{rows}");
    let permissions = "uid,application,code,source,stale_loads\n1,X,p,catalogue,0";
    let loads = |people: &str, erp: &str| {
        [
            read("people", "accounts", people, "1"),
            read("erp", "rights", "c", erp),
            read("catalogue", "permissions", "c", "1"),
        ]
    };
    for (people, erp, cause) in
        [("c", "2", "data"), ("new", "1", "configuration"), ("new", "2", "both"), ("c", "1", "data")]
    {
        check_stage_after(
            &Activate::default(),
            AS_OF,
            [&loads(people, erp), &loads("c", "1")],
            &[
                ("before_accounts", objects),
                ("staged_accounts", objects),
                ("before_permissions", permissions),
                ("staged_permissions", permissions),
                ("before_rights", &rights("1,,1,erp,0")),
                ("staged_rights", &rights("2,,1,erp,0")),
                ("uids", "kind,namespace,key,uid\naccount,AD,a,1\naccount,AD,b,2\npermission,X,p,1"),
            ],
            &[
                ("movements", &format!("movement,uid,cause\nnew,2,{cause}\ndeleted,1,{cause}")),
                (
                    "link_changes",
                    &format!("kind,uid,change,related_uid,table_name,cause\naccount,2,gained,1,rights,{cause}\npermission,1,gained,2,rights,{cause}
                     account,1,lost,1,rights,{cause}\npermission,1,lost,1,rights,{cause}"),
                ),
            ],
        );
    }
}

#[test]
fn units_of_both_loads_gain_and_lose_people() {
    let units = |codes: &[u8]| {
        let rows: String = codes.iter().map(|uid| format!("\n{uid},U{uid},test,0")).collect();
        format!("uid,code,source,stale_loads{rows}")
    };
    let people =
        |rows: &str| format!("uid,employee_id,organisation,organisation_uid,row_hash,source,stale_loads\n{rows}");
    check_stage_with(
        &Activate::default(),
        AS_OF,
        &[source("test", SourceState::Complete, "identities", 0)],
        &[
            ("before_organisations", &units(&[1, 2, 3])),
            ("staged_organisations", &units(&[1, 2, 4])),
            (
                "before_identities",
                &people("1,E1,U1,1,1,test,0\n2,E2,U1,1,1,test,0\n3,E3,U3,3,1,test,0\n5,E5,U2,2,1,test,0"),
            ),
            (
                "staged_identities",
                &people("1,E1,U2,,2,test,0\n2,E2,U1,,1,test,0\n3,E3,U4,,2,test,0\n4,E4,U1,,1,test,0"),
            ),
            (
                "uids",
                "kind,namespace,key,uid\norganisation,'',U1,1\norganisation,'',U2,2\norganisation,'',U3,3\norganisation,'',U4,4",
            ),
        ],
        &[(
            "link_changes",
            "kind,uid,change,related_kind,related_uid,table_name\norganisation,1,lost,identity,1,identities
             organisation,2,gained,identity,1,identities\norganisation,1,gained,identity,4,identities
             organisation,2,lost,identity,5,identities",
        )],
    );
}
