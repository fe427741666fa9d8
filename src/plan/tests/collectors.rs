//! Collectors: their columns, keys, ends and formats.

use super::*;

/// The codes that a collector of accounts with these lines under `[table.accounts.columns]` gives.
#[track_caller]
fn check_columns(columns: &str, codes: &[&str]) {
    let text = format!(
        "[source]\nfiles = \"{{site}}/a.csv\"\nformat = \"csv\"\n[table.accounts.columns]\n\
         repository = {{ value = \"AD\" }}\nidentifier = \"ID\"\n{columns}\n"
    );
    let files = Files::new().with("collectors/directory.toml", &text);
    let found: Vec<String> = files.codes().into_iter().map(|code| code[..6].to_owned()).collect();
    assert_eq!(found, codes, "{}", files.told());
}

#[test]
fn columns_are_checked() {
    check_columns("cost_centre = 'CC'", &[]);
    check_columns("seats = { from = 'N', type = 'integer', default = '0' }", &[]);
    check_columns("region = { capture = 'site' }", &[]);
    check_columns("region = { capture = 'sit' }", &["LL0307"]);
    check_columns("login = { from = 'L', pattern = '(' }", &["LL0305"]);
    check_columns("login = { from = 'L', pattern = '((a{100}){100}){100}' }", &["LL0305"]);
    check_columns("login = { from = 'L', type = 'integer' }", &["LL0304"]);
    check_columns("created_on = { from = 'L', formats = ['%d/%m/%Y', '%Y%m%d', '%d.%m.%y'] }", &[]);
    check_columns("created_on = { from = 'L', formats = ['dd/mm/yyyy', '%H', '%Q'] }", &["LL0306", "LL0306", "LL0306"]);
    check_columns(
        "seen_at = { from = 'L', type = 'timestamp', formats = ['%Y-%m-%dT%H:%M:%S%:z', '%Y-%m-%d %H:%M'] }",
        &[],
    );
    check_columns("login = { from = 'L', value = 'x' }", &["LL0113"]);
    check_columns("login = { trim = false }", &["LL0113"]);
    check_columns("login = { from = 'L', formats = ['%Y'] }", &["LL0308"]);
    check_columns("is_enabled = { from = 'L', true = ['Y'], false = ['N'], default = 'maybe' }", &["LL0103"]);
    check_columns("login = { from = 'L', one_of = ['a'], default = 'b' }", &["LL0113"]);
    check_columns("login = { from = 'L', required = true, on_bad_value = 'null' }", &["LL0113"]);
    check_columns("login = { from = 'L', on_bad_value = 'default' }", &["LL0113"]);
    check_columns("login = 7", &["LL0103"]);
    check_columns("login = { from = 'L', patern = '(' }", &["LL0102", "LL0305"]);
    check_columns("email_norm = 'M'\nuid = 'U'\norder = 'O'\nOrder = 'O'", &["LL0303"; 4]);
    check_columns("emial = 'M'", &["LL0309"]);
    check_columns("email = 'M'\nemail = 'N'", &["LL0106"]);
}

#[test]
fn a_key_of_the_project_is_not_set_column_by_column() {
    let text = DIRECTORY
        .replace("identifier = \"uid\"", "identifier = { from = \"uid\", case = \"lower\", required = false }");
    let files = Files::new().with("collectors/directory.toml", &text);
    assert_eq!(files.codes(), ["LL0308 directory:15", "LL0113 directory:15"], "{}", files.told());
}

#[test]
fn a_key_column_must_be_mapped() {
    let files = Files::new().with("collectors/directory.toml", &DIRECTORY.replace("identifier", "login"));
    let told = files.told();
    assert_eq!(files.codes(), ["LL0302 directory:13"], "{told}");
    assert!(told.contains("`accounts` needs `identifier`"), "{told}");
    assert!(told.contains("natural key, second part: add `identifier = \"<column of the source>\"`"), "{told}");
}

