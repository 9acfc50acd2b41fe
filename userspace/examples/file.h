/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file in datagrams, one at a time. The sender numbers its blocks from 0 and
 * repeats each until the receiver has sent the block's header back. A block
 * without data is the end of the file.
 */
#ifndef FILE_H
#define FILE_H

#include <stdint.h>

#define FILE_PORT	"4005"
#define FILE_BLOCK	1400	/* bytes of data in a block at most */

/**
 * struct file_hdr - what begins a block, and all of the answer to it
 * @transfer: the sender's choice, to tell one transfer from an earlier one
 * @number: number of the block
 *
 * Both are in network byte order.
 */
struct file_hdr {
	uint32_t transfer;
	uint32_t number;
};

struct file_block {
	struct file_hdr hdr;
	char data[FILE_BLOCK];
};

#endif /* FILE_H */
