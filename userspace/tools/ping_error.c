// SPDX-License-Identifier: GPL-2.0
/* weft ping: errors about requests, from the error queue of the socket. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <string.h>
#include <sys/uio.h>

#include "cli.h"
#include "ping.h"

static const char *unreachable_text(unsigned int code)
{
	static const char *const texts[] = {
		[WEFT_UNREACH_NOROUTE] = "no route",
		[WEFT_UNREACH_PROHIBITED] = "prohibited",
		[WEFT_UNREACH_SCOPE] = "beyond the scope of the source",
		[WEFT_UNREACH_ADDR] = "address does not answer",
		[WEFT_UNREACH_PORT] = "no socket at the port",
		[WEFT_UNREACH_PROTO] = "no protocol",
	};

	return code <= WEFT_UNREACH_PROTO ? texts[code] : "unknown code";
}

/* What an error says, in words. */
const char *ping_error_text(const struct ping_error *e, char *buf, size_t size)
{
	switch (e->type) {
	case WEFT_CTL_UNREACH:
		snprintf(buf, size, "Destination unreachable: %s",
			 unreachable_text(e->code));
		break;
	case WEFT_CTL_TOOBIG:
		snprintf(buf, size, "Packet too big: mtu=%u", e->info);
		break;
	case WEFT_CTL_TIME:
		snprintf(buf, size, "Time exceeded: %s",
			 e->code == WEFT_TIME_HOP_LIMIT ? "hop limit" :
							  "reassembly");
		break;
	case WEFT_CTL_PARAM:
		snprintf(buf, size, "Parameter problem: byte %u", e->info);
		break;
	default:
		snprintf(buf, size, "Error %u, code %u", e->type, e->code);
	}
	return buf;
}

/* False for an entry that tells nothing new of a request. */
static bool read_entry(const struct sock_extended_err *ee,
		       const struct weft_ctl_hdr *hdr, size_t len,
		       struct ping_error *e)
{
	*e = (struct ping_error) {
		.seq = ntohs(hdr->echo.seq),
		.type = ee->ee_type,
		.code = ee->ee_code,
		.info = ee->ee_info,
	};
	memcpy(&e->from, SO_EE_OFFENDER(ee), sizeof(e->from));
	if (ee->ee_origin == SO_EE_ORIGIN_WEFT)
		return len >= sizeof(*hdr);
	e->local = ee->ee_origin == SO_EE_ORIGIN_LOCAL;
	if (!e->local)
		return false;
	if (ee->ee_errno == EMSGSIZE) {
		e->type = WEFT_CTL_TOOBIG;
		return true;
	}
	/* Without data it is what sendto() returned already. */
	e->type = WEFT_CTL_UNREACH;
	e->code = WEFT_UNREACH_ADDR;
	return len >= sizeof(*hdr);
}

/* Takes the next error that tells something; false when there is none left. */
bool ping_error_next(int fd, struct ping_error *e)
{
	union {
		struct cmsghdr align;
		char buf[256];
	} control;
	struct weft_ctl_hdr hdr = { 0 };
	struct iovec iov = { &hdr, sizeof(hdr) };
	const struct sock_extended_err *ee;
	struct msghdr msg;
	ssize_t len;

	for (;;) {
		msg = (struct msghdr) {
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control.buf,
			.msg_controllen = sizeof(control.buf),
		};
		len = recvmsg(fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT);
		if (len < 0)
			return false;
		ee = cli_queued_error(&msg);
		if (ee && read_entry(ee, &hdr, (size_t)len, e))
			return true;
	}
}
