// SPDX-License-Identifier: GPL-2.0
/*
 * Rulesets by chance, as commands of weft filter and as messages of netlink, most of them
 * right: what is refused changes nothing, what is taken is listed, loaded again and listed
 * the same, and flush leaves nothing.
 *
 *	filter_fuzz [--inputs N] [--seed X]
 *
 * Of N inputs one in five is text. Packets go through the rules all the while. The inputs
 * follow from the seed, 1 unless told: what was good yesterday is good today.
 *
 * lab: --nodes 1 --nic none
 * timeout: 300
 */
#include <getopt.h>
#include <sys/mman.h>
#include "filter_rule.h"
#include "filter_text.h"

#define INPUTS		2500
#define INPUTS_DEBUG	500
#define FAILURES_MAX	5
/* A ruleset of more rules begins again. */
#define LISTED_MAX	12000
/* Of inputs that change something so many are listed and loaded again, in percent. */
#define TRIPS_TEXT	50
#define TRIPS_MESSAGES	5

/**
 * struct bytes - what was read
 * @data: bytes, with a NUL behind them
 * @len: how many
 */
struct bytes {
	char data[1 << 20];
	size_t len;
};

static struct bytes before, after, listed, again, told;
static unsigned long seed = 1;
static unsigned int inputs, number, taken, trips, failures;

/* --- weft filter --------------------------------------------------------------------------- */

static int file_of(const char *data, size_t len)
{
	int fd = memfd_create("filter", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET))
		perror("# memfd");
	return fd;
}

static void file_read(int fd, struct bytes *b)
{
	ssize_t n = pread(fd, b->data, sizeof(b->data) - 1, 0);

	b->len = n > 0 ? n : 0;
	b->data[b->len] = 0;
	close(fd);
}

