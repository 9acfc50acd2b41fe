// SPDX-License-Identifier: GPL-2.0
/* file-recv FILE [PORT]: receives one file from file-send. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include <weft.h>

#include "file.h"

/* The sender gives up after 5 s; so do we when it falls silent. */
#define SILENCE_SEC	10
/* How long the end is acknowledged again, should the first time get lost. */
#define LINGER_SEC	1

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "file-recv: %s: %s\n", what, why);
	return -1;
}

static int set_timeout(int fd, int seconds)
{
	struct timeval timeout = { .tv_sec = seconds };

	return setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout,
			  sizeof(timeout));
}

/* Waits for the first block of a transfer and connects to its sender. */
static ssize_t receive_first(int fd, struct file_block *block)
{
	struct sockaddr_weft sender;
	socklen_t len;
	ssize_t n;

	do {
		len = sizeof(sender);
		n = recvfrom(fd, block, sizeof(*block), 0,
			     (struct sockaddr *)&sender, &len);
		if (n < 0)
			return fail("receive", weft_strerror(errno));
	} while (n < (ssize_t)sizeof(block->hdr) || block->hdr.number);

	if (connect(fd, (struct sockaddr *)&sender, len) ||
	    set_timeout(fd, SILENCE_SEC))
		return fail("connect", weft_strerror(errno));
	return n;
}

/*
 * Acknowledges every block of the transfer, and writes those that are new: a
 * block comes twice when the answer to it got lost. The end is acknowledged
 * when the file is whole.
 */
static int receive_file(int fd, FILE *f)
{
	struct file_block block;
	uint32_t transfer, next = 0;
	int ended = 0;
	size_t len;
	ssize_t n;

	n = receive_first(fd, &block);
	transfer = block.hdr.transfer;
	for (; n >= 0; n = recv(fd, &block, sizeof(block), 0)) {
		if (n < (ssize_t)sizeof(block.hdr) ||
		    block.hdr.transfer != transfer ||
		    ntohl(block.hdr.number) > next)
			continue;
		len = (size_t)n - sizeof(block.hdr);
		if (ntohl(block.hdr.number) == next) {
			if (fwrite(block.data, 1, len, f) != len)
				return fail("write", strerror(errno));
			next++;
			if (!len) {
				if (fflush(f))
					return fail("write", strerror(errno));
				ended = 1;
				set_timeout(fd, LINGER_SEC);
			}
		}
		send(fd, &block.hdr, sizeof(block.hdr), 0);
	}
	/* The sender closes its socket at the end: refused is well then. */
	return ended ? 0 : fail("receive", weft_strerror(errno));
}

int main(int argc, char **argv)
{
	struct weft_addrinfo *local;
	FILE *f;
	int fd, err;

	if (argc < 2 || argc > 3) {
		fputs("usage: file-recv FILE [PORT]\n", stderr);
		return 2;
	}
	err = weft_resolve(NULL, argc > 2 ? argv[2] : FILE_PORT,
			   WEFT_RESOLVE_PASSIVE, &local);
	if (err) {
		fail("port", weft_eai_strerror(err));
		return 2;
	}
	f = strcmp(argv[1], "-") ? fopen(argv[1], "w") : stdout;
	if (!f) {
		fail(argv[1], strerror(errno));
		return 2;
	}
	fd = weft_socket(SOCK_DGRAM, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&local->addr,
			   sizeof(local->addr))) {
		fail("socket", weft_strerror(errno));
		return 2;
	}
	weft_resolve_free(local);
	err = receive_file(fd, f);
	close(fd);
	fclose(f);
	return err ? 1 : 0;
}
