// SPDX-License-Identifier: GPL-2.0
/*
 * Ten thousand connections and rules about them, and floods of those that are never
 * answered: memory has a bound, and who was there goes on.
 *
 * lab: --nodes 1 --nic none
 * kernels: stock debug
 * timeout: 200
 */
#include <stdbool.h>
#include <sys/utsname.h>
#include "filter_wire.h"

#define MAX		1000
#define DGRAMS		600
#define STREAMS		50
#define BURST		100
#define FIRST_PORT	20000
/* Connections that gave way are freed a grace period later. */
#define SLACK		6000
/* frag_high_thresh, and what a queue costs beside, kB */
#define FRAG_MEMORY	(3 * 4096)

static int many = 10000;	/* connections at a time */
static int flood = 20000;	/* frames of each */

/* Kernel memory that is not given back on demand, kB. */
static long memory(void)
{
	return strtol(said("sed -n 's/^SUnreclaim: *//p' /proc/meminfo"), NULL, 10);
}

/* Room for connections that was taken from the system; the slab may have others' too. */
static long room(void)
{
	const char *n = said("cat /sys/kernel/slab/weft_track/total_objects");

	CHECK(*n);
	return strtol(n, NULL, 10);
}

/* --- many ------------------------------------------------------------------------------ */

/* New ones have a rule, all others another one. */
#define STATEFUL \
	FENCE FORWARD "ct state established counter accept\n" \
	"ct state invalid counter drop\nct state new counter accept\n}"

/* From each of so many ports; how many came to the other side? */
static int from_all(int from, int n)
{
	struct wire_frame f, fence = dgram(from, 1, FENCE_PORT, 1);
	int i, came = 0;

	for (i = 0; i < n; i++) {
		f = from == LEFT ? dgram(LEFT, FIRST_PORT + i, 53, 10) :
				   dgram(RIGHT, 53, FIRST_PORT + i, 10);
		put(from, &f);
		if (i % BURST != BURST - 1 && i < n - 1)
			continue;
		put(from, &fence);
		came += arrived(!from, NULL);
	}
	return came;
}

static void many_with_rules(void)
{
	char should[64];
	long kb, objects;
	double start;

	CHECK(!load(STATEFUL));
	forget();
	kb = memory();
	objects = room();
	start = track_now();
	CHECK(from_all(LEFT, many) == many);
	CHECK(counted("count") == many);
	snprintf(should, sizeof(should), "0 0 %d", many);
	CHECK_STR(counts(), should);
	printf("# %d begun in %.1f s, %+ld kB, %+ld objects\n", many, track_now() - start,
	       memory() - kb, room() - objects);
	start = track_now();
	CHECK(from_all(RIGHT, many) == many);
	CHECK(from_all(LEFT, many) == many);
	printf("# %d packets of them in %.1f s\n", 2 * many, track_now() - start);
	snprintf(should, sizeof(should), "%d 0 %d", 2 * many, many);
	CHECK_STR(counts(), should);
	CHECK(counted("count") == many);
	/* More rules do not forget them. */
	CHECK(!load(STATEFUL "\nchain more { ct mark 5 counter\n}"));
	CHECK(counted("count") == many);
	CHECK(from_all(RIGHT, many) == many);
	snprintf(should, sizeof(should), "%d 0 0 0", many);
	CHECK_STR(counts(), should);
	CHECK(!forget());
	CHECK(counted("count") == 0);
}

/* --- floods ---------------------------------------------------------------------------- */

static unsigned short first_stream;

/*
 * DGRAMS connections that were answered, and STREAMS that are open. What is told of
 * fragments that never get whole is told while the floods go on.
 */
static void establish(void)
{
	int i;

	CHECK(!netns_run("sysctl -qw net.weft.frag_time=2"));
	CHECK(!load(STATEFUL));
	forget();
	CHECK(!set("max", MAX));
	CHECK(from_all(LEFT, DGRAMS) == DGRAMS);
	CHECK(from_all(RIGHT, DGRAMS) == DGRAMS);
	first_stream = port + 1;
	for (i = 0; i < STREAMS; i++)
		opened();
	CHECK(counted("count") == DGRAMS + STREAMS);
}

/* All of them carry packets both ways. */
static bool all_alive(void)
{
	int i, alive = 0;

	alive = from_all(LEFT, DGRAMS) + from_all(RIGHT, DGRAMS);
	for (i = 0, port = first_stream; i < STREAMS; i++, port++) {
		alive += says(LEFT, A, 0, 0, 10);
		alive += says(RIGHT, A, 0, 10, 0);
	}
	port--;
	if (alive != 2 * (DGRAMS + STREAMS))
		printf("# %d of %d packets\n", alive, 2 * (DGRAMS + STREAMS));
	return alive == 2 * (DGRAMS + STREAMS);
}

static struct wire_frame flood_syn(unsigned int i)
{
	const struct spec s = { .flags = S, .src = 2 + i % 250, .sport = 1 + i };

	return spec_frame(&s);
}

