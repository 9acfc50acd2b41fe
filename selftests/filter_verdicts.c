// SPDX-License-Identifier: GPL-2.0
/*
 * The firewall: packets meet the verdicts of rules, limits and quotas, are rejected,
 * logged and traced.
 *
 * lab: --nodes 1 --nic none --module nfnetlink_log
 */
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include "filter_rule.h"

/* --- verdicts ------------------------------------------------------------------------ */

static void assign_mark(int mark)
{
	struct nlattr *at = filter_nest(&m, WEFT_FILTER_E_SET);

	filter_u32(&m, WEFT_FILTER_EA_TARGET, WEFT_FILTER_TARGET_MARK);
	filter_u64(&m, WEFT_FILTER_EA_VALUE, mark);
	filter_end(&m, at);
}

static void rules_in_order(void)
{
	uint64_t handle;

	fresh();
	rule("in", NLM_F_APPEND);
	match(WEFT_FILTER_F_PROTO, WEFT_PROTO_DGRAM, WEFT_PROTO_DGRAM, 0);
	counter();
	verdict(WEFT_FILTER_DROP, NULL);
	rule_end();
	GOOD();
	CHECK(!passes());
	begin(WEFT_FILTER_CMD_GET_RULE, NLM_F_DUMP, "t", NULL);
	handle = filter_attr_u64(&ask()->last, WEFT_FILTER_A_HANDLE);
	rule("in", 0);
	match(WEFT_FILTER_F_DPORT, PORT - 5, PORT + 5, 0);
	match(WEFT_FILTER_F_DST, 1, 1, 0);
	match(WEFT_FILTER_F_SPORT, 1, 2, WEFT_FILTER_X_INVERT);
	match(WEFT_FILTER_F_CTL_TYPE, 1, 1, WEFT_FILTER_X_INVERT);
	verdict(WEFT_FILTER_ACCEPT, NULL);
	rule_end();
	GOOD();
	/* A datagram has no type of a control message: not even one that differs. */
	CHECK(!passes());
	rule("in", 0);
	match(WEFT_FILTER_F_DPORT, PORT - 5, PORT + 5, 0);
	match(WEFT_FILTER_F_DST, 1, 1, 0);
	match(WEFT_FILTER_F_SPORT, 1, 2, WEFT_FILTER_X_INVERT);
	match(WEFT_FILTER_F_LEN, 33, 33, 0);
	match(WEFT_FILTER_F_CAST, 0, 0, 0);
	match(WEFT_FILTER_F_FRAG, 0, 0, 0);
	match(WEFT_FILTER_F_OIF, 1, 1, 0);
	rule_end();
	filter_put(&m, WEFT_FILTER_A_POSITION, &handle, sizeof(handle));
	GOOD();
	CHECK(!passes());
	rule("in", NLM_F_REPLACE);
	counter();
	verdict(WEFT_FILTER_ACCEPT, NULL);
	rule_end();
	filter_put(&m, WEFT_FILTER_A_HANDLE, &handle, sizeof(handle));
	GOOD();
	CHECK(passes());
	CHECK(dump(WEFT_FILTER_CMD_GET_RULE, "t") == 3);
	begin(WEFT_FILTER_CMD_DEL_RULE, 0, "t", "in");
	filter_u64(&m, WEFT_FILTER_A_HANDLE, handle);
	REFUSED(ENOENT, "no such rule");
}

