// SPDX-License-Identifier: GPL-2.0
/*
 * Ancillary data of the level SOL_WEFT, in both directions. The errors are those
 * of RFC 3542's objects in IPv6.
 */
#include "addr.h"
#include "ancillary.h"
#include "ifaddr.h"
#include "header.h"
#include "route.h"

static int weft_ancillary_int(const struct cmsghdr *cmsg, int min, int max,
			      int *to)
{
	int val;

	if (cmsg->cmsg_len != CMSG_LEN(sizeof(val)))
		return -EINVAL;
	memcpy(&val, CMSG_DATA(cmsg), sizeof(val));
	if (val < min || val > max)
		return -EINVAL;
	*to = val;
	return 0;
}

/* An int but for its length, as that of UDP_SEGMENT. */
static int weft_ancillary_segment(const struct weft_sock *ws,
				  const struct cmsghdr *cmsg,
				  struct weft_message *m)
{
	u16 val;

	if (ws->sk.sk_type != SOCK_DGRAM ||
	    ws->sk.sk_protocol != WEFT_PROTO_DGRAM ||
	    cmsg->cmsg_len != CMSG_LEN(sizeof(val)))
		return -EINVAL;
	memcpy(&val, CMSG_DATA(cmsg), sizeof(val));
	m->segment = val;
	return 0;
}

/* The source must be an address of this node, on the device if it is link-local. */
static int weft_ancillary_source(struct net *net, const struct weft_addr *addr,
				 struct weft_flow *flow)
{
	const struct net_device *dev = NULL;

	if (flow->oif) {
		dev = dev_get_by_index_rcu(net, flow->oif);
		if (!dev)
			return -ENODEV;
	}
	if (weft_addr_any(addr))
		return 0;
	if (weft_addr_linklocal(addr) && !dev)
		return -EINVAL;
	if (!weft_route_to_self(net, addr, weft_addr_linklocal(addr) ? dev : NULL))
		return -EINVAL;
	flow->src = *addr;
	return 0;
}

static int weft_ancillary_pktinfo(struct net *net, const struct cmsghdr *cmsg,
				  struct weft_flow *flow)
{
	struct weft_pktinfo info;
	int err;

	if (cmsg->cmsg_len != CMSG_LEN(sizeof(info)))
		return -EINVAL;
	memcpy(&info, CMSG_DATA(cmsg), sizeof(info));
	if (info.ifindex > INT_MAX)
		return -ENODEV;
	if (info.ifindex) {
		if (flow->oif && flow->oif != info.ifindex)
			return -EINVAL;
		flow->oif = info.ifindex;
	}
	rcu_read_lock();
	err = weft_ancillary_source(net, &info.addr, flow);
	rcu_read_unlock();
	return err;
}

static int weft_ancillary_one(struct weft_sock *ws, struct cmsghdr *cmsg,
			      struct weft_message *m)
{
	int err;

	switch (cmsg->cmsg_type) {
	case WEFT_HOP_LIMIT:
		err = weft_ancillary_int(cmsg, -1, 255, &m->hop_limit);
		return err ?: m->hop_limit ? 0 : -EINVAL;
	case WEFT_CLASS:
		return weft_ancillary_int(cmsg, -1, WEFT_CLASS_MASK, &m->class);
	case WEFT_PKTINFO:
		return weft_ancillary_pktinfo(sock_net(&ws->sk), cmsg, &m->flow);
	case WEFT_SEGMENT:
		return weft_ancillary_segment(ws, cmsg, m);
	}
	return -EINVAL;
}

/**
 * weft_ancillary_send() - read what comes with a message to send
 * @ws: socket
 * @msg: message
 * @m: its destination is there; what the data says is filled in
 *
 * Context: process.
 * Return: 0, -EINVAL, -ENODEV, or -EPERM for a mark without CAP_NET_RAW or
 * CAP_NET_ADMIN.
 */
int weft_ancillary_send(struct weft_sock *ws, struct msghdr *msg,
			struct weft_message *m)
{
	struct cmsghdr *cmsg;
	int err;

	for_each_cmsghdr(cmsg, msg) {
		if (!CMSG_OK(msg, cmsg))
			return -EINVAL;
		if (cmsg->cmsg_level == SOL_SOCKET)
			err = __sock_cmsg_send(&ws->sk, cmsg, &m->sockc);
		else if (cmsg->cmsg_level == SOL_WEFT)
			err = weft_ancillary_one(ws, cmsg, m);
		else
			err = 0;
		if (err)
			return err;
	}
	return 0;
}

/**
 * weft_ancillary_segment_size() - a message is several datagrams
 * @msg: message to the program, which has asked for it by WEFT_COALESCE
 * @size: bytes of each but the last
 *
 * Context: process.
 */
void weft_ancillary_segment_size(struct msghdr *msg, int size)
{
	put_cmsg(msg, SOL_WEFT, WEFT_SEGMENT, sizeof(size), &size);
}

/**
 * weft_ancillary_recv() - pass on what came with a packet
 * @ws: socket; its options say what it wants
 * @msg: message to the program
 * @hdr: network header of the packet
 * @iif: interface index that the packet came by
 *
 * Context: process.
 */
void weft_ancillary_recv(struct weft_sock *ws, struct msghdr *msg,
			 const struct weft_hdr *hdr, int iif)
{
	if (READ_ONCE(ws->opts.recv_pktinfo)) {
		struct weft_pktinfo info = {
			.addr = hdr->dst,
			.ifindex = iif,
		};

		put_cmsg(msg, SOL_WEFT, WEFT_PKTINFO, sizeof(info), &info);
	}
	if (READ_ONCE(ws->opts.recv_hop_limit)) {
		int hop_limit = hdr->hop_limit;

		put_cmsg(msg, SOL_WEFT, WEFT_HOP_LIMIT, sizeof(hop_limit),
			 &hop_limit);
	}
	if (READ_ONCE(ws->opts.recv_class)) {
		int class = weft_hdr_class(hdr);

		put_cmsg(msg, SOL_WEFT, WEFT_CLASS, sizeof(class), &class);
	}
}
