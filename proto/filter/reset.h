/* SPDX-License-Identifier: GPL-2.0 */
/* Counters and quotas begin again. */
#ifndef WEFT_RESET_H
#define WEFT_RESET_H

#include <net/genetlink.h>
#include "ruleset.h"

int weft_reset(const struct weft_ruleset *rs, struct genl_info *info);

#endif /* WEFT_RESET_H */
