"""Compares the workflows with each other, and with the files that they repeat."""

import pathlib
import re
import subprocess
import tomllib
import unittest

from ruamel.yaml import YAML

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
EXAMPLES = sorted((ROOT / "examples/github").glob("*.yml"))
ACTION = ROOT / "setup-ajo/action.yml"
CARGO = tomllib.loads((ROOT / "Cargo.toml").read_text())
REPOSITORY = CARGO["workspace"]["package"]["repository"].removeprefix("https://github.com/")
# The files that repeat its name, or the names of the tap and the image.
REPEATING = [
    ".github/ISSUE_TEMPLATE/config.yml",
    ".github/workflows/docs.yml",
    ".github/workflows/image.yml",
    ".github/workflows/release-plz.yml",
    ".github/workflows/release.yml",
    "SECURITY.md",
    "docs/ci.md",
    "docs/install.md",
    "docs/release.md",
    "examples/github/limits.yml",
    "examples/gitlab/limits-apply.yml",
    "examples/gitlab/limits.yml",
    "setup-ajo/install.sh",
]
# The example leaves the choice of a release to its user.
UNCHOSEN = f"{REPOSITORY}/setup-ajo@{'0' * 40}"
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def uses(path):
    """The lines with an action or a reusable workflow of another repository."""
    found = re.findall(r"^ *(?:- )?uses: *(.*)$", path.read_text(), re.MULTILINE)
    return [line for line in found if not line.startswith("$/") and not line.startswith(UNCHOSEN)]


def workflow(name):
    return YAML(typ="safe").load((ROOT / ".github/workflows" / name).read_text())


def tracked(pattern):
    listed = subprocess.run(["git", "ls-files", pattern], cwd=ROOT, capture_output=True, text=True, check=True)
    return {"/" + str(pathlib.PurePosixPath(path).parent) for path in listed.stdout.split()}


class Files(unittest.TestCase):
    def test_every_action_is_pinned_to_a_commit(self):
        for path in [*WORKFLOWS, *EXAMPLES, ACTION]:
            for line in uses(path):
                self.assertRegex(line, rf"^{PINNED.pattern}$", path.name)
        self.assertGreater(sum(len(uses(path)) for path in WORKFLOWS), 20, "the pattern finds them")

    def test_an_action_has_the_same_commit_everywhere(self):
        commits = {}
        for path in [*WORKFLOWS, *EXAMPLES]:
            for line in uses(path):
                action, commit = line.split("@")
                self.assertEqual(commits.setdefault(action, commit), commit, f"{action} in {path.name}")

    def test_jobs_that_compile_have_no_rights(self):
        build = workflow("build.yml")
        self.assertEqual(build["permissions"], {})
        for name, job in build["jobs"].items():
            self.assertEqual(job["permissions"], {"contents": "read"}, name)
            self.assertNotIn("environment", job, name)
        for name in ["build.yml", "image.yml", "release.yml"]:
            text = (ROOT / ".github/workflows" / name).read_text()
            self.assertNotRegex(text, r"rust-cache|actions/cache|cache-from", f"{name} uses no cache")

    def test_jobs_that_publish_have_an_environment_and_compile_nothing(self):
        publishers = {**workflow("release.yml")["jobs"], **workflow("image.yml")["jobs"]}
        for name, job in publishers.items():
            if "uses" in job:
                continue
            self.assertIn("environment", job, name)
            for step in job["steps"]:
                script = step.get("run", "")
                self.assertNotRegex(script, r"cargo (build|install|run|test|xtask)|npm (ci|install|pack|run)|\bdist (build|plan)", name)
                self.assertEqual("cargo publish" in script, "--no-verify" in script, name)

    def test_targets_match_dist_and_the_action(self):
        targets = {entry["target"] for entry in workflow("build.yml")["jobs"]["build"]["strategy"]["matrix"]["include"]}
        dist = tomllib.loads((ROOT / "dist-workspace.toml").read_text())["dist"]
        self.assertEqual(targets, set(dist["targets"]))
        self.assertIn("ci", dist["allow-dirty"])
        installed = re.findall(r"\) target=(\S+)", (ROOT / "setup-ajo/install.sh").read_text())
        self.assertEqual(targets, set(installed))

    def test_dist_has_one_version(self):
        dist = tomllib.loads((ROOT / "dist-workspace.toml").read_text())["dist"]
        self.assertEqual(workflow("build.yml")["env"]["DIST_VERSION"], dist["cargo-dist-version"])

    def test_repository_is_the_one_in_cargo_toml(self):
        owner = REPOSITORY.split("/")[0]
        names = [REPOSITORY, f"{owner}/homebrew-tap", f"{owner}/tap", f"{owner}/ajo"]
        for name in REPEATING:
            text = (ROOT / name).read_text()
            with self.subTest(name):
                # Also fails if the file has a former name.
                self.assertIn(f"{owner}/", text)
                for found in re.findall(rf"\b{owner}/[\w-]+", text):
                    self.assertIn(found, names)

    def test_readme_links_to_the_site(self):
        self.assertIn(f"({CARGO['workspace']['package']['homepage']})", (ROOT / "README.md").read_text())

    def test_no_other_file_repeats_the_repository(self):
        # The emulator's README is checked by `cargo xtask test packages`. The others are copies, this test, and the source.
        others = {"Cargo.toml", "crates/cli/src/commands/init/templates.rs", "crates/emulator/README.md", "tests/workflows/test_setup_ajo.py"}
        command = ["git", "grep", "-l", "--fixed-strings", REPOSITORY, "--", ":!*/generated/*"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
        self.assertEqual(set(listed) - others - set(REPEATING), set())

    def test_dependabot_covers_all_lock_files(self):
        updates = YAML(typ="safe").load((ROOT / ".github/dependabot.yml").read_text())["updates"]
        directories = {update["package-ecosystem"]: set(update["directories"]) for update in updates}
        self.assertEqual(directories["npm"], tracked("*package-lock.json"))
        self.assertEqual(directories["pip"], tracked("*requirements.txt"))
        self.assertEqual(directories["cargo"], {path.replace("/.", "/") for path in tracked("*Cargo.lock")})
        for directory in directories["github-actions"]:
            self.assertTrue((ROOT / directory.lstrip("/")).is_dir(), directory)

    def test_ci_installs_the_packages_of_ci_run(self):
        (line,) = re.findall(r"apt-get install -y -qq (.+)", (ROOT / ".github/workflows/ci.yml").read_text())
        script = (ROOT / ".ci/run").read_text()
        for package in line.split():
            self.assertRegex(script, rf'" {package}\b', package)
        on_runner = {"python3", "python3-pip", "python3-venv", "nodejs", "npm", "chromium", "chromium-driver", "curl"}
        on_runner |= {"shellcheck", "unzip", "xz-utils"}
        needed = set(re.findall(r'"[^"]+" ([a-z][a-z0-9-]+)(?= |$|\n)', script))
        self.assertEqual(needed - on_runner, set(line.split()))

    def test_gitlab_files_install_the_same_way(self):
        load = YAML(typ="safe").load
        limits = load((ROOT / "examples/gitlab/limits.yml").read_text())
        apply = load((ROOT / "examples/gitlab/limits-apply.yml").read_text())
        self.assertEqual(apply["limits-apply"]["before_script"], limits[".ajo"]["before_script"])


if __name__ == "__main__":
    unittest.main()
