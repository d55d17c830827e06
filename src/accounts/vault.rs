//! Real-Debrid's secrets at rest: sealed by XChaCha20-Poly1305 with a key that is not in the database.
//!
//! What is sealed for one account and one purpose cannot be opened for another, so a row that is copied over another
//! one gives nothing away.

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
    /// It is another one than that of the servers beside it.
    #[error(
        "The key file {0} is not the one of the other servers on this database: give every server the same \
         DMM_SECRET_KEY_FILE; or, if that key is lost and no token is stored, stop them and run `dmm rotate-key`."
    )]
    AnotherKey(PathBuf),
    /// Another program has sealed everything with another key.
    #[error(
        "The key of this database was replaced while this program did not answer: start it again with the new \
         DMM_SECRET_KEY_FILE."
    )]
    Replaced,
    /// A sealed token was altered, or sealed with another key or for another account.
    #[error("The stored Real-Debrid token cannot be opened: sign in again on the Connection page.")]
    CannotOpen,
}

/// What a sealed secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The access token of an account.
    AccessToken(i64),
    /// An account's means of renewal.
    RefreshCredentials(i64),
    /// The code of a sign-in by device, known by the hash of its id; of nobody yet.
    DeviceCode([u8; 32]),
    /// What such a code was exchanged for.
    DeviceTokens([u8; 32]),
    /// Nothing but that the key is the same.
    Proof,
}

impl Purpose {
    fn bound(self) -> String {
        match self {
            Self::AccessToken(user) => format!("dmm access token v2 of account {user}"),
            Self::RefreshCredentials(user) => format!("dmm refresh credentials v2 of account {user}"),
            Self::DeviceCode(id) => format!("dmm device code v2 of {id:02x?}"),
            Self::Proof => "dmm proof of the key v1".to_owned(),
            Self::DeviceTokens(id) => format!("dmm device tokens v2 of {id:02x?}"),
        }
    }
}

/// What access tokens were bound to before they were bound to their account.
const UNBOUND: &[u8] = b"dmm real-debrid token v1";

/// Seals and opens secrets.
#[derive(Clone)]
pub struct Vault(XChaCha20Poly1305);

