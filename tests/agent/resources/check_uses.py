#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the test programs natively and under the agent and asks: does the program notice (same output, same exit code, its own
asserts hold)? Does the trace say what strace says, and what the program is known to do?

    check_uses.py AGENT PROGRAMS-FOLDER [CASE...]"""
import collections
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))
import strace_oracle  # noqa: E402
import trace_reader  # noqa: E402
import trace_resources  # noqa: E402

AGENT, PROGRAMS = os.path.realpath(sys.argv[1]), os.path.realpath(sys.argv[2])
FAILURES = []


def expect(condition, text):
    if not condition:
        FAILURES.append(text)
        print("FAILED:", text)


class Run:
    """A program under the agent, in an empty folder of its own; and natively before that, to compare."""

    def __init__(self, program, arguments=(), variables=None, options="", native=True, timeout=60):
        self.program = os.path.join(PROGRAMS, program) if "/" not in program else program
        self.scratch = tempfile.mkdtemp(prefix="sightline-uses-")
        self.arguments = [self.program, *arguments]
        expected = self.run({}, timeout, variables) if native else None
        self.traces = os.path.join(self.scratch, "traces")
        os.mkdir(self.traces)
        self.result = self.run({"LD_PRELOAD": AGENT, "SIGHTLINE_AGENT": f"dir={self.traces};{options}"}, timeout, variables)
        if expected:
            for what in ("returncode", "stdout", "stderr"):
                one, other = getattr(expected, what), getattr(self.result, what)
                expect(one == other, f"{program}: {what} is {other!r} under the agent, {one!r} without")
        self.all = trace_resources.read_folder(self.traces)
        expect(self.all, f"{program}: no trace")
        # The one that was started: what it executes later is no fork either, and process numbers wrap around.
        self.first = min((r for r in self.all if not r.trace.flags & trace_reader.FORKED),
                         key=lambda r: r.trace.started_at, default=None)

    def folder(self):
        folder = os.path.join(self.scratch, "work")
        shutil.rmtree(folder, ignore_errors=True)
        os.mkdir(folder)
        return folder

    def run(self, environment, timeout, variables):
        folder = self.folder()
        arguments = [a.replace("@FOLDER@", folder) for a in self.arguments]
        return subprocess.run(arguments, cwd=folder, env={**os.environ, **(variables or {}), **environment}, timeout=timeout,
                              capture_output=True, check=False)

    def strace(self, timeout=60):
        folder, log = self.folder(), os.path.join(self.scratch, "strace")
        arguments = [a.replace("@FOLDER@", folder) for a in self.arguments]
        strace_oracle.run(arguments, log, cwd=folder, capture_output=True, timeout=timeout)
        return strace_oracle.uses(log, folder)

    def totals(self):
        totals = collections.defaultdict(lambda: [0, 0, 0])
        for resources in self.all:
            for key, values in resources.totals().items():
                for i, value in enumerate(values):
                    totals[key][i] += value
        return dict(totals)

    def lost(self):
        lost = collections.Counter()
        for resources in self.all:
            lost.update(resources.trace.lost)
        return dict(lost)

    def close(self):
        shutil.rmtree(self.scratch, ignore_errors=True)


def comparable(key):
    """Names that are made up anew in each run; a folder's descriptor is no folder to strace."""
    kind, name, operation = key
    return "file" if operation == "close" else kind, re.sub(r"(made|folder)-\w{6}", r"\1-XXXXXX", name), operation


