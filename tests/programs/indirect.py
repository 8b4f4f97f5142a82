#!/usr/bin/env python3
"""indirect.py SIGHTLINE PROGRAM: the targets that indirect calls really take against the candidates of the model.

The program runs a real workload with every indirect call instruction replaced by a breakpoint (indirect_calls.c), so
each observed pair (caller, target) is a call that one of the codebase's own instructions made. Callers and targets are
told apart by name and file (debug information). At least 95 % of the pairs must be among the candidates.

PROGRAM "idioms" is indirect_idioms.c, built on the spot: all its pairs must be found by flow, none by type alone."""
import bisect
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter

import indirect_workloads
from oracle import Model, lines, program_root

FLOOR = 0.95
sightline, name = sys.argv[1:3]


def skip(reason):
    print("skipped: " + reason)
    sys.exit(77)


class Executable:
    """The call instructions and functions of one program, by offset."""

    INSTRUCTION = re.compile(r"^ *([0-9a-f]+):\t((?:[0-9a-f]{2} )+) *\t(.*)$")

    def __init__(self, path, root):
        self.path, self.root = path, root
        self.starts, self.names, self.files = [], {}, {}
        for line in lines("nm", "--defined-only", path):
            fields = line.split()
            if len(fields) == 3 and fields[1] in "TtWwi":
                self.names.setdefault(int(fields[0], 16), []).append(fields[2])
        self.sites, self.stubs = [], {}
        for line in lines("objdump", "-d", "-w", path):
            found = self.INSTRUCTION.match(line)
            if found and found.group(3).split()[:1] != [] and re.match(r"(notrack )?call +\*", found.group(3)) and \
                    "@" not in found.group(3):  # names a library's function: a direct call that needs no stub
                self.sites.append((int(found.group(1), 16), found.group(2).replace(" ", "")))
            elif line.endswith("@plt>:"):
                self.stubs[int(line.split()[0], 16)] = line.split("<")[1][:-len("@plt>:")]
        self.starts = sorted(self.names)
        self.outside = [line.split()[-1].split("@")[0] for line in lines("nm", "-D", "--undefined-only", path)]

    def write(self, folder):
        info = os.stat(self.path)
        self.key = "%x-%x" % (info.st_dev, info.st_ino)
        with open(os.path.join(folder, self.key), "w", encoding="ascii") as stream:
            stream.writelines("s %x %s\n" % site for site in self.sites)
            stream.writelines("n %s\n" % outside for outside in self.outside)

    def locate(self, addresses):
        """Files in which the functions at these addresses are defined."""
        if not addresses:
            return
        query = "\n".join("%x" % address for address in addresses).encode()
        answer = subprocess.run(["addr2line", "-e", self.path], input=query, stdout=subprocess.PIPE, check=True)
        for address, line in zip(addresses, answer.stdout.decode("utf-8", "surrogateescape").splitlines()):
            file = os.path.relpath(os.path.realpath(line.rpartition(":")[0]), self.root)
            foreign = line.startswith("?") or file.startswith("..") or file.endswith((".S", ".s", ".asm"))
            self.files[address] = None if foreign else file  # assembly is as outside of the model as a library

    def inlined(self, sites):
        """{site: (function, file)} of the call instructions that stand in always_inline functions: theirs is the source."""
        query = "\n".join("%x" % site for site in sites).encode()
        answer = subprocess.run(["addr2line", "-a", "-f", "-i", "-e", self.path], input=query, stdout=subprocess.PIPE, check=True)
        found = {}
        for block in re.split("^0x", answer.stdout.decode("utf-8", "surrogateescape"), flags=re.M)[1:]:
            frames = block.splitlines()
            if len(frames) > 3:
                file = os.path.relpath(os.path.realpath(frames[2].rpartition(":")[0]), self.root)
                found[int(frames[0], 16)] = (frames[1], None if file.startswith("..") else file)
        return found

    def start_of(self, offset):
        index = bisect.bisect_right(self.starts, offset)
        return self.starts[index - 1] if index else None

    def pairs(self, folder):
        """(caller names, caller file, target names, target file), file None: outside; names empty: unknown."""
        path = os.path.join(folder, self.key + ".pairs")
        if not os.path.exists(path):
            return []
        with open(path, encoding="ascii") as stream:
            rows = sorted(set(tuple(line.split()) for line in stream))
        raw, wanted = [], set()
        inlined = self.inlined(sorted({int(row[0], 16) for row in rows}))
        for row in rows:
            caller = inlined.get(int(row[0], 16)) or self.start_of(int(row[0], 16))
            wanted.add(caller)
            if row[1] == "i":
                target = int(row[2], 16)
                wanted.add(target)
                raw.append((caller, target, None))
            else:
                raw.append((caller, None, row[2:]))
        self.locate(sorted(address for address in wanted if isinstance(address, int)))
        out = []
        for caller, target, outside in raw:
            if target in self.stubs:
                target, outside = None, [self.stubs[target]]
            names, file = ([caller[0]], caller[1]) if isinstance(caller, tuple) else (self.names[caller], self.files[caller])
            out.append((names, file, self.names.get(target, []) if target else list(outside),
                        self.files.get(target) if target else None))
        return out


