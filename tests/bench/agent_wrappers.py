#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nanoseconds that recording adds to one call, and milliseconds that the agent adds to /bin/true: natively and under the agent in
turns, medians.

    agent_wrappers.py AGENT [ROUNDS]"""
import collections
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.realpath(__file__))


def main():
    agent, rounds = os.path.realpath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 7
    figures = {True: collections.defaultdict(list), False: collections.defaultdict(list)}
    with tempfile.TemporaryDirectory() as scratch:
        program = os.path.join(scratch, "wrappers")
        subprocess.run(["gcc", "-O2", "-fno-builtin", "-D_GNU_SOURCE", os.path.join(HERE, "agent_wrappers.c"), "-o", program,
                        "-pthread"], check=True)
        traced = {**os.environ, "LD_PRELOAD": agent, "SIGHTLINE_AGENT": f"dir={scratch}"}
        for _ in range(rounds):
            for with_agent in (False, True):
                environment = traced if with_agent else None
                told = subprocess.run([program], env=environment, capture_output=True, text=True, check=True).stdout
                for line in told.splitlines():
                    name, value = line.rsplit(" ", 1)
                    figures[with_agent][name].append(float(value))
                start = time.monotonic()
                for _ in range(20):
                    subprocess.run(["/bin/true"], env=environment, check=True)
                figures[with_agent]["/bin/true, ns"].append((time.monotonic() - start) / 20 * 1e9)
    for name, values in figures[False].items():
        native, ours = statistics.median(values), statistics.median(figures[True][name])
        print(f"{name:30} native {native:9.1f} ns, with the agent {ours:9.1f} ns: +{ours - native:.1f}")


if __name__ == "__main__":
    main()
