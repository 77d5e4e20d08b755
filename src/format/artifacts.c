/*
 * artifacts: names that a file of stages gives to data, and tags of git that
 * give versions and stages to names, as GTO writes them:
 *
 *   [<folder>=]<name>@v1.2.3[!][#<n>]      a version; with '!' it is withdrawn
 *   [<folder>=]<name>#<stage>[!][#<n>]     a stage; with '!' it is taken away
 */
#include "yaml_tree.h"

#include <dray/format.h>

#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define ALNUM DIGITS LETTERS

static bool has_all(const char *text, size_t len, const char *set)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\0' || strchr(set, text[i]) == NULL)
			return false;
	return len > 0;
}

/* A name, or a stage's: letters and digits at its ends, between them also -, _ and /. */
static bool is_name(const char *text, size_t len)
{
	return has_all(text, len, ALNUM "-_/") && strchr(ALNUM, text[0]) != NULL &&
	       strchr(ALNUM, text[len - 1]) != NULL;
}

bool dray_artifact_is_name(const char *name)
{
	const char *colon = strchr(name, ':');
	const char *base = colon != NULL ? colon + 1 : name;

	return (colon == NULL || has_all(name, (size_t)(colon - name), ALNUM "-_./")) &&
	       is_name(base, strlen(base));
}

/* ----------------------------------------------------------------- versions */

/* A number without needless zeros; *text moves behind it. */
static bool take_number(const char **text, uint64_t *out)
{
	size_t len = strspn(*text, DIGITS);
	bool is_ok = len > 0 && (len == 1 || **text != '0') && dray_parse_u64(*text, len, out);

	*text += len;
	return is_ok;
}

struct version {
	uint64_t numbers[3];
	const char *before; /* what it comes before: "rc.1" of "v1.0.0-rc.1"; of before_len bytes */
	size_t before_len;
};

/* Semantic Versioning 2.0.0 behind a 'v'. */
static bool parse_version(const char *text, size_t len, struct version *out)
{
	const char *end = text + len;
	struct version version = {.before = ""};

	if (len == 0 || *text++ != 'v')
		return false;
	for (size_t i = 0; i < 3; i++) {
		if (i > 0 && *text++ != '.')
			return false;
		if (!take_number(&text, &version.numbers[i]) || text > end)
			return false;
	}
	if (text < end && *text == '-') {
		version.before = text + 1;
		version.before_len = strspn(text + 1, ALNUM "-.");
		text += 1 + version.before_len;
		if (version.before_len == 0)
			return false;
	}
	if (text < end && *text == '+')
		text += 1 + strspn(text + 1, ALNUM "-.");
	*out = version;
	return text == end;
}

