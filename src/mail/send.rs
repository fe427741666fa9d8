//! Handing a mail to the server: encrypted before anything is said, except to this machine.

use std::fs;
use std::time::Duration;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Message, SmtpTransport, Transport};

use super::{MailError, secret};
use crate::settings::mail::{Mail, Security};

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends a mail. The password is read here, for this one connection.
///
/// # Errors
/// Where the password is not found, the certificate is none, or the server does not take the mail.
pub fn send(message: &Message, mail: &Mail) -> Result<(), MailError> {
    let tls = match mail.security {
        Security::None => Tls::None,
        Security::Starttls => Tls::Required(parameters(mail)?),
        Security::Tls => Tls::Wrapper(parameters(mail)?),
    };
    let mut server = SmtpTransport::builder_dangerous(&mail.host).port(mail.port).tls(tls).timeout(Some(PATIENCE));
    if let Some(login) = &mail.login {
        server = server.credentials(Credentials::new(login.user.clone(), secret::read(&login.password)?));
    }
    server.build().send(message).map(drop).map_err(|error| MailError::Refused {
        server: format!("{}:{}", mail.host, mail.port),
        reason: crate::run::chain(&error),
    })
}

fn parameters(mail: &Mail) -> Result<TlsParameters, MailError> {
    let mut parameters = TlsParameters::builder(mail.host.clone());
    if let Some(path) = &mail.root_certificate {
        let useless = |reason: String| MailError::Certificate { path: path.clone(), reason };
        let pem = fs::read(path).map_err(|error| useless(error.to_string()))?;
        parameters =
            parameters.add_root_certificate(Certificate::from_pem(&pem).map_err(|error| useless(error.to_string()))?);
    }
    let refused = |error| MailError::Refused { server: mail.host.clone(), reason: crate::run::chain(&error) };
    parameters.build().map_err(refused)
}
