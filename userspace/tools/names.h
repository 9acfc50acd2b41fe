/* SPDX-License-Identifier: GPL-2.0 */
/* Names of numbers: tables, protocols and scopes, as ip(8) has them in files. */
#ifndef WEFT_NAMES_H
#define WEFT_NAMES_H

#include <stdio.h>

#include "args.h"

enum names_kind {
	NAMES_TABLE,		/* rt_tables */
	NAMES_PROTO,		/* rt_protos: of routes, rules and neighbours */
	NAMES_ADDRPROTO,	/* rt_addrprotos: of addresses */
	NAMES_SCOPE,		/* rt_scopes */
	NAMES_KINDS,
};

/* Room for a name or a number in text. */
#define NAMES_LEN	32

const char *names_text(enum names_kind kind, uint32_t value,
		       char buf[NAMES_LEN]);
int names_value(enum names_kind kind, const char *name, uint32_t *value);
int args_name(struct args *a, enum names_kind kind, uint32_t *value);

/* For tests: reads a file of names in addition to those known. */
void names_load(enum names_kind kind, FILE *file);

/* Kinds of routes, RTN_*; the files do not name them. */
const char *names_route_type(unsigned int type, char buf[NAMES_LEN]);
int names_route_type_value(const char *name);

#endif /* WEFT_NAMES_H */
