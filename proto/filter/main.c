// SPDX-License-Identifier: GPL-2.0
/* The module weft_filter: brings the parts up in order and takes them down. */
#include <linux/module.h>
#include "netlink.h"
#include "pernet.h"
#include "track.h"

/**
 * struct weft_filter_part - a part of the module
 * @init: brings it up; 0 or a negative errno
 * @exit: takes it down
 */
struct weft_filter_part {
	int (*init)(void);
	void (*exit)(void);
};

/* In the order in which they come up; they go down in the opposite one. */
static const struct weft_filter_part weft_filter_parts[] = {
	{ weft_track_init, weft_track_exit },
	{ weft_fw_net_init, weft_fw_net_exit },
	{ weft_filter_netlink_init, weft_filter_netlink_exit },
};

static void weft_filter_remove(int n)
{
	while (n-- > 0)
		weft_filter_parts[n].exit();
}

static int __init weft_filter_init(void)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(weft_filter_parts); i++) {
		err = weft_filter_parts[i].init();
		if (err) {
			weft_filter_remove(i);
			return err;
		}
	}
	return 0;
}

static void __exit weft_filter_exit(void)
{
	weft_filter_remove(ARRAY_SIZE(weft_filter_parts));
}

module_init(weft_filter_init);
module_exit(weft_filter_exit);

MODULE_DESCRIPTION("Weft: firewall and connection tracking");
MODULE_LICENSE("GPL");
