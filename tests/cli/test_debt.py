# SPDX-License-Identifier: GPL-3.0-or-later
"""Debt: history from git, the arithmetic that is shown, elements, what-if against the change really made, planned tasks."""
import math
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import sightline  # noqa: E402
from sightline import Case  # noqa: E402

DAY = 86400
NOW = 1700000000
RING = {
    "core/a.c": "int b(int x);\nint a(int x)\n{\n\treturn b(x);\n}\nint leaf(int x)\n{\n\treturn x;\n}\n",
    "net/b.c": "int c(int x);\nint b(int x)\n{\n\treturn c(x);\n}\n",
    "net/c.c": "int a(int x);\nint c(int x)\n{\n\treturn x ? a(x - 1) : 0;\n}\n",
    "main.c": "int a(int x);\nint main(void)\n{\n\treturn a(3);\n}\n",
}
DOMAINS = "domains:\n  core: [\"core/**\", \"main.c\"]\n  net: [\"net/**\"]\n"


class Base(Case):
    def git(self, *arguments, when=NOW, who="a@example.org", root=None):
        environment = sightline.environment(
            GIT_AUTHOR_NAME="x", GIT_COMMITTER_NAME="x", GIT_AUTHOR_EMAIL=who, GIT_COMMITTER_EMAIL=who,
            GIT_AUTHOR_DATE="%d +0000" % when, GIT_COMMITTER_DATE="%d +0000" % when)
        return subprocess.run(["git", *arguments], cwd=root or self.root, env=environment, check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout.decode()

    def commit(self, message, when, who="a@example.org", files=None):
        self.write(files or {})
        self.git("add", "-A")
        self.git("commit", "--quiet", "--allow-empty", "-m", message, when=when, who=who)

    def ring(self):
        self.write(RING)
        self.write({"sightline.yaml": DOMAINS})
        self.commands("core/a.c", "net/b.c", "net/c.c", "main.c")

    def values(self, *arguments):
        return {(r["scope"], r["subject"], r["metric"]): r["value"] for r in self.expect(0, "debt", "--format", "json", *arguments).json}


class History(Base):
    def repository(self):
        """Of list.c: an old commit out of the window, a year-old one, a rename, two fixes; main.c is changed with it once."""
        self.git("init", "--quiet", "-b", "main")
        self.write({".gitignore": ".sightline\n"})
        self.small()
        self.commit("Begin", NOW - 900 * DAY)
        body = sightline.SMALL["src/list.c"]
        self.git("mv", "src/list.c", "src/old.c")
        self.commit("Move it away", NOW - 850 * DAY)
        self.commit("Add a line", NOW - 500 * DAY, files={"src/old.c": body + "/* 1 */\n"})
        self.commit("Fix the count", NOW - 100 * DAY, "b@example.org", files={"src/old.c": body + "/* 1 */\n/* 2 */\n"})
        self.git("mv", "src/old.c", "src/list.c")
        self.commit("Call it list again", NOW - 50 * DAY)
        self.commit("Prefix names", NOW - 20 * DAY, "C@example.org", files={
            "src/list.c": body + "/* 1 */\n/* 2 */\n/* 3 */\n", "src/main.c": sightline.SMALL["src/main.c"] + "/* 1 */\n"})
        self.commit("Tidy\n\nFixes: 0123abcd", NOW, "c@example.org", files={"src/list.c": body + "/* 1 */\n/* 2 */\n/* three */\n"})

    def test_numbers(self):
        self.repository()
        self.write({"sightline.yaml": "domains:\n  list: [\"src/list.*\"]\n  main: [\"src/main.c\"]\n"})
        self.scan("--quiet", "--release", "one")
        v = self.values()
        file = lambda metric: v["file", "src/list.c", metric]  # noqa: E731
        self.assertEqual(file("changes_year"), 4)    # the fix, the rename, the prefix, the tidying
        self.assertEqual(file("fixes_year"), 2)
        self.assertEqual(file("authors"), 3)         # addresses differ in more than their letters' case
        self.assertEqual(file("lines_changed_year"), 4)
        self.assertEqual(file("changes_across"), 1)
        ages = [(0, 2), (20, 1), (50, 1), (100, 2), (500, 1)] # 850 and 900 days lie before the window
        self.assertAlmostEqual(file("recent_changes"), sum(n * .5 ** (days / 365) for days, n in ages), places=9)
        self.assertEqual(v["domain", "list", "changes_year"], 4)
        self.assertEqual(v["file", "src/main.c", "changes_across"], 1)
        changes = self.query("SELECT commit_id, time, is_fix, files, lines_added, lines_removed FROM changes WHERE file = 'src/list.c' ORDER BY time")
        log = self.git("log", "--format=%H %ct", "--reverse").split("\n")
        self.assertEqual([c["commit_id"] for c in changes], [line[:16] for line in log[2:7]])
        self.assertEqual([c["is_fix"] for c in changes], [0, 1, 0, 0, 1])
        self.assertEqual(self.query("SELECT git_time FROM releases"), [{"git_time": NOW}])

    def test_again_and_anew(self):
        """A commit more is read beside those that are known; a release is derived again without its repository."""
        self.repository()
        self.scan("--quiet", "--release", "one")
        same = self.scan("--release", "one")
        self.assertIn("nothing changed", same.out)
        self.commit("Fix more", NOW + DAY, files={"src/main.c": sightline.SMALL["src/main.c"]})
        self.scan("--quiet", "--release", "two")
        said = self.query("SELECT * FROM changes WHERE release = 'two' ORDER BY time, file")
        fresh = self.scratch / "fresh.db"
        self.scan("--quiet", "--release", "two", "--db", str(fresh))
        self.assertEqual(said, self.query("SELECT * FROM changes WHERE release = 'two' ORDER BY time, file", "--db", str(fresh)))
        before = self.values("--release", "two")
        shutil.rmtree(self.root / ".git")
        self.expect(0, "debt", "--what-if", "move src/list.c elsewhere", "--save-tasks", "--release", "two") # derives anew
        after = self.values("--release", "two")
        self.assertEqual(before, after)
        self.assertGreater(after["file", "src/list.c", "debt_interest"], 0)

    def test_absent(self):
        self.small()
        result = self.scan("--release", "one")
        self.assertRegex(result.out, "no full history: .* lies in no git repository: interest is left out")
        v = self.values()
        self.assertFalse([key for key in v if key[2] in ("debt_interest", "interest_hours", "changes_year")])
        for scope, subject, metric in v:
            if metric == "debt_score" and scope != "file":
                self.assertEqual(v[scope, subject, metric], v[scope, subject, "debt_structure"])
        self.assertEqual(self.query("SELECT seen, total FROM coverage WHERE what = 'days of history read'"), [{"seen": 0, "total": 0}])

    def test_left_out(self):
        self.repository()
        self.scan("--quiet", "--release", "one", "--no-history")
        self.assertNotIn(("codebase", "", "debt_interest"), self.values())

    def test_shallow(self):
        self.repository()
        clone = self.scratch / "shallow"
        self.git("clone", "--quiet", "--depth", "2", "file://%s" % self.root, str(clone))
        os.unlink(clone / "compile_commands.json") # of the other folder
        result = self.scan(str(clone), "--release", "one", "--db", str(self.scratch / "s.db"))
        self.assertIn("shallow clone", result.out)
        (row,) = self.query("SELECT seen, total FROM coverage WHERE what = 'days of history read'", "--db", str(self.scratch / "s.db"))
        self.assertLess(row["seen"], row["total"])

    def test_somebody_elses(self):
        """A tree in a folder that the repository around it does not know has none of its history."""
        self.git("init", "--quiet", "-b", "main")
        self.write({"README": "x\n"})
        self.commit("Begin", NOW)
        inner = self.root / "unpacked"
        self.write(sightline.SMALL, root=inner)
        result = self.scan(str(inner), "--release", "one", "--db", str(self.scratch / "i.db"))
        self.assertIn("the git repository around it does not have it", result.out)

    def test_no_commit_and_broken(self):
        self.git("init", "--quiet", "-b", "main")
        self.small()
        self.assertIn("no commit yet", self.scan("--release", "one").out)
        self.commit("Begin", NOW)
        shutil.rmtree(self.root / ".git/objects")
        (self.root / ".git/objects").mkdir()
        self.assertIn("interest is left out", self.scan("--release", "two").out)


class Arithmetic(Base):
    def test_by_sql(self):
        """Every formula of every scope, computed again by its SQL."""
        self.ring()
        self.git("init", "--quiet", "-b", "main")
        self.commit("Fix a bug", NOW)
        self.scan("--quiet", "--release", "one")
        values, told = self.values(), set()
        base = sqlite3.connect(str(self.db))
        for formula in self.expect(0, "debt", "--explain", "--format", "json").json:
            for (scope, subject, metric), value in values.items():
                if (scope, metric) != (formula["scope"], formula["metric"]):
                    continue
                told.add((scope, metric))
                (again,), = base.execute(formula["sql"], {"release": "one", "subject": subject})
                self.assertIsNotNone(again, (formula["sql"], subject))
                self.assertTrue(math.isclose(again, value, rel_tol=1e-9, abs_tol=1e-9), (scope, subject, metric, value, again))
        self.assertEqual({(scope, metric) for scope, _, metric in values} - told, set())
        for metric in ("debt_score", "debt_interest", "principal_hours", "interest_hours"):
            for scope in ("file", "domain", "codebase"):
                self.assertIn((scope, metric), told)
        self.assertIn(("function", "element_score"), told)

    def test_shown(self):
        """Where --explain NAME puts numbers into a formula, they make the value that stands before it."""
        self.ring()
        self.scan("--quiet", "--release", "one")
        words = {"ramp": lambda x, low=0, high=1: min(max((x - low) / (high - low), 0), 1), "ln": math.log, "log2": math.log2, "abs": abs,
                 "sqrt": math.sqrt, "min": min, "max": max}
        for name in ("core/a.c", "net", "codebase", "c"):
            text, checked, value = self.expect(0, "debt", "--explain", name).out, 0, None
            for line in text.split("\n"):
                head = re.match(r"  (\w+) +(-?[\d.]+)  ", line)
                if head:
                    value, formula = float(head.group(2)), False
                elif value is not None and re.match(r" +  = ", line):
                    shown = line.split("= ", 1)[1]
                    if formula and not re.search(r"ln\(0 /", shown): # the second line is the one with numbers
                        self.assertAlmostEqual(eval(shown.replace("^", "**"), {"__builtins__": {}}, words), value, delta=0.006 + abs(value) / 1000, msg=line)
                        checked += 1
                    formula = True
            self.assertGreater(checked, 2 if name == "c" else 5, text)
        self.assertIn("V001", self.expect(0, "debt", "--explain", "core/a.c").out)
        self.refused(2, "debt", "--explain", "nothing.c", says=["nothing.c"])

    def test_elements(self):
        large = "int big(int x)\n{\n" + "".join("\tif (x == %d)\n\t\tx += u%d(x);\n" % (i, i) for i in range(60)) + "\treturn x;\n}\n"
        self.write({"big.c": "".join("int u%d(int x) { return x; }\n" % i for i in range(60)) + large})
        self.commands("big.c")
        self.scan("--quiet", "--release", "one")
        (row,) = [r for r in self.expect(0, "debt", "--elements", "--format", "json").json if r["scope"] == "function"]
        self.assertEqual((row["subject"], row["needs"], row["users"], row["users_from"]), ("big.c:big", 60, 0, "static"))
        size, needs = 1 + 9 * math.log(row["code_lines"] / 10) / math.log(50), 1 + 9 * math.log(6) / math.log(20)
        self.assertAlmostEqual(row["score"], (size + needs + 1) / 3)
        self.assertIn("big", self.expect(0, "debt", "--elements").out)


class WhatIf(Base):
    STRUCTURE = ("debt_entanglement", "debt_reach", "debt_modularity", "cycle_groups", "largest_cycle", "relative_cyclicity", "turbomq")

    def foresee(self, *changes):
        rows = self.expect(0, "debt", "--format", "json", *[w for c in changes for w in ("--what-if", c)]).json
        return {(r["scope"], r["subject"], r["metric"]): (r["before"], r["after"]) for r in rows}

    def compare(self, foreseen, now):
        for metric in self.STRUCTURE:
            self.assertAlmostEqual(foreseen["codebase", "", metric][1], now["codebase", "", metric], msg=metric)

    def test_cut(self):
        """What is foreseen is what a scan says once the code is so."""
        self.ring()
        self.scan("--quiet", "--release", "one")
        before, foreseen = self.values(), self.foresee("cut net/c.c core/a.c")
        for (scope, subject, metric), (was, _) in foreseen.items():
            self.assertAlmostEqual(was, before[scope, subject, metric])
        self.assertEqual(foreseen["codebase", "", "cycle_groups"], (1, 0))
        self.assertLess(foreseen["codebase", "", "debt_score"][1], foreseen["codebase", "", "debt_score"][0])
        self.write({"net/c.c": RING["net/c.c"].replace("a(x - 1)", "1").replace("int a(int x);", "struct nothing;")})
        self.scan("--quiet", "--release", "two")
        self.compare(foreseen, self.values("--release", "two"))
        self.assertIn("3 files get out of a cycle", self.expect(0, "debt", "--release", "one", "--what-if", "cut net core").out)

    def test_move(self):
        self.ring()
        self.scan("--quiet", "--release", "one")
        foreseen = self.foresee("move net/b.c core", "move net/c.c 'far away'")
        self.write({"sightline.yaml": "domains:\n  far away: [\"net/c.c\"]\n  core: [\"**\"]\n"})
        self.scan("--quiet", "--release", "two")
        self.compare(foreseen, self.values("--release", "two"))

    def test_refused(self):
        self.ring()
        self.scan("--quiet", "--release", "one")
        for change, says in (("cut net/x.c core/a.c", "net/x.c"), ("move a.c net", "did you mean \"core/a.c\""), ("burn it", "move FILE DOMAIN"),
                             ("move net/b.c net", "already"), ("cut core/a.c main.c", "does not depend"), ("cut core core", "itself"),
                             ("move 'net/b.c", "quotes")):
            self.refused(2, "debt", "--what-if", change, "--save-tasks", says=[says])
        self.assertFalse(self.query("SELECT 1 AS x FROM tasks WHERE task_key LIKE 'plan-%'")) # nothing was saved
        self.refused(2, "debt", "--save-tasks", says=["--what-if"])
        self.refused(2, "debt", "--elements", "--explain", says=["exclude"])

    def status(self, release):
        (row,) = self.query("SELECT status, score_change, title FROM tasks WHERE task_key LIKE 'plan-%%' AND release = '%s'" % release)
        return row

    def test_planned(self):
        """A planned change is a task until the code is so, and again when it is so no more."""
        self.ring()
        self.scan("--quiet", "--release", "one")
        self.expect(0, "debt", "--what-if", "cut net/c.c core/a.c", "--save-tasks", "--quiet")
        row = self.status("one")
        foreseen = self.foresee("cut net/c.c core/a.c")["codebase", "", "debt_score"]
        self.assertEqual((row["status"], row["title"]), ("open", "Planned: cut net/c.c core/a.c"))
        self.assertAlmostEqual(row["score_change"], foreseen[1] - foreseen[0])
        self.write({"net/c.c": "int c(int x)\n{\n\treturn x;\n}\n"})
        self.scan("--quiet", "--release", "two")
        self.assertEqual(self.status("two")["status"], "done")
        self.write({"net/c.c": RING["net/c.c"]})
        self.scan("--quiet", "--release", "three")
        self.assertEqual(self.status("three")["status"], "reopened")
        self.expect(0, "debt", "--forget-task", "cut net/c.c core/a.c", "--quiet")
        self.assertEqual(self.status("three")["status"], "done")
        self.refused(2, "debt", "--forget-task", "cut net/c.c core/a.c", says=["planned"])

    def test_tasks(self):
        """A task that cuts a circle and settles its findings takes away what both are."""
        self.ring()
        self.scan("--quiet", "--release", "one")
        rows = {r["task_key"].split("-")[0]: r for r in self.expect(0, "tasks", "--format", "json").json}
        change = rows["V001"]["score_change"]
        foreseen = self.foresee("cut net/c.c core/a.c")["codebase", "", "debt_score"]
        self.assertLess(change, 0)
        self.assertTrue(all(r["score_change"] <= 1e-12 for r in rows.values() if r["score_change"] is not None))
        cheapest = self.query("SELECT from_name, to_name FROM cycle_cuts WHERE scope = 'file'")
        self.assertEqual(len(cheapest), 1)
        cut = self.foresee("cut %s %s" % (cheapest[0]["from_name"], cheapest[0]["to_name"]))["codebase", "", "debt_score"]
        self.assertLess(change, cut[1] - cut[0]) # its findings are gone, too
        self.assertLess(foreseen[1], foreseen[0])
        self.assertIn("when it is done", self.expect(0, "tasks", "show", rows["V001"]["task_key"]).out)


if __name__ == "__main__":
    sightline.main()
