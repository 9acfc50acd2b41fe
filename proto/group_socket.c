// SPDX-License-Identifier: GPL-2.0
/*
 * Groups that sockets are members of: the options that join and leave them and choose
 * sources, with the errors of MCAST_* of IPv6 (RFC 3678). A membership ends with its
 * device.
 */
#include <linux/rtnetlink.h>
#include "group_socket.h"
#include "route.h"

#define WEFT_GROUP_FILTER_LEN	offsetof(struct weft_group_filter, source)

/* --- members ------------------------------------------------------------------ */

static const struct weft_filter *weft_member_filter(const struct weft_group_member *m)
{
	return rcu_dereference_rtnl(m->filter);
}

/* Its device, NULL if that has gone. RTNL or RCU read lock. */
static struct weft_dev *weft_member_dev(const struct weft_sock *ws,
					const struct weft_group_member *m)
{
	struct weft_dev *wdev = weft_dev_get(sock_net(&ws->sk), m->ifindex);

	return wdev && wdev->id == m->dev_id ? wdev : NULL;
}

static struct weft_group_member *weft_member_find(const struct weft_sock *ws,
						  const struct weft_dev *wdev,
						  const struct weft_addr *group)
{
	struct weft_group_member *m;

	hlist_for_each_entry_rcu(m, &ws->groups, node, lockdep_rtnl_is_held())
		if (m->dev_id == wdev->id && weft_addr_equal(&m->group, group))
			return m;
	return NULL;
}

static void weft_member_free(struct weft_sock *ws, struct weft_group_member *m)
{
	hlist_del_rcu(&m->node);
	ws->n_groups--;
	kfree_rcu_mightsleep(weft_member_filter(m));
	kfree_rcu(m, rcu);
}

static void weft_member_leave(struct weft_sock *ws, struct weft_group_member *m)
{
	struct weft_dev *wdev = weft_member_dev(ws, m);

	if (wdev)
		weft_group_change(wdev, &m->group, weft_member_filter(m), NULL);
	weft_member_free(ws, m);
}

/* May it join one more group? Those of devices that have gone do not count. */
static bool weft_member_room(struct weft_sock *ws)
{
	struct weft_group_member *m;
	struct hlist_node *next;

	if (ws->n_groups < WEFT_GROUP_SOCK_MAX)
		return true;
	hlist_for_each_entry_safe(m, next, &ws->groups, node)
		if (!weft_member_dev(ws, m))
			weft_member_free(ws, m);
	return ws->n_groups < WEFT_GROUP_SOCK_MAX;
}

/* Takes @filter. */
static int weft_member_join(struct weft_sock *ws, struct weft_dev *wdev,
			    const struct weft_addr *group,
			    const struct weft_filter *filter)
{
	struct weft_group_member *m = NULL;
	int err = -ENOBUFS;

	if (!weft_member_room(ws))
		goto out_free;
	err = -ENOMEM;
	m = kzalloc(sizeof(*m), GFP_KERNEL_ACCOUNT);
	if (!m || !filter)
		goto out_free;
	err = weft_group_change(wdev, group, NULL, filter);
	if (err)
		goto out_free;
	m->ifindex = wdev->dev->ifindex;
	m->dev_id = wdev->id;
	m->group = *group;
	RCU_INIT_POINTER(m->filter, filter);
	hlist_add_head_rcu(&m->node, &ws->groups);
	ws->n_groups++;
	return 0;

out_free:
	kfree(m);
	kfree(filter);
	return err;
}

/* Takes @filter. */
static int weft_member_set(struct weft_dev *wdev, struct weft_group_member *m,
			   const struct weft_filter *filter)
{
	const struct weft_filter *old = weft_member_filter(m);
	int err = -ENOMEM;

	if (filter)
		err = weft_group_change(wdev, &m->group, old, filter);
	if (err) {
		kfree(filter);
		return err;
	}
	rcu_assign_pointer(m->filter, filter);
	kfree_rcu_mightsleep(old);
	return 0;
}

/* --- filters ------------------------------------------------------------------- */

static struct weft_filter *weft_filter_alloc(u8 mode, u16 n)
{
	struct weft_filter *filter;

	filter = kzalloc(struct_size(filter, source, n), GFP_KERNEL_ACCOUNT);
	if (filter) {
		filter->mode = mode;
		filter->n = n;
	}
	return filter;
}

