#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers about domains, entry points and resources, on a tree small enough to count by hand; and what they say they rest on."""
import sqlite3
import subprocess

import sightline
from sightline import Case

TREE = {
    "sightline.yaml": 'domains:\n  app: ["app/**"]\n  store: ["store/**"]\n  tool: ["tool/**"]\n  log: ["log/**"]\n',
    "log/log.h": "void log_line(const char *text);\n",
    "log/log.c": '#include "log.h"\n#include <stdio.h>\n#include "../store/store.h"\nint log_count;\nint log_level;\n'
                 'void log_line(const char *text) { log_count++; puts(text); if (log_level) store_close(0); }\n',
    "store/store.h": "struct store;\nstruct store_hooks { void (*opened)(void); void (*closed)(void); int uses; };\n"
                     "struct store_options { int size; };\n"
                     "struct store *store_open(struct store_options *options);\nint store_close(struct store *store);\n",
    "store/store_internal.h": "#define STORE_MAGIC 77\n",
    "store/store.c": '#include "store.h"\n#include "store_internal.h"\n#include <fcntl.h>\n#include <stdlib.h>\n#include <stdio.h>\n'
                     '#include "../log/log.h"\n'
                     "struct store { int size; };\nstatic struct store only;\nstatic int check(void) { return STORE_MAGIC; }\n"
                     "int store_secret(void) { return check(); }\n"
                     'struct store *store_open(struct store_options *options)\n{\n\tFILE *file = fopen("rules.conf", "r");\n'
                     '\tif (file)\n\t\tfclose(file);\n\tonly.size = options->size;\n\tlog_line("opened");\n\tlog_line("at once");\n'
                     "\treturn &only;\n}\n"
                     'int store_close(struct store *store) { (void)store; return getenv("STORE_KEEP") != NULL; }\n',
    "app/app.c": '#include "../store/store.h"\n#include "../store/store_internal.h"\n#include "../log/log.h"\n#include <pthread.h>\n'
                 "#include <signal.h>\n#include <stdlib.h>\n#include <stdio.h>\nextern int store_secret(void);\nextern int log_count;\n"
                 "static int rank(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }\n"
                 "static void *worker(void *argument) { log_line(\"worker\"); return argument; }\n"
                 "static void stop(int number) { (void)number; }\nstatic void again(int number) { (void)number; }\n"
                 "static void on(int number, void (*handler)(int))\n{\n\tstruct sigaction action = {0};\n\taction.sa_handler = handler;\n"
                 "\tsigaction(number, &action, NULL);\n}\n"
                 "static void leave(void) { log_line(\"left\"); }\n"
                 "static __attribute__((constructor)) void early(void) { log_count = STORE_MAGIC; }\n"
                 "static __attribute__((destructor)) void late(void) { log_count = 0; }\n"
                 "int main(void)\n{\n\tint list[] = {2, 1};\n\tpthread_t thread;\n\tstruct store_options options = {store_secret()};\n"
                 "\tqsort(list, 2, sizeof *list, rank);\n\tsignal(SIGTERM, stop);\n\ton(SIGHUP, again);\n\tatexit(leave);\n"
                 "\tpthread_create(&thread, NULL, worker, NULL);\n\tpthread_join(thread, NULL);\n"
                 '\tremove("rules.conf");\n\tprintf("%p\\n", (void *)late);\n'
                 "\treturn store_close(store_open(&options));\n}\n",
    "tool/tool.c": '#include "../store/store.h"\nint main(void) { return store_close(0); }\n',
}
FLAGS = ["-g", "-O0", "-fpatchable-function-entry=5"]


