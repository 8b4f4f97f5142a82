#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns schema_1.sql, the schema of model version 1 as it was, into a C string: old_version.py OUT IN."""
import json
import sys

with open(sys.argv[2], encoding="utf-8") as source, open(sys.argv[1], "w", encoding="utf-8") as out:
    out.write("static const char SCHEMA_1[] =\n")
    for line in source:
        out.write("\t%s\n" % json.dumps(line))
    out.write(";\n")
