# SPDX-License-Identifier: GPL-3.0-or-later
"""Drift between two stored releases, and the gate on them: what is told, in which form, and when it stops."""
import csv
import io
import json
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import sightline  # noqa: E402
from sightline import Case  # noqa: E402

FILES = {
    "core/a.c": "int b(int x);\nint a(int x)\n{\n\treturn b(x);\n}\n",
    "net/b.c": "int b(int x)\n{\n\treturn x + 1;\n}\nint unused(int x)\n{\n\treturn x;\n}\n",
    "store/c.c": "int c(int x)\n{\n\treturn x * 2;\n}\n",
    "main.c": "int a(int x);\nint c(int x);\nint main(void)\n{\n\treturn a(3) + c(4);\n}\n",
}
DOMAINS = "domains:\n  core: [\"core/**\", \"main.c\"]\n  net: [\"net/**\"]\n  store: [\"store/**\"]\nrules: {V019: off, V013: off}\n"
SENDS = "int c(int x);\n" + FILES["net/b.c"].replace("return x + 1", "return c(x)")


class Base(Case):
    def setUp(self):
        super().setUp()
        self.write(FILES)
        self.config("")
        self.commands(*FILES)
        self.scan("--quiet", "--release", "old")
        self.write({"net/b.c": SENDS})
        self.scan("--quiet", "--release", "new")

    def config(self, more):
        self.write({"sightline.yaml": DOMAINS + more})

    def gate(self, code, *arguments):
        return self.expect(code, "gate", "--base", "old", *arguments)