/* A copy with one source more. */
static struct weft_filter *weft_filter_with(const struct weft_filter *old, u8 mode,
					    const struct weft_addr *source)
{
	u16 n = old ? old->n : 0;
	struct weft_filter *filter = weft_filter_alloc(mode, n + 1);

	if (!filter)
		return NULL;
	if (n)
		memcpy(filter->source, old->source, n * sizeof(*source));
	filter->source[n] = *source;
	weft_filter_sort(filter);
	return filter;
}

/* A copy without the source at @at. */
static struct weft_filter *weft_filter_without(const struct weft_filter *old,
					       unsigned int at)
{
	struct weft_filter *filter = weft_filter_alloc(old->mode, old->n - 1);

	if (!filter)
		return NULL;
	memcpy(filter->source, old->source, at * sizeof(old->source[0]));
	memcpy(filter->source + at, old->source + at + 1,
	       (filter->n - at) * sizeof(old->source[0]));
	return filter;
}

/* An address that packets may come from. */
static bool weft_filter_source_valid(const struct weft_addr *source)
{
	return !weft_addr_any(source) && !weft_addr_group(source);
}

/* --- options -------------------------------------------------------------------- */

/**
 * struct weft_group_call - an option that a program sets, read and checked
 * @group: the group
 * @source: the source if the option has one
 * @ifindex: interface index, 0 for the one that the routes say
 * @filter: the new filter if the option has one; freed by who makes the call
 */
struct weft_group_call {
	struct weft_addr	group;
	struct weft_addr	source;
	u32			ifindex;
	struct weft_filter	*filter;
};

static int weft_group_read_req(struct weft_group_call *call, sockptr_t val,
			       unsigned int len)
{
	struct weft_group_req req;

	if (len < sizeof(req))
		return -EINVAL;
	if (copy_from_sockptr(&req, val, sizeof(req)))
		return -EFAULT;
	call->group = req.group;
	call->ifindex = req.ifindex;
	return 0;
}

static int weft_group_read_source_req(struct weft_group_call *call, sockptr_t val,
				      unsigned int len)
{
	struct weft_group_source_req req;

	if (len < sizeof(req))
		return -EINVAL;
	if (copy_from_sockptr(&req, val, sizeof(req)))
		return -EFAULT;
	call->group = req.group;
	call->source = req.source;
	call->ifindex = req.ifindex;
	return weft_filter_source_valid(&req.source) ? 0 : -EINVAL;
}

static int weft_group_read_sources(struct weft_filter *filter, sockptr_t val)
{
	unsigned int i;

	if (copy_from_sockptr_offset(filter->source, val, WEFT_GROUP_FILTER_LEN,
				     filter->n * sizeof(filter->source[0])))
		return -EFAULT;
	for (i = 0; i < filter->n; i++)
		if (!weft_filter_source_valid(&filter->source[i]))
			return -EINVAL;
	weft_filter_sort(filter);
	return 0;
}

static int weft_group_read_filter(struct weft_group_call *call, sockptr_t val,
				  unsigned int len)
{
	struct weft_group_filter req;

	if (len < WEFT_GROUP_FILTER_LEN)
		return -EINVAL;
	if (copy_from_sockptr(&req, val, WEFT_GROUP_FILTER_LEN))
		return -EFAULT;
	if (req.mode != WEFT_FILTER_INCLUDE && req.mode != WEFT_FILTER_EXCLUDE)
		return -EINVAL;
	if (req.n_sources > WEFT_GROUP_SOURCES_MAX)
		return -ENOBUFS;
	if (len < struct_size(&req, source, req.n_sources))
		return -EINVAL;
	call->group = req.group;
	call->ifindex = req.ifindex;
	call->filter = weft_filter_alloc(req.mode, req.n_sources);
	return call->filter ? weft_group_read_sources(call->filter, val) : -ENOMEM;
}

static int weft_group_read(struct weft_group_call *call, int name, sockptr_t val,
			   unsigned int len)
{
	int err;

	switch (name) {
	case WEFT_GROUP_JOIN:
	case WEFT_GROUP_LEAVE:
		err = weft_group_read_req(call, val, len);
		break;
	case WEFT_GROUP_FILTER:
		err = weft_group_read_filter(call, val, len);
		break;
	default:
		err = weft_group_read_source_req(call, val, len);
	}
	if (err)
		return err;
	return weft_addr_joinable(&call->group) ? 0 : -EINVAL;
}

