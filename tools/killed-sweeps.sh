#!/usr/bin/env bash
# Kills a sweep (SIGKILL) at drawn instants, lets it go on each time, and compares what it ends with, byte by byte, with a sweep that was left alone:
#
#     tools/killed-sweeps.sh [KILLS] [EXPERIMENT] [ARGUMENTS OF run ...]
#
# 200 kills of workloads/chaos with one seed unless stated. Set SEED for other instants. Ends with 0 when all was equal.
set -euo pipefail
cd "$(dirname "$0")/.."
kills=${1:-200}
experiment=${2:-workloads/chaos/experiment.yaml}
if [ $# -gt 2 ]; then arguments=("${@:3}"); else arguments=(--seeds 1); fi
RANDOM=${SEED:-1}
dotnet build -c Release -v q src/Cli > /dev/null
program=(dotnet src/Cli/bin/Release/net10.0/schedbench.dll run "$experiment" "${arguments[@]}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

same() {
    # All but what a wall clock measured, and what the manifest says of this very run.
    diff -r -q -x timing.csv -x journal -x manifest.json "$folder/whole" "$1" && diff -q <(sed '/"volatile": {/,$d' "$folder/whole/manifest.json") <(sed '/"volatile": {/,$d' "$1/manifest.json")
}

begun=$(date +%s%N)
"${program[@]}" --out "$folder/whole" > /dev/null 2>&1
length=$(( ($(date +%s%N) - begun) / 1000000 ))
done_kills=0 whole_sweeps=0 sweep=0
while [ "$done_kills" -lt "$kills" ]; do
    "${program[@]}" --out "$folder/$sweep" > "$folder/out" 2>&1 &
    id=$!
    wait_ms=$(( (RANDOM * 32768 + RANDOM) % length ))
    sleep "$(printf '%d.%03d' $((wait_ms / 1000)) $((wait_ms % 1000)))"
    if kill -KILL "$id" 2> /dev/null; then
        wait "$id" 2> /dev/null || true
        done_kills=$((done_kills + 1))
    elif wait "$id"; then
        same "$folder/$sweep"
        rm -rf "${folder:?}/$sweep"
        whole_sweeps=$((whole_sweeps + 1)) sweep=$((sweep + 1))
    else
        cat "$folder/out"
        exit 1
    fi
done

"${program[@]}" --out "$folder/$sweep" > /dev/null 2>&1
same "$folder/$sweep"
echo "$done_kills kills over $((whole_sweeps + 1)) sweeps of $length ms each: every sweep ended with the bytes of one that was left alone"
