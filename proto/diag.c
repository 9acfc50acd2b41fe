// SPDX-License-Identifier: GPL-2.0
/*
 * NETLINK_SOCK_DIAG: lists of sockets, one socket, the end of one. As with UDP and TCP,
 * what has no port is in no list, and a stream that is neither connected nor listens is
 * in none either. diag_stream.c has what is special about streams.
 *
 * A list that takes several messages goes on at a table, a slot and a place there; no
 * lock is held in between. While nothing changes, each socket comes once.
 */
#include <linux/cgroup.h>
#include <linux/module.h>
#include <linux/sock_diag.h>
#include <net/netlink.h>
#include <linux/weft_diag.h>
#include "addr.h"
#include "compat_sock.h"
#include "datagram.h"
#include "diag.h"
#include "echo.h"
#include "extack.h"
#include "net.h"
#include "raw.h"
#include "socket.h"

static struct weft_port_table *const weft_diag_tables[] = {
	&weft_dgram_ports,
	&weft_echo_ports,
	&weft_raw_ports,
};

#define WEFT_DIAG_ATTRS	(BIT(WEFT_DIAG_MEMINFO) | BIT(WEFT_DIAG_SHUTDOWN) | \
			 BIT(WEFT_DIAG_MARK) | BIT(WEFT_DIAG_CGROUP) | \
			 BIT(WEFT_DIAG_OPTIONS) | BIT(WEFT_DIAG_INFO))

static int weft_diag_check(const struct nlmsghdr *nlh, struct netlink_ext_ack *extack)
{
	const struct weft_diag_req *req = nlmsg_data(nlh);

	if (nlmsg_len(nlh) < (int)sizeof(*req))
		return weft_refuse(extack, "the request is too short", -EINVAL);
	if (nlmsg_len(nlh) > (int)sizeof(*req))
		return weft_refuse(extack, "requests have no attributes", -EINVAL);
	if (req->type && req->type != SOCK_DGRAM && req->type != SOCK_RAW &&
	    req->type != SOCK_STREAM && req->type != SOCK_SEQPACKET)
		return weft_refuse(extack, "no sockets of this type", -EINVAL);
	if (req->attrs & ~WEFT_DIAG_ATTRS)
		return weft_refuse(extack, "unknown attributes are asked for", -EINVAL);
	if (req->src_len > 64 || req->dst_len > 64)
		return weft_refuse(extack, "a prefix is longer than 64 bits", -EINVAL);
	if (req->reserved)
		return weft_refuse(extack, "reserved bits are set", -EINVAL);
	return 0;
}

/* --- a socket ------------------------------------------------------------- */

/* Of what is in a table of ports; the rest of @id is 0. */
static void weft_diag_fill_id(struct sock *sk, struct weft_diag_id *id)
{
	const struct weft_sock *ws = weft_sk(sk);

	id->src = ws->laddr;
	id->ifindex = weft_sock_iif(ws);
	if (!ws->proto->raw)
		id->sport = READ_ONCE(ws->lport);
	if (READ_ONCE(sk->sk_state) == TCP_ESTABLISHED) {
		id->dst = ws->faddr;
		id->dport = READ_ONCE(ws->fport);
	}
}

/**
 * weft_diag_describe() - what all sockets have
 * @sk: socket
 * @ask: request
 * @msg: filled in, but for its ends, which are 0 then
 *
 * Context: any, without the socket lock.
 */
void weft_diag_describe(struct sock *sk, const struct weft_diag_ask *ask,
			struct weft_diag_msg *msg)
{
	*msg = (struct weft_diag_msg) {
		.family = weft_family,
		.protocol = sk->sk_protocol,
		.type = sk->sk_type,
		.state = READ_ONCE(sk->sk_state),
		.rqueue = sk_rmem_alloc_get(sk),
		.wqueue = sk_wmem_alloc_get(sk),
		.uid = from_kuid_munged(ask->user_ns, sk_uid(sk)),
		.inode = sock_i_ino(sk),
		.drops = atomic_read(&sk->sk_drops),
	};
	sock_diag_save_cookie(sk, msg->id.cookie);
}

