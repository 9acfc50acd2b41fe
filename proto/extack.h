/* SPDX-License-Identifier: GPL-2.0 */
/* Refusing a netlink request. */
#ifndef WEFT_EXTACK_H
#define WEFT_EXTACK_H

#include <linux/netlink.h>

/* Tells the requester why, a string literal; its value is @err. */
#define weft_refuse(extack, why, err)		\
({						\
	NL_SET_ERR_MSG_MOD(extack, why);	\
	(err);					\
})

#endif /* WEFT_EXTACK_H */
