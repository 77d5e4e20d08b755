/*
 * yaml_scalar: which text may stand plain in YAML 1.2, and how to quote the
 * rest. The choice follows DVC's writer, so that both tools write the same
 * line for the same path.
 */
#include "yaml_scalar.h"
#include "yaml_fold.h"

#include <string.h>

#define DIGITS "0123456789"

static bool is_one_of(const char *text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(text, words[i]) == 0)
			return true;
	return false;
}

bool dray_yaml_is_null(const char *text)
{
	static const char *const words[] = {"", "~", "null", "Null", "NULL"};

	return is_one_of(text, words, DRAY_COUNT(words));
}

bool dray_yaml_parse_bool(const char *text, bool *out_value)
{
	static const char *const yes[] = {"true", "True", "TRUE"};
	static const char *const no[] = {"false", "False", "FALSE"};
	bool value = is_one_of(text, yes, DRAY_COUNT(yes));

	if (!value && !is_one_of(text, no, DRAY_COUNT(no)))
		return false;
	*out_value = value;
	return true;
}

/* The whole of `text` is at least one byte of `set`. */
static bool is_all(const char *text, const char *set)
{
	return text[0] != '\0' && text[strspn(text, set)] == '\0';
}

static bool is_exponent(const char *text)
{
	if (*text != 'e' && *text != 'E')
		return *text == '\0';
	text++;
	text += *text == '+' || *text == '-';
	return is_all(text, DIGITS);
}

bool dray_yaml_is_number(const char *text)
{
	static const char *const words[] = {".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"};
	size_t whole = 0;

	text += *text == '+' || *text == '-';
	if (is_one_of(text, words, DRAY_COUNT(words)))
		return true;
	if (text[0] == '0' && text[1] == 'x')
		return is_all(text + 2, DIGITS "abcdefABCDEF_");
	if (text[0] == '0' && text[1] == 'o')
		return is_all(text + 2, "01234567_");
	if (text[0] == '0' && text[1] == 'b')
		return is_all(text + 2, "01_");
	if (text[0] == '_')
		return false;
	whole = strspn(text, DIGITS "_");
	text += whole;
	if (*text == '.') {
		size_t fraction = strspn(++text, DIGITS "_");
		text += fraction;
		/* ".5e3" is text, for whatever reason; ".5e+3" is none */
		bool has_bare = whole == 0 && *text != '\0' && strchr("+-", text[1]) == NULL;
		return whole + fraction > 0 && !has_bare && is_exponent(text);
	}
	return whole > 0 && is_exponent(text);
}

/* Take between `min` and `max` digits. */
static bool take_digits(const char **text, size_t min, size_t max)
{
	size_t count = strspn(*text, DIGITS);

	if (count < min || count > max)
		return false;
	*text += count;
	return true;
}

static bool take(const char **text, const char *set)
{
	if (**text == '\0' || strchr(set, **text) == NULL)
		return false;
	(*text)++;
	return true;
}

/* YAML's timestamp: a date, or a date and a time that may end in a zone. */
static bool is_date(const char *text)
{
	size_t len = strlen(text);

	if (!take_digits(&text, 4, 4) || !take(&text, "-") || !take_digits(&text, 1, 2) ||
		!take(&text, "-") || !take_digits(&text, 1, 2))
		return false;
	if (*text == '\0')
		return len == strlen("2020-01-01");
	if (!take(&text, "Tt ") || !take_digits(&text, 1, 2) || !take(&text, ":") ||
		!take_digits(&text, 2, 2) || !take(&text, ":") || !take_digits(&text, 2, 2))
		return false;
	return is_all(text, DIGITS ".:+- Zz") || *text == '\0';
}

bool dray_yaml_is_typed(const char *text)
{
	bool ignored = false;

	return dray_yaml_is_null(text) || dray_yaml_parse_bool(text, &ignored) ||
	       strcmp(text, "<<") == 0 || strcmp(text, "=") == 0 || dray_yaml_is_number(text) ||
	       is_date(text);
}

/* May stand in YAML as itself; line breaks of any kind may not. */
static bool is_printable(uint32_t point)
{
	if (point < 0xa0)
		return point >= 0x20 && point <= 0x7e;
	return point != 0x2028 && point != 0x2029 && point != 0xfeff && point != 0xfffe &&
	       point != 0xffff;
}

static bool is_all_printable(const char *text)
{
	for (size_t step = 0; *text != '\0'; text += step) {
		step = dray_utf8_len(text, strnlen(text, 4));
		if (!is_printable(dray_utf8_code(text, step)))
			return false;
	}
	return true;
}

