// SPDX-License-Identifier: GPL-2.0
/*
 * The firewall: sets find what they should, in time, while packets add to them, and
 * without a packet that sees half of a commit.
 *
 * lab: --nodes 1 --nic none
 */
#include <pthread.h>
#include <stdatomic.h>
#include "filter_rule.h"

/* --- sets ---------------------------------------------------------------------------- */

static void element(int cmd, const char *set, uint64_t key)
{
	elems_begin(cmd, set);
	elem(&key, NULL, 1);
	filter_end(&m, elems);
}

static void exact_sets(void)
{
	uint64_t key = PORT, other = 7;

	fresh();
	set_begin("s", dport, 1, 0);
	GOOD();
	set_begin("s", dport, 1, 0);
	REFUSED(EEXIST, "is there");
	drop_if_in("s", dport, 1, 0);
	CHECK(passes());
	elems_begin(WEFT_FILTER_CMD_NEW_ELEM, "s");
	elem(&key, NULL, 1);
	elem(&other, NULL, 1);
	filter_end(&m, elems);
	GOOD();
	CHECK(!passes());
	REFUSED(EEXIST, "such a key");
	elems_begin(WEFT_FILTER_CMD_DEL_ELEM, "s");
	elem(&key, NULL, 1);
	filter_end(&m, elems);
	GOOD();
	CHECK(passes());
	REFUSED(ENOENT, "no such element");
	begin(WEFT_FILTER_CMD_DEL_SET, 0, "t", NULL);
	filter_str(&m, WEFT_FILTER_A_SET, "s");
	REFUSED(EBUSY, "uses the set");
	key = 65536;
	elems_begin(WEFT_FILTER_CMD_NEW_ELEM, "s");
	elem(&key, NULL, 1);
	filter_end(&m, elems);
	REFUSED(ERANGE, "too great");
	CHECK(dump(WEFT_FILTER_CMD_GET_ELEM, "t") == 1);
}

static void ranges_do_not_overlap(void)
{
	fresh();
	set_begin("s", dport, 1, WEFT_FILTER_SET_INTERVAL);
	GOOD();
	drop_if_in("s", dport, 1, 0);
	range(WEFT_FILTER_CMD_NEW_ELEM, "s", 4000, 4999);
	GOOD();
	CHECK(passes());
	range(WEFT_FILTER_CMD_NEW_ELEM, "s", 5000, 5000);
	GOOD();
	CHECK(!passes());
	range(WEFT_FILTER_CMD_NEW_ELEM, "s", 4999, 5001);
	REFUSED(EEXIST, "such a key");
	range(WEFT_FILTER_CMD_DEL_ELEM, "s", 4000, 5000);
	REFUSED(ENOENT, "no such element");
	/* One range in the place of two, at once. */
	simple(WEFT_FILTER_CMD_BEGIN);
	range(WEFT_FILTER_CMD_DEL_ELEM, "s", 5000, 5000);
	GOOD();
	range(WEFT_FILTER_CMD_DEL_ELEM, "s", 4000, 4999);
	GOOD();
	range(WEFT_FILTER_CMD_NEW_ELEM, "s", 4500, 5500);
	GOOD();
	range(WEFT_FILTER_CMD_NEW_ELEM, "s", 5500, 5501);
	REFUSED(EEXIST, "such a key");
	simple(WEFT_FILTER_CMD_ABORT);
	CHECK(!passes());
	simple(WEFT_FILTER_CMD_BEGIN);
	range(WEFT_FILTER_CMD_DEL_ELEM, "s", 5000, 5000);
	GOOD();
	range(WEFT_FILTER_CMD_DEL_ELEM, "s", 4000, 4999);
	GOOD();
	range(WEFT_FILTER_CMD_NEW_ELEM, "s", 4500, 5500);
	GOOD();
	simple(WEFT_FILTER_CMD_CHECK);
	CHECK(!passes());
	simple(WEFT_FILTER_CMD_BEGIN);
	range(WEFT_FILTER_CMD_DEL_ELEM, "s", 5000, 5000);
	GOOD();
	range(WEFT_FILTER_CMD_DEL_ELEM, "s", 4000, 4999);
	GOOD();
	range(WEFT_FILTER_CMD_NEW_ELEM, "s", 4500, 4999);
	GOOD();
	simple(WEFT_FILTER_CMD_COMMIT);
	CHECK(passes());
	range(WEFT_FILTER_CMD_NEW_ELEM, "s", 5000, 6000);
	GOOD();
	CHECK(!passes());
	begin(WEFT_FILTER_CMD_DEL_ELEM, 0, "t", NULL);
	filter_str(&m, WEFT_FILTER_A_SET, "s");
	GOOD();
	CHECK(passes());
	range(WEFT_FILTER_CMD_NEW_ELEM, "s", 0, 65535);
	GOOD();
	CHECK(!passes());
}

