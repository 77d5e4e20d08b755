/*
 * JSON: {"items":[…],"<total>":n,…}, and "error":{…} behind them when the
 * action failed, so that the text is one whole object whatever happened. Totals
 * may be reported at any time and more than once; they are summed and come last.
 * Or the shape that another program's scripts read: see shape.h.
 */
#include "sink.h"

#include "secret.h"
#include "shape.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ------------------------------------------------------------------ tallies */

void dray_cli_tally_add(struct dray_cli_tally *tally, const char *name, uint64_t value)
{
	for (size_t i = 0; i < tally->len; i++)
		if (strcmp(tally->items[i].name, name) == 0) {
			tally->items[i].value += value;
			return;
		}
	DRAY_GROW(tally->items, tally->len, tally->cap);
	tally->items[tally->len++] = (struct dray_cli_count){dray_strdup(name), value};
}

static const struct dray_cli_count *peek(const struct dray_cli_tally *tally, const char *name)
{
	for (size_t i = 0; i < tally->len; i++)
		if (strcmp(tally->items[i].name, name) == 0)
			return &tally->items[i];
	return NULL;
}

bool dray_cli_tally_has(const struct dray_cli_tally *tally, const char *name)
{
	return peek(tally, name) != NULL;
}

uint64_t dray_cli_tally_get(const struct dray_cli_tally *tally, const char *name)
{
	const struct dray_cli_count *count = peek(tally, name);

	return count ? count->value : 0;
}

void dray_cli_tally_drop(struct dray_cli_tally *tally)
{
	for (size_t i = 0; i < tally->len; i++)
		free(tally->items[i].name);
	free(tally->items);
	*tally = (struct dray_cli_tally){.items = NULL};
}

/* --------------------------------------------------------------------- JSON */

static void put_text(struct dray_cli_json *json, const char *key, const char *text)
{
	if (!text)
		return;
	dray_cli_json_key(json, key);
	dray_cli_json_text(json, text);
}

static void put_number(struct dray_cli_json *json, const char *key, bool is_there, uint64_t value)
{
	if (!is_there)
		return;
	dray_cli_json_key(json, key);
	dray_cli_json_number(json, value);
}

static void put_item(struct dray_cli_json *json, const struct dray_item *item)
{
	dray_cli_json_break(json);
	dray_cli_json_open(json, '{');
	put_text(json, "state", item->state);
	put_text(json, "path", item->path);
	put_text(json, "from", item->from);
	put_text(json, "stage", item->stage);
	put_text(json, "kind", item->kind);
	put_text(json, "value", item->value);
	put_text(json, "hash", item->hash);
	put_text(json, "old_hash", item->old_hash);
	put_number(json, "size", item->has_size, item->size);
	put_number(json, "old_size", item->has_old_size, item->old_size);
	put_number(json, "files", item->has_files, item->files);
	for (size_t i = 0; i < item->facts_len; i++) {
		put_text(json, item->facts[i].key, item->facts[i].text);
		put_number(json, item->facts[i].key, item->facts[i].text == NULL,
			item->facts[i].number);
	}
	dray_cli_json_close(json, '}');
}

static void put_error(struct dray_cli_json *json, const struct dray_err *err)
{
	dray_cli_json_break(json);
	dray_cli_json_key(json, "error");
	dray_cli_json_open(json, '{');
	put_text(json, "status", dray_status_name(err->status));
	put_text(json, "text", err->text);
	put_text(json, "hint", *err->hint ? err->hint : NULL);
	dray_cli_json_close(json, '}');
}

/* Late: only an open repository tells whether it is our shape. */
static void begin_json(struct dray_cli_sink *sink)
{
	if (sink->has_json_begun)
		return;
	sink->has_json_begun = true;
	dray_cli_json_open(&sink->json, '{');
	dray_cli_json_key(&sink->json, "items");
	dray_cli_json_open(&sink->json, '[');
}

static void end_json(
	struct dray_cli_sink *sink, enum dray_status status, const struct dray_err *err)
{
	struct dray_cli_json *json = &sink->json;

	begin_json(sink);
	if (sink->items)
		dray_cli_json_break(json);
	dray_cli_json_close(json, ']');
	for (size_t i = 0; i < sink->totals.len; i++) {
		if (i == 0)
			dray_cli_json_break(json);
		put_number(json, sink->totals.items[i].name, true, sink->totals.items[i].value);
	}
	if (status != DRAY_OK)
		put_error(json, err);
	dray_cli_json_close(json, '}');
	dray_buf_putc(json->out, '\n');
}

/* Nothing after a failure, as DVC: it would be taken for all there is. */
static void end_shape(struct dray_cli_sink *sink)
{
	if (!sink->is_ok)
		return;
	sink->shape->end(sink);
	dray_buf_putc(sink->json.out, '\n');
}

/* ------------------------------------------------------------------ reports */

static struct dray_cli_sink *sink_of(struct dray_report *report)
{
	return (struct dray_cli_sink *)(void *)report;
}

static bool is_silent(const struct dray_cli_sink *sink)
{
	return sink->args->quiet && !(sink->command->flags & DRAY_CLI_IS_QUERY);
}

