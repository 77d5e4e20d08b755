/* Text of the commands about archives. */
#include "commands.h"
#include "print.h"

#include <inttypes.h>

void dray_cli_print_archive(struct dray_cli_sink *sink, const struct dray_item *item)
{
	struct dray_item line = *item;

	line.value = NULL;
	dray_cli_put_line(sink, &line);
}

void dray_cli_print_archive_end(struct dray_cli_sink *sink)
{
	uint64_t files = dray_cli_tally_get(&sink->totals, "files");

	if (sink->is_ok && sink->args->verify)
		dray_buf_printf(
			&sink->out->buf, "%" PRIu64 " files are what the listing says\n", files);
}

static void put_objects(struct dray_cli_sink *sink, const char *verb)
{
	struct dray_buf *buf = &sink->out->buf;
	char size[16];

	dray_cli_put_count(buf, dray_cli_tally_get(&sink->totals, "objects"), "object");
	dray_buf_printf(buf, " %s, %s", verb,
		dray_show_size(dray_cli_tally_get(&sink->totals, "bytes"), size));
}

void dray_cli_print_unbundle_end(struct dray_cli_sink *sink)
{
	uint64_t present = dray_cli_tally_get(&sink->totals, "present");

	if (!sink->is_ok)
		return;
	put_objects(sink, "stored");
	if (present > 0)
		dray_buf_printf(&sink->out->buf, "; %" PRIu64 " were there already", present);
	dray_buf_putc(&sink->out->buf, '\n');
}

void dray_cli_print_bundle_verify_end(struct dray_cli_sink *sink)
{
	if (!sink->is_ok)
		return;
	put_objects(sink, "verified");
	dray_buf_putc(&sink->out->buf, '\n');
}
