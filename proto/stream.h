/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reliable streams: SOCK_STREAM and SOCK_SEQPACKET. doc/transport.md tells how the parts
 * work together; a segment comes in by stream_input.c and goes out by stream_output.c.
 */
#ifndef WEFT_STREAM_H
#define WEFT_STREAM_H

#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/skbuff.h>
#include <net/tcp_states.h>
#include "congestion.h"
#include "conn.h"
#include "flow.h"
#include "input.h"
#include "mtu_probe.h"
#include "part.h"
#include "rack.h"
#include "reorder.h"
#include "rtt.h"
#include "scoreboard.h"
#include "sendbuf.h"
#include "seq.h"
#include "socket.h"
#include "stream_header.h"
#include "window.h"

/* Payload of a segment before segmentation, bytes. */
#define WEFT_STREAM_BURST_MAX	65000
/* Buffers at first and at most, bytes; the same numbers as TCP's. */
#define WEFT_STREAM_SNDBUF	(128 << 10)
#define WEFT_STREAM_SNDBUF_MAX	(4 << 20)
#define WEFT_STREAM_RCVBUF	(128 << 10)
/* Full segments that the buffers have room for at least. */
#define WEFT_STREAM_BUF_SEGS	8
#define WEFT_STREAM_RCVBUF_MAX	(6 << 20)

#define WEFT_SYN_TRIES		6
#define WEFT_SYNACK_TRIES	5
#define WEFT_DATA_TRIES		15
#define WEFT_ORPHAN_TRIES	8
#define WEFT_DELACK_US		40000
/* How long an acknowledgment waits for a program that was woken. */
#define WEFT_HOLD_US		4000
#define WEFT_KEEP_IDLE		7200
#define WEFT_KEEP_INTERVAL	75
#define WEFT_KEEP_PROBES	9
#define WEFT_FIN_WAIT_S		60
#define WEFT_TIMEWAIT_S		60
#define WEFT_TIMEWAIT_MAX	16384
#define WEFT_ORPHANS_MAX	4096
/* Acknowledgments at once at the beginning of a connection. */
#define WEFT_QUICK_ACKS		16
/* Time stamps are compared while the last one is younger than this. */
#define WEFT_PAWS_S		1200
/* What a record of a segment counts in the send buffer, bytes. */
#define WEFT_SEG_COST		128

/**
 * enum weft_recovery - what the sender is doing about losses
 * @WEFT_RECOVERY_NONE: nothing was lost
 * @WEFT_RECOVERY_MARK: a congestion mark is being answered
 * @WEFT_RECOVERY_LOSS: what RACK found lost is being sent again
 * @WEFT_RECOVERY_TIMEOUT: all is being sent again
 */
enum weft_recovery {
	WEFT_RECOVERY_NONE,
	WEFT_RECOVERY_MARK,
	WEFT_RECOVERY_LOSS,
	WEFT_RECOVERY_TIMEOUT,
};

/**
 * enum weft_alarm_kind - what the sender's timer is set for
 * @WEFT_ALARM_NONE: it is not set
 * @WEFT_ALARM_RTO: nothing was acknowledged
 * @WEFT_ALARM_TLP: a tail loss probe
 * @WEFT_ALARM_REORDER: RACK looks again
 * @WEFT_ALARM_WINDOW: the peer's window is asked for
 * @WEFT_ALARM_REST: nothing was sent for a second
 */
enum weft_alarm_kind {
	WEFT_ALARM_NONE,
	WEFT_ALARM_RTO,
	WEFT_ALARM_TLP,
	WEFT_ALARM_REORDER,
	WEFT_ALARM_WINDOW,
	WEFT_ALARM_REST,
};

struct weft_stamps;

