# SPDX-License-Identifier: GPL-3.0-or-later
"""What the outside does to sightline: kills, full disks, rivals, foreign and broken files, code that breaks the parser,
closed outputs, bad input, commands that would like to be run."""
import concurrent.futures
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import sightline  # noqa: E402
from sightline import Case, mount_tmpfs  # noqa: E402

# What a release says, without numbers that depend on the database's history.
CONTENT = {
    "functions": "SELECT name, file, line, cyclomatic, is_static FROM functions WHERE release = :release ORDER BY 2, 3, 1",
    "calls": "SELECT caller, callee, how, sites FROM calls WHERE release = :release ORDER BY 1, 2, 3",
    "units": "SELECT unit, status FROM units WHERE release = :release ORDER BY 1",
}


class Base(Case):
    def content(self, release, *arguments):
        return {name: self.query(sql, "--release", release, *arguments) for name, sql in CONTENT.items()}


class Killed(Base):
    def test_kill_in_a_second_scan(self):
        names = self.many(120)
        self.scan("--release", "one", "--quiet")
        before = self.views("one")
        self.write({name: '#include "all.h"\nint unit%d_run0(int x) { return x + 1; }\nint new%d;\n' % (i, i)
                    for i, name in enumerate(names)})
        fresh = str(self.scratch / "fresh.db")
        start = time.monotonic()
        self.scan("--release", "two", "--quiet", "--db", fresh)
        whole = time.monotonic() - start
        wanted = self.content("two", "--db", fresh)
        killed = 0
        for share in (0.02, 0.2, 0.4, 0.6, 0.75, 0.85, 0.92, 0.97):
            process = self.start("scan", "--release", "two", "--quiet")
            try:
                process.communicate(timeout=whole * share)
            except subprocess.TimeoutExpired:
                killed += 1
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.communicate()
            self.assertEqual(self.views("one"), before, "after a kill at %.2f s" % (whole * share))
        self.assertGreater(killed, 0, "each scan ended before it could be killed")
        self.scan("--release", "two", "--quiet")
        self.assertEqual(self.content("two"), wanted)
        self.assertEqual(self.views("one"), before)
        self.integrity()

    def test_nothing_is_left_in_the_temporary_folder(self):
        self.many(30)
        self.scan("--quiet")
        self.assertEqual(os.listdir(self.temporary), [])

    def test_kill_of_the_first_scan(self):
        self.many(60)
        for wait in (0.0, 0.02, 0.1, 0.3):
            process = self.start("scan", "--release", "one", "--quiet")
            time.sleep(wait)
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        self.scan("--release", "one", "--quiet")
        self.assertEqual(len(self.query("SELECT unit FROM units")), 60)
        self.integrity()

    def test_terminated_scan_leaves_no_worker(self):
        self.many(100)
        process = self.start("scan", "--release", "one", "--quiet", "-j", "4")
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        self.assertNotEqual(process.returncode, 0)
        for _ in range(50):
            if not any_of_group(process.pid):
                break
            time.sleep(0.1)
        self.assertEqual(any_of_group(process.pid), [])
        self.assertEqual(os.listdir(self.temporary), [])
        self.scan("--release", "one", "--quiet")


