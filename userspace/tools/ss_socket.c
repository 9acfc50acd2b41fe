// SPDX-License-Identifier: GPL-2.0
/* A socket: from a message, and printed. See ss_socket.h. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "cli.h"
#include "ss_info.h"
#include "ss_process.h"
#include "ss_socket.h"
#include "ss_state.h"

/* [ADDRESS%DEVICE]:PORT */
#define ENDPOINT_LEN	(WEFT_ADDRSTRLEN + IF_NAMESIZE + 16)

/* --- from a message -------------------------------------------------------------- */

static bool parse_attr(struct ss_socket *s, const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case WEFT_DIAG_MEMINFO:
		return nl_attr_copy(attr, s->memory, sizeof(s->memory));
	case WEFT_DIAG_SHUTDOWN:
		return nl_attr_copy(attr, &s->shutdown, sizeof(s->shutdown));
	case WEFT_DIAG_MARK:
		return nl_attr_copy(attr, &s->mark, sizeof(s->mark));
	case WEFT_DIAG_CGROUP:
		return nl_attr_copy(attr, &s->cgroup, sizeof(s->cgroup));
	case WEFT_DIAG_OPTIONS:
		return nl_attr_copy(attr, &s->options, sizeof(s->options));
	case WEFT_DIAG_INFO:
		return nl_attr_copy(attr, &s->info, sizeof(s->info));
	}
	return false;
}

/* Returns -1 for messages that are not about a socket of Weft. */
int ss_socket_parse(const struct nlmsghdr *nlh, int family, struct ss_socket *s)
{
	const struct nlattr *attr;

	memset(s, 0, sizeof(*s));
	if (nlh->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
	    nlh->nlmsg_len < mnl_nlmsg_size(sizeof(s->msg)))
		return -1;
	memcpy(&s->msg, mnl_nlmsg_get_payload(nlh), sizeof(s->msg));
	if (s->msg.family != family)
		return -1;
	mnl_attr_for_each(attr, nlh, sizeof(s->msg))
		if (parse_attr(s, attr))
			s->has |= 1U << mnl_attr_get_type(attr);
	return 0;
}

enum ss_kind ss_socket_kind(const struct ss_socket *s)
{
	switch (s->msg.type) {
	case SOCK_RAW:
		return SS_RAW;
	case SOCK_STREAM:
		return SS_STREAM;
	case SOCK_SEQPACKET:
		return SS_MESSAGES;
	}
	return s->msg.protocol == WEFT_PROTO_CONTROL ? SS_ECHO : SS_DGRAM;
}

bool ss_socket_connected(const struct ss_socket *s)
{
	return s->msg.state != TCP_CLOSE && s->msg.state != TCP_LISTEN;
}

uint64_t ss_socket_cookie(const struct ss_socket *s)
{
	return (uint64_t)s->msg.id.cookie[1] << 32 | s->msg.id.cookie[0];
}

const char *ss_kind_name(enum ss_kind kind)
{
	static const char *const names[] = { "str", "seq", "dgram", "echo", "raw" };

	return names[kind];
}

static bool has(const struct ss_socket *s, int attr)
{
	return s->has & 1U << attr;
}

/* --- the columns ------------------------------------------------------------------ */

#define COLUMNS	"%-5s %-11s %-6s %-6s %-29s %-*s"
#define PEER_WIDTH	20

static const char *state_name(const struct ss_socket *s)
{
	enum ss_kind kind = ss_socket_kind(s);

	return ss_state_name(kind == SS_STREAM || kind == SS_MESSAGES, s->msg.state);
}

/* '*' stands for any address and for no port. */
static void endpoint(const struct weft_addr *addr, unsigned int port,
		     unsigned int index, char buf[ENDPOINT_LEN])
{
	char text[WEFT_ADDRSTRLEN], name[IF_NAMESIZE], dev[IF_NAMESIZE + 1] = "";
	char number[16] = "*";

	if (index)
		snprintf(dev, sizeof(dev), "%%%s",
			 device_name((int)index, name));
	if (port)
		snprintf(number, sizeof(number), "%u", port);
	if (weft_addr_is_any(addr))
		snprintf(buf, ENDPOINT_LEN, "*%s:%s", dev, number);
	else
		snprintf(buf, ENDPOINT_LEN, "[%s%s]:%s",
			 weft_addr_format(addr, text, sizeof(text)), dev,
			 number);
}

/* Raw sockets have a next header where others have a port. */
static unsigned int local_port(const struct ss_socket *s)
{
	return s->msg.type == SOCK_RAW ? s->msg.protocol :
					 ntohs(s->msg.id.sport);
}

/* The last column is padded if something follows. */
static int peer_width(const struct ss_show *show)
{
	return show->extended || show->memory || show->options ||
	       show->processes ? PEER_WIDTH : 0;
}

void ss_socket_title(struct out *o, const struct ss_show *show)
{
	fprintf(o->file, COLUMNS "%s\n", "Netid", "State", "Recv-Q", "Send-Q",
		"Local Address:Port", peer_width(show), "Peer Address:Port",
		show->processes ? " Process" : "");
}

