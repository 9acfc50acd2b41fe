// SPDX-License-Identifier: GPL-2.0
/*
 * Rules of weft filter for nft(8) on the netdev family: the stock nft loads them, on ingress
 * and on egress, and of frames that differ in one thing each drops those that the rule is
 * meant for. nft's own counters agree.
 *
 * lab: --nodes 1 --nic none
 * kernels: stock
 * timeout: 200
 */
#include <stdbool.h>
#include "sock.h"
#include "wire.h"

#define MARKER_TYPE	0x88b6	/* for local experiments, as Weft's */

/**
 * struct spec - what a frame has that others have not
 * @src: source, 0: 7::1
 * @dst: destination, 0: 8::1
 * @next: transport, 0: datagrams
 * @sport: source port, 0: 1000
 * @dport: destination port, 0: 2000
 * @control: type of a control message
 * @code: its code
 * @flags: of a stream
 * @class: traffic class
 * @ecn: congestion
 * @hop_limit: 0: 64
 * @more: bytes of payload
 * @first: it is a first fragment
 * @later: it is a later one
 */
struct spec {
	uint64_t src, dst;
	unsigned char next;
	unsigned short sport, dport;
	unsigned char control, code, flags, class, ecn, hop_limit;
	unsigned short more;
	bool first, later;
};

/**
 * struct direction - one of the two hooks
 * @name: what nft calls it
 * @from: packet socket that frames are written to
 * @to: one that sees what is let through
 * @marker_from: for a frame that no rule of Weft's EtherType is about
 * @marker_to: where it arrives, behind those that were sent before
 */
struct direction {
	const char *name;
	int from, to, marker_from, marker_to;
};

static struct direction ingress, egress;

/* --- frames -------------------------------------------------------------------------- */

static struct weft_addr addr_of(uint64_t number)
{
	struct weft_addr a;
	int i;

	for (i = 0; i < 8; i++)
		a.a8[i] = number >> (56 - 8 * i) & 0xff;
	return a;
}

static void put16(unsigned char *at, unsigned int value)
{
	at[0] = value >> 8;
	at[1] = value & 0xff;
}

/* The transport header; returns its length. */
static size_t transport(const struct spec *s, unsigned char *at)
{
	unsigned char next = s->next ?: WEFT_PROTO_DGRAM;

	if (next == WEFT_PROTO_CONTROL) {
		at[0] = s->control;
		at[1] = s->code;
		return 8;
	}
	put16(at, s->sport ?: 1000);
	put16(at + 2, s->dport ?: 2000);
	if (next != WEFT_PROTO_STREAM)
		return sizeof(struct weft_dgram_hdr);
	at[offsetof(struct weft_stream_hdr, flags)] = s->flags;
	return sizeof(struct weft_stream_hdr);
}

static struct wire_frame frame_of(const struct spec *s)
{
	unsigned char next = s->next ?: WEFT_PROTO_DGRAM;
	struct wire_frame f = {
		.eth = { .h_dest = WIRE_MAC(9), .h_source = WIRE_MAC(8),
			 .h_proto = htons(WEFT_ETHERTYPE_DEFAULT) },
		.hdr = { .vc = WEFT_VERSION << 4 | s->class, .flags = s->ecn,
			 .hop_limit = s->hop_limit ?: 64, .next = next,
			 .src = addr_of(s->src ?: 0x0007000000000001),
			 .dst = addr_of(s->dst ?: 0x0008000000000001) },
	};
	struct weft_frag_hdr frag = { .next = next };
	size_t len = 0;

	if (s->first || s->later) {
		f.hdr.next = WEFT_PROTO_FRAGMENT;
		frag.offset = htons(s->later ? 800 : 1);
		memcpy(f.body, &frag, sizeof(frag));
		len = sizeof(frag);
	}
	len += transport(s, f.body + len) + s->more;
	f.hdr.len = htons(sizeof(f.hdr) + len);
	f.len = sizeof(f.eth) + sizeof(f.hdr) + len;
	return f;
}

