// SPDX-License-Identifier: GPL-2.0
/* rtnetlink on libmnl, see netlink.h. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <linux/if.h>

#include "cli.h"
#include "netlink.h"

/* What libmnl hands to each of the three functions below. */
struct exchange {
	int error;	/* the kernel's verdict, told already when not 0 */
	mnl_cb_t fn;
	void *arg;
};

int nl_open(struct nl *nl)
{
	int one = 1;

	nl->sock = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!nl->sock || mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID)) {
		cli_error("cannot open a netlink socket: %s", strerror(errno));
		if (nl->sock)
			mnl_socket_close(nl->sock);
		return -1;
	}
	/* Both are refinements: an old kernel without them serves as well. */
	mnl_socket_setsockopt(nl->sock, NETLINK_EXT_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(nl->sock, NETLINK_GET_STRICT_CHK, &one,
			      sizeof(one));
	nl->portid = mnl_socket_get_portid(nl->sock);
	nl->seq = (unsigned int)time(NULL);
	return 0;
}

void nl_close(struct nl *nl)
{
	mnl_socket_close(nl->sock);
}

/* Prints why the kernel refused: its own words where it has any. */
static void tell_error(const struct nlmsghdr *nlh, size_t offset, int error)
{
	const struct nlattr *attr;

	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS) {
		mnl_attr_for_each(attr, nlh, offset) {
			if (mnl_attr_get_type(attr) != NLMSGERR_ATTR_MSG ||
			    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0)
				continue;
			fprintf(stderr, "Error: %s\n", mnl_attr_get_str(attr));
			return;
		}
	}
	fprintf(stderr, "Error: %s\n", weft_strerror(-error));
}

static int on_error(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	struct exchange *x = arg;
	size_t offset = sizeof(*e);

	if (nlh->nlmsg_len < mnl_nlmsg_size(sizeof(*e))) {
		x->error = -EBADMSG;
		return MNL_CB_STOP;
	}
	x->error = e->error;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		offset += e->msg.nlmsg_len - sizeof(e->msg);
	if (e->error)
		tell_error(nlh, MNL_ALIGN(offset), e->error);
	return MNL_CB_STOP;
}

static int on_done(const struct nlmsghdr *nlh, void *arg)
{
	struct exchange *x = arg;

	if (nlh->nlmsg_len >= mnl_nlmsg_size(sizeof(int))) {
		x->error = *(const int *)mnl_nlmsg_get_payload(nlh);
		if (x->error)
			tell_error(nlh, sizeof(int), x->error);
	}
	return MNL_CB_STOP;
}

static int on_message(const struct nlmsghdr *nlh, void *arg)
{
	struct exchange *x = arg;

	return x->fn ? x->fn(nlh, x->arg) : MNL_CB_OK;
}

/* Sends @request and hands every answer to @x; -1 with errno when that fails. */
static int exchange(struct nl *nl, struct nlmsghdr *request,
		    struct exchange *x)
{
	static mnl_cb_t control[] = {
		[NLMSG_ERROR] = on_error,
		[NLMSG_DONE] = on_done,
	};
	char buf[NL_BUFSIZE];
	int again = MNL_CB_OK;
	ssize_t n;

	request->nlmsg_seq = ++nl->seq;
	if (mnl_socket_sendto(nl->sock, request, request->nlmsg_len) < 0)
		return -1;
	while (again > MNL_CB_STOP) {
		n = mnl_socket_recvfrom(nl->sock, buf, sizeof(buf));
		if (n < 0)
			return -1;
		again = mnl_cb_run2(buf, (size_t)n, nl->seq, nl->portid,
				    on_message, x, control,
				    MNL_ARRAY_SIZE(control));
	}
	return again;
}

/* Makes a change; tells and returns -1 when the kernel refuses it. */
int nl_talk(struct nl *nl, struct nlmsghdr *request)
{
	struct exchange x = { 0 };

	request->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	if (exchange(nl, request, &x) < 0) {
		cli_error("netlink: %s", strerror(errno));
		return -1;
	}
	return x.error ? -1 : 0;
}

/*
 * Asks for a list and hands each entry to @fn. Returns 0, 1 when the list
 * changed on the way and must be asked for again, or -1 after telling why.
 */
