# SPDX-License-Identifier: GPL-3.0-or-later
"""Readers of exports that are not ours: npm packages by check.mjs, and SonarQube's own checks of an import, in Python."""
import json
import os
import pathlib
import shutil
import subprocess

HERE = pathlib.Path(__file__).parent
CACHE = pathlib.Path(os.environ.get("SIGHTLINE_CACHE") or pathlib.Path.home() / ".cache" / "sightline")
MODULES = CACHE / "node" / "exports" / "node_modules"


def node_is_there():
    """Without node or the packages what needs them is left out, but not by ./dev test, which has installed them."""
    there = bool(shutil.which("node")) and (MODULES / "ajv").is_dir()
    if not there and os.environ.get("SIGHTLINE_ORACLES") == "required":
        raise AssertionError("node and the packages of tests/exports/package.json are not in %s" % MODULES)
    return there


def check(kind, text):
    """What check.mjs says of text (str or bytes)."""
    done = subprocess.run(["node", str(HERE / "check.mjs"), str(MODULES), kind], timeout=120, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, input=text.encode() if isinstance(text, str) else text)
    if done.returncode:
        raise AssertionError(done.stderr.decode("utf-8", "replace")[-2000:])
    return json.loads(done.stdout)


class SonarFault(Exception):
    pass


def _need(holder, *fields):
    for field in fields:
        if holder.get(field) in (None, ""):
            raise SonarFault("missing mandatory field '%s'" % field)


def sonar_validate(report):
    """Raises SonarFault where the scanner refuses a report: after what SonarQube's ExternalIssueReportValidator does, and what its
    documentation says beyond that."""
    if report.get("rules") is None or report.get("issues") is None:
        raise SonarFault("the deprecated format")
    ids = set()
    for rule in report["rules"]:
        _need(rule, "id", "name", "engineId", "description", "cleanCodeAttribute")
        if rule.get("type") is None and rule.get("impacts") is None:
            raise SonarFault("either type, impacts or both should be provided")
        if rule.get("impacts") is not None:
            if not rule["impacts"]:
                raise SonarFault("mandatory array 'impacts' not populated")
            if rule.get("type") == "SECURITY_HOTSPOT":
                raise SonarFault("impacts should not be provided for rule type 'SECURITY_HOTSPOT'")
            for impact in rule["impacts"]:
                if impact["softwareQuality"] not in ("MAINTAINABILITY", "RELIABILITY", "SECURITY"):
                    raise SonarFault("software quality " + impact["softwareQuality"])
                if impact["severity"] not in ("HIGH", "MEDIUM", "LOW"):
                    raise SonarFault("impact " + impact["severity"])
        if rule.get("type") is not None:
            _need(rule, "severity")
            if rule["type"] not in ("CODE_SMELL", "BUG", "VULNERABILITY", "SECURITY_HOTSPOT"):
                raise SonarFault("type " + rule["type"])
        if rule.get("severity") is not None:
            _need(rule, "type")
            if rule["severity"] not in ("BLOCKER", "CRITICAL", "MAJOR", "MINOR", "INFO"):
                raise SonarFault("severity " + rule["severity"])
        if rule["cleanCodeAttribute"] not in (
                "FORMATTED", "CONVENTIONAL", "IDENTIFIABLE", "CLEAR", "LOGICAL", "COMPLETE", "EFFICIENT", "FOCUSED", "DISTINCT",
                "MODULAR", "TESTED", "LAWFUL", "TRUSTWORTHY", "RESPECTFUL"):
            raise SonarFault("attribute " + rule["cleanCodeAttribute"])
        if rule["id"] in ids:
            raise SonarFault("found duplicate rule ID '%s'" % rule["id"])
        ids.add(rule["id"])
    for issue in report["issues"]:
        _need(issue, "ruleId")
        if issue["ruleId"] not in ids:
            raise SonarFault("rule with '%s' not present" % issue["ruleId"])
        for deprecated in ("severity", "type"):
            if issue.get(deprecated) is not None:
                raise SonarFault("Deprecated '%s' field" % deprecated)
        _need(issue, "primaryLocation")
        _need(issue["primaryLocation"], "filePath", "message")
        if issue["primaryLocation"].get("textRange") is not None:
            _need(issue["primaryLocation"]["textRange"], "startLine")
