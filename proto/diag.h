/* SPDX-License-Identifier: GPL-2.0 */
/* Sockets told of by NETLINK_SOCK_DIAG. */
#ifndef WEFT_DIAG_H
#define WEFT_DIAG_H

int weft_diag_init(void);
void weft_diag_exit(void);

#endif /* WEFT_DIAG_H */
