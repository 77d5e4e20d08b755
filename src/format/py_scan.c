/*
 * py_scan: how far strings, numbers, names and statements of Python go. Its
 * grammar is not checked beyond that: what Python would not run may pass.
 */
#include "py.h"

#include <string.h>

#define DIGITS "0123456789"
#define NAME_BYTES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"

enum dray_status dray_py_fail(const struct dray_py *py, const char *what, struct dray_err *err)
{
	size_t line = 1;

	for (const char *at = py->text; at < py->at; at++)
		line += *at == '\n';
	return dray_fail(
		err, DRAY_INVALID, "'%s' line %zu: not valid Python: %s", py->label, line, what);
}

size_t dray_py_break_len(const char *at)
{
	return strncmp(at, "\r\n", 2) == 0 ? 2 : *at == '\n' || *at == '\r' ? 1 : 0;
}

static void skip_comment(struct dray_py *py)
{
	if (*py->at == '#')
		py->at += strcspn(py->at, "\r\n");
}

void dray_py_skip_blanks(struct dray_py *py, bool in_brackets)
{
	for (;;) {
		py->at += strspn(py->at, " \t\f");
		if (in_brackets)
			skip_comment(py);
		size_t joined = *py->at == '\\' ? dray_py_break_len(py->at + 1) : 0;
		size_t ended = in_brackets ? dray_py_break_len(py->at) : 0;
		if (joined + ended == 0)
			return;
		py->at += joined > 0 ? joined + 1 : ended;
	}
}

size_t dray_py_name_len(const char *text)
{
	size_t len = 0;

	while ((text[len] & 0x80) != 0 || (text[len] != '\0' && strchr(NAME_BYTES, text[len])) ||
		(len > 0 && text[len] >= '0' && text[len] <= '9'))
		len++;
	return len;
}

/* ------------------------------------------------------------------ strings */

int dray_py_prefix_len(const char *text)
{
	int len = 0;

	while (len < 2 && text[len] != '\0' && strchr("rRuUbBfFtT", text[len]) != NULL)
		len++;
	return text[len] == '"' || text[len] == '\'' ? len : -1;
}

static uint32_t take_digits(struct dray_py *py, const char *digits, size_t most, size_t *out_count)
{
	uint32_t code = 0;
	uint32_t base = (uint32_t)strlen(digits);

	for (*out_count = 0; *out_count < most && *py->at != '\0'; ++*out_count, py->at++) {
		char byte = *py->at >= 'A' && *py->at <= 'F' ? (char)(*py->at | 0x20) : *py->at;
		const char *digit = strchr(digits, byte);

		if (digit == NULL)
			break;
		code = code * base + (uint32_t)(digit - digits);
	}
	return code;
}

/* Half a code point is nothing that UTF-8 has. */
static enum dray_status put_code(struct dray_py *py, uint32_t code, struct dray_buf *text,
	enum dray_py_string *kind, struct dray_err *err)
{
	char bytes[4];

	if (code > 0x10ffff)
		return dray_py_fail(py, "no code point", err);
	if (code >= 0xd800 && code < 0xe000)
		*kind = DRAY_PY_ODD;
	else
		dray_buf_add(text, bytes, dray_utf8_encode(code, bytes));
	return DRAY_OK;
}

static enum dray_status take_code(struct dray_py *py, size_t digits, struct dray_buf *text,
	enum dray_py_string *kind, struct dray_err *err)
{
	size_t count = 0;
	uint32_t code = take_digits(py, "0123456789abcdef", digits, &count);

	if (count < digits)
		return dray_py_fail(py, "a code point needs its digits", err);
	return put_code(py, code, text, kind, err);
}

/* Behind the backslash; one that means nothing stays. */
static enum dray_status take_escape(
	struct dray_py *py, struct dray_buf *text, enum dray_py_string *kind, struct dray_err *err)
{
	static const char letters[] = "abfnrtv\\'\"";
	static const char bytes[] = "\a\b\f\n\r\t\v\\'\"";
	char letter = *py->at;
	const char *at = letter != '\0' ? strchr(letters, letter) : NULL;
	size_t count = 0;

	if (dray_py_break_len(py->at) > 0) {
		py->at += dray_py_break_len(py->at);
		return DRAY_OK;
	}
	if (letter >= '0' && letter <= '7')
		return put_code(py, take_digits(py, "01234567", 3, &count), text, kind, err);
	if (at == NULL && (letter == '\0' || strchr("xuUN", letter) == NULL)) {
		dray_buf_putc(text, '\\');
		return DRAY_OK;
	}
	py->at++;
	if (at != NULL)
		dray_buf_putc(text, bytes[at - letters]);
	else if (letter == 'N')
		*kind = DRAY_PY_ODD;
	else
		return take_code(py, letter == 'x' ? 2 : letter == 'u' ? 4 : 8, text, kind, err);
	return DRAY_OK;
}

/* A line end is one byte, whatever it was. */
static void take_byte(struct dray_py *py, struct dray_buf *text)
{
	size_t ended = dray_py_break_len(py->at);

	dray_buf_putc(text, ended > 0 ? '\n' : *py->at);
	py->at += ended > 0 ? ended : 1;
}

static bool is_end(const char *at, char quote, bool is_long)
{
	return *at == quote && (!is_long || (at[1] == quote && at[2] == quote));
}

