/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The knock-knock protocol. A datagram is a digit, a space and a line of text.
 * The client says the even lines, the server the odd ones:
 *
 *	0 Anybody home?
 *	1 Knock! Knock!
 *	2 Who's there?
 *	3 Weft.
 *	4 Weft who?
 *	5 Weft my keys inside. Let me in!
 *
 * Datagrams get lost, so the client says its line again until it hears the next
 * one. The server keeps nothing in mind: what it hears tells what to answer.
 *
 * Over a stream nothing gets lost, and lines have no numbers but an end, '\n'.
 */
#ifndef KNOCK_H
#define KNOCK_H

#define KNOCK_PORT	"4004"
#define KNOCK_LINE_MAX	128	/* bytes of a datagram or a line at most */
#define KNOCK_LAST	5	/* number of the last line */

#endif /* KNOCK_H */
