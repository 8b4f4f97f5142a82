# SPDX-License-Identifier: GPL-3.0-or-later
"""The server of the page: what it hands out, to whom, what it refuses, and that it follows the model."""
import base64
import http.client
import json
import pathlib
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import zlib

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import sightline  # noqa: E402
from sightline import Case  # noqa: E402


class Serve(Case):
    def setUp(self):
        super().setUp()
        self.small()
        self.scan("--quiet", "--release", "one")
        self.start()

    def start(self, *arguments):
        self.server = subprocess.Popen([sightline.PROGRAM, "serve", *arguments], cwd=self.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       text=True, env=sightline.environment())
        self.addCleanup(self.stop)
        self.url = self.server.stdout.readline().strip()
        self.assertRegex(self.url, r"^http://127\.0\.0\.1:\d+/[0-9a-f]{32}/$", self.url or self.server.stderr.read())
        parts = urllib.parse.urlsplit(self.url)
        self.host, self.port, self.path = parts.netloc, parts.port, parts.path

    def stop(self):
        if self.server.poll() is None:
            self.server.kill()
        self.server.communicate()

    def ask(self, path, method="GET", body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body, {"Accept-Encoding": "deflate", **headers})
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        if answer.headers["Content-Encoding"] == "deflate" and data:
            data = zlib.decompress(data)
        return answer.status, answer.headers, data

    def raw(self, data, pause=0):
        with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
            try:
                connection.sendall(data)
                time.sleep(pause)
                return connection.recv(65536)
            except (ConnectionResetError, BrokenPipeError, TimeoutError):
                return b""

    def alive(self):
        self.assertEqual(self.ask(self.path + "state")[0], 200)

    def rows(self, name):
        status, _, data = self.ask(self.path + "data/" + name)
        self.assertEqual(status, 200, name)
        table = json.loads(data)
        columns = {key: [table["texts"][v] if key in table["text_columns"] and v is not None else v for v in values]
                   for key, values in table["columns"].items()}
        return [dict(zip(columns, row)) for row in zip(*columns.values())]

    def wait_for(self, release):
        end = time.monotonic() + 20
        while {"key": "release", "value": release} not in self.rows("meta") and time.monotonic() < end:
            time.sleep(0.2)
        self.assertIn({"key": "release", "value": release}, self.rows("meta"))

    def test_the_page_and_its_tables(self):
        status, headers, page = self.ask(self.path)
        self.assertEqual((status, headers["Content-Type"]), (200, "text/html; charset=utf-8"))
        self.assertIn(b"connect-src &#x27;self&#x27;", page)
        self.assertNotIn(b'id="data:meta"', page)
        for name, value in (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store"),
                            ("X-Frame-Options", "DENY")):
            self.assertEqual(headers[name], value)
        self.assertEqual({row["domain"] for row in self.rows("domains")},
                         {row["domain"] for row in self.expect(0, "domains", "--format", "json").json})
        self.assertIn({"key": "release", "value": "one"}, self.rows("meta"))
        self.assertEqual(self.ask(self.path + "data/nothing")[0], 404)
        self.assertEqual(self.ask(self.path, method="HEAD")[2], b"")

    def test_tables_by_query_are_those_of_the_file(self):
        """Each is queried alone; the file's are made in one go."""
        self.write({"src/more.c": "int list_length(void *);\nint more(void)\n{\n\treturn list_length(0);\n}\n"})
        self.commands("src/list.c", "src/main.c", "src/more.c")
        self.scan("--quiet", "--release", "two")
        path = self.scratch / "report.html"
        self.expect(0, "report", "-o", str(path))
        blocks = re.findall(r'id="data:([a-z0-9_.]+)">([A-Za-z0-9+/=]*)<', path.read_text(encoding="utf-8"))
        self.assertTrue({"functions.0", "calls.0", "symbols.0", "drift_symbols.0", "flows.0", "source.0"} <= {name for name, _ in blocks})
        self.wait_for("two")
        for name, data in reversed(blocks): # the other way round: none may rest on another having been asked for
            self.assertEqual(json.loads(self.ask(self.path + "data/" + name)[2]), json.loads(zlib.decompress(base64.b64decode(data))), name)
        for name in ("functions", "functions.01", "functions.-1", "functions.1000", "functions.99999999999999999999", "functions.0x", "meta.0",
                     "symbols.", "symbols.0.0", "drift_symbols.9999", "sqlite_master", "domains;"):
            self.assertEqual(self.ask(self.path + "data/" + name)[0], 404, name)

    def test_no_table_of_another_state(self):
        state = self.ask(self.path + "state")[2].decode()
        self.assertEqual(self.ask(self.path + "at/%s/meta" % state)[0], 200)
        for path, status in (("at/%s/meta" % ("0" * 32), 410), ("at/%s/nothing" % state, 404), ("at/meta", 404), ("at/", 404), ("at/%s" % state, 404)):
            self.assertEqual(self.ask(self.path + path)[0], status, path)
        self.write({"src/more.c": "int more(void)\n{\n\treturn 1;\n}\n"})
        self.commands("src/list.c", "src/main.c", "src/more.c")
        self.scan("--quiet", "--release", "two")
        self.wait_for("two")
        self.assertEqual(self.ask(self.path + "at/%s/meta" % state)[0], 410)

    def test_who_does_not_know_the_token_gets_nothing(self):
        wrong = "/" + "0" * 32 + "/"
        for path in ("/", "", wrong, wrong + "state", self.path[:-1], self.path[:-2] + "/", "/favicon.ico", "//", "/" + "a" * 3000):
            status, _, data = self.ask(path or "/")
            self.assertEqual(status, 404, path)
            self.assertNotIn(self.path.strip("/").encode(), data)

    def test_there_are_no_files(self):
        for path in ("../../etc/passwd", "..%2f..%2fetc%2fpasswd", "data/../../sightline.yaml", "data/%2e%2e/meta", ".sightline/model.db",
                     "data/", "data", "data//meta", "/etc/passwd", "data/%ff%fe", "state/"):
            self.assertEqual(self.ask(self.path + path)[0], 404, path)
        self.alive()

    def test_other_hosts_and_methods_are_refused(self):
        for host in ("evil.example", "evil.example:%d" % self.port, "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:%d" % self.port, ""):
            self.assertEqual(self.ask(self.path, Host=host)[0], 421, host)
        self.assertEqual(self.ask(self.path, Host="localhost:%d" % self.port)[0], 200)
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
            status, headers, _ = self.ask(self.path, method=method, body=b"x" * 100)
            self.assertEqual((status, headers["Allow"]), (405, "GET, HEAD"), method)
        self.assertIn(self.raw(b"GET %s HTTP/1.0\r\n\r\n" % self.path.encode())[:12].split(b" ")[1:2], ([b"421"], [b"400"]))

    def test_what_is_no_request(self):
        for data in (b"\x00\xff\xfe\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"A" * 100000, b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20000,
                     b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"\r\n" * 1000, b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"):
            answer = self.raw(data)
            self.assertFalse(answer.startswith(b"HTTP/1.1 200"), data[:40])
        self.alive()

    def test_slow_and_many(self):
        slow = [socket.create_connection(("127.0.0.1", self.port), timeout=20) for _ in range(20)]
        for connection in slow:
            connection.sendall(b"GET / HT")
        self.alive()
        results = []
        threads = [threading.Thread(target=lambda: results.append(self.ask(self.path + "data/files")[0])) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(results, [200] * 8)
        for connection in slow:
            connection.close()

    def test_it_follows_the_model(self):
        self.write({"src/more.c": "int more(void)\n{\n\treturn 1;\n}\n"})
        self.commands("src/list.c", "src/main.c", "src/more.c")
        self.scan("--quiet", "--release", "two")
        self.wait_for("two")
        self.assertIn("src/more.c", [row["file"] for row in self.rows("files")])

    def test_a_model_that_breaks_while_it_is_served(self):
        before = self.db.read_bytes()
        self.db.write_bytes(b"no database" * 1000)
        end = time.monotonic() + 20
        while self.ask(self.path + "state")[0] == 200 and time.monotonic() < end:
            time.sleep(0.2)
        self.assertEqual(self.ask(self.path)[0], 503)
        self.db.write_bytes(before)
        end = time.monotonic() + 20
        while self.ask(self.path + "state")[0] != 200 and time.monotonic() < end:
            time.sleep(0.2)
        self.alive()
        self.server.send_signal(signal.SIGTERM)
        _, err = self.server.communicate(timeout=20)
        self.assertEqual(sum("error" in line for line in err.splitlines()), 1, err)

    def test_it_writes_nothing_and_ends_when_asked(self):
        before = self.db.read_bytes()
        self.ask(self.path)
        self.ask(self.path + "data/domains")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if self.server.poll() is not None:
                self.start()
            self.server.send_signal(number)
            self.assertEqual(self.server.wait(timeout=20), 0)
            self.server.communicate()
        self.assertEqual(self.db.read_bytes(), before)

    def test_mistakes(self):
        self.refused(2, "serve", "--port", "70000", says="--port")
        self.refused(2, "serve", "--listen", "localhost", says="numeric")
        self.refused(2, "serve", "--port", str(self.port), says="cannot be listened at")
        self.refused(2, "serve", "--release", "none", says="none")
        self.refused(2, "serve", "--base", "none", says="none")


if __name__ == "__main__":
    sightline.main()
