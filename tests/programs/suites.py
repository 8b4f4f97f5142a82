#!/usr/bin/env python3
"""suites.py [--tests N] [--flags CFLAGS] [--source DIR] SIGHTLINE SUITE MODE...: a program's own tests, with and without the
agent. MODE: plt, patch, fentry, instrument, auto (which patches the
program's own executables and no others), or sample (plt with --sample). Each test runs natively first; what it prints
about its cases and its exit code must be the same under every mode. Where they are not, it runs natively once more: tests that
differ between two native runs are told and left out, as those that take longer than --longest.

git, redis and sqlite3 are built from their Debian source (tests/programs/build.sh), with CFLAGS where they are given, as a mode
for rebuilt programs needs it. lua: DIR is the folder of its tests ("testes" in its repository), since Debian has none.

  tests/programs/suites.py --tests 100 build/sightline git plt patch
  tests/programs/suites.py --flags '-O2 -g -fpatchable-function-entry=5' build/sightline git fentry"""
import argparse
import glob
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
CACHE = os.environ.get("SIGHTLINE_CACHE", os.path.expanduser("~/.cache/sightline"))
LIMIT = 900
# What the tests of redis that need no other machine are called; each starts servers of its own.
REDIS = ["type/string", "type/incr", "type/hash", "type/list", "type/set", "type/zset", "type/stream", "type/stream-cgroups",
         "expire", "keyspace", "scan", "multi", "pubsub", "sort", "bitops", "bitfield", "geo", "hyperloglog", "dump", "info",
         "introspection", "introspection-2", "quit", "protocol", "printver", "other", "slowlog", "scripting", "functions",
         "acl", "latency-monitor", "lazyfree", "tracking", "querybuf", "shutdown"]


def build(name, flags, scratch):
    """A copy of the program, built with other flags where some are given; one that is there already (--keep) is taken as it is."""
    subprocess.run([os.path.join(HERE, "build.sh"), name], check=True)
    copy = os.path.join(scratch, name)
    done = os.path.join(scratch, name + ".built")
    if os.path.exists(done):
        return copy
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(os.path.join(CACHE, "programs", name), copy, symlinks=True)
    make = {"git": ["make", "-j2", "CFLAGS=" + (flags or "-O0 -g -fno-inline"), "NO_TCLTK=1", "NO_PERL=1", "NO_PYTHON=1"],
            "redis": ["make", "-j2", "MALLOC=libc", "USE_SYSTEMD=no", "OPTIMIZATION=", "CFLAGS=" + (flags or ""),
                      "REDIS_CFLAGS=" + (flags or "")]}
    log = open(os.path.join(scratch, name + ".log"), "w")
    if name == "sqlite3":
        subprocess.run("make distclean >/dev/null 2>&1; ./configure --enable-all CFLAGS='%s' && make -j2 testfixture"
                       % (flags or "-O1 -g"), shell=True, cwd=copy, check=True, stdout=log, stderr=log)
    elif flags:
        subprocess.run(["make", "clean"], cwd=copy, check=True, stdout=log, stderr=log)
        subprocess.run(make[name], cwd=copy, check=True, stdout=log, stderr=log)
    open(done, "w").close()
    return copy