/* Runs weft filter with these words; its status, or -1 if it did not end by itself. */
static int weft_filter(const char *const *words, const char *in, size_t len, struct bytes *out)
{
	int from = file_of(in, len), to = file_of("", 0), status;
	pid_t pid = vfork();

	if (!pid) {
		dup2(from, 0);
		dup2(to, 1);
		dup2(to, 2);
		execvp("weft", (char *const *)words);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	close(from);
	file_read(to, out);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int load(const char *in, size_t len)
{
	static const char *const words[] = { "weft", "filter", "-f", "-", NULL };

	return weft_filter(words, in, len, &told);
}

static int check(const char *in, size_t len)
{
	static const char *const words[] = { "weft", "filter", "-c", "-f", "-", NULL };

	return weft_filter(words, in, len, &told);
}

static int list(struct bytes *out)
{
	static const char *const words[] = { "weft", "filter", "-s", "list", "ruleset", NULL };

	return weft_filter(words, "", 0, out);
}

/* --- what there is -------------------------------------------------------------------------- */

/* How long an element stays is another time each time. */
static void still(char *attrs, size_t len)
{
	struct nlattr *nla = (void *)attrs;

	for (; len >= NLA_HDRLEN && nla->nla_len >= NLA_HDRLEN && nla->nla_len <= len;
	     nla = (void *)attrs) {
		size_t step = NLA_ALIGN(nla->nla_len);
		int type = nla->nla_type & NLA_TYPE_MASK;
		char *data = (char *)nla + NLA_HDRLEN;

		if (nla->nla_type & NLA_F_NESTED && (type == WEFT_FILTER_A_ELEMS ||
						     type == WEFT_FILTER_A_ELEM))
			still(data, nla->nla_len - NLA_HDRLEN);
		else if (type == WEFT_FILTER_EL_EXPIRES && nla->nla_len == NLA_HDRLEN + 8)
			memset(data, 0, 8);
		if (step >= len)
			break;
		attrs += step;
		len -= step;
	}
}

/* Adds the messages of a dump. */
static void collect(struct bytes *to, const struct filter_msg *ask)
{
	static char buf[65536];
	struct nlmsghdr *nlh;
	ssize_t n;

	if (send(nl, ask, ask->nlh.nlmsg_len, 0) < 0)
		return;
	while ((n = recv(nl, buf, sizeof(buf), 0)) > 0)
		for (nlh = (void *)buf; NLMSG_OK(nlh, n); nlh = NLMSG_NEXT(nlh, n)) {
			if (nlh->nlmsg_type == NLMSG_DONE)
				return;
			if (nlh->nlmsg_type == NLMSG_ERROR) {
				if (*(int *)NLMSG_DATA(nlh))
					return;
				continue;
			}
			if (ask->genl.cmd == WEFT_FILTER_CMD_GET_ELEM)
				still((char *)NLMSG_DATA(nlh) + GENL_HDRLEN,
				      nlh->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN));
			if (to->len + NLMSG_ALIGN(nlh->nlmsg_len) > sizeof(to->data))
				return;
			memcpy(to->data + to->len, nlh, nlh->nlmsg_len);
			to->len += NLMSG_ALIGN(nlh->nlmsg_len);
		}
}

static void collect_elements(struct bytes *to, size_t at, size_t end)
{
	while (at < end) {
		const struct filter_msg *set = (const void *)(to->data + at);
		static struct filter_msg ask;

		at += NLMSG_ALIGN(set->nlh.nlmsg_len);
		filter_init(&ask, WEFT_FILTER_CMD_GET_ELEM, NLM_F_DUMP);
		filter_str(&ask, WEFT_FILTER_A_TABLE, filter_attr(set, WEFT_FILTER_A_TABLE));
		filter_str(&ask, WEFT_FILTER_A_SET, filter_attr(set, WEFT_FILTER_A_SET));
		collect(to, &ask);
	}
}

/* All that the kernel tells of the ruleset, and its generation. */
static void look(struct bytes *to)
{
	static const int dumps[] = { WEFT_FILTER_CMD_GET_TABLE, WEFT_FILTER_CMD_GET_CHAIN,
				     WEFT_FILTER_CMD_GET_RULE, WEFT_FILTER_CMD_GET_SET };
	size_t i, at = 0;
	static struct filter_msg ask;
	uint32_t gen;

	to->len = 0;
	for (i = 0; i < 4; i++) {
		at = to->len;
		filter_init(&ask, dumps[i], NLM_F_DUMP);
		collect(to, &ask);
	}
	collect_elements(to, at, to->len);
	filter_init(&ask, WEFT_FILTER_CMD_GET_GEN, 0);
	gen = filter_attr_u32(&filter_ask(nl, &ask)->last, WEFT_FILTER_A_GEN);
	memcpy(to->data + to->len, &gen, sizeof(gen));
	to->len += sizeof(gen);
}

static bool same(const struct bytes *a, const struct bytes *b)
{
	return a->len == b->len && !memcmp(a->data, b->data, a->len);
}

/* --- what must hold --------------------------------------------------------------------------- */

static void tell(const char *title, const char *data, size_t len)
{
	size_t i;

	printf("#   %s:\n#     ", title);
	for (i = 0; i < len && i < 3000; i++)
		if (data[i] == '\n')
			printf("\n#     ");
		else if (data[i] < ' ' || data[i] > '~')
			printf("\\x%02x", data[i] & 0xff);
		else
			putchar(data[i]);
	putchar('\n');
}

static void wrong(const char *what)
{
	failures++;
	printf("# input %u of seed %#lx: %s\n", number, seed, what);
	CHECK(!"holds");
}

static void begin_again(void)
{
	static const char *const words[] = { "weft", "filter", "flush", "ruleset", NULL };

	if (weft_filter(words, "", 0, &told))
		wrong("flush fails");
	look(&after);
	if (after.len != sizeof(uint32_t))
		wrong("flush leaves something");
	if (list(&listed) || listed.len)
		wrong("flush leaves something that is listed");
	if (load(text_base, sizeof(text_base) - 1))
		wrong("the ruleset to begin with is refused");
	look(&before);
}

/* What is listed is loaded in its place, and listed the same. */
static void trip(void)
{
	static char file[sizeof(listed.data) + 20];
	int len;

	trips++;
	if (list(&listed)) {
		wrong("it cannot be listed");
		tell("told", listed.data, listed.len);
		return;
	}
	len = snprintf(file, sizeof(file), "flush ruleset\n%s", listed.data);
	if (load(file, len)) {
		wrong("what is listed is refused");
		tell("told", told.data, told.len);
	} else if (list(&again) || !same(&listed, &again)) {
		wrong("what is listed is listed differently when it is loaded again");
		tell("first", listed.data, listed.len);
		tell("then", again.data, again.len);
	}
	if (failures)
		begin_again();
}

static void send_some(void)
{
	struct sock_name to = sock_loopback(weft, below(100));

	sendto(tx, "some bytes", 10, MSG_DONTWAIT, &to.sa, to.len);
	empty();
}

/* After an input that was taken, or not. True if all is as it must be. */
static bool judge(bool was_taken, int trip_percent)
{
	unsigned int old = failures;

	look(&after);
	if (!was_taken) {
		if (!same(&before, &after)) {
			wrong("it is refused and changes something");
			look(&before);
		}
		return failures == old;
	}
	taken++;
	if (chance(trip_percent))
		trip();
	if (chance(20))
		send_some();
	/* Without its first table little can be right. */
	if (chance(memmem(after.data, after.len, "t0", sizeof("t0")) ? 1 : 30) ||
	    listed.len > LISTED_MAX)
		begin_again();
	listed.len = 0;
	look(&before);
	return failures == old;
}

/* --- text ------------------------------------------------------------------------------------ */

static void text_input(void)
{
	bool checked = chance(10);
	int status;

	text_make();
	status = checked ? check(text, text_len) : load(text, text_len);
	if (status < 0 || status > 2) {
		printf("# status %d\n", status);
		wrong("weft filter does not end as it should");
	}
	if (!judge(!status && !checked, TRIPS_TEXT)) {
		tell("input", text, text_len);
		tell("told", told.data, told.len);
	}
}

/* --- messages -------------------------------------------------------------------------------- */

static const char *name_of(int type)
{
	if (chance(3))
		return WORD("", "a b", "\"", "\\", "nonesuch", "\xc3\xa4",
			    "a name that is much longer than names can be");
	if (type == WEFT_FILTER_A_TABLE)
		return WORD("t0", "t0", "t0", "t1", "t2");
	if (type == WEFT_FILTER_A_CHAIN)
		return WORD("in", "out", "c0", "c1", "c2", "d0", "d1");
	return WORD("s0", "s1", "s2", "s3", "m0", "m1", "n0", "n1");
}

/* Numbers that are a boundary of something, or small. */
static uint64_t number_of(void)
{
	static const uint64_t bounds[] = { 255, 256, 65535, 65536, INT32_MAX, UINT32_MAX,
					   1ULL << 32, INT64_MAX, UINT64_MAX };

	if (chance(10))
		return bounds[below(9)];
	return below(chance(70) ? 3 : 100);
}

static void put_number(int type, size_t size, uint64_t value)
{
	if (chance(1))
		size = 1 + below(16);
	if (size > sizeof(value))
		size = sizeof(value);
	filter_put(&m, type, &value, size);
}

/* The numbers of a comparison's field, in order. */
static void put_words(int type, int field, uint64_t value)
{
	uint64_t words[2] = { value, 0 };
	bool name = field == WEFT_FILTER_F_IIFNAME || field == WEFT_FILTER_F_OIFNAME;

	if (name && type != WEFT_FILTER_EA_MASK)
		memcpy(&words[0], "\0\0\0\0\0oht", 8);
	else if (name)
		words[0] = UINT64_MAX;
	filter_put(&m, type, words, name != chance(1) ? 16 : 8);
}

/* The keys of the sets to begin with; of others, one by chance. */
static void put_key(int type, const char *set)
{
	static const struct {
		const char *set;
		uint16_t field[2];
		int n;
	} keys[] = {
		{ "s0", { WEFT_FILTER_F_SRC }, 1 }, { "s1", { WEFT_FILTER_F_DPORT }, 1 },
		{ "s2", { WEFT_FILTER_F_DST, WEFT_FILTER_F_SPORT }, 2 },
		{ "s3", { WEFT_FILTER_F_SRC }, 1 }, { "m0", { WEFT_FILTER_F_DPORT }, 1 },
		{ "m1", { WEFT_FILTER_F_DST }, 1 },
	};
	uint16_t some[WEFT_FILTER_KEY_MAX + 1];
	unsigned int i, n = 1 + below(chance(95) ? 3 : WEFT_FILTER_KEY_MAX + 1);

	for (i = 0; set && i < 6 && !chance(2); i++)
		if (!strcmp(set, keys[i].set)) {
			filter_put(&m, type, keys[i].field, 2 * keys[i].n);
			return;
		}
	for (i = 0; i < n; i++)
		some[i] = below(WEFT_FILTER_F_MAX + (chance(95) ? 1 : 5));
	filter_put(&m, type, some, 2 * n);
}

static void put_match(void)
{
	int field = 1 + below(WEFT_FILTER_F_MAX + chance(2));
	uint64_t first = number_of();

	filter_u32(&m, WEFT_FILTER_EA_FIELD, field);
	put_words(WEFT_FILTER_EA_FIRST, field, first);
	if (chance(20))
		put_words(WEFT_FILTER_EA_LAST, field, first + below(3));
	if (chance(10))
		put_words(WEFT_FILTER_EA_MASK, field, number_of());
	if (chance(20))
		put_number(WEFT_FILTER_EA_FLAGS, 4, WEFT_FILTER_X_INVERT);
	if (chance(field == WEFT_FILTER_F_CGROUP ? 50 : 1))
		put_number(WEFT_FILTER_EA_ARG, 4, below(4));
}

static void put_limit(void)
{
	put_number(WEFT_FILTER_EA_RATE, 8, 1 + number_of());
	put_number(WEFT_FILTER_EA_PERIOD, 4, (const int[]){ 1, 60, 3600, 86400, 604800, 7 }
					     [below(5 + chance(20))]);
	if (chance(30))
		put_number(WEFT_FILTER_EA_BURST, 4, 1 + number_of());
	if (chance(30))
		put_number(WEFT_FILTER_EA_FLAGS, 4, below(4 + chance(5)));
	if (chance(20))
		put_key(WEFT_FILTER_EA_KEY, NULL);
}

static void put_log(void)
{
	if (chance(50))
		filter_str(&m, WEFT_FILTER_EA_PREFIX, WORD("x: ", "a \"b\"", "\\", ""));
	if (chance(50)) {
		put_number(WEFT_FILTER_EA_LEVEL, 4, 7);
		return;
	}
	put_number(WEFT_FILTER_EA_GROUP, 2, number_of());
	if (chance(30))
		put_number(WEFT_FILTER_EA_SNAPLEN, 4, number_of());
	if (chance(30))
		put_number(WEFT_FILTER_EA_THRESHOLD, 2, number_of());
}

static void put_set_use(bool update)
{
	const char *set = update && !chance(10) ? "s3" : name_of(WEFT_FILTER_A_SET);

	filter_str(&m, WEFT_FILTER_EA_SET, set);
	put_key(WEFT_FILTER_EA_KEY, set);
	if (update)
		put_number(WEFT_FILTER_EA_OP, 4, below(3));
	else if (!strcmp(set, "m1"))
		put_number(WEFT_FILTER_EA_TARGET, 4, below(2));
	else if (chance(20))
		put_number(WEFT_FILTER_EA_FLAGS, 4, WEFT_FILTER_X_INVERT);
}

static void put_verdict(int verdict_type, int chain_type)
{
	int verdict = below(6);

	put_number(verdict_type, 4, verdict);
	if ((verdict == WEFT_FILTER_JUMP || verdict == WEFT_FILTER_GOTO) != chance(2))
		filter_str(&m, chain_type, WORD("c0", "c1", "c2", "in"));
}

static void put_expr(int type)
{
	struct nlattr *at = filter_nest(&m, type);
	struct weft_filter_counters counters = { number_of(), number_of() };

	switch (type) {
	case WEFT_FILTER_E_MATCH:
		put_match();
		break;
	case WEFT_FILTER_E_LOOKUP:
	case WEFT_FILTER_E_UPDATE:
		put_set_use(type == WEFT_FILTER_E_UPDATE);
		break;
	case WEFT_FILTER_E_COUNTER:
		if (chance(50))
			filter_put(&m, WEFT_FILTER_EA_COUNTERS, &counters, sizeof(counters));
		break;
	case WEFT_FILTER_E_LIMIT:
		put_limit();
		break;
	case WEFT_FILTER_E_QUOTA:
		put_number(WEFT_FILTER_EA_BYTES, 8, number_of());
		if (chance(30))
			put_number(WEFT_FILTER_EA_USED, 8, number_of());
		break;
	case WEFT_FILTER_E_SET:
		put_number(WEFT_FILTER_EA_TARGET, 4, below(5));
		put_number(WEFT_FILTER_EA_VALUE, 8, number_of());
		if (chance(20))
			put_number(WEFT_FILTER_EA_MASK, 8, number_of());
		break;
	case WEFT_FILTER_E_LOG:
		put_log();
		break;
	case WEFT_FILTER_E_REJECT:
		put_number(WEFT_FILTER_EA_VALUE, 8, below(3));
		if (chance(50))
			put_number(WEFT_FILTER_EA_CODE, 4, below(8));
		break;
	case WEFT_FILTER_E_VERDICT:
		put_verdict(WEFT_FILTER_EA_VERDICT, WEFT_FILTER_EA_CHAIN);
		break;
	}
	if (chance(2))
		put_number(1 + below(WEFT_FILTER_EA_MAX + 2), 4, number_of());
	filter_end(&m, at);
}

static void put_exprs(void)
{
	struct nlattr *at = filter_nest(&m, WEFT_FILTER_A_EXPRS);
	int n = below(chance(98) ? 3 : WEFT_FILTER_EXPRS_MAX + 5);

	while (n--)
		put_expr(chance(40) ? WEFT_FILTER_E_MATCH : 1 + below(WEFT_FILTER_E_MAX - 1));
	if (chance(70))
		put_expr(WEFT_FILTER_E_VERDICT + chance(1));
	filter_end(&m, at);
}

static void put_elem(const char *set)
{
	bool two = !strcmp(set, "s2") != chance(2);
	struct nlattr *at = filter_nest(&m, WEFT_FILTER_A_ELEM);
	uint64_t key[2] = { number_of(), below(100) };

	filter_put(&m, WEFT_FILTER_EL_KEY, key, two ? 16 : 8);
	key[0] += below(3);
	key[1] += below(3);
	if (chance(20))
		filter_put(&m, WEFT_FILTER_EL_KEY_END, key, two ? 16 : 8);
	if (!strcmp(set, "m0") != chance(1))
		put_verdict(WEFT_FILTER_EL_VERDICT, WEFT_FILTER_EL_VERDICT_CHAIN);
	if (!strcmp(set, "m1") != chance(1))
		put_number(WEFT_FILTER_EL_MARK, 4, number_of());
	if (chance(10))
		put_number(WEFT_FILTER_EL_TIMEOUT, 8, 100000000 + number_of());
	if (chance(5))
		put_number(WEFT_FILTER_EL_EXPIRES, 8, 90000000);
	if (chance(5))
		filter_str(&m, WEFT_FILTER_EL_COMMENT, WORD("x", "\"", "a\\b", ""));
	filter_end(&m, at);
}

static void put_elems(void)
{
	const char *set = name_of(WEFT_FILTER_A_SET);
	struct nlattr *at;
	int n = below(5);

	filter_str(&m, WEFT_FILTER_A_SET, set);
	at = filter_nest(&m, WEFT_FILTER_A_ELEMS);
	while (n--)
		put_elem(set);
	filter_end(&m, at);
}

static void put_chain(void)
{
	filter_str(&m, WEFT_FILTER_A_CHAIN, name_of(WEFT_FILTER_A_CHAIN));
	if (chance(30)) {
		put_number(WEFT_FILTER_A_HOOK, 4, below(5 + chance(5)));
		put_number(WEFT_FILTER_A_PRIORITY, 4, number_of());
	}
	if (chance(20))
		put_number(WEFT_FILTER_A_POLICY, 4, 1 + below(3));
}

static void put_set(void)
{
	filter_str(&m, WEFT_FILTER_A_SET, name_of(WEFT_FILTER_A_SET));
	put_key(WEFT_FILTER_A_KEY, NULL);
	if (chance(50))
		put_number(WEFT_FILTER_A_FLAGS, 4, below(chance(90) ? 16 : 64));
	if (chance(20))
		put_number(WEFT_FILTER_A_DATA, 4, below(3));
	if (chance(20))
		put_number(WEFT_FILTER_A_TIMEOUT, 8, 100000000 + number_of());
	if (chance(20))
		put_number(WEFT_FILTER_A_SIZE, 4, number_of());
}

static void put_rule(int cmd)
{
	filter_str(&m, WEFT_FILTER_A_CHAIN, name_of(WEFT_FILTER_A_CHAIN));
	if (cmd == WEFT_FILTER_CMD_NEW_RULE)
		put_exprs();
	if (cmd == WEFT_FILTER_CMD_DEL_RULE || m.nlh.nlmsg_flags & NLM_F_REPLACE)
		put_number(WEFT_FILTER_A_HANDLE, 8, below(80));
	else if (chance(10))
		put_number(WEFT_FILTER_A_POSITION, 8, below(80));
}

/* A byte is another one, or an attribute is shorter or longer. */
static void break_message(void)
{
	size_t len = m.nlh.nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN), at;

	if (!len)
		return;
	at = below(len);
	if (chance(50)) {
		m.attrs[at] ^= 1 << below(8);
		return;
	}
	at = at / 4 * 4;
	m.attrs[at] += below(9) - 4;
}

