/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of export formats: a new writer is one file and one line here. */
#include "export_text.h"

const char *const export_severity_names[EXPORT_SEVERITIES] = {"info", "minor", "major", "critical"};

const struct export_format *export_formats(void)
{
	static const struct export_format formats[] = {
		{"jira-csv", "tasks for Jira's import from CSV", EXPORT_TASKS, 1500, 0, false, export_jira_csv},
		{"jira-json", "tasks as requests to Jira's REST API, 50 issues each; a folder gets one file per request", EXPORT_TASKS, 0, 0,
		 false, export_jira_json},
		{"azure-csv", "tasks for Azure Boards' import from CSV", EXPORT_TASKS, 1000, 0, false, export_azure_csv},
		{"azure-json", "tasks as batches of JSON patches for Azure DevOps' REST API", EXPORT_TASKS, 0, 0, false, export_azure_json},
		{"sarif", "findings for GitHub code scanning and all else that reads SARIF 2.1.0", EXPORT_FINDINGS, 0, 5000, true, export_sarif},
		{"sonar", "findings as SonarQube's generic issues", EXPORT_FINDINGS, 0, 0, false, export_sonar},
		{"gitlab", "findings as a GitLab Code Quality report", EXPORT_FINDINGS, 0, 0, false, export_gitlab},
		{"csv", "tasks or findings as a table for spreadsheets", EXPORT_TASKS | EXPORT_FINDINGS, 0, 0, false, export_csv},
		{"json", "tasks or findings with all that is known of them", EXPORT_TASKS | EXPORT_FINDINGS, 0, 0, false, export_json},
		{"markdown", "tasks or findings to paste into an issue, a wiki or a pull request", EXPORT_TASKS | EXPORT_FINDINGS, 20, 200,
		 false, export_markdown},
		{NULL, NULL, 0, 0, 0, false, NULL},
	};

	return formats;
}