static void policies_and_counters(void)
{
	const struct weft_filter_counters *c;
	long dropped;

	fresh();
	rule("in", 0);
	match(WEFT_FILTER_F_DPORT, PORT, PORT, 0);
	counter();
	rule_end();
	GOOD();
	CHECK(passes());
	CHECK(passes());
	base_chain("t", "in", WEFT_FILTER_HOOK_INPUT, 0);
	filter_u32(&m, WEFT_FILTER_A_POLICY, WEFT_FILTER_DROP);
	GOOD();
	dropped = netns_counter("DropHook");
	CHECK(!passes());
	CHECK(netns_counter("DropHook") == dropped + 1);
	begin(WEFT_FILTER_CMD_GET_RULE, NLM_F_DUMP, "t", "in");
	c = filter_attr(&ask()->last, WEFT_FILTER_A_COUNTERS);
	CHECK(c && c->packets == 3 && c->bytes == 3 * 33);
	begin(WEFT_FILTER_CMD_GET_CHAIN, NLM_F_DUMP, "t", "in");
	c = filter_attr(&ask()->last, WEFT_FILTER_A_COUNTERS);
	CHECK(c && c->packets == 3);
	begin(WEFT_FILTER_CMD_RESET, 0, "t", "in");
	GOOD();
	begin(WEFT_FILTER_CMD_GET_RULE, NLM_F_DUMP, "t", "in");
	c = filter_attr(&ask()->last, WEFT_FILTER_A_COUNTERS);
	CHECK(c && !c->packets && !c->bytes);
	begin(WEFT_FILTER_CMD_NEW_TABLE, 0, "t", NULL);
	filter_u32(&m, WEFT_FILTER_A_FLAGS, WEFT_FILTER_TABLE_DORMANT);
	GOOD();
	CHECK(passes());
}

static void jumps_and_returns(void)
{
	fresh();
	begin(WEFT_FILTER_CMD_NEW_CHAIN, 0, "t", "a");
	GOOD();
	begin(WEFT_FILTER_CMD_NEW_CHAIN, 0, "t", "b");
	GOOD();
	rule("a", NLM_F_APPEND);
	verdict(WEFT_FILTER_RETURN, NULL);
	rule_end();
	GOOD();
	rule("a", NLM_F_APPEND);
	verdict(WEFT_FILTER_DROP, NULL);
	rule_end();
	GOOD();
	rule("in", NLM_F_APPEND);
	verdict(WEFT_FILTER_JUMP, "a");
	rule_end();
	GOOD();
	CHECK(passes());
	rule("in", NLM_F_APPEND);
	verdict(WEFT_FILTER_GOTO, "b");
	rule_end();
	GOOD();
	drop_the_rest();
	CHECK(passes());
	rule("b", NLM_F_APPEND);
	verdict(WEFT_FILTER_DROP, NULL);
	rule_end();
	GOOD();
	CHECK(!passes());
}

/* The chain with the least priority sees a packet first, whichever was there before. */
static void chains_by_priority(void)
{
	fresh();
	base_chain("t", "first", WEFT_FILTER_HOOK_INPUT, -5);
	GOOD();
	base_chain("t", "last", WEFT_FILTER_HOOK_INPUT, 5);
	GOOD();
	rule("first", 0);
	assign_mark(1);
	rule_end();
	GOOD();
	rule("in", 0);
	match(WEFT_FILTER_F_MARK, 1, 1, 0);
	assign_mark(2);
	rule_end();
	GOOD();
	rule("last", 0);
	match(WEFT_FILTER_F_MARK, 2, 2, 0);
	verdict(WEFT_FILTER_DROP, NULL);
	rule_end();
	GOOD();
	CHECK(!passes());
}

/* --- what rules do ------------------------------------------------------------------- */

