# SPDX-License-Identifier: GPL-3.0-or-later
"""Releases that are not checked out: replay over the tags of a git history, what becomes of the folders that it writes, hostile
repositories, curves over releases, rules tried on stored releases."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import unittest
import xml.etree.ElementTree as tree

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import sightline  # noqa: E402
from sightline import Case, environment  # noqa: E402

UNIT = '#include "all.h"\nint %s(int x) { return x + %d; }\n'


class History(Case):
    """self.root is a repository; tag() makes a release of what it holds."""

    def setUp(self):
        super().setUp()
        self.git("init", "-q", "-b", "main")
        self.write({".gitignore": "compile_commands.json\n.sightline/\nbuild/\n"})

    def git(self, *arguments, cwd=None, **others):
        done = subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "protocol.file.allow=always", *arguments],
                              cwd=cwd or self.root, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, **others)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.decode()

    def tag(self, name, files=None, gone=()):
        self.write(files or {})
        for path in gone:
            os.unlink(self.root / path)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", name)
        self.git("tag", name)

    def three(self):
        """v1.9, v1.10 and v2.0-rc1: two units, of which one changes each time."""
        self.tag("v1.9", {"all.h": "int one(int x);\nint two(int x);\n", "one.c": UNIT % ("one", 1), "two.c": UNIT % ("two", 1)})
        self.tag("v1.10", {"two.c": UNIT % ("two", 2) + "int two_more(void) { return two(3); }\n"})
        self.tag("v2.0-rc1", {"two.c": UNIT % ("two", 3)})
        self.commands("one.c", "two.c")

    def replay(self, *arguments, code=0, **others):
        return self.expect(code, "replay", *arguments, **others)

    def releases(self):
        return [row["release"] for row in reversed(self.expect(0, "releases", "--format", "json").json)]

    def places(self):
        folder = self.root / ".sightline" / "model.db-revisions"
        return sorted(entry for entry in os.listdir(folder) if not entry.endswith(".lock")) if folder.exists() else []


class Replay(History):
    def test_tags_become_releases_by_version(self):
        self.three()
        said = self.replay().out
        self.assertEqual(self.releases(), ["v1.9", "v1.10", "v2.0-rc1"])
        self.assertRegex(said, r"v1\.9 +2 units, +1 parsed")        # two.c; one.c is as in the working tree
        self.assertRegex(said, r"v1\.10 +2 units, +1 parsed")
        self.assertRegex(said, r"v2\.0-rc1 +2 units, +0 parsed")    # as the working tree
        self.assertEqual(self.query("SELECT count(*) n FROM functions WHERE release = 'v1.10'"), [{"n": 3}])
        self.assertEqual(self.query("SELECT count(*) n FROM functions WHERE release = 'v1.9'"), [{"n": 2}])
        commit = self.git("rev-parse", "v1.9").strip()
        self.assertEqual(self.query("SELECT git_commit g FROM releases WHERE release = 'v1.9'"), [{"g": commit}])

    def test_it_says_the_same_as_a_checkout(self):
        self.three()
        self.replay()
        sql = "SELECT f.name, f.file, f.line, f.cyclomatic, (SELECT count(*) FROM calls c WHERE c.release = f.release AND c.caller_id = " \
              "f.function_id) calls FROM functions f WHERE release = :release ORDER BY 1"
        for name in ("v1.9", "v1.10"):
            self.git("checkout", "-q", name)
            self.scan("--release", "plain", "--db", str(self.scratch / (name + ".db")), "-q")
            self.assertEqual(self.query(sql, "--release", name), self.query(sql, "--release", "plain", "--db", str(self.scratch / (name + ".db"))))

    def test_globs_and_the_last_few(self):
        self.three()
        self.replay("--tags", "v1.*", "--last", "1")
        self.assertEqual(self.releases(), ["v1.10"])
        self.refused(2, "replay", "--tags", "x*", says=("no tag matches", "git fetch --tags"))
        self.refused(2, "replay", "--last", "0", says="--last 0")

    def test_it_goes_on_where_it_was(self):
        self.three()
        self.replay("--tags", "v1.*")
        before = self.views("v1.9")
        said = self.replay().out
        self.assertEqual(said.count("stored already"), 2, said)
        self.assertIn("1 releases stored, 2 were there", said)
        self.assertEqual(self.views("v1.9"), before)

    def test_the_repository_is_not_touched(self):
        self.three()
        (self.root / "two.c").write_text("int dirty;\n")
        def state():
            files = {}
            for folder, _, names in os.walk(self.root):
                if ".sightline" in folder:
                    continue
                for name in names:
                    path = os.path.join(folder, name)
                    files[path] = (os.lstat(path).st_mtime_ns, os.path.getsize(path))
            return files
        self.git("status")  # refreshes the index
        before = state()
        self.replay()
        self.assertEqual(state(), before)
        self.assertEqual(self.places(), [])

    def test_what_was_scanned_by_hand_is_left_alone(self):
        self.three()
        self.scan("--release", "v1.9", "-q")  # another tree under that name
        before = self.views("v1.9")
        self.assertIn("stored already", self.replay("--tags", "v1.9").out)
        self.assertEqual(self.views("v1.9"), before)
        self.replay("--tags", "v1.9", "--again")
        self.assertNotEqual(self.views("v1.9"), before)

    def shown(self):
        (name,) = {row["release"] for row in self.expect(0, "domains", "--format", "json").json}
        return name

    def test_what_was_scanned_last_is_what_is_shown(self):
        self.three()
        self.replay("--tags", "v1.*")
        self.assertEqual(self.shown(), "v1.10")
        self.replay()
        self.assertEqual(self.shown(), "v2.0-rc1")
        self.scan("--release", "mine", "-q")
        self.tag("v0.5", {"two.c": UNIT % ("two", 9)})
        self.git("checkout", "-q", "v2.0-rc1")
        self.replay("--tags", "v0*")
        self.assertEqual((self.shown(), self.releases()[-1]), ("mine", "v0.5"))
        self.assertIn("-> mine:", self.expect(0, "gate", "--base", "v1.9").out)
        # Also where it was there already, as it is.
        self.scan("--release", "other", "-q")
        self.scan("--release", "mine", "-q")
        self.assertEqual(self.shown(), "mine")

    def test_generated_files_come_from_the_working_tree(self):
        self.tag("v1", {"build.ignored": "", "main.c": '#include "config.h"\nint main(void) { return WIDTH; }\n'})
        self.tag("v2", {"main.c": '#include "config.h"\nint main(void) { return WIDTH + 1; }\n'})
        self.write({"build/config.h": "#define WIDTH 7\n", "build/unused.h": ""})
        self.commands({"directory": str(self.root / "build"), "arguments": ["cc", "-I.", "-c", "../main.c"], "file": "../main.c"})
        said = self.replay().out
        self.assertIn("1 generated file as in the working tree (build/config.h)", said)
        self.assertEqual(self.query("SELECT release, status FROM units ORDER BY 1"),
                         [{"release": "v1", "status": "ok"}, {"release": "v2", "status": "ok"}])
        # Another one: the release is another.
        self.write({"build/config.h": "#define WIDTH 8\n"})
        self.assertIn("2 releases stored", self.replay().out)

    def test_new_work_is_no_generated_file(self):
        self.tag("v1", {"old.c": "int old(void) { return 0; }\n", "build/README": ""})
        self.git("rm", "-q", "--cached", ".gitignore")
        self.write({"new.c": "int fresh(void) { return 0; }\n", "build/made.c": "int made(void) { return 0; }\n", ".gitignore": "",
                    "ignored.c": "int ignored(void) { return 0; }\n", ".git/info/exclude": "ignored.c\n"})
        self.commands("old.c", "new.c", "build/made.c", "ignored.c")
        (self.root / "compile_commands.json").rename(self.root / "build/compile_commands.json")
        self.replay()
        self.assertEqual([row["name"] for row in self.query("SELECT name FROM functions WHERE release = 'v1' ORDER BY 1")],
                         ["ignored", "made", "old"])

    def test_gone_and_renamed_sources_are_compiled_as_others_are(self):
        old = "#ifdef YES\nint renamed_yes(void) { return %s; }\n#endif\n" % " + ".join(map(str, range(60)))
        self.tag("v1", {"src/before.c": old, "src/gone.c": "#ifdef YES\nint gone_yes(void) { return 0; }\n#endif\n",
                        "src/stays.c": "int stays;\n", "tool/never.c": "int never_built(void) { return 0; }\n"})
        self.tag("v2", {"src/after.c": old}, gone=["src/before.c", "src/gone.c", "tool/never.c"])
        self.commands(self.entry("src/after.c", "-DYES=1"), self.entry("src/stays.c", "-DYES=2"))
        said = self.replay("--db", str(self.scratch / "old.db")).out
        self.assertIn("2 sources that are gone since compiled as others are", said)
        # The database is older than the tree and names them still: it knows best.
        self.commands(self.entry("src/after.c", "-DYES=1"), self.entry("src/stays.c", "-DYES=2"), self.entry("src/gone.c", "-DYES=3"))
        said = self.replay().out
        self.assertIn("1 source that is gone since compiled as others are", said)
        self.assertEqual(self.query("SELECT count(*) n FROM units WHERE release = 'v1'"), [{"n": 3}])
        self.assertEqual([row["name"] for row in self.query("SELECT name FROM functions WHERE release = 'v1' ORDER BY 1")],
                         ["gone_yes", "renamed_yes"])

    def test_a_tag_that_does_not_build_is_told_and_skipped(self):
        make = "all: main.o\nmain.o: main.c\n\tcc -c -o main.o main.c\n"
        self.tag("v1", {"Makefile": make, "main.c": "int main(void) { return 0; }\n"})
        self.tag("v2", {"main.c": "int main(void) { return }\n"})
        self.tag("v3", {"main.c": "int main(void) { return 3; }\n"})
        self.tag("v4", {"Makefile": "all:\n"})
        result = self.replay("--build", "make")
        self.assertEqual(self.releases(), ["v1", "v3"])
        self.assertIn("v2 is skipped: the build failed", result.err)
        self.assertIn("v4 is skipped: the build compiled nothing", result.err)
        self.assertIn("2 releases stored, 0 were there, 2 skipped", result.out)
        self.assertFalse((self.root / "main.o").exists())
        self.assertEqual(self.places(), [])
        self.replay("--build", "make", "--tags", "v2", code=2)

    def test_a_part_of_a_repository(self):
        self.tag("v1", {"common/shared.h": "#define SHARED 1\n", "part/main.c": '#include "../common/shared.h"\nint main(void) { return SHARED; }\n'})
        self.tag("v2", {"common/shared.h": "#define SHARED 2\n", "other/x.c": "int x;\n"})
        part = self.root / "part"
        (part / "compile_commands.json").write_text('[{"directory": "%s", "file": "main.c", "arguments": ["cc", "-c", "main.c"]}]' % part)
        self.replay(cwd=part)
        rows = self.expect(0, "query", "SELECT release, unit, status FROM units ORDER BY 1", "--format", "json", cwd=part).json
        self.assertEqual(rows, [{"release": "v1", "unit": "main.c", "status": "ok"}, {"release": "v2", "unit": "main.c", "status": "ok"}])

    def test_submodules(self):
        library = self.scratch / "library"
        library.mkdir()
        self.git("init", "-q", "-b", "main", cwd=library)
        for value in (1, 2):
            (library / "lib.h").write_text("int lib_%d(void);\n" % value)
            self.git("add", "-A", cwd=library)
            self.git("commit", "-q", "-m", str(value), cwd=library)
        self.git("submodule", "add", "-q", str(library), "deps/lib")
        self.git("checkout", "-q", "HEAD~1", cwd=self.root / "deps/lib")
        self.tag("v1", {"main.c": '#include "deps/lib/lib.h"\nint main(void) { return 0; }\n'})
        self.git("checkout", "-q", "main", cwd=self.root / "deps/lib")
        self.tag("v2")
        self.commands("main.c")
        self.replay()
        self.assertEqual(self.query("SELECT release, status FROM units ORDER BY 1"),
                         [{"release": "v1", "status": "ok"}, {"release": "v2", "status": "ok"}])
        one = self.query("SELECT DISTINCT file, lines FROM files WHERE release = 'v1' AND file LIKE 'deps%'")
        self.assertEqual(len(one), 1)
        # Not checked out: left out, told.
        clone = self.scratch / "clone"
        self.git("clone", "-q", str(self.root), str(clone))
        shutil.copy(self.root / "compile_commands.json", clone)
        text = (clone / "compile_commands.json").read_text().replace(str(self.root), str(clone))
        (clone / "compile_commands.json").write_text(text)
        said = self.expect(0, "replay", cwd=clone).out
        self.assertIn("1 submodule left out that is not checked out here (deps/lib)", said)

    def test_sources_that_git_lfs_has(self):
        self.tag("v1", {"all.h": "", "one.c": UNIT % ("one", 1), "big.c": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"})
        self.write({"big.c": "int big;\n"})
        self.commands("one.c", "big.c")
        self.assertIn("1 source only Git LFS has; 1 of 2 units not complete", self.replay().out)

    def test_no_repository(self):
        shutil.rmtree(self.root / ".git")
        self.small()
        self.refused(2, "replay", says="not in a git working tree")


class Left(History):
    """Whatever ends us, no tree stays."""

    def slow(self):
        self.many(60)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "many")
        for i in range(4):
            self.tag("t%d" % i, {"src/all.h": (self.root / "src/all.h").read_text() + "int more%d;\n" % i})

    def killed(self, number):
        process = self.start("replay", "-q")
        deadline = time.monotonic() + 60
        while not self.places() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        self.assertEqual(len(self.places()), 1)
        if number == signal.SIGKILL:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        process.communicate()
        deadline = time.monotonic() + 20
        while self.places() and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertEqual(self.places(), [], "after signal %d" % number)
        self.assertNotEqual(process.returncode, 0)

    def test_signals(self):
        self.slow()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            self.killed(number)
        self.replay("-q")
        self.assertEqual(self.releases(), ["t0", "t1", "t2", "t3"])
        self.integrity()

    def test_leftovers_go_the_next_time(self):
        self.three()
        self.replay("--tags", "v1.9")
        left = self.root / ".sightline/model.db-revisions/5"
        (left / "tree" / "locked").mkdir(parents=True)
        (left / "tree" / "locked" / "a.c").write_text("")
        (left / "tree" / "locked").chmod(0o500)
        self.replay("--tags", "v1.10")
        self.assertEqual(self.places(), [])

    def test_two_at_once_do_not_meet(self):
        self.slow()
        rivals = [self.start("replay", "-q", "--db", str(self.scratch / "shared.db"), "--tags", glob) for glob in ("t[01]", "t[23]")]
        for rival in rivals:
            rival.communicate()
        codes = [rival.returncode for rival in rivals]
        self.assertTrue(set(codes) <= {0, 3}, codes)  # 3: the database was busy for too long
        self.replay("-q", "--db", str(self.scratch / "shared.db"))
        rows = self.expect(0, "releases", "--format", "json", "--db", str(self.scratch / "shared.db")).json
        self.assertEqual(sorted(row["release"] for row in rows), ["t0", "t1", "t2", "t3"])


class Hostile(History):
    def test_nothing_that_a_repository_names_is_run(self):
        mark = self.scratch / "was-run"
        self.three()
        self.tag("v9", {".gitattributes": "*.c filter=evil diff=evil\n"})
        hooks = self.root / ".git" / "hooks"
        hooks.mkdir(exist_ok=True)
        for hook in ("post-checkout", "post-index-change", "reference-transaction", "post-merge"):
            (hooks / hook).write_text("#!/bin/sh\ntouch '%s'\n" % mark)
            (hooks / hook).chmod(0o755)
        touch = "touch '%s'; cat" % mark
        for key in ("filter.evil.smudge", "filter.evil.clean", "diff.evil.textconv", "diff.evil.command", "core.fsmonitor", "diff.external",
                    "core.pager", "core.sshCommand"):
            self.git("config", key, touch)
        self.git("config", "filter.evil.required", "true")
        mark.unlink(missing_ok=True)
        self.replay()
        self.assertFalse(mark.exists())
        self.assertIn("v9", self.releases())

    def test_a_working_tree_elsewhere(self):
        self.three()
        self.git("config", "core.worktree", "/usr/include")
        self.refused(2, "replay", says="working tree elsewhere, in /usr/include")

    def test_a_link_in_the_way_leads_nowhere(self):
        outside = self.scratch / "outside"
        outside.mkdir()
        self.tag("v1", {"main.c": '#include "gen/config.h"\nint main(void) { return 0; }\n'})
        os.symlink(outside, self.root / "gen")
        self.tag("v2")
        os.unlink(self.root / "gen")
        self.write({".gitignore": "gen/\ncompile_commands.json\n.sightline/\n"})
        self.tag("v3")
        self.write({"gen/config.h": "int evil;\n"})
        self.commands("main.c", {"directory": str(self.root / "gen" / "deeper"), "arguments": ["cc", "-c", "../../main.c"], "file": "../../main.c"})
        (self.root / "gen" / "deeper").mkdir()
        self.run_program("replay")
        self.assertEqual(os.listdir(outside), [])
        self.assertEqual(self.places(), [])

    def test_names(self):
        self.write({"a b'\"<&>.c": "int odd(void) { return 0; }\n"})
        self.tag("v1-<b>&'x'")
        self.tag("v2")
        self.commands("a b'\"<&>.c")
        result = self.replay()
        self.assert_calm(result)
        self.assertEqual(self.releases(), ["v1-<b>&'x'", "v2"])
        self.refused(2, "replay", "--tags", "--upload-pack=touch x", says="no tag matches")


class Trend(History):
    def test_the_curves_of_a_replay(self):
        self.three()
        self.replay("-q")
        picture = self.scratch / "trend.svg"
        self.expect(0, "report", "--trend", "-o", str(picture))
        root = tree.parse(picture).getroot()
        svg = "{http://www.w3.org/2000/svg}"
        texts = " ".join("".join(node.itertext()) for node in root.iter(svg + "text"))
        for word in ("Size", "Domains", "Debt", "Dependency cycles", "3 releases, v1.9", "v2.0-rc1"):
            self.assertIn(word, texts)
        tips = [node.text for group in root.iter(svg + "g") for node in group.iter(svg + "title")]
        lines = {row["release"]: row["n"] for row in self.query("SELECT release, sum(code_lines) n FROM files GROUP BY 1")}
        for tip, name in zip(tips, ("v1.9", "v1.10", "v2.0-rc1")):
            self.assertTrue(tip.startswith(name), tip)
            self.assertIn("Size: %d" % lines[name], tip)
        only = self.expect(0, "report", "--trend", "--release", "v1.*").out
        self.assertIn("2 releases", only)
        self.refused(2, "report", "--trend", "--release", "nothing*", says="no release matches")
        self.refused(2, "report", "--trend", "--format", "dot", says="draws svg")

    def test_no_release(self):
        self.three()
        self.refused(2, "report", "--trend")


class Rules(History):
    def test_a_new_rule_is_tried_on_stored_releases(self):
        self.three()
        self.replay("-q")
        rules = self.scratch / "rules"
        rules.mkdir()
        (rules / "X901-more.sql").write_text(
            "-- id: X901\n-- title: Functions called more\n-- goal: velocity\n-- severity: major\n-- effort: 5\n-- since: 1\n"
            "-- task: file: Less of them\n-- why: it is a test\n-- fix: nothing\n-- example: here\n"
            "SELECT file, line, name AS subject, name || ' is more' AS message FROM functions WHERE release = :release AND name LIKE '%more'\n")
        said = self.expect(0, "rules", "check", "--rules", str(rules), "--against", "v1.*").out
        self.assertEqual(said.splitlines()[0], "X901  Functions called more")
        self.assertEqual([line.strip() for line in said.splitlines()[1:]],
                         ["v1.9: 0 findings", "v1.10: 1 finding, 1 new, 0 gone", "+ two.c:3  two_more is more",
                          "v2.0-rc1: 0 findings, 0 new, 1 gone", "- two.c:3  two_more is more"])
        rows = self.expect(0, "rules", "check", "--rules", str(rules), "--against", "v1.*", "--format", "json").json
        self.assertEqual([(row["release"], row["status"], row["subject"]) for row in rows],
                         [("v1.10", "new", "two_more"), ("v2.0-rc1", "gone", "two_more")])
        self.assertEqual(self.query("SELECT count(*) n FROM findings WHERE rule = 'X901'"), [{"n": 0}])
        self.refused(2, "rules", "check", "--against", "v7", says="no release matches")
        self.refused(2, "rules", "list", "--against", "v1.9", says="--against is for")
        self.refused(2, "rules", "check", "V999", "--against", "v1.9", says="no rule")


if __name__ == "__main__":
    sightline.main()
