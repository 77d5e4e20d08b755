/*
 * params_py: constants of a Python file as nodes of YAML, as far as DVC takes
 * them for parameters: what is assigned to one name at the top or in the body
 * of a class, and in a function __init__ to `self.name`. Nothing is run. What
 * is no constant, and every other statement, is passed over.
 *
 * Invariant: no more than DRAY_YAML_DEPTH_MAX blocks and brackets.
 */
#include "params.h"
#include "py.h"

#include <stdlib.h>
#include <string.h>

#define TAB_WIDTH 8

/* What the statements of a block are taken for. */
struct scope {
	struct dray_params_open *table; /* NULL: for nothing */
	bool only_self;                 /* a function's own names are none of the class */
};
struct block {
	size_t indent;
	struct scope scope;
};

struct reading {
	struct dray_py py;
	struct block *blocks; /* that are open, the outermost first */
	size_t len;
	size_t cap;
	struct scope next; /* of a block that may follow */
};

/* --------------------------------------------------------------- statements */

static bool is_name(const char *at, size_t len, const char *name)
{
	return strlen(name) == len && strncmp(at, name, len) == 0;
}

/* Words that begin something else than an assignment, "else: x = 1" among them. */
static bool is_keyword(const char *at, size_t len)
{
	static const char *const words[] = {"False", "None", "True", "and", "as", "assert", "async",
		"await", "break", "continue", "del", "elif", "else", "except", "finally", "for",
		"from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or",
		"pass", "raise", "return", "try", "while", "with", "yield"};

	for (size_t i = 0; i < DRAY_COUNT(words); i++)
		if (is_name(at, len, words[i]))
			return true;
	return false;
}

/* "name" or "self.name" in front of a ':' or '='; NULL: nothing that a scope takes. */
static char *take_target(struct reading *reading, const struct scope *scope)
{
	struct dray_py *py = &reading->py;
	const char *name = py->at;
	size_t len = dray_py_name_len(name);
	bool is_self = false;

	py->at += len;
	dray_py_skip_blanks(py, false);
	if (*py->at == '.' && is_name(name, len, "self")) {
		py->at++;
		dray_py_skip_blanks(py, false);
		name = py->at;
		len = dray_py_name_len(name);
		py->at += len;
		dray_py_skip_blanks(py, false);
		is_self = true;
	}
	return len > 0 && (is_self || !scope->only_self) ? dray_strndup(name, len) : NULL;
}

/* Up to behind the '=' of "x = …" or "x: … = …"; false: it is none of these. */
static enum dray_status take_equals(
	struct reading *reading, bool *out_is_there, struct dray_err *err)
{
	struct dray_py *py = &reading->py;

	if (*py->at == ':' && py->at[1] != '=') {
		py->at++;
		DRAY_TRY(dray_py_skip_to(py, "=", err));
	}
	*out_is_there = *py->at == '=' && py->at[1] != '=';
	py->at += *out_is_there;
	return DRAY_OK;
}

static enum dray_status take_assignment(
	struct reading *reading, const struct scope *scope, struct dray_err *err)
{
	DRAY_AUTO_STR name = take_target(reading, scope);
	const struct dray_yaml_node *value = NULL;
	bool is_there = false;

	if (name != NULL)
		DRAY_TRY(take_equals(reading, &is_there, err));
	const char *start = reading->py.at;
	if (is_there)
		DRAY_TRY(dray_py_take_values(&reading->py, (unsigned)reading->len, &value, err));
	if (value != NULL) {
		dray_py_put(&reading->py, scope->table, name, value);
		return DRAY_OK;
	}
	reading->py.at = start; /* it may have ended inside of brackets */
	return dray_py_skip_to(&reading->py, "", err);
}

/* "class Name(…):", "def name(…):"; what stands behind the ':' is of the new scope. */
static enum dray_status take_header(
	struct reading *reading, bool is_class, struct scope *scope, struct dray_err *err)
{
	struct dray_py *py = &reading->py;
	struct scope outer = *scope;

	dray_py_skip_blanks(py, false);
	size_t len = dray_py_name_len(py->at);
	DRAY_AUTO_STR name = dray_strndup(py->at, len);
	*scope = (struct scope){.table = NULL};
	if (outer.table != NULL && is_class && len > 0) {
		if (reading->len >= DRAY_YAML_DEPTH_MAX)
			return dray_py_fail(py, "nested too deep", err);
		scope->table = dray_py_open(&reading->py, DRAY_YAML_MAP);
		dray_py_put(&reading->py, outer.table, name, &scope->table->node);
	} else if (!is_class && is_name(name, len, "__init__")) {
		*scope = (struct scope){.table = outer.table, .only_self = true};
	}
	reading->next = *scope;
	DRAY_TRY(dray_py_skip_to(py, ":", err));
	py->at += *py->at == ':';
	return DRAY_OK;
}

