//! JSON as PHP prints it: TABs, `\/`, raw UTF-8, `100` rather than `100.0`.
//!
//! A client that only ever saw compact JSON here would meet the real layout for the first time in production. Rows go
//! straight into one buffer, since a page has up to 5,000 of them.

use serde::{Serialize, Serializer};
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};
use std::io::{self, Write};

/// How a body is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// As Real-Debrid sends it.
    #[default]
    Pretty,
    /// Without white space; slashes stay escaped.
    Compact,
}

/// `value` as JSON. What the simulator sends can always be written; should it not, the body is empty.
pub(crate) fn write<T: Serialize + ?Sized>(value: &T, layout: Layout) -> Vec<u8> {
    let mut buffer = Vec::with_capacity(1024);
    let written = match layout {
        Layout::Pretty => value.serialize(&mut serde_json::Serializer::with_formatter(
            &mut buffer,
            Php(PrettyFormatter::with_indent(b"\t")),
        )),
        Layout::Compact => {
            value.serialize(&mut serde_json::Serializer::with_formatter(&mut buffer, Php(CompactFormatter)))
        }
    };
    if written.is_err() {
        buffer.clear();
    }
    buffer
}

/// A map as PHP prints it: in the order it was filled, and as `[]` when it is empty.
pub(crate) struct PhpMap<T>(pub(crate) Vec<(String, T)>);

impl<T: Serialize> Serialize for PhpMap<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_empty() {
            return serializer.collect_seq(std::iter::empty::<()>());
        }
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

/// PHP's spelling on top of another formatter's white space.
struct Php<F>(F);

macro_rules! spaced_as_inside {
    ($($method:ident($($first:ident)?);)*) => {
        $(fn $method<W: ?Sized + Write>(&mut self, writer: &mut W $(, $first: bool)?) -> io::Result<()> {
            self.0.$method(writer $(, $first)?)
        })*
    };
}

impl<F: Formatter> Formatter for Php<F> {
    spaced_as_inside! {
        begin_array();
        end_array();
        begin_array_value(first);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first);
        begin_object_value();
        end_object_value();
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut parts = fragment.split('/');
        writer.write_all(parts.next().unwrap_or_default().as_bytes())?;
        parts.try_for_each(|part| {
            writer.write_all(b"\\/")?;
            writer.write_all(part.as_bytes())
        })
    }

    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        // Display prints a whole float without a fraction, which is how `progress` is documented.
        write!(writer, "{value}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_has_tabs_escaped_slashes_raw_utf8_and_whole_numbers() {
        let body = write(&serde_json::json!({"link": "https://é/d", "none": [], "progress": 100.0}), Layout::Pretty);
        let text = "{\n\t\"link\": \"https:\\/\\/é\\/d\",\n\t\"none\": [],\n\t\"progress\": 100\n}";
        assert_eq!(String::from_utf8(body), Ok(text.to_owned()));
    }

    #[test]
    fn a_map_keeps_its_order_and_an_empty_one_is_an_array() {
        let map = PhpMap(vec![("b".to_owned(), 1), ("a".to_owned(), 2)]);
        assert_eq!(write(&map, Layout::Compact), b"{\"b\":1,\"a\":2}");
        assert_eq!(write(&PhpMap::<i64>(Vec::new()), Layout::Compact), b"[]");
    }

    #[test]
    fn a_compact_body_has_no_white_space_and_keeps_a_fraction() {
        let body = write(&serde_json::json!([42.5, "a/b"]), Layout::Compact);
        assert_eq!(String::from_utf8(body), Ok("[42.5,\"a\\/b\"]".to_owned()));
    }
}
