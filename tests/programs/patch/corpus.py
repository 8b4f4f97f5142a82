#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian's unmodified programs, each run as it is and in mode=patch: the same output, exit code and signal, and calls
recorded in its own code. Prints a line per case; exit code 1 where one differs, 77 where none could run.

    corpus.py AGENT [--all] [--keep] [--repeat N] [CASE...]

Without --all only the quick ones are run."""
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


def prepare(case, folder):
    """What a case needs in its folder; False: it cannot run here."""
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
    if isinstance(command, str):
        command = ['/bin/bash', command]
        environment['RUN'] = ' '.join(['env'] + [f'{k}={v}' for k, v in preload.items()]) if agent else ''
    else:
        environment.update(preload)
    with open(case.stdin or os.devnull, 'rb') as stdin:
        done = subprocess.run(command, cwd=folder, env=environment, stdin=stdin, capture_output=True, timeout=240)
    text = re.sub(rb'\b' + folder.encode() + rb'\b', b'FOLDER', done.stdout + b'\n---\n' + done.stderr)
    return done.returncode, text, traces


def recorded(case, traces):
    """[functions, recorded, skipped by reason, distinct edges, calls, files] of the program's own module."""
    total = [0, 0, [0] * 8, 0, 0, 0]
    for path in glob.glob(traces + '/**/*.trace', recursive=True):
        trace = trace_reader.Trace(path)
        for module in trace.modules:
            name = os.path.basename(module.path or '')
            if name != os.path.basename(os.path.realpath(case.program)) and name != os.path.basename(case.program):
                continue
            if module.mode != 'patch':
                return None
            total[0:3] = [module.functions, module.recorded, list(module.skipped)]
            edges = [e for e in trace.edges if module.start <= e.callee < module.end]
            total[3] += len(edges)
            total[4] += sum(e.count for e in edges)
            total[5] += 1
    return total if total[5] else None


def check(case, agent, root, keep):
    results = []
    for which in (None, agent):
        folder = os.path.join(root, case.name, 'run')
        shutil.rmtree(os.path.join(root, case.name), ignore_errors=True)
        os.makedirs(folder)
        os.chmod(os.path.join(root, case.name), 0o755)
        if not prepare(case, folder):
            print(f'{case.name:11} skipped: not installed')
            return None
        results.append(run(case, folder, which))
    native, patched = results
    same = native[:2] == patched[:2]
    figures = recorded(case, patched[2])
    if not figures or figures[1] + 1 < 0.97 * figures[0] or not figures[4]:
        print(f'{case.name:11} NOT RECORDED: {figures}')
        return False
    names = ['short', 'target', 'instruction', 'cold', 'system', 'memory', 'other']
    skipped = ', '.join(f'{n} {k}' for n, k in zip(figures[2], names) if n)
    print(f'{case.name:11} {"same" if same else "DIFFERENT"}, exit {patched[0]}: functions {figures[0]}, patched {figures[1]}'
          f' ({100 * figures[1] / figures[0]:.2f} %; {skipped}), {figures[3]} edges, {figures[4]} calls, {figures[5]} processes')
    if not same:
        print(f'  native exit {native[0]}, {len(native[1])} bytes; patched exit {patched[0]}, {len(patched[1])} bytes')
        for name, result in (('native', native), ('patched', patched)):
            with open(os.path.join(root, f'{case.name}.{name}'), 'wb') as stream:
                stream.write(result[1])
        diff = subprocess.run(['diff', f'{root}/{case.name}.native', f'{root}/{case.name}.patched'], capture_output=True)
        print(diff.stdout.decode(errors='replace')[:1500])
    return same


def main():
    arguments = sys.argv[1:]
    agent = os.path.abspath(arguments.pop(0))
    everything, keep = '--all' in arguments, '--keep' in arguments
    repeat = int(arguments[arguments.index('--repeat') + 1]) if '--repeat' in arguments else 1
    wanted = [a for a in arguments if not a.startswith('--') and not a.isdigit()]
    root = tempfile.mkdtemp(prefix='sightline-patch-')
    os.chmod(root, 0o755)
    verdicts = []
    for case in list(cases()) * repeat:
        if case.name in wanted or (not wanted and (everything or case.quick)):
            verdicts.append(check(case, agent, root, keep))
            sys.stdout.flush()
    if keep or False in verdicts:
        print('kept:', root)
    else:
        shutil.rmtree(root, ignore_errors=True)
    sys.exit(1 if False in verdicts else 0 if True in verdicts else 77)


if __name__ == '__main__':
    main()
