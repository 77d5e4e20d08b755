/* Text of the commands that work on objects: push, fetch, pull, fsck, gc. */
#include "commands.h"
#include "print.h"

#include <inttypes.h>
#include <string.h>

static uint64_t total(const struct dray_cli_sink *sink, const char *name)
{
	return dray_cli_tally_get(&sink->totals, name);
}

/* "3 objects pushed, 1.2 MB" */
static void put_objects(
	struct dray_cli_sink *sink, const char *count, const char *bytes, const char *verb)
{
	struct dray_buf *buf = &sink->out->buf;
	char size[16];

	dray_cli_put_count(buf, total(sink, count), "object");
	dray_buf_printf(buf, " %s, %s", verb, dray_show_size(total(sink, bytes), size));
}

/* The object by the file it belongs to, else by its id; and the remote that it was on. */
void dray_cli_print_object(struct dray_cli_sink *sink, const struct dray_item *item)
{
	DRAY_AUTO_STR place = item->from ? dray_format("on %s", item->from) : NULL;
	struct dray_item line = *item;

	if (strcmp(item->state, "removed") == 0 && !sink->args->verbose)
		return; /* a count says it; a dry run lists them as "unused" */
	if (!item->path) {
		line.path = item->hash ? item->hash : "?";
		line.is_path_literal = true;
	}
	if (place)
		line.value = place;
	dray_cli_put_line(sink, &line);
}

/* ------------------------------------------------------------------ transfer */

/* True if something was printed. */
static bool put_transfer(struct dray_cli_sink *sink, const char *done, const char *planned)
{
	uint64_t missing = dray_cli_tally_get(&sink->states, "missing");
	struct dray_buf *buf = &sink->out->buf;

	if (total(sink, "objects") == 0 && missing == 0)
		return false;
	put_objects(sink, "objects", "bytes", sink->args->dry_run ? planned : done);
	if (missing)
		dray_buf_printf(buf, ", %" PRIu64 " missing", missing);
	return true;
}

static void put_transfer_end(struct dray_cli_sink *sink, const char *done, const char *planned)
{
	if (put_transfer(sink, done, planned))
		dray_buf_putc(&sink->out->buf, '\n');
	else if (sink->is_ok)
		dray_buf_puts(&sink->out->buf, "everything is up to date\n");
}

void dray_cli_print_push_end(struct dray_cli_sink *sink)
{
	put_transfer_end(sink, "pushed", "to push");
}

void dray_cli_print_fetch_end(struct dray_cli_sink *sink)
{
	put_transfer_end(sink, "fetched", "to fetch");
}

void dray_cli_print_pull_end(struct dray_cli_sink *sink)
{
	static const char *const counts[] = {"added", "modified", "deleted", NULL};
	struct dray_buf *buf = &sink->out->buf;
	bool has_moved = put_transfer(sink, "fetched", "to fetch");
	bool has_changed =
		dray_cli_put_tally(buf, &sink->totals, counts, has_moved ? "; files: " : "files: ");

	if (has_moved || has_changed)
		dray_buf_putc(buf, '\n');
	else if (sink->is_ok)
		dray_buf_puts(buf, "everything is up to date\n");
}

/* ---------------------------------------------------------------------- care */

void dray_cli_print_fsck_end(struct dray_cli_sink *sink)
{
	static const char *const counts[] = {"corrupt", "missing", "untrusted", NULL};
	struct dray_buf *buf = &sink->out->buf;

	put_objects(sink, "objects", "bytes", sink->args->quick ? "looked at" : "verified");
	if (!dray_cli_put_tally(buf, &sink->states, counts, "; "))
		dray_buf_puts(buf, "; all are sound");
	dray_buf_putc(buf, '\n');
}

/* What became of one place: the names of its totals. */
struct swept {
	const char *label;
	const char *kept;
	const char *removed;
	const char *bytes;
};

static void put_swept(struct dray_cli_sink *sink, const struct swept *swept, bool is_labelled)
{
	struct dray_buf *buf = &sink->out->buf;

	if (!dray_cli_tally_has(&sink->totals, swept->kept))
		return; /* it did not come to that */
	if (is_labelled)
		dray_buf_printf(buf, "%s: ", swept->label);
	if (total(sink, swept->removed) == 0)
		dray_buf_puts(buf, "nothing to remove");
	else
		put_objects(sink, swept->removed, swept->bytes,
			sink->args->dry_run ? "to remove" : "removed");
	dray_buf_puts(buf, "; ");
	dray_cli_put_count(buf, total(sink, swept->kept), "object");
	dray_buf_puts(buf, " kept\n");
}

static void put_uploads(struct dray_cli_sink *sink)
{
	struct dray_buf *buf = &sink->out->buf;

	if (total(sink, "remote_uploads") == 0)
		return;
	dray_buf_puts(buf, "remote: ");
	dray_cli_put_count(buf, total(sink, "remote_uploads"), "abandoned upload");
	dray_buf_puts(buf, sink->args->dry_run ? " to end\n" : " ended\n");
}

void dray_cli_print_gc_end(struct dray_cli_sink *sink)
{
	static const struct swept remote = {
		"remote", "remote_kept", "remote_removed", "remote_bytes"};
	static const struct swept cache = {"cache", "kept", "removed", "bytes"};
	bool has_two = dray_cli_tally_has(&sink->totals, remote.kept);

	put_swept(sink, &remote, has_two);
	put_uploads(sink);
	put_swept(sink, &cache, has_two);
}

void dray_cli_print_cache_migrate_end(struct dray_cli_sink *sink)
{
	struct dray_buf *buf = &sink->out->buf;

	if (total(sink, "objects") == 0) {
		dray_buf_puts(buf, "nothing of DVC 2 is in the cache\n");
		return;
	}
	dray_cli_put_count(buf, total(sink, "objects"), "object");
	dray_buf_puts(buf, sink->args->dry_run ? " to migrate" : " migrated");
	if (total(sink, "pointers") > 0) {
		dray_buf_puts(buf, ", ");
		dray_cli_put_count(buf, total(sink, "pointers"), "pointer");
	}
	dray_buf_putc(buf, '\n');
}

void dray_cli_print_migrate_end(struct dray_cli_sink *sink)
{
	struct dray_buf *buf = &sink->out->buf;

	if (sink->items == 0) {
		dray_buf_puts(buf, "nothing to migrate\n");
		return;
	}
	if (sink->args->dry_run || total(sink, "pointers") == 0)
		return;
	dray_cli_put_count(buf, total(sink, "pointers"), "pointer");
	dray_buf_puts(buf, ", ");
	put_objects(sink, "objects", "bytes", "migrated");
	dray_buf_puts(buf, "\nnext: commit it with git, and push the data under its new names\n");
}
