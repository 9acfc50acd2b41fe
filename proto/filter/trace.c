// SPDX-License-Identifier: GPL-2.0
/* The way of single packets through the rules, told to who listens. */
#include <linux/jhash.h>
#include "../header.h"
#include "../input.h"
#include "netlink.h"
#include "pernet.h"
#include "trace.h"

/* Bytes of a packet that are told. */
#define WEFT_TRACE_BYTES	96

/* The same on all hooks, and most likely another one for another packet. */
static u32 weft_trace_id(const struct weft_packet *packet)
{
	return jhash_2words(hash32_ptr(packet->skb), be16_to_cpu(weft_hdr(packet->skb)->id),
			    weft_fw_net(packet->state->net)->trace_seed);
}

static int weft_trace_put_packet(struct sk_buff *msg, const struct weft_packet *packet)
{
	unsigned int len = min_t(unsigned int, packet->skb->len, WEFT_TRACE_BYTES);
	const struct nf_hook_state *state = packet->state;
	struct nlattr *bytes;

	if ((state->in && nla_put_u32(msg, WEFT_FILTER_TR_IIF, state->in->ifindex)) ||
	    (state->out && nla_put_u32(msg, WEFT_FILTER_TR_OIF, state->out->ifindex)) ||
	    nla_put_u32(msg, WEFT_FILTER_TR_MARK, packet->skb->mark) ||
	    nla_put_u32(msg, WEFT_FILTER_TR_LEN, packet->skb->len))
		return -EMSGSIZE;
	bytes = nla_reserve(msg, WEFT_FILTER_TR_PACKET, len);
	if (!bytes || skb_copy_bits(packet->skb, 0, nla_data(bytes), len))
		return -EMSGSIZE;
	return 0;
}

static int weft_trace_put(struct sk_buff *msg, const struct weft_packet *packet, u32 kind,
			  const struct weft_fw_chain *chain, u64 handle, u32 verdict,
			  const struct weft_fw_chain *to)
{
	struct nlattr *trace = nla_nest_start(msg, WEFT_FILTER_A_TRACE);

	if (!trace ||
	    nla_put_u32(msg, WEFT_FILTER_TR_ID, weft_trace_id(packet)) ||
	    nla_put_u32(msg, WEFT_FILTER_TR_KIND, kind) ||
	    nla_put_u32(msg, WEFT_FILTER_TR_HOOK, packet->state->hook) ||
	    nla_put_string(msg, WEFT_FILTER_TR_TABLE, packet->table) ||
	    nla_put_string(msg, WEFT_FILTER_TR_CHAIN, chain->name) ||
	    (handle && weft_put_u64(msg, WEFT_FILTER_TR_HANDLE, handle)) ||
	    (kind != WEFT_FILTER_TRACE_PACKET &&
	     nla_put_u32(msg, WEFT_FILTER_TR_VERDICT, verdict)) ||
	    (to && nla_put_string(msg, WEFT_FILTER_TR_VERDICT_CHAIN, to->name)) ||
	    (kind == WEFT_FILTER_TRACE_RULE &&
	     nla_put_u32(msg, WEFT_FILTER_TR_MARK, packet->skb->mark)) ||
	    (kind == WEFT_FILTER_TRACE_PACKET && weft_trace_put_packet(msg, packet)))
		return -EMSGSIZE;
	nla_nest_end(msg, trace);
	return 0;
}

/**
 * weft_trace_tell() - tell where a packet is
 * @packet: the packet
 * @kind: WEFT_FILTER_TRACE_*
 * @chain: in which chain
 * @handle: of the rule, or 0
 * @verdict: WEFT_FILTER_ACCEPT and so on
 * @to: the chain that the verdict leads to, or NULL
 *
 * Context: RCU read lock, softirqs disabled.
 */
void weft_trace_tell(const struct weft_packet *packet, u32 kind,
		     const struct weft_fw_chain *chain, u64 handle, u32 verdict,
		     const struct weft_fw_chain *to)
{
	struct net *net = packet->state->net;
	struct sk_buff *msg;
	void *hdr;

	if (!weft_fw_told() || !genl_has_listeners(&weft_fw_family, net, WEFT_FW_GROUP_TRACE))
		return;
	msg = genlmsg_new(SZ_1K, GFP_ATOMIC);
	if (!msg)
		return;
	hdr = genlmsg_put(msg, 0, 0, &weft_fw_family, 0, WEFT_FILTER_CMD_TRACE);
	if (!hdr || weft_trace_put(msg, packet, kind, chain, handle, verdict, to)) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_end(msg, hdr);
	genlmsg_multicast_netns(&weft_fw_family, net, msg, 0, WEFT_FW_GROUP_TRACE, GFP_ATOMIC);
}

/**
 * weft_trace_begin() - tell a packet's way from here on, on later hooks too
 * @packet: the packet
 * @chain: in which chain it is
 *
 * Context: RCU read lock, softirqs disabled.
 */
void weft_trace_begin(struct weft_packet *packet, const struct weft_fw_chain *chain)
{
	if (packet->traced)
		return;
#if IS_ENABLED(CONFIG_NETFILTER_XT_TARGET_TRACE) || IS_ENABLED(CONFIG_NF_TABLES)
	packet->skb->nf_trace = 1;
#endif
	packet->traced = true;
	weft_trace_tell(packet, WEFT_FILTER_TRACE_PACKET, chain, 0, WEFT_FILTER_CONTINUE, NULL);
}
