/* SPDX-License-Identifier: GPL-2.0 */
/* Requests to rtnetlink, made by hand so that they can be wrong. */
#ifndef RTNL_H
#define RTNL_H

#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/**
 * struct rtnl_request - a message to rtnetlink
 * @nlh: its header; the length grows with each part
 * @parts: fixed part and attributes
 */
struct rtnl_request {
	struct nlmsghdr nlh;
	char parts[1024];
};

/**
 * struct rtnl_answer - what rtnetlink said to a request
 * @err: errno, 0 for success
 * @count: messages of a dump, or the object that was asked for
 * @why: the reason in words, "" if there was none
 * @last: the last of those messages
 */
struct rtnl_answer {
	int err;
	int count;
	char why[128];
	struct rtnl_request last;
};

static inline struct rtnl_request rtnl_request(int type, int flags,
					       const void *fixed, size_t len)
{
	struct rtnl_request req = {
		.nlh = { .nlmsg_len = NLMSG_LENGTH(len), .nlmsg_type = type,
			 .nlmsg_seq = 42,
			 .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags },
	};

	memcpy(req.parts, fixed, len);
	return req;
}

static inline void rtnl_put(struct rtnl_request *req, int type, const void *data,
			    int len)
{
	struct rtattr *rta = (void *)((char *)req + NLMSG_ALIGN(req->nlh.nlmsg_len));

	rta->rta_type = type;
	rta->rta_len = RTA_LENGTH(len);
	memcpy(RTA_DATA(rta), data, len);
	req->nlh.nlmsg_len = NLMSG_ALIGN(req->nlh.nlmsg_len) + RTA_SPACE(len);
}

/* An attribute after a fixed part of @fixed bytes, NULL if it is not there. */
static inline const void *rtnl_find(const struct rtnl_request *msg, int type,
				    size_t fixed, size_t len)
{
	const struct rtattr *rta =
		(void *)((const char *)msg + NLMSG_LENGTH(NLMSG_ALIGN(fixed)));
	int left = msg->nlh.nlmsg_len - NLMSG_LENGTH(NLMSG_ALIGN(fixed));

	for (; RTA_OK(rta, left); rta = RTA_NEXT(rta, left))
		if (rta->rta_type == type && RTA_PAYLOAD(rta) == len)
			return RTA_DATA(rta);
	return NULL;
}

static inline int rtnl_open(unsigned int groups)
{
	struct sockaddr_nl sa = { .nl_family = AF_NETLINK, .nl_groups = groups };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), on = 1;

	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	return bind(fd, (void *)&sa, sizeof(sa)) ? -1 : fd;
}

/* The reason in an acknowledgment or at the end of a dump. */
static inline void rtnl_reason(const struct nlmsghdr *nlh, struct rtnl_answer *a)
{
	const struct nlmsgerr *e = NLMSG_DATA(nlh);
	int skip = sizeof(int);
	struct rtattr *rta;
	int len;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		skip = sizeof(*e);
		if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
			skip += NLMSG_ALIGN(e->msg.nlmsg_len) - NLMSG_HDRLEN;
	}
	rta = (void *)((char *)e + skip);
	len = nlh->nlmsg_len - NLMSG_HDRLEN - skip;
	for (; RTA_OK(rta, len); rta = RTA_NEXT(rta, len))
		if ((rta->rta_type & NLA_TYPE_MASK) == NLMSGERR_ATTR_MSG)
			snprintf(a->why, sizeof(a->why), "%s",
				 (char *)RTA_DATA(rta));
}

/* Sends a request and reads until it is acknowledged or its dump ends. */
static inline struct rtnl_answer rtnl_ask(int fd, const struct rtnl_request *req)
{
	struct rtnl_answer a = { .err = -1 };
	static char buf[65536];
	struct nlmsghdr *nlh;
	ssize_t n;

	if (send(fd, req, req->nlh.nlmsg_len, 0) < 0)
		return a;
	while ((n = recv(fd, buf, sizeof(buf), 0)) > 0)
		for (nlh = (void *)buf; NLMSG_OK(nlh, n); nlh = NLMSG_NEXT(nlh, n)) {
			if (nlh->nlmsg_type == NLMSG_ERROR ||
			    nlh->nlmsg_type == NLMSG_DONE) {
				a.err = -*(int *)NLMSG_DATA(nlh);
				rtnl_reason(nlh, &a);
				return a;
			}
			a.count++;
			if (nlh->nlmsg_len <= sizeof(a.last))
				memcpy(&a.last, nlh, nlh->nlmsg_len);
		}
	return a;
}

/* --- neighbours ------------------------------------------------------------- */

/* A request about a neighbour, its address in place. */
static inline struct rtnl_request rtnl_neigh(int type, int flags, int dev, int state,
					     const struct weft_addr *addr)
{
	struct ndmsg ndm = { .ndm_family = netns_weft_family(),
			     .ndm_ifindex = dev, .ndm_state = state };
	struct rtnl_request req = rtnl_request(type, flags, &ndm, sizeof(ndm));

	rtnl_put(&req, NDA_DST, addr, sizeof(*addr));
	return req;
}

/* Gives a neighbour a MAC and a state, whatever it had. Returns errno. */
static inline int rtnl_neigh_set(int fd, int dev, int state,
				 const struct weft_addr *addr, const void *mac)
{
	struct rtnl_request req = rtnl_neigh(RTM_NEWNEIGH,
					     NLM_F_CREATE | NLM_F_REPLACE, dev,
					     state, addr);

	rtnl_put(&req, NDA_LLADDR, mac, ETH_ALEN);
	return rtnl_ask(fd, &req).err;
}

/*
 * A line of /proc/net/weft/neigh of this namespace: the state of a neighbour, -1 if
 * there is none. @mac gets its MAC as text.
 */
static inline int netns_neigh(const struct weft_addr *addr, char *mac)
{
	FILE *f = fopen("/proc/thread-self/net/weft/neigh", "r");
	char want[17], name[17], text[18];
	int state = -1, st, i;

	for (i = 0; i < 8; i++)
		sprintf(want + 2 * i, "%02x", addr->a8[i]);
	while (f && fscanf(f, "%16s %*u %x %*x %17s %*s", name, &st, text) == 3)
		if (!strcmp(name, want)) {
			state = st;
			if (mac)
				strcpy(mac, text);
		}
	if (f)
		fclose(f);
	return state;
}

#endif /* RTNL_H */
