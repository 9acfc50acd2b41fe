// SPDX-License-Identifier: GPL-2.0
/*
 * Bad arguments: each call must fail with the errno that AF_INET6 gives for its
 * like. Both families are asked in turn, and the kernel's answer for IPv6 is
 * what the answer for Weft is compared with.
 *
 * lab: --nodes 1 --nic none
 */
#include <errno.h>
#include <limits.h>
#include <linux/weft.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include "netns.h"
#include "tap.h"

/* What a call is given, in the terms of neither family. */
struct args {
	enum { ANY, LOOPBACK, LINKLOCAL, FOREIGN, GROUP } addr;
	int port;
	unsigned int scope;
	int family;	/* 0: the right one */
	int len;	/* 0: the right one */
};

struct name {
	union {
		struct sockaddr sa;
		struct sockaddr_in6 in6;
		struct sockaddr_weft weft;
	};
	socklen_t len;
};

static int weft;

static struct name inet6_name(const struct args *a)
{
	static const char *const text[] = {
		"::", "::1", "fe80::ff:fe00:1", "2001:db8::1", "ff02::1"
	};
	struct name n = { .in6 = { .sin6_family = a->family ?: AF_INET6,
				   .sin6_port = htons(a->port),
				   .sin6_scope_id = a->scope },
			  .len = a->len ?: (int)sizeof(n.in6) };

	inet_pton(AF_INET6, text[a->addr], &n.in6.sin6_addr);
	return n;
}

static struct name weft_name(const struct args *a)
{
	static const struct weft_addr addr[] = {
		WEFT_ADDR_ANY_INIT, WEFT_ADDR_LOOPBACK_INIT,
		{ { { 0xfe, 0x80, 2, 0, 0, 0, 0, 1 } } },
		{ { { 0, 7, 0, 0, 0, 0, 0, 1 } } }, WEFT_ADDR_ALLNODES_INIT,
	};
	struct name n = { .weft = { .sweft_family = a->family ?: weft,
				    .sweft_port = htons(a->port),
				    .sweft_scope = a->scope,
				    .sweft_addr = addr[a->addr] },
			  .len = a->len ?: (int)sizeof(n.weft) };

	return n;
}

typedef int call_t(int fd, const struct name *n);

static int call_bind(int fd, const struct name *n)
{
	return bind(fd, &n->sa, n->len);
}

static int call_connect(int fd, const struct name *n)
{
	return connect(fd, &n->sa, n->len);
}

static int call_sendto(int fd, const struct name *n)
{
	return sendto(fd, "x", 1, 0, &n->sa, n->len);
}

/* An address of no length is not the same as none. */
static int call_sendto_nothing(int fd, const struct name *n)
{
	return call_connect(fd, n) ?: sendto(fd, "x", 1, 0, &n->sa, 0);
}

static int result(int family, call_t *call, const struct name *n)
{
	int fd = socket(family, SOCK_DGRAM, 0), err;

	err = call(fd, n) < 0 ? errno : 0;
	close(fd);
	return err;
}

/* Both families fail alike, and in the way that is meant here. */
static void alike(int line, call_t *call, struct args a, int meant)
{
	struct name v6 = inet6_name(&a), w = weft_name(&a);
	int err6 = result(AF_INET6, call, &v6), err = result(weft, call, &w);

	if (err != err6 || err != meant)
		printf("# line %d: Weft gives %s, IPv6 %s\n", line,
		       strerror(err), strerror(err6));
	CHECK(err == err6);
	CHECK(err == meant);
}

#define ALIKE(call, meant, ...) \
	alike(__LINE__, call, (struct args){ .addr = __VA_ARGS__ }, meant)

static void bind_errors(void)
{
	int dev = if_nametoindex("us");

	ALIKE(call_bind, 0, ANY);
	ALIKE(call_bind, 0, LOOPBACK, 4000);
	ALIKE(call_bind, EINVAL, LOOPBACK, 4000, .len = 15);
	ALIKE(call_bind, EINVAL, LOOPBACK, 4000, .len = 2);
	ALIKE(call_bind, EAFNOSUPPORT, LOOPBACK, 4000, .family = AF_UNIX);
	ALIKE(call_bind, EAFNOSUPPORT, LOOPBACK, 4000, .family = 200);
	ALIKE(call_bind, EADDRNOTAVAIL, FOREIGN, 4000);
	ALIKE(call_bind, EINVAL, LINKLOCAL, 4000);
	ALIKE(call_bind, 0, LINKLOCAL, 4000, .scope = dev);
	ALIKE(call_bind, EADDRNOTAVAIL, LINKLOCAL, 4000, .scope = dev - 1);
	ALIKE(call_bind, ENODEV, LINKLOCAL, 4000, .scope = 4711);
	ALIKE(call_bind, ENODEV, LINKLOCAL, 4000, .scope = UINT_MAX);
	ALIKE(call_bind, ENODEV, LINKLOCAL, 4000, .scope = 0x80000000U);
}

