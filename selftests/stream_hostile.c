// SPDX-License-Identifier: GPL-2.0
/*
 * Peers that do what no peer should: a flood of SYNs, peers that never read, never
 * acknowledge, acknowledge what was not sent, take their window back, and every
 * combination of flags in every state. Connections with others do not notice, memory
 * stays within bounds, and all of it is given back.
 *
 * lab: --nodes 1 --nic none
 * timeout: 300
 */
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>
#include "random.h"
#include "sock.h"
#include "wire.h"

#define PORT		7000
/* Not the address that Weft has at the far end, which would answer. */
#define PEER		3
#define FLOOD		30000
#define FLOOD_DEBUG	3000
#define BURST		60
#define BACKLOG		128
#define SILENT		50
#define GARBAGE		3000
#define STREAM_LEN	(sizeof(struct weft_stream_hdr))

/**
 * struct peer - the far end of a connection
 * @ours: port of ours
 * @port: its own
 * @seq: what it sends next
 * @ack: what it expects next
 * @window: what it says that it takes
 * @echo: our time stamp that it echoes
 * @fd: our socket, -1 if there is none
 * @data: what came
 * @len: of it
 */
struct peer {
	uint16_t ours, port;
	uint32_t seq, ack, window, echo;
	int fd;
	unsigned char data[1 << 18];
	size_t len;
};

static int weft, listener, live[2];
static bool debug;
static struct prng rnd = { 1 };
static uint16_t next_port = 1024;

/* --- segments ----------------------------------------------------------------------------- */

/* A segment of @len bytes of payload from the peer, with @opts_len bytes of options. */
static struct wire_frame segment(const struct peer *p, int flags, uint32_t seq, uint32_t ack,
				 const void *opts, size_t opts_len, size_t len)
{
	size_t all = STREAM_LEN + opts_len + len;
	struct wire_frame f = {
		.eth = { .h_dest = WIRE_MAC(1), .h_source = WIRE_MAC(PEER),
			 .h_proto = htons(WEFT_ETHERTYPE_DEFAULT) },
		.hdr = { .vc = WEFT_VERSION << 4, .len = htons(sizeof(f.hdr) + all),
			 .hop_limit = 64, .next = WEFT_PROTO_STREAM,
			 .src = WIRE_LINK(PEER), .dst = WIRE_LINK(1) },
		.len = sizeof(f.eth) + sizeof(f.hdr) + all,
	};
	struct weft_stream_hdr hdr = {
		.sport = htons(p->port), .dport = htons(p->ours),
		.seq = htonl(seq), .ack = htonl(ack),
		.len = STREAM_LEN + opts_len, .flags = flags,
		.window = htonl(p->window), .stamp = htonl(now_ms() * 1000),
		.echo = htonl(p->echo),
	};

	memcpy(f.body, &hdr, sizeof(hdr));
	if (opts_len)
		memcpy(f.body + sizeof(hdr), opts, opts_len);
	memset(f.body + STREAM_LEN + opts_len, 'x', len);
	wire_sum_at(&f, all, offsetof(struct weft_stream_hdr, check));
	return f;
}

static void put(const struct peer *p, int flags)
{
	struct wire_frame f = segment(p, flags, p->seq, flags & WEFT_STREAM_ACK ? p->ack : 0,
				      NULL, 0, 0);

	wire_put(&f);
}

/* The next segment for a peer within so many ms; false if none comes. */
static bool get(struct peer *p, struct wire_frame *f, int ms)
{
	const struct weft_stream_hdr *hdr = (void *)f->body;
	int64_t until = now_ms() + ms;

	do {
		if (!wire_get(f, ms) || f->hdr.next != WEFT_PROTO_STREAM ||
		    hdr->dport != htons(p->port))
			continue;
		p->echo = ntohl(hdr->stamp);
		return true;
	} while (now_ms() < until);
	return false;
}

/* Waits for one with these flags. */
static bool await(struct peer *p, struct wire_frame *f, int flags)
{
	const struct weft_stream_hdr *hdr = (void *)f->body;

	while (get(p, f, 5000))
		if ((hdr->flags & flags) == flags)
			return true;
	return false;
}

/* --- connections ------------------------------------------------------------------------- */

static void init(struct peer *p)
{
	p->ours = PORT;
	p->port = next_port++;
	if (next_port > 30000)
		next_port = 1024;
	p->seq = prng_next(&rnd);
	p->ack = 0;
	p->echo = 0;
	p->window = 60000;
	p->fd = -1;
	p->len = 0;
}

