/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers that a stranger must not guess, made of a connection's ends and a secret. */
#ifndef WEFT_SECRET_H
#define WEFT_SECRET_H

#include "port.h"

u32 weft_secret_isn(const struct weft_port_key *key);
u32 weft_secret_stamp(const struct weft_addr *laddr, const struct weft_addr *faddr);
u32 weft_secret_cookie(const struct weft_port_key *key, u32 peer_isn, u32 minute,
		       u8 said);

#endif /* WEFT_SECRET_H */
