# SPDX-License-Identifier: GPL-3.0-or-later
"""Every export format, read by what others wrote, over a tree in which files, functions, domains, a rule and its messages have names
that mean something to whoever reads them next."""
import csv
import html
import io
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "cli")]
import oracles  # noqa: E402
import sightline  # noqa: E402
from sightline import Case  # noqa: E402
from test_hostile import NAMES, c_string  # noqa: E402

MORE = ["{noformat}\nh1. loud", "!http://x.example/y.png!", "[~admin]", "@someone", "fixes #1", "http://evil.example/", "\t=tabbed", "\r=returned",
        "![x](http://evil.example/x.png)", "[a](javascript:alert(1))", "# heading", "1. one", "- item", "***", "</details>", "```",
        "`` ` ``", "&lt;b&gt;", "\uff1dwide", "</textarea>", "{PROJECT}", "\u2066isolate\u2069", "(!)", "||head||", "%SRCROOT%", "{0} {1}", "{0}" * 40]
HOSTILE = [name for name in NAMES + MORE if name]
LEVELS = ["note", "warning", "error"]

RULE = """-- id: %s
-- title: A <b>rule</b> | of *one's* own, with {subject} & "quotes"
-- goal: %s
-- severity: %s
-- effort: 7
-- since: 0.1.0
-- task: subject: Look at {subject}
-- why: because </script> of *this* & {noformat} [that|http://x.example] =1+1 (!) \\\\ @all
-- fix: It *begins* <here>:
--   1. first [step](http://evil.example/) & so on
--   2. second {noformat} step
-- example: here
%s"""
FUNCTIONS = ("SELECT file, line, name AS subject, name AS message FROM functions WHERE release = :release")
OF_DOMAINS = ("SELECT NULL AS file, 0 AS line, from_domain AS domain, from_domain || ' -> ' || to_domain AS subject, "
              "from_domain || ' needs ' || to_domain AS message FROM domain_dependencies WHERE release = :release")


def formula(cell):
    return cell[:1] in tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20") and bool(cell) and not re.fullmatch(r"-?\d+(\.\d+)?(e[-+]?\d+)?", cell)