class Drift(Base):
    def test_json_has_the_events_and_where_they_come_from(self):
        events = self.expect(0, "drift", "old", "new", "--format", "json").json
        (added,) = [e for e in events if e["kind"] == "dependency_added"]
        self.assertEqual((added["from_release"], added["to_release"], added["subject"], added["file"]), ("old", "new", "net -> store", "net/b.c"))
        self.assertIn({"symbol": "c", "user": "b", "file": "net/b.c", "line": 4}, added["evidence"])
        self.assertEqual(self.query("SELECT kind, subject FROM events WHERE from_release = 'old' AND to_release = 'new' AND kind = 'dependency_added'"),
                         [{"kind": "dependency_added", "subject": "net -> store"}])

    def test_backwards_it_is_for_the_better(self):
        for first, last, kind in (("old", "new", "complexity_up"), ("new", "old", "complexity_down")):
            self.assertEqual(len(self.events(first, last, kind)), 1, kind)
        events = self.expect(0, "drift", "new", "old", "--format", "json").json
        self.assertIn(("dependency_removed", 1), [(e["kind"], e["is_improvement"]) for e in events])
        # Whoever asks sees it in the view from then on.
        self.assertEqual(self.query("SELECT count(*) AS n FROM events WHERE from_release = 'new' AND kind = 'dependency_removed'"), [{"n": 1}])

    def test_csv_and_text(self):
        rows = list(csv.DictReader(io.StringIO(self.expect(0, "drift", "old", "new", "--format", "csv").out)))
        self.assertIn("net -> store", [row["subject"] for row in rows])
        text = self.expect(0, "drift", "old", "new").out
        self.assertIn("net -> store", text)
        self.assertIn("net/b.c:4", text)
        self.assertIn("the architecture is the same", self.expect(0, "drift", "old", "old").out)

    def test_only_what_is_asked_for(self):
        self.assertEqual({e["kind"] for e in self.expect(0, "drift", "old", "new", "--format", "json", "--kind", "dependency_added").json},
                         {"dependency_added"})
        self.assertIn("none of them asked for", self.expect(0, "drift", "old", "new", "--kind", "domain_split").out)
        self.refused(2, "drift", "old", "new", "--kind", "dependency_aded", says="--kind")
        self.refused(2, "drift", "old", "new", "--severity", "huge", says="--severity")
        self.refused(2, "drift", "old", says="two releases")
        self.refused(2, "drift", "old", "none", says="none")

    def events(self, old, new, kind):
        return [e for e in self.expect(0, "drift", old, new, "--format", "json").json if e["kind"] == kind]

    def test_what_is_given_away_by_its_address_is_not_dead(self):
        """A table of untyped pointers is how plug-ins get their functions: no call is known, and yet they are called."""
        given = ("int helper(int x)\n{\n\treturn x - 1;\n}\nint given(int x)\n{\n\treturn helper(x);\n}\nint left(int x)\n{\n\treturn x * 3;\n}\n"
                 "void lend(void *what);\n")
        self.write({"store/c.c": FILES["store/c.c"].replace("return x", "lend((void *)given);\n\treturn x").replace("int c", given + "int c")})
        self.scan("--quiet", "--release", "given")
        (grown,) = self.events("new", "given", "dead_code_grown")
        self.assertEqual([place["symbol"] for place in grown["evidence"]], ["left"])
        self.write({"store/c.c": FILES["store/c.c"].replace("int c", given + "int c")})
        self.scan("--quiet", "--release", "kept")
        (grown,) = self.events("given", "kept", "dead_code_grown")
        self.assertEqual({place["symbol"] for place in grown["evidence"]}, {"given", "helper"})
        self.assertFalse(self.events("new", "given", "dead_code_shrunk"))

    def test_a_circle_grows_by_what_draws_the_newcomer_in(self):
        """Other new dependencies of those that were in the circle before are no cause, and come first in the alphabet here."""
        circle = {"core/a.c": FILES["core/a.c"] + "int a_too(int x)\n{\n\treturn x;\n}\n", "net/b.c": "int a(int x);\n" + FILES["net/b.c"].replace("x + 1", "a(x - 1)")}
        self.write(circle)
        self.scan("--quiet", "--release", "circle")
        self.write({"net/b.c": "int a_too(int x);\nint c(int x);\n" + circle["net/b.c"].replace("a(x - 1)", "a(a_too(x)) + c(x)"),
                    "store/c.c": "int b(int x);\n" + FILES["store/c.c"].replace("x * 2", "b(x)")})
        self.scan("--quiet", "--release", "grown")
        grown = {e["subject"].split()[0]: e for e in self.events("circle", "grown", "cycle_grown")}
        self.assertEqual(set(grown), {"files", "domains"})
        for event in grown.values():
            self.assertEqual({place["symbol"] for place in event["evidence"]}, {"b", "c"}, event)

    def test_headers_that_are_installed_are_the_api(self):
        self.write({"net/net.h": "struct wire { int a; };\nint b(int x);\n", "net/own.h": "struct own { int a; };\nint unused(int x);\n",
                    "net/b.c": '#include "net.h"\n#include "own.h"\n' + FILES["net/b.c"],
                    "Makefile": "HEADERS = net.h\ninstall:\n\tcd net && $(INSTALL) $(HEADERS) $(DESTDIR)$(includedir)\n"})
        self.scan("--quiet", "--release", "installs")
        self.assertEqual(self.query("SELECT file, reason, said_in, line FROM public_headers WHERE release = 'installs'"),
                         [{"file": "net/net.h", "reason": "installed", "said_in": "Makefile", "line": 3}])
        self.assertEqual(self.query("SELECT seen, total FROM coverage WHERE release = 'installs' AND what = 'headers taken as public'"), [{"seen": 1, "total": 2}])
        self.write({"net/net.h": "struct wire { long a; };\n", "net/own.h": "struct own { long a; };\n"})
        self.scan("--quiet", "--release", "otherwise")
        events = self.expect(0, "drift", "installs", "otherwise", "--kind", "api_breaking", "--format", "json").json
        self.assertEqual(sorted((e["subject"], e["file"]) for e in events), [("function b", "net/net.h"), ("struct wire", "net/net.h")])
        # The files are as they were, but others no longer find one there, and find another.
        self.write({"Makefile": "install:\n\tcp net/own.h $(DESTDIR)$(includedir)\n"})
        self.scan("--quiet", "--release", "no longer")
        events = self.expect(0, "drift", "otherwise", "no longer", "--format", "json").json
        self.assertEqual([(e["kind"], e["subject"], e["detail"]) for e in events],
                         [("api_breaking", "header net/net.h", "is no longer installed; it was by Makefile:3"),
                          ("api_compatible", "header net/own.h", "is installed now, by Makefile:2")])
        # What the configuration says comes first.
        self.config("api: [net/own.h]\n")
        events = self.expect(0, "drift", "installs", "no longer", "--kind", "api_breaking", "--format", "json").json
        self.assertEqual(sorted(e["subject"] for e in events), ["function unused", "struct own"])

    def test_a_place_says_what_it_uses(self):
        self.write({"store/c.c": "#include <stdlib.h>\n" + FILES["store/c.c"].replace("x * 2", "x * 2 + (getenv(\"STORE_MODE\") != 0)")})
        self.scan("--quiet", "--release", "mode")
        (added,) = self.events("new", "mode", "resource_added")
        self.assertEqual([(place["symbol"], place["user"], place["line"]) for place in added["evidence"]], [("STORE_MODE", "c", 4)])

    def test_a_model_that_cannot_be_written_is_compared_all_the_same(self):
        self.db.chmod(0o444)
        self.assertIn("net -> store", self.expect(0, "drift", "old", "new").out)


