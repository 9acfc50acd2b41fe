// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzer: sockets as weft ss reads and prints them. The first byte chooses the form,
 * the others are the message behind its header.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "ss_socket.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FAMILY	18

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct ss_show all = { .extended = true, .memory = true,
				     .options = true, .processes = true };
	struct nlmsghdr *nlh;
	struct ss_socket s;
	struct out o;
	FILE *null;

	if (!size)
		return 0;
	null = fopen("/dev/null", "w");
	/* The socket is read into a buffer whose end is aligned. */
	nlh = calloc(1, MNL_NLMSG_HDRLEN + MNL_ALIGN(size - 1));
	if (!null || !nlh)
		abort();
	cli.json = data[0] & 1;
	nlh->nlmsg_len = (uint32_t)(MNL_NLMSG_HDRLEN + size - 1);
	nlh->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	memcpy(nlh + 1, data + 1, size - 1);
	out_init(&o, null);
	out_entry(&o);
	if (!ss_socket_parse(nlh, FAMILY, &s))
		ss_socket_print(&o, &s, &all);
	out_entry_end(&o);
	free(nlh);
	fclose(null);
	return 0;
}