def any_of_group(group):
    """Live processes of a process group."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                fields = pathlib.Path("/proc", name, "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == group and fields[0] != "Z":
                found.append(int(name))
    return found


class Disk(Base):
    def test_full_disk(self):
        disk = mount_tmpfs(self, "3m")
        db = str(disk / "model.db")
        names = self.many(40)
        self.scan("--release", "one", "--quiet", "--db", db)
        before = self.views("one", db)
        ballast = disk / "ballast"
        file = os.open(ballast, os.O_WRONLY | os.O_CREAT)
        try:
            while os.write(file, b"x" * 4096):
                pass
        except OSError:
            os.close(file)
        self.write({name: "int other%d_%d(int x) { return x; }\n" % (i, i) * 1 + "int more%d = %d;\n" % (i, i)
                    for i, name in enumerate(names)})
        result = self.refused(3, "scan", "--release", "two", "--quiet", "--db", db, says=("disk", "full", "free"))
        self.assertNotIn("lost;", result.err.replace("nothing stored before is lost;", ""))
        ballast.unlink()
        self.assertEqual(self.views("one", db), before)
        self.scan("--release", "two", "--quiet", "--db", db)
        self.assertEqual(self.views("one", db), before)
        self.assertEqual(len(self.query("SELECT unit FROM units WHERE release = 'two'", "--db", db)), 40)
        self.integrity(db)

    def test_disk_full_at_many_sizes(self):
        """Wherever the space ends, nothing before is harmed."""
        disk = mount_tmpfs(self, "8m")
        db = str(disk / "model.db")
        names = self.many(20)
        self.scan("--release", "one", "--quiet", "--db", db)
        before = self.views("one", db)
        self.write({name: '#include <stdio.h>\nint other%d(int x) { return printf("%%d", x); }\n' % i
                    for i, name in enumerate(names)})
        refused = 0
        for left in (0, 8, 24, 40, 64, 100, 150, 220, 300):
            room = os.statvfs(disk)
            with open(disk / "ballast", "wb") as stream:
                stream.write(b"x" * max(0, room.f_bavail * room.f_frsize - left * 1024))
            result = self.run_program("scan", "--release", "two", "--quiet", "--db", db)
            self.assertIn(result.code, (0, 3), result)
            self.assert_calm(result)
            if result.code:
                refused += 1
                self.assertIn("disk", result.err)
                self.assertEqual(len(result.err.splitlines()), 1, result)
            (disk / "ballast").unlink()
            self.assertEqual(self.views("one", db), before, "%d KiB left" % left)
        self.assertGreater(refused, 0)
        self.scan("--release", "two", "--quiet", "--db", db)
        self.assertEqual(self.views("one", db), before)
        self.integrity(db)

    def test_no_space_for_a_new_model(self):
        disk = mount_tmpfs(self, "64k")
        self.small()
        self.refused(3, "scan", "--quiet", "--db", str(disk / "model.db"), says=("disk", "full"))

    def test_read_only(self):
        disk = mount_tmpfs(self, "8m")
        self.small()
        db = str(disk / "model.db")
        self.scan("--release", "one", "--quiet", "--db", db)
        for leftovers in (False, True):
            if leftovers:  # a reader in a writable folder leaves the files of a write-ahead log
                self.run_program("releases", "--db", db)
            subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
            self.assertEqual([r["release"] for r in self.expect(0, "releases", "--format", "json", "--db", db).json], ["one"])
            self.assertEqual(len(self.query("SELECT * FROM functions", "--db", db)), 3)
            for command in ("domains", "debt", "flows"):
                self.expect(0, command, "--db", db)
            self.expect(0, "show", "main", "--db", db)
            self.refused(3, "scan", "--quiet", "--release", "two", "--db", db, says="read-only")
            subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        self.scan("--release", "two", "--quiet", "--db", db)

    def test_read_only_file_in_a_writable_folder(self):
        mount_tmpfs(self, "1m")  # only to know whether we may mount
        self.small()
        self.scan("--release", "one", "--quiet")
        subprocess.run(["mount", "--bind", str(self.db), str(self.db)], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", str(self.db)], check=False)
        subprocess.run(["mount", "-o", "remount,ro,bind", str(self.db)], check=True)
        self.assertEqual(len(self.query("SELECT * FROM functions")), 3)
        self.refused(3, "scan", "--quiet", "--release", "two", says="read-only")


class Rivals(Base):
    def together(self, *runs):
        processes = [self.start(*arguments) for arguments in runs]
        results = []
        for process in processes:
            out, err = process.communicate(timeout=120)
            results.append(sightline.Result(process.returncode, out, err))
        for result in results:
            self.assert_calm(result)
            self.assertIn(result.code, (0, 3), result)
            if result.code:
                self.assertIn("another sightline is writing", result.err)
        self.assertIn(0, [result.code for result in results])
        return results

    def test_two_scans_at_once(self):
        self.many(60)
        fresh = str(self.scratch / "fresh.db")
        self.scan("--quiet", "--db", fresh, "--release", "x")
        wanted = self.content("x", "--db", fresh)
        for names in (("a", "b"), ("c", "c"), ("d", "a")):
            shutil.rmtree(self.db.parent, ignore_errors=True) if names[0] == "c" else None
            results = self.together(*[("scan", "--quiet", "--release", name) for name in names])
            for name, result in zip(names, results):
                if result.code == 0:
                    self.assertEqual(self.content(name), wanted)
            self.integrity()

    def test_reading_while_scanning(self):
        self.many(60)
        self.scan("--quiet", "--release", "one")
        before = self.views("one")
        process = self.start("scan", "--quiet", "--release", "two", "--config", os.devnull)
        while process.poll() is None:
            self.assertEqual(len(self.query("SELECT unit FROM units WHERE release = 'one'")), 60)
        process.communicate()
        self.assertEqual(process.returncode, 0)
        self.assertEqual(self.views("one"), before)

    def test_a_writer_that_does_not_let_go(self):
        """A reader is not disturbed by it."""
        self.small()
        self.scan("--quiet", "--release", "one")
        other = sqlite3.connect(str(self.db), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        self.assertEqual(len(self.query("SELECT * FROM functions")), 3)
        other.execute("ROLLBACK")
        other.close()


class Databases(Base):
    READERS = (("releases",), ("domains",), ("query", "SELECT * FROM functions"), ("show", "main"), ("debt",))

    def refuses(self, path, says, scans=True, code=3):
        content = path.read_bytes() if path.is_file() else None
        for command in self.READERS + ((("scan", "--quiet"),) if scans else ()):
            with self.subTest(command=command, path=path.name):
                self.refused(code, *command, "--db", str(path), says=says)
                if content is not None:
                    self.assertEqual(path.read_bytes(), content, "%s changed the file" % (command,))

    def setUp(self):
        super().setUp()
        self.small()

    def made(self):
        """A model of one release in one file, without its log."""
        self.scan("--quiet", "--release", "one")
        base = sqlite3.connect(str(self.db))
        base.execute("PRAGMA journal_mode = DELETE")
        base.close()
        path = self.scratch / "made.db"
        shutil.copy(self.db, path)
        return path

    def test_newer_and_older_version(self):
        path = self.made()
        for version, says in ((999, "newer"), (-5, "older")):
            base = sqlite3.connect(str(path))
            base.execute("PRAGMA user_version = %d" % version)
            base.commit()
            base.close()
            self.refuses(path, says)

    def test_not_a_database(self):
        for name, content in (("text", b"These are just words.\n" * 400), ("random", os.urandom(65536)), ("short", b"x"),
                              ("zeros", bytes(65536)), ("half", b"SQLite format 3\0"),
                              ("header", b"SQLite format 3\0" + os.urandom(8192))):
            path = self.scratch / name
            path.write_bytes(content)
            self.refuses(path, str(path))

    def test_another_application(self):
        path = self.scratch / "browser.db"
        base = sqlite3.connect(str(path))
        base.execute("CREATE TABLE release(name, number)")
        base.execute("INSERT INTO release VALUES('x', 1)")
        base.commit()
        base.close()
        self.refuses(path, "not a sightline database")
        self.assertEqual(sorted(p.name for p in self.scratch.iterdir()), ["browser.db", "tree"])

    def test_empty_file(self):
        path = self.scratch / "empty"
        path.write_bytes(b"")
        self.refuses(path, ("empty", "sightline scan"), scans=False)
        self.scan("--quiet", "--db", str(path))  # what a scan that was killed at once may leave behind
        self.assertEqual(len(self.query("SELECT * FROM functions", "--db", str(path))), 3)

    def test_missing_and_folders(self):
        self.refuses(self.scratch / "none.db", ("none.db", "sightline scan"), scans=False, code=2)
        folder = self.scratch / "folder"
        folder.mkdir()
        self.refuses(folder, "is a folder")
        fifo = self.scratch / "fifo"
        os.mkfifo(fifo)
        self.refuses(fifo, "no regular file")
        self.assertEqual(list(folder.iterdir()), [])
        self.refused(3, "scan", "--quiet", "--db", "/dev/null/model.db", says="/dev/null")
        self.refused(3, "scan", "--quiet", "--db", "/proc/none/model.db", says="/proc/none")

    def test_corrupt_pages(self):
        path = self.made()
        content = path.read_bytes()
        pages = len(content) // 4096
        told = 0
        for page in range(1, pages, max(1, pages // 40)):
            broken = content[:page * 4096] + os.urandom(4096) + content[(page + 1) * 4096:]
            path.write_bytes(broken)
            for command in self.READERS:
                result = self.run_program(*command, "--db", str(path))
                self.assert_calm(result)
                self.assertIn(result.code, (0, 3), result)
                if result.code:
                    told += 1
                    self.assertEqual(len(result.err.splitlines()), 1, result)
                    self.assertIn("corrupt", result.err)
                self.assertEqual(path.read_bytes(), broken)
            result = self.run_program("scan", "--quiet", "--release", "two", "--db", str(path))
            self.assert_calm(result)
            self.assertIn(result.code, (0, 3), result)
        self.assertGreater(told, 0)

    def test_cut_short(self):
        path = self.made()
        content = path.read_bytes()
        path.write_bytes(content[:len(content) // 2 // 4096 * 4096])
        for command in self.READERS:
            result = self.run_program(*command, "--db", str(path))
            self.assert_calm(result)
            self.assertEqual(result.code, 3, result)
            self.assertIn("corrupt", result.err)

    def test_schema_with_a_trap(self):
        """A model from elsewhere may hold views of its own making: they must not run what we do not offer."""
        path = self.made()
        base = sqlite3.connect(str(path))
        base.execute("DROP VIEW functions")
        base.execute("CREATE VIEW functions AS SELECT hex(bytes) AS release, load_extension('/tmp/x.so') AS name FROM chunk")
        base.commit()
        base.close()
        for command in self.READERS:
            result = self.run_program(*command, "--db", str(path))
            self.assert_calm(result)
            self.assertNotIn("/tmp/x.so:", result.err)


class Units(Base):
    def check(self, files, bad, status, reason, *flags, seconds="20"):
        """One unit goes wrong, another is complete; the summary, the views and --strict tell so."""
        self.write(files)
        self.write({"good.c": "int good(void) { return 1; }\n"})
        self.commands(self.entry(bad, *flags), "good.c")
        result = self.scan("--release", "one", "--unit-timeout", seconds)
        rows = {row["unit"]: row for row in self.query("SELECT * FROM units")}
        self.assertEqual(rows["good.c"]["status"], "ok")
        self.assertEqual(rows[bad]["status"], status, rows[bad])
        self.assertRegex(rows[bad]["reason"], reason)
        self.assertIn("%s: %s" % (bad, status), result.out)
        self.assertIn("1 " + status, result.out)
        self.assertEqual(self.query("SELECT name FROM functions WHERE file = 'good.c'"), [{"name": "good"}])
        seen = {row["what"]: (row["seen"], row["total"]) for row in self.query("SELECT * FROM coverage")}
        self.assertEqual(seen["units parsed"], (1 if status == "failed" else 2, 2))
        self.assertEqual(seen["units parsed without errors"], (1, 2))
        failed = self.expect(0, "releases", "--format", "json").json[0]["units_failed"]
        self.assertEqual(failed, 1 if status == "failed" else 0)
        strict = self.scan("--release", "one", "--strict", "--quiet", "--unit-timeout", seconds, code=1)
        self.assertIn("--strict", strict.err)
        return rows[bad]

    def test_nested_parentheses(self):
        deep = 200000
        self.check({"bad.c": "int bad = " + "(" * deep + "1" + ")" * deep + ";\n"}, "bad.c", "failed", "crashed|memory|killed",
                   "-fbracket-depth=1000000")

    def test_include_of_itself(self):
        """libclang stops at 200 levels by itself: an error, no crash."""
        self.check({"bad.c": '#include "bad.c"\nint bad(void) { return 1; }\n'}, "bad.c", "partial", "nest|include")

    def test_hanging_macros(self):
        bomb = "#define A0 1+1+1+1+1+1+1+1+1+1\n"
        for i in range(1, 12):
            bomb += "#define A%d %s\n" % (i, "+".join(["A%d" % (i - 1)] * 10))
        self.check({"bad.c": bomb + "#if A11\n#endif\nint bad;\n"}, "bad.c", "failed", "timed out after 3 s|memory", seconds="3")

    def test_devouring_macros(self):
        bomb = "#define A0 1,1,1,1,1,1,1,1,1,1\n"
        for i in range(1, 10):
            bomb += "#define A%d %s\n" % (i, ",".join(["A%d" % (i - 1)] * 10))
        self.check({"bad.c": bomb + "int bad[] = {A9};\n"}, "bad.c", "failed", "memory|timed out|crashed", seconds="4")

    def test_missing_file(self):
        def seen():
            return self.query("SELECT seen, total FROM coverage WHERE what = 'compile commands whose file exists'")
        self.write({"good.c": "int good(void) { return 1; }\n"})
        self.commands("good.c", "gone.c")
        result = self.scan("--release", "one")
        self.assertIn("1 whose file does not exist", result.out)
        self.assertEqual(seen(), [{"seen": 1, "total": 2}])
        self.assertIn("files missing: 1", self.scan("--release", "one", "--strict", "--quiet", code=1).err)
        # One less: the units are the same, and what is told of them is not.
        self.commands("good.c")
        self.scan("--release", "one", "--strict", "--quiet")
        self.assertEqual(seen(), [{"seen": 1, "total": 1}])

    def test_missing_header(self):
        self.check({"bad.c": '#include "nowhere.h"\nint kept(int x) { return x; }\nint bad(void) { return kept(1); }\n'},
                   "bad.c", "partial", "nowhere.h")
        self.assertEqual(self.query("SELECT caller, callee FROM calls"), [{"caller": "bad", "callee": "kept"}])
        self.assertEqual(self.query("SELECT included, is_missing FROM includes"), [{"included": "nowhere.h", "is_missing": 1}])

    def test_syntax_error(self):
        self.check({"bad.c": "int kept(int x) { return x; }\nint broken( { ;\n"}, "bad.c", "partial", "expected")
        self.assertIn({"name": "kept"}, self.query("SELECT name FROM functions"))

    def test_a_unit_mended_is_read_again(self):
        self.test_missing_header()
        self.write({"nowhere.h": "\n"})
        self.scan("--release", "two", "--strict", "--quiet")
        self.assertEqual(self.query("SELECT DISTINCT status FROM units WHERE release = 'two'"), [{"status": "ok"}])


class Output(Base):
    COMMANDS = (("releases",), ("domains", "--format", "json"), ("query", "SELECT * FROM functions", "--format", "csv"),
                ("show", "main"), ("show", "main", "--format", "json"), ("debt",), ("flows",), ("query", "--schema"),
                ("report", "--format", "dot"), ("report", "--format", "svg"), ("--help",), ("scan", "--help"),
                ("help", "scan"), ("--version",), ("completion", "bash"), ("completion", "zsh"), ("manual",), ("scan",))

    def setUp(self):
        super().setUp()
        self.small()
        self.scan("--quiet")

    def refuses(self, command, stdout, lines=1):
        with self.subTest(command=command):
            result = self.run_program(*command, stdout=stdout)
            self.assertEqual(result.code, 3, result)
            self.assertEqual(len(result.err.splitlines()), lines, result)
            self.assert_calm(result)

    def test_full(self):
        for command in self.COMMANDS:
            with open("/dev/full", "wb") as full:
                self.refuses(command, full)

    def test_closed_pipe(self):
        for command in self.COMMANDS:
            reader, writer = os.pipe()
            os.close(reader)
            self.refuses(command, writer, lines=0)  # as after "| head": whoever reads has gone on purpose
            os.close(writer)

    def test_closed_stdout(self):
        for command in self.COMMANDS:
            with self.subTest(command=command):
                code = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", sightline.PROGRAM, *command], cwd=self.root,
                                      stderr=subprocess.PIPE, timeout=60).returncode
                self.assertEqual(code, 3)
        self.integrity()

    def test_closed_stdin_and_stderr(self):
        code = subprocess.run(["sh", "-c", 'exec "$@" <&- 2>&-', "sh", sightline.PROGRAM, "scan", "--release", "x"],
                              cwd=self.root, stdout=subprocess.PIPE, timeout=60).returncode
        self.assertEqual(code, 0)
        self.integrity()

    def test_report_to_a_bad_place(self):
        for path in (str(self.root), str(self.root / "no" / "such.svg")):
            with self.subTest(path=path):
                result = self.run_program("report", "--format", "svg", "-o", path)
                self.assertIn(result.code, (2, 3), result)
                self.assertIn(path, result.err)
                self.assert_calm(result)


    def test_report_into_a_device(self):
        """It is written to, never replaced by a file. On a node of our own: where this fails, it does harm."""
        device = self.scratch / "full"
        try:
            os.mknod(device, 0o600 | stat.S_IFCHR, os.makedev(1, 7))
            open(device, "wb").close()
        except OSError as problem:
            self.skipTest("cannot make a device: %s" % problem)
        self.refused(3, "report", "--format", "svg", "-o", str(device), says=str(device))
        self.assertTrue(stat.S_ISCHR(os.stat(device).st_mode))
        fifo = self.scratch / "fifo"
        os.mkfifo(fifo)
        reader = subprocess.Popen(["cat", str(fifo)], stdout=subprocess.PIPE)
        self.expect(0, "report", "--format", "svg", "-o", str(fifo))
        self.assertIn(b"</svg>", reader.communicate(timeout=20)[0])
        self.assertTrue(stat.S_ISFIFO(os.stat(fifo).st_mode))

    def test_report_through_a_link(self):
        os.symlink("real.svg", self.scratch / "link.svg")
        for _ in range(2):
            self.expect(0, "report", "-o", str(self.scratch / "link.svg"))
            self.assertTrue((self.scratch / "link.svg").is_symlink())
            self.assertIn(b"</svg>", (self.scratch / "real.svg").read_bytes())
        self.assertEqual(sorted(p.name for p in self.scratch.iterdir()), ["link.svg", "real.svg", "tree"])


class Input(Base):
    def json_file(self, text):
        (self.root / "compile_commands.json").write_bytes(text if isinstance(text, bytes) else text.encode())

    def test_malformed_json(self):
        self.write(sightline.SMALL)
        good = json.dumps(self.entry("src/main.c"))
        for text, where in (("[\n{\"file\": \n}]", ":3:"), ("", ":1:"), ("{}", ":1:1"), ("[" + good + ",\n\n oops]", ":3:"),
                            ("[" + good + "\n", ":2:"), ("[" + good + "]\nmore", ":2:"), ("\0\0\0", ":1:"),
                            ("[" * 100000, ":1:"), ('[{"file": "\\ud800"}]', ":1:"), ("[" + good + ",\n{\"a\":1,", ":2:")):
            with self.subTest(text=text[:60]):
                self.json_file(text)
                result = self.refused(2, "scan", "--quiet", says="compile_commands.json" + where)
                self.assertFalse(self.db.exists(), "a scan that read nothing left a model")
                del result

    def test_unusable_entries(self):
        self.write(sightline.SMALL)
        good = self.entry("src/main.c")
        bad = [{"directory": str(self.root), "file": "src/list.c"}, {"directory": str(self.root), "command": "cc -c x.c"}, 7, None,
               [], "x", {"directory": str(self.root), "file": "src/list.c", "arguments": [1, 2]},
               {"directory": str(self.root), "file": "src/list.c", "command": "cc 'open"},
               {"directory": str(self.root), "file": "gone.c", "command": "cc -c gone.c"},
               {"directory": "/nonexistent", "file": "gone2.c", "command": "cc -c gone2.c"},
               {"directory": str(self.root), "file": "src", "command": "cc -c src"}, {"file": 5, "command": "cc"}]
        self.json_file(json.dumps([*bad, good], indent=1))
        result = self.scan("--quiet")
        self.assertIn("entry 1 ", result.err)
        self.assertIn("entry 9 ", result.err)
        self.assertRegex(result.err, r"compile_commands\.json:\d+: entry \d+ ")
        self.assertIn("gone.c", result.err)
        self.assertEqual(self.query("SELECT unit FROM units"), [{"unit": "src/main.c"}])
        self.scan("--quiet", "--strict", code=1)
        self.json_file(json.dumps(bad))
        self.refused(2, "scan", "--quiet", "--db", str(self.scratch / "other.db"), says=("compile_commands.json", "no usable"))

    def test_huge_database(self):
        self.write({"a.c": "int a(void) { return 1; }\n"})
        entry = self.entry("a.c", *["-DM%d=%s" % (i, "x" * 50) for i in range(1000)])
        other = self.entry("gone.c", "-DLONG=" + "y" * 1000000)
        with open(self.root / "compile_commands.json", "w") as stream:
            stream.write("[")
            for i in range(300):
                stream.write(json.dumps(entry) + ",\n")
            for i in range(20):
                stream.write(json.dumps(other) + ",\n")
            stream.write(json.dumps(entry) + "]")
        result = self.scan()
        self.assertIn("1 unit in", result.out)
        self.assertLess(len(result.err), 40000)

    def test_strange_paths(self):
        names = ["with space.c", "new\nline.c", b"latin\xe9.c", "tab\there.c", "quote'\".c", "-dash.c", "#hash.c", "back\\slash.c",
                 "\u65e5\u672c.c", "%s%n.c", "a$(touch pwned).c", "[x]*.c", "\x1b[31m.c", "@at.c", "a,b;c.c"]
        self.write({name: "int f%d(void) { return 1; }\n" % i for i, name in enumerate(names)})
        text = []
        for name in names:
            raw = os.fsencode(name)
            quoted = b'"' + b"".join(b"\\u%04x" % c if c < 32 else b"\\" + bytes([c]) if c in b'"\\' else bytes([c])
                                     for c in raw) + b'"'
            text.append(b'{"directory": %s, "file": %s, "arguments": ["cc", "-c", %s]}'
                        % (json.dumps(str(self.root)).encode(), quoted, quoted))
        self.json_file(b"[" + b",\n".join(text) + b"]")
        for how in ("recorded", "inferred"):
            if how == "inferred":
                (self.root / "compile_commands.json").unlink()
            result = self.scan("--release", how)
            for byte in range(32):
                if byte not in b"\n":
                    self.assertNotIn(byte, result.raw_out)
            rows = self.query("SELECT unit, status FROM units WHERE release = :release")
            self.assertEqual({row["status"] for row in rows}, {"ok"}, (how, rows))
            self.assertEqual(len(rows), len(names))
            units = {row["unit"] for row in rows}
            self.assertIn("new\nline.c", units)
            self.assertIn("with space.c", units)
            self.assertEqual(len(self.query("SELECT name FROM functions WHERE release = :release")), len(names))
        self.assertFalse((self.root / "pwned").exists())

    def test_symlink_loops(self):
        self.write({"a.c": "int a(void) { return 1; }\n", "sub/b.c": "int b(void) { return 2; }\n"})
        os.symlink("..", self.root / "sub" / "up")
        os.symlink("self", self.root / "self")
        os.symlink(".", self.root / "here")
        os.symlink("loop.c", self.root / "loop.c")
        self.scan("--release", "one", "--quiet")
        self.assertEqual(self.query("SELECT unit FROM units ORDER BY 1"), [{"unit": "a.c"}, {"unit": "sub/b.c"}])
        self.commands("a.c", "loop.c", "sub/up/sub/up/sub/b.c")
        result = self.scan("--release", "two", "--quiet")
        self.assertIn("loop.c", result.err)

    def test_empty_tree(self):
        result = self.refused(2, "scan", says=str(self.root))
        self.assertIn("no ", result.err)
        self.assertFalse(self.db.exists())

    def test_bad_folder(self):
        self.write({"file.c": "int x;\n"})
        self.refused(2, "scan", "no/such/folder", says="no/such/folder")
        self.refused(2, "scan", "file.c", says="file.c")
        self.refused(2, "scan", "", says="")
        self.refused(2, "scan", ".", "other", says="other")
        self.refused(2, "scan", "-p", "no/such.json", says="no/such.json")
        self.refused(2, "scan", "-p", ".", says="compile_commands.json")

    def test_special_files(self):
        self.write({"a.c": "int a;\n"})
        os.mkfifo(self.root / "fifo.c")
        os.mkfifo(self.root / "compile_commands.json")
        self.scan("--quiet", limit=30)  # a FIFO is no database: the tree is read without one
        (self.root / "compile_commands.json").unlink()
        self.commands("a.c", "fifo.c")
        result = self.scan("--quiet", "--release", "two", limit=30)
        self.assertIn("fifo.c", result.err)
        self.refused(2, "scan", "--quiet", "-p", "/dev/zero", limit=60, says="/dev/zero")
        os.mkfifo(self.root / "sightline.yaml")
        self.refused(2, "scan", "--quiet", limit=30, says="sightline.yaml")

    def test_unreadable_source(self):
        self.write({"a.c": "int a(void) { return 1; }\n"})
        os.symlink("/proc/self/mem", self.root / "mem.c")
        self.commands("a.c", "mem.c")
        self.scan("--quiet", limit=60)
        self.assertIn({"unit": "a.c", "status": "ok"}, self.query("SELECT unit, status FROM units"))

    def test_bad_configuration(self):
        self.small()
        for text in ("domains: 7\n", "domians:\n  a: x\n", "domains: [\n", "\x00", "a: &a [*a]\n", "- x\n"):
            self.write({"sightline.yaml": text})
            self.refused(2, "scan", "--quiet", says="sightline.yaml:")
        self.write({"sightline.yaml": "goals:\n  velocity: fast\n"})
        self.refused(2, "scan", "--quiet", says="sightline.yaml:2:")


class Recorded(Base):
    """--build: what bear recorded is used where it is believable, and refused where it is not."""

    def setUp(self):
        super().setUp()
        if not shutil.which("bear") or not shutil.which("make"):
            self.skipTest("no bear or make")
        sources = ("a", "b", "c", "d")
        self.write({"%s.c" % name: "int %s(void) { return 1; }\n" % name for name in sources})
        rules = "".join("%s.o: %s.c\n\tcc -c %s.c -o $@\n" % (name, name, name) for name in sources)
        self.write({"Makefile": "all: a.o b.o c.o d.o\n%sclean:\n\trm -f *.o\n" % rules})
        for path in self.root.glob("**/compile_commands.json"):
            path.unlink()
        os.utime(self.root / "Makefile", (1, 1))

    def age(self, *names):
        """As if built long before: objects are told apart by seconds."""
        for name in names:
            os.utime(self.root / name, (1000000000, 1000000000))

    def units(self, release):
        return [row["unit"] for row in self.query("SELECT unit FROM units WHERE release = '%s' ORDER BY 1" % release)]

    def test_build(self):
        result = self.scan("--build", "make", "--release", "one")
        self.assertEqual(self.units("one"), ["a.c", "b.c", "c.c", "d.c"])
        self.assertNotIn("cc -c", result.out)  # what the build says is no data
        self.assertNotIn("warning", result.err)
        self.scan("--quiet", "--release", "two")  # the record stays
        self.assertEqual(self.units("two"), ["a.c", "b.c", "c.c", "d.c"])

    def test_nothing_recorded(self):
        self.refused(2, "scan", "--quiet", "--build", "true", says="compiled nothing")
        self.refused(2, "scan", "--quiet", "--build", "exit 3", says=("exit code 3", "exit 3"))
        self.refused(2, "scan", "--quiet", "--build", "make nonsense", says="make nonsense")
        self.refused(2, "scan", "--quiet", "--build", "make", "-p", ".", says="exclude")

    def test_part_of_a_build(self):
        self.scan("--quiet", "--build", "make", "--release", "one")
        self.age("a.c", "b.c", "c.c", "d.c", "a.o", "b.o", "c.o", "d.o")
        self.refused(2, "scan", "--quiet", "--build", "make", says="up to date")
        os.utime(self.root / "a.c")
        self.refused(2, "scan", "--quiet", "--build", "make", says=("compiled 1 sources", "3 others", "clean"))
        self.scan("--quiet", "--release", "two")  # the good record is still there
        self.assertEqual(self.units("two"), ["a.c", "b.c", "c.c", "d.c"])
        self.age("a.o", "a.c", "d.o", "d.c")
        for name in "abc":
            os.utime(self.root / (name + ".c"))
        result = self.scan("--quiet", "--build", "make", "--release", "three")
        self.assertIn("1 others", result.err)
        self.assertEqual(self.units("three"), ["a.c", "b.c", "c.c"])

    def test_hidden_compiler(self):
        self.refused(2, "scan", "--quiet", "--build", "for f in *.c; do : > ${f%.c}.o; done",
                     says="recorded no C command")


class NotExecuted(Base):
    """Compile commands are data."""

    def setUp(self):
        super().setUp()
        self.mark = self.scratch / "pwned"
        self.tool = self.scratch / "tool"
        self.tool.write_text("#!/bin/sh\ntouch '%s'\nexec cc \"$@\"\n" % self.mark)
        self.tool.chmod(0o755)
        for name in ("cc1", "as", "ld", "gcc", "clang"):
            shutil.copy(self.tool, self.scratch / name)
        self.write({"a.c": "int a(void) { return 1; }\n"})

    def run_entry(self, entry, limit=40):
        (self.root / "compile_commands.json").write_text(json.dumps([entry]))
        result = self.run_program("scan", "--quiet", "--unit-timeout", "10", "--release", "one", limit=limit)
        self.assert_calm(result)
        self.assertIn(result.code, (0, 2), result)
        self.assertFalse(self.mark.exists(), "%r was executed" % (entry,))
        for name in os.listdir(self.root):
            self.assertIn(name, {"a.c", "compile_commands.json", ".sightline", "response", "inner", "fifo", "evil.so", "evil.c"})
        return result

    def words(self, *flags, compiler="cc"):
        return self.entry("a.c", *flags, compiler=compiler)

    def line(self, command):
        return {"directory": str(self.root), "command": command, "file": "a.c"}

    def test_compilers(self):
        for entry in (self.words(compiler=str(self.tool)), self.words(compiler="ccache " + str(self.tool)),
                      self.words(str(self.tool), compiler="ccache"), self.words("-c", str(self.tool), compiler="sh"),
                      self.words(str(self.tool), compiler="/usr/bin/env"), self.line("%s -c a.c" % self.tool),
                      self.words(compiler=str(self.scratch / "gcc"))):
            self.run_entry(entry)
            self.assertEqual(self.query("SELECT name FROM functions"), [{"name": "a"}])

    def test_shell_words(self):
        mark = self.mark
        for command in ("cc -D'X=$(touch %s)' -c a.c" % mark, "cc -DX=`touch %s` -c a.c" % mark,
                        "cc -c a.c; touch %s" % mark, "cc -c a.c && touch %s" % mark, "cc -c a.c > %s" % mark,
                        "cc -c a.c | tee %s" % mark, 'cc -DX="$(touch %s)" -c a.c' % mark, "$(touch %s) -c a.c" % mark,
                        "cc -c a.c -o %s" % mark, "cc -c a.c -MMD -MF %s" % mark, "cc -c a.c -save-temps=obj"):
            self.run_entry(self.line(command))

    def test_flags_that_load_or_write(self):
        mark, so = str(self.mark), str(self.root / "evil.so")
        self.write({"evil.c": "#include <stdio.h>\n__attribute__((constructor)) static void go(void)\n"
                              '{ FILE *f = fopen("%s", "w"); if (f) fclose(f); }\n' % mark})
        subprocess.run(["cc", "-shared", "-fPIC", "-o", so, str(self.root / "evil.c")], check=True)
        for flags in (["-fplugin=" + so], ["-Xclang", "-load", "-Xclang", so], ["-fpass-plugin=" + so],
                      ["-fplugin", so], ["-mllvm", "-load=" + so], ["-B", str(self.scratch)], ["-B" + str(self.scratch)],
                      ["-fuse-ld=" + str(self.tool)], ["-wrapper", str(self.tool)], ["-specs=" + str(self.tool)],
                      ["-no-integrated-as"], ["--gcc-toolchain=" + str(self.scratch)], ["-Xclang", "-o", "-Xclang", mark],
                      ["-Wp,-MD," + mark], ["-MD", "-MF", mark], ["-dependency-file", mark], ["-serialize-diagnostics", mark],
                      ["-Xclang", "-dependency-dot", "-Xclang", mark], ["--serialize-diagnostics", mark],
                      ["-ftime-trace=" + mark], ["-emit-llvm", "-o", mark], ["-fmodules", "-fmodules-cache-path=" + mark],
                      ["-fcrash-diagnostics-dir=" + mark], ["-gsplit-dwarf"], ["-index-store-path", mark],
                      ["-fprofile-instr-generate=" + mark], ["-Xclang", "-header-include-file", "-Xclang", mark],
                      ["-Xclang", "-plugin", "-Xclang", "evil"], ["--analyze", "-o", mark], ["-ftest-coverage"],
                      ["-foptimization-record-file=" + mark], ["-fsave-optimization-record"], ["-E", "-o", mark],
                      ["-include-pch", mark], ["--config", str(self.tool)], ["-cc1"], ["-fdebug-dump", mark],
                      ["-fmodule-output=" + mark], ["-stats", "-save-stats=obj"], ["-print-stats-file", mark],
                      ["-Xclang", "-stats-file=" + mark], ["-Xpreprocessor", "-MD", "-Xpreprocessor", "-MF"]):
            with self.subTest(flags=flags):
                self.run_entry(self.words(*flags))

    def test_response_files(self):
        self.write({"response": "-DFROM_RESPONSE=1 -fplugin=/x.so '-DX=$(touch %s)' @inner\n" % self.mark, "inner": "@response\n"})
        self.write({"a.c": "#ifdef FROM_RESPONSE\nint from_response(void) { return 1; }\n#endif\nint a(void) { return 1; }\n"})
        self.run_entry(self.words("@response"))
        self.write({"response": "-DFROM_RESPONSE=1 -fplugin=/x.so\n"})
        self.run_entry(self.words("@response"))
        self.assertIn({"name": "from_response"}, self.query("SELECT name FROM functions"))
        for file in ("/dev/stdin", "/dev/zero", "nowhere", "/", "", "/proc/self/mem"):
            with self.subTest(file=file):
                self.run_entry(self.words("@" + file))

    def test_files_that_block(self):
        def run(folder, flags):
            """In a folder of its own: most wait for the whole of their time, so they wait together."""
            folder.mkdir()
            os.mkfifo(folder / "fifo")
            self.write({"a.c": "int a(void) { return 1; }\n"}, folder)
            entry = {"directory": str(folder), "arguments": ["cc", *flags, "-c", "a.c"], "file": "a.c"}
            (folder / "compile_commands.json").write_text(json.dumps([entry]))
            reader, writer = os.pipe()  # a stdin that never ends
            try:
                return subprocess.run([sightline.PROGRAM, "scan", "--quiet", "--unit-timeout", "3"], cwd=folder, stdin=reader,
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=sightline.environment(), timeout=60).returncode
            finally:
                os.close(reader)
                os.close(writer)

        fifo = str(self.root / "fifo")
        os.mkfifo(fifo)
        cases = (["-include", "/dev/stdin"], ["-include", fifo], ["-imacros", fifo], ["-include", "fifo"],
                 ["@" + fifo], ["-include", "/dev/zero"], ["-fmodule-map-file=" + fifo], ["-ivfsoverlay", fifo],
                 ["-fsanitize-ignorelist=" + fifo], ["-fprofile-use=" + fifo], ["-include-pch", fifo],
                 ["--config", fifo], ["-iwithprefix", fifo], ["-fxray-always-instrument=" + fifo])
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            codes = pool.map(run, [self.root / ("case%d" % number) for number in range(len(cases))], cases)
        for flags, code in zip(cases, codes):
            with self.subTest(flags=flags):
                self.assertIn(code, (0, 2))

    def test_include_of_a_fifo(self):
        os.mkfifo(self.root / "fifo")
        self.write({"a.c": '#include "fifo"\nint a(void) { return 1; }\n'})
        (self.root / "compile_commands.json").write_text(json.dumps([self.words()]))
        self.scan("--quiet", "--unit-timeout", "3", limit=30)
        self.assertIn(self.query("SELECT status FROM units")[0]["status"], ("partial", "failed"))


class Git(Base):
    """Asking git for a name runs nothing that the tree configures."""

    def test_nothing_runs(self):
        if not shutil.which("git"):
            self.skipTest("there is no git")
        self.small()
        mark = self.scratch / "pwned"
        tool = self.scratch / "tool"
        tool.write_text("#!/bin/sh\ntouch '%s'\ncat\n" % mark)
        tool.chmod(0o755)

        def git(*words):
            subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@x", *words], cwd=self.root, check=True,
                           stdout=subprocess.PIPE, env=sightline.environment())
        git("init", "-q")
        git("add", ".")
        git("commit", "-q", "-m", "x")
        git("tag", "-a", "v1", "-m", "v1")
        for key in ("core.fsmonitor", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "core.pager",
                    "diff.external", "core.sshCommand", "core.editor"):
            git("config", key, str(tool))
        self.write({".git/info/attributes": "* filter=evil\n", ".git/hooks/post-index-change": tool.read_bytes()})
        (self.root / ".git/hooks/post-index-change").chmod(0o755)
        self.write({"src/list.c": sightline.SMALL["src/list.c"] + "\nint changed;\n"})
        os.utime(self.root / "src/main.c", (1, 1))
        self.scan("--quiet")
        self.assertFalse(mark.exists())
        row = self.expect(0, "releases", "--format", "json").json[0]
        self.assertEqual(row["release"], "v1-dirty")
        self.assertEqual(len(row["git_commit"]), 40)


if __name__ == "__main__":
    sightline.main()
