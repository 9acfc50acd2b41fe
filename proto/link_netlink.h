/* SPDX-License-Identifier: GPL-2.0 */
/* Settings of devices by rtnetlink. */
#ifndef WEFT_LINK_NETLINK_H
#define WEFT_LINK_NETLINK_H

int weft_link_netlink_init(void);
void weft_link_netlink_exit(void);

#endif /* WEFT_LINK_NETLINK_H */
