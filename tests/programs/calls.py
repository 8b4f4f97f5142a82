#!/usr/bin/env python3
"""calls.py SIGHTLINE PROGRAM: direct calls against the call instructions of the program's own objects.

Pairs (file of the caller, caller, callee). Differences that are the compiler's doing and not the source's are set aside
by cause and counted; tests/README.md tells what they are. Everything else counts against recall and precision."""
import os
import re
import sys
from collections import Counter

from oracle import Model, lines, objects, program_root, verdict

sightline, name = sys.argv[1:3]
root = program_root(name)
model = Model(sightline, root)

HEAD = re.compile(r"^[0-9a-f]+ <(.+)>:$")
CALL = re.compile(r"\tcall\s+[0-9a-f]+ <([^>]+)>")
RELOCATION = re.compile(r"R_X86_64_(?:PLT32|PC32|GOTPCREL\w*)\t(\S+?)(?:-0x[0-9a-f]+)?$")

functions = {}  # (file, name) -> row; to find the file a symbol was defined in
by_name = {}
for row in model.rows("SELECT name, file FROM functions WHERE release = :release"):
    by_name.setdefault(row["name"], set()).add(row["file"])


def place(symbol, main):
    """The file in which a symbol of this object is defined: its main file, or a header (or included .c) of it."""
    files = by_name.get(symbol, ())
    if main in files or not files:
        return main
    return sorted(files)[0]


# Helpers that gcc calls by itself: no source names them at that place.
COMPILER = re.compile(r"^(__stack_chk_fail|__x86\..*|__(div|mul|udiv|mod|umod|float|fix)[a-z0-9]*[tdsx][if]\d?|_GLOBAL_OFFSET_TABLE_)$")
# Library functions that gcc writes for one another, even at -O0 (folding of builtins, struct copies).
FOLDED = {"puts", "putchar", "memcpy", "memset", "memmove", "memcmp", "strlen", "fputs", "strcpy", "fwrite", "fputc", "abort", "strchr"}

seen = set()
emitted = set()
for path, main in objects(root):
    caller, shown = None, None  # shown: target of the call instruction of the line before
    for line in lines("objdump", "-dr", "--no-show-raw-insn", path) + [""]:
        relocation = RELOCATION.search(line)
        if shown and relocation:
            seen.add((place(caller, main), caller, relocation.group(1)))
        elif shown and "+0x" not in shown:
            # No relocation: a local function of the same section, resolved by the assembler.
            seen.add((place(caller, main), caller, shown))
        head = HEAD.match(line)
        if head:
            caller = head.group(1)
            emitted.add((place(caller, main), caller))
        call = CALL.search(line)
        shown = call.group(1) if call and caller else None

ours = {}
for row in model.rows("SELECT caller_file, caller, callee, callee_file, basis FROM calls WHERE release = :release AND how = 'direct'"):
    ours[(row["caller_file"], row["caller"], row["callee"])] = row

causes = Counter()
missing, surplus, good = [], [], 0
for key in seen:
    if key in ours:
        good += 1
    elif COMPILER.match(key[2]):
        causes["helper that the compiler calls by itself"] += 1
    elif key[2] in FOLDED:
        causes["library function written by the compiler for another"] += 1
    else:
        missing.append(key)
for key, row in ours.items():
    if key in seen or (key[0], key[1]) not in emitted:
        continue
    if row["callee_file"] is None and row["callee"] not in by_name:
        # An outside function that the compiler computed or replaced by instructions or another function.
        causes["library call that the compiler computed itself"] += 1
        continue
    surplus.append(key)
for cause, count in sorted(causes.items()):
    print("  set aside: %d x %s" % (count, cause))
verdict("direct calls of " + name, good, missing, surplus, 0.995)
