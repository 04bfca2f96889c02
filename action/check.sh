#!/usr/bin/env bash
# Run palint on what the event is about: annotations in the log, the step's summary, a SARIF report.
# In: PALINT_BIN, PALINT_PATH, PALINT_SCOPE, PALINT_FAIL_ON, PALINT_SARIF and PALINT_BASE_OF_* of action.yml;
# PALINT_POLICY, which palint reads itself; GITHUB_* and RUNNER_TEMP of the runner.
# Exits as palint does: 0 clean, 1 a finding, 2 not everything could be checked, 3 a bug in palint.
# Nothing is written into the checked tree, and nothing of it removed: a report there could replace a file, or go
# through a link, that the change brings.
set -euo pipefail

# The commit before the change. A pull request's checkout is its merge with the base branch, a merge group's its
# last commit, a push's the pushed one. `pull_request_target` checks out the base itself: there, everything.
case "$GITHUB_EVENT_NAME" in
  pull_request) base="$PALINT_BASE_OF_PULL_REQUEST" ;;
  merge_group) base="$PALINT_BASE_OF_MERGE_GROUP" ;;
  push) base="$PALINT_BASE_OF_PUSH" ;;
  *) base="" ;;
esac
# After a push everything is checked unless `scope` says otherwise: code scanning closes each alert that the report of a
# branch leaves out.
case "$PALINT_SCOPE" in
  auto) [ "$GITHUB_EVENT_NAME" != push ] || base="" ;;
  changed) ;;
  all) base="" ;;
  *)
    echo "::error title=palint::the input scope must be auto, changed or all"
    exit 2
    ;;
esac

case "$PALINT_SARIF" in
  */* | . | .. | *[[:cntrl:]]*)
    echo "::error title=palint::the input sarif-file must be a file name: the report is written to the runner's temporary folder, and its path is the output sarif-file"
    exit 2
    ;;
esac
reports="$(mktemp -d "$RUNNER_TEMP/palint-reports.XXXXXX")"

arguments=(check --format github)
[ -z "$base" ] || arguments+=("--since=$base")
[ -z "$PALINT_FAIL_ON" ] || arguments+=("--fail-on=$PALINT_FAIL_ON")
[ -z "${GITHUB_STEP_SUMMARY:-}" ] || arguments+=("--output=markdown:$GITHUB_STEP_SUMMARY")
[ -z "$PALINT_SARIF" ] || arguments+=("--output=sarif:$reports/all.sarif")
[ -n "${PALINT_POLICY:-}" ] || unset PALINT_POLICY

code=0
# Isolated, here and below: PYTHONPATH of the job may lead into the checked tree.
"$PALINT_BIN/python" -I -m palint "${arguments[@]}" -- "$PALINT_PATH" || code=$?

if [ -n "$PALINT_SARIF" ] && [ -f "$reports/all.sarif" ]; then
  # Code scanning opens an alert for a suppressed result, too, so the report to upload is without them.
  "$PALINT_BIN/python" -I - "$reports/all.sarif" "$reports/$PALINT_SARIF" <<'PYTHON'
import json, sys

with open(sys.argv[1], encoding="utf-8") as file:
    log = json.load(file)
for run in log["runs"]:
    run["results"] = [result for result in run["results"] if not result.get("suppressions")]
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump(log, file)
PYTHON
  echo "sarif-file=$reports/$PALINT_SARIF" >>"$GITHUB_OUTPUT"
fi
exit "$code"
