#!/usr/bin/env bash
# Builds target/site, which the server embeds: the islands as WebAssembly with their JavaScript, the style sheet, and
# the files of public/. cargo-leptos does the same and takes half an hour to compile on two cores.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

site=target/site
stamp=target/site.stamp
wasm=target/$wasm_target/wasm-release/dmm.wasm

(
    use_wasm_compiler
    cargo build --lib --profile wasm-release --no-default-features --features hydrate --target "$wasm_target"
)

# The rest takes seconds, so it is done only when one of its inputs differs.
mkdir -p public
inputs=$(find style public scripts/site scripts/build-site.sh Cargo.lock "$wasm" -path '*/node_modules' -prune -o -type f -print0 |
    sort -z | xargs -0 sha256sum)
[[ -d $site/pkg && -f $stamp && $(<"$stamp") == "$inputs" ]] && exit

new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
mkdir "$new/site" "$new/bindgen"
cp -R public/. "$new/site/"
mkdir -p "$new/site/pkg"

say "Optimising WebAssembly, JavaScript and style sheet"
"$(wasm_bindgen)" "$wasm" --target web --no-typescript --out-dir "$new/bindgen" --out-name dmm \
    --remove-name-section --remove-producers-section
# Named features only: with --all-features the module gets an import section that Chromium refuses.
scripts/site/node_modules/.bin/wasm-opt -Oz --enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext \
    --enable-reference-types --enable-mutable-globals --enable-multivalue \
    "$new/bindgen/dmm_bg.wasm" -o "$new/site/pkg/dmm_bg.wasm"
# The names stay as wasm-bindgen chose them: the import between them is inside.
node scripts/site/bundle.mjs "$new/bindgen" "$new/site/pkg"

# Only what differs is touched, so that the server is rebuilt only then: cargo goes by modification times.
mkdir -p "$site"
while IFS= read -r -d '' file; do
    cmp -s "$new/site/$file" "$site/$file" || install -D -m 644 "$new/site/$file" "$site/$file"
done < <(cd "$new/site" && find . -type f -print0)
while IFS= read -r -d '' file; do
    [[ -e $new/site/$file ]] || rm "$site/$file"
done < <(cd "$site" && find . -type f -print0)
printf '%s\n' "$inputs" >"$stamp"
