// SPDX-License-Identifier: GPL-2.0
/*
 * The table of connections: limits, times, requests, events, namespaces, the node's own
 * traffic, and the module that goes.
 *
 * lab: --nodes 1 --nic none
 * timeout: 600
 */
#include <sys/prctl.h>
#include "track.h"

/* --- limits -------------------------------------------------------------------------- */

static void who_is_not_answered_gives_way(void)
{
	long before = counted("early_drop");
	struct wire_frame f;
	int i;

	forget();
	set("max", 4);
	for (i = 0; i < 5; i++) {
		f = dgram(LEFT, ++port, 53, 10);
		CHECK(passes(LEFT, &f));
	}
	CHECK(counted("count") == 4);
	CHECK(counted("early_drop") == before + 1);
	port -= 4;
	CHECK_STR(known(), "");
	port += 4;
}

static void who_is_answered_does_not(void)
{
	long before = counted("full");
	struct wire_frame f;
	int i;

	forget();
	for (i = 0; i < 4; i++) {
		f = dgram(LEFT, ++port, 53, 10);
		CHECK(passes(LEFT, &f));
		f = dgram(RIGHT, 53, port, 10);
		CHECK(passes(RIGHT, &f));
	}
	f = dgram(LEFT, ++port, 53, 10);
	CHECK(!passes(LEFT, &f));
	CHECK(counted("full") == before + 1);
	CHECK(counted("count") == 4);
	set("max", 65536);
	f = dgram(LEFT, port, 53, 10);
	CHECK(passes(LEFT, &f));
}

static void ten_thousand_flows(void)
{
	struct wire_frame f;
	int i, lost = 0;

	forget();
	/* None ends while the others are made. */
	CHECK(!set("timeout_dgram", 600));
	for (i = 0; i < 10000; i++) {
		f = dgram(LEFT, 10000 + i, 53, 10);
		lost += !passes(LEFT, &f);
	}
	CHECK(!lost);
	CHECK(counted("count") == 10000);
	CHECK(strtol(said("weft track list dport 53 | sort -u | wc -l"), NULL, 10) == 10000);
	CHECK(strtol(said("weft track list sport 15000 | wc -l"), NULL, 10) == 1);
	CHECK(strstr(said("weft -s track flush sport 15000"), "deleted 1 "));
	CHECK(strstr(said("weft -s track flush dst 7:2::/32"), "deleted 9999 "));
	CHECK(counted("count") == 0);
	CHECK(!set("timeout_dgram", 30));
}

static void times_end(void)
{
	long before = counted("expired");
	struct wire_frame f = dgram(LEFT, ++port, 53, 10);
	int i;

	set("timeout_dgram", 5);
	CHECK(passes(LEFT, &f));
	CHECK(counted("count") == 1);
	for (i = 0; i < 100 && counted("count"); i++)
		usleep(100000);
	CHECK(counted("count") == 0);
	CHECK(counted("expired") == before + 1);
	set("timeout_dgram", 30);
}

/* --- requests ------------------------------------------------------------------------ */

static const char *one(char *buf, size_t size)
{
	snprintf(buf, size, "src 7:1:0:1 dst 7:2:0:1 proto dgram sport %u dport 53", port);
	return buf;
}

static void one_is_changed(void)
{
	struct wire_frame f = dgram(LEFT, ++port, 53, 10);
	char name[128];

	CHECK(passes(LEFT, &f));
	one(name, sizeof(name));
	CHECK_STR(said("weft track set %s mark 0x12 labels 5 timeout 77 2>&1", name), "");
	CHECK(is("mark 0x12 labels 0x5 timeout 7"));
	CHECK_STR(said("weft track set %s mark 0x1/0xf 2>&1", name), "");
	CHECK(is("mark 0x11"));
	CHECK(strstr(said("weft track list mark 1/0xf"), "mark 0x11"));
	CHECK_STR(said("weft track list mark 2/0xf"), "");
	CHECK(strstr(said("weft track get %s", name), "mark 0x11"));
	CHECK(strstr(said("weft -j track get %s", name), "\"mark\":17"));
	CHECK(strstr(said("weft track get src 7:2:0:1 dst 7:1:0:1 proto dgram sport 53 dport %u",
			  port), "mark 0x11"));
	CHECK(strstr(said("weft track get %s zone 1 2>&1", name), "no such connection"));
	CHECK_STR(said("weft track list zone 1"), "");
	CHECK_STR(said("weft track del %s 2>&1", name), "");
	CHECK(strstr(said("weft track del %s 2>&1", name), "no such connection"));
	CHECK_STR(known(), "");
}

static void filters_choose(void)
{
	struct wire_frame f = dgram(LEFT, ++port, 53, 10);

	forget();
	CHECK(passes(LEFT, &f));
	opened();
	CHECK(strtol(said("weft track list | wc -l"), NULL, 10) == 2);
	CHECK(strtol(said("weft track list proto stream | wc -l"), NULL, 10) == 1);
	CHECK(strtol(said("weft track list state unanswered | grep -c dgram"), NULL, 10) == 1);
	CHECK(strtol(said("weft track list state established | grep -c stream"), NULL, 10) == 1);
	CHECK_STR(said("weft track list state time-wait"), "");
	CHECK(strtol(said("weft track list src 7:1::/32 dst 7:2::/48 | wc -l"), NULL, 10) == 2);
	CHECK_STR(said("weft track list src 7:3::/32"), "");
}

