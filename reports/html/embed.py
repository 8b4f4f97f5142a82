#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the page together: embed.py OUT.c PAGE.html SCRIPT.js STYLE.css D3_FOLDER

The page's script and style go into PAGE.html, with a Content-Security-Policy that lets only them run, told by their hashes; the
licences of what is bundled go into its about box. Written as three C arrays, between which the title and the data come.
"""
import base64
import hashlib
import html
import json
import os
import sys

# What of d3 is bundled: packages of their own, all under one licence.
D3_PARTS = ['d3-color', 'd3-dispatch', 'd3-drag', 'd3-ease', 'd3-hierarchy', 'd3-interpolate', 'd3-selection', 'd3-timer',
            'd3-transition', 'd3-zoom']


def read(path):
    with open(path, encoding='utf-8') as stream:
        return stream.read()


def inline(source, tag):
    """Text as it may stand in <script> or <style>; its hash is of just these bytes."""
    if '</' + tag in source.lower() or '<!--' in source:
        raise SystemExit('embed.py: the bundled %s would end its own element' % tag)
    return source, "'sha256-%s'" % base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


def licences(folder):
    parts = []
    for name in D3_PARTS:
        package = json.loads(read(os.path.join(folder, '..', name, 'package.json')))
        parts.append('%s %s' % (name, package['version']))
    licence = json.loads(read(os.path.join(folder, 'package.json')))['license']
    return 'D3 (%s), by Mike Bostock, %s licence' % (', '.join(parts), licence)


def array(name, text):
    data = text.encode()
    lines = (','.join(map(str, data[i:i + 32])) for i in range(0, len(data), 32))
    return 'static const unsigned char %s_bytes[] = {\n%s\n};\nconst struct page_asset %s = {%s_bytes, %d};\n' % (
        name, ',\n'.join(lines), name, name, len(data))


def main():
    out, page, script, style, d3_folder = sys.argv[1:]
    script, script_hash = inline(read(script), 'script')
    style, style_hash = inline(read(style), 'style')
    policy = ("default-src 'none'; script-src %s; style-src %s; img-src data:; base-uri 'none'; form-action 'none'"
              % (script_hash, style_hash))
    text = read(page).replace('@POLICY@', html.escape(policy)).replace('@LICENCES@', html.escape(licences(d3_folder)))
    text = text.replace('@STYLE@', style)
    before_title, rest = text.split('@TITLE@')
    before_data, after_data = rest.split('@DATA@')
    after_data = after_data.replace('@SCRIPT@', script)
    with open(out, 'w', encoding='utf-8') as stream:
        stream.write('#include "page_assets.h"\n')
        for name, part in (('page_before_title', before_title), ('page_before_data', before_data), ('page_after_data', after_data)):
            stream.write(array(name, part))


main()