static void connect_errors(void)
{
	int dev = if_nametoindex("us");

	ALIKE(call_connect, 0, LOOPBACK, 4000);
	ALIKE(call_connect, 0, ANY, 4000);
	ALIKE(call_connect, 0, LOOPBACK, 0);
	ALIKE(call_connect, EINVAL, LOOPBACK, 4000, .len = 15);
	ALIKE(call_connect, EINVAL, LOOPBACK, 4000, .len = 1);
	ALIKE(call_connect, EAFNOSUPPORT, LOOPBACK, 4000, .family = 200);
	ALIKE(call_connect, EINVAL, LINKLOCAL, 4000);
	ALIKE(call_connect, 0, LINKLOCAL, 4000, .scope = dev);
	ALIKE(call_connect, EINVAL, GROUP, 4000);
	ALIKE(call_connect, ENETUNREACH, FOREIGN, 4000);
}

static void sendto_errors(void)
{
	int dev = if_nametoindex("us");

	ALIKE(call_sendto, 0, LOOPBACK, 4000);
	ALIKE(call_sendto, 0, ANY, 4000);
	ALIKE(call_sendto, EINVAL, LOOPBACK, 0);
	ALIKE(call_sendto, EINVAL, LOOPBACK, 4000, .len = 15);
	ALIKE(call_sendto, EINVAL, LOOPBACK, 4000, .family = 200);
	ALIKE(call_sendto_nothing, EINVAL, LOOPBACK, 4000);
	ALIKE(call_sendto, 0, LINKLOCAL, 4000, .scope = dev);
	ALIKE(call_sendto, ENETUNREACH, FOREIGN, 4000);
}

/* The errno of a message from the loopback address to a neighbour. */
static int from_loopback(int to)
{
	struct args a = { .addr = LOOPBACK };
	struct name n = weft_name(&a);
	int fd = socket(weft, SOCK_DGRAM, 0), err;

	CHECK(!call_bind(fd, &n));
	a = (struct args){ .addr = to, 4000, .scope = if_nametoindex("us") };
	n = weft_name(&a);
	n.weft.sweft_addr.a8[7] += 7;
	err = call_sendto(fd, &n) < 0 ? errno : 0;
	close(fd);
	return err;
}

/* What IPv6 lets pass or calls otherwise, because it has other rules. */
static void errors_of_weft_alone(void)
{
	struct args a = { .addr = LOOPBACK, 4000, .scope = 1 };
	struct name n = weft_name(&a);

	/* A scope where none belongs is a mistake, and the field is reserved. */
	CHECK(result(weft, call_bind, &n) == EINVAL);
	CHECK(result(weft, call_connect, &n) == EINVAL);
	CHECK(result(weft, call_sendto, &n) == EINVAL);
	/* A link-local destination without a link leads nowhere. */
	a = (struct args){ .addr = LINKLOCAL, 4000 };
	n = weft_name(&a);
	CHECK(result(weft, call_sendto, &n) == EINVAL);
	a.scope = 4711;
	n = weft_name(&a);
	CHECK(result(weft, call_sendto, &n) == ENETUNREACH);
	CHECK(result(weft, call_connect, &n) == ENETUNREACH);
	/* What belongs to the node stays there. */
	CHECK(from_loopback(LINKLOCAL) == ENETUNREACH);
	CHECK(from_loopback(GROUP) == ENETUNREACH);
	a = (struct args){ .addr = GROUP, 4000, .scope = if_nametoindex("us") };
	n = weft_name(&a);
	CHECK(result(weft, call_sendto, &n) == 0);
	n.weft.sweft_addr.a8[1] = 1;
	CHECK(result(weft, call_sendto, &n) == ENETUNREACH);
	/* No family: no destination for a message, no peer any more. */
	n.weft.sweft_family = AF_UNSPEC;
	CHECK(result(weft, call_sendto, &n) == EDESTADDRREQ);
	CHECK(result(weft, call_connect, &n) == 0);
}

