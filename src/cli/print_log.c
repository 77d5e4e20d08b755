/* Text of log: a commit a line, what it changed in front of what it says. */
#include "commands.h"
#include "print.h"

#include <string.h>

#define SHORT_COMMIT 10
#define DAY_LEN 10
#define CHANGES_WIDTH 12

static const char *text_of(const struct dray_item *item, const char *key)
{
	const struct dray_fact *fact = dray_cli_fact(item, key);

	return fact != NULL && fact->text != NULL ? fact->text : "";
}

/* " +3" and the like for files, nothing for none. */
static void put_change(
	struct dray_buf *buf, const struct dray_item *item, const char *key, char sign)
{
	const struct dray_fact *fact = dray_cli_fact(item, key);

	if (fact != NULL && fact->number > 0)
		dray_buf_printf(buf, "%s%c%llu", buf->len > 0 ? " " : "", sign,
			(unsigned long long)fact->number);
}

/* Which files, else how. */
static void put_changes(struct dray_buf *buf, const struct dray_item *item)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	put_change(&text, item, "files_added", '+');
	put_change(&text, item, "files_modified", '~');
	put_change(&text, item, "files_deleted", '-');
	if (text.len == 0)
		dray_buf_puts(&text, item->state);
	dray_buf_printf(buf, "%-*s", CHANGES_WIDTH, dray_buf_text(&text));
}

/* What somebody else wrote cannot drive the terminal. */
static void put_words(struct dray_buf *buf, const char *text)
{
	struct dray_err printable = DRAY_ERR_INIT; /* for its escaping */

	dray_fail(&printable, DRAY_FAILED, "%s", text);
	dray_buf_puts(buf, printable.text);
}

void dray_cli_print_log(struct dray_cli_sink *sink, const struct dray_item *item)
{
	struct dray_buf *buf = &sink->out->buf;
	char size[16];

	dray_buf_printf(buf, "%.*s  %.*s  %9s  ", SHORT_COMMIT, text_of(item, "commit"), DAY_LEN,
		text_of(item, "date"), item->has_size ? dray_show_size(item->size, size) : "-");
	put_changes(buf, item);
	dray_buf_puts(buf, "  ");
	put_words(buf, text_of(item, "author"));
	dray_buf_puts(buf, ": ");
	put_words(buf, text_of(item, "subject"));
	if (item->from != NULL) {
		struct dray_item old = {.path = item->from};

		dray_buf_puts(buf, " (was ");
		dray_cli_put_name(sink, &old);
		dray_buf_putc(buf, ')');
	}
	dray_buf_putc(buf, '\n');
}
