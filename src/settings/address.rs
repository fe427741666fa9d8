//! Addresses that are called over HTTP: what may be one. No message holds the address: many are secrets.

use url::{Host, Url};

/// Why an address is not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// It is none.
    #[error("what is given as its address is none: it begins with `https://`")]
    None,
    /// What is said on the way could be read by others.
    #[error("its address begins with `http://`, and others could read what is said; use `https://`")]
    InTheClear,
}

/// The address in a text, blanks around it left out: over TLS anywhere, in the clear on this machine.
///
/// # Errors
/// Where it is none, or leads through the open.
pub fn callable(text: &str) -> Result<Url, BadAddress> {
    let url = Url::parse(text.trim()).map_err(|_| BadAddress::None)?;
    let is_local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return Err(BadAddress::None),
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_local => Ok(url),
        "http" => Err(BadAddress::InTheClear),
        _ => Err(BadAddress::None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_called_in_the_clear() {
        for fine in
            ["https://a.example.org/x", "http://127.0.0.1:9/x", "http://localhost", "http://[::1]:9", " https://a "]
        {
            assert!(callable(fine).is_ok(), "{fine}");
        }
        for text in ["http://a.example.org/s3cret", "ftp://a.example.org/s3cret", "s3cret", "file:///s3cret", ""] {
            let why = callable(text).expect_err("no call").to_string();
            assert!(!why.contains("s3cret") && !why.contains("a.example"), "{why}");
        }
    }
}
