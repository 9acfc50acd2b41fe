/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A unit test: a program that runs functions and prints TAP. A function checks
 * with CHECK() and goes on after a failure, so that one run shows them all.
 *
 *	static void adds(void)
 *	{
 *		CHECK(1 + 1 == 2);
 *	}
 *
 *	int main(void)
 *	{
 *		TAP_RUN(adds);
 *		return tap_done();
 *	}
 */
#ifndef TAP_H
#define TAP_H

#include <stdio.h>
#include <string.h>

static int tap_tests, tap_failed_tests, tap_failed_checks;

#define CHECK(cond) \
	do { \
		if (!(cond)) { \
			printf("# %s:%d: %s\n", __FILE__, __LINE__, #cond); \
			tap_failed_checks++; \
		} \
	} while (0)

/* Compares strings and shows both when they differ. */
#define CHECK_STR(is, should) \
	tap_check_str(__FILE__, __LINE__, is, should)

static inline void tap_check_str(const char *file, int line, const char *is,
				 const char *should)
{
	if (is && !strcmp(is, should))
		return;
	printf("# %s:%d: \"%s\" should be \"%s\"\n", file, line,
	       is ? is : "(null)", should);
	tap_failed_checks++;
}

#define TAP_RUN(fn) tap_run(#fn, fn)

static inline void tap_run(const char *name, void (*fn)(void))
{
	tap_failed_checks = 0;
	fn();
	tap_tests++;
	if (tap_failed_checks)
		tap_failed_tests++;
	printf("%s %d - %s\n", tap_failed_checks ? "not ok" : "ok", tap_tests,
	       name);
	fflush(stdout);
}

static inline int tap_done(void)
{
	printf("1..%d\n", tap_tests);
	return tap_failed_tests ? 1 : 0;
}

#endif /* TAP_H */
