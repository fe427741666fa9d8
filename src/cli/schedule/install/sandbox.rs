//! What a unit of systemd may touch: what the project says that is written, called and read as a secret, and nothing else.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{absolute, one_line, unit_word};
use crate::cli::Failure;
use crate::plan::{Plan, Project};
use crate::settings::mail::Secret;

/// Where variables with secrets are looked for, if the project has any.
const ENVIRONMENT: &str = "/etc/ledgerline/environment";

/// From this port on a user may listen.
const FIRST_PORT: u16 = 1024;

/// What a unit may touch.
pub(super) struct Sandbox {
    ledger: PathBuf,
    /// What is written besides the ledger: what it is, and its folder.
    written: Vec<(&'static str, PathBuf)>,
    secrets: Vec<Secret>,
    network: &'static str,
    /// Calls of the system besides those of most services.
    calls: &'static str,
}

impl Sandbox {
    /// That of a run, or of a report.
    pub(super) fn of_a_run(project: &Project) -> Result<Self, Failure> {
        let network = if calls_others(project) {
            "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6"
        } else {
            "RestrictAddressFamilies=AF_UNIX\nPrivateNetwork=yes\nIPAddressDeny=any"
        };
        let secrets = secrets(project).into_iter().cloned().collect();
        Ok(Self { ledger: absolute(&project.ledger)?, written: written(project)?, secrets, network, calls: "" })
    }

    /// That of the page, which also runs plans, and writes decisions into their files.
    pub(super) fn of_the_page(project: &Project, plans: &[Plan]) -> Result<Self, Failure> {
        let address = project.serve.address;
        if (1..FIRST_PORT).contains(&address.port()) {
            return Err(Failure::Usage(format!(
                "port {} is for the system: a page that may touch little listens at one from {FIRST_PORT} on; put a proxy before it",
                address.port()
            )));
        }
        let mut written = written(project)?;
        let files: BTreeSet<&Path> =
            plans.iter().filter_map(|plan| plan.stages.reconcile.decisions.as_deref()).collect();
        for file in files {
            written.push(("decisions about owners", folder_of(file)?));
        }
        let controls = plans.iter().filter_map(|plan| plan.stages.controls.as_ref());
        let files: BTreeSet<&Path> =
            controls.filter_map(|controls| Some(controls.exceptions.as_ref()?.file.as_path())).collect();
        for file in files {
            written.push(("exceptions from controls", folder_of(file)?));
        }
        let mut secrets: Vec<Secret> = secrets(project).into_iter().cloned().collect();
        secrets.extend(project.serve.proxy.iter().map(|proxy| proxy.secret.clone()));
        secrets.extend(project.serve.oidc.iter().filter_map(|provider| provider.client_secret.clone()));
        let is_local = address.ip().is_loopback() && project.serve.oidc.is_none() && !calls_others(project);
        let network = if is_local {
            "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6\nIPAddressDeny=any\nIPAddressAllow=localhost"
        } else {
            "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6"
        };
        let calls = "# Runs step back behind the page.\nSystemCallFilter=setpriority\n";
        Ok(Self { ledger: absolute(&project.ledger)?, written, secrets, network, calls })
    }

    /// What the templates name.
    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        let mut what = vec!["the ledger"];
        let mut folders = vec![&self.ledger];
        for (name, folder) in &self.written {
            if !what.contains(name) {
                what.push(name);
            }
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
        let text = match what.split_last() {
            Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
            _ => what.concat(),
        };
        // With `-`, a folder may be missing: the ledger is made before the first run.
        let writable: Vec<String> = folders.iter().map(|folder| format!("-{}", unit_word(folder))).collect();
        let values = [
            ("written", text),
            ("writable", writable.join(" ")),
            ("credential", self.credentials()),
            ("network", self.network.to_owned()),
            ("calls", self.calls.to_owned()),
        ];
        let sandbox = super::fill(include_str!("sandbox.txt"), &values);
        vec![("sandbox", sandbox), ("ledger", unit_word(&self.ledger))]
    }

    /// The lines by which secrets come in.
    fn credentials(&self) -> String {
        let (mut credentials, mut variables) = (BTreeSet::new(), BTreeSet::new());
        for secret in &self.secrets {
            match secret {
                Secret::Credential(name) => credentials.insert(name.as_str()),
                Secret::Env(name) => variables.insert(name.as_str()),
                Secret::File(_) => false,
            };
        }
        let mut lines: Vec<String> =
            credentials.iter().map(|name| format!("LoadCredential={}\n", one_line(name))).collect();
        if !variables.is_empty() {
            let names = variables.into_iter().map(one_line).collect::<Vec<_>>().join(", ");
            lines.push(format!(
                "# With {names}; for its owner alone, and no file of the project.\nEnvironmentFile=-{ENVIRONMENT}\n"
            ));
        }
        lines.concat()
    }
}

/// Whether anything is sent to another machine, or to a service of this one.
fn calls_others(project: &Project) -> bool {
    let is_told = project.notify.webhook.is_some() || project.notify.ping.is_some() || project.telemetry.is_some();
    project.mail.is_some() || is_told
}

/// What every run may need to know.
fn secrets(project: &Project) -> Vec<&Secret> {
    let mail = project.mail.iter().filter_map(|mail| mail.login.as_ref()).map(|login| &login.password);
    let webhook = project.notify.webhook.iter().map(|webhook| &webhook.url);
    let headers = project.telemetry.iter().filter_map(|telemetry| telemetry.headers.as_ref());
    mail.chain(webhook).chain(&project.notify.ping).chain(headers).collect()
}

/// What every run writes besides the ledger, with its folder.
fn written(project: &Project) -> Result<Vec<(&'static str, PathBuf)>, Failure> {
    let mut written = Vec::new();
    if let Some(folder) = &project.engine.spill {
        written.push(("what queries spill", absolute(folder)?));
    }
    if let Some(file) = &project.metrics {
        written.push(("metrics", folder_of(file)?));
    }
    if let Some(file) = project.lineage.as_ref().and_then(|lineage| lineage.file.as_deref()) {
        written.push(("lineage", folder_of(file)?));
    }
    Ok(written)
}

/// A file that is replaced needs its folder.
fn folder_of(file: &Path) -> Result<PathBuf, Failure> {
    let file = absolute(file)?;
    Ok(file.parent().unwrap_or(&file).to_owned())
}
