// SPDX-License-Identifier: GPL-2.0
/*
 * XDP programs of scripts/bench-driver. What is sent goes to an address that nobody has, so
 * that no other device of the hub takes it.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>

static __always_inline int to_nobody(struct xdp_md *ctx, int verdict)
{
	static const unsigned char nobody[ETH_ALEN] = { 0x02, 0, 0, 0, 0, 0x99 };
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;

	if ((void *)(eth + 1) > end)
		return XDP_ABORTED;
	__builtin_memcpy(eth->h_dest, nobody, ETH_ALEN);
	return verdict;
}

SEC("xdp")
int xdp_drop(struct xdp_md *ctx)
{
	return XDP_DROP;
}

SEC("xdp")
int xdp_tx(struct xdp_md *ctx)
{
	return to_nobody(ctx, XDP_TX);
}

/* Out of the next interface. */
SEC("xdp")
int xdp_redirect(struct xdp_md *ctx)
{
	return to_nobody(ctx, bpf_redirect(ctx->ingress_ifindex + 1, 0));
}

char _license[] SEC("license") = "GPL";
