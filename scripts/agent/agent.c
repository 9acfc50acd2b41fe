// SPDX-License-Identifier: GPL-2.0
/*
 * The lab's agent: process 1 of a guest. It runs the commands that
 * `scripts/lab exec` sends, one at a time on each virtio-serial port, and
 * reaps every orphan.
 *
 * A frame is a 12-byte header (struct frame, little-endian) and its payload.
 * A session is
 *
 *	host				agent
 *	START (nonce, what to run)
 *					STARTED (the same nonce)
 *	STDIN, SIGNAL, WINSIZE ...	STDOUT, STDERR, CREDIT ...
 *					EXIT
 *
 * An empty STDIN frame is the end of the input. The host has at most WINDOW
 * bytes of input on their way; CREDIT gives back what the command has taken,
 * so a signal never waits behind input that nobody reads. A receiver that has
 * lost its place (the peer of an earlier session was killed inside a frame)
 * skips to the next START or STARTED.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define MAGIC		0x74666557u	/* "Weft" */
#define NONCE		16
#define WINDOW		65536
#define CHUNK		16384
#define PAYLOAD_MAX	262144
#define PORTS_MAX	16

enum frame_type {
	START = 1, STDIN, SIGNAL, WINSIZE,
	STARTED = 16, STDOUT, STDERR, CREDIT, EXIT,
};

struct frame {
	uint32_t magic;
	uint32_t type;
	uint32_t len;
};

/* The START payload's fixed part; the strings follow, each ended by NUL:
 * the working directory, argc arguments, envc variables.
 */
struct start {
	uint8_t nonce[NONCE];
	uint32_t pty;
	uint16_t rows, cols;
	uint32_t argc, envc;
};

struct buffer {
	uint8_t *data;
	size_t head, tail, size;	/* valid bytes are [head, tail) */
};

/* One port and the command that runs on it. A process of its own serves each
 * port, so nothing here is shared.
 */
struct port {
	int fd;
	struct buffer in;		/* from the host, not yet parsed */
	struct buffer out;		/* frames for the host */
	struct buffer input;		/* for the command's stdin */
	uint8_t nonce[NONCE];
	pid_t pid;
	int pidfd;
	int stdin_fd, stdout_fd, stderr_fd;	/* -1 when closed */
	bool pty;
	bool input_ended;
	bool seen_connected;
	bool restart;			/* a START came inside a session */
};

static void die(const char *what)
{
	dprintf(2, "weft-lab: agent: %s: %s\n", what, strerror(errno));
	_exit(1);
}

static void buffer_init(struct buffer *b, size_t size)
{
	b->data = malloc(size);
	if (!b->data)
		die("malloc");
	b->head = 0;
	b->tail = 0;
	b->size = size;
}

static size_t buffer_used(const struct buffer *b)
{
	return b->tail - b->head;
}

static size_t buffer_room(struct buffer *b)
{
	if (b->head) {
		memmove(b->data, b->data + b->head, buffer_used(b));
		b->tail -= b->head;
		b->head = 0;
	}
	return b->size - b->tail;
}

static void buffer_put(struct buffer *b, const void *data, size_t len)
{
	if (buffer_room(b) < len)
		die("buffer overrun");
	memcpy(b->data + b->tail, data, len);
	b->tail += len;
}

