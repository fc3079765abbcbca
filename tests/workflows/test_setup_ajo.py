"""Runs setup-ajo/install.sh against a server on loopback, with real archives and a fake `gh`."""

import hashlib
import io
import os
import pathlib
import shutil
import subprocess
import tarfile
import tempfile
import threading
import unittest
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "setup-ajo/install.sh"
VERSION = "1.2.3"
LINUX = "ajo-x86_64-unknown-linux-musl"
RELEASES = "/ajo-limits/ajo-limits/releases/download"
PROGRAM = f'#!/bin/sh\necho "ajo {VERSION}"\n'.encode()


def tar_xz(name, content=PROGRAM):
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:xz") as tar:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(content), 0o755
        tar.addfile(entry, io.BytesIO(content))
    return archive.getvalue()


def zip_file(name, content=PROGRAM):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(name, content)
    return archive.getvalue()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class Release(BaseHTTPRequestHandler):
    """The server of the archives; the test sets `files`, and the requests are recorded."""

    files, requests = {}, []

    def do_GET(self):
        self.requests.append((self.path, dict(self.headers)))
        status, body, headers = self.files.get(self.path, (404, b"", {}))
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class SetupAjo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = ThreadingHTTPServer(("127.0.0.1", 0), Release)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.address = f"http://127.0.0.1:{cls.server.server_port}"

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.server.server_close()

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        for name in ["temp", "bin", "programs"]:
            (self.folder / name).mkdir()
        # Everything that the script needs, and no real gh.
        for name in "bash cat chmod curl cygpath dirname head mkdir mktemp mv rm sed sh sha256sum tar tr unzip xz".split():
            if found := shutil.which(name):
                (self.folder / "programs" / name).symlink_to(found)
        Release.files, Release.requests = {}, []
        self.serve(tar_xz(f"{LINUX}/ajo"))

    def serve(self, body, archive=f"{LINUX}.tar.xz", version=VERSION, status=200, headers=None):
        Release.files[f"{RELEASES}/v{version}/{archive}"] = (status, body, headers or {})
        self.archive = body

    def add_gh(self, code):
        """A `gh` that records its arguments."""
        gh = self.folder / "bin/gh"
        gh.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{self.folder}/gh.log"\n[ -f "$3" ] || exit 9\nexit {code}\n')
        gh.chmod(0o755)

    def run_script(self, script=SCRIPT, **environment):
        default = {
            "PATH": f"{self.folder}/bin:{self.folder}/programs",
            "HOME": str(self.folder),
            "RUNNER_TEMP": str(self.folder / "temp"),
            "RUNNER_OS": "Linux",
            "RUNNER_ARCH": "X64",
            "GITHUB_PATH": str(self.folder / "path"),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "AJO_SETUP_SERVER": self.address,
            "INPUT_VERSION": VERSION,
            "GH_TOKEN": "t0ken",
        }
        return subprocess.run(
            ["bash", str(script)], env={**default, **environment}, capture_output=True, text=True, timeout=60
        )

    def expect_installed(self, result, version=VERSION):
        self.assertEqual(result.returncode, 0, result.stderr)
        (path,) = (self.folder / "path").read_text().splitlines()
        self.assertEqual((self.folder / "output").read_text(), f"version={version}\n")
        (program,) = pathlib.Path(path).iterdir()
        return program

    def expect_error(self, result, *texts):
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        errors = [line for line in result.stderr.splitlines() if line.startswith("::error title=setup-ajo::")]
        self.assertEqual(len(errors), 1, result.stderr)
        for text in texts:
            self.assertIn(text, errors[0])
        self.assertFalse((self.folder / "path").exists(), "nothing is added to the path")
        self.assertEqual(list((self.folder / "temp").rglob("ajo")), [], "nothing is unpacked")

    def test_matching_checksum_installs(self):
        for checksum in [sha256(self.archive), sha256(self.archive).upper()]:
            (self.folder / "path").unlink(missing_ok=True)
            (self.folder / "output").unlink(missing_ok=True)
            program = self.expect_installed(self.run_script(INPUT_SHA256=checksum))
            self.assertEqual(subprocess.check_output([program], text=True), f"ajo {VERSION}\n")

    def test_zip_for_windows_installs(self):
        self.serve(zip_file("ajo.exe"), "ajo-x86_64-pc-windows-msvc.zip")
        for architecture in ["X64", "ARM64"]:
            (self.folder / "path").unlink(missing_ok=True)
            (self.folder / "output").unlink(missing_ok=True)
            result = self.run_script(RUNNER_OS="Windows", RUNNER_ARCH=architecture, INPUT_SHA256=sha256(self.archive))
            self.assertEqual(self.expect_installed(result).name, "ajo.exe")

    def test_each_platform_has_its_archive(self):
        for system, architecture, target in [
            ("Linux", "ARM64", "aarch64-unknown-linux-musl"),
            ("macOS", "X64", "x86_64-apple-darwin"),
            ("macOS", "ARM64", "aarch64-apple-darwin"),
        ]:
            (self.folder / "path").unlink(missing_ok=True)
            (self.folder / "output").unlink(missing_ok=True)
            self.serve(tar_xz(f"ajo-{target}/ajo"), f"ajo-{target}.tar.xz")
            result = self.run_script(RUNNER_OS=system, RUNNER_ARCH=architecture, INPUT_SHA256=sha256(self.archive))
            self.expect_installed(result)

    def test_wrong_checksum_is_an_error(self):
        self.expect_error(self.run_script(INPUT_SHA256="0" * 64), sha256(self.archive), "0" * 64)

    def test_malformed_checksum_is_an_error(self):
        for checksum in ["abc", "g" * 64, "0" * 65, "0" * 64 + "\n" + "0" * 64]:
            self.expect_error(self.run_script(INPUT_SHA256=checksum), "64 hexadecimal digits")
        self.assertEqual(Release.requests, [])

    def test_attestation_is_verified_without_checksum(self):
        self.add_gh(0)
        self.expect_installed(self.run_script())
        arguments = (self.folder / "gh.log").read_text().splitlines()
        self.assertEqual(arguments[:3], ["attestation", "verify", f"{LINUX}.tar.xz"])
        options = dict(zip(arguments[3:9:2], arguments[4:10:2]))
        self.assertEqual(
            options,
            {
                "--repo": "ajo-limits/ajo-limits",
                "--signer-workflow": "ajo-limits/ajo-limits/.github/workflows/release.yml",
                "--source-ref": f"refs/tags/v{VERSION}",
            },
        )
        self.assertEqual(arguments[9:], ["--deny-self-hosted-runners"])

    def test_bad_attestation_is_an_error(self):
        self.add_gh(1)
        self.expect_error(self.run_script(), "no valid attestation", f"v{VERSION}")

    def test_nothing_is_installed_unverified(self):
        self.expect_error(self.run_script(), "gh is not installed", "sha256")
        self.add_gh(0)
        self.expect_error(self.run_script(GH_TOKEN=""), "no token", "sha256")

    def test_missing_version_is_an_error(self):
        self.expect_error(self.run_script(INPUT_VERSION="9.9.9"), "version 9.9.9 has no", "was not found")

    def test_unsupported_runner_is_an_error(self):
        for system, architecture in [("Linux", "ARM"), ("Linux", "X86"), ("FreeBSD", "X64"), ("", "")]:
            self.expect_error(self.run_script(RUNNER_OS=system, RUNNER_ARCH=architecture), f"'{system}'", f"'{architecture}'")
        self.assertEqual(Release.requests, [])

    def test_truncated_download_is_an_error(self):
        self.serve(self.archive[:100], headers={"Content-Length": str(len(self.archive))})
        self.expect_error(self.run_script(INPUT_SHA256=sha256(self.archive)), "failed to download", "curl exit code 18")

    def test_large_download_is_an_error(self):
        self.serve(b"", headers={"Content-Length": str(1 << 30)})
        self.expect_error(self.run_script(INPUT_SHA256="0" * 64), "curl exit code 63")

    def test_malicious_version_is_an_error(self):
        for version in ["../x", "1.0.0; rm -rf .", "1.0.0/../..", "1.0", "latest", "1.0.0-$(id)", "-1.0.0", "1.0.0-a\n::add-mask::b"]:
            self.expect_error(self.run_script(INPUT_VERSION=version), "must be like 1.2.3")
        self.assertEqual(Release.requests, [])

    def test_version_may_start_with_v(self):
        self.expect_installed(self.run_script(INPUT_VERSION=f"v{VERSION}", INPUT_SHA256=sha256(self.archive)))

    def test_default_is_the_version_of_the_commit(self):
        copy = self.folder / "repository/setup-ajo"
        copy.mkdir(parents=True)
        shutil.copy(SCRIPT, copy)
        shutil.copy(ROOT / "Cargo.toml", copy.parent)
        manifest = (ROOT / "Cargo.toml").read_text()
        version = next(line.split('"')[1] for line in manifest.splitlines() if line.startswith("version = "))
        program = f'#!/bin/sh\necho "ajo {version}"\n'.encode()
        self.serve(tar_xz(f"{LINUX}/ajo", program), version=version)
        result = self.run_script(copy / "install.sh", INPUT_VERSION="", INPUT_SHA256=sha256(self.archive))
        self.expect_installed(result, version)

    def test_redirect_to_plain_http_is_not_followed(self):
        self.serve(b"", status=302, headers={"Location": f"{self.address}/elsewhere"})
        Release.files["/elsewhere"] = (200, tar_xz(f"{LINUX}/ajo"), {})
        self.expect_error(self.run_script(INPUT_SHA256=sha256(self.archive)), "failed to download", "curl exit code 1")
        self.assertEqual([path for path, _ in Release.requests], [f"{RELEASES}/v{VERSION}/{LINUX}.tar.xz"])

    def test_only_loopback_replaces_github(self):
        for server in ["http://127.0.0.1:80@evil.example", "https://evil.example", "http://127.0.0.1.evil.example:80"]:
            self.expect_error(self.run_script(AJO_SETUP_SERVER=server), "loopback")

    def test_token_is_not_sent(self):
        self.run_script(INPUT_SHA256=sha256(self.archive))
        self.assertNotIn("t0ken", str(Release.requests))

    def test_curlrc_is_ignored(self):
        (self.folder / ".curlrc").write_text(f'user-agent = "from-curlrc"\n')
        self.run_script(INPUT_SHA256=sha256(self.archive))
        self.assertNotIn("from-curlrc", str(Release.requests))

    def test_wrong_archive_is_an_error(self):
        other = b'#!/bin/sh\necho "ajo 1.2.2"\n'
        for archive, error in [
            (tar_xz(f"{LINUX}/other"), "does not contain ajo"),
            (tar_xz(f"{LINUX}/ajo", b"#!/bin/sh\nexit 1\n"), "does not start"),
            (tar_xz(f"{LINUX}/ajo", other), "'ajo 1.2.2', not 'ajo 1.2.3'"),
            (b"no archive", "failed to unpack"),
        ]:
            self.serve(archive)
            result = self.run_script(INPUT_SHA256=sha256(archive))
            self.assertEqual(result.returncode, 1, result.stdout)
            self.assertIn(error, result.stderr)
            self.assertFalse((self.folder / "path").exists())


if __name__ == "__main__":
    unittest.main()
