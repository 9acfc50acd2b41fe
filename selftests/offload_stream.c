// SPDX-License-Identifier: GPL-2.0
/*
 * Streams in large packets, between "oa" and "ob": which links carry them whole, who
 * takes them apart, that what is then on the wire is right, and that the same bytes
 * arrive in any case.
 *
 * lab: --nodes 1 --nic e1000 --nic e1000
 * kernels: stock
 * timeout: 240
 */
#include "paths.h"

#define STREAM_HEADERS	(sizeof(struct weft_hdr) + sizeof(struct weft_stream_hdr))
#define CHUNK		60000
#define CHUNKS		16

/* --- what is on the wire ---------------------------------------------------------- */

/**
 * struct wire - segments with payload that came to a device
 * @fd: packet socket
 * @frames: how many
 * @bytes: of payload
 * @longest: bytes of the longest packet
 * @seq: the sequence number expected next, once there was one
 * @id: likewise the packet id, unless there was a large packet
 * @pushed: with PSH
 * @cwr: the last one had CWR
 * @wrong: with wrong lengths, checksums or flags
 * @gaps: segments that did not follow the one before
 */
struct wire {
	int fd;
	int frames;
	long bytes;
	int longest;
	unsigned int seq;
	unsigned short id;
	int pushed;
	bool cwr;
	int wrong;
	int gaps;
};

static struct wire wire(const char *ns, const char *dev)
{
	struct wire w = { .fd = capture(ns, dev).fd };

	CHECK(!sock_set(w.fd, SOL_SOCKET, SO_RCVBUFFORCE, 1 << 27));
	CHECK(!sock_set(w.fd, SOL_PACKET, PACKET_AUXDATA, 1));
	return w;
}

