/*
 * toml_scan: what TOML 1.0 is written with: blanks, comments, strings, and how
 * far a number or date goes.
 */
#include "toml.h"

#include <string.h>

#define DIGITS "0123456789"

enum dray_status dray_toml_fail(
	const struct dray_toml *toml, const char *what, struct dray_err *err)
{
	size_t line = 1;

	for (const char *at = toml->text; at < toml->at; at++)
		line += *at == '\n';
	return dray_fail(
		err, DRAY_INVALID, "'%s' line %zu: not valid TOML: %s", toml->label, line, what);
}

/* ------------------------------------------------------------------ between */

void dray_toml_skip_blanks(struct dray_toml *toml)
{
	toml->at += strspn(toml->at, " \t");
}

static bool is_control(char byte)
{
	unsigned char own = (unsigned char)byte;

	return (own < 0x20 && own != '\t') || own == 0x7f;
}

static enum dray_status skip_comment(struct dray_toml *toml, struct dray_err *err)
{
	if (*toml->at != '#')
		return DRAY_OK;
	while (*toml->at != '\0' && *toml->at != '\n' && strncmp(toml->at, "\r\n", 2) != 0)
		if (is_control(*toml->at++))
			return dray_toml_fail(toml, "a control character in a comment", err);
	return DRAY_OK;
}

static bool take_break(struct dray_toml *toml)
{
	size_t len = *toml->at == '\n' ? 1 : strncmp(toml->at, "\r\n", 2) == 0 ? 2 : 0;

	toml->at += len;
	return len > 0;
}

/* Blanks, comments and lines' ends inside a list's brackets. */
enum dray_status dray_toml_skip_lines(struct dray_toml *toml, struct dray_err *err)
{
	do {
		dray_toml_skip_blanks(toml);
		DRAY_TRY(skip_comment(toml, err));
	} while (take_break(toml));
	return DRAY_OK;
}

enum dray_status dray_toml_end_line(struct dray_toml *toml, struct dray_err *err)
{
	dray_toml_skip_blanks(toml);
	DRAY_TRY(skip_comment(toml, err));
	if (*toml->at != '\0' && !take_break(toml))
		return dray_toml_fail(toml, "something stands behind the value", err);
	return DRAY_OK;
}

/* ------------------------------------------------------------------ strings */

static enum dray_status take_code(
	struct dray_toml *toml, size_t digits, struct dray_buf *text, struct dray_err *err)
{
	uint32_t code = 0;
	char bytes[4];

	for (size_t i = 0; i < digits; i++, toml->at++) {
		const char *hex = "0123456789abcdef";
		char byte =
			*toml->at >= 'A' && *toml->at <= 'F' ? (char)(*toml->at | 0x20) : *toml->at;
		const char *digit = byte != '\0' ? strchr(hex, byte) : NULL;

		if (digit == NULL)
			return dray_toml_fail(toml, "a code point needs its digits", err);
		code = code << 4 | (uint32_t)(digit - hex);
	}
	if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return dray_toml_fail(toml, "no code point", err);
	dray_buf_add(text, bytes, dray_utf8_encode(code, bytes));
	return DRAY_OK;
}

static enum dray_status take_escape(
	struct dray_toml *toml, bool is_long, struct dray_buf *text, struct dray_err *err)
{
	static const char letters[] = "btnfr\"\\";
	static const char bytes[] = "\b\t\n\f\r\"\\";
	char letter = *toml->at;
	const char *at = letter != '\0' ? strchr(letters, letter) : NULL;

	if (at != NULL) {
		dray_buf_putc(text, bytes[at - letters]);
		toml->at++;
		return DRAY_OK;
	}
	if (letter == 'u' || letter == 'U') {
		toml->at++;
		return take_code(toml, letter == 'u' ? 4 : 8, text, err);
	}
	dray_toml_skip_blanks(toml);
	if (!is_long || !take_break(toml))
		return dray_toml_fail(toml, "an escape that is none", err);
	do
		dray_toml_skip_blanks(toml);
	while (take_break(toml));
	return DRAY_OK;
}

