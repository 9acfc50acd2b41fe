// SPDX-License-Identifier: GPL-2.0
/* rtnetlink on libmnl, see netlink.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli.h"
#include "netlink.h"

/* What libmnl hands to each of the three functions below. */
struct exchange {
	int error;		/* the kernel's verdict, a negative errno */
	bool (*harmless)(int error);	/* errors that are none, not to be told */
	mnl_cb_t fn;
	void *arg;
};

static int open_bus(struct nl *nl, int bus)
{
	int one = 1;

	nl->family = cli_family();
	if (nl->family < 0)
		return -1;
	nl->sock = mnl_socket_open2(bus, SOCK_CLOEXEC);
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

int nl_open(struct nl *nl)
{
	return open_bus(nl, NETLINK_ROUTE);
}

/* For NETLINK_SOCK_DIAG. */
int nl_open_diag(struct nl *nl)
{
	return open_bus(nl, NETLINK_SOCK_DIAG);
}

/* For NETLINK_GENERIC. */
int nl_open_generic(struct nl *nl)
{
	return open_bus(nl, NETLINK_GENERIC);
}

void nl_close(struct nl *nl)
{
	mnl_socket_close(nl->sock);
}

/* --- requests ------------------------------------------------------------------- */

/* Begins a request; returns the header of its type, of @header zero bytes. */
void *nl_request(struct nl_request *r, int type, unsigned int flags,
		 size_t header)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(r);

	nlh->nlmsg_type = (uint16_t)type;
	nlh->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	return mnl_nlmsg_put_extra_header(nlh, header);
}

/* Adds an attribute; a request without room for it would be a bug here. */
void nl_put(struct nl_request *r, uint16_t type, size_t len, const void *data)
{
	if (!mnl_attr_put_check(&r->nlh, sizeof(*r), type, len, data))
		abort();
}

void nl_put_u8(struct nl_request *r, uint16_t type, uint8_t value)
{
	nl_put(r, type, sizeof(value), &value);
}

void nl_put_u32(struct nl_request *r, uint16_t type, uint32_t value)
{
	nl_put(r, type, sizeof(value), &value);
}

/* --- answers -------------------------------------------------------------------- */

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
	if (e->error && x->harmless && x->harmless(-e->error))
		x->error = 0;
	else if (e->error)
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

/*
 * Makes a change; tells when the kernel refuses it, unless the errno is one that
 * @harmless, if it is not NULL, is true for. Returns CLI_OK or CLI_ERROR.
 */
int nl_talk(struct nl *nl, struct nlmsghdr *request, bool (*harmless)(int error))
{
	struct exchange x = { .harmless = harmless };

	request->nlmsg_flags |= NLM_F_ACK;
	if (exchange(nl, request, &x) < 0) {
		cli_error("netlink: %s", strerror(errno));
		return CLI_ERROR;
	}
	return x.error ? CLI_ERROR : CLI_OK;
}

/* For nl_talk(): what was to be deleted went by itself. */
bool nl_is_gone(int error)
{
	return error == ESRCH || error == ENOENT || error == ENODEV ||
	       error == EADDRNOTAVAIL;
}

/* For nl_talk(): what was to be added is there. */
bool nl_is_there(int error)
{
	return error == EEXIST;
}

/*
 * Asks for one entry and hands it to @fn. As with nl_talk(), errors that @harmless is true
 * for are not told. Returns CLI_OK or CLI_ERROR.
 */
int nl_ask_quietly(struct nl *nl, struct nlmsghdr *request, mnl_cb_t fn, void *arg,
		   bool (*harmless)(int error))
{
	struct exchange x = { .fn = fn, .arg = arg, .harmless = harmless };

	request->nlmsg_flags |= NLM_F_ACK;
	if (exchange(nl, request, &x) < 0) {
		cli_error("netlink: %s", strerror(errno));
		return CLI_ERROR;
	}
	return x.error ? CLI_ERROR : CLI_OK;
}

/* The same; every error is told. */
int nl_ask(struct nl *nl, struct nlmsghdr *request, mnl_cb_t fn, void *arg)
{
	return nl_ask_quietly(nl, request, fn, arg, NULL);
}

/* --- lists ------------------------------------------------------------------------ */

/* Adds a copy of a message; -1 when there is no memory. */
int nl_messages_add(struct nl_messages *m, const struct nlmsghdr *nlh)
{
	size_t len = MNL_ALIGN(nlh->nlmsg_len), room = m->room;
	char *data;

	while (m->len + len > room)
		room = room ? room * 2 : NL_BUFSIZE;
	if (room != m->room) {
		data = realloc(m->data, room);
		if (!data)
			return -1;
		m->data = data;
		m->room = room;
	}
	memcpy(m->data + m->len, nlh, nlh->nlmsg_len);
	m->len += len;
	return 0;
}

/* The message after @nlh, the first for NULL; NULL after the last. */
struct nlmsghdr *nl_messages_next(const struct nl_messages *m,
				  const struct nlmsghdr *nlh)
{
	size_t at = 0;

	if (nlh)
		at = (size_t)((const char *)nlh - m->data) +
		     MNL_ALIGN(nlh->nlmsg_len);
	return at < m->len ? (struct nlmsghdr *)(m->data + at) : NULL;
}

void nl_messages_free(struct nl_messages *m)
{
	free(m->data);
	memset(m, 0, sizeof(*m));
}

static int on_entry(const struct nlmsghdr *nlh, void *arg)
{
	return nl_messages_add(arg, nlh) ? MNL_CB_ERROR : MNL_CB_OK;
}

/* One attempt: 0, 1 when the list changed on the way, -1 after telling why. */
static int collect(struct nl *nl, struct nlmsghdr *request,
		   struct nl_messages *m)
{
	struct exchange x = { .fn = on_entry, .arg = m };

	if (exchange(nl, request, &x) < 0) {
		if (errno == EINTR)
			return 1;
		cli_error("netlink: %s", strerror(errno));
		return -1;
	}
	return x.error ? -1 : 0;
}

/*
 * Asks for a list; @m is to be freed by the caller, also after an error.
 * Returns CLI_OK or CLI_ERROR.
 */
int nl_collect(struct nl *nl, struct nlmsghdr *request, struct nl_messages *m)
{
	int tries, err = 1;

	memset(m, 0, sizeof(*m));
	request->nlmsg_flags |= NLM_F_DUMP;
	for (tries = 0; err > 0 && tries < NL_DUMP_TRIES; tries++) {
		m->len = 0;
		err = collect(nl, request, m);
	}
	if (err > 0)
		cli_error("the list changes too fast to be read");
	return err ? CLI_ERROR : CLI_OK;
}

/* Copies the first @len bytes of an attribute; false when it is shorter. */
bool nl_attr_copy(const struct nlattr *attr, void *to, size_t len)
{
	if (mnl_attr_get_payload_len(attr) < len)
		return false;
	memcpy(to, mnl_attr_get_payload(attr), len);
	return true;
}
