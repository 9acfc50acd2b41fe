// SPDX-License-Identifier: GPL-2.0
/* weft filter: what commands mean by what the kernel has; steps of traced packets. */
#include <linux/genetlink.h>

#include "filter.h"
#include "filter_step.h"
#include "tools.h"
#include "filter_trip.h"

/* --- commands ----------------------------------------------------------------------- */

static struct filter_trip kernel;

/* What the kernel has, with the handles that it would have given. */
static void begin(void)
{
	static const char text[] =
		"table t {\nset s { type addr; elements = { 7::1, 7::2 }; }\n"
		"chain c {\nclass 1 drop\nclass 2 drop\nclass 3 drop\n}\n"
		"chain d { }\n}\ntable u { }\n";
	struct filter_rule *r;
	uint64_t handle = 10;

	filter_trip_begin(&kernel, text, strlen(text));
	kernel.ruleset.tables->handle = 1;
	kernel.ruleset.tables->sets->handle = 2;
	kernel.ruleset.tables->chains->handle = 3;
	kernel.ruleset.tables->chains->next->handle = 4;
	for (r = kernel.ruleset.tables->chains->rules; r; r = r->next)
		r->handle = handle++;
}

static const struct filter_set *find_set(void *arg, const char *table, const char *set)
{
	(void)arg;
	return filter_set_find(filter_table_find(&kernel.ruleset, table), set);
}

/* The commands that are left, as numbers of their lines; to be freed. */
static char *left(const char *text, struct filter_command **commands,
		  struct filter_arena *arena)
{
	struct filter_source src = { .name = "f", .text = text, .len = strlen(text) };
	struct filter_parser p = { .src = &src, .arena = arena, .find_set = find_set };
	char *lines = NULL, *told = NULL;
	struct filter_command *c;
	size_t len;
	FILE *out = open_memstream(&lines, &len);

	src.err = open_memstream(&told, &len);
	*commands = filter_parse(&p);
	if (p.failed || filter_resolve(&src, &kernel.ruleset, commands) != CLI_OK) {
		fflush(src.err);
		fprintf(out, "%.*s", (int)strcspn(told, "\n"), told);
		*commands = NULL;
	}
	for (c = *commands; c; c = c->next)
		fprintf(out, "%u ", c->pos.line);
	fclose(src.err);
	fclose(out);
	free(told);
	return lines;
}

static void check_left(int line, const char *text, const char *should)
{
	struct filter_arena arena = { 0 };
	struct filter_command *c;
	char *is = left(text, &c, &arena);

	tap_check_str(__FILE__, line, is, should);
	free(is);
	filter_free(&arena);
}

#define LEFT(text, should) check_left(__LINE__, text, should)

static void destroys(void)
{
	LEFT("destroy table t\ndestroy table v\ndestroy table u\n", "1 3 ");
	LEFT("destroy chain t c\ndestroy chain t x\ndestroy chain v c\n", "1 ");
	LEFT("destroy set t s\ndestroy set t x\ndestroy map t s\n", "1 ");
	LEFT("destroy rule t c handle 11\ndestroy rule t c handle 99\n"
	     "destroy rule t x handle 1\n", "1 ");
	LEFT("destroy chain t handle 4\ndestroy chain t handle 99\n", "1 ");
	LEFT("destroy table handle 1\ndestroy table handle 9\n", "1 ");
}

static void destroys_in_order(void)
{
	LEFT("add table v\ndestroy table v\ndestroy table v\n", "1 2 ");
	LEFT("delete table t\ndestroy table t\ndestroy chain t c\n"
	     "destroy rule t c handle 10\n", "1 ");
	LEFT("flush ruleset\ndestroy table t\n", "1 ");
	LEFT("flush table t\ndestroy rule t c handle 10\ndestroy chain t c\n", "1 3 ");
	LEFT("delete rule t c handle 10\ndestroy rule t c handle 10\n"
	     "destroy rule t c handle 11\n", "1 3 ");
	LEFT("table v { chain c { }; }\ndestroy chain v c\n", "1 1 2 ");
	LEFT("add rule t c accept\ndestroy rule t c handle 99\n", "1 ");
}

static void elements(void)
{
	struct filter_arena arena = { 0 };
	struct filter_command *c;

	free(left("destroy element t s { 7::1, 7::5 }\n", &c, &arena));
	CHECK(c && c->set_new->n_elems == 1 && c->set_new->elem[0].key[0] == 0x0007000000000001);
	free(left("destroy element t s { 7::5 }\n", &c, &arena));
	CHECK(c && !c->set_new->n_elems);
	LEFT("delete set t s\ndestroy element t s { 7::1 }\n", "1 ");
	free(left("list ruleset\nget element t s { 7::1, 7::5 }\n", &c, &arena));
	CHECK(c && c->next->op == FILTER_GET && c->next->set_new->n_elems == 2);
	filter_free(&arena);
}

static void handles(void)
{
	struct filter_arena arena = { 0 };
	struct filter_command *c;

	free(left("delete set t handle 2\ndelete chain t handle 4\n"
		  "delete table handle 1\n", &c, &arena));
	CHECK(c && !strcmp(c->set, "s"));
	CHECK(c && !strcmp(c->next->chain, "d") && !strcmp(c->next->next->table, "t"));
	LEFT("delete chain t handle 77\n", "f:1:1: nothing has the handle 77");
	filter_free(&arena);
}

