/* Numbers and UTF-8, checked. */
#include <dray/base.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

bool dray_parse_u64(const char *text, size_t len, uint64_t *out_value)
{
	uint64_t value = 0;

	if (len == 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		if (__builtin_mul_overflow(value, 10u, &value) ||
			__builtin_add_overflow(value, (uint64_t)(text[i] - '0'), &value))
			return false;
	}
	*out_value = value;
	return true;
}

bool dray_parse_size(const char *text, uint64_t *out_bytes)
{
	static const char units[] = "KMGT";
	size_t len = strlen(text);
	unsigned shift = 0;
	uint64_t value;

	if (len > 1 && (text[len - 1] == 'B' || text[len - 1] == 'b'))
		len--;
	if (len > 1) {
		const char *unit = strchr(units, toupper((unsigned char)text[len - 1]));

		if (unit != NULL) {
			shift = 10 * (unsigned)(unit - units + 1);
			len--;
		}
	}
	if (!dray_parse_u64(text, len, &value) || value > UINT64_MAX >> shift)
		return false;
	*out_bytes = value << shift;
	return true;
}

bool dray_parse_bool(const char *text, bool *out_value)
{
	static const char *const words[2][4] = {
		{"false", "no", "off", "0"}, {"true", "yes", "on", "1"}};

	for (size_t i = 0; i < 4; i++)
		for (size_t is_true = 0; is_true < 2; is_true++)
			if (strcasecmp(text, words[is_true][i]) == 0) {
				*out_value = is_true;
				return true;
			}
	return false;
}

const char *dray_show_size(uint64_t bytes, char out[16])
{
	static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};

	if (bytes < 1000) {
		snprintf(out, 16, "%u B", (unsigned)bytes);
		return out;
	}
	double value = (double)bytes / 1000;
	size_t unit = 0;
	while (value >= 999.95 && unit + 1 < DRAY_COUNT(units)) {
		value /= 1000;
		unit++;
	}
	snprintf(out, 16, "%.1f %s", value, units[unit]);
	return out;
}

static bool is_tail(unsigned char byte)
{
	return (byte & 0xc0) == 0x80;
}

size_t dray_utf8_len(const char *text, size_t len)
{
	const unsigned char *at = (const unsigned char *)text;

	if (len == 0)
		return 0;
	if (at[0] < 0x80)
		return 1;
	if (at[0] >= 0xc2 && at[0] < 0xe0)
		return len >= 2 && is_tail(at[1]) ? 2 : 0;
	if (at[0] >= 0xe0 && at[0] < 0xf0) {
		if (len < 3 || !is_tail(at[1]) || !is_tail(at[2]))
			return 0;
		bool is_short = at[0] == 0xe0 && at[1] < 0xa0;
		bool is_surrogate = at[0] == 0xed && at[1] >= 0xa0;
		return is_short || is_surrogate ? 0 : 3;
	}
	if (at[0] >= 0xf0 && at[0] < 0xf5) {
		if (len < 4 || !is_tail(at[1]) || !is_tail(at[2]) || !is_tail(at[3]))
			return 0;
		bool is_short = at[0] == 0xf0 && at[1] < 0x90;
		bool is_over = at[0] == 0xf4 && at[1] >= 0x90;
		return is_short || is_over ? 0 : 4;
	}
	return 0;
}

uint32_t dray_utf8_code(const char *text, size_t len)
{
	static const unsigned char lead_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t code = (unsigned char)text[0] & lead_bits[len];

	for (size_t i = 1; i < len; i++)
		code = code << 6 | ((unsigned char)text[i] & 0x3f);
	return code;
}

size_t dray_utf8_encode(uint32_t code, char out[4])
{
	static const unsigned char lead_marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	for (size_t i = len; i-- > 1; code >>= 6)
		out[i] = (char)(0x80 | (code & 0x3f));
	out[0] = (char)(lead_marks[len] | code);
	return len;
}

bool dray_is_utf8(const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		size_t step = dray_utf8_len(text, left);

		if (step == 0)
			return false;
		text += step;
		left -= step;
	}
	return true;
}

size_t dray_utf8_mark_len(const char *text, size_t len)
{
	static const char mark[] = "\xef\xbb\xbf";
	size_t mark_len = sizeof mark - 1;

	return len >= mark_len && memcmp(text, mark, mark_len) == 0 ? mark_len : 0;
}