static u32 weft_diag_flags(const struct sock *sk)
{
	const struct weft_sock *ws = weft_sk(sk);
	u32 flags = 0;

	if (sk->sk_reuse)
		flags |= WEFT_DIAG_F_REUSEADDR;
	if (sk->sk_reuseport)
		flags |= WEFT_DIAG_F_REUSEPORT;
	if (sock_flag(sk, SOCK_BROADCAST))
		flags |= WEFT_DIAG_F_BROADCAST;
	if (READ_ONCE(ws->opts.recv_err))
		flags |= WEFT_DIAG_F_RECVERR;
	if (READ_ONCE(ws->opts.freebind))
		flags |= WEFT_DIAG_F_FREEBIND;
	if (READ_ONCE(ws->opts.hdrincl))
		flags |= WEFT_DIAG_F_HDRINCL;
	if (READ_ONCE(ws->cork))
		flags |= WEFT_DIAG_F_CORKED;
	if (rcu_access_pointer(sk->sk_filter))
		flags |= WEFT_DIAG_F_FILTER;
	return flags;
}

static int weft_diag_put_options(struct sk_buff *skb, const struct sock *sk)
{
	const struct weft_options *opts = &weft_sk(sk)->opts;
	struct weft_diag_options data = {
		.flags = weft_diag_flags(sk),
		.hop_limit = READ_ONCE(opts->hop_limit),
		.class = READ_ONCE(opts->class),
		.mtu_discover = READ_ONCE(opts->mtu_discover),
		.segment = READ_ONCE(opts->segment),
	};

	return nla_put(skb, WEFT_DIAG_OPTIONS, sizeof(data), &data);
}

static int weft_diag_put_cgroup(struct sk_buff *skb, struct sock *sk)
{
#ifdef CONFIG_SOCK_CGROUP_DATA
	u64 id = cgroup_id(sock_cgroup_ptr(&sk->sk_cgrp_data));

	return nla_put_u64_64bit(skb, WEFT_DIAG_CGROUP, id, WEFT_DIAG_PAD);
#else
	return 0;
#endif
}

static int weft_diag_put_attrs(struct sk_buff *skb, struct sock *sk,
			       const struct weft_diag_ask *ask)
{
	u8 attrs = ask->req->attrs;
	int err = 0;

	if (attrs & BIT(WEFT_DIAG_MEMINFO))
		err = sock_diag_put_meminfo(sk, skb, WEFT_DIAG_MEMINFO);
	if (!err && attrs & BIT(WEFT_DIAG_SHUTDOWN))
		err = nla_put_u8(skb, WEFT_DIAG_SHUTDOWN,
				 READ_ONCE(sk->sk_shutdown));
	if (!err && attrs & BIT(WEFT_DIAG_MARK) && ask->admin)
		err = nla_put_u32(skb, WEFT_DIAG_MARK, READ_ONCE(sk->sk_mark));
	if (!err && attrs & BIT(WEFT_DIAG_CGROUP))
		err = weft_diag_put_cgroup(skb, sk);
	if (!err && attrs & BIT(WEFT_DIAG_OPTIONS))
		err = weft_diag_put_options(skb, sk);
	return err;
}

/**
 * weft_diag_put() - add a message to an answer
 * @skb: answer
 * @msg: message
 * @sk: the socket, for its attributes; NULL if there is none
 * @info: what is known of its connection, or NULL
 * @ask: request
 *
 * Context: any. Return: 0, or -EMSGSIZE if there is no room.
 */
