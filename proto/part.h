/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages in a stream of bytes: parts with a header each (doc/protocol.md, "Messages").
 * Pure. A reader goes through the bytes so, however they are cut:
 *
 *	while (len) {
 *		n = weft_parts_run(p, len);
 *		if (weft_parts_in_header(p))
 *			copy the next n bytes to weft_parts_header(p);
 *		else
 *			the next n bytes are payload;
 *		len -= n;
 *		ret = weft_parts_pass(p, n);
 *		if (ret < 0)
 *			the message is too long;
 *		if (ret == WEFT_PARTS_END)
 *			the message ends here;
 *	}
 */
#ifndef WEFT_PART_H
#define WEFT_PART_H

#include <linux/types.h>
#include <linux/weft.h>

#define WEFT_PART_HDR_LEN	((unsigned int)sizeof(struct weft_part_hdr))
/* What a message takes at most in a stream, bytes. */
#define WEFT_PARTS_MAX		(WEFT_MESSAGE_MAX + 2 * WEFT_PART_HDR_LEN)

/* What weft_parts_pass() tells of a message. */
enum {
	WEFT_PARTS_MORE,
	WEFT_PARTS_END,
};

/**
 * struct weft_parts - where a reader is
 * @message: bytes of the message in all parts whose headers have come, with these
 * @left: bytes of payload of the part that are still to come; 0 in a header
 * @hdr: the header that is coming
 * @got: how many bytes of @hdr have come
 * @end: the part is the last one of its message
 */
struct weft_parts {
	u32			message;
	u32			left;
	struct weft_part_hdr	hdr;
	u8			got;
	bool			end;
};

void weft_parts_init(struct weft_parts *p);
unsigned int weft_parts_run(const struct weft_parts *p, unsigned int len);
int weft_parts_pass(struct weft_parts *p, unsigned int n);

/* Are the next bytes a header's? */
static inline bool weft_parts_in_header(const struct weft_parts *p)
{
	return !p->left;
}

/* Where the next bytes of a header go. */
static inline void *weft_parts_header(struct weft_parts *p)
{
	return (u8 *)&p->hdr + p->got;
}

/* Is it between two messages? There alone the stream may end. */
static inline bool weft_parts_between(const struct weft_parts *p)
{
	return p->end && !p->left && !p->got;
}

/*
 * May a part of @len bytes follow, when those before it took @message bytes with their
 * headers? Many small parts must not take more room than one large one, but whatever has
 * begun can end.
 */
static inline bool weft_part_fits(u32 message, u64 len, bool end)
{
	if (message > WEFT_MESSAGE_MAX)
		return end && !len;
	return len <= WEFT_MESSAGE_MAX - message;
}

/* The header of a part of @len bytes, at most WEFT_MESSAGE_MAX. */
static inline struct weft_part_hdr weft_part_hdr(u32 len, bool end)
{
	return (struct weft_part_hdr) {
		.len = cpu_to_be32(end ? len | WEFT_PART_END : len),
	};
}

#endif /* WEFT_PART_H */
