// SPDX-License-Identifier: GPL-2.0
/*
 * Messages that are sent from the program's own pages: MSG_ZEROCOPY. The program must
 * leave the bytes alone until the error queue tells that the kernel needs them no
 * more; each message with the flag that was sent has a number there, the first 0.
 *
 * What must be copied is copied, and told with SO_EE_CODE_ZEROCOPY_COPIED: messages in
 * parts, in more pages than a packet has room for, in fragments, and those for devices
 * that cannot gather or sum. The core copies and tells where somebody on this node
 * receives the packet.
 */
#include "compat_zerocopy.h"
#include "socket.h"
#include "zerocopy.h"

/**
 * weft_zerocopy_begin() - is a message to be sent from the program's pages?
 * @ws: socket
 * @msg: message
 * @len: its length, bytes
 * @last: who is told of the bytes before it, or NULL; of a stream, which has the socket
 *	lock, this message is told of together with them
 * @uarg: who is told when the pages are needed no more, with a reference; NULL if the
 *	message is to be copied
 *
 * Without WEFT_ZEROCOPY the flag has no effect. Context: process.
 *
 * Return: 0, or -ENOBUFS if too many messages or pages are on their way.
 */
int weft_zerocopy_begin(struct weft_sock *ws, const struct msghdr *msg, size_t len,
			struct ubuf_info *last, struct ubuf_info **uarg)
{
	struct sock *sk = &ws->sk;

	*uarg = NULL;
	if (!(msg->msg_flags & MSG_ZEROCOPY) || !len)
		return 0;
	/* That of io_uring, which counts its own messages. */
	if (msg->msg_ubuf) {
		net_zcopy_get(msg->msg_ubuf);
		*uarg = msg->msg_ubuf;
		return 0;
	}
	if (!sock_flag(sk, SOCK_ZEROCOPY))
		return 0;
	if (last && !weft_zerocopy_is_socket(last))
		last = NULL;
	*uarg = msg_zerocopy_realloc(sk, len, last, false);
	return *uarg ? 0 : -ENOBUFS;
}

/**
 * weft_zerocopy_copied() - tell the program that its bytes were copied
 * @uarg: who is told; NULL or one of io_uring is left as it is
 */
void weft_zerocopy_copied(struct ubuf_info *uarg)
{
	if (uarg && weft_zerocopy_is_socket(uarg))
		uarg_to_msgzc(uarg)->zerocopy = 0;
}

/**
 * weft_zerocopy_fits() - does a packet have room for the pages?
 * @msg: message
 * @len: how many of its bytes, from where it stands
 *
 * Return: true if it does.
 */
bool weft_zerocopy_fits(const struct msghdr *msg, size_t len)
{
	struct iov_iter part = msg->msg_iter;

	iov_iter_truncate(&part, len);
	return iov_iter_npages(&part, MAX_SKB_FRAGS + 1) <= MAX_SKB_FRAGS;
}

/**
 * weft_zerocopy_fill() - put the pages of a message behind what is in a packet
 * @skb: packet, its owner is the socket
 * @msg: message
 * @len: how many of its bytes, from where it stands
 * @uarg: of weft_zerocopy_begin(); the packet gets a reference
 *
 * Context: process. Return: 0, -EFAULT or -EMSGSIZE.
 */
int weft_zerocopy_fill(struct sk_buff *skb, struct msghdr *msg, size_t len,
		       struct ubuf_info *uarg)
{
	int err = skb_zerocopy_iter_dgram(skb, msg, len);

	if (!err)
		skb_zcopy_set(skb, uarg, NULL);
	return err;
}

/**
 * weft_zerocopy_way() - the way of a packet is known
 * @skb: packet
 * @flow: its way
 * @len: of the packet with its network header, bytes
 */
void weft_zerocopy_way(struct sk_buff *skb, const struct weft_flow *flow,
		       unsigned int len)
{
	const netdev_features_t needed = NETIF_F_SG | NETIF_F_HW_CSUM;

	if ((len > flow->mtu && !skb_is_gso(skb)) ||
	    (flow->dev->features & needed) != needed)
		weft_zerocopy_copied(skb_zcopy(skb));
}
