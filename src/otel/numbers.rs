//! The figures of the Prometheus endpoint as `OpenTelemetry` has them.
//!
//! A collector that hands on to Prometheus turns dots into `_` and puts the unit behind the name: it makes the same names again.

use jiff::Timestamp;
use opentelemetry::KeyValue;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value as Point;
use opentelemetry_proto::tonic::metrics::v1::{Gauge, Metric, NumberDataPoint, metric};
use opentelemetry_proto::transform::common::tonic::Attributes;

use super::nanos;
use crate::metrics::{Family, Sample, Value};

/// Families that have a value, each as a gauge.
pub(super) fn metrics(families: &[Family], at: Timestamp) -> Vec<Metric> {
    families.iter().filter(|family| !family.samples.is_empty()).map(|family| metric(family, at)).collect()
}

fn metric(family: &Family, at: Timestamp) -> Metric {
    let (name, unit) = match family.name.strip_suffix("_seconds") {
        Some(name) => (name, "s"),
        None => (family.name, ""),
    };
    let data_points = family.samples.iter().map(|sample| point(sample, at)).collect();
    Metric {
        name: name.replacen('_', ".", 1),
        description: family.help.to_owned(),
        unit: unit.to_owned(),
        data: Some(metric::Data::Gauge(Gauge { data_points })),
        ..Metric::default()
    }
}

fn point(sample: &Sample, at: Timestamp) -> NumberDataPoint {
    let labels = sample.labels.iter().map(|(name, text)| KeyValue::new(*name, text.clone()));
    NumberDataPoint {
        attributes: Attributes::from(labels).0,
        time_unix_nano: nanos(at),
        value: Some(match sample.value {
            Value::Whole(value) => Point::AsInt(i64::try_from(value).unwrap_or(i64::MAX)),
            Value::Number(value) => Point::AsDouble(value),
        }),
        ..NumberDataPoint::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_a_unit_and_an_empty_family_is_left_out() {
        let family = |name, samples| Family { name, help: "What it is.", samples };
        let sample = |value| Sample { labels: vec![("plan", "weekly".to_owned())], value };
        let families = [
            family("ledgerline_last_run_duration_seconds", vec![sample(Value::Number(1.5))]),
            family("ledgerline_log_entries", vec![sample(Value::Whole(7))]),
            family("ledgerline_mails_waiting", Vec::new()),
        ];
        let told = metrics(&families, "1970-01-01T00:00:01Z".parse().expect("an instant"));
        let names: Vec<_> = told.iter().map(|metric| (metric.name.as_str(), metric.unit.as_str())).collect();
        assert_eq!(names, [("ledgerline.last_run_duration", "s"), ("ledgerline.log_entries", "")]);
        let Some(metric::Data::Gauge(gauge)) = &told[1].data else { panic!("a gauge") };
        let [point] = gauge.data_points.as_slice() else { panic!("one point") };
        assert_eq!((&point.value, point.time_unix_nano), (&Some(Point::AsInt(7)), 1_000_000_000));
        assert_eq!((point.attributes.len(), point.attributes[0].key.as_str()), (1, "plan"));
    }
}
