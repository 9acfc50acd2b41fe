/* SPDX-License-Identifier: GPL-2.0 */
/* Groups that sockets are members of. */
#ifndef WEFT_GROUP_SOCKET_H
#define WEFT_GROUP_SOCKET_H

#include <linux/sockptr.h>
#include "group.h"
#include "socket.h"

/**
 * struct weft_group_member - a socket is a member of a group on a device
 * @node: in weft_sock.groups
 * @ifindex: the device
 * @dev_id: its weft_dev.id: a device that went is not mistaken for a later one
 * @group: the group
 * @filter: from whom the socket hears it; not NULL
 * @rcu: for kfree_rcu()
 *
 * Made, changed and removed under RTNL and the socket lock, read under RCU. The socket
 * owns it. While the device is there, it is counted in the device's group.
 */
struct weft_group_member {
	struct hlist_node		node;
	u32				ifindex;
	u64				dev_id;
	struct weft_addr		group;
	const struct weft_filter __rcu	*filter;
	struct rcu_head			rcu;
};

bool weft_group_option(int name);
int weft_group_sock_set(struct weft_sock *ws, int name, sockptr_t val,
			unsigned int len);
int weft_group_sock_get(struct weft_sock *ws, char __user *val, int __user *len,
			unsigned int room);
bool weft_group_sock_wants(const struct weft_sock *ws, const struct weft_dev *wdev,
			   const struct weft_addr *group,
			   const struct weft_addr *source, bool stranger);
void weft_group_sock_close(struct weft_sock *ws);

#endif /* WEFT_GROUP_SOCKET_H */
