//! Whom to trust: the certificates that a project names, else those of this machine.

use std::env;
use std::path::{Path, PathBuf};

use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use ureq::tls::{Certificate, RootCerts};

/// Where systems keep what they trust, in one file of PEM.
const BUNDLES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// The certificates to trust; `None` = there are none.
pub(super) fn roots(named: Option<&Path>) -> Option<RootCerts> {
    let of_the_machine = || {
        let given = env::var_os("SSL_CERT_FILE").map(PathBuf::from).into_iter();
        given.chain(BUNDLES.map(PathBuf::from)).find_map(|path| read(&path))
    };
    let certificates = named.map_or_else(of_the_machine, read);
    certificates.map(RootCerts::from)
}

/// The certificates of a file; `None` = there are none in it.
fn read(path: &Path) -> Option<Vec<Certificate<'static>>> {
    let found = CertificateDer::pem_file_iter(path).ok()?;
    let certificates: Vec<_> = found.flatten().map(|one| Certificate::from_der(&one).to_owned()).collect();
    (!certificates.is_empty()).then_some(certificates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_certificates_is_nobody_to_trust() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("ca.pem");
        std::fs::write(&path, "no PEM\n").expect("written");
        assert!(roots(Some(&path)).is_none());
        assert!(roots(Some(&folder.path().join("none"))).is_none());
    }
}
