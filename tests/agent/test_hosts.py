#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that crash, throw, load, allocate and preload: the agent is not noticed."""
import os
import shutil
import subprocess
import unittest

import harness
import trace_reader
import trace_resources

MODES = harness.EXACT + ["plain"]


class Hosts(harness.Case):
    def run_scenario(self, scenario, mode, **more):
        return self.same_as_native([harness.build("hosts", mode), scenario], **more)

    def test_bad_ends(self):
        for scenario in ("abort", "segv", "exit", "quick", "out_of_memory", "exit_with_threads", "errno"):
            for mode in MODES:
                with self.subTest(scenario=scenario, mode=mode):
                    run = self.run_scenario(scenario, mode)
                    if mode != "plain":
                        self.assertGreaterEqual(harness.sum_callees(run.traces)["work"], 10)

    def test_stack_overflow(self):
        for mode in MODES:
            with self.subTest(mode=mode):
                run = self.run_scenario("overflow", mode)
                self.assertEqual(run.status, -11)
                if mode != "plain":
                    self.assertGreater(harness.sum_callees(run.traces)["overflow"], 1000)

    def test_small_signal_stack(self):
        for mode in MODES:
            with self.subTest(mode=mode):
                self.assertIn(b"\n0 bytes overwritten", self.run_scenario("small_stack", mode).output)

    def test_registers(self):
        for mode, kept in (("fentry", 10), ("patchable", 11), ("plain", 11)):
            frame = [] if mode == "fentry" else ["-fomit-frame-pointer"] # gcc refuses it beside -pg
            with self.subTest(mode=mode):
                program = harness.build("hosts", mode, [f"-DKEPT={kept}"], key="-registers")
                run = self.same_as_native([program, "registers"])
                self.assertEqual(run.output, b"registers kept\n" * 3)
                if mode != "plain":
                    self.assertEqual(harness.sum_callees(run.traces)["does_nothing"], 3)

    def test_backtrace(self):
        """Stacks look as they do without the agent: no frame of ours at their bottom."""
        for mode in MODES:
            with self.subTest(mode=mode):
                self.run_scenario("backtrace", mode)

    def test_exceptions(self):
        for mode in MODES:
            with self.subTest(mode=mode):
                run = self.same_as_native([harness.build("exceptions", mode)])
                if mode == "plain":
                    continue
                counts = harness.sum_callees(run.traces)
                self.assertEqual((counts["thrower"], counts["catcher"], counts["leaf"]), (30010, 3001, 3004))
                edges = harness.edges_between(run.traces, {"threaded", "catcher", "thrower", "leaf"})
                self.assertEqual(edges["catcher", "thrower"], 3001)
                self.assertEqual(edges["thrower", "thrower"], 27009)
                self.assertEqual(edges["catcher", "leaf"], 3001)

    def test_libraries(self):
        for mode in MODES:
            with self.subTest(mode=mode):
                paths = {}
                for which in "ab":
                    path = os.path.join(harness.folder_of(mode), f"lib{which}-{mode}.so")
                    source = os.path.join(harness.HERE, "programs", "library.c")
                    subprocess.run([harness.CC, *harness.PLAIN, *harness.MODES[mode], f"-DLIBRARY_FUNCTION=inner_{which}",
                                    "-fPIC", "-c", source, "-o", path + ".o"], check=True)
                    subprocess.run([harness.CC, "-shared", path + ".o", "-o", path], check=True)
                    paths["LIBRARY_" + which.upper()] = path
                run = self.run_scenario("libraries", mode, environment=paths)
                modules = [m for m in run.traces[0].modules if m.path in paths.values()]
                self.assertTrue(modules)
                if mode == "plain":
                    continue
                counts = harness.sum_callees(run.traces)
                self.assertEqual((counts["inner_a"], counts["inner_b"], counts["library_call"]), (100, 100, 200))
                # One that takes the place of another is a module of its own, as often as it comes.
                self.assertLessEqual(len(modules), 200)
                self.assertTrue(all(m.last for m in modules))

    def test_a_library_that_nobody_saw_come(self):
        path = os.path.join(harness.folder, "libunseen.so")
        source = os.path.join(harness.HERE, "programs", "library.c")
        subprocess.run([harness.CC, *harness.PLAIN, "-shared", "-fPIC", source, "-o", path], check=True)
        for mode in MODES:
            with self.subTest(mode=mode):
                run = self.run_scenario("unseen_library", mode, environment={"LIBRARY_A": path, "LIBRARY_VARIABLE": "x"})
                self.assertEqual(run.output, b"unseen 2\n")
                self.assertEqual([m.path for m in run.traces[0].modules if m.path == path], [path])
                self.assertNotIn("stacks", run.traces[0].lost)
                resources = trace_resources.Resources(run.traces[0])
                use, = [u for u in resources.uses if u.resource.name == "LIBRARY_VARIABLE"]
                self.assertEqual((use.count, resources.user(use), use.stack[1]), (2, "library_asks", False))
                self.assertIn("main", [trace_reader.SYMBOLS.name(run.traces[0], a - 1, use.first) for a in use.stack[0]])

    def test_search_path(self):
        source = os.path.join(harness.HERE, "programs", "library.c")
        for mode in MODES:
            below = os.path.join(harness.folder_of(mode), "below")
            os.makedirs(below, exist_ok=True)
            subprocess.run([harness.CC, *harness.PLAIN, *harness.MODES["own" if mode == "own" else "patchable"], "-shared", "-fPIC",
                            source, "-o", os.path.join(below, "libbelow.so")], check=True)
            with self.subTest(mode=mode):
                program = harness.build("hosts", mode, link=["-Wl,-rpath,$ORIGIN/below", "-Wl,--enable-new-dtags"],
                                        key="-runpath")
                run = self.same_as_native([program, "runpath"])
                self.assertEqual(run.output.count(b"found"), 2)
                self.assertEqual(harness.sum_callees(run.traces)["library_call"], 2)

    def test_own_malloc(self):
        for mode in MODES:
            with self.subTest(mode=mode):
                program = harness.build("hosts", mode, ["-DOWN_MALLOC"], key="-malloc")
                run = self.same_as_native([program, "malloc"])
                self.assertEqual(run.output, b"malloc from the shell\n")
                if mode != "plain":
                    self.assertGreaterEqual(harness.sum_callees(run.traces)["malloc"], 4000)

    def test_address_sanitizer(self):
        """Its runtime must be first: it is where the launcher names it before the agent; gcc links it dynamically, clang
        statically."""
        runtime = subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
        runtime = os.path.realpath(runtime.stdout.strip())
        source = os.path.join(harness.HERE, "programs", "hosts.c")
        environment = {"ASAN_OPTIONS": "detect_leaks=0"}
        for compiler, first, mode in (("gcc", runtime, "patchable"), ("clang-19", None, "patchable"), ("gcc", runtime, "own"),
                                      ("clang-19", None, "own")):
            for scenario in ("errno", "exit", "malloc", "exit_with_threads"):
                with self.subTest(compiler=compiler, mode=mode, scenario=scenario):
                    program = os.path.join(harness.folder_of(mode), "hosts-asan-" + compiler)
                    if not os.path.exists(program):
                        subprocess.run([compiler, "-D_GNU_SOURCE", "-O1", "-w", "-fno-inline", "-fsanitize=address",
                                        *harness.MODES[mode], source, "-o", program, "-pthread", "-ldl"], check=True)
                    run = self.same_as_native([program, scenario], environment=environment, preload_first=first)
                    # A runtime in the program itself runs where nothing else may: such a program is not patched.
                    is_patched = mode != "own" or first
                    self.assertEqual(run.traces[0].modules[0].mode,
                                     "fentry" if mode == "patchable" else "patch" if is_patched else "plt")
                    if mode == "own":
                        self.assertEqual(run.traces[0].modules[0].reason, "own" if is_patched else "sanitizer")
                    if is_patched:
                        self.assertGreater(harness.sum_callees(run.traces)["work"] if scenario == "exit" else 1, 0)

    @unittest.skipUnless(shutil.which("faketime"), "faketime is not installed")
    def test_faketime(self):
        library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
        for place in ("preload_first", "preload_last"):
            run = harness.run_traced(["date", "+%Y"], environment={"FAKETIME": "2001-02-03 04:05:06"}, **{place: library})
            self.assertEqual(run.output, b"2001\n")
            self.assertEqual(len(run.traces), 1)


if __name__ == "__main__":
    harness.main()
