// SPDX-License-Identifier: GPL-2.0
/*
 * Which processes have a socket open: /proc/PID/fd/FD are links to "socket:[INODE]".
 * Of other users' processes root alone may see them.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "ss_process.h"

#define COMM_LEN	17

/* A socket that a process has open. */
struct holder {
	uint32_t inode;
	unsigned int pid;
	unsigned int fd;
	char comm[COMM_LEN];
};

static struct holder *holders;
static size_t count, room;

static int add(const struct holder *h)
{
	struct holder *more;

	if (count == room) {
		room = room ? room * 2 : 256;
		more = realloc(holders, room * sizeof(*holders));
		if (!more) {
			cli_error("%s", strerror(errno));
			return -1;
		}
		holders = more;
	}
	holders[count++] = *h;
	return 0;
}

static void read_comm(int dir, char comm[COMM_LEN])
{
	int fd = openat(dir, "comm", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, comm, COMM_LEN - 1);

	comm[n > 0 ? n : 0] = '\0';
	comm[strcspn(comm, "\n")] = '\0';
	if (fd >= 0)
		close(fd);
}

/* The sockets of one process; it may end meanwhile. */
static int scan_files(DIR *files, struct holder *h)
{
	struct dirent *d;
	char link[64];
	ssize_t n;

	while ((d = readdir(files))) {
		n = readlinkat(dirfd(files), d->d_name, link, sizeof(link) - 1);
		if (n < 0)
			continue;
		link[n] = '\0';
		if (sscanf(link, "socket:[%u]", &h->inode) != 1)
			continue;
		h->fd = (unsigned int)strtoul(d->d_name, NULL, 10);
		if (add(h))
			return -1;
	}
	return 0;
}

static int scan_process(int proc, const char *name)
{
	struct holder h = { .pid = (unsigned int)strtoul(name, NULL, 10) };
	int dir = openat(proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd, err = 0;
	DIR *files;

	if (dir < 0)
		return 0;
	fd = openat(dir, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	files = fd < 0 ? NULL : fdopendir(fd);
	if (files) {
		read_comm(dir, h.comm);
		err = scan_files(files, &h);
		closedir(files);
	}
	close(dir);
	return err;
}

static int by_inode(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;

	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->fd < y->fd ? -1 : x->fd > y->fd;
}

/* Finds the sockets of all processes; -1 after telling why not. */
int ss_process_scan(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *d;
	int err = 0;

	if (!proc) {
		cli_error("/proc: %s", strerror(errno));
		return -1;
	}
	while (!err && (d = readdir(proc)))
		if (isdigit((unsigned char)d->d_name[0]))
			err = scan_process(dirfd(proc), d->d_name);
	closedir(proc);
	if (count)
		qsort(holders, count, sizeof(*holders), by_inode);
	return err;
}

/* The first of those that have the socket; @count if there is none. */
static size_t first(uint32_t inode)
{
	size_t low = 0, high = count, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (holders[mid].inode < inode)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void print_one(struct out *o, const struct holder *h, bool next)
{
	struct json *j = out_json(o);

	if (!j) {
		fprintf(o->file, "%s(\"%s\",pid=%u,fd=%u)", next ? "," : "",
			h->comm, h->pid, h->fd);
		return;
	}
	json_open(j, NULL, '{');
	json_string(j, "name", h->comm);
	json_uint(j, "pid", h->pid);
	json_uint(j, "fd", h->fd);
	json_close(j, '}');
}

void ss_process_print(struct out *o, uint32_t inode)
{
	size_t i = first(inode), from = i;

	/* 0 is a socket that no file has any more. */
	if (!inode || i == count || holders[i].inode != inode)
		return;
	out_list(o, "users");
	out_text(o, "users:(");
	for (; i < count && holders[i].inode == inode; i++)
		print_one(o, &holders[i], i > from);
	if (!out_json(o))
		fputc(')', o->file);
	out_list_end(o);
}
