/* SPDX-License-Identifier: GPL-2.0 */
/* Requests to the firewall, made by hand so that they can be wrong. */
#ifndef FILTER_H
#define FILTER_H

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/weft_filter.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/**
 * struct filter_msg - a message
 * @nlh: its header; the length grows with each part
 * @genl: command
 * @attrs: attributes
 */
struct filter_msg {
	struct nlmsghdr nlh;
	struct genlmsghdr genl;
	char attrs[60000];
};

/**
 * struct filter_answer - what the kernel said
 * @err: errno, 0 for success
 * @count: messages before the acknowledgment or the dump's end
 * @at: offset of the attribute that is wrong, 0 if none was named
 * @why: the reason in words, "" if there was none
 * @last: the last message
 */
struct filter_answer {
	int err;
	int count;
	unsigned int at;
	char why[128];
	struct filter_msg last;
};

static int filter_family, filter_group_changes, filter_group_trace;

static inline void filter_init(struct filter_msg *m, int cmd, int flags)
{
	memset(m, 0, NLMSG_HDRLEN + GENL_HDRLEN);
	m->nlh.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	m->nlh.nlmsg_type = filter_family;
	m->nlh.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	m->nlh.nlmsg_seq = 42;
	m->genl.cmd = cmd;
	m->genl.version = WEFT_FILTER_GENL_VERSION;
}

static inline void filter_put(struct filter_msg *m, int type, const void *data, size_t len)
{
	struct nlattr *nla = (void *)((char *)m + NLMSG_ALIGN(m->nlh.nlmsg_len));

	nla->nla_type = type;
	nla->nla_len = NLA_HDRLEN + len;
	memcpy((char *)nla + NLA_HDRLEN, data, len);
	memset((char *)nla + nla->nla_len, 0, NLA_ALIGN(len) - len);
	m->nlh.nlmsg_len = NLMSG_ALIGN(m->nlh.nlmsg_len) + NLA_HDRLEN + NLA_ALIGN(len);
}

static inline void filter_str(struct filter_msg *m, int type, const char *s)
{
	filter_put(m, type, s, strlen(s) + 1);
}

static inline void filter_u32(struct filter_msg *m, int type, uint32_t value)
{
	filter_put(m, type, &value, sizeof(value));
}

static inline void filter_u16(struct filter_msg *m, int type, uint16_t value)
{
	filter_put(m, type, &value, sizeof(value));
}

static inline void filter_u64(struct filter_msg *m, int type, uint64_t value)
{
	filter_put(m, type, &value, sizeof(value));
}

/* Begins attributes within one; filter_end() ends them. */
static inline struct nlattr *filter_nest(struct filter_msg *m, int type)
{
	struct nlattr *nla = (void *)((char *)m + NLMSG_ALIGN(m->nlh.nlmsg_len));

	filter_put(m, type | NLA_F_NESTED, NULL, 0);
	return nla;
}

static inline void filter_end(struct filter_msg *m, struct nlattr *nla)
{
	nla->nla_len = (char *)m + m->nlh.nlmsg_len - (char *)nla;
}

/* An attribute among others, NULL if it is not there. */
static inline const void *filter_find(const void *attrs, size_t len, int type)
{
	const struct nlattr *nla = attrs;

	while (len >= NLA_HDRLEN && nla->nla_len >= NLA_HDRLEN && nla->nla_len <= len) {
		if ((nla->nla_type & NLA_TYPE_MASK) == type)
			return (const char *)nla + NLA_HDRLEN;
		if ((size_t)NLA_ALIGN(nla->nla_len) >= len)
			break;
		len -= NLA_ALIGN(nla->nla_len);
		nla = (void *)((char *)nla + NLA_ALIGN(nla->nla_len));
	}
	return NULL;
}

static inline const void *filter_attr(const struct filter_msg *m, int type)
{
	return filter_find(m->attrs, m->nlh.nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN), type);
}

static inline uint64_t filter_attr_u64(const struct filter_msg *m, int type)
{
	const void *data = filter_attr(m, type);
	uint64_t value = 0;

	if (data)
		memcpy(&value, data, sizeof(value));
	return value;
}

static inline uint32_t filter_attr_u32(const struct filter_msg *m, int type)
{
	const void *data = filter_attr(m, type);
	uint32_t value = ~0U;

	if (data)
		memcpy(&value, data, sizeof(value));
	return value;
}

