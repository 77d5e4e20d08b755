/*
 * The settings that exist: one table for checking, documentation and completion. DVC's are all
 * there: what only DVC acts on is kept for it, and refusing it would take away what it needs.
 */
#include "private.h"

#include <string.h>
#include <strings.h>

/* Which kinds of remotes DVC knows a setting of; ANY also for what is no remote's. */
enum {
	KIND_LOCAL = 1,
	KIND_S3 = 2,
	KIND_GS = 4,
	KIND_SSH = 8,
	KIND_HDFS = 16,
	KIND_WEBHDFS = 32,
	KIND_AZURE = 64,
	KIND_OSS = 128,
	KIND_GDRIVE = 256,
	KIND_HTTP = 512,
	KIND_WEBDAV = 1024,
	ANY = 2047,
	OWN = 0, /* dray's own: DVC refuses a file that has it */
};

static const struct {
	const char *scheme;
	unsigned kind;
} schemes[] = {
	{"s3", KIND_S3}, {"gs", KIND_GS}, {"ssh", KIND_SSH}, {"hdfs", KIND_HDFS},
	{"webhdfs", KIND_WEBHDFS}, {"azure", KIND_AZURE}, {"oss", KIND_OSS},
	{"gdrive", KIND_GDRIVE}, {"http", KIND_HTTP}, {"https", KIND_HTTP}, {"webdav", KIND_WEBDAV},
	{"webdavs", KIND_WEBDAV}, {"file", KIND_LOCAL},
	{"remote", ANY}, /* whatever it refers to is */
};

