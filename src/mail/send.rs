//! Handing a mail to the server: encrypted before anything is said, except to this machine.

use std::fs;
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Address, SmtpTransport, Transport};

use super::{MailError, secret};
use crate::settings::mail::{Mail, Security};

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends a mail as it stands.
///
/// # Errors
/// Where the password is not found, the certificate is none, or the server does not take the mail.
pub(super) fn raw(mail: &[u8], from: &str, to: &[String], settings: &Mail) -> Result<(), MailError> {
    // What ends a line on its own could end the mail (RUSTSEC-2026-0561); we never write such a file.
    if !has_only_whole_line_ends(mail) {
        return Err(MailError::Damaged { reason: "a line of it ends in a way in which none of ours does".to_owned() });
    }
    let address = |text: &str| text.parse::<Address>().map_err(|_| MailError::Address { address: text.to_owned() });
    let to = to.iter().map(|text| address(text)).collect::<Result<Vec<_>, _>>()?;
    let envelope = Envelope::new(Some(address(from)?), to)?;
    server(settings)?.send_raw(&envelope, mail).map(drop).map_err(|error| refused(settings, &error))
}

/// Asks whether the server would take mails: connects, encrypts, logs on, and goes. No mail is sent.
///
/// # Errors
/// Where the password is not found, the certificate is none, or the server does not let us in.
pub fn reach(settings: &Mail) -> Result<(), MailError> {
    match server(settings)?.test_connection() {
        Ok(true) => Ok(()),
        Ok(false) => Err(MailError::Refused {
            server: place(settings),
            reason: "it let us in and then said no more".to_owned(),
            is_final: false,
        }),
        Err(error) => Err(refused(settings, &error)),
    }
}

fn place(settings: &Mail) -> String {
    format!("{}:{}", settings.host, settings.port)
}

fn refused(settings: &Mail, error: &lettre::transport::smtp::Error) -> MailError {
    MailError::Refused { server: place(settings), reason: crate::run::chain(error), is_final: error.is_permanent() }
}

/// How the server is spoken to. The password is read here, for this one connection.
fn server(settings: &Mail) -> Result<SmtpTransport, MailError> {
    let tls = match settings.security {
        Security::None => Tls::None,
        Security::Starttls => Tls::Required(parameters(settings)?),
        Security::Tls => Tls::Wrapper(parameters(settings)?),
    };
    let mut server =
        SmtpTransport::builder_dangerous(&settings.host).port(settings.port).tls(tls).timeout(Some(PATIENCE));
    if let Some(login) = &settings.login {
        server = server.credentials(Credentials::new(login.user.clone(), secret::read(&login.password)?));
    }
    Ok(server.build())
}

fn has_only_whole_line_ends(mail: &[u8]) -> bool {
    let is_whole = |at: usize| match mail[at] {
        b'\r' => mail.get(at + 1) == Some(&b'\n'),
        b'\n' => at > 0 && mail[at - 1] == b'\r',
        _ => true,
    };
    (0..mail.len()).all(is_whole)
}

fn parameters(mail: &Mail) -> Result<TlsParameters, MailError> {
    let mut parameters = TlsParameters::builder(mail.host.clone());
    if let Some(path) = &mail.root_certificate {
        let useless = |reason: String| MailError::Certificate { path: path.clone(), reason };
        let pem = fs::read(path).map_err(|error| useless(error.to_string()))?;
        parameters =
            parameters.add_root_certificate(Certificate::from_pem(&pem).map_err(|error| useless(error.to_string()))?);
    }
    let refused =
        |error| MailError::Refused { server: mail.host.clone(), reason: crate::run::chain(&error), is_final: false };
    parameters.build().map_err(refused)
}
