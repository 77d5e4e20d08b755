/*
 * rules: gitignore(5) files, collected from a tree; the last rule that
 * matches decides.
 */
#include <dray/format.h>

#include "glob.h"

#include <stdlib.h>
#include <string.h>

enum shape {
	SHAPE_WORD,   /* a name without magic: compared */
	SHAPE_SUFFIX, /* '*' and a word, no slash: "*.tmp" */
	SHAPE_GLOB,
};

struct dray_rule {
	char *text; /* as in the file, without blanks at its end */
	char *base;
	char *pattern; /* without '!' and the slashes at both ends */
	size_t base_len;
	size_t pattern_len;
	unsigned line;
	enum shape shape;
	bool is_negated;
	bool is_dir_only;
	bool is_anchored; /* has a slash: matched from `base`, else against the last part */
};

/* ---------------------------------------------------------------- reading */

/* Length without the blanks at the end, of which "\ " keeps one. */
static size_t trim(const char *text, size_t len)
{
	size_t end = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\\' && i + 1 < len)
			i++;
		else if (text[i] == ' ')
			continue;
		end = i + 1;
	}
	return end;
}

static enum shape find_shape(const struct dray_rule *rule)
{
	if (!dray_glob_is_magic(rule->pattern))
		return SHAPE_WORD;
	if (!rule->is_anchored && rule->pattern[0] == '*' && !dray_glob_is_magic(rule->pattern + 1))
		return SHAPE_SUFFIX;
	return SHAPE_GLOB;
}

/* Fill in all that follows from `text`; false if no name can match. */
static bool compile(struct dray_rule *rule)
{
	const char *from = rule->text;
	size_t len = 0;

	rule->is_negated = *from == '!';
	from += rule->is_negated;
	len = strlen(from);
	rule->is_dir_only = len > 0 && from[len - 1] == '/';
	len -= rule->is_dir_only;
	rule->is_anchored = memchr(from, '/', len) != NULL;
	if (len > 0 && *from == '/') {
		from++;
		len--;
	}
	if (len == 0)
		return false;
	rule->pattern = dray_strndup(from, len);
	rule->pattern_len = len;
	rule->shape = find_shape(rule);
	return true;
}

static void free_rule(struct dray_rule *rule)
{
	free(rule->text);
	free(rule->base);
	free(rule->pattern);
}

static void add_rule(
	struct dray_rules *rules, const char *base, const char *line, size_t len, unsigned number)
{
	struct dray_rule rule = {.line = number, .base_len = strlen(base)};

	len = trim(line, len);
	if (len == 0 || line[0] == '#' || memchr(line, '\0', len) != NULL)
		return;
	rule.text = dray_strndup(line, len);
	rule.base = dray_strdup(base);
	if (!compile(&rule)) {
		free_rule(&rule);
		return;
	}
	DRAY_GROW(rules->rules, rules->len, rules->cap);
	rules->rules[rules->len++] = rule;
}

void dray_rules_parse(struct dray_rules *rules, const char *base, const char *text, size_t len)
{
	size_t at = dray_utf8_mark_len(text, len);
	unsigned number = 0;

	while (at < len) {
		const char *newline = memchr(text + at, '\n', len - at);
		size_t end = newline != NULL ? (size_t)(newline - text) : len;
		size_t line_len = end - at;
		if (line_len > 0 && text[end - 1] == '\r')
			line_len--;
		add_rule(rules, base, text + at, line_len, ++number);
		at = end + 1;
	}
}

/* --------------------------------------------------------------- matching */

static bool match_text(const struct dray_rule *rule, const char *text)
{
	size_t len = 0;

	switch (rule->shape) {
	case SHAPE_WORD:
		return strcmp(text, rule->pattern) == 0;
	case SHAPE_SUFFIX:
		len = strlen(text);
		return len >= rule->pattern_len - 1 &&
		       memcmp(text + len - (rule->pattern_len - 1), rule->pattern + 1,
			       rule->pattern_len - 1) == 0;
	case SHAPE_GLOB:
		break;
	}
	return dray_glob_match(rule->pattern, text);
}

static bool match_rule(
	const struct dray_rule *rule, const char *name, const char *last_part, bool is_dir)
{
	const char *below = name;

	if (rule->is_dir_only && !is_dir)
		return false;
	if (rule->base_len > 0) {
		if (strncmp(name, rule->base, rule->base_len) != 0 || name[rule->base_len] != '/')
			return false;
		below = name + rule->base_len + 1;
	}
	return match_text(rule, rule->is_anchored ? below : last_part);
}

bool dray_rules_match(const struct dray_rules *rules, const char *name, bool is_dir, long *out_rule)
{
	const char *last_part = dray_path_basename(name);
	size_t i = rules->len;

	while (i > 0 && !match_rule(&rules->rules[i - 1], name, last_part, is_dir))
		i--;
	if (out_rule != NULL)
		*out_rule = (long)i - 1;
	return i > 0 && !rules->rules[i - 1].is_negated;
}

void dray_rules_describe(const struct dray_rules *rules, long rule, const char **out_base,
	unsigned *out_line, const char **out_pattern)
{
	const struct dray_rule *row = &rules->rules[rule];

	*out_base = row->base;
	*out_line = row->line;
	*out_pattern = row->text;
}

void dray_rules_truncate(struct dray_rules *rules, size_t len)
{
	while (rules->len > len)
		free_rule(&rules->rules[--rules->len]);
}

void dray_rules_drop(struct dray_rules *rules)
{
	if (rules == NULL)
		return;
	dray_rules_truncate(rules, 0);
	free(rules->rules);
	*rules = (struct dray_rules)DRAY_RULES_INIT;
}
