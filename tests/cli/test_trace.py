#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""trace and ingest: what runs add to a release, what is refused before it starts, and what the traced program notices: nothing."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import sightline
from sightline import Case, environment

TREE = {
    "plug/plug.h": "int plug_tick(int i);\n",
    "plug/plug.c": '#include "plug.h"\nint plug_tick(int i)\n{\n\treturn i;\n}\n',
    "net/net.h": "int net_send(int x);\nint net_poll(int (*ready)(int), int n);\n",
    "net/net.c": '#include "net.h"\nint net_send(int x)\n{\n\treturn x + 1;\n}\n\n'
                 "int net_poll(int (*ready)(int), int n)\n{\n\tint sum = 0;\n\tfor (int i = 0; i < n; i++)\n\t\tsum += ready(i);\n"
                 "\treturn sum;\n}\n",
    "app/main.c": '#include "../net/net.h"\n#include "../plug/plug.h"\n#include <pthread.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n'
                  "#include <signal.h>\n#include <unistd.h>\n\n"
                  "static int ready(int i)\n{\n\treturn net_send(i);\n}\n\n"
                  "static int compare(const void *a, const void *b)\n{\n\treturn *(const int *)a - *(const int *)b;\n}\n\n"
                  "static void *worker(void *argument)\n{\n\tnet_poll(ready, 5);\n\treturn argument;\n}\n\n"
                  "static void work(void)\n{\n\tint list[] = {3, 1, 2};\n\tpthread_t thread;\n"
                  "\tqsort(list, 3, sizeof *list, compare);\n\tnet_poll(ready, 100);\n\tnet_poll(plug_tick, 7);\n"
                  "\tpthread_create(&thread, NULL, worker, NULL);\n\tpthread_join(thread, NULL);\n}\n\n"
                  "static void wait_for(const char *path)\n{\n\twhile (access(path, F_OK)) {\n\t\tnet_send(1);\n\t\tusleep(2000);\n\t}\n}\n\n"
                  "static void on_signal(int number)\n{\n\t(void)number;\n}\n\n"
                  "int main(int argc, char **argv)\n{\n"
                  "\tconst char *how = argc > 1 ? argv[1] : \"\";\n"
                  "\tif (!strcmp(how, \"status\")) {\n\t\tchar line[256];\n\t\tFILE *file = fopen(\"/proc/self/status\", \"r\");\n"
                  "\t\twhile (file && fgets(line, sizeof line, file))\n\t\t\tif (!strncmp(line, \"Sig\", 3) || !strncmp(line, \"Shd\", 3))\n"
                  "\t\t\t\tfputs(line, stdout);\n\t\tfor (int fd = 0; fd < 64; fd++)\n\t\t\tif (!lseek(fd, 0, SEEK_CUR) || !isatty(fd))\n"
                  "\t\t\t\tif (write(fd, \"\", 0) == 0)\n\t\t\t\t\tprintf(\"fd %d\\n\", fd == fileno(file) ? -1 : fd);\n\t\treturn 0;\n\t}\n"
                  "\tif (!strcmp(how, \"exit\"))\n\t\treturn atoi(argv[2]);\n"
                  "\tif (!strcmp(how, \"kill\"))\n\t\traise(atoi(argv[2]));\n"
                  "\tif (!strcmp(how, \"echo\")) {\n\t\tint c;\n\t\twhile ((c = getchar()) != EOF)\n\t\t\tputchar(c);\n\t\tfputs(\"to stderr\\n\", stderr);\n\t}\n"
                  "\tif (!strcmp(how, \"wait\")) {\n\t\tputs(\"started\");\n\t\tfflush(stdout);\n\t\twait_for(argv[2]);\n\t}\n"
                  "\tif (!strcmp(how, \"leave\") && !fork()) {\n\t\tclose(0);\n\t\tclose(1);\n\t\tclose(2);\n\t\twait_for(argv[2]);\n\t\t_exit(0);\n\t}\n"
                  "\tsignal(SIGUSR2, on_signal);\n\twork();\n\treturn 0;\n}\n",
}
FLAGS = ["-g", "-O0", "-fpatchable-function-entry=5"]


