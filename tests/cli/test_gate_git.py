# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate against a revision of git: nothing is stored beforehand, nothing of the user's is touched, and what is made for
continuous integration (docs/ci) does what it says in a clone with a remote."""
import json
import os
import pathlib
import re
import subprocess
import sys
import unittest
import xml.etree.ElementTree as tree

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import sightline  # noqa: E402
from sightline import Case, environment  # noqa: E402

TEMPLATES = pathlib.Path(__file__).resolve().parents[2] / "docs" / "ci"
CONFIG = "domains:\n  net: net/**\n  store: store/**\ngate:\n  events:\n    dependency_added: fail\n"
FILES = {"net/send.c": "int net_send(void) { return 1; }\n", "net/recv.c": "int net_send(void);\nint net_recv(void) { return net_send(); }\n",
         "store/put.c": "int put(void) { return 2; }\n", "store/get.c": "int put(void);\nint get(void) { return put(); }\n",
         "sightline.yaml": CONFIG, ".gitignore": "compile_commands.json\n.sightline/\n*.o\narchitecture.*\ngl-code-quality-report.json\n",
         "Makefile": "OBJECTS = net/send.o net/recv.o store/put.o store/get.o\nall: $(OBJECTS)\n%.o: %.c\n\tcc -c -o $@ $<\n"}
BROKEN = {"net/send.c": "int put(void);\nint net_send(void) { return put(); }\n"}
UNITS = ("net/send.c", "net/recv.c", "store/put.c", "store/get.c")


class Gate(Case):
    """self.root is a clone of self.origin, on a branch; main has one commit."""

    def setUp(self):
        super().setUp()
        self.origin = self.scratch / "origin"
        self.origin.mkdir()
        self.git("init", "-q", "-b", "main", cwd=self.origin)
        self.write(FILES, self.origin)
        self.commit("first", self.origin)
        self.root.rmdir()
        self.git("clone", "-q", "file://%s" % self.origin, str(self.root), cwd=self.scratch)
        self.git("checkout", "-q", "-b", "feature")
        self.commands(*UNITS)

    def git(self, *arguments, cwd=None, code=0, **changes):
        done = subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments], cwd=cwd or self.root,
                              env=environment(**changes), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, code, done.stderr.decode() + done.stdout.decode())
        return done.stdout.decode() + done.stderr.decode()

    def commit(self, message, cwd=None):
        self.git("add", "-A", cwd=cwd)
        self.git("commit", "-q", "-m", message, cwd=cwd)

    def gate(self, code, *arguments, **others):
        return self.expect(code, "gate", "--git", "origin/main", *arguments, **others)


class Revisions(Gate):
    def test_nothing_changed(self):
        self.gate(0)
        self.assertFalse(self.db.exists(), "the model of scans is left alone")

    def test_uncommitted_changes_count(self):
        self.write(BROKEN)
        self.assertIn("net -> store", self.gate(1).out)
        self.assertIn("net -> store", self.gate(1).out)  # both known by now
        self.git("checkout", "-q", ".")
        self.gate(0)

    def test_committed_ones_too_and_two_revisions(self):
        self.write(BROKEN)
        self.commit("break it")
        self.gate(1)
        self.git("checkout", "-q", "main")
        self.gate(0)
        self.assertIn("net -> store", self.gate(1, "--head", "feature").out)
        self.assertEqual(self.git("status", "--short"), "")

    def test_what_others_did_meanwhile_is_not_ours(self):
        self.write(BROKEN, self.origin)
        self.commit("others break it", self.origin)
        self.git("fetch", "-q")
        self.write({"store/get.c": "int put(void);\nint get(void) { return put() + 1; }\n"})
        self.gate(0)
        self.gate(0, "--exact")  # against the tip: a dependency fewer
        self.git("merge", "-q", "origin/main")
        self.gate(0)

    def test_a_moved_and_a_new_file(self):
        self.git("mv", "store/get.c", "store/fetch.c")
        self.write({"store/more.c": "int more(void) { return 3; }\n"})
        self.commands("net/send.c", "net/recv.c", "store/put.c", "store/fetch.c", "store/more.c")
        said = self.gate(0)
        self.assertNotIn("domain_removed", said.out)

    def test_a_codebase_that_is_part_of_a_repository(self):
        """Servers count paths from the repository's root; and a folder of the codebase is the codebase."""
        part = self.root / "a part"
        part.mkdir()
        self.git("mv", "net", "store", "sightline.yaml", "a part")
        self.commit("moved")
        self.git("branch", "-f", "main", "HEAD")
        self.write(BROKEN, part)
        for folder in (part, part / "net"):
            self.assertIn("net -> store", self.expect(1, "gate", "--git", "main", cwd=folder).out)
            (entry,) = [e for e in self.expect(1, "gate", "--git", "main", "--format", "gitlab", cwd=folder).json if e["check_name"] == "dependency_added"]
            self.assertEqual(entry["location"]["path"], "a part/net/send.c")
            (uri,) = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in
                      self.expect(1, "gate", "--git", "main", "--format", "sarif", cwd=folder).json["runs"][0]["results"]
                      if result["ruleId"] == "dependency_added"}
            self.assertEqual(uri, "a%20part/net/send.c")
        self.assertFalse((part / "net" / ".sightline").exists())

    def test_no_compile_commands(self):
        (self.root / "compile_commands.json").unlink()
        self.write(BROKEN)
        self.assertIn("net -> store", self.gate(1).out)

    def test_a_build_in_both(self):
        (self.root / "compile_commands.json").unlink()
        self.write(BROKEN)
        self.assertIn("net -> store", self.gate(1, "--build", "make").out)
        self.assertFalse(list((self.root / ".sightline" / "gate.db-revisions").glob("[0-9]")))
        self.refused(2, "gate", "--git", "origin/main", "--build", "false", says="the build failed")

    def test_shallow_clones_are_explained(self):
        self.write(BROKEN)
        self.commit("break it")
        self.git("push", "-q", "origin", "feature")
        shallow = self.scratch / "shallow"
        self.git("clone", "-q", "--depth", "1", "-b", "feature", "--no-single-branch", "file://%s" % self.origin, str(shallow), cwd=self.scratch)
        text = (self.root / "compile_commands.json").read_text().replace(str(self.root), str(shallow))
        (shallow / "compile_commands.json").write_text(text)
        self.refused(2, "gate", "--git", "origin/main", says=("shallow", "git fetch --unshallow", "fetch-depth: 0", "GIT_DEPTH"), cwd=shallow)
        self.refused(2, "gate", "--git", "v1.0", says=("shallow", "git fetch --unshallow"), cwd=shallow)
        self.gate(1, "--exact", cwd=shallow)
        self.git("fetch", "-q", "--unshallow", cwd=shallow)
        self.gate(1, cwd=shallow)

    def test_what_is_not_there(self):
        self.refused(2, "gate", "--git", "upstream/main", says=("no such revision", "git fetch upstream"))
        self.refused(2, "gate", "--git", "--output=x", says="no such revision")
        self.assertFalse((self.root / "x").exists())

    def test_within_a_hook_s_environment(self):
        self.write(BROKEN)
        index = self.scratch / "another-index"
        self.gate(1, env=environment(GIT_DIR=str(self.root / ".git"), GIT_INDEX_FILE=str(index), GIT_WORK_TREE=str(self.origin)))
        self.assertFalse(index.exists())


