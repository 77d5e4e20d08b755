/*
 * When to try again: exponential backoff with full jitter ("Exponential
 * Backoff And Jitter", AWS Architecture Blog, 2015) and one budget of retries
 * for a whole remote, so that an ailing server gets fewer requests, not more. Pure.
 */
#ifndef DRAY_REMOTE_RETRY_H
#define DRAY_REMOTE_RETRY_H

#include <dray/base.h>

enum dray_retry_kind {
	DRAY_RETRY_TRANSIENT, /* something broke that may work at once */
	DRAY_RETRY_THROTTLE,  /* the server asked for less */
};

/* Shared by all requests to one remote. Plain numbers: hold a lock around the calls. */
struct dray_retry_budget {
	unsigned tokens;
	unsigned max_attempts; /* 0: as long as the patience lasts */
	bool has_succeeded;    /* the remote worked before, so a failure may pass */
};
void dray_retry_budget_init(struct dray_retry_budget *budget, unsigned max_attempts);
/* A request succeeded after so many attempts. */
void dray_retry_succeed(struct dray_retry_budget *budget, unsigned attempts);

/* One request. */
struct dray_retry {
	unsigned attempts; /* made so far, all failed */
	int64_t failed_ns; /* when the first did */
};
/*
 * A request failed: false if it is to be given up, else how long to wait before the next attempt.
 * `asked_ms`: what the server wants at least, 0 for nothing. `random` is evenly spread over [0, 1).
 */
bool dray_retry_next(struct dray_retry *retry, struct dray_retry_budget *budget,
	enum dray_retry_kind kind, unsigned asked_ms, int64_t now_ns, double random,
	unsigned *out_wait_ms);

#endif
