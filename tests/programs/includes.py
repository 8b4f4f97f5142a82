#!/usr/bin/env python3
"""includes.py SIGHTLINE PROGRAM: the files each unit reads, against the compiler's own -H."""
import concurrent.futures
import json
import os
import re
import shlex
import subprocess
import sys

from oracle import Model, program_root, verdict

sightline, name = sys.argv[1:3]
root = program_root(name)
model = Model(sightline, root)

with open(os.path.join(root, "compile_commands.json"), encoding="utf-8", errors="surrogateescape") as stream:
    commands = [c for c in json.load(stream) if c["file"].endswith(".c")]
commands = commands[:: max(1, len(commands) // 120)]  # enough of a big program


def relative(path, directory):
    return os.path.relpath(os.path.realpath(os.path.join(directory, path)), root)


def headers(command):
    """{(file, included)} of the codebase, as gcc -H tells: dots for the depth, then the path."""
    arguments = command.get("arguments") or shlex.split(command["command"])
    words = [w for i, w in enumerate(arguments) if w not in ("-c", "-o") and (i == 0 or arguments[i - 1] != "-o")]
    said = subprocess.run(words + ["-H", "-fsyntax-only"], cwd=command["directory"], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, check=True).stderr.decode("utf-8", "surrogateescape")
    main = relative(command["file"], command["directory"])
    found, stack = set(), [main]
    for line in said.splitlines():
        match = re.match(r"^(\.+) (.*)$", line)
        if not match:
            continue  # "Multiple include guards may be useful for:" and its list
        depth, file = len(match.group(1)), relative(match.group(2), command["directory"])
        del stack[depth:]
        if not stack[-1].startswith(".."):
            found.add((stack[-1], file if not file.startswith("..") else "outside"))
        stack.append(file)
    return main, found


# -H does not show a file again whose guard makes it empty, nor does it tell from which line: so what it shows must be
# among our rows, and each of our rows must be of a file that some unit read.
seen, mains = set(), set()
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    for main, found in pool.map(headers, commands):
        mains.add(main)
        seen |= {pair for pair in found if pair[1] != "outside"}
ours = {(row["file"], row["included"]) for row in model.rows(
    "SELECT file, included FROM includes WHERE release = :release AND is_outside = 0 AND is_missing = 0")}
reached = {included for _, included in seen} | mains
good = len(seen & ours)
surplus = [pair for pair in ours if pair[0] in mains and pair[1] not in reached]
verdict("includes of " + name, good, sorted(seen - ours), surplus, 0.999)
