#!/usr/bin/env python3
"""debt.py SIGHTLINE PROGRAM: every debt metric, computed again by the SQL that `debt --explain` prints for it."""
import json
import math
import random
import re
import sqlite3
import sys

from oracle import Model, program_root

sightline, name = sys.argv[1:3]
model = Model(sightline, program_root(name))
formulas = json.loads(model.run("debt", "--explain", "--format", "json"))
values = json.loads(model.run("debt", "--format", "json"))
connection = sqlite3.connect("file:%s?mode=ro" % model.database, uri=True)
subjects = {}
for row in values:
    subjects.setdefault((row["scope"], row["metric"]), {})[row["subject"]] = row["value"]
told = {(f["scope"], f["metric"]) for f in formulas}
optional = {(f["scope"], f["metric"]) for f in formulas if f["where"]}
if set(subjects) - told or told - set(subjects) - optional:
    sys.exit("metrics without a formula: %s; formulas without a metric: %s" % (set(subjects) - told, told - set(subjects)))
wrong, checked = [], 0
chosen = random.Random(7)
for formula in formulas:
    known = subjects.get((formula["scope"], formula["metric"]), {})
    if formula["where"]: # a metric that some subjects lack: the statement knows which
        everyone = {row["subject"] for row in values if row["scope"] == formula["scope"]}
        for subject in chosen.sample(sorted(everyone - set(known)), min(len(everyone - set(known)), 25)):
            (value,), = connection.execute(formula["sql"], {"release": "oracle", "subject": subject})
            if value is not None:
                wrong.append((formula["scope"], formula["metric"], subject, None, value))
    if formula["scope"] == "codebase" and set(known) != {""} and not (formula["where"] and not known):
        sys.exit("a metric of the codebase with subjects: %s" % known)
    for subject in chosen.sample(sorted(known), min(len(known), 25)):
        (value,), = connection.execute(formula["sql"], {"release": "oracle", "subject": subject})
        checked += 1
        if value is None or not math.isclose(value, known[subject], rel_tol=1e-6, abs_tol=1e-6):
            wrong.append((formula["scope"], formula["metric"], subject, known[subject], value))
for row in wrong[:20]:
    print("%s %s of %r is %r, by SQL %r" % row)
# The same statement is accepted by `query` itself, with the subject written out.
sql = next(f["sql"] for f in formulas if (f["scope"], f["metric"]) == ("codebase", "propagation_cost"))
((_, again),) = model.rows(sql)[0].items()
if not math.isclose(again, subjects[("codebase", "propagation_cost")][""], rel_tol=1e-6):
    wrong.append(("query", again))
print("debt of %s: %d values of %d metrics computed again, %d wrong" % (name, checked, len(formulas), len(wrong)))
sys.exit(1 if wrong or checked < 50 else 0)
