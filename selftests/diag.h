/* SPDX-License-Identifier: GPL-2.0 */
/* Requests of NETLINK_SOCK_DIAG and their answers. */
#ifndef DIAG_H
#define DIAG_H

#include <stdbool.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/weft_diag.h>
#include "sock.h"

#define ALL		(~0U)
#define DIAG_SEEN	2800

struct request {
	struct nlmsghdr nlh;
	struct weft_diag_req req;
	char more[16];
};

/* What a list had; the last socket in it is kept whole. */
struct answer {
	int err;
	int count;
	int twice;
	char why[128];
	struct weft_diag_msg last;
	struct weft_info info;
	int attr_len[WEFT_DIAG_MAX + 1];
};

static inline struct request ask(int type, int flags)
{
	struct request r = {
		.nlh = { .nlmsg_len = NLMSG_LENGTH(sizeof(r.req)),
			 .nlmsg_type = type,
			 .nlmsg_flags = NLM_F_REQUEST | flags },
		.req = { .family = netns_weft_family(), .states = ALL },
	};

	memset(r.req.id.cookie, 0xff, sizeof(r.req.id.cookie));
	return r;
}

/* What has no socket has no cookie. */
static inline void note_twice(struct answer *a, const struct weft_diag_msg *msg)
{
	static __u32 seen[DIAG_SEEN];
	int i;

	for (i = 0; i < a->count && i < DIAG_SEEN; i++)
		if (seen[i] && seen[i] == msg->id.cookie[0])
			a->twice++;
	if (a->count < DIAG_SEEN)
		seen[a->count] = msg->id.cookie[0];
}

static inline void read_socket(struct answer *a, struct nlmsghdr *nlh)
{
	struct nlattr *attr;
	size_t at;

	memcpy(&a->last, NLMSG_DATA(nlh), sizeof(a->last));
	memset(a->attr_len, 0, sizeof(a->attr_len));
	note_twice(a, &a->last);
	a->count++;
	for (at = NLMSG_LENGTH(sizeof(a->last)); at < nlh->nlmsg_len;
	     at += NLA_ALIGN(attr->nla_len)) {
		attr = (void *)((char *)nlh + at);
		if (attr->nla_type <= WEFT_DIAG_MAX)
			a->attr_len[attr->nla_type] = attr->nla_len - NLA_HDRLEN;
		if (attr->nla_type == WEFT_DIAG_INFO)
			memcpy(&a->info, (char *)attr + NLA_HDRLEN, sizeof(a->info));
	}
}

/* The words behind an error or the end of a list. */
static inline void read_why(struct answer *a, struct nlmsghdr *nlh, size_t at)
{
	struct nlattr *attr = (void *)((char *)nlh + at);

	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS && at < nlh->nlmsg_len &&
	    attr->nla_type == NLMSGERR_ATTR_MSG)
		snprintf(a->why, sizeof(a->why), "%s",
			 (char *)attr + NLA_HDRLEN);
}

static inline int open_diag(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);

	CHECK(fd >= 0);
	CHECK(!sock_set(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1));
	return fd;
}

/* Reads one datagram of an answer; true if it is not the last. */
static inline bool read_answer(int fd, struct answer *a)
{
	static char buf[65536] __attribute__((aligned(8)));
	int len = recv(fd, buf, sizeof(buf), 0), n = len;
	struct nlmsghdr *nlh = (void *)buf;

	for (; NLMSG_OK(nlh, (unsigned int)n); nlh = NLMSG_NEXT(nlh, n)) {
		if (nlh->nlmsg_type == SOCK_DIAG_BY_FAMILY) {
			read_socket(a, nlh);
			if (!(nlh->nlmsg_flags & NLM_F_MULTI))
				return false;
			continue;
		}
		memcpy(&a->err, NLMSG_DATA(nlh), sizeof(a->err));
		a->err = -a->err;
		read_why(a, nlh, NLMSG_LENGTH(sizeof(int)));
		return false;
	}
	return len > 0;
}

static inline struct answer answer(const struct request *r)
{
	struct answer a = { .err = 0 };
	int fd = open_diag();

	CHECK(send(fd, r, r->nlh.nlmsg_len, 0) == (int)r->nlh.nlmsg_len);
	while (read_answer(fd, &a))
		;
	close(fd);
	return a;
}

static inline struct request list(void)
{
	return ask(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP);
}

static inline int listed(const struct request *r)
{
	struct answer a = answer(r);

	CHECK(!a.err && !a.twice);
	return a.count;
}

static inline struct request of_socket(const struct weft_diag_msg *msg, int type)
{
	struct request r = ask(type, NLM_F_ACK);

	r.req.type = msg->type;
	r.req.protocol = msg->protocol;
	r.req.id = msg->id;
	return r;
}

#endif /* DIAG_H */
