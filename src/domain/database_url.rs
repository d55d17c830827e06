//! The address of a database, as people write it.

/// A database address without the password in it.
pub fn scrub(url: &str) -> String {
    // A password may hold a question mark that should have been written otherwise.
    let shown = match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme => format!("{}://…{}", &url[..scheme], &url[at..]),
        _ => url.to_owned(),
    };
    let Some((address, parameters)) = shown.split_once('?') else { return shown };
    let parameters = parameters.split('&').map(|parameter| match parameter.split_once('=') {
        Some((name, _)) if name.to_lowercase().contains("password") => format!("{name}=…"),
        _ => parameter.to_owned(),
    });
    format!("{address}?{}", parameters.collect::<Vec<_>>().join("&"))
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
            ("postgresql://dmm:se@cret@db:6543/dmm?sslmode=require", "postgresql://…@db:6543/dmm?sslmode=require"),
            (
                "postgres:///dmm?host=/run/postgresql&user=a&password=secret",
                "postgres:///dmm?host=/run/postgresql&user=a&password=…",
            ),
            ("postgres://dmm:hu?sh@db/dmm", "postgres://…@db/dmm"),
            ("mysql://dmm:hush@db/dmm", "mysql://…@db/dmm"),
            ("sqlite://data/dmm.db", "sqlite://data/dmm.db"),
            ("sqlite://data/dmm.db?mode=rwc", "sqlite://data/dmm.db?mode=rwc"),
        ] {
            assert_eq!(scrub(address), shown);
        }
    }
}
