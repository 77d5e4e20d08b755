/*
 * Makes the calls of `dray_os` fail: the n-th, counted over all slots or those
 * of one name, once or from then on. A failing close still closes, as Linux does.
 */
#ifndef DRAY_TESTS_OS_FAULT_H
#define DRAY_TESTS_OS_FAULT_H

#include "sandbox.h"

struct fault {
	const char *slot; /* NULL: any */
	long call;        /* from 0 */
	int error;
	bool is_lasting;
};

static struct {
	struct dray_os_slots real;
	struct fault plan;
	atomic_long calls;
	atomic_bool has_fired;
	atomic_bool has_lost_unlink; /* what could not be removed may stay */
} fault;

static bool strikes(const char *slot)
{
	if (fault.plan.slot != NULL && strcmp(fault.plan.slot, slot) != 0)
		return false;
	long call = atomic_fetch_add(&fault.calls, 1);
	if (fault.plan.is_lasting ? call < fault.plan.call : call != fault.plan.call)
		return false;
	atomic_store(&fault.has_fired, true);
	if (strcmp(slot, "unlinkat") == 0)
		atomic_store(&fault.has_lost_unlink, true);
	return true;
}

#define X(type, name, params, args)                                            \
	static type faulty_##name params                                       \
	{                                                                      \
		if (!strikes(#name))                                           \
			return fault.real.name args;                           \
		if (strcmp(#name, "close") == 0)                               \
			(void)fault.real.name args;                            \
		errno = fault.plan.error;                                      \
		return _Generic((type){0}, DIR * : (DIR *)NULL, default : -1); \
	}
DRAY_OS_SLOT_MAP(X)
#undef X

static UNUSED void fault_arm(struct fault plan)
{
	fault.real = dray_os;
	fault.plan = plan;
	atomic_store(&fault.calls, 0);
	atomic_store(&fault.has_fired, false);
	atomic_store(&fault.has_lost_unlink, false);
#define X(type, name, params, args) dray_os.name = faulty_##name;
	DRAY_OS_SLOT_MAP(X)
#undef X
}

static UNUSED bool fault_disarm(void)
{
	dray_os = fault.real;
	return atomic_load(&fault.has_fired);
}

/* Call `run` under every fault of a kind until one is not met. */
static UNUSED void fault_each(void (*run)(const struct fault *plan, bool *out_has_fired))
{
	static const struct fault kinds[] = {{.error = EIO}, {.error = EIO, .is_lasting = true},
		{.error = ENOSPC}, {.error = EACCES}};

	for (size_t i = 0; i < DRAY_COUNT(kinds); i++) {
		struct fault plan = kinds[i];
		bool has_fired = true;

		for (plan.call = 0; has_fired; plan.call++) {
			assert_true(plan.call < 5000);
			run(&plan, &has_fired);
		}
	}
}

#endif
