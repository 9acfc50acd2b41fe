// SPDX-License-Identifier: GPL-2.0
/*
 * weftdrill: runs scripts of packets and system calls against Weft's streams, several at
 * a time, each in a process and a network namespace of its own. doc/weftdrill.md tells
 * the language.
 *
 *	weftdrill [-n] [-j JOBS] SCRIPT|DIRECTORY...
 */
#include <errno.h>
#include <fts.h>
#include <libgen.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "net.h"
#include "run.h"
#include "script.h"

#define SUFFIX		".drill"
#define JOBS		24
#define JOBS_MIN	4
/* Scripts that fail in company are run again alone, where the machine is theirs. */
#define AGAIN		2
#define AGAIN_MAX	20
/* What a script may take beyond what it waits for. */
#define GRACE_US	(20 * DRILL_US)
/* How long ten forks take on a quick machine. */
#define QUICK_US	8000

/**
 * struct job - a script to run
 * @path: its file
 * @script: what it says
 * @good: it could be read
 * @again: how often it was run once more
 * @waits: it is to be run once more
 * @pid: who runs it; 0 when nobody does
 * @out: what that tells
 * @text: what it has told, allocated
 * @len: bytes of it
 * @deadline: when it is too late
 * @line: where it is, shared with the process
 */
struct job {
	char *path;
	struct drill_script script;
	bool good;
	int again;
	bool waits;
	pid_t pid;
	int out;
	char *text;
	size_t len;
	long long deadline;
	volatile int *line;
};

static struct job *jobs;
static size_t n_jobs;
static double patience = 1;
static int number, failures, again;

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * DRILL_US + t.tv_nsec / 1000;
}

/* --- scripts ----------------------------------------------------------------------- */

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;
	ssize_t n;

	if (!f)
		return NULL;
	n = getdelim(&text, &size, '\0', f);
	fclose(f);
	if (n >= 0)
		return text;
	free(text);
	return strdup("");
}

