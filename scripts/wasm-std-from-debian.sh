#!/usr/bin/env bash
# A compiler for WebAssembly where rustup cannot download the wasm32 target.
#
# A standard library only builds with the compiler of its own version, and Debian's is rarely the one that
# rust-toolchain.toml pins. So this takes both from Debian, rustc-web and rust-web-src, and compiles the standard library
# once. The packages are unpacked into the cache rather than installed: that needs no root, and they would refuse to be
# installed beside Debian's rustup. The server is still built by the pinned toolchain.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

if ! have apt-get || ! have dpkg; then die "rustup cannot add $wasm_target, and this is no Debian to take it from"; fi
say "rustup cannot download it: taking compiler and sources from Debian (about 140 MB) and building it, about a minute"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/deb" "$work/tree"

# download PACKAGE…: apt-get download wants a directory it can write to, and no root.
download() { (cd "$work/deb" && apt-get download -q "$@" >/dev/null 2>"$work/apt.log") || { cat "$work/apt.log" >&2; die "apt cannot download $*"; }; }
unpack() { for package in "$work"/deb/*.deb; do dpkg -x "$package" "$work/tree"; rm "$package"; done; }
dependencies() { apt-cache depends "$1" | awk '$1 == "Depends:" { print $2 }'; }

apt-cache show rustc-web >/dev/null 2>&1 || as_root apt-get update -q >/dev/null 2>&1 || true
runtime=$(dependencies libstd-rust-web-dev | grep '^libstd-rust-web-')
llvm=$(dependencies "$runtime" | grep '^libllvm')
download rustc-web libstd-rust-web-dev "$runtime" "$llvm" rust-web-src
unpack

# LLVM's own dependencies are everyday libraries; what this machine lacks is unpacked too.
usr=$work/tree/usr
libraries="$usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || gcc -print-multiarch):$(echo "$usr"/lib/llvm-*/lib)"
if LD_LIBRARY_PATH=$libraries ldd "$usr/bin/rustc" | grep -q 'not found'; then
    mapfile -t needed < <(dependencies "$llvm")
    download "${needed[@]}"
    unpack
fi

# The place it will have: paths of the sources end up in the library.
place=$cache/debian-rust
rm -rf "$place"
mkdir -p "$place/bin"
mv "$usr" "$place/usr"
libraries=${libraries//"$usr"/"$place/usr"}
wrapper=$place/bin/rustc.unfinished
printf '#!/bin/sh\nLD_LIBRARY_PATH="%s" exec "%s" "$@"\n' "$libraries" "$place/usr/bin/rustc" >"$wrapper"
chmod +x "$wrapper"

library=$(echo "$place"/usr/src/rustc-*/library)
mkdir -p "$work/probe/src" "$work/probe/.cargo"
cd "$work/probe" || exit
touch src/lib.rs
printf '[package]\nname = "probe"\nversion = "0.0.0"\nedition = "2024"\n' >Cargo.toml
printf '[source.crates-io]\nreplace-with = "vendored"\n[source.vendored]\ndirectory = "%s/vendor"\n' "$library" >.cargo/config.toml
# With bitcode, as the standard library of a toolchain has it: the web app is optimised as a whole (lto = "fat").
RUSTFLAGS="-C embed-bitcode=yes" CARGO_TARGET_DIR=target RUSTC=$wrapper RUSTC_BOOTSTRAP=1 RUSTUP_TOOLCHAIN=$(cd "$root" && rustup show active-toolchain | cut -d' ' -f1) \
    cargo build --quiet --release --offline -Z build-std=std,panic_abort,panic_unwind --target "$wasm_target"

libdir=$("$wrapper" --print target-libdir --target "$wasm_target")
mkdir -p "$libdir"
cp target/"$wasm_target"/release/deps/*.rlib "$libdir"
rm -f "$libdir"/libprobe-*
rm -rf "${place:?}/usr/src" "${place:?}/usr/share" "$place/usr/lib/rustlib/src"
# The name that the build looks for appears only when all of it is there.
mv "$wrapper" "$place/bin/rustc"
say "Ready: $("$place/bin/rustc" --version) for $wasm_target"
