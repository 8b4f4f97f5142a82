/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GitLab's Code Quality report: of two entries with one fingerprint it shows the first only. */
#include "export_text.h"
#include "json.h"

int export_gitlab(const struct export *export, enum export_content content, const struct report_output *output)
{
	struct json json;
	struct memory line = {0};
	(void)content;
	json_start(&json, output, true);
	json_put_array(&json, NULL);
	for (size_t i = 0; i < export->finding_count; i++) {
		const struct export_finding *finding = &export->findings[i];
		json_put_object(&json, NULL);
		if (text_line_in(&line, finding->message, 1000))
			json.sink.status = -1;
		json_put_text(&json, "description", memory_text(&line));
		json_put_text(&json, "check_name", export->rules[finding->rule].id);
		json_put_text(&json, "fingerprint", finding->fingerprint);
		json_put_text(&json, "severity", export_severity_names[finding->severity]);
		json_put_object(&json, "location");
		json_put_text(&json, "path", finding->file);
		json_put_object(&json, "lines");
		json_put_integer(&json, "begin", finding->line ? finding->line : 1);
		json_end(&json);
		json_end(&json);
		json_end(&json);
	}
	json_end(&json);
	memory_finish(&line);
	return json_finish(&json);
}
