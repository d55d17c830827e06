//! The address of a database, as people write it.

/// A database address without the password in it.
///
/// Of anything that is no SQLite file only what cannot be one is shown: the scheme, the server behind the last `@`, and of
/// the parameters those that say which database it is.
pub fn scrub(url: &str) -> String {
    if url.starts_with("sqlite://") || !url.contains([':', '@', '=']) {
        return url.to_owned();
    }
    let Some((scheme, rest)) = url.split_once("://") else { return "…".to_owned() };
    let (address, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    // A password may hold whatever should have been written otherwise.
    match rest.rsplit_once('@') {
        _ if address.starts_with('/') => format!("{scheme}://{address}{}", telling(parameters)),
        Some((before, server)) if !before.contains("password=") => {
            let (server, parameters) = server.split_once('?').unwrap_or((server, ""));
            format!("{scheme}://…@{server}{}", telling(parameters))
        }
        None if !parameters.contains("password=") && has_a_port_at_most(address) => {
            format!("{scheme}://{address}{}", telling(parameters))
        }
        _ => format!("{scheme}://…"),
    }
}

/// The parameters that two databases of otherwise one address differ in. Behind a password there may be more of it.
fn telling(parameters: &str) -> String {
    let mut telling = String::new();
    for parameter in parameters.split('&').take_while(|parameter| !parameter.starts_with("password")) {
        if ["host=", "hostaddr=", "port=", "dbname="].iter().any(|name| parameter.starts_with(name)) {
            telling.push(if telling.is_empty() { '?' } else { '&' });
            telling.push_str(parameter);
        }
    }
    telling
}

/// Whether what stands behind a colon is a port, and not a password of which the `@` was forgotten.
fn has_a_port_at_most(address: &str) -> bool {
    let server = address.split('/').next().unwrap_or_default();
    server.split_once(':').is_none_or(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether it names a PostgreSQL database.
pub fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_an_address_is_not_shown() {
        for (address, shown) in [
            ("postgres://dmm:secret@db/dmm", "postgres://…@db/dmm"),
            ("postgresql://dmm:se@cret@db:6543/dmm?sslmode=require", "postgresql://…@db:6543/dmm"),
            ("postgres:///dmm?host=/run/postgresql&user=a&password=secret", "postgres:///dmm?host=/run/postgresql"),
            ("postgres:///dmm?user=a&password=secret&port=more", "postgres:///dmm"),
            ("postgres:///dmm?user=a&password=sec@ret", "postgres:///dmm"),
            ("postgres://dmm:sec?ret@db/dmm", "postgres://…@db/dmm"),
            ("postgres://dmm:secret/dmm", "postgres://…"),
            ("postgres://dmm@db/dmm?password=sec@ret", "postgres://…"),
            ("postgres://localhost:5432/dmm", "postgres://localhost:5432/dmm"),
            ("dmm.db", "dmm.db"),
            ("mysql://dmm:secret@db/dmm", "mysql://…@db/dmm"),
            ("dmm:secret@db/dmm", "…"),
            ("host=db user=dmm password=secret", "…"),
            ("sqlite://data/dmm.db", "sqlite://data/dmm.db"),
            ("sqlite://data/dmm.db?mode=rwc", "sqlite://data/dmm.db?mode=rwc"),
        ] {
            assert_eq!(scrub(address), shown);
        }
    }

    #[test]
    fn two_databases_are_told_apart_without_it() {
        for (address, shown) in [
            ("postgres:///dmm?host=/run/a&port=5433", "postgres:///dmm?host=/run/a&port=5433"),
            ("postgres://dmm:secret@/dmm?sslmode=require&host=a&port=1", "postgres://…@/dmm?host=a&port=1"),
            ("postgres://db/?dbname=dmm&sslmode=require", "postgres://db/?dbname=dmm"),
        ] {
            assert_eq!(scrub(address), shown);
        }
    }
}
