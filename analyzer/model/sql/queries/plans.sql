SELECT change FROM plan ORDER BY id
