/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors: one value type that a caller owns and passes down.
 *
 * A fallible function returns 0 or a negative enum err_code and, on failure, fills the caller's struct err;
 * its out parameters stay untouched. A lower message is passed up, never replaced: err_prefix adds context in
 * front of it. Messages read "what: where: why; what to do", one line, no trailing dot or newline. Only cmd/
 * prints them. */
#ifndef SIGHTLINE_BASE_ERR_H
#define SIGHTLINE_BASE_ERR_H

enum err_code {
	ERR_NONE = 0,
	ERR_INPUT = -1,      /* unusable arguments, files or data of the user: exit code 2 */
	ERR_IO = -2,         /* the operating system refused: disk full, permission, no such file */
	ERR_DATABASE = -3,   /* the model database is busy, corrupt, read-only or newer than we are */
	ERR_INTERNAL = -4,   /* something of ours broke: a worker would not start, a library failed */
	ERR_NOT_FOUND = -5,  /* the thing asked for does not exist; often expected by the caller */
	ERR_LIMIT = -6,      /* a stated ceiling on foreign input was reached */
};

struct err {
	enum err_code code;
	char text[1024]; /* always terminated; over-long messages are cut with "..." */
};

/* Sets code and message. Returns code, so that "return err_set(...)" is the idiom. err may be NULL: then only
 * the code is returned. */
int err_set(struct err *err, enum err_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Puts "<prefix>: " in front of the message already in err. Returns err->code. */
int err_prefix(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Like err_set, and appends ": " and strerror(errnum). */
int err_errno(struct err *err, enum err_code code, int errnum, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
