SELECT git_commit FROM releases WHERE release = ?1
