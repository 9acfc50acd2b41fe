// SPDX-License-Identifier: GPL-2.0
/*
 * AF_XDP sockets on weftnic, by copying and without: frames of the test's EtherType
 * come to the socket, in order and whole, its own go out, and the rest is the stack's.
 * Everything else that happens to an interface may happen meanwhile.
 *
 *	eth1: peer ----- eth0: socket
 *
 * usage: nic_xsk [COMMAND...]: all of that, or only what these commands change.
 *
 * lab: --nodes 1 --nic e1000e --nic e1000e
 * timeout: 120
 */
#include <linux/if_packet.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include "tap.h"
#include "xsk.h"

#define TEST_ETHERTYPE	0x88b6
#define OTHER_ETHERTYPE	0x88b7

#define FRAMES		200

static const struct xsk copying = {
	.chunk = 2048, .step = 2048, .bind_flags = XDP_COPY,
};

/* With as much headroom as 2 KiB allow. */
static const struct xsk zero_copy = {
	.chunk = 2048, .step = 2048, .headroom = 256, .bind_flags = XDP_ZEROCOPY,
};

static const struct xsk unaligned = {
	.chunk = 2048, .step = 4096, .skew = 700, .umem_flags = XDP_UMEM_UNALIGNED_CHUNK_FLAG,
	.bind_flags = XDP_ZEROCOPY | XDP_USE_NEED_WAKEUP,
};

static struct xsk xsk;
static struct xsk_program program;
static int peer, stack;
static bool virtio, two_queues;

/* --- frames and the other end --------------------------------------------------------- */

static uint8_t mac[2][ETH_ALEN];

static size_t frame_len(unsigned int n)
{
	return ETH_ZLEN + n * 37 % (ETH_FRAME_LEN - ETH_ZLEN + 1);
}

/* Frame @n of a series, from one end to the other. */
static void make_frame(uint8_t *frame, unsigned int n, int from, unsigned int ethertype)
{
	struct ethhdr *eth = (struct ethhdr *)frame;
	size_t i;

	memcpy(eth->h_source, mac[from], ETH_ALEN);
	memcpy(eth->h_dest, mac[!from], ETH_ALEN);
	eth->h_proto = htons(ethertype);
	for (i = ETH_HLEN; i < frame_len(n); i++)
		frame[i] = n + i * 3;
}

static int read_mac(int end)
{
	struct ifreq ifr = {};
	int fd = socket(AF_INET, SOCK_DGRAM, 0), failed;

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "eth%d", end);
	failed = ioctl(fd, SIOCGIFHWADDR, &ifr);
	memcpy(mac[end], ifr.ifr_hwaddr.sa_data, ETH_ALEN);
	close(fd);
	return failed;
}

static int open_packet(const char *dev, unsigned int ethertype)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ethertype),
		.sll_ifindex = if_nametoindex(dev),
	};
	int fd = socket(AF_PACKET, SOCK_RAW, 0), room = 1 << 22;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return -1;
	return fd;
}

/* One frame that came in at a packet socket; 0 for none in time. */
static ssize_t receive(int fd, uint8_t *frame, size_t room, int patience)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	if (poll(&poll_fd, 1, patience) <= 0)
		return 0;
	return recv(fd, frame, room, 0);
}

static void forget(int fd)
{
	uint8_t frame[ETH_FRAME_LEN];

	while (recv(fd, frame, sizeof(frame), MSG_DONTWAIT) > 0)
		;
}

/* A counter of eth0's. */
static unsigned long long counter(const char *name)
{
	unsigned long long value = 0;
	char command[128];
	FILE *pipe;

	snprintf(command, sizeof(command), "ethtool -S eth0 | sed -n 's/^ *%s: //p'", name);
	pipe = popen(command, "r");
	if (!pipe || fscanf(pipe, "%llu", &value) != 1)
		CHECK(!"one of the interface's counts");
	if (pipe)
		pclose(pipe);
	return value;
}

/* --- a socket's life ------------------------------------------------------------------- */

/* Nothing after it could work without. */
static void must(bool done, const char *what)
{
	if (done)
		return;
	printf("# %s: %s\nnot ok - a socket\n", what, strerror(errno));
	exit(1);
}

