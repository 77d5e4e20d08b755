/*
 * params_toml: TOML 1.0 as nodes of YAML: strings in quotes, all else plain.
 * Dates and times are read, and stay what nobody can put into a lock.
 *
 * Invariants: a table is said once; what is in brackets is not added to; no
 * more than DRAY_YAML_DEPTH_MAX levels.
 */
#include "params.h"
#include "toml.h"

#include <stdlib.h>
#include <string.h>

#define DATE_LEN 10
#define KEY_BYTES                                              \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"0123456789_-"

/* How a table or list came to be, which says who may add to it. */
enum origin { BY_PATH, BY_HEADER, BY_DOTS, IN_BRACKETS, BY_HEADERS };

/* A value while it may still grow. */
struct item {
	struct dray_params_open open; /* first: items are nodes */
	unsigned depth;
	enum origin origin;
};

struct reading {
	struct dray_arena *arena;
	struct dray_map known; /* pointer of a table and a key, to an item's */
	struct dray_toml toml;
};

/* -------------------------------------------------------------------- items */

static struct item *new_item(
	struct reading *reading, enum dray_yaml_type type, enum origin origin, unsigned depth)
{
	struct item *item = dray_arena_alloc(reading->arena, sizeof *item);

	*item = (struct item){
		.open.node = {.type = type, .weight = 1, .height = 1},
		.origin = origin,
		.depth = depth,
	};
	return item;
}

static struct item *new_scalar(struct reading *reading, const char *text, size_t len, char style)
{
	struct item *item = new_item(reading, DRAY_YAML_SCALAR, IN_BRACKETS, 0);

	item->open.node = *dray_params_scalar(reading->arena, text, len, style);
	return item;
}

static void append(struct reading *reading, struct item *to, const char *key, struct item *value)
{
	dray_params_append(reading->arena, &to->open, key, &value->open.node);
}

static struct item *item_of(const struct item *item, size_t at)
{
	union {
		const struct dray_yaml_node *node;
		struct item *item; /* whose first member it is */
	} own = {.node = item->open.pairs[at].value};

	return own.item;
}

static void put_name(struct dray_buf *buf, const struct item *table, const char *key)
{
	dray_buf_add(buf, &table, sizeof table);
	dray_buf_puts(buf, key);
}

static struct item *find(const struct reading *reading, const struct item *table, const char *key)
{
	DRAY_AUTO(buf) name = DRAY_BUF_INIT;

	put_name(&name, table, key);
	const uint64_t *at = dray_map_peek(&reading->known, name.data, name.len);
	return at != NULL ? (struct item *)(uintptr_t)*at : NULL;
}

static void add(struct reading *reading, struct item *table, const char *key, struct item *value)
{
	DRAY_AUTO(buf) name = DRAY_BUF_INIT;

	put_name(&name, table, key);
	dray_map_add(&reading->known, name.data, name.len, (uintptr_t)value);
	append(reading, table, key, value);
}

/* --------------------------------------------------------------------- keys */

static enum dray_status take_key(
	struct reading *reading, struct dray_buf *key, struct dray_err *err)
{
	size_t len = strspn(reading->toml.at, KEY_BYTES);

	dray_buf_clear(key);
	if (*reading->toml.at == '"' || *reading->toml.at == '\'') {
		DRAY_TRY(dray_toml_string(&reading->toml, key, true, err));
	} else if (len > 0) {
		dray_buf_add(key, reading->toml.at, len);
		reading->toml.at += len;
	} else {
		return dray_toml_fail(&reading->toml, "a key is missing", err);
	}
	if (strlen(dray_buf_text(key)) != key->len)
		return dray_toml_fail(&reading->toml, "a key with a zero in it", err);
	dray_toml_skip_blanks(&reading->toml);
	return DRAY_OK;
}

static bool take_dot(struct reading *reading)
{
	if (*reading->toml.at != '.')
		return false;
	reading->toml.at++;
	dray_toml_skip_blanks(&reading->toml);
	return true;
}

/* The table that a key in front of a dot stands for. */
static enum dray_status step(struct reading *reading, struct item **table, const char *key,
	enum origin origin, struct dray_err *err)
{
	struct item *next = find(reading, *table, key);

	if (next == NULL) {
		if ((*table)->depth + 1 >= DRAY_YAML_DEPTH_MAX)
			return dray_toml_fail(&reading->toml, "nested too deep", err);
		next = new_item(reading, DRAY_YAML_MAP, origin, (*table)->depth + 1);
		add(reading, *table, key, next);
	} else if (origin == BY_PATH && next->origin == BY_HEADERS) {
		next = item_of(next, next->open.node.len - 1);
	} else if (next->open.node.type != DRAY_YAML_MAP || next->origin == IN_BRACKETS ||
		   (origin == BY_DOTS && next->origin != BY_DOTS)) {
		return dray_toml_fail(&reading->toml, "a key that is said already", err);
	}
	*table = next;
	return DRAY_OK;
}

/* ------------------------------------------------------------------- values */

