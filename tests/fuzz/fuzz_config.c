/*
 * Any bytes as a config, in both syntaxes. In what was accepted, each key can be set, and then
 * has that value and no other key a new one; each can be removed, and is gone;
 * each section likewise.
 */
#include <dray/format.h>

#undef NDEBUG /* the checks are the point, in every build */
#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum dray_config_syntax syntax;

/*
 * DVC's syntax has keys and sections that we read but never write, and references: a value set
 * anew may be one, or what others refer to.
 */
static bool is_beyond_edits(const struct dray_config *config, const char *text, size_t len)
{
	if (syntax == DRAY_CONFIG_OWN)
		return false;
	for (size_t i = 0; i < config->len; i++) {
		const char *key = config->items[i].key;
		const char *dot = strrchr(key, '.');
		if (dot == NULL || strspn(dot + 1, "abcdefghijklmnopqrstuvwxyz0123456789_-") !=
					   strlen(dot + 1))
			return true;
	}
	return memmem(text, len, "%(", 2) != NULL || memmem(text, len, "[[", 2) != NULL;
}

static void parse(struct dray_config *config, const struct dray_buf *text)
{
	config->syntax = syntax;
	struct dray_err err = DRAY_ERR_INIT;
	enum dray_status status =
		dray_config_parse(config, dray_buf_text(text), text->len, "again", &err);

	assert(status == DRAY_OK);
}

/* All keys but `key` have the same values in both. */
static void check_others(const struct dray_config *a, const struct dray_config *b, const char *key)
{
	for (size_t i = 0; i < a->len; i++) {
		const char *other = a->items[i].key;
		const char *now = dray_config_get(b, other, NULL);
		if (strcmp(other, key) == 0)
			continue;
		assert(now != NULL && strcmp(now, dray_config_get(a, other, "")) == 0);
	}
}

static void check_set(const struct dray_config *config, const char *text, size_t len,
	const char *key, const char *value)
{
	DRAY_AUTO(buf) edited = DRAY_BUF_INIT;
	DRAY_AUTO(config) again = DRAY_CONFIG_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	if (dray_config_edit(syntax, text, len, key, value, &edited, &err) != DRAY_OK)
		return; /* a value that cannot be written; never this */
	if (edited.len > DRAY_CONFIG_BYTES_MAX)
		return;
	parse(&again, &edited);
	assert(strcmp(dray_config_get(&again, key, ""), value) == 0);
	check_others(config, &again, key);
	check_others(&again, config, key);
}

static void check_remove(
	const struct dray_config *config, const char *text, size_t len, const char *key)
{
	DRAY_AUTO(buf) edited = DRAY_BUF_INIT;
	DRAY_AUTO(config) again = DRAY_CONFIG_INIT;
	struct dray_err err = DRAY_ERR_INIT;
	enum dray_status status = dray_config_edit(syntax, text, len, key, NULL, &edited, &err);

	assert(status == DRAY_OK);
	parse(&again, &edited);
	assert(dray_config_peek(&again, key) == NULL);
	check_others(config, &again, key);
	check_others(&again, config, key);
}

static void check_section(
	const struct dray_config *config, const char *text, size_t len, const char *key)
{
	DRAY_AUTO(buf) edited = DRAY_BUF_INIT;
	DRAY_AUTO(buf) back = DRAY_BUF_INIT;
	DRAY_AUTO(config) again = DRAY_CONFIG_INIT;
	DRAY_AUTO_STR section = dray_strndup(key, (size_t)(strrchr(key, '.') - key));
	struct dray_err err = DRAY_ERR_INIT;

	if (dray_config_edit_section(syntax, text, len, section, "remote.na me", &edited, &err) !=
		DRAY_OK) {
		assert(err.status == DRAY_EXISTS);
		return;
	}
	if (edited.len > DRAY_CONFIG_BYTES_MAX)
		return;
	enum dray_status status = dray_config_edit_section(
		syntax, dray_buf_text(&edited), edited.len, "remote.na me", NULL, &back, &err);
	assert(status == DRAY_OK);
	parse(&again, &back);
	assert(dray_config_peek(&again, key) == NULL);
	assert(again.len < config->len);
}

static void check(const char *text, size_t size)
{
	DRAY_AUTO(config) config = {.syntax = syntax};
	struct dray_err err = DRAY_ERR_INIT;

	if (dray_config_parse(&config, text, size, "fuzz", &err) != DRAY_OK) {
		assert(config.len == 0);
		return;
	}
	if (is_beyond_edits(&config, text, size))
		return;
	for (size_t i = 0; i < config.len && i < 20; i++) {
		const struct dray_config_entry *entry = &config.items[i];
		check_set(&config, text, size, entry->key, "new, # 'value'");
		check_set(
			&config, text, size, entry->key, dray_config_get(&config, entry->key, ""));
		check_remove(&config, text, size, entry->key);
		check_section(&config, text, size, entry->key);
	}
	check_set(&config, text, size, "db.sub section.key", "");
	check_set(&config, text, size, "core.key", "x");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	syntax = DRAY_CONFIG_OWN;
	check((const char *)data, size);
	syntax = DRAY_CONFIG_DVC;
	check((const char *)data, size);
	return 0;
}