/* One of a transaction, or @alone. A reset is part of none. */
static void make_message(bool alone)
{
	static const int cmds[] = {
		WEFT_FILTER_CMD_NEW_RULE, WEFT_FILTER_CMD_NEW_RULE, WEFT_FILTER_CMD_NEW_RULE,
		WEFT_FILTER_CMD_NEW_RULE, WEFT_FILTER_CMD_NEW_RULE, WEFT_FILTER_CMD_NEW_ELEM,
		WEFT_FILTER_CMD_NEW_ELEM, WEFT_FILTER_CMD_NEW_ELEM, WEFT_FILTER_CMD_DEL_ELEM,
		WEFT_FILTER_CMD_NEW_SET, WEFT_FILTER_CMD_DEL_SET, WEFT_FILTER_CMD_NEW_CHAIN,
		WEFT_FILTER_CMD_DEL_CHAIN, WEFT_FILTER_CMD_DEL_RULE, WEFT_FILTER_CMD_NEW_TABLE,
		WEFT_FILTER_CMD_DEL_TABLE, WEFT_FILTER_CMD_FLUSH, WEFT_FILTER_CMD_RESET,
	};
	int cmd = cmds[below(alone ? 18 : 17)];

	filter_init(&m, cmd, chance(10) ? NLM_F_EXCL : chance(10) ? NLM_F_REPLACE :
					  chance(50) ? NLM_F_APPEND : NLM_F_CREATE);
	filter_str(&m, WEFT_FILTER_A_TABLE, name_of(WEFT_FILTER_A_TABLE));
	if (cmd == WEFT_FILTER_CMD_NEW_RULE || cmd == WEFT_FILTER_CMD_DEL_RULE)
		put_rule(cmd);
	else if (cmd == WEFT_FILTER_CMD_NEW_ELEM || cmd == WEFT_FILTER_CMD_DEL_ELEM)
		put_elems();
	else if (cmd == WEFT_FILTER_CMD_NEW_SET)
		put_set();
	else if (cmd == WEFT_FILTER_CMD_NEW_CHAIN)
		put_chain();
	else if (cmd == WEFT_FILTER_CMD_DEL_SET)
		filter_str(&m, WEFT_FILTER_A_SET, name_of(WEFT_FILTER_A_SET));
	else if (cmd != WEFT_FILTER_CMD_NEW_TABLE && cmd != WEFT_FILTER_CMD_DEL_TABLE)
		filter_str(&m, WEFT_FILTER_A_CHAIN, name_of(WEFT_FILTER_A_CHAIN));
	if (chance(5))
		filter_str(&m, WEFT_FILTER_A_COMMENT, WORD("x", "a \"b\"", "\\"));
	if (chance(2))
		put_number(1 + below(WEFT_FILTER_A_MAX + 2), 4, number_of());
	if (chance(10))
		break_message();
}

