/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of weft nc share. */
#ifndef WEFT_NC_H
#define WEFT_NC_H

#include <stddef.h>
#include <stdint.h>

#include "cli.h"

/* Exit code when the run ends by an error, as that of other programs nc. */
#define NC_ERROR	1

/* Bytes of input in a datagram at most, unless -b says another number. */
#define NC_SIZE_DEFAULT	1400
#define NC_DGRAM_MAX	(WEFT_LEN_MAX - sizeof(struct weft_hdr) - \
			 sizeof(struct weft_dgram_hdr))

/**
 * struct nc_options - what the command line says
 * @type: SOCK_STREAM, SOCK_SEQPACKET or SOCK_DGRAM
 * @listen: -l
 * @keep: -k, or set by -g
 * @shut: -N
 * @scan: -z
 * @verbose: -v
 * @dev: device, or NULL
 * @source: local address, or NULL
 * @local_port: local port, or NULL
 * @command: what each connection is given to, for execvp(); NULL for standard input
 *	and output
 * @shell: room for @command when it is a shell's
 * @groups: groups to join
 * @n_groups: how many there are
 * @idle: seconds without traffic that end the run; 0 waits for ever
 * @quit: seconds after the end of input that end the run; -1 goes on
 * @size: bytes of input in a datagram or message at most; 0 when not given
 */
struct nc_options {
	int type;
	bool listen, keep, shut, scan, verbose;
	const char *dev, *source, *local_port;
	const char *const *command;
	const char *shell[4];
	const char *groups[WEFT_GROUP_SOCK_MAX];
	unsigned int n_groups;
	double idle, quit;
	unsigned long size;
};

/* nc.c */
void nc_usage(FILE *out);

/* nc_socket.c */
int nc_socket(const struct nc_options *o, int flags);
int nc_bind(int fd, const struct sockaddr_weft *local);
int nc_bind_source(const struct nc_options *o, int fd);
int nc_listen_address(const struct nc_options *o, int argc, char **argv,
		      struct sockaddr_weft *local);
void nc_tell(const struct nc_options *o, const char *what,
	     const struct sockaddr_weft *sa);
void nc_tell_local(const struct nc_options *o, const char *what, int fd);
int nc_milliseconds(double seconds);

/* nc_dgram.c, nc_stream.c, nc_scan.c: what to do after the options */
int nc_dgram(const struct nc_options *o, int argc, char **argv);
int nc_stream(const struct nc_options *o, int argc, char **argv);
int nc_scan(const struct nc_options *o, int argc, char **argv);

/* nc_stream.c */
int nc_connect(const struct nc_options *o, int fd, const struct sockaddr_weft *dest,
	       double *seconds);

/* nc_relay.c, nc_command.c: what to do with a connection, from beginning to end */
int nc_relay(const struct nc_options *o, int fd);
int nc_command(const struct nc_options *o, int fd);

/**
 * struct nc_input - input on its way to a socket, in pieces
 * @buf: the bytes
 * @size: of @buf
 * @start: where those that are not sent begin
 * @end: where they end
 * @ended: no more will come
 * @lines: a piece is a line, else all that is there
 * @piece: bytes that a piece has, the last one fewer; 0 for what @lines says
 */
struct nc_input {
	char *buf;
	size_t size, start, end;
	bool ended;
	bool lines;
	size_t piece;
};

/* nc_input.c */
size_t nc_input_piece(const struct nc_input *in);
size_t nc_input_room(struct nc_input *in);

#endif /* WEFT_NC_H */
