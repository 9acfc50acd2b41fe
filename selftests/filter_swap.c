// SPDX-License-Identifier: GPL-2.0
/*
 * Rulesets that are replaced while packets pass: each packet meets the whole of one or the
 * whole of the other. And the module that goes meanwhile, with rules, sets and connections.
 *
 * lab: --nodes 1 --nic none --smp 2
 * kernels: stock debug
 * timeout: 200
 */
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include "filter_wire.h"

#define BATCH	40

static const struct spec any = {};

/* --- two rulesets --------------------------------------------------------------------- */

/*
 * Who passes all of the first one is of class 5, all of the second one of class 6. Parts of
 * both drop it, and one of them alone leaves another class.
 */
static const char *const whole[] = {
	"set ports {\ntype port\nelements = { 53, 9 }\n}\n"
	"chain forward { type filter hook forward priority 0; policy drop;\n"
	"jump first\nclass 3 accept\n}\n"
	"chain first { class 0 dport @ports class set 3 return; drop\n}\n"
	"chain late { type filter hook forward priority 10; policy drop;\n"
	"class 3 class set 5 accept\n}\n",

	"set ports {\ntype port\nelements = { 54, 10 }\n}\n"
	"chain early { type filter hook forward priority -10; policy drop;\n"
	"class 0 dport != @ports class set 4 accept\n}\n"
	"chain forward { type filter hook forward priority 0; policy drop;\n"
	"class 4 goto first\n}\n"
	"chain first { class set 6 accept\n}\n",
};

/* Both let nothing pass but the packet behind all others. */
static const char *const closed[] = {
	"chain forward { type filter hook forward priority 0; policy drop;\n"
	"dport 9 accept\n}\n",

	"chain late { type filter hook forward priority 10; policy accept;\n"
	"dport != 9 drop\n}\n",

	"chain early { type filter hook forward priority -10; policy accept;\n"
	"jump c\n}\nchain c { dport != 9 drop\n}\n",
};

#define BROKEN \
	"destroy table t\ntable t {\n" \
	"chain forward { type filter hook forward priority 0; policy drop; }\n" \
	"chain c { jump nonesuch\n}\n}\n"

/**
 * struct swapper - who replaces rulesets
 * @pid: its process
 * @done: where it writes a byte for each
 */
struct swapper {
	pid_t pid;
	int done;
};

static struct swapper swap(const char *const *rules, int n)
{
	struct swapper s;
	int done[2], i;

