/* Credentials as a value: copied, and wiped when dropped. */
#include "credentials.h"

void dray_credentials_drop(struct dray_credentials *credentials)
{
	dray_str_wipe(&credentials->access_key_id);
	dray_str_wipe(&credentials->secret_access_key);
	dray_str_wipe(&credentials->session_token);
	credentials->expires_ns = 0;
}

static char *copy(const char *text)
{
	return text != NULL ? dray_strdup(text) : NULL;
}

void dray_credentials_copy(const struct dray_credentials *from, struct dray_credentials *out)
{
	*out = (struct dray_credentials){
		.access_key_id = copy(from->access_key_id),
		.secret_access_key = copy(from->secret_access_key),
		.session_token = copy(from->session_token),
		.expires_ns = from->expires_ns,
	};
}
