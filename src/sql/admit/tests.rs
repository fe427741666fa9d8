//! What the gate lets through, and what it refuses where.

use std::collections::BTreeSet;

use super::{predicate, query, without_end};

fn tables() -> BTreeSet<String> {
    ["accounts", "identities", "ownership", "before_accounts", "rule_idle"].map(str::to_owned).into()
}

/// `line:column message` of every refusal.
fn refused(text: &str) -> Vec<String> {
    let refusals = query(text, &tables()).expect_err(text);
    refusals.iter().map(|refusal| format!("{}:{} {}", refusal.line, refusal.column, refusal.message)).collect()
}

#[test]
fn a_reading_query_over_tables_of_the_ledger_is_let_through() {
    let allowed = [
        "SELECT uid FROM accounts",
        "SELECT uid FROM accounts;",
        "-- why\nSELECT a.uid, COUNT(*) AS n FROM accounts a GROUP BY a.uid HAVING COUNT(*) > 1",
        "SELECT a.uid FROM Accounts a LEFT JOIN ownership o ON o.account_uid = a.uid WHERE o.account_uid IS NULL",
        "WITH idle AS (SELECT * FROM rule_idle) SELECT * FROM idle WHERE EXISTS (SELECT 1 FROM before_accounts b WHERE b.uid = idle.uid)",
        "WITH RECURSIVE up AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM up WHERE n < 3) SELECT n FROM up",
        "SELECT uid FROM accounts UNION ALL SELECT uid FROM identities EXCEPT SELECT uid FROM before_accounts",
        "SELECT uid FROM accounts ORDER BY uid NULLS LAST LIMIT 5",
        "SELECT ROW_NUMBER() OVER (PARTITION BY repository ORDER BY uid NULLS LAST) AS n, COUNT(*) OVER (PARTITION BY repository) AS m FROM accounts",
        "SELECT LAG(uid) OVER w AS l FROM accounts WINDOW w AS (ORDER BY uid NULLS LAST)",
        "SELECT STRING_AGG(identifier, ',' ORDER BY uid NULLS LAST) AS names FROM accounts",
        "SELECT CASE WHEN LOWER(identifier) LIKE 'svc%' THEN 1 END AS x, CAST(created_on - INTERVAL '1' DAY AS DATE) AS d FROM accounts accounts",
    ];
    for text in allowed {
        let admitted = query(text, &tables()).unwrap_or_else(|refusals| panic!("{text}: {refusals:?}"));
        assert!(admitted.warnings.is_empty(), "{text}: {:?}", admitted.warnings);
    }
    let admitted = query("WITH a AS (SELECT * FROM accounts) SELECT * FROM a JOIN identities i USING (uid)", &tables());
    assert_eq!(admitted.unwrap().tables.into_iter().collect::<Vec<_>>(), ["accounts", "identities"]);
}

