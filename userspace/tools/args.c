// SPDX-License-Identifier: GPL-2.0
/* The words of a command, see args.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"

/* --- keywords ------------------------------------------------------------------ */

/* The entry of a word: the one of that name, else the first that it begins. */
static const struct keyword *find(const struct keyword *table, const char *word)
{
	const struct keyword *k, *first = NULL;

	for (k = table; k->name; k++) {
		if (!strcmp(word, k->name))
			return k;
		if (!first && cli_matches(word, k->name))
			first = k;
	}
	return first ? first : k;
}

/* Two names of one keyword have one function. */
static uint64_t bits_of(const struct keyword *table, const struct keyword *k)
{
	uint64_t bits = 0;
	unsigned int i;

	for (i = 0; table[i].name; i++)
		if (table[i].take == k->take)
			bits |= UINT64_C(1) << i;
	return bits;
}

/* Reads all words by @table, of at most 64 entries. */
int args_read(struct args *a, const struct keyword *table, void *into)
{
	const struct keyword *k;
	uint64_t seen = 0, bits;
	int code;

	while (*a->word) {
		if (!strcmp(*a->word, "help"))
			return CLI_HELP;
		k = find(table, *a->word);
		bits = k->again ? 0 : bits_of(table, k);
		if (!k->take) {
			cli_error("'%s' is not understood", *a->word);
			return CLI_USAGE;
		}
		if (seen & bits) {
			cli_error("'%s' stands there twice", k->name);
			return CLI_USAGE;
		}
		seen |= bits;
		a->key = k->name;
		if (k->name)
			a->word++;
		code = k->take(a, into);
		if (code != CLI_OK)
			return code;
	}
	return CLI_OK;
}

/* Takes the next word if it is @keyword, in full. */
bool args_skip(struct args *a, const char *keyword)
{
	if (!*a->word || strcmp(*a->word, keyword))
		return false;
	a->word++;
	a->key = keyword;
	return true;
}

/* --- values ---------------------------------------------------------------------- */

int args_word(struct args *a, const char **word)
{
	if (!*a->word) {
		cli_error("'%s' needs a value", a->key);
		return CLI_USAGE;
	}
	*word = *a->word++;
	return CLI_OK;
}

/* Tells that @word is not what the keyword wants. */
int args_bad(const struct args *a, const char *word, const char *wanted)
{
	if (a->key)
		cli_error("%s '%s' is not %s", a->key, word, wanted);
	else
		cli_error("'%s' is not %s", word, wanted);
	return CLI_USAGE;
}

int args_u32(struct args *a, uint32_t min, uint32_t max, uint32_t *value)
{
	char wanted[64];
	unsigned long n;
	const char *word;
	int code = args_word(a, &word);

	if (code != CLI_OK)
		return code;
	if (cli_number(word, min, max, &n)) {
		snprintf(wanted, sizeof(wanted), "a number from %u to %u", min,
			 max);
		return args_bad(a, word, wanted);
	}
	*value = (uint32_t)n;
	return CLI_OK;
}

/* Reads a number of 32 bits, decimal or with 0x, from all of @word. */
int args_hex(struct args *a, const char *word, uint32_t *value)
{
	int base = !strncmp(word, "0x", 2) ? 16 : 10;
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(word, &end, base);
	if (*word < '0' || *word > '9' || *end || errno || n > UINT32_MAX ||
	    (base == 16 && end == word + 2))
		return args_bad(a, word, "a number of 32 bits");
	*value = (uint32_t)n;
	return CLI_OK;
}

