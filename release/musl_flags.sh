#!/bin/sh
# Prints RUSTFLAGS for small static binaries; docs/decisions/release-binary.md explains them. Needs lld.
folder=$(cd "$(dirname "$0")" && pwd)
echo "-Cllvm-args=-enable-machine-outliner=always -Cllvm-args=-outliner-benefit-threshold=40 -Clink-arg=-fuse-ld=lld" \
    "-Clink-arg=-Wl,--icf=all,--pack-dyn-relocs=relr,--no-eh-frame-hdr,-T,$folder/discard_eh_frame.ld"