/* With these ports to this node alone in the set. */
static bool drops_from_to(const char *set, uint64_t port, uint64_t last_port)
{
	uint64_t first[2] = { 0, port }, last[2] = { 1, last_port };
	bool drops;

	elems_begin(WEFT_FILTER_CMD_NEW_ELEM, set);
	elem(first, last, 2);
	filter_end(&m, elems);
	GOOD();
	drops = !passes();
	elems_begin(WEFT_FILTER_CMD_DEL_ELEM, set);
	elem(first, last, 2);
	filter_end(&m, elems);
	GOOD();
	return drops;
}

static void ranges_of_several_fields(void)
{
	uint64_t first[2] = { 0, 4990 }, last[2] = { 7, 5010 };

	fresh();
	set_begin("s", dst_dport, 2, WEFT_FILTER_SET_INTERVAL);
	GOOD();
	drop_if_in("s", dst_dport, 2, 0);
	elems_begin(WEFT_FILTER_CMD_NEW_ELEM, "s");
	elem(first, last, 2);
	filter_end(&m, elems);
	GOOD();
	CHECK(!passes());
	REFUSED(EEXIST, "such a key");
	elems_begin(WEFT_FILTER_CMD_DEL_ELEM, "s");
	elem(first, last, 2);
	filter_end(&m, elems);
	GOOD();
	CHECK(passes());
	first[0] = 2;
	elems_begin(WEFT_FILTER_CMD_NEW_ELEM, "s");
	elem(first, last, 2);
	filter_end(&m, elems);
	GOOD();
	CHECK(passes());
	/* The first and the last one of a range are in it, those beside it are not. */
	CHECK(drops_from_to("s", PORT, PORT + 9));
	CHECK(drops_from_to("s", PORT - 9, PORT));
	CHECK(!drops_from_to("s", PORT + 1, PORT + 9));
	CHECK(!drops_from_to("s", PORT - 9, PORT - 1));
	first[0] = 1;
	last[0] = ~0ULL - 1;
	first[1] = 1;
	last[1] = 65534;
	elems_begin(WEFT_FILTER_CMD_NEW_ELEM, "s");
	elem(first, last, 2);
	filter_end(&m, elems);
	REFUSED(E2BIG, "prefixes");
}

static void times_end(void)
{
	uint64_t key = PORT;
	struct nlattr *at;

	fresh();
	set_begin("s", dport, 1, WEFT_FILTER_SET_TIMEOUT);
	filter_u64(&m, WEFT_FILTER_A_TIMEOUT, 3600000);
	GOOD();
	drop_if_in("s", dport, 1, 0);
	elems_begin(WEFT_FILTER_CMD_NEW_ELEM, "s");
	at = filter_nest(&m, WEFT_FILTER_A_ELEM);
	filter_put(&m, WEFT_FILTER_EL_KEY, &key, sizeof(key));
	filter_u64(&m, WEFT_FILTER_EL_TIMEOUT, 700);
	filter_end(&m, at);
	filter_end(&m, elems);
	GOOD();
	CHECK(!passes());
	usleep(800000);
	CHECK(passes());
	GOOD();
	usleep(2500000);
	CHECK(!dump(WEFT_FILTER_CMD_GET_ELEM, "t"));
}

