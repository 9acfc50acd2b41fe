/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libweft: addresses, names and sockets of the Weft protocol family.
 *
 * Every address and port in a structure is in network byte order. Functions
 * are safe to call from several threads.
 */
#ifndef WEFT_H
#define WEFT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <linux/weft.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- the family ----------------------------------------------------------- */

/**
 * weft_family - the address family number in force
 *
 * The kernel module has borrowed the number and may have been given another
 * one, so it is read anew on every call.
 *
 * Return: the number, or -1 with errno EAFNOSUPPORT while the module is not
 * loaded.
 */
int weft_family(void);

/**
 * weft_strerror - text for an errno value of a Weft call
 * @err: errno value
 *
 * As strerror(), but EAFNOSUPPORT tells how to load the module.
 *
 * Return: a string that stays valid until the thread's next call.
 */
const char *weft_strerror(int err);

/**
 * weft_socket - make a Weft socket
 * @type: SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM or SOCK_RAW, with SOCK_NONBLOCK
 *	and SOCK_CLOEXEC as for socket()
 * @protocol: 0 for the type's own protocol, else WEFT_PROTO_*
 *
 * Return: a file descriptor, or -1 with errno as socket() sets it;
 * EAFNOSUPPORT when the module is not loaded.
 */
int weft_socket(int type, int protocol);

/* --- errors of the functions that read text -------------------------------- */

/**
 * enum weft_eai - why a text was refused; 0 is success
 * @WEFT_EAI_ADDRESS: not a Weft address
 * @WEFT_EAI_PREFIX: prefix length not a number from 0 to 64
 * @WEFT_EAI_SYNTAX: brackets, '%' or ':' where they do not belong
 * @WEFT_EAI_DEVICE: no such device
 * @WEFT_EAI_SCOPE: '%DEVICE' behind an address that belongs to no link
 * @WEFT_EAI_PORT: port not a number from 0 to 65535 nor a service's name
 * @WEFT_EAI_TWOPORTS: the port was given twice
 * @WEFT_EAI_NAME: not a well-formed name
 * @WEFT_EAI_NONAME: the name is not in the hosts file
 * @WEFT_EAI_HOSTS: the name is not in the hosts file, but that has a bad line
 * @WEFT_EAI_FAMILY: the kernel module is not loaded
 * @WEFT_EAI_MEMORY: out of memory
 * @WEFT_EAI_SYSTEM: errno tells
 */
enum weft_eai {
	WEFT_EAI_ADDRESS = 1,
	WEFT_EAI_PREFIX,
	WEFT_EAI_SYNTAX,
	WEFT_EAI_DEVICE,
	WEFT_EAI_SCOPE,
	WEFT_EAI_PORT,
	WEFT_EAI_TWOPORTS,
	WEFT_EAI_NAME,
	WEFT_EAI_NONAME,
	WEFT_EAI_HOSTS,
	WEFT_EAI_FAMILY,
	WEFT_EAI_MEMORY,
	WEFT_EAI_SYSTEM,
};

/**
 * weft_eai_strerror - text for an error of the functions below
 * @code: 0 or one of enum weft_eai; WEFT_EAI_SYSTEM is looked up in errno
 *
 * Return: a string that stays valid until the thread's next call.
 */
const char *weft_eai_strerror(int code);

/* --- addresses ------------------------------------------------------------ */

/* Number of bits in an address: the longest prefix. */
#define WEFT_ADDR_BITS		64

/* Longest text of a prefix with its final NUL: 1111:2222:3333:4444/64 */
#define WEFT_PREFIXSTRLEN	(WEFT_ADDRSTRLEN + 3)

/**
 * weft_addr_parse - read an address
 * @text: four groups of hexadecimal digits, or fewer and one '::'
 * @addr: result; untouched on failure
 *
 * Return: 0 or WEFT_EAI_ADDRESS.
 */
int weft_addr_parse(const char *text, struct weft_addr *addr);

/**
 * weft_addr_format - write an address in the form of RFC 5952
 * @addr: address
 * @buf: where to write; WEFT_ADDRSTRLEN bytes are always enough
 * @size: bytes at @buf
 *
 * Return: @buf, or NULL with errno ENOSPC.
 */
const char *weft_addr_format(const struct weft_addr *addr, char *buf,
			     size_t size);

/**
 * weft_prefix_parse - read an address and a prefix length
 * @text: ADDRESS or ADDRESS/LENGTH
 * @addr: result, with all its bits, also those behind the prefix
 * @len: result, in bits; WEFT_ADDR_BITS when @text has none
 *
 * Return: 0, WEFT_EAI_ADDRESS or WEFT_EAI_PREFIX. @addr and @len are untouched
 * on failure.
 */