/* SYN, and the answer to it. */
static bool open_half(struct peer *p)
{
	const struct weft_stream_hdr *hdr;
	struct wire_frame f;

	init(p);
	put(p, WEFT_STREAM_SYN);
	p->seq++;
	if (!await(p, &f, WEFT_STREAM_SYN | WEFT_STREAM_ACK))
		return false;
	hdr = (void *)f.body;
	p->ack = ntohl(hdr->seq) + 1;
	return true;
}

static bool open_whole(struct peer *p)
{
	if (!open_half(p))
		return false;
	put(p, WEFT_STREAM_ACK);
	if (!(sock_wait(listener, POLLIN) & POLLIN))
		return false;
	p->fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
	return p->fd >= 0;
}

/* Nothing of it is left. */
static void forget(struct peer *p)
{
	struct linger linger = { 1, 0 };

	if (p->fd < 0)
		return;
	CHECK(!setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)));
	close(p->fd);
	p->fd = -1;
}

static int dial(int flags)
{
	struct sock_name to = sock_loopback(weft, PORT);
	int fd = socket(weft, SOCK_STREAM | flags, 0);

	CHECK(fd >= 0 && !connect(fd, &to.sa, to.len));
	return fd;
}

/* Both ways, on a connection that nobody harms. */
static bool live_works(void)
{
	char a[1000], b[1000];
	int i;

	for (i = 0; i < 2; i++) {
		memset(a, prng_next(&rnd), sizeof(a));
		if (send(live[i], a, sizeof(a), 0) != sizeof(a) ||
		    recv(live[!i], b, sizeof(b), MSG_WAITALL) != sizeof(b) ||
		    memcmp(a, b, sizeof(a)))
			return false;
	}
	return true;
}

/* --- what the kernel has ----------------------------------------------------------------- */

static void protocol(long *sockets, long *pages)
{
	FILE *f = fopen("/proc/net/protocols", "r");
	char line[256];

	*sockets = *pages = -1;
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "WEFT-STREAM %*d %ld %ld", sockets, pages) == 2)
			break;
	if (f)
		fclose(f);
}

static bool sockets_left(long n)
{
	int64_t until = now_ms() + 30000;
	long sockets, pages;

	do {
		protocol(&sockets, &pages);
		usleep(10000);
	} while (sockets != n && now_ms() < until);
	if (sockets != n)
		printf("# %ld sockets\n", sockets);
	return sockets == n;
}

/* Kernel memory that is not given back on demand, kB. */
static long kernel_memory(void)
{
	FILE *f = fopen("/proc/meminfo", "r");
	char key[64];
	long n, found = 0;

	while (f && fscanf(f, "%63s %ld%*[^\n]", key, &n) == 2)
		if (!strcmp(key, "SUnreclaim:"))
			found = n;
	if (f)
		fclose(f);
	return found;
}

/* --- a flood ----------------------------------------------------------------------------- */

/* SYNs from addresses that are not there. */
static void flood(int n)
{
	static struct wire_frame frames[BURST];
	static struct mmsghdr msgs[BURST];
	static struct iovec iov[BURST];
	static struct peer p;
	uint32_t from;
	int i, sent;

	while (n > 0) {
		for (i = 0; i < BURST; i++) {
			init(&p);
			p.port = 1024 + prng_below(&rnd, 60000);
			from = prng_next(&rnd) | 0x800000;
			frames[i] = segment(&p, WEFT_STREAM_SYN, p.seq, 0, NULL, 0, 0);
			memcpy(frames[i].hdr.src.a8 + 5, &from, 3);
			memcpy(frames[i].eth.h_source, frames[i].hdr.src.a8 + 2, ETH_ALEN);
			wire_sum_at(&frames[i], STREAM_LEN,
				    offsetof(struct weft_stream_hdr, check));
			iov[i] = (struct iovec){ &frames[i], frames[i].len };
			msgs[i].msg_hdr = (struct msghdr){ .msg_iov = &iov[i], .msg_iovlen = 1 };
		}
		sent = sendmmsg(wire_fd, msgs, BURST, 0);
		if (sent > 0)
			n -= sent;
		else
			usleep(1000);
	}
	wire_drain();
}

