/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_LIST_SORT_H
#define UNIT_LINUX_LIST_SORT_H

#include <linux/list.h>

/* By insertion: equal ones keep their order. */
static inline void list_sort(void *priv, struct list_head *head,
			     int (*cmp)(void *priv, const struct list_head *a,
					const struct list_head *b))
{
	struct list_head *entry, *next, *at;

	for (entry = head->next; entry != head; entry = next) {
		next = entry->next;
		at = entry->prev;
		while (at != head && cmp(priv, at, entry) > 0)
			at = at->prev;
		list_move(entry, at);
	}
}

#endif /* UNIT_LINUX_LIST_SORT_H */
