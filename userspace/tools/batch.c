// SPDX-License-Identifier: GPL-2.0
/* Commands that stand in a file: lines, words, quotes, comments. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "cli.h"

/*
 * Takes one word from @s, in place: parts in quotes lose those. Returns what
 * follows, or NULL when a quote is left open.
 */
static char *cut_word(char *s)
{
	char *to = s, quote = '\0';

	for (; *s; s++) {
		if (!quote && strchr(" \t\n", *s))
			break;
		if (quote && *s == quote)
			quote = '\0';
		else if (!quote && (*s == '"' || *s == '\''))
			quote = *s;
		else
			*to++ = *s;
	}
	if (quote)
		return NULL;
	if (*s)
		s++;
	*to = '\0';
	return s;
}

/*
 * Splits a line into words, in place, with a NULL behind them; '#' begins a
 * comment. @word has room for BATCH_WORDS. Returns their number, or -1 when
 * they are too many or a quote is left open.
 */
int batch_split(char *line, char **word)
{
	int n = 0;

	for (;;) {
		line += strspn(line, " \t\n");
		if (!*line || *line == '#')
			break;
		if (n == BATCH_WORDS - 1)
			return -1;
		word[n++] = line;
		line = cut_word(line);
		if (!line)
			return -1;
	}
	word[n] = NULL;
	return n;
}

/* Joins @line with those that follow it as long as it ends in a backslash. */
static ssize_t read_line(FILE *file, char **line, size_t *size,
			 unsigned int *number)
{
	ssize_t len = getline(line, size, file), more;
	char *next = NULL, *joined;
	size_t room = 0;

	(*number)++;
	while (len > 1 && !strcmp(*line + len - 2, "\\\n")) {
		more = getline(&next, &room, file);
		if (more < 0)
			break;
		(*number)++;
		joined = realloc(*line, (size_t)(len + more + 1));
		if (!joined) {
			len = -1;
			break;
		}
		*line = joined;
		*size = (size_t)(len + more + 1);
		memcpy(joined + len - 2, next, (size_t)more + 1);
		len += more - 2;
	}
	free(next);
	return len;
}

/*
 * Hands the words of each line to @run. The first one that fails is the last,
 * but with the option -force. Returns CLI_OK or the code of the last failure.
 */
int batch_run(FILE *file, const char *name, int (*run)(int argc, char **argv))
{
	static char *word[BATCH_WORDS];
	int n, code = CLI_OK, one;
	unsigned int number = 0;
	char *line = NULL;
	size_t size = 0;

	while (read_line(file, &line, &size, &number) >= 0) {
		n = batch_split(line, word);
		if (!n)
			continue;
		if (n < 0)
			cli_error("a quote is open, or words are too many");
		one = n < 0 ? CLI_USAGE : run(n, word);
		if (one == CLI_OK)
			continue;
		code = one;
		cli_error("%s:%u: the command failed", name, number);
		if (!cli.force)
			break;
	}
	free(line);
	if (ferror(file)) {
		cli_error("cannot read %s: %s", name, strerror(errno));
		code = CLI_ERROR;
	}
	return code;
}