/* Is there a frame as this one among those that arrived? Takes all of them. */
static bool arrived(int fd, const struct wire_frame *f)
{
	struct wire_frame got;
	bool found = false;
	ssize_t n;

	while ((n = recv(fd, &got, sizeof(got), MSG_DONTWAIT)) > 0)
		found |= n == (ssize_t)f->len && !memcmp(&got, f, f->len);
	return found;
}

/* Sends a frame that no rule is about, and waits until it arrives: what went before has. */
static void settle(const struct direction *d)
{
	static unsigned char marker[ETH_ZLEN] = { 2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 8,
						  MARKER_TYPE >> 8, MARKER_TYPE & 0xff };
	unsigned char got[ETH_ZLEN];

	marker[ETH_ZLEN - 1]++;
	CHECK(send(d->marker_from, marker, sizeof(marker), 0) == sizeof(marker));
	do {
		if (!sock_wait(d->marker_to, POLLIN) ||
		    recv(d->marker_to, got, sizeof(got), 0) < 0) {
			CHECK(!"the marker arrives");
			break;
		}
	} while (got[ETH_ZLEN - 1] != marker[ETH_ZLEN - 1]);
}

/* Sends a frame; does it arrive? */
static bool passes(const struct direction *d, const struct spec *s)
{
	struct wire_frame f = frame_of(s);

	/* On egress the sender is told of a drop. */
	CHECK(send(d->from, &f, f.len, 0) == (ssize_t)f.len || errno == ENOBUFS);
	settle(d);
	return arrived(d->to, &f);
}

/* --- rules --------------------------------------------------------------------------- */

/* Loads what weft filter says in place of the rules that are there. Returns a status. */
static int load(const struct direction *d, const char *rule)
{
	char command[512];

	snprintf(command, sizeof(command),
		 "weft filter nft %s '%s' | { echo flush chain netdev t %s; "
		 "sed 's/^/add rule netdev t %s /'; } | nft -f -", d->name, rule, d->name,
		 d->name);
	return netns_run(command);
}

#define SUM	"grep -o 'packets [0-9]*' | awk '{ n += $2 } END { print n + 0 }'"

/* Packets that nft has counted in all rules of the direction. */
static int counted(const struct direction *d)
{
	char command[256];
	int n = -1;
	FILE *f;

	snprintf(command, sizeof(command), "nft list chain netdev t %s | " SUM, d->name);
	f = popen(command, "r");
	if (!f || fscanf(f, "%d", &n) != 1)
		n = -1;
	if (f)
		pclose(f);
	return n;
}

/* The rule drops the one frame and nothing else of the two. */
static void drops(const struct direction *d, const char *rule, const struct spec *one,
		  const struct spec *other)
{
	bool one_passes, other_passes;
	int n;

	if (load(d, rule)) {
		CHECK(!"nft loads the rule");
		return;
	}
	one_passes = passes(d, one);
	other_passes = passes(d, other);
	n = counted(d);
	if (one_passes || !other_passes || n != 1)
		printf("# %s: '%s': %s, %s, counted %d\n", d->name, rule,
		       one_passes ? "what is meant passes" : "what is meant is dropped",
		       other_passes ? "another passes" : "another is dropped", n);
	CHECK(!one_passes);
	CHECK(other_passes);
	CHECK(n == 1);
}

#define SPEC(...)	(&(struct spec){ __VA_ARGS__ })
#define STREAM		.next = WEFT_PROTO_STREAM
#define CONTROL		.next = WEFT_PROTO_CONTROL
#define NODE(net, n)	((uint64_t)(net) << 48 | (n))