static void add_job(const char *path)
{
	struct job *j;
	char *text, *dir, why[256];
	int line;

	jobs = realloc(jobs, (n_jobs + 1) * sizeof(*jobs));
	if (!jobs)
		abort();
	j = &jobs[n_jobs++];
	*j = (struct job){ .path = strdup(path), .good = true };
	text = read_file(path);
	if (!text) {
		printf("# %s: %s\n", path, strerror(errno));
		j->good = false;
		return;
	}
	dir = strdup(path);
	line = drill_script_parse(text, dirname(dir), &j->script, why, sizeof(why));
	free(dir);
	if (line) {
		printf("# %s:%d: %s\n", path, line, why);
		j->good = false;
	}
	free(text);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* A file, or all scripts of a directory and below. */
static void add_jobs(char *path)
{
	char * const roots[] = { path, NULL };
	FTS *fts = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
	FTSENT *entry;
	const char *dot;

	if (!fts)
		abort();
	while ((entry = fts_read(fts))) {
		dot = strrchr(entry->fts_name, '.');
		if (entry->fts_level == 0 && entry->fts_info != FTS_D &&
		    entry->fts_info != FTS_DP)
			add_job(entry->fts_path);
		else if (entry->fts_info == FTS_F && dot && !strcmp(dot, SUFFIX))
			add_job(entry->fts_path);
	}
	fts_close(fts);
}

/* Those that take long first, so that they do not end last. */
static int by_length(const void *a, const void *b)
{
	long long x = drill_script_length(&((const struct job *)a)->script);
	long long y = drill_script_length(&((const struct job *)b)->script);

	return (x < y) - (x > y);
}

/* The topic and the name of a script, from its path. */
static void show_name(const struct job *j)
{
	const char *slash = strrchr(j->path, '/'), *begin = j->path;

	while (slash && slash > j->path && slash[-1] != '/')
		slash--;
	if (slash)
		begin = slash;
	printf("%.*s\n", (int)(strlen(begin) -
			       (strstr(begin, SUFFIX) ? strlen(SUFFIX) : 0)), begin);
}

static void tell(const struct job *j, bool good)
{
	failures += !good;
	printf("%s %d - ", good ? "ok" : "not ok", ++number);
	show_name(j);
	fflush(stdout);
}

/* --- running ----------------------------------------------------------------------- */

/* In a process of its own. */
static int run_job(const struct job *j)
{
	static struct drill_run run;

	run.name = j->path;
	run.patience = patience;
	run.tap = drill_net_up(&j->script);
	if (run.tap < 0) {
		printf("# %s: cannot set up a network: %s\n", j->path, strerror(errno));
		return 1;
	}
	return !run_script(&run, &j->script, j->line);
}

static void start_job(struct job *j)
{
	int out[2], status;

	if (pipe(out))
		abort();
	fflush(stdout);
	j->pid = fork();
	if (j->pid < 0)
		abort();
	if (!j->pid) {
		dup2(out[1], STDOUT_FILENO);
		close(out[0]);
		close(out[1]);
		status = run_job(j);
		fflush(stdout);
		_exit(status);
	}
	close(out[1]);
	j->out = out[0];
	j->deadline = now() + (drill_script_length(&j->script) + GRACE_US) * patience;
}

/* True if a script that failed gets another try. */
static bool try_again(struct job *j)
{
	if (j->again == AGAIN || (!j->again && again == AGAIN_MAX))
		return false;
	again += !j->again;
	j->again++;
	printf("# %s:%d: once more, alone\n", j->path, *j->line);
	return true;
}

static void end_job(struct job *j)
{
	int status;

	close(j->out);
	waitpid(j->pid, &status, 0);
	j->pid = 0;
	fwrite(j->text, 1, j->len, stdout);
	if (WIFSIGNALED(status))
		printf("# %s:%d: ended by signal %d\n", j->path, *j->line,
		       WTERMSIG(status));
	free(j->text);
	j->text = NULL;
	j->len = 0;
	j->waits = status && try_again(j);
	if (!j->waits)
		tell(j, !status);
}

/* Takes what a script told. Returns false at the end. */
static bool read_job(struct job *j)
{
	char buf[4096];
	ssize_t n = read(j->out, buf, sizeof(buf));

	if (n <= 0)
		return false;
	j->text = realloc(j->text, j->len + n);
	if (!j->text)
		abort();
	memcpy(j->text + j->len, buf, n);
	j->len += n;
	return true;
}

/* Waits for what the scripts tell, and ends those that are done or too late. */
static int wait_for_jobs(size_t first, size_t end)
{
	struct pollfd *p = calloc(end - first, sizeof(*p));
	size_t i;
	int done = 0;

	if (!p)
		abort();
	for (i = first; i < end; i++)
		p[i - first] = (struct pollfd){ .fd = jobs[i].pid ? jobs[i].out : -1,
						.events = POLLIN };
	poll(p, end - first, 100);
	for (i = first; i < end; i++) {
		struct job *j = &jobs[i];

		if (!j->pid)
			continue;
		if (now() > j->deadline) {
			printf("# %s:%d: takes too long\n", j->path, *j->line);
			kill(j->pid, SIGKILL);
		}
		if (p[i - first].revents && !read_job(j)) {
			end_job(j);
			done++;
		}
	}
	free(p);
	return done;
}

static void run_jobs(int most)
{
	size_t next = 0;
	int running = 0;

	while (next < n_jobs || running) {
		while (next < n_jobs && running < most) {
			if (jobs[next].good) {
				start_job(&jobs[next]);
				running++;
			} else {
				tell(&jobs[next], false);
			}
			next++;
		}
		if (running)
			running -= wait_for_jobs(0, next);
	}
	for (next = 0; next < n_jobs; next++)
		while (jobs[next].waits) {
			start_job(&jobs[next]);
			while (jobs[next].pid)
				wait_for_jobs(next, next + 1);
		}
}

/* --- the program ------------------------------------------------------------------- */

/* What tolerances are multiplied with: WEFT_PATIENCE, else how slow the machine is. */
static double measure_patience(void)
{
	const char *said = getenv("WEFT_PATIENCE");
	long long begin = now();
	double p;
	pid_t pid;
	int i;

	if (said)
		return atof(said) > 1 ? atof(said) : 1;
	for (i = 0; i < 10; i++) {
		pid = fork();
		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
	p = (double)(now() - begin) / QUICK_US;
	return p < 1 ? 1 : p > 10 ? 10 : p;
}

static int usage(void)
{
	fputs("Usage: weftdrill [-n] [-j JOBS] SCRIPT|DIRECTORY...\n"
	      "  -n       only read the scripts\n"
	      "  -j JOBS  run so many at a time\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	int option, most = 0, only_read = 0;
	size_t i;

	while ((option = getopt(argc, argv, "nj:")) != -1) {
		if (option == 'n')
			only_read = 1;
		else if (option == 'j' && atoi(optarg) > 0)
			most = atoi(optarg);
		else
			return usage();
	}
	if (optind == argc)
		return usage();
	puts("TAP version 13");
	while (optind < argc)
		add_jobs(argv[optind++]);
	if (only_read || !n_jobs) {
		for (i = 0; i < n_jobs; i++)
			tell(&jobs[i], jobs[i].good);
	} else {
		int *lines = mmap(NULL, n_jobs * sizeof(*lines), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

		if (lines == MAP_FAILED)
			abort();
		qsort(jobs, n_jobs, sizeof(*jobs), by_length);
		for (i = 0; i < n_jobs; i++)
			jobs[i].line = &lines[i];
		patience = measure_patience();
		if (!most)
			most = JOBS / patience > JOBS_MIN ? JOBS / patience : JOBS_MIN;
		printf("# tolerances times %.1f, %d at a time\n", patience, most);
		run_jobs(most);
	}
	printf("1..%d\n", number);
	return !number || failures;
}
