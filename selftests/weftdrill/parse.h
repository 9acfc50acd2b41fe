/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of the parser. */
#ifndef PARSE_H
#define PARSE_H

#include <stdbool.h>
#include "lex.h"
#include "script.h"

/**
 * struct parse - what is known in the middle of a script
 * @script: what has been read
 * @dir: where included files are
 * @lex: the line
 * @line: its number
 * @n_socks: how many names of sockets there are
 * @sock: the names
 * @each: bytes of each segment that the line stands for, 0 if it is one
 */
struct parse {
	struct drill_script *script;
	const char *dir;
	struct lex lex;
	int line;
	int n_socks;
	char sock[32][DRILL_NAME];
	uint32_t each;
};

bool parse_conn(struct parse *p, char *conn);
bool parse_packet(struct parse *p, struct drill_packet *packet);
bool parse_opts(struct parse *p, const char *text, struct drill_packet *packet);
bool parse_parts(struct parse *p, const char *text, struct drill_packet *packet);
bool parse_control(struct parse *p, struct drill_error *error);
bool parse_call(struct parse *p, struct drill_call *call);
bool parse_result(struct parse *p, const struct drill_call *call,
		  struct drill_result *result);
bool parse_sock(struct parse *p, char *name);

#endif /* PARSE_H */