def spread(names, count):
    """All of them, the first so many from everywhere, and so on: some will be left out."""
    step = max(1, len(names) // count)
    return [name for start in range(step) for name in names[start::step]]


class Git:
    """Shell scripts that print TAP."""
    def __init__(self, arguments, scratch):
        self.folder = os.path.join(build("git", arguments.flags, scratch), "t")
        self.trash = os.path.join(scratch, "trash")
        self.tests = spread(sorted(os.path.basename(p) for p in glob.glob(self.folder + "/t[0-8]*.sh")), arguments.tests)

    def command(self, test):
        return ["sh", test, "--root=" + self.trash, "--no-chain-lint"]

    def said(self, out):
        return re.findall(r"(?m)^(?:not ok|ok|1\.\.|# passed|# failed).*$", out)


class Redis:
    def __init__(self, arguments, scratch):
        self.folder = build("redis", arguments.flags, scratch)
        self.tests = spread(["unit/" + name for name in REDIS], arguments.tests)

    def command(self, test):
        # Ports of its own: another run may go on beside this one.
        return ["tclsh", "tests/test_helper.tcl", "--single", test, "--clients", "1", "--tags", "-slow -external:skip",
                "--baseport", str(22000 + os.getpid() % 80 * 500), "--portcount", "400"]

    def said(self, out):
        # Without colours, and the time that each took.
        out = re.sub(r"\x1b\[[\d;]*m", "", out)
        return [re.sub(r" \(\d+ ms\)", "", line) for line in re.findall(r"(?m)^.*\[(?:ok|err|exception|ignore)\].*$", out)]


class Sqlite3:
    def __init__(self, arguments, scratch):
        self.folder = build("sqlite3", arguments.flags, scratch)
        names = sorted(os.path.basename(p) for p in glob.glob(self.folder + "/test/*.test"))
        slow = re.compile(r"^(all|veryquick|quick|full|extraquick|soak|crash|fuzz|malloc|speed|permutations|memsubsys|big|zipfile|"
                          r"releasetest|valgrind|mmap|ioerr|walcrash|corrupt|backup_malloc|vacuum-into|thread|busy|lock|async)")
        self.tests = spread([name for name in names if not slow.match(name)], arguments.tests)

    def command(self, test):
        return ["./testfixture", "test/" + test, "--verbose=1"]

    def said(self, out):
        return re.findall(r"(?m)^(?:\S+\.\.\..*|\d+ errors out of \d+ tests.*|! .*|.*memory.*leak.*)$", out)


class Lua:
    def __init__(self, arguments, scratch):
        if not arguments.source:
            sys.exit("suites.py: lua needs --source, the folder of its tests")
        self.folder = os.path.join(scratch, "testes")
        shutil.copytree(arguments.source, self.folder, dirs_exist_ok=True)
        source = os.path.join(build("lua", None, scratch), "src")
        self.lua = os.path.join(scratch, "lua-tested")
        objects = [p for p in sorted(glob.glob(source + "/*.c")) if os.path.basename(p) != "luac.c"]
        subprocess.run(["gcc", *(arguments.flags or "-O2 -g").split(), "-DLUA_COMPAT_5_3", "-DLUA_USE_LINUX", *objects, "-o", self.lua,
                        "-Wl,-E", "-ldl", "-lm"], check=True)
        names = ["strings", "tpack", "utf8", "math", "sort", "events", "vararg", "closure", "calls", "constructs", "nextvar", "pm",
                 "coroutine", "goto", "locals", "errors", "literals", "bitwise", "db", "attrib", "gc", "gengc", "cstack", "api", "code",
                 "bwcoercion", "files", "verybig", "heavy"]
        self.tests = [n + ".lua" for n in names[:-1] if os.path.exists(os.path.join(self.folder, n + ".lua"))]

    def command(self, test):
        return [self.lua, "-e", "_port=true _soft=true", test]

    def said(self, out):
        # Addresses, times and random seeds differ between any two runs. The last line has no end.
        out = re.sub("sightline: .*\n?", "", out)
        return [line for line in out.splitlines() if not re.search(r"0x|short-circuit|time|seed|msec|random|memory|[Kk]b|\d\.\d|test done on", line)]


def run(command, folder, limit=LIMIT):
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                               start_new_session=True)
    try:
        out, _ = process.communicate(timeout=limit)
        return process.returncode, out.decode(errors="replace")
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return "no end within %d s" % limit, process.communicate()[0].decode(errors="replace")


def traced(program, mode, trace, command, folder):
    """Exit code and output of a run under the agent; None instead of the code where it left no trace."""
    options = ["--sample"] if mode == "sample" else ["--mode", mode]
    code, out = run([program, "trace", "-o", trace, *options, "--", *command], folder)
    if not os.path.exists(trace):
        return None, out
    os.unlink(trace)
    return code, out


