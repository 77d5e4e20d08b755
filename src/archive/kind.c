/* What a file's name says of the archive in it. */
#include <dray/archive.h>

#include <string.h>

static const struct {
	const char *suffix;
	enum dray_archive_kind kind;
} written[] = {
	{"tar", DRAY_ARCHIVE_TAR},
	{"tar.gz", DRAY_ARCHIVE_TAR_GZ},
	{"tgz", DRAY_ARCHIVE_TAR_GZ},
	{"tar.zst", DRAY_ARCHIVE_TAR_ZST},
	{"tzst", DRAY_ARCHIVE_TAR_ZST},
	{"zip", DRAY_ARCHIVE_ZIP},
};
/* Only read. */
static const char *const others[] = {"tar.xz", "txz", "tar.bz2", "tbz", "tbz2"};

bool dray_archive_parse(const char *name, enum dray_archive_kind *out_kind)
{
	for (size_t i = 0; i < DRAY_COUNT(written); i++)
		if (strcmp(written[i].suffix, name) == 0) {
			*out_kind = written[i].kind;
			return true;
		}
	return false;
}

/* Length of `name` in front of ".suffix"; 0 if it does not end so. */
static size_t stem_before(const char *name, const char *suffix)
{
	size_t len = strlen(name), tail = strlen(suffix);

	if (len < tail + 2 || name[len - tail - 1] != '.' || strcmp(name + len - tail, suffix) != 0)
		return 0;
	return len - tail - 1;
}

bool dray_archive_kind_of(const char *path, enum dray_archive_kind *out_kind)
{
	const char *name = dray_path_basename(path);

	for (size_t i = 0; i < DRAY_COUNT(written); i++)
		if (stem_before(name, written[i].suffix) > 0) {
			*out_kind = written[i].kind;
			return true;
		}
	return false;
}

size_t dray_archive_stem_len(const char *basename)
{
	for (size_t i = 0; i < DRAY_COUNT(written); i++)
		if (stem_before(basename, written[i].suffix) > 0)
			return stem_before(basename, written[i].suffix);
	for (size_t i = 0; i < DRAY_COUNT(others); i++)
		if (stem_before(basename, others[i]) > 0)
			return stem_before(basename, others[i]);
	return strlen(basename);
}
