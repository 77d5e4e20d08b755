/*
 * Keys that are good for some minutes, for many threads.
 *
 * 1. One thread fetches at a time, without the lock; `is_fetching` says so.
 * 2. In the last quarter of their lifetime, at most 15 minutes, keys are renewed by whoever comes
 *    first, while the others use the old ones and a failure does not matter.
 * 3. In the last sixth, at most 10 minutes, all wait for the new ones; a failure matters only once
 *    the old ones are over.
 * 4. Who waited for a fetch shares its failure: a hundred threads do not ask in vain a hundred
 *    times.
 *
 * botocore's limits are 15 and 10 minutes of an hour; as parts of the lifetime they hold for keys
 * that live only minutes, too, which would else be fetched for each request.
 */
#include "credential_chain.h"
#include "credential_fetch.h"

#include <stdlib.h>
#include <string.h>

#define SECOND_NS INT64_C(1000000000)
#define ADVISORY_MAX_NS (15 * 60 * SECOND_NS)
#define MANDATORY_MAX_NS (10 * 60 * SECOND_NS)
/* After a renewal that failed while the old keys are good: the provider is given a rest. */
#define REST_NS (30 * SECOND_NS)

/* ---------------------------------------------------------------- judgement */

static bool is_same(const char *one, const char *other)
{
	return one == other || (one != NULL && other != NULL && strcmp(one, other) == 0);
}

static bool is_stale(const struct dray_credentials *keys, const struct dray_credentials *stale)
{
	return stale != NULL && is_same(keys->access_key_id, stale->access_key_id) &&
	       is_same(keys->session_token, stale->session_token);
}

static int64_t least(int64_t one, int64_t other)
{
	return one < other ? one : other;
}

enum dray_credential_need dray_credential_judge(
	int64_t fetched_ns, int64_t expires_ns, int64_t now_ns)
{
	int64_t lifetime_ns = expires_ns - fetched_ns;
	int64_t left_ns = expires_ns - now_ns;

	if (fetched_ns == 0)
		return DRAY_NEED_ALL;
	if (expires_ns == 0)
		return DRAY_NEED_NOTHING;
	if (left_ns <= 0)
		return DRAY_NEED_ALL;
	if (left_ns <= least(lifetime_ns / 6, MANDATORY_MAX_NS))
		return DRAY_NEED_NOW;
	return left_ns <= least(lifetime_ns / 4, ADVISORY_MAX_NS) ? DRAY_NEED_SOON
								  : DRAY_NEED_NOTHING;
}

static enum dray_credential_need judge_locked(
	const struct dray_credential_chain *chain, const struct dray_credentials *stale)
{
	const struct dray_credentials *keys = &chain->locked.keys;
	int64_t now_ns = dray_os_now_ns();
	enum dray_credential_need need =
		dray_credential_judge(chain->locked.fetched_ns, keys->expires_ns, now_ns);

	if (is_stale(keys, stale))
		return DRAY_NEED_ALL;
	return need != DRAY_NEED_ALL && now_ns < chain->locked.rest_ns ? DRAY_NEED_NOTHING : need;
}

/* ----------------------------------------------------------------- fetching */

static enum dray_status fail_none(
	const struct dray_credential_plan *plan, const struct dray_err *why, struct dray_err *err)
{
	bool is_asked = plan->kind == DRAY_CREDENTIAL_METADATA;

	dray_fail(err, DRAY_DENIED, "no credentials for S3 were found: asked %s%s%s", plan->asked,
		is_asked ? ", " : "", is_asked ? why->text : "");
	return dray_hint(err,
		"set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with 'dray "
		"remote modify NAME profile PROFILE', or run 'dray remote modify --local NAME "
		"access_key_id KEY' and the same for secret_access_key; if the data is public: "
		"'dray remote modify NAME allow_anonymous_login true'");
}

static enum dray_status fail_expired(const char *place, struct dray_err *err)
{
	dray_fail(err, DRAY_DENIED, "the credentials of %s have expired", place);
	return dray_hint(err, "renew them and run the command again");
}

/* What does not exist where nothing is set, and what did not answer, is all the same to a person.
 */
static bool is_nothing(const struct dray_credential_plan *plan, enum dray_status status)
{
	return plan->kind == DRAY_CREDENTIAL_NONE ||
	       (plan->is_last_resort && (status == DRAY_RETRY || status == DRAY_NOT_FOUND));
}

static enum dray_status fetch(const struct dray_credential_chain *chain, bool is_first,
	struct dray_credentials *out, struct dray_err *err)
{
	const struct dray_credential_plan *plan = &chain->plan;
	struct dray_err why = DRAY_ERR_INIT;

