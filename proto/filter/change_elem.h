/* SPDX-License-Identifier: GPL-2.0 */
/* Elements, read from netlink. */
#ifndef WEFT_CHANGE_ELEM_H
#define WEFT_CHANGE_ELEM_H

#include <linux/netlink.h>
#include "set.h"

struct weft_elem *weft_elem_parse_key(const struct weft_set *set, const struct nlattr *attr,
				      struct nlattr **tb, struct netlink_ext_ack *extack);

#endif /* WEFT_CHANGE_ELEM_H */