static void begin(const struct xsk *kind)
{
	xsk = *kind;
	must(!xsk_open(&xsk), "socket");
	must(!xsk_attach(&program, "eth0", TEST_ETHERTYPE), "program");
	must(!xsk_bind(&xsk, "eth0", 0), "bind");
	CHECK(xsk_is_zero_copy(&xsk) == !!(kind->bind_flags & XDP_ZEROCOPY));
	CHECK(!xsk_register(&program, &xsk, 0));
	xsk_give_all(&xsk);
}

static void end(void)
{
	xsk_close(&xsk);
	xsk_detach(&program);
	forget(peer);
	forget(stack);
}

/* The link and all behind it are there: frames come to the socket, each once. */
static bool works(void)
{
	uint8_t frame[ETH_FRAME_LEN];
	struct xdp_desc desc;
	int tries;

	make_frame(frame, 5, 1, TEST_ETHERTYPE);
	for (tries = 0; tries < 100; tries++) {
		if (send(peer, frame, frame_len(5), 0) < 0)
			usleep(100000);
		if (!xsk_take(&xsk, &desc, XSK_PATIENCE_MS / 100))
			continue;
		do
			xsk_give(&xsk, xsk_chunk_of(&xsk, &desc));
		while (xsk_take(&xsk, &desc, 100));
		return true;
	}
	return false;
}

static bool receives_frame(unsigned int n)
{
	uint8_t frame[ETH_FRAME_LEN], *got;
	struct xdp_desc desc;
	bool same;

	make_frame(frame, n, 1, TEST_ETHERTYPE);
	if (send(peer, frame, frame_len(n), 0) != (ssize_t)frame_len(n))
		return false;
	got = xsk_take(&xsk, &desc, XSK_PATIENCE_MS);
	if (!got)
		return false;
	same = desc.len == frame_len(n) && !memcmp(got, frame, desc.len);
	xsk_give(&xsk, xsk_chunk_of(&xsk, &desc));
	return same;
}

static bool sends_frame(unsigned int n)
{
	uint8_t frame[ETH_FRAME_LEN], got[ETH_FRAME_LEN];

	make_frame(frame, n, 0, TEST_ETHERTYPE);
	return !xsk_put(&xsk, frame, frame_len(n)) && !xsk_kick(&xsk) &&
	       receive(peer, got, sizeof(got), XSK_PATIENCE_MS) == (ssize_t)frame_len(n) &&
	       !memcmp(got, frame, frame_len(n));
}

static void check_both_ways(unsigned int frames)
{
	unsigned int n;

	for (n = 0; n < frames && receives_frame(n); n++)
		;
	CHECK(n == frames);
	for (n = 0; n < frames && sends_frame(n); n++)
		;
	CHECK(n == frames);
	CHECK(!xsk_wait_free(&xsk, XSK_RING));
}

/* All that is in the ring goes out, however little of it one poll takes. */
static void check_burst(void)
{
	uint8_t frame[ETH_FRAME_LEN], got[ETH_FRAME_LEN];
	unsigned int n;

	for (n = 0; n < XSK_RING; n++) {
		make_frame(frame, n, 0, TEST_ETHERTYPE);
		CHECK(!xsk_put(&xsk, frame, frame_len(n)));
	}
	CHECK(!xsk_wait_free(&xsk, XSK_RING));
	for (n = 0; n < XSK_RING; n++) {
		make_frame(frame, n, 0, TEST_ETHERTYPE);
		if (receive(peer, got, sizeof(got), XSK_PATIENCE_MS) != (ssize_t)frame_len(n) ||
		    memcmp(got, frame, frame_len(n)))
			break;
	}
	CHECK(n == XSK_RING);
}

static void check_the_rest_is_the_stacks(void)
{
	uint8_t frame[ETH_FRAME_LEN], got[ETH_FRAME_LEN];
	unsigned int n;

	for (n = 0; n < 50; n++) {
		make_frame(frame, n, 1, OTHER_ETHERTYPE);
		CHECK(send(peer, frame, frame_len(n), 0) == (ssize_t)frame_len(n));
		if (receive(stack, got, sizeof(got), XSK_PATIENCE_MS) != (ssize_t)frame_len(n) ||
		    memcmp(got, frame, frame_len(n)))
			break;
	}
	CHECK(n == 50);
	CHECK(__atomic_load_n(xsk.rx.producer, __ATOMIC_ACQUIRE) == *xsk.rx.consumer);
}

