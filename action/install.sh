#!/usr/bin/env bash
# Install palint from this checkout and its pinned dependencies into a new environment.
# In: PALINT_ACTION, the action's folder; PALINT_PYTHON; PALINT_PACKAGES, lines of a requirements file; RUNNER_TEMP and
# GITHUB_ENV of the runner.
# Out: PALINT_BIN, the environment's folder of programs, for the next step.
set -euo pipefail

# `-I` is for one interpreter, and pip starts further ones: none may import what PYTHONPATH of the job names.
unset "${!PYTHON@}"

environment="$RUNNER_TEMP/palint"
if ! "$PALINT_PYTHON" -I -c 'import sys; sys.exit(sys.version_info < (3, 10))'; then
  echo "::error title=palint::palint needs Python 3.10 or newer; run actions/setup-python first, or set the input python"
  exit 2
fi
"$PALINT_PYTHON" -I -m venv "$environment"
bin="$environment/bin"
[ -d "$bin" ] || bin="$environment/Scripts" # Windows

pip() {
  "$bin/python" -I -m pip --isolated --quiet --disable-pip-version-check "$@"
}
pip install --require-hashes --only-binary :all: --requirement "$PALINT_ACTION/action/requirements.txt"
pip install --no-deps --no-index --no-build-isolation "$PALINT_ACTION"
if [ -n "${PALINT_PACKAGES:-}" ]; then
  printf '%s\n' "$PALINT_PACKAGES" >"$environment/packages.txt"
  pip install --requirement "$environment/packages.txt"
fi
"$bin/python" -I -m palint --version
echo "PALINT_BIN=$bin" >>"$GITHUB_ENV"