/* What is in the network header. */
static void headers(const struct direction *d)
{
	drops(d, "src 7::/16 counter drop", SPEC(), SPEC(.src = NODE(8, 1)));
	drops(d, "src 7::1 counter drop", SPEC(), SPEC(.src = NODE(7, 2)));
	drops(d, "dst != 8::1 counter drop", SPEC(.dst = NODE(8, 2)), SPEC());
	drops(d, "dst 8::2-8::5 counter drop", SPEC(.dst = NODE(8, 5)), SPEC(.dst = NODE(8, 6)));
	drops(d, "dst { 8::2, 8::4 } counter drop", SPEC(.dst = NODE(8, 4)),
	      SPEC(.dst = NODE(8, 3)));
	drops(d, "class 3 counter drop", SPEC(.class = 3), SPEC(.class = 2));
	drops(d, "ecn ce counter drop", SPEC(.ecn = 3), SPEC(.ecn = 2));
	drops(d, "length > 100 counter drop", SPEC(.more = 80), SPEC(.more = 60));
	drops(d, "hoplimit < 5 counter drop", SPEC(.hop_limit = 4), SPEC(.hop_limit = 5));
	drops(d, "cast group counter drop", SPEC(.dst = NODE(0xff02, 1)), SPEC());
	drops(d, "cast broadcast counter drop", SPEC(.dst = ~0ULL), SPEC(.dst = NODE(0xff02, 1)));
}

/* What is behind it, also in a first fragment, where it is in another place. */
static void transports(const struct direction *d)
{
	drops(d, "src 7::/16 dport 80 counter drop", SPEC(.dport = 80), SPEC(.dport = 81));
	drops(d, "src 7::/16 dport 80 counter drop", SPEC(STREAM, .dport = 80),
	      SPEC(.src = NODE(8, 1), .dport = 80));
	drops(d, "dport 80 counter drop", SPEC(.dport = 80, .first = true),
	      SPEC(.dport = 80, .later = true));
	drops(d, "stream dport 80 counter drop", SPEC(STREAM, .dport = 80), SPEC(.dport = 80));
	drops(d, "dgram sport 1000-1010 counter drop", SPEC(.sport = 1010), SPEC(.sport = 1011));
	drops(d, "dport { 22, 80, 5000-5010 } counter drop", SPEC(.dport = 5005),
	      SPEC(.dport = 5011));
	drops(d, "stream flags & (syn | ack) == syn counter drop",
	      SPEC(STREAM, .flags = WEFT_STREAM_SYN),
	      SPEC(STREAM, .flags = WEFT_STREAM_SYN | WEFT_STREAM_ACK));
	drops(d, "stream flags rst counter drop",
	      SPEC(STREAM, .flags = WEFT_STREAM_RST | WEFT_STREAM_ACK),
	      SPEC(STREAM, .flags = WEFT_STREAM_ACK));
	drops(d, "control type echo-request counter drop",
	      SPEC(CONTROL, .control = WEFT_CTL_ECHO_REQUEST),
	      SPEC(CONTROL, .control = WEFT_CTL_ECHO_REPLY));
	drops(d, "control type unreachable control code 4 counter drop",
	      SPEC(CONTROL, .control = WEFT_CTL_UNREACH, .code = 4),
	      SPEC(CONTROL, .control = WEFT_CTL_UNREACH, .code = 3));
	drops(d, "proto stream counter drop", SPEC(STREAM, .later = true), SPEC(.later = true));
	drops(d, "proto { stream, 99 } counter drop", SPEC(.next = 99), SPEC());
	drops(d, "fragment whole counter drop", SPEC(), SPEC(.first = true));
	drops(d, "fragment first counter drop", SPEC(.first = true), SPEC(.later = true));
	drops(d, "fragment later counter drop", SPEC(.later = true), SPEC(.first = true));
}

static void ingress_by_network_header(void)
{
	headers(&ingress);
	drops(&ingress, "iifname \"us\" class 3 counter drop", SPEC(.class = 3), SPEC());
}

static void ingress_by_transport(void)
{
	transports(&ingress);
}