int nl_dump(struct nl *nl, struct nlmsghdr *request, mnl_cb_t fn, void *arg)
{
	struct exchange x = { .fn = fn, .arg = arg };

	request->nlmsg_flags |= NLM_F_REQUEST | NLM_F_DUMP;
	if (exchange(nl, request, &x) < 0) {
		if (errno == EINTR)
			return 1;
		cli_error("netlink: %s", strerror(errno));
		return -1;
	}
	return x.error ? -1 : 0;
}

int nl_link_parse(const struct nlmsghdr *nlh, struct nl_link *link)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if (nlh->nlmsg_len < mnl_nlmsg_size(sizeof(*ifi)))
		return -1;
	memset(link, 0, sizeof(*link));
	link->index = ifi->ifi_index;
	link->flags = ifi->ifi_flags;
	link->type = ifi->ifi_type;
	mnl_attr_for_each(attr, nlh, sizeof(*ifi)) {
		unsigned int len = mnl_attr_get_payload_len(attr);

		switch (mnl_attr_get_type(attr)) {
		case IFLA_IFNAME:
			snprintf(link->name, sizeof(link->name), "%.*s",
				 (int)len, mnl_attr_get_str(attr));
			break;
		case IFLA_MTU:
			if (len >= 4)
				link->mtu = mnl_attr_get_u32(attr);
			break;
		case IFLA_OPERSTATE:
			if (len >= 1)
				link->operstate = mnl_attr_get_u8(attr);
			break;
		case IFLA_ADDRESS:
			if (len > sizeof(link->mac))
				break;
			link->mac_len = len;
			memcpy(link->mac, mnl_attr_get_payload(attr), len);
			break;
		}
	}
	return 0;
}

/* Returns -1 for messages that are of another family or have no address. */
int nl_addr_parse(const struct nlmsghdr *nlh, int family, struct nl_addr *addr)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	bool local = false, found = false;
	const struct nlattr *attr;

	if (nlh->nlmsg_len < mnl_nlmsg_size(sizeof(*ifa)) ||
	    ifa->ifa_family != family)
		return -1;
	memset(addr, 0, sizeof(*addr));
	addr->index = (int)ifa->ifa_index;
	addr->prefix_len = ifa->ifa_prefixlen;
	addr->flags = ifa->ifa_flags;
	addr->scope = ifa->ifa_scope;
	mnl_attr_for_each(attr, nlh, sizeof(*ifa)) {
		unsigned int type = mnl_attr_get_type(attr);
		unsigned int len = mnl_attr_get_payload_len(attr);

		if ((type == IFA_LOCAL || (type == IFA_ADDRESS && !local)) &&
		    len == sizeof(addr->addr)) {
			memcpy(&addr->addr, mnl_attr_get_payload(attr), len);
			local = type == IFA_LOCAL;
			found = true;
		} else if (type == IFA_FLAGS && len >= 4) {
			addr->flags = mnl_attr_get_u32(attr);
		} else if (type == IFA_CACHEINFO &&
			   len >= sizeof(addr->lifetime)) {
			memcpy(&addr->lifetime, mnl_attr_get_payload(attr),
			       sizeof(addr->lifetime));
			addr->has_lifetime = true;
		}
	}
	return found ? 0 : -1;
}

const char *nl_scope_name(unsigned char scope, char *buf, size_t size)
{
	switch (scope) {
	case RT_SCOPE_UNIVERSE:
		return "global";
	case RT_SCOPE_SITE:
		return "site";
	case RT_SCOPE_LINK:
		return "link";
	case RT_SCOPE_HOST:
		return "host";
	default:
		snprintf(buf, size, "%u", scope);
		return buf;
	}
}

const char *nl_operstate_name(unsigned char state)
{
	static const char *const names[] = {
		[IF_OPER_UNKNOWN] = "UNKNOWN",
		[IF_OPER_NOTPRESENT] = "NOTPRESENT",
		[IF_OPER_DOWN] = "DOWN",
		[IF_OPER_LOWERLAYERDOWN] = "LOWERLAYERDOWN",
		[IF_OPER_TESTING] = "TESTING",
		[IF_OPER_DORMANT] = "DORMANT",
		[IF_OPER_UP] = "UP",
	};

	return state < MNL_ARRAY_SIZE(names) ? names[state] : "UNKNOWN";
}

const char *nl_mac_format(const struct nl_link *link, char *buf, size_t size)
{
	size_t n = 0;
	unsigned int i;

	buf[0] = '\0';
	for (i = 0; i < link->mac_len && n + 4 <= size; i++)
		n += (size_t)snprintf(buf + n, size - n, i ? ":%02x" : "%02x",
				      link->mac[i]);
	return buf;
}
