# fish completion for dray. The lines below are written by dray from its own tables.

# The command that is typed before the cursor: nothing, "add", "remote add".
function __dray_command
    set -l words (commandline -opc)
    set -l name
    set -l skips_next no
    for word in $words[2..-1]
        if test $skips_next = yes
            set skips_next no
            continue
        end
        switch $word
            case -C --cd
                set skips_next yes
            case '-*'
            case '*'
                set -a name $word
                contains -- "$name" $__dray_parents; or break
        end
    end
    echo "$name"
end

function __dray_at
    contains -- (__dray_command) $argv
end

function __dray_remotes
    dray remote list 2>/dev/null | string replace -r '\t.*' ''
end

function __dray_revisions
    git for-each-ref --format='%(refname:short)' 2>/dev/null
end

complete -c dray -f
# @TABLES@
