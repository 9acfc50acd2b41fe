// SPDX-License-Identifier: GPL-2.0
/* Values of the fields: read and printed. See filter_field.h. */
#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "filter_field.h"
#include "weft.h"

#define DAY_SECONDS	86400

bool filter_numeric;

/* --- numbers and bits --------------------------------------------------------------- */

bool filter_number(const char *text, uint64_t *value)
{
	int base = !strncmp(text, "0x", 2) || !strncmp(text, "0X", 2) ? 16 : 10;
	char *end;

	if (*text < '0' || *text > '9' || (base == 16 && !text[2]))
		return false;
	errno = 0;
	*value = strtoull(text, &end, base);
	return !errno && !*end;
}

void filter_value_max(const struct filter_field *f, uint64_t v[2])
{
	v[0] = f->bits < 64 ? (UINT64_C(1) << f->bits) - 1 : UINT64_MAX;
	v[1] = f->bits > 64 ? UINT64_MAX : 0;
}

/* The bits behind the first @len of a value. */
static void low_bits(const struct filter_field *f, unsigned int len, uint64_t low[2])
{
	unsigned int first = f->bits > 64 ? 64 : f->bits;

	low[0] = len >= first ? 0 : UINT64_MAX >> (64 - first + len);
	low[1] = 0;
	if (f->bits > 64)
		low[1] = len <= 64 ? UINT64_MAX : len >= 128 ? 0 : UINT64_MAX >> (len - 64);
}

void filter_prefix_range(const struct filter_field *f, unsigned int len,
			 uint64_t first[2], uint64_t last[2])
{
	uint64_t low[2];

	low_bits(f, len, low);
	first[0] &= ~low[0];
	first[1] &= ~low[1];
	last[0] = first[0] | low[0];
	last[1] = first[1] | low[1];
}

int filter_prefix_len(const struct filter_field *f, const uint64_t first[2],
		      const uint64_t last[2])
{
	uint64_t low[2];
	unsigned int len;

	for (len = 0; len < f->bits; len++) {
		low_bits(f, len, low);
		if (!(first[0] & low[0]) && !(first[1] & low[1]) &&
		    last[0] == (first[0] | low[0]) && last[1] == (first[1] | low[1]))
			return (int)len;
	}
	return -1;
}

/* --- addresses and devices ---------------------------------------------------------- */

static const char *read_address(const char *text, uint64_t *v)
{
	struct weft_addr addr;
	unsigned int i;

	if (weft_addr_parse(text, &addr))
		return "not an address";
	for (i = 0, *v = 0; i < 8; i++)
		*v = *v << 8 | addr.a8[i];
	return NULL;
}

static void print_address(FILE *out, uint64_t v)
{
	char text[WEFT_ADDRSTRLEN];
	struct weft_addr addr;
	unsigned int i;

	for (i = 0; i < 8; i++)
		addr.a8[i] = (uint8_t)(v >> (56 - 8 * i));
	fputs(weft_addr_format(&addr, text, sizeof(text)), out);
}

static const char *read_device_name(const char *text, uint64_t v[2])
{
	size_t len = strlen(text), i;

	if (!len || len >= IFNAMSIZ)
		return "not the name of a device";
	v[0] = 0;
	v[1] = 0;
	for (i = 0; i < len; i++)
		v[i / 8] |= (uint64_t)(unsigned char)text[i] << (56 - 8 * (i % 8));
	return NULL;
}

/* The first @len bytes of a name. */
static void device_name_text(const uint64_t v[2], char name[IFNAMSIZ + 1])
{
	unsigned int i;

	for (i = 0; i < IFNAMSIZ; i++)
		name[i] = (char)(v[i / 8] >> (56 - 8 * (i % 8)));
	name[IFNAMSIZ] = '\0';
}

static const char *read_device(const char *text, uint64_t *v)
{
	*v = if_nametoindex(text);
	if (*v || (filter_number(text, v) && *v <= INT32_MAX))
		return NULL;
	return "no such device";
}

void filter_string_print(FILE *out, const char *s)
{
	fputc('"', out);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fputc('\\', out);
		if (*s == '\n')
			fputs("\\n", out);
		else
			fputc(*s, out);
	}
	fputc('"', out);
}

static void print_device(FILE *out, uint64_t v)
{
	char name[IF_NAMESIZE];
	uint64_t other;

	/* One whose name is a number would be read as that. */
	if (v <= INT32_MAX && if_indextoname((unsigned int)v, name) &&
	    !filter_number(name, &other))
		filter_string_print(out, name);
	else
		fprintf(out, "%" PRIu64, v);
}

/* --- names -------------------------------------------------------------------------- */

static const char *read_port(const char *text, uint64_t *v)
{
	const struct servent *s = getservbyname(text, NULL);

	if (!s)
		return "neither a number nor the name of a service";
	*v = ntohs((uint16_t)s->s_port);
	return NULL;
}