/* The sum of a packet's transport with its pseudo-header; 0 if it is right. */
static unsigned short summed(const unsigned char *packet, int len)
{
	const unsigned char *data = packet + sizeof(struct weft_hdr);
	unsigned long sum = len - sizeof(struct weft_hdr) + packet[7];
	int i;

	for (i = 8; i < 24; i += 2)
		sum += packet[i] << 8 | packet[i + 1];
	len -= sizeof(struct weft_hdr);
	for (i = 0; i < len; i += 2)
		sum += data[i] << 8 | (i + 1 < len ? data[i + 1] : 0);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* One packet; @open: its checksum is not computed yet. */
static void wire_packet(struct wire *w, const unsigned char *packet, int len, bool open)
{
	const struct weft_hdr *net = (const void *)packet;
	const struct weft_stream_hdr *hdr = (const void *)(net + 1);
	int payload = len - sizeof(*net) - hdr->len;

	if (payload <= 0) {
		w->wrong += hdr->flags & WEFT_STREAM_PSH;
		return;
	}
	w->wrong += ntohs(net->len) != len || hdr->len != sizeof(*hdr) ||
		    (!open && summed(packet, len)) ||
		    (hdr->flags & ~(WEFT_STREAM_PSH | WEFT_STREAM_CWR)) != WEFT_STREAM_ACK ||
		    (hdr->flags & WEFT_STREAM_CWR && w->cwr);
	w->cwr = hdr->flags & WEFT_STREAM_CWR;
	if (w->frames)
		w->gaps += ntohl(hdr->seq) != w->seq ||
			   (w->longest <= 1500 && ntohs(net->id) != w->id);
	w->seq = ntohl(hdr->seq) + payload;
	w->id = ntohs(net->id) + 1;
	w->frames++;
	w->bytes += payload;
	w->pushed += !!(hdr->flags & WEFT_STREAM_PSH);
	w->longest = len > w->longest ? len : w->longest;
}

/* Looks at all that came from the sender. */
static void wire_end(struct wire *w)
{
	static unsigned char frame[70000];
	char control[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	struct sockaddr_ll from;
	struct iovec iov = { frame, sizeof(frame) };
	const struct weft_hdr *net = (void *)(frame + ETH_HLEN);
	const struct weft_stream_hdr *hdr = (void *)(net + 1);
	struct tpacket_auxdata aux;
	struct msghdr msg = {
		.msg_name = &from, .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control,
	};
	int n;

	for (;;) {
		msg.msg_namelen = sizeof(from);
		msg.msg_controllen = sizeof(control);
		n = recvmsg(w->fd, &msg, MSG_DONTWAIT);
		if (n < 0)
			break;
		if (from.sll_protocol != htons(WEFT_ETHERTYPE_DEFAULT) ||
		    n < ETH_HLEN + (int)STREAM_HEADERS || net->next != WEFT_PROTO_STREAM ||
		    hdr->dport != htons(PORT))
			continue;
		memcpy(&aux, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(aux));
		wire_packet(w, frame + ETH_HLEN, n - ETH_HLEN,
			    aux.tp_status & TP_STATUS_CSUMNOTREADY);
	}
	close(w->fd);
	CHECK(!w->wrong);
	if (w->wrong)
		printf("# %d of %d are wrong\n", w->wrong, w->frames);
}

/* --- connections ------------------------------------------------------------------ */

/**
 * struct ends - a connection
 * @from: in oa
 * @to: in ob
 */
struct ends {
	int from;
	int to;
};

/* From a namespace to an address of "ob". */
static struct ends join(const char *ns, struct sock_name to)
{
	struct sock_name any = sock_any(weft, PORT);
	struct ends c;
	int fd;

	enter("ob");
	fd = socket(weft, SOCK_STREAM, 0);
	CHECK(fd >= 0 && !sock_set(fd, SOL_SOCKET, SO_REUSEADDR, 1));
	CHECK(!bind(fd, &any.sa, any.len) && !listen(fd, 1));
	enter(ns);
	c.from = socket(weft, SOCK_STREAM, 0);
	CHECK(c.from >= 0 && !connect(c.from, &to.sa, to.len));
	CHECK(sock_wait(fd, POLLIN) & POLLIN);
	c.to = accept(fd, NULL, NULL);
	CHECK(c.to >= 0);
	close(fd);
	return c;
}

static struct ends neighbours(void)
{
	return join("oa", sock_link(PORT, 2, ifindex("oa", "a0")));
}

static struct ends far_ends(const char *ns)
{
	struct sock_name to = sock_any(weft, PORT);

	to.weft.sweft_addr = (struct weft_addr){ { { 0, 7, 0, 2, 0, 0, 0, 2 } } };
	return join(ns, to);
}

static void part(struct ends c)
{
	close(c.from);
	close(c.to);
}

/* Bytes cross the connection, in writes of @chunk; they are the same. */
static void cross(struct ends c, int chunk, int chunks)
{
	long total = (long)chunk * chunks, sent = 0, got = 0;
	struct pollfd p[2] = { { .fd = c.from, .events = POLLOUT },
			       { .fd = c.to, .events = POLLIN } };
	int n, i;

	while (got < total) {
		p[0].fd = sent < total ? c.from : -1;
		if (poll(p, 2, 20000) <= 0) {
			CHECK(!"goes on");
			return;
		}
		if (sent < total && p[0].revents) {
			n = send(c.from, out + sent % chunk, chunk - sent % chunk, MSG_DONTWAIT);
			sent += n > 0 ? n : 0;
		}
		if (!p[1].revents)
			continue;
		n = recv(c.to, in, sizeof(in), MSG_DONTWAIT);
		if (n <= 0)
			break;
		for (i = 0; i < n && in[i] == out[(got + i) % chunk]; i++)
			;
		if (i < n)
			break;
		got += n;
	}
	CHECK(got == total);
}

/* The window has grown so far that large packets are possible. */
static struct ends warm(struct ends c)
{
	cross(c, CHUNK, 8);
	return c;
}

/* Sends a lot to the other end, seen on a device. */
static struct wire watch(struct ends c, const char *ns, const char *dev)
{
	struct wire w = wire(ns, dev);

	cross(c, CHUNK, CHUNKS);
	wire_end(&w);
	CHECK(w.bytes >= (long)CHUNK * CHUNKS);
	printf("# %s %s: %d packets, longest %d, %ld bytes, %d pushed, %d gaps\n", ns, dev,
	       w.frames, w.longest, w.bytes, w.pushed, w.gaps);
	return w;
}

/* Bytes that were sent more than once, as on a machine that stood still. */
static long sent_again(struct ends c)
{
	struct weft_info info = {};
	socklen_t len = sizeof(info);

	CHECK(!getsockopt(c.from, SOL_WEFT, WEFT_INFO, &info, &len));
	return info.bytes_retrans;
}

/*
 * Nothing is lost: so all packets must follow each other, but for those that were sent
 * again. Before, both ends learn what packets are like now.
 */
static struct wire watch_all(struct ends c, const char *ns, const char *dev)
{
	struct wire w;
	long again;

	cross(c, CHUNK, 8);
	again = sent_again(c);
	w = watch(c, ns, dev);
	again = sent_again(c) - again;
	CHECK(w.bytes == (long)CHUNK * CHUNKS + again && (again || !w.gaps));
	return w;
}

static void whole(const struct wire *w)
{
	CHECK(w->longest > 20000 && w->frames < CHUNK * CHUNKS / 1444 / 4);
}

static void split(const struct wire *w, int mtu)
{
	CHECK(w->longest == mtu && w->frames >= CHUNK * CHUNKS / (mtu - (int)STREAM_HEADERS));
	CHECK(w->pushed >= 1 && w->pushed < w->frames / 4);
}

/* --- veth and bridges ------------------------------------------------------------- */

static void veth_carries_them(void)
{
	struct ends c;
	struct wire w;

	CHECK(path(VETH));
	c = warm(neighbours());
	w = watch_all(c, "ob", "b0");
	whole(&w);
	CHECK(!netns_run("ip netns exec oa ethtool -K a0 tx-sctp-segmentation off"));
	w = watch_all(c, "ob", "b0");
	split(&w, 1500);
	CHECK(!netns_run("ip netns exec oa ethtool -K a0 tx-sctp-segmentation on tso off >&2"));
	w = watch_all(c, "ob", "b0");
	split(&w, 1500);
	CHECK(!netns_run("ip netns exec oa ethtool -K a0 tx off sg off >&2"));
	w = watch_all(c, "ob", "b0");
	split(&w, 1500);
	part(c);
	path_end();
}

static void loopback_carries_them(void)
{
	struct ends c;
	struct wire w;

	CHECK(path(VETH));
	CHECK(!netns_run("weft -n ob addr add 7:2::2/32 dev b0 nodad"));
	c = warm(far_ends("ob"));
	w = watch(c, "ob", "lo");
	CHECK(w.longest > 20000);
	part(c);
	path_end();
}

/* --- cards ------------------------------------------------------------------------ */

static void the_card_segments(void)
{
	struct ends c;
	struct wire w;
	long tso, soft;

	CHECK(path(NIC_A NIC_B "ip netns exec ob ethtool -K b0 gro off;"));
	c = warm(neighbours());
	tso = netns_card("oa", "a0", "tx0_tso");
	soft = netns_card("oa", "a0", "tx0_tso_soft");
	w = watch_all(c, "ob", "b0");
	split(&w, 1500);
	tso = netns_card("oa", "a0", "tx0_tso") - tso;
	CHECK(tso > 10 && tso < w.frames / 4);
	CHECK(netns_card("oa", "a0", "tx0_packets") >= w.frames);
	CHECK(netns_card("oa", "a0", "tx0_tso_soft") == soft);

	CHECK(!netns_run("ip netns exec oa ethtool -K a0 tso off >&2"));
	tso = netns_card("oa", "a0", "tx0_tso");
	w = watch_all(c, "ob", "b0");
	split(&w, 1500);
	CHECK(!netns_run("ip netns exec oa ethtool -K a0 tx off sg off >&2"));
	w = watch_all(c, "ob", "b0");
	split(&w, 1500);
	CHECK(netns_card("oa", "a0", "tx0_tso") == tso);
	CHECK(!netns_run("ip netns exec oa ethtool -K a0 tx on sg on tso on >&2"));
	CHECK(counter("ob", "DropChecksum") == 0);
	part(c);
	nic_back("oa", "a0", "eth0", 0);
	nic_back("ob", "b0", "eth1", 1);
	path_end();
}

static void a_card_merges(void)
{
	struct ends c;
	struct wire w;

	CHECK(path(NIC_A NIC_B "ip netns exec ob ethtool -K b0 gro on;"));
	c = warm(neighbours());
	w = watch_all(c, "ob", "b0");
	CHECK(w.longest > 2 * 1500);
	CHECK(counter("ob", "InReceives") > 8L * CHUNK / 1444);
	CHECK(counter("ob", "DropChecksum") == 0);
	part(c);
	nic_back("oa", "a0", "eth0", 0);
	nic_back("ob", "b0", "eth1", 1);
	path_end();
}

/* The source's link carries it whole, and a bridge brings it to a card. */
static void a_bridge_to_a_card(void)
{
	struct ends c;
	struct wire w;
	long tso;

	CHECK(path("ip -n oa link add a0 address 02:00:00:00:00:01 type veth peer name m1 netns om;"
		   NIC_M NIC_B "ip netns exec ob ethtool -K b0 gro off;"
		   "ip -n om link add br0 type bridge; ip -n om link set br0 up;"
		   "for d in m1 m2; do ip -n om link set $d master br0 up; done;"));
	CHECK(!netns_run(UNTIL("weft -n oa ping -c 1 fe80:200:0:2%a0")));
	c = warm(neighbours());
	w = watch_all(c, "om", "m1");
	whole(&w);
	tso = netns_card("om", "m2", "tx0_tso");
	w = watch_all(c, "ob", "b0");
	split(&w, 1500);
	CHECK(netns_card("om", "m2", "tx0_tso") > tso + 10);
	part(c);
	nic_back("om", "m2", "eth0", 0);
	nic_back("ob", "b0", "eth1", 1);
	path_end();
}

/* --- gateways --------------------------------------------------------------------- */

static void a_gateway_forwards_them(void)
{
	struct ends c;
	struct wire w;

	CHECK(path(GATEWAY));
	c = warm(far_ends("oa"));
	w = watch_all(c, "ob", "b0");
	whole(&w);
	CHECK(counter("om", "OutForwarded") > (long)CHUNK * CHUNKS / 1444);
	CHECK(!netns_run("ip netns exec om ethtool -K m2 tx-sctp-segmentation off"));
	w = watch_all(c, "ob", "b0");
	split(&w, 1500);
	part(c);
	path_end();
}

/* The far end takes 1500 bytes, the gateway's link to it does not. */
static void too_big_for_the_next_link(void)
{
	struct ends c;
	struct wire w;

	CHECK(path(GATEWAY "ip -n om link set m2 mtu 1000;"));
	c = warm(far_ends("oa"));
	CHECK(counter("om", "DropTooBig") > 0 && counter("oa", "InTooBigs") > 0);
	w = watch_all(c, "ob", "b0");
	whole(&w);
	CHECK(!netns_run("ip netns exec om ethtool -K m2 tx-sctp-segmentation off"));
	w = watch_all(c, "ob", "b0");
	split(&w, 1000);
	part(c);
	path_end();
}

/* Gateways may fragment: the segments are cut up one by one. */
static void a_gateway_fragments_them(void)
{
	struct ends c;

	CHECK(path(GATEWAY));
	c = warm(far_ends("oa"));
	CHECK(!sock_set(c.from, SOL_WEFT, WEFT_MTU_DISCOVER, WEFT_PMTUDISC_DONT));
	CHECK(!netns_run("ip -n om link set m2 mtu 1000"));
	cross(c, CHUNK, CHUNKS);
	CHECK(counter("om", "FragOKs") > 600);
	CHECK(counter("om", "DropTooBig") == 0 && counter("ob", "ReasmFails") == 0);
	part(c);
	path_end();
}

int main(void)
{
	path_init();
	TAP_RUN(veth_carries_them);
	TAP_RUN(loopback_carries_them);
	TAP_RUN(the_card_segments);
	TAP_RUN(a_card_merges);
	TAP_RUN(a_bridge_to_a_card);
	TAP_RUN(a_gateway_forwards_them);
	TAP_RUN(too_big_for_the_next_link);
	TAP_RUN(a_gateway_fragments_them);
	return tap_done();
}
