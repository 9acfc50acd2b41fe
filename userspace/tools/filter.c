// SPDX-License-Identifier: GPL-2.0
/* weft filter: shows and changes the firewall, in the language of nft(8). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "filter.h"
#include "filter_field.h"

static const char usage[] =
	"usage: weft filter [-acjns] COMMAND\n"
	"       weft filter [-acjns] -f FILE\n"
	"       weft filter [-ajns] monitor [trace]\n"
	"       weft filter trace\n"
	"       weft filter nft [ingress | egress] RULE\n"
	"COMMAND: { add | create | delete | destroy } table TABLE [{ ... }]\n"
	"         { add | create | delete | destroy } chain TABLE CHAIN\n"
	"           [{ type filter hook HOOK priority PRIORITY ; [policy POLICY ;] }]\n"
	"         { add | create | delete | destroy } { set | map } TABLE SET [{ ... }]\n"
	"         { add | create | delete | destroy | get } element TABLE SET { ELEMENTS }\n"
	"         { add | insert } rule TABLE CHAIN [position HANDLE | index NUMBER] RULE\n"
	"         replace rule TABLE CHAIN handle HANDLE RULE\n"
	"         { delete | destroy } rule TABLE CHAIN handle HANDLE\n"
	"         list { ruleset | tables | chains | sets | maps }\n"
	"         list { table TABLE | chain TABLE CHAIN | { set | map } TABLE SET }\n"
	"         flush { ruleset | table TABLE | chain TABLE CHAIN | { set | map } TABLE SET }\n"
	"         reset { ruleset | table TABLE | chain TABLE CHAIN |\n"
	"                 rule TABLE CHAIN [handle HANDLE] }\n"
	"HOOK: prerouting input forward output postrouting\n"
	"options:\n"
	"  -a       print handles\n"
	"  -c       check only, change nothing\n"
	"  -f FILE  read commands from a file, '-' for standard input\n"
	"  -j       print JSON\n"
	"  -n       print numbers for names\n"
	"  -s       print nothing that packets change\n"
	"weft-filter(8) has the grammar of rules.\n";

/* --- texts -------------------------------------------------------------------------- */

/* The words of the command line, with blanks between them; NULL without memory. */
static char *join(char **word)
{
	size_t len = 1, i;
	char *text, *to;

	for (i = 0; word[i]; i++)
		len += strlen(word[i]) + 1;
	text = malloc(len);
	for (i = 0, to = text; text && word[i]; i++)
		to += sprintf(to, "%s%s", i ? " " : "", word[i]);
	if (text)
		*to = '\0';
	return text;
}

static char *read_all(FILE *file, size_t *len)
{
	size_t room = 65536, n;
	char *text = malloc(room), *more;

	*len = 0;
	while (text && (n = fread(text + *len, 1, room - *len, file))) {
		*len += n;
		if (*len < room)
			continue;
		room *= 2;
		more = realloc(text, room);
		if (!more)
			free(text);
		text = more;
	}
	return text;
}

static int run_file(const char *name, const struct filter_options *opt)
{
	bool standard = !strcmp(name, "-");
	FILE *file = standard ? stdin : fopen(name, "re");
	struct filter_source src = { .name = standard ? "standard input" : name, .err = stderr };
	int code = CLI_ERROR;
	char *text;

	if (!file) {
		cli_error("cannot open %s: %s", name, strerror(errno));
		return CLI_ERROR;
	}
	text = read_all(file, &src.len);
	src.text = text;
	if (!text || ferror(file))
		cli_error("cannot read %s: %s", name, strerror(errno));
	else
		code = filter_run(&src, opt);
	free(text);
	if (!standard)
		fclose(file);
	return code;
}

/* The rest of the command line: commands, or with @nft a rule for nft(8). */
static int run_words(char **words, const struct filter_options *opt, bool nft, bool egress)
{
	struct filter_source src = { .name = "command line", .err = stderr };
	char *text = join(words);
	int code;

	if (!text) {
		cli_error("out of memory");
		return CLI_ERROR;
	}
	src.text = text;
	src.len = strlen(text);
	code = nft ? filter_nft(&src, egress, stdout) : filter_run(&src, opt);
	free(text);
	return code;
}

/* --- the command -------------------------------------------------------------------- */

static int run_nft(char **words)
{
	bool egress = *words && !strcmp(*words, "egress");

	if (egress || (*words && !strcmp(*words, "ingress")))
		words++;
	return *words ? run_words(words, NULL, true, egress) : CLI_SYNTAX;
}

static int run_command(char **words, const struct filter_options *opt)
{
	bool more = words[0] && words[1];

	if (!words[0])
		return CLI_SYNTAX;
	if (!strcmp(words[0], "help"))
		return CLI_HELP;
	if (!strcmp(words[0], "nft"))
		return run_nft(words + 1);
	if (!strcmp(words[0], "trace") && !more)
		return filter_trace(opt);
	if (!strcmp(words[0], "monitor") && !more)
		return filter_monitor(opt);
	if (!strcmp(words[0], "monitor") && !strcmp(words[1], "trace") && !words[2])
		return filter_trace(opt);
	return run_words(words, opt, false, false);
}

static int take_options(int argc, char **argv, struct filter_options *opt, const char **file)
{
	int c;

	/* The first word that is no option ends them: rules have words that look like some. */
	while ((c = getopt(argc, argv, "+acf:jnsh")) != -1) {
		switch (c) {
		case 'a':
			opt->handles = true;
			break;
		case 'c':
			opt->check = true;
			break;
		case 'f':
			*file = optarg;
			break;
		case 'j':
			opt->json = true;
			break;
		case 'n':
			filter_numeric = true;
			break;
		case 's':
			opt->stateless = true;
			break;
		default:
			return c == 'h' ? CLI_HELP : CLI_SYNTAX;
		}
	}
	return CLI_OK;
}

int cmd_filter(int argc, char **argv)
{
	struct filter_options opt = { .json = cli.json };
	const char *file = NULL;
	int code = take_options(argc, argv, &opt, &file);

	if (code == CLI_OK && file)
		code = argv[optind] ? CLI_SYNTAX : run_file(file, &opt);
	else if (code == CLI_OK)
		code = run_command(argv + optind, &opt);
	if (code == CLI_HELP) {
		fputs(usage, stdout);
		return CLI_OK;
	}
	if (code == CLI_SYNTAX) {
		fputs(usage, stderr);
		return CLI_USAGE;
	}
	return code;
}
