#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers of calls, known by construction or from callgrind."""
import collections
import os
import re
import subprocess
import tempfile

import harness
import trace_reader

NAMES = {"main", "run_mix", "fib", "apply", "one", "two", "is_even", "is_odd", "compare"}
MIX = {("main", "run_mix"): 1, ("run_mix", "fib"): 1, ("fib", "fib"): 1972, ("run_mix", "apply"): 1000,
       ("apply", "one"): 750, ("apply", "two"): 250, ("run_mix", "is_even"): 1, ("is_even", "is_odd"): 50,
       ("is_odd", "is_even"): 50}


def callgrind_edges(command):
    """{(caller, callee): calls} as valgrind counts them."""
    with tempfile.TemporaryDirectory(dir=harness.folder) as folder:
        out = os.path.join(folder, "out")
        subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "--compress-strings=no", *command],
                       check=True, capture_output=True, env=harness.clean_environment(), timeout=120)
        edges = collections.Counter()
        caller = callee = None
        with open(out, encoding="utf-8") as stream:
            for line in stream:
                found = re.match(r"(c?fn)=(.*?)('\d+)?$", line.strip())
                if found and found.group(1) == "fn":
                    caller = found.group(2)
                elif found:
                    callee = found.group(2)
                elif line.startswith("calls="):
                    edges[caller, callee] += int(line[6:].split()[0])
        return edges


