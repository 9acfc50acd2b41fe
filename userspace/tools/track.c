// SPDX-License-Identifier: GPL-2.0
/* weft track: show and change the connections that the firewall knows. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "track.h"

static const char usage[] =
	"usage: weft track [list] [FILTER]\n"
	"       weft track flush [FILTER]\n"
	"       weft track monitor [FILTER]\n"
	"       weft track {get|del} CONNECTION\n"
	"       weft track set CONNECTION [mark VALUE[/MASK]] [labels BITS] [timeout SECONDS]\n"
	"       weft track stat\n"
	"FILTER: [src PREFIX] [dst PREFIX] [proto PROTO] [sport PORT] [dport PORT]\n"
	"        [state STATE] [mark VALUE[/MASK]] [zone ZONE]\n"
	"CONNECTION: id NUMBER | src ADDRESS dst ADDRESS proto PROTO [sport PORT]\n"
	"        [dport PORT] [zone ZONE] [dev DEVICE]\n"
	"PROTO: stream dgram control, or a number\n"
	"STATE: unanswered answered, of a stream: syn-sent syn-crossed syn-received\n"
	"        established fin-wait close-wait closing last-ack time-wait closed\n";

static void begin(const struct track_bus *bus, struct nl_request *r, uint8_t cmd)
{
	struct genlmsghdr *genl = nl_request(r, bus->type, 0, sizeof(*genl));

	genl->cmd = cmd;
	genl->version = WEFT_TRACK_GENL_VERSION;
}

/* --- list and flush -------------------------------------------------------------------- */

static int list(struct track_bus *bus, const struct track_request *req)
{
	const struct nlmsghdr *nlh = NULL;
	struct nl_messages m;
	struct nl_request r;
	struct track t;
	struct out o;
	int code;

	begin(bus, &r, WEFT_TRACK_CMD_GET);
	track_put_filter(&r, req);
	code = nl_collect(&bus->nl, &r.nlh, &m);
	if (code == CLI_OK) {
		out_init(&o, stdout);
		out_list(&o, NULL);
		while ((nlh = nl_messages_next(&m, nlh))) {
			if (track_parse(nlh, &t))
				continue;
			out_entry(&o);
			track_print(&o, &t);
			out_entry_end(&o);
		}
		out_list_end(&o);
	}
	nl_messages_free(&m);
	return code;
}

/* Runs @run with a filter. */
static int with_filter(char **argv, int (*run)(struct track_bus *bus,
					       const struct track_request *req))
{
	struct track_request req;
	struct track_bus bus;
	int code;

	code = track_read_filter(argv + 1, &req);
	if (code != CLI_OK)
		return code;
	if (track_open(&bus))
		return CLI_ERROR;
	code = run(&bus, &req);
	nl_close(&bus.nl);
	return code;
}

static int verb_list(int argc, char **argv)
{
	(void)argc;
	return with_filter(argv, list);
}

static int take_count(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == WEFT_TRACK_A_COUNT)
			nl_attr_copy(attr, arg, sizeof(uint32_t));
	return MNL_CB_OK;
}

static int flush(struct track_bus *bus, const struct track_request *req)
{
	struct nl_request r;
	uint32_t count = 0;
	int code;

	begin(bus, &r, WEFT_TRACK_CMD_FLUSH);
	track_put_filter(&r, req);
	code = nl_ask(&bus->nl, &r.nlh, take_count, &count);
	if (cli.stats && code == CLI_OK)
		printf("deleted %u connections\n", count);
	return code;
}

static int verb_flush(int argc, char **argv)
{
	(void)argc;
	return with_filter(argv, flush);
}

static int verb_monitor(int argc, char **argv)
{
	(void)argc;
	return with_filter(argv, track_monitor);
}

/* --- one -------------------------------------------------------------------------------- */

static int show_one(const struct nlmsghdr *nlh, void *arg)
{
	struct track t;
	struct out o;

	(void)arg;
	if (track_parse(nlh, &t))
		return MNL_CB_OK;
	out_init(&o, stdout);
	out_list(&o, NULL);
	out_entry(&o);
	track_print(&o, &t);
	out_entry_end(&o);
	out_list_end(&o);
	return MNL_CB_OK;
}

