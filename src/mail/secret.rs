//! Reading a secret where the project says it is found: only when it is needed, and never into a log.

use std::env;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::MailError;
use crate::settings::mail::Secret;

/// The secret itself. Nothing that is returned or raised here besides it tells any of it.
pub(crate) fn read(secret: &Secret) -> Result<String, MailError> {
    let missing = |place: String| MailError::NoSecret { place };
    let text = match secret {
        Secret::Env(name) => {
            return env::var(name).map_err(|_| missing(format!("the environment variable `{name}`")));
        }
        Secret::File(path) => fs::read_to_string(path).map_err(|_| missing(format!("`{}`", path.display())))?,
        Secret::Credential(name) => {
            let place = || missing(format!("the systemd credential `{name}`"));
            let folder = env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from).ok_or_else(place)?;
            let mut parts = Path::new(name).components();
            let is_plain = matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None));
            if !is_plain {
                return Err(place());
            }
            fs::read_to_string(folder.join(name)).map_err(|_| place())?
        }
    };
    // Editors and `echo` end a file with a line break.
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_the_secret_and_perhaps_a_line_break() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("password");
        fs::write(&path, "s3cret word\n").expect("written");
        assert_eq!(read(&Secret::File(path)).expect("the secret"), "s3cret word");
        let nowhere = read(&Secret::File(folder.path().join("none"))).expect_err("there is none");
        assert!(nowhere.to_string().contains("none"));
        assert!(read(&Secret::Credential("../password".to_owned())).is_err());
    }
}
