//! Families of samples, each a gauge: what the text format of Prometheus (version 0.0.4) and other formats are made from.

/// What is measured, and its values now.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Family {
    /// Its name, as Prometheus has it.
    pub(crate) name: &'static str,
    /// What it is, as a sentence.
    pub(crate) help: &'static str,
    /// Its values.
    pub(crate) samples: Vec<Sample>,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sample {
    /// What it is the value of: names and texts.
    pub(crate) labels: Vec<(&'static str, String)>,
    /// How much.
    pub(crate) value: Value,
}

/// How much something is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value {
    /// A count.
    Whole(u64),
    /// Any other number, neither infinite nor none.
    Number(f64),
}

/// Families that are told one after the other.
#[derive(Debug, Default)]
pub(super) struct Exposition(Vec<Family>);

impl Exposition {
    /// Begins a family: the samples that follow are of it.
    pub(super) fn family(&mut self, name: &'static str, help: &'static str) {
        self.0.push(Family { name, help, samples: Vec::new() });
    }

    /// Adds a whole number.
    pub(super) fn sample(&mut self, labels: &[(&'static str, &str)], value: u64) {
        self.add(labels, Value::Whole(value));
    }

    /// Adds a number; one that is none is left out.
    pub(super) fn number(&mut self, labels: &[(&'static str, &str)], value: f64) {
        if value.is_finite() {
            self.add(labels, Value::Number(value));
        }
    }

    fn add(&mut self, labels: &[(&'static str, &str)], value: Value) {
        let family = self.0.last_mut().expect("samples are of a family");
        let labels = labels.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
        family.samples.push(Sample { labels, value });
    }

    pub(super) fn families(self) -> Vec<Family> {
        self.0
    }
}

/// Families in the text format of Prometheus.
pub(super) fn text(families: &[Family]) -> String {
    families.iter().map(text_of).collect()
}

fn text_of(family: &Family) -> String {
    let Family { name, help, samples } = family;
    let mut text = format!("# HELP {name} {}\n# TYPE {name} gauge\n", help.replace('\\', "\\\\"));
    for Sample { labels, value } in samples {
        let labels: Vec<String> = labels.iter().map(|(name, text)| format!("{name}=\"{}\"", escaped(text))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let value = match value {
            Value::Whole(value) => value.to_string(),
            Value::Number(value) => format!("{value:?}"),
        };
        text.push_str(&format!("{name}{labels} {value}\n"));
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_label_ends_its_line() {
        let mut out = Exposition::default();
        out.family("ledgerline_info", "What it is.");
        out.sample(&[("project", "A \"B\" \\ C\nD 1")], 1);
        out.number(&[], f64::NAN);
        let expected = "# HELP ledgerline_info What it is.\n# TYPE ledgerline_info gauge\nledgerline_info{project=\"A \\\"B\\\" \\\\ C\\nD 1\"} 1\n";
        assert_eq!(text(&out.families()), expected);
    }
}