def mark_root(folder):
    """What lies in folder is the codebase, for auto: a model would be there. Nothing is added to one."""
    os.makedirs(os.path.join(folder, ".sightline"), exist_ok=True)
    open(os.path.join(folder, ".sightline", "model.db"), "w").close()


def compare(suite, test, modes, program, trace, longest):
    """({mode: what differs, or None}, lines about cases), or why the test says nothing."""
    command = suite.command(test)
    code, out = run(command, suite.folder, longest)
    said = suite.said(out)
    if isinstance(code, str):
        return code, 0
    if not said and not isinstance(suite, Lua):
        return "says nothing, exit code %s" % code, 0
    verdicts = {}
    for mode in modes:
        traced_code, out = traced(program, mode, trace, command, suite.folder)
        lines = suite.said(out)
        verdicts[mode] = None
        if (traced_code, lines) == (code, said):
            continue
        again_code, again = run(command, suite.folder, longest)
        if (again_code, suite.said(again)) != (code, said):
            return "differs from run to run", 0
        changed = [line for line in lines if line not in said][:5] + ["- " + line for line in said if line not in lines][:5]
        verdicts[mode] = "exit code %s, natively %s; %s" % (traced_code, code, changed or out.splitlines()[-3:])
    return verdicts, len(said)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tests", type=int, default=100, help="at most so many, spread over all")
    parser.add_argument("--longest", type=float, default=LIMIT, help="seconds that a test may take natively")
    parser.add_argument("--flags")
    parser.add_argument("--source")
    parser.add_argument("--keep", help="a folder to build and run in, that stays; the next run there builds nothing")
    parser.add_argument("--after", metavar="TEST", help="leave out all up to this one, as an earlier run had it")
    parser.add_argument("sightline")
    parser.add_argument("suite", choices=["git", "redis", "sqlite3", "lua"])
    parser.add_argument("modes", nargs="+")
    arguments = parser.parse_args()
    program = os.path.realpath(arguments.sightline)
    scratch = os.path.realpath(arguments.keep) if arguments.keep else tempfile.mkdtemp(prefix="suites-")
    os.makedirs(scratch, exist_ok=True)
    suite = {"git": Git, "redis": Redis, "sqlite3": Sqlite3, "lua": Lua}[arguments.suite](arguments, scratch)
    if arguments.after:
        suite.tests = suite.tests[suite.tests.index(arguments.after) + 1:]
    trace = os.path.join(scratch, "run.trace")
    mark_root(os.path.dirname(suite.folder) if arguments.suite == "git" else suite.folder)
    counts, tests, cases, left_out, failed = dict.fromkeys(arguments.modes, 0), 0, 0, [], []
    for test in suite.tests:
        if tests == arguments.tests:
            break
        verdicts, lines = compare(suite, test, arguments.modes, program, trace, arguments.longest)
        if isinstance(verdicts, str):
            left_out.append("%s: %s" % (test, verdicts))
            continue
        tests += 1
        cases += lines
        for mode, verdict in verdicts.items():
            if verdict:
                failed.append("%s under %s: %s" % (test, mode, verdict))
                print("DIFFERS", failed[-1], file=sys.stderr)
            else:
                counts[mode] += 1
        print("%d of %d: %s" % (tests, arguments.tests, test), file=sys.stderr)
    for line in left_out:
        print("left out", line)
    for line in failed:
        print("DIFFERS", line)
    print("%s: %d tests compared, %d lines about cases" % (arguments.suite, tests, cases))
    for mode, count in counts.items():
        print("  %-10s %d the same" % (mode, count))
    if not arguments.keep:
        shutil.rmtree(scratch, ignore_errors=True)
    sys.exit(1 if failed or not any(counts.values()) else 0)


if __name__ == "__main__":
    main()
