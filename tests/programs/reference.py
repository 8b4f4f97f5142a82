#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""reference.py SIGHTLINE PROGRAM: a real program's C4 diagrams, given back as they are and edited.

As exported, nothing differs. One arrow deleted and one added, in each language, must be found exactly: one pair of domains that
diverges, whose places are the dependencies between files that the model has, and one that is absent.
"""
import csv
import io
import os
import re
import shutil
import sys
import tempfile

from oracle import Model, program_root

sightline, name = sys.argv[1:3]
root = program_root(name)
model = Model(sightline, root)
place = tempfile.mkdtemp(prefix="sightline-reference-")
database = os.path.join(place, "model.db")
shutil.copy(model.database, database)  # with the facts of before: nothing is parsed again
model.database = database
run = model.run


def differences(reference):
    run("scan", root, "--quiet", "--release", "held", "--reference", reference)
    rows = list(csv.DictReader(io.StringIO(run("query", "--release", "held", "--format", "csv",
        "SELECT rule, subject FROM findings WHERE release = :release AND rule IN ('V003', 'V004')"))))
    return ({row["subject"] for row in rows if row["rule"] == "V003"}, {row["subject"] for row in rows if row["rule"] == "V004"})


def edit(path, text, ids):
    """Takes away the heaviest arrow, and adds one that the code has not."""
    arrows = re.findall(r"(?m)^ *d(\d+) (?:->|-->|-\[#\w+\]->) d(\d+) .*?in (\d+) place", text)
    weight, gone = max((int(places), (a, b)) for a, b, places in arrows)
    there = set(re.findall(r"(?m)^ *d(\d+) (?:->|-->|\.\.>|-\[[#\w]+\]->) d(\d+)", text))
    new = next((a, b) for a in sorted(ids) for b in sorted(ids) if a != b and (a, b) not in there)
    kept = [line for line in text.split("\n") if not re.match(r" *d%s (?:->|-->|-\[#\w+\]->) d%s " % gone, line)]
    at = next(i for i, line in enumerate(kept) if re.match(r" *d\d+ (?:->|-->|\.\.>|-\[)", line))
    kept.insert(at, "d%s %s d%s" % (new[0], "->" if path.endswith("dsl") else "-->", new[1]))
    with open(path, "w", encoding="utf-8") as stream:
        stream.write("\n".join(kept))
    return (ids[gone[0]], ids[gone[1]]), (ids[new[0]], ids[new[1]])


def check(ending, pattern):
    reference = os.path.join(place, "reference." + ending)
    run("scan", root, "--quiet", "--release", "held")
    run("report", "--release", "held", "--quiet", "-o", reference)
    found = differences(reference)
    if found != (set(), set()):
        sys.exit("%s: given back as it is, it differs: %s" % (ending, found))
    with open(reference, encoding="utf-8") as stream:
        text = stream.read()
    gone, new = edit(reference, text, {number: title for title, number in map(pattern[1], re.finditer(pattern[0], text))})
    rows = csv.DictReader(io.StringIO(run("query", "--release", "held", "--format", "csv",
        "SELECT DISTINCT d.from_file AS a, d.to_file AS b FROM dependencies d JOIN files f ON f.release = d.release AND f.file = d.from_file "
        "JOIN files t ON t.release = d.release AND t.file = d.to_file WHERE d.release = :release AND d.kind <> 'indirect' "
        "AND f.domain = '%s' AND t.domain = '%s'" % gone)))
    wanted = ({"%s -> %s" % (row["a"], row["b"]) for row in rows}, {"%s -> %s" % new})
    found = differences(reference)
    if found != wanted or not wanted[0]:
        sys.exit("%s: without %s -> %s and with %s -> %s: found %s instead of %s" % (ending, *gone, *new, found, wanted))
    print("%s: divergence %s -> %s in %d pairs of files, absence %s -> %s" % (ending, *gone, len(wanted[0]), *new))


try:
    check("dsl", (r'd(\d+) = container "([^"]*)"', lambda match: (match[2], match[1])))
    check("puml", (r'component "([^"]*)" as d(\d+)', lambda match: (match[1], match[2])))
finally:
    shutil.rmtree(place)
