//! The statements behind the lists of duplicates, certain and likely.

/// What an entry of a group shows.
macro_rules! entry_columns {
    () => {
        "id, real_debrid_id, kind, original_filename, file_size, mime_type, sha1_hash, status, download_url, duplicate_of, \
         added_at, created_at, updated_at, source_link, \
         (select o.folder from file_organisation o where o.file_id = files.id) as folder"
    };
}

/// The marked entries of an account by their original, read from an index that holds nothing else. A size is taken for
/// 2^50 bytes at most, so that no sum can leave the range of numbers.
macro_rules! groups {
    () => {
        "(select duplicate_of as original, count(*) as marked, \
            cast(sum(case when file_size < 1125899906842624 then file_size else 1125899906842624 end) as bigint) \
                as reclaimable \
        from files where user_id = $1 and duplicate_of is not null group by duplicate_of) as portion"
    };
}

pub(in crate::store) const COUNT_MARKED_FILES: &str =
    "select count(*) from files where user_id = $1 and duplicate_of is not null";
pub(in crate::store) const DUPLICATE_TOTALS: &str = concat!(
    "select count(*), cast(coalesce(sum(marked), 0) as bigint), cast(coalesce(sum(reclaimable), 0) as bigint) from ",
    groups!()
);
pub(in crate::store) const DUPLICATE_GROUPS: &str = concat!(
    "select original, marked, reclaimable from ",
    groups!(),
    " where (reclaimable, original) < ($2, $3) order by reclaimable desc, original desc limit $4"
);
pub(in crate::store) const GROUP_ORIGINAL: &str =
    concat!("select ", entry_columns!(), " from files where user_id = $1 and id = $2");
/// The plus keeps the database from going through the whole account in the order of time.
pub(in crate::store) const GROUP_MARKED: &str = concat!(
    "select ",
    entry_columns!(),
    " from files where user_id = $1 and duplicate_of = $2 order by +added_at, real_debrid_id limit $3"
);

/// The name at which a portion of so many entries ends.
pub(in crate::store) const END_OF_PORTION: &str = "\
    select max(search_name) from (select search_name from files \
        where user_id = $1 and search_name > $2 order by search_name, id limit $3) as portion";

/// The names of a portion that more than one entry has, and of whose entries with a size, duplicates apart, some could be
/// likely duplicates. A cross join, because SQLite keeps its order: names first, and then only their entries. The
/// plus, here and below, keeps it from looking by size.
macro_rules! names_in_question {
    ($condition:literal) => {
        concat!(
            "select f.search_name from (select search_name from files \
                where user_id = $1 and search_name > $2 and search_name <= $3 \
                group by search_name having count(*) > 1) as portion \
            cross join files f where f.user_id = $1 and f.search_name = portion.search_name \
                and f.duplicate_of is null and +f.file_size > 0 group by f.search_name having ",
            $condition,
            " order by f.search_name"
        )
    };
}

/// Two of a kind, or a torrent and a download that was not made from one.
pub(in crate::store) const LIKELY_NAMES: &str = names_in_question!(
    "count(case when f.kind = 'torrent' then 1 end) > 1 or count(case when f.kind = 'download' then 1 end) > 1 \
    or min(f.kind) <> max(f.kind) and count(case when f.kind = 'download' \
        and coalesce(f.source_link, '') not like 'https://real-debrid.com/d/%' then 1 end) > 0"
);
/// A torrent and a download.
pub(in crate::store) const COMPANION_NAMES: &str = names_in_question!("min(f.kind) <> max(f.kind)");
/// Entries with one name by size, beyond a size and an id.
pub(in crate::store) const NAMESAKES: &str = concat!(
    "select ",
    entry_columns!(),
    " from files where user_id = $1 and search_name = $2 and duplicate_of is null and (+file_size, id) > ($3, $4) \
    order by +file_size, id limit $5"
);