def files():
    run = Run("uses_files", ["@FOLDER@"])
    folder = os.path.join(run.scratch, "work")
    ours, theirs = collections.Counter(), collections.Counter()
    for (kind, name, operation), (count, errors, moved) in run.totals().items():
        if name.startswith(folder + "/") and not name.endswith("/stream"):
            ours[comparable((kind, name, operation))] += count
            ours[(*comparable((kind, name, operation)), "errors")] += errors
            ours[(*comparable((kind, name, operation)), "bytes")] += moved if operation == "write" else 0
    for (kind, name, operation), (count, errors, moved) in run.strace().items():
        if name.startswith(folder + "/") and not name.endswith("/stream"):
            theirs[comparable((kind, name, operation))] += count
            theirs[(*comparable((kind, name, operation)), "errors")] += errors
            theirs[(*comparable((kind, name, operation)), "bytes")] += moved if operation == "write" else 0
    # Not looked at by this oracle, or counted by calls of stdio here and by blocks there.
    for counter in (ours, theirs):
        for key in list(counter):
            if key[2] in ("map", "lock") or (key[1].endswith(("/one", "/renamed", "/linked", "/soft", "deep")) and
                                             key[2] in ("change", "read", "create")) or not counter[key]:
                del counter[key]
    for key in sorted(set(ours) | set(theirs)):
        expect(ours[key] == theirs[key], f"files: {key}: {ours[key]}, strace {theirs[key]}")
    expect(len(theirs) > 30, f"files: strace told only {len(theirs)} uses")
    totals = run.totals()
    stream = os.path.join(folder, "stream")
    expect(totals.get(("file", stream, "write")) == [3, 0, 14], "stdio: three writes of 14 bytes")
    expect(totals.get(("file", stream, "read")) == [5, 0, 17], "stdio: five reads of 17 bytes")
    expect(totals.get(("file", os.path.join(folder, "one"), "map")) == [1, 0, 4096], "one map of 4096 bytes")
    expect(not run.lost(), f"files: lost {run.lost()}")
    users = {run.first.user(use) for use in run.first.uses if use.resource.name.startswith(folder)}
    expect(users >= {"descriptors", "names", "streams", "directories"}, f"files: users are {users}")
    for use in run.first.uses:
        names = [trace_reader.SYMBOLS.name(run.first.trace, a - 1) for a in use.stack[0]] if use.stack else []
        expect("main" in names and not use.stack[1], f"files: a stack without main: {names}")
    run.close()


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def sockets():
    tcp, udp = free_port(socket.SOCK_STREAM), free_port(socket.SOCK_DGRAM)
    run = Run("uses_sockets", ["@FOLDER@", tcp, udp])
    totals = run.totals()
    service = f"tcp 127.0.0.1:{tcp}"
    for operation, values in {"bind": [1, 0, 0], "listen": [1, 0, 0], "accept": [1, 0, 0], "connect": [2, 1, 0], "send": [2, 0, 66],
                              "write": [1, 0, 40], "receive": [2, 0, 106], "read": [1, 0, 0]}.items():
        expect(totals.get(("socket", service, operation)) == values,
               f"sockets: {service} {operation}: {totals.get(('socket', service, operation))}, not {values}")
    service = f"udp 127.0.0.1:{udp}"
    for operation, values in {"bind": [1, 0, 0], "send": [2, 0, 11], "receive": [2, 0, 11]}.items():
        expect(totals.get(("socket", service, operation)) == values,
               f"sockets: {service} {operation}: {totals.get(('socket', service, operation))}, not {values}")
    for operation in ("bind", "connect", "accept", "listen"):
        expect(totals.get(("socket", "unix socket", operation)) == [1, 0, 0], f"sockets: unix {operation}")
    expect(totals.get(("socket", "socketpair", "write")) == [1, 0, 2], "sockets: socketpair")
    expect(totals.get(("pipe", "", "create")) == [2, 0, 0] and totals.get(("pipe", "", "write")) == [2, 0, 4],
           f"pipes: {[(k, v) for k, v in totals.items() if k[0] == 'pipe']}")
    pipes = {r.made_at for r in run.first.resources.values() if r.kind == "pipe" and not r.name}
    expect(len(pipes) == 2, "pipes made in two places are two resources")
    expect(totals.get(("host", "127.0.0.1", "resolve")) == [1, 0, 0], "getaddrinfo")
    expect(totals.get(("host", "no.such.host.invalid", "resolve")) == [1, 1, 0], "getaddrinfo that fails")
    theirs = run.strace()
    for operation in ("bind", "connect"):
        ours = {name.split(" ")[1]: v[:2] for (kind, name, o), v in totals.items() if kind == "socket" and o == operation}
        wanted = {name: v[:2] for (kind, name, o), v in theirs.items() if kind == "socket" and o == operation}
        wanted = {k: v for k, v in wanted.items() if not k.endswith(":53") and "nscd" not in k} # the resolver's own
        expect({k: ours.get(k) for k in wanted} == wanted, f"sockets: {operation}: {ours}, strace {wanted}")
    run.close()


