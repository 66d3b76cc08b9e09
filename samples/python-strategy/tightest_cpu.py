#!/usr/bin/env python3
"""A scheduling strategy as a process: takes the feasible node that has the least free CPU left, the first of equals.

Speaks the JSON-lines protocol of docs/strategy-protocol.md; needs nothing but the standard library."""
import json
import sys


def main():
    free = {}  # node -> free CPU in milli
    cpu = {}  # shape -> requested CPU in milli
    placed = {}  # pod -> (shape, node)
    for line in sys.stdin:
        message = json.loads(line)
        kind = message["type"]
        if kind == "hello":
            free = {node["node"]: node["cpuMilli"] for node in message["nodes"]}
            answer({"type": "ready", "protocol": 1})
        elif kind == "shape":
            cpu[message["shape"]] = message["cpuMilli"]
        elif kind == "placed":
            placed[message["pod"]] = (message["shape"], message["node"])
            free[message["node"]] -= cpu[message["shape"]]
        elif kind == "removed":
            shape, node = placed.pop(message["pod"])
            free[node] += cpu[shape]
        elif kind == "decide":
            answer({"id": message["id"], "node": min(message["feasible"], key=lambda node: (free[node], node))})
        # "node" tells of nodes that changed; this strategy looks at CPU alone, which does not change in its experiment.


def answer(message):
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    main()