/* While SYNs come as fast as they can be made, old connections work and new ones open. */
static void a_flood_of_syns(void)
{
	int n = debug ? FLOOD_DEBUG : FLOOD, i, rounds = 20, a, b;
	long cookies = netns_counter("CookiesReceived"), memory;
	int64_t begun = now_ms(), took = 0, longest = 0, at;
	char c;

	flood(BACKLOG * 2);
	memory = kernel_memory();
	for (i = 0; i < rounds; i++) {
		at = now_ms();
		flood(n / rounds);
		took += now_ms() - at;
		CHECK(live_works());
		at = now_ms();
		a = dial(0);
		b = accept(listener, NULL, NULL);
		CHECK(b >= 0 && send(a, "?", 1, 0) == 1 && recv(b, &c, 1, 0) == 1);
		close(a);
		close(b);
		if (now_ms() - at > longest)
			longest = now_ms() - at;
	}
	memory = kernel_memory() - memory;
	printf("# %d SYNs, %ld a second; a connection took %ld ms at most; %+ld kB\n", n,
	       n * 1000L / (took ?: 1), longest, memory);
	CHECK(now_ms() - begun < 100000 && longest < 5000);
	CHECK(netns_counter("CookiesSent") > n / 2);
	CHECK(netns_counter("CookiesReceived") - cookies == rounds);
	CHECK(memory < 16 << 10);
}

/* --- peers that do nothing --------------------------------------------------------------- */

