/*
 * Any bytes as an archive: members have names that may be followed, none twice and none below
 * another that is no folder, and no more comes out than the limits allow.
 */
#include <dray/archive.h>
#include <dray/os.h>

#undef NDEBUG /* the checks are the point, in every build */
#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BYTES_MAX ((uint64_t)1 << 20)

static void check_member(const struct dray_member *member, struct dray_map *names)
{
	struct dray_err err = DRAY_ERR_INIT;

	assert(dray_name_check(member->name, &err) == DRAY_OK);
	assert((member->type == DRAY_MEMBER_LINK) == (member->target != NULL));
	assert(member->target == NULL || *member->target != '\0');
	assert(dray_map_add(names, member->name, strlen(member->name), 0) ||
		member->type == DRAY_MEMBER_DIR);
}

static enum dray_status read_member(
	struct dray_archive_reader *reader, uint64_t *sum, struct dray_err *err)
{
	char block[4096];
	size_t len = 1;

	while (len > 0) {
		DRAY_TRY(dray_archive_read(reader, block, sizeof block, &len, err));
		*sum += len;
		assert(*sum <= BYTES_MAX);
	}
	return DRAY_OK;
}

static enum dray_status read_all(struct dray_archive_reader *reader, struct dray_err *err)
{
	DRAY_AUTO(map) names = DRAY_MAP_INIT;
	struct dray_member member;
	bool has_more = true;
	uint64_t sum = 0;

	for (;;) {
		DRAY_TRY(dray_archive_next(reader, &has_more, &member, err));
		if (!has_more)
			return DRAY_OK;
		check_member(&member, &names);
		DRAY_TRY(read_member(reader, &sum, err));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct dray_archive_limits limits = {
		.bytes = BYTES_MAX, .members = 1000, .ratio = 1000};
	struct dray_archive_reader *reader = NULL;
	struct dray_err err = DRAY_ERR_INIT;
	DRAY_AUTO_FD fd = memfd_create("archive", MFD_CLOEXEC);

	assert(fd >= 0 && write(fd, data, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0);
	enum dray_status status = dray_archive_reader_open(fd, "archive", &limits, &reader, &err);
	if (status == DRAY_OK)
		status = read_all(reader, &err);
	dray_archive_reader_close(reader);
	assert(status == DRAY_OK || status == DRAY_INVALID || status == DRAY_UNSUPPORTED);
	return 0;
}