int weft_prefix_parse(const char *text, struct weft_addr *addr,
		      unsigned int *len);

/**
 * weft_prefix_format - write an address and a prefix length
 * @addr: address
 * @len: bits, at most WEFT_ADDR_BITS
 * @buf: where to write; WEFT_PREFIXSTRLEN bytes are always enough
 * @size: bytes at @buf
 *
 * Return: @buf, or NULL with errno ENOSPC or, for a bad @len, EINVAL.
 */
const char *weft_prefix_format(const struct weft_addr *addr, unsigned int len,
			       char *buf, size_t size);

/**
 * weft_addr_mask - clear the bits behind a prefix
 * @addr: address to change
 * @len: bits to keep; more than WEFT_ADDR_BITS keep all
 */
void weft_addr_mask(struct weft_addr *addr, unsigned int len);

/**
 * weft_addr_from_mac - the link-local address of a device
 * @mac: 6 bytes
 * @addr: result
 */
void weft_addr_from_mac(const unsigned char *mac, struct weft_addr *addr);

/**
 * weft_addr_equal - compare two addresses
 * @a: one
 * @b: the other
 *
 * Return: true when they are the same.
 */
static inline bool weft_addr_equal(const struct weft_addr *a,
				   const struct weft_addr *b)
{
	return a->a32[0] == b->a32[0] && a->a32[1] == b->a32[1];
}

/**
 * weft_addr_is_any - is this the unspecified address, '::'?
 * @addr: address
 *
 * Return: true for '::'.
 */
static inline bool weft_addr_is_any(const struct weft_addr *addr)
{
	return !addr->a32[0] && !addr->a32[1];
}

/**
 * weft_addr_is_loopback - is this '::1'?
 * @addr: address
 *
 * Return: true for '::1'.
 */
static inline bool weft_addr_is_loopback(const struct weft_addr *addr)
{
	return !addr->a32[0] && !addr->a16[2] && !addr->a8[6] &&
	       addr->a8[7] == 1;
}

/**
 * weft_addr_is_linklocal - is this an address of one link, fe80::/16?
 * @addr: address
 *
 * Return: true for fe80::/16.
 */
static inline bool weft_addr_is_linklocal(const struct weft_addr *addr)
{
	return addr->a8[0] == 0xfe && addr->a8[1] == 0x80;
}

/**
 * weft_addr_is_multicast - is this a group, ff00::/8?
 * @addr: address
 *
 * Return: true for ff00::/8.
 */
static inline bool weft_addr_is_multicast(const struct weft_addr *addr)
{
	return addr->a8[0] == 0xff;
}

/**
 * weft_addr_needs_scope - does the address name a node only with its link?
 * @addr: address
 *
 * Return: true for link-local addresses, for groups of this node or link and for the
 * broadcast address.
 */
static inline bool weft_addr_needs_scope(const struct weft_addr *addr)
{
	return weft_addr_is_linklocal(addr) || !~(addr->a32[0] & addr->a32[1]) ||
	       (weft_addr_is_multicast(addr) && (addr->a8[1] & 0x0f) <= 2);
}

/* --- socket addresses ----------------------------------------------------- */

/* Longest text of a socket address: [ADDRESS%DEVICE]:PORT and a final NUL. */
#define WEFT_SOCKADDRSTRLEN	48

/**
 * weft_sockaddr_parse - read a numeric socket address
 * @text: ADDRESS, ADDRESS%DEVICE, [ADDRESS], [ADDRESS%DEVICE], the last two
 *	also followed by :PORT. DEVICE is a name or an index, PORT a number
 * @sa: result; untouched on failure
 *
 * Return: 0 or one of enum weft_eai.
 */
int weft_sockaddr_parse(const char *text, struct sockaddr_weft *sa);

/**
 * weft_sockaddr_format - write a socket address
 * @sa: socket address
 * @buf: where to write; WEFT_SOCKADDRSTRLEN bytes are always enough
 * @size: bytes at @buf
 *
 * The form is [ADDRESS%DEVICE]:PORT, without the brackets when the port is 0.
 * A scope whose device is gone is written as its number.
 *
 * Return: @buf, or NULL with errno ENOSPC.
 */
const char *weft_sockaddr_format(const struct sockaddr_weft *sa, char *buf,
				 size_t size);

/* --- names ---------------------------------------------------------------- */

/* The file of names, see weft.hosts(5). */
#define WEFT_HOSTS_PATH		"/etc/weft/hosts"

/**
 * struct weft_addrinfo - one of the socket addresses that a text stands for
 * @next: the next one or NULL
 * @addr: ready for bind(), connect() and sendto()
 */
struct weft_addrinfo {
	struct weft_addrinfo *next;
	struct sockaddr_weft addr;
};

