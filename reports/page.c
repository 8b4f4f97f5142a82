/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page's frame and its data blocks. A block is <script type="text/plain" id="data:NAME">BASE64</script>: nothing that a text
 * holds can end it, and no browser runs it. */
#include "page.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "page_assets.h"
#include "sink.h"

struct report_page {
	const struct report_output *output;
	struct report_error *error;
	int status; /* of the first failure */
};

static int put(struct report_page *page, const void *bytes, size_t length)
{
	if (!page->status && length)
		page->status = page->output->write(page->output->context, bytes, length);
	return page->status;
}

static int put_asset(struct report_page *page, const struct page_asset *asset)
{
	return put(page, asset->bytes, asset->length);
}

static void put_title(struct report_page *page, const char *title)
{
	struct sink sink;
	sink_start(&sink, page->output);
	for (size_t used; *title; title += used) {
		uint32_t code = sink_tame(sink_decode(title, &used));
		if (code == '<')
			sink_string(&sink, "&lt;");
		else if (code == '&')
			sink_string(&sink, "&amp;");
		else
			sink_character(&sink, code);
	}
	int status = sink_finish(&sink);
	if (!page->status)
		page->status = status;
}

int report_page_begin(const char *title, const struct report_output *output, struct report_error *error, struct report_page **out)
{
	struct report_page *page = calloc(1, sizeof *page);
	if (!page) {
		snprintf(error->text, sizeof error->text, "no memory is left");
		return -1;
	}
	*page = (struct report_page){output, error, 0};
	*out = page;
	put_asset(page, &page_before_title);
	if (!page->status)
		put_title(page, title);
	return put_asset(page, &page_before_data);
}

/* ---- data blocks: JSON is compressed as it comes, so that no table stands in memory twice ---- */

struct packer {
	struct report_page *page;           /* base64 goes there; NULL: plain bytes go to output */
	const struct report_output *output;
	z_stream stream;
	unsigned char pending[3]; /* bytes that do not make four characters yet */
	size_t pending_count;
};

static void base64(const unsigned char in[3], size_t count, char out[4])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t word = (uint32_t)in[0] << 16 | (count > 1 ? (uint32_t)in[1] << 8 : 0) | (count > 2 ? in[2] : 0);
	out[0] = letters[word >> 18];
	out[1] = letters[word >> 12 & 63];
	out[2] = count > 1 ? letters[word >> 6 & 63] : '=';
	out[3] = count > 2 ? letters[word & 63] : '=';
}

static int put_packed(struct packer *packer, const unsigned char *bytes, size_t length)
{
	char out[4096];
	size_t filled = 0;
	for (size_t i = 0; i < length; i++) {
		packer->pending[packer->pending_count++] = bytes[i];
		if (packer->pending_count < 3)
			continue;
		base64(packer->pending, 3, out + filled);
		packer->pending_count = 0;
		filled += 4;
		if (filled == sizeof out) {
			if (put(packer->page, out, filled))
				return packer->page->status;
			filled = 0;
		}
	}
	return put(packer->page, out, filled);
}

static int deflate_some(struct packer *packer, const void *bytes, size_t length, int flush)
{
	unsigned char out[16384];
	int status;
	packer->stream.next_in = (unsigned char *)(uintptr_t)bytes; /* zlib does not write there */
	packer->stream.avail_in = (uInt)length;
	do {
		packer->stream.next_out = out;
		packer->stream.avail_out = sizeof out;
		status = deflate(&packer->stream, flush);
		assert(status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR);
		size_t made = sizeof out - packer->stream.avail_out;
		int failed = packer->page ? put_packed(packer, out, made) : packer->output->write(packer->output->context, out, made);
		if (failed)
			return failed;
	} while (!packer->stream.avail_out);
	return 0;
}

static int pack(void *context, const void *bytes, size_t length)
{
	return deflate_some(context, bytes, length, Z_NO_FLUSH);
}

int report_table_packed(const struct report_table *table, const struct report_output *output)
{
	struct packer packer = {.output = output};
	struct report_output into = {pack, &packer};
	if (deflateInit(&packer.stream, Z_BEST_SPEED) != Z_OK)
		return -1;
	int status = report_table_json(table, &into);
	if (!status)
		status = deflate_some(&packer, NULL, 0, Z_FINISH);
	deflateEnd(&packer.stream);
	return status;
}

static void check_name(const char *name)
{
	assert(*name && name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_.")] == 0);
	(void)name;
}

int report_page_table(struct report_page *page, const struct report_table *table)
{
	static const char open[] = "<script type=\"text/plain\" id=\"data:", close[] = "</script>\n";
	struct packer packer = {.page = page};
	struct report_output output = {pack, &packer};
	check_name(table->name);
	if (page->status)
		return page->status;
	if (deflateInit(&packer.stream, Z_BEST_COMPRESSION) != Z_OK) {
		snprintf(page->error->text, sizeof page->error->text, "zlib cannot begin: no memory is left");
		return page->status = -1;
	}
	put(page, open, sizeof open - 1);
	put(page, table->name, strlen(table->name));
	put(page, "\">", 2);
	int status = report_table_json(table, &output);
	if (!status)
		status = deflate_some(&packer, NULL, 0, Z_FINISH);
	deflateEnd(&packer.stream);
	if (packer.pending_count) {
		char last[4];
		base64(packer.pending, packer.pending_count, last);
		put(page, last, sizeof last);
	}
	if (!page->status)
		page->status = status;
	return put(page, close, sizeof close - 1);
}

int report_page_served(const char *title, const struct report_output *output, struct report_error *error)
{
	/* As embed.py writes it: the first words of the policy. */
	static const char nothing[] = "default-src &#x27;none&#x27;;", served[] = " connect-src &#x27;self&#x27;;";
	struct report_page page = {output, error, 0};
	const unsigned char *bytes = page_before_title.bytes;
	const unsigned char *at = memmem(bytes, page_before_title.length, nothing, sizeof nothing - 1);
	assert(at);
	size_t before = (size_t)(at - bytes) + sizeof nothing - 1;
	put(&page, bytes, before);
	put(&page, served, sizeof served - 1);
	put(&page, bytes + before, page_before_title.length - before);
	if (!page.status)
		put_title(&page, title);
	put_asset(&page, &page_before_data);
	return put_asset(&page, &page_after_data);
}

int report_page_end(struct report_page *page)
{
	int status = put_asset(page, &page_after_data);
	free(page);
	return status;
}
