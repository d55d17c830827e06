//! A row of whichever table, from whichever database.

use crate::store::statement::{Cells, Value};
use crate::store::tables::{Kind, Table};
use sha2::{Digest, Sha256};
use sqlx::{FromRow, Row as _, TypeInfo as _, ValueRef as _, postgres::PgRow, sqlite::SqliteRow};
use std::borrow::Cow;

/// A value as a database gives it.
#[derive(Debug, Clone, PartialEq)]
enum Cell {
    Null,
    Integer(i64),
    Text(String),
    Boolean(bool),
    Real(f64),
    Bytes(Vec<u8>),
}

/// The values of a row, in the order of the table's columns.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct AnyRow(Vec<Cell>);

macro_rules! from_row {
    ($($row:ty),*) => {$(
        impl<'r> FromRow<'r, $row> for AnyRow {
            fn from_row(row: &'r $row) -> Result<Self, sqlx::Error> {
                let cell = |place| {
                    let value = row.try_get_raw(place)?;
                    if value.is_null() {
                        return Ok(Cell::Null);
                    }
                    match value.type_info().name() {
                        "INTEGER" | "INT8" => row.try_get_unchecked(place).map(Cell::Integer),
                        "TEXT" => row.try_get_unchecked(place).map(Cell::Text),
                        "BOOL" | "BOOLEAN" => row.try_get_unchecked(place).map(Cell::Boolean),
                        "REAL" | "FLOAT8" => row.try_get_unchecked(place).map(Cell::Real),
                        "BLOB" | "BYTEA" => row.try_get_unchecked(place).map(Cell::Bytes),
                        other => Err(sqlx::Error::Decode(format!("a value of type {other} is not known").into())),
                    }
                };
                (0..row.len()).map(cell).collect::<Result<_, _>>().map(Self)
            }
        }
    )*};
}

from_row!(SqliteRow, PgRow);

impl AnyRow {
    /// Its values as they are written, without the one at `left_out`.
    pub(super) fn write<'r>(&'r self, table: &Table, left_out: Option<usize>, cells: &mut Cells<'r>) {
        for (place, (cell, (_, kind))) in self.0.iter().zip(table.columns).enumerate() {
            cells.push_bind(value(if Some(place) == left_out { &Cell::Null } else { cell }, *kind));
        }
    }

    /// The values of its key.
    pub(super) fn key(&self, table: &Table) -> Vec<Value<'_>> {
        self.0.iter().zip(table.columns).take(table.key).map(|(cell, (_, kind))| value(cell, *kind)).collect()
    }

    /// The number at a place, if there is one.
    pub(super) fn number(&self, place: usize) -> Option<i64> {
        match self.0.get(place) {
            Some(Cell::Integer(number)) => Some(*number),
            _ => None,
        }
    }

    /// Adds it to a sum that is the same for the same row in either database.
    pub(super) fn add_to(&self, table: &Table, sum: &mut Sha256) {
        for (cell, (_, kind)) in self.0.iter().zip(table.columns) {
            match value(cell, *kind) {
                Value::Integer(None) | Value::Text(None) | Value::Bytes(None) => sum.update([0]),
                Value::Integer(Some(number)) => {
                    sum.update([1]);
                    sum.update(number.to_le_bytes());
                }
                Value::Text(Some(text)) => add_bytes(sum, 2, text.replace('\0', "\u{fffd}").as_bytes()),
                Value::Boolean(is_so) => sum.update([3, u8::from(is_so)]),
                Value::Real(number) => {
                    sum.update([4]);
                    sum.update(number.to_bits().to_le_bytes());
                }
                Value::Bytes(Some(bytes)) => add_bytes(sum, 5, bytes),
            }
        }
    }
}

fn add_bytes(sum: &mut Sha256, kind: u8, bytes: &[u8]) {
    sum.update([kind]);
    sum.update((bytes.len() as u64).to_le_bytes());
    sum.update(bytes);
}

/// A value with the type of its column. SQLite has numbers for truth, and whole ones for numbers.
fn value(cell: &Cell, kind: Kind) -> Value<'_> {
    match (kind, cell) {
        (_, Cell::Integer(number)) if kind == Kind::Boolean => Value::Boolean(*number != 0),
        #[expect(clippy::cast_precision_loss, reason = "it was a whole per cent")]
        (Kind::Real, Cell::Integer(number)) => Value::Real(*number as f64),
        (_, Cell::Integer(number)) => Value::Integer(Some(*number)),
        (_, Cell::Text(text)) => Value::Text(Some(Cow::Borrowed(text))),
        (_, Cell::Boolean(is_so)) => Value::Boolean(*is_so),
        (_, Cell::Real(number)) => Value::Real(*number),
        (_, Cell::Bytes(bytes)) => Value::Bytes(Some(bytes)),
        (Kind::Text, Cell::Null) => Value::Text(None),
        (Kind::Bytes, Cell::Null) => Value::Bytes(None),
        (Kind::Integer | Kind::Boolean | Kind::Real, Cell::Null) => Value::Integer(None),
    }
}
