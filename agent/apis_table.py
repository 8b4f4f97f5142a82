#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""apis.txt as a C string: apis_table.py IN OUT"""
import sys

with open(sys.argv[1], encoding="ascii") as stream:
    rows = [" ".join(line.split()) for line in stream if line.strip() and not line.startswith("#")]
with open(sys.argv[2], "w", encoding="ascii") as stream:
    stream.write("#define APIS_TABLE \\\n" + " \\\n".join(f'\t"{row}\\n"' for row in rows) + "\n")
