/* Which hook is whose, and how ours goes on with it. What the scripts do: tests/cli/install.bats.
 */
#include "ops/hook_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct hook_kind *push(void)
{
	for (size_t i = 0; i < hook_kinds_len; i++)
		if (strcmp(hook_kinds[i].name, "pre-push") == 0)
			return &hook_kinds[i];
	return NULL;
}

static void test_what_is_written_is_ours(void **state)
{
	static const struct hook_before befores[] = {{.chain = HOOK_ALONE}, {.chain = HOOK_CALLED},
		{.chain = HOOK_READ_IN, .shell = "bash"}, {.chain = HOOK_STAND_IN}};

	(void)state;
	for (size_t i = 0; i < hook_kinds_len; i++)
		for (size_t k = 0; k < DRAY_COUNT(befores); k++) {
			DRAY_AUTO(buf) text = DRAY_BUF_INIT;

			hook_write(&hook_kinds[i], &befores[k], &text);
			assert_true(hook_is_ours(&hook_kinds[i], dray_buf_text(&text)));
			assert_true(hook_calls_us(&hook_kinds[i], dray_buf_text(&text)));
			assert_non_null(strstr(dray_buf_text(&text), hook_kinds[i].name));
		}
}

static void test_alone(void **state)
{
	DRAY_AUTO(buf) text = DRAY_BUF_INIT;

	(void)state;
	hook_write(push(), &(struct hook_before){.chain = HOOK_ALONE}, &text);
	assert_string_equal(dray_buf_text(&text),
		"#!/bin/sh\n"
		"# Written by 'dray install'; 'dray install --uninstall' takes it away.\n"
		"command -v dray >/dev/null 2>&1 || exit 0\n"
		"exec dray git-hook pre-push \"$@\"\n");
}

static void test_others_are_not_ours(void **state)
{
	static const char *const texts[] = {"", "#!/bin/sh\n", "#!/bin/sh\nexec dray push\n",
		"#!/bin/sh\nset -e\n# Written by 'dray install'; mine\n",
		/* of another hook */
		"#!/bin/sh\ncommand -v dray >/dev/null 2>&1 || exit 0\nexec dray status\n"};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(texts); i++)
		assert_false(hook_is_ours(push(), texts[i]));
	assert_true(hook_is_ours(
		push(), "#!/bin/sh\ncommand -v dray >/dev/null 2>&1 || exit 0\nexec dray push\n"));
}

static void test_chain(void **state)
{
	static const struct {
		const char *text;
		bool with_dvc;
		enum hook_chain chain;
		const char *shell;
	} cases[] = {
		{"#!/bin/sh\necho\n", true, HOOK_READ_IN, "sh"},
		{"#! /usr/bin/env bash \n", false, HOOK_READ_IN, "bash"},
		{"#!/bin/sh -e\n", false, HOOK_READ_IN, "sh -e"},
		{"#!/bin/sh -x; rm\n", false, HOOK_CALLED, NULL},
		{"#!/usr/bin/env python3\n", false, HOOK_CALLED, NULL},
		{"#!/bin/shell\n", false, HOOK_CALLED, NULL},
		{"\177ELF", false, HOOK_CALLED, NULL},
		{"", false, HOOK_CALLED, NULL},
		{"#!/usr/bin/sh\nexec dvc git-hook pre-push $@\n", true, HOOK_STAND_IN, NULL},
		{"#!/usr/bin/sh\nexec dvc git-hook pre-push $@\n", false, HOOK_READ_IN, "sh"},
		{"#!/usr/bin/sh\nexec dvc git-hook pre-push $@\nx\n", true, HOOK_READ_IN, "sh"},
		{"#!/usr/bin/sh\nexec dvc git-hook pre-commit $@\n", true, HOOK_READ_IN, "sh"},
	};

	(void)state;
	for (size_t i = 0; i < DRAY_COUNT(cases); i++) {
		struct hook_before before = hook_chain_to(push(), cases[i].text, cases[i].with_dvc);

		assert_int_equal(before.chain, cases[i].chain);
		if (cases[i].shell != NULL)
			assert_string_equal(before.shell, cases[i].shell);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_written_is_ours),
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_others_are_not_ours),
		cmocka_unit_test(test_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
