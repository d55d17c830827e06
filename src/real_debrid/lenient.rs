//! Numbers and texts as Real-Debrid sends them, which is not always as documented.
//!
//! A whole number may come as a float, as a string or as null; a list may come as null. Reading them costs nothing
//! when they come as documented, so the fields of [`wire`](super::wire) use these readers instead of a second pass.

use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};
use std::fmt;

/// A whole number; null is 0.
pub(super) fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    optional_whole(deserializer).map(Option::unwrap_or_default)
}

/// A whole number, or null.
pub(super) fn optional_whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    deserializer.deserialize_any(Whole)
}

/// A number with a fraction; null is 0.
pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    deserializer.deserialize_any(Number)
}

/// Null is the empty text or list.
pub(super) fn null_as_empty<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A text or null, but not nothing at all.
pub(super) fn nullable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(deserializer)
}

struct Whole;

impl Visitor<'_> for Whole {
    type Value = Option<i64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Some(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
        i64::try_from(value).map(Some).map_err(|_| E::custom(format_args!("the number {value} is too large")))
    }

    #[expect(clippy::cast_possible_truncation, reason = "the range is checked in the line before")]
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
        // Floats of this size are still exact to a few thousand bytes; i64::MAX itself is not one.
        if value.abs() < 9.2e18 { Ok(Some(value as i64)) } else { Err(E::custom("the number is too large")) }
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Some(i64::from(value)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        let digits = text.trim();
        match digits.parse() {
            Ok(value) => Ok(Some(value)),
            Err(_) if digits.is_empty() => Ok(None),
            Err(_) => match digits.parse::<f64>() {
                Ok(value) => self.visit_f64(value),
                Err(_) => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
            },
        }
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

struct Number;

impl Visitor<'_> for Number {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    #[expect(clippy::cast_precision_loss, reason = "per cent, far below 2^52")]
    fn visit_i64<E: de::Error>(self, value: i64) -> Result<f64, E> {
        Ok(value as f64)
    }

    #[expect(clippy::cast_precision_loss, reason = "per cent, far below 2^52")]
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<f64, E> {
        Ok(value as f64)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<f64, E> {
        Ok(value)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<f64, E> {
        text.trim().parse().map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
    }

    fn visit_unit<E: de::Error>(self) -> Result<f64, E> {
        Ok(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Sample {
        #[serde(default, deserialize_with = "whole")]
        whole: i64,
        #[serde(default, deserialize_with = "optional_whole")]
        optional: Option<i64>,
        #[serde(default, deserialize_with = "number")]
        number: f64,
        #[serde(default, deserialize_with = "null_as_empty")]
        list: Vec<String>,
    }

    fn read(json: &str) -> Result<Sample, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn a_whole_number_may_come_as_a_float_a_string_a_bool_or_null() {
        for (sent, meant) in [
            ("7", 7),
            ("7.0", 7),
            ("\"7\"", 7),
            ("\"7.9\"", 7),
            ("true", 1),
            ("null", 0),
            ("\"\"", 0),
            ("-1", -1),
            ("1099511627777", 1_099_511_627_777),
        ] {
            let sample = read(&format!(r#"{{"whole":{sent},"optional":{sent}}}"#)).expect(sent);
            assert_eq!(sample.whole, meant, "{sent}");
            assert_eq!(sample.optional.unwrap_or_default(), meant, "{sent}");
        }
    }

    #[test]
    fn a_number_that_cannot_be_meant_is_refused() {
        for sent in ["\"seven\"", "1e30", "18446744073709551615", "[]", "{}", "\"NaN\"", "\"inf\""] {
            assert!(read(&format!(r#"{{"whole":{sent}}}"#)).is_err(), "{sent} was accepted");
        }
    }

    #[test]
    fn progress_may_be_whole_a_float_or_a_string() {
        for (sent, meant) in [("42", 42.0), ("42.5", 42.5), ("\"42.5\"", 42.5), ("null", 0.0)] {
            let sample = read(&format!(r#"{{"number":{sent}}}"#)).expect(sent);
            assert!((sample.number - meant).abs() < f64::EPSILON, "{sent}");
        }
    }

    #[test]
    fn a_list_may_be_null() {
        assert_eq!(read(r#"{"list":null}"#).expect("readable").list, Vec::<String>::new());
        assert_eq!(read(r#"{"list":["a"]}"#).expect("readable").list, ["a"]);
    }
}
