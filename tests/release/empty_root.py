"""Runs `ajo` from a release archive in a root directory that has only the archive and a CA bundle.

Usage: empty_root.py ARCHIVE_OR_BINARY. Needs Linux and `openssl`. As root, the commands run as another user, who can write only to one
directory; otherwise, they run in a user namespace.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time

from tls_proxy import TlsProxy, create_certificates

# The user of the container image.
USER = 65532
BUNDLE = "etc/ssl/certs/ca-certificates.crt"
MAX_BINARY_BYTES = 12_000_000
MAX_DEMO_SECONDS = 1.0

LIMITS = """\
version: 1
sandbox: prod
capping:
  - url: https://api.example.org/data/*
    methods: [GET]
    services:
      action: { maxHttpConnections: 50, rating: { maxCallsCount: 500, periodInMs: 1000 } }
    deployed: true
"""


class EmptyRoot:
    """A root directory and the command in it."""

    def __init__(self, path, archive):
        self.path = path
        if archive.name.endswith((".tar.xz", ".tar.gz")):
            with tarfile.open(archive) as files:
                files.extractall(path, filter="data")
            found = list(path.rglob("ajo"))
            assert len(found) == 1, f"the archive has {len(found)} files with the name ajo"
            self.command = "/" + str(found[0].relative_to(path))
        else:
            shutil.copy(archive, path / "ajo")
            self.command = "/ajo"
        self.binary = path / self.command[1:]
        (path / "work").mkdir()
        self.work = path / "work"
        # Only root itself can become another user, not root of a user namespace with one user.
        self.other_user = pathlib.Path("/proc/self/uid_map").read_text().split()[2] != "1"
        if self.other_user:
            os.chown(self.work, USER, USER)

    def start(self, arguments, environment, directory, **options):
        def enter():
            os.chroot(self.path)
            os.chdir(directory)
            if self.other_user:
                os.setgroups([])
                os.setgid(USER)
                os.setuid(USER)

        command = [self.command, *arguments]
        return subprocess.Popen(
            command, env=environment, preexec_fn=enter, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, encoding="utf-8", **options
        )

    def run(self, *arguments, environment=None, directory="/", status=0):
        """The output and the seconds of a command, which must exit with this status."""
        start = time.monotonic()
        process = self.start(arguments, environment or {}, directory)
        stdout, stderr = process.communicate(timeout=60)
        seconds = time.monotonic() - start
        line = "ajo " + " ".join(arguments)
        output = stdout + stderr
        if process.returncode != status or "internal error" in output:
            raise SystemExit(f"{line}: status {process.returncode}, expected {status}\n{output}")
        print(f"  ok: {line} ({seconds:.3f} s)", flush=True)
        return output, seconds


def expect(output, *texts):
    for text in texts:
        if text not in output:
            raise SystemExit(f"the output does not contain `{text}`:\n{output}")


def check_alone(root):
    """Commands without a service, a home, or a directory that is writable."""
    expect(root.run("--version")[0], "ajo ")
    output, seconds = root.run("demo")
    expect(output, "Every step returned the documented response")
    if seconds >= MAX_DEMO_SECONDS:
        raise SystemExit(f"the demo took {seconds:.3f} s")
    root.run("--emulator", "capping", "list", environment={"AJO_SANDBOX": "prod"})
    root.run("--emulator", "doctor", environment={"AJO_SANDBOX": "prod"})
    root.run("completions", "zsh")
    root.run("help", "exit-codes")
    # The directory is not writable, and there is no other one.
    expect(root.run("init", status=1)[0], "error: ", "limits")
    expect(root.run("auth", "list", status=1)[0], "AJO_CONFIG_DIR")


def check_limits(root):
    """Limits as code with the emulator in the process."""
    root.run("init", "--ci", "none", directory="/work")
    (root.work / "limits/prod.yaml").write_text(LIMITS)
    root.run("validate", "limits", directory="/work")
    expect(root.run("--emulator", "plan", "limits", directory="/work")[0], "1 to create")
    root.run("--emulator", "apply", "--yes", "limits", directory="/work")
    root.run("fmt", "--check", "limits", directory="/work")


def check_service(root, environment, bundle, trusted, untrusted):
    """The client with a service whose certificate only the bundle makes valid."""
    path = root.path / BUNDLE
    path.parent.mkdir(parents=True)
    expect(root.run("doctor", environment=environment, status=3)[0], "failed       certificates")
    path.write_text(bundle + untrusted)
    expect(root.run("doctor", environment=environment, status=3)[0], "failed       certificates")
    path.write_text(bundle + trusted)
    output, _ = root.run("doctor", environment=environment)
    expect(output, "token endpoint", "capping")
    root.run("capping", "list", environment=environment)
    expect(root.run("plan", "limits", environment=environment, directory="/work")[0], "1 to create")
    root.run("apply", "--yes", "limits", environment=environment, directory="/work")
    expect(root.run("plan", "limits", environment=environment, directory="/work")[0], "No changes")


def emulator_environment(process):
    environment = {}
    for line in process.stdout:
        name, _, value = line.removeprefix("export ").strip().partition("=")
        environment[name] = value.strip("'")
        if name == "AJO_SANDBOX":
            return environment
    raise SystemExit("the emulator did not start")


def check(archive, folder):
    root = EmptyRoot(folder / "root", archive)
    size = root.binary.stat().st_size
    print(f"  {root.command}: {size} bytes")
    if size > MAX_BINARY_BYTES:
        raise SystemExit(f"the binary is larger than {MAX_BINARY_BYTES} bytes")
    check_alone(root)
    check_limits(root)
    trusted, certificate, key = create_certificates(folder / "trusted")
    untrusted, _, _ = create_certificates(folder / "untrusted")
    system = pathlib.Path("/") / BUNDLE
    bundle = system.read_text() if system.exists() else ""
    emulator = root.start(["emulator", "serve"], {}, "/")
    try:
        environment = emulator_environment(emulator)
        url = environment["AJO_IMS_URL"]
        with TlsProxy(certificate, key, int(url.rsplit(":", 1)[1])) as proxy:
            for name in ["AJO_IMS_URL", "AJO_BASE_URL"]:
                environment[name] = environment[name].replace(url, proxy.url)
            check_service(root, environment, bundle, trusted, untrusted)
    finally:
        emulator.terminate()
        emulator.communicate()


def main():
    if os.geteuid() != 0:
        os.execvp("unshare", ["unshare", "--user", "--map-root-user", sys.executable, *sys.argv])
    archive = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        # The other user must get in.
        folder.chmod(0o755)
        (folder / "root").mkdir()
        check(archive, folder)


main()