/* clang-format off: one row a line */
static const struct dray_config_key keys[] = {
	{"core.remote", "text", "", "remote to use when none is named", ANY},
	{"core.autostage", "bool", "", "stage in git; true unless DVC shares the repository", ANY},
	{"core.no_git", "bool", "false", "do without a git repository", OWN},
	{"core.no_scm", "bool", "false", "the same where DVC shares the repository", ANY},
	{"core.checksum_jobs", "count", "", "files to hash at once", ANY},
	{"core.hardlink_lock", "bool", "false", "lock by hard links, as on old NFS", ANY},
	{"core.site_cache_dir", "text", "", "DVC's directory for what it remembers", ANY},
	{"core.interactive", "bool", "false", "ask before running a stage: kept for DVC", ANY},
	{"core.analytics", "bool", "true", "kept for DVC: dray tells nobody anything", ANY},
	{"core.check_update", "bool", "true", "kept for DVC: dray looks for no updates", ANY},
	{"core.experiments", "bool", "", "obsolete; accepted for DVC's sake", ANY},
	{"core.machine", "text", "", "obsolete; accepted for DVC's sake", ANY},
	{"cache.dir", "path", "", "place of the cache", ANY},
	{"cache.type", "links", "reflink,copy", "how files and cache share bytes, in order", ANY},
	{"cache.shared", "group", "", "'group': a cache that a group of users shares", ANY},
	{"cache.verify", "bool", "false", "kept for DVC: what comes is always verified", ANY},
	{"cache.slow_link_warning", "bool", "true", "kept for DVC: there is no such warning", ANY},
	{"cache.protected", "bool", "false", "obsolete; accepted for DVC's sake", ANY},
	{"cache.local", "text", "", "obsolete; accepted for DVC's sake", ANY},
	{"cache.s3", "text", "", "obsolete; accepted for DVC's sake", ANY},
	{"cache.gs", "text", "", "obsolete; accepted for DVC's sake", ANY},
	{"cache.hdfs", "text", "", "obsolete; accepted for DVC's sake", ANY},
	{"cache.webhdfs", "text", "", "obsolete; accepted for DVC's sake", ANY},
	{"cache.ssh", "text", "", "obsolete; accepted for DVC's sake", ANY},
	{"cache.azure", "text", "", "obsolete; accepted for DVC's sake", ANY},
	{"remote.*.url", "path", "", "where the remote is", ANY},
	{"remote.*.jobs", "count", "", "transfers at once", ANY},
	{"remote.*.checksum_jobs", "count", "", "kept for DVC: core.checksum_jobs counts", ANY},
	{"remote.*.verify", "bool", "true", "kept for DVC: what comes is always verified",
		ANY & ~KIND_HDFS},
	{"remote.*.version_aware", "bool", "false",
		"files lie under their names, with versions; only read", ANY},
	{"remote.*.worktree", "bool", "false", "the store mirrors the workspace; only read", ANY},
	{"remote.*.no_traverse", "bool", "", "obsolete; accepted for DVC's sake", ANY},
	{"remote.*.type", "links", "", "kept for DVC: link types of a directory",
		KIND_LOCAL | KIND_SSH},
	{"remote.*.shared", "group", "", "kept for DVC: as cache.shared", KIND_LOCAL},
	{"remote.*.slow_link_warning", "bool", "true", "kept for DVC: there is no such warning",
		KIND_LOCAL},
	{"remote.*.protected", "bool", "false", "obsolete; accepted for DVC's sake", KIND_LOCAL},
	{"remote.*.endpointurl", "text", "", "S3: address of a store other than AWS",
		KIND_S3 | KIND_GS},
	{"remote.*.region", "text", "us-east-1", "S3: region of the bucket", KIND_S3},
	{"remote.*.addressing_style", "text", "auto", "S3: path, virtual or auto", OWN},
	{"remote.*.profile", "text", "", "S3: profile in the AWS files", KIND_S3 | KIND_GDRIVE},
	{"remote.*.credentialpath", "path", "", "S3: AWS credentials file", KIND_S3 | KIND_GS},
	{"remote.*.configpath", "path", "", "S3: AWS config file", KIND_S3},
	{"remote.*.access_key_id", "secret", "", "S3: access key", KIND_S3},
	{"remote.*.secret_access_key", "secret", "", "S3: secret key", KIND_S3},
	{"remote.*.session_token", "secret", "", "S3: token of temporary keys", KIND_S3},
	{"remote.*.allow_anonymous_login", "bool", "false", "S3: sign no request",
		KIND_S3 | KIND_GS | KIND_AZURE},
	{"remote.*.use_ssl", "bool", "true", "S3: https where the address names no scheme",
		KIND_S3},
	{"remote.*.ssl_verify", "trust", "true", "false, or file or folder of authorities",
		KIND_S3 | KIND_WEBHDFS | KIND_HTTP | KIND_WEBDAV},
	{"remote.*.connect_timeout", "seconds", "10", "seconds to wait for a connection",
		KIND_S3 | KIND_HTTP},
	{"remote.*.read_timeout", "seconds", "60", "seconds to wait for an answer",
		KIND_S3 | KIND_AZURE | KIND_HTTP},
	{"remote.*.sse", "text", "", "S3: server-side encryption, AES256 or aws:kms", KIND_S3},
	{"remote.*.sse_kms_key_id", "text", "", "S3: key of aws:kms", KIND_S3},
	{"remote.*.sse_customer_algorithm", "text", "AES256", "S3: algorithm of your own key",
		KIND_S3},
	{"remote.*.sse_customer_key", "secret", "", "S3: your own key, in base64", KIND_S3},
	{"remote.*.storage_class", "text", "", "S3: storage class of new objects", OWN},
	{"remote.*.request_payer", "text", "", "S3: 'requester' if you pay for requests", OWN},
	{"remote.*.expected_bucket_owner", "text", "", "S3: account that must own the bucket", OWN},
	{"remote.*.acl", "text", "", "S3: canned access control list of new objects", KIND_S3},
	{"remote.*.grant_read", "text", "", "S3: grant on new objects", KIND_S3},
	{"remote.*.grant_read_acp", "text", "", "S3: grant on new objects", KIND_S3},
	{"remote.*.grant_write_acp", "text", "", "S3: grant on new objects", KIND_S3},
	{"remote.*.grant_full_control", "text", "", "S3: grant on new objects", KIND_S3},
	{"remote.*.cache_regions", "bool", "false", "kept for DVC: regions are always remembered",
		KIND_S3},
	{"remote.*.listobjects", "bool", "false", "obsolete; accepted for DVC's sake", KIND_S3},
	{"remote.*.part_size", "size", "16M", "S3: bytes of a part of a large object", OWN},
	{"remote.*.max_memory", "size", "256M", "S3: memory to stay below, from 64M", OWN},
	{"remote.*.user", "text", "", "http: who we are, where auth is set",
		KIND_SSH | KIND_HDFS | KIND_WEBHDFS | KIND_HTTP | KIND_WEBDAV},
	{"remote.*.password", "secret", "", "http: password, where auth is set",
		KIND_SSH | KIND_WEBHDFS | KIND_HTTP | KIND_WEBDAV},
	{"remote.*.ask_password", "bool", "false", "http: ask for the password at a terminal",
		KIND_SSH | KIND_HTTP | KIND_WEBDAV},
	{"remote.*.token", "secret", "", "kept for DVC: of webhdfs, webdav",
		KIND_WEBHDFS | KIND_WEBDAV},
	{"remote.*.custom_auth_header", "text", "", "http: header of the password, auth = custom",
		KIND_HTTP | KIND_WEBDAV},
	{"remote.*.timeout", "number", "", "kept for DVC: of ssh, azure, webdav",
		KIND_SSH | KIND_AZURE | KIND_WEBDAV},
	{"remote.*.auth", "basic|digest|custom", "", "http: how to say who we are", KIND_HTTP},
	{"remote.*.method", "text", "POST", "http: of uploads, PUT or POST", KIND_HTTP},
	{"remote.*.bearer_token_command", "text", "", "kept for DVC: of webdav", KIND_WEBDAV},
	{"remote.*.cert_path", "path", "", "kept for DVC: of webdav", KIND_WEBDAV},
	{"remote.*.key_path", "path", "", "kept for DVC: of webdav", KIND_WEBDAV},
	{"remote.*.projectname", "text", "", "kept for DVC: of gs", KIND_GS},
	{"remote.*.port", "number", "", "kept for DVC: of ssh", KIND_SSH},
	{"remote.*.max_sessions", "number", "", "kept for DVC: of ssh", KIND_SSH},
	{"remote.*.passphrase", "secret", "", "kept for DVC: of ssh", KIND_SSH},
	{"remote.*.ask_passphrase", "bool", "", "kept for DVC: of ssh", KIND_SSH},
	{"remote.*.gss_auth", "bool", "", "kept for DVC: of ssh", KIND_SSH},
	{"remote.*.allow_agent", "bool", "", "kept for DVC: of ssh", KIND_SSH},
	{"remote.*.keyfile", "path", "", "kept for DVC: of ssh", KIND_SSH},
	{"remote.*.kerb_ticket", "text", "", "kept for DVC: of hdfs", KIND_HDFS},
	{"remote.*.replication", "text", "", "kept for DVC: of hdfs", KIND_HDFS},
	{"remote.*.kerberos", "bool", "", "kept for DVC: of webhdfs", KIND_WEBHDFS},
	{"remote.*.use_https", "bool", "", "kept for DVC: of webhdfs", KIND_WEBHDFS},
	{"remote.*.kerberos_principal", "text", "", "kept for DVC: of webhdfs", KIND_WEBHDFS},
	{"remote.*.proxy_to", "text", "", "kept for DVC: of webhdfs", KIND_WEBHDFS},
	{"remote.*.data_proxy_target", "text", "", "kept for DVC: of webhdfs", KIND_WEBHDFS},
	{"remote.*.connection_string", "secret", "", "kept for DVC: of azure", KIND_AZURE},
	{"remote.*.sas_token", "secret", "", "kept for DVC: of azure", KIND_AZURE},
	{"remote.*.account_key", "secret", "", "kept for DVC: of azure", KIND_AZURE},
	{"remote.*.client_secret", "secret", "", "kept for DVC: of azure", KIND_AZURE},
	{"remote.*.account_name", "text", "", "kept for DVC: of azure", KIND_AZURE},
	{"remote.*.tenant_id", "text", "", "kept for DVC: of azure", KIND_AZURE},
	{"remote.*.client_id", "text", "", "kept for DVC: of azure", KIND_AZURE},
	{"remote.*.exclude_environment_credential", "bool", "", "kept for DVC: of azure",
		KIND_AZURE},
	{"remote.*.exclude_visual_studio_code_credential", "bool", "", "kept for DVC: of azure",
		KIND_AZURE},
	{"remote.*.exclude_shared_token_cache_credential", "bool", "", "kept for DVC: of azure",
		KIND_AZURE},
	{"remote.*.exclude_managed_identity_credential", "bool", "", "kept for DVC: of azure",
		KIND_AZURE},
	{"remote.*.connection_timeout", "number", "", "kept for DVC: of azure", KIND_AZURE},
	{"remote.*.oss_key_id", "text", "", "kept for DVC: of oss", KIND_OSS},
	{"remote.*.oss_endpoint", "text", "", "kept for DVC: of oss", KIND_OSS},
	{"remote.*.oss_key_secret", "secret", "", "kept for DVC: of oss", KIND_OSS},
	{"remote.*.gdrive_client_id", "text", "", "kept for DVC: of gdrive", KIND_GDRIVE},
	{"remote.*.gdrive_service_account_user_email", "text", "", "kept for DVC: of gdrive",
		KIND_GDRIVE},
	{"remote.*.gdrive_client_secret", "secret", "", "kept for DVC: of gdrive", KIND_GDRIVE},
	{"remote.*.gdrive_user_credentials_file", "path", "", "kept for DVC: of gdrive",
		KIND_GDRIVE},
	{"remote.*.gdrive_service_account_json_file_path", "path", "", "kept for DVC: of gdrive",
		KIND_GDRIVE},
	{"remote.*.gdrive_use_service_account", "bool", "", "kept for DVC: of gdrive", KIND_GDRIVE},
	{"remote.*.gdrive_trash_only", "bool", "", "kept for DVC: of gdrive", KIND_GDRIVE},
	{"remote.*.gdrive_acknowledge_abuse", "bool", "", "kept for DVC: of gdrive", KIND_GDRIVE},
	{"db.*.url", "text", "", "kept for DVC: a database to import from", ANY},
	{"db.*.username", "text", "", "kept for DVC: a database to import from", ANY},
	{"db.*.password", "secret", "", "kept for DVC: a database to import from", ANY},
	{"plots.html_template", "text", "", "kept for DVC: its plots", ANY},
	{"plots.out_dir", "text", "", "kept for DVC: its plots", ANY},
	{"plots.auto_open", "bool", "", "kept for DVC: its plots", ANY},
	{"exp.auto_push", "bool", "", "kept for DVC: its experiments", ANY},
	{"exp.git_remote", "text", "", "kept for DVC: its experiments", ANY},
	{"exp.code", "text", "", "obsolete; accepted for DVC's sake", ANY},
	{"exp.data", "text", "", "obsolete; accepted for DVC's sake", ANY},
	{"exp.models", "text", "", "obsolete; accepted for DVC's sake", ANY},
	{"exp.metrics", "text", "", "obsolete; accepted for DVC's sake", ANY},
	{"exp.params", "text", "", "obsolete; accepted for DVC's sake", ANY},
	{"exp.plots", "text", "", "obsolete; accepted for DVC's sake", ANY},
	{"exp.live", "text", "", "obsolete; accepted for DVC's sake", ANY},
	{"parsing.bool", "store_true|boolean_optional", "",
		"kept for DVC: values in commands of stages", ANY},
	{"parsing.list", "nargs|append", "", "kept for DVC: values in commands of stages", ANY},
	{"hydra.enabled", "bool", "false", "kept for DVC: its use of Hydra", ANY},
	{"hydra.config_dir", "text", "", "kept for DVC: its use of Hydra", ANY},
	{"hydra.config_module", "text", "", "kept for DVC: its use of Hydra", ANY},
	{"hydra.config_name", "text", "", "kept for DVC: its use of Hydra", ANY},
	{"hydra.plugins_path", "text", "", "kept for DVC: its use of Hydra", ANY},
	{"studio.token", "secret", "", "kept for DVC: its Studio", ANY},
	{"studio.url", "text", "", "kept for DVC: its Studio", ANY},
	{"studio.repo_url", "text", "", "kept for DVC: its Studio", ANY},
	{"studio.offline", "bool", "", "kept for DVC: its Studio", ANY},
	{"state.dir", "text", "", "obsolete; accepted for DVC's sake", ANY},
	{"state.row_limit", "count", "", "obsolete; accepted for DVC's sake", ANY},
	{"state.row_cleanup_quota", "number", "", "obsolete; accepted for DVC's sake", ANY},
	{"index.dir", "text", "", "obsolete; accepted for DVC's sake", ANY},
	{"machine.*.cloud", "aws|azure", "", "obsolete; accepted for DVC's sake", ANY},
	{"machine.*.region", "us-west|us-east|eu-west|eu-north", "",
		"obsolete; accepted for DVC's sake", ANY},
	{"machine.*.image", "text", "", "obsolete; accepted for DVC's sake", ANY},
	{"machine.*.spot", "bool", "", "obsolete; accepted for DVC's sake", ANY},
	{"machine.*.spot_price", "text", "", "obsolete; accepted for DVC's sake", ANY},
	{"machine.*.instance_hdd_size", "number", "", "obsolete; accepted for DVC's sake", ANY},
	{"machine.*.instance_type", "text", "", "obsolete; accepted for DVC's sake", ANY},
	{"machine.*.instance_gpu", "text", "", "obsolete; accepted for DVC's sake", ANY},
	{"machine.*.ssh_private", "text", "", "obsolete; accepted for DVC's sake", ANY},
	{"machine.*.startup_script", "path", "", "obsolete; accepted for DVC's sake", ANY},
	{"machine.*.setup_script", "path", "", "obsolete; accepted for DVC's sake", ANY},
	{"feature.*", "text", "", "kept for DVC: what it is trying out", ANY},
};
/* clang-format on */

