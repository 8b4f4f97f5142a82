/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/goals.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "check/rule.h"

int goals_parse(const char *text, char **json, struct err *err)
{
	struct buf out;
	buf_init(&out, BUF_NO_CEILING);
	buf_append_char(&out, '{');
	int result = 0;
	for (const char *at = text, *end; !result && *at; at = *end ? end + 1 : end) {
		end = strchrnul(at, ',');
		const char *equals = memchr(at, '=', (size_t)(end - at));
		char *goal = mem_strndup(at, (size_t)((equals ? equals : end) - at));
		char *weight = equals ? mem_strndup(equals + 1, (size_t)(end - equals - 1)) : mem_strdup("1");
		if (!rule_is_goal(goal))
			result = err_set(err, ERR_INPUT, "--goal: \"%s\" is none of scalability, resiliency, velocity, cloud-readiness and security",
					 goal);
		else if (!*weight || strspn(weight, "0123456789") + strspn(strchrnul(weight, '.'), ".0123456789") < strlen(weight) ||
			 strlen(weight) > 9 || *weight == '.')
			result = err_set(err, ERR_INPUT, "--goal: weight \"%s\" of %s is no number from 0 up", weight, goal);
		else
			buf_printf(&out, "%s\"%s\": %s%s", out.length > 1 ? ", " : "", goal, weight,
				   weight[strlen(weight) - 1] == '.' ? "0" : "");
		free(goal);
		free(weight);
	}
	buf_append_char(&out, '}');
	if (result)
		buf_finish(&out);
	else
		*json = buf_take(&out, NULL);
	return result;
}
