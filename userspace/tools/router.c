// SPDX-License-Identifier: GPL-2.0
/* weft router: announces routers and prefixes on links, as radvd does for IPv6. */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "router.h"

#define CONFIG_PATH	"/etc/weft/router.conf"

/**
 * struct loop - the daemon and what it waits for
 * @router: the daemon
 * @epoll: waits for all of these
 * @timer: for the next announcement
 * @signals: SIGHUP, SIGINT and SIGTERM
 * @ends: one of the last two has come
 */
struct loop {
	struct router router;
	int epoll;
	int timer;
	int signals;
	bool ends;
};

static void print_usage(FILE *out)
{
	fputs("usage: weft router [-cd] [-f FILE]\n"
	      "  -c       check the configuration, announce nothing\n"
	      "  -d       print each message that is sent or received\n"
	      "  -f FILE  the configuration, instead of " CONFIG_PATH "\n", out);
}

/* --- the configuration ------------------------------------------------------------- */

/* The link's announcer, with what the one before knew of the device. */
static void inherit(struct router *r, struct announcer *a, const struct router_link *link)
{
	unsigned int i;

	for (i = 0; i < r->n; i++) {
		if (strcmp(r->link[i].link.name, link->name))
			continue;
		*a = r->link[i];
		announcer_renew(a, link);
		/* What it had is no longer the old one's. */
		r->link[i] = (struct announcer){ 0 };
		return;
	}
	a->link = *link;
}

static void end_all(struct router *r)
{
	unsigned int i;

	for (i = 0; i < r->n; i++)
		announcer_end(r, &r->link[i]);
	free(r->link);
	r->link = NULL;
	r->n = 0;
}

/* Puts a configuration in force; links that it has not got end. -1: no memory. */
static int adopt(struct router *r, const struct router_config *c)
{
	struct announcer *link = calloc(c->n_links, sizeof(*link));
	unsigned int i;

	if (!link) {
		cli_error("out of memory");
		return -1;
	}
	for (i = 0; i < c->n_links; i++)
		inherit(r, &link[i], &c->link[i]);
	end_all(r);
	r->link = link;
	r->n = c->n_links;
	return 0;
}

static void tell_missing(const struct router *r)
{
	const struct announcer *a;

	for (a = r->link; a < r->link + r->n; a++)
		if (!a->ready)
			cli_error("%s: waits: the device is %s", a->link.name,
				  a->index ? "not ready" : "not there");
}

/* Reads the configuration again; a faulty one changes nothing. */
static void reload(struct router *r)
{
	struct router_config c;

	if (router_config_load(r->path, &c) || adopt(r, &c))
		cli_error("%s: what was in force stays in force", r->path);
	else
		cli_error("%s: in force", r->path);
	router_config_free(&c);
	r->unsure = true;
}

/* --- the loop ---------------------------------------------------------------------- */

static void take_signal(struct loop *l)
{
	struct signalfd_siginfo info;

	if (read(l->signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGHUP)
		reload(&l->router);
	else
		l->ends = true;
}

static void take_event(struct loop *l, int fd)
{
	uint64_t expirations;

	if (fd == l->signals) {
		take_signal(l);
	} else if (fd == l->router.sock) {
		router_socket_receive(&l->router);
	} else if (fd == l->timer) {
		if (read(fd, &expirations, sizeof(expirations)) < 0 && errno != EAGAIN)
			cli_error("timer: %s", strerror(errno));
	} else {
		router_devices_receive(&l->router);
	}
}

/* Sends what is due and sets the timer to what is next; -1 with errno. */
static int run_links(struct loop *l)
{
	struct itimerspec next = { 0 };
	double due = HUGE_VAL, whole;
	struct announcer *a;

	for (a = l->router.link; a < l->router.link + l->router.n; a++) {
		announcer_run(&l->router, a, cli_now());
		if (a->ready && a->due < due)
			due = a->due;
	}
	if (due < HUGE_VAL) {
		next.it_value.tv_nsec = (long)(modf(due, &whole) * 1e9) + 1;
		next.it_value.tv_sec = (time_t)whole;
	}
	return timerfd_settime(l->timer, TFD_TIMER_ABSTIME, &next, NULL);
}

static int run(struct loop *l)
{
	struct epoll_event events[4];
	int i, n;

	tell_missing(&l->router);
	while (!l->ends) {
		if (l->router.unsure && router_devices_scan(&l->router))
			return CLI_ERROR;
		n = run_links(l) ? -1 : epoll_wait(l->epoll, events, 4, -1);
		if (n < 0 && errno != EINTR) {
			cli_error("cannot wait: %s", strerror(errno));
			return CLI_ERROR;
		}
		for (i = 0; i < n; i++)
			take_event(l, events[i].data.fd);
	}
	return CLI_OK;
}

static int watch(struct loop *l, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	return fd < 0 ? -1 : epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &event);
}

/* What the loop waits for; -1 after telling. */
static int open_loop(struct loop *l)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	signal(SIGPIPE, SIG_IGN);
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	l->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	l->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (l->epoll >= 0 && !sigprocmask(SIG_BLOCK, &set, NULL) &&
	    !watch(l, l->timer) && !watch(l, l->signals) && !watch(l, l->router.sock) &&
	    !watch(l, mnl_socket_get_fd(l->router.monitor.sock)))
		return 0;
	cli_error("cannot wait: %s", strerror(errno));
	return -1;
}

static int serve(const char *path)
{
	struct loop l = { .router.path = path };
	struct router *r = &l.router;
	struct router_config c;
	int code = CLI_ERROR;

	if (router_config_load(path, &c)) {
		router_config_free(&c);
		return CLI_USAGE;
	}
	srand48(time(NULL) ^ getpid());
	if (!router_socket_open(r) && !router_devices_open(r) && !open_loop(&l) &&
	    !adopt(r, &c) && !router_devices_scan(r))
		code = run(&l);
	router_config_free(&c);
	end_all(r);
	return code;
}

/* --- the command ------------------------------------------------------------------- */

static int check(const char *path)
{
	struct router_config c;
	int err = router_config_load(path, &c);

	router_config_free(&c);
	return err ? CLI_USAGE : CLI_OK;
}

int cmd_router(int argc, char **argv)
{
	const char *path = CONFIG_PATH;
	bool only_check = false;
	int opt;

	if (argc == 2 && !strcmp(argv[1], "help")) {
		print_usage(stdout);
		return CLI_OK;
	}
	while ((opt = getopt(argc, argv, "cdf:")) != -1) {
		if (opt == 'c') {
			only_check = true;
		} else if (opt == 'd') {
			cli.details = true;
		} else if (opt == 'f') {
			path = optarg;
		} else {
			print_usage(stderr);
			return CLI_USAGE;
		}
	}
	if (optind != argc) {
		print_usage(stderr);
		return CLI_USAGE;
	}
	return only_check ? check(path) : serve(path);
}
