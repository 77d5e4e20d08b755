/*
 * glob: gitignore(5) patterns, by bytes.
 *
 * Without recursion, and with two marks to go back to instead of a stack: the
 * last '*' and the last "**" and slash. That is enough. A star never passes a slash,
 * so once a part is matched no other way to match it can help a later part;
 * and what lies between two "**" is best matched as early as it can be, since
 * the second takes any number of parts. So the work is bounded by the square
 * of the lengths, whoever wrote the pattern.
 */
#include "glob.h"

#include <dray/base.h>

#include <ctype.h>
#include <string.h>

struct match {
	const char *pattern; /* its start */
	const char *at;      /* in the pattern */
	const char *name;    /* the rest of it */
	/* the last star: pattern behind it, and name from where it may take one more byte */
	const char *star_at;
	const char *star_name;
	/* the last "**" and slash: the same, in parts */
	const char *deep_at;
	const char *deep_name;
};

bool dray_glob_is_magic(const char *pattern)
{
	return strpbrk(pattern, "*?[\\") != NULL;
}

/* ---------------------------------------------------------------- classes */

static const struct named_class {
	const char *name;
	int (*is_member)(int byte);
} named_classes[] = {
	{"alnum", isalnum},
	{"alpha", isalpha},
	{"blank", isblank},
	{"cntrl", iscntrl},
	{"digit", isdigit},
	{"graph", isgraph},
	{"lower", islower},
	{"print", isprint},
	{"punct", ispunct},
	{"space", isspace},
	{"upper", isupper},
	{"xdigit", isxdigit},
};

/* "[:alpha:]" at `at`: one behind its ":]". NULL if there is none; then it is bytes like others. */
static const char *find_named_end(const char *at)
{
	const char *bracket = at[0] == '[' && at[1] == ':' ? strchr(at + 2, ']') : NULL;

	return bracket != NULL && bracket - at > 2 && bracket[-1] == ':' ? bracket + 1 : NULL;
}

/* The class named between `at` and `end`; false if there is no such name. */
static bool match_named(const char *at, const char *end, unsigned char byte, bool *is_member)
{
	size_t len = (size_t)(end - at) - strlen("[::]");

	for (size_t i = 0; i < DRAY_COUNT(named_classes); i++) {
		const struct named_class *row = &named_classes[i];
		if (strlen(row->name) == len && strncmp(at + 2, row->name, len) == 0) {
			*is_member = *is_member || row->is_member(byte) != 0;
			return true;
		}
	}
	return false;
}

/* One byte of a class, perhaps escaped; NULL at the pattern's end. */
static const char *take_byte(const char *at, unsigned char *out_byte)
{
	if (*at == '\\')
		at++;
	*out_byte = (unsigned char)*at;
	return *at != '\0' ? at + 1 : NULL;
}

/* The class behind the '[' at `at`: one behind its ']', or NULL if it is malformed. */
static const char *match_class(const char *at, unsigned char byte, bool *out_is_match)
{
	bool is_negated = *at == '!' || *at == '^';
	bool is_member = false;
	const char *first = at + is_negated;

	for (at = first; at == first || *at != ']';) {
		unsigned char low = 0;
		unsigned char high = 0;
		const char *named_end = find_named_end(at);
		if (named_end != NULL) {
			if (!match_named(at, named_end, byte, &is_member))
				return NULL;
			at = named_end;
			continue;
		}
		at = take_byte(at, &low);
		high = low;
		if (at != NULL && at[0] == '-' && at[1] != ']' && at[1] != '\0')
			at = take_byte(at + 1, &high);
		if (at == NULL)
			return NULL;
		is_member = is_member || (byte >= low && byte <= high);
	}
	*out_is_match = is_member != is_negated && byte != '/';
	return at + 1;
}

/* ------------------------------------------------------------------ stars */

/* At a run of stars: note where to come back to. True if it ends the match: "/" and "**" last. */
static bool enter_stars(struct match *match)
{
	const char *before = match->at;
	size_t count = strspn(before, "*");
	const char *behind = before + count;
	bool is_part = before == match->pattern || before[-1] == '/';

	match->at = behind;
	if (count >= 2 && is_part && *behind == '\0')
		return true;
	if (count >= 2 && is_part && *behind == '/') {
		match->at++;
		match->deep_at = match->at;
		match->deep_name = match->name;
		match->star_at = NULL;
		return false;
	}
	match->star_at = match->at;
	match->star_name = match->name;
	return false;
}

/* Let the last star take one byte more, or the last "**" one part more; false if neither can. */
static bool go_back(struct match *match)
{
	if (match->star_at != NULL && *match->star_name != '\0' && *match->star_name != '/') {
		match->at = match->star_at;
		match->name = ++match->star_name;
		return true;
	}
	match->star_at = NULL;
	const char *slash = match->deep_at != NULL ? strchr(match->deep_name, '/') : NULL;
	if (slash == NULL)
		return false;
	match->deep_name = slash + 1;
	match->at = match->deep_at;
	match->name = match->deep_name;
	return true;
}

/* ------------------------------------------------------------------ bytes */

enum step { STEP_MATCH, STEP_MISMATCH, STEP_MALFORMED };

/* One byte of the name against what is at `at`; the name may be at its end. */
static enum step match_byte(struct match *match)
{
	unsigned char byte = (unsigned char)*match->name;
	const char *behind = match->at + 1;
	bool is_match = false;

	if (*match->at == '[') {
		behind = match_class(match->at + 1, byte, &is_match);
		if (behind == NULL)
			return STEP_MALFORMED;
	} else if (*match->at == '?') {
		is_match = byte != '/';
	} else if (*match->at == '\\') {
		if (match->at[1] == '\0')
			return STEP_MALFORMED;
		is_match = (unsigned char)match->at[1] == byte;
		behind++;
	} else {
		is_match = (unsigned char)*match->at == byte;
	}
	if (!is_match || byte == '\0')
		return STEP_MISMATCH;
	match->at = behind;
	match->name++;
	return STEP_MATCH;
}

bool dray_glob_match(const char *pattern, const char *name)
{
	struct match match = {.pattern = pattern, .at = pattern, .name = name};

	for (;;) {
		if (*match.at == '*') {
			if (enter_stars(&match))
				return true;
			continue;
		}
		if (*match.at == '\0' && *match.name == '\0')
			return true;
		enum step step = match_byte(&match);
		if (step == STEP_MALFORMED || (step == STEP_MISMATCH && !go_back(&match)))
			return false;
	}
}