/* For weft_resolve(): take no names of hosts, only addresses. */
#define WEFT_RESOLVE_NUMERIC	1U
/* For weft_resolve(): a missing host stands for '::', to bind to. */
#define WEFT_RESOLVE_PASSIVE	2U

/**
 * weft_resolve - find the socket addresses that a text stands for
 * @host: what weft_sockaddr_parse() takes, or NAME, NAME%DEVICE, NAME:PORT,
 *	NAME%DEVICE:PORT; NULL is '::' with WEFT_RESOLVE_PASSIVE and else '::1'
 * @service: port as a number or as a name of services(5), or NULL
 * @flags: any of WEFT_RESOLVE_*
 * @res: result, in the order of the hosts file, one or more; to be given to
 *	weft_resolve_free()
 *
 * Names are looked up in WEFT_HOSTS_PATH, or in the file that the environment
 * variable WEFT_HOSTS names unless the program runs set-user-ID. Entries whose
 * device does not exist are left out.
 *
 * Return: 0 or one of enum weft_eai.
 */
int weft_resolve(const char *host, const char *service, unsigned int flags,
		 struct weft_addrinfo **res);

/**
 * weft_resolve_free - give back a list from weft_resolve()
 * @res: the list; NULL is allowed
 */
void weft_resolve_free(struct weft_addrinfo *res);

/* Longest name of a host with its final NUL. */
#define WEFT_HOSTNAME_MAX	254

/**
 * weft_name - find the name of an address
 * @sa: address; its port does not matter
 * @buf: the first name of the first line of the hosts file that has the address
 * @size: of @buf; WEFT_HOSTNAME_MAX is enough
 *
 * The file is that of weft_resolve(); malformed lines are passed over.
 *
 * Return: 0, WEFT_EAI_NONAME, or WEFT_EAI_SYSTEM with errno.
 */
int weft_name(const struct sockaddr_weft *sa, char *buf, size_t size);

/* --- connections ---------------------------------------------------------- */

/**
 * weft_dial - connect to a destination
 * @dest: what weft_resolve() takes as host, with a port: NAME:PORT,
 *	[ADDRESS%DEVICE]:PORT
 * @type: as for weft_socket()
 *
 * Addresses of a name are tried in the order of the hosts file until one takes
 * the connection. With SOCK_NONBLOCK the socket may still be connecting.
 *
 * Return: a connected socket, or -1 with errno: that of the last address tried,
 * or one near to what weft_dial_error() says.
 */
int weft_dial(const char *dest, int type);

/**
 * weft_listen - make a socket that listens
 * @where: what weft_resolve() takes as host, with a port or, for one of the
 *	kernel's choice, without; or :PORT for any address of this node
 * @type: SOCK_STREAM or SOCK_SEQPACKET, with flags as for weft_socket()
 * @backlog: as for listen()
 *
 * SO_REUSEADDR is set, so that a server may begin again where an earlier one
 * left connections behind. Of several addresses it is the first that can be bound
 * to.
 *
 * Return: a socket for accept(), or -1 with errno as weft_dial().
 */
int weft_listen(const char *where, int type, int backlog);

/**
 * weft_dial_error - why did weft_dial() or weft_listen() fail?
 *
 * weft_eai_strerror() has a text for it:
 *
 *	fd = weft_dial(dest, SOCK_STREAM);
 *	if (fd < 0)
 *		errx(1, "%s: %s", dest, weft_eai_strerror(weft_dial_error()));
 *
 * Return: what this thread's last call failed for, one of enum weft_eai;
 * WEFT_EAI_SYSTEM when errno tells. 0 after success.
 */
int weft_dial_error(void);

/**
 * weft_read_full - read until a buffer is full
 * @fd: file descriptor, one that blocks or not
 * @buf: where to
 * @len: bytes at @buf
 *
 * Goes on after signals and short counts; a file that does not block is waited
 * for.
 *
 * Return: @len, less only at the file's end; or -1 with errno as read(), also
 * when an error comes after some bytes. EAGAIN is SO_RCVTIMEO's.
 */
ssize_t weft_read_full(int fd, void *buf, size_t len);

/**
 * weft_write_full - write all of a buffer
 * @fd: file descriptor, one that blocks or not
 * @buf: what to write
 * @len: bytes at @buf
 *
 * As weft_read_full(). A peer that is gone raises SIGPIPE as with write().
 *
 * Return: @len, or -1 with errno as write(), also when an error comes after some
 * bytes. EAGAIN is SO_SNDTIMEO's.
 */
ssize_t weft_write_full(int fd, const void *buf, size_t len);

#ifdef __cplusplus
}
#endif

#endif /* WEFT_H */