/*
 * Nobody takes frames out: they are dropped and counted, and later ones come again. A
 * virtio device without buffers drops nothing, but lets the sender wait.
 */
static void check_full_ring_drops(void)
{
	struct xdp_statistics before = {}, after = {};
	socklen_t len = sizeof(before);
	uint8_t frame[ETH_FRAME_LEN];
	struct xdp_desc desc;
	unsigned int n;

	CHECK(!getsockopt(xsk.fd, SOL_XDP, XDP_STATISTICS, &before, &len));
	make_frame(frame, 7, 1, TEST_ETHERTYPE);
	for (n = 0; n < 4 * XSK_RING; n++)
		CHECK(send(peer, frame, frame_len(7), 0) == (ssize_t)frame_len(7));
	for (n = 0; n < XSK_RING; n++)
		CHECK(xsk_take(&xsk, &desc, XSK_PATIENCE_MS));
	for (n = 0; n < 100; n++) {
		CHECK(!getsockopt(xsk.fd, SOL_XDP, XDP_STATISTICS, &after, &len));
		if (after.rx_dropped + after.rx_ring_full + after.rx_fill_ring_empty_descs >
		    before.rx_dropped + before.rx_ring_full + before.rx_fill_ring_empty_descs)
			break;
		usleep(100000);
	}
	CHECK(n < 100);
	xsk_give_all(&xsk);
	CHECK(works());
}

static void check_all(const struct xsk *kind)
{
	begin(kind);
	CHECK(works());
	check_both_ways(FRAMES);
	check_burst();
	check_the_rest_is_the_stacks();
	if (!virtio || !xsk_is_zero_copy(&xsk))
		check_full_ring_drops();
	check_both_ways(10);
	end();
}

/* --- the tests ------------------------------------------------------------------------- */

static void by_copying(void)
{
	check_all(&copying);
}

static void without_a_copy(void)
{
	unsigned long long rx = counter("rx0_xsk"), tx = counter("tx0_xsk");

	check_all(&zero_copy);
	CHECK(counter("rx0_xsk") >= rx + FRAMES);
	CHECK(counter("tx0_xsk") >= tx + FRAMES + XSK_RING);
}

static void with_unaligned_chunks(void)
{
	check_all(&unaligned);
}

/* Zeros fill up to Ethernet's least, where the device does not send less. */
static void short_frames(void)
{
	uint8_t frame[ETH_FRAME_LEN], got[ETH_FRAME_LEN];
	size_t len = ETH_HLEN + 6, i;
	ssize_t came;

	begin(&zero_copy);
	CHECK(works());
	make_frame(frame, 1, 0, TEST_ETHERTYPE);
	CHECK(!xsk_put(&xsk, frame, len) && !xsk_kick(&xsk));
	came = receive(peer, got, sizeof(got), XSK_PATIENCE_MS);
	CHECK(came == (ssize_t)(virtio ? len : ETH_ZLEN) && !memcmp(got, frame, len));
	for (i = len; came > 0 && i < (size_t)came; i++)
		CHECK(!got[i]);
	/* What is not even a header comes back, and disturbs nothing. */
	CHECK(!xsk_put(&xsk, frame, 5) && !xsk_kick(&xsk));
	CHECK(!xsk_wait_free(&xsk, XSK_RING));
	CHECK(sends_frame(9));
	end();
}

static bool refuses(const struct xsk *kind, int error)
{
	struct xsk other = *kind;
	bool refused;

	must(!xsk_open(&other), "socket");
	refused = xsk_bind(&other, "eth0", 0) && errno == error;
	xsk_close(&other);
	return refused;
}

static void what_cannot_be_is_refused(void)
{
	struct xsk kind = zero_copy;

	kind.headroom++;
	CHECK(refuses(&kind, EOPNOTSUPP));
	/* It may be by copying then, if that is not ruled out. */
	kind.bind_flags = 0;
	begin(&kind);
	CHECK(works());
	end();
	begin(&zero_copy);
	CHECK(system("ip link set eth0 mtu 1600 2>/dev/null"));
	CHECK(works());
	end();
}

/* Larger chunks bear an MTU with which a frame still is one buffer. */
static void larger_chunks(void)
{
	struct xsk kind = zero_copy;

	kind.chunk = 4096;
	kind.step = 4096;
	begin(&kind);
	CHECK(works());
	CHECK(!system("ip link set eth0 mtu 2030"));
	CHECK(system("ip link set eth0 mtu 2031 2>/dev/null"));
	CHECK(works());
	check_both_ways(10);
	CHECK(!system("ip link set eth0 mtu 1500"));
	CHECK(works());
	end();
}