def observe(root, workload):
    executables = []
    for path in workload.executables:
        path = os.path.join(root, path)
        if os.path.exists(path):
            executables.append(Executable(path, root))
    with tempfile.TemporaryDirectory(prefix="sightline-") as scratch:
        library = os.path.join(scratch, "observe.so")
        folder, place = os.path.join(scratch, "pairs"), os.path.join(scratch, "work")
        os.mkdir(folder)
        os.mkdir(place)
        source = os.path.join(here, "indirect_calls.c")
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        for executable in executables:
            executable.write(folder)
        workload(root, place, dict(os.environ, LD_PRELOAD=library, INDIRECT_FOLDER=folder))
        found = set()
        for executable in executables:
            for names, file, targets, target_file in executable.pairs(folder):
                found.add((tuple(sorted(names)), file, tuple(sorted(targets)), target_file))
        return found


workload = getattr(indirect_workloads, name, None)
if not workload:
    skip("no workload for " + name)
if os.uname().machine != "x86_64":
    skip("the observer reads x86-64 instructions")
for tool in ("cc", "objdump", "nm", "addr2line"):
    if not shutil.which(tool):
        skip(tool + " is not installed")
here = os.path.dirname(os.path.realpath(__file__))
if name == "idioms":
    root = os.path.join(os.path.dirname(os.path.realpath(sightline)), "program-models", "idioms")
    os.makedirs(root, exist_ok=True)
    shutil.copy(os.path.join(here, "indirect_idioms.c"), root)
    command = ["cc", "-O0", "-g", "-c", "indirect_idioms.c", "-o", "indirect_idioms.o"]
    subprocess.run(command, cwd=root, check=True)
    subprocess.run(["cc", "-o", "idioms", "indirect_idioms.o"], cwd=root, check=True)
    with open(os.path.join(root, "compile_commands.json"), "w", encoding="ascii") as stream:
        json.dump([{"directory": root, "file": "indirect_idioms.c", "arguments": command}], stream)
else:
    root = program_root(name)

began = time.time()
observed = observe(root, workload)
seconds = time.time() - began
if not observed:
    print("no indirect call was observed")
    sys.exit(1)

model = Model(sightline, root)
candidates, direct, by_caller, sites = {}, set(), {}, 0
for row in model.rows("SELECT caller, caller_file, callee, callee_file, how, basis, sites FROM calls WHERE release = :release"):
    key = (row["caller"], row["caller_file"])
    if row["how"] == "direct":
        direct.add((key, row["callee"], row["callee_file"]))
    elif row["how"] == "indirect" and row["basis"] != "alias":
        candidates[(key, row["callee"], row["callee_file"])] = row["basis"]
        by_caller.setdefault(key, []).append(row)
        sites += row["sites"]
functions, homes = set(), {}
for row in model.rows("SELECT name, file FROM functions WHERE release = :release"):
    functions.add((row["name"], row["file"]))
    homes.setdefault(row["name"], []).append(row["file"])


def place(names, file):
    """addr2line gives the main file for some functions of what it includes: there the one that defines the name counts."""
    for name in names:
        if file and (name, file) not in functions and len(homes.get(name, ())) == 1:
            return homes[name][0]
    return file


coverage = {row["what"]: row for row in model.rows("SELECT what, seen, total FROM coverage WHERE release = :release")}

good, missing, aside, bases = 0, [], Counter(), Counter()
for names, file, targets, target_file in sorted(set((n, place(n, f), t, place(t, tf)) for n, f, t, tf in observed), key=str):
    if file is None:
        aside["caller of the run-time library linked in"] += 1
        continue
    if not targets:
        aside["target outside that the program does not name"] += 1
        continue
    keys = [((caller, file), target, target_file) for caller in names for target in targets]
    found = next((candidates[key] for key in keys if key in candidates), None)
    if found:
        good += 1
        bases[found] += 1
        continue
    caller = next(((n, file) for n in names if (n, file) in functions), None)
    shown = "%s (%s) -> %s (%s)" % (names[0], file, targets[0], target_file)
    if any(key in direct for key in keys):
        cause = "told as a direct call"
    elif caller is None:
        cause = "caller not in the model"
    elif target_file and not any((t, target_file) in functions for t in targets):
        cause = "target not in the model"
    elif caller not in by_caller:
        cause = "caller without any candidate"
    else:
        cause = "other candidates only (%s)" % "/".join(sorted({row["basis"] for row in by_caller[caller]}))
    missing.append((cause, shown))

total = good + len(missing)
recall = good / total if total else 0
for cause, count in sorted(aside.items()):
    print("  set aside: %d x %s" % (count, cause))
print("  found by: " + ", ".join("%s %d" % item for item in sorted(bases.items())))
for cause, count in Counter(cause for cause, _ in missing).most_common():
    print("  missing: %d x %s" % (count, cause))
    for shown in [text for why, text in missing if why == cause][:30]:
        print("    " + shown)
resolved = coverage["indirect call sites resolved"]
print("  sites: %d, resolved %d; mean candidates per resolved site %.2f" %
      (resolved["total"], resolved["seen"], sites / resolved["seen"] if resolved["seen"] else 0))
print("indirect calls of %s: %d of %d observed pairs are among the candidates: recall %.4f (at least %.2f); "
      "workload %.0f s" % (name, good, total, recall, FLOOR, seconds))
if name == "idioms":
    sys.exit(0 if recall == 1 and not bases["signature"] else 1)
sys.exit(0 if recall >= FLOOR else 1)
