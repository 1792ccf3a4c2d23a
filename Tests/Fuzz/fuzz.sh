#!/usr/bin/env bash
# Feeds random bytes to the readers of safetensors headers and of tokenizer.json under libFuzzer and AddressSanitizer.
#   fuzz.sh [SECONDS]       for each of the two, 30 by default
# An input that ends the process is left in .build/fuzz/found; what has been learned stays in .build/fuzz/corpus.
set -euo pipefail
cd "$(dirname "$0")/../.."
SECONDS_EACH=${1:-30}
OUT=.build/fuzz
HERE=Tests/Fuzz
mkdir -p $OUT/found $OUT/corpus/header $OUT/corpus/tokenizer
FLAGS=(-O -sanitize=fuzzer,address -parse-as-library -swift-version 6 -package-name docket
  -enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature MemberImportVisibility -I $OUT)

echo "fuzz: building"
swiftc "${FLAGS[@]}" -wmo -module-name JSON -emit-module -emit-module-path $OUT/JSON.swiftmodule \
  -c $(find Sources/JSON -name '*.swift') -o $OUT/JSON.o
swiftc "${FLAGS[@]}" -wmo -module-name HeaderFuzz Sources/Inference/InferenceError.swift \
  Sources/Inference/Weights/{MappedFile,SafeTensors}.swift $HERE/HeaderFuzz.swift $OUT/JSON.o -o $OUT/header
swiftc "${FLAGS[@]}" -wmo -module-name TokenizerFuzz $(find Sources/Tokenization -name '*.swift') \
  $HERE/TokenizerFuzz.swift $OUT/JSON.o -o $OUT/tokenizer

trap 'rm -f /dev/shm/docket-header-*' EXIT
for subject in header tokenizer; do
  echo "fuzz: $subject, $SECONDS_EACH s"
  ASAN_OPTIONS=detect_leaks=0 $OUT/$subject -max_total_time=$SECONDS_EACH -timeout=10 -rss_limit_mb=2048 -max_len=8192 \
    -artifact_prefix=$OUT/found/$subject- -dict=$HERE/$subject.dict -print_final_stats=1 \
    $OUT/corpus/$subject $HERE/Seeds/$subject > $OUT/$subject.log 2>&1 \
    || { tail -60 $OUT/$subject.log; echo "fuzz: $subject failed, see $OUT/$subject.log and $OUT/found"; exit 1; }
  grep -E "cov:" $OUT/$subject.log | tail -1
  grep "stat::" $OUT/$subject.log
done
echo "fuzz: nothing found"