/* In brackets we are content with the obvious; everything else gets quotes. */
static bool is_flow_safe(const char *text)
{
	return strchr("-?:.", text[0]) == NULL &&
	       is_all(text, DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_./-");
}

static bool is_block_safe(const char *text)
{
	size_t len = strlen(text);

	if (strchr("#,[]{}&*!|>'\"%@`", text[0]) != NULL)
		return false;
	if (strchr("?:-", text[0]) != NULL && (text[1] == ' ' || text[1] == '\0'))
		return false;
	if (strncmp(text, "---", 3) == 0 || strncmp(text, "...", 3) == 0)
		return false;
	if (text[0] == ' ' || text[len - 1] == ' ' || text[len - 1] == ':')
		return false;
	return strstr(text, ": ") == NULL && strstr(text, " #") == NULL;
}

static void put_single(struct dray_buf *buf, const char *text)
{
	dray_buf_putc(buf, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			dray_buf_putc(buf, '\'');
		dray_buf_putc(buf, *text);
	}
	dray_buf_putc(buf, '\'');
}

bool dray_yaml_put_escape(struct dray_buf *buf, uint32_t point)
{
	static const struct {
		uint32_t point;
		char letter;
	} short_forms[] = {
		{'\a', 'a'},
		{'\b', 'b'},
		{'\t', 't'},
		{'\n', 'n'},
		{'\v', 'v'},
		{'\f', 'f'},
		{'\r', 'r'},
		{0x1b, 'e'},
		{'"', '"'},
		{'\\', '\\'},
		{0x85, 'N'},
		{0x2028, 'L'},
		{0x2029, 'P'},
	};

	if (is_printable(point) && point != '"' && point != '\\')
		return false;
	dray_buf_putc(buf, '\\');
	for (size_t i = 0; i < DRAY_COUNT(short_forms); i++)
		if (short_forms[i].point == point) {
			dray_buf_putc(buf, short_forms[i].letter);
			return true;
		}
	if (point <= 0xff)
		dray_buf_printf(buf, "x%02X", (unsigned)point);
	else if (point <= 0xffff)
		dray_buf_printf(buf, "u%04X", (unsigned)point);
	else
		dray_buf_printf(buf, "U%08X", (unsigned)point);
	return true;
}

static void put_double(struct dray_buf *buf, const char *text)
{
	dray_buf_putc(buf, '"');
	for (size_t step = 0; *text != '\0'; text += step) {
		step = dray_utf8_len(text, strnlen(text, 4));
		if (!dray_yaml_put_escape(buf, dray_utf8_code(text, step)))
			dray_buf_add(buf, text, step);
	}
	dray_buf_putc(buf, '"');
}

static void put_binary(struct dray_buf *buf, const char *text)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t len = strlen(text);

	dray_buf_puts(buf, "!!binary ");
	for (size_t i = 0; i < len; i += 3) {
		size_t have = len - i < 3 ? len - i : 3;
		unsigned char in[3] = {0, 0, 0};
		memcpy(in, text + i, have);
		dray_buf_putc(buf, letters[in[0] >> 2]);
		dray_buf_putc(buf, letters[(in[0] & 3) << 4 | in[1] >> 4]);
		dray_buf_putc(buf, have > 1 ? letters[(in[1] & 15) << 2 | in[2] >> 6] : '=');
		dray_buf_putc(buf, have > 2 ? letters[in[2] & 63] : '=');
	}
}

/* The style that says `text`, as near to the wanted one as can be. */
static char choose_style(const char *text, char style, bool is_flow)
{
	bool is_clean = is_all_printable(text);
	bool is_plain = is_clean && !dray_yaml_is_typed(text) &&
			(is_flow ? is_flow_safe(text) : is_block_safe(text));

	if (style == '"' || (style == '\'' && is_clean))
		return style;
	if (is_plain)
		return 'p';
	return is_clean && strchr(text, '\'') == NULL ? '\'' : '"';
}

void dray_yaml_put_text(struct dray_buf *buf, const char *text, char style, bool is_flow)
{
	if (!dray_is_utf8(text)) {
		put_binary(buf, text);
		return;
	}
	style = choose_style(text, style, is_flow);
	if (style == '"')
		put_double(buf, text);
	else if (style == '\'')
		put_single(buf, text);
	else
		dray_buf_puts(buf, text);
}

void dray_yaml_put_value(struct dray_buf *buf, const char *text, char style, size_t indent)
{
	if (indent == DRAY_YAML_IN_FLOW || !dray_is_utf8(text))
		dray_yaml_put_text(buf, text, style, indent == DRAY_YAML_IN_FLOW);
	else
		dray_yaml_fold(buf, text, choose_style(text, style, false), indent);
}

static int sextet(char byte)
{
	if (byte >= 'A' && byte <= 'Z')
		return byte - 'A';
	if (byte >= 'a' && byte <= 'z')
		return byte - 'a' + 26;
	if (byte >= '0' && byte <= '9')
		return byte - '0' + 52;
	return byte == '+' ? 62 : byte == '/' ? 63 : -1;
}

bool dray_yaml_decode_binary(const char *text, size_t len, struct dray_buf *buf)
{
	uint32_t bits = 0;
	unsigned letters = 0;
	unsigned pads = 0;

	for (size_t i = 0; i < len; i++) {
		if (strchr(" \t\r\n", text[i]) != NULL && text[i] != '\0')
			continue;
		int value = sextet(text[i]);
		if (text[i] == '=' && letters % 4 >= 2 && pads < 2) {
			pads++;
			value = 0;
		} else if (value < 0 || pads > 0) {
			return false;
		}
		bits = bits << 6 | (uint32_t)value;
		if (++letters % 4 != 0)
			continue;
		for (unsigned out = 0; out < 3 - pads; out++)
			dray_buf_putc(buf, (char)(bits >> (16 - 8 * out) & 0xff));
	}
	return letters % 4 == 0;
}
