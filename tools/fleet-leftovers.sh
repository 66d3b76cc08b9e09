#!/usr/bin/env bash
# Runs the service of workloads/real again and again on a real fleet and looks each time for what is left: containers, processes, namespaces, mounts, control groups, journals.
#
#     tools/fleet-leftovers.sh RUNS process
#     tools/fleet-leftovers.sh RUNS docker [HOST]        HOST: unix:///path or tcp://host:port; DOCKER_HOST unless stated
#
# Every third run is killed (SIGKILL) in its middle, so that the next one takes away what it left. Ends with 0 when nothing was left.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:?number of runs} kind=${2:?process or docker}
arguments=(--fleet "$kind")
if [ "$kind" = docker ] && [ $# -gt 2 ]; then arguments+=(--engine "$3"); export DOCKER_HOST=$3; fi
dotnet build -c Release -v q src/Cli > /dev/null
program=(dotnet src/Cli/bin/Release/net10.0/schedbench.dll)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

left() {
    # Numbers of what a run makes: pod servers, containers with our label, namespaces, mounts, control groups, journals.
    pgrep -fc '[S]chedBench.PodServer' || true
    if [ "$kind" = docker ]; then curl -s --unix-socket "${DOCKER_HOST#unix://}" 'http://d/containers/json?all=1&filters=%7B%22label%22%3A%5B%22schedbench.run%22%5D%7D' | tr -d '[:space:]' | wc -c; fi
    ip netns list 2>/dev/null | wc -l
    wc -l < /proc/self/mounts
    find /sys/fs/cgroup -type d -name 'schedbench*' 2>/dev/null | wc -l
    find "${TMPDIR:-/tmp}" -maxdepth 2 -name "$kind-*.fleet" 2>/dev/null | wc -l
}

"${program[@]}" fleet down "$kind" > /dev/null
before=$(left)
for run in $(seq "$runs"); do
    begun=(timeout 120 "${program[@]}" run workloads/real/brief.yaml "${arguments[@]}" --out "$folder/$run" --fresh)
    if [ $((run % 3)) -eq 0 ]; then
        "${program[@]}" run workloads/real/brief.yaml "${arguments[@]}" --out "$folder/$run" --fresh > "$folder/out" 2>&1 &
        id=$!
        sleep 3
        kill -9 "$id"
        wait "$id" 2> /dev/null || true
        "${program[@]}" fleet down "$kind" > /dev/null
    elif ! "${begun[@]}" > "$folder/out" 2>&1; then
        tail -n 20 "$folder/out"
        echo "run $run of $runs failed" >&2
        exit 1
    fi
    if [ "$(left)" != "$before" ]; then
        printf 'run %s left something: before\n%s\nafter\n%s\n' "$run" "$before" "$(left)" >&2
        exit 1
    fi
done
echo "$runs runs on the $kind fleet, every third one killed: nothing was left of any"
