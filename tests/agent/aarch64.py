#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""aarch64.py SOURCE SIGHTLINE FOLDER [TEST...]: the agent cross-built for AArch64 and run under qemu's user-mode emulation,
on programs of that machine, with and without it: tests of the other files here that need nothing which the emulator has not
(seccomp, limits of memory, MADV_WIPEONFORK, raw clones, programs that the emulated ones start), and ingest of such a trace on
this machine."""
import json
import os
import subprocess
import sys
import tempfile

import harness
import test_counts
import test_hosts
import test_processes
import test_threads
import trace_reader

TARGET = "aarch64-linux-gnu"
ROOT = "/usr/" + TARGET
COUNTS = ["known_numbers", "calls_of_what_has_no_hook", "no_position_independence", "entries_before_the_function", "longjmp",
          "coroutines", "signals_while_inserting", "deep_recursion", "times"]
THREADS = ["two", "many", "ends"]
HOSTS = ["stack_overflow", "small_signal_stack", "backtrace", "libraries", "a_library_that_nobody_saw_come", "search_path",
         "own_malloc"]

source, sightline = os.path.realpath(sys.argv[1]), os.path.realpath(sys.argv[2])


def some(suite, names):
    """A class with those tests of another alone."""
    return type(suite.__name__, (harness.Case,), {name: getattr(suite, name) for name in dir(suite)
                                                  if not name.startswith(("__", "test_")) and name in vars(suite)} |
                {"test_" + name: getattr(suite, "test_" + name) for name in names})


Counts, Threads, Hosts = some(test_counts.Counts, COUNTS), some(test_threads.Threads, THREADS), some(test_hosts.Hosts, HOSTS)
Processes = some(test_processes.Processes, ["fork_chain"])


class Machine(harness.Case):
    """What only that machine has."""
    SOURCE = """
        #include <stdio.h>
        #include <stdlib.h>
        static __attribute__((noinline)) int leaf(int n) { return n * 3; }
        static __attribute__((noinline)) int middle(int n) { return leaf(n) + leaf(n + 1) + (getenv("NOBODY") != 0); }
        int main(void) { int sum = 0; for (int i = 0; i < 100; i++) sum += middle(i); printf("%d\\n", sum); return 7; }"""

    def program(self, name, *flags):
        path = os.path.join(harness.folder, name)
        subprocess.run([harness.CC, "-O2", "-g", *flags, "-x", "c", "-", "-o", path], input=self.SOURCE.encode(), check=True)
        return path

    def test_signed_returns_and_landing_pads(self):
        for flags in ([], ["-mbranch-protection=standard"], ["-mbranch-protection=bti"], ["-mbranch-protection=pac-ret+leaf"]):
            for entry in ("2", "5"):
                with self.subTest(flags=flags, entry=entry):
                    run = self.same_as_native([self.program("pads", "-fpatchable-function-entry=" + entry, *flags)])
                    self.assertEqual((run.status, harness.lost(run.traces)), (7, {}))
                    self.assertEqual(run.traces[0].modules[0].recorded, 3)
                    self.assertEqual(harness.edges_between(run.traces, {"main", "middle", "leaf"}),
                                     {("main", "middle"): 100, ("middle", "leaf"): 200})

    def test_no_ops_in_front_of_functions(self):
        for entry in ("2,1", "2,2", "5,1", "5,4"):
            for flags in ([], ["-mbranch-protection=bti"]):
                with self.subTest(entry=entry, flags=flags):
                    run = self.same_as_native([self.program("front", "-fpatchable-function-entry=" + entry, *flags)])
                    self.assertEqual(run.traces[0].modules[0].recorded, 0)

    def test_stacks_and_ingest(self):
        """Traces of that machine are read on this one, names and places by its files."""
        for flags, how in (([], "plt"), (["-fpatchable-function-entry=2"], "fentry"), (["-finstrument-functions"], "instrument")):
            with self.subTest(how=how), tempfile.TemporaryDirectory(dir=harness.folder) as folder:
                with open(os.path.join(folder, "a.c"), "w", encoding="utf-8") as stream:
                    stream.write(self.SOURCE)
                program = os.path.join(folder, "a")
                subprocess.run([harness.CC, "-O2", "-g", *flags, os.path.join(folder, "a.c"), "-o", program], check=True)
                with open(os.path.join(folder, "compile_commands.json"), "w", encoding="utf-8") as stream:
                    json.dump([{"directory": folder, "file": "a.c", "arguments": ["gcc", "-c", "a.c"]}], stream)
                subprocess.run([sightline, "scan", "--quiet", "-r", "1", folder], check=True, cwd=folder)
                where = os.path.join(folder, "traces")
                os.mkdir(where)
                harness.run_traced([program], where=where, read=False)
                traces = [os.path.join(where, name) for name in os.listdir(where)]
                subprocess.run([sightline, "ingest", "--quiet", "--release", "1", *traces], check=True, cwd=folder)

                def ask(sql):
                    out = subprocess.run([sightline, "query", "--format", "json", sql], check=True, cwd=folder, stdout=subprocess.PIPE)
                    return [tuple(row.values()) for row in json.loads(out.stdout)]

                calls = ask("SELECT caller, callee, observed_count FROM calls WHERE callee IN ('middle', 'leaf') ORDER BY 1")
                # plt: what the stack of getenv showed, once.
                self.assertEqual(calls, [("main", "middle", 100), ("middle", "leaf", 200)] if how != "plt"
                                 else [("main", "middle", 1), ("middle", "leaf", 0)])
                uses = ask("SELECT function, name, observed_count FROM resource_uses WHERE kind = 'environment'")
                self.assertEqual(uses, [("middle", "NOBODY", 100)])

    def test_escape_from_handlers(self):
        for mode in harness.EXACT:
            with self.subTest(mode=mode):
                run = self.same_as_native([harness.build("counts", mode), "escape"])
                # It counts itself, if another signal does not come first: all is slow here.
                self.assertGreaterEqual(harness.sum_callees(run.traces)["escaping"], 300)
                self.assertEqual(harness.edges_between(run.traces, {"run_escape", "one"}), {("run_escape", "one"): 1})

    def test_sample(self):
        program = os.path.join(harness.folder, "busy")
        text = """static volatile long sum;
            static __attribute__((noinline)) void leaf(long n) { for (long i = 0; i < n; i++) sum += i; }
            static __attribute__((noinline)) void middle(long n) { leaf(n); sum++; }
            int main(void) { for (int i = 0; i < 100; i++) middle(1000000); return 0; }"""
        subprocess.run([harness.CC, "-O1", "-x", "c", "-", "-o", program], input=text.encode(), check=True)
        run = self.same_as_native([program], "mode=plt;sample=1000000")
        edges = trace_reader.named_edges(run.traces[0], trace_reader.EDGES_SAMPLED)
        self.assertGreater(edges["middle", "leaf"], 10)
        self.assertNotIn(("main", "leaf"), edges)


def build_agent():
    folder = os.path.join(harness.folder, "build")
    subprocess.run(["meson", "setup", folder, source, "-Dwerror=true", "-Dagent_only=true", "--cross-file",
                    os.path.join(harness.HERE, "aarch64.ini")], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", folder], check=True, stdout=subprocess.DEVNULL)
    return os.path.join(folder, "libsightline-agent.so")


if __name__ == "__main__":
    harness.CC = TARGET + "-gcc"
    harness.EMULATOR = ["qemu-aarch64", "-L", ROOT]
    # -pg -mfentry and patching are for x86-64.
    harness.MODES = {mode: harness.MODES[mode] for mode in ("patchable", "instrument", "plain")}
    harness.EXACT = ["patchable", "instrument"]
    test_hosts.MODES = test_processes.MODES = harness.EXACT + ["plain"]
    trace_reader.SYMBOLS.root = ROOT
    harness.main(build_agent, sys.argv[3:])
