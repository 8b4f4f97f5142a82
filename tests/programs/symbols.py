#!/usr/bin/env python3
"""symbols.py SIGHTLINE PROGRAM: functions against the symbol tables of the program's own objects.

What the compiler emits is a subset of what the source defines: inline functions that nothing needs, C99 inline ones
and unused statics leave no symbol. So a function of ours may lack a symbol only if it is inline, or static and nobody
refers to it; everything else must agree in name, linkage and file."""
import os
import re
import sys

from oracle import Model, lines, named_by_line, objects, program_root, verdict

sightline, name = sys.argv[1:3]
root = program_root(name)
model = Model(sightline, root)

emitted = set()      # (file, name, static)
outside = clones = 0
compiled = set()     # main files that have an object
for path, main in objects(root):
    compiled.add(main)
    generated_from = named_by_line(root, main)
    for line in lines("nm", "-l", path):
        head, _, place = line.partition("\t")
        fields = head.split()
        if len(fields) != 3 or fields[1] not in "TtWwi":
            continue
        symbol = fields[2]
        file = os.path.relpath(os.path.realpath(place.rpartition(":")[0]), root) if place else main
        if os.path.basename(file) in generated_from:
            file = main  # debug information follows #line; the model tells of the file that the compiler reads
        if file.startswith(".."):
            outside += 1  # inline functions of system headers are not of the codebase
        elif re.search(r"\.(localalias|cold|part\.\d+|isra\.\d+|constprop\.\d+)$", symbol):
            clones += 1  # the compiler's own second symbol for a function
        else:
            emitted.add((file, symbol, fields[1] == "t"))

ours = {}
for row in model.rows("SELECT name, file, is_static, is_inline, is_inline_only, is_alias, function_id FROM functions WHERE release = :release"):
    ours[(row["file"], row["name"], bool(row["is_static"]))] = row
referred = {row["i"] for row in model.rows(
    "SELECT callee_id AS i FROM calls WHERE release = :release UNION SELECT to_id FROM uses WHERE release = :release")}

good = sum(1 for key in emitted if key in ours)
missing = [key for key in emitted if key not in ours]
surplus = []
for key, row in ours.items():
    if key in emitted or key[0] not in compiled or row["is_inline"] or row["is_alias"]:
        continue
    if row["is_static"] and row["function_id"] not in referred:
        continue
    surplus.append(key)
print("  set aside: %d of system headers, %d clones made by the compiler" % (outside, clones))
verdict("symbols of " + name, good, missing, surplus, 0.999)
