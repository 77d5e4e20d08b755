/*
 * What imports were found to be whose pointers do not say it yet (--no-download, --no-exec): fetch
 * brings the data into the cache and notes what it is under all that the pointer says of its
 * source; checkout finds it there. Only a hint: the pointer is update's, and objects that are gone
 * are fetched again.
 */
#include "import.h"

#include <stdlib.h>
#include <string.h>

#define FOLDER "imports"

static void add(struct dray_buf *buf, const char *text)
{
	dray_buf_puts(buf, text != NULL ? text : "");
	dray_buf_putc(buf, '\0');
}

static char *place_of(const struct dray_session *session, const struct dray_dep *dep)
{
	DRAY_AUTO(buf) said = DRAY_BUF_INIT;
	char text[DRAY_OID_TEXT_MAX];
	struct dray_oid digest;

	add(&said, dep->path);
	add(&said, dep->repo_url);
	add(&said, dep->repo_rev);
	add(&said, dep->repo_rev_lock);
	add(&said, dep->etag);
	add(&said, dep->checksum);
	add(&said, dep->version_id);
	add(&said, dep->has_oid ? dray_oid_text(&dep->oid, text) : NULL);
	for (size_t i = 0; i < dep->files_len; i++) {
		add(&said, dep->files[i].path);
		add(&said, dep->files[i].etag);
		add(&said, dep->files[i].version_id);
	}
	dray_hash(DRAY_SHA256, said.data, said.len, &digest);
	return dray_format(
		"%s/" FOLDER "/%s", session->repo->memory_dir, dray_oid_text(&digest, text));
}

enum dray_status import_remember(struct dray_session *session, const struct dray_dep *dep,
	const struct dray_oid *oid, struct dray_err *err)
{
	DRAY_AUTO_STR place = place_of(session, dep);
	DRAY_AUTO_STR folder = dray_path_dirname(place);
	char text[DRAY_OID_TEXT_MAX];

	DRAY_TRY(dray_os_mkdirs(AT_FDCWD, folder, 0777, err));
	dray_oid_text(oid, text);
	return dray_os_publish(AT_FDCWD, place, text, strlen(text), 0666, err);
}

bool import_recall(struct dray_session *session, const struct dray_dep *dep, struct dray_oid *out)
{
	enum dray_algo algo = session->repo->dialect->algo;
	DRAY_AUTO_STR place = place_of(session, dep);
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_err unused = DRAY_ERR_INIT;
	struct dray_oid oid;

	if (dray_os_slurp(AT_FDCWD, place, DRAY_OID_TEXT_MAX, &text, &unused) != DRAY_OK ||
		!dray_oid_parse(algo, dray_buf_text(&text), text.len, &oid))
		return false;
	*out = oid;
	return true;
}

bool import_is_unknown(const struct dray_track *track)
{
	const struct dray_pointer *pointer = &track->file->pointer;

	return pointer_is_import(pointer) && !dray_track_out(track)->has_oid;
}

/* Nothing that is there is in the way: it may be anything. */
void imports_recall(struct dray_session *session, struct dray_selection *selection)
{
	for (size_t i = 0; i < selection->targets.len; i++) {
		struct dray_track *track = selection->targets.items[i].track;
		struct dray_out *out = dray_track_out(track);
		struct dray_goal found = {.name = track->name};
		struct dray_err unused = DRAY_ERR_INIT;
		bool is_here = false;

		if (!import_is_unknown(track) ||
			dray_os_exists(session->repo->root_fd, track->name) ||
			!import_recall(session, &track->file->pointer.deps[0], &found.oid))
			continue;
		if (data_is_cached(session, &found, &is_here, &unused) == DRAY_OK && is_here) {
			out->oid = found.oid;
			out->has_oid = true;
		}
	}
}
