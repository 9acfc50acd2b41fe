// SPDX-License-Identifier: GPL-2.0
/*
 * Errors: a packet's sender is told why it was not delivered; of a received one
 * the socket is told whose packet it quotes.
 */
#include <linux/export.h>
#include <linux/jhash.h>
#include <linux/random.h>
#include "addr.h"
#include "control.h"
#include "datagram.h"
#include "echo.h"
#include "errqueue.h"
#include "error.h"
#include "exception.h"
#include "header.h"
#include "input.h"
#include "raw.h"
#include "route.h"
#include "socket.h"
#include "stats.h"
#include "stream.h"

static void weft_error_count(struct net *net, u8 type)
{
	static const u8 items[] = {
		[WEFT_CTL_UNREACH]	= WEFT_MIB_IN_UNREACHS,
		[WEFT_CTL_TOOBIG]	= WEFT_MIB_IN_TOO_BIGS,
		[WEFT_CTL_TIME]		= WEFT_MIB_IN_TIMES,
		[WEFT_CTL_PARAM]	= WEFT_MIB_IN_PARAMS,
	};

	weft_count(net, items[type]);
}

/* What the error says; where to look for what was sent depends on the socket. */
static void weft_error_read(const struct weft_ctl_hdr *ctl,
			    const struct weft_quote *quote,
			    struct weft_problem *problem)
{
	int err = weft_error_errno(ctl->type, ctl->code);

	*problem = (struct weft_problem) {
		.err = err ?: EPROTO,
		.hard = err && (ctl->type == WEFT_CTL_UNREACH ||
				ctl->type == WEFT_CTL_PARAM),
		.port = quote->dport,
		.payload = quote->header_len,
	};
	if (ctl->type == WEFT_CTL_TOOBIG)
		problem->info = be32_to_cpu(ctl->mtu);
	if (ctl->type == WEFT_CTL_PARAM)
		problem->info = be32_to_cpu(ctl->pointer);
}

/**
 * weft_error_tell() - tell a socket of an error about a packet of its
 * @sk: socket
 * @skb: the error; its data begins with the control header
 * @problem: what the error says
 *
 * Errors that may pass are told only to those who asked. Context: softirq, RCU read
 * lock.
 *
 * Return: false if the socket has not asked for errors and is not connected.
 */
bool weft_error_tell(struct sock *sk, const struct sk_buff *skb,
		     const struct weft_problem *problem)
{
	bool asked = READ_ONCE(weft_sk(sk)->opts.recv_err);

	if (!asked && sk->sk_state != TCP_ESTABLISHED)
		return false;
	if (asked)
		weft_errqueue_add(sk, skb, problem);
	if (asked || problem->hard) {
		WRITE_ONCE(sk->sk_err, problem->err);
		sk_error_report(sk);
	}
	return true;
}

static struct sock *weft_error_lookup(struct net *net, struct sk_buff *skb,
				      const struct weft_quote *quote)
{
	struct weft_port_key key = {
		.laddr = quote->src,
		.faddr = quote->dst,
		.lport = quote->sport,
		.fport = quote->dport,
		.iif = weft_cb(skb)->iif,
	};

	switch (quote->proto) {
	case WEFT_PROTO_DGRAM:
		return weft_port_lookup(&weft_dgram_ports, net, &key, NULL);
	case WEFT_PROTO_CONTROL:
		return weft_port_lookup(&weft_echo_ports, net, &key, NULL);
	}
	return NULL;
}

/**
 * weft_error_rcv() - receive an error
 * @net: namespace
 * @skb: packet; its data begins with the control header, checked
 *
 * It must quote a packet that a socket sent from the address that the error came to,
 * and the socket must be connected or have asked for errors. Context: softirq, RCU
 * read lock.
 *
 * Return: WEFT_DROP_NONE if @skb was consumed, else why it must be dropped.
 */
enum weft_drop weft_error_rcv(struct net *net, struct sk_buff *skb)
{
	const struct weft_ctl_hdr *ctl = (struct weft_ctl_hdr *)skb->data;
	struct weft_problem problem;
	struct weft_quote quote;
	struct sock *sk;
	bool told;

	weft_error_count(net, ctl->type);
	if (!weft_quote_parse(&quote, skb->data + WEFT_CTL_LEN,
			      skb_headlen(skb) - WEFT_CTL_LEN) ||
	    !weft_addr_equal(&quote.src, &weft_hdr(skb)->dst))
		return WEFT_DROP_CONTROL_QUOTE;
	weft_error_read(ctl, &quote, &problem);
	told = weft_raw_error(net, skb, &quote, &problem);
	if (quote.proto == WEFT_PROTO_STREAM)
		told |= weft_stream_error(net, skb, &quote, &problem);
	sk = weft_error_lookup(net, skb, &quote);
	if (sk) {
		problem.payload += weft_sk(sk)->proto->header_len;
		told |= weft_error_tell(sk, skb, &problem);
	}
	/* Only he who knows what was sent can change the path's MTU. */
	if (ctl->type == WEFT_CTL_TOOBIG && (sk || told))
		weft_exception_set_mtu(net, &quote.dst, problem.info);
	if (!told)
		return WEFT_DROP_CONTROL_QUOTE;
	weft_count(net, WEFT_MIB_IN_DELIVERS);
	consume_skb(skb);
	return WEFT_DROP_NONE;
}