/* One statement, or a header with what follows it on its line. */
static enum dray_status take_statement(
	struct reading *reading, struct scope *scope, struct dray_err *err)
{
	struct dray_py *py = &reading->py;
	const char *at = py->at;
	size_t len = dray_py_name_len(at);
	bool is_class = is_name(at, len, "class");

	reading->next = (struct scope){.table = NULL};
	if (is_class || is_name(at, len, "def")) {
		py->at += len;
		return take_header(reading, is_class, scope, err);
	}
	if (is_keyword(at, len))
		*scope = (struct scope){.table = NULL}; /* also for what follows in its line */
	if (scope->table == NULL || len == 0)
		return dray_py_skip_to(py, "", err);
	return take_assignment(reading, scope, err);
}

/* --------------------------------------------------------------------- lines */

static void push(struct reading *reading, size_t indent, struct scope scope)
{
	DRAY_GROW(reading->blocks, reading->len, reading->cap);
	reading->blocks[reading->len++] = (struct block){.indent = indent, .scope = scope};
}

/* What is in a class is all there now. */
static void pop(struct reading *reading)
{
	const struct scope *scope = &reading->blocks[--reading->len].scope;

	if (scope->table != NULL)
		dray_params_close(scope->table);
}

static size_t take_indent(struct dray_py *py)
{
	size_t indent = 0;

	for (; *py->at == ' ' || *py->at == '\t' || *py->at == '\f'; py->at++)
		indent = *py->at == ' '    ? indent + 1
			 : *py->at == '\t' ? (indent / TAB_WIDTH + 1) * TAB_WIDTH
					   : 0;
	return indent;
}

/* The block that a line of that indent is in. */
static enum dray_status enter(struct reading *reading, size_t indent, struct dray_err *err)
{
	while (reading->len > 1 && reading->blocks[reading->len - 1].indent > indent)
		pop(reading);
	if (reading->blocks[reading->len - 1].indent >= indent)
		return DRAY_OK;
	if (reading->len >= DRAY_YAML_DEPTH_MAX)
		return dray_py_fail(&reading->py, "nested too deep", err);
	push(reading, indent, reading->next);
	return DRAY_OK;
}

static enum dray_status take_line(struct reading *reading, struct dray_err *err)
{
	struct dray_py *py = &reading->py;
	size_t indent = take_indent(py);

	dray_py_skip_blanks(py, false);
	if (dray_py_is_end(py) && *py->at != ';') {
		py->at += strcspn(py->at, "\r\n");
		py->at += dray_py_break_len(py->at);
		return DRAY_OK;
	}
	DRAY_TRY(enter(reading, indent, err));
	struct scope scope = reading->blocks[reading->len - 1].scope;
	while (!dray_py_is_end(py) || *py->at == ';') {
		py->at += *py->at == ';';
		dray_py_skip_blanks(py, false);
		if (!dray_py_is_end(py))
			DRAY_TRY(take_statement(reading, &scope, err));
		dray_py_skip_blanks(py, false);
	}
	return DRAY_OK;
}

static enum dray_status take_all(
	struct reading *reading, struct dray_params_open *root, struct dray_err *err)
{
	push(reading, 0, (struct scope){.table = root});
	while (*reading->py.at != '\0')
		DRAY_TRY(take_line(reading, err));
	while (reading->len > 0)
		pop(reading);
	return DRAY_OK;
}

enum dray_status dray_params_read_py(struct dray_yaml_tree *tree, const char *text, size_t len,
	const char *label, struct dray_err *err)
{
	DRAY_AUTO(yaml_tree) fresh = {.text = "", .label = label, .arena = dray_arena_new()};
	DRAY_AUTO_STR own = dray_strndup(text, len);
	struct reading reading = {
		.py = {.at = own, .text = own, .label = label, .arena = fresh.arena},
	};
	struct dray_params_open *root = dray_py_open(&reading.py, DRAY_YAML_MAP);

	if (strlen(own) != len || !dray_is_utf8(own))
		return dray_py_fail(&reading.py, "it is no text in UTF-8", err);
	enum dray_status status = take_all(&reading, root, err);
	dray_map_drop(&reading.py.known);
	free(reading.blocks);
	DRAY_TRY(status);
	fresh.root = &root->node;
	*tree = fresh;
	fresh = (struct dray_yaml_tree)DRAY_YAML_TREE_INIT;
	return DRAY_OK;
}
