#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of functions that name resources as rows of C, sorted: resource_table.py OUT TABLE..."""
import re
import sys

rows = set()
for path in sys.argv[2:]:
    with open(path, encoding="ascii") as stream:
        for number, line in enumerate(stream, 1):
            words = line.split()
            if not words or line.startswith("#"):
                continue
            if len(words) not in (5, 6) or not words[4].isdigit() or not re.match(r"[a-z]+(-\d)?$", words[3]):
                sys.exit("%s:%d: not a row: %s" % (path, number, line.strip()))
            function, kind, kind_type, operation, argument = words[:5]
            mode = 0
            if operation.startswith("mode-"):
                operation, mode = "open", int(operation[5:])
            rows.add((function, int(argument) - 1, kind.replace("\\", " "), "" if kind_type == "-" else kind_type, operation, mode))
with open(sys.argv[1], "w", encoding="ascii") as out:
    for function, argument, kind, kind_type, operation, mode in sorted(rows):
        out.write('{"%s", %d, "%s", "%s", "%s", %d},\n' % (function, argument, kind, kind_type, operation, mode))
