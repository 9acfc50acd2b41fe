// SPDX-License-Identifier: GPL-2.0
/*
 * When segments leave, between "oa" and "ob": what waits for a slow device goes together,
 * a limit on the rate holds with and without fq, and what a path swallows is cut.
 *
 * The debug kernel has neither tbf nor the classifier.
 *
 * lab: --nodes 1 --nic none
 * kernels: stock
 * timeout: 120
 */
#include <netinet/in.h>
#include <time.h>
#include "paths.h"

#define RATE	400000
#define BYTES	300000

static int listener, client, server;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void open_pair(void)
{
	struct sock_name to;

	enter("ob");
	to = sock_any(weft, PORT);
	listener = socket(weft, SOCK_STREAM, 0);
	CHECK(!sock_set(listener, SOL_SOCKET, SO_REUSEADDR, 1));
	CHECK(!bind(listener, &to.sa, to.len) && !listen(listener, 1));
	enter("oa");
	to.weft.sweft_addr = (struct weft_addr){ { { 0, 7, 0, 1, 0, 0, 0, 2 } } };
	client = socket(weft, SOCK_STREAM, 0);
	CHECK(!connect(client, &to.sa, to.len));
	server = accept(listener, NULL, NULL);
	CHECK(server >= 0);
}

static void close_pair(void)
{
	close(client);
	close(server);
	close(listener);
}

static struct weft_info info(int fd)
{
	struct weft_info i = {};
	socklen_t len = sizeof(i);

	CHECK(!getsockopt(fd, SOL_WEFT, WEFT_INFO, &i, &len));
	return i;
}

/* All that comes is what was sent; until @len bytes have come. */
static void take_bytes(long len)
{
	long at = 0;
	int n;

	while (at < len && sock_wait(server, POLLIN) & POLLIN) {
		n = recv(server, in, sizeof(in), 0);
		if (n <= 0)
			break;
		for (int i = 0; i < n; i++, at++)
			if (in[i] != out[at % sizeof(out)]) {
				CHECK(!"the same bytes");
				return;
			}
	}
	CHECK(at == len);
}

/* --- autocorking ------------------------------------------------------------------ */

/*
 * What was read waits for no device any more, and so nothing waits for it. A segment that
 * is sent again because the machine is slow may hold one back: that is counted.
 */
static void small_ones_leave_at_once(void)
{
	struct weft_info i;
	char part[100];
	long corks;

	open_pair();
	CHECK(!sock_set(client, SOL_WEFT, WEFT_NODELAY, 1));
	corks = counter("oa", "AutoCorks");
	for (int n = 0; n < 100; n++) {
		CHECK(send(client, out + n * 100, sizeof(part), 0) == sizeof(part));
		CHECK(recv(server, part, sizeof(part), MSG_WAITALL) == sizeof(part));
		CHECK(!memcmp(part, out + n * 100, sizeof(part)));
	}
	i = info(client);
	CHECK(i.data_segs_out - i.segs_retrans == 100);
	CHECK(counter("oa", "AutoCorks") - corks <= (long)i.segs_retrans);
	close_pair();
}

static void write_small(int writes)
{
	int i;

	CHECK(!sock_set(client, SOL_WEFT, WEFT_NODELAY, 1));
	for (i = 0; i < writes; i++)
		CHECK(send(client, out + i * 100, 100, 0) == 100);
}

static void what_waits_for_the_device_goes_together(void)
{
	struct weft_info i;
	long corks;

	CHECK(!netns_run("tc -n oa qdisc add dev a0 root tbf rate 200kbit burst 1600 limit 200k"));
	open_pair();
	corks = counter("oa", "AutoCorks");
	write_small(100);
	take_bytes(10000);
	i = info(client);
	CHECK(i.data_segs_out - i.segs_retrans < 50);
	CHECK(counter("oa", "AutoCorks") > corks);
	close_pair();
	CHECK(!netns_run("tc -n oa qdisc del dev a0 root"));
}

/* --- the rate --------------------------------------------------------------------- */

/* Seconds that a limited sender takes. */
static double paced(void)
{
	const int chunk = sizeof(out);
	double begin;
	int i;

	open_pair();
	CHECK(!sock_set(client, SOL_SOCKET, SO_MAX_PACING_RATE, RATE));
	CHECK(!sock_set(client, SOL_SOCKET, SO_SNDBUFFORCE, 2 * BYTES));
	begin = now();
	for (i = 0; i < BYTES; i += chunk)
		CHECK(send(client, out, chunk < BYTES - i ? chunk : BYTES - i, 0) > 0);
	take_bytes(BYTES);
	begin = now() - begin;
	close_pair();
	return begin;
}

static void a_limit_holds(void)
{
	CHECK(paced() > 0.8 * BYTES / RATE);
}

static void a_limit_holds_with_fq(void)
{
	CHECK(!netns_run("tc -n oa qdisc add dev a0 root fq"));
	CHECK(paced() > 0.8 * BYTES / RATE);
	CHECK(!netns_run("tc -n oa -s qdisc show dev a0 | grep -q 'throttled [1-9]'"));
	CHECK(!netns_run("tc -n oa qdisc del dev a0 root"));
}

/* --- a black hole ----------------------------------------------------------------- */

/* "om" carries 1500 bytes in, 1000 out, and its complaints do not come through. */
static void what_a_path_swallows_is_cut(void)
{
	struct weft_info found;
	int i;

	open_pair();
	CHECK(send(client, out, 10000, 0) == 10000);
	take_bytes(10000);
	CHECK(!netns_run("F='tc -n ob filter add dev b0 ingress protocol all basic match';"
			 "tc -n ob qdisc add dev b0 ingress;"
			 "$F 'meta(pkt_len gt 1000)' action drop"));
	CHECK(!netns_run("E='ip netns exec oa ethtool -K a0';"
			 "$E tx-sctp-segmentation off gso off >/dev/null"));
	for (i = 0; i < 20; i++) {
		CHECK(send(client, out, 50000, 0) == 50000);
		take_bytes(50000);
	}
	found = info(client);
	CHECK(found.timeouts >= 3 && found.snd_mss > 900 && found.snd_mss < 1000);
	/* Who comes after it knows. */
	close_pair();
	open_pair();
	CHECK(info(client).snd_mss == found.snd_mss);
	CHECK(send(client, out, 50000, 0) == 50000);
	take_bytes(50000);
	CHECK(!info(client).timeouts);
	close_pair();
}

int main(void)
{
	path_init();
	if (weft < 0 || !path(VETH "weft -n oa addr add 7:1::1/32 dev a0 nodad;"
			      "weft -n ob addr add 7:1::2/32 dev b0 nodad;"))
		return 1;
	TAP_RUN(small_ones_leave_at_once);
	TAP_RUN(what_waits_for_the_device_goes_together);
	TAP_RUN(a_limit_holds);
	TAP_RUN(a_limit_holds_with_fq);
	TAP_RUN(what_a_path_swallows_is_cut);
	path_end();
	return tap_done();
}
