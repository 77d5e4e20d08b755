/* Files of parameters in memory, for templates to take their values from. */
#ifndef DRAY_TEST_TEMPLATE_H
#define DRAY_TEST_TEMPLATE_H

#include "format/template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct memory_file {
	const char *path;
	const char *text;
};

/* `ctx` is a list of files that ends with one without a path. */
static enum dray_status read_memory(
	void *ctx, const char *path, struct dray_params **out_params, struct dray_err *err)
{
	if (strncmp(path, "..", 2) == 0)
		return dray_fail(err, DRAY_UNSUPPORTED, "'%s' lies outside", path);
	for (const struct memory_file *file = ctx; file->path != NULL; file++)
		if (strcmp(file->path, path) == 0)
			return dray_params_parse(
				file->text, strlen(file->text), path, out_params, err);
	return dray_fail(err, DRAY_NOT_FOUND, "no '%s'", path);
}

/* Stages filled in with one file of parameters (NULL: none); the status, and a failure's text. */
static inline enum dray_status fill_with(struct dray_stages *stages, const char *yaml,
	const struct memory_file *files, struct dray_err *err)
{
	static const struct memory_file none[] = {{NULL, NULL}};
	union {
		const struct memory_file *files;
		void *ctx;
	} values = {.files = files != NULL ? files : none};
	const struct dray_template_source source = {.read = read_memory, .ctx = values.ctx};

	*err = (struct dray_err)DRAY_ERR_INIT;
	return dray_stages_fill(stages, yaml, strlen(yaml), "dvc.yaml", &source, err);
}

#endif
