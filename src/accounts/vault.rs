//! Real-Debrid tokens at rest: sealed by XChaCha20-Poly1305 with a key that is not in the database.

use chacha20poly1305::{
    Key, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use secrecy::{ExposeSecret, SecretString};
use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// Why the key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The file is gone but the database needs it.
    #[error(
        "The key file {0} is missing, but the database holds tokens sealed with it: restore the file from a backup, or \
         point DMM_SECRET_KEY_FILE at it."
    )]
    Missing(PathBuf),
    /// The file cannot be read or written.
    #[error(
        "The key file {path} cannot be used ({source}): check DMM_SECRET_KEY_FILE and the permissions of its folder."
    )]
    Unusable {
        /// Its path.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// It is no key.
    #[error("The key file {0} does not hold {KEY_BYTES} bytes: restore it from a backup.")]
    NoKey(PathBuf),
    /// It is another key.
    #[error("The key file {0} is not the one that the database's tokens were sealed with: restore the right one.")]
    WrongKey(PathBuf),
    /// A sealed token was altered, or sealed with another key or for another account.
    #[error("The stored Real-Debrid token cannot be opened: sign in again on the Connection page.")]
    CannotOpen,
}

/// Seals and opens tokens.
#[derive(Clone)]
pub struct Vault(XChaCha20Poly1305);

impl Vault {
    /// Reads the key at `path`; makes one, readable by its owner only, when there is none and `sealed` is none.
    /// `sealed` is any sealed token of the database with its account, on which the key is tried.
    ///
    /// # Errors
    /// When the key is missing although it is needed, is not usable, or is the wrong one.
    pub fn open(path: &Path, sealed: Option<&[u8]>) -> Result<Self, VaultError> {
        let unusable = |source| VaultError::Unusable { path: path.to_owned(), source };
        let key = match File::open(path) {
            Ok(mut file) => {
                let mut bytes = Vec::with_capacity(KEY_BYTES + 1);
                Read::by_ref(&mut file).take(KEY_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(unusable)?;
                <[u8; KEY_BYTES]>::try_from(bytes).map_err(|_| VaultError::NoKey(path.to_owned()))?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound && sealed.is_some() => {
                return Err(VaultError::Missing(path.to_owned()));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => create_key(path).map_err(unusable)?,
            Err(error) => return Err(unusable(error)),
        };
        let vault = Self(XChaCha20Poly1305::new(&Key::from(key)));
        if sealed.is_some_and(|sealed| vault.open_token(sealed).is_err()) {
            return Err(VaultError::WrongKey(path.to_owned()));
        }
        Ok(vault)
    }

    /// Seals a token: a fresh nonce, then the ciphertext with its tag.
    ///
    /// # Errors
    /// Never in practice: the cipher refuses only gigabytes.
    pub fn seal(&self, token: &SecretString) -> Result<Vec<u8>, VaultError> {
        let nonce: [u8; NONCE_BYTES] = rand::random();
        let payload = Payload { msg: token.expose_secret().as_bytes(), aad: b"dmm real-debrid token v1" };
        let sealed = self.0.encrypt(&XNonce::from(nonce), payload).map_err(|_| VaultError::CannotOpen)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`Vault::seal`] sealed.
    ///
    /// # Errors
    /// When it was altered or sealed with another key.
    pub fn open_token(&self, sealed: &[u8]) -> Result<SecretString, VaultError> {
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(VaultError::CannotOpen)?;
        let payload = Payload { msg: ciphertext, aad: b"dmm real-debrid token v1" };
        let token = self.0.decrypt(&XNonce::from(*nonce), payload).map_err(|_| VaultError::CannotOpen)?;
        String::from_utf8(token).map(SecretString::from).map_err(|_| VaultError::CannotOpen)
    }
}

fn create_key(path: &Path) -> io::Result<[u8; KEY_BYTES]> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let key: [u8; KEY_BYTES] = rand::random();
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(&key)?;
    file.sync_all()?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_back_and_an_altered_one_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(&folder.path().join("dmm.key"), None).unwrap();
        let sealed = vault.seal(&SecretString::from("SECRET")).unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"SECRET"));
        assert_eq!(vault.open_token(&sealed).unwrap().expose_secret(), "SECRET");
        let mut altered = sealed.clone();
        *altered.last_mut().unwrap() ^= 1;
        assert!(matches!(vault.open_token(&altered), Err(VaultError::CannotOpen)));
    }

    #[cfg(unix)]
    #[test]
    fn a_new_key_is_readable_by_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/dmm.key");
        Vault::open(&path, None).unwrap();
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_missing_or_wrong_key_is_refused_when_tokens_are_stored() {
        let folder = tempfile::tempdir().unwrap();
        let sealed = Vault::open(&folder.path().join("a"), None).unwrap().seal(&SecretString::from("S")).unwrap();
        assert!(matches!(Vault::open(&folder.path().join("b"), Some(&sealed)), Err(VaultError::Missing(_))));
        assert!(!folder.path().join("b").exists(), "a new key was made over the lost one");
        std::fs::write(folder.path().join("c"), [7; 32]).unwrap();
        assert!(matches!(Vault::open(&folder.path().join("c"), Some(&sealed)), Err(VaultError::WrongKey(_))));
        std::fs::write(folder.path().join("d"), [7; 31]).unwrap();
        assert!(matches!(Vault::open(&folder.path().join("d"), None), Err(VaultError::NoKey(_))));
    }
}
