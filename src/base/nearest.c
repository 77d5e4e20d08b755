/* Nearest name by edit distance, on a small table: names have a few dozen letters. */
#include <dray/base.h>

#include <string.h>

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t dray_distance(const char *from, const char *to)
{
	size_t rows[DRAY_NEAREST_MAX + 1][DRAY_NEAREST_MAX + 1];
	size_t from_len = strlen(from), to_len = strlen(to);

	if (from_len > DRAY_NEAREST_MAX || to_len > DRAY_NEAREST_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= to_len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= from_len; i++) {
		rows[i][0] = i;
		for (size_t j = 1; j <= to_len; j++) {
			size_t best = rows[i - 1][j - 1] + (from[i - 1] != to[j - 1]);

			best = least(best, rows[i - 1][j] + 1);
			best = least(best, rows[i][j - 1] + 1);
			if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
				best = least(best, rows[i - 2][j - 2] + 1);
			rows[i][j] = best;
		}
	}
	return rows[from_len][to_len];
}

/* A third of the letters may be wrong; more is another word. */
static size_t tolerance(const char *word)
{
	return (strlen(word) + 2) / 3;
}

static size_t distance_of(const char *word, const char *name)
{
	size_t len = strlen(word);

	/* The beginning of a name is as near as one wrong letter, however long the rest. */
	if (len >= 2 && strncmp(word, name, len) == 0)
		return 1;
	return dray_distance(word, name);
}

void dray_nearest_offer(struct dray_nearest *nearest, const char *name)
{
	size_t distance = distance_of(nearest->word, name);

	if (distance > tolerance(nearest->word))
		return;
	if (nearest->best && distance >= nearest->distance)
		return;
	nearest->best = name;
	nearest->distance = distance;
}
