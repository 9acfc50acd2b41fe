// SPDX-License-Identifier: GPL-2.0
/*
 * Options of streams: their ranges, lengths and what they are at first, flags of recv() and
 * send(), and what tells sockets apart. TCP is asked the same.
 *
 * lab: --nodes 1 --nic none
 */
#include <limits.h>
#include <signal.h>
#include <sys/uio.h>
#include "stream.h"

static char in[100000];

/* --- numbers ----------------------------------------------------------------------------- */

static const int names[] = {
	WEFT_NODELAY, WEFT_CORK, WEFT_USER_TIMEOUT, WEFT_KEEPIDLE, WEFT_KEEPINTVL,
	WEFT_KEEPCNT, WEFT_QUICKACK, WEFT_MAXSEG, WEFT_LINGER2, WEFT_DEFER_ACCEPT,
	WEFT_NOTSENT_LOWAT, WEFT_SYNCNT,
};

#define N_NAMES	(sizeof(names) / sizeof(names[0]))

/*
 * What is set is what is told, but for these. TCP tells how long DEFER_ACCEPT becomes in
 * whole tries, and for MAXSEG what it takes while there is no connection.
 */
static bool is_told_alike(int name)
{
	return name != WEFT_DEFER_ACCEPT && name != WEFT_MAXSEG;
}

static void values(void)
{
	static const int tried[] = {
		INT_MIN, -2, -1, 0, 1, 2, 31, 100, 127, 128, 255, 256, 1000, 32767, 32768,
		100000, INT_MAX,
	};
	unsigned int i, j;
	int fd;

	for (i = 0; i < N_NAMES; i++) {
		fd = stream_new();
		for (j = 0; j < sizeof(tried) / sizeof(tried[0]); j++) {
			/* Segments of Weft may be longer than TCP's. */
			if (names[i] == WEFT_MAXSEG && tried[j] == 32768)
				continue;
			snprintf(stream_where, sizeof(stream_where), "option %d, %d", names[i],
				 tried[j]);
			TELL(stream_set(fd, names[i], tried[j]));
			if (is_told_alike(names[i]))
				TELL(stream_get(fd, names[i]));
		}
		close(fd);
	}
}

/* Of a new socket. */
static void values_at_first(void)
{
	unsigned int i;
	int fd = stream_new();

	for (i = 0; i < N_NAMES; i++) {
		snprintf(stream_where, sizeof(stream_where), "option %d", names[i]);
		if (is_told_alike(names[i]) || names[i] == WEFT_DEFER_ACCEPT)
			TELL(stream_get(fd, names[i]));
	}
	TELL(sock_get(fd, SOL_SOCKET, SO_KEEPALIVE));
	TELL(sock_get(fd, SOL_SOCKET, SO_RCVLOWAT));
	TELL(sock_get(fd, SOL_SOCKET, SO_SNDLOWAT));
	TELL(sock_get(fd, SOL_SOCKET, SO_ACCEPTCONN));
	TELL(sock_get(fd, SOL_SOCKET, SO_ZEROCOPY));
	TELL(sock_get(fd, SOL_SOCKET, SO_REUSEPORT));
	TELL(sock_get(fd, SOL_SOCKET, SO_BUSY_POLL));
	TELL(sock_get(fd, SOL_SOCKET, SO_INCOMING_NAPI_ID));
	close(fd);
}

static void lengths(void)
{
	char buf[16] = { 1 }, got[16];
	socklen_t len;
	unsigned int i;
	int fd = stream_new(), n;

	for (i = 0; i < N_NAMES; i++) {
		for (n = 0; n <= 8; n++) {
			snprintf(stream_where, sizeof(stream_where), "option %d, length %d",
				 names[i], n);
			TELL(TRY(setsockopt(fd, stream_level(), stream_option(names[i]), buf,
					    n)));
			len = n;
			TELL(TRY(getsockopt(fd, stream_level(), stream_option(names[i]),
					    got, &len)));
			TELL(len);
		}
		TELL(TRY(setsockopt(fd, stream_level(), stream_option(names[i]), (void *)8,
				    4)));
		len = 4;
		TELL(TRY(getsockopt(fd, stream_level(), stream_option(names[i]), (void *)8,
				    &len)));
		len = -1;
		TELL(TRY(getsockopt(fd, stream_level(), stream_option(names[i]), buf, &len)));
	}
	close(fd);
}

static void congestion_control(void)
{
	static const char * const tried[] = { "", "cubic", "nonsense", "cubiccubiccubiccubic" };
	char name[32];
	socklen_t len;
	unsigned int i;
	int fd = stream_new();

	for (i = 0; i < sizeof(tried) / sizeof(tried[0]); i++) {
		TELL(TRY(setsockopt(fd, stream_level(), stream_option(WEFT_CONGESTION),
				    tried[i], strlen(tried[i]))));
		len = sizeof(name);
		TELL(TRY(getsockopt(fd, stream_level(), stream_option(WEFT_CONGESTION), name,
				    &len)));
		TELL(len);
		CHECK_STR(name, "cubic");
	}
	close(fd);
}

