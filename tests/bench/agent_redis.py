#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An unmodified redis-server under its own benchmark: natively, under the agent (plt and resources; with --sample too; in mode patch), under
strace -f. Rounds alternate, medians are told, nothing is asserted.

    agent_redis.py AGENT [ROUNDS]"""
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

AGENT = os.path.realpath(sys.argv[1])
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 7
REQUESTS = {"native": "100000", "agent": "100000", "sampled": "100000", "patch": "100000", "strace": "10000"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def throughput(kind, scratch):
    port, environment, prefix = str(free_port()), dict(os.environ), []
    traces = tempfile.mkdtemp(dir=scratch)
    if kind in ("agent", "sampled", "patch"):
        environment["LD_PRELOAD"] = AGENT
        environment["SIGHTLINE_AGENT"] = f"dir={traces};mode=" + {"agent": "plt", "sampled": "plt;sample=10000000", "patch": "patch"}[kind]
    if kind == "strace":
        prefix = ["strace", "-f", "-q", "-o", os.path.join(scratch, "strace")]
    server = subprocess.Popen([*prefix, shutil.which("redis-server"), "--port", port, "--save", "", "--daemonize", "no"], cwd=scratch,
                              env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            if subprocess.run(["redis-cli", "-p", port, "ping"], capture_output=True, check=False).stdout == b"PONG\n":
                break
            time.sleep(0.05)
        told = subprocess.run(["redis-benchmark", "-p", port, "-n", REQUESTS[kind], "-t", "set,get,lpush", "-q"], capture_output=True,
                              text=True, check=True).stdout
        subprocess.run(["redis-cli", "-p", port, "shutdown", "nosave"], capture_output=True, check=False)
    finally:
        used = os.wait4(server.pid, 0)[2]
    rates = [float(rate) for rate in re.findall(r"([\d.]+) requests per second", told)]
    return statistics.geometric_mean(rates), (used.ru_utime + used.ru_stime) / float(REQUESTS[kind]) / 3 * 1e6


def main():
    scratch = tempfile.mkdtemp()
    rates, costs = {kind: [] for kind in REQUESTS}, {kind: [] for kind in REQUESTS}
    for _ in range(ROUNDS):
        for kind in REQUESTS:
            rate, cost = throughput(kind, scratch)
            rates[kind].append(rate)
            costs[kind].append(cost)
    native, cost = statistics.median(rates["native"]), statistics.median(costs["native"])
    for kind, values in rates.items():
        print(f"{kind:8} {statistics.median(values):9.0f} requests/s, {statistics.median(values) / native:.3f} of native "
              f"(best {max(values) / max(rates['native']):.3f} of best); {statistics.median(costs[kind]):.2f} us of the server's CPU "
              f"per request, {statistics.median(costs[kind]) / cost:.3f} of native")
    shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