static enum dray_status take_value(
	struct reading *reading, unsigned depth, struct item **out, struct dray_err *err);

static enum dray_status take_list(
	struct reading *reading, unsigned depth, struct item **out, struct dray_err *err)
{
	struct item *list = new_item(reading, DRAY_YAML_LIST, IN_BRACKETS, depth);
	bool is_due = true;

	reading->toml.at++;
	for (;;) {
		struct item *value = NULL;

		DRAY_TRY(dray_toml_skip_lines(&reading->toml, err));
		if (*reading->toml.at == ']')
			break;
		if (!is_due)
			return dray_toml_fail(&reading->toml, "a ',' or ']' is missing", err);
		DRAY_TRY(take_value(reading, depth + 1, &value, err));
		append(reading, list, NULL, value);
		DRAY_TRY(dray_toml_skip_lines(&reading->toml, err));
		is_due = *reading->toml.at == ',';
		reading->toml.at += is_due;
	}
	reading->toml.at++;
	*out = list;
	return DRAY_OK;
}

static enum dray_status take_pair(struct reading *reading, struct item *table, struct dray_err *err)
{
	DRAY_AUTO(buf) key = DRAY_BUF_INIT;
	struct item *value = NULL;

	DRAY_TRY(take_key(reading, &key, err));
	while (take_dot(reading)) {
		DRAY_TRY(step(reading, &table, dray_buf_text(&key), BY_DOTS, err));
		DRAY_TRY(take_key(reading, &key, err));
	}
	if (*reading->toml.at != '=')
		return dray_toml_fail(&reading->toml, "a '=' is missing", err);
	reading->toml.at++;
	dray_toml_skip_blanks(&reading->toml);
	if (find(reading, table, dray_buf_text(&key)) != NULL)
		return dray_toml_fail(&reading->toml, "a key that is said already", err);
	DRAY_TRY(take_value(reading, table->depth + 1, &value, err));
	add(reading, table, dray_buf_text(&key), value);
	return DRAY_OK;
}

/* Closed with its bracket, and so is what dots made in it. */
static void close_table(struct item *table)
{
	table->origin = IN_BRACKETS;
	for (size_t i = 0; i < table->open.node.len; i++)
		if (item_of(table, i)->origin == BY_DOTS)
			close_table(item_of(table, i));
}

static enum dray_status take_table(
	struct reading *reading, unsigned depth, struct item **out, struct dray_err *err)
{
	struct item *table = new_item(reading, DRAY_YAML_MAP, BY_DOTS, depth);

	reading->toml.at++;
	dray_toml_skip_blanks(&reading->toml);
	while (*reading->toml.at != '}' || table->open.node.len > 0) {
		DRAY_TRY(take_pair(reading, table, err));
		dray_toml_skip_blanks(&reading->toml);
		if (*reading->toml.at == '}')
			break;
		if (*reading->toml.at != ',')
			return dray_toml_fail(&reading->toml, "a ',' or '}' is missing", err);
		reading->toml.at++;
		dray_toml_skip_blanks(&reading->toml);
	}
	reading->toml.at++;
	close_table(table);
	*out = table;
	return DRAY_OK;
}

static struct item *new_number(struct reading *reading, size_t len)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	const char *at = reading->toml.at;
	size_t sign = *at == '+' || *at == '-';

	if (*at == '-')
		dray_buf_putc(&text, '-');
	if (at[sign] == 'n')
		dray_buf_clear(&text); /* no number has no sign */
	if (at[sign] == 'i' || at[sign] == 'n')
		dray_buf_putc(&text, '.');
	for (size_t i = sign; i < len; i++)
		if (at[i] != '_')
			dray_buf_putc(&text, at[i]);
	return new_scalar(reading, dray_buf_text(&text), text.len, 'p');
}

static enum dray_status take_scalar(
	struct reading *reading, struct item **out, struct dray_err *err)
{
	static const char *const words[] = {"true", "false"};
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	size_t len = dray_toml_date_len(reading->toml.at);

	if (*reading->toml.at == '"' || *reading->toml.at == '\'') {
		DRAY_TRY(dray_toml_string(&reading->toml, &text, false, err));
		*out = new_scalar(reading, dray_buf_text(&text), text.len, '"');
		return DRAY_OK;
	}
	if (len > 0) {
		*out = new_scalar(reading, reading->toml.at, len < DATE_LEN ? len : DATE_LEN, 'p');
		(*out)->open.node.is_binary =
			len < DATE_LEN; /* a time is nothing that a lock holds */
	} else if ((len = dray_toml_based_len(reading->toml.at)) > 0 ||
		   (len = dray_toml_number_len(reading->toml.at)) > 0) {
		*out = new_number(reading, len);
	}
	for (size_t i = 0; len == 0 && i < DRAY_COUNT(words); i++)
		if (strncmp(reading->toml.at, words[i], strlen(words[i])) == 0) {
			len = strlen(words[i]);
			*out = new_scalar(reading, words[i], len, 'p');
		}
	if (len == 0 || strspn(reading->toml.at + len, KEY_BYTES "+.:") > 0)
		return dray_toml_fail(&reading->toml, "a value that is none", err);
	reading->toml.at += len;
	return DRAY_OK;
}