/* The progress line and the results may share a terminal. */
static void flush(struct dray_cli_sink *sink)
{
	dray_cli_progress_pause(sink->progress);
	dray_cli_out_flush(sink->out);
	dray_cli_progress_resume(sink->progress);
}

/* Another repository may be DVC's, wherever we stand. */
static void follow_report(struct dray_cli_sink *sink)
{
	if (sink->report.is_dvc && !sink->is_dvc)
		dray_cli_sink_use_dvc(sink);
}

static void put_json(struct dray_cli_sink *sink, const struct dray_item *item)
{
	if (sink->shape) {
		sink->shape->item(sink, item);
		return;
	}
	begin_json(sink);
	put_item(&sink->json, item);
}

static void on_item(struct dray_report *report, const struct dray_item *item)
{
	struct dray_cli_sink *sink = sink_of(report);

	sink->items++;
	follow_report(sink);
	if (item->state)
		dray_cli_tally_add(&sink->states, item->state, 1);
	if (sink->out->error)
		return;
	if (sink->args->json)
		put_json(sink, item);
	else if (sink->command->print_item && !is_silent(sink))
		sink->command->print_item(sink, item);
	if (dray_cli_out_is_due(sink->out))
		flush(sink);
}

static void on_total(struct dray_report *report, const char *key, uint64_t value)
{
	dray_cli_tally_add(&sink_of(report)->totals, key, value);
}

static void on_note(struct dray_report *report, const char *text)
{
	struct dray_cli_sink *sink = sink_of(report);
	struct dray_err printable = DRAY_ERR_INIT;

	if (sink->args->quiet)
		return;
	dray_fail(&printable, DRAY_FAILED, "%s", text); /* only for its escaping */
	dray_cli_out_flush(sink->out);                  /* keeps the order of what a person reads */
	dray_cli_progress_pause(sink->progress);
	dray_cli_note(printable.text);
	dray_cli_progress_resume(sink->progress);
}

static bool on_confirm(struct dray_report *report, const char *question)
{
	struct dray_cli_sink *sink = sink_of(report);

	dray_cli_out_flush(sink->out);
	dray_cli_progress_pause(sink->progress);
	bool is_yes = dray_cli_ask(question);
	sink->is_declined = !is_yes;
	dray_cli_progress_resume(sink->progress);
	return is_yes;
}

static bool on_ask(struct dray_report *report, const char *question, struct dray_buf *secret)
{
	struct dray_cli_sink *sink = sink_of(report);
	struct dray_err printable = DRAY_ERR_INIT;

	dray_cli_out_flush(sink->out);
	dray_fail(&printable, DRAY_FAILED, "%s", question); /* only for its escaping */
	dray_cli_progress_pause(sink->progress);
	bool is_told = dray_cli_ask_secret(printable.text, secret);
	dray_cli_progress_resume(sink->progress);
	return is_told;
}

/* ----------------------------------------------------------------- lifetime */

void dray_cli_sink_init(struct dray_cli_sink *sink, const struct dray_cli_command *command,
	const struct dray_cli_args *args, struct dray_cli_out *out,
	struct dray_cli_progress *progress)
{
	*sink = (struct dray_cli_sink){
		.report = {.item = on_item,
			.total = on_total,
			.note = on_note,
			.confirm = on_confirm,
			.ask = on_ask},
		.command = command,
		.args = args,
		.out = out,
		.progress = progress,
		.json = DRAY_CLI_JSON_INIT(&out->buf),
		.shape = dray_cli_shape_find(command, false),
	};
	dray_cli_sink_set_prefix(sink, "");
}

void dray_cli_sink_use_dvc(struct dray_cli_sink *sink)
{
	sink->is_dvc = true;
	/* what DVC has no word for has our shape */
	if (!sink->args->summary)
		sink->shape = dray_cli_shape_find(sink->command, true);
}

void dray_cli_sink_set_prefix(struct dray_cli_sink *sink, const char *prefix)
{
	free(sink->here);
	sink->here = dray_format("/%s", prefix);
}

void dray_cli_sink_end(
	struct dray_cli_sink *sink, enum dray_status status, const struct dray_err *err)
{
	/* Totals are reported when an action ran to its end, if with a bad result. */
	bool is_complete = status == DRAY_OK || sink->totals.len > 0;

	sink->is_ok = status == DRAY_OK;
	follow_report(sink);
	if (sink->args->json && sink->shape)
		end_shape(sink);
	else if (sink->args->json)
		end_json(sink, status, err);
	else if (sink->command->print_end && is_complete && !is_silent(sink))
		sink->command->print_end(sink);
	flush(sink);
}

void dray_cli_sink_drop(struct dray_cli_sink *sink)
{
	dray_cli_tally_drop(&sink->totals);
	dray_cli_tally_drop(&sink->states);
	for (size_t i = 0; i < DRAY_CLI_LATER_MAX; i++)
		dray_buf_drop(&sink->later[i]);
	dray_strs_drop(&sink->names);
	for (size_t i = 0; i < sink->rows.len; i++) {
		free(sink->rows.items[i].group);
		free(sink->rows.items[i].name);
		free(sink->rows.items[i].part);
		free(sink->rows.items[i].state);
	}
	free(sink->rows.items);
	sink->rows = (struct dray_cli_rows){.items = NULL};
	free(sink->group);
	free(sink->here);
	sink->group = sink->here = NULL;
}