/* A transaction that is only tried leaves elements as they were, for all that follow. */
static void a_check_takes_all_back(void)
{
	fresh();
	set_begin("s", dport, 1, 0);
	GOOD();
	drop_if_in("s", dport, 1, 0);
	range(WEFT_FILTER_CMD_NEW_ELEM, "s", PORT, PORT);
	REFUSED(EINVAL, "no ranges");
	element(WEFT_FILTER_CMD_NEW_ELEM, "s", PORT);
	GOOD();
	simple(WEFT_FILTER_CMD_BEGIN);
	element(WEFT_FILTER_CMD_DEL_ELEM, "s", PORT);
	GOOD();
	element(WEFT_FILTER_CMD_NEW_ELEM, "s", 7);
	GOOD();
	simple(WEFT_FILTER_CMD_CHECK);
	element(WEFT_FILTER_CMD_NEW_ELEM, "s", 7);
	GOOD();
	CHECK(!passes());
	element(WEFT_FILTER_CMD_DEL_ELEM, "s", PORT);
	GOOD();
	CHECK(passes());
}

/* An element whose time is over makes room when it is collected. */
static void times_make_room(void)
{
	fresh();
	set_begin("s", dport, 1, WEFT_FILTER_SET_TIMEOUT);
	filter_u64(&m, WEFT_FILTER_A_TIMEOUT, 100);
	filter_u32(&m, WEFT_FILTER_A_SIZE, 1);
	GOOD();
	element(WEFT_FILTER_CMD_NEW_ELEM, "s", 7);
	GOOD();
	element(WEFT_FILTER_CMD_NEW_ELEM, "s", 8);
	REFUSED(ENFILE, "full");
	usleep(3000000);
	element(WEFT_FILTER_CMD_NEW_ELEM, "s", 8);
	GOOD();
}

/* A rule that changes a set for what comes in, by the destination port. */
static void rule_updates(const char *set, int op, int per_hour)
{
	struct nlattr *at, *limits, *limit;

	rule("in", NLM_F_APPEND);
	at = filter_nest(&m, WEFT_FILTER_E_UPDATE);
	set_expr(set, dport, 1);
	filter_u32(&m, WEFT_FILTER_EA_OP, op);
	if (per_hour) {
		limits = filter_nest(&m, WEFT_FILTER_EA_EXPRS);
		limit = filter_nest(&m, WEFT_FILTER_E_LIMIT);
		filter_u64(&m, WEFT_FILTER_EA_RATE, per_hour);
		filter_u32(&m, WEFT_FILTER_EA_PERIOD, 3600);
		filter_u32(&m, WEFT_FILTER_EA_BURST, per_hour);
		filter_end(&m, limit);
		filter_end(&m, limits);
	}
	filter_end(&m, at);
	verdict(WEFT_FILTER_ACCEPT, NULL);
	rule_end();
	GOOD();
	drop_the_rest();
}

/* Is an element of a set there, for a command that would delete it? */
static bool has(const char *set, uint64_t key)
{
	element(WEFT_FILTER_CMD_DEL_ELEM, set, key);
	return !ask()->err;
}

/* A second packet 2 s after the first: is its element, which stays for 3 s, there after 4 s? */
static bool stays(int op)
{
	fresh();
	set_begin("d", dport, 1, WEFT_FILTER_SET_DYNAMIC | WEFT_FILTER_SET_TIMEOUT);
	filter_u64(&m, WEFT_FILTER_A_TIMEOUT, 3000);
	GOOD();
	rule_updates("d", op, 0);
	CHECK(passes());
	usleep(2000000);
	CHECK(passes());
	usleep(2000000);
	return has("d", PORT);
}

static void rules_prolong_elements(void)
{
	CHECK(stays(WEFT_FILTER_UPDATE_UPDATE));
	CHECK(!stays(WEFT_FILTER_UPDATE_ADD));
}

