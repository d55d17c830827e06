-- What stands between the words of a name counts as one space, in a search as in a comparison. The same folding as
-- `search_name` in src/store/name.rs; twelve halvings make one space of up to 4,096.
DROP INDEX files_name;
UPDATE files SET search_name = coalesce(nullif(trim(
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(search_name,
        '.', ' '), '_', ' '), '-', ' '), '+', ' '), '[', ' '), ']', ' '), '(', ' '), ')', ' '), '{', ' '), '}', ' '), ',', ' '),
        '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' '),
        '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' '), '  ', ' ')
    ), ''), search_name);
CREATE INDEX files_name ON files (user_id, search_name, id);

-- The groups of duplicates with what their entries take, without a look at any other entry.
CREATE INDEX files_duplicates ON files (user_id, duplicate_of, file_size) WHERE duplicate_of IS NOT NULL;