/* The kernel says when it has to be told of chunks and of frames to send. */
static void need_wakeup(void)
{
	uint8_t frame[ETH_FRAME_LEN];
	struct xdp_desc desc;
	unsigned int n;

	begin(&unaligned);
	CHECK(works());
	CHECK(xsk_needs_wakeup(&xsk.tx));
	/* The device has all the chunks, and would take more. */
	CHECK(xsk_needs_wakeup(&xsk.fill));
	make_frame(frame, 7, 1, TEST_ETHERTYPE);
	for (n = 0; n < XSK_RING; n++)
		CHECK(send(peer, frame, frame_len(7), 0) > 0);
	for (n = 0; n < XSK_RING; n++)
		CHECK(xsk_take(&xsk, &desc, XSK_PATIENCE_MS));
	/* Nothing of these comes in, for want of chunks; and then it does, once told. */
	xsk_give_all(&xsk);
	CHECK(works());
	end();
}

/* Frames are sent from the poll that a socket brings about itself. */
static void busy_polling(void)
{
	struct timeval patience = { .tv_sec = 1 };
	int one = 1, usecs = 20, budget = 16;
	uint8_t frame[ETH_FRAME_LEN], *got = NULL;
	struct xdp_desc desc;
	unsigned int n, tries;

	CHECK(!system("echo 2 >/sys/class/net/eth0/napi_defer_hard_irqs"));
	CHECK(!system("echo 200000 >/sys/class/net/eth0/gro_flush_timeout"));
	begin(&zero_copy);
	CHECK(!setsockopt(xsk.fd, SOL_SOCKET, SO_PREFER_BUSY_POLL, &one, sizeof(one)));
	CHECK(!setsockopt(xsk.fd, SOL_SOCKET, SO_BUSY_POLL, &usecs, sizeof(usecs)));
	CHECK(!setsockopt(xsk.fd, SOL_SOCKET, SO_BUSY_POLL_BUDGET, &budget, sizeof(budget)));
	CHECK(!setsockopt(peer, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)));
	CHECK(works());
	check_both_ways(50);
	for (n = 0; n < 50; n++) {
		make_frame(frame, n, 1, TEST_ETHERTYPE);
		CHECK(send(peer, frame, frame_len(n), 0) > 0);
		for (tries = 0; tries < 10000 && !got; tries++) {
			recvfrom(xsk.fd, NULL, 0, MSG_DONTWAIT, NULL, NULL);
			got = xsk_take(&xsk, &desc, 0);
		}
		CHECK(got && !memcmp(got, frame, frame_len(n)));
		if (got)
			xsk_give(&xsk, xsk_chunk_of(&xsk, &desc));
		got = NULL;
	}
	end();
	CHECK(!system("echo 0 >/sys/class/net/eth0/gro_flush_timeout"));
	CHECK(!system("echo 0 >/sys/class/net/eth0/napi_defer_hard_irqs"));
}

/* A second socket shares queue and memory with the first. */
static void two_sockets(void)
{
	struct sockaddr_xdp addr = {
		.sxdp_family = AF_XDP, .sxdp_flags = XDP_SHARED_UMEM,
		.sxdp_ifindex = if_nametoindex("eth0"),
	};
	int fd, size = XSK_RING;
	struct xdp_mmap_offsets off;
	socklen_t len = sizeof(off);
	uint8_t frame[ETH_FRAME_LEN], got[ETH_FRAME_LEN];
	struct xsk other;

	begin(&zero_copy);
	CHECK(works());
	fd = socket(AF_XDP, SOCK_RAW, 0);
	other = xsk;
	other.fd = fd;
	addr.sxdp_shared_umem_fd = xsk.fd;
	CHECK(!setsockopt(fd, SOL_XDP, XDP_TX_RING, &size, sizeof(size)));
	CHECK(!getsockopt(fd, SOL_XDP, XDP_MMAP_OFFSETS, &off, &len));
	CHECK(!xsk_map_ring(&other, &other.tx, &off.tx, sizeof(struct xdp_desc),
			    XDP_PGOFF_TX_RING));
	CHECK(!bind(fd, (struct sockaddr *)&addr, sizeof(addr)));
	make_frame(frame, 4, 0, TEST_ETHERTYPE);
	CHECK(!xsk_put(&other, frame, frame_len(4)) && !xsk_kick(&other));
	CHECK(receive(peer, got, sizeof(got), XSK_PATIENCE_MS) == (ssize_t)frame_len(4) &&
	      !memcmp(got, frame, frame_len(4)));
	CHECK(!xsk_wait_free(&other, XSK_RING));
	xsk_unmap_ring(&other.tx);
	close(fd);
	CHECK(receives_frame(6));
	end();
}