/* Another source that is heard, or is not. */
static int weft_group_source(struct weft_sock *ws, struct weft_dev *wdev,
			     struct weft_group_member *m,
			     const struct weft_group_call *call, u8 mode, bool add)
{
	const struct weft_filter *old;
	unsigned int at = 0;
	bool known;

	if (!m && (!add || mode != WEFT_FILTER_INCLUDE))
		return -EADDRNOTAVAIL;
	if (!m)
		return weft_member_join(ws, wdev, &call->group,
					weft_filter_with(NULL, mode, &call->source));
	old = weft_member_filter(m);
	/* Only a membership without sources may become one of the other kind. */
	if (old->mode != mode && old->n)
		return -EINVAL;
	known = old->mode == mode && weft_filter_find(old, &call->source, &at);
	if (known == add)
		return -EADDRNOTAVAIL;
	if (add)
		return old->n < WEFT_GROUP_SOURCES_MAX ?
		       weft_member_set(wdev, m,
				       weft_filter_with(old, mode, &call->source)) :
		       -ENOBUFS;
	if (mode == WEFT_FILTER_EXCLUDE || old->n > 1)
		return weft_member_set(wdev, m, weft_filter_without(old, at));
	weft_member_leave(ws, m);
	return 0;
}

/* Takes the call's filter. */
static int weft_group_set_filter(struct weft_sock *ws, struct weft_dev *wdev,
				 struct weft_group_member *m,
				 struct weft_group_call *call)
{
	struct weft_filter *filter = call->filter;

	if (!m)
		return -EADDRNOTAVAIL;
	if (filter->mode == WEFT_FILTER_INCLUDE && !filter->n) {
		weft_member_leave(ws, m);
		return 0;
	}
	call->filter = NULL;
	return weft_member_set(wdev, m, filter);
}

/* Where a membership that names no device is: where packets to the group go. */
static struct weft_dev *weft_group_sock_dev(const struct weft_sock *ws,
					    const struct weft_addr *group, u32 ifindex)
{
	struct net *net = sock_net(&ws->sk);
	struct weft_flow flow = {
		.dst = *group,
		.oif = weft_sock_iif(ws) ?: READ_ONCE(ws->opts.group_if),
	};

	if (!ifindex) {
		rcu_read_lock();
		if (!weft_route_output(net, &flow))
			ifindex = flow.dev->ifindex;
		rcu_read_unlock();
	}
	return ifindex ? weft_dev_get(net, ifindex) : NULL;
}

/* RTNL, socket lock. */
static int weft_group_call(struct weft_sock *ws, int name,
			   struct weft_group_call *call)
{
	struct weft_group_member *m;
	struct weft_dev *wdev;

	wdev = weft_group_sock_dev(ws, &call->group, call->ifindex);
	if (!wdev)
		return name == WEFT_GROUP_LEAVE ? -EADDRNOTAVAIL : -ENODEV;
	m = weft_member_find(ws, wdev, &call->group);
	switch (name) {
	case WEFT_GROUP_JOIN:
		return m ? -EADDRINUSE :
			   weft_member_join(ws, wdev, &call->group,
					    weft_filter_alloc(WEFT_FILTER_EXCLUDE, 0));
	case WEFT_GROUP_LEAVE:
		if (!m)
			return -EADDRNOTAVAIL;
		weft_member_leave(ws, m);
		return 0;
	case WEFT_GROUP_FILTER:
		return weft_group_set_filter(ws, wdev, m, call);
	}
	return weft_group_source(ws, wdev, m, call,
				 name == WEFT_GROUP_BLOCK ||
				 name == WEFT_GROUP_UNBLOCK ? WEFT_FILTER_EXCLUDE :
							      WEFT_FILTER_INCLUDE,
				 name == WEFT_GROUP_BLOCK ||
				 name == WEFT_GROUP_JOIN_SOURCE);
}

/**
 * weft_group_option() - is this an option about memberships?
 * @name: WEFT_*
 *
 * Return: true for WEFT_GROUP_JOIN to WEFT_GROUP_FILTER.
 */
bool weft_group_option(int name)
{
	return name >= WEFT_GROUP_JOIN && name <= WEFT_GROUP_FILTER;
}

/**
 * weft_group_sock_set() - setsockopt() of an option about memberships
 * @ws: socket
 * @name: one that weft_group_option() knows
 * @val: struct weft_group_req, _source_req or _filter
 * @len: bytes there, at least as long as that
 *
 * Context: process, without locks.
 * Return: 0; -EINVAL if the group, the mode, the source or the length is none, or the
 * membership is of the other kind; -ENODEV; -EADDRINUSE if the socket is a member
 * already; -EADDRNOTAVAIL if it is none, a source to add is known, or one to remove is
 * not; -ENOBUFS beyond a limit; -ENOMEM; -EFAULT.
 */