static void limits_and_quotas(void)
{
	struct nlattr *at;
	int i, n = 0;

	fresh();
	rule("in", 0);
	at = filter_nest(&m, WEFT_FILTER_E_LIMIT);
	filter_u64(&m, WEFT_FILTER_EA_RATE, 1);
	filter_u32(&m, WEFT_FILTER_EA_PERIOD, 3600);
	filter_u32(&m, WEFT_FILTER_EA_BURST, 3);
	filter_put(&m, WEFT_FILTER_EA_KEY, dport, sizeof(dport));
	filter_end(&m, at);
	verdict(WEFT_FILTER_ACCEPT, NULL);
	rule_end();
	GOOD();
	drop_the_rest();
	for (i = 0; i < 6; i++)
		n += passes();
	CHECK(n == 3);
	fresh();
	rule("in", 0);
	at = filter_nest(&m, WEFT_FILTER_E_QUOTA);
	filter_u64(&m, WEFT_FILTER_EA_BYTES, 2 * 33);
	filter_u32(&m, WEFT_FILTER_EA_FLAGS, WEFT_FILTER_X_INVERT);
	filter_end(&m, at);
	verdict(WEFT_FILTER_DROP, NULL);
	rule_end();
	GOOD();
	for (n = 0, i = 0; i < 4; i++)
		n += passes();
	CHECK(n == 2);
	begin(WEFT_FILTER_CMD_RESET, 0, NULL, NULL);
	GOOD();
	CHECK(passes());
	rule("in", 0);
	at = filter_nest(&m, WEFT_FILTER_E_LIMIT);
	filter_u64(&m, WEFT_FILTER_EA_RATE, 0);
	filter_u32(&m, WEFT_FILTER_EA_PERIOD, 1);
	filter_end(&m, at);
	rule_end();
	REFUSED(ERANGE, "rate");
}

static void reject(int how, int code)
{
	struct nlattr *at = filter_nest(&m, WEFT_FILTER_E_REJECT);

	filter_u64(&m, WEFT_FILTER_EA_VALUE, how);
	filter_u32(&m, WEFT_FILTER_EA_CODE, code);
	filter_end(&m, at);
}

static void rejects_are_told(void)
{
	struct sock_name to = sock_loopback(weft, PORT);
	int fd, listener;
	char c;

	fresh();
	listener = socket(weft, SOCK_STREAM, 0);
	CHECK(!bind(listener, &to.sa, to.len));
	CHECK(!listen(listener, 5));
	rule("in", 0);
	match(WEFT_FILTER_F_PROTO, WEFT_PROTO_STREAM, WEFT_PROTO_STREAM, 0);
	match(WEFT_FILTER_F_DPORT, PORT, PORT, 0);
	reject(WEFT_FILTER_REJECT_RESET, 0);
	rule_end();
	GOOD();
	fd = socket(weft, SOCK_STREAM, 0);
	CHECK(connect(fd, &to.sa, to.len) && errno == ECONNREFUSED);
	close(fd);
	close(listener);
	rule("in", 0);
	match(WEFT_FILTER_F_PROTO, WEFT_PROTO_DGRAM, WEFT_PROTO_DGRAM, 0);
	reject(WEFT_FILTER_REJECT_UNREACH, WEFT_UNREACH_PROHIBITED);
	rule_end();
	GOOD();
	fd = socket(weft, SOCK_DGRAM, 0);
	CHECK(!connect(fd, &to.sa, to.len));
	CHECK(send(fd, "x", 1, 0) == 1);
	usleep(100000);
	CHECK(recv(fd, &c, 1, MSG_DONTWAIT) < 0 && errno == EACCES);
	close(fd);
	base_chain("t", "out", WEFT_FILTER_HOOK_OUTPUT, 0);
	GOOD();
	rule("out", 0);
	match(WEFT_FILTER_F_UID, 0, 0, 0);
	reject(WEFT_FILTER_REJECT_UNREACH, WEFT_UNREACH_PORT);
	rule_end();
	GOOD();
	CHECK(sendto(tx, "x", 1, 0, &to.sa, to.len) < 0 && errno == ECONNREFUSED);
}