class Traced(Case):
    def setUp(self):
        super().setUp()
        self.write(TREE)
        self.commands("app/main.c", "net/net.c", "plug/plug.c")
        self.program = self.build()

    def build(self, *flags, name="program"):
        path = self.root / name
        subprocess.run(["gcc", *FLAGS, "app/main.c", "net/net.c", "plug/plug.c", "-o", str(path), "-lpthread", *flags], cwd=self.root, check=True)
        return str(path)

    def counts(self, *arguments):
        return {(r["caller"], r["callee"]): (r["how"], r["observed_count"])
                for r in self.query("SELECT caller, callee, how, observed_count FROM calls WHERE observed_count > 0", *arguments)}

    def kept(self, result):
        """The folder that a message says the trace is kept in."""
        return re.search(r"(?:kept in|ingest) (\S*/traces/[0-9a-f]{32})", result.err).group(1)

    def await_file(self, pattern, root=None):
        for _ in range(500):
            found = list((root or self.root).glob(pattern))
            if found:
                return found
            time.sleep(0.02)
        self.fail("no %s" % pattern)


class Runs(Traced):
    def test_what_ran_is_in_the_release(self):
        self.scan("--release", "v1", "-q")
        result = self.expect(0, "trace", "--", self.program)
        self.assertEqual(result.out, "")
        self.assertIn("functions seen", result.err)
        counts = self.counts()
        self.assertEqual(counts["main", "work"], ("direct", 1))
        self.assertEqual(counts["net_poll", "ready"], ("indirect", 105))
        self.assertEqual(counts["ready", "net_send"], ("direct", 105))
        self.assertEqual([how for (_, callee), (how, _) in counts.items() if callee == "compare"], ["observed"])
        self.assertEqual(self.query("SELECT observations FROM releases"), [{"observations": 1}])
        self.assertEqual(self.query("SELECT observed_calls FROM functions WHERE name = 'net_send'"), [{"observed_calls": 105}])
        self.assertEqual({(r["function"], r["kind"]) for r in self.query("SELECT * FROM entry_points WHERE observed_count > 0")
                          if r["kind"] != "callback"}, {("main", "main"), ("worker", "thread")})
        weights = self.query("SELECT d.kind, d.observed_weight FROM dependencies d WHERE observed_weight > 0 AND from_file = 'net/net.c' ORDER BY to_file")
        self.assertEqual(weights, [{"kind": "indirect", "observed_weight": 105}, {"kind": "indirect", "observed_weight": 7}])
        seen = {r["what"]: (r["seen"], r["total"]) for r in self.query("SELECT * FROM coverage")}
        self.assertEqual(seen["functions observed"], (8, 10)) # all but wait_for and the handler, which was only set
        self.assertEqual(seen["modules traced in mode fentry"][0], 1)
        self.assertEqual(list((self.root / ".sightline" / "traces").iterdir()), []) # ingested: not kept
        # A second run adds up; the same tree scanned again keeps both.
        self.expect(0, "trace", "--", self.program)
        self.assertEqual(self.counts()["ready", "net_send"], ("direct", 210))
        before = self.views("v1")
        self.scan("--release", "v1", "-q")
        self.assertEqual(self.views("v1"), before)

    def test_domains_stay_as_they_were_asked_for(self):
        """A run adds to a release what was seen; how its domains were found is what its scan was told."""
        def domains():
            return self.query("SELECT file, domain FROM files ORDER BY file")
        more = {"%s/%s%d.c" % (part, part, i): "".join("int %s_%s%d(int);\n" % (part, part, k) for k in range(6)) +
                "int %s_%s%d(int x)\n{\n\treturn %s_%s%d(x) + %s_%s%d(x);\n}\n"
                % (part, part, i, part, part, (i + 1) % 6, part, part, (i + 2) % 6) for part in ("disk", "mail", "paint") for i in range(6)}
        self.write(more)
        self.commands("app/main.c", "net/net.c", "plug/plug.c", *more)
        self.scan("--release", "v1", "-q")
        by_default = domains()
        self.scan("--release", "v1", "-q", "--domains", "2")
        two = domains()
        self.assertNotEqual(two, by_default)
        self.expect(0, "trace", "-q", "--", self.program)
        self.assertEqual(domains(), two)
        self.assertEqual(self.query("SELECT observations FROM releases"), [{"observations": 1}])
        # Derived with what was asked for: there is nothing left to do for a scan that asks for the same.
        self.assertIn("nothing changed", self.scan("--release", "v1", "--domains", "2").out)

    def test_library_calls_have_the_names_that_callers_write(self):
        self.scan("--release", "v1", "-q")
        self.expect(0, "trace", "-q", "--mode", "plt", "--", self.program)
        counts = self.counts()
        self.assertEqual(counts["work", "qsort"], ("direct", 1))
        self.assertGreater(counts["main", "strcmp"][1], 0) # one of several that the library has
        self.assertEqual([callee for _, callee in counts if callee.startswith("__str")], [])

    def test_apis(self):
        self.scan("--release", "v1", "-q")
        for row, says in (("net_send sql house prepare", "5 or 6"), ("f nonsense house prepare 1", "second"), ("f sql x nonsense 1", "fourth"),
                          ("f sql x prepare 0", "1 to 6")):
            self.write({"apis": "# a comment\n\nfine sql x prepare 2 3\n%s\n" % row})
            self.assertIn("apis:4", self.refused(2, "trace", "--apis", "apis", "--", self.program, says=says).err)
        self.write({"apis": "# a comment\n\nfine sql x prepare 2 3 # and more\n"})
        self.expect(0, "trace", "-q", "--apis", "apis", "--", self.program)

    def test_the_exit_code_is_the_programs(self):
        self.scan("--release", "v1", "-q")
        for code in (0, 1, 2, 3, 7, 255):
            self.expect(code, "trace", "-q", "--", self.program, "exit", str(code))
        self.expect(128 + signal.SIGTERM, "trace", "-q", "--", self.program, "kill", str(int(signal.SIGTERM)))
        result = self.expect(128 + signal.SIGKILL, "trace", "--", self.program, "kill", "9")
        self.assertIn("signal 9", result.err)
        self.assertEqual(self.query("SELECT observations FROM releases")[0]["observations"], 8)

    def test_streams_are_the_programs(self):
        self.scan("--release", "v1", "-q")
        for quiet in ([], ["-q"]):
            process = subprocess.run([sightline.PROGRAM, "trace", *quiet, "--", self.program, "echo"], cwd=self.root, input=b"in\0put\n",
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), timeout=60)
            self.assertEqual((process.returncode, process.stdout), (0, b"in\0put\n"))
            self.assertIn(b"to stderr\n", process.stderr)
            if quiet:
                self.assertEqual(process.stderr, b"to stderr\n")

    def test_what_is_inherited_is_the_same(self):
        """Signals ignored and blocked, and open descriptors, also where the caller closed streams."""
        self.scan("--release", "v1", "-q")

        def prepare():
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            signal.signal(signal.SIGUSR1, signal.SIG_IGN)
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            os.close(0)

        runs = [subprocess.run([*before, self.program, "status"], cwd=self.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=environment(), preexec_fn=prepare, timeout=60)
                for before in ([], [sightline.PROGRAM, "trace", "-q", "--"])]
        # SigQ counts the signals of all of the user's processes.
        told = [[line for line in run.stdout.splitlines() if not line.startswith(b"SigQ:")] for run in runs]
        self.assertTrue(told[0])
        self.assertEqual(told[0], told[1])
        self.assertEqual((runs[1].returncode, runs[1].stderr), (0, b""))

    def test_scripts_and_what_they_start(self):
        self.scan("--release", "v1", "-q")
        script = self.root / "run.sh"
        script.write_text("#!/bin/sh\n%s\n%s\nexit 5\n" % (self.program, self.program))
        script.chmod(0o755)
        self.expect(5, "trace", "-q", "--", "./run.sh")
        self.assertEqual(self.counts()["main", "work"], ("direct", 2))
        (run,) = self.query("SELECT processes, program FROM observations")
        self.assertGreaterEqual(run["processes"], 3)
        self.expect(5, "trace", "-q", "--no-follow", "--", "./run.sh")
        self.assertEqual(self.counts()["main", "work"], ("direct", 2))

    def test_path_and_options_of_the_program(self):
        self.scan("--release", "v1", "-q")
        folder = self.root / "bin"
        folder.mkdir()
        shutil.copy(self.program, folder / "tool")
        env = environment()
        env["PATH"] = "%s:%s" % (folder, env["PATH"])
        self.expect(3, "trace", "-q", "--", "tool", "exit", "3", "--release", "x", env=env)


