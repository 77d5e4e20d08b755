# bash completion for dray. The rows below are written by dray from its own tables.

# @TABLES@

# The typed words up to the cursor, with "--option=value" in one piece whatever readline breaks at.
_dray_split()
{
	local i word glue=''

	words=()
	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if ((${#words[@]})) && [[ $glue || $word == = && ${words[-1]} == --* ]]; then
			words[-1]+=$word
		else
			words+=("$word")
		fi
		[[ $word == = ]] && glue=1 || glue=''
	done
}

# Offer what a word of this kind can be.
_dray_offer()
{
	local kind=$1 cur=$2 list=''

	case $kind in
	TARGET | PATH | FILE) return ;; # readline's own
	DIR)
		compopt -o dirnames +o default +o bashdefault
		return
		;;
	REMOTE) list=$(dray remote list 2>/dev/null | cut -f 1) ;;
	REV) list=$(git for-each-ref --format='%(refname:short)' 2>/dev/null) ;;
	KEY) list=$_dray_keys ;;
	COMMAND)
		local options values arguments below
		_dray_row ''
		list=$below
		;;
	SHELL) list='bash zsh fish' ;;
	WHICH) list='all no' ;;
	WORDS) list=$3 ;;
	esac
	compopt +o default +o bashdefault
	mapfile -t COMPREPLY < <(compgen -W "$list" -- "$cur")
}

# The kind of the argument after so many: the last of the list if it repeats.
_dray_argument()
{
	local kinds at=$1

	read -ra kinds <<<"$arguments"
	if ((${#kinds[@]} && at >= ${#kinds[@]})) && [[ ${kinds[-1]} == *... ]]; then
		at=$((${#kinds[@]} - 1))
	fi
	kind=${kinds[at]-}
	kind=${kind%...}
}

# The kind of value that an option takes, or nothing.
_dray_value()
{
	kind=" $values"
	case $kind in
	*" $1:"*)
		kind=${kind#*" $1:"}
		kind=${kind%% *}
		;;
	*) kind='' ;;
	esac
}

_dray()
{
	local words options='' values='' arguments='' below='' name='' kind='' ended='' prefix=''
	local count=0 i cur last

	COMPREPLY=()
	_dray_split
	last=$((${#words[@]} - 1))
	cur=${words[last]}
	_dray_row ''
	for ((i = 1; i < last; i++)); do
		if [[ $ended || ${words[i]} != -?* ]]; then
			if [[ $below ]]; then
				name+="${name:+ }${words[i]}"
				options='' values='' arguments='' below=''
				_dray_row "$name"
			else
				count=$((count + 1))
			fi
		elif [[ ${words[i]} == -- ]]; then
			ended=1
		else
			_dray_value "${words[i]}"
			[[ $kind ]] && i=$((i + 1))
		fi
	done
	if ((i > last)); then
		_dray_offer "$kind" "$cur"
	elif [[ ! $ended && $cur == --*=* ]]; then
		_dray_value "${cur%%=*}"
		[[ $COMP_WORDBREAKS == *=* ]] || prefix=${cur%%=*}=
		_dray_offer "${kind:-NONE}" "${cur#*=}"
		((${#COMPREPLY[@]})) && COMPREPLY=("${COMPREPLY[@]/#/$prefix}")
	elif [[ ! $ended && $cur == -* ]]; then
		_dray_offer WORDS "$cur" "$options"
	elif [[ $below ]]; then
		_dray_offer WORDS "$cur" "$below"
	else
		_dray_argument "$count"
		_dray_offer "${kind:-NONE}" "$cur"
	fi
}

# What git's own completion calls for "git dray": the words from "dray" on.
_git_dray()
{
	local i
	for ((i = 1; i < COMP_CWORD; i++)); do
		[[ ${COMP_WORDS[i]} == dray ]] && break
	done
	local COMP_WORDS=("${COMP_WORDS[@]:i}") COMP_CWORD=$((COMP_CWORD - i))
	_dray
}

complete -o bashdefault -o default -F _dray dray git-dray
