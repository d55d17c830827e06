//! The address of a database, as people write it.

/// A database address without the password in it.
pub fn scrub(url: &str) -> String {
    let (address, parameters) = url.split_once('?').unwrap_or((url, ""));
    let address = match (address.find("://"), address.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme => format!("{}://…{}", &address[..scheme], &address[at..]),
        _ => address.to_owned(),
    };
    if !is_postgres(url) || parameters.is_empty() {
        return if parameters.is_empty() { address } else { format!("{address}?{parameters}") };
    }
    let shown = parameters.split('&').map(|parameter| match parameter.split_once('=') {
        Some((name, _)) if name.to_lowercase().contains("password") => format!("{name}=…"),
        _ => parameter.to_owned(),
    });
    format!("{address}?{}", shown.collect::<Vec<_>>().join("&"))
}

/// Whether it names a PostgreSQL database.
pub(crate) fn is_postgres(url: &str) -> bool {
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
            ("sqlite://data/dmm.db", "sqlite://data/dmm.db"),
            ("sqlite://data/dmm.db?mode=rwc", "sqlite://data/dmm.db?mode=rwc"),
        ] {
            assert_eq!(scrub(address), shown);
        }
    }
}