const struct dray_config_key *dray_ops_config_keys(size_t *out_count)
{
	*out_count = DRAY_COUNT(keys);
	return keys;
}

/* "remote.*.url" stands for any name in the middle. */
static bool is_match(const char *pattern, const char *key)
{
	const char *star = strchr(pattern, '*');

	if (star == NULL)
		return strcmp(pattern, key) == 0;
	size_t head = (size_t)(star - pattern);
	size_t tail = strlen(star + 1);
	size_t len = strlen(key);
	return len > head + tail && strncmp(key, pattern, head) == 0 &&
	       strcmp(key + len - tail, star + 1) == 0;
}

const struct dray_config_key *config_find(const char *key)
{
	for (size_t i = 0; i < DRAY_COUNT(keys); i++)
		if (is_match(keys[i].key, key))
			return &keys[i];
	return NULL;
}

const char *config_type(const char *key)
{
	const struct dray_config_key *known = config_find(key);

	return known != NULL ? known->type : "text";
}

bool config_is_secret(const char *key)
{
	return strcmp(config_type(key), "secret") == 0;
}

unsigned config_kind_of(const char *url)
{
	size_t len = strcspn(url, ":");

	if (!dray_is_url(url))
		return KIND_LOCAL;
	for (size_t i = 0; i < DRAY_COUNT(schemes); i++)
		if (strlen(schemes[i].scheme) == len &&
			strncasecmp(schemes[i].scheme, url, len) == 0)
			return schemes[i].kind;
	return 0;
}
