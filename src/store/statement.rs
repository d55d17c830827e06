//! A statement with its values, for whichever database is open.
//!
//! The texts are the same for both; a list of values and rows that are written at once are the two places where a
//! database has its own words, so a statement keeps them apart until it is known where it goes.

use super::{
    database::On,
    dialect::render,
    postgres::{ANSWER_WITHIN, in_time},
};
use sqlx::{
    AssertSqlSafe, FromRow, Postgres, Sqlite,
    postgres::{PgQueryResult, PgRow},
    sqlite::{SqliteQueryResult, SqliteRow},
};
use std::borrow::Cow;

/// A value, with its type also where there is none: PostgreSQL has no null without a type.
#[derive(Debug, Clone)]
pub(super) enum Value<'v> {
    Integer(Option<i64>),
    Text(Option<Cow<'v, str>>),
    Boolean(bool),
    Real(f64),
    Bytes(Option<&'v [u8]>),
}

/// Values of one type, to look for.
#[derive(Debug, Clone)]
pub(super) enum List<'v> {
    Integers(Vec<i64>),
    Texts(Vec<&'v str>),
}

impl From<&[i64]> for List<'_> {
    fn from(numbers: &[i64]) -> Self {
        Self::Integers(numbers.to_vec())
    }
}

impl<'v> From<&[&'v str]> for List<'v> {
    fn from(texts: &[&'v str]) -> Self {
        Self::Texts(texts.to_vec())
    }
}

/// A part of a statement.
#[derive(Debug, Clone)]
pub(super) enum Part<'v> {
    Text(Cow<'static, str>),
    /// A value whose place the text names by its number.
    Named(Value<'v>),
    /// A value at this place.
    Here(Value<'v>),
    Among(List<'v>),
    Rows(Vec<Vec<Value<'v>>>),
}

/// A row from either database.
pub(super) trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl<T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin> Row for T {}

/// Runs a statement where it goes. PostgreSQL gets it without a name, so that a pooler may give each transaction another
/// connection.
macro_rules! run {
    ($statement:expr, $on:expr, $query:ident::<$($type:ty),*>, $fetch:ident) => {{
        let (parts, on) = ($statement.0, $on.into());
        // In a box, since what waits for a statement would have room for every driver's way of waiting in itself.
        Box::pin(async move {
            match on {
                On::Sqlite(connection) => {
                    let (text, values) = render::<Sqlite>(parts)?;
                    sqlx::$query::<$($type),*>(AssertSqlSafe(text), values).$fetch(connection).await.map(Into::into)
                }
                On::SqlitePool(pool) => {
                    let (text, values) = render::<Sqlite>(parts)?;
                    sqlx::$query::<$($type),*>(AssertSqlSafe(text), values).$fetch(pool).await.map(Into::into)
                }
                On::Postgres(connection) => {
                    let (text, values) = render::<Postgres>(parts)?;
                    let query = sqlx::$query::<$($type),*>(AssertSqlSafe(text), values).persistent(false);
                    in_time(ANSWER_WITHIN, query.$fetch(connection)).await.map(Into::into)
                }
                On::PostgresDoor(door) => {
                    let (text, values) = render::<Postgres>(parts)?;
                    let mut transaction = door.begin().await?;
                    let query = sqlx::$query::<$($type),*>(AssertSqlSafe(text), values).persistent(false);
                    let result = in_time(ANSWER_WITHIN, query.$fetch(&mut *transaction)).await.map(Into::into)?;
                    door.end(transaction).await?;
                    Ok(result)
                }
            }
        })
    }};
}

/// A statement with its values.
#[derive(Debug, Clone)]
pub(super) struct Statement<'v>(Vec<Part<'v>>);

/// The values of one row that is written.
#[derive(Debug, Default)]
pub(super) struct Cells<'v>(Vec<Value<'v>>);

impl<'v> Cells<'v> {
    pub(super) fn push_bind(&mut self, value: impl Into<Value<'v>>) -> &mut Self {
        self.0.push(value.into());
        self
    }
}

impl<'v> Statement<'v> {
    /// Begins with a text.
    pub(super) fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Self(vec![Part::Text(text.into())])
    }

    /// The next value that the text names by its number.
    pub(super) fn bind(mut self, value: impl Into<Value<'v>>) -> Self {
        self.0.push(Part::Named(value.into()));
        self
    }

    /// More text.
    pub(super) fn push(&mut self, text: impl Into<Cow<'static, str>>) -> &mut Self {
        self.0.push(Part::Text(text.into()));
        self
    }

    /// A value at this place.
    pub(super) fn push_bind(&mut self, value: impl Into<Value<'v>>) -> &mut Self {
        self.0.push(Part::Here(value.into()));
        self
    }

    /// Whether what stands before is in a list.
    pub(super) fn among(&mut self, list: impl Into<List<'v>>) -> &mut Self {
        self.0.push(Part::Among(list.into()));
        self
    }

    /// Rows to be written, one for each of `items`; every one has the same columns.
    pub(super) fn push_rows<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut cells: impl FnMut(&mut Cells<'v>, T),
    ) -> &mut Self {
        let rows = items.into_iter().map(|item| {
            let mut row = Cells::default();
            cells(&mut row, item);
            row.0
        });
        self.0.push(Part::Rows(rows.collect()));
        self
    }

    /// The question how a database would run it.
    #[cfg(test)]
    pub(super) fn explained(mut self) -> Self {
        self.0.insert(0, Part::Text("explain ".into()));
        self
    }

    /// And how it did; it is run.
    #[cfg(test)]
    pub(super) fn analyzed(mut self) -> Self {
        self.0.insert(0, Part::Text("explain (analyze) ".into()));
        self
    }

    /// The text as a database reads it.
    #[cfg(test)]
    pub(super) fn text<D: super::dialect::Dialect>(self) -> String {
        render::<D>(self.0).map(|(text, _)| text.into_owned()).unwrap_or_default()
    }

    /// Every row.
    ///
    /// # Errors
    /// When the database fails; so, too, below.
    pub(super) async fn fetch_all<'c, T: Row>(self, on: impl Into<On<'c>>) -> Result<Vec<T>, sqlx::Error> {
        run!(self, on, query_as_with::<_, T, _>, fetch_all).await
    }

    /// The first row.
    pub(super) async fn fetch_one<'c, T: Row>(self, on: impl Into<On<'c>>) -> Result<T, sqlx::Error> {
        run!(self, on, query_as_with::<_, T, _>, fetch_one).await
    }

    /// The first row, if there is one.
    pub(super) async fn fetch_optional<'c, T: Row>(self, on: impl Into<On<'c>>) -> Result<Option<T>, sqlx::Error> {
        run!(self, on, query_as_with::<_, T, _>, fetch_optional).await
    }

    /// The first value of every row.
    pub(super) async fn scalars<'c, T>(self, on: impl Into<On<'c>>) -> Result<Vec<T>, sqlx::Error>
    where
        (T,): Row,
    {
        Ok(self.fetch_all::<(T,)>(on).await?.into_iter().map(|(value,)| value).collect())
    }

    /// The first value of the first row.
    pub(super) async fn scalar<'c, T>(self, on: impl Into<On<'c>>) -> Result<T, sqlx::Error>
    where
        (T,): Row,
    {
        Ok(self.fetch_one::<(T,)>(on).await?.0)
    }

    /// The first value of the first row, if there is one.
    pub(super) async fn optional_scalar<'c, T>(self, on: impl Into<On<'c>>) -> Result<Option<T>, sqlx::Error>
    where
        (T,): Row,
    {
        Ok(self.fetch_optional::<(T,)>(on).await?.map(|(value,)| value))
    }

    /// How many rows it changed.
    pub(super) async fn execute<'c>(self, on: impl Into<On<'c>>) -> Result<u64, sqlx::Error> {
        let done: Changed = run!(self, on, query_with::<_, _>, execute).await?;
        Ok(done.0)
    }
}

