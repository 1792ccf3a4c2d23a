#!/usr/bin/env bash
# Runs the three sample pipelines with the given binary: `Samples/run.sh BINARY OUT`.
# Queue and ledger are kept under OUT as well. A pipeline with partial documents exits 1; that is reported and the next one runs.
set -uo pipefail
docket=$1
out=$2
cd "$(dirname "$0")/.."
export DOCKET_WORKSPACE="$out/workspace"
status=0
for pipeline in contracts minutes summaries; do
  echo
  echo "run: docket run Pipelines/$pipeline.json5 Samples"
  "$docket" run "Pipelines/$pipeline.json5" Samples --output "$out/$pipeline"
  code=$?
  case $code in
    0) ;;
    1) echo "run: $pipeline exited 1: some documents are partial or failed, named above; the rest is complete" ;;
    *) echo "run: $pipeline exited $code" >&2; status=$code ;;
  esac
done
echo
echo "Results: $out/contracts, $out/minutes, $out/summaries; open report.html there in a browser."
exit $status
