/*
 * Other repositories that share this one's cache: opened and locked, so that what they need is
 * known and stays so while this one collects.
 */
#include "projects.h"

#include <stdlib.h>
#include <string.h>

static bool is_open(
	const struct dray_projects *projects, const struct dray_session *own, const char *root)
{
	bool is = strcmp(own->repo->root, root) == 0;

	for (size_t i = 0; i < projects->len; i++)
		is = is || strcmp(projects->items[i].session->repo->root, root) == 0;
	return is;
}

static enum dray_status add(struct dray_projects *projects, struct dray_session *own,
	const char *dir, struct dray_err *err)
{
	struct dray_project project = {.lock = DRAY_LOCK_INIT};
	enum dray_status status = dray_session_open(dir, own->report, &project.session, err);

	if (status != DRAY_OK)
		return dray_frame(err, "project '%s'", dir);
	if (is_open(projects, own, project.session->repo->root)) {
		dray_session_close(project.session);
		return DRAY_OK;
	}
	status = dray_repo_lock(project.session->repo, &project.lock, err);
	DRAY_GROW(projects->items, projects->len, projects->cap);
	projects->items[projects->len++] = project;
	return status;
}

enum dray_status projects_open(struct dray_session *own, const struct dray_strs *dirs,
	struct dray_projects *out, struct dray_err *err)
{
	for (size_t i = 0; dirs != NULL && i < dirs->len; i++)
		DRAY_TRY(add(out, own, dirs->items[i], err));
	return DRAY_OK;
}

void dray_projects_drop(struct dray_projects *projects)
{
	for (size_t i = 0; i < projects->len; i++) {
		dray_lock_drop(&projects->items[i].lock);
		dray_session_close(projects->items[i].session);
	}
	free(projects->items);
	*projects = (struct dray_projects)PROJECTS_INIT;
}
