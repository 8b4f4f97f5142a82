#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls that the agent counted and ingest named, against valgrind's callgrind on the same program and work.

    trace_calls.py AGENT DUMP PROGRAM

The program is compiled from the sources that build.sh left, with -pg -mfentry, twice:
  -O0  every edge has callgrind's count.
  both every call out of the program has the count that callgrind has of it: by calling function and by the name that the
       linkage table has for the callee. Callgrind has a call's address; what it calls is read from the code, by objdump:
       libraries have many names for one function, and several functions for one name (IFUNC). Calls of library functions
       through pointers go through no linkage table, and are not counted.
  -O2  callgrind's callers are taken apart by addr2line -i (inlining), clones and split parts told as their function. Every
       function is reached as often as callgrind says. Edges differ only where a function was reached by a jump and more
       than one could have jumped, or may have been called through a pointer as well: at most 1 % (lua), 2.5 % (sqlite3) of
       the edges."""
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile

from oracle import program_root

CLONE = re.compile(r'\.(cold|part|isra|constprop|lto_priv|localalias)(\.\d+)?$')
START = {'_start', '_init', '_fini', 'frame_dummy', 'register_tm_clones', '__do_global_dtors_aux', 'deregister_tm_clones',
         '(below main)', '_dl_relocate_static_pie'}
HOOKS = {'__fentry__', 'mcount'}
HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = {
    # sources (None: all of the folder), flags, libraries, work, least number of edges, one of how many may differ at -O2
    # without what depends on addresses: the seed, the cache of strings
    'lua': ('src', None, ['-DLUA_USE_LINUX', '-DLUA_COMPAT_5_3', '-Dluai_makeseed(L)=0', '-DSTRCACHE_N=1', '-DSTRCACHE_M=1'], ['-Wl,-E', '-lm', '-ldl'],
            [os.path.join(HERE, 'trace_calls.lua')], 500, 100),
    'sqlite3': ('.', ['sqlite3.c', 'sqlite3.h', 'test/speedtest1.c'], ['-DSQLITE_THREADSAFE=0', '-DSQLITE_OMIT_LOAD_EXTENSION', '-I.'],
                ['-lm'], ['--memdb', '--size', '1', '--testset', 'main'], 1000, 40),
}


def source_name(name):
    name = name.split("'")[0].split('@')[0]
    while CLONE.search(name):
        name = CLONE.sub('', name)
    return name


def build(root, folder, level, names, flags, libraries):
    os.makedirs(folder)
    for name in names or os.listdir(root):
        if name.endswith(('.c', '.h')) and name != 'luac.c':
            shutil.copy(os.path.join(root, name), folder)
    sources = sorted(name for name in os.listdir(folder) if name.endswith('.c'))
    subprocess.run(['gcc', level, '-g', '-pg', '-mfentry', '-std=gnu99', '-fno-pie', *flags, '-c', *sources], cwd=folder, check=True)
    # Not linked with -pg: that would start gmon's own profiling.
    subprocess.run(['gcc', '-no-pie', '-o', 'program', *[s[:-2] + '.o' for s in sources], *libraries], cwd=folder, check=True)
    return os.path.join(folder, 'program')


def callgrind_calls(path):
    """(object, function, address of the call, count, callee, callee's object) of each call record"""
    names = {}

    def name(kind, text):
        match = re.match(r'\((\d+)\)(?: (.*))?$', text)
        if match and match.group(2) is not None:
            names[kind, match.group(1)] = match.group(2)
        return names[kind, match.group(1)] if match else text

    function = where = callee = callee_where = pending = None
    address = 0
    with open(path, errors='replace') as stream:
        for line in stream:
            key, _, value = line.rstrip('\n').partition('=')
            if key == 'fn':
                function = name('fn', value)
            elif key == 'ob':
                where = name('ob', value)
            elif key == 'cfn':
                callee = name('fn', value)
            elif key == 'cob':
                callee_where = name('ob', value)
            elif key == 'calls':
                pending, callee_where = (int(value.split()[0]), callee, callee_where or where), None
            else:
                match = re.match(r'(0x[0-9a-f]+|\+\d+|-\d+|\*) ', line)
                if not match:
                    continue
                position = match.group(1)
                if position.startswith('0x'):
                    address = int(position, 16)
                elif position != '*':
                    address += int(position)
                if pending:
                    yield (where, function, address, *pending)
                    pending = None


def innermost(program, addresses):
    """address -> the function whose code it is, inlined ones first"""
    out = subprocess.run(['addr2line', '-f', '-i', '-a', '-e', program], input='\n'.join('%x' % a for a in addresses),
                         check=True, capture_output=True, text=True).stdout
    found, address = {}, None
    for line in out.splitlines():
        if re.match(r'0x[0-9a-f]{16}$', line):
            address = int(line, 16)
        elif address is not None:
            found[address], address = source_name(line), None
    return found


def called_names(program):
    """address of a call or jump out of the program -> the name in its linkage table"""
    out = subprocess.run(['objdump', '-d', '--no-show-raw-insn', program], check=True, capture_output=True, text=True).stdout
    found = re.findall(r'^\s*([0-9a-f]+):\s+(?:bnd )?(?:call|jmp)\s.*<([^>+]+)@plt>', out, re.M)
    return {int(address, 16): name for address, name in found}


def calls_out_of_callgrind(program, out):
    """(calling function, name called) -> how often"""
    names, edges = called_names(program), collections.Counter()
    calls = [c for c in callgrind_calls(out) if c[0] and os.path.realpath(c[0]) == program and c[5] and os.path.realpath(c[5]) != program]
    callers = innermost(program, sorted({c[2] for c in calls}))
    for _, function, address, count, _, _ in calls:
        if names.get(address) and names[address] not in HOOKS and source_name(function) not in START:
            edges[callers[address], names[address]] += count
    return edges


def edges_of_callgrind(program, out):
    calls = [c for c in callgrind_calls(out) if c[0] and c[5] and os.path.realpath(c[0]) == program == os.path.realpath(c[5])]
    callers = innermost(program, sorted({c[2] for c in calls}))
    edges = collections.Counter()
    for _, function, address, count, callee, _ in calls:
        caller = callers[address]
        is_own_part = '.part' in callee and source_name(callee) == caller
        if callee not in HOOKS and not is_own_part and not START & {source_name(function), source_name(callee), caller}:
            edges[caller, source_name(callee)] += count
    return edges


def edges_of_trace(dump, root, folder):
    traces = [os.path.join(folder, name) for name in os.listdir(folder) if name.endswith('.trace')]
    out = subprocess.run([dump, root, *traces], check=True, capture_output=True, text=True).stdout
    edges, inside, outside, tails = collections.Counter(), set(), set(), set()
    for line in out.splitlines():
        fields = line.split('\t')
        if fields[0] == 'function' and fields[4] == 'program':
            inside.add(fields[1])
        elif fields[0] == 'function':
            outside.add(fields[1])
        elif fields[0] == 'loss' or (fields[0] == 'report' and 'damaged 0' not in line):
            sys.exit('not whole: ' + line)
        elif fields[0] == 'edge' and fields[4] == 'counted' and 'inlined' not in fields[6]:
            edges[fields[1], fields[2]] += int(fields[5])
            if 'tail' in fields[6]:
                tails.add(fields[2])
    within = collections.Counter({k: n for k, n in edges.items() if k[0] in inside and k[1] in inside})
    leaving = collections.Counter({k: n for k, n in edges.items() if k[0] in inside and k[1] in outside})
    return within, tails, leaving


def compare_leaving(level, oracle, ours, least):
    ours = collections.Counter({k: n for k, n in ours.items() if k[0] not in START})
    differ = [key for key in sorted(set(oracle) | set(ours)) if oracle[key] != ours[key]]
    print('%s: %d calls out of the program, %d edges, %d with another count'
          % (level, sum(oracle.values()), len(set(oracle) | set(ours)), len(differ)))
    for key in differ[:40]:
        print('  %s -> %s: callgrind %d, trace %d' % (*key, oracle[key], ours[key]))
    return not differ and len(oracle) > least


def totals(edges):
    sums = collections.Counter()
    for (_, callee), count in edges.items():
        sums[callee] += count
    return sums


def compare(level, oracle, ours, tails, least, one_of):
    differ = [key for key in sorted(set(oracle) | set(ours)) if oracle[key] != ours[key]]
    unexplained = [key for key in differ if key[1] not in tails and not (level == '-O2' and any(k[1] == key[1] for k in ours))]
    print('%s: %d calls, %d edges, %d with another count, %d functions reached by jumps'
          % (level, sum(oracle.values()), len(set(oracle) | set(ours)), len(differ), len(tails)))
    for key in differ[:40]:
        print('  %s -> %s: callgrind %d, trace %d' % (*key, oracle[key], ours[key]))
    sums = totals(oracle) - totals(ours) + (totals(ours) - totals(oracle))
    if sums:
        print('  functions reached another number of times: %s' % dict(sums))
    allowed = 0 if level == '-O0' else len(oracle) // one_of
    return len(differ) <= allowed and not sums and not unexplained and len(oracle) > least


def main():
    agent, dump, name = sys.argv[1:]
    source_folder, names, flags, libraries, work, least, one_of = PROGRAMS[name]
    root = os.path.join(program_root(name), source_folder)
    if os.uname().machine != 'x86_64' or not shutil.which('valgrind'):
        print('skipped: needs valgrind on x86-64')
        sys.exit(77)
    scratch = os.path.realpath(tempfile.mkdtemp())
    good = True
    try:
        for level in ('-O0', '-O2'):
            folder = os.path.join(scratch, level[1:])
            program = build(root, folder, level, names, flags, libraries)
            traces, out = os.path.join(folder, 'traces'), os.path.join(folder, 'callgrind.out')
            os.makedirs(traces)
            environment = dict(os.environ, LD_PRELOAD=agent, SIGHTLINE_AGENT='dir=%s;run=%032x' % (traces, 1))
            subprocess.run([program, *work], env=environment, check=True, capture_output=True)
            subprocess.run(['valgrind', '-q', '--tool=callgrind', '--dump-instr=yes', '--callgrind-out-file=' + out,
                            program, *work], env=dict(os.environ, LD_BIND_NOW='1'), check=True, capture_output=True)
            within, tails, leaving = edges_of_trace(dump, folder, traces)
            good &= compare(level, edges_of_callgrind(program, out), within, tails, least, one_of)
            good &= compare_leaving(level, calls_out_of_callgrind(program, out), leaving, least // 20)
    finally:
        shutil.rmtree(scratch)
    sys.exit(0 if good else 1)


if __name__ == '__main__':
    main()
