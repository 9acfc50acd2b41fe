/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Connection tracking of Weft: the generic netlink family "weft_track". */
#ifndef _UAPI_LINUX_WEFT_TRACK_H
#define _UAPI_LINUX_WEFT_TRACK_H

#include <linux/types.h>

/* What a packet is to its connection; a packet has one of them. */
#define WEFT_TRACK_INVALID	0x01	/* of no connection, and it begins none */
#define WEFT_TRACK_NEW		0x02	/* it begins one, or nobody has answered yet */
#define WEFT_TRACK_ESTABLISHED	0x04	/* both sides have spoken */
#define WEFT_TRACK_RELATED	0x08	/* an error about a packet of a connection */
#define WEFT_TRACK_UNTRACKED	0x10	/* a rule said notrack */

#endif /* _UAPI_LINUX_WEFT_TRACK_H */