def locks():
    run = Run("uses_locks")
    first = run.first
    names = {}
    for line in subprocess.run(["nm", run.program], capture_output=True, text=True, check=True).stdout.splitlines():
        parts = line.split()
        if len(parts) == 3:
            names[int(parts[0], 16)] = parts[2]
    bias = next(m.bias for m in first.trace.modules if m.path == run.program)
    def name(resource):
        return names.get(resource.address - bias, "") if resource.address else ""
    orders = collections.Counter()
    for order in first.orders:
        orders[name(order.held), name(order.taken)] += order.count
    expect(orders[("first", "second")] == 3 and orders[("second", "first")] == 1, f"locks: orders {dict(orders)}")
    uses = collections.defaultdict(lambda: [0, 0, 0, 0])
    for use in first.uses:
        if use.resource.kind == "lock":
            for i, value in enumerate((use.count, use.errors, use.bytes, use.ns)):
                uses[name(use.resource) or use.resource.type, use.operation][i] += value
    waits = uses["contended", "lock"]
    expect(waits[0] == 40 and waits[2] == 20 and waits[3] > 0, f"locks: contended {waits}")
    expect(uses["first", "lock"][0] == 3 + 1 + 2 + 200000, f"locks: first was locked {uses['first', 'lock'][0]} times")
    expect(uses["first", "unlock"][0] == uses["first", "lock"][0], "locks: first unlocked as often")
    expect(uses["changed", "wait"][0] >= 2 and uses["changed", "notify"][0] == 1, f"condition {uses['changed', 'wait']}")
    expect(uses["shared", "lock"][:2] == [5, 2], f"rwlock {uses['shared', 'lock']}")
    expect(uses["spin", "lock"][:2] == [2, 1], f"spin {uses['spin', 'lock']}")
    expect(uses["semaphore", "wait"][:2] == [3, 2], f"semaphore {uses['semaphore', 'wait']}") # the cancelled one is not told
    made = [r for r in first.resources.values() if r.kind == "lock" and not r.address and r.made_at]
    expect(len(made) == 5, f"locks: {len(made)} known by where they were made, not 5")
    expect(not run.lost(), f"locks: lost {run.lost()}")
    run.close()


def others():
    run = Run("uses_others")
    totals = run.totals()
    wanted = {
        ("environment", "SIGHTLINE_TEST_ONE", "set"): [1, 0, 0], ("environment", "SIGHTLINE_TEST_ONE", "get"): [1, 0, 0],
        ("environment", "SIGHTLINE_TEST_NONE", "get"): [1, 1, 0], ("environment", "SIGHTLINE_TEST_ONE", "remove"): [1, 0, 0],
        ("shared memory", "key 0x51617700", "create"): [1, 0, 0], ("shared memory", "key 0x51617700", "map"): [1, 0, 0],
        ("queue", "private", "send"): [1, 0, 6], ("queue", "private", "receive"): [1, 0, 6],
        ("lock", "key 0x51617701", "change"): [1, 0, 0], ("other", "eventfd", "write"): [1, 0, 8],
        ("signal", "SIGUSR1", "handle"): [1, 0, 0], ("signal", "SIGUSR1", "kill"): [2, 0, 0], ("signal", "SIGPIPE", "handle"): [1, 0, 0],
        ("timer", "real", "set"): [1, 0, 0], ("symbol", "qsort", "lookup"): [1, 0, 0], ("thread", "", "start"): [1, 0, 0],
        ("thread", "", "join"): [1, 0, 0], ("process", "", "fork"): [2, 0, 0], ("process", "", "wait"): [2, 0, 0],
        ("process", "/bin/true", "execute"): [1, 0, 0], ("process", "exit 3", "spawn"): [1, 0, 0],
        ("file", "/dev/null", "open"): [2, 0, 0], ("file", "/dev/null", "write"): [2, 0, 4],
    }
    for key, values in wanted.items():
        expect(totals.get(key) == values, f"others: {key}: {totals.get(key)}, not {values}")
    handlers = {run.first.trace.module_of(r.address) and trace_reader.SYMBOLS.name(run.first.trace, r.address)
                for r in run.first.resources.values() if r.kind == "signal" and r.address}
    expect(handlers == {"on_signal"}, f"others: handlers {handlers}")
    expect(not run.lost(), f"others: lost {run.lost()}")
    run.close()


