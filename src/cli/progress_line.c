/*
 * "hashing  37%  1200/5000 files  1.2 GB of 3.4 GB  210.0 MB/s  0:42 left"
 * Parts that do not fit are left out, the least telling first.
 */
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_S 1000000000.0
/* Rates over less time than this jump about. */
#define RATE_MIN_NS 500000000
/* Times left beyond this are guesses nobody needs. */
#define LEFT_MAX_S (100.0 * 3600)

enum part { PART_SHARE, PART_FILES, PART_BYTES, PART_RATE, PART_LEFT, PART_COUNT };
#define PART_BYTES_MAX 64

/* ------------------------------------------------------------------- window */

static const struct dray_cli_sample *sample_at(const struct dray_cli_window *window, size_t i)
{
	return &window->samples[(window->start + i) % DRAY_CLI_WINDOW_LEN];
}

static bool is_restart(const struct dray_cli_window *window, const struct dray_cli_sample *next)
{
	const struct dray_cli_sample *last;

	if (window->len == 0)
		return true;
	last = sample_at(window, window->len - 1);
	return last->stage != next->stage || next->files_done < last->files_done ||
	       next->bytes_done < last->bytes_done;
}

void dray_cli_window_add(struct dray_cli_window *window, const struct dray_cli_sample *sample)
{
	if (is_restart(window, sample))
		window->start = window->len = 0;
	if (window->len == DRAY_CLI_WINDOW_LEN) {
		window->start = (window->start + 1) % DRAY_CLI_WINDOW_LEN;
		window->len--;
	}
	window->samples[(window->start + window->len) % DRAY_CLI_WINDOW_LEN] = *sample;
	window->len++;
}

/* -------------------------------------------------------------------- parts */

struct rates {
	double bytes; /* per second; 0: not known */
	double files;
};

static struct rates rates_of(const struct dray_cli_window *window)
{
	const struct dray_cli_sample *first = sample_at(window, 0);
	const struct dray_cli_sample *last = sample_at(window, window->len - 1);
	int64_t span_ns = last->time_ns - first->time_ns;
	double span_s = (double)span_ns / NS_PER_S;

	if (span_ns < RATE_MIN_NS)
		return (struct rates){0, 0};
	return (struct rates){
		.bytes = (double)(last->bytes_done - first->bytes_done) / span_s,
		.files = (double)(last->files_done - first->files_done) / span_s,
	};
}

/* Bytes tell better than files how much is left, where they are known. */
static bool counts_bytes(const struct dray_cli_sample *sample)
{
	return sample->bytes_total > 0;
}

static void put_share(char *out, const struct dray_cli_sample *now)
{
	uint64_t total = counts_bytes(now) ? now->bytes_total : now->files_total;
	uint64_t done = counts_bytes(now) ? now->bytes_done : now->files_done;
	unsigned share;

	if (total == 0)
		return;
	share = done >= total ? 100 : (unsigned)((double)done * 100 / (double)total);
	snprintf(out, PART_BYTES_MAX, "%3u%%", share > 99 && done < total ? 99 : share);
}

static void put_files(char *out, const struct dray_cli_sample *now)
{
	if (now->files_total > 1)
		snprintf(out, PART_BYTES_MAX, "%" PRIu64 "/%" PRIu64 " files", now->files_done,
			now->files_total);
	else if (now->files_total == 0 && now->files_done > 0)
		snprintf(out, PART_BYTES_MAX, "%" PRIu64 " files", now->files_done);
}

static void put_bytes(char *out, const struct dray_cli_sample *now)
{
	char done[16], total[16];

	if (now->bytes_total > 0)
		snprintf(out, PART_BYTES_MAX, "%s of %s", dray_show_size(now->bytes_done, done),
			dray_show_size(now->bytes_total, total));
	else if (now->bytes_done > 0)
		snprintf(out, PART_BYTES_MAX, "%s", dray_show_size(now->bytes_done, done));
}

static void put_rate(char *out, const struct dray_cli_sample *now, struct rates rates)
{
	char size[16];

	if (now->bytes_done > 0 && rates.bytes >= 1)
		snprintf(out, PART_BYTES_MAX, "%s/s", dray_show_size((uint64_t)rates.bytes, size));
	else if (now->bytes_done == 0 && rates.files >= 1)
		snprintf(out, PART_BYTES_MAX, "%.0f/s", rates.files);
}

static void put_left(char *out, const struct dray_cli_sample *now, struct rates rates)
{
	uint64_t total = counts_bytes(now) ? now->bytes_total : now->files_total;
	uint64_t done = counts_bytes(now) ? now->bytes_done : now->files_done;
	double rate = counts_bytes(now) ? rates.bytes : rates.files;
	double left_s = rate > 0 && total > done ? (double)(total - done) / rate : -1;
	unsigned s;

	if (left_s < 0 || left_s > LEFT_MAX_S)
		return;
	s = (unsigned)(left_s + 0.5);
	if (s >= 3600)
		snprintf(out, PART_BYTES_MAX, "%u:%02u:%02u left", s / 3600, s / 60 % 60, s % 60);
	else
		snprintf(out, PART_BYTES_MAX, "%u:%02u left", s / 60, s % 60);
}

/* --------------------------------------------------------------------- line */

static size_t line_width(const char *stage, char parts[PART_COUNT][PART_BYTES_MAX])
{
	size_t width = strlen(stage);

	for (size_t i = 0; i < PART_COUNT; i++)
		if (*parts[i])
			width += 2 + strlen(parts[i]);
	return width;
}

static void drop_until_fits(
	const char *stage, char parts[PART_COUNT][PART_BYTES_MAX], unsigned width)
{
	static const enum part least_first[] = {
		PART_RATE,
		PART_BYTES,
		PART_FILES,
		PART_LEFT,
		PART_SHARE,
	};

	for (size_t i = 0; i < DRAY_COUNT(least_first) && line_width(stage, parts) > width; i++)
		parts[least_first[i]][0] = '\0';
}

void dray_cli_progress_line(
	const struct dray_cli_window *window, unsigned width, struct dray_buf *out)
{
	char parts[PART_COUNT][PART_BYTES_MAX] = {{0}};
	const struct dray_cli_sample *now;
	struct rates rates;

	if (window->len == 0 || !sample_at(window, window->len - 1)->stage)
		return;
	now = sample_at(window, window->len - 1);
	rates = rates_of(window);
	put_share(parts[PART_SHARE], now);
	put_files(parts[PART_FILES], now);
	put_bytes(parts[PART_BYTES], now);
	put_rate(parts[PART_RATE], now, rates);
	put_left(parts[PART_LEFT], now, rates);
	drop_until_fits(now->stage, parts, width);
	if (strlen(now->stage) > width)
		return;
	dray_buf_puts(out, now->stage);
	for (size_t i = 0; i < PART_COUNT; i++)
		if (*parts[i])
			dray_buf_printf(out, "  %s", parts[i]);
}