static void egress_by_network_header(void)
{
	headers(&egress);
	drops(&egress, "oifname \"u*\" class 3 counter drop", SPEC(.class = 3), SPEC());
}

static void egress_by_transport(void)
{
	transports(&egress);
}

/* What a rule has beside matches is nft's, too. */
static void ingress_statements(void)
{
	CHECK(!load(&ingress, "class 3 limit rate 2/day burst 2 packets counter drop"));
	CHECK(!passes(&ingress, SPEC(.class = 3)));
	CHECK(!passes(&ingress, SPEC(.class = 3)));
	CHECK(passes(&ingress, SPEC(.class = 3)));
	CHECK(counted(&ingress) == 2);
	CHECK(!load(&ingress, "quota over 100 bytes counter drop comment \"too much\""));
	CHECK(passes(&ingress, SPEC(.more = 10)));
	CHECK(!passes(&ingress, SPEC(.more = 80)));
}

static void egress_statements(void)
{
	CHECK(!load(&egress, "class 3 counter meta mark set 0x00000005 accept"));
	CHECK(passes(&egress, SPEC(.class = 3)));
	CHECK(passes(&egress, SPEC()));
	CHECK(counted(&egress) == 1);
	CHECK(!load(&egress, "meta mark 0x00000005 counter drop"));
	CHECK(passes(&egress, SPEC()));
	CHECK(!counted(&egress));
}

/* --- Weft's own packets ------------------------------------------------------------------ */

/* Sends a datagram to the far end by a socket; does it come out? */
static bool leaves(int port)
{
	struct sock_name to = sock_link(port, 2, if_nametoindex("us"));
	int fd = sock_dgram(netns_weft_family());
	struct wire_frame got;
	bool found = false;

	wire_drain();
	CHECK(sendto(fd, "x", 1, 0, &to.sa, to.len) == 1 || errno == ENOBUFS);
	settle(&egress);
	while (wire_get(&got, 0))
		found |= got.hdr.next == WEFT_PROTO_DGRAM && got.body[3] == port;
	close(fd);
	return found;
}

/* The far end sends an echo request; is it answered? */
static bool answers(void)
{
	unsigned char echo[8] = { WEFT_CTL_ECHO_REQUEST };
	struct wire_frame f = wire_control(2, echo, sizeof(echo), 64), got;
	bool found = false;

	wire_drain();
	wire_put(&f);
	settle(&ingress);
	settle(&egress);
	while (wire_get(&got, 0))
		found |= got.hdr.next == WEFT_PROTO_CONTROL &&
			 got.body[0] == WEFT_CTL_ECHO_REPLY;
	return found;
}

static void what_weft_sends(void)
{
	CHECK(!load(&egress, "skuid 0 dgram dport 5 counter drop"));
	CHECK(!leaves(5));
	CHECK(leaves(6));
	CHECK(counted(&egress) == 1);
	CHECK(!load(&egress, "skuid 1234 dgram dport 5 counter drop"));
	CHECK(leaves(5));
	CHECK(!load(&egress, "control type echo-reply counter drop"));
	CHECK(!answers());
	CHECK(counted(&egress) == 1);
	CHECK(!load(&egress, "control type echo-request drop"));
	CHECK(answers());
}

static void what_weft_receives(void)
{
	CHECK(!load(&ingress, "src fe80::/16 control type echo-request counter drop"));
	CHECK(!answers());
	CHECK(counted(&ingress) == 1);
	CHECK(!load(&ingress, "src 7::/16 control type echo-request counter drop"));
	CHECK(answers());
	CHECK(counted(&ingress) == 0);
}

/* --- what nft cannot do ------------------------------------------------------------------ */

