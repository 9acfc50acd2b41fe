/* SPDX-License-Identifier: GPL-2.0 */
/* rtnetlink on libmnl: one request, its answer, and the kernel's reasons. */
#ifndef WEFT_NETLINK_H
#define WEFT_NETLINK_H

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

#include "weft.h"

/* A dump that changes while it is read is read again this often at most. */
#define NL_DUMP_TRIES	8

/**
 * struct nl - a netlink socket
 * @sock: libmnl's socket
 * @portid: its address
 * @seq: sequence number of the last request
 * @family: the family number in force
 */
struct nl {
	struct mnl_socket *sock;
	unsigned int portid;
	unsigned int seq;
	int family;
};

#define NL_BUFSIZE	32768
#define NL_REQUEST_SIZE	8192

/* A request; the room is what attributes may take. */
struct nl_request {
	struct nlmsghdr nlh;
	char room[NL_REQUEST_SIZE];
};

/**
 * struct nl_messages - a list of messages that grows
 * @data: the messages, one after the other, each aligned
 * @len: bytes used
 * @room: bytes there
 */
struct nl_messages {
	char *data;
	size_t len;
	size_t room;
};

int nl_open(struct nl *nl);
int nl_open_diag(struct nl *nl);
int nl_open_generic(struct nl *nl);
void nl_close(struct nl *nl);

void *nl_request(struct nl_request *r, int type, unsigned int flags,
		 size_t header);
void nl_put(struct nl_request *r, uint16_t type, size_t len, const void *data);
void nl_put_u8(struct nl_request *r, uint16_t type, uint8_t value);
void nl_put_u32(struct nl_request *r, uint16_t type, uint32_t value);

int nl_talk(struct nl *nl, struct nlmsghdr *request, bool (*harmless)(int error));
bool nl_is_gone(int error);
bool nl_is_there(int error);
int nl_ask_quietly(struct nl *nl, struct nlmsghdr *request, mnl_cb_t fn, void *arg,
		   bool (*harmless)(int error));
int nl_ask(struct nl *nl, struct nlmsghdr *request, mnl_cb_t fn, void *arg);

int nl_collect(struct nl *nl, struct nlmsghdr *request, struct nl_messages *m);
int nl_messages_add(struct nl_messages *m, const struct nlmsghdr *nlh);
struct nlmsghdr *nl_messages_next(const struct nl_messages *m,
				  const struct nlmsghdr *nlh);
void nl_messages_free(struct nl_messages *m);

bool nl_attr_copy(const struct nlattr *attr, void *to, size_t len);

#endif /* WEFT_NETLINK_H */
