/* SPDX-License-Identifier: GPL-2.0 */
/* A step of a packet that is traced, as a line of text or JSON. */
#ifndef WEFT_FILTER_STEP_H
#define WEFT_FILTER_STEP_H

#include "filter_decode.h"
#include "filter_print.h"

/* @rule is the one that matched, NULL when it is not known. */
void filter_print_step(const struct filter_style *style, const struct filter_step *s,
		       const struct filter_rule *rule);
void filter_json_step(FILE *out, const struct filter_step *s);

#endif /* WEFT_FILTER_STEP_H */