/* --- what tells sockets apart ------------------------------------------------------------ */

static __u64 cookie(int fd)
{
	__u64 val = 0;
	socklen_t len = sizeof(val);

	CHECK(!getsockopt(fd, SOL_SOCKET, SO_COOKIE, &val, &len) && len == sizeof(val));
	return val;
}

static void cookies(void)
{
	int listener = stream_listener(0, 4), fd[2];
	__u64 c[3];

	stream_join(listener, fd);
	c[0] = cookie(listener);
	c[1] = cookie(fd[0]);
	c[2] = cookie(fd[1]);
	CHECK(c[0] && c[1] && c[2] && c[0] != c[1] && c[1] != c[2] && c[0] != c[2]);
	CHECK(cookie(fd[1]) == c[2]);
	CHECK(!stream_disconnect(fd[0]) && cookie(fd[0]) == c[1]);
	stream_close_pair(fd);
	close(listener);
}

/* --- flags of recv() --------------------------------------------------------------------- */

static void give(const int fd[2], int bytes)
{
	static const char out[] = "abcdefghijklmnopqrstuvwxyz";

	CHECK(send(fd[0], out, bytes, 0) == bytes);
	STREAM_UNTIL(stream_ioctl(fd[1], SIOCINQ) >= bytes);
}

/* What one call returns, and what it has put there. */
static void tell_recv(int fd, size_t len, int flags)
{
	memset(in, '.', 32);
	TELL(TRY(recv(fd, in, len, flags | MSG_DONTWAIT)));
	TELL(in[0] + in[1] * 256 + in[25] * 65536);
	TELL(stream_ioctl(fd, SIOCINQ));
}

static void looking(void)
{
	int fd[2];

	stream_pair(fd);
	give(fd, 10);
	tell_recv(fd[1], 4, MSG_PEEK);
	tell_recv(fd[1], 100, MSG_PEEK);
	tell_recv(fd[1], 4, MSG_PEEK | MSG_TRUNC);
	tell_recv(fd[1], 4, 0);
	tell_recv(fd[1], 4, MSG_PEEK);
	tell_recv(fd[1], 100, MSG_PEEK | MSG_WAITALL);
	tell_recv(fd[1], 2, MSG_TRUNC);
	tell_recv(fd[1], 100, MSG_TRUNC);
	tell_recv(fd[1], 4, MSG_PEEK);
	TELL(TRY(recv(fd[1], NULL, 100, MSG_TRUNC | MSG_DONTWAIT)));
	give(fd, 10);
	TELL(TRY(recv(fd[1], NULL, 7, MSG_TRUNC | MSG_DONTWAIT)));
	tell_recv(fd[1], 100, 0);
	stream_close_pair(fd);
}

/* What looking at so many bytes finds: how many, and the first of them. */
static bool peek(int fd, size_t len, int n, const char *first)
{
	return TRY(recv(fd, in, len, MSG_PEEK | MSG_DONTWAIT)) == n &&
	       (n < 0 || !memcmp(in, first, 2));
}

/* Looking goes on where it ended, over all segments. TCP can do that since Linux 6.9. */
static void looking_further(void)
{
	int fd[2];

	stream_pair(fd);
	CHECK(sock_get(fd[1], SOL_SOCKET, SO_PEEK_OFF) == -1);
	CHECK(!stream_set(fd[0], WEFT_NODELAY, 1));
	CHECK(!sock_set(fd[1], SOL_SOCKET, SO_PEEK_OFF, 0));
	give(fd, 10);
	CHECK(send(fd[0], "0123456789", 10, 0) == 10);
	STREAM_UNTIL(stream_ioctl(fd[1], SIOCINQ) == 20);
	CHECK(peek(fd[1], 4, 4, "ab") && peek(fd[1], 10, 10, "ef"));
	CHECK(sock_get(fd[1], SOL_SOCKET, SO_PEEK_OFF) == 14);
	/* Reading takes from the front. */
	CHECK(recv(fd[1], in, 3, 0) == 3 && in[0] == 'a');
	CHECK(sock_get(fd[1], SOL_SOCKET, SO_PEEK_OFF) == 11);
	CHECK(peek(fd[1], 100, 6, "45") && peek(fd[1], 100, -EAGAIN, ""));
	CHECK(!sock_set(fd[1], SOL_SOCKET, SO_PEEK_OFF, 5));
	CHECK(peek(fd[1], 3, 3, "ij"));
	CHECK(!sock_set(fd[1], SOL_SOCKET, SO_PEEK_OFF, -1));
	CHECK(peek(fd[1], 3, 3, "de") && peek(fd[1], 3, 3, "de"));
	stream_close_pair(fd);
}

