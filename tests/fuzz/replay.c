/*
 * Gives every file below the folders and files named as arguments to the fuzz
 * target, as libFuzzer's -runs=0 does: the corpus as a plain test for builds
 * without libFuzzer. An empty corpus is a failure, so that a moved folder is noticed.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long files;

static int replay_file(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)walk;
	if (type != FTW_F)
		return 0;

	FILE *file = fopen(path, "rb");
	size_t size = (size_t)st->st_size;
	/* Exactly as large as the input, so that the address sanitizer sees the first byte read
	 * past it. */
	uint8_t *data = malloc(size ? size : 1);
	if (!file || !data || fread(data, 1, size, file) != size) {
		perror(path);
		exit(1);
	}
	fclose(file);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	files++;
	return 0;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (nftw(argv[i], replay_file, 16, FTW_PHYS) != 0) {
			perror(argv[i]);
			return 1;
		}
	}
	printf("%lu inputs\n", files);
	return files ? 0 : 1;
}
