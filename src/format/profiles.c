/* profiles: what AWS's two INI files say, once read. */
#include <dray/format.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_section(
	const struct dray_profiles_section *section, const char *kind, const char *name)
{
	return !section->is_hidden && strcmp(section->kind, kind) == 0 &&
	       strcmp(section->name, name) == 0;
}

bool dray_profiles_has(const struct dray_profiles *profiles, const char *kind, const char *name)
{
	for (size_t i = 0; i < profiles->sections_len; i++)
		if (is_section(&profiles->sections[i], kind, name))
			return true;
	return false;
}

static bool is_in_block(const struct dray_profiles_entry *entry, const char *block)
{
	if (block == NULL || entry->block == NULL)
		return block == entry->block;
	return strcasecmp(entry->block, block) == 0;
}

const char *dray_profiles_get(const struct dray_profiles *profiles, const char *kind,
	const char *name, const char *block, const char *key)
{
	for (size_t i = profiles->len; i-- > 0;) {
		const struct dray_profiles_entry *entry = &profiles->entries[i];

		if (strcasecmp(entry->key, key) == 0 && is_in_block(entry, block) &&
			is_section(&profiles->sections[entry->section], kind, name))
			return entry->value;
	}
	return NULL;
}

void dray_profiles_drop(struct dray_profiles *profiles)
{
	for (size_t i = 0; i < profiles->sections_len; i++) {
		free(profiles->sections[i].kind);
		free(profiles->sections[i].name);
	}
	for (size_t i = 0; i < profiles->len; i++) {
		free(profiles->entries[i].key);
		dray_str_wipe(&profiles->entries[i].value);
	}
	free(profiles->sections);
	free(profiles->entries);
	*profiles = (struct dray_profiles)DRAY_PROFILES_INIT;
}