/* A queue of its own, to which all flows of IP are sent. */
static void the_second_queue(void)
{
	uint8_t frame[ETH_FRAME_LEN], got[ETH_FRAME_LEN], *came;
	struct xdp_desc desc;
	unsigned int n;

	if (!two_queues)
		return;
	CHECK(!system("ethtool -X eth0 weight 0 1"));
	xsk = zero_copy;
	must(!xsk_open(&xsk), "socket");
	must(!xsk_attach(&program, "eth0", ETH_P_IP), "program");
	must(!xsk_bind(&xsk, "eth0", 1), "bind");
	CHECK(xsk_is_zero_copy(&xsk));
	CHECK(!xsk_register(&program, &xsk, 1));
	xsk_give_all(&xsk);
	CHECK(system("ethtool -L eth0 combined 1 2>/dev/null"));
	for (n = 0, came = NULL; n < 100 && !came; n++) {
		make_frame(frame, 8, 1, ETH_P_IP);
		memcpy(frame + ETH_HLEN, "\x45\0\1\0\0\0\0\0\x40\xfd\0\0\xa\0\0\1\xa\0\0\2", 20);
		CHECK(send(peer, frame, frame_len(8), 0) > 0);
		came = xsk_take(&xsk, &desc, 100);
	}
	CHECK(came && !memcmp(came, frame, frame_len(8)));
	CHECK(sends_frame(3));
	/* The first one is the stack's. */
	make_frame(frame, 2, 1, OTHER_ETHERTYPE);
	CHECK(send(peer, frame, frame_len(2), 0) > 0);
	CHECK(receive(stack, got, sizeof(got), XSK_PATIENCE_MS) == (ssize_t)frame_len(2));
	end();
	CHECK(!system("ethtool -X eth0 default"));
}

/* Frames for socket and stack, until the child is killed. */
static pid_t flood(void)
{
	uint8_t frame[ETH_FRAME_LEN];
	pid_t child = fork();
	unsigned int n;

	if (child)
		return child;
	for (n = 0; ; n++) {
		make_frame(frame, n, 1, n % 4 ? TEST_ETHERTYPE : OTHER_ETHERTYPE);
		send(peer, frame, frame_len(n), 0);
	}
}

/* Both ends of the socket are busy for a while; what comes of it does not matter. */
static void be_busy(void)
{
	uint8_t frame[ETH_FRAME_LEN];
	struct xdp_desc desc;
	unsigned int n;

	make_frame(frame, 1, 0, TEST_ETHERTYPE);
	for (n = 0; n < 200; n++) {
		while (xsk_take(&xsk, &desc, 0))
			xsk_give(&xsk, xsk_chunk_of(&xsk, &desc));
		CHECK(!xsk_complete(&xsk));
		if (xsk.free_tx)
			CHECK(!xsk_put(&xsk, frame, ETH_FRAME_LEN));
		xsk_kick(&xsk);
	}
}

static char *usual_changes[] = {
	"ethtool -G eth0 rx 128 tx 128",
	"ip link set eth0 down && ip link set eth0 up",
	"ip link set eth0 mtu 1400",
	"ethtool -G eth0 rx 256 tx 256",
	"ip link set eth0 mtu 1500",
	NULL
};

static char **changes = usual_changes;

static void changes_under_traffic(void)
{
	pid_t child;
	char **change;

	begin(&unaligned);
	CHECK(works());
	child = flood();
	for (change = changes; *change; change++) {
		be_busy();
		CHECK(!system(*change));
	}
	be_busy();
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	/* Every chunk of the socket's is either with the device or here. */
	CHECK(works());
	CHECK(!xsk_wait_free(&xsk, XSK_RING));
	forget(peer);
	check_both_ways(XSK_RING + 10);
	end();
}

