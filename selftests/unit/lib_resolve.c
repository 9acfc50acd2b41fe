// SPDX-License-Identifier: GPL-2.0
/* userspace/lib/resolve.c */
#include <netdb.h>
#include <stdlib.h>
#include <unistd.h>

#include "internal.h"
#include "stubs.h"
#include "tap.h"

static const char hosts[] =
	"7::1 one\n"
	"fe80::2%eth0 two\n"
	"fe80::2%eth1 two\n"
	"fe80::3 three\n"
	"fe80::4%gone four\n"
	"7::5 five\n"
	"fe80::5%gone five\n"
	"fe80::5%eth1 five\n"
	"7::6 7\n";

/* All results in one text, or the error's number. */
static const char *resolve(const char *host, const char *service,
			   unsigned int flags)
{
	static char out[256];
	struct weft_addrinfo *list, *ai;
	char text[WEFT_SOCKADDRSTRLEN];
	int err = weft_resolve(host, service, flags, &list);

	snprintf(out, sizeof(out), "%d", err);
	if (err)
		return out;
	out[0] = '\0';
	for (ai = list; ai; ai = ai->next) {
		strcat(out, weft_sockaddr_format(&ai->addr, text,
						 sizeof(text)));
		if (ai->next)
			strcat(out, " ");
		CHECK(ai->addr.sweft_family == 18);
	}
	weft_resolve_free(list);
	return out;
}

static const char *refusal(int code)
{
	static char text[8];

	snprintf(text, sizeof(text), "%d", code);
	return text;
}

static void resolves_addresses(void)
{
	CHECK_STR(resolve("7::1", NULL, 0), "7::1");
	CHECK_STR(resolve("[7::1]:80", NULL, 0), "[7::1]:80");
	CHECK_STR(resolve("7::1", "80", 0), "[7::1]:80");
	CHECK_STR(resolve("[7::1]", "80", 0), "[7::1]:80");
	CHECK_STR(resolve("fe80::9%eth0", "80", 0), "[fe80::9%eth0]:80");
	CHECK_STR(resolve("fe80::9", NULL, 0), "fe80::9");
}

static void resolves_names(void)
{
	CHECK_STR(resolve("one", NULL, 0), "7::1");
	CHECK_STR(resolve("ONE:80", NULL, 0), "[7::1]:80");
	CHECK_STR(resolve("one", "80", 0), "[7::1]:80");
	CHECK_STR(resolve("two", "80", 0), "[fe80::2%eth0]:80 [fe80::2%eth1]:80");
	CHECK_STR(resolve("two%eth1", NULL, 0), "fe80::2%eth1");
	CHECK_STR(resolve("two%eth1:80", NULL, 0), "[fe80::2%eth1]:80");
	CHECK_STR(resolve("three", NULL, 0), "fe80::3");
	CHECK_STR(resolve("three%eth0", NULL, 0), "fe80::3%eth0");
	CHECK_STR(resolve("five", NULL, 0), "7::5 fe80::5%eth1");
	CHECK_STR(resolve("five%eth1", NULL, 0), "fe80::5%eth1");
	CHECK_STR(resolve("7:80", NULL, 0), "[7::6]:80");
}

static void refuses_names(void)
{
	CHECK_STR(resolve("nobody", NULL, 0), refusal(WEFT_EAI_NONAME));
	CHECK_STR(resolve("four", NULL, 0), refusal(WEFT_EAI_DEVICE));
	CHECK_STR(resolve("one%eth0", NULL, 0), refusal(WEFT_EAI_SCOPE));
	CHECK_STR(resolve("three%gone", NULL, 0), refusal(WEFT_EAI_DEVICE));
	CHECK_STR(resolve("no body", NULL, 0), refusal(WEFT_EAI_NAME));
	CHECK_STR(resolve("../one", NULL, 0), refusal(WEFT_EAI_NAME));
	CHECK_STR(resolve("[one]:80", NULL, 0), refusal(WEFT_EAI_ADDRESS));
	CHECK_STR(resolve("one", NULL, WEFT_RESOLVE_NUMERIC),
		  refusal(WEFT_EAI_ADDRESS));
	CHECK_STR(resolve("one:80%eth0", NULL, 0), refusal(WEFT_EAI_SYNTAX));
	CHECK_STR(resolve("", NULL, 0), refusal(WEFT_EAI_SYNTAX));
}

static void resolves_ports(void)
{
	/* Services have names where the package netbase is installed. */
	if (getservbyname("domain", NULL)) {
		CHECK_STR(resolve("7::1", "domain", 0), "[7::1]:53");
		CHECK_STR(resolve("[7::1]:domain", NULL, 0), "[7::1]:53");
		CHECK_STR(resolve("one:domain", NULL, 0), "[7::1]:53");
	}
	CHECK_STR(resolve("7::1", "no-such-service", 0),
		  refusal(WEFT_EAI_PORT));
	CHECK_STR(resolve("7::1", "", 0), refusal(WEFT_EAI_PORT));
	CHECK_STR(resolve("one:", NULL, 0), refusal(WEFT_EAI_PORT));
	CHECK_STR(resolve("7::1", "65536", 0), refusal(WEFT_EAI_PORT));
	CHECK_STR(resolve("one:80", "80", 0), refusal(WEFT_EAI_TWOPORTS));
}

static void resolves_no_host(void)
{
	CHECK_STR(resolve(NULL, "80", 0), "[::1]:80");
	CHECK_STR(resolve(NULL, "80", WEFT_RESOLVE_PASSIVE), "[::]:80");
}

static void needs_the_module(void)
{
	stub_family = -1;
	CHECK_STR(resolve("7::1", NULL, 0), refusal(WEFT_EAI_FAMILY));
	CHECK_STR(resolve("one", NULL, 0), refusal(WEFT_EAI_FAMILY));
	stub_family = 18;
}

static void lives_without_hosts(void)
{
	setenv("WEFT_HOSTS", "/nonexistent/hosts", 1);
	CHECK_STR(resolve("one", NULL, 0), refusal(WEFT_EAI_NONAME));
	setenv("WEFT_HOSTS", "/", 1);
	CHECK_STR(resolve("one", NULL, 0), refusal(WEFT_EAI_SYSTEM));
}

int main(void)
{
	char path[] = "/tmp/weft-unit-XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0 || write(fd, hosts, strlen(hosts)) < 0) {
		perror(path);
		return 1;
	}
	close(fd);
	setenv("WEFT_HOSTS", path, 1);
	TAP_RUN(resolves_addresses);
	TAP_RUN(resolves_names);
	TAP_RUN(refuses_names);
	TAP_RUN(resolves_ports);
	TAP_RUN(resolves_no_host);
	TAP_RUN(needs_the_module);
	TAP_RUN(lives_without_hosts);
	unlink(path);
	return tap_done();
}