class Runs(Case):
    """A program that does one thing or the other, traced once for each release."""
    FILES = {
        "net/net.c": "#include <pthread.h>\nint net_send(int x)\n{\n\treturn x + 1;\n}\nint net_wait(int x)\n{\n\treturn x - 1;\n}\n"
                     "void *net_loop(void *unused)\n{\n\tnet_wait(1);\n\treturn unused;\n}\n"
                     "void net_start(void)\n{\n\tpthread_t thread;\n\tif (!pthread_create(&thread, 0, net_loop, 0))\n\t\tpthread_join(thread, 0);\n}\n",
        "app/main.c": "int net_send(int x);\nvoid net_start(void);\nint main(int argc, char **argv)\n{\n\t(void)argv;\n\tif (argc > 1)\n"
                      "\t\treturn net_send(2) != 3;\n\tnet_start();\n\treturn 0;\n}\n",
    }

    def setUp(self):
        super().setUp()
        self.write(self.FILES)
        self.write({"sightline.yaml": "domains: {app: [\"app/**\"], net: [\"net/**\"]}\n"})
        self.commands(*self.FILES)
        self.build()

    def build(self):
        subprocess.run(["gcc", "-g", "-O0", "-fpatchable-function-entry=5", *self.FILES, "-o", "program", "-lpthread"], cwd=self.root, check=True)

    def release(self, name, *arguments):
        self.scan("--quiet", "--release", name)
        self.expect(0, "trace", "-q", "--release", name, "--", "./program", *arguments)

    def test_what_runs_now_and_what_runs_no_more(self):
        self.release("waits")
        self.release("sends", "now")
        events = {(e["kind"], e["subject"], e["severity"]) for e in self.expect(0, "drift", "waits", "sends", "--format", "json").json}
        self.assertEqual(events, {("call_observed", "main -> net_send", "minor"), ("flow_gone", "thread net_loop", "minor"),
                                  ("resource_removed", "thread net/net.c net_start", "info"), ("resource_removed", "thread net_loop", "info")})
        self.assertEqual(self.query("SELECT kind, subject, file, line FROM events WHERE to_release = 'sends' AND kind = 'call_observed'"),
                         [{"kind": "call_observed", "subject": "main -> net_send", "file": "app/main.c", "line": 7}])

    def test_what_is_called_after_its_line_is_the_same_on_another(self):
        self.release("waits")
        self.write({"net/net.c": "/* one */\n/* more */\n" + self.FILES["net/net.c"]})
        self.build()
        self.release("lower")
        self.assertEqual(self.expect(0, "drift", "waits", "lower", "--format", "json").json, [])

    def test_with_runs_of_one_release_alone_nothing_is_said_of_them(self):
        self.scan("--quiet", "--release", "silent")
        self.release("waits")
        self.assertEqual(self.expect(0, "drift", "silent", "waits", "--format", "json").json, [])
        self.assertIn("only waits was traced", self.expect(0, "drift", "silent", "waits").out)


