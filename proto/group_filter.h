/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From whom a group is heard: filters, and how those of several members make one (RFC
 * 3810, section 4.2). Pure: builds in user space as well.
 */
#ifndef WEFT_GROUP_FILTER_H
#define WEFT_GROUP_FILTER_H

#include <linux/types.h>
#include <linux/weft.h>

/**
 * struct weft_filter - the sources that a member of a group wants
 * @mode: WEFT_FILTER_INCLUDE: @source alone; WEFT_FILTER_EXCLUDE: all but these
 * @n: how many there are, at most WEFT_GROUP_SOURCES_MAX
 * @source: ascending, no two alike
 *
 * A pointer to one that is NULL stands for who is no member; include with no source
 * does not occur. Never changes once readers may see it.
 */
struct weft_filter {
	u8			mode;
	u16			n;
	struct weft_addr	source[];
};

/**
 * struct weft_group_source - a source that members of a group name
 * @addr: the source
 * @include: members that include it
 * @exclude: members that exclude it
 */
struct weft_group_source {
	struct weft_addr	addr;
	u32			include;
	u32			exclude;
};

/**
 * struct weft_group_counts - the filters of all members of a group together
 * @include: members that include
 * @exclude: members that exclude, those that want all sources among them
 * @n: sources that they name
 * @source: these, ascending
 */
struct weft_group_counts {
	u32				include;
	u32				exclude;
	u32				n;
	struct weft_group_source	*source;
};

bool weft_filter_wants(const struct weft_filter *filter,
		       const struct weft_addr *source);
bool weft_filter_find(const struct weft_filter *filter,
		      const struct weft_addr *source, unsigned int *at);
bool weft_filter_equal(const struct weft_filter *a, const struct weft_filter *b);
void weft_filter_sort(struct weft_filter *filter);
unsigned int weft_group_counts_room(const struct weft_group_counts *counts,
				    const struct weft_filter *filter);
void weft_group_counts_add(struct weft_group_counts *counts,
			   const struct weft_filter *filter);
void weft_group_counts_del(struct weft_group_counts *counts,
			   const struct weft_filter *filter);
unsigned int weft_group_counts_merge(const struct weft_group_counts *counts,
				     u8 *mode, struct weft_addr *source);

#endif /* WEFT_GROUP_FILTER_H */
