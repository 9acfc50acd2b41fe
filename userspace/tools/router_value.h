/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The values in a configuration file of weft router. Every function takes one word,
 * and tells and returns false when it is not what it should be.
 */
#ifndef WEFT_ROUTER_VALUE_H
#define WEFT_ROUTER_VALUE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "router_lex.h"
#include "weft.h"

/* More are not told: the first ones have caused them. */
#define ROUTER_ERRORS_MAX	20

/**
 * struct router_parser - a file that is being read
 * @lex: its tokens
 * @name: of the file
 * @err: where errors are told
 * @errors: how many there were
 */
struct router_parser {
	struct router_lexer lex;
	const char *name;
	FILE *err;
	unsigned int errors;
};

void router_error(struct router_parser *p, struct router_pos pos, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
bool router_unexpected(struct router_parser *p, const char *wanted);

bool router_take_number(struct router_parser *p, uint32_t min, uint32_t max,
			uint32_t *value);
bool router_take_seconds(struct router_parser *p, uint32_t min, uint32_t max,
			 uint32_t *value);
bool router_take_lifetime(struct router_parser *p, uint32_t *value);
bool router_take_ms(struct router_parser *p, uint32_t min, uint32_t max,
		    uint32_t *value);
bool router_take_range(struct router_parser *p, uint32_t *low, uint32_t *high,
		       bool *both);
bool router_take_switch(struct router_parser *p, bool *on);
bool router_take_preference(struct router_parser *p, uint8_t *pref);
bool router_take_prefix(struct router_parser *p, struct weft_addr *addr,
			unsigned int *len);

#endif /* WEFT_ROUTER_VALUE_H */
