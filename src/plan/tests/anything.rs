//! Files of any pieces in any order: problems are told, nothing panics.

use super::*;

/// Pieces of which files are made, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "[source]\n",
        "[table.accounts.columns]\n",
        "[[match]]\n",
        "id = ",
        "x = ",
        "files = ",
        "format = ",
        "\"csv\"\n",
        "\"${",
        "}\"\n",
        "'''",
        "\"\"\"",
        "{ from = 'a' }\n",
        "[1, 2]\n",
        "99999999999999999999\n",
        "-1\n",
        "nan\n",
        "é",
        "1979-05-27\n",
        "true\n",
        "{",
        "}",
        "[",
        "]",
        "\n",
        "= ",
        "keep = ",
        "identifier = ",
        "'%d'\n",
        "risk = ",
        "on = ",
        "permissions = ",
        "[plan]\n",
        "[stage.collect]\n",
        "sources = ",
        "[\"hr\"]\n",
        "-- title: x\n",
        "{a}",
        "\r\n",
        "#",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn no_text_makes_it_panic(text in prop_oneof![any::<String>(), pieces()], valid in 0..6usize) {
        let base = ["", "", HR, DIRECTORY, PLAN, OWNERS][valid];
        let text = format!("{base}{text}");
        let files = Files::new();
        for path in ["ledgerline.toml", "plans/weekly.toml", "collectors/hr.toml", "policies/owners.toml"] {
            let files = Files::new().with(path, &text);
            let told = files.told();
            prop_assert!(!told.contains("LL0001") && !told.contains("LL0002"), "{told}");
        }
        let files = files
            .with("plans/weekly.toml", &format!("{PLAN}[stage.rules]\n[stage.controls]\n"))
            .with("rules/a.sql", &text)
            .with("controls/a.toml", &text);
        let _ = files.told();
    }
}
