/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Curves over releases as SVG. All names are foreign: escaped for XML in one place, put_text. */
#include "trend.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sink.h"

#define WIDTH 1000.0
#define LEFT 76.0        /* room for the numbers of a scale */
#define RIGHT 164.0      /* for last values */
#define TOP 84.0
#define PANEL 92.0       /* height of a plot */
#define STEP 140.0       /* from one plot to the next */
#define NAMES 96.0       /* below the last plot, for names that stand askew */
#define NAME_LENGTH 18   /* characters of a name that are shown */
#define NAME_DISTANCE 17.0 /* between names that are shown */
#define FLAT 0.10        /* the least that a scale spans, of its largest number: a ripple must not look like a cliff */
#define TICKS 3.0        /* how many lines a scale has, about */

#define INK "#1f2933"
#define FAINT "#5b6770"
#define GRID "#e3e8ec"
#define CURVE "#0b5cad"
#define WORSE "#b3261e"
#define BETTER "#1b7a3d"

struct scale { double low, high, step; };

struct canvas {
	struct sink sink;
	const struct trend *trend;
	double height;
};

/* Foreign text between tags or in an attribute, at most limit characters (0: all). */
static void put_text(struct sink *sink, const char *text, size_t limit)
{
	for (size_t shown = 0, length; *text; text += length, shown++) {
		uint32_t code = sink_tame(sink_decode(text, &length));
		if (limit && shown == limit) {
			sink_string(sink, "\xE2\x80\xA6");
			return;
		}
		switch (code) {
		case '<': sink_string(sink, "&lt;"); break;
		case '>': sink_string(sink, "&gt;"); break;
		case '&': sink_string(sink, "&amp;"); break;
		case '"': sink_string(sink, "&quot;"); break;
		case '\n': case '\t': sink_string(sink, " "); break;
		default: sink_character(sink, code == 0xfffe || code == 0xffff ? SINK_REPLACEMENT : code);
		}
	}
}

/* 12,345 or 52.4: whole numbers are told apart in thousands, others have one digit behind the point. */
static void put_value(struct sink *sink, double value, bool signed_value)
{
	char digits[48], text[64];
	double size = fabs(value);
	bool whole = size >= 1000 || fabs(size - round(size)) < 0.005;
	snprintf(digits, sizeof digits, whole ? "%.0f" : "%.1f", size);
	size_t length = strlen(digits), lead = whole ? length : strcspn(digits, "."), at = 0;
	for (size_t i = 0; i < length; i++) {
		if (i && i < lead && (lead - i) % 3 == 0)
			text[at++] = ',';
		text[at++] = digits[i];
	}
	text[at] = 0;
	bool is_zero = strspn(text, "0.") == strlen(text);
	const char *sign = is_zero ? signed_value ? "\xC2\xB1" : "" : value < 0 ? "\xE2\x88\x92" : signed_value ? "+" : "";
	sink_printf(sink, "%s%s", sign, text);
}

static void put_number(struct sink *sink, double value)
{
	sink_printf(sink, "%.1f", value);
}

static double place_x(const struct trend *trend, size_t release)
{
	double span = WIDTH - LEFT - RIGHT;
	return trend->release_count < 2 ? LEFT + span / 2 : LEFT + span * (double)release / (double)(trend->release_count - 1);
}

static double place_y(const struct scale *scale, double top, double value)
{
	return top + PANEL * (scale->high - value) / (scale->high - scale->low);
}

/* A round step, and limits that are multiples of it. */
static struct scale make_scale(const struct trend_series *series, size_t count)
{
	double low = INFINITY, high = -INFINITY;
	for (size_t i = 0; i < count; i++)
		if (isfinite(series->values[i])) {
			low = fmin(low, series->values[i]);
			high = fmax(high, series->values[i]);
		}
	if (!(low <= high))
		return (struct scale){0, 1, 1};
	double least = fmax(FLAT * fmax(fabs(high), fabs(low)), series->is_count ? 3.0 : 1.0), missing = least - (high - low);
	if (missing > 0) {
		bool from_zero = low >= 0 && low < missing / 2;
		low = from_zero ? 0 : low - missing / 2;
		high = from_zero ? fmax(least, high) : high + missing / 2;
	}
	double rough = (high - low) / TICKS, power = pow(10, floor(log10(rough))), ratio = rough / power;
	double step = power * (ratio < 1.5 ? 1 : ratio < 3.5 ? 2 : ratio < 7.5 ? 5 : 10);
	if (series->is_count)
		step = fmax(step, 1);
	return (struct scale){floor(low / step) * step, ceil(high / step) * step, step};
}

