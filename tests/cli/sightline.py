# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the command line share: small C trees in a scratch folder, and the program run on them.

Each test file ends in sightline.main(); meson gives it the program's path as the first argument.
"""
import atexit
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

PROGRAM = None
LIMIT = 120  # seconds that no single run may take

SMALL = {
    "src/main.c": '#include "list.h"\nint count;\nstatic int helper(int x) { return x ? helper(x - 1) : count; }\n'
                  "int main(void) { return helper(3) + list_length(0); }\n",
    "src/list.h": "struct list { struct list *next; };\nint list_length(struct list *list);\n",
    "src/list.c": '#include "list.h"\nint list_length(struct list *list)\n{\n\tint n = 0;\n'
                  "\tfor (; list; list = list->next)\n\t\tn++;\n\treturn n;\n}\n",
}


class Result:
    """What one run of the program left: its exit code and what it said."""

    def __init__(self, code, out, err):
        self.code, self.raw_out, self.raw_err = code, out, err

    @property
    def out(self):
        return self.raw_out.decode("utf-8", "surrogateescape")

    @property
    def err(self):
        return self.raw_err.decode("utf-8", "surrogateescape")

    @property
    def json(self):
        return json.loads(self.raw_out.decode("utf-8"))

    def __repr__(self):
        return "exit %d\n--- stdout\n%s\n--- stderr\n%s" % (self.code, self.out[-3000:], self.err[-3000:])


# Of plans of mode patch, for one test program.
CACHE = tempfile.mkdtemp(prefix="sightline-cache-")
atexit.register(shutil.rmtree, CACHE, ignore_errors=True)


def environment(**changes):
    """The caller's, without what would change answers: colours, a terminal's width, git's settings of this user."""
    result = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "CLICOLOR_FORCE", "TMPDIR")}
    result.update(GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_SYSTEM="/dev/null", GIT_CEILING_DIRECTORIES="/", TERM="dumb",
                  XDG_CACHE_HOME=CACHE)
    result.update(changes)
    return result


