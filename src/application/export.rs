//! The whole library on its way out, in portions, so that neither its size nor the pace of who takes it costs memory.

mod cells;

use super::Application;
use crate::{
    domain::{ApiError, ErrorCode, ExportFormat, ExportedFile},
    store::Store,
};
use cells::{COLUMNS, cells};
use csv::{Terminator, Writer, WriterBuilder};

/// Entries that are in memory at a time.
const PORTION: i64 = 500;

/// An export under way.
pub struct Export {
    store: Store,
    user: i64,
    format: ExportFormat,
    /// The number of the last entry that was given.
    after: i64,
    place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Beginning,
    Middle,
    End,
}

impl Export {
    /// An export of an account that has not begun yet.
    pub fn new(store: Store, user: i64, format: ExportFormat) -> Self {
        Self { store, user, format, after: 0, place: Place::Beginning }
    }

    /// The next portion as bytes; none at the end. Nothing comes after a failure, and what came before one is not a whole
    /// export.
    pub async fn next(&mut self) -> Option<Result<Vec<u8>, ApiError>> {
        if self.place == Place::End {
            return None;
        }
        let place = std::mem::replace(&mut self.place, Place::End);
        let files = match self.store.export(self.user, self.after, PORTION).await {
            Ok(files) => files,
            Err(error) => return Some(Err(error.into())),
        };
        if let Some(last) = files.last() {
            self.after = last.file.id;
        }
        if i64::try_from(files.len()).is_ok_and(|length| length == PORTION) {
            self.place = Place::Middle;
        }
        match written(&files, self.format, place == Place::Beginning) {
            Ok(bytes) if bytes.is_empty() => None,
            Ok(bytes) => Some(Ok(bytes)),
            Err(error) => {
                self.place = Place::End;
                Some(Err(ApiError::new(ErrorCode::Internal, format!("An entry cannot be written ({error})."))))
            }
        }
    }
}

impl Application {
    /// The whole library of an account.
    pub fn export(&self, user: i64, format: ExportFormat) -> Export {
        Export::new(self.0.store.clone(), user, format)
    }
}

fn written(
    files: &[ExportedFile],
    format: ExportFormat,
    is_first: bool,
) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    match format {
        ExportFormat::Ndjson => {
            let mut bytes = Vec::new();
            for file in files {
                serde_json::to_writer(&mut bytes, file)?;
                bytes.push(b'\n');
            }
            Ok(bytes)
        }
        ExportFormat::Csv => {
            // As RFC 4180 has it.
            let mut table: Writer<Vec<u8>> = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
            if is_first {
                table.write_record(COLUMNS)?;
            }
            for file in files {
                table.write_record(cells(file).iter().map(|cell| cell.as_bytes()))?;
            }
            Ok(table.into_inner()?)
        }
    }
}
