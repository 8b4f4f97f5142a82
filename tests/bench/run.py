#!/usr/bin/env python3
"""./dev bench [PROGRAM] [--rounds N]: sightline against its floor, clang -fsyntax-only, side by side in one run.

The floor: the same units, the same flags, the same number of parallel processes, libclang's own version of clang. Rounds
alternate between floor and scan, so that whatever else the machine does hits both; medians are compared. Nothing here
asserts a time: numbers are for people and documents."""
import argparse
import concurrent.futures
import json
import os
import re
import resource
import shlex
import shutil
import sqlite3
import statistics
import subprocess
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.realpath(__file__))
SIGHTLINE = os.path.join(HERE, "../../build/sightline")
CACHE = os.environ.get("SIGHTLINE_CACHE", os.path.expanduser("~/.cache/sightline"))
CLANG = "clang-19"


def copy_program(name, folder):
    """The tree is copied: what is measured gets edited."""
    root = os.path.realpath(os.path.join(CACHE, "programs", name))
    copy = os.path.join(folder, name)
    shutil.copytree(root, copy, symlinks=True, ignore=shutil.ignore_patterns(".sightline", ".oracle", "*.o", "*.a"))
    path = os.path.join(copy, "compile_commands.json")
    with open(path, encoding="utf-8") as stream:
        text = stream.read().replace(root, copy)
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(text)
    commands = [c for c in json.loads(text) if c["file"].endswith(".c") and c["file"].startswith(copy)]
    return copy, commands


def syntax_only(command):
    words = command.get("arguments") or shlex.split(command["command"])
    kept = [w for i, w in enumerate(words[1:], 1) if w not in ("-c", "-o") and words[i - 1] != "-o" and not w.startswith("-W")]
    subprocess.run([CLANG, "-fsyntax-only", "-w", "-Qunused-arguments", *kept], cwd=command["directory"],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def floor(commands, jobs):
    start, cpu = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        list(pool.map(syntax_only, commands))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - start, used.ru_utime + used.ru_stime - cpu.ru_utime - cpu.ru_stime


class Memory(threading.Thread):
    """Peak of the summed proportional set size of a process and its descendants, sampled every 20 ms."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak, self.running = pid, 0, True

    def tree(self):
        found, todo = [], [self.pid]
        while todo:
            pid = todo.pop()
            found.append(pid)
            try:
                for task in os.listdir("/proc/%d/task" % pid):
                    with open("/proc/%d/task/%s/children" % (pid, task), encoding="ascii") as stream:
                        todo += [int(child) for child in stream.read().split()]
            except OSError:
                pass
        return found

    def run(self):
        while self.running:
            total = 0
            for pid in self.tree():
                try:
                    with open("/proc/%d/smaps_rollup" % pid, encoding="ascii") as stream:
                        total += int(re.search(r"^Pss: +(\d+)", stream.read(), re.M).group(1))
                except (OSError, AttributeError):
                    pass
            self.peak = max(self.peak, total)
            time.sleep(0.02)


def scan(root, database, jobs, release, measure_memory=False):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    process = subprocess.Popen([SIGHTLINE, "scan", root, "--db", database, "-j", str(jobs), "--release", release, "--quiet"])
    memory = Memory(process.pid)
    if measure_memory:
        memory.start()
    if process.wait():
        raise SystemExit("the scan failed")
    wall = time.monotonic() - start
    memory.running = False
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime, memory.peak


def touch(path, text):
    with open(path, "a", encoding="utf-8") as stream:
        stream.write(text)


def size(database):
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return os.path.getsize(database)


def bench(name, rounds, jobs, folder):
    root, commands = copy_program(name, folder)
    print("%s: %d units, %d processes, median of %d rounds" % (name, len(commands), jobs, rounds))
    floors, scans = [], []
    for number in range(rounds):
        floors.append(floor(commands, jobs))
        database = os.path.join(folder, "%s-%d.db" % (name, number))
        scans.append(scan(root, database, jobs, "first"))
    floor_wall, floor_cpu = (statistics.median(f[i] for f in floors) for i in (0, 1))
    scan_wall, scan_cpu = (statistics.median(s[i] for s in scans) for i in (0, 1))
    print("  floor            %7.2f s wall  %7.2f s cpu" % (floor_wall, floor_cpu))
    print("  full scan        %7.2f s wall  %7.2f s cpu   %.2f x the floor's wall, %.2f x its cpu" %
          (scan_wall, scan_cpu, scan_wall / floor_wall, scan_cpu / floor_cpu))
    again = statistics.median(scan(root, database, jobs, "first")[0] for _ in range(5))
    print("  nothing changed  %7.3f s wall  %.2f %% of the full scan" % (again, 100 * again / scan_wall))
    first_size = size(database)
    print("  model            %7.1f MiB" % (first_size / 1048576))

    touched = sorted((c for c in commands), key=lambda c: os.path.getsize(c["file"]))[len(commands) * 9 // 10]
    excess = []
    for number in range(3):
        touch(touched["file"], "\nint sightline_bench_%d;\n" % number)
        start = time.monotonic()
        syntax_only(touched)
        own = time.monotonic() - start
        excess.append((scan(root, database, jobs, "touched")[0], own))
    wall, own = (statistics.median(e[i] for e in excess) for i in (0, 1))
    print("  one file touched %7.2f s wall  its own parse %.2f s, the rest %.2f s" % (wall, own, wall - own))

    before = size(database)
    for command in commands[:: max(1, len(commands) // 5)][:5]:
        touch(command["file"], "\nint sightline_bench_changed(int x) { return x ? 1 : 2; }\n")
    scan(root, database, jobs, "second")
    grown = size(database) - before
    print("  second release   %7.1f KiB more for 5 changed units  %.2f %% of the model" % (grown / 1024, 100 * grown / first_size))
    peak = scan(root, os.path.join(folder, name + "-memory.db"), jobs, "memory", measure_memory=True)[2]
    print("  peak memory      %7.0f MiB (sum of proportional set sizes of the process tree)" % (peak / 1024))


def amalgamation(folder):
    source = os.path.join(CACHE, "programs", "sqlite3", "sqlite3.c")
    if not os.path.exists(source):
        print("sqlite3.c: not built; run tests/programs/build.sh sqlite3")
        return
    tree = os.path.join(folder, "amalgamation")
    os.mkdir(tree)
    shutil.copy(source, tree)
    command = {"directory": tree, "file": os.path.join(tree, "sqlite3.c"), "arguments": ["cc", "-c", "sqlite3.c"]}
    with open(os.path.join(tree, "compile_commands.json"), "w", encoding="utf-8") as stream:
        json.dump([command], stream)
    own = floor([command], 1)
    wall, cpu, peak = scan(tree, os.path.join(folder, "amalgamation.db"), 1, "first", measure_memory=True)
    print("sqlite3.c (%.1f MB)\n  floor %.2f s, scan %.2f s wall (%.2f x), peak %.0f MiB" %
          (os.path.getsize(source) / 1e6, own[0], wall, wall / own[0], peak / 1024))


parser = argparse.ArgumentParser(prog="./dev bench")
parser.add_argument("program", nargs="*", default=["redis", "git"])
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--jobs", type=int, default=2)
options = parser.parse_args()
with tempfile.TemporaryDirectory() as scratch:
    for program in options.program:
        bench(program, options.rounds, options.jobs, scratch)
    amalgamation(scratch)