static const struct {
	const char *hook, *rule, *why;
} refused[] = {
	{ "ingress", "ct state new drop", "knows no connections" },
	{ "egress", "notrack", "knows no connections" },
	{ "ingress", "oifname \"us\" drop", "device that a packet goes by is not known" },
	{ "egress", "iifname \"us\" drop", "device that a packet came by is not known" },
	{ "ingress", "skuid 0 drop", "no socket is known" },
	{ "ingress", "src @s drop", "sets of Weft are not those of nft" },
	{ "ingress", "add @s { src }", "sets of Weft are not those of nft" },
	{ "ingress", "src . dport { 7::1 . 80 } drop", "cannot join bytes" },
	{ "ingress", "dport vmap { 80 : drop }", "cannot map bytes" },
	{ "ingress", "reject", "cannot answer in Weft" },
	{ "ingress", "dport 80 limit rate 1/second drop", "a limit each" },
	{ "ingress", "dport 80 quota over 5 kbytes drop", "a quota each" },
	{ "ingress", "limit rate 1/second per src drop", "a limit of each key" },
	{ "ingress", "fragment != first drop", "one of whole, first and later" },
	{ "ingress", "class set 3", "nothing but marks" },
	{ "ingress", "src 7::1 dropp", "1:10" },
};

static void what_nft_cannot_do(void)
{
	char command[256], line[256], all[1024];
	unsigned int i;
	int status;
	FILE *f;

	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		snprintf(command, sizeof(command), "weft filter nft %s '%s' 2>&1",
			 refused[i].hook, refused[i].rule);
		f = popen(command, "r");
		all[0] = 0;
		while (f && fgets(line, sizeof(line), f))
			strncat(all, line, sizeof(all) - strlen(all) - 1);
		status = f ? pclose(f) : 0;
		if (!WEXITSTATUS(status) || !strstr(all, refused[i].why) || strstr(all, "@nh"))
			printf("# %s '%s': %d: %s", refused[i].hook, refused[i].rule, status, all);
		CHECK(WEXITSTATUS(status));
		CHECK(strstr(all, refused[i].why));
		CHECK(!strstr(all, "@nh"));
	}
}

/* --- set-up ------------------------------------------------------------------------------ */

static int marker_socket(const char *dev)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET, .sll_protocol = htons(MARKER_TYPE),
				  .sll_ifindex = if_nametoindex(dev) };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	CHECK(fd >= 0 && !bind(fd, (struct sockaddr *)&ll, sizeof(ll)));
	return fd;
}

/* At the far end, whose namespace is that of the process that began this one. */
static int marker_socket_there(void)
{
	int home = open("/proc/self/ns/net", O_RDONLY), there, fd;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/net", getppid());
	there = open(path, O_RDONLY);
	CHECK(!setns(there, CLONE_NEWNET));
	fd = marker_socket("them");
	CHECK(!setns(home, CLONE_NEWNET));
	close(there);
	close(home);
	return fd;
}

static int set_up(void)
{
	int far = wire_fd, far_marker = marker_socket_there(), near, near_marker;

	if (wire_open("us"))
		return -1;
	near = wire_fd;
	near_marker = marker_socket("us");
	wire_fd = far;
	ingress = (struct direction){ "ingress", far, near, far_marker, near_marker };
	egress = (struct direction){ "egress", near, far, near_marker, far_marker };
	return netns_run("nft 'table netdev t { chain ingress { "
			 "type filter hook ingress device \"us\" priority 0; }; }'") ||
	       netns_run("nft 'table netdev t { chain egress { "
			 "type filter hook egress device \"us\" priority 0; }; }'");
}

static int run(void)
{
	if (set_up())
		return 1;
	TAP_RUN(ingress_by_network_header);
	TAP_RUN(ingress_by_transport);
	TAP_RUN(ingress_statements);
	TAP_RUN(what_weft_receives);
	netns_run("nft flush chain netdev t ingress");
	TAP_RUN(egress_by_network_header);
	TAP_RUN(egress_by_transport);
	TAP_RUN(egress_statements);
	TAP_RUN(what_weft_sends);
	TAP_RUN(what_nft_cannot_do);
	return tap_done();
}

int main(void)
{
	return wire_main(run);
}