/* Letters in front of the quote say what it is. */
static enum dray_py_string kind_of(const char *at, size_t prefix, bool *out_is_raw)
{
	*out_is_raw = strcspn(at, "rR") < prefix;
	if (strcspn(at, "bB") < prefix)
		return DRAY_PY_BYTES;
	return strcspn(at, "fFtT") < prefix ? DRAY_PY_FORMAT : DRAY_PY_TEXT;
}

enum dray_status dray_py_take_string(struct dray_py *py, struct dray_buf *text,
	enum dray_py_string *out_kind, struct dray_err *err)
{
	size_t prefix = (size_t)dray_py_prefix_len(py->at);
	bool is_raw;
	enum dray_py_string kind = kind_of(py->at, prefix, &is_raw);
	char quote = py->at[prefix];

	py->at += prefix;
	bool is_long = py->at[1] == quote && py->at[2] == quote;
	py->at += is_long ? 3 : 1;
	while (!is_end(py->at, quote, is_long)) {
		if (*py->at == '\0' || (!is_long && dray_py_break_len(py->at) > 0))
			return dray_py_fail(py, "a string without its end", err);
		bool is_escape = *py->at == '\\' && py->at[1] != '\0';
		if (is_escape && !is_raw && kind != DRAY_PY_BYTES && kind != DRAY_PY_FORMAT) {
			py->at++;
			DRAY_TRY(take_escape(py, text, &kind, err));
			continue;
		}
		take_byte(py, text);
		if (is_escape)
			take_byte(py, text);
	}
	py->at += is_long ? 3 : 1;
	*out_kind = kind;
	return DRAY_OK;
}

/* ------------------------------------------------------------------ numbers */

/* Digits with single underscores between them, which are left out. */
static size_t put_digits(struct dray_py *py, const char *digits, struct dray_buf *text)
{
	size_t len = 0;

	while (*py->at != '\0' && strchr(digits, *py->at) != NULL) {
		dray_buf_putc(text, *py->at++);
		len++;
		if (*py->at == '_' && py->at[1] != '\0' && strchr(digits, py->at[1]) != NULL)
			py->at++;
	}
	return len;
}

static bool take_based(struct dray_py *py, const char *digits, struct dray_buf *text)
{
	dray_buf_putc(text, '0');
	dray_buf_putc(text, (char)(py->at[1] | 0x20));
	py->at += 2;
	py->at += *py->at == '_';
	return put_digits(py, digits, text) > 0;
}

/* Both sides of the point, where Python may leave one out. */
static bool take_decimal(struct dray_py *py, struct dray_buf *text)
{
	size_t len = put_digits(py, DIGITS, text);

	if (len == 0)
		dray_buf_putc(text, '0');
	if (*py->at == '.') {
		py->at++;
		dray_buf_putc(text, '.');
		size_t part = put_digits(py, DIGITS, text);
		if (part == 0)
			dray_buf_putc(text, '0');
		len += part;
	}
	if (len > 0 && (*py->at == 'e' || *py->at == 'E')) {
		py->at++;
		dray_buf_putc(text, 'e');
		if (*py->at == '-' || *py->at == '+')
			dray_buf_putc(text, *py->at++);
		if (put_digits(py, DIGITS, text) == 0)
			return false;
	}
	return len > 0;
}

bool dray_py_take_number(struct dray_py *py, struct dray_buf *text)
{
	char base = (char)(*py->at == '0' ? py->at[1] | 0x20 : 0);
	bool is_number = base == 'x'   ? take_based(py, DIGITS "abcdefABCDEF", text)
			 : base == 'o' ? take_based(py, "01234567", text)
			 : base == 'b' ? take_based(py, "01", text)
				       : take_decimal(py, text);

	return is_number && dray_py_name_len(py->at) == 0 && *py->at != '.' &&
	       (*py->at < '0' || *py->at > '9');
}

/* --------------------------------------------------------------- statements */

bool dray_py_is_end(const struct dray_py *py)
{
	return *py->at == '\0' || *py->at == ';' || *py->at == '#' || dray_py_break_len(py->at) > 0;
}

static bool is_two(const char *at)
{
	return at[1] == '=' && strchr("=<>!:+-*/%&|^@", *at) != NULL;
}

/* A string, a name, or an operator. */
static enum dray_status skip_one(struct dray_py *py, struct dray_err *err)
{
	DRAY_AUTO(buf) unused = DRAY_BUF_INIT;
	enum dray_py_string kind;
	size_t name = dray_py_name_len(py->at);

	if (dray_py_prefix_len(py->at) >= 0)
		return dray_py_take_string(py, &unused, &kind, err);
	py->at += name > 0 ? name : is_two(py->at) ? 2 : 1;
	return DRAY_OK;
}

enum dray_status dray_py_skip_to(struct dray_py *py, const char *stops, struct dray_err *err)
{
	size_t depth = 0;

	for (;;) {
		dray_py_skip_blanks(py, depth > 0);
		if (*py->at == '\0' || (depth == 0 && dray_py_is_end(py)))
			break;
		if (depth == 0 && strchr(stops, *py->at) != NULL && !is_two(py->at))
			break;
		bool is_close = strchr(")]}", *py->at) != NULL;
		if (is_close && depth == 0)
			return dray_py_fail(py, "a bracket that nothing opens", err);
		if (!is_close && strchr("([{", *py->at) == NULL) {
			DRAY_TRY(skip_one(py, err));
			continue;
		}
		depth = is_close ? depth - 1 : depth + 1;
		py->at++;
	}
	if (depth > 0)
		return dray_py_fail(py, "a bracket without its end", err);
	return DRAY_OK;
}
