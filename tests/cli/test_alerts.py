# SPDX-License-Identifier: GPL-3.0-or-later
"""Events that are told to others: a command, a webhook on a real server of this machine, Slack's form; what a hostile
configuration cannot do; what was told is not told again."""
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import sys
import threading
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import sightline  # noqa: E402
from sightline import Case, environment  # noqa: E402

DOMAINS = "domains:\n  net: net/**\n  store: store/**\n"


class Server:
    """Answers each request with the next of its statuses (the last one again and again) and remembers them."""

    def __init__(self, *statuses, delay=0):
        self.requests, self.statuses, self.delay = [], list(statuses) or [200], delay
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.requests.append((dict(self.headers), body, self.path))
                status = outer.statuses.pop(0) if len(outer.statuses) > 1 else outer.statuses[0]
                time.sleep(outer.delay)
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except OSError:
                    pass

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d/hook/secret-path" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Alerts(Case):
    def setUp(self):
        super().setUp()
        self.write({"net/send.c": "int net_send(void) { return 1; }\n", "net/recv.c": "int net_send(void);\nint net_recv(void) { return net_send(); }\n",
                    "store/put.c": "int put(void) { return 2; }\n", "store/get.c": "int put(void);\nint get(void) { return put(); }\n"})
        self.commands("net/send.c", "net/recv.c", "store/put.c", "store/get.c")
        self.configure("")
        self.scan("-r", "one", "-q")
        # net needs store now: a dependency that was not there.
        self.write({"net/send.c": "int put(void);\nint net_send(void) { return put(); }\n"})

    def configure(self, alerts):
        (self.root / "sightline.yaml").write_text(DOMAINS + alerts)

    def serve(self, *statuses, **others):
        server = Server(*statuses, **others)
        self.addCleanup(server.stop)
        return server

    def lines(self, path):
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


class Targets(Alerts):
    def test_a_command_gets_lines(self):
        out = self.scratch / "got"
        self.configure("alerts:\n- kinds: [dependency_added]\n  command: cat >> '%s'\n" % out)
        result = self.scan("-r", "two", "--alerts", "-q")
        (event,) = self.lines(out)
        self.assertEqual((event["kind"], event["subject"], event["from_release"], event["to_release"]),
                         ("dependency_added", "net -> store", "one", "two"))
        self.assertIn(("put", "net/send.c", 2), [(place["symbol"], place["file"], place["line"]) for place in event["evidence"]])
        self.assertEqual(event["improvement"], False)
        self.assertTrue(event["why"] and event["advice"] and event["detail"])
        self.assertIn("1 event sent to command", result.err)

    def test_a_webhook_gets_one_signed_object(self):
        server = self.serve()
        self.configure("alerts:\n- kinds: [dependency_added]\n  webhook: %s\n  secret_env: HOOK_KEY\n" % server.url)
        self.scan("-r", "two", "--alerts", "-q", env=environment(HOOK_KEY="a key"))
        ((headers, body, _),) = server.requests
        self.assertEqual(headers["X-Sightline-Signature-256"], "sha256=" + hmac.new(b"a key", body, hashlib.sha256).hexdigest())
        self.assertEqual(headers["Content-Type"], "application/json")
        self.assertEqual(headers["X-Sightline-Event"], "drift")
        said = json.loads(body)
        self.assertEqual([event["subject"] for event in said["events"]], ["net -> store"])
        self.assertEqual(said["codebase"], "tree")

    def test_slack_by_an_environment_variable(self):
        server = self.serve()
        self.configure("alerts:\n- kinds: [dependency_added]\n  webhook_env: HOOK\n  format: slack\n")
        result = self.scan("-r", "two", "--alerts", env=environment(HOOK=server.url))
        ((headers, body, _),) = server.requests
        self.assertNotIn("X-Sightline-Signature-256", headers)
        said = json.loads(body)
        self.assertEqual(said["text"], "1 change of architecture in tree: one \u2192 two")
        self.assertEqual([block["type"] for block in said["blocks"]], ["section"] * 2)
        self.assertIn("net -&gt; store", said["blocks"][1]["text"]["text"])
        self.assertNotIn("secret-path", result.err + result.out)

    def test_what_is_asked_for(self):
        out = self.scratch / "got"
        for wanted, expected in (("severity: critical", False), ("kinds: [cycle_added]", False), ("severity: info", True),
                                 ("kinds: [dependency_added]\n  severity: critical", False), ("seconds: 9", True)):
            out.unlink(missing_ok=True)
            self.configure("alerts:\n- command: cat >> '%s'\n  %s\n" % (out, wanted))
            self.scan("-r", "two", "-q")
            self.expect(0, "alerts", "--again")
            self.assertEqual("dependency_added" in [event["kind"] for event in self.lines(out)], expected, wanted)
            self.assertFalse([event for event in self.lines(out) if event["improvement"]])


