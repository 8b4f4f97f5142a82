/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/inputs_ahead.h"

#include "extract_id.h"

/* Errors are left to those who need the model. */
static void hash_known(void *context)
{
	struct inputs_ahead *ahead = context;
	struct model *model = NULL;
	struct rows *rows = NULL;
	struct err ignored = {0};
	bool has_row;
	if (model_open(ahead->session->database, MODEL_READ, &model, &ignored))
		return;
	ahead->checker = input_checker_create(ahead->session->root, EXTRACT_ID);
	int result = model_query_named(model, "known_paths", NULL, 0, &rows, &ignored);
	while (!result && !rows_next(rows, &has_row, &ignored) && has_row)
		input_checker_read(ahead->checker, rows_text(rows, 0, NULL));
	rows_close(rows);
	model_close(model);
}

void inputs_ahead_begin(struct inputs_ahead *ahead, const struct session *session)
{
	*ahead = (struct inputs_ahead){.session = session};
	if (beside_is_worth_it())
		beside_begin(&ahead->beside, hash_known, ahead);
}

struct input_checker *inputs_ahead_end(struct inputs_ahead *ahead)
{
	beside_end(&ahead->beside);
	return ahead->checker;
}