	CHECK(!load_table("%s", rules[0]));
	CHECK(!pipe(done));
	s.pid = fork();
	if (s.pid) {
		close(done[1]);
		s.done = done[0];
		return s;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	aside();
	for (i = 1;; i++)
		if (load_table("%s", rules[i % n]) || write(done[1], "", 1) != 1)
			_exit(1);
}

static int replacements(const struct swapper *s)
{
	int n = 0;

	CHECK(!ioctl(s->done, FIONREAD, &n));
	return n;
}

static int swaps(struct swapper *s)
{
	int n;

	kill(s->pid, SIGTERM);
	waitpid(s->pid, NULL, 0);
	n = replacements(s);
	close(s->done);
	return n;
}

/* Counts by class what came of a batch. */
static void take_batch(int *classes)
{
	struct wire_frame f;

	wire_fd = ends[RIGHT];
	while (wire_get(&f, 30000)) {
		if (is_fence(&f))
			return;
		if (!is_chatter(&f))
			classes[f.hdr.vc & WEFT_CLASS_MASK]++;
	}
	CHECK(!"the packet behind all others came");
}

static int batch(int *classes)
{
	struct wire_frame f = spec_frame(&any), fence = dgram(LEFT, 1, FENCE_PORT, 1);
	int i;

	for (i = 0; i < BATCH; i++)
		put(LEFT, &f);
	put(LEFT, &fence);
	take_batch(classes);
	return BATCH;
}

/* So long, and while a few replacements are made. */
static int traffic(const struct swapper *s, double seconds, int *classes)
{
	double end = track_now() + seconds;
	int sent = 0;

	while ((track_now() < end || replacements(s) < 6) && !tap_failed_checks)
		sent += batch(classes);
	return sent;
}

/* Others see each packet once before and once behind all that changes. */
#define AROUND \
	"flush ruleset\n" \
	"table around {\n" \
	"chain before { type filter hook forward priority -100;\ndport 53 counter\n}\n" \
	"chain behind { type filter hook forward priority 100;\ndport 53 counter\n}\n}\n"

static void all_of_one_or_all_of_the_other(void)
{
	int classes[16] = {}, sent, n;
	struct swapper s;
	char should[64];

	CHECK(!netns_run("printf '" AROUND "' | weft filter -f -"));
	s = swap(whole, 2);
	sent = traffic(&s, 12, classes);
	n = swaps(&s);
	printf("# %d packets during %d replacements: %d by the first, %d by the second\n", sent, n,
	       classes[5], classes[6]);
	CHECK(n > 5);
	CHECK(classes[5] + classes[6] == sent);
	CHECK(classes[5] && classes[6]);
	if (classes[0] || classes[3] || classes[4])
		printf("# %d by none, %d and %d by a half\n", classes[0], classes[3], classes[4]);
	snprintf(should, sizeof(should), "%d %d", sent, sent);
	said("weft filter delete table t");
	CHECK_STR(counts(), should);
}

static void there_is_no_gap(void)
{
	int classes[16] = {}, sent, n;
	struct swapper s;

	CHECK(!load("%s", closed[0]));
	s = swap(closed, 3);
	sent = traffic(&s, 12, classes);
	n = swaps(&s);
	printf("# %d packets during %d replacements\n", sent, n);
	CHECK(n > 5);
	CHECK(classes[0] == 0);
}

/* What is refused is not in force for a moment. */
static void refused_rulesets_are_never_in_force(void)
{
	int classes[16] = {}, sent = 0, i = 0;
	pid_t pid;

	CHECK(!load("%s", whole[0]));
	pid = fork();
	if (!pid) {
		aside();
		for (i = 0; i < 20; i++)
			if (netns_run("! weft filter '" BROKEN "' 2>/dev/null"))
				_exit(1);
		_exit(0);
	}
	while (!waitpid(pid, &i, WNOHANG) && !tap_failed_checks)
		sent += batch(classes);
	CHECK(!i);
	if (classes[5] != sent)
		printf("# of %d: %d by it, %d %d %d by none of its\n", sent, classes[5],
		       classes[0], classes[3], classes[6]);
	CHECK(classes[5] == sent);
}

/* --- the module ------------------------------------------------------------------------ */

#define LOADED \
	"set seen {\ntype addr . port\nflags dynamic,timeout\ntimeout 1m\nsize 100000\n}\n" \
	"map ways {\ntype port : verdict\nelements = { 53 : jump c, 80 : drop }\n}\n" \
	"chain forward { type filter hook forward priority 0; policy drop;\n" \
	"ct state established,related counter accept\n" \
	"ct state new dport vmap @ways\n}\n" \
	"chain c { add @seen { src . sport }\n" \
	"limit rate 100000/second burst 1000 packets per src counter accept\n}\n" \
	"chain early { type filter hook prerouting priority raw;\nsport 7 notrack\n}\n"

static bool several_connections(void)
{
	int i;

	for (i = 0; i < 300 && counted("count") < 500; i++)
		usleep(20000);
	return counted("count") >= 500;
}

/* With rules, a full set and connections; then it comes back, as new. */
static void the_module_goes_under_traffic(void)
{
	static const char insert[] =
		"insmod $WEFT_TREE/build/$(uname -r)/proto/filter/weft_filter.ko";
	pid_t pid = talk();
	int i, rounds = 0;

	for (i = 0; i < 5; i++) {
		CHECK(!load("%s", LOADED));
		CHECK(several_connections());
		CHECK(strstr(said("weft filter list set t seen"), "expires"));
		CHECK(!netns_run("rmmod weft_filter"));
		CHECK(!netns_run(insert));
		CHECK_STR(said("weft filter list ruleset"), "");
		CHECK(!counted("count"));
		rounds++;
	}
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	CHECK(rounds == 5);
}

/* --- set-up ---------------------------------------------------------------------------- */

static int run(void)
{
	/* Packets of two CPUs overtake each other. */
	stay_on(0);
	if (filter_wire_begin())
		return 1;
	TAP_RUN(all_of_one_or_all_of_the_other);
	TAP_RUN(there_is_no_gap);
	TAP_RUN(refused_rulesets_are_never_in_force);
	TAP_RUN(the_module_goes_under_traffic);
	return tap_done();
}

int main(void)
{
	return track_main(run);
}
