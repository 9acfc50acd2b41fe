// SPDX-License-Identifier: GPL-2.0
/* file-stream-send FILE DESTINATION:PORT: sends a file to file-stream-recv. */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <weft.h>

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "file-stream-send: %s: %s\n", what, why);
	return -1;
}

/* The kernel takes the bytes from the file by itself. */
static int send_bytes(int fd, int file, off_t size)
{
	off_t at = 0;
	ssize_t n;

	while (at < size) {
		n = sendfile(fd, file, &at, (size_t)(size - at));
		if (n < 0 && errno != EINTR)
			return fail("send", weft_strerror(errno));
		if (!n)
			return fail("read", "the file has become shorter");
	}
	return 0;
}

static int send_file(int fd, int file)
{
	uint64_t size, answer;
	struct stat st;

	if (fstat(file, &st))
		return fail("stat", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return fail("file", "not a regular one");
	size = htobe64((uint64_t)st.st_size);
	if (weft_write_full(fd, &size, sizeof(size)) < 0)
		return fail("send", weft_strerror(errno));
	if (send_bytes(fd, file, st.st_size))
		return -1;
	/* Until the answer comes, the bytes may be anywhere on the way. */
	switch (weft_read_full(fd, &answer, sizeof(answer))) {
	case sizeof(answer):
		return answer == size ? 0 : fail("receive", "a wrong answer");
	case -1:
		return fail("receive", weft_strerror(errno));
	default:
		return fail("receive", "no answer");
	}
}

int main(int argc, char **argv)
{
	int fd, file, err;

	if (argc != 3) {
		fputs("usage: file-stream-send FILE DESTINATION:PORT\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	file = open(argv[1], O_RDONLY);
	if (file < 0) {
		fail(argv[1], strerror(errno));
		return 2;
	}
	fd = weft_dial(argv[2], SOCK_STREAM);
	if (fd < 0) {
		fail(argv[2], weft_eai_strerror(weft_dial_error()));
		return 2;
	}
	err = send_file(fd, file);
	close(fd);
	close(file);
	return err ? 1 : 0;
}
