# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that answers as Jira's REST API is documented to: Cloud (version 3) and Data Center (version 2), with faults on order."""
import base64
import http.server
import json
import re
import threading
import time

USER, TOKEN = "me@example.org", "tok-3nsecret/+=Zz9"
FIELDS = {"project", "issuetype", "summary", "description", "labels", "priority", "parent"}


class Jira:
    """issues: key -> fields, as made. faults: functions taken one per request of their kind ("bulk", "search", "myself"); each may
    answer by itself (returns True), before or after self.bulk() has done its work."""

    def __init__(self, data_center=False, types=("Epic", "Task"), page=7, extra_fields=()):
        self.data_center, self.types, self.page = data_center, types, page
        self.fields = FIELDS | set(extra_fields)
        self.issues, self.requests, self.faults = {}, [], {"bulk": [], "search": [], "myself": []}
        jira = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 65536  # one packet, not two that wait for each other

            def log_message(self, *arguments):
                pass

            def do_GET(self):
                jira.handle(self)

            def do_POST(self):
                jira.handle(self)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = "http://127.0.0.1:%d" % self.server.server_port
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self):
        """As a server that is gone: nobody listens any more."""
        self.server.shutdown()
        self.server.server_close()

    # ---- requests ----

    def handle(self, handler):
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        base = "/rest/api/%d/" % (2 if self.data_center else 3)
        self.requests.append((time.monotonic(), handler.command, handler.path, body))
        kind = {("GET", base + "myself"): "myself", ("POST", base + ("search" if self.data_center else "search/jql")): "search",
                ("POST", base + "issue/bulk"): "bulk"}.get((handler.command, handler.path))
        wanted = "Bearer " + TOKEN if self.data_center else "Basic " + base64.b64encode((USER + ":" + TOKEN).encode()).decode()
        if kind is None:
            return self.answer(handler, 404, {"errorMessages": ["No such path"]})
        if handler.headers.get("Authorization") != wanted:
            return self.answer(handler, 401, {"errorMessages": ["Not you: %s" % handler.headers.get("Authorization"), handler.path]})
        if kind != "myself" and handler.headers.get("Content-Type") != "application/json":
            return self.answer(handler, 415, {})
        fault = self.faults[kind].pop(0) if self.faults[kind] else None
        if fault and fault(self, handler, body):
            return None
        status, said = getattr(self, kind)(json.loads(body) if body else None)
        return self.answer(handler, status, said)

    def answer(self, handler, status, said, **headers):
        text = json.dumps(said).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(text)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(text)

    # ---- the API ----

    def myself(self, _):
        return 200, {"displayName": "Mia \x1b[31mElf", "accountId": "1"}

    def search(self, asked):
        match = re.fullmatch(r'project = "(\w+)" AND labels in \(("[^"]+"(?:, "[^"]+")*)\) ORDER BY created ASC', asked["jql"])
        if not match:
            return 400, {"errorMessages": ["Error in the JQL Query: " + asked["jql"]]}
        if match[1] != "ABC":
            return 400, {"errorMessages": ["The value '%s' does not exist for the field 'project'." % match[1]]}
        labels = set(re.findall(r'"([^"]+)"', match[2]))
        found = [{"id": key[4:], "key": key, "fields": {"labels": fields["labels"]}} for key, fields in self.issues.items()
                 if labels & set(fields["labels"])]
        if self.data_center:
            start = asked["startAt"]
            return 200, {"startAt": start, "maxResults": self.page, "total": len(found), "issues": found[start:start + self.page]}
        start = int(asked.get("nextPageToken", "0"))
        answer = {"issues": found[start:start + self.page], "isLast": start + self.page >= len(found)}
        if not answer["isLast"]:
            answer["nextPageToken"] = str(start + self.page)
        return 200, answer

    def faults_of(self, fields):
        errors = {}
        for field in fields.keys() - self.fields:
            errors[field] = "Field '%s' cannot be set. It is not on the appropriate screen, or unknown." % field
        if fields.get("project") != {"key": "ABC"}:
            errors["project"] = "Specify a valid project ID or key"
        if fields.get("issuetype", {}).get("name") not in self.types:
            errors["issuetype"] = "Specify a valid issue type"
        summary = fields.get("summary", "")
        if not summary or len(summary) > 255 or "\n" in summary:
            errors["summary"] = "Summary must be one line of at most 255 characters."
        if not isinstance(fields.get("description"), str if self.data_center else dict):
            errors["description"] = "Operation value must be " + ("a string" if self.data_center else "an Atlassian Document")
        for label in fields.get("labels", []):
            if " " in label:
                errors["labels"] = "The label '%s' contains spaces which is invalid." % label
        if "parent" in fields and fields["parent"].get("key") not in self.issues:
            errors["parent"] = "Given parent work item does not belong to appropriate hierarchy."
        return errors

    def bulk(self, asked):
        updates = asked["issueUpdates"]
        if len(updates) > 50:
            return 400, {"errorMessages": ["The limit of 50 is exceeded"], "errors": {}}
        issues, errors = [], []
        for number, update in enumerate(updates):
            wrong = self.faults_of(update["fields"])
            if wrong:
                errors.append({"status": 400, "elementErrors": {"errorMessages": [], "errors": wrong}, "failedElementNumber": number})
            else:
                key = "ABC-%d" % (len(self.issues) + 1)
                self.issues[key] = update["fields"]
                issues.append({"id": key[4:], "key": key, "self": self.url})
        return (201 if issues else 400), {"issues": issues, "errors": errors}


# ---- faults ----

def says(status, **headers):
    def fault(jira, handler, _):
        jira.answer(handler, status, {"errorMessages": ["fault on order"]}, **headers)
        return True
    return fault


def hangs_up(after_doing):
    """Closes the connection without an answer; with after_doing the work was done."""
    def fault(jira, handler, body):
        if after_doing:
            jira.bulk(json.loads(body))
        handler.close_connection = True
        return True
    return fault


def does_and_says(status):
    def fault(jira, handler, body):
        jira.bulk(json.loads(body))
        jira.answer(handler, status, {"errorMessages": ["broke on the way back"]})
        return True
    return fault


def fine(_jira, _handler, _body):
    return False
