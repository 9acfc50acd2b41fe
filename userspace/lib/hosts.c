// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The hosts file: lines of ADDRESS[%DEVICE] NAME..., '#' starts a comment. A
 * malformed line is passed over; it is told only when the name is not found,
 * so that one bad line does not cut off all other names.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "internal.h"

#define NAME_MAX_LEN	253

static bool name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool weft__name_valid(struct weft_span name)
{
	size_t i;

	if (!name.len || name.len > NAME_MAX_LEN || name.s[0] == '-' ||
	    name.s[0] == '.')
		return false;
	for (i = 0; i < name.len; i++)
		if (!name_char(name.s[i]))
			return false;
	return true;
}

/* Takes the next word off a line; its length is 0 at the line's end. */
static struct weft_span next_word(struct weft_span *line)
{
	struct weft_span word;

	while (line->len && (*line->s == ' ' || *line->s == '\t')) {
		line->s++;
		line->len--;
	}
	word.s = line->s;
	word.len = 0;
	while (line->len && *line->s != ' ' && *line->s != '\t') {
		line->s++;
		line->len--;
		word.len++;
	}
	return word;
}

static int entry_parse(struct weft_span word, struct weft_hosts_entry *entry)
{
	const char *percent = memchr(word.s, '%', word.len);
	struct weft_span addr = word;

	entry->dev.s = NULL;
	entry->dev.len = 0;
	if (percent) {
		addr.len = (size_t)(percent - word.s);
		entry->dev.s = percent + 1;
		entry->dev.len = word.len - addr.len - 1;
		if (!entry->dev.len)
			return -1;
	}
	return weft__addr_parse(addr, &entry->addr);
}

/* Takes a line's address and first name; false when it has not both. */
static bool line_name(struct weft_span line, struct weft_hosts_entry *entry,
		      struct weft_span *name)
{
	const char *comment = memchr(line.s, '#', line.len);
	struct weft_span word;

	if (comment)
		line.len = (size_t)(comment - line.s);
	word = next_word(&line);
	if (!word.len || entry_parse(word, entry))
		return false;
	*name = next_word(&line);
	return weft__name_valid(*name);
}

/* Returns 1 when the line has the name, 0 when not, -1 when it is malformed. */
static int line_match(struct weft_span line, struct weft_span name,
		      struct weft_hosts_entry *entry)
{
	const char *comment = memchr(line.s, '#', line.len);
	struct weft_span word;
	int names = 0, found = 0;

	if (comment)
		line.len = (size_t)(comment - line.s);
	word = next_word(&line);
	if (!word.len)
		return 0;
	if (entry_parse(word, entry))
		return -1;
	for (word = next_word(&line); word.len; word = next_word(&line)) {
		if (!weft__name_valid(word))
			return -1;
		names++;
		if (word.len == name.len &&
		    !strncasecmp(word.s, name.s, name.len))
			found = 1;
	}
	return names ? found : -1;
}

/*
 * Calls @fn for each line that has @name. Returns 0 at the end of the file,
 * WEFT_EAI_HOSTS when it has malformed lines, or what @fn returned if not 0.
 */
int weft__hosts_scan(FILE *f, struct weft_span name, weft_hosts_fn fn,
		     void *arg)
{
	int err = 0, bad = 0, match;
	struct weft_hosts_entry entry;
	struct weft_span line;
	char *buf = NULL;
	size_t size = 0;
	ssize_t n;

	while (!err && (n = getline(&buf, &size, f)) >= 0) {
		line.s = buf;
		line.len = (size_t)n;
		if (line.len && buf[line.len - 1] == '\n')
			line.len--;
		match = line_match(line, name, &entry);
		if (match < 0)
			bad = WEFT_EAI_HOSTS;
		else if (match)
			err = fn(&entry, arg);
	}
	if (!err && ferror(f))
		err = WEFT_EAI_SYSTEM;
	free(buf);
	return err ? err : bad;
}

/*
 * Calls @fn for each line, but for malformed ones, until it returns true. Returns 0
 * then, WEFT_EAI_NONAME at the end of the file.
 */
int weft__hosts_names(FILE *f, weft_hosts_name_fn fn, void *arg)
{
	struct weft_hosts_entry entry;
	struct weft_span line, name;
	int err = WEFT_EAI_NONAME;
	char *buf = NULL;
	size_t size = 0;
	ssize_t n;

	while (err && (n = getline(&buf, &size, f)) >= 0) {
		line.s = buf;
		line.len = (size_t)n;
		if (line.len && buf[line.len - 1] == '\n')
			line.len--;
		if (line_name(line, &entry, &name) && fn(&entry, name, arg))
			err = 0;
	}
	free(buf);
	return err;
}