/**
 * struct weft_send - the sending direction of a connection
 * @iss: initial sequence number
 * @una: the oldest number not acknowledged
 * @nxt: the next number to be sent
 * @end: one behind the last byte that the program wrote
 * @wnd: the peer's window from @una on, bytes
 * @wnd_max: the largest that it ever was
 * @wl1: sequence number of the segment that told @wnd
 * @small: one behind the last segment sent that was not full (Nagle)
 * @pushed: one behind the last byte that must not wait for more
 * @peer_mss: bytes of options and payload that the peer takes in a segment
 * @mss: payload of a full segment now
 * @searching: the MTU of the path is looked for: there may be a black hole
 * @mtu: that search
 * @probe_end: one behind the last byte of the probe on its way, if there is one
 * @newly: bytes that the present acknowledgment has told of
 * @buf: the bytes from @una, or what SYN leaves of it, to @end
 * @board: what was sent and is not acknowledged
 * @rack: loss detection
 * @rtt: round-trip time and timeout
 * @cc: congestion control
 * @recover: RFC 6582: @nxt when recovery began
 * @undo_una: @una when it began, if @undo
 * @undo_left: bytes sent again that were not reported as duplicates
 * @resent_stamp: time stamp of the first segment that was sent again
 * @due: when @alarm is due, jiffies
 * @alarm_since: when data was first sent without an answer, jiffies; 0 if none is out
 * @confirmed: time when the first hop was last told to be there, jiffies
 * @last: time of the last segment with payload, microseconds
 * @pace_at: no segment leaves before, nanoseconds
 * @limited_end: @nxt when the congestion window last kept data back
 * @fin: FIN follows @end
 * @fin_sent: and was sent
 * @ecn: marks were agreed upon
 * @cwr: the next segment with new data says that a mark was answered
 * @more: the program has said that more comes (MSG_MORE)
 * @recovery: enum weft_recovery
 * @undo: the reduction may be taken back
 * @alarm: enum weft_alarm_kind
 * @backoff: how often the timeout was doubled
 * @probes: window probes, or keepalive probes, that were not answered
 * @limited: it did so in the last round trip
 * @message: of SOCK_SEQPACKET: bytes of the message that MSG_MORE has begun, with headers
 * @record_mem: what the records in @board count in the send buffer, bytes
 * @stamps: calls whose times the program wants, or NULL
 * @bytes: bytes of payload sent, without those sent again
 * @acked: bytes acknowledged
 * @bytes_resent: bytes sent again
 * @segs: segments sent
 * @segs_data: of these with payload
 * @segs_resent: of these sent again
 * @lost: segments found lost, in bytes
 * @marked: acknowledgments with marks
 * @dsacks: reports of duplicates
 * @reorders: acknowledgments that showed reordering
 * @timeouts: timeouts
 * @tlps: tail loss probes
 * @undone: reductions taken back
 */
struct weft_send {
	u32			iss;
	u32			una;
	u32			nxt;
	u32			end;
	u32			wnd;
	u32			wnd_max;
	u32			wl1;
	u32			small;
	u32			pushed;
	u32			peer_mss;
	u32			mss;
	bool			searching;
	struct weft_mtu_probe	mtu;
	u32			probe_end;
	u32			newly;
	struct weft_sendbuf	buf;
	struct weft_scoreboard	board;
	struct weft_rack	rack;
	struct weft_rtt		rtt;
	struct weft_cc		cc;
	u32			recover;
	u32			undo_una;
	int			undo_left;
	u32			resent_stamp;
	unsigned long		due;
	unsigned long		alarm_since;
	unsigned long		confirmed;
	u64			last;
	u64			pace_at;
	u32			limited_end;
	bool			fin;
	bool			fin_sent;
	bool			ecn;
	bool			cwr;
	bool			more;
	u8			recovery;
	bool			undo;
	u8			alarm;
	u8			backoff;
	u8			probes;
	bool			limited;
	u32			message;
	int			record_mem;
	struct weft_stamps	*stamps;
	u64			bytes;
	u64			acked;
	u64			bytes_resent;
	u64			segs;
	u64			segs_data;
	u64			segs_resent;
	u64			lost;
	u64			marked;
	u32			dsacks;
	u32			reorders;
	u32			timeouts;
	u32			tlps;
	u32			undone;
};

