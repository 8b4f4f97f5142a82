"""What the oracles share: a program's objects, and sightline's answers about it."""
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys

CACHE = os.environ.get("SIGHTLINE_CACHE", os.path.expanduser("~/.cache/sightline"))


def program_root(name):
    root = os.path.realpath(os.path.join(CACHE, "programs", name))
    if not os.path.exists(os.path.join(root, ".built")):
        print("skipped: %s is not built; run tests/programs/build.sh %s" % (name, name))
        sys.exit(77)
    return root


# What makes an object say what its source says: no inlining, no clones, no folding of functions into one another.
PLAIN = ["-O0", "-g", "-fno-inline"]


def is_plain(arguments):
    levels = [word for word in arguments if re.match(r"-O(\d|s|g|fast|z)?$", word)]
    return "-g" in arguments and "-fno-inline" in arguments and levels and levels[-1] == "-O0" and "-flto" not in arguments


def objects(root):
    """(object, main file relative to root) of every C compile command. Where the program's own build used other flags,
    the command is run again with PLAIN, once, into a folder beside the program."""
    with open(os.path.join(root, "compile_commands.json"), encoding="utf-8", errors="surrogateescape") as stream:
        commands = json.load(stream)
    found = {}
    work = []
    for number, command in enumerate(commands):
        arguments = command.get("arguments") or shlex.split(command["command"])
        source = os.path.normpath(os.path.join(command["directory"], command["file"]))
        main = os.path.relpath(os.path.realpath(source), root)
        if "-c" not in arguments or main.startswith("..") or not main.endswith(".c"):
            continue
        out = os.path.splitext(os.path.basename(source))[0] + ".o"
        if "-o" in arguments:
            out = arguments[arguments.index("-o") + 1]
        out = os.path.normpath(os.path.join(command["directory"], out))
        if not is_plain(arguments) or not os.path.exists(out):
            words = [word for i, word in enumerate(arguments) if word not in ("-o", "-flto") and (i == 0 or arguments[i - 1] != "-o")]
            key = hashlib.sha256("\0".join([command["directory"], *words]).encode("utf-8", "surrogateescape")).hexdigest()[:16]
            out = os.path.join(root, ".oracle", key + ".o")
            if not os.path.exists(out):
                work.append((words + PLAIN + ["-o", out], command["directory"]))
        found[out] = main
    os.makedirs(os.path.join(root, ".oracle"), exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda job: subprocess.run(job[0], cwd=job[1], stderr=subprocess.DEVNULL, check=True), work))
    return sorted(found.items())


class Model:
    """A scan of a program, kept for the tests of one run of the suite."""

    def __init__(self, sightline, root):
        self.sightline = sightline
        key = os.path.basename(root)
        folder = os.path.join(os.path.dirname(os.path.realpath(sightline)), "program-models")
        os.makedirs(folder, exist_ok=True)
        self.database = os.path.join(folder, key + ".db")
        # A second scan of the same tree is quick: the first test that comes makes it.
        self.run("scan", root, "--release", "oracle", "--quiet")

    def run(self, *arguments):
        result = subprocess.run([self.sightline, *arguments, "--db", self.database], stdout=subprocess.PIPE, check=True)
        return result.stdout.decode("utf-8")

    def rows(self, sql):
        return json.loads(self.run("query", "--format", "json", "--release", "oracle", sql))


def lines(*command):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return result.stdout.decode("utf-8", "surrogateescape").splitlines()


def verdict(name, good, missing, surplus, floor):
    """Prints recall and precision with up to 40 differences; exits 1 below the floor."""
    recall = good / (good + len(missing)) if good + len(missing) else 0
    precision = good / (good + len(surplus)) if good + len(surplus) else 0
    print("%s: %d agree, %d missing, %d surplus: recall %.4f, precision %.4f (at least %.3f)" %
          (name, good, len(missing), len(surplus), recall, precision, floor))
    for title, items in (("missing", missing), ("surplus", surplus)):
        for item in sorted(items, key=str)[:40]:
            print("  %s: %s" % (title, item))
    if recall < floor or precision < floor:
        sys.exit(1)
