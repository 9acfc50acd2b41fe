// SPDX-License-Identifier: GPL-2.0
/* rtnetlink: routes are added, replaced, removed, listed and asked for. */
#include <linux/rtnetlink.h>
#include <net/netlink.h>
#include <net/rtnetlink.h>
#include <net/sock.h>
#include "device.h"
#include "exception.h"
#include "extack.h"
#include "ifaddr.h"
#include "route_netlink.h"
#include "table.h"

static int weft_rtm_newroute(struct sk_buff *skb, struct nlmsghdr *nlh,
			     struct netlink_ext_ack *extack)
{
	struct weft_route_req req;
	struct weft_route *route;
	int err;

	err = weft_route_req_init(&req, skb, nlh, extack);
	if (err)
		return err;
	route = weft_route_req_make(&req);
	if (IS_ERR(route))
		return PTR_ERR(route);
	err = weft_table_add(req.net, route, nlh->nlmsg_flags, extack);
	if (err) {
		weft_route_free(route);
		return err;
	}
	weft_route_notify(RTM_NEWROUTE, req.net, route, NETLINK_CB(skb).portid, nlh);
	return 0;
}

/* Does a route have all that the request to remove one tells? */
static bool weft_route_req_matches(const struct weft_route_req *req,
				   const struct weft_route *route)
{
	const struct weft_nexthop *nh = route->hop;
	struct nlattr *const *tb = req->tb;

	if (req->rtm->rtm_type && req->rtm->rtm_type != route->type)
		return false;
	if (req->rtm->rtm_protocol && req->rtm->rtm_protocol != route->protocol)
		return false;
	if (tb[RTA_PRIORITY] && nla_get_u32(tb[RTA_PRIORITY]) != route->metric)
		return false;
	if (tb[RTA_PREFSRC] &&
	    nla_memcmp(tb[RTA_PREFSRC], &route->src, sizeof(route->src)))
		return false;
	if (tb[RTA_OIF] && (route->n_hops != 1 ||
			    nla_get_u32(tb[RTA_OIF]) != nh->dev->ifindex))
		return false;
	return !tb[RTA_GATEWAY] ||
	       (route->n_hops == 1 &&
		!nla_memcmp(tb[RTA_GATEWAY], &nh->gateway, sizeof(nh->gateway)));
}

static int weft_rtm_delexception(const struct weft_route_req *req,
				 const struct weft_addr *dst)
{
	if (req->rtm->rtm_dst_len != 64 || !weft_exception_del(req->net, dst))
		return weft_refuse(req->extack, "nothing is known about that destination",
				   -ESRCH);
	return 0;
}

static int weft_rtm_delroute(struct sk_buff *skb, struct nlmsghdr *nlh,
			     struct netlink_ext_ack *extack)
{
	struct weft_route *route = NULL;
	struct weft_route_req req;
	struct weft_table *table;
	struct weft_addr prefix;
	int err;

	err = weft_route_req_init(&req, skb, nlh, extack);
	if (!err)
		err = weft_route_req_prefix(&req, &prefix);
	if (err)
		return err;
	if (req.rtm->rtm_flags & RTM_F_CLONED)
		return weft_rtm_delexception(&req, &prefix);
	table = weft_table_get(req.net, weft_route_req_table(&req));
	if (table)
		route = weft_trie_find(&table->routes, weft_addr_key(&prefix),
				       req.rtm->rtm_dst_len);
	while (route && !weft_route_req_matches(&req, route))
		route = rtnl_dereference(route->next);
	if (!route)
		return weft_refuse(extack, "no such route", -ESRCH);
	weft_route_notify(RTM_DELROUTE, req.net, route, NETLINK_CB(skb).portid, nlh);
	weft_table_del(req.net, route);
	return 0;
}

/* --- the way to one destination ----------------------------------------------- */

