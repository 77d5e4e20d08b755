/*
 * Any bytes as one of AWS's files. What was accepted is found again by name,
 * the last of a key counts, and a block's keys are in that block only.
 */
#include <dray/format.h>

#undef NDEBUG /* the checks are the point, in every build */
#include <assert.h>
#include <string.h>

/* Asking is linear, and a person asks for a dozen keys. */
#define ENTRIES_CHECKED 200

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_entry(const struct dray_profiles *profiles, size_t i)
{
	const struct dray_profiles_entry *entry = &profiles->entries[i];
	const struct dray_profiles_section *section = &profiles->sections[entry->section];
	const char *found =
		dray_profiles_get(profiles, section->kind, section->name, entry->block, entry->key);

	assert(entry->key[0] != '\0' && strchr(entry->value, '\r') == NULL);
	assert(entry->block == NULL || strchr(entry->value, '\n') == NULL);
	if (section->is_hidden)
		return;
	assert(found != NULL);
	for (size_t later = i + 1; later < profiles->len; later++)
		if (found == profiles->entries[later].value)
			return;
	assert(found == entry->value);
}

static void check(enum dray_profiles_style style, const char *text, size_t len)
{
	DRAY_AUTO(profiles) profiles = DRAY_PROFILES_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	if (dray_profiles_parse(style, text, len, "file", &profiles, &err) != DRAY_OK) {
		assert(err.status == DRAY_INVALID && strncmp(err.text, "'file' ", 7) == 0);
		assert(profiles.sections == NULL && profiles.entries == NULL);
		return;
	}
	for (size_t i = 0; i < profiles.len && i < ENTRIES_CHECKED; i++)
		check_entry(&profiles, i);
	for (size_t i = 0; i < profiles.sections_len && i < ENTRIES_CHECKED; i++)
		assert(profiles.sections[i].is_hidden ||
			dray_profiles_has(
				&profiles, profiles.sections[i].kind, profiles.sections[i].name));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check(DRAY_PROFILES_CONFIG, (const char *)data, size);
	check(DRAY_PROFILES_CREDENTIALS, (const char *)data, size);
	return 0;
}
