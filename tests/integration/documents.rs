//! The documents say what the program is: every setting, dependency and module has its line, and no line outlives what
//! it is about.

use clap::{ArgAction, Command, CommandFactory};
use dmm::cli::Cli;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

fn document(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{name} cannot be read: {error}"))
}

/// Every environment variable that a command reads, with its default; none where absence is the default.
fn settings() -> BTreeMap<String, Option<String>> {
    let mut settings = BTreeMap::new();
    collect(&Cli::command(), &mut settings);
    assert!(settings.contains_key("DMM_LISTEN"), "the settings are not where this test looks for them");
    settings
}

fn collect(command: &Command, settings: &mut BTreeMap<String, Option<String>>) {
    for arg in command.get_arguments() {
        let Some(name) = arg.get_env() else { continue };
        let default = if matches!(arg.get_action(), ArgAction::SetTrue) {
            Some("false".to_owned())
        } else {
            arg.get_default_values().first().map(|value| value.to_string_lossy().into_owned())
        };
        let name = name.to_string_lossy().into_owned();
        if let Some(other) = settings.insert(name.clone(), default.clone()) {
            assert_eq!(other, default, "{name} has two defaults");
        }
    }
    for subcommand in command.get_subcommands() {
        collect(subcommand, settings);
    }
}

/// The lines of `.env.example` that set something once their `#` is taken away.
fn example_lines(text: &str) -> String {
    let sets = |line: &&str| {
        line.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        })
    };
    text.lines().map(|line| line.strip_prefix('#').unwrap_or(line)).filter(sets).collect::<Vec<_>>().join("\n")
}

/// The table rows of a document whose first cell is a name in code: the name, and the second cell as written.
fn rows(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| {
            let (name, rest) = line.strip_prefix("| `")?.split_once("` | ")?;
            Some((name.to_owned(), rest.split(" |").next().unwrap_or_default().to_owned()))
        })
        .collect()
}

/// What stands between a heading and the next of the same level.
fn section(text: &str, heading: &str) -> String {
    let start = text.find(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("there is no “{heading}”"));
    let body = &text[start + heading.len() + 2..];
    body[..body.find("\n## ").unwrap_or(body.len())].to_owned()
}

#[test]
fn the_example_file_shows_every_setting_with_its_default() {
    let text = document(".env.example");
    let as_it_comes = dotenvy::from_read_iter(text.as_bytes()).next();
    assert!(as_it_comes.is_none(), "as it comes, .env.example can be read and sets nothing, but has {as_it_comes:?}");
    let mut shown: BTreeMap<String, String> = BTreeMap::new();
    for line in dotenvy::from_read_iter(example_lines(&text).as_bytes()) {
        let (name, value) = line.unwrap_or_else(|error| panic!(".env.example cannot be read: {error}"));
        assert!(shown.insert(name.clone(), value).is_none(), "{name} is shown twice");
    }
    let settings = settings();
    assert_eq!(shown.keys().collect::<Vec<_>>(), settings.keys().collect::<Vec<_>>(), "shown, and known to dmm");
    for (name, default) in settings {
        if let Some(default) = default {
            assert_eq!(shown[&name], default, "the default of {name} in .env.example");
        }
    }
}

#[test]
fn the_readme_shows_every_setting_with_its_default() {
    let shown = rows(&section(&document("README.md"), "## Settings"));
    let settings = settings();
    assert_eq!(shown.keys().collect::<Vec<_>>(), settings.keys().collect::<Vec<_>>(), "shown, and known to dmm");
    for (name, default) in settings {
        match default {
            Some(default) => assert_eq!(shown[&name], format!("`{default}`"), "the default of {name} in README.md"),
            None => assert!(!shown[&name].contains('`'), "{name} has no default, but README.md shows {}", shown[&name]),
        }
    }
}

/// Names in the dependency tables of `Cargo.toml`, which has one a line.
fn crates() -> BTreeSet<String> {
    let mut crates = BTreeSet::new();
    let mut is_inside = false;
    for line in document("Cargo.toml").lines() {
        if let Some(table) = line.strip_prefix('[') {
            is_inside = table.trim_end().trim_end_matches(']').ends_with("dependencies");
        } else if is_inside
            && !line.starts_with(['#', ' '])
            && let Some((name, _)) = line.split_once('=')
        {
            crates.insert(name.trim().to_owned());
        }
    }
    crates
}

fn npm_packages(manifest: &str) -> BTreeSet<String> {
    let manifest: serde_json::Value = serde_json::from_str(&document(manifest)).expect("a manifest of npm");
    ["dependencies", "devDependencies"]
        .iter()
        .filter_map(|table| manifest[table].as_object())
        .flat_map(|table| table.keys().cloned())
        .collect()
}

fn python_packages() -> BTreeSet<String> {
    document("end2end/second-opinion/requirements.txt")
        .lines()
        .filter_map(|line| line.split_once("=="))
        .map(|(name, _)| name.trim().to_owned())
        .collect()
}

#[test]
fn every_dependency_has_its_line_and_every_line_its_dependency() {
    let mut used = crates();
    assert!(used.contains("tokio") && used.contains("tempfile"), "Cargo.toml is not read as it is written: {used:?}");
    used.extend(npm_packages("end2end/package.json"));
    used.extend(npm_packages("scripts/site/package.json"));
    used.extend(npm_packages("scripts/audit/package.json"));
    used.extend(python_packages());
    let explained: BTreeSet<String> =
        rows(&section(&document("ARCHITECTURE.md"), "## Dependencies")).into_keys().collect();
    let unexplained: Vec<_> = used.difference(&explained).collect();
    assert!(unexplained.is_empty(), "ARCHITECTURE.md does not say why these are there: {unexplained:?}");
    let gone: Vec<_> = explained.difference(&used).collect();
    assert!(gone.is_empty(), "ARCHITECTURE.md explains what is not there any more: {gone:?}");
}

#[test]
fn every_module_is_in_the_architecture() {
    let architecture = document("ARCHITECTURE.md");
    let library = document("src/lib.rs");
    let modules: Vec<&str> =
        library.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert!(modules.contains(&"sync"), "src/lib.rs is not read as it is written: {modules:?}");
    let missing: Vec<_> = modules.iter().filter(|module| !architecture.contains(&format!("`{module}`"))).collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md does not speak of {missing:?}");
}