static int weft_get_fill(struct sk_buff *skb, const struct weft_flow *flow, int type,
			 u32 portid, u32 seq)
{
	u32 table = flow->route ? flow->route->table : RT_TABLE_MAIN;
	struct weft_exception ex = {};
	struct rtmsg *rtm;

	if (type == RTN_UNICAST && !flow->iif)
		weft_exception_get(dev_net(flow->dev), &flow->dst, &ex);
	rtm = weft_route_put(skb, RTM_NEWROUTE, portid, seq, 0, table);
	if (!rtm)
		return -EMSGSIZE;
	rtm->rtm_dst_len = 64;
	rtm->rtm_type = type;
	rtm->rtm_flags = RTM_F_CLONED;
	if (flow->route) {
		rtm->rtm_protocol = flow->route->protocol;
		rtm->rtm_scope = flow->route->scope;
	}
	if (!weft_addr_any(&ex.gateway))
		rtm->rtm_protocol = RTPROT_REDIRECT;
	if (nla_put(skb, RTA_DST, sizeof(flow->dst), &flow->dst) ||
	    nla_put_u32(skb, RTA_TABLE, table) ||
	    nla_put_u32(skb, RTA_OIF, flow->dev->ifindex) ||
	    (flow->iif && nla_put_u32(skb, RTA_IIF, flow->iif)) ||
	    (!flow->iif && weft_route_put_addr(skb, RTA_PREFSRC, &flow->src)) ||
	    (!weft_addr_equal(&flow->hop, &flow->dst) &&
	     weft_route_put_addr(skb, RTA_GATEWAY, &flow->hop)) ||
	    (flow->route && nla_put_u32(skb, RTA_PRIORITY, flow->route->metric)) ||
	    weft_route_put_metrics(skb, ex.mtu ? flow->mtu : 0, flow->hop_limit) ||
	    weft_route_put_expires(skb, ex.expires))
		return -EMSGSIZE;
	nlmsg_end(skb, (void *)rtm - NLMSG_HDRLEN);
	return 0;
}

/* Finds the way as a packet would; the type of the answer or a negative errno. */
static int weft_get_find(struct net *net, struct weft_flow *flow)
{
	int err;

	if (flow->iif && weft_route_to_self(net, &flow->dst, NULL)) {
		flow->dev = net->loopback_dev;
		flow->hop = flow->dst;
		return RTN_LOCAL;
	}
	err = flow->iif ? weft_route_input(net, flow) :
			  weft_route_output(net, flow);
	if (err)
		return err;
	if (weft_addr_group(&flow->dst))
		return RTN_MULTICAST;
	return weft_dev_loopback(flow->dev) ? RTN_LOCAL : RTN_UNICAST;
}

static int weft_get_parse(const struct weft_route_req *req, struct weft_flow *flow)
{
	if (!req->tb[RTA_DST] || req->rtm->rtm_dst_len != 64)
		return weft_refuse(req->extack, "destination is missing", -EINVAL);
	nla_memcpy(&flow->dst, req->tb[RTA_DST], sizeof(flow->dst));
	if (req->tb[RTA_SRC])
		nla_memcpy(&flow->src, req->tb[RTA_SRC], sizeof(flow->src));
	flow->oif = weft_route_req_u32(req, RTA_OIF);
	flow->iif = weft_route_req_u32(req, RTA_IIF);
	flow->mark = weft_route_req_u32(req, RTA_MARK);
	flow->uid = req->tb[RTA_UID] ?
		    make_kuid(current_user_ns(), nla_get_u32(req->tb[RTA_UID])) :
		    current_uid();
	if (!uid_valid(flow->uid))
		return weft_refuse(req->extack, "no such user", -EINVAL);
	if (weft_addr_needs_scope(&flow->dst) && !flow->oif && !flow->iif)
		return weft_refuse(req->extack, "the address needs a device", -EINVAL);
	if ((flow->oif && !weft_dev_get(req->net, flow->oif)) ||
	    (flow->iif && !weft_dev_get(req->net, flow->iif)))
		return weft_refuse(req->extack,
				   "no such device, or it cannot carry Weft", -ENODEV);
	return 0;
}

static int weft_rtm_getroute(struct sk_buff *skb, struct nlmsghdr *nlh,
			     struct netlink_ext_ack *extack)
{
	u32 portid = NETLINK_CB(skb).portid;
	struct weft_flow flow = {};
	struct weft_route_req req;
	struct sk_buff *answer;
	int err, type;