/* A program that goes leaves the queue to the stack, and the socket can still send. */
static void the_program_goes_first(void)
{
	uint8_t frame[ETH_FRAME_LEN], got[ETH_FRAME_LEN];
	int all = open_packet("eth0", TEST_ETHERTYPE), i;

	begin(&zero_copy);
	CHECK(works());
	xsk_detach(&program);
	make_frame(frame, 3, 1, TEST_ETHERTYPE);
	for (i = 0; i < 100; i++) {
		CHECK(send(peer, frame, frame_len(3), 0) == (ssize_t)frame_len(3));
		if (receive(all, got, sizeof(got), XSK_PATIENCE_MS / 100))
			break;
	}
	CHECK(i < 100);
	CHECK(sends_frame(8));
	CHECK(!xsk_attach(&program, "eth0", TEST_ETHERTYPE));
	CHECK(!xsk_register(&program, &xsk, 0));
	CHECK(works());
	end();
	close(all);
}

static void closing_under_traffic(void)
{
	uint8_t frame[ETH_FRAME_LEN], got[ETH_FRAME_LEN];
	int all = open_packet("eth0", TEST_ETHERTYPE), i;
	pid_t child = flood();

	for (i = 0; i < 4; i++) {
		begin(i % 2 ? &zero_copy : &unaligned);
		be_busy();
		end();
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	/* Once the socket is gone, and the flood is, all frames are the stack's. */
	make_frame(frame, 3, 1, TEST_ETHERTYPE);
	for (i = 0; i < 100; i++) {
		forget(all);
		CHECK(send(peer, frame, frame_len(3), 0) == (ssize_t)frame_len(3));
		if (receive(all, got, sizeof(got), XSK_PATIENCE_MS / 100))
			break;
	}
	CHECK(i < 100);
	close(all);
}

/*
 * A pool that frames had kept pages of is taken down within a second after the last of them.
 * With a program pages are mapped both ways, so the others are those of older pools; where
 * DMA is watched, none may outlive the driver.
 */
static void older_pools_go(void)
{
	CHECK(!system("slot=$(basename $(readlink -f /sys/class/net/eth0/device))\n"
		      "for i in $(seq 200); do\n"
		      "grep -qs \"$slot.*DMA_FROM_DEVICE\" /sys/kernel/debug/dma-api/dump || exit 0\n"
		      "sleep 0.1\ndone\nexit 1"));
}

/* A frame that waits in a socket keeps a page of the device: no other socket is left. */
static void the_driver_goes_first(void)
{
	pid_t child;

	begin(&zero_copy);
	CHECK(works());
	close(peer);
	close(stack);
	older_pools_go();
	/* This one only sends. */
	peer = open_packet("eth1", 0);
	child = flood();
	be_busy();
	CHECK(!system("rmmod weftnic"));
	CHECK(xsk_kick(&xsk));
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	end();
	CHECK(!system("insmod \"$WEFT_TREE/build/$(uname -r)/driver/weftnic.ko\""));
}

int main(int argc, char **argv)
{
	if (system("ip link set eth0 up && ip link set eth1 up") || read_mac(0) || read_mac(1))
		return 1;
	virtio = !system("grep -q 0x1af4 /sys/class/net/eth0/device/vendor");
	two_queues = !access("/sys/class/net/eth0/queues/rx-1", F_OK) && !virtio;
	peer = open_packet("eth1", TEST_ETHERTYPE);
	stack = open_packet("eth0", OTHER_ETHERTYPE);
	if (peer < 0 || stack < 0) {
		perror("# no socket");
		return 1;
	}
	if (argc > 1) {
		changes = argv + 1;
		TAP_RUN(changes_under_traffic);
		return tap_done();
	}
	TAP_RUN(by_copying);
	TAP_RUN(without_a_copy);
	TAP_RUN(with_unaligned_chunks);
	TAP_RUN(short_frames);
	TAP_RUN(what_cannot_be_is_refused);
	TAP_RUN(larger_chunks);
	TAP_RUN(need_wakeup);
	TAP_RUN(busy_polling);
	TAP_RUN(two_sockets);
	TAP_RUN(the_second_queue);
	TAP_RUN(the_program_goes_first);
	TAP_RUN(changes_under_traffic);
	TAP_RUN(closing_under_traffic);
	TAP_RUN(the_driver_goes_first);
	return tap_done();
}