class Counts(harness.Case):
    def check(self, mode, scenario, options=""):
        run = self.same_as_native([harness.build("counts", mode), scenario], options)
        self.assertEqual(harness.lost(run.traces), {})
        self.assertEqual(len(run.traces), 1)
        self.assertEqual(run.traces[0].state, trace_reader.EXITED)
        self.assertEqual(run.traces[0].modules[0].mode, {"patchable": "fentry", "own": "patch"}.get(mode, mode))
        return run

    def test_known_numbers(self):
        for mode in harness.EXACT:
            with self.subTest(mode=mode):
                run = self.check(mode, "mix")
                edges = harness.edges_between(run.traces, NAMES)
                comparisons = {k: edges.pop(k) for k in list(edges) if k[1] == "compare"}
                self.assertEqual(comparisons, {})  # the C library's qsort calls it, not one of ours
                self.assertEqual(dict(edges), MIX)

    def test_callgrind(self):
        for mode in harness.EXACT:
            with self.subTest(mode=mode):
                program = harness.build("counts", mode)
                oracle = callgrind_edges([program, "mix"])
                edges = harness.edges_between(self.check(mode, "mix").traces, NAMES)
                self.assertEqual(dict(edges), {k: v for k, v in oracle.items() if k[0] in NAMES and k[1] in NAMES})
                compared = harness.sum_callees(self.check(mode, "mix").traces)["compare"]
                self.assertEqual(compared, sum(v for k, v in oracle.items() if k[1] == "compare"))
                self.assertGreater(compared, 100)

    def test_calls_of_what_has_no_hook(self):
        """The C library's functions are counted where they are called, whatever the mode."""
        for mode, options in [(mode, "") for mode in harness.EXACT] + [("plain", "mode=patch"), ("plain", "mode=plt")]:
            with self.subTest(mode=mode, options=options):
                run = self.same_as_native([harness.build("counts", mode), "longjmp"], options)
                leaving = trace_reader.named_edges(run.traces[0], trace_reader.EDGES_PLT)
                jumps = {(caller, callee.split("@")[0].strip("_")): n for (caller, callee), n in leaving.items()}
                self.assertEqual({k: n for k, n in jumps.items() if "jmp" in k[1]},
                                 {("run_longjmp", "setjmp"): 1000, ("leap", "longjmp"): 1000})

    def test_library_with_hooks(self):
        """What has counted at its entry is not counted by its caller."""
        source = "int library_call(int); int main(void) { int sum = 0; for (int i = 0; i < 9; i++) sum += library_call(i); return sum; }"
        for mode, options in [("fentry", ""), ("patchable", ""), ("plain", "mode=patch")]:
            with self.subTest(mode=mode):
                library = harness.build("library", mode, ["-fPIC"], ["-shared"], key=".so")
                program = library + "-user"
                subprocess.run([harness.CC, *harness.PLAIN, *harness.MODES[mode], "-c", "-x", "c", "-", "-o", program + ".o"],
                               input=source.encode(), check=True)
                subprocess.run([harness.CC, program + ".o", library, "-o", program, "-Wl,-rpath," + harness.folder], check=True)
                run = self.same_as_native([program], options)
                self.assertEqual(trace_reader.named_edges(run.traces[0])["main", "library_call"], 9)
                self.assertNotIn("library_call", trace_reader.callees(run.traces[0], trace_reader.EDGES_PLT))

    def test_no_position_independence(self):
        program = harness.build("counts", "patchable", ["-fno-pie"], ["-no-pie"], key="-fixed")
        run = self.same_as_native([program, "mix"])
        self.assertEqual(harness.sum_callees(run.traces)["fib"], 1973)

    def test_entries_before_the_function(self):
        """With no-ops in front of functions a call there would be entered in its middle: left alone, and told."""
        program = harness.build("counts", "patchable", ["-fpatchable-function-entry=5,2"], key="-front")
        run = self.same_as_native([program, "mix"])
        module = run.traces[0].modules[0]
        self.assertNotEqual(module.mode, "fentry")
        self.assertEqual(module.recorded, 0)
        self.assertGreater(module.functions, 100)

    def test_endbr(self):
        program = harness.build("counts", "patchable", ["-fcf-protection=full"], key="-endbr")
        run = self.same_as_native([program, "mix"])
        self.assertEqual(harness.sum_callees(run.traces)["fib"], 1973)

    def test_clang(self):
        program = os.path.join(harness.folder, "counts-clang")
        subprocess.run(["clang-19", *harness.PLAIN[:5], "-w", *harness.MODES["patchable"],
                        os.path.join(harness.HERE, "programs/counts.c"), "-o", program], check=True)
        run = self.same_as_native([program, "mix"])
        self.assertEqual(harness.sum_callees(run.traces)["fib"], 1973)

    def test_optimised_and_inlined(self):
        """instrument tells callers that were inlined: the same numbers at -O3, recursion inlined into itself."""
        program = os.path.join(harness.folder, "counts-inlined")
        subprocess.run(["gcc", "-D_GNU_SOURCE", "-O3", "-w", "-fno-ipa-icf", "-finstrument-functions",
                        os.path.join(harness.HERE, "programs/counts.c"), "-o", program], check=True)
        run = self.same_as_native([program, "mix"])
        edges = harness.edges_between(run.traces, NAMES)
        self.assertEqual({k: v for k, v in edges.items() if k[1] != "compare"}, MIX)

    def test_longjmp(self):
        for mode in harness.EXACT:
            with self.subTest(mode=mode):
                run = self.check(mode, "longjmp")
                names = {"run_longjmp", "leap", "after_leap", "one"}
                self.assertEqual(dict(harness.edges_between(run.traces, names)),
                                 {("run_longjmp", "leap"): 1000, ("leap", "leap"): 7000,
                                  ("run_longjmp", "after_leap"): 1000, ("after_leap", "one"): 1000})

    def test_coroutines(self):
        for mode in harness.EXACT:
            with self.subTest(mode=mode):
                run = self.check(mode, "coroutines")
                names = {"run_coroutines", "coroutine", "step", "one"}
                self.assertEqual(dict(harness.edges_between(run.traces, names)),
                                 {("coroutine", "step"): 300, ("coroutine", "one"): 300})
                self.assertEqual(harness.sum_callees(run.traces)["coroutine"], 3)

    def test_signals_while_inserting(self):
        for mode in harness.EXACT:
            with self.subTest(mode=mode):
                run = harness.run_traced([harness.build("counts", mode), "itimer"])
                self.assertEqual((run.status, run.output), (0, b"interrupted\n"))
                self.assertEqual(harness.lost(run.traces), {})
                counts = harness.sum_callees(run.traces)
                wanted = harness.expected(run.errors)
                self.assertEqual({name: counts[name] for name in wanted}, wanted)
                # Every one of the 2048 leaves is called once in a round.
                leaves = {n: c for n, c in counts.items() if re.fullmatch(r"f[abcd]\d{4}", n)}
                self.assertEqual(len(leaves), 2048)
                self.assertEqual(set(leaves.values()), {wanted["call_all"]})

    def test_escape_from_handlers(self):
        for mode in harness.EXACT:
            with self.subTest(mode=mode):
                run = self.check(mode, "escape")
                self.assertEqual(harness.sum_callees(run.traces)["escaping"], 300)
                self.assertEqual(harness.edges_between(run.traces, {"run_escape", "one"}), {("run_escape", "one"): 1})

    def test_escape_while_the_file_grows(self):
        """A handler that leaves by longjmp from within: strace makes that take longer than the timer's period."""
        for mode in harness.EXACT:
            with self.subTest(mode=mode):
                program = [harness.build("counts", mode), "escape_growing"]
                slow = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fallocate", "-e", "inject=fallocate:delay_exit=5000"]
                run = harness.run_traced([*slow, *program])
                self.assertEqual((run.status, run.output), (0, b"escaped\n"))
                child, = [t for t in run.traces if t.flags & trace_reader.FORKED and t.program == program[0]]
                self.assertEqual(child.lost, {})
                by_threads = [e for e in child.edges if trace_reader.SYMBOLS.name(child, e.callee) == "fd7333" and e.entry]
                self.assertEqual(sum(e.count for e in by_threads), 3)

    def test_deep_recursion(self):
        for mode in harness.EXACT:
            with self.subTest(mode=mode):
                run = self.same_as_native([harness.build("counts", mode), "recursion"])
                counts = harness.sum_callees(run.traces)
                self.assertEqual((counts["is_even"], counts["is_odd"]), (10001, 10000))
                # Deeper than the shadow stack: told, and still counted.
                self.assertEqual(bool(harness.lost(run.traces)), mode == "instrument")

    def test_times(self):
        run = self.same_as_native([harness.build("counts", "instrument"), "mix"], "time=1")
        trace = run.traces[0]
        times = {trace_reader.SYMBOLS.name(trace, t.function): t for t in trace.times}
        self.assertEqual(times["fib"].calls, 1973)
        self.assertEqual(times["apply"].calls, 1000)
        # Recursion is not counted twice: a function's total is at most its caller's, self times add up to the whole.
        self.assertLessEqual(times["fib"].total_ns, times["run_mix"].total_ns)
        self.assertLessEqual(times["is_even"].total_ns, times["run_mix"].total_ns)
        self.assertEqual(sum(t.self_ns for t in times.values()), times["main"].total_ns)

    def test_exits_that_are_jumped_to(self):
        """At -O2 the exit hook is the last thing that a void function calls: jumped to, its frame gone before."""
        source = """
            #include <setjmp.h>
            static jmp_buf place;
            static volatile long sink;
            static __attribute__((noinline)) void leaf(void) { sink++; }
            static __attribute__((noinline)) void descend(int n) { leaf(); if (n) descend(n - 1); }
            static __attribute__((noinline)) void leap(int n) { leaf(); if (n == 0) longjmp(place, 1); leap(n - 1); leaf(); }
            static __attribute__((noinline)) void run(void) { if (!setjmp(place)) leap(4); else leaf(); descend(9); }
            int main(void) { for (int i = 0; i < 100; i++) run(); return 0; }"""
        program = os.path.join(harness.folder, "jumped")
        subprocess.run(["gcc", "-O2", "-g", "-w", "-finstrument-functions", "-x", "c", "-", "-o", program], input=source.encode(), check=True)
        code = subprocess.run(["objdump", "-d", program], stdout=subprocess.PIPE, text=True, check=True).stdout
        self.assertRegex(code, r"jmp .*<__cyg_profile_func_exit")
        names = {"main", "run", "leaf", "descend", "leap"}
        for options in ("", "time=1"):
            run = self.same_as_native([program], options)
            self.assertEqual(harness.lost(run.traces), {})
            self.assertEqual(dict(harness.edges_between(run.traces, names)),
                             {("main", "run"): 100, ("run", "leap"): 100, ("run", "leaf"): 100, ("run", "descend"): 100,
                              ("leap", "leap"): 400, ("leap", "leaf"): 500, ("descend", "descend"): 900, ("descend", "leaf"): 1000})
        times = {trace_reader.SYMBOLS.name(run.traces[0], t.function): t for t in run.traces[0].times}
        # Calls that returned.
        self.assertEqual({n: times[n].calls for n in names}, {"main": 1, "run": 100, "leaf": 1600, "descend": 1000, "leap": 0})
        self.assertLessEqual(times["descend"].total_ns, times["run"].total_ns)

    def test_off(self):
        for options in ({}, {"SIGHTLINE_AGENT": "mode=auto"}, {"SIGHTLINE_AGENT": "dir=/no/such/folder"}):
            for mode in harness.MODES:
                program = [harness.build("counts", mode), "mix"]
                done = subprocess.run(program, env=harness.clean_environment({"LD_PRELOAD": harness.agent, **options}),
                                      capture_output=True, check=False)
                native = harness.run_native(program)
                self.assertEqual((done.returncode, done.stdout, done.stderr), (0, native.output, native.errors))


if __name__ == "__main__":
    harness.main()
