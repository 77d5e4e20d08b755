/* The budget behind a lock, and the pauses. */
#include "patience.h"

#define ASKED_MAX_S 1000

void dray_patience_init(struct dray_patience *patience, unsigned max_attempts)
{
	*patience = (struct dray_patience){
		.lock = DRAY_MUTEX_INIT, .locked = {.random = (uint64_t)dray_os_now_ns() | 1}};
	dray_retry_budget_init(&patience->locked.budget, max_attempts);
}

void dray_patience_drop(struct dray_patience *patience)
{
	dray_mutex_drop(&patience->lock);
}

static double next_random(struct dray_patience *patience)
{
	/* xorshift64 (Marsaglia, 2003): only spreads waits */
	uint64_t x = patience->locked.random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	patience->locked.random = x;
	return (double)(x >> 11) / 9007199254740992.0;
}

/* Sleep in slices, so that Ctrl-C is heard within a tenth of a second. */
static enum dray_status pause_for(unsigned wait_ms, struct dray_err *err)
{
	int64_t until_ns = dray_os_monotonic_ns() + (int64_t)wait_ms * 1000000;

	for (;;) {
		int64_t left_ms = (until_ns - dray_os_monotonic_ns()) / 1000000;

		DRAY_TRY(dray_os_check_cancel(err));
		if (left_ms <= 0)
			return DRAY_OK;
		dray_os_pause(left_ms < 100 ? (unsigned)left_ms : 100);
	}
}

enum dray_status dray_patience_wait(struct dray_patience *patience, struct dray_retry *retry,
	enum dray_retry_kind kind, unsigned asked_ms, struct dray_err *err)
{
	unsigned wait_ms = 0;

	dray_mutex_lock(&patience->lock);
	bool is_again = dray_retry_next(retry, &patience->locked.budget, kind, asked_ms,
		dray_os_monotonic_ns(), next_random(patience), &wait_ms);
	dray_mutex_unlock(&patience->lock);
	return is_again ? pause_for(wait_ms, err) : err->status;
}

void dray_patience_succeed(struct dray_patience *patience, const struct dray_retry *retry)
{
	dray_mutex_lock(&patience->lock);
	dray_retry_succeed(&patience->locked.budget, retry->attempts + 1);
	dray_mutex_unlock(&patience->lock);
}

bool dray_patience_has_succeeded(struct dray_patience *patience)
{
	dray_mutex_lock(&patience->lock);
	bool has_succeeded = patience->locked.budget.has_succeeded;
	dray_mutex_unlock(&patience->lock);
	return has_succeeded;
}

unsigned dray_patience_asked_ms(const struct dray_http_answer *answer)
{
	size_t len = 0;
	uint64_t value = 0;
	const char *text = dray_http_header(answer, "x-amz-retry-after", &len);

	if (text != NULL && dray_parse_u64(text, len, &value) && value < ASKED_MAX_S * 1000)
		return (unsigned)value;
	text = dray_http_header(answer, "retry-after", &len);
	if (text != NULL && dray_parse_u64(text, len, &value) && value < ASKED_MAX_S)
		return (unsigned)value * 1000;
	return 0;
}
