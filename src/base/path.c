/* Paths as text: nothing here asks the disk. */
#include <dray/base.h>

#include <string.h>
#include <strings.h>

char *dray_path_join(const char *dir, const char *name)
{
	size_t len = strlen(dir);

	if (len == 0)
		return dray_strdup(name);
	if (*name == '\0')
		return dray_strdup(dir);
	return dray_format("%s%s%s", dir, dir[len - 1] == '/' ? "" : "/", name);
}

char *dray_path_dirname(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return dray_strdup("");
	return slash == path ? dray_strdup("/") : dray_strndup(path, (size_t)(slash - path));
}

const char *dray_path_basename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* Drop the last part of buf, unless there is none or it is "..". */
static bool pop_part(struct dray_buf *buf, size_t root_len)
{
	size_t at = buf->len;

	while (at > root_len && buf->data[at - 1] != '/')
		at--;
	if (at == buf->len || strcmp(buf->data + at, "..") == 0)
		return false;
	buf->len = at > root_len ? at - 1 : at;
	buf->data[buf->len] = '\0';
	return true;
}

char *dray_path_normalise(const char *path)
{
	DRAY_AUTO(buf) buf = DRAY_BUF_INIT;
	size_t root_len = *path == '/' ? 1 : 0;

	if (root_len)
		dray_buf_putc(&buf, '/');
	while (*path != '\0') {
		size_t len = strcspn(path, "/");
		bool is_up = len == 2 && memcmp(path, "..", 2) == 0;
		bool is_here = len == 0 || (len == 1 && *path == '.');

		if (is_up && pop_part(&buf, root_len))
			is_here = true;
		if (!is_here && !(is_up && root_len)) {
			if (buf.len > root_len)
				dray_buf_putc(&buf, '/');
			dray_buf_add(&buf, path, len);
		}
		path += len;
		path += strspn(path, "/");
	}
	return dray_buf_take(&buf);
}

bool dray_path_has_suffix(const char *path, const char *suffix)
{
	size_t len = strlen(path);
	size_t suffix_len = strlen(suffix);

	return len >= suffix_len && memcmp(path + len - suffix_len, suffix, suffix_len) == 0;
}

bool dray_path_is_absolute(const char *path)
{
	return *path == '/';
}

bool dray_path_is_within(const char *name, const char *dir)
{
	size_t len = strlen(dir);

	if (len == 0)
		return true;
	if (strncmp(name, dir, len) != 0)
		return false;
	return name[len] == '\0' || name[len] == '/' || dir[len - 1] == '/';
}

char *dray_path_relative(const char *from, const char *to)
{
	DRAY_AUTO(buf) buf = DRAY_BUF_INIT;
	size_t shared = 0;
	size_t i = 0;

	for (; from[i] != '\0' && from[i] == to[i]; i++)
		if (from[i] == '/')
			shared = i + 1;
	if ((from[i] == '\0' && (to[i] == '/' || to[i] == '\0')) ||
		(to[i] == '\0' && from[i] == '/'))
		shared = i;
	const char *up = from + shared;
	up += strspn(up, "/");
	while (*up != '\0') {
		dray_buf_puts(&buf, buf.len ? "/.." : "..");
		up += strcspn(up, "/");
		up += strspn(up, "/");
	}
	const char *down = to + shared;
	down += strspn(down, "/");
	if (*down != '\0') {
		dray_buf_puts(&buf, buf.len ? "/" : "");
		dray_buf_puts(&buf, down);
	}
	if (buf.len == 0)
		dray_buf_putc(&buf, '.');
	return dray_buf_take(&buf);
}

/* git refuses these as parts of a path, also for the file systems that fold names. */
static bool is_git_part(const char *part, size_t len)
{
	size_t at;

	if (len >= 4 && strncasecmp(part, ".git", 4) == 0)
		at = 4;
	else if (len >= 5 && strncasecmp(part, "git~1", 5) == 0)
		at = 5;
	else
		return false;
	while (at < len && (part[at] == '.' || part[at] == ' '))
		at++;
	return at == len || part[at] == ':'; /* ':' opens a stream of the same folder on NTFS */
}

static const char *part_problem(const char *part, size_t len)
{
	if (len == 0)
		return "has an empty part";
	if (len == 1 && part[0] == '.')
		return "has a part '.'";
	if (len == 2 && part[0] == '.' && part[1] == '.')
		return "has a part '..'";
	if (is_git_part(part, len))
		return "has a part that belongs to git";
	if (len > DRAY_NAME_PART_MAX)
		return "has a part longer than 255 bytes";
	return NULL;
}

enum dray_status dray_name_check(const char *name, struct dray_err *err)
{
	const char *problem = NULL;

	if (*name == '\0')
		problem = "is empty";
	else if (*name == '/')
		problem = "is absolute";
	else if (strlen(name) >= DRAY_PATH_MAX)
		problem = "is longer than 4095 bytes";
	for (const char *part = name; problem == NULL;) {
		size_t len = strcspn(part, "/");

		problem = part_problem(part, len);
		if (part[len] == '\0')
			break;
		part += len + 1;
	}
	if (problem == NULL)
		return DRAY_OK;
	return dray_fail(err, DRAY_INVALID, "path '%s' %s", name, problem);
}
