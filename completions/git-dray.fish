# What fish loads for git-dray, and its completion of git for "git dray".
complete -c git-dray -w dray
