/* SPDX-License-Identifier: GPL-2.0 */
/* What is known of a connection, printed. */
#ifndef WEFT_TOOLS_SS_INFO_H
#define WEFT_TOOLS_SS_INFO_H

#include <linux/weft.h>

#include "out.h"

void ss_info_print(struct out *o, const struct weft_info *info);

#endif /* WEFT_TOOLS_SS_INFO_H */
