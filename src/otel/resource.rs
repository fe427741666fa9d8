//! Who tells: the attributes of everything that is sent.

use opentelemetry::KeyValue;
use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_sdk::resource::{EnvResourceDetector, TelemetryResourceDetector};

use super::collector::Variables;

/// The service: `ledgerline` of a project and its ledger. `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME` have the last word.
pub(super) fn resource(project: &str, ledger: Option<&str>, variables: Variables<'_>) -> Resource {
    let of = |key: &'static str, value: &str| KeyValue::new(key, value.to_owned());
    let own = [
        of("service.name", "ledgerline"),
        of("service.version", env!("CARGO_PKG_VERSION")),
        of("service.namespace", project),
    ];
    let builder = opentelemetry_sdk::Resource::builder_empty()
        .with_attributes(own.into_iter().chain(ledger.map(|id| of("service.instance.id", id))))
        .with_detectors(&[Box::new(TelemetryResourceDetector), Box::new(EnvResourceDetector::new())]);
    let builder = match variables("OTEL_SERVICE_NAME") {
        Some(name) => builder.with_service_name(name),
        None => builder,
    };
    let mut attributes = ResourceAttributesWithSchema::from(&builder.build()).attributes.0;
    attributes.sort_by(|one, other| one.key.cmp(&other.key));
    Resource { attributes, ..Resource::default() }
}

/// The part of the program that tells.
pub(super) fn scope() -> InstrumentationScope {
    InstrumentationScope {
        name: "ledgerline".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ..InstrumentationScope::default()
    }
}