def own_malloc():
    run = Run("own_malloc")
    locks = [u for u in run.first.uses if u.resource.kind == "lock" and u.operation == "lock"]
    expect(sum(u.count for u in locks) >= 4000, "own malloc: its locks were not seen")
    run.close()


def got(variant):
    """The numbers are those that a reader of got_calls.c finds."""
    plugin = os.path.join(PROGRAMS, "libgot_plugin.so")
    run = Run("got_" + variant, [plugin], options="mode=plt")
    trace = run.first.trace
    edges = collections.Counter()
    for (caller, callee), count in trace_reader.named_edges(trace, trace_reader.EDGES_PLT).items():
        edges[caller, callee.split("@")[0]] += count
    wanted = {("main", "library_plain"): 1000, ("callback", "library_plain"): 7, ("main", "library_many"): 10,
              ("main", "library_back"): 7, ("library_back", "library_inner"): 7,
              ("main", "library_address"): 1, ("main", "library_pair"): 1, ("main", "library_large"): 1,
              ("main", "chosen"): 3, ("jumps", "_setjmp"): 1, ("jumps", "longjmp"): 5, ("forks", "library_plain"): 1,
              ("loaded", "dlopen"): 5, ("loaded", "dlsym"): 5, ("plugin_entry", "library_plain"): 5}
    if variant == "static_addresses": # the program's own PLT entry is the function's address for all
        wanted[("main", "library_shared")] = 1
    same = {"longjmp": ("_longjmp", "longjmp", "siglongjmp"), "_setjmp": ("_setjmp", "__sigsetjmp", "setjmp"), "dlopen": ("dlopen", "___dlopen"),
            "dlsym": ("dlsym", "___dlsym")}
    for (caller, callee), count in wanted.items():
        found = sum(edges[caller, name] for name in same.get(callee, (callee,)))
        expect(found == count, f"got {variant}: {caller} -> {callee}: {found}, not {count}")
    expect(run.totals().get(("library", plugin, "load")) == [5, 0, 0], f"got {variant}: loads of the plugin")
    expect(not run.lost(), f"got {variant}: lost {run.lost()}")
    module = next(m for m in trace.modules if m.path == run.program)
    expect(module.mode == "plt", f"got {variant}: mode {module.mode}")
    run.close()


def sql():
    table = os.path.join(tempfile.gettempdir(), f"sightline-apis-{os.getpid()}")
    with open(table, "w", encoding="ascii") as stream:
        stream.write("# ours\nhouse_publish topic house publish 2\nhouse_send topic house publish 6 7\n"
                     "nonsense row\nhouse_send what house publish 6\n")
    instrumented = os.path.exists(os.path.join(PROGRAMS, "uses_sql_instrumented"))
    for mode, program in [("plt", "uses_sql")] + [("instrument", "uses_sql_instrumented")] * instrumented:
        run = Run(program, ["@FOLDER@/data.db"], options=f"mode={mode};apis={table}")
        expect(next(m.mode for m in run.first.trace.modules if m.path == run.program) == mode, f"sql: mode is not {mode}")
        totals = run.totals()
        wanted = {
            ("sql", "CREATE TABLE items (id INTEGER, name TEXT)", "prepare"): [1, 0, 0],
            ("sql", "INSERT INTO items VALUES (?, ?)", "prepare"): [20, 0, 0],
            ("sql", "SELECT name FROM items WHERE id = ?", "prepare"): [1, 0, 0],
            ("topic", "orders.new", "publish"): [1, 0, 0],
        }
        for key, values in wanted.items():
            expect(totals.get(key) == values, f"sql {mode}: {key}: {totals.get(key)}, not {values}")
        expect(not any(k[0] == "topic" and k[1] == "abc" for k in totals), "sql: a seventh argument lies on the stack")
        users = {run.first.user(use) for use in run.first.uses if use.resource.kind == "sql"}
        expect("main" in users, f"sql {mode}: users are {users}")
        if mode == "plt":
            theirs = run.strace()
            def written(uses):
                names = {}
                for (kind, name, operation), values in uses.items():
                    if kind == "file" and "/data.db" in name and operation in ("write", "read", "remove", "close"):
                        names[os.path.basename(name), operation] = values
                return names
            expect(written(totals) == written(theirs), f"sql: files: {written(totals)}, strace {written(theirs)}")
            expect(len(written(theirs)) >= 4, f"sql: strace told only {written(theirs)}")
        run.close()
    os.unlink(table)