/* Several messages as one transaction, which may be given up in the end. */
static bool make_several(void)
{
	int n = 1 + below(6), last = chance(80) ? WEFT_FILTER_CMD_COMMIT :
				     chance(50) ? WEFT_FILTER_CMD_CHECK : WEFT_FILTER_CMD_ABORT;
	const struct filter_answer *a;
	bool refused = false;

	begin(WEFT_FILTER_CMD_BEGIN, 0, NULL, NULL);
	GOOD();
	while (n--) {
		make_message(false);
		refused |= ask()->err;
	}
	begin(last, 0, NULL, NULL);
	a = ask();
	if (last != WEFT_FILTER_CMD_ABORT && refused && !a->err)
		wrong("a transaction with a refused change is made");
	return last == WEFT_FILTER_CMD_COMMIT && !a->err;
}

static void message_input(void)
{
	bool ok;

	if (chance(20)) {
		ok = make_several();
	} else {
		make_message(true);
		ok = !ask()->err;
	}
	if (!judge(ok, TRIPS_MESSAGES))
		tell("last message", (const char *)&m, m.nlh.nlmsg_len);
}

/* --- all ------------------------------------------------------------------------------------- */

static void random_rulesets(void)
{
	static const char *const words[] = { "weft", "filter", "flush", "ruleset", NULL };

	begin_again();
	for (number = 0; number < inputs && failures < FAILURES_MAX; number++)
		if (number % 5)
			message_input();
		else
			text_input();
	trip();
	CHECK(!weft_filter(words, "", 0, &told));
	look(&after);
	CHECK(after.len == sizeof(uint32_t));
	CHECK(taken > inputs / 10);
	CHECK(taken < inputs);
	CHECK(trips);
	printf("# %u inputs of seed %#lx: %u taken, %u loaded again\n", number, seed, taken,
	       trips);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "inputs", 1, NULL, 'n' }, { "seed", 1, NULL, 's' }, { NULL, 0, NULL, 0 }
	};
	int opt;

	inputs = access("/sys/kernel/debug/kmemleak", F_OK) ? INPUTS : INPUTS_DEBUG;
	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (opt == 'n')
			inputs = strtoul(optarg, NULL, 0);
		else if (opt == 's')
			seed = strtoul(optarg, NULL, 0);
		else
			return 2;
	filter_begin();
	printf("# --seed %#lx\n", seed);
	text_prng.state = seed;
	TAP_RUN(random_rulesets);
	return tap_done();
}
