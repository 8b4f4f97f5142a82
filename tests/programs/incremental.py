#!/usr/bin/env python3
"""incremental.py SIGHTLINE PROGRAM: a scan that takes over what did not change says the same as one that starts anew.

A copy of the program is edited step by step, and scanned into one model. What that says of the release is compared, view by
view, with what is said by a model that has to parse and derive everything: where domains are declared, a new one; where they
are discovered, which starts from the domains of before, a copy of the model in which all that scans take over is forgotten."""
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

from oracle import program_root

sightline, name = sys.argv[1:3]
FORGET = "UPDATE unit SET facts = NULL, key = NULL, inputs = NULL; DELETE FROM digest; DELETE FROM memory; UPDATE release SET derive_key = NULL;"
# Of the past, which a new model has not: what a domain was before, which tasks were there already.
PAST = {"domain_identities": {"previous", "change"}, "domains": {"previous", "change"}}
PAST_VIEWS = {"tasks", "task_plans", "releases", "observations", "events", "event_places"}


class Tree:
    def __init__(self, root, folder):
        self.root = os.path.join(folder, "tree")
        shutil.copytree(root, self.root, symlinks=True, ignore=shutil.ignore_patterns(".sightline", ".oracle", "*.o", "*.a", "*.so"))
        with open(os.path.join(root, "compile_commands.json"), encoding="utf-8") as stream:
            self.commands = json.loads(stream.read().replace(json.dumps(root)[1:-1], json.dumps(self.root)[1:-1]))
        self.commands = [c for c in self.commands if c["file"].endswith(".c") and os.path.exists(self.path(c))]
        self.write_commands()
        by_size = sorted(self.commands, key=lambda c: (os.path.getsize(self.path(c)), c["file"]), reverse=True)
        self.large, self.small, self.other = by_size[0], by_size[-1], by_size[len(by_size) // 2]
        own = os.path.dirname(self.path(self.large))
        headers = [os.path.join(own, h) for h in sorted(os.listdir(own)) if h.endswith(".h")]
        self.header = max(headers, key=os.path.getsize)

    @staticmethod
    def path(command):
        return os.path.normpath(os.path.join(command["directory"], command["file"]))

    def write_commands(self):
        with open(os.path.join(self.root, "compile_commands.json"), "w", encoding="utf-8") as stream:
            json.dump(self.commands, stream)

    def edit(self, path, change):
        with open(path, encoding="latin-1") as stream:
            text = stream.read()
        with open(path, "w", encoding="latin-1") as stream:
            stream.write(change(text))

    def config(self, text):
        with open(os.path.join(self.root, "sightline.yaml"), "w", encoding="utf-8") as stream:
            stream.write(text)

    def replace(self, command, path):
        """The command compiles another file from now on."""
        new = json.loads(json.dumps(command))
        new["arguments"] = [path if word in (command["file"], os.path.basename(command["file"])) else word for word in new["arguments"]]
        new["file"] = path
        self.commands = [new if c is command else c for c in self.commands]
        self.write_commands()
        return new


FUNCTION = """
static int sightline_hidden(int x) { return x > 2 ? x : 3; }
int sightline_added(int x) { return x ? sightline_hidden(x) : sightline_added(x + 1); }
int (*sightline_hook)(int) = sightline_added;
"""
RECORD = """
#ifndef SIGHTLINE_RECORD
#define SIGHTLINE_RECORD
struct sightline_record { int a, b, c, d, e, f; };
extern int sightline_count;
#endif
"""
USE = """
int sightline_count;
int sightline_use(struct sightline_record *r) { sightline_count++; return r->a + r->b + r->c + r->d + r->e++ + r->f; }
"""


def steps(tree, rules):
    def rename():
        path = tree.path(tree.other)
        moved = os.path.join(os.path.dirname(path), "sightline_moved.c")
        os.rename(path, moved)
        tree.other = tree.replace(tree.other, moved)

    def add_unit():
        path = os.path.join(os.path.dirname(tree.path(tree.large)), "sightline_unit.c")
        with open(path, "w", encoding="utf-8") as stream:
            stream.write("#include \"%s\"\n" % os.path.basename(tree.header) + RECORD + USE.replace("sightline_", "sightline_unit_") .replace(
                "sightline_unit_record", "sightline_record"))
        command = json.loads(json.dumps(tree.large))
        tree.commands.append(command)
        tree.replace(command, path)

    def drop_unit():
        tree.commands = [c for c in tree.commands if c is not tree.small]
        tree.write_commands()

    yield "nothing", lambda: None
    yield "a comment at the end", lambda: tree.edit(tree.path(tree.large), lambda t: t + "\n/* sightline */\n")
    yield "a line at the beginning", lambda: tree.edit(tree.path(tree.large), lambda t: "/* sightline */\n" + t)
    yield "functions", lambda: tree.edit(tree.path(tree.large), lambda t: t + FUNCTION)
    yield "a header", lambda: tree.edit(tree.header, lambda t: t + RECORD)
    yield "what uses it", lambda: tree.edit(tree.path(tree.other), lambda t: RECORD + t + USE)
    yield "a new unit", add_unit
    yield "a unit of another name", rename
    yield "a unit less", drop_unit
    yield "the configuration", lambda: tree.config(rules + "rules:\n  V021:\n    severity: major\n  V013: off\n")
    yield "functions less", lambda: tree.edit(tree.path(tree.large), lambda t: t.replace(FUNCTION, ""))


def scan(tree, database, release):
    subprocess.run([sightline, "scan", tree.root, "--db", database, "--release", release, "--quiet"], check=True)


def read(database, release, past):
    connection = sqlite3.connect(database)
    views = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY name")]
    rows = {}
    for view in views:
        columns = [c[1] for c in connection.execute("PRAGMA table_info(%s)" % view)]
        if view in ("releases", "observations", "events") or "release" not in columns or not past and view in PAST_VIEWS:
            continue
        # Ids are numbers of one database: names stand for them.
        kept = [c for c in columns if not c.endswith("_id") and c != "release" and (past or c not in PAST.get(view, ()))]
        rows[view] = sorted(map(repr, connection.execute("SELECT %s FROM %s WHERE release = ?" % (", ".join(kept), view), (release,))))
    connection.close()
    return rows


def compare(what, taken_over, anew):
    assert taken_over.keys() == anew.keys() and len(taken_over) > 30
    for view, rows in taken_over.items():
        if rows != anew[view]:
            one, two = set(rows), set(anew[view])
            sys.exit("%s: %s differs: only taken over %s, only anew %s" % (what, view, sorted(one - two)[:3], sorted(two - one)[:3]))


def run(folder, config, declared):
    tree = Tree(program_root(name), folder)
    tree.config(config)
    model = os.path.join(folder, "model.db")
    scan(tree, model, "first")
    changed = 0
    for number, (what, change) in enumerate(steps(tree, config)):
        change()
        # Both ways that a release comes after another: under its name, and under a new one.
        release = "first" if number % 3 else "step %d" % number
        anew = os.path.join(folder, "anew.db")
        if os.path.exists(anew):
            os.remove(anew)
        before = read(model, "first", True)
        if not declared:
            source, target = sqlite3.connect(model), sqlite3.connect(anew)
            source.backup(target)
            target.executescript(FORGET)
            source.close()
            target.close()
        scan(tree, model, release)
        scan(tree, anew, release)
        after = read(model, release, not declared)
        compare("%s, domains %s" % (what, "declared" if declared else "discovered"), after, read(anew, release, not declared))
        changed += any(before[view] != rows for view, rows in after.items())
    assert changed >= 9, "only %d of the changes changed anything" % changed
    print("%d changes, domains %s: taken over or made anew, the same rows" % (number + 1, "declared" if declared else "discovered"))


for text in ("", "domains:\n  core:\n    - \"**/*.c\"\n  interface:\n    - \"**/*.h\"\n"):
    with tempfile.TemporaryDirectory() as place:
        run(place, text, bool(text))
