#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Threads of all origins, sandboxes, and ends without warning."""
import os
import random
import signal
import struct
import subprocess
import tempfile
import time
import unittest

import harness
import trace_reader


CONTROL = struct.Struct("<8sII16sQ")
EDGE_FACTOR = 0x9E3779B97F4A7C15


class Threads(harness.Case):
    def run_scenario(self, scenario, mode="fentry", **more):
        return self.same_as_native([harness.build("threads", mode), scenario], **more)

    def entries(self, trace):
        """{start function: (calls of work, threads)}"""
        names = {t.entry: trace_reader.SYMBOLS.name(trace, t.start_function) if t.start_function else "main"
                 for t in trace.threads}
        result = {}
        for number, name in names.items():
            works = sum(e.count for e in trace.edges
                        if e.entry == number and trace_reader.SYMBOLS.name(trace, e.callee) == "work")
            result[name] = (works, sum(t.entry == number for t in trace.threads))
        return result

    def test_two(self):
        for mode in harness.EXACT:
            with self.subTest(mode=mode):
                run = self.run_scenario("two", mode)
                trace = run.traces[0]
                self.assertEqual(harness.lost(run.traces), {})
                self.assertEqual(self.entries(trace), {"main": (0, 1), "worker": (1000000, 1), "other_worker": (500000, 1)})
                self.assertIn("first", {t.name for t in trace.threads})
                creators = {trace_reader.SYMBOLS.name(trace, t.creator) for t in trace.threads if t.creator}
                self.assertEqual(creators, {"run_two"})

    def test_many(self):
        for mode in harness.EXACT:
            with self.subTest(mode=mode):
                run = self.run_scenario("many", mode)
                trace = run.traces[0]
                self.assertEqual(harness.lost(run.traces), {})
                self.assertEqual(self.entries(trace), {"main": (0, 1), "waits": (50000, 500), "brief": (200000, 2000)})
                # 500 tables at once, and not one more for the 2000 that came one after the other.
                self.assertLess(trace.file_size, 48 << 20)

    def test_ends(self):
        for mode in harness.EXACT:
            with self.subTest(mode=mode):
                run = self.run_scenario("ends", mode)
                self.assertEqual(harness.lost(run.traces), {})
                entries = self.entries(run.traces[0])
                self.assertEqual(entries["exits"], (20 * 200, 20))
                self.assertEqual(entries["cancelled"], (20 * 200, 20))
                self.assertEqual(entries["c11"], (20 * 100, 20))

    def test_raw_clone(self):
        for mode in harness.EXACT:
            with self.subTest(mode=mode):
                run = self.run_scenario("raw", mode)
                works = harness.sum_callees(run.traces)["work"]
                lost = harness.lost(run.traces).get("edges", 0)
                # Ten share the first thread's storage while it counts too: plain increments may meet. Ten have foreign
                # storage: nothing is kept there, all is told.
                self.assertGreaterEqual(lost, 10000)
                self.assertLessEqual(works, 10000)
                self.assertGreater(works, 0)

    def test_small_alternate_stack(self):
        for mode in harness.EXACT:
            with self.subTest(mode=mode):
                run = self.run_scenario("altstack", mode)
                self.assertEqual(harness.lost(run.traces), {})
                counts = harness.sum_callees(run.traces)
                self.assertEqual((counts["deep"], counts["on_small_stack"], counts["work"]), (30, 10, 100))

    def test_fork_with_threads(self):
        for mode in harness.EXACT:
            with self.subTest(mode=mode):
                run = self.run_scenario("fork_threads", mode)
                works = sorted(harness.all_callees(t)["work"] for t in run.traces)
                self.assertEqual(works, [100] * 5 + [1000000])
                self.assertEqual(harness.lost(run.traces), {})

    def test_seccomp(self):
        for scenario in ("seccomp", "seccomp_syscall"):
            for mode in harness.EXACT + ["plain"]:
                with self.subTest(scenario=scenario, mode=mode):
                    run = self.run_scenario(scenario, mode)
                    self.assertIn(b"sandboxed 0", run.output)
                    if mode == "plain":
                        continue
                    self.assertEqual(harness.sum_callees(run.traces)["work"], 4000)
                    self.assertEqual(harness.lost(run.traces).get("children"), 1)

    def test_threads_before_main(self):
        source = os.path.join(harness.HERE, "programs", "early.c")
        for mode, flags in harness.MODES.items():
            with self.subTest(mode=mode):
                library = os.path.join(harness.folder_of(mode), f"libearly-{mode}.so")
                subprocess.run([harness.CC, *harness.PLAIN, *flags, "-fPIC", "-c", source, "-o", library + ".o"], check=True)
                subprocess.run([harness.CC, "-shared", library + ".o", "-o", library], check=True)
                program = harness.build("threads", mode, link=[library, "-Wl,--no-as-needed", "-Wl,-rpath," +
                                                               harness.folder_of(mode), "-Wl,--no-as-needed", library],
                                        key="-early")
                run = self.same_as_native([program, "two"])
                if mode != "plain":
                    self.assertEqual(harness.sum_callees(run.traces)["early_work"], 3000)
                    self.assertEqual(harness.lost(run.traces), {})

    @unittest.skipUnless(os.geteuid() == 0, "root only")
    def test_chroot(self):
        for mode in harness.EXACT:
            with self.subTest(mode=mode):
                run = self.run_scenario("chroot", mode)
                lost = harness.lost(run.traces).get("edges", 0)
                self.assertEqual(harness.sum_callees(run.traces)["work"] + lost, 10000)
                self.assertEqual(lost, 0)

    @unittest.skipUnless(os.geteuid() == 0, "root only")
    def test_full_disk(self):
        for size in ("4k", "64k", "1100k"):
            for mode in harness.EXACT + ["plain"]:
                with self.subTest(size=size, mode=mode):
                    where = tempfile.mkdtemp(dir=harness.folder)
                    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", where], check=True)
                    try:
                        program = harness.build("threads", mode)
                        run = self.same_as_native([program, "many"], where=where, read=False)
                        traces = trace_reader.read_folder(where)
                        if mode != "plain" and size != "4k":
                            works = harness.sum_callees(traces)["work"]
                            lost = harness.lost(traces).get("edges", 0)
                            self.assertGreater(lost, 0)
                            self.assertGreater(works + lost, 200000)
                    finally:
                        subprocess.run(["umount", where], check=True)

    @unittest.skipUnless(os.geteuid() == 0, "root only")
    def test_full_disk_after_exec(self):
        """A program for which there is no room is told where its starter is recorded."""
        for script in ("exec /bin/true", "/bin/true; /bin/true"):
            with self.subTest(script=script):
                where = tempfile.mkdtemp(dir=harness.folder)
                subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1052k", "tmpfs", where], check=True)
                try:
                    self.same_as_native(["/bin/sh", "-c", script], where=where, read=False)
                    trace, = trace_reader.read_folder(where)
                    self.assertGreaterEqual(trace.lost["children"], 1 if "exec" in script else 2)
                finally:
                    subprocess.run(["umount", where], check=True)

    def test_small_file_limit(self):
        """Growing beyond RLIMIT_FSIZE would be a signal."""
        program = harness.build("threads", "fentry")
        for blocks in ("0", "100", "2000"):
            where = tempfile.mkdtemp(dir=harness.folder)
            run = harness.run_traced(["bash", "-c", f"ulimit -f {blocks}; exec {program} many"], where=where, read=False)
            self.assertEqual((run.status, run.output), (0, b"many\n"))

    def test_killed(self):
        generator = random.Random(1)
        for mode in harness.EXACT:
            for _ in range(4):
                with self.subTest(mode=mode):
                    where = tempfile.mkdtemp(dir=harness.folder)
                    process = subprocess.Popen([harness.build("threads", mode), "endless"], stdout=subprocess.PIPE,
                                               env=harness.traced_environment(where))
                    self.addCleanup(process.kill)
                    self.assertEqual(process.stdout.readline(), b"started\n")
                    time.sleep(generator.random() * 0.2)
                    process.send_signal(signal.SIGKILL)
                    process.wait()
                    process.stdout.close()
                    trace = trace_reader.read_folder(where)[0]
                    counts = harness.all_callees(trace)
                    self.assertEqual(trace.state, trace_reader.RUNNING)
                    hammers, works = counts["hammer"], counts["work"]
                    self.assertGreaterEqual(works, 0)
                    # Each hammer calls work at most 1000 times; all but two of them ran to their end.
                    self.assertLessEqual(works, hammers * 1000)
                    self.assertGreaterEqual(works, (hammers - 2) // 2 * 100)

    def test_readable_while_it_runs(self):
        where = tempfile.mkdtemp(dir=harness.folder)
        process = subprocess.Popen([harness.build("threads", "fentry"), "endless"], stdout=subprocess.PIPE,
                                   env=harness.traced_environment(where))
        self.addCleanup(process.kill)
        process.stdout.readline()
        last = 0
        for _ in range(20):
            now = harness.all_callees(trace_reader.read_folder(where)[0])["work"]
            self.assertGreaterEqual(now, last)
            last = now
        process.kill()
        process.wait()
        process.stdout.close()
        self.assertGreater(last, 0)

    def test_pause(self):
        """The control file: recording stops and goes on without a signal."""
        for mode in harness.EXACT:
            with self.subTest(mode=mode):
                where = tempfile.mkdtemp(dir=harness.folder)
                control = os.path.join(where, "control")

                def set_paused(paused):
                    with open(control, "r+b" if os.path.exists(control) else "w+b") as stream:
                        stream.write(CONTROL.pack(b"SLTRACE\0", 3, 0x2000 if paused else 0, bytes(16), 0 if paused else EDGE_FACTOR))

                def works():
                    return harness.all_callees(trace_reader.read_folder(where)[0])["work"]

                set_paused(1)
                process = subprocess.Popen([harness.build("threads", mode), "endless"], stdout=subprocess.PIPE,
                                           env=harness.traced_environment(where, "paused=1"))
                self.addCleanup(process.kill)
                process.stdout.readline()
                time.sleep(0.1)
                self.assertEqual(works(), 0)
                set_paused(0)
                end = time.monotonic() + 30
                while not works() and time.monotonic() < end:
                    time.sleep(0.05)
                self.assertGreater(works(), 0)
                set_paused(1)
                time.sleep(0.1)
                stopped = works()
                time.sleep(0.1)
                self.assertEqual(works(), stopped)
                self.assertTrue(trace_reader.read_folder(where)[0].flags & trace_reader.WAS_PAUSED)
                process.kill()
                process.wait()
                process.stdout.close()


if __name__ == "__main__":
    harness.main()
