/* Keys and tokens: memory that is wiped before it is given back. */
#include <dray/base.h>

#include <stdlib.h>
#include <string.h>

void dray_str_wipe(char **text)
{
	if (*text != NULL)
		explicit_bzero(*text, strlen(*text));
	free(*text);
	*text = NULL;
}

void dray_buf_wipe(struct dray_buf *buf)
{
	if (buf->data != NULL)
		explicit_bzero(buf->data, buf->cap);
	dray_buf_drop(buf);
}

void dray_strs_wipe(struct dray_strs *strs)
{
	for (size_t i = 0; i < strs->len; i++)
		dray_str_wipe(&strs->items[i]);
	dray_strs_drop(strs);
}