/* Reads seconds, also with 's' or 'sec' behind them; UINT32_MAX is for ever. */
int args_lifetime(struct args *a, uint32_t *seconds)
{
	const char *word;
	unsigned long n;
	char *end;
	int code = args_word(a, &word);

	if (code != CLI_OK)
		return code;
	if (!strcmp(word, "forever") || !strcmp(word, "infinity")) {
		*seconds = UINT32_MAX;
		return CLI_OK;
	}
	errno = 0;
	n = strtoul(word, &end, 10);
	if (*word < '0' || *word > '9' || errno || n >= UINT32_MAX ||
	    (*end && strcmp(end, "s") && strcmp(end, "sec")))
		return args_bad(a, word, "a number of seconds or 'forever'");
	*seconds = (uint32_t)n;
	return CLI_OK;
}

int args_switch(struct args *a, bool *on)
{
	const char *word;
	int code = args_word(a, &word);

	if (code != CLI_OK)
		return code;
	*on = !strcmp(word, "on");
	if (*on || !strcmp(word, "off"))
		return CLI_OK;
	return args_bad(a, word, "'on' or 'off'");
}

/* --- devices ------------------------------------------------------------------------ */

int args_device_word(const char *word, int *index)
{
	*index = (int)if_nametoindex(word);
	if (*index)
		return CLI_OK;
	cli_error("no device '%s'", word);
	return CLI_ERROR;
}

int args_device(struct args *a, int *index)
{
	const char *word;
	int code = args_word(a, &word);

	return code == CLI_OK ? args_device_word(word, index) : code;
}

/* The name of a device, or its number when it is gone. */
const char *device_name(int index, char name[IF_NAMESIZE])
{
	if (!if_indextoname((unsigned int)index, name))
		snprintf(name, IF_NAMESIZE, "if%d", index);
	return name;
}

/* --- addresses ------------------------------------------------------------------------ */

int args_addr(struct args *a, struct weft_addr *addr)
{
	const char *word;
	int err, code = args_word(a, &word);

	if (code != CLI_OK)
		return code;
	err = weft_addr_parse(word, addr);
	return err ? args_bad(a, word, "a Weft address") : CLI_OK;
}

/*
 * Reads ADDRESS or ADDRESS%DEVICE. The device must be the one in *index unless
 * that is 0; it is left there.
 */
int args_addr_scoped(struct args *a, struct weft_addr *addr, int *index)
{
	char text[WEFT_ADDRSTRLEN];
	const char *word;
	int scope, code = args_word(a, &word);
	size_t len;

	if (code != CLI_OK)
		return code;
	len = strcspn(word, "%");
	snprintf(text, sizeof(text), "%.*s", (int)len, word);
	if (len >= sizeof(text) || weft_addr_parse(text, addr))
		return args_bad(a, word, "a Weft address");
	if (!word[len])
		return CLI_OK;
	code = args_device_word(word + len + 1, &scope);
	if (code != CLI_OK)
		return code;
	if (*index && *index != scope) {
		cli_error("'%s' and 'dev' are two devices", word);
		return CLI_USAGE;
	}
	*index = scope;
	return CLI_OK;
}

/* Reads ADDRESS, ADDRESS/LENGTH, or 'default', which has other names too. */
int args_prefix(struct args *a, struct prefix *p)
{
	static const struct prefix all = { .set = true };
	const char *word;
	int err, code = args_word(a, &word);

	if (code != CLI_OK)
		return code;
	if (!strcmp(word, "default") || !strcmp(word, "any") ||
	    !strcmp(word, "all")) {
		*p = all;
		return CLI_OK;
	}
	err = weft_prefix_parse(word, &p->addr, &p->len);
	if (err) {
		cli_error("%s: %s", word, weft_eai_strerror(err));
		return CLI_USAGE;
	}
	p->set = true;
	return CLI_OK;
}

/* True when @addr begins with the prefix; every address does with none. */
bool prefix_has(const struct prefix *p, const struct weft_addr *addr)
{
	struct weft_addr a = *addr, b = p->addr;

	if (!p->set)
		return true;
	weft_addr_mask(&a, p->len);
	weft_addr_mask(&b, p->len);
	return weft_addr_equal(&a, &b);
}