/**
 * struct weft_recv - the receiving direction of a connection
 * @irs: the peer's initial sequence number
 * @nxt: the next number expected
 * @read: the next byte that the program reads
 * @acked: @nxt when the last acknowledgment was sent
 * @mss: the largest payload that came
 * @window: what the peer may send
 * @reorder: what came out of order
 * @reorder_bytes: memory that it takes
 * @parts: of SOCK_SEQPACKET: where messages end in what came
 * @messages: of SOCK_SEQPACKET: whole ones that wait
 * @stamp: the peer's time stamp that is echoed: TS.Recent
 * @stamp_at: when it came, seconds
 * @ack_due: when an acknowledgment is to be sent, if @ack_later, jiffies
 * @held: one waits for what the program does that was woken
 * @quick: so many acknowledgments more are sent at once
 * @talks: the program answers what it receives: acknowledgments wait for that
 * @came: when the byte that was read last came, if the socket wants that to be known
 * @ratio: of 256 bytes of memory how many are payload
 * @mark: a mark came: E is set until the peer answers
 * @ack_now: an acknowledgment must be sent
 * @ack_later: one is to be sent later
 * @heard: time of the last segment, jiffies
 * @data_at: time of the last segment with payload, jiffies
 * @challenged: time of the last challenge acknowledgment, jiffies
 * @corrected: time of the last answer to what was out of the window, jiffies
 * @copied: bytes that the program has read
 * @bytes: bytes of payload that came in order
 * @segs: segments that came
 * @segs_data: those with payload
 * @duplicates: bytes that came twice
 * @marks: marked packets
 * @out_of_order: segments out of order
 */
struct weft_recv {
	u32			irs;
	u32			nxt;
	u32			read;
	u32			acked;
	u32			mss;
	struct weft_window	window;
	struct weft_reorder	reorder;
	unsigned int		reorder_bytes;
	struct weft_parts	parts;
	unsigned int		messages;
	u32			stamp;
	time64_t		stamp_at;
	unsigned long		ack_due;
	bool			held;
	u8			quick;
	bool			talks;
	ktime_t			came;
	u8			ratio;
	bool			mark;
	bool			ack_now;
	bool			ack_later;
	unsigned long		heard;
	unsigned long		data_at;
	unsigned long		challenged;
	unsigned long		corrected;
	u64			copied;
	u64			bytes;
	u64			segs;
	u64			segs_data;
	u64			duplicates;
	u64			marks;
	u64			out_of_order;
};

/**
 * struct weft_stream_settings - what programs set; inherited by accepted sockets
 * @nodelay: WEFT_NODELAY
 * @cork: WEFT_CORK
 * @quickack: WEFT_QUICKACK: -1 as the kernel thinks best, 0, 1
 * @user_timeout: WEFT_USER_TIMEOUT, ms; 0 for the default
 * @keep_idle: WEFT_KEEPIDLE, s
 * @keep_interval: WEFT_KEEPINTVL, s
 * @keep_probes: WEFT_KEEPCNT
 * @linger2: WEFT_LINGER2, s; -1 for none of FIN-WAIT-2
 * @defer: WEFT_DEFER_ACCEPT, s
 * @max_seg: WEFT_MAXSEG, bytes; 0 for no limit
 * @syn_tries: WEFT_SYNCNT
 * @notsent_lowat: WEFT_NOTSENT_LOWAT, bytes; 0 for no limit
 * @cc: WEFT_CONGESTION
 */
struct weft_stream_settings {
	int				nodelay;
	int				cork;
	int				quickack;
	int				user_timeout;
	int				keep_idle;
	int				keep_interval;
	int				keep_probes;
	int				linger2;
	int				defer;
	int				max_seg;
	int				syn_tries;
	u32				notsent_lowat;
	const struct weft_cc_ops	*cc;
};

struct weft_listen;

