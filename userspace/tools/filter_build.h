/* SPDX-License-Identifier: GPL-2.0 */
/* Commands as messages for the kernel: a transaction, and where each of them comes from. */
#ifndef WEFT_FILTER_BUILD_H
#define WEFT_FILTER_BUILD_H

#include "filter_ast.h"
#include "netlink.h"

/**
 * struct filter_origin - where a message comes from
 * @at: where it begins in the list of messages
 * @pos: of the command in its text
 * @elems: the elements that it has, or NULL
 */
struct filter_origin {
	size_t at;
	struct filter_pos pos;
	const struct filter_elem *elems;
};

/**
 * struct filter_batch - messages that belong together
 * @m: the messages, with NLM_F_ACK; whoever sends them numbers them
 * @origin: where they come from, one for each
 * @n: how many
 * @room: for how many there is room
 * @family: number of the generic netlink family
 * @seed: what the names of sets without one begin with
 * @anonymous: how many of these there are
 * @scratch: the message that is being built
 */
struct filter_batch {
	struct nl_messages m;
	struct filter_origin *origin;
	size_t n;
	size_t room;
	uint16_t family;
	uint64_t seed;
	unsigned int anonymous;
	struct nlmsghdr *scratch;
};

void filter_batch_init(struct filter_batch *b, uint16_t family, uint64_t seed);
void filter_batch_free(struct filter_batch *b);
/* BEGIN; with @gen only if the ruleset is of that generation. */
void filter_batch_begin(struct filter_batch *b, const uint32_t *gen);
void filter_batch_end(struct filter_batch *b, bool check);
/* Any command but FILTER_LIST and FILTER_GET. */
void filter_batch_command(struct filter_batch *b, const struct filter_command *c);
/* The question of FILTER_GET. */
void filter_batch_get(struct filter_batch *b, const struct filter_command *c);

/* A message of its own in @buf, of MNL_SOCKET_BUFFER_SIZE bytes at least. */
struct nlmsghdr *filter_message(void *buf, uint16_t family, uint8_t cmd, unsigned int flags);

/* filter_build_expr.c */
#define FILTER_MESSAGE_SIZE	65536

void filter_put(struct nlmsghdr *nlh, uint16_t type, size_t len, const void *data);
void filter_put_u32(struct nlmsghdr *nlh, uint16_t type, uint32_t value);
void filter_put_u64(struct nlmsghdr *nlh, uint16_t type, uint64_t value);
void filter_put_string(struct nlmsghdr *nlh, uint16_t type, const char *s);
void filter_put_key(struct nlmsghdr *nlh, uint16_t type, const struct filter_key *key);
void filter_put_exprs(struct nlmsghdr *nlh, uint16_t type, const struct filter_expr *e);

#endif /* WEFT_FILTER_BUILD_H */