static int socket_errno(int family, int type, int protocol)
{
	int fd = socket(family, type, protocol);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static void socket_types(void)
{
	CHECK(socket_errno(weft, SOCK_DGRAM, WEFT_PROTO_DGRAM) == 0);
	CHECK(socket_errno(weft, SOCK_DGRAM, WEFT_PROTO_CONTROL) == 0);
	CHECK(socket_errno(weft, SOCK_DGRAM, 250) ==
	      socket_errno(AF_INET6, SOCK_DGRAM, 250));
	CHECK(socket_errno(weft, SOCK_RDM, 0) ==
	      socket_errno(AF_INET6, SOCK_RDM, 0));
}

/* Option, value, its length: the same answer from both families. */
static void option_alike(int level, int name, const void *val, socklen_t len)
{
	int fd6 = socket(AF_INET6, SOCK_DGRAM, 0);
	int fd = socket(weft, SOCK_DGRAM, 0);
	int err6 = setsockopt(fd6, level, name, val, len) ? errno : 0;
	int err = setsockopt(fd, level, name, val, len) ? errno : 0;

	if (err != err6)
		printf("# option %d/%d length %u: Weft gives %s, IPv6 %s\n",
		       level, name, len, strerror(err), strerror(err6));
	CHECK(err == err6);
	close(fd6);
	close(fd);
}

static void options(void)
{
	static const int names[] = { SO_RCVBUF, SO_SNDBUF, SO_REUSEADDR,
		SO_TIMESTAMP, SO_ERROR, SO_PRIORITY, SO_RCVTIMEO, SO_BROADCAST };
	struct timeval tv = { .tv_usec = 2000000 };
	int val = -1, got;
	socklen_t len;
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		option_alike(SOL_SOCKET, names[i], &val, sizeof(val));
		option_alike(SOL_SOCKET, names[i], &val, 1);
		option_alike(SOL_SOCKET, names[i], &val, 0);
		option_alike(SOL_SOCKET, names[i], NULL, sizeof(val));
	}
	option_alike(SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	option_alike(SOL_SOCKET, SO_BINDTODEVICE, "nonesuch", 9);
	option_alike(SOL_SOCKET, SO_BINDTODEVICE, "us", 3);
	option_alike(SOL_SOCKET, 9999, &val, sizeof(val));
	option_alike(12345, 1, &val, sizeof(val));
	len = sizeof(got);
	CHECK(getsockopt(socket(weft, SOCK_DGRAM, 0), 12345, 1, &got, &len) ==
	      -1 && errno == ENOPROTOOPT);
}

static void echo_requests_must_be_echo_requests(void)
{
	struct weft_ctl_hdr ctl = { .type = WEFT_CTL_ECHO_REQUEST };
	int fd = socket(weft, SOCK_DGRAM, WEFT_PROTO_CONTROL);
	struct args a = { .addr = LOOPBACK, 0 };
	struct name n = weft_name(&a);

	CHECK(sendto(fd, &ctl, sizeof(ctl), 0, &n.sa, n.len) == sizeof(ctl));
	CHECK(sendto(fd, &ctl, sizeof(ctl) - 1, 0, &n.sa, n.len) == -1 &&
	      errno == EINVAL);
	ctl.type = WEFT_CTL_UNREACH;
	CHECK(sendto(fd, &ctl, sizeof(ctl), 0, &n.sa, n.len) == -1 &&
	      errno == EINVAL);
	ctl.type = WEFT_CTL_ECHO_REQUEST;
	ctl.code = 1;
	CHECK(sendto(fd, &ctl, sizeof(ctl), 0, &n.sa, n.len) == -1 &&
	      errno == EINVAL);
	close(fd);
}

static void what_is_not_sent_is_not_counted(void)
{
	long before = netns_counter("OutDgrams");
	struct args a = { .addr = FOREIGN, 4000 };
	struct name n = weft_name(&a);

	CHECK(result(weft, call_sendto, &n) == ENETUNREACH);
	CHECK(netns_counter("OutDgrams") == before);
}

static void an_echo_socket_has_no_port_of_its_peer(void)
{
	struct weft_ctl_hdr ctl = { .type = WEFT_CTL_ECHO_REQUEST };
	int fd = socket(weft, SOCK_DGRAM, WEFT_PROTO_CONTROL);
	struct args a = { .addr = LOOPBACK, 7 };
	struct name n = weft_name(&a);

	CHECK(!call_connect(fd, &n));
	CHECK(send(fd, &ctl, sizeof(ctl), 0) == sizeof(ctl));
	CHECK(recv(fd, &ctl, sizeof(ctl), 0) == sizeof(ctl));
	CHECK(ctl.type == WEFT_CTL_ECHO_REPLY);
	close(fd);
}

int main(void)
{
	weft = netns_weft_family();
	if (netns_enter() || netns_run("ip link set lo up") ||
	    netns_run("ip link add us address 02:00:00:00:00:01 type veth peer name them") ||
	    netns_run("ip link set us addrgenmode none") ||
	    netns_run("ip link set them up") || netns_run("ip link set us up") ||
	    netns_run("ip addr add fe80::ff:fe00:1/64 dev us nodad"))
		return 1;
	TAP_RUN(bind_errors);
	TAP_RUN(connect_errors);
	TAP_RUN(sendto_errors);
	TAP_RUN(errors_of_weft_alone);
	TAP_RUN(socket_types);
	TAP_RUN(options);
	TAP_RUN(echo_requests_must_be_echo_requests);
	TAP_RUN(what_is_not_sent_is_not_counted);
	TAP_RUN(an_echo_socket_has_no_port_of_its_peer);
	return tap_done();
}
