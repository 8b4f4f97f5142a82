# SPDX-License-Identifier: GPL-3.0-or-later
"""export --push jira against a server that behaves as Jira's API is documented: nothing is made twice, whatever breaks on the way."""
import collections
import json
import pathlib
import shutil
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "cli")]
import jira_server  # noqa: E402
import sightline  # noqa: E402
from jira_server import Jira, TOKEN, USER, does_and_says, fine, hangs_up, says  # noqa: E402
from sightline import Case  # noqa: E402

RULE = """-- id: V901
-- title: A function
-- goal: velocity
-- severity: minor
-- effort: 7
-- since: 0.1.0
-- task: subject: Look at {subject}
-- why: because
-- fix: 1. first
-- example: here
SELECT file, line, name AS subject, name || ' is "there"' AS message FROM functions WHERE release = :release"""


class Push(Case):
    @classmethod
    def setUpClass(cls):
        cls.kept = pathlib.Path(tempfile.mkdtemp(prefix="sightline-push-"))
        cls.addClassCleanup(shutil.rmtree, cls.kept, ignore_errors=True)
        cls.made = False

    def setUp(self):
        super().setUp()
        self.root = self.kept / "tree"
        if not type(self).made:
            self.write({"all.c": "".join("int f%d(void) { return %d; }\n" % (i, i) for i in range(120)) + "int main(void) { return 0; }\n"})
            self.commands("all.c")
            self.write({"V901-own.sql": RULE}, root=self.kept / "rules")
            self.scan("-r", "v1", "--rules", str(self.kept / "rules"))
            type(self).made = True
        self.count = len(self.query("SELECT * FROM tasks WHERE status = 'open'"))
        self.assertGreater(self.count, 120)

    def serve(self, **how):
        self.jira = Jira(**how)
        self.addCleanup(self.jira.stop)
        return self.jira

    def push(self, *arguments, code=0, token=TOKEN, config="", **others):
        if "--max-results" not in arguments:
            arguments += ("--max-results", "1000")
        flavor = "dc" if self.jira.data_center else "cloud"
        path = self.scratch / "sightline.yaml"
        path.write_text("jira: {url: '%s', user: %s, project: ABC, flavor: %s%s}\n" % (self.jira.url, USER, flavor, config))
        env = sightline.environment(SIGHTLINE_JIRA_TOKEN=token) if token else sightline.environment()
        result = self.expect(code, "export", "--push", "jira", "--config", str(path), *arguments, env=env, **others)
        for secret in (TOKEN, TOKEN[3:], "tok-3n"):
            self.assertNotIn(secret, result.out + result.err)
        for _, _, where, _ in self.jira.requests:
            self.assertNotIn(TOKEN, where)
        return result

    def assert_complete(self):
        """Each task has one issue, under its epic, of which there is one for each goal."""
        made = collections.Counter(label for fields in self.jira.issues.values() for label in fields["labels"]
                                   if label.startswith("sightline-"))
        self.assertEqual(set(made.values()), {1}, [label for label, n in made.items() if n > 1])
        epics = {key for key, fields in self.jira.issues.items() if fields["issuetype"]["name"] == "Epic"}
        self.assertEqual(len(made) - len(epics), self.count)
        self.assertEqual(len(epics), len({task["goal"] for task in self.query("SELECT goal FROM tasks WHERE status = 'open'")}))
        for key, fields in self.jira.issues.items():
            if key not in epics and not self.jira.data_center:
                self.assertIn(fields["parent"]["key"], epics)

    def pages(self):
        return [len(json.loads(body)["issueUpdates"]) for _, _, path, body in self.jira.requests if path.endswith("bulk")]

    def test_makes_what_is_missing_once(self):
        self.serve()
        result = self.push("--dry-run")
        self.assertEqual((self.jira.issues, self.pages()), ({}, []))
        self.assertIn("%d would be made, 0 are there" % (self.count + len({line for line in result.out.splitlines() if "  epic  " in line})), result.err)
        result = self.push()
        self.assert_complete()
        self.assertLessEqual(max(self.pages()), 50)
        self.assertEqual(len(result.out.splitlines()), len(self.jira.issues))
        self.assertIn("created  ABC-1  epic  tree architecture: ", result.out)
        self.assertIn("%d made, 0 were there, 0 refused" % len(self.jira.issues), result.err)
        self.assertIn("as Mia \\x1b[31mElf", result.err)
        before = dict(self.jira.issues)
        result = self.push()
        self.assertEqual((result.out, self.jira.issues), ("", before))
        self.assertIn("0 made, %d were there" % len(before), result.err)
        # One that somebody deleted comes again, into the epic that is there.
        gone = next(key for key, fields in before.items() if fields["issuetype"]["name"] == "Task")
        fields = self.jira.issues.pop(gone)
        self.jira.issues["ABC-900"] = {"labels": ["elsewhere"], "issuetype": {"name": "Task"}, "parent": fields["parent"]}
        self.push()
        self.assertEqual(self.pages()[-1], 1)
        self.assert_complete()

    def test_only_some(self):
        self.serve()
        self.push("--max-results", "3", "--epics", "none", "--quiet")
        self.assertEqual(self.pages(), [3])
        self.assertNotIn("parent", self.jira.issues["ABC-1"])

    def test_no_thousands_by_mistake(self):
        self.serve()
        path = self.scratch / "sightline.yaml"
        path.write_text("jira: {url: '%s', user: %s, project: ABC}\n" % (self.jira.url, USER))
        result = self.expect(0, "export", "--push", "jira", "--dry-run", "--config", str(path), env=sightline.environment(SIGHTLINE_JIRA_TOKEN=TOKEN))
        self.assertEqual(len([line for line in result.out.splitlines() if "  epic  " not in line]), 100)
        self.assertIn("%d tasks of lower priority are left out" % (self.count - 100), result.err)

    def test_data_center(self):
        self.serve(data_center=True, extra_fields=("customfield_1", "customfield_2"))
        self.push(config=", epic_link_field: customfield_1, epic_name_field: customfield_2")
        self.assert_complete()
        for key, fields in self.jira.issues.items():
            epic = fields["issuetype"]["name"] == "Epic"
            self.assertEqual("customfield_2" in fields, epic)
            self.assertEqual(fields.get("customfield_1") in self.jira.issues, not epic)
        self.push()
        self.assert_complete()

    def test_data_center_without_epics(self):
        self.serve(data_center=True)
        result = self.push()
        self.assertIn("no epics", result.err)
        self.assertEqual(len(self.jira.issues), self.count)

    def test_some_are_refused(self):
        self.serve(types=("Epic", "Task"))
        real = self.jira.faults_of
        self.jira.faults_of = lambda fields: {"summary": "We do not like 7s \x1b[0m"} if "f7" in fields["summary"] else real(fields)
        result = self.push(code=2)
        refused = [line for line in result.out.splitlines() if line.startswith("refused")]
        self.assertEqual(len(refused), 11)  # f7, f70 .. f79
        self.assertIn("11 of", result.err)
        self.assertIn("summary: We do not like 7s", result.err)
        self.jira.faults_of = real
        self.push()
        self.assert_complete()

    def test_a_type_that_is_not_there(self):
        self.serve(types=("Task",))
        result = self.push(code=2)
        self.assertEqual(self.jira.issues, {})
        self.assertIn("Specify a valid issue type", result.err)
        self.assertIn("epic_type", result.out)
        self.jira.types = ("Epic", "Story")
        self.push(config=", task_type: Story")
        self.assert_complete()

    def test_a_token_that_is_refused(self):
        self.serve()
        jira_server_token = TOKEN + "x"
        result = self.push(code=2, token=jira_server_token)  # this server repeats what it was sent
        self.assertIn("401: the token is not accepted", result.err)
        self.assertEqual(self.jira.issues, {})
        result = self.push(code=2, token=None)
        self.assertIn("SIGHTLINE_JIRA_TOKEN", result.err)
        self.assertIn("white space", self.push(code=2, token="a b").err)

    def test_a_token_from_a_file(self):
        self.serve()
        path = self.scratch / "token"
        path.write_text(TOKEN + "\n")
        self.push("--token-file", str(path), "--max-results", "1", token=None)
        self.assertIn("nothing.here", self.push("--token-file", "nothing.here", code=2, token=None).err)

    def test_a_token_is_not_on_the_command_line(self):
        self.serve()
        self.jira.faults["search"].append(lambda jira, handler, body: time.sleep(1.5))
        path = self.scratch / "sightline.yaml"
        path.write_text("jira: {url: '%s', user: %s, project: ABC}\n" % (self.jira.url, USER))
        process = self.start("export", "--push", "jira", "--config", str(path), "--dry-run")
        # The environment that start() gives lacks a token: it ends at once, and says so.
        self.assertEqual(process.wait(timeout=30), 2)
        process.stdout.close()
        process.stderr.close()
        token = self.scratch / "token"
        token.write_text(TOKEN)
        process = self.start("export", "--push", "jira", "--config", str(path), "--token-file", str(token), "--dry-run")
        seen, end = set(), time.monotonic() + 30
        while process.poll() is None and time.monotonic() < end:
            for pid in pathlib.Path("/proc").glob("[0-9]*/stat"):
                try:
                    if pid.read_text().rsplit(")", 1)[1].split()[2] == str(process.pid):  # its process group
                        seen.add((pid.parent / "cmdline").read_bytes())
                        self.assertNotIn(TOKEN.encode(), (pid.parent / "environ").read_bytes())
                except OSError:
                    pass
            time.sleep(0.05)
        self.assertEqual(process.wait(timeout=30), 0)
        process.stdout.close()
        process.stderr.close()
        self.assertTrue(seen)
        for line in seen:
            self.assertNotIn(TOKEN.encode(), line)

    def test_waits_when_told_to(self):
        self.serve()
        self.jira.faults["bulk"] = [says(429, Retry_After="1")]
        self.jira.faults["search"] = [says(503), says(500)]
        result = self.push()
        self.assert_complete()
        self.assertIn("answered 429; trying again in 1.0 s", result.err)
        bulks = [when for when, _, path, _ in self.jira.requests if path.endswith("bulk")]
        self.assertGreaterEqual(bulks[1] - bulks[0], 1)

    def test_answers_that_get_lost(self):
        self.serve()
        self.jira.faults["bulk"] = [fine, hangs_up(True), hangs_up(False)]
        self.push()
        self.assert_complete()
        self.serve()
        self.jira.faults["bulk"] = [does_and_says(500), fine, does_and_says(502)]
        self.push()
        self.assert_complete()

    def test_an_answer_that_says_nothing(self):
        self.serve()
        self.jira.faults["bulk"] = [lambda jira, handler, body: jira.bulk(json.loads(body)) and (jira.answer(handler, 201, {"issues": []}) or True)]
        self.push()
        self.assert_complete()

    def test_answers_of_no_sense(self):
        nonsense = [b"", b"<html>", b"[]", b"7", b"null", b'{"issues": 7}', b'{"issues": [7, {"key": 7}, {"key": "A\x1b"}], "errors": "no"}',
                    b'{"errors": [{"failedElementNumber": -1}, {"failedElementNumber": 1e99}, {"failedElementNumber": 7000000000}, 7]}',
                    b'{"displayName": [1], "issues": [{"key": "B-1", "fields": {"labels": [null, {}, "sightline"]}}], "nextPageToken": "same"}',
                    b'[' * 100000, b'{"errorMessages": "x", "errors": [1]}', b'\xff\xfe{}', b'{"issues": [], "nextPageToken": {}}']

        def fault(raw, status):
            def answer(jira, handler, body):
                handler.send_response(status)
                handler.send_header("Content-Length", str(len(raw)))
                handler.end_headers()
                handler.wfile.write(raw)
                return True
            return answer
        self.serve()
        real = self.push("--dry-run").out
        for kind in ("myself", "search", "bulk"):
            for raw in nonsense[::4] if kind == "bulk" else nonsense:  # each of these is waited for
                for status in (200, 400):
                    self.jira.issues.clear()
                    self.jira.requests.clear()
                    # As often as it may be asked: what is unsure is looked up, and tried again.
                    self.jira.faults[kind] = [fault(raw, status)] * (1 if kind == "bulk" else 2000)
                    result = self.run_program("export", "--push", "jira", "--max-results", "2", "--epics", "none", "--config",
                                              str(self.scratch / "sightline.yaml"), env=sightline.environment(SIGHTLINE_JIRA_TOKEN=TOKEN))
                    self.assert_calm(result)
                    self.assertLess(len(self.jira.requests), 1100)
                    if result.code == 0:
                        self.assertTrue(kind == "myself" or len(self.jira.issues) in (0, 2), (kind, raw, status))
                    else:
                        self.assertIn(result.code, (2, 3), result)
                        self.assertIn("error: ", result.err)
        self.jira.faults = {"bulk": [], "search": [], "myself": []}
        self.jira.issues.clear()
        self.assertEqual(self.push("--dry-run").out, real)

    def test_a_server_that_dies(self):
        self.serve()

        def die(jira, handler, body):
            jira.bulk(json.loads(body))
            handler.close_connection = True
            handler.connection.close()
            import threading
            threading.Thread(target=jira.stop).start()
            return True
        self.jira.faults["bulk"] = [fine, fine, die]
        self.addCleanup(setattr, self.jira, "stop", lambda: None)
        result = self.push(code=3, limit=120)
        self.assertIn("created  ABC-1  ", result.out)
        self.assertIn("were not reached; run it again", result.err)
        issues = self.jira.issues
        self.jira.stop = lambda: None
        self.serve()
        self.jira.issues = issues
        self.push()
        self.assert_complete()

    def test_refusals(self):
        self.serve()
        for env, says_ in (({"SIGHTLINE_JIRA_URL": "http://jira.example.org/"}, "unencrypted"),
                           ({"SIGHTLINE_JIRA_URL": "https://me:pw-in-url@jira.example.org/"}, "carries a user"),
                           ({"SIGHTLINE_JIRA_URL": self.jira.url + "/deeper"}, "404"), ({"SIGHTLINE_JIRA_URL": "jira"}, "https")):
            path = self.scratch / "c.yaml"
            path.write_text("jira: {user: %s, project: ABC}\n" % USER)
            result = self.refused(2, "export", "--push", "jira", "--config", str(path), says=says_,
                                  env=sightline.environment(SIGHTLINE_JIRA_TOKEN=TOKEN, **env))
            self.assertNotIn("pw-in-url", result.err)
        self.assertIn("does not exist", self.push("--project", "XYZ", code=2).err)
        self.refused(2, "export", "--push", "jira", says="project")


if __name__ == "__main__":
    sightline.main()
