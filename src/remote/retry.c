/* Backoff, patience and the budget. Decides; waits for nobody. */
#include "retry.h"

#define TOKENS_MAX 500u
#define WAIT_MAX_MS 20000.0
#define ASKED_MAX_MS 60000u

/* Until the remote has worked once it is more likely misconfigured than ill. */
#define ATTEMPTS_FIRST 4u
/* Afterwards an outage shorter than this costs time only. */
#define PATIENCE_NS (INT64_C(180) * 1000000000)
#define ATTEMPTS_MIN 8u

/* With the budget spent, retries go on, but slowly. */
#define POOR_WAIT_MS 5000.0

static const struct {
	unsigned cost;
	double base_ms;
} kinds[] = {
	[DRAY_RETRY_TRANSIENT] = {14, 50.0},
	[DRAY_RETRY_THROTTLE] = {5, 1000.0},
};

void dray_retry_budget_init(struct dray_retry_budget *budget, unsigned max_attempts)
{
	*budget = (struct dray_retry_budget){.tokens = TOKENS_MAX, .max_attempts = max_attempts};
}

void dray_retry_succeed(struct dray_retry_budget *budget, unsigned attempts)
{
	unsigned gain = attempts > 1 ? kinds[DRAY_RETRY_THROTTLE].cost : 1;

	budget->has_succeeded = true;
	budget->tokens = budget->tokens + gain < TOKENS_MAX ? budget->tokens + gain : TOKENS_MAX;
}

static bool is_hopeless(const struct dray_retry *retry, const struct dray_retry_budget *budget,
	enum dray_retry_kind kind, int64_t now_ns)
{
	if (budget->max_attempts != 0)
		return retry->attempts >= budget->max_attempts;
	if (!budget->has_succeeded && kind == DRAY_RETRY_TRANSIENT)
		return retry->attempts >= ATTEMPTS_FIRST;
	return retry->attempts >= ATTEMPTS_MIN && now_ns - retry->failed_ns >= PATIENCE_NS;
}

bool dray_retry_next(struct dray_retry *retry, struct dray_retry_budget *budget,
	enum dray_retry_kind kind, unsigned asked_ms, int64_t now_ns, double random,
	unsigned *out_wait_ms)
{
	double wait_ms = kinds[kind].base_ms;
	bool is_poor = budget->tokens < kinds[kind].cost;

	if (retry->attempts++ == 0)
		retry->failed_ns = now_ns;
	if (is_hopeless(retry, budget, kind, now_ns))
		return false;
	budget->tokens -= is_poor ? 0 : kinds[kind].cost;
	for (unsigned i = 1; i < retry->attempts && wait_ms < WAIT_MAX_MS; i++)
		wait_ms *= 2;
	if (is_poor && wait_ms < POOR_WAIT_MS)
		wait_ms = POOR_WAIT_MS;
	wait_ms = random * (wait_ms < WAIT_MAX_MS ? wait_ms : WAIT_MAX_MS);
	if (asked_ms > ASKED_MAX_MS)
		asked_ms = ASKED_MAX_MS;
	*out_wait_ms = wait_ms > asked_ms ? (unsigned)wait_ms : asked_ms;
	return true;
}