/**
 * struct weft_stream - a socket of SOCK_STREAM or SOCK_SEQPACKET
 * @ws: the common part, first
 * @set: what the program set
 * @conn: the entry in the table of connections
 * @gone: when it left the table, for cond_synchronize_rcu()
 * @memory: bytes that count in the account of the namespace
 * @claim: the port that it holds
 * @listen_node: in the table of listening sockets
 * @listen: what a listening socket has, else NULL
 * @accept: in weft_listen.accept of the socket that it was accepted by, until accept()
 * @parent: that socket, with a reference, while @accept is linked
 * @kind: WEFT_STREAM_KIND_*
 * @abandoned: a counted socket that nobody has open any more
 * @soft_err: an error that may pass, told if the connection times out
 * @stamp_offset: of our time stamps, microseconds
 * @now: the time in the present event, microseconds
 * @snd: the sending direction
 * @rcv: the receiving direction
 * @send_timer: for @snd.alarm; requests of a listening socket
 * @ack_timer: for @rcv.ack_due
 * @idle_timer: keepalive; the end of FIN-WAIT-2
 * @pace_timer: the next segment may leave
 * @pump: sends when a device has sent
 * @deferred: WEFT_DEFER_*: what could not be done while a program had the lock
 * @pipe: splice() waits
 *
 * Changed under the socket lock. From @claim to @rcv all is of one connection.
 */
struct weft_stream {
	struct weft_sock		ws;
	struct weft_stream_settings	set;

	struct weft_conn		conn;
	unsigned long			gone;
	int				memory;
	struct weft_claim		claim;
	struct hlist_node		listen_node;
	struct weft_listen		*listen;
	struct list_head		accept;
	struct sock			*parent;
	u8				kind;
	bool				abandoned;
	int				soft_err;
	u32				stamp_offset;
	u64				now;
	struct weft_send		snd;
	struct weft_recv		rcv;
	struct timer_list		send_timer;
	struct timer_list		ack_timer;
	struct timer_list		idle_timer;
	struct hrtimer			pace_timer;
	struct tasklet_struct		pump;
	unsigned long			deferred;
};

/* Bits of weft_stream.deferred. */
enum {
	WEFT_DEFER_SEND_TIMER,
	WEFT_DEFER_ACK_TIMER,
	WEFT_DEFER_IDLE_TIMER,
	WEFT_DEFER_PUMP,
	WEFT_DEFER_ERROR,
	WEFT_PUMP_SCHEDULED,
	WEFT_PUMP_STOPPED,
};

/**
 * struct weft_stream_cb - what is known of a segment in a receive queue, in skb->cb
 * @cb: of the network layer
 * @piece: its place in the stream
 */
struct weft_stream_cb {
	struct weft_cb		cb;
	struct weft_piece	piece;
};

static inline struct weft_stream_cb *weft_stream_cb(struct sk_buff *skb)
{
	sock_skb_cb_check_size(sizeof(struct weft_stream_cb));
	return (struct weft_stream_cb *)skb->cb;
}

static inline struct sk_buff *weft_piece_skb(struct weft_piece *piece)
{
	void *cb = container_of(piece, struct weft_stream_cb, piece);

	return container_of(cb, struct sk_buff, cb);
}

static inline struct weft_stream *weft_stream(const struct sock *sk)
{
	return container_of(weft_sk(sk), struct weft_stream, ws);
}

static inline struct weft_stream *weft_conn_stream(struct weft_conn *conn)
{
	return container_of(conn, struct weft_stream, conn);
}

static inline struct sock *weft_stream_sk(struct weft_stream *st)
{
	return &st->ws.sk;
}

static inline bool weft_stream_is(const struct sock *sk)
{
	return sk->sk_type == SOCK_STREAM || sk->sk_type == SOCK_SEQPACKET;
}

/* One of a set of states, TCPF_*. */
static inline bool weft_stream_in(const struct sock *sk, int states)
{
	return 1 << sk->sk_state & states;
}

/* Sequence numbers are known at both ends. */
#define WEFT_SYNCHRONIZED	(TCPF_ESTABLISHED | TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2 | \
				 TCPF_CLOSE_WAIT | TCPF_CLOSING | TCPF_LAST_ACK)
/* The peer may still send. */
#define WEFT_RECEIVING		(TCPF_ESTABLISHED | TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2)
/* The program may still send. */
#define WEFT_SENDING		(TCPF_ESTABLISHED | TCPF_CLOSE_WAIT)

