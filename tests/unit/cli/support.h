/* What the tests of cli share. */
#ifndef TEST_UNIT_CLI_SUPPORT_H
#define TEST_UNIT_CLI_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dray/base.h>

/* The text of a buffer is this; the buffer is emptied. */
#define TEXT_IS(buf, expected)                                       \
	do {                                                         \
		assert_string_equal(dray_buf_text(buf), (expected)); \
		dray_buf_clear(buf);                                 \
	} while (0)

#endif
