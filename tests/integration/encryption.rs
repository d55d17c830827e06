//! `sslmode` with a real certificate and a password, as every rented PostgreSQL asks for: all connections are encrypted,
//! and who is at the other end is known, or nothing is said to it.

use crate::{
    databases::{self, Cluster, postgres_connection},
    house::House,
};
use dmm::store::Store;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::json;
use sqlx::{AssertSqlSafe, Executor};
use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::{Path, PathBuf},
};

/// Everybody comes encrypted and with a password; the eyes of the test need neither.
const WHO_MAY_ENTER: &str = "\
    host all dmm_owner 127.0.0.1/32 trust\n\
    hostssl all all 127.0.0.1/32 scram-sha-256\n";
const PASSWORD: &str = "p@ss/word";

/// A server that has a certificate for `localhost` by an authority of its own.
struct Certified {
    cluster: Cluster,
    /// As its owner, unencrypted.
    url: String,
    /// The certificate of the authority.
    authority: PathBuf,
}

impl Certified {
    async fn new() -> Self {
        let cluster = Cluster::new();
        let url = cluster.start();
        let data = cluster.folder().join("data");
        let authority = cluster.folder().join("authority.pem");
        let (certificate, key) = certified(&authority);
        for (name, text) in
            [("server.crt", certificate), ("server.key", key), ("pg_hba.conf", WHO_MAY_ENTER.to_owned())]
        {
            write(&data, name, &text);
        }
        let mut owner = postgres_connection(&url).await;
        for statement in [
            "alter system set ssl = on".to_owned(),
            format!("create role tenant login createdb password '{PASSWORD}'"),
            "select pg_reload_conf()".to_owned(),
        ] {
            owner.execute(AssertSqlSafe(statement)).await.expect("the server is set up");
        }
        Self { cluster, url, authority }
    }

    /// An address as a landlord hands it out, with what follows the question mark.
    fn address(&self, host: &str, password: &str, parameters: &str) -> String {
        let port = self.url.rsplit_once('/').and_then(|(server, _)| server.rsplit_once(':')).expect("a port").1;
        let password = password.replace('@', "%40").replace('/', "%2F");
        let authority = self.authority.display().to_string();
        let parameters = parameters.replace("AUTHORITY", &authority);
        format!("postgres://tenant:{password}@{host}:{port}/rented?{parameters}")
    }
}

/// A certificate for `localhost` and its key; that of the authority behind it is written to a file.
fn certified(authority: &Path) -> (String, String) {
    let mut parameters = CertificateParams::new(Vec::new()).expect("no names");
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    fs::write(authority, parameters.self_signed(&key).expect("a certificate").pem()).expect("it is written");
    let issuer = Issuer::new(parameters, key);
    let key = KeyPair::generate().expect("a key");
    let parameters = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
    (parameters.signed_by(&key, &issuer).expect("a certificate").pem(), key.serialize_pem())
}

/// A file of the server, which looks whose it is and who may read it.
fn write(data: &Path, name: &str, text: &str) {
    let path = data.join(name);
    fs::write(&path, text).expect("it is written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("it is kept from others");
    let owner = fs::metadata(data).expect("it is there");
    chown(&path, Some(owner.uid()), Some(owner.gid())).expect("it is given to the server");
}

#[tokio::test]
async fn a_server_with_a_certificate_and_a_password_is_used_through_encrypted_connections_only() {
    let server = Certified::new().await;
    let url = server.address("localhost", PASSWORD, "sslmode=verify-full&sslrootcert=AUTHORITY");
    let mut house = House::on(&url, 200, 100).await;
    let status = house.sync(json!({})).await;
    assert_eq!((&status["status"], &status["stats"]["added"]), (&json!("completed"), &json!(300)), "{status:#}");
    house.assert_equal().await;
    // Those of every pool, and the one that listens to other servers.
    let connections = "select count(*) from pg_stat_activity a join pg_stat_ssl s on s.pid = a.pid \
        where a.usename = 'tenant' and s.ssl";
    assert!(databases::number(&server.url, connections).await >= 2, "nothing was encrypted");
    let in_clear = "select count(*) from pg_stat_activity a join pg_stat_ssl s on s.pid = a.pid \
        where a.usename = 'tenant' and not s.ssl";
    assert_eq!(databases::number(&server.url, in_clear).await, 0);
    let bare = "select count(*) from pg_roles where rolname = 'tenant' and not rolsuper and not rolbypassrls";
    assert_eq!(databases::number(&server.url, bare).await, 1, "this proves nothing of a tenant");
    house.restart().await;
    assert_eq!(house.get("/api/files?limit=1").await.body["total"], 300);
    house.close().await;
}

#[tokio::test]
async fn how_far_the_other_end_is_to_be_trusted_is_kept_to() {
    let server = Certified::new().await;
    let strange = server.cluster.folder().join("strange.pem");
    certified(&strange);
    let of_strangers = format!("sslmode=verify-full&sslrootcert={}", strange.display());
    for (host, parameters) in [
        ("localhost", "sslmode=verify-full&sslrootcert=AUTHORITY"),
        ("127.0.0.1", "sslmode=verify-ca&sslrootcert=AUTHORITY"),
        ("127.0.0.1", "sslmode=require"),
        // Read by nobody.
        ("127.0.0.1", "sslmode=require&sslrootcert=/nowhere/root.pem"),
        ("127.0.0.1", "sslmode=prefer"),
        // As Neon hands it out; the second is for drivers that know it.
        ("localhost", "sslmode=require&channel_binding=require"),
    ] {
        let address = server.address(host, PASSWORD, parameters);
        let store = Store::open(&address).await.unwrap_or_else(|error| panic!("{host}, {parameters}: {error}"));
        assert!(store.is_ready().await.expect("it answers"), "{parameters}");
        store.close().await;
    }
    for (host, password, parameters, said) in [
        // Another name than the certificate's, another authority, none that the system knows.
        ("127.0.0.1", PASSWORD, "sslmode=verify-full&sslrootcert=AUTHORITY", "certificate"),
        ("localhost", PASSWORD, &of_strangers, "certificate"),
        ("localhost", PASSWORD, "sslmode=verify-full", "certificate"),
        (
            "localhost",
            PASSWORD,
            "sslmode=verify-full&sslrootcert=/nowhere/root.pem",
            "sslrootcert names /nowhere/root.pem",
        ),
        ("localhost", PASSWORD, "sslmode=require&sslcert=/nowhere/own.pem", "sslcert names /nowhere/own.pem"),
        ("localhost", PASSWORD, "sslmode=disable", "pg_hba.conf"),
        ("localhost", "another", "sslmode=require", "password authentication failed"),
    ] {
        let error = Store::open(&server.address(host, password, parameters)).await;
        let error = error.expect_err("it is refused").to_string();
        assert!(error.contains(said) && error.contains("check the address"), "{host}, {parameters}: {error}");
        assert!(!error.contains(password) && !error.contains("p%40ss"), "{error}");
    }
}
