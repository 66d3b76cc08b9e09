#!/usr/bin/env bash
# A month of a large cluster: 1,000 Deployments of 100 pods on 10,000 nodes, each of which fails 0.56 times a year (Weibull, shape 0.7, stationary from the start) and is away for half an hour in the
# median. Prints how long a run of each strategy takes:
#
#     tools/month-of-failures.sh [STRATEGY ...]
set -euo pipefail
cd "$(dirname "$0")/.."
strategies=("$@")
[ $# -gt 0 ] || strategies=(least-allocated kube-scheduler)
dotnet build -c Release -v q src/Cli > /dev/null
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat > "$folder/experiment.yaml" <<YAML
apiVersion: schedbench/v1
kind: Experiment
metadata: { name: month-of-failures }
spec:
  seeds: [1]
  fleets: [{ name: ten-thousand, pools: [{ name: node, count: 10000, cpu: 4, memory: 16Gi }] }]
  workloads:
    - name: services
      cluster: { manifests: apps.yaml, until: 30d, clientLimits: none, images: { month/app: { start: 2s } } }
  faults:
    - name: crashes
      faults: [{ model: renewal, timeToFailure: { distribution: weibull, shape: 0.7, mean: 56314286 }, timeToRepair: { distribution: lognormal, median: 1800, sigma: 1 }, effect: crash }]
  strategies: [$(IFS=,; echo "${strategies[*]}")]
YAML
printf 'apiVersion: v1\nkind: Namespace\nmetadata: { name: month }\n' > "$folder/apps.yaml"
for i in $(seq 0 999); do
    cat >> "$folder/apps.yaml" <<YAML
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: app-$i, namespace: month }
spec:
  replicas: 100
  selector: { matchLabels: { app: app-$i } }
  template:
    metadata: { labels: { app: app-$i } }
    spec: { containers: [{ name: main, image: "month/app:v1", resources: { requests: { cpu: $((100 + i % 7 * 50))m, memory: $((128 + i % 5 * 64))Mi } } }] }
YAML
done

for strategy in "${strategies[@]}"; do
    begun=$(date +%s%N)
    dotnet src/Cli/bin/Release/net10.0/schedbench.dll run "$folder/experiment.yaml" --only "strategy=$strategy,faults=crashes" --jobs 1 --out "$folder/$strategy" > "$folder/out" 2>&1 || { cat "$folder/out"; exit 1; }
    echo "$strategy: $(( ($(date +%s%N) - begun) / 1000000 )) ms, the report among it"
done
