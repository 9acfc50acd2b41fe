// SPDX-License-Identifier: GPL-2.0
/* Names of numbers, see names.h. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "names.h"

struct name {
	struct name *next;
	uint32_t value;
	char text[NAMES_LEN];
};

/* What is known without the files. */
struct builtin {
	uint32_t value;
	const char *text;
};

static const struct builtin tables[] = {
	{ RT_TABLE_DEFAULT, "default" },
	{ RT_TABLE_MAIN, "main" },
	{ RT_TABLE_LOCAL, "local" },
	{ 0, NULL }
};

static const struct builtin protos[] = {
	{ RTPROT_UNSPEC, "unspec" },
	{ RTPROT_REDIRECT, "redirect" },
	{ RTPROT_KERNEL, "kernel" },
	{ RTPROT_BOOT, "boot" },
	{ RTPROT_STATIC, "static" },
	{ RTPROT_RA, "ra" },
	{ RTPROT_DHCP, "dhcp" },
	{ 0, NULL }
};

static const struct builtin addrprotos[] = {
	{ IFAPROT_KERNEL_LO, "kernel_lo" },
	{ IFAPROT_KERNEL_RA, "kernel_ra" },
	{ IFAPROT_KERNEL_LL, "kernel_ll" },
	{ WEFT_IFAPROT_MAPPED, "mapped" },
	{ 0, NULL }
};

static const struct builtin scopes[] = {
	{ RT_SCOPE_UNIVERSE, "global" },
	{ RT_SCOPE_SITE, "site" },
	{ RT_SCOPE_LINK, "link" },
	{ RT_SCOPE_HOST, "host" },
	{ RT_SCOPE_NOWHERE, "nowhere" },
	{ 0, NULL }
};

static struct {
	const char *file;
	const char *what;	/* for messages */
	uint32_t max;
	const struct builtin *builtin;
	bool read;
	struct name *first;
} kinds[NAMES_KINDS] = {
	[NAMES_TABLE] = { "rt_tables", "table", UINT32_MAX, tables, false, NULL },
	[NAMES_PROTO] = { "rt_protos", "protocol", 255, protos, false, NULL },
	[NAMES_ADDRPROTO] = { "rt_addrprotos", "protocol", 255, addrprotos,
			      false, NULL },
	[NAMES_SCOPE] = { "rt_scopes", "scope", 255, scopes, false, NULL },
};

/* --- the files ------------------------------------------------------------------ */

static void add(enum names_kind kind, uint32_t value, const char *text)
{
	struct name *n = calloc(1, sizeof(*n));

	if (!n)
		return;
	n->value = value;
	snprintf(n->text, sizeof(n->text), "%s", text);
	n->next = kinds[kind].first;
	kinds[kind].first = n;
}

/* Lines `NUMBER NAME`, the number decimal or with 0x; '#' begins a comment. */
void names_load(enum names_kind kind, FILE *file)
{
	char line[256], number[16], text[NAMES_LEN];
	unsigned long value;
	char *end;

	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "#\n")] = '\0';
		if (sscanf(line, " %15s %31s", number, text) != 2)
			continue;
		value = strtoul(number, &end, 0);
		if (*end || end == number || value > kinds[kind].max)
			continue;
		add(kind, (uint32_t)value, text);
	}
}

static void load_at(enum names_kind kind, int dir, const char *path)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	FILE *file;

	if (fd < 0)
		return;
	file = fdopen(fd, "r");
	if (!file) {
		close(fd);
		return;
	}
	names_load(kind, file);
	fclose(file);
}

/* Packages put files of their own into the directory beside the file. */
static void load_dir(enum names_kind kind, const char *path)
{
	struct dirent *entry;
	DIR *dir = opendir(path);
	size_t len;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		len = strlen(entry->d_name);
		if (len > 5 && entry->d_name[0] != '.' &&
		    !strcmp(entry->d_name + len - 5, ".conf"))
			load_at(kind, dirfd(dir), entry->d_name);
	}
	closedir(dir);
}

/* What is read later is found first: the administrator has the last word. */
static void load_kind(enum names_kind kind)
{
	static const char *const roots[] = {
		"/usr/share/iproute2", "/etc/iproute2",
	};
	char path[64];
	unsigned int i;

	if (kinds[kind].read)
		return;
	kinds[kind].read = true;
	for (i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", roots[i],
			 kinds[kind].file);
		load_at(kind, AT_FDCWD, path);
		snprintf(path, sizeof(path), "%s/%s.d", roots[i],
			 kinds[kind].file);
		load_dir(kind, path);
	}
}

/* --- looking up -------------------------------------------------------------------- */

const char *names_text(enum names_kind kind, uint32_t value,
		       char buf[NAMES_LEN])
{
	const struct builtin *b;
	const struct name *n;

	load_kind(kind);
	for (n = kinds[kind].first; n; n = n->next)
		if (n->value == value)
			return n->text;
	for (b = kinds[kind].builtin; b->text; b++)
		if (b->value == value)
			return b->text;
	snprintf(buf, NAMES_LEN, "%u", value);
	return buf;
}

int names_value(enum names_kind kind, const char *name, uint32_t *value)
{
	const struct builtin *b;
	const struct name *n;
	unsigned long number;

	if (!cli_number(name, 0, kinds[kind].max, &number)) {
		*value = (uint32_t)number;
		return 0;
	}
	load_kind(kind);
	for (n = kinds[kind].first; n; n = n->next) {
		if (!strcmp(n->text, name)) {
			*value = n->value;
			return 0;
		}
	}
	for (b = kinds[kind].builtin; b->text; b++) {
		if (!strcmp(b->text, name)) {
			*value = b->value;
			return 0;
		}
	}
	return -1;
}

int args_name(struct args *a, enum names_kind kind, uint32_t *value)
{
	const char *word;
	int code = args_word(a, &word);

	if (code != CLI_OK)
		return code;
	if (!names_value(kind, word, value))
		return CLI_OK;
	cli_error("no %s '%s'", kinds[kind].what, word);
	return CLI_USAGE;
}

/* --- kinds of routes ------------------------------------------------------------------ */

static const char *const route_types[] = {
	[RTN_UNSPEC] = "none",
	[RTN_UNICAST] = "unicast",
	[RTN_LOCAL] = "local",
	[RTN_BROADCAST] = "broadcast",
	[RTN_ANYCAST] = "anycast",
	[RTN_MULTICAST] = "multicast",
	[RTN_BLACKHOLE] = "blackhole",
	[RTN_UNREACHABLE] = "unreachable",
	[RTN_PROHIBIT] = "prohibit",
	[RTN_THROW] = "throw",
};

#define ROUTE_TYPES	(sizeof(route_types) / sizeof(route_types[0]))

const char *names_route_type(unsigned int type, char buf[NAMES_LEN])
{
	if (type < ROUTE_TYPES)
		return route_types[type];
	snprintf(buf, NAMES_LEN, "%u", type);
	return buf;
}

/* RTN_* of a name, or -1. */
int names_route_type_value(const char *name)
{
	unsigned int i;

	for (i = RTN_UNICAST; i < ROUTE_TYPES; i++)
		if (!strcmp(route_types[i], name))
			return (int)i;
	return -1;
}
