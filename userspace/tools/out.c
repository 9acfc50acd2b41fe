// SPDX-License-Identifier: GPL-2.0
/* A printer of entries, see out.h. */
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>

#include "args.h"
#include "cli.h"
#include "out.h"

static const char *const colours[] = {
	[OUT_DEVICE] = "\033[36m",
	[OUT_MAC] = "\033[33m",
	[OUT_ADDR] = "\033[34m",
	[OUT_UP] = "\033[32m",
	[OUT_DOWN] = "\033[31m",
};

void out_init(struct out *o, FILE *file)
{
	o->file = file;
	o->as_json = cli.json;
	o->oneline = cli.oneline;
	o->colour = cli.colour && !cli.json;
	o->spaced = false;
	json_init(&o->json, file, cli.pretty);
}

/* Lines of text, whatever the options are. */
void out_init_plain(struct out *o, FILE *file)
{
	out_init(o, file);
	o->as_json = false;
	o->colour = false;
	o->oneline = true;
}

/* What only JSON has goes there; NULL when text is printed. */
struct json *out_json(struct out *o)
{
	return o->as_json ? &o->json : NULL;
}

void out_list(struct out *o, const char *key)
{
	if (o->as_json)
		json_open(&o->json, key, '[');
}

void out_list_end(struct out *o)
{
	if (o->as_json)
		json_close(&o->json, ']');
}

void out_entry(struct out *o)
{
	o->spaced = false;
	if (o->as_json)
		json_open(&o->json, NULL, '{');
}

void out_entry_end(struct out *o)
{
	if (o->as_json)
		json_close(&o->json, '}');
	else
		fputc('\n', o->file);
	o->spaced = false;
}

/* Goes on in the next line of the entry. */
void out_break(struct out *o, const char *indent)
{
	if (!o->as_json)
		fprintf(o->file, "%c%s", o->oneline ? '\\' : '\n', indent);
	o->spaced = false;
}

static void lead(struct out *o)
{
	if (o->spaced)
		fputc(' ', o->file);
	o->spaced = true;
}

void out_text(struct out *o, const char *fmt, ...)
{
	va_list ap;

	if (o->as_json)
		return;
	lead(o);
	va_start(ap, fmt);
	vfprintf(o->file, fmt, ap);
	va_end(ap);
}

void out_string(struct out *o, enum out_colour colour, const char *key,
		const char *label, const char *value)
{
	bool coloured = o->colour && colour != OUT_PLAIN;

	if (o->as_json) {
		json_string(&o->json, key, value);
		return;
	}
	if (label)
		out_text(o, "%s", label);
	out_text(o, "%s%s%s", coloured ? colours[colour] : "", value,
		 coloured ? "\033[0m" : "");
}

void out_uint(struct out *o, const char *key, const char *label,
	      uint64_t value)
{
	if (o->as_json)
		json_uint(&o->json, key, value);
	else
		out_text(o, "%s %llu", label, (unsigned long long)value);
}

void out_flag(struct out *o, const char *key)
{
	if (o->as_json)
		json_bool(&o->json, key, true);
	else
		out_text(o, "%s", key);
}

void out_addr(struct out *o, const char *key, const char *label,
	      const struct weft_addr *addr)
{
	char text[WEFT_ADDRSTRLEN];

	out_string(o, OUT_ADDR, key, label,
		   weft_addr_format(addr, text, sizeof(text)));
}

void out_device(struct out *o, const char *key, const char *label, int index)
{
	char name[IF_NAMESIZE];

	out_string(o, OUT_DEVICE, key, label, device_name(index, name));
}
