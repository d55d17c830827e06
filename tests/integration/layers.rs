//! The layers of `ARCHITECTURE.md`: nothing points upwards, and no file grows past what is read in one go.

use std::{fs, path::Path};

/// Each layer with what it may use of the others.
const LAYERS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("config", &["domain"]),
    ("clock", &["domain"]),
    ("metrics", &["domain", "clock"]),
    ("real_debrid", &["domain", "clock", "metrics"]),
    ("simulator", &["domain", "clock", "real_debrid::wire"]),
    ("store", &["domain"]),
    ("sync", &["domain", "clock", "metrics", "real_debrid", "store"]),
    ("accounts", &["domain", "clock", "real_debrid", "store", "sync"]),
    ("application", &["domain", "clock", "metrics", "real_debrid", "store", "sync", "accounts"]),
    ("http", &["domain", "application"]),
    ("app", &["domain", "application"]),
    ("cli", ALL),
];

const ALL: &[&str] = &[
    "domain",
    "config",
    "clock",
    "metrics",
    "real_debrid",
    "simulator",
    "store",
    "sync",
    "accounts",
    "application",
    "http",
    "app",
];

/// A file, what it may use besides, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[("http/pages.rs", "app", "the router mounts the pages that are served")];

const MEDIAN_BELOW: usize = 150;
const LONGEST: usize = 400;

/// Every source file: its path below `src/` and its text.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry of a folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).expect("a path below src").to_string_lossy().replace('\\', "/");
                sources.push((name, fs::read_to_string(&path).expect("a source file")));
            }
        }
    }
    sources.sort();
    assert!(sources.len() > 50, "the sources are not where this test looks for them");
    sources
}

/// The module path of a file: `http/gate.rs` is `["http", "gate"]`.
fn module(file: &str) -> Vec<&str> {
    file.trim_end_matches(".rs").split('/').collect()
}

/// Paths that begin at the root of the crate, with their lines: `crate::a::{b, c}` is `a::b` and `a::c`.
fn references(text: &str, depth: usize) -> Vec<(usize, String)> {
    // Comments may speak of whatever they like.
    let code: String = text.lines().flat_map(|line| [if is_comment(line) { "" } else { line }, "\n"]).collect();
    let mut found = Vec::new();
    for (at, word) in code.match_indices("crate::") {
        if !is_inside_word(&code, at) {
            use_tree(&code, at + word.len(), "", &mut found);
        }
    }
    // So many `super::` and more lead to the root as well.
    let climb = "super::".repeat(depth);
    for (at, _) in code.match_indices(&climb) {
        if !is_inside_word(&code, at) {
            let end = code.len() - code[at..].trim_start_matches("super::").len();
            let mut climbed = Vec::new();
            use_tree(&code, end, "", &mut climbed);
            // In a test module one more step is needed, so what is met may be a neighbour: only layers count.
            found.extend(climbed.into_iter().filter(|(_, path)| LAYERS.iter().any(|(layer, _)| is_in(path, layer))));
        }
    }
    found.into_iter().map(|(at, path)| (code[..at].matches('\n').count() + 1, path)).collect()
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// Whether what stands at `at` is the end of a longer name or path, or belongs to a macro.
fn is_inside_word(code: &str, at: usize) -> bool {
    code[..at].ends_with(|before: char| before.is_alphanumeric() || matches!(before, '_' | ':' | '$'))
}

/// Reads a path or a tree of paths at `at`, adds every path with its place, and gives the place behind it.
fn use_tree(code: &str, mut at: usize, prefix: &str, found: &mut Vec<(usize, String)>) -> usize {
    let bytes = code.as_bytes();
    let start = at;
    while bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':')) {
        at += 1;
    }
    let path = format!("{prefix}{}", &code[start..at]);
    if bytes.get(at) != Some(&b'{') || !(path.is_empty() || path.ends_with("::")) {
        found.push((start, path.trim_end_matches(':').to_owned()));
        return at;
    }
    at += 1;
    loop {
        match bytes.get(at) {
            None => return at,
            Some(b'}') => return at + 1,
            Some(byte) if *byte == b',' || byte.is_ascii_whitespace() => at += 1,
            Some(_) => {
                at = use_tree(code, at, &path, found);
                // `as name` and `*` end with the comma or the brace.
                while bytes.get(at).is_some_and(|byte| !matches!(byte, b',' | b'}')) {
                    at += 1;
                }
            }
        }
    }
}

/// Whether `path` is `module` or something in it.
fn is_in(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

#[test]
fn no_layer_points_upwards() {
    let mut violations = Vec::new();
    for (file, text) in sources() {
        let module = module(&file);
        let Some((layer, allowed)) = LAYERS.iter().find(|(layer, _)| *layer == module[0]) else {
            if !matches!(file.as_str(), "lib.rs" | "main.rs") {
                violations.push(format!("src/{file}: belongs to no layer that this test knows"));
            }
            continue;
        };
        for (line, path) in references(&text, module.len()) {
            let is_allowed = is_in(&path, layer)
                || allowed.iter().any(|allowed| is_in(&path, allowed))
                || EXCEPTIONS.iter().any(|(place, used, _)| *place == file && is_in(&path, used));
            if !is_allowed {
                violations.push(format!("src/{file}:{line}: {layer} uses {path}"));
            }
        }
    }
    assert!(violations.is_empty(), "see ARCHITECTURE.md, Layers:\n{}", violations.join("\n"));
}

#[test]
fn every_exception_is_still_needed() {
    for (file, text) in sources() {
        for (place, used, reason) in EXCEPTIONS {
            let is_used = || references(&text, module(&file).len()).iter().any(|(_, path)| is_in(path, used));
            assert!(
                *place != file || is_used(),
                "src/{file} uses no {used} any more ({reason}): take the exception out"
            );
        }
    }
}

#[test]
fn references_are_found_wherever_they_stand() {
    let code = "//! [`crate::cli`]\nuse crate::{\n    domain::{File, Kind as K},\n    real_debrid::wire,\n};\n\
                pub(crate) fn f(x: crate::store::Store) { super::super::sync::go(); super::neighbour(); }\n";
    let expected: [(usize, &str); 5] =
        [(3, "domain::File"), (3, "domain::Kind"), (4, "real_debrid::wire"), (6, "store::Store"), (6, "sync::go")];
    assert_eq!(references(code, 2), expected.map(|(line, path)| (line, path.to_owned())));
}

#[test]
fn files_stay_small() {
    let mut lines: Vec<(usize, String)> =
        sources().into_iter().map(|(file, text)| (text.lines().count(), file)).collect();
    lines.sort();
    let (median, file) = &lines[lines.len() / 2];
    assert!(*median < MEDIAN_BELOW, "half of the files have {median} lines or more, such as src/{file}");
    let long: Vec<_> = lines.iter().filter(|(lines, _)| *lines > LONGEST).collect();
    assert!(long.is_empty(), "more than {LONGEST} lines are a reason to split: {long:?}");
}