static int verb_get(int argc, char **argv)
{
	struct track_request req;
	struct track_bus bus;
	struct nl_request r;
	int code;

	(void)argc;
	code = track_read_one(argv + 1, &req);
	if (code != CLI_OK)
		return code;
	if (track_open(&bus))
		return CLI_ERROR;
	begin(&bus, &r, WEFT_TRACK_CMD_GET);
	track_put_one(&r, &req);
	code = nl_ask(&bus.nl, &r.nlh, show_one, NULL);
	nl_close(&bus.nl);
	return code;
}

static int change(uint8_t cmd, const struct track_request *req,
		  void (*put)(struct nl_request *r, const struct track_request *req))
{
	struct track_bus bus;
	struct nl_request r;
	int code;

	if (track_open(&bus))
		return CLI_ERROR;
	begin(&bus, &r, cmd);
	put(&r, req);
	code = nl_talk(&bus.nl, &r.nlh, NULL);
	nl_close(&bus.nl);
	return code;
}

static int verb_del(int argc, char **argv)
{
	struct track_request req;
	int code = track_read_one(argv + 1, &req);

	(void)argc;
	return code == CLI_OK ? change(WEFT_TRACK_CMD_DEL, &req, track_put_one) : code;
}

static int verb_set(int argc, char **argv)
{
	struct track_request req;
	int code = track_read_set(argv + 1, &req);

	(void)argc;
	return code == CLI_OK ? change(WEFT_TRACK_CMD_SET, &req, track_put_set) : code;
}

/* --- counters ----------------------------------------------------------------------------- */

static const char *const stat_names[] = {
	[WEFT_TRACK_STAT_COUNT] = "count",
	[WEFT_TRACK_STAT_MAX] = "max",
	[WEFT_TRACK_STAT_FOUND] = "found",
	[WEFT_TRACK_STAT_NEW] = "new",
	[WEFT_TRACK_STAT_INVALID] = "invalid",
	[WEFT_TRACK_STAT_UNTRACKED] = "untracked",
	[WEFT_TRACK_STAT_RELATED] = "related",
	[WEFT_TRACK_STAT_CHECKSUM] = "checksum",
	[WEFT_TRACK_STAT_CLASH] = "clash",
	[WEFT_TRACK_STAT_INSERT_FAILED] = "insert_failed",
	[WEFT_TRACK_STAT_EARLY_DROP] = "early_drop",
	[WEFT_TRACK_STAT_FULL] = "full",
	[WEFT_TRACK_STAT_EXPIRED] = "expired",
	[WEFT_TRACK_STAT_DELETED] = "deleted",
};

static void show_stat(struct out *o, const struct nlattr *attr)
{
	unsigned int type = mnl_attr_get_type(attr);
	uint64_t value;

	if (type >= MNL_ARRAY_SIZE(stat_names) || !stat_names[type] ||
	    !nl_attr_copy(attr, &value, sizeof(value)))
		return;
	out_uint(o, stat_names[type], stat_names[type], value);
	out_break(o, "");
}

static int show_stats(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr, *item;
	struct out *o = arg;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != WEFT_TRACK_A_STATS)
			continue;
		mnl_attr_for_each_nested(item, attr)
			show_stat(o, item);
	}
	return MNL_CB_OK;
}

static int verb_stat(int argc, char **argv)
{
	struct track_bus bus;
	struct nl_request r;
	struct out o;
	int code;

	if (argc > 1)
		return strcmp(argv[1], "help") ? CLI_SYNTAX : CLI_HELP;
	if (track_open(&bus))
		return CLI_ERROR;
	begin(&bus, &r, WEFT_TRACK_CMD_GET_STATS);
	out_init(&o, stdout);
	if (out_json(&o))
		json_open(out_json(&o), NULL, '{');
	code = nl_ask(&bus.nl, &r.nlh, show_stats, &o);
	if (out_json(&o))
		json_close(out_json(&o), '}');
	nl_close(&bus.nl);
	return code;
}

static const struct cli_verb verbs[] = {
	{ "list", verb_list },
	{ "lst", verb_list },
	{ "show", verb_list },
	{ "get", verb_get },
	{ "del", verb_del },
	{ "delete", verb_del },
	{ "flush", verb_flush },
	{ "set", verb_set },
	{ "stat", verb_stat },
	{ "monitor", verb_monitor },
	{ 0 }
};

int cmd_track(int argc, char **argv)
{
	static const struct cli_noun noun = { verbs, usage };

	return cli_noun_run(&noun, argc, argv);
}
