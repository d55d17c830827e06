//! How lists are cut into pages, and how they lie about it.

/// How lists are paged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// Rows of a page when none are asked for [100].
    pub default_limit: usize,
    /// Most rows of a page [5000].
    pub max_limit: usize,
    /// What happens above the most [clamp].
    pub over_limit: OverLimit,
    /// What a page past the end is [204].
    pub past_end: PastEnd,
    /// `offset` in the query answers 204 whatever it is [false].
    pub offset_answers_204: bool,
    /// `X-Total-Count` [right].
    pub total: Total,
    /// `X-Total-Count` comes with a 204 too [true].
    pub total_with_204: bool,
    /// Every page but the first begins so many rows early [0].
    pub overlap: usize,
    /// Every page is so many rows longer than asked for [0].
    pub surplus: usize,
    /// Every page is so many rows shorter than asked for: rows are skipped [0].
    pub missing: usize,
    /// Lists claim to be empty [false].
    pub empty: bool,
}

/// What happens to a `limit` above the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverLimit {
    /// The most is served.
    Clamp,
    /// 400 with code 2.
    Refuse,
    /// It is served.
    Accept,
}

/// What a page past the end is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PastEnd {
    /// 204 without a body.
    NoContent,
    /// 200 with `[]`.
    EmptyArray,
    /// 404 with code 7.
    NotFound,
}

/// What `X-Total-Count` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Total {
    /// The number of rows.
    Right,
    /// Nothing: the header is absent.
    Missing,
    /// This text.
    Text(String),
    /// The number of rows plus this.
    Off(i64),
}

impl Default for Paging {
    fn default() -> Self {
        Self {
            default_limit: 100,
            max_limit: 5000,
            over_limit: OverLimit::Clamp,
            past_end: PastEnd::NoContent,
            offset_answers_204: false,
            total: Total::Right,
            total_with_204: true,
            overlap: 0,
            surplus: 0,
            missing: 0,
            empty: false,
        }
    }
}
