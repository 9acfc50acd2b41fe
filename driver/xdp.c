// SPDX-License-Identifier: GPL-2.0
/* XDP: what becomes of a received frame, and the programs themselves. */

#include <linux/bpf_trace.h>

#include "compat_xdp.h"
#include "rx.h"
#include "xdp.h"

static void weftnic_xdp_begin(struct weftnic_rx_ring *ring,
			      const struct weftnic_rx_buf *buf, u16 len)
{
	struct xdp_buff *xdp = &ring->xdp;

	xdp_init_buff(xdp, ring->slot, &ring->rxq);
	xdp_prepare_buff(xdp, page_address(buf->page) + buf->offset,
			 ring->headroom, len, true);
	net_prefetch(xdp->data);
}

/* Append a buffer to the frame under way, or say why not. */
static bool weftnic_xdp_append(struct weftnic_rx_ring *ring,
			       const struct weftnic_rx_buf *buf, u16 len)
{
	struct xdp_buff *xdp = &ring->xdp;
	struct skb_shared_info *shared = xdp_get_shared_info_from_buff(xdp);
	skb_frag_t *frag;

	if (!xdp_buff_has_frags(xdp)) {
		shared->nr_frags = 0;
		shared->xdp_frags_size = 0;
		xdp_buff_set_frags_flag(xdp);
	}
	if (shared->nr_frags >= MAX_SKB_FRAGS ||
	    xdp_get_buff_len(xdp) + len > WEFTNIC_RX_MAX_FRAME)
		return false;
	frag = &shared->frags[shared->nr_frags++];
	skb_frag_fill_page_desc(frag, buf->page, buf->offset + ring->headroom,
				len);
	shared->xdp_frags_size += len;
	if (page_is_pfmemalloc(buf->page))
		xdp_buff_set_frag_pfmemalloc(xdp);
	return true;
}

/**
 * weftnic_xdp_collect() - take a descriptor of a ring with an XDP program
 * @ring: receive ring
 * @buf: its buffer, synced for the CPU; ownership passes to the callee
 * @meta: what the device says of it
 *
 * As weftnic_rx_chain(), for &weftnic_rx_ring.xdp: what cannot be is counted and
 * dropped up to the end of the frame. NAPI context.
 *
 * Return: the ring's frame is whole.
 */
bool weftnic_xdp_collect(struct weftnic_rx_ring *ring,
			 struct weftnic_rx_buf *buf,
			 const struct weftnic_rx_meta *meta)
{
	if (unlikely(ring->discard)) {
		ring->discard = !meta->eop;
		goto recycle;
	}
	if (unlikely(!meta->len || meta->len > ring->buf_len ||
		     (!ring->xdp.data && meta->len < ETH_HLEN))) {
		weftnic_rx_count(ring, length_errors);
		goto drop;
	}
	if (unlikely(meta->eop && meta->bad)) {
		weftnic_rx_count(ring, device_errors);
		goto drop;
	}
	if (likely(!ring->xdp.data)) {
		weftnic_xdp_begin(ring, buf, meta->len);
	} else if (!weftnic_xdp_append(ring, buf, meta->len)) {
		weftnic_rx_count(ring, chain_errors);
		goto drop;
	}
	return meta->eop;

drop:
	weftnic_rx_ring_drop(ring);
	ring->discard = !meta->eop;
recycle:
	page_pool_recycle_direct(ring->pool, buf->page);
	return false;
}

/* What the program wants, whether it may have it, and the frame's end if not. */
static u32 weftnic_xdp_act(struct weftnic_rx_ring *ring, struct bpf_prog *prog)
{
	struct net_device *dev = ring->vec->adapter->netdev;
	struct xdp_buff *xdp = &ring->xdp;
	u32 act = bpf_prog_run_xdp(prog, xdp);

	switch (act) {
	case XDP_PASS:
		weftnic_rx_count(ring, xdp_pass);
		return act;
	case XDP_TX:
		weftnic_rx_count(ring, xdp_tx);
		return act;
	case XDP_REDIRECT:
		if (xdp_do_redirect(dev, xdp, prog))
			break;
		ring->redirected = true;
		weftnic_rx_count(ring, xdp_redirect);
		return act;
	case XDP_DROP:
		weftnic_rx_count(ring, xdp_drop);
		xdp_return_buff(xdp);
		return act;
	default:
		bpf_warn_invalid_xdp_action(dev, prog, act);
		break;
	case XDP_ABORTED:
		break;
	}
	trace_xdp_exception(dev, prog, act);
	weftnic_rx_count(ring, xdp_errors);
	xdp_return_buff(xdp);
	return XDP_DROP;
}

/**
 * weftnic_xdp_run() - let the ring's program decide on the ring's frame
 * @ring: receive ring with a whole frame
 *
 * A frame of several buffers is not for a program that knows one only; it was
 * not attached with an MTU that allows them (weftnic_xdp_fits()), but the wire
 * may. NAPI context.
 *
 * Return: XDP_PASS or XDP_TX with the frame the caller's; else it is gone.
 */
