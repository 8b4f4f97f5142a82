# SPDX-License-Identifier: GPL-3.0-or-later
"""What a program used, as the kernel saw it: strace -f, parsed into {(kind, name, operation): [count, errors, bytes]} in the words
of the trace. Files and sockets only; names are made absolute here, by our own following of chdir and descriptors."""
import collections
import os
import re
import subprocess

CALLS = ("open,openat,creat,close,read,write,pread64,pwrite64,readv,writev,unlink,unlinkat,rename,renameat,renameat2,rmdir,mkdir,"
         "truncate,ftruncate,chdir,fchdir,socket,bind,listen,connect,accept,accept4,sendto,recvfrom,sendmsg,recvmsg,dup,dup2,dup3,"
         "fcntl,clone,clone3,fork,vfork,execve,sendfile,pipe,pipe2,wait4,kill,tgkill")
LINE = re.compile(r"^(\d+) +(.*)$")
CALL = re.compile(r"^(\w+)\((.*)\) += (-?\d+|\?)(.*)$", re.S)
DESCRIPTOR = re.compile(r"^(\d+)<(.*?)>")
OPERATIONS = {"read": "read", "pread64": "read", "readv": "read", "write": "write", "pwrite64": "write", "writev": "write",
              "close": "close", "ftruncate": "change", "sendto": "send", "recvfrom": "receive", "sendmsg": "send",
              "recvmsg": "receive", "listen": "listen"}


def run(arguments, log, **options):
    return subprocess.run(["strace", "-f", "-q", "-y", "-s", "256", "-e", "trace=" + CALLS, "-e", "signal=none", "-o", log,
                           *arguments], check=False, **options)


def address(text):
    inet = re.search(r'sin_port=htons\((\d+)\), sin_addr=inet_addr\("([\d.]+)"\)', text)
    local = re.search(r'sun_path=(@?)"([^"]*)"', text)
    if inet:
        return f"{inet.group(2)}:{inet.group(1)}"
    return f"{local.group(1)}{local.group(2)}" if local else None


def calls(log):
    """Whole calls in the order in which they ended: (pid, name, arguments, result)."""
    pending = {}
    with open(log, encoding="utf-8", errors="replace") as stream:
        for line in stream:
            match = LINE.match(line.rstrip("\n"))
            if not match:
                continue
            pid, text = match.groups()
            if text.endswith("<unfinished ...>"):
                pending[pid] = text[:-len("<unfinished ...>")].rstrip()
                continue
            resumed = re.match(r"^<\.\.\. \w+ resumed>(.*)$", text)
            if resumed:
                text = pending.pop(pid, "") + resumed.group(1)
            call = CALL.match(text)
            if call and call.group(3) != "?":
                yield pid, call.group(1), call.group(2), int(call.group(3))


def uses(log, directory):
    totals = collections.defaultdict(lambda: [0, 0, 0])
    folders = collections.defaultdict(lambda: directory)

    def add(kind, name, operation, result, moved=0):
        total = totals[kind, name, operation]
        total[0] += 1
        total[1] += result < 0
        total[2] += moved

    def path(pid, text, base=None):
        name = re.match(r'^"((?:[^"\\]|\\.)*)"', text)
        return os.path.normpath(os.path.join(base or folders[pid], name.group(1))) if name else None

    for pid, call, text, result in calls(log):
        if call == "chdir" and result == 0:
            folders[pid] = path(pid, text)
        elif call in ("clone", "clone3", "fork", "vfork") and result > 0:
            folders[str(result)] = folders[pid]
        elif call == "execve":
            add("process", path(pid, text), "execute", result)
        elif call in ("open", "creat", "openat", "unlinkat", "renameat", "renameat2"):
            base = None
            if call not in ("open", "creat"):
                at = re.match(r"^(?:AT_FDCWD|\d+)(?:<(.*?)>)?, (.*)$", text, re.S)
                base, text = at.groups()
            kind = "directory" if "O_DIRECTORY" in text or "AT_REMOVEDIR" in text else "file"
            if call.startswith("rename"):
                first, second = re.match(r'^("(?:[^"\\]|\\.)*"), (?:AT_FDCWD|\d+)(?:<.*?>)?, (".*)$', text).groups()
                add("file", path(pid, first, base), "rename", result)
                add("file", path(pid, second), "rename", result)
            else:
                word = "remove" if call == "unlinkat" else "create" if "O_CREAT" in text or call == "creat" else "open"
                add(kind, path(pid, text, base), word, result)
        elif call in ("unlink", "rmdir", "mkdir", "truncate"):
            kind = "directory" if call.endswith("dir") else "file"
            add(kind, path(pid, text), {"mkdir": "create", "truncate": "change"}.get(call, "remove"), result)
        elif call == "rename":
            first, second = re.match(r'^("(?:[^"\\]|\\.)*"), (".*)$', text).groups()
            add("file", path(pid, first), "rename", result)
            add("file", path(pid, second), "rename", result)
        elif call in ("bind", "connect"):
            if address(text):
                add("socket", address(text), call, result)
        elif call in ("accept", "accept4"):
            add("socket", "", "accept", result)
        elif call == "sendfile":
            to, source = re.match(r"^\d+<(.*?)>, \d+<(.*?)>", text).groups()
            add("file", source, "read", result, max(result, 0))
            add("file", to, "write", result, max(result, 0))
        elif call in OPERATIONS:
            what = DESCRIPTOR.match(text)
            if what and what.group(2).startswith("/"):
                add("file", what.group(2).replace(" (deleted)", ""), OPERATIONS[call], result, max(result, 0))
            elif what and what.group(2).startswith(("socket:", "TCP", "UDP", "UNIX")):
                add("socket", "", OPERATIONS[call], result, max(result, 0))
    return dict(totals)