#[test]
fn the_ends_of_a_relation_must_be_mapped() {
    let check = |table: &str, columns: &str, expected: &[&str]| {
        let text = format!("[source]\nfiles = 'a.csv'\nformat = 'csv'\n[table.{table}.columns]\n{columns}\n");
        let files = Files::new().with("collectors/hr.toml", &text);
        assert_eq!(files.codes(), expected, "{table} {columns}\n{}", files.told());
    };
    let lacking = "LL0302 hr:4";
    check("rights", "repository = 'R'\naccount = 'A'\npermission = 'P'\nperimeter = 'X'\ngranted_on = 'G'", &[]);
    check("rights", "account = 'A'\npermission = 'P'", &[]);
    check("rights", "perimeter = 'X'", &[lacking, lacking]);
    check("rights", "repository = 'R'\naccount_uid = 'A'\npermission = 'P'", &[lacking, "LL0303 hr:6"]);
    check("memberships", "repository = 'R'\nmember = 'M'\ngroup = 'G'\nrole = 'X'", &[]);
    check("memberships", "repository = 'R'\nmember = 'M'\naccount = 'A'\ngroup = 'G'", &["LL0113 hr:6"]);
    check("group_nesting", "repository = 'R'\ngroup = 'M'\nparent = 'G'", &[]);
    check("permission_links", "permission = 'M'\nincluded = 'G'\napplication = { value = 'ERP' }", &[]);
    check("manager_links", "identity = 'M'\napplication = 'A'\ndomain = 'D'", &[]);
    check("theoretical_links", "rule = 'R'\njob_code = 'J'\npermission = 'P'\napplication = 'A'", &[]);
    check("usages", "repository = 'R'\naccount = 'A'\npermission = 'P'\nuse_count = 'N'", &[]);
    check("derogations", "identity = 'I'\npermission = 'P'\nuntil_on = 'U'\nreason = 'W'", &[]);
    check("movements", "uid = 'U'", &["LL0301 hr:4"]);
    check("acounts", "identifier = 'U'", &["LL0301 hr:4"]);
}

#[test]
fn settings_of_another_format_are_refused() {
    let text = HR.replace("format = \"csv\"", "format = \"parquet\"\ndelimiter = \";\"\nsheet = \"x\"");
    assert_eq!(Files::new().with("collectors/hr.toml", &text).codes(), ["LL0308 hr:5", "LL0308 hr:6"]);
    let text =
        HR.replace("\"csv\"", "\"csv\"\ndelimiter = \";;\"\nquote = \"\"\nencoding = \"latin-42\"\nmax_age = \"3\"");
    assert_eq!(Files::new().with("collectors/hr.toml", &text).codes(), ["LL0107 hr:8"]);
    let text = text.replace("\"3\"", "\"3 days\"");
    assert_eq!(Files::new().with("collectors/hr.toml", &text).codes(), ["LL0105 hr:5", "LL0105 hr:7"]);
    let text = HR.replace("\"csv\"", "\"tsv\"\nquote = \"\"\nheader = [\"EMPLOYEE_ID\", \"LAST_NAME\", \"ENDE\"]");
    let files = Files::new().with("collectors/hr.toml", &text);
    assert_eq!(files.codes(), ["LL0401 hr:11"], "{}", files.told());
    let plan = Files::new().with("collectors/hr.toml", &text.replace("ENDE", "END")).plan().unwrap();
    let Format::Csv(csv) = &plan.collectors[0].format else { panic!("no csv") };
    assert_eq!((csv.delimiter, csv.quote, csv.columns.len()), (b'\t', None, 3));
}

#[test]
fn two_collectors_cannot_give_a_column_two_types() {
    let files = Files::new()
        .with("collectors/hr.toml", &format!("{HR}seats = {{ from = 'S', type = 'integer' }}\n"))
        .with("collectors/directory.toml", &HR.replace("family_name", "seats"));
    assert_eq!(files.codes(), ["LL0304 directory:8"]);
    assert!(files.told().contains("it is BIGINT at collectors/hr.toml:10"), "{}", files.told());
}