class Case(unittest.TestCase):
    """A scratch folder per test: self.root is the codebase, self.scratch holds whatever else there is."""

    def setUp(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="sightline-cli-"))
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)
        # What a killed run leaves in the folder for temporary files goes with the test.
        self.temporary = pathlib.Path(tempfile.mkdtemp(prefix="sightline-tmp-"))
        self.addCleanup(shutil.rmtree, self.temporary, ignore_errors=True)
        self.root = self.scratch / "tree"
        self.root.mkdir()

    @property
    def db(self):
        return self.root / ".sightline" / "model.db"

    # ---- fixtures ----

    def write(self, files, root=None):
        """Writes {path: text or bytes} below the codebase."""
        for name, text in files.items():
            path = os.path.join(os.fsencode(root or self.root), os.fsencode(name))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as stream:
                stream.write(text if isinstance(text, bytes) else text.encode())

    def entry(self, file, *flags, compiler="cc"):
        return {"directory": str(self.root), "arguments": [compiler, *flags, "-c", file], "file": file}

    def commands(self, *files):
        """A compile_commands.json; each of files is a name, or an entry as entry() makes it."""
        entries = [self.entry(file) if isinstance(file, str) else file for file in files]
        (self.root / "compile_commands.json").write_text(json.dumps(entries, indent=1))

    def small(self):
        self.write(SMALL)
        self.commands("src/main.c", "src/list.c")

    def many(self, count, functions=4):
        """A tree of count units that takes long enough to be interrupted."""
        names = ["src/unit%d.c" % i for i in range(count)]
        self.write({"src/all.h": "".join("int unit%d_run0(int x);\n" % i for i in range(count))})
        for i, name in enumerate(names):
            body = "".join("int unit%d_run%d(int x) { return x %% %d ? unit%d_run0(x - 1) : %d; }\n"
                           % (i, k, k + 2, (i * 7 + 1) % count, k) for k in range(functions))
            self.write({name: '#include <stdio.h>\n#include <stdlib.h>\n#include "all.h"\n' + body})
        self.commands(*names)
        return names

    # ---- running ----

    def run_program(self, *arguments, cwd=None, limit=LIMIT, stdout=subprocess.PIPE, env=None, **others):
        process = subprocess.run([PROGRAM, *arguments], cwd=cwd or self.root, timeout=limit, stdout=stdout,
                                 stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env={"TMPDIR": str(self.temporary), **(env or environment())}, **others)
        return Result(process.returncode, process.stdout or b"", process.stderr)

    def start(self, *arguments, cwd=None, **others):
        """In a process group of its own, so that it can be killed with its workers."""
        return subprocess.Popen([PROGRAM, *arguments], cwd=cwd or self.root, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
                                env=environment(TMPDIR=str(self.temporary)), **others)

    def expect(self, code, *arguments, **others):
        result = self.run_program(*arguments, **others)
        self.assertEqual(result.code, code, "%s\n%r" % (" ".join(map(repr, arguments)), result))
        self.assert_calm(result)
        return result

    def scan(self, *arguments, code=0, **others):
        return self.expect(code, "scan", *arguments, **others)

    def query(self, sql, *arguments, **others):
        return self.expect(0, "query", sql, "--format", "json", *arguments, **others).json

    def refused(self, code, *arguments, says=(), **others):
        """One line of error, that says each of says; nothing on stdout."""
        result = self.expect(code, *arguments, **others)
        lines = [line for line in result.err.splitlines() if "error:" in line]
        self.assertEqual(len(lines), 1, result)
        self.assertEqual(result.err.splitlines()[-1], lines[0], result)
        for word in [says] if isinstance(says, str) else says:
            self.assertIn(word, lines[0])
        return result

    # ---- what is asserted again and again ----

    def assert_calm(self, result):
        """No crash, no sanitizer, no raw control bytes from whatever was read."""
        self.assertGreaterEqual(result.code, 0, "killed by a signal: %r" % result)
        for word in ("Sanitizer", "runtime error", "Assertion", "core dumped"):
            self.assertNotIn(word, result.err)
        for byte in range(32):
            if byte not in b"\n\t":
                self.assertNotIn(byte, result.raw_err, "control byte %d in %r" % (byte, result.raw_err))

    def views(self, release, db=None):
        """Every row of every public view that concerns one release, by python's own sqlite3."""
        base = sqlite3.connect("file:%s?mode=ro" % (db or self.db), uri=True)
        base.text_factory = bytes
        rows = {}
        try:
            names = [n.decode() for (n,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY 1")]
            for view in names:
                if view in ("events", "event_places"):  # of two releases
                    continue
                rows[view] = sorted(base.execute('SELECT * FROM "%s" WHERE release = ?' % view, (release,)), key=repr)
        finally:
            base.close()
        return rows

    def integrity(self, db=None):
        base = sqlite3.connect(str(db or self.db))
        try:
            self.assertEqual(base.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            self.assertEqual(base.execute("PRAGMA foreign_key_check").fetchall(), [])
        finally:
            base.close()


def mount_tmpfs(case, size, options=""):
    """A small tmpfs at a new folder, or the test is skipped with the reason."""
    where = case.scratch / "disk"
    where.mkdir(exist_ok=True)
    if os.geteuid() != 0:
        case.skipTest("mounting needs root")
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%s%s" % (size, options), "tmpfs", str(where)],
                          stderr=subprocess.PIPE)
    if made.returncode:
        case.skipTest("cannot mount a tmpfs: " + made.stderr.decode(errors="replace").strip())
    case.addCleanup(subprocess.run, ["umount", "-l", str(where)], check=False)
    return where


def in_parts(part, parts):
    """A loader of every parts-th test of a file, so that meson can run the parts side by side: each test is in one of them."""
    class Loader(unittest.TestLoader):
        def loadTestsFromModule(self, module, *arguments, **others):
            def flat(suite):
                for test in suite:
                    yield from flat(test) if isinstance(test, unittest.TestSuite) else (test,)
            tests = sorted(flat(super().loadTestsFromModule(module, *arguments, **others)), key=lambda test: test.id())
            return self.suiteClass(tests[part - 1::parts])
    return Loader()


def main():
    """PROGRAM [--part K/N] [UNITTEST ARGUMENTS]"""
    global PROGRAM
    if len(sys.argv) < 2 or not os.access(sys.argv[1], os.X_OK):
        sys.exit("usage: %s PATH_OF_SIGHTLINE [--part K/N] [UNITTEST ARGUMENTS]" % sys.argv[0])
    PROGRAM = os.path.realpath(sys.argv.pop(1))
    loader = unittest.defaultTestLoader
    if sys.argv[1:2] == ["--part"]:
        loader = in_parts(*map(int, sys.argv[2].split("/")))
        del sys.argv[1:3]
    unittest.main(verbosity=2, testLoader=loader)