static void put_grid(struct sink *sink, const struct scale *scale, double top)
{
	size_t lines = (size_t)lround((scale->high - scale->low) / scale->step);
	for (size_t i = 0; i <= lines; i++) {
		double value = scale->low + scale->step * (double)i, y = place_y(scale, top, value);
		sink_printf(sink, "<path class=\"g\" d=\"M%.1f %.1fH%.1f\"/>", LEFT, y, WIDTH - RIGHT);
		sink_printf(sink, "<text class=\"f e\" x=\"%.1f\" y=\"%.1f\">", LEFT - 8, y + 4);
		put_value(sink, value, false);
		sink_string(sink, "</text>\n");
	}
}

static void put_curve(struct sink *sink, const struct trend *trend, const struct trend_series *series, const struct scale *scale, double top)
{
	bool drawn = false;
	sink_string(sink, "<path class=\"c\" d=\"");
	for (size_t i = 0; i < trend->release_count; i++) {
		if (isfinite(series->values[i])) {
			sink_printf(sink, "%s%.1f %.1f", drawn ? "L" : "M", place_x(trend, i), place_y(scale, top, series->values[i]));
		}
		drawn = isfinite(series->values[i]);
	}
	sink_string(sink, "\"/>\n");
	double radius = trend->release_count > 30 ? 2 : 3.2;
	for (size_t i = 0; i < trend->release_count; i++)
		if (isfinite(series->values[i]))
			sink_printf(sink, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>", place_x(trend, i), place_y(scale, top, series->values[i]),
				    radius);
	sink_string(sink, "\n");
}

/* The last value, and what it is against the first. */
static void put_last(struct sink *sink, const struct trend *trend, const struct trend_series *series, double top)
{
	const double *first = NULL, *last = NULL;
	for (size_t i = 0; i < trend->release_count; i++)
		if (isfinite(series->values[i])) {
			first = first ? first : &series->values[i];
			last = &series->values[i];
		}
	double x = WIDTH - RIGHT + 16, middle = top + PANEL / 2;
	if (!last) {
		sink_printf(sink, "<text class=\"f\" x=\"%.1f\" y=\"%.1f\">not known</text>\n", x, middle);
		return;
	}
	sink_printf(sink, "<text class=\"v\" x=\"%.1f\" y=\"%.1f\">", x, middle);
	put_value(sink, *last, false);
	sink_string(sink, "</text>");
	if (first == last)
		return;
	double change = *last - *first;
	const char *class = !series->lower_is_better || fabs(change) < 0.05 ? "f" : change > 0 ? "w" : "b";
	sink_printf(sink, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">", class, x, middle + 18);
	if (fabs(change) < 0.05) {
		sink_string(sink, "as in the first</text>\n");
		return;
	}
	put_value(sink, change, true);
	sink_string(sink, " since the first</text>\n");
}

static void put_panel(struct sink *sink, const struct trend *trend, size_t number)
{
	const struct trend_series *series = &trend->series[number];
	double top = TOP + STEP * (double)number;
	struct scale scale = make_scale(series, trend->release_count);
	sink_printf(sink, "<text class=\"h\" x=\"%.1f\" y=\"%.1f\">", LEFT, top - 12);
	put_text(sink, series->title, 0);
	if (series->remark) {
		sink_string(sink, "<tspan class=\"f n\" dx=\"8\">");
		put_text(sink, series->remark, 0);
		sink_string(sink, "</tspan>");
	}
	sink_string(sink, "</text>\n");
	put_grid(sink, &scale, top);
	put_curve(sink, trend, series, &scale, top);
	put_last(sink, trend, series, top);
}

/* As many names as there is room for, the last one always. */
static void put_names(struct sink *sink, const struct trend *trend, double bottom)
{
	size_t count = trend->release_count;
	double room = count < 2 ? NAME_DISTANCE : (WIDTH - LEFT - RIGHT) / (double)(count - 1);
	size_t every = room >= NAME_DISTANCE ? 1 : (size_t)ceil(NAME_DISTANCE / room);
	for (size_t i = 0; i < count; i++) {
		size_t from_last = count - 1 - i;
		if (from_last % every)
			continue;
		double x = place_x(trend, i), y = bottom + 16;
		sink_printf(sink, "<path class=\"g\" d=\"M%.1f %.1fv6\"/>", x, bottom);
		sink_printf(sink, "<text class=\"f e\" transform=\"translate(%.1f %.1f)rotate(-45)\">", x + 4, y);
		put_text(sink, trend->releases[i].name, NAME_LENGTH);
		sink_string(sink, "</text>\n");
	}
}