static const char *read_owner(const struct filter_field *f, const char *text, uint64_t *v)
{
	const struct passwd *user;
	const struct group *users;

	if (f->kind == FILTER_USER) {
		user = getpwnam(text);
		if (!user)
			return "no such user";
		*v = user->pw_uid;
		return NULL;
	}
	users = getgrnam(text);
	if (!users)
		return "no such group";
	*v = users->gr_gid;
	return NULL;
}

static void print_owner(FILE *out, const struct filter_field *f, uint64_t v)
{
	const char *name = NULL;

	if (!filter_numeric && f->kind == FILTER_USER) {
		const struct passwd *user = getpwuid((uid_t)v);

		name = user ? user->pw_name : NULL;
	} else if (!filter_numeric) {
		const struct group *users = getgrgid((gid_t)v);

		name = users ? users->gr_name : NULL;
	}
	if (name)
		filter_string_print(out, name);
	else
		fprintf(out, "%" PRIu64, v);
}

static void print_named(FILE *out, const struct filter_field *f, uint64_t v)
{
	const char *name = filter_numeric ? NULL : filter_name_of(f->names, v);
	bool day = f == filter_field(WEFT_FILTER_F_DAY);

	if (name)
		fprintf(out, day ? "\"%s\"" : "%s", name);
	else
		fprintf(out, f->kind == FILTER_FLAGS ? "0x%" PRIx64 : "%" PRIu64, v);
}

void filter_flags_print(FILE *out, const struct filter_field *f, uint64_t v,
			const char *between)
{
	const struct filter_name *n;
	const char *before = "";

	for (n = f->names; !filter_numeric && n->text; n++) {
		if (!(v & n->value))
			continue;
		fprintf(out, "%s%s", before, n->text);
		before = between;
		v &= ~n->value;
	}
	if (v || !*before)
		fprintf(out, "%s0x%" PRIx64, before, v);
}

static const char *read_name(const struct filter_field *f, const char *text, uint64_t *v)
{
	const struct filter_name *n = filter_name_find(f->names, text);
	static char why[256];
	size_t len;

	if (n) {
		*v = n->value;
		return NULL;
	}
	len = (size_t)snprintf(why, sizeof(why), "neither a number nor one of");
	for (n = f->names; n->text && len < sizeof(why); n++)
		len += (size_t)snprintf(why + len, sizeof(why) - len, "%s %s",
					n == f->names ? "" : ",", n->text);
	return why;
}

/* --- times -------------------------------------------------------------------------- */

static const char *read_time(const char *text, uint64_t *v)
{
	static const char *const forms[] = {
		"%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d",
	};
	const char *end;
	struct tm tm;
	time_t t;
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		memset(&tm, 0, sizeof(tm));
		tm.tm_isdst = -1;
		end = strptime(text, forms[i], &tm);
		if (!end || *end)
			continue;
		t = mktime(&tm);
		if (t < 0)
			return "before 1970";
		*v = (uint64_t)t;
		return NULL;
	}
	return "not a time \"YYYY-MM-DD HH:MM:SS\"";
}

/* Where clocks are set back an hour has two seconds of a name: those are numbers. */
static void print_time(FILE *out, uint64_t v)
{
	time_t t = (time_t)v;
	char text[64];
	struct tm tm;
	uint64_t again;

	if (v <= INT64_MAX / 2 && localtime_r(&t, &tm) &&
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm) &&
	    !read_time(text, &again) && again == v)
		fprintf(out, "\"%s\"", text);
	else
		fprintf(out, "%" PRIu64, v);
}

/* Seconds that clocks here are ahead of UTC today. */
static long here_ahead(void)
{
	time_t now = time(NULL);
	struct tm tm;

	return localtime_r(&now, &tm) ? tm.tm_gmtoff : 0;
}

static const char *read_hour(const char *text, uint64_t *v)
{
	unsigned int h, m, s = 0;
	int end = 0, more = 0;

	if (sscanf(text, "%2u:%2u%n:%2u%n", &h, &m, &end, &s, &more) < 2 ||
	    (text[end] && (!more || text[more])) ||
	    strspn(text, "0123456789:") != strlen(text) || h > 23 || m > 59 || s > 59)
		return "not an hour \"HH:MM\" or \"HH:MM:SS\"";
	*v = (uint64_t)((h * 3600L + m * 60L + s - here_ahead() + 2L * DAY_SECONDS) %
			DAY_SECONDS);
	return NULL;
}

static void print_hour(FILE *out, uint64_t v)
{
	long t;

	if (v >= DAY_SECONDS) {
		fprintf(out, "%" PRIu64, v);
		return;
	}
	t = ((long)v + here_ahead() + 2L * DAY_SECONDS) % DAY_SECONDS;
	fprintf(out, "\"%02ld:%02ld", t / 3600, t / 60 % 60);
	if (t % 60)
		fprintf(out, ":%02ld", t % 60);
	fputc('"', out);
}

static const struct filter_name units[] = {
	{ "d", 86400000 },
	{ "h", 3600000 },
	{ "m", 60000 },
	{ "s", 1000 },
	{ "ms", 1 },
	{ NULL, 0 }
};