impl Vault {
    /// Reads the key at `path`; makes one, readable by its owner only, when there is none and `sealed` is empty.
    /// The key is tried on `sealed`, sealed access tokens of the database with their accounts; where there are none, on its
    /// `proof`, if it has one.
    ///
    /// # Errors
    /// When the key is missing although it is needed, is not usable, or is the wrong one.
    pub fn open(path: &Path, sealed: &[(i64, Vec<u8>)], proof: Option<&[u8]>) -> Result<Self, VaultError> {
        let unusable = |source| VaultError::Unusable { path: path.to_owned(), source };
        let key = match File::open(path) {
            Ok(file) => read_key(file).map_err(unusable)?.ok_or_else(|| VaultError::NoKey(path.to_owned()))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !sealed.is_empty() => {
                return Err(VaultError::Missing(path.to_owned()));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => create_key(path).map_err(unusable)?,
            Err(error) => return Err(unusable(error)),
        };
        let vault = Self::of(key);
        if vault.fits(sealed, proof) {
            return Ok(vault);
        }
        // A rotation that was killed between its two last steps is ended here.
        let next = next_path(path);
        match File::open(&next).ok().and_then(|file| read_key(file).ok().flatten()).map(Self::of) {
            Some(vault) if vault.fits(sealed, proof) => {
                // Where a name cannot be changed, as of a file that is mounted by itself, the key is good all the same.
                if let Err(error) = put_in_place(&next, path) {
                    tracing::warn!(%error, "move {} to {}: it is the key now", next.display(), path.display());
                }
                Ok(vault)
            }
            // Without tokens a wrong key loses nothing; whether the other servers have the same one is asked next.
            _ if sealed.is_empty() => Ok(vault),
            _ => Err(VaultError::WrongKey(path.to_owned())),
        }
    }

    /// Makes the key that shall follow the one at `path`, beside it. [`Vault::rotate`] puts it in its place, once everything
    /// is sealed with it; until then both are there, and a kill at any moment leaves the one that fits.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn next(path: &Path) -> Result<Self, VaultError> {
        let unusable = |source| VaultError::Unusable { path: path.to_owned(), source };
        let next = next_path(path);
        // Of a rotation that was given up: the key at `path` has just been seen to fit.
        match std::fs::remove_file(&next) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unusable(error)),
            _ => {}
        }
        Ok(Self::of(create_key(&next).map_err(unusable)?))
    }

    /// Puts the key of [`Vault::next`] in the place of the one at `path`.
    ///
    /// # Errors
    /// When the file cannot be moved.
    pub fn rotate(path: &Path) -> Result<(), VaultError> {
        put_in_place(&next_path(path), path).map_err(|source| VaultError::Unusable { path: path.to_owned(), source })
    }

    fn of(key: [u8; KEY_BYTES]) -> Self {
        Self(XChaCha20Poly1305::new(&Key::from(key)))
    }

    /// Whether it opens any of these, since one that is damaged must not lock everybody out; or, without any, the proof.
    fn fits(&self, sealed: &[(i64, Vec<u8>)], proof: Option<&[u8]>) -> bool {
        let opens = |(user, sealed): &(i64, Vec<u8>)| {
            self.open_secret(Purpose::AccessToken(*user), sealed).is_ok() || self.open_unbound(sealed).is_ok()
        };
        if sealed.is_empty() {
            return proof.is_none_or(|proof| self.open_secret(Purpose::Proof, proof).is_ok());
        }
        sealed.iter().any(opens)
    }

    /// Seals a secret: a fresh nonce, then the ciphertext with its tag.
    ///
    /// # Errors
    /// Never in practice: the cipher refuses only gigabytes.
    pub fn seal(&self, purpose: Purpose, secret: &SecretString) -> Result<Vec<u8>, VaultError> {
        let nonce: [u8; NONCE_BYTES] = rand::random();
        let bound = purpose.bound();
        let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: bound.as_bytes() };
        let sealed = self.0.encrypt(&XNonce::from(nonce), payload).map_err(|_| VaultError::CannotOpen)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`Vault::seal`] sealed for the same purpose.
    ///
    /// # Errors
    /// When it was altered, or sealed with another key or for something else.
    pub fn open_secret(&self, purpose: Purpose, sealed: &[u8]) -> Result<SecretString, VaultError> {
        self.decrypt(sealed, purpose.bound().as_bytes())
    }

    /// Opens an access token that was sealed before accounts were bound, once, to be bound.
    pub(super) fn open_unbound(&self, sealed: &[u8]) -> Result<SecretString, VaultError> {
        self.decrypt(sealed, UNBOUND)
    }

    fn decrypt(&self, sealed: &[u8], aad: &[u8]) -> Result<SecretString, VaultError> {
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(VaultError::CannotOpen)?;
        let payload = Payload { msg: ciphertext, aad };
        let opened = self.0.decrypt(&XNonce::from(*nonce), payload).map_err(|_| VaultError::CannotOpen)?;
        String::from_utf8(opened).map(SecretString::from).map_err(|_| VaultError::CannotOpen)
    }
}

/// None when there are more or fewer bytes.
fn read_key(file: File) -> io::Result<Option<[u8; KEY_BYTES]>> {
    let mut bytes = Vec::with_capacity(KEY_BYTES + 1);
    file.take(KEY_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes.try_into().ok())
}

fn next_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

/// Survives a power cut once it has returned.
fn put_in_place(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::rename(from, to)?;
    sync_folder(to)
}

fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Writes it whole under another name first, so that a kill leaves no half of one; where a file cannot have two names, a kill in
/// that moment leaves a file to be deleted, with which nothing was sealed yet.
fn create_key(path: &Path) -> io::Result<[u8; KEY_BYTES]> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let key: [u8; KEY_BYTES] = rand::random();
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{:016x}.tmp", rand::random::<u64>()));
    let begun = PathBuf::from(name);
    write_key(&begun, &key)?;
    // Another server may make one at the same moment, and both shall have the first.
    let linked = std::fs::hard_link(&begun, path);
    std::fs::remove_file(&begun)?;
    let made = match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            tracing::debug!(%error, "a file cannot have two names here");
            write_key(path, &key)
        }
        linked => linked,
    };
    match made {
        Ok(()) => {
            sync_folder(path)?;
            Ok(key)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let half = || io::Error::new(io::ErrorKind::InvalidData, "it holds no key");
            read_key(File::open(path)?)?.ok_or_else(half)
        }
        Err(error) => Err(error),
    }
}

