// SPDX-License-Identifier: GPL-2.0
/* System calls in scripts, and what they give. */
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <linux/sockios.h>
#include "names.h"
#include "parse.h"

/**
 * struct verb - a call as it is written
 * @name: its name
 * @args: a letter for each argument: s a socket, S a new one, t its type, a the new
 *	socket of accept, p a port, n a number, c a connection, r or w flags for reading
 *	and writing, h a direction, o an option, v a value, q a queue, f a field, m a name
 * @result: a result must be given
 */
struct verb {
	const char *name, *args;
	bool result;
};

static const struct verb verbs[DRILL_VERBS] = {
	[DRILL_SOCKET] = { "socket", "St", false },
	[DRILL_BIND] = { "bind", "sp", false },
	[DRILL_LISTEN] = { "listen", "sn", false },
	[DRILL_ACCEPT] = { "accept", "sa", false },
	[DRILL_CONNECT] = { "connect", "sc", false },
	[DRILL_WRITE] = { "write", "snw", false },
	[DRILL_READ] = { "read", "snr", false },
	[DRILL_SHUTDOWN] = { "shutdown", "sh", false },
	[DRILL_CLOSE] = { "close", "s", false },
	[DRILL_SETSOCKOPT] = { "setsockopt", "sov", false },
	[DRILL_GETSOCKOPT] = { "getsockopt", "so", true },
	[DRILL_POLL] = { "poll", "s", true },
	[DRILL_IOCTL] = { "ioctl", "sq", true },
	[DRILL_STATE] = { "state", "s", true },
	[DRILL_INFO] = { "info", "sf", true },
	[DRILL_COUNTER] = { "counter", "m", true },
	[DRILL_SYSCTL] = { "sysctl", "mv", false },
};

static const struct drill_word types[] = {
	{ "stream", SOCK_STREAM },
	{ "seqpacket", SOCK_SEQPACKET },
	{ NULL, 0 },
};

static const struct drill_word directions[] = {
	{ "rd", SHUT_RD },
	{ "wr", SHUT_WR },
	{ "rdwr", SHUT_RDWR },
	{ NULL, 0 },
};

static const struct drill_word queues[] = {
	{ "inq", SIOCINQ },
	{ "outq", SIOCOUTQ },
	{ NULL, 0 },
};

static const struct drill_word read_flags[] = {
	{ "peek", MSG_PEEK },
	{ "waitall", MSG_WAITALL },
	{ "trunc", MSG_TRUNC },
	{ NULL, 0 },
};

static const struct drill_word write_flags[] = {
	{ "more", MSG_MORE },
	{ "eor", MSG_EOR },
	{ NULL, 0 },
};

/* --- sockets ----------------------------------------------------------------------- */

static bool sock_known(const struct parse *p, const char *name)
{
	int i;

	for (i = 0; i < p->n_socks; i++)
		if (!strcmp(p->sock[i], name))
			return true;
	return false;
}

/* Takes the name of a socket that there is. */
bool parse_sock(struct parse *p, char *name)
{
	if (!lex_name(&p->lex, "socket", name, DRILL_NAME))
		return false;
	if (!sock_known(p, name))
		return lex_error(&p->lex, "no socket '%s'", name);
	return true;
}

static bool parse_new_sock(struct parse *p, char *name)
{
	if (!lex_name(&p->lex, "socket", name, DRILL_NAME))
		return false;
	if (sock_known(p, name))
		return lex_error(&p->lex, "there is a socket '%s'", name);
	if (p->n_socks == 32)
		return lex_error(&p->lex, "too many sockets");
	strcpy(p->sock[p->n_socks++], name);
	return true;
}

/* --- arguments --------------------------------------------------------------------- */

static bool parse_word(struct parse *p, const struct drill_word *words, const char *what,
		       long long *n)
{
	const char *word = lex_next(&p->lex);

	if (!word)
		return lex_error(&p->lex, "%s is missing", what);
	if (!drill_word_find(words, word, n))
		return lex_error(&p->lex, "%s cannot be '%s'", what, word);
	return true;
}

/* As many words of a set of flags as there are. */
static bool parse_msg_flags(struct parse *p, const struct drill_word *words, int *flags)
{
	long long flag;

	while (lex_peek(&p->lex) && strcmp(lex_peek(&p->lex), "->")) {
		if (!parse_word(p, words, "flag", &flag))
			return false;
		*flags |= flag;
	}
	return true;
}

static bool parse_option(struct parse *p, int *option)
{
	char name[DRILL_NAME];

	if (!lex_name(&p->lex, "option", name, sizeof(name)))
		return false;
	*option = drill_option_find(name);
	if (*option < 0)
		return lex_error(&p->lex, "no option '%s'", name);
	return true;
}