class Refusals(Traced):
    def refuse(self, program, *says, arguments=()):
        self.refused(2, "trace", *arguments, "--", str(program), "x", says=says)
        self.assertFalse((self.root / ".sightline" / "traces").exists())

    def test_no_program(self):
        self.refused(2, "trace", says="PROGRAM")
        self.refuse("no-such-program", "PATH", "./no-such-program")
        self.refuse("./none", "./none", "No such file")
        self.refuse("./app", "folder")
        self.write({"data": "plain\n", "bad.sh": "#!/no/such/interpreter\n", "empty": "", "headless": "echo hi\n"})
        self.refuse("./data", "not executable")
        for name in ("bad.sh", "empty", "headless"):
            (self.root / name).chmod(0o755)
        self.refuse("./bad.sh", "/no/such/interpreter")
        self.refuse("./empty", "no program")
        self.refuse("./headless", "#!")

    def test_what_no_agent_gets_into(self):
        self.refuse(self.build("-static", name="static"), "statically linked", "-static")
        self.refuse(self.build("-static-pie", name="static-pie"), "statically linked")
        self.refuse(self.build("-Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1", name="musl"), "musl", "glibc")
        self.refuse(self.build("-Wl,--dynamic-linker=/system/bin/linker64", name="bionic"), "another C library", "linker64")
        narrow = bytearray(pathlib.Path(self.program).read_bytes())
        narrow[4] = 1 # ELFCLASS32
        narrow[18:20] = b"\3\0" # i386
        (self.root / "narrow").write_bytes(narrow)
        (self.root / "narrow").chmod(0o755)
        self.refuse("./narrow", "x86 (32 bit)", "sightline ingest")
        for length in (4, 20, 63, 70, 200):
            (self.root / "cut").write_bytes(pathlib.Path(self.program).read_bytes()[:length])
            (self.root / "cut").chmod(0o755)
            self.refuse("./cut", "damaged")

    def test_rights(self):
        copy = self.root / "suid"
        shutil.copy(self.program, copy)
        if os.geteuid():
            self.skipTest("another owner needs root")
        os.chown(copy, 65534, 65534)
        copy.chmod(0o4755)
        self.refuse(copy, "set-uid", "copy")
        copy.chmod(0o2755)
        self.refuse(copy, "set-gid")
        copy.chmod(0o755)
        self.scan("--release", "v1", "-q")
        self.expect(0, "trace", "-q", "--", str(copy))

    def test_options(self):
        self.refuse(self.program, "--mode fast", "fentry", arguments=["--mode", "fast"])
        self.refuse(self.program, "--apis none", arguments=["--apis", "none"])
        result = self.run_program("trace", "--", self.program, env=environment(SIGHTLINE_AGENT_LIBRARY="/no/agent.so"))
        self.assertEqual(result.code, 2)
        self.assertIn("SIGHTLINE_AGENT_LIBRARY=/no/agent.so", result.err)
        self.refused(2, "trace", "--control", "nowhere", "pause", says="nowhere")
        self.refused(2, "trace", "--control", ".", "stop", says="snapshot")
        self.refused(2, "trace", "--control", ".", "snapshot", says="no trace")

    def test_release_that_is_not_there(self):
        self.scan("--release", "v1", "-q")
        result = self.run_program("trace", "--release", "v2", "--", self.program)
        self.assertEqual(result.code, 2)
        self.assertIn("v1", result.err)
        self.expect(0, "ingest", "-q", self.kept(result), "--release", "v1")