static inline u64 weft_clock(void)
{
	return div_u64(ktime_get_ns(), NSEC_PER_USEC);
}

static inline void weft_stream_tick(struct weft_stream *st)
{
	st->now = weft_clock();
}

static inline u32 weft_stream_stamp(const struct weft_stream *st)
{
	return (u32)st->now + st->stamp_offset;
}

static inline u32 weft_stream_unsent(const struct weft_stream *st)
{
	return weft_seq_before(st->snd.nxt, st->snd.end) ? st->snd.end - st->snd.nxt : 0;
}

/* stream.c */
extern const struct weft_proto weft_stream_proto;
extern struct proto weft_stream_prot;
void weft_stream_reset_fields(struct weft_stream *st);
void weft_stream_forget(struct weft_stream *st);
void weft_stream_account(struct weft_stream *st);
void weft_stream_set_state(struct sock *sk, int state);
void weft_stream_leave(struct sock *sk);
void weft_stream_done(struct sock *sk);
void weft_stream_fail(struct sock *sk, int err);
void weft_stream_claim_fill(struct weft_stream *st);
int weft_stream_create(struct net *net, struct socket *sock, int kern);
int weft_stream_flow(struct weft_stream *st, struct weft_flow *flow);
void weft_stream_established(struct sock *sk);
int weft_stream_init(void);
void weft_stream_exit(void);

/* stream_connect.c */
int weft_stream_connect(struct socket *sock, struct sockaddr_unsized *uaddr, int len, int flags);
void weft_stream_disconnect(struct sock *sk);

/* stream_input.c */
enum weft_drop weft_stream_rcv(struct net *net, struct sk_buff *skb);
int weft_stream_backlog_rcv(struct sock *sk, struct sk_buff *skb);

/* stream_error.c */
struct weft_quote;
struct weft_problem;
void weft_stream_shrink(struct weft_stream *st);
bool weft_stream_error(struct net *net, struct sk_buff *skb,
		       const struct weft_quote *quote,
		       const struct weft_problem *problem);

/* stream_ack.c */
enum weft_drop weft_stream_ack(struct weft_stream *st, struct sk_buff *skb,
			       const struct weft_stream_hdr *hdr,
			       const struct weft_stream_opts *opts);
void weft_stream_syn_acked(struct weft_stream *st, u32 echo);

/* stream_loss.c */
u32 weft_stream_detect(struct weft_stream *st);
void weft_stream_lose(struct weft_stream *st, enum weft_recovery how);
bool weft_stream_recover(struct weft_stream *st, const struct weft_delivery *d, u32 echo);
void weft_stream_duplicate(struct weft_stream *st, struct weft_range range);
void weft_stream_reorder_timeout(struct weft_stream *st);
void weft_stream_timeout(struct weft_stream *st);

/* stream_mtu.c */
u32 weft_stream_mtu_limit(const struct weft_stream *st, u32 mss);
void weft_stream_mtu_timeout(struct weft_stream *st);
void weft_stream_mtu_acked(struct weft_stream *st, u32 bytes);
bool weft_stream_mtu_lost(struct weft_stream *st);
void weft_stream_mtu_too_big(struct weft_stream *st, u32 mtu);
u32 weft_stream_mtu_probe(struct weft_stream *st);
void weft_stream_mtu_sent(struct weft_stream *st, u32 payload);

/* stream_data.c */
u32 weft_stream_first_window(const struct sock *sk);
void weft_stream_offered(struct weft_stream *st);
enum weft_drop weft_stream_data(struct weft_stream *st, struct sk_buff **pskb);
void weft_stream_ack_wanted(struct weft_stream *st, bool ended);
void weft_stream_ack_held(struct weft_stream *st);
u32 weft_stream_room(const struct weft_stream *st);
void weft_stream_purge(struct weft_stream *st);

