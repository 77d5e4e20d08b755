/* Following a plan: the source's keys, then one role after the other. */
#include "credential_fetch.h"

static enum dray_status fetch_source(const struct dray_credential_plan *plan,
	struct dray_http *http, struct dray_credentials *out, struct dray_err *err)
{
	switch (plan->kind) {
	case DRAY_CREDENTIAL_FIXED:
		dray_credentials_copy(&plan->keys, out);
		return DRAY_OK;
	case DRAY_CREDENTIAL_PROCESS:
		return dray_credential_run(plan->command, plan->place, out, err);
	case DRAY_CREDENTIAL_WEB:
		return dray_sts_assume_web(
			&plan->sts, http, &plan->web_role, plan->token_path, out, err);
	case DRAY_CREDENTIAL_CONTAINER:
		return dray_credential_container(http, out, err);
	case DRAY_CREDENTIAL_METADATA:
		return dray_credential_imds(&plan->imds, http, out, err);
	case DRAY_CREDENTIAL_NONE:
	default:
		return dray_fail(err, DRAY_NOT_FOUND, "nothing is set");
	}
}

enum dray_status dray_credential_fetch(const struct dray_credential_plan *plan,
	struct dray_http *http, struct dray_credentials *out, struct dray_err *err)
{
	DRAY_AUTO(credentials) keys = DRAY_CREDENTIALS_INIT;

	DRAY_TRY(fetch_source(plan, http, &keys, err));
	for (size_t i = plan->roles_len; i-- > 0;) {
		struct dray_credentials assumed = DRAY_CREDENTIALS_INIT;

		DRAY_TRY(dray_sts_assume(&plan->sts, http, &plan->roles[i], &keys, &assumed, err));
		dray_credentials_drop(&keys);
		keys = assumed;
	}
	*out = keys;
	keys = (struct dray_credentials)DRAY_CREDENTIALS_INIT;
	return DRAY_OK;
}
