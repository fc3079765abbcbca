#!/usr/bin/env bash
# Creates the build context of the image from release archives for Linux:
#   container/prepare.sh CONTEXT ARCHIVE...
# The CA bundle is that of this machine, or the file in AJO_CA_BUNDLE.
set -euo pipefail

[ $# -ge 2 ] || { echo "usage: prepare.sh CONTEXT ARCHIVE..." >&2; exit 64; }
context=$1
shift
bundle=${AJO_CA_BUNDLE:-/etc/ssl/certs/ca-certificates.crt}

mkdir -p "$context"
install -m 644 "$bundle" "$context/ca-certificates.crt"
for archive in "$@"; do
    name=$(basename "$archive" .tar.xz)
    case $name in
    ajo-x86_64-unknown-linux-musl) architecture=amd64 ;;
    ajo-aarch64-unknown-linux-musl) architecture=arm64 ;;
    *)
        echo "$archive is not a release archive for Linux" >&2
        exit 64
        ;;
    esac
    mkdir -p "$context/$architecture"
    tar -xJf "$archive" -C "$context/$architecture" --strip-components=1 "$name/ajo"
    tar -xJf "$archive" -C "$context" --strip-components=1 "$name/THIRD-PARTY-LICENSES.html"
done