	err = weft_route_req_init(&req, skb, nlh, extack);
	if (!err)
		err = weft_get_parse(&req, &flow);
	if (err)
		return err;
	answer = nlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!answer)
		return -ENOMEM;
	rcu_read_lock();
	type = weft_get_find(req.net, &flow);
	if (type < 0)
		err = type;
	else if (req.rtm->rtm_flags & RTM_F_FIB_MATCH && flow.route)
		err = weft_route_fill(answer, flow.route, RTM_NEWROUTE, portid,
				      nlh->nlmsg_seq, 0);
	else
		err = weft_get_fill(answer, &flow, type, portid, nlh->nlmsg_seq);
	rcu_read_unlock();
	if (err) {
		kfree_skb(answer);
		return err;
	}
	return rtnl_unicast(answer, req.net, portid);
}

/* --- dumps ------------------------------------------------------------------- */

/**
 * struct weft_route_dump - where a dump goes on, in cb->ctx
 * @parsed: the request was read
 * @cloned: exceptions are asked for, not routes
 * @table: the only table asked for, or 0
 * @oif: likewise the device
 * @protocol: likewise
 * @type: likewise
 * @at_table: the table to go on with
 * @at: the prefix in it, as weft_addr_key()
 * @at_len: its length
 * @skip: routes of the prefix told already, or exceptions told already
 */
struct weft_route_dump {
	bool			parsed;
	bool			cloned;
	u32			table;
	u32			oif;
	u8			protocol;
	u8			type;
	unsigned long		at_table;
	u64			at;
	unsigned int		at_len;
	unsigned int		skip;
};

static struct weft_route_dump *weft_route_dump(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct weft_route_dump) > sizeof(cb->ctx));
	return (struct weft_route_dump *)cb->ctx;
}

static int weft_dump_parse_attrs(const struct netlink_callback *cb,
				 struct weft_route_dump *dump)
{
	struct nlattr *tb[RTA_MAX + 1];
	int i, err;

	err = nlmsg_parse(cb->nlh, sizeof(struct rtmsg), tb, RTA_MAX,
			  weft_route_policy, cb->extack);
	if (err)
		return err;
	for (i = 0; i <= RTA_MAX; i++)
		if (tb[i] && i != RTA_TABLE && i != RTA_OIF)
			return weft_refuse(cb->extack,
					   "route dump takes table and device only",
					   -EINVAL);
	if (tb[RTA_TABLE])
		dump->table = nla_get_u32(tb[RTA_TABLE]);
	if (tb[RTA_OIF])
		dump->oif = nla_get_u32(tb[RTA_OIF]);
	return 0;
}

/* Without strict checking only the flags of the header are read. */
static int weft_dump_parse(const struct netlink_callback *cb,
			   struct weft_route_dump *dump)
{
	const struct rtmsg *rtm = nlmsg_data(cb->nlh);

	if (cb->nlh->nlmsg_len < nlmsg_msg_size(sizeof(*rtm)))
		return cb->strict_check ?
		       weft_refuse(cb->extack, "route dump header is too short",
				   -EINVAL) : 0;
	dump->cloned = rtm->rtm_flags & RTM_F_CLONED;
	if (!cb->strict_check)
		return 0;
	if (rtm->rtm_dst_len || rtm->rtm_src_len || rtm->rtm_tos || rtm->rtm_scope)
		return weft_refuse(cb->extack, "route dump header has values", -EINVAL);
	dump->table = rtm->rtm_table;
	dump->protocol = rtm->rtm_protocol;
	dump->type = rtm->rtm_type;
	return weft_dump_parse_attrs(cb, dump);
}

static bool weft_dump_wants(const struct weft_route_dump *dump,
			    const struct weft_route *route)
{
	unsigned int i;

	if ((dump->protocol && dump->protocol != route->protocol) ||
	    (dump->type && dump->type != route->type))
		return false;
	if (!dump->oif)
		return true;
	for (i = 0; i < route->n_hops; i++)
		if (route->hop[i].dev->ifindex == dump->oif)
			return true;
	return false;
}

static int weft_dump_list(struct sk_buff *skb, struct netlink_callback *cb,
			  const struct weft_route *route)
{
	struct weft_route_dump *dump = weft_route_dump(cb);
	unsigned int n = 0;
	int err;

	for (; route; route = rtnl_dereference(route->next)) {
		if (n++ < dump->skip)
			continue;
		if (weft_dump_wants(dump, route)) {
			err = weft_route_fill(skb, route, RTM_NEWROUTE,
					      NETLINK_CB(cb->skb).portid,
					      cb->nlh->nlmsg_seq, NLM_F_MULTI);
			if (err)
				return err;
		}
		dump->skip = n;
	}
	dump->skip = 0;
	return 0;
}

