# SPDX-License-Identifier: GPL-3.0-or-later
"""Compiles the programs of tests/agent/programs in each mode, runs them with and without the agent, and reads what it
recorded. The agent's path is argv[1] of each test."""
import collections
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import trace_reader

HERE = os.path.dirname(os.path.realpath(__file__))
CC = os.environ.get("AGENT_TEST_CC", "gcc")
# How programs for another machine are run: a command that takes "-E NAME=value" for what they alone are to have in their
# environment, as qemu's does.
EMULATOR = []
# Every call is a call: neither inlined nor turned into a jump.
PLAIN = ["-D_GNU_SOURCE", "-O1", "-g", "-fno-inline", "-fno-optimize-sibling-calls", "-fno-ipa-icf", "-w"]
MODES = {"fentry": ["-pg", "-mfentry"], "patchable": ["-fpatchable-function-entry=5"],
         "instrument": ["-finstrument-functions"], "plain": [], "own": []}
# "own": built as "plain", in a folder that is said to be the codebase: auto takes mode patch.
EXACT = ["fentry", "patchable", "instrument", "own"]

agent = ""
folder = ""
built = {}


def folder_of(mode):
    path = os.path.join(folder, "own") if mode == "own" else folder
    os.makedirs(path, exist_ok=True)
    return path


def build(name, mode, extra=(), link=(), key=""):
    """The path of programs/NAME.c (or .cc) built that way."""
    path = os.path.join(folder_of(mode), f"{name}-{mode}{key}")
    if path not in built:
        source = os.path.join(HERE, "programs", name + ".c")
        compiler = CC
        if not os.path.exists(source):
            source, compiler = source + "c", "g++"
        subprocess.run([compiler, *PLAIN, *MODES[mode], *extra, "-c", source, "-o", path + ".o"], check=True)
        # Not with -pg: that would start gmon's profiler.
        subprocess.run([compiler, path + ".o", "-o", path, "-pthread", "-ldl", *link], check=True)
        built[path] = True
    return path


Run = collections.namedtuple("Run", "status output errors traces folder")


def clean_environment(extra=None):
    environment = {k: v for k, v in os.environ.items() if k not in ("LD_PRELOAD", "SIGHTLINE_AGENT")}
    environment.update(extra or {})
    return environment


def run_native(command, environment=None, **options):
    done = subprocess.run([*EMULATOR, *command], env=clean_environment(environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=120, check=False, **options)
    return Run(done.returncode, done.stdout, done.stderr, [], None)


def traced_environment(where, options="", environment=None, preload_first=None, preload_last=None):
    result = clean_environment(environment)
    result["LD_PRELOAD"] = ":".join(p for p in (preload_first, agent, preload_last) if p)
    result["SIGHTLINE_AGENT"] = f"dir={where};run={'ab' * 16};own={folder_of('own')}" + (";" + options if options else "")
    return result


def traced(command, where, options="", environment=None, preload_first=None, preload_last=None):
    """The arguments for subprocess: command and environment."""
    environment = traced_environment(where, options, environment, preload_first, preload_last)
    if not EMULATOR:
        return {"args": command, "env": environment}
    own = [word for name in ("LD_PRELOAD", "SIGHTLINE_AGENT") for word in ("-E", name + "=" + environment.pop(name))]
    return {"args": [*EMULATOR, *own, *command], "env": environment}


def run_traced(command, options="", environment=None, where=None, read=True, preload_first=None, preload_last=None,
               **more):
    where = where or tempfile.mkdtemp(dir=folder)
    done = subprocess.run(**traced(command, where, options, environment, preload_first, preload_last),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False, **more)
    traces = trace_reader.read_folder(where) if read else []
    if read:
        shutil.rmtree(where, ignore_errors=True)
    return Run(done.returncode, done.stdout, done.stderr, traces, where)


def expected(errors):
    """Numbers that a program could tell only after it ran: lines "EXPECT function calls"."""
    lines = [line.split() for line in errors.decode().splitlines() if line.startswith("EXPECT ")]
    return {name: int(count) for _, name, count in lines}


def all_callees(trace):
    return trace_reader.callees(trace) + trace_reader.callees(trace, trace_reader.EDGES_FUNCTIONS)


def sum_callees(traces):
    total = collections.Counter()
    for trace in traces:
        total += all_callees(trace)
    return total


def edges_between(traces, names):
    """Edges whose both ends are among these functions, of plain and function tables alike."""
    total = collections.Counter()
    for trace in traces:
        for flags in (0, trace_reader.EDGES_FUNCTIONS):
            for (caller, callee), count in trace_reader.named_edges(trace, flags).items():
                if caller in names and callee in names:
                    total[caller, callee] += count
    return total


def lost(traces):
    total = collections.Counter()
    for trace in traces:
        total.update(trace.lost)
    return dict(total)


class Case(unittest.TestCase):
    def same_as_native(self, command, options="", environment=None, **more):
        """Runs both; asserts that the program cannot tell and nothing is lost. Returns the traced run."""
        native = run_native(command, environment)
        traced = run_traced(command, options, environment, **more)
        self.assertEqual(traced.output, native.output)
        self.assertEqual(traced.status, native.status)
        return traced


def main(make_agent=None, arguments=None):
    """arguments: [the agent's path, unless make_agent makes it,] the folder for all that is made, names of tests."""
    global agent, folder
    arguments = sys.argv[1:] if arguments is None else arguments
    if not make_agent:
        agent = os.path.realpath(arguments.pop(0))
    base = arguments[0] if arguments and os.path.isdir(arguments[0]) else None
    folder = tempfile.mkdtemp(prefix="sightline-agent-", dir=base)
    names = [a for a in arguments if not os.path.isdir(a)]
    try:
        if make_agent:
            agent = make_agent()
        program = unittest.main(module="__main__", argv=[sys.argv[0], *names], exit=False)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(0 if program.result.wasSuccessful() else 1)
