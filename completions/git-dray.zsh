#compdef git-dray
#description version large data next to git
# What zsh's completion of git calls for "git dray".

_dray "$@"
