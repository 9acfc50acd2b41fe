// SPDX-License-Identifier: GPL-2.0
/* weft nc -c, -e: a command whose standard input and output is the connection. */
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nc.h"

static void run_child(const struct nc_options *o, int fd)
{
	if (dup2(fd, STDIN_FILENO) >= 0 && dup2(fd, STDOUT_FILENO) >= 0)
		execvp(o->command[0], (char *const *)o->command);
	cli_error("%s: %s", o->command[0], strerror(errno));
	_exit(127);
}

/* Waits for the command's end but with -k, where the next connection goes on. */
int nc_command(const struct nc_options *o, int fd)
{
	double begin = cli_now();
	pid_t pid = fork();
	int status;

	if (pid < 0) {
		cli_error("cannot fork: %s", strerror(errno));
		return CLI_ERROR;
	}
	if (!pid)
		run_child(o, fd);
	if (o->keep)
		return CLI_OK;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return CLI_ERROR;
	if (o->verbose)
		cli_error("%s ended after %.3f s", o->command[0], cli_now() - begin);
	return WIFEXITED(status) && !WEXITSTATUS(status) ? CLI_OK : NC_ERROR;
}
