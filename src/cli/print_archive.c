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
