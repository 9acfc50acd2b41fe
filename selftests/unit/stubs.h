/* SPDX-License-Identifier: GPL-2.0 */
#ifndef STUBS_H
#define STUBS_H

/* What weft_family() returns; -1 is a module that is not loaded. */
extern int stub_family;

#endif /* STUBS_H */
