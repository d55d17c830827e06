//! Percent-encoding, both ways: query strings and forms come in, download addresses go out.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but what RFC 3986 leaves unreserved.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The pairs of a query string or form; what is not valid UTF-8 after decoding is replaced, as PHP would not refuse it.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// `text` as one segment of a path.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_decoded_pair_by_pair() {
        let decoded = pairs("files=1%2C2&name=a+b%C3%A9&empty=&flag");
        let expected = [("files", "1,2"), ("name", "a bé"), ("empty", ""), ("flag", "")];
        assert_eq!(decoded, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn a_percent_sign_that_starts_no_escape_stands_for_itself() {
        assert_eq!(pairs("name=100%+%+1%zz"), [("name".to_owned(), "100% % 1%zz".to_owned())]);
    }

    #[test]
    fn what_was_encoded_is_decoded_to_itself() {
        let name = "Été [1080p] 100%.mkv";
        assert_eq!(encode("é "), "%C3%A9%20");
        assert_eq!(pairs(&format!("name={}", encode(name))), [("name".to_owned(), name.to_owned())]);
    }
}