static void traces_are_told(void)
{
	int fd = filter_listen(filter_group_trace), kinds = 0;
	struct filter_msg got;
	uint64_t handles[2] = {}, last;
	const uint64_t *handle;
	struct nlattr *at;
	const void *trace;
	size_t len;
	ssize_t n;

	fresh();
	CHECK(fd >= 0);
	rule("in", NLM_F_APPEND);
	match(WEFT_FILTER_F_DPORT, PORT, PORT, 0);
	at = filter_nest(&m, WEFT_FILTER_E_TRACE);
	filter_end(&m, at);
	rule_end();
	GOOD();
	rule("in", NLM_F_APPEND);
	counter();
	rule_end();
	GOOD();
	begin(WEFT_FILTER_CMD_GET_RULE, NLM_F_DUMP, "t", "in");
	last = filter_attr_u64(&ask()->last, WEFT_FILTER_A_HANDLE);
	CHECK(passes());
	while ((n = recv(fd, &got, sizeof(got), 0)) > 0) {
		CHECK(got.genl.cmd == WEFT_FILTER_CMD_TRACE);
		trace = filter_attr(&got, WEFT_FILTER_A_TRACE);
		len = n - NLMSG_LENGTH(GENL_HDRLEN) - NLA_HDRLEN;
		kinds = 10 * kinds + *(const uint32_t *)
			filter_find(trace, len, WEFT_FILTER_TR_KIND);
		handle = filter_find(trace, len, WEFT_FILTER_TR_HANDLE);
		if (handle) {
			handles[0] = handles[1];
			memcpy(&handles[1], handle, sizeof(*handle));
		}
	}
	/* The packet (0), two rules, the policy. */
	CHECK(kinds == 113);
	CHECK(handles[0] && handles[0] < last && handles[1] == last);
	close(fd);
}

/* What nfnetlink_log is told, to hear of a group. */
static int nflog_command(int fd, int family, int group, int command)
{
	struct {
		struct nlmsghdr nlh;
		struct nfgenmsg nf;
		struct nlattr nla;
		struct nfulnl_msg_config_cmd cmd;
		char pad[3];
	} req = {
		.nlh = { .nlmsg_len = sizeof(req), .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
			 .nlmsg_type = NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_CONFIG },
		.nf = { .nfgen_family = family, .res_id = htons(group) },
		.nla = { .nla_len = NLA_HDRLEN + 1, .nla_type = NFULA_CFG_CMD },
		.cmd.command = command,
	};
	char buf[256];

	if (send(fd, &req, sizeof(req), 0) < 0 || recv(fd, buf, sizeof(buf), 0) < 0)
		return -1;
	return *(int *)NLMSG_DATA(buf);
}

static void a_group_hears_of_packets(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
	struct timeval wait = { .tv_sec = 2 };
	struct nlattr *at;
	char buf[4096];
	const char *payload, *prefix;
	ssize_t n;

	fresh();
	rule("in", 0);
	match(WEFT_FILTER_F_DPORT, PORT, PORT, 0);
	at = filter_nest(&m, WEFT_FILTER_E_LOG);
	filter_u16(&m, WEFT_FILTER_EA_GROUP, 5);
	filter_u32(&m, WEFT_FILTER_EA_SNAPLEN, 20);
	filter_str(&m, WEFT_FILTER_EA_PREFIX, "hello");
	filter_end(&m, at);
	rule_end();
	GOOD();
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	CHECK(!nflog_command(fd, AF_UNSPEC, 5, NFULNL_CFG_CMD_BIND));
	CHECK(passes());
	n = recv(fd, buf, sizeof(buf), 0);
	CHECK(n > 0);
	if (n > 0) {
		size_t skip = NLMSG_LENGTH(sizeof(struct nfgenmsg));

		payload = filter_find(buf + skip, n - skip, NFULA_PAYLOAD);
		prefix = filter_find(buf + skip, n - skip, NFULA_PREFIX);
		CHECK(payload && (unsigned char)payload[0] >> 4 == WEFT_VERSION);
		CHECK_STR(prefix, "hello");
		/* That much of it is asked for. */
		CHECK(payload && ((const struct nlattr *)payload)[-1].nla_len ==
		      NLA_HDRLEN + 20);
	}
	close(fd);
}

int main(void)
{
	filter_begin();
	TAP_RUN(rules_in_order);
	TAP_RUN(policies_and_counters);
	TAP_RUN(jumps_and_returns);
	TAP_RUN(chains_by_priority);
	TAP_RUN(limits_and_quotas);
	TAP_RUN(rejects_are_told);
	TAP_RUN(traces_are_told);
	TAP_RUN(a_group_hears_of_packets);
	return tap_done();
}