int weft_group_sock_set(struct weft_sock *ws, int name, sockptr_t val,
			unsigned int len)
{
	struct weft_group_call call = {};
	int err;

	err = weft_group_read(&call, name, val, len);
	if (!err) {
		rtnl_lock();
		lock_sock(&ws->sk);
		err = weft_group_call(ws, name, &call);
		release_sock(&ws->sk);
		rtnl_unlock();
	}
	kfree(call.filter);
	return err;
}

/* The filter of a membership. */
static int weft_group_copy_filter(struct weft_sock *ws, struct weft_group_filter *req,
				  struct weft_addr *source)
{
	const struct weft_group_member *m = NULL;
	const struct weft_filter *filter;
	struct weft_dev *wdev;

	rcu_read_lock();
	wdev = weft_group_sock_dev(ws, &req->group, req->ifindex);
	if (wdev)
		m = weft_member_find(ws, wdev, &req->group);
	if (m) {
		filter = rcu_dereference(m->filter);
		req->mode = filter->mode;
		req->n_sources = filter->n;
		memcpy(source, filter->source, filter->n * sizeof(*source));
	}
	rcu_read_unlock();
	if (!wdev)
		return -ENODEV;
	return m ? 0 : -EADDRNOTAVAIL;
}

/**
 * weft_group_sock_get() - getsockopt() of WEFT_GROUP_FILTER
 * @ws: socket
 * @val: struct weft_group_filter: group, device and room for sources in, all of it out
 * @len: becomes the length of what is there
 * @room: bytes at @val
 *
 * Sources that there is no room for are left out; their number tells. Context: process.
 *
 * Return: 0; -EINVAL, -EFAULT, -ENODEV, -EADDRNOTAVAIL if the socket is no member.
 */
int weft_group_sock_get(struct weft_sock *ws, char __user *val, int __user *len,
			unsigned int room)
{
	struct weft_addr source[WEFT_GROUP_SOURCES_MAX];
	struct weft_group_filter req;
	size_t n;
	int err;

	if (room < WEFT_GROUP_FILTER_LEN)
		return -EINVAL;
	if (copy_from_user(&req, val, WEFT_GROUP_FILTER_LEN))
		return -EFAULT;
	if (!weft_addr_joinable(&req.group))
		return -EINVAL;
	n = min_t(size_t, req.n_sources,
		  (room - WEFT_GROUP_FILTER_LEN) / sizeof(source[0]));
	err = weft_group_copy_filter(ws, &req, source);
	if (err)
		return err;
	n = min_t(size_t, n, req.n_sources) * sizeof(source[0]);
	if (copy_to_user(val, &req, WEFT_GROUP_FILTER_LEN) ||
	    copy_to_user(val + WEFT_GROUP_FILTER_LEN, source, n) ||
	    put_user((int)(WEFT_GROUP_FILTER_LEN + n), len))
		return -EFAULT;
	return 0;
}

/* --- use -------------------------------------------------------------------------- */

/**
 * weft_group_sock_wants() - does a socket want what a source sends to a group?
 * @ws: socket
 * @wdev: the device that it came by; may be NULL
 * @group: group
 * @source: source
 * @stranger: the answer for a socket that is no member there
 *
 * Context: RCU read lock.
 * Return: true if so.
 */
bool weft_group_sock_wants(const struct weft_sock *ws, const struct weft_dev *wdev,
			   const struct weft_addr *group,
			   const struct weft_addr *source, bool stranger)
{
	const struct weft_group_member *m;

	m = wdev ? weft_member_find(ws, wdev, group) : NULL;
	return m ? weft_filter_wants(rcu_dereference(m->filter), source) : stranger;
}

/**
 * weft_group_sock_close() - a socket that is being closed leaves its groups
 * @ws: socket; nobody calls anything else of it
 *
 * Context: process, without locks.
 */
void weft_group_sock_close(struct weft_sock *ws)
{
	struct weft_group_member *m;
	struct hlist_node *next;

	if (hlist_empty(&ws->groups))
		return;
	rtnl_lock();
	hlist_for_each_entry_safe(m, next, &ws->groups, node)
		weft_member_leave(ws, m);
	rtnl_unlock();
}
