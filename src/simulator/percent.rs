//! Percent-encoding, both ways: query strings and forms come in, download addresses go out.

/// The pairs of a query string or form; what is not valid UTF-8 after decoding is replaced, as PHP would not refuse it.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

/// `text` with `+` and `%41` undone; a `%` that starts no escape stands for itself.
pub(crate) fn decode(text: &str) -> String {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let escaped = after
            .first_chunk::<2>()
            .filter(|_| byte == b'%')
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        decoded.push(match (byte, escaped) {
            (_, Some(escaped)) => {
                rest = &after[2..];
                escaped
            }
            (b'+', None) => b' ',
            (byte, None) => byte,
        });
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// `text` as one segment of a path.
pub(crate) fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
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
        assert_eq!(decode("100%+%+1%zz"), "100% % 1%zz");
    }

    #[test]
    fn what_was_encoded_is_decoded_to_itself() {
        let name = "Été [1080p] 100%.mkv";
        assert_eq!(encode("é "), "%C3%A9%20");
        assert_eq!(decode(&encode(name)), name);
    }
}
