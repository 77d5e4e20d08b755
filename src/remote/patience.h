/*
 * Waiting for a remote that speaks HTTP: its budget of retries, shared by all threads, and the
 * pauses between attempts, which end with the command.
 */
#ifndef DRAY_REMOTE_PATIENCE_H
#define DRAY_REMOTE_PATIENCE_H

#include "retry.h"

#include <dray/http.h>

struct dray_patience {
	struct dray_mutex lock;
	struct {
		struct dray_retry_budget budget;
		uint64_t random;
	} locked;
};
/* 0 attempts: as long as the patience lasts. */
void dray_patience_init(struct dray_patience *patience, unsigned max_attempts);
void dray_patience_drop(struct dray_patience *patience);
/*
 * An attempt failed, as err tells. OK: try again, the wait is over. Else err's status, or CANCELLED
 * from the wait. Any thread.
 */
DRAY_MUST_CHECK enum dray_status dray_patience_wait(struct dray_patience *patience,
	struct dray_retry *retry, enum dray_retry_kind kind, unsigned asked_ms,
	struct dray_err *err);
/* A request succeeded, after all these failed attempts. Any thread. */
void dray_patience_succeed(struct dray_patience *patience, const struct dray_retry *retry);
bool dray_patience_has_succeeded(struct dray_patience *patience);
/* What an answer asks us to wait: "x-amz-retry-after" (ms) or "retry-after" (s); 0: nothing. */
unsigned dray_patience_asked_ms(const struct dray_http_answer *answer);

#endif
