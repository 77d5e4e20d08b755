/*
 * config_expand: "%(key)s" in the values of a file of DVC's syntax.
 *
 * As ConfigObj does it, a key is looked for in the section of the value, in that one's [[DEFAULT]],
 * above all sections and in [DEFAULT]; what stands there may refer on. A '%' that begins no
 * "%(…)s" is itself. A reference to nothing is an error: DVC stops there, too.
 *
 * Invariant: the work is bounded by the limits in format.h, whatever refers to what.
 */
#include "config_scan.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct expansion {
	const struct dray_config *config;
	size_t from;         /* the file's entries are those from here on */
	unsigned references; /* followed so far */
};

static const struct dray_config_entry *find(const struct expansion *run, const char *key)
{
	for (size_t i = run->config->len; i-- > run->from;)
		if (strcasecmp(run->config->items[i].key, key) == 0)
			return &run->config->items[i];
	return NULL;
}

/* What `name` means to the entry called `key`; NULL if nothing. */
static const struct dray_config_entry *look_up(
	const struct expansion *run, const char *key, const char *name)
{
	const char *dot = strrchr(key, '.');
	DRAY_AUTO_STR section = dot != NULL ? dray_strndup(key, (size_t)(dot - key)) : NULL;
	DRAY_AUTO_STR inside = dray_format("%s.%s", section ? section : "default", name);
	DRAY_AUTO_STR beside =
		dray_format("%s%sdefault.%s", section ? section : "", section ? "." : "", name);
	DRAY_AUTO_STR above = dray_format("default.%s", name);
	const char *const keys[] = {inside, beside, name, above};

	for (size_t i = 0; i < DRAY_COUNT(keys); i++) {
		const struct dray_config_entry *entry = find(run, keys[i]);
		if (entry != NULL)
			return entry;
	}
	return NULL;
}

static enum dray_status expand(struct expansion *run, const struct dray_config_entry *entry,
	unsigned depth, struct dray_buf *out, struct dray_err *err);

static enum dray_status follow(struct expansion *run, const struct dray_config_entry *entry,
	const char *name, unsigned depth, struct dray_buf *out, struct dray_err *err)
{
	const struct dray_config_entry *other = look_up(run, entry->key, name);

	if (other == NULL)
		return dray_fail(err, DRAY_CONFIG, "'%%(%s)s' refers to no setting", name);
	if (depth == DRAY_CONFIG_REFERENCE_DEPTH_MAX)
		return dray_fail(err, DRAY_CONFIG,
			"'%%(%s)s' refers to itself, or on through too many settings", name);
	if (++run->references > DRAY_CONFIG_REFERENCES_MAX)
		return dray_fail(err, DRAY_CONFIG, "over %u references from setting to setting",
			DRAY_CONFIG_REFERENCES_MAX);
	return expand(run, other, depth + 1, out, err);
}

/* The depth is limited, and so is this recursion. */
static enum dray_status expand(struct expansion *run, const struct dray_config_entry *entry,
	unsigned depth, struct dray_buf *out, struct dray_err *err)
{
	const char *close = entry->value; /* the next ')', looked for once */

	for (const char *at = entry->value; *at != '\0';) {
		if (close != NULL && close <= at)
			close = strchr(at, ')');
		if (strncmp(at, "%(", 2) != 0 || close == NULL || close[1] != 's') {
			dray_buf_putc(out, *at++);
			continue;
		}
		DRAY_AUTO_STR name = dray_strndup(at + 2, (size_t)(close - at) - 2);
		DRAY_TRY(follow(run, entry, name, depth, out, err));
		at = close + 2;
	}
	return DRAY_OK;
}

static enum dray_status expand_all(
	struct expansion *run, char **values, size_t *out_bytes, struct dray_err *err)
{
	for (size_t i = run->from; i < run->config->len; i++) {
		const struct dray_config_entry *entry = &run->config->items[i];
		DRAY_AUTO(buf) value = {.ceiling_bytes = DRAY_CONFIG_BYTES_MAX};

		if (strstr(entry->value, "%(") == NULL)
			continue;
		enum dray_status status = expand(run, entry, 0, &value, err);
		*out_bytes += value.len;
		if (status == DRAY_OK && (value.is_over || *out_bytes > DRAY_CONFIG_BYTES_MAX))
			status = dray_fail(err, DRAY_CONFIG,
				"references from setting to setting give over %u bytes",
				DRAY_CONFIG_BYTES_MAX);
		if (status != DRAY_OK)
			return dray_frame(err, "'%s' line %u", entry->origin, entry->line);
		values[i - run->from] = dray_strdup(dray_buf_text(&value));
	}
	return DRAY_OK;
}

enum dray_status dray_config_expand(struct dray_config *config, size_t from, struct dray_err *err)
{
	struct expansion run = {.config = config, .from = from};
	size_t count = config->len - from;
	size_t bytes = 0;

	if (count == 0)
		return DRAY_OK;
	/* All are made before the first is put in place: references are to what is written. */
	char **values = dray_calloc(count, sizeof *values);
	enum dray_status status = expand_all(&run, values, &bytes, err);
	for (size_t i = 0; i < count; i++) {
		char **value = &config->items[from + i].value;

		if (status != DRAY_OK || values[i] == NULL) {
			free(values[i]);
			continue;
		}
		free(*value);
		*value = values[i];
	}
	free(values);
	return status;
}
