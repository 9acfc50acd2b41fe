// SPDX-License-Identifier: LGPL-2.1-or-later
/* What errors mean, in words. */
#include <errno.h>
#include <string.h>

#include "internal.h"

const char *weft_strerror(int err)
{
	if (err == EAFNOSUPPORT)
		return "AF_WEFT is not available: load the module with 'modprobe weft'";
	return strerror(err);
}

const char *weft_eai_strerror(int code)
{
	switch (code) {
	case 0:
		return "Success";
	case WEFT_EAI_ADDRESS:
		return "not a Weft address";
	case WEFT_EAI_PREFIX:
		return "prefix length is not a number from 0 to 64";
	case WEFT_EAI_SYNTAX:
		return "not ADDRESS[%DEVICE], [ADDRESS[%DEVICE]]:PORT or NAME[%DEVICE][:PORT]";
	case WEFT_EAI_DEVICE:
		return "no such device";
	case WEFT_EAI_SCOPE:
		return "only link-local addresses and groups on a link take '%DEVICE'";
	case WEFT_EAI_PORT:
		return "port is neither a number from 0 to 65535 nor a known service";
	case WEFT_EAI_TWOPORTS:
		return "port given twice";
	case WEFT_EAI_NAME:
		return "not a well-formed name";
	case WEFT_EAI_NONAME:
		return "name not known, see weft.hosts(5)";
	case WEFT_EAI_HOSTS:
		return "name not known, but the hosts file has a malformed line";
	case WEFT_EAI_FAMILY:
		return weft_strerror(EAFNOSUPPORT);
	case WEFT_EAI_MEMORY:
		return strerror(ENOMEM);
	case WEFT_EAI_SYSTEM:
		return weft_strerror(errno);
	default:
		return "unknown error";
	}
}
