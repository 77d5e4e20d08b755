/* Any bytes as DVC's rwlock: what is accepted has paths and processes. */
#include <dray/format.h>

#undef NDEBUG /* the checks are the point, in every build */
#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	DRAY_AUTO(rwlock) lock = DRAY_RWLOCK_INIT;
	struct dray_err err = DRAY_ERR_INIT;

	if (dray_rwlock_parse((const char *)data, size, "rwlock", &lock, &err) != DRAY_OK) {
		assert(err.status == DRAY_INVALID);
		return 0;
	}
	for (size_t i = 0; i < lock.len; i++)
		assert(lock.items[i].path != NULL && lock.items[i].command != NULL &&
			lock.items[i].pid > 0);
	return 0;
}
