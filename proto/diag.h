/* SPDX-License-Identifier: GPL-2.0 */
/* Sockets told of by NETLINK_SOCK_DIAG. */
#ifndef WEFT_DIAG_H
#define WEFT_DIAG_H

#include <linux/types.h>
#include <linux/weft_diag.h>

struct net;
struct sk_buff;
struct sock;
struct user_namespace;

/**
 * struct weft_diag_ask - a request
 * @req: what it asks for, checked
 * @user_ns: whose user numbers the requester knows
 * @admin: the requester may see marks
 * @portid: the requester
 * @seq: of the request
 * @flags: of the answers
 */
struct weft_diag_ask {
	const struct weft_diag_req	*req;
	struct user_namespace		*user_ns;
	bool				admin;
	u32				portid;
	u32				seq;
	u16				flags;
};

/* diag.c */
void weft_diag_describe(struct sock *sk, const struct weft_diag_ask *ask,
			struct weft_diag_msg *msg);
bool weft_diag_chosen(const struct weft_diag_msg *msg, const struct weft_diag_req *req);
int weft_diag_same(const struct weft_diag_id *id, const struct weft_diag_req *req);
int weft_diag_put(struct sk_buff *skb, const struct weft_diag_msg *msg, struct sock *sk,
		  const struct weft_info *info, const struct weft_diag_ask *ask);

int weft_diag_init(void);
void weft_diag_exit(void);

/* diag_stream.c */

/**
 * struct weft_diag_end - a connection or a listening socket
 * @msg: what is told of it
 * @sk: its socket, with a reference; NULL for a request and for TIME-WAIT
 */
struct weft_diag_end {
	struct weft_diag_msg	msg;
	struct sock		*sk;
};

bool weft_diag_stream_asked(const struct weft_diag_req *req);
int weft_diag_stream_dump(struct sk_buff *skb, const struct weft_diag_ask *ask,
			  bool listening, long *slot, long *place);
int weft_diag_stream_find(struct net *net, const struct weft_diag_ask *ask,
			  struct weft_diag_end *end);
int weft_diag_stream_put(struct sk_buff *skb, const struct weft_diag_end *end,
			 const struct weft_diag_ask *ask);

#endif /* WEFT_DIAG_H */
