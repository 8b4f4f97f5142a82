#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the sources to the folder table of the design: who may include whom, one home for each foreign library, and
only cmd/ prints or ends the process. Reads text; compiles nothing.

    check_includes.py ROOT      prints "file:line: why" for each violation; exit code 1 where there are any
"""
import os
import re
import sys

# Folder -> folders it may include from, besides itself. Names are those of the folders below analyzer/, and agent and
# reports beside it.
MAY_INCLUDE = {
    'agent': set(),
    'reports': set(),
    'base': set(),
    'buildfiles': {'base'},
    'config': {'base'},
    'net': {'base'},
    'facts': {'base'},
    'extract': {'base', 'facts'},
    'ingest': {'base', 'facts'},
    'history': {'base', 'facts'},
    'model': {'base', 'facts'},
    'graph': {'base', 'facts'},
    'analysis': {'base', 'facts', 'graph'},
    'check': {'base', 'facts', 'model'},
    'cmd': {'base', 'buildfiles', 'config', 'net', 'facts', 'extract', 'ingest', 'history', 'model', 'graph', 'analysis', 'check'},
}

# Single headers of other folders: the two contracts between programs, and what loads a release.
MAY_INCLUDE_HEADER = {
    'ingest': {'agent/trace_format.h'},
    'cmd': {'agent/trace_format.h', 'reports/report.h', 'reports/export.h', 'reports/gate.h', 'reports/page.h', 'reports/trend.h', 'reports/alert.h'},
}
FILES_MAY_INCLUDE = {
    'analyzer/graph/load.c': {'model'},
    'analyzer/graph/graph.h': {'model'},
}

# Foreign library -> (pattern of its headers, its home).
LIBRARIES = {
    'libclang': (r'clang-c/', 'extract'),
    'jansson': (r'jansson(_config)?\.h$', 'extract', 'net'),  # each reads foreign JSON of its own
    'SQLite': (r'sqlite3(ext)?\.h$', 'model'),
    'zstd': (r'zstd(_errors)?\.h$|zdict\.h$', 'model'),
    'igraph': (r'igraph(/|_.*\.h$|\.h$)', 'graph'),
    'libfyaml': (r'libfyaml', 'config'),
    'libcurl': (r'curl/', 'net'),
    'libmicrohttpd': (r'microhttpd\.h', 'net'),
    'libcrypto': (r'openssl/', 'net'),
    'Graphviz': (r'graphviz/|(cgraph|gvc|cdt|gvplugin|gvcext|gvcjob|pathplan)\.h$', 'reports'),
    'libelf and libdw': (r'(libelf|gelf|dwarf|nlist)\.h$|elfutils/|libdwarf/', 'ingest'),
    'libgit2': (r'git2(\.h$|/)', 'history'),
    'zlib': (r'zlib\.h$|zconf\.h$', 'reports'),
    'xxHash': (r'xxh(ash|3|_x86dispatch)\.h$', 'base'),
}

# analysis/ is pure: graph in, result out.
NOT_IN_ANALYSIS = re.compile(r'(time|unistd|fcntl|dirent|poll|signal|glob|ftw|mqueue|pthread)\.h$|sys/|netinet/|arpa/')

# A call of one of these, or a mention of the standard streams, prints or ends the process.
PRINTS = re.compile(r'(?<![\w.>])(?P<call>v?printf|puts|putchar|putchar_unlocked|perror|psignal|exit|quick_exit|'
                    r'v?errx?|v?warnx?|error|error_at_line)\s*\(|\b(?P<stream>stdout|stderr)\b')
# These names are ours as well as libc's (err.h, warn.h, error.h): only with that header are they libc's.
NEEDS_HEADER = {'err': 'err.h', 'errx': 'err.h', 'verr': 'err.h', 'verrx': 'err.h', 'warn': 'err.h', 'warnx': 'err.h',
                'vwarn': 'err.h', 'vwarnx': 'err.h', 'error': 'error.h', 'error_at_line': 'error.h'}

INCLUDE = re.compile(r'^[ \t]*(?:#|%:|\?\?=)[ \t]*(?:include|include_next|import|embed)\b[ \t]*(?P<what>.*)$', re.M)
TOKEN = re.compile(r'''/\*.*?(?:\*/|\Z) | //[^\n]* | "(?:\\.|[^"\\\n])*"? | '(?:\\.|[^'\\\n])*'? ''', re.S | re.X)


def blank(text, strings):
    """text without comments (and without the inside of literals, where strings), every line where it was."""
    def replace(match):
        token = match.group()
        if token[0] == '/':
            return re.sub(r'[^\n]', ' ', token)
        return token[0] + ' ' * (len(token) - 2) + token[-1] if strings and len(token) > 1 else token
    return TOKEN.sub(replace, text)


def join_continued_lines(text):
    """Backslash-newline taken out; the line ends follow where the logical line ends, so that numbers stay."""
    out, owed = [], 0
    for line in text.split('\n'):
        if re.search(r'\\[ \t\r]*$', line):
            out.append(re.sub(r'\\[ \t\r]*$', '', line))
            owed += 1
        else:
            out.append(line + '\n' * (owed + 1))
            owed = 0
    return ''.join(out)


def folder_of(path):
    """The folder of the table that a path (relative to the root) lies in; None where it is none of ours."""
    parts = path.split('/')
    if parts[0] == 'analyzer':
        return parts[1] if len(parts) > 2 else None
    return parts[0] if parts[0] in ('agent', 'reports') else None


class Checker:
    def __init__(self, root):
        self.root = root
        self.violations = []

    def complain(self, path, line, why):
        self.violations.append('%s:%d: %s' % (path, line, why))

    def resolve(self, path, name, quoted):
        """Which file of ours an include names, relative to the root; None where it is not ours."""
        places = ([os.path.dirname(path)] if quoted else []) + ['analyzer', '']
        for place in places:
            candidate = os.path.normpath(os.path.join(place, name))
            if os.path.isfile(os.path.join(self.root, candidate)):
                return candidate
        # Not there, or made by the build: its folder can be told all the same.
        first = name.split('/')[0]
        if '/' in name and first in MAY_INCLUDE:
            return name if first in ('agent', 'reports') else 'analyzer/' + name
        return None

    def check_ours(self, path, line, folder, target):
        other = folder_of(target)
        if other == folder:
            return
        if other is None:
            if folder != 'cmd' or not target.startswith('analyzer/'):
                self.complain(path, line, '%s/ may not include %s: it lies outside the folder table' % (folder, target))
            return
        if (other in MAY_INCLUDE[folder] or target in MAY_INCLUDE_HEADER.get(folder, ()) or
                other in FILES_MAY_INCLUDE.get(path, ())):
            return
        allowed = sorted(MAY_INCLUDE[folder]) + sorted(MAY_INCLUDE_HEADER.get(folder, ()))
        if other == 'model' and folder == 'graph':
            allowed.append('model from load.c and graph.h alone')
        self.complain(path, line, '%s/ may not include %s; it may include %s' %
                      (folder, target, ', '.join(allowed) or 'nothing but itself'))

    def check_foreign(self, path, line, folder, name):
        for library, (pattern, *homes) in LIBRARIES.items():
            if re.match(pattern, name) and folder not in homes:
                self.complain(path, line, '%s (%s) has one home: %s/' % (library, name, '/ or '.join(homes)))
        if folder == 'analysis' and NOT_IN_ANALYSIS.match(name):
            self.complain(path, line, 'analysis/ has no I/O and no clock: <%s>' % name)

    def check_includes(self, path, folder, text):
        for match in INCLUDE.finditer(text):
            line = text.count('\n', 0, match.start()) + 1
            what = re.match(r'<([^>]+)>|"([^"]+)"', match.group('what').strip())
            if not what:
                self.complain(path, line, 'an include by macro cannot be checked; name the header')
                continue
            name = what.group(1) or what.group(2)
            target = self.resolve(path, name, what.group(2) is not None)
            if target:
                self.check_ours(path, line, folder, target)
            elif name.startswith('/') or '..' in name.split('/'):
                self.complain(path, line, 'an include of a file that cannot be placed: %s' % name)
            self.check_foreign(path, line, folder, name)

    def check_printing(self, path, folder, text, code):
        if folder in ('cmd', 'agent'):
            return
        for match in PRINTS.finditer(code):
            call = match.group('call')
            header = NEEDS_HEADER.get(call)
            if header and not re.search(r'#[ \t]*include[ \t]*<%s>' % re.escape(header), text):
                continue
            line = code.count('\n', 0, match.start()) + 1
            self.complain(path, line, 'only cmd/ prints or ends the process: %s' % (call or match.group('stream')))

    def check_file(self, path):
        folder = folder_of(path)
        if folder is None or folder not in MAY_INCLUDE:
            self.complain(path, 1, 'this folder is not in the folder table')
            return
        with open(os.path.join(self.root, path), encoding='utf-8', errors='replace') as file:
            text = join_continued_lines(file.read())
        text = blank(text, strings=False)
        self.check_includes(path, folder, text)
        self.check_printing(path, folder, text, blank(text, strings=True))

    def run(self):
        """Number of files checked."""
        files = []
        for top in ('agent', 'analyzer', 'reports'):
            for parent, folders, names in os.walk(os.path.join(self.root, top)):
                folders.sort()
                files += [os.path.relpath(os.path.join(parent, name), self.root) for name in sorted(names)
                          if name.endswith(('.c', '.h', '.inc'))]
        for path in files:
            self.check_file(path)
        return len(files)


def main():
    if len(sys.argv) != 2:
        sys.exit('usage: check_includes.py ROOT')
    checker = Checker(sys.argv[1])
    files = checker.run()
    for violation in checker.violations:
        print(violation)
    if not files:
        sys.exit('%s: no sources in it' % sys.argv[1])
    print('%d files, %d violations' % (files, len(checker.violations)))
    sys.exit(1 if checker.violations else 0)


if __name__ == '__main__':
    main()
