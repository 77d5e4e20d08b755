/* What providers answer: asked again when it may help, read, and held against what keys look like.
 */
#include "credential_fetch.h"

#include <string.h>

/* Of a service's own message in our text. */
#define MESSAGE_SHOWN 300

void dray_credential_answer_wipe(struct dray_http_answer *answer)
{
	dray_buf_wipe(&answer->text);
	dray_http_answer_drop(answer);
}

/* ------------------------------------------------------------------ asking */

static bool is_busy(const struct dray_http_answer *answer)
{
	return answer->status == 429 || answer->status >= 500;
}

enum dray_status dray_credential_ask(struct dray_http *http,
	const struct dray_http_request *request, unsigned tries, unsigned pause_ms,
	struct dray_http_answer *out_answer, struct dray_err *err)
{
	for (;;) {
		enum dray_status status = dray_http_exchange(http, request, out_answer, err);
		bool is_worth_more =
			status == DRAY_RETRY || (status == DRAY_OK && is_busy(out_answer));

		if (!is_worth_more || --tries == 0)
			return status;
		dray_credential_answer_wipe(out_answer);
		dray_os_pause(pause_ms);
		DRAY_TRY(dray_os_check_cancel(err));
	}
}

static const char *message_of(const struct dray_json_flat *json)
{
	static const char *const names[] = {"message", "Message"};

	for (size_t i = 0; i < DRAY_COUNT(names); i++) {
		const char *message = dray_json_flat_get(json, names[i]);
		if (message != NULL && *message != '\0')
			return message;
	}
	return NULL;
}

enum dray_status dray_credential_refused(
	const struct dray_http_answer *answer, const char *label, struct dray_err *err)
{
	DRAY_AUTO(json_flat) json = DRAY_JSON_FLAT_INIT;
	struct dray_err wrong = DRAY_ERR_INIT;

	/* most such answers are no JSON, and then the status has to do */
	dray_ignore(dray_json_flat_parse(
		dray_buf_text(&answer->text), answer->text.len, label, &json, &wrong));
	const char *message = message_of(&json);
	return dray_fail(err, is_busy(answer) ? DRAY_RETRY : DRAY_DENIED,
		"%s answers with HTTP status %u%s%.*s", label, answer->status,
		message != NULL ? ": " : "", MESSAGE_SHOWN, message != NULL ? message : "");
}

/* ----------------------------------------------------------------- reading */

static char *copy_filled(const struct dray_json_flat *json, const char *name)
{
	const char *value = dray_json_flat_get(json, name);

	return value != NULL && *value != '\0' ? dray_strdup(value) : NULL;
}

static enum dray_status read_keys(const struct dray_json_flat *json, const char *token_name,
	const char *label, struct dray_credentials *keys, struct dray_err *err)
{
	const char *expiration = dray_json_flat_get(json, "Expiration");

	keys->access_key_id = copy_filled(json, "AccessKeyId");
	keys->secret_access_key = copy_filled(json, "SecretAccessKey");
	keys->session_token = copy_filled(json, token_name);
	if (keys->access_key_id == NULL || keys->secret_access_key == NULL)
		return dray_fail(err, DRAY_INVALID, "%s has no %s", label,
			keys->access_key_id == NULL ? "AccessKeyId" : "SecretAccessKey");
	if (expiration != NULL && *expiration != '\0' &&
		!dray_parse_time(expiration, &keys->expires_ns))
		return dray_fail(err, DRAY_INVALID, "%s has an Expiration that is no time", label);
	return dray_credential_check(keys, label, err);
}

enum dray_status dray_credential_from_json(const struct dray_json_flat *json,
	const char *token_name, const char *label, struct dray_credentials *out,
	struct dray_err *err)
{
	struct dray_credentials keys = DRAY_CREDENTIALS_INIT;

	enum dray_status status = read_keys(json, token_name, label, &keys, err);
	if (status == DRAY_OK)
		*out = keys;
	else
		dray_credentials_drop(&keys);
	return status;
}

enum dray_status dray_credential_from_answer(const struct dray_http_answer *answer,
	const char *label, struct dray_credentials *out, struct dray_err *err)
{
	DRAY_AUTO(json_flat) json = DRAY_JSON_FLAT_INIT;

	DRAY_TRY(dray_json_flat_parse(
		dray_buf_text(&answer->text), answer->text.len, label, &json, err));
	return dray_credential_from_json(&json, "Token", label, out, err);
}

/* ---------------------------------------------------------------- checking */

/* Visible ASCII only. */
static bool is_visible(const char *text)
{
	for (; text != NULL && *text != '\0'; text++)
		if (*text <= ' ' || *text >= 0x7f)
			return false;
	return true;
}

enum dray_status dray_credential_check(
	const struct dray_credentials *keys, const char *label, struct dray_err *err)
{
	const char *what = NULL;

	if (!is_visible(keys->access_key_id))
		what = "access key id";
	else if (!is_visible(keys->secret_access_key))
		what = "secret access key";
	else if (!is_visible(keys->session_token))
		what = "session token";
	if (what == NULL)
		return DRAY_OK;
	return dray_fail(err, DRAY_INVALID, "the %s of %s has a blank, control or non-ASCII byte",
		what, label);
}
