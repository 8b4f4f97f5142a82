#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads trace files as agent/trace_format.h states them, on its own: the tests' view of what the agent wrote, written
without a look at analyzer/ingest. Every rule of the format that is broken raises Broken.

    trace_reader.py FILE...     prints what is in them"""
import bisect
import collections
import os
import struct
import subprocess
import sys

PAGE = 4096
SEGMENT_MAGIC = 0x47455347454C5353
NONE = 0xFFFFFFFF
(STRINGS, MODULES, THREADS, EDGES, STACKS, RESOURCES, USES, ORDERS, TIMES) = range(1, 10)
REASONS = ["unsaid", "built", "asked", "own", "foreign", "system", "sanitizer", "threads", "layout", "refused", "shadow", "closed"]
MODES = ["auto", "fentry", "instrument", "patch", "plt", "none"]
LOSSES = ["edges", "uses", "stacks", "samples", "modules", "threads", "children", "frames"]
RUNNING, EXITED, EXECED, OFF = range(1, 5)
SAMPLED, TIMED, FORKED, SNAPSHOT, WAS_PAUSED = (1 << i for i in range(5))
EDGE_INVERSE = pow(0x9E3779B97F4A7C15, -1, 2**64)
EDGES_SAMPLED, EDGES_FUNCTIONS, EDGES_PLT = 1, 2, 4

HEADER = struct.Struct("<8sIIIIQ16s16s16sIIQIIIIQQQQQ16Q")
SEGMENT = struct.Struct("<QQIIIIQ3Q")
MODULE = struct.Struct("<IIQQQQQQI32sII8II")
THREAD = struct.Struct("<IIQQQQ")
assert HEADER.size == 280 and SEGMENT.size == 64 and THREAD.size == 40

Module = collections.namedtuple("Module", "id mode bias start end first last path build_id functions recorded skipped reason")
Thread = collections.namedtuple("Thread", "tid entry start_function creator name first")
Edge = collections.namedtuple("Edge", "start callee count first entry flags")
Time = collections.namedtuple("Time", "function calls total_ns self_ns entry")
Segment = collections.namedtuple("Segment", "offset size kind record_size entry flags used")


class Broken(Exception):
    pass


class Trace:
    def __init__(self, path):
        self.path = path
        with open(path, "rb") as stream:
            self.data = stream.read()
        values = HEADER.unpack_from(self.data)
        (magic, version, order, size, self.machine, self.file_size, self.run_id, self.trace_id, self.parent_id, self.pid,
         self.parent_pid, self.started_at, requested, self.flags, self.state, self.off_reason, program, arguments,
         directory, self.sample_period, self.order) = values[:21]
        self.lost = {name: values[21 + i] for i, name in enumerate(LOSSES) if values[21 + i]}
        if magic != b"SLTRACE\0" or version != 2 or order != 0x01020304 or size != HEADER.size:
            raise Broken("header")
        if self.file_size % PAGE or self.file_size > len(self.data):
            raise Broken(f"file_size {self.file_size} of {len(self.data)}")
        self.requested = MODES[requested]
        self.program, self.directory = self.string(program), self.string(directory)
        self.arguments = self.string(arguments)
        self.segments = list(self.read_segments())
        self.modules = [self.module(v) for v in self.records(MODULES, MODULE)]
        self.threads = [Thread(t[0], t[1], t[2], t[3], self.string(t[4]), t[5]) for t in self.records(THREADS, THREAD)]
        self.edges = [Edge(r[0], (r[1] - r[0]) * EDGE_INVERSE % 2**64, r[2], r[3], s.entry, s.flags) for s, r in self.table(EDGES)]
        self.times = [Time(*r, s.entry) for s, r in self.table(TIMES)]

    def string(self, offset):
        if offset == 0:
            return ""
        if offset + 4 > len(self.data):
            raise Broken("string outside")
        length = struct.unpack_from("<I", self.data, offset)[0]
        if offset + 4 + length > len(self.data):
            raise Broken("string too long")
        return self.data[offset + 4:offset + 4 + length].decode("utf-8", "surrogateescape")

    def read_segments(self):
        at = PAGE
        while at + PAGE <= self.file_size:
            magic, size, kind, record_size, entry, flags, used, *_ = SEGMENT.unpack_from(self.data, at)
            if magic != SEGMENT_MAGIC:
                at += PAGE
                continue
            if size % PAGE or size == 0 or at + size > self.file_size:
                raise Broken(f"segment at {at}")
            if used > size - SEGMENT.size:
                raise Broken(f"used of segment at {at}")
            yield Segment(at, size, kind, record_size, entry, flags, used)
            at += size

    def records(self, kind, form):
        for segment in self.segments:
            if segment.kind == kind:
                start = segment.offset + SEGMENT.size
                for at in range(start, start + segment.used - form.size + 1, form.size):
                    yield form.unpack_from(self.data, at)

    def table(self, kind):
        for segment in self.segments:
            if segment.kind == kind:
                start, end = segment.offset + SEGMENT.size, segment.offset + segment.size
                whole = (end - start) // 32 * 32
                for record in struct.iter_unpack("<4Q", self.data[start:start + whole]):
                    if record[0] and (kind != EDGES or record[1]):
                        yield segment, record

    def module(self, v):
        return Module(v[0], MODES[v[1]], *v[2:7], self.string(v[7]), v[9][:v[8]].hex(), v[10], v[11], v[12:20], REASONS[v[20]])

    def module_of(self, address, first=None):
        found = [m for m in self.modules if m.start <= address < m.end]
        if len(found) > 1 and first is not None:
            found = [m for m in found if m.first <= first and (m.last == 0 or first <= m.last)] or found
        return found[0] if found else None


class Symbols:
    """Functions of ELF files by address, from nm; the oracle is binutils."""

    def __init__(self):
        self.known = {}
        self.root = ""  # where the machine's libraries lie, if it is another

    def of(self, path):
        if path not in self.known:
            names = {}
            file = self.root + path if os.path.exists(self.root + path) else path
            for options in (["-C"], ["-C", "-D"]):
                text = subprocess.run(["nm", "-n", *options, file], capture_output=True, text=True, check=False).stdout
                for line in text.splitlines():
                    parts = line.split(" ", 2)
                    if len(parts) == 3 and parts[1] in "tTwWiI" and parts[0] and parts[2][0] != "$":
                        names.setdefault(int(parts[0], 16), parts[2])
            self.known[path] = (sorted(names), names)
        return self.known[path]

    def name(self, trace, address, first=None):
        module = trace.module_of(address, first)
        if not module:
            return f"?{address:x}"
        starts, names = self.of(module.path)
        at = bisect.bisect_right(starts, address - module.bias) - 1
        return names[starts[at]] if at >= 0 else f"{os.path.basename(module.path)}+{address - module.bias:x}"


SYMBOLS = Symbols()


def named_edges(trace, flags=0):
    """{(caller, callee): count} of the tables with these flags. Callers are where the return address lies."""
    counts = collections.Counter()
    for edge in trace.edges:
        if edge.flags == flags:
            back = 0 if flags & EDGES_FUNCTIONS else 1
            counts[SYMBOLS.name(trace, edge.start - back, edge.first), SYMBOLS.name(trace, edge.callee, edge.first)] \
                += edge.count
    return counts


def callees(trace, flags=0):
    counts = collections.Counter()
    for (_, callee), count in named_edges(trace, flags).items():
        counts[callee] += count
    return counts


def read_folder(folder):
    return [Trace(os.path.join(folder, name)) for name in sorted(os.listdir(folder)) if name.endswith(".trace")]


def main():
    for path in sys.argv[1:]:
        trace = Trace(path)
        print(f"{path}: pid {trace.pid}, {trace.program}, state {trace.state}, flags {trace.flags}, lost {trace.lost}, "
              f"{trace.file_size >> 10} KiB")
        print(f"  arguments {trace.arguments!r} in {trace.directory}")
        for module in trace.modules:
            print(f"  module {module.id} {module.mode:10} {module.path} {module.recorded}/{module.functions}"
                  f"{' closed' if module.last else ''}")
        for thread in trace.threads:
            print(f"  thread {thread.tid} entry {thread.entry} {thread.name}")
        for flags in sorted({edge.flags for edge in trace.edges}):
            for (caller, callee), count in sorted(named_edges(trace, flags).items()):
                print(f"  {count:12} {caller} -> {callee} {flags or ''}")
        for time in trace.times:
            print(f"  time {SYMBOLS.name(trace, time.function)} {time.calls} {time.total_ns} {time.self_ns}")


if __name__ == "__main__":
    main()
