#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian's unmodified programs, each run as it is and in mode=patch: the same output, exit code and signal, and calls
recorded in its own code. Prints a line per case and a sum; exit code 1 where one differs, 77 where none could run.

    corpus.py AGENT [--all] [--table] [--keep] [--repeat N] [CASE...]

Without --all only the quick ones are run. --table: those of programs.txt, too, many of them, each of which does a little; what is
not installed is skipped, and told."""
import collections
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', '..', 'agent'))
import trace_reader  # noqa: E402

Case = collections.namedtuple('Case', 'name program command stdin quick')
Script = collections.namedtuple('Script', 'text')


def here(name):
    return os.path.join(HERE, name)


def cases():
    """command: a list, where the program itself is traced, or a script, which puts $RUN before what is."""
    bash, q = '/bin/bash', True
    yield Case('lua', '/usr/bin/lua5.4', ['/usr/bin/lua5.4', here('work.lua')], None, q)
    yield Case('sqlite3', '/usr/bin/sqlite3', ['/usr/bin/sqlite3', ':memory:'], here('work.sql'), q)
    yield Case('git', '/usr/bin/git', here('work_git.sh'), None, q)
    yield Case('redis', '/usr/bin/redis-server', here('work_redis.sh'), None, q)
    yield Case('bash', bash, [bash, here('work.sh')], None, q)
    yield Case('perl', '/usr/bin/perl', ['/usr/bin/perl', here('work.pl')], None, q)
    yield Case('python', '/usr/bin/python3', ['/usr/bin/python3', here('work.py')], None, q)
    yield Case('exceptions', 'exceptions', ['./exceptions'], None, q)
    yield Case('cc1', 'cc1', ['./cc1', '-quiet', '-O2', 'unit.i', '-o', '/dev/stdout'], None, q)
    yield Case('openssl', '/usr/bin/openssl', here('work_openssl.sh'), None, q)
    yield Case('curl', '/usr/bin/curl', ['/usr/bin/curl', '-s', 'file://' + here('work.lua'), '-o', '-', '-w',
                                         '%{size_download} %{exitcode}', 'file:///none'], None, q)
    yield Case('ssh', '/usr/bin/ssh', ['/usr/bin/ssh', '-V'], None, q)
    yield Case('xz', '/usr/bin/xz', ['/usr/bin/xz', '-9', '-T1'], '/usr/bin/git', False)
    yield Case('gdb', '/usr/bin/gdb', ['/usr/bin/gdb', '-q', '-nx', '-batch', '-ex', 'info line main', '-ex', 'p 6*7', '-ex',
                                       'bt', './exceptions'], None, False)
    yield Case('nginx', '/usr/sbin/nginx', here('work_nginx.sh'), None, False)
    yield Case('postgres', '/usr/lib/postgresql/15/bin/postgres', here('work_postgres.sh'), None, False)


def table():
    with open(here('programs.txt'), encoding='utf-8') as lines:
        for line in lines:
            if line.strip() and not line.startswith('#'):
                name, program, script = line.rstrip('\n').split(' ', 2)
                yield Case('more-' + name, program, Script(script), None, False)


def make_inputs(folder):
    contents = {'numbers': ''.join(f'{i}\n' for i in range(1, 5001)),
                'data.json': '{"list": [1, 2.5, -3, 1e3, 4], "a": {"b": {"c": "text \\u00e9"}}}\n',
                'data.xml': '<?xml version="1.0"?><a>' + ''.join(f'<i n="{i}">x</i>' for i in range(99)) + '</a>\n',
                'data.csv': 'a,b,c\n1,22,333\n4444,5,6\n'}
    for name, content in contents.items():
        with open(os.path.join(folder, name), 'w', encoding='utf-8') as stream:
            stream.write(content)
    shutil.copy(here('../../../LICENSE'), os.path.join(folder, 'text'))
    shutil.copy(here('../../../agent/decode.c'), os.path.join(folder, 'code.c'))


def prepare(case, folder):
    """What a case needs in its folder; False: it cannot run here."""
    if isinstance(case.command, Script):
        make_inputs(folder)
    if case.name in ('exceptions', 'gdb'):
        if not shutil.which('g++'):
            return False
        subprocess.run(['g++', '-O2', '-g', '-o', folder + '/exceptions', here('exceptions.cc')], check=True)
    if case.name == 'cc1':
        found = subprocess.run(['gcc', '-print-prog-name=cc1'], capture_output=True, text=True).stdout.strip()
        if not os.path.isabs(found):
            return False
        os.symlink(found, folder + '/cc1')
        subprocess.run(['gcc', '-E', '-P', here('../../../agent/decode.c'), '-o', folder + '/unit.i'], check=True)
    return os.path.exists(case.program) or not case.program.startswith('/')


def run(case, folder, agent):
    traces = folder + '.traces'
    os.makedirs(traces, exist_ok=True)
    os.chmod(traces, 0o777)
    environment = dict(os.environ, LC_ALL='C', TZ='UTC', RUN='')
    preload = {'LD_PRELOAD': agent, 'SIGHTLINE_AGENT': f'dir={traces};mode=patch;follow=1'} if agent else {}
    command = case.command
    if isinstance(command, (str, Script)):
        command = ['/bin/bash', command] if isinstance(command, str) else ['/bin/bash', '-c', command.text]
        environment['RUN'] = ' '.join(['env'] + [f'{k}={v}' for k, v in preload.items()]) if agent else ''
    else:
        environment.update(preload)
    with open(case.stdin or os.devnull, 'rb') as stdin:
        try:
            done = subprocess.run(command, cwd=folder, env=environment, stdin=stdin, capture_output=True, timeout=240)
        except subprocess.TimeoutExpired as late:
            return 'none after 240 s', late.stdout or b'', traces
    text = re.sub(rb'\b' + folder.encode() + rb'\b', b'FOLDER', done.stdout + b'\n---\n' + done.stderr)
    return done.returncode, text, traces


def recorded(case, traces):
    """[functions, recorded, skipped by reason, distinct edges, calls, files, whose] of the program's own module; of a launcher that only
    starts others or loads a library: of all that was patched."""
    own = recorded_in(case, traces, False)
    return own if own and own[4] and own[0] > 50 or not isinstance(case.command, Script) else recorded_in(case, traces, True)


def recorded_in(case, traces, is_any):
    total = [0, 0, [0] * 8, 0, 0, 0, '']
    for path in glob.glob(traces + '/**/*.trace', recursive=True):
        trace = trace_reader.Trace(path)
        for module in trace.modules:
            name = os.path.basename(module.path or '')
            if is_any:
                if module.mode != 'patch':
                    continue
            elif name not in (os.path.basename(os.path.realpath(case.program)), os.path.basename(case.program)):
                continue
            elif module.mode != 'patch':
                return None
            if (module.functions, module.recorded) > tuple(total[0:2]):
                total[0:3] = [module.functions, module.recorded, list(module.skipped)]
                total[6] = name
            edges = [e for e in trace.edges if module.start <= e.callee < module.end]
            total[3] += len(edges)
            total[4] += sum(e.count for e in edges)
            total[5] += 1
    return total if total[5] else None


def run_in_new_folder(case, root, agent):
    """None: it cannot run here."""
    folder = os.path.join(root, case.name, 'run')
    shutil.rmtree(os.path.join(root, case.name), ignore_errors=True)
    os.makedirs(folder)
    os.chmod(os.path.join(root, case.name), 0o755)
    return run(case, folder, agent) if prepare(case, folder) else None


def show_difference(case, root, native, patched):
    print(f'  native exit {native[0]}, {len(native[1])} bytes; patched exit {patched[0]}, {len(patched[1])} bytes')
    for name, result in (('native', native), ('patched', patched)):
        with open(os.path.join(root, f'{case.name}.{name}'), 'wb') as stream:
            stream.write(result[1])
    diff = subprocess.run(['diff', '-a', f'{root}/{case.name}.native', f'{root}/{case.name}.patched'], capture_output=True)
    print(diff.stdout.decode(errors='replace')[:1500])


def check(case, agent, root, totals):
    """True, False, or None where it could not run."""
    native = run_in_new_folder(case, root, None)
    if not native:
        print(f'{case.name:18} skipped: {case.program} is not installed')
        return None
    patched = run_in_new_folder(case, root, agent)
    same = native[:2] == patched[:2]
    figures = recorded(case, patched[2])
    # Functions that OCaml makes of loops are one: their branches lead to their first bytes.
    if not figures or figures[1] + 1 < (0.95 if 'ocaml' in case.name else 0.97) * figures[0] or not figures[4]:
        print(f'{case.name:18} NOT RECORDED: {figures}')
        if not same:
            show_difference(case, root, native, patched)
        return False
    names = ['short', 'target', 'instruction', 'cold', 'system', 'memory', 'other']
    skipped = ', '.join(f'{n} {k}' for n, k in zip(figures[2], names) if n)
    print(f'{case.name:18} {"same" if same else "DIFFERENT"}, exit {patched[0]}: {figures[6]}: functions {figures[0]}, patched {figures[1]}'
          f' ({100 * figures[1] / figures[0]:.2f} %; {skipped}), {figures[3]} edges, {figures[4]} calls, {figures[5]} processes')
    totals.update(functions=figures[0], patched=figures[1], calls=figures[4], processes=figures[5])
    if not same:
        again = run_in_new_folder(case, root, None)
        if again[:2] != native[:2]:
            print('  its own output differs from run to run')
        show_difference(case, root, native, patched)
    return same


def main():
    arguments = sys.argv[1:]
    agent = os.path.abspath(arguments.pop(0))
    everything = '--all' in arguments
    repeat = int(arguments[arguments.index('--repeat') + 1]) if '--repeat' in arguments else 1
    wanted = [a for a in arguments if not a.startswith('--') and not a.isdigit()]
    root = tempfile.mkdtemp(prefix='sightline-patch-')
    os.chmod(root, 0o755)
    verdicts, totals = collections.Counter(), collections.Counter()
    there = [case for case in cases() if case.name in wanted or (not wanted and (everything or case.quick))]
    there += [case for case in table() if case.name in wanted or (not wanted and '--table' in arguments)]
    for case in there * repeat:
        verdicts[check(case, agent, root, totals)] += 1
        sys.stdout.flush()
    print(f'{verdicts[True]} the same, {verdicts[False]} not, {verdicts[None]} not installed; {totals["patched"]} of {totals["functions"]} '
          f'functions patched, {totals["calls"]} calls counted in {totals["processes"]} processes')
    if '--keep' in arguments or verdicts[False]:
        print('kept:', root)
    else:
        shutil.rmtree(root, ignore_errors=True)
    sys.exit(1 if verdicts[False] else 0 if verdicts[True] else 77)


if __name__ == '__main__':
    main()
