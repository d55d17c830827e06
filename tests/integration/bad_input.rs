//! What people get wrong at the command line: one clear sentence, the right exit code, nothing lost.

use std::{
    net::TcpListener,
    path::Path,
    process::{Command, Output},
};

fn dmm(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> (Option<i32>, String) {
    let Output { status, stderr, .. } = Command::new(env!("CARGO_BIN_EXE_dmm"))
        .args(arguments)
        .env_clear()
        .envs(environment.iter().copied())
        .current_dir(folder)
        .output()
        .expect("dmm runs");
    (status.code(), String::from_utf8_lossy(&stderr).into_owned())
}

#[test]
fn a_bad_setting_is_refused_with_its_name_the_value_and_what_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    for (name, value, accepted) in [
        ("DMM_LISTEN", "localhost", "127.0.0.1:3000"),
        ("DATABASE_URL", "mysql://nowhere", "sqlite://PATH"),
        ("REAL_DEBRID_RATE_LIMIT", "0", "1.."),
        ("REAL_DEBRID_API_URL", "ftp://x", "http://"),
        ("DMM_PUBLIC_URL", "dmm", "http://"),
        ("DMM_LOG_FORMAT", "xml", "json"),
    ] {
        let (code, error) = dmm(folder.path(), &["serve"], &[(name, value)]);
        assert_eq!(code, Some(2), "{name}: {error}");
        let flag = name.to_lowercase().replace("dmm_", "").replace('_', "-");
        assert!(error.contains(&flag) && error.contains(value) && error.contains(accepted), "{name}: {error}");
    }
    let (_, error) = dmm(folder.path(), &["serve"], &[("DATABASE_URL", "postgresq://dmm:hush@db/dmm")]);
    assert!(error.contains("database-url") && error.contains("@db/dmm") && !error.contains("hush"), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "a refused start left something behind");
}

#[test]
fn a_port_in_use_is_named_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, error) = dmm(folder.path(), &["serve", "--listen", &address], &[]);
    assert_eq!(code, Some(1));
    assert!(error.contains(&address) && error.contains("DMM_LISTEN"), "{error}");
}

#[test]
fn a_database_that_cannot_be_created_is_named_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let (code, error) = dmm(folder.path(), &["migrate", "--database-url", "sqlite://file/below/dmm.db"], &[]);
    assert_eq!(code, Some(1));
    assert!(error.contains("file/below/dmm.db") && error.contains("check that the folder"), "{error}");
}

#[test]
fn a_corrupt_database_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dmm.db");
    let rubbish = vec![b'x'; 8192];
    std::fs::write(&path, &rubbish).unwrap();
    for command in ["migrate", "serve"] {
        let (code, error) =
            dmm(folder.path(), &[command], &[("DATABASE_URL", "sqlite://dmm.db"), ("DMM_LISTEN", "127.0.0.1:0")]);
        assert_eq!(code, Some(1), "{error}");
        assert!(error.contains("damaged") && error.contains("restore a backup"), "{error}");
    }
    assert_eq!(std::fs::read(&path).unwrap(), rubbish);
}

#[test]
fn a_lost_key_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(dmm(folder.path(), &["migrate"], &[]).0, Some(0));
    let database = folder.path().join("data/dmm.db");
    let insert =
        "insert into users (service, real_debrid_id, username, created_at, updated_at) values ('demo', 1, 'x', 0, 0);
                  insert into oauth_tokens (user_id, kind, sealed_access_token, created_at, updated_at)
                  values (1, 'private', x'00', 0, 0);";
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = dmm::store::Store::open(&format!("sqlite://{}", database.display())).await.unwrap();
        sqlx::raw_sql(insert).execute(store.writer()).await.unwrap();
        store.close().await;
    });
    let (code, error) = dmm(folder.path(), &["serve", "--listen", "127.0.0.1:0"], &[]);
    assert_eq!(code, Some(1));
    assert!(error.contains("data/dmm.key is missing") && error.contains("restore"), "{error}");
    assert!(!folder.path().join("data/dmm.key").exists());
}

#[test]
fn a_healthcheck_without_a_server_fails() {
    let folder = tempfile::tempdir().unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let (code, error) = dmm(folder.path(), &["healthcheck", "--listen", &free], &[]);
    assert_eq!(code, Some(1));
    assert!(error.contains("no server answers"), "{error}");
}

#[test]
fn a_healthcheck_of_a_server_that_is_not_ready_fails() {
    use std::io::{Read, Write};
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut request = [0; 1024];
        let length = socket.read(&mut request).unwrap();
        socket.write_all(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n").unwrap();
        String::from_utf8_lossy(&request[..length]).into_owned()
    });
    let (code, error) = dmm(folder.path(), &["healthcheck", "--listen", &address], &[]);
    assert_eq!(code, Some(1));
    assert!(error.contains("not ready") && error.contains("503"), "{error}");
    assert!(server.join().unwrap().starts_with("GET /readyz "));
}

#[test]
fn help_names_every_setting() {
    let folder = tempfile::tempdir().unwrap();
    let output =
        Command::new(env!("CARGO_BIN_EXE_dmm")).args(["serve", "--help"]).current_dir(folder.path()).output().unwrap();
    let help = String::from_utf8_lossy(&output.stdout).into_owned();
    for setting in [
        "DMM_LISTEN",
        "DATABASE_URL",
        "DMM_SECRET_KEY_FILE",
        "DMM_PUBLIC_URL",
        "DMM_ALLOWED_USERS",
        "REAL_DEBRID_API_URL",
        "REAL_DEBRID_OAUTH_URL",
        "REAL_DEBRID_CLIENT_ID",
        "REAL_DEBRID_RATE_LIMIT",
        "DMM_LOG",
        "DMM_LOG_FORMAT",
    ] {
        assert!(help.contains(setting), "{setting} is missing from the help");
    }
}
