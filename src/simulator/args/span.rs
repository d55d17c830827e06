//! `FROM-TO` on the command line.

use std::str::FromStr;

/// From one whole number to another that is no smaller; one number alone is both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// The first.
    pub(crate) from: u64,
    /// The last, or the end.
    pub(crate) to: u64,
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (from, to) = text.split_once('-').unwrap_or((text, text));
        match (from.trim().parse(), to.trim().parse()) {
            (Ok(from), Ok(to)) if from <= to => Ok(Self { from, to }),
            _ => {
                Err("write it as FROM-TO, two whole numbers of which the second is no smaller, such as 30-60"
                    .to_owned())
            }
        }
    }
}

impl Span {
    /// A span of time, which must not be empty.
    pub(crate) fn of_seconds(text: &str) -> Result<Self, String> {
        text.parse().ok().filter(|span: &Self| span.from < span.to).ok_or_else(|| {
            "write it as FROM-TO, two whole numbers of seconds of which the second is larger, such as 30-60".to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_two_numbers_in_order_or_one() {
        assert_eq!("30-60".parse(), Ok(Span { from: 30, to: 60 }));
        assert_eq!("7".parse(), Ok(Span { from: 7, to: 7 }));
        for text in ["", "60-30", "1-x", "-5", "1-2-3"] {
            assert!(text.parse::<Span>().is_err(), "{text} was accepted");
        }
    }

    #[test]
    fn a_span_of_time_is_not_empty() {
        assert_eq!(Span::of_seconds("0-1"), Ok(Span { from: 0, to: 1 }));
        assert!(Span::of_seconds("30").is_err() && Span::of_seconds("30-30").is_err());
    }
}