int weft_diag_put(struct sk_buff *skb, const struct weft_diag_msg *msg, struct sock *sk,
		  const struct weft_info *info, const struct weft_diag_ask *ask)
{
	struct nlmsghdr *nlh;
	int err = 0;

	nlh = nlmsg_put(skb, ask->portid, ask->seq, SOCK_DIAG_BY_FAMILY,
			sizeof(*msg), ask->flags);
	if (!nlh)
		return -EMSGSIZE;
	memcpy(nlmsg_data(nlh), msg, sizeof(*msg));
	if (sk)
		err = weft_diag_put_attrs(skb, sk, ask);
	if (!err && info)
		err = nla_put_64bit(skb, WEFT_DIAG_INFO, sizeof(*info), info,
				    WEFT_DIAG_PAD);
	if (err) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

/* Of what is in a table of ports. */
static void weft_diag_msg(struct sock *sk, const struct weft_diag_ask *ask,
			  struct weft_diag_msg *msg)
{
	weft_diag_describe(sk, ask, msg);
	weft_diag_fill_id(sk, &msg->id);
}

/* --- which sockets -------------------------------------------------------- */

static bool weft_diag_is_kind(const struct sock *sk, const struct net *net,
			      const struct weft_diag_req *req)
{
	return net_eq(sock_net(sk), net) &&
	       (!req->type || req->type == sk->sk_type) &&
	       (!req->protocol || req->protocol == sk->sk_protocol);
}

static bool weft_diag_cookie_fits(const struct weft_diag_id *id,
				  const struct weft_diag_id *wanted)
{
	return (wanted->cookie[0] == ~0U && wanted->cookie[1] == ~0U) ||
	       !memcmp(wanted->cookie, id->cookie, sizeof(id->cookie));
}

/**
 * weft_diag_chosen() - for lists: is nothing missing that was asked for?
 * @msg: what is told of a socket
 * @req: what is asked for
 *
 * Return: true if nothing is.
 */
bool weft_diag_chosen(const struct weft_diag_msg *msg, const struct weft_diag_req *req)
{
	const struct weft_diag_id *id = &msg->id, *wanted = &req->id;

	return req->states & 1U << msg->state &&
	       (!wanted->sport || wanted->sport == id->sport) &&
	       (!wanted->dport || wanted->dport == id->dport) &&
	       (!wanted->ifindex || wanted->ifindex == id->ifindex) &&
	       weft_addr_in_prefix(&id->src, &wanted->src, req->src_len) &&
	       weft_addr_in_prefix(&id->dst, &wanted->dst, req->dst_len) &&
	       weft_diag_cookie_fits(id, wanted);
}

/**
 * weft_diag_same() - for one: is all as the request says?
 * @id: what a socket has
 * @req: request
 *
 * Return: 0, -ENOENT if it is not, or -ESTALE if only the cookie is another one.
 */
int weft_diag_same(const struct weft_diag_id *id, const struct weft_diag_req *req)
{
	if (memcmp(id, &req->id, offsetof(struct weft_diag_id, cookie)))
		return -ENOENT;
	return weft_diag_cookie_fits(id, &req->id) ? 0 : -ESTALE;
}

static struct weft_port_slot *weft_diag_slot(int table, int slot)
{
	return &weft_diag_tables[table]->slot[slot];
}

/* --- lists ---------------------------------------------------------------- */

/* The sockets of a slot from *@place on; -EMSGSIZE if they do not all fit. */
static int weft_diag_dump_slot(struct sk_buff *skb, struct weft_port_slot *slot,
			       const struct weft_diag_ask *ask, long *place)
{
	const struct net *net = sock_net(skb->sk);
	struct weft_diag_msg msg;
	struct sock *sk;
	long i = 0;
	int err = 0;

	if (hlist_empty(&slot->socks))
		return 0;
	spin_lock_bh(&slot->lock);
	sk_for_each(sk, &slot->socks) {
		if (i++ < *place)
			continue;
		if (weft_diag_is_kind(sk, net, ask->req)) {
			weft_diag_msg(sk, ask, &msg);
			if (weft_diag_chosen(&msg, ask->req))
				err = weft_diag_put(skb, &msg, sk, NULL, ask);
		}
		if (err)
			break;
		*place = i;
	}
	spin_unlock_bh(&slot->lock);
	return err;
}

/* Tables of ports, then connections, then what listens. */
enum {
	WEFT_DIAG_CONNS		= ARRAY_SIZE(weft_diag_tables),
	WEFT_DIAG_LISTENERS,
	WEFT_DIAG_TABLES,
};

/* A table, from a slot and a place there on; -EMSGSIZE if not all of it fits. */
static int weft_diag_dump_table(struct sk_buff *skb, const struct weft_diag_ask *ask,
				long table, long *slot, long *place)
{
	int err;

	if (table >= WEFT_DIAG_CONNS) {
		if (!weft_diag_stream_asked(ask->req))
			return 0;
		return weft_diag_stream_dump(skb, ask, table == WEFT_DIAG_LISTENERS, slot,
					     place);
	}
	for (; *slot < WEFT_PORT_SLOTS; ++*slot) {
		err = weft_diag_dump_slot(skb, weft_diag_slot(table, *slot), ask, place);
		if (err)
			return err;
		*place = 0;
	}
	return 0;
}

/* cb->args: table, slot and place to go on at. */
static int weft_diag_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct weft_diag_ask ask = {
		.req = nlmsg_data(cb->nlh),
		.user_ns = sk_user_ns(NETLINK_CB(cb->skb).sk),
		.admin = netlink_net_capable(cb->skb, CAP_NET_ADMIN),
		.portid = NETLINK_CB(cb->skb).portid,
		.seq = cb->nlh->nlmsg_seq,
		.flags = NLM_F_MULTI,
	};
	int err = weft_diag_check(cb->nlh, cb->extack);

	if (err)
		return err;
	for (; cb->args[0] < WEFT_DIAG_TABLES; cb->args[0]++) {
		err = weft_diag_dump_table(skb, &ask, cb->args[0], &cb->args[1],
					   &cb->args[2]);
		if (err)
			return skb->len ?: err;
		cb->args[1] = 0;
		cb->args[2] = 0;
	}
	return skb->len;
}

