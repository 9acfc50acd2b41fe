// SPDX-License-Identifier: GPL-2.0
/* userspace/tools/batch.c */
#include "batch.h"
#include "tools.h"

/* Splits a line and joins its words with '|'. */
static void splits(const char *line, const char *should)
{
	static char *word[BATCH_WORDS];
	char text[256], joined[256] = "";
	int i, n;

	snprintf(text, sizeof(text), "%s", line);
	n = batch_split(text, word);
	for (i = 0; i < n; i++) {
		strcat(joined, word[i]);
		strcat(joined, "|");
	}
	CHECK(n < 0 || !word[n]);
	CHECK_STR(n < 0 ? "refused" : joined, should);
}

static void words_of_a_line(void)
{
	splits("", "");
	splits(" \t\n", "");
	splits("a b\tc\n", "a|b|c|");
	splits("  a  ", "a|");
	splits("# a b", "");
	splits("a # b", "a|");
	splits("a#b", "a#b|");
	splits("'a b' \"c'd\" e''f", "a b|c'd|ef|");
	splits("''", "|");
	splits("'a", "refused");
	splits("a\"", "refused");
}

static void words_without_end(void)
{
	static char line[4 * BATCH_WORDS], *word[BATCH_WORDS];
	int i;

	for (i = 0; i < BATCH_WORDS - 1; i++)
		strcat(line, "a ");
	CHECK(batch_split(line, word) == BATCH_WORDS - 1);
	memset(line, 0, sizeof(line));
	for (i = 0; i < BATCH_WORDS; i++)
		strcat(line, "a ");
	CHECK(batch_split(line, word) == -1);
}

static char seen[256];

static int run(int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		strcat(seen, argv[i]);
		strcat(seen, "|");
	}
	strcat(seen, ";");
	return !strcmp(argv[0], "bad") ? CLI_ERROR : CLI_OK;
}

static int run_text(const char *text)
{
	FILE *f = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	int code;

	seen[0] = '\0';
	code = batch_run(f, "test", run);
	fclose(f);
	return code;
}

static void lines_of_a_file(void)
{
	CHECK(run_text("a b\n\n# c\nd") == CLI_OK);
	CHECK_STR(seen, "a|b|;d|;");
	CHECK(run_text("a \\\nb \\\nc\nd\n") == CLI_OK);
	CHECK_STR(seen, "a|b|c|;d|;");
	CHECK(run_text("a \\\n") == CLI_OK);
	CHECK_STR(seen, "a|\\|;");
}

static void the_first_failure_is_the_last(void)
{
	CHECK(run_text("a\nbad\nb\n") == CLI_ERROR);
	CHECK_STR(seen, "a|;bad|;");
	CHECK(run_text("a\n'\nb\n") == CLI_USAGE);
	CHECK_STR(seen, "a|;");
	cli.force = true;
	CHECK(run_text("a\nbad\nb\n") == CLI_ERROR);
	CHECK_STR(seen, "a|;bad|;b|;");
	cli.force = false;
}

int main(void)
{
	be_quiet();
	TAP_RUN(words_of_a_line);
	TAP_RUN(words_without_end);
	TAP_RUN(lines_of_a_file);
	TAP_RUN(the_first_failure_is_the_last);
	return tap_done();
}
