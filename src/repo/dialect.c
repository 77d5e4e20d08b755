/* The dialects. DVC's row comes with its formats. */
#include <dray/repo.h>

const struct dray_dialect dray_dialect_native = {
	.name = "native",
	.folder = ".dray",
	.pointer_suffix = ".dray",
	.ignore_file = ".drayignore",
	.algo = DRAY_SHA256,
};
