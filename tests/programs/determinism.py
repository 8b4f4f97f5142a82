#!/usr/bin/env python3
"""determinism.py SIGHTLINE PROGRAM: the same tree gives the same facts ids and the same rows, whatever the number of
workers, the place of the checkout, and whether units share precompiled prefixes."""
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

from oracle import program_root

sightline, name = sys.argv[1:3]
root = program_root(name)


def scan(tree, database, *more, **environment):
    subprocess.run([sightline, "scan", tree, "--db", database, "--release", "r", "--quiet", *more], check=True,
                   env={**os.environ, **environment})
    connection = sqlite3.connect(database)
    facts = connection.execute("SELECT u.path, hex(u.command), hex(u.facts) FROM unit u ORDER BY 1, 2").fetchall()
    views = ["functions", "variables", "types", "macros", "calls", "uses", "includes", "dependencies", "entry_points",
             "flows", "domains", "domain_dependencies", "metrics", "coverage", "regions", "files"]
    # Ids are numbers of one database: they are left out, names stand for them.
    rows = {}
    for view in views:
        columns = [c[1] for c in connection.execute("PRAGMA table_info(%s)" % view) if not c[1].endswith("_id")]
        rows[view] = sorted(map(repr, connection.execute("SELECT %s FROM %s" % (", ".join(columns), view))))
    return facts, rows


def compare(what, first, second):
    if first[0] != second[0]:
        different = [pair for pair in zip(first[0], second[0]) if pair[0] != pair[1]]
        sys.exit("%s: %d of %d units have other facts ids, %s first" % (what, len(different), len(first[0]), different[:1]))
    for view in first[1]:
        if first[1][view] != second[1][view]:
            one, two = set(first[1][view]), set(second[1][view])
            sys.exit("%s: view %s differs: only first %s, only second %s" % (what, view, sorted(one - two)[:3], sorted(two - one)[:3]))
    print("%s: the same facts of %d units, the same rows" % (what, len(first[0])))


with tempfile.TemporaryDirectory() as folder:
    base = scan(root, folder + "/a.db", "-j2")
    compare("1 worker or 2", base, scan(root, folder + "/b.db", "-j1"))
    compare("with and without shared prefixes", base, scan(root, folder + "/c.db", SIGHTLINE_NO_PREFIX="1"))
    copy = os.path.join(folder, "an other place")
    shutil.copytree(root, copy, symlinks=True, ignore=shutil.ignore_patterns(".sightline", ".oracle"))
    commands = os.path.join(copy, "compile_commands.json")
    with open(commands, encoding="utf-8") as stream:
        entries = json.load(stream)
    for entry in entries:  # as a build there would have recorded it
        for key in ("directory", "file", "output"):
            if key in entry:
                entry[key] = entry[key].replace(root, copy)
        entry["arguments"] = [word.replace(root, copy) for word in entry["arguments"]]
    with open(commands, "w", encoding="utf-8") as stream:
        json.dump(entries, stream)
    compare("two checkouts", base, scan(copy, folder + "/d.db"))