class Tree(Case):
    """One scan for all tests of a class."""

    @classmethod
    def setUpClass(cls):
        cls.kept = pathlib.Path(tempfile.mkdtemp(prefix="sightline-export-"))
        cls.addClassCleanup(shutil.rmtree, cls.kept, ignore_errors=True)
        cls.made = False

    def setUp(self):
        super().setUp()
        self.root = self.kept / "a tree"
        self.root.mkdir(exist_ok=True)
        self.rules = self.kept / "rules"
        if not type(self).made:
            self.make()
            type(self).made = True

    def make(self):
        names = [name for name in HOSTILE if len(name.encode()) < 200]
        lines = ["int f%d(int x) __asm__(%s);\nint f%d(int x) { return x + g; }\n" % (i, c_string(name), i) for i, name in enumerate(names)]
        odd = 'src/we ird%20"a".c'
        self.write({"src/all.h": "extern int g;\nint odd(int);\n", "src/main.c": '#include "all.h"\n#include "list.h"\nint g;\n' + "".join(lines) +
                    "int main(int argc, char **argv) { return odd(argc) + list(0); (void)argv; }\n",
                    "src/list.h": "int list(int);\n",
                    odd: '#include "all.h"\n#include "list.h"\nint odd(int x) { return g + x; }\nint list(int x) { return odd(x); }\n'})
        self.commands("src/main.c", odd)
        self.rules.mkdir()
        for identity, goal, severity, sql in (("V901", "velocity", "minor", FUNCTIONS), ("X902", "security", "critical", FUNCTIONS + " LIMIT 3"),
                                              ("V903", "velocity", "major", OF_DOMAINS)):
            (self.rules / (identity + "-own.sql")).write_text(RULE % (identity, goal, severity, sql))
        self.write({"sightline.yaml": 'domains:\n  "=one,<two>": ["src/main.c", "src/all.h"]\n  "@t\'h\\"ree": ["src/we*", "src/list.h"]\n'
                                      'export: {labels: [debt]}\n'})
        self.scan("-r", "v1", "--rules", str(self.rules))

    def export(self, form, *arguments, code=0, name="out"):
        path = self.scratch / name
        result = self.expect(code, "export", "--format", form, "-o", str(path), "--rules", str(self.rules), *arguments)
        self.told = result.err
        return path.read_bytes()

    def tasks(self):
        return self.query("SELECT * FROM tasks WHERE status = 'open'")

    def findings(self):
        return self.query("SELECT * FROM findings")

    def rows(self, raw):
        """The same by Python's parser and by csv-parse, as dictionaries with lists of values (columns may repeat)."""
        text = raw.decode("utf-8")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        if oracles.node_is_there():
            self.assertEqual(oracles.check("csv", raw), rows)
        self.assertEqual({len(row) for row in rows}, {len(rows[0])})
        self.assertNotRegex(text, "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
        found = []
        for row in rows[1:]:
            for cell in row:
                self.assertFalse(formula(cell), cell)
            found.append({})
            for head, cell in zip(rows[0], row):
                found[-1].setdefault(head, []).append(cell)
        return found


class Formats(Tree):
    def test_the_tree_is_hostile(self):
        self.assertGreater(len(self.tasks()), 60)
        self.assertTrue([f for f in self.findings() if f["file"] is None])

    def test_jira_csv(self):
        rows = self.rows(self.export("jira-csv"))
        epics = [row for row in rows if row["Issue Type"] == ["Epic"]]
        tasks = [row for row in rows if row["Issue Type"] == ["Task"]]
        self.assertEqual(rows, epics + tasks)
        self.assertEqual(len(tasks), len(self.tasks()))
        ids = [row["Issue ID"][0] for row in epics]
        self.assertEqual(len({row["External ID"][0] for row in rows}), len(rows))
        self.assertEqual(len({row["Issue ID"][0] for row in rows}), len(rows))
        minutes = {"a tree:" + task["task_key"]: task["effort_minutes"] for task in self.tasks()}
        for row in tasks:
            self.assertIn(row["Parent"][0], ids)
            self.assertLessEqual(len(row["Summary"][0]), 255)
            self.assertNotIn("\n", row["Summary"][0])
            self.assertIn("debt", row["Labels"])
            for label in row["Labels"]:
                self.assertRegex(label, r"^[A-Za-z0-9._-]{1,255}$")
            self.assertEqual(int(row["Original Estimate"][0]), 60 * minutes[row["External ID"][0]])
            self.assertIn(row["Priority"][0], ("Highest", "High", "Medium", "Low"))
            # Foreign names stand between the marks that make them literal, and cannot end them.
            self.assertEqual(row["Description"][0].count("{noformat}"), 2, row["Description"])
            self.assertLess(len(row["Description"][0]), 32767)

    def test_jira_csv_of_data_center(self):
        rows = self.rows(self.export("jira-csv", "--jira-flavor", "dc", "--epics", "domain"))
        names = [row["Epic Name"][0] for row in rows if row["Epic Name"][0]]
        self.assertEqual(len(names), 2)
        for row in rows:
            self.assertEqual(row["Epic Link"][0] in names, row["Issue Type"] == ["Task"])

    def test_raw_csv(self):
        raw = self.export("csv", "--of", "findings", "--raw-csv").decode()
        rows = list(csv.DictReader(io.StringIO(raw, newline=""), strict=True))
        self.assertTrue([row for row in rows if row["subject"].startswith("=cmd|")])
        tame = list(csv.DictReader(io.StringIO(self.export("csv", "--of", "findings").decode(), newline=""), strict=True))
        self.assertEqual([row["fingerprint"] for row in rows], [row["fingerprint"] for row in tame])
        for row, other in zip(rows, tame):
            self.assertEqual(other["subject"], ("'" if formula(row["subject"]) else "") + row["subject"])

    def adf_of(self, pages):
        return [issue["fields"]["description"] for page in pages for issue in page["issueUpdates"]]

    def test_jira_json(self):
        pages = json.loads(self.export("jira-json"))
        self.assertGreater(len(pages), 2)
        labels = []
        for number, page in enumerate(pages):
            self.assertLessEqual(len(page["issueUpdates"]), 50)
            for issue in page["issueUpdates"]:
                fields = issue["fields"]
                self.assertEqual(fields["issuetype"]["name"], "Task" if number else "Epic")
                self.assertTrue(0 < len(fields["summary"].encode("utf-16-le")) // 2 <= 255)
                self.assertNotRegex(fields["summary"], "[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
                self.assertNotRegex(json.dumps(fields["description"]), r"\\u202e")
                self.assertLess(len(json.dumps(fields["description"])), 32767)
                for label in fields["labels"]:
                    self.assertRegex(label, r"^[A-Za-z0-9._-]{1,255}$")
                if number:
                    self.assertIn(fields["parent"]["key"], ["{%s}" % label for label in labels])
                else:
                    labels.append(fields["labels"][1])
        self.assertEqual(sum(len(page["issueUpdates"]) for page in pages[1:]), len(self.tasks()))
        self.assertIn("braces", self.told)
        if oracles.node_is_there():
            documents = self.adf_of(pages)
            self.assertEqual(oracles.check("adf", json.dumps(documents)), [])
            documents[0]["content"].append({"type": "paragraph", "content": [{"type": "text", "text": ""}]})
            self.assertTrue(oracles.check("adf", json.dumps(documents)), "an oracle that takes anything")

    def test_jira_json_in_a_folder(self):
        folder = self.scratch / "pages"
        folder.mkdir()
        for name in ("tasks-009.json", "epics-002.json", "mine.json"):
            (folder / name).write_text("{}")
        whole = json.loads(self.export("jira-json"))
        self.expect(0, "export", "--format", "jira-json", "-o", str(folder), "--rules", str(self.rules))
        names = sorted(path.name for path in folder.iterdir())
        self.assertEqual(names, ["epics-001.json", "mine.json"] + ["tasks-%03d.json" % (i + 1) for i in range(len(whole) - 1)])
        self.assertEqual([json.loads((folder / name).read_text()) for name in names if name != "mine.json"], whole)
        self.expect(0, "export", "--format", "jira-json", "-o", str(folder), "--max-results", "3", "--epics", "none")
        self.assertEqual(sorted(path.name for path in folder.iterdir()), ["mine.json", "tasks-001.json"])

    def test_azure_csv(self):
        rows = self.rows(self.export("azure-csv"))
        parents = 0
        for row in rows:
            title = row["Title 1"][0] or row["Title 2"][0]
            self.assertTrue(0 < len(title) <= 255 and "\n" not in title)
            self.assertFalse(row["Title 1"][0] and row["Title 2"][0])
            parents += bool(row["Title 1"][0])
            self.assertTrue(parents, "a child before any parent")
            self.assertEqual(row["Work Item Type"], ["Feature" if row["Title 1"][0] else "User Story"])
            self.assertNotRegex(re.sub(r"</?(h3|p|ol|ul|li|code)>", "", row["Description"][0]), "[<>]")
        self.assertEqual(len(rows) - parents, len(self.tasks()))

    @unittest.skipUnless(oracles.node_is_there(), "./dev test installs the npm packages")
    def test_azure_json(self):
        raw = self.export("azure-json")
        batches = oracles.check("patches", raw)
        keys = set()
        for batch in batches:
            self.assertLessEqual(len(batch), 200)
            made = set()
            for request in batch:
                self.assertEqual((request["method"], request["type"]), ("PATCH", "application/json-patch+json"))
                item = request["item"]
                if "id" in item:
                    made.add(item["id"])
                for relation in item["relations"]:
                    self.assertEqual(relation["rel"], "System.LinkTypes.Hierarchy-Reverse")
                    self.assertIn(relation["url"].rsplit("/", 1)[1], made)
                self.assertTrue(0 < len(item["fields"]["System.Title"]) <= 255)
                keys.add(item["fields"]["System.Tags"].split("; ")[1])
        self.assertEqual(len(keys), len(self.tasks()) + 2)

    def sarif(self, *arguments):
        raw = self.export("sarif", *arguments)
        log = json.loads(raw)
        if oracles.node_is_there():
            self.assertEqual(oracles.check("sarif", raw), [])
            log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
            self.assertTrue(oracles.check("sarif", json.dumps(log)), "an oracle that takes anything")
        return json.loads(raw)["runs"][0]

    def test_sarif(self):
        run = self.sarif()
        rules, results, findings = run["tool"]["driver"]["rules"], run["results"], self.findings()
        self.assertEqual(len(results), len(findings))
        self.assertEqual({r["partialFingerprints"]["primaryLocationLineHash"] for r in results}, {f["fingerprint"] for f in findings})
        levels = [LEVELS.index(result["level"]) for result in results]
        self.assertEqual(levels, sorted(levels, reverse=True))
        for rule in rules:
            for text in (rule["shortDescription"]["text"], rule["fullDescription"]["text"], rule["help"]["text"], rule["help"]["markdown"]):
                self.assertTrue(text)
            self.assertLessEqual(len(rule["shortDescription"]["text"]), 1024)
            self.assertLessEqual(len(rule["properties"]["tags"]), 10)
            self.assertEqual("security-severity" in rule["properties"], "security" in rule["properties"]["tags"])
            self.assertEqual("precision" in rule["properties"], rule["id"] not in ("V901", "X902", "V903"))
        for result in results:
            self.assertEqual(rules[result["ruleIndex"]]["id"], result["ruleId"])
            self.assertTrue(0 < len(result["message"]["text"]) <= 1024)
            self.assertNotRegex(result["message"]["text"], r"\]\(|\{\d")
            place = result["locations"][0]["physicalLocation"]
            self.assertRegex(place["artifactLocation"]["uri"], r"^[A-Za-z0-9._~%/-]+$")
            self.assertFalse(place["artifactLocation"]["uri"].startswith("/"))
            self.assertTrue((self.root / urllib.parse.unquote(place["artifactLocation"]["uri"])).is_file())
        self.assertEqual(run["automationDetails"]["id"], "sightline/v1")

    def test_sarif_anchors_what_is_about_domains(self):
        places = {(r["locations"][0]["logicalLocations"][0]["name"], r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
                   r["locations"][0]["physicalLocation"]["region"]["startLine"]) for r in self.sarif("--rule", "V903")["results"]}
        one, three = "=one,<two>", "@t'h\"ree"
        self.assertEqual(places, {("%s -> %s" % (one, three), "src/main.c", 2), ("%s -> %s" % (three, one), "src/we%20ird%2520%22a%22.c", 1)})

    def test_sarif_tells_what_else_shows_a_finding(self):
        def places(locations):
            return [(place["physicalLocation"]["artifactLocation"]["uri"], place["physicalLocation"]["region"]["startLine"]) for place in locations]
        results = self.sarif("--path-prefix", "sub")["results"]
        circles = [result for result in results if result["ruleId"] == "V001"]
        self.assertTrue(circles, "the tree has a circle of files")
        odd, main = "sub/src/we%20ird%2520%22a%22.c", "sub/src/main.c"
        for result in circles:
            steps = [step["location"] for step in result["codeFlows"][0]["threadFlows"][0]["locations"]]
            way = places(steps)
            self.assertEqual(way[0], places(result["locations"])[0])
            self.assertEqual(sorted(uri for uri, line in way), sorted([odd, main]), "from its file back to it, each other file once")
            self.assertTrue(all(line > 0 for uri, line in way))
            other = "src/main.c" if way[1][0] == odd else 'src/we ird%20"a".c'
            self.assertTrue(steps[1]["message"]["text"].endswith(" needs " + other), steps[1])
        self.assertFalse([r for r in results if "codeFlows" in r and " -> " not in r["locations"][0]["logicalLocations"][0]["name"]])
        tasks = {row["fingerprint"]: row["task_key"] for row in self.query("SELECT * FROM task_findings")}
        of_task = {}
        for result in results:
            key = tasks[result["partialFingerprints"]["sightline/v1"]]
            of_task.setdefault(key, []).append((places(result["locations"])[0], result["message"]["text"]))
        for result in results:
            if result["ruleId"] in ("V002", "V903"):
                continue
            own = (places(result["locations"])[0], result["message"]["text"])
            others = list(of_task[tasks[result["partialFingerprints"]["sightline/v1"]]])
            others.remove(own)
            related = result.get("relatedLocations", [])
            self.assertEqual(len(related), min(10, len(others)))
            self.assertEqual([place["id"] for place in related], list(range(1, len(related) + 1)))
            for place, message in zip(places(related), (r["message"]["text"] for r in related)):
                others.remove((place, message))

    def test_sarif_tells_by_which_files_a_domain_needs_another(self):
        domain = {row["file"]: row["domain"] for row in self.query("SELECT file, domain FROM files")}
        needs = {}
        for row in self.query("SELECT from_file, to_file, sum(weight) AS weight FROM dependencies WHERE kind NOT IN ('include', 'indirect') "
                              "AND weight > 0 GROUP BY from_file, to_file"):
            pair = domain[row["from_file"]], domain[row["to_file"]]
            if pair[0] != pair[1]:
                needs.setdefault(pair, []).append((-row["weight"], row["from_file"], row["to_file"]))
        self.assertEqual(len(needs), 2, "the tree has a circle of two domains")
        told = 0
        for result in self.sarif()["results"]:
            if result["ruleId"] not in ("V002", "V903"):
                continue
            told += 1
            pair = tuple(result["locations"][0]["logicalLocations"][0]["name"].split(" -> "))
            edges = sorted(needs[pair])
            self.assertEqual([urllib.parse.unquote(place["physicalLocation"]["artifactLocation"]["uri"]) for place in result["relatedLocations"]],
                             [edge[1] for edge in edges])
            for place, (weight, from_file, to_file) in zip(result["relatedLocations"], edges):
                self.assertTrue(place["message"]["text"].startswith("%s needs %s in %d place" % (from_file, to_file, -weight)), place)
            steps = [step["location"] for step in result["codeFlows"][0]["threadFlows"][0]["locations"]]
            self.assertEqual([step["physicalLocation"]["artifactLocation"]["uri"] for step in steps],
                             [urllib.parse.quote(sorted(needs[way])[0][1], safe="/") for way in (pair, pair[::-1])])
        self.assertGreaterEqual(told, 3)

    def test_sarif_is_cut_by_severity(self):
        run = self.sarif("--max-results", "4", "--path-prefix", "sub/./dir", "--category", "weekly")
        self.assertEqual(len(run["results"]), 4)
        self.assertEqual([r["level"] for r in run["results"][:3]], ["error"] * 3)
        self.assertIn("left out", run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"])
        self.assertIn("%d findings of lower severity are left out" % (len(self.findings()) - 4), self.told)
        self.assertTrue(run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].startswith("sub/dir/src/"))
        self.assertEqual(run["automationDetails"]["id"], "weekly/v1")

    def test_sonar(self):
        report = json.loads(self.export("sonar"))
        oracles.sonar_validate(report)
        self.assertEqual(len(report["issues"]), len(self.findings()))
        for issue in report["issues"]:
            place = issue["primaryLocation"]
            lines = (self.root / place["filePath"]).read_text().count("\n")
            self.assertTrue(1 <= place["textRange"]["startLine"] <= lines)
            self.assertNotIn("startColumn", place["textRange"])
        report["issues"][0]["severity"] = "MAJOR"
        self.assertRaises(oracles.SonarFault, oracles.sonar_validate, report)

    def test_gitlab(self):
        entries = json.loads(self.export("gitlab"))
        self.assertEqual(len(entries), len(self.findings()))
        self.assertEqual(len({entry["fingerprint"] for entry in entries}), len(entries))
        for entry in entries:
            self.assertEqual(set(entry), {"description", "check_name", "fingerprint", "severity", "location"})
            self.assertIn(entry["severity"], ("info", "minor", "major", "critical", "blocker"))
            self.assertTrue(entry["description"] and (self.root / entry["location"]["path"]).is_file())
            self.assertGreaterEqual(entry["location"]["lines"]["begin"], 1)

    def test_plain_rows(self):
        tasks = {task["task_key"]: task for task in self.tasks()}
        rows = self.rows(self.export("csv"))
        found = json.loads(self.export("json"))
        self.assertEqual((found["codebase"], found["release"], found["left_out"]), ("a tree", "v1", 0))
        self.assertEqual({row["task_key"][0] for row in rows}, set(tasks))
        for task in found["tasks"]:
            self.assertEqual({key: task[key] for key in ("title", "priority", "goal", "domain", "findings", "status", "score_change")},
                             {key: tasks[task["task_key"]][key] for key in ("title", "priority", "goal", "domain", "findings", "status", "score_change")})
            self.assertEqual(len(task["evidence"]), min(20, task["findings"]))
        self.assertTrue([task for task in found["tasks"] if task["score_change"]])
        wanted = {f["fingerprint"]: f for f in self.findings()}
        found = json.loads(self.export("json", "--of", "findings"))["findings"]
        self.assertEqual({f["fingerprint"] for f in found}, set(wanted))
        for finding in found:
            for key in ("file", "line", "subject", "message", "domain", "severity"):
                self.assertEqual(finding[key] or None, wanted[finding["fingerprint"]][key] or None)

    @unittest.skipUnless(oracles.node_is_there(), "./dev test installs the npm packages")
    def test_markdown(self):
        for of, most in (("tasks", len(self.tasks())), ("findings", len(self.findings()))):
            raw = self.export("markdown", "--of", of, "--max-results", str(most))
            found = oracles.check("markdown", raw)
            self.assertEqual(found["links"], [])
            for html in found["html"]:
                self.assertRegex(html.strip(), r"^(<!-- -->|<details><summary>Evidence \(\d+\)</summary>|</details>)$")
            self.assertNotRegex(raw.decode(), "[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]")
            self.assertNotRegex(re.sub(r"(`+)[^`].*?\1", "", raw.decode()), r"(^|[^\w&])(@\w|#\d)")
            text = "\n".join(found["items"]).split("\n")
            if of == "tasks":
                titles = [task["title"] for task in self.tasks()]
                plain = [t for t in titles if re.fullmatch(r"[ -~]{1,120}", t) and "://" not in t]
                self.assertGreater(len(plain), 40)
                for title in plain:
                    self.assertTrue([line for line in text if " ".join(title.split()) in " ".join(line.split())], title)

    def test_filters(self):
        def keys(*arguments):
            return [task["task_key"] for task in json.loads(self.export("json", *arguments))["tasks"]]
        self.assertEqual({key[:4] for key in keys("--goal", "security=2")}, {"X902"})
        self.assertEqual({key[:4] for key in keys("--rule", "V903")}, {"V903"})
        self.assertEqual(set(keys("--severity", "critical")), {key for key in keys() if key.startswith("X")})
        self.assertEqual(keys("--status", "done"), [])
        self.assertEqual(len(keys("--max-results", "2")), 2)
        self.assertIn("tasks of lower priority are left out", self.told)
        one = keys("--domain", "=one,<two>")
        self.assertTrue(one and len(one) < len(keys()))


class Estimates(Tree):
    def make(self):
        super().make()
        with open(self.root / "sightline.yaml", "a") as stream:
            stream.write("jira: {estimate: points, points_field: customfield_10016, project: ABC, epic: ABC-7, priorities: off, task_type: Story}\n"
                         "azure: {process: scrum, project: My Project, url: 'https://dev.azure.com/me', area: 'My Project\\Core'}\n")

    def test_points_and_parents(self):
        rows = self.rows(self.export("jira-csv"))
        self.assertEqual({row["Parent"][0] for row in rows}, {"ABC-7"})
        self.assertEqual({row["Issue Type"][0] for row in rows}, {"Story"})
        self.assertTrue({row["Story Points"][0] for row in rows} <= set("123") | {"5", "8", "13"})
        self.assertNotIn("Priority", rows[0])
        for page in json.loads(self.export("jira-json")):
            for issue in page["issueUpdates"]:
                self.assertEqual(issue["fields"]["parent"], {"key": "ABC-7"})
                self.assertEqual(issue["fields"]["project"], {"key": "ABC"})
                self.assertGreaterEqual(issue["fields"]["customfield_10016"], 1)
        batch = json.loads(self.export("azure-json"))[0]
        self.assertEqual(batch[1]["uri"], "/My%20Project/_apis/wit/workitems/$Product%20Backlog%20Item?api-version=7.1")
        self.assertIn({"op": "add", "path": "/fields/System.AreaPath", "value": "My Project\\Core"}, batch[0]["body"])


class Refusals(Tree):
    def test_refusals(self):
        for words, says in (((), "--format takes jira-csv"), (("--format", "xml"), 'no format "xml"'), (("--format", "sarif", "--of", "tasks"), "findings only"),
                            (("--format", "csv", "--max-results", "0"), "1 to 1000000"), (("--format", "csv", "--status", "todo"), "there is open"),
                            (("--format", "csv", "--goal", "speed"), '"speed"'), (("--format", "csv", "--dry-run"), "--push jira"), (("--format", "csv", "--rule", "V999"), 'no rule "V999"'),
                            (("--format", "sarif", "--path-prefix", "../up"), "below"), (("--format", "sarif", "-o", "/nowhere/x"), "/nowhere/x"),
                            (("--push", "trello"), "there is jira"), (("--push", "jira", "-o", "x"), "leave -o out")):
            self.refused(2, "export", *words, says=says)

    def test_configuration(self):
        good = (self.root / "sightline.yaml").read_text()
        for text, says in (("jira: {token: abc}\n", "does not belong into a file"), ("jira: {flavour: dc}\n", 'did you mean "flavor"'),
                           ("jira: {flavor: server}\n", "none of cloud|dc"), ("export: {labels: [a b]}\n", "must hold no space"),
                           ("azure: [x]\n", "expected a mapping"), ("jira: {priorities: {bad: P1}}\n", 'unknown severity "bad"'),
                           ("jira: {project: 7}\n", "got a number")):
            path = self.scratch / "other.yaml"
            path.write_text(text)
            result = self.refused(2, "export", "--format", "csv", "--config", str(path), says=says)
            self.assertIn("other.yaml:1:", result.err)
        self.assertEqual((self.root / "sightline.yaml").read_text(), good)

    def test_a_full_disk_leaves_what_was_there(self):
        disk = sightline.mount_tmpfs(self, "64k")
        (disk / "out.json").write_text("before")
        (disk / "fill").write_bytes(b"x" * 40000)
        self.refused(3, "export", "--format", "json", "-o", str(disk / "out.json"), "--rules", str(self.rules), says="out.json")
        self.assertEqual((disk / "out.json").read_text(), "before")
        self.assertEqual(sorted(path.name for path in disk.iterdir()), ["fill", "out.json"])
        with open("/dev/full", "wb") as full:
            self.refused(3, "export", "--format", "sarif", stdout=full, says="cannot be written")


# Mermaid itself draws a chart, and says what it has drawn.
CHART = """<!doctype html><meta charset="utf-8"><body><script src="%s"></script><script>
mermaid.initialize({startOnLoad: false, securityLevel: 'strict'});
mermaid.render('chart', %s).then(({svg}) => {
  const place = document.createElement('div');
  place.innerHTML = svg;
  return {nodes: [...place.querySelectorAll('.node')].map(node => node.textContent.trim()), scripts: place.querySelectorAll('script').length};
}, error => String(error)).then(said => {
  document.body.innerHTML = '<pre id="said"></pre>';
  document.getElementById('said').textContent = JSON.stringify(said);
});
</script>
"""


class Verdicts(Case):
    """The gate's verdict, as what reads it in a pipeline does; names are hostile, and it fails by what has a place and what has none."""

    def setUp(self):
        super().setUp()
        config = {"domains": {name: ["%s/**" % folder] for name, folder in (("=one,<b>two</b>", "a"), ("@t'h\"ree `x` [y](z)", "b"), ("|pipe|\u202e", "c"))},
                  "gate": {"events": {"dependency_added": "fail", "complexity_up": "fail", "domain_added": "fail", "debt_up": "fail"},
                           "limits": {"propagation_cost": 0, "debt_structure": 0}}}
        self.write({"sightline.yaml": json.dumps(config), "a/a.c": "int a(int x)\n{\n\treturn x;\n}\n",
                    "b/b b.c": "int b(int x)\n{\n\treturn x;\n}\n", "c/c.c": "int c(int x)\n{\n\treturn x;\n}\n"})
        self.commands("a/a.c", "b/b b.c", "c/c.c")
        self.scan("-q", "-r", "old")
        self.write({"a/a.c": "int b(int x);\nint a(int x)\n{\n\treturn b(x);\n}\n", "b/b b.c": "int c(int x);\nint b(int x)\n{\n\treturn c(x);\n}\n",
                    "c/c.c": "int a(int x) __asm__(%s);\nint c(int x)\n{\n\treturn a(x);\n}\n" % c_string("<img src=x>|`'\"")})
        self.scan("-q", "-r", "new")

    def gate(self, form):
        path = self.scratch / "verdict"
        self.expect(1, "gate", "--base", "old", "--head", "new", "--format", form, "-o", str(path))
        return path.read_bytes()

    def test_nothing_that_fails_is_missing(self):
        verdict = json.loads(self.gate("json"))
        new = [e for e in verdict["events"] if e["status"] == "new"]
        broken = [limit for limit in verdict["limits"] if limit["broken"]]
        self.assertTrue(any(not e["file"] and not e["evidence"] for e in new if e["verdict"] == "fail"), "one that has no place")
        self.assertTrue(broken)
        raw = self.gate("sarif")
        if oracles.node_is_there():
            self.assertEqual(oracles.check("sarif", raw), [])
        results = json.loads(raw)["runs"][0]["results"]
        gitlab = json.loads(self.gate("gitlab"))
        self.assertEqual(sorted(r["partialFingerprints"]["sightline/v1"] for r in results), sorted(entry["fingerprint"] for entry in gitlab))
        self.assertEqual(len(results), len(new) + len(broken))
        self.assertEqual(len({entry["fingerprint"] for entry in gitlab}), len(gitlab), "GitLab shows one of two with the same")
        failing = len([e for e in new if e["verdict"] == "fail"]) + len(broken)
        self.assertEqual(len([r for r in results if r["level"] == "error"]), failing)
        places = [urllib.parse.unquote(r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]) for r in results]
        for path in places + [entry["location"]["path"] for entry in gitlab]:
            self.assertTrue((self.root / path).is_file(), path)
        for entry in gitlab:  # as GitLab's documentation of the report asks for
            self.assertTrue(entry["description"] and entry["check_name"])
            self.assertIn(entry["severity"], ("info", "minor", "major", "critical", "blocker"))
            self.assertGreaterEqual(entry["location"]["lines"]["begin"], 1)

    def test_a_comment_is_text(self):
        raw = self.gate("markdown")
        self.assertNotIn("\u202e", raw.decode())
        if not oracles.node_is_there():
            return
        found = oracles.check("markdown", raw)
        self.assertEqual(found["links"], [])
        self.assertEqual({tag.strip() for tag in found["html"]} - {"<details><summary>For the better</summary>", "</details>", "<!-- -->"}, set())
        self.assertTrue(any("=one,<b>two</b> -> @t'h\"ree `x` [y](z)" in item for item in found["items"]), found["items"])

    def test_its_picture_is_drawn(self):
        (chart,) = re.findall(r"(?ms)^```mermaid\n(.*?)^```", self.gate("markdown").decode())
        library = oracles.MODULES.parents[1] / "reports" / "node_modules" / "mermaid" / "dist" / "mermaid.min.js"
        if not shutil.which("chromium") or not library.is_file():
            self.skipTest("chromium or mermaid is not there")
        page = self.scratch / "page.html"
        page.write_text(CHART % (library.as_uri(), json.dumps(chart).replace("<", "\\u003c")))
        done = subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=%s" % (self.scratch / "profile"),
                               "--virtual-time-budget=60000", "--dump-dom", page.as_uri()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        said = re.search(r'<pre id="said">(.*?)</pre>', done.stdout.decode(), re.S)
        self.assertTrue(said, done.stderr[-500:])
        drawn = json.loads(html.unescape(said[1]))
        self.assertEqual((len(drawn["nodes"]), drawn["scripts"]), (3, 0), drawn)
        self.assertIn("=one,<b>two</b>", drawn["nodes"])


if __name__ == "__main__":
    sightline.main()
