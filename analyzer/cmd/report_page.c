/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/report_page.h"

#include <errno.h>

#include "cmd/page.h"
#include "cmd/target.h"

static int put_table(void *context, const struct report_table *table)
{
	return report_page_table(context, table);
}

int report_page_write(const struct session *session, const char *base, const char *title, const char *path, struct err *err)
{
	struct page *page = NULL;
	struct report_page *writer = NULL;
	struct target target;
	struct report_error error = {""};
	int stopped = 0;
	int result = page_create(session, base, &page, err);
	if (result)
		return result;
	result = target_open(&target, path, err);
	if (result) {
		page_destroy(page);
		return result;
	}
	struct report_output output = {target_write, target.stream};
	stopped = report_page_begin(title, &output, &error, &writer);
	if (writer) {
		if (!stopped)
			result = page_tables(page, put_table, writer, &stopped, err);
		int ended = report_page_end(writer);
		stopped = stopped ? stopped : ended;
	}
	if (!result && (stopped || fflush(target.stream)))
		result = error.text[0] ? err_set(err, ERR_INTERNAL, "the html writer failed: %s", error.text)
				       : err_errno(err, ERR_IO, errno, "%s: cannot be written", path ? path : "the output");
	page_destroy(page);
	return target_close(&target, result, err);
}
