/* The program: everything is in the rooms; see src/README.md. */
#include <dray/cli.h>

int main(int argc, char **argv)
{
	return dray_cli_main(argc, argv);
}