class Templates(Gate):
    """What docs/ci says, run: the lines between its marks, as a runner would."""

    def setUp(self):
        super().setUp()
        (self.root / "compile_commands.json").unlink()

    def ready(self, broken):
        if broken:
            self.write(BROKEN)
        self.write({"store/get.c": "int put(void);\nint get(void) { return put() + 1; }\n"})
        self.commit("a change")

    def shell(self, text, code, **changes):
        path = os.path.dirname(sightline.PROGRAM) + ":" + os.environ["PATH"]
        done = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", text], cwd=self.root, env=environment(PATH=path, TMPDIR=str(self.temporary), **changes),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, code, done.stdout.decode() + done.stderr.decode())
        return done.stdout.decode()

    def marked(self, name):
        """The text between the marks, and the whole as parsed where there is a parser."""
        text = (TEMPLATES / name).read_text()
        try:
            import yaml
            self.assertIsInstance(yaml.safe_load(text), dict)
        except ImportError:
            pass
        return re.search(r"# gate-begin\n(.*?)\n *# gate-end", text, re.S).group(1)

    def test_github(self):
        steps = re.split(r"^ *- name: .*$", self.marked("github.yml"), flags=re.M)[1:]
        scripts = []
        for step in steps:
            script = re.search(r"^ *run: (\|\n)?(.*)", step, re.M | re.S).group(2)
            scripts.append("\n".join(line.strip() for line in script.splitlines()))
        summary = self.scratch / "summary"
        for broken in (False, True):
            self.ready(broken)
            summary.write_text("")
            self.shell(scripts[0], 0, BUILD="make clean 2>/dev/null; rm -f */*.o; make")
            self.shell(scripts[1], int(broken), GITHUB_BASE_REF="main", GITHUB_STEP_SUMMARY=str(summary))
            self.assertEqual(summary.read_text(), (self.root / "architecture.md").read_text())
            self.assertEqual("store" in summary.read_text() and "mermaid" in summary.read_text(), broken)
            sarif = json.loads((self.root / "architecture.sarif").read_text())
            self.assertEqual(sarif["version"], "2.1.0")
            self.assertEqual(bool(sarif["runs"][0]["results"]), broken)

    def test_gitlab(self):
        lines = [line.strip()[2:] for line in self.marked("gitlab.yml").splitlines()]
        for broken in (False, True):
            self.ready(broken)
            self.shell("\n".join(lines), int(broken), BUILD="rm -f */*.o; make", CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main")
            report = json.loads((self.root / "gl-code-quality-report.json").read_text())
            self.assertEqual(bool(report), broken)
            self.assertEqual([set(entry) >= {"description", "check_name", "fingerprint", "severity", "location"} for entry in report],
                             [True] * len(report))
            failures = list(tree.parse(self.root / "architecture.xml").getroot().iter("failure"))
            self.assertEqual(bool(failures), broken)

    def test_the_hook(self):
        self.commands(*UNITS)
        self.expect(0, "init", "--ci", "hook")
        self.refused(2, "init", "--ci", "hook", says="is there already")
        hook = self.root / ".git" / "hooks" / "pre-push"
        self.assertEqual(hook.read_text(), (TEMPLATES / "pre-push").read_text())
        self.assertTrue(os.access(hook, os.X_OK))
        path = os.path.dirname(sightline.PROGRAM) + ":" + os.environ["PATH"]
        self.ready(False)
        self.git("push", "-q", "origin", "feature", PATH=path)
        self.ready(True)
        said = self.git("push", "-q", "origin", "feature", code=1, PATH=path)
        self.assertIn("net -> store", said)
        self.git("push", "-q", "--no-verify", "origin", "feature", PATH=path)

    def test_init_writes_them(self):
        for what, name, where in (("github", "github.yml", ".github/workflows/architecture.yml"), ("gitlab", "gitlab.yml", ".gitlab/architecture.yml")):
            said = self.expect(0, "init", "--ci", what)
            self.assertEqual((self.root / where).read_text(), (TEMPLATES / name).read_text())
            self.assertIn("BUILD", said.err)
        self.refused(2, "init", "--ci", "jenkins", says="github, gitlab and hook")


if __name__ == "__main__":
    sightline.main()