/* One part of "rc.1": numbers are less than words. */
static int compare_parts(const char *a, size_t a_len, const char *b, size_t b_len)
{
	uint64_t x = 0;
	uint64_t y = 0;
	bool is_x = dray_parse_u64(a, a_len, &x);
	bool is_y = dray_parse_u64(b, b_len, &y);

	if (is_x != is_y)
		return is_x ? -1 : 1;
	if (is_x)
		return (x > y) - (x < y);
	int order = memcmp(a, b, a_len < b_len ? a_len : b_len);
	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

static int compare_before(const struct version *a, const struct version *b)
{
	size_t at = 0;
	size_t bt = 0;

	if (a->before_len == 0 || b->before_len == 0)
		return (a->before_len == 0) - (b->before_len == 0);
	while (at < a->before_len && bt < b->before_len) {
		size_t a_len = strcspn(a->before + at, ".+");
		size_t b_len = strcspn(b->before + bt, ".+");
		int order;

		if (a_len > a->before_len - at)
			a_len = a->before_len - at;
		if (b_len > b->before_len - bt)
			b_len = b->before_len - bt;
		order = compare_parts(a->before + at, a_len, b->before + bt, b_len);
		if (order != 0)
			return order;
		at += a_len + 1;
		bt += b_len + 1;
	}
	return (at < a->before_len) - (bt < b->before_len);
}

int dray_artifact_compare_versions(const char *a, const char *b)
{
	struct version x = {.before = ""};
	struct version y = {.before = ""};

	if (!parse_version(a, strlen(a), &x) || !parse_version(b, strlen(b), &y))
		return strcmp(a, b);
	for (size_t i = 0; i < 3; i++)
		if (x.numbers[i] != y.numbers[i])
			return x.numbers[i] > y.numbers[i] ? 1 : -1;
	return compare_before(&x, &y);
}

bool dray_artifact_is_version(const char *text)
{
	struct version version;

	return parse_version(text, strlen(text), &version);
}

/* --------------------------------------------------------------------- tags */

/* "=" stands for ':' in tags. */
static char *name_of(const char *tag, size_t len)
{
	char *name = dray_strndup(tag, len);
	char *mark = strchr(name, '=');

	if (mark != NULL)
		*mark = ':';
	return name;
}

/* "#12" at the end goes; 0 if there is none. */
static uint64_t take_counter(const char *tag, size_t *len)
{
	size_t digits = 0;
	uint64_t counter = 0;

	while (digits < *len && strchr(DIGITS, tag[*len - 1 - digits]) != NULL)
		digits++;
	if (digits == 0 || digits + 1 >= *len || tag[*len - 1 - digits] != '#' ||
		!dray_parse_u64(tag + *len - digits, digits, &counter))
		return 0;
	*len -= digits + 1;
	return counter;
}

bool dray_artifact_parse_tag(const char *text, struct dray_artifact_tag *out)
{
	size_t len = strlen(text);
	size_t name_len = strcspn(text, "@#");
	struct dray_artifact_tag tag = {.is_withdrawn = false};
	struct version version;

	if (name_len == len)
		return false;
	bool is_version = text[name_len] == '@';
	const char *rest = text + name_len + 1;
	size_t rest_len = len - name_len - 1;
	/* "x#1" is a stage of that name, not a counter of nothing */
	if (memchr(rest, '#', rest_len) != NULL)
		tag.counter = take_counter(rest, &rest_len);
	tag.is_withdrawn = rest_len > 0 && rest[rest_len - 1] == '!';
	rest_len -= tag.is_withdrawn;
	if (is_version ? !parse_version(rest, rest_len, &version) : !is_name(rest, rest_len))
		return false;
	DRAY_AUTO_STR name = name_of(text, name_len);
	if (!dray_artifact_is_name(name))
		return false;
	tag.name = name;
	name = NULL;
	*(is_version ? &tag.version : &tag.stage) = dray_strndup(rest, rest_len);
	*out = tag;
	return true;
}

void dray_artifact_tag_drop(struct dray_artifact_tag *tag)
{
	free(tag->name);
	free(tag->version);
	free(tag->stage);
	*tag = (struct dray_artifact_tag){.name = NULL};
}

/* --------------------------------------------------------------------- files */

static enum dray_status find_path(const struct dray_yaml_tree *tree, const char *name,
	const struct dray_yaml_node **out_path, struct dray_err *err)
{
	const struct dray_yaml_node *artifacts = dray_yaml_tree_get(tree->root, "artifacts");
	const struct dray_yaml_node *artifact = dray_yaml_tree_get(artifacts, name);
	const struct dray_yaml_node *path = dray_yaml_tree_get(artifact, "path");

	if (artifact == NULL)
		return dray_fail(
			err, DRAY_NOT_FOUND, "'%s' has no artifact '%s'", tree->label, name);
	if (path == NULL || path->type != DRAY_YAML_SCALAR || path->len == 0 || path->is_binary ||
		strlen(path->text) != path->len) {
		dray_fail(err, DRAY_INVALID, "artifact '%s' has no 'path'", name);
		return dray_yaml_tree_where(tree, artifact->start, err);
	}
	if (strstr(path->text, "${") != NULL)
		return dray_fail(err, DRAY_UNSUPPORTED,
			"'%s': the path of artifact '%s' is a template", tree->label, name);
	*out_path = path;
	return DRAY_OK;
}

enum dray_status dray_artifact_find(const char *text, size_t len, const char *label,
	const char *name, char **out_path, struct dray_err *err)
{
	DRAY_AUTO(yaml_tree) tree = DRAY_YAML_TREE_INIT;
	const struct dray_yaml_node *path = NULL;

	DRAY_TRY(dray_yaml_tree_read(
		&tree, text, len, label, DRAY_YAML_ALIASES | DRAY_YAML_MERGE_KEYS, err));
	DRAY_TRY(find_path(&tree, name, &path, err));
	*out_path = dray_strdup(path->text);
	return DRAY_OK;
}
