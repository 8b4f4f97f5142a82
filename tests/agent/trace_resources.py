#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resources, uses, lock orders and stacks of trace files, on top of trace_reader: the tests' own view.

    trace_resources.py FILE...     prints them"""
import collections
import struct
import sys

import trace_reader as reader

KINDS = [None, "file", "directory", "socket", "host", "lock", "thread", "process", "signal", "shared memory", "queue", "pipe",
         "library", "symbol", "environment", "timer", "sql", "topic", "other"]
OPERATIONS = [None, "open", "create", "read", "write", "close", "remove", "rename", "map", "stat", "change", "socket", "bind",
              "listen", "accept", "connect", "send", "receive", "resolve", "lock", "unlock", "wait", "notify", "start", "join",
              "fork", "execute", "spawn", "handle", "kill", "load", "lookup", "get", "set", "publish", "subscribe", "prepare"]
RESOURCE = struct.Struct("<IIQQQQQ")
USE = struct.Struct("<QIIQQQQQQ")
ORDER = struct.Struct("<QIIQQ")
assert RESOURCE.size == 48 and USE.size == 64 and ORDER.size == 32

Resource = collections.namedtuple("Resource", "id kind name type address made_at first")
Use = collections.namedtuple("Use", "start resource operation stack count errors bytes ns first entry")
Order = collections.namedtuple("Order", "start held taken count first")


class Resources:
    def __init__(self, trace):
        self.trace = trace
        self.resources = {}
        for r in trace.records(reader.RESOURCES, RESOURCE):
            if not 0 < r[1] < len(KINDS):
                raise reader.Broken(f"resource kind {r[1]}")
            self.resources[r[0]] = Resource(r[0], KINDS[r[1]], trace.string(r[2]), trace.string(r[3]), *r[4:])
        self.uses = [self.use(segment, r) for segment, r in self.rows(reader.USES, USE)]
        self.orders = [Order(r[0], self.resource(r[1]), self.resource(r[2]), r[3], r[4])
                       for _, r in self.rows(reader.ORDERS, ORDER)]

    def rows(self, kind, form):
        for segment in self.trace.segments:
            if segment.kind == kind:
                start, end = segment.offset + reader.SEGMENT.size, segment.offset + segment.size
                whole = (end - start) // form.size * form.size
                for r in form.iter_unpack(self.trace.data[start:start + whole]):
                    if r[0]:
                        yield segment, r

    def resource(self, number):
        if number not in self.resources:
            raise reader.Broken(f"no resource {number}")
        return self.resources[number]

    def use(self, segment, r):
        return Use(r[0], self.resource(r[1]), OPERATIONS[r[2]], self.stack(r[3]), *r[4:], segment.entry)

    def stack(self, offset):
        """([return addresses], is cut), or None"""
        if not offset:
            return None
        _, count, is_cut = struct.unpack_from("<QII", self.trace.data, offset)
        if count == 0 or count > 4096:
            raise reader.Broken(f"stack of {count}")
        return struct.unpack_from(f"<{count}Q", self.trace.data, offset + 16), bool(is_cut)

    def user(self, use):
        return reader.SYMBOLS.name(self.trace, use.start - 1, use.first)

    def totals(self):
        """{(kind, name or type, operation): [count, errors, bytes]}"""
        totals = collections.defaultdict(lambda: [0, 0, 0])
        for use in self.uses:
            total = totals[use.resource.kind, use.resource.name or use.resource.type, use.operation]
            for i, value in enumerate((use.count, use.errors, use.bytes)):
                total[i] += value
        return dict(totals)


def read_folder(folder):
    return [Resources(trace) for trace in reader.read_folder(folder)]


def main():
    for path in sys.argv[1:]:
        trace = reader.Trace(path)
        resources = Resources(trace)
        print(f"{path}: pid {trace.pid} {trace.program} lost {trace.lost}")
        for use in sorted(resources.uses, key=lambda use: use.first):
            r = use.resource
            stack = "no stack" if not use.stack else " < ".join(
                reader.SYMBOLS.name(trace, a - 1, use.first) for a in use.stack[0]) + (" ..." if use.stack[1] else "")
            print(f"  {r.kind} {r.name or '-'} {r.type} {r.address:x} {r.made_at:x}: {use.operation} x{use.count} errors {use.errors} "
                  f"bytes {use.bytes} ns {use.ns} entry {use.entry}: {stack}")
        for order in resources.orders:
            print(f"  order {order.held.address:x} then {order.taken.address:x} x{order.count}")


if __name__ == "__main__":
    main()
