/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trains: datagrams of one flow that travel through the stack as one. Pure: no skb,
 * no socket; it builds in user space for unit tests.
 */
#ifndef WEFT_TRAIN_H
#define WEFT_TRAIN_H

#include <linux/types.h>
#include <linux/weft.h>

/* Datagrams in a train, as with UDP. */
#define WEFT_TRAIN_MAX		128

/**
 * struct weft_dgram_hdrs - the headers of a datagram, 32 bytes
 * @net: network header
 * @dgram: datagram header
 *
 * Those of a train are the first datagram's, with lengths that cover all payloads.
 */
struct weft_dgram_hdrs {
	struct weft_hdr		net;
	struct weft_dgram_hdr	dgram;
};

#define WEFT_DGRAM_HDRS_LEN		((unsigned int)sizeof(struct weft_dgram_hdrs))

/**
 * enum weft_train_fit - may a datagram follow those of a train?
 * @WEFT_TRAIN_CLOSED: no, the train is to go on without it
 * @WEFT_TRAIN_JOINS: yes
 * @WEFT_TRAIN_LAST: yes, and no other may follow
 */
enum weft_train_fit {
	WEFT_TRAIN_CLOSED,
	WEFT_TRAIN_JOINS,
	WEFT_TRAIN_LAST,
};

unsigned int weft_train_count(unsigned int bytes, unsigned int size);
bool weft_train_same_flow(const struct weft_dgram_hdrs *a, const struct weft_dgram_hdrs *b);
enum weft_train_fit weft_train_fit(const struct weft_dgram_hdrs *first,
				   unsigned int size, unsigned int bytes,
				   const struct weft_dgram_hdrs *next, unsigned int len);
void weft_train_lengths(struct weft_dgram_hdrs *hdrs, unsigned int bytes);
void weft_train_segment(struct weft_dgram_hdrs *hdrs, unsigned int n, unsigned int len);

#endif /* WEFT_TRAIN_H */
