/* The file of an upload in parts. */
#include "s3_journal.h"

#include <stdlib.h>
#include <string.h>

#define JOURNAL_BYTES_MAX 8192

/* "part N\nid TEXT\n" behind the head. */
static void parse_rest(struct dray_s3_journal *journal, const char *rest)
{
	size_t part_len = strcspn(rest, "\n");
	const char *id = rest + part_len;
	uint64_t part_bytes = 0;

	if (strncmp(rest, "part ", 5) != 0 || strncmp(id, "\nid ", 4) != 0)
		return;
	id += 4;
	size_t id_len = strcspn(id, "\n");
	if (!dray_parse_u64(rest + 5, part_len - 5, &part_bytes) || part_bytes < DRAY_S3_PART_MIN ||
		part_bytes > DRAY_S3_PART_MAX || id_len == 0 || id_len > DRAY_S3_UPLOAD_ID_MAX ||
		strcmp(id + id_len, "\n") != 0)
		return;
	journal->part_bytes = part_bytes;
	journal->upload_id = dray_strndup(id, id_len);
}

void dray_s3_journal_read(
	const struct dray_s3 *s3, const struct dray_transit *object, struct dray_s3_journal *out)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	*out = (struct dray_s3_journal){
		.head = dray_format("dray-upload 1\nurl %s\nendpoint %s\nkey %s\nsize %llu\n",
			s3->base.url, s3->settings.endpoint != NULL ? s3->settings.endpoint : "aws",
			object->key, (unsigned long long)object->size),
	};
	out->path = dray_s3_state_path(s3, "uploads", out->head);
	if (out->path == NULL ||
		dray_os_slurp(AT_FDCWD, out->path, JOURNAL_BYTES_MAX, &text, &err) != DRAY_OK)
		return;
	if (strncmp(dray_buf_text(&text), out->head, strlen(out->head)) == 0)
		parse_rest(out, dray_buf_text(&text) + strlen(out->head));
}

static void add_id(const char *folder, const char *name, struct dray_strs *ids)
{
	DRAY_AUTO_STR path = dray_path_join(folder, name);
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	if (dray_os_slurp(AT_FDCWD, path, JOURNAL_BYTES_MAX, &text, &err) != DRAY_OK)
		return;
	const char *id = strstr(dray_buf_text(&text), "\nid ");
	if (id == NULL)
		return;
	DRAY_AUTO_STR word = dray_strndup(id + 4, strcspn(id + 4, "\n"));
	dray_strs_add(ids, word);
}

void dray_s3_journal_ids(const struct dray_s3 *s3, struct dray_strs *ids)
{
	DRAY_AUTO_STR any = dray_s3_state_path(s3, "uploads", "");
	DRAY_AUTO_STR folder = any != NULL ? dray_path_dirname(any) : dray_strdup("");
	DRAY_AUTO(dirents) entries = DRAY_DIRENTS_INIT;
	DRAY_AUTO_FD fd = -1;
	struct dray_err err = DRAY_ERR_INIT;

	if (*folder == '\0' || dray_os_open_dir(AT_FDCWD, folder, &fd, &err) != DRAY_OK ||
		dray_os_list(fd, folder, &entries, &err) != DRAY_OK)
		return;
	for (size_t i = 0; i < entries.len; i++)
		add_id(folder, entries.items[i].name, ids);
}

void dray_s3_journal_write(struct dray_s3_journal *journal)
{
	struct dray_err err = DRAY_ERR_INIT;

	if (journal->path == NULL)
		return;
	DRAY_AUTO_STR folder = dray_path_dirname(journal->path);
	DRAY_AUTO_STR text = dray_format("%spart %llu\nid %s\n", journal->head,
		(unsigned long long)journal->part_bytes, journal->upload_id);
	if (dray_os_mkdirs(AT_FDCWD, folder, 0777, &err) == DRAY_OK)
		dray_ignore(dray_os_publish(AT_FDCWD, journal->path, text, strlen(text), 0600,
			&err)); /* without it an interrupted upload starts anew */
}

void dray_s3_journal_forget(struct dray_s3_journal *journal)
{
	struct dray_err err = DRAY_ERR_INIT;

	free(journal->upload_id);
	journal->upload_id = NULL;
	if (journal->path != NULL)
		dray_ignore(dray_os_unlink(AT_FDCWD, journal->path,
			&err)); /* the server will say that it knows no such upload */
}

void dray_s3_journal_drop(struct dray_s3_journal *journal)
{
	free(journal->path);
	free(journal->head);
	free(journal->upload_id);
	*journal = (struct dray_s3_journal){.path = NULL};
}
