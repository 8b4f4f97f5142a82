/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Colours, widths, progress. */
#include "cmd/terminal.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "base/text.h"

bool terminal_has_colour(FILE *stream)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	return !(no && *no) && term && strcmp(term, "dumb") && isatty(fileno(stream));
}

const char *terminal_style(FILE *stream, enum terminal_style style)
{
	static const char *const codes[] = {"\033[0m", "\033[1m", "\033[2m", "\033[31m", "\033[33m", "\033[32m"};
	return terminal_has_colour(stream) ? codes[style] : "";
}

unsigned terminal_width(FILE *stream)
{
	struct winsize size;
	if (!isatty(fileno(stream)))
		return 0;
	return ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col >= 20 ? size.ws_col : 80;
}

void terminal_append(struct buf *out, const char *text, size_t length)
{
	for (size_t i = 0; i < length;) {
		unsigned char c = (unsigned char)text[i];
		size_t valid = text_utf8_length(text + i, length - i);
		/* C1 controls are two bytes in UTF-8: 0xc2 0x80..0x9f. */
		bool control = c < 0x20 || c == 0x7f || (valid == 2 && c == 0xc2 && (unsigned char)text[i + 1] < 0xa0);
		if (valid && !control) {
			buf_append(out, text + i, valid);
			i += valid;
		} else {
			buf_printf(out, "\\x%02x", c);
			i++;
			if (control && valid == 2)
				buf_printf(out, "\\x%02x", (unsigned char)text[i++]);
		}
	}
}

void terminal_print(FILE *stream, const char *before, const char *foreign, const char *behind)
{
	struct buf safe;
	buf_init(&safe, BUF_NO_CEILING);
	terminal_append(&safe, foreign, strlen(foreign));
	fprintf(stream, "%s%s%s", before, safe.data ? safe.data : "", behind);
	buf_finish(&safe);
}

size_t terminal_columns(const char *text, size_t length)
{
	size_t columns = 0;
	mbstate_t state = {0};
	for (size_t i = 0; i < length;) {
		wchar_t wide;
		size_t used = mbrtowc(&wide, text + i, length - i, &state);
		if (used == 0 || used > length - i) { /* another locale than UTF-8 */
			memset(&state, 0, sizeof state);
			columns += ((unsigned char)text[i] & 0xc0) != 0x80;
			i++;
			continue;
		}
		int width = wcwidth(wide);
		columns += width > 0 ? (size_t)width : 0;
		i += used;
	}
	return columns;
}

static double seconds_between(const struct timespec *from, const struct timespec *to)
{
	return (double)(to->tv_sec - from->tv_sec) + (double)(to->tv_nsec - from->tv_nsec) / 1e9;
}

static void report(void *context, const char *stage, size_t done, size_t total, const char *detail)
{
	struct terminal_progress *progress = context;
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	bool new_stage = !progress->stage || strcmp(progress->stage, stage);
	if (new_stage) {
		progress->stage = stage;
		progress->stage_start = now;
	} else if (seconds_between(&progress->last_draw, &now) < 0.1 && done != total) {
		return;
	}
	progress->last_draw = now;
	struct buf line;
	buf_init(&line, 4096);
	buf_append_string(&line, stage);
	if (total) {
		double elapsed = seconds_between(&progress->stage_start, &now);
		buf_append_string(&line, " [");
		for (size_t i = 0; i < 20; i++)
			buf_append_char(&line, i < done * 20 / total ? '#' : '.');
		buf_printf(&line, "] %zu/%zu", done, total);
		if (elapsed > 0.5 && done) {
			double rate = (double)done / elapsed;
			buf_printf(&line, "  %.0f/s  %.0f s left", rate, (double)(total - done) / rate);
		}
	}
	if (detail) {
		buf_append_string(&line, "  ");
		terminal_append(&line, detail, strlen(detail));
	}
	unsigned width = terminal_width(stderr);
	size_t length = line.length;
	while (length && terminal_columns(line.data, length) >= width)
		length--;
	while (length && length < line.length && ((unsigned char)line.data[length] & 0xc0) == 0x80)
		length--; /* not within a character */
	fprintf(stderr, "\r%.*s\033[K", (int)length, line.data ? line.data : "");
	fflush(stderr);
	progress->drawn = true;
	buf_finish(&line);
}

void terminal_progress_init(struct terminal_progress *progress, bool quiet)
{
	const char *term = getenv("TERM");
	*progress = (struct terminal_progress){.active = !quiet && isatty(STDERR_FILENO) && term && strcmp(term, "dumb")};
	if (progress->active)
		progress->progress = (struct progress){report, progress};
}

void terminal_progress_clear(struct terminal_progress *progress)
{
	if (progress->drawn) {
		fputs("\r\033[K", stderr);
		fflush(stderr);
	}
	progress->drawn = false;
}