static void elements_have_limits(void)
{
	int i, n = 0;

	fresh();
	set_begin("d", dport, 1, WEFT_FILTER_SET_DYNAMIC);
	GOOD();
	rule_updates("d", WEFT_FILTER_UPDATE_ADD, 3);
	for (i = 0; i < 6; i++)
		n += passes();
	CHECK(n == 3);
	CHECK(has("d", PORT));
}

static void rules_delete_elements(void)
{
	fresh();
	set_begin("d", dport, 1, WEFT_FILTER_SET_DYNAMIC);
	GOOD();
	rule_updates("d", WEFT_FILTER_UPDATE_DELETE, 0);
	element(WEFT_FILTER_CMD_NEW_ELEM, "d", PORT);
	GOOD();
	CHECK(passes());
	CHECK(!has("d", PORT));
	/* There is nothing to delete: the rule does not match. */
	CHECK(!passes());
}

static void rules_add_elements(void)
{
	static const uint16_t sport[] = { WEFT_FILTER_F_SPORT };
	struct nlattr *at;

	fresh();
	set_begin("s", dport, 1, 0);
	GOOD();
	set_begin("d", dport, 1, WEFT_FILTER_SET_DYNAMIC);
	filter_u32(&m, WEFT_FILTER_A_SIZE, 1);
	GOOD();
	rule("in", NLM_F_APPEND);
	at = filter_nest(&m, WEFT_FILTER_E_UPDATE);
	set_expr("s", dport, 1);
	filter_u32(&m, WEFT_FILTER_EA_OP, WEFT_FILTER_UPDATE_ADD);
	filter_end(&m, at);
	rule_end();
	REFUSED(EOPNOTSUPP, "not dynamic");
	drop_if_in("d", dport, 1, 0);
	rule("in", NLM_F_APPEND);
	at = filter_nest(&m, WEFT_FILTER_E_UPDATE);
	set_expr("d", dport, 1);
	filter_u32(&m, WEFT_FILTER_EA_OP, WEFT_FILTER_UPDATE_ADD);
	filter_end(&m, at);
	rule_end();
	GOOD();
	CHECK(passes());
	CHECK(!passes());
	CHECK(dump(WEFT_FILTER_CMD_GET_ELEM, "t") == 1);
	/* The set is full: the rule does not match. */
	begin(WEFT_FILTER_CMD_FLUSH, 0, "t", "in");
	GOOD();
	rule("in", NLM_F_APPEND);
	at = filter_nest(&m, WEFT_FILTER_E_UPDATE);
	set_expr("d", sport, 1);
	filter_u32(&m, WEFT_FILTER_EA_OP, WEFT_FILTER_UPDATE_ADD);
	filter_end(&m, at);
	verdict(WEFT_FILTER_DROP, NULL);
	rule_end();
	GOOD();
	CHECK(passes());
}