class Measures(Case):
    def setUp(self):
        super().setUp()
        self.write(TREE)
        self.commands("app/app.c", "log/log.c", "store/store.c", "tool/tool.c")
        self.scan("--release", "v1", "-q")

    def metric(self, domain, name):
        rows = self.query("SELECT value FROM metrics WHERE scope = 'domain' AND subject = '%s' AND metric = '%s'" % (domain, name))
        return rows[0]["value"] if rows else None

    def test_kinds_of_entry_points(self):
        found = {(r["function"], r["kind"]) for r in self.query("SELECT function, kind FROM entry_points")}
        self.assertEqual(found, {("main", "main"), ("worker", "thread"), ("stop", "signal"), ("again", "signal"), ("early", "constructor"),
                                 ("late", "destructor"), ("leave", "destructor"), ("rank", "callback")})
        self.assertEqual(self.query("SELECT reaches, has_flow FROM entry_points WHERE function = 'worker'"), [{"reaches": 3, "has_flow": 1}])
        out = self.expect(0, "flows", "rank").out
        self.assertIn("rank", out)
        self.assertIn("1 entry points of kind callback", self.expect(0, "flows").out)

    def test_through_which_domains_with_which_resources(self):
        rows = self.query("SELECT domain, functions, depth FROM flow_domains WHERE entry = 'worker' ORDER BY depth")
        self.assertEqual(rows, [{"domain": "app", "functions": 1, "depth": 0}, {"domain": "log", "functions": 1, "depth": 1},
                                {"domain": "store", "functions": 1, "depth": 2}])
        rows = self.query("SELECT kind, name, functions, operations FROM flow_resources WHERE entry = 'worker'")
        self.assertEqual(rows, [{"kind": "environment", "name": "STORE_KEEP", "functions": 1, "operations": "get"}])

    def test_resources_of_the_source(self):
        rows = self.query("SELECT function, kind, name, operation, static_sites FROM resource_uses ORDER BY name, function")
        self.assertEqual([tuple(r.values()) for r in rows], [
            ("store_close", "environment", "STORE_KEEP", "get", 1), ("main", "file", "rules.conf", "remove", 1),
            ("store_open", "file", "rules.conf", "open", 1)])
        self.assertEqual({r["name"]: r["exclusivity"] for r in self.query("SELECT name, exclusivity FROM resources")},
                         {"STORE_KEEP": "exclusive", "rules.conf": "shared"})
        self.assertEqual(self.metric("store", "exclusivity_resources"), 0.5)
        self.assertEqual(self.metric("app", "exclusivity_resources"), 0)
        self.assertIsNone(self.metric("log", "exclusivity_resources"))

    def test_domains(self):
        self.assertEqual((self.metric("store", "functions"), self.metric("store", "files")), (4, 3))
        self.assertEqual(self.metric("store", "exclusivity"), 0.25) # check; not open, close, secret
        self.assertEqual(self.metric("log", "exclusivity_globals"), 0.5)
        self.assertEqual(self.metric("store", "api_surface"), 5) # store_options, store_open, store_close, store_secret, STORE_MAGIC
        self.assertEqual(self.metric("store", "hidden_reached"), 2) # the last two
        self.assertEqual(self.metric("log", "hidden_reached"), 1) # log_count
        self.assertEqual(self.metric("app", "entry_points"), 8)
        # Offered: store.h, store_internal.h, store_hooks, store_options, store. Abstract: store, store_hooks, store_internal.h.
        self.assertEqual(self.metric("store", "abstractness"), 3 / 5)
        self.assertEqual(self.metric("log", "abstractness"), 1) # log.h: prototypes
        self.assertEqual(self.metric("tool", "abstractness"), 0)

    def test_layers(self):
        levels = {r["domain"]: r["level"] for r in self.query("SELECT domain, level FROM layers")}
        self.assertEqual(levels, {"log": 0, "store": 1, "app": 2, "tool": 2})
        self.assertEqual([(r["from_domain"], r["to_domain"]) for r in self.query("SELECT from_domain, to_domain FROM upward_dependencies")],
                         [("log", "store")])
        self.assertEqual(self.metric("app", "cycle_share"), 0)
        self.assertEqual(self.metric("log", "cycle_share") + self.metric("store", "cycle_share"), 1)

    def test_bounded_by_entry_points(self):
        rows = {r["domain"]: r for r in self.expect(0, "domains", "--by", "entry-points", "--format", "json").json}
        functions = {r["name"] + ":" + r["file"]: r["entry_domain"] for r in self.query("SELECT name, file, entry_domain FROM functions")}
        self.assertEqual(functions["store_open:store/store.c"], "main app/app.c:main")
        self.assertEqual(functions["rank:app/app.c"], "main app/app.c:main")
        self.assertEqual(functions["store_close:store/store.c"], "common")
        self.assertEqual(functions["worker:app/app.c"], "thread app/app.c:worker")
        self.assertEqual(sum(r["functions"] for r in rows.values()), len(functions))
        self.assertEqual(rows["common"]["functions"], 2)
        self.assertIn("thread app/app.c:worker", self.expect(0, "domains", "--by", "entry-points").out)
        self.refused(2, "domains", "--by", "colour", says=("colour", "entry-points"))

    def test_says_what_it_rests_on(self):
        for command in (("domains",), ("debt",), ("flows",), ("flows", "worker"), ("resources",), ("domains", "--by", "entry-points")):
            lines = self.expect(0, *command).out.splitlines()
            self.assertRegex(lines[-1], "^Seen: 4 of 4 units parsed; .*; nothing traced$")
            self.assertNotIn("Seen:", self.expect(0, *command, "--quiet").out)
            if command[-1] != "worker":
                self.assertNotIn("Seen", self.expect(0, *command, "--format", "json").out)
        result = self.expect(0, "report", "--format", "dot")
        self.assertIn("Seen: 4 of 4 units parsed", result.err)
        self.assertNotIn("Seen", result.out)
        self.assertIn("high", self.expect(0, "domains").out)
        shown = self.expect(0, "show", "store").out
        for word in ("Exclusivity", "STORE_KEEP", "Depends upward on", "abstractness"):
            self.assertIn(word, shown)

    def test_every_number_can_be_computed_again(self):
        formulas = self.expect(0, "debt", "--explain", "--format", "json").json
        values = {(r["scope"], r["metric"], r["subject"]): r["value"] for r in self.query("SELECT * FROM metrics")}
        base = sqlite3.connect("file:%s?mode=ro" % self.db, uri=True)
        for formula in formulas:
            for domain in ("app", "log", "store", "tool"):
                if formula["scope"] == "domain":
                    (value,), = base.execute(formula["sql"], {"release": "v1", "subject": domain})
                    known = values.get(("domain", formula["metric"], domain))
                    self.assertEqual(value is None, known is None, formula["metric"])
                    if known is not None:
                        self.assertAlmostEqual(value, known, 6, formula["metric"])
        base.close()


