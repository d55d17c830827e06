//! What a database says in its own words: a list of values, and rows that are written at once.
//!
//! SQLite takes each value as a parameter of its own. PostgreSQL takes an array for a list and an array for each column, so
//! that a statement is the same whatever its length.

use super::statement::{List, Part, Value};
use sqlx::{Arguments, Database, Postgres, Sqlite};
use std::{borrow::Cow, fmt::Write as _};

/// A text and the values of its parameters.
pub(super) type Rendered<D> = (Cow<'static, str>, <D as Database>::Arguments);

/// A statement that is being put together.
pub(super) struct Text<D: Database> {
    so_far: Cow<'static, str>,
    arguments: D::Arguments,
    /// Places are told by number, since the text names some of them itself.
    is_numbered: bool,
}

/// A database's own words.
pub(super) trait Dialect: Database {
    /// Whether places can go without numbers.
    const COUNTS: bool;

    /// Adds the value of a parameter.
    fn add(arguments: &mut Self::Arguments, value: Value<'_>) -> Result<(), sqlx::Error>;

    /// Writes that something is one of a list.
    fn among(text: &mut Text<Self>, list: List<'_>) -> Result<(), sqlx::Error>;

    /// Writes where rows come from.
    fn rows(text: &mut Text<Self>, rows: Vec<Vec<Value<'_>>>) -> Result<(), sqlx::Error>;
}

/// Puts a statement together.
///
/// # Errors
/// When a value cannot be encoded.
pub(super) fn render<D: Dialect>(parts: Vec<Part<'_>>) -> Result<Rendered<D>, sqlx::Error> {
    let is_numbered = !D::COUNTS || parts.iter().any(|part| matches!(part, Part::Named(_)));
    let mut text = Text::<D> { so_far: Cow::Borrowed(""), arguments: D::Arguments::default(), is_numbered };
    for part in parts {
        match part {
            // Most statements are one fixed text.
            Part::Text(first) if text.so_far.is_empty() => text.so_far = first,
            Part::Text(more) => text.push(&more),
            Part::Named(value) => D::add(&mut text.arguments, value)?,
            Part::Here(value) => {
                D::add(&mut text.arguments, value)?;
                text.push_place();
            }
            Part::Among(list) => D::among(&mut text, list)?,
            Part::Rows(rows) => D::rows(&mut text, rows)?,
        }
    }
    Ok((text.so_far, text.arguments))
}

impl<D: Database> Text<D> {
    fn push(&mut self, text: &str) {
        self.so_far.to_mut().push_str(text);
    }

    /// The place of the value that was added last.
    ///
    /// A number is a name to SQLite, and its driver asks for the name of every place, which is looked for among all of them:
    /// thousands of values took ten times as long with numbers as without.
    fn push_place(&mut self) {
        if self.is_numbered {
            let number = self.arguments.len();
            let _ = write!(self.so_far.to_mut(), "${number}");
        } else {
            self.push("?");
        }
    }
}

fn added(result: Result<(), sqlx::error::BoxDynError>) -> Result<(), sqlx::Error> {
    result.map_err(sqlx::Error::Encode)
}

impl Dialect for Sqlite {
    const COUNTS: bool = true;

    fn add(arguments: &mut Self::Arguments, value: Value<'_>) -> Result<(), sqlx::Error> {
        added(match value {
            Value::Integer(value) => Arguments::add(arguments, value),
            Value::Text(value) => Arguments::add(arguments, value.as_deref()),
            Value::Boolean(value) => Arguments::add(arguments, value),
            Value::Real(value) => Arguments::add(arguments, value),
            Value::Bytes(value) => Arguments::add(arguments, value),
        })
    }

    fn among(text: &mut Text<Self>, list: List<'_>) -> Result<(), sqlx::Error> {
        let values: Vec<Value<'_>> = match list {
            List::Integers(numbers) => numbers.into_iter().map(Value::from).collect(),
            List::Texts(texts) => texts.into_iter().map(Value::from).collect(),
        };
        text.push("in ");
        push_tuple(text, values)
    }

    fn rows(text: &mut Text<Self>, rows: Vec<Vec<Value<'_>>>) -> Result<(), sqlx::Error> {
        for (number, row) in rows.into_iter().enumerate() {
            text.push(if number == 0 { "values " } else { ", " });
            push_tuple(text, row)?;
        }
        Ok(())
    }
}

/// Values in parentheses.
fn push_tuple(text: &mut Text<Sqlite>, values: Vec<Value<'_>>) -> Result<(), sqlx::Error> {
    text.push("(");
    for (number, value) in values.into_iter().enumerate() {
        if number > 0 {
            text.push(", ");
        }
        Sqlite::add(&mut text.arguments, value)?;
        text.push_place();
    }
    text.push(")");
    Ok(())
}

impl Dialect for Postgres {
    const COUNTS: bool = false;

    fn add(arguments: &mut Self::Arguments, value: Value<'_>) -> Result<(), sqlx::Error> {
        added(match value {
            Value::Integer(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value.map(without_nul)),
            Value::Boolean(value) => arguments.add(value),
            Value::Real(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
        })
    }

    fn among(text: &mut Text<Self>, list: List<'_>) -> Result<(), sqlx::Error> {
        let arguments = &mut text.arguments;
        added(match list {
            List::Integers(numbers) => arguments.add(numbers),
            List::Texts(texts) => {
                arguments.add(texts.into_iter().map(|text| without_nul(Cow::Borrowed(text))).collect::<Vec<_>>())
            }
        })?;
        text.push("= any(");
        text.push_place();
        text.push(")");
        Ok(())
    }

    fn rows(text: &mut Text<Self>, rows: Vec<Vec<Value<'_>>>) -> Result<(), sqlx::Error> {
        let mut columns: Vec<Column> = rows.first().into_iter().flatten().map(Column::like).collect();
        for row in rows {
            for (column, value) in columns.iter_mut().zip(row) {
                column.push(value)?;
            }
        }
        text.push("select * from unnest(");
        for (number, column) in columns.into_iter().enumerate() {
            if number > 0 {
                text.push(", ");
            }
            let arguments = &mut text.arguments;
            added(match column {
                Column::Integers(values) => arguments.add(values),
                Column::Texts(values) => arguments.add(values),
                Column::Booleans(values) => arguments.add(values),
                Column::Reals(values) => arguments.add(values),
                Column::Bytes(values) => arguments.add(values),
            })?;
            text.push_place();
        }
        text.push(")");
        Ok(())
    }
}

/// One column of the rows that are written.
enum Column {
    Integers(Vec<Option<i64>>),
    Texts(Vec<Option<String>>),
    Booleans(Vec<bool>),
    Reals(Vec<f64>),
    Bytes(Vec<Option<Vec<u8>>>),
}

impl Column {
    fn like(value: &Value<'_>) -> Self {
        match value {
            Value::Integer(_) => Self::Integers(Vec::new()),
            Value::Text(_) => Self::Texts(Vec::new()),
            Value::Boolean(_) => Self::Booleans(Vec::new()),
            Value::Real(_) => Self::Reals(Vec::new()),
            Value::Bytes(_) => Self::Bytes(Vec::new()),
        }
    }

    fn push(&mut self, value: Value<'_>) -> Result<(), sqlx::Error> {
        match (self, value) {
            (Self::Integers(values), Value::Integer(value)) => values.push(value),
            (Self::Texts(values), Value::Text(value)) => values.push(value.map(|text| without_nul(text).into_owned())),
            (Self::Booleans(values), Value::Boolean(value)) => values.push(value),
            (Self::Reals(values), Value::Real(value)) => values.push(value),
            (Self::Bytes(values), Value::Bytes(value)) => values.push(value.map(<[u8]>::to_vec)),
            _ => return Err(sqlx::Error::Encode("the values of a column are not of one type".into())),
        }
        Ok(())
    }
}

/// PostgreSQL has no character of number zero, which a name at Real-Debrid may hold.
fn without_nul(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::statement::Statement;

    fn statement() -> Statement<'static> {
        let mut statement = Statement::new("insert into t (a, b) ");
        statement.push_rows([(1, "x"), (2, "y")], |row, (number, text)| {
            row.push_bind(i64::from(number)).push_bind(text);
        });
        statement.push(" where c = ").push_bind(true).push(" and d ").among(["p", "q"].as_slice());
        statement
    }

    #[test]
    fn each_database_reads_its_own_words() {
        assert_eq!(
            statement().text::<Sqlite>(),
            "insert into t (a, b) values (?, ?), (?, ?) where c = ? and d in (?, ?)"
        );
        assert_eq!(
            statement().text::<Postgres>(),
            "insert into t (a, b) select * from unnest($1, $2) where c = $3 and d = any($4)"
        );
    }

    #[test]
    fn places_have_numbers_where_the_text_names_one_itself() {
        let mut statement = Statement::new("select $1, $1 where a ").bind(1_i64);
        statement.among([2_i64, 3].as_slice());
        assert_eq!(statement.text::<Sqlite>(), "select $1, $1 where a in ($2, $3)");
    }

    #[test]
    fn a_character_that_postgresql_has_not_is_replaced() {
        assert_eq!(without_nul("a\0b".into()), "a\u{fffd}b");
        assert_eq!(without_nul("ab".into()), "ab");
    }
}
