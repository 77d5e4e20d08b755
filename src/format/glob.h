/* glob: one gitignore pattern against one path. Private to the format room. */
#ifndef DRAY_FORMAT_GLOB_H
#define DRAY_FORMAT_GLOB_H

#include <stdbool.h>

/*
 * Whether `pattern` matches all of `name`. '*', '?' and classes never match
 * '/'; "**" between slashes matches any number of parts. A pattern that is
 * malformed (open class, backslash at its end) matches nothing.
 */
bool dray_glob_match(const char *pattern, const char *name);
/* Whether `pattern` has anything but bytes that match themselves. */
bool dray_glob_is_magic(const char *pattern);

#endif