class Observed(Measures):
    """The same, after a run: both sides of a resource are one."""

    def setUp(self):
        super().setUp()
        subprocess.run(["gcc", *FLAGS, "app/app.c", "log/log.c", "store/store.c", "-o", "app.out", "-lpthread"], cwd=self.root, check=True)
        (self.root / "rules.conf").write_text("x\n")
        self.expect(0, "trace", "--", str(self.root / "app.out"))

    def test_resources_of_the_source(self):
        rows = self.query("SELECT function, kind, name, operation, static_sites, observed_count, observed_errors FROM resource_uses "
                          "WHERE static_sites > 0 ORDER BY name, function")
        self.assertEqual([tuple(r.values()) for r in rows], [
            ("store_close", "environment", "STORE_KEEP", "get", 1, 1, 1), ("main", "file", "rules.conf", "remove", 1, 1, 0),
            ("store_open", "file", "rules.conf", "open", 1, 1, 1)]) # main has removed it
        names = [r["name"] for r in self.query("SELECT name FROM resources")]
        self.assertEqual(len(names), len(set(names)))

    def test_domains(self):
        super().test_domains()
        # Called across: log_line, store_open, store_close, store_secret. Not: check and all of app.
        self.assertEqual(self.metric("store", "exclusivity_observed"), 0.25)
        self.assertEqual(self.metric("log", "exclusivity_observed"), 0)
        self.assertEqual(self.metric("app", "exclusivity_observed"), 1)
        self.assertIsNone(self.metric("tool", "exclusivity_observed"))
        bands = {(r["domain"], r["what"]): r["band"] for r in self.query("SELECT * FROM exclusivity WHERE is_observed")}
        self.assertEqual((bands["store", "functions"], bands["app", "functions"]), ("low", "high"))

    def test_says_what_it_rests_on(self):
        last = self.expect(0, "domains").out.splitlines()[-1]
        self.assertRegex(last, r"^Seen: 4 of 4 units parsed; .*; \d+ of \d+ functions observed in 1 run; \d+ of \d+ modules traced$")

    def test_through_which_domains_with_which_resources(self):
        rows = self.query("SELECT name, observed FROM flow_resources WHERE entry = 'main' AND name = 'STORE_KEEP'")
        self.assertEqual(sorted(r["observed"] for r in rows), [0, 1]) # the tool's main did not run


if __name__ == "__main__":
    sightline.main()
