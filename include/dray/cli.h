/*
 * cli: what a person or a script types and sees. Parses the command line,
 * calls ops, prints results, draws progress, chooses the exit code.
 */
#ifndef DRAY_CLI_H
#define DRAY_CLI_H

/*
 * The whole program. Returns the exit code: that of a status, or 141 when the
 * reader of standard output went away. Call once, from main().
 */
int dray_cli_main(int argc, char **argv);

#endif
