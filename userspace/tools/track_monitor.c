// SPDX-License-Identifier: GPL-2.0
/* weft track monitor: connections that begin, change and end. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "cli.h"
#include "track.h"

struct watcher {
	uint16_t type;
	const struct track_request *req;
	struct out out;
};

static void print_time(struct out *o)
{
	struct timeval tv;
	char text[32];
	struct tm tm;

	gettimeofday(&tv, NULL);
	if (out_json(o)) {
		json_double(out_json(o), "time",
			    (double)tv.tv_sec + (double)tv.tv_usec / 1e6);
		return;
	}
	localtime_r(&tv.tv_sec, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	out_text(o, "[%s.%06ld]", text, (long)tv.tv_usec);
}

static const char *event_name(uint8_t cmd)
{
	switch (cmd) {
	case WEFT_TRACK_CMD_NEW:
		return "new";
	case WEFT_TRACK_CMD_UPDATE:
		return "update";
	case WEFT_TRACK_CMD_DESTROY:
		return "destroy";
	}
	return NULL;
}

static bool asked(const struct track_request *req, unsigned int bit)
{
	return req->has >> bit & 1;
}

/* The kernel tells all: what the command line names is chosen here. */
static bool wanted(const struct track_request *req, const struct track *t)
{
	const struct track_tuple *tuple = &t->tuple[0];
	bool answered = t->status & WEFT_TRACK_S_SEEN_REPLY;
	bool be_answered = req->replied == WEFT_TRACK_ESTABLISHED;

	if (!prefix_has(&req->src, &tuple->src) || !prefix_has(&req->dst, &tuple->dst) ||
	    (asked(req, WEFT_TRACK_F_PROTO) && tuple->proto != req->proto) ||
	    (asked(req, WEFT_TRACK_F_SPORT) && tuple->sport != req->sport) ||
	    (asked(req, WEFT_TRACK_F_DPORT) && tuple->dport != req->dport) ||
	    (asked(req, WEFT_TRACK_F_ZONE) && t->zone != req->zone))
		return false;
	if (asked(req, WEFT_TRACK_F_STATE) && answered != be_answered)
		return false;
	if (asked(req, WEFT_TRACK_F_STREAM_STATE) && t->state != req->state)
		return false;
	return !asked(req, WEFT_TRACK_F_MARK) || !((t->mark ^ req->mark) & req->mark_mask);
}

static int take_event(const struct nlmsghdr *nlh, void *arg)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	struct watcher *w = arg;
	const char *name;
	struct track t;

	if (nlh->nlmsg_type != w->type || track_parse(nlh, &t))
		return MNL_CB_OK;
	name = event_name(genl->cmd);
	if (!name || !wanted(w->req, &t))
		return MNL_CB_OK;
	out_entry(&w->out);
	if (cli.stamps)
		print_time(&w->out);
	out_string(&w->out, OUT_PLAIN, "event", NULL, name);
	track_print(&w->out, &t);
	out_entry_end(&w->out);
	return MNL_CB_OK;
}

/* Runs until the reader of our output goes away or netlink fails. */
int track_monitor(struct track_bus *bus, const struct track_request *req)
{
	struct watcher w = { .type = bus->type, .req = req };
	int group = (int)bus->group;
	char buf[NL_BUFSIZE];
	ssize_t n;

	if (mnl_socket_setsockopt(bus->nl.sock, NETLINK_ADD_MEMBERSHIP, &group,
				  sizeof(group))) {
		cli_error("cannot listen to events: %s", strerror(errno));
		return CLI_ERROR;
	}
	out_init(&w.out, stdout);
	w.out.oneline = true;
	for (;;) {
		n = mnl_socket_recvfrom(bus->nl.sock, buf, sizeof(buf));
		if (n < 0 && errno == ENOBUFS) {
			cli_error("events were lost: they came too fast");
		} else if (n < 0 && errno != EINTR) {
			cli_error("netlink: %s", strerror(errno));
			return CLI_ERROR;
		} else if (n > 0) {
			mnl_cb_run(buf, (size_t)n, 0, 0, take_event, &w);
		}
		if (fflush(stdout)) {
			cli_error("cannot write: %s", strerror(errno));
			return CLI_ERROR;
		}
	}
}