static void print_columns(struct out *o, const struct ss_socket *s, int width)
{
	char local[ENDPOINT_LEN], peer[ENDPOINT_LEN], in[16], out[16];
	const struct weft_diag_id *id = &s->msg.id;

	snprintf(in, sizeof(in), "%u", s->msg.rqueue);
	snprintf(out, sizeof(out), "%u", s->msg.wqueue);
	endpoint(&id->src, local_port(s), id->ifindex, local);
	endpoint(&id->dst, ntohs(id->dport), 0, peer);
	out_text(o, COLUMNS, ss_kind_name(ss_socket_kind(s)), state_name(s), in,
		 out, local, width, peer);
}

static void json_columns(struct json *j, const struct ss_socket *s)
{
	const struct weft_diag_id *id = &s->msg.id;
	char text[WEFT_ADDRSTRLEN], name[IF_NAMESIZE];

	json_string(j, "netid", ss_kind_name(ss_socket_kind(s)));
	json_string(j, "state", state_name(s));
	json_uint(j, "protocol", s->msg.protocol);
	json_uint(j, "recv_q", s->msg.rqueue);
	json_uint(j, "send_q", s->msg.wqueue);
	json_string(j, "src", weft_addr_format(&id->src, text, sizeof(text)));
	if (id->sport)
		json_uint(j, "sport", ntohs(id->sport));
	if (ss_socket_connected(s))
		json_string(j, "dst",
			    weft_addr_format(&id->dst, text, sizeof(text)));
	if (id->dport)
		json_uint(j, "dport", ntohs(id->dport));
	if (id->ifindex)
		json_string(j, "dev", device_name((int)id->ifindex, name));
}

/* --- what is asked for beside ------------------------------------------------------- */

static void print_extended(struct out *o, const struct ss_socket *s)
{
	out_uint(o, "uid", "uid", s->msg.uid);
	out_uint(o, "inode", "ino", s->msg.inode);
	out_uint(o, "cookie", "cookie", ss_socket_cookie(s));
	if (has(s, WEFT_DIAG_CGROUP))
		out_uint(o, "cgroup", "cgroup", s->cgroup);
	if (has(s, WEFT_DIAG_MARK) && s->mark)
		out_uint(o, "mark", "mark", s->mark);
	if (s->shutdown & 1)
		out_flag(o, "shut_read");
	if (s->shutdown & 2)
		out_flag(o, "shut_write");
	if (s->msg.drops)
		out_uint(o, "drops", "drops", s->msg.drops);
}

/* The names of ss(8). */
static void print_memory(struct out *o, const struct ss_socket *s)
{
	static const struct {
		const char *text;
		const char *key;
	} names[SK_MEMINFO_VARS] = {
		{ "r", "rmem_alloc" }, { "rb", "rcvbuf" },
		{ "t", "wmem_alloc" }, { "tb", "sndbuf" },
		{ "f", "fwd_alloc" }, { "w", "wmem_queued" },
		{ "o", "optmem" }, { "bl", "backlog" }, { "d", "drops" },
	};
	struct json *j = out_json(o);
	size_t i;

	if (!has(s, WEFT_DIAG_MEMINFO))
		return;
	if (j)
		json_open(j, "skmem", '{');
	else
		out_text(o, "skmem:(");
	for (i = 0; i < SK_MEMINFO_VARS; i++) {
		if (j)
			json_uint(j, names[i].key, s->memory[i]);
		else
			fprintf(o->file, "%s%s%u", i ? "," : "", names[i].text,
				s->memory[i]);
	}
	if (j)
		json_close(j, '}');
	else
		fputc(')', o->file);
}

static void print_flags(struct out *o, unsigned int flags)
{
	static const char *const names[] = {
		"reuseaddr", "reuseport", "broadcast", "recverr", "freebind",
		"hdrincl", "corked", "filter",
	};
	size_t i;

	for (i = 0; i < MNL_ARRAY_SIZE(names); i++)
		if (flags & 1U << i)
			out_flag(o, names[i]);
}

static void print_options(struct out *o, const struct ss_socket *s)
{
	static const char *const modes[] = { "dont", "want", "do", "probe" };
	const struct weft_diag_options *opt = &s->options;

	if (!has(s, WEFT_DIAG_OPTIONS))
		return;
	if (opt->hop_limit >= 0)
		out_uint(o, "hoplimit", "hoplimit", (uint64_t)opt->hop_limit);
	if (opt->class >= 0)
		out_uint(o, "class", "class", (uint64_t)opt->class);
	if (opt->mtu_discover < MNL_ARRAY_SIZE(modes))
		out_string(o, OUT_PLAIN, "pmtudisc", "pmtudisc",
			   modes[opt->mtu_discover]);
	if (opt->segment)
		out_uint(o, "segment", "segment", opt->segment);
	print_flags(o, opt->flags);
}

void ss_socket_print(struct out *o, const struct ss_socket *s,
		     const struct ss_show *show)
{
	if (out_json(o))
		json_columns(out_json(o), s);
	else
		print_columns(o, s, peer_width(show));
	if (show->processes)
		ss_process_print(o, s->msg.inode);
	if (show->extended)
		print_extended(o, s);
	if (show->memory)
		print_memory(o, s);
	if (show->options)
		print_options(o, s);
	if (show->options && has(s, WEFT_DIAG_INFO))
		ss_info_print(o, &s->info);
}