/* --- one socket ----------------------------------------------------------- */

/* Sockets of a group differ by their cookies alone. */
static struct sock *weft_diag_find_in(struct weft_port_slot *slot, struct net *net,
				      const struct weft_diag_ask *ask, int *err)
{
	struct weft_diag_msg msg;
	struct sock *sk, *found = NULL;
	int ret;

	spin_lock_bh(&slot->lock);
	sk_for_each(sk, &slot->socks) {
		if (!weft_diag_is_kind(sk, net, ask->req))
			continue;
		weft_diag_msg(sk, ask, &msg);
		ret = weft_diag_same(&msg.id, ask->req);
		if (ret == -ESTALE)
			*err = ret;
		if (!ret && refcount_inc_not_zero(&sk->sk_refcnt)) {
			found = sk;
			break;
		}
	}
	spin_unlock_bh(&slot->lock);
	return found;
}

/* With a reference to its socket; -ENOENT if there is none, -ESTALE by its cookie. */
static int weft_diag_find(struct net *net, const struct weft_diag_ask *ask,
			  struct weft_diag_end *end)
{
	struct weft_port_table *table;
	struct sock *sk = NULL;
	int i, err = -ENOENT, ret;
	__be16 port;

	for (i = 0; !sk && i < ARRAY_SIZE(weft_diag_tables); i++) {
		table = weft_diag_tables[i];
		port = table == &weft_raw_ports ? cpu_to_be16(ask->req->protocol) :
						  ask->req->id.sport;
		sk = weft_diag_find_in(weft_port_slot(table, net, port), net, ask, &err);
	}
	if (sk) {
		end->sk = sk;
		weft_diag_msg(sk, ask, &end->msg);
		return 0;
	}
	ret = weft_diag_stream_find(net, ask, end);
	return ret == -ENOENT ? err : ret;
}

