/* Ignore files on the way down to a folder. */
#include <dray/repo.h>

#include <string.h>

#include "private.h"

void rules_begin(const struct dray_dialect *dialect, struct dray_rules *rules)
{
	dray_rules_parse(rules, "", dialect->ignored, strlen(dialect->ignored));
}

enum dray_status rules_load(const struct dray_dialect *dialect, int root_fd, const char *folder,
	struct dray_rules *rules, struct dray_err *err)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	DRAY_AUTO_STR path = dray_path_join(folder, dialect->ignore_file);
	enum dray_status status = dray_os_slurp(root_fd, path, DRAY_RULES_BYTES_MAX, &text, err);

	if (status == DRAY_NOT_FOUND)
		return DRAY_OK;
	DRAY_TRY(status);
	dray_rules_parse(rules, folder, dray_buf_text(&text), text.len);
	return DRAY_OK;
}

enum dray_status dray_repo_rules(
	struct dray_repo *repo, const char *name, struct dray_rules *out, struct dray_err *err)
{
	rules_begin(repo->dialect, out);
	DRAY_TRY(rules_load(repo->dialect, repo->root_fd, "", out, err));
	for (const char *slash = strchr(name, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		DRAY_AUTO_STR folder = dray_strndup(name, (size_t)(slash - name));

		DRAY_TRY(rules_load(repo->dialect, repo->root_fd, folder, out, err));
	}
	return DRAY_OK;
}
