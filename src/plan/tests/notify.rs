//! What is called over HTTP, lineage, and the owner of a source, as people write them.

use super::*;
use crate::settings::lineage::Lineage;
use crate::settings::mail::{On, Secret};

#[test]
fn a_webhook_is_told_of_everything_or_of_what_it_names() {
    let hook = |more: &str| {
        let project = project(&format!("[notify.webhook]\nurl = {{ env = \"HOOK\" }}\n{more}")).expect("it loads");
        project.notify.webhook.expect("a webhook")
    };
    assert_eq!(hook("").url, Secret::Env("HOOK".to_owned()));
    assert!(hook("").wants(None) && hook("").wants(Some(On::Confirmed)));
    let some = hook("on = [\"held\", \"decided\"]");
    assert!(some.wants(Some(On::Held)) && !some.wants(Some(On::Failed)) && !some.wants(None));
}

#[test]
fn an_address_is_never_written_and_what_is_told_has_a_name() {
    for (wrong, code) in [
        ("[notify.webhook]\nurl = \"https://hooks.example.org/s3cret\"", "LL0103"),
        ("[notify.webhook]\nurl = { env = \"A\", file = \"b\" }", "LL0113"),
        ("[notify.webhook]\nurl = { env = \"A\" }\non = []", "LL0105"),
        ("[notify.webhook]\nurl = { env = \"A\" }\non = [\"missed\"]", "LL0105"),
        ("[notify.ping]\nurl = {}", "LL0113"),
        ("[notify]\nhook = true", "LL0102"),
        ("[lineage]\nfiles = \"a\"", "LL0102"),
    ] {
        let told = project(wrong).expect_err("it is wrong");
        assert!(told.contains(code), "{wrong}: {told}");
    }
}

#[test]
fn lineage_is_written_where_its_table_stands() {
    let lineage = |more: &str| project(more).expect("it loads").lineage;
    assert_eq!(lineage(""), None);
    assert_eq!(lineage("[lineage]"), Some(Lineage { file: None }));
    let file = lineage("[lineage]\nfile = \"lineage.jsonl\"").expect("lineage").file.expect("a file");
    assert!(file.is_absolute() && file.ends_with("lineage.jsonl"), "{}", file.display());
}

#[test]
#[cfg(feature = "otel")]
fn a_collector_has_an_address_that_nobody_else_hears() {
    let telemetry = |more: &str| project(&format!("[telemetry]\n{more}"));
    let told = telemetry("endpoint = \"https://collector.example.org:4318\"\nheaders = { env = \"TOKEN\" }\n");
    let told = told.expect("it loads").telemetry.expect("a collector");
    assert_eq!(told.endpoint.as_str(), "https://collector.example.org:4318/");
    assert_eq!((told.headers, told.root_certificate), (Some(Secret::Env("TOKEN".to_owned())), None));
    for (wrong, why) in [
        ("endpoint = \"http://collector:4318\"", "error[LL0105]: `http://collector:4318` would be told in the clear"),
        ("endpoint = \"collector:4318\"", "error[LL0105]: `collector:4318` is no address of a collector"),
        ("endpoint = \"https://a/?b\"", "error[LL0105]: `https://a/?b` is no address of a collector"),
        ("endpoint = \"https://a:b@c\"", "error[LL0105]: an address of a collector that holds a password"),
        ("endpoint = \"https://a\"\nheaders = \"a=b\"", "LL0103"),
        ("endpoint = \"https://a\"\nheaders = {}", "error[LL0113]: a secret is found in exactly one place"),
        ("headers = { env = \"A\" }", "LL0104"),
    ] {
        let told = telemetry(wrong).expect_err("it is wrong");
        assert!(told.contains(why), "{wrong}: {told}");
    }
}

#[test]
#[cfg(not(feature = "otel"))]
fn a_build_without_opentelemetry_says_so() {
    let told = project("[telemetry]\nendpoint = \"https://collector.example.org\"").expect_err("it has none");
    assert!(told.contains("error[LL0105]: this build of Ledgerline has no OpenTelemetry"), "{told}");
    assert!(told.contains("leave the table out, or build with the feature `otel`"), "{told}");
}

#[test]
fn the_owner_of_a_source_has_a_mail_address() {
    let owned = |owner: &str| {
        Files::new().with("collectors/hr.toml", &HR.replacen("[source]", &format!("[source]\nowner = \"{owner}\""), 1))
    };
    let plan = owned("hr-data@example.org").plan().expect("it loads");
    assert_eq!(plan.collectors[0].owner.as_deref(), Some("hr-data@example.org"));
    assert!(owned("the people of HR").told().contains("LL0105"));
    assert!(owned("a@b\\nBcc: c@d").told().contains("LL0105"));
}