/// Writes a key into a file that is not there yet, for its owner only.
fn write_key(path: &Path, key: &[u8; KEY_BYTES]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let written = file.write_all(key).and_then(|()| file.sync_all());
    // Half of a key is none.
    if written.is_err() {
        let _ = std::fs::remove_file(path);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Purpose = Purpose::AccessToken(1);

    fn vault(folder: &Path) -> Vault {
        Vault::open(&folder.join("dmm.key"), &[], None).unwrap()
    }

    #[test]
    fn a_secret_comes_back_and_an_altered_one_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(folder.path());
        let sealed = vault.seal(ONE, &SecretString::from("SECRET")).unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"SECRET"));
        assert_eq!(vault.open_secret(ONE, &sealed).unwrap().expose_secret(), "SECRET");
        let mut altered = sealed.clone();
        *altered.last_mut().unwrap() ^= 1;
        assert!(matches!(vault.open_secret(ONE, &altered), Err(VaultError::CannotOpen)));
    }

    #[test]
    fn a_secret_opens_for_its_own_account_and_purpose_only() {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(folder.path());
        let sealed = vault.seal(ONE, &SecretString::from("SECRET")).unwrap();
        for other in [Purpose::AccessToken(2), Purpose::RefreshCredentials(1), Purpose::DeviceCode([0; 32])] {
            assert!(matches!(vault.open_secret(other, &sealed), Err(VaultError::CannotOpen)), "{other:?}");
        }
    }

    #[test]
    fn a_key_fits_by_what_was_sealed_before_accounts_were_bound_and_by_one_token_that_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(folder.path());
        let nonce = [3; NONCE_BYTES];
        let sealed = vault.0.encrypt(&XNonce::from(nonce), Payload { msg: b"OLD", aad: UNBOUND }).unwrap();
        let old = [nonce.as_slice(), &sealed].concat();
        assert!(vault.open_secret(ONE, &old).is_err());
        assert_eq!(vault.open_unbound(&old).unwrap().expose_secret(), "OLD");
        assert!(vault.fits(&[(1, vec![1, 2, 3]), (2, old)], None));
        assert!(!vault.fits(&[(1, vec![1, 2, 3])], None));
    }

    #[test]
    fn a_rotation_that_is_killed_leaves_a_key_that_fits() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dmm.key");
        let old = vault(folder.path());
        let by_old = old.seal(ONE, &SecretString::from("S")).unwrap();
        let next = Vault::next(&path).unwrap();
        let by_next = next.seal(ONE, &SecretString::from("S")).unwrap();
        // Before everything was sealed anew, and after it.
        assert!(Vault::open(&path, &[(1, by_old.clone())], None).is_ok());
        assert!(path.with_extension("key.new").exists());
        assert!(Vault::open(&path, &[(1, by_next.clone())], None).is_ok());
        assert!(!path.with_extension("key.new").exists());
        assert!(Vault::open(&path, &[(1, by_next.clone())], None).is_ok());
        assert!(matches!(Vault::open(&path, &[(1, by_old.clone())], None), Err(VaultError::WrongKey(_))));
    }

    #[test]
    fn without_tokens_the_proof_tells_which_key_a_rotation_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dmm.key");
        let seal = |vault: &Vault| vault.seal(Purpose::Proof, &SecretString::from("P")).unwrap();
        let by_old = seal(&vault(folder.path()));
        let by_next = seal(&Vault::next(&path).unwrap());
        assert!(Vault::open(&path, &[], Some(&by_old)).unwrap().open_secret(Purpose::Proof, &by_old).is_ok());
        assert!(Vault::open(&path, &[], Some(&by_next)).unwrap().open_secret(Purpose::Proof, &by_next).is_ok());
        assert!(!path.with_extension("key.new").exists());
        // One that does not fit is no reason to refuse a rotation that makes another.
        assert!(Vault::open(&path, &[], Some(&by_old)).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn a_new_key_is_readable_by_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/dmm.key");
        Vault::open(&path, &[], None).unwrap();
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_missing_or_wrong_key_is_refused_when_tokens_are_stored() {
        let folder = tempfile::tempdir().unwrap();
        let sealed =
            Vault::open(&folder.path().join("a"), &[], None).unwrap().seal(ONE, &SecretString::from("S")).unwrap();
        let sealed = &[(1, sealed)];
        assert!(matches!(Vault::open(&folder.path().join("b"), sealed, None), Err(VaultError::Missing(_))));
        assert!(!folder.path().join("b").exists(), "a new key was made over the lost one");
        std::fs::write(folder.path().join("c"), [7; 32]).unwrap();
        assert!(matches!(Vault::open(&folder.path().join("c"), sealed, None), Err(VaultError::WrongKey(_))));
        std::fs::write(folder.path().join("d"), [7; 31]).unwrap();
        assert!(matches!(Vault::open(&folder.path().join("d"), &[], None), Err(VaultError::NoKey(_))));
    }
}
