SELECT metric, value FROM metrics WHERE release = ?1 AND scope = 'codebase' ORDER BY metric = 'debt_score' DESC, metric
