/* What DVC 2 did to text before hashing it. Private to the hash room. */
#ifndef DRAY_HASH_DOS2UNIX_H
#define DRAY_HASH_DOS2UNIX_H

#include <dray/base.h>

/* Where `dray_dos2unix_*` send the bytes that are to be hashed. */
typedef void (*dray_dos2unix_fn)(void *ctx, const void *data, size_t len);

struct dray_dos2unix {
	size_t at;         /* bytes of the block that were seen */
	size_t head_len;   /* bytes that wait for the decision */
	bool is_decided;   /* whether the block is text */
	bool is_text;      /* valid if is_decided */
	bool is_cr_behind; /* a CR was held back; the next byte tells what becomes of it */
	char head[512];
};

void dray_dos2unix_add(
	struct dray_dos2unix *filter, const char *data, size_t len, dray_dos2unix_fn fn, void *ctx);
/* Sends what was held back; the filter is as new then. */
void dray_dos2unix_end(struct dray_dos2unix *filter, dray_dos2unix_fn fn, void *ctx);

#endif