static void frame_put(struct port *p, uint32_t type, const void *data, uint32_t len)
{
	struct frame f = { .magic = MAGIC, .type = type, .len = len };

	buffer_put(&p->out, &f, sizeof(f));
	buffer_put(&p->out, data, len);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* --- the command ---------------------------------------------------------- */

static char *next_string(char **at, char *end)
{
	char *s = *at;
	char *nul = memchr(s, 0, end - s);

	if (!nul)
		return NULL;
	*at = nul + 1;
	return s;
}

static char **next_strings(uint32_t n, char **at, char *end)
{
	char **list;

	if (n > (size_t)(end - *at))
		return NULL;
	list = calloc(n + 1, sizeof(*list));
	if (!list)
		die("calloc");
	for (uint32_t i = 0; i < n; i++) {
		list[i] = next_string(at, end);
		if (!list[i])
			return NULL;
	}
	return list;
}

static void exec_command(const char *cwd, char **argv, char **envp)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	if (chdir(cwd) && chdir("/"))
		die("chdir");
	environ = envp;
	execvp(argv[0], argv);
	dprintf(2, "%s: %s\n", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static int spawn_on_pty(struct port *p, const struct start *s)
{
	struct winsize size = { .ws_row = s->rows, .ws_col = s->cols };
	int master;

	p->pid = forkpty(&master, NULL, NULL, &size);
	if (p->pid > 0) {
		fcntl(master, F_SETFD, FD_CLOEXEC);
		fcntl(master, F_SETFL, O_NONBLOCK);
		p->stdin_fd = master;
		p->stdout_fd = dup(master);
		p->stderr_fd = -1;
	}
	return p->pid;
}

static int spawn_on_pipes(struct port *p)
{
	int in[2], out[2], err[2];

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
		die("pipe2");
	p->pid = fork();
	if (!p->pid) {
		setsid();
		dup2(in[0], 0);
		dup2(out[1], 1);
		dup2(err[1], 2);
		return 0;
	}
	close(in[0]);
	close(out[1]);
	close(err[1]);
	p->stdin_fd = in[1];
	p->stdout_fd = out[0];
	p->stderr_fd = err[0];
	fcntl(p->stdin_fd, F_SETFL, O_NONBLOCK);
	fcntl(p->stdout_fd, F_SETFL, O_NONBLOCK);
	fcntl(p->stderr_fd, F_SETFL, O_NONBLOCK);
	return p->pid;
}

static void session_begin(struct port *p, uint8_t *payload, uint32_t len)
{
	struct start s;
	char *at = (char *)payload + sizeof(s), *end = (char *)payload + len;
	char *cwd, **argv, **envp;

	if (len < sizeof(s))
		return;
	memcpy(&s, payload, sizeof(s));
	cwd = next_string(&at, end);
	argv = cwd ? next_strings(s.argc, &at, end) : NULL;
	envp = argv ? next_strings(s.envc, &at, end) : NULL;
	if (!envp || !s.argc)
		return;

	p->pty = s.pty;
	p->input_ended = false;
	p->seen_connected = false;
	p->restart = false;
	p->input.head = 0;
	p->input.tail = 0;
	p->out.head = 0;
	p->out.tail = 0;
	memcpy(p->nonce, s.nonce, NONCE);
	frame_put(p, STARTED, p->nonce, NONCE);
	if ((p->pty ? spawn_on_pty(p, &s) : spawn_on_pipes(p)) == 0)
		exec_command(cwd, argv, envp);
	if (p->pid < 0)
		die("fork");
	p->pidfd = pidfd_open(p->pid, 0);
	free(argv);
	free(envp);
}

/* --- frames from the host --------------------------------------------------- */

static void input_give(struct port *p)
{
	ssize_t n;
	uint32_t taken;

	n = write(p->stdin_fd, p->input.data + p->input.head, buffer_used(&p->input));
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {	/* the command closed its input: swallow the rest */
		n = buffer_used(&p->input);
		close_fd(&p->stdin_fd);
	}
	p->input.head += n;
	taken = n;
	frame_put(p, CREDIT, &taken, sizeof(taken));
}

static void frame_stdin(struct port *p, const uint8_t *data, uint32_t len)
{
	if (!len)
		p->input_ended = true;
	else if (p->stdin_fd < 0)
		frame_put(p, CREDIT, &len, sizeof(len));
	else
		buffer_put(&p->input, data, len);
}

static void frame_signal(struct port *p, const uint8_t *data, uint32_t len)
{
	uint32_t sig;

	if (len != sizeof(sig))
		return;
	memcpy(&sig, data, sizeof(sig));
	kill(-p->pid, sig);
}

static void frame_winsize(struct port *p, const uint8_t *data, uint32_t len)
{
	struct winsize size = { 0 };
	uint16_t rows_cols[2];

	if (len != sizeof(rows_cols) || !p->pty)
		return;
	memcpy(rows_cols, data, sizeof(rows_cols));
	size.ws_row = rows_cols[0];
	size.ws_col = rows_cols[1];
	ioctl(p->stdout_fd, TIOCSWINSZ, &size);
}

static void frame_handle(struct port *p, uint32_t type, uint8_t *data, uint32_t len)
{
	if (type == START) {
		if (p->pid && len >= NONCE && !memcmp(data, p->nonce, NONCE))
			return;		/* the host asked twice */
		p->restart = p->pid;
		if (!p->pid)
			session_begin(p, data, len);
		return;
	}
	if (!p->pid)
		return;			/* left over from an earlier session */
	if (type == STDIN)
		frame_stdin(p, data, len);
	else if (type == SIGNAL)
		frame_signal(p, data, len);
	else if (type == WINSIZE)
		frame_winsize(p, data, len);
}

/* The length of the whole frame at the head of the input, 0 when it is not yet
 * complete. Bytes that cannot be a frame are skipped.
 */
static size_t frame_next(struct port *p, struct frame *f)
{
	while (buffer_used(&p->in) >= sizeof(*f)) {
		memcpy(f, p->in.data + p->in.head, sizeof(*f));
		if (f->magic == MAGIC && f->type >= START && f->type <= WINSIZE &&
		    f->len <= PAYLOAD_MAX)
			return buffer_used(&p->in) >= sizeof(*f) + f->len ?
			       sizeof(*f) + f->len : 0;
		p->in.head++;
	}
	return 0;
}

static void frames_parse(struct port *p)
{
	struct frame f;
	size_t len;

	while (!p->restart && buffer_room(&p->out) >= CHUNK &&
	       (len = frame_next(p, &f))) {
		frame_handle(p, f.type, p->in.data + p->in.head + sizeof(f), f.len);
		if (!p->restart)
			p->in.head += len;
	}
}

/* --- a session ---------------------------------------------------------------- */

/* False at the end of the stream: the host has hung up. */
static bool port_read(struct port *p)
{
	size_t room = buffer_room(&p->in);
	ssize_t n;

	if (!room)
		return true;
	n = read(p->fd, p->in.data + p->in.tail, room);
	if (n > 0)
		p->in.tail += n;
	return n != 0;
}

static void port_write(struct port *p)
{
	size_t len = buffer_used(&p->out);
	ssize_t n;

	n = write(p->fd, p->out.data + p->out.head, len < 32768 ? len : 32768);
	if (n > 0)
		p->out.head += n;
}

/* Reads what the command wrote; false when there was nothing. */
static bool output_take(struct port *p, int *fd, uint32_t type)
{
	uint8_t data[CHUNK];
	ssize_t n;

	n = read(*fd, data, sizeof(data));
	if (n > 0)
		frame_put(p, type, data, n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		close_fd(fd);
	return n > 0;
}

static bool out_has_room(struct port *p)
{
	return buffer_room(&p->out) >= 4 * CHUNK;
}

static void session_poll(struct port *p, struct pollfd fds[5])
{
	bool room = out_has_room(p);

	fds[0].fd = p->fd;
	fds[0].events = POLLIN | (buffer_used(&p->out) ? POLLOUT : 0);
	fds[1].fd = buffer_used(&p->input) && room ? p->stdin_fd : -1;
	fds[1].events = POLLOUT;
	fds[2].fd = room ? p->stdout_fd : -1;
	fds[2].events = POLLIN;
	fds[3].fd = room ? p->stderr_fd : -1;
	fds[3].events = POLLIN;
	fds[4].fd = p->pidfd;
	fds[4].events = POLLIN;
	for (int i = 0; i < 5; i++)
		fds[i].revents = 0;
	poll(fds, 5, -1);
	/* The first data may overtake the news that the host is there. */
	if (!(fds[0].revents & POLLHUP))
		p->seen_connected = true;
	else if (!p->seen_connected)
		usleep(1000);
}

static void session_end_input(struct port *p)
{
	if (!p->input_ended || buffer_used(&p->input) || p->stdin_fd < 0)
		return;
	if (p->pty)
		return;		/* a terminal has no end of input */
	close_fd(&p->stdin_fd);
}

/* What the command wrote before it ended, then how it ended. */
static bool session_flush(struct port *p)
{
	struct pollfd pfd = { .fd = p->fd, .events = POLLOUT };

	while (buffer_used(&p->out)) {
		pfd.revents = 0;
		poll(&pfd, 1, -1);
		if (pfd.revents & POLLHUP)
			return false;
		port_write(p);
	}
	return true;
}

static void session_finish(struct port *p)
{
	uint32_t status = 0;
	int wstatus;
	bool more = true;

	while (more) {
		more = false;
		if (p->stdout_fd >= 0 && output_take(p, &p->stdout_fd, STDOUT))
			more = true;
		if (p->stderr_fd >= 0 && output_take(p, &p->stderr_fd, STDERR))
			more = true;
		if (!session_flush(p))
			break;
	}
	waitpid(p->pid, &wstatus, 0);
	if (WIFEXITED(wstatus))
		status = WEXITSTATUS(wstatus);
	else
		status = 128 + WTERMSIG(wstatus);
	frame_put(p, EXIT, &status, sizeof(status));
	session_flush(p);
}

static void session_close(struct port *p)
{
	close_fd(&p->stdin_fd);
	close_fd(&p->stdout_fd);
	close_fd(&p->stderr_fd);
	close_fd(&p->pidfd);
	p->pid = 0;
}

static void session_abort(struct port *p)
{
	kill(-p->pid, SIGKILL);
	waitpid(p->pid, NULL, 0);
}

static void session_run(struct port *p)
{
	struct pollfd fds[5];

	for (;;) {
		session_end_input(p);
		session_poll(p, fds);
		if (fds[0].revents & POLLOUT)
			port_write(p);
		if ((fds[0].revents & (POLLIN | POLLHUP)) &&
		    !port_read(p) && p->seen_connected) {
			session_abort(p);
			break;
		}
		frames_parse(p);
		if (p->restart) {
			session_abort(p);
			break;
		}
		if (fds[1].revents && p->stdin_fd >= 0)
			input_give(p);
		if (fds[2].revents && p->stdout_fd >= 0)
			output_take(p, &p->stdout_fd, STDOUT);
		if (fds[3].revents && p->stderr_fd >= 0)
			output_take(p, &p->stderr_fd, STDERR);
		if (fds[4].revents) {
			session_finish(p);
			break;
		}
	}
	session_close(p);
}

/* --- ports ---------------------------------------------------------------------- */

/* Edge-triggered, because a port that the host has not opened is always ready
 * for poll (POLLHUP).
 */
static void port_wait(struct port *p, int epoll)
{
	struct epoll_event event;

	if (buffer_used(&p->in) && p->restart)
		return;
	epoll_wait(epoll, &event, 1, 1000);
}

static void port_serve(const char *path)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	struct port p = { .stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1, .pidfd = -1 };
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	p.fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (p.fd < 0 || epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, p.fd, &event))
		die(path);
	buffer_init(&p.in, PAYLOAD_MAX + 4096);
	buffer_init(&p.out, 8 * CHUNK);
	buffer_init(&p.input, WINDOW);
	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		port_wait(&p, epoll);
		port_read(&p);
		p.restart = false;
		frames_parse(&p);
		if (p.pid)
			session_run(&p);
	}
}