static struct wire_frame flood_new(unsigned int i)
{
	const struct spec s = { .src = 2 + i % 250, .sport = 1 + i };

	return spec_frame(&s);
}

/* Beginnings of packets that never end. */
static struct wire_frame flood_fragment(unsigned int i)
{
	const struct spec s = { .src = 2 + i % 250, .frag = WEFT_FRAG_MORE };
	struct wire_frame f = spec_frame(&s);

	f.body[4] = i >> 24;
	f.body[5] = i >> 16;
	f.body[6] = i >> 8;
	f.body[7] = i;
	return f;
}

/**
 * struct peaks - the most there was during a flood
 * @count: connections
 * @objects: room for them
 * @kb: memory
 */
struct peaks {
	long count, objects, kb;
};

static void peak(struct peaks *p)
{
	long n = counted("count");

	p->count = n > p->count ? n : p->count;
	n = room();
	p->objects = n > p->objects ? n : p->objects;
	n = memory();
	p->kb = n > p->kb ? n : p->kb;
}

/* Sends it all while those that were there live on. Returns what came through. */
static int pour(const char *name, struct wire_frame (*frame)(unsigned int i), struct peaks *most)
{
	struct wire_frame f, fence = dgram(LEFT, 1, FENCE_PORT, 1);
	struct peaks before = {};
	double start, took = 0;
	int i, j, came = 0;

	peak(&before);
	*most = before;
	for (i = 0; i < flood; i += BURST) {
		start = track_now();
		for (j = 0; j < BURST; j++) {
			f = frame(i + j);
			put(LEFT, &f);
		}
		put(LEFT, &fence);
		came += arrived(RIGHT, NULL);
		took += track_now() - start;
		if (i % (flood / 5) == 0) {
			peak(most);
			CHECK(from_all(LEFT, DGRAMS) == DGRAMS);
		}
	}
	peak(most);
	printf("# %s: %d in %.1f s (%.0f/s), %d came through\n", name, flood, took, flood / took,
	       came);
	printf("# at most %ld connections, %+ld objects, %+ld kB\n", most->count,
	       most->objects - before.objects, most->kb - before.kb);
	CHECK(most->count <= MAX);
	CHECK(most->objects - before.objects < MAX + SLACK);
	CHECK(most->kb - before.kb < FRAG_MEMORY);
	CHECK(all_alive());
	return came;
}

static void a_flood_of_syns(void)
{
	long gave_way = counted("early_drop");
	struct peaks most;

	establish();
	CHECK(pour("SYN", flood_syn, &most) == flood);
	CHECK(most.count == MAX);
	CHECK(counted("early_drop") - gave_way >= flood - (MAX - DGRAMS - STREAMS));
}

static void a_flood_of_new_flows(void)
{
	long gave_way = counted("early_drop");
	struct peaks most;

	CHECK(pour("new flows", flood_new, &most) == flood);
	CHECK(most.count == MAX);
	CHECK(counted("early_drop") - gave_way >= flood);
}

static void a_flood_of_fragments(void)
{
	struct peaks most;

	CHECK(pour("fragments", flood_fragment, &most) == 0);
}

/* Nobody is left who would give way: who is new stays out, who was there goes on. */
static void a_table_full_of_established_ones(void)
{
	long full = counted("full");
	struct peaks most;

	CHECK(!load(STATEFUL));
	forget();
	CHECK(!set("max", DGRAMS + STREAMS));
	establish();
	CHECK(!set("max", DGRAMS + STREAMS));
	CHECK(pour("SYN, all established", flood_syn, &most) == 0);
	CHECK(pour("new flows, all established", flood_new, &most) == 0);
	CHECK(counted("full") - full == 2 * flood);
	CHECK(most.count == DGRAMS + STREAMS);
	CHECK(!set("max", 65536));
	CHECK(pour("fragments, all established", flood_fragment, &most) == 0);
}

/* Memory comes back. */
static void nothing_is_left(void)
{
	long objects = room();
	int i;

	CHECK(!load("chain none { accept\n}"));
	CHECK(table_ends());
	for (i = 0; i < 200 && room() > objects - MAX / 2; i++)
		usleep(50000);
	printf("# %+ld objects when all are forgotten\n", room() - objects);
	CHECK(room() <= objects - MAX / 2);
}

static int run(void)
{
	struct utsname system;

	uname(&system);
	if (strstr(system.release, "debug")) {
		many = 2000;
		flood = 3000;
	}
	/* None ends by time, however slow the machine. */
	if (filter_wire_begin() ||
	    set("timeout_dgram", 600) || set("timeout_dgram_replied", 600))
		return 1;
	TAP_RUN(many_with_rules);
	TAP_RUN(a_flood_of_syns);
	TAP_RUN(a_flood_of_new_flows);
	TAP_RUN(a_flood_of_fragments);
	TAP_RUN(a_table_full_of_established_ones);
	TAP_RUN(nothing_is_left);
	return tap_done();
}

int main(void)
{
	return track_main(run);
}