u32 weftnic_xdp_run(struct weftnic_rx_ring *ring)
{
	struct bpf_prog *prog = READ_ONCE(ring->prog);

	if (unlikely(xdp_buff_has_frags(&ring->xdp))) {
		weftnic_rx_count(ring, chains);
		if (!prog->aux->xdp_has_frags) {
			weftnic_rx_count(ring, chain_errors);
			xdp_return_buff(&ring->xdp);
			return XDP_DROP;
		}
	}
	return weftnic_xdp_act(ring, prog);
}

/**
 * weftnic_xdp_unsent() - the end of a frame that could not be sent back
 * @ring: receive ring
 *
 * NAPI context. Return: XDP_DROP.
 */
u32 weftnic_xdp_unsent(struct weftnic_rx_ring *ring)
{
	weftnic_rx_count(ring, xdp_errors);
	xdp_return_buff(&ring->xdp);
	return XDP_DROP;
}

/**
 * weftnic_xdp_build() - make the ring's frame an skb, without a copy
 * @ring: receive ring, whose program left the frame to the stack
 *
 * NAPI context.
 *
 * Return: the skb, or NULL, counted, with the frame gone.
 */
struct sk_buff *weftnic_xdp_build(struct weftnic_rx_ring *ring)
{
	struct xdp_buff *xdp = &ring->xdp;
	struct skb_shared_info *shared = xdp_get_shared_info_from_buff(xdp);
	unsigned int meta = xdp->data - xdp->data_meta;
	unsigned int frags = 0, size = 0;
	struct sk_buff *skb;

	/* Building an skb clears what follows the fragments' number. */
	if (unlikely(xdp_buff_has_frags(xdp))) {
		frags = shared->nr_frags;
		size = shared->xdp_frags_size;
	}
	skb = napi_build_skb(xdp->data_hard_start, xdp->frame_sz);
	if (unlikely(!skb)) {
		xdp_return_buff(xdp);
		weftnic_rx_count(ring, no_skb);
		return NULL;
	}
	skb_mark_for_recycle(skb);
	skb_reserve(skb, xdp->data - xdp->data_hard_start);
	__skb_put(skb, xdp->data_end - xdp->data);
	if (meta)
		skb_metadata_set(skb, meta);
	if (unlikely(frags))
		xdp_update_skb_shared_info(skb, frags, size,
					   frags * ring->slot,
					   xdp_buff_is_frag_pfmemalloc(xdp));
	return skb;
}

/**
 * weftnic_xdp_pad() - make a frame as long as Ethernet wants, with zeros
 * @frame: frame of one buffer, which has a struct skb_shared_info's room behind
 *	its data
 */
void weftnic_xdp_pad(struct xdp_frame *frame)
{
	static_assert(sizeof(struct skb_shared_info) >= ETH_ZLEN);

	if (xdp_frame_has_frags(frame))
		return;
	memset(frame->data + frame->len, 0, ETH_ZLEN - frame->len);
	frame->len = ETH_ZLEN;
}

/**
 * weftnic_xdp_fits() - whether a program gets along with an MTU
 * @prog: XDP program, or NULL
 * @mtu: MTU, in bytes
 *
 * Return: it does: a frame fits one buffer, or the program knows of several.
 */
bool weftnic_xdp_fits(const struct bpf_prog *prog, int mtu)
{
	return !prog || prog->aux->xdp_has_frags ||
	       WEFTNIC_MAX_FRAME(mtu) <= WEFTNIC_RX_JUMBO_LEN;
}

/*
 * The first program and the end of the last change the receive buffers; one
 * that replaces another does not disturb the traffic.
 */
static int weftnic_xdp_setup(struct weftnic_adapter *ad, struct bpf_prog *prog,
			     struct netlink_ext_ack *extack)
{
	struct bpf_prog *old = ad->cfg.prog;
	struct weftnic_config cfg = ad->cfg;
	unsigned int i;
	int err;

	if (!weftnic_xdp_fits(prog, cfg.mtu)) {
		NL_SET_ERR_MSG_MOD(extack, "the MTU needs a program for frames of several buffers");
		return -EINVAL;
	}
	cfg.prog = prog;
	if (!prog != !old) {
		err = weftnic_reconfigure(ad, &cfg);
		if (err)
			return err;
		netdev_update_features(ad->netdev);
	} else {
		ad->cfg = cfg;
		for (i = 0; i < ad->n_vectors; i++)
			if (ad->vec[i].rx)
				WRITE_ONCE(ad->vec[i].rx->prog, prog);
	}
	if (old)
		bpf_prog_put(old);
	return 0;
}

/**
 * weftnic_bpf() - ndo_bpf
 * @dev: interface
 * @bpf: command
 *
 * rtnl held. Return: 0, -EINVAL, -ENOMEM, or -EOPNOTSUPP for other commands.
 */
int weftnic_bpf(struct net_device *dev, struct netdev_bpf *bpf)
{
	switch (bpf->command) {
	case XDP_SETUP_PROG:
		return weftnic_xdp_setup(netdev_priv(dev), bpf->prog,
					 bpf->extack);
	default:
		return -EOPNOTSUPP;
	}
}
