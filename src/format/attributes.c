/* gitattributes(5): which paths one attribute is set for, as rules. */
#include <dray/format.h>

#include <string.h>

/* The pattern in front of the attributes; NULL if the line says nothing of paths. */
static const char *take_pattern(const char *line, const char *end, struct dray_buf *pattern)
{
	line += strspn(line, " \t");
	/* patterns that exclude are not for attributes; "[attr]x" makes a name for several */
	if (line >= end || *line == '#' || *line == '!' || strncmp(line, "[attr]", 6) == 0)
		return NULL;
	if (*line != '"') {
		size_t len = strcspn(line, " \t\r\n");

		dray_buf_add(pattern, line, len);
		return line + len;
	}
	for (line++; line < end && *line != '"'; line++) {
		if (*line == '\\' && line + 1 < end)
			line++;
		dray_buf_putc(pattern, *line);
	}
	return line < end ? line + 1 : NULL;
}

/* 1: it is set; -1: it is set no more; 0: nothing is said. The last word counts. */
static int find_attribute(const char *at, const char *end, const char *attribute)
{
	size_t len = strlen(attribute);
	int found = 0;

	while (at < end) {
		at += strspn(at, " \t\r");
		size_t word = strcspn(at, " \t\r\n");
		bool is_off = *at == '-' || *at == '!';

		if (word == len + is_off && strncmp(at + is_off, attribute, len) == 0)
			found = is_off ? -1 : 1;
		if (word == 0)
			break;
		at += word;
	}
	return found;
}

static void take_line(struct dray_rules *rules, const char *base, const char *line, const char *end,
	const char *attribute)
{
	DRAY_AUTO(buf) pattern = DRAY_BUF_INIT;
	DRAY_AUTO(buf) rule = DRAY_BUF_INIT;
	const char *rest = take_pattern(line, end, &pattern);
	int found = rest != NULL ? find_attribute(rest, end, attribute) : 0;

	if (found == 0 || pattern.len == 0)
		return;
	dray_buf_puts(&rule, found < 0 ? "!" : "");
	dray_buf_add(&rule, pattern.data, pattern.len);
	dray_rules_parse(rules, base, rule.data, rule.len);
}

void dray_rules_parse_attributes(
	struct dray_rules *rules, const char *base, const char *text, const char *attribute)
{
	while (*text != '\0') {
		const char *end = text + strcspn(text, "\n");

		take_line(rules, base, text, end, attribute);
		text = end + (*end == '\n');
	}
}
