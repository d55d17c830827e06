//! Which hoster link belongs to which file of a torrent, and what a link's identity is.
//!
//! Real-Debrid does not say it; the rule is the one on which its public clients agree. A wrong attribution would be
//! worse than none, so anything but equal counts gives no links at all.

use super::wire::TorrentFile;

/// The characters of a link token that identify the file; longer tokens only add to it.
const IDENTITY: usize = 13;

/// For each file its link: `links[i]` belongs to the i-th selected file, if there are as many links as selected files.
///
/// One link for several files is a RAR archive of them all; fewer links than files, or none, is a torrent that is
/// broken or not done. Neither can be attributed.
pub fn pair_links(files: &[TorrentFile], links: Vec<String>) -> Vec<Option<String>> {
    let selected = files.iter().filter(|file| is_selected(file)).count();
    let mut links = if links.len() == selected { links } else { Vec::new() }.into_iter();
    files.iter().map(|file| if is_selected(file) { links.next() } else { None }).collect()
}

pub(super) const fn is_selected(file: &TorrentFile) -> bool {
    file.selected != 0
}

/// The first 13 characters of the token in `https://real-debrid.com/d/<token>`: what ties a download to a torrent's
/// file. None for links of other hosters and for tokens too short to be one.
pub fn link_identity(link: &str) -> Option<&str> {
    let (_, address) = link.split_once("://")?;
    let (host, path) = address.split_once('/')?;
    if !matches!(host, "real-debrid.com" | "www.real-debrid.com") {
        return None;
    }
    let identity = path.strip_prefix("d/")?.get(..IDENTITY)?;
    identity.bytes().all(|byte| byte.is_ascii_alphanumeric()).then_some(identity)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(selected: &[i64]) -> Vec<TorrentFile> {
        (1..)
            .zip(selected)
            .map(|(id, &selected)| TorrentFile { id, path: format!("/{id}.mkv"), bytes: id, selected })
            .collect()
    }

    fn links(links: &[&str]) -> Vec<String> {
        links.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn as_many_links_as_selected_files_are_paired_in_order() {
        let paired = pair_links(&files(&[0, 1, 0, 1]), links(&["a", "b"]));
        assert_eq!(paired, [None, Some("a".to_owned()), None, Some("b".to_owned())]);
    }

    #[test]
    fn one_link_for_several_files_is_an_archive_and_belongs_to_none() {
        assert_eq!(pair_links(&files(&[1, 1, 1]), links(&["rar"])), [None, None, None]);
    }

    #[test]
    fn fewer_or_more_links_than_selected_files_belong_to_none() {
        assert_eq!(pair_links(&files(&[1, 1, 1]), links(&["a", "b"])), [None, None, None]);
        assert_eq!(pair_links(&files(&[1, 0]), links(&["a", "b"])), [None, None]);
        assert_eq!(pair_links(&files(&[1]), links(&[])), [None]);
    }

    #[test]
    fn tokens_of_13_16_and_26_characters_have_the_same_identity() {
        for token in ["UJE7C4NNFB4B2", "UJE7C4NNFB4B2C6C", "UJE7C4NNFB4B2C6CUJE7C4NNFB"] {
            assert_eq!(link_identity(&format!("https://real-debrid.com/d/{token}")), Some("UJE7C4NNFB4B2"));
        }
    }

    #[test]
    fn other_links_have_no_identity() {
        for link in [
            "https://real-debrid.com/d/SHORT",
            "https://example.com/d/UJE7C4NNFB4B2",
            "https://real-debrid.com/UJE7C4NNFB4B2",
            "https://real-debrid.com/d/UJE7C4NNFB4B/",
            "https://real-debrid.com/d/ÄÄÄÄÄÄÄÄÄÄÄÄÄ",
            "UJE7C4NNFB4B2",
            "",
        ] {
            assert_eq!(link_identity(link), None, "{link}");
        }
    }
}
