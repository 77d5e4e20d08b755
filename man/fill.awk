# Puts the tables of `dray __describe` (first file) into a page (second file): fill.awk knows these
# lines of a page and what they become; all else is copied.
#
#   @HEAD@       title, NAME and SYNOPSIS
#   @OPTIONS@    the options of the page's command and of those below it
#   @COMMANDS@   all commands, by group        @COMMON@     options of every command
#   @SETTINGS@   all settings                  @VARIABLES@  environment variables
#   @EXIT@       EXIT STATUS              @DVC_EXIT@   the same where DVC shares the repository
#
# Give page=dray-add.1, version and date with -v.

BEGIN {
	FS = "\t"
	name = page
	sub(/\.1$/, "", name)
	command = name
	sub(/^dray-?/, "", command)
}

# Text as roff takes it.
function roff(text)
{
	gsub(/\\/, "\\e", text)
	gsub(/-/, "\\-", text)
	gsub(/'/, "\\(aq", text)
	if (text ~ /^\./)
		text = "\\&" text
	return text
}

function bold(text)
{
	return "\\fB" roff(text) "\\fR"
}

# Capitals stand for something: "[TARGET...]", "N".
function italic(text, out)
{
	out = ""
	while (match(text, /[A-Z_]+/)) {
		out = out roff(substr(text, 1, RSTART - 1)) "\\fI" roff(substr(text, RSTART, RLENGTH)) "\\fR"
		text = substr(text, RSTART + RLENGTH)
	}
	return out roff(text)
}

# "remote add" is on the page of "remote".
function is_on_page(full)
{
	return command != "" && (full == command || index(full, command " ") == 1)
}

# .BR \-o ", " \-\-out " \fIPATH\fR"
function label(row, out)
{
	out = ".BR " (short[row] == "-" ? "" : roff(short[row]) " \", \" ") roff(long[row])
	return value[row] == "-" ? out : out " \" " italic(value[row]) "\""
}

function put_options(full, i)
{
	for (i = 1; i <= options; i++)
		if (owner[i] == full)
			print ".TP\n" label(i) "\n" roff(option_help[i])
}

function has_options(full, i)
{
	for (i = 1; i <= options; i++)
		if (owner[i] == full)
			return 1
	return 0
}

function put_head(i)
{
	print ".\\\" Made from " page ".in and the tables of dray."
	print ".TH " toupper(roff(name)) " 1 \"" date "\" \"dray " version "\" \"dray manual\""
	print ".SH NAME"
	print roff(name) " \\- " (command == "" ? "version large data next to git" : roff(title))
	print ".SH SYNOPSIS"
	if (command == "")
		print bold("dray") " \\fICOMMAND\\fR [\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]\n.br\n" bold("git dray") " \\fICOMMAND\\fR ..."
	for (i = 1; i <= commands; i++)
		if (is_on_page(full_name[i]) && !(full_name[i] in is_parent))
			put_synopsis(i)
}

function put_synopsis(i, out, n, words, parent, w)
{
	if (seen_synopsis++)
		print ".br"
	out = bold("dray " full_name[i]) " [\\fIOPTIONS\\fR]"
	print out (args[i] == "-" ? "" : " " italic(args[i]))
	if (aliases[i] == "-")
		return
	parent = full_name[i]
	if (!sub(/ [^ ]*$/, " ", parent))
		parent = ""
	n = split(aliases[i], words, " ")
	for (w = 1; w <= n; w++)
		print ".br\n" bold("dray " parent words[w]) " ..."
}

function put_all_options(i)
{
	print ".SH OPTIONS"
	for (i = 1; i <= commands; i++) {
		if (!is_on_page(full_name[i]) || !has_options(full_name[i]))
			continue
		if (full_name[i] != command)
			print ".SS dray " roff(full_name[i])
		put_options(full_name[i])
	}
	print ".PP\nThe options of every command, such as " bold("--quiet") " and " bold("--help") ", are in"
	print ".BR dray (1)."
}

function put_commands(i, last)
{
	for (i = 1; i <= commands; i++) {
		if (group[i] != last)
			print ".SS " toupper(substr(group[i], 1, 1)) roff(substr(group[i], 2))
		last = group[i]
		if (full_name[i] ~ / /)
			print ".TP\n.B dray " roff(full_name[i]) "\n" roff(help[i])
		else
			print ".TP\n.BR dray\\-" roff(full_name[i]) " (1)\n" roff(help[i])
	}
}

function put_settings(i)
{
	for (i = 1; i <= settings; i++) {
		print ".TP\n" bold(setting[i]) " (" roff(setting_type[i]) ")"
		print roff(setting_help[i]) (setting_default[i] == "-" ? "" : "; default " bold(setting_default[i]))
	}
}

function put_variables(i)
{
	for (i = 1; i <= variables; i++)
		print ".TP\n.B " roff(variable[i]) "\n" roff(variable_help[i])
}

function put_exits(i)
{
	print ".SH EXIT STATUS\n.PD 0"
	for (i = 1; i <= exits; i++)
		print ".TP 5\n.B " code[i] "\n" roff(exit_text[i])
	print ".PD"
}

function put_dvc_exits(i)
{
	print ".PD 0"
	for (i = 1; i <= dvc_exits; i++)
		print ".TP 5\n.B " dvc_code[i] "\n" roff(dvc_text[i])
	print ".PD"
}

FNR == 1 {
	file++
}

file == 1 && $1 == "command" {
	full_name[++commands] = $2
	aliases[commands] = $3
	args[commands] = $4
	group[commands] = $6
	help[commands] = $7
	if ($2 == command)
		title = $7
	if ($4 == "COMMAND")
		is_parent[$2] = 1
}

file == 1 && $1 == "option" {
	owner[++options] = $2
	short[options] = $3
	long[options] = $4
	value[options] = $5
	option_help[options] = $6
}

file == 1 && $1 == "setting" {
	setting[++settings] = $2
	setting_type[settings] = $3
	setting_default[settings] = $4
	setting_help[settings] = $5
}

file == 1 && $1 == "variable" {
	variable[++variables] = $2
	variable_help[variables] = $3
}

file == 1 && $1 == "exit" {
	code[++exits] = $2
	exit_text[exits] = $4
}

file == 1 && $1 == "dvc-exit" {
	dvc_code[++dvc_exits] = $2
	dvc_text[dvc_exits] = $4
}

file == 1 { next }

$0 == "@HEAD@" { put_head(); next }
$0 == "@OPTIONS@" { put_all_options(); next }
$0 == "@COMMANDS@" { put_commands(); next }
$0 == "@COMMON@" { put_options("*"); next }
$0 == "@SETTINGS@" { put_settings(); next }
$0 == "@VARIABLES@" { put_variables(); next }
$0 == "@EXIT@" { put_exits(); next }
$0 == "@DVC_EXIT@" { put_dvc_exits(); next }
{ print }