static void maps(void)
{
	static const uint16_t none[] = { WEFT_FILTER_F_DPORT };
	uint64_t key = PORT;
	struct nlattr *at;

	fresh();
	begin(WEFT_FILTER_CMD_NEW_CHAIN, 0, "t", "c");
	GOOD();
	rule("c", 0);
	verdict(WEFT_FILTER_DROP, NULL);
	rule_end();
	GOOD();
	set_begin("v", dport, 1, 0);
	filter_u32(&m, WEFT_FILTER_A_DATA, WEFT_FILTER_DATA_VERDICT);
	GOOD();
	set_begin("k", dport, 1, 0);
	filter_u32(&m, WEFT_FILTER_A_DATA, WEFT_FILTER_DATA_MARK);
	GOOD();
	elems_begin(WEFT_FILTER_CMD_NEW_ELEM, "v");
	elem(&key, NULL, 1);
	filter_end(&m, elems);
	REFUSED(EINVAL, "for each key");
	elems_begin(WEFT_FILTER_CMD_NEW_ELEM, "v");
	at = filter_nest(&m, WEFT_FILTER_A_ELEM);
	filter_put(&m, WEFT_FILTER_EL_KEY, &key, sizeof(key));
	filter_u32(&m, WEFT_FILTER_EL_VERDICT, WEFT_FILTER_JUMP);
	filter_str(&m, WEFT_FILTER_EL_VERDICT_CHAIN, "c");
	filter_end(&m, at);
	filter_end(&m, elems);
	GOOD();
	elems_begin(WEFT_FILTER_CMD_NEW_ELEM, "k");
	at = filter_nest(&m, WEFT_FILTER_A_ELEM);
	filter_put(&m, WEFT_FILTER_EL_KEY, &key, sizeof(key));
	filter_u32(&m, WEFT_FILTER_EL_MARK, 77);
	filter_end(&m, at);
	filter_end(&m, elems);
	GOOD();
	begin(WEFT_FILTER_CMD_FLUSH, 0, "t", "c");
	GOOD();
	begin(WEFT_FILTER_CMD_DEL_CHAIN, 0, "t", "c");
	REFUSED(EBUSY, "leads to");
	rule("c", 0);
	match(WEFT_FILTER_F_MARK, 77, 77, 0);
	verdict(WEFT_FILTER_DROP, NULL);
	rule_end();
	GOOD();
	rule("in", NLM_F_APPEND);
	lookup("v", none, 1, 0);
	rule_end();
	GOOD();
	CHECK(passes());
	rule("in", 0);
	at = filter_nest(&m, WEFT_FILTER_E_LOOKUP);
	set_expr("k", dport, 1);
	filter_u32(&m, WEFT_FILTER_EA_TARGET, WEFT_FILTER_TARGET_MARK);
	filter_end(&m, at);
	rule_end();
	GOOD();
	CHECK(!passes());
	/* The map leads from the chain to itself. */
	rule("c", 0);
	lookup("v", dport, 1, 0);
	rule_end();
	REFUSED(ELOOP, "circle");
	begin(WEFT_FILTER_CMD_DEL_ELEM, 0, "t", NULL);
	filter_str(&m, WEFT_FILTER_A_SET, "v");
	GOOD();
	begin(WEFT_FILTER_CMD_FLUSH, 0, "t", "c");
	GOOD();
	begin(WEFT_FILTER_CMD_DEL_CHAIN, 0, "t", "c");
	GOOD();
}

static void anonymous_sets_go_with_their_rule(void)
{
	uint64_t key = PORT;

	fresh();
	simple(WEFT_FILTER_CMD_BEGIN);
	set_begin("__set1", dport, 1, WEFT_FILTER_SET_ANONYMOUS | WEFT_FILTER_SET_CONSTANT);
	GOOD();
	elems_begin(WEFT_FILTER_CMD_NEW_ELEM, "__set1");
	elem(&key, NULL, 1);
	filter_end(&m, elems);
	GOOD();
	drop_if_in("__set1", dport, 1, 0);
	simple(WEFT_FILTER_CMD_COMMIT);
	CHECK(!passes());
	key++;
	elems_begin(WEFT_FILTER_CMD_NEW_ELEM, "__set1");
	elem(&key, NULL, 1);
	filter_end(&m, elems);
	REFUSED(EBUSY, "constant");
	rule("in", 0);
	lookup("__set1", dport, 1, 0);
	rule_end();
	REFUSED(EBUSY, "another rule");
	CHECK(dump(WEFT_FILTER_CMD_GET_SET, "t") == 1);
	begin(WEFT_FILTER_CMD_FLUSH, 0, "t", "in");
	GOOD();
	CHECK(!dump(WEFT_FILTER_CMD_GET_SET, "t"));
	CHECK(passes());
}

