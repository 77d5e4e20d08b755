/* The name a person probably meant. */
#ifndef DRAY_CLI_NEAREST_H
#define DRAY_CLI_NEAREST_H

#include <stddef.h>

/* Offer names one after the other, then read `best`: borrowed, NULL if none is near. */
struct dray_cli_nearest {
	const char *word;
	const char *best;
	size_t distance;
};
#define DRAY_CLI_NEAREST_INIT(word_) \
	{                            \
		.word = (word_)      \
	}

void dray_cli_nearest_offer(struct dray_cli_nearest *nearest, const char *name);

/*
 * Letters to insert, remove, replace or swap with a neighbour to turn one word
 * into the other, as optimal string alignment counts. Words longer than
 * DRAY_CLI_NEAREST_MAX are as far from anything as can be.
 */
#define DRAY_CLI_NEAREST_MAX 64
size_t dray_cli_distance(const char *from, const char *to);

#endif
