// SPDX-License-Identifier: GPL-2.0
/*
 * Packets in the kernel's log, or sent to a group of nfnetlink_log. Netfilter keeps its
 * loggers by protocol family and does not know ours. A listener of a group hears of all
 * families, so ours speaks as NFPROTO_NETDEV, whose packets are told from the network
 * header on, with their EtherType: what ours are.
 */
#include <linux/kmod.h>
#include <linux/slab.h>
#include <net/netfilter/nf_log.h>
#include "../header.h"
#include "../input.h"
#include "compat_netlink.h"
#include "expr.h"
#include "field.h"
#include "log.h"
#include "netlink.h"

#define WEFT_LOG_LEVEL_DEFAULT	4

static void weft_log_addr(struct nf_log_buf *line, const char *name,
			  const struct weft_addr *addr)
{
	nf_log_buf_add(line, "%s=%x:%x:%x:%x ", name, be16_to_cpu(addr->a16[0]),
		       be16_to_cpu(addr->a16[1]), be16_to_cpu(addr->a16[2]),
		       be16_to_cpu(addr->a16[3]));
}

static void weft_log_field(struct nf_log_buf *line, struct weft_packet *packet,
			   const char *name, unsigned int field)
{
	if (weft_field_read(packet, field, 0))
		nf_log_buf_add(line, "%s=%llu ", name, packet->word[field]);
}

static void weft_log_line(struct weft_packet *packet, const struct weft_log *log)
{
	const struct weft_hdr *hdr = weft_hdr(packet->skb);
	const struct nf_hook_state *state = packet->state;
	struct nf_log_buf *line;

	if (!net_eq(state->net, &init_net) && !sysctl_nf_log_all_netns)
		return;
	line = nf_log_buf_open();
	nf_log_buf_add(line, KERN_SOH "%c%sIN=%s OUT=%s ", '0' + log->level, log->prefix,
		       state->in ? state->in->name : "", state->out ? state->out->name : "");
	weft_log_addr(line, "SRC", &hdr->src);
	weft_log_addr(line, "DST", &hdr->dst);
	weft_log_field(line, packet, "LEN", WEFT_FILTER_F_LEN);
	weft_log_field(line, packet, "CLASS", WEFT_FILTER_F_CLASS);
	weft_log_field(line, packet, "HOPS", WEFT_FILTER_F_HOP_LIMIT);
	weft_log_field(line, packet, "FRAG", WEFT_FILTER_F_FRAG);
	weft_log_field(line, packet, "PROTO", WEFT_FILTER_F_PROTO);
	weft_log_field(line, packet, "SPT", WEFT_FILTER_F_SPORT);
	weft_log_field(line, packet, "DPT", WEFT_FILTER_F_DPORT);
	weft_log_field(line, packet, "FLAGS", WEFT_FILTER_F_STREAM_FLAGS);
	weft_log_field(line, packet, "TYPE", WEFT_FILTER_F_CTL_TYPE);
	weft_log_field(line, packet, "CODE", WEFT_FILTER_F_CTL_CODE);
	weft_log_field(line, packet, "UID", WEFT_FILTER_F_UID);
	weft_log_field(line, packet, "MARK", WEFT_FILTER_F_MARK);
	nf_log_buf_close(line);
}

/**
 * weft_log() - log a packet
 * @packet: the packet
 * @log: how
 *
 * Context: RCU read lock, softirqs disabled.
 */
void weft_log(struct weft_packet *packet, const struct weft_log *log)
{
	const struct nf_hook_state *state = packet->state;
	struct nf_loginfo info = {
		.type = NF_LOG_TYPE_ULOG,
		.u.ulog.group = log->group,
		.u.ulog.copy_len = log->snaplen,
		.u.ulog.qthreshold = log->threshold,
		.u.ulog.flags = log->has & BIT(WEFT_FILTER_EA_SNAPLEN) ? NF_LOG_F_COPY_LEN : 0,
	};

	if (log->group < 0)
		weft_log_line(packet, log);
	else
		nf_log_packet(state->net, NFPROTO_NETDEV, state->hook, packet->skb, state->in,
			      state->out, &info, "%s", log->prefix);
}

