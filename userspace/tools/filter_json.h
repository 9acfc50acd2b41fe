/* SPDX-License-Identifier: GPL-2.0 */
/* A ruleset as JSON, in the shape of libnftables-json(5). */
#ifndef WEFT_FILTER_JSON_H
#define WEFT_FILTER_JSON_H

#include "filter_print.h"
#include "json.h"

void filter_json_begin(struct json *j);
void filter_json_end(struct json *j);
void filter_json_table(struct json *j, const struct filter_table *t);
void filter_json_chain(struct json *j, const struct filter_style *style, const char *table,
		       const struct filter_chain *c);
void filter_json_rule(struct json *j, const struct filter_style *style, const char *table,
		      const char *chain, const struct filter_rule *r);
void filter_json_set(struct json *j, const struct filter_style *style, const char *table,
		     const struct filter_set *s);
/* A table with all that is in it. */
void filter_json_all(struct json *j, const struct filter_style *style,
		     const struct filter_table *t);

/* filter_json_rule.c */
void filter_json_exprs(struct json *j, const struct filter_style *style,
		       const struct filter_rule *r);
void filter_json_elems(struct json *j, const struct filter_style *style, const char *name,
		       const struct filter_key *key, uint32_t data, const struct filter_set *s);

#endif /* WEFT_FILTER_JSON_H */