static void indexes(void)
{
	struct filter_arena arena = { 0 };
	struct filter_command *c;

	free(left("add rule t c index 0 accept\n", &c, &arena));
	CHECK(c && c->position == 10);
	free(left("insert rule t c index 2 accept\n", &c, &arena));
	CHECK(c && c->position == 12);
	LEFT("insert rule t c index 3 accept\n", "f:1:1: the chain has no rule of index 3");
	LEFT("add rule t c accept\ninsert rule t c index 0 accept\n",
	     "f:2:1: the chain changes before this: 'index' counts what is there");
	LEFT("add rule t d accept\ninsert rule t c index 0 accept\n", "1 2 ");
	filter_free(&arena);
}

/* --- traced packets ----------------------------------------------------------------- */

static const uint8_t stream[] = {
	0x13, 0x06, 0, 60, 0, 1, 64, 6, 0, 7, 0, 0, 0, 0, 0, 1, 0, 7, 0, 0, 0, 0, 0, 2,
	0x9c, 0x40, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 32, 2,
};

static const uint8_t later[] = {
	0x10, 0x04, 0, 60, 0, 1, 64, 44, 0, 7, 0, 0, 0, 0, 0, 1, 0, 7, 0, 0, 0, 0, 0, 2,
	17, 0, 1, 0, 0, 0, 0, 1, 1, 2, 3, 4,
};

static void check_step(int line, const struct filter_step *s, const struct filter_rule *rule,
		       const char *should)
{
	struct filter_style style = { NULL, false, true };
	char *is = NULL;
	size_t len;

	style.out = open_memstream(&is, &len);
	filter_print_step(&style, s, rule);
	fclose(style.out);
	tap_check_str(__FILE__, line, is, should);
	free(is);
}

#define STEP	"trace id 0000002a weft t c "
#define ARRIVAL	STEP "packet: hook input iif \"eth0\""
#define NODES	" src 7::1 dst 7::2"
#define STREAM	" class 3 ecn ect0 hoplimit 64 length 60 proto stream sport 40000 dport 80"
#define LATER	" class 0 ecn not-ect hoplimit 64 length 60 fragment later proto dgram\n"

static void packets(void)
{
	struct filter_step s = {
		.id = 0x2a, .kind = WEFT_FILTER_TRACE_PACKET, .hook = WEFT_FILTER_HOOK_INPUT,
		.table = "t", .chain = "c", .iif = 2, .len = 60, .mark = 1,
		.packet = stream, .packet_len = sizeof(stream),
	};

	check_step(__LINE__, &s, NULL,
		   ARRIVAL NODES STREAM " stream flags syn meta mark 0x00000001\n");
	s.packet = later;
	s.packet_len = sizeof(later);
	s.mark = 0;
	check_step(__LINE__, &s, NULL, ARRIVAL NODES LATER);
	s.packet_len = 5;
	check_step(__LINE__, &s, NULL, ARRIVAL "\n");
}

static void steps(void)
{
	struct filter_step s = {
		.id = 0x2a, .kind = WEFT_FILTER_TRACE_RULE, .table = "t", .chain = "c",
		.handle = 10, .has_verdict = true, .verdict = { .code = WEFT_FILTER_DROP },
	};

	check_step(__LINE__, &s, kernel.ruleset.tables->chains->rules,
		   STEP "rule class 1 drop (verdict drop)\n");
	check_step(__LINE__, &s, NULL, STEP "rule handle 10 (verdict drop)\n");
	s.kind = WEFT_FILTER_TRACE_RETURN;
	s.has_verdict = false;
	check_step(__LINE__, &s, NULL, STEP "end of chain\n");
	s.kind = WEFT_FILTER_TRACE_POLICY;
	check_step(__LINE__, &s, NULL, STEP "policy drop\n");
}

/* The packet cut everywhere. */
static void short_packets(void)
{
	struct filter_step s = { .table = "t", .chain = "c" };
	struct filter_style style = { NULL, false, true };
	char *is;
	size_t len, n;

	for (n = 0; n <= sizeof(stream); n++) {
		uint8_t *copy = malloc(n);

		memcpy(copy, n % 2 ? stream : later, n < sizeof(later) ? n : sizeof(later));
		s.packet = copy;
		s.packet_len = n < sizeof(later) ? n : sizeof(later);
		is = NULL;
		style.out = open_memstream(&is, &len);
		filter_print_step(&style, &s, NULL);
		fclose(style.out);
		CHECK(strstr(is, "packet: hook prerouting"));
		free(is);
		free(copy);
	}
}

int main(void)
{
	be_quiet();
	begin();
	TAP_RUN(destroys);
	TAP_RUN(destroys_in_order);
	TAP_RUN(elements);
	TAP_RUN(handles);
	TAP_RUN(indexes);
	TAP_RUN(packets);
	TAP_RUN(steps);
	TAP_RUN(short_packets);
	filter_trip_end(&kernel);
	return tap_done();
}