static void many_elements(void)
{
	uint64_t key, n = 0;
	int i, count = 0;

	fresh();
	set_begin("s", dst_dport, 1, 0);
	GOOD();
	simple(WEFT_FILTER_CMD_BEGIN);
	for (i = 0; i < 20; i++) {
		elems_begin(WEFT_FILTER_CMD_NEW_ELEM, "s");
		for (count = 0; count < 1000; count++) {
			key = n++;
			elem(&key, NULL, 1);
		}
		filter_end(&m, elems);
		GOOD();
	}
	simple(WEFT_FILTER_CMD_COMMIT);
	begin(WEFT_FILTER_CMD_GET_ELEM, NLM_F_DUMP, "t", NULL);
	filter_str(&m, WEFT_FILTER_A_SET, "s");
	CHECK(ask()->count > 5);
	key = n;
	elems_begin(WEFT_FILTER_CMD_GET_ELEM, "s");
	elem(&key, NULL, 1);
	filter_end(&m, elems);
	CHECK(!ask()->err);
	begin(WEFT_FILTER_CMD_DEL_ELEM, 0, "t", NULL);
	filter_str(&m, WEFT_FILTER_A_SET, "s");
	GOOD();
	CHECK(!dump(WEFT_FILTER_CMD_GET_ELEM, "t"));
}

/* So many that the tree of them has inner nodes of each size. */
static void many_ranges(void)
{
	uint64_t first, last;
	int i, count;

	fresh();
	set_begin("s", dst_dport, 1, WEFT_FILTER_SET_INTERVAL);
	GOOD();
	drop_if_in("s", dst_dport, 1, 0);
	simple(WEFT_FILTER_CMD_BEGIN);
	for (i = 0, first = 100; i < 20; i++) {
		elems_begin(WEFT_FILTER_CMD_NEW_ELEM, "s");
		for (count = 0; count < 500; count++, first += 10) {
			last = first + 5;
			elem(&first, &last, 1);
		}
		filter_end(&m, elems);
		GOOD();
	}
	simple(WEFT_FILTER_CMD_COMMIT);
	CHECK(passes());
	range(WEFT_FILTER_CMD_NEW_ELEM, "s", 1, 1);
	GOOD();
	CHECK(!passes());
	begin(WEFT_FILTER_CMD_FLUSH, 0, NULL, NULL);
	GOOD();
	CHECK(!dump(WEFT_FILTER_CMD_GET_SET, NULL));
	CHECK(passes());
}

/* --- while somebody keeps an older ruleset ------------------------------------------- */

/* A transaction, which keeps what it began from; closed with its socket. */
static int keep(void)
{
	int fd = filter_open();

	begin(WEFT_FILTER_CMD_BEGIN, 0, NULL, NULL);
	CHECK(!filter_ask(fd, &m)->err);
	return fd;
}

static void what_was_deleted_stays_so(void)
{
	int other;

	fresh();
	set_begin("s", dport, 1, 0);
	GOOD();
	drop_if_in("s", dport, 1, 0);
	element(WEFT_FILTER_CMD_NEW_ELEM, "s", PORT);
	GOOD();
	CHECK(!passes());
	other = keep();
	element(WEFT_FILTER_CMD_DEL_ELEM, "s", PORT);
	GOOD();
	CHECK(passes());
	simple(WEFT_FILTER_CMD_BEGIN);
	begin(WEFT_FILTER_CMD_DEL_ELEM, 0, "t", NULL);
	filter_str(&m, WEFT_FILTER_A_SET, "s");
	GOOD();
	simple(WEFT_FILTER_CMD_CHECK);
	CHECK(passes());
	CHECK(!dump(WEFT_FILTER_CMD_GET_ELEM, "t"));
	close(other);
}