/* The lab's ports are named so; others are for the tests. */
static int is_port(const struct dirent *d)
{
	char path[PATH_MAX], name[16] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/sys/class/virtio-ports/%s/name", d->d_name);
	file = fopen(path, "r");
	if (!file)
		return 0;
	if (!fgets(name, sizeof(name), file))
		name[0] = 0;
	fclose(file);
	return !strncmp(name, "weft.", 5);
}

static pid_t port_start(const char *name)
{
	char path[PATH_MAX];
	pid_t pid;

	snprintf(path, sizeof(path), "/dev/%s", name);
	pid = fork();
	if (!pid) {
		port_serve(path);
		_exit(1);
	}
	return pid;
}

/* Serves every virtio-serial port of the lab, for ever. */
static void serve_ports(void)
{
	struct dirent **ports;
	int n = scandir("/sys/class/virtio-ports", &ports, is_port, alphasort);
	pid_t pids[PORTS_MAX];
	pid_t gone;

	if (n <= 0)
		die("no virtio-serial port");
	if (n > PORTS_MAX)
		n = PORTS_MAX;
	for (int i = 0; i < n; i++)
		pids[i] = port_start(ports[i]->d_name);
	for (;;) {
		gone = wait(NULL);
		for (int i = 0; i < n; i++)
			if (gone == pids[i])
				pids[i] = port_start(ports[i]->d_name);
	}
}