static int weft_dump_table(struct sk_buff *skb, struct netlink_callback *cb,
			   const struct weft_table *table)
{
	struct weft_route_dump *dump = weft_route_dump(cb);
	const struct weft_route *route;
	int err;

	route = weft_trie_seek(&table->routes, &dump->at, &dump->at_len);
	while (route) {
		err = weft_dump_list(skb, cb, route);
		if (err)
			return err;
		route = weft_trie_next(&table->routes, &dump->at, &dump->at_len);
	}
	return 0;
}

static int weft_dump_tables(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct weft_route_dump *dump = weft_route_dump(cb);
	struct xarray *tables = &weft_net(sock_net(skb->sk))->tables;
	struct weft_table *table;
	unsigned long id;

	xa_for_each_start(tables, id, table, dump->at_table) {
		if (dump->table && dump->table != id)
			continue;
		dump->at_table = id;
		if (weft_dump_table(skb, cb, table))
			return skb->len;
		dump->at_table = id + 1;
		dump->at = 0;
		dump->at_len = 0;
		dump->skip = 0;
	}
	dump->at_table = ULONG_MAX;
	return skb->len;
}

static int weft_dump_exception(struct sk_buff *skb, const struct weft_exception *ex,
			       void *arg)
{
	struct netlink_callback *cb = arg;
	struct rtmsg *rtm;

	rtm = weft_route_put(skb, RTM_NEWROUTE, NETLINK_CB(cb->skb).portid,
			     cb->nlh->nlmsg_seq, NLM_F_MULTI, RT_TABLE_MAIN);
	if (!rtm)
		return -EMSGSIZE;
	rtm->rtm_dst_len = 64;
	rtm->rtm_type = RTN_UNICAST;
	rtm->rtm_protocol = RTPROT_REDIRECT;
	rtm->rtm_flags = RTM_F_CLONED;
	if (nla_put(skb, RTA_DST, sizeof(ex->dst), &ex->dst) ||
	    nla_put_u32(skb, RTA_TABLE, RT_TABLE_MAIN) ||
	    (ex->gateway_dev && nla_put_u32(skb, RTA_OIF, ex->gateway_dev)) ||
	    weft_route_put_addr(skb, RTA_GATEWAY, &ex->gateway) ||
	    weft_route_put_metrics(skb, ex->mtu, 0) ||
	    weft_route_put_expires(skb, ex->expires)) {
		nlmsg_cancel(skb, (void *)rtm - NLMSG_HDRLEN);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, (void *)rtm - NLMSG_HDRLEN);
	return 0;
}

static int weft_rtm_dumproute(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct rtgenmsg *gen = nlmsg_data(cb->nlh);
	struct weft_route_dump *dump = weft_route_dump(cb);
	struct net *net = sock_net(skb->sk);
	int err;

	if (!dump->parsed) {
		err = weft_dump_parse(cb, dump);
		/* What others answer in a dump of all families is no error. */
		if (err)
			return gen->rtgen_family == weft_family ? err : skb->len;
		dump->parsed = true;
	}
	if (!dump->cloned)
		return weft_dump_tables(skb, cb);
	weft_exception_walk(net, skb, &dump->skip, weft_dump_exception, cb);
	return skb->len;
}

static struct rtnl_msg_handler weft_route_handlers[] = {
	{ .owner = THIS_MODULE, .msgtype = RTM_NEWROUTE,
	  .doit = weft_rtm_newroute },
	{ .owner = THIS_MODULE, .msgtype = RTM_DELROUTE,
	  .doit = weft_rtm_delroute },
	{ .owner = THIS_MODULE, .msgtype = RTM_GETROUTE,
	  .doit = weft_rtm_getroute, .dumpit = weft_rtm_dumproute },
};

int weft_route_netlink_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(weft_route_handlers); i++)
		weft_route_handlers[i].protocol = weft_family;
	return rtnl_register_many(weft_route_handlers);
}

void weft_route_netlink_exit(void)
{
	rtnl_unregister_many(weft_route_handlers);
}
