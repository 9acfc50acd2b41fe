/* SPDX-License-Identifier: GPL-2.0 */
/* What tests of the commands share: words, and what is printed. */
#ifndef TOOLS_H
#define TOOLS_H

#include <stdlib.h>

#include "args.h"
#include "out.h"
#include "tap.h"

#define WORDS_MAX	64

/* The words of a line, to be read; good until the next call. */
static inline struct args words(const char *line)
{
	static char *word[WORDS_MAX], text[1024];
	struct args a = { .word = word };
	int n = 0;
	char *s;

	snprintf(text, sizeof(text), "%s", line);
	for (s = strtok(text, " "); s; s = strtok(NULL, " "))
		word[n++] = s;
	word[n] = NULL;
	return a;
}

static char *printed;
static size_t printed_len;

/* Begins an entry whose text is to be compared. */
static inline void print_begin(struct out *o)
{
	out_init(o, open_memstream(&printed, &printed_len));
	out_entry(o);
}

/* Ends it and compares; the end of line is left out. */
static inline void print_end(struct out *o, const char *file, int line,
			     const char *should)
{
	out_entry_end(o);
	fclose(o->file);
	if (printed_len)
		printed[printed_len - 1] = '\0';
	tap_check_str(file, line, printed, should);
	free(printed);
}

/* Sends what is told on standard error to nowhere. */
static inline void be_quiet(void)
{
	if (!freopen("/dev/null", "w", stderr))
		abort();
}

#endif /* TOOLS_H */
