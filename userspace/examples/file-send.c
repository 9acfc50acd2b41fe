// SPDX-License-Identifier: GPL-2.0
/* file-send FILE DESTINATION [PORT]: sends a file to file-recv. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/time.h>
#include <unistd.h>

#include <weft.h>

#include "file.h"

#define TRIES		50
#define TIMEOUT_USEC	100000

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "file-send: %s: %s\n", what, why);
	return -1;
}

/* Sends a block again and again until it is acknowledged. */
static int send_block(int fd, const struct file_block *block, size_t data_len)
{
	struct file_hdr ack;
	int tries;
	ssize_t n;

	for (tries = 0; tries < TRIES; tries++) {
		if (send(fd, block, sizeof(block->hdr) + data_len, 0) < 0 &&
		    errno != ECONNREFUSED)
			return fail("send", weft_strerror(errno));
		while ((n = recv(fd, &ack, sizeof(ack), 0)) >= 0)
			if (n == sizeof(ack) &&
			    !memcmp(&ack, &block->hdr, sizeof(ack)))
				return 0;
		/* The receiver may be about to start: refused is not final. */
		if (errno == ECONNREFUSED)
			usleep(TIMEOUT_USEC);
		else if (errno != EAGAIN)
			return fail("receive", weft_strerror(errno));
	}
	return fail("receive", "no answer");
}

static int send_file(int fd, FILE *f)
{
	struct file_block block;
	uint32_t number = 0;
	size_t len;

	if (getrandom(&block.hdr.transfer, sizeof(block.hdr.transfer), 0) < 0)
		return fail("getrandom", strerror(errno));
	do {
		len = fread(block.data, 1, sizeof(block.data), f);
		if (ferror(f))
			return fail("read", strerror(errno));
		block.hdr.number = htonl(number++);
		if (send_block(fd, &block, len))
			return -1;
	} while (len);
	return 0;
}

static int open_socket(const char *host, const char *port)
{
	struct timeval timeout = { .tv_usec = TIMEOUT_USEC };
	struct weft_addrinfo *dest;
	int fd, err;

	err = weft_resolve(host, port, 0, &dest);
	if (err)
		return fail(host, weft_eai_strerror(err));
	fd = weft_socket(SOCK_DGRAM, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&dest->addr,
			      sizeof(dest->addr)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)))
		fd = fail(host, weft_strerror(errno));
	weft_resolve_free(dest);
	return fd;
}

int main(int argc, char **argv)
{
	FILE *f;
	int fd, err;

	if (argc < 3 || argc > 4) {
		fputs("usage: file-send FILE DESTINATION [PORT]\n", stderr);
		return 2;
	}
	f = strcmp(argv[1], "-") ? fopen(argv[1], "r") : stdin;
	if (!f) {
		fail(argv[1], strerror(errno));
		return 2;
	}
	fd = open_socket(argv[2], argc > 3 ? argv[3] : FILE_PORT);
	if (fd < 0)
		return 2;
	err = send_file(fd, f);
	close(fd);
	fclose(f);
	return err ? 1 : 0;
}
