"""What the oracles share: a program's objects, and sightline's answers about it."""
import concurrent.futures
import fcntl
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
# Code that no source has, written into every function; and link-time optimisation, which leaves no code at all.
ADDED_CODE = re.compile(r"-flto|--coverage$|-fprofile-|-ftest-coverage$|-fsanitize|-finstrument|-pg$|-p$|-fpatchable")
# always_inline is heeded even with -fno-inline; so the word is made to mean something harmless.
NEVER_INLINE = ["-Dalways_inline=unused", "-D__always_inline__=__unused__"]


def is_plain(arguments):
    levels = [word for word in arguments if re.match(r"-O(\d|s|g|fast|z)?$", word)]
    return "-g" in arguments and "-fno-inline" in arguments and levels and levels[-1] == "-O0" and \
        not any(ADDED_CODE.match(word) for word in arguments)


def is_object(path):
    """Whether it has relocations to read. A command that compiles and links at once leaves a program."""
    try:
        with open(path, "rb") as stream:
            head = stream.read(18)
    except OSError:
        return False
    return head[:4] == b"\x7fELF" and head[16:18] in (b"\1\0", b"\0\1")


def has_inlined(path):
    return any("DW_TAG_inlined_subroutine" in line for line in lines("readelf", "--debug-dump=abbrev", path))


def compile_plainly(root, words, directory):
    """The object of one command with PLAIN, made once; without inlining altogether where the source allows it."""
    key = hashlib.sha256("\0".join([directory, *words]).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    out = os.path.join(root, ".oracle", key + ".o")
    if os.path.exists(out):
        return out
    made = "%s.%d.o" % (out, os.getpid()) # another test may make the same one
    command = [word for word in words if word != "-shared"] + PLAIN + ["-o", made]
    subprocess.run(command, cwd=directory, stderr=subprocess.DEVNULL, check=True)
    if has_inlined(made):
        subprocess.run(command + NEVER_INLINE, cwd=directory, stderr=subprocess.DEVNULL)
    os.rename(made, out)
    return out


def objects(root):
    """(object, main file relative to root) of every C compile command. Where the program's own build used other flags,
    or inlined all the same, the command is run again with PLAIN, once, into a folder beside the program."""
    with open(os.path.join(root, "compile_commands.json"), encoding="utf-8", errors="surrogateescape") as stream:
        commands = json.load(stream)

    def object_of(command):
        arguments = command.get("arguments") or shlex.split(command["command"])
        source = os.path.normpath(os.path.join(command["directory"], command["file"]))
        main = os.path.relpath(os.path.realpath(source), root)
        if "-c" not in arguments or main.startswith("..") or not main.endswith(".c"):
            return None
        out = os.path.splitext(os.path.basename(source))[0] + ".o"
        if "-o" in arguments:
            out = arguments[arguments.index("-o") + 1]
        out = os.path.normpath(os.path.join(command["directory"], out))
        if not is_plain(arguments) or not is_object(out) or has_inlined(out):
            words = [word for i, word in enumerate(arguments) if word != "-o" and not ADDED_CODE.match(word) and
                     (i == 0 or arguments[i - 1] != "-o")]
            out = compile_plainly(root, words, command["directory"])
        return out, main

    os.makedirs(os.path.join(root, ".oracle"), exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return sorted(set(filter(None, pool.map(object_of, commands))))


def named_by_line(root, file):
    """The names that #line directives of a generated file give to its own lines: "parser.y" for parser.c."""
    try:
        with open(os.path.join(root, file), encoding="utf-8", errors="surrogateescape") as stream:
            text = stream.read()
    except OSError:
        return set()
    return {os.path.basename(name) for name in re.findall(r'^#[ \t]*(?:line[ \t]+)?\d+[ \t]+"([^"\n]+)"', text, re.M)}


class Model:
    """A scan of a program, kept for the tests: the first that comes makes it, the others wait for it. It is made again where
    sightline or the program was built anew."""

    def __init__(self, sightline, root):
        self.sightline = sightline
        key = os.path.basename(root)
        folder = os.path.join(os.path.dirname(os.path.realpath(sightline)), "program-models")
        os.makedirs(folder, exist_ok=True)
        self.database = os.path.join(folder, key + ".db")
        with open(self.database + ".made", "a+", encoding="ascii") as made:
            fcntl.flock(made, fcntl.LOCK_EX)
            made.seek(0)
            of = " ".join(str(os.stat(path).st_mtime_ns) for path in (sightline, os.path.join(root, "compile_commands.json")))
            if made.read() != of or not os.path.exists(self.database):
                self.run("scan", root, "--release", "oracle", "--quiet")
                made.truncate(0)
                made.write(of)

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