class Ingest(Traced):
    def record(self, name, *arguments, code=0):
        self.expect(code, "trace", "-q", "-o", name, "--", self.program, *arguments)

    def test_before_the_tree_is_scanned(self):
        result = self.expect(4, "trace", "--", self.program, "exit", "4")
        self.assertIn("sightline scan", result.err)
        folder = self.kept(result)
        self.refused(2, "ingest", folder, says="sightline scan")
        self.scan("--release", "v1", "-q")
        self.expect(0, "ingest", folder)
        self.assertEqual(self.query("SELECT program, arguments FROM observations")[0]["program"], "program")

    def test_repeats_and_order(self):
        for name in ("one", "two"):
            self.record(name)
        self.scan("--release", "v1", "-q")
        self.scan("--release", "v2", "-q")
        self.expect(0, "ingest", "two", "one", "-q", "--release", "v1")
        self.expect(0, "ingest", "one", "-q", "--release", "v2")
        result = self.expect(0, "ingest", "one", "two", "--release", "v2")
        self.assertIn("already", result.err)
        one, two = self.views("v1"), self.views("v2")
        for view in ("calls", "functions", "flows", "flow_calls", "entry_points", "dependencies", "coverage"):
            rename = lambda rows: [(b"r", *row[1:]) for row in rows]
            self.assertEqual(rename(one[view]), rename(two[view]), view)
        self.assertEqual(self.counts("--release", "v1")["ready", "net_send"], ("direct", 210))
        self.integrity()

    def test_a_trace_that_goes_elsewhere_and_comes_back(self):
        self.scan("--release", "v1", "-q")
        self.record("run.trace")
        self.assertEqual(self.counts()["main", "work"], ("direct", 1)) # -o keeps it, and it is ingested as well
        self.assertLess((self.root / "run.trace").stat().st_size, 65536) # without the room that the agent makes ahead
        elsewhere = self.scratch / "elsewhere"
        elsewhere.mkdir()
        shutil.move(self.root / "run.trace", elsewhere / "run.trace")
        self.assertIn("already", self.expect(0, "ingest", str(elsewhere)).err)

    def test_a_tree_that_cannot_be_written(self):
        (self.root / ".sightline").write_text("in the way")
        output = self.scratch / "kept"
        output.mkdir()
        result = self.expect(0, "trace", "-o", str(output / "run.trace"), "--", self.program)
        self.assertIn("wrote", result.err)
        self.assertEqual([path.name for path in output.iterdir()], ["run.trace"])
        self.assertNotEqual(self.run_program("trace", "--", self.program).code, 0)
        (self.root / ".sightline").unlink()
        self.scan("--release", "v1", "-q")
        self.expect(0, "ingest", "-q", str(output / "run.trace"))
        self.assertEqual(self.counts()["main", "work"], ("direct", 1))

    def test_times_that_nothing_tells(self):
        self.scan("--release", "v1", "-q")
        self.assertIn("-finstrument-functions", self.expect(0, "trace", "--time", "--", self.program).err)

    def test_another_build_is_refused(self):
        self.write({"net/net.c": "/* moved\n\n */\n" + TREE["net/net.c"]})
        self.scan("--release", "v1", "-q")
        result = self.expect(2, "trace", "--", self.program)
        self.assertRegex(result.err, r"another build than release v1: 2 of \d+ functions .*net/net.c:\d+ net_\w+ \(there at line \d+\)")
        self.assertIn("--force", result.err)
        self.assertEqual(self.query("SELECT observations FROM releases"), [{"observations": 0}])
        folder = self.kept(result)
        self.refused(2, "ingest", folder, says=("another build", "--force"))
        self.expect(0, "ingest", folder, "--force")
        self.assertEqual(self.query("SELECT is_foreign FROM observations"), [{"is_foreign": 1}])
        self.assertEqual(self.counts()["ready", "net_send"], ("direct", 105))

    def test_another_tree_under_the_name_drops_runs(self):
        self.scan("--release", "v1", "-q")
        self.expect(0, "trace", "-q", "--", self.program)
        self.scan("--release", "v2", "-q")
        self.write({"net/net.c": TREE["net/net.c"] + "int net_more(void)\n{\n\treturn 0;\n}\n"})
        result = self.scan("--release", "v1")
        self.assertIn("1 recorded run", result.err)
        self.assertEqual(self.query("SELECT observations FROM releases WHERE release = 'v1'"), [{"observations": 0}])
        self.assertEqual(self.counts("--release", "v1"), {})
        self.assertEqual(self.query("SELECT count(*) n FROM coverage WHERE release = 'v1' AND what LIKE '%mode%'"), [{"n": 0}])
        self.integrity()

    def test_what_is_no_trace(self):
        self.scan("--release", "v1", "-q")
        self.record("good")
        good = (self.root / "good").read_bytes()
        self.write({"text": "no trace\n", "empty": b"", "magic": good[:8], "zero": b"\0" * 8192})
        for name in ("text", "empty", "magic", "zero"):
            self.refused(2, "ingest", name, says=name)
        self.refused(2, "ingest", "missing", says="missing")
        self.refused(2, "ingest", "app", says=("app", ".trace"))
        self.refused(2, "ingest", says="trace files")
        before = self.counts()
        for length in (279, 280, 4096, 4097, 20000, len(good) // 2, len(good) - 1):
            self.write({"cut": good[:length]})
            result = self.run_program("ingest", "cut", "--release", "v1")
            self.assertIn(result.code, (0, 2), result)
            self.assert_calm(result)
        self.assertEqual(self.counts(), before) # the whole of it is there: every cut one is a repeat of less
        # One that is good among others that are not.
        self.expect(0, "ingest", "text", "good")
        self.integrity()


class Running(Traced):
    def begin(self, *arguments):
        process = self.start("trace", *arguments)
        self.addCleanup(lambda: (process.poll() is None and os.killpg(process.pid, signal.SIGKILL), process.communicate()))
        return process

    def end(self, process):
        out, err = process.communicate(timeout=60)
        return process.returncode, out.decode(), err.decode()

    def go_on(self):
        (self.root / "go").write_text("")

    def test_pause_resume_snapshot(self):
        self.scan("--release", "v1", "-q")
        process = self.begin("--paused", "--", self.program, "wait", "go")
        (trace,) = self.await_file(".sightline/traces/*/*.trace")
        folder = str(trace.parent)
        time.sleep(0.3)
        self.expect(0, "trace", "-q", "--control", folder, "snapshot")
        self.assertNotIn(("wait_for", "net_send"), self.counts())
        self.expect(0, "trace", "--control", folder, "resume")
        for _ in range(100): # the machine may be busy
            time.sleep(0.3)
            self.expect(0, "trace", "--control", folder, "snapshot")
            if self.counts().get(("wait_for", "net_send"), (None, 0))[1] > 5:
                break
        (_, first), = [self.counts()["wait_for", "net_send"]]
        self.assertGreater(first, 5)
        self.assertEqual(self.query("SELECT is_snapshot, was_paused FROM observations"), [{"is_snapshot": 1, "was_paused": 1}])
        self.expect(0, "trace", "--control", folder, "pause")
        self.expect(0, "trace", "-q", "-o", "paused.trace", "--control", folder, "snapshot")
        self.expect(0, "ingest", "-q", "paused.trace")
        (_, second), = [self.counts()["wait_for", "net_send"]]
        time.sleep(0.3)
        self.expect(0, "trace", "-q", "--control", folder, "snapshot")
        (_, third), = [self.counts()["wait_for", "net_send"]]
        self.assertLessEqual(third - second, 1) # the call during which it was paused
        self.expect(0, "trace", "--control", folder, "resume")
        self.go_on()
        code, _, err = self.end(process)
        self.assertEqual(code, 0, err)
        (_, last), = [self.counts()["wait_for", "net_send"]]
        self.assertGreaterEqual(last, second)
        self.assertEqual(self.query("SELECT is_snapshot FROM observations"), [{"is_snapshot": 0}]) # took the snapshots' place
        self.assertIn("already", self.expect(0, "ingest", "paused.trace").err)

    def test_keys_reach_the_program(self):
        """SIGINT to the whole group, as a terminal sends it: the program ends, its trace is ingested."""
        self.scan("--release", "v1", "-q")
        process = self.begin("--", self.program, "wait", "go")
        self.assertEqual(process.stdout.readline(), b"started\n")
        time.sleep(1)
        os.killpg(process.pid, signal.SIGINT)
        code, _, err = self.end(process)
        self.assertEqual(code, 128 + signal.SIGINT, err)
        self.assertIn(("wait_for", "net_send"), self.counts())

    def test_sigterm_is_passed_on(self):
        self.scan("--release", "v1", "-q")
        process = self.begin("--", self.program, "wait", "go")
        self.assertEqual(process.stdout.readline(), b"started\n")
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        code, _, err = self.end(process)
        self.assertEqual(code, 128 + signal.SIGTERM, err)
        self.assertIn(("wait_for", "net_send"), self.counts())

    def test_what_is_left_running_is_told(self):
        self.scan("--release", "v1", "-q")
        code, _, err = self.end(self.begin("--", self.program, "leave", "go"))
        self.assertEqual(code, 0, err)
        self.assertIn("still running", err)
        folder = re.search(r"sightline ingest (\S+)", err).group(1)
        before = self.counts()
        self.go_on()
        time.sleep(0.5)
        self.assertIn("replaced", self.expect(0, "ingest", folder).err)
        after = self.counts()
        self.assertEqual(after["main", "work"], before["main", "work"])
        self.assertGreater(after["wait_for", "net_send"][1], 0)


    def test_what_ended_takes_little_room(self):
        self.scan("--release", "v1", "-q")
        script = "i=0; while [ $i -lt 20 ]; do %s exit 0; (:); i=$((i+1)); done; %s kill 9; %s wait go >started; %s exit 3" % ((self.program,) * 4)
        process = self.begin("--", "sh", "-c", script)
        self.await_file("started")
        for _ in range(500): # their own part: strings, modules, a few edges and resources
            rooms = sorted(path.stat().st_blocks // 2 for path in self.await_file(".sightline/traces/*/*.trace"))
            if len(rooms) >= 43 and rooms[-4] < 400: # all but the shell, the one that waits and the one that was killed
                break
            time.sleep(0.02)
        self.assertLess(rooms[-4], 400, rooms) # of 1024
        self.go_on()
        code, _, err = self.end(process)
        self.assertEqual(code, 3, err)
        self.assertEqual(self.counts()["__libc_start_call_main", "main"], ("observed", 23))


class Shown(Traced):
    def setUp(self):
        super().setUp()
        self.write({"sightline.yaml": 'domains:\n  app: ["app/**"]\n  net: ["net/**"]\n  plug: ["plug/**"]\n'})
        self.scan("--release", "v1", "-q")
        self.expect(0, "trace", "-q", "--", self.program)

    def test_flows(self):
        table = self.expect(0, "flows").out
        self.assertRegex(table, r"(?m)^worker +thread +app/main.c +5 +4 +3 +0 +1$")
        for arguments in ((), ("main",), ("app/main.c:main",), ("main.c:main",)):
            rows = self.expect(0, "flows", *arguments, "--format", "json").json
            self.assertEqual(list(rows[0]), "release entry_id function_id depth observed".split())
        self.assertRegex(self.expect(0, "flows", "worker").out, r"(?m)^ +2 +ready +app/main.c +app +1 +5$")
        self.refused(2, "flows", "net_send", says="net_send")
        self.refused(2, "flows", "main", "worker", says="worker")

    def test_mermaid(self):
        diagram = self.expect(0, "flows", "main", "--format", "mermaid").out
        self.assertEqual(diagram, self.expect(0, "flows", "--format", "mermaid").out) # the only one that was entered as main
        lines = [line.strip() for line in diagram.splitlines()]
        self.assertEqual(lines[0], "sequenceDiagram")
        self.assertEqual(lines[2:], ["participant d1 as app", "participant d2 as net", "participant d3 as plug", "loop 2.0 times",
                                     "d1->>d2: net_poll()", "loop 50 times", "d2->>d1: ready()", "d1->>d2: net_send()", "end",
                                     "loop 3.5 times", "d2->>d3: plug_tick()", "end", "end"])
        self.refused(2, "flows", "--format", "dot", says="dot")

    def test_the_main_that_was_entered_is_drawn(self):
        self.write({"tool/tool.c": "static int start(void)\n{\n\treturn 0;\n}\n\nint main(void)\n{\n\treturn start();\n}\n"})
        self.commands("app/main.c", "net/net.c", "plug/plug.c", "tool/tool.c")
        self.scan("--release", "v2", "-q")
        self.refused(2, "flows", "main", "--format", "mermaid", says="2 entry points")
        self.expect(0, "trace", "-q", "--", self.program)
        self.assertIn("app/main.c", self.expect(0, "flows", "main", "--format", "mermaid").out)

    def test_show(self):
        (shown,) = self.expect(0, "show", "net_send", "--format", "json").json
        self.assertEqual([(r["caller"], r["observed"], r["counted"]) for r in shown["callers"] if r["observed"]], [("ready", 105, "exact")])
        self.assertIn("observed 105", self.expect(0, "show", "net_send").out)

    def test_report(self):
        drawn = self.expect(0, "report", "--format", "dot").out
        self.assertIn("seen in traced runs", drawn)
        edges = {match.group(1, 2): match.group(3) for match in re.finditer(r"(?s)\t(\w+) -> (\w+)\t\[(.*?)\];", drawn)}
        self.assertIn("seen in runs: 108\\nand back: net \u2192 app\\nnot in the source\\nseen in runs: 105", edges["app", "net"])
        self.assertIn("arrowhead=empty", edges["app", "plug"]) # its address is taken, it is called by net alone
        self.assertIn("dotted", edges["net", "plug"])
        self.assertNotIn("empty", edges["net", "plug"])
        self.scan("--release", "v0", "-q")
        self.assertNotIn("seen in", self.expect(0, "report", "--format", "dot", "--release", "v0").out)

    def test_releases_and_lists(self):
        (row,) = self.expect(0, "releases", "--format", "json").json
        self.assertEqual(row["observations"], 1)
        self.assertEqual(self.expect(0, "resources", "--format", "json").out[:1], "[")
        self.expect(0, "resources")


if __name__ == "__main__":
    sightline.main()