class Failing(Alerts):
    def test_it_is_tried_again_and_told(self):
        server = self.serve(503, 500, 200)
        self.configure("alerts:\n- kinds: [dependency_added]\n  webhook: %s\n" % server.url)
        result = self.scan("-r", "two", "--alerts", "-q")
        self.assertEqual(len(server.requests), 3)
        self.assertEqual(len({headers["X-Sightline-Delivery"] for headers, _, _ in server.requests}), 1)
        self.assertIn("1 event sent", result.err)

    def test_a_target_that_fails_fails_no_scan(self):
        server = self.serve(400)
        out = self.scratch / "got"
        self.configure("alerts:\n- {kinds: [dependency_added], webhook: '%s'}\n- {kinds: [dependency_added], command: 'exit 3'}\n"
                       "- {kinds: [dependency_added], command: no-such-program}\n- {kinds: [dependency_added], webhook: 'http://127.0.0.1:1/x', seconds: 1}\n"
                       "- {kinds: [dependency_added], webhook_env: NOT_SET}\n- {kinds: [dependency_added], command: \"cat >> '%s'\"}\n" % (server.url, out))
        result = self.scan("-r", "two", "--alerts", "-q")
        for words in ("webhook 127.0.0.1", "answered 400", "exit code 3", "(not found)", "NOT_SET is not set", "1 event not sent"):
            self.assertIn(words, result.err)
        self.assertEqual(len(self.lines(out)), 1)
        self.assertEqual(len(self.query("SELECT release FROM releases")), 2)
        self.expect(1, "alerts")  # tries what failed again
        self.assertEqual(len(self.lines(out)), 1)

    def test_time_limits(self):
        server = self.serve(delay=30)
        self.configure("alerts:\n- {kinds: [dependency_added], command: 'sleep 60 & sleep 60', seconds: 1}\n"
                       "- {kinds: [dependency_added], webhook: '%s', seconds: 1}\n" % server.url)
        start = time.monotonic()
        result = self.scan("-r", "two", "--alerts", "-q")
        self.assertLess(time.monotonic() - start, 25)
        self.assertIn("did not end within 1 s", result.err)
        self.assertIn("webhook 127.0.0.1", result.err)

    def test_a_command_that_reads_nothing(self):
        self.configure("alerts:\n- {kinds: [dependency_added], command: 'exec <&-; exit 0'}\n")
        self.assertIn("1 event sent", self.scan("-r", "two", "--alerts", "-q").err)


class Trust(Alerts):
    def test_a_tree_s_own_configuration_runs_nothing(self):
        mark, server = self.scratch / "ran", self.serve()
        self.configure("alerts:\n- {command: \"touch '%s'\"}\n- {webhook: '%s'}\n" % (mark, server.url))
        result = self.scan("-r", "two")
        self.assertFalse(mark.exists())
        self.assertEqual(server.requests, [])
        self.assertIn("--alerts sends", result.err)
        self.scan("-r", "three", "--config", str(self.root / "sightline.yaml"), "-q")  # named by the user: nothing changed since two
        self.expect(0, "alerts", "one", "three")
        self.assertTrue(mark.exists())
        self.assertEqual(len(server.requests), 1)

    def test_a_dry_run_sends_nothing(self):
        mark, server = self.scratch / "ran", self.serve()
        self.configure("alerts:\n- {kinds: [dependency_added], command: \"touch '%s'\"}\n- {kinds: [dependency_added], webhook: '%s'}\n"
                       % (mark, server.url))
        self.scan("-r", "two", "-q")
        said = self.expect(0, "alerts", "--dry-run").out
        self.assertFalse(mark.exists())
        self.assertEqual(server.requests, [])
        self.assertNotIn("secret-path", said)
        payloads = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
        self.assertEqual([payload.get("subject") or payload["events"][0]["subject"] for payload in payloads], ["net -> store"] * 2)
        self.expect(0, "alerts", "-q")
        self.assertEqual(len(server.requests), 1)

    def test_nobody_is_told_twice(self):
        server = self.serve()
        self.configure("alerts:\n- {kinds: [dependency_added, dependency_removed], webhook: '%s'}\n" % server.url)
        self.scan("-r", "two", "--alerts", "-q")
        self.expect(0, "alerts")
        self.write({"store/get.c": "int put(void);\nint get(void) { return put() + 1; }\n"})
        self.scan("-r", "two", "--alerts", "-q")  # still against one
        self.assertEqual(len(server.requests), 1)
        self.expect(0, "alerts", "--again")
        self.assertEqual(len(server.requests), 2)

    def test_mistakes(self):
        self.configure("alerts:\n- {kinds: [dependency_aded], command: x}\n")
        self.refused(2, "scan", "-r", "two", says=("sightline.yaml:5:12", 'did you mean "dependency_added"?'))
        self.configure("")
        self.refused(2, "alerts", says='no "alerts:"')
        self.configure("alerts:\n- {command: x}\n")
        self.refused(2, "alerts", says="is the only release")
        self.refused(2, "alerts", "zero", says="zero")
        self.refused(2, "alerts", "a", "b", "c", says="third")


if __name__ == "__main__":
    sightline.main()