static bool parse_field(struct parse *p, char *name, size_t size)
{
	if (!lex_name(&p->lex, "field", name, size))
		return false;
	if (!drill_field_find(name))
		return lex_error(&p->lex, "no field '%s'", name);
	return true;
}

/* A value: a number where the option wants one. */
static bool parse_value(struct parse *p, struct drill_call *call)
{
	if (!lex_name(&p->lex, "value", call->text, sizeof(call->text)))
		return false;
	if (lex_parse_number(call->text, &call->n) || call->verb == DRILL_SYSCTL ||
	    drill_options[call->option].kind == DRILL_OPTION_STRING)
		return true;
	return lex_error(&p->lex, "value is no number: '%s'", call->text);
}

static bool parse_arg(struct parse *p, char arg, struct drill_call *call)
{
	switch (arg) {
	case 's':
		return parse_sock(p, call->sock);
	case 'S':
		return parse_new_sock(p, call->sock);
	case 'a':
		return parse_new_sock(p, call->word);
	case 't':
		return parse_word(p, types, "type", &call->n);
	case 'p':
		return lex_range(&p->lex, "port", 0, 65535, &call->n);
	case 'n':
		return lex_range(&p->lex, "number", 0, 1 << 30, &call->n);
	case 'c':
		return parse_conn(p, call->word);
	case 'r':
		return parse_msg_flags(p, read_flags, &call->flags);
	case 'w':
		return parse_msg_flags(p, write_flags, &call->flags);
	case 'h':
		return parse_word(p, directions, "direction", &call->n);
	case 'o':
		return parse_option(p, &call->option);
	case 'v':
		return parse_value(p, call);
	case 'f':
		return parse_field(p, call->word, sizeof(call->word));
	case 'q':
		return parse_word(p, queues, "queue", &call->n);
	default:
		return lex_name(&p->lex, "name", call->word, sizeof(call->word));
	}
}

bool parse_call(struct parse *p, struct drill_call *call)
{
	const char *word = lex_next(&p->lex), *arg;
	int i;

	if (!word)
		return lex_error(&p->lex, "call is missing");
	for (i = 0; i < DRILL_VERBS && strcmp(verbs[i].name, word); i++)
		;
	if (i == DRILL_VERBS)
		return lex_error(&p->lex, "no call '%s'", word);
	call->verb = i;
	for (arg = verbs[i].args; *arg; arg++)
		if (!parse_arg(p, *arg, call))
			return false;
	return true;
}

/* --- results ----------------------------------------------------------------------- */

/* Events of poll, joined by '|'. */
static bool parse_events(struct parse *p, const char *word, struct drill_result *r)
{
	char text[64], *one, *rest = text;
	long long n;

	if (strlen(word) >= sizeof(text))
		return lex_error(&p->lex, "events cannot be '%s'", word);
	strcpy(text, word);
	for (one = strsep(&rest, "|"); one; one = strsep(&rest, "|")) {
		if (!drill_word_find(drill_events, one, &n))
			return lex_error(&p->lex, "no event '%s'", one);
		r->from |= n;
	}
	r->to = r->from;
	return true;
}

/* A number, "LEAST..MOST", an errno or the name of a state. */
static bool parse_numbers(struct parse *p, const char *word, struct drill_result *r)
{
	char text[64], *dots;

	if (strlen(word) >= sizeof(text))
		return lex_error(&p->lex, "result cannot be '%s'", word);
	strcpy(text, word);
	if (drill_errno_find(word, &r->from)) {
		r->from = -r->from;
		r->to = r->from;
		return true;
	}
	if (drill_word_find(drill_states, word, &r->from)) {
		r->to = r->from;
		return true;
	}
	dots = strstr(text, "..");
	if (dots)
		*dots = '\0';
	if (!lex_parse_number(text, &r->from) ||
	    !lex_parse_number(dots ? dots + 2 : text, &r->to) || r->to < r->from)
		return lex_error(&p->lex, "result cannot be '%s'", word);
	return true;
}

bool parse_result(struct parse *p, const struct drill_call *call,
		  struct drill_result *result)
{
	const char *word;

	if (!lex_take(&p->lex, "->")) {
		if (verbs[call->verb].result)
			return lex_error(&p->lex, "result is missing");
		return true;
	}
	word = lex_next(&p->lex);
	if (!word)
		return lex_error(&p->lex, "result is missing");
	result->said = true;
	if (call->verb == DRILL_POLL)
		return parse_events(p, word, result);
	return parse_numbers(p, word, result);
}