/* Three quotes end it; one or two more before them are its own. */
static bool is_end(const char *at, char quote, bool is_long)
{
	if (*at != quote)
		return false;
	return !is_long || (at[1] == quote && at[2] == quote && at[3] != quote);
}

enum dray_status dray_toml_string(
	struct dray_toml *toml, struct dray_buf *text, bool is_key, struct dray_err *err)
{
	char quote = *toml->at;
	bool is_long = !is_key && toml->at[1] == quote && toml->at[2] == quote;

	toml->at += is_long ? 3 : 1;
	if (is_long)
		take_break(toml); /* right behind the quotes it does not count */
	while (!is_end(toml->at, quote, is_long)) {
		char byte = *toml->at;
		bool is_break = is_long && (byte == '\n' || strncmp(toml->at, "\r\n", 2) == 0);

		if (byte == '\0' || (is_control(byte) && !is_break))
			return dray_toml_fail(toml, "a string without its end", err);
		toml->at++;
		if (byte == '\\' && quote == '"')
			DRAY_TRY(take_escape(toml, is_long, text, err));
		else
			dray_buf_putc(text, byte);
	}
	toml->at += is_long ? 3 : 1;
	return DRAY_OK;
}

/* ------------------------------------------------------------------ numbers */

/* Digits with single underscores between them. */
static size_t count_digits(const char *text, const char *digits)
{
	size_t len = 0;

	while (text[len] != '\0' && strchr(digits, text[len]) != NULL)
		len += text[len + 1] == '_' && text[len + 2] != '\0' &&
				       strchr(digits, text[len + 2]) != NULL
			       ? 2
			       : 1;
	return len;
}

/* Whole in another base, as YAML writes them, too. */
size_t dray_toml_based_len(const char *text)
{
	const char *digits = text[0] != '0'   ? ""
			     : text[1] == 'x' ? DIGITS "abcdefABCDEF"
			     : text[1] == 'o' ? "01234567"
			     : text[1] == 'b' ? "01"
					      : "";
	size_t len = *digits != '\0' ? count_digits(text + 2, digits) : 0;

	return len > 0 ? len + 2 : 0;
}

size_t dray_toml_number_len(const char *text)
{
	size_t at = *text == '+' || *text == '-';
	size_t whole = count_digits(text + at, DIGITS);

	if (strncmp(text + at, "inf", 3) == 0 || strncmp(text + at, "nan", 3) == 0)
		return at + 3;
	if (whole == 0 || (text[at] == '0' && whole > 1))
		return 0;
	at += whole;
	if (text[at] == '.') {
		size_t part = count_digits(text + at + 1, DIGITS);

		if (part == 0)
			return 0;
		at += part + 1;
	}
	if (text[at] == 'e' || text[at] == 'E') {
		size_t sign = text[at + 1] == '+' || text[at + 1] == '-';
		size_t part = count_digits(text + at + 1 + sign, DIGITS);

		return part > 0 ? at + 1 + sign + part : 0;
	}
	return at;
}

/* "1979-05-27", perhaps with a time behind it; or a time alone. Its shape will do: it is refused by
 * who would write it. */
size_t dray_toml_date_len(const char *text)
{
	bool is_date = strspn(text, DIGITS) == 4 && text[4] == '-' &&
		       strspn(text + 5, DIGITS) == 2 && text[7] == '-' &&
		       strspn(text + 8, DIGITS) == 2;
	bool is_time = strspn(text, DIGITS) == 2 && text[2] == ':';
	size_t len = is_date ? 10 : 0;

	if (is_date && strchr("Tt ", text[10]) != NULL && text[10] != '\0' &&
		strspn(text + 11, DIGITS) == 2 && text[13] == ':')
		len += 1;
	if (is_time || len == 11)
		len += strspn(text + len, DIGITS ":.+-Zz");
	return len;
}
