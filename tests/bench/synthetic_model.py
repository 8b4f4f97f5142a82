#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A model of a codebase that does not exist, as large as asked for: synthetic_model.py SIGHTLINE FOLDER [FUNCTIONS]

Leaves FOLDER/.sightline/model.db. Numbers per function (calls, uses, findings, files) are about those of git and redis; names are made
of words, so that they compress as real ones do. The same each time. Written past our own program, into its tables: it measures what
reads models, and is no proof of what makes them."""
import os
import random
import sqlite3
import subprocess
import sys

WORDS = ("net buffer queue list map hash key value entry index node tree page cache file path name string text line block chunk frame packet "
         "message session socket stream event timer task lock thread pool memory region slot table row column record field type schema query "
         "parse print read write open close flush sync load store fetch send recv push pop insert remove find lookup resolve merge split "
         "encode decode compress verify sign check test init free copy move swap sort filter walk visit update commit abort retry wait wake").split()


class Model:
    def __init__(self, path):
        self.base = sqlite3.connect(path)
        self.random = random.Random(42)
        self.texts = dict((value, number) for number, value in self.base.execute("SELECT id, value FROM text"))
        self.next_text = max(self.texts.values(), default=0) + 1
        self.release, = self.base.execute("SELECT max(number) FROM release").fetchone()

    def text(self, value):
        if value not in self.texts:
            self.base.execute("INSERT INTO text VALUES (?, ?)", (self.next_text, value))
            self.texts[value] = self.next_text
            self.next_text += 1
        return self.texts[value]

    def insert(self, table, rows):
        """Rows as dicts, valid from this release on."""
        rows = list(rows)
        if not rows:
            return
        columns = list(rows[0])
        self.base.executemany("INSERT INTO %s (%s, since, until) VALUES (%s, %d, 0)" % (
            table, ", ".join(columns), ", ".join(["?"] * len(columns)), self.release), [tuple(row.values()) for row in rows])

    def name(self, words=3):
        return "_".join(self.random.choice(WORDS) for _ in range(words))


def symbols(model, count, kind, names):
    first = model.base.execute("SELECT coalesce(max(id), 0) + 1 FROM symbol").fetchone()[0]
    scope = model.text("")
    model.base.executemany("INSERT INTO symbol VALUES (?, ?, ?, ?)", ((first + i, kind, names(i), scope) for i in range(count)))
    return list(range(first, first + count))


def fill(model, functions):
    rng, text = model.random, model.text
    for table in ("file", "function", "variable", "type", "macro", "call", "use", "include", "dependency", "region", "entry", "flow", "flow_call",
                  "resource_use", "score", "domain", "domain_tree", "file_reason", "domain_dependency", "metric", "coverage_row", "finding", "task",
                  "cycle_member", "cycle_cut", "header_cost", "declaration", "outcall", "literal", "constant"):
        model.base.execute("DELETE FROM " + table)
    domain_count, file_count = max(8, int(functions ** 0.5 / 2.6)), max(10, functions // 16)
    domains = [text("%s-%s" % (rng.choice(WORDS), rng.choice(WORDS)) + ("-%d" % i if i > 40 else "")) for i in range(domain_count)]
    domains = list(dict.fromkeys(domains))
    weights = [1 / (i + 3) for i in range(len(domains))]
    file_domain = sorted(rng.choices(range(len(domains)), weights, k=file_count))
    names = ["%s/%s_%d.c" % (model.name(2).replace("_", "/"), model.name(2), i) for i in range(file_count)]
    files = [text(name) for name in names]
    sizes = [int(20 + rng.paretovariate(1.3) * 60) for _ in files]
    model.insert("file", ({"path": f, "lines": n + n // 3, "code_lines": n, "is_header": i % 3 == 2, "is_main": i % 3 != 2, "domain": domains[d]}
                          for i, (f, n, d) in enumerate(zip(files, sizes, file_domain))))
    ids = symbols(model, functions, 1, lambda i: "%s_%d" % (model.name(), i))
    file_of = sorted(rng.choices(range(file_count), sizes, k=functions))
    signatures = [text("int (struct %s *, const char *, size_t)" % model.name(2)) for _ in range(functions // 12 + 1)]
    lines = {}
    rows = []
    for function, f in zip(ids, file_of):
        start = lines.get(f, 10)
        long = int(3 + rng.paretovariate(1.4) * 8)
        lines[f] = start + long + 2
        rows.append({"symbol": function, "file": files[f], "source_name": None, "signature": rng.choice(signatures), "line": start,
                     "end_line": start + long, "flags": rng.choice((0, 2, 2)), "parameters": rng.randrange(6), "cyclomatic": 1 + long // 5,
                     "cognitive": long // 4, "code_lines": long, "is_reachable": rng.random() < 0.9, "configurations": text(""),
                     "observed_calls": int(rng.random() < 0.3) * rng.randrange(100000), "is_observed": 0, "total_ns": 0, "self_ns": 0,
                     "entry_domain": text("common")})
    model.insert("function", rows)
    calls(model, functions, ids, file_of, files, file_domain, domains)
    uses(model, functions, ids, file_of, files, file_count)
    verdicts(model, functions, ids, file_of, files, file_domain, domains, names)
    summaries(model, functions, ids, files, sizes, file_of, file_domain, domains)


def calls(model, functions, ids, file_of, files, file_domain, domains):
    rng, text = model.random, model.text
    outside = symbols(model, 400, 1, lambda i: "lib_%s_%d" % (model.name(2), i))
    direct, basis = text("direct"), text("flow")
    rows, dependencies = [], {}
    for i in range(functions):
        for _ in range(min(40, int(rng.paretovariate(1.1) * 2))):
            kind = rng.random()
            if kind < 0.2:
                target = None
            elif kind < 0.75: # near: the same file or one beside it
                target = min(functions - 1, max(0, i + int(rng.gauss(0, 40))))
            else:
                target = int(functions * rng.random() ** 3)
            how = 2 if rng.random() < 0.08 else 1
            seen = rng.randrange(1, 100000) if rng.random() < 0.15 else 0
            rows.append({"caller": ids[i], "callee": rng.choice(outside) if target is None else ids[target], "how": how,
                         "basis": direct if how == 1 else basis, "confidence": 1 if how == 1 else 0.5, "sites": 1 + (rng.random() < 0.2),
                         "line": rng.randrange(1, 3000), "via_macro": 0, "configurations": text(""), "observed": seen})
            if target is not None and file_of[i] != file_of[target]:
                at = dependencies.setdefault((file_of[i], file_of[target]), [0, 0])
                at[0] += 1
                at[1] += seen
    model.insert("call", rows)
    call = text("call")
    model.insert("dependency", ({"from_file": files[a], "to_file": files[b], "kind": call, "weight": w, "observed": o}
                                for (a, b), (w, o) in sorted(dependencies.items())))
    between = {}
    for (a, b), (w, o) in dependencies.items():
        if file_domain[a] != file_domain[b]:
            at = between.setdefault((file_domain[a], file_domain[b]), [0, 0, 0])
            at[0] += w
            at[1] += 1
            at[2] += o
    model.insert("domain_dependency", ({"from_domain": domains[a], "to_domain": domains[b], "weight": w, "symbols": n, "observed": o}
                                       for (a, b), (w, n, o) in sorted(between.items())))


def uses(model, functions, ids, file_of, files, file_count):
    rng, text = model.random, model.text
    types = symbols(model, functions // 8, 3, lambda i: "%s_%d" % (model.name(2), i))
    kind, read = text("struct"), text("type")
    model.insert("type", ({"symbol": t, "file": files[rng.randrange(file_count)], "kind": kind, "line": rng.randrange(400), "end_line": 500,
                           "fields": 5} for t in types))
    model.insert("use", ({"from_symbol": ids[i], "from_file": files[file_of[i]], "to_symbol": types[int(len(types) * rng.random() ** 2)],
                          "kind": read, "sites": 1 + rng.randrange(4), "line": rng.randrange(1, 2000)}
                         for i in range(functions) for _ in range(3)))


def verdicts(model, functions, ids, file_of, files, file_domain, domains, names):
    rng, text = model.random, model.text
    severities = [text(s) for s in ("info", "minor", "major", "critical")]
    goals = [text(g) for g in ("velocity", "resiliency", "scalability", "cloud-readiness", "security")]
    rules = [text("V%03d" % i) for i in range(1, 60)]
    count = functions // 8
    keys = [text("V%03d-%08x" % (rng.randrange(60), rng.getrandbits(32))) for _ in range(count // 5 + 1)]
    rows = []
    for i in range(count):
        f = file_of[rng.randrange(functions)]
        rows.append({"rule": rng.choice(rules), "severity": rng.choices(severities, (5, 50, 40, 5))[0], "goal": rng.choice(goals),
                     "domain": domains[file_domain[f]], "file": files[f], "line": rng.randrange(1, 900), "subject": text(model.name()),
                     "message": text("%s calls %s without looking at what it says" % (model.name(), model.name(2))), "effort_minutes": 30,
                     "fingerprint": text("%032x" % rng.getrandbits(128)), "task": rng.choice(keys)})
    model.insert("finding", rows)
    why = text("Whoever reads it has to know both parts, and a change in one of them is a change in the other.")
    steps = text("1. Find out what it needs.\n2. Give it that.\n3. Build and test.")
    model.insert("task", ({"task_key": key, "title": text("Look at what %s says" % model.name()), "priority": rng.random() * 20,
                           "goal": rng.choice(goals), "domain": rng.choice(domains), "effort_minutes": 60, "findings": 5, "status": text("open"),
                           "rule": rng.choice(rules), "why": why, "steps": steps, "reason": text("")} for key in dict.fromkeys(keys)))


def summaries(model, functions, ids, files, sizes, file_of, file_domain, domains):
    rng, text = model.random, model.text
    per = [0] * len(domains)
    for f in file_of:
        per[file_domain[f]] += 1
    rows, metrics = [], []
    for d, domain in enumerate(domains):
        own = [i for i, of in enumerate(file_domain) if of == d]
        rows.append({"name": domain, "is_declared": 0, "files": len(own), "functions": per[d], "lines": sum(sizes[i] for i in own),
                     "cohesion": rng.random(), "exclusivity": rng.random()})
        metrics += [("domain", domain, "level", d % 20), ("domain", domain, "debt_score", rng.random() * 80)]
    model.insert("domain", rows)
    for f in files:
        for metric in ("debt_score", "cognitive_max", "cyclomatic_sum", "fan_in", "fan_out", "reach", "cycle_size"):
            metrics.append(("file", f, metric, rng.randrange(90)))
    metrics += [("codebase", text(""), metric, value) for metric, value in (("debt_score", 55), ("propagation_cost", 0.4), ("cycle_groups", 3), ("largest_cycle", 40))]
    for table, is_score in (("score", True), ("metric", False)): # what rests on findings has a table of its own
        model.insert(table, ({"scope": text(scope), "subject": subject, "metric": text(metric), "value": value}
                             for scope, subject, metric, value in metrics if (metric == "debt_score") == is_score))
    model.insert("cycle_member", ({"scope": text("domain"), "cycle": domains[0], "member": domain} for domain in domains[:len(domains) // 2]))
    model.insert("coverage_row", ({"what": text(what), "seen": functions * 9 // 10, "total": functions} for what in ("units parsed", "units parsed without errors", "functions reachable from entry points", "functions observed")))
    entries = rng.sample(ids, functions // 200)
    model.insert("entry", ({"symbol": e, "kind": text(rng.choice(("main", "thread", "callback", "export"))), "observed": int(i < 8), "reaches": 600, "has_flow": 1}
                           for i, e in enumerate(entries)))
    model.insert("flow", ({"entry": e, "symbol": rng.choice(ids), "depth": k // 40, "observed": 0} for e in entries for k in range(600)))
    # What a run showed of some of them: calls from one to the next, far and near, so that the sequence has many participants.
    counted = text("exact")
    for e in entries[:8]:
        chain = [e]
        for _ in range(3000):
            chain.append(rng.choice(ids) if rng.random() < 0.3 else rng.choice(chain))
        model.insert("flow_call", ({"entry": e, "caller": chain[rng.randrange(i)], "callee": chain[i], "observed": rng.randrange(1, 500),
                                    "observed_how": counted, "first": i} for i in range(1, len(chain))))
    kinds = [text(kind) for kind in ("file", "environment", "socket", "lock", "table")]
    resources = [model.base.execute("INSERT INTO resource (kind, name) VALUES (?, ?)", (rng.choice(kinds), text("/%s/%s" % (model.name(1), model.name(2))))).lastrowid for _ in range(functions // 100)]
    model.insert("resource_use", ({"symbol": rng.choice(ids), "resource": rng.choice(resources), "operation": text(rng.choice(("open", "read", "write"))), "sites": 1, "line": 5, "type": text("")} for _ in range(functions // 30)))
    model.base.execute("UPDATE release SET functions = ?, calls = (SELECT count(*) FROM call)", (functions,))


def make(sightline, folder, functions):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "a.c"), "w") as stream:
        stream.write("int a(void)\n{\n\treturn 0;\n}\n")
    with open(os.path.join(folder, "compile_commands.json"), "w") as stream:
        stream.write('[{"directory": "%s", "file": "a.c", "arguments": ["cc", "-c", "a.c"]}]' % os.path.realpath(folder))
    subprocess.run([sightline, "scan", "-q", "-r", "synthetic", folder], check=True)
    path = os.path.join(folder, ".sightline", "model.db")
    model = Model(path)
    fill(model, functions)
    model.base.commit()
    model.base.execute("ANALYZE")
    model.base.close()
    return path


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    print(make(os.path.realpath(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 100000))