/* stream_output.c */
bool weft_stream_push(struct weft_stream *st, bool force);
void weft_stream_resend(struct weft_stream *st);
bool weft_stream_resend_one(struct weft_stream *st, struct weft_seg *seg);
void weft_stream_send_ack(struct weft_stream *st);
void weft_stream_send_probe(struct weft_stream *st);
void weft_stream_send_reset(struct weft_stream *st);
void weft_stream_send_syn(struct weft_stream *st, bool again);
void weft_stream_challenge(struct weft_stream *st);
void weft_stream_set_mss(struct weft_stream *st);
bool weft_stream_tail_probe(struct weft_stream *st);
void weft_stream_settle(struct weft_stream *st);
void weft_stream_wfree(struct sk_buff *skb);
unsigned int weft_stream_mss_of(const struct weft_stream *st,
				const struct weft_flow *flow);

/* stream_bare.c */
/**
 * struct weft_bare - a segment without payload and without a socket
 * @net: namespace
 * @laddr: our address
 * @faddr: the peer's
 * @oif: interface index that the addresses belong to, 0 for none
 * @mark: of the packet
 * @hdr: its header, but for length and checksum
 * @opts: its options
 */
struct weft_bare {
	struct net		*net;
	struct weft_addr	laddr;
	struct weft_addr	faddr;
	int			oif;
	u32			mark;
	struct weft_stream_hdr	hdr;
	struct weft_stream_opts	opts;
};

int weft_bare_send(struct weft_bare *bare);
void weft_bare_reset(struct net *net, struct sk_buff *skb);
bool weft_bare_challenge_allowed(struct net *net);

/* stream_timer.c */
void weft_stream_timers_init(struct weft_stream *st);
void weft_stream_timers_stop(struct weft_stream *st);
void weft_stream_set_alarm(struct weft_stream *st, enum weft_alarm_kind kind, u32 us);
void weft_stream_arm_rto(struct weft_stream *st);
void weft_stream_arm(struct weft_stream *st);
void weft_stream_arm_ack(struct weft_stream *st);
void weft_stream_arm_idle(struct weft_stream *st, unsigned long delay);
void weft_stream_keepalive(struct sock *sk, int on);
void weft_stream_pace(struct weft_stream *st);
void weft_stream_deferred(struct sock *sk);
void weft_stream_schedule(struct weft_stream *st);

/* stream_close.c */
int weft_stream_shutdown(struct socket *sock, int how);
int weft_stream_release(struct socket *sock);
int weft_stream_abort(struct sock *sk, int err);
void weft_stream_fin(struct weft_stream *st);
void weft_stream_fin_acked(struct weft_stream *st);
void weft_stream_half_closed(struct weft_stream *st);
void weft_stream_end_orphan(struct sock *sk);

/* stream_stamp.c */
void weft_stamp_begin(struct weft_stream *st);
void weft_stamp_add(struct weft_stream *st, u16 tsflags);
void weft_stamp_sent(struct weft_stream *st, struct sk_buff *skb, u32 seq, u32 end);
void weft_stamp_acked(struct weft_stream *st);
void weft_stamp_forget(struct weft_stream *st);

/* stream_send.c, stream_recv.c, stream_options.c */
int weft_stream_sendmsg(struct socket *sock, struct msghdr *msg, size_t len);
void weft_stream_write_space(struct sock *sk);
int weft_stream_recvmsg(struct socket *sock, struct msghdr *msg, size_t len, int flags);
ssize_t weft_stream_splice_read(struct socket *sock, loff_t *pos,
				struct pipe_inode_info *pipe, size_t len,
				unsigned int flags);
int weft_stream_read_sock(struct sock *sk, read_descriptor_t *desc,
			  sk_read_actor_t actor);
u32 weft_recv_bytes(const struct weft_stream *st);
bool weft_recv_peek(struct weft_stream *st, u32 offset, void *to, unsigned int len);
bool weft_stream_readable(const struct weft_stream *st, int target);
u32 weft_stream_readable_bytes(struct weft_stream *st);
void weft_stream_settings_init(struct weft_stream_settings *set);
int weft_stream_options_set(struct socket *sock, int level, int name, sockptr_t val,
			    unsigned int len);
int weft_stream_options_get(struct socket *sock, int level, int name,
			    char __user *val, int __user *len);
void weft_stream_info(struct sock *sk, struct weft_info *info);

#endif /* WEFT_STREAM_H */