/* Their windows stay shut: what they are sent waits within the socket's buffer. */
static void peers_that_never_read(void)
{
	static struct peer p[SILENT];
	static char bytes[1 << 16];
	long sockets, pages, before, probes = netns_counter("Probes"), took = 0, n;
	int64_t until = now_ms() + 10000;
	struct wire_frame f;
	int i;

	protocol(&sockets, &before);
	for (i = 0; i < SILENT; i++) {
		CHECK(open_whole(&p[i]));
		/* A window is taken back with an acknowledgment of something alone. */
		CHECK(send(p[i].fd, "x", 1, 0) == 1 && await(&p[i], &f, WEFT_STREAM_PSH));
		p[i].ack++;
		p[i].window = 0;
		put(&p[i], WEFT_STREAM_ACK);
	}
	for (i = 0; i < SILENT; i++)
		while ((n = send(p[i].fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
			took += n;
	protocol(&sockets, &pages);
	printf("# %ld bytes wait for %d peers in %ld pages\n", took, SILENT, pages - before);
	CHECK(took <= SILENT * (256 << 10));
	CHECK(pages - before <= (SILENT * (256 << 10)) / getpagesize() + 256);
	while (netns_counter("Probes") - probes < SILENT && now_ms() < until)
		usleep(10000);
	CHECK(netns_counter("Probes") - probes >= SILENT);
	CHECK(live_works());
	for (i = 0; i < SILENT; i++)
		forget(&p[i]);
	wire_drain();
	CHECK(sockets_left(3));
}

/* What was sent is sent again until the program's time is over. */
static void a_peer_that_never_acknowledges(void)
{
	static struct peer p;
	static char bytes[10000];
	const struct weft_stream_hdr *hdr;
	uint32_t first = 0;
	struct wire_frame f;
	int again = 0;

	CHECK(open_whole(&p));
	CHECK(!sock_set(p.fd, SOL_WEFT, WEFT_USER_TIMEOUT, 2000));
	CHECK(send(p.fd, bytes, sizeof(bytes), 0) == sizeof(bytes));
	while (get(&p, &f, 1500)) {
		hdr = (void *)f.body;
		if (hdr->flags & WEFT_STREAM_RST)
			break;
		if (!first)
			first = ntohl(hdr->seq);
		else
			again += ntohl(hdr->seq) == first;
	}
	printf("# the first segment was sent again %d times\n", again);
	CHECK(again >= 2 && again < 10);
	CHECK(sock_wait(p.fd, POLLIN) & POLLERR);
	CHECK(sock_get(p.fd, SOL_SOCKET, SO_ERROR) == ETIMEDOUT);
	CHECK(live_works());
	forget(&p);
	CHECK(sockets_left(3));
}

/* --- peers that say what is not so ------------------------------------------------------- */

/* Takes what comes for so many ms, acknowledging all of it with the peer's window. */
static void take(struct peer *p, int ms)
{
	const struct weft_stream_hdr *hdr;
	struct wire_frame f;
	size_t len;

	while (get(p, &f, ms)) {
		hdr = (void *)f.body;
		len = ntohs(f.hdr.len) - sizeof(f.hdr) - hdr->len;
		if (!len)
			continue;
		CHECK(len <= sizeof(f.body) - hdr->len);
		if (ntohl(hdr->seq) == p->ack && p->len + len <= sizeof(p->data)) {
			memcpy(p->data + p->len, f.body + hdr->len, len);
			p->len += len;
			p->ack += len;
		}
		put(p, WEFT_STREAM_ACK);
	}
}

/* All that was written comes, once the peer behaves. */
static void take_all(struct peer *p, size_t wanted)
{
	int64_t until = now_ms() + 20000;

	while (p->len < wanted && now_ms() < until)
		take(p, 100);
	CHECK(p->len == wanted && pool_is(p->data, 0, wanted));
	if (p->len != wanted)
		printf("# %zu of %zu bytes\n", p->len, wanted);
}

/* Up to four blocks of what is outstanding or not. */
static size_t garbage_sacks(const struct peer *p, unsigned char *opts)
{
	int n = prng_below(&rnd, 5), i;
	uint32_t at, end;

	if (!n)
		return 0;
	memset(opts, WEFT_STREAM_OPT_NOP, 4);
	opts[2] = WEFT_STREAM_OPT_SACK;
	opts[3] = 2 + 8 * n;
	for (i = 0; i < n; i++) {
		at = prng_chance(&rnd, 80) ? p->ack + prng_below(&rnd, 60000) :
					     prng_next(&rnd);
		end = htonl(at + prng_below(&rnd, 3000));
		at = htonl(at);
		memcpy(opts + 4 + 8 * i, &at, 4);
		memcpy(opts + 8 + 8 * i, &end, 4);
	}
	return 4 + 8 * n;
}

/* Acknowledgments of what was never sent, or long ago, and reports of anything. */
static void a_peer_that_acknowledges_garbage(void)
{
	static struct peer p;
	unsigned char opts[40];
	struct wire_frame f;
	uint32_t ack;
	size_t len;
	int i;

	CHECK(open_whole(&p));
	CHECK(send(p.fd, pool, 50000, 0) == 50000);
	for (i = 0; i < GARBAGE; i++) {
		len = garbage_sacks(&p, opts);
		ack = prng_chance(&rnd, 50) ? p.ack :
		      p.ack + 60000 + prng_below(&rnd, 1U << 31);
		p.window = prng_chance(&rnd, 50) ? 60000 : prng_next(&rnd);
		f = segment(&p, WEFT_STREAM_ACK | (prng_next(&rnd) & 0xc8), p.seq, ack, opts, len,
			    0);
		wire_put(&f);
		if (i % 500 == 0)
			CHECK(live_works());
	}
	p.window = 60000;
	take_all(&p, 50000);
	CHECK(live_works());
	forget(&p);
	CHECK(sockets_left(3));
}

/* The window is taken back and given again, smaller than what is on its way. */
static void a_peer_that_shrinks_its_window(void)
{
	static const int windows[] = { 60000, 100, 0, 5000, 1, 0, 2000, 60000 };
	static struct peer p;
	unsigned int i;
	ssize_t sent = 0, n;

	CHECK(open_whole(&p));
	for (i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
		n = send(p.fd, pool + sent, 20000, MSG_DONTWAIT);
		sent += n > 0 ? n : 0;
		p.window = windows[i];
		put(&p, WEFT_STREAM_ACK);
		take(&p, 50);
	}
	take_all(&p, sent);
	forget(&p);
	CHECK(sockets_left(3));
}

/* --- every combination of flags ---------------------------------------------------------- */

/* Our end connects; SYN has come. */
static bool half_ours(struct peer *p)
{
	struct sock_name to = sock_link(0, PEER, if_nametoindex("us"));
	const struct weft_stream_hdr *hdr;
	struct wire_frame f;

	init(p);
	to.weft.sweft_port = htons(p->port);
	p->fd = socket(weft, SOCK_STREAM | SOCK_NONBLOCK, 0);
	CHECK(p->fd >= 0 && connect(p->fd, &to.sa, to.len) == -1 && errno == EINPROGRESS);
	if (!await(p, &f, WEFT_STREAM_SYN))
		return false;
	hdr = (void *)f.body;
	p->ours = ntohs(hdr->sport);
	p->ack = ntohl(hdr->seq) + 1;
	return true;
}

/* The peer closes, or ours does: FIN comes, and is acknowledged or not. */
static bool fin_theirs(struct peer *p)
{
	put(p, WEFT_STREAM_FIN | WEFT_STREAM_ACK);
	p->seq++;
	return true;
}

static bool fin_ours(struct peer *p, bool acknowledge)
{
	struct wire_frame f;

	if (shutdown(p->fd, SHUT_WR) || !await(p, &f, WEFT_STREAM_FIN))
		return false;
	if (acknowledge) {
		p->ack++;
		put(p, WEFT_STREAM_ACK);
	}
	return true;
}

static bool to_listen(struct peer *p)
{
	init(p);
	p->ack = prng_next(&rnd);
	return true;
}

static bool to_close_wait(struct peer *p)
{
	return open_whole(p) && fin_theirs(p);
}

static bool to_last_ack(struct peer *p)
{
	return to_close_wait(p) && fin_ours(p, false);
}

static bool to_fin_wait1(struct peer *p)
{
	return open_whole(p) && fin_ours(p, false);
}

static bool to_fin_wait2(struct peer *p)
{
	return open_whole(p) && fin_ours(p, true);
}

static bool to_closing(struct peer *p)
{
	return to_fin_wait1(p) && fin_theirs(p);
}

static bool to_time_wait(struct peer *p)
{
	return to_fin_wait2(p) && fin_theirs(p);
}

/* Segments that are right but for their flags, and some that are not. */
static void put_flags(struct peer *p, int flags)
{
	struct wire_frame f;

	f = segment(p, flags, p->seq + prng_below(&rnd, 1000), p->ack, NULL, 0, 0);
	wire_put(&f);
	f = segment(p, flags, p->seq, prng_next(&rnd), NULL, 0, prng_below(&rnd, 20));
	wire_put(&f);
	f = segment(p, flags, prng_next(&rnd), p->ack, NULL, 0, prng_below(&rnd, 20));
	wire_put(&f);
	f = segment(p, flags, p->seq, p->ack, NULL, 0, 10);
	wire_put(&f);
	f = segment(p, flags, p->seq, p->ack, NULL, 0, 0);
	wire_put(&f);
}

/* A request or a connection that was not accepted is reset by the peer. */
static void clear_up(struct peer *p)
{
	struct linger linger = { 1, 0 };
	int fd;

	forget(p);
	put(p, WEFT_STREAM_RST);
	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		CHECK(!setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)));
		close(fd);
	}
	wire_drain();
}

