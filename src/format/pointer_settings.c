/*
 * pointer_settings: settings that stand in a pointer, as those of a config file: "remote: {far:
 * {url: …}}" is "remote.far.url". Who wrote the pointer chose them, so they are taken for what came
 * with a clone. What is no text, number or flag is left alone.
 */
#include "pointer.h"
#include "yaml_scalar.h"

#include <string.h>

#define ORIGIN "pointer"
#define LEVELS_MAX 3 /* "remote", its name, its key */

/* ---------------------------------------------------------------- reading */

static enum dray_status add_value(const struct dray_fields *fields,
	const struct dray_yaml_node *value, const char *key, struct dray_config *config,
	struct dray_err *err)
{
	bool is_text = !value->is_binary && strlen(value->text) == value->len;

	if (!is_text || (value->style == 'p' && dray_yaml_is_null(value->text)))
		return DRAY_OK;
	if (config->len < DRAY_POINTER_SETTINGS_MAX &&
		strlen(key) + value->len <= DRAY_POINTER_SETTING_BYTES_MAX) {
		dray_config_add(config, key, value->text, ORIGIN, 0);
		return DRAY_OK;
	}
	dray_fail(err, DRAY_INVALID, "more than %u settings, or one over %u bytes",
		DRAY_POINTER_SETTINGS_MAX, DRAY_POINTER_SETTING_BYTES_MAX);
	return dray_yaml_tree_where(fields->tree, value->start, err);
}

/* As deep as settings are. */
static enum dray_status read_level(const struct dray_fields *fields,
	const struct dray_yaml_node *node, const char *above, unsigned level,
	struct dray_config *config, struct dray_err *err)
{
	for (size_t i = 0; i < node->len; i++) {
		const struct dray_yaml_pair *pair = &node->pairs[i];
		DRAY_AUTO_STR key =
			dray_format("%s%s%s", above, *above != '\0' ? "." : "", pair->key);

		if (pair->value->type == DRAY_YAML_SCALAR)
			DRAY_TRY(add_value(fields, pair->value, key, config, err));
		else if (pair->value->type == DRAY_YAML_MAP && level < LEVELS_MAX)
			DRAY_TRY(read_level(fields, pair->value, key, level + 1, config, err));
	}
	return DRAY_OK;
}

enum dray_status dray_settings_read(const struct dray_fields *fields,
	const struct dray_yaml_node *node, struct dray_config *config, struct dray_err *err)
{
	return read_level(fields, node, "", 1, config, err);
}

/* ---------------------------------------------------------------- writing */

/* The length of the part of a key that a level has: a remote's name may have dots, others none. */
static size_t part_len(const char *rest, unsigned level)
{
	const char *dot = level == 1 ? strchr(rest, '.') : strrchr(rest, '.');

	return dot != NULL ? (size_t)(dot - rest) : strlen(rest);
}

/* Does an entry before this one begin with as much of its key? */
static bool is_told(const struct dray_config *config, size_t at, size_t len)
{
	const char *key = config->items[at].key;

	for (size_t i = 0; i < at; i++)
		if (strncmp(config->items[i].key, key, len) == 0 &&
			config->items[i].key[len] == key[len])
			return true;
	return false;
}

struct level {
	const struct dray_config *config;
	const char *above; /* what keys of this level begin with */
	size_t above_len;
	unsigned number;
	size_t indent; /* DRAY_YAML_IN_FLOW: in brackets */
	const char *line_break;
};

/* The one flag among them is DVC's own word, and no text. */
static void put_setting(struct dray_buf *buf, const struct level *level, const char *key,
	const struct dray_config_entry *entry)
{
	bool is_flag =
		strcmp(key, DRAY_POINTER_VERSION_AWARE) == 0 && strcmp(entry->value, "true") == 0;

	dray_buf_putc(buf, ' ');
	if (is_flag)
		dray_buf_puts(buf, entry->value);
	else
		dray_yaml_put_value(buf, entry->value, 'p',
			level->indent == DRAY_YAML_IN_FLOW ? level->indent : level->indent + 2);
}

/* As deep as settings are. */
static void put_level(struct dray_buf *buf, const struct level *level)
{
	bool is_flow = level->indent == DRAY_YAML_IN_FLOW;
	const char *lead = "{";

	for (size_t i = 0; i < level->config->len; i++) {
		const struct dray_config_entry *entry = &level->config->items[i];
		const char *rest = entry->key + level->above_len;

		if (strncmp(entry->key, level->above, level->above_len) != 0)
			continue;
		size_t len = part_len(rest, level->number);
		DRAY_AUTO_STR part = dray_strndup(rest, len);
		struct level below = *level;

		if (is_told(level->config, i, level->above_len + len))
			continue;
		dray_buf_puts(buf, is_flow ? lead : level->line_break);
		dray_put_blanks(buf, is_flow ? 0 : level->indent);
		dray_yaml_put_text(buf, part, 'p', is_flow);
		dray_buf_putc(buf, ':');
		lead = ", ";
		if (rest[len] == '\0') {
			put_setting(buf, level, part, entry);
			continue;
		}
		below.above = entry->key;
		below.above_len = level->above_len + len + 1;
		below.number++;
		below.indent = is_flow ? level->indent : level->indent + 2;
		dray_buf_puts(buf, is_flow ? " " : "");
		put_level(buf, &below);
	}
	if (is_flow)
		dray_buf_putc(buf, '}');
}

void dray_settings_put(struct dray_buf *buf, const struct dray_config *config, size_t indent,
	const char *line_break)
{
	put_level(buf, &(struct level){
			       .config = config,
			       .above = "",
			       .number = 1,
			       .indent = indent,
			       .line_break = line_break,
		       });
}