static void bad_requests_are_refused(void)
{
	CHECK(strstr(said("weft track get id 4000000 2>&1"), "no such connection"));
	CHECK(strstr(said("weft track set id 1 timeout 4000000 2>&1"), "30 days"));
	CHECK(strstr(said("weft track frob 2>&1"), "unknown"));
	said("setpriv --reuid 65534 --clear-groups weft track list 2>&1");
	CHECK(strstr(text, "not permitted"));
	CHECK(set("enable", 2));
	CHECK(set("max", 0));
}

static void events_are_told(void)
{
	char command[128], events[4096] = "";
	pid_t pid = fork();
	int i;

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, 15);
		execlp("sh", "sh", "-c", "exec weft track monitor proto stream >/tmp/events",
		       NULL);
		_exit(1);
	}
	sleep(1);
	opened();
	snprintf(command, sizeof(command), "weft track flush sport %u", port);
	netns_run(command);
	for (i = 0; i < 50 && !strstr(events, "destroy"); i++) {
		usleep(100000);
		snprintf(events, sizeof(events), "%s", said("cat /tmp/events"));
	}
	kill(pid, 15);
	waitpid(pid, NULL, 0);
	CHECK(!strncmp(events, "new id", 6));
	CHECK(strstr(events, "stream SYN-SENT"));
	CHECK(strstr(events, "update id"));
	CHECK(strstr(events, "stream ESTABLISHED"));
	CHECK(strstr(events, "destroy id"));
	CHECK(strstr(events, "packets 2 bytes 112 reply"));
}

/* --- this node's own ----------------------------------------------------------------- */

static void loops_count_once(void)
{
	forget();
	CHECK(!netns_run("weft ping -c 3 -i 0.1 ::1 >/dev/null"));
	said("weft track list proto control");
	CHECK(strstr(text, "packets 3 bytes 264 reply"));
	CHECK(strstr(strstr(text, "reply") ?: "", "packets 3 bytes 264"));
	CHECK(counted("count") == 1);
}

static void a_stream_on_the_loopback_device(void)
{
	long wrong = counted("invalid");

	forget();
	CHECK(!netns_run("timeout 60 weft nc -N -l 5000 </dev/null >/tmp/got &"));
	sleep(1);
	CHECK(!netns_run("head -c 300000 /dev/zero | timeout 60 weft nc -N ::1 5000"));
	CHECK(strtol(said("wc -c </tmp/got"), NULL, 10) == 300000);
	said("weft track list proto stream dport 5000");
	CHECK(strstr(text, "stream TIME-WAIT"));
	CHECK(counted("invalid") == wrong);
}

static void namespaces_have_their_own(void)
{
	CHECK(counted("count") > 0);
	CHECK(!netns_run("ip netns add other"));
	CHECK_STR(said("weft -n other track list 2>&1"), "");
	CHECK(strstr(said("weft -n other track stat"), "new 0"));
	CHECK(!netns_run("ip netns exec other sysctl -qw net.weft.track.enable=1"));
	CHECK(!netns_run("ip -n other link set lo up; weft -n other ping -c 1 ::1 >/dev/null"));
	CHECK(strstr(said("weft -n other track stat"), "count 1\n"));
	CHECK(!netns_run("ip netns del other"));
}

static void off_is_off(void)
{
	struct wire_frame f = dgram(LEFT, ++port, 53, 10);

	CHECK(passes(LEFT, &f));
	CHECK(counted("count") > 0);
	CHECK(!set("enable", 0));
	CHECK(counted("count") == 0);
	f = dgram(LEFT, port, 53, 10);
	CHECK(passes(LEFT, &f));
	CHECK_STR(known(), "");
	CHECK(!set("enable", 1));
}

/* The module goes while packets come, and comes back. */
static void unloads_under_traffic(void)
{
	static const char insert[] =
		"insmod $WEFT_TREE/build/$(uname -r)/proto/filter/weft_filter.ko";
	pid_t pid = talk();
	int i, j, on = 0;

	for (i = 0; i < 5; i++) {
		for (j = 0; j < 300 && !counted("count"); j++)
			usleep(20000);
		CHECK(counted("count") > 0);
		CHECK(!netns_run("rmmod weft_filter"));
		CHECK(!netns_run(insert));
		on += !set("enable", 1);
	}
	kill(pid, 15);
	waitpid(pid, NULL, 0);
	CHECK(on == 5);
}

static int run(void)
{
	TAP_RUN(who_is_not_answered_gives_way);
	TAP_RUN(who_is_answered_does_not);
	TAP_RUN(ten_thousand_flows);
	TAP_RUN(times_end);
	TAP_RUN(one_is_changed);
	TAP_RUN(filters_choose);
	TAP_RUN(bad_requests_are_refused);
	TAP_RUN(events_are_told);
	TAP_RUN(loops_count_once);
	TAP_RUN(a_stream_on_the_loopback_device);
	TAP_RUN(namespaces_have_their_own);
	TAP_RUN(off_is_off);
	TAP_RUN(unloads_under_traffic);
	return tap_done();
}

int main(void)
{
	return track_main(run);
}