bool filter_time_read(const char *text, uint64_t *ms)
{
	const struct filter_name *u;
	uint64_t n;
	size_t len;
	char *end;

	*ms = 0;
	if (!*text)
		return false;
	while (*text) {
		if (*text < '0' || *text > '9')
			return false;
		errno = 0;
		n = strtoull(text, &end, 10);
		len = strspn(end, "dhms");
		if (errno)
			return false;
		if (!strncmp(end, "ms", 2))
			len = 2;
		else if (len)
			len = 1;
		/* A number alone is seconds. */
		for (u = units; len && u->text; u++)
			if (strlen(u->text) == len && !strncmp(end, u->text, len))
				break;
		if (!len)
			u = &units[3];
		if (!u->text || n > UINT64_MAX / 2 / u->value ||
		    *ms > UINT64_MAX / 2 - n * u->value)
			return false;
		*ms += n * u->value;
		text = end + len;
	}
	return true;
}

void filter_time_print(FILE *out, uint64_t ms)
{
	const struct filter_name *u;

	if (!ms)
		fputs("0s", out);
	for (u = units; u->text; u++) {
		if (ms >= u->value)
			fprintf(out, "%" PRIu64 "%s", ms / u->value, u->text);
		ms %= u->value;
	}
}

/* --- all of them -------------------------------------------------------------------- */

static const char *read_text(const struct filter_field *f, const char *text, uint64_t v[2])
{
	switch (f->kind) {
	case FILTER_ADDRESS:
		return read_address(text, v);
	case FILTER_PORT:
		return read_port(text, v);
	case FILTER_NAMES:
	case FILTER_FLAGS:
		return read_name(f, text, v);
	case FILTER_USER:
	case FILTER_USERS:
		return read_owner(f, text, v);
	case FILTER_CGROUP:
		return filter_cgroup_read(text, v);
	case FILTER_TIME:
		return read_time(text, v);
	case FILTER_HOUR:
		return read_hour(text, v);
	default:
		return "not a number";
	}
}

const char *filter_value_read(const struct filter_field *f, const char *text,
			      uint64_t v[2])
{
	uint64_t max[2];
	const char *why;

	v[1] = 0;
	if (f->kind == FILTER_DEVICE_NAME)
		return read_device_name(text, v);
	if (f->kind == FILTER_DEVICE)
		return read_device(text, v);
	if (f->kind == FILTER_ADDRESS || !filter_number(text, v)) {
		why = read_text(f, text, v);
		if (why)
			return why;
	}
	filter_value_max(f, max);
	if (f->kind == FILTER_HOUR)
		max[0] = DAY_SECONDS - 1;
	return v[0] > max[0] ? "more than the field can hold" : NULL;
}

void filter_value_print(FILE *out, const struct filter_field *f, const uint64_t v[2])
{
	char text[4096];

	switch (f->kind) {
	case FILTER_ADDRESS:
		print_address(out, v[0]);
		break;
	case FILTER_HEX:
		fprintf(out, "0x%08" PRIx64, v[0]);
		break;
	case FILTER_NAMES:
	case FILTER_FLAGS:
		print_named(out, f, v[0]);
		break;
	case FILTER_DEVICE:
		print_device(out, v[0]);
		break;
	case FILTER_DEVICE_NAME:
		device_name_text(v, text);
		filter_string_print(out, text);
		break;
	case FILTER_USER:
	case FILTER_USERS:
		print_owner(out, f, v[0]);
		break;
	case FILTER_CGROUP:
		if (!filter_numeric && filter_cgroup_path(v[0], text, sizeof(text)))
			filter_string_print(out, text);
		else
			fprintf(out, "%" PRIu64, v[0]);
		break;
	case FILTER_TIME:
		print_time(out, v[0]);
		break;
	case FILTER_HOUR:
		print_hour(out, v[0]);
		break;
	default:
		fprintf(out, "%" PRIu64, v[0]);
	}
}

void filter_range_print(FILE *out, const struct filter_field *f, const uint64_t first[2],
			const uint64_t last[2])
{
	int len = -1;

	if (first[0] == last[0] && first[1] == last[1]) {
		filter_value_print(out, f, first);
		return;
	}
	if (f->kind == FILTER_ADDRESS || f->kind == FILTER_DEVICE_NAME)
		len = filter_prefix_len(f, first, last);
	if (len >= 0 && f->kind == FILTER_ADDRESS) {
		print_address(out, first[0]);
		fprintf(out, "/%d", len);
	} else if (len >= 0 && !(len % 8)) {
		char name[IFNAMSIZ + 2];

		device_name_text(first, name);
		strcpy(name + len / 8, "*");
		filter_string_print(out, name);
	} else if (f->kind == FILTER_NAMES || f->kind == FILTER_FLAGS) {
		/* Of names with a '-' between them, one would be read. */
		fprintf(out, "%" PRIu64 "-%" PRIu64, first[0], last[0]);
	} else {
		filter_value_print(out, f, first);
		fputc('-', out);
		filter_value_print(out, f, last);
	}
}