static void what_was_deleted_makes_room(void)
{
	int i, other;

	fresh();
	set_begin("s", dport, 1, 0);
	filter_u32(&m, WEFT_FILTER_A_SIZE, 1);
	GOOD();
	element(WEFT_FILTER_CMD_NEW_ELEM, "s", 7);
	GOOD();
	other = keep();
	/* More of one key than a hash has in one place. */
	for (i = 0; i < 200; i++) {
		element(WEFT_FILTER_CMD_NEW_ELEM, "s", 8);
		REFUSED(ENFILE, "full");
		element(WEFT_FILTER_CMD_DEL_ELEM, "s", 7);
		GOOD();
		element(WEFT_FILTER_CMD_NEW_ELEM, "s", 7);
		GOOD();
	}
	CHECK(dump(WEFT_FILTER_CMD_GET_ELEM, "t") == 1);
	close(other);
	/* In the same transaction too. */
	simple(WEFT_FILTER_CMD_BEGIN);
	element(WEFT_FILTER_CMD_DEL_ELEM, "s", 7);
	GOOD();
	element(WEFT_FILTER_CMD_NEW_ELEM, "s", 8);
	GOOD();
	element(WEFT_FILTER_CMD_NEW_ELEM, "s", 9);
	REFUSED(ENFILE, "full");
	simple(WEFT_FILTER_CMD_ABORT);
}

static void a_transaction_takes_back(void)
{
	struct nlattr *at;

	fresh();
	set_begin("d", dport, 1, WEFT_FILTER_SET_DYNAMIC);
	GOOD();
	rule("in", NLM_F_APPEND);
	at = filter_nest(&m, WEFT_FILTER_E_UPDATE);
	set_expr("d", dport, 1);
	filter_u32(&m, WEFT_FILTER_EA_OP, WEFT_FILTER_UPDATE_DELETE);
	filter_end(&m, at);
	rule_end();
	GOOD();
	element(WEFT_FILTER_CMD_NEW_ELEM, "d", PORT);
	GOOD();
	simple(WEFT_FILTER_CMD_BEGIN);
	element(WEFT_FILTER_CMD_DEL_ELEM, "d", PORT);
	GOOD();
	/* It deletes it as well. */
	CHECK(passes());
	element(WEFT_FILTER_CMD_NEW_ELEM, "d", 7);
	GOOD();
	element(WEFT_FILTER_CMD_NEW_ELEM, "d", 8);
	GOOD();
	element(WEFT_FILTER_CMD_DEL_ELEM, "d", 7);
	GOOD();
	simple(WEFT_FILTER_CMD_COMMIT);
	CHECK(dump(WEFT_FILTER_CMD_GET_ELEM, "t") == 1);
	element(WEFT_FILTER_CMD_DEL_ELEM, "d", 8);
	GOOD();
}

/* --- under traffic ------------------------------------------------------------------- */

static atomic_int stop;

static void *flood(void *arg)
{
	struct sock_name to = sock_loopback(weft, PORT);
	int fd = socket(weft, SOCK_DGRAM, 0);

	while (!*(atomic_int *)arg)
		if (sendto(fd, "y", 1, 0, &to.sa, to.len) < 0)
			usleep(10);
	close(fd);
	return NULL;
}

/*
 * Each ruleset drops the packets in one of two ways, by a set or by a rule. If a packet
 * saw half of a commit it would come through.
 */
static void no_packet_sees_half_a_commit(void)
{
	uint64_t key = PORT;
	pthread_t thread;
	int i;

	fresh();
	set_begin("s", dport, 1, WEFT_FILTER_SET_INTERVAL);
	GOOD();
	simple(WEFT_FILTER_CMD_BEGIN);
	drop_if_in("s", dport, 1, 0);
	range(WEFT_FILTER_CMD_NEW_ELEM, "s", key, key);
	GOOD();
	simple(WEFT_FILTER_CMD_COMMIT);
	empty();
	stop = 0;
	pthread_create(&thread, NULL, flood, (void *)&stop);
	for (i = 0; i < 100; i++) {
		simple(WEFT_FILTER_CMD_BEGIN);
		range(WEFT_FILTER_CMD_DEL_ELEM, "s", key - i % 7, key + i % 7);
		GOOD();
		if (i % 3 != 2) {
			range(WEFT_FILTER_CMD_NEW_ELEM, "s", key - (i + 1) % 7,
			      key + (i + 1) % 7);
			GOOD();
			simple(WEFT_FILTER_CMD_COMMIT);
			continue;
		}
		rule("in", 0);
		match(WEFT_FILTER_F_DPORT, PORT, PORT, 0);
		verdict(WEFT_FILTER_DROP, NULL);
		rule_end();
		GOOD();
		simple(WEFT_FILTER_CMD_COMMIT);
		simple(WEFT_FILTER_CMD_BEGIN);
		begin(WEFT_FILTER_CMD_FLUSH, 0, "t", "in");
		GOOD();
		drop_if_in("s", dport, 1, 0);
		range(WEFT_FILTER_CMD_NEW_ELEM, "s", key - (i + 1) % 7, key + (i + 1) % 7);
		GOOD();
		simple(WEFT_FILTER_CMD_COMMIT);
	}
	stop = 1;
	pthread_join(thread, NULL);
	CHECK(recv(rx, &key, 1, MSG_DONTWAIT) < 0);
	simple(WEFT_FILTER_CMD_FLUSH);
	CHECK(passes());
}

