#!/usr/bin/env bash
# Installs a released `ajo` on a runner of GitHub Actions. action.yml describes the inputs.
#
# Nothing is unpacked before it is verified. With INPUT_SHA256, the archive must have this checksum. Without it, the archive needs a
# build attestation of the release workflow for exactly this tag.
set -euo pipefail

readonly REPOSITORY=ajo-limits/ajo-limits
readonly RELEASE_WORKFLOW=$REPOSITORY/.github/workflows/release.yml
# An archive has about 5 MB.
readonly MAX_BYTES=104857600

# Reports an error to the runner. Escaped, so that no input can add a command.
fail() {
    local text=$1
    text=${text//'%'/%25}
    text=${text//$'\r'/%0D}
    text=${text//$'\n'/%0A}
    echo "::error title=setup-ajo::$text" >&2
    exit 1
}

require_program() {
    command -v "$1" >/dev/null || fail "$1 is not installed on this runner"
}

# The inputs.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=${INPUT_VERSION:-}
if [ -z "$version" ]; then
    # The action is pinned to a commit, so this is the release with this commit.
    version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$here/../Cargo.toml" | head -n 1)
fi
version=${version#v}
[[ $version =~ ^[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}(-[0-9A-Za-z.-]{1,40})?$ ]] ||
    fail "the version must be like 1.2.3, not '$version'"

sha256=${INPUT_SHA256:-}
[[ $sha256 =~ ^([0-9a-fA-F]{64})?$ ]] || fail "sha256 must have 64 hexadecimal digits"

case ${RUNNER_OS:-}/${RUNNER_ARCH:-} in
    Linux/X64) target=x86_64-unknown-linux-musl ;;
    Linux/ARM64) target=aarch64-unknown-linux-musl ;;
    macOS/X64) target=x86_64-apple-darwin ;;
    macOS/ARM64) target=aarch64-apple-darwin ;;
    # Windows on ARM runs programs for x86-64.
    Windows/X64 | Windows/ARM64) target=x86_64-pc-windows-msvc ;;
    *) fail "there is no ajo for '${RUNNER_OS:-}' on '${RUNNER_ARCH:-}'" ;;
esac
case $target in
    *-windows-*) archive=ajo-$target.zip program=ajo.exe ;;
    *) archive=ajo-$target.tar.xz program=ajo ;;
esac

server=https://github.com protocol='=https'
# For tests.
if [ -n "${AJO_SETUP_SERVER:-}" ]; then
    [[ $AJO_SETUP_SERVER =~ ^http://127\.0\.0\.1:[0-9]{1,5}$ ]] || fail "AJO_SETUP_SERVER must be a loopback address"
    server=$AJO_SETUP_SERVER protocol='=http'
fi

# Download. All paths are relative, because GNU tar takes a drive letter for a host.

require_program curl
work=$(mktemp -d "${RUNNER_TEMP:?}/setup-ajo.XXXXXXXX")
cd "$work"
url=$server/$REPOSITORY/releases/download/v$version/$archive
code=0
# --disable: no curlrc can turn verification off.
status=$(curl --disable --proto "$protocol" --proto-redir '=https' --tlsv1.2 --fail --location --silent --show-error \
    --retry 3 --connect-timeout 20 --max-time 300 --max-filesize "$MAX_BYTES" \
    --write-out '%{http_code}' --output "$archive" "$url") || code=$?
[ "$status" != 404 ] || fail "version $version has no $archive: $url was not found"
[ "$code" = 0 ] || fail "failed to download $url (curl exit code $code, HTTP status ${status:-none})"

# Verify.

if [ -n "$sha256" ]; then
    if command -v sha256sum >/dev/null; then
        actual=$(sha256sum <"$archive")
    else
        require_program shasum
        actual=$(shasum -a 256 <"$archive")
    fi
    actual=${actual%% *}
    expected=$(printf %s "$sha256" | tr A-F a-f)
    [ "$actual" = "$expected" ] || fail "the checksum of $archive is $actual, not $expected"
else
    command -v gh >/dev/null || fail "gh is not installed, so the attestation cannot be verified: install gh, or set sha256"
    [ -n "${GH_TOKEN:-}" ] || fail "there is no token to read the attestation: set sha256"
    gh attestation verify "$archive" --repo "$REPOSITORY" --signer-workflow "$RELEASE_WORKFLOW" \
        --source-ref "refs/tags/v$version" --deny-self-hosted-runners >&2 ||
        fail "$archive has no valid attestation of $RELEASE_WORKFLOW for v$version"
fi

# Install.

mkdir unpacked bin
if [ "$program" = ajo.exe ]; then
    require_program unzip
    unzip -q "$archive" -d unpacked || fail "failed to unpack $archive"
    folder=unpacked
else
    require_program tar
    tar -xJf "$archive" -C unpacked || fail "failed to unpack $archive: is xz installed?"
    folder=unpacked/ajo-$target
fi
[ -f "$folder/$program" ] || fail "$archive does not contain $program"
mv "$folder/$program" bin/
chmod 755 "bin/$program"
rm -rf unpacked "$archive"
reported=$("./bin/$program" --version) || fail "$program does not start on this runner"
[ "$reported" = "ajo $version" ] || fail "$archive contains '$reported', not 'ajo $version'"

path=$PWD/bin
# Windows programs read GITHUB_PATH.
if command -v cygpath >/dev/null; then path=$(cygpath --windows "$path"); fi
printf '%s\n' "$path" >>"${GITHUB_PATH:?}"
printf 'version=%s\n' "$version" >>"${GITHUB_OUTPUT:?}"
echo "installed ajo $version ($target)"
