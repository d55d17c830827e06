//! Every line of the acceptance list has a test named after it, and no test is named after a line that is not there.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The lines of the list by their letters: A fetching and storing, B duplicates, C progress, D control, E errors and
/// recovery, F the whole.
const LAST_OF_EACH: [(char, u32); 6] = [('a', 6), ('b', 8), ('c', 6), ('d', 7), ('e', 6), ('f', 8)];

/// Lines about what a person sees: they need a test in a browser as well.
const SEEN: &[&str] = &["b8", "c1", "c2", "c3", "c4", "c5", "c6", "d1", "d3", "d4", "d6", "d7"];

fn lines_of_the_list() -> BTreeSet<String> {
    LAST_OF_EACH.iter().flat_map(|(part, last)| (1..=*last).map(move |number| format!("{part}{number}"))).collect()
}

/// The files with this ending below a folder of the package, `node_modules` left out.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of tests") {
            let path = entry.expect("an entry of a folder").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() && name != "node_modules" {
                folders.push(path);
            } else if name.ends_with(ending) {
                files.push(path);
            }
        }
    }
    assert!(!files.is_empty(), "there is no {ending} below {folder}");
    files
}

/// A letter with one digit, as the list names its lines, in small letters.
fn is_line(word: &str) -> bool {
    matches!(word.as_bytes(), [b'a'..=b'z', b'0'..=b'9'])
}

/// The lines that Rust tests begin with: `b2_f3_an_entry_…` proves two. Helpers prove none.
fn named_in_rust(text: &str) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("#[") {
            is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        } else if let Some((_, name)) = line.split_once("fn ") {
            if is_test {
                named.extend(name.split('_').take_while(|word| is_line(word)).map(str::to_owned));
            }
            is_test = false;
        }
    }
    named
}

/// The lines that Playwright tests begin with: `test('C1 C2 the page …'` proves two.
fn named_in_playwright(text: &str) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for (at, call) in text.match_indices("test(") {
        let is_word = text[..at].ends_with(|before: char| before.is_alphanumeric() || matches!(before, '_' | '.'));
        let title = text[at + call.len()..].trim_start().strip_prefix(['\'', '"', '`']);
        if let (false, Some(title)) = (is_word, title) {
            let words = title.split(' ').map(str::to_lowercase);
            named.extend(words.take_while(|word| is_line(word)));
        }
    }
    named
}

fn named(files: &[PathBuf], read: fn(&str) -> BTreeSet<String>) -> BTreeSet<String> {
    files.iter().flat_map(|file| read(&fs::read_to_string(file).expect("a file of tests"))).collect()
}

#[test]
fn every_line_of_the_acceptance_list_has_a_test_with_its_name() {
    let list = lines_of_the_list();
    let rust = named(&files("tests", ".rs"), named_in_rust);
    let browser = named(&files("end2end", ".spec.ts"), named_in_playwright);
    let missing: Vec<_> = list.iter().filter(|line| !rust.contains(*line) && !browser.contains(*line)).collect();
    assert!(missing.is_empty(), "no test is named after {missing:?}: name one `a1_…` in Rust or `A1 …` in Playwright");
    let unseen: Vec<_> = SEEN.iter().filter(|line| !browser.contains(**line)).collect();
    assert!(unseen.is_empty(), "a person sees {unseen:?}, but no test in end2end/ is named after them");
    let invented: Vec<_> = rust.union(&browser).filter(|line| !list.contains(*line)).collect();
    assert!(invented.is_empty(), "tests are named after lines that the list does not have: {invented:?}");
}

#[test]
fn names_are_read_as_they_are_written() {
    let rust =
        "#[test]\nfn b2_f3_both() {}\nfn a1_helper() {}\n#[tokio::test(start_paused = true)]\nasync fn c4_x() {}";
    assert_eq!(named_in_rust(rust), BTreeSet::from(["b2", "f3", "c4"].map(str::to_owned)));
    let playwright = "test('D1 C6 both', …);\n  test(`E4 one`, …);\ntest('a sentence (A1)');\nlatest('F1 not a test')";
    assert_eq!(named_in_playwright(playwright), BTreeSet::from(["d1", "c6", "e4"].map(str::to_owned)));
}