/* Room for a message with all attributes. */
static size_t weft_diag_size(void)
{
	return NLMSG_ALIGN(sizeof(struct weft_diag_msg)) +
	       nla_total_size(SK_MEMINFO_VARS * sizeof(u32)) +
	       nla_total_size(sizeof(u8)) + nla_total_size(sizeof(u32)) +
	       nla_total_size_64bit(sizeof(u64)) +
	       nla_total_size(sizeof(struct weft_diag_options)) +
	       nla_total_size_64bit(sizeof(struct weft_info));
}

static int weft_diag_answer(struct net *net, const struct weft_diag_ask *ask,
			    const struct weft_diag_end *end)
{
	struct sk_buff *skb = nlmsg_new(weft_diag_size(), GFP_KERNEL);
	int err;

	if (!skb)
		return -ENOMEM;
	if (end->msg.protocol == WEFT_PROTO_STREAM && end->msg.type != SOCK_RAW)
		err = weft_diag_stream_put(skb, end, ask);
	else
		err = weft_diag_put(skb, &end->msg, end->sk, NULL, ask);
	if (!err)
		return nlmsg_unicast(net->diag_nlsk, skb, ask->portid);
	nlmsg_free(skb);
	return err;
}

/* A request about one, in process context. */
static struct weft_diag_ask weft_diag_ask_of(struct sk_buff *in, const struct nlmsghdr *nlh)
{
	return (struct weft_diag_ask) {
		.req = nlmsg_data(nlh),
		.user_ns = sk_user_ns(NETLINK_CB(in).sk),
		.admin = netlink_net_capable(in, CAP_NET_ADMIN),
		.portid = NETLINK_CB(in).portid,
		.seq = nlh->nlmsg_seq,
	};
}

static int weft_diag_get(struct sk_buff *in, const struct nlmsghdr *nlh)
{
	const struct weft_diag_ask ask = weft_diag_ask_of(in, nlh);
	struct net *net = sock_net(in->sk);
	struct weft_diag_end end;
	int err;

	err = weft_diag_find(net, &ask, &end);
	if (err)
		return err;
	err = weft_diag_answer(net, &ask, &end);
	if (end.sk)
		sock_put(end.sk);
	return err;
}

static int weft_diag_handle(struct sk_buff *skb, struct nlmsghdr *nlh)
{
	struct netlink_dump_control control = { .dump = weft_diag_dump };
	int err;

	/* The dump checks for itself, where it can tell why it refuses. */
	if (nlh->nlmsg_flags & NLM_F_DUMP)
		return netlink_dump_start(sock_net(skb->sk)->diag_nlsk, skb, nlh,
					  &control);
	err = weft_diag_check(nlh, NULL);
	return err ?: weft_diag_get(skb, nlh);
}

/*
 * Privilege is checked by sock_diag_destroy(), against the socket's namespace. What has no
 * socket ends by itself.
 */
static int weft_diag_destroy(struct sk_buff *skb, struct nlmsghdr *nlh)
{
	struct weft_diag_ask ask;
	struct weft_diag_end end;
	int err;

	err = weft_diag_check(nlh, NULL);
	if (err)
		return err;
	ask = weft_diag_ask_of(skb, nlh);
	err = weft_diag_find(sock_net(skb->sk), &ask, &end);
	if (err)
		return err;
	if (!end.sk)
		return -EOPNOTSUPP;
	err = sock_diag_destroy(end.sk, ECONNABORTED);
	sock_put(end.sk);
	return err;
}

/* The family is set by init. */
static struct sock_diag_handler weft_diag_handler = {
	.owner		= THIS_MODULE,
	.dump		= weft_diag_handle,
	.destroy	= weft_diag_destroy,
};

/**
 * weft_diag_init() - answer requests
 *
 * Return: 0, or -EBUSY if the family's number has a handler already.
 */
int weft_diag_init(void)
{
	weft_diag_handler.family = weft_family;
	return sock_diag_register(&weft_diag_handler);
}

void weft_diag_exit(void)
{
	sock_diag_unregister(&weft_diag_handler);
}

MODULE_ALIAS_NET_PF_PROTO_TYPE(PF_NETLINK, NETLINK_SOCK_DIAG, WEFT_FAMILY_DEFAULT);