def sums(uses, inside):
    """What must be equal to the last byte between a run and strace of the same run."""
    result = collections.Counter()
    for (kind, name, operation), (count, errors, moved) in uses.items():
        if kind == "file" and name.startswith(inside) and operation in ("open", "create", "rename", "remove", "close"):
            result[name, operation] += count
            result[name, operation, "errors"] += errors
        elif kind == "file" and name.startswith(inside) and operation == "write":
            result[name, "bytes written"] += moved
        elif kind == "socket" and operation in ("read", "write", "send", "receive"):
            way = "in" if operation in ("read", "receive") else "out"
            result["sockets", way, "calls"] += count
            result["sockets", way, "bytes"] += moved
        elif kind == "socket" and operation in ("accept", "listen"):
            result["sockets", operation] += count
            result["sockets", operation, "errors"] += errors if operation == "listen" else 0
        elif kind == "socket" and operation in ("bind", "connect"):
            result["sockets", operation, name.split(" ")[-1]] += count
    return +result


def server_run(folder, port, environment, log):
    """redis-server with a rewritten append-only file, a saved dump, a Lua script and a benchmark; strace looks on."""
    arguments = ["redis-server", "--port", port, "--bind", "127.0.0.1", "--appendonly", "yes", "--dir", folder, "--logfile",
                 os.path.join(folder, "log"), "--unixsocket", os.path.join(folder, "socket"), "--io-threads", "2"]
    inserted = [f"--env={k}={v}" for k, v in environment.items()]
    with subprocess.Popen(["strace", "-f", "-q", "-y", "-s", "256", "-e", "trace=" + strace_oracle.CALLS, "-e", "signal=none", "-o", log,
                           *inserted, *arguments], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        def command(*words):
            return subprocess.run(["redis-cli", "-p", port, *words], capture_output=True, text=True, check=False).stdout.strip()
        for _ in range(200):
            if command("ping") == "PONG":
                break
            time.sleep(0.05)
        told = [command("eval", "return redis.call('set', KEYS[1], 'v')", "1", "k"), command("get", "k"), command("bgsave")]
        subprocess.run(["redis-benchmark", "-p", port, "-n", "400", "-c", "5", "-t", "set,get,lpush", "-q"], capture_output=True,
                       check=True)
        subprocess.run(["redis-benchmark", "-s", os.path.join(folder, "socket"), "-n", "100", "-c", "2", "-t", "set", "-q"],
                       capture_output=True, check=True)
        for _ in range(100):
            if "rdb_bgsave_in_progress:0" in command("info", "persistence"):
                break
            time.sleep(0.05)
        told.append(command("bgrewriteaof"))
        for _ in range(100):
            if "aof_rewrite_in_progress:0" in command("info", "persistence"):
                break
            time.sleep(0.05)
        command("shutdown")
        told.append(server.wait(60))
    return told


def redis():
    scratch = tempfile.mkdtemp(prefix="sightline-redis-")
    folder, traces, log = (os.path.join(scratch, name) for name in ("work", "traces", "strace"))
    os.mkdir(folder)
    os.mkdir(traces)
    port = free_port(socket.SOCK_STREAM)
    told = server_run(folder, port, {"LD_PRELOAD": AGENT, "SIGHTLINE_AGENT": f"dir={traces};mode=plt"}, log)
    expect(told[:2] == ["OK", "v"] and told[-1] == 0, f"redis: it told {told}")
    ours = collections.defaultdict(lambda: [0, 0, 0])
    lost = collections.Counter()
    executed = 0
    everything = trace_resources.read_folder(traces)
    for resources in everything:
        lost.update(resources.trace.lost)
        for key, values in resources.totals().items():
            executed += key[0] == "process" and key[2] == "fork" and values[0]
            for i, value in enumerate(values):
                ours[key][i] += value
    theirs = strace_oracle.uses(log, folder)
    one, other = sums(ours, folder), sums(theirs, folder)
    renamed = {name for _, name, operation in theirs if operation == "rename"} # to strace they are closed by their last name
    for counter in (one, other):
        for name in renamed:
            counter["renamed", "close"] += counter.pop((name, "close"), 0)
    for key in sorted(set(one) | set(other), key=str):
        expect(one[key] == other[key], f"redis: {key}: {one[key]}, strace {other[key]}")
    expect(len(other) > 20, f"redis: strace told only {dict(other)}")
    expect(executed == 2 and len(everything) == 3, f"redis: {executed} forks, {len(everything)} traces")
    uses = sum(len(r.uses) for r in everything)
    # Some constructors have no unwind tables.
    expect(not {k: v for k, v in lost.items() if k != "stacks" or v > uses / 20}, f"redis: lost {dict(lost)}")
    threads = {k[1] for k in ours if k[0] == "thread" and k[2] == "start"}
    expect(threads, "redis: its threads were not seen")
    print(f"redis: {len(other)} figures equal strace's; {uses} uses, lost {dict(lost)}")
    shutil.rmtree(scratch)


def sample():
    run = Run("uses_sample", ["cpu"], options="mode=plt;sample=4000000")
    trace = run.first.trace
    weights = trace_reader.named_edges(trace, trace_reader.EDGES_SAMPLED)
    expect(trace.flags & trace_reader.SAMPLED and trace.sample_period == 4000000, "sample: the header does not tell")
    # Of 0.8 s of CPU time; how many samples the kernel delivers is not asserted beyond "some".
    heavy, light = weights["deep", "heavy"], weights["deep", "light"]
    expect(heavy + light >= 20, f"sample: {heavy} + {light} samples")
    expect(heavy > light, f"sample: heavy {heavy}, light {light}")
    expect(weights["work", "deep"] >= heavy + light, f"sample: work -> deep {weights['work', 'deep']}")
    expect(weights["main", "cpu"] > 0 and weights["deep", "deep"] > 0, "sample: whole stacks")
    entries = {edge.entry for edge in trace.edges if edge.flags == trace_reader.EDGES_SAMPLED}
    expect(len(entries) == 2, f"sample: entries {entries}")
    expect(not any(edge.flags & ~trace_reader.EDGES_PLT and edge.flags != trace_reader.EDGES_SAMPLED for edge in trace.edges),
           "sample: weights among counts")
    run.close()
    for what in ("signals", "wait", "exec"):
        Run("uses_sample", [what], options="mode=plt;sample=1000000").close()


def many():
    """Names and threads without end: the file stays small, nothing is lost, what was there before keeps its name."""
    run = Run("uses_many")
    totals = run.totals()
    size = max(r.trace.file_size for r in run.all)
    expect(size < 6 << 20, f"many: a file of {size} bytes")
    expect(totals.get(("file", "/dev/null", "write")) == [1500, 0, 1500], "many: a file that was used before")
    expect(totals.get(("file", "/nonexistent/*", "open"), [0])[0] > 10000, "many: names are not folded")
    opened = sum(v[0] for k, v in totals.items() if k[0] == "file" and k[1].startswith("/nonexistent/"))
    expect(opened == 20020, f"many: {opened} opened")
    taken = sum(v[0] for k, v in totals.items() if k[0] == "lock" and k[2] == "lock")
    expect(taken == 3000 + 1500, f"many: {taken} locks taken")
    expect(len(run.first.trace.threads) == 1501, f"many: {len(run.first.trace.threads)} threads")
    expect(not run.lost(), f"many: lost {run.lost()}")
    run.close()


CASES = {"many": many, "sample": sample, "redis": redis, "got_lazy": lambda: got("lazy"), "got_now": lambda: got("now"), "got_no_plt": lambda: got("no_plt"),
         "got_static_addresses": lambda: got("static_addresses"), "sql": sql, "files": files, "sockets": sockets, "locks": locks, "others": others, "own_malloc": own_malloc}


def main():
    for case in sys.argv[3:] or CASES:
        CASES[case]()
        print(case, "done", flush=True)
    return 1 if FAILURES else 0


if __name__ == "__main__":
    sys.exit(main())
