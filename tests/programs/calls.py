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
RELOCATION = re.compile(r"R_X86_64_(?:PLT32|PC32|GOTPCREL\w*)\t(\S+?)([+-]0x[0-9a-f]+)?$")

by_name, aliases = {}, set()  # to find the file a symbol was defined in
for row in model.rows("SELECT name, file, is_alias FROM functions WHERE release = :release"):
    by_name.setdefault(row["name"], set()).add(row["file"])
    if row["is_alias"]:
        aliases.add(row["name"])


def place(symbol, main):
    """The file in which a symbol of this object is defined: its main file, or a header (or included .c) of it."""
    files = by_name.get(symbol, ())
    if main in files or not files:
        return main
    return sorted(files)[0]


SYMBOL = re.compile(r"^([0-9a-f]+) [^\t]*F (\S+)\t[0-9a-f]+ (?:\.\w+ )?(\S+)$")


class Symbols:
    """The functions of one object by place, as a body may have many names and a call none."""

    def __init__(self, path):
        self.at, self.body_of = {}, {}
        for line in lines("objdump", "-t", path):
            symbol = SYMBOL.match(line)
            if symbol:
                self.at.setdefault((symbol.group(2), int(symbol.group(1), 16)), []).append(symbol.group(3))
        for names in self.at.values():  # the disassembler may head a body with any of them: what is no alias counts
            names.sort(key=lambda name: (name in aliases, name))
            for name in names:
                if name in aliases:
                    self.body_of[name] = names[0]

    def target(self, relocation):
        """-ffunction-sections and calls between sections: a place in a section stands for a static function."""
        name, addend = relocation.group(1), int(relocation.group(2) or "0", 16)
        return self.at.get((name, addend + 4), [name])[0]


# Helpers that gcc calls by itself: no source names them at that place.
COMPILER = re.compile(r"^(__stack_chk_fail|__x86\..*|__(div|mul|udiv|mod|umod|float|fix)[a-z0-9]*[tdsx][if]\d?|_GLOBAL_OFFSET_TABLE_)$")
# Library functions that gcc writes for one another, even at -O0 (folding of builtins, struct copies).
FOLDED = {"puts", "putchar", "memcpy", "memset", "memmove", "memcmp", "strlen", "fputs", "strcpy", "fwrite", "fputc", "abort", "strchr",
          "fputs_unlocked", "fwrite_unlocked", "fputc_unlocked"}

seen = set()
emitted = set()
for path, main in objects(root):
    symbols = Symbols(path)
    caller, shown = None, None  # shown: target of the call instruction of the line before
    for line in lines("objdump", "-dr", "--no-show-raw-insn", path) + [""]:
        relocation = RELOCATION.search(line)
        if shown and relocation:
            seen.add((place(caller, main), caller, symbols.target(relocation)))
        elif shown and "+0x" not in shown:
            # No relocation: a local function of the same section, resolved by the assembler.
            seen.add((place(caller, main), caller, shown))
        head = HEAD.match(line)
        if head:
            caller = symbols.body_of.get(head.group(1), head.group(1))
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
