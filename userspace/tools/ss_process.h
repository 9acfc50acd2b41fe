/* SPDX-License-Identifier: GPL-2.0 */
/* Which processes have a socket open. */
#ifndef WEFT_TOOLS_SS_PROCESS_H
#define WEFT_TOOLS_SS_PROCESS_H

#include <stdint.h>

#include "out.h"

int ss_process_scan(void);
void ss_process_print(struct out *o, uint32_t inode);

#endif /* WEFT_TOOLS_SS_PROCESS_H */