class Gate(Base):
    def test_by_default_a_new_dependency_is_only_told(self):
        result = self.gate(0)
        self.assertIn("warn   dependency_added net -> store", result.out)
        self.assertIn("passed", result.out)

    def test_the_policy_of_the_configuration(self):
        self.config("gate:\n  events: {dependency_added: fail}\n")
        self.assertIn("FAIL   dependency_added net -> store", self.gate(1).out)
        self.config("gate:\n  events: {dependency_added: ignore}\n")
        self.assertNotIn("dependency_added", self.gate(0).out)
        self.config("gate:\n  events: {dependency_added: {verdict: fail, severity: critical}}\n")
        self.assertNotIn("dependency_added", self.gate(0).out)
        self.config("gate:\n  severity: critical\n  events: {dependency_added: fail}\n")
        self.assertNotIn("dependency_added", self.gate(0).out)

    def test_an_improvement_never_fails(self):
        self.config("gate:\n  events: {dependency_removed: fail, dependency_added: fail}\n")
        result = self.expect(0, "gate", "--base", "new", "--head", "old")
        self.assertIn("better dependency_removed net -> store", result.out)

    def test_limits_are_on_how_much_worse_it_gets(self):
        self.config("gate:\n  limits: {propagation_cost: 0}\n")
        self.assertIn("FAIL   limit propagation_cost", self.gate(1).out)
        self.config("gate:\n  limits: {propagation_cost: 0.5}\n")
        self.gate(0)
        self.config("gate:\n  limits: {propagation_cost: 0}\n")
        self.expect(0, "gate", "--base", "new", "--head", "old")

    def test_a_limit_that_cannot_be_judged_is_told(self):
        self.config("gate:\n  limits: {debt_interest: 1}\n")
        self.assertIn("limit debt_interest: not judged, since it was not measured in old", self.gate(0).out)

    def test_many_of_a_kind_are_counted_and_no_place_has_line_0(self):
        self.config("gate:\n  events: {dead_code_grown: warn, finding_added: {verdict: warn, severity: info}, debt_up: warn}\n")
        self.write({"net/b.c": FILES["net/b.c"] + "#include <string.h>\n" + "".join(
            "void copy_%d(char *to, const char *from)\n{\n\tstrcpy(to, from);\n}\n" % i for i in range(9))})
        self.scan("--quiet", "--release", "idle")
        out = self.expect(0, "gate", "--base", "old", "--head", "idle").out
        self.assertIn("       ... and 4 more of finding_added\n", out)
        self.assertEqual(out.count("warn   finding_added"), 5)
        self.assertIsNone(re.search(r":0\b", out))
        # A program wants them all.
        events = self.expect(0, "gate", "--base", "old", "--head", "idle", "--format", "json").json["events"]
        self.assertEqual(len([e for e in events if e["kind"] == "finding_added" and " strcpy" in e["subject"]]), 9)

    def test_the_baseline_accepts_and_grows_stale(self):
        self.config("baseline: known.txt\ngate:\n  events: {dependency_added: fail}\n")
        self.gate(1)
        told = self.gate(0, "--update-baseline")
        self.assertIn("known.txt", told.err)
        accepted = (self.root / "known.txt").read_text()
        entries = [line for line in accepted.splitlines() if not line.startswith("#")]
        self.assertEqual(entries, sorted(entries))
        self.assertTrue(any("net -> store" in line for line in entries))
        passed = self.gate(0, "--format", "json").json
        self.assertIn(("known", "fail", "net -> store"), [(e["status"], e["verdict"], e["subject"]) for e in passed["events"]])
        # Lines above the change move it; another release of the same code is still known.
        self.write({"net/b.c": "\n\n\n" + SENDS})
        self.scan("--quiet", "--release", "moved")
        self.gate(0, "--head", "moved")
        self.write({"net/b.c": FILES["net/b.c"]})
        self.scan("--quiet", "--release", "clean")
        clean = self.gate(0, "--head", "clean", "--format", "json").json
        self.assertEqual(len(clean["stale"]), len(entries))
        self.gate(0, "--head", "clean", "--update-baseline")
        self.assertEqual([line for line in (self.root / "known.txt").read_text().splitlines() if not line.startswith("#")], [])

    def test_what_is_renamed_stays_known(self):
        """Neither against a release that had it by the older name, nor against one that did not have it at all."""
        self.config("baseline: known.txt\ngate:\n  events: {finding_added: {verdict: fail, severity: info}}\n")
        body = "#include <string.h>\n" + "".join("int step%d(int x)\n{\n\treturn x * %d;\n}\n" % (i, i) for i in range(2, 9))
        copies = "void copy(char *to, const char *from)\n{\n\tstrcpy(to, from);\n}\n"
        self.write({"store/d.c": body})
        self.commands(*FILES, "store/d.c")
        self.scan("--quiet", "--release", "plain")
        self.write({"store/d.c": body + copies})
        self.scan("--quiet", "--release", "copies")
        self.expect(1, "gate", "--base", "plain")
        self.expect(0, "gate", "--base", "plain", "--update-baseline")
        (self.root / "store/d.c").rename(self.root / "store/renamed.c")
        self.commands(*FILES, "store/renamed.c")
        self.scan("--quiet", "--release", "renamed")
        (accepted,) = [line.split()[0] for line in (self.root / "known.txt").read_text().splitlines() if line.endswith("copy calls strcpy")]
        for base in ("plain", "copies"):
            self.assertNotIn(accepted, self.expect(0, "gate", "--base", base, "--format", "json").json["stale"], base)
        self.assertIn(("known", "X002 copy calls strcpy"), [(e["status"], e["subject"]) for e in
                                                            self.expect(0, "gate", "--base", "plain", "--format", "json").json["events"]])
        # From then on it is accepted by the newer one.
        before = (self.root / "known.txt").read_text()
        self.expect(0, "gate", "--base", "plain", "--update-baseline")
        after = (self.root / "known.txt").read_text()
        self.assertEqual(*(sorted(line.split()[1:] for line in text.splitlines()) for text in (before, after)))
        (fingerprint,) = [row["fingerprint"] for row in self.query("SELECT fingerprint FROM findings WHERE release = 'renamed' AND subject = "
                                                                   "'copy calls strcpy'")]
        self.assertNotIn(fingerprint, before)
        self.assertIn(fingerprint, after)
        self.scan("--quiet", "--release", "again")
        self.assertNotIn(fingerprint, self.expect(0, "gate", "--base", "renamed", "--format", "json").json["stale"])

    def test_a_baseline_that_grew_is_told(self):
        def git(*words):
            subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *words], cwd=self.root, check=True,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.config("baseline: known.txt\n")
        self.write({"known.txt": "0123 old one\n", "net/b.c": FILES["net/b.c"], ".gitignore": ".sightline\n"})
        git("init", "--quiet")
        git("add", "-A")
        git("commit", "--quiet", "-m", "Begin")
        self.scan("--quiet", "--release", "begin")
        self.write({"net/b.c": SENDS})
        self.scan("--quiet", "--release", "end")
        self.assertNotIn("accepts", self.expect(0, "gate", "--base", "begin").out)
        self.expect(0, "gate", "--base", "begin", "--update-baseline")
        entries = [line for line in (self.root / "known.txt").read_text().splitlines() if not line.startswith("#")]
        grown = self.expect(0, "gate", "--base", "begin")
        self.assertIn("the baseline accepts %d more" % len(entries), grown.out)

    def test_what_cannot_be_judged_is_exit_2(self):
        self.refused(2, "gate", says="--base")
        self.refused(2, "gate", "--base", "none", says="none")
        self.refused(2, "gate", "--base", "old", "--format", "xls", says="xls")
        self.config("gate:\n  events: {dependency_aded: fail}\n")
        self.assertIn("did you mean \"dependency_added\"", self.refused(2, "gate", "--base", "old", says="sightline.yaml:7:").err)
        self.config("gate:\n  limits: {propagation_kost: 1}\n")
        self.refused(2, "gate", "--base", "old", says="propagation_cost")
        self.config("gate:\n  limits: {propagation_cost: -1}\n")
        self.refused(2, "gate", "--base", "old", says="sightline.yaml:7:")
        self.config("")
        self.refused(2, "gate", "--base", "old", "--update-baseline", says="baseline")

    def test_every_format(self):
        self.config("gate:\n  events: {dependency_added: fail}\n  limits: {propagation_cost: 0}\n")
        markdown = self.gate(1, "--format", "markdown").out
        self.assertIn("```mermaid", markdown)
        self.assertIn("`net/b.c:4`", markdown)
        sarif = self.gate(1, "--format", "sarif").json["runs"][0]
        self.assertIn(("dependency_added", "net/b.c"), [(r["ruleId"], r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
                                                        for r in sarif["results"]])
        gitlab = self.gate(1, "--format", "gitlab").json
        # Where there is one text and no heading it says what it is about.
        said = [r["message"]["text"] for r in sarif["results"]] + [entry["description"] for entry in gitlab]
        self.assertEqual(len([text for text in said if text.startswith("New dependencies between domains: net -> store: ")]), 2)
        self.assertIn("dependency_added", [entry["check_name"] for entry in gitlab])
        # What is about the whole stands where the policy does: nothing that fails is missing.
        (limit,) = [(r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], r["locations"][0]["physicalLocation"]["region"]["startLine"])
                    for r in sarif["results"] if r["ruleId"] == "limit"]
        self.assertEqual(limit, ("sightline.yaml", 8))
        new = [e for e in self.gate(1, "--format", "json").json["events"] if e["status"] == "new"]
        self.assertEqual((len(sarif["results"]), len(gitlab)), (len(new) + 1, len(new) + 1))
        self.assertTrue(all(entry["location"]["path"] for entry in gitlab))
        suite = xml.etree.ElementTree.fromstring(self.gate(1, "--format", "junit").out)[0]
        self.assertEqual(int(suite.get("failures")), len(suite.findall("testcase/failure")))
        self.assertEqual(int(suite.get("tests")), len(suite.findall("testcase")))
        self.assertIn("net -> store", suite.find("testcase[@name='dependency_added']/failure").get("message"))
        target = self.root / "verdict.json"
        self.gate(1, "-o", str(target))
        self.assertFalse(json.loads(target.read_text())["passed"])

    def test_hostile_names_stay_names(self):
        name = "net/<script>`|[x](y)\"'&\x07\u202e.c"
        self.write({name: "int d(int x);\nint evil(int x)\n{\n\treturn d(x);\n}\n", "store/c.c": FILES["store/c.c"] + "int d(int x)\n{\n\treturn x;\n}\n",
                    "net/b.c": FILES["net/b.c"]})
        self.commands(*FILES, name)
        self.scan("--quiet", "--release", "evil")
        for form in ("markdown", "json", "sarif", "gitlab", "junit", "text"):
            out = self.gate(0, "--head", "evil", "--format", form).out
            self.assertIn("dependenc", out.lower())
            if form in ("markdown", "junit"):  # in a code span it is text
                self.assertNotIn("<script>", re.sub(r"(`+) ?.*?[^`]\1(?!`)", "", out))
                self.assertNotIn("\u202e", out if form == "markdown" else "")
            if form == "junit":
                xml.etree.ElementTree.fromstring(out)
            if form in ("json", "sarif", "gitlab"):
                json.loads(out)
            self.assertNotIn("\x07", out)


if __name__ == "__main__":
    sightline.main()
