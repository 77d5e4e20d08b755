/*
 * The inside of a chain of credentials: what is shared by threads, and when
 * keys are due. Private to credential_chain.c and its test.
 */
#ifndef DRAY_REMOTE_CREDENTIAL_CHAIN_H
#define DRAY_REMOTE_CREDENTIAL_CHAIN_H

#include "credential_plan.h"

#include <dray/os.h>

struct dray_credential_chain {
	struct dray_credential_plan plan; /* constant */
	struct dray_http *http;           /* borrowed */
	struct dray_mutex lock;
	struct dray_cond fetched;
	struct {
		struct dray_credentials keys;
		int64_t fetched_ns; /* since 1970; 0: there are no keys yet */
		int64_t rest_ns;    /* not to be renewed before this, while they are good */
		bool is_fetching;
		uint64_t failures;   /* fetches that failed, */
		struct dray_err err; /* and why the last one did */
	} locked;
};

enum dray_credential_need {
	DRAY_NEED_NOTHING,
	DRAY_NEED_SOON, /* advisory: renew, but the old ones do */
	DRAY_NEED_NOW,  /* mandatory: wait for new ones; the old ones do if there are none */
	DRAY_NEED_ALL,  /* there are none, or they are over */
};
/* What keys that were fetched then need now. Pure. */
enum dray_credential_need dray_credential_judge(
	int64_t fetched_ns, int64_t expires_ns, int64_t now_ns);

#endif
