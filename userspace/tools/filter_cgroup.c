// SPDX-License-Identifier: GPL-2.0
/* Cgroups: a path below /sys/fs/cgroup, and its number. See filter_field.h. */
#include <dirent.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "filter_field.h"

#define ROOT		"/sys/fs/cgroup"
/* As deep as a search goes. */
#define DEPTH_MAX	32

/* The number of a cgroup is that of its directory's inode. */
const char *filter_cgroup_read(const char *path, uint64_t *id)
{
	char full[PATH_MAX];
	struct stat st;

	path += strspn(path, "/");
	if ((size_t)snprintf(full, sizeof(full), ROOT "/%s", path) >= sizeof(full) ||
	    strstr(path, "..") || stat(full, &st) || !S_ISDIR(st.st_mode))
		return "no such cgroup below " ROOT;
	*id = st.st_ino;
	return NULL;
}

/* Directories between the root and this one, itself too. */
unsigned int filter_cgroup_level(const char *path)
{
	unsigned int n = 0;

	for (path += strspn(path, "/"); *path; path += strspn(path, "/")) {
		n++;
		path += strcspn(path, "/");
	}
	return n;
}

/* Looks below @full, of @len bytes and with room for a path; true leaves it there. */
static bool search(uint64_t id, char full[PATH_MAX], size_t len, unsigned int depth)
{
	const struct dirent *d;
	bool found = false;
	struct stat st;
	DIR *dir;
	int n;

	dir = depth < DEPTH_MAX ? opendir(full) : NULL;
	if (!dir)
		return false;
	while (!found && (d = readdir(dir))) {
		if (d->d_type != DT_DIR || d->d_name[0] == '.')
			continue;
		n = snprintf(full + len, PATH_MAX - len, "/%s", d->d_name);
		if (n < 0 || (size_t)n >= PATH_MAX - len || stat(full, &st))
			continue;
		found = st.st_ino == id || search(id, full, len + (size_t)n, depth + 1);
	}
	closedir(dir);
	return found;
}

bool filter_cgroup_path(uint64_t id, char *path, size_t size)
{
	char full[PATH_MAX] = ROOT;
	uint64_t again;

	if (!search(id, full, strlen(ROOT), 0))
		return false;
	snprintf(path, size, "%s", full + strlen(ROOT "/"));
	/* A path of digits would be read as a number. */
	return !filter_number(path, &again);
}
