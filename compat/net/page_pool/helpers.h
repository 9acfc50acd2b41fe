/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Before 6.6 the page pool was one header, and fragments of a page had to be
 * asked for when the pool was made.
 */
#ifndef WEFT_COMPAT_PAGE_POOL_HELPERS_H
#define WEFT_COMPAT_PAGE_POOL_HELPERS_H

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#include_next <net/page_pool/helpers.h>
#else
#include <net/page_pool.h>

static inline struct page_pool *
weft_compat_page_pool_create(const struct page_pool_params *params)
{
	struct page_pool_params frag_params = *params;

	frag_params.flags |= PP_FLAG_PAGE_FRAG;
	return page_pool_create(&frag_params);
}

#define page_pool_create weft_compat_page_pool_create
#endif

#endif /* WEFT_COMPAT_PAGE_POOL_HELPERS_H */
