#!/usr/bin/env bash
# Counts the instructions of a small load: the sample's first one as far as reconcile, with one thread, under valgrind. More
# or less than the stored figure by over 3 % fails.
#
#     instructions.sh LEDGERLINE [--store]      --store writes the figure instead
set -euo pipefail
ledgerline=$(realpath "$1")
cd "$(dirname "$0")/.."
stored=benches/instructions.txt
command -v valgrind > /dev/null || apt-get install --yes --quiet valgrind > /dev/null 2>&1 || true
command -v valgrind > /dev/null || { echo "SKIPPED: valgrind is not there and cannot be installed"; exit 0; }

project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
cp -r collectors controls ledgerline.toml plans policies rules sample-data "$project"
printf '\n[engine]\nthreads = 1\n' >> "$project/ledgerline.toml"
# A load that stops on purpose ends with 5: later stages are to come.
valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null --log-file="$project/counts" \
  "$ledgerline" --project "$project" run weekly --batch --var load=2026-11-02 --as-of 2026-11-02 --until reconcile > /dev/null 2>&1 || [ $? = 5 ]
counted=$(sed -n 's/.*I *refs: *//p' "$project/counts" | tr -d ,)
[ -n "$counted" ] || { echo "the instructions could not be counted"; cat "$project/counts"; exit 1; }

if [ "${2:-}" = --store ]; then
  echo "$counted" > "$stored"
fi
expected=$(cat "$stored")
awk -v counted="$counted" -v expected="$expected" 'BEGIN {
  change = 100 * (counted - expected) / expected
  printf "%.0f million instructions, %+.2f %% against the stored figure\n", counted / 1e6, change
  exit change > 3 || change < -3
}' || { echo "if that is meant: benches/instructions.sh LEDGERLINE --store"; exit 1; }
