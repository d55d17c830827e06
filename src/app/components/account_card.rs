//! The Real-Debrid account: who it is, until when it is paid for, what it lets through, and what could not be read.

use super::fact::Fact;
use crate::{
    app::{format, islands::request_pace::RequestPace, links, words},
    domain::{SetAside, Timestamp, User, units::count},
};
use leptos::{either::Either, prelude::*};

const DAY: i64 = 86_400_000;
/// How long before the end the card warns.
const WARNED: i64 = 14;

/// Everything about the account on the sync page. Only the requests live.
#[component]
pub fn AccountCard(
    /// As it was last seen at Real-Debrid.
    user: User,
    /// Torrents whose contents could not be read.
    set_aside: SetAside,
    /// The time.
    now: Timestamp,
    /// Whether nothing goes on until the user signs in again.
    must_reconnect: bool,
) -> impl IntoView {
    let until = user.premium_until;
    let premium = match until {
        Some(until) => Either::Left(view! {
            <time datetime=until.to_string() title=format::minute(until)>
                {format::day(until)}
            </time>
            <span class="in-words">{words_for_days(days_until(until, now))}</span>
        }),
        None => Either::Right("none"),
    };
    view! {
        <section class="card account-card" aria-labelledby="account-title">
            <h2 id="account-title">"Real-Debrid"</h2>
            <dl class="rows">
                <Fact name="User">{user.username}</Fact>
                <Fact name="Premium until">{premium}</Fact>
            </dl>
            {must_reconnect.then(|| view! { <Reconnect /> })}
            {warning(until, now).map(|warning| view! { <p class="notice warn">{warning}</p> })}
            <SetAsideList set_aside />
            <RequestPace />
        </section>
    }
}

#[component]
fn Reconnect() -> impl IntoView {
    view! {
        <div class="notice bad reconnect">
            <p>{words::account::RECONNECT}</p>
            <div class="notice-actions">
                <a class="button primary" href="/connection">
                    "Reconnect"
                </a>
            </div>
        </div>
    }
}

/// Whole days, begun ones not counted; negative after the end.
fn days_until(until: Timestamp, now: Timestamp) -> i64 {
    until.millis_since(now).div_euclid(DAY)
}

fn words_for_days(days: i64) -> String {
    match days {
        ..0 => "over".to_owned(),
        0 => "less than a day left".to_owned(),
        1 => "1 day left".to_owned(),
        days => format!("{} days left", count(days)),
    }
}

/// What DMM does without premium, when there is none or soon will not be.
fn warning(until: Option<Timestamp>, now: Timestamp) -> Option<String> {
    const THEN: &str = "goes on reading and deletes nothing here, because Real-Debrid may hide files that are not lost";
    match until.map(|until| (until, days_until(until, now))) {
        None => Some(format!(
            "Real-Debrid says that this account has no premium. While that is so, DMM {THEN}. It looks again at every sync."
        )),
        Some((_, ..0)) => Some(format!("Premium is over, as far as DMM knows. Until it is renewed, DMM {THEN}.")),
        Some((until, days)) if days < WARNED => Some(format!(
            "Premium ends on {}. If it is not renewed on real-debrid.com, DMM then {THEN}.",
            format::minute(until)
        )),
        Some(_) => None,
    }
}

/// Torrents whose contents could not be read, to be opened.
#[component]
fn SetAsideList(set_aside: SetAside) -> impl IntoView {
    let SetAside { total, files } = set_aside;
    let more = total - i64::try_from(files.len()).unwrap_or(total);
    (total > 0).then(|| {
        view! {
            <details class="set-aside">
                <summary>{summary(total)}</summary>
                <p class="hint">"DMM tries again by itself, and reads all others meanwhile."</p>
                <ul>
                    {files
                        .into_iter()
                        .map(|file| {
                            view! {
                                <li>
                                    <a class="break" href=links::file(file.id)>
                                        {file.filename}
                                    </a>
                                    <span class="why">{file.error}</span>
                                    <span class="again">
                                        "Next try: " <time datetime=file.retry_at.to_string()>{format::minute(file.retry_at)}</time>
                                    </span>
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
                {(more > 0).then(|| view! { <p class="hint">{format!("And {} more.", number(more, total))}</p> })}
            </details>
        }
    })
}

fn summary(total: i64) -> String {
    match total {
        1 => "The contents of 1 torrent could not be read".to_owned(),
        total => format!("The contents of {} torrents could not be read", number(total, total)),
    }
}

/// A number of which it is said when it was not counted to its end.
fn number(shown: i64, total: i64) -> String {
    if total < SetAside::MOST { count(shown) } else { format!("at least {}", count(shown)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(days: i64) -> Timestamp {
        Timestamp::from_millis(days * DAY)
    }

    #[test]
    fn the_end_of_premium_is_warned_of_for_two_weeks_and_when_it_is_over() {
        let warned = |until: i64| warning(Some(at(until)), at(100));
        assert_eq!(warned(114), None, "two whole weeks");
        let soon = warning(Some(at(114).plus_millis(-1)), at(100)).unwrap();
        assert!(
            soon.starts_with("Premium ends on 24 Apr 1970, 23:59 UTC.") && soon.contains("deletes nothing"),
            "{soon}"
        );
        assert!(warned(100).unwrap().starts_with("Premium ends on"));
        assert!(warning(Some(at(100).plus_millis(-1)), at(100)).unwrap().starts_with("Premium is over"));
        assert!(warning(None, at(100)).unwrap().contains("has no premium"));
    }

    #[test]
    fn what_is_left_of_premium_is_told_in_days() {
        let texts = [-1, 0, 1, 2, 1_200].map(words_for_days);
        assert_eq!(
            texts.each_ref().map(String::as_str),
            ["over", "less than a day left", "1 day left", "2 days left", "1,200 days left"]
        );
    }

    #[test]
    fn what_was_not_counted_to_its_end_says_so() {
        assert_eq!(summary(1), "The contents of 1 torrent could not be read");
        assert_eq!(summary(999), "The contents of 999 torrents could not be read");
        assert_eq!(summary(1_000), "The contents of at least 1,000 torrents could not be read");
    }
}