static inline int filter_open(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC), on = 1;
	struct sockaddr_nl sa = { .nl_family = AF_NETLINK };

	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	return bind(fd, (void *)&sa, sizeof(sa)) ? -1 : fd;
}

static inline void filter_reason(const struct nlmsghdr *nlh, struct filter_answer *a)
{
	size_t skip = nlh->nlmsg_type == NLMSG_ERROR ? sizeof(struct nlmsgerr) : sizeof(int);
	const char *tlvs = (const char *)NLMSG_DATA(nlh) + skip;
	size_t len = nlh->nlmsg_len - NLMSG_HDRLEN - skip;
	const void *data;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	data = filter_find(tlvs, len, NLMSGERR_ATTR_MSG);
	if (data)
		snprintf(a->why, sizeof(a->why), "%s", (const char *)data);
	data = filter_find(tlvs, len, NLMSGERR_ATTR_OFFS);
	if (data)
		memcpy(&a->at, data, sizeof(a->at));
}

/* Sends a request and reads until it is acknowledged or its dump ends. */
static inline const struct filter_answer *filter_ask(int fd, const struct filter_msg *m)
{
	static struct filter_answer a;
	static char buf[65536];
	struct nlmsghdr *nlh;
	ssize_t n;

	a.err = -1;
	a.count = 0;
	a.at = 0;
	a.why[0] = 0;
	a.last.nlh.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	if (send(fd, m, m->nlh.nlmsg_len, 0) < 0)
		return &a;
	while ((n = recv(fd, buf, sizeof(buf), 0)) > 0)
		for (nlh = (void *)buf; NLMSG_OK(nlh, n); nlh = NLMSG_NEXT(nlh, n)) {
			if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE) {
				a.err = -*(int *)NLMSG_DATA(nlh);
				filter_reason(nlh, &a);
				/* A dump's acknowledgment comes before its messages. */
				if (nlh->nlmsg_type == NLMSG_DONE || a.err ||
				    (m->nlh.nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
					return &a;
				continue;
			}
			a.count++;
			if (nlh->nlmsg_len <= sizeof(a.last))
				memcpy(&a.last, nlh, nlh->nlmsg_len);
		}
	return &a;
}

/* The numbers of the family and its groups; -1 if it is not there. */
static inline int filter_resolve(int fd)
{
	const struct filter_answer *a;
	const struct nlattr *group;
	struct filter_msg m;
	const char *groups;
	size_t left, len;

	filter_family = GENL_ID_CTRL;
	filter_init(&m, CTRL_CMD_GETFAMILY, 0);
	filter_str(&m, CTRL_ATTR_FAMILY_NAME, WEFT_FILTER_GENL_NAME);
	a = filter_ask(fd, &m);
	if (a->err)
		return -1;
	filter_family = *(const uint16_t *)filter_attr(&a->last, CTRL_ATTR_FAMILY_ID);
	groups = filter_attr(&a->last, CTRL_ATTR_MCAST_GROUPS);
	left = ((const struct nlattr *)(groups - NLA_HDRLEN))->nla_len - NLA_HDRLEN;
	for (group = (const void *)groups; left >= NLA_HDRLEN;) {
		const char *inner = (const char *)group + NLA_HDRLEN;
		const char *name;
		const uint32_t *id;

		len = group->nla_len - NLA_HDRLEN;
		name = filter_find(inner, len, CTRL_ATTR_MCAST_GRP_NAME);
		id = filter_find(inner, len, CTRL_ATTR_MCAST_GRP_ID);
		if (!strcmp(name, WEFT_FILTER_GROUP_CHANGES))
			filter_group_changes = *id;
		if (!strcmp(name, WEFT_FILTER_GROUP_TRACE))
			filter_group_trace = *id;
		if ((size_t)NLA_ALIGN(group->nla_len) >= left)
			break;
		left -= NLA_ALIGN(group->nla_len);
		group = (const void *)((const char *)group + NLA_ALIGN(group->nla_len));
	}
	return 0;
}

/* A socket that hears of a group, and waits half a second at most. */
static inline int filter_listen(int group)
{
	struct timeval wait = { .tv_usec = 500000 };
	int fd = filter_open();

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	return setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) ?
	       -1 : fd;
}

#endif /* FILTER_H */