	enum dray_status status = dray_credential_fetch(plan, chain->http, out, &why);
	if (status == DRAY_OK) {
		if (out->expires_ns == 0 || out->expires_ns > dray_os_now_ns())
			return DRAY_OK;
		dray_credentials_drop(out);
		return fail_expired(plan->place, err);
	}
	if (is_first && is_nothing(plan, status))
		return fail_none(plan, &why, err);
	/* a program or host that is not there must not look like an object that is not there */
	if (why.status == DRAY_NOT_FOUND)
		why.status = DRAY_DENIED;
	*err = why;
	return why.status;
}

/* Ask without the lock and tell the others. `keys` were good until now, or there were none. */
static enum dray_status renew_locked(struct dray_credential_chain *chain, struct dray_err *err)
{
	struct dray_credentials fresh = DRAY_CREDENTIALS_INIT;
	bool is_first = chain->locked.fetched_ns == 0;

	chain->locked.is_fetching = true;
	dray_mutex_unlock(&chain->lock);
	enum dray_status status = fetch(chain, is_first, &fresh, err);
	int64_t now_ns = dray_os_now_ns();
	dray_mutex_lock(&chain->lock);
	chain->locked.is_fetching = false;
	if (status == DRAY_OK) {
		dray_credentials_drop(&chain->locked.keys);
		chain->locked.keys = fresh;
		chain->locked.fetched_ns = now_ns;
		chain->locked.rest_ns = 0;
	} else {
		chain->locked.failures++;
		chain->locked.err = *err;
		chain->locked.rest_ns = now_ns + REST_NS;
	}
	dray_cond_wake_all(&chain->fetched);
	return status;
}

/* Wait for the thread that fetches; its failure is ours. */
static enum dray_status await_locked(struct dray_credential_chain *chain, struct dray_err *err)
{
	uint64_t failures = chain->locked.failures;

	while (chain->locked.is_fetching)
		dray_cond_wait(&chain->fetched, &chain->lock);
	if (chain->locked.failures == failures)
		return DRAY_OK;
	*err = chain->locked.err;
	return err->status;
}

/* ------------------------------------------------------------------- asking */

/* The keys to hand out are in `locked.keys` then. */
static enum dray_status provide_locked(struct dray_credential_chain *chain,
	const struct dray_credentials *stale, struct dray_err *err)
{
	struct dray_err why = DRAY_ERR_INIT;
	enum dray_credential_need need = judge_locked(chain, stale);

	if (need == DRAY_NEED_NOTHING || (need == DRAY_NEED_SOON && chain->locked.is_fetching))
		return DRAY_OK;
	enum dray_status status =
		chain->locked.is_fetching ? await_locked(chain, &why) : renew_locked(chain, &why);
	if (status == DRAY_OK)
		return DRAY_OK;
	/* judged anew: the old ones may have ended, or others come, while we waited */
	if (status != DRAY_CANCELLED && judge_locked(chain, stale) != DRAY_NEED_ALL)
		return DRAY_OK;
	*err = why;
	return status;
}

static bool is_constant(const struct dray_credential_plan *plan)
{
	return plan->kind == DRAY_CREDENTIAL_FIXED && plan->roles_len == 0 &&
	       plan->keys.expires_ns == 0;
}

enum dray_status dray_credential_chain_get(struct dray_credential_chain *chain,
	const struct dray_credentials *stale, struct dray_credentials *out_credentials,
	struct dray_err *err)
{
	if (is_constant(&chain->plan)) {
		dray_credentials_copy(&chain->plan.keys, out_credentials);
		return DRAY_OK;
	}
	dray_mutex_lock(&chain->lock);
	enum dray_status status = provide_locked(chain, stale, err);
	if (status == DRAY_OK)
		dray_credentials_copy(&chain->locked.keys, out_credentials);
	dray_mutex_unlock(&chain->lock);
	return status;
}

enum dray_status dray_credential_chain_new(const struct dray_credential_options *options,
	struct dray_credential_chain **out_chain, struct dray_err *err)
{
	struct dray_credential_chain *chain = dray_calloc(1, sizeof *chain);

	chain->http = options->http;
	chain->lock = (struct dray_mutex)DRAY_MUTEX_INIT;
	chain->fetched = (struct dray_cond)DRAY_COND_INIT;
	enum dray_status status = dray_credential_plan_make(options, &chain->plan, err);
	if (status == DRAY_OK)
		*out_chain = chain;
	else
		dray_credential_chain_free(chain);
	return status;
}

void dray_credential_chain_free(struct dray_credential_chain *chain)
{
	if (chain == NULL)
		return;
	dray_credential_plan_drop(&chain->plan);
	dray_credentials_drop(&chain->locked.keys);
	dray_mutex_drop(&chain->lock);
	dray_cond_drop(&chain->fetched);
	free(chain);
}