/* What is under the mouse, over all plots. */
static void put_columns(struct sink *sink, const struct trend *trend, double bottom)
{
	double width = trend->release_count < 2 ? WIDTH - LEFT - RIGHT : (WIDTH - LEFT - RIGHT) / (double)(trend->release_count - 1);
	for (size_t i = 0; i < trend->release_count; i++) {
		const struct trend_release *release = &trend->releases[i];
		sink_printf(sink, "<g class=\"k\"><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", place_x(trend, i) - width / 2,
			    TOP - 30, width, bottom - TOP + 30);
		sink_printf(sink, "<path d=\"M%.1f %.1fV%.1f\"/><title>", place_x(trend, i), TOP, bottom);
		put_text(sink, release->name, 0);
		if (*release->date) {
			sink_string(sink, ", ");
			put_text(sink, release->date, 0);
		}
		for (size_t s = 0; s < trend->series_count; s++) {
			double value = trend->series[s].values[i];
			sink_string(sink, "&#10;");
			put_text(sink, trend->series[s].title, 0);
			sink_string(sink, ": ");
			if (isfinite(value))
				put_value(sink, value, false);
			else
				sink_string(sink, "not known");
			if (i && isfinite(value) && isfinite(trend->series[s].values[i - 1])) {
				sink_string(sink, " (");
				put_value(sink, value - trend->series[s].values[i - 1], true);
				sink_string(sink, ")");
			}
		}
		sink_string(sink, "</title></g>\n");
	}
}

static void put_head(struct sink *sink, const struct trend *trend, double height)
{
	const struct trend_release *first = &trend->releases[0], *last = &trend->releases[trend->release_count - 1];
	sink_string(sink, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ");
	put_number(sink, WIDTH);
	sink_string(sink, " ");
	put_number(sink, height);
	sink_printf(sink, "\" width=\"%.0f\" height=\"%.0f\" font-family=\"Helvetica,Arial,sans-serif\" font-size=\"12\">\n", WIDTH, height);
	sink_string(sink, "<title>");
	put_text(sink, trend->title, 0);
	sink_string(sink, " over its releases</title>\n<style>\n"
		    "text{fill:" INK "}.f{fill:" FAINT "}.n{font-weight:normal;font-size:12px}.e{text-anchor:end}\n"
		    ".h{font-size:14px;font-weight:bold}.v{font-size:19px;font-weight:bold}.w{fill:" WORSE "}.b{fill:" BETTER "}\n");
	sink_string(sink, ".g{stroke:" GRID ";fill:none}.c{stroke:" CURVE ";stroke-width:2;fill:none;stroke-linejoin:round}circle{fill:" CURVE "}\n"
		    ".k rect{fill:#000;fill-opacity:0}.k path{stroke:none}.k:hover path{stroke:" FAINT ";stroke-dasharray:2 3}\n</style>\n");
	sink_string(sink, "<rect width=\"100%\" height=\"100%\" fill=\"#fdfdfc\"/>\n<text x=\"24\" y=\"34\" font-size=\"20\" font-weight=\"bold\">");
	put_text(sink, trend->title, 60);
	sink_string(sink, "<tspan class=\"f n\" dx=\"12\">");
	if (trend->release_count == 1) {
		sink_string(sink, "one release: ");
	} else {
		sink_printf(sink, "%zu releases, ", trend->release_count);
		put_text(sink, first->name, 30);
		if (*first->date) {
			sink_string(sink, " (");
			put_text(sink, first->date, 0);
			sink_string(sink, ")");
		}
		sink_string(sink, " to ");
	}
	put_text(sink, last->name, 30);
	if (*last->date) {
		sink_string(sink, " (");
		put_text(sink, last->date, 0);
		sink_string(sink, ")");
	}
	sink_string(sink, "</tspan></text>\n");
}

int report_trend_svg(const struct trend *trend, const struct report_output *output)
{
	struct sink sink;
	double bottom = TOP + STEP * (double)trend->series_count - (STEP - PANEL);
	sink_start(&sink, output);
	put_head(&sink, trend, bottom + NAMES);
	for (size_t i = 0; i < trend->series_count; i++)
		put_panel(&sink, trend, i);
	put_names(&sink, trend, bottom);
	put_columns(&sink, trend, bottom);
	sink_string(&sink, "</svg>\n");
	return sink_finish(&sink);
}
