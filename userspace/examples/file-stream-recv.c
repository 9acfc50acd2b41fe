// SPDX-License-Identifier: GPL-2.0
/*
 * file-stream-recv FILE [PORT]: receives one file from file-stream-send.
 *
 * First comes its size, 8 bytes in network byte order, then all of it. The size goes
 * back when the file is written. Without it a sender that is killed would look like one
 * that is done: both end the stream.
 */
#include <endian.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>

#include "server.h"

#define FILE_PORT	"4006"

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "file-stream-recv: %s: %s\n", what, why);
	return -1;
}

/* Reads as much as there is, but not more than is missing. */
static int receive_bytes(int fd, int file, uint64_t left)
{
	char buf[65536];
	size_t len;
	ssize_t n;

	for (; left; left -= (uint64_t)n) {
		len = left < sizeof(buf) ? (size_t)left : sizeof(buf);
		n = weft_read_full(fd, buf, len);
		if (n < 0)
			return fail("receive", weft_strerror(errno));
		if (!n)
			return fail("receive", "the sender has gone");
		if (weft_write_full(file, buf, (size_t)n) < 0)
			return fail("write", strerror(errno));
	}
	return 0;
}

static int receive_file(int fd, int file)
{
	uint64_t size;

	if (weft_read_full(fd, &size, sizeof(size)) != sizeof(size))
		return fail("receive", "no size");
	if (receive_bytes(fd, file, be64toh(size)))
		return -1;
	if (fsync(file) && errno != EINVAL)
		return fail("write", strerror(errno));
	if (weft_write_full(fd, &size, sizeof(size)) < 0)
		return fail("send", weft_strerror(errno));
	return 0;
}

int main(int argc, char **argv)
{
	int listener, fd, file, err;

	if (argc < 2 || argc > 3) {
		fputs("usage: file-stream-recv FILE [PORT]\n", stderr);
		return 2;
	}
	file = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (file < 0) {
		fail(argv[1], strerror(errno));
		return 2;
	}
	listener = server_listen(argc > 2 ? argv[2] : FILE_PORT, 0);
	do {
		fd = server_accept(listener);
	} while (fd < 0);
	close(listener);
	err = receive_file(fd, file);
	close(fd);
	close(file);
	return err ? 1 : 0;
}
