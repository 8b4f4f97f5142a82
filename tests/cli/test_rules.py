# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules, findings and tasks from outside: rules of one's own, broken ones, the configuration, tasks over releases."""
import json

import sightline
from sightline import Case

HEADER = """-- id: V900
-- title: A test's own
-- goal: velocity
-- severity: minor
-- effort: 7
-- since: 0.1.0
-- task: file: Look at {count} things of {file}
-- parameter: min_lines = 1: lines, at least
-- why: because
-- fix: Do it.
--   1. first
--   2. second
-- example: here
"""
SELECT = ("SELECT file, line, name AS subject, 'it is ' || name AS message\nFROM functions WHERE release = :release AND "
          "code_lines >= :min_lines AND name <> 'main'\n")


class Rules(Case):
    def setUp(self):
        super().setUp()
        self.small()
        self.rules = self.scratch / "rules"
        self.rules.mkdir()

    def rule(self, text=HEADER + SELECT, name="V900-own.sql"):
        (self.rules / name).write_text(text)

    def of(self, rule, *arguments):
        return self.expect(0, "findings", "--rule", rule, "--format", "json", *arguments).json

    def own(self):
        return self.of("V900", "--rules", str(self.rules))

    def test_list_and_show(self):
        rows = self.expect(0, "rules", "--format", "json").json
        self.assertGreaterEqual(len(rows), 45)
        for row in rows:
            self.assertIn(row["goal"], ("scalability", "resiliency", "velocity", "cloud-readiness", "security"))
            for key in ("title", "why", "fix", "example", "name", "since"):
                self.assertTrue(row[key], row)
            self.assertIn("\n1. ", "\n" + row["fix"], row["rule"])
        shown = self.expect(0, "rules", "show", "V010").out
        for word in ("V010", "Why", "What to do", "Seen in", "SELECT"):
            self.assertIn(word, shown)
        self.refused(2, "rules", "show", "V0", says="no rule")
        self.refused(2, "rules", "nonsense", says="nonsense")

    def test_own_rule(self):
        self.rule()
        self.scan("--rules", str(self.rules))
        rows = self.own()
        self.assertEqual([row["subject"] for row in rows], ["list_length", "helper"])
        self.assertEqual({row["effort_minutes"] for row in rows}, {7})
        self.assertEqual({row["severity"] for row in rows}, {"minor"})

    def test_replaces_built_in(self):
        self.rule(HEADER.replace("V900", "V010") + SELECT, "V010-own.sql")
        self.scan("--rules", str(self.rules))
        self.assertEqual(len(self.of("V010", "--rules", str(self.rules))), 2)

    def test_broken_rule_is_told_and_others_run(self):
        self.rule()
        self.rule(HEADER.replace("V900", "V901") + "SELECT file, line, nome AS subject, 1 AS message FROM functions\n"
                  "WHERE release = :release", "V901-broken.sql")
        self.rule("-- id: V902\nSELECT 1", "V902-header.sql")
        self.rule(HEADER.replace("V900", "V903") + "SELECT file, 1 AS zeile FROM files WHERE release = :release", "V903-columns.sql")
        self.rule(HEADER.replace("V900", "V904") + "SELECT value FROM text WHERE :release", "V904-table.sql")
        said = self.scan("--rules", str(self.rules)).err
        for words in ("V901-broken.sql: SQL: line 14, column 20: no such column: nome", "V902-header.sql:1: the header lacks",
                      "V903-columns.sql", "zeile", "V904-table.sql:14: SQL: no such table: text"):
            self.assertIn(words, said)
        self.assertEqual(len(self.own()), 2)
        checked = self.expect(2, "rules", "check", "--rules", str(self.rules))
        self.assertIn("BROKEN", checked.out)
        self.expect(1, "scan", "--strict", "--release", "again", "--rules", str(self.rules))

    def test_configuration(self):
        self.rule()
        self.write({"sightline.yaml": "rules:\n  V900: {severity: critical, min_lines: 4}\n"})
        self.scan("--rules", str(self.rules))
        self.assertEqual([(row["subject"], row["severity"]) for row in self.own()], [("list_length", "critical")])
        self.assertEqual(self.of("V900", "--rules", str(self.rules), "--goal", "security"), [])
        self.write({"sightline.yaml": "rules:\n  own: off\n"})
        self.scan("--rules", str(self.rules))
        self.assertEqual(self.own(), [])
        for text, words in (("rules:\n  V999: off\n", "sightline.yaml:2:3"), ("rules:\n  V900: {nonsense: 1}\n", "nonsense"),
                            ("rules:\n  V900: {min_lines: many}\n", "number"), ("rules:\n  V900: {severity: bad}\n", "severity"),
                            ("rules:\n  V900: on\n", "off")):
            self.write({"sightline.yaml": text})
            # Before anything is parsed: no model is made.
            self.refused(2, "scan", "--rules", str(self.rules), "--db", str(self.root / "none.db"), says=words)
            self.assertFalse((self.root / "none.db").exists())

    def test_fingerprints_hold_no_lines(self):
        self.rule()
        self.scan("--rules", str(self.rules), "--release", "one")
        before = {row["fingerprint"]: row["line"] for row in self.own()}
        path = self.root / "src" / "main.c"
        path.write_text("\n\n" + path.read_text())
        self.scan("--rules", str(self.rules), "--release", "two")
        after = {row["fingerprint"]: row["line"] for row in self.own()}
        self.assertEqual(set(before), set(after))
        self.assertNotEqual(before, after)

    def test_a_subject_may_be_one_wherever_it_lies(self):
        """Then another file that comes first makes no other finding of it."""
        own = HEADER + "-- identity: %s\n" + ("SELECT file, line, 'main' AS subject, 'here' AS message FROM functions WHERE release = :release "
                                               "AND code_lines >= :min_lines\n")
        found = {}
        for identity in ("subject", "file"):
            self.rule(own % identity)
            self.scan("--rules", str(self.rules), "--release", identity)
            found[identity] = [(row["fingerprint"], row["file"]) for row in self.own()]
        (one,) = found["subject"]
        self.assertEqual(one[1], min(file for _, file in found["file"]))
        self.write({"first.c": "int first(void)\n{\n\treturn 1;\n}\n"})
        commands = json.loads((self.root / "compile_commands.json").read_text())
        self.commands("first.c", *(command["file"] for command in commands))
        self.rule(own % "subject")
        self.scan("--rules", str(self.rules), "--release", "later")
        self.assertEqual([(row["fingerprint"], row["file"]) for row in self.own()], [(one[0], "first.c")])
        self.rule(own % "line")
        self.assertIn('an identity is "file" or "subject", not line', self.scan("--rules", str(self.rules)).err)

    def tasks(self, release):
        rows = self.expect(0, "tasks", "--release", release, "--format", "json").json
        return {row["task_key"]: row for row in rows if row["task_key"].startswith("V900")}

    def test_tasks_live_on(self):
        self.rule()
        path = self.root / "src" / "main.c"
        text = path.read_text()
        gone = text.replace("static int helper(int x) { return x ? helper(x - 1) : count; }\n", "").replace("helper(3)", "count")
        for release, source in (("one", text), ("two", gone), ("three", text), ("four", text)):
            path.write_text(source)
            self.scan("--rules", str(self.rules), "--release", release)
        one, two, three, four = (self.tasks(release) for release in ("one", "two", "three", "four"))
        key = next(key for key, row in one.items() if row["title"] == "Look at 1 things of src/main.c")
        self.assertEqual([row[key]["status"] for row in (one, two, three, four)], ["open", "done", "reopened", "reopened"])
        self.assertEqual(two[key]["findings"], 0)
        other = next(other for other in one if other != key)
        self.assertEqual({row[other]["status"] for row in (one, two, three, four)}, {"open"})
        shown = self.expect(0, "tasks", "show", key).out
        for words in ("1. first", "because", "src/main.c:3"):
            self.assertIn(words, shown)

    def test_accepted(self):
        self.rule()
        self.scan("--rules", str(self.rules), "--release", "one")
        keys = sorted(self.tasks("one"))
        finding = next(row for row in self.own() if row["subject"] == "list_length")
        self.write({"sightline.yaml": "baseline: accepted.txt\n",
                    "accepted.txt": "# what we live with\n%s it is meant so\n" % finding["fingerprint"]})
        self.scan("--rules", str(self.rules), "--release", "two")
        statuses = sorted(row["status"] for row in self.tasks("two").values())
        self.assertEqual(statuses, ["accepted", "open"])
        self.write({"accepted.txt": "".join("%s won't fix\n" % key for key in keys)})
        self.scan("--rules", str(self.rules), "--release", "two")
        self.assertEqual({row["status"] for row in self.tasks("two").values()}, {"accepted"})
        self.assertIn("won't fix", self.expect(0, "tasks", "show", keys[0]).out)

    def test_goals(self):
        self.rule()
        self.scan("--rules", str(self.rules))
        plain = self.tasks("unversioned")
        rows = self.expect(0, "tasks", "--goal", "velocity=3,security=1", "--format", "json").json
        for row in rows:
            if row["task_key"] in plain:
                self.assertAlmostEqual(row["priority"], 3 * plain[row["task_key"]]["priority"])
        self.refused(2, "tasks", "--goal", "speed=3", says="speed")
        self.refused(2, "tasks", "--goal", "velocity=much", says="much")
        self.write({"sightline.yaml": "goals: {velocity: 2}\n"})
        self.scan("--rules", str(self.rules))
        for key, row in self.tasks("unversioned").items():
            self.assertAlmostEqual(row["priority"], 2 * plain[key]["priority"])

    def test_tests_and_code_of_others_come_later(self):
        code = "int %s(int x) { return x + 1; }\n"
        self.write({"src/main.c": "int one(int x); int main(void) { return one(1); }\n" + code % "one",
                    "tests/check.c": code % "two", "deps/zip/zip.c": code % "three", "src/grammar.c": code % "yyparse"})
        self.commands("src/main.c", "tests/check.c", "deps/zip/zip.c", "src/grammar.c")
        self.rule(HEADER.replace("minor", "major") + SELECT)
        self.rule(HEADER.replace("V900", "X900").replace("velocity", "security").replace("minor", "critical") + SELECT, "X900-own.sql")
        self.scan("--rules", str(self.rules))
        severities = {(row["rule"], row["file"]): row["severity"] for row in self.expect(0, "findings", "--format", "json").json}
        self.assertNotIn(("V900", "src/grammar.c"), severities, "bison wrote it")
        self.assertEqual([severities["V900", file] for file in ("src/main.c", "tests/check.c", "deps/zip/zip.c")], ["major"] * 3)
        self.assertEqual([severities["X900", file] for file in ("src/main.c", "tests/check.c", "deps/zip/zip.c")],
                         ["critical", "info", "critical"], "how a program fares in production does not matter in tests")
        worth = {"src/main.c": {"V900": 10, "X900": 30}, "tests/check.c": {"V900": 2.5, "X900": 0.25}, "deps/zip/zip.c": {"V900": 2.5, "X900": 7.5}}
        for weights in ((1, 1), (3, 2)):
            arguments = [] if weights == (1, 1) else ["--goal", "velocity=3,security=2"]
            rows = {row["task_key"]: row for row in self.expect(0, "tasks", "--format", "json", *arguments).json if row["title"].startswith("Look at")}
            self.assertEqual(len(rows), 6)
            exported = {task["task_key"]: task["priority"]
                        for task in self.expect(0, "export", "--format", "json", "-o", "-", *arguments).json["tasks"]}
            for key, row in rows.items():
                rule, file = key.split("-")[0], row["title"].split(" of ")[1]
                expected = weights[rule == "X900"] * worth[file][rule] / (4 + row["effort_minutes"] / 60) * (1 + max(0, -row["score_change"]))
                self.assertAlmostEqual(row["priority"], expected, msg=(rule, file))
                self.assertAlmostEqual(exported[key], expected, 3)
                if arguments:
                    continue
                shown = self.expect(0, "tasks", "show", key).out
                self.assertIn("Priority = 1 (weight of the goal) x %g (" % worth[file][rule], shown)
                self.assertEqual("a quarter" in shown, file != "src/main.c")

    def test_rules_are_held_to_the_views(self):
        self.rule(HEADER + "SELECT sql AS file, 1 AS line, 1 AS subject, 1 AS message FROM sqlite_master WHERE :release")
        self.assertIn("V900-own.sql", self.scan("--rules", str(self.rules)).err)
        self.rule(HEADER + "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)\n"
                  "SELECT 'x' AS file, 1 AS line, i AS subject, 1 AS message FROM n WHERE i < 0 AND :release <> ''")
        self.assertIn("too many steps", self.scan("--rules", str(self.rules), limit=300).err)


if __name__ == "__main__":
    sightline.main()
