//! The text format of Prometheus, version 0.0.4: families of samples, each a gauge.

/// A text that grows.
#[derive(Default)]
pub(super) struct Exposition {
    text: String,
    family: String,
}

impl Exposition {
    /// Begins a family: the samples that follow are of it.
    pub(super) fn family(&mut self, name: &str, help: &str) {
        name.clone_into(&mut self.family);
        self.text.push_str(&format!("# HELP {name} {}\n# TYPE {name} gauge\n", help.replace('\\', "\\\\")));
    }

    /// Adds a whole number.
    pub(super) fn sample(&mut self, labels: &[(&str, &str)], value: u64) {
        self.line(labels, &value.to_string());
    }

    /// Adds a number; one that is none is left out.
    pub(super) fn number(&mut self, labels: &[(&str, &str)], value: f64) {
        if value.is_finite() {
            self.line(labels, &format!("{value:?}"));
        }
    }

    fn line(&mut self, labels: &[(&str, &str)], value: &str) {
        let labels: Vec<String> = labels.iter().map(|(name, text)| format!("{name}=\"{}\"", escaped(text))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        self.text.push_str(&format!("{}{labels} {value}\n", self.family));
    }

    pub(super) fn text(self) -> String {
        self.text
    }
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
        assert_eq!(out.text(), expected);
    }
}
