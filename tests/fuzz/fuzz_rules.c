/*
 * Any bytes as an ignore file and, behind the first NUL, a name. The rule that
 * decides, taken alone, decides the same; and the matcher agrees with one
 * that tries everything.
 */
#include <dray/format.h>

#undef NDEBUG /* the checks are the point, in every build */
#include <assert.h>
#include <string.h>

#include "format/glob.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As slow as it is plain; only for patterns without classes. */
static bool match_slowly(const char *start, const char *at, const char *name, unsigned *steps)
{
	if (++*steps > 20000)
		return false;
	if (*at == '\0')
		return *name == '\0';
	if (*at == '*') {
		size_t count = strspn(at, "*");
		const char *behind = at + count;
		bool is_part = count >= 2 && (at == start || at[-1] == '/');
		if (is_part && *behind == '\0')
			return true;
		if (is_part && *behind == '/') {
			for (const char *part = name; part != NULL;) {
				if (match_slowly(start, behind + 1, part, steps))
					return true;
				part = strchr(part, '/');
				part = part != NULL ? part + 1 : NULL;
			}
			return false;
		}
		for (;; name++) {
			if (match_slowly(start, behind, name, steps))
				return true;
			if (*name == '\0' || *name == '/')
				return false;
		}
	}
	if (*name == '\0' || (*at == '?' && *name == '/'))
		return false;
	if (*at == '\\')
		at++;
	else if (*at == '?')
		return match_slowly(start, at + 1, name + 1, steps);
	return *at == *name && *at != '\0' && match_slowly(start, at + 1, name + 1, steps);
}

static void check_glob(const char *pattern, const char *name)
{
	unsigned steps = 0;

	if (strlen(pattern) > 40 || strlen(name) > 40 || strchr(pattern, '[') != NULL) {
		(void)dray_glob_match(pattern, name);
		return;
	}
	bool want = match_slowly(pattern, pattern, name, &steps);
	assert(steps > 20000 || dray_glob_match(pattern, name) == want);
}

static void check_alone(
	const struct dray_rules *rules, long rule, const char *name, bool is_dir, bool is_ignored)
{
	DRAY_AUTO(rules) alone = DRAY_RULES_INIT;
	const char *base = NULL;
	const char *pattern = NULL;
	unsigned line = 0;
	long index = -1;

	dray_rules_describe(rules, rule, &base, &line, &pattern);
	/* A byte order mark is one only where a file begins, one \r goes with the line's end. */
	if (strncmp(pattern, "\xef\xbb\xbf", 3) == 0 || pattern[strlen(pattern) - 1] == '\r')
		return;
	dray_rules_parse(&alone, base, pattern, strlen(pattern));
	assert(alone.len == 1 && line >= 1);
	bool is_ignored_alone = dray_rules_match(&alone, name, is_dir, &index);
	assert(index == 0 && is_ignored_alone == is_ignored);
}

static void check_name(const struct dray_rules *rules, const char *name, bool is_dir)
{
	long rule = -2;
	bool is_ignored = dray_rules_match(rules, name, is_dir, &rule);

	assert(rule >= -1 && rule < (long)rules->len);
	assert(!is_ignored || rule >= 0);
	if (rule >= 0)
		check_alone(rules, rule, name, is_dir, is_ignored);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	DRAY_AUTO(rules) rules = DRAY_RULES_INIT;
	const char *text = (const char *)data;
	const char *nul = size > 0 ? memchr(data, '\0', size) : NULL;
	size_t len = nul != NULL ? (size_t)(nul - text) : size;
	DRAY_AUTO_STR name =
		nul != NULL ? dray_strndup(nul + 1, size - len - 1) : dray_strdup("dir/a.tmp");
	DRAY_AUTO_STR pattern = dray_strndup(text, len);

	dray_rules_parse(&rules, "", text, len);
	size_t at_root = rules.len;
	dray_rules_parse(&rules, "dir", text, len);
	check_name(&rules, name, false);
	check_name(&rules, name, true);
	dray_rules_truncate(&rules, at_root);
	check_name(&rules, name, false);
	check_glob(pattern, name);
	return 0;
}