/* --- one command, without the host ------------------------------------------------- */

static int open_raw(const char *path)
{
	struct termios mode;
	int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 || tcgetattr(fd, &mode))
		die(path);
	cfmakeraw(&mode);
	tcsetattr(fd, TCSANOW, &mode);
	return fd;
}

/* Runs a command that nobody talks to and sends what it says to a serial line.
 * Nothing here depends on when the host reads, so a deterministic guest stays
 * so. The guest ends with the command.
 */
static void run_once(const char *line, char **argv)
{
	struct port p = { .fd = open_raw(line) };
	struct pollfd fds[3];

	buffer_init(&p.out, 8 * CHUNK);
	if (spawn_on_pipes(&p) == 0)
		exec_command(".", argv, environ);
	close_fd(&p.stdin_fd);
	p.pidfd = pidfd_open(p.pid, 0);
	frame_put(&p, STARTED, p.nonce, NONCE);
	do {
		fds[0] = (struct pollfd){ .fd = p.stdout_fd, .events = POLLIN };
		fds[1] = (struct pollfd){ .fd = p.stderr_fd, .events = POLLIN };
		fds[2] = (struct pollfd){ .fd = p.pidfd, .events = POLLIN };
		poll(fds, 3, -1);
		if (fds[0].revents)
			output_take(&p, &p.stdout_fd, STDOUT);
		if (fds[1].revents)
			output_take(&p, &p.stderr_fd, STDERR);
		session_flush(&p);
	} while (!fds[2].revents);
	session_finish(&p);
	tcdrain(p.fd);
	sync();
	reboot(RB_AUTOBOOT);
}

/* agent: serves the lab. agent LINE COMMAND [ARG...]: runs one command. */
int main(int argc, char **argv)
{
	if (argc > 2)
		run_once(argv[1], argv + 2);
	else
		serve_ports();
}
