#compdef dray
# zsh completion for dray. The functions below are written by dray from its own tables.

# @TABLES@

_dray_TARGET() { _files }
_dray_PATH() { _files }
_dray_FILE() { _files }
_dray_DIR() { _files -/ }
_dray_N() { _message 'number' }
_dray_NAME() { _message 'name' }
_dray_URL() { _message 'url' }
_dray_OPTION() { _message 'option' }
_dray_VALUE() { _message 'value' }
_dray_SHELL() { compadd bash zsh fish }
_dray_WHICH() { compadd all no }
_dray_COMMAND() { compadd ${${(M)${(k)functions}:#_dray_of_*}#_dray_of_} }
_dray_KEY() { compadd -- ${${(f)"$(dray __describe 2>/dev/null | awk -F'\t' '$1 == "setting" { print $2 }')"}:#*\**} }
_dray_REMOTE() { compadd -- ${${(f)"$(dray remote list 2>/dev/null)"}%%$'\t'*} }
_dray_REV() { compadd -- ${(f)"$(git for-each-ref --format='%(refname:short)' 2>/dev/null)"} }

# The commands below one: $1 goes in front of their functions' names, the rest describes them.
_dray_below()
{
	local prefix=$1 curcontext=$curcontext context state state_descr line ret=1
	local -A opt_args
	local -a below

	shift
	below=("$@")
	_arguments -C -s -S $_dray_common '1:command:->command' '*::argument:->argument' && ret=0
	case $state in
	command)
		_describe -t commands command below && ret=0
		;;
	argument)
		local function=_dray_of_$prefix$words[1]

		curcontext=${curcontext%:*:*}:dray-$words[1]:
		(( $+functions[$function] )) && $function && ret=0
		;;
	esac
	return ret
}

if [[ $funcstack[1] == _dray ]]; then
	_dray "$@"
else
	compdef _dray dray git-dray
fi