static enum dray_status take_value(
	struct reading *reading, unsigned depth, struct item **out, struct dray_err *err)
{
	if (depth >= DRAY_YAML_DEPTH_MAX)
		return dray_toml_fail(&reading->toml, "nested too deep", err);
	if (*reading->toml.at == '[')
		return take_list(reading, depth, out, err);
	return *reading->toml.at == '{' ? take_table(reading, depth, out, err)
					: take_scalar(reading, out, err);
}

/* ------------------------------------------------------------------ headers */

static enum dray_status open_table(
	struct reading *reading, struct item **table, const char *key, struct dray_err *err)
{
	struct item *known = find(reading, *table, key);

	if (known != NULL && known->origin != BY_PATH)
		return dray_toml_fail(&reading->toml, "a table that is said already", err);
	DRAY_TRY(step(reading, table, key, BY_PATH, err));
	(*table)->origin = BY_HEADER;
	return DRAY_OK;
}

/* One more table of a list. */
static enum dray_status open_next(
	struct reading *reading, struct item **table, const char *key, struct dray_err *err)
{
	struct item *list = find(reading, *table, key);

	if (list != NULL && list->origin != BY_HEADERS)
		return dray_toml_fail(&reading->toml, "a key that is said already", err);
	if ((*table)->depth + 2 >= DRAY_YAML_DEPTH_MAX)
		return dray_toml_fail(&reading->toml, "nested too deep", err);
	if (list == NULL) {
		list = new_item(reading, DRAY_YAML_LIST, BY_HEADERS, (*table)->depth + 1);
		add(reading, *table, key, list);
	}
	*table = new_item(reading, DRAY_YAML_MAP, BY_HEADER, list->depth + 1);
	append(reading, list, NULL, *table);
	return DRAY_OK;
}

static enum dray_status take_header(
	struct reading *reading, struct item *root, struct item **out, struct dray_err *err)
{
	DRAY_AUTO(buf) key = DRAY_BUF_INIT;
	bool is_list = reading->toml.at[1] == '[';
	const char *end = is_list ? "]]" : "]";
	struct item *table = root;

	reading->toml.at += is_list ? 2 : 1;
	dray_toml_skip_blanks(&reading->toml);
	DRAY_TRY(take_key(reading, &key, err));
	while (take_dot(reading)) {
		DRAY_TRY(step(reading, &table, dray_buf_text(&key), BY_PATH, err));
		DRAY_TRY(take_key(reading, &key, err));
	}
	if (strncmp(reading->toml.at, end, strlen(end)) != 0)
		return dray_toml_fail(&reading->toml, "a ']' is missing", err);
	reading->toml.at += strlen(end);
	DRAY_TRY(is_list ? open_next(reading, &table, dray_buf_text(&key), err)
			 : open_table(reading, &table, dray_buf_text(&key), err));
	*out = table;
	return DRAY_OK;
}

/* Sizes of what is below it, now that all is there. */
static void sum_up(struct item *item)
{
	if (item->open.node.type == DRAY_YAML_SCALAR)
		return;
	for (size_t i = 0; i < item->open.node.len; i++)
		sum_up(item_of(item, i));
	dray_params_close(&item->open);
}

static enum dray_status take_all(struct reading *reading, struct item *root, struct dray_err *err)
{
	struct item *table = root;

	while (*reading->toml.at != '\0') {
		dray_toml_skip_blanks(&reading->toml);
		if (*reading->toml.at == '[')
			DRAY_TRY(take_header(reading, root, &table, err));
		else if (*reading->toml.at != '#' && *reading->toml.at != '\0' &&
			 *reading->toml.at != '\n' && *reading->toml.at != '\r')
			DRAY_TRY(take_pair(reading, table, err));
		DRAY_TRY(dray_toml_end_line(&reading->toml, err));
	}
	sum_up(root);
	return DRAY_OK;
}

enum dray_status dray_params_read_toml(struct dray_yaml_tree *tree, const char *text, size_t len,
	const char *label, struct dray_err *err)
{
	DRAY_AUTO(yaml_tree) fresh = {.text = "", .label = label, .arena = dray_arena_new()};
	DRAY_AUTO_STR own = dray_strndup(text, len);
	struct reading reading = {
		.arena = fresh.arena,
		.known = DRAY_MAP_INIT,
		.toml = {.at = own, .text = own, .label = label},
	};
	struct item *root = new_item(&reading, DRAY_YAML_MAP, BY_HEADER, 0);

	if (strlen(own) != len || !dray_is_utf8(own))
		return dray_toml_fail(&reading.toml, "it is no text in UTF-8", err);
	enum dray_status status = take_all(&reading, root, err);
	dray_map_drop(&reading.known);
	DRAY_TRY(status);
	fresh.root = &root->open.node;
	*tree = fresh;
	fresh = (struct dray_yaml_tree)DRAY_YAML_TREE_INIT;
	return DRAY_OK;
}
