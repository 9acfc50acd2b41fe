// SPDX-License-Identifier: GPL-2.0
/*
 * Stand-ins for what the tested code asks the system, so that results do not
 * depend on the machine: the module is loaded as family 18, and there are two
 * devices, eth0 with index 2 and eth1 with index 3.
 */
#include <errno.h>
#include <net/if.h>
#include <string.h>

#include "stubs.h"
#include "weft.h"

int stub_family = 18;

int weft_family(void)
{
	if (stub_family < 0)
		errno = EAFNOSUPPORT;
	return stub_family;
}

unsigned int if_nametoindex(const char *name)
{
	if (!strcmp(name, "eth0"))
		return 2;
	return strcmp(name, "eth1") ? 0 : 3;
}

char *if_indextoname(unsigned int index, char name[IF_NAMESIZE])
{
	if (index != 2 && index != 3)
		return NULL;
	strcpy(name, index == 2 ? "eth0" : "eth1");
	return name;
}
