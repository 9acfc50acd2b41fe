/* SPDX-License-Identifier: GPL-2.0 */
/* A neighbour, as rtnetlink tells of it. */
#ifndef WEFT_TOOLS_NEIGH_H
#define WEFT_TOOLS_NEIGH_H

#include <linux/neighbour.h>

#include "args.h"
#include "netlink.h"
#include "out.h"

#define NEIGH_MAC_LEN	6

/**
 * struct neigh - an entry of a device's neighbours
 * @index: interface index
 * @addr: address
 * @state: NUD_*
 * @flags: NTF_*
 * @proto: RTPROT_*: who made it
 * @mac_len: bytes in @mac; 0 when it is not known
 * @mac: link-layer address
 * @has_times: @times is known
 * @times: when it was used, in ticks of the clock
 * @has_probes: @probes is known
 * @probes: questions that were not answered
 */
struct neigh {
	int index;
	struct weft_addr addr;
	uint16_t state;
	uint8_t flags;
	uint8_t proto;
	unsigned int mac_len;
	unsigned char mac[32];
	bool has_times;
	struct nda_cacheinfo times;
	bool has_probes;
	uint32_t probes;
};

int neigh_parse(const struct nlmsghdr *nlh, int family, struct neigh *n);
void neigh_print(struct out *o, const struct neigh *n);
int neigh_state_value(const char *name);

#endif /* WEFT_TOOLS_NEIGH_H */
