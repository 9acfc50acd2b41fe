/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ancillary data does not need its message in newer kernels, as the function's type
 * tells; time stamps are asked for with all of the cookie since 6.13, and transmit
 * times have a clock since 6.11.
 */
#ifndef WEFT_COMPAT_SOCKCM_H
#define WEFT_COMPAT_SOCKCM_H

#include <net/sock.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define WEFT_COMPAT_CMSG_MSG \
	__builtin_types_compatible_p(typeof(__sock_cmsg_send), \
				     int(struct sock *, struct msghdr *, \
					 struct cmsghdr *, \
					 struct sockcm_cookie *))

static inline int weft_compat_sock_cmsg_send(struct sock *sk,
					     struct cmsghdr *cmsg,
					     struct sockcm_cookie *sockc)
{
	void *send = __sock_cmsg_send;

	if (WEFT_COMPAT_CMSG_MSG)
		return ((int (*)(struct sock *sk, struct msghdr *msg,
				 struct cmsghdr *cmsg,
				 struct sockcm_cookie *sockc))send)
			(sk, NULL, cmsg, sockc);
	return ((int (*)(struct sock *sk, struct cmsghdr *cmsg,
			 struct sockcm_cookie *sockc))send)(sk, cmsg, sockc);
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
