#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forks, execs, spawns, daemons: every process has a file of its own, sums are exact, and none of them can tell."""
import os
import re
import subprocess
import tempfile
import time

import harness
import trace_reader

MODES = harness.EXACT + ["plain"]


class Processes(harness.Case):
    def works(self, run):
        """Calls of work, one number per file, largest first; files without any are left out."""
        return sorted((c for c in (harness.all_callees(t)["work"] for t in run.traces) if c), reverse=True)

    def check(self, scenario, mode, **more):
        program = harness.build("processes", mode)
        run = self.same_as_native([program, scenario], environment={"SELF": program}, **more)
        self.assertEqual(harness.lost(run.traces), {})
        ids = [trace.trace_id for trace in run.traces]
        self.assertEqual(len(set(ids)), len(ids))
        for trace in run.traces:
            self.assertEqual(trace.run_id, b"\xab" * 16)
        # One file is the first process's; all others name the file of the one that made them.
        roots = [trace for trace in run.traces if trace.parent_id not in ids]
        self.assertEqual([root.parent_id for root in roots], [bytes(16)])
        return run

    def test_forks_hammer(self):
        for scenario in ("fork", "underscore_fork", "raw_fork"):
            for mode in harness.EXACT:
                with self.subTest(scenario=scenario, mode=mode):
                    run = self.check(scenario, mode)
                    self.assertEqual(self.works(run), [601000, 300000, 300000, 300000])
                    self.assertEqual(sum(bool(t.flags & trace_reader.FORKED) for t in run.traces), 3)
                    self.assertEqual({t.program for t in run.traces}, {run.traces[0].program})

    def test_fork_chain(self):
        for mode in harness.EXACT:
            with self.subTest(mode=mode):
                run = self.check("fork_chain", mode)
                self.assertEqual(self.works(run), [1000] * 5 + [5])
                self.assertEqual({t.state for t in run.traces}, {trace_reader.EXITED}) # by _exit

    def test_vfork(self):
        for mode in harness.EXACT:
            with self.subTest(mode=mode):
                # The child's calls before its exec are counted in the memory that it shares: its parent's.
                run = self.check("vfork", mode)
                self.assertEqual(self.works(run), [100] + [10] * 50)

    def test_exec_without_environment(self):
        for mode in harness.EXACT:
            for scenario in ("exec_null", "exec_env"):
                with self.subTest(mode=mode, scenario=scenario):
                    run = self.check(scenario, mode)
                    self.assertEqual(self.works(run), [10])
                    self.assertEqual(sum(t.state == trace_reader.EXECED for t in run.traces), len(run.traces) - 1)

    def test_failing_exec(self):
        run = self.check("exec_failed", "fentry")
        self.assertEqual([t.state for t in run.traces], [trace_reader.EXITED])
        self.assertEqual(self.works(run), [10])

    def test_all_execs(self):
        run = self.check("execs", "fentry")
        self.assertEqual(self.works(run), [10] * 7)
        self.assertEqual(len(run.traces), 15)

    def test_spawn(self):
        self.assertEqual(self.works(self.check("spawn", "fentry")), [10] * 20)

    def test_system_and_popen(self):
        self.assertEqual(self.works(self.check("shell", "fentry")), [10] * 2)

    def test_environment_is_the_same(self):
        for variables in ({}, {"LD_PRELOAD": "/no/such/library.so"}):
            for mode in MODES:
                program = harness.build("processes", mode)
                native = harness.run_native([program, "environment"], {"SELF": program})
                for place in ("first", "last"):
                    with self.subTest(mode=mode, variables=variables, place=place):
                        other = os.path.join(harness.folder, "other.so")
                        if not os.path.exists(other):
                            subprocess.run(["gcc", "-shared", "-fPIC", "-x", "c", "/dev/null", "-o", other], check=True)
                        if variables:
                            native = harness.run_native([program, "environment"],
                                                        {"SELF": program, "LD_PRELOAD": other})
                        run = harness.run_traced([program, "environment"], environment={"SELF": program},
                                                 preload_first=other if variables and place == "first" else None,
                                                 preload_last=other if variables and place == "last" else None)
                        # The order of the two variables depends on who set them first: lines are compared as sets.
                        self.assertEqual(sorted(run.output.splitlines()), sorted(native.output.splitlines()))

    def test_not_followed(self):
        program = harness.build("processes", "fentry")
        run = self.same_as_native([program, "spawn"], "follow=0", environment={"SELF": program})
        self.assertEqual(len(run.traces), 1)
        self.assertEqual(harness.lost(run.traces), {})
        run = self.same_as_native([program, "fork"], "follow=0", environment={"SELF": program})
        self.assertEqual(self.works(run), [601000])

    def test_programs_that_cannot_be_followed(self):
        """Static programs do not see our words in their environment; they are counted."""
        source = os.path.join(harness.HERE, "programs", "processes.c")
        static = os.path.join(harness.folder, "static")
        subprocess.run(["gcc", "-D_GNU_SOURCE", "-w", "-static", source, "-o", static], check=True, capture_output=True)
        program = harness.build("processes", "fentry")
        run = self.same_as_native([program, "execs"], environment={"SELF": static})
        self.assertEqual(sum(t.lost.get("children", 0) for t in run.traces), 7)
        self.assertNotIn(b"told", run.output)

    def test_set_uid(self):
        """A set-uid program is started with the environment that its caller gave."""
        copy = os.path.join(harness.folder, "privileged")
        subprocess.run(["cp", harness.build("processes", "plain"), copy], check=True)
        os.chmod(copy, 0o4755)
        run = self.same_as_native([harness.build("processes", "fentry"), "execs"], environment={"SELF": copy})
        self.assertEqual(sum(t.lost.get("children", 0) for t in run.traces), 7)
        self.assertIn(b"child sees --", run.output)
        self.assertNotIn(b"told", run.output)

    def test_descriptors(self):
        for mode in MODES:
            with self.subTest(mode=mode):
                run = self.check("descriptors", mode)
                if mode != "plain":
                    self.assertEqual(self.works(run), [1010])

    def test_daemon(self):
        for mode in harness.EXACT:
            with self.subTest(mode=mode):
                where = tempfile.mkdtemp(dir=harness.folder)
                run = self.same_as_native([harness.build("processes", mode), "daemon"], where=where, read=False)
                self.assertEqual(run.output, b"daemon\n")
                for _ in range(100):
                    traces = trace_reader.read_folder(where)
                    works = sorted(harness.all_callees(t)["work"] for t in traces)
                    if works == [10, 100000]:
                        break
                    time.sleep(0.05)
                self.assertEqual(works, [10, 100000])

    def test_shells(self):
        """Debian's own programs, unmodified, many short processes."""
        script = "for i in 1 2 3; do echo $i | sed s/1/x/ | tr a-z A-Z; done; (exit 3); echo $?; kill -TERM $$; echo no"
        for shell in ("sh", "bash"):
            run = self.same_as_native([shell, "-c", script])
            self.assertGreater(len(run.traces), 6)
            self.assertTrue(all(re.match(r"/", t.program) for t in run.traces))


if __name__ == "__main__":
    harness.main()
