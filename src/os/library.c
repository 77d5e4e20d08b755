/* Shared libraries that a command loads when it first needs them. */
#include <dray/os.h>

#include <dlfcn.h>
#include <string.h>

/* "libgit2.so.1.5" is in the package "libgit2-1.5", "libcurl.so.4" in "libcurl4". */
static enum dray_status hint_package(const char *soname, struct dray_err *err)
{
	const char *suffix = strstr(soname, ".so.");
	size_t len = suffix != NULL ? (size_t)(suffix - soname) : strlen(soname);
	const char *version = suffix != NULL ? suffix + strlen(".so.") : "";
	bool ends_in_digit = len > 0 && soname[len - 1] >= '0' && soname[len - 1] <= '9';

	return dray_hint(err, "install it; on Debian and Ubuntu: apt install %.*s%s%s", (int)len,
		soname, ends_in_digit && *version != '\0' ? "-" : "", version);
}

enum dray_status dray_os_load(const char *soname, const struct dray_symbol *symbols, size_t count,
	void *out_table, struct dray_err *err)
{
	/* never closed: its memory and its atexit work belong to the whole process */
	void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);

	if (library == NULL) {
		dray_fail(err, DRAY_UNSUPPORTED, "cannot load '%s': %s", soname, dlerror());
		return hint_package(soname, err);
	}
	for (size_t i = 0; i < count; i++) {
		void *found = dlsym(library, symbols[i].name);

		if (found == NULL) {
			dray_fail(err, DRAY_UNSUPPORTED, "'%s' has no function '%s'", soname,
				symbols[i].name);
			return hint_package(soname, err);
		}
		memcpy((char *)out_table + symbols[i].offset, &found, sizeof found);
	}
	return DRAY_OK;
}
