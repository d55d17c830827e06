//! Names as they are searched, ordered and compared.

use unicode_normalization::UnicodeNormalization;

/// What people write between words, one or another of them: each counts as a space. Migration 0003 has the same list.
const SEPARATORS: [char; 12] = ['.', '_', '-', '+', '[', ']', '(', ')', '{', '}', ',', ' '];

/// Characters of a name that are searched and ordered by: an index of PostgreSQL takes no more than 2,704 bytes. Migration
/// 0008 has the same number.
const LONGEST: usize = 600;

/// The name in the form in which it is stored beside the sent one: compatibility forms folded, lower case, and one space
/// for whatever separates words, so that `Harbour.Lights.2020` and `harbour lights (2020)` are equal. A name of nothing
/// but separators keeps them; of a very long one the beginning.
pub(crate) fn search_name(name: &str) -> String {
    let lower: String =
        if name.is_ascii() { name.to_ascii_lowercase() } else { name.nfkc().flat_map(char::to_lowercase).collect() };
    let mut folded = String::with_capacity(lower.len());
    for word in lower.split(SEPARATORS).filter(|word| !word.is_empty()) {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    let mut folded = if folded.is_empty() { lower } else { folded };
    if let Some((end, _)) = folded.char_indices().nth(LONGEST) {
        folded.truncate(end);
    }
    folded
}

/// What a search looks for: its words in the form of [`search_name`]. A word of separators alone says nothing beside
/// another, as in `artist - title`.
pub(super) fn searched(query: &str) -> Vec<String> {
    let words: Vec<String> = query.split_whitespace().map(search_name).collect();
    let telling = |word: &String| word.contains(|letter| !SEPARATORS.contains(&letter));
    if words.iter().any(telling) { words.into_iter().filter(telling).collect() } else { words }
}

/// A LIKE pattern for names that contain `word`, in which `%`, `_` and `\` stand for themselves.
pub(super) fn like_pattern(word: &str) -> String {
    let mut pattern = String::with_capacity(word.len() + 2);
    pattern.push('%');
    for character in word.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_compared_without_case_and_compatibility_forms() {
        assert_eq!(search_name("Ｆｕｌｌ Width ÉTÉ"), "full width été");
    }

    #[test]
    fn b8_names_are_compared_without_what_stands_between_their_words() {
        for name in
            ["Harbour.Lights.2020", "harbour lights (2020)", "_Harbour--Lights_[2020]{}", "HARBOUR+Lights, 2020 "]
        {
            assert_eq!(search_name(name), "harbour lights 2020", "{name}");
        }
        assert_eq!(search_name("50% & co."), "50% & co");
        for name in ["...", "-", "_ _", "([{}])"] {
            assert_eq!(search_name(name), name, "a name of separators keeps them");
        }
    }

    #[test]
    fn a_word_of_separators_is_searched_for_only_when_there_is_no_other() {
        assert_eq!(searched(" Artist  -  Some.Title "), ["artist", "some title"]);
        assert_eq!(searched("- ..."), ["-", "..."]);
        assert_eq!(searched(" "), [""; 0]);
    }

    #[test]
    fn wildcards_in_a_search_stand_for_themselves() {
        assert_eq!(like_pattern("50%_off\\"), "%50\\%\\_off\\\\%");
    }

    proptest! {
        #[test]
        fn folding_again_changes_nothing_and_leaves_no_separator_beside_a_word(
            name in r"[a-zA-Z0-9éЖ紙% ._+\[\](){},-]{0,40}",
        ) {
            let folded = search_name(&name);
            prop_assert_eq!(&search_name(&folded), &folded);
            if folded.contains(|letter| !SEPARATORS.contains(&letter)) {
                prop_assert!(!folded.contains(&SEPARATORS[..11]) && !folded.contains("  "), "{:?}", folded);
                prop_assert_eq!(folded.trim_matches(' '), &folded);
            }
        }

        #[test]
        fn whatever_separates_the_words_the_name_is_the_same(
            words in prop::collection::vec("[a-z0-9é]{1,6}", 1..6),
            gaps in prop::collection::vec("[ ._+,(){}-]{1,4}|\\[|\\]", 6),
        ) {
            let mut name = gaps[5].clone();
            for (word, gap) in words.iter().zip(&gaps) {
                name.push_str(word);
                name.push_str(gap);
            }
            prop_assert_eq!(search_name(&name), words.join(" "));
        }
    }
}
