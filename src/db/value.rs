//! Values that SQLite does not have: unsigned 64-bit numbers, named states, JSON. Written here once, so that each noun's file
//! reads like its table.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, Type, ValueRef};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A `u64` as SQLite's signed integer. Values above `i64::MAX` are refused, never wrapped.
pub(super) struct Uint(pub u64);

impl ToSql for Uint {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match i64::try_from(self.0) {
            Ok(value) => Ok(ToSqlOutput::from(value)),
            Err(_) => Err(rusqlite::Error::ToSqlConversionFailure(format!("{} is too large a number", self.0).into())),
        }
    }
}

impl FromSql for Uint {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Uint> {
        let number = value.as_i64()?;
        u64::try_from(number).map(Uint).map_err(|_| FromSqlError::OutOfRange(number))
    }
}

/// A text column as what its name stands for.
pub(super) fn named<T>(row: &rusqlite::Row<'_>, column: &str, parse: impl Fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    parse(&text).ok_or_else(|| unreadable(format!("{column} is {text:?}").into()))
}

/// A column of JSON text.
pub(super) fn json<T: DeserializeOwned>(row: &rusqlite::Row<'_>, column: &str) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| unreadable(error.into()))
}

/// A column of JSON text that may be empty.
pub(super) fn json_or_none<T: DeserializeOwned>(row: &rusqlite::Row<'_>, column: &str) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| serde_json::from_str(&text).map_err(|error| unreadable(error.into()))).transpose()
}

/// JSON text for a column.
pub(super) fn to_json<T: Serialize + ?Sized>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// A value that its column should not hold.
pub(super) fn unreadable(cause: Box<dyn std::error::Error + Send + Sync>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, cause)
}
