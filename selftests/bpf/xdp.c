// SPDX-License-Identifier: GPL-2.0
/*
 * XDP programs for the tests of weftnic. What is meant for them bears EtherType
 * 88b6 (IEEE local experimental 2) and begins with a zero; the rest is left to the
 * stack. What was sent back begins with a one, so that it is not taken once more:
 * the filter of a device by hash may let pass what is for another.
 */

#include <stdbool.h>

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define TEST_ETHERTYPE	0x88b6
#define META_MARK	0x57656674

/* The frame's header if it is meant for us, else NULL. */
static __always_inline struct ethhdr *test_frame(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;

	if ((void *)(eth + 1) + 1 > end ||
	    eth->h_proto != bpf_htons(TEST_ETHERTYPE) ||
	    *(unsigned char *)(eth + 1))
		return NULL;
	return eth;
}

/* Back to its sender. */
static __always_inline void turn_round(struct ethhdr *eth)
{
	unsigned char addr[ETH_ALEN];

	__builtin_memcpy(addr, eth->h_dest, ETH_ALEN);
	__builtin_memcpy(eth->h_dest, eth->h_source, ETH_ALEN);
	__builtin_memcpy(eth->h_source, addr, ETH_ALEN);
}

static __always_inline void send_back(struct ethhdr *eth)
{
	turn_round(eth);
	*(unsigned char *)(eth + 1) = 1;
}

SEC("xdp")
int xdp_pass(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("xdp")
int xdp_drop(struct xdp_md *ctx)
{
	return test_frame(ctx) ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int xdp_aborted(struct xdp_md *ctx)
{
	return test_frame(ctx) ? XDP_ABORTED : XDP_PASS;
}

SEC("xdp")
int xdp_unknown(struct xdp_md *ctx)
{
	return test_frame(ctx) ? 77 : XDP_PASS;
}

SEC("xdp")
int xdp_tx(struct xdp_md *ctx)
{
	struct ethhdr *eth = test_frame(ctx);

	if (!eth)
		return XDP_PASS;
	send_back(eth);
	return XDP_TX;
}

/* Only the header goes back: less than Ethernet's least. */
SEC("xdp")
int xdp_tx_short(struct xdp_md *ctx)
{
	struct ethhdr *eth = test_frame(ctx);
	long len = ctx->data_end - ctx->data;

	if (!eth)
		return XDP_PASS;
	turn_round(eth);
	return bpf_xdp_adjust_tail(ctx, ETH_HLEN - len) ? XDP_ABORTED : XDP_TX;
}

/* With a second header in front, @room bytes before the first. */
static __always_inline int send_back_longer(struct xdp_md *ctx, int room)
{
	struct ethhdr *old, *eth = test_frame(ctx);

	if (!eth)
		return XDP_PASS;
	if (bpf_xdp_adjust_head(ctx, -room))
		return XDP_ABORTED;
	eth = (void *)(long)ctx->data;
	old = (void *)(long)ctx->data + room;
	if ((void *)(old + 1) > (void *)(long)ctx->data_end)
		return XDP_ABORTED;
	*eth = *old;
	turn_round(eth);
	return XDP_TX;
}

SEC("xdp")
int xdp_tx_longer(struct xdp_md *ctx)
{
	return send_back_longer(ctx, 192);
}

/*
 * As far as a program may count on: of 256 bytes 40 are the kernel's. What is left is
 * less than a header that goes before frames to a device may need.
 */
SEC("xdp")
int xdp_tx_longest(struct xdp_md *ctx)
{
	return send_back_longer(ctx, 208);
}

/* Out of the interface but one after this, back to the sender. */
SEC("xdp")
int xdp_redirect(struct xdp_md *ctx)
{
	struct ethhdr *eth = test_frame(ctx);

	if (!eth)
		return XDP_PASS;
	send_back(eth);
	return bpf_redirect(ctx->ingress_ifindex + 2, 0);
}

/* To where there is nothing. */
SEC("xdp")
int xdp_redirect_nowhere(struct xdp_md *ctx)
{
	return test_frame(ctx) ? bpf_redirect(9999, 0) : XDP_PASS;
}

SEC("xdp")
int xdp_meta(struct xdp_md *ctx)
{
	__u32 *meta;

	if (!test_frame(ctx) || bpf_xdp_adjust_meta(ctx, -(int)sizeof(*meta)))
		return XDP_PASS;
	meta = (void *)(long)ctx->data_meta;
	if ((void *)(meta + 1) > (void *)(long)ctx->data)
		return XDP_ABORTED;
	*meta = META_MARK;
	return XDP_PASS;
}

SEC("xdp.frags")
int xdp_pass_frags(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("xdp.frags")
int xdp_tx_frags(struct xdp_md *ctx)
{
	struct ethhdr *eth = test_frame(ctx);

	if (!eth)
		return XDP_PASS;
	send_back(eth);
	return XDP_TX;
}

/* Lets a frame of the test through only if XDP's note is with it. */
SEC("tc")
int tc_meta(struct __sk_buff *skb)
{
	__u32 *meta = (void *)(long)skb->data_meta;

	if (skb->protocol != bpf_htons(TEST_ETHERTYPE))
		return TC_ACT_OK;
	if ((void *)(meta + 1) > (void *)(long)skb->data ||
	    *meta != META_MARK)
		return TC_ACT_SHOT;
	return TC_ACT_OK;
}

char _license[] SEC("license") = "GPL";
