/* SPDX-License-Identifier: GPL-2.0 */
/* Segments as a script writes them. */
#ifndef SHOW_H
#define SHOW_H

#include <stdint.h>
#include <stdio.h>
#include "script.h"
#include "wire.h"

void show_packet(FILE *f, const struct drill_packet *p);
void show_seen(FILE *f, const struct drill_seen *seen, uint32_t us_isn, uint32_t them_isn);

#endif /* SHOW_H */
