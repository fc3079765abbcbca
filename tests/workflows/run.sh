#!/bin/sh
# Checks all workflows, actions, and forms, and tests setup-ajo. Needs the virtual environment of ../python_venv.sh.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
tools=${CARGO_TARGET_DIR:-$root/target}/workflows/venv/bin
cd "$root"

schema() {
    name=$1
    shift
    "$tools/check-jsonschema" --quiet --builtin-schema "$name" "$@"
}

schema vendor.github-workflows .github/workflows/*.yml examples/github/*.yml
schema custom.github-workflows-require-timeout .github/workflows/*.yml examples/github/*.yml
schema vendor.github-actions setup-ajo/action.yml
schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/bug.yml .github/ISSUE_TEMPLATE/difference.yml .github/ISSUE_TEMPLATE/feature.yml
schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
schema vendor.dependabot .github/dependabot.yml
schema vendor.gitlab-ci --data-transform gitlab-ci examples/gitlab/*.yml

# Findings of all levels fail. zizmor.yml has the exceptions.
"$tools/zizmor" --offline --no-progress --quiet --persona pedantic --config zizmor.yml . examples/github/*.yml

for script in setup-ajo/install.sh container/prepare.sh release/musl_flags.sh .ci/run; do
    bash -n "$script"
    if command -v shellcheck >/dev/null; then shellcheck "$script"; fi
done

exec "$tools/python" -m unittest discover --start-directory tests/workflows
