/* config: the entries of config files, in order; the last of a key counts. */
#include "config_scan.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void add_entry(
	struct dray_config *config, const struct dray_config_scan *scan, const char *origin)
{
	DRAY_GROW(config->items, config->len, config->cap);
	config->items[config->len++] = (struct dray_config_entry){
		.key = dray_format("%s%s%s", dray_buf_text(&scan->section),
			scan->section.len > 0 ? "." : "", dray_buf_text(&scan->key)),
		.value = dray_strdup(dray_buf_text(&scan->value)),
		.origin = origin,
		.line = scan->line,
	};
}

static void truncate_to(struct dray_config *config, size_t len)
{
	while (config->len > len) {
		config->len--;
		free(config->items[config->len].key);
		free(config->items[config->len].value);
	}
}

static enum dray_status read_entries(struct dray_config *config, struct dray_config_scan *scan,
	const char *origin, struct dray_err *err)
{
	do {
		DRAY_TRY(dray_config_scan_next(scan, err));
		if (scan->kind == DRAY_CONFIG_ENTRY)
			add_entry(config, scan, origin);
	} while (scan->kind != DRAY_CONFIG_END);
	return DRAY_OK;
}

enum dray_status dray_config_parse(struct dray_config *config, const char *text, size_t len,
	const char *origin, struct dray_err *err)
{
	DRAY_AUTO(config_scan) scan = DRAY_CONFIG_SCAN_INIT;
	size_t before = config->len;

	DRAY_TRY(dray_config_scan_open(&scan, config->syntax, text, len, origin, err));
	dray_strs_add(&config->origins, origin);
	enum dray_status status =
		read_entries(config, &scan, config->origins.items[config->origins.len - 1], err);
	if (status == DRAY_OK && config->syntax == DRAY_CONFIG_DVC)
		status = dray_config_expand(config, before, err);
	if (status != DRAY_OK)
		truncate_to(config, before);
	return status;
}

void dray_config_add(struct dray_config *config, const char *key, const char *value,
	const char *origin, unsigned line)
{
	struct dray_strs *origins = &config->origins;

	if (origins->len == 0 || strcmp(origins->items[origins->len - 1], origin) != 0)
		dray_strs_add(origins, origin);
	DRAY_GROW(config->items, config->len, config->cap);
	config->items[config->len++] = (struct dray_config_entry){
		.key = dray_strdup(key),
		.value = dray_strdup(value),
		.origin = origins->items[origins->len - 1],
		.line = line,
	};
}

enum dray_status dray_config_add_word(struct dray_config *config, const char *prefix,
	const char *word, const char *origin, struct dray_err *err)
{
	const char *equals = strchr(word, '=');

	if (equals == NULL || equals == word)
		return dray_fail(err, DRAY_USAGE, "'%s' is not of the form key=value", word);
	DRAY_AUTO_STR key = dray_format("%s%.*s", prefix, (int)(equals - word), word);
	dray_config_add(config, key, equals + 1, origin, 0);
	return DRAY_OK;
}

void dray_config_filter(struct dray_config *config, size_t from, bool (*keep)(const char *key))
{
	size_t len = from;

	for (size_t i = from; i < config->len; i++) {
		struct dray_config_entry entry = config->items[i];

		if (keep(entry.key)) {
			config->items[len++] = entry;
			continue;
		}
		free(entry.key);
		free(entry.value);
	}
	config->len = len;
}

const struct dray_config_entry *dray_config_peek(const struct dray_config *config, const char *key)
{
	for (size_t i = config->len; i-- > 0;)
		if (strcasecmp(config->items[i].key, key) == 0)
			return &config->items[i];
	return NULL;
}

const char *dray_config_get(const struct dray_config *config, const char *key, const char *fallback)
{
	const struct dray_config_entry *entry = dray_config_peek(config, key);

	return entry != NULL ? entry->value : fallback;
}

void dray_config_drop(struct dray_config *config)
{
	if (config == NULL)
		return;
	truncate_to(config, 0);
	free(config->items);
	dray_strs_drop(&config->origins);
	*config = (struct dray_config)DRAY_CONFIG_INIT;
}
