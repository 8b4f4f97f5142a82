# SPDX-License-Identifier: GPL-3.0-or-later
"""The public contract: names of commands, options, views, columns and keys, formats, exit codes, and what query allows."""
import csv
import functools
import io
import json
import os
import pathlib
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import sightline  # noqa: E402
from sightline import Case  # noqa: E402

VIEWS = {
    "releases": "release created_at git_commit units units_failed functions calls observations",
    "units": "release unit command_hash status diagnostics",
    "files": "release file lines code_lines is_header domain",
    "functions": "release function_id name file line end_line is_static is_inline parameters cyclomatic cognitive domain "
                 "is_reachable observed_calls",
    "variables": "release variable_id name file line is_static is_mutable is_thread_local type domain",
    "types": "release type_id name file line domain",
    "macros": "release macro_id name file line domain",
    "calls": "release caller_id caller caller_file callee_id callee callee_file how confidence sites observed_count",
    "uses": "release from_id from_name to_id to_name kind sites",
    "includes": "release file included line is_used",
    "dependencies": "release from_file to_file kind weight observed_weight",
    "resources": "release resource_id kind name domains",
    "resource_uses": "release function_id function resource_id kind name operation static_sites observed_count",
    "entry_points": "release function_id function kind",
    "flows": "release entry_id function_id depth observed",
    "domains": "release domain files functions lines cohesion exclusivity debt_score",
    "domain_dependencies": "release from_domain to_domain weight observed_weight symbols",
    "findings": "release finding_id rule severity goal domain file line subject message effort_minutes fingerprint",
    "tasks": "release task_key title priority goal domain effort_minutes findings status",
    "metrics": "release scope subject metric value",
    "events": "from_release to_release kind severity subject detail file line",
    "coverage": "release what seen total",
}
COMMANDS = ("scan", "replay", "alerts", "trace", "ingest", "releases", "domains", "debt", "findings", "tasks", "rules", "flows", "resources", "drift", "gate", "show", "query", "report", "serve",
            "export", "init", "completion", "manual")


class Base(Case):
    def setUp(self):
        super().setUp()
        self.small()
        self.scan("--quiet", "--release", "one")


