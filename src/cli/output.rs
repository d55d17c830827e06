//! Standard output as others read it: whoever has read enough may go.

use std::io::{self, ErrorKind, Write};

/// Writes to standard output; false when nobody reads it any more, which is no failure.
///
/// # Errors
/// When it cannot be written, on a full disk for instance.
pub(super) fn put(bytes: &[u8]) -> io::Result<bool> {
    let mut output = io::stdout().lock();
    match output.write_all(bytes).and_then(|()| output.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error),
    }
}
