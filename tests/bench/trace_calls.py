#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What counting calls costs, side by side in one run: a program that does nothing but call, native, with empty hooks, and
under the agent; two threads against one; start-up and memory. CPU time, rounds in turns, minima and medians.

    trace_calls.py AGENT [--rounds N]        AGENT: build/libsightline-agent.so

Where the agent itself sets the hooks, the empty ones are those of a hollow agent, whose hooks return at once:
ninja -C build tests/bench/libsightline-agent-hollow.so"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "../agent"))
import trace_reader  # noqa: E402

FLAGS = ["-O2", "-fno-inline", "-fno-optimize-sibling-calls", "-fno-ipa-icf", "-w", "-pthread"]
MODES = {"fentry": ["-pg", "-mfentry"], "patchable": ["-fpatchable-function-entry=5"],
         "instrument": ["-finstrument-functions"], "patch": []}
EMPTY = """
__asm__(".globl __fentry__\\n.type __fentry__,@function\\n__fentry__: ret\\n");
void __cyg_profile_func_enter(void *a, void *b) { (void)a, (void)b; }
void __cyg_profile_func_exit(void *a, void *b) { (void)a, (void)b; }
"""


def build(folder):
    source, empty = os.path.join(HERE, "trace_calls.c"), os.path.join(folder, "empty.so")
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-x", "c", "-", "-o", empty], input=EMPTY.encode(), check=True)
    programs = {"none": os.path.join(folder, "none")}
    subprocess.run(["gcc", *FLAGS, source, "-o", programs["none"]], check=True)
    programs["patch"] = programs["none"]
    for mode, flags in MODES.items():
        if not flags:
            continue
        programs[mode] = os.path.join(folder, mode)
        subprocess.run(["gcc", *FLAGS, *flags, "-c", source, "-o", programs[mode] + ".o"], check=True)
        subprocess.run(["gcc", programs[mode] + ".o", "-o", programs[mode], "-pthread"], check=True)
    return programs, empty


def run(command, environment):
    """CPU seconds and wall seconds of one run."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    wall = time.perf_counter() - start
    return usage.ru_utime + usage.ru_stime, wall


def costs_of(cases, rounds):
    """{case: runs, each CPU and wall seconds}"""
    times = {name: [] for name in cases}
    for number in range(rounds + 1):
        for name, (command, environment) in cases.items():
            cost = run(command, environment)
            if number:
                times[name].append(cost)
    return times


def median_of(cases, rounds):
    return {name: [statistics.median(t[i] for t in runs) for i in range(2)] for name, runs in costs_of(cases, rounds).items()}


def resident(command, environment):
    """KiB at most, as the program itself tells."""
    text = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    return int(text.split("resident")[1].split()[0])


def calls_in(folder):
    total = 0
    for trace in trace_reader.read_folder(folder):
        total += sum(edge.count for edge in trace.edges)
    return total


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("agent")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    agent = os.path.realpath(options.agent)
    with tempfile.TemporaryDirectory(prefix="sightline-bench-") as folder:
        programs, empty = build(folder)
        base = {k: v for k, v in os.environ.items() if k not in ("LD_PRELOAD", "SIGHTLINE_AGENT")}
        where = os.path.join(folder, "traces")
        os.mkdir(where)

        hollow = os.path.join(os.path.dirname(agent), "tests/bench/libsightline-agent-hollow.so")

        def traced(mode, library=agent):
            extra = ";mode=patch" if mode == "patch" else ""
            return {**base, "LD_PRELOAD": library, "SIGHTLINE_AGENT": f"dir={where}{extra}"}

        workloads = {"fib": ["fib", "35"], "mix": ["mix", "1", "15000"]}
        print(f"{'':22}{'native':>9}{'unused':>9}{'empty':>9}{'ours':>9}   ours/empty (medians)  ours/native   ns/call")
        for mode in MODES:
            for name, arguments in workloads.items():
                is_set = mode in ("patchable", "patch")
                without = traced(mode, hollow) if is_set else {**base, "LD_PRELOAD": empty}
                cases = {"native": ([programs["none"], *arguments], base), "unused": ([programs[mode], *arguments], base),
                         "empty": ([programs[mode], *arguments], without), "ours": ([programs[mode], *arguments], traced(mode))}
                runs = costs_of(cases, options.rounds)
                cost = {k: min(v)[0] for k, v in runs.items()}
                middle = {k: statistics.median(r[0] for r in v) for k, v in runs.items()}
                for entry in os.listdir(where):
                    os.unlink(os.path.join(where, entry))
                run([programs[mode], *arguments], traced(mode))
                per_call = (cost["ours"] - cost["native"]) / calls_in(where) * 1e9
                print(f"{mode:12}{name:10}" + "".join(f"{cost[k] * 1e3:7.0f}ms" for k in cases) +
                      f"{cost['ours'] / cost['empty']:13.2f} ({middle['ours'] / middle['empty']:.2f}){cost['ours'] / cost['native']:17.2f}{per_call:10.2f}")
        print("\ntwo threads against one, the same work each: wall time")
        for mode in MODES:
            cases = {n: ([programs[mode], "mix", n, "15000"], traced(mode)) for n in ("1", "2")}
            cost = median_of(cases, options.rounds)
            print(f"{mode:12} one {cost['1'][1] * 1e3:.0f} ms, two {cost['2'][1] * 1e3:.0f} ms: {cost['2'][1] / cost['1'][1]:.2f}"
                  f" (CPU per thread {cost['2'][0] / 2 / cost['1'][0]:.2f})")
        cost = median_of({"native": (["/bin/true"], base), "ours": (["/bin/true"], traced(""))}, 5 * options.rounds)
        print(f"\nstart-up on /bin/true: {1e3 * (cost['ours'][1] - cost['native'][1]):.2f} ms wall, "
              f"{1e3 * (cost['ours'][0] - cost['native'][0]):.2f} ms CPU")
        for mode in MODES:
            more = {n: resident([programs[mode], "mix", n, "10"], traced(mode)) -
                    resident([programs["none"], "mix", n, "10"], base) for n in ("1", "15")}
            print(f"{mode:12} memory beside the program's own: {more['1']} KiB with 1 thread, "
                  f"{(more['15'] - more['1']) / 14:.0f} KiB for each further one")


if __name__ == "__main__":
    main()