/*
 * Takes from the destination's share: 50 a second and 50 at once. Each bucket holds
 * the time when its share would be whole again; addresses of one hash share it.
 */
static bool weft_error_dst_allowed(struct weft_net *wn, const struct weft_addr *dst)
{
	u32 hash = jhash(dst, sizeof(*dst), wn->error_seed);
	unsigned long *whole, now = jiffies;
	bool allowed;

	spin_lock_bh(&wn->error_lock);
	whole = &wn->error_dst[hash % WEFT_ERROR_BUCKETS];
	if (time_before(*whole, now) || time_after(*whole, now + HZ))
		*whole = now;
	allowed = *whole + HZ / 50 <= now + HZ;
	if (allowed)
		*whole += HZ / 50;
	spin_unlock_bh(&wn->error_lock);
	return allowed;
}

/**
 * weft_error_allow() - take one error from what may be sent
 * @net: namespace
 * @dst: whom it would go to
 *
 * RFC 4443, section 2.4 (f). Context: softirq.
 * Return: false if too many were sent; that is counted.
 */
bool weft_error_allow(struct net *net, const struct weft_addr *dst)
{
	struct weft_net *wn = weft_net(net);

	if (weft_error_dst_allowed(wn, dst) && __ratelimit(&wn->error_limit))
		return true;
	weft_count(net, WEFT_MIB_OUT_ERRORS_LIMITED);
	return false;
}

static enum weft_mib_item weft_error_out_item(u8 type)
{
	switch (type) {
	case WEFT_CTL_TOOBIG:
		return WEFT_MIB_OUT_TOO_BIGS;
	case WEFT_CTL_TIME:
		return WEFT_MIB_OUT_TIMES;
	case WEFT_CTL_PARAM:
		return WEFT_MIB_OUT_PARAMS;
	}
	return WEFT_MIB_OUT_UNREACHS;
}

static bool weft_error_answerable(u8 type, const struct sk_buff *skb)
{
	return skb->pkt_type != PACKET_MULTICAST &&
	       skb->pkt_type != PACKET_BROADCAST &&
	       weft_error_allowed(type, weft_hdr(skb), skb->data,
				  skb_headlen(skb));
}

/**
 * weft_error_send() - tell a packet's sender why it was not delivered
 * @net: namespace
 * @skb: the packet; its data begins after the network header. Not consumed.
 * @type: WEFT_CTL_UNREACH, _TOOBIG, _TIME or _PARAM
 * @code: of the type
 * @rest: of the control header
 *
 * Where the protocol forbids an answer or too many were sent, nothing is sent
 * (RFC 4443, section 2.4 e and f). Context: softirq, RCU read lock.
 */
void weft_error_send(struct net *net, struct sk_buff *skb, u8 type, u8 code,
		     __be32 rest)
{
	struct weft_ctl_msg msg = {
		.hdr.type = type,
		.hdr.code = code,
		.hdr.rest = rest,
		.skb = skb,
		.offset = skb_network_offset(skb),
		.len = min(skb->len + WEFT_HDR_LEN, WEFT_QUOTE_MAX),
	};

	/* The first byte of a message tells whether it is an error. */
	if (skb->len && !pskb_may_pull(skb, min(skb->len, WEFT_ERROR_PEEK)))
		return;
	if (!weft_error_answerable(type, skb) ||
	    !weft_error_allow(net, &weft_hdr(skb)->src))
		return;
	if (!weft_control_answer(net, &msg))
		weft_count(net, weft_error_out_item(type));
}
EXPORT_SYMBOL_GPL(weft_error_send);

int weft_error_init_net(struct net *net)
{
	struct weft_net *wn = weft_net(net);

	spin_lock_init(&wn->error_lock);
	wn->error_seed = get_random_u32();
	/* 1000 in a second, in bursts of at most 100. */
	ratelimit_state_init(&wn->error_limit, HZ / 10, 100);
	ratelimit_set_flags(&wn->error_limit, RATELIMIT_MSG_ON_RELEASE);
	return 0;
}

void weft_error_exit_net(struct net *net)
{
	ratelimit_state_exit(&weft_net(net)->error_limit);
}
