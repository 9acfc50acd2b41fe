/* SPDX-License-Identifier: GPL-2.0 */
/* Commands that stand in a file, one a line. */
#ifndef WEFT_BATCH_H
#define WEFT_BATCH_H

#include <stdio.h>

/* Words of a line at most, with the NULL behind them. */
#define BATCH_WORDS	1024

int batch_split(char *line, char **word);
int batch_run(FILE *file, const char *name, int (*run)(int argc, char **argv));

#endif /* WEFT_BATCH_H */