#[test]
fn what_is_refused_is_told_with_line_and_column() {
    let cases: &[(&str, &[&str])] = &[
        ("", &["0:0 there is no query"]),
        ("SELEC 1", &["1:1 no SQL that can be read: Expected: an SQL statement, found: SELEC"]),
        ("SELECT uid\nFROM accounts\nWHERE (uid = 1", &["3:14 no SQL that can be read: Expected: ), found: EOF"]),
        ("SELECT 1;\n  SELECT 2", &["2:3 there is more than one statement"]),
        (" DELETE FROM accounts", &["1:2 only queries are allowed here"]),
        ("CREATE TABLE t AS SELECT 1", &["1:1 only queries are allowed here"]),
        ("COPY accounts TO 'x.csv'", &["1:1 only queries are allowed here"]),
        ("EXPLAIN SELECT 1", &["1:1 only queries are allowed here"]),
        ("SET a = 1", &["1:1 only queries are allowed here"]),
        ("SELECT *\nFROM read_csv('/etc/passwd')", &["2:6 `read_csv(..)` is a table function"]),
        ("SELECT * FROM generate_series(1, 3) g", &["1:15 `generate_series(..)` is a table function"]),
        ("SELECT * FROM 'data.parquet'", &["0:0 `data.parquet` is a file, not a table of the ledger"]),
        ("SELECT * FROM \"/etc/passwd\"", &["1:15 `/etc/passwd` is a file, not a table of the ledger"]),
        ("SELECT * FROM information_schema.tables", &["1:15 `information_schema.tables` names a schema"]),
        ("SELECT * FROM acounts", &["1:15 there is no table `acounts` here"]),
        ("SELECT * FROM accounts, UNNEST([1])", &["1:33 only tables of the ledger can be read here"]),
        (
            "SELECT now() AS n,\n current_date AS d",
            &["1:8 `now` does not depend on the rows alone", "2:2 `current_date` does not depend on the rows alone"],
        ),
        (
            "SELECT random(), uuid()",
            &["1:8 `random` does not depend on the rows alone", "1:18 `uuid` does not depend on the rows alone"],
        ),
        ("SELECT any_value(uid) FROM accounts", &["1:8 `any_value` takes whichever row comes first"]),
        ("SELECT pg_catalog.lower('A')", &["1:8 `pg_catalog.lower` names a schema"]),
        ("SELECT uid FROM accounts LIMIT 3", &["1:32 which rows LIMIT leaves is left to chance"]),
        ("SELECT * FROM (SELECT uid FROM accounts OFFSET 3) x", &["1:48 which rows LIMIT leaves is left to chance"]),
        ("SELECT DISTINCT ON (uid) uid FROM accounts", &["1:1 which row DISTINCT ON leaves is left to chance"]),
        ("SELECT array_agg(uid) FROM accounts", &["1:8 the answer of `array_agg` depends on the order of rows"]),
        ("SELECT first_value(uid) FROM accounts", &["1:8 the answer of `first_value` depends on the order of rows"]),
        (
            "SELECT ROW_NUMBER() OVER (PARTITION BY repository) FROM accounts",
            &["1:8 the window of `row_number` has no order"],
        ),
        (
            "SELECT LAG(uid) OVER w FROM accounts WINDOW w AS (PARTITION BY uid)",
            &["1:8 the window of `lag` has no order"],
        ),
        (
            "SELECT uid FROM accounts EXCEPT ALL SELECT uid FROM identities",
            &["1:37 `EXCEPT ALL` is not answered alike by every engine"],
        ),
        (
            "SELECT uid FROM accounts INTERSECT ALL SELECT uid FROM identities",
            &["1:40 `INTERSECT ALL` is not answered alike by every engine"],
        ),
        (
            "SELECT 1 FROM accounts a FULL JOIN identities i USING (uid)",
            &["1:36 FULL JOIN .. USING is not answered alike by every engine"],
        ),
        (
            "SELECT 1 FROM accounts a LEFT ANTI JOIN identities i ON a.uid = i.uid",
            &["1:41 SEMI and ANTI joins are no standard SQL"],
        ),
        ("WITH accounts AS (SELECT 1 AS uid) SELECT * FROM accounts", &["1:6 `accounts` is a table of the ledger"]),
        ("SELECT 1 FROM identities accounts", &["1:26 `accounts` is a table of the ledger"]),
        ("SELECT 1 FROM (SELECT 1) AS ownership", &["1:29 `ownership` is a table of the ledger"]),
        ("SELECT uid INTO t FROM accounts", &["1:1 a query changes nothing"]),
        ("SELECT 1 FROM accounts TABLESAMPLE BERNOULLI (10)", &["1:15 a sample is left to chance"]),
        ("SELECT 1 FROM accounts FOR UPDATE", &["1:1 the query has a clause that is no standard SQL"]),
        ("SELECT (SELECT MAX(uid) FROM nowhere)", &["1:30 there is no table `nowhere` here"]),
    ];
    let differ = cases.iter().filter(|(text, expected)| refused(text) != *expected);
    let told: Vec<String> = differ.map(|(text, _)| format!("{text}: {:?}", refused(text))).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[test]
fn an_order_without_a_place_for_nulls_is_only_warned_of() {
    let admitted = query("SELECT uid FROM accounts\nORDER BY uid LIMIT 3", &tables()).unwrap();
    assert_eq!((admitted.warnings[0].line, admitted.warnings[0].column), (2, 10));
}

#[test]
fn a_predicate_is_one_expression() {
    let admitted =
        predicate("i.status = 'active' AND EXISTS (SELECT 1 FROM accounts a WHERE a.uid = i.uid)", &tables());
    assert_eq!(admitted.unwrap().tables.into_iter().collect::<Vec<_>>(), ["accounts"]);
    let cases: &[(&str, &str)] = &[
        ("", "0:0 no SQL that can be read: Expected: an expression, found: EOF"),
        ("a = 1) OR (b = 2", "1:6 the predicate ends before `)`"),
        ("a = 1; DROP TABLE x", "1:6 the predicate ends before `;`"),
        ("a = 1 ORDER BY 1", "1:7 the predicate ends before `ORDER`"),
        ("a = 1 -- so", "1:7 a predicate does not end in a comment"),
        ("a = 1\n AND b < now()", "2:10 `now` does not depend on the rows alone"),
        ("a IN (SELECT uid FROM nowhere)", "1:23 there is no table `nowhere` here"),
        ("a = 'x", "1:5 Unterminated string literal"),
    ];
    for (text, expected) in cases {
        let refusals = predicate(text, &tables()).expect_err(text);
        let found = format!("{}:{} {}", refusals[0].line, refusals[0].column, refusals[0].message);
        assert_eq!(&found, expected, "{text}");
    }
}

#[test]
fn a_semicolon_at_the_end_goes() {
    assert_eq!(without_end("SELECT ';'\n;\n-- end;"), "SELECT ';'\n");
    assert_eq!(without_end("SELECT ';' -- é;"), "SELECT ';' -- é;");
}
