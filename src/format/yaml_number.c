/* yaml_number: whole numbers of any length; floats by their shortest form that reads back the same.
 */
#include "yaml_number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whole, of any length: 0x1f, 0o17, 0b1, +007. */
static void put_whole(struct dray_buf *buf, const char *text)
{
	bool is_negative = *text == '-';

	text += *text == '-' || *text == '+';
	if (text[0] == '0' && strchr("xob", text[1]) != NULL && text[1] != '\0') {
		int base = text[1] == 'x' ? 16 : text[1] == 'o' ? 8 : 2;

		dray_buf_printf(
			buf, "%s%llu", is_negative ? "-" : "", strtoull(text + 2, NULL, base));
		return;
	}
	text += strspn(text, "0");
	if (*text == '\0')
		text = "0";
	else if (is_negative)
		dray_buf_putc(buf, '-');
	dray_buf_puts(buf, text);
}

/* Python's repr: as few digits as read back as the same; an exponent below 1e-4 and from 1e16. */
static void put_float(struct dray_buf *buf, double value)
{
	char text[64];
	int digits = 0; /* behind the first */

	do
		snprintf(text, sizeof text, "%.*e", digits, value);
	while (strtod(text, NULL) != value && digits++ < 17);
	long exponent = strtol(strchr(text, 'e') + 1, NULL, 10);
	if (exponent >= -4 && exponent < 16) {
		long decimals = digits - exponent;

		snprintf(text, sizeof text, "%.*f", decimals < 1 ? 1 : (int)decimals, value);
	}
	dray_buf_puts(buf, text);
}

bool dray_yaml_is_whole(const char *text)
{
	return strchr(text, 'x') != NULL || strpbrk(text, ".eE") == NULL;
}

void dray_yaml_put_number(struct dray_buf *buf, const char *text, bool is_json)
{
	DRAY_AUTO(buf) digits = DRAY_BUF_INIT;

	for (; *text != '\0'; text++)
		if (*text != '_')
			dray_buf_putc(&digits, *text);
	double value = strtod(digits.data, NULL);
	const char *sign = digits.data[0] == '-' ? "-" : "";
	if (dray_yaml_is_whole(digits.data))
		put_whole(buf, digits.data);
	else if (strpbrk(digits.data, "nN") != NULL && strpbrk(digits.data, "aA") != NULL)
		dray_buf_puts(buf, is_json ? "NaN" : ".nan");
	else if (strpbrk(digits.data, "iI") != NULL || isinf(value))
		dray_buf_printf(buf, "%s%s", sign, is_json ? "Infinity" : ".inf");
	else
		put_float(buf, value);
}
