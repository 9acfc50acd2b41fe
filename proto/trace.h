/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoints: perf trace -e 'weft:*', or /sys/kernel/tracing/events/weft. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM weft

#if !defined(WEFT_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define WEFT_TRACE_H

#include <linux/tracepoint.h>
#include "drop.h"
#include "input.h"
#include "socket.h"
#include "stats.h"

DECLARE_EVENT_CLASS(weft_packet,
	TP_PROTO(const struct sk_buff *skb),
	TP_ARGS(skb),
	TP_STRUCT__entry(
		__field(const void *, skbaddr)
		__field(int, ifindex)
		__field(unsigned int, len)
		__field(u8, next)
		__field(u8, hop_limit)
		__array(u8, src, sizeof(struct weft_addr))
		__array(u8, dst, sizeof(struct weft_addr))
		__array(char, dev, IFNAMSIZ)
	),
	TP_fast_assign(
		__entry->skbaddr = skb;
		__entry->ifindex = skb->dev->ifindex;
		__entry->len = be16_to_cpu(weft_hdr(skb)->len);
		__entry->next = weft_hdr(skb)->next;
		__entry->hop_limit = weft_hdr(skb)->hop_limit;
		memcpy(__entry->src, &weft_hdr(skb)->src,
		       sizeof(struct weft_addr));
		memcpy(__entry->dst, &weft_hdr(skb)->dst,
		       sizeof(struct weft_addr));
		strscpy_pad(__entry->dev, skb->dev->name, IFNAMSIZ);
	),
	TP_printk("dev=%s src=%s dst=%s len=%u next=%u hop_limit=%u skbaddr=%p",
		  __entry->dev,
		  __print_hex_str(__entry->src, sizeof(struct weft_addr)),
		  __print_hex_str(__entry->dst, sizeof(struct weft_addr)),
		  __entry->len, __entry->next, __entry->hop_limit,
		  __entry->skbaddr)
);

/* A packet whose header is valid came from a device. */
DEFINE_EVENT(weft_packet, weft_receive,
	TP_PROTO(const struct sk_buff *skb), TP_ARGS(skb));

/* A packet goes to a device. */
DEFINE_EVENT(weft_packet, weft_send,
	TP_PROTO(const struct sk_buff *skb), TP_ARGS(skb));

/* A stream's connection changes its state; the numbers are TCP's. */
TRACE_EVENT(weft_stream_state,
	TP_PROTO(const struct sock *sk, int old, int state),
	TP_ARGS(sk, old, state),
	TP_STRUCT__entry(
		__field(const void *, skaddr)
		__field(u16, lport)
		__field(u16, fport)
		__field(int, old)
		__field(int, state)
	),
	TP_fast_assign(
		__entry->skaddr = sk;
		__entry->lport = be16_to_cpu(weft_sk(sk)->lport);
		__entry->fport = be16_to_cpu(weft_sk(sk)->fport);
		__entry->old = old;
		__entry->state = state;
	),
	TP_printk("lport=%u fport=%u old=%d new=%d skaddr=%p", __entry->lport,
		  __entry->fport, __entry->old, __entry->state, __entry->skaddr)
);

DECLARE_EVENT_CLASS(weft_stream_range,
	TP_PROTO(const struct sock *sk, u32 seq, u32 end),
	TP_ARGS(sk, seq, end),
	TP_STRUCT__entry(
		__field(const void *, skaddr)
		__field(u16, lport)
		__field(u16, fport)
		__field(u32, seq)
		__field(u32, end)
	),
	TP_fast_assign(
		__entry->skaddr = sk;
		__entry->lport = be16_to_cpu(weft_sk(sk)->lport);
		__entry->fport = be16_to_cpu(weft_sk(sk)->fport);
		__entry->seq = seq;
		__entry->end = end;
	),
	TP_printk("lport=%u fport=%u seq=%u end=%u skaddr=%p", __entry->lport,
		  __entry->fport, __entry->seq, __entry->end, __entry->skaddr)
);

/* A segment is sent again. */
DEFINE_EVENT(weft_stream_range, weft_stream_retransmit,
	TP_PROTO(const struct sock *sk, u32 seq, u32 end), TP_ARGS(sk, seq, end));

/* A tail loss probe was sent: from where on, and whether it was sent before. */
DEFINE_EVENT(weft_stream_range, weft_stream_probe,
	TP_PROTO(const struct sock *sk, u32 seq, u32 end), TP_ARGS(sk, seq, end));

DECLARE_EVENT_CLASS(weft_stream_number,
	TP_PROTO(const struct sock *sk, int number),
	TP_ARGS(sk, number),
	TP_STRUCT__entry(
		__field(const void *, skaddr)
		__field(u16, lport)
		__field(u16, fport)
		__field(int, number)
	),
	TP_fast_assign(
		__entry->skaddr = sk;
		__entry->lport = be16_to_cpu(weft_sk(sk)->lport);
		__entry->fport = be16_to_cpu(weft_sk(sk)->fport);
		__entry->number = number;
	),
	TP_printk("lport=%u fport=%u number=%d skaddr=%p", __entry->lport,
		  __entry->fport, __entry->number, __entry->skaddr)
);

/* Nothing was acknowledged for too long: how often before. */
DEFINE_EVENT(weft_stream_number, weft_stream_rto,
	TP_PROTO(const struct sock *sk, int number), TP_ARGS(sk, number));

/* The congestion window falls: enum weft_recovery. */
DEFINE_EVENT(weft_stream_number, weft_stream_congestion,
	TP_PROTO(const struct sock *sk, int number), TP_ARGS(sk, number));

/* A received packet dies; its header may be anything. */
TRACE_EVENT(weft_drop,
	TP_PROTO(const struct sk_buff *skb, enum weft_drop reason),
	TP_ARGS(skb, reason),
	TP_STRUCT__entry(
		__field(const void *, skbaddr)
		__field(unsigned int, len)
		__array(char, reason, WEFT_DROP_NAME_LEN)
		__array(char, dev, IFNAMSIZ)
	),
	TP_fast_assign(
		__entry->skbaddr = skb;
		__entry->len = skb->len;
		strscpy_pad(__entry->reason, weft_drop_name(reason),
			    WEFT_DROP_NAME_LEN);
		strscpy_pad(__entry->dev, skb->dev->name, IFNAMSIZ);
	),
	TP_printk("dev=%s len=%u reason=%s skbaddr=%p", __entry->dev,
		  __entry->len, __entry->reason, __entry->skbaddr)
);

#endif /* WEFT_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