class Views(Base):
    def test_columns(self):
        base = sqlite3.connect(str(self.db))
        found = {name: [row[1] for row in base.execute('PRAGMA table_info("%s")' % name)]
                 for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'view'")}
        base.close()
        for view, columns in VIEWS.items():
            with self.subTest(view=view):
                self.assertEqual(found[view][:len(columns.split())], columns.split())
                self.query("SELECT %s FROM %s" % (", ".join(columns.split()), view))
        said, view = {}, None
        for line in self.expect(0, "query", "--schema").out.splitlines():
            if line and not line.startswith(" "):
                view = line.split(":")[0]
                said[view] = []
                self.assertRegex(line, r"^[a-z_]+: \S")
            elif line:
                said[view].append(line.split()[0])
                self.assertRegex(line, r"^  [a-z_]+ +\S", "a column without a description")
        self.assertEqual(said, found)

    def test_schema_needs_no_model(self):
        self.assertIn("functions:", self.expect(0, "query", "--schema", cwd=self.scratch).out)
        rows = self.expect(0, "query", "--schema", "--format", "json", cwd=self.scratch).json
        self.assertEqual(list(rows[0]), ["view", "column", "description"])
        for view, columns in VIEWS.items():
            self.assertEqual([r["column"] for r in rows if r["view"] == view][:len(columns.split())], columns.split())
        text = self.expect(0, "query", "--schema", "--format", "csv", cwd=self.scratch).out
        self.assertEqual(list(csv.DictReader(io.StringIO(text, newline=""), strict=True)), rows)
        self.refused(2, "query", "--schema", "--format", "yaml", says="yaml")

    def test_rows(self):
        rows = self.query("SELECT name, file, is_static, domain FROM functions ORDER BY name")
        self.assertEqual([(r["name"], r["file"], r["is_static"]) for r in rows],
                         [("helper", "src/main.c", 1), ("list_length", "src/list.c", 0), ("main", "src/main.c", 0)])
        self.assertEqual(self.query("SELECT caller, callee, callee_file, how, confidence FROM calls WHERE callee = 'list_length'"),
                         [{"caller": "main", "callee": "list_length", "callee_file": "src/list.c", "how": "direct",
                           "confidence": 1}])
        self.assertEqual(self.query("SELECT included, is_used FROM includes WHERE file = 'src/list.c'"),
                         [{"included": "src/list.h", "is_used": 1}])
        self.assertEqual(self.query("SELECT function, kind FROM entry_points WHERE kind = 'main'"),
                         [{"function": "main", "kind": "main"}])
        unit = self.query("SELECT * FROM units WHERE unit = 'src/main.c'")[0]
        self.assertEqual(unit["status"], "ok")
        self.assertRegex(unit["command_hash"], "^[0-9a-f]{32}$")
        release = self.query("SELECT * FROM releases")[0]
        self.assertRegex(release["created_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual((release["units"], release["units_failed"], release["functions"], release["observations"]), (2, 0, 3, 0))

    def test_headers_for_the_c_library_are_used(self):
        self.write({"src/features.h": "#ifndef FEATURES_H\n#define FEATURES_H\n#define _GNU_SOURCE 1\n#endif\n",
                    "src/idle.h": "#ifndef _IDLE_H\n#define _IDLE_H\n#define IDLE 1\n#endif\n",
                    "src/list.c": '#include "features.h"\n#include "idle.h"\n#include <string.h>\nint list_length(void) { return 0; }\n'})
        self.scan("--quiet", "--release", "two")
        rows = self.query("SELECT included, is_used FROM includes WHERE release = 'two' AND file = 'src/list.c' AND is_outside = 0 "
                          "ORDER BY line")
        self.assertEqual(rows, [{"included": "src/features.h", "is_used": 1}, {"included": "src/idle.h", "is_used": 0}])

    def test_whose_function_it_is(self):
        """What a system header declares is the system's, unless the codebase declares it as well."""
        self.write({
            "src/user.c": '#include <stdlib.h>\n#include <string.h>\n#include "compat.h"\n'
                          "char *user(void) { char *p = malloc(9); return strsep(&p, 0); }\n",
            "src/compat.h": "char *strsep(char **text, const char *delimiters);\n",
            "src/compat.c": '#include "compat.h"\nchar *strsep(char **text, const char *delimiters)\n'
                            "{ return delimiters ? *text : 0; }\n",
            "tests/malloc.c": "#include <stdlib.h>\nstatic char pool[99];\nvoid *malloc(size_t size) { return size < 99 ? pool : 0; }\n"
                              "int main(void) { return malloc(1) != pool; }\n",
        })
        (self.root / "compile_commands.json").unlink(missing_ok=True)
        self.scan("--quiet", "--release", "two")
        rows = self.query("SELECT caller, callee, callee_file FROM calls WHERE release = 'two' AND caller_file <> 'src/main.c' AND "
                          "caller_file <> 'src/list.c'")
        found = {(row["caller"], row["callee"], row["callee_file"]) for row in rows}
        self.assertEqual(found, {("user", "malloc", None), ("user", "strsep", "src/compat.c"), ("main", "malloc", "tests/malloc.c")})

    def test_ids_join(self):
        self.assertEqual(self.query("SELECT count(*) AS n FROM calls c LEFT JOIN functions f ON f.release = c.release AND "
                                    "f.function_id = c.caller_id WHERE f.function_id IS NULL"), [{"n": 0}])
        self.assertEqual(self.query("SELECT count(*) AS n FROM flows w LEFT JOIN functions f USING (release, function_id) "
                                    "WHERE f.name IS NULL"), [{"n": 0}])


class Lists(Base):
    def test_json_keys(self):
        for command in ("releases", "domains", "flows"):
            with self.subTest(command=command):
                rows = self.expect(0, command, "--format", "json").json
                self.assertIsInstance(rows, list)
                self.assertTrue(rows)
                for row in rows:
                    self.assertEqual(list(row), VIEWS[command].split())
        for command in ("findings", "tasks"):
            for row in self.expect(0, command, "--format", "json").json:
                self.assertEqual(list(row), VIEWS[command].split())
        for command in ("resources",):  # nothing fills its view yet
            self.assertEqual(self.expect(0, command, "--format", "json").json, [])
            self.assertEqual(self.expect(0, command, "--format", "csv").out.split("\r\n"), [VIEWS[command].replace(" ", ","), ""])
            self.assertIn("yet", self.expect(0, command).err)
        rows = self.expect(0, "debt", "--format", "json").json
        self.assertEqual(list(rows[0]), VIEWS["metrics"].split())
        rows = self.expect(0, "query", "SELECT name AS 'a b', 1.5, NULL, x'00ff' FROM functions LIMIT 1", "--format", "json").json
        self.assertEqual(list(rows[0])[0], "a b")
        self.assertEqual(self.query("SELECT 1 WHERE 0"), [])

    def test_json_equals_view(self):
        base = sqlite3.connect(str(self.db))
        for command in ("releases", "domains", "flows"):
            columns = VIEWS[command].split()
            wanted = base.execute("SELECT %s FROM %s" % (", ".join(columns), command)).fetchall()
            rows = [tuple(row.values()) for row in self.expect(0, command, "--format", "json").json]
            self.assertEqual(sorted(rows), sorted(wanted))
        base.close()

    def test_csv(self):
        text = "a \"quoted\", line\nof\r\ntwo, and ; more"
        result = self.expect(0, "query", "SELECT ':x' AS \"h,1\", '%s' AS plain, NULL AS none, -1.25 AS real, '' AS empty, 7 AS n"
                             % text, "--format", "csv")
        self.assertEqual(result.raw_out.count(b"\r\n"), 3)
        rows = list(csv.reader(io.StringIO(result.out, newline=""), strict=True))
        self.assertEqual(rows, [["h,1", "plain", "none", "real", "empty", "n"], [":x", text, "", "-1.25", "", "7"]])
        for command in ("releases", "domains", "flows", "debt"):
            rows = list(csv.DictReader(io.StringIO(self.expect(0, command, "--format", "csv").out, newline=""), strict=True))
            wanted = self.expect(0, command, "--format", "json").json
            self.assertEqual([[("" if v is None else str(v)) for v in row.values()] for row in wanted],
                             [[normal(v, w) for v, w in zip(row.values(), other.values())] for row, other in zip(rows, wanted)])

    def test_table(self):
        out = self.expect(0, "query", "SELECT 'a' AS short, 12 AS number, 'x' AS last UNION ALL "
                                      "SELECT 'much longer \u65e5\u672c', 3456.5, 'y'").out
        lines = out.splitlines()
        self.assertEqual(lines, ["short             number  last", "a                     12  x",
                                 "much longer \u65e5\u672c  3456.5  y"])
        for command in (("releases",), ("domains",)):
            lines = self.expect(0, *command).out.partition("\n\n")[0].splitlines() # what may follow explains
            self.assertEqual(lines[0].split()[0], command[0][:-1])
            self.assertEqual(len(lines), 1 + len(self.expect(0, *command, "--format", "json").json))
        result = self.expect(0, "query", "SELECT name FROM functions WHERE 0")
        self.assertEqual((result.out, result.err), ("", "no rows\n"))

    def test_order_of_releases(self):
        self.scan("--quiet", "--release", "two")
        self.assertEqual([r["release"] for r in self.expect(0, "releases", "--format", "json").json], ["two", "one"])
        self.scan("--quiet", "--release", "one")
        self.assertEqual([r["release"] for r in self.expect(0, "releases", "--format", "json").json], ["two", "one"])

    def test_same_bytes_twice(self):
        for command in (("domains",), ("flows",), ("debt",), ("show", "main"), ("report", "--format", "dot"),
                        ("query", "SELECT * FROM functions"), ("domains", "--format", "json")):
            self.assertEqual(self.expect(0, *command).raw_out, self.expect(0, *command).raw_out)

    def test_debt_says_how(self):
        """The SQL that debt --explain prints gives the metric's value."""
        self.many(8)
        self.scan("--quiet", "--release", "two")
        text = self.expect(0, "debt", "--explain").out
        values = {(r["scope"], r["subject"], r["metric"]): r["value"] for r in self.expect(0, "debt", "--format", "json").json}
        checked = 0
        scope = None
        for line in text.splitlines():
            scope = {"Metrics of the codebase": "codebase", "Metrics of a domain": "domain", "Metrics of a file": "file", "Metrics of a function": "function"}.get(line, scope)
            if scope and re.match(r"  \w+: ", line):
                metric = line.split(":")[0].strip()
            if not line.startswith("    SQL      "):
                continue
            sql = line.split(None, 1)[1]
            for (of, subject, name), value in values.items():
                if (of, name) == (scope, metric):
                    with self.subTest(metric=metric, subject=subject):
                        row = self.query(sql.replace(":subject", "'%s'" % subject))[0]
                        self.assertAlmostEqual(list(row.values())[0] or 0, value, places=6)
                        checked += 1
                    break
        self.assertGreater(checked, 10)

    def test_one_clean_file_has_no_debt(self):
        self.write({"src/main.c": "int main(void) { return 0; }\n"})
        self.commands("src/main.c")
        self.scan("--quiet", "--release", "two")
        values = {(r["scope"], r["metric"]): r["value"] for r in self.expect(0, "debt", "--format", "json").json}
        self.assertEqual(values["codebase", "debt_score"], 0)
        for formula in self.expect(0, "debt", "--explain", "--format", "json").json:
            if formula["scope"] == "codebase":
                row = self.query(formula["sql"])[0]
                value = values.get(("codebase", formula["metric"]))
                if formula["where"] and value is None: # there is no git here
                    self.assertIsNone(list(row.values())[0], formula)
                else:
                    self.assertAlmostEqual(list(row.values())[0] or 0, value, places=6, msg=formula)

    def test_show_json(self):
        rows = self.expect(0, "show", "main", "--format", "json").json
        self.assertEqual(rows[0]["kind"], "function")
        self.assertEqual(rows[0]["name"], "main")
        self.assertEqual({c["callee"] for c in rows[0]["callees"]}, {"helper", "list_length"})
        for name in ("src/list.c", "list.h", "count", "list"):
            self.assertTrue(self.expect(0, "show", name, "--format", "json").json)


def normal(text, wanted):
    """CSV text as JSON's value would be written."""
    return str(type(wanted)(text)) if isinstance(wanted, (int, float)) else text


class Options(Base):
    def test_exit_codes(self):
        self.expect(0, "scan", "--quiet", "--release", "one")
        self.write({"src/list.c": '#include "gone.h"\n'})
        self.scan("--quiet", "--strict", "--release", "two", code=1)
        self.refused(2, "show", "no_such_function", says="no_such_function")
        self.refused(2, "domains", "--release", "nine", says=("nine", "one"))
        self.refused(2, "releases", "--db", "/nonexistent/x.db", says="/nonexistent/x.db")
        self.refused(3, "scan", "--quiet", "--db", "/dev/null/x.db", says="/dev/null")
        result = self.run_program()
        self.assertEqual(result.code, 2)
        self.assertIn("Commands", result.err)

    def test_unknown(self):
        self.refused(2, "scna", says='"scan"')
        self.refused(2, "xyzzyxyzzy", says="sightline help")
        self.refused(2, "scan", "--relaese", "x", says="--release")
        self.refused(2, "scan", "--strct", says="--strict")
        self.refused(2, "domains", "--frmat=json", says="--format")
        self.refused(2, "domains", "-z", says="-z")
        self.refused(2, "domains", "--", "--format", says="--format")
        self.refused(2, "domains", "--format", "yaml", says=("yaml", "json"))
        self.refused(2, "domains", "--format", says="--format")
        self.refused(2, "domains", "--quiet=yes", says="--quiet")
        self.refused(2, "domains", "extra", says="extra")
        self.refused(2, "releases", "extra", says="extra")
        self.refused(2, "flows", "extra", says="extra")
        self.refused(2, "show", says="show")
        self.refused(2, "show", "a", "b", says="show")
        self.refused(2, "scan", "-j", "0", says="0")
        self.refused(2, "scan", "-j", "many", says="many")
        self.refused(2, "scan", "--unit-timeout", "never", says="never")
        self.refused(2, "scan", "--release", "", says="--release")
        self.refused(2, "scan", "--release", b"\xff\xfe", says="--release")
        self.refused(2, "completion", "tcsh", says="bash")
        self.refused(2, "completion", says="bash")
        self.refused(2, "report", "--format", "jpeg", says=("jpeg", "svg"))
        self.refused(2, "report", "--focus", "nowhere", says="nowhere")
        self.refused(2, "report", "--top", "0", says="--top")
        self.refused(2, "manual", "extra", says="extra")
        self.refused(2, "completion", "bash", "extra", says="extra")
        self.refused(2, "\x1b[31mred", says="[31mred")
        self.refused(2, "scan", "--\x1b[31mred", says="[31mred")

    def test_help(self):
        overview = self.expect(0, "--help")
        self.assertEqual(overview.out, self.expect(0, "help").out)
        self.assertEqual(overview.out, self.expect(0, "-h").out)
        for command in COMMANDS:
            with self.subTest(command=command):
                self.assertIn("\n  %s " % command, overview.out)
                text = self.expect(0, command, "--help", cwd=self.scratch).out
                self.assertEqual(text, self.expect(0, "help", command).out)
                self.assertEqual(text, self.expect(0, command, "-h").out)
                examples = text.partition("Examples\n")[2]
                self.assertRegex(examples, r"(?m)^  (sightline|source) ")
                for option in ("--db", "--config", "--quiet", "--help"):
                    self.assertIn(option, text)
                self.assertLessEqual(max(map(len, text.splitlines())), 130)
        for command in ("releases", "domains", "debt", "findings", "tasks", "flows", "resources", "query"):
            self.assertIn("--format table|json|csv", self.expect(0, command, "--help").out)
        self.assertEqual(self.expect(0, "show", "main", "--help").out, self.expect(0, "help", "show").out)
        self.refused(2, "help", "scna", says='"scan"')
        self.assertRegex(self.expect(0, "--version").out, r"^sightline \d+\.\d+\.\d+ \(libclang \d+")

    def test_db(self):
        other = str(self.scratch / "deep" / "er" / "other.db")
        self.scan("--quiet", "--db", other, "--release", "elsewhere")
        for words in (["--db", other], ["--db=" + other]):
            self.assertEqual([r["release"] for r in self.expect(0, "releases", "--format", "json", *words).json], ["elsewhere"])
        strange = str(self.scratch / "a?mode=memory#%41 b.db")
        self.scan("--quiet", "--db", strange, "--release", "strange")
        self.assertTrue(os.path.exists(strange))
        self.assertEqual(len(self.query("SELECT * FROM functions", "--db", strange)), 3)
        self.scan("--quiet", "--db", "file:x.db", "--release", "x")
        self.assertTrue((self.root / "file:x.db").exists())
        self.scan("--quiet", "--db", ":memory:", "--release", "x")
        self.assertTrue((self.root / ":memory:").exists())
        self.assertEqual(len(self.query("SELECT * FROM functions", "--db", ":memory:")), 3)

    def test_db_is_found_upwards(self):
        self.assertEqual(self.expect(0, "releases", "--format", "json", cwd=self.root / "src").json[0]["release"], "one")
        self.refused(2, "releases", cwd=self.scratch, says="sightline scan")

    def test_scan_of_a_folder(self):
        shutil.rmtree(self.db.parent)
        self.scan(str(self.root), "--quiet", "--release", "one", cwd=self.scratch)
        self.assertTrue(self.db.exists())
        self.assertEqual((self.db.parent / ".gitignore").read_text(), "*\n")

    def test_config(self):
        self.write({"other.yaml": 'domains:\n  everything: ["**"]\n'})
        self.scan("--quiet", "--release", "two", "--config", "other.yaml")
        self.assertEqual([r["domain"] for r in self.expect(0, "domains", "--format", "json").json], ["everything"])
        self.refused(2, "scan", "--quiet", "--config", "none.yaml", says="none.yaml")
        self.write({"sightline.yaml": "domains:\n  here:\n    - \"src/**\"\nunknown_key: 1\n"})
        result = self.refused(2, "scan", "--quiet", says="unknown_key")
        self.assertRegex(result.err, r"sightline\.yaml:4:1: ")
        self.write({"sightline.yaml": "domains:\n  here: 5\n"})
        result = self.refused(2, "scan", "--quiet", says="sightline.yaml")
        self.assertRegex(result.err, r"sightline\.yaml:2:\d+: ")

    def test_quiet(self):
        result = self.scan("--quiet", "--release", "two")
        self.assertEqual((result.out, result.err), ("", ""))
        result = self.scan("-q", "--release", "two")
        self.assertEqual((result.out, result.err), ("", ""))
        self.assertIn("release three", self.scan("--release", "three").out)

    def test_release(self):
        self.write({"src/new.c": "int added(void) { return 1; }\n"})
        self.commands("src/main.c", "src/list.c", "src/new.c")
        self.scan("--quiet", "-r", "two")
        for words, count in (([], 4), (["--release", "one"], 3), (["--release=two"], 4), (["-rone"], 3), (["-r", "two"], 4)):
            rows = self.query("SELECT name FROM functions WHERE release = :release", *words)
            self.assertEqual(len(rows), count, words)
        self.assertEqual([r["release"] for r in self.expect(0, "releases", "--format", "json", "--release", "one").json], ["one"])
        self.refused(2, "releases", "--release", "nine", says="nine")
        self.refused(2, "show", "added", "--release", "one", says="added")
        self.expect(0, "show", "added", "--release", "two")
        self.assertEqual({r["release"] for r in self.expect(0, "domains", "--format", "json", "-r", "one").json}, {"one"})

    def test_default_name_of_a_release(self):
        self.scan("--quiet")
        self.assertEqual(self.expect(0, "releases", "--format", "json").json[0]["release"], "unversioned")

    def test_colours(self):
        """Only on a terminal, and not with NO_COLOR."""
        for variables, coloured in (({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
            for command in (("domains",), ("show", "main"), ("--help",), ("scan",), ("nonsense",)):
                with self.subTest(variables=variables, command=command):
                    out = self.on_terminal(*command, env=sightline.environment(**variables))
                    self.assertEqual(b"\x1b[" in out.replace(b"\x1b[K", b""), coloured, out)
        self.assertNotIn(b"\x1b", self.expect(0, "domains", env=sightline.environment(TERM="xterm")).raw_out)

    def on_terminal(self, *command, env):
        import pty
        master, slave = pty.openpty()
        process = subprocess.Popen([sightline.PROGRAM, *command], cwd=self.root, stdin=slave, stdout=slave, stderr=slave, env=env)
        os.close(slave)
        out = b""
        try:
            while True:
                got = os.read(master, 4096)
                if not got:
                    break
                out += got
        except OSError:
            pass
        process.wait(timeout=60)
        os.close(master)
        return out


class Query(Base):
    def refuses(self, sql, says="SQL"):
        with self.subTest(sql=sql):
            before = sorted(self.views("one").items())
            result = self.refused(2, "query", sql, says=says)
            self.assertEqual(result.raw_out, b"")
            self.assertEqual(sorted(self.views("one").items()), before)

    def test_tables_are_hidden(self):
        for sql in ("SELECT * FROM chunk", "SELECT hex(bytes) FROM chunk", "SELECT * FROM text", "SELECT * FROM unit",
                    "SELECT * FROM release", "SELECT * FROM meta", "SELECT * FROM sqlite_master", "SELECT * FROM sqlite_schema",
                    "SELECT * FROM main.chunk", "SELECT * FROM main.sqlite_master", "SELECT * FROM temp.sqlite_master",
                    "SELECT * FROM sqlite_temp_master", "SELECT * FROM sqlite_stat1", "SELECT * FROM sqlite_sequence",
                    "SELECT (SELECT sql FROM sqlite_master LIMIT 1)", "SELECT count(*) FROM unit_facts",
                    "WITH functions AS (SELECT * FROM chunk) SELECT * FROM functions",
                    "WITH functions AS (SELECT value FROM text) SELECT * FROM functions",
                    "SELECT * FROM (SELECT * FROM chunk) AS functions", "SELECT * FROM (SELECT * FROM sqlite_master) functions",
                    "WITH RECURSIVE functions(x) AS (SELECT value FROM text UNION SELECT x FROM functions) SELECT x FROM functions",
                    "SELECT name FROM functions WHERE EXISTS (SELECT 1 FROM chunk)",
                    "SELECT name FROM functions ORDER BY (SELECT count(*) FROM unit)",
                    "SELECT name FROM functions UNION ALL SELECT value FROM text",
                    "SELECT * FROM functions, chunk", "SELECT * FROM functions JOIN text ON 1",
                    "SELECT rowid FROM release", "SELECT 1 FROM functions LIMIT (SELECT count(*) FROM text)",
                    "SELECT * FROM \"chunk\"", "SELECT * FROM [chunk]", "SELECT * FROM `chunk`", "SELECT * FROM CHUNK",
                    "VALUES ((SELECT count(*) FROM chunk))", "SELECT count(*) OVER (PARTITION BY (SELECT id FROM text)) FROM functions",
                    "SELECT * FROM functions WHERE name IN text", "SELECT 1 IN chunk", "SELECT name IN meta FROM functions"):
            self.refuses(sql)

    def test_pragmas_and_modules(self):
        for sql in ("PRAGMA user_version", "PRAGMA table_info(chunk)", "SELECT * FROM pragma_table_info('chunk')",
                    "SELECT * FROM pragma_user_version", "SELECT * FROM pragma_database_list", "PRAGMA writable_schema = 1",
                    "SELECT * FROM pragma_function_list", "SELECT * FROM dbstat", "SELECT * FROM sqlite_dbpage",
                    "SELECT * FROM pragma_table_list", "SELECT load_extension('/tmp/x.so')", "SELECT load_extension('a', 'b')",
                    "SELECT readfile('/etc/passwd')", "SELECT writefile('/tmp/x', 'y')", "SELECT edit('x')",
                    "SELECT fts3_tokenizer('simple')", "SELECT * FROM bytecode('SELECT 1')", "SELECT * FROM tables_used('SELECT 1')",
                    "SELECT fts3_tokenizer('x', x'00')", "SELECT count(*) FROM sqlite_master", "SELECT count(*) FROM SQLITE_MASTER",
                    "SELECT count(*) FROM pragma_table_list", "SELECT count(*) FROM dbstat", "SELECT 1 FROM chunk",
                    "SELECT count(*) FROM chunk", "WITH x AS (SELECT count(*) FROM pragma_table_info('chunk')) SELECT * FROM x",
                    "SELECT count(*) FROM fts5vocab", "SELECT count(*) FROM fts3tokenize", "SELECT rtreecheck('main', 'chunk')",
                    "SELECT sqlite_compileoption_get(0) FROM chunk"):
            self.refuses(sql)

    def test_writes_and_other_statements(self):
        for sql in ("DELETE FROM release", "UPDATE release SET name = 'x'", "INSERT INTO meta VALUES('a', 'b')", "DROP VIEW functions",
                    "CREATE TABLE x(y)", "CREATE TEMP TABLE x(y)", "CREATE TEMP VIEW x AS SELECT 1", "VACUUM", "VACUUM INTO '/tmp/x.db'",
                    "ATTACH 'x.db' AS x", "ATTACH ':memory:' AS x", "DETACH main", "BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK",
                    "SAVEPOINT x", "ANALYZE", "REINDEX", "EXPLAIN SELECT 1", "EXPLAIN QUERY PLAN SELECT * FROM functions",
                    "DELETE FROM functions", "INSERT INTO functions SELECT * FROM functions", "REPLACE INTO meta VALUES('a', 'b')",
                    "WITH x AS (SELECT 1) DELETE FROM release", "DELETE FROM release RETURNING name", "ALTER TABLE release RENAME TO x",
                    "CREATE TRIGGER t INSTEAD OF DELETE ON functions BEGIN SELECT 1; END", "CREATE VIRTUAL TABLE x USING fts5(y)",
                    "SELECT 1; SELECT 2", "SELECT 1; DROP TABLE release", "SELECT 1;;SELECT 2", "SELECT 1; --x\n SELECT 2",
                    "", " ", ";", "\n-- only a comment", "/* x */", "SELECT 1; nonsense"):
            self.refuses(sql)
        self.refused(2, "query", says="SELECT")
        self.refused(2, "query", "SELECT", "1", says="quote")

    def test_what_is_allowed(self):
        for sql in ("SELECT name FROM functions", "select count(*) from calls;", "SELECT 1 -- comment", " \n SELECT 1 ; \n",
                    "WITH x AS (SELECT name FROM functions) SELECT * FROM x", "VALUES (1), (2)",
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT * FROM n",
                    "WITH functions AS (SELECT name FROM macros) SELECT * FROM functions",
                    "SELECT f.name, count(*) FROM functions f JOIN calls c ON c.caller_id = f.function_id GROUP BY 1",
                    "SELECT row_number() OVER (ORDER BY name) FROM functions", "SELECT json_group_array(name) FROM functions",
                    "SELECT upper(name) || printf('%d', line) FROM functions", "SELECT main.functions.name FROM main.functions",
                    "SELECT \"name\" FROM \"functions\" WHERE name LIKE 'm%' ESCAPE '\\'", "SELECT value FROM json_each('[1,2]')",
                    "WITH x AS (SELECT name FROM functions) SELECT count(*) FROM x", "SELECT count(*) FROM (SELECT 1)",
                    "SELECT j.value FROM functions f, json_each(json_array(f.name, f.line)) j", "SELECT count(*) FROM functions",
                    "SELECT key FROM json_tree('{\"a\": [1]}')", "SELECT 1 FROM functions WHERE 1 IN (SELECT 1)",
                    "SELECT file FROM files EXCEPT SELECT file FROM functions", "SELECT name FROM FUNCTIONS",
                    "SELECT (SELECT count(*) FROM calls) FROM functions", "SELECT * FROM functions NATURAL JOIN files",
                    *["SELECT * FROM %s" % view for view in VIEWS]):
            with self.subTest(sql=sql):
                self.expect(0, "query", sql, "--format", "json").json

    def test_endless(self):
        for sql in ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
                    "WITH n(i) AS (VALUES %s) SELECT count(*) FROM n a, n b, n c, n d, n e, n f, n g"
                    % ", ".join("(%d)" % i for i in range(100))):
            start = time.monotonic()
            self.refused(2, "query", sql, says="steps", limit=110)
            self.assertLess(time.monotonic() - start, 100)

    def test_costly_steps(self):
        """Few steps, each of which takes long: neither time nor memory nor the disk may go without end. Of time we give less than
        the program allows by itself: two thirds of that are for all steps, all of it for one."""
        for sql, says in (("WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) "
                           "SELECT sum(length(hex(zeroblob(4000000 + x)))) FROM r", "too long"),
                          ("WITH RECURSIVE r(x, y) AS (SELECT 1, zeroblob(1000000) UNION ALL SELECT x + 1, randomblob(1000000) "
                           "FROM r) SELECT * FROM r ORDER BY 2", "memory"),
                          ("SELECT like('%' || replace(hex(zeroblob(20000)), '0', 'a') || 'b', replace(hex(zeroblob(4000000)), "
                           "'0', 'a'))", "pattern"),
                          ("SELECT instr(replace(hex(zeroblob(3000000)), '0', 'a'), replace(hex(zeroblob(1500000)), '0', 'a') "
                           "|| 'b')", "too long")):
            with self.subTest(sql=sql):
                little = functools.partial(resource.setrlimit, resource.RLIMIT_CPU, (4, resource.RLIM_INFINITY)) if says == "too long" else None
                self.refused(2, "query", sql, says=says, limit=300, preexec_fn=little)

    def test_large_values(self):
        for sql in ("SELECT length(hex(zeroblob(1000000000)))", "SELECT zeroblob(2000000000)", "SELECT replace(hex(zeroblob(100000000)), '0', 'xxxxxxxxxxxx')",
                    "SELECT printf('%.*c', 2000000000, 'x')", "SELECT randomblob(3000000000)"):
            with self.subTest(sql=sql):
                result = self.run_program("query", sql, "--format", "csv", stdout=subprocess.DEVNULL, limit=100)
                self.assert_calm(result)
                self.assertIn(result.code, (0, 2))

    def test_deep(self):
        for sql in ("SELECT " + "(" * 5000 + "1" + ")" * 5000, "SELECT " + "1+" * 5000 + "1", "SELECT " + "-" * 20000 + "1",
                    "SELECT " + ",".join("1" for _ in range(5000)), "SELECT 1 " + "UNION SELECT 1 " * 2000,
                    "SELECT * FROM " + ",".join("functions f%d" % i for i in range(100)), "SELECT '" + "x" * 100000):
            result = self.run_program("query", sql)
            self.assert_calm(result)
            self.assertEqual(result.code, 2, sql[:60])

    def test_errors_name_the_place(self):
        for sql, place in (("SELECT nme FROM functions", "line 1, column 8"), ("SELECT name\nFROM functons", None),
                           ("SELECT name,\n  file,\n  FROM functions", "line 3, column 3"), ("SELEC 1", "line 1, column 1"),
                           ("SELECT name FROM functions WHERE (", None)):
            with self.subTest(sql=sql):
                result = self.refused(2, "query", sql, says="--schema")
                if place:
                    self.assertIn(place, result.err)

    def test_bound_release(self):
        self.assertEqual(self.query("SELECT :release AS r"), [{"r": "one"}])
        for sql in ("SELECT :other AS r", "SELECT ?1", "SELECT ?", "SELECT @release", "SELECT :release, :relaese"):
            self.refused(2, "query", sql, says=":release")


class Init(Base):
    def domains(self, release):
        return {row["file"]: row["domain"] for row in self.query("SELECT file, domain FROM files WHERE release = :release",
                                                                 "--release", release)}

    def test_round_trip(self):
        self.many(12)
        self.write({"other/%d.c" % i: '#include "other.h"\nint o%d(void) { return o%d(); }\n' % (i, (i + 1) % 6) for i in range(6)})
        self.write({"dup.c": "int dup0;\n", "other/dup.c": '#include "other.h"\nint dup(void) { return o1(); }\n'})
        self.write({"other/other.h": "".join("int o%d(void);\n" % i for i in range(6)), "we[i]rd*.c": "int w;\n", 'q"uo\\te.c': "int q;\n",
                    "new\nline.c": "int n;\n", "\u65e5 \x7f.c": "int u;\n", "other/deep/[x].c": "int x;\n", b"lat\xe9in.c": "int l;\n",
                    "- dash.c": "int d;\n", "{brace}.c": "int b;\n", "#c.c": "int c;\n"})
        (self.root / "compile_commands.json").unlink()
        self.scan("--quiet", "--release", "before")
        result = self.expect(0, "init")
        self.assertIn("sightline.yaml", result.err)
        text = (self.root / "sightline.yaml").read_text()
        self.assertIn("#", text)
        self.scan("--quiet", "--release", "after")
        # The configuration takes no control bytes: "?" stands for them in names of domains.
        self.assertEqual(self.domains("after"), {file: re.sub(r"[\x00-\x1f\x7f]", "?", domain)
                                                 for file, domain in self.domains("before").items()})
        self.assertEqual(self.query("SELECT min(is_declared) AS all_of_them FROM domains WHERE release = 'after'"), [{"all_of_them": 1}])

    def test_folders(self):
        """A folder of one domain is one glob, so that a file that is added to it later belongs as well."""
        self.write({"sightline.yaml": 'domains:\n  lib: ["lib/**", "mixed/l.c"]\n  app: ["**"]\n'})
        self.write({path: "int %s;\n" % re.sub(r"\W", "_", path) for path in
                    ("lib/a.c", "lib/deep/b.c", "lib/deep/c.c", "mixed/l.c", "mixed/m.c", "mixed/sub/n.c", "mixed/sub/o.c",
                     "odd[1]/p.c", "odd[1]/q.c", "single/r.c")})
        (self.root / "compile_commands.json").unlink()
        self.scan("--quiet", "--release", "before")
        (self.root / "sightline.yaml").unlink()
        self.expect(0, "init")
        globs = re.findall(r'(?m)^    - "(.*)"$', (self.root / "sightline.yaml").read_text())
        self.assertEqual([glob for glob in globs if not glob.startswith("src/")],
                         ["mixed/m.c", "mixed/sub/**", "odd[[]1]/**", "single/r.c", "lib/**", "mixed/l.c"])
        self.scan("--quiet", "--release", "after")
        self.assertEqual(self.domains("after"), self.domains("before"))

    def test_never_overwrites(self):
        for content in ("# mine\n", ""):
            self.write({"sightline.yaml": content})
            self.refused(2, "init", says="sightline.yaml")
            self.assertEqual((self.root / "sightline.yaml").read_text(), content)
        (self.root / "sightline.yaml").unlink()
        os.symlink("nowhere.yaml", self.root / "sightline.yaml")
        self.refused(2, "init", says="sightline.yaml")
        self.assertFalse((self.root / "nowhere.yaml").exists())

    def test_merge(self):
        """What a person wrote stays, byte by byte; what was found beside it is declared behind it."""
        head = "# ours\ndomains:\n    mine: [ 'src/unit0.c' ]   # the best\n    # and more to come\n"
        tail = "\n# What follows stays here.\nlayers: [mine]\n"
        self.many(12)
        for number, (indent, written) in enumerate((("    ", head + tail), ("    ", head), ("  ", "exclude: [none.c]\n"), ("  ", ""))):
            self.write({"sightline.yaml": written})
            self.scan("--quiet", "--release", "before%d" % number)
            found = self.domains("before%d" % number)
            self.expect(0, "init", "--merge")
            merged = (self.root / "sightline.yaml").read_text()
            new = [line for line in merged.splitlines() if line.startswith(indent) and line not in written.splitlines()]
            self.assertGreater(len(new), 0)
            self.assertEqual(list(filter(lambda line: line not in new and line != "domains:" or line in written.splitlines(),
                                         merged.splitlines())), written.splitlines())
            self.assertTrue(merged.endswith(tail) or tail not in written)
            self.scan("--quiet", "--release", "after%d" % number)
            self.assertEqual(self.domains("after%d" % number), found)
            again = self.expect(0, "init", "--merge")
            self.assertIn("nothing added", again.err)
            self.assertEqual((self.root / "sightline.yaml").read_text(), merged)

    def test_merge_refuses(self):
        self.many(12)
        for written in ("domains: {mine: [src/unit0.c]}\n", "domains:\n  {mine: [src/unit0.c],\n   other: [src/unit1.c]}\n"):
            self.write({"sightline.yaml": written})
            self.scan("--quiet", "--release", "before")
            self.refused(2, "init", "--merge", says="sightline.yaml:1:1")
            self.assertEqual((self.root / "sightline.yaml").read_text(), written)
        (self.root / "sightline.yaml").unlink()
        self.scan("--quiet", "--release", "before")
        self.expect(0, "init", "--merge")
        self.scan("--quiet", "--release", "after")
        self.assertEqual(self.domains("after"), self.domains("before"))

    def test_into_another_file(self):
        self.expect(0, "init", "--config", "mine.yaml", "--quiet")
        self.scan("--quiet", "--config", "mine.yaml", "--release", "two")
        self.assertEqual(self.domains("two"), self.domains("one"))
        self.refused(2, "init", "--config", "mine.yaml", says="mine.yaml")
        self.refused(2, "init", "--config", "no/such/folder.yaml", says="no/such/folder.yaml")

    def test_a_release_with_a_strange_name(self):
        self.scan("--quiet", "--release", "a\nb: [\x1b\u2028")
        self.expect(0, "init")
        self.scan("--quiet", "--release", "two")

    def test_needs_a_scan(self):
        self.refused(2, "init", cwd=self.scratch, says="sightline scan")


class Made(Base):
    def test_bash_completion(self):
        script = self.expect(0, "completion", "bash").out

        def complete(*words):
            program = script + "\nCOMP_WORDS=(%s); COMP_CWORD=%d; _sightline; printf '%%s\\n' \"${COMPREPLY[@]}\"" % (
                " ".join("'%s'" % w for w in words), len(words) - 1)
            return subprocess.run(["bash", "--norc", "-euc", program], check=True, stdout=subprocess.PIPE, text=True,
                                  cwd=self.root).stdout.split()
        self.assertEqual(complete("sightline", "sc"), ["scan"])
        self.assertEqual(set(complete("sightline", "")), set(COMMANDS) | {"help"})
        self.assertEqual(complete("sightline", "scan", "--stri"), ["--strict"])
        self.assertIn("--db", complete("sightline", "domains", "--"))

    def test_other_shells(self):
        for shell in ("zsh", "fish"):
            text = self.expect(0, "completion", shell).out
            for command in COMMANDS:
                self.assertIn(command, text)
            if shutil.which(shell):
                subprocess.run([shell, "-n", "/dev/stdin"], input=text.encode(), check=True)

    def test_manual(self):
        page = self.expect(0, "manual").raw_out
        for command in COMMANDS:
            self.assertIn(b".SS sightline %s" % command.encode(), page)
        if not shutil.which("mandoc"):
            self.skipTest("there is no mandoc")
        lint = subprocess.run(["mandoc", "-Tlint", "-W", "warning"], input=page, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual((lint.returncode, lint.stdout), (0, b""))

    def test_install(self):
        build = pathlib.Path(sightline.PROGRAM).parent
        if not shutil.which("meson") or not (build / "build.ninja").exists():
            self.skipTest("no meson, or not its build folder")
        target = self.scratch / "target"
        subprocess.run(["meson", "install", "-C", str(build), "--no-rebuild", "--quiet", "--destdir", str(target)], check=True,
                       stdout=subprocess.PIPE)
        found = {str(path.relative_to(target)): path for path in target.rglob("*")}

        def one(pattern):
            hits = [path for name, path in found.items() if re.search(pattern, name)]
            self.assertEqual(len(hits), 1, "%s in %s" % (pattern, sorted(found)))
            return hits[0]
        program = one(r"/bin/sightline$")
        self.assertTrue(os.access(program, os.X_OK))
        out = subprocess.run([str(program), "--version"], check=True, stdout=subprocess.PIPE).stdout
        self.assertEqual(out, self.expect(0, "--version").raw_out)
        self.assertEqual(one(r"/man/man1/sightline\.1$").read_bytes(), self.expect(0, "manual").raw_out)
        self.assertEqual(one(r"/bash-completion/completions/sightline(\.bash)?$").read_bytes(), self.expect(0, "completion", "bash").raw_out)
        self.assertEqual(one(r"/zsh/site-functions/_sightline$").read_bytes(), self.expect(0, "completion", "zsh").raw_out)
        self.assertEqual(one(r"/fish/vendor_completions\.d/sightline\.fish$").read_bytes(), self.expect(0, "completion", "fish").raw_out)
        self.assertTrue(one(r"/share/sightline/rules$").is_dir())


if __name__ == "__main__":
    sightline.main()