/* What belongs to the one way of logging does not belong to the other. */
static int weft_log_check(const struct weft_log *log, struct nlattr **tb,
			  struct netlink_ext_ack *extack)
{
	const char *c;

	for (c = log->prefix; *c; c++)
		if ((u8)*c < ' ' || *c == '\x7f')
			return weft_refuse_attr(extack, tb[WEFT_FILTER_EA_PREFIX],
						"a prefix has no control characters", -EINVAL);
	if (tb[WEFT_FILTER_EA_GROUP] && tb[WEFT_FILTER_EA_LEVEL])
		return weft_refuse_attr(extack, tb[WEFT_FILTER_EA_LEVEL], "a group has no level",
					-EINVAL);
	if (tb[WEFT_FILTER_EA_GROUP])
		return 0;
	if (tb[WEFT_FILTER_EA_SNAPLEN])
		return weft_refuse_attr(extack, tb[WEFT_FILTER_EA_SNAPLEN],
					"the kernel's log has no packets", -EINVAL);
	if (tb[WEFT_FILTER_EA_THRESHOLD])
		return weft_refuse_attr(extack, tb[WEFT_FILTER_EA_THRESHOLD],
					"the kernel's log has no threshold", -EINVAL);
	return 0;
}

/* nfnetlink_log may have to be loaded. */
static int weft_log_get(void)
{
	int err = nf_logger_find_get(NFPROTO_NETDEV, NF_LOG_TYPE_ULOG);

	if (err != -ENOENT)
		return err;
	request_module("nf-logger-%d-%d", NFPROTO_NETDEV, NF_LOG_TYPE_ULOG);
	return nf_logger_find_get(NFPROTO_NETDEV, NF_LOG_TYPE_ULOG);
}

/**
 * weft_log_parse() - read how to log
 * @expr: filled in
 * @tb: attributes
 * @extack: where to say what is wrong
 *
 * Context: may sleep; loads nfnetlink_log.
 * Return: 0 or a negative errno.
 */
int weft_log_parse(struct weft_expr *expr, struct nlattr **tb, struct netlink_ext_ack *extack)
{
	struct weft_log *log = kzalloc(sizeof(*log), GFP_KERNEL_ACCOUNT);
	const struct nlattr *group = tb[WEFT_FILTER_EA_GROUP];
	unsigned int i;
	int err;

	if (!log)
		return -ENOMEM;
	expr->log = log;
	log->group = -1;
	for (i = 1; i <= WEFT_FILTER_EA_MAX; i++)
		log->has |= tb[i] ? BIT(i) : 0;
	log->level = nla_get_u32_default(tb[WEFT_FILTER_EA_LEVEL], WEFT_LOG_LEVEL_DEFAULT);
	if (tb[WEFT_FILTER_EA_PREFIX])
		nla_strscpy(log->prefix, tb[WEFT_FILTER_EA_PREFIX], sizeof(log->prefix));
	if (tb[WEFT_FILTER_EA_SNAPLEN])
		log->snaplen = nla_get_u32(tb[WEFT_FILTER_EA_SNAPLEN]);
	if (tb[WEFT_FILTER_EA_THRESHOLD])
		log->threshold = nla_get_u16(tb[WEFT_FILTER_EA_THRESHOLD]);
	err = weft_log_check(log, tb, extack);
	if (err || !group)
		return err;
	err = weft_log_get();
	if (err)
		return weft_refuse_attr(extack, group, "nfnetlink_log cannot be loaded", err);
	log->group = nla_get_u16(group);
	return 0;
}

/**
 * weft_log_free() - end
 * @log: what weft_log_parse() made, or NULL
 */
void weft_log_free(struct weft_log *log)
{
	if (log && log->group >= 0)
		nf_logger_put(NFPROTO_NETDEV, NF_LOG_TYPE_ULOG);
	kfree(log);
}