/// How many rows were changed.
struct Changed(u64);

impl From<SqliteQueryResult> for Changed {
    fn from(result: SqliteQueryResult) -> Self {
        Self(result.rows_affected())
    }
}

impl From<PgQueryResult> for Changed {
    fn from(result: PgQueryResult) -> Self {
        Self(result.rows_affected())
    }
}

/// Values from what the code has.
macro_rules! values {
    ($($given:ty => $kind:ident, $value:ident: $made:expr;)*) => {$(
        impl<'v> From<$given> for Value<'v> {
            fn from($value: $given) -> Self {
                Self::$kind($made)
            }
        }
    )*};
}

values! {
    i64 => Integer, value: Some(value);
    &i64 => Integer, value: Some(*value);
    Option<i64> => Integer, value: value;
    bool => Boolean, value: value;
    f64 => Real, value: value;
    &'v str => Text, value: Some(Cow::Borrowed(value));
    &'v String => Text, value: Some(Cow::Borrowed(value));
    String => Text, value: Some(Cow::Owned(value));
    Option<&'v str> => Text, value: value.map(Cow::Borrowed);
    Option<String> => Text, value: value.map(Cow::Owned);
    &'v Option<String> => Text, value: value.as_deref().map(Cow::Borrowed);
    &'v [u8] => Bytes, value: Some(value);
    &'v Vec<u8> => Bytes, value: Some(value);
    &'v Option<Vec<u8>> => Bytes, value: value.as_deref();
}