/* All packets are dropped: the set is empty, or has what rules say that it must not have. */
static void drop_either_way(bool in_set)
{
	begin(WEFT_FILTER_CMD_FLUSH, 0, "t", "in");
	GOOD();
	rule("in", NLM_F_APPEND);
	lookup("s", dport, 1, in_set ? WEFT_FILTER_X_INVERT : 0);
	verdict(WEFT_FILTER_ACCEPT, NULL);
	rule_end();
	GOOD();
	drop_the_rest();
}

/*
 * A commit that hooks a chain up waits for who is on his way, with its elements in their
 * places: packets must not see them before, and see those that go until then.
 */
static void elements_wait_for_their_ruleset(void)
{
	static const char *const chains[] = { "x", "y" };
	pthread_t thread;
	char c;
	int i;

	fresh();
	set_begin("s", dport, 1, 0);
	GOOD();
	simple(WEFT_FILTER_CMD_BEGIN);
	drop_either_way(false);
	base_chain("t", "y", WEFT_FILTER_HOOK_FORWARD, 0);
	GOOD();
	simple(WEFT_FILTER_CMD_COMMIT);
	empty();
	stop = 0;
	pthread_create(&thread, NULL, flood, (void *)&stop);
	for (i = 0; i < 40; i++) {
		simple(WEFT_FILTER_CMD_BEGIN);
		element(i % 2 ? WEFT_FILTER_CMD_DEL_ELEM : WEFT_FILTER_CMD_NEW_ELEM, "s", PORT);
		GOOD();
		drop_either_way(!(i % 2));
		base_chain("t", chains[i % 2], WEFT_FILTER_HOOK_FORWARD, 0);
		GOOD();
		begin(WEFT_FILTER_CMD_DEL_CHAIN, 0, "t", chains[!(i % 2)]);
		GOOD();
		simple(WEFT_FILTER_CMD_COMMIT);
	}
	stop = 1;
	pthread_join(thread, NULL);
	CHECK(recv(rx, &c, 1, MSG_DONTWAIT) < 0);
	simple(WEFT_FILTER_CMD_FLUSH);
	CHECK(passes());
}

int main(void)
{
	filter_begin();
	TAP_RUN(exact_sets);
	TAP_RUN(ranges_do_not_overlap);
	TAP_RUN(ranges_of_several_fields);
	TAP_RUN(a_check_takes_all_back);
	TAP_RUN(times_end);
	TAP_RUN(times_make_room);
	TAP_RUN(rules_add_elements);
	TAP_RUN(rules_prolong_elements);
	TAP_RUN(elements_have_limits);
	TAP_RUN(rules_delete_elements);
	TAP_RUN(maps);
	TAP_RUN(anonymous_sets_go_with_their_rule);
	TAP_RUN(many_elements);
	TAP_RUN(many_ranges);
	TAP_RUN(what_was_deleted_stays_so);
	TAP_RUN(what_was_deleted_makes_room);
	TAP_RUN(a_transaction_takes_back);
	TAP_RUN(no_packet_sees_half_a_commit);
	TAP_RUN(elements_wait_for_their_ruleset);
	return tap_done();
}