static void every_flag_in(bool (*state)(struct peer *p), int step)
{
	static struct peer p;
	int flags;

	for (flags = 0; flags < 256; flags += step) {
		if (!state(&p)) {
			printf("# flags %02x: the state was not reached\n", flags);
			CHECK(!"the state is reached");
			return;
		}
		put_flags(&p, flags);
		if (flags % 64 == 0)
			CHECK(live_works());
		clear_up(&p);
	}
	CHECK(sockets_left(3));
}

static void every_flag_in_every_state(void)
{
	static bool (*const states[])(struct peer *p) = {
		to_listen, open_half, open_whole, half_ours, to_close_wait, to_last_ack,
		to_fin_wait1, to_fin_wait2, to_closing, to_time_wait,
	};
	unsigned int i;

	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		every_flag_in(states[i], debug ? 5 : 1);
	CHECK(live_works());
}

/* --- all together ------------------------------------------------------------------------ */

static int run(void)
{
	struct sock_name name;

	weft = netns_weft_family();
	name = sock_any(weft, PORT);
	listener = socket(weft, SOCK_STREAM | SOCK_NONBLOCK, 0);
	CHECK(listener >= 0 && !bind(listener, &name.sa, name.len) && !listen(listener, BACKLOG));
	live[0] = dial(0);
	live[1] = accept(listener, NULL, NULL);
	CHECK(live[1] >= 0 && live_works());
	TAP_RUN(peers_that_never_read);
	TAP_RUN(a_peer_that_never_acknowledges);
	TAP_RUN(a_peer_that_acknowledges_garbage);
	TAP_RUN(a_peer_that_shrinks_its_window);
	TAP_RUN(every_flag_in_every_state);
	TAP_RUN(a_flood_of_syns);
	return tap_done();
}

int main(void)
{
	setlinebuf(stdout);
	signal(SIGPIPE, SIG_IGN);
	debug = !access("/sys/kernel/debug/kmemleak", F_OK);
	if (pool_init())
		return 1;
	return wire_main(run);
}
