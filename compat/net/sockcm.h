/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ancillary data became independent of its message in 6.13; time stamps are asked
 * for with all of the cookie since 6.13, and transmit times have a clock since 6.11.
 */
#ifndef WEFT_COMPAT_SOCKCM_H
#define WEFT_COMPAT_SOCKCM_H

#include <net/sock.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline int weft_compat_sock_cmsg_send(struct sock *sk,
					     struct cmsghdr *cmsg,
					     struct sockcm_cookie *sockc)
{
	return __sock_cmsg_send(sk, NULL, cmsg, sockc);
}

static inline void
weft_compat_setup_tx_timestamp(struct sk_buff *skb,
			       const struct sockcm_cookie *sockc)
{
	skb_setup_tx_timestamp(skb, sockc->tsflags);
}

#define __sock_cmsg_send weft_compat_sock_cmsg_send
#define skb_setup_tx_timestamp weft_compat_setup_tx_timestamp
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
static inline void skb_set_delivery_type_by_clockid(struct sk_buff *skb,
						    ktime_t kt,
						    clockid_t clockid)
{
	skb->tstamp = kt;
}
#endif

#ifdef MSG_SENDPAGE_NOTLAST
#define WEFT_MSG_MORE	(MSG_MORE | MSG_SENDPAGE_NOTLAST)
#else
#define WEFT_MSG_MORE	MSG_MORE
#endif

#endif /* WEFT_COMPAT_SOCKCM_H */