/* All of what is asked for, over several segments and places. */
static void all_of_it(void)
{
	char a[3], b[5], c[10];
	struct iovec iov[] = { { a, sizeof(a) }, { b, sizeof(b) }, { c, sizeof(c) } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 3 };
	pid_t child;
	int fd[2];

	stream_pair(fd);
	CHECK(!stream_set(fd[0], WEFT_NODELAY, 1));
	child = fork();
	if (!child) {
		for (int i = 0; i < 18; i++) {
			if (send(fd[0], "abcdefghijklmnopqr" + i, 1, 0) != 1)
				_exit(1);
			usleep(1000);
		}
		_exit(0);
	}
	TELL(TRY(recvmsg(fd[1], &msg, MSG_WAITALL)));
	TELL(msg.msg_flags);
	TELL(msg.msg_namelen);
	CHECK(!memcmp(a, "abc", 3) && !memcmp(b, "defgh", 5) && !memcmp(c, "ijklmnopqr", 10));
	CHECK(waitpid(child, NULL, 0) == child);
	/* The end comes before. */
	give(fd, 10);
	CHECK(!shutdown(fd[0], SHUT_WR));
	TELL(TRY(recv(fd[1], in, 18, MSG_WAITALL)));
	TELL(TRY(recv(fd[1], in, 18, MSG_WAITALL)));
	stream_close_pair(fd);
}

/* --- flags of send() --------------------------------------------------------------------- */

/* What is held back goes with what follows, when it is full, or when the option is cleared. */
static void held_back(void)
{
	int fd[2], how;

	for (how = 0; how < 5; how++) {
		snprintf(stream_where, sizeof(stream_where), "%d", how);
		stream_pair(fd);
		if (how >= 3)
			CHECK(!stream_set(fd[0], WEFT_CORK, 1));
		CHECK(send(fd[0], "abc", 3, how < 3 ? MSG_MORE : 0) == 3);
		usleep(30000);
		TELL(stream_ioctl(fd[1], SIOCINQ));
		TELL(stream_ioctl(fd[0], SIOCOUTQ));
		TELL(stream_ioctl(fd[0], SIOCOUTQNSD));
		switch (how) {
		case 0:
			CHECK(send(fd[0], "def", 3, 0) == 3);
			break;
		case 1:
			CHECK(send(fd[0], "def", 3, MSG_EOR) == 3);
			break;
		case 2:
			CHECK(!shutdown(fd[0], SHUT_WR));
			break;
		case 3:
			CHECK(!stream_set(fd[0], WEFT_CORK, 0));
			break;
		case 4:
			CHECK(!stream_set(fd[0], WEFT_NODELAY, 1));
			break;
		}
		STREAM_UNTIL(stream_ioctl(fd[1], SIOCINQ) == (how < 2 ? 6 : 3));
		STREAM_UNTIL(!stream_ioctl(fd[0], SIOCOUTQNSD));
		stream_close_pair(fd);
	}
}

static void flags_of_no_use(void)
{
	static const int flags[] = {
		MSG_OOB, MSG_DONTROUTE, MSG_CONFIRM, MSG_EOR, MSG_NOSIGNAL, MSG_WAITALL,
		MSG_TRUNC, MSG_PEEK, MSG_CTRUNC, MSG_SYN, MSG_FIN, MSG_RST,
	};
	unsigned int i;
	int fd[2];

	for (i = 1; i < sizeof(flags) / sizeof(flags[0]); i++) {
		snprintf(stream_where, sizeof(stream_where), "0x%x", flags[i]);
		stream_pair(fd);
		TELL(TRY(send(fd[0], "abc", 3, flags[i])));
		TELL(stream_read(fd[1], in, 3));
		stream_close_pair(fd);
	}
	/* There is no urgent data. */
	stream_pair(fd);
	CHECK(stream_family == AF_INET6 || TRY(send(fd[0], "abc", 3, MSG_OOB)) == -EOPNOTSUPP);
	stream_close_pair(fd);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	if (netns_enter() || netns_run("ip link set lo up"))
		return 1;
	STREAM_RUN(values);
	STREAM_RUN(values_at_first);
	STREAM_RUN(lengths);
	STREAM_RUN(congestion_control);
	STREAM_RUN(cookies);
	STREAM_RUN(looking);
	STREAM_RUN_WEFT(looking_further);
	STREAM_RUN(all_of_it);
	STREAM_RUN(held_back);
	STREAM_RUN(flags_of_no_use);
	return stream_done();
}
